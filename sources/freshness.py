"""How long an answer stays good, as its headers say. Pure."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

LEAST = timedelta(seconds=60)
MOST = timedelta(hours=24)

_MAX_AGE = re.compile(r"(?:^|,)\s*max-age\s*=\s*\"?([^,\"\s]*)", re.IGNORECASE)
_NEVER = re.compile(r"(?:^|,)\s*(?:no-store|no-cache)\s*(?:$|[,=])", re.IGNORECASE)


def fresh_for(
    cache_control: str | None, expires: str | None, date: str | None, age: str | None, now: datetime
) -> timedelta | None:
    """Between a minute and a day; None where the headers say nothing usable, or that it has to be asked for again.

    Source: RFC 9111 section 4.2.1; `age` is what the answer has spent in caches already.
    """
    control = cache_control or ""
    if _NEVER.search(control):
        return None
    values = set(_MAX_AGE.findall(control))
    if len(values) > 1:  # one that contradicts itself says nothing
        return None
    seconds = _whole(values.pop()) if values else _until(expires, date, now)
    if seconds is None:
        return None
    left = seconds - (_whole(age or "0") or 0)
    return min(max(timedelta(seconds=min(left, 86400)), LEAST), MOST) if left > 0 else None


def _whole(text: str) -> int | None:
    text = text.strip()
    return int(text[:12]) if text.isascii() and text.isdigit() else None


def _until(expires: str | None, date: str | None, now: datetime) -> int | None:
    """Seconds from the server's own date to its expiry."""
    end = _instant(expires)
    if end is None:
        return None
    return int((end - (_instant(date) or now)).total_seconds())


def _instant(text: str | None) -> datetime | None:
    try:
        found = parsedate_to_datetime(text or "")
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return found if found.tzinfo is not None else None
