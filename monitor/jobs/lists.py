"""Reading what a source lists: its addresses one after the other, and where their lists go on."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

from monitor import health, moves
from monitor.disguises import is_challenge
from monitor.errors import ParseError
from monitor.identity.listed import Listed, listed
from monitor.jobs.polls import Failure, Memory, Reading, Tools
from monitor.types import Address, Fetch, HealthState, Listing, Outcome, Validators

#: Kinds whose addresses are pages for readers or robots: they obey robots.txt. A feed is there to be fetched.
FOR_ROBOTS = frozenset({"page", "sitemap", "telegram"})
#: Most further lists of one address in one poll.
MORE = 50


async def read_lists(reading: Reading, memory: Memory, tools: Tools) -> None:
    """Adds what the source's addresses list to the reading."""
    for address in reading.source.addresses:
        await _read_address(address, reading, memory, tools)


async def _read_address(address: Address, reading: Reading, memory: Memory, tools: Tools) -> None:
    state, known = memory.states.get(reading.source.id), memory.validators.get(address.url)
    move = memory.moves.get(address.url)
    url, now = moves.polled(address.url, move), tools.now()
    # where a mailbox was read up to is no promise of a server's: without it letters would be passed over
    conditional = reading.source.kind == "mailbox" or health.conditional(state.health if state else None, now)
    fetch = await _fetched(url, moves.asked(known, url, conditional=conditional), reading, tools)
    if (later := moves.after(move, address.url, fetch, now)) is not None:
        reading.moves.append(later)
        move = later
    reading.moved_to = move.target if move is not None and move.adopted_at is not None else reading.moved_to
    reading.fresh_for = _shorter(reading, fetch.fresh_for)
    reading.whole += fetch.status == 200
    listing = await _listing(address, fetch, known.seen if known else b"", reading, tools)
    if listing is None:
        return
    reading.every, reading.skip_hours = listing.every, listing.skip_hours
    if known is None:
        reading.first_read.add(address.url)
    # what only names other lists has to be read again for their sake
    kept = Validators(url=address.url) if listing.more else moves.kept(fetch.validators, address.url, listing.seen)
    reading.validators.append(kept)
    await _read_on(address, listing, reading, tools)


async def _fetched(url: str, asked: Validators | None, reading: Reading, tools: Tools) -> Fetch:
    """The answer, with its wish for a pause put down."""
    source = reading.source
    if source.kind in FOR_ROBOTS and source.ignore_robots is None:
        fetch = await tools.fetcher.fetch(url, asked, robots=True)
    else:
        fetch = await tools.fetcher.fetch(url, asked)
    reading.note_wait(fetch, tools.now())
    reading.retry_after = max(filter(None, (reading.retry_after, fetch.retry_after)), default=None)
    return fetch


async def _listing(address: Address, fetch: Fetch, seen: bytes, reading: Reading, tools: Tools) -> Listing | None:
    """What the address's answer lists, added to the reading; None: nothing new, or nothing that can be read."""
    outcome, error, listing = fetch.outcome, fetch.error, None
    state: HealthState = "gone" if fetch.status == 410 else "failing"
    if outcome == "ok":
        try:
            listing = await tools.parser.listing(reading.source.kind, address, fetch, seen)
            _take(address, listing, reading)
        except ParseError as problem:
            outcome, (state, error) = "temporary", _unreadable(fetch, reading.source.kind, problem)
    reading.outcomes.append(outcome)
    if outcome in ("temporary", "permanent"):
        _note_failure(address.url, outcome, error or "no reason given", state, reading)
    return listing


def _unreadable(fetch: Fetch, kind: str, problem: ParseError) -> tuple[HealthState, str]:
    if is_challenge(fetch.body):
        return "challenge", f"a page that asks for proof of being human ({problem})"
    return ("selectors" if kind in ("page", "telegram") else "failing"), str(problem)


def _note_failure(url: str, outcome: Outcome, error: str, state: HealthState, reading: Reading) -> None:
    reading.failures.append(Failure(source_id=reading.source.id, url=url, outcome=outcome, error=error))
    several = len(reading.source.addresses) > 1
    reading.troubles.append((state, f"{url}: {error}" if several else error))


def _take(address: Address, listing: Listing, reading: Reading) -> tuple[Listed, ...]:
    """The items that this poll had not met yet; they are in the reading now."""
    items = tuple(item for item in listed(listing.entries, listing.shared) if item.key not in reading.listed)
    reading.items += [(address, item) for item in items]
    reading.listed.update(item.key for item in items)
    reading.unchanged += listing.unchanged
    reading.dropped.update(listing.dropped)
    reading.parsed += 1
    return items


def _shorter(reading: Reading, fresh_for: timedelta | None) -> timedelta | None:
    """How long all answers so far stay good."""
    if not reading.outcomes:
        return fresh_for
    return min(reading.fresh_for, fresh_for) if reading.fresh_for and fresh_for else None


# ---------------------------------------------------------------------------------------------- where a list goes on


async def _read_on(address: Address, listing: Listing, reading: Reading, tools: Tools) -> None:
    """The further parts of a list: its next pages as long as they bring something new, and the lists that it names."""
    for url in listing.more[:MORE]:
        await _read_part(address, url, reading, tools)
    following, last, been = listing.next_url, listing, {address.url}
    for _ in range(address.pages - 1):
        if not following or following in been or not await _brings_news(last, reading, tools):
            return
        part = await _page_of_list(address, following, reading, tools)
        if part is None:
            return
        been.add(following)
        following, last = part.next_url, part


async def _read_part(address: Address, url: str, reading: Reading, tools: Tools) -> None:
    """A list that another one names, with validators of its own."""
    known = (await asyncio.to_thread(tools.store.validators, [url])).get(url)
    fetch = await _fetched(url, known, reading, tools)
    listing = await _part(address, fetch, known.seen if known else b"", reading, tools)
    if listing is not None:
        reading.validators.append(moves.kept(fetch.validators, url, listing.seen))


async def _page_of_list(address: Address, url: str, reading: Reading, tools: Tools) -> Listing | None:
    fetch = await _fetched(url, None, reading, tools)
    return await _part(address, fetch, b"", reading, tools)


async def _part(address: Address, fetch: Fetch, seen: bytes, reading: Reading, tools: Tools) -> Listing | None:
    """What a further part lists, added to the reading. One that fails is read again next time, like what named it."""
    if fetch.outcome == "not_modified":
        return None
    error = fetch.error
    if fetch.outcome == "ok":
        try:
            listing = await tools.parser.listing(reading.source.kind, replace(address, url=fetch.url), fetch, seen)
            _take(address, listing, reading)
            return listing
        except ParseError as problem:
            error = str(problem)
    reading.unfinished.add(address.url)
    failure = Failure(source_id=reading.source.id, url=fetch.url, outcome="temporary", error=error or "no reason given")
    reading.failures.append(failure)
    return None


async def _brings_news(listing: Listing, reading: Reading, tools: Tools) -> bool:
    """Whether something stands in that list which the archive has never seen."""
    keys = [item.key for item in listed(listing.entries, listing.shared)]
    known = await asyncio.to_thread(tools.store.known, reading.source.id, keys)
    return any(key not in known for key in keys)
