"""Which passages two texts have in common, and what stands between them in one where the other has something else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

#: A passage has at least so many tokens: what is shorter is common to all texts of a language.
LEAST_WORDS, LEAST_SIGNS = 4, 6


class Passage(NamedTuple):
    """Tokens that stand in both texts one after the other."""

    here: int
    there: int
    length: int


class Gap(NamedTuple):
    """What stands in each text between two passages that follow each other in both: half open."""

    start: int
    end: int
    there_start: int
    there_end: int


def passages(here: Sequence[str], there: Sequence[str], least: int) -> list[Passage]:
    """The passages of at least so many tokens in the order of the first text; no token of it is in two."""
    seed = least - 1
    index = {there[at : at + seed]: at for at in range(len(there) - seed, -1, -1)}
    found: list[Passage] = []
    at, shift = 0, 0
    last = len(here) - least
    while at <= last:
        piece = here[at : at + seed]
        other = at + shift  # where a text goes on as it did, words that come twice mean the nearer place
        if other < 0 or there[other : other + seed] != piece:
            other = index.get(piece, -1)
        length = _length(here, there, at, other, seed) if other >= 0 else 0
        if length >= least:
            found.append(Passage(at, other, length))
            at, shift = at + length, other - at
        else:
            at += 1
    return found


def _length(here: Sequence[str], there: Sequence[str], at: int, other: int, length: int) -> int:
    longest = min(len(here) - at, len(there) - other)
    step = 64
    while length < longest:  # piece by piece, far quicker than token by token
        if step > 1 and length + step > longest:
            step = max(1, step // 8)
        elif here[at + length : at + length + step] == there[other + length : other + length + step]:
            length += step
        elif step == 1:
            break
        else:
            step = max(1, step // 8)
    return length


def covered(found: Sequence[Passage], there: int) -> tuple[int, int]:
    """How many tokens of each text lie in passages; `there`: how many the second has."""
    marked = bytearray(there)
    for passage in found:
        marked[passage.there : passage.there + passage.length] = b"\1" * passage.length
    return sum(passage.length for passage in found), sum(marked)


def gaps(found: Sequence[Passage]) -> Iterator[Gap]:
    """What stands between passages, where something does in both."""
    for one, two in pairwise(found):
        gap = Gap(one.here + one.length, two.here, one.there + one.length, two.there)
        if gap.start < gap.end and gap.there_start < gap.there_end:
            yield gap


def replaced(found: Sequence[Passage], here: Sequence[str], there: Sequence[str]) -> int:
    """How many tokens have others in their place: what is only cut, added or moved a little does not count."""
    count = 0
    for gap in gaps(found):
        left, right = set(here[gap.start : gap.end]), set(there[gap.there_start : gap.there_end])
        count += min(len(left - right), len(right - left))
    return count


def apart(found: Sequence[Passage], length: int) -> list[tuple[int, int]]:
    """The parts of the first text, so many tokens long, that lie in no passage: half open."""
    ends = [0, *(passage.here + passage.length for passage in found)]
    starts = [*(passage.here for passage in found), length]
    return [(end, start) for end, start in zip(ends, starts, strict=True) if end < start]


def turned(found: Sequence[Passage]) -> list[Passage]:
    """The same passages as seen from the other text."""
    return sorted(Passage(passage.there, passage.here, passage.length) for passage in found)
