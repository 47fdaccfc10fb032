"""The archive as a file: opening, damage, crashes, a full disk, other processes."""

from __future__ import annotations

import logging
import os
import shutil
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from monitor.errors import StoreError
from monitor.query import parse
from storage import connection, open_store
from storage.connection import driver
from tests.storage.made import arrival, article, opened, poll

ROOT = Path(__file__).parents[2]


def rows_of(path: Path, statement: str) -> list[tuple[object, ...]]:
    raw = driver.connect(str(path))
    try:
        return list(raw.execute(statement).fetchall())
    finally:
        raw.close()


def test_an_unknown_scheme_names_those_there_are() -> None:
    with pytest.raises(StoreError, match=r"no storage 'mongodb'; there is sqlite:///"):
        open_store("mongodb://x/y")


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///", "sqlite://host/x", "archive.db", ""])
def test_a_url_without_a_file(url: str) -> None:
    with pytest.raises(StoreError, match=r"\[storage\] url"):
        open_store(url)


def test_a_path_with_spaces_and_signs(tmp_path: Path) -> None:
    folder = tmp_path / "a b %23 архив?"
    folder.mkdir()
    store = opened("sqlite", folder)
    store.record(poll(arrival(article("a"))))
    store.close()
    assert [file.name for file in folder.iterdir()] == ["archive.db"]


def test_settings_of_the_file(tmp_path: Path) -> None:
    opened("sqlite", tmp_path).close()
    path = tmp_path / "archive.db"
    assert rows_of(path, "PRAGMA journal_mode") == [("wal",)]
    assert rows_of(path, "PRAGMA application_id") == [(connection.APPLICATION_ID,)]
    assert rows_of(path, "PRAGMA user_version") == [(connection.newest_shape(),)]
    assert rows_of(path, "PRAGMA integrity_check") == [("ok",)]
    raw = connection.connect(path)
    found = [raw.execute(f"PRAGMA {name}").fetchone()[0] for name in ("foreign_keys", "busy_timeout", "mmap_size")]
    raw.close()
    assert found == [1, 10_000, 0]


REFUSED = {
    "empty": (b"", "is empty"),
    "text": (b"<html>" * 100, "no archive"),
    "start cut off": (b"SQLite format 3\0", "another program"),
}


@pytest.mark.parametrize(("content", "reason"), REFUSED.values(), ids=REFUSED)
def test_a_file_that_is_no_archive_is_left_alone(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "archive.db"
    path.write_bytes(content)
    with pytest.raises(StoreError, match=reason):
        opened("sqlite", tmp_path)
    assert path.read_bytes() == content
    assert [file.name for file in tmp_path.iterdir()] == ["archive.db"]


def test_a_database_of_another_program_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    raw = driver.connect(str(path))
    raw.execute("CREATE TABLE bookmarks (x)")
    raw.commit()
    raw.close()
    before = path.read_bytes()
    with pytest.raises(StoreError, match="another program"):
        opened("sqlite", tmp_path)
    assert path.read_bytes() == before


def test_a_start_that_was_torn_when_the_power_went_is_taken_from_the_log(tmp_path: Path) -> None:
    store = opened("sqlite", tmp_path)
    store.record(poll(arrival(article("n1"))))
    for name in ("archive.db", "archive.db-wal"):  # as they lie while the log is being taken into the file
        (tmp_path / "later").mkdir(exist_ok=True)
        (tmp_path / "later" / name).write_bytes((tmp_path / name).read_bytes())
    store.close()
    torn = tmp_path / "later" / "archive.db"
    raw = connection.connect(torn)
    raw.execute("PRAGMA user_version = 1").close()  # the first page is in the log as well
    raw.execute(f"PRAGMA user_version = {connection.newest_shape()}").close()
    log = torn.with_name("archive.db-wal").read_bytes()
    raw.close()
    torn.with_name("archive.db-wal").write_bytes(log)
    torn.write_bytes(os.urandom(8192) + torn.read_bytes()[8192:])
    again = opened("sqlite", tmp_path / "later")
    assert len(list(again.export())) == 1
    again.close()


def test_where_only_the_log_is_left_no_new_archive_is_made(tmp_path: Path) -> None:
    store = opened("sqlite", tmp_path)
    store.record(poll(arrival(article("n1"))))
    path, log = tmp_path / "archive.db", tmp_path / "archive.db-wal"
    content = log.read_bytes()
    store.close()
    path.unlink()
    log.write_bytes(content)
    with pytest.raises(StoreError, match=r"not there, but its log archive\.db-wal is"):
        opened("sqlite", tmp_path)
    assert (path.exists(), log.read_bytes()) == (False, content)


def test_a_newer_shape_is_refused(tmp_path: Path) -> None:
    opened("sqlite", tmp_path).close()
    path = tmp_path / "archive.db"
    raw = driver.connect(str(path))
    raw.execute("PRAGMA user_version = 9999")
    raw.close()
    with pytest.raises(StoreError, match=r"newer scowatch \(shape 9999"):
        opened("sqlite", tmp_path)
    assert rows_of(path, "PRAGMA user_version") == [(9999,)]


def test_a_damaged_archive_says_what_to_do(tmp_path: Path) -> None:
    store = opened("sqlite", tmp_path)
    store.record(poll(*(arrival(article(f"n{number}")) for number in range(50))))
    store.close()
    path = tmp_path / "archive.db"
    whole = bytearray(path.read_bytes())
    whole[8192:] = os.urandom(len(whole) - 8192)
    path.write_bytes(whole)
    with pytest.raises(StoreError, match=r"damaged.*put back a backup"):
        list(opened("sqlite", tmp_path).export())


def test_a_folder_and_a_missing_folder(tmp_path: Path) -> None:
    (tmp_path / "archive.db").mkdir()
    with pytest.raises(StoreError, match="not a file"):
        opened("sqlite", tmp_path)
    with pytest.raises(StoreError, match="is not there"):
        opened("sqlite", tmp_path / "nowhere")


def test_a_migration_that_fails_leaves_the_old_shape(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "migrations"
    shutil.copytree(connection.MIGRATIONS, folder)
    opened("sqlite", tmp_path).close()
    path, shape = tmp_path / "archive.db", connection.newest_shape()
    next_one = folder / "0099_more.sql"
    next_one.write_text("CREATE TABLE more (x TEXT);\nCREATE TABLE articles (x TEXT);\n")
    monkeypatch.setattr(connection, "MIGRATIONS", folder)
    with pytest.raises(StoreError, match="already exists"):
        opened("sqlite", tmp_path)
    assert rows_of(path, "PRAGMA user_version") == [(shape,)]
    assert rows_of(path, "SELECT count(*) FROM sqlite_schema WHERE name = 'more'") == [(0,)]
    next_one.write_text("-- one; more\nCREATE TABLE more (\n    x TEXT\n);\n")
    opened("sqlite", tmp_path).close()
    assert rows_of(path, "PRAGMA user_version") == [(99,)]


def test_migrations_have_numbers_without_gaps() -> None:
    numbers = sorted(int(file.name[:4]) for file in connection.MIGRATIONS.glob("*.sql"))
    assert numbers == list(range(1, len(numbers) + 1))


def test_opening_again_is_quick(tmp_path: Path) -> None:
    opened("sqlite", tmp_path).close()
    spent = []
    for _ in range(5):
        begun = time.process_time()
        opened("sqlite", tmp_path).close()
        spent.append(time.process_time() - begun)
    assert min(spent) < 0.01


def test_an_old_sqlite_is_warned_of_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(connection, "SAFE_SQLITE", (99, 0, 0))
    monkeypatch.setattr(connection, "_warned", False)
    with caplog.at_level(logging.WARNING):
        opened("sqlite", tmp_path).close()
        opened("sqlite", tmp_path).close()
    assert [record.getMessage().split(" can ")[0] for record in caplog.records] == [f"SQLite {driver.sqlite_version}"]


def test_an_archive_that_is_locked_says_so_and_can_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "BUSY_SECONDS", 0.05)
    store = opened("sqlite", tmp_path)
    store.record(poll(arrival(article("a"))))
    other = driver.connect(str(tmp_path / "archive.db"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match="another process is writing"):
        store.record(poll(arrival(article("b"))))
    assert store.search(parse("title")).total == 1
    other.execute("ROLLBACK")
    other.close()
    assert store.record(poll(arrival(article("b")))).new == 1
    store.close()


def test_the_folder_cannot_be_written(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write everywhere")
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(StoreError, match="rights"):
            opened("sqlite", tmp_path)
    finally:
        tmp_path.chmod(0o700)


# ---------------------------------------------------------------------------------------------- other processes

_WRITER = """
    import sys
    from pathlib import Path
    from tests.storage.made import article, arrival, opened, poll
    store = opened("sqlite", Path(sys.argv[1]))
    print("open", flush=True)
    for number in range(int(sys.argv[2]), int(sys.argv[3])):
        store.record(poll(*(arrival(article(f"n{number}-{part}")) for part in range(5))))
        print(number, flush=True)
"""


def writer(folder: Path, first: int, last: int, before: str = "") -> subprocess.Popen[str]:
    script = textwrap.dedent(before) + textwrap.dedent(_WRITER)
    return subprocess.Popen(
        [sys.executable, "-c", script, str(folder), str(first), str(last)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_killed_writer_leaves_whole_polls_only(tmp_path: Path) -> None:
    known = 0
    for run in range(4):
        process = writer(tmp_path, run * 100_000, run * 100_000 + 50_000)
        assert process.stdout is not None
        for _ in range(6 + 5 * run):
            known += process.stdout.readline().strip().isdigit()
        process.send_signal(signal.SIGKILL)
        known += sum(line.strip().isdigit() for line in process.stdout)
        process.communicate(timeout=20)
        store = opened("sqlite", tmp_path)
        total = store.search(parse("title")).total
        assert store.counts()["articles"] == total
        store.close()
        assert total % 5 == 0
        assert known * 5 <= total <= (known + run + 1) * 5
        assert rows_of(tmp_path / "archive.db", "PRAGMA integrity_check") == [("ok",)]


def test_a_process_that_dies_while_making_the_archive_leaves_none(tmp_path: Path) -> None:
    before = """
        import os, storage.connection as c
        c._move_unless_there = lambda new, path: os._exit(9)
    """
    process = writer(tmp_path, 0, 1, before)
    process.communicate(timeout=20)
    assert process.returncode == 9
    assert not (tmp_path / "archive.db").exists()
    opened("sqlite", tmp_path).close()


def test_four_processes_begin_and_write_at_once(tmp_path: Path) -> None:
    processes = [writer(tmp_path, number * 10, number * 10 + 10) for number in range(4)]
    for process in processes:
        _, errors = process.communicate(timeout=60)
        assert (process.returncode, errors) == (0, "")
    store = opened("sqlite", tmp_path)
    assert store.search(parse("title")).total == 200
    store.close()
    assert [file.name for file in tmp_path.iterdir()] == ["archive.db"]


def test_a_full_disk_loses_nothing_that_was_stored(tmp_path: Path) -> None:
    opened("sqlite", tmp_path).close()
    before = """
        import resource, signal
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_500_000, 1_500_000))
    """
    process = writer(tmp_path, 0, 5_000, before)
    out, errors = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "monitor.errors.StoreError: archive" in errors
    assert "disk" in errors.splitlines()[-1]
    stored = sum(line.isdigit() for line in out.splitlines())
    store = opened("sqlite", tmp_path)
    assert store.search(parse("title")).total == stored * 5 > 0
    assert store.record(poll(arrival(article("after")))).new == 1
    store.close()
    assert rows_of(tmp_path / "archive.db", "PRAGMA integrity_check") == [("ok",)]
