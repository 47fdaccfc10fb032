"""What stands behind the colon of a field, read and checked."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from monitor.errors import QueryError
from monitor.query.nodes import FIELDS, Period
from monitor.types import OWNERSHIP

_DAY = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")


def period_of(text: str) -> tuple[datetime, datetime]:
    """First instant of a day, month or year, and the instant after it, in UTC. Raises: ValueError."""
    found = _DAY.fullmatch(text)
    if not found:
        raise ValueError(text)
    year, month, day = (int(part) if part else None for part in found.groups())
    assert year is not None
    first = datetime(year, 1 if month is None else month, 1 if day is None else day, tzinfo=UTC)
    days = 1 if day else calendar.monthrange(year, month)[1] if month else 366 if calendar.isleap(year) else 365
    try:
        return first, first + timedelta(days=days)
    except OverflowError:  # the last year that there is
        return first, datetime.max.replace(tzinfo=UTC)


def period(name: str, values: Sequence[tuple[str, int]]) -> Period:
    """The time that `since:` or `until:` with these values (and their columns) asks for. Raises: QueryError."""
    (value, column), *rest = values
    if rest:
        raise QueryError(f"{name}: takes one date", rest[0][1])
    try:
        first, after = period_of(value)
    except ValueError:
        raise QueryError(f"{value!r} is no date: write 2026-09-01, 2026-09 or 2026", column) from None
    return Period(since=first) if name == "since" else Period(until=after)


def facet_value(name: str, value: str, column: int) -> str:
    """The value as it is compared. Raises: QueryError."""
    value = value.strip().lower()
    if name == "story" and not (value.isascii() and value.isdigit()):
        raise QueryError(f"{value!r} is no story: stories have numbers", column)
    if name == "class" and value not in OWNERSHIP:
        raise QueryError(f"there is no class {value!r}: {', '.join(OWNERSHIP)}", column)
    if name == "lang" and ("-" in value or "_" in value):
        main = value.replace("_", "-").partition("-")[0]
        raise QueryError(f"languages are told by the first part of their code: lang:{main}", column)
    if name == "priority" and value not in ("1", "2", "3"):
        raise QueryError(f"{value!r} is no priority: 1, 2 or 3", column)
    return value


# what people call the fields elsewhere
_OTHER_NAMES = {
    **{"country": "from", "source": "src", "outlet": "src", "owner": "class", "ownership": "class"},
    **{"after": "since", "before": "until", "entry": "tag", "headline": "title", "intitle": "title", "type": "kind"},
}


def did_you_mean(name: str) -> str:
    """How a message about a field that is not there goes on."""
    from difflib import get_close_matches

    close = _OTHER_NAMES.get(name) or next(iter(get_close_matches(name, FIELDS, n=1, cutoff=0.55)), None)
    if close:
        return f", did you mean {close}:"
    return f" (there are {', '.join(f + ':' for f in FIELDS)}); put words with a colon in quotes"


def did_you_mean_saved(name: str, known: Iterable[str]) -> str:
    """How a message about a saved search that is not there goes on."""
    from difflib import get_close_matches

    close = get_close_matches(name, known, n=1, cutoff=0.55)
    if close:
        return f", did you mean @{close[0]}"
    return " (see `searches list`); put a word that begins with @ in quotes"
