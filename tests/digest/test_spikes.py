"""More than usual, and nothing at all: against an entry's own past, the day of the week and the calendar."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import timedelta
from random import Random

import pytest

from monitor.digest.calendar import parse
from monitor.digest.spikes import DAYS, Expected, Spike, _at_least, expected_of, in_words, spikes
from monitor.types import Sensitivity
from tests.digest.builders import ENTRIES, NOW

STEPS: tuple[Sensitivity, ...] = ("low", "medium", "high")
BUSY = (30,) * (DAYS + 1)


def steady(mean: int, today: int) -> tuple[int, ...]:
    """Days around the mean, as chance has it, before a day with so many."""
    random = Random(mean)
    return (today, *(sum(random.random() < 0.5 for _ in range(2 * mean)) for _ in range(DAYS)))


def found(rows: Mapping[str, Sequence[int]], step: Sensitivity, *expected: Expected) -> list[tuple[str, str]]:
    return [(s.entry_id, s.kind) for s in spikes({"csto": BUSY, **rows}, NOW, expected, ENTRIES, step)]


@pytest.mark.parametrize(
    ("mean", "today", "steps"),
    [
        pytest.param(3, 4, [], id="an ordinary day"),
        pytest.param(3, 9, ["high"], id="three times as much"),
        pytest.param(3, 12, ["medium", "high"], id="four times as much"),
        pytest.param(3, 20, ["low", "medium", "high"], id="seven times as much"),
        pytest.param(40, 55, ["high"], id="a third more of much"),
        pytest.param(0, 2, [], id="two of what never comes"),
        pytest.param(0, 6, ["low", "medium", "high"], id="six of what never comes"),
    ],
)
def test_more_than_its_own_past_leads_to_expect(mean: int, today: int, steps: list[str]) -> None:
    rows = {"sco-rats": steady(mean, today)}
    surprised = [step for step in ("low", "medium", "high") if ("sco-rats", "more") in found(rows, step)]
    assert surprised == steps


def test_a_day_of_the_week_has_its_own_measure() -> None:
    """NOW is a Saturday: what is usual of all on a Monday is much for that day."""
    weekday = [(NOW - timedelta(days=day)).weekday() for day in range(DAYS + 1)]
    row = [2 if day > 4 else 12 for day in weekday]
    quiet = {"sco": row, "xi-jinping": row}
    assert not spikes({name: tuple(r) for name, r in quiet.items()}, NOW, (), ENTRIES, "high")
    row[0] = 12
    loud = {"sco": tuple(row), "xi-jinping": tuple(quiet["xi-jinping"])}
    assert [s.entry_id for s in spikes(loud, NOW, (), ENTRIES, "medium")] == ["sco", "xi-jinping"]


def test_a_summit_day_is_no_surprise_and_no_measure() -> None:
    rows = {"sco-rats": steady(3, 30)}
    summit = Expected(name="Summit", first=NOW.date(), last=NOW.date(), tags=("sco",))
    assert ("sco-rats", "more") in found(rows, "low")
    assert found(rows, "high", summit) == []
    elsewhere = Expected(name="Talks", first=NOW.date(), last=NOW.date(), tags=("beidou",))
    assert ("sco-rats", "more") in found(rows, "low", elsewhere)


@pytest.mark.parametrize(
    ("mean", "days", "steps"),
    [
        pytest.param(6, 1, ["high"], id="a day without one of six"),
        pytest.param(6, 4, ["low", "medium", "high"], id="four days"),
        pytest.param(1, 2, [], id="two days without the one of each"),
    ],
)
def test_who_should_have_spoken_is_silent(mean: int, days: int, steps: list[str]) -> None:
    rows = {"sco-rats": (*(0,) * days, *steady(mean, mean)[1 : DAYS + 2 - days])}
    assert [step for step in ("low", "medium", "high") if ("sco-rats", "silent") in found(rows, step)] == steps


def test_nobody_is_silent_where_nothing_was_read() -> None:
    rows = {"sco": (0, 0, 0, *steady(6, 6)[3:]), "csto": (0, 0, 0, *BUSY[3:])}
    assert spikes(rows, NOW, (), ENTRIES, "high") == ()


@pytest.mark.parametrize("step", STEPS)
def test_a_young_archive_is_surprised_by_nothing(step: Sensitivity) -> None:
    assert spikes({"sco": (40, *(1,) * 10, *(0,) * 46)}, NOW, (), ENTRIES, step) == ()


def test_how_probable_a_count_is() -> None:
    assert _at_least(1, 2.0) == pytest.approx(1 - math.exp(-2))
    assert _at_least(3, 1.0) == pytest.approx(1 - math.exp(-1) * 2.5)
    assert _at_least(0, 1.0) == 1.0
    assert _at_least(900, 1.0) == pytest.approx(0.0)


def test_the_calendar_is_read_as_far_as_it_is_certain() -> None:
    events = parse(
        "events:\n"
        "- {date: 2026-11-25, name: A, tags: [sco], source: S}\n"
        '- {date: "2026-11-25", end: "2026-11-26", name: B, source: S}\n'
        '- {date: "2027-06", name: C, source: S}\n'
        '- {date: "2027", name: D, source: S}\n',
        "calendar.yaml",
    )
    assert [(one.name, one.first.day, one.last.day, one.tags) for one in expected_of(events)] == [
        ("A", 25, 25, ("sco",)),
        ("B", 25, 26, ()),
    ]


def test_in_words() -> None:
    more = Spike(entry_id="sco", kind="more", count=14, expected=3.2)
    silent = Spike(entry_id="sco", kind="silent", count=0, expected=6.1, days=4)
    assert in_words(more, ENTRIES) == "SCO: 14 texts in 24 hours, about 3 expected"
    assert in_words(silent, ENTRIES) == "SCO: nothing for 4 days, about 6 a day expected"
