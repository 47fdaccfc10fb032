"""Putting articles into copy groups and stories: as an arrival or the placer says, and moving them later.

Every copy group lies in one story. Numbers are never given away: a group or story that goes into another keeps its row
and says where it went, always in one step. What a person decided is not undone by a placer.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from monitor.types import Placement
from storage.batch import Batch
from storage.connection import Connection
from storage.neighbours import StoredNeighbours

if TYPE_CHECKING:
    from monitor.ports import Placer
    from monitor.types import Article, Match

_log = logging.getLogger(__name__)
_Table = Literal["copy_groups", "stories"]
#: What a placer may raise over a text that it cannot deal with.
_CANNOT = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)


class Places:
    """Gives the articles of one transaction their places."""

    def __init__(self, batch: Batch, placer: Placer | None) -> None:
        self._batch = batch
        self._placer = placer
        self._neighbours = StoredNeighbours(batch) if placer else None

    def expect(self, articles: Sequence[tuple[Article, Sequence[Match]]]) -> None:
        """To be called before the first article of the transaction is asked for."""
        if self._placer is None or self._neighbours is None or not articles:
            return
        try:
            self._placer.expect(articles, self._neighbours)
        except _CANNOT as error:  # each of them is asked for alone
            _log.warning("articles could not be placed together (%s: %s)", type(error).__name__, error)

    def asked(self, number: int, article: Article, matches: Sequence[Match]) -> Placement | None:
        """What the placer says of the article; None: there is no placer.

        A text that the placer cannot deal with is kept all the same, in a group and story of its own.
        """
        if self._placer is None or self._neighbours is None:
            return None
        self._neighbours.article_id = number
        try:
            return self._placer.place(article, matches, self._neighbours)
        except _CANNOT as error:
            _log.warning(
                "no place was found for %s (%s: %s); please report this", article.url, type(error).__name__, error
            )
            return Placement()

    def finish(self) -> None:
        """To be called when every article has its place."""
        if self._neighbours is not None:
            self._neighbours.finish()

    # -- new articles
    def of_new(self, placement: Placement, at: int) -> tuple[int, int]:
        """Copy group and story for a new article, made where there are none."""
        group_id = self._group(placement.copy_group_id)
        if group_id is not None:
            return group_id, self._story_of(group_id)
        story_id = self._story(placement.story_id) or self._batch.add_story(at)
        return self._batch.add_group(story_id), story_id

    def keep_new(self, number: int, article: Article, placement: Placement, place: tuple[int, int]) -> None:
        """Puts down what the new article is found by and what else follows from its place; its row waits by now."""
        assert self._neighbours is not None
        self._neighbours.add(number, article, placement, *place)
        self._neighbours.add_prints(number, article, placement)
        self._relate(number, placement)
        self._join(placement, *place)
        self._tell_origins(placement.origins)

    # -- articles that say something else by now
    def move_edited(self, number: int, article: Article, placement: Placement) -> int:
        """The story of an article after its new text was looked at. To be called when its row is written."""
        assert self._neighbours is not None
        connection = self._batch.connection
        origin = json.dumps(placement.origin, ensure_ascii=False) if placement.origin else None
        statement = "UPDATE articles SET facts = ?, origin = ? WHERE id = ?"
        connection.execute(statement, (placement.facts, origin, number))
        connection.execute("DELETE FROM relations WHERE article_id = ?", (number,))
        self._neighbours.add_prints(number, article, placement)
        self._relate(number, placement)
        self._batch.write()
        group_id, story_id = connection.execute(
            "SELECT copy_group_id, story_id FROM articles WHERE id = ?", (number,)
        ).fetchone()
        if not decided(connection, [number]):
            group_id, story_id = self._moved(number, group_id, story_id, placement)
            if self._story(placement.story_id) not in (None, story_id):
                placement = replace(placement, same_stories=())  # they are one with a story that it is not in
            self._join(placement, group_id, story_id)
        self._tell_origins(placement.origins)
        self._neighbours.forget()
        return int(story_id)

    def _moved(self, number: int, group_id: int, story_id: int, placement: Placement) -> tuple[int, int]:
        """Copy group and story of the article by its new text.

        Who was told of a story, or muted it, has done so with all that it consists of: an article that has company
        there leaves it only as a copy of another story's text, or together with that company.
        """
        alone = not _has_others(self._batch.connection, "copy_group_id", group_id, number)
        target = self._group(placement.copy_group_id)
        if target is not None:
            story = self._story_of(target)
        else:
            story = self._story_by_event(number, story_id, placement)
            target = group_id if alone else self._batch.add_group(story)
        self._batch.write()
        if (target, story) != (group_id, story_id):
            _move(self._batch.connection, number, (group_id, story_id), (target, story))
        return target, story

    def _story_by_event(self, number: int, story_id: int, placement: Placement) -> int:
        """The story of the event that the new text tells of, where the article may go there."""
        found = self._story(placement.story_id)
        if found is None or found == story_id:
            return story_id
        goes_along = story_id in map(self._story, placement.same_stories)
        stays = not goes_along and _has_others(self._batch.connection, "story_id", story_id, number)
        return story_id if stays else found

    # -- what belongs together after all
    def _join(self, placement: Placement, group_id: int, story_id: int) -> None:
        if not placement.same_groups and not placement.same_stories:
            return
        self._batch.write()
        for other in placement.same_groups:
            found = self._group(other)
            if found is not None and found != group_id:
                self._join_group(found, group_id, story_id)
        for other in placement.same_stories:
            story = self._story(other)
            if story is not None and story != story_id and not kept_apart(self._batch.connection, story, story_id):
                merge_stories(self._batch.connection, story, story_id)
        if self._neighbours is not None:
            self._neighbours.forget()

    def _join_group(self, other: int, group_id: int, story_id: int) -> None:
        """All articles of another copy group into this one; where that one's story is another, into this story."""
        connection = self._batch.connection
        numbers = [row[0] for row in connection.execute("SELECT id FROM articles WHERE copy_group_id = ?", (other,))]
        before = self._story_of(other)
        if before != story_id and (decided(connection, numbers) or kept_apart(connection, before, story_id)):
            return
        connection.execute(
            "UPDATE articles SET copy_group_id = ?, story_id = ? WHERE copy_group_id = ?", (group_id, story_id, other)
        )
        _goes_into(connection, "copy_groups", other, group_id)
        if before != story_id:
            _end_if_empty(connection, "stories", before, story_id)
            self._batch.index_anew(numbers)

    # -- numbers
    def _group(self, number: int | None) -> int | None:
        """The group that goes by that number; None: there is none."""
        return self._batch.place_of("copy_groups", number) if number is not None else None

    def _story(self, number: int | None) -> int | None:
        return self._batch.place_of("stories", number) if number is not None else None

    def _story_of(self, group_id: int) -> int:
        story_id = self._batch.story_of_group(group_id)
        assert story_id is not None
        return story_id

    # -- rows beside
    def _relate(self, number: int, placement: Placement) -> None:
        rows = [(number, r.kind, r.article_id, r.share) for r in placement.relations if r.article_id != number]
        self._batch.add("relations", *rows)

    def _tell_origins(self, origins: Mapping[int, Mapping[str, object]]) -> None:
        if not origins:
            return
        self._batch.write()  # so that neighbours show it
        self._batch.connection.executemany(
            "UPDATE articles SET origin = ? WHERE id = ?",
            [(json.dumps(origin, ensure_ascii=False), number) for number, origin in origins.items()],
        )


# ---------------------------------------------------------------------------------------------- rows that are written


def merge_stories(connection: Connection, other: int, into: int) -> None:
    """All of the other story into this one. What was kept apart from it is kept apart from this one."""
    of_story = "(SELECT copy_group_id FROM articles WHERE story_id = ?2)"  # by index: groups have none by their story
    connection.execute(
        f"UPDATE copy_groups SET story_id = ?1 WHERE id IN {of_story} OR merged_into IN {of_story}", (into, other)
    )
    connection.execute("UPDATE articles SET story_id = ? WHERE story_id = ?", (into, other))
    _goes_into(connection, "stories", other, into)
    apart = parted_from(connection, other) - {into}
    connection.execute("DELETE FROM kept_apart WHERE story_id = ?1 OR other_id = ?1", (other,))
    keep_apart(connection, into, apart)


def keep_apart(connection: Connection, story_id: int, others: Iterable[int]) -> None:
    connection.executemany(
        "INSERT INTO kept_apart (story_id, other_id) VALUES (?, ?) ON CONFLICT DO NOTHING",
        [(min(story_id, other), max(story_id, other)) for other in others],
    )


def kept_apart(connection: Connection, story_id: int, other: int) -> bool:
    """Whether a person has parted the two."""
    row = (min(story_id, other), max(story_id, other))
    return (
        connection.execute("SELECT 1 FROM kept_apart WHERE story_id = ? AND other_id = ?", row).fetchone() is not None
    )


def parted_from(connection: Connection, story_id: int) -> set[int]:
    """The stories that a person has parted from this one."""
    rows = connection.execute(
        "SELECT story_id + other_id - ?1 FROM kept_apart WHERE story_id = ?1 OR other_id = ?1", (story_id,)
    )
    return {row[0] for row in rows}


def decided(connection: Connection, article_ids: Sequence[int]) -> bool:
    """Whether a person has said of one of the articles where it belongs."""
    marks = json.dumps(list(article_ids))
    statement = "SELECT EXISTS (SELECT 1 FROM decided WHERE article_id IN (SELECT value FROM json_each(?)))"
    return bool(connection.execute(statement, (marks,)).fetchone()[0])


def _move(connection: Connection, number: int, before: tuple[int, int], after: tuple[int, int]) -> None:
    connection.execute("UPDATE articles SET copy_group_id = ?, story_id = ? WHERE id = ?", (*after, number))
    if before[0] == after[0]:
        connection.execute("UPDATE copy_groups SET story_id = ? WHERE id = ?", (after[1], after[0]))
    else:
        _end_if_empty(connection, "copy_groups", before[0], after[0])
    if before[1] != after[1]:
        from storage import ledger

        ledger.told_with_story(connection, number, before[1])
        _end_if_empty(connection, "stories", before[1], after[1])


def _end_if_empty(connection: Connection, table: _Table, number: int, into: int) -> None:
    """A group or story without articles goes on under the number of the one where its last article went."""
    column = "copy_group_id" if table == "copy_groups" else "story_id"
    if connection.execute(f"SELECT 1 FROM articles WHERE {column} = ?", (number,)).fetchone() is None:
        _goes_into(connection, table, number, into)


def _goes_into(connection: Connection, table: _Table, number: int, into: int) -> None:
    story = ", story_id = (SELECT story_id FROM copy_groups WHERE id = ?2)" if table == "copy_groups" else ""
    connection.execute(f"UPDATE {table} SET merged_into = ?2{story} WHERE id = ?1 OR merged_into = ?1", (number, into))


def _has_others(connection: Connection, column: str, value: int, number: int) -> bool:
    statement = f"SELECT 1 FROM articles WHERE {column} = ? AND id <> ? LIMIT 1"
    return connection.execute(statement, (value, number)).fetchone() is not None
