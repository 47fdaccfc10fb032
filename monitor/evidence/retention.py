"""Which pages may go by now: by the days that their sources' class is kept, and nothing that somebody refers to. Pure.

A page that another one repeats (its record has the body for both) stays as long as that one does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from datetime import datetime, timedelta

from monitor.types import Aged, Source


def oldest(keep_days: Mapping[str, int], now: datetime) -> datetime | None:
    """The instant before which a page may be too old; None: all are kept for ever."""
    return now - timedelta(days=min(keep_days.values())) if keep_days else None


def expired(
    pages: Iterable[Aged], keep_days: Mapping[str, int], sources: Mapping[str, Source], now: datetime
) -> tuple[Aged, ...]:
    """Those that are kept no longer by their days, and are not cited. A source without a class, or one that is not
    followed any more, has no days: what it brought is kept."""

    def is_over(page: Aged) -> bool:
        source = sources.get(page.source_id or "")
        days = keep_days.get(source.ownership or "") if source else None
        return days is not None and page.at < now - timedelta(days=days)

    return tuple(page for page in pages if not page.cited and is_over(page))


def removable(pages: Sequence[Aged], over: Iterable[Aged], held: Set[int]) -> frozenset[int]:
    """Ids of the pages that may go: those that are over, but for `held` articles', and for what another page repeats.

    `pages` has every page that repeats one of `over`.
    """
    going = {page.id for page in over if page.article_id not in held}
    repeats = {page.id: page.revisit_of for page in pages}
    needed = [page.revisit_of for page in pages if page.id not in going]
    while needed:
        one = needed.pop()
        if one in going:  # and so is what it repeats itself
            going.remove(one)
            needed.append(repeats.get(one))
    return frozenset(going)
