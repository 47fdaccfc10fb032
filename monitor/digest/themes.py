"""The sections of a digest, as data: which story stands under which heading."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from monitor.types import Item, Section, WatchlistEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """One section and what belongs into it."""

    key: str
    heading: str
    #: Watchlist entries that belong here, with all that roll up to them.
    entries: frozenset[str] = frozenset()
    #: Kinds of entries that belong here wherever they roll up to.
    kinds: frozenset[str] = frozenset()
    #: People of exactly these countries make a story belong here.
    between: tuple[frozenset[str], ...] = ()
    #: So do people of some of these countries and of no other.
    within: frozenset[str] = frozenset()
    #: All that this class of outlet brings belongs here.
    ownership: str | None = None
    #: Takes only what no other theme wants.
    fallback: bool = False


LEFTOVER = Theme(key="other", heading="Also on your watchlist")


@lru_cache(maxsize=4)
def load_themes(pack: str = "sco") -> tuple[Theme, ...]:
    """The themes of a pack in order; none where it has no file of them."""
    import yaml

    file = files("monitor") / "packs" / pack / "themes.yaml"
    if not file.is_file():
        return ()
    document = yaml.load(file.read_text("utf-8"), getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return tuple(_theme(row) for row in document["themes"])


def sections(
    items: Sequence[Item], entries: Mapping[str, WatchlistEntry], themes: Sequence[Theme]
) -> tuple[Section, ...]:
    """The items under their headings, in the order they came; empty sections are dropped, the leftover one is last."""
    found: dict[str, list[Item]] = {}
    for item in items:
        found.setdefault(theme_of(item, entries, themes).key, []).append(item)
    order = [theme for theme in themes if theme.key != LEFTOVER.key]
    last = next((theme for theme in themes if theme.key == LEFTOVER.key), LEFTOVER)
    return tuple(
        Section(key=theme.key, heading=theme.heading, items=tuple(found[theme.key]))
        for theme in (*order, last)
        if theme.key in found
    )


def theme_of(item: Item, entries: Mapping[str, WatchlistEntry], themes: Sequence[Theme]) -> Theme:
    """The theme of a story: by its outlet, else by the first tag that has one, else by its people's countries."""
    tags = [tag for tag, _ in item.tags]
    special = [theme for theme in themes if not theme.fallback]
    return (
        _by_ownership(item, themes)
        or _by_entry(tags, entries, special)
        or _by_people(tags, entries, special)
        or _by_entry(tags, entries, [theme for theme in themes if theme.fallback])
        or LEFTOVER
    )


def _by_ownership(item: Item, themes: Sequence[Theme]) -> Theme | None:
    return next((theme for theme in themes if theme.ownership and theme.ownership == item.ownership), None)


def _by_entry(tags: Sequence[str], entries: Mapping[str, WatchlistEntry], themes: Sequence[Theme]) -> Theme | None:
    for tag in tags:
        for ancestor in _line(tag, entries):
            for theme in themes:
                if ancestor in theme.entries:
                    return theme
        for theme in themes:
            if tag in entries and entries[tag].kind in theme.kinds:
                return theme
    return None


def _by_people(tags: Sequence[str], entries: Mapping[str, WatchlistEntry], themes: Sequence[Theme]) -> Theme | None:
    people = [entries[tag] for tag in tags if tag in entries and entries[tag].kind == "person"]
    countries = frozenset(country for person in people for country in person.countries)
    if not countries:
        return None
    for theme in themes:
        if countries in theme.between or countries <= theme.within:
            return theme
    return None


def _line(tag: str, entries: Mapping[str, WatchlistEntry]) -> tuple[str, ...]:
    """The entry, its parent, that one's parent …"""
    line: list[str] = []
    current: str | None = tag
    while current and current not in line:
        line.append(current)
        current = entries[current].parent if current in entries else None
    return tuple(line)


def _theme(row: Mapping[str, Any]) -> Theme:
    return Theme(
        key=row["key"],
        heading=row["heading"],
        entries=frozenset(row.get("entries", ())),
        kinds=frozenset(row.get("kinds", ())),
        between=tuple(frozenset(pair) for pair in row.get("between", ())),
        within=frozenset(row.get("within", ())),
        ownership=row.get("ownership"),
        fallback=bool(row.get("fallback")),
    )
