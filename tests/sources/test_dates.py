"""Publishers' dates."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from sources import calendars
from sources.dates import instant, shown

#: Dates as feeds, pages and endpoints write them, read at NOON; `expect` is the instant, `day` only its day.
CASES = [
    json.loads(line)
    for line in (Path(__file__).parent.parent / "data" / "date_cases.jsonl").read_text(encoding="utf-8").splitlines()
]
NOON = datetime(2026, 6, 15, 12, tzinfo=UTC)
MORNING = datetime(2026, 6, 15, 10, tzinfo=UTC)
DAY = datetime(2026, 6, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mon, 15 Jun 2026 10:00:00 GMT", MORNING),
        ("mon, 15 jun 2026 10:00:00 gmt", MORNING),
        ("Mon,15 Jun 2026 10:00:00 GMT", MORNING),
        ("Tue, 15 Jun 2026 10:00:00 Z", MORNING),
        ("15 June 26 10:00 UT", MORNING),
        ("Mon, 15 Jun 2026 06:00:00 EDT", MORNING),
        ("Mon, 15 Jun 2026 15:45:00 +0545", MORNING),
        ("Mon, 15 Jun 2026 13:00:00 MSK", MORNING),
        ("Mon, 15 Jun 2026 10:00:00 +0000 (UTC)", MORNING),
        ("Mon Jun 15 10:00:00 2026", MORNING),
        ("Mon Jun 15 10:00:00 UTC 2026", MORNING),
        ("June 15, 2026 at 10:00 AM", MORNING),
        ("Monday, June 15, 2026", DAY),
        ("2026-06-15T10:00:00Z", MORNING),
        ("2026-06-15t10:00:00z", MORNING),
        ("2026-06-15T16:00:00.123456789+06:00", MORNING),
        ("2026-06-15 10:00", MORNING),
        ("2026/06/15 18:00:00 +0800", MORNING),
        ("20260615T100000Z", MORNING),
        ("2026-06-15", DAY),
        ("2026-06-14T24:00:00Z", DAY),
        ("15.06.2026 10:00", MORNING),
        ("15 июня 2026 г., 10:00", MORNING),
        ("15 мая 2026", datetime(2026, 5, 15, tzinfo=UTC)),
        ("2026年6月15日 10:00", MORNING),
        ("2026年06月15日", DAY),
        ("2026年6月15日 星期一 10:00", MORNING),
        ("2026年6月15日（一）上午10:00", MORNING),
        ("2026年6月15日 中午12:00", NOON),
        ("2026年6月15日 中午10:00", MORNING),
        ("2026年6月15日 下午12:00", NOON),
        ("2026年6月14日 晚上22:30", datetime(2026, 6, 14, 22, 30, tzinfo=UTC)),
        ("2026年6月14日 晚上10时30分", datetime(2026, 6, 14, 22, 30, tzinfo=UTC)),
        ("2026年6月15日 凌晨12:30", datetime(2026, 6, 15, 0, 30, tzinfo=UTC)),
        ("中華民國115年6月15日", DAY),
        ("民国一一五年六月十五日", DAY),
        ("令和8年6月15日 10時00分", MORNING),
        ("2026-W25-1", DAY),
        ("2026W251T10:00Z", MORNING),
        ("2026-166T10:00:00Z", MORNING),
        ("1781517600", MORNING),
        ("1781517600000", MORNING),
    ],
)
def test_read(text: str, expected: datetime) -> None:
    assert instant(text) == expected


@pytest.mark.parametrize(
    ("text", "lang"),
    [("۱۵ ژوئن ۲۰۲۶", "fa"), ("١٥ يونيو ٢٠٢٦", "ar"), ("15 जून 2026", "hi"), ("15 маусым 2026", "kk")],
)
def test_read_in_words_of_the_sources_language(text: str, lang: str) -> None:
    assert instant(text, lang=lang) == DAY


@pytest.mark.parametrize(
    "text",
    [
        "",
        None,
        "soon",
        "undefined",
        "5 minutes ago",
        "вчера",
        "2026-02-30",
        "2026-13-01",
        "2026-W54-1",
        "2026-166",
        "2026-366T10:00:00Z",
        "2026年6月15日 晚上12:30",
        "民國1150年6月15日",
        "0000-00-00T00:00:00Z",
        "-0001-01-01T00:00:00Z",
        "2026-06-15T10:00:00+99:99",
        "2026-06-15T25:00:00Z",
        "Mon, 15 Jun 2026 10:00:00 +9999",
        "Mon, 32 Jun 2026 10:00:00 GMT",
        "Mon, 15 Foo 2026 10:00:00 GMT",
        "06/15/2026",
        "13:00 PM 15 Jun 2026",
        "<b>2026-06-15</b>",
        "1e309",
        "9" * 400,
        "2026-06-15T10:00:00Z" * 9,
        "Mon, 15 Jun 2026 10:00:00 " + "(" * 500,
        "1945-05-09",
        "9 мая 1945",
        "1605年1月1日 10:00",
        "0001-01-01T00:00:00Z",
    ],
)
def test_no_date_is_better_than_a_wrong_one(text: str | None) -> None:
    assert instant(text, lang="ru") is None


def test_a_date_far_ahead_is_none_only_to_who_knows_the_time() -> None:
    assert instant("2030-01-01") == datetime(2030, 1, 1, tzinfo=UTC)
    assert instant("2030-01-01", now=MORNING) is None
    assert instant("2026-06-17T12:00:00Z", now=MORNING) == datetime(2026, 6, 17, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1969-12-31T23:59:59Z", datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ("1970-01-01T00:00:01Z", datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC)),
        ("Wed, 09 May 1945 12:00:00 +0300", datetime(1945, 5, 9, 9, tzinfo=UTC)),
        ("1836-01-05T08:00:00+00:00", datetime(1836, 1, 5, 8, tzinfo=UTC)),
    ],
)
def test_a_stated_instant_of_an_old_paper_is_read(text: str, expected: datetime) -> None:
    assert instant(text, now=MORNING) == expected


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("1970-01-01T00:00:00Z", id="Unix"),
        pytest.param("1970-01-01T03:00:00Z", id="Unix as a clock in Moscow shows it"),
        pytest.param("Wed, 31 Dec 1969 19:00:00 -0500", id="Unix in New York"),
        pytest.param("Wed, 31 Dec 1969 16:00:00 GMT", id="Unix as a clock in California shows it"),
        pytest.param("Thu, 01 Jan 1970 05:45:00 GMT", id="Unix as a clock in Nepal shows it"),
        pytest.param("1969-12-31", id="Unix, the day alone"),
        pytest.param("1601-01-01T00:00:00Z", id="Windows"),
        pytest.param("1753-01-01T00:00:00Z", id="SQL Server"),
        pytest.param("1899-12-30T00:00:00+03:00", id="spreadsheets"),
        pytest.param("Mon, 01 Jan 1900 00:00:00 GMT", id="databases"),
        pytest.param("1980-01-01T00:00:00Z", id="DOS"),
    ],
)
def test_the_zero_of_a_clock_is_no_date(text: str) -> None:
    assert instant(text, now=MORNING) is None


@pytest.mark.parametrize("case", CASES, ids=[f"{case['lang']}: {case['text'][:40]}" for case in CASES])
def test_read_as_publishers_write_it(case: dict[str, Any]) -> None:
    found = shown(case["text"], lang=case["lang"], now=NOON)
    if "day" in case:
        assert found is not None
        assert found.date().isoformat() == case["day"]
    else:
        wanted = case["expect"] and datetime.fromisoformat(case["expect"])
        assert found == wanted


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("3 hours ago", "en"),
        ("вчера, 10:30", "ru"),
        ("昨天 10:30", "zh"),
        ("دیروز", "fa"),
        ("1 июня", "ru"),
        ("06-01", "zh"),
    ],
)
def test_what_is_only_said_against_today_is_no_date_in_a_feed(text: str, lang: str) -> None:
    assert instant(text, lang=lang, now=NOON) is None
    assert shown(text, lang=lang) is None
    assert shown(text, lang=lang, now=NOON) is not None


def test_the_clock_of_moscow_this_afternoon_is_not_last_year() -> None:
    assert shown("15 июня, 14:50", lang="ru", now=NOON) == datetime(2026, 6, 15, 14, 50, tzinfo=UTC)


@pytest.mark.parametrize(
    ("year", "nowruz"),
    [
        (1370, date(1991, 3, 21)),
        (1376, date(1997, 3, 21)),
        (1399, date(2020, 3, 20)),
        (1400, date(2021, 3, 21)),
        (1404, date(2025, 3, 21)),
        (1409, date(2030, 3, 21)),
    ],
)
def test_the_year_of_iran_begins_in_march(year: int, nowruz: date) -> None:
    assert calendars.gregorian(year, 1, 1) == nowruz


def test_a_month_of_iran_has_no_more_days_than_it_has() -> None:
    with pytest.raises(ValueError, match="no such day"):
        calendars.gregorian(1404, 12, 30)


@pytest.mark.parametrize("text", ["Decision 5, 2020", "Marathon 12, 2019", "Junior 5, 2020", "12 decrees 2020"])
def test_a_word_that_begins_like_a_month_is_none(text: str) -> None:
    assert instant(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Thu,28 Jul 2022 4:35:5 GMT+9", datetime(2022, 7, 27, 19, 35, 5, tzinfo=UTC)),
        ("Seg, 24 Set 2018 19:22:00 -0300", datetime(2018, 9, 24, 22, 22, tzinfo=UTC)),
        ("Per, 05 Kas 2025 10:00:00 +0300", datetime(2025, 11, 5, 7, tzinfo=UTC)),
        ("5 қараша 2025", datetime(2025, 11, 5, tzinfo=UTC)),
    ],
)
def test_mail_dates_with_words_of_other_languages(text: str, expected: datetime) -> None:
    assert instant(text) == expected
