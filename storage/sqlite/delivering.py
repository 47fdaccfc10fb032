"""Deliveries that are under way or were made, and channels in trouble."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from storage.sqlite.transactions import NotStored, Transactions

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from monitor.types import Delivery, Digest, Stopped


class Delivering(Transactions):
    """The deliveries and the section `channels in trouble` of monitor.ports.Store."""

    def claim_due(self, now: datetime, *, lease: timedelta, limit: int = 50) -> tuple[tuple[Delivery, Digest], ...]:
        from storage import ledger

        with self._write(durable=True) as connection:
            claimed = ledger.claim_due(connection, now, lease, limit)
            contents = ledger.contents(connection, claimed)
            return tuple(
                (ledger.with_edits(connection, delivery, contents[delivery.digest_key]), contents[delivery.digest_key])
                for delivery in claimed
            )

    def end_claims(self, now: datetime) -> None:
        from storage import ledger

        with self._write(durable=True) as connection:
            ledger.end_claims(connection, now)

    def save_delivery(self, delivery: Delivery, *, begun: bool = True) -> None:
        from storage import ledger

        with self._write(durable=True) as connection:
            ledger.save_delivery(connection, delivery, begun=begun)

    def stop_channel(self, channel_id: str, at: datetime, why: str) -> None:
        from storage import channels

        with self._write(durable=True) as connection:
            channels.stop(connection, channel_id, at, why)

    def resume_channel(self, channel_id: str, now: datetime) -> int:
        from storage import channels

        with self._write(durable=True) as connection:
            return channels.resume(connection, channel_id, now)

    def stopped_channels(self) -> tuple[Stopped, ...]:
        from storage import channels

        with self._read() as connection:
            return channels.stopped(connection)

    def channels_told(self, channel_ids: Sequence[str]) -> None:
        from storage import channels

        with self._write(durable=True) as connection:
            channels.told(connection, channel_ids)

    def waiting_alerts(self, channel_id: str, before: datetime) -> tuple[tuple[Delivery, Digest], ...]:
        from storage import channels

        with self._read() as connection:
            return channels.waiting_alerts(connection, channel_id, before)

    def fold(self, delivery_ids: Sequence[int], summary: Digest, channel_id: str) -> bool:
        from storage import channels

        try:
            with self._write(durable=True) as connection:
                if not channels.fold(connection, delivery_ids, summary, channel_id):
                    raise NotStored
        except NotStored:
            return False
        return True

    def deliveries(self, limit: int = 200) -> tuple[tuple[Delivery, Digest], ...]:
        from storage import ledger

        with self._read() as connection:
            return ledger.deliveries(connection, limit)
