"""What a page says of places to read, and what a site answers."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from monitor.errors import ParseError
from monitor.types import Address, Discovery
from sources import discover
from sources.http import FetchSettings, HttpFetcher
from sources.pool import ParserPool
from tests.servers import Web, answer, web_server

URL = "https://www.outlet.example/ru/"
TODAY = f"{datetime.now(UTC):%Y-%m-%d}"  # workers go by the clock
SITEMAP = "".join(f"<url><loc>/a/{n}</loc><lastmod>{TODAY}</lastmod></url>" for n in range(2))


def said(html: str, url: str = URL) -> list[tuple[str | None, str | None, str]]:
    listing = discover.read(html.encode(), "text/html; charset=utf-8", Address(url=url), url)
    return [(entry.guid, entry.url, entry.title) for entry in listing.entries]


@pytest.mark.parametrize(
    ("head", "kind", "url"),
    [
        pytest.param('<link rel="alternate" type="application/rss+xml" href="/rss">', "feed", "/rss", id="rss"),
        pytest.param("<link rel='ALTERNATE' type='application/atom+xml' href='/a'>", "feed", "/a", id="atom, capitals"),
        pytest.param('<link rel="alternate" type="application/feed+json" href="/j">', "feed", "/j", id="json feed"),
        pytest.param('<link rel="alternate" type="text/xml; charset=x" href="/x">', "feed", "/x", id="xml"),
        pytest.param(
            '<base href="/new/"><link rel="alternate" type="application/rss+xml" href="r">', "feed", "/new/r", id="base"
        ),
        pytest.param('<a href="/news/rss.xml">RSS</a>', "feed", "/news/rss.xml", id="a link to rss.xml"),
        pytest.param('<a href="/lenta/feed/">Лента</a>', "feed", "/lenta/feed/", id="a link to a feed"),
        pytest.param('<a href="https://t.me/s/mfa_kg">Телеграм</a>', "telegram", "https://t.me/s/mfa_kg", id="channel"),
        pytest.param('<link rel="https://api.w.org/" href="/wp-json/">', "wordpress", "/wp-json/", id="wordpress"),
    ],
)
def test_where_a_page_says_it_can_be_read(head: str, kind: str, url: str) -> None:
    whole = url if url.startswith("https:") else f"https://www.outlet.example{url}"
    assert [(k, u) for k, u, _ in said(f"<html><body>{head}</body></html>")[1:]] == [(kind, whole)]


@pytest.mark.parametrize(
    "head",
    [
        pytest.param('<link rel="alternate" hreflang="en" href="/en/">', id="another language"),
        pytest.param('<link rel="alternate" type="application/json+oembed" href="/o">', id="oembed"),
        pytest.param(
            '<link rel="alternate" type="application/json" href="/wp-json/wp/v2/pages/2">', id="a page as json"
        ),
        pytest.param('<link rel="stylesheet" type="text/css" href="/s">', id="stylesheet"),
        pytest.param('<a href="https://t.me/share/url?url=x">Share</a>', id="share button"),
        pytest.param('<a href="/feedback">Write</a><a href="/press">Press</a>', id="words that begin alike"),
        pytest.param('<link rel="alternate" type="application/rss+xml" href="javascript:x">', id="no address"),
    ],
)
def test_what_is_no_place_to_read(head: str) -> None:
    assert len(said(f"<html><body>{head}</body></html>")) == 1


@pytest.mark.parametrize(
    ("head", "name"),
    [
        pytest.param('<meta property="og:site_name" content="Кабар">', "Кабар", id="og:site_name"),
        pytest.param("<title>Latest news | The Outlet</title>", "The Outlet", id="last part of the title"),
        pytest.param("<title>新华网 - 让新闻离你更近</title>", "新华网", id="first part of the title"),
        pytest.param("<title>خبرگزاری</title>", "خبرگزاری", id="whole title"),
        pytest.param("", "outlet.example", id="the host"),
    ],
)
def test_the_name_of_the_site(head: str, name: str) -> None:
    assert said(f"<html lang='ru'><head>{head}</head><body><p>x</p></body></html>")[0] == ("site", URL, name)


def test_what_is_no_page_is_refused() -> None:
    with pytest.raises(ParseError):
        discover.read(b"%PDF-1.4", None, Address(url=URL), URL)


def test_sitemaps_named_in_robots_txt() -> None:
    robots = (
        "User-agent: *\nDisallow: /x\nSitemap: https://a.example/s.xml\nsitemap:/news-sitemap.xml\nSITEMAP: file:///x\n"
    )
    assert discover.sitemaps(robots, "https://a.example/ru/") == (
        "https://a.example/news-sitemap.xml",
        "https://a.example/s.xml",
    )
    assert discover.sitemaps("Sitemap: /a.xml\n" * 1000, "https://a.example/") == ("https://a.example/a.xml",)


# ---------------------------------------------------------------------------------------------- a real site


def rss(*titles: str) -> bytes:
    items = "".join(
        f"<item><title>{title}</title><link>https://o.example/{n}</link>"
        f"<pubDate>Fri, 20 Nov 2026 1{n}:00:00 GMT</pubDate></item>"
        for n, title in enumerate(titles)
    )
    return f"<rss version='2.0'><channel><title>F</title>{items}</channel></rss>".encode()


ARTICLES = "".join(
    f"<p><a href='/news/2026/11/20/{n}'>A headline of more than four words, number {n}</a></p>" for n in range(4)
)


@pytest.fixture
def web() -> Iterator[Web]:
    with web_server() as server:
        yield server


def find(url: str, allowed: tuple[str, ...] = ("127.0.0.0/8",)) -> Discovery:
    async def go() -> Discovery:
        fetcher = HttpFetcher(FetchSettings(allow_networks=allowed, per_host_interval=timedelta(0)))
        parser = ParserPool(1)
        try:
            return await discover.find(url, fetcher, parser)
        finally:
            await parser.aclose()
            await fetcher.aclose()

    return asyncio.run(go())


def found(discovery: Discovery, web: Web) -> list[tuple[str, str, int]]:
    return [(c.kind, c.address.url.removeprefix(web.url("")), c.items) for c in discovery.candidates]


def test_a_site_is_looked_through_and_the_best_comes_first(web: Web) -> None:
    head = """<title>Новости | Outlet</title><link rel="alternate" type="application/rss+xml" href="/comments.rss">
      <link rel="alternate" type="application/rss+xml" title="Все новости" href="/all.rss">
      <link rel="https://api.w.org/" href="/wp-json/">"""
    web.routes["/"] = answer(
        "200 OK", f"<html lang=ru><head>{head}</head><body>{ARTICLES}".encode(), Content_Type="text/html"
    )
    web.routes["/all.rss"] = answer("200 OK", rss("Саммит ШОС в Бишкеке", "Встреча министров", "Итоги"))
    web.routes["/comments.rss"] = answer("200 OK", rss("Re: Саммит"))
    web.routes["/robots.txt"] = answer("200 OK", b"Sitemap: /map.xml\n")
    web.routes["/map.xml"] = answer("200 OK", f"<urlset>{SITEMAP}</urlset>".encode())
    posts = [{"title": {"rendered": "A post"}, "link": "/p/1"}]
    web.routes["/wp-json/wp/v2/posts"] = answer("200 OK", json.dumps(posts).encode())
    discovery = find(web.url("/"))
    assert found(discovery, web) == [
        ("feed", "/all.rss", 3),
        ("feed", "/comments.rss", 1),
        ("sitemap", "/map.xml", 2),
        ("api", "/wp-json/wp/v2/posts?per_page=50", 1),
        ("page", "/", 4),
    ]
    first = discovery.candidates[0]
    assert (first.title, first.lang, first.sample[0]) == ("Все новости", "ru", "Саммит ШОС в Бишкеке")
    assert first.newest_at is not None
    assert (discovery.name, discovery.homepage, discovery.lang) == ("Outlet", web.url("/"), "ru")
    assert not any(path in web.paths() for path in discover.WELL_KNOWN)


def test_usual_places_are_tried_up_to_the_first_feed(web: Web) -> None:
    web.routes["/"] = answer("200 OK", f"<html><body>{ARTICLES}".encode())
    web.routes["/rss.xml"] = answer("200 OK", rss("One", "Two"))
    assert found(find(web.url("/")), web)[0] == ("feed", "/rss.xml", 2)
    assert [path for path in web.paths() if path in discover.WELL_KNOWN] == ["/feed", "/rss", "/rss.xml"]


def test_what_robots_txt_forbids_is_not_guessed(web: Web) -> None:
    web.routes["/"] = answer("200 OK", f"<html><body>{ARTICLES}".encode())
    web.routes["/robots.txt"] = answer("200 OK", b"User-agent: *\nDisallow: /\n")
    assert found(find(web.url("/")), web) == [("page", "/", 4)]
    assert set(web.paths()) <= {"/", "/robots.txt"}


@pytest.mark.parametrize(
    ("path", "body", "kind"),
    [
        pytest.param("/f", rss("One"), "feed", id="a feed"),
        pytest.param("/s", f"<urlset>{SITEMAP}</urlset>".encode(), "sitemap", id="sitemap"),
    ],
)
def test_an_address_that_is_a_list_itself_needs_no_search(web: Web, path: str, body: bytes, kind: str) -> None:
    web.routes[path] = answer("200 OK", body)
    assert [candidate.kind for candidate in find(web.url(path)).candidates] == [kind]
    assert web.paths() == [path]


def test_a_site_that_hangs_is_given_up_with_what_was_found_by_then(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discover, "SECONDS", 0.6)
    links = "".join(f'<link rel="alternate" type="application/rss+xml" href="/{n}.rss">' for n in range(6))
    web.routes["/"] = answer("200 OK", f"<html><head>{links}</head><body>{ARTICLES}".encode())
    web.routes["/0.rss"] = answer("200 OK", rss("One", "Two"))
    for number in range(1, 6):
        web.routes[f"/{number}.rss"] = lambda _: (web.closing.wait(3), answer("200 OK", rss("Late")))[1]
    started = time.monotonic()
    discovery = find(web.url("/"))
    assert time.monotonic() - started < 2.5
    assert found(discovery, web) == [("feed", "/0.rss", 2), ("page", "/", 4)]
    assert discovery.failures == ((web.url("/"), "not all was tried within 0.6 s: the site answers too slowly"),)


def test_links_to_private_addresses_are_not_followed(web: Web) -> None:
    with web_server() as inner:
        inner.routes["/rss"] = answer("200 OK", rss("Secret"))
        link = f'<link rel="alternate" type="application/rss+xml" href="{inner.url("/rss", host="127.0.0.2")}">'
        web.routes["/"] = answer("200 OK", f"<html><head>{link}</head><body>{ARTICLES}".encode())
        discovery = find(web.url("/"), ("127.0.0.1/32",))
        assert inner.asked == []
    assert [candidate.kind for candidate in discovery.candidates] == ["page"]
    assert "allow_networks" in discovery.failures[0][1]


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "javascript:x", "http://", "ftp://a.example/", "imaps://mail.example/x", "a b", ""]
)
def test_what_is_no_web_address_is_told(url: str) -> None:
    discovery = find(url)
    assert discovery.candidates == ()
    assert discovery.failures


@pytest.mark.parametrize("words", ["RSS", "Atom feed", "RSS 2.0", "RSS-лента", "RSS订阅"])
def test_what_is_called_a_feed_is_tried(words: str) -> None:
    assert ("feed", f"{URL}sub.php?l=ru", words) in said(f'<a href="sub.php?l=ru"><i></i> {words}</a>')
    assert [kind for kind, _, _ in said(f'<a href="sub.php?l=ru">Все о {words}</a>')] == ["site"]
