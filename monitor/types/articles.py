"""Articles, with what is found in them and what is found of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from monitor.types.evidence import Snapshot
    from monitor.types.identity import Placement
    from monitor.types.versions import Version
    from monitor.types.watchlist import ListVersion

FieldName = Literal["title", "text"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One item as we keep it. The archive's own numbers come with Kept."""

    #: Source id; None: imported without one.
    source_id: str | None
    #: As the publisher wrote it; what a reader opens.
    url: str
    #: Without tracking parameters and fragments: what two sightings of one article share.
    canonical_url: str
    title: str
    #: Plain text, one paragraph a line.
    text: str
    #: Where the text came from. A text out of a feed never takes the place of one out of a page.
    text_from: Literal["page", "feed", "import"]
    #: ISO 639 code; None: could not be told.
    lang: str | None
    authors: tuple[str, ...] = ()
    #: As the publisher says; None: it does not, or what it says cannot be.
    published_at: datetime | None = None
    first_seen_at: datetime
    #: SHA-256 (hex) over the folded title and text: another one is another version.
    content_hash: str
    #: The publisher's own id.
    guid: str | None = None
    #: The importer's own id; None: collected.
    ref: str | None = None
    #: The canonical address that its page declares, wherever that lies; None: none. Not stored: its credit is.
    declared_url: str | None = None
    #: Outlet as named by an aggregator or importer, where it is not in sources.yaml.
    source_name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """One place in one article where a name of the watchlist stands. Never called a hit."""

    entry_id: str
    #: The name of the list that was found, as written there.
    alias: str
    #: Language key of that name in the list.
    lang: str
    field: FieldName
    #: Code points of that field as given; half open.
    start: int
    end: int
    #: Why it counts: ``strong``, ``weak:need``, ``weak:strong-elsewhere``, ``weak:date``, ``role``.
    rule: str
    #: The context term that let a weak name in; None for strong names.
    need: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """One sighting of an article that goes into the archive."""

    article: Article
    #: What the publisher's list shows of it: key in that list and digest of what stood there.
    entry_key: str
    entry_hash: str
    matches: tuple[Match, ...] = ()
    #: Where no placer decides (monitor.ports.Placer); None: in a group and story of its own. Ids below zero name new
    #: groups and stories of one poll.
    placement: Placement | None = None
    #: Listed at the first reading of its address: fills archive and digest but raises no alert.
    quiet: bool = False
    #: Base forms and words to search by, made by monitor.text.words.
    terms: Terms | None = None
    #: The list that `matches` were made with; None: nobody said.
    tagged_by: ListVersion | None = None
    #: Out of another archive: all texts that it had there, each with its matches, or none where there was only one. It
    #: is told by its address alone, since that archive has told it from others. None: it comes from elsewhere.
    history: tuple[tuple[Version, tuple[Match, ...]], ...] | None = None
    #: Its page as it was read; None: no page was, or it could not be kept.
    snapshot: Snapshot | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PutDown:
    """A match with the time that it stood in the archive."""

    match: Match
    #: Of the article.
    version: int
    #: The list that first made it; None: it was made before lists were put down.
    made_by: ListVersion | None
    #: The list that made it no more, and when; None: it stands.
    ended_by: ListVersion | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Retagged:
    """The matches that an article's present text has by another list."""

    article_id: int
    #: Of the text that was tagged: an article that says something else by now is left alone.
    content_hash: str
    matches: tuple[Match, ...]
    #: As in Arrival; needed only where other entries are tagged than before.
    terms: Terms | None = None
    #: The article itself where it had no tags before: only its copies may have been looked for then.
    article: Article | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What the index holds of one article: space-joined terms of our own analyser (monitor.text.words)."""

    title: str
    text: str
    #: Base forms of what is joined, like `anti-terror`: of the whole written as one.
    title_bases: str
    text_bases: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the archive already holds of an entry."""

    article_id: int
    entry_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """An article as it lies in the archive."""

    id: int
    article: Article
    copy_group_id: int
    story_id: int
    #: Ids of tagged watchlist entries, in order of first mention.
    tags: tuple[str, ...]
    versions: int
    #: Where the text came from, as far as it shows; None: not decided.
    origin: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """An article that answers a search. Never used for a Match."""

    kept: Kept
    #: Matched words stand between U+0002 and U+0003.
    snippet: str
    #: The higher the better; 0 when sorted by time.
    score: float
    #: Every place that answers the search, where they were asked for: field, first code point of it, and the one after.
    highlights: tuple[tuple[FieldName, int, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Facets:
    """How the hits of a search are spread."""

    #: So many of the newest were counted.
    hits: int
    #: ``source``, ``class``, ``country``, ``language``, ``tag`` (with those above it): values, the most frequent first;
    #: ``month``: the newest first.
    counts: Mapping[str, tuple[tuple[str, int], ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The answer to a search."""

    #: All articles that answer, not only those on this page; at least so many where they were not `counted_whole`.
    total: int
    hits: tuple[Hit, ...]
    #: Whether there was time to count all of them.
    counted_whole: bool = True
    #: What the next page begins `after`; None: this is the last one.
    next: str | None = None
    #: None: not asked for.
    facets: Facets | None = None
