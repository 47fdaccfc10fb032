"""Connections to an archive file: opening, shape, transactions, and a driver's exceptions in plain words."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from monitor.errors import StoreError
from storage.values import placed

if TYPE_CHECKING:
    from monitor.text.bases import Plan

try:
    import pysqlite3 as driver
except ImportError:  # no wheel for this machine
    import sqlite3 as driver

Connection = Any
#: What every error of the driver is.
DriverError: type[Exception] = driver.Error

# The driver asks every value that is no number or text how it wants to be stored, which takes longer than storing it.
# These two it stores as they are.
driver.register_adapter(bytes, bytearray)
driver.register_adapter(type(None), {}.get)

#: "SCOW": tells our files from other people's.
APPLICATION_ID = 0x53434F57
MIGRATIONS = Path(__file__).parent / "migrations"
#: SQLite before this can corrupt a WAL database that two connections write. Source: https://sqlite.org/wal.html
SAFE_SQLITE = (3, 51, 3)
BUSY_SECONDS = 10.0
# an article takes one to three kilobytes: in pages of four, half would stay empty
_PAGE_SIZE = 8192

# Source: https://sqlite.org/fileformat2.html#walformat
_LOG_HEAD = 32

_warned = False


class _Connection(driver.Connection):  # type: ignore[misc,name-defined,unused-ignore]
    """A connection that remembers what its transactions left behind."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        #: To be done when the transaction is committed, and only then.
        self.when_committed: list[Callable[[], None]] = []
        #: Words whose forms are put down (storage.forms), by the rules for them.
        self.learned: dict[Plan, set[str]] = {}


# ---------------------------------------------------------------------------------------------- opening


def open_archive(path: Path) -> Connection:
    """A writing connection to the archive at that path, made or brought to its present shape. Raises: StoreError."""
    _warn_of_old_sqlite()
    with translated(path):
        if not path.exists():
            _refuse_orphaned_log(path)
            _create(path)
        refuse_foreign(path)
        connection = connect(path)
        try:
            _migrate(connection, path)
            connection.execute("PRAGMA journal_size_limit = 67108864")
            connection.execute("PRAGMA wal_autocheckpoint = 4000")  # 32 MB: pages that change often are moved once
        except BaseException:
            connection.close()
            raise
        return connection


def connect(path: Path, *, readonly: bool = False, immutable: bool = False) -> Connection:
    """A connection in autocommit mode, for any thread (callers see to it that only one uses it at a time).

    `immutable`: nobody writes to the file as long as it is open, and nothing is written beside it.
    """
    mode = "ro&immutable=1" if immutable else "ro" if readonly else "rw"
    connection = driver.connect(
        f"{path.absolute().as_uri()}?mode={mode}",
        uri=True,
        timeout=BUSY_SECONDS,
        isolation_level=None,
        check_same_thread=False,
        cached_statements=256,
        factory=_Connection,
    )
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA mmap_size = 0")
    connection.execute("PRAGMA cache_size = -8000")
    connection.execute("PRAGMA temp_store = MEMORY")
    return connection


def _warn_of_old_sqlite() -> None:
    global _warned
    if driver.sqlite_version_info < SAFE_SQLITE and not _warned:
        import logging

        _warned = True
        logging.getLogger(__name__).warning(
            "SQLite %s can damage an archive that two processes write: install pysqlite3, or SQLite %s or newer",
            driver.sqlite_version,
            ".".join(map(str, SAFE_SQLITE)),
        )


def refuse_foreign(path: Path) -> None:
    """Nothing, when the file is an archive. Looks at the header only, so that one which is not ours is not touched.

    Raises: StoreError.
    """
    if not path.is_file():
        raise StoreError(f"archive {path}: this is not a file; give the path of an archive, or of one to be made")
    if path.stat().st_size == 0:
        raise StoreError(
            f"archive {path}: the file is empty; put back a backup, or delete the file to start a new archive"
        )
    with path.open("rb") as file:
        head = file.read(100)
    if _stands_in_log(path, head):
        return
    if not head.startswith(b"SQLite format 3\0"):
        raise StoreError(f"archive {path}: this is no archive, or it is damaged at its start; put back a backup")
    if len(head) < 100 or int.from_bytes(head[68:72], "big") != APPLICATION_ID:
        raise StoreError(f"archive {path}: this is a database of another program; give another path")


def _refuse_orphaned_log(path: Path) -> None:
    """Nothing, when no archive's log lies where the archive is to be made: it is of one that has gone.

    Raises: StoreError.
    """
    log = path.with_name(f"{path.name}-wal")
    if log.exists() and log.stat().st_size > _LOG_HEAD:
        raise StoreError(
            f"archive {path}: the file is not there, but its log {log.name} is; put the file back, or a backup, or move"
            " the log away to start a new archive"
        )


def _stands_in_log(path: Path, head: bytes) -> bool:
    """Whether the file's start was being written when the power went, and stands whole in the log beside it."""
    log = path.with_name(f"{path.name}-wal")
    if head[68:72] == APPLICATION_ID.to_bytes(4, "big") or not log.exists() or log.stat().st_size <= _LOG_HEAD:
        return False
    with contextlib.suppress(driver.Error), contextlib.closing(connect(path, readonly=True)) as connection:
        return bool(connection.execute("PRAGMA application_id").fetchone()[0] == APPLICATION_ID)
    return False


# ---------------------------------------------------------------------------------------------- shape


def _create(path: Path) -> None:
    """Made beside its place and moved there when whole: a process that dies leaves no half archive."""
    if not path.parent.is_dir():
        raise StoreError(f"archive {path}: the folder {path.parent} is not there; make it, or run `scowatch init`")
    new = path.with_name(f".{path.name}.{os.urandom(6).hex()}.new")
    new.touch(exist_ok=False)
    try:
        with contextlib.closing(connect(new)) as connection:
            connection.execute(f"PRAGMA page_size = {_PAGE_SIZE}")
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute("PRAGMA journal_mode = WAL")
            _migrate(connection, path)
            _put_down_analyser(connection)
        _move_unless_there(new, path)
    finally:
        for ending in ("", "-wal", "-shm"):
            new.with_name(new.name + ending).unlink(missing_ok=True)


def _put_down_analyser(connection: Connection) -> None:
    """Says of an archive without articles what its index is made by."""
    from monitor.text.words import ANALYSER

    connection.execute("UPDATE index_state SET analyser = ?", (ANALYSER,))


def _move_unless_there(new: Path, path: Path) -> None:
    try:
        os.link(new, path)
    except FileExistsError:
        return  # somebody else was quicker: theirs is as good
    except OSError:  # a file system without links
        if not path.exists():
            new.rename(path)


def newest_shape() -> int:
    """Number of the newest migration."""
    return max(int(file.name[:4]) for file in MIGRATIONS.glob("[0-9][0-9][0-9][0-9]_*.sql"))


def _migrate(connection: Connection, path: Path) -> None:
    newest = newest_shape()
    shape = shape_of(connection)
    if shape < newest:
        connection.create_function("placed", 2, placed, deterministic=True)  # for 0006
    if shape > newest:
        raise StoreError(
            f"archive {path}: it was written by a newer scowatch (shape {shape}, this one knows {newest}); "
            "install that version, or put back a backup from before"
        )
    for file in sorted(MIGRATIONS.glob("[0-9][0-9][0-9][0-9]_*.sql")) if shape < newest else ():
        with transaction(connection, durable=True):
            if shape_of(connection) < (number := int(file.name[:4])):
                for statement in _statements(file.read_text(encoding="utf-8")):
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {number}")


def shape_of(connection: Connection) -> int:
    """Number of the newest migration that was applied to the archive."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _statements(script: str) -> Iterator[str]:
    """The statements of a migration: each ends with a semicolon at the end of a line."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if driver.complete_statement(statement):
            yield statement
            statement = ""
    if statement.strip():
        yield statement


# ---------------------------------------------------------------------------------------------- statements

# SQLite takes far more, but short statements are prepared once and used again
_CHUNK = 200


def rows_in(connection: Connection, statement: str, values: Sequence[object]) -> Iterator[Any]:
    """The rows of a statement that ends with ``… IN``, for any number of values."""
    for first in range(0, len(values), _CHUNK):
        part = values[first : first + _CHUNK]
        # always the same number of marks: one statement to prepare
        marks = ",".join("?" * _CHUNK)
        padded = [*part, *[part[-1]] * (_CHUNK - len(part))] if len(part) > 1 else part
        yield from connection.execute(f"{statement} ({marks if len(part) > 1 else '?'})", padded)


_WANTED = (
    "WITH RECURSIVE places (at) AS"
    " (VALUES (1) UNION ALL SELECT at + {size} FROM places WHERE at + {size} <= length(?1)),"
    " wanted (wanted) AS (SELECT substr(?1, at, {size}) FROM places) "
)


def rows_with(connection: Connection, statement: str, keys: Iterable[bytes], size: int) -> Iterator[Any]:
    """The rows of a statement that selects from ``wanted CROSS JOIN …``, whose only column `wanted` has the keys.

    All have that size. They go in as one value, which is five times quicker than one by one, and in order, so that
    those which lie side by side are found with one look.
    """
    joined = b"".join(sorted(keys))
    return connection.execute(_WANTED.format(size=size) + statement, (joined,)) if joined else iter(())


# ---------------------------------------------------------------------------------------------- transactions, errors


@contextlib.contextmanager
def transaction(connection: Connection, *, durable: bool) -> Iterator[Connection]:
    """All or nothing; the lock is taken at once. `durable`: on the disk when done, also if the power fails."""
    connection.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
    connection.execute("BEGIN IMMEDIATE")
    connection.when_committed.clear()
    try:
        yield connection
        connection.execute("COMMIT")
        for act in connection.when_committed:
            act()
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


_REASONS = (
    ("locked", "another process is writing to it and does not end; stop it, or try again"),
    ("full", "the disk is full; free some space and try again: nothing was half written"),
    ("readonly", "it cannot be written; look at the owner and the rights of the file and its folder"),
    ("unable to open", "it cannot be opened; look at the path, its owner and rights, and whether the disk is there"),
    (
        "malformed",
        "the file is damaged; `scowatch doctor` says where: a search index is made anew by `doctor --rebuild-index`,"
        " for anything else stop what uses the archive and put back a backup with `scowatch restore`",
    ),
    ("vtable constructor failed", "the search index is damaged; `scowatch doctor --rebuild-index` makes it anew"),
    ("not a database", "the file is damaged or no archive; put back a backup with `scowatch restore`"),
    ("I/O", "the disk reports an error; look at the disk and its free space, and at limits of file size"),
    ("memory", "there is not enough memory"),
    ("no such module: fts5", "this SQLite has no full-text search; install pysqlite3"),
    ("contentless_delete", "this SQLite is too old (3.43 is needed); install pysqlite3"),
)


@contextlib.contextmanager
def translated(path: Path) -> Iterator[None]:
    """The driver's and the system's exceptions as StoreError."""
    try:
        yield
    except driver.Error as error:
        raise StoreError(f"archive {path}: {_reason(error)}") from error
    except OSError as error:
        raise StoreError(
            f"archive {path}: {error.strerror or error}; look at the path, its rights and the disk"
        ) from error
    except (UnicodeEncodeError, OverflowError) as error:
        raise StoreError(f"archive {path}: a value that cannot be stored ({error}); nothing was written") from error


def _reason(error: Exception) -> str:
    text = str(error)
    for sign, reason in _REASONS:
        if sign.lower() in text.lower():
            return f"{reason} ({text})"
    return text
