"""Articles out of their own pages."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from monitor.errors import ParseError
from monitor.types import Page, Selectors
from sources import fulltext

URL = "https://news.example/2026/summit"
NOW = datetime(2026, 11, 21, tzinfo=UTC)

PARAGRAPHS = {
    "en": "The heads of state met in Bishkek on Friday and adopted a declaration on trade, transport and security.",
    "ru": "Главы государств встретились в пятницу в Бишкеке и приняли декларацию о торговле и безопасности.",
    "zh": "成员国元首周五在比什凯克举行会议，通过了关于贸易、交通和安全的宣言，并就地区局势交换了意见。",
    "fa": "سران کشورها روز جمعه در بیشکک دیدار کردند و بیانیه‌ای درباره تجارت، حمل و نقل و امنیت تصویب کردند.",
}


def html(lang: str = "en", head: str = "", body: str = "", article: str | None = None) -> str:
    text = "".join(f"<p>{PARAGRAPHS[lang]} {n}.</p>" for n in range(6)) if article is None else article
    return (
        f"<!DOCTYPE html><html lang='{lang}'><head><title>Summit ends - The News</title>{head}</head><body>"
        f"<nav><ul><li><a href='/a'>World</a></li><li><a href='/b'>Business</a></li></ul></nav>"
        f"<main><article><h1>Summit ends</h1>{body}<div class='content'>{text}</div></article></main>"
        "<aside><h3>Read also</h3><ul><li><a href='/x'>Another story</a></li></ul></aside>"
        "<footer>All rights reserved by The News Company</footer></body></html>"
    )


def read(page: str, selectors: Selectors | None = None, url: str = URL) -> Page:
    return fulltext.read(page.encode(), "text/html; charset=utf-8", url, selectors or Selectors(), NOW)


@pytest.mark.parametrize("lang", PARAGRAPHS)
def test_the_text_is_the_article_with_a_paragraph_a_line(lang: str) -> None:
    page = read(html(lang))
    lines = [line for line in page.text.split("\n") if line != "Summit ends"]
    assert lines == [f"{PARAGRAPHS[lang]} {n}." for n in range(6)]
    assert (page.title, page.lang) == ("Summit ends", lang)


def test_a_sources_own_selector_comes_first() -> None:
    page = read(
        html(body="<div id='lead'><p>One.</p><p>Two.</p></div>"), Selectors(text="#lead, .content p:first-child")
    )
    assert page.text == f"One.\nTwo.\n{PARAGRAPHS['en']} 0."


def test_tables_are_read_where_the_article_stands_in_them() -> None:
    rows = "".join(f"<p>{PARAGRAPHS['zh']} {n}。</p>" for n in range(6))
    menu = "<table><tr><td><a href='/a'>新闻</a></td><td><a href='/b'>体育</a></td></tr></table>"
    page = read(f"<html lang='zh'><body>{menu}<table><tr><td>{rows}</td></tr></table></body></html>")
    assert PARAGRAPHS["zh"] in page.text


def test_a_page_without_an_article_has_no_text() -> None:
    assert read("<html><body><h1>Nothing here</h1></body></html>").text == ""


@pytest.mark.parametrize("body", [b"", b"\x89PNG\r\n", b"plain"], ids=["empty", "picture", "words"])
def test_what_is_no_page(body: bytes) -> None:
    with pytest.raises(ParseError):
        fulltext.read(body, None, URL, Selectors())


META = "<meta property='article:published_time' content='{}'>"
TIME = "<time class='published' datetime='{}'>x</time>"
ARTICLE = '{"@type": ["Report", "NewsArticle"], "datePublished": "2026-11-20T10:00:00Z"}'
SITE = '{"@type": "WebSite", "datePublished": "2001-01-01T00:00Z"}'
LD = "<script type='application/ld+json'>{}</script>"


@pytest.mark.parametrize(
    ("head", "body", "when"),
    [
        pytest.param(META.format("2026-11-20T10:00:00+06:00"), "", (20, 4), id="article meta"),
        pytest.param(LD.format(ARTICLE), "", (20, 10), id="JSON-LD"),
        pytest.param(LD.format('{"@graph": [' + ARTICLE + "]}"), "", (20, 10), id="JSON-LD in a graph"),
        pytest.param(LD.format(SITE), TIME.format("2026-11-20T10:00Z"), (20, 10), id="time element"),
        pytest.param(
            "<meta name='pubdate' content='2026-11-19 10:00'>" + META.format("2026-11-20T10:00:00Z"),
            "",
            (20, 10),
            id="a zone before none",
        ),
        pytest.param(
            "<meta name='date' content='2026-11-20'>",
            TIME.format("2026-11-20T08:30"),
            (20, 8),
            id="a time before a day",
        ),
        pytest.param("<meta name='publishdate' content='2026-11-20'>", "", (20, 0), id="a day"),
        pytest.param(LD.format(ARTICLE[:-1] + ",}"), "", (20, 10), id="JSON-LD with a comma too many"),
        pytest.param(LD.format('{"@type": "Report", "datePublished": 1795168800}'), "", (20, 10), id="a number"),
        pytest.param("", "<span class='date' data-timestamp='1795168800'>now</span>", (20, 10), id="attribute of data"),
        pytest.param(
            "", "<abbr class='published' title='2026-11-20T10:00Z'>yesterday</abbr>", (20, 10), id="abbreviation"
        ),
        pytest.param(
            META.format("2036-11-20T10:00:00Z"), "<p class='date'>20 November 2026</p>", (20, 0), id="not ahead of us"
        ),
        pytest.param(LD.format(ARTICLE[:20]), "<p class='date'>November 20, 2026</p>", (20, 0), id="in the text"),
    ],
)
def test_when_it_was_published(head: str, body: str, when: tuple[int, int]) -> None:
    found = read(html(head=head, body=body)).published_at
    assert found is not None
    assert (found.year, found.month, found.day, found.hour) == (2026, 11, *when)


@pytest.mark.parametrize(
    ("head", "field", "value"),
    [
        pytest.param("<meta name='author' content='By Aigul T.'>", "authors", ("Aigul T.",), id="author"),
        pytest.param(
            LD.format('{"@type": "Article", "author": [{"name": "А. Иванов"}, {"name": ["王五"]}, "x"]}'),
            "authors",
            ("А. Иванов", "王五", "x"),
            id="authors in JSON-LD",
        ),
        pytest.param(
            "<meta property='article:author' content='https://x.example/p'>", "authors", (), id="an author's address"
        ),
        pytest.param("<meta property='og:site_name' content='The &lt;News&gt;'>", "site_name", "The <News>", id="site"),
        pytest.param("<link rel='canonical' href='/n/1'>", "canonical_url", "https://news.example/n/1", id="canonical"),
        pytest.param("<link rel='canonical' href='javascript:x'>", "canonical_url", None, id="canonical script"),
        pytest.param("<link rel='canonical' href='https://news.example/'>", "canonical_url", None, id="front page"),
        pytest.param(
            "<meta property='og:url' content='https://m.example/n/1'>",
            "canonical_url",
            "https://m.example/n/1",
            id="og",
        ),
        pytest.param("<meta property='og:title' content='Summit ends - The News'>", "title", "Summit ends", id="title"),
        pytest.param("", "site_name", None, id="nothing said"),
    ],
)
def test_what_the_page_says_of_itself(head: str, field: str, value: Any) -> None:
    assert getattr(read(html(head=head)), field) == value


@pytest.mark.parametrize(
    ("title", "clean"),
    [
        ("Саммит завершён | Новости", "Саммит завершён"),
        ("峰会闭幕_新闻网", "峰会闭幕"),
        ("News – Summit ends with a declaration", "Summit ends with a declaration"),
        ("Trade - what now?", "Trade - what now?"),
        ("Only words", "Only words"),
    ],
)
def test_a_title_without_the_sites_name(title: str, clean: str) -> None:
    head = f"<title>{title}</title><meta property='og:site_name' content='News'>"
    assert read(f"<html><head>{head}</head><body><p>x</p></body></html>").title == clean


def test_json_ld_that_never_ends_is_left_alone() -> None:
    deep = LD.format('{"@graph":[' * 3000)
    wide = LD.format("[" + ",".join(['{"@type": "Thing"}'] * 5000) + "]")
    assert read(html(head=deep + wide)).title == "Summit ends"
