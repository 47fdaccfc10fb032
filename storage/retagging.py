"""Other matches put in place of those that stand: tags, history and index of the articles, in one transaction.

An article that gets its first tags is given its place among stories as well, where only copies were looked for before.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from monitor.identity.kept import parted
from storage import tags
from storage.batch import Batch
from storage.connection import Connection
from storage.indexed import facets_of, indexed, terms_of
from storage.places import Places
from storage.values import list_of, list_text, micros, unpacked

if TYPE_CHECKING:
    from datetime import datetime

    from monitor.ports import Placer
    from monitor.types import Article, ListVersion, Match, Retagged


def retag(
    connection: Connection,
    by: ListVersion,
    retagged: Sequence[Retagged],
    at: datetime,
    placer: Placer | None = None,
) -> frozenset[int]:
    """Numbers of the articles that have these matches now: all that still say what was tagged. To be called inside a
    transaction. Nothing is told of it to anybody."""
    batch, stamp = Batch(connection), micros(at) or 0
    places = Places(batch, placer)
    number = batch.list_id(by, stamp)
    done = [one for one in retagged if _retag(batch, places, one, number, stamp)]
    batch.add("taggings", *((one.article_id, number) for one in done))
    batch.finish()
    places.finish()
    return frozenset(one.article_id for one in done)


def _retag(batch: Batch, places: Places, one: Retagged, by: int | None, at: int) -> bool:
    row = batch.connection.execute(
        "SELECT version, tags, sort_key, source_id, lang, story_id, title, text, facts FROM articles"
        " WHERE id = ? AND content_hash = ?",
        (one.article_id, one.content_hash),
    ).fetchone()
    if row is None:
        return False
    version, before, key, source_id, lang, story_id, title, text, facts = row
    matches = tags.in_order(one.matches)
    entries = tags.tags_of(matches)
    tags.replace(batch.connection, one.article_id, version, matches, by, at, late=True)
    if list_text(entries) != before:
        statement = "UPDATE articles SET tags = ? WHERE id = ?"
        batch.connection.execute(statement, (list_text(entries), one.article_id))
    if one.article is not None and entries and not parted(bytes(facts)).facts:
        story_id = _placed(places, one.article_id, one.article, matches) or story_id
    if set(entries) != set(list_of(before)):
        terms = one.terms or terms_of(title, unpacked(text), lang)
        batch.add_to_index(key, indexed(terms, lang, facets_of(source_id, lang, entries, story_id)), new=False)
    return True


def _placed(places: Places, number: int, article: Article, matches: Sequence[Match]) -> int | None:
    """The story of an article whose copies alone were looked for until now; None: nobody can tell."""
    placement = places.asked(number, article, matches)
    return None if placement is None else places.move_edited(number, article, placement)
