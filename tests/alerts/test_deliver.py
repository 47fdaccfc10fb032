"""Sending from the ledger: order, pauses, unknown outcomes, and senders that die."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, cast

import pytest

from monitor.errors import DeliveryError, StoreError
from monitor.jobs.delivering import LONGEST_PAUSE, PATIENCE, Delivered, deliver, pause
from monitor.ports import Sender, Store
from monitor.types import MAYBE_ARRIVED, Delivery, Digest, Receipt
from tests.digest.builders import NOW, digest


class Ledger:
    """The part of an archive that deliver() uses, in memory, with claims that run out as in the real one."""

    def __init__(self, *rows: tuple[str, str]) -> None:
        self.digests = {key: digest(key=key) for key, _ in rows}
        self.rows = {
            number: Delivery(
                id=number,
                digest_key=key,
                channel_id=channel,
                status="pending",
                attempts=0,
                next_attempt_at=NOW,
                created_at=NOW,
            )
            for number, (key, channel) in enumerate(rows, start=1)
        }
        self.leases: dict[int, datetime] = {}
        self.broken_saves = 0

    def claim_due(self, now: datetime, *, lease: timedelta, limit: int = 50) -> tuple[tuple[Delivery, Digest], ...]:
        claimed: list[tuple[Delivery, Digest]] = []
        for number, row in self.rows.items():
            due = row.status == "pending" and (row.next_attempt_at or NOW) <= now
            dead = row.status == "sending" and self.leases[number] <= now
            if (due or dead) and len(claimed) < limit:
                self.leases[number] = now + lease
                self.rows[number] = replace(row, status="sending", attempts=row.attempts + 1, next_attempt_at=None)
                claimed.append((self.rows[number], self.digests[row.digest_key]))
        return tuple(claimed)

    def save_delivery(self, delivery: Delivery, *, begun: bool = True) -> None:
        if self.broken_saves:
            self.broken_saves -= 1
            raise StoreError("disk is full: make room")
        row = self.rows[delivery.id]
        if row.status == "sending" and row.attempts == delivery.attempts:
            self.rows[delivery.id] = replace(delivery, attempts=delivery.attempts - (not begun))

    def deliveries(self, limit: int = 200) -> tuple[tuple[Delivery, Digest], ...]:
        rows = sorted(self.rows.values(), key=lambda row: -row.id)[:limit]
        return tuple((row, self.digests[row.digest_key]) for row in rows)

    def statuses(self) -> list[str]:
        return [row.status for row in self.rows.values()]


class Channel:
    """A sender that does what its script says: None is success, an error is raised, a number is waited for."""

    def __init__(self, *script: Any) -> None:
        self.script = list(script)
        self.got: list[tuple[str, int, bool]] = []

    async def send(self, delivery: Delivery, told: Digest) -> Receipt:
        self.got.append((told.key, delivery.attempts, delivery.repeat))
        step = self.script.pop(0) if self.script else None
        if isinstance(step, Exception):
            raise step
        if step:
            await asyncio.sleep(step)
        return Receipt(detail="ok")

    def keys(self) -> list[str]:
        return [key for key, _, _ in self.got]


def run(ledger: Ledger, senders: Mapping[str, Channel], now: datetime = NOW, **more: Any) -> Delivered:
    return asyncio.run(deliver(cast("Store", ledger), cast("Mapping[str, Sender]", senders), lambda: now, **more))


def trouble(message: str = "down", **more: Any) -> DeliveryError:
    return DeliveryError("c", message, **more)


def test_everything_due_is_sent_in_order() -> None:
    ledger = Ledger(*((f"k{n}", "a" if n % 2 else "b") for n in range(1, 50)))
    a, b = Channel(), Channel()
    report = run(ledger, {"a": a, "b": b})
    assert (report.sent, report.failed, report.later) == (49, 0, 0)
    assert a.keys() == [f"k{n}" for n in range(1, 50, 2)]
    assert b.keys() == [f"k{n}" for n in range(2, 50, 2)]
    assert set(ledger.statuses()) == {"sent"}
    assert all(row.sent_at == NOW and row.next_attempt_at is None for row in ledger.rows.values())


def test_a_temporary_failure_stops_its_channel_and_no_other() -> None:
    ledger = Ledger(("k1", "a"), ("k2", "a"), ("k3", "b"), ("k4", "a"))
    a, b = Channel(trouble()), Channel()
    report = run(ledger, {"a": a, "b": b})
    assert (report.sent, report.later) == (1, 1)
    assert report.problems == ("c: down",)
    assert a.keys() == ["k1"]
    assert ledger.statuses() == ["pending", "pending", "sent", "pending"]
    assert {ledger.rows[n].next_attempt_at for n in (1, 2, 4)} == {NOW + timedelta(minutes=1)}
    run(ledger, {"a": a, "b": b}, NOW + timedelta(minutes=1))
    assert a.keys() == ["k1", "k1", "k2", "k4"]
    assert not any(repeat for _, _, repeat in a.got)


def test_once_told_to_stop_nothing_more_is_begun_and_the_rest_is_given_back() -> None:
    ledger = Ledger(("k1", "a"), ("k2", "a"), ("k3", "a"))
    channel = Channel()
    report = run(ledger, {"a": channel}, stop=lambda: bool(channel.got))
    assert (report.sent, channel.keys()) == (1, ["k1"])
    assert ledger.statuses() == ["sent", "pending", "pending"]
    run(ledger, {"a": channel})
    assert channel.keys() == ["k1", "k2", "k3"]
    assert not any(repeat for _, _, repeat in channel.got)


def test_what_only_waited_behind_others_has_a_short_pause_when_it_fails_itself() -> None:
    ledger, clock = Ledger(("k1", "a"), ("k2", "a")), NOW
    channel = Channel(*(trouble() for _ in range(6)), None, trouble())
    while "k2" not in [key for key, _, _ in channel.got]:
        run(ledger, {"a": channel}, clock)
        clock += timedelta(hours=1)
    second = ledger.rows[2]
    assert second.attempts == 1
    assert second.next_attempt_at == clock - timedelta(hours=1) + timedelta(minutes=1)


def test_order_holds_over_an_outage_of_two_days() -> None:
    """Each day's digest arrives once, oldest first, although the older ones wait longer between attempts."""
    ledger = Ledger(("k1", "a"), ("k2", "a"), ("k3", "a"))
    for number, days in ((2, 1), (3, 2)):
        due = NOW + timedelta(days=days)
        ledger.rows[number] = replace(ledger.rows[number], next_attempt_at=due, created_at=due)
    clock, up, channel = NOW, NOW + timedelta(days=2, hours=1), Channel()
    while clock < NOW + timedelta(days=3):
        channel.script = [] if clock >= up else [trouble() for _ in range(9)]
        run(ledger, {"a": channel}, clock)
        clock += timedelta(minutes=5)
    assert ledger.statuses() == ["sent"] * 3
    assert channel.keys()[-3:] == ["k1", "k2", "k3"]
    assert channel.keys().count("k2") == 1
    assert ledger.rows[3].sent_at is not None
    assert ledger.rows[3].sent_at < up + LONGEST_PAUSE + timedelta(minutes=10)


def test_a_message_that_fails_for_days_no_longer_holds_up_the_others() -> None:
    ledger = Ledger(("k1", "a"), ("k2", "a"))
    later = NOW + PATIENCE + timedelta(hours=1)
    ledger.rows[2] = replace(ledger.rows[2], created_at=later, next_attempt_at=later)
    channel = Channel(trouble("always"))
    report = run(ledger, {"a": channel}, later)
    assert (report.sent, report.later) == (1, 1)
    assert ledger.statuses() == ["pending", "sent"]


def test_a_permanent_failure_is_kept_with_its_reason_and_the_next_is_sent() -> None:
    ledger = Ledger(("k1", "a"), ("k2", "a"))
    report = run(ledger, {"a": Channel(trouble("refused: 550", permanent=True))})
    assert (report.sent, report.failed) == (1, 1)
    assert ledger.statuses() == ["failed", "sent"]
    assert ledger.rows[1].last_error == "c: refused: 550"
    assert ledger.rows[1].next_attempt_at is None


def test_an_unknown_outcome_is_tried_again_and_known_as_a_repeat() -> None:
    ledger = Ledger(("k1", "a"))
    channel = Channel(trouble(f"no answer; {MAYBE_ARRIVED}"), trouble("busy", retry_after=timedelta(seconds=9)))
    for minute in (0, 1, 2):
        run(ledger, {"a": channel}, NOW + timedelta(minutes=minute))
    assert channel.got == [("k1", 1, False), ("k1", 2, True), ("k1", 3, True)]
    assert ledger.statuses() == ["sent"]


def test_a_sender_that_takes_too_long_is_given_up_for_now() -> None:
    ledger = Ledger(("k1", "a"), ("k2", "b"))
    report = run(ledger, {"a": Channel(5), "b": Channel()}, send_seconds=0.1)
    assert (report.sent, report.later) == (1, 1)
    assert MAYBE_ARRIVED in (ledger.rows[1].last_error or "")


def test_a_sender_that_breaks_does_not_stop_the_others() -> None:
    ledger = Ledger(("k1", "a"), ("k2", "b"))
    report = run(ledger, {"a": Channel(ZeroDivisionError("secret")), "b": Channel()})
    assert (report.sent, report.later) == (1, 1)
    assert "ZeroDivisionError" in report.problems[0]
    assert "secret" not in report.problems[0]
    assert MAYBE_ARRIVED in report.problems[0], "it may have broken after the message went out"


def test_what_may_have_arrived_is_still_known_when_the_channel_was_closed_after_it() -> None:
    ledger = Ledger(("k1", "a"))
    ledger.stop_channel = lambda *_: None  # type: ignore[attr-defined]
    channel = Channel(trouble(f"no answer; {MAYBE_ARRIVED}"), trouble("gone: 404", permanent=True, closed=True))
    for minute in (0, 1):
        run(ledger, {"a": channel}, NOW + timedelta(minutes=minute))
    row = ledger.rows[1]
    assert (row.status, row.closed) == ("failed", True)
    ledger.rows[1] = replace(row, status="pending", next_attempt_at=NOW)
    run(ledger, {"a": channel}, NOW + timedelta(minutes=2))
    assert channel.got[-1] == ("k1", 3, True)


def test_a_channel_that_is_not_in_the_settings_any_more_waits() -> None:
    ledger = Ledger(("k1", "gone"))
    report = run(ledger, {})
    assert report.later == 1
    assert "not in the settings" in report.problems[0]
    assert ledger.rows[1].next_attempt_at == NOW + timedelta(minutes=1)


def test_killed_between_claim_and_save_is_sent_once_more_as_a_repeat() -> None:
    ledger, channel = Ledger(("k1", "a")), Channel()
    ledger.broken_saves = 3
    report = run(ledger, {"a": channel})
    assert report.problems == ("a: disk is full: make room",)
    assert ledger.statuses() == ["sending"]
    run(ledger, {"a": channel}, NOW + timedelta(seconds=29))
    assert len(channel.got) == 1, "the claim has not run out yet"
    run(ledger, {"a": channel}, NOW + timedelta(seconds=30))
    assert channel.got == [("k1", 1, False), ("k1", 2, True)]
    assert ledger.statuses() == ["sent"]


def test_what_a_dead_sender_held_goes_out_before_what_came_later() -> None:
    ledger, channel = Ledger(("k1", "a"), ("k2", "a"), ("k3", "a"), ("k4", "b")), Channel()
    ledger.rows[3] = replace(ledger.rows[3], next_attempt_at=NOW + timedelta(seconds=5))
    ledger.claim_due(NOW, lease=timedelta(seconds=30), limit=2)  # and then the process dies
    for seconds in range(0, 60, 2):
        run(ledger, {"a": channel, "b": channel}, NOW + timedelta(seconds=seconds))
    assert channel.got == [("k4", 1, False), ("k1", 2, True), ("k2", 2, True), ("k3", 1, False)]


def test_a_save_that_fails_once_is_tried_again() -> None:
    ledger, channel = Ledger(("k1", "a")), Channel()
    ledger.broken_saves = 1
    assert run(ledger, {"a": channel}).sent == 1
    assert ledger.statuses() == ["sent"]


def test_what_cannot_be_begun_within_the_lease_is_given_back_and_sent_in_the_next_round() -> None:
    ledger = Ledger(*((f"k{n}", "a") for n in range(6)))
    channel = Channel(*[0.08] * 6)
    report = run(ledger, {"a": channel}, lease=timedelta(seconds=20.1), send_seconds=20)
    assert report.sent == 6
    assert channel.keys() == [f"k{n}" for n in range(6)]
    assert not any(repeat for _, _, repeat in channel.got)


@pytest.mark.parametrize(
    ("attempts", "asked", "expected"),
    [
        (1, None, timedelta(minutes=1)),
        (2, None, timedelta(minutes=2)),
        (6, None, timedelta(minutes=32)),
        (9, None, timedelta(hours=4, minutes=16)),
        (10, None, LONGEST_PAUSE),
        (5000, None, LONGEST_PAUSE),
        (1, timedelta(seconds=30), timedelta(seconds=30)),
        (9, timedelta(0), timedelta(seconds=1)),
        (1, timedelta(days=900), LONGEST_PAUSE),
    ],
)
def test_pauses(attempts: int, asked: timedelta | None, expected: timedelta) -> None:
    row = replace(Ledger(("k", "a")).rows[1], attempts=attempts)
    assert pause(row, trouble(retry_after=asked)) == expected


def test_what_a_closed_channel_refused_is_not_put_down_as_failed_before_the_channel_is_as_stopped() -> None:
    ledger = Ledger(("k1", "a"))

    def torn(*_: object) -> None:
        raise StoreError("disk is full: make room")

    ledger.stop_channel = torn  # type: ignore[attr-defined]
    report = run(ledger, {"a": Channel(trouble("gone: 404", permanent=True, closed=True))})
    assert "disk is full" in report.problems[0]
    assert ledger.statuses() == ["sending"], "it would be failed for ever: nobody can start a channel that runs"
