"""What is remembered of sources, hosts and moved addresses."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.ports import Store
from monitor.types import Collected, Health, Move, Signs, SourceEvent, Validators
from tests.storage.test_archive_file import rows_of

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def poll(source_id: str = "akorda", at: datetime = NOW, **more: object) -> Collected:
    return Collected(source_id=source_id, at=at, outcome="ok", **more)  # type: ignore[arg-type]


HEALTH = Health(
    state="frozen",
    since=NOW - timedelta(hours=2),
    evidence="last item 3 days ago, обычно каждые 2 ч",
    new_at=NOW - timedelta(days=3),
    gap=7200.5,
    skip_hours=(1, 2),
    dated=True,
)


@pytest.mark.parametrize("health", [Health(), HEALTH], ids=["nothing-known", "much-known"])
def test_health_comes_back_as_it_was(store: Store, health: Health) -> None:
    store.record(poll(health=health))
    assert store.source_states()["akorda"].health == health


def test_a_poll_that_says_nothing_leaves_what_was_known(store: Store) -> None:
    store.record(poll(health=HEALTH))
    store.record(poll(at=NOW + timedelta(hours=1)))
    assert store.source_states()["akorda"].health == HEALTH


def test_events_are_numbered_and_read_from_a_number_or_an_instant_on(store: Store) -> None:
    for hour, source_id in enumerate(("akorda", "тасс", "新华社")):
        at = NOW + timedelta(hours=hour)
        event = SourceEvent(source_id=source_id, at=at, was="ok", became="failing", evidence="HTTP 503")
        store.record(poll(source_id, at, event=event))
    everything = store.source_events()
    assert [event.source_id for event in everything] == ["akorda", "тасс", "新华社"]
    assert [event.number for event in store.source_events(after=everything[0].number)] == [2, 3]
    assert [event.source_id for event in store.source_events(since=NOW + timedelta(hours=2))] == ["新华社"]


def test_pauses_of_hosts_last_until_their_end_and_the_longer_one_counts(store: Store) -> None:
    soon, later = NOW + timedelta(hours=1), NOW + timedelta(hours=5)
    store.record(poll(pauses={"a.example": later, "b.example": soon}))
    store.record(poll(pauses={"a.example": soon}))
    assert store.host_pauses(NOW) == {"a.example": later, "b.example": soon}
    assert store.host_pauses(NOW + timedelta(hours=2)) == {"a.example": later}
    assert store.host_pauses(NOW + timedelta(hours=6)) == {}


def test_a_move_comes_back_and_the_newer_one_takes_its_place(store: Store) -> None:
    move = Move(url="http://a.example/feed", target="https://a.example/rss", first_at=NOW, last_at=NOW, seen=1)
    store.record(poll(moves=(move,)))
    assert store.moves() == {move.url: move}
    adopted = Move(
        url=move.url,
        target=move.target,
        first_at=NOW,
        last_at=NOW + timedelta(days=1),
        seen=3,
        adopted_at=NOW + timedelta(days=1),
    )
    store.record(poll(moves=(adopted,)))
    assert store.moves() == {move.url: adopted}


def test_validators_remember_which_url_they_belong_to(store: Store) -> None:
    found = Validators(url="http://a.example/feed", final_url="https://a.example/rss", etag='"1"')
    store.record(poll(validators=(found,)))
    assert store.validators([found.url]) == {found.url: found}


def test_polls_are_counted_by_day(store: Store, tmp_path: Path) -> None:
    for hours in (0, 1, 30):
        signs = Signs(listed=20, new=2, read=2, undated=1, lengths=(0, 900, 1100))
        store.record(poll(at=NOW + timedelta(hours=hours), signs=signs))
    rows = rows_of(tmp_path / "archive.db", "SELECT polls, items, new, undated, texts, letters FROM source_days")
    assert rows == [(2, 40, 4, 2, 4, 4000), (1, 20, 2, 1, 2, 2000)]
