"""What is news to a subscription, what it was told, and the digests that tell it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from monitor.errors import StoreError
from storage.sqlite.transactions import NotStored, Transactions

if TYPE_CHECKING:
    from datetime import datetime

    from monitor.query import Query
    from monitor.types import Dated, Digest, Kept, Ledger, Mute, News, Subscription
    from storage.news import Fresh


class Telling(Transactions):
    """The sections `telling`, `mutes` and `what was told` of monitor.ports.Store."""

    @cached_property
    def _fresh(self) -> Fresh:
        from storage.news import Fresh

        return Fresh()

    def ledger(self, subscription: Subscription, now: datetime) -> Ledger:
        from storage import ledger

        with self._read() as connection:
            known = ledger.ledger(connection, subscription.id)
        if known is not None:
            return known
        with self._write(durable=True) as connection:
            ledger.meet(connection, subscription, now)
            met = ledger.ledger(connection, subscription.id)
        assert met is not None
        return met

    def news(self, subscription_id: str, query: Query, until: datetime | None = None) -> tuple[News, ...]:
        from storage import news, search

        with self._read() as connection:
            sought = search.sought(connection, query)
            with self._index_read(whole=True):
                return news.untold(connection, subscription_id, sought, until, self._vocabulary, self._fresh)

    def held(self, subscription_id: str) -> tuple[tuple[int, int], ...]:
        from storage import asked

        with self._read() as connection:
            return asked.held(connection, subscription_id)

    def said_before(self, news: Sequence[News]) -> Mapping[int, tuple[Kept, ...]]:
        from storage import asked

        with self._read() as connection:
            return asked.said_before(connection, news)

    def stories_by_day(self, until: datetime, days: int) -> Mapping[str, tuple[int, ...]]:
        from storage import asked

        with self._read() as connection:
            return asked.stories_by_day(connection, until, days)

    def last_digest(self, subscription_id: str) -> tuple[str, tuple[Dated, ...] | None] | None:
        from storage import asked

        with self._read() as connection:
            return asked.last_digest(connection, subscription_id)

    def add_digests(
        self,
        subscription_id: str,
        digests: Sequence[Digest],
        *,
        channel_id: str,
        cursor_from: int,
        cursor_to: int,
        hold: Iterable[tuple[int, int]] = (),
        release: Iterable[int] = (),
        last_end_at: datetime | None = None,
        uncounted: Iterable[tuple[str, int]] | None = None,
    ) -> bool:
        """As the port says. A digest whose key is taken refuses the whole; an alert whose key is taken is left out,
        since its story has been told."""
        from storage import ledger

        try:
            with self._write(durable=True) as connection:
                stored = ledger.add_digests(
                    connection,
                    subscription_id,
                    digests,
                    channel_id=channel_id,
                    cursor_from=cursor_from,
                    cursor_to=cursor_to,
                    hold=hold,
                    release=release,
                    last_end_at=last_end_at,
                    uncounted=uncounted,
                )
                if not stored:
                    raise NotStored
        except NotStored:
            return False
        return True

    def head(self) -> int:
        from storage import ledger

        with self._read() as connection:
            return ledger.head(connection)

    def alerts_between(self, subscription_id: str, since: datetime, until: datetime) -> int:
        from storage import ledger

        with self._read() as connection:
            return ledger.alerts_between(connection, subscription_id, since, until)

    def alerted_at(self, subscription_id: str, story_ids: Sequence[int]) -> Mapping[int, datetime]:
        from storage import ledger

        with self._read() as connection:
            return ledger.alerted_at(connection, subscription_id, story_ids)

    def of_stories(self, story_ids: Sequence[int]) -> tuple[News, ...]:
        from storage import news

        with self._read() as connection:
            return news.of_stories(connection, story_ids)

    def changed(self, query: Query, since: datetime, until: datetime) -> tuple[News, ...]:
        from storage import news, search

        with self._read() as connection:
            return news.changed(connection, search.sought(connection, query), since, until, self._vocabulary)

    def daily(self, now: datetime, days: int) -> Mapping[str, tuple[int, ...]]:
        from storage import news

        with self._read() as connection:
            return news.daily(connection, now, days)

    def mutes(self, now: datetime) -> tuple[Mute, ...]:
        from storage import mutes

        with self._read() as connection:
            return mutes.mutes(connection, now)

    def add_mute(self, mute: Mute) -> int:
        from storage import mutes

        with self._write(durable=True) as connection:
            return mutes.add(connection, mute)

    def remove_mute(self, number: int) -> bool:
        from storage import mutes

        with self._write(durable=True) as connection:
            return mutes.remove(connection, number)

    def told_stories(self, subscription_id: str, story_ids: Sequence[int]) -> frozenset[int]:
        from storage import ledger

        with self._read() as connection:
            return ledger.told_stories(connection, subscription_id, story_ids)

    def told_articles(self, subscription_id: str, article_ids: Sequence[int]) -> frozenset[int]:
        from storage import ledger

        with self._read() as connection:
            return ledger.told_articles(connection, subscription_id, article_ids)

    def last_told(self, subscription_id: str, story_ids: Sequence[int]) -> Mapping[int, tuple[str, Digest]]:
        from storage import ledger

        with self._read() as connection:
            return ledger.last_told(connection, subscription_id, story_ids)

    def digest(self, key: str) -> Digest:
        """Raises: StoreError, also when there is none with that key."""
        from storage import ledger

        with self._read() as connection:
            found = ledger.digest(connection, key)
        if found is None:
            raise StoreError(f"archive {self._path}: there is no digest {key!r}")
        return found
