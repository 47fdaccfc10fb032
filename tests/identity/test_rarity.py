"""How rare a fact is: each article counts it once, in whatever its facts are given."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import isclose, log

import pytest

from monitor.identity.rarity import PRIOR, Rarity

FACTS = (7, 8, 9)


@pytest.mark.parametrize(
    "given",
    [tuple, set, lambda facts: dict.fromkeys(facts, 40), lambda facts: dict.fromkeys(facts, 3).keys()],
    ids=["tuple", "set", "mapping", "keys"],
)
def test_an_article_counts_each_of_its_facts_once(given: Callable[[Iterable[int]], Iterable[int]]) -> None:
    rarity = Rarity()
    for _ in range(3):
        rarity.add(given(FACTS))
    seen, unseen = rarity.of([8, 99])
    assert isclose(seen, log((PRIOR + 4) / 3.5))
    assert isclose(unseen, log((PRIOR + 4) / 0.5))


def test_older_articles_fade_and_what_fell_to_nothing_is_forgotten() -> None:
    rarity = Rarity(window=PRIOR + 9)
    rarity.add([1])
    for _ in range(9):
        rarity.add([2])
    once, often, never = rarity.of([1, 2, 3])
    assert often < once == never
