"""What a digest asks of the real archive, and what readers share."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from alerts.gloss import CommandGloss
from monitor.digest.calendar import parse as parse_calendar
from monitor.jobs.telling import build_digests
from monitor.ports import Store
from monitor.query import parse
from monitor.types import Arrival, Article, Collected, Digest, Match, Placement, Subscription
from storage import open_store
from tests.digest.builders import ENTRIES, NOW, SOURCES, subscription

HOUR = timedelta(hours=1)
DESK = subscription(search="tag:sco", schedule="daily 06:30", max_items=3)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{tmp_path / 'archive.db'}")
    yield opened
    opened.close()


def collect(
    store: Store,
    at: datetime,
    number: int,
    text: str,
    *,
    story: int | None = None,
    lang: str = "en",
    source: str = "akorda",
    tags: tuple[str, ...] = ("sco",),
    published: datetime | None = None,
) -> None:
    url = f"https://{source}.test/{number}"
    article = Article(source_id=source, url=url, canonical_url=url, title=f"SCO story {number}", text=text,
                      text_from="page", lang=lang, published_at=published or at, first_seen_at=at,
                      content_hash=f"{hash(text) & (1 << 62) - 1:064x}")  # fmt: skip
    matches = tuple(
        Match(entry_id=tag, alias="SCO", lang="en", field="text", start=n * 4, end=n * 4 + 3, rule="strong")
        for n, tag in enumerate(tags)
    )
    arrival = Arrival(article=article, entry_key=url, entry_hash=text[:40] + str(at), matches=matches,
                      placement=Placement(story_id=story))  # fmt: skip
    store.record(Collected(source_id=source, at=at, outcome="ok", arrivals=(arrival,)))


def tell(store: Store, now: datetime, *readers: Subscription, calendar: str = "") -> list[Digest]:
    readers = readers or (DESK,)
    queries = {one.id: parse(one.search) for one in readers}
    build_digests(
        store, readers, queries, SOURCES, ENTRIES, now, calendar=lambda: parse_calendar(calendar, "calendar.yaml")
    )
    return [digest for _, digest in store.deliveries(len(readers)) if digest.created_at == now]


def test_stories_of_each_day_by_tag_and_language(store: Store) -> None:
    collect(store, NOW - 3 * HOUR, 1, "SCO one", tags=("sco", "csto"))
    collect(store, NOW - 4 * HOUR, 2, "SCO two", story=1, lang="ru")
    collect(store, NOW - 27 * HOUR, 3, "SCO three", lang="ru")
    days = store.stories_by_day(NOW, 3)
    assert days == {"": (0, 1, 1), "sco": (0, 1, 1), "csto": (0, 0, 1), "lang:en": (0, 0, 1), "lang:ru": (0, 1, 1)}
    assert store.stories_by_day(NOW - 24 * HOUR, 2)["sco"] == (0, 1)


def test_what_a_story_and_an_edited_article_said_before(store: Store) -> None:
    collect(store, NOW - 30 * HOUR, 1, "SCO will meet.")
    collect(store, NOW - 3 * HOUR, 2, "SCO will meet on 5 December.", story=1)
    collect(store, NOW - 2 * HOUR, 1, "SCO will meet again.")
    query = parse("tag:sco")
    store.ledger(DESK, NOW - 10 * HOUR)
    news = store.news(DESK.id, query)
    before = store.said_before(tuple(piece for piece in news if piece.kept.id == 2))
    assert [kept.article.text for kept in before[1]] == ["SCO will meet again."]
    edited = tuple(replace(piece, what="edited") for piece in news if piece.kept.id == 1)
    assert "SCO will meet." in [kept.article.text for kept in store.said_before(edited)[1]]


def test_a_digest_follows_the_last_one_and_remembers_its_dates(store: Store) -> None:
    store.ledger(DESK, NOW - 30 * HOUR)
    collect(store, NOW - 25 * HOUR, 1, "SCO meets in Tashkent on 20 January.")
    (first,) = tell(store, NOW - 24 * HOUR + timedelta(minutes=1))
    assert first.follows == ""
    assert [one.when for one in (*first.calendar, *first.ahead)] == ["2027-01-20"]
    collect(store, NOW - 5 * HOUR, 2, "SCO met again today.")
    event = 'events:\n- {date: "2026-11-30", name: Added, tags: [sco], source: S}\n'
    (second,) = tell(store, NOW + timedelta(minutes=1), calendar=event)
    assert second.follows == first.key
    assert [(one.name, one.mark) for one in second.calendar] == [("Added", "new")]
    assert [one.when for one in second.ahead] == ["2027-01-20"]
    collect(store, NOW + 5 * HOUR, 3, "SCO met once more today.")
    (third,) = tell(store, NOW + 24 * HOUR + timedelta(minutes=1), calendar=event)
    assert [(one.name, one.mark) for one in third.calendar] == [("Added", "")]


def test_an_article_that_came_too_late_is_told_and_marked(store: Store) -> None:
    store.ledger(DESK, NOW - 30 * HOUR)
    collect(store, NOW - 25 * HOUR, 1, "SCO one.")
    tell(store, NOW - 24 * HOUR + timedelta(minutes=1))
    collect(store, NOW - 5 * HOUR, 2, "SCO two.", published=NOW - 40 * HOUR)
    (digest,) = tell(store, NOW + timedelta(minutes=1))
    (item,) = [item for section in digest.sections for item in section.items]
    assert (item.article_ids, item.waited) == ((2,), "late")


def test_readers_of_one_search_are_asked_for_once(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    readers = [
        replace(DESK, id=f"recipient:r{n}", name=f"r{n}", channel_id=f"mail:r{n}", timezone=zone, schedule=at)
        for n, (zone, at) in enumerate([("UTC", "daily 06:30")] * 3 + [("Asia/Almaty", "daily 11:30")] * 3)
    ]
    for reader in readers:
        store.ledger(reader, NOW - 30 * HOUR)
    collect(store, NOW - 5 * HOUR, 1, "SCO one.")
    asked: list[str] = []
    for name in ("news", "said_before", "stories_by_day", "source_states"):
        method = getattr(store, name)
        monkeypatch.setattr(store, name, lambda *a, _m=method, _n=name, **k: (asked.append(_n), _m(*a, **k))[1])
    told = tell(store, NOW + timedelta(minutes=1), *readers)
    assert {digest.subscription_id for digest in told} == {reader.id for reader in readers}
    assert {digest.key for digest in told} == {f"{reader.id}/2026-11-21" for reader in readers}
    assert sorted(asked) == ["news", "said_before", "source_states", "stories_by_day"]
    one = {replace(digest, key="", subscription_id="", follows="") for digest in told}
    assert len(one) == 2, "one a zone"


def test_who_has_something_held_is_told_by_himself(store: Store) -> None:
    few = replace(DESK, id="recipient:few", channel_id="mail:few", max_items=1)
    for reader in (DESK, few):
        store.ledger(reader, NOW - 54 * HOUR)
    for number in (1, 2):
        collect(store, NOW - (30 + number) * HOUR, number, f"SCO {number}.")
    tell(store, NOW - 24 * HOUR + timedelta(minutes=1), DESK, few)
    collect(store, NOW - 5 * HOUR, 3, "SCO 3.")
    told = {digest.subscription_id: digest for digest in tell(store, NOW + timedelta(minutes=1), DESK, few)}
    assert (told[DESK.id].seen, told[few.id].seen) == (1, 2)


# ------------------------------------------------------------------------------------------------ gloss

TRANSLATE = """
import json, os, sys
assert not [name for name in os.environ if name.startswith("SCOWATCH_")]
for row in sys.stdin:
    asked = json.loads(row)
    print(json.dumps({"gloss": asked["lang"] + ": " + asked["text"].upper() + chr(7)}))
"""
HEADLINES = [("Саммит", "ru"), ("峰会", "zh"), ("نشست", "fa")]


def command(tmp_path: Path, program: str) -> CommandGloss:
    path = tmp_path / "translate.py"
    path.write_text(program, encoding="utf-8")
    return CommandGloss(f"{sys.executable} {path}", {"SCOWATCH_SECRET": "s3cret", "PATH": "/usr/bin:/bin"})


def test_the_operators_command_translates_and_gets_no_secret(tmp_path: Path) -> None:
    gloss = command(tmp_path, TRANSLATE)
    assert gloss(HEADLINES) == {"Саммит": "ru: САММИТ", "峰会": "zh: 峰会", "نشست": "fa: نشست"}
    (tmp_path / "translate.py").unlink()
    assert gloss(HEADLINES[:1]) == {"Саммит": "ru: САММИТ"}, "asked once"


BROKEN = ["raise SystemExit(1)", "print('not json')\n" * 3, "print('{}')", "print('[1]\\n{\"gloss\": 5}\\n{}')"]


@pytest.mark.parametrize("program", BROKEN, ids=["fails", "no-json", "too-few", "no-text"])
def test_a_command_that_does_not_work_costs_the_glosses_only(tmp_path: Path, program: str) -> None:
    assert command(tmp_path, program)(HEADLINES) == {}


def test_a_command_that_is_not_there() -> None:
    assert CommandGloss("/no/such/program --to en", {})(HEADLINES) == {}
