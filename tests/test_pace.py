"""How often a source is read: by its own pace, by what its publisher asks for, and whose pages are read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from monitor.schedule import fulltext_of, interval, next_poll
from monitor.types import Address, Health, Source

NOW = datetime(2026, 11, 21, 12, 30, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def a_source(priority: int = 2, **more: object) -> Source:
    addresses = (Address(url="https://akorda.test/feed"),)
    return Source(id="akorda", name="Akorda", kind="feed", addresses=addresses, priority=priority, **more)  # type: ignore[arg-type]


def pace(gap: timedelta, listed: int = 50, **more: object) -> Health:
    return Health(gap=gap.total_seconds(), listed=listed, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("source", "health", "expected"),
    [
        pytest.param(a_source(1), None, HOUR, id="nothing-known"),
        pytest.param(a_source(1), Health(), HOUR, id="no-pace-known"),
        pytest.param(a_source(2), pace(2 * HOUR), 2 * HOUR, id="one-item-each-poll"),
        pytest.param(a_source(2), pace(MINUTE, 500), HOUR, id="no-more-than-four-times-as-often"),
        pytest.param(a_source(1), pace(MINUTE, 500), 15 * MINUTE, id="a-quarter-of-an-hour"),
        pytest.param(a_source(1), pace(10 * DAY), 2 * HOUR, id="no-less-than-half-as-often"),
        pytest.param(a_source(3), pace(30 * DAY), DAY, id="at-least-daily"),
        pytest.param(a_source(2), pace(2 * MINUTE, 20), 20 * MINUTE, id="half-the-list-still-stands-there"),
        pytest.param(a_source(3), pace(MINUTE, 10), 10 * MINUTE, id="never-more-often-than-ten-minutes"),
        pytest.param(a_source(2, every=7 * MINUTE), pace(5 * DAY), 7 * MINUTE, id="the-operators-own-interval"),
    ],
)
def test_the_interval_follows_how_often_the_source_publishes(
    source: Source, health: Health | None, expected: timedelta
) -> None:
    assert interval(source, health) == expected


@pytest.mark.parametrize(
    ("health", "fresh_for", "least", "most"),
    [
        pytest.param(Health(), 6 * HOUR, 6 * HOUR, 6 * HOUR, id="max-age"),
        pytest.param(Health(every=(8 * HOUR).total_seconds()), None, 8 * HOUR, 8 * HOUR, id="ttl"),
        pytest.param(Health(every=(8 * HOUR).total_seconds()), 6 * HOUR, 8 * HOUR, 8 * HOUR, id="the-longer-one"),
        pytest.param(Health(every=999_999_999.0 * 60), None, 3 * HOUR, DAY, id="garbage"),
        pytest.param(Health(every=500_000_000.0), None, DAY, DAY, id="years"),
        pytest.param(Health(every=-5.0), None, 3 * HOUR, 5 * HOUR, id="negative"),
        pytest.param(Health(), 10 * MINUTE, 3 * HOUR, 5 * HOUR, id="shorter-than-ours"),
        pytest.param(pace(6 * MINUTE, 20), DAY, HOUR, 65 * MINUTE, id="not-so-long-that-items-are-lost"),
    ],
)
def test_the_publishers_wish_is_obeyed_up_to_a_day(
    health: Health, fresh_for: timedelta | None, least: timedelta, most: timedelta
) -> None:
    due = next_poll(a_source(2), None, "ok", NOW, health=health, fresh_for=fresh_for)
    assert least <= due - NOW <= most


@pytest.mark.parametrize(
    ("skipped", "hours"),
    [
        pytest.param((), {16}, id="none"),
        pytest.param((15, 16, 17), {18}, id="over-the-hours"),
        pytest.param((15, 16, *range(18, 24)), {17}, id="the-gap-between"),
        pytest.param(tuple(range(15, 24)), {0}, id="over-midnight"),
        pytest.param(tuple(range(24)), set(range(24)), id="all-of-them"),
    ],
)
def test_hours_without_polls_are_kept_free(skipped: tuple[int, ...], hours: set[int]) -> None:
    due = next_poll(a_source(2), None, "ok", NOW, health=Health(skip_hours=skipped))
    assert due.hour in hours
    assert due - NOW < DAY + 6 * HOUR


def test_a_source_that_is_gone_is_asked_once_a_week_for_ever() -> None:
    for state, least, most in (("failing", 4 * MINUTE, 6 * MINUTE), ("gone", 6 * DAY, 8 * DAY)):
        due = next_poll(a_source(1), None, "permanent", NOW, health=Health(state=state))  # type: ignore[arg-type]
        assert least <= due - NOW <= most


def test_poll_seconds_take_the_place_of_wishes() -> None:
    health = Health(every=86400.0, skip_hours=(12,), state="gone")
    for outcome in ("ok", "permanent"):
        due = next_poll(a_source(), None, outcome, NOW, poll_seconds=2, health=health, fresh_for=DAY)
        assert due - NOW == timedelta(seconds=2)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param(a_source(ownership="official"), "always", id="official"),
        pytest.param(a_source(ownership="think-tank"), "always", id="think-tank"),
        pytest.param(a_source(ownership="wire"), "tagged", id="wire"),
        pytest.param(a_source(ownership="state"), "tagged", id="state"),
        pytest.param(a_source(), "always", id="not-known"),
        pytest.param(a_source(ownership="wire", fulltext="always"), "always", id="as-written"),
        pytest.param(a_source(ownership="official", fulltext="never"), "never", id="never"),
    ],
)
def test_whose_own_pages_are_read(source: Source, expected: str) -> None:
    assert fulltext_of(source) == expected
