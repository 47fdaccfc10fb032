"""Stories, their articles, and what people decide on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from storage.sqlite.transactions import Transactions

if TYPE_CHECKING:
    from datetime import datetime

    from monitor.types import Decision, Member, Relation


class Stories(Transactions):
    """The section `stories` of monitor.ports.Store."""

    def story(self, number: int) -> int | None:
        from storage import stories

        with self._read() as connection:
            return stories.number_of(connection, number)

    def stories(
        self, since: datetime | None = None, until: datetime | None = None, source_id: str | None = None
    ) -> tuple[int, ...]:
        from storage import stories

        with self._read() as connection:
            return stories.within(connection, since, until, source_id)

    def members(self, story_ids: Sequence[int]) -> Mapping[int, tuple[Member, ...]]:
        from storage import stories

        with self._read() as connection:
            return stories.members(connection, story_ids)

    def facts(self, article_ids: Sequence[int]) -> Mapping[int, bytes]:
        from storage import stories

        with self._read() as connection:
            return stories.facts(connection, article_ids)

    def latest_facts(self, limit: int) -> tuple[bytes, ...]:
        from storage import neighbours

        with self._read() as connection:
            return neighbours.latest_facts(connection, limit)

    def relations(self, article_ids: Sequence[int]) -> Mapping[int, tuple[Relation, ...]]:
        from storage import stories

        with self._read() as connection:
            return stories.relations(connection, article_ids)

    def split(self, story_id: int, article_ids: Sequence[int], at: datetime) -> int:
        from storage import stories

        with self._write(durable=True) as connection:
            return stories.split(connection, story_id, article_ids, at)

    def merge(self, story_id: int, into_id: int, at: datetime) -> int:
        from storage import stories

        with self._write(durable=True) as connection:
            return stories.merge(connection, story_id, into_id, at)

    def decisions(self, story_id: int) -> tuple[Decision, ...]:
        from storage import stories

        with self._read() as connection:
            return stories.decisions(connection, story_id)
