"""All names at once in one look at a text."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any, NamedTuple

from monitor.text import alphabet

#: Byte of monitor.text.alphabet -> itself where words consist of it, else a space.
_WORDS = bytes(byte if char.isalnum() else 32 for byte, char in enumerate(alphabet.CHARACTERS))

#: Number of a name, begin and end of a place where it stands.
Hit = tuple[int, int, int]


class Sought(NamedTuple):
    """A text as automata look at it."""

    #: Empty where monitor.text.alphabet has every character, else the text.
    text: str
    #: The text in bytes of that alphabet, where it is empty above.
    common: bytes
    #: Letters and digits in these bytes, after one more space; all others, and what has no byte, are spaces.
    words: bytes
    #: The last eight bits of each character, where there is a text.
    last: bytes


def sought(text: str) -> Sought:
    """A folded text for `Automaton.find`."""
    wide = text.encode("utf-32-le", "surrogatepass")
    # letters of the alphabet are Latin ones without marks after folding, unless they are Cyrillic: U+04..
    common = alphabet.coded_in_part(text) if 4 in wide[1::4] else text.encode("ascii", "replace")
    return Sought(text, b"", b" " + common.translate(_WORDS), wide[::4])


def sought_coded(common: bytes) -> Sought:
    """The same of a text that is in bytes of monitor.text.alphabet."""
    return Sought("", common, b" " + common.translate(_WORDS), b"")


def _last_bytes(text: str) -> bytes:
    return text.encode("utf-32-le", "surrogatepass")[::4]


class Automaton:
    """Finds every place where one of many names stands and a word begins, overlapping ones as well.

    Names of the common alphabets are looked for in the text as bytes of monitor.text.alphabet: that is quicker, and
    places need not be counted anew in characters. Since each begins with a space, nothing inside of words is looked at
    further. All others (Chinese ones, above all) are looked for by the last byte of each character, a third of what
    they are in UTF-8, and may stand anywhere. Where different names come to the same bytes, a look at the text decides.
    """

    def __init__(self, names: Sequence[str]) -> None:
        common = [alphabet.coded(name) for name in names]
        self._names = names
        self._numbers = [number for number, name in enumerate(common) if name is not None]
        self._common = [name for name in common if name is not None]
        #: Of each of these: 1 where it is of letters and digits alone; 1 where it begins with a sign.
        self._plain = bytes(name.isalnum() for name in map(names.__getitem__, self._numbers))
        self._signed = bytes(not names[number][0].isalnum() for number in self._numbers)
        #: Numbers of the names with characters that the alphabet does not have.
        self.others = [number for number, name in enumerate(common) if name is None]

    def find(self, sought: Sought) -> list[Hit]:
        """Number, begin and end of each place of a name."""
        places: list[Hit] = self._of_common.find_matches_as_indexes(sought.words, overlapping=True)
        found: list[Hit] = []
        if places:
            text, common, numbers, plain, signed = sought.text, sought.common, self._numbers, self._plain, self._signed
            for place, start, end in places:
                start -= signed[place]
                if not plain[place] and not (
                    text.startswith(self._names[numbers[place]], start)
                    if text
                    else common.startswith(self._common[place], start)
                ):
                    continue
                found.append((numbers[place], start, end - 1))
        if not sought.last or not self.others:
            return found
        names, numbers = self._names, self.others
        places = self._of_others.find_matches_as_indexes(sought.last, overlapping=True)
        others = [
            (number, start, end)
            for place, start, end in places
            if sought.text.startswith(names[number := numbers[place]], start)
        ]
        return found + others

    @cached_property
    def _of_common(self) -> Any:
        words = (name.translate(_WORDS) for name in self._common)
        return _automaton([w if signed else b" " + w for w, signed in zip(words, self._signed, strict=True)])

    @cached_property
    def _of_others(self) -> Any:
        return _automaton([_last_bytes(self._names[number]) for number in self.others])


def _automaton(patterns: Sequence[bytes]) -> Any:
    import ahocorasick_rs

    return ahocorasick_rs.BytesAhoCorasick(patterns, implementation=ahocorasick_rs.Implementation.ContiguousNFA)
