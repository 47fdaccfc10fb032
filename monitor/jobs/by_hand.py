"""Digests that somebody asks for: shown without being stored, or queued ahead of their time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from monitor.digest import Draft, Gloss
from monitor.jobs.asking import Round, counted
from monitor.ports import Store
from monitor.types import Kept, News, Source, Subscription, WatchlistEntry

if TYPE_CHECKING:
    from monitor.digest.calendar import Event
    from monitor.query import Query

_MOST = 2_000


def draft(
    store: Store,
    subscription: Subscription,
    query: Query,
    sources: Mapping[str, Source],
    entries: Mapping[str, WatchlistEntry],
    now: datetime,
    since: datetime | None = None,
    until: datetime | None = None,
    *,
    calendar: Callable[[], tuple[Event, ...]] = tuple,
    gloss: Gloss | None = None,
) -> Draft:
    """The digest as it would be now; nothing is stored.

    With `since` or `until`: what was published in that time, told before or not. Else what has not been told yet.
    """
    ledger = store.ledger(subscription, now)
    if since or until:
        found = store.search(query, since=since, until=until, limit=_MOST)
        news = tuple(_news(store, hit.kept) for hit in found.hits)
    else:
        news = store.news(subscription.id, query)
    around = Round(store=store, sources=sources, entries=entries, now=now, calendar=calendar, gloss=gloss)
    inside, silenced = around.unmuted(news, subscription)
    made = around.draft(
        inside,
        subscription,
        since=since or ledger.last_end_at or _earliest(news, ledger.since_at),
        until=until or now,
        late_before=None if since or until else ledger.last_end_at,
        key=f"{subscription.id}/by-hand/{now:%Y-%m-%dT%H:%M:%SZ}",
    )
    return counted(made, silenced)[0]


def queue(store: Store, subscription: Subscription, made: Draft, now: datetime, *, asked_again: bool) -> bool:
    """Whether the digest is in the ledger with its delivery. False: another process told the same news meanwhile.

    `asked_again`: made for a given time, so that what is due next stays as it was.
    """
    ledger = store.ledger(subscription, now)
    return store.add_digests(
        subscription.id,
        (made.digest,) if made.digest else (),
        channel_id=subscription.channel_id,
        cursor_from=ledger.cursor,
        cursor_to=ledger.cursor if asked_again else store.head(),
        hold=() if asked_again else made.hold,
        release=() if asked_again else made.release,
    )


def _news(store: Store, kept: Kept) -> News:
    return News(
        kept=kept,
        change=0,
        changed_at=kept.article.first_seen_at,
        what="new",
        held=False,
        quiet=False,
        matches=store.matches(kept.id),
    )


def _earliest(news: tuple[News, ...], otherwise: datetime) -> datetime:
    return min((piece.changed_at for piece in news), default=otherwise)
