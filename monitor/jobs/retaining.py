"""Taking pages away that are kept long enough: decided by monitor.evidence.retention, done file by file.

::

    evidence.aged -> retention.expired, removable     which pages may go
    for each file that has some of them:
      snapshots.copy   what stays, into a new file    the old one is untouched
      evidence.move    the archive names the new      one transaction, not when somebody cites one of them meanwhile
      snapshots.remove the old file                   a process that dies before leaves both: the next run ends it
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from monitor.errors import StoreError
from monitor.evidence import retention
from monitor.ports import Snapshots, Store
from monitor.types import Source

if TYPE_CHECKING:
    from monitor.query import Query
    from monitor.types import Aged


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """How long pages are kept."""

    #: Days by ownership class; classes that are not here: for ever.
    keep_days: Mapping[str, int]
    #: Articles that answer it keep theirs; None: nothing is held by a search.
    hold: Query | None = None


@dataclass(slots=True, kw_only=True)
class Pruned:
    """What was taken away, or would be."""

    pages: int = 0
    files: int = 0
    freed: int = 0
    #: Pages that may go but lie in a file that was written to within a day.
    later: int = 0
    problems: list[str] = field(default_factory=list)


def prune(
    store: Store,
    snapshots: Snapshots,
    sources: Mapping[str, Source],
    rules: Rules,
    now: datetime,
    *,
    apply: bool,
) -> Pruned:
    """What was taken away; without `apply`: what would be. One file's trouble leaves the others alone."""
    report = Pruned()
    if apply:
        for name in _left_over(store, snapshots, now):
            report.freed += snapshots.remove(name)
    for name, going in sorted(_going(store, sources, rules, now).items()):
        if not snapshots.settled(name, now):
            report.later += len(going)
        elif not apply:
            report.pages += len(going)
            report.files += 1
        else:
            try:
                _thin_out(store, snapshots, name, going, now, report)
            except StoreError as error:
                report.problems.append(str(error))
    return report


def _going(store: Store, sources: Mapping[str, Source], rules: Rules, now: datetime) -> dict[str, set[int]]:
    """Ids of the pages that may go, by file."""
    before = retention.oldest(rules.keep_days, now)
    if before is None:
        return {}
    pages = store.evidence.aged(before)
    over = retention.expired(pages, rules.keep_days, sources, now)
    going = retention.removable(pages, over, _held(store, rules, over))
    found: dict[str, set[int]] = {}
    for page in pages:
        if page.id in going:
            found.setdefault(page.file, set()).add(page.id)
    return found


def _held(store: Store, rules: Rules, over: Iterable[Aged]) -> frozenset[int]:
    articles = sorted({page.article_id for page in over})
    return store.answering(rules.hold, articles) if rules.hold is not None and articles else frozenset()


def _thin_out(store: Store, snapshots: Snapshots, name: str, going: set[int], now: datetime, report: Pruned) -> None:
    kept = [one for one in store.evidence.in_file(name) if one.id not in going]
    places = snapshots.copy(name, kept)
    if kept and not places:
        report.later += len(going)
        return
    new = next(iter(places.values()))[0] if places else None
    if not store.evidence.move(places, sorted(going), now):
        if new is not None:
            snapshots.remove(new)
        report.later += len(going)
        return
    report.pages += len(going)
    report.files += 1
    report.freed += snapshots.remove(name) - (sum(one.length for one in kept) if kept else 0)


def _left_over(store: Store, snapshots: Snapshots, now: datetime) -> list[str]:
    """Files in which nothing is named any more, and those that a run which died has made in vain."""
    by_beginning: dict[str, list[str]] = {}
    for name in snapshots.names():
        by_beginning.setdefault(name.partition(".")[0], []).append(name)
    known = set(store.evidence.files())
    found = [n for names in by_beginning.values() for n in names if len(names) > 1 or n in known]
    return [name for name in found if not store.evidence.in_file(name) and snapshots.settled(name, now)]
