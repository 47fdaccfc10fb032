"""Articles given their places inside the transaction that stores them, on every backend."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.errors import InputError
from monitor.identity.neighbours import Neighbours
from monitor.ports import Store
from monitor.query import parse
from monitor.types import Article, Match, Mute, Neighbour, Placement, Relation
from storage import bands as stored_bands
from storage.bands import OF_A_BAND
from storage.neighbours import OF_A_TELLING_KEY, StoredNeighbours
from storage.places import merge_stories
from tests.storage.made import ALERTS, MINUTE, NOW, arrival, article, digest, imported, item, match, names, opened, poll
from tests.storage.placers import Alone, ByTitle, Unexpecting
from tests.storage.test_record import edited

DAY = timedelta(days=1)
PLACER = ByTitle()


def titled(title: str, number: int = 0, **changed: object) -> Article:
    """An article whose address ends with the title and the number."""
    return article(f"{title.replace(' ', '+')}.{number}", title=title, **changed)


def add(store: Store, *titles: str, together: bool = True, **changed: object) -> None:
    """Articles with those titles, in one transaction or in one each."""
    made = [arrival(titled(title, n, **changed)) for n, title in enumerate(titles)]
    for several in [made] if together else [[one] for one in made]:
        store.record(poll(*several), PLACER)


def tell(store: Store, story: int) -> None:
    """An alert of that story, before its second article came."""
    cursor = store.ledger(ALERTS, NOW).cursor
    told = digest(f"k{story}", replace(item(story), article_ids=(2,)), kind="alert", subscription_id=ALERTS.id)
    assert store.add_digests(ALERTS.id, [told], channel_id="c", cursor_from=cursor, cursor_to=cursor)


def places(store: Store) -> dict[str, tuple[int, int]]:
    return {k.article.title: (k.copy_group_id, k.story_id) for k in store.export()}


def sets(store: Store, column: str) -> set[frozenset[int]]:
    """The articles that are together."""
    found: dict[int, set[int]] = {}
    for kept in store.export():
        found.setdefault(getattr(kept, column), set()).add(kept.id)
    return set(map(frozenset, found.values()))


together = pytest.mark.parametrize("together", [True, False], ids=["one transaction", "one each"])


@together
def test_copies_and_events(store: Store, together: bool) -> None:
    add(store, "copy:a", "copy:b", "copy:a event:x", "event:x", "event:y", "copy:b one", together=together)
    assert sets(store, "copy_group_id") == {frozenset(s) for s in ({1, 3}, {2, 6}, {4}, {5})}
    # a copy lies in its group's story, whatever it tells of
    assert sets(store, "story_id") == {frozenset(s) for s in ({1, 3, 4}, {2, 6}, {5})}
    groups = dict(places(store).values())
    assert all(groups[group] == story for group, story in places(store).values())
    found = [kept.origin for kept in store.export()]
    assert found[2] == {"kind": "copied", "article_id": 1}
    assert found[0] == {"kind": "self", "article_id": None}


@together
def test_what_turns_out_to_be_one_is_found_by_every_number(store: Store, together: bool) -> None:
    add(store, "copy:a", "copy:b", "event:x", "event:y", "copy:a copy:b", "event:x event:y", together=together)
    assert sets(store, "copy_group_id") == {frozenset(s) for s in ({1, 2, 5}, {3}, {4}, {6})}
    assert sets(store, "story_id") == {frozenset(s) for s in ({1, 2, 5}, {3, 4, 6})}
    assert [store.story(number) for number in (1, 2, 3, 4)] == [1, 1, 3, 3]
    for number, count in ((1, 3), (2, 3), (3, 3), (4, 3), (5, 0)):
        assert store.search(parse(f"story:{number}")).total == count
        assert store.search(parse("@one", lambda n=number: {"one": f"story:{n}"})).total == count  # type: ignore[misc]
    assert len(list(store.export(parse("story:4 -story:1")))) == 3
    assert store.counts()["stories"] == 2


def test_a_story_that_was_told_is_told_under_its_new_number(store: Store) -> None:
    add(store, "event:x", "event:y")
    cursor = store.ledger(ALERTS, NOW).cursor
    told = digest("k", item(2), subscription_id=ALERTS.id)
    assert store.add_digests(ALERTS.id, [told], channel_id="c", cursor_from=cursor, cursor_to=cursor)
    add(store, "event:x event:y")
    assert store.told_stories(ALERTS.id, [1, 7]) == {1}


def test_time_bounds_a_story(store: Store) -> None:
    for day in (0, 2, 5, 30):
        store.record(poll(arrival(titled("event:x", day, published_at=NOW + day * DAY))), PLACER)
    assert sets(store, "story_id") == {frozenset((1, 2, 3)), frozenset((4,))}
    # one that comes late lies between them in time
    store.record(poll(arrival(titled("event:x", 28, published_at=NOW + 28 * DAY))), PLACER)
    assert sets(store, "story_id") == {frozenset((1, 2, 3)), frozenset((4, 5))}
    assert set(store.stories(NOW + 20 * DAY)) == {2}
    assert set(store.stories(None, NOW + DAY)) == {1}
    assert len(store.stories()) == 2


def test_a_follow_up_is_known_from_both_sides(store: Store) -> None:
    add(store, "whole:z", "after:z")
    assert store.relations([1, 2]) == {
        1: (Relation(kind="followed_by", article_id=2, share=0.0),),
        2: (Relation(kind="follows", article_id=1, share=0.0),),
    }


def test_passages(store: Store) -> None:
    add(store, "whole:z", "part:z", "part:z again")
    assert store.relations([1, 2, 3, 4]) == {
        1: (Relation(kind="excerpt_of", article_id=2, share=0.5), Relation(kind="excerpt_of", article_id=3, share=0.5)),
        2: (Relation(kind="quotes", article_id=1, share=0.5),),
        3: (Relation(kind="quotes", article_id=1, share=0.5),),
    }
    store.record(poll(arrival(edited(titled("part:z", 1), title="nothing"))), PLACER)
    assert set(store.relations([1, 2])) == {1}


EDITS = {
    "stays among copies": (("copy:a", "copy:a"), "copy:a two", {(1, 2)}, {(1, 2)}),
    "leaves its copies": (("copy:a", "copy:a"), "other", {(1, 2)}, {(1,), (2,)}),
    "leaves its copies for another event": (
        ("copy:a", "event:x", "copy:a"),
        "event:x",
        {(1, 3), (2,)},
        {(1,), (2,), (3,)},
    ),
    "joins copies": (("copy:a", "other"), "copy:a", {(1, 2)}, {(1, 2)}),
    "joins an event": (("event:x", "other"), "event:x two", {(1, 2)}, {(1,), (2,)}),
    "says no more of its event": (("event:x", "event:x"), "other", {(1, 2)}, {(1,), (2,)}),
    "tells of another event": (("event:y", "event:x", "event:x"), "event:y", {(1,), (2, 3)}, {(1,), (2,), (3,)}),
    "tells of two others": (
        ("event:y", "event:z", "event:x", "event:x"),
        "event:y event:z",
        {(1,), (2,), (3, 4)},
        {(1,), (2,), (3,), (4,)},
    ),
    "becomes a copy of another story's text": (
        ("copy:a", "event:x", "event:x"),
        "copy:a",
        {(1, 3), (2,)},
        {(1, 3), (2,)},
    ),
    "alone with its event": (("event:x", "other"), "another", {(1,), (2,)}, {(1,), (2,)}),
    "Cyrillic": (("event:саммит", "другое"), "event:саммит снова", {(1, 2)}, {(1,), (2,)}),
    "Han": (("copy:峰会", "别的"), "copy:峰会 又", {(1, 2)}, {(1, 2)}),
    "Arabic": (("copy:اجلاس", "دیگر"), "copy:اجلاس دوباره", {(1, 2)}, {(1, 2)}),
}


@pytest.mark.parametrize(("titles", "becomes", "stories", "groups"), EDITS.values(), ids=EDITS)
def test_an_edit_decides_on_its_own_article_only(
    store: Store, titles: Sequence[str], becomes: str, stories: set[tuple[int, ...]], groups: set[tuple[int, ...]]
) -> None:
    add(store, *titles)
    before = {k.id: (k.copy_group_id, k.story_id) for k in store.export()}
    last = len(titles)
    store.record(poll(arrival(edited(titled(titles[-1], last - 1), title=becomes))), PLACER)
    assert sets(store, "story_id") == set(map(frozenset, stories))
    assert sets(store, "copy_group_id") == set(map(frozenset, groups))
    after = {k.id: (k.copy_group_id, k.story_id) for k in store.export()}
    assert {n: before[n] for n in before if n != last} == {n: after[n] for n in after if n != last}
    # whatever number it had goes on answering, and the index knows where it is
    assert store.story(before[last][1]) is not None
    for kept in store.export():
        assert kept.id in {hit.kept.id for hit in store.search(parse(f"story:{kept.story_id}")).hits}


def test_an_article_that_goes_to_and_fro_ends_where_it_was(store: Store) -> None:
    add(store, "copy:a event:x", "copy:a event:x", "copy:b event:y")
    one = titled("copy:a event:x", 1)
    for _ in range(3):
        store.record(poll(arrival(edited(one, title="copy:b event:y two"))), PLACER)
        assert sets(store, "story_id") == {frozenset((1,)), frozenset((2, 3))}
        store.record(poll(arrival(one)), PLACER)
        assert sets(store, "copy_group_id") == {frozenset((1, 2)), frozenset((3,))}


def test_an_edit_that_tells_of_two_events_makes_one_story_of_them(store: Store) -> None:
    add(store, "event:y", "event:x", "event:x")
    store.record(poll(arrival(edited(titled("event:x", 2), title="event:y event:x"))), PLACER)
    assert sets(store, "story_id") == {frozenset((1, 2, 3))}
    assert store.story(2) == store.story(1)


@pytest.mark.parametrize(
    ("title", "number", "becomes"),
    [
        pytest.param("event:x", 2, "event:y", id="in company it stays"),
        pytest.param("event:x", 2, "другое", id="in company it stays, ru"),
        pytest.param("event:z", 3, "event:y", id="alone it takes its story along"),
        pytest.param("event:z", 3, "别的", id="alone it stays, zh"),
    ],
)
def test_what_is_told_and_muted_as_a_story_is_so_when_an_article_is_edited(
    store: Store, title: str, number: int, becomes: str
) -> None:
    add(store, "event:y", "event:x", "event:x", "event:z")
    for story in (2, 3):
        store.add_mute(Mute(kind="story", what=str(story), channel_id="c", since=NOW - MINUTE, until=NOW + DAY))
        tell(store, story)
    store.record(poll(arrival(edited(titled(title, number), title=becomes))), PLACER)
    kept = next(kept for kept in store.export() if kept.article.url == titled(title, number).url)
    assert str(kept.story_id) in {one.what for one in store.mutes(NOW)}
    assert store.told_stories(ALERTS.id, [kept.story_id]) == {kept.story_id}


def test_an_article_of_a_told_story_that_is_a_copy_of_another_one_now_was_told(store: Store) -> None:
    add(store, "copy:a", "event:x", "event:x")
    tell(store, 2)
    store.record(poll(arrival(edited(titled("event:x", 2), title="copy:a"))), PLACER)
    assert sets(store, "story_id") == {frozenset((1, 3)), frozenset((2,))}
    assert store.told_stories(ALERTS.id, [1]) == frozenset()
    assert store.told_articles(ALERTS.id, [1, 3]) == {3}


class Asking(Unexpecting):
    """Puts nothing anywhere, and keeps what it could see."""

    def __init__(self, bands: Sequence[int] = (), keys: Sequence[int] = ()) -> None:
        self.bands, self.keys = tuple(bands), tuple(keys)
        self.seen: list[tuple[tuple[Neighbour, ...], tuple[Neighbour, ...]]] = []

    def place(self, article: Article, matches: Sequence[Match], neighbours: Neighbours) -> Placement:  # noqa: ARG002
        found = neighbours.with_bands(self.bands), neighbours.with_keys(self.keys, NOW - DAY, NOW + DAY)
        self.seen.append((tuple(map(neighbours.with_text, found[0])), found[1]))
        return Placement(bands=self.bands, keys=self.keys, facts=article.title.encode())


def test_what_neighbours_tell(store: Store) -> None:
    asking = Asking([1 << 63, 5 << 16], [7 << 16])
    one = article("a", source_name="Xinhua", published_at=NOW - MINUTE, lang="zh")
    for _ in range(2):
        store.record(poll(arrival(one), arrival(article("b"))), asking)
        store.record(poll(arrival(edited(one, text="x " * 300))), asking)
    (none, _), (to_b, by_key), (to_a, _) = asking.seen[:3]
    assert none == ()
    assert to_b == (
        Neighbour(
            id=1,
            copy_group_id=1,
            story_id=1,
            source_id="kremlin",
            source_name="Xinhua",
            url=one.url,
            title=one.title,
            text=one.text,
            lang="zh",
            published_at=NOW - MINUTE,
            first_seen_at=NOW,
            facts=one.title.encode(),
        ),
    )
    assert [(n.id, n.text) for n in by_key] == [(1, "")]
    assert [n.id for n in to_a] == [2]


def test_what_is_edited_is_told_anew_in_the_same_transaction(store: Store) -> None:
    asking = Asking([5 << 16], [7 << 16])
    one = article("a", title="Before")
    store.record(poll(arrival(one)), asking)
    other = edited(one, title="After", text="x " * 300)
    store.record(poll(arrival(article("b")), arrival(other), arrival(article("c"))), asking)
    (_, (to_b, _), _, (to_c, by_key)) = asking.seen
    assert [(n.id, n.title, n.facts) for n in to_b] == [(1, "Before", b"Before")]
    assert [(n.id, n.title, n.text, n.facts) for n in to_c if n.id == 1] == [(1, "After", other.text, b"After")]
    assert [(n.title, n.facts) for n in by_key if n.id == 1] == [("After", b"After")]


def test_what_is_kept_of_the_newest_articles_is_read_oldest_first(store: Store) -> None:
    titles = ("first", "上合组织", "nothing", "Токаев")
    for name, title in enumerate(titles):
        kept = Asking() if title != "nothing" else Unexpecting()
        store.record(poll(arrival(article(f"n{name}", title=title))), kept)
    assert store.latest_facts(10) == tuple(title.encode() for title in titles if title != "nothing")
    assert store.latest_facts(2) == ("上合组织".encode(), "Токаев".encode())
    assert store.latest_facts(0) == ()


def test_candidates_are_chosen_by_their_titles_and_facts_wherever_they_are(store: Store) -> None:
    """Stored, waiting in the same transaction, and known from an earlier question."""

    class Choosing(Asking):
        def place(self, article: Article, matches: Sequence[Match], neighbours: Neighbours) -> Placement:
            told: list[tuple[str, bytes]] = []
            chosen = neighbours.with_bands(
                self.bands, 24, lambda title, facts: bool(told.append((title, facts))) or title in ("上合组织", "b")
            )
            every = neighbours.with_bands(self.bands)
            assert sorted(told) == sorted((one.title, one.facts) for one in every)
            assert chosen == tuple(one for one in every if one.title in ("上合组织", "b"))
            return super().place(article, matches, neighbours)

    choosing = Choosing([5 << 16])
    for titles in (("上合组织", "a"), ("b", "Токаев", "c"), ("d", "e")):
        store.record(poll(*(arrival(article(title, title=title)) for title in titles)), choosing)
    assert [len(found) for found, _ in choosing.seen] == list(range(7))


def test_what_was_looked_up_before_is_found_again_beside_what_came_meanwhile(store: Store) -> None:
    """Candidates of an article that waits for its turn, without itself and with what was put down before it."""

    class Announced(Asking):
        looked: tuple[Neighbour, ...] = ()

        def expect(self, articles: Sequence[tuple[Article, Sequence[Match]]], neighbours: Neighbours) -> None:  # noqa: ARG002
            self.looked = neighbours.stored_with_bands(self.bands, 24, lambda *_: True)

        def place(self, article: Article, matches: Sequence[Match], neighbours: Neighbours) -> Placement:
            found = neighbours.with_bands(self.bands, 24, lambda *_: True)
            assert sorted(one.id for one in found) == sorted(one.id for one in neighbours.with_bands(self.bands))
            return super().place(article, matches, neighbours)

    asking = Announced([5 << 16])
    store.record(poll(arrival(article("a")), arrival(article("b"))), asking)
    assert asking.looked == ()
    store.record(poll(arrival(edited(article("a"), text="x " * 300)), arrival(article("c"))), asking)
    assert [one.id for one in asking.looked] == [2, 1]
    assert [sorted(one.id for one in found) for found, _ in asking.seen] == [[], [1], [2], [1, 2]]


def test_reprints_in_one_transaction_are_looked_up_once(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    class Announced(Asking):
        def expect(self, articles: Sequence[tuple[Article, Sequence[Match]]], neighbours: Neighbours) -> None:
            for _ in articles:
                neighbours.stored_with_bands(self.bands, 24, lambda *_: True)

        def place(self, article: Article, matches: Sequence[Match], neighbours: Neighbours) -> Placement:  # noqa: ARG002
            found = neighbours.with_bands(self.bands, 24, lambda *_: True)
            self.seen.append((found, ()))
            return Placement(bands=self.bands, facts=article.title.encode())

    asked: list[int] = []
    before = StoredNeighbours._stored_with
    monkeypatch.setattr(StoredNeighbours, "_stored_with", lambda *given: asked.append(1) or before(*given))
    asking = Announced([5 << 16])
    store.record(poll(arrival(article("a"))), asking)
    asked.clear()
    store.record(poll(*(arrival(article(name)) for name in "bcd")), asking)
    assert len(asked) == 1
    assert [sorted(one.id for one in found) for found, _ in asking.seen] == [[], [1], [1, 2], [1, 2, 3]]


def test_answers_are_bounded(store: Store) -> None:
    asking = Asking([1 << 20], [1 << 20])
    many = [arrival(article(f"n{n}")) for n in range(OF_A_TELLING_KEY + 70)]
    for first in range(0, len(many), 40):
        store.record(poll(*many[first : first + 40]), asking)
    last_bands, last_keys = asking.seen[-1]
    assert (len(last_bands), len(last_keys)) == (24, 48)
    assert max(n.id for n in last_bands) == len(many) - 1
    assert len(many) > OF_A_BAND


def test_copies_are_found_wherever_their_bands_are(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also while they move from one table into the other."""
    monkeypatch.setattr(stored_bands, "_NEW_ROWS", 20)
    r = random.Random(1)
    texts = [tuple(r.getrandbits(64) for _ in range(16)) for _ in range(12)]
    for n, bands in enumerate(texts * 3):
        asking = Asking(bands)
        store.record(poll(arrival(article(f"n{n}"))), asking)
        assert [one.id for one in asking.seen[0][0]] == list(range(n + 1 - 12, 0, -12))


def test_a_band_that_more_articles_have_than_are_moved_at_once_moves_as_a_whole(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each poll brings one article, and a notice stands under all of them: no transaction goes on for ever."""
    monkeypatch.setattr(stored_bands, "_NEW_ROWS", 20)
    connection = store._writer  # type: ignore[attr-defined]
    shared, count = 7 << 20, 60
    for n in range(count):
        _end_after(connection, 1_000_000)
        store.record(poll(arrival(article(f"n{n}"))), Asking([shared, n + 8 << 20]))
    waiting = connection.execute("SELECT count(*), (SELECT waiting FROM bands_moved) FROM new_bands").fetchone()
    assert waiting[0] == waiting[1] <= 20
    every = "SELECT article_id FROM bands UNION SELECT article_id FROM new_bands"
    assert connection.execute(f"SELECT count(*) FROM ({every})").fetchone() == (count,)


def test_a_wrong_number_of_bands_that_wait_is_put_right(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stored_bands, "_NEW_ROWS", 20)
    connection = store._writer  # type: ignore[attr-defined]
    store.record(poll(arrival(article("before"))), Asking([1 << 20]))
    connection.execute("UPDATE bands_moved SET waiting = 1000000")
    _end_after(connection, 1_000_000)
    store.record(poll(arrival(article("after"))), Asking([2 << 20]))
    assert connection.execute("SELECT waiting FROM bands_moved").fetchone()[0] <= 2


@contextmanager
def _counting(connection: Any, every: int) -> Iterator[list[int]]:
    """One number: how many times so many steps of the database were taken inside."""
    taken = [0]
    connection.set_progress_handler(lambda: taken.__setitem__(0, taken[0] + 1), every)
    yield taken
    connection.set_progress_handler(None, 0)


def _end_after(connection: Any, steps: int) -> None:
    """Statements fail when they have taken so many steps of the database from now on."""
    left = [steps // 1000]

    def count() -> bool:
        left[0] -= 1
        return left[0] < 0

    connection.set_progress_handler(count, 1000)


def test_a_notice_under_every_text_costs_no_more_in_a_large_archive(store: Store) -> None:
    """A band that 20,000 articles share: as many steps of the database as where 200 share it."""
    shared = [n << 20 for n in range(1, 5)]
    store.record(poll(arrival(article("first"))), Asking(shared))
    steps = {}
    for count in (200, 20_000):
        connection = store._writer  # type: ignore[attr-defined]
        _repeat(connection, count)
        asking = Asking(shared)
        with _counting(connection, 100) as taken:
            store.record(poll(arrival(article(f"at {count}"))), asking)
        steps[count] = taken[0]
        assert len(asking.seen[0][0]) == 24
    assert steps[20_000] < 1.5 * steps[200]


def test_merging_two_stories_costs_no_more_in_a_large_archive(store: Store) -> None:
    connection = store._writer  # type: ignore[attr-defined]
    steps = []
    for count in (100, 20_000):
        names = [f"{count} {n}" for n in range(2)]
        store.record(poll(*(arrival(article(name)) for name in names)), Asking([]))
        into, other = (row[0] for row in connection.execute("SELECT id FROM stories ORDER BY id DESC LIMIT 2"))
        more = "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < ?)"
        connection.execute(f"INSERT INTO stories (created_at) {more} SELECT n FROM n", (count,))
        connection.execute(f"INSERT INTO copy_groups (story_id) {more} SELECT ? FROM n", (count, into))
        with _counting(connection, 10) as taken:
            merge_stories(connection, other, into)
        steps.append(taken[0])
        assert connection.execute("SELECT merged_into FROM stories WHERE id = ?", (other,)).fetchone() == (into,)
        assert connection.execute("SELECT count(*) FROM articles WHERE story_id = ?", (other,)).fetchone() == (0,)
        assert connection.execute("SELECT count(*) FROM copy_groups WHERE story_id = ?", (other,)).fetchone() == (0,)
    assert steps[1] < 2 * steps[0] + 10


def _repeat(connection: Any, count: int) -> None:
    """Makes copies of the first article's row and bands until there are so many."""
    columns = [row[1] for row in connection.execute("PRAGMA table_info(articles)") if row[1] not in ("id", "sort_key")]
    names = ", ".join(columns)
    numbers = (
        f"WITH RECURSIVE n (n) AS (SELECT max(id) + 1 FROM articles UNION ALL SELECT n + 1 FROM n WHERE n < {count})"
    )
    connection.execute(
        f"INSERT INTO articles (id, sort_key, {names}) {numbers} SELECT n, n, {names} FROM n, articles WHERE id = 1"
    )
    connection.execute(
        "INSERT OR IGNORE INTO bands SELECT band, articles.id FROM articles,"
        " (SELECT band FROM new_bands WHERE article_id = 1)"
    )


def test_keys_of_closed_stories_go(store: Store) -> None:
    connection = store._writer  # type: ignore[attr-defined]

    def periods() -> list[int]:
        return [row[0] for row in connection.execute("SELECT DISTINCT period FROM story_keys ORDER BY 1")]

    def come(name: str, published: datetime, seen: datetime) -> None:
        store.record(poll(arrival(article(name, published_at=published, first_seen_at=seen))), Asking((), keys))

    keys = [n << 20 for n in range(1, 9)]
    long_ago = NOW - 365 * DAY
    come("old", long_ago, long_ago)
    come("new", NOW, NOW)
    assert len(periods()) == 1  # the new one's
    come("old that comes late", long_ago, NOW)
    come("newer", NOW + DAY, NOW + DAY)
    assert len(periods()) == 2  # others of its time may come with it
    come("much later", NOW + 60 * DAY, NOW + 60 * DAY)
    assert long_ago not in periods()
    for n in range(5):
        come(f"later {n}", NOW + 60 * DAY, NOW + 60 * DAY)
    assert len(periods()) == 1


class Hasty(Unexpecting):
    """Puts articles among stories as long as they touch something."""

    def place(self, article: Article, matches: Sequence[Match], neighbours: Neighbours) -> Placement:
        return PLACER.place(article, matches, neighbours) if matches else Placement(whole=False)


def test_an_edit_that_touches_nothing_stays_in_its_story(store: Store) -> None:
    one, two = (article(name, title=f"{name} event:talks") for name in ("one", "two"))
    for each in (one, two):
        store.record(poll(arrival(each, match("sco"))), Hasty())
    assert sets(store, "story_id") == {frozenset((1, 2))}
    store.record(poll(arrival(edited(two, text="Nothing of it. " * 30))), Hasty())
    assert sets(store, "story_id") == {frozenset((1, 2))}


class Failing(Unexpecting):
    """Cannot deal with some texts."""

    def place(self, article: Article, matches: Sequence[Match], neighbours: Neighbours) -> Placement:  # noqa: ARG002
        if article.title == "bad":
            raise ValueError("could not convert string to float: '3.9,6'")
        return Placement()


def test_a_text_without_a_place_is_kept(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    arrivals = [arrival(article(name, title=name)) for name in ("good", "bad", "fine")]
    recorded = store.record(poll(*arrivals), Failing())
    assert recorded.new == 3
    assert "no place was found" in caplog.text


class Bewildered(Alone):
    """Cannot deal with what comes together."""

    def expect(self, articles: Sequence[tuple[Article, Sequence[Match]]], neighbours: Neighbours) -> None:  # noqa: ARG002
        raise ValueError("too much")


def test_what_cannot_be_placed_together_is_placed_one_by_one(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    assert store.record(poll(arrival(article("a")), arrival(article("b"))), Bewildered()).new == 2
    assert "could not be placed together (ValueError: too much)" in caplog.text


def test_most_in_common_first(store: Store) -> None:
    for name, bands in (("a", (1, 2, 3)), ("b", (1,)), ("c", (1, 2))):
        store.record(poll(arrival(article(name))), Asking([band << 16 for band in bands]))
    asking = Asking([1 << 16, 2 << 16, 3 << 16])
    store.record(poll(arrival(article("d"))), asking)
    assert [n.id for n in asking.seen[0][0]] == [1, 3, 2]


@pytest.mark.parametrize("seed", range(12))
def test_one_transaction_as_many(backend: str, tmp_path: Path, seed: int) -> None:
    """Also with edits, joins and moves in between."""
    r = random.Random(seed)
    words = [f"{kind}:{name}" for kind in ("copy", "event", "whole", "part") for name in "abc"]
    polls = []
    for n in range(40):
        one = titled("", r.randrange(12))
        title = " ".join(r.sample(words, r.randrange(1, 4)))
        polls.append(poll(arrival(edited(one, title=title)), at=NOW + n * MINUTE))
    stores = []
    for name, size in (("one", 1), ("some", 7), ("all", 40)):
        (tmp_path / name).mkdir()
        store = opened(backend, tmp_path / name)
        for first in range(0, 40, size):
            store.record_all(polls[first : first + size], PLACER)
        stores.append(store)
    contents = [
        (list(store.export()), store.relations(range(20)), [store.search(parse(f"story:{n}")).total for n in range(20)])
        for store in stores
    ]
    assert contents[0] == contents[1] == contents[2]
    groups: dict[int, set[int]] = {}
    for kept in contents[0][0]:
        groups.setdefault(kept.copy_group_id, set()).add(kept.story_id)
        assert stores[0].story(kept.story_id) == kept.story_id
        assert kept.id in {hit.kept.id for hit in stores[0].search(parse(f"story:{kept.story_id}")).hits}
    assert all(len(stories) == 1 for stories in groups.values())
    for store in stores:
        store.close()


# ---------------------------------------------------------------------------------------------- by hand


def test_a_split_survives(store: Store) -> None:
    add(store, "event:x", "event:x copy:a", "event:x copy:a", "event:x last")
    new = store.split(1, [2], NOW + DAY)
    assert sets(store, "story_id") == {frozenset((1, 4)), frozenset((2, 3))}
    assert sets(store, "copy_group_id") == {frozenset(s) for s in ({1}, {2, 3}, {4})}
    assert {n: store.search(parse(f"story:{n}")).total for n in (1, new)} == {1: 2, new: 2}
    # a late copy joins its group; an edit and one that tells of both change nothing
    add(store, "late copy:a")
    store.record(poll(arrival(edited(titled("event:x copy:a", 1), title="event:x all the same"))), PLACER)
    add(store, "event:x both")
    together_now = sets(store, "story_id")
    assert {frozenset((1, 4, 6)), frozenset((2, 3, 5))} == together_now
    (decision,) = store.decisions(new)
    assert (decision.what, decision.at, decision.story_id, decision.other_id) == ("split", NOW + DAY, new, 1)
    assert decision.article_ids == (2, 3)
    assert [member.by_hand for member in store.members([new])[new]] == [True, True, False]


def test_a_merge_survives_and_takes_a_split_back(store: Store) -> None:
    add(store, "event:x", "event:y", "event:x two")
    assert store.merge(2, 1, NOW) == 1
    assert sets(store, "story_id") == {frozenset((1, 2, 3))}
    store.record(poll(arrival(edited(titled("event:y", 1), title="event:z"))), PLACER)
    assert sets(store, "story_id") == {frozenset((1, 2, 3))}
    new = store.split(2, [3], NOW)
    assert store.story(new) == new
    add(store, "event:x event:z")
    assert store.story(new) == new
    assert store.merge(new, 1, NOW) == 1
    assert store.counts()["stories"] == 1
    assert [d.what for d in store.decisions(1)] == ["merge", "split", "merge"]
    assert store.search(parse(f"story:{new}")).total == 4


def test_what_is_parted_stays_so_through_a_merge(store: Store) -> None:
    add(store, "event:x copy:a", "event:x copy:b", "event:y")
    new = store.split(1, [2], NOW)
    assert (new, store.merge(new, 2, NOW)) == (3, 2)
    add(store, "event:x event:y copy:c", "copy:c copy:a", "copy:c copy:b")
    assert sets(store, "story_id") == {frozenset((1, 4, 5)), frozenset((2, 3, 6))}


REFUSED = {
    "no such story": (9, [1], "no story 9"),
    "no such article": (1, [77], "article 77 is not in story 1"),
    "of another story": (1, [4], "article 4 is not in story 1"),
    "nothing left": (1, [1, 2], "nothing would be left"),
    "nothing left but copies": (1, [1, 3], "nothing would be left"),
    "no article": (1, [], "no article"),
    "a number beyond all": (1 << 70, [1], "no story"),
}


@pytest.mark.parametrize(("story", "articles", "why"), REFUSED.values(), ids=REFUSED)
def test_splits_that_are_refused(store: Store, story: int, articles: Sequence[int], why: str) -> None:
    add(store, "event:x", "event:x copy:a", "event:x copy:a", "event:y")
    before = places(store)
    with pytest.raises(InputError, match=why):
        store.split(story, articles, NOW)
    assert (places(store), store.decisions(1)) == (before, ())


@pytest.mark.parametrize(
    ("story", "into", "why"),
    [(1, 1, "one already"), (2, 1, "both go by 1"), (1, 9, "no story 9"), (9, 1, "no story 9")],
)
def test_merges_that_are_refused(store: Store, story: int, into: int, why: str) -> None:
    add(store, "event:x", "event:y", "event:x event:y")
    with pytest.raises(InputError, match=why):
        store.merge(story, into, NOW)
    assert store.decisions(1) == ()


def test_members(store: Store) -> None:
    one = titled("event:x", 0, published_at=NOW - DAY, source_id="akorda")
    store.record(poll(arrival(titled("event:x", 1), match("sco")), arrival(one), source_id=None), PLACER)
    (first, second) = store.members([1, 5])[1]
    assert (first.id, first.source_id, first.published_at, first.tags) == (2, "akorda", NOW - DAY, ())
    assert (second.id, second.tags, second.origin, second.lang) == (
        1,
        ("sco",),
        {"kind": "self", "article_id": None},
        "en",
    )


def test_without_a_placer_nothing_is_asked(store: Store) -> None:
    store.record(imported(article("a", ref="1"), article("b", ref="2")))
    assert names(list(store.export())) == ["a", "b"]
    assert store.relations([1]) == {}


def test_no_time_is_too_far(store: Store) -> None:
    class Wide(Asking):
        def place(self, article: Article, matches: Sequence[Match], neighbours: Neighbours) -> Placement:  # noqa: ARG002
            early = datetime(1, 1, 2, tzinfo=NOW.tzinfo)
            self.seen.append(((), neighbours.with_keys(self.keys, early)))
            return Placement(keys=self.keys)

    asking = Wide(keys=[3 << 16])
    for n, day in enumerate((0, 10, 3)):
        store.record(poll(arrival(article(f"n{n}", published_at=NOW + day * DAY))), asking)
    assert [[n.id for n in keys] for _, keys in asking.seen] == [[], [1], [2, 1]]
