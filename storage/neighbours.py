"""What the archive knows of articles that a new one may belong with (monitor.identity.neighbours).

Numbers are cut to 48 bits: two that are the same then and were not before are found once in some ten thousand million,
and cost one comparison. A band or key that very many articles share (a notice under every page) tells little: only its
newest articles are looked at, so that an answer takes as long in a large archive as in a small one. Bands are kept,
since a copy may come late; keys of stories that are closed for long go again, some with every transaction.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Any, Literal

from monitor.types import Article, Neighbour, Placement
from storage.bands import AT_ONCE, OF_A_BAND, any_moved, articles_with, newest_of_each
from storage.bands import add as add_bands
from storage.batch import Batch
from storage.connection import Connection
from storage.values import instant, micros, sure_instant, unpacked

if TYPE_CHECKING:
    from monitor.identity.neighbours import Worth

#: Of each key, so many of the newest articles of a period are looked at: of the first, which tell most, and of others.
OF_A_TELLING_KEY, OF_A_KEY = 40, 12
_TELLING_KEYS = 8
#: Keys in one statement; fewer are filled up with NULL, which costs nothing.
KEYS_AT_ONCE = 24
#: Keys lie by period, so that those of the present lie together: what is asked for and stored touches few pages.
PERIOD_DAYS = 8
_PERIOD = PERIOD_DAYS * 86_400_000_000
#: Whole periods before the present one whose keys are kept.
KEPT_PERIODS = 4
#: How many times the number of articles that are asked for are looked through for some of that time.
_LOOKED_THROUGH = 5
#: Most periods that are looked through: a wider time is only looked through at its end.
_PERIODS = 8

#: Articles that are remembered within a transaction, and those of them that are so with their texts.
_KNOWN, _TEXTS_KNOWN = 2000, 100


def _with_keys(limits: Sequence[int]) -> str:
    """The statement that asks a period for articles by their keys, for so many of each key."""
    asked = newest_of_each("story_keys", "period = :period AND key = ?", limits)
    return asked.replace(":period", f"?{len(limits) + 1}")


_WITH_KEYS = _with_keys((OF_A_TELLING_KEY,) * _TELLING_KEYS + (OF_A_KEY,) * (KEYS_AT_ONCE - _TELLING_KEYS))
#: Where one key is not enough, those that hardly anybody else has tell all the same.
_WITH_SEVERAL_KEYS = _with_keys((OF_A_KEY,) * KEYS_AT_ONCE)

#: Numbers of articles are smaller.
_NUMBER_BITS = 48
_NUMBER = (1 << _NUMBER_BITS) - 1

_COLUMNS = "id, copy_group_id, story_id, source_id, source_name, url, title, lang, published_at, first_seen_at, facts"
_Place = Literal["copy_group_id", "story_id"]


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
        self._new_in: dict[tuple[_Place, int], list[int]] = {}
        self._bands: dict[int, list[int]] = {}
        self._keys: dict[tuple[int, int], list[int]] = {}
        #: Articles that were answered with, which those that come together have in common; and some with their texts.
        self._known: dict[int, Neighbour] = {}
        self._with_text: dict[int, Neighbour] = {}
        #: By their bands: candidates among what was stored before, for articles that wait for their turn.
        self._looked_up: dict[tuple[int, ...], list[int]] = {}
        #: The article that is given its place.
        self.article_id = 0

    # -- what the placer asks
    def latest_facts(self, limit: int) -> Iterable[bytes]:
        return latest_facts(self._connection, limit)

    def stored_with_bands(self, bands: Sequence[int], limit: int, worth: Worth) -> tuple[Neighbour, ...]:
        found = self._looked_up.get(tuple(bands))
        if found is None:
            found = self._looked_up[tuple(bands)] = self._worth(self._best(self._stored_with(bands), limit), worth)
        return self._neighbours(found)

    def with_bands(self, bands: Sequence[int], limit: int = 24, worth: Worth | None = None) -> tuple[Neighbour, ...]:
        known = self._looked_up.get(tuple(bands)) if worth is not None else None
        found = self._stored_with(bands) if known is None else Counter[int]()
        for band in dict.fromkeys(map(small, bands)):
            if band in self._bands:
                found.update(self._bands[band][-OF_A_BAND:])
        best = self._best(found, limit)
        if worth is not None:
            # an article that was edited meanwhile is among both
            best = list(dict.fromkeys([n for n in known or () if n != self.article_id] + self._worth(best, worth)))
        return self._neighbours(best)

    def _stored_with(self, bands: Sequence[int]) -> Counter[int]:
        """How many of the bands each article has that was stored before the transaction."""
        found: Counter[int] = Counter()
        for part in _parts([small(band) for band in dict.fromkeys(bands)], AT_ONCE):
            found.update(articles_with(self._connection, part, moved=self._any_moved))
        return found

    def _worth(self, numbers: Sequence[int], worth: Worth) -> list[int]:
        """Those that are worth it, by the two columns that tell it."""
        said = {number: (one.title, one.facts) for number in numbers if (one := self._known.get(number))}
        waiting = [number for number in numbers if number in self._new and self._batch.holds(number)]
        said.update((number, (self._new[number].title, self._new[number].facts)) for number in waiting)
        if stored := [number for number in numbers if number not in said]:
            marks = ",".join("?" * len(stored))
            rows = self._connection.execute(f"SELECT id, title, facts FROM articles WHERE id IN ({marks})", stored)
            said.update((number, (title, facts)) for number, title, facts in rows)
        return [number for number in numbers if number in said and worth(*said[number])]

    def with_number(self, article_id: int) -> Neighbour | None:
        return next(iter(self._neighbours([article_id])), None)

    def with_text(self, one: Neighbour) -> Neighbour:
        if one.id in self._new and self._batch.holds(one.id):
            return self._new[one.id]
        found = self._with_text.get(one.id)
        if found is None:
            row = self._connection.execute("SELECT text FROM articles WHERE id = ?", (one.id,)).fetchone()
            found = replace(one, text=unpacked(row[0])) if row else one
            if len(self._with_text) >= _TEXTS_KNOWN:
                self._with_text.clear()
            self._with_text[one.id] = found
        return found

    def with_keys(
        self, keys: Sequence[int], since: datetime, until: datetime | None = None, limit: int = 48, shared: int = 1
    ) -> tuple[Neighbour, ...]:
        wanted = [small(key) for key in dict.fromkeys(keys)]
        first, last = micros(since) or 0, (micros(until) or 0) if until else self._last_time()
        statement, of_a_key = (_WITH_KEYS, OF_A_TELLING_KEY) if shared == 1 else (_WITH_SEVERAL_KEYS, OF_A_KEY)
        found: Counter[int] = Counter()
        for when in range(max(period(first), period(last) - _PERIODS + 1), period(last) + 1):
            for part in _parts(wanted, KEYS_AT_ONCE) if when in self._periods else ():
                found.update(chain.from_iterable(self._connection.execute(statement, (*part, when)).fetchall()))
            for key in wanted:
                if (when, key) in self._keys:
                    found.update(self._keys[when, key][-of_a_key:])
        near: list[Neighbour] = []
        if shared > 1:
            found = Counter({number: times for number, times in found.items() if times >= shared})
        ranked = self._best(found, _LOOKED_THROUGH * limit)
        # the first and last periods reach beyond the time that is asked for
        for start in range(0, len(ranked), limit):
            some = self._neighbours(ranked[start : start + limit])
            near += [one for one in some if since <= (one.published_at or one.first_seen_at) and _before(one, until)]
            if len(near) >= limit:
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
        self._new_in.setdefault(("copy_group_id", group_id), []).append(number)
        self._new_in.setdefault(("story_id", story_id), []).append(number)

    def add_prints(self, number: int, article: Article, placement: Placement) -> None:
        """What the article will be found by; stored at the end."""
        for band in dict.fromkeys(map(small, placement.bands)):
            self._bands.setdefault(band, []).append(number)
        when = period(micros(article.published_at or article.first_seen_at) or 0)
        for key in dict.fromkeys(map(small, placement.keys)):
            self._keys.setdefault((when, key), []).append(number)

    def forget(self) -> None:
        """To be called when articles that are stored say something else, or lie elsewhere."""
        self._known.clear()
        self._with_text.clear()

    def finish(self) -> None:
        """Stores what the transaction's articles will be found by."""
        add_bands(self._connection, [(band, number) for band, several in self._bands.items() for number in several])
        rows = sorted((*key, number) for key, several in self._keys.items() for number in several)
        statement = "INSERT INTO story_keys (period, key, article_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
        self._connection.executemany(statement, rows)
        if self._new:
            now = max(one.first_seen_at for one in self._new.values())
            remove_old_keys(self._connection, micros(now) or 0, 2 * len(rows))

    # -- how it is found
    def _best(self, found: Counter[int], limit: int) -> list[int]:
        """Those with most in common, then the newest."""
        found.pop(self.article_id, None)
        if len(found) <= 1:
            return list(found)
        # as whole numbers they are sorted in a fifth of the time that pairs take
        ranked = [times << _NUMBER_BITS | number for number, times in found.items() if times > 1]
        if len(ranked) < limit:
            ranked = [times << _NUMBER_BITS | number for number, times in found.items()]
        ranked.sort(reverse=True)
        return [one & _NUMBER for one in ranked[:limit]]

    def _last_time(self) -> int:
        """The end of the newest period that has keys."""
        newest = max((when for when, _ in self._keys), default=None)
        known = [when for when in (newest, *self._periods[-1:]) if when is not None]
        return (max(known) + 1) * _PERIOD - 1 if known else 0

    @cached_property
    def _any_moved(self) -> bool:
        """Whether there are bands in the large table, which takes some at the end only."""
        return any_moved(self._connection)

    @cached_property
    def _periods(self) -> range:
        """From the oldest to the newest period that has stored keys, which stay as they are until the end."""
        statement = "SELECT (SELECT min(period) FROM story_keys), (SELECT max(period) FROM story_keys)"
        oldest, newest = self._connection.execute(statement).fetchone()
        return range(0) if oldest is None else range(oldest, newest + 1)

    def _neighbours(self, numbers: Sequence[int]) -> tuple[Neighbour, ...]:
        """Without texts and origins, in that order."""
        known = self._known
        if len(known) > _KNOWN:
            known.clear()
        stored = []
        for number in numbers:
            if number not in known:
                if number in self._new and self._batch.holds(number):
                    known[number] = _shown(self._new[number])
                else:
                    stored.append(number)
        if stored:
            marks = ",".join("?" * len(stored))
            rows = self._connection.execute(f"SELECT {_COLUMNS}, NULL FROM articles WHERE id IN ({marks})", stored)
            known.update((row[0], _neighbour(row)) for row in rows)
        return tuple([known[number] for number in numbers if number in known])

    def _of(self, column: _Place, value: int, limit: int) -> tuple[Neighbour, ...]:
        rows = self._connection.execute(
            f"SELECT {_COLUMNS}, origin FROM articles WHERE {column} = ? AND id <> ? ORDER BY id LIMIT ?",
            (value, self.article_id, limit),
        )
        found = [_neighbour(row) for row in rows]
        for number in self._new_in.get((column, value), ()) if len(found) < limit else ():
            if number != self.article_id and self._batch.holds(number):
                found.append(_shown(self._new[number]))
        return tuple(found[:limit])


def latest_facts(connection: Connection, limit: int) -> tuple[bytes, ...]:
    """What identity keeps of so many of the newest articles, oldest first, those left out of which that is nothing."""
    statement = "SELECT facts FROM articles WHERE facts <> x'' ORDER BY id DESC LIMIT ?"
    return tuple(bytes(row[0]) for row in reversed(connection.execute(statement, (limit,)).fetchall()))


def remove_old_keys(connection: Connection, now: int, most: int) -> int:
    """How many story keys were taken out: at most so many of the oldest period, when nobody asks for it any more.

    Stories close after days (monitor.identity.stories), so that articles of today never look back further. Articles
    of long ago that came lately have others of their time beside them: their keys stay as long as any.
    """
    (oldest,) = connection.execute("SELECT min(period) FROM story_keys").fetchone()
    if oldest is None or oldest >= period(now) - KEPT_PERIODS:
        return 0
    rows = connection.execute(
        "SELECT key, article_id FROM story_keys WHERE period = ? ORDER BY key, article_id LIMIT ?", (oldest, most)
    ).fetchall()
    newest = max((number for _, number in rows), default=0)
    came = connection.execute("SELECT first_seen_at FROM articles WHERE id = ?", (newest,)).fetchone()
    if came is not None and came[0] >= now - KEPT_PERIODS * _PERIOD:
        return 0
    statement = "DELETE FROM story_keys WHERE period = ? AND (key, article_id) <= (?, ?)"
    return int(connection.execute(statement, (oldest, *rows[-1])).rowcount) if rows else 0


def _parts(numbers: Sequence[int], at_once: int) -> Iterable[list[int | None]]:
    for first in range(0, len(numbers), at_once):
        part: list[int | None] = list(numbers[first : first + at_once])
        yield part + [None] * (at_once - len(part))


def _shown(one: Neighbour) -> Neighbour:
    return replace(one, text="")


def _before(one: Neighbour, until: datetime | None) -> bool:
    return until is None or (one.published_at or one.first_seen_at) <= until


def _neighbour(row: Any) -> Neighbour:
    number, group_id, story_id, source_id, source_name, url, title, *rest = row
    lang, published, first_seen, facts, origin = rest
    return Neighbour(
        id=number,
        copy_group_id=group_id,
        story_id=story_id,
        source_id=source_id,
        source_name=source_name,
        url=url,
        title=title,
        text="",
        lang=lang,
        published_at=instant(published),
        first_seen_at=sure_instant(first_seen),
        facts=bytes(facts),
        origin=json.loads(origin) if origin else None,
    )
