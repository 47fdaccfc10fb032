"""Alerts: one message a story, at once, within quiet hours and a daily limit."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from monitor.digest.digests import newly_held, no_longer_held
from monitor.digest.stories import Story, group
from monitor.schedule import local_day, quiet
from monitor.types import Digest, News, Section, Source, Subscription, WatchlistEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertsDraft:
    """What became of the news."""

    #: Alerts in order of time, then perhaps one summary.
    digests: tuple[Digest, ...] = ()
    #: (article id, change) to keep for later.
    hold: tuple[tuple[int, int], ...] = ()
    #: Ids of articles that need no longer be held.
    release: tuple[int, ...] = ()


def decide(
    news: Sequence[News],
    subscription: Subscription,
    told_today: int,
    told_stories: Collection[int],
    now: datetime,
    quiet_until: datetime | None,
    *,
    sources: Mapping[str, Source],
    entries: Mapping[str, WatchlistEntry],
    told_articles: Collection[int] = (),
    showing: Mapping[int, tuple[str, Digest]] | None = None,
) -> AlertsDraft:
    """One alert for each story that was not told yet; what may not be told now is held, never lost.

    Left out are articles of a source's first reading, and those that were told before and came into another story since
    (`told_articles`). What joins or edits a story that was told changes its message
    where that can be done, and is left out elsewhere; `showing`: by story, the key of its alert and what its message
    says by now. In quiet hours everything is held, and told afterwards. What goes over the day's limit is held until
    that local day is over, and then stands in one summary.
    """
    stories = group((piece for piece in news if not piece.quiet), sources, entries)
    known = [story for story in stories if _was_told(story, told_stories, told_articles)]
    open_ = [story for story in stories if not _was_told(story, told_stories, told_articles)]
    updates = [update for story in known if (update := _update(story, showing or {}, subscription, now))]
    if quiet_until is not None:
        changing = {item.story_id for update in updates for section in update.sections for item in section.items}
        later = [story for story in known if story.id in changing]
        done = [story for story in known if story.id not in changing]
        return AlertsDraft(hold=newly_held((*open_, *later)), release=no_longer_held(done))
    late = [story for story in open_ if _day_is_over(story, subscription, now)]
    over = {story.id for story in late}
    ranked = sorted((story for story in open_ if story.id not in over), key=lambda story: story.rank)
    room = max(subscription.max_per_day - told_today, 0) if subscription.max_per_day > 0 else len(ranked)
    told, waiting = sorted(ranked[:room], key=_change), ranked[room:]
    digests = [_alert(story, subscription, now) for story in told]
    if late:
        digests.append(_summary(sorted(late, key=lambda story: story.rank), subscription, now))
    return AlertsDraft(
        digests=(*updates, *digests), hold=newly_held(waiting), release=no_longer_held((*known, *told, *late))
    )


def _was_told(story: Story, told_stories: Collection[int], told_articles: Collection[int]) -> bool:
    return story.id in told_stories or all(number in told_articles for number in story.article_ids)


def _day_is_over(story: Story, subscription: Subscription, now: datetime) -> bool:
    """Whether it was held, and the local day on which it could first have been told has passed."""
    if not all(piece.held for piece in story.news):
        return False
    zone = subscription.timezone
    changed_at = min(piece.changed_at for piece in story.news)
    tellable_at = quiet(subscription.quiet_hours, zone, changed_at) or changed_at
    return local_day(tellable_at, zone) < local_day(now, zone)


def _alert(story: Story, subscription: Subscription, now: datetime) -> Digest:
    return Digest(
        key=f"{subscription.id}/story/{story.id}",
        subscription_id=subscription.id,
        kind="alert",
        created_at=now,
        since=story.changed_at,
        until=story.changed_at,
        timezone=subscription.timezone,
        sections=(Section(key="alert", heading="", items=(story.item,)),),
        seen=len(story.news),
        folded=len(story.news) - 1,
        search=subscription.search,
    )


def _update(
    story: Story, showing: Mapping[int, tuple[str, Digest]], subscription: Subscription, now: datetime
) -> Digest | None:
    """What the story's message has to say from now on; None: what it says, or there is no message to change."""
    if story.id not in showing:
        return None
    key, shown = showing[story.id]
    (before,) = (item for section in shown.sections for item in section.items)
    names = {before.source_name, *(name.partition(" (")[0] for name, _ in before.others)}
    mine = ((f"{story.item.source_name} ({story.item.ownership})" if story.item.ownership else story.item.source_name),
            story.item.url)  # fmt: skip
    joined = [other for other in (mine, *story.item.others) if other[0].partition(" (")[0] not in names]
    edited = before.edited or any(
        piece.what == "edited" and piece.kept.id == before.article_ids[0] for piece in story.news
    )
    if not joined and edited == before.edited:
        return None
    article_ids = tuple(dict.fromkeys((*before.article_ids, *story.article_ids)))
    item = replace(before, story_id=story.id, others=(*before.others, *joined), article_ids=article_ids, edited=edited)
    return replace(
        _alert(story, subscription, now),
        key=f"{key}/update/{max(piece.change for piece in story.news)}",
        kind="update",
        sections=(Section(key="alert", heading="", items=(item,)),),
        folded=len(story.news),
        replaces=key,
    )


def _summary(stories: Sequence[Story], subscription: Subscription, now: datetime) -> Digest:
    return Digest(
        key=f"{subscription.id}/summary/{local_day(now, subscription.timezone).isoformat()}",
        subscription_id=subscription.id,
        kind="summary",
        created_at=now,
        since=min(story.changed_at for story in stories),
        until=max(story.changed_at for story in stories),
        timezone=subscription.timezone,
        sections=(Section(key="held", heading="Over the daily limit", items=tuple(s.item for s in stories)),),
        seen=sum(len(story.news) for story in stories),
        folded=sum(len(story.news) - 1 for story in stories),
        search=subscription.search,
    )


def outage_summary(waited: Sequence[Digest], now: datetime) -> Digest:
    """One summary in place of alerts, and changes of alerts, that waited while their channel was down, oldest first."""
    latest: dict[str, Digest] = {}
    for digest in waited:
        latest[digest.replaces or digest.key] = digest
    told = tuple(item for digest in latest.values() for section in digest.sections for item in section.items)
    first = waited[0]
    return Digest(
        key=f"{first.subscription_id}/outage/{now:%Y-%m-%dT%H:%M:%S.%fZ}",
        subscription_id=first.subscription_id,
        kind="summary",
        created_at=now,
        since=min(digest.since for digest in waited),
        until=max(digest.until for digest in waited),
        timezone=first.timezone,
        sections=(Section(key="waited", heading="Waited while the channel was down", items=told),),
        heading="that waited while this channel was down",
        seen=sum(digest.seen for digest in waited),
        folded=sum(digest.seen for digest in waited) - len(told),
        search=first.search,
    )


def _change(story: Story) -> int:
    return min(piece.change for piece in story.news)
