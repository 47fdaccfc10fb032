"""Which of several articles and stories are one story, when they are decided on together: what is most alike first.

::

    cluster     a new article alone, or a story of the archive, with the articles that it stands on
    link        how much two clusters are alike: the likeness of their articles, on average
    gathered    the two clusters with the strongest link become one, as long as that is strong enough

An article that came early is so not drawn into a story that it is a little like, while the one that it belongs with is
about to come. The average keeps chains out: who is like one member only, is not like the story.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush
from math import log
from typing import Generic, TypeVar

#: Articles of a cluster that others are compared with, where that was not done before: those that came together first.
CORE = 8
#: A story of several articles is better known than one of a single article: with twice as many, the next one may be
#: less like them, by 0.7 times this. Two of several articles each are better known to be two: they have to be more
#: alike.
GROWN = 0.25
BOTH_GROWN = 0.5
#: Clusters whose link is so much too weak are not looked at again.
FAR = 2.0

T = TypeVar("T")


@dataclass(slots=True, eq=False)
class Cluster(Generic[T]):
    """Articles that are one story so far."""

    members: list[T]
    #: Numbers of the stories of the archive that are in it.
    stories: list[int]
    #: Number of another cluster -> the link to it.
    links: dict[int, float] = field(default_factory=dict)


def gathered(
    clusters: Sequence[Cluster[T]], likeness: Callable[[T, T], float], enough: float
) -> tuple[list[Cluster[T]], list[int]]:
    """The clusters that are left, and for each given one which of them it is in now. Links have to be known from both
    sides."""
    every: list[Cluster[T] | None] = list(clusters)
    went: dict[int, int] = {}
    offers = [
        (-strength, a, b)
        for a, one in enumerate(clusters)
        for b, link in one.links.items()
        if a < b and (strength := _strength(one, clusters[b], link)) >= enough
    ]
    heapify(offers)
    while offers:
        _, a, b = heappop(offers)
        first, second = every[a], every[b]
        if first is None or second is None:
            continue
        new = went[a] = went[b] = len(every)
        every[a] = every[b] = None
        joined = Cluster(_members(first, second), sorted({*first.stories, *second.stories}))
        every.append(joined)
        for number in (first.links.keys() | second.links.keys()) - {a, b}:
            other = every[number]
            assert other is not None
            link = _link(first, second, number, other, likeness, enough)
            for gone in (a, b):
                other.links.pop(gone, None)
            if link > enough - FAR:
                joined.links[number] = other.links[new] = link
                if (strength := _strength(joined, other, link)) >= enough:
                    heappush(offers, (-strength, number, new))
    left = [number for number, one in enumerate(every) if one is not None]
    places = {number: place for place, number in enumerate(left)}
    for number in sorted(went, reverse=True):
        places[number] = places[went[number]]
    return [one for one in every if one is not None], [places[number] for number in range(len(clusters))]


def average(some: Sequence[T], others: Sequence[T], likeness: Callable[[T, T], float]) -> float:
    """Likeness of two rows of articles, on average."""
    return sum([likeness(a, b) for a in some for b in others]) / (len(some) * len(others))


def _strength(one: Cluster[T], other: Cluster[T], link: float) -> float:
    """The link, as much as it says with so many articles on either side."""
    fewer, more = sorted((len(one.members), len(other.members)))
    return link + GROWN * log(more) - BOTH_GROWN * log(fewer)


def _members(first: Cluster[T], second: Cluster[T]) -> list[T]:
    more, fewer = (first, second) if len(first.members) >= len(second.members) else (second, first)
    return more.members + fewer.members


def _link(
    first: Cluster[T],
    second: Cluster[T],
    number: int,
    other: Cluster[T],
    likeness: Callable[[T, T], float],
    enough: float,
) -> float:
    """The link of the two, as one, to another cluster."""
    total = 0.0
    for one, its in ((first, second), (second, first)):
        link = one.links.get(number)
        if link is None:
            if its.links[number] <= enough - FAR / 2:
                return enough - FAR
            link = average(one.members[:CORE], other.members[:CORE], likeness)
        total += link * len(one.members)
    return total / (len(first.members) + len(second.members))
