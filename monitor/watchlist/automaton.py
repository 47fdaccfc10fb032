"""All names at once in one look at a text."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from monitor.text import alphabet


class Automaton:
    """Finds every place of many names, overlapping ones as well.

    Names of the common alphabets are looked for in the text as bytes of monitor.text.alphabet: that is quicker, and
    places need not be counted anew in characters. The other names are only looked for where they can be.
    """

    def __init__(self, names: Sequence[str]) -> None:
        coded = [alphabet.coded(name) for name in names]
        self._coded = [number for number, name in enumerate(coded) if name is not None]
        self._others = [number for number, name in enumerate(coded) if name is None]
        self._names = names
        # in a text with other characters these stand for some of them
        self._asking = frozenset(number for number in self._coded if "?" in names[number])

    def find_coded(self, text: bytes) -> list[tuple[int, int, int]]:
        """Number, begin and end of each place of a name in a text that the alphabet has every character of, by their
        ends, the longest first."""
        numbers = self._coded
        found: list[tuple[int, int, int]] = self._of_coded.find_matches_as_indexes(text, overlapping=True)
        return [(numbers[place], start, end) for place, start, end in found]

    def find(self, text: str) -> list[tuple[int, int, int]]:
        """The same in any text."""
        found = self.find_coded(alphabet.coded_in_part(text))
        if self._asking:
            found = [hit for hit in found if hit[0] not in self._asking or text[hit[1] : hit[2]] == self._names[hit[0]]]
        if not self._others:
            return found
        others = self._of_others.find_matches_as_indexes(text, overlapping=True)
        if others:
            found += [(self._others[place], start, end) for place, start, end in others]
            found.sort(key=_by_end)
        return found

    @cached_property
    def _of_coded(self) -> Any:
        import ahocorasick_rs

        return ahocorasick_rs.BytesAhoCorasick(
            [alphabet.coded_in_part(self._names[number]) for number in self._coded],
            implementation=ahocorasick_rs.Implementation.ContiguousNFA,
        )

    @cached_property
    def _of_others(self) -> Any:
        import ahocorasick_rs

        return ahocorasick_rs.AhoCorasick(
            [self._names[number] for number in self._others],
            store_patterns=False,
            implementation=ahocorasick_rs.Implementation.ContiguousNFA,
        )


def _by_end(hit: tuple[int, int, int]) -> tuple[int, int]:
    return hit[2], hit[1]
