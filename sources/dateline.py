"""The day that stands in a page's address or beside its headline, where the page declares none. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from urllib.parse import urlsplit

from sources.dates import instant, plausible

#: A line with more than this is a paragraph, and a day in it may be any day.
_LINE = 120
#: So many lines behind the headline, and then before it, are looked at.
_BEHIND, _BEFORE = 18, 3

_IN_PATH = re.compile(
    r"(?<!\d)((?:19|20)\d\d)(?:/(\d\d?)/(\d\d?)(?=/|$)|-(\d\d)-(\d\d)(?!\d)|(\d\d)(\d\d)(?!\d)|/(\d\d)(\d\d)(?!\d))"
)
_DAY = re.compile(
    r"(?<![\d.:/-])(?:"
    r"(?P<a>\d\d?)(?P<mark>[./])(?P<b>\d\d?)(?P=mark)(?P<year>(?:19|20)?\d\d)|"
    r"(?:19|20)\d\d([-/.])\d\d?\5\d\d?|(?:19|20)\d\d\s?年\s?\d\d?\s?月\s?\d\d?\s?日|"
    r"\d\d?\s+[^\W\d_]{3,12}\.?,?\s+(?:19|20)\d\d|[^\W\d_]{3,12}\.?\s+\d\d?,?\s+(?:19|20)\d\d"
    r")(?![\d.:/-]\d|\d)"
)


def day(
    url: str, lines: Sequence[str], headline: int, lang: str | None = None, now: datetime | None = None
) -> datetime | None:
    """The day's first moment in UTC; None: none is there. `headline` is the number of its line, -1: there is none."""
    return in_url(url, now) or (next(_beside(lines, headline, lang, now), None) if headline >= 0 else None)


def in_url(url: str, now: datetime | None) -> datetime | None:
    """The day in the address: 2026/11/21, 2026-11-21, 20261121 or 2026/1121."""
    try:
        path = urlsplit(url).path
    except ValueError:
        return None
    for match in _IN_PATH.finditer(path):
        year, month, number = (int(part) for part in match.groups() if part)
        try:
            found = plausible(datetime(year, month, number, tzinfo=UTC), now)
        except ValueError:
            continue
        if found:
            return found
    return None


def _beside(lines: Sequence[str], headline: int, lang: str | None, now: datetime | None) -> Iterator[datetime]:
    """The days in the short lines around the headline, nearest first, those behind it before those above."""
    near = (*lines[headline : headline + _BEHIND], *reversed(lines[max(0, headline - _BEFORE) : headline]))
    for line in near:
        for match in _DAY.finditer(line) if len(line) <= _LINE else ():
            found = _by_numbers(match, lang, now) if match["year"] else instant(match[0], lang=lang, now=now)
            if found:
                yield found


def _by_numbers(match: re.Match[str], lang: str | None, now: datetime | None) -> datetime | None:
    """21.11.2026, 21.11.26, 21/11/2026; 05/06/2026 only where nobody would write the month first."""
    first, second, year = int(match["a"]), int(match["b"]), int(match["year"])
    if match["mark"] == "/" and (len(match["year"]) == 2 or (first <= 12 and lang in (None, "en"))):
        return None
    try:
        return plausible(datetime(year if year > 99 else 2000 + year, second, first, tzinfo=UTC), now)
    except ValueError:
        return None
