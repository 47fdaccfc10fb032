"""Stories as they are read, and what a person decides on them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from monitor.errors import InputError
from monitor.query import And, Facet, Node, Not, Or, Query
from monitor.types import Decision, Member, Relation
from storage.batch import Batch
from storage.connection import Connection, rows_in
from storage.places import keep_apart, merge_stories, parted_from
from storage.values import instant, list_of, micros, sort_bound, sure_instant

# ---------------------------------------------------------------------------------------------- reading


def number_of(connection: Connection, number: int) -> int | None:
    """What the story with that number goes by; None: there is none."""
    statement = "SELECT coalesce(merged_into, id) FROM stories WHERE id = ?"
    row = connection.execute(statement, (number,)).fetchone() if number < 1 << 63 else None
    return row[0] if row else None


def numbers_of(connection: Connection, number: int) -> tuple[int, ...]:
    """All numbers that the story with that number has gone by."""
    now = number_of(connection, number)
    if now is None:
        return (number,)
    return (now, *(row[0] for row in connection.execute("SELECT id FROM stories WHERE merged_into = ?", (now,))))


def within(
    connection: Connection, since: datetime | None, until: datetime | None, source_id: str | None = None
) -> tuple[int, ...]:
    """Stories with articles of that half-open time, of that source where one is given."""
    low, high = (sort_bound(at) if at else None for at in (since, until))
    rows = connection.execute(
        "SELECT DISTINCT story_id FROM articles WHERE sort_key >= ?1 AND sort_key < ?2"
        " AND (?3 IS NULL OR source_id = ?3)",
        (-(1 << 63) if low is None else low, (1 << 63) - 1 if high is None else high, source_id),
    )
    return tuple(row[0] for row in rows)


def facts(connection: Connection, article_ids: Sequence[int]) -> Mapping[int, bytes]:
    """By article: what identity keeps of its present text."""
    return dict(rows_in(connection, "SELECT id, facts FROM articles WHERE id IN", list(article_ids)))


_MEMBER = (
    "id, copy_group_id, story_id, source_id, source_name, title, url, lang, published_at, first_seen_at, tags, origin,"
    " EXISTS (SELECT 1 FROM decided WHERE article_id = articles.id)"
)


def members(connection: Connection, story_ids: Sequence[int]) -> Mapping[int, tuple[Member, ...]]:
    """By story: its articles, oldest first."""
    found: dict[int, list[tuple[int, Member]]] = {}
    for row in rows_in(connection, f"SELECT sort_key, {_MEMBER} FROM articles WHERE story_id IN", list(story_ids)):
        found.setdefault(row[3], []).append((row[0], _member(row[1:])))
    return {story: tuple(one for _, one in sorted(several, key=lambda m: m[0])) for story, several in found.items()}


def _member(row: Any) -> Member:
    number, group_id, story_id, source_id, source_name, title, url, lang, published, first_seen, tags, origin, by = row
    return Member(
        id=number,
        copy_group_id=group_id,
        story_id=story_id,
        source_id=source_id,
        source_name=source_name,
        title=title,
        url=url,
        lang=lang,
        published_at=instant(published),
        first_seen_at=sure_instant(first_seen),
        tags=list_of(tags),
        origin=json.loads(origin) if origin else None,
        by_hand=bool(by),
    )


def relations(connection: Connection, article_ids: Sequence[int]) -> Mapping[int, tuple[Relation, ...]]:
    """By article: what it has to do with others, whichever of the two it was put down for."""
    turned = {"excerpt_of": "quotes", "quotes": "excerpt_of", "follows": "followed_by"}
    found: dict[int, dict[int, Relation]] = {}
    columns = "article_id, other_id, kind, share FROM relations WHERE"
    for number, other, kind, share in rows_in(connection, f"SELECT {columns} other_id IN", list(article_ids)):
        found.setdefault(other, {})[number] = Relation(kind=turned[kind], article_id=number, share=share)  # type: ignore[arg-type]
    for number, other, kind, share in rows_in(connection, f"SELECT {columns} article_id IN", list(article_ids)):
        found.setdefault(number, {})[other] = Relation(kind=kind, article_id=other, share=share)
    return {number: tuple(others.values()) for number, others in found.items()}


def by_all_numbers(connection: Connection, query: Query) -> Query:
    """The query, with each story asked for by every number that it has gone by: the index knows those of then."""
    return replace(query, root=_by_all_numbers(connection, query.root))


def _by_all_numbers(connection: Connection, node: Node) -> Node:
    match node:
        case Facet() if node.field == "story":
            numbers = (number for value in node.values for number in numbers_of(connection, int(value)))
            return replace(node, values=tuple(map(str, dict.fromkeys(numbers))))
        case And() | Or():
            return replace(node, parts=tuple(_by_all_numbers(connection, part) for part in node.parts))
        case Not():
            return replace(node, part=_by_all_numbers(connection, node.part))
        case _:
            return node


# ---------------------------------------------------------------------------------------------- by hand


def split(connection: Connection, story_id: int, article_ids: Sequence[int], at: datetime) -> int:
    """Number of a new story with those articles and their copies. Raises: InputError."""
    story = _sure(connection, story_id)
    of_story = {member.id: member.copy_group_id for member in members(connection, [story]).get(story, ())}
    for number in article_ids:
        if number not in of_story:
            raise InputError(f"article {number} is not in story {story}; `scowatch story {story}` shows what is")
    groups = {of_story[number] for number in article_ids}
    moved = [number for number, group in of_story.items() if group in groups]
    if not moved:
        raise InputError(f"story {story}: no article to split off was named")
    if len(moved) == len(of_story):
        raise InputError(
            f"story {story}: nothing would be left of it, since these are all its articles or their copies; name fewer"
        )
    batch = Batch(connection)
    new = batch.add_story(micros(at))
    batch.write()
    connection.executemany("UPDATE articles SET story_id = ? WHERE id = ?", [(new, number) for number in moved])
    connection.executemany("UPDATE copy_groups SET story_id = ? WHERE id = ?", [(new, group) for group in groups])
    keep_apart(connection, new, parted_from(connection, story) | {story})
    _decide(connection, "split", at, new, story, moved)
    batch.index_anew(moved)
    batch.finish()
    return new


def merge(connection: Connection, story_id: int, into_id: int, at: datetime) -> int:
    """Number of the story that both are now. Raises: InputError."""
    story, into = _sure(connection, story_id), _sure(connection, into_id)
    if story == into:
        also = "" if story_id == into_id else f"; both go by {into}"
        raise InputError(f"stories {story_id} and {into_id} are one already{also}")
    moved = [member.id for member in members(connection, [story]).get(story, ())]
    merge_stories(connection, story, into)
    _decide(connection, "merge", at, into, story, moved)
    return into


def _sure(connection: Connection, number: int) -> int:
    found = number_of(connection, number)
    if found is None:
        raise InputError(f"the archive has no story {number}: `scowatch stories` lists the newest")
    return found


def _decide(
    connection: Connection, what: str, at: datetime, story_id: int, other_id: int, article_ids: Sequence[int]
) -> None:
    (number,) = connection.execute(
        "INSERT INTO decisions (what, at, story_id, other_id) VALUES (?, ?, ?, ?) RETURNING id",
        (what, micros(at), story_id, other_id),
    ).fetchone()
    rows = [(number, article_id) for article_id in article_ids]
    connection.executemany("INSERT INTO decided (decision_id, article_id) VALUES (?, ?)", rows)


def decisions(connection: Connection, story_id: int) -> tuple[Decision, ...]:
    """What was decided on the story, by any number that it has gone by, oldest first."""
    marks = json.dumps(numbers_of(connection, story_id))
    rows = connection.execute(
        "SELECT id, what, at, story_id, other_id FROM decisions WHERE story_id IN (SELECT value FROM json_each(?1))"
        " OR other_id IN (SELECT value FROM json_each(?1)) ORDER BY id",
        (marks,),
    ).fetchall()
    moved: dict[int, list[int]] = {}
    statement = "SELECT decision_id, article_id FROM decided WHERE decision_id IN"
    for number, article_id in rows_in(connection, statement, [row[0] for row in rows]):
        moved.setdefault(number, []).append(article_id)
    return tuple(
        Decision(what=what, at=sure_instant(when), story_id=story, other_id=other, article_ids=tuple(moved[number]))
        for number, what, when, story, other in rows
    )
