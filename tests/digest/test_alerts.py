"""One alert a story, quiet hours, the daily limit and its summary."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from monitor.digest import AlertsDraft, decide
from monitor.schedule import quiet
from monitor.types import News, Subscription
from tests.digest.builders import ENTRIES, NOW, SOURCES, alerts, news


def draft(
    *pieces: News, told_today: int = 0, told: tuple[int, ...] = (), now: datetime = NOW, **more: Any
) -> AlertsDraft:
    subscriber: Subscription = alerts(**more)
    quiet_until = quiet(subscriber.quiet_hours, subscriber.timezone, now)
    return decide(pieces, subscriber, told_today, frozenset(told), now, quiet_until, sources=SOURCES, entries=ENTRIES)


def keys(made: AlertsDraft) -> list[str]:
    return [digest.key for digest in made.digests]


def test_one_alert_a_story() -> None:
    made = draft(news(1, 7), news(2, 7, source_id="akorda"), news(3))
    assert keys(made) == ["slack:desk/story/7", "slack:desk/story/3"]
    first = made.digests[0]
    assert (first.kind, first.seen, first.folded, first.held) == ("alert", 2, 1, 0)
    assert first.sections[0].items[0].source_name == "Akorda"
    assert not made.hold
    assert not made.release


@pytest.mark.parametrize("piece", [news(1, 7), news(1, 7, what="edited"), news(1, 7, held=True)],
                         ids=["joined", "edited", "held"])  # fmt: skip
def test_what_belongs_to_a_told_story_is_folded(piece: News) -> None:
    made = draft(piece, told=(7,))
    assert not made.digests
    assert not made.hold
    assert made.release == ((1,) if piece.held else ())


def test_an_article_that_was_told_is_no_news_in_another_story() -> None:
    moved = news(1, 8, what="edited")
    told: dict[str, Any] = {"sources": SOURCES, "entries": ENTRIES, "told_articles": {1}}
    assert decide([moved], alerts(), 1, {7}, NOW, None, **told).digests == ()
    (made,) = decide([moved, news(2, 8, source_id="akorda")], alerts(), 1, {7}, NOW, None, **told).digests
    assert made.key == "slack:desk/story/8"


JOINS = [
    pytest.param(news(2, 7, source_id="kazinform"), ("Kazinform (state)",), False, id="another outlet"),
    pytest.param(news(1, 7, what="edited"), (), True, id="edited"),
    pytest.param(news(2, 7, source_id="daily", change=12), None, False, id="the same outlet once more"),
    pytest.param(news(2, 7, source_id="akorda", what="edited"), ("Akorda (official)",), False, id="another one's edit"),
]


@pytest.mark.parametrize(("piece", "others", "edited"), JOINS)
def test_what_joins_a_told_story_changes_its_message(piece: News, others: tuple[str, ...] | None, edited: bool) -> None:
    key, shown = "slack:desk/story/7", draft(news(1, 7)).digests[0]
    made = decide([piece], alerts(), 1, {7}, NOW, None, sources=SOURCES, entries=ENTRIES, showing={7: (key, shown)})
    if others is None:
        assert made.digests == ()
        return
    (update,) = made.digests
    (item,) = update.sections[0].items
    assert (update.kind, update.replaces, update.key) == ("update", key, f"{key}/update/{piece.change}")
    assert tuple(name for name, _ in item.others) == others
    assert (item.edited, item.source_name) == (edited, "Daily")
    assert update.seen == update.folded == 1


def test_a_message_is_not_changed_in_quiet_hours_but_after_them() -> None:
    shown = {7: ("slack:desk/story/7", draft(news(1, 7)).digests[0])}
    joins = news(2, 7, source_id="kazinform")
    held = decide([joins], alerts(), 1, {7}, NOW, NOW + timedelta(hours=3), sources=SOURCES, entries=ENTRIES,
                  showing=shown)  # fmt: skip
    assert (held.digests, held.hold) == ((), ((2, joins.change),))
    later = decide([news(2, 7, source_id="kazinform", held=True)], alerts(), 1, {7}, NOW, None, sources=SOURCES,
                   entries=ENTRIES, showing=shown)  # fmt: skip
    assert [digest.kind for digest in later.digests] == ["update"]
    assert later.release == (2,)


def test_the_first_reading_of_a_source_raises_no_alert() -> None:
    made = draft(news(1, quiet=True), news(2, quiet=True), news(3))
    assert keys(made) == ["slack:desk/story/3"]
    assert made.hold == ()


def test_an_edited_article_of_an_untold_story_is_marked() -> None:
    made = draft(news(1, what="edited"))
    assert made.digests[0].sections[0].items[0].edited


def test_quiet_hours_hold_everything_and_tell_it_afterwards() -> None:
    night = datetime(2026, 11, 21, 23, 0, tzinfo=UTC)
    made = draft(news(1), news(2), now=night, quiet_hours="22:00-06:00")
    assert made.digests == ()
    assert made.hold == ((1, 1), (2, 2))
    again = draft(news(1, held=True), news(3), now=night, quiet_hours="22:00-06:00")
    assert again.hold == ((3, 3),)
    morning = night + timedelta(hours=7, minutes=1)
    ago = NOW - (night - timedelta(minutes=1))
    after = draft(news(1, held=True, ago=ago), news(2, held=True, ago=ago), now=morning, quiet_hours="22:00-06:00")
    assert [digest.kind for digest in after.digests] == ["alert", "alert"]
    assert after.release == (1, 2)


def test_over_the_limit_the_most_important_are_told_and_the_rest_is_held() -> None:
    pieces = [news(n, tags=["sco-youth-council"]) for n in range(1, 10)] + [news(10, source_id="akorda")]
    made = draft(*pieces, told_today=6, max_per_day=8)
    assert len(made.digests) == 2
    assert "slack:desk/story/10" in keys(made)
    assert len(made.hold) == 8


def test_no_limit() -> None:
    assert len(draft(*(news(n) for n in range(1, 40)), max_per_day=0).digests) == 39


def test_held_over_the_limit_waits_until_the_local_day_is_over_and_is_one_summary() -> None:
    held = [news(n, held=True) for n in range(1, 13)]
    evening = datetime(2026, 11, 21, 17, 0, tzinfo=UTC)  # 22:00 in Almaty
    same_day = draft(*held, told_today=8, now=evening, timezone="Asia/Almaty")
    assert not (same_day.digests)
    assert not (same_day.release)
    assert not same_day.hold
    after_midnight = evening + timedelta(hours=2, minutes=1)
    made = draft(*held, now=after_midnight, timezone="Asia/Almaty")
    (summary,) = made.digests
    assert (summary.kind, summary.key) == ("summary", "slack:desk/summary/2026-11-22")
    assert len(summary.sections[0].items) == 12
    assert made.release == tuple(range(1, 13))


def test_a_summary_waits_for_the_end_of_quiet_hours() -> None:
    held = [news(n, held=True) for n in range(1, 4)]
    night = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
    assert draft(*held, now=night, quiet_hours="22:00-06:00").digests == ()
    (summary,) = draft(*held, now=night + timedelta(hours=5), quiet_hours="22:00-06:00").digests
    assert summary.kind == "summary"


def test_a_held_story_that_gets_a_new_article_today_is_an_alert() -> None:
    made = draft(news(1, 7, held=True, ago=timedelta(days=1)), news(2, 7))
    assert keys(made) == ["slack:desk/story/7"]
    assert made.release == (1,)


def test_nothing_is_lost_over_a_long_flood() -> None:
    """Thirty stories an hour for three days, with night hours and a limit: each is told once, alone or in a summary."""
    clock, number = NOW, 0
    told: list[int] = []
    waiting: dict[int, News] = {}
    told_on: dict[date, int] = {}
    for _ in range(24 * 5):
        clock += timedelta(hours=1)
        fresh = [news(number + n, ago=NOW - clock) for n in range(1, 31)] if number < 30 * 72 else []
        number += len(fresh)
        day = clock.date()
        made = draft(*waiting.values(), *fresh, told_today=told_on.get(day, 0), now=clock, quiet_hours="22:00-06:00")
        told_on[day] = told_on.get(day, 0) + sum(digest.kind == "alert" for digest in made.digests)
        assert told_on[day] <= 8
        told += [one.story_id for digest in made.digests for one in digest.sections[0].items]
        by_id = {piece.kept.id: piece for piece in fresh}
        for article_id, change in made.hold:
            waiting[article_id] = news(article_id, ago=NOW - by_id[article_id].changed_at, held=True, change=change)
        for article_id in made.release:
            del waiting[article_id]
    assert sorted(told) == list(range(1, 30 * 72 + 1))
    assert not waiting
