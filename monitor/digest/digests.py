"""A digest out of what a subscription has not been told yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.digest.stories import Story, group
from monitor.digest.themes import Theme, load_themes, sections
from monitor.schedule import local_day, parse_schedule
from monitor.types import Digest, News, Source, Subscription, WatchlistEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What became of the news."""

    #: None: nothing to send.
    digest: Digest | None
    #: (article id, change) to keep for later.
    hold: tuple[tuple[int, int], ...] = ()
    #: Ids of articles that need no longer be held.
    release: tuple[int, ...] = ()


def build(
    news: Sequence[News],
    subscription: Subscription,
    *,
    since: datetime,
    until: datetime,
    sources: Mapping[str, Source],
    entries: Mapping[str, WatchlistEntry],
    now: datetime,
    housekeeping: Sequence[str] = (),
    key: str | None = None,
    themes: Sequence[Theme] | None = None,
) -> Draft:
    """The digest of that window: one item a story, under its theme, and the rest held for the next one.

    What was left over from the last digest is told first; where there is more left over than fits, half of the places
    go to what is new, so that a flood does not bury today's news. A digest of a day or a week is made even with nothing
    to tell, since silence is an answer too; one of ``every …`` is not. `key`: of a digest made by hand.
    """
    stories = group(news, sources, entries)
    told, held = _chosen(stories, subscription.max_items)
    if not told and not key and _steps(subscription):
        return Draft(digest=None)
    digest = Digest(
        key=key or digest_key(subscription, until),
        subscription_id=subscription.id,
        kind="digest",
        created_at=now,
        since=since,
        until=until,
        timezone=subscription.timezone,
        sections=sections([s.item for s in told], entries, load_themes() if themes is None else themes),
        seen=sum(len(story.news) for story in stories),
        held=sum(len(story.news) for story in held),
        folded=sum(len(story.news) - 1 for story in told),
        housekeeping=(*housekeeping, *_flags(told)),
        search=subscription.search,
    )
    return Draft(digest=digest, hold=newly_held(held), release=no_longer_held(told))


def digest_key(subscription: Subscription, until: datetime) -> str:
    """What makes a second digest of the same local day, or of the same step, be refused."""
    if _steps(subscription):
        return f"{subscription.id}/{until:%Y-%m-%dT%H:%M:%SZ}"
    return f"{subscription.id}/{local_day(until, subscription.timezone).isoformat()}"


def newly_held(stories: Sequence[Story]) -> tuple[tuple[int, int], ...]:
    """(article id, change) of what was not held before."""
    return tuple((piece.kept.id, piece.change) for story in stories for piece in story.news if not piece.held)


def no_longer_held(stories: Sequence[Story]) -> tuple[int, ...]:
    """Ids of the articles that were held."""
    return tuple(piece.kept.id for story in stories for piece in story.news if piece.held)


def _chosen(stories: Sequence[Story], max_items: int) -> tuple[tuple[Story, ...], tuple[Story, ...]]:
    """The stories that are told, in order of rank, and those that wait."""
    ranked = sorted(stories, key=lambda story: story.rank)
    if max_items <= 0 or len(ranked) <= max_items:
        return tuple(ranked), ()
    left_over = [story for story in ranked if story.left_over]
    new = [story for story in ranked if not story.left_over]
    places = len(left_over)
    if places > max_items:
        places = max(max_items - len(new), (max_items + 1) // 2)
    told = {story.id for story in (*left_over[:places], *new[: max_items - places])}
    return tuple(s for s in ranked if s.id in told), tuple(s for s in ranked if s.id not in told)


def _steps(subscription: Subscription) -> bool:
    return not subscription.schedule or parse_schedule(subscription.schedule).kind == "every"


def _flags(stories: Sequence[Story]) -> tuple[str, ...]:
    """A line on stories that rest on one voice."""
    count = sum(story.single_class for story in stories)
    if not count:
        return ()
    which = "1 story is" if count == 1 else f"{count} stories are"
    return (f"{which} carried only by state media of one country.",)
