"""What channels are not told for a time."""

from __future__ import annotations

from datetime import datetime

from monitor.types import Mute
from storage.connection import Connection
from storage.values import micros, sure_instant


def mutes(connection: Connection, now: datetime) -> tuple[Mute, ...]:
    """Those that have not ended, in the order in which they were made; stories by the number that they go by now."""
    rows = connection.execute(
        "SELECT m.id, m.kind, CASE m.kind WHEN 'story' THEN cast(coalesce(s.merged_into, s.id) AS TEXT) END, m.what,"
        " m.channel_id, m.since, m.until FROM mutes m LEFT JOIN stories s ON m.kind = 'story' AND"
        " s.id = cast(m.what AS INTEGER) WHERE m.until > ? ORDER BY m.id",
        (micros(now),),
    )
    return tuple(
        Mute(
            id=number,
            kind=kind,
            what=story or what,
            channel_id=channel_id,
            since=sure_instant(since),
            until=sure_instant(until),
        )
        for number, kind, story, what, channel_id, since, until in rows
    )


def add(connection: Connection, mute: Mute) -> int:
    """The number of the mute; to be called inside a transaction. One of the same thing on that channel is replaced."""
    same = (mute.kind, mute.what, mute.channel_id)
    connection.execute("DELETE FROM mutes WHERE kind = ? AND what = ? AND channel_id = ?", same)
    added = connection.execute(
        "INSERT INTO mutes (kind, what, channel_id, since, until) VALUES (?, ?, ?, ?, ?)",
        (*same, micros(mute.since), micros(mute.until)),
    )
    return int(added.lastrowid)


def remove(connection: Connection, number: int) -> bool:
    """Whether there was one with that number; to be called inside a transaction."""
    return bool(connection.execute("DELETE FROM mutes WHERE id = ?", (number,)).rowcount)
