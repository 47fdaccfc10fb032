"""Dates in words of many languages, by the tables of dateparser: slow to load, so only for what nothing else reads."""

from __future__ import annotations

import re
import warnings
from datetime import UTC, datetime, timedelta
from typing import Any

#: A day without its year is none that lies further back: nobody leaves out the year of an old article.
RECENT = timedelta(days=300)
# somewhere it is already tomorrow
_ELSEWHERE = timedelta(hours=14)
# languages that have more than one set of words: Damascus and Baghdad have other months than Cairo
_WAYS: dict[str, tuple[dict[str, list[str]], ...]] = {
    "zh": ({"languages": ["zh", "zh-Hant"]},),
    "ar": ({"languages": ["ar"]}, {"locales": ["ar-SY"]}),
    "prs": ({"languages": ["fa"]},),
}
# words for ago, today and yesterday: without one of them "5 min" is how long it takes to read
_BACK = re.compile(
    r"\b(?:ago|today|yesterday|назад|сегодня|вчера|тому|сьогодні|вчора|таму|сёння|учора|бұрын|бүгін|кеше|мурун|мурда"
    r"|бүгүн|кечээ|oldin|avval|bugun|kecha|олдин|бугун|кеча|пеш|имрӯз|дирӯз|önce|bugün|dün|əvvəl|dünən"
    r"|өмнө|өнөөдөр|өчигдөр|پیش|قبل|امروز|دیروز|پہلے|آج|گزشتہ روز|منذ|اليوم|أمس|امس"
    r"|vor|heute|gestern|il y a|aujourd|hier|hace|hoy|ayer|кеча|позавчера)\b"
    r"|पहले|आज|前|今天|今日|昨天|昨日|전|오늘|어제",
    re.IGNORECASE,
)
# what languages say that the tables have not, or not in all forms: units by their first letters, and days by name
_UNITS = {
    "minutes": "мин дақ дәқ daq dak dəq دقی دقا دقي منٹ मिनट min хвіл",
    "hours": "час сағат саат соат цаг гадз soat saat ساعت ساعة ساعا گھنٹ घंट hour",
    "days": "дня дней день күн рӯз рўз руз өд kun gün روز يوم أيا ايا دن दिन day дн дзён",
    "weeks": "недел апт ҳафт долоо hafta həftə هفته أسبوع اسبوع ہفت हफ सप्ताह week тыдзе тыдні",
}
_UNIT_OF = {stem: unit for unit, stems in _UNITS.items() for stem in stems.split()}
# how many; without it only the words for one of them say when: hours ago may be any number
_AGO = re.compile(
    rf"\W*(?:(\d{{1,3}}|یک|ایک|एक|bir|бір|бир|нэг)\s*)?"
    rf"(({'|'.join(sorted(_UNIT_OF, key=len, reverse=True))})[^\W\d]{{0,8}})\W*",
    re.IGNORECASE,
)
_ONE = frozenset(
    word
    for words in (
        "минуту час день неделю гадзіну дзень тыдзень сағат күн апта саат соат saat soat gün kun hafta həftə",
        "ساعت روز هفته دقیقه ساعة يوم دقيقة أسبوع اسبوع",
    )
    for word in words.split()
)
_DAYS = {
    name: back
    for back, names in enumerate(
        (
            "today сегодня сёння бүгін бүгүн bugun бугун имрӯз bugün өнөөдөр امروز آج اليوم आज",
            "yesterday вчера учора кеше кечээ kecha кеча дирӯз dün dünən өчигдөр دیروز أمس امس",
            "позавчера",
        )
    )
    for name in names.split()
} | {"گزشتہ روز": 1}
_AT = re.compile(r"\W*(?:[^\W\d]{1,4}\W+)?(?:(\d\d?):(\d\d)(?:\s(?:da|де|да))?)?\W*", re.IGNORECASE)
_NOW = re.compile(r"just now|только что|刚刚|刚才|az önce|لحظاتی پیش|دقایقی پیش|قبل قليل", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]{2}|월")


def day_named(text: str, lang: str) -> datetime | None:
    """The instant of a whole date; None: it is none, or in a language that is not in the tables."""
    return _parsed(text, lang, STRICT_PARSING=True, PARSERS=["absolute-time"])


def lately(text: str, lang: str, now: datetime) -> datetime | None:
    """The instant that was meant now: a day without its year, or so long ago. A day's first moment where only that
    is said."""
    if _NOW.fullmatch(text):
        return now.astimezone(UTC).replace(microsecond=0)
    back = _BACK.search(text)
    if not back and not (_WORD.search(text) and any(map(str.isdigit, text))):
        return None
    base = now.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    if back:
        found = _back(text[: back.start()] + text[back.end() :], back[0].lower(), base) or _parsed(
            text, lang, PARSERS=["relative-time"], RELATIVE_BASE=base
        )
        if found and found.time() == base.time():
            found = found.replace(hour=0, minute=0, second=0)
        return found if found and found <= now + _ELSEWHERE else None
    parts = {"REQUIRE_PARTS": ["day", "month"], "PREFER_DATES_FROM": "past", "RELATIVE_BASE": base + _ELSEWHERE}
    found = _parsed(text, lang, PARSERS=["absolute-time"], **parts)
    return found if found and now - RECENT <= found <= now + _ELSEWHERE else None


def _back(rest: str, word: str, base: datetime) -> datetime | None:
    """The instant, by the word for ago or a day and what stands beside it; None: the tables are to be asked."""
    if (days := _DAYS.get(word)) is not None and (at := _AT.fullmatch(rest)):
        hour, minute = int(at[1] or 0), int(at[2] or 0)
        if hour > 23 or minute > 59:
            return None
        return (base - timedelta(days=days)).replace(hour=hour, minute=minute, second=0, tzinfo=UTC)
    ago = None if days is not None else _AGO.fullmatch(rest)
    if ago is None or (ago[1] is None and ago[2].lower() not in _ONE):
        return None
    number = int(ago[1]) if ago[1] and ago[1].isdigit() else 1
    return (base - timedelta(**{_UNIT_OF[ago[3].lower()]: number})).replace(tzinfo=UTC)


def _parsed(text: str, lang: str, **settings: Any) -> datetime | None:
    import dateparser  # type: ignore[import-untyped]

    zone = {"TIMEZONE": "UTC", "TO_TIMEZONE": "UTC", "RETURN_AS_TIMEZONE_AWARE": True}
    for way in _WAYS.get(lang, ({"languages": [lang]},)):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                found = dateparser.parse(text, settings=zone | settings, **way)
        except (ValueError, OverflowError, TypeError, KeyError):  # an unknown language is a ValueError
            continue
        if isinstance(found, datetime):
            return found.astimezone(UTC)
    return None
