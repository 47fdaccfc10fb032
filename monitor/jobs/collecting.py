"""One pass over sources: fetch, parse, compare, read pages, tag, and store each poll in one transaction."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import blake2b
from urllib.parse import urlsplit

from monitor import schedule
from monitor.errors import ParseError, StoreError
from monitor.identity.listed import Listed, listed
from monitor.identity.normalise import to_article
from monitor.ports import Fetcher, Parser, Placer, Progress, Store
from monitor.text.words import terms
from monitor.types import (
    Address,
    Arrival,
    Article,
    Collected,
    Fetch,
    Known,
    Match,
    Outcome,
    Page,
    Recorded,
    Source,
    SourceState,
    Validators,
)

# Sources that are under way at once; the fetcher has limits of its own for requests.
SOURCES_AT_ONCE = 48
# Pages of one source that are fetched at once; a host's own gap still holds.
PAGES_AT_ONCE = 4
# After a poll that the archive could not take: soon, since such trouble ends when somebody has made room.
STORE_AGAIN = timedelta(minutes=1)

# In place of an entry's digest, from which they differ: its page is read again as long as the entry is listed.
READ_AGAIN = ""
# The same, of an entry that came with the first reading of its address: what the page brings is old news as well.
READ_AGAIN_QUIETLY = "quiet"

Tagger = Callable[[str, str, str | None, datetime | None], tuple[Match, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """The edges and the tagger that a pass works with."""

    store: Store
    fetcher: Fetcher
    parser: Parser
    tagger: Tagger
    placer: Placer
    now: Callable[[], datetime]
    #: False: no article pages, feeds only.
    fulltext: bool = True
    #: Above 0: in place of each source's own interval.
    poll_seconds: int = 0
    progress: Progress | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """One address that gave nothing, and why."""

    source_id: str
    url: str
    outcome: Outcome
    error: str


@dataclass(slots=True, kw_only=True)
class Report:
    """What a pass did, added up as its polls end."""

    started: datetime
    due: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    seen: int = 0
    new: int = 0
    updated: int = 0
    unchanged: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    failures: list[Failure] = field(default_factory=list)
    #: What the archive said to the first poll that it did not take; None: it took them all.
    not_stored: str | None = None


@dataclass(slots=True, kw_only=True)
class _Reading:
    """What one poll has gathered so far."""

    outcomes: list[Outcome] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    validators: list[Validators] = field(default_factory=list)
    retry_after: timedelta | None = None
    items: list[tuple[Address, Listed]] = field(default_factory=list)
    #: Their keys.
    listed: set[str] = field(default_factory=set)
    #: Items that stood in the last body already, and were not read again.
    unchanged: int = 0
    #: Addresses that were never read before: their items are old news.
    first_read: set[str] = field(default_factory=set)
    #: Addresses with an article whose page did not answer: they are read again even when nothing has changed.
    unfinished: set[str] = field(default_factory=set)
    #: By host of articles' pages; set: it does not answer, and its other pages are left for another poll.
    hung: dict[str, asyncio.Event] = field(default_factory=dict)
    dropped: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True, kw_only=True)
class _Pass:
    """What the polls of one pass share."""

    tools: Tools
    report: Report
    states: Mapping[str, SourceState]
    validators: Mapping[str, Validators]
    #: One poll is stored at a time; those behind one that finds the archive shut need not wait for it each.
    storing: asyncio.Lock = field(default_factory=asyncio.Lock)


async def collect(sources: Sequence[Source], tools: Tools) -> Report:
    """What one pass over the sources brought. A source's trouble ends that source's poll only.

    Raises: StoreError, when the archive cannot be read, or takes nothing any more; what was stored before stays.
    """
    urls = [address.url for source in sources for address in source.addresses]
    whole = _Pass(
        tools=tools,
        report=Report(started=tools.now(), due=len(sources)),
        states=tools.store.source_states(),
        validators=tools.store.validators(urls),
    )
    gate = asyncio.Semaphore(SOURCES_AT_ONCE)

    async def one(source: Source) -> None:
        async with gate:
            await _poll(source, whole)

    try:
        async with asyncio.TaskGroup() as group:
            for source in sources:
                group.create_task(one(source))
    except ExceptionGroup as several:
        raise several.exceptions[0] from several
    return whole.report


async def _poll(source: Source, whole: _Pass) -> None:
    tools, state, reading = whole.tools, whole.states.get(source.id), _Reading()
    arrivals: tuple[Arrival, ...] = ()
    unchanged = 0
    try:
        for address in source.addresses:
            await _read(source, address, whole.validators.get(address.url), tools, reading)
        known = await asyncio.to_thread(tools.store.known, source.id, [item.key for _, item in reading.items])
        fresh = [(a, item) for a, item in reading.items if _entry_hash(known, item) != item.hash]
        unchanged = len(reading.items) - len(fresh)
        arrivals = await _arrivals(source, fresh, known, tools, reading)
    except StoreError:
        raise
    except Exception as error:  # noqa: BLE001 - what one source has written must never end the pass over all
        _broken(source, reading, error)
    collected = _collected(source, state, tools, reading, arrivals)
    collected, recorded = await _store(collected, whole, reading)
    _add(whole.report, collected, reading, recorded, unchanged)
    if tools.progress is not None:
        tools.progress.source_done(source, collected.outcome, recorded.new)


def _entry_hash(known: Mapping[str, Known], item: Listed) -> str | None:
    """What the archive knows the entry by; None: it was never listed."""
    return known[item.key].entry_hash if item.key in known else None


def _broken(source: Source, reading: _Reading, error: Exception) -> None:
    """Makes the reading one that failed: nothing of it is stored, so that all of it is read again."""
    why = f"scowatch could not work on it ({type(error).__name__}: {error}); please report this"
    reading.failures.append(Failure(source_id=source.id, url="", outcome="temporary", error=" ".join(why.split())))
    reading.outcomes = ["temporary"]
    reading.items, reading.validators, reading.unchanged = [], [], 0


async def _store(collected: Collected, whole: _Pass, reading: _Reading) -> tuple[Collected, Recorded]:
    """What was stored: the poll, or in its place that it could not be. Raises: StoreError, when not even that can."""
    record = whole.tools.store.record
    async with whole.storing:
        try:
            return collected, await asyncio.to_thread(record, collected)
        except StoreError as error:
            why = f"not stored: {error}"
            failed = Collected(
                source_id=collected.source_id,
                at=collected.at,
                outcome="temporary",
                error=why,
                next_due_at=collected.at + STORE_AGAIN,
            )
            await asyncio.to_thread(record, failed)
    source_id = collected.source_id or ""
    reading.failures.append(Failure(source_id=source_id, url="", outcome="temporary", error=why))
    whole.report.not_stored = whole.report.not_stored or why.removeprefix("not stored: ")
    return failed, Recorded()


async def _read(
    source: Source, address: Address, validators: Validators | None, tools: Tools, reading: _Reading
) -> None:
    """Adds what one address lists to the reading."""
    fetch = await tools.fetcher.fetch(address.url, validators)
    outcome, error = fetch.outcome, fetch.error
    if fetch.outcome == "ok":
        try:
            seen = validators.seen if validators else b""
            listing = await tools.parser.listing(source.kind, address, fetch, seen)
            items = listed(listing.entries, listing.shared)
            reading.items += [(address, item) for item in items if item.key not in reading.listed]
            reading.listed.update(item.key for _, item in reading.items)
            reading.unchanged += listing.unchanged
            reading.dropped.update(listing.dropped)
            reading.validators.append(replace(fetch.validators or Validators(url=address.url), seen=listing.seen))
            if validators is None:
                reading.first_read.add(address.url)
        except ParseError as problem:
            outcome, error = "temporary", str(problem)
    reading.outcomes.append(outcome)
    reading.retry_after = max(filter(None, (reading.retry_after, fetch.retry_after)), default=None)
    if outcome in ("temporary", "permanent"):
        failure = Failure(source_id=source.id, url=address.url, outcome=outcome, error=error or "no reason given")
        reading.failures.append(failure)


async def _arrivals(
    source: Source,
    fresh: Sequence[tuple[Address, Listed]],
    known: Mapping[str, Known],
    tools: Tools,
    reading: _Reading,
) -> tuple[Arrival, ...]:
    gate = asyncio.Semaphore(PAGES_AT_ONCE)
    found: dict[str, Arrival] = {}

    async def one(address: Address, item: Listed) -> None:
        async with gate:
            page, again = await _page(source, address, item, tools, reading)
        article = to_article(item, page, source, address, tools.now())
        if article is None:
            reading.dropped["no title and no text"] += 1
            return
        await asyncio.sleep(0)  # tagging is work: let the network's answers in between
        if again:
            reading.unfinished.add(address.url)
        quiet = address.url in reading.first_read or _entry_hash(known, item) == READ_AGAIN_QUIETLY
        mark = (READ_AGAIN_QUIETLY if quiet else READ_AGAIN) if again else item.hash
        found[item.key] = replace(to_arrival(article, tools, entry_key=item.key, entry_hash=mark), quiet=quiet)

    try:
        async with asyncio.TaskGroup() as group:
            for address, item in _in_turn(fresh, known, tools.now()):
                group.create_task(one(address, item))
    except ExceptionGroup as several:
        raise several.exceptions[0] from several
    return tuple(found[item.key] for _, item in fresh if item.key in found)


def _in_turn(
    fresh: Sequence[tuple[Address, Listed]], known: Mapping[str, Known], now: datetime
) -> list[tuple[Address, Listed]]:
    """New entries first, then those that are read again, in another order each time.

    One page that never answers ends the reading of its host for that poll: it must not always be the same ones that
    wait behind it.
    """

    def turn(pair: tuple[Address, Listed]) -> bytes:
        if _entry_hash(known, pair[1]) not in (READ_AGAIN, READ_AGAIN_QUIETLY):
            return b""
        return blake2b(f"{now.isoformat()} {pair[1].key}".encode(), digest_size=8).digest()

    return sorted(fresh, key=turn)


async def _page(
    source: Source, address: Address, item: Listed, tools: Tools, reading: _Reading
) -> tuple[Page | None, bool]:
    """The article's own page, and whether it should be tried again later."""
    url = item.entry.url
    if not (tools.fulltext and source.fulltext != "never" and url and item.canonical_url):
        return None, False
    hung = reading.hung.setdefault(_host(url), asyncio.Event())
    fetch = await _fetch_unless(hung, url, tools)
    if fetch is None:
        return None, True
    if fetch.outcome == "temporary" and fetch.status is None:
        hung.set()  # a host that hangs costs one time-out, not one for each of its pages
    if fetch.outcome != "ok":
        return None, fetch.outcome == "temporary"
    try:
        return await tools.parser.page(_as_asked(fetch, url), address.selectors), False
    except ParseError:
        return None, False


def _host(url: str) -> str:
    try:
        return urlsplit(url).netloc.lower()
    except ValueError:
        return url


async def _fetch_unless(hung: asyncio.Event, url: str, tools: Tools) -> Fetch | None:
    """The answer; None, when the host was found not to answer before this one came."""
    if hung.is_set():
        return None
    fetching, watching = asyncio.create_task(tools.fetcher.fetch(url)), asyncio.create_task(hung.wait())
    try:
        await asyncio.wait((fetching, watching), return_when=asyncio.FIRST_COMPLETED)
        return fetching.result() if fetching.done() else None
    finally:
        fetching.cancel()
        watching.cancel()
        await asyncio.gather(fetching, watching, return_exceptions=True)


def _as_asked(fetch: Fetch, url: str) -> Fetch:
    return fetch if fetch.final_url else Fetch(url=url, outcome=fetch.outcome, final_url=url, body=fetch.body)


def to_arrival(article: Article, tools: Tools, *, entry_key: str, entry_hash: str) -> Arrival:
    """The article with its tags, search terms and place among the others."""
    matches = tools.tagger(article.title, article.text, article.lang, article.published_at or article.first_seen_at)
    return Arrival(
        article=article,
        entry_key=entry_key,
        entry_hash=entry_hash,
        matches=matches,
        placement=tools.placer.place(article.title, article.text, matches),
        terms=terms(article.title, article.text, article.lang),
    )


def _collected(
    source: Source, state: SourceState | None, tools: Tools, reading: _Reading, arrivals: tuple[Arrival, ...]
) -> Collected:
    now = tools.now()
    outcome = _outcome(reading.outcomes)
    return Collected(
        source_id=source.id,
        at=now,
        outcome=outcome,
        error="; ".join(_told(f, source) for f in reading.failures) or None,
        next_due_at=schedule.next_poll(source, state, outcome, now, reading.retry_after, tools.poll_seconds),
        validators=tuple(Validators(url=v.url) if v.url in reading.unfinished else v for v in reading.validators),
        arrivals=arrivals,
        dropped=dict(reading.dropped),
    )


def _told(failure: Failure, source: Source) -> str:
    """The reason, after the address where the source has several."""
    several = len(source.addresses) > 1 and failure.url
    return f"{failure.url}: {failure.error}" if several else failure.error


def _outcome(outcomes: Sequence[Outcome]) -> Outcome:
    """The source's outcome out of its addresses': the best of them, since one good address is a source that is read."""
    order: tuple[Outcome, ...] = ("ok", "not_modified", "temporary", "permanent")
    return min(outcomes, key=order.index, default="permanent")


def _add(report: Report, collected: Collected, reading: _Reading, recorded: Recorded, unchanged: int) -> None:
    report.outcomes[collected.outcome] += 1
    report.seen += len(reading.items) + reading.unchanged
    report.new += recorded.new
    report.updated += recorded.updated
    report.unchanged += recorded.unchanged + unchanged + reading.unchanged
    report.dropped.update(reading.dropped)
    report.failures += reading.failures


def due(sources: Sequence[Source], states: Mapping[str, SourceState], now: datetime) -> tuple[Source, ...]:
    """The sources whose time has come, the longest overdue first."""

    def at(source: Source) -> datetime | None:
        state = states.get(source.id)
        return state.next_due_at if state else None

    ready = [source for source in sources if source.addresses and ((moment := at(source)) is None or moment <= now)]
    return tuple(sorted(ready, key=lambda s: (at(s) is not None, at(s) or now, s.priority)))


def report_record(report: Report, seconds: float) -> dict[str, object]:
    """The report as `collect --json` prints it (CONTRACT.md)."""
    outcomes = report.outcomes
    return {
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
