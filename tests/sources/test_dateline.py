"""The day beside the headline, and in the address."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from sources import dateline

NOW = datetime(2026, 11, 21, tzinfo=UTC)
DAY = datetime(2026, 11, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    "path",
    ["/2026/11/20/summit", "/news/2026-11-20-summit.html", "/20261120/1.htm", "/2026/1120/c90.html", "/a/2026/11/20"],
)
def test_a_day_in_the_address(path: str) -> None:
    assert dateline.in_url(f"https://news.example{path}", NOW) == DAY


@pytest.mark.parametrize(
    "url",
    [
        "https://news.example/1202611201.html",
        "https://news.example/2026/summit",
        "https://news.example/20269950/a",
        "https://news.example/2031/01/01/a",
        "https://20261120.example/a",
        "https://[",
        "",
    ],
    ids=["a long number", "only a year", "no such day", "ahead of us", "in the host", "no address", "empty"],
)
def test_no_day_in_the_address(url: str) -> None:
    assert dateline.in_url(url, NOW) is None


@pytest.mark.parametrize(
    ("line", "lang"),
    [
        ("Published 20 November 2026 at 10:15", "en"),
        ("November 20, 2026 | World", "en"),
        ("20/11/2026 10:15", "en"),
        ("20 ноября 2026, 10:15", "ru"),
        ("Добавлено: 20.11.26 09:01", "ru"),
        ("10:15 20/11/2026", "ru"),
        ("2026年11月20日 10:15 来源：新闻网", "zh"),
        ("2026-11-20 10:15:00", "zh"),
        ("تاریخ انتشار: 2026-11-20", "fa"),
        ("کد خبر: 140508291234 تاریخ انتشار: ۲۹ آبان ۱۴۰۵ - ۲۱:۰۵", "fa"),
        ("۱۴۰۵/۰۸/۲۹ - ۱۰:۱۵", "fa"),
        ("प्रकाशित: 20 नवंबर 2026, 06:30 PM IST", "hi"),
        ("2026 жылғы 20 қараша, 14:05", "kk"),
        ("2026 оны 11 сарын 20, 14:05", "mn"),
        ("20-уми ноябри соли 2026", "tg"),
        ("Giriş: 20.11.2026 14:35 Güncelleme: 21.11.2026 09:01", "tr"),
        ("Updated 21 November 2026 | Published 20 November 2026", "en"),
        ("Sana:20.11.2026", "uz"),
        ("TASHKENT, November 20, 2026 (IA) – The heads of state who met here agreed " + "on this and that, " * 4, "en"),
        ("20.11.2026", None),
    ],
)
def test_a_day_beside_the_headline(line: str, lang: str | None) -> None:
    lines = ["Menu", "1 January 2026", "Other", "More", "Summit ends", "By Aigul T.", line, "The heads of state met."]
    assert dateline.day("", lines, 4, lang, NOW) == DAY


@pytest.mark.parametrize(
    ("line", "lang"),
    [
        pytest.param("05/06/2026", "en", id="May or June"),
        pytest.param("© 2009-2026 The News", "en", id="years"),
        pytest.param("Tel. 20.11.2026.15", "ru", id="a number with dots"),
        pytest.param("32 ноября 2026", "ru", id="no such day"),
        pytest.param("20 ноября 2036", "ru", id="ahead of us"),
        pytest.param("10:15", "zh", id="only a time"),
        pytest.param("Build 2026.11.20.3, version 2026.11.2", "en", id="versions"),
        pytest.param("ISBN 978-3-16-148410-0, 8 (495) 12-11-20", "en", id="other numbers with hyphens"),
        pytest.param("He was born on 20 November 2006, and " + "so on and on, " * 10, "en", id="in a paragraph"),
    ],
)
def test_what_is_no_day(line: str, lang: str) -> None:
    assert dateline.day("", ["Summit ends", line], 0, lang, NOW) is None


def test_the_day_of_a_change_is_only_taken_where_there_is_no_other() -> None:
    lines = ["Summit ends", "Обновлено: 21.11.2026", "20.11.2026"]
    assert dateline.day("", lines, 0, "ru", NOW) == DAY
    assert dateline.day("", lines[:2], 0, "ru", NOW) == datetime(2026, 11, 21, tzinfo=UTC)


def test_without_a_headline_no_line_is_beside_it() -> None:
    assert dateline.day("", ["20.11.2026"], -1, "ru", NOW) is None


def test_the_address_comes_first_and_then_what_follows_the_headline() -> None:
    lines = ["19.11.2026", "Summit ends", "18.11.2026"]
    assert dateline.day("https://x.example/2026/11/20/a", lines, 1, "ru", NOW) == DAY
    assert dateline.day("", lines, 1, "ru", NOW) == datetime(2026, 11, 18, tzinfo=UTC)
    assert dateline.day("", lines[:2], 1, "ru", NOW) == datetime(2026, 11, 19, tzinfo=UTC)
