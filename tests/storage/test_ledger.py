"""Who was told what: cursors, held items, digests, deliveries, on every backend."""

from __future__ import annotations

import multiprocessing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.errors import StoreError
from monitor.identity.listed import content_hash
from monitor.ports import Store
from monitor.query import parse
from monitor.types import Delivery, Section
from tests.storage.made import (
    ALERTS,
    DESK,
    MINUTE,
    NOW,
    arrival,
    article,
    digest,
    item,
    match,
    names,
    opened,
    poll,
)

SCO = parse("tag:sco")
LEASE = timedelta(seconds=30)


def collect(store: Store, *articles: str, at: datetime = NOW, quiet: bool = False) -> None:
    store.record(poll(*(arrival(article(name), match("sco"), quiet=quiet) for name in articles), at=at))


def tell(store: Store, *digests: object, cursor_to: int | None = None, **changed: object) -> bool:
    subscription = changed.pop("subscription", DESK)
    ledger = store.ledger(subscription, NOW)  # type: ignore[arg-type]
    values: dict[str, object] = {
        "channel_id": subscription.channel_id,  # type: ignore[attr-defined]
        "cursor_from": ledger.cursor,
        "cursor_to": store.head() if cursor_to is None else cursor_to,
    }
    return store.add_digests(subscription.id, digests, **(values | changed))  # type: ignore[arg-type, attr-defined]


# ---------------------------------------------------------------------------------------------- subscriptions


@pytest.mark.parametrize(
    ("subscription", "told"),
    [
        pytest.param(DESK, ["yesterday", "now"], id="daily: the last day"),
        pytest.param(
            replace(DESK, schedule="weekly fri 07:00"), ["five", "yesterday", "now"], id="weekly: the last week"
        ),
        pytest.param(replace(DESK, schedule="every 30m"), ["yesterday", "now"], id="every: the last day"),
        pytest.param(ALERTS, ["now"], id="alerts: from now on"),
    ],
)
def test_a_new_subscription_begins_near_the_present(store: Store, subscription: object, told: list[str]) -> None:
    for name, days in (("ten", 10), ("five", 5), ("yesterday", 0.9), ("now", 0)):
        collect(store, name, at=NOW - timedelta(days=days))
    ledger = store.ledger(subscription, NOW)  # type: ignore[arg-type]
    assert (ledger.last_end_at, ledger.since_at) == (None, NOW)
    assert names(store.news(ledger.subscription_id, SCO)) == told
    assert store.ledger(subscription, NOW + MINUTE) == ledger  # type: ignore[arg-type]


def test_news_are_what_came_after_the_cursor(store: Store) -> None:
    store.ledger(DESK, NOW)
    collect(store, "a", quiet=True)
    store.record(poll(arrival(article("other"), match("putin"))))
    collect(store, "b", at=NOW + MINUTE)
    first, second = store.news(DESK.id, SCO)
    assert (first.kept.article, first.change, first.changed_at, first.what) == (article("a"), 1, NOW, "new")
    assert (first.quiet, first.held, second.quiet) == (True, False, False)
    assert [m.entry_id for m in second.matches] == ["sco"]
    assert names(store.news(DESK.id, SCO, until=NOW + MINUTE)) == ["a"]
    assert tell(store)
    assert store.news(DESK.id, SCO) == ()


def test_an_edit_is_news_once_with_the_present_text(store: Store) -> None:
    store.ledger(DESK, NOW)
    collect(store, "a")
    text = "Another text. " * 30
    other = replace(article("a"), text=text, content_hash=content_hash(article("a").title, text))
    store.record(poll(arrival(other, match("sco")), at=NOW + MINUTE))
    (piece,) = store.news(DESK.id, SCO)
    assert (piece.what, piece.change, piece.kept.versions) == ("new", 1, 2)
    assert tell(store)
    store.record(poll(arrival(article("a"), match("sco")), at=NOW + 2 * MINUTE))
    (piece,) = store.news(DESK.id, SCO)
    assert (piece.what, piece.change, piece.kept.article.text) == ("edited", 3, article("a").text)


def test_held_items_come_again_until_released(store: Store) -> None:
    store.ledger(DESK, NOW)
    collect(store, "a", "b", "c")
    assert tell(store, digest(), hold=[(1, 1), (3, 3)], last_end_at=NOW)
    assert store.ledger(DESK, NOW).last_end_at == NOW
    collect(store, "d", at=NOW + MINUTE)
    assert [(n.held, n.change) for n in store.news(DESK.id, SCO)] == [(True, 1), (True, 3), (False, 4)]
    assert tell(store, digest("k2"), release=[1])
    assert names(store.news(DESK.id, SCO)) == ["c"]
    assert store.ledger(DESK, NOW).last_end_at == NOW
    assert names(store.news(DESK.id, parse("tag:putin"))) == []
    assert tell(store, hold=[(3, 3)], release=[3])
    assert names(store.news(DESK.id, SCO)) == ["c"]


def test_who_comes_second_stores_nothing(store: Store) -> None:
    store.ledger(DESK, NOW)
    collect(store, "a", "b")
    assert tell(store, digest("k1"))
    assert not tell(store, digest("k2"), cursor_from=0, cursor_to=9, hold=[(1, 1)])
    assert [d.key for _, d in store.deliveries()] == ["k1"]
    assert (store.ledger(DESK, NOW).cursor, store.news(DESK.id, SCO)) == (2, ())
    with pytest.raises(StoreError, match="no digest 'k2'"):
        store.digest("k2")


def test_a_digest_with_a_key_that_was_used_refuses_the_whole(store: Store) -> None:
    assert tell(store, digest("day"))
    collect(store, "a")
    assert not tell(store, digest("new"), digest("day"))
    assert store.ledger(DESK, NOW).cursor == 0
    assert len(store.deliveries()) == 1


def test_a_second_alert_on_a_story_is_left_out(store: Store) -> None:
    alert = digest("slack:sco/story/1", item(1), kind="alert", subscription_id=ALERTS.id)
    other = digest("slack:sco/story/2", item(2), kind="alert", subscription_id=ALERTS.id)
    assert tell(store, alert, subscription=ALERTS)
    collect(store, "a")
    assert tell(store, alert, other, subscription=ALERTS)
    assert [d.key for _, d in store.deliveries()] == [other.key, alert.key]
    assert store.ledger(ALERTS, NOW).cursor == 1
    assert store.told_stories(ALERTS.id, [1, 2, 3]) == {1, 2}
    assert store.told_stories(DESK.id, [1, 2, 3]) == frozenset()


def test_alerts_are_counted_and_summaries_are_not(store: Store) -> None:
    alerts = [
        digest(f"s/{n}", item(n), kind=kind, subscription_id=ALERTS.id, created_at=NOW + n * MINUTE)
        for n, kind in enumerate(["alert", "alert", "summary", "alert"])
    ]
    assert tell(store, *alerts, subscription=ALERTS)
    assert store.alerts_between(ALERTS.id, NOW, NOW + 3 * MINUTE) == 2
    assert store.alerts_between(ALERTS.id, NOW + MINUTE, NOW + timedelta(days=1)) == 2
    assert store.alerts_between(DESK.id, NOW, NOW + timedelta(days=1)) == 0


@pytest.mark.parametrize(
    "one",
    [
        pytest.param(digest(), id="full"),
        pytest.param(digest(sections=(), housekeeping=()), id="empty"),
        pytest.param(
            digest("k", item(lang=None, published_at=None, ownership=None, country=None, tags=(), others=())), id="bare"
        ),
        pytest.param(
            digest(
                sections=(
                    Section(key="a", heading="نشست", items=(item(1), item(2))),
                    Section(key="b", heading="б", items=()),
                )
            ),
            id="sections",
        ),
        pytest.param(digest(created_at=datetime(2026, 1, 1, tzinfo=UTC)), id="whole seconds"),
    ],
)
def test_a_digest_comes_back_as_it_went_in(store: Store, one: object) -> None:
    assert tell(store, one)
    assert store.digest(one.key) == one  # type: ignore[attr-defined]
    assert store.deliveries()[0][1] == one


# ---------------------------------------------------------------------------------------------- deliveries


def test_a_delivery_from_pending_to_sent(store: Store) -> None:
    assert tell(store, digest())
    assert store.counts()["deliveries_pending"] == 1
    ((delivery, content),) = store.claim_due(NOW, lease=LEASE)
    assert content == digest()
    assert (delivery.status, delivery.attempts, delivery.channel_id) == ("sending", 1, "mail:desk")
    assert store.claim_due(NOW, lease=LEASE) == ()
    sent = replace(delivery, status="sent", sent_at=NOW + MINUTE)
    store.save_delivery(sent)
    assert store.deliveries() == ((sent, digest()),)
    assert store.claim_due(NOW + timedelta(days=9), lease=LEASE) == ()
    assert store.counts()["deliveries_pending"] == 0


def test_a_failed_attempt_waits_for_its_time(store: Store) -> None:
    assert tell(store, digest())
    ((delivery, _),) = store.claim_due(NOW, lease=LEASE)
    later = NOW + timedelta(hours=1)
    store.save_delivery(replace(delivery, status="pending", next_attempt_at=later, last_error="HTTP 503"))
    assert store.claim_due(later - timedelta(microseconds=1), lease=LEASE) == ()
    ((again, _),) = store.claim_due(later, lease=LEASE)
    assert (again.attempts, again.last_error, again.repeat) == (2, "HTTP 503", False)
    store.save_delivery(replace(again, status="failed", last_error="HTTP 404"))
    assert store.counts()["deliveries_failed"] == 1
    assert store.claim_due(later + timedelta(days=1), lease=LEASE) == ()


def test_what_a_dead_sender_claimed_is_due_at_once_when_somebody_knows_that_it_is_dead(store: Store) -> None:
    tell(store, digest("k1"))
    ((claimed, _),) = store.claim_due(NOW, lease=LEASE)
    store.end_claims(NOW)
    ((again, _),) = store.claim_due(NOW, lease=LEASE)
    assert (again.id, again.attempts) == (claimed.id, 2)


def test_a_sender_that_died_is_followed_by_another_that_knows(store: Store) -> None:
    assert tell(store, digest())
    ((first, _),) = store.claim_due(NOW, lease=LEASE)
    store.save_delivery(replace(first, status="pending", next_attempt_at=NOW, last_error="HTTP 503"))
    ((dead, _),) = store.claim_due(NOW, lease=LEASE)
    assert store.claim_due(NOW + LEASE - timedelta(seconds=1), lease=LEASE) == ()
    ((again, _),) = store.claim_due(NOW + LEASE, lease=LEASE)
    assert (again.attempts, again.repeat) == (3, True)
    store.save_delivery(replace(dead, status="pending", next_attempt_at=NOW, last_error="late"))
    assert [d.status for d, _ in store.deliveries()] == ["sending"]
    store.save_delivery(replace(dead, status="sent", sent_at=NOW))
    store.save_delivery(replace(again, status="failed", last_error="HTTP 400"))
    assert [d.status for d, _ in store.deliveries()] == ["sent"]


def test_the_oldest_are_claimed_first(store: Store) -> None:
    assert tell(store, *(digest(f"k{n}", item(n), created_at=NOW - n * MINUTE) for n in range(5)))
    assert [d.digest_key for d, _ in store.claim_due(NOW, lease=LEASE, limit=2)] == ["k4", "k3"]
    assert [d.digest_key for d, _ in store.claim_due(NOW, lease=LEASE)] == ["k2", "k1", "k0"]
    assert [d.digest_key for d, _ in store.deliveries(3)] == ["k4", "k3", "k2"]


def test_nothing_is_claimed_before_it_was_created(store: Store) -> None:
    assert tell(store, digest(created_at=NOW + MINUTE))
    assert store.claim_due(NOW, lease=LEASE) == ()


def _claim_all(backend: str, folder: Path, start: object, results: object) -> None:
    store = opened(backend, folder)
    start.wait(20)  # type: ignore[attr-defined]
    mine: list[int] = []
    while claimed := store.claim_due(NOW, lease=LEASE, limit=3):
        for delivery, _ in claimed:
            mine.append(delivery.id)
            store.save_delivery(replace(delivery, status="sent", sent_at=NOW))
    store.close()
    results.put(mine)  # type: ignore[attr-defined]


def test_two_processes_never_claim_the_same(backend: str, tmp_path: Path) -> None:
    store = opened(backend, tmp_path)
    assert tell(store, *(digest(f"k{n}", item(n)) for n in range(60)))
    spawn = multiprocessing.get_context("spawn")
    start, results = spawn.Event(), spawn.Queue()
    workers = [spawn.Process(target=_claim_all, args=(backend, tmp_path, start, results)) for _ in range(2)]
    for worker in workers:
        worker.start()
    start.set()
    claimed = [number for _ in workers for number in results.get(timeout=60)]
    for worker in workers:
        worker.join(20)
    assert sorted(claimed) == sorted({d.id for d, _ in store.deliveries()})
    deliveries: tuple[tuple[Delivery, object], ...] = store.deliveries()
    assert {(d.status, d.attempts) for d, _ in deliveries} == {("sent", 1)}
    store.close()
