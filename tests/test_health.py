"""How a source does, judged by its own past: each state, how certain it has to be, and that nobody is flooded."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import get_args

import pytest

from monitor.disguises import is_challenge, is_garbled
from monitor.health import after, conditional, glance, patience, said
from monitor.types import Health, HealthState, Signs, SourceEvent, SourceState

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)

GOOD = Signs(parsed=True, whole=True, listed=20, new=1, read=1, dates=(NOW,))
NOTHING_NEW = Signs()
BAD = Signs(trouble="failing", why="HTTP 503: service unavailable", reached=False)


def run(
    polls: Iterable[Signs], health: Health | None = None, *, start: datetime = NOW, every: timedelta = HOUR
) -> tuple[Health, list[SourceEvent], datetime]:
    """What is remembered after the polls, one each `every`, and what was told."""
    events, now = [], start
    for signs in polls:
        now += every
        health, event = after("akorda", health, signs, now)
        events += [event] if event else []
    assert health is not None
    return health, events, now


def settled(days: int = 30) -> tuple[Health, datetime]:
    """A source that has brought an item every two hours for so long."""
    health, events, now = run([GOOD] * (12 * days), every=2 * HOUR)
    assert events == []
    return health, now


def became(events: Sequence[SourceEvent]) -> list[HealthState]:
    return [event.became for event in events]


# ---------------------------------------------------------------------------------------------- states


@pytest.mark.parametrize(
    ("signs", "polls", "state", "evidence"),
    [
        pytest.param(BAD, 3, "failing", "HTTP 503: service unavailable", id="failing"),
        pytest.param(Signs(trouble="gone", why="HTTP 410: gone", reached=False), 3, "gone", "HTTP 410", id="gone"),
        pytest.param(Signs(trouble="challenge", why="a page that asks", reached=False), 2, "challenge", "asks",
                     id="challenge"),
        pytest.param(Signs(trouble="selectors", why="selector 'li' finds no article", reached=False), 2, "selectors",
                     "'li'", id="selectors"),
        pytest.param(Signs(parsed=True, whole=True), 3, "empty", "lists nothing", id="empty"),
        pytest.param(Signs(parsed=True, listed=9, new=6, read=6, undated=6), 1, "undated", "none of 6", id="undated"),
        pytest.param(Signs(parsed=True, listed=9, new=1, read=1, undated=1), 3, "undated", "1 new item",
                     id="undated-one-by-one"),
        pytest.param(Signs(parsed=True, listed=9, new=6, read=6, ahead=4), 1, "future", "4 of 6", id="future"),
        pytest.param(Signs(parsed=True, listed=9, new=6, read=6, garbled=6), 1, "mojibake", "6 of 6", id="mojibake"),
        pytest.param(Signs(moved_to="https://new.example/feed"), 1, "moved", "https://new.example/feed", id="moved"),
    ],
)  # fmt: skip
def test_each_state_is_certain_after_so_many_polls_and_told_once(
    signs: Signs, polls: int, state: HealthState, evidence: str
) -> None:
    health, now = settled()
    health, events, now = run([signs] * (polls - 1), health, start=now)
    assert events == []
    health, events, _ = run([signs] * 12, health, start=now)
    assert became(events) == [state]
    assert evidence in events[0].evidence
    assert (health.state, health.since) == (state, events[0].at)


@pytest.mark.parametrize("state", ["failing", "empty", "undated"])
def test_a_source_gets_well_after_two_good_polls(state: HealthState) -> None:
    health, now = settled()
    health = replace(health, state=state, suspect=state, suspected=9, since=now - 5 * HOUR)
    dated = Signs(parsed=True, whole=True, listed=20, new=1, read=1, dates=(now,))
    health, events, now = run([dated], health, start=now)
    assert (events, health.state) == ([], state)
    health, events, _ = run([dated], health, start=now)
    assert became(events) == ["ok"]


def test_a_poll_that_shows_nothing_changes_no_state_that_only_items_can_show() -> None:
    health, now = settled()
    undated = Signs(parsed=True, listed=9, new=6, read=6, undated=6)
    health, _, now = run([undated], health, start=now)
    health, events, _ = run([NOTHING_NEW] * 20, health, start=now)
    assert (events, health.state) == ([], "undated")


def test_pages_without_dates_are_no_news_for_an_index_page() -> None:
    _, events, _ = run([Signs(parsed=True, listed=9, new=6, read=6, undated=6, dates_expected=False)] * 5)
    assert events == []


def test_one_failing_address_of_several_is_told_although_the_source_is_read() -> None:
    partly = Signs(trouble="failing", why="https://a.example/2: HTTP 404", parsed=True, listed=20, new=1, read=1)
    health, now = settled()
    health, events, now = run([partly] * 3, health, start=now)
    assert became(events) == ["failing"]
    assert health.new_at == now
    state = SourceState(source_id="akorda", last_attempt_at=now, failures=0, health=health)
    assert glance(state, now) == "partly failing"


# ---------------------------------------------------------------------------------------------- silence


def test_a_source_is_silent_when_that_is_unlike_its_own_past() -> None:
    health, now = settled()
    health, events, now = run([NOTHING_NEW] * 24, health, start=now)
    assert events == []
    _, events, _ = run([NOTHING_NEW] * 48, health, start=now)
    assert became(events) == ["frozen"]
    assert said(events[0], "Akorda") == "Akorda went silent (last item 25 h ago, usually every 2 h)"


def test_weekends_of_a_ministry_are_no_silence() -> None:
    health, now, told = None, datetime(2026, 9, 7, tzinfo=UTC), []
    for _ in range(24 * 60):
        now += HOUR
        office = now.weekday() < 5 and 8 <= now.hour < 18
        health, event = after("mid", health, GOOD if office else NOTHING_NEW, now)
        told += [event] if event else []
    assert told == []
    assert health is not None
    assert timedelta(days=6) < patience(health, now) < timedelta(days=10)


def test_a_feed_that_was_dead_when_it_was_added_is_told_at_once() -> None:
    dates = tuple(NOW - timedelta(days=500 + n) for n in range(20))
    first = Signs(parsed=True, whole=True, listed=20, new=20, read=20, dates=dates, first=True)
    _, events, _ = run([first])
    assert became(events) == ["frozen"]
    assert events[0].evidence == "last item 500 days ago, usually every 24 h"


def test_the_first_list_tells_how_often_a_source_publishes() -> None:
    dates = tuple(NOW - timedelta(hours=3 * n) for n in range(20))
    health, _, _ = run([Signs(parsed=True, listed=20, new=20, read=20, dates=dates, first=True)])
    assert health.gap == 3 * 3600
    assert health.known_since == dates[-1]


def test_our_own_absence_is_not_the_sources_silence() -> None:
    health, now = settled()
    health, events, _ = run([GOOD], health, start=now + timedelta(days=20))
    assert events == []
    assert health.longest < 4 * 3600


def test_dates_that_cannot_be_do_not_spoil_the_pace() -> None:
    dates = (*(NOW + timedelta(days=3000) for _ in range(5)), NOW - HOUR)
    health, _, _ = run([Signs(parsed=True, listed=6, new=6, read=6, ahead=5, dates=dates, first=True)])
    assert health.gap is None


# ---------------------------------------------------------------------------------------------- texts


def test_texts_that_suddenly_come_out_short_are_told() -> None:
    usual = Signs(parsed=True, listed=20, new=3, read=3, lengths=(2000, 2400, 1800), dates=(NOW,) * 3)
    health, events, now = run([usual] * 10)
    assert events == []
    stub = Signs(parsed=True, listed=20, new=3, read=3, lengths=(40, 0, 60), dates=(NOW,) * 3)
    health, events, now = run([stub] * 4, health, start=now)
    assert became(events) == ["short"]
    assert "usually 2" in events[0].evidence
    _, events, _ = run([usual] * 3, health, start=now)
    assert became(events) == ["ok"]


def test_a_source_of_short_notes_is_well() -> None:
    rng = random.Random(7)
    notes = [
        Signs(
            parsed=True,
            listed=20,
            new=2,
            read=2,
            dates=(NOW,) * 2,
            lengths=(rng.randint(80, 600), rng.randint(80, 600)),
        )
        for _ in range(200)
    ]
    _, events, _ = run(notes)
    assert events == []


# ---------------------------------------------------------------------------------------------- calm


@pytest.mark.parametrize("seed", range(5))
def test_a_source_that_goes_to_and_fro_a_hundred_times_raises_no_storm(seed: int) -> None:
    rng = random.Random(seed)
    health, now = settled()
    _, events, _ = run([rng.choice((GOOD, BAD)) for _ in range(200)], health, start=now)
    assert len(events) <= 10


def test_good_and_bad_in_turn_is_never_certain() -> None:
    health, now = settled()
    _, events, _ = run([BAD, GOOD] * 100, health, start=now)
    assert events == []


def test_long_swings_are_told_less_and_less_often() -> None:
    health, now = settled()
    _, events, _ = run(([BAD] * 4 + [GOOD] * 4) * 50, health, start=now, every=timedelta(minutes=10))
    assert len(events) <= 12


# ---------------------------------------------------------------------------------------------- whole answers


@pytest.mark.parametrize(
    ("health", "expected"),
    [
        pytest.param(None, True, id="never-read"),
        pytest.param(Health(whole_at=NOW - HOUR, repeats=3), True, id="lately"),
        pytest.param(Health(whole_at=NOW - HOUR, repeats=9), False, id="the-tenth-poll"),
        pytest.param(Health(whole_at=NOW - 24 * HOUR, repeats=1), False, id="a-day-later"),
        pytest.param(Health(whole_at=NOW + HOUR, repeats=1), False, id="a-clock-that-was-ahead"),
    ],
)
def test_a_whole_answer_is_asked_for_once_a_day_or_every_tenth_poll(health: Health | None, expected: bool) -> None:
    assert conditional(health, NOW) is expected


# ---------------------------------------------------------------------------------------------- at a glance


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        pytest.param(None, "not read yet", id="never"),
        pytest.param({}, "ok", id="ok"),
        pytest.param({"failures": 1}, "ok, but 1× failed", id="a-bad-moment"),
        pytest.param({"failures": 7, "health": Health(state="failing", since=NOW)}, "failing 7×", id="failing"),
        pytest.param({"health": Health(state="failing", since=NOW)}, "failing, better now", id="better"),
        pytest.param({"health": Health(state="frozen", since=NOW, new_at=NOW - timedelta(days=4))}, "silent 4 days",
                     id="silent"),
        pytest.param({"health": Health(state="mojibake", since=NOW - 3 * HOUR)}, "mojibake 3 h", id="mojibake"),
    ],
)  # fmt: skip
def test_glance(state: dict[str, object] | None, expected: str) -> None:
    found = None if state is None else SourceState(source_id="akorda", last_attempt_at=NOW, **state)  # type: ignore[arg-type]
    assert glance(found, NOW) == expected


# ---------------------------------------------------------------------------------------------- disguises

CLOUD = b"""<!doctype html><html><head><title>Just a moment...</title></head><body>
<noscript>Enable JavaScript and cookies to continue</noscript>
<script>window._cf_chl_opt = {}</script></body></html>"""
ARTICLE = (
    "<html><body><nav>" + "<a href=/x>menu</a>" * 30 + "</nav><article><h1>DDoS-Guard explains captcha</h1>"
    "<form></form>"
    + "<p>Just a moment, said the minister, and spoke for an hour.</p>" * 60
    + "</article></body></html>"
).encode()


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(CLOUD, True, id="english"),
        pytest.param("<html><title>Проверка браузера</title><body><script>document.cookie='a'</script></body>".encode(),
                     True, id="russian"),
        pytest.param("<html><title>安全验证</title><body><form action=/captcha></form></body>".encode(),
                     True, id="chinese"),
        pytest.param("<html><title>بررسی مرورگر</title><body><script>location.reload()</script></body>".encode(),
                     True, id="persian"),
        pytest.param(ARTICLE, False, id="an-article-about-it"),
        pytest.param(b"<html><body><p>Just a moment.</p></body></html>", False, id="words-without-machinery"),
        pytest.param(b"<html><body><form><input></form></body></html>", False, id="machinery-without-words"),
        pytest.param(b"just a moment captcha", False, id="no-page"),
        pytest.param(b"", False, id="nothing"),
        pytest.param(CLOUD + b"x" * 200_000, False, id="too-long-for-one"),
    ],
)  # fmt: skip
def test_pages_that_ask_for_proof_of_being_human(body: bytes, expected: bool) -> None:
    assert is_challenge(body) is expected


@pytest.mark.parametrize("text", [
    "Саммит ШОС в Бишкеке", "上海合作组织峰会在天津举行", "منظمة شانغهاي للتعاون", "Erdoğan’ın Şanghay ziyareti",
    "Қазақстан Президенті сөз сөйледі", "Élysée : « réunion à l’été »",
])  # fmt: skip
def test_letters_of_a_wrong_encoding(text: str) -> None:
    assert not is_garbled(text)
    assert is_garbled(text.encode().decode("cp1252", "replace"))
    assert is_garbled(text.encode().decode("cp1251", "replace"))
    assert is_garbled("\ufffd" * 3 + text[3:])


@pytest.mark.parametrize("text", ["", "plain", "Gerry Adams – the Sinn Féin leader", "£5 or €6", "naïve café", "ÐÑ"])
def test_letters_that_only_look_rare_are_fine(text: str) -> None:
    assert not is_garbled(text)


def test_the_page_for_operators_has_a_row_for_each_state() -> None:
    page = (Path(__file__).parents[1] / "docs" / "health.md").read_text("utf-8")
    rows = re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE)
    assert sorted(rows) == sorted(get_args(HealthState))
