"""The day that stands in a page's address or beside its headline, where the page declares none. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from urllib.parse import urlsplit

from sources.dates import instant, plausible, tidied

#: A line with more than this is a paragraph, and a day in it may be any day.
_LINE = 120
#: So many lines behind the headline, and then before it, are looked at.
_BEHIND, _BEFORE = 18, 3

_IN_PATH = re.compile(
    r"(?<!\d)((?:19|20)\d\d)(?:/(\d\d?)/(\d\d?)(?=/|$)|-(\d\d)-(\d\d)(?!\d)|(\d\d)(\d\d)(?!\d)|/(\d\d)(\d\d)(?!\d))"
)
_MONTH = r"(?:[^\W\d_]|[\u0900-\u094f]){2,16}\.?"
_DAY = re.compile(
    r"(?=\d|(?<!\w)[^\W\d_])(?<![\d./-])(?<!\d:)(?<!version )"
    r"(?:\d\d?:\d\d(?::\d\d)?(?:\s?[ap]m)?\s?[/|,·—–-]?\s+)?(?P<day>"
    r"\d\d?([./-])\d\d?\2(?:19|20)?\d\d|"
    r"(?:1[349]|20)\d\d([-/.])\d\d?\3\d\d?|(?:19|20)\d\d\s?年\s?\d\d?\s?月\s?\d\d?\s?日|"
    rf"\d\d?(?:st|nd|rd|th|-?у?ми)?[\s-]+{_MONTH},?\s+(?:соли\s+)?(?:1[349]|20)\d\d|"
    rf"{_MONTH}\s+\d\d?,?\s+(?:19|20)\d\d|"
    rf"20\d\d[\s-](?:жыл\w*|йил|yil)\s+\d\d?[\s-]+{_MONTH}|20\d\d\s+оны\s+\d\d?(?:-?р)?\s+сарын\s+\d\d?"
    r")(?:(?<=日)|(?![.:/-]\d|\d))"
    r"(?:,?(?:\s[|/·—–-])?\s*(?:(?:at|в|ساعت)\s+)?\d\d?:\d\d(?::\d\d)?(?:\s?[ap]\.?m\b)?"
    r"(?:\s(?:GMT|UTC|IST|E[SD]T|MSK|МСК)\b)?)?",
    re.IGNORECASE,
)
# what says that a date behind it is that of a change
_CHANGED = re.compile(
    r"(?:updat|modif|revis|обновл|измен|жаңарт|yangila|янгила|güncel|yenilən|更新|修改|به.?روز|ویرایش|تحديث|"
    r"अपडेट|اپ ?ڈیٹ)\D{0,24}\Z",
    re.IGNORECASE,
)
# how agencies begin: town, day, a dash
_OPENING = re.compile(
    r"[^\W\d_][^.!?:–—]{0,60}\d(?:\s?/[^/]{2,20}/|\s?\([^()]{2,20}\))?(?=\s?[.:]?\s?(?:[–—]|--?\s|/))"
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
    """The days in the short lines around the headline, nearest first, those behind it before those above.

    A long line counts where an agency begins it with town, day and dash. Days of changes come last.
    """
    near = (*lines[headline : headline + _BEHIND], *reversed(lines[max(0, headline - _BEFORE) : headline]))
    changed: list[datetime] = []
    for line in near:
        opening = _OPENING.match(line) if len(line) > _LINE else None
        for match, is_change in written(opening[0] if opening else line) if opening or len(line) <= _LINE else ():
            found = instant(match["day"], lang=lang, now=now)
            if found and is_change:
                changed.append(found)
            elif found:
                yield found
    yield from changed


def written(line: str) -> Iterator[tuple[re.Match[str], bool]]:
    """What looks like dates in the line, in its order, and whether each is that of a change; ``day`` is without its
    time."""
    line = tidied(line)
    for match in _DAY.finditer(line):
        yield match, _CHANGED.search(line[: match.start()]) is not None
