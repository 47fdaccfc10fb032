"""Title and text of one article, as names are looked for in them."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cached_property

from monitor.text import alphabet
from monitor.text.fold import fold_map
from monitor.types import FieldName
from monitor.watchlist.automaton import Hit, Sought, sought, sought_coded
from monitor.watchlist.normal import Normal, coded_normal, normal, normal_of_coded
from monitor.watchlist.online import addresses, is_near_address, may_have_address
from monitor.watchlist.suffixes import Suffixes

_WORDS = re.compile(r"[^\W\d_]+")


class Field:
    """Title or text of one article, as it is searched."""

    def __init__(self, name: FieldName, original: str, lang: str | None, offset: int) -> None:
        self.name = name
        self.original = original
        #: The normal form in bytes of the common alphabets, where it has no other characters.
        self.coded = coded_normal(original)
        self._normal: Normal | None = None
        if self.coded is None:
            self._normal = normal(original)
            self.coded = None if self._normal.gaps else alphabet.coded(self._normal.text)
        self.suffixes = Suffixes(original, lang)
        #: Where this field begins when title and text are read as one.
        self.offset = offset
        #: What an automaton found here: set by who asked it.
        self.hits: list[Hit] | None = None
        #: The line that was last asked about: begin, end, whether it is in capitals.
        self._line = (0, 0, False)

    @property
    def normal(self) -> Normal:
        """Made only for a text that may hold a name."""
        if self._normal is None:
            assert self.coded is not None
            self._normal = normal_of_coded(self.original, self.coded)
        return self._normal

    @cached_property
    def sought(self) -> Sought:
        """The normal form as automata look at it."""
        return sought(self.normal.text) if self.coded is None else sought_coded(self.coded)

    @property
    def size(self) -> int:
        """Characters of the normal form."""
        return len(self.normal.text) if self.coded is None else len(self.coded)

    def in_address(self, start: int, end: int) -> bool:
        """Whether that stretch of the normal form is part of a web or mail address."""
        text = self.normal.text
        if text[end : end + 2] in (". ", ".") and text[start - 1 : start] in ("", " "):
            return False  # as at the end of a sentence
        at = self.normal.way.start(start)
        if not is_near_address(self.original, at):
            return False
        before = bisect_right(self._addresses, (at, len(self.original))) - 1
        return before >= 0 and at < self._addresses[before][1]

    @cached_property
    def may_have_addresses(self) -> bool:
        """Whether it is worth while to ask for addresses."""
        return may_have_address(self.original)

    @cached_property
    def _addresses(self) -> list[tuple[int, int]]:
        return addresses(self.original)

    def in_capitals(self, at: int) -> bool:
        """Whether the line of that place is of three or more words and 70 % capitals."""
        at = self.normal.way.start(at)
        start, end, capitals = self._line
        if not start <= at < end:
            start = self.original.rfind("\n", 0, at) + 1
            end = self.original.find("\n", at) + 1 or len(self.original)
            line = self.original[start:end]
            capitals = _is_capitals(fold_map(line).cased if "<" in line or "&" in line else line)
            self._line = (start, end, capitals)
        return capitals


def _is_capitals(line: str) -> bool:
    if line == line.lower():
        return False
    words = _WORDS.findall(line)
    upper = sum(map(str.isupper, "".join(words)))
    lower = sum(map(str.islower, "".join(words)))
    return len(words) >= 3 and upper >= 0.7 * (upper + lower) and upper > 0


def fields_of(title: str | None, text: str, lang: str | None) -> list[Field]:
    """Those of the two that are not empty. `lang` is the article's language, with or without a country."""
    lang = lang.partition("_")[0].partition("-")[0].lower() if lang else None
    fields: list[Field] = []
    if title:
        fields.append(Field("title", title, lang, 0))
    if text:
        offset = fields[0].size + 1 if fields else 0
        fields.append(Field("text", text, lang, offset))
    return fields
