"""A publisher of our own inside the lab: documents that point wherever the question says.

``/KIND?u=URL`` answers with a document of that kind whose every reference leads to URL; ``/robots.txt`` redirects to
whatever its host is there for.
"""

# ruff: noqa: E501 - documents are as long as they are

from __future__ import annotations

import html
import http.server
import json
import ssl
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

TITLE = "Shanghai Cooperation Organization summit in Bishkek"
_TEXT = "<p>" + "The Shanghai Cooperation Organization met in Bishkek and agreed on a bank of its own. " * 6 + "</p>"


def _feed(url: str) -> str:
    link = html.escape(url)
    atom = 'xmlns:atom="http://www.w3.org/2005/Atom"'
    refs = "".join(f'<atom:link {atom} rel="{rel}" href="{link}"/>' for rel in ("next", "self", "hub", "canonical"))
    image = f"<image><url>{link}</url><link>{link}</link></image><icon>{link}</icon><docs>{link}</docs>"
    media = f'<enclosure url="{link}" type="image/png" length="1"/><comments>{link}</comments>'
    media += f'<media:content xmlns:media="http://search.yahoo.com/mrss/" url="{link}"/><source url="{link}">x</source>'
    item = f"<item><title>{TITLE}</title><link>{link}</link><guid isPermaLink='false'>{link}</guid>{media}</item>"
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>f</title>{refs}{image}{item}</channel></rss>'


def _head(url: str) -> str:
    link = html.escape(url)
    rels = ("canonical", "amphtml", "icon", "next", "alternate", "stylesheet", "search")
    links = "".join(f'<link rel="{rel}" type="application/rss+xml" href="{link}">' for rel in rels)
    meta = f'<meta http-equiv="refresh" content="0;url={link}"><meta property="og:image" content="{link}">'
    return f"<!doctype html><html><head><title>{TITLE}</title>{meta}{links}</head>"


def _index(url: str) -> str:
    link = html.escape(url)
    return f'{_head(url)}<body><ul><li class="i"><a href="{link}">{TITLE}</a></li></ul><a rel="next" href="{link}">next</a></body></html>'


def _article(url: str) -> str:
    link = html.escape(url)
    refs = (
        f'<img src="{link}"><iframe src="{link}"></iframe><object data="{link}"></object><script src="{link}"></script>'
    )
    return f"{_head(url)}<body><article><h1>{TITLE}</h1>{_TEXT}{refs}</article></body></html>"


def _today() -> str:
    """Of a sitemap only what is recent is read."""
    return f"{datetime.now(UTC):%Y-%m-%d}"


def _sitemap(url: str) -> str:
    link = html.escape(url)
    news = f"<n:news xmlns:n='http://www.google.com/schemas/sitemap-news/0.9'><n:title>{TITLE}</n:title></n:news>"
    return f"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'><url><loc>{link}</loc><lastmod>{_today()}</lastmod>{news}</url></urlset>"


def _sitemap_index(url: str) -> str:
    link = html.escape(url)
    return f"<sitemapindex xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'><sitemap><loc>{link}</loc><lastmod>{_today()}</lastmod></sitemap></sitemapindex>"


def _entities(url: str) -> str:
    link = html.escape(url)
    kinds = f'<!ENTITY x SYSTEM "{link}"><!ENTITY % p SYSTEM "{link}"> %p;'
    body = f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{link}" parse="text"/>'
    style = f'<?xml-stylesheet type="text/xsl" href="{link}"?>'
    return f'<?xml version="1.0"?>{style}<!DOCTYPE rss SYSTEM "{link}" [{kinds}]><rss version="2.0"><channel><title>&x;</title><item><title>{TITLE} &x;</title><guid>1</guid><description>{body}</description></item></channel></rss>'


def _json(url: str) -> str:
    item = {"id": url, "url": url, "external_url": url, "title": TITLE, "image": url, "content_text": TITLE}
    return json.dumps(
        {"version": "https://jsonfeed.org/version/1.1", "title": "j", "items": [item], "next_url": url, "icon": url}
    )


def _api(url: str) -> str:
    return json.dumps({"items": [{"id": url, "url": url, "title": TITLE, "image": url}], "next": url})


DOCUMENTS: dict[str, tuple[Callable[[str], str], str]] = {
    "/feed": (_feed, "application/rss+xml"),
    "/json": (_json, "application/feed+json"),
    "/api": (_api, "application/json"),
    "/index": (_index, "text/html; charset=utf-8"),
    "/article": (_article, "text/html; charset=utf-8"),
    "/sitemap": (_sitemap, "application/xml"),
    "/sitemapindex": (_sitemap_index, "application/xml"),
    "/entities": (_entities, "application/rss+xml"),
}


class Publisher(http.server.ThreadingHTTPServer):
    """On one address and port; `robots` says by host where its robots.txt redirects to."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(
        self, address: str, port: int, robots: Mapping[str, str] | None = None, certificate: Path | None = None
    ) -> None:
        super().__init__((address, port), _Handler)
        self.robots = robots or {}
        self.asked: list[str] = []
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self.socket = context.wrap_socket(self.socket, server_side=True)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, *_: object) -> None:
        pass


class _Handler(http.server.BaseHTTPRequestHandler):
    server: Publisher

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        parts, host = urlsplit(self.path), self.headers.get("host", "")
        self.server.asked.append(f"{host} {self.path}")
        question = {key: values[-1] for key, values in parse_qs(parts.query, keep_blank_values=True).items()}
        url = question.get("u", "")
        if parts.path == "/robots.txt":
            return self._robots(host)
        if parts.path == "/redirect":
            return self._say(int(question.get("code", 302)), url)
        if parts.path not in DOCUMENTS:
            return self._say(404)
        make, content_type = DOCUMENTS[parts.path]
        return self._say(200, "", make(url).encode("utf-8", "replace"), content_type)

    def _robots(self, host: str) -> None:
        target = self.server.robots.get(host.partition(":")[0])
        return self._say(404) if target is None else self._say(302, target)

    def _say(self, status: int, location: str = "", body: bytes = b"", content_type: str = "text/plain") -> None:
        head = f"HTTP/1.1 {status} X\r\nContent-Type: {content_type}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n"
        # as it stands, whatever it is: a header is where many of the tricks are
        self.wfile.write(head.encode() + (f"Location: {location}\r\n" if location else "").encode("utf-8", "replace"))
        self.wfile.write(b"\r\n" + body)
