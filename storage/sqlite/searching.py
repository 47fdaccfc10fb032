"""Articles that are asked for: by search, one by one, or all of them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property, partial
from typing import TYPE_CHECKING

from storage import health, reading, tags
from storage.sqlite.transactions import Transactions

if TYPE_CHECKING:
    from datetime import datetime

    from monitor.query import Query
    from monitor.types import Found, Kept, Match, Presence, PutDown, Reached, Version
    from storage.totals import Totals

#: Articles that an export reads at a time: no reader stays long, so that the write-ahead log can be taken back.
_EXPORTED_AT_ONCE = 500


class Searching(Transactions):
    """The section `reading` of monitor.ports.Store."""

    @cached_property
    def _totals(self) -> Totals:
        from storage.totals import Totals

        return Totals()

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
        counted_for: float | None = None,
    ) -> Found:
        from monitor.query import wanted_words
        from monitor.types import Found, Hit
        from storage import paging, ranking, search, snippets
        from storage.totals import Total

        with self._read() as connection:
            with self._index_read(whole=False):
                found = search.plan(connection, search.sought(connection, query), self._vocabulary, since, until)
                if sort == "relevance":
                    signs = ranking.signs(connection, query)
                    page = paging.page_by_rank(connection, found, signs, limit, offset, after)
                else:
                    page = paging.page_by_time(connection, found, limit, offset, after)
                counted = None
                if facets:
                    from storage.facets import facets as count

                    counted = count(connection, found, self._vocabulary())
            if page.total is None:
                # what is counted beside it, or asked for by itself, has to be of all
                whole, index = facets or not limit, partial(self._index_read, whole=False)
                seconds = math.inf if whole else counted_for
                total = self._totals.of(connection, found, seconds=seconds, index=index)
                if page.hits and not total.whole:  # a page may reach further back than there was time to count
                    total = total._replace(hits=max(total.hits, offset + len(page.hits) + bool(page.following)))
            else:
                total = Total(page.total, whole=True)
            kept = reading.kept_by_key(connection, [row_id for row_id, _ in page.hits])
            wanted = snippets.with_forms(connection, wanted_words(query.root))
        return Found(
            total=total.hits,
            counted_whole=total.whole,
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
                found = search.plan(connection, search.sought(connection, query), self._vocabulary)
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
