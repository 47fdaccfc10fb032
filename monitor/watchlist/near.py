"""What in a text looks most like a name that is not in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from monitor.text.fold import HAN
from monitor.watchlist.normal import Normal, word_edge

#: Names shorter than this are like everything.
_LEAST = 4
_LEAST_HAN = 3
#: So much of a text is looked through.
_MOST = 30_000
#: A word of a longer name that holds such a share of its letters is told as a part of it.
_PART = 0.4
_LEAST_PART = 5
_WORD = re.compile(r"[^\W_]")
_IN_HAN = re.compile(f"[{HAN}]")


class Window(NamedTuple):
    """Some words of a text in a row."""

    text: str
    start: int
    end: int
    #: One bit for each letter that is in it.
    letters: int


class Likeness(NamedTuple):
    """A stretch of a text that is like a name."""

    start: int
    end: int
    name: str
    #: Letters to change, add or take away.
    distance: int
    #: It is one word of a name that has several.
    part: bool


def nearest(names: Sequence[str], text: Normal, most: int = 3) -> tuple[Likeness, ...]:
    """Where the text is most like one of the names (in normal form), the most alike first, each place once."""
    parts = {word: name for name in names for word in _parts(name)}
    wanted = dict.fromkeys(name for name in names if _allowed(name))
    highest = max((len(name) + _allowed(name) for name in (*wanted, *parts)), default=0)
    found: list[tuple[float, Likeness]] = []
    by_length: dict[int, list[Window]] = {}
    for window in _windows(text, highest):
        by_length.setdefault(len(window.text), []).append(window)
        if (whole := parts.get(window.text)) is not None and not text.cased[window.start].islower():
            missing = len(whole) - len(window.text)
            found.append((missing / len(whole), Likeness(window.start, window.end, whole, missing, True)))
    for name in wanted:
        found += _like(name, by_length)
    found.sort(key=lambda one: (one[0], one[1].start))
    return _apart((likeness for _, likeness in found), most)


def _like(name: str, by_length: dict[int, list[Window]]) -> Iterator[tuple[float, Likeness]]:
    letters, most = _letters(name), _allowed(name)
    for length in range(len(name) - most, len(name) + most + 1):
        for window in by_length.get(length, ()):
            if (window.letters ^ letters).bit_count() <= 2 * most:
                distance = _distance(name, window.text, most)
                if distance is not None:
                    likeness = Likeness(window.start, window.end, name, distance, False)
                    yield distance / len(name), likeness


def _allowed(name: str) -> int:
    """Letters in which a text may differ from the name and still be like it; 0: the name is too short to tell."""
    if _IN_HAN.search(name):
        return 0 if len(name) < _LEAST_HAN else 1 if len(name) < 6 else 2
    return 0 if len(name) < _LEAST else 1 if len(name) < 7 else 2 if len(name) < 12 else 3


def _parts(name: str) -> list[str]:
    words = re.findall(r"[^\W_]+", name)
    return [w for w in words if len(words) > 1 and len(w) >= _LEAST_PART and len(w) >= _PART * len(name)]


def _windows(text: Normal, highest: int) -> Iterator[Window]:
    """Words, and words in a row, of up to so many letters; each spelling where it first stands."""
    whole = text.text[:_MOST]
    starts = [at for at in range(len(whole)) if _WORD.match(whole, at) and word_edge(text, at)]
    ends = [at for at in range(1, len(whole) + 1) if _WORD.match(whole, at - 1) and word_edge(text, at)]
    seen: set[str] = set()
    first = 0
    for start in starts:
        while first < len(ends) and ends[first] <= start:
            first += 1
        for end in ends[first:]:
            if end - start > highest:
                break
            spelled = whole[start:end]
            if spelled not in seen:
                seen.add(spelled)
                yield Window(spelled, start, end, _letters(spelled))


def _letters(text: str) -> int:
    found = 0
    for char in set(text):
        found |= 1 << (ord(char) % 61)
    return found


def _distance(one: str, other: str, most: int) -> int | None:
    """Letters to change, add or take away to make one of the other (Levenshtein); None: more than `most`."""
    before = list(range(len(other) + 1))
    for row, char in enumerate(one, 1):
        now = [row]
        for column, against in enumerate(other, 1):
            now.append(min(before[column] + 1, now[-1] + 1, before[column - 1] + (char != against)))
        if min(now) > most:
            return None
        before = now
    return before[-1] if before[-1] <= most else None


def _apart(likenesses: Iterable[Likeness], most: int) -> tuple[Likeness, ...]:
    """The first of them that do not overlap."""
    kept: list[Likeness] = []
    for one in likenesses:
        if all(one.end <= other.start or one.start >= other.end for other in kept):
            kept.append(one)
            if len(kept) == most:
                break
    return tuple(kept)
