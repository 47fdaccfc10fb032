"""Feeds out: each is read back by feedparser and by our own reader, and says what the articles say."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from xml.etree import ElementTree

import feedparser
import pytest

from monitor.feeds.atom import atom
from monitor.feeds.jsonfeed import items_of, json_feed
from monitor.feeds.made import SUMMARY, Feed, item_id, of_article
from monitor.feeds.rss import rss
from tests.citing.made import ARCHIVED, cited

AT = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
URL = "https://desk.example/feeds/rats?a=1&b=2"
ITEMS = (
    cited(1, canonical_url="https://wire.example/1", title="Саммит ШОС: «итоги»", lang="ru", authors=("Иван Петров",)),
    cited(2, canonical_url="https://wire.example/2", title="上合组织峰会", lang="zh", text="上合组织。" * 300),
    cited(3, canonical_url="https://wire.example/3", title="اجلاس سازمان همکاری شانگهای", lang="fa"),
    cited(4, canonical_url="https://wire.example/4", title="R&D <script>alert(1)</script> ]]> &lt;b&gt;",
          text="A < b & c > d\nSecond \x0b\ufffe line <img src=x onerror=alert(1)>"),
    cited(5, canonical_url="https://wire.example/5", title="Undated", published_at=None,
          source=None, source_id=None, lang=None),
)  # fmt: skip


def feed(**changed: object) -> Feed:
    values = {
        "name": "rats",
        "title": "RATS & <centres>",
        "about": "tag:sco-rats",
        "items": tuple(map(of_article, ITEMS)),
        "at": AT,
        "url": URL,
    }
    return Feed(**(values | changed))  # type: ignore[arg-type]


WRITERS = {"rss": rss, "atom": atom}


@pytest.mark.parametrize("form", WRITERS)
def test_it_is_read_back(form: str) -> None:
    text = WRITERS[form](feed())
    ElementTree.fromstring(text)
    read = feedparser.parse(text.encode())
    assert not read.bozo, read.get("bozo_exception")
    assert read.version == {"rss": "rss20", "atom": "atom10"}[form]
    assert [entry.id for entry in read.entries] == [item_id(one) for one in ITEMS]
    assert [entry.link for entry in read.entries] == [one.article.url for one in ITEMS]
    assert [entry.title for entry in read.entries][:3] == [one.article.title for one in ITEMS][:3]
    assert {tag.term for tag in read.entries[0].tags} == {"sco", "sco-rats"}
    assert {entry.updated[:16] for entry in read.entries} == {f"{ARCHIVED:%Y-%m-%dT%H:%M}"}
    assert read.entries[0].published_parsed[:5] == (2026, 11, 20, 6, 0)
    assert read.entries[0].author == "Иван Петров"
    assert read.entries[1].author == "Asia Wire"
    assert any(link.rel == "self" and link.href == URL for link in read.feed.links)


@pytest.mark.parametrize("form", WRITERS)
def test_markup_of_strangers_stays_text(form: str) -> None:
    text = WRITERS[form](feed())
    assert "<script" not in text
    assert "<img" not in text
    (entry,) = [entry for entry in feedparser.parse(text.encode()).entries if entry.link and "R&" in entry.title]
    assert all(  # what is said to be HTML has no tag of theirs; plain text is no HTML
        detail.type == "text/plain" or ("<script" not in detail.value and "<img" not in detail.value)
        for detail in (entry.title_detail, entry.summary_detail)
    )
    assert form == "atom" or "<script" not in entry.title
    shown = entry.summary.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").replace("<br />", "\n")
    assert "A < b & c > d" in shown
    assert "<img src=x onerror=alert(1)>" in shown


def test_titles_of_atom_are_as_they_were() -> None:
    root = ElementTree.fromstring(atom(feed()))
    space = {"a": "http://www.w3.org/2005/Atom"}
    assert root.findtext("a:title", namespaces=space) == "RATS & <centres>"
    assert [e.findtext("a:title", namespaces=space) for e in root.findall("a:entry", space)] == [
        one.article.title for one in ITEMS
    ]


def test_atom_has_what_the_standard_asks_for() -> None:
    root = ElementTree.fromstring(atom(feed(url=None)))
    space = {"a": "http://www.w3.org/2005/Atom"}
    for place in (root, *root.findall("a:entry", space)):
        for name in ("id", "title", "updated"):
            assert len(place.findall(f"a:{name}", space)) == 1
    assert root.findtext("a:author/a:name", namespaces=space) == "scowatch"
    assert root.findtext("a:id", namespaces=space, default="").startswith("urn:uuid:")


def test_json_feed_is_what_the_version_says() -> None:
    read = json.loads(json_feed(feed()))
    assert read["version"] == "https://jsonfeed.org/version/1.1"
    assert (read["title"], read["feed_url"]) == ("RATS & <centres>", URL)
    assert [one["id"] for one in read["items"]] == [item_id(one) for one in ITEMS]
    assert all(isinstance(one["content_text"], str) and one["date_modified"] for one in read["items"])
    assert read["items"][0]["authors"] == [{"name": "Иван Петров"}]
    assert read["items"][3]["title"] == ITEMS[3].article.title
    assert "language" not in read["items"][4]
    assert "feed_url" not in json.loads(json_feed(feed(url=None)))


@pytest.mark.parametrize("write", [rss, atom, json_feed])
def test_the_same_articles_give_the_same_bytes_whenever(write: object) -> None:
    later = feed(at=datetime(2027, 1, 1, tzinfo=UTC))
    assert write(feed()) == write(later)  # type: ignore[operator]


@pytest.mark.parametrize("write", [rss, atom, json_feed])
def test_a_feed_of_nothing(write: object) -> None:
    text = write(feed(items=()))  # type: ignore[operator]
    assert feedparser.parse(text.encode()).entries == []


def test_an_article_keeps_its_id_whatever_changes() -> None:
    first = cited(1, canonical_url="https://wire.example/1")
    edited = replace(first.article, title="Another", text="Other", url="https://wire.example/moved", content_hash="1")
    again = replace(first, kept=replace(first.kept, id=99, article=edited))
    assert item_id(first) == item_id(again)
    other = replace(first, kept=replace(first.kept, article=replace(first.article, ref="mine")))
    assert item_id(first) != item_id(other)


def test_long_texts_are_cut_behind_a_word() -> None:
    (item,) = json.loads(json_feed(feed(items=(of_article(cited(text="words and more " * 100)),))))["items"]
    assert len(item["content_text"]) <= SUMMARY + 2
    assert item["content_text"].endswith(("words …", "and …", "more …"))
    (item,) = json.loads(json_feed(feed(items=(of_article(ITEMS[1]),))))["items"]
    assert len(item["content_text"]) == SUMMARY + 2


def test_what_was_written_is_read_again_as_it_was() -> None:
    once = items_of(json_feed(feed()))
    assert once == tuple(map(of_article, ITEMS))
    assert json_feed(feed(items=once)) == json_feed(feed())


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"items": 3}', '{"items": [{"id": "x"}]}', "[" * 100_000, "\x00"])
def test_what_is_no_feed_of_ours_is_told(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        items_of(text)


@pytest.mark.parametrize("form", WRITERS)
def test_an_item_without_an_address_is_told_all_the_same(form: str) -> None:
    (entry,) = feedparser.parse(WRITERS[form](feed(items=(replace(feed().items[0], url=None),))).encode()).entries
    assert not entry.get("links")
    assert "They met." in (entry.get("summary") or entry.content[0].value)
