"""Stories of the archive as they are shown: the day's list, one story, its coverage, the ledger of origins.

::

    day_list(store, sources, since, until)      stories with articles of that time, the most independent first
    shown(store, sources, states, number)       one story with what belongs to it
    covered(store, sources, states, number)     its matrix of states by ownership class
    ledger(store, sources, since, until)        who originated how many texts, and who carried them
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.errors import InputError
from monitor.identity.overview import Coverage, Overview, coverage, name_of, origins, outlet_of, overview, time_of
from monitor.identity.silence import time_of_story, was_read
from monitor.ports import Store
from monitor.types import Decision, Kept, Member, Relation, Source

#: Stories that are read at a time: few are in memory at once.
_AT_ONCE = 500
#: Articles of other stories whose titles are looked up for one story.
_NAMED = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class DayStory:
    """A story in a list of some days."""

    overview: Overview
    #: Articles of that time.
    new: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """Another story that this one takes up again, or that takes up this one."""

    story_id: int
    #: The article of that story by which they are linked.
    article_id: int
    title: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One story with what belongs to it."""

    overview: Overview
    #: All its articles, oldest first.
    members: tuple[Member, ...]
    #: By article: passages that it shares with others.
    relations: Mapping[int, tuple[Relation, ...]]
    #: Articles of other stories that these name.
    others: Mapping[int, Kept]
    decisions: tuple[Decision, ...]
    coverage: Coverage
    #: Oldest first.
    follows: tuple[Linked, ...]
    followed_by: tuple[Linked, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """One text of a ledger, with all that carried it."""

    copy_group_id: int
    story_id: int
    title: str
    first_at: datetime
    #: Articles and outlets that carried it, the first among them.
    articles: int
    outlets: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Originated:
    """What came from one origin."""

    key: str
    name: str
    #: Oldest first.
    texts: tuple[Text, ...]
    #: Articles that carried them, and outlets.
    articles: int
    outlets: int
    #: Half of all later articles came sooner than this after the first of their text; None: there are none.
    usual_lag: timedelta | None


def day_list(
    store: Store, sources: Mapping[str, Source], since: datetime | None = None, until: datetime | None = None
) -> tuple[DayStory, ...]:
    """Stories with articles of that half-open time: those with most independent origins first, then most outlets.
    Raises: StoreError."""
    found = [
        DayStory(overview=overview(members, sources), new=sum(_within(member, since, until) for member in members))
        for members in _stories(store, since, until)
    ]
    return tuple(sorted(found, key=_weight, reverse=True))


def _weight(story: DayStory) -> tuple[int, int, datetime]:
    return len(story.overview.origins), len(story.overview.carriers), story.overview.last_at


def _stories(store: Store, since: datetime | None, until: datetime | None) -> Iterator[tuple[Member, ...]]:
    numbers = store.stories(since, until)
    for first in range(0, len(numbers), _AT_ONCE):
        yield from store.members(numbers[first : first + _AT_ONCE]).values()


def _within(member: Member, since: datetime | None, until: datetime | None) -> bool:
    at = time_of(member)
    return (since is None or at >= since) and (until is None or at < until)


def shown(store: Store, sources: Mapping[str, Source], states: Sequence[str], number: int) -> Shown:
    """The story that goes by that number now, with those states' silence. Raises: InputError, StoreError."""
    members = members_of(store, number)
    relations = store.relations([member.id for member in members])
    own = {member.id for member in members}
    named = {one.article_id for several in relations.values() for one in several} - own
    others = {other: kept for other in sorted(named)[:_NAMED] if (kept := store.article(str(other)))}
    return Shown(
        overview=overview(members, sources),
        members=members,
        relations=relations,
        others=others,
        decisions=store.decisions(members[0].story_id),
        coverage=_coverage(store, sources, states, members),
        follows=_linked(members[0].story_id, others, relations, "follows"),
        followed_by=_linked(members[0].story_id, others, relations, "followed_by"),
    )


def _linked(
    story_id: int, others: Mapping[int, Kept], relations: Mapping[int, Sequence[Relation]], kind: str
) -> tuple[Linked, ...]:
    """The stories of the articles that are related in that way, each by its first one."""
    found: dict[int, Linked] = {}
    for number in sorted({one.article_id for several in relations.values() for one in several if one.kind == kind}):
        kept = others.get(number)
        if kept is not None and kept.story_id is not None and kept.story_id != story_id:
            at = kept.article.published_at or kept.article.first_seen_at
            one = Linked(story_id=kept.story_id, article_id=number, title=kept.article.title, at=at)
            found.setdefault(one.story_id, one)
    return tuple(sorted(found.values(), key=lambda one: one.at))


def members_of(store: Store, number: int) -> tuple[Member, ...]:
    """The articles of the story that goes by that number now. Raises: InputError, StoreError."""
    now = store.story(number)
    members = store.members([now]).get(now, ()) if now is not None else ()
    if not members:
        raise InputError(f"the archive has no story {number}: `scowatch stories` lists the newest")
    return members


def covered(
    store: Store, sources: Mapping[str, Source], states: Sequence[str], number: int
) -> tuple[Overview, Coverage]:
    """The story, and which of those states' outlets carried it; without states, those of all sources. Raises:
    InputError, StoreError."""
    members = members_of(store, number)
    return overview(members, sources), _coverage(store, sources, states, members)


def _coverage(
    store: Store, sources: Mapping[str, Source], states: Sequence[str], members: Sequence[Member]
) -> Coverage:
    since, until = time_of_story(time_of(members[0]), time_of(members[-1]))
    reached = store.reached(since, until)
    known = store.source_states()
    read = {name for name, state in known.items() if was_read(state, reached.get(name), since, until)}
    chosen = states or sorted({source.country for source in sources.values() if source.country})
    return coverage(members, sources, chosen, read)


def ledger(
    store: Store, sources: Mapping[str, Source], since: datetime | None = None, until: datetime | None = None
) -> tuple[Originated, ...]:
    """Who originated the texts of which something came in that time, those with most articles first. Raises:
    StoreError."""
    found: dict[str, tuple[str, list[list[Member]]]] = {}
    for members in _stories(store, since, until):
        groups: dict[int, list[Member]] = {}
        for member in members:
            groups.setdefault(member.copy_group_id, []).append(member)
        for origin in origins(members, sources):
            texts = [groups[number] for number in origin.groups]
            current = [text for text in texts if any(_within(member, since, until) for member in text)]
            if current:
                found.setdefault(origin.key, (origin.name, []))[1].extend(current)
    made = [_originated(key, name, texts, sources) for key, (name, texts) in found.items()]
    return tuple(sorted(made, key=lambda one: (-one.articles, one.name)))


def _originated(key: str, name: str, groups: Sequence[Sequence[Member]], sources: Mapping[str, Source]) -> Originated:
    lags = [time_of(member) - time_of(group[0]) for group in groups for member in group[1:]]
    return Originated(
        key=key,
        name=name,
        texts=tuple(sorted((_text(group, sources) for group in groups), key=lambda text: text.first_at)),
        articles=sum(map(len, groups)),
        outlets=len({outlet_of(member) for group in groups for member in group}),
        usual_lag=sorted(lags)[(len(lags) - 1) // 2] if lags else None,
    )


def _text(group: Sequence[Member], sources: Mapping[str, Source]) -> Text:
    return Text(
        copy_group_id=group[0].copy_group_id,
        story_id=group[0].story_id,
        title=group[0].title,
        first_at=time_of(group[0]),
        articles=len(group),
        outlets=tuple(dict.fromkeys(name_of(member, sources) for member in group)),
    )
