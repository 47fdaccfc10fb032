"""Every word of the project as a frozen value: the glossary in code.

All instants are aware datetimes in UTC, durations are ``timedelta``, texts are NFC without control characters,
and bytes occur only in the body of a Fetch. Nothing here does anything: see the packages named in each docstring.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Literal

OWNERSHIP = ("official", "state", "state-funded", "public-service", "wire", "independent", "think-tank")
FULLTEXT = ("always", "tagged", "never")

Outcome = Literal["ok", "not_modified", "temporary", "permanent"]
Fulltext = Literal["always", "tagged", "never"]
FieldName = Literal["title", "text"]
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
]

#: Words in the error of an attempt whose answer got lost: the message may be there all the same.
MAYBE_ARRIVED = "it may have arrived"


# ---------------------------------------------------------------------------------------------- sources


@dataclass(frozen=True, slots=True, kw_only=True)
class Selectors:
    """CSS selectors of an index page; ``None`` where the reader's own judgement is good enough."""

    #: The elements that hold one item each; None: every link that looks like an article.
    item: str | None = None
    #: Inside an item: the link to the article.
    link: str | None = None
    #: Inside an item: the headline; None: the text of the link.
    title: str | None = None
    #: Inside an item: the date.
    date: str | None = None
    #: Inside an item: the teaser.
    summary: str | None = None
    #: On the article's own page: the element that holds the text; None: found by the extractor.
    text: str | None = None
    #: On the index page: the link to its next page; None: the one that is marked ``rel=next``.
    next: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Paths:
    """Where a JSON answer has what: keys and numbers joined by dots, as in ``data.0.title``; empty: nowhere."""

    #: The list of items; empty: the answer itself is the list.
    items: str = ""
    title: str = "title"
    url: str = "url"
    date: str = ""
    #: As for ``strptime``; empty: any of the usual forms.
    date_format: str = ""
    summary: str = ""
    #: The whole text.
    text: str = ""
    id: str = ""
    lang: str = ""
    author: str = ""
    #: The outlet, where the answer lists what others have published.
    outlet: str = ""
    #: Of the answer, not of an item: the address of its next part.
    next: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """Where name and password of a mailbox stand: names of environment variables, never the secrets themselves."""

    username_env: str
    password_env: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """One URL of a source that is polled."""

    url: str
    #: ISO 639 code that the publisher writes in here; None: any of the source's languages.
    lang: str | None = None
    #: For index pages only.
    selectors: Selectors = Selectors()
    #: Most parts of a list (pages of an index, parts of an answer) that are read in one poll.
    pages: int = 1
    #: For JSON answers only.
    paths: Paths | None = None
    #: For mailboxes only; None: there is none.
    login: Login | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One place we read: an outlet with the addresses that are polled for it."""

    #: Stable slug out of sources.yaml; articles, tags and searches refer to it.
    id: str
    name: str
    #: Key of sources.KINDS: ``feed``, ``page``, ``sitemap`` …
    kind: str
    addresses: tuple[Address, ...]
    homepage: str | None = None
    #: ISO 639 codes, the most usual first; empty: not known.
    languages: tuple[str, ...] = ()
    #: ISO 3166 code in lower case, or ``intl``; None: not known.
    country: str | None = None
    #: One of OWNERSHIP: who controls the newsroom; None: not known.
    ownership: str | None = None
    #: Outlets of one house (the language editions of an agency) share a family; None: a house of its own.
    family: str | None = None
    #: 1 polled hourly, 2 a few times a day, 3 daily.
    priority: int = 2
    #: Time between two polls; None: by priority.
    every: timedelta | None = None
    #: Whose own pages are read as well: every article's, those whose title or summary touches the watchlist, none's;
    #: None: by `ownership` (monitor.schedule.fulltext_of).
    fulltext: Fulltext | None = None
    #: Why robots.txt is not asked, in the operator's words; None: it is asked and obeyed.
    ignore_robots: str | None = None
    notes: str | None = None
    #: Headings under which subscription lists show it, the outermost first; empty: none.
    group: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """What one URL said of its body, to ask next time only for something newer (RFC 9110 section 13)."""

    url: str
    #: What said so after redirects, the only one that is told `etag` and `last_modified`; None: `url` itself.
    final_url: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    #: SHA-256 of the body in hex: finds an unchanged body where the server has no validators.
    body_hash: str | None = None
    #: Digests of the items in that body, joined: those that stand there again need not be read again.
    seen: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetch:
    """One attempt to read a URL. Network trouble is a value, never an exception."""

    url: str
    outcome: Outcome
    #: After redirects.
    final_url: str
    #: HTTP status; None: no answer.
    status: int | None = None
    body: bytes = b""
    #: The Content-Type header as sent.
    content_type: str | None = None
    validators: Validators | None = None
    #: One line that a person understands; None when all went well.
    error: str | None = None
    #: How long the host that answered asks us to stay away; None: it does not say.
    retry_after: timedelta | None = None
    #: How long the answer stays good (``Cache-Control``, ``Expires``); None: it does not say.
    fresh_for: timedelta | None = None
    #: Where permanent redirects alone lead to; None: nowhere.
    moved_to: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One item as the publisher listed it, as plain capped text."""

    #: The publisher's own id; None: there is none.
    guid: str | None
    #: Absolute, http or https; of a letter that has no page ``mid:`` and its Message-ID (RFC 2392); None: no link.
    url: str | None
    title: str
    #: Plain text, one paragraph a line.
    summary: str = ""
    #: The whole text where the feed carries it, else empty.
    content: str = ""
    authors: tuple[str, ...] = ()
    published_at: datetime | None = None
    #: As declared by the document; None: it does not say.
    lang: str | None = None
    #: Who published it, as named by one who lists others' articles; None: the source itself, as far as is known.
    outlet: str | None = None
    #: Front page or feed of that outlet.
    outlet_url: str | None = None
    #: `url` leads to an aggregator that alone knows the article's own address: there is no page to read.
    wrapped: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What one body lists."""

    #: In the publisher's order; without those that are `unchanged`.
    entries: tuple[Entry, ...]
    #: Items that stood in the last body already, letter by letter.
    unchanged: int = 0
    #: Ids and links (as in Entry) that several items of this body share: they name none of them.
    shared: frozenset[str] = frozenset()
    #: For Validators.seen of the next time.
    seen: bytes = b""
    #: Items that are not in `entries`, by reason.
    dropped: Mapping[str, int] = field(default_factory=dict)
    #: The publisher's own interval (``ttl``, ``sy:updatePeriod``); None: it does not say.
    every: timedelta | None = None
    #: Hours of the day (UTC) in which the publisher wants no polls.
    skip_hours: tuple[int, ...] = ()
    #: Where the list goes on, for a collector that reads at most Address.pages of them; None: here it ends.
    next_url: str | None = None
    #: Lists that this one names in place of items (the parts of a sitemap index), the most promising first: read in the
    #: same poll, each as if it were the address. What named them must be read again next time even when it has not
    #: changed, since they may have: it gets no validators.
    more: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One way to read a site, found by looking and tried once."""

    #: As in Source.
    kind: str
    address: Address
    #: What the site calls it; empty: nothing.
    title: str
    #: Items that one reading brings.
    items: int
    newest_at: datetime | None
    lang: str | None
    #: Headlines, to see what it is.
    sample: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovery:
    """What was found behind an address that somebody typed."""

    #: Name of the site as it calls itself.
    name: str
    homepage: str | None
    lang: str | None
    #: The best first.
    candidates: tuple[Candidate, ...] = ()
    #: What was tried in vain: address and reason.
    failures: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What was read out of an article's own page; None where the page does not say."""

    title: str | None
    #: Plain text, one paragraph a line; empty: no article found.
    text: str
    published_at: datetime | None = None
    authors: tuple[str, ...] = ()
    lang: str | None = None
    canonical_url: str | None = None
    site_name: str | None = None


# ---------------------------------------------------------------------------------------------- articles


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
    #: Why it counts: ``strong``, ``weak:need``, ``weak:strong-elsewhere``, ``weak:date``.
    rule: str
    #: The context term that let a weak name in; None for strong names.
    need: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """Where an article belongs among the others; None: in a new group or story of its own."""

    copy_group_id: int | None = None
    story_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """One sighting of an article that goes into the archive."""

    article: Article
    #: What the publisher's list shows of it: key in that list and digest of what stood there.
    entry_key: str
    entry_hash: str
    matches: tuple[Match, ...] = ()
    placement: Placement = Placement()
    #: Listed at the first reading of its address: fills archive and digest but raises no alert.
    quiet: bool = False
    #: Base forms and words to search by, made by monitor.text.words.
    terms: Terms | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What the index holds of one article: space-joined terms of our own analyser (monitor.text.words)."""

    title: str
    text: str
    #: Base forms that differ from the words as written.
    title_bases: str
    text_bases: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the archive already holds of an entry."""

    article_id: int
    entry_hash: str


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


# ---------------------------------------------------------------------------------------------- watchlist


@dataclass(frozen=True, slots=True, kw_only=True)
class WeakName:
    """A name that counts only in the right company (policy, section 1.2)."""

    name: str
    lang: str
    need: tuple[str, ...] = ()
    veto: tuple[str, ...] = ()
    #: Only in exactly these capitals.
    exact_case: bool = False
    #: In articles of earlier days it needs no company: its bearer's namesake of the list came later. None: no such day.
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchlistEntry:
    """A leader, body, initiative … with all its names."""

    id: str
    kind: str
    name: str
    #: Roll-up at query time; never tagged by itself.
    parent: str | None = None
    #: 1 alert, 2 digest, 3 background.
    priority: int = 2
    #: Language key -> strong names.
    aliases: Mapping[str, tuple[str, ...]]
    ambiguous: tuple[WeakName, ...] = ()
    #: Parts of a Russian personal name (family, given, patronymic, order, weak).
    ru_parts: Mapping[str, object] = field(default_factory=dict)
    #: Tokens with one form in every Russian case.
    indecl: tuple[str, ...] = ()
    #: Names that count only with exactly these capitals.
    cs: tuple[str, ...] = ()
    #: Phrases that kill a strong name that stands in or near them.
    veto: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Watchlist:
    entries: tuple[WatchlistEntry, ...]
    #: Language key -> characters that count as near; ``default`` for all others.
    window: Mapping[str, int]
    as_of: str | None = None


# ---------------------------------------------------------------------------------------------- search


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """An article that answers a search. Never used for a Match."""

    kept: Kept
    #: Matched words stand between U+0002 and U+0003.
    snippet: str
    #: The higher the better; 0 when sorted by time.
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The answer to a search."""

    total: int
    hits: tuple[Hit, ...]


# ---------------------------------------------------------------------------------------------- telling


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """Who is told what, when and where: a recipient's digest, or a Slack channel's alerts."""

    #: ``recipient:NAME`` or ``slack:NAME``; keys the ledger.
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
    kind: Literal["digest", "alert", "summary", "health"]
    created_at: datetime
    #: What was seen, half open; for alerts both are the instant of the change.
    since: datetime
    until: datetime
    timezone: str
    sections: tuple[Section, ...]
    #: Articles that answered the search, before limits.
    seen: int
    #: Left for the next one.
    held: int = 0
    #: Told inside another item of the same story.
    folded: int = 0
    #: Lines on failed or silent sources, for the end of a mail.
    housekeeping: tuple[str, ...] = ()
    #: Search that was asked.
    search: str = ""


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

    id: int
    digest_key: str
    channel_id: str
    status: Literal["pending", "sending", "sent", "failed"]
    #: Started attempts, the one under way included.
    attempts: int
    next_attempt_at: datetime | None
    created_at: datetime
    sent_at: datetime | None = None
    last_error: str | None = None

    @property
    def repeat(self) -> bool:
        """Whether an earlier attempt may have arrived: its answer got lost, or its sender died over it."""
        return self.attempts > 1 and (self.last_error is None or MAYBE_ARRIVED in self.last_error)


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What the other side said when it took a message."""

    detail: str


def freeze(values: Sequence[str] | None) -> tuple[str, ...]:
    """The strings as a tuple; nothing for None."""
    return tuple(values or ())
