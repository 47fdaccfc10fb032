"""Words that mean the same in several languages: places of the gazetteer, and what news tells of.

A list is `{id: [names in all languages]}`. Names of one word are looked up by base form, longer ones word by word from
their first; Chinese ones wherever they stand in a text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from monitor.text import alphabet
from monitor.text.bases import Plan, lemmas, plan
from monitor.text.english import base_form
from monitor.text.fold import HAN, fold

_HAN = re.compile(f"[{HAN}]")
_WORD = re.compile(r"[^\W\d_]+(?:['’ʻʼ-][^\W\d_]+)*")
# in Indian scripts vowels are marks, which do not count as letters
_INDIAN = re.compile("[\u0900-\u0963\u0971-\u0dff]")
_WORD_OF_INDIA = re.compile(r"[\u0900-\u0963\u0971-\u0dff]+|[^\W\d_]+")


def words(text: str) -> list[str]:
    """The words of a text in any alphabet, those joined by a hyphen as one."""
    coded = alphabet.coded(text)
    if coded is not None:
        coded = b" %b " % coded.translate(_LETTERS)
        if _TWO_MARKS not in coded.translate(_MARKS_AS_ONE):
            for loose in _LOOSE:
                coded = coded.replace(loose, b" ")
            return alphabet.decoded(coded, alphabet.CHARACTERS).split()
    return (_WORD_OF_INDIA if not text.isascii() and _INDIAN.search(text) else _WORD).findall(text)


# in common alphabets the words are what stands between spaces, once all else is one: a sixth of the time
_JOINING = "'’-"
_LETTERS = alphabet.byte_table(lambda char: char if char in _JOINING or _WORD.match(char) else " ")
_MARKS_AS_ONE = alphabet.byte_table(lambda char: "-" if char in _JOINING else char)
_TWO_MARKS = b"--"
_LOOSE = tuple(piece for mark in map(alphabet.coded, _JOINING) if mark for piece in (b" " + mark, mark + b" "))


def base(word: str, rules: Plan) -> str:
    """The one base form of a folded word by which words are compared here; itself where a language has no rules."""
    first = word[:1]
    if "\u0400" <= first <= "\u052f":
        return _russian(word) if rules.cyrillic else word
    if first < "\u0250" and rules.latin == "en":
        return base_form(word)
    return word


def _russian(word: str) -> str:
    """The first reading that is no verb, where there is one: a name may look like a form of a verb."""
    found = lemmas(word)
    return next((form for form in found if not form.endswith(_VERB)), found[0] if found else word)


_VERB = ("ть", "ться", "ти", "чь")


@dataclass(frozen=True)
class Meanings:
    """A list made ready: which id a word, a row of words or a Chinese name stands for."""

    #: Base form -> id, for names of one word.
    words: Mapping[str, str]
    #: Base form of the first word -> what follows, and the id.
    rows: Mapping[str, Sequence[tuple[tuple[str, ...], str]]]
    #: Chinese names of two characters or more -> id.
    han: Mapping[str, str]

    def row(self, bases: Sequence[str], at: int) -> str | None:
        """The id of the longest name of several words that begins there."""
        for rest, key in self._longest_first.get(bases[at], ()):
            if tuple(bases[at + 1 : at + 1 + len(rest)]) == rest:
                return key
        return None

    @property
    def longest_row(self) -> int:
        """Words of the longest name of several."""
        return 1 + max((len(rest) for rows in self.rows.values() for rest, _ in rows), default=0)

    @cached_property
    def _longest_first(self) -> dict[str, list[tuple[tuple[str, ...], str]]]:
        return {first: sorted(rest, key=lambda r: -len(r[0])) for first, rest in self.rows.items()}


def meanings(names: Mapping[str, Sequence[str]]) -> Meanings:
    """The list `{id: [names in all languages]}` made ready."""
    one: dict[str, str] = {}
    rows: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    han: dict[str, str] = {}
    rules = plan(None)
    for key, written in names.items():
        for name in map(fold, map(str, written)):
            if _HAN.search(name):
                if len(name) > 1:
                    han.setdefault(name, key)
                continue
            parts = words(name)
            bases = [base(word, rules) for word in parts]
            if len(bases) == 1:
                one.setdefault(bases[0], key)
                one.setdefault(parts[0], key)
            elif bases:
                rows.setdefault(bases[0], []).append((tuple(bases[1:]), key))
    return Meanings(one, rows, han)
