"""Channels in trouble: those through which nothing goes, and alerts that waited so long that a summary tells them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from monitor.types import MAYBE_ARRIVED, Delivery, Digest, Stopped
from storage import digests, ledger
from storage.connection import Connection
from storage.values import micros, sure_instant


def stop(connection: Connection, channel_id: str, at: datetime, why: str) -> None:
    """Puts down that the channel is closed; one that is so already stays as it was."""
    connection.execute(
        "INSERT INTO stopped_channels (channel_id, since, why) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        (channel_id, micros(at), why),
    )


def resume(connection: Connection, channel_id: str, now: datetime) -> int:
    """How many deliveries are due again: all that failed because the channel was closed."""
    connection.execute("DELETE FROM stopped_channels WHERE channel_id = ?", (channel_id,))
    connection.execute(
        "UPDATE deliveries SET next_attempt_at = ?1 WHERE channel_id = ?2 AND status = 'pending'"
        " AND next_attempt_at > ?1",
        (micros(now), channel_id),
    )
    again = connection.execute(
        "UPDATE deliveries SET status = 'pending', closed = 0, next_attempt_at = ? WHERE channel_id = ? AND closed = 1"
        " AND status = 'failed'",
        (micros(now), channel_id),
    )
    return int(again.rowcount)


def stopped(connection: Connection) -> tuple[Stopped, ...]:
    """All of them, in order of time."""
    rows = connection.execute("SELECT channel_id, since, why, told FROM stopped_channels ORDER BY since, channel_id")
    return tuple(
        Stopped(channel_id=name, since=sure_instant(since), why=why, told=bool(told)) for name, since, why, told in rows
    )


def told(connection: Connection, channel_ids: Sequence[str]) -> None:
    """Puts down that the operator knows."""
    connection.executemany(
        "UPDATE stopped_channels SET told = 1 WHERE channel_id = ?", [(name,) for name in channel_ids]
    )


def waiting_alerts(connection: Connection, channel_id: str, before: datetime) -> tuple[tuple[Delivery, Digest], ...]:
    """Alerts, and changes of alerts, made before then that were never sent, oldest first.

    Those that may have arrived are not among them.
    """
    rows = connection.execute(
        f"SELECT {ledger.DELIVERY}, g.content FROM deliveries d JOIN digests g ON g.key = d.digest_key"
        " WHERE d.channel_id = ? AND d.status = 'pending' AND d.created_at < ? AND g.kind IN ('alert', 'update')"
        " ORDER BY d.id",
        (channel_id, micros(before)),
    )
    found = [(ledger.delivery_of(row[:-1]), digests.of_json(row[-1])) for row in rows]
    return tuple((one, digest) for one, digest in found if not _may_have_arrived(one))


def _may_have_arrived(delivery: Delivery) -> bool:
    error = delivery.last_error
    return delivery.attempts > 0 and (error is None or MAYBE_ARRIVED in error)


def fold(connection: Connection, delivery_ids: Sequence[int], summary: Digest, channel_id: str) -> bool:
    """Whether the deliveries are told by the summary now; to be given up on False: one of them is under way."""
    marks = json.dumps(list(delivery_ids))
    if not ledger.add_digest(connection, summary.subscription_id, summary, channel_id):
        return False
    folded = connection.execute(
        "UPDATE deliveries SET status = 'folded', folded_into = ?, next_attempt_at = NULL WHERE status = 'pending'"
        " AND channel_id = ? AND id IN (SELECT value FROM json_each(?))",
        (summary.key, channel_id, marks),
    )
    return int(folded.rowcount) == len(delivery_ids)
