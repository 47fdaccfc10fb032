"""What is decided on together: the most alike first, on average, and never along a chain."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations, permutations

import pytest

from monitor.identity.together import FAR, Cluster, average, gathered

ENOUGH = 0.0
UNLIKE = -3.0


def left(names: str, alike: Mapping[str, float], stories: Mapping[str, int] | None = None) -> dict[str, list[int]]:
    """What becomes of articles of one letter each, of which pairs are as much alike as is said: those that are one, and
    the stories in it."""

    def likeness(a: str, b: str) -> float:
        return alike.get(a + b, alike.get(b + a, UNLIKE))

    known = stories or {}
    clusters = [Cluster([name], [known[name]] if name in known else []) for name in names]
    for (a, one), (b, other) in combinations(enumerate(clusters), 2):
        link = average(one.members, other.members, likeness)
        if not (one.stories and other.stories) and link > ENOUGH - FAR:
            one.links[b] = other.links[a] = link
    made, into = gathered(clusters, likeness, ENOUGH)
    assert [made[place].members.count(name) for name, place in zip(names, into, strict=True)] == [1] * len(names)
    return {"".join(sorted(one.members)): one.stories for one in made}


@pytest.mark.parametrize("order", [pytest.param("".join(order), id="".join(order)) for order in permutations("abc")])
def test_the_most_alike_come_first_in_whatever_order(order: str) -> None:
    """b is a little like a, and much like c, which is another event than a."""
    assert left(order, {"ab": 0.5, "bc": 2.0, "ac": -2.0}) == {"a": [], "bc": []}


@pytest.mark.parametrize(
    ("alike", "expected"),
    [
        pytest.param({"ab": 1, "bc": 1, "ac": 1}, {"abc"}, id="all alike"),
        pytest.param({"ab": 1, "bc": 0.9, "ac": -0.5}, {"abc"}, id="one pair is a little below"),
        pytest.param({"ab": 1, "bc": 0.9, "ac": -2}, {"ab", "c"}, id="a chain"),
        pytest.param({"ab": -0.1}, {"a", "b", "c"}, id="not enough"),
        pytest.param({}, {"a", "b", "c"}, id="nothing alike"),
    ],
)
def test_who_is_like_one_of_them_only_stays_out(alike: Mapping[str, float], expected: set[str]) -> None:
    assert left("abc", alike).keys() == expected


def test_two_of_several_articles_have_to_be_more_alike_than_one_and_one() -> None:
    pairs = {"ab": 2.0, "cd": 2.0}
    between = ("ac", "ad", "bc", "bd")
    assert left("abcd", pairs | dict.fromkeys(between, 0.05)).keys() == {"ab", "cd"}
    assert left("abcd", pairs | dict.fromkeys(between, 0.3)).keys() == {"abcd"}


def test_stories_become_one_when_an_article_belongs_to_both_and_they_are_alike() -> None:
    stories = {"s": 7, "t": 4}
    assert left("stx", {"xs": 1.0, "xt": 0.8, "st": 0.5}, stories) == {"stx": [4, 7]}
    assert left("stx", {"xs": 1.0, "xt": 0.8, "st": -2.0}, stories) == {"sx": [7], "t": [4]}


def test_nothing_to_gather() -> None:
    assert gathered([], lambda a, b: 1.0, ENOUGH) == ([], [])  # noqa: ARG005 - as likenesses are called
