"""Matches, the list that made them, and what becomes of them when another list comes, on every backend."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.ports import Store
from monitor.query import parse
from monitor.text.words import terms
from monitor.types import Article, ListVersion, Match, PutDown, Recorded, Retagged
from storage import connection
from tests.storage.made import ALERTS, DESK, MINUTE, NOW, arrival, article, match, names, opened, poll
from tests.storage.test_record import edited
from tests.storage.test_upgrade import old_archive

FIRST = ListVersion(digest="a" * 64, as_of="2026-11-21")
SECOND = ListVersion(digest="b" * 64, as_of="2026-12-01")
THIRD = ListVersion(digest="c" * 64)

TEXTS = {
    "Latin": "Leaders of the SCO met in Bishkek. " * 10,
    "Cyrillic": "Лидеры ШОС встретились в Бишкеке. " * 10,
    "Han": "上合组织领导人在比什凯克会晤。" * 10,
    "Arabic": "سران سازمان همکاری شانگهای در بیشکک دیدار کردند. " * 10,
}


def put(store: Store, one: Article, *matches: Match, by: ListVersion | None = FIRST, minutes: int = 0) -> Recorded:
    return store.record(poll(replace(arrival(one, *matches), tagged_by=by), at=NOW + minutes * MINUTE))


def anew(one: Article, *matches: Match, number: int = 1) -> Retagged:
    return Retagged(
        article_id=number,
        content_hash=one.content_hash,
        matches=matches,
        terms=terms(one.title, one.text, one.lang),
    )


def shown(history: Sequence[PutDown]) -> list[tuple[str, int, str, str]]:
    def letter(version: ListVersion | None) -> str:
        return version.digest[0] if version else "-"

    return [(h.match.entry_id, h.version, letter(h.made_by), letter(h.ended_by)) for h in history]


def test_a_match_knows_the_list_that_made_it(store: Store) -> None:
    put(store, article("a"), match("sco"))
    put(store, article("b"), match("sco"), by=None)
    (known,) = store.match_history(1)
    assert known.made_by == replace(FIRST, first_used_at=NOW)
    assert (known.match, known.ended_by, known.ended_at) == (match("sco"), None, None)
    assert shown(store.match_history(2)) == [("sco", 1, "-", "-")]
    assert store.lists() == (replace(FIRST, first_used_at=NOW),)


def test_what_is_to_be_tagged_anew(store: Store) -> None:
    for name in "abcd":
        put(store, article(name), by={"a": FIRST, "b": None, "c": SECOND, "d": FIRST}[name])
    assert [store.tagged_otherwise(v.digest) for v in (FIRST, SECOND, THIRD)] == [2, 3, 4]
    assert names(store.to_retag(FIRST.digest)) == ["b", "c"]
    assert names(store.to_retag(THIRD.digest, limit=3)) == ["a", "b", "c"]
    assert names(store.to_retag(THIRD.digest, after=3)) == ["d"]


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_new_matches_take_the_place_of_the_old_ones(store: Store, text: str) -> None:
    one = article("a", text=text)
    put(store, one, match("sco", 3), match("putin", 9))
    done = store.retag(SECOND, [anew(one, match("xi", 20), match("sco", 3))], NOW + MINUTE)
    assert done == {1}
    assert store.matches(1) == (match("sco", 3), match("xi", 20))
    assert store.matches_of([1, 2]) == {1: store.matches(1)}
    (kept,) = store.export()
    assert (kept.tags, kept.versions) == (("sco", "xi"), 1)
    found = {query: store.search(parse(query)).total for query in ("tag:xi", "tag:putin", "tag:sco", text.split()[0])}
    assert list(found.values()) == [1, 0, 1, 1]
    assert shown(store.match_history(1)) == [("putin", 1, "a", "b"), ("sco", 1, "a", "-"), ("xi", 1, "b", "-")]
    assert store.match_history(1)[0].ended_at == NOW + MINUTE
    assert store.tagged_otherwise(SECOND.digest) == 0


def test_terms_are_made_where_nobody_gave_any(store: Store) -> None:
    one = article("a", text="A railway through the mountains. " * 9)
    put(store, one)
    store.retag(SECOND, [replace(anew(one, match("sco")), terms=None)], NOW)
    assert names(store.search(parse("railways tag:sco src:kremlin lang:en")).hits) == ["a"]


def test_a_match_that_comes_back_has_a_new_maker(store: Store) -> None:
    one = article("a")
    put(store, one, match("sco"))
    for version, matches in ((SECOND, ()), (FIRST, (match("sco"),)), (THIRD, ()), (SECOND, ())):
        store.retag(version, [anew(one, *matches)], NOW)
    assert shown(store.match_history(1)) == [("sco", 1, "a", "b"), ("sco", 1, "a", "c")]
    assert [version.digest[0] for version in store.lists()] == ["a", "b", "c"]


def test_another_rule_is_put_down_too(store: Store) -> None:
    one = article("a")
    put(store, one, match("sco"))
    weak = match("sco", rule="weak:need", need="summit")
    store.retag(SECOND, [anew(one, weak)], NOW)
    assert [(h.match.rule, h.ended_by is None) for h in store.match_history(1)] == [
        ("strong", False),
        ("weak:need", True),
    ]


def test_nobody_is_told(store: Store) -> None:
    for subscription in (DESK, ALERTS):
        store.ledger(subscription, NOW)
    one = article("a")
    put(store, one)
    head = store.head()
    told = store.news(ALERTS.id, parse("tag:sco"))
    store.add_digests(ALERTS.id, (), channel_id="x", cursor_from=0, cursor_to=head)
    store.retag(SECOND, [anew(one, match("sco"))], NOW + MINUTE)
    assert told == store.news(ALERTS.id, parse("tag:sco")) == ()
    assert store.head() == head
    assert names(store.search(parse("tag:sco")).hits) == ["a"]


def test_an_article_that_says_something_else_by_now_is_left_alone(store: Store) -> None:
    one, other = article("a"), edited(article("a"), title="Another title")
    put(store, one, match("sco"))
    put(store, other, match("sco-rats"), minutes=1)
    missing = replace(anew(one, number=7))
    assert store.retag(SECOND, [anew(one, match("xi")), missing], NOW) == frozenset()
    assert [m.entry_id for m in store.matches(1)] == ["sco-rats"]
    assert store.tagged_otherwise(SECOND.digest) == 1


def test_a_text_that_comes_back_under_another_list(store: Store) -> None:
    one, other = article("a"), edited(article("a"), title="Another title")
    put(store, one, match("sco"), match("putin", 9))
    put(store, other, match("sco"), minutes=1)
    put(store, one, match("sco"), match("xi", 9), by=SECOND, minutes=2)
    assert shown(store.match_history(1)) == [
        ("putin", 1, "a", "b"),
        ("sco", 1, "a", "-"),
        ("xi", 1, "b", "-"),
        ("sco", 2, "a", "-"),
    ]
    assert [m.entry_id for m in store.matches(1)] == ["sco", "xi"]
    assert store.tagged_otherwise(SECOND.digest) == 0


def test_an_edit_by_nobody_knows_which_list(store: Store) -> None:
    put(store, article("a"))
    put(store, edited(article("a"), title="Another title"), by=None, minutes=1)
    assert store.tagged_otherwise(FIRST.digest) == 1


def test_matches_of_two_lists_are_of_no_one_list(store: Store) -> None:
    """A new title on a text that was kept: title and text may have been tagged by different lists."""
    one = article("a")
    put(store, one, match("sco"))
    poorer = edited(one, title="New title", text="", text_from="feed")
    put(store, poorer, match("xi", field="title"), by=SECOND, minutes=1)
    assert [m.entry_id for m in store.matches(1)] == ["xi", "sco"]
    assert store.tagged_otherwise(SECOND.digest) == 1
    put(store, replace(poorer, title="Newest title", content_hash="x"), by=FIRST, minutes=2)
    assert store.tagged_otherwise(FIRST.digest) == 1


def test_archives_of_before_keep_their_matches(tmp_path: Path) -> None:
    old_archive(tmp_path / "archive.db", 5, article("a"))
    raw = connection.driver.connect(str(tmp_path / "archive.db"), isolation_level=None)
    raw.execute("INSERT INTO matches VALUES (1, 2, 0, 'sco', 'SCO', 'en', 'text', 0, 4, 'strong', NULL)")
    raw.close()
    store = opened("sqlite", tmp_path)
    assert shown(store.match_history(1)) == [("sco", 2, "-", "-")]
    assert store.tagged_otherwise(FIRST.digest) == 1
    store.retag(FIRST, [anew(article("a"))], NOW)
    assert shown(store.match_history(1)) == [("sco", 2, "-", "a")]
    assert store.tagged_otherwise(FIRST.digest) == 0
    store.close()
