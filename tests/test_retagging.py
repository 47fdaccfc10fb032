"""A changed watchlist over an archive that is there already: what would change, and tagging anew."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from monitor.errors import StoreError
from monitor.identity.neighbours import Neighbours
from monitor.jobs.polls import Tagger
from monitor.jobs.retagging import RetagReport, difference, retag, tagged_articles
from monitor.ports import Placer, Store
from monitor.query import Vocabulary
from monitor.query import parse as query
from monitor.types import Article, Kept, ListVersion, Match, Placement, Retagged
from monitor.watchlist.load import parse
from monitor.watchlist.matcher import Matcher
from storage import open_store
from tests.storage.made import ALERTS, NOW, arrival, article, names, opened, poll
from tests.storage.placers import ByTitle, Unexpecting
from tests.storage.test_record import edited

DAY = timedelta(days=1)
VOCABULARY = Vocabulary(entries_by_kind={"person": ("norov",)})
OLD = ListVersion(digest="old", as_of="2026-11-01")
NEW = ListVersion(digest="new", as_of="2026-11-21")

OLD_LIST = """
entries:
- {id: sco, kind: organisation, name: SCO, aliases: {en: [SCO], ru: [ШОС], zh: [上合组织], fa: [شانگهای]}}
- {id: quetta, kind: concept, name: Quetta, aliases: {en: [Quetta]}}
"""
NEW_LIST = """
entries:
- {id: sco, kind: organisation, name: SCO, aliases: {en: [SCO], ru: [ШОС], zh: [上合组织], fa: [شانگهای]}}
- {id: norov, kind: person, name: Norov, aliases: {en: [Norov], ru: [Норов], zh: [诺罗夫], fa: [نوروف]}}
"""

TEXTS = {
    "en": "The SCO was praised. Then Norov spoke in Quetta about trade.",
    "ru": "Встреча прошла под знаком ШОС. С Норовым говорили о торговле.",
    "zh": "上合组织今日举行会议，诺罗夫发表讲话。",
    "fa": "نوروف در شانگهای سخنرانی کرد.",
}


def tagger(text: str) -> Tagger:
    matcher = Matcher(parse(text, "watchlist.yaml"))

    def tag(title: str, text: str, lang: str | None, at: datetime | None) -> tuple[Match, ...]:
        return matcher.find(title, text, lang, at.date() if at else None)

    return tag


BY_OLD, BY_NEW = tagger(OLD_LIST), tagger(NEW_LIST)


def tagged(one: Article, by: Tagger = BY_OLD) -> tuple[Match, ...]:
    return by(one.title, one.text, one.lang, NOW)


def add(store: Store, *articles: Article, version: ListVersion = OLD, by: Tagger = BY_OLD) -> None:
    made = [replace(arrival(one, *tagged(one, by)), tagged_by=version) for one in articles]
    store.record(poll(*made))


def articles_of(count: int = 4) -> list[Article]:
    """Articles of the four languages in turn, one a day, the last one of today."""
    langs = list(TEXTS)
    return [
        article(f"{n}", title=f"Title {n}", text=TEXTS[lang], lang=lang, published_at=NOW - (count - 1 - n) * DAY)
        for n, lang in enumerate(langs[n % 4] for n in range(count))
    ]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    found = opened("sqlite", tmp_path)
    add(found, *articles_of())
    yield found
    found.close()


# ---------------------------------------------------------------------------------------------- difference


def test_what_would_come_and_go(store: Store) -> None:
    found = difference(store, None, BY_NEW)
    assert (found.articles, found.changed, found.days) == (4, 4, 4)
    norov, quetta = found.entries
    assert (norov.entry_id, norov.gained, norov.lost, norov.articles_gained) == ("norov", 4, 0, 4)
    assert (quetta.entry_id, quetta.gained, quetta.lost, quetta.articles_lost) == ("quetta", 0, 1, 1)
    newest = norov.samples_gained[0]
    assert (newest.span, newest.article_id, newest.url) == ("نوروف", 4, "https://example.org/3")
    assert [(s.span, s.before[-4:]) for s in norov.samples_gained[1:]] == [
        ("诺罗夫", "行会议，"),
        ("Норовым", "С. С "[1:]),
    ]
    assert quetta.samples_lost[0].title == "Title 0"
    assert list(norov.days.values()) == [(0, 1)] * 4
    assert norov.per_day(found.days) == (0, 1)
    assert quetta.days == {(NOW - 3 * DAY).date(): (1, 0)}


def test_nothing_is_written_by_looking(store: Store) -> None:
    before = (list(store.export()), store.head(), store.lists())
    difference(store, None, BY_NEW)
    assert (list(store.export()), store.head(), store.lists()) == before


@pytest.mark.parametrize(
    ("since", "until", "articles"),
    [
        pytest.param(None, None, 4, id="all"),
        pytest.param(NOW - DAY, None, 2, id="since"),
        pytest.param(None, NOW - DAY, 2, id="until"),
        pytest.param(NOW + DAY, None, 0, id="nothing"),
    ],
)
def test_the_time_that_is_looked_at(
    store: Store, since: datetime | None, until: datetime | None, articles: int
) -> None:
    found = difference(store, None, BY_NEW, since=since, until=until)
    assert (found.articles, found.days) == (articles, articles)
    assert len(list(tagged_articles(store, since=since, until=until))) == articles


def test_two_lists_against_each_other(store: Store) -> None:
    """What the archive holds does not matter where both lists are given."""
    assert difference(store, BY_NEW, BY_NEW).entries == ()
    swapped = difference(store, BY_NEW, BY_OLD)
    assert {e.entry_id: (e.gained, e.lost) for e in swapped.entries} == {"norov": (0, 4), "quetta": (1, 0)}


def test_another_rule_in_the_same_place_is_no_difference(store: Store) -> None:
    def other_rule(title: str, text: str, lang: str | None, at: datetime | None) -> tuple[Match, ...]:
        return tuple(replace(match, rule="weak:need", need="x") for match in BY_OLD(title, text, lang, at))

    assert difference(store, None, other_rule).changed == 0


# ---------------------------------------------------------------------------------------------- retag


def test_the_archive_is_tagged_anew(store: Store) -> None:
    store.ledger(ALERTS, NOW + DAY)
    head = store.head()
    report = retag(store, BY_NEW, NEW, now=lambda: NOW)
    assert (report.articles, report.changed, report.left) == (4, 4, 0)
    assert (dict(report.gained), dict(report.lost)) == ({"norov": 4}, {"quetta": 1})
    found = {tag: store.search(query(f"tag:{tag}")).total for tag in ("norov", "quetta", "sco")}
    assert found == {"norov": 4, "quetta": 0, "sco": 4}
    assert difference(store, None, BY_NEW).changed == 0
    gone = [h for h in store.match_history(1) if h.ended_by is not None]
    assert [(h.match.entry_id, h.ended_by.digest) for h in gone if h.ended_by] == [("quetta", "new")]
    assert store.head() == head
    assert store.news(ALERTS.id, query("tag:norov")) == ()


LATE = {
    "the tag alone": ("tag:norov", True),
    "both": ("tag:norov tag:sco", True),
    "one or the other": ("tag:norov OR tag:sco", False),
    "with a word": ("tag:norov title:title", True),
    "or a word that is there": ("tag:norov OR title:zzz", True),
    "a word alone": ("title:title", False),
    "what it had": ("tag:sco", False),
    "what it has lost": ("-tag:quetta src:kremlin", True),
    "a kind": ("kind:person", True),
}


@pytest.mark.parametrize(("search", "quiet"), LATE.values(), ids=LATE)
def test_what_waits_to_be_told_raises_no_alert_by_a_late_tag(tmp_path: Path, search: str, quiet: bool) -> None:
    store = open_store(f"sqlite:///{tmp_path}/archive.db", vocabulary=lambda: VOCABULARY)
    store.ledger(ALERTS, NOW)
    add(store, articles_of()[0])
    retag(store, BY_NEW, NEW, now=lambda: NOW)
    (news,) = store.news(ALERTS.id, query(search))
    assert news.quiet is quiet
    store.close()


def test_an_edit_after_that_is_news_again(store: Store) -> None:
    store.ledger(ALERTS, NOW + DAY)
    retag(store, BY_NEW, NEW, now=lambda: NOW)
    add(store, edited(articles_of()[0], title="Norov said more"), version=NEW, by=BY_NEW)
    (news,) = store.news(ALERTS.id, query("tag:norov"))
    assert (news.what, news.quiet) == ("edited", False)


def test_tagging_anew_twice_does_nothing(store: Store) -> None:
    retag(store, BY_NEW, NEW, now=lambda: NOW)
    assert retag(store, BY_NEW, NEW, now=lambda: NOW) == RetagReport()
    assert [version.digest for version in store.lists()] == ["old", "new"]


class Killed(Exception):
    pass


def test_one_who_is_killed_goes_on_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.jobs.retagging.BATCH", 3)
    store = opened("sqlite", tmp_path)
    add(store, *articles_of(10))

    def stop(report: RetagReport) -> None:
        if report.articles >= 6:
            raise Killed

    with pytest.raises(Killed):
        retag(store, BY_NEW, NEW, now=lambda: NOW, progress=stop)
    store.close()
    store = opened("sqlite", tmp_path)
    assert store.tagged_otherwise(NEW.digest) == 4
    assert retag(store, BY_NEW, NEW, now=lambda: NOW).articles == 4
    assert store.search(query("tag:norov")).total == 10
    store.close()


class Busy:
    """An archive that others write to between two steps."""

    def __init__(self, store: Store, *changes: Article) -> None:
        self._store, self._changes = store, list(changes)

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)

    def retag(
        self, by: ListVersion, retagged: Sequence[Retagged], at: datetime, placer: Placer | None = None
    ) -> frozenset[int]:
        if self._changes:
            add(self._store, self._changes.pop(0))
        return self._store.retag(by, retagged, at, placer)


def test_others_may_write_meanwhile(store: Store) -> None:
    first = articles_of()[0]
    news = edited(first, text="Norov of the SCO and Norov again, said everybody.")
    fresh = article("fresh", text="Quetta met Norov.", lang="en")
    report = retag(Busy(store, news, fresh), BY_NEW, NEW, now=lambda: NOW)  # type: ignore[arg-type]
    assert report.left == 0
    assert report.articles == 5
    assert [m.entry_id for m in store.matches(1)] == ["norov", "sco", "norov"]
    assert names(store.search(query("tag:norov -tag:sco")).hits) == ["fresh"]


def test_a_service_that_goes_on_with_the_old_list_is_told_of(store: Store) -> None:
    changes = [article(f"late-{n}", text=f"Quetta, day {n}.") for n in range(40)]
    report = retag(Busy(store, *changes), BY_NEW, NEW, now=lambda: NOW)  # type: ignore[arg-type]
    assert report.left in (0, 1)
    assert report.articles <= 4 + 40


def test_an_archive_that_takes_nothing(store: Store) -> None:
    store.close()
    with pytest.raises(StoreError):
        retag(store, BY_NEW, NEW, now=lambda: NOW)


def test_samples_are_the_newest_and_few(tmp_path: Path) -> None:
    store = opened("sqlite", tmp_path)
    add(store, *articles_of(40))
    (norov, _) = difference(store, None, BY_NEW, samples=2).entries
    assert [sample.article_id for sample in norov.samples_gained] == [40, 39]
    assert isinstance(next(iter(tagged_articles(store)))[0], Kept)
    store.close()


class Later(Unexpecting):
    """Puts only articles that touch something among stories."""

    def place(self, article: Article, matches: Sequence[Match], neighbours: Neighbours) -> Placement:
        return ByTitle().place(article, matches, neighbours) if matches else Placement()


def test_an_article_that_is_tagged_later_gets_its_place_then(store: Store) -> None:
    first = article("first", title="SCO event:talks", text=TEXTS["en"])
    second = article("second", title="Norov event:talks", text="Norov alone.")
    for one in (first, second):
        matches = BY_OLD(one.title, one.text, one.lang, one.published_at)
        store.record(poll(replace(arrival(one), matches=matches, tagged_by=OLD)), Later())
    assert len(_stories(store, first, second)) == 2
    retag(store, BY_NEW, NEW, now=lambda: NOW, placer=Later())
    (story,) = _stories(store, first, second)
    assert store.search(query(f"story:{story}")).total == 2
    assert retag(store, BY_NEW, NEW, now=lambda: NOW, placer=Later()) == RetagReport()


def _stories(store: Store, *articles: Article) -> set[int | None]:
    hashes = {one.content_hash for one in articles}
    return {kept.story_id for kept in store.export() if kept.article.content_hash in hashes}
