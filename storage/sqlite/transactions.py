"""What every part of the store stands on: transactions of one connection that writes and another that reads, so that
searching never waits.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.errors import StoreError
from storage import integrity
from storage.connection import Connection, connect, open_archive, transaction, translated

if TYPE_CHECKING:
    from monitor.query import Vocabulary


class Transactions:
    """One archive file with its two connections."""

    def __init__(self, path: Path, vocabulary: Callable[[], Vocabulary] | None) -> None:
        self._path = path
        self._make_vocabulary = vocabulary
        self._writing, self._reading_lock = threading.Lock(), threading.RLock()
        self._writer = open_archive(path)
        self._reader: Connection | None = None
        self._closed = False
        self._told_of_index = False

    @cached_property
    def _known_vocabulary(self) -> Vocabulary:
        if self._make_vocabulary is None:
            from monitor.query import Vocabulary

            return Vocabulary()
        return self._make_vocabulary()

    def _vocabulary(self) -> Vocabulary:
        return self._known_vocabulary

    @contextmanager
    def _write(self, *, durable: bool = False) -> Iterator[Connection]:
        with self._writing, translated(self._path):
            self._require_open()
            with transaction(self._writer, durable=durable):
                yield self._writer

    @contextmanager
    def _read(self) -> Iterator[Connection]:
        """One moment of the archive: what is written meanwhile is not seen."""
        with self._reading_lock, translated(self._path):
            self._require_open()
            if self._reader is None:
                self._reader = connect(self._path, readonly=True)
            if self._reader.in_transaction:
                yield self._reader
                return
            self._reader.execute("BEGIN")
            try:
                yield self._reader
            finally:
                self._reader.execute("ROLLBACK")

    @contextmanager
    def _index_read(self, *, whole: bool) -> Iterator[None]:
        """To be entered in a reading transaction that asks the search index. `whole`: for what must miss nothing."""
        from storage import reindexing

        assert self._reader is not None
        if whole:
            reindexing.require_whole(self._reader, self._path)
        elif (found := reindexing.missing(self._reader)) is not None and not self._told_of_index:
            import logging

            self._told_of_index = True
            logging.getLogger(__name__).warning(
                "the search index is being made anew: %s of %s articles can be found so far", *found
            )
        with integrity.index_damage_told(self._path):
            yield

    def _require_open(self) -> None:
        if self._closed:
            raise StoreError(f"archive {self._path}: it was closed")

    def close(self) -> None:
        """Ends both connections; a second time does nothing."""
        with self._writing, self._reading_lock, translated(self._path):
            self._closed = True
            if self._reader is not None:
                self._reader.close()
            self._writer.close()


class NotStored(Exception):
    """Ends a transaction that must not be kept."""
