"""Read-outs compared: what two governments say of one meeting, and what only one of them says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from monitor.digest.whatsnew import days_of, figures_of, written
from monitor.types import Compared, Kept, Side, Source, WatchlistEntry

#: Comparisons in one digest; governments in one, and names and figures of each, that are shown.
MOST, SIDES, SHOWN = 3, 4, 6


def readouts(
    stories: Iterable[tuple[int, Sequence[Kept]]],
    sources: Mapping[str, Source],
    entries: Mapping[str, WatchlistEntry],
) -> tuple[Compared, ...]:
    """A comparison for each of the first stories that official outlets of two or more countries tell."""
    found = []
    for story_id, articles in stories:
        chosen = _by_country(articles, sources)
        if len(chosen) > 1:
            found.append(Compared(story_id=story_id, sides=_sides(chosen, sources, entries)))
        if len(found) == MOST:
            break
    return tuple(found)


def _by_country(articles: Sequence[Kept], sources: Mapping[str, Source]) -> list[Kept]:
    """For each government its longest text: a first notice is shorter than the read-out."""
    longest: dict[str, Kept] = {}
    for kept in articles:
        source = sources.get(kept.article.source_id or "")
        if source is None or source.ownership != "official" or not source.country or source.country == "intl":
            continue
        known = longest.get(source.country)
        if known is None or len(kept.article.text) > len(known.article.text):
            longest[source.country] = kept
    return list(longest.values())[:SIDES]


def _sides(
    chosen: Sequence[Kept], sources: Mapping[str, Source], entries: Mapping[str, WatchlistEntry]
) -> tuple[Side, ...]:
    names = [[tag for tag in kept.tags if tag in entries] for kept in chosen]
    numbers = [list(dict.fromkeys(figures_of(f"{k.article.title}\n{k.article.text}"))) for k in chosen]
    known = {day for kept in chosen for day in days_of(kept.article)}  # one dates its text, the other does not
    sides = []
    for at, kept in enumerate(chosen):
        source = sources[kept.article.source_id or ""]
        other_names = {tag for n, tags in enumerate(names) if n != at for tag in tags}
        other_numbers = {figure for n, found in enumerate(numbers) if n != at for figure in found} | known
        sides.append(
            Side(
                source_name=source.name,
                country=source.country or "",
                title=kept.article.title,
                url=kept.article.url,
                lang=kept.article.lang,
                names=tuple(entries[tag].name for tag in names[at] if tag not in other_names)[:SHOWN],
                figures=tuple(_shown(f, kept.article.text) for f in numbers[at] if f not in other_numbers)[:SHOWN],
            )
        )
    return tuple(sides)


def _shown(figure: str, text: str) -> str:
    """The figure, with what it counts where the text says that beside it."""
    if figure.isdecimal() and (found := re.search(rf"(?<![\d.,]){figure}\s+[^\W\d_]+(?:\s+[^\W\d_]+)?", text)):
        return " ".join(found[0].split())
    return written(figure)
