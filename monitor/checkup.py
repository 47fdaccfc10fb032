"""What is wrong with an installation, and what helps: decided from what was seen of it.

A fault is something that is broken, or loses something when it is left; a note is worth knowing. Each names the thing,
the reason and the remedy.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.types import Source
from monitor.types.checking import ArchiveFacts, Finding, IndexFacts

#: Room that has to be left on the disk: less is a fault, less than this and than the archive itself a note.
LEAST_FREE, LITTLE_FREE = 100 << 20, 1 << 30
#: A write-ahead log beyond this is not taken back any more.
LARGE_LOG = 256 << 20
#: A source that is due for so long is not being read, when others are.
OVERDUE = timedelta(days=2)
#: Named in one line.
_MOST = 5

_RESTORE = "stop what uses the archive and put back a backup with `scowatch restore`"
_REBUILD = "`scowatch doctor --rebuild-index` makes it anew out of the articles"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What the disk says of a home."""

    path: str
    #: Bytes that are free on its disk.
    free: int
    #: Whether files can be written in it.
    writable: bool
    #: Files with addresses of people that everybody on the machine may read.
    open_files: tuple[str, ...] = ()


def of_place(place: Place, archive_size: int) -> Iterator[Finding]:
    """Disk and rights."""
    if not place.writable:
        yield _fault(
            "home", place.path, "nothing can be written in it", "look at its owner and rights, and at the disk"
        )
    wanted = max(LITTLE_FREE, archive_size)
    if place.free < wanted:
        level = _fault if place.free < LEAST_FREE else _note
        room = f"{place.free >> 20} MB are free on its disk, the archive has {archive_size >> 20} MB"
        yield level("disk", place.path, room, "free some space, or move the home to another disk")
    if place.open_files:
        names = _some(place.open_files)
        why = f"everybody on this machine may read {names}, which hold addresses"
        yield _note("rights", place.path, why, f"`chmod o-rwx {place.path}` keeps others out")


def of_archive(facts: ArchiveFacts) -> Iterator[Finding]:
    """The file and its rows."""
    path = facts.path
    for table, text in facts.damaged[:_MOST]:
        thing = f"{path}, {table}" if table else path
        yield _fault("integrity", thing, f"the file is damaged ({text})", _RESTORE)
    if facts.shape < facts.newest_shape:
        why = f"its shape is {facts.shape}, the newest is {facts.newest_shape}"
        yield _note("shape", path, why, "the next command that opens it brings it up to date; make a backup first")
    if facts.shape > facts.newest_shape:
        why = f"it was written by a newer scowatch (shape {facts.shape}, this one knows {facts.newest_shape})"
        yield _fault("shape", path, why, "install that version")
    if facts.unused:
        yield _note("integrity", path, facts.unused, "it costs nothing but space, left by an index that was put away")
    for what, why in () if facts.damaged else facts.unread:
        yield _fault("integrity", f"{path}, {what}", f"could not be looked at ({why})", _RESTORE)
    for table, parent, count, declared in facts.orphans:
        why = f"{count} rows belong to {parent} that are not there"
        if declared:
            yield _fault("rows", f"{path}, {table}", why, _RESTORE)
        else:
            yield _note("rows", f"{path}, {table}", why, "nothing reads them: they only take space")
    for name in facts.lost_files[:_MOST]:
        why = "the archive refers to it, and it is missing or cut short"
        yield _fault("files", name, why, "put it back from a backup; what else the archive holds is not concerned")
    if facts.log_size > LARGE_LOG:
        why = f"it has {facts.log_size >> 20} MB: some process reads for very long, or was killed"
        yield _note("log", f"{path}-wal", why, "stop what uses the archive and start it again; never delete this file")
    if facts.left_over:
        why = f"left by a process that was killed: {_some(facts.left_over)}"
        yield _note("log", path, why, "delete these files when nothing is running")


def of_index(facts: ArchiveFacts) -> Iterator[Finding]:
    """The search index beside the articles."""
    thing = f"{facts.path}, search index"
    for text in facts.index_damaged[:1]:
        yield _fault("index", thing, f"it is damaged ({text}); no article is lost", _REBUILD)
    index = facts.index
    if index is None:
        return
    if index.making:
        where = "searches miss the others" if index.in_place else "the old one answers meanwhile"
        why = f"it is being made anew: {index.making[0]} of {index.making[1]} articles so far; {where}"
        level = _fault if index.in_place else _note
        yield level("index", thing, why, "`scowatch doctor --rebuild-index` goes on with it, when nothing else does")
    if not index.in_place and (index.missing or index.extra):
        why = f"{index.missing} articles are not in it, and {index.extra} rows of it belong to no article"
        yield _fault("index", thing, why, _REBUILD)
    yield from _of_analyser(index, thing)
    if index.facets:
        yield _fault("index", thing, f"numbers differ: {_some(index.facets)}", _REBUILD)


def _of_analyser(index: IndexFacts, thing: str) -> Iterator[Finding]:
    if index.not_found:
        why = f"{index.not_found} of {index.sampled} articles are not found by their own words"
        yield _fault("index", thing, why, _REBUILD)
    elif index.analyser is not None and index.analyser != index.present_analyser and not index.making:
        why = f"made by an earlier analyser ({index.analyser}, the present one is {index.present_analyser})"
        yield _fault("index", thing, f"{why}: it may find other words, and take more room", _REBUILD)


def of_tags(facts: ArchiveFacts, tagged_otherwise: int | None) -> Iterator[Finding]:
    """Tags beside what they rest on. `tagged_otherwise`: articles tagged by another list; None: not known."""
    count, numbers = facts.tags_differ
    if count:
        why = f"the tags of {count} articles are not what their matches say ({_some(map(str, numbers))})"
        yield _fault("tags", facts.path, why, "`scowatch retag` tags them anew; if it stays so, restore a backup")
    if tagged_otherwise:
        why = f"{tagged_otherwise} articles were tagged by another state of the watchlist"
        yield _note("tags", facts.path, why, "`scowatch retag` tags them anew")


def of_deliveries(facts: ArchiveFacts) -> Iterator[Finding]:
    """The delivery ledger."""
    for number, channel, since in facts.stuck[:_MOST]:
        why = f"its sender died while sending (claimed until {since:%Y-%m-%d %H:%M} UTC)"
        yield _fault("deliveries", f"delivery {number} to {channel}", why, "`scowatch deliver` or `run` sends it again")
    if facts.failed:
        why = f"{facts.failed} were given up"
        yield _note("deliveries", "deliveries", why, "`scowatch deliveries` says why each")


def of_sources(facts: ArchiveFacts, sources: Sequence[Source], now: datetime) -> Iterator[Finding]:
    """Sources that are not being read, as long as others are."""
    polled = [attempt for attempt, _ in facts.polls.values() if attempt]
    if not sources or not polled:
        return
    newest = max(polled)
    if now - newest > OVERDUE:
        why = f"nothing was read since {newest:%Y-%m-%d %H:%M} UTC"
        yield _note("sources", "sources", why, "start `scowatch run`, or give `scowatch collect` by a timer")
    never = [s.id for s in sources if facts.polls.get(s.id, (None, None))[0] is None]
    if never and newest - min(polled) > OVERDUE:
        why = f"{len(never)} were never read, although others are: {_some(never)}"
        yield _note("sources", "sources", why, "`scowatch sources check ID` reads one and says what it brings")
    late = [s.id for s in sources if _is_late(facts.polls.get(s.id), newest)]
    if late:
        why = f"{len(late)} were due more than {OVERDUE.days} days before the last reading: {_some(late)}"
        yield _note("sources", "sources", why, "`scowatch collect --source ID` reads one; `run` catches up by itself")


def _is_late(poll: tuple[datetime | None, datetime | None] | None, newest: datetime) -> bool:
    return poll is not None and poll[0] is not None and poll[1] is not None and newest - poll[1] > OVERDUE


def of_clock(facts: ArchiveFacts) -> Iterator[Finding]:
    """Times that cannot be."""
    for where, (count, last) in list(facts.ahead.items())[:_MOST]:
        why = f"{count} times in {where} lie in the future, the last {last:%Y-%m-%d %H:%M} UTC"
        yield _note("clock", "clock", why, "look at the clock of this machine; it was, or is, wrong")
    if facts.backwards:
        why = f"it was set back {facts.backwards} times while articles came in"
        yield _note("clock", "clock", why, "let the system keep its time (NTP); nothing is lost by it")


def all_of(
    facts: ArchiveFacts | None, place: Place, sources: Sequence[Source], tagged_otherwise: int | None, now: datetime
) -> tuple[Finding, ...]:
    """Every finding, faults first. None for facts: there is no archive yet."""
    found = list(of_place(place, facts.size if facts else 0))
    if facts is not None:
        found += [
            *of_archive(facts),
            *of_index(facts),
            *of_tags(facts, tagged_otherwise),
            *of_deliveries(facts),
            *of_sources(facts, sources, now),
            *of_clock(facts),
        ]
    return tuple(sorted(found, key=lambda finding: finding.level != "fault"))


def counted(findings: Sequence[Finding]) -> Mapping[str, int]:
    """`fault` and `note`, how many of each."""
    return {level: sum(finding.level == level for finding in findings) for level in ("fault", "note")}


def _fault(check: str, thing: str, reason: str, remedy: str) -> Finding:
    return Finding(level="fault", check=check, thing=thing, reason=reason, remedy=remedy)


def _note(check: str, thing: str, reason: str, remedy: str) -> Finding:
    return Finding(level="note", check=check, thing=thing, reason=reason, remedy=remedy)


def _some(names: Iterable[str]) -> str:
    given = list(names)
    more = f" and {len(given) - _MOST} more" if len(given) > _MOST else ""
    return ", ".join(given[:_MOST]) + more
