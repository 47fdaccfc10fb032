"""Which passages two texts have in common, and what stands between them in one where the other has something else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from monitor.identity.tokens import Words

#: A passage has at least so many tokens: what is shorter is common to all texts of a language.
LEAST_WORDS, LEAST_SIGNS = 4, 6
# of every so many places of a text one is looked up
_STRIDE = 4
# for so many tokens after a passage the text is expected to go on nearby
_ASIDE = 8


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


def passages(here: Words, there: Words, least: int) -> list[Passage]:
    """The passages of at least so many tokens in the order of the first text; no token of it is in two.

    One that goes on neither as the text did before nor a few tokens aside may be missed when it is shorter than
    `least` and _STRIDE together.
    """
    seed = least - 1
    index = {there[at : at + seed]: at for at in range((len(there) - seed) // _STRIDE * _STRIDE, -1, -_STRIDE)}
    found: list[Passage] = []
    at = end = shift = 0  # `end` of the last passage
    last = len(here) - seed
    while at <= last:
        piece = here[at : at + seed]
        # where a text goes on as it did, words that come twice mean the nearer place
        other = at + shift
        if there[other : other + seed] != piece:
            other = _aside(piece, there, other) if at - end < _ASIDE else -1
            if other < 0:
                other = index.get(piece, -1)
        if other >= 0:
            length = _length(here, there, at, other, seed)
            back = _back(here, there, at, other, end)
            if length + back >= least:
                found.append(Passage(at - back, other - back, length + back))
                shift = other - at
                at = end = at + length
                continue
        at += 1
    return found


def _aside(piece: Words, there: Words, other: int) -> int:
    """Where the piece stands not far from there, as after a word that was cut or added; -1: nowhere."""
    for at in (other + 1, other - 1, other + 2, other - 2):
        if at >= 0 and there[at : at + len(piece)] == piece:
            return at
    return -1


def _back(here: Words, there: Words, at: int, other: int, end: int) -> int:
    """How many tokens before these are the same, back to where the last passage ended."""
    back = 0
    while at - back > end and other - back > 0 and here[at - back - 1] == there[other - back - 1]:
        back += 1
    return back


def _length(here: Words, there: Words, at: int, other: int, length: int) -> int:
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


def replaced(found: Sequence[Passage], here: Words, there: Words) -> int:
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
