"""What a poll brought, and how a source does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from monitor.types.articles import Arrival
    from monitor.types.reading import Outcome, Validators

HealthState = Literal[
    "ok",
    "failing",
    "empty",
    "frozen",
    "undated",
    "future",
    "short",
    "challenge",
    "mojibake",
    "selectors",
    "gone",
    "moved",
    "unkept",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Signs:
    """What one poll showed of how its source does."""

    #: What the answer itself shows to be wrong; None: it was read.
    trouble: HealthState | None = None
    #: The trouble in words.
    why: str = ""
    #: At least one address answered as it should.
    reached: bool = True
    #: Every address answered with a whole body, known or not.
    whole: bool = False
    #: At least one list was read.
    parsed: bool = False
    #: Items in the lists, known or not.
    listed: int = 0
    #: Of them: never listed before.
    new: int = 0
    #: Of them: read in this poll, since they did not stand there before; the next four count among these.
    read: int = 0
    undated: int = 0
    #: Dated more than a day ahead.
    ahead: int = 0
    #: With signs of a wrong encoding.
    garbled: int = 0
    #: When the items that were read were published, as far as they say and it can be.
    dates: tuple[datetime, ...] = ()
    #: Letters of each text found on an article's own page; 0: none found.
    lengths: tuple[int, ...] = ()
    #: No address was ever read before.
    first: bool = False
    #: Its lists have dates as a rule.
    dates_expected: bool = True
    #: Where an address lives now, by its own word, and is polled; None: nothing has moved.
    moved_to: str | None = None
    #: As in Listing; None: no list was read.
    every: timedelta | None = None
    skip_hours: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """What is remembered of how a source does: its state, and the figures of its own past."""

    state: HealthState = "ok"
    since: datetime | None = None
    #: Why it is in that state; empty when it is well.
    evidence: str = ""
    #: What the last polls look like, and how many of them in a row: not yet certain.
    suspect: HealthState = "ok"
    suspected: int = 0
    #: Changes of state, fading with time: a source that goes to and fro is told of less often.
    unrest: float = 0.0
    #: When it was last read.
    read_at: datetime | None = None
    #: The oldest of what its figures come from.
    known_since: datetime | None = None
    #: When it last had a new item.
    new_at: datetime | None = None
    #: Usual seconds between two new items; None: not known yet.
    gap: float | None = None
    #: Longest silence in seconds, fading by half in a month.
    longest: float = 0.0
    #: Items in its last list.
    listed: int = 0
    #: Its items have had dates.
    dated: bool = False
    #: Logarithm (base 2) of the usual length of its texts in letters; None: not known yet.
    letters: float | None = None
    #: Texts that this comes from, and how many in a row were far shorter.
    texts: int = 0
    shorts: int = 0
    #: When all addresses last answered with a whole body, and polls since.
    whole_at: datetime | None = None
    repeats: int = 0
    #: The publisher's own interval in seconds and hours of no polls, as last read.
    every: float | None = None
    skip_hours: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """On which days a source could be read."""

    #: Start of the first of them (UTC).
    first_at: datetime
    #: How many of them lie in the time that was asked for.
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceEvent:
    """A change in how a source does."""

    source_id: str
    at: datetime
    was: HealthState
    became: HealthState
    #: What shows it, in words.
    evidence: str
    #: In order of storing; 0: not stored yet.
    number: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A permanent redirect of a polled address."""

    #: As in sources.yaml.
    url: str
    target: str
    first_at: datetime
    last_at: datetime
    #: Polls at which it led there.
    seen: int
    #: Since when the target is polled in place of the address; None: it is not.
    adopted_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """All that one poll of one source brought, to be stored in one transaction."""

    #: None: an import.
    source_id: str | None
    at: datetime
    outcome: Outcome
    #: One line for people; None when all went well.
    error: str | None = None
    next_due_at: datetime | None = None
    #: Stored only together with the articles they stand for.
    validators: tuple[Validators, ...] = ()
    arrivals: tuple[Arrival, ...] = ()
    #: Items that were listed but not kept, by reason.
    dropped: Mapping[str, int] = field(default_factory=dict)
    #: What the poll showed, for the counts of the day; None: nothing is to be counted.
    signs: Signs | None = None
    #: What is remembered from now on; None: what was remembered stays.
    health: Health | None = None
    event: SourceEvent | None = None
    #: Hosts that asked to be left alone, and until when.
    pauses: Mapping[str, datetime] = field(default_factory=dict)
    moves: tuple[Move, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What became of a poll's arrivals."""

    new: int = 0
    updated: int = 0
    unchanged: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """What the archive remembers of a source between two polls."""

    source_id: str
    #: None: due at once.
    next_due_at: datetime | None = None
    #: None: never read with success.
    last_success_at: datetime | None = None
    last_attempt_at: datetime | None = None
    last_outcome: Outcome | None = None
    last_error: str | None = None
    #: Failed polls in a row.
    failures: int = 0
    articles: int = 0
    last_new_at: datetime | None = None
    #: None: nothing is known yet.
    health: Health | None = None
