"""The calendar: the dates of the pack's file and those that official texts name, and which of them are new."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from monitor.digest.sentences import sentences
from monitor.digest.whatsnew import cut
from monitor.errors import ConfigError, Problem
from monitor.identity.amounts import figures
from monitor.marked import Map, Seq, read_yaml
from monitor.text.fold import HAN
from monitor.types import Dated, Kept, Match, Source, WatchlistEntry

#: How far a text looks ahead where it names no year.
AHEAD = timedelta(days=240)
#: Dates out of texts that are kept for the digests to come, and dates shown.
KEPT, SHOWN = 60, 14
_SENTENCES = 60
_KINDS = frozenset(("event", "exercise", "body", "organisation", "fund", "document"))
_KEYS = ("date", "end", "name", "tags", "source", "sure")
_WHEN = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
_YEARS = re.compile(r"(?<!\d)(20\d\d)(?!\d)")
_TO = "(?:-|–|—|and|to|и|по|与|至|到|және|va|و|تا)"
_SPANS = (
    rf"(?<!\d)(\d{{{{1,2}}}})\s?{_TO}\s?{{day}}(?!\d)",
    rf"(?<!\d){{day}}(?:st|nd|rd|th|日)?\s?{_TO}\s?(\d{{{{1,2}}}})(?!\d)",
)
_HAN_SIGNS = re.compile(f"[{HAN}]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One date of the calendar file."""

    #: ISO 8601: a day, a month or a year.
    date: str
    #: The last day; empty: it is one day, or a whole month or year.
    end: str = ""
    name: str
    tags: tuple[str, ...] = ()
    #: Who says so: words, or an address.
    source: str
    sure: str = ""

    @property
    def when(self) -> str:
        return f"{self.date}/{self.end}" if self.end else self.date


# ---------------------------------------------------------------------------------------------- the file


def parse(text: str, file: str) -> tuple[Event, ...]:
    """The events of a calendar file. Raises: ConfigError with every problem, each with its line."""
    document = read_yaml(text, file)
    problems: list[Problem] = []
    if document is None:
        return ()
    rows = document.get("events") if isinstance(document, Map) else None
    if rows is None and isinstance(document, Map) and "events" in document:
        return ()
    if not isinstance(rows, Seq):
        raise ConfigError([Problem(file, 1, "has no list `events:`")])
    events = [_event(row, line, file, problems) for row, line in zip(rows, rows.lines, strict=True)]
    if problems:
        raise ConfigError(problems)
    return tuple(event for event in events if event is not None)


def _event(row: Any, line: int, file: str, problems: list[Problem]) -> Event | None:
    if not isinstance(row, Map):
        problems.append(Problem(file, line, "is not an event: each begins with `- date: …`"))
        return None
    before = len(problems)

    def wrong(key: str, message: str) -> None:
        problems.append(Problem(file, row.line_of(key), message))

    for key in row:
        if key not in _KEYS:
            wrong(key, f"unknown key `{key}` (known: {', '.join(_KEYS)})")
    texts = {key: str(row[key]).strip() if row.get(key) is not None else "" for key in _KEYS if key != "tags"}
    for key in ("date", "name", "source"):
        if not texts[key]:
            wrong(key, f"an event needs a `{key}`")
    for key in ("date", "end"):
        if texts[key] and not _real(texts[key]):
            wrong(key, f"`{key}` {texts[key]!r} is not a date: write 2026-12-31, 2026-12 or 2026")
        elif texts["end"] and len(texts[key]) != len("2026-12-31"):
            wrong(key, "an event with an `end` needs whole days: 2026-12-31")
    tags = row.get("tags", Seq())
    if not isinstance(tags, Seq) or not all(isinstance(tag, str) for tag in tags):
        wrong("tags", "`tags` is not a list of watchlist entries: write [sco, csto]")
    if len(problems) == before and texts["end"] and texts["end"] < texts["date"]:
        wrong("end", f"`end` {texts['end']} lies before `date` {texts['date']}")
    return Event(**texts, tags=tuple(tags)) if len(problems) == before else None


def tag_problems(text: str, file: str, known: Collection[str]) -> list[Problem]:
    """A problem for each tag that the watchlist does not have. Raises: ConfigError, as `parse` does."""
    parse(text, file)
    rows = (read_yaml(text, file) or {}).get("events") or ()
    return [
        Problem(file, row.line_of("tags"), f"tag `{tag}` is no entry of the watchlist")
        for row in rows
        for tag in row.get("tags") or ()
        if tag not in known
    ]


def _real(text: str) -> bool:
    try:
        return first_day(text) is not None
    except ValueError:
        return False


def first_day(when: str) -> date | None:
    """The first day that those words of ISO 8601 may mean; None: they are of another form. Raises: ValueError."""
    found = _WHEN.fullmatch(when.partition("/")[0])
    return date(int(found[1]), int(found[2] or 1), int(found[3] or 1)) if found else None


def last_day(when: str) -> date | None:
    """The last day that they may mean. Raises: ValueError."""
    start, _, end = when.partition("/")
    found = _WHEN.fullmatch(end or start)
    if found is None:
        return None
    year, month, day = int(found[1]), int(found[2] or 12), int(found[3] or 0)
    return date(year, month, day or monthrange(year, month)[1])


# ---------------------------------------------------------------------------------------------- out of texts


def named_dates(
    articles: Iterable[tuple[Kept, Sequence[Match]]],
    sources: Mapping[str, Source],
    entries: Mapping[str, WatchlistEntry],
) -> tuple[Dated, ...]:
    """The days to come that official texts name in one sentence with a body, an event or an exercise.

    The year is the one that the sentence names, else that in which the day comes soon after the article; one that
    lies further ahead than AHEAD was rather a day of the past.
    """
    found: dict[tuple[str, tuple[str, ...]], Dated] = {}
    for kept, matches in articles:
        source = sources.get(kept.article.source_id or "")
        if source is None or source.ownership != "official":
            continue
        for dated in _dates_of(kept, matches, source, entries):
            known = found.get((dated.when, dated.tags))
            if known is None or _loose(dated) < _loose(known):
                found[dated.when, dated.tags] = dated
    return tuple(found.values())


def _loose(dated: Dated) -> tuple[bool, bool]:
    """The smaller, the better a sentence says the date: with its year, and in the language of the digest."""
    return dated.when[:4] not in dated.name, dated.lang != "en"


def _dates_of(
    kept: Kept, matches: Sequence[Match], source: Source, entries: Mapping[str, WatchlistEntry]
) -> Iterable[Dated]:
    article = kept.article
    said = (article.published_at or article.first_seen_at).date()
    spans = [(start, end) for (start, end), _ in zip(sentences(article.text), range(_SENTENCES), strict=False)]
    for start, end in spans:
        tags = tuple(
            dict.fromkeys(
                match.entry_id
                for match in matches
                if match.field == "text"
                and start <= match.start < end
                and match.entry_id in entries
                and entries[match.entry_id].kind in _KINDS
            )
        )
        if not tags:
            continue
        sentence = article.text[start:end]
        days = _days(sentence, said)
        if not days:
            continue
        yield Dated(
            when=days[0].isoformat() if len(days) == 1 else f"{days[0].isoformat()}/{days[-1].isoformat()}",
            name=cut(sentence, article.lang),
            source=source.name,
            url=article.url,
            lang=article.lang,
            tags=tags,
            said_on=said.isoformat(),
        )


def _days(sentence: str, said: date) -> list[date]:
    """The day, or first and last day, to come that the sentence names; nothing where that is not plain."""
    named = [f for f in figures(sentence, han=bool(_HAN_SIGNS.search(sentence))) if "/" in f]
    years = [int(year) for year in _YEARS.findall(sentence)]
    if not 1 <= len(named) <= 2 or len(set(years)) > 1:
        return []
    days = []
    for figure in named:
        month, _, day = figure.partition("/")
        found = _day(int(month), int(day), years[0] if years else None, said)
        if found is None or found <= said:
            return []
        days.append(found)
    if len(days) == 1 and (other := _beside(sentence, days[0])):
        days.append(other)
    days.sort()
    return days if len(days) == 1 or (days[1] - days[0]).days <= 14 else []


def _beside(sentence: str, day: date) -> date | None:
    """The other end of a span that names its month once: ``2 and 3 July``, «2–3 июля», 7月2日至3日; None: none."""
    for pattern in _SPANS:
        found = re.search(pattern.format(day=day.day), sentence)
        if found and found[1].isdecimal():
            try:
                return day.replace(day=int(found[1]))
            except ValueError:
                return None
    return None


def _day(month: int, day: int, year: int | None, said: date) -> date | None:
    try:
        if year is not None:
            return date(year, month, day)
        found = date(said.year, month, day)
        found = found if found >= said else date(said.year + 1, month, day)
    except ValueError:
        return None
    return found if found - said <= AHEAD else None


# ---------------------------------------------------------------------------------------------- what is shown


def upcoming(
    events: Sequence[Event],
    named: Sequence[Dated],
    last: tuple[Dated, ...] | None,
    today: date,
    days: int,
) -> tuple[tuple[Dated, ...], tuple[Dated, ...]]:
    """What the calendar shows, and what it keeps for later, both in order of time.

    `last` is all that the digest before this one had, shown or kept; None: there was none, and nothing is *new*. Shown
    is what may fall into the next days, and whatever is new or moved, however far ahead.
    """
    until = today + timedelta(days=days)
    fixed = [_of_file(event) for event in events]
    carried = [replace(d, mark="", before="") for d in last or () if d.said_on]
    texts = _newest([*named, *carried])
    shown, kept = [], []
    for dated in [*fixed, *texts]:
        begins, ends = first_day(dated.when), last_day(dated.when)
        if begins is None or ends is None or ends < today:
            continue
        marked = _marked(dated, last)
        if (begins <= until and _precise(dated.when, days)) or marked.mark:
            shown.append(marked)
        else:
            kept.append(marked)
    shown.sort(key=lambda d: (first_day(d.when) or today, d.name))
    spare = shown[SHOWN:]
    kept = sorted([*kept, *spare], key=lambda d: (first_day(d.when) or today, d.name))
    return tuple(shown[:SHOWN]), tuple(replace(d, mark="", before="") for d in kept[:KEPT])


def _of_file(event: Event) -> Dated:
    address = event.source if event.source.startswith(("http://", "https://")) else ""
    return Dated(when=event.when, name=event.name, source=event.source, url=address, sure=event.sure, tags=event.tags)


def _precise(when: str, days: int) -> bool:
    """Whether the time is said precisely enough for a calendar of so many days: a year is not."""
    return len(when) > len("2026") and (len(when) > len("2026-12") or days >= 14)


def _newest(texts: Iterable[Dated]) -> list[Dated]:
    """What was said last of the same day and entries, and of a day that was moved only where it is now."""
    found: dict[tuple[str, tuple[str, ...]], Dated] = {}
    for dated in sorted(texts, key=lambda d: d.said_on, reverse=True):
        found.setdefault((dated.when, dated.tags), dated)
    return list(found.values())


def _marked(dated: Dated, last: tuple[Dated, ...] | None) -> Dated:
    """The same with what it is against the last digest: new, moved, or as it was."""
    if last is None:
        return dated
    if dated.said_on:
        same = [d for d in last if d.said_on and d.tags == dated.tags]
    else:
        same = [d for d in last if not d.said_on and d.name == dated.name]
    if any(d.when == dated.when for d in same):
        return dated
    if len(same) == 1 and not dated.said_on:
        return replace(dated, mark="moved", before=same[0].when)
    return replace(dated, mark="new")
