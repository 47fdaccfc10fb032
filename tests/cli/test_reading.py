"""collect and sources on a loopback site; tag and extract on texts and files."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.calls import SETTINGS, Command, jsonl
from tests.servers import Web, answer

TITLES = ["The Shanghai Cooperation Organisation meets", "Саммит ШОС", "上合组织峰会", "نشست سازمان همکاری شانگهای"]


def feed(web: Web, *titles: str) -> bytes:
    items = "".join(
        f"<item><title>{title}</title><link>{web.url(f'/{n}.html')}</link><guid>{n}</guid></item>"
        for n, title in enumerate(titles)
    )
    return f"<rss version='2.0'><channel><title>F</title>{items}</channel></rss>".encode()


@pytest.fixture
def site(web: Web, scowatch: Command) -> Web:
    """One feed that can be read, three that cannot."""
    web.routes["/good.xml"] = answer("200 OK", feed(web, *TITLES), ETag='"x"')
    web.routes["/login.xml"] = answer("200 OK", b"<html><body>Log in</body></html>")
    names = ("good", "gone", "lost", "login")
    blocks = [f"- {{id: {name}, name: The {name}, feeds: [{{url: '{web.url(f'/{name}.xml')}'}}]}}\n" for name in names]
    (scowatch.home / "sources.yaml").write_text("sources:\n" + "".join(blocks))
    return web


# ---------------------------------------------------------------------------------------------- collect


def test_collect_has_the_report_of_the_contract(site: Web, scowatch: Command) -> None:
    ran = scowatch("collect", "--no-fulltext", "--json")
    report = ran.json()
    assert list(report) == ["started", "seconds", "sources", "articles", "failures"]
    assert report["started"].endswith("Z")
    assert isinstance(report["seconds"], float)
    assert report["sources"] == {"due": 4, "ok": 1, "not_modified": 0, "failed": 3}
    assert report["articles"] == {"seen": 4, "new": 4, "updated": 0, "unchanged": 0, "dropped": {}}
    failures = sorted(report["failures"], key=lambda failure: str(failure["source"]))
    # `url` is more than the contract asks for: a source may have several addresses
    assert failures[0] == {
        "source": "gone",
        "url": site.url("/gone.xml"),
        "outcome": "permanent",
        "error": "HTTP 404: not found",
    }
    assert [failure["source"] for failure in failures] == ["gone", "login", "lost"]
    assert ran.err.splitlines()[-1] == "4/4 sources, 4 new articles, 3 failed"


def test_collect_for_people_names_each_reason_once(site: Web, scowatch: Command) -> None:
    lines = scowatch("collect", "--no-fulltext").out.splitlines()
    assert lines[0].endswith("1 read, 0 unchanged, 3 failed")
    assert lines[1] == "4 items seen: 4 new, 0 updated, 0 unchanged"
    assert sorted(lines[2].partition(": ")[2].partition(": ")[2].split(", ")) == ["gone", "lost"]
    assert lines[2].startswith("  HTTP 404: not found: ")
    assert lines[3] == f"  an HTML page, not a feed: login ({site.url('/login.xml')})"


def test_collect_reads_what_is_due_or_what_it_is_told(site: Web, scowatch: Command) -> None:
    scowatch("collect", "--no-fulltext")
    assert scowatch("collect", "--json").json()["sources"]["due"] == 0
    assert scowatch("collect", "--all", "--no-fulltext", "--json").json()["sources"]["due"] == 4
    report = scowatch("collect", "--source", "good", "--source", "gone", "--json").json()
    assert report["sources"] == {"due": 2, "ok": 0, "not_modified": 1, "failed": 1}
    assert {asked.headers["user-agent"] for asked in site.asked} == {"scowatch/0.1.0 (+mailto:ops@example.org)"}


def test_a_network_that_is_not_there_is_told_in_few_lines(scowatch: Command) -> None:
    blocks = [f"- {{id: s{n}, feeds: [{{url: 'http://127.0.0.1:1/{n}'}}]}}\n" for n in range(40)]
    (scowatch.home / "sources.yaml").write_text("sources:\n" + "".join(blocks))
    ran = scowatch("collect")
    assert ran.code == 0
    assert len(ran.out.splitlines()) == 3
    assert ran.out.splitlines()[2].startswith("  connection refused: s")
    assert ran.out.splitlines()[2].endswith("and 34 more")
    assert "look at the network" in ran.err.splitlines()[-1]


def test_a_private_address_is_not_contacted_without_leave(site: Web, scowatch: Command) -> None:
    (scowatch.home / "scowatch.toml").write_text("")
    (failure,) = scowatch("collect", "--source", "good", "--json").json()["failures"]
    assert "not allowed by [fetch] allow_networks" in failure["error"]
    assert site.asked == []


# ---------------------------------------------------------------------------------------------- sources


def test_sources_list_says_how_each_does(site: Web, scowatch: Command) -> None:
    fresh = scowatch("sources", "list", "--json").json()
    assert [row["id"] for row in fresh] == ["good", "gone", "lost", "login"]
    assert {row["outcome"] for row in fresh} == {None}
    scowatch("collect", "--no-fulltext")
    rows = {row["id"]: row for row in scowatch("sources", "list", "--json").json()}
    assert (rows["good"]["outcome"], rows["good"]["articles"], rows["good"]["error"]) == ("ok", 4, None)
    assert (rows["gone"]["outcome"], rows["gone"]["failures"]) == ("permanent", 1)
    assert rows["gone"]["error"] == "HTTP 404: not found"
    assert rows["gone"]["urls"] == [site.url("/gone.xml")]
    table = scowatch("sources", "list").out.splitlines()
    assert len(table) == 5
    assert "failing 1×" in table[2]
    assert table[2].endswith("HTTP 404: not found")
    assert "just now" in table[1]


@pytest.mark.usefixtures("site")
def test_sources_check_shows_what_would_be_read_and_stores_nothing(scowatch: Command) -> None:
    shown = scowatch("sources", "check", "good").out
    assert "4 items" in shown
    assert all(title in shown for title in TITLES)
    assert "HTTP 404: not found" in scowatch("sources", "check", "gone").out
    assert "an HTML page, not a feed" in scowatch("sources", "check", "login").out
    assert scowatch("export").out == ""
    assert scowatch("collect", "--source", "good", "--no-fulltext", "--json").json()["articles"]["new"] == 4


def test_sources_go_out_and_come_in_as_opml_and_yaml(site: Web, scowatch: Command, tmp_path: Path) -> None:
    for form in ("opml", "yaml"):
        (tmp_path / f"out.{form}").write_text(scowatch("sources", "export", "--format", form).out)
        ran = scowatch("sources", "import", f"out.{form}")
        assert (ran.code, ran.err) == (0, "0 sources added, 4 known already\n")
        other = Command(tmp_path / form)
        other("init", "--empty")
        refused = other("sources", "import", str(tmp_path / f"out.{form}"))
        assert (refused.code, len(other("sources", "list", "--json").json())) == (2, 0)
        assert refused.err.count("address 127.0.0.1 is loopback and not allowed by [fetch] allow_networks") == 4
        (other.home / "scowatch.toml").write_text(SETTINGS)
        assert other("sources", "import", str(tmp_path / f"out.{form}")).err == "4 sources added, 0 known already\n"
        rows = other("sources", "list", "--json").json()
        assert [row["urls"] for row in rows] == [
            [site.url(f"/{name}.xml")] for name in ("good", "gone", "lost", "login")
        ]
        assert [row["name"] for row in rows] == ["The good", "The gone", "The lost", "The login"]


@pytest.mark.parametrize(
    ("name", "body", "part"),
    [
        pytest.param("a.opml", "<opml><body", "a.opml is not whole", id="cut OPML"),
        pytest.param("a.opml", "hello", "a.opml: not OPML", id="no OPML"),
        pytest.param("a.opml", "", "a.opml: not OPML: Document is empty", id="empty OPML"),
        pytest.param(
            "a.opml", "<!DOCTYPE x><opml/>", "a.opml: the OPML file declares a document type", id="document type"
        ),
        pytest.param("a.yaml", "sources:\n- {name: x}\n", "a.yaml:2", id="source without id"),
        pytest.param("a.yaml", "sources: [", "a.yaml", id="not YAML"),
    ],
)
def test_sources_that_cannot_be_taken_change_nothing(name: str, body: str, part: str, scowatch: Command) -> None:
    (scowatch.home.parent / name).write_text(body)
    before = (scowatch.home / "sources.yaml").read_text()
    ran = scowatch("sources", "import", name)
    if ran.code == 0:  # a cut file gives what it has
        assert ran.err.endswith("\n0 sources added, 0 known already\n")
    else:
        assert ran.code == 2
    assert part in ran.err
    assert (scowatch.home / "sources.yaml").read_text() == before


# ---------------------------------------------------------------------------------------------- tag, extract


def test_tag_has_the_records_of_the_contract(scowatch: Command) -> None:
    given = [{"id": n, "title": title, "text": f"{title}. {title}", "lang": None} for n, title in enumerate(TITLES)]
    rows = scowatch("tag", "--jsonl", stdin=jsonl(*given)).rows()
    assert [row["id"] for row in rows] == [0, 1, 2, 3]
    for row, source in zip(rows, given, strict=True):
        assert list(row) == ["id", "tags"]
        assert len(row["tags"]) == 3
        for tag in row["tags"]:
            assert list(tag) == ["id", "alias", "lang", "field", "start", "end", "rule"]
            assert tag["id"] == "sco"
            assert str(source[tag["field"]])[tag["start"] : tag["end"]] in str(source["title"])
    assert [tag["field"] for tag in rows[1]["tags"]] == ["title", "text", "text"]
    assert rows[1]["tags"][0]["start"] == 7


def test_tag_needs_no_home_and_makes_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scowatch: Command) -> None:
    monkeypatch.chdir(tmp_path)
    nowhere = Command(tmp_path / "nowhere")
    own = str(scowatch.home / "watchlist.yaml")
    (row,) = nowhere("tag", "--jsonl", "--watchlist", own, stdin=jsonl({"id": "a", "text": "ШОС"})).rows()
    assert [tag["id"] for tag in row["tags"]] == ["sco"]
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize("command", ["tag", "extract"])
@pytest.mark.parametrize(
    ("line", "part"),
    [
        pytest.param('{"id" 1}', "not JSON: Expecting ':' delimiter at column 7", id="not JSON"),
        pytest.param('"text"', "not a JSON object", id="no object"),
        pytest.param('{"id": 1, "text": "Путин"}'.encode("cp1251"), "not UTF-8 text: ", id="another encoding"),
        pytest.param('{"id": 1, "text": 7, "path": 7}', "is not a text", id="a number"),
        pytest.param('{"id": 1, "path": "nowhere.html", "date": "soon"}', "line 2", id="what is not there"),
        pytest.param('{"id": 1, "path": "a\\u0000b", "date": "x"}', "line 2", id="a name that cannot be"),
    ],
)
def test_a_bad_line_ends_with_its_number(
    command: str, line: str | bytes, part: str, tmp_path: Path, scowatch: Command
) -> None:
    (tmp_path / "a.html").write_text("<p>x</p>")
    good = jsonl({"id": 0, "text": "", "path": str(tmp_path / "a.html")}).encode()
    ran = scowatch(command, "--jsonl", stdin=good + (line.encode() if isinstance(line, str) else line))
    assert (ran.code, len(ran.out.splitlines())) == (2, 1)
    assert "line 2" in ran.err
    assert part in ran.err


def article(title: str, text: str) -> bytes:
    date = "<meta property='article:published_time' content='2026-11-20T10:00:00+05:00'>"
    body = f"<article><h1>{title}</h1>{''.join(f'<p>{text} {n}</p>' for n in range(9))}</article>"
    head = f"<meta charset=utf-8><title>{title}</title>{date}"
    return f"<!doctype html><html><head>{head}</head><body>{body}</body></html>".encode()


def test_extract_has_the_records_of_the_contract(tmp_path: Path, scowatch: Command) -> None:
    texts = ["The ministers of ten states met on the bridge and spoke for two days about its railings.",
             "Министры десяти государств встретились на мосту и два дня говорили о его перилах.",
             "十国部长在桥上会晤，并用两天时间讨论了桥的栏杆问题，最后达成了一致意见。",
             "وزیران ده کشور روی پل دیدار کردند و دو روز درباره نرده‌های آن گفتگو کردند."]  # fmt: skip
    given = []
    for n, (title, text) in enumerate(zip(TITLES, texts, strict=True)):
        body = article(title, text)
        path = tmp_path / (f"{n}.html.gz" if n % 2 else f"{n}.html")
        path.write_bytes(gzip.compress(body) if n % 2 else body)
        given.append({"id": n, "path": str(path), "url": f"https://example.org/{n}"})
    (tmp_path / "empty.html").write_bytes(b"")
    given.append({"id": "empty", "path": str(tmp_path / "empty.html")})
    *rows, empty = scowatch("extract", "--jsonl", stdin=jsonl(*given)).rows()
    keys = ["id", "title", "text", "published", "authors", "lang", "canonical_url", "site_name"]
    for row, title, text in zip(rows, TITLES, texts, strict=True):
        assert list(row) == keys
        assert row["title"] == title
        assert row["text"].splitlines()[-9:] == [f"{text} {n}" for n in range(9)]
        assert row["published"] == "2026-11-20T05:00:00Z"
    assert empty == dict.fromkeys(keys) | {"id": "empty"}


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"not gzip", id="no gzip"),
        pytest.param(gzip.compress(b"x" * 1000)[:-12], id="cut"),
        pytest.param(gzip.compress(b"x" * 1000)[:12] + b"\xff" * 20, id="damaged"),
        pytest.param(gzip.compress(bytes(70 * 2**20)), id="more than a page can be"),
    ],
)
def test_a_packed_file_that_cannot_be_unpacked_is_named(body: bytes, tmp_path: Path, scowatch: Command) -> None:
    (tmp_path / "a.html.gz").write_bytes(body)
    (line,) = scowatch.refused("extract", "--jsonl", stdin=jsonl({"id": 1, "path": "a.html.gz"}))
    assert "line 1: 'a.html.gz'" in line


@pytest.mark.usefixtures("site")
def test_tags_stand_in_the_archive_as_tag_gives_them(scowatch: Command) -> None:
    scowatch("collect", "--no-fulltext")
    kept: dict[str, Any] = {row["title"]: row["tags"] for row in scowatch("export").rows()}
    given = jsonl(*({"id": title, "title": title, "text": ""} for title in TITLES))
    tagged = {
        row["id"]: sorted({tag["id"] for tag in row["tags"]}) for row in scowatch("tag", "--jsonl", stdin=given).rows()
    }
    assert {title: sorted(tags) for title, tags in kept.items()} == tagged
    assert json.dumps(tagged).count("sco") == 4
