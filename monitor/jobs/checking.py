"""What one reading of a source would bring, and what is odd about it. Nothing is stored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor import schedule
from monitor.errors import ParseError
from monitor.identity.listed import Listed, listed
from monitor.identity.normalise import to_article
from monitor.jobs.lists import FOR_ROBOTS
from monitor.jobs.pages import is_wanted
from monitor.jobs.polls import Tools
from monitor.types import Address, Article, Entry, Fetch, Listing, Source

#: Further lists (pages of an index, parts of a sitemap) that are looked at.
LISTS = 5
_OLD = timedelta(days=14)
_AHEAD = timedelta(hours=30)
_SHORT = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """One address of a source, read once."""

    address: Address
    fetch: Fetch
    #: Why nothing could be read; None: something was.
    error: str | None = None
    entries: tuple[Entry, ...] = ()
    #: Items that would not be kept, by reason.
    dropped: Mapping[str, int]
    #: Whose pages are read (``always``, ``tagged``, ``never``), and of how many entries that would be.
    fulltext: str = "never"
    pages: int = 0
    #: The first article as it would be kept; None: there is none.
    article: Article | None = None
    #: What a person should look at.
    remarks: tuple[str, ...] = ()


async def check(source: Source, tools: Tools) -> tuple[Checked, ...]:
    """Each address of the source, read once, whether it is due or not."""
    return tuple([await _checked(source, address, tools) for address in source.addresses])


async def _checked(source: Source, address: Address, tools: Tools) -> Checked:
    fetch, entries, shared, dropped, error = await _listed(source, address, tools)
    if error is not None and not entries:
        return Checked(address=address, fetch=fetch, error=error, dropped=dropped)
    items = listed(entries, shared)
    now = tools.now()
    dropped.update({"the same item twice": len(entries) - len(items)} if len(items) < len(entries) else {})
    rule = schedule.fulltext_of(source)
    chosen = [item for item in items if item.canonical_url and is_wanted(source, address, item.entry, tools)]
    article, remark = await _first(source, address, items, chosen, tools)
    remarks = (*_remarks(entries, items, now), *filter(None, (error, remark)))
    return Checked(
        address=address,
        fetch=fetch,
        entries=entries,
        dropped=dropped,
        fulltext=rule,
        pages=len(chosen),
        article=article,
        remarks=remarks,
    )


async def _listed(
    source: Source, address: Address, tools: Tools
) -> tuple[Fetch, tuple[Entry, ...], frozenset[str], Counter[str], str | None]:
    """The answer of the address, everything that it and the lists it names have, and the first trouble."""
    robots = source.kind in FOR_ROBOTS and source.ignore_robots is None
    waiting, seen = [address.url], {address.url}
    entries: dict[tuple[str | None, str | None, str], Entry] = {}
    shared, dropped, errors, first = frozenset[str](), Counter[str](), [], None
    while waiting and len(seen) <= LISTS + 1:
        fetch = await tools.fetcher.fetch(waiting.pop(0), robots=robots)
        first = first or fetch
        try:
            listing = await _listing(source, address, fetch, tools)
        except ParseError as error:
            errors.append(f"{fetch.url}: {error}" if fetch is not first else str(error))
            continue
        entries |= {(entry.guid, entry.url, entry.title): entry for entry in listing.entries}
        shared |= listing.shared
        dropped.update(listing.dropped)
        following = [url for url in (listing.next_url, *listing.more) if url and url not in seen]
        waiting += following
        seen.update(following)
    assert first is not None
    return first, tuple(entries.values()), shared, dropped, next(iter(errors), None)


async def _listing(source: Source, address: Address, fetch: Fetch, tools: Tools) -> Listing:
    if fetch.outcome != "ok":
        raise ParseError(f"{fetch.outcome}: {fetch.error}")
    return await tools.parser.listing(source.kind, address, fetch)


async def _first(
    source: Source, address: Address, items: Sequence[Listed], chosen: Sequence[Listed], tools: Tools
) -> tuple[Article | None, str | None]:
    """The first article with its page, where pages are read, and what is odd about that page."""
    item = next(iter(chosen or items), None)
    if item is None:
        return None, None
    page, remark = None, None
    if chosen and item.entry.url:
        fetch = await tools.fetcher.fetch(item.entry.url, robots=source.ignore_robots is None)
        try:
            if fetch.outcome == "ok":
                page = await tools.parser.page(fetch, address.selectors)
            else:
                remark = f"the first article's page cannot be read: {fetch.error}"
        except ParseError as error:
            remark = f"the first article's page cannot be read: {error}"
        if page is not None and len(page.text) < _SHORT:
            remark = (
                f"the first article's page gives {len(page.text)} characters of text: `selectors: {{text: …}}` may help"
            )
    return to_article(item, page, source, address, tools.now()), remark


def _remarks(entries: Sequence[Entry], items: Sequence[Listed], now: datetime) -> list[str]:
    """What is odd about the items; nothing, where all is well."""
    if not entries:
        return ["it can be read and lists nothing"]
    dates = [entry.published_at for entry in entries if entry.published_at]
    counts = {
        "without a date": len(entries) - len(dates),
        "dated in the future: that date would not be believed": sum(at > now + _AHEAD for at in dates),
        "without a headline": sum(not entry.title for entry in entries),
        "without a link": sum(not entry.url for entry in entries),
        "with a link that only an aggregator can resolve": sum(entry.wrapped for entry in entries),
        "with an id or a link that others have too": sum(
            bool(item.entry.guid) and item.guid is None and item.canonical_url is None for item in items
        ),
    }
    told = [f"{_of(count, len(entries))} {what}" for what, count in counts.items() if count]
    newest = max(dates, default=None)
    if newest is not None and now - newest > _OLD:
        told.append(f"the newest item is {(now - newest).days} days old: the list may be frozen")
    return told


def _of(count: int, whole: int) -> str:
    return f"all {whole} items" if count == whole else f"{count} of {whole} items"
