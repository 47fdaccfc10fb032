"""To whom what is told, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from monitor.types.articles import Kept, Match

#: Words in the error of an attempt whose answer got lost: the message may be there all the same.
MAYBE_ARRIVED = "it may have arrived"


#: What can be new about a story: that it is there at all, or that it names somebody, a day or a number for the first
#: time.
Novelty = Literal["story", "name", "date", "number"]
#: How far beyond its own past an entry has to be: ``high`` takes the smallest surprise, ``low`` only great ones.
Sensitivity = Literal["low", "medium", "high"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What a story has to be, beyond answering the search, to become an alert. Without conditions all do, once."""

    #: As its readers know it.
    name: str = ""
    #: At least one tag of this priority or a more urgent one (1 is the most urgent); None: any, or no tag at all.
    priority: int | None = None
    #: Ownership classes of which one has to say it; empty: any outlet will do.
    classes: tuple[str, ...] = ()
    #: So many different ownership classes say as much as one of `classes`; 0: they never do.
    min_classes: int = 0
    #: Independent origins of its texts; 0 and 1: any.
    min_origins: int = 0
    novelty: tuple[Novelty, ...] = ("story",)
    #: A further alert on the same story, which brings something new, waits for so long.
    cooldown: timedelta = timedelta(hours=4)
    #: Only stories with an entry of which more is written than its own past leads to expect; None: all.
    spike: Sensitivity | None = None

    @property
    def plain(self) -> bool:
        """Whether the new articles alone decide: nothing else of their stories has to be known."""
        asked = self.priority, self.classes, self.min_classes, self.spike
        return not any(asked) and self.min_origins < 2 and self.novelty == ("story",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mute:
    """Something that a channel is not told for a time."""

    #: 0: not stored yet.
    id: int = 0
    kind: Literal["story", "entry", "source", "rule"]
    #: Number of the story, id of the entry or source, name of the rule.
    what: str
    #: Id of the channel.
    channel_id: str
    since: datetime
    #: It has an end, always: not muted any more from then on.
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """Who is told what, when and where: a recipient's digest, or a Slack channel's alerts."""

    #: ``recipient:NAME``, ``slack:NAME`` or ``alert:NAME@CHANNEL``; keys the ledger.
    id: str
    name: str
    #: ``health``: changes in how the sources do.
    kind: Literal["digest", "alert", "health"]
    #: Search whose hits are told, in the query language.
    search: str
    #: Id of the Channel.
    channel_id: str
    #: IANA name.
    timezone: str = "UTC"
    #: ``daily HH:MM`` | ``weekly fri HH:MM`` | ``every 30m``; None: as soon as it is known (alerts).
    schedule: str | None = None
    #: Most items in one digest; 0: no limit.
    max_items: int = 25
    #: Alerts a local day, then one summary; 0: no limit.
    max_per_day: int = 8
    #: ``22:00-06:00`` in the subscription's zone; None: none.
    quiet_hours: str | None = None
    #: Whether its channel can change a message that it has shown.
    edits: bool = False
    #: Of alerts; None: every story that answers, once.
    rule: Rule | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """What the archive remembers of a subscription."""

    subscription_id: str
    #: Changes up to this number have been decided on.
    cursor: int
    #: End of the last digest's window; None: none was made yet.
    last_end_at: datetime | None
    #: When the subscription was first met: nothing older is told by alerts.
    since_at: datetime
    #: (what became of them, articles): decided on since the last message without being told by one. ``folded``, or why
    #: they were dropped; the next message counts them.
    uncounted: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """One article that a subscription has not been told yet."""

    kept: Kept
    #: Number of the change (new article or new version) that brought it.
    change: int
    changed_at: datetime
    #: ``new``, ``edited``; held items keep what they were.
    what: Literal["new", "edited"]
    #: Left over from an earlier digest, or held by quiet hours or a daily limit.
    held: bool
    #: Came with the first reading of its source: not for alerts.
    quiet: bool
    matches: tuple[Match, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """Where things are told. Secrets stay behind the name of an environment variable."""

    #: ``mail:desk``, ``slack:sco-alerts``, ``outbox:desk``: named in logs and errors.
    id: str
    #: Key of alerts.CHANNELS.
    kind: str
    #: E-mail address, Slack channel …, whatever the kind asks for; never a secret.
    target: str = ""
    settings: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One row of the ledger: one digest on its way to one channel."""

    #: 0: it is a test, and no row.
    id: int
    digest_key: str
    channel_id: str
    #: ``folded``: told inside a summary in its place.
    status: Literal["pending", "sending", "sent", "failed", "folded"]
    #: Started attempts, the one under way included.
    attempts: int
    next_attempt_at: datetime | None
    created_at: datetime
    sent_at: datetime | None = None
    last_error: str | None = None
    #: It failed because nothing goes through its channel: due again when that is mended.
    closed: bool = False
    #: Key of the summary that it was folded into; None: none.
    folded_into: str | None = None
    #: What the channel calls the message that it took; empty: nothing that we need.
    message_id: str = ""
    #: The same of the message that this delivery brings up to date; empty: it brings one of its own.
    edits: str = ""

    @property
    def token(self) -> str:
        """What the message of this delivery is known by, at every attempt: 32 hexadecimal digits."""
        return sha256(f"{self.digest_key}\n{self.channel_id}".encode()).hexdigest()[:32]

    @property
    def test(self) -> bool:
        """Whether it is no row of the ledger: a message that somebody tries the channel with."""
        return self.id == 0

    @property
    def repeat(self) -> bool:
        """Whether an earlier attempt may have arrived: its answer got lost, or its sender died over it."""
        return self.attempts > 1 and (self.last_error is None or MAYBE_ARRIVED in self.last_error)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopped:
    """A channel through which nothing goes until somebody mends it."""

    channel_id: str
    since: datetime
    why: str
    #: Whether the operator was told.
    told: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What the other side said when it took a message."""

    detail: str
    #: As in Delivery.
    message_id: str = ""
    #: What will go wrong later, as a test finds out; empty: nothing that is known.
    warning: str = ""
