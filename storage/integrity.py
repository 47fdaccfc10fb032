"""Looking at an archive file without changing it: what is damaged, and how many rows there are."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from monitor.errors import StoreError
from storage.connection import Connection, DriverError, connect, refuse_foreign, shape_of

#: Problems that are listed; further ones change nothing. Space that nothing refers to takes a line a page, and stands
#: before what matters.
_MOST = 50
_ASKED_FOR = 10_000_000
_UNUSED = "never used"
#: What stands around a name in what the driver says.
_AROUND_NAMES = str.maketrans(dict.fromkeys(':."', " "))
#: Of damage, in the same.
_SIGNS = ("malformed", "corrupt", "vtable constructor failed")
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
        return _UNUSED in self.text


@contextlib.contextmanager
def looked_at(path: Path) -> Iterator[Connection]:
    """A reading connection to an archive of any shape, also where nothing may be written.

    Raises: StoreError, when it is no archive; the driver's errors.
    """
    refuse_foreign(path)
    connection = _opened(path)
    try:
        yield connection
    finally:
        connection.close()


def _opened(path: Path) -> Connection:
    """One that may write takes away the files beside the archive that reading needs; else one that may not."""
    log = path.with_name(f"{path.name}-wal")
    ways = [{}, {"readonly": True}]
    if not log.exists() or not log.stat().st_size:  # otherwise the file alone is not the archive
        ways.append({"immutable": True})
    for way in ways:
        connection = None
        try:
            connection = connect(path, **way)
            connection.execute("PRAGMA query_only = ON")
            connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        except DriverError:
            if connection is not None:
                connection.close()
            if way is ways[-1]:
                raise
        else:
            return connection
    raise AssertionError("no way to open an archive")


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
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    except DriverError as error:
        return (Damage(table=None, text=str(error)),)
    try:
        rows = connection.execute(f"PRAGMA integrity_check({_ASKED_FOR})").fetchall()
    except DriverError as error:  # it is given up at a page that cannot be read at all
        return _damages_of(connection, names) or (Damage(table=None, text=str(error)),)
    texts = [line for (text,) in rows for line in str(text).splitlines() if line != "ok" and line[:3] != "***"]
    unused = [text for text in texts if _UNUSED in text]
    found = [Damage(table=_table_of(text, roots), text=text) for text in texts if _UNUSED not in text]
    told = [Damage(table=None, text=f"{len(unused)} pages of the file: {_UNUSED}")] if unused else []
    return (*found[:_MOST], *told)


def damages_of_index(connection: Connection) -> tuple[Damage, ...]:
    """The same of the search index alone."""
    parts = [INDEX, *(f"{INDEX}_{part}" for part in ("data", "idx", "docsize", "config"))]
    return _damages_of(connection, parts)


def _damages_of(connection: Connection, names: Iterable[str]) -> tuple[Damage, ...]:
    """What is wrong with those tables, each looked at by itself."""
    found = []
    for name in names:
        try:
            rows = connection.execute(f'PRAGMA integrity_check("{name}")').fetchall()
        except DriverError as error:
            rows = [(str(error),)]
        found += [Damage(table=name, text=str(text)) for (text,) in rows if text != "ok"]
    return tuple(found[:_MOST])


def is_damage(error: BaseException) -> bool:
    """Whether the driver complains of a file that is not as it was written."""
    return any(sign in str(error) for sign in _SIGNS)


@contextlib.contextmanager
def index_damage_told(path: Path) -> Iterator[None]:
    """The driver's complaint about damage, met while the search index is asked, as what can be done about it."""
    try:
        yield
    except DriverError as error:
        if not is_damage(error):
            raise
        raise StoreError(
            f"archive {path}: its search index is damaged ({error}); no article is lost:"
            " `scowatch doctor --rebuild-index` makes the index anew out of them"
        ) from error


def _table_of(text: str, roots: Mapping[int, str]) -> str | None:
    """The table that a line of the check is about."""
    words = text.translate(_AROUND_NAMES).split()
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
