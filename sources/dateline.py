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
    r"\d\d?([./])\d\d?\1(?:19|20)?\d\d|"
    r"(?:1[349]|20)\d\d([-/.])\d\d?\2\d\d?|(?:19|20)\d\d\s?年\s?\d\d?\s?月\s?\d\d?\s?日|"
    r"\d\d?\s+[^\W\d_]{2,12}\.?,?\s+(?:1[349]|20)\d\d|[^\W\d_]{3,12}\.?\s+\d\d?,?\s+(?:19|20)\d\d"
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
            found = instant(match[0], lang=lang, now=now)
            if found:
                yield found
