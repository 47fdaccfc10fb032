"""Lines of a text in which each agency's name is one character, so that wordings can be looked for around it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from monitor.identity import wordings
from monitor.identity.agencies import Agencies, Agency, Named
from monitor.identity.evidence import Credit, How, made
from monitor.text.fold import HAN, Folded, fold, fold_map

#: Letters of a name that can be the initials of others.
_INITIALS = 5
#: A longer line is not evidence as a whole.
_LONG = 160

_SENTENCE_END = re.compile(r"[.!?؟。।۔…][\"')\]]*(?:\s+|$)|(?<=。)|(?<=۔)|(?<=।)")
_ABBREVIATION = re.compile(
    r"(?:^|[\s(])(?:\w|jan|feb|mar|apr|aug|sept?|oct|nov|dec|ноя|окт|корр|тыс|млн|млрд|mrs?|ms|dr|gen|lt|st|no|"
    r"им|ул|гг|тов|акад|проф|ст)$"
)
#: Any other short word is one where no capital and no name follows.
_SHORT = re.compile(r"(?:^|[\s(])[a-zа-я]{2,4}\d*$")


@dataclass(frozen=True, slots=True)
class Place:
    """One name in a masked line."""

    agency: Agency
    #: In the masked text; the name is one character there.
    at: int
    #: In the folded text.
    start: int
    end: int


class Masked:
    """A line with each agency's name as one character of monitor.identity.wordings."""

    def __init__(self, line: str, agencies: Agencies, offset: int = 0) -> None:
        self.line = line
        self.offset = offset
        self.names: list[Place] = []
        self.text = fold(line)
        names, self.has_label, self.has_trigger = found_in(self.text, agencies)
        if names:
            self._mask(_as_written(names, self.folded.cased))

    def _mask(self, found: list[Hit]) -> None:
        pieces: list[str] = []
        cut = past = shift = 0
        begins = {hit[0]: hit for hit in reversed(found)}  # Anadolu Agency (AA)
        # a name in Latin letters is no word of a text in others
        foreign = 2 * len(self.text.encode("ascii", "ignore")) < len(self.text)
        for start, end, named in found:
            if start < max(cut, past):
                continue
            if _stands_for_another(self.folded.cased, start, end):
                past = end
                continue
            first, last, dative = _bounds(self.folded.text, start, end, named.han, cut)
            short = begins.get(last + 2)
            if short and short[2].agency is named.agency and self.folded.text[last : last + 2] == " (":
                last += (short[1] + 1 - last) * (self.folded.text[short[1] : short[1] + 1] == ")")
            strong = not named.weak or (named.cased or "").isupper() or (foreign and self.text[start:end].isascii())
            strong = strong or first < start  # in quotation marks
            mask = wordings.STRONG if strong else wordings.WEAK
            if dative:
                mask = wordings.DATIVE if strong else wordings.WEAK_DATIVE
            pieces += (self.folded.cased[cut:first], mask)
            self.names.append(Place(named.agency, first - shift, start, end))
            shift += last - first - 1
            cut = last
        if found:
            self.cased = "".join((*pieces, self.folded.cased[cut:]))
            self.text = low if len(low := self.cased.lower()) == len(self.cased) else self.cased

    @cached_property
    def folded(self) -> Folded:
        return fold_map(self.line, markup=False)

    @cached_property
    def cased(self) -> str:
        return self.folded.cased

    def place(self, at: int) -> Place | None:
        """The name that stands at a place of the masked text."""
        return next((name for name in self.names if name.at == at), None)

    def credit(self, place: Place, how: How, confidence: float | None = None) -> Credit:
        start, end = self.folded.span(place.start, place.end)
        return made(
            place.agency,
            how,
            "text",
            self.offset + start,
            self.offset + end,
            phrase=self.around(start, end),
            confidence=confidence,
        )

    def around(self, start: int, end: int) -> str:
        """The line, or of a long one what stands around a place in it."""
        return self.line if len(self.line) <= _LONG else self.line[max(0, start - 70) : end + 60]


def sentences(masked: Masked) -> Iterator[tuple[str, int]]:
    """The sentences of a line and where they begin."""
    begin = 0
    text = masked.text
    for end in _SENTENCE_END.finditer(text):
        if end.end() <= begin:
            continue
        piece = text[begin : end.end()]
        before = text[begin : end.start()][-8:]
        if text[end.start()] == "." and (
            _ABBREVIATION.search(before)
            or (_SHORT.search(before) and not masked.cased[end.end() : end.end() + 1].isupper())
        ):
            continue
        if piece.strip():
            yield piece, begin
        begin = end.end()
    if text[begin:].strip():
        yield text[begin:], begin


# ---------------------------------------------------------------------------------------------- names


Hit: TypeAlias = tuple[int, int, Named]


def found_in(text: str, agencies: Agencies) -> tuple[list[Hit], bool, bool]:
    """Begin, end and owner of each name in a folded text, as whole words, the longest where several begin; and whether
    there is something that labels begin with, and a word of those that say `taken from`."""
    listed, labels = agencies.listed, len(wordings.triggers()[0])
    names = []
    has_label = has_trigger = False
    for number, start, end in agencies.finder.find_matches_as_indexes(text, overlapping=True):
        if number >= len(listed):
            has_label = has_label or number < len(listed) + labels
            has_trigger = has_trigger or number >= len(listed) + labels
            continue
        name = listed[number]
        if name.han or not ((start and _joined(text[start - 1])) or _runs_on(text, end, name)):
            names.append((start, end, name))
    names.sort(key=lambda hit: (hit[0], -hit[1]))
    return names, has_label, has_trigger


def _as_written(found: list[Hit], cased: str) -> list[Hit]:
    """Without those that are names only when they are written in another way: DAWN is, dawn is not."""
    return [hit for hit in found if hit[2].cased is None or cased[hit[0] : hit[1]] == hit[2].cased]


_HAN = re.compile(f"[{HAN}]")


def _stands_for_another(text: str, start: int, end: int) -> bool:
    """Whether letters in brackets are short for the words before them: Australian Federal Police (AFP)."""
    size = end - start
    if (
        text[start - 1 : start] != "("
        or text[end : end + 1] != ")"
        or size > _INITIALS
        or not text[start:end].isupper()
    ):
        return False
    words = re.findall(r"[^\W\d_]+", text[max(0, start - 80) : start])
    capital = [word for word in words if word[0].isupper()]
    return any(
        len(chosen) >= size and "".join(word[0] for word in chosen[-size:]).upper() == text[start:end]
        for chosen in (words, capital)
    )


def _joined(char: str) -> bool:
    return (char.isalnum() and not _HAN.match(char)) or char in "_@#"


#: Endings that names take in the Cyrillic and Turkic languages of the pack, and those that say to whom.
_ENDING = re.compile(
    r"[-']?(?:(?P<dative>у|ю|ға|ге|қа|ке|га|ка|ко|го|ga|ka|qa|'?a|'?e|'?ya|'?ye)|а|я|ом|ем|е|ы|и|ов|ның|нің|дың|дің|тың|тін|тан|тен|дан|ден|"
    r"нан|нен|да|де|та|те|нын|нин|дын|дин|тын|тин|дун|дүн|тун|түн|нун|нүн|нинг|нинг|дан|ни|ning|dan|da|ni|nin|nın|in|ın|den|"
    r"dən|un|ün|нь|ын|ийн|ро|и)(?![^\W_])"
)


def _runs_on(text: str, end: int, named: Named) -> bool:
    """Whether the letters behind a name make another word of it."""
    if end >= len(text) or not (_joined(text[end]) or text[end] in "-_'"):
        return False
    if text[end] == "-" and not re.match(r"-[^\W\d_]", text[end:]):
        return False
    if text[end] in "-'" and text[end + 1 : end + 2].isalpha():
        return _ENDING.match(text, end) is None and text[end] == "-" and "'s" not in text[end : end + 2]
    cyrillic = "\u0400" <= text[end - 1] <= "\u052f" or named.cased is not None or text[end - 1].isascii()
    return not (
        cyrillic
        and _ENDING.match(text, end)
        and not (text[end - 1].isascii() and len(text[end - 4 : end].strip()) < 4 and named.cased is None)
    )


def _bounds(text: str, start: int, end: int, han: bool, cut: int) -> tuple[int, int, bool]:
    """What the mask takes the place of: the name with its quotation marks and ending; and whether that is a dative."""
    dative = False
    first, last = start, end
    if not han:
        if text[last : last + 1] == '"' and first > cut and text[first - 1] == '"':
            first, last = first - 1, last + 1
        ending = _ENDING.match(text, last)
        if ending and (ending[0][0] in "-'" or not text[last - 1].isdigit()):
            last, dative = ending.end(), ending["dative"] is not None
        if first == start and text[last : last + 1] == '"' and first > cut and text[first - 1] == '"':
            first, last = first - 1, last + 1
    elif text[last : last + 1] == '"' and first > cut and text[first - 1] == '"':
        first, last = first - 1, last + 1
    while first > cut and text[first - 1] == '"' == text[last : last + 1]:  # doubled by whoever wrote a table of it
        first, last = first - 1, last + 1
    return first, last, dative
