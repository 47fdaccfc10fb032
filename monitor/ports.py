"""What the middle asks of the edges. Declared here by the user; implemented in sources, storage and alerts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from monitor.identity.neighbours import Neighbours
    from monitor.query import Query
    from monitor.types import (
        Address,
        Aged,
        Archived,
        Article,
        Capture,
        Collected,
        Dated,
        Decision,
        Delivery,
        Digest,
        Fetch,
        Found,
        Kept,
        Known,
        Ledger,
        Listing,
        ListVersion,
        Match,
        Member,
        Move,
        Mute,
        News,
        Page,
        Placement,
        Presence,
        PutDown,
        Reached,
        Receipt,
        Recorded,
        Relation,
        Retagged,
        Selectors,
        Snapshot,
        Source,
        SourceEvent,
        SourceState,
        Stopped,
        Subscription,
        Validators,
        Version,
    )


class Fetcher(Protocol):
    """The only way out to the network for reading.

    A kind that has no one document to get (a mailbox) has an address with a scheme of its own; its fetch brings what is
    new as one body, which the kind's parser reads, and validators that say up to where.
    """

    async def fetch(
        self, url: str, validators: Validators | None = None, *, robots: bool = False, keep: bool = False
    ) -> Fetch:
        """The answer of that URL, or why there is none. Never raises for anything the network does.

        `robots`: only what the host's robots.txt allows, and as slowly as it asks; `keep`: with its capture.
        """

    def hold(self, pauses: Mapping[str, datetime]) -> None:
        """Leaves those hosts alone until then; one that says so itself (``Retry-After``) needs no telling."""

    async def aclose(self) -> None: ...


class Parser(Protocol):
    """Strangers' bytes into values, in worker processes with limits."""

    async def listing(self, kind: str, address: Address, fetch: Fetch, seen: bytes = b"") -> Listing:
        """What the body lists, without the items of which `seen` has the digests. Raises: ParseError."""

    async def page(self, fetch: Fetch, selectors: Selectors) -> Page:
        """The article on the page. Raises: ParseError."""

    async def cleaned(self, fetch: Fetch) -> str:
        """The page's markup without all that runs, asks or loads. Raises: ParseError."""

    async def aclose(self) -> None: ...


class Placer(Protocol):
    """Decides on copies, stories and origins: of each new article, and of one that says something else by now."""

    def expect(self, articles: Sequence[tuple[Article, Sequence[Match]]], neighbours: Neighbours) -> None:
        """To be told, before the first of them is placed, what comes together, with its matches: most of it new."""

    def place(self, article: Article, matches: Sequence[Match], neighbours: Neighbours) -> Placement: ...


class Store(Protocol):
    """The archive. Every method is one transaction; all raise StoreError and nothing of a driver's."""

    # -- collecting
    def source_states(self) -> Mapping[str, SourceState]:
        """What is remembered of each source that was ever polled, by source id."""

    def validators(self, urls: Sequence[str]) -> Mapping[str, Validators]:
        """By URL; nothing for those never read."""

    def known(self, source_id: str | None, entry_keys: Sequence[str]) -> Mapping[str, Known]:
        """By entry key; nothing for entries that this source has not listed before."""

    def record(self, collected: Collected, placer: Placer | None = None) -> Recorded:
        """What became of the arrivals, after all of it was stored, or nothing was.

        The placer is asked inside the transaction, article after article; None: arrivals say where they belong.
        """

    def record_all(self, several: Sequence[Collected], placer: Placer | None = None) -> tuple[Recorded, ...]:
        """The same for several polls in one transaction: all of them are stored, or none."""

    def moves(self) -> Mapping[str, Move]:
        """Addresses that answered with permanent redirects, by URL of sources.yaml."""

    def host_pauses(self, now: datetime) -> Mapping[str, datetime]:
        """Hosts that asked to be left alone until after `now`."""

    def source_events(self, since: datetime | None = None, after: int = 0) -> tuple[SourceEvent, ...]:
        """Changes in how sources do, oldest first: those since that instant, with numbers above `after`."""

    def looks_due(self, source_ids: Sequence[str], now: datetime, of_one: int, most: int) -> tuple[Presence, ...]:
        """Pages of tagged articles that are to be looked at again, the longest overdue first: at most `of_one` of each
        of these sources, and `most` in all."""

    def record_looks(self, several: Sequence[Presence], pauses: Mapping[str, datetime], now: datetime) -> None:
        """Stores what the looks found, and until when hosts asked to be left alone."""

    def note_event(self, event: SourceEvent) -> bool:
        """Whether it was put down: not, when the last one of that name tells of the same state."""

    # -- reading
    def search(
        self,
        query: Query,
        *,
        sort: str = "newest",
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int = 20,
        offset: int = 0,
        after: str | None = None,
        facets: bool = False,
        highlights: bool = False,
        counted_for: float | None = None,
    ) -> Found:
        """One page of the hits, `newest` first or by `relevance`; `since` and `until` are half open.

        Hits beyond the page are counted for so many seconds, else for as long as one of many answers may take;
        `counted_whole` tells whether that was enough.

        `after`: the `next` of the page before, with the same query and sort: no hit is shown twice, whatever comes in
        meanwhile. Raises: InputError for another one.
        """

    def export(self, query: Query | None = None) -> Iterator[Kept]:
        """Articles, oldest first; all of them without a query."""

    def article(self, name: str) -> Kept | None:
        """The article with that number, importer's own id, or address; None: there is none."""

    def matches(self, article_id: int) -> tuple[Match, ...]: ...

    def matches_of(self, article_ids: Sequence[int]) -> Mapping[int, tuple[Match, ...]]:
        """By article id, in order of mention; nothing for those without any."""

    def match_history(self, article_id: int) -> tuple[PutDown, ...]:
        """Every match that the article ever had, by version: those that ended, then what stands."""

    def versions(self, article_id: int) -> tuple[Version, ...]:
        """All that the article has said, each text once, in the order in which it first said it."""

    def presence(self, article_id: int) -> Presence | None:
        """Whether the article's page still stands; None: it is not looked at, or stood at the last look."""

    def gone(self, since: datetime, until: datetime) -> tuple[Presence, ...]:
        """Pages of tagged articles that were found to be gone in that half-open time and are so still, in order."""

    def answering(self, query: Query, article_ids: Sequence[int]) -> frozenset[int]:
        """Those of the articles that answer the query."""

    def counts(self) -> Mapping[str, int]:
        """``articles``, ``versions``, ``stories``, ``matches``, ``deliveries_pending``, ``deliveries_failed``."""

    def reached(self, since: datetime, until: datetime) -> Mapping[str, Reached]:
        """By source: on which days it could be read, those from `since` to `until` counted; nothing for those that
        never could."""

    # -- stories
    def story(self, number: int) -> int | None:
        """The number that the story with that number goes by: another one after it went into another story; None:
        there never was one."""

    def stories(
        self, since: datetime | None = None, until: datetime | None = None, source_id: str | None = None
    ) -> tuple[int, ...]:
        """Stories with articles of that time (published, else first seen), in no order; with a source: its articles."""

    def members(self, story_ids: Sequence[int]) -> Mapping[int, tuple[Member, ...]]:
        """By story: its articles, oldest first."""

    def facts(self, article_ids: Sequence[int]) -> Mapping[int, bytes]:
        """By article: what identity keeps of its present text."""

    def latest_facts(self, limit: int) -> tuple[bytes, ...]:
        """The same of so many of the newest articles, oldest first, those left out of which nothing is kept."""

    def relations(self, article_ids: Sequence[int]) -> Mapping[int, tuple[Relation, ...]]:
        """By article: what it has to do with others that are no copies of it; nothing for those without any."""

    def split(self, story_id: int, article_ids: Sequence[int], at: datetime) -> int:
        """Number of a new story with these articles of the story, and their copies. It stays so whatever the placer
        says later. Raises: InputError, when an article is not of the story or none would be left."""

    def merge(self, story_id: int, into_id: int, at: datetime) -> int:
        """Number of the story that both are from now on: `into_id`. Raises: InputError, when there is no such story
        or both are one."""

    def decisions(self, story_id: int) -> tuple[Decision, ...]:
        """What was decided by hand on that story, oldest first."""

    # -- tagging anew
    def lists(self) -> tuple[ListVersion, ...]:
        """All states of the watchlist that ever tagged an article, in order of first use."""

    def tagged_otherwise(self, digest: str) -> int:
        """How many articles were not tagged by the list with that digest."""

    def to_retag(self, digest: str, after: int = 0, limit: int = 200) -> tuple[Kept, ...]:
        """The next of those articles, by id, with ids above `after`."""

    def retag(
        self, by: ListVersion, retagged: Sequence[Retagged], at: datetime, placer: Placer | None = None
    ) -> frozenset[int]:
        """Ids of the articles that have these matches now: all that still say what was tagged. What is no match any
        more stays readable (`match_history`). No subscription is told: an old article is no news.

        The placer is asked for those whose copies alone were looked for, because they had no tags.
        """

    # -- telling
    def ledger(self, subscription: Subscription, now: datetime) -> Ledger:
        """What is remembered of the subscription; met for the first time, it is put down."""

    def news(self, subscription_id: str, query: Query, until: datetime | None = None) -> tuple[News, ...]:
        """Everything after the ledger's cursor and everything held that answers the query, oldest change first.

        Nothing that changed at `until` or later; None: all there is."""

    def held(self, subscription_id: str) -> tuple[tuple[int, int], ...]:
        """(article id, change) of all that is held back for the subscription."""

    def said_before(self, news: Sequence[News]) -> Mapping[int, tuple[Kept, ...]]:
        """By story of that news: the last articles of it from before, and what its edited articles said before."""

    def stories_by_day(self, until: datetime, days: int) -> Mapping[str, tuple[int, ...]]:
        """Stories of each of the last days before that instant, the last day last: by tag, by language (``lang:ru``),
        and in all (empty key)."""

    def last_digest(self, subscription_id: str) -> tuple[str, tuple[Dated, ...] | None] | None:
        """Key of the subscription's newest digest, and its dates, shown or kept; None for these: it has none."""

    def add_digests(
        self,
        subscription_id: str,
        digests: Sequence[Digest],
        *,
        channel_id: str,
        cursor_from: int,
        cursor_to: int,
        hold: Iterable[tuple[int, int]] = (),
        release: Iterable[int] = (),
        last_end_at: datetime | None = None,
        uncounted: Iterable[tuple[str, int]] | None = None,
    ) -> bool:
        """Whether they were stored: digests, one pending delivery each, moved cursor and held items, in one
        transaction. False, and nothing stored, when the cursor is not at `cursor_from` any more: somebody else
        was here.

        `hold` are (article id, change) to keep for later, `release` article ids that need no longer be held.
        `uncounted` takes the place of what the ledger has under that name; None: that stays.
        """

    def head(self) -> int:
        """Number of the newest change."""

    def alerts_between(self, subscription_id: str, since: datetime, until: datetime) -> int:
        """How many alerts of the subscription were created in that time; summaries do not count."""

    def alerted_at(self, subscription_id: str, story_ids: Sequence[int]) -> Mapping[int, datetime]:
        """By story: when the subscription's last alert on it was made; nothing for those without one."""

    def of_stories(self, story_ids: Sequence[int]) -> tuple[News, ...]:
        """All articles of those stories, told or not, in the order in which they came; `change` is 0."""

    def changed(self, query: Query, since: datetime, until: datetime) -> tuple[News, ...]:
        """Every change of that half-open time whose article answers the query now, in order."""

    def daily(self, now: datetime, days: int) -> Mapping[str, tuple[int, ...]]:
        """By entry: the texts with its tag of each 24 hours up to now, the last ones first, and `days` before those."""

    # -- mutes
    def mutes(self, now: datetime) -> tuple[Mute, ...]:
        """Those that have not ended, in the order in which they were made."""

    def add_mute(self, mute: Mute) -> int:
        """Number of the mute, which takes the place of one of the same thing on the same channel."""

    def remove_mute(self, number: int) -> bool:
        """Whether there was a mute with that number; it is there no more."""

    # -- what was told
    def told_stories(self, subscription_id: str, story_ids: Sequence[int]) -> frozenset[int]:
        """Those of the stories that the subscription has been told."""

    def told_articles(self, subscription_id: str, article_ids: Sequence[int]) -> frozenset[int]:
        """Those of the articles that alerts of the subscription have told."""

    def last_told(self, subscription_id: str, story_ids: Sequence[int]) -> Mapping[int, tuple[str, Digest]]:
        """By story that had an alert of its own: the key of that alert, and what its message says by now."""

    def digest(self, key: str) -> Digest: ...

    def claim_due(self, now: datetime, *, lease: timedelta, limit: int = 50) -> tuple[tuple[Delivery, Digest], ...]:
        """Deliveries that are now ours to send, oldest first, each with an attempt row already written.

        One that was claimed and not saved within its lease is due again: its sender has died. A lease is shorter than
        twelve hours: an end that is further away is a clock's mistake.
        """

    def end_claims(self, now: datetime) -> None:
        """Makes every claimed delivery due again at once; for whoever knows that no other sender lives."""

    def save_delivery(self, delivery: Delivery, *, begun: bool = True) -> None:
        """Stores the new status of a claimed delivery and ends its attempt, which was none where it was not `begun`."""

    # -- channels in trouble
    def stop_channel(self, channel_id: str, at: datetime, why: str) -> None:
        """Lets nothing more through the channel until it is resumed; what waits for it waits on."""

    def resume_channel(self, channel_id: str, now: datetime) -> int:
        """How many deliveries are due again that failed because the channel was closed."""

    def stopped_channels(self) -> tuple[Stopped, ...]:
        """Those through which nothing goes, in order of time."""

    def channels_told(self, channel_ids: Sequence[str]) -> None:
        """Puts down that the operator knows that these are stopped."""

    def waiting_alerts(self, channel_id: str, before: datetime) -> tuple[tuple[Delivery, Digest], ...]:
        """Alerts, and changes of alerts, made before then that never went out, oldest first."""

    def fold(self, delivery_ids: Sequence[int], summary: Digest, channel_id: str) -> bool:
        """Whether these are told by the summary from now on, whose delivery is stored in the same transaction; False,
        and nothing changed, when one of them is under way or was sent."""

    def deliveries(self, limit: int = 200) -> tuple[tuple[Delivery, Digest], ...]:
        """The ledger, newest first."""

    # -- looking it over
    def rebuild_index(self) -> Iterator[tuple[int, int]]:
        """Makes what searches are answered by anew: articles done and all, after each step that was stored. Left in
        the middle, it goes on there when asked again."""

    @property
    def evidence(self) -> Evidence:
        """What is remembered of the pages that articles were read from."""

    def close(self) -> None: ...


class Evidence(Protocol):
    """The archive's part of the evidence: where snapshots lie, and who refers to their articles."""

    def ends(self, names: Sequence[str]) -> Mapping[str, int]:
        """By name of a file: up to which byte records are named in it; nothing for files without any."""

    def of_article(self, article_id: int) -> tuple[Snapshot, ...]:
        """All pages ever kept of the article, oldest first, also those that were taken away."""

    def by_id(self, ids: Sequence[int]) -> Mapping[int, Snapshot]: ...

    def last_whole(self, final_url: str) -> Snapshot | None:
        """The last snapshot of that page, or the one that it repeats; None: there is none with its body at hand."""

    def aged(self, before: datetime) -> tuple[Aged, ...]:
        """The snapshots from before that instant, and those that repeat one of them; not those taken away."""

    def files(self) -> tuple[str, ...]:
        """Names of all files in which something is or was named."""

    def in_file(self, name: str) -> tuple[Snapshot, ...]:
        """What is named in that file, in its order; not what was taken away."""

    def cited(self, article_id: int) -> Mapping[str, datetime]:
        """Why (``bundle``, ``citation``, ``hold``) the article's pages are never taken away, and since when."""

    def cite(self, article_ids: Iterable[int], why: str, at: datetime) -> None: ...

    def uncite(self, article_id: int, why: str) -> bool:
        """Whether it was cited so before."""

    def move(self, places: Mapping[int, tuple[str, int]], removed: Sequence[int], at: datetime) -> bool:
        """Whether it is done: snapshots lie elsewhere (name of the file, offset), and those of `removed` are gone.

        False, and nothing is changed, when somebody refers to an article of these by now.
        """


class Snapshots(Protocol):
    """The files of the pages that were read. All raise StoreError."""

    @property
    def mended(self) -> list[str]:
        """What was done about files that a process had left torn, in words; to be emptied by whoever tells it."""

    def keep(self, url: str, capture: Capture, earlier: Snapshot | None) -> Snapshot:
        """The snapshot of what was answered to `url`, written but not yet safe (`sync`).

        `earlier` is the last one of that page that has a body: an unchanged one is not written again.
        """

    def sync(self) -> None:
        """Puts on the disk whatever was written: to be done before the archive names it."""

    def is_safe(self, snapshot: Snapshot) -> bool:
        """Whether its record is on the disk: only then may the archive name it."""

    def read(self, snapshot: Snapshot, base: Snapshot | None = None) -> Archived:
        """What the records hold, all digests found right; `base` is what a `revisit_of` names."""

    def unpacked(self, archived: Archived) -> tuple[bytes, str | None]:
        """The page as its author wrote it, its compression undone, and its Content-Type."""

    def names(self) -> tuple[str, ...]:
        """Of all files, in order of their days."""

    def settled(self, name: str, now: datetime) -> bool:
        """Whether nobody has written to that file for a day."""

    def copy(self, name: str, kept: Sequence[Snapshot]) -> dict[int, tuple[str, int]]:
        """By id of the snapshot: where it lies in a new file, that has only these of the file, which stays as it is.
        Nothing, when somebody writes to it."""

    def remove(self, name: str) -> int:
        """Takes a file away in which nothing is named any more; the bytes that this sets free."""

    def close(self) -> None: ...


class Sender(Protocol):
    """One channel that can be sent to."""

    async def send(self, delivery: Delivery, digest: Digest) -> Receipt:
        """Raises: DeliveryError."""


class Progress(Protocol):
    """Told while a pass goes on; shows it or not."""

    def source_done(self, source: Source, outcome: str, new: int) -> None: ...
