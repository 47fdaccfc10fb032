"""Publishers' dates as instants. A date that cannot be is no date: better none than a wrong one. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

#: A day that is found in words or figures is no older: texts are full of days that they only tell of.
EARLIEST_YEAR = 1990
#: A whole timestamp with its zone is what a publisher states of the article. It is believed as far back as there are
#: newspapers: archives of scanned ones have feeds too, and the second before 1970 is an instant like any other. What
#: is none is the zero of a clock that was never set, in any zone.
EARLIEST_STATED_YEAR = 1605
#: A publication date further ahead of now than this cannot be one.
AHEAD = timedelta(days=7)
_LIMIT = 100
# days at which clocks begin: Windows, SQL Server, spreadsheets, databases, old Macs, Unix, DOS
_ZEROS = tuple(
    datetime(year, month, day, tzinfo=UTC)
    for year, month, day in (
        (1601, 1, 1), (1753, 1, 1), (1899, 12, 30), (1900, 1, 1), (1904, 1, 1), (1970, 1, 1), (1980, 1, 1),
    )
)  # fmt: skip
_QUARTER = timedelta(minutes=15)

_TIME = r"(?P<H>\d{1,2}):(?P<M>\d\d)(?::(?P<S>\d\d)(?:[.,]\d{1,12})?)?\s*(?P<half>[ap]\.?m\.?)?"
_ZONE = r"(?P<zone>[a-z]{1,5}|(?:gmt|utc)?\s?[+-]\d{1,2}:?(?:\d\d)?)"
_MONTH = r"(?P<name>[^\W\d_]{3,12})\.?"
_END = rf"(?:,?\s+(?:at\s+)?{_TIME}(?:\s*{_ZONE})?)?(?:\s*\([^()]*\))?"
_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        # RFC 3339, ISO 8601 extended, and with slashes or dots
        rf"(?P<y>\d{{4}})(?P<sep>[-/.])(?P<m>\d\d?)(?P=sep)(?P<d>\d\d?)(?:(?:t|\s+|,\s*){_TIME}(?:\s*{_ZONE})?)?",
        # ISO 8601 basic
        rf"(?P<y>\d{{4}})(?P<m>\d\d)(?P<d>\d\d)(?:t(?P<H>\d\d)(?P<M>\d\d)(?P<S>\d\d)?(?:{_ZONE})?)?",
        # RFC 5322, with or without its weekday, in words of any language in the table
        rf"(?:[^\W\d_]+\.?,?\s*)?(?P<d>\d{{1,2}})(?:st|nd|rd|th)?[\s-]+{_MONTH},?[\s-]+(?P<y>\d{{4}}|\d\d)(?:\s*(?:г\.|года))?{_END}",
        # asctime
        rf"[a-z]{{3}},?\s+{_MONTH}\s+(?P<d>\d{{1,2}})\s+{_TIME}(?:\s+{_ZONE})?\s+(?P<y>\d{{4}})",
        # June 15, 2026
        rf"(?:[a-z]+\.?,?\s+)?{_MONTH}\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y>\d{{4}}){_END}",
        # 15.06.2026 as in most of Europe and Asia; 06/15/2026 is left alone, as it may be either
        rf"(?P<d>\d{{1,2}})\.(?P<m>\d{{1,2}})\.(?P<y>\d{{4}})(?:\s*(?:г\.|года))?{_END}",
        # 2026年6月15日 10:00
        r"(?P<y>\d{4})\s*年\s*(?P<m>\d{1,2})\s*月\s*(?P<d>\d{1,2})\s*日(?:\s*(?P<H>\d{1,2})[:：时](?P<M>\d\d)(?:[:：分](?P<S>\d\d))?)?\D?",
    )
)
# how nearly all feeds write them: RFC 822 with a numeric zone or GMT, RFC 3339 without fractions
_MAIL = re.compile(
    r"(?:[A-Z][a-z]{2}, )?(\d\d?) ([A-Z][a-z]{2}) (\d{4}) (\d\d):(\d\d):([0-5]\d) "
    r"(?:GMT|UTC|Z|([+-])(0\d|1[0-3])([0-5]\d))",
    re.ASCII,
)
_NET = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:[0-5]\d(?:Z|[+-](?:0\d|1[0-3]):[0-5]\d)", re.ASCII)
_EPOCH = re.compile(r"\d{10}(?:\d{3})?")

# Source: RFC 5322 section 4.3 for the American names; the rest where one name has one meaning in news
_ZONES = {
    "z": 0.0, "ut": 0.0, "utc": 0.0, "gmt": 0.0, "wet": 0.0,
    "est": -5.0, "edt": -4.0, "cst": -6.0, "cdt": -5.0, "mst": -7.0, "mdt": -6.0, "pst": -8.0, "pdt": -7.0,
    "cet": 1.0, "west": 1.0, "cest": 2.0, "eet": 2.0, "eest": 3.0, "msk": 3.0, "trt": 3.0, "irst": 3.5, "pkt": 5.0,
    "uzt": 5.0, "tjt": 5.0, "almt": 5.0, "kgt": 6.0, "ist": 5.5, "hkt": 8.0, "sgt": 8.0, "jst": 9.0, "kst": 9.0,
}  # fmt: skip
_MONTHS = {
    start: number
    for number, starts in enumerate(
        (
            "jan янв січ студз қаң yan", "feb фев лют ақп fev", "mar мар бер сак нау mart", "apr апр кві крас сәу апре",
            "may мая май тра мам", "jun июн чер чэр мау iyun", "jul июл лип ліп шіл iyul", "aug авг сер жні там avg",
            "sep сен вер қыр", "oct окт жов кас қаз okt", "nov ноя лис ліс noy", "dec дек гру сне жел dek",
        ),
        1,
    )
    for start in starts.split()
}  # fmt: skip


def instant(text: str | None, *, lang: str | None = None, now: datetime | None = None) -> datetime | None:
    """The instant in UTC; None where the text is no date, or one that cannot be a publication's.

    A date without a zone is read as UTC, one without a time as its first moment. `lang` helps with month names,
    and with `now` a date that lies further ahead than AHEAD is none.
    """
    text = " ".join((text or "").split())
    if not text or len(text) > _LIMIT:
        return None
    if (stated := _usual(text)) is not None:
        return None if stated.year < EARLIEST_STATED_YEAR or _never_set(stated) else _not_ahead(stated, now)
    return plausible(_by_pattern(text) or _by_words(text, lang), now)


def plausible(moment: datetime | None, now: datetime | None = None) -> datetime | None:
    """The instant, unless it is too old or lies too far ahead."""
    return None if moment is None or moment.year < EARLIEST_YEAR else _not_ahead(moment, now)


def _not_ahead(moment: datetime, now: datetime | None) -> datetime | None:
    return None if now is not None and moment > now + AHEAD else moment


def _never_set(moment: datetime) -> bool:
    """Whether it is the zero of a clock, as it is written in some zone: no more than a day off, by whole quarters."""
    if moment.year >= EARLIEST_YEAR:
        return False
    return any(abs(moment - zero) <= timedelta(days=1) and not (moment - zero) % _QUARTER for zero in _ZEROS)


def _usual(text: str) -> datetime | None:
    """The instant of a date in one of the two usual forms; None: another form, or no date."""
    try:
        if _NET.fullmatch(text):
            return datetime.fromisoformat(text).astimezone(UTC)
        match = _MAIL.fullmatch(text)
        month = _MONTHS.get(match[2].lower()) if match else None
        if match is None or month is None:
            return None
        moment = datetime(int(match[3]), month, int(match[1]), int(match[4]), int(match[5]), int(match[6]), tzinfo=UTC)
        if match[7] is None:
            return moment
        offset = timedelta(hours=int(match[8]), minutes=int(match[9]))
        return moment + offset if match[7] == "-" else moment - offset
    except (ValueError, OverflowError):
        return None


def _by_pattern(text: str) -> datetime | None:
    if _EPOCH.fullmatch(text):
        return datetime.fromtimestamp(int(text[:10]), UTC)
    for pattern in _PATTERNS:
        match = pattern.fullmatch(text)
        if match:
            return _built(match.groupdict())
    return None


def _built(part: dict[str, str | None]) -> datetime | None:
    month = _month(part["name"]) if part.get("name") else int(part["m"] or 0)
    zone = _zone(part.get("zone"))
    if month is None or zone is None:
        return None
    year = int(part["y"] or 0)
    if year < 100 and len(part["y"] or "") == 2:  # 0001 is how some programs write no date
        year += 2000 if year < 70 else 1900
    hour, minute, second = (int(part.get(key) or 0) for key in "HMS")
    half = (part.get("half") or "").lower()
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half.startswith("p") else 0)
    late = hour == 24 and minute == second == 0
    try:
        moment = datetime(year, month, int(part["d"] or 0), 0 if late else hour, minute, min(second, 59), tzinfo=zone)
        return (moment + timedelta(days=late)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _month(name: str | None) -> int | None:
    name = (name or "").lower()
    return _MONTHS.get(name[:3]) or _MONTHS.get(name[:4]) or _MONTHS.get(name[:5])


def _zone(name: str | None) -> timezone | None:
    """The offset; UTC for none or a name that we do not know; None for one that cannot be."""
    name = (name or "").lower().replace(" ", "")
    signed = re.fullmatch(r"(?:gmt|utc)?([+-])(\d{1,2}):?(\d\d)?", name)
    if not signed:
        return timezone(timedelta(hours=_ZONES.get(name, 0.0)))
    hours, minutes = int(signed[2]), int(signed[3] or 0)
    if hours > 14 or minutes > 59:
        return None
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(-offset if signed[1] == "-" else offset)


def _by_words(text: str, lang: str | None) -> datetime | None:
    """By the long tables of dateparser, only for words that are not English and a language that is known."""
    if not lang or text.isascii() or not any(ch.isdigit() for ch in text):
        return None
    import warnings

    import dateparser  # type: ignore[import-untyped]

    settings = {
        "STRICT_PARSING": True,
        "PARSERS": ["absolute-time"],
        "DATE_ORDER": "DMY",
        "TIMEZONE": "UTC",
        "TO_TIMEZONE": "UTC",
        "RETURN_AS_TIMEZONE_AWARE": True,
    }
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = dateparser.parse(text, languages=[lang], settings=settings)
    except (ValueError, OverflowError, TypeError, KeyError):  # an unknown language is a ValueError
        return None
    return found.astimezone(UTC) if isinstance(found, datetime) else None
