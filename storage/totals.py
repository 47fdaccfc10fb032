"""How many hits a search has, counted for as long as an answer may take.

Two of the commonest words as a phrase have to be looked at in most articles: 0.15 s in a million. So the newest hits
are counted first, and whether there is time for the rest is told by how long that took; where there is none the number
is a least one, and who asks again has it counted on from there.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import NamedTuple

from storage.connection import Connection
from storage.search import Plan

#: Seconds that counting takes for one answer of many: with the page that is shown it is there within a tenth of one.
COUNTED_FOR = 0.04
#: Of the articles, so many of the newest are looked at first: in smaller archives all of them at once.
FIRST = 50_000
_KEPT = 200


#: What the index is asked inside of, so that its damage is told as such.
Guard = Callable[[], AbstractContextManager[None]]


class Total(NamedTuple):
    """A number of hits."""

    hits: int
    #: Whether these are all.
    whole: bool


@dataclass(slots=True)
class _Counted:
    hits: int = 0
    #: Hits from this row id on are counted; None: all are.
    since: int | None = 1 << 62
    #: Articles that were looked through.
    articles: int = 0


class Totals:
    """Numbers of hits, each counted once as long as nobody writes: a second page or another order asks again."""

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock = clock
        self._state: int | None = None
        self._known: dict[tuple[object, ...], _Counted] = {}

    def of(
        self,
        connection: Connection,
        found: Plan,
        *,
        seconds: float | None = None,
        index: Guard = nullcontext,
    ) -> Total:
        """The number of all hits, or as many as could be counted in so many seconds; without an end of them, all.

        To be called inside a transaction, of the same connection each time; the index is asked inside of `index`.
        """
        (state,) = connection.execute("PRAGMA data_version").fetchone()
        if state != self._state or len(self._known) >= _KEPT:
            self._known.clear()
            self._state = state
        counted = self._known.setdefault((found.sql, *found.values), _Counted())
        seconds = COUNTED_FOR if seconds is None else seconds
        if math.isinf(seconds) or found.match is None:  # sets of row ids would be made anew for each stretch
            self._count(connection, found, counted, None, index)
        elif counted.since is not None:
            self._count_in_time(connection, found, counted, seconds, index)
        return Total(counted.hits, counted.since is None)

    def _count_in_time(
        self, connection: Connection, found: Plan, counted: _Counted, seconds: float, index: Guard
    ) -> None:
        (newest,) = connection.execute("SELECT max(id) FROM articles").fetchone()
        begun = self._clock()
        most, stretch = begun + seconds, FIRST
        while counted.since is not None and stretch > 0:
            before, now = counted.articles, self._clock()
            rest = (newest or 0) - before
            self._count(connection, found, counted, None if stretch >= rest else newest - before - stretch, index)
            counted.articles += stretch
            after = self._clock()
            stretch = int((most - after) / max(after - now, 1e-6) * min(stretch, rest))

    def _count(self, connection: Connection, found: Plan, counted: _Counted, beyond: int | None, index: Guard) -> None:
        """Counts on to the article with that number, the newest first; None: all that are left."""
        if counted.since is None:
            return
        low = -(1 << 62)
        if beyond is not None:
            row = connection.execute(
                "SELECT sort_key FROM articles WHERE id <= ? ORDER BY id DESC LIMIT 1", (beyond,)
            ).fetchone()
            # articles of long ago may have come lately: then there is nothing between, and it goes on further down
            low = min(row[0] + 1, counted.since) if row else low
        statement = f"SELECT count(*) FROM ({found.sql} AND rowid >= ? AND rowid < ?)"
        with index():
            (hits,) = connection.execute(statement, (*found.values, low, counted.since)).fetchone()
        counted.hits += hits
        counted.since = None if beyond is None else low
