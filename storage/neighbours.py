"""What the archive knows of articles that a new one may belong with (monitor.identity.neighbours).

Numbers are cut to 48 bits: two that are the same then and were not before are found once in some ten thousand million,
and cost one comparison. A band or key that very many articles share (a notice under every page) tells little: only its
newest articles are looked at, so that an answer takes as long in a large archive as in a small one.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from monitor.types import Article, Neighbour, Placement
from storage.bands import AT_ONCE, OF_A_BAND, articles_with, newest_of_each
from storage.bands import add as add_bands
from storage.batch import Batch
from storage.connection import Connection
from storage.values import instant, micros, sure_instant, unpacked

#: Of each key, so many of the newest articles of a period are looked at.
OF_A_KEY = 40
#: Keys lie by period, so that those of the present lie together: what is asked for and stored touches few pages.
PERIOD_DAYS = 8
_PERIOD = PERIOD_DAYS * 86_400_000_000
#: Most periods that are looked through: a wider time is only looked through at its end.
_PERIODS = 8


_WITH_KEYS = newest_of_each("story_keys", "period = :period AND key = ?", OF_A_KEY).replace(
    ":period", f"?{AT_ONCE + 1}"
)

_COLUMNS = (
    "id, copy_group_id, story_id, source_id, source_name, url, title, lang, published_at, first_seen_at, facts, origin"
)


def small(number: int) -> int:
    """The number in 48 bits, with a sign."""
    return ((number >> 16) + (1 << 47)) % (1 << 48) - (1 << 47)


def period(at: int) -> int:
    return at // _PERIOD


class StoredNeighbours:
    """Answers inside a transaction: out of the tables, and out of what the batch has not written yet."""

    def __init__(self, batch: Batch) -> None:
        self._batch = batch
        self._connection: Connection = batch.connection
        #: Of articles that wait to be written.
        self._new: dict[int, Neighbour] = {}
        self._bands: dict[int, list[int]] = {}
        self._keys: dict[tuple[int, int], list[int]] = {}
        #: The article that is given its place.
        self.article_id = 0

    # -- what the placer asks
    def latest_facts(self, limit: int) -> Iterable[bytes]:
        statement = "SELECT facts FROM articles WHERE facts <> x'' ORDER BY id DESC LIMIT ?"
        return (bytes(row[0]) for row in reversed(self._connection.execute(statement, (limit,)).fetchall()))

    def with_bands(self, bands: Sequence[int], limit: int = 24) -> tuple[Neighbour, ...]:
        wanted = [small(band) for band in dict.fromkeys(bands)]
        found: Counter[int] = Counter()
        for part in _parts(wanted):
            found.update(articles_with(self._connection, part))
        for band in wanted:
            found.update(self._bands.get(band, ())[-OF_A_BAND:])
        return self._neighbours(self._best(found, limit), texts=True)

    def with_keys(
        self, keys: Sequence[int], since: datetime, until: datetime | None = None, limit: int = 48
    ) -> tuple[Neighbour, ...]:
        wanted = [small(key) for key in dict.fromkeys(keys)]
        first, last = micros(since) or 0, (micros(until) or 0) if until else self._last_time()
        found: Counter[int] = Counter()
        for when in range(max(period(first), period(last) - _PERIODS + 1), period(last) + 1):
            for part in _parts(wanted):
                for (number,) in self._connection.execute(_WITH_KEYS, (*part, when)):
                    found[number] += 1
            for key in wanted:
                found.update(self._keys.get((when, key), ())[-OF_A_KEY:])
        near: list[Neighbour] = []
        ranked = self._best(found, len(found))
        # the first and last periods reach beyond the time that is asked for
        for start in range(0, len(ranked), limit):
            some = self._neighbours(ranked[start : start + limit], texts=False)
            near += [one for one in some if since <= (one.published_at or one.first_seen_at) and _before(one, until)]
            if len(near) >= limit or start >= 4 * limit:
                break
        return tuple(near[:limit])

    def of_group(self, copy_group_id: int, limit: int = 24) -> tuple[Neighbour, ...]:
        return self._of("copy_group_id", copy_group_id, limit)

    def of_story(self, story_id: int, limit: int = 24) -> tuple[Neighbour, ...]:
        return self._of("story_id", story_id, limit)

    # -- what the recorder tells
    def add(self, number: int, article: Article, placement: Placement, group_id: int, story_id: int) -> None:
        """An article that was given its place and waits to be written."""
        self._new[number] = Neighbour(
            id=number,
            copy_group_id=group_id,
            story_id=story_id,
            source_id=article.source_id,
            source_name=article.source_name,
            url=article.url,
            title=article.title,
            text=article.text,
            lang=article.lang,
            published_at=article.published_at,
            first_seen_at=article.first_seen_at,
            facts=placement.facts,
            origin=placement.origin,
        )

    def add_prints(self, number: int, article: Article, placement: Placement) -> None:
        """What the article will be found by; stored at the end."""
        for band in dict.fromkeys(map(small, placement.bands)):
            self._bands.setdefault(band, []).append(number)
        when = period(micros(article.published_at or article.first_seen_at) or 0)
        for key in dict.fromkeys(map(small, placement.keys)):
            self._keys.setdefault((when, key), []).append(number)

    def finish(self) -> None:
        """Stores what the transaction's articles will be found by."""
        add_bands(self._connection, [(band, number) for band, several in self._bands.items() for number in several])
        self._connection.executemany(
            "INSERT INTO story_keys (period, key, article_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            sorted((*key, number) for key, several in self._keys.items() for number in several),
        )

    # -- how it is found
    def _best(self, found: Counter[int], limit: int) -> list[int]:
        """Those with most in common, then the newest."""
        found.pop(self.article_id, None)
        if len(found) <= 1:
            return list(found)
        ranked = sorted(((times, number) for number, times in found.items()), reverse=True)
        return [number for _, number in ranked[:limit]]

    def _last_time(self) -> int:
        """The end of the newest period that has keys."""
        (stored,) = self._connection.execute("SELECT max(period) FROM story_keys").fetchone()
        newest = max((when for when, _ in self._keys), default=stored)
        return 0 if newest is None else (max(newest, stored or newest) + 1) * _PERIOD - 1

    def _neighbours(self, numbers: Sequence[int], *, texts: bool) -> tuple[Neighbour, ...]:
        waiting = {n: _shown(self._new[n], texts=texts) for n in numbers if self._batch.holds(n)}
        stored = [n for n in numbers if n not in waiting]
        text = "text" if texts else "''"
        marks = ",".join("?" * len(stored))
        rows = self._connection.execute(f"SELECT {_COLUMNS}, {text} FROM articles WHERE id IN ({marks})", stored)
        found = waiting | {row[0]: _neighbour(row) for row in rows}
        return tuple(found[n] for n in numbers if n in found)

    def _of(self, column: str, value: int, limit: int) -> tuple[Neighbour, ...]:
        rows = self._connection.execute(
            f"SELECT {_COLUMNS}, '' FROM articles WHERE {column} = ? AND id <> ? ORDER BY id LIMIT ?",
            (value, self.article_id, limit),
        )
        found = [_neighbour(row) for row in rows]
        waiting = [n for n in self._new.values() if getattr(n, column) == value and self._batch.holds(n.id)]
        found += [_shown(one, texts=False) for one in waiting if one.id != self.article_id]
        return tuple(found[:limit])


def _parts(numbers: Sequence[int]) -> Iterable[list[int | None]]:
    for first in range(0, len(numbers), AT_ONCE):
        part: list[int | None] = list(numbers[first : first + AT_ONCE])
        yield part + [None] * (AT_ONCE - len(part))


def _shown(one: Neighbour, *, texts: bool) -> Neighbour:
    return one if texts else replace(one, text="")


def _before(one: Neighbour, until: datetime | None) -> bool:
    return until is None or (one.published_at or one.first_seen_at) <= until


def _neighbour(row: Any) -> Neighbour:
    number, group_id, story_id, source_id, source_name, url, title, *rest = row
    lang, published, first_seen, facts, origin, text = rest
    return Neighbour(
        id=number,
        copy_group_id=group_id,
        story_id=story_id,
        source_id=source_id,
        source_name=source_name,
        url=url,
        title=title,
        text=unpacked(text),
        lang=lang,
        published_at=instant(published),
        first_seen_at=sure_instant(first_seen),
        facts=bytes(facts),
        origin=json.loads(origin) if origin else None,
    )
