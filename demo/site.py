"""The demo site on loopback: every outlet's feed and pages, with validators and conditional GET.

::

    with serve() as site:
        site.base          "http://127.0.0.1:49152"
        site.sources()     the outlets as a sources.yaml
        site.state = 2     the site as it is some days later
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from demo import feeds
from demo.material import Outlet, outlets, pieces

_XML = {"rss2": "application/rss+xml", "rss1": "application/rdf+xml", "atom": "application/atom+xml"}
_FEEDS = {"rss2": feeds.rss2, "rss1": feeds.rss1, "atom": feeds.atom}

SELECTORS = {
    "item": "li.news-item",
    "link": "a.headline",
    "title": "a.headline",
    "date": "time",
    "summary": "p.teaser",
    "text": "div.story-text",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What one address answers with."""

    body: bytes
    content_type: str
    modified: datetime

    @property
    def etag(self) -> str:
        return f'"{sha256(self.body).hexdigest()[:20]}"'


def documents(state: int, base: str) -> Mapping[str, Document]:
    """All that the site shows in that state, by path. What is not here is answered with 404."""
    shown = pieces(state)
    made: dict[str, Document] = {"/": _page(feeds.front(outlets()), shown[0].at)}
    for piece in shown:
        made[piece.path] = _page(feeds.article(piece), piece.updated)
    for outlet in outlets():
        own = [piece for piece in shown if piece.outlet == outlet]
        modified = max((piece.updated for piece in own), default=shown[0].at)
        if outlet.format in _FEEDS:
            body = _FEEDS[outlet.format](outlet, own[::-1], base)
            kind = f"{_XML[outlet.format]}; charset={outlet.encoding}"
            made[f"/{outlet.slug}/feed.xml"] = Document(body=body, content_type=kind, modified=modified)
        elif outlet.format == "cut":
            kind = "application/rss+xml"
            made[f"/{outlet.slug}/feed.xml"] = Document(body=feeds.cut(outlet), content_type=kind, modified=modified)
        elif outlet.format == "html":
            made[f"/{outlet.slug}/feed.xml"] = _page(feeds.sign_in(outlet), modified)
        if outlet.format != "gone":
            made[f"/{outlet.slug}/"] = _page(feeds.index(outlet, own), modified)
    return made


def sources(base: str) -> str:
    """The outlets as the text of a sources.yaml for a home that reads the site at `base`."""
    import yaml

    rows = [_source(outlet, base) for outlet in outlets()]
    return f"# {feeds.NOTICE}\n" + yaml.safe_dump({"sources": rows}, allow_unicode=True, sort_keys=False, width=120)


def _source(outlet: Outlet, base: str) -> dict[str, Any]:
    home = f"{base}/{outlet.slug}/"
    row: dict[str, Any] = {
        "id": outlet.id,
        "name": outlet.name,
        "homepage": home,
        "kind": "page" if outlet.format == "page" else "feed",
        "languages": [outlet.lang],
        "country": outlet.country,
        "ownership": outlet.ownership,
        "priority": 1,
    }
    if outlet.format == "page":
        return row | {"index_pages": [{"url": home, "lang": outlet.lang, "selectors": SELECTORS}]}
    return row | {"feeds": [{"url": f"{home}feed.xml", "lang": outlet.lang}]}


class Site:
    """A running demo site."""

    def __init__(self, base: str, state: int) -> None:
        self.base = base
        self.state = state
        #: (path, status) of every answer, in order.
        self.log: list[tuple[str, int]] = []

    @property
    def state(self) -> int:
        return self._state

    @state.setter
    def state(self, state: int) -> None:
        # replaced as a whole, so that an answer under way never mixes two states
        self.documents = documents(state, self.base)
        self._state = state

    def sources(self) -> str:
        return sources(self.base)


@contextmanager
def serve(port: int = 0, state: int = 1) -> Iterator[Site]:
    """The site, served on 127.0.0.1 until the block ends; port 0: any free one."""
    server = _Server(("127.0.0.1", port), _Handler)
    server.site = Site(f"http://127.0.0.1:{server.server_address[1]}", state)
    with answering(server):
        yield server.site


@contextmanager
def answering(server: ThreadingHTTPServer) -> Iterator[None]:
    """The server answers until the block ends."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64
    site: Site

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Nothing: a reader that hangs up is no news."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 10
    server_version = "demo-site"
    sys_version = ""
    server: _Server

    def do_GET(self) -> None:
        document = self.server.site.documents.get(self.path)
        if document is None:
            gone = Document(body=b"Not found.\n", content_type="text/plain", modified=datetime.now(UTC))
            return self._answer(404, gone)
        return self._answer(304 if self._unchanged(document) else 200, document)

    do_HEAD = do_GET

    def _unchanged(self, document: Document) -> bool:
        """Whether the client has it already. Source: RFC 9110 section 13.2.2 (a tag beats a date)."""
        tags = self.headers.get("If-None-Match")
        if tags is not None:
            return document.etag in [tag.strip().removeprefix("W/") for tag in tags.split(",")]
        since = self.headers.get("If-Modified-Since")
        try:
            return since is not None and document.modified <= parsedate_to_datetime(since)
        except (ValueError, TypeError):
            return False

    def _answer(self, status: int, document: Document) -> None:
        self.server.site.log.append((self.path, status))
        self.send_response(status)
        if status != 404:
            self.send_header("ETag", document.etag)
            self.send_header("Last-Modified", format_datetime(document.modified, usegmt=True))
        if status != 304:
            self.send_header("Content-Type", document.content_type)
            self.send_header("Content-Length", str(len(document.body)))
        self.end_headers()
        if status != 304 and self.command == "GET":
            self.wfile.write(document.body)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing on the screen: the demo prints what matters itself."""


def _page(body: bytes, modified: datetime) -> Document:
    return Document(body=body, content_type="text/html; charset=utf-8", modified=modified)
