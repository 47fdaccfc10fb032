"""Articles as news: with the change that brought them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from monitor.types import Kept, News
from storage import late, reading, search
from storage.connection import Connection
from storage.values import micros, sure_instant

if TYPE_CHECKING:
    from monitor.query import Query, Vocabulary


def of_stories(connection: Connection, story_ids: Sequence[int]) -> tuple[News, ...]:
    """All articles of those stories, each by the change that brought it, oldest change first."""
    statement = (
        "SELECT a.id, min(c.number), c.what, c.at, c.quiet FROM articles a JOIN changes c ON c.article_id = a.id"
        " WHERE a.id IN (SELECT id FROM articles WHERE story_id IN (SELECT value FROM json_each(?))) GROUP BY a.id"
    )
    rows = connection.execute(statement, (json.dumps(sorted(set(story_ids))),)).fetchall()
    kept = reading.kept_by_id(connection, [row[0] for row in rows])
    return tuple(_news(kept[row[0]], row, held=False) for row in sorted(rows, key=lambda row: row[1]))


def changed(
    connection: Connection,
    query: Query,
    since: datetime,
    until: datetime,
    vocabulary: Callable[[], Vocabulary],
) -> tuple[News, ...]:
    """Every change of that half-open time whose article answers the query now, in order."""
    rows = connection.execute(
        "SELECT article_id, number, what, at, quiet FROM changes WHERE at >= ? AND at < ? ORDER BY number",
        (micros(since), micros(until)),
    ).fetchall()
    keys = reading.sort_keys_of(connection, sorted({row[0] for row in rows}))
    if not keys:
        return ()
    hits = search.within(connection, search.plan(query, vocabulary), min(keys.values()), max(keys.values()))
    kept = reading.kept_by_id(connection, [number for number, key in keys.items() if key in hits])
    silent = late.answer_late(connection, kept, query, vocabulary)
    return tuple(_news(kept[row[0]], row, held=False, quiet=row[0] in silent) for row in rows if row[0] in kept)


def _news(kept: Kept, row: Sequence[Any], *, held: bool, quiet: bool = False) -> News:
    _, number, what, at, first_reading = row
    return News(
        kept=kept,
        change=number,
        changed_at=sure_instant(at),
        what=what,
        held=held,
        quiet=bool(first_reading) or quiet,
    )


_DAY = 86_400_000_000


def daily(connection: Connection, now: datetime, days: int) -> Mapping[str, tuple[int, ...]]:
    """By entry: the texts with its tag of each 24 hours up to now, the last ones first, and `days` before those.

    Copies of one text are one; what came with the first reading of a source was not written on that day.
    """
    rows = connection.execute(
        "SELECT m.entry_id, (:end - c.at - 1) / :day AS ago, count(DISTINCT a.copy_group_id) FROM changes c"
        " JOIN articles a ON a.id = c.article_id JOIN matches m ON m.article_id = a.id AND m.version = a.version"
        " WHERE c.what = 'new' AND c.quiet = 0 AND c.at < :end AND c.at >= :end - :day * (:days + 1)"
        " GROUP BY m.entry_id, ago",
        {"end": micros(now), "day": _DAY, "days": days},
    )
    found: dict[str, list[int]] = {}
    for entry_id, ago, count in rows:
        found.setdefault(entry_id, [0] * (days + 1))[ago] = count
    return {entry_id: tuple(counts) for entry_id, counts in found.items()}
