"""Articles as news: with the change that brought them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from monitor.types import Kept, News
from storage import late, ledger, reading, search, tags
from storage.connection import Connection, rows_in
from storage.ledger import Change
from storage.values import micros, sure_instant

if TYPE_CHECKING:
    from monitor.query import Query, Vocabulary


class Fresh:
    """The last changes that were asked for, with the sort keys of their articles: rules ask for the same ones, one
    after the other. Good as long as the archive has no newer change."""

    _MOST = 50_000

    def __init__(self) -> None:
        self._of: tuple[int, int, int] | None = None
        self._changes: dict[int, Change] = {}
        self._by_key: dict[int, int] = {}

    def changes(self, connection: Connection, cursor: int, end: int) -> tuple[Mapping[int, Change], Mapping[int, int]]:
        """By article: what came after the cursor and before the end; and the articles by sort key."""
        of = (cursor, end, ledger.head(connection))
        if of == self._of:
            return self._changes, self._by_key
        found = ledger.fresh(connection, cursor, end)
        by_key = {key: number for number, key in reading.sort_keys_of(connection, list(found)).items()}
        self._of = of if len(found) <= self._MOST else None
        self._changes, self._by_key = (found, by_key) if self._of else ({}, {})
        return found, by_key


def untold(
    connection: Connection,
    subscription_id: str,
    query: Query,
    until: datetime | None,
    vocabulary: Callable[[], Vocabulary],
    known: Fresh,
) -> tuple[News, ...]:
    """Everything after the subscription's cursor and everything held that answers the query, oldest change first."""
    end = ledger.end_of(until)
    fresh, by_key = known.changes(connection, ledger.cursor_of(connection, subscription_id), end)
    held = ledger.held(connection, subscription_id, end)
    if held:
        fresh = {**fresh, **held}
        keys = reading.sort_keys_of(connection, list(held))
        by_key = {**by_key, **{key: number for number, key in keys.items()}}
    if not by_key:
        return ()
    hits = search.within(connection, search.plan(connection, query, vocabulary), min(by_key), max(by_key))
    kept = reading.kept_by_id(connection, [by_key[key] for key in hits if key in by_key])
    silent = late.answer_late(connection, kept, query, vocabulary)
    matches = tags.matches_of_all(connection, list(kept))
    rows = sorted(((number, *fresh[number]) for number in kept), key=lambda row: row[1])
    return tuple(
        News(
            kept=kept[article_id],
            change=number,
            changed_at=sure_instant(at),
            what=what,
            held=is_held,
            quiet=quiet or article_id in silent,
            matches=matches.get(article_id, ()),
        )
        for article_id, number, what, at, quiet, is_held in rows
    )


def of_stories(connection: Connection, story_ids: Sequence[int]) -> tuple[News, ...]:
    """All articles of those stories as they came first, oldest first; which change brought them is left out."""
    rows = rows_in(connection, "SELECT id FROM articles WHERE story_id IN", sorted(set(story_ids)))
    kept = reading.kept_by_id(connection, sorted({row[0] for row in rows}))
    return tuple(
        News(kept=one, change=0, changed_at=one.article.first_seen_at, what="new", held=False, quiet=False)
        for _, one in sorted(kept.items())
    )


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
    hits = search.within(connection, search.plan(connection, query, vocabulary), min(keys.values()), max(keys.values()))
    kept = reading.kept_by_id(connection, [number for number, key in keys.items() if key in hits])
    silent = late.answer_late(connection, kept, query, vocabulary)
    return tuple(_news(kept[row[0]], row, quiet=row[0] in silent) for row in rows if row[0] in kept)


def _news(kept: Kept, row: Sequence[Any], *, quiet: bool) -> News:
    _, number, what, at, first_reading = row
    return News(
        kept=kept,
        change=number,
        changed_at=sure_instant(at),
        what=what,
        held=False,
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
