"""Sitemaps as entries."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime

import pytest

from monitor.errors import ParseError
from monitor.types import Address, Listing
from sources import sitemap

URL = "https://news.example/sitemap.xml"
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
OPEN = (
    '<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
    ' xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
    ' xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">'
)


def read(text: str | bytes, lang: str | None = None, now: datetime | None = NOW) -> Listing:
    body = text.encode() if isinstance(text, str) else text
    return sitemap.read(body, "application/xml", Address(url=URL, lang=lang), URL, now)


def news(number: int, title: str, date: str = "2026-11-21T09:00:00+05:00", lang: str = "ru") -> str:
    return (
        f"<url><loc>https://news.example/a/{number}</loc><news:news><news:publication><news:name>Outlet</news:name>"
        f"<news:language>{lang}</news:language></news:publication><news:publication_date>{date}</news:publication_date>"
        f"<news:title>{title}</news:title></news:news>"
        "<image:image><image:title>A photo</image:title></image:image></url>"
    )


def test_a_list_of_addresses_is_a_sitemap_too() -> None:
    text = (
        "\ufeffhttps://news.example/2026/11/20/summit\r\nhttps://news.example/about\nhttps://news.example/2019/01/02/a"
    )
    found = read(text)
    assert [entry.url for entry in found.entries] == ["https://news.example/2026/11/20/summit"]
    assert found.dropped == {"no date in the sitemap": 1, "older than 3 days": 1}


def plain(path: str, changed: str | None = None) -> str:
    return f"<url><loc>https://news.example{path}</loc>{f'<lastmod>{changed}</lastmod>' if changed else ''}</url>"


@pytest.mark.parametrize(
    ("title", "lang", "shown"),
    [
        pytest.param("SCO summit opens in Bishkek", "en", "SCO summit opens in Bishkek", id="latin"),
        pytest.param(
            "Саммит ШОС &amp;quot;Бишкек&amp;quot;", "ru", 'Саммит ШОС "Бишкек"', id="cyrillic, escaped twice"
        ),
        pytest.param("<![CDATA[上海合作组织峰会]]>", "zh-cn", "上海合作组织峰会", id="han in CDATA"),
        pytest.param("سازمان همکاری شانگهای", "fa", "سازمان همکاری شانگهای", id="arabic script"),
    ],
)
def test_a_news_sitemap_has_title_time_and_language(title: str, lang: str, shown: str) -> None:
    (entry,) = read(f"{OPEN}{news(1, title, lang=lang)}</urlset>").entries
    assert (entry.title, entry.lang) == (shown, lang[:2])
    assert entry.published_at == datetime(2026, 11, 21, 4, tzinfo=UTC)
    assert entry.url == "https://news.example/a/1"


def test_only_recent_entries_count_and_the_rest_is_told() -> None:
    rows = news(1, "New") + news(2, "Old", "2026-11-10") + plain("/x", "2026-11-20") + plain("/y", "2020-01-01")
    rows += plain("/z") + plain("/2026/11/19/slug") + "<url><loc>javascript:x</loc></url>"
    listing = read(f"{OPEN}{rows}</urlset>")
    assert {entry.url for entry in listing.entries} == {
        "https://news.example/a/1",
        "https://news.example/x",
        "https://news.example/2026/11/19/slug",
    }
    assert listing.dropped == {"older than 3 days": 2, "no date in the sitemap": 1, "no link": 1}


def test_the_day_of_a_change_is_none_of_publication() -> None:
    (entry,) = read(f"{OPEN}{plain('/about-a-topic', '2026-11-20')}</urlset>").entries
    assert entry.published_at is None


def test_the_newest_are_kept_where_there_are_too_many() -> None:
    rows = "".join(news(n, f"Title {n}", f"2026-11-21T00:{n // 60:02}:{n % 60:02}Z") for n in range(600))
    listing = read(f"{OPEN}{rows}</urlset>")
    assert len(listing.entries) == 500
    assert listing.entries[0].title == "Title 599"
    assert listing.dropped == {"beyond the 500 newest items": 100}


def index(*parts: tuple[str, str | None]) -> str:
    rows = "".join(
        f"<sitemap><loc>{loc}</loc>{f'<lastmod>{changed}</lastmod>' if changed else ''}</sitemap>"
        for loc, changed in parts
    )
    return f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</sitemapindex>'


@pytest.mark.parametrize(
    ("parts", "more"),
    [
        pytest.param(
            [("/old.xml", "2025-01-01"), ("/new.xml", "2026-11-21"), ("/older.xml", "2026-11-20")],
            ["/new.xml", "/older.xml"],
            id="those changed lately, the newest first",
        ),
        pytest.param([("/a.xml", None), ("/google-news.xml", None)], ["/google-news.xml"], id="named as news"),
        pytest.param([("/2026-10.xml", None), ("/2026-11.xml", None)], ["/2026-11.xml"], id="of this month"),
        pytest.param([(f"/p{n}.xml", None) for n in range(9)], ["/p0.xml", "/p8.xml"], id="the first and the last"),
        pytest.param([(f"/p{n}.xml", "2026-11-21") for n in range(9)], 5, id="never more than five"),
        pytest.param([("/sitemap.xml", None), ("file:///etc/passwd", None)], [], id="itself, and no address"),
        pytest.param(
            [("/images.xml", "2026-11-21"), ("/news.xml", "2026-11-20")], ["/news.xml", "/images.xml"], id="news first"
        ),
    ],
)
def test_an_index_names_the_parts_that_may_have_news(
    parts: list[tuple[str, str | None]], more: list[str] | int
) -> None:
    found = read(index(*parts)).more
    if isinstance(more, int):
        assert len(found) == more
    else:
        assert list(found) == [f"https://news.example{path}" for path in more]


def test_a_compressed_sitemap_is_unpacked_within_limits() -> None:
    whole = gzip.compress(f"{OPEN}{news(1, 'Title')}</urlset>".encode())
    assert len(read(whole).entries) == 1
    with pytest.raises(ParseError, match="cut short"):
        read(whole[:-9])
    with pytest.raises(ParseError, match="damaged"):
        read(whole[:20] + b"\x00\xff" * 20)
    with pytest.raises(ParseError, match="larger than 20 MiB"):
        read(gzip.compress(b" " * (21 * 2**20) + b"x"))


def test_the_last_entry_of_a_sitemap_that_was_cut_off_is_left_out() -> None:
    cut = f"{OPEN}{news(1, 'Whole')}{news(2, 'Another headline')}".replace("headline", "hea").rpartition(
        "</news:title>"
    )[0]
    assert [entry.title for entry in read(cut).entries] == ["Whole"]


@pytest.mark.parametrize(
    ("body", "part"),
    [
        pytest.param(b"", "empty", id="nothing"),
        pytest.param(b"<rss version='2.0'><channel/></rss>", "outermost element is <rss>", id="a feed"),
        pytest.param(b"<html><body>Just a moment...</body></html>", "outermost element is <html>", id="a page"),
        pytest.param(b"\x89PNG\r\n", "not a sitemap", id="a picture"),
    ],
)
def test_what_is_no_sitemap_is_refused_with_a_reason(body: bytes, part: str) -> None:
    with pytest.raises(ParseError, match=part):
        read(body)


def test_entities_open_nothing() -> None:
    doctype = '<!DOCTYPE urlset [<!ENTITY x SYSTEM "file:///etc/hostname"><!ENTITY y "yyyyyyyyyy">]>'
    listing = read(doctype + OPEN[OPEN.index("<urlset") :] + news(1, "a &x; &y; b") + "</urlset>")
    assert all("yyy" not in entry.title and len(entry.title) < 12 for entry in listing.entries)


@pytest.mark.parametrize("half", ["&#xD800;", "&#xdfff;", "&#56320;"])
def test_half_a_character_costs_itself_alone(half: str) -> None:
    news = f"<n:news xmlns:n='x'><n:title>Саммит 上海{half}&#x1F600;</n:title></n:news>"
    body = f"<urlset><url><loc>https://a.example/1</loc>{news}</url></urlset>"
    (entry,) = sitemap.read(body.encode(), None, Address(url=URL), URL).entries
    assert entry.title == "Саммит 上海\ufffd😀"


@pytest.mark.parametrize("title", ["Саммит ШОС", "上合峰会", "قمة شنغهاي", "SCO summit"])
def test_a_prefix_that_was_never_declared_loses_nothing(title: str) -> None:
    news = f"<news:news><news:title>{title}</news:title></news:news>"
    body = f"<urlset><url><loc>https://a.example/1</loc><lastmod>2026-11-20</lastmod>{news}</url></urlset>"
    (entry,) = sitemap.read(body.encode(), None, Address(url=URL), URL).entries
    assert (entry.url, entry.title) == ("https://a.example/1", title)


def test_a_bare_ampersand_is_a_part_of_the_address() -> None:
    """Read strictly, the word behind it would be gone, and the link would lead elsewhere."""
    rows = plain("/a?id=1&section=2", "2026-11-21") + plain("/b?x=1&amp;y=2", "2026-11-21") + news(3, "A & B")
    entries = read(f"{OPEN}{rows}</urlset>").entries
    assert [entry.url for entry in entries[1:]] == [
        "https://news.example/a?id=1&section=2",
        "https://news.example/b?x=1&y=2",
    ]
    assert entries[0].title == "A & B"


def test_wide_characters_are_left_as_they_are() -> None:
    text = f"{OPEN}{news(1, 'Саммит ☦ &amp; 상하이')}</urlset>".replace("UTF-8", "UTF-16")
    assert [entry.title for entry in read(text.encode("utf-16")).entries] == ["Саммит ☦ & 상하이"]
