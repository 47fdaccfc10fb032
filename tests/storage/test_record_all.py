"""Many polls in one transaction come to the same as one after the other, on every backend."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.errors import StoreError
from monitor.ports import Store
from monitor.query import parse
from monitor.types import Arrival, Collected, Kept, Placement, Recorded
from tests.storage.made import MINUTE, NOW, arrival, article, match, names, opened, poll
from tests.storage.test_record import edited


def some_arrival(r: random.Random, source_id: str | None) -> Arrival:
    """New ones, edits, copies of other sources, shared ids, dates that come later, importers' ids, placements."""
    name = r.choice("abcdefgh")
    one = article(name, source_id=source_id)
    if r.random() < 0.5:
        one = edited(one, text=f"{one.text} {r.choice('xyz') * 9}", text_from=r.choice(("page", "feed")))
    if r.random() < 0.3:
        one = replace(one, guid="same")
    if r.random() < 0.3:
        one = replace(one, canonical_url=f"https://example.org/{r.choice('abc')}/other")
    if r.random() < 0.5:
        one = replace(one, published_at=NOW - timedelta(days=r.randrange(3), seconds=r.randrange(2)))
    if source_id is None:
        one = replace(one, ref=r.choice((None, "r1", "r2", "r3")))
    tags = [match(tag) for tag in ("sco", "putin") if r.random() < 0.3]
    made = arrival(one, *tags)
    group = r.choice((None, None, -1, -2, 1, 3, 99))
    return replace(made, placement=Placement(copy_group_id=group, story_id=r.choice((None, -1, 2, 77))))


def some_polls(seed: int) -> list[Collected]:
    r = random.Random(seed)
    polls = []
    for number in range(8):
        source_id = r.choice(("kremlin", "akorda", None))
        arrivals = [some_arrival(r, source_id) for _ in range(r.randrange(6))]
        polls.append(poll(*arrivals, source_id=source_id, at=NOW + number * MINUTE))
    return polls


def contents(store: Store) -> object:
    kept: Sequence[Kept] = tuple(store.export())
    asked = ("title", "xxxxxxxxx", "tag:sco", "src:kremlin", "story:1")
    found = {query: store.search(parse(query)) for query in asked}
    return kept, found, store.counts(), store.head(), [store.matches(one.id) for one in kept]


@pytest.mark.parametrize("seed", range(25))
def test_together_as_one_by_one(backend: str, tmp_path: Path, seed: int) -> None:
    polls = some_polls(seed)
    (tmp_path / "one").mkdir()
    (tmp_path / "all").mkdir()
    one, together = opened(backend, tmp_path / "one"), opened(backend, tmp_path / "all")
    recorded = tuple(one.record(each) for each in polls)
    assert together.record_all(polls[:3]) + together.record_all(polls[3:]) == recorded
    assert contents(together) == contents(one)
    one.close()
    together.close()


def test_nothing_is_stored_when_one_cannot_be(store: Store) -> None:
    broken = poll(arrival(article("b", url="https://example.org/\ud800")))
    with pytest.raises(StoreError):
        store.record_all([poll(arrival(article("a"))), broken])
    assert list(store.export()) == []
    assert store.record_all([poll(arrival(article("a")))]) == (Recorded(new=1),)


def test_no_polls(store: Store) -> None:
    assert store.record_all([]) == ()


def test_the_newest_first_do_not_break_the_index_into_pieces(store: Store) -> None:
    listed = [article(f"n{n}", published_at=NOW - n * MINUTE) for n in range(60)]
    store.record(poll(*map(arrival, listed)))
    found = store.search(parse("title"), limit=3)
    assert (found.total, names(found.hits)) == (60, ["n0", "n1", "n2"])
