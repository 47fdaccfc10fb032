"""What an archive says of itself: rows, tags, deliveries, times, damage."""

from __future__ import annotations

import os
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.types.checking import ArchiveFacts
from storage import checking
from storage.connection import connect
from storage.values import micros
from tests.storage.made import DESK, MINUTE, NOW, arrival, article, digest, match, opened, poll
from tests.storage.test_reindexing import change


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    store = opened("sqlite", tmp_path)
    store.record(poll(*(arrival(article(f"n{n}"), match("sco")) for n in range(40))))
    store.ledger(DESK, NOW)
    store.add_digests(DESK.id, [digest()], channel_id="mail:desk", cursor_from=0, cursor_to=40)
    store.close()
    return tmp_path


def look(folder: Path) -> ArchiveFacts:
    return checking.look(folder / "archive.db", NOW)


def test_a_sound_archive_has_nothing_to_tell(folder: Path) -> None:
    before = (folder / "archive.db").read_bytes()
    seen = look(folder)
    assert (seen.damaged, seen.index_damaged, seen.orphans, seen.unread, seen.lost_files) == ((), (), (), (), ())
    assert (seen.tags_differ, seen.stuck, seen.failed, dict(seen.ahead), seen.backwards) == ((0, ()), (), 0, {}, 0)
    assert dict(seen.tagged_by) == {None: 40}
    assert (folder / "archive.db").read_bytes() == before
    assert [file.name for file in folder.iterdir()] == ["archive.db"]


def test_rows_without_what_they_belong_to(folder: Path) -> None:
    change(
        folder,
        "PRAGMA foreign_keys = OFF",
        "INSERT INTO matches SELECT 999, version, position, entry_id, alias, lang, field, start_point, end_point, rule,"
        " need, list_id, late_at FROM matches WHERE article_id = 1",
        "INSERT INTO story_keys VALUES (1, 2, 999)",
        "INSERT INTO identity_keys VALUES (1, x'00', 0)",  # nobody's, which is as it should be
    )
    assert look(folder).orphans == (("matches", "articles", 1, True), ("story_keys", "articles", 1, False))


def test_a_table_that_comes_later_is_looked_at_as_well(folder: Path) -> None:
    late = micros(NOW + timedelta(days=1))
    change(
        folder,
        "CREATE TABLE notes (article_id INTEGER, at INTEGER) STRICT",
        f"INSERT INTO notes VALUES (77, {late}), (1, {micros(NOW)})",
    )
    seen = look(folder)
    assert seen.orphans == (("notes", "articles", 1, False),)
    assert seen.ahead == {"notes.at": (1, NOW + timedelta(days=1))}


def test_snapshots_that_are_gone_or_cut_short(folder: Path) -> None:
    change(
        folder,
        "DROP TABLE IF EXISTS snapshots",
        "DROP TABLE IF EXISTS snapshot_files",
        "CREATE TABLE snapshot_files (id INTEGER PRIMARY KEY, name TEXT)",
        "CREATE TABLE snapshots (file_id INTEGER, start INTEGER, length INTEGER, removed_at INTEGER)",
        "INSERT INTO snapshot_files VALUES (1, 'gone.warc.gz'), (2, 'short.warc.gz'), (3, 'whole.warc.gz'), (4, 'old')",
        "INSERT INTO snapshots VALUES (1, 0, 10, NULL), (2, 5, 10, NULL), (3, 5, 10, NULL), (4, 0, 9, 1)",
    )
    (folder / "snapshots").mkdir()
    (folder / "snapshots" / "short.warc.gz").write_bytes(b"x" * 14)
    (folder / "snapshots" / "whole.warc.gz").write_bytes(b"x" * 15)
    assert [Path(name).name for name in look(folder).lost_files] == ["gone.warc.gz", "short.warc.gz"]


def test_tags_that_are_not_what_the_matches_say(folder: Path) -> None:
    change(folder, "UPDATE articles SET tags = '[]' WHERE id = 3", "UPDATE articles SET tags = '[\"x\"]' WHERE id = 5")
    assert look(folder).tags_differ == (2, (3, 5))


def test_deliveries_whose_sender_died(folder: Path) -> None:
    store = opened("sqlite", folder)
    store.claim_due(NOW, lease=5 * MINUTE)
    assert look(folder).stuck == ()
    store.end_claims(NOW - MINUTE)
    store.close()
    assert look(folder).stuck == ((1, "mail:desk", NOW - MINUTE),)
    change(folder, "UPDATE deliveries SET status = 'failed'")
    assert (look(folder).stuck, look(folder).failed) == ((), 1)


def test_times_that_cannot_be(folder: Path) -> None:
    late = micros(NOW + timedelta(days=3))
    change(
        folder,
        f"UPDATE articles SET first_seen_at = {late}, published_at = {late} WHERE id = 2",
        f"UPDATE changes SET at = {micros(NOW - timedelta(hours=1))} WHERE number = 9",
        "UPDATE source_states SET next_due_at = 9000000000000000",
    )
    seen = look(folder)
    assert seen.ahead == {"articles.first_seen_at": (1, NOW + timedelta(days=3))}
    assert seen.backwards == 1


def test_a_damaged_page_is_named_by_its_table_and_the_other_checks_go_on(folder: Path) -> None:
    file = folder / "archive.db"
    with closing(connect(file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        size = connection.execute("PRAGMA page_size").fetchone()[0]
        (root,) = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'sightings'").fetchone()
    with file.open("r+b") as body:
        body.seek((root - 1) * size)
        body.write(os.urandom(size))
    seen = look(folder)
    assert "sightings" in {table for table, _ in seen.damaged}
    assert seen.index_damaged == ()
    assert seen.index is not None
    assert seen.index.missing == 0


def test_an_archive_of_an_earlier_shape_is_not_changed(folder: Path) -> None:
    change(folder, "PRAGMA user_version = 12", "DROP TABLE index_state")
    seen = look(folder)
    assert (seen.shape, seen.index, seen.unread) == (12, None, ())
    assert look(folder).shape == 12


def test_what_stays_of_killed_processes(folder: Path) -> None:
    (folder / ".archive.db.0123456789ab.new").touch()
    assert look(folder).left_over == (".archive.db.0123456789ab.new",)
