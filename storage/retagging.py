"""Other matches put in place of those that stand: tags, history and index of the articles, in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from storage import tags
from storage.batch import Batch
from storage.connection import Connection
from storage.indexed import columns_of, facets_of, terms_of
from storage.values import list_of, list_text, micros, unpacked

if TYPE_CHECKING:
    from datetime import datetime

    from monitor.types import ListVersion, Retagged


def retag(connection: Connection, by: ListVersion, retagged: Sequence[Retagged], at: datetime) -> frozenset[int]:
    """Numbers of the articles that have these matches now: all that still say what was tagged. To be called inside a
    transaction. Nothing is told of it to anybody."""
    batch, stamp = Batch(connection), micros(at) or 0
    number = batch.list_id(by, stamp)
    done = [one for one in retagged if _retag(batch, one, number, stamp)]
    batch.add("taggings", *((one.article_id, number) for one in done))
    batch.finish()
    return frozenset(one.article_id for one in done)


def _retag(batch: Batch, one: Retagged, by: int | None, at: int) -> bool:
    row = batch.connection.execute(
        "SELECT version, tags, sort_key, source_id, lang, story_id, title, text FROM articles"
        " WHERE id = ? AND content_hash = ?",
        (one.article_id, one.content_hash),
    ).fetchone()
    if row is None:
        return False
    version, before, key, source_id, lang, story_id, title, text = row
    matches = tags.in_order(one.matches)
    entries = tags.tags_of(matches)
    tags.replace(batch.connection, one.article_id, version, matches, by, at, late=True)
    if list_text(entries) != before:
        statement = "UPDATE articles SET tags = ? WHERE id = ?"
        batch.connection.execute(statement, (list_text(entries), one.article_id))
    if set(entries) != set(list_of(before)):
        terms = one.terms or terms_of(title, unpacked(text), lang)
        columns = columns_of(terms, facets_of(source_id, lang, entries, story_id))
        batch.add_to_index(key, columns, new=False)
    return True
