"""What a story shows: who carried it, in which order, out of how many independent origins, and who stayed silent.

Outlets of one house (the language editions of an agency) are one origin. All times are when an article was published,
else when it was first seen.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.types import ANALYSIS, OWNERSHIP, Member, Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Carrier:
    """One outlet that carried a story."""

    #: What tells it from others: its id in sources.yaml, else its name.
    key: str
    name: str
    #: None: it is not in sources.yaml, or that does not say.
    country: str | None
    ownership: str | None
    #: Its first article of the story, and when that came.
    first: Member
    at: datetime
    #: After the first of all.
    lag: timedelta
    articles: int
    languages: tuple[str, ...]
    #: Of its first article: ``self``, ``credited`` or ``copied``; None: not decided.
    kind: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where one or more texts came from."""

    #: House, outlet or agency.
    key: str
    name: str
    #: Copy groups that came from there, and the articles in them.
    groups: tuple[int, ...]
    articles: int
    #: Outlets that carried them, its own house among them.
    outlets: int
    first_at: datetime
    #: Ownership class of the source; None: it is not in sources.yaml, or that does not say.
    ownership: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """A story as it can be shown in some lines."""

    id: int
    #: Of the article that shows it: the first one.
    title: str
    lang: str | None
    articles: int
    first_at: datetime
    last_at: datetime
    #: Independent ones, those with most articles first. What a think tank says is no evidence that something happened:
    #: it stands in `analyses` in the same way.
    origins: tuple[Origin, ...]
    analyses: tuple[Origin, ...]
    #: In the order in which they came.
    carriers: tuple[Carrier, ...]
    languages: tuple[str, ...]
    classes: tuple[str, ...]
    countries: tuple[str, ...]
    #: The country whose state media alone carry it: a claim to be read with care; None: others do as well.
    only_state_media_of: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One state's outlets of one class."""

    #: The first article, when it came, and how many outlets carried the story; None: none of them did.
    first: Member | None
    at: datetime | None
    carried: int
    #: Outlets that were read since the story began.
    read: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Which states' outlets carried a story."""

    #: Classes of which there is a cell, in the order of OWNERSHIP.
    classes: tuple[str, ...]
    #: By state and class; nothing where no outlet is read.
    cells: Mapping[tuple[str, str], Cell]
    states: tuple[str, ...]
    #: States whose outlets were read and said nothing, and those of which none was read: nothing is known of them.
    silent: tuple[str, ...]
    unread: tuple[str, ...]
    #: Ids of these states' sources that were read and had nothing, and of those of which nothing is known.
    silent_sources: tuple[str, ...]
    unread_sources: tuple[str, ...]
    #: Outlets elsewhere that carried it.
    elsewhere: int


def time_of(member: Member) -> datetime:
    """When it came."""
    return member.published_at or member.first_seen_at


def overview(members: Sequence[Member], sources: Mapping[str, Source]) -> Overview:
    """The story that these are all articles of, which are at least one, oldest first."""
    carried = carriers(members, sources)
    found = origins(members, sources)
    return Overview(
        id=members[0].story_id,
        title=members[0].title,
        lang=members[0].lang,
        articles=len(members),
        first_at=time_of(members[0]),
        last_at=time_of(members[-1]),
        origins=tuple(one for one in found if one.ownership != ANALYSIS),
        analyses=tuple(one for one in found if one.ownership == ANALYSIS),
        carriers=carried,
        languages=_known(member.lang for member in members),
        classes=_known(one.ownership for one in carried),
        countries=_known(one.country for one in carried),
        only_state_media_of=_only_state_media_of(carried),
    )


def carriers(members: Sequence[Member], sources: Mapping[str, Source]) -> tuple[Carrier, ...]:
    """The outlets of these articles, in the order in which their first one came."""
    by_outlet: dict[str, list[Member]] = {}
    for member in members:
        by_outlet.setdefault(outlet_of(member), []).append(member)
    found = [_carrier(key, several, time_of(members[0]), sources) for key, several in by_outlet.items()]
    return tuple(sorted(found, key=lambda one: one.at))


def _carrier(key: str, members: Sequence[Member], start: datetime, sources: Mapping[str, Source]) -> Carrier:
    first = members[0]
    source = sources.get(first.source_id or "")
    return Carrier(
        key=key,
        name=name_of(first, sources),
        country=source.country if source and not first.source_name else None,
        ownership=source.ownership if source and not first.source_name else None,
        first=first,
        at=time_of(first),
        lag=time_of(first) - start,
        articles=len(members),
        languages=_known(member.lang for member in members),
        kind=str(first.origin["kind"]) if first.origin else None,
    )


def outlet_of(member: Member) -> str:
    """What tells its outlet from others; an outlet that an aggregator names is not the aggregator."""
    return member.source_name or member.source_id or _host(member.url)


def name_of(member: Member, sources: Mapping[str, Source]) -> str:
    """Its outlet as people call it."""
    source = sources.get(member.source_id or "")
    return member.source_name or (source.name if source else outlet_of(member))


def _host(url: str) -> str:
    host = url.partition("://")[2].partition("/")[0].rpartition("@")[2].lower()
    return host.removeprefix("www.") or "unknown"


def _known(values: Iterable[str | None]) -> tuple[str, ...]:
    """Each once, the most usual first."""
    return tuple(value for value, _ in Counter(value for value in values if value).most_common())


def _only_state_media_of(carried: Sequence[Carrier]) -> str | None:
    told = [one for one in carried if one.ownership != ANALYSIS]
    countries = {one.country for one in told}
    if len(countries) == 1 and all(one.ownership in ("state", "state-funded") for one in told):
        return countries.pop()
    return None


# ---------------------------------------------------------------------------------------------- origins


def origins(members: Sequence[Member], sources: Mapping[str, Source]) -> tuple[Origin, ...]:
    """The independent origins of these articles, those with most articles first."""
    groups: dict[int, list[Member]] = {}
    for member in members:
        groups.setdefault(member.copy_group_id, []).append(member)
    by_origin: dict[str, list[list[Member]]] = {}
    names: dict[str, tuple[str, str | None]] = {}
    for several in groups.values():
        key, name, ownership = _origin_of(several, sources)
        by_origin.setdefault(key, []).append(several)
        names.setdefault(key, (name, ownership))
    found = [_origin(key, *names[key], groups) for key, groups in by_origin.items()]
    return tuple(sorted(found, key=lambda one: (-one.articles, one.first_at)))


def _origin_of(group: Sequence[Member], sources: Mapping[str, Source]) -> tuple[str, str, str | None]:
    """Key, name and ownership class of where the text of a copy group came from: whom most of those that credit anybody
    credit, else the outlet that says it first as its own, else the first."""
    credits = Counter(c for member in group if (c := _credit(member, sources)))
    if credits:
        return credits.most_common(1)[0][0]
    own = [member for member in group if member.origin and member.origin.get("kind") == "self"]
    first = (own or group)[0]
    source_id = first.source_id if not first.source_name else None
    house = _house(source_id, outlet_of(first), sources)
    return house, name_of(first, sources), _class(source_id, sources)


def _credit(member: Member, sources: Mapping[str, Source]) -> tuple[str, str, str | None] | None:
    if not member.origin or member.origin.get("kind") != "credited":
        return None
    source_id, name = member.origin.get("source"), member.origin.get("name")
    shown = str(name or source_id or "unknown")
    known = str(source_id) if source_id else None
    return _house(known, shown, sources), shown, _class(known, sources)


def _house(source_id: str | None, name: str, sources: Mapping[str, Source]) -> str:
    """What outlets of one house share."""
    source = sources.get(source_id or "")
    return (source.family or source.id) if source else (source_id or name.casefold())


def _class(source_id: str | None, sources: Mapping[str, Source]) -> str | None:
    source = sources.get(source_id or "")
    return source.ownership if source else None


def _origin(key: str, name: str, ownership: str | None, groups: Sequence[Sequence[Member]]) -> Origin:
    members = [member for group in groups for member in group]
    return Origin(
        key=key,
        name=name,
        groups=tuple(group[0].copy_group_id for group in groups),
        articles=len(members),
        outlets=len({outlet_of(member) for member in members}),
        first_at=min(map(time_of, members)),
        ownership=ownership,
    )


# ---------------------------------------------------------------------------------------------- coverage


def coverage(
    members: Sequence[Member], sources: Mapping[str, Source], states: Sequence[str], read: Collection[str]
) -> Coverage:
    """The matrix of states by ownership class. `read` are ids of sources that were read since the story began: only
    of those can be said that they are silent. A state whose think tanks alone speak is as silent as the rest of it."""
    carried = carriers(members, sources)
    speak, wanted = {one.key for one in carried}, set(states)
    outlets: dict[tuple[str, str], set[str]] = {}
    of_states = [source for source in sources.values() if source.country in wanted]
    for source in of_states:
        if source.country and (source.id in read or source.id in speak):
            outlets.setdefault((source.country, source.ownership or "unknown"), set()).add(source.id)
    cells: dict[tuple[str, str], Cell] = {}
    for (state, ownership), ids in outlets.items():
        here = [one for one in carried if one.country == state and (one.ownership or "unknown") == ownership]
        first = here[0] if here else None
        cells[state, ownership] = Cell(
            first=first.first if first else None, at=first.at if first else None, carried=len(here), read=len(ids)
        )
    known = {state for state, _ in cells}
    reporting = {state for state, ownership in cells if ownership != ANALYSIS}
    speaking = {s for (s, kind), cell in cells.items() if cell.carried and (kind != ANALYSIS or s not in reporting)}
    present = {ownership for _, ownership in cells}
    return Coverage(
        classes=tuple(c for c in (*OWNERSHIP, "unknown") if c in present),
        cells=cells,
        states=tuple(states),
        silent=tuple(state for state in states if state in known and state not in speaking),
        unread=tuple(state for state in states if state not in known),
        silent_sources=tuple(s.id for s in of_states if s.id in read and s.id not in speak),
        unread_sources=tuple(s.id for s in of_states if s.id not in read and s.id not in speak),
        elsewhere=sum(one.country not in wanted for one in carried),
    )
