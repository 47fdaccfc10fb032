"""Alerts: one message a story, at once, within quiet hours and a daily limit."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from monitor.digest.digests import newly_held, no_longer_held
from monitor.digest.rules import NOTHING, Background, judge, next_alert_at, unmuted
from monitor.digest.stories import Story, among, group
from monitor.schedule import local_day, quiet
from monitor.types import Digest, News, Rule, Section, Source, Subscription, WatchlistEntry

#: Reasons for which an article is left out, beside those of rules.
FIRST_READING, MUTED = "first reading of its source", "muted"


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertsDraft:
    """What became of the news."""

    #: Alerts in order of time, then perhaps one summary.
    digests: tuple[Digest, ...] = ()
    #: (article id, change) to keep for later.
    hold: tuple[tuple[int, int], ...] = ()
    #: Ids of articles that need no longer be held.
    release: tuple[int, ...] = ()
    #: (what became of them, articles) that no message counts yet; as in Ledger.
    uncounted: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """A story with what the rule says of it."""

    story: Story
    because: str
    #: It had an alert before.
    again: bool = False


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
    background: Background = NOTHING,
    uncounted: Sequence[tuple[str, int]] = (),
) -> AlertsDraft:
    """One alert for each story that the rule wants and that was not told yet, and another one when such a story has
    news by the rule; what may not be told now is held, never lost.

    Left out, and counted, are articles of a source's first reading, what is muted, and what the rule does not want. So
    are those that were told before and came into another story since (`told_articles`). What else joins or edits a
    story that was told changes its message where that can be done, and is folded elsewhere; `showing`: by story, the
    key of its alert and what its message says by now. In quiet hours, and before the story's next alert may come,
    everything is held, and told afterwards. What goes over the day's limit is held until that local day is over, and
    then stands in one summary. `uncounted`: as the ledger has it; the first message counts them.
    """
    books = Counter(dict(uncounted))
    fresh = [piece for piece in news if not piece.quiet]
    books[FIRST_READING] += len({piece.kept.id for piece in news if piece.quiet} - {p.kept.id for p in fresh})
    heard, silenced = unmuted(fresh, subscription, background.mutes, entries, now)
    books[MUTED] += sum(len(story.news) for story in group(silenced, sources, entries))
    stories = group(heard, sources, entries)
    known = [story for story in stories if _was_told(story, told_stories, told_articles)]
    rule = subscription.rule or Rule()
    open_, early, unwanted = _judged(rule, stories, {story.id for story in known}, background, now)
    for story, because in unwanted:
        books[because] += len(story.news)
    again = {one.story.id for one in (*open_, *early)}
    known = [story for story in known if story.id not in again]
    updates = [update for story in known if (update := _update(story, showing or {}, subscription, now))]
    released = (*no_longer_held([story for story, _ in unwanted]), *(p.kept.id for p in silenced if p.held))
    if quiet_until is not None:
        changing = {item.story_id for update in updates for section in update.sections for item in section.items}
        later = [story for story in known if story.id in changing]
        done = [story for story in known if story.id not in changing]
        books["folded"] += sum(len(story.news) for story in done)
        hold = newly_held((*(one.story for one in (*open_, *early)), *later))
        return AlertsDraft(hold=hold, release=(*released, *no_longer_held(done)), uncounted=_rows(books))
    late = [one for one in open_ if _day_is_over(one.story, subscription, background, now)]
    over = {one.story.id for one in late}
    ranked = sorted((one for one in open_ if one.story.id not in over), key=lambda one: one.story.rank)
    room = max(subscription.max_per_day - told_today, 0) if subscription.max_per_day > 0 else len(ranked)
    told, waiting = sorted(ranked[:room], key=lambda one: _change(one.story)), [*ranked[room:], *early]
    alerts = (_alert(one, subscription, now, background.earlier.get(one.story.id, ())) for one in told)
    digests = [*updates, *alerts]
    if late:
        digests.append(_summary(sorted((one.story for one in late), key=lambda s: s.rank), subscription, now))
    changed = {item.story_id for update in updates for section in update.sections for item in section.items}
    books["folded"] += sum(len(story.news) for story in known if story.id not in changed)
    held = [one.story for one in waiting]
    finished = (*known, *(one.story for one in (*told, *late)))
    return AlertsDraft(
        digests=_balanced(digests, books, sum(len(story.news) for story in held)),
        hold=newly_held(held),
        release=(*released, *no_longer_held(finished)),
        uncounted=() if digests else _rows(books),
    )


def _judged(
    rule: Rule, stories: Sequence[Story], known: Collection[int], background: Background, now: datetime
) -> tuple[list[_Told], list[_Told], list[tuple[Story, str]]]:
    """The stories that the rule wants told now; those that it wants told later, as they had an alert just now; and
    those that it does not want, with the reason. Of those told before, only such as have news by the rule."""
    wanted, early, unwanted = [], [], []
    escalates = set(rule.novelty) != {"story"}
    for story in stories:
        if story.id in known and not escalates:
            continue
        verdict = judge(rule, story, background, told=story.id in known)
        one = _Told(story=story, because=_why(rule, verdict.because), again=story.id in known)
        if not verdict.tells:
            if story.id not in known:
                unwanted.append((story, verdict.because))
        elif one.again and (at := next_alert_at(rule, background, story.id)) is not None and at > now:
            early.append(one)
        else:
            wanted.append(one)
    return wanted, early, unwanted


def _why(rule: Rule, because: str) -> str:
    return f"rule “{rule.name}”: {because}" if rule.name else because


def _rows(books: Counter[str]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted((what, count) for what, count in books.items() if count > 0))


def _balanced(digests: Sequence[Digest], books: Counter[str], held: int) -> tuple[Digest, ...]:
    """The messages, the first of which counts what none of them tells."""
    if not digests:
        return ()
    first, *rest = digests
    folded, dropped = books["folded"], tuple(row for row in _rows(books) if row[0] != "folded")
    counted = replace(
        first,
        seen=first.seen + folded + held + sum(count for _, count in dropped),
        folded=first.folded + folded,
        held=first.held + held,
        dropped=dropped,
    )
    return counted, *rest


def _was_told(story: Story, told_stories: Collection[int], told_articles: Collection[int]) -> bool:
    return story.id in told_stories or all(number in told_articles for number in story.article_ids)


def _day_is_over(story: Story, subscription: Subscription, background: Background, now: datetime) -> bool:
    """Whether it was held, and the local day on which it could first have been told has passed."""
    if not all(piece.held for piece in story.news):
        return False
    zone = subscription.timezone
    changed_at = min(piece.changed_at for piece in story.news)
    if again_at := next_alert_at(subscription.rule or Rule(), background, story.id):
        changed_at = max(changed_at, again_at)
    tellable_at = quiet(subscription.quiet_hours, zone, changed_at) or changed_at
    return local_day(tellable_at, zone) < local_day(now, zone)


def _alert(one: _Told, subscription: Subscription, now: datetime, earlier: Sequence[News] = ()) -> Digest:
    story = one.story
    key = f"{subscription.id}/story/{story.id}"
    return Digest(
        key=f"{key}/again/{max(piece.change for piece in story.news)}" if one.again else key,
        subscription_id=subscription.id,
        kind="alert",
        created_at=now,
        since=story.changed_at,
        until=story.changed_at,
        timezone=subscription.timezone,
        sections=(Section(key="alert", heading="", items=(among(story, earlier, again=one.again),)),),
        seen=len(story.news),
        folded=len(story.news) - 1,
        search=subscription.search,
        why=one.because,
        mute=f"scowatch mutes add story {story.id} --on {shlex.quote(subscription.channel_id)} --for 3d",
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
        _alert(_Told(story=story, because=shown.why), subscription, now),
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
    dropped = Counter[str]()
    for digest in waited:
        dropped.update(dict(digest.dropped))
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
        folded=sum(digest.seen - digest.held for digest in waited) - len(told) - sum(dropped.values()),
        held=sum(digest.held for digest in waited),
        dropped=_rows(dropped),
        search=first.search,
    )


def _change(story: Story) -> int:
    return min(piece.change for piece in story.news)
