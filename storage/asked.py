"""What a digest asks of the archive beside its news: what was said before, how often things are named, the last one."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from storage import reading
from storage.connection import Connection, rows_in
from storage.digests import calendar_of_json
from storage.values import SORT_BITS, sort_bound, unpacked

if TYPE_CHECKING:
    from monitor.types import Dated, Kept, News

#: Articles of one story that are read: what it said lately.
_ARTICLES = 12


def said_before(connection: Connection, news: Sequence[News]) -> Mapping[int, tuple[Kept, ...]]:
    """By story: its articles from before that news, and what its edited articles said before."""
    first: dict[int, int] = {}
    ours: dict[int, set[int]] = {}
    for piece in news:
        ours.setdefault(piece.kept.story_id, set()).add(piece.kept.id)
        if piece.what == "new":
            first[piece.kept.story_id] = min(piece.kept.id, first.get(piece.kept.story_id, piece.kept.id))
    earlier: dict[int, list[int]] = {}
    statement = "SELECT id, story_id FROM articles WHERE story_id IN"
    for number, story in sorted(rows_in(connection, statement, list(ours)), reverse=True):
        others = earlier.setdefault(story, [])
        if number not in ours[story] and number < first.get(story, 1 << 62) and len(others) < _ARTICLES:
            others.append(number)
    kept = reading.kept_by_id(connection, [number for numbers in earlier.values() for number in numbers])
    found = {story: [kept[number] for number in numbers if number in kept] for story, numbers in earlier.items()}
    for piece in news:
        if piece.what == "edited" and (old := _last_version(connection, piece.kept)):
            found.setdefault(piece.kept.story_id, []).append(old)
    return {story: tuple(several) for story, several in found.items() if several}


def _last_version(connection: Connection, kept: Kept) -> Kept | None:
    """The article with what it said before its last change; None: nothing else."""
    row = connection.execute(
        "SELECT title, text FROM versions WHERE article_id = ? ORDER BY replaced_at DESC LIMIT 1", (kept.id,)
    ).fetchone()
    if row is None:
        return None
    return replace(kept, article=replace(kept.article, title=row[0], text=unpacked(row[1])))


def stories_by_day(connection: Connection, until: datetime, days: int) -> Mapping[str, tuple[int, ...]]:
    """Stories of each of the last days before that instant, the last day last: by tag, by language (``lang:ru``), and
    in all (empty key)."""
    start = until - timedelta(days=days)
    low, second = sort_bound(start), 1 << SORT_BITS
    seen: dict[str, list[set[int]]] = {"": [set() for _ in range(days)]}
    for key, story, lang, tags in connection.execute(
        "SELECT sort_key, story_id, lang, tags FROM articles WHERE sort_key >= ? AND sort_key < ?",
        (low, sort_bound(until)),
    ):
        day = min((key - low) // second // 86_400, days - 1)
        for name in ("", f"lang:{(lang or '').partition('-')[0]}", *_tags(tags)):
            if name not in seen:
                seen[name] = [set() for _ in range(days)]
            seen[name][day].add(story)
    return {name: tuple(map(len, each)) for name, each in seen.items()}


@lru_cache(maxsize=20_000)
def _tags(text: str) -> tuple[str, ...]:
    return tuple(json.loads(text))


def last_digest(connection: Connection, subscription_id: str) -> tuple[str, tuple[Dated, ...] | None] | None:
    """Key of the newest digest of the subscription, and all its dates; None for these: it was made without any."""
    row = connection.execute(
        "SELECT key, json_extract(content, '$.calendar'), json_extract(content, '$.ahead') FROM digests"
        " WHERE subscription_id = ? AND kind = 'digest' ORDER BY created_at DESC LIMIT 1",
        (subscription_id,),
    ).fetchone()
    if row is None:
        return None
    return row[0], _dates(row[1], row[2]) if row[1] is not None and row[2] is not None else None


@lru_cache(maxsize=64)
def _dates(calendar: str, ahead: str) -> tuple[Dated, ...]:
    shown, kept = calendar_of_json(calendar, ahead)
    return (*shown, *kept)


def held(connection: Connection, subscription_id: str) -> tuple[tuple[int, int], ...]:
    """(article id, change) of all that is held back for the subscription."""
    rows = connection.execute(
        "SELECT article_id, change FROM held WHERE subscription_id = ? ORDER BY article_id", (subscription_id,)
    )
    return tuple((row[0], row[1]) for row in rows)
