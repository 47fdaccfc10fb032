"""The search index made anew: beside a sound one, in place of a damaged one, in steps, while others write."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.errors import StoreError
from monitor.ports import Store
from monitor.query import parse
from monitor.types import ListVersion, Retagged, Terms
from storage import checking, reindexing
from storage.connection import connect, driver
from tests.storage.made import DESK, MINUTE, NOW, arrival, article, match, opened, poll
from tests.storage.test_archive_file import ROOT

COUNT = 30


@pytest.fixture(autouse=True)
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reindexing, "A_STEP", 7)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = opened("sqlite", tmp_path)
    fill(store)
    yield store
    store.close()


def fill(store: Store, first: int = 0, count: int = COUNT) -> None:
    arrivals = [
        arrival(article(f"n{n}", published_at=NOW - timedelta(hours=n)), match("sco"))
        for n in range(first, first + count)
    ]
    store.record(poll(*arrivals))


def found(store: Store, query: str = "title") -> int:
    return store.search(parse(query)).total


def state(path: Path) -> reindexing.State:
    with closing(connect(path / "archive.db")) as connection:
        return reindexing.state(connection)


def facts(path: Path) -> checking.IndexFacts:
    facts = checking.look(path / "archive.db", NOW).index
    assert facts is not None
    return facts


def damage(path: Path, *tables: str) -> None:
    """Overwrites the first pages of those tables."""
    file = path / "archive.db"
    with closing(connect(file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        roots = dict(connection.execute("SELECT name, rootpage FROM sqlite_schema"))
        size = connection.execute("PRAGMA page_size").fetchone()[0]
    with file.open("r+b") as body:
        for table in tables:
            body.seek((roots[table] - 1) * size)
            body.write(os.urandom(size // 2))


@pytest.mark.usefixtures("store")
def test_a_new_archive_knows_its_analyser(tmp_path: Path) -> None:
    assert state(tmp_path) == (reindexing.analyser(), None, None, None)


def test_the_old_index_answers_until_the_new_one_takes_its_place(tmp_path: Path, store: Store) -> None:
    seen = []
    for done, total in store.rebuild_index():
        assert found(store) == COUNT
        seen.append((done, total))
    assert seen == [(7, 30), (14, 30), (21, 30), (28, 30), (30, 30)]
    assert found(store) == found(store, "tag:sco") == COUNT
    assert state(tmp_path) == (reindexing.analyser(), None, None, None)
    assert facts(tmp_path) == checking.IndexFacts(
        sampled=COUNT, analyser=reindexing.analyser(), present_analyser=reindexing.analyser()
    )
    with closing(connect(tmp_path / "archive.db")) as connection:
        assert connection.execute("SELECT name FROM sqlite_schema WHERE name LIKE '%next%'").fetchall() == []
        settings = dict(connection.execute("SELECT k, v FROM search_index_config"))
    assert (settings["automerge"], settings["crisismerge"], settings["hashsize"]) == (16, 64, 8388608)


def test_what_is_stored_meanwhile_is_in_the_new_index(tmp_path: Path, store: Store) -> None:
    steps = store.rebuild_index()
    next(steps)
    fill(store, 100, 3)
    edited = article("n1", title="Another headline", published_at=NOW - timedelta(hours=1))
    store.record(poll(arrival(edited, match("sco")), at=NOW + MINUTE))
    old = article("n25", title="An older headline", published_at=NOW - timedelta(hours=25))
    store.record(poll(arrival(old, match("sco")), at=NOW + MINUTE))
    one = store.article("https://example.org/n2")
    assert one is not None
    other = Retagged(article_id=one.id, content_hash=one.article.content_hash, matches=(match("putin"),))
    assert store.retag(ListVersion(digest="2", as_of=None), [other], NOW)
    undated = article("n200")
    store.record(poll(arrival(undated)))
    store.record(
        poll(arrival(replace(undated, title="Dated now", content_hash="x", published_at=NOW)), at=NOW + MINUTE)
    )
    before = {query: found(store, query) for query in ("title", "headline", "tag:sco", "tag:putin", "dated")}
    for _ in steps:
        assert {query: found(store, query) for query in before} == before
    assert {query: found(store, query) for query in before} == before
    assert before["headline"] == 2
    assert before["tag:putin"] == before["dated"] == 1
    seen = facts(tmp_path)
    assert (seen.missing, seen.extra, seen.facets, seen.not_found, seen.making) == (0, 0, (), 0, None)


def test_one_that_was_left_goes_on_where_it_was(tmp_path: Path, store: Store) -> None:
    steps = store.rebuild_index()
    next(steps)
    next(steps)
    steps.close()
    again = opened("sqlite", tmp_path)
    assert [done for done, _ in again.rebuild_index()] == [21, 28, 30]
    assert found(again) == COUNT
    again.close()


_REBUILD = """
    import sys
    from pathlib import Path
    from storage import reindexing
    from tests.storage.made import opened
    reindexing.A_STEP = 3
    for done, _ in opened("sqlite", Path(sys.argv[1])).rebuild_index():
        print(done, flush=True)
"""


@pytest.mark.parametrize("damaged", [False, True])
def test_a_killed_process_costs_nothing(damaged: bool, tmp_path: Path, store: Store) -> None:
    if damaged:
        damage(tmp_path, "search_index_data")
    import textwrap

    command = [sys.executable, "-c", textwrap.dedent(_REBUILD), str(tmp_path)]
    for lines in (1, 3, 2):
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        for _ in range(lines):
            process.stdout.readline()
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=20)
    assert len(list(store.export())) == COUNT
    done = [done for done, _ in store.rebuild_index()]
    assert done[-1:] in ([], [COUNT])
    assert found(store) == COUNT
    assert checking.look(tmp_path / "archive.db", NOW).damaged == ()


@pytest.mark.parametrize(
    "tables",
    [
        pytest.param(["search_index_data"], id="terms"),
        pytest.param(["search_index_idx"], id="their places"),
        pytest.param(["search_index_docsize"], id="sizes"),
        pytest.param(["search_index_config"], id="settings"),
        pytest.param([f"search_index_{part}" for part in ("data", "idx", "docsize", "config")], id="all of it"),
    ],
)
def test_a_damaged_index_is_told_and_made_anew_and_nothing_is_lost(tables: list[str], tmp_path: Path) -> None:
    first = opened("sqlite", tmp_path)
    fill(first)
    first.close()
    damage(tmp_path, *tables)
    seen = checking.look(tmp_path / "archive.db", NOW)
    assert seen.index_damaged
    assert seen.damaged == ()
    store = opened("sqlite", tmp_path)
    for sort in ("relevance", "newest"):
        with contextlib.suppress(StoreError):  # what is damaged need not stand in the way of this search
            assert store.search(parse("title"), sort=sort).total == COUNT
            continue
        with pytest.raises(StoreError, match="doctor --rebuild-index"):
            store.search(parse("title"), sort=sort)
    assert len(list(store.export())) == COUNT
    for _ in store.rebuild_index():
        assert found(store) <= COUNT
    assert found(store) == found(store, "tag:sco") == COUNT
    fill(store, 100, 2)
    assert found(store) == COUNT + 2
    store.close()
    seen = checking.look(tmp_path / "archive.db", NOW)
    assert (seen.damaged, seen.index_damaged) == ((), ())
    assert facts(tmp_path).missing == 0


def test_while_a_damaged_one_is_made_anew_nothing_is_missed(
    tmp_path: Path, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    store.ledger(DESK, NOW)
    damage(tmp_path, "search_index_data", "search_index_idx")
    again = opened("sqlite", tmp_path)
    steps = again.rebuild_index()
    next(steps)
    fill(again, 100, 2)  # articles can be stored again at once
    assert 7 <= found(again) < COUNT
    assert "7 of 30 articles can be found so far" in caplog.text or "9 of 32" in caplog.text
    with pytest.raises(StoreError, match="being made anew"):
        list(again.export(parse("title")))
    with pytest.raises(StoreError, match="doctor --rebuild-index"):
        again.news(DESK.id, parse("tag:sco"))
    assert facts(tmp_path).in_place
    assert list(steps)
    assert len(again.news(DESK.id, parse("tag:sco"))) == 2 + COUNT
    assert len(list(again.export(parse("title")))) == COUNT + 2
    again.close()


def test_a_new_analyser_begins_anew(tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    steps = store.rebuild_index()
    next(steps)
    steps.close()
    monkeypatch.setattr(reindexing, "analyser", lambda: 99)
    assert facts(tmp_path).present_analyser == 99
    assert [done for done, _ in store.rebuild_index()] == [7, 14, 21, 28, 30]
    assert state(tmp_path).analyser == 99


# ---------------------------------------------------------------------------------------------- looking


def change(path: Path, *statements: str) -> None:
    with closing(driver.connect(str(path / "archive.db"), isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)


def test_rows_that_are_missing_or_too_many_are_counted(tmp_path: Path, store: Store) -> None:
    change(
        tmp_path,
        "DELETE FROM search_index WHERE rowid IN (SELECT sort_key FROM articles LIMIT 3)",
        "INSERT INTO search_index (rowid, facets) VALUES (5, 'all')",
    )
    assert (facts(tmp_path).missing, facts(tmp_path).extra) == (3, 1)
    list(store.rebuild_index())
    assert (facts(tmp_path).missing, facts(tmp_path).extra) == (0, 0)


def test_words_and_facets_that_are_not_the_articles_are_seen(tmp_path: Path) -> None:
    store = opened("sqlite", tmp_path)
    stale = Terms(title="other", text="words", title_bases="", text_bases="")
    store.record(poll(replace(arrival(article("a"), match("sco")), terms=stale), arrival(article("b"))))
    change(tmp_path, "UPDATE articles SET tags = '[\"putin\"]', source_id = 'akorda' WHERE id = 2")
    seen = facts(tmp_path)
    assert (seen.sampled, seen.not_found) == (2, 1)
    assert seen.facets == ("src:akorda 0 for 1", "src:kremlin 2 for 1", "tag:putin 0 for 1")
    list(store.rebuild_index())
    seen = facts(tmp_path)
    assert (seen.not_found, seen.facets) == (0, ())
    store.close()
