"""Times written as a crontab does: minute, hour, day of the month, month, day of the week. Pure.

::

    30 6 * * 1-5          at 06:30 from Monday to Friday
    0 7,13,19 * * *       three times a day
    0 8 1 */3 *           on the first day of each quarter

Where both the day of the month and the day of the week are given, either is enough. Source: POSIX.1-2024, crontab;
names of months and days and steps as in Vixie's cron.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time, timedelta

from monitor.errors import InputError

_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
#: 29 February comes once in eight years where a year of a full century has none.
_FARTHEST = 3_000
_TIMES = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Cron:
    """The days and the times of day."""

    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: frozenset[int]
    months: frozenset[int]
    #: 0 is Sunday.
    weekdays: frozenset[int]
    #: Whether a day of the month or of the week is enough, since both are given.
    either: bool

    @property
    def times(self) -> tuple[time, ...]:
        """The times of day, in their order."""
        return tuple(time(hour, minute) for hour in self.hours for minute in self.minutes)

    def falls_on(self, day: date) -> bool:
        if day.month not in self.months:
            return False
        of_month, of_week = day.day in self.days, day.isoweekday() % 7 in self.weekdays
        return of_month or of_week if self.either else of_month and of_week


def parse(expression: str) -> Cron:
    """The five fields. Raises: InputError, which names the field that cannot be read."""
    fields = expression.lower().split()
    if len(fields) != 5:
        raise InputError(f'"{expression}" has {len(fields)} fields, not five: minute hour day month weekday')
    minute, hour, day, month, weekday = fields
    cron = Cron(
        minutes=tuple(sorted(_values(minute, 0, 59, "minute"))),
        hours=tuple(sorted(_values(hour, 0, 23, "hour"))),
        days=_values(day, 1, 31, "day"),
        months=_values(month, 1, 12, "month", _MONTHS),
        weekdays=frozenset(value % 7 for value in _values(weekday, 0, 7, "weekday", _DAYS)),
        either=not day.startswith("*") and not weekday.startswith("*"),
    )
    if len(cron.times) > _TIMES:
        raise InputError(f'"{expression}" is {len(cron.times)} times a day: above {_TIMES} use "every 5m"')
    begin = date(2024, 1, 1)
    if not any(cron.falls_on(begin + timedelta(days=number)) for number in range(_FARTHEST)):
        raise InputError(f'"{expression}" never comes: no month has that day')
    return cron


def _values(field: str, low: int, high: int, name: str, names: tuple[str, ...] = ()) -> frozenset[int]:
    found: set[int] = set()
    for part in field.split(","):
        span, slash, step = part.partition("/")
        first, dash, last = span.partition("-")
        if span == "*":
            begin, end = low, high
        else:
            begin = _number(first, low, high, name, names)
            end = _number(last, low, high, name, names) if dash else high if slash else begin
        if begin > end:
            raise InputError(f'{name} "{part}" ends before it begins')
        every = _number(step, 1, high, name, ()) if slash else 1
        found.update(range(begin, end + 1, every))
    return frozenset(found)


def _number(text: str, low: int, high: int, name: str, names: tuple[str, ...]) -> int:
    if text in names:
        return names.index(text) + low
    if not (text.isascii() and text.isdigit() and len(text) < 4 and low <= int(text) <= high):
        raise InputError(f'{name} "{text}" is not a number from {low} to {high}')
    return int(text)
