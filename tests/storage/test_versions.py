"""Texts that change, come back, and change too often, on every backend."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from monitor.ports import Store
from monitor.query import parse
from monitor.types import Article, Kept, Recorded, Version
from storage.versions import A_DAY, IN_ALL
from tests.storage.made import MINUTE, NOW, arrival, article, match, names, poll
from tests.storage.test_record import edited

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

FLIPS = {
    "Latin": ("Summit opens in Bishkek", "Leaders gather for summit"),
    "Cyrillic": ("Саммит открылся в Бишкеке", "Лидеры собрались на саммит"),
    "Han": ("峰会在比什凯克开幕", "领导人齐聚峰会"),
    "Arabic": ("آغاز اجلاس در بیشکک", "رهبران گرد هم آمدند"),
}


def only(store: Store) -> Kept:
    (kept,) = store.export()
    return kept


def said(store: Store, *articles: Article, first: datetime = NOW, gap: timedelta = MINUTE) -> list[Recorded]:
    """What became of these texts of one article, one after the other."""
    return [store.record(poll(arrival(one), at=first + n * gap)) for n, one in enumerate(articles)]


def numbered(one: Article, count: int, begin: int = 0) -> list[Article]:
    return [edited(one, text=f"Text number{n} of the article. " * 20) for n in range(begin, begin + count)]


@pytest.mark.parametrize("titles", FLIPS.values(), ids=FLIPS)
def test_a_headline_that_goes_to_and_fro_makes_two_versions(store: Store, titles: tuple[str, str]) -> None:
    one, other = (edited(article("a"), title=title) for title in titles)
    recorded = said(store, *[one, other] * 25)
    assert recorded == [Recorded(new=1)] + [Recorded(updated=1)] * 49
    kept = only(store)
    assert (kept.article.title, kept.versions) == (titles[1], 2)
    assert store.counts()["versions"] == 2
    first, second = store.versions(kept.id)
    assert (first.number, first.title, first.text, first.made_at) == (1, titles[0], one.text, NOW)
    assert (second.number, second.title, second.made_at) == (2, titles[1], NOW + MINUTE)
    assert (first.replaced_at, second.replaced_at) == (NOW + 49 * MINUTE, None)
    assert (first.returned, first.returned_at) == (24, NOW + 48 * MINUTE)
    assert (second.returned, second.returned_at) == (24, NOW + 49 * MINUTE)
    assert (first.passed_over, second.passed_over) == (0, 0)


def test_a_text_that_comes_back_is_told_once(store: Store) -> None:
    one, other = article("a"), edited(article("a"), title="Another title")
    heads = []
    for n, text in enumerate([one, other] * 5):
        store.record(poll(arrival(text), at=NOW + n * MINUTE))
        heads.append(store.head())
    assert heads == [1, 2, 3, 4, 4, 4, 4, 4, 4, 4]


def test_a_text_that_comes_back_is_found_and_tagged_as_it_stands(store: Store) -> None:
    one = article("a", text="Old text about cotton. " * 20)
    other = edited(one, text="New text about railways. " * 20)
    store.record(poll(arrival(one, match("sco", 3), match("putin", 9))))
    store.record(poll(arrival(other, match("sco-rats", 5)), at=NOW + MINUTE))
    store.record(poll(arrival(one, match("xi", 3)), at=NOW + 2 * MINUTE))
    assert (only(store).article.text, only(store).tags) == (one.text, ("xi",))
    assert [m.entry_id for m in store.matches(1)] == ["xi"]
    assert (store.search(parse("railway")).total, names(store.search(parse("cotton tag:xi")).hits)) == (0, ["a"])
    store.record(poll(arrival(other, match("sco-rats", 5)), at=NOW + 3 * MINUTE))
    assert [m.entry_id for m in store.matches(1)] == ["sco-rats"]
    assert [version.text for version in store.versions(1)] == [one.text, other.text]


def test_many_new_texts_a_day_are_counted_and_the_newest_stands(store: Store) -> None:
    texts = numbered(article("a"), 40)
    said(store, *texts)
    kept = only(store)
    assert (kept.versions, kept.article.text) == (A_DAY + 1, texts[-1].text)
    *before, last = store.versions(kept.id)
    assert [version.text for version in before] == [text.text for text in texts[:A_DAY]]
    assert (last.text, last.passed_over, last.made_at) == (texts[-1].text, 40 - A_DAY - 1, NOW + A_DAY * MINUTE)
    assert sum(version.passed_over for version in before) == 0
    assert names(store.search(parse("number39")).hits) == ["a"]
    assert store.search(parse(f"number{A_DAY}")).total == 0


def test_the_next_day_has_room_again(store: Store) -> None:
    texts = numbered(article("a"), 40)
    said(store, *texts[:30])
    said(store, *texts[30:], first=NOW + DAY)
    found = store.versions(1)
    assert [version.text for version in found[A_DAY:]] == [text.text for text in texts[29:]]
    assert [version.passed_over for version in found] == [0] * A_DAY + [30 - A_DAY - 1] + [0] * 10


def test_a_text_comes_back_on_a_day_without_room(store: Store) -> None:
    texts = numbered(article("a"), 30)
    said(store, *texts)
    said(store, texts[3], first=NOW + HOUR)
    assert (only(store).article.text, only(store).versions) == (texts[3].text, A_DAY + 1)
    assert store.versions(1)[-1].text == texts[-1].text
    other = numbered(article("a"), 1, begin=99)[0]
    said(store, other, first=NOW + 2 * HOUR)
    found = store.versions(1)
    assert (only(store).article.text, len(found)) == (other.text, A_DAY + 1)
    assert (found[-1].text, found[-1].passed_over) == (other.text, 30 - A_DAY - 1 + 1)
    assert (found[3].text, found[3].returned, found[3].replaced_at) == (texts[3].text, 1, NOW + 2 * HOUR)


def test_there_is_an_end_to_all_versions(store: Store) -> None:
    texts = numbered(article("a"), IN_ALL + 20)
    said(store, *texts, gap=2 * HOUR)
    found = store.versions(1)
    assert (len(found), only(store).versions, store.counts()["versions"]) == (IN_ALL, IN_ALL, IN_ALL)
    assert (found[-1].text, found[-1].passed_over) == (texts[-1].text, 20)
    assert [version.text for version in found[:-1]] == [text.text for text in texts[: IN_ALL - 1]]


def test_who_reads_changes_sees_the_newest_and_each_article_once(store: Store) -> None:
    """Texts that take each other's place are one change, which moves to the end."""
    said(store, *numbered(article("a"), 30))
    before = store.head()
    said(store, *numbered(article("a"), 5, begin=50), first=NOW + HOUR)
    assert store.head() > before
    news = store.news("nobody", parse("title"))
    assert [(piece.what, piece.kept.article.text[:13]) for piece in news] == [("new", "Text number54")]


def test_spaces_alone_make_no_version(store: Store) -> None:
    one = article("a")
    assert said(store, one, edited(one, text=one.text.replace(" ", "\n"))) == [Recorded(new=1), Recorded(unchanged=1)]


def test_versions_of_nothing(store: Store) -> None:
    assert store.versions(17) == ()


def test_an_article_that_never_changed(store: Store) -> None:
    one = article("a")
    store.record(poll(arrival(one)))
    assert store.versions(1) == (
        Version(number=1, title=one.title, text=one.text, text_from="page", made_at=NOW, replaced_at=None),
    )


def test_two_texts_in_one_transaction(store: Store) -> None:
    one = article("a")
    polls = [
        poll(arrival(text), at=NOW + n * MINUTE) for n, text in enumerate([one, *numbered(one, 2), one, replace(one)])
    ]
    recorded = store.record_all(polls)
    assert [r.updated for r in recorded] == [0, 1, 1, 1, 0]
    assert (only(store).article, only(store).versions) == (one, 3)
