"""One pass over sources: fetch, parse, compare, read pages, tag, and store each poll whole or not at all.

::

    collect -> for each source, few of one host at a time:
      lists.read_lists  -> Reading          what its addresses list                  network, workers
      store.known       -> what we have     read
      arrivals.arrivals -> Arrival...       the new articles: their own pages,       network, workers
                                            tags, search terms                       pure
      health.after      -> Health, event    pure
      storing.Writer    <- Collected        polls that end together share a transaction
    looks.look_again    <- Presence...      whether pages of tagged articles still stand
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from monitor import health, schedule
from monitor.disguises import is_garbled
from monitor.errors import StoreError
from monitor.identity.listed import Listed
from monitor.jobs.lane import Lane, Step
from monitor.jobs.lists import read_lists
from monitor.jobs.looks import look_again
from monitor.jobs.polls import POLL_SECONDS, Failure, Keeping, Memory, Reading, Report, Tagger, Tools, host_of
from monitor.jobs.storing import Stored, Writer
from monitor.types import (
    Collected,
    HealthState,
    Outcome,
    Signs,
    Source,
    SourceEvent,
    SourceState,
    Validators,
)

if TYPE_CHECKING:
    from monitor.jobs.arrivals import Fresh
    from monitor.types import Arrival, Known

__all__ = ["Failure", "Report", "Tagger", "Tools", "collect", "due", "report_record"]

#: Sources that are under way at once, and of them those of one host; the fetcher has limits of its own for requests.
SOURCES_AT_ONCE = 64
SOURCES_OF_ONE_HOST = 4
#: When a source is read again that had more pages than a poll has time for.
GO_ON_AFTER = timedelta(minutes=10)
#: Dated later than so: a mistake, no time zone.
_AHEAD = timedelta(days=1)
#: Pages that ask for proof of being human, before that is the source's state.
_CHALLENGED = 2


@dataclass(slots=True, kw_only=True)
class _Pass:
    """What the polls of one pass share."""

    tools: Tools
    report: Report
    memory: Memory
    lane: Lane
    writer: Writer
    gate: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(SOURCES_AT_ONCE))
    hosts: dict[str, asyncio.Semaphore] = field(default_factory=dict)

    @asynccontextmanager
    async def turn(self, source: Source) -> AsyncIterator[None]:
        """A source's time; one host with many sources keeps nobody else from theirs."""
        host = host_of(source.addresses[0].url) if source.addresses else ""
        if host not in self.hosts:
            self.hosts[host] = asyncio.Semaphore(SOURCES_OF_ONE_HOST)
        async with self.hosts[host], self.gate:
            yield


async def collect(sources: Sequence[Source], tools: Tools) -> Report:
    """What one pass over the sources brought. A source's trouble ends that source's poll only.

    Raises: StoreError, when the archive cannot be read, or takes nothing any more; what was stored before stays.
    """
    urls = [address.url for source in sources for address in source.addresses]
    store = tools.store
    memory = Memory(states=store.source_states(), validators=store.validators(urls), moves=store.moves())
    tools.fetcher.hold(store.host_pauses(tools.now()))
    report = Report(started=tools.now(), due=len(sources))
    lane = Lane()
    writer = Writer(store, lane, tools.placer, tools.snapshots, report.evidence)
    whole = _Pass(tools=tools, report=report, memory=memory, lane=lane, writer=writer)

    async def one(source: Source) -> None:
        async with whole.turn(source):
            await _poll(source, whole)

    async def look() -> None:
        report.gone = await look_again(sources, memory.states, tools)

    try:
        async with asyncio.TaskGroup() as group:
            for source in sources:
                group.create_task(one(source))
            group.create_task(look())
    except ExceptionGroup as several:
        raise several.exceptions[0] from several
    finally:
        await whole.writer.aclose()
    await asyncio.to_thread(_tell_of_evidence, report.evidence, tools)
    return whole.report


def _tell_of_evidence(evidence: Keeping, tools: Tools) -> None:
    """Puts down, as an event of its own, that pages cannot be kept, or that they can again."""
    if evidence.failed or evidence.kept:
        state: HealthState = "unkept" if evidence.failed else "ok"
        was: HealthState = "ok" if evidence.failed else "unkept"
        event = SourceEvent(source_id=health.SNAPSHOTS, at=tools.now(), was=was, became=state, evidence=evidence.why)
        with suppress(StoreError):  # what matters is stored; the next pass will tell
            tools.store.note_event(event)
    if tools.snapshots is not None:
        evidence.mended += tools.snapshots.mended
        tools.snapshots.mended.clear()


async def _poll(source: Source, whole: _Pass) -> None:
    tools, state = whole.tools, whole.memory.states.get(source.id)
    reading = Reading(source=source, until=asyncio.get_running_loop().time() + POLL_SECONDS)
    arrivals: tuple[Arrival, ...] = ()
    known: Mapping[str, Known] = {}
    unchanged = 0
    try:
        await read_lists(reading, whole.memory, tools)
        if reading.items:
            known = await whole.lane.do(
                Step.COMPARE, tools.store.known, source.id, [item.key for _, item in reading.items]
            )
            fresh = [(a, item) for a, item in reading.items if not _is_known(item, known)]
            unchanged = len(reading.items) - len(fresh)
            arrivals = await _arrivals(fresh, known, whole, reading) if fresh else ()
    except StoreError:
        raise
    except Exception as error:  # noqa: BLE001 - what one source has written must never end the pass over all
        _broken(reading, error)
    collected = _collected(state, tools, reading, known, arrivals)
    stored = await whole.writer.put(collected)
    if stored.refused is not None:
        _not_stored(stored, reading, whole.report)
    _add(whole.report, stored, reading, unchanged)
    if tools.progress is not None:
        tools.progress.source_done(source, stored.collected.outcome, stored.recorded.new)


def _is_known(item: Listed, known: Mapping[str, Known]) -> bool:
    """Whether the entry says what it said when it was read last."""
    before = known.get(item.key)
    return before is not None and before.entry_hash == item.hash


async def _arrivals(
    fresh: Sequence[Fresh], known: Mapping[str, Known], whole: _Pass, reading: Reading
) -> tuple[Arrival, ...]:
    from monitor.jobs.arrivals import arrivals  # all that is done to texts: most passes over most homes need none of it

    return await arrivals(fresh, known, whole.tools, reading, whole.lane)


def _broken(reading: Reading, error: Exception) -> None:
    """Makes the reading one that failed: nothing of it is stored, so that all of it is read again."""
    if isinstance(error, OSError) and error.strerror:
        said = f"{error.strerror}; look at the disk, its free space, and at limits of file size and open files"
        why = f"this machine could not work on it: {said}"
    else:
        why = " ".join(f"scowatch could not work on it ({type(error).__name__}: {error}); please report this".split())
    reading.failures.append(Failure(source_id=reading.source.id, url="", outcome="temporary", error=why))
    reading.troubles.append(("failing", why))
    reading.outcomes = ["temporary"]
    reading.items, reading.validators, reading.unchanged = [], [], 0


def _not_stored(stored: Stored, reading: Reading, report: Report) -> None:
    error = stored.collected.error or ""
    reading.failures.append(Failure(source_id=reading.source.id, url="", outcome="temporary", error=error))
    report.not_stored = report.not_stored or stored.refused


# ---------------------------------------------------------------------------------------------- the whole poll


def _collected(
    state: SourceState | None,
    tools: Tools,
    reading: Reading,
    known: Mapping[str, Known],
    arrivals: tuple[Arrival, ...],
) -> Collected:
    now, source = tools.now(), reading.source
    outcome = _outcome(reading.outcomes)
    signs = signs_of(reading, known, now)
    does, event = health.after(source.id, state.health if state else None, signs, now)
    due_at = schedule.next_poll(
        source, state, outcome, now, reading.retry_after, tools.poll_seconds, does, reading.fresh_for
    )
    return Collected(
        source_id=source.id,
        at=now,
        outcome=outcome,
        error="; ".join(_told(f, source) for f in reading.failures) or None,
        next_due_at=min(due_at, now + GO_ON_AFTER) if reading.cut else due_at,
        validators=tuple(Validators(url=v.url) if v.url in reading.unfinished else v for v in reading.validators),
        arrivals=arrivals,
        dropped=dict(reading.dropped),
        signs=signs,
        health=does,
        event=event,
        pauses=reading.pauses,
        moves=tuple(reading.moves),
    )


def signs_of(reading: Reading, known: Mapping[str, Known], now: datetime) -> Signs:
    """What the poll shows of how its source does."""
    entries = [item.entry for _, item in reading.items]
    dates = [entry.published_at for entry in entries if entry.published_at is not None]
    trouble, why = _trouble(reading)
    return Signs(
        trouble=trouble,
        why=why,
        reached=_outcome(reading.outcomes) in ("ok", "not_modified"),
        whole=reading.whole == len(reading.source.addresses),
        parsed=reading.parsed > 0,
        listed=len(entries) + reading.unchanged,
        new=sum(item.key not in known for _, item in reading.items),
        read=len(entries),
        undated=len(entries) - len(dates),
        ahead=sum(date > now + _AHEAD for date in dates),
        garbled=sum(is_garbled(f"{entry.title} {entry.summary[:500]}") for entry in entries),
        dates=tuple(dates),
        lengths=tuple(reading.lengths),
        first=len(reading.first_read) == len(reading.source.addresses),
        dates_expected=reading.source.kind not in ("page", "mailbox"),
        moved_to=reading.moved_to,
        every=reading.every,
        skip_hours=reading.skip_hours,
    )


def _trouble(reading: Reading) -> tuple[HealthState | None, str]:
    """The gravest thing that was wrong; a source of several addresses is only gone when all of them are."""
    if reading.challenged >= _CHALLENGED and not any(reading.lengths):
        return "challenge", f"{reading.challenged} article pages ask for proof of being human"
    if not reading.troubles:
        return None, ""
    if all(state == "gone" for state, _ in reading.troubles) and len(reading.troubles) == len(reading.outcomes):
        return reading.troubles[0]
    state, why = next((t for t in reading.troubles if t[0] != "gone"), reading.troubles[0])
    return ("failing" if state == "gone" else state), why


def _told(failure: Failure, source: Source) -> str:
    """The reason, after the address where the source has several."""
    several = len(source.addresses) > 1 and failure.url
    return f"{failure.url}: {failure.error}" if several else failure.error


def _outcome(outcomes: Sequence[Outcome]) -> Outcome:
    """The source's outcome out of its addresses': the best of them, since one good address is a source that is read."""
    order: tuple[Outcome, ...] = ("ok", "not_modified", "temporary", "permanent")
    return min(outcomes, key=order.index, default="permanent")


def _add(report: Report, stored: Stored, reading: Reading, unchanged: int) -> None:
    recorded = stored.recorded
    report.outcomes[stored.collected.outcome] += 1
    report.seen += len(reading.items) + reading.unchanged
    report.new += recorded.new
    report.updated += recorded.updated
    report.unchanged += recorded.unchanged + unchanged + reading.unchanged
    report.dropped.update(reading.dropped)
    report.failures += reading.failures
    if reading.evidence.failed:
        report.evidence.fail(reading.evidence.failed, reading.evidence.why)


def due(sources: Sequence[Source], states: Mapping[str, SourceState], now: datetime) -> tuple[Source, ...]:
    """The sources whose time has come, the longest overdue first.

    One that was read at a time that is yet to come is due too: the clock was set back, by an hour or by years.
    """

    def at(source: Source) -> datetime | None:
        state = states.get(source.id)
        if state and state.last_attempt_at and state.last_attempt_at > now:
            return now
        return state.next_due_at if state else None

    ready = [source for source in sources if source.addresses and ((moment := at(source)) is None or moment <= now)]
    return tuple(sorted(ready, key=lambda s: (at(s) is not None, at(s) or now, s.priority)))


def report_record(report: Report, seconds: float) -> dict[str, object]:
    """The report as `collect --json` prints it (CONTRACT.md)."""
    outcomes, evidence = report.outcomes, report.evidence
    record: dict[str, object] = {
        "started": report.started.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "seconds": round(seconds, 3),
        "sources": {
            "due": report.due,
            "ok": outcomes["ok"],
            "not_modified": outcomes["not_modified"],
            "failed": outcomes["temporary"] + outcomes["permanent"],
        },
        "articles": {
            "seen": report.seen,
            "new": report.new,
            "updated": report.updated,
            "unchanged": report.unchanged,
            "dropped": dict(report.dropped),
        },
        "failures": [
            {"source": f.source_id, "url": f.url, "outcome": f.outcome, "error": f.error} for f in report.failures
        ],
    }
    if evidence.kept or evidence.failed:
        record["snapshots"] = {"kept": evidence.kept, "failed": evidence.failed, "error": evidence.why or None}
    return record
