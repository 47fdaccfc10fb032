"""What a week has beside its days: quotes, and what was expected and did not come."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from monitor.digest.calendar import Event, first_day, last_day
from monitor.digest.sentences import sentences
from monitor.digest.whatsnew import cut
from monitor.types import Count, Kept, Match, Quote, Source, WatchlistEntry

QUOTES, NONEVENTS = 5, 8
_QUOTED = re.compile('“([^“”]{30,400})”|«([^«»]{30,400})»|「([^「」]{12,200})」|"([^"]{30,400})"')
_HAN_QUOTED = re.compile("“([^“”]{12,200})”")
_SENTENCES = 60


def quotes(
    articles: Iterable[tuple[Kept, Sequence[Match]]],
    sources: Mapping[str, Source],
    entries: Mapping[str, WatchlistEntry],
) -> tuple[Quote, ...]:
    """Words in quotation marks in a sentence that names one person of the watchlist: one quote a person.

    The articles come in order of importance. A sentence with two people does not say plainly who speaks.
    """
    found: dict[str, Quote] = {}
    for kept, matches in articles:
        for who, words in _quoted(kept, matches, entries):
            source = sources.get(kept.article.source_id or "")
            name = source.name if source else kept.article.source_name or ""
            quote = Quote(
                text=cut(words, kept.article.lang), lang=kept.article.lang, who=entries[who].name, source_name=name,
                url=kept.article.url,
            )  # fmt: skip
            found.setdefault(who, quote)
        if len(found) >= QUOTES:
            break
    return tuple(found.values())[:QUOTES]


def _quoted(kept: Kept, matches: Sequence[Match], entries: Mapping[str, WatchlistEntry]) -> Iterable[tuple[str, str]]:
    people = [
        m for m in matches if m.field == "text" and m.entry_id in entries and entries[m.entry_id].kind == "person"
    ]
    if not people:
        return
    text, quoted = kept.article.text, _HAN_QUOTED if kept.article.lang == "zh" else _QUOTED
    for (start, end), _ in zip(sentences(text), range(_SENTENCES), strict=False):
        named = {m.entry_id for m in people if start <= m.start < end}
        if len(named) == 1 and (found := quoted.search(text, start, end)):
            yield named.pop(), next(group for group in found.groups() if group)


def nonevents(
    counts: Sequence[Count], events: Sequence[Event], tagged: Mapping[str, Sequence[int]], since: date, until: date
) -> tuple[str, ...]:
    """A line on each date of the calendar that passed without a word, and on each entry that fell silent.

    `tagged`: stories of each day by entry, of which the last seven are the week.
    """
    lines = []
    for event in events:
        begins, ends = first_day(event.date), last_day(event.when)
        passed = begins is not None and ends is not None and since <= ends < until and len(event.date) > len("2026-12")
        if passed and event.tags and not any(sum(tagged.get(tag, ())[-7:]) for tag in event.tags):
            lines.append(f"{event.name}, due {event.when.replace('/', ' to ')}: nothing read says that it took place.")
    silent = [row for row in counts if not row.items]
    lines += [f"{row.name}: not named this week; usual {row.usual:.1f} stories a week." for row in silent]
    return tuple(lines[:NONEVENTS])
