"""The articles' own pages: which of them are read, and how a host that hangs is kept from costing more than once."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import NamedTuple

from monitor import schedule
from monitor.disguises import is_challenge
from monitor.errors import ParseError, StoreError
from monitor.identity.listed import Listed
from monitor.jobs.polls import Reading, Tools, host_of
from monitor.types import Address, Entry, Fetch, Page, Snapshot, Source


class Looked(NamedTuple):
    """What came of looking for an article's own page."""

    page: Page | None
    #: It should be tried again later.
    again: bool = False
    #: The page as it was read; None: there is none, or it could not be kept.
    snapshot: Snapshot | None = None


def wants_page(address: Address, item: Listed, reading: Reading, tools: Tools) -> bool:
    """Whether this pass reads the article's own page."""
    if not tools.fulltext or not item.entry.url or not item.canonical_url:
        return False
    return is_wanted(reading.source, address, item.entry, tools)


async def page_of(address: Address, item: Listed, reading: Reading, tools: Tools) -> Looked:
    """The article's own page, read and kept; for those that `wants_page` names."""
    url = item.entry.url or ""
    hung = reading.hung.setdefault(host_of(url), asyncio.Event())
    fetch = await _fetch_unless(hung, url, reading, tools)
    if fetch is None:
        return Looked(None, again=True)
    reading.note_wait(fetch, tools.now())
    if fetch.outcome == "temporary" and fetch.status is None:
        hung.set()  # a host that hangs costs one time-out, not one for each of its pages
    if fetch.outcome != "ok":
        return Looked(None, again=fetch.outcome == "temporary")
    if is_challenge(fetch.body):
        reading.challenged += 1
        return Looked(None, again=True)
    snapshot = await _kept(fetch, reading, tools)
    fetch = replace(fetch, capture=None)  # a page waits for its worker in one form only
    return Looked(await _read(address, fetch, reading, tools), snapshot=snapshot)


async def _kept(fetch: Fetch, reading: Reading, tools: Tools) -> Snapshot | None:
    """The page's snapshot. One that cannot be kept costs nothing else: it is counted, and told."""
    snapshots, capture = tools.snapshots, fetch.capture
    if snapshots is None or capture is None:
        return None

    def keep() -> Snapshot:
        return snapshots.keep(fetch.url, capture, tools.store.evidence.last_whole(capture.url))

    try:
        return await asyncio.to_thread(keep)
    except StoreError as error:
        reading.evidence.fail(1, str(error))
        return None


async def _read(address: Address, fetch: Fetch, reading: Reading, tools: Tools) -> Page | None:
    try:
        page = await tools.parser.page(fetch, address.selectors)
    except ParseError:
        reading.lengths.append(0)
        return None
    reading.lengths.append(len(page.text))
    return page


def is_wanted(source: Source, address: Address, entry: Entry, tools: Tools) -> bool:
    """Whether the article's page is worth reading: of general sources when what is listed touches the watchlist."""
    if entry.wrapped or not (entry.url or "").startswith(("http://", "https://")):
        return False
    gate = schedule.fulltext_of(source)
    if gate != "tagged":
        return gate == "always"
    text = "\n".join(part for part in (entry.summary, entry.content) if part)
    if not entry.title and not text:
        return True  # nothing to judge by: a sitemap without headlines, of which only the page says what it is about
    lang = address.lang or entry.lang or next(iter(source.languages), None)
    return bool(tools.tagger(entry.title, text, lang, entry.published_at or tools.now()))


async def _fetch_unless(hung: asyncio.Event, url: str, reading: Reading, tools: Tools) -> Fetch | None:
    """The answer; None, when the host was found not to answer before this one came, or there is no time left."""
    reading.cut |= asyncio.get_running_loop().time() > reading.until
    if hung.is_set() or reading.cut:
        return None
    obey = reading.source.ignore_robots is None
    if tools.snapshots is None:
        answer = tools.fetcher.fetch(url, robots=obey)
    else:
        answer = tools.fetcher.fetch(url, robots=obey, keep=True)
    fetching, watching = asyncio.create_task(answer), asyncio.create_task(hung.wait())
    try:
        await asyncio.wait((fetching, watching), return_when=asyncio.FIRST_COMPLETED)
        return fetching.result() if fetching.done() else None
    finally:
        fetching.cancel()
        watching.cancel()
        await asyncio.gather(fetching, watching, return_exceptions=True)
