"""The place in a text that shows why it was found, with the matched words marked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from monitor.query import Words
from monitor.text.seeking import sought
from monitor.text.words import Place
from monitor.types import Article, FieldName
from storage import forms, reindexing
from storage.connection import Connection

BEGIN, END = "\x02", "\x03"
LENGTH = 220
#: Of this the marked place stands behind the first words of the snippet.
_BEFORE = 60
#: The text is looked through in stretches, until one has every wanted word: the first of so many characters.
_STRETCH, _LONGEST = 500, 8_000
#: Further into a text nobody looks for the place; the best of what was seen is shown then.
_DEPTH = 120_000


class _Mark(NamedTuple):
    start: int
    end: int
    #: Which of the wanted words it is.
    word: int


def snippet(article: Article, wanted: Sequence[Words]) -> str:
    """About LENGTH characters of the text around the place with most of the wanted words.

    Where only the title has any, the marked title stands in front.
    """
    text = article.text
    start, end, marks = _best_window(text, article.lang, [word for word in wanted if not word.title])
    shown = _marked(text, start, end, marks).replace("\n", " ").strip()
    shown = f"{'… ' if start else ''}{shown}{' …' if end < len(text) else ''}"
    if marks or not wanted:
        return shown
    title = _marked(article.title, 0, len(article.title), _marks(article.title, article.lang, wanted))
    if BEGIN not in title:
        return shown
    return f"{title} — {shown}" if shown else title


def with_forms(connection: Connection, wanted: Sequence[Words]) -> tuple[Words, ...]:
    """The same words, with the forms that texts have of them where that is known of all texts: then they are found in
    a text sooner."""
    if not reindexing.is_by_present_analyser(connection):
        return tuple(wanted)
    known = [replace(word.wanted, forms=forms.present(connection, word.wanted.bases)) for word in wanted]
    return tuple(replace(word, wanted=one) for word, one in zip(wanted, known, strict=True))


def highlights(article: Article, wanted: Sequence[Words]) -> tuple[tuple[FieldName, int, int], ...]:
    """Every stretch of title and text that answers one of the wanted words: field, first code point, the one after."""
    in_text = [word for word in wanted if not word.title]
    found: list[tuple[FieldName, int, int]] = []
    found += [("title", mark.start, mark.end) for mark in _marks(article.title, article.lang, wanted)]
    found += [("text", mark.start, mark.end) for mark in _marks(article.text, article.lang, in_text)]
    return tuple(found)


def _best_window(text: str, lang: str | None, wanted: Sequence[Words]) -> tuple[int, int, list[_Mark]]:
    """Where the snippet begins and ends, and the marks in it."""
    best: tuple[int, int, list[_Mark]] | None = None
    most = 0
    for begin, end in _stretches(text) if wanted else ():
        marks = [_Mark(m.start + begin, m.end + begin, m.word) for m in _marks(text[begin:end], lang, wanted)]
        first, count = _richest(marks)
        if count > most:
            most = count
            best = (*_window(text, marks[first]), marks)
        if most == len(wanted):
            break
    return best or (0, _edge(text, LENGTH) if len(text) > LENGTH else len(text), [])


def _stretches(text: str) -> Iterator[tuple[int, int]]:
    """The text in pieces that begin at spaces and overlap by a snippet's length, each larger than the one before."""
    begin, size = 0, _STRETCH
    while begin < min(len(text), _DEPTH):
        end = _edge(text, begin + size)
        yield begin, end
        if end >= len(text):
            return
        begin, size = _edge(text, end - LENGTH), min(size * 4, _LONGEST)


def _richest(marks: Sequence[_Mark]) -> tuple[int, int]:
    """The mark from which on a snippet has most different words, and how many."""
    best, best_count = 0, 0
    for first, mark in enumerate(marks):
        reach = mark.start + LENGTH - _BEFORE
        count = len({m.word for m in marks[first : first + 30] if m.end <= reach or m is mark})
        if count > best_count:
            best, best_count = first, count
    return best, best_count


def _window(text: str, mark: _Mark) -> tuple[int, int]:
    if len(text) <= LENGTH:
        return 0, len(text)
    start = max(0, min(mark.start - _BEFORE, len(text) - LENGTH))
    start = min(_edge(text, start), mark.start) if start else 0
    return start, _edge(text, max(start + LENGTH, mark.end))


def _edge(text: str, at: int) -> int:
    """The end of the word there; where words have no ends, the same place."""
    if at >= len(text):
        return len(text)
    for step in range(25):
        if at + step >= len(text) or text[at + step].isspace():
            return at + step
    return at


# ---------------------------------------------------------------------------------------------- marks


def _marks(text: str, lang: str | None, wanted: Sequence[Words]) -> list[_Mark]:
    """Every stretch that answers one of the wanted words, in order, none inside another."""
    if not wanted:
        return []
    stand = sought(tuple(word.wanted for word in wanted)).places(text, lang)
    found = [mark for number, word in enumerate(wanted) for mark in _found(stand, word, number)]
    found.sort(key=lambda mark: (mark.start, -mark.end))
    apart: list[_Mark] = []
    for mark in found:
        if not apart or mark.start >= apart[-1].end:
            apart.append(mark)
    return apart


def _found(stand: Sequence[Place], word: Words, number: int) -> Iterator[_Mark]:
    bases, plain = frozenset(word.wanted.bases), word.wanted.plain
    first, open_first = plain[0], len(plain) == 1 and word.wanted.plain_open_end
    for at, (term, start, end, its_bases) in enumerate(stand):
        if bases and (term in bases or (its_bases and not bases.isdisjoint(its_bases))):
            yield _Mark(start, end, number)
        elif (term == first or (open_first and term.startswith(first))) and _stands(stand, at, word):
            yield _Mark(start, stand[at + len(plain) - 1].end, number)


def _stands(stand: Sequence[Place], at: int, word: Words) -> bool:
    *whole, last = word.wanted.plain
    if at + len(whole) >= len(stand) or any(stand[at + n].term != term for n, term in enumerate(whole)):
        return False
    term = stand[at + len(whole)].term
    return term.startswith(last) if word.wanted.plain_open_end else term == last


def _marked(text: str, start: int, end: int, marks: Sequence[_Mark]) -> str:
    pieces: list[str] = []
    done = start
    for mark in marks:
        if mark.start >= done and mark.end <= end:
            pieces += text[done : mark.start], BEGIN, text[mark.start : mark.end], END
            done = mark.end
    pieces.append(text[done:end])
    return "".join(pieces)
