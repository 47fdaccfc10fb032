"""Rows of the pages that are kept, and of who refers to their articles."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import TYPE_CHECKING, Any

from monitor.types import Aged, Snapshot
from storage.connection import Connection, rows_in
from storage.values import digest_of, instant, micros, sure_instant

if TYPE_CHECKING:
    from storage.batch import Batch

_COLUMNS = (
    "snapshots.id, article_id, version, at, url, final_url, status, digest, size, record_id, name, start, length,"
    " revisit_of, removed_at"
)
_FROM = "snapshots JOIN snapshot_files ON snapshot_files.id = file_id"


def row(batch: Batch, article_id: int, snapshot: Snapshot) -> tuple[object, ...]:
    """What is stored of a snapshot of that article, as it now is."""
    return (
        *(article_id, micros(snapshot.at), digest_of(snapshot.final_url)),
        *(None if snapshot.url == snapshot.final_url else snapshot.url, snapshot.final_url, snapshot.status),
        *(bytes.fromhex(snapshot.digest), snapshot.size, uuid.UUID(snapshot.record_id).bytes),
        *(file_id(batch.connection, snapshot.file), snapshot.offset, snapshot.length, snapshot.revisit_of),
    )


def file_id(connection: Connection, name: str) -> int:
    """Number of the file; one that is not known gets one."""
    connection.execute("INSERT INTO snapshot_files (name) VALUES (?) ON CONFLICT DO NOTHING", (name,))
    found = connection.execute("SELECT id FROM snapshot_files WHERE name = ?", (name,)).fetchone()
    return int(found[0])


#: One reading, or one writing that is on the disk when it is done.
_Doing = Callable[[], AbstractContextManager[Connection]]


class EvidenceRows:
    """Implements monitor.ports.Evidence, for an archive whose reading and writing is done so."""

    def __init__(self, reading: _Doing, writing: _Doing) -> None:
        self._reading, self._writing = reading, writing

    def ends(self, names: Sequence[str]) -> Mapping[str, int]:
        with self._reading() as connection:
            return ends(connection, names)

    def of_article(self, article_id: int) -> tuple[Snapshot, ...]:
        with self._reading() as connection:
            return of_article(connection, article_id)

    def by_id(self, ids: Sequence[int]) -> Mapping[int, Snapshot]:
        with self._reading() as connection:
            return by_id(connection, ids)

    def last_whole(self, final_url: str) -> Snapshot | None:
        with self._reading() as connection:
            return last_whole(connection, final_url)

    def aged(self, before: datetime) -> tuple[Aged, ...]:
        with self._reading() as connection:
            return aged(connection, before)

    def files(self) -> tuple[str, ...]:
        with self._reading() as connection:
            rows = connection.execute("SELECT name FROM snapshot_files ORDER BY name").fetchall()
        return tuple(name for (name,) in rows)

    def in_file(self, name: str) -> tuple[Snapshot, ...]:
        with self._reading() as connection:
            return in_file(connection, name)

    def cited(self, article_id: int) -> Mapping[str, datetime]:
        with self._reading() as connection:
            return cited(connection, article_id)

    def cite(self, article_ids: Iterable[int], why: str, at: datetime) -> None:
        with self._writing() as connection:
            cite(connection, article_ids, why, at)

    def uncite(self, article_id: int, why: str) -> bool:
        with self._writing() as connection:
            return uncite(connection, article_id, why)

    def move(self, places: Mapping[int, tuple[str, int]], removed: Sequence[int], at: datetime) -> bool:
        with self._writing() as connection:
            return move(connection, places, removed, at)


# ---------------------------------------------------------------------------------------------- reading


def ends(connection: Connection, names: Sequence[str]) -> Mapping[str, int]:
    """By name of the file: up to which byte something is named in it."""
    statement = (
        "SELECT name, (SELECT max(start + length) FROM snapshots WHERE file_id = snapshot_files.id AND start ="
        " (SELECT max(start) FROM snapshots WHERE file_id = snapshot_files.id)) FROM snapshot_files WHERE name IN"
    )
    return {name: end for name, end in rows_in(connection, statement, names) if end is not None}


def of_article(connection: Connection, article_id: int) -> tuple[Snapshot, ...]:
    """All pages ever kept of the article, oldest first, also those that were taken away."""
    rows = connection.execute(f"SELECT {_COLUMNS} FROM {_FROM} WHERE article_id = ? ORDER BY at, 1", (article_id,))
    return tuple(map(_snapshot, rows))


def by_id(connection: Connection, ids: Sequence[int]) -> Mapping[int, Snapshot]:
    rows = rows_in(connection, f"SELECT {_COLUMNS} FROM {_FROM} WHERE snapshots.id IN", ids)
    return {row[0]: _snapshot(row) for row in rows}


def last_whole(connection: Connection, final_url: str) -> Snapshot | None:
    """The last snapshot of that page, or the one that it repeats; None: there is none with its body at hand."""
    found = connection.execute(
        "SELECT coalesce(revisit_of, id) FROM snapshots WHERE key = ? AND final_url = ? AND removed_at IS NULL"
        " ORDER BY at DESC, id DESC LIMIT 1",
        (digest_of(final_url), final_url),
    ).fetchone()
    snapshot = by_id(connection, [found[0]]).get(found[0]) if found else None
    return snapshot if snapshot is not None and snapshot.removed_at is None else None


def _snapshot(row: Any) -> Snapshot:
    (number, article_id, version, at, url, final_url, status, digest, size, record_id, name, start, length) = row[:13]
    return Snapshot(
        id=number,
        article_id=article_id,
        version=version,
        at=sure_instant(at),
        url=url or final_url,
        final_url=final_url,
        status=status,
        digest=bytes(digest).hex(),
        size=size,
        record_id=f"urn:uuid:{uuid.UUID(bytes=bytes(record_id))}",
        file=name,
        offset=start,
        length=length,
        revisit_of=row[13],
        removed_at=instant(row[14]),
    )


def aged(connection: Connection, before: datetime) -> tuple[Aged, ...]:
    """The snapshots from before that instant, and those that repeat one of them; not those taken away."""
    rows = connection.execute(
        "SELECT s.id, s.article_id, a.source_id, s.at, f.name, s.revisit_of,"
        " EXISTS (SELECT 1 FROM cited WHERE cited.article_id = s.article_id)"
        " FROM snapshots s JOIN articles a ON a.id = s.article_id JOIN snapshot_files f ON f.id = s.file_id"
        " WHERE s.removed_at IS NULL AND (s.at < ?1 OR s.revisit_of IN (SELECT id FROM snapshots WHERE at < ?1))"
        " ORDER BY s.id",
        (micros(before),),
    )
    return tuple(
        Aged(
            id=number,
            article_id=article_id,
            source_id=source_id,
            at=sure_instant(at),
            file=name,
            revisit_of=revisit_of,
            cited=bool(cited),
        )
        for number, article_id, source_id, at, name, revisit_of, cited in rows
    )


def in_file(connection: Connection, name: str) -> tuple[Snapshot, ...]:
    """What is named in that file, in its order."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM {_FROM} WHERE name = ? AND removed_at IS NULL ORDER BY start", (name,)
    )
    return tuple(map(_snapshot, rows))


def cited(connection: Connection, article_id: int) -> Mapping[str, datetime]:
    """Why the article's pages are never taken away, and since when."""
    rows = connection.execute("SELECT why, at FROM cited WHERE article_id = ? ORDER BY why", (article_id,))
    return {why: sure_instant(at) for why, at in rows}


# ---------------------------------------------------------------------------------------------- changing


def cite(connection: Connection, article_ids: Iterable[int], why: str, at: datetime) -> None:
    connection.executemany(
        "INSERT INTO cited (article_id, why, at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        [(number, why, micros(at)) for number in article_ids],
    )


def uncite(connection: Connection, article_id: int, why: str) -> bool:
    """Whether there was such a row."""
    found = connection.execute("DELETE FROM cited WHERE article_id = ? AND why = ? RETURNING 1", (article_id, why))
    return bool(found.fetchall())


def move(connection: Connection, places: Mapping[int, tuple[str, int]], removed: Sequence[int], at: datetime) -> bool:
    """Whether it is done: records lie elsewhere, and those of `removed` are gone. False, and nothing is changed, when
    somebody refers to one of these by now, or another one repeats it."""
    if removed and _wanted(connection, removed):
        return False
    files = {name: file_id(connection, name) for name in {name for name, _ in places.values()}}
    connection.executemany(
        "UPDATE snapshots SET file_id = ?, start = ? WHERE id = ?",
        [(files[name], start, number) for number, (name, start) in places.items()],
    )
    connection.executemany("UPDATE snapshots SET removed_at = ? WHERE id = ?", [(micros(at), n) for n in removed])
    return True


def _wanted(connection: Connection, removed: Sequence[int]) -> bool:
    articles = [row[0] for row in rows_in(connection, "SELECT article_id FROM snapshots WHERE id IN", removed)]
    if any(rows_in(connection, "SELECT 1 FROM cited WHERE article_id IN", articles)):
        return True
    going = frozenset(removed)
    statement = "SELECT id FROM snapshots WHERE removed_at IS NULL AND revisit_of IN"
    return any(number not in going for (number,) in rows_in(connection, statement, removed))
