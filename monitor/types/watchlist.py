"""Whom and what is watched."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WeakName:
    """A name that counts only in the right company (policy, section 1.2)."""

    name: str
    lang: str
    need: tuple[str, ...] = ()
    veto: tuple[str, ...] = ()
    #: Only in exactly these capitals.
    exact_case: bool = False
    #: In articles of earlier days it needs no company: its bearer's namesake of the list came later. None: no such day.
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """An office that somebody holds for a time."""

    #: As in the list, such as `SCO Secretary-General`; the title words of it stand in roles.yaml.
    title: str
    #: Entry of the body that the office belongs to.
    org: str | None = None
    #: A day, month or year in ISO form; None: not known, or not over.
    since: str | None = None
    until: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchlistEntry:
    """A leader, body, initiative … with all its names."""

    id: str
    kind: str
    name: str
    #: Roll-up at query time; never tagged by itself.
    parent: str | None = None
    #: 1 alert, 2 digest, 3 background.
    priority: int = 2
    #: Language key -> strong names.
    aliases: Mapping[str, tuple[str, ...]]
    ambiguous: tuple[WeakName, ...] = ()
    #: Parts of a Russian personal name (family, given, patronymic, order, weak).
    ru_parts: Mapping[str, object] = field(default_factory=dict)
    #: Tokens with one form in every Russian case.
    indecl: tuple[str, ...] = ()
    #: Names that count only with exactly these capitals.
    cs: tuple[str, ...] = ()
    #: Phrases that kill a strong name that stands in or near them.
    veto: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    #: Name as listed -> the first day on which it can mean this: in articles of earlier days it meant another.
    not_before: Mapping[str, date] = field(default_factory=dict)
    #: Of people, in the order of the list.
    roles: tuple[Role, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Watchlist:
    entries: tuple[WatchlistEntry, ...]
    #: Language key -> characters that count as near; ``default`` for all others.
    window: Mapping[str, int]
    as_of: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListVersion:
    """One state of the watchlist, as far as it decides on tags."""

    #: Another one: the same text may get other tags.
    digest: str
    as_of: str | None = None
    #: When the archive first stored tags made with it; None: not yet.
    first_used_at: datetime | None = None
