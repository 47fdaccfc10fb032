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
    r"|پیش|قبل|امروز|دیروز|منذ|اليوم|أمس|امس|vor|heute|gestern|il y a|aujourd|hier|hace|hoy|ayer)\b"
    r"|पहले|आज|前|今天|今日|昨天|昨日|전|오늘|어제",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]{2}|월")


def day_named(text: str, lang: str) -> datetime | None:
    """The instant of a whole date; None: it is none, or in a language that is not in the tables."""
    return _parsed(text, lang, STRICT_PARSING=True, PARSERS=["absolute-time"])


def lately(text: str, lang: str, now: datetime) -> datetime | None:
    """The instant that was meant now: a day without its year, or so long ago. A day's first moment where only that
    is said."""
    back = _BACK.search(text)
    if not back and not (_WORD.search(text) and any(map(str.isdigit, text))):
        return None
    base = now.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    if back:
        found = _parsed(text, lang, PARSERS=["relative-time"], RELATIVE_BASE=base)
        if found and found.time() == base.time():
            found = found.replace(hour=0, minute=0, second=0)
        return found if found and found <= now + _ELSEWHERE else None
    parts = {"REQUIRE_PARTS": ["day", "month"], "PREFER_DATES_FROM": "past", "RELATIVE_BASE": base + _ELSEWHERE}
    found = _parsed(text, lang, PARSERS=["absolute-time"], **parts)
    return found if found and now - RECENT <= found <= now + _ELSEWHERE else None


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
