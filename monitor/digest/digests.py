"""A digest out of what a subscription has not been told yet."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import chain
from typing import Literal

from monitor.digest import calendar, counting, length, weekly
from monitor.digest.documents import SHOWN, documents
from monitor.digest.readouts import readouts
from monitor.digest.stories import Story, apart, group, told
from monitor.digest.themes import Theme, load_themes, sections
from monitor.schedule import local_day, parse_schedule
from monitor.types import ANALYSIS, Dated, Digest, Item, Kept, News, Source, Subscription, WatchlistEntry

#: Think tanks' pieces in one digest.
ANALYSES = 5
#: Items, where up to so many would make it too long to be read in time: who asks for more than those wants them all.
USUAL, FULL = 20, 25
#: Lines on what two digests had no place for; what goes beyond that waits on.
ALSO = 25
#: What was published so long before the digest's window is told where there is a place, and waits for none.
OLD = timedelta(days=7)
#: Stories of the top line; a digest of few items needs none.
TOP, TOP_FROM = 3, 4
_LANGUAGES = 8
_CALENDAR_DAYS = {"day": 14, "week": 30}
_DOCUMENTS_SINCE = {"day": timedelta(hours=24), "week": timedelta(days=7)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What became of the news."""

    #: None: nothing to send.
    digest: Digest | None
    #: (article id, change) to keep for later.
    hold: tuple[tuple[int, int], ...] = ()
    #: Ids of articles that need no longer be held.
    release: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the archive, and the home, have to say beside the news."""

    #: By story: what it said before this news, and what an edited article of it said.
    before: Mapping[int, tuple[Kept, ...]] = field(default_factory=dict)
    #: Stories of each of the last days by entry, by language (``lang:ru``), and in all (empty key); the last one last.
    days: Mapping[str, Sequence[int]] = field(default_factory=dict)
    #: Key of the subscription's last digest; empty: this is the first.
    follows: str = ""
    #: The dates of that digest; None: it had no calendar.
    dates: tuple[Dated, ...] | None = None
    #: What was published before then came too late for the digest of then; None: there was none.
    late_before: datetime | None = None
    #: The calendar file.
    events: tuple[calendar.Event, ...] = ()


#: Headlines with their languages -> English for those that it could translate.
Gloss = Callable[[Sequence[tuple[str, str]]], Mapping[str, str]]


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
    asked: Asked | None = None,
    gloss: Gloss | None = None,
    stories: Sequence[Story] | None = None,
) -> Draft:
    """The digest of that window: one item a story, under its theme, and the rest held for the next one.

    What is left over competes with what is new in the next digest; what then finds no place again is told in a line,
    so that it comes and keeps nothing else away. A digest of a day or a week is made even with nothing to tell, since
    silence is an answer too; one of ``every …`` is not. `key`: of a digest made by hand; `stories`: the news by story,
    analyses apart, where somebody has put it together before.
    """
    asked = asked or Asked()
    stories = apart(group(news, sources, entries, asked.before)) if stories is None else stories
    steps = _steps(subscription)
    if not stories and not key and steps:
        return Draft(digest=None)
    span: Literal["day", "week"] = "week" if _weekly(subscription) else "day"
    flags = () if not asked.days or steps else _uncovered(asked, sources, span)

    choice = _chosen(stories, subscription.max_items, since - OLD)
    known = _told((*choice.told, *choice.also), asked.late_before, gloss)

    def made(choice: _Choice) -> tuple[Digest, bool]:
        ranked = [known[story.best.kept.id] for story in choice.told]
        digest = Digest(
            key=key or digest_key(subscription, until),
            subscription_id=subscription.id,
            kind="digest",
            created_at=now,
            since=since,
            until=until,
            timezone=subscription.timezone,
            sections=sections(ranked, entries, load_themes() if themes is None else themes),
            also=tuple(known[story.best.kept.id] for story in choice.also),
            seen=sum(len(story.news) for story in stories),
            held=sum(len(story.news) for story in choice.held),
            folded=sum(len(story.news) - 1 for story in (*choice.told, *choice.also)),
            dropped=_dropped(choice.dropped),
            housekeeping=(*housekeeping, *_flags(choice.told), *flags),
            search=subscription.search,
            span=span,
            top=_top(ranked),
            follows=asked.follows,
        )
        return length.fitted(_with_parts(digest, choice.told, subscription, asked, sources, entries), ranked)

    digest, fits = made(choice)
    if not fits and len(choice.told) > USUAL and 0 < subscription.max_items <= FULL:
        choice = _chosen(stories, USUAL, since - OLD)  # whatever stands in it now stood in the longer one
        digest, _ = made(choice)
    done = no_longer_held((*choice.told, *choice.also, *choice.dropped))
    return Draft(digest=digest, hold=newly_held(choice.held), release=done)


def _told(stories: Sequence[Story], late_before: datetime | None, gloss: Gloss | None) -> dict[int, Item]:
    """By the article that stands for it: each story's item, translated where somebody can."""
    items = [told(story, late_before) for story in stories]
    if gloss is not None:
        foreign = [(item.title, item.lang) for item in items if item.lang and item.lang != "en"]
        english = gloss(foreign) if foreign else {}
        items = [replace(item, gloss=english.get(item.title, "")) for item in items]
    return {item.article_ids[0]: item for item in items}


def _top(ranked: Sequence[Item]) -> tuple[int, ...]:
    """Stories of the top line: what changed, never what somebody thinks of it."""
    if len(ranked) < TOP_FROM:
        return ()
    return tuple(i.story_id for i in ranked if not i.edited and i.ownership != ANALYSIS)[:TOP]


def _with_parts(
    digest: Digest,
    chosen: Sequence[Story],
    subscription: Subscription,
    asked: Asked,
    sources: Mapping[str, Source],
    entries: Mapping[str, WatchlistEntry],
) -> Digest:
    """The digest with all that stands beside its items; an empty one stops early, and only keeps its dates."""
    articles = list(chain.from_iterable(story.articles for story in chosen))
    today = local_day(digest.until, digest.timezone)
    events = [event for event in asked.events if not event.tags or any(tag in entries for tag in event.tags)]
    shown, ahead = calendar.upcoming(
        events,
        calendar.named_dates(articles, sources, entries),
        asked.dates,
        today,
        _CALENDAR_DAYS[digest.span],
    )
    if not chosen:
        return replace(digest, ahead=(*shown, *ahead) if asked.dates is None else asked.dates)
    since = digest.until - _DOCUMENTS_SINCE[digest.span]
    official = documents(((s.id, [k for k, _ in s.articles if _at(k) >= since]) for s in chosen), sources)
    digest = replace(
        digest,
        calendar=shown,
        ahead=ahead,
        documents=official[:SHOWN],
        unlisted=len(official[SHOWN:]),
        readouts=readouts(((s.id, [*(k for k, _ in s.articles), *s.before]) for s in chosen), sources, entries),
    )
    if _steps(subscription):
        return digest
    if digest.span == "day":
        return replace(digest, people=counting.people(_last(asked.days, counting.DAYS + 1), entries))
    counts = counting.weekly(asked.days, entries, person=False)
    people = counting.weekly(asked.days, entries, person=True)
    return replace(
        digest,
        people=people,
        counts=counts,
        quotes=weekly.quotes(articles, sources, entries),
        nonevents=weekly.nonevents(
            [*counts, *people],
            events,
            asked.days,
            local_day(digest.until - timedelta(days=7), digest.timezone),
            today,
        ),
    )


def _last(days: Mapping[str, Sequence[int]], count: int) -> Mapping[str, Sequence[int]]:
    return {key: row[-count:] for key, row in days.items()}


def _at(kept: Kept) -> datetime:
    return kept.article.published_at or kept.article.first_seen_at


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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Choice:
    """What becomes of the stories, each in order of rank."""

    told: tuple[Story, ...] = ()
    #: Told in a line, the one that has waited longest first.
    also: tuple[Story, ...] = ()
    held: tuple[Story, ...] = ()
    #: Old, and without a place.
    dropped: tuple[Story, ...] = ()


def _chosen(stories: Sequence[Story], places: int, oldest: datetime) -> _Choice:
    """The places go by rank, to what is left over as to what is new; to what was published before `oldest`, an
    import of years perhaps, only where others leave one."""
    if places <= 0:
        return _Choice(told=_ranked(stories))
    ranked = sorted(stories, key=lambda story: (_newest(story) < oldest, story.rank))
    told: list[Story] = []
    rest: list[Story] = []
    analyses = 0
    for story in ranked:
        analysis = story.item.ownership == ANALYSIS
        fits = len(told) < places and not (analysis and analyses == ANALYSES)
        (told if fits else rest).append(story)
        analyses += analysis and fits
    waited = sorted((story for story in rest if story.left_over), key=lambda s: min(p.change for p in s.news))
    also = waited[:ALSO]
    taken = {story.best.kept.id for story in also}
    rest = [story for story in rest if story.best.kept.id not in taken]
    return _Choice(
        told=_ranked(told),
        also=tuple(also),
        held=tuple(story for story in rest if _newest(story) >= oldest),
        dropped=tuple(story for story in rest if _newest(story) < oldest),
    )


def _ranked(stories: Sequence[Story]) -> tuple[Story, ...]:
    return tuple(sorted(stories, key=lambda story: story.rank))


def _newest(story: Story) -> datetime:
    """When its latest article was published, or edited."""
    return max((p.what == "new" and p.kept.article.published_at) or p.changed_at for p in story.news)


def _steps(subscription: Subscription) -> bool:
    return not subscription.schedule or parse_schedule(subscription.schedule).kind == "every"


def _weekly(subscription: Subscription) -> bool:
    return bool(subscription.schedule) and parse_schedule(subscription.schedule or "").kind == "weekly"


def _uncovered(asked: Asked, sources: Mapping[str, Source], span: str) -> tuple[str, ...]:
    """A line on languages that no article of that time is in: what came may be of days before."""
    found = counting.uncovered(asked.days, sources, 7 if span == "week" else 1)
    if not found:
        return ()
    rest = f" and {len(found) - _LANGUAGES} more" if len(found) > _LANGUAGES else ""
    when = "this week" if span == "week" else "the last 24 hours"
    return (f"No article of {when} is in {', '.join(found[:_LANGUAGES])}{rest}.",)


def _dropped(stories: Sequence[Story]) -> tuple[tuple[str, int], ...]:
    count = sum(len(story.news) for story in stories)
    return ((f"more than {OLD.days} days old, and no place", count),) if count else ()


def _flags(stories: Sequence[Story]) -> tuple[str, ...]:
    """A line on stories that rest on one voice."""
    count = sum(story.single_class for story in stories)
    if not count:
        return ()
    which = "1 story is" if count == 1 else f"{count} stories are"
    return (f"{which} carried only by state media of one country.",)
