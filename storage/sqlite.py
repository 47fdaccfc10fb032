"""The archive in one SQLite file: one connection that writes, another that reads, so that searching never waits."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.errors import StoreError
from storage import health, integrity, polls, reading, tags
from storage.connection import Connection, connect, open_archive, transaction, translated

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from monitor.ports import Placer
    from monitor.query import Query, Vocabulary
    from monitor.types import (
        Collected,
        Dated,
        Decision,
        Delivery,
        Digest,
        Found,
        Kept,
        Known,
        Ledger,
        ListVersion,
        Match,
        Member,
        Move,
        Mute,
        News,
        Presence,
        PutDown,
        Reached,
        Recorded,
        Relation,
        Retagged,
        SourceEvent,
        SourceState,
        Stopped,
        Subscription,
        Validators,
        Version,
    )
    from storage.evidence import EvidenceRows
    from storage.news import Fresh
    from storage.search import Totals

# What only some commands need (searching, telling, their words) is imported where it is used: a start is to be short.

#: Articles that an export reads at a time: no reader stays long, so that the write-ahead log can be taken back.
_EXPORTED_AT_ONCE = 500


def open_store(url: str, vocabulary: Callable[[], Vocabulary] | None) -> SqliteStore:
    """The archive at ``sqlite:///relative/path`` or ``sqlite:////absolute/path``, as it stands: nothing in it is
    decoded. Raises: StoreError."""
    path = url.removeprefix("sqlite:///")
    if not url.startswith("sqlite:///") or not path:
        raise StoreError(f"[storage] url: {url!r} names no file; write sqlite:///archive.db")
    return SqliteStore(Path(path), vocabulary)


class SqliteStore:
    """Implements monitor.ports.Store."""

    def __init__(self, path: Path, vocabulary: Callable[[], Vocabulary] | None) -> None:
        self._path = path
        self._make_vocabulary = vocabulary
        self._fresh: Fresh | None = None
        self._writing, self._reading_lock = threading.Lock(), threading.RLock()
        self._writer = open_archive(path)
        self._reader: Connection | None = None
        self._closed = False
        self._told_of_index = False

    @cached_property
    def _totals(self) -> Totals:
        from storage.search import Totals

        return Totals()

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

    # -- collecting
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

    # -- reading
    def search(
        self,
        query: Query,
        *,
        sort: str = "newest",
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int = 20,
        offset: int = 0,
        after: str | None = None,
        facets: bool = False,
        highlights: bool = False,
    ) -> Found:
        from monitor.query import wanted_words
        from monitor.types import Found, Hit
        from storage import paging, ranking, search, snippets

        with self._read() as connection:
            with self._index_read(whole=False):
                found = search.plan(connection, _sought(connection, query), self._vocabulary, since, until)
                if sort == "relevance":
                    signs = ranking.signs(connection, query)
                    page = paging.page_by_rank(connection, found, signs, limit, offset, after)
                else:
                    page = paging.page_by_time(connection, found, limit, offset, after)
                total = self._totals.of(connection, found) if page.total is None else page.total
                counted = None
                if facets:
                    from storage.facets import facets as count

                    counted = count(connection, found, self._vocabulary())
            kept = reading.kept_by_key(connection, [row_id for row_id, _ in page.hits])
            wanted = snippets.with_forms(connection, wanted_words(query.root))
        return Found(
            total=total,
            hits=tuple(
                Hit(
                    kept=one,
                    snippet=snippets.snippet(one.article, wanted),
                    score=score,
                    highlights=snippets.highlights(one.article, wanted) if highlights else (),
                )
                for one, (_, score) in zip(kept, page.hits, strict=True)
            ),
            next=page.following,
            facets=counted,
        )

    def export(self, query: Query | None = None) -> Iterator[Kept]:
        from storage import search

        found: search.Plan | None = None
        if query is not None:
            with self._read() as connection:
                found = search.plan(connection, _sought(connection, query), self._vocabulary)
        last: int | None = None
        while True:
            with self._read() as connection:
                if found is None:
                    keys, kept = reading.kept_after(connection, last, _EXPORTED_AT_ONCE)
                else:
                    with self._index_read(whole=True):
                        keys = tuple(search.page_after(connection, found, last, _EXPORTED_AT_ONCE))
                    kept = reading.kept_by_key(connection, keys)
            yield from kept
            if len(keys) < _EXPORTED_AT_ONCE:
                return
            last = keys[-1]

    def article(self, name: str) -> Kept | None:
        from storage import articles

        with self._read() as connection:
            number = articles.number_of(connection, name)
            return None if number is None else reading.kept_by_id(connection, [number]).get(number)

    def matches(self, article_id: int) -> tuple[Match, ...]:
        with self._read() as connection:
            return tags.matches_of(connection, article_id)

    def matches_of(self, article_ids: Sequence[int]) -> Mapping[int, tuple[Match, ...]]:
        with self._read() as connection:
            return tags.matches_of_all(connection, article_ids)

    def match_history(self, article_id: int) -> tuple[PutDown, ...]:
        with self._read() as connection:
            return tags.history(connection, article_id)

    def versions(self, article_id: int) -> tuple[Version, ...]:
        from storage import versions

        with self._read() as connection:
            return versions.versions(connection, article_id)

    def presence(self, article_id: int) -> Presence | None:
        from storage import presence

        with self._read() as connection:
            return presence.of(connection, article_id)

    def gone(self, since: datetime, until: datetime) -> tuple[Presence, ...]:
        from storage import presence

        with self._read() as connection:
            return presence.gone(connection, since, until)

    def answering(self, query: Query, article_ids: Sequence[int]) -> frozenset[int]:
        from storage import search

        with self._read() as connection:
            found = search.plan(connection, query, self._vocabulary)
            keys = reading.sort_keys_of(connection, list(article_ids))
            hits = search.within(connection, found, min(keys.values()), max(keys.values())) if keys else set()
        return frozenset(number for number, key in keys.items() if key in hits)

    def counts(self) -> Mapping[str, int]:
        with self._read() as connection:
            return reading.counts(connection)

    def reached(self, since: datetime, until: datetime) -> Mapping[str, Reached]:
        with self._read() as connection:
            return health.reached(connection, since, until)

    # -- stories
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

    # -- tagging anew
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

    # -- telling
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
        from storage import news

        with self._read() as connection:
            if self._fresh is None:
                self._fresh = news.Fresh()
            sought = _sought(connection, query)
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
                    raise _NotStored
        except _NotStored:
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
        from storage import news

        with self._read() as connection:
            return news.changed(connection, _sought(connection, query), since, until, self._vocabulary)

    def daily(self, now: datetime, days: int) -> Mapping[str, tuple[int, ...]]:
        from storage import news

        with self._read() as connection:
            return news.daily(connection, now, days)

    # -- mutes
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

    # -- what was told
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

    def claim_due(self, now: datetime, *, lease: timedelta, limit: int = 50) -> tuple[tuple[Delivery, Digest], ...]:
        from storage import ledger

        with self._write(durable=True) as connection:
            claimed = ledger.claim_due(connection, now, lease, limit)
            contents = ledger.contents(connection, claimed)
            return tuple(
                (ledger.with_edits(connection, delivery, contents[delivery.digest_key]), contents[delivery.digest_key])
                for delivery in claimed
            )

    def end_claims(self, now: datetime) -> None:
        from storage import ledger

        with self._write(durable=True) as connection:
            ledger.end_claims(connection, now)

    def save_delivery(self, delivery: Delivery, *, begun: bool = True) -> None:
        from storage import ledger

        with self._write(durable=True) as connection:
            ledger.save_delivery(connection, delivery, begun=begun)

    # -- channels in trouble
    def stop_channel(self, channel_id: str, at: datetime, why: str) -> None:
        from storage import channels

        with self._write(durable=True) as connection:
            channels.stop(connection, channel_id, at, why)

    def resume_channel(self, channel_id: str, now: datetime) -> int:
        from storage import channels

        with self._write(durable=True) as connection:
            return channels.resume(connection, channel_id, now)

    def stopped_channels(self) -> tuple[Stopped, ...]:
        from storage import channels

        with self._read() as connection:
            return channels.stopped(connection)

    def channels_told(self, channel_ids: Sequence[str]) -> None:
        from storage import channels

        with self._write(durable=True) as connection:
            channels.told(connection, channel_ids)

    def waiting_alerts(self, channel_id: str, before: datetime) -> tuple[tuple[Delivery, Digest], ...]:
        from storage import channels

        with self._read() as connection:
            return channels.waiting_alerts(connection, channel_id, before)

    def fold(self, delivery_ids: Sequence[int], summary: Digest, channel_id: str) -> bool:
        from storage import channels

        try:
            with self._write(durable=True) as connection:
                if not channels.fold(connection, delivery_ids, summary, channel_id):
                    raise _NotStored
        except _NotStored:
            return False
        return True

    def deliveries(self, limit: int = 200) -> tuple[tuple[Delivery, Digest], ...]:
        from storage import ledger

        with self._read() as connection:
            return ledger.deliveries(connection, limit)

    # -- looking it over
    def rebuild_index(self) -> Iterator[tuple[int, int]]:
        from storage import reindexing

        with integrity.looked_at(self._path) as connection:
            damaged = reindexing.is_damaged(connection)
        yield from reindexing.rebuild(self._read, self._write, damaged=damaged)

    @cached_property
    def evidence(self) -> EvidenceRows:
        from storage.evidence import EvidenceRows

        return EvidenceRows(self._read, partial(self._write, durable=True))

    def close(self) -> None:
        """Ends both connections; a second time does nothing."""
        with self._writing, self._reading_lock, translated(self._path):
            self._closed = True
            if self._reader is not None:
                self._reader.close()
            self._writer.close()


def _sought(connection: Connection, query: Query) -> Query:
    """The query as the index can answer it."""
    from monitor.query import facets_of

    if not any(part.field == "story" for part in facets_of(query.root)):  # also inside a saved search
        return query
    from storage import stories

    return stories.by_all_numbers(connection, query)


class _NotStored(Exception):
    """Ends a transaction that must not be kept."""
