"""What a digest needs from the archive, asked once for all readers who get the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from monitor.digest import MUTED, Asked, Draft, Gloss, apart, build, digest_key, group, housekeeping
from monitor.digest.calendar import Event
from monitor.digest.counting import DAYS, WEEKS
from monitor.digest.rules import unmuted
from monitor.jobs.grounds import Grounds
from monitor.schedule import parse_schedule
from monitor.types import Dated, Ledger, News, Source, Subscription, WatchlistEntry

if TYPE_CHECKING:
    from monitor.ports import Store
    from monitor.query import Query

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One round of building: what was asked of the archive, and the drafts that were made of it."""

    store: Store
    sources: Mapping[str, Source]
    entries: Mapping[str, WatchlistEntry]
    now: datetime
    #: The calendar file, read when the first digest is due.
    calendar: Callable[[], tuple[Event, ...]] = tuple
    #: None: headlines are not translated.
    gloss: Gloss | None = None
    _known: dict[object, object] = field(default_factory=dict)

    def once(self, key: object, ask: Callable[[], T]) -> T:
        """The answer, asked for the first time or kept from then."""
        if key not in self._known:
            self._known[key] = ask()
        return self._known[key]  # type: ignore[return-value]

    def news(self, subscription: Subscription, query: Query, ledger: Ledger) -> tuple[News, ...]:
        """What the subscription has not been told; those who wait for the same are asked for together."""
        held = self.store.held(subscription.id)
        key = "news", subscription.search, ledger.cursor, held
        return self.once(key, lambda: self.store.news(subscription.id, query))

    def unmuted(self, news: Sequence[News], subscription: Subscription) -> tuple[list[News], list[News]]:
        """What the subscription's channel is told, and what is muted there."""
        return unmuted(news, subscription, self._grounds.mutes, self.entries, self.now)

    @property
    def _grounds(self) -> Grounds:
        return self.once("grounds", lambda: Grounds(self.store, self.entries, self.now, self._events))

    def _events(self) -> tuple[Event, ...]:
        return self.once("calendar", self.calendar)

    def draft(
        self,
        news: Sequence[News],
        subscription: Subscription,
        *,
        since: datetime,
        until: datetime,
        late_before: datetime | None,
        key: str | None = None,
        same: object = None,
    ) -> Draft:
        """The draft of that window; `same`: what tells this news from other news, None where nobody else gets it."""
        last = self.store.last_digest(subscription.id)
        follows, dates = last or ("", None)
        shared = (
            *("draft", same, since, until, late_before, subscription.timezone, subscription.max_items),
            *(subscription.schedule, dates),
        )

        def make() -> Draft:
            return self._draft(news, subscription, since, until, late_before, dates, key, same)

        made = make() if same is None else self.once(shared, make)
        if made.digest is None:
            return made
        own = key or digest_key(subscription, until)
        return replace(made, digest=replace(made.digest, key=own, subscription_id=subscription.id, follows=follows))

    def _draft(
        self,
        news: Sequence[News],
        subscription: Subscription,
        since: datetime,
        until: datetime,
        late_before: datetime | None,
        dates: tuple[Dated, ...] | None,
        key: str | None,
        same: object,
    ) -> Draft:
        store, stepwise = self.store, parse_schedule(subscription.schedule or "daily 07:00").kind == "every"
        shared = ("before", same, until) if same is not None else object()
        before = self.once(shared, lambda: store.said_before(news))
        asked = Asked(
            before=before,
            days={} if stepwise else self.once(("days", until), lambda: store.stories_by_day(until, _days())),
            dates=dates,
            late_before=late_before,
            events=() if stepwise and not news else self._events(),
        )
        return build(
            news,
            subscription,
            since=since,
            until=until,
            sources=self.sources,
            entries=self.entries,
            now=self.now,
            housekeeping=self._housekeeping(since, until, stepwise=stepwise),
            key=key,
            asked=asked,
            gloss=self.gloss,
            stories=self.once(("stories", shared), lambda: apart(group(news, self.sources, self.entries, before))),
        )

    def _housekeeping(self, since: datetime, until: datetime, *, stepwise: bool) -> tuple[str, ...]:
        """How the sources do and, in a digest of a day or a week, what is written of more than usual and what not."""
        states = self.once("states", self.store.source_states)
        lines = self.once(
            ("housekeeping", since, until),
            lambda: housekeeping(
                self.sources.values(),
                states,
                self.now,
                self.store.source_events(since=since),
                self.store.gone(since, until),
            ),
        )
        return lines if stepwise else (*lines, *self._grounds.lines)


def counted(
    draft: Draft, silenced: Sequence[News], uncounted: Sequence[tuple[str, int]] = ()
) -> tuple[Draft, tuple[tuple[str, int], ...]]:
    """The draft, whose digest counts what is muted, and what no message counted yet, too, and which holds nothing
    muted; and what waits for a digest to count it."""
    books = Counter(dict(uncounted))
    books[MUTED] += len({piece.kept.id for piece in silenced})
    rows = tuple(sorted((what, count) for what, count in books.items() if count))
    released = tuple(piece.kept.id for piece in silenced if piece.held)
    draft = replace(draft, release=(*draft.release, *released)) if released else draft
    if draft.digest is None or not rows:
        return draft, rows
    seen = draft.digest.seen + sum(count for _, count in rows)
    return replace(draft, digest=replace(draft.digest, seen=seen, dropped=(*draft.digest.dropped, *rows))), ()


def _days() -> int:
    """Days that are asked for: of a day's digest and of a week's alike."""
    return max(DAYS + 1, 7 * (WEEKS + 1))
