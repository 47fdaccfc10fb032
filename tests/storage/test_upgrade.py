"""An archive file of an earlier shape keeps all it knew."""

from __future__ import annotations

from dataclasses import replace
from hashlib import blake2b
from pathlib import Path
from typing import Any

import pytest

from monitor.identity.urls import url_key
from monitor.types import Article, Recorded
from storage import connection
from storage.values import micros
from tests.storage.made import MINUTE, NOW, arrival, article, opened, poll
from tests.storage.test_record import edited

SHAPES = [1, 2, 3, 4, 5]


def digest(*parts: str) -> bytes:
    """A key as it was before 0006."""
    return blake2b("\0".join(parts).encode(), digest_size=16).digest()


def old_archive(path: Path, shape: int, *articles: Article) -> None:
    """A file of that shape, as it was written then."""
    raw = connection.driver.connect(str(path), isolation_level=None)
    raw.execute(f"PRAGMA application_id = {connection.APPLICATION_ID}")
    raw.execute("PRAGMA journal_mode = WAL")
    for file in sorted(connection.MIGRATIONS.glob("*.sql"))[:shape]:
        raw.executescript(file.read_text(encoding="utf-8"))
    raw.execute(f"PRAGMA user_version = {shape}")
    for number, one in enumerate(articles, 1):
        _add(raw, number, one)
    raw.close()


def _add(raw: Any, number: int, one: Article) -> None:
    at, source_id, url = micros(NOW), one.source_id or "", one.canonical_url
    raw.execute("INSERT INTO stories VALUES (?, ?)", (number, at))
    raw.execute("INSERT INTO copy_groups VALUES (?, ?)", (number, number))
    raw.execute(
        "INSERT INTO articles (id, sort_key, source_id, guid, url, canonical_url, lang, authors, first_seen_at,"
        " version, title, text, text_from, content_hash, tags, copy_group_id, story_id)"
        " VALUES (?, ?, ?, ?, ?, ?, 'en', '[]', ?, 2, ?, ?, 'page', ?, '[]', ?, ?)",
        (
            *(number, (at or 0) // 1_000_000 * 64 + number, source_id, one.guid, one.url, url, at, one.title, one.text),
            *(one.content_hash, number, number),
        ),
    )
    raw.execute(
        "INSERT INTO versions VALUES (?, 1, ?, 'The first title', 'The first text', 'page', 'x', NULL)",
        (number, micros(NOW + MINUTE)),
    )
    keys = [
        (1, digest(url_key(url))),
        (2, digest(source_id, one.guid or "")),
        (3, digest(source_id, one.content_hash)),
        (2, digest(source_id, "shared")),
    ]
    raw.executemany("INSERT OR REPLACE INTO identity_keys VALUES (?, ?, ?)", [(*key, number) for key in keys])
    raw.execute("UPDATE identity_keys SET article_id = 0 WHERE key = ?", (keys[3][1],))
    raw.execute(
        "INSERT INTO sightings VALUES (?, ?, ?, 'h1', ?, ?)",
        (digest(source_id, f"key {one.canonical_url}"), number, source_id, at, at),
    )


@pytest.fixture(params=SHAPES)
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    old_archive(tmp_path / "archive.db", request.param, article("a"), article("b"))
    return tmp_path


def test_entries_are_known(folder: Path) -> None:
    store = opened("sqlite", folder)
    found = store.known("kremlin", [f"key https://example.org/{name}" for name in "abc"])
    assert {key[-1]: (known.article_id, known.entry_hash) for key, known in found.items()} == {
        "a": (1, "h1"),
        "b": (2, "h1"),
    }
    store.close()


@pytest.mark.parametrize(
    ("change", "becomes"),
    [
        pytest.param({}, Recorded(unchanged=1), id="itself"),
        pytest.param({"guid": "g2"}, Recorded(unchanged=1), id="canonical URL"),
        pytest.param({"canonical_url": "https://example.org/m"}, Recorded(unchanged=1), id="guid"),
        pytest.param({"canonical_url": "https://example.org/m", "guid": "g2"}, Recorded(unchanged=1), id="text"),
        pytest.param(
            {"canonical_url": "https://example.org/m", "guid": "shared", "text": "Unlike. " * 60},
            Recorded(new=1),
            id="an id that tells nothing",
        ),
    ],
)
def test_articles_are_known(folder: Path, change: dict[str, object], becomes: Recorded) -> None:
    store = opened("sqlite", folder)
    one = edited(article("a"), **change)
    again = poll(arrival(one, key="another entry"))
    assert store.record(again) == becomes
    assert store.record(again) == Recorded(unchanged=1)
    store.close()


def test_an_id_that_turns_out_to_be_shared(folder: Path) -> None:
    """What is learned of an old key counts more than what was known before."""
    store = opened("sqlite", folder)
    for name in ("first", "second"):
        unlike = article(name, guid="guid-a", title=f"{name} {name}", text=f"{name * 3} " * 60)
        assert store.record(poll(arrival(unlike))) == Recorded(new=1)
    assert store.record(poll(arrival(article("a"), key="another entry"))) == Recorded(unchanged=1)
    store.close()


def test_versions_are_known_with_their_times(folder: Path) -> None:
    store = opened("sqlite", folder)
    found = store.versions(1)
    assert [(v.number, v.title, v.made_at) for v in found] == [
        (1, "The first title", NOW),
        (2, "Title of a", NOW + MINUTE),
    ]
    assert store.record(poll(arrival(edited(article("a"), title="Title of a, once more")))) == Recorded(updated=1)
    assert [kept.versions for kept in store.export()] == [3, 2]
    store.close()


def test_the_file_is_sound_and_opens_again(folder: Path) -> None:
    for _ in range(2):
        opened("sqlite", folder).close()
    raw = connection.driver.connect(str(folder / "archive.db"))
    assert raw.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert raw.execute("PRAGMA foreign_key_check").fetchall() == []
    assert raw.execute("PRAGMA user_version").fetchone() == (connection.newest_shape(),)
    assert raw.execute("SELECT count(*) FROM sqlite_schema WHERE name LIKE 'old_sightings%'").fetchone() == (0,)
    raw.close()


def test_a_new_archive_has_no_old_keys(tmp_path: Path) -> None:
    store = opened("sqlite", tmp_path)
    store.record(poll(arrival(replace(article("a")))))
    store.close()
    raw = connection.driver.connect(str(tmp_path / "archive.db"))
    assert raw.execute("SELECT count(*) FROM old_keys").fetchone() == (0,)
    raw.close()
