"""How rare a fact is among the articles that came lately."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import repeat
from math import log
from typing import cast

from monitor.identity.facts import Kind, fact
from monitor.identity.skeletons import skeleton


class Rarity:
    """Counts in how many articles each fact was; older articles fade, and what fell to nothing is forgotten."""

    def __init__(self, common: Mapping[int, float] | None = None, *, window: int = 20_000, room: int = 100_000) -> None:
        """`common`: fact -> share of articles that have it, believed as if seen in PRIOR articles."""
        self._counts = _counter({number: share * PRIOR for number, share in (common or {}).items()})
        self._articles = float(PRIOR)
        self._known = _Known(self._articles + 1)
        self._window = window
        self._room = room

    @property
    def articles(self) -> int:
        """How many articles it is known from."""
        return int(self._articles)

    def add(self, facts: Iterable[int]) -> None:
        """Counts one more article."""
        self._counts.update(iter(facts))  # of a mapping it would add the values
        self._articles += 1
        if self._articles > self._window or len(self._counts) > self._room:
            self._fade()
        self._known = _Known(self._articles + 1)

    def _fade(self) -> None:
        one_each: dict[float, float] = {}  # of each number there is one in memory, however many facts have it
        halves = ((number, count / 2) for number, count in self._counts.items() if count > 1)
        self._counts = _counter({number: one_each.setdefault(half, half) for number, half in halves})
        self._articles /= 2

    def of(self, facts: Iterable[int]) -> list[float]:
        """For each: natural logarithm of one in how many articles has the fact; at least a little."""
        return list(map(self._known.__getitem__, map(self._counts.get, facts, repeat(0))))


class _Known(dict[float, float]):
    """How rare what was counted so often is, among so many articles: hundreds of facts were in one or two of them."""

    def __init__(self, articles: float) -> None:
        self._articles = articles

    def __missing__(self, count: float) -> float:
        self[count] = made = max(0.05, log(self._articles / (count + 0.5)))
        return made


def _counter(counts: dict[int, float]) -> Counter[int]:
    """Counts that a fact more is added to at the speed of the library; those known beforehand are no whole numbers."""
    return Counter(cast("dict[int, int]", counts))


#: Articles that what is known beforehand counts for.
PRIOR = 300


def common_figures() -> dict[int, float]:
    """Numbers that any text has: small ones, round ones, years of our time. Shares set by hand."""
    shares = {str(n): 0.25 if n <= 12 else 0.12 for n in range(32)}
    shares |= {str(n): 0.05 for n in range(1980, 2040)}
    shares |= {str(n): 0.05 for n in (*range(40, 100, 10), *range(100, 1000, 100), *range(1000, 11000, 1000))}
    common = {fact(Kind.NUMBER, said): share for said, share in shares.items()}
    return common | {fact(Kind.ORDINAL, f"{n}th"): 0.05 for n in range(1, 10)}


def common_words(lists: Mapping[str, Mapping[float, str]]) -> dict[int, float]:
    """Shares of common words, out of a list by language and share, as in packs/sco/common.yaml."""
    by_share = [(float(share), words) for listed in lists.values() for share, words in listed.items()]
    return _shares(Kind.WORD, by_share)


def common_sounds(lists: Mapping[str, Mapping[float, str]]) -> dict[float, str]:
    """The same words as they sound, by share: `Now` at the beginning of a sentence is no rare name, nor is what sounds
    like it in another alphabet (`Новый`)."""
    sounds: dict[float, set[str]] = {}
    for listed in lists.values():
        for share, words in listed.items():
            sounds.setdefault(float(share), set()).update(map(skeleton, words.split()))
    return {share: " ".join(sorted(said)).strip() for share, said in sounds.items()}


def common_names(sounds: Mapping[float, str]) -> dict[int, float]:
    """Shares of names that sound so: a name is as common as the word."""
    return _shares(Kind.NAME, sounds.items())


def _shares(kind: Kind, by_share: Iterable[tuple[float, str]]) -> dict[int, float]:
    """For what is in several, the largest share."""
    shares = [(word, share) for share, words in by_share for word in words.split()]
    return {fact(kind, word): share for word, share in sorted(shares, key=lambda one: one[1])}
