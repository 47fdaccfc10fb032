"""How often a feed wants to be read, in its own words. Pure.

Source: RSS 2.0 specification (ttl, skipHours), RSS 1.0 syndication module (updatePeriod, updateFrequency).
"""

from __future__ import annotations

import re
from datetime import timedelta

_ITEM = re.compile(r"<(?:\w+:)?(?:item|entry)[\s>]", re.IGNORECASE)
_TTL = re.compile(r"<ttl>\s*(\d{1,6})\s*</ttl>", re.IGNORECASE)
_PERIOD = re.compile(r"<\w+:updatePeriod>\s*(\w{4,8})\s*</", re.IGNORECASE)
_FREQUENCY = re.compile(r"<\w+:updateFrequency>\s*(\d{1,4})\s*</", re.IGNORECASE)
_SKIP = re.compile(r"<skipHours>(.{0,2000}?)</skipHours>", re.IGNORECASE | re.DOTALL)
_HOUR = re.compile(r"<hour>\s*(\d{1,2})\s*</hour>", re.IGNORECASE)
_PERIODS = {"hourly": 1, "daily": 24, "weekly": 168, "monthly": 720, "yearly": 8760}
_AROUND = 20_000


def read(text: str) -> tuple[timedelta | None, tuple[int, ...]]:
    """Time between two changes (None: it does not say) and the hours of the day in UTC that nobody needs to ask in."""
    item = _ITEM.search(text, 0, 5 * _AROUND)
    around = text[: item.start() if item else _AROUND][:_AROUND]
    if "<ttl" not in around and "updatePeriod" not in around and "<skipHours" not in around:
        return None, ()
    return _every(around), _hours(around)


def _every(text: str) -> timedelta | None:
    ttl, period = _TTL.search(text), _PERIOD.search(text)
    if ttl and int(ttl[1]):
        return timedelta(minutes=int(ttl[1]))
    hours = _PERIODS.get(period[1].lower()) if period else None
    if hours is None:
        return None
    frequency = _FREQUENCY.search(text)
    return timedelta(hours=hours) / max(1, int(frequency[1]) if frequency else 1)


def _hours(text: str) -> tuple[int, ...]:
    """Hour 24 is the first of the day, as in RSS 0.91."""
    skipped = _SKIP.search(text)
    found = {int(hour) % 24 for hour in _HOUR.findall(skipped[1]) if int(hour) <= 24} if skipped else set()
    return tuple(sorted(found))
