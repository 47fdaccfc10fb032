"""import, export, search: the records of the contract, bad input, and an archive that cannot be written."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import monitor.app
import storage.connection
from monitor.types import Collected
from storage import open_store
from storage.connection import connect
from tests.cli.calls import Command, environment, jsonl, process, row

SCRIPTS = [
    row(1, title="The summit of the Shanghai Cooperation Organisation", lang="en"),
    row(2, title="Саммит ШОС в Бишкеке", text="Лидеры ШОС встретились в Бишкеке. " * 8, lang="ru"),
    row(3, title="上合组织峰会", text="上合组织峰会在比什凯克举行。" * 20, lang="zh"),
    row(4, title="اجلاس سازمان همکاری شانگهای", text="سران سازمان همکاری شانگهای دیدار کردند. " * 8, lang="fa"),
]

EXPORTED = {
    "id": int, "ref": (str, type(None)), "url": str, "canonical_url": str, "source": (str, type(None)), "title": str,
    "text": str, "lang": (str, type(None)), "published": (str, type(None)), "first_seen": str, "tags": list,
    "story_id": int, "copy_group_id": int, "origin": (dict, type(None)), "versions": int,
}  # fmt: skip
VERSION = {
    "number": 1, "made": "2026-01-01T00:00:00Z", "replaced": None, "returned": 0, "returned_at": None, "passed_over": 0,
}  # fmt: skip
HIT = {
    "id": int, "ref": (str, type(None)), "title": str, "url": str, "source": (str, type(None)),
    "published": (str, type(None)), "lang": (str, type(None)), "snippet": str, "score": float, "story_id": int,
    "tags": list,
}  # fmt: skip


def is_of(record: dict[str, Any], kinds: dict[str, Any]) -> None:
    """The record has exactly those keys, with values of those types."""
    assert list(record) == list(kinds)
    for key, kind in kinds.items():
        assert isinstance(record[key], kind), (key, record[key])


# ---------------------------------------------------------------------------------------------- import


def test_import_reports_and_twice_changes_nothing(scowatch: Command) -> None:
    given = jsonl(*SCRIPTS)
    report = scowatch("import", "-", "--json", stdin=given).json()
    assert report == {"read": 4, "new": 4, "updated": 0, "unchanged": 0, "rejected": []}
    before = scowatch("export").out
    (scowatch.home.parent / "again.jsonl").write_text(given, encoding="utf-8")
    report = scowatch("import", "again.jsonl", "--json").json()
    assert report == {"read": 4, "new": 0, "updated": 0, "unchanged": 4, "rejected": []}
    assert scowatch("export").out == before


def test_import_for_people(scowatch: Command) -> None:
    ran = scowatch("import", "-", stdin=jsonl(row(1)) + "{\n")
    assert ran.out == "read 2: 1 new, 0 updated, 0 unchanged, 1 rejected\n"
    assert ran.err.startswith("line 2: not JSON")


@pytest.mark.parametrize(
    ("bounds", "found"),
    [
        pytest.param(["--since", "2026-10", "--until", "2026-11"], ["r2", "r1"], id="months"),
        pytest.param(["--since", "2026-12"], [], id="a month to come"),
        pytest.param(["--until", "2026"], ["r2", "r1"], id="a year"),
        pytest.param(["--until", "2026-11-02"], ["r1"], id="a day"),
        pytest.param(["--since", "2026-11-03T08:00:00+05:00"], ["r2"], id="an instant"),
    ],
)
def test_a_search_between_days_months_and_years(bounds: list[str], found: list[str], scowatch: Command) -> None:
    scowatch("import", "-", stdin=jsonl(row(1), row(2)))
    hits = scowatch("search", "met", *bounds, "--json").json()["hits"]
    assert [hit["ref"] for hit in hits] == found


@pytest.mark.parametrize("time", ["2026-00", "2026-11-31", "0001-01-01T00:00:00+05:00", "soon"])
def test_a_time_that_is_none_is_told(time: str, scowatch: Command) -> None:
    *_, said = scowatch.refused("search", "met", "--until", time)
    assert "--until" in said
    assert "is not a time" in said


def test_a_search_for_a_tag_that_is_not_there_says_so(scowatch: Command) -> None:
    scowatch("import", "-", stdin=jsonl(row(1)))
    ran = scowatch("search", "tag:sco,sko kind:fund", "--json")
    assert (ran.code, ran.json()["total"]) == (0, 0)
    assert ran.err.startswith("hint: tag:sko: not in the watchlist")
    assert scowatch("search", "tag:sco -lang:ru since:2026 story:7", "--json").err == ""
    assert scowatch("export", "tag:sko").err == ran.err


def test_a_changed_row_is_an_update(scowatch: Command) -> None:
    scowatch("import", "-", stdin=jsonl(row(1)))
    report = scowatch("import", "-", "--json", stdin=jsonl(row(1, title="Another headline"))).json()
    assert (report["new"], report["updated"]) == (0, 1)
    (kept,) = scowatch("export").rows()
    assert (kept["title"], kept["versions"]) == ("Another headline", 2)


@pytest.mark.parametrize("command", [["import", "-", "--json"], ["tag", "--jsonl"], ["extract", "--jsonl"],
                                     ["search", "--jsonl"]], ids=" ".join)  # fmt: skip
@pytest.mark.parametrize("given", [pytest.param("", id="empty"), pytest.param("\n \n", id="blank lines")])
def test_empty_input_is_done_at_once(command: list[str], given: str, scowatch: Command) -> None:
    ran = scowatch(*command, stdin=given)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == "" or json.loads(ran.out)["read"] == 0


def test_a_byte_order_mark_is_no_part_of_the_first_line(scowatch: Command) -> None:
    given = b"\xef\xbb\xbf" + jsonl(row(1)).encode()
    assert scowatch("import", "-", "--json", stdin=given).json()["new"] == 1
    assert len(scowatch("tag", "--jsonl", stdin=b"\xef\xbb\xbf" + jsonl({"id": 1, "text": "ШОС"}).encode()).rows()) == 1


@pytest.mark.parametrize(
    ("line", "why"),
    [
        pytest.param("{", "not JSON", id="not JSON"),
        pytest.param("[" * 100_000, "not JSON", id="nested without end"),
        pytest.param("[1]", "not a JSON object", id="a list"),
        pytest.param(json.dumps(row(9, url=None)), "`url` is missing", id="no address"),
        pytest.param(json.dumps(row(9, url="no address")), "is not an address", id="spaces in the address"),
        pytest.param(json.dumps(row(9, url="javascript:alert(1)")), "is not an address", id="a script for an address"),
        pytest.param(json.dumps(row(9, url="/news/9")), "is not an address", id="a path for an address"),
        pytest.param(json.dumps(row(9, url="https:///9")), "is not an address", id="an address without a host"),
        pytest.param(r'{"url": "http://x/\ud800", "title": "t"}', "is not an address", id="half a surrogate"),
        pytest.param(json.dumps(row(9, title=7)), "`title` is not a text", id="number for a title"),
        pytest.param(json.dumps({"url": "http://x/"}), "neither a `title` nor a `text`", id="nothing to read"),
        pytest.param(json.dumps(row(9, published="soon")), "`published` 'soon'", id="no time"),
        pytest.param(json.dumps(row(9, published="0001-01-01T00:00:00+05:00")), "`published`", id="before all times"),
        pytest.param(r'{"ref": "\ud800", "url": "http://x/", "title": "t"}', "`ref`", id="half a surrogate as ref"),
        pytest.param(json.dumps(row(9, text=None, html="<"))[:-1] + ', "html": 7}', "`html` is not", id="bad html"),
    ],
)
def test_a_bad_line_is_rejected_with_its_number_and_the_rest_goes_in(line: str, why: str, scowatch: Command) -> None:
    given = jsonl(row(1)) + line + "\n" + jsonl(row(2))
    report = scowatch("import", "-", "--json", stdin=given).json()
    assert (report["read"], report["new"]) == (3, 2)
    ((number, reason),) = [(rejected["line"], rejected["why"]) for rejected in report["rejected"]]
    assert number == 2
    assert why in reason


@pytest.mark.parametrize(
    ("title", "encoding"),
    [
        pytest.param("Café in Almaty", "latin-1", id="Latin"),
        pytest.param("Саммит в Бишкеке", "cp1251", id="Cyrillic"),
        pytest.param("上合组织峰会", "gb18030", id="Han"),
        pytest.param("قمة شنغهاي", "cp1256", id="Arabic script"),
    ],
)
def test_a_line_in_another_encoding_is_rejected_and_no_letter_is_lost(
    title: str, encoding: str, scowatch: Command
) -> None:
    given = jsonl(row(1)).encode() + jsonl(row(2, title=title)).encode(encoding) + jsonl(row(3, title=title)).encode()
    report = scowatch("import", "-", "--json", stdin=given).json()
    assert (report["new"], [rejected["line"] for rejected in report["rejected"]]) == (2, [2])
    assert report["rejected"][0]["why"].startswith("not UTF-8 text: ")
    assert [kept["title"] for kept in scowatch("export").rows() if kept["ref"] == "r3"] == [title]


def test_letters_come_in_with_their_message_id(scowatch: Command) -> None:
    assert scowatch("import", "-", "--json", stdin=jsonl(row(1, url="mid:a1@news.example"))).json()["new"] == 1
    assert "Story 1" in scowatch("why", "mid:a1@news.example", "sco").out


def test_sources_that_nobody_knows_are_named_once(scowatch: Command) -> None:
    (scowatch.home / "sources.yaml").write_text("sources:\n- {id: known, feeds: [{url: 'https://a.example/rss'}]}\n")
    given = jsonl(row(1, source="gone"), row(2, source="gone"), row(3, source="known"), row(4))
    ran = scowatch("import", "-", "--json", stdin=given)
    assert ran.json()["new"] == 4
    (line,) = ran.err.splitlines()
    assert line.startswith(f"no source gone in {scowatch.home / 'sources.yaml'}: ")


def test_articles_may_come_as_html(scowatch: Command) -> None:
    body = "<p>The bridge over the river was opened on Friday by three ministers and a brass band.</p>" * 8
    html = f"<html lang=en><body><article><h1>Bridge opens</h1>{body}</article></body></html>"
    scowatch("import", "-", stdin=jsonl({"url": "https://example.org/b", "title": "", "html": html}))
    (kept,) = scowatch("export").rows()
    assert "three ministers" in kept["text"]
    assert "<p>" not in kept["text"]


def test_a_canonical_address_that_is_not_the_articles_own_merges_nothing(scowatch: Command) -> None:
    rows = [row(n, ref=None, canonical_url="https://example.org/") for n in range(3)]
    assert scowatch("import", "-", "--json", stdin=jsonl(*rows)).json()["new"] == 3


# ---------------------------------------------------------------------------------------------- export


def test_export_has_the_records_of_the_contract_oldest_first(scowatch: Command) -> None:
    scowatch("import", "-", stdin=jsonl(*reversed(SCRIPTS)))
    rows = scowatch("export").rows()
    for one in rows:
        is_of(one, EXPORTED | {"archive": dict})
    assert [one["ref"] for one in rows] == ["r1", "r2", "r3", "r4"]
    assert [one["tags"] for one in rows] == [["sco"]] * 4
    assert [one["title"] for one in rows] == [one["title"] for one in SCRIPTS]
    assert rows[0]["published"] == "2026-11-02T07:00:00Z"
    assert [one["ref"] for one in scowatch("export", "lang:zh").rows()] == ["r3"]


def test_export_import_export_is_equal_apart_from_numbers(scowatch: Command, tmp_path: Path) -> None:
    undated = row(6, ref=None, published=None, source="wire", title="No date", lang=None)
    shared = [row(n, ref=None, url="https://example.org/") for n in (7, 8)]
    scowatch("import", "-", stdin=jsonl(*SCRIPTS, row(5, url="https://example.org/5?id=3&utm_source=x"), undated))
    # what a feed brings whose items all link to the front page
    export = scowatch("export").out + jsonl(
        *(one | {"canonical_url": f"https://example.org/#{one['title']}".replace(" ", "-")} for one in shared)
    )
    second, third = (Command(tmp_path / name) for name in ("second", "third"))
    given = export
    found = []
    for other in (second, third):
        other("init", "--empty")
        (other.home / "watchlist.yaml").write_bytes((scowatch.home / "watchlist.yaml").read_bytes())
        report = other("import", "-", "--json", stdin=given).json()
        assert (report["new"], report["rejected"]) == (8, [])
        given = other("export").out
        rows = [json.loads(line) for line in given.splitlines()]
        apart = ("id", "story_id", "copy_group_id")
        found.append(sorted(json.dumps({k: v for k, v in one.items() if k not in apart}) for one in rows))
    assert found[0] == found[1]
    assert len(found[0]) == 8


def told(command: Command) -> list[dict[str, Any]]:
    """All articles; numbers that another archive may give otherwise stand for the first article that has them."""
    first: dict[tuple[str, int], str] = {}
    rows = command("export").rows()
    for one in rows:
        del one["id"]
        for key in ("story_id", "copy_group_id"):
            one[key] = first.setdefault((key, one[key]), one["canonical_url"])
    return rows


def test_an_export_makes_an_equal_archive(scowatch: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    days = iter(range(1, 99))
    monkeypatch.setattr(monitor.app, "now", lambda: datetime(2026, 10, 1, tzinfo=UTC) + timedelta(hours=next(days)))
    collected = [row(n, ref=None, source="wire", source_name="The Wire") for n in (10, 11)]
    edits = [
        row(1),
        row(1, title="Story 1, corrected"),
        row(1, title="Story 1, corrected again", text="Nothing of the organisation. " * 20),
        row(1, title="Story 1, corrected"),  # what it said before
        row(5, published=None),
        row(6, text=SCRIPTS[0]["text"]),  # the same text: a copy
    ]
    for one in (*SCRIPTS[1:], *collected, *edits):
        assert scowatch("import", "-", "--json", stdin=jsonl(one)).json()["rejected"] == []
    export, before = scowatch("export").out, told(scowatch)
    assert [one["versions"] for one in before].count(3) == 1
    other = Command(tmp_path / "other")
    other("init", "--empty")
    (other.home / "watchlist.yaml").write_bytes((scowatch.home / "watchlist.yaml").read_bytes())
    monkeypatch.undo()
    report = other("import", "-", "--json", stdin=export).json()
    assert (report["new"], report["rejected"]) == (len(before), [])
    assert told(other) == before
    shown = scowatch("versions", "r1", "--json").json()
    assert other("versions", "r1", "--json").json() | {"id": shown["id"]} == shown
    for query in ("tag:sco", "src:wire", "corrected", "lang:ru", "since:2026-11-05"):
        totals = [one("search", query, "--json").json()["total"] for one in (scowatch, other)]
        assert totals[0] == totals[1] > 0
    again = other("import", "-", "--json", stdin=export).json()
    assert (again["new"], again["updated"], again["unchanged"]) == (0, 0, len(before))
    assert told(other) == before


def test_an_older_export_does_not_bring_back_what_was_said_before(scowatch: Command) -> None:
    scowatch("import", "-", stdin=jsonl(row(1)))
    older = scowatch("export").out
    scowatch("import", "-", stdin=jsonl(row(1, title="Story 1, corrected")))
    newer = scowatch("export").out
    assert scowatch("import", "-", "--json", stdin=older).json()["unchanged"] == 1
    assert scowatch("export").out == newer


def test_articles_of_one_archive_stay_apart_in_another(scowatch: Command, tmp_path: Path) -> None:
    short = "Short. "
    twins = [row(n, ref=None, source="wire", text=short) for n in (1, 2)]
    scowatch("import", "-", stdin=jsonl(*twins))
    same = "The very same words of both. " * 20
    scowatch("import", "-", stdin=jsonl(*(one | {"title": "One", "text": same} for one in twins)))
    assert len(scowatch("export").rows()) == 2
    other = Command(tmp_path / "other")
    other("init", "--empty")
    assert other("import", "-", "--json", stdin=scowatch("export").out).json()["new"] == 2


@pytest.mark.parametrize(
    "kept",
    [
        pytest.param(7, id="a number"),
        pytest.param({}, id="nothing in it"),
        pytest.param({"text_from": "air"}, id="a text from nowhere"),
        pytest.param({"versions": [{"number": 1}]}, id="half a version"),
        pytest.param({"versions": [VERSION, VERSION]}, id="two present ones"),
        pytest.param({"versions": [VERSION | {"number": 2}]}, id="the second without the first"),
        pytest.param({"versions": [VERSION | {"made": "soon"}]}, id="no time"),
        pytest.param({"authors": [3]}, id="an author that is no text"),
    ],
)
def test_a_row_that_no_archive_has_written_is_rejected(kept: Any, scowatch: Command) -> None:
    whole = {"text_from": "page", "authors": [], "guid": None, "source_name": None, "versions": []}
    given = whole | kept if isinstance(kept, dict) and kept else kept
    report = scowatch(
        *("import", "-", "--json"), stdin=jsonl(row(1, archive=given, first_seen="2026-01-01T00:00:00Z"), row(2))
    ).json()
    assert (report["new"], [one["line"] for one in report["rejected"]]) == (1, [1])
    assert "`archive`" in report["rejected"][0]["why"]


def test_a_first_sight_in_the_future_is_not_believed(scowatch: Command) -> None:
    scowatch("import", "-", stdin=jsonl(row(1)))
    (one,) = scowatch("export").rows()
    other = jsonl(one | {"url": "https://example.org/x", "ref": "x", "first_seen": "2999-01-01T00:00:00Z"})
    scowatch("import", "-", stdin=other)
    assert max(one["first_seen"] for one in scowatch("export").rows()) < "2900"


def test_csv_has_a_head_and_no_cell_that_a_spreadsheet_would_run(scowatch: Command) -> None:
    (empty,) = csv.reader(io.StringIO(scowatch("export", "--format", "csv").out))
    assert empty == list(EXPORTED)
    titles = ["=1+1", "+7 (495)", "-2 degrees", "@home", 'He said "no", twice', "Саммит, ШОС", "-5"]
    rows = [row(n, title=title) for n, title in enumerate(titles, 1)]
    scowatch("import", "-", stdin=jsonl(*rows))
    found = list(csv.DictReader(io.StringIO(scowatch("export", "--format", "csv").out)))
    assert [one["title"] for one in found] == ["'=1+1", "'+7 (495)", "'-2 degrees", "'@home", *titles[4:6], "'-5"]
    assert json.loads(found[0]["tags"]) == ["sco"]


# ---------------------------------------------------------------------------------------------- search


def test_search_has_the_records_of_the_contract(scowatch: Command) -> None:
    scowatch("import", "-", stdin=jsonl(*SCRIPTS))
    for sort in ("newest", "relevance"):
        found = scowatch("search", "tag:sco", "--sort", sort, "--limit", "2", "--json").json()
        assert list(found) == ["total", "hits", "next"]
        assert found["total"] == 4
        assert len(found["hits"]) == 2
        for hit in found["hits"]:
            is_of(hit, HIT)
    (hit,) = scowatch("search", "саммите", "--json").json()["hits"]
    assert "\x02Саммит\x03" in hit["snippet"]


def test_search_for_people_has_no_control_characters(scowatch: Command) -> None:
    scowatch("import", "-", stdin=jsonl(*SCRIPTS))
    ran = scowatch("search", "上合组织")
    assert "«上合组织»" in ran.out
    assert "https://example.org/3" in ran.out
    assert ran.out.endswith("1 found\n")
    assert not {"\x02", "\x03"} & set(ran.out)
    assert scowatch("search", "nothingofthis").out == "0 found\n"


def test_a_search_without_an_answer_says_whether_its_sources_are_read(scowatch: Command, home: Path) -> None:
    block = "- {{id: {0}, name: {1}, country: in, ownership: {2}, feeds: [{{url: 'https://{0}.example/rss'}}]}}\n"
    listed = (("ministry", "The Ministry", "official"), ("daily", "The Daily", "independent"))
    sources = "sources:\n" + "".join(block.format(*one) for one in listed)
    (home / "sources.yaml").write_text(sources, encoding="utf-8")
    store = open_store(f"sqlite:///{home}/archive.db")
    store.record(Collected(source_id="daily", at=monitor.app.now(), outcome="ok"))
    store.close()
    ran = scowatch("search", "bank from:in")
    assert (ran.out, ran.err) == (
        "0 found\n",
        "of the 2 sources that this asks for 1 cannot be relied on now: The Ministry (not read yet)\n",
    )
    assert scowatch("search", "bank src:daily").err == "the one source that this asks for is read well now\n"
    assert scowatch("search", "bank").err == ""
    assert scowatch("search", "bank from:in", "--json").err == ""


def test_pages_counts_and_marked_places(scowatch: Command) -> None:
    scowatch("import", "-", stdin=jsonl(*SCRIPTS))
    seen, after = [], []
    for _ in SCRIPTS:
        page = scowatch("search", "tag:sco", "--limit", "1", *after, "--json").json()
        seen += [hit["ref"] for hit in page["hits"]]
        after = ["--after", str(page["next"])]
    assert (seen, page["next"]) == (["r4", "r3", "r2", "r1"], None)
    (line,) = scowatch.refused("search", "tag:sco", "--after", "page 2")
    assert "--after" in line
    shown = scowatch("search", "tag:sco", "--limit", "1", "--facets").out
    assert "language  en 1 · fa 1 · ru 1 · zh 1\n" in shown
    assert "tag       sco 4\n" in shown
    assert "the next ones: --after t" in shown
    found = scowatch("search", "上合", "--facets", "--highlights", "--json").json()
    assert found["facets"]["language"] == [{"value": "zh", "count": 1}]
    assert found["facets"]["hits"] == 1
    assert found["hits"][0]["highlights"][0] == {"field": "title", "start": 0, "end": 2}
    ask = [{"query": "tag:sco", "limit": 1}, {"query": "tag:sco", "limit": 3, "facets": True}]
    first, counted = scowatch("search", "--jsonl", stdin=jsonl(*ask)).rows()
    assert "facets" not in first
    assert counted["facets"]["month"] == [{"value": "2026-11", "count": 4}]
    (second,) = scowatch("search", "--jsonl", stdin=jsonl({**ask[0], "after": first["next"]})).rows()
    assert [hit["ref"] for hit in second["hits"]] == ["r3"]


def test_null_in_a_question_is_what_is_left_out(scowatch: Command) -> None:
    scowatch("import", "-", stdin=jsonl(*SCRIPTS))
    asked = [{"query": "tag:sco"}, {"query": "tag:sco", "sort": None, "limit": None, "after": None}]
    plain, nulls = scowatch("search", "--jsonl", stdin=jsonl(*asked)).rows()
    assert {**plain, "seconds": 0} == {**nulls, "seconds": 0}


def test_since_and_until_include_their_days(scowatch: Command) -> None:
    scowatch("import", "-", stdin=jsonl(*SCRIPTS))
    window = ("--since", "2026-11-03", "--until", "2026-11-04")
    assert [hit["ref"] for hit in scowatch("search", "tag:sco", *window, "--json").json()["hits"]] == ["r3", "r2"]
    assert scowatch("search", "tag:sco", "--since", "1h", "--json").json()["total"] == 0


def test_many_searches_each_answered_before_the_next_is_read(scowatch: Command) -> None:
    scowatch("import", "-", stdin=jsonl(*SCRIPTS))
    with subprocess.Popen(
        [sys.executable, "-m", "monitor", "--home", str(scowatch.home), "search", "--jsonl"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(), text=True,
    ) as running:  # fmt: skip
        assert running.stdin is not None
        assert running.stdout is not None

        def ask(question: dict[str, Any]) -> dict[str, Any]:
            running.stdin.write(json.dumps(question) + "\n")  # type: ignore[union-attr]
            running.stdin.flush()  # type: ignore[union-attr]
            return dict(json.loads(running.stdout.readline()))  # type: ignore[union-attr]

        answer = ask({"query": "ШОС", "limit": 1})
        assert list(answer) == ["total", "hits", "next", "seconds"]
        assert (answer["total"], isinstance(answer["seconds"], float)) == (1, True)
        is_of(answer["hits"][0], HIT)
        wrong = ask({"query": "峰会 ("})
        assert (sorted(wrong), wrong["column"]) == (["column", "error"], 4)
        assert ask({"query": "summit", "sort": "relevance"})["total"] == 1
        running.stdin.close()
        assert running.wait(20) == 0


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("{", id="not JSON"),
        pytest.param("[]", id="not an object"),
        pytest.param('{"query": null}', id="no query"),
        pytest.param('{"query": "x", "limit": "all"}', id="limit that is no number"),
        pytest.param('{"query": "мир"}'.encode("cp1251"), id="another encoding"),
        pytest.param('{"query": "x", "after": 3}', id="place that is no text"),
        pytest.param('{"query": "x", "sort": ["newest"]}', id="sort that is no word"),
    ],
)
def test_a_line_that_is_no_question_ends_with_its_number(line: str | bytes, scowatch: Command) -> None:
    ran = scowatch("search", "--jsonl", stdin=b'{"query": "x"}\n' + (line.encode() if isinstance(line, str) else line))
    assert (ran.code, len(ran.out.splitlines())) == (2, 1)
    assert "line 2" in ran.err


# ---------------------------------------------------------------------------------------------- an archive in trouble


def test_a_locked_archive_is_one_clear_line(scowatch: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    scowatch("import", "-", stdin=jsonl(row(1)))
    scowatch("digest", "preview")
    monkeypatch.setattr(storage.connection, "BUSY_SECONDS", 0.1)
    (scowatch.home / "sources.yaml").write_text("sources:\n- {id: a, feeds: [{url: 'http://127.0.0.1:9/rss'}]}\n")
    with closing(connect(scowatch.home / "archive.db")) as other:
        other.execute("BEGIN IMMEDIATE")
        for command in (["import", "-"], ["deliver"], ["digest", "send"], ["collect"]):
            lines = scowatch.refused(*command, code=1, stdin=jsonl(row(2)))
            assert [line for line in lines if "another process is writing" in line] == lines, command
        assert scowatch("search", "shanghai", "--json").json()["total"] == 1
        other.execute("ROLLBACK")
    assert len(scowatch("export").rows()) == 1


FULL = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (%d, %d)); import sys; from monitor.cli import main"


def limited(size: int, *arguments: str, cwd: Path, stdin: str = "") -> Any:
    """The command in a process whose files cannot grow beyond so many bytes."""
    code = f"{FULL % (size, size)}; sys.argv[1:] = {list(arguments)!r}; main()"
    return subprocess.run(
        [sys.executable, "-c", code], cwd=cwd, input=stdin.encode(), capture_output=True, env=environment(), check=False
    )


def test_a_full_disk_is_one_clear_line_and_nothing_half_written(scowatch: Command, tmp_path: Path) -> None:
    scowatch("import", "-", stdin=jsonl(row(1)))
    many = jsonl(*(row(n, text=f"Number {n}. " + " ".join(str(n * k) for k in range(400))) for n in range(2, 301)))
    done = limited(200_000, "--home", str(scowatch.home), "import", "-", cwd=tmp_path, stdin=many)
    (line,) = done.stderr.decode().splitlines()
    assert (done.returncode, done.stdout) == (1, b"")
    assert "disk" in line
    assert len(scowatch("export").rows()) % 250 == 1  # whole batches
    with closing(connect(scowatch.home / "archive.db")) as archive:
        assert archive.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert scowatch("import", "-", "--json", stdin=many).json()["rejected"] == []
    assert len(scowatch("export").rows()) == 300


def test_a_disk_that_is_full_at_the_start_leaves_no_half_home(tmp_path: Path) -> None:
    done = limited(50_000, "--home", "new", "init", cwd=tmp_path)
    (line,) = done.stderr.decode().splitlines()
    assert done.returncode == 1
    assert "File too large" in line
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["scowatch.toml"]
    assert process("--home", "new", "init", cwd=tmp_path).code == 0


@pytest.mark.parametrize(
    "body", [pytest.param(b"", id="empty"), pytest.param(b"not a database at all" * 99, id="something else")]
)
def test_an_archive_that_is_none_is_refused_and_left_alone(body: bytes, scowatch: Command) -> None:
    (scowatch.home / "archive.db").write_bytes(body)
    (line,) = scowatch.refused("search", "x", code=1)
    assert str(scowatch.home / "archive.db") in line
    (line,) = scowatch.refused("check", code=2)
    assert (scowatch.home / "archive.db").read_bytes() == body


def test_a_number_that_could_not_be_counted_in_time_is_called_a_least_one(
    scowatch: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    scowatch("import", "-", stdin=jsonl(*(row(n, title=f"Summit {n}") for n in range(1, 7))))
    monkeypatch.setattr("storage.totals.FIRST", 2)
    monkeypatch.setattr("storage.totals.COUNTED_FOR", -1.0)
    assert "6 found, 1 shown" in scowatch("search", "summit", "--limit", "1").out  # what is asked once is counted on
    monkeypatch.setattr("monitor.cli.archive._COUNTED_FOR", -1.0)
    shown = scowatch("search", "summit", "--limit", "1")
    assert "at least 2 found, 1 shown" in shown.out
    assert "--limit 0 counts all" in shown.err
    assert scowatch("search", "summit", "--limit", "1", "--json").json()["total_at_least"] is True
    whole = scowatch("search", "summit", "--limit", "0", "--json").json()
    assert whole["total"] == 6
    assert "total_at_least" not in whole
    (line,) = scowatch("search", "--jsonl", stdin='{"query": "summit", "limit": 1}').out.splitlines()
    assert (json.loads(line)["total"], json.loads(line)["total_at_least"]) == (2, True)
