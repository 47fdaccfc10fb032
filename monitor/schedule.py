"""When a source is read again, and when a digest is due. Pure: the hour is always an argument.

Due instants are computed in UTC for each local day, so a change of the clocks neither skips a digest nor sends it
twice: a local time that happens twice counts the first time, one that does not happen is moved by the width of the gap.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

from monitor.errors import InputError
from monitor.types import Fulltext, Health, Identified, Outcome, Source, SourceState

if TYPE_CHECKING:
    from monitor.cron import Cron

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

#: Between two polls of a source without an interval of its own, by priority.
POLL_EVERY = {1: timedelta(hours=1), 2: timedelta(hours=4), 3: timedelta(hours=24)}
FIRST_PAUSE = timedelta(minutes=5)
LONGEST_PAUSE = timedelta(hours=24)
SHORTEST_RETRY_AFTER = timedelta(seconds=60)
SHORTEST_INTERVAL = timedelta(minutes=10)
PAUSE_WHEN_GONE = timedelta(days=7)
#: How far the interval of a priority is fitted to a source that publishes more often, or less.
FASTER, SLOWER = 4, 2

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_UNITS = {"s": timedelta(seconds=1), "m": timedelta(minutes=1), "h": timedelta(hours=1)}
_TIME = r"(\d{1,2}):(\d{2})"
_DAILY = re.compile(rf"daily\s+{_TIME}")
_WEEKLY = re.compile(rf"weekly\s+([a-z]+)\s+{_TIME}")
_EVERY = re.compile(r"every\s+(\d{1,6})\s*([smh])")
_QUIET = re.compile(rf"{_TIME}\s*[-–]\s*{_TIME}")
_DAY = timedelta(days=1)
_ON_THE_MATTER = ("official", "think-tank")


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """When digests are due."""

    kind: Literal["daily", "weekly", "every", "cron"]
    #: Local wall-clock time of ``daily`` and ``weekly``.
    at: time = time(0)
    #: 0 is Monday; for ``weekly`` only.
    weekday: int = 0
    #: Step of ``every``, counted in UTC from midnight of 1 January 1970.
    step: timedelta = _DAY
    #: Of ``cron``.
    cron: Cron | None = None

    @property
    def times(self) -> tuple[time, ...]:
        """Local times of a day on which it is due; of ``every`` none."""
        return self.cron.times if self.cron else (self.at,)

    def falls_on(self, day: date) -> bool:
        """Whether something is due on that local day."""
        if self.cron:
            return self.cron.falls_on(day)
        return self.kind == "daily" or day.weekday() == self.weekday


def parse_schedule(text: str) -> Schedule:
    """The schedule that the text means. Raises: InputError, which says what is allowed."""
    plain = " ".join(text.lower().split())
    if found := _DAILY.fullmatch(plain):
        return Schedule(kind="daily", at=_time(found[1], found[2], text))
    if found := _WEEKLY.fullmatch(plain):
        return Schedule(kind="weekly", weekday=_weekday(found[1], text), at=_time(found[2], found[3], text))
    if found := _EVERY.fullmatch(plain):
        step = int(found[1]) * _UNITS[found[2]]
        if step:
            return Schedule(kind="every", step=step)
    if plain == "hourly":
        return Schedule(kind="every", step=timedelta(hours=1))
    if plain.startswith("cron "):
        from monitor import cron  # hardly anybody has one

        return Schedule(kind="cron", cron=cron.parse(plain.removeprefix("cron ")))
    raise _not_understood(text)


def parse_quiet_hours(text: str) -> tuple[time, time]:
    """Start and end of a quiet period as local times. Raises: InputError."""
    found = _QUIET.fullmatch(text.strip())
    if not found:
        raise InputError(f'quiet hours "{text}" cannot be read: write them as "22:00-06:00", or "" for none')
    start, end = _time(found[1], found[2], text), _time(found[3], found[4], text)
    if start == end:
        raise InputError(f'quiet hours "{text}" start and end at the same time: write "" for none')
    return start, end


def last_due(schedule: Schedule, zone: str, now: datetime) -> datetime:
    """The latest due instant that is not after `now`, in UTC."""
    if schedule.kind == "every":
        return _EPOCH + (now - _EPOCH) // schedule.step * schedule.step
    tz, day = ZoneInfo(zone), local_day(now, zone) + _DAY
    while not (due := [instant for instant in _due_on(schedule, tz, day) if instant <= now]):
        day -= _DAY
    return max(due)


def next_due(schedule: Schedule, zone: str, after: datetime) -> datetime:
    """The earliest due instant that is after that one, in UTC."""
    if schedule.kind == "every":
        return last_due(schedule, zone, after) + schedule.step
    tz, day = ZoneInfo(zone), local_day(after, zone) - _DAY
    while not (due := [instant for instant in _due_on(schedule, tz, day) if instant > after]):
        day += _DAY
    return min(due)


def is_due(schedule: Schedule, zone: str, last_end: datetime | None, since: datetime, now: datetime) -> datetime | None:
    """Where the window of the digest that is due now ends; None: none is due.

    Digests that were missed are made up for by one, whose window ends at the latest due instant. Nothing is due before
    the first due instant after `since`, and a local day never gets a second digest, not even after a change of plan;
    but where the schedule itself has several a day.
    """
    end = last_due(schedule, zone, now)
    if end <= since or (last_end is not None and end <= last_end):
        return None
    once = schedule.kind != "every" and len(schedule.times) == 1
    if last_end is not None and once and local_day(last_end, zone) == local_day(end, zone):
        return None
    return end


def local_day(instant: datetime, zone: str) -> date:
    """The date on the wall calendar of that zone."""
    return instant.astimezone(ZoneInfo(zone)).date()


def quiet(hours: str | None, zone: str, now: datetime) -> datetime | None:
    """When the quiet period that we are in ends, in UTC; None: we are in none. Raises: InputError."""
    if not hours:
        return None
    start, end = parse_quiet_hours(hours)
    tz, today = ZoneInfo(zone), local_day(now, zone)
    for day in (today - _DAY, today):
        until = _instant(tz, day + (_DAY if end < start else timedelta()), end)
        if _instant(tz, day, start) <= now < until:
            return until
    return None


def next_poll(
    source: Source,
    state: SourceState | None,
    outcome: Outcome,
    now: datetime,
    retry_after: timedelta | None = None,
    poll_seconds: float = 0,
    health: Health | None = None,
    fresh_for: timedelta | None = None,
) -> datetime:
    """When the source is read again, after a poll that ended now with that outcome.

    `state` is what was known before that poll, `health` what is known after it. Failures are retried after 5 minutes,
    then twice as long each time up to a day, for ever; a source that says it is gone, once a week in the end. What the
    publisher asks for (`fresh_for`, and the interval and hours in `health`) is obeyed up to a day, unless items would
    leave the list unseen. `poll_seconds` above 0 takes the place of all intervals, pauses and wishes. What the server
    asks for in Retry-After, between a minute and a day, is obeyed in any case.
    """
    if poll_seconds > 0:
        due = now + timedelta(seconds=poll_seconds)
    elif outcome in ("ok", "not_modified"):
        wished = now + min(_wish(health, fresh_for), _window(health))
        due = max(now + interval(source, health) * _jitter(source.id), wished)
        due = _out_of(health.skip_hours if health else (), due)
    else:
        due = now + _pause(state, health) * _jitter(source.id)
    if retry_after is not None:
        due = max(due, now + min(max(retry_after, SHORTEST_RETRY_AFTER), LONGEST_PAUSE))
    return due


def interval(source: Source, health: Health | None) -> timedelta:
    """The time between two polls: the source's own, or that of its priority fitted to how often it publishes."""
    if source.every is not None:
        return source.every
    usual = POLL_EVERY.get(source.priority, POLL_EVERY[2])
    if health is None or health.gap is None:
        return usual
    wanted = timedelta(seconds=min(health.gap, 1e9))
    fitted = min(max(wanted, usual / FASTER), usual * SLOWER, _window(health))
    return min(max(fitted, SHORTEST_INTERVAL), LONGEST_PAUSE)


def fulltext_of(source: Source) -> Fulltext:
    """Whose own pages are read: by ownership where the source does not say.

    What officials and think tanks publish is little and on the matter; the news of everybody else is about everything.
    Of a source without a class nothing is known, so that nothing of it is left out.
    """
    if source.fulltext is not None:
        return source.fulltext
    return "always" if source.ownership in (None, *_ON_THE_MATTER) else "tagged"


def identity_of(source: Source | None, *, touches: bool) -> Identified:
    """How much is found out of where an article of that source belongs; `touches`: it names something of the watchlist.

    By the same ownership as above: what officials and think tanks publish is on the matter whatever it names, and an
    import (no source) is what somebody chose. The rest of a news agency's day is neither told of nor counted by story
    or origin, so that only copies are looked for: they are what a search for words would tell twice, at half the cost.
    Of a source without a class nothing is known, but an article that touches nothing is the same from anybody.
    """
    whole = touches or source is None or source.ownership in _ON_THE_MATTER
    return "whole" if whole else "copies"


def _window(health: Health | None) -> timedelta:
    """How long until half of the list is new: after twice that, items have come and gone unseen."""
    if health is None or health.gap is None or not health.listed:
        return LONGEST_PAUSE
    return min(max(timedelta(seconds=health.gap * health.listed / 2), SHORTEST_INTERVAL), LONGEST_PAUSE)


def _wish(health: Health | None, fresh_for: timedelta | None) -> timedelta:
    """How long the publisher wants to be left alone."""
    every = timedelta(seconds=health.every) if health and health.every and 0 < health.every < 1e9 else timedelta()
    return max(every, fresh_for or timedelta())


def _out_of(hours: Sequence[int], due: datetime) -> datetime:
    """The instant, or the end of the hours around it in which the publisher wants no polls."""
    for _ in range(24):
        if due.hour not in hours:
            return due
        due = due.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return due  # every hour is skipped: that cannot be meant


def _pause(state: SourceState | None, health: Health | None) -> timedelta:
    """The growing pause after failures."""
    if health is not None and health.state == "gone":
        return PAUSE_WHEN_GONE
    doublings = min(state.failures if state else 0, 20)
    return min(FIRST_PAUSE * (1 << doublings), LONGEST_PAUSE)


def _jitter(source_id: str) -> float:
    """A factor between 0.9 and 1.1, always the same for one source, so that not all are read in the same second."""
    spread = int.from_bytes(hashlib.sha256(source_id.encode("utf-8", "replace")).digest()[:4], "big") / 2**32
    return 0.9 + 0.2 * spread


def _due_on(schedule: Schedule, tz: ZoneInfo, day: date) -> list[datetime]:
    """The due instants that belong to that local day."""
    if not schedule.falls_on(day):
        return []
    due = [_instant(tz, day, at) for at in schedule.times]
    return [instant for instant in due if instant.astimezone(tz).date() == day]


def _instant(tz: ZoneInfo, day: date, at: time) -> datetime:
    """That local time of that day in UTC: its first occurrence, or, in a gap, moved by the gap's width.

    Forwards as a rule, backwards where forwards would leave the day. Source: PEP 495, "fold" in a gap.
    """
    due = datetime.combine(day, at, tzinfo=tz).astimezone(UTC)
    if due.astimezone(tz).date() != day:
        due = datetime.combine(day, at.replace(fold=1), tzinfo=tz).astimezone(UTC)
    return due


def _time(hour: str, minute: str, text: str) -> time:
    if int(hour) > 23 or int(minute) > 59:
        raise InputError(f'"{text}": {hour}:{minute} is not a time of day, 00:00 to 23:59')
    return time(int(hour), int(minute))


def _weekday(name: str, text: str) -> int:
    for number, short in enumerate(WEEKDAYS):
        full = date(2024, 1, 1 + number).strftime("%A").lower()  # 1 January 2024 was a Monday
        if name in (short, full):
            return number
    raise InputError(f'"{text}": "{name}" is not a day of the week: use one of {", ".join(WEEKDAYS)}')


def _not_understood(text: str) -> InputError:
    return InputError(
        f'schedule "{text}" cannot be read: use "daily HH:MM", "weekly fri HH:MM", "hourly", "every 30m" (s, m or h) '
        'or "cron 30 6 * * 1-5"'
    )
