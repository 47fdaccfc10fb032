"""Importing, without a network: what a row becomes, and that transactions are whole."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from monitor.errors import ParseError, StoreError
from monitor.jobs.collecting import Tools
from monitor.jobs.importing import BATCH, ImportReport, import_lines
from monitor.ports import Fetcher, Parser, Store
from monitor.query import parse
from monitor.types import Article, Collected, Fetch, Kept, Match, Page, Recorded, Selectors
from storage import open_store
from tests.storage.placers import Alone

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


class NoNetwork:
    async def fetch(self, *_: Any) -> Any:
        raise AssertionError("an import fetches nothing")


class Reads:
    """A worker to whom every page is the same."""

    def __init__(self, page: Page | None = None) -> None:
        self.answer = page

    async def page(self, fetch: Fetch, selectors: Selectors) -> Page:
        assert (fetch.body, selectors) == (b"<p>x</p>", Selectors())
        if self.answer is None:
            raise ParseError("no article on the page")
        return self.answer


def tools(store: Store, page: Page | None = None) -> Tools:
    def tag(title: str, text: str, lang: str | None, at: datetime | None) -> tuple[Match, ...]:
        del title, text, lang, at
        return ()

    return Tools(
        store=store,
        fetcher=cast("Fetcher", NoNetwork()),
        parser=cast("Parser", Reads(page)),
        tagger=tag,
        placer=Alone(),
        now=lambda: NOW,
    )


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    found = open_store(f"sqlite:///{tmp_path}/archive.db")
    yield found
    found.close()


def imported(store: Store, *rows: object, page: Page | None = None) -> ImportReport:
    return asyncio.run(import_lines([json.dumps(row) for row in rows], tools(store, page)))


def only(store: Store) -> Kept:
    (kept,) = store.export()
    return kept


def article(store: Store, page: Page | None = None, **row: object) -> Article:
    report = imported(store, {"url": "https://example.org/a", "title": "Title", **row}, page=page)
    assert (report.new, report.rejected) == (1, [])
    return only(store).article


@pytest.mark.parametrize(
    ("title", "text", "lang"),
    [
        pytest.param(
            "A summit in Bishkek", "The leaders of ten states have met in the city this week.", "en", id="Latin"
        ),
        pytest.param("Саммит в Бишкеке", "Лидеры десяти государств встретились в этом городе.", "ru", id="Cyrillic"),
        pytest.param("比什凯克峰会", "十国领导人本周在该市举行会晤。", "zh", id="Han"),
        pytest.param("نشست بیشکک", "رهبران ده کشور این هفته در این شهر دیدار کردند.", "fa", id="Arabic script"),
    ],
)
def test_a_row_becomes_an_article_as_written(title: str, text: str, lang: str, store: Store) -> None:
    found = article(store, title=title, text=f"{text}\n\n  {text} ", ref="7", source="wire", source_name="The Wire")
    assert (found.title, found.text, found.lang) == (title, f"{text}\n{text}", lang)
    assert (found.ref, found.source_id, found.source_name, found.text_from) == ("7", "wire", "The Wire", "import")
    assert (found.first_seen_at, found.published_at) == (NOW, None)


@pytest.mark.parametrize(
    ("row", "title", "text"),
    [
        pytest.param({"summary": "Short."}, "Title", "Short.", id="summary for want of a text"),
        pytest.param({"text": "Long.", "summary": "Short."}, "Title", "Long.", id="text before summary"),
        pytest.param(
            {"title": "", "text": "First line.\nSecond."}, "First line.", "First line.\nSecond.", id="no title"
        ),
        pytest.param({"title": "A\x02\u202eB\n C"}, "A\u202eB C", "", id="control characters"),
        pytest.param({"text": None}, "Title", "", id="nothing but a title"),
    ],
)
def test_what_stands_for_title_and_text(row: dict[str, object], title: str, text: str, store: Store) -> None:
    found = article(store, **row)
    assert (found.title, found.text) == (title, text)


@pytest.mark.parametrize(
    ("given", "at"),
    [
        pytest.param("2026-11-21T12:00:00+05:00", datetime(2026, 11, 21, 7, tzinfo=UTC), id="with a zone"),
        pytest.param("2026-11-21T07:00:00Z", datetime(2026, 11, 21, 7, tzinfo=UTC), id="in UTC"),
        pytest.param("2026-11-21T07:00:00", datetime(2026, 11, 21, 7, tzinfo=UTC), id="without a zone"),
        pytest.param("2026-11-21", datetime(2026, 11, 21, tzinfo=UTC), id="a day"),
        pytest.param("", None, id="empty"),
    ],
)
def test_published(given: str, at: datetime | None, store: Store) -> None:
    assert article(store, published=given).published_at == at


def test_html_is_read_by_a_worker_and_only_where_there_is_no_text(store: Store) -> None:
    page = Page(title="Of the page", text="The text of the page.", published_at=NOW - timedelta(days=1), lang="kk")
    found = article(store, page, title="", html="<p>x</p>")
    assert (found.title, found.text, found.lang) == ("Of the page", "The text of the page.", "kk")
    assert found.published_at == NOW - timedelta(days=1)
    report = imported(store, {"url": "https://example.org/b", "title": "B", "text": "Own.", "html": "<p>x</p>"})
    assert report.rejected == []


def test_html_without_an_article_is_rejected(store: Store) -> None:
    report = imported(store, {"url": "https://example.org/a", "html": "<p>x</p>"})
    assert report.rejected == [{"line": 1, "why": "`html` cannot be read: no article on the page"}]


def test_a_ref_is_one_article_whatever_else_changes(store: Store) -> None:
    first = {"ref": "7", "url": "https://example.org/a", "title": "A"}
    imported(store, first)
    report = imported(store, first | {"url": "https://example.org/b", "title": "A, corrected"})
    assert (report.new, report.updated) == (0, 1)
    assert only(store).article.title == "A, corrected"


def test_two_refs_are_two_articles_though_they_share_an_address(store: Store) -> None:
    row = {"url": "https://example.org/a", "title": "A", "text": "The same text. " * 30}
    assert imported(store, row | {"ref": "1"}, row | {"ref": "2"}).new == 2


def test_without_a_ref_the_address_tells(store: Store) -> None:
    row = {"url": "https://example.org/a?utm_source=x", "title": "A"}
    assert imported(store, row, row | {"url": "https://example.org/a"}).new == 1


@pytest.mark.parametrize(
    ("url", "given", "kept"),
    [
        pytest.param("https://e.org/", "https://e.org/#0123456789abcdef", "https://e.org/#0123456789abcdef",
                     id="of an item that links to the front page"),
        pytest.param("https://e.org/news?id=12345&s=x", "https://e.org/12345", "https://e.org/12345",
                     id="declared by its page"),
        pytest.param("https://e.org/news-12345", "https://e.org/", "https://e.org/news-12345", id="the front page"),
        pytest.param("https://e.org/news-12345", "https://f.org/news-12345", "https://e.org/news-12345",
                     id="of another house"),
        pytest.param("https://e.org/news-12345", 7, "https://e.org/news-12345", id="no text"),
        pytest.param("https://e.org/news-12345", "", "https://e.org/news-12345", id="empty"),
    ],
)  # fmt: skip
def test_a_canonical_address_is_believed_like_that_of_a_page(url: str, given: object, kept: str, store: Store) -> None:
    assert article(store, url=url, canonical_url=given).canonical_url == kept


def test_lines_go_into_the_archive_in_whole_batches(store: Store) -> None:
    class Dies:
        """Takes one batch and no second one."""

        batches: Sequence[int] = ()

        def record(self, collected: Collected, _placer: object = None) -> Recorded:
            if self.batches:
                raise StoreError("archive x: the disk is full")
            self.batches = [len(collected.arrivals)]
            return store.record(collected)

    rows = [{"ref": str(n), "url": f"https://example.org/{n}", "title": f"T{n}"} for n in range(BATCH + 1)]
    with pytest.raises(StoreError):
        imported(cast("Store", Dies()), *rows)
    assert store.counts()["articles"] == BATCH
    report = imported(store, *rows)
    assert (report.new, report.unchanged) == (1, BATCH)


def test_what_is_imported_is_tagged_and_found(store: Store) -> None:
    asked: list[datetime | None] = []

    def tag(title: str, text: str, lang: str | None, at: datetime | None) -> tuple[Match, ...]:
        asked.append(at)
        del title, text, lang
        return (Match(entry_id="sco", alias="SCO", lang="en", field="title", start=0, end=3, rule="strong"),)

    rows = [json.dumps({"url": "https://e.org/1", "title": "SCO meets", "published": "2026-11-01"})]
    asyncio.run(import_lines([*rows, json.dumps({"url": "https://e.org/2", "title": "SCO"})],
                             replace(tools(store), tagger=tag)))  # fmt: skip
    assert store.search(parse("tag:sco meets")).total == 1
    assert asked == [datetime(2026, 11, 1, tzinfo=UTC), NOW]
