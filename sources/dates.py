"""Publishers' dates as instants. A date that cannot be is no date: better none than a wrong one. Pure."""

from __future__ import annotations

import re
import unicodedata
from calendar import isleap
from datetime import UTC, date, datetime, timedelta, timezone

from sources import calendars

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

_TIME = (
    r"(?P<H>\d{1,2})(?P<mark>[:.])(?P<M>\d\d)(?:(?P=mark)(?P<S>\d\d?)(?:[.,]\d{1,12})?)?\s*(?P<half>[ap]\.?m\.?(?!\w))?"
)
_ZONE = r"(?P<zone>[a-z]{1,5}|мск|(?:gmt|utc)?\s?[+-]\d{1,2}:?(?:\d\d)?)"
# letters, and the vowels of Devanagari, which stand beside theirs
_MONTH = r"(?P<name>(?:[^\W\d_]|[\u0900-\u094f]){2,16})\.?"
_YEAR = r"(?P<y>\d{4})(?:-?\s*(?:года|год|йил|yil|жыл|г|ж|ء|م)(?!\w)\.?)?"
# what a zone is followed by says the same again, in other words
_CLOCK = rf"{_TIME}(?:\s*{_ZONE}(?:\s+[a-z]{{3,4}})?)?(?:\[[^\[\]]*\])?"
_END = rf"(?:(?:,|\s[|/·—–-])?\s+(?:(?:at|в|ساعت)\s+)?{_CLOCK})?(?:\s*\((?P<said>[^()]*)\))?"
_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        # RFC 3339, ISO 8601 extended, and with slashes or dots
        rf"(?P<y>\d{{4}})(?P<sep>[-/.])(?P<m>\d\d?)(?P=sep)(?P<d>\d\d?)(?:(?:t|\s+|,\s*){_CLOCK})?",
        # ISO 8601, by the week, and by the day of the year with a time: alone it may be any number
        rf"(?P<y>\d{{4}})-?w(?P<week>[0-5]\d)-?(?P<weekday>[1-7])(?:(?:t|\s+){_CLOCK})?",
        rf"(?P<y>\d{{4}})-(?P<of_year>[0-3]\d\d)t{_CLOCK}",
        # … by the hour
        rf"(?P<y>\d{{4}})-(?P<m>\d\d)-(?P<d>\d\d)t(?P<H>\d\d){_ZONE}",
        # ISO 8601 basic
        rf"(?P<y>\d{{4}})(?P<m>\d\d)(?P<d>\d\d)(?:t?(?P<H>\d\d)(?P<M>\d\d)(?P<S>\d\d)?(?:{_ZONE})?)?",
        # RFC 5322, with or without its weekday, in words of any language in the table
        rf"(?:[^\W\d_]+\.?,?\s*)?(?P<d>\d{{1,2}})(?:st|nd|rd|th|-у?ми)?[\s-]+{_MONTH},?[\s-]+(?:соли\s+)?(?:{_YEAR}|(?P<short>\d\d)){_END}",
        # asctime
        rf"[a-z]{{3}},?\s+{_MONTH}\s+(?P<d>\d{{1,2}})\s+{_TIME}(?:\s+{_ZONE})?\s+(?P<y>\d{{4}})",
        # June 15, 2026
        rf"(?:[a-z]+\.?,?\s+)?{_MONTH}\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y>\d{{4}}){_END}",
        # the year first, with the word for it: Kazakh, Kyrgyz, Uzbek
        rf"(?P<y>\d{{4}})[\s-](?:жылғы|жылдын|жылы?|йил|yil)\s+(?P<d>\d{{1,2}})[\s-]+{_MONTH}{_END}",
        # … and the month behind it, in figures or as the how manieth: Mongolian
        rf"(?P<y>\d{{4}})\s+оны\s+(?:(?P<m>\d{{1,2}})(?:-?р)?|{_MONTH})\s+сарын\s+(?P<d>\d{{1,2}})(?:-?н[иы]й?)?(?:\s+өдөр)?{_END}",
        # 15.06.2026 as in most of Europe and Asia; 06/05/2026 may be either, and who reads it knows the language
        rf"(?P<d>\d{{1,2}})(?P<between>[./-])(?P<m>\d{{1,2}})(?P=between)(?:{_YEAR}|(?P<short>\d\d)){_END}",
        # 2026年6月15日 10:00, and with the years of Taiwan and Japan
        r"(?:(?P<era>(?:中[华華])?民[国國]|令和)\s*(?P<y_of_era>\d{1,3}|元)|(?P<y>\d{4}))\s*年\s*(?P<m>\d{1,2})\s*月\s*(?P<d>\d{1,2})\s*日"
        r"(?:\s*\(?(?:星期|[周週曜])?[一二三四五六日天月火水木金土](?:曜日?)?\)?)?"
        r"(?:\s*(?P<part>[上下中]午|凌晨|早上|晚上|午[前后後])?\s*(?P<H>\d{1,2})[:：时時点點](?P<M>\d\d)(?:[:：分](?P<S>\d\d))?)?\D?",
    )
)
# the clock before the day, as many lists of news have it
_CLOCK_FIRST = re.compile(
    r"(\d\d?:\d\d(?::\d\d)?(?:\s?[ap]\.?m\.?)?(?:\s[ECMP][SD]?T|\sGMT|\sMSK)?)(?:,|\s?[|/·—–-])?\s+(.*\d.*)",
    re.IGNORECASE,
)
# parts of a Chinese or Japanese day, whose hours are counted to twelve or to twenty-four
_PARTS = {
    **dict.fromkeys(("凌晨", "早上", "上午", "午前"), range(12)),
    "中午": range(10, 15),
    **dict.fromkeys(("下午", "午后", "午後"), range(12, 20)),
    "晚上": range(17, 24),
}
_MONGOLIAN = re.compile(r"(\d\d?)(?:-?р)? сарын (\d\d?)(?:-?н[иы]й?)?(?: өдөр)?,?((?: \d\d?:\d\d)?)")
_LAST_WORD = re.compile(r"\s+\(?([^\W\d_]{2,4})\)?\Z")
_YEARLESS = re.compile(r"(\d\d?)(?:-|/|\s?月\s?)(\d\d?)日?((?:\s+\d\d?:\d\d)?)")
_BRACKETS = "[]() 【】〔〕|·"
_TOMORROW = timedelta(days=1)
# where 06/05/2026 is as likely the fifth of June as the sixth of May, and where a short year would stand first
_EITHER_ORDER = (None, "en", "zh", "ja", "ko")
_YEAR_FIRST = ("zh", "ja", "ko")
# what is written for a hyphen, and marks of direction that a page puts around figures
_HYPHENS = dict.fromkeys(map(ord, "\u2010\u2011\u2212"), "-") | dict.fromkeys(
    map(ord, "\u200b\u200c\u200e\u200f\u202a\u202b\u202c\u2066\u2067\u2068\u2069\ufeff")
)
# the figures of Arabic, Persian and Hindi
_LETTERS = _HYPHENS | {zero + value: str(value) for zero in (0x660, 0x6F0, 0x966) for value in range(10)}
_CHINESE = {sign: value for value, signs in enumerate(("〇零○", *"一二三四五六七八九")) for sign in signs}
_IN_CHINESE = re.compile(r"[〇零○一二三四五六七八九十]+(?=[年月日时點点分])")
# how nearly all feeds write them: RFC 822 with a numeric zone or GMT, RFC 3339 without fractions
_MAIL = re.compile(
    r"(?:[A-Z][a-z]{2}, )?(\d\d?) ([A-Z][a-z]{2}) (\d{4}) (\d\d):(\d\d):([0-5]\d) "
    r"(?:GMT|UTC|Z|([+-])(0\d|1[0-3])([0-5]\d))",
    re.ASCII,
)
_NET = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:[0-5]\d(?:Z|[+-](?:0\d|1[0-3]):[0-5]\d)", re.ASCII)
_EPOCH = re.compile(r"(?:/Date\()?(\d{10})(?:\d{3}|\.\d{1,9})?(?:(?:[+-]\d{4})?\)/)?", re.ASCII)

# Source: RFC 5322 section 4.3 for the American names; the rest where one name has one meaning in news
_ZONES = {
    "z": 0.0, "ut": 0.0, "utc": 0.0, "gmt": 0.0, "wet": 0.0,
    "est": -5.0, "edt": -4.0, "cst": -6.0, "cdt": -5.0, "mst": -7.0, "mdt": -6.0, "pst": -8.0, "pdt": -7.0,
    "cet": 1.0, "west": 1.0, "cest": 2.0, "eet": 2.0, "eest": 3.0, "msk": 3.0, "trt": 3.0, "irst": 3.5, "pkt": 5.0,
    "uzt": 5.0, "tjt": 5.0, "almt": 5.0, "kgt": 6.0, "ist": 5.5, "hkt": 8.0, "sgt": 8.0, "jst": 9.0, "kst": 9.0,
    "мск": 3.0, "npt": 5.75, "aest": 10.0, "aedt": 11.0,
}  # fmt: skip
# names of months by their first letters: three of those in other scripts, five of Latin ones, since a decision of the
# fifth is no December; and those that are no longer than that
_STARTS, _NAMES = (
    {name: number for number, names in enumerate(table, 1) for name in names.split()}
    for table in (
        (
            "янв січ студз қаң нэгд janua janvi yanva genna qanta جنو ينا ژان जनव",
            "фев лют ақп хоёр febru febre febbr fevra fevri févri aqpan فرو فبر فور فیو फरव",
            "мар бер сак нау гура march naury مار मार",
            "апр кві крас сәу дөрө april aprel avril sauir sáuir اپر أبر ابر آور अप्",
            "мая май тра мам тавд maggi mamyr",
            "июн чер чэр мау зург giugn mausy ژوئن يوني", "июл лип ліп шіл доло juill lugli shild جول ژوئی يولي जुल",
            "авг сер жні там найм augus avgus avqus agost tamyz اگس أغس اغس غشت अगस",
            "сен вер қыр есдү septe senta senty setem sette qyrku qyrkú ستم سپت سبت شتن सित",
            "окт жов кас қаз арав octob octub oktob oktab oktya outub ottob qazan اکت أكت اكت अक्",
            "ноя лис ліс қар novem noyab qaras نوم نوا نوف نون नवं नवम",
            "дек гру сне жел decem dezem dekab dicie dicem jelto دسم دسا ديس دجن दिस",
        ),
        (
            "jan ene gen oca yan enero ocak", "feb fev fév şub şubat", "mar mart märz marzo mär",
            "apr abr avr nis nisan",
            "may mai mag mayo maio mayıs mayis مئی مه مايو मई",
            "jun june juni juin junio junho giu haz iyun haziran جون जून",
            "jul july juli juil julio julho lug tem iyul temmuz", "aug avg ago aou aoû août ağu ağustos اوت آگوست",
            "sep sept sen set eyl eylül", "oct okt out ott eki ekim",
            "nov noy kas kasım kasim арваннэгдүгээр नव",
            "dec dek dez dic déc ara aralık aralik арванхоёрдугаар",
        ),
    )
)  # fmt: skip


def instant(text: str | None, *, lang: str | None = None, now: datetime | None = None) -> datetime | None:
    """The instant in UTC; None where the text is no date, or one that cannot be a publication's.

    A date without a zone is read as UTC, one without a time as its first moment. `lang` helps with month names,
    and with `now` a date that lies further ahead than AHEAD is none.
    """
    text = tidied(text)
    if not text or len(text) > _LIMIT:
        return None
    if (stated := _usual(text)) is not None:
        return None if stated.year < EARLIEST_STATED_YEAR or _never_set(stated) else _not_ahead(stated, now)
    return plausible(_by_pattern(text, lang), now)


def shown(text: str | None, *, lang: str | None = None, now: datetime | None = None) -> datetime | None:
    """The instant of a date as pages show it to their readers: also yesterday, three hours ago, or without a year.

    Only what was read as it is shown can be taken like that: in a feed nobody knows when it was written.
    """
    found = instant(text, lang=lang, now=now)
    text = tidied(text).strip(_BRACKETS)
    if found or now is None or not lang or not text or len(text) > _LIMIT:
        return found
    from sources import spelled

    return plausible(_this_year(text, lang, now) or spelled.lately(text, lang, now), now)


def _this_year(text: str, lang: str, now: datetime) -> datetime | None:
    """6月1日 or 06-01, in the year in which it was last, where the month stands first."""
    match = (_MONGOLIAN if lang == "mn" else _YEARLESS).fullmatch(text) if lang in (*_YEAR_FIRST, "mn") else None
    if match is None:
        return None
    years = (instant(f"{year}-{match[1]}-{match[2]} {match[3]}", lang=lang) for year in (now.year, now.year - 1))
    return next((found for found in years if found and found <= now + _TOMORROW), None)


def tidied(text: str | None) -> str:
    """The text on one line, its figures, hyphens and letters as they are usually written."""
    text = " ".join((text or "").split())
    if text.isascii():
        return text
    text = unicodedata.normalize("NFKC", text.translate(_LETTERS)).strip()
    return _IN_CHINESE.sub(_figures, text) if "月" in text else text


def _figures(match: re.Match[str]) -> str:
    """The number as figures: 二〇二六 is 2026, 二十一 is 21."""
    tens, ten, ones = match[0].rpartition("十")
    figures = "".join(str(_CHINESE.get(sign, "")) for sign in ones)
    return f"{_CHINESE.get(tens, 1)}{figures or 0}" if ten else figures


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
        month = _NAMES.get(match[2].lower()) if match else None
        if match is None or month is None:
            return None
        moment = datetime(int(match[3]), month, int(match[1]), int(match[4]), int(match[5]), int(match[6]), tzinfo=UTC)
        if match[7] is None:
            return moment
        offset = timedelta(hours=int(match[8]), minutes=int(match[9]))
        return moment + offset if match[7] == "-" else moment - offset
    except (ValueError, OverflowError):
        return None


def _by_pattern(text: str, lang: str | None) -> datetime | None:
    if epoch := _EPOCH.fullmatch(text):
        return datetime.fromtimestamp(int(epoch[1]), UTC)
    if first := _CLOCK_FIRST.fullmatch(text):
        text = f"{first[2]} {first[1]}"
    for pattern in _PATTERNS:
        match = pattern.fullmatch(text)
        if match:
            part = match.groupdict()
            known = not part.get("name") or calendars.month(part["name"]) or _month(part["name"])
            return _built(part, lang) if known else _by_words(text, lang)
    return _by_words(text, lang)


def _built(part: dict[str, str | None], lang: str | None) -> datetime | None:
    zone = _zone(part.get("zone") or part.get("said"), lang)
    hour, minute, second = (int(part.get(key) or 0) for key in "HMS")
    half = (part.get("half") or "").lower()
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half.startswith("p") else 0)
    if named := part.get("part"):
        hour = next((one for one in (hour, hour + 12, hour - 12) if one in _PARTS[named]), -1)
    late = hour == 24 and minute == second == 0
    try:
        day = _day(part, lang)
        if day is None or zone is None:
            return None
        moment = datetime(day.year, day.month, day.day, 0 if late else hour, minute, min(second, 59), tzinfo=zone)
        return (moment + timedelta(days=late)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _day(part: dict[str, str | None], lang: str | None) -> date | None:
    """The day; None: it may be either of two. Raises: ValueError where there is no such day."""
    year, day, name = int(part.get("y") or 0), int(part.get("d") or 0), part.get("name") or ""
    if week := part.get("week"):
        return date.fromisocalendar(year, int(week), int(part["weekday"] or 0))
    if of_year := part.get("of_year"):
        return date(year, 1, 1) + timedelta(days=int(of_year) - 1) if 1 <= int(of_year) <= 365 + isleap(year) else None
    if era := part.get("era"):
        said = part["y_of_era"]
        year = (1911 if "民" in era else 2018) + (1 if said == "元" else int(said or 0))
    if short := part.get("short"):  # only of two figures: 0001 is how some programs write no date
        year = int(short) + (2000 if int(short) < 70 else 1900)
    if persian := calendars.month(name):
        return calendars.gregorian(year, persian, day)
    month = _month(name) or int(part.get("m") or 0)
    if not name and lang in calendars.LANGUAGES and year in calendars.YEARS:
        return calendars.gregorian(year, month, day)
    between = part.get("between")
    if between and ((short and between != ".") or (short and lang in _YEAR_FIRST)):
        return None
    if between and between != "." and lang in _EITHER_ORDER:
        if day <= 12 and month <= 12 and day != month:
            return None
        day, month = (month, day) if month > 12 else (day, month)
    return date(year, month, day)


def _month(name: str | None) -> int | None:
    name = (name or "").lower().replace("\u0307", "")  # of a Turkish capital
    return _NAMES.get(name) or _STARTS.get(name[:3]) or _STARTS.get(name[:4]) or _STARTS.get(name[:5])


def _zone(name: str | None, lang: str | None) -> timezone | None:
    """The offset; UTC for none or a name that we do not know; None for one that cannot be."""
    name = (name or "").lower().replace(" ", "")
    if name == "cst" and lang == "zh":  # as clocks in China write their own
        name = "+8"
    signed = re.fullmatch(r"(?:gmt|utc)?([+-])(\d{1,2}):?(\d\d)?", name)
    if not signed:
        return timezone(timedelta(hours=_ZONES.get(name, 0.0)))
    hours, minutes = int(signed[2]), int(signed[3] or 0)
    if hours > 14 or minutes > 59:
        return None
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(-offset if signed[1] == "-" else offset)


def _by_words(text: str, lang: str | None) -> datetime | None:
    """By long tables of words, for a language that is known; those of English are all in the patterns."""
    if not lang or lang == "en" or not any(ch.isdigit() for ch in text):
        return None
    from sources import spelled

    last = _LAST_WORD.search(text)
    offset = _ZONES.get(last[1].lower()) if last else None
    found = spelled.day_named(text[: last.start()] if last and offset is not None else text, lang)
    return found - timedelta(hours=offset or 0.0) if found else None
