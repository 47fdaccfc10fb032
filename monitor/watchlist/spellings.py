"""Where the names of a list are spelled in a text: as words of their own, with their capitals, in no address."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

from monitor.text import alphabet
from monitor.watchlist.automaton import Automaton
from monitor.watchlist.fields import Field
from monitor.watchlist.forms import Form
from monitor.watchlist.normal import IN_WORDS, word_edge
from monitor.watchlist.online import SIGNS, has_joined, joined, without_joints

_LONGEST_SUFFIX = 14
#: Abbreviations of up to so many letters are read in their own language only.
_SHORT = 4
#: Words of a name that are common words too without their capital.
_SHORTEST = 2


class Candidate(NamedTuple):
    """A place where a name is spelled as one of the list."""

    field: Field
    start: int
    end: int
    form: Form
    #: Begin and end when title and text are read as one.
    span: tuple[int, int]


class Spellings:
    """All forms of the names of a list, and how they are found."""

    def __init__(self, forms: Iterable[Form]) -> None:
        by_text: dict[str, list[Form]] = {}
        for form in forms:
            by_text.setdefault(form.text, []).append(form)
        #: The forms of each spelling, which the automaton knows by number.
        self.forms = list(by_text.values())
        self._automaton = Automaton(list(by_text))
        #: Numbers of spellings that are weak in one language and strong in another.
        self._contested = frozenset(number for number, group in enumerate(self.forms) if _is_contested(group))

    def candidates(self, part: Field) -> Iterator[Candidate]:
        """The places of names in one field, by their ends; hashtags come last."""
        hits = self.apart(part)
        text = ""
        for pattern, start, end in hits:
            text = text or part.normal.text
            if (text[start - 1] in SIGNS or text[end : end + 1] in SIGNS) and part.in_address(start, end):
                continue
            for form in self.forms[pattern]:
                if pattern in self._contested and form.weak < 0 and not part.suffixes.is_of(form.lang):
                    continue
                if capitals_allow(part, start, end, form):
                    yield Candidate(part, start, end, form, (part.offset + start, part.offset + end))
        if has_joined(part.original):
            yield from self._in_hashtags(part)

    def _in_hashtags(self, part: Field) -> Iterator[Candidate]:
        """Names of several words that a hashtag or a handle consists of."""
        for word, start, end in joined(part.normal.text):
            for form in self._joined.get(word, ()):
                if not part.in_address(start, end):
                    yield Candidate(part, start, end, form, (part.offset + start, part.offset + end))

    def anywhere(self, part: Field) -> list[tuple[int, int, int]]:
        """Number, begin and end of each place of a spelling, inside of words too."""
        return self._automaton.find(part.normal.text) if part.coded is None else self._automaton.find_coded(part.coded)

    def apart(self, part: Field) -> Iterator[tuple[int, int, int]]:
        """Those that begin and end with a word."""
        return self._apart(part) if part.coded is None else self._apart_in_bytes(part, part.coded)

    def _apart(self, part: Field) -> Iterator[tuple[int, int, int]]:
        text = part.normal.text
        for hit in self.anywhere(part):
            _, start, end = hit
            if start and "`" < text[start - 1] < "{" and "`" < text[start] < "{":
                continue  # as most that is found: inside a Latin word
            if word_edge(part.normal, start) and _ends(part, start, end):
                yield hit

    def _apart_in_bytes(self, part: Field, coded: bytes) -> Iterator[tuple[int, int, int]]:
        found = self.anywhere(part)
        in_words = coded.translate(IN_WORDS) + b"\0" if found else b""
        for hit in found:
            _, start, end = hit
            if start and in_words[start - 1] and in_words[start]:
                continue
            if in_words[end - 1] and in_words[end]:
                last = alphabet.CHARACTERS[coded[end - 1]]
                if not part.suffixes.any_after(last) or not _ends(part, start, end):
                    continue
            yield hit

    @cached_property
    def _joined(self) -> dict[str, list[Form]]:
        """The listed names of several words, without what is between them."""
        names: dict[str, list[Form]] = {}
        for group in self.forms:
            for form in group:
                if form.listed and form.capitals != "exact" and (name := without_joints(form.text)):
                    names.setdefault(name, []).append(form)
        return names


def _is_contested(group: Sequence[Form]) -> bool:
    """Whether a spelling is a strong and a weak name of one entry: Jaishankar means one man in Turkish only."""
    if len(group) < 2:
        return False
    weak = {form.entry for form in group if form.weak >= 0}
    return any(form.weak < 0 and form.entry in weak for form in group)


def _ends(part: Field, start: int, end: int) -> bool:
    """Whether the name ends with its word, or with a suffix of the text's language."""
    text = part.normal
    if word_edge(text, end):
        return True
    if not part.suffixes.any_after(text.text[end - 1]):
        return False
    rest = end + 1
    while rest < end + _LONGEST_SUFFIX and not word_edge(text, rest):
        rest += 1
    return word_edge(text, rest) and part.suffixes.allow(text.text[start:end], text.text[end:rest])


def capitals_allow(part: Field, start: int, end: int, form: Form) -> bool:
    """Whether the place has the capitals that the form asks for."""
    cased = part.normal.cased
    if form.capitals == "any":
        return _short_words_allow(cased[start:end], form.cased)
    if form.capitals == "initial":
        if cased[start - 1 : start] == "#":
            return True
        return cased[start].isupper() and _short_words_allow(cased[start:end], form.cased)
    if form.cased.isupper() and end - start <= _SHORT and not part.suffixes.speaks(form.lang):
        return False
    return cased[start:end] == form.cased or part.in_capitals(start)


def _short_words_allow(spelled: str, name: str) -> bool:
    """Whether the shortest words of a name keep their capitals: «Ван И» is a minister, «Ван и Чжао» a couple."""
    if len(spelled) != len(name) or " " not in name:
        return True
    words = zip(name.split(" "), spelled.split(" "), strict=False)
    return not any(len(word) <= _SHORTEST and word[:1].isupper() and there[:1].islower() for word, there in words)
