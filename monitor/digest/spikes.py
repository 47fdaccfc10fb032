"""Of which entries more is written than their own past leads to expect, and which fell silent. Pure.

A day is the 24 hours up to now; before it lie eight weeks of such days. What is expected of an entry is its mean
of a day, without its highest tenth, times how much the archive has on that day of the week. How surprising a count is
follows from a Poisson distribution, widened as far as the entry's own days spread more than one (quasi-Poisson).
Days for which the calendar has a meeting are left out of the past of those it concerns, and are no surprise themselves.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Literal

from monitor.types import Sensitivity, WatchlistEntry

if TYPE_CHECKING:
    from monitor.digest.calendar import Event

#: Days of the past that are looked at, and least of them that say anything.
DAYS, _LEAST_DAYS = 56, 14
#: How improbable a count has to be, and how many articles there have to be at least.
_STEPS: Mapping[Sensitivity, tuple[float, int]] = {"high": (1e-2, 3), "medium": (1e-4, 4), "low": (1e-6, 6)}
#: A meeting is written about a day early and a day late.
_AROUND = timedelta(days=1)
_DROPPED = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """Days on which much will be written of some entries."""

    name: str
    first: date
    last: date
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spike:
    """An entry of which more is written than was to be expected, or nothing."""

    entry_id: str
    kind: Literal["more", "silent"]
    #: Texts of the last 24 hours; 0: silent.
    count: int
    #: Texts that were to be expected in a day.
    expected: float
    #: Days without any, of a silent one.
    days: int = 0


def spikes(
    counts: Mapping[str, Sequence[int]],
    now: datetime,
    expected: Sequence[Expected],
    entries: Mapping[str, WatchlistEntry],
    sensitivity: Sensitivity,
) -> tuple[Spike, ...]:
    """The entries that stand out, the most surprising first.

    `counts`: by entry, texts of each 24 hours, the last ones first; all of the same length. Empty days of the whole
    archive say nothing of anybody, so that neither is anything expected of them nor anybody silent on them.
    """
    days = max((len(row) for row in counts.values()), default=0)
    totals = [sum(row[day] for row in counts.values() if day < len(row)) for day in range(days)]
    read = [day for day in range(1, days) if totals[day]]
    if len(read) < _LEAST_DAYS:
        return ()
    factors = _weekdays(totals, read, now)
    limit, least = _STEPS[sensitivity]
    found = []
    for entry_id, row in counts.items():
        planned = _planned(entry_id, expected, entries, days, now)
        past = [day for day in read if day not in planned]
        if 0 in planned or len(past) < _LEAST_DAYS:
            continue
        mean, spread = _usual([row[day] / factors[_weekday(now, day)] for day in past])
        today = mean * factors[_weekday(now, 0)]
        if row[0] >= least and (chance := _at_least(row[0] / spread, today / spread)) < limit:
            found.append((chance, Spike(entry_id=entry_id, kind="more", count=row[0], expected=today)))
        elif not row[0] and totals[0]:
            empty = _silent_days(row, totals)
            chance = math.exp(-sum(mean * factors[_weekday(now, day)] for day in empty) / spread)
            if chance < limit:
                silent = Spike(entry_id=entry_id, kind="silent", count=0, expected=today, days=len(empty))
                found.append((chance, silent))
    return tuple(spike for _, spike in sorted(found, key=lambda one: (one[0], one[1].entry_id)))


def in_words(spike: Spike, entries: Mapping[str, WatchlistEntry]) -> str:
    """``SCO Development Bank: 14 texts in 24 hours, about 3 expected``."""
    name = entries[spike.entry_id].name if spike.entry_id in entries else spike.entry_id
    usual = f"about {spike.expected:.0f}" if spike.expected > 0.5 else "hardly any"
    if spike.kind == "more":
        return f"{name}: {spike.count} texts in 24 hours, {usual} expected"
    since = "24 hours" if spike.days == 1 else f"{spike.days} days"
    return f"{name}: nothing for {since}, {usual} a day expected"


def expected_of(events: Iterable[Event]) -> tuple[Expected, ...]:
    """The days of a calendar's events; those without a certain day are left out."""
    found = []
    for event in events:
        first, last = _day(event.date), _day(event.end or event.date)
        if first and last:
            found.append(Expected(name=event.name, first=first, last=last, tags=event.tags))
    return tuple(found)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None  # a month, a year: not to be expected on a day


def _weekday(now: datetime, day: int) -> int:
    return (now - timedelta(days=day)).weekday()


def _weekdays(totals: Sequence[int], read: Sequence[int], now: datetime) -> list[float]:
    """How much is written on each day of the week, 1 on an average one; drawn towards 1 by what little is known."""
    mean = sum(totals[day] for day in read) / len(read)
    factors = []
    for weekday in range(7):
        of_day = [totals[day] for day in read if _weekday(now, day) == weekday]
        factors.append((sum(of_day) / mean + 1) / (len(of_day) + 1))
    return factors


def _usual(days: Sequence[float]) -> tuple[float, float]:
    """Mean of a day, without the highest ones, and by how much the days spread more than chance: 1 or above."""
    kept = sorted(days)[: len(days) - max(1, int(len(days) * _DROPPED))]
    mean = (sum(kept) + 0.5) / (len(kept) + 1)
    variance = sum((count - mean) ** 2 for count in kept) / len(kept)
    return mean, max(1.0, variance / mean)


def _planned(
    entry_id: str, expected: Sequence[Expected], entries: Mapping[str, WatchlistEntry], days: int, now: datetime
) -> set[int]:
    """Days ago on which something was planned that concerns the entry, or what it belongs to."""
    line, current = set(), entry_id
    while current and current not in line:
        line.add(current)
        current = (entries[current].parent or "") if current in entries else ""
    found = set()
    for one in expected:
        if not line.isdisjoint(one.tags):
            found |= {
                day
                for day in range(days)
                if one.first - _AROUND <= (now - timedelta(days=day)).date() <= one.last + _AROUND
            }
    return found


def _silent_days(row: Sequence[int], totals: Sequence[int]) -> list[int]:
    """The last days without a text of the entry, those left out on which the archive got none at all."""
    empty = []
    for day, count in enumerate(row):
        if count:
            break
        if totals[day]:
            empty.append(day)
    return empty


def _at_least(count: float, mean: float) -> float:
    """How probable so many or more are, where so many are expected. Source: Poisson's distribution, summed up."""
    if count <= 0:
        return 1.0
    whole = math.ceil(count)
    term = math.exp(whole * math.log(mean) - mean - math.lgamma(whole + 1)) if mean > 0 else 0.0
    total, k = 0.0, whole
    while term > total * 1e-12 and k < whole + 10_000:
        total += term
        k += 1
        term *= mean / k
    return min(total, 1.0)
