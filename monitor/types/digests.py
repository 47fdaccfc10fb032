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
    #: Names of the independent origins of what is told of it; empty: nobody decided on them.
    origins: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A headed part of a digest."""

    key: str
    heading: str
    items: tuple[Item, ...]


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
    #: Of an update: key of the alert; empty: none.
    replaces: str = ""
    #: Of an alert: which rule it came by, and what fulfilled it.
    why: str = ""
    #: Of an alert: how its story is muted.
    mute: str = ""

    @property
    def sent(self) -> int:
        """Articles told by an item of their own: one an item, none where a message is only brought up to date."""
        return 0 if self.kind == "update" else sum(len(section.items) for section in self.sections)

    @property
    def reconciled(self) -> str:
        """``seen 14 = sent 9 + folded 2 + held 3``, with what was dropped and why."""
        dropped = "".join(f" + dropped {count} ({reason})" for reason, count in self.dropped)
        return f"seen {self.seen} = sent {self.sent} + folded {self.folded} + held {self.held}{dropped}"
