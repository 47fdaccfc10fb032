"""What a pass and its polls share: the tools, the report, and what one poll has gathered so far."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypeAlias

from monitor.types import (
    Address,
    Fetch,
    HealthState,
    Move,
    Outcome,
    Source,
    SourceState,
    Validators,
)

if TYPE_CHECKING:
    from monitor.identity.listed import Listed
    from monitor.ports import Fetcher, Parser, Placer, Progress, Snapshots, Store
    from monitor.types import ListVersion, Match

#: Title, text, language and time of an article -> its matches.
Tagger: TypeAlias = "Callable[[str, str, str | None, datetime | None], tuple[Match, ...]]"

#: A source's part of a pass ends after so long; pages that are left are read in the next one, which comes soon.
POLL_SECONDS = 300.0


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
    #: The list that `tagger` tags by; None: nobody says.
    tagged_by: Callable[[], ListVersion] | None = None
    #: Where the pages of articles are kept; None: they are not.
    snapshots: Snapshots | None = None


@dataclass(slots=True, kw_only=True)
class Keeping:
    """What became of the pages that were to be kept."""

    kept: int = 0
    #: Pages that could not be kept, and why the first of them could not.
    failed: int = 0
    why: str = ""
    #: What was done about files that a process had left torn.
    mended: list[str] = field(default_factory=list)

    def fail(self, count: int, why: str) -> None:
        self.failed += count
        self.why = self.why or why


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
    #: Tagged articles whose pages turned out to be gone.
    gone: int = 0
    #: What the archive said to the first poll that it did not take; None: it took them all.
    not_stored: str | None = None
    evidence: Keeping = field(default_factory=lambda: Keeping())


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """What the archive remembered when the pass began."""

    states: Mapping[str, SourceState]
    validators: Mapping[str, Validators]
    moves: Mapping[str, Move]


@dataclass(slots=True, kw_only=True)
class Reading:
    """What one poll has gathered so far."""

    source: Source
    #: Seconds of the loop's clock after which no page is begun.
    until: float
    outcomes: list[Outcome] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    validators: list[Validators] = field(default_factory=list)
    retry_after: timedelta | None = None
    #: How long the answers stay good; None: one of them does not say.
    fresh_for: timedelta | None = None
    items: list[tuple[Address, Listed]] = field(default_factory=list)
    #: Their keys.
    listed: set[str] = field(default_factory=set)
    #: Items that stood in the last body already, and were not read again.
    unchanged: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    #: Addresses that were never read before: their items are old news.
    first_read: set[str] = field(default_factory=set)
    #: Addresses of which something is still to be read: they are read again even when nothing has changed.
    unfinished: set[str] = field(default_factory=set)
    #: The poll's time was over before all pages were read.
    cut: bool = False
    #: By host of articles' pages; set: it does not answer, and its other pages are left for another poll.
    hung: dict[str, asyncio.Event] = field(default_factory=dict)
    #: Hosts that asked to be left alone, and until when.
    pauses: dict[str, datetime] = field(default_factory=dict)
    moves: list[Move] = field(default_factory=list)
    moved_to: str | None = None
    #: What was wrong with an address, and why, in words.
    troubles: list[tuple[HealthState, str]] = field(default_factory=list)
    #: Addresses that answered with a whole body.
    whole: int = 0
    #: Lists that were read.
    parsed: int = 0
    #: The publisher's own interval and hours, of the last list that was read.
    every: timedelta | None = None
    skip_hours: tuple[int, ...] | None = None
    #: Letters of each text on an article's own page.
    lengths: list[int] = field(default_factory=list)
    #: Pages that asked for proof of being human.
    challenged: int = 0
    evidence: Keeping = field(default_factory=Keeping)

    def note_wait(self, fetch: Fetch, now: datetime) -> None:
        """Puts down that the host which answered asks for a pause."""
        if fetch.retry_after is not None and (host := host_of(fetch.final_url)):
            until = now + fetch.retry_after
            self.pauses[host] = max(self.pauses.get(host, until), until)


def host_of(url: str) -> str:
    """The host that such an address is fetched from; empty where it has none."""
    from urllib.parse import urlsplit

    try:
        return (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return ""
