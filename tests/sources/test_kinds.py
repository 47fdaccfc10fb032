"""Every kind of source: known in all places, explained, and read from a real server by the real fetcher and workers."""

from __future__ import annotations

import asyncio
import gzip
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import sources
from monitor import blocks, sourcelist
from monitor.sourcelist import read_sources, to_yaml
from monitor.types import Address, Entry, Paths, Selectors, Source
from sources.fetchers import Fetchers
from sources.http import FetchSettings
from sources.pool import ParserPool
from tests.servers import Web, answer, web_server

DOCS = (Path(__file__).resolve().parents[2] / "docs" / "sources.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```yaml\n(.*?)^```", DOCS, re.MULTILINE | re.DOTALL)


def test_a_kind_has_one_name_everywhere() -> None:
    kinds = list(sources.KINDS)
    assert all(path == f"sources.{kind}:read" for kind, path in sources.KINDS.items())
    assert list(sourcelist.KINDS) == kinds
    assert list(blocks.LISTS) == kinds
    headings = re.findall(r"^## (.+)$", DOCS, re.MULTILINE)
    assert [heading for heading in headings if heading in kinds] == kinds


@pytest.mark.parametrize("text", [pytest.param(text, id=re.findall(r"id: (\S+)", text)[0]) for text in EXAMPLES])
def test_what_the_manual_shows_can_be_copied(text: str) -> None:
    found = read_sources(text, "docs/sources.md")
    assert found
    assert all(source.addresses for source in found)
    assert read_sources("sources:\n" + to_yaml(found), "again") == found


def test_the_manual_shows_each_kind_and_each_key() -> None:
    shown = [source for text in EXAMPLES for source in read_sources(text, "docs/sources.md")]
    assert {source.kind for source in shown} == set(sources.KINDS)
    words = set(re.findall(r"[a-z_]+(?=:)", "\n".join(EXAMPLES)))
    assert words >= {*blocks._SELECTORS, *blocks._PATHS, "host", "port", "from", "security", "preset", "query", "site"}
    assert set(blocks.presets()) == set(re.findall(r"preset: (\w+)", "\n".join(EXAMPLES)))


# ---------------------------------------------------------------------------------------------- read


@pytest.fixture
def web() -> Iterator[Web]:
    with web_server() as server:
        yield server


TODAY = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"  # workers go by the clock
NEWS = (
    "<urlset xmlns:n='http://www.google.com/schemas/sitemap-news/0.9'><url><loc>/a</loc><n:news>"
    f"<n:publication_date>{TODAY}</n:publication_date><n:title>上合组织峰会</n:title></n:news></url></urlset>"
)
MESSAGE = """<div class="tgme_widget_message" data-post="x/1">
 <div class="tgme_widget_message_text js-message_text">نشست شانگهای</div></div>"""


@pytest.mark.parametrize(
    ("kind", "address", "body", "title"),
    [
        pytest.param("feed", {}, b"<rss><channel><item><title>SCO</title></item></channel></rss>", "SCO", id="feed"),
        pytest.param(
            "page", {"selectors": Selectors(item="li")}, "<li><a href='/a'>Саммит ШОС".encode(), "Саммит ШОС", id="page"
        ),
        pytest.param("sitemap", {}, gzip.compress(NEWS.encode()), "上合组织峰会", id="sitemap, compressed"),
        pytest.param("telegram", {}, MESSAGE.encode(), "نشست شانگهای", id="telegram"),
        pytest.param(
            "api", {"paths": Paths(items="x")}, json.dumps({"x": [{"title": "ШЫУ"}]}).encode(), "ШЫУ", id="api"
        ),
    ],
)
def test_each_kind_is_read_from_a_real_server(
    kind: str, address: dict[str, object], body: bytes, title: str, web: Web
) -> None:
    web.routes["/list"] = answer("200 OK", body)
    source = Source(id="x", name="x", kind=kind, addresses=(Address(url=web.url("/list"), **address),))  # type: ignore[arg-type]
    assert [entry.title for entry in entries(source)] == [title]


DATED = f"<rss><channel><item><title>Саммит организации</title><pubDate>{TODAY}</pubDate></item></channel></rss>"
LIST = """<ul><li><a href="/n/12345">Саммит организации открылся в Бишкеке</a> <i>{}</i></li></ul>"""


@pytest.mark.parametrize(
    ("kind", "address", "content_type", "body"),
    [
        pytest.param("page", {"lang": "ru"}, "text/html", LIST.format("2 часа назад").encode(), id="page, relative"),
        pytest.param(
            "page", {"lang": "ru"}, "text/html", LIST.format("2 часа назад").encode("cp1251"), id="page, undeclared"
        ),
        pytest.param(
            "feed",
            {},
            "text/xml; charset=windows-1251",
            DATED.encode(),
            id="feed in UTF-8 by another name",
        ),
        pytest.param(
            "api",
            {"paths": Paths(items="list", date="at")},
            "application/javascript",
            f"china({json.dumps({'list': [{'title': 'Саммит организации', 'at': TODAY}]})})".encode(),
            id="api, in a call",
        ),
    ],
)
def test_title_and_time_come_through_from_a_real_server(
    kind: str, address: dict[str, object], content_type: str, body: bytes, web: Web
) -> None:
    web.routes["/list"] = answer("200 OK", body, Content_Type=content_type)
    source = Source(id="x", name="x", kind=kind, addresses=(Address(url=web.url("/list"), **address),))  # type: ignore[arg-type]
    (entry,) = entries(source)
    assert entry.title.startswith("Саммит организации")
    assert entry.published_at is not None
    assert abs(datetime.now(UTC) - entry.published_at) < timedelta(hours=3)


def entries(source: Source) -> tuple[Entry, ...]:
    async def go() -> tuple[Entry, ...]:
        settings = FetchSettings(allow_networks=("127.0.0.0/8",), per_host_interval=timedelta(0))
        fetcher, parser = Fetchers(settings, (source,), {}), ParserPool(1)
        try:
            fetch = await fetcher.fetch(source.addresses[0].url)
            return (await parser.listing(source.kind, source.addresses[0], fetch)).entries
        finally:
            await parser.aclose()
            await fetcher.aclose()

    return asyncio.run(go())


def test_a_mailbox_is_read_only_for_the_source_that_names_it() -> None:
    async def go() -> str | None:
        fetcher = Fetchers(FetchSettings(allow_networks=("127.0.0.0/8",)), (), {"A": "secret", "B": "secret"})
        try:
            return (await fetcher.fetch("imaps://127.0.0.1:993/INBOX")).error
        finally:
            await fetcher.aclose()

    assert asyncio.run(go()) == "only http and https URLs are fetched"
