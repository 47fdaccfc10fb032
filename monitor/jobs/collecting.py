"""One pass over sources: fetch, parse, compare, read pages, tag, and store each poll in one transaction."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

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


@dataclass(slots=True, kw_only=True)
class _Reading:
    """What one poll has gathered so far."""

    outcomes: list[Outcome] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    validators: list[Validators] = field(default_factory=list)
    retry_after: timedelta | None = None
    items: list[tuple[Address, Listed]] = field(default_factory=list)
    #: Addresses that were never read before: their items are old news.
    first_read: set[str] = field(default_factory=set)
    #: Addresses with an article whose page did not answer: they are read again even when nothing has changed.
    unfinished: set[str] = field(default_factory=set)
    dropped: Counter[str] = field(default_factory=Counter)


async def collect(sources: Sequence[Source], tools: Tools) -> Report:
    """What one pass over the sources brought. A source's trouble ends that source's poll only.

    Raises: StoreError, when the archive cannot be read at all.
    """
    report = Report(started=tools.now(), due=len(sources))
    states = tools.store.source_states()
    urls = [address.url for source in sources for address in source.addresses]
    validators = tools.store.validators(urls)
    gate = asyncio.Semaphore(SOURCES_AT_ONCE)

    async def one(source: Source) -> None:
        async with gate:
            await _poll(source, states.get(source.id), validators, tools, report)

    async with asyncio.TaskGroup() as group:
        for source in sources:
            group.create_task(one(source))
    return report


async def _poll(
    source: Source,
    state: SourceState | None,
    validators: Mapping[str, Validators],
    tools: Tools,
    report: Report,
) -> None:
    reading = _Reading()
    for address in source.addresses:
        await _read(source, address, validators.get(address.url), tools, reading)
    known = await asyncio.to_thread(tools.store.known, source.id, [item.key for _, item in reading.items])
    fresh = [
        (a, item) for a, item in reading.items if known.get(item.key) is None or known[item.key].entry_hash != item.hash
    ]
    arrivals = await _arrivals(source, fresh, tools, reading)
    collected = _collected(source, state, tools, reading, arrivals)
    try:
        recorded = await asyncio.to_thread(tools.store.record, collected)
    except StoreError as error:
        failure = Failure(source_id=source.id, url="", outcome="temporary", error=f"not stored: {error}")
        reading.failures.append(failure)
        collected, recorded = _failed(collected, str(error)), Recorded()
    _add(report, collected, reading, recorded, unchanged=len(reading.items) - len(fresh))
    if tools.progress is not None:
        tools.progress.source_done(source, collected.outcome, recorded.new)


async def _read(
    source: Source, address: Address, validators: Validators | None, tools: Tools, reading: _Reading
) -> None:
    """Adds what one address lists to the reading."""
    fetch = await tools.fetcher.fetch(address.url, validators)
    outcome, error = fetch.outcome, fetch.error
    if fetch.outcome == "ok":
        try:
            listing = await tools.parser.listing(source.kind, address, fetch)
            reading.items += [(address, item) for item in listed(listing.entries) if _is_new(item, reading)]
            reading.dropped.update(listing.dropped)
            reading.validators.append(fetch.validators or Validators(url=address.url))
            if validators is None:
                reading.first_read.add(address.url)
        except ParseError as problem:
            outcome, error = "temporary", str(problem)
    reading.outcomes.append(outcome)
    reading.retry_after = max(filter(None, (reading.retry_after, fetch.retry_after)), default=None)
    if outcome in ("temporary", "permanent"):
        failure = Failure(source_id=source.id, url=address.url, outcome=outcome, error=error or "no reason given")
        reading.failures.append(failure)


def _is_new(item: Listed, reading: _Reading) -> bool:
    return all(item.key != other.key for _, other in reading.items)


async def _arrivals(
    source: Source, fresh: Sequence[tuple[Address, Listed]], tools: Tools, reading: _Reading
) -> tuple[Arrival, ...]:
    gate = asyncio.Semaphore(PAGES_AT_ONCE)

    async def one(address: Address, item: Listed) -> Arrival | None:
        async with gate:
            page, again = await _page(source, address, item, tools)
        article = to_article(item, page, source, address, tools.now())
        if article is None:
            reading.dropped["no title and no text"] += 1
            return None
        await asyncio.sleep(0)  # tagging is work: let the network's answers in between
        if again:
            reading.unfinished.add(address.url)
        # an empty digest differs from any other: the page is tried again while the entry is listed
        arrival = to_arrival(article, tools, entry_key=item.key, entry_hash="" if again else item.hash)
        return replace(arrival, quiet=address.url in reading.first_read)

    found = await asyncio.gather(*(one(address, item) for address, item in fresh))
    return tuple(arrival for arrival in found if arrival is not None)


async def _page(source: Source, address: Address, item: Listed, tools: Tools) -> tuple[Page | None, bool]:
    """The article's own page, and whether it should be tried again later."""
    url = item.entry.url
    if not (tools.fulltext and source.fulltext and url and item.canonical_url):
        return None, False
    fetch = await tools.fetcher.fetch(url)
    if fetch.outcome != "ok":
        return None, fetch.outcome == "temporary"
    try:
        return await tools.parser.page(_as_asked(fetch, url), address.selectors), False
    except ParseError:
        return None, False


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
        error="; ".join(f"{f.url}: {f.error}" for f in reading.failures) or None,
        next_due_at=schedule.next_poll(source, state, outcome, now, reading.retry_after, tools.poll_seconds),
        validators=tuple(Validators(url=v.url) if v.url in reading.unfinished else v for v in reading.validators),
        arrivals=arrivals,
        dropped=dict(reading.dropped),
    )


def _failed(collected: Collected, error: str) -> Collected:
    return Collected(source_id=collected.source_id, at=collected.at, outcome="temporary", error=error)


def _outcome(outcomes: Sequence[Outcome]) -> Outcome:
    """The source's outcome out of its addresses': the best of them, since one good address is a source that is read."""
    order: tuple[Outcome, ...] = ("ok", "not_modified", "temporary", "permanent")
    return min(outcomes, key=order.index, default="permanent")


def _add(report: Report, collected: Collected, reading: _Reading, recorded: Recorded, unchanged: int) -> None:
    report.outcomes[collected.outcome] += 1
    report.seen += len(reading.items)
    report.new += recorded.new
    report.updated += recorded.updated
    report.unchanged += recorded.unchanged + unchanged
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
