"""Digests and alerts: built when they are due, and put down with their deliveries.

Building decides content and writes it down before anything is sent; sending (monitor.jobs.delivering) never does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from monitor.digest import AlertsDraft, Draft, Gloss, decide, operator_digest, stopped_digest
from monitor.errors import StoreError
from monitor.jobs.asking import Round, counted
from monitor.jobs.grounds import Grounds
from monitor.schedule import is_due, last_due, local_day, parse_schedule, quiet
from monitor.types import (
    Ledger,
    News,
    Source,
    Subscription,
    WatchlistEntry,
)

if TYPE_CHECKING:
    from monitor.digest.calendar import Event
    from monitor.ports import Store
    from monitor.query import Query

#: Changes in how sources do are gathered so long before the operator is told, all in one message.
GATHER = timedelta(minutes=10)
#: Further ahead no clock goes but by mistake.
WRONG = timedelta(days=1)


# ---------------------------------------------------------------------------------------------- building


def build_digests(
    store: Store,
    subscriptions: Iterable[Subscription],
    queries: Mapping[str, Query],
    sources: Mapping[str, Source],
    entries: Mapping[str, WatchlistEntry],
    now: datetime,
    *,
    calendar: Callable[[], tuple[Event, ...]] = tuple,
    gloss: Gloss | None = None,
) -> tuple[str, ...]:
    """A line for people on each digest that was due and is now in the ledger with its delivery.

    What readers of one search share is asked, and made, once. `calendar`: the events of its file, which are shown, and
    of whose days it is no surprise that much is written.
    """
    lines = []
    around = Round(store=store, sources=sources, entries=entries, now=now, calendar=calendar, gloss=gloss)
    for subscription in subscriptions:
        if subscription.kind == "digest":
            try:
                line = _build_digest(around, subscription, queries[subscription.id])
            except StoreError as error:
                line = f"digest {subscription.name}: {error}"
            lines.append(line)
    return tuple(line for line in lines if line)


def _build_digest(around: Round, subscription: Subscription, query: Query) -> str:
    store, now = around.store, around.now
    ledger = store.ledger(subscription, now)
    schedule = parse_schedule(subscription.schedule or "daily 07:00")
    if (ledger.last_end_at or ledger.since_at) > now:
        return _set_back(store, subscription, ledger, last_due(schedule, subscription.timezone, now))
    until = is_due(schedule, subscription.timezone, ledger.last_end_at, ledger.since_at, now)
    if until is None:
        return ""
    head = store.head()  # before the news: whatever comes in between is above it
    news = around.news(subscription, query, ledger)
    seen, later = _split(news, until, now)
    inside, silenced = around.unmuted(seen, subscription)
    draft = around.draft(
        inside,
        subscription,
        since=ledger.last_end_at or ledger.since_at,
        until=until,
        late_before=ledger.last_end_at,
        same=(id(news), tuple(piece.kept.id for piece in silenced)),
    )
    cursor, overtaken = _cursor(ledger, head, seen, later)
    draft, uncounted = counted(draft, silenced, ledger.uncounted)
    draft = replace(draft, hold=(*draft.hold, *overtaken))
    stored = store.add_digests(
        subscription.id,
        (draft.digest,) if draft.digest else (),
        channel_id=subscription.channel_id,
        cursor_from=ledger.cursor,
        cursor_to=cursor,
        hold=draft.hold,
        release=draft.release,
        last_end_at=until,
        uncounted=uncounted,
    )
    if not stored and draft.digest:
        _moved(store, subscription, ledger, until)  # this one was made while the clock was ahead
    return _told(subscription, draft) if stored and draft.digest else ""


def _set_back(store: Store, subscription: Subscription, ledger: Ledger, end: datetime) -> str:
    """A line for people: a digest was made at a time that is yet to come, and without this the next would come after
    it, in a day or in years."""
    moved = _moved(store, subscription, ledger, end)
    return f"digest {subscription.name}: the clock was set back; the next one comes at its usual time" if moved else ""


def _moved(store: Store, subscription: Subscription, ledger: Ledger, end: datetime) -> bool:
    """Whether the subscription's digests now count as made up to that instant; nothing is told, and none is lost."""
    return store.add_digests(
        subscription.id,
        (),
        channel_id=subscription.channel_id,
        cursor_from=ledger.cursor,
        cursor_to=ledger.cursor,
        last_end_at=end,
    )


def _split(news: Sequence[News], until: datetime, now: datetime) -> tuple[list[News], list[News]]:
    """What belongs into the window, and what came after its end.

    What came at a time that is far from being there was put down by a clock that went wrong: it is told now.
    """
    inside: list[News] = []
    later: list[News] = []
    for piece in news:
        wrong = piece.changed_at - now > WRONG
        (inside if piece.held or piece.changed_at < until or wrong else later).append(piece)
    return inside, later


def _cursor(
    ledger: Ledger, head: int, inside: Sequence[News], later: Sequence[News]
) -> tuple[int, tuple[tuple[int, int], ...]]:
    """Up to which change all is decided on, and what of the later news lies below that and has to be held.

    Such overtaken news is there after the clock was set back, when a later change has an earlier time.
    """
    cursor = max((piece.change for piece in inside if not piece.held), default=ledger.cursor)
    if not later:
        cursor = max(cursor, head)
    cursor = max(cursor, ledger.cursor)
    return cursor, tuple((piece.kept.id, piece.change) for piece in later if piece.change <= cursor)


def _told(subscription: Subscription, draft: Draft) -> str:
    assert draft.digest is not None
    told = draft.digest.sent
    held = f", {draft.digest.held} articles held" if draft.digest.held else ""
    return f"digest {subscription.name}: {told} stories{held}"


def build_alerts(
    store: Store,
    subscriptions: Iterable[Subscription],
    queries: Mapping[str, Query],
    sources: Mapping[str, Source],
    entries: Mapping[str, WatchlistEntry],
    now: datetime,
    *,
    calendar: Callable[[], tuple[Event, ...]] = tuple,
) -> tuple[str, ...]:
    """A line for people on each subscription whose alerts are now in the ledger with their deliveries.

    `calendar`: the events on whose days it is no surprise that much is written.
    """
    lines = []
    alerting = [subscription for subscription in subscriptions if subscription.kind == "alert"]
    grounds = Grounds(store, entries, now, calendar)
    for subscription in alerting:
        try:
            line = _build_alerts(store, subscription, queries[subscription.id], sources, grounds)
        except StoreError as error:
            line = f"alerts {subscription.name}: {error}"
        lines.append(line)
    return tuple(line for line in lines if line)


def _build_alerts(
    store: Store, subscription: Subscription, query: Query, sources: Mapping[str, Source], grounds: Grounds
) -> str:
    now = grounds.now
    ledger = store.ledger(subscription, now)
    head = store.head()
    quiet_until = quiet(subscription.quiet_hours, subscription.timezone, now)
    if quiet_until is not None and head == ledger.cursor:
        return ""  # all that is held stays held
    news = store.news(subscription.id, query)
    cursor = max([head, ledger.cursor, *(piece.change for piece in news)])
    if not news and cursor == ledger.cursor:
        return ""
    story_ids = sorted({piece.kept.story_id for piece in news})
    draft = decide(
        news,
        subscription,
        store.alerts_between(subscription.id, *_local_day(now, subscription.timezone)),
        store.told_stories(subscription.id, story_ids),
        now,
        quiet_until,
        sources=sources,
        entries=grounds.entries,
        background=grounds.of(subscription, news),
        uncounted=ledger.uncounted,
        told_articles=store.told_articles(subscription.id, sorted({piece.kept.id for piece in news})),
        showing=store.last_told(subscription.id, story_ids) if subscription.edits else None,
    )
    if cursor == ledger.cursor and not (draft.digests or draft.hold or draft.release):
        return ""
    stored = store.add_digests(
        subscription.id,
        draft.digests,
        channel_id=subscription.channel_id,
        cursor_from=ledger.cursor,
        cursor_to=cursor,
        hold=draft.hold,
        release=draft.release,
        uncounted=draft.uncounted,
    )
    return _alerted(subscription, draft) if stored else ""


def build_operator(
    store: Store, subscription: Subscription, sources: Mapping[str, Source], now: datetime
) -> tuple[str, ...]:
    """A line for people, when the operator's message on changes in how sources do is now in the ledger."""
    try:
        ledger = store.ledger(subscription, now)
        events = store.source_events(after=ledger.cursor)
        if not events or now - events[0].at < GATHER:
            return ()
        digest = operator_digest(events, sources, subscription, now)
        stored = store.add_digests(
            subscription.id,
            (digest,) if digest else (),
            channel_id=subscription.channel_id,
            cursor_from=ledger.cursor,
            cursor_to=events[-1].number,
        )
    except StoreError as error:
        return (f"operator: {error}",)
    return (f"operator: {len(events)} changes in how sources do",) if stored and digest else ()


def build_stopped(store: Store, subscription: Subscription, now: datetime) -> tuple[str, ...]:
    """A line for people on each channel that was stopped, when the operator's message on it is now in the ledger."""
    try:
        new = [one for one in store.stopped_channels() if not one.told and one.channel_id != subscription.channel_id]
        if not new:
            return ()
        ledger = store.ledger(subscription, now)
        store.add_digests(
            subscription.id,
            (stopped_digest(new, subscription, now),),
            channel_id=subscription.channel_id,
            cursor_from=ledger.cursor,
            cursor_to=ledger.cursor,
        )
        store.channels_told([one.channel_id for one in new])
    except StoreError as error:
        return (f"operator: {error}",)
    return tuple(f"stopped: {one.why}" for one in new)


def _local_day(now: datetime, zone: str) -> tuple[datetime, datetime]:
    """Beginning and end of the local day."""
    tz, day = ZoneInfo(zone), local_day(now, zone)
    begins = datetime(day.year, day.month, day.day, tzinfo=tz)
    after = day + timedelta(days=1)
    return begins, datetime(after.year, after.month, after.day, tzinfo=tz)


def _alerted(subscription: Subscription, draft: AlertsDraft) -> str:
    updates = sum(digest.kind == "update" for digest in draft.digests)
    count, held = len(draft.digests) - updates, f", {len(draft.hold)} articles held" if draft.hold else ""
    changed = f", {updates} messages brought up to date" if updates else ""
    return f"alerts {subscription.name}: {count}{changed}{held}" if count or changed or held else ""
