"""Channels that are stopped, and alerts that a summary tells in their place."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from monitor.ports import Store
from monitor.types import MAYBE_ARRIVED, Digest
from tests.digest.builders import NOW, alert, alerts, item

SLACK = alerts(channel_id="slack:desk")
HOUR = timedelta(hours=1)


def queue(store: Store, *digests: Digest, channel_id: str = "slack:desk") -> None:
    at = store.ledger(SLACK, NOW).cursor
    stored = store.add_digests(SLACK.id, digests, channel_id=channel_id, cursor_from=at, cursor_to=at)
    assert stored


def claim(store: Store, hours: float = 0) -> list[str]:
    return [digest.key for _, digest in store.claim_due(NOW + hours * HOUR, lease=timedelta(minutes=1))]


def states(store: Store) -> dict[str, str]:
    return {delivery.digest_key.rpartition("/")[2]: delivery.status for delivery, _ in store.deliveries()}


def test_nothing_goes_through_a_stopped_channel_and_nothing_of_it_is_lost(store: Store) -> None:
    queue(store, alert(item(1)), alert(item(2)))
    first, second = (delivery for delivery, _ in store.claim_due(NOW, lease=HOUR))
    store.save_delivery(replace(first, status="failed", last_error="no_service", closed=True))
    store.save_delivery(replace(second, status="pending", next_attempt_at=NOW + 5 * HOUR))
    store.stop_channel("slack:desk", NOW, "no_service")
    store.stop_channel("slack:desk", NOW + HOUR, "another reason")
    queue(store, alert(item(3)))
    assert claim(store, 24) == []
    (stopped,) = store.stopped_channels()
    assert (stopped.channel_id, stopped.since, stopped.why, stopped.told) == ("slack:desk", NOW, "no_service", False)
    store.channels_told(["slack:desk"])
    assert store.stopped_channels()[0].told
    assert store.resume_channel("slack:desk", NOW + HOUR) == 1
    assert store.stopped_channels() == ()
    assert claim(store, 1) == [alert(item(n)).key for n in (1, 2, 3)]


def test_other_channels_go_on(store: Store) -> None:
    store.stop_channel("slack:desk", NOW, "no_service")
    queue(store, alert(item(1)))
    queue(store, replace(alert(item(2)), key="other"), channel_id="slack:other")
    assert claim(store) == ["other"]


def test_a_flood_in_one_channel_does_not_keep_the_others_waiting(store: Store) -> None:
    queue(store, *(alert(item(number)) for number in range(1, 30)))
    queue(store, replace(alert(item(30)), key="other"), channel_id="slack:other")
    claimed = [delivery.channel_id for delivery, _ in store.claim_due(NOW, lease=HOUR, limit=4)]
    assert sorted(claimed) == ["slack:desk", "slack:desk", "slack:desk", "slack:other"]
    assert claim(store) == [alert(item(number)).key for number in range(4, 30)]


def test_what_waited_is_told_by_a_summary(store: Store) -> None:
    queue(store, alert(item(1)), alert(item(2)), replace(alert(item(3)), created_at=NOW + 4 * HOUR))
    waiting = store.waiting_alerts("slack:desk", NOW + HOUR)
    assert [digest.key for _, digest in waiting] == [alert(item(n)).key for n in (1, 2)]
    summary = replace(alert(item(1)), key="slack:desk/outage/summary", kind="summary", created_at=NOW + 5 * HOUR)
    assert store.fold([delivery.id for delivery, _ in waiting], summary, "slack:desk")
    assert states(store) == {"1": "folded", "2": "folded", "3": "pending", "summary": "pending"}
    by_key = {delivery.digest_key: delivery for delivery, _ in store.deliveries()}
    assert by_key[alert(item(1)).key].folded_into == summary.key
    assert claim(store, 6) == [alert(item(3)).key, summary.key]


def test_what_is_under_way_or_may_have_arrived_is_not_folded(store: Store) -> None:
    queue(store, alert(item(1)), alert(item(2)))
    one, two = (delivery for delivery, _ in store.claim_due(NOW, lease=HOUR))
    summary = replace(alert(item(1)), key="summary", kind="summary")
    assert not store.fold([one.id, two.id], summary, "slack:desk")
    assert "summary" not in {delivery.digest_key for delivery, _ in store.deliveries()}
    store.save_delivery(replace(one, status="pending", next_attempt_at=NOW, last_error=f"x; {MAYBE_ARRIVED}"))
    store.save_delivery(replace(two, status="pending", next_attempt_at=NOW, last_error="refused"))
    assert [delivery.id for delivery, _ in store.waiting_alerts("slack:desk", NOW + HOUR)] == [two.id]
