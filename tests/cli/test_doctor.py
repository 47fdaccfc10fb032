"""doctor: what it finds, what it says helps, and that this does help."""

from __future__ import annotations

import json
import shutil
from collections import namedtuple
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import monitor.app
from monitor import checkup
from monitor.types import Source
from monitor.types.checking import ArchiveFacts, IndexFacts
from storage.connection import connect
from tests.cli.calls import Command, jsonl, row
from tests.storage.test_reindexing import damage

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)


@pytest.fixture
def filled(scowatch: Command) -> Command:
    scowatch.home.chmod(0o700)
    scowatch("import", "-", stdin=jsonl(*(row(n) for n in range(1, 41))))
    return scowatch


def test_a_sound_home(filled: Command) -> None:
    before = {path: path.read_bytes() for path in filled.home.rglob("*") if path.is_file()}
    ran = filled("doctor")
    assert (ran.code, ran.out, ran.err) == (0, "all well\n", "")
    assert filled("doctor", "--json").json() == {"ok": True, "findings": []}
    assert {path: path.read_bytes() for path in filled.home.rglob("*") if path.is_file()} == before


def test_a_home_without_an_archive(tmp_path: Path) -> None:
    new = Command(tmp_path / "new")
    assert "init" in new.refused("doctor")[0]
    new("init", "--empty")
    new.home.chmod(0o700)
    assert new("doctor").out == "all well\n"
    assert not (new.home / "archive.db").exists()


def test_a_damaged_index_is_made_anew_by_what_the_search_says(filled: Command) -> None:
    before = filled("export").out
    damage(filled.home, "search_index_data", "search_index_idx")
    (line,) = filled.refused("search", "story", code=1)
    assert "its search index is damaged" in line
    assert "`scowatch doctor --rebuild-index`" in line
    (line,) = filled.refused("import", "-", code=1, stdin=jsonl(row(99)))
    assert "doctor --rebuild-index" in line
    ran = filled("doctor", "--json")
    assert ran.code == 1
    assert '"check": "index"' in ran.out
    ran = filled("doctor", "--rebuild-index")
    assert (ran.code, ran.err) == (0, "search index: made anew out of 40 articles\n")
    assert "unused" in ran.out or "never used" in ran.out
    assert filled("export").out == before
    assert filled("search", "shanghai", "--json").json()["total"] == 40
    assert filled("import", "-", "--json", stdin=jsonl(row(99))).json()["new"] == 1


def test_damage_within_the_index_is_told_as_that_of_the_index(filled: Command) -> None:
    with closing(connect(filled.home / "archive.db")) as connection:
        connection.execute("UPDATE search_index_data SET block = randomblob(length(block)) WHERE id > 10")
    (fault,) = json.loads(filled("doctor", "--json").out)["findings"]
    assert fault["check"] == "index"
    assert "doctor --rebuild-index" in fault["remedy"]
    assert filled("doctor", "--rebuild-index").code == 0
    assert filled("doctor").out == "all well\n"


def test_a_damaged_page_elsewhere_names_restore_and_that_helps(filled: Command) -> None:
    filled("backup", "kept")
    damage(filled.home, "articles")
    for command in (["search", "story"], ["export"], ["import", "-"]):
        ran = filled(*command, stdin=jsonl(row(99)))
        assert ran.code == 1
        assert "scowatch restore" in ran.err
    ran = filled("doctor")
    assert ran.code == 1
    assert "archive.db, articles: the file is damaged" in ran.out
    assert "`scowatch restore`" in ran.out
    assert filled("restore", "kept", "--replace").code == 0
    filled.home.chmod(0o700)
    assert filled("doctor").out == "all well\n"
    assert len(filled("export").rows()) == 40


@pytest.mark.parametrize(
    ("body", "told"),
    [
        pytest.param(b"", "the file is empty", id="empty"),
        pytest.param(b"x" * 9999, "no archive", id="something else"),
        pytest.param(None, "not a file", id="a folder"),
    ],
)
def test_an_archive_that_is_none(body: bytes | None, told: str, filled: Command) -> None:
    path = filled.home / "archive.db"
    path.unlink()
    if body is None:
        path.mkdir()
    else:
        path.write_bytes(body)
    ran = filled("doctor")
    assert (ran.code, ran.err) == (1, "")
    assert told in ran.out


def test_an_archive_of_a_newer_version(filled: Command) -> None:
    with closing(connect(filled.home / "archive.db")) as connection:
        connection.execute("PRAGMA user_version = 9999")
    ran = filled("doctor")
    assert ran.code == 1
    assert "newer scowatch (shape 9999" in ran.out
    assert filled("doctor", "--rebuild-index").code == 1


def test_configuration_that_is_wrong_does_not_hide_the_rest(filled: Command) -> None:
    (filled.home / "sources.yaml").write_text("sources:\n- {id: A A}\n", encoding="utf-8")
    with closing(connect(filled.home / "archive.db")) as connection:
        connection.execute("UPDATE articles SET tags = '[]' WHERE id = 3")
    ran = filled("doctor")
    assert ran.code == 1
    assert "sources.yaml:2" in ran.out
    assert "the tags of 1 articles are not what their matches say (3)" in ran.out


@pytest.mark.parametrize("name", ["scowatch.toml", "sources.yaml", "watchlist.yaml", "archive.db"])
def test_a_folder_where_a_file_should_be(name: str, filled: Command) -> None:
    (filled.home / name).unlink()
    (filled.home / name).mkdir()
    assert filled("doctor").code == 1
    assert name in filled("doctor").out
    for command in (["check"], ["collect"], ["deliver"], ["search", "x"], ["retag"], ["backup", "kept"], ["export"]):
        ran = filled(*command)  # which fails where it needs that file, in words
        assert ran.code in (0, 1, 2)
        assert ran.code == 0 or name in ran.err


def test_two_at_once_are_kept_apart(filled: Command) -> None:
    from monitor.service import only_one

    with only_one(filled.home / "rebuild.lock", "makes the index of"):
        assert "another process makes the index of" in filled.refused("doctor", "--rebuild-index")[0]
        assert filled("doctor").code == 0


def test_rights_and_room(filled: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    filled.home.chmod(0o755)
    (filled.home / "scowatch.toml").chmod(0o644)
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10, 10, 5 << 20))
    ran = filled("doctor")
    assert ran.code == 1
    assert "5 MB are free" in ran.out
    assert "everybody on this machine may read scowatch.toml" in ran.out


def test_a_home_on_a_disk_that_cannot_be_written(filled: Command, tmp_path: Path) -> None:
    import subprocess

    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "--bind", str(filled.home), str(disk)], capture_output=True).returncode:
        pytest.skip("nothing can be mounted here")
    try:
        if subprocess.run(["mount", "-o", "remount,ro,bind", str(disk)], capture_output=True).returncode:
            pytest.skip("nothing can be mounted here")
        there = Command(disk)
        ran = there("doctor")
        assert ran.code == 1
        assert "nothing can be written in it" in ran.out
        assert there("backup", str(tmp_path / "kept")).code == 0
        for command in (
            ["import", "-"],
            ["doctor", "--rebuild-index"],
            ["restore", str(tmp_path / "kept"), "--replace"],
        ):
            ran = there(*command, stdin=jsonl(row(99)))
            assert ran.code in (1, 2)
            assert "rights" in ran.err
        assert filled("backup", "verify", str(tmp_path / "kept")).code == 0
    finally:
        subprocess.run(["umount", "--lazy", str(disk)], check=False)


# ---------------------------------------------------------------------------------------------- decisions


def facts(**changed: object) -> ArchiveFacts:
    values: dict[str, object] = {
        "path": "a.db",
        "size": 1 << 20,
        "log_size": 0,
        "left_over": (),
        "shape": 11,
        "newest_shape": 11,
        "tagged_by": {},
        "polls": {},
        "ahead": {},
    }
    return ArchiveFacts(**(values | changed))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changed", "level", "parts"),
    [
        pytest.param({"shape": 9}, "note", ["shape is 9", "backup first"], id="older"),
        pytest.param({"shape": 12}, "fault", ["newer scowatch", "install"], id="newer"),
        pytest.param({"log_size": 300 << 20}, "note", ["300 MB", "never delete"], id="log"),
        pytest.param({"left_over": (".a.db.1.new",)}, "note", [".a.db.1.new"], id="left over"),
        pytest.param({"orphans": (("m", "articles", 3, True),)}, "fault", ["3 rows", "restore"], id="rows"),
        pytest.param({"orphans": (("m", "articles", 3, False),)}, "note", ["only take space"], id="loose rows"),
        pytest.param({"stuck": ((7, "mail:desk", NOW),)}, "fault", ["delivery 7", "deliver"], id="stuck"),
        pytest.param({"failed": 2}, "note", ["2 were given up", "deliveries"], id="failed"),
        pytest.param({"ahead": {"articles.first_seen_at": (4, NOW)}}, "note", ["4 times", "clock"], id="ahead"),
        pytest.param({"backwards": 2}, "note", ["set back 2 times", "NTP"], id="backwards"),
        pytest.param({"tags_differ": (2, (5, 6))}, "fault", ["(5, 6)", "retag"], id="tags"),
        pytest.param({"lost_files": ("s/x.warc.gz",)}, "fault", ["s/x.warc.gz", "backup"], id="files"),
        pytest.param({"index": IndexFacts(missing=2, extra=1)}, "fault", ["2 articles", "rebuild"], id="index"),
        pytest.param({"index": IndexFacts(sampled=9, not_found=1)}, "fault", ["1 of 9", "rebuild"], id="words"),
        pytest.param({"index": IndexFacts(analyser=1, present_analyser=2)}, "fault", ["earlier analyser"], id="stale"),
        pytest.param({"index": IndexFacts(facets=("tag:x 1 for 2",))}, "fault", ["tag:x 1 for 2"], id="facets"),
        pytest.param({"index": IndexFacts(making=(1, 9))}, "note", ["1 of 9", "the old one answers"], id="beside"),
        pytest.param({"index": IndexFacts(making=(1, 9), in_place=True)}, "fault", ["searches miss"], id="in place"),
    ],
)
def test_each_finding_has_thing_reason_and_remedy(changed: dict[str, object], level: str, parts: list[str]) -> None:
    place = checkup.Place(path="home", free=9 << 30, writable=True)
    (finding,) = checkup.all_of(facts(**changed), place, (), None, NOW)
    assert finding.level == level
    assert all(part in str(finding) for part in parts), finding
    assert finding.thing
    assert finding.reason
    assert finding.remedy


def source(name: str) -> Source:
    return Source(id=name, name=name, kind="feed", addresses=())


@pytest.mark.parametrize(
    ("polls", "told"),
    [
        pytest.param({}, [], id="nothing was read yet"),
        pytest.param({"a": (NOW, NOW), "b": (NOW, NOW)}, [], id="all are read"),
        pytest.param({"a": (NOW, NOW)}, [], id="the others may come yet"),
        pytest.param({"a": (NOW, NOW), "c": (NOW - timedelta(days=9), None)}, ["1 were never read"], id="one never"),
        pytest.param(
            {"a": (NOW, NOW), "b": (NOW - timedelta(days=9), NOW - timedelta(days=8))}, ["1 were due"], id="one late"
        ),
        pytest.param(
            {"a": (NOW - timedelta(days=9), NOW), "b": (NOW - timedelta(days=9), NOW)}, ["nothing was read"], id="none"
        ),
    ],
)
def test_sources_that_are_not_read(polls: dict[str, object], told: list[str]) -> None:
    found = list(checkup.of_sources(facts(polls=polls), (source("a"), source("b")), NOW))
    assert [part in str(finding) for finding, part in zip(found, told, strict=True)] == [True] * len(told)


def test_articles_tagged_by_another_list_are_noted(filled: Command) -> None:
    text = (filled.home / "watchlist.yaml").read_text(encoding="utf-8")
    (filled.home / "watchlist.yaml").write_text(text.replace("ru: [ШОС]", "ru: [ШОС, СШОС]"), encoding="utf-8")
    ran = filled("doctor")
    assert ran.code == 0
    assert "40 articles were tagged by another state of the watchlist; `scowatch retag`" in ran.out
    filled("retag")
    assert filled("doctor").out == "all well\n"


def test_a_clock_that_was_wrong_is_noted(filled: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(monitor.app, "now", lambda: datetime.now(UTC) - timedelta(days=3))
    ran = filled("doctor")
    assert ran.code == 0
    assert "lie in the future" in ran.out
