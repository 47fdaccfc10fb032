"""Which copy group an article belongs to: the same text under another address, whole, cut, extended or lightly edited.

::

    print_of(title, text)            -> Print       what the archive keeps to find copies by
    copies(article, candidates)      -> Copies      group to join, groups that are one by now, excerpts
      shared(sketches)                              turns down what only shares a footer
      likeness(here, there)          -> Likeness    over the texts themselves (monitor.identity.comparing)

A group has no single member that all others are measured by: an article is compared with those members that it shares
most with. It joins where it shares much with one of them, or less with half of those compared, so that a group does
not grow by its most distant members; and only where more of them agree with it than contradict its figures.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal, Protocol, TypeVar

from monitor.identity.comparing import Likeness, Written, likeness, same_headline, same_title, titles_are_one
from monitor.identity.prints import shared

#: How many candidates are compared by their texts, those that share most first.
COMPARED = 8
#: How many members beyond doubt decide on a group, so that the fortieth copy costs no more than the third.
SURE = 2
# share of a sketch below which two texts have a footer or a phrase in common at most
_NOTHING = 0.2
# the same for copies: they have 0.55 of the shorter text in common at least, of its shingles less: each edit costs
# five of them. Of ten thousand pairs of feed entries, eleven copies with other headlines lay between 0.2 and this
_NO_COPY = 0.3


class Candidate(Written, Protocol):
    """An earlier article that shares a band."""

    @property
    def id(self) -> int:
        """Of the article."""

    @property
    def copy_group_id(self) -> int: ...
    @property
    def facts(self) -> bytes:
        """What `print_of` made of it; what follows is not read."""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A passage that an article has in common with another that it is no copy of."""

    #: Whether it stands in the other, longer one, or the other way round.
    kind: Literal["excerpt_of", "quotes"]
    #: The other one.
    article_id: int
    #: Share of the shorter of the two texts.
    share: float


@dataclass(frozen=True, slots=True)
class Copies:
    """Where an article belongs by its text."""

    #: None: in a group of its own.
    copy_group_id: int | None = None
    #: Groups that turn out to be the same one, because this article is a copy of members of each.
    merged: tuple[int, ...] = ()
    #: The member that it is likest to, and how like; None: in a group of its own.
    of_article_id: int | None = None
    likeness: Likeness | None = None
    excerpts: tuple[Excerpt, ...] = ()


def copies(
    article: Written,
    facts: bytes,
    candidates: Iterable[Found],
    with_text: Callable[[Found], Candidate] | None = None,
    *,
    excerpts: bool = True,
) -> Copies:
    """The group of an article.

    `facts` is its own sketch; `candidates` are articles that share bands with it, each with the group that it is in by
    now: the sixteen that share most are enough, and the newest where a band is shared by very many. Where they have no
    texts, `with_text` gives one to those that are compared. Without `excerpts` only what may be a copy is compared.
    """
    compared = _compared(article, facts, candidates, with_text or _as_it_is, _NOTHING if excerpts else _NO_COPY)
    groups = _groups(compared)
    joined = {best.copy_group_id for best, _ in groups}
    quoted = tuple(
        Excerpt("excerpt_of" if len(article.text) <= len(other.text) else "quotes", other.id, round(how.shorter, 3))
        for other, how in compared
        if excerpts and how.kind == "excerpt" and other.copy_group_id not in joined
    )
    if not groups:
        return Copies(excerpts=quoted)
    best, how = groups[0]
    same = {best.copy_group_id}
    for other, other_how in groups[1:]:
        if other_how.much and how.much and not likeness(best, other).conflicts:
            same.add(other.copy_group_id)
    oldest = min(same)
    return Copies(oldest, tuple(sorted(same - {oldest})), best.id, how, quoted)


def worth_comparing(article: Written, facts: bytes, *, excerpts: bool = True) -> Callable[[str, bytes], bool]:
    """Whether `copies` would look at a candidate with that title and those facts at all: of ten that share a band nine
    have no more in common, and are not even read for this."""
    least = _NOTHING if excerpts else _NO_COPY

    def worth(title: str, other: bytes) -> bool:
        return shared(facts, other) >= least or titles_are_one(article.title, title)

    return worth


Found = TypeVar("Found", bound=Candidate)
Compared = tuple[Candidate, Likeness]


def _as_it_is(one: Candidate) -> Candidate:
    return one


def _compared(
    article: Written, facts: bytes, candidates: Iterable[Found], with_text: Callable[[Found], Candidate], least: float
) -> list[Compared]:
    rated = [(shared(facts, other.facts), other) for other in candidates]
    likely = [(rate, other) for rate, other in rated if rate >= least or same_title(article, other)]
    likely.sort(key=lambda pair: (-pair[0], pair[1].id))
    sure: Counter[int] = Counter()
    compared: list[Compared] = []
    for rate, found in likely:
        if len(compared) < COMPARED and sure[found.copy_group_id] < SURE:
            other = with_text(found)
            if rate < least and not same_headline(article, other):
                continue
            how = likeness(article, other)
            sure[other.copy_group_id] += how.much
            compared.append((other, how))
    return compared


def _groups(compared: Sequence[Compared]) -> list[Compared]:
    """For each group that the article belongs to the member that it is likest to, the likest first."""
    joined = []
    for _, of_group in groupby(sorted(compared, key=_group_id), key=_group_id):
        members = list(of_group)
        same = [pair for pair in members if pair[1].kind == "copy"]
        against = sum(how.contradicted for _, how in members)
        enough = any(how.much for _, how in same) or 2 * len(same) >= len(members)
        if same and enough and len(same) > against:
            joined.append(max(same, key=_rank))
    return sorted(joined, key=_rank, reverse=True)


def _group_id(pair: Compared) -> int:
    return pair[0].copy_group_id


def _rank(pair: Compared) -> tuple[float, int]:
    other, how = pair
    return how.shorter + how.longer, -other.id
