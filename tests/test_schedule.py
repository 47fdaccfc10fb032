"""Due instants over changes of the clocks, make-up digests, quiet hours, and pauses between polls."""

from __future__ import annotations

import itertools
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.errors import InputError
from monitor.schedule import (
    identity_of,
    is_due,
    last_due,
    local_day,
    next_due,
    next_poll,
    parse_quiet_hours,
    parse_schedule,
    quiet,
)
from monitor.types import Address, Source, SourceState

SHARED = Path(__file__).parents[2] / "shared" / "hostile" / "dates" / "digest_schedule.jsonl"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(UTC)


def shared_tables() -> list[object]:
    if not SHARED.exists():
        return [pytest.param(None, marks=pytest.mark.skip(reason="../shared/hostile/dates is not there"))]
    rows = [json.loads(line) for line in SHARED.read_text("utf-8").splitlines()]
    return [pytest.param(row, id=f"{row['zone']}-{row['local_time']}-{row['runs'][0]['local_day']}") for row in rows]


@pytest.mark.parametrize("table", shared_tables())
def test_every_shared_table_of_due_instants_is_met(table: dict[str, object]) -> None:
    zone, schedule = str(table["zone"]), parse_schedule(f"daily {table['local_time']}")
    runs: list[dict[str, str]] = table["runs"]  # type: ignore[assignment]
    due = next_due(schedule, zone, at(runs[0].get("utc", runs[0].get("utc_from", ""))) - timedelta(hours=3))
    for run in runs:
        assert local_day(due, zone).isoformat() == run["local_day"]
        if "utc" in run:
            assert due == at(run["utc"])
        else:
            assert at(run["utc_from"]) <= due <= at(run["utc_to"])
        assert last_due(schedule, zone, due) == due
        due = next_due(schedule, zone, due)


# own tables: (zone, schedule, instants one after the other)
OWN = [
    pytest.param("Asia/Almaty", "daily 06:30", ["2024-02-28T00:30Z", "2024-02-29T00:30Z", "2024-03-01T01:30Z"],
                 id="almaty-changes-its-offset-for-good"),
    pytest.param("Asia/Tehran", "daily 07:00", ["2026-03-20T03:30Z", "2026-03-21T03:30Z"], id="tehran-half-hour"),
    pytest.param("Asia/Shanghai", "weekly fri 18:00", ["2026-11-20T10:00Z", "2026-11-27T10:00Z"], id="shanghai-weekly"),
    pytest.param("Asia/Kathmandu", "daily 00:00", ["2026-01-01T18:15Z", "2026-01-02T18:15Z"], id="three-quarters"),
    pytest.param("Europe/Moscow", "weekly mon 00:15", ["2026-12-27T21:15Z", "2027-01-03T21:15Z"], id="over-new-year"),
    pytest.param("Europe/Berlin", "weekly sun 02:30", ["2026-03-22T01:30Z", "2026-03-29T01:30Z", "2026-04-05T00:30Z"],
                 id="weekly-in-a-gap-is-moved-by-the-gap"),
    pytest.param("Europe/Berlin", "weekly sun 02:30", ["2026-10-18T00:30Z", "2026-10-25T00:30Z", "2026-11-01T01:30Z"],
                 id="weekly-in-a-fold-runs-the-first-time"),
    pytest.param("America/Scoresbysund", "daily 23:30",
                 ["2026-03-28T01:30Z", "2026-03-29T00:30Z", "2026-03-30T00:30Z"],
                 id="a-gap-before-midnight-does-not-leave-its-day"),
    pytest.param("Pacific/Apia", "daily 07:00", ["2011-12-29T17:00Z", "2011-12-30T17:00Z", "2011-12-31T17:00Z"],
                 id="a-day-that-never-was-has-no-digest"),
    pytest.param("UTC", "daily 00:00", ["2028-02-28T00:00Z", "2028-02-29T00:00Z", "2028-03-01T00:00Z"], id="leap-day"),
    pytest.param("Asia/Dushanbe", "every 30m", ["2026-11-21T07:00Z", "2026-11-21T07:30Z"], id="every-30m"),
    pytest.param("Europe/Berlin", "every 6h", ["2026-10-24T18:00Z", "2026-10-25T00:00Z", "2026-10-25T06:00Z"],
                 id="steps-know-nothing-of-summer-time"),
    pytest.param("Asia/Dushanbe", "hourly", ["2026-11-21T07:00Z", "2026-11-21T08:00Z"], id="hourly"),
    pytest.param("Asia/Almaty", "cron 30 6 * * 1-5", ["2026-11-20T01:30Z", "2026-11-23T01:30Z", "2026-11-24T01:30Z"],
                 id="cron-workdays"),
    pytest.param("UTC", "cron 0 7,13,19 * * *", ["2026-11-21T07:00Z", "2026-11-21T13:00Z", "2026-11-21T19:00Z",
                 "2026-11-22T07:00Z"], id="cron-three-times-a-day"),
    pytest.param("Europe/Berlin", "cron 30 2 * * sun", ["2026-03-22T01:30Z", "2026-03-29T01:30Z", "2026-04-05T00:30Z"],
                 id="cron-in-a-gap-is-moved-by-the-gap"),
    pytest.param("Europe/Berlin", "cron 30 2 * 10 7", ["2026-10-18T00:30Z", "2026-10-25T00:30Z", "2027-10-03T00:30Z"],
                 id="cron-in-a-fold-runs-the-first-time"),
    pytest.param("UTC", "cron 0 8 1 */3 *", ["2026-10-01T08:00Z", "2027-01-01T08:00Z", "2027-04-01T08:00Z"],
                 id="cron-quarters"),
    pytest.param("UTC", "cron 0 8 13 * fri", ["2026-11-06T08:00Z", "2026-11-13T08:00Z", "2026-11-20T08:00Z"],
                 id="cron-either-day"),
    pytest.param("UTC", "cron 0 8 29 2 *", ["2024-02-29T08:00Z", "2028-02-29T08:00Z"], id="cron-leap-day"),
    pytest.param("UTC", "cron */30 8-9/1 * jan-mar,dec mon", ["2026-12-07T08:00Z", "2026-12-07T08:30Z",
                 "2026-12-07T09:00Z", "2026-12-07T09:30Z", "2026-12-14T08:00Z"], id="cron-steps-and-names"),
    pytest.param("UTC", "every 45s", ["2026-11-21T00:00:00Z", "2026-11-21T00:00:45Z"], id="every-45s"),
]  # fmt: skip


@pytest.mark.parametrize(("zone", "text", "instants"), OWN)
def test_due_instants(zone: str, text: str, instants: list[str]) -> None:
    schedule, expected = parse_schedule(text), [at(instant) for instant in instants]
    found = [next_due(schedule, zone, expected[0] - timedelta(seconds=1))]
    while len(found) < len(expected):
        found.append(next_due(schedule, zone, found[-1]))
    assert found == expected
    for earlier, later in itertools.pairwise(expected):
        assert last_due(schedule, zone, later - timedelta(seconds=1)) == earlier


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Africa/Cairo", "America/Santiago", "Asia/Beirut", "Asia/Tashkent",
                                  "Australia/Lord_Howe", "America/Havana", "America/Scoresbysund"])  # fmt: skip
@pytest.mark.parametrize("clock", ["00:00", "00:30", "01:45", "02:30", "23:30"])
def test_a_year_has_one_digest_for_each_local_day(zone: str, clock: str) -> None:
    schedule, due, days = parse_schedule(f"daily {clock}"), at("2025-12-31T12:00Z"), []
    for _ in range(366):
        due = next_due(schedule, zone, due)
        days.append(local_day(due, zone))
    assert [later - earlier for earlier, later in itertools.pairwise(days)] == [timedelta(days=1)] * 365


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "daily HH:MM"),
        ("monthly", "weekly fri HH:MM"),
        ("cron 30 6 * *", "has 4 fields, not five"),
        ("cron 60 6 * * *", 'minute "60" is not a number from 0 to 59'),
        ("cron 0 6 * * 5-1", 'weekday "5-1" ends before it begins'),
        ("cron 0 6 * * fri-", 'weekday "" is not a number'),
        ("cron 0 */0 * * *", 'hour "0" is not a number from 1 to 23'),
        ("cron 0 ٦ * * *", "is not a number"),
        ("cron 0 6 30 feb *", "never comes"),
        ("cron * * * * *", "1440 times a day"),
        ("daily 24:00", "not a time of day"),
        ("daily 7", "cannot be read"),
        ("weekly 5 07:00", "cannot be read"),
        ("weekly freitag 07:00", "one of mon, tue"),
        ("every 0m", "every 30m"),
        ("every 5d", "s, m or h"),
        ("daily 06:30; every 1s", "cannot be read"),
        ("каждый день 06:30", "cannot be read"),
    ],
)
def test_a_schedule_that_cannot_be_read_says_what_can(text: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        parse_schedule(text)


def test_spelling_of_schedules_is_forgiving() -> None:
    assert parse_schedule("  Weekly  FRIDAY 7:05 ") == parse_schedule("weekly fri 07:05")
    assert parse_schedule("every 90 m") == parse_schedule("every 5400s")


DAILY = "daily 06:30"
DUE = [
    pytest.param(DAILY, None, "2026-11-21T00:00Z", "2026-11-21T01:00Z", None, id="not-before-the-first-due-instant"),
    pytest.param(DAILY, None, "2026-11-21T00:00Z", "2026-11-21T06:30Z", "2026-11-21T06:30Z", id="on-the-dot"),
    pytest.param(DAILY, None, "2026-11-21T06:30Z", "2026-11-21T06:30Z", None, id="met-at-the-due-instant"),
    pytest.param(DAILY, "2026-11-21T06:30Z", "2026-11-01T00:00Z", "2026-11-22T06:29Z", None, id="made-already"),
    pytest.param(DAILY, "2026-11-21T06:30Z", "2026-11-01T00:00Z", "2026-11-24T09:00Z", "2026-11-24T06:30Z",
                 id="three-days-down-are-one-digest"),
    pytest.param(DAILY, "2026-11-21T05:00Z", "2026-11-01T00:00Z", "2026-11-21T07:00Z", None,
                 id="plan-changed-to-later-the-same-day"),
    pytest.param(DAILY, "2026-11-23T06:30Z", "2026-11-01T00:00Z", "2026-11-22T08:00Z", None, id="clock-set-back"),
    pytest.param("every 2s", "2026-11-21T06:30:00Z", "2026-11-01T00:00Z", "2026-11-21T06:30:01Z", None, id="step-no"),
    pytest.param("every 2s", "2026-11-21T06:30:00Z", "2026-11-01T00:00Z", "2026-11-21T06:30:05Z",
                 "2026-11-21T06:30:04Z", id="step-yes"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "last_end", "since", "now", "expected"), DUE)
def test_what_is_due(text: str, last_end: str | None, since: str, now: str, expected: str | None) -> None:
    end = is_due(parse_schedule(text), "UTC", at(last_end) if last_end else None, at(since), at(now))
    assert end == (at(expected) if expected else None)


@pytest.mark.parametrize(
    ("hours", "zone", "now", "expected"),
    [
        pytest.param("22:00-06:00", "UTC", "2026-11-21T21:59Z", None, id="before"),
        pytest.param("22:00-06:00", "UTC", "2026-11-21T22:00Z", "2026-11-22T06:00Z", id="evening"),
        pytest.param("22:00-06:00", "UTC", "2026-11-22T05:59Z", "2026-11-22T06:00Z", id="morning"),
        pytest.param("22:00-06:00", "UTC", "2026-11-22T06:00Z", None, id="over"),
        pytest.param("12:00–13:30", "Asia/Almaty", "2026-11-21T08:00Z", "2026-11-21T08:30Z", id="noon-in-almaty"),
        pytest.param("01:00-04:00", "Europe/Berlin", "2026-03-29T01:30Z", "2026-03-29T02:00Z", id="over-a-gap"),
        pytest.param("", "UTC", "2026-11-21T23:00Z", None, id="none"),
        pytest.param(None, "UTC", "2026-11-21T23:00Z", None, id="not-set"),
    ],
)
def test_quiet_hours(hours: str | None, zone: str, now: str, expected: str | None) -> None:
    assert quiet(hours, zone, at(now)) == (at(expected) if expected else None)


@pytest.mark.parametrize("text", ["22-6", "22:00", "25:00-06:00", "06:00-06:00", "ночь"])
def test_quiet_hours_that_cannot_be_read(text: str) -> None:
    with pytest.raises(InputError):
        parse_quiet_hours(text)


NOW = at("2026-11-21T12:00Z")


def a_source(priority: int = 2, every: timedelta | None = None, source_id: str = "akorda") -> Source:
    return Source(
        id=source_id, name="A", kind="feed", addresses=(Address(url="https://a.test/"),), priority=priority, every=every
    )


@pytest.mark.parametrize(
    ("source", "hours"),
    [(a_source(1), 1), (a_source(2), 4), (a_source(3), 24), (a_source(3, timedelta(hours=2)), 2)],
    ids=["hourly", "four-hours", "daily", "own"],
)
def test_a_good_poll_is_followed_by_one_at_the_sources_interval(source: Source, hours: int) -> None:
    due = next_poll(source, None, "ok", NOW)
    assert due == next_poll(source, None, "not_modified", NOW)
    assert 0.9 * hours <= (due - NOW) / timedelta(hours=1) <= 1.1 * hours


def test_polls_of_different_sources_are_spread() -> None:
    pauses = {next_poll(a_source(source_id=f"s{n}"), None, "ok", NOW) for n in range(50)}
    assert len(pauses) == 50


@pytest.mark.parametrize(
    ("failures", "minutes"), [(0, 5), (1, 10), (4, 80), (8, 1280), (9, 1440), (500, 1440)], ids=str
)
def test_failures_double_the_pause_up_to_a_day_and_never_give_up(failures: int, minutes: int) -> None:
    state = SourceState(source_id="akorda", failures=failures)
    for outcome in ("temporary", "permanent"):
        pause = next_poll(a_source(1), state, outcome, NOW) - NOW
        assert 0.9 * minutes <= pause / timedelta(minutes=1) <= 1.1 * minutes


@pytest.mark.parametrize(
    ("asked", "least"),
    [
        (timedelta(seconds=0), timedelta(seconds=60)),
        (timedelta(hours=3), timedelta(hours=3)),
        (timedelta(days=400), timedelta(hours=24)),
    ],
    ids=["nothing", "hours", "a-year"],
)
def test_retry_after_is_obeyed_within_bounds(asked: timedelta, least: timedelta) -> None:
    assert next_poll(a_source(), None, "temporary", NOW, asked, poll_seconds=1) - NOW == least
    assert next_poll(a_source(), None, "temporary", NOW, asked) - NOW >= least


def test_poll_seconds_take_the_place_of_everything() -> None:
    state = SourceState(source_id="akorda", failures=7)
    for outcome in ("ok", "not_modified", "temporary", "permanent"):
        due = next_poll(a_source(3), state, outcome, NOW, poll_seconds=2)
        assert due == NOW + timedelta(seconds=2)


@pytest.mark.parametrize(
    ("ownership", "touches", "how"),
    [
        ("official", False, "whole"),
        ("think-tank", False, "whole"),
        ("state", False, "copies"),
        ("wire", False, "copies"),
        ("independent", False, "copies"),
        (None, False, "copies"),
        ("independent", True, "whole"),
        (None, True, "whole"),
    ],
)
def test_how_much_is_found_out(ownership: str | None, touches: bool, how: str) -> None:
    source = Source(id="a", name="A", kind="feed", addresses=(), ownership=ownership)
    assert identity_of(source, touches=touches) == how
    assert identity_of(None, touches=touches) == "whole"  # an import


def test_a_schedule_with_several_times_a_day_is_due_again_the_same_day() -> None:
    schedule, since = parse_schedule("cron 0 7,13 * * *"), at("2026-11-20T00:00Z")
    morning, noon = at("2026-11-21T07:00Z"), at("2026-11-21T13:00Z")
    assert is_due(schedule, "UTC", morning, since, noon) == noon
    assert is_due(schedule, "UTC", noon, since, noon + timedelta(hours=2)) is None
    once = parse_schedule("cron 0 13 * * *")
    assert is_due(once, "UTC", morning, since, noon) is None  # the plan was changed that day
