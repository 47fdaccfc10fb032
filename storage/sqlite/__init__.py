"""The archive in one SQLite file. Each module of this package answers one part of monitor.ports.Store: a method is a
transaction around statements, which stand in the modules beside the package.

What only some commands need (searching, telling, their words) is imported where it is used: a start is to be short.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.errors import StoreError
from storage import integrity
from storage.sqlite.collecting import Collecting
from storage.sqlite.delivering import Delivering
from storage.sqlite.searching import Searching
from storage.sqlite.stories import Stories
from storage.sqlite.telling import Telling

if TYPE_CHECKING:
    from monitor.query import Vocabulary
    from storage.evidence import EvidenceRows


def open_store(url: str, vocabulary: Callable[[], Vocabulary] | None) -> SqliteStore:
    """The archive at ``sqlite:///relative/path`` or ``sqlite:////absolute/path``, as it stands: nothing in it is
    decoded. Raises: StoreError."""
    path = url.removeprefix("sqlite:///")
    if not url.startswith("sqlite:///") or not path:
        raise StoreError(f"[storage] url: {url!r} names no file; write sqlite:///archive.db")
    return SqliteStore(Path(path), vocabulary)


class SqliteStore(Collecting, Searching, Stories, Telling, Delivering):
    """Implements monitor.ports.Store."""

    def rebuild_index(self) -> Iterator[tuple[int, int]]:
        from storage import reindexing

        with integrity.looked_at(self._path) as connection:
            damaged = reindexing.is_damaged(connection)
        yield from reindexing.rebuild(self._read, self._write, damaged=damaged)

    @cached_property
    def evidence(self) -> EvidenceRows:
        from storage.evidence import EvidenceRows

        return EvidenceRows(self._read, partial(self._write, durable=True))
