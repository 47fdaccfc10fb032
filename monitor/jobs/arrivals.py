"""The new entries of a poll made into articles that can be stored: pages read, tagged, analysed, given a place."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b

from monitor.identity.listed import Listed
from monitor.identity.normalise import to_article
from monitor.jobs.pages import page_of, wants_page
from monitor.jobs.polls import Reading, Tools
from monitor.text.words import terms
from monitor.types import Address, Arrival, Article, Known, Page

# In place of an entry's digest, from which they differ: its page is read again as long as the entry is listed.
READ_AGAIN = ""
# The same, of an entry that came with the first reading of its address: what the page brings is old news as well.
READ_AGAIN_QUIETLY = "quiet"
#: Pages of one source that are fetched at once; a host's own gap still holds.
PAGES_AT_ONCE = 4
#: Articles that are tagged before the network's answers get their turn: some milliseconds.
_IN_A_ROW = 8

#: An entry of a list, and the address that lists it.
Fresh = tuple[Address, Listed]


async def arrivals(
    fresh: Sequence[Fresh], known: Mapping[str, Known], tools: Tools, reading: Reading
) -> tuple[Arrival, ...]:
    """The articles that the entries are, in the order of the list; those that are none are counted in the reading."""
    making = _Making(tools=tools, reading=reading, known=known)
    with_pages: list[Fresh] = []
    for number, (address, item) in enumerate(fresh, 1):
        if wants_page(address, item, reading, tools):
            with_pages.append((address, item))
        else:
            making.make(address, item, None, again=False)
        if number % _IN_A_ROW == 0:
            await asyncio.sleep(0)
    if with_pages:
        await _read_pages(with_pages, making)
    return tuple(making.found[item.key] for _, item in fresh if item.key in making.found)


async def _read_pages(fresh: Sequence[Fresh], making: _Making) -> None:
    gate = asyncio.Semaphore(PAGES_AT_ONCE)

    async def one(address: Address, item: Listed) -> None:
        async with gate:
            page, again = await page_of(address, item, making.reading, making.tools)
        making.make(address, item, page, again=again)
        await asyncio.sleep(0)

    try:
        async with asyncio.TaskGroup() as group:
            for address, item in _in_turn(fresh, making.known, making.tools.now()):
                group.create_task(one(address, item))
    except ExceptionGroup as several:
        raise several.exceptions[0] from several


@dataclass(slots=True, kw_only=True)
class _Making:
    """The arrivals of one poll as they come about."""

    tools: Tools
    reading: Reading
    known: Mapping[str, Known]
    found: dict[str, Arrival] = field(default_factory=dict)

    def make(self, address: Address, item: Listed, page: Page | None, *, again: bool) -> None:
        """Adds the article; `again`: its page is to be read once more."""
        article = to_article(item, page, self.reading.source, address, self.tools.now())
        if article is None:
            self.reading.dropped["no title and no text"] += 1
            return
        if again:
            self.reading.unfinished.add(address.url)
        quiet = address.url in self.reading.first_read or entry_hash(self.known, item) == READ_AGAIN_QUIETLY
        mark = (READ_AGAIN_QUIETLY if quiet else READ_AGAIN) if again else item.hash
        self.found[item.key] = to_arrival(article, self.tools, entry_key=item.key, entry_hash=mark, quiet=quiet)


def entry_hash(known: Mapping[str, Known], item: Listed) -> str | None:
    """What the archive knows the entry by; None: it was never listed."""
    one = known.get(item.key)
    return None if one is None else one.entry_hash


def _in_turn(fresh: Sequence[Fresh], known: Mapping[str, Known], now: datetime) -> list[Fresh]:
    """New entries first, then those that are read again, in another order each time.

    One page that never answers ends the reading of its host for that poll: it must not always be the same ones that
    wait behind it.
    """

    def turn(pair: Fresh) -> bytes:
        if entry_hash(known, pair[1]) not in (READ_AGAIN, READ_AGAIN_QUIETLY):
            return b""
        return blake2b(f"{now.isoformat()} {pair[1].key}".encode(), digest_size=8).digest()

    return sorted(fresh, key=turn)


def to_arrival(article: Article, tools: Tools, *, entry_key: str, entry_hash: str, quiet: bool = False) -> Arrival:
    """The article with its tags, search terms and place among the others."""
    matches = tools.tagger(article.title, article.text, article.lang, article.published_at or article.first_seen_at)
    return Arrival(
        article=article,
        entry_key=entry_key,
        entry_hash=entry_hash,
        matches=matches,
        placement=tools.placer.place(article.title, article.text, matches),
        terms=terms(article.title, article.text, article.lang),
        quiet=quiet,
        tagged_by=tools.tagged_by() if tools.tagged_by else None,
    )
