"""What a digest or an alert says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One story as a digest or alert tells it: everything needed to write it, frozen."""

    story_id: int
    article_ids: tuple[int, ...]
    title: str
    url: str
    lang: str | None
    source_name: str
    #: Ownership class and country of the outlet; None: not known.
    ownership: str | None
    country: str | None
    published_at: datetime | None
    first_seen_at: datetime
    #: First sentences of the text.
    lead: str
    #: (entry id, display name) of the tags, in order of mention.
    tags: tuple[tuple[str, str], ...]
    #: Highest (lowest number) priority of the tags.
    priority: int
    #: Other outlets that carry the story: (name, url).
    others: tuple[tuple[str, str], ...] = ()
    edited: bool = False
    #: The sentence that holds the newest name, date or number; without `facts`: the first one. Empty: the lead says it.
    new: str = ""
    #: What in it the story had not said before, as it is written there; empty: the whole story is new, or nothing is.
    facts: tuple[str, ...] = ()
    #: Ownership classes of all outlets that carry it, in the order of OWNERSHIP.
    classes: tuple[str, ...] = ()
    #: Names of the independent origins, with how many outlets carry each (0: not known), those with most first; empty:
    #: one of them is not known.
    origins: tuple[tuple[str, int], ...] = ()
    #: The country whose state media alone carry it; None: others do as well.
    single: str | None = None
    #: ``late``: published before the time that the digest covers; ``left over``: the last digest had no place for it.
    waited: Literal["", "late", "left over"] = ""
    #: The headline in English, made by a machine; empty: there is none.
    gloss: str = ""
    #: Who pays for the outlet; empty: not known.
    funder: str = ""
    #: Told without its tags and the names of other outlets: the digest is long enough.
    brief: bool = False
    #: Nor with what is new: the headline, and who says it.
    bare: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A headed part of a digest."""

    key: str
    heading: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """One date of the calendar."""

    #: ISO 8601: a day, a span of days (``2026-12-01/2026-12-03``), a month or a year.
    when: str
    name: str
    #: Who says so, and where; the address may be empty.
    source: str
    url: str = ""
    #: How sure it is, in a word or two; empty: as sure as its source.
    sure: str = ""
    #: Language of the name.
    lang: str | None = "en"
    #: Watchlist entries that it is about.
    tags: tuple[str, ...] = ()
    #: Against the last digest: ``new``, ``moved``, or neither.
    mark: Literal["", "new", "moved"] = ""
    #: Of one that moved: when it was to be before.
    before: str = ""
    #: When a text said so, as in `when`; empty: it is of the calendar file.
    said_on: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One official text with its other language versions."""

    story_id: int
    title: str
    url: str
    lang: str | None
    source_name: str
    country: str | None
    #: (language, address) of the others.
    versions: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """What one government says of a meeting."""

    source_name: str
    country: str
    title: str
    url: str
    lang: str | None
    #: Watchlist names and figures that no other side has.
    names: tuple[str, ...] = ()
    figures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """The read-outs of one meeting side by side."""

    story_id: int
    sides: tuple[Side, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How often an entry was named, in stories."""

    entry_id: str
    name: str
    items: int
    #: Mean of the days (or weeks) before; None: the archive is too young to say.
    usual: float | None
    #: Of each day (or week), the latest last.
    series: tuple[int, ...] = ()
    #: Far from what is usual: worth a picture.
    notable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """Words that an article puts into somebody's mouth."""

    text: str
    lang: str | None
    #: The person of the watchlist who is named in the same sentence.
    who: str
    source_name: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """What to tell: a mail's worth of stories, one alert, or a day's summary of held alerts."""

    #: Unique for ever: ``recipient:desk/2026-11-21`` or ``slack:desk/story/17``: a second one is refused.
    key: str
    subscription_id: str
    #: ``update``: what an alert says by now, for channels that can change a message.
    kind: Literal["digest", "alert", "update", "summary", "health"]
    created_at: datetime
    #: What was seen, half open; for alerts both are the instant of the change.
    since: datetime
    until: datetime
    timezone: str
    sections: tuple[Section, ...]
    #: Articles that answered the search, before limits: all that were decided on since the last message. Each was told
    #: by an item (``sent``), folded, held or dropped, so that the numbers agree.
    seen: int
    #: Left for the next one.
    held: int = 0
    #: Told inside another item of the same story, or of a story that was told.
    folded: int = 0
    #: (reason, articles) left out, with the reason in words.
    dropped: tuple[tuple[str, int], ...] = ()
    #: Lines on failed or silent sources, for the end of a mail.
    housekeeping: tuple[str, ...] = ()
    #: Search that was asked.
    search: str = ""
    #: What the message is about, where its kind alone does not say; empty: it does.
    heading: str = ""
    #: Told in one line each, as neither this digest nor the last one had a place for them: no items.
    also: tuple[Item, ...] = ()
    #: Of an update: key of the alert; empty: none.
    replaces: str = ""
    #: Of an alert: which rule it came by, and what fulfilled it.
    why: str = ""
    #: Of an alert: how its story is muted.
    mute: str = ""
    #: ``week``: with what did not happen, quotes and counts of the week.
    span: Literal["day", "week"] = "day"
    #: Stories of the top line.
    top: tuple[int, ...] = ()
    #: Dates of the next days, and those that are new or moved, however far.
    calendar: tuple[Dated, ...] = ()
    #: Dates out of texts that lie too far ahead to be shown: kept for the digests to come.
    ahead: tuple[Dated, ...] = ()
    documents: tuple[Document, ...] = ()
    #: Official texts that the list had no place for.
    unlisted: int = 0
    readouts: tuple[Compared, ...] = ()
    people: tuple[Count, ...] = ()
    #: Of a week: entries other than people.
    counts: tuple[Count, ...] = ()
    quotes: tuple[Quote, ...] = ()
    #: Of a week: what was expected and did not come.
    nonevents: tuple[str, ...] = ()
    #: Key of the subscription's digest before this one; empty: it is the first.
    follows: str = ""

    @property
    def sent(self) -> int:
        """Articles told by an item or a line of their own: one each; none where it only updates a message."""
        return 0 if self.kind == "update" else sum(len(section.items) for section in self.sections) + len(self.also)

    @property
    def reconciled(self) -> str:
        """``seen 14 = sent 9 + folded 2 + held 3``, with what was dropped and why."""
        dropped = "".join(f" + dropped {count} ({reason})" for reason, count in self.dropped)
        return f"seen {self.seen} = sent {self.sent} + folded {self.folded} + held {self.held}{dropped}"
