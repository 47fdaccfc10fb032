"""What stands in a digest, where, and what is left for the next one."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from monitor.digest import Draft, build
from monitor.digest.stories import LEAD_LIMIT, lead
from monitor.digest.themes import load_themes, theme_of
from monitor.types import Item, News
from tests.digest.builders import ENTRIES, NOW, SOURCES, item, news, subscription


def draft(*pieces: News, max_items: int = 25, schedule: str = "daily 06:30", **more: Any) -> Draft:
    return build(
        pieces,
        subscription(max_items=max_items, schedule=schedule, timezone="Asia/Almaty"),
        since=NOW - timedelta(days=1),
        until=NOW,
        sources=SOURCES,
        entries=ENTRIES,
        now=NOW,
        **more,
    )


def items(made: Draft) -> list[Item]:
    assert made.digest is not None
    told = [one for section in made.digest.sections for one in section.items]
    assert made.digest.sent == len(told) + len(made.digest.also)
    dropped = sum(count for _, count in made.digest.dropped)
    assert made.digest.seen == made.digest.sent + made.digest.folded + made.digest.held + dropped
    return told


def told(made: Draft) -> list[int]:
    return [one.story_id for one in items(made)]


@pytest.mark.parametrize(
    ("outlets", "best"),
    [
        (["daily", "interfax", "akorda"], "Akorda"),
        (["daily", "interfax", "kazinform"], "Interfax"),
        (["kazinform", "daily", "weekly"], "Weekly"),
        (["kremlin", "akorda"], "Akorda"),
    ],
    ids=["official", "wire", "earliest", "earliest-official"],
)
def test_a_story_is_told_once_by_its_best_voice(outlets: list[str], best: str) -> None:
    pieces = [
        news(n, 7, source_id=outlet, ago=timedelta(hours=n)) for n, outlet in enumerate(outlets, start=1)
    ]  # the last one is the earliest
    (only,) = items(draft(*pieces))
    assert only.source_name == best
    assert len(only.others) == len(outlets) - 1
    assert set(only.article_ids) == set(range(1, len(outlets) + 1))


def test_other_outlets_stand_once_each_with_their_class() -> None:
    made = draft(
        news(1, 7, source_id="akorda"),
        news(2, 7, source_id="kazinform"),
        news(3, 7, source_id="kazinform"),
        news(4, 7, source_id=None, source_name="Голос"),
    )
    (only,) = items(made)
    assert [name for name, _ in only.others] == ["Kazinform (state)", "Голос"]
    assert made.digest is not None
    assert (made.digest.seen, made.digest.folded) == (4, 3)


def test_ranking_inside_a_section() -> None:
    made = draft(
        news(1, tags=["sco-youth-council"], source_id="akorda"),
        news(2, tags=["sco"], ago=timedelta(hours=9)),
        news(3, tags=["sco"], ago=timedelta(hours=1)),
        news(4, tags=["sco"], source_id="akorda", ago=timedelta(hours=9)),
        news(5, tags=["sco"], source_id="daily", ago=timedelta(hours=9)),
        news(6, 5, tags=["sco"], source_id="khabar", ago=timedelta(hours=9)),
        news(7, tags=["sco"], source_id="akorda", what="edited"),
    )
    assert told(made) == [4, 5, 3, 2, 1, 7]


THEMES = [
    pytest.param(["sco", "sco-rats"], "security", id="child-before-the-sco-itself"),
    pytest.param(["unified-terror-list"], "security", id="by-parent"),
    pytest.param(["sco-youth-council"], "sco", id="rolls-up-to-the-fallback"),
    pytest.param(["sco-development-bank", "sco-rats"], "money", id="first-mention"),
    pytest.param(["silk-road-fund"], "money", id="by-kind"),
    pytest.param(["sco", "narendra-modi", "xi-jinping"], "south-asia", id="people-of-a-pair"),
    pytest.param(["narendra-modi", "xi-jinping", "vladimir-putin", "sco"], "sco", id="people-of-three-are-no-pair"),
    pytest.param(["sadyr-japarov", "emomali-rahmon"], "central-asia", id="people-within"),
    pytest.param(["vladimir-putin"], "other", id="one-person-alone"),
    pytest.param(["kashmir"], "south-asia", id="by-itself"),
    pytest.param(["csto", "sco"], "neighbours", id="neighbour"),
    pytest.param(["beidou"], "other", id="nowhere"),
    pytest.param([], "other", id="no-tags"),
    pytest.param(["not-on-the-list"], "other", id="unknown-tag"),
]


@pytest.mark.parametrize(("tags", "key"), THEMES)
def test_theme_of_a_story(tags: list[str], key: str) -> None:
    assert theme_of(item(tags=tuple((tag, tag) for tag in tags)), ENTRIES, load_themes()).key == key


def test_think_tanks_have_their_own_section() -> None:
    assert theme_of(item(ownership="think-tank"), ENTRIES, load_themes()).key == "analysis"


def test_sections_keep_the_packs_order_and_empty_ones_are_dropped() -> None:
    made = draft(
        news(1, tags=["beidou"]),
        news(2, tags=["sco"], source_id="carnegie"),
        news(3, tags=["csto"]),
        news(4, tags=["sco-rats"]),
        news(5, tags=["sco"]),
        news(6, tags=["sco-development-bank"]),
    )
    assert made.digest is not None
    assert [s.key for s in made.digest.sections] == ["security", "money", "neighbours", "sco", "analysis", "other"]


def test_parents_that_go_in_a_circle_end() -> None:
    entries = {**ENTRIES, "a": ENTRIES["sco"].__class__(id="a", kind="body", name="A", parent="a", aliases={})}
    assert theme_of(item(tags=(("a", "A"),)), entries, load_themes()).key == "other"


def also(made: Draft) -> list[int]:
    assert made.digest is not None
    return [one.story_id for one in made.digest.also]


def test_what_is_left_over_comes_in_the_next_digest_and_keeps_nothing_new_away() -> None:
    pieces = [news(n, ago=timedelta(minutes=n)) for n in range(1, 6)]
    first = draft(*pieces, max_items=2)
    assert told(first) == [1, 2]
    assert first.hold == ((3, 3), (4, 4), (5, 5))
    assert first.digest is not None
    assert first.digest.held == 3
    waiting = [news(n, ago=timedelta(minutes=n), held=True) for n in (3, 4, 5)]
    second = draft(*waiting, news(6, source_id="akorda"), news(7, tags=["beidou"]), max_items=2)
    assert set(told(second)) == {6, 3}
    assert also(second) == [4, 5]
    assert second.release == (3, 4, 5)
    assert second.hold == ((7, 7),)


def test_what_is_left_over_and_weighty_has_a_place() -> None:
    made = draft(news(1, source_id="akorda", held=True), news(2), news(3, tags=["beidou"]), max_items=2)
    assert (set(told(made)), also(made), made.hold) == ({1, 2}, [], ((3, 3),))


@pytest.mark.parametrize("schedule", ["daily 06:30", "weekly fri 07:00"])
def test_days_of_more_stories_than_places_are_told_one_after_the_other(schedule: str) -> None:
    held: list[News] = []
    for day in range(6):
        new = [news(100 * day + n, ago=timedelta(minutes=n)) for n in range(1, 36)]
        made = draft(*new, *held, schedule=schedule)
        assert all(number > 100 * day for number in told(made)), "nothing new gave way to what was left over"
        assert also(made) == [piece.kept.id for piece in held], "what was left over came"
        held = [replace(piece, held=True) for piece in new if (piece.kept.id, piece.change) in made.hold]
        assert 0 < len(held) <= 15


def test_of_a_flood_the_oldest_are_told_first_and_none_is_lost() -> None:
    flood = [news(n, ago=timedelta(hours=n), held=True) for n in range(1, 60)]
    fresh = [news(100 + n, ago=timedelta(minutes=n)) for n in range(20)]
    made = draft(*flood, *fresh, max_items=10)
    assert all(number >= 100 for number in told(made))
    assert also(made) == list(range(1, 26))
    assert made.digest is not None
    assert made.digest.held == 59 - 25 + 10
    assert len(made.hold) == 10, "only what was not held before is put down as held"
    assert len(told(draft(*flood, max_items=10))) == 10


def test_old_articles_have_the_places_that_others_leave_and_wait_for_none() -> None:
    history = [news(n, ago=timedelta(days=9 + n)) for n in range(1, 300)]
    made = draft(*history, *(news(400 + n, tags=["beidou"]) for n in range(8)), max_items=10)
    assert [one.story_id >= 400 for one in items(made)].count(True) == 8
    assert told(made)[:2] == [1, 2], "once chosen it stands where it belongs"
    assert made.hold == ()
    assert made.digest is not None
    assert made.digest.reconciled == (
        "seen 307 = sent 10 + folded 0 + held 0 + dropped 297 (more than 7 days old, and no place)"
    )


def test_an_old_article_that_was_edited_is_news_of_today() -> None:
    edited = news(1, ago=timedelta(hours=1), what="edited")
    article = replace(edited.kept.article, published_at=NOW - timedelta(days=30))
    edited = replace(edited, kept=replace(edited.kept, article=article))
    assert draft(edited, news(2), max_items=1).hold == ((1, 1),)


def test_what_waited_for_a_week_is_not_held_any_longer() -> None:
    waiting = [news(n, ago=timedelta(days=9), held=True) for n in range(1, 30)]
    made = draft(*waiting, news(40), max_items=1)
    assert (told(made), also(made)) == ([40], list(range(1, 26)))
    assert set(made.release) == set(range(1, 30))


def test_a_story_with_many_articles_is_held_whole() -> None:
    made = draft(news(1, ago=timedelta(hours=1)), news(2, 9), news(3, 9), news(4, 9), max_items=1)
    assert told(made) == [1]
    assert made.digest is not None
    assert made.digest.held == 3
    assert made.hold == ((2, 2), (3, 3), (4, 4))


def test_an_article_that_came_and_was_edited_is_seen_once_and_new() -> None:
    made = draft(news(1, change=1), news(1, change=5, what="edited"))
    (only,) = items(made)
    assert not only.edited
    assert made.digest is not None
    assert made.digest.seen == 1


def test_an_empty_daily_digest_is_a_digest_and_an_empty_step_is_none() -> None:
    made = draft(housekeeping=["Akorda: not read since 19 November"])
    assert made.digest is not None
    assert made.digest.sections == ()
    assert made.digest.housekeeping == ("Akorda: not read since 19 November",)
    assert draft(schedule="weekly fri 07:00").digest is not None
    assert draft(schedule="every 30m").digest is None


@pytest.mark.parametrize(
    ("schedule", "key"),
    [
        ("daily 06:30", "recipient:desk/2026-11-21"),
        ("weekly sat 11:30", "recipient:desk/2026-11-21"),
        ("every 30m", "recipient:desk/2026-11-21T06:30:00Z"),
    ],
)
def test_key_of_a_digest(schedule: str, key: str) -> None:
    made = draft(news(1), schedule=schedule)
    assert made.digest is not None
    assert made.digest.key == key


@pytest.mark.parametrize(
    ("came", "names"),
    [
        pytest.param(
            [("daily", "interfax", "Interfax"), ("weekly", "interfax", "Interfax")], (("Interfax", 2),), id="one"
        ),
        pytest.param(
            [("daily", "daily", "Daily"), ("weekly", None, "新华社")], (("Daily", 1), ("新华社", 1)), id="two"
        ),
        pytest.param([("daily", None, "ИРНА"), ("weekly", None, "ирна")], (("ИРНА", 2),), id="one by name"),
        pytest.param([("daily", "kremlin", None), ("weekly", "kremlin", None)], (("Kremlin", 2),), id="by its source"),
        pytest.param([("daily", "daily", "Daily"), ("weekly", None, None)], (), id="not known"),
    ],
)
def test_an_item_names_its_independent_origins(
    came: list[tuple[str, str | None, str | None]], names: tuple[tuple[str, int], ...]
) -> None:
    pieces = [
        replace(piece, kept=replace(piece.kept, origin={"kind": "copied", "source": source_id, "name": name}))
        for number, (outlet, source_id, name) in enumerate(came, 1)
        for piece in [news(number, 1, source_id=outlet)]
    ]
    (only,) = items(draft(*pieces))
    assert only.origins == names


def test_stories_with_one_voice_only_are_flagged() -> None:
    made = draft(news(1, source_id="kazinform"), news(2, 1, source_id="khabar"), news(3, source_id="akorda"))
    assert made.digest is not None
    assert made.digest.housekeeping == ("1 story is carried only by state media of one country.",)


LONG = "The heads of state met in Bishkek. " * 20
LEADS = [
    pytest.param("en", "", "", id="no-text"),
    pytest.param("en", "One line.", "One line.", id="short"),
    pytest.param("en", "Title. The text begins.", "The text begins.", id="headline-repeated"),
    pytest.param("en", LONG, LONG[: LEAD_LIMIT].rsplit(" The", 1)[0], id="whole-sentences"),
    pytest.param("ru", "Совещание " * 60, None, id="no-sentence-end-ru"),
    pytest.param("zh", "上海合作组织秘书长会见代表团。" * 20, None, id="zh"),
    pytest.param("fa", "نشست شورا برگزار شد؟ " * 30, None, id="fa"),
    pytest.param("en", "x" * 5000, None, id="one-word"),
]  # fmt: skip


@pytest.mark.parametrize(("lang", "text", "expected"), LEADS)
def test_lead_line(lang: str, text: str, expected: str | None) -> None:
    found = lead(news(1, title="Title", text=text, lang=lang).kept.article)
    assert len(found) <= LEAD_LIMIT
    if expected is not None:
        assert found == expected
    else:
        assert text.startswith(found.rstrip("…"))
        assert found[-1] in "…。؟"
