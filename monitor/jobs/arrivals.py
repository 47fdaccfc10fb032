"""The new entries of a poll made into articles that can be stored: pages read, tagged, analysed."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b

from monitor.identity.listed import Listed
from monitor.identity.normalise import to_article
from monitor.jobs.lane import Lane, Step
from monitor.jobs.pages import Looked, page_of, wants_page
from monitor.jobs.polls import Reading, Tools
from monitor.text.words import terms
from monitor.types import Address, Arrival, Article, Known, Match, Snapshot, Version

# In place of an entry's digest, from which they differ: its page is read again as long as the entry is listed.
READ_AGAIN = ""
# The same, of an entry that came with the first reading of its address: what the page brings is old news as well.
READ_AGAIN_QUIETLY = "quiet"
#: Pages of one source that are fetched at once; a host's own gap still holds.
PAGES_AT_ONCE = 4
#: Articles that are tagged before the same ones are analysed: each work has tables of its own.
_IN_A_ROW = 100

_AS_LISTED = Looked(None)

#: An entry of a list, and the address that lists it.
Fresh = tuple[Address, Listed]


async def arrivals(
    fresh: Sequence[Fresh], known: Mapping[str, Known], tools: Tools, reading: Reading, lane: Lane
) -> tuple[Arrival, ...]:
    """The articles that the entries are, in the order of the list; those that are none are counted in the reading."""
    making = _Making(tools=tools, reading=reading, known=known)
    with_pages: list[Fresh] = []
    as_listed: list[Fresh] = []
    for pair in fresh:
        (with_pages if wants_page(*pair, reading, tools) else as_listed).append(pair)
    if as_listed:
        await lane.do(Step.READ, making.add_listed, as_listed)
    if with_pages:
        await _read_pages(with_pages, making, lane)
    return tuple(making.found[item.key] for _, item in fresh if item.key in making.found)


async def _read_pages(fresh: Sequence[Fresh], making: _Making, lane: Lane) -> None:
    gate = asyncio.Semaphore(PAGES_AT_ONCE)

    async def one(address: Address, item: Listed) -> None:
        async with gate:
            looked = await page_of(address, item, making.reading, making.tools)
        await lane.do(Step.READ, making.add, address, item, looked)

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

    def draft(self, address: Address, item: Listed, looked: Looked) -> Draft | None:
        """The article as far as it can be told by itself; None: it is none."""
        again = looked.again
        article = to_article(item, looked.page, self.reading.source, address, self.tools.now())
        if article is None:
            self.reading.dropped["no title and no text"] += 1
            return None
        if again:
            self.reading.unfinished.add(address.url)
        quiet = address.url in self.reading.first_read or entry_hash(self.known, item) == READ_AGAIN_QUIETLY
        mark = (READ_AGAIN_QUIETLY if quiet else READ_AGAIN) if again else item.hash
        return Draft(article=article, entry_key=item.key, entry_hash=mark, quiet=quiet, snapshot=looked.snapshot)

    def add_listed(self, fresh: Sequence[Fresh]) -> None:
        """Makes articles of what the list itself says."""
        for first in range(0, len(fresh), _IN_A_ROW):
            self._take([self.draft(*pair, _AS_LISTED) for pair in fresh[first : first + _IN_A_ROW]])

    def add(self, address: Address, item: Listed, looked: Looked) -> None:
        """Makes an article of an entry and its page."""
        self._take([self.draft(address, item, looked)])

    def _take(self, drafts: Sequence[Draft | None]) -> None:
        made = to_arrivals([draft for draft in drafts if draft is not None], self.tools)
        self.found.update((arrival.entry_key, arrival) for arrival in made)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An article of a poll or an import, before it is looked at."""

    article: Article
    entry_key: str
    entry_hash: str
    quiet: bool = False
    #: As in Arrival, without the matches.
    history: tuple[Version, ...] | None = None
    snapshot: Snapshot | None = None


def to_arrivals(drafts: Sequence[Draft], tools: Tools) -> list[Arrival]:
    """The articles with their tags and search terms, in the same order; the archive gives them their places.

    One kind of work after the other: each has tables of its own, and a processor's cache holds those of one.
    """
    articles = [draft.article for draft in drafts]
    matches = [tools.tagger(a.title, a.text, a.lang, a.published_at or a.first_seen_at) for a in articles]
    analysed = [terms(a.title, a.text, a.lang) for a in articles]
    tagged_by = tools.tagged_by() if tools.tagged_by else None
    return [
        Arrival(
            article=draft.article,
            entry_key=draft.entry_key,
            entry_hash=draft.entry_hash,
            matches=found,
            terms=columns,
            quiet=draft.quiet,
            tagged_by=tagged_by,
            history=_tagged(draft, tools),
            snapshot=draft.snapshot,
        )
        for draft, found, columns in zip(drafts, matches, analysed, strict=True)
    ]


def _tagged(draft: Draft, tools: Tools) -> tuple[tuple[Version, tuple[Match, ...]], ...] | None:
    """The texts of an article out of another archive, those that were replaced with their tags."""
    if draft.history is None:
        return None
    article = draft.article
    at = article.published_at or article.first_seen_at
    return tuple(
        (past, tuple(tools.tagger(past.title, past.text, article.lang, at)) if past.replaced_at else ())
        for past in draft.history
    )
