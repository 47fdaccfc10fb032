"""Whether the pages of tagged articles still stand, as rows. A page that stood at its last look leaves none."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from monitor.presence import LAST, next_look, settled
from storage.connection import Connection
from storage.values import instant, micros, sure_instant

if TYPE_CHECKING:
    from monitor.types import Presence
    from storage.batch import Batch

_COLUMNS = (
    "p.article_id, a.source_id, a.url, a.title, a.first_seen_at, p.due_at, p.missing_at, p.gone_at, p.back_at, p.status"
)
_FROM = "FROM presence p JOIN articles a ON a.id = p.article_id"


def watch(batch: Batch, article_id: int, url: str, first_seen_at: datetime, at: datetime) -> None:
    """Plans the looks at the page of an article that is tagged by now, unless they are planned already."""
    due = next_look(first_seen_at, at)
    if due is not None and url.startswith(("http://", "https://")):
        batch.add("presence", (article_id, micros(due)))


def due(
    connection: Connection, source_ids: Collection[str], now: datetime, of_one: int, most: int
) -> tuple[Presence, ...]:
    """Pages of these sources whose look is due, the longest overdue first: few of one source, and few in all."""
    rows = connection.execute(
        f"SELECT * FROM (SELECT {_COLUMNS}, row_number() OVER (PARTITION BY a.source_id ORDER BY p.due_at) AS place"
        f" {_FROM} WHERE p.due_at <= ? AND a.source_id IN (SELECT value FROM json_each(?)))"
        " WHERE place <= ? ORDER BY due_at LIMIT ?",
        (micros(now), json.dumps(list(source_ids)), of_one, most),
    )
    return tuple(_presence(row) for row in rows)


def record(connection: Connection, several: Sequence[Presence], pauses: Mapping[str, datetime], now: datetime) -> None:
    """Stores what the looks found, and until when hosts asked to be left alone. To be called inside a transaction."""
    connection.executemany(
        "UPDATE presence SET due_at = ?, missing_at = ?, gone_at = ?, back_at = ?, status = ? WHERE article_id = ?",
        [
            (micros(p.due_at), micros(p.missing_at), micros(p.gone_at), micros(p.back_at), p.status, p.article_id)
            for p in several
        ],
    )
    connection.executemany(
        "DELETE FROM presence WHERE article_id = ?", [(p.article_id,) for p in several if settled(p)]
    )
    # looks that nobody made in time: of sources that are read no more
    late = micros(now - LAST - timedelta(days=1))
    connection.execute("DELETE FROM presence WHERE due_at < ? AND gone_at IS NULL", (late,))
    connection.executemany(
        "INSERT INTO host_pauses (host, until) VALUES (?, ?) ON CONFLICT (host) DO UPDATE SET"
        " until = max(until, excluded.until)",
        [(host, micros(until)) for host, until in pauses.items()],
    )


def of(connection: Connection, article_id: int) -> Presence | None:
    row = connection.execute(f"SELECT {_COLUMNS} {_FROM} WHERE p.article_id = ?", (article_id,)).fetchone()
    return _presence(row) if row else None


def gone(connection: Connection, since: datetime, until: datetime) -> tuple[Presence, ...]:
    """Pages that were found to be gone in that half-open time and are so still, in that order."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} {_FROM} WHERE p.gone_at >= ? AND p.gone_at < ? AND p.back_at IS NULL ORDER BY p.gone_at",
        (micros(since), micros(until)),
    )
    return tuple(_presence(row) for row in rows)


def _presence(row: Sequence[Any]) -> Presence:
    from monitor.types import Presence

    return Presence(
        article_id=row[0],
        source_id=row[1] or "",
        url=row[2],
        title=row[3],
        first_seen_at=sure_instant(row[4]),
        due_at=instant(row[5]),
        missing_at=instant(row[6]),
        gone_at=instant(row[7]),
        back_at=instant(row[8]),
        status=row[9],
    )
