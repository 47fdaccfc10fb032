"""What an article said at one time or another.

`articles` holds what it says now, `versions` whatever else it has said, each text once: one that comes back makes no
new version, but it is put down when it did. An article makes at most so many versions a day and in all. What it says
beyond these takes the place of the last one made, so that the archive always has what the article says now, and how
many texts were passed over is counted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from monitor.identity.listed import content_hash
from storage import tags
from storage.connection import Connection
from storage.values import instant, micros, packed, sure_instant, unpacked

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitor.types import Version

#: Versions that one article makes in a day (UTC), and in all.
A_DAY, IN_ALL = 24, 500

_DAY = 86_400_000_000

#: The version that a new text of an article is from now on, and how it came to be that.
Place = tuple[int, Literal["made", "returned", "passed_over"]]


def place_of(connection: Connection, article_id: int, content_hash: str, at: int) -> Place:
    """Where a text goes that is not what the article says now."""
    found = connection.execute(
        "SELECT number FROM versions WHERE article_id = ? AND content_hash = ? ORDER BY number DESC LIMIT 1",
        (article_id, content_hash),
    ).fetchone()
    if found:
        return found[0], "returned"
    (others,) = connection.execute("SELECT count(*) FROM versions WHERE article_id = ?", (article_id,)).fetchone()
    (today,) = connection.execute(
        "SELECT count(made_at) FROM version_days WHERE article_id = ? AND day = ?", (article_id, at // _DAY)
    ).fetchone()
    if today >= A_DAY or others + 1 >= IN_ALL:
        return others + 1, "passed_over"
    return others + 2, "made"


def make_room(connection: Connection, article_id: int, current: int, place: Place, at: int) -> None:
    """Puts what the article says now among its other versions, unless the new text takes its place, and takes away
    the text that stands in the place of the new one, with its matches where that is another text."""
    number, what = place
    if current != number:
        connection.execute(
            "INSERT INTO versions (article_id, number, replaced_at, title, text, text_from, content_hash, published_at)"
            " SELECT id, version, ?, title, text, text_from, content_hash, published_at FROM articles WHERE id = ?",
            (at, article_id),
        )
    if what != "made":
        connection.execute("DELETE FROM versions WHERE article_id = ? AND number = ?", (article_id, number))
    if what == "passed_over":
        tags.forget(connection, article_id, number)


def has_said(connection: Connection, article_id: int, content_hash: str) -> bool:
    """Whether the article said that before what it says now."""
    statement = "SELECT 1 FROM versions WHERE article_id = ? AND content_hash = ?"
    return connection.execute(statement, (article_id, content_hash)).fetchone() is not None


def put_down(connection: Connection, article_id: int, history: Sequence[Version]) -> int:
    """Number of the present one of these texts, which an article had in another archive, all of them put down."""
    present = next(past.number for past in history if past.replaced_at is None)
    connection.execute("UPDATE articles SET version = ? WHERE id = ?", (present, article_id))
    connection.executemany(
        "INSERT INTO versions (article_id, number, replaced_at, title, text, text_from, content_hash, published_at)"
        " SELECT id, ?, ?, ?, ?, ?, ?, published_at FROM articles WHERE id = ?",
        [
            (
                *(past.number, micros(past.replaced_at), past.title, packed(past.text), past.text_from),
                *(content_hash(past.title, past.text), article_id),
            )
            for past in history
            if past.replaced_at is not None
        ],
    )
    connection.executemany(
        "INSERT INTO version_days (article_id, day, number, made_at, returned, returned_at, passed_over)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            (
                *(article_id, (micros(past.made_at) or 0) // _DAY, past.number),
                *(micros(past.made_at) if past.number > 1 else None, past.returned),
                *(micros(past.returned_at), past.passed_over),
            )
            for past in history
            if past.number > 1 or past.returned or past.passed_over
        ],
    )
    return present


_NOTES = {
    "made": "made_at = ?4",
    "returned": "returned = returned + 1, returned_at = ?4",
    "passed_over": "passed_over = passed_over + 1",
}


def note(connection: Connection, article_id: int, place: Place, at: int, *, quiet: bool) -> None:
    """Puts down what became of the article's text, and as a change what its readers have not been told.

    A text that comes back is a change only the first time: going to and fro is no news. One that takes another's place
    is told in place of that one.
    """
    number, what = place
    news = what != "returned" or not _has_returned(connection, article_id, number)
    row = (article_id, at // _DAY, number)
    connection.execute(
        "INSERT INTO version_days (article_id, day, number) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", row
    )
    connection.execute(
        f"UPDATE version_days SET {_NOTES[what]} WHERE article_id = ?1 AND day = ?2 AND number = ?3",
        row if what == "passed_over" else (*row, at),
    )
    if news:
        _tell(connection, row, at, quiet=quiet)


def _has_returned(connection: Connection, article_id: int, number: int) -> bool:
    statement = "SELECT 1 FROM version_days WHERE article_id = ? AND number = ? AND returned > 0"
    return connection.execute(statement, (article_id, number)).fetchone() is not None


def _tell(connection: Connection, row: tuple[int, int, int], at: int, *, quiet: bool) -> None:
    """The change that tells of the version that day: a new one, in place of an earlier one that nobody holds."""
    before = connection.execute(
        "DELETE FROM changes WHERE number = (SELECT change FROM version_days WHERE article_id = ? AND day = ?"
        " AND number = ?) AND NOT EXISTS (SELECT 1 FROM held WHERE held.change = changes.number) RETURNING quiet",
        row,
    ).fetchall()
    still_quiet = quiet and all(was for (was,) in before)
    (change,) = connection.execute(
        "INSERT INTO changes (article_id, what, at, quiet) VALUES (?, 'edited', ?, ?) RETURNING number",
        (row[0], at, int(still_quiet)),
    ).fetchone()
    connection.execute(
        "UPDATE version_days SET change = ?4 WHERE article_id = ?1 AND day = ?2 AND number = ?3", (*row, change)
    )


def versions(connection: Connection, article_id: int) -> tuple[Version, ...]:
    """All that the article has said, in the order in which it first said it."""
    from monitor.types import Version

    rows = connection.execute(
        "WITH texts AS (SELECT number, title, text, text_from, replaced_at FROM versions WHERE article_id = ?1"
        " UNION ALL SELECT version, title, text, text_from, NULL FROM articles WHERE id = ?1)"
        " SELECT t.number, t.title, t.text, t.text_from, t.replaced_at,"
        " CASE t.number WHEN 1 THEN (SELECT first_seen_at FROM articles WHERE id = ?1) ELSE max(d.made_at) END,"
        " coalesce(sum(d.returned), 0), max(d.returned_at), coalesce(sum(d.passed_over), 0)"
        " FROM texts t LEFT JOIN version_days d ON d.article_id = ?1 AND d.number = t.number"
        " GROUP BY t.number ORDER BY t.number",
        (article_id,),
    )
    return tuple(
        Version(
            number=number,
            title=title,
            text=unpacked(text),
            text_from=text_from,
            made_at=sure_instant(made),
            replaced_at=instant(replaced),
            returned=returned,
            returned_at=instant(returned_at),
            passed_over=passed_over,
        )
        for number, title, text, text_from, replaced, made, returned, returned_at, passed_over in rows
    )
