"""What becomes of articles that arrive, on every backend."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.errors import StoreError
from monitor.identity.listed import content_hash
from monitor.ports import Store
from monitor.query import parse
from monitor.types import Article, Collected, Match, Placement, Recorded, Validators
from tests.storage.made import MINUTE, NOW, arrival, article, imported, match, names, poll


def only(store: Store) -> object:
    (kept,) = store.export()
    return kept


def edited(one: Article, **changed: object) -> Article:
    made = replace(one, **changed)  # type: ignore[arg-type]
    return replace(made, content_hash=content_hash(made.title, made.text))


def test_an_article_comes_back_as_it_went_in(store: Store) -> None:
    one = article(
        "все-о-встрече",
        title="Ҳамкорӣ: «саммит» 上合",
        text="Первый абзац.\nВторой: 上合组织 و ایران\n" + "слово " * 200,
        authors=("И. Иванов", "李四"),
        published_at=NOW - timedelta(days=1, microseconds=7),
        lang="ru",
        source_name="Агентство",
        ref="r-1",
    )
    assert store.record(poll(arrival(one))) == Recorded(new=1)
    (kept,) = store.export()
    assert kept.article == one
    assert (kept.versions, kept.origin, kept.tags) == (1, None, ())


def test_the_same_poll_twice_changes_nothing(store: Store) -> None:
    first = poll(arrival(article("a")), arrival(article("b")))
    assert store.record(first) == Recorded(new=2)
    assert store.record(first) == Recorded(unchanged=2)
    assert store.head() == 2


@pytest.mark.parametrize(
    ("other", "becomes"),
    [
        pytest.param({"url": "http://www.example.org/a?x", "guid": None}, "one", id="canonical URL"),
        pytest.param(
            {"canonical_url": "http://www.example.org/a", "guid": None}, "one", id="URL without www and https"
        ),
        pytest.param({"source_id": "tass", "guid": None}, "one", id="canonical URL, other source"),
        pytest.param({"canonical_url": "https://example.org/moved"}, "one", id="guid of one source"),
        pytest.param({"canonical_url": "https://example.org/m", "guid": "g2"}, "one", id="text of one source"),
        pytest.param({"canonical_url": "https://example.org/m", "source_id": "tass"}, "two", id="guid, other source"),
        pytest.param(
            {"canonical_url": "https://example.org/m", "guid": "g2", "source_id": "tass"},
            "two",
            id="text, other source",
        ),
    ],
)
def test_identity(store: Store, other: dict[str, object], becomes: str) -> None:
    one = article("a")
    again = replace(one, **other)  # type: ignore[arg-type]
    store.record(poll(arrival(one)))
    store.record(poll(arrival(again, key="another entry"), source_id=again.source_id))
    assert len(list(store.export())) == (1 if becomes == "one" else 2)


def test_a_short_text_is_no_identity(store: Store) -> None:
    one = article("a", title="No comment", text="No comment was given.")
    store.record(poll(arrival(one)))
    other = replace(one, url="https://example.org/b", canonical_url="https://example.org/b", guid="g2")
    assert store.record(poll(arrival(other))) == Recorded(new=1)


def test_texts_without_a_source_are_no_identity(store: Store) -> None:
    one = article("a", source_id=None, guid=None)
    other = replace(one, url="https://example.org/b", canonical_url="https://example.org/b")
    assert store.record(poll(arrival(one), arrival(other), source_id=None)) == Recorded(new=2)


def test_one_guid_for_all_items_loses_none_of_them(store: Store) -> None:
    for number, title in enumerate(
        ["Rail tender", "Полив хлопка", "反恐演习在新疆举行", "Border market", "Glacier data"]
    ):
        one = article(f"s{number}", title=title, text=f"{title} " * 20, guid="same")
        assert store.record(poll(arrival(one))) == Recorded(new=1)
        assert store.record(poll(arrival(one))) == Recorded(unchanged=1)
    assert len(list(store.export())) == 5


def test_an_edit_of_the_owner_is_a_version_and_the_old_one_stays(store: Store) -> None:
    one = article("a", text="Old text about cotton. " * 20)
    store.record(poll(arrival(one, match("sco", 3), match("putin", 9))))
    other = edited(one, text="New text about railways. " * 20)
    assert store.record(poll(arrival(other, match("sco-rats", 5)), at=NOW + MINUTE)) == Recorded(updated=1)
    kept = only(store)
    assert (kept.article.text, kept.versions, kept.tags) == (other.text, 2, ("sco-rats",))  # type: ignore[attr-defined]
    assert [m.entry_id for m in store.matches(1)] == ["sco-rats"]
    assert (store.counts()["versions"], store.counts()["matches"]) == (2, 3)
    assert store.search(parse("cotton")).total == 0
    assert names(store.search(parse("railway")).hits) == ["a"]


def test_another_source_makes_no_version(store: Store) -> None:
    one = article("a")
    store.record(poll(arrival(one)))
    other = edited(one, source_id="tass", text="Quite another text. " * 20)
    for _ in range(3):
        assert store.record(poll(arrival(other), source_id="tass")) == Recorded(unchanged=1)
        assert store.record(poll(arrival(one))) == Recorded(unchanged=1)
    assert only(store).versions == 1  # type: ignore[attr-defined]
    assert set(store.known("tass", [f"key {one.canonical_url}"])) == {f"key {one.canonical_url}"}


@pytest.mark.parametrize(
    ("first", "then", "change", "result", "text"),
    [
        pytest.param("page", "feed", {"text": "Teaser."}, "unchanged", "kept", id="feed after page, same title"),
        pytest.param(
            "page", "feed", {"text": "Teaser.", "title": "New"}, "updated", "kept", id="feed after page, new title"
        ),
        pytest.param("page", "feed", {"text": ""}, "unchanged", "kept", id="nothing after page"),
        pytest.param("page", "page", {"text": ""}, "unchanged", "kept", id="empty page after page"),
        pytest.param("feed", "page", {"text": "The whole."}, "updated", "new", id="page after feed"),
        pytest.param("feed", "feed", {"text": "Teaser 2."}, "updated", "new", id="feed after feed"),
        pytest.param("page", "page", {"text": "Page 2."}, "updated", "new", id="page after page"),
    ],
)
def test_which_text_stays(
    store: Store, first: str, then: str, change: dict[str, object], result: str, text: str
) -> None:
    one = article("a", text_from=first)
    store.record(poll(arrival(one, match("sco", 3), match("putin", 1, "title"))))
    other = edited(one, text_from=then, **change)
    recorded = store.record(poll(arrival(other, match("xi", 0, "title"), match("modi", 0))))
    assert recorded == Recorded(**{result: 1})
    kept = only(store)
    assert kept.article.text == (one.text if text == "kept" else other.text)  # type: ignore[attr-defined]
    if text == "kept" and result == "updated":
        assert kept.article.title == "New"  # type: ignore[attr-defined]
        assert kept.article.text_from == "page"  # type: ignore[attr-defined]
        assert kept.tags == ("xi", "sco")  # type: ignore[attr-defined]
        assert store.record(poll(arrival(other))) == Recorded(unchanged=1)


def test_an_import_is_known_by_its_ref(store: Store) -> None:
    one = article("a", ref="r1", source_id=None, guid=None, text_from="import")
    assert store.record(imported(one)) == Recorded(new=1)
    assert store.record(imported(one)) == Recorded(unchanged=1)
    moved = edited(one, canonical_url="https://example.org/elsewhere", text="Another. " * 40)
    assert store.record(imported(moved)) == Recorded(updated=1)


def test_two_refs_are_two_articles_even_at_one_url(store: Store) -> None:
    one = article("a", ref="r1", text_from="import")
    assert store.record(imported(one, replace(one, ref="r2"))) == Recorded(new=2)
    assert {kept.article.ref for kept in store.export()} == {"r1", "r2"}
    assert store.record(imported(one, replace(one, ref="r2"))) == Recorded(unchanged=2)


def test_an_import_finds_a_collected_article_and_gives_it_its_ref(store: Store) -> None:
    one = article("a")
    store.record(poll(arrival(one)))
    assert store.record(imported(replace(one, ref="r1", source_id=None))) == Recorded(unchanged=1)
    assert only(store).article.ref == "r1"  # type: ignore[attr-defined]


def test_known_entries(store: Store) -> None:
    store.record(poll(arrival(article("a"), key="k1", hash="h1"), arrival(article("b"), key="k2", hash="h2")))
    found = store.known("kremlin", ["k2", "k1", "k3", *[f"no{n}" for n in range(600)]])
    assert {key: (k.article_id, k.entry_hash) for key, k in found.items()} == {"k1": (1, "h1"), "k2": (2, "h2")}
    assert store.known("tass", ["k1"]) == {}
    store.record(poll(arrival(article("a"), key="k1", hash="h9")))
    assert store.known("kremlin", ["k1"])["k1"].entry_hash == "h9"


def test_validators_come_with_the_articles(store: Store) -> None:
    seen = (
        Validators(url="https://x/1", etag='"a"', last_modified="Mon", body_hash="00", seen=bytes(range(256))),
        Validators(url="https://x/2"),
    )
    store.record(poll(arrival(article("a")), validators=seen))
    assert store.validators(["https://x/1", "https://x/2", "https://x/3"]) == {v.url: v for v in seen}
    store.record(poll(validators=(Validators(url="https://x/1"),)))
    assert store.validators(["https://x/1"])["https://x/1"] == Validators(url="https://x/1")


def test_source_states(store: Store) -> None:
    due = NOW + timedelta(hours=1)
    store.record(poll(arrival(article("a")), arrival(article("b")), next_due_at=due))
    state = store.source_states()["kremlin"]
    assert (state.failures, state.articles, state.last_outcome) == (0, 2, "ok")
    assert (state.next_due_at, state.last_success_at, state.last_new_at) == (due, NOW, NOW)
    for minute in (1, 2):
        at = NOW + minute * MINUTE
        store.record(Collected(source_id="kremlin", at=at, outcome="temporary", error="HTTP 503"))
    state = store.source_states()["kremlin"]
    assert (state.failures, state.last_error, state.last_success_at) == (2, "HTTP 503", NOW)
    assert (state.last_attempt_at, state.next_due_at) == (NOW + 2 * MINUTE, None)
    store.record(Collected(source_id="kremlin", at=NOW + 3 * MINUTE, outcome="not_modified"))
    state = store.source_states()["kremlin"]
    assert (state.failures, state.last_error, state.last_success_at) == (0, None, NOW + 3 * MINUTE)
    assert state.last_new_at == NOW


def test_tags_stand_in_order_of_first_mention_title_first(store: Store) -> None:
    found = (match("c", 40), match("a", 10), match("b", 5, "title"), match("a", 0, "title", need="x", rule="weak:need"))
    store.record(poll(arrival(article("a"), *found)))
    assert only(store).tags == ("a", "b", "c")  # type: ignore[attr-defined]
    kept: tuple[Match, ...] = store.matches(1)
    assert set(kept) == set(found)
    assert [m.entry_id for m in kept] == ["a", "b", "a", "c"]


def test_places(store: Store) -> None:
    store.record(
        poll(
            arrival(article("a")),
            arrival(article("copy"), placement=Placement(copy_group_id=1)),
            arrival(article("event"), placement=Placement(story_id=1)),
            arrival(article("new1"), placement=Placement(copy_group_id=-1)),
            arrival(article("new2"), placement=Placement(copy_group_id=-1)),
            arrival(article("lost"), placement=Placement(copy_group_id=99, story_id=98)),
        )
    )
    places = {kept.article.url.rsplit("/", 1)[-1]: (kept.copy_group_id, kept.story_id) for kept in store.export()}
    assert places["copy"] == places["a"]
    assert (places["event"][1], places["event"][0] != places["a"][0]) == (places["a"][1], True)
    assert places["new1"] == places["new2"] != places["a"]
    assert places["lost"][1] not in (places["a"][1], places["new1"][1])
    groups = dict(places.values())
    assert all(groups[group] == story for group, story in places.values())


def test_many_articles_of_one_second(store: Store) -> None:
    many = [article(f"n{number}") for number in range(300)]
    store.record(poll(*map(arrival, many)))
    assert names(store.search(parse("kremlin OR title"), limit=400).hits) == [f"n{n}" for n in range(299, -1, -1)]


def test_a_first_date_moves_an_article_and_a_later_one_does_not(store: Store) -> None:
    one = article("a")
    store.record(poll(arrival(one), arrival(article("b", published_at=NOW - timedelta(days=2)))))
    early = NOW - timedelta(days=5)
    store.record(poll(arrival(edited(one, text="Two. " * 50, published_at=early))))
    assert names(list(store.export())) == ["a", "b"]
    store.record(poll(arrival(edited(one, text="Three. " * 50, published_at=NOW))))
    assert next(store.export()).article.published_at == early
    assert names(store.search(parse("three until:2026-11-16")).hits) == ["a"]


def test_nothing_of_a_poll_is_stored_when_part_of_it_cannot_be(store: Store) -> None:
    bad = replace(article("b"), title="half a pair: \ud800")
    with pytest.raises(StoreError, match="cannot be stored"):
        store.record(poll(arrival(article("a")), arrival(bad), validators=(Validators(url="https://x/1"),)))
    assert list(store.export()) == []
    assert store.validators(["https://x/1"]) == {}
    assert store.record(poll(arrival(article("a")))) == Recorded(new=1)


def test_a_closed_archive_says_so(store: Store) -> None:
    store.close()
    store.close()
    with pytest.raises(StoreError, match="closed"):
        store.head()
