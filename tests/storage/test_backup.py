"""Backups of an archive that is written to meanwhile."""

from __future__ import annotations

import signal
from datetime import timedelta
from pathlib import Path

from storage import backup, integrity, restoring
from tests.storage.made import NOW, arrival, article, opened, poll
from tests.storage.test_archive_file import writer


def backed_up(home: Path, target: Path) -> None:
    backup.back_up(home, home / "archive.db", target, at=NOW, made_by="test", progress=lambda *_: None)


def test_a_backup_while_another_process_writes_has_whole_polls_and_no_less_than_there_was(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    process = writer(home, 0, 50_000)
    assert process.stdout is not None
    found = []
    try:
        assert process.stdout.readline().strip() == "open"
        for number in range(4):
            known = int(process.stdout.readline()) + 1
            target = tmp_path / f"kept{number}"
            backed_up(home, target)
            manifest = backup.manifest_of(target)
            assert backup.differences(target, manifest) == ()
            assert manifest.rows["articles"] % 5 == 0
            assert manifest.rows["articles"] >= known * 5
            assert not (target / "archive.db-wal").exists()
            found.append(manifest.rows["articles"])
        assert process.poll() is None  # it went on all the time
    finally:
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=20)
    assert found == sorted(found)
    assert found[-1] > found[0]


def test_the_copy_is_of_one_moment(tmp_path: Path) -> None:
    store = opened("sqlite", tmp_path)
    store.record(poll(*(arrival(article(f"a{n}")) for n in range(300))))
    steps = 0

    def write_meanwhile(_: int) -> None:
        nonlocal steps
        steps += 1
        store.record(poll(arrival(article(f"later{steps}"))))

    size = backup._PAGES
    backup._PAGES = 16
    try:
        _, rows, notes = backup.copy_archive(tmp_path / "archive.db", tmp_path / "copy" / "archive.db", write_meanwhile)
    finally:
        backup._PAGES = size
    assert steps > 3
    assert (rows["articles"], list(notes)) == (300, [])
    assert store.counts()["articles"] == 300 + steps
    store.close()


def test_a_restored_archive_goes_on_where_it_was(tmp_path: Path) -> None:
    home, other = tmp_path / "home", tmp_path / "other"
    home.mkdir()
    store = opened("sqlite", home)
    store.record(poll(arrival(article("a"))))
    backed_up(home, tmp_path / "kept")
    store.record(poll(arrival(article("b"))))
    store.close()
    manifest = backup.manifest_of(tmp_path / "kept")
    moved = restoring.restore(
        tmp_path / "kept", manifest, other, at=NOW + timedelta(days=1), replace=False, progress=lambda *_: None
    )
    assert moved is None
    again = opened("sqlite", other)
    assert again.record(poll(arrival(article("a")), arrival(article("b")))).new == 1
    again.close()


def test_looking_leaves_nothing_beside_the_archive(tmp_path: Path) -> None:
    store = opened("sqlite", tmp_path)
    store.record(poll(arrival(article("a"))))
    store.close()
    before = (tmp_path / "archive.db").read_bytes()
    with integrity.looked_at(tmp_path / "archive.db") as connection:
        assert integrity.damages(connection) == ()
        assert integrity.damages_of_index(connection) == ()
        assert integrity.rows(connection)["articles"] == 1
    assert [file.name for file in tmp_path.iterdir()] == ["archive.db"]
    assert (tmp_path / "archive.db").read_bytes() == before
