"""How many hits a search has, and how many of them are counted in the time that an answer may take."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.ports import Store
from monitor.query import parse
from storage import totals
from tests.storage.made import MINUTE, NOW, arrival, article, opened, poll

ARTICLES = 60
#: Every third article has the words.
HITS = 20


@dataclass
class Clock:
    """Goes on by so many seconds each time that it is looked at."""

    step: float
    now: float = 0.0

    def __call__(self) -> float:
        self.now += self.step
        return self.now


@pytest.fixture(params=["sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.setattr(totals, "FIRST", 10)
    made = opened(request.param, tmp_path)
    texts = ["The president had been to the summit." if n % 3 == 0 else "Саммит, 上合组织峰会" for n in range(ARTICLES)]
    for first in range(0, ARTICLES, 20):
        several = [
            arrival(article(f"n{n}", title=f"Number {n}", text=texts[n], published_at=NOW - (ARTICLES - n) * MINUTE))
            for n in range(first, first + 20)
        ]
        made.record(poll(*several))
    yield made
    made.close()


def slow(store: Store, step: float = totals.COUNTED_FOR) -> None:
    """From now on each look at the clock of the store's counting takes so long."""
    store.__dict__["_totals"] = totals.Totals(Clock(step))


@pytest.mark.parametrize(
    ("query", "hits"),
    [
        ('"had been"', HITS),
        ("президент OR summit", HITS),
        ("саммит", ARTICLES - HITS),
        ("上合", ARTICLES - HITS),
        ("nothing", 0),
    ],
)
def test_in_time_all_hits_are_counted(store: Store, query: str, hits: int) -> None:
    for step in (0.0, totals.COUNTED_FOR / 1000):
        slow(store, step)
        found = store.search(parse(query), limit=5)
        assert (found.total, found.counted_whole) == (hits, True)


@pytest.mark.parametrize("sort", ["newest", "relevance"])
def test_without_time_the_newest_are_counted_and_who_asks_again_has_it_counted_on(
    store: Store, sort: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.ranking.RANKED", 10)
    slow(store)
    asked = [store.search(parse("summit OR саммит"), sort=sort, limit=5) for _ in range(ARTICLES // 10 + 1)]
    assert [(one.total, one.counted_whole) for one in asked] == [
        *((10 * n, False) for n in range(1, ARTICLES // 10)),
        (ARTICLES, True),
        (ARTICLES, True),
    ]


def test_no_fewer_are_told_than_are_shown(store: Store) -> None:
    slow(store)
    found = store.search(parse("summit"), limit=12)
    assert (len(found.hits), found.total, found.counted_whole) == (12, 13, False)


def test_what_is_left_is_counted_at_once_where_there_is_time(store: Store) -> None:
    slow(store, totals.COUNTED_FOR / 4)
    asked = [store.search(parse("summit OR саммит"), limit=5).total for _ in range(4)]
    assert asked[0] < asked[1] <= ARTICLES
    assert asked[-1] == ARTICLES


@pytest.mark.parametrize("facets", [True, False])
def test_where_the_number_itself_is_asked_for_it_is_whole(store: Store, facets: bool) -> None:
    slow(store)
    assert not store.search(parse("summit"), limit=5).counted_whole
    found = store.search(parse("summit"), limit=5 if facets else 0, facets=facets)
    assert (found.total, found.counted_whole) == (HITS, True)


def test_sets_of_dates_are_counted_whole(store: Store) -> None:
    slow(store)
    found = store.search(parse("summit OR until:2026-11-01"), limit=5)
    assert (found.total, found.counted_whole) == (HITS, True)


def test_dates_bound_what_is_counted(store: Store) -> None:
    slow(store, 0.0)
    found = store.search(parse("summit"), since=NOW - 30 * MINUTE, limit=2)
    assert (found.total, found.counted_whole) == (10, True)


def test_what_comes_meanwhile_is_counted_too(store: Store) -> None:
    slow(store)
    for _ in range(ARTICLES // 10):
        found = store.search(parse("summit"), limit=5)
    assert (found.total, found.counted_whole) == (HITS, True)
    store.record(poll(arrival(article("new", title="Summit", text="x", published_at=NOW + timedelta(days=1)))))
    slow(store, 0.0)
    assert store.search(parse("summit"), limit=5).total == HITS + 1


def test_what_was_published_long_ago_and_came_lately_is_counted_once(store: Store) -> None:
    """Row ids grow with the time of publication, numbers of articles with that of arrival."""
    old = [
        arrival(article(f"old{n}", title=f"Summit {n}", text="x", published_at=NOW - timedelta(days=900 + n)))
        for n in range(30)
    ]
    store.record(poll(*old))
    slow(store)
    asked = [store.search(parse("summit"), limit=5) for _ in range(12)]
    assert (asked[-1].total, asked[-1].counted_whole) == (HITS + 30, True)
    assert all(one.total <= HITS + 30 for one in asked)
