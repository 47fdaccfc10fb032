"""The place in a text that shows why it was found, with the matched words marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from monitor.query import Words
from monitor.text.words import Place, places
from monitor.types import Article

BEGIN, END = "\x02", "\x03"
LENGTH = 220
#: Further into a text nobody looks for the place; the first words are shown then.
_DEPTH = 200_000


@dataclass(frozen=True, slots=True)
class _Mark:
    start: int
    end: int
    #: Which of the wanted words it is.
    word: int


def snippet(article: Article, wanted: Sequence[Words]) -> str:
    """About LENGTH characters of the text around the place with most of the wanted words.

    Where only the title has any, the marked title stands in front.
    """
    text = article.text[:_DEPTH]
    marks = _marks(text, article.lang, [word for word in wanted if not word.title])
    in_title = (
        "" if marks else _marked(article.title, 0, len(article.title), _marks(article.title, article.lang, wanted))
    )
    start, end = _window(text, marks)
    shown = _marked(text, start, end, marks).replace("\n", " ")
    shown = f"{'… ' if start else ''}{shown.strip()}{' …' if end < len(article.text) else ''}"
    return f"{in_title} — {shown}" if BEGIN in in_title and shown else in_title if BEGIN in in_title else shown


def _marks(text: str, lang: str | None, wanted: Sequence[Words]) -> list[_Mark]:
    """Every stretch that answers one of the wanted words, in order, none inside another."""
    if not wanted or not text:
        return []
    stand = list(places(text, lang))
    found: list[_Mark] = []
    for number, word in enumerate(wanted):
        found += _found(stand, word, number)
    found.sort(key=lambda mark: (mark.start, -mark.end))
    apart: list[_Mark] = []
    for mark in found:
        if not apart or mark.start >= apart[-1].end:
            apart.append(mark)
    return apart


def _found(stand: Sequence[Place], word: Words, number: int) -> list[_Mark]:
    wanted = word.wanted
    bases, plain = frozenset(wanted.bases), wanted.plain
    first, single = plain[0], len(plain) == 1
    found = []
    for at, place in enumerate(stand):
        if bases and (place.term in bases or not bases.isdisjoint(place.bases)):
            found.append(_Mark(place.start, place.end, number))
        elif (place.term == first or (single and wanted.plain_open_end)) and _stands(stand, at, word):
            found.append(_Mark(place.start, stand[at + len(plain) - 1].end, number))
    return found


def _stands(stand: Sequence[Place], at: int, word: Words) -> bool:
    plain = word.wanted.plain
    if at + len(plain) > len(stand):
        return False
    *whole, last = plain
    if any(stand[at + n].term != term for n, term in enumerate(whole)):
        return False
    term = stand[at + len(whole)].term
    return term.startswith(last) if word.wanted.plain_open_end else term == last


def _window(text: str, marks: Sequence[_Mark]) -> tuple[int, int]:
    """The stretch with the greatest number of different words, the earliest of those."""
    if len(text) <= LENGTH:
        return 0, len(text)
    if not marks:
        return 0, _edge(text, LENGTH)
    best, best_count = 0, 0
    for first, mark in enumerate(marks):
        inside = {m.word for m in marks[first : first + 40] if m.end <= mark.start + LENGTH - 40}
        if len(inside) > best_count:
            best, best_count = first, len(inside)
    start = max(0, min(marks[best].start - 60, len(text) - LENGTH))
    start = _edge(text, start) if start else 0
    return start, _edge(text, max(start + LENGTH, marks[best].end))


def _edge(text: str, at: int) -> int:
    """The end of the word there, or a little further on the same place where words have no ends."""
    if at >= len(text):
        return len(text)
    for step in range(25):
        if at + step >= len(text) or text[at + step].isspace():
            return at + step
    return at


def _marked(text: str, start: int, end: int, marks: Sequence[_Mark]) -> str:
    pieces: list[str] = []
    done = start
    for mark in marks:
        if mark.start >= done and mark.end <= end:
            pieces += text[done : mark.start], BEGIN, text[mark.start : mark.end], END
            done = mark.end
    pieces.append(text[done:end])
    return "".join(pieces)
