"""How often people and things are named, against what is usual; silence counts as well."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import sqrt

from monitor.types import Count, Source, WatchlistEntry

#: The count of everything, and what languages are counted under.
ALL, LANG = "", "lang:"
#: Days (or weeks) before that make the mean, and how many of them the archive has to know.
DAYS, WEEKS = 28, 4
_KNOWN_DAYS, _KNOWN_WEEKS = 14, 2
_LOUD, _SILENT = 6, 3
#: Silence is told where so much was usual a day (or week).
_EXPECTED = 1.0

LANGUAGES = {
    **{"en": "English", "ru": "Russian", "zh": "Chinese", "fa": "Persian", "ur": "Urdu", "hi": "Hindi"},
    **{"kk": "Kazakh", "ky": "Kyrgyz", "uz": "Uzbek", "tg": "Tajik", "be": "Belarusian", "mn": "Mongolian"},
    **{"tr": "Turkish", "ar": "Arabic", "ps": "Pashto", "az": "Azerbaijani", "hy": "Armenian", "tk": "Turkmen"},
    **{"de": "German", "fr": "French", "es": "Spanish", "ja": "Japanese", "ko": "Korean", "ug": "Uyghur"},
}


def people(days: Mapping[str, Sequence[int]], entries: Mapping[str, WatchlistEntry]) -> tuple[Count, ...]:
    """The people of the day, those named most first, then those who are silent for once.

    `days` has for each entry the stories of each of the last 29 days, the last one last.
    """
    return _table(days, entries, _KNOWN_DAYS, person=True)


def weekly(
    days: Mapping[str, Sequence[int]], entries: Mapping[str, WatchlistEntry], *, person: bool
) -> tuple[Count, ...]:
    """The same for a week against the four before, of people or of all else. `days`: the last 35."""
    weeks = {key: tuple(sum(row[at : at + 7]) for at in range(0, len(row) - 6, 7)) for key, row in days.items()}
    return _table(weeks, entries, _KNOWN_WEEKS, person=person)


def _table(
    series: Mapping[str, Sequence[int]], entries: Mapping[str, WatchlistEntry], needed: int, *, person: bool
) -> tuple[Count, ...]:
    everything = series.get(ALL, ())
    known = next((len(everything) - 1 - at for at, count in enumerate(everything) if count), 0)
    rows = []
    for entry_id, counts in series.items():
        entry = entries.get(entry_id)
        if entry is None or (entry.kind == "person") is not person or not counts:
            continue
        past = counts[-1 - known : -1] if known else ()
        usual = sum(past) / len(past) if len(past) >= needed else None
        rows.append(_count(entry, counts, usual))
    loud = sorted((row for row in rows if row.items), key=lambda row: (-row.items, row.name))
    silent = sorted(
        (row for row in rows if not row.items and (row.usual or 0) >= _EXPECTED),
        key=lambda row: (-(row.usual or 0), row.name),
    )
    return (*loud[:_LOUD], *silent[:_SILENT])


def _count(entry: WatchlistEntry, counts: Sequence[int], usual: float | None) -> Count:
    items = counts[-1]
    notable = usual is not None and items >= 4 and items > usual + 3 * sqrt(usual + 1)
    return Count(entry_id=entry.id, name=entry.name, items=items, usual=usual, series=tuple(counts), notable=notable)


def uncovered(days: Mapping[str, Sequence[int]], sources: Mapping[str, Source], window: int = 1) -> tuple[str, ...]:
    """Names of the languages of the sources that no article of the last days is in, in order of name."""
    if not days.get(ALL):
        return ()
    languages = {lang.split("-")[0] for source in sources.values() for lang in source.languages}
    silent = [lang for lang in languages if not any(days.get(LANG + lang, (0,))[-window:])]
    return tuple(sorted(LANGUAGES.get(lang, lang) for lang in silent))
