"""export in all formats, cite and feed: what reaches standard output or a file."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pytest

import monitor.app
from tests.cli.calls import Command, jsonl, row

SOURCES = (
    "sources:\n- {id: akorda, name: Ақорда, country: kz, ownership: official, feeds: [{url: 'https://a.example/f'}]}\n"
)
SEARCHES = "searches:\n- {name: sco, title: Всё о ШОС, search: 'tag:sco'}\n"


@pytest.fixture
def filled(scowatch: Command, monkeypatch: pytest.MonkeyPatch) -> Command:
    """A home with three articles, one of which was edited an hour later."""
    (scowatch.home / "sources.yaml").write_text(SOURCES, encoding="utf-8")
    (scowatch.home / "searches.yaml").write_text(SEARCHES, encoding="utf-8")
    first = datetime(2026, 11, 21, 7, 0, tzinfo=UTC)
    monkeypatch.setattr(monitor.app, "now", lambda: first)
    given = [
        row(1, title="=SUM(1) & {more}", source="akorda"),
        row(2, title="Саммит ШОС", text="Лидеры ШОС. " * 30, lang="ru", source_name="Агентство"),
        row(3, title="上合组织峰会", text="上合组织峰会。" * 30, lang="zh", published=None),
    ]
    assert scowatch("import", "-", stdin=jsonl(*given)).code == 0
    monkeypatch.setattr(monitor.app, "now", lambda: first + timedelta(hours=1))
    assert scowatch("import", "-", stdin=jsonl(given[0] | {"title": "=SUM(2)"})).code == 0
    return scowatch


def test_csv_is_safe_and_whole(filled: Command) -> None:
    ran = filled("export", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(ran.out, newline="")))
    assert {one["ref"]: one["title"] for one in rows} == {"r1": "'=SUM(2)", "r2": "Саммит ШОС", "r3": "上合组织峰会"}
    assert [*rows[0], "archive"] == list(filled("export").rows()[0])


def test_bibliographies_have_an_entry_an_article(filled: Command) -> None:
    assert filled("export", "--format", "bibtex").out.count("@online{") == 3
    assert filled("export", "--format", "ris").out.count("\r\nER  - \r\n") == 3
    items = json.loads(filled("export", "--format", "csl-json").out)
    assert [one["title"] for one in items] == ["=SUM(2)", "Саммит ШОС", "上合组织峰会"]
    assert [one.get("author") for one in items] == [[{"literal": "Ақорда"}], [{"literal": "Агентство"}], None]
    assert filled("export", "lang:zh", "--format", "markdown").out.startswith(
        "- undated [上合组织峰会](https://example.org/3)"
    )
    assert json.loads(filled("export", "zzz", "--format", "csl-json").out) == []
    assert filled("export", "zzz", "--format", "bibtex").out == ""


def test_cite_tells_when_the_present_text_came(filled: Command) -> None:
    ran = filled("cite", "r1", "https://example.org/2")
    first, second = ran.out.splitlines()
    assert first == (
        "“=SUM(2).” Ақорда, November 2, 2026. https://example.org/1. "
        "First seen November 21, 2026, 07:00 UTC; archived November 21, 2026, 08:00 UTC."
    )
    assert second.endswith("archived November 21, 2026, 07:00 UTC.")
    assert json.loads(filled("cite", "r3", "--format", "csl-json").out)[0]["accessed"] == {
        "date-parts": [[2026, 11, 21]]
    }


def test_cite_of_what_is_not_there(filled: Command) -> None:
    (line,) = filled.refused("cite", "r1", "r9")
    assert "no article 'r9'" in line
    assert filled("cite").code == 2


def test_a_feed_goes_out_or_into_a_file(filled: Command) -> None:
    ran = filled("feed", "sco")
    root = ElementTree.fromstring(ran.out)
    space = {"a": "http://www.w3.org/2005/Atom"}
    assert root.findtext("a:title", namespaces=space) == "Всё о ШОС"
    assert len(root.findall("a:entry", space)) == 3
    file = filled.home.parent / "feed.json"
    url = "https://desk.example/sco.json"
    assert filled("feed", "@SCO", "--format", "json", "--limit", "2", "--url", url, "-o", str(file)).out == ""
    read = json.loads(file.read_text(encoding="utf-8"))
    assert (read["feed_url"], len(read["items"])) == (url, 2)
    assert list(filled.home.parent.glob(".*.new")) == []
    assert "<rss" in filled("feed", "sco", "--format", "rss").out


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        pytest.param(["nothing"], "has no search 'nothing'", id="unknown search"),
        pytest.param(["sco", "--url", "javascript:alert(1)"], "--url", id="address of another kind"),
        pytest.param(["sco", "--format", "xml"], "xml", id="unknown format"),
        pytest.param(["sco", "--limit", "0"], "--limit", id="no items"),
    ],
)
def test_a_feed_that_cannot_be(arguments: list[str], part: str, filled: Command) -> None:
    assert any(part in line for line in filled.refused("feed", *arguments))


def test_a_file_that_cannot_be_written(filled: Command) -> None:
    (line,) = filled.refused("feed", "sco", "-o", "no-such-folder/feed.xml", code=1)
    assert "no-such-folder" in line
