"""One page of an answer after another: where a page ends is where the next one begins, whatever came in meanwhile.

By time, a page begins below the row id that the last one ended with. By relevance, only what was there at the first
page is ranked again, and the page begins behind the hit that the last one ended with; beyond the hits that are ranked,
it goes on by time.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from monitor.errors import InputError
from storage import ranking, search
from storage.connection import Connection
from storage.ranking import Sign
from storage.search import Plan

_TIME = re.compile(r"t(-?[0-9a-f]{1,15})")
_RANK = re.compile(r"r(-?[0-9a-f]{1,15})\.(-?[0-9a-f]{1,15})\.([0-9a-f]{1,8})")


class Page(NamedTuple):
    """One page of an answer."""

    #: Row ids with their scores.
    hits: list[tuple[int, float]]
    #: What the next page begins with; None: there is no more.
    following: str | None
    #: Number of all hits, where finding the page told it.
    total: int | None = None


@dataclass(frozen=True, slots=True)
class _Ranking:
    """Where in a ranking the last page ended."""

    #: The newest row id of the first page's time.
    top: int
    #: The last hit shown, and how many were shown.
    last: int
    shown: int


def page_by_time(connection: Connection, found: Plan, limit: int, offset: int = 0, after: str | None = None) -> Page:
    """The newest first. Raises: InputError for an `after` that is none of ours."""
    cursor = _read(after)
    if isinstance(cursor, _Ranking):
        raise InputError(f"--after {after!r} goes on with a search by relevance: give the same --sort")
    return _by_time(connection, found, limit, offset, cursor)


def page_by_rank(
    connection: Connection,
    found: Plan,
    signs: Sequence[Sign],
    limit: int,
    offset: int = 0,
    after: str | None = None,
) -> Page:
    """The best first. Raises: InputError for an `after` that is none of ours."""
    cursor = _read(after)
    if found.match is None or isinstance(cursor, int):
        return _by_time(connection, found, limit, offset, cursor if isinstance(cursor, int) else None)
    hits = ranking.ranked(connection, found, signs, None if cursor is None else cursor.top + 1)
    begin = offset if cursor is None else _behind(hits, cursor)
    page = hits[begin : begin + limit]
    oldest = min((row_id for row_id, _ in hits), default=0)
    if len(page) < limit and len(hits) == ranking.RANKED:
        older, following, _ = _by_time(connection, found, limit - len(page), max(0, begin - len(hits)), oldest)
        return Page(page + older, following)
    total = len(hits) if cursor is None and len(hits) < ranking.RANKED else None
    if page and begin + limit < len(hits):
        top = cursor.top if cursor else max(row_id for row_id, _ in hits)
        return Page(page, f"r{top:x}.{page[-1][0]:x}.{begin + limit:x}", total)
    older_too = page and len(hits) == ranking.RANKED and search.newest(connection, found, 1, 0, oldest)
    return Page(page, f"t{oldest:x}" if older_too else None, total)


def _by_time(connection: Connection, found: Plan, limit: int, offset: int, below: int | None) -> Page:
    rows = search.newest(connection, found, limit + 1, offset, below)
    hits = [(row_id, 0.0) for row_id in rows[:limit]]
    if len(rows) > limit:
        return Page(hits, f"t{rows[limit - 1]:x}" if limit else None)
    return Page(hits, None, len(hits) if below is None and not offset else None)


def _behind(hits: list[tuple[int, float]], cursor: _Ranking) -> int:
    """The place behind the hit that was shown last; where it is gone, behind as many as were shown."""
    return next((n for n, (row_id, _) in enumerate(hits, 1) if row_id == cursor.last), cursor.shown)


def _read(after: str | None) -> int | _Ranking | None:
    if after is None:
        return None
    if found := _TIME.fullmatch(after):
        return int(found[1], 16)
    if found := _RANK.fullmatch(after):
        return _Ranking(*(int(part, 16) for part in found.groups()))
    raise InputError(f"--after {after[:40]!r} is no place in an answer: give the `next` of the page before")
