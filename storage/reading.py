"""Rows of the archive as the project's values."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from monitor.types import SourceState, Validators
from storage.connection import Connection, rows_in, rows_with
from storage.health import health_of
from storage.values import KEY_SIZE, instant, list_of, sighting_key, sure_instant, unpacked

if TYPE_CHECKING:
    from monitor.types import Kept, Known

_VERSIONS = "(SELECT 1 + count(*) FROM versions WHERE article_id = articles.id)"
_KEPT = (
    f"id, {_VERSIONS}, copy_group_id, story_id, tags, origin, sort_key, source_id, url, canonical_url, title, text,"
    " text_from, lang, authors, published_at, first_seen_at, content_hash, guid, ref, source_name"
)


def kept_by_key(connection: Connection, sort_keys: Sequence[int]) -> tuple[Kept, ...]:
    """The articles with those sort keys, in that order."""
    rows = {row[6]: row for row in rows_in(connection, f"SELECT {_KEPT} FROM articles WHERE sort_key IN", sort_keys)}
    return tuple(_kept(rows[key]) for key in sort_keys if key in rows)


def kept_by_id(connection: Connection, ids: Sequence[int]) -> Mapping[int, Kept]:
    """The articles with those numbers."""
    return {row[0]: _kept(row) for row in rows_in(connection, f"SELECT {_KEPT} FROM articles WHERE id IN", ids)}


def sort_keys_of(connection: Connection, ids: Sequence[int]) -> Mapping[int, int]:
    """Sort keys by article number."""
    return dict(rows_in(connection, "SELECT id, sort_key FROM articles WHERE id IN", ids))


def kept_after(connection: Connection, sort_key: int | None, limit: int) -> tuple[tuple[int, ...], tuple[Kept, ...]]:
    """The next articles by time, with their sort keys; None: from the oldest."""
    rows = connection.execute(
        f"SELECT {_KEPT} FROM articles WHERE sort_key > ? ORDER BY sort_key LIMIT ?",
        (-(1 << 63) if sort_key is None else sort_key, limit),
    ).fetchall()
    return tuple(row[6] for row in rows), tuple(_kept(row) for row in rows)


def _kept(row: Any) -> Kept:
    from monitor.types import Article, Kept

    (number, versions, group_id, story_id, tags, origin, _, source_id, url, canonical_url, title, text) = row[:12]
    (text_from, lang, authors, published_at, first_seen_at, content_hash, guid, ref, source_name) = row[12:]
    article = Article(
        source_id=source_id,
        url=url,
        canonical_url=canonical_url,
        title=title,
        text=unpacked(text),
        text_from=text_from,
        lang=lang,
        authors=list_of(authors),
        published_at=instant(published_at),
        first_seen_at=sure_instant(first_seen_at),
        content_hash=content_hash,
        guid=guid,
        ref=ref,
        source_name=source_name,
    )
    return Kept(
        id=number,
        article=article,
        copy_group_id=group_id,
        story_id=story_id,
        tags=list_of(tags),
        versions=versions,
        origin=json.loads(origin) if origin else None,
    )


def known(connection: Connection, source_id: str | None, entry_keys: Iterable[str]) -> Mapping[str, Known]:
    """What is held of those entries of a source's list, by entry key."""
    from monitor.types import Known

    by_key = {sighting_key(source_id, entry_key): entry_key for entry_key in entry_keys}
    statement = "SELECT key, article_id, entry_hash FROM wanted CROSS JOIN sightings ON key = wanted"
    rows = rows_with(connection, statement, by_key, KEY_SIZE)
    return {by_key[key]: Known(article_id=number, entry_hash=entry_hash) for key, number, entry_hash in rows}


def validators(connection: Connection, urls: Sequence[str]) -> Mapping[str, Validators]:
    """What the URLs said of their bodies, by URL."""
    columns = "url, final_url, etag, last_modified, body_hash, seen"
    rows = rows_in(connection, f"SELECT {columns} FROM validators WHERE url IN", list(set(urls)))
    return {
        url: Validators(
            url=url, final_url=final, etag=etag, last_modified=last_modified, body_hash=body_hash, seen=seen
        )
        for url, final, etag, last_modified, body_hash, seen in rows
    }


def source_states(connection: Connection) -> Mapping[str, SourceState]:
    """What is remembered of every source, by id."""
    rows = connection.execute(
        "SELECT source_id, next_due_at, last_success_at, last_attempt_at, last_outcome, last_error, failures, articles,"
        " last_new_at, health FROM source_states"
    )
    return {
        row[0]: SourceState(
            source_id=row[0],
            next_due_at=instant(row[1]),
            last_success_at=instant(row[2]),
            last_attempt_at=instant(row[3]),
            last_outcome=row[4],
            last_error=row[5],
            failures=row[6],
            articles=row[7],
            last_new_at=instant(row[8]),
            health=health_of(row[9]),
        )
        for row in rows
    }


def counts(connection: Connection) -> Mapping[str, int]:
    """How much there is of everything."""
    row = connection.execute(
        "SELECT (SELECT count(*) FROM articles), (SELECT count(*) FROM articles) + (SELECT count(*) FROM versions),"
        " (SELECT count(*) FROM stories WHERE merged_into IS NULL), (SELECT count(*) FROM matches),"
        " (SELECT count(*) FROM deliveries WHERE status IN ('pending', 'sending')),"
        " (SELECT count(*) FROM deliveries WHERE status = 'failed')"
    ).fetchone()
    names = ("articles", "versions", "stories", "matches", "deliveries_pending", "deliveries_failed")
    return dict(zip(names, row, strict=True))
