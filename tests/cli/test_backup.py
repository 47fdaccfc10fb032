"""backup and restore: the whole home comes back, damage is found, and nothing that is there is lost."""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import subprocess
import sys
from collections import namedtuple
from contextlib import closing
from pathlib import Path

import pytest

import storage.backup
import storage.restoring
from monitor import backups
from storage.connection import connect
from tests.cli.calls import Command, environment, jsonl, row
from tests.cli.test_archive import limited


@pytest.fixture
def filled(scowatch: Command) -> Command:
    """A home with articles, snapshots and what else a home may hold."""
    scowatch("import", "-", stdin=jsonl(*(row(n) for n in range(1, 31)), row(3, text="Another text. " * 30)))
    (scowatch.home / "searches.yaml").write_text("searches: []\n", encoding="utf-8")
    (scowatch.home / "snapshots" / "2026").mkdir(parents=True)
    (scowatch.home / "snapshots" / "2026" / "11-22.warc.gz").write_bytes(b"\x1f\x8b" * 999)
    (scowatch.home / ".cache").mkdir(exist_ok=True)
    (scowatch.home / ".cache" / "x.json").write_text("{}")
    (scowatch.home / "run.lock").touch()
    return scowatch


HOME = [
    "archive.db",
    "scowatch.toml",
    "searches.yaml",
    "snapshots/2026/11-22.warc.gz",
    "sources.yaml",
    "watchlist.yaml",
]


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_restored_home_is_the_one_that_was(filled: Command, tmp_path: Path) -> None:
    made = filled("backup", "kept", "--json").json()
    assert made["counts"] == {"articles": 30, "versions": 31, "tags": 30, "deliveries": 0}
    assert sorted(files(tmp_path / "kept")) == sorted([*HOME, "manifest.json"])
    assert filled("backup", "verify", "kept").out.startswith("backup kept: sound; of ")
    other = Command(tmp_path / "other")
    ran = other("restore", "kept")
    assert (ran.code, ran.err) == (0, "")
    assert "30 articles, 31 versions, 30 tags" in ran.out
    assert other("export").out == filled("export").out
    assert other("search", "3rd", "--json").out == filled("search", "3rd", "--json").out
    before, after = files(filled.home), files(other.home)
    assert {name: after[name] for name in HOME[1:]} == {name: before[name] for name in HOME[1:]}
    assert other("import", "-", "--json", stdin=jsonl(row(99))).json()["new"] == 1


def test_the_manifest_says_what_is_there(filled: Command, tmp_path: Path) -> None:
    filled("backup", "kept")
    record = json.loads((tmp_path / "kept" / "manifest.json").read_text(encoding="utf-8"))
    assert [file["path"] for file in record["files"]] == HOME
    assert {len(file["sha256"]) for file in record["files"]} == {64}
    assert record["schema_version"] == storage.backup.newest_shape()
    assert (record["rows"]["articles"], record["rows"]["versions"], record["archive"]) == (30, 1, "archive.db")
    assert (tmp_path / "kept").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("harm", "told"),
    [
        pytest.param(lambda b: (b / "watchlist.yaml").unlink(), "watchlist.yaml: is missing", id="a file is gone"),
        pytest.param(lambda b: (b / "scowatch.toml").write_text("x"), "scowatch.toml: has 1 bytes", id="cut"),
        pytest.param(lambda b: flip(b / "archive.db", 9000), "archive.db: was changed", id="a byte of the archive"),
        pytest.param(lambda b: flip(b / "snapshots/2026/11-22.warc.gz", 5), "was changed", id="a byte of a page"),
        pytest.param(lambda b: (b / "manifest.json").write_text('{"format": 1'), "damaged", id="half a manifest"),
        pytest.param(lambda b: (b / "manifest.json").unlink(), "this is no backup", id="no manifest"),
        pytest.param(lambda b: edit(b, path="../../evil"), "outside of the backup", id="a path that climbs out"),
        pytest.param(lambda b: edit(b, path="/etc/passwd"), "outside of the backup", id="a full path"),
    ],
)
def test_a_backup_that_was_changed_is_not_restored(harm: object, told: str, filled: Command, tmp_path: Path) -> None:
    filled("backup", "kept")
    harm(tmp_path / "kept")  # type: ignore[operator]
    verified, restored = filled("backup", "verify", "kept"), Command(tmp_path / "other")("restore", "kept")
    assert verified.code == restored.code > 0
    assert told in verified.err
    assert told in restored.err
    assert not (tmp_path / "other").exists()
    assert not list(tmp_path.glob(".scowatch*"))


def flip(path: Path, at: int) -> None:
    body = bytearray(path.read_bytes())
    body[at] ^= 1
    path.write_bytes(body)


def edit(folder: Path, **changed: object) -> None:
    path = folder / "manifest.json"
    record = json.loads(path.read_text(encoding="utf-8"))
    record["files"][1] |= changed
    path.write_text(json.dumps(record), encoding="utf-8")


def test_counts_are_checked_beside_digests(filled: Command, tmp_path: Path) -> None:
    filled("backup", "kept")
    path = tmp_path / "kept" / "manifest.json"
    path.write_text(path.read_text(encoding="utf-8").replace('"articles": 30,', '"articles": 31,'), encoding="utf-8")
    (line, _) = filled.refused("backup", "verify", "kept", code=1)
    assert "table articles has 30 rows in place of 31" in line


def test_a_backup_of_a_newer_scowatch_says_so(filled: Command, tmp_path: Path) -> None:
    filled("backup", "kept")
    path = tmp_path / "kept" / "manifest.json"
    record = json.loads(path.read_text(encoding="utf-8")) | {"schema_version": 9999}
    path.write_text(json.dumps(record), encoding="utf-8")
    assert "newer scowatch (shape 9999" in Command(tmp_path / "other").refused("restore", "kept", code=1)[0]


# ---------------------------------------------------------------------------------------------- where it goes


def test_dated_backups_and_which_of_them_go(filled: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "all" / "half").mkdir(parents=True)
    (tmp_path / "all" / "half" / "watchlist.yaml").touch()
    for _ in range(3):
        assert filled("backup", "all", "--keep", "2").code == 0
    names = sorted(path.name for path in (tmp_path / "all").iterdir())
    assert len(names) == 3
    assert names[0] == "half"
    assert filled("backup", "all").code == 0  # it holds backups: one more, and none goes
    assert len(list((tmp_path / "all").glob("scowatch-*"))) == 3

    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(storage.backup, "copy_file", refuse)
    assert filled("backup", "all", "--keep", "1").code == 1
    assert len(list((tmp_path / "all").glob("scowatch-*"))) == 3  # a failed one costs no older one


def test_backups_of_another_home_are_left_alone(filled: Command, tmp_path: Path) -> None:
    other = Command(tmp_path / "other")
    other("init", "--empty")
    other("backup", "all", "--keep", "1")
    filled("backup", "all", "--keep", "1")
    assert len(list((tmp_path / "all").iterdir())) == 2


def test_the_newest_of_several_is_restored(filled: Command, tmp_path: Path) -> None:
    filled("backup", "all", "--keep", "9")
    filled("import", "-", stdin=jsonl(row(77)))
    filled("backup", "all", "--keep", "9")
    other = Command(tmp_path / "other")
    assert "31 articles" in other("restore", "all").out
    assert filled("backup", "verify", "all").out.count("sound") == 2


@pytest.mark.parametrize(
    ("target", "told"),
    [
        pytest.param("home", "holds other things", id="the home itself"),
        pytest.param("home/watchlist.yaml", "is a file", id="a file"),
        pytest.param("home/watchlist.yaml/x", "look at the path", id="below a file"),
        pytest.param("kept", "is a backup", id="a backup"),
    ],
)
def test_a_place_that_is_taken_is_refused(target: str, told: str, filled: Command) -> None:
    filled("backup", "kept")
    before = files(filled.home)
    ran = filled("backup", target)
    assert ran.code in (1, 2)
    assert told in ran.err
    assert files(filled.home) == before


def test_a_backup_in_the_home_does_not_hold_itself(filled: Command) -> None:
    for _ in range(2):
        assert filled("backup", str(filled.home / "backups"), "--keep", "3").code == 0
    newest = max((filled.home / "backups").iterdir())
    assert [name for name in files(newest) if name.startswith("backups")] == []


def test_a_file_that_takes_another_name_meanwhile_is_in_the_backup(
    filled: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = filled.home / "snapshots" / "2026"
    real = storage.backup.copy_archive

    def rename_first(*given: object) -> object:
        (pages / "11-22.warc.gz").rename(pages / "11-23.warc.gz")
        return real(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(storage.backup, "copy_archive", rename_first)
    assert filled("backup", "kept").code == 0
    assert (tmp_path / "kept/snapshots/2026/11-23.warc.gz").read_bytes() == b"\x1f\x8b" * 999
    assert filled("backup", "verify", "kept").code == 0


def test_a_home_of_its_own_making_has_no_archive_yet(tmp_path: Path) -> None:
    home = Command(tmp_path / "new")
    home("init", "--empty")
    assert home("backup", str(tmp_path / "kept")).code == 0
    assert Command(tmp_path / "other")("restore", str(tmp_path / "kept")).code == 0
    assert not (tmp_path / "other" / "archive.db").exists()


@pytest.mark.parametrize(
    "words", [[], [""], ["a", "b"], ["verify"], ["verify", "a", "b"], ["verify", "x", "--keep", "1"]]
)
def test_words_that_name_no_folder(words: list[str], filled: Command, tmp_path: Path) -> None:
    assert "Usage: scowatch backup" in filled.refused("backup", *words)[0]
    assert [path.name for path in tmp_path.iterdir()] == ["home"]


def test_an_archive_of_a_newer_scowatch_is_not_copied(filled: Command, tmp_path: Path) -> None:
    with closing(connect(filled.home / "archive.db")) as connection:
        connection.execute("PRAGMA user_version = 9999")
    (line,) = filled.refused("backup", "kept", code=1)
    assert "back it up with that version" in line
    assert not (tmp_path / "kept").exists()


def test_without_a_home_there_is_nothing_to_back_up(tmp_path: Path) -> None:
    assert "init" in Command(tmp_path / "none").refused("backup", str(tmp_path / "kept"))[0]
    assert not (tmp_path / "kept").exists()


# ---------------------------------------------------------------------------------------------- replacing


def test_a_home_that_is_not_empty_is_moved_aside_never_deleted(filled: Command, tmp_path: Path) -> None:
    filled("backup", "kept")
    filled("import", "-", stdin=jsonl(row(77)))
    before = files(filled.home)
    (line,) = filled.refused("restore", "kept")
    assert "--replace" in line
    assert files(filled.home) == before
    ran = filled("restore", "kept", "--replace")
    assert (ran.code, ran.err) == (0, "")
    (aside,) = tmp_path.glob("home.replaced-*")
    assert str(aside) in ran.out
    assert files(aside) == before
    assert len(filled("export").rows()) == 30


def test_a_folder_that_cannot_change_its_name(filled: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    filled("backup", "kept")
    before = files(filled.home)
    monkeypatch.setattr(os.path, "ismount", lambda _: True)
    assert filled("restore", "kept", "--replace").code == 0
    (aside,) = filled.home.glob(".replaced-*")
    assert files(aside) == before
    assert len(filled("export").rows()) == 30


def test_a_home_at_work_is_not_replaced(filled: Command) -> None:
    from monitor.service import only_one

    filled("backup", "kept")
    with only_one(filled.home / "run.lock"):
        assert "stop it first" in filled.refused("restore", "kept", "--replace")[0]


def test_deliveries_that_were_not_sent_are_told(filled: Command, tmp_path: Path) -> None:
    filled("digest", "send")
    filled("import", "-", stdin=jsonl(row(78)))
    filled("digest", "send")
    filled("backup", "kept")
    ran = Command(tmp_path / "other")("restore", "kept")
    assert "deliveries were not sent yet" in ran.err


# ---------------------------------------------------------------------------------------------- trouble


def test_a_full_disk_is_told_before_anything_is_written(
    filled: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10, 10, 1 << 20))
    (line,) = filled.refused("backup", "kept", code=1)
    assert "the disk is full" in line
    assert "MB are needed, 1 MB are free" in line
    assert "no backup was made" in line
    assert not list(tmp_path.glob("*kept*"))
    assert not list(tmp_path.glob(".scowatch*"))


@pytest.mark.parametrize("size", [100_000, 1_000])
def test_a_disk_that_fills_up_leaves_no_half_backup(size: int, filled: Command, tmp_path: Path) -> None:
    before = files(filled.home)
    done = limited(size, "--home", str(filled.home), "backup", "kept", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, b"")
    assert b"disk" in done.stderr
    assert b"Traceback" not in done.stderr
    assert not (tmp_path / "kept").exists()
    assert not list(tmp_path.glob(".scowatch*"))
    after = files(filled.home)
    assert {name: after[name] for name in before} == before


def test_a_real_disk_that_is_full(filled: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "none", str(disk)], capture_output=True).returncode:
        pytest.skip("a small disk cannot be mounted here")
    try:
        monkeypatch.setattr(storage.backup, "_SPARE", -(1 << 40))  # as if there had been room when it began
        (line,) = filled.refused("backup", str(disk / "kept"), code=1)
        assert "the disk is full" in line
        assert list(disk.iterdir()) == []
    finally:
        subprocess.run(["umount", "--lazy", str(disk)], check=False)


def test_what_a_killed_backup_leaves_has_no_name_and_goes_with_the_next(filled: Command, tmp_path: Path) -> None:
    code = (
        "import os, sys, storage.backup as b, monitor.cli as c\n"
        "b.sync_folders = lambda folder: os.kill(os.getpid(), 9)\n"
        f"sys.argv[1:] = ['--home', {str(filled.home)!r}, 'backup', 'kept']\nc.main()"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=environment(), check=False)
    assert done.returncode == -signal.SIGKILL
    assert not (tmp_path / "kept").exists()
    assert len(list(tmp_path.glob(".scowatch-backup-*"))) == 1
    assert filled("backup", "kept").code == 0
    assert not list(tmp_path.glob(".scowatch-backup-*"))


def test_an_archive_that_is_damaged_is_not_backed_up_over_good_ones(filled: Command, tmp_path: Path) -> None:
    filled("backup", "all", "--keep", "1")
    path = filled.home / "archive.db"
    body = bytearray(path.read_bytes())
    body[3 * 8192 : 3 * 8192 + 4000] = b"\x55" * 4000
    path.write_bytes(body)
    (line,) = filled.refused("backup", "all", "--keep", "1", code=1)
    assert "damaged" in line
    assert "scowatch restore" in line
    assert len(list((tmp_path / "all").iterdir())) == 1
    assert filled("backup", "verify", "all").code == 0


# ---------------------------------------------------------------------------------------------- decisions


@pytest.mark.parametrize(
    ("path", "belongs"),
    [
        ("scowatch.toml", True),
        ("новости.yaml", True),
        ("snapshots/2026/a.warc.gz", True),
        ("outbox", True),
        (".cache", False),
        (".env", False),
        ("run.lock", False),
        ("data/archive.db", False),
        ("data/archive.db-wal", False),
        ("archive.db", True),
    ],
)
def test_what_belongs_to_a_backup(path: str, belongs: bool) -> None:
    from pathlib import PurePosixPath

    assert backups.belongs(PurePosixPath(path), "data/archive.db") is belongs
