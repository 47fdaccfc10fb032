"""Looking at an archive file without changing it: what is damaged, and how many rows there are."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from storage.connection import Connection, DriverError, connect, refuse_foreign, shape_of

#: Problems that are listed; further ones change nothing.
_MOST = 50
#: The full-text index and the tables that it is kept in begin with this.
INDEX = "search_index"


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """One thing that is wrong with the file."""

    #: The table that it concerns; None: could not be told.
    table: str | None
    #: As SQLite says it.
    text: str

    @property
    def of_index(self) -> bool:
        """Whether only the search index is concerned, which can be made anew out of the articles."""
        return self.table is not None and self.table.startswith(INDEX)

    @property
    def unused(self) -> bool:
        """Whether it is only space that nothing refers to."""
        return "never used" in self.text


@contextlib.contextmanager
def looked_at(path: Path) -> Iterator[Connection]:
    """A reading connection to an archive of any shape, also where nothing may be written.

    Raises: StoreError, when it is no archive; the driver's errors.
    """
    refuse_foreign(path)
    connection = connect(path)  # one that may write takes away the files beside the archive that reading needs
    connection.execute("PRAGMA query_only = ON")
    try:
        connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    except DriverError:
        connection.close()
        log = path.with_name(f"{path.name}-wal")
        if log.exists() and log.stat().st_size:  # it cannot be read without writing beside it
            raise
        connection = connect(path, readonly=True, immutable=True)
    try:
        yield connection
    finally:
        connection.close()


@contextlib.contextmanager
def one_moment(connection: Connection) -> Iterator[None]:
    """What is written meanwhile is not seen."""
    connection.execute("BEGIN")
    try:
        connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        yield
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def damages(connection: Connection) -> tuple[Damage, ...]:
    """What is wrong with the file; empty: it is sound. Reads all of it."""
    try:
        roots = dict(connection.execute("SELECT rootpage, coalesce(tbl_name, name) FROM sqlite_schema"))
        rows = connection.execute(f"PRAGMA integrity_check({_MOST})").fetchall()
    except DriverError as error:
        return (Damage(table=None, text=str(error)),)
    texts = [line for (text,) in rows for line in str(text).splitlines() if line != "ok"]
    return tuple(Damage(table=_table_of(text, roots), text=text) for text in texts if not text.startswith("***"))


def damages_of_index(connection: Connection) -> tuple[Damage, ...]:
    """The same of the search index alone."""
    try:
        tables = [
            name
            for (name,) in connection.execute(
                "SELECT name FROM sqlite_schema WHERE type = 'table' AND name IN (?1, ?1 || '_data', ?1 || '_idx',"
                " ?1 || '_docsize', ?1 || '_config') ORDER BY length(name) DESC",
                (INDEX,),
            )
        ]
        rows = [row for table in tables for row in connection.execute(f"PRAGMA integrity_check({table})")]
    except DriverError as error:
        return (Damage(table=INDEX, text=str(error)),)
    return tuple(Damage(table=INDEX, text=text) for (text,) in rows if text != "ok")


def _table_of(text: str, roots: Mapping[int, str]) -> str | None:
    """The table that a line of the check is about."""
    words = text.replace(":", " ").replace(".", " ").split()
    if words[:1] == ["Tree"] and len(words) > 1 and words[1].isdigit():
        return roots.get(int(words[1]))
    named = [word for word in words if word in roots.values() or word.startswith(INDEX)]
    return named[0] if named else None


def tables(connection: Connection) -> tuple[str, ...]:
    """All plain tables: neither the driver's own nor those that an index is kept in."""
    found = connection.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'table' ORDER BY name").fetchall()
    virtual = [name for name, sql in found if sql and sql.upper().startswith("CREATE VIRTUAL")]
    return tuple(
        name
        for name, _ in found
        if not name.startswith("sqlite_") and not any(name == v or name.startswith(f"{v}_") for v in virtual)
    )


def rows(connection: Connection) -> Mapping[str, int]:
    """How many rows each plain table has."""
    return {table: connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0] for table in tables(connection)}


def shape(connection: Connection) -> int:
    """Number of the newest migration that was applied."""
    return shape_of(connection)
