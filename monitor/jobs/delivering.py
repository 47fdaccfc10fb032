"""Sending what is due from the ledger.

Whatever stops in between is taken up again: a claim that was not saved runs out, and its delivery is due once more. A
channel that is closed is stopped, and what waits for it waits on; when a channel is back after an outage, old alerts
are told by one summary.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from monitor.digest import outage_summary
from monitor.errors import DeliveryError, StoreError
from monitor.types import MAYBE_ARRIVED, Delivery, Digest

if TYPE_CHECKING:
    from monitor.ports import Sender, Store

#: How long a claimed delivery is ours; what is not begun in time is given back.
LEASE = timedelta(seconds=30)
SEND_SECONDS = 20.0
#: Claimed at once: about what a channel of one message a second can begin before the lease is over.
BATCH = 16
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=6)
#: No attempt is further away than this, unless the clock was set back.
FAR = 2 * LONGEST_PAUSE
#: A delivery that failed for so long no longer holds up those behind it (RFC 5321 section 4.5.4.1: 4-5 days).
PATIENCE = timedelta(days=5)
#: Alerts that waited longer are no alerts any more: a summary tells them, where there are as many as this.
OLD, SEVERAL = timedelta(hours=3), 2
_LOOK_AGAIN = timedelta(seconds=10)
_LEDGER_ROWS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """What became of the deliveries that were due."""

    sent: int = 0
    #: Given up for good; the reason stands in the ledger.
    failed: int = 0
    #: To be tried again.
    later: int = 0
    #: One line for each failure.
    problems: tuple[str, ...] = ()

    def __add__(self, other: Delivered) -> Delivered:
        return Delivered(
            sent=self.sent + other.sent,
            failed=self.failed + other.failed,
            later=self.later + other.later,
            problems=self.problems + other.problems,
        )


async def deliver(
    store: Store,
    senders: Mapping[str, Sender],
    now_fn: Callable[[], datetime],
    *,
    lease: timedelta = LEASE,
    send_seconds: float = SEND_SECONDS,
    batch: int = BATCH,
    stop: Callable[[], bool] = lambda: False,
) -> Delivered:
    """Sends all that is due: channels side by side, each in its own order.

    A channel in trouble stops for this round and waits, whole, until its first delivery is due again. Once `stop()`
    says so nothing more is begun: what is on its way is seen to its end, the rest is given back. Raises: StoreError,
    when the ledger cannot be read.
    """
    report = Delivered()
    while not stop() and (claimed := await asyncio.to_thread(store.claim_due, now_fn(), lease=lease, limit=batch)):
        deadline = time.monotonic() + lease.total_seconds() - send_seconds
        ours = {delivery.id for delivery, _ in claimed}
        waiting = _waiting(await asyncio.to_thread(store.deliveries, _LEDGER_ROWS), ours, now_fn())
        channels: dict[str, list[tuple[Delivery, Digest]]] = {}
        for delivery, digest in claimed:
            channels.setdefault(delivery.channel_id, []).append((delivery, digest))
        rounds = [
            _Channel(store, senders.get(name), now_fn, send_seconds, deadline, stop).send_all(
                queue, waiting.get(name, ())
            )
            for name, queue in channels.items()
        ]
        for outcome in await asyncio.gather(*rounds):
            report += outcome
    return report


def _waiting(
    ledger: Iterable[tuple[Delivery, Digest]], ours: Collection[int], now: datetime
) -> dict[str, tuple[Delivery, ...]]:
    """By channel: deliveries that hold up those behind them, each with the instant at which to look again.

    They wait for their next attempt, or are in the hands of another sender, who may have died.
    """
    found: dict[str, tuple[Delivery, ...]] = {}
    for delivery, _ in ledger:
        if delivery.status == "sending" and delivery.id not in ours:
            delivery = replace(delivery, next_attempt_at=now + _LOOK_AGAIN)
        open_ = delivery.status in ("pending", "sending") and now < (delivery.next_attempt_at or now) <= now + FAR
        if open_ and _holds_up(delivery, now):
            found[delivery.channel_id] = (*found.get(delivery.channel_id, ()), delivery)
    return found


def _holds_up(delivery: Delivery, now: datetime) -> bool:
    """Whether those behind it wait for it."""
    return now - delivery.created_at < PATIENCE


class _Channel:
    """One channel's part of a round."""

    def __init__(
        self,
        store: Store,
        sender: Sender | None,
        now_fn: Callable[[], datetime],
        send_seconds: float,
        deadline: float,
        stop: Callable[[], bool],
    ) -> None:
        self.store, self.sender, self.now_fn = store, sender, now_fn
        self.send_seconds, self.deadline, self.stop = send_seconds, deadline, stop

    async def send_all(self, queue: Sequence[tuple[Delivery, Digest]], waiting: Sequence[Delivery]) -> Delivered:
        """What became of them. Never raises but for being cancelled."""
        report, hold_until, closed = Delivered(), None, False
        for number, (delivery, digest) in enumerate(queue):
            if closed:
                await self._give_back(delivery, None)
                continue
            before = [w.next_attempt_at for w in waiting if w.id < delivery.id and w.next_attempt_at]
            hold_until = max([*before, *([hold_until] if hold_until else [])], default=None)
            try:
                if hold_until or self.stop() or (number and time.monotonic() > self.deadline):
                    await self._give_back(delivery, hold_until)
                    continue
                done = await self._send(delivery, digest)
                if done.closed:  # first: a delivery that failed so is only due again when its channel is started again
                    await asyncio.to_thread(
                        self.store.stop_channel, done.channel_id, self.now_fn(), done.last_error or ""
                    )
                await self._save(done)
            except StoreError as error:
                report += Delivered(problems=(f"{delivery.channel_id}: {error}",))
                break
            report += _counted(done)
            closed = done.closed
            if done.status == "sent" and digest.kind == "alert" and await self._folded(delivery, queue[number + 1 :]):
                break
            if done.status == "pending" and _holds_up(done, self.now_fn()):
                hold_until = done.next_attempt_at
        return report

    async def _send(self, delivery: Delivery, digest: Digest) -> Delivery:
        try:
            if self.sender is None:
                raise DeliveryError(delivery.channel_id, "the channel is not in the settings any more: put it back")
            async with asyncio.timeout(self.send_seconds):
                receipt = await self.sender.send(delivery, digest)
        except DeliveryError as error:
            return self._failed(delivery, error)
        except TimeoutError:
            reason = f"no answer within {self.send_seconds:.0f} s; {MAYBE_ARRIVED}"
            return self._failed(delivery, DeliveryError(delivery.channel_id, reason))
        except Exception as error:  # noqa: BLE001 - a channel's own mistake must not stop the others
            reason = f"the channel broke ({type(error).__name__}), and {MAYBE_ARRIVED}; please report it"
            return self._failed(delivery, DeliveryError(delivery.channel_id, reason))
        return replace(
            delivery,
            status="sent",
            sent_at=self.now_fn(),
            next_attempt_at=None,
            last_error=None,
            message_id=receipt.message_id,
        )

    def _failed(self, delivery: Delivery, error: DeliveryError) -> Delivery:
        reason = str(error)
        if delivery.repeat and MAYBE_ARRIVED not in reason:
            reason = f"{reason} (of an earlier attempt: {MAYBE_ARRIVED})"
        if error.permanent:  # due again all the same when its channel was closed and is mended
            return replace(delivery, status="failed", next_attempt_at=None, last_error=reason, closed=error.closed)
        return replace(
            delivery, status="pending", next_attempt_at=self.now_fn() + pause(delivery, error), last_error=reason
        )

    async def _folded(self, delivery: Delivery, rest: Sequence[tuple[Delivery, Digest]]) -> bool:
        """Whether the channel is back after an outage, and what waited longest is in a summary now.

        `rest` is what was claimed as well: given back, so that it can be folded, or claimed again.
        """
        now = self.now_fn()
        if now - delivery.created_at < OLD:
            return False
        for other, _ in rest:
            await self._give_back(other, None)
        waiting = await asyncio.to_thread(self.store.waiting_alerts, delivery.channel_id, now - OLD)
        by_subscription: dict[str, list[tuple[Delivery, Digest]]] = {}
        for pair in waiting:
            by_subscription.setdefault(pair[1].subscription_id, []).append(pair)
        for several in by_subscription.values():
            if len(several) >= SEVERAL:
                summary = outage_summary([digest for _, digest in several], now)
                ids = [other.id for other, _ in several]
                await asyncio.to_thread(self.store.fold, ids, summary, delivery.channel_id)
        return True

    async def _give_back(self, delivery: Delivery, until: datetime | None) -> None:
        """Returns a claim that was not begun; whether an earlier attempt may have arrived stays known."""
        reason = "waits for the messages before it"
        if delivery.repeat:
            reason = f"{reason} (of an earlier attempt: {MAYBE_ARRIVED})"
        await self._save(
            replace(
                delivery,
                status="pending",
                next_attempt_at=until or self.now_fn(),
                last_error=delivery.last_error or reason,
            ),
            begun=False,
        )

    async def _save(self, delivery: Delivery, *, begun: bool = True) -> None:
        """Stores it; tries again, since what was sent and is not put down as sent will be sent twice."""
        for seconds in (0.1, 0.5):
            try:
                return await asyncio.to_thread(self.store.save_delivery, delivery, begun=begun)
            except StoreError:
                await asyncio.sleep(seconds)
        return await asyncio.to_thread(self.store.save_delivery, delivery, begun=begun)


def pause(delivery: Delivery, error: DeliveryError) -> timedelta:
    """How long until the next attempt: as the other side asks, else 1 minute, doubled each time; at most 6 hours."""
    if error.retry_after is not None:
        return min(max(error.retry_after, timedelta(seconds=1)), LONGEST_PAUSE)
    doublings: int = min(max(delivery.attempts - 1, 0), 12)
    return min(FIRST_PAUSE * (1 << doublings), LONGEST_PAUSE)


def _counted(delivery: Delivery) -> Delivered:
    if delivery.status == "sent":
        return Delivered(sent=1)
    problem = (delivery.last_error or "",)
    return (
        Delivered(failed=1, problems=problem) if delivery.status == "failed" else Delivered(later=1, problems=problem)
    )
