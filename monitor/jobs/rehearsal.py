"""What a rule would have sent: the archive's changes once more, in order, through the same decisions.

Nothing is stored and nothing sent. The clock stands at each change, and at the instants in between at which something
that is held may go out. Stories, tags and texts are those that the archive has now.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from monitor.digest import AlertsDraft, decide
from monitor.digest.rules import Background, next_alert_at
from monitor.jobs.grounds import Grounds
from monitor.schedule import local_day, quiet
from monitor.types import Digest, News, Rule, Source, Subscription, WatchlistEntry

if TYPE_CHECKING:
    from monitor.digest.calendar import Event
    from monitor.ports import Store
    from monitor.query import Query


@dataclass(slots=True, kw_only=True)
class Rehearsal:
    """What would have become of all that answered."""

    #: Messages in order; changes of messages are not among them.
    messages: list[Digest] = field(default_factory=list)
    #: Changes of messages that had been sent.
    updates: int = 0
    #: Articles that answered, by change.
    seen: int = 0
    #: Held to the end.
    held: int = 0
    #: As in Ledger: counted by no message at the end.
    uncounted: tuple[tuple[str, int], ...] = ()

    @property
    def dropped(self) -> Mapping[str, int]:
        """Articles left out, by reason."""
        books = Counter({what: count for what, count in self.uncounted if what != "folded"})
        for message in self.messages:
            books.update(dict(message.dropped))
        return dict(sorted(books.items()))


def rehearse(
    store: Store,
    subscription: Subscription,
    query: Query,
    sources: Mapping[str, Source],
    entries: Mapping[str, WatchlistEntry],
    since: datetime,
    until: datetime,
    calendar: Callable[[], Sequence[Event]] = tuple,
) -> Rehearsal:
    """What the rule would have sent in that half-open time, beginning with nothing told. Mutes are left out."""
    news = store.changed(query, since, until)
    play = _Play(store, subscription, sources, entries, calendar)
    for at, pieces in groupby(news, key=lambda piece: piece.changed_at):
        play.catch_up(at)
        play.decide(at, tuple(pieces))
    play.catch_up(until)
    made = play.made
    made.seen, made.held, made.uncounted = len(news), len(play.held), play.uncounted
    return made


class _Play:
    def __init__(
        self,
        store: Store,
        subscription: Subscription,
        sources: Mapping[str, Source],
        entries: Mapping[str, WatchlistEntry],
        calendar: Callable[[], Sequence[Event]],
    ) -> None:
        self.store, self.subscription, self.sources = store, subscription, sources
        self.entries, self.calendar = entries, calendar
        self.grounds: Grounds | None = None
        #: Of the last decision.
        self.clock = datetime.min.replace(tzinfo=UTC)
        self.made = Rehearsal()
        self.held: dict[int, News] = {}
        self.told: set[int] = set()
        self.told_articles: set[int] = set()
        self.showing: dict[int, tuple[str, Digest]] = {}
        self.alerted_at: dict[int, datetime] = {}
        self.uncounted: tuple[tuple[str, int], ...] = ()

    def catch_up(self, until: datetime) -> None:
        """Tells what was held whenever that may be told before then."""
        while self.held and (at := self._next()) < until:
            self.decide(at, ())

    def _next(self) -> datetime:
        """The first instant from now on at which something that is held may go out."""
        after = self.clock
        zone = ZoneInfo(self.subscription.timezone)
        day = local_day(after, self.subscription.timezone) + timedelta(days=1)
        wakes = [datetime(day.year, day.month, day.day, tzinfo=zone)]
        if quiet_until := quiet(self.subscription.quiet_hours, self.subscription.timezone, after):
            wakes.append(quiet_until)
        rule, background = self.subscription.rule or Rule(), Background(alerted_at=self.alerted_at)
        wakes += [at for p in self.held.values() if (at := next_alert_at(rule, background, p.kept.story_id))]
        return min(wake for wake in wakes if wake > after).astimezone(UTC)

    def decide(self, at: datetime, pieces: Sequence[News]) -> None:
        subscription, self.clock = self.subscription, at
        news = (*self.held.values(), *pieces)
        draft = decide(
            news,
            subscription,
            self._told_on(at),
            self.told,
            at,
            quiet(subscription.quiet_hours, subscription.timezone, at),
            sources=self.sources,
            entries=self.entries,
            told_articles=self.told_articles,
            showing=self.showing if subscription.edits else None,
            background=self._background(at, news),
            uncounted=self.uncounted,
        )
        self.uncounted = draft.uncounted
        self._hold(draft, news)
        for digest in draft.digests:
            self._tell(digest, at)

    def _told_on(self, at: datetime) -> int:
        zone = self.subscription.timezone
        today = local_day(at, zone)
        alerts = (message for message in self.made.messages if message.kind == "alert")
        return sum(local_day(message.created_at, zone) == today for message in alerts)

    def _background(self, at: datetime, news: Sequence[News]) -> Background:
        rule = self.subscription.rule
        if rule is None or rule.plain:
            return Background()
        if self.grounds is None or (rule.spike and self.grounds.now != at):
            self.grounds = Grounds(self.store, self.entries, at, self.calendar)
        earlier = self.grounds.earlier(sorted({piece.kept.story_id for piece in news}), news)
        return Background(
            earlier={story: [p for p in known if p.changed_at <= at] for story, known in earlier.items()},
            alerted_at=self.alerted_at,
            surging=self.grounds.surging(rule.spike),
            figures=self.grounds.figures,
        )

    def _hold(self, draft: AlertsDraft, news: Sequence[News]) -> None:
        for number in draft.release:
            self.held.pop(number, None)
        wanted = dict(draft.hold)
        self.held |= {p.kept.id: replace(p, held=True) for p in news if wanted.get(p.kept.id) == p.change}

    def _tell(self, digest: Digest, at: datetime) -> None:
        for item in _items(digest):
            self.told.add(item[0])
            self.told_articles.update(item[1])
            if digest.kind == "alert":
                self.alerted_at[item[0]] = at
                self.showing.setdefault(item[0], (digest.key, digest))
            elif digest.kind == "update":
                self.showing[item[0]] = (digest.replaces, digest)
        if digest.kind == "update":
            self.made.updates += 1
        else:
            self.made.messages.append(digest)


def _items(digest: Digest) -> Iterator[tuple[int, Sequence[int]]]:
    for section in digest.sections:
        for item in section.items:
            yield item.story_id, item.article_ids
