"""The search index made anew out of the articles, the newest first, in steps that can be taken up again at any time.

A sound index goes on answering: the new one is made beside it (`search_index_next`), what is stored meanwhile goes into
both, and in the end it takes the place of the old one in one transaction. A damaged index is put away at the beginning,
so that articles can be stored again; until the new one is whole, searches say that it is not, and what must not miss
anything (digests, alerts, exports of a search) waits.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from monitor.errors import StoreError
from storage import forms, integrity
from storage.connection import Connection, DriverError, rows_in
from storage.indexed import Indexed, facets_of, indexed, terms_of
from storage.values import list_of, unpacked

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

INDEX, BESIDE = "search_index", "search_index_next"
#: Articles of one step: a fraction of a second of work before the archive is locked, and far less while it is.
A_STEP = 200
_COLUMNS = "(rowid, title, text, title_bases, text_bases, facets) VALUES (?, ?, ?, ?, ?, ?)"


class State(NamedTuple):
    """The row of `index_state`."""

    analyser: int | None
    making: str | None
    making_by: int | None
    position: int | None


class Progress(NamedTuple):
    """Articles that a new index holds, of all that there are."""

    done: int
    total: int


def state(connection: Connection) -> State:
    """What the archive knows of its index."""
    return State(*connection.execute("SELECT analyser, making, making_by, position FROM index_state").fetchone())


def analyser() -> int:
    """Number of the analyser that articles are put into the index by."""
    from monitor.text.words import ANALYSER

    return ANALYSER


def is_by_present_analyser(connection: Connection) -> bool:
    """Whether the whole index was made by it: then the forms of all words are put down (storage.forms)."""
    found = state(connection)
    return found.analyser == analyser() and not found.making


def tables_to_fill(connection: Connection) -> tuple[str, ...]:
    """The indexes that have to learn of what is stored now."""
    (making,) = connection.execute("SELECT making FROM index_state").fetchone()
    return (INDEX, BESIDE) if making == BESIDE else (INDEX,)


def missing(connection: Connection) -> Progress | None:
    """How far the index is that searches are answered by; None: it is whole."""
    found = state(connection)
    if found.making != INDEX:
        return None
    return progress(connection, INDEX)


def require_whole(connection: Connection, path: Path) -> None:
    """Nothing, when searches find everything. Raises: StoreError."""
    if (found := missing(connection)) is not None:
        raise StoreError(
            f"archive {path}: its search index is being made anew ({found.done} of {found.total} articles) and would"
            " miss some: let `scowatch doctor --rebuild-index` finish first"
        )


def progress(connection: Connection, table: str) -> Progress:
    """How many of the articles that index holds."""
    counts = f"SELECT (SELECT count(*) FROM {table}_docsize), (SELECT count(*) FROM articles)"
    return Progress(*connection.execute(counts).fetchone())


# ---------------------------------------------------------------------------------------------- making it


def rebuild(read: Any, write: Any, *, damaged: bool) -> Iterator[Progress]:
    """Makes the index anew: how far it is, after each step that was stored.

    `read` and `write` open one transaction each. One that was begun before is continued, if the same analyser began it.
    """
    with read() as connection:
        settings = _settings(connection)
    _with_force_at_last(write, partial(_begin, damaged=damaged, settings=settings))
    while True:
        with read() as connection:
            found = state(connection)
            table = found.making or INDEX
            rows = _next_rows(connection, found.position)
            so_far = progress(connection, table)
        if not rows:
            if _with_force_at_last(write, _finish):
                return
            continue
        made = [_analysed(row) for row in rows]
        with write() as connection:
            _fill(connection, table, made)
            connection.execute("UPDATE index_state SET position = ?", (made[-1][0],))
        yield Progress(min(so_far.done + len(made), so_far.total), so_far.total)


def _with_force_at_last(write: Any, step: Callable[..., bool]) -> bool:
    """What the step says in a transaction of its own; tried once more, by force, when an index cannot be dropped: a
    transaction in which that went wrong is of no use any more."""
    try:
        with write() as connection:
            return step(connection)
    except StoreError as error:
        if not isinstance(error.__cause__, DriverError) or not integrity.is_damage(error.__cause__):
            raise
    with write() as connection:
        return step(connection, put_away=_forget)


def _drop(connection: Connection, table: str) -> None:
    connection.execute(f"DROP TABLE IF EXISTS {table}")


def _forget(connection: Connection, table: str) -> None:
    """Takes the table and those that it is kept in out of the list of tables, without touching a page of theirs: these
    stay behind, unused.

    Source: https://sqlite.org/pragma.html#pragma_writable_schema
    """
    connection.execute("PRAGMA writable_schema = ON")
    try:
        connection.execute(
            "DELETE FROM sqlite_schema WHERE tbl_name IN (?1, ?1 || '_data', ?1 || '_idx', ?1 || '_docsize',"
            " ?1 || '_config', ?1 || '_content')",
            (table,),
        )
    finally:
        connection.execute("PRAGMA writable_schema = RESET")


def _begin(
    connection: Connection,
    *,
    damaged: bool,
    settings: Sequence[tuple[str, object]],
    put_away: Callable[[Connection, str], None] = _drop,
) -> bool:
    connection.learned.clear()  # the forms of words are put down anew as well
    found = state(connection)
    if found.making and found.making_by == analyser() and not (damaged and found.making == BESIDE):
        return True
    statement = connection.execute("SELECT sql FROM sqlite_schema WHERE name = ?", (INDEX,)).fetchone()[0]
    table = INDEX if damaged or found.making == INDEX else BESIDE
    if table == INDEX:
        put_away(connection, INDEX)
    put_away(connection, BESIDE)
    connection.execute(statement.replace(INDEX, table, 1))
    connection.executemany(f"INSERT INTO {table} ({table}, rank) VALUES (?, ?)", settings)
    connection.execute("UPDATE index_state SET making = ?, making_by = ?, position = NULL", (table, analyser()))
    return True


def _settings(connection: Connection) -> Sequence[tuple[str, object]]:
    """What was set for the index; empty, when that cannot be read any more."""
    try:
        statement = f"SELECT k, v FROM {INDEX}_config WHERE k NOT IN ('version', 'delete')"
        return list(connection.execute(statement).fetchall())
    except DriverError:
        return ()


_ROW = "sort_key, source_id, lang, tags, story_id, title, text"


def _next_rows(connection: Connection, position: int | None) -> list[Any]:
    statement = f"SELECT {_ROW} FROM articles WHERE ?1 IS NULL OR sort_key < ?1 ORDER BY sort_key DESC LIMIT ?2"
    if position is not None:  # a statement that can use the order of the keys
        statement = f"SELECT {_ROW} FROM articles WHERE sort_key < ?1 ORDER BY sort_key DESC LIMIT ?2"
    return list(connection.execute(statement, (position, A_STEP)).fetchall())


def _analysed(row: Any) -> tuple[int, Indexed]:
    """Sort key, and what goes into the index."""
    key, source_id, lang, tags, story_id, title, text = row
    facets = facets_of(source_id, lang, list_of(tags), story_id)
    return key, indexed(terms_of(title, unpacked(text), lang), lang, facets)


def _fill(connection: Connection, table: str, made: Sequence[tuple[int, Indexed]]) -> None:
    """Puts in what is not there: whatever was stored since it was read has been put in by whoever stored it."""
    keys = [key for key, _ in made]
    there = {key for (key,) in rows_in(connection, f"SELECT id FROM {table}_docsize WHERE id IN", keys)}
    still = {key for (key,) in rows_in(connection, "SELECT sort_key FROM articles WHERE sort_key IN", keys)}
    rows = sorted((key, *one.columns) for key, one in made if key in still and key not in there)
    connection.executemany(f"INSERT INTO {table} {_COLUMNS}", rows)
    forms.learn(connection, [(one.lang, one.words) for _, one in made])


def _finish(connection: Connection, *, put_away: Callable[[Connection, str], None] = _drop) -> bool:
    """Whether the new index is whole; then it takes its place."""
    found = state(connection)
    table = found.making or INDEX
    left = connection.execute(
        f"SELECT max(sort_key) FROM articles WHERE sort_key NOT IN (SELECT id FROM {table}_docsize)"
    ).fetchone()[0]
    if left is not None:
        connection.execute("UPDATE index_state SET position = ?", (left + 1,))
        return False
    connection.execute(
        f"DELETE FROM {table} WHERE rowid IN (SELECT id FROM {table}_docsize WHERE id NOT IN"
        " (SELECT sort_key FROM articles))"
    )
    if table == BESIDE:
        put_away(connection, INDEX)
        connection.execute(f"ALTER TABLE {BESIDE} RENAME TO {INDEX}")
    connection.execute("UPDATE index_state SET analyser = making_by, making = NULL, making_by = NULL, position = NULL")
    return True


def is_damaged(connection: Connection) -> bool:
    """Whether the index cannot be relied on. Reads all of it."""
    return bool(integrity.damages_of_index(connection))
