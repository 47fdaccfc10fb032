"""Where the names of a list are spelled in a text: as words of their own, with their capitals, in no address."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

from monitor.text import alphabet
from monitor.watchlist.automaton import Automaton, Hit
from monitor.watchlist.fields import Field
from monitor.watchlist.forms import Form
from monitor.watchlist.normal import IN_WORDS, stands_alone, word_edge
from monitor.watchlist.online import SIGNS, has_joined, joined, without_joints

_LONGEST_SUFFIX = 14
#: Abbreviations of up to so many letters are read in their own language only.
_SHORT = 4
#: Words of a name that are common words too without their capital.
_SHORTEST = 2
#: SİVASSPOR'UN, D'UN COUP: in capitals a suffix or an article looks like the United Nations.
_BEHIND_APOSTROPHE = re.compile(r"[^\W\d_]'")


class Candidate(NamedTuple):
    """A place where a name is spelled as one of the list."""

    #: Begin and end when title and text are read as one.
    start: int
    end: int
    field: Field
    form: Form
    #: The rule and the needed term that let it in: known of a weak name when it was judged.
    rule: str = "strong"
    need: str | None = None

    @property
    def begin(self) -> int:
        """Where it begins in its field."""
        return self.start - self.field.offset


def _candidate(part: Field, start: int, end: int, form: Form) -> Candidate:
    offset = part.offset
    # by far the quickest way to a named tuple
    return tuple.__new__(Candidate, (offset + start, offset + end, part, form, "strong", None))


def _in_any_case(form: Form) -> bool:
    """Whether it counts whatever its capitals are."""
    return form.capitals == "any" and " " not in form.cased


class Spellings:
    """All forms of the names of a list, and how they are found."""

    def __init__(self, forms: Iterable[Form], others: Sequence[str] = ()) -> None:
        """`others` are looked for in the same go: to look at a text twice costs twice as much."""
        by_text: dict[str, list[Form]] = {}
        for form in forms:
            by_text.setdefault(form.text, []).append(form)
        #: The forms of each spelling, which the automaton knows by number.
        self.forms = list(by_text.values())
        self._automaton = Automaton([*by_text, *others])
        #: Of each spelling, 1 where it begins and ends with characters that stand alone, as Chinese ones do.
        self._alone = bytearray(len(by_text))
        for number in self._automaton.others:
            if number >= len(by_text):
                break
            name = self.forms[number][0].text
            self._alone[number] = stands_alone(name[0]) and stands_alone(name[-1])
        #: Numbers of spellings that are weak in one language and strong in another.
        self._contested = frozenset(number for number, group in enumerate(self.forms) if _is_contested(group))
        #: Of each spelling: its form, where that is the only one and counts wherever it stands; else None.
        self._plain = [
            group[0] if len(group) == 1 and number not in self._contested and _in_any_case(group[0]) else None
            for number, group in enumerate(self.forms)
        ]

    def candidates(self, part: Field) -> list[Candidate]:
        """The places of names in one field."""
        contested, forms, plain = self._contested, self.forms, self._plain
        found: list[Candidate] = []
        hits = self.apart(part)
        if hits and part.may_have_addresses:
            hits = [hit for hit in hits if not _is_in_address(part, hit)]
        for pattern, start, end in hits:
            if (only := plain[pattern]) is not None:
                found.append(_candidate(part, start, end, only))
                continue
            for form in forms[pattern]:
                if pattern in contested and form.weak < 0 and not part.suffixes.is_of(form.lang):
                    continue
                if _in_any_case(form) or capitals_allow(part, start, end, form):
                    found.append(_candidate(part, start, end, form))
        if has_joined(part.original):
            found += self._in_hashtags(part)
        return found

    def _in_hashtags(self, part: Field) -> Iterator[Candidate]:
        """Names of several words that a hashtag or a handle consists of."""
        for word, start, end in joined(part.normal.text):
            for form in self._joined.get(word, ()):
                if not part.in_address(start, end):
                    yield _candidate(part, start, end, form)

    def hits(self, part: Field) -> list[Hit]:
        """Each place where a spelling or one of the others may begin a word. The others have the higher numbers."""
        if part.hits is None:
            part.hits = self._automaton.find(part.sought)
        return part.hits

    def apart(self, part: Field) -> list[Hit]:
        """Number, begin and end of each place of a spelling that begins and ends with a word."""
        hits = self.hits(part)
        if not hits:
            return hits
        return self._ending(part, hits) if part.coded is None else self._ending_in_bytes(part, part.coded, hits)

    def anywhere(self, part: Field, numbers: Iterable[int]) -> list[Hit]:
        """Each place of these spellings, inside of words too: for questions, since it takes its time."""
        text = part.normal.text
        found: list[Hit] = []
        for number in numbers:
            name = self.forms[number][0].text
            at = text.find(name)
            while at >= 0:
                found.append((number, at, at + len(name)))
                at = text.find(name, at + 1)
        return sorted(found, key=_by_end)

    def _ending(self, part: Field, hits: Iterable[Hit]) -> list[Hit]:
        """Those of the hits that also end a word, and begin one by more than the look of bytes."""
        normal, alone = part.normal, self._alone
        text, count = normal.text, len(alone)
        found: list[Hit] = []
        for hit in hits:
            pattern, start, end = hit
            if pattern >= count:
                continue
            if not alone[pattern]:
                if text[start - 1] != " " and not word_edge(normal, start):
                    continue
                if text[end : end + 1] != " " and not _ends(part, start, end):
                    continue
            found.append(hit)
        return found

    def _ending_in_bytes(self, part: Field, coded: bytes, hits: Iterable[Hit]) -> list[Hit]:
        """The same in a text of a common alphabet."""
        in_words = coded.translate(IN_WORDS) + b"\0"
        count = len(self.forms)
        found: list[Hit] = []
        for hit in hits:
            pattern, start, end = hit
            if pattern >= count:
                continue
            if in_words[end] and in_words[end - 1]:
                last = alphabet.CHARACTERS[coded[end - 1]]
                if not part.suffixes.any_after(last) or not _ends(part, start, end):
                    continue
            found.append(hit)
        return found

    @cached_property
    def _joined(self) -> dict[str, list[Form]]:
        """The listed names of several words, without what is between them."""
        names: dict[str, list[Form]] = {}
        for group in self.forms:
            for form in group:
                if form.listed and form.capitals != "exact" and (name := without_joints(form.text)):
                    names.setdefault(name, []).append(form)
        return names


def _by_end(hit: Hit) -> tuple[int, int]:
    return hit[2], hit[1]


def _is_in_address(part: Field, hit: Hit) -> bool:
    _, start, end = hit
    text = part.normal.text
    return (text[start - 1] in SIGNS or text[end : end + 1] in SIGNS) and part.in_address(start, end)


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
    if end - start <= _SHORTEST and _BEHIND_APOSTROPHE.match(cased, max(0, start - 2)):
        return False
    return cased[start:end] == form.cased or part.in_capitals(start)


def _short_words_allow(spelled: str, name: str) -> bool:
    """Whether the shortest words of a name keep their capitals: «Ван И» is a minister, «Ван и Чжао» a couple."""
    if len(spelled) != len(name) or " " not in name:
        return True
    words = zip(name.split(" "), spelled.split(" "), strict=False)
    return not any(len(word) <= _SHORTEST and word[:1].isupper() and there[:1].islower() for word, there in words)
