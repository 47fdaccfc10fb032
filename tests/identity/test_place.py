"""How much is found out of where an article belongs, and that it comes together."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.app import App
from monitor.home import Home
from monitor.identity.kept import parted
from monitor.identity.listed import content_hash
from monitor.identity.neighbours import Neighbours
from monitor.identity.stories import Stories
from monitor.types import Arrival, Article, Collected, Kept, Match
from storage import open_store

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)
SOURCES = """
sources:
- {id: general, name: General, kind: feed, feeds: [{url: "https://general.example/feed"}], ownership: independent}
- {id: ministry, name: Ministry, kind: feed, feeds: [{url: "https://ministry.example/feed"}], ownership: official}
- {id: unknown, name: Unknown, kind: feed, feeds: [{url: "https://unknown.example/feed"}]}
"""
TEXTS = {
    "en": "MOSCOW, November 20. /TASS/. "
    + " ".join(f"Trains carried {n} tonnes of grain to the port." for n in range(9)),
    "ru": "МОСКВА, 20 ноября. /ТАСС/. " + " ".join(f"Поезда доставили {n} тонн зерна в порт." for n in range(9)),
    "zh": "新华社北京11月20日电 " + "".join(f"列车向港口运送了{n}吨粮食。" for n in range(9)),
    "fa": "تهران (ایرنا) - " + " ".join(f"قطارها {n} تن غله به بندر بردند." for n in range(9)),
}
MATCH = Match(entry_id="sco", alias="SCO", lang="en", field="title", start=0, end=3, rule="strong")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    (tmp_path / "sources.yaml").write_text(SOURCES, encoding="utf-8")
    return Home(tmp_path)


def article(source: str, lang: str, **changed: object) -> Article:
    title = f"Grain by rail, {lang}"
    url = f"https://{source}.example/{lang}"
    made = Article(
        source_id=source,
        source_name=source,
        url=url,
        canonical_url=url,
        title=title,
        text=TEXTS[lang],
        text_from="page",
        lang=lang,
        published_at=NOW,
        first_seen_at=NOW,
        content_hash=content_hash(title, TEXTS[lang]),
    )
    return replace(made, **changed)


def stored(home: Home, *arrivals: tuple[Article, tuple[Match, ...]]) -> dict[str, tuple[Kept, bool]]:
    """By URL: the article, and whether more than its copies were looked for."""
    store = open_store(home.storage_url())
    placer = App(home).placer
    for one, matches in arrivals:
        arrival = Arrival(article=one, entry_key=one.url, entry_hash="1", matches=matches)
        store.record(Collected(source_id=one.source_id, at=NOW, outcome="ok", arrivals=(arrival,)), placer)
    facts = dict(store._writer.execute("SELECT url, facts FROM articles").fetchall())  # type: ignore[attr-defined]
    found = {kept.article.url: (kept, bool(parted(bytes(facts[kept.article.url])).facts)) for kept in store.export()}
    store.close()
    return found


@pytest.mark.parametrize("lang", TEXTS)
@pytest.mark.parametrize(
    ("source", "matches", "whole"),
    [
        ("general", (), False),
        ("general", (MATCH,), True),
        ("ministry", (), True),
        ("unknown", (), False),
        ("unknown", (MATCH,), True),
    ],
)
def test_what_touches_nothing_has_no_story(
    home: Home, lang: str, source: str, matches: tuple[Match, ...], whole: bool
) -> None:
    ((kept, found),) = stored(home, (article(source, lang), matches)).values()
    assert found is whole
    assert (kept.origin is not None) is whole


def test_an_import_is_looked_at_whole(home: Home) -> None:
    ((_, whole),) = stored(home, (article("general", "en", text_from="import"), ())).values()
    assert whole


@pytest.mark.parametrize("lang", TEXTS)
def test_copies_are_found_also_of_what_touches_nothing(home: Home, lang: str) -> None:
    found = stored(home, (article("general", lang), ()), (article("unknown", lang), ()))
    first, second = (kept for kept, _ in found.values())
    assert first.copy_group_id == second.copy_group_id
    assert first.story_id == second.story_id
    assert first.origin is not None  # somebody else has the text: now it matters whose it is


@pytest.mark.parametrize("lang", TEXTS)
@pytest.mark.parametrize("matches", [(), (MATCH,)], ids=["touches nothing", "touches"])
def test_a_cut_copy_under_another_headline_is_found_beside_what_touches_nothing(
    home: Home, lang: str, matches: tuple[Match, ...]
) -> None:
    text = TEXTS[lang][: 3 * len(TEXTS[lang]) // 4]
    cut = article("unknown", lang, title=f"Port {lang}", text=text, content_hash=content_hash("", text))
    found = stored(home, (article("general", lang), ()), (cut, matches))
    first, second = (kept for kept, _ in found.values())
    assert first.copy_group_id == second.copy_group_id


def announced(home: Home, polls: Sequence[Sequence[Article]], monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The URLs that each poll's stories were decided on together with, one list a decision."""
    told: list[list[str]] = []
    decided = Stories._decided

    def deciding(self: Stories, articles: Sequence[tuple[Article, Sequence[Match]]], neighbours: Neighbours) -> Any:
        told.append([one.url for one, _ in articles])
        return decided(self, articles, neighbours)

    monkeypatch.setattr(Stories, "_decided", deciding)
    store = open_store(home.storage_url())
    placer = App(home).placer
    for several in polls:
        arrivals = tuple(Arrival(article=one, entry_key=one.url, entry_hash="1", matches=(MATCH,)) for one in several)
        store.record(Collected(source_id=several[0].source_id, at=NOW, outcome="ok", arrivals=arrivals), placer)
    store.close()
    return told


@pytest.mark.parametrize("lang", TEXTS)
def test_of_what_comes_together_copies_are_not_read_for_their_story(
    home: Home, lang: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = article("ministry", lang)
    others = [
        replace(
            ours, url=f"{ours.url}/{n}", canonical_url=f"{ours.url}/{n}", content_hash=content_hash(str(n), ours.text)
        )
        for n in range(3)
    ]
    apart = article("ministry", "ru" if lang == "en" else "en", published_at=NOW - timedelta(days=9))
    assert announced(home, [[ours, others[0], apart], others[1:]], monkeypatch) == [[ours.url, apart.url], []]
    with closing(open_store(home.storage_url())) as store:
        by_url = {kept.article.url: kept for kept in store.export()}
    assert {by_url[one.url].copy_group_id for one in others} == {by_url[ours.url].copy_group_id}
    assert {by_url[one.url].story_id for one in others} == {by_url[ours.url].story_id}
    assert by_url[apart.url].story_id != by_url[ours.url].story_id


def test_what_looks_like_a_copy_and_is_none_is_decided_on_by_itself(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = (
        "The {} meeting of the coordinators was held at the secretariat. The parties went over the draft plan for the "
        "coming year, agreed on the calendar of events and thanked the hosts for their work and their hospitality."
    )
    two = [
        article(
            "ministry",
            "en",
            url=f"https://ministry.example/{n}",
            canonical_url=f"https://ministry.example/{n}",
            title=f"The {n} meeting",
            text=form.format(n),
            content_hash=content_hash(n, form),
        )
        for n in ("12th", "13th")
    ]
    assert announced(home, [two], monkeypatch) == [[two[0].url], [two[1].url]]
    with closing(open_store(home.storage_url())) as store:
        groups = {kept.copy_group_id for kept in store.export()}
        assert len(groups) == 2


def test_an_edited_article_is_no_copy_of_what_it_said_before(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    before = article("ministry", "en")
    text = f"{TEXTS['en']} The port was full by the evening."
    after = replace(before, text=text, content_hash=content_hash(before.title, text))
    assert announced(home, [[before], [after]], monkeypatch) == [[before.url], [before.url]]
    with closing(open_store(home.storage_url())) as store:
        (kept,) = store.export()
        assert kept.article.text == text
