"""What passes bring in and what is remembered of sources; old articles tagged anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from storage import health, polls, reading, tags
from storage.sqlite.transactions import Transactions

if TYPE_CHECKING:
    from datetime import datetime

    from monitor.ports import Placer
    from monitor.types import (
        Collected,
        Kept,
        Known,
        ListVersion,
        Move,
        Presence,
        Recorded,
        Retagged,
        SourceEvent,
        SourceState,
        Validators,
    )


class Collecting(Transactions):
    """The sections `collecting` and `tagging anew` of monitor.ports.Store."""

    def source_states(self) -> Mapping[str, SourceState]:
        with self._read() as connection:
            return reading.source_states(connection)

    def validators(self, urls: Sequence[str]) -> Mapping[str, Validators]:
        with self._read() as connection:
            return reading.validators(connection, urls)

    def known(self, source_id: str | None, entry_keys: Sequence[str]) -> Mapping[str, Known]:
        with self._read() as connection:
            return reading.known(connection, source_id, entry_keys)

    def record(self, collected: Collected, placer: Placer | None = None) -> Recorded:
        with self._write() as connection:
            return polls.record(connection, (collected,), placer)[0]

    def record_all(self, several: Sequence[Collected], placer: Placer | None = None) -> tuple[Recorded, ...]:
        with self._write() as connection:
            return polls.record(connection, several, placer)

    def moves(self) -> Mapping[str, Move]:
        with self._read() as connection:
            return health.moves(connection)

    def host_pauses(self, now: datetime) -> Mapping[str, datetime]:
        with self._read() as connection:
            return health.host_pauses(connection, now)

    def source_events(self, since: datetime | None = None, after: int = 0) -> tuple[SourceEvent, ...]:
        with self._read() as connection:
            return health.events(connection, since, after)

    def looks_due(self, source_ids: Sequence[str], now: datetime, of_one: int, most: int) -> tuple[Presence, ...]:
        from storage import presence

        with self._read() as connection:
            return presence.due(connection, source_ids, now, of_one, most)

    def record_looks(self, several: Sequence[Presence], pauses: Mapping[str, datetime], now: datetime) -> None:
        from storage import presence

        with self._write() as connection:
            presence.record(connection, several, pauses, now)

    def note_event(self, event: SourceEvent) -> bool:
        with self._read() as connection:
            if health.last_became(connection, event.source_id) == event.became:
                return False
        with self._write() as connection:
            health.add_event(connection, event)
        return True

    def lists(self) -> tuple[ListVersion, ...]:
        with self._read() as connection:
            return tags.lists(connection)

    def tagged_otherwise(self, digest: str) -> int:
        with self._read() as connection:
            return tags.tagged_otherwise(connection, digest)

    def to_retag(self, digest: str, after: int = 0, limit: int = 200) -> tuple[Kept, ...]:
        with self._read() as connection:
            numbers = tags.next_to_retag(connection, digest, after, limit)
            kept = reading.kept_by_id(connection, numbers)
        return tuple(kept[number] for number in numbers)

    def retag(
        self, by: ListVersion, retagged: Sequence[Retagged], at: datetime, placer: Placer | None = None
    ) -> frozenset[int]:
        from storage import retagging

        with self._write() as connection:
            return retagging.retag(connection, by, retagged, at, placer)
