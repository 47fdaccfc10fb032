"""The calendar: what its file may say, what texts say, and what is new or was moved."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from monitor.digest.calendar import first_day, last_day, named_dates, parse, tag_problems, upcoming
from monitor.errors import ConfigError
from monitor.home import Home, make_home
from monitor.types import Dated, News
from tests.digest.builders import NOW, news
from tests.digest.world import ENTRIES, SOURCES, tagged

TODAY = date(2026, 11, 21)


def test_the_packs_calendar_is_sound_and_a_home_gets_a_copy(tmp_path: object) -> None:
    home = Home(tmp_path / "home")  # type: ignore[operator]
    assert "calendar.yaml" in make_home(home.path)
    assert home.calendar
    assert home.problems({}) == []
    assert all(event.source and event.sure and event.tags for event in home.calendar)


def test_a_homes_own_calendar_wins_and_its_problems_are_told_with_lines(tmp_path: object) -> None:
    home = Home(tmp_path / "home")  # type: ignore[operator]
    make_home(home.path)
    (home.path / "calendar.yaml").write_text(
        "events:\n- date: 2026-12-01\n  name: A\n  source: B\n  tags: [sco, no-such-entry]\n", encoding="utf-8"
    )
    assert [event.name for event in home.calendar] == ["A"]
    assert home.problems({}) == [], "a home with a watchlist of its own may keep the calendar that it was given"
    (problem,) = home.calendar_hints()
    assert (problem.line, problem.message) == (5, "tag `no-such-entry` is no entry of the watchlist")
    (home.path / "calendar.yaml").write_text("events:\n- date: never\n  name: A\n  source: B\n", encoding="utf-8")
    (problem,) = Home(home.path).problems({})
    assert problem.line == 2


WRONG = [
    ("events:\n- date: 2026-13-01\n  name: A\n  source: B\n", 2, "2026-13-01: month must be"),
    ("events:\n- date: 2026-02-30\n  name: A\n  source: B\n", 2, "2026-02-30: day"),
    ("events:\n- date: soon\n  name: A\n  source: B\n", 2, "is not a date: write 2026-12-31, 2026-12 or 2026"),
    ("events:\n- name: A\n  source: B\n", 2, "an event needs a `date`"),
    ("events:\n- date: 2026-12-01\n  name: A\n", 2, "an event needs a `source`"),
    ("events:\n- date: 2026-12-05\n  end: 2026-12-01\n  name: A\n  source: B\n", 3, "lies before"),
    ("events:\n- date: 2026-12\n  end: 2026-12-31\n  name: A\n  source: B\n", 2, "needs whole days"),
    ("events:\n- date: 2026-12-01\n  name: A\n  source: B\n  place: C\n", 5, "unknown key `place`"),
    ("events:\n- date: 2026-12-01\n  name: A\n  source: B\n  tags: sco\n", 5, "not a list"),
    ("events:\n- just words\n", 2, "is not an event"),
    ("dates: []\n", 1, "has no list `events:`"),
    ("[1, 2]\n", 1, "has no list `events:`"),
]


@pytest.mark.parametrize(("text", "line", "words"), WRONG, ids=[w for _, _, w in WRONG])
def test_problems_of_the_file(text: str, line: int, words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse(text, "calendar.yaml")
    assert any(p.line == line and words in p.message for p in caught.value.problems), caught.value.problems


def test_an_empty_file_has_no_events() -> None:
    assert parse("", "calendar.yaml") == parse("events:\n", "calendar.yaml") == ()
    assert tag_problems("events:\n", "calendar.yaml", {"sco"}) == []


@pytest.mark.parametrize(
    ("when", "first", "last"),
    [
        ("2026-12-05", date(2026, 12, 5), date(2026, 12, 5)),
        ("2026-12-05/2026-12-07", date(2026, 12, 5), date(2026, 12, 7)),
        ("2027-02", date(2027, 2, 1), date(2027, 2, 28)),
        ("2027", date(2027, 1, 1), date(2027, 12, 31)),
    ],
)
def test_what_a_date_may_mean(when: str, first: date, last: date) -> None:
    assert (first_day(when), last_day(when)) == (first, last)


def official(text: str, lang: str = "en", word: str = "SCO", entry: str = "sco", source: str = "secretariat") -> News:
    return tagged(news(1, source_id=source, text=text, lang=lang, tags=[]), (entry, word))


NAMED = [
    ("The SCO council meets in Tashkent on 5 December.", "en", "SCO", "2026-12-05"),
    ("The SCO council meets on December 5-6 in Tashkent.", "en", "SCO", "2026-12-05/2026-12-06"),
    ("The SCO summit will be held on 2 and 3 July 2027.", "en", "SCO", "2027-07-02/2027-07-03"),
    ("Заседание ШОС пройдёт 5 декабря в Ташкенте.", "ru", "ШОС", "2026-12-05"),
    ("Саммит ШОС состоится 2–3 июля 2027 года.", "ru", "ШОС", "2027-07-02/2027-07-03"),
    ("Встреча ШОС запланирована с 30 ноября по 2 декабря.", "ru", "ШОС", "2026-11-30/2026-12-02"),
    ("上合组织会议将于12月5日在塔什干举行。", "zh", "上合组织", "2026-12-05"),
    ("上合组织峰会将于2027年7月2日至3日举行。", "zh", "上合组织", "2027-07-02/2027-07-03"),
    ("نشست شانگهای ۵ دسامبر برگزار می‌شود.", "fa", "شانگهای", "2026-12-05"),
    ("The SCO council met on 5 October.", "en", "SCO", None),
    ("The SCO council met on 5 December 2025.", "en", "SCO", None),
    ("The SCO talks ran from 3 March to 9 September.", "en", "SCO", None),
    ("The SCO secretariat answered 5 letters.", "en", "SCO", None),
    ("The council meets on 5 December.", "en", "SCO", None),
]


@pytest.mark.parametrize(("text", "lang", "word", "when"), NAMED, ids=[t[:28] for t, *_ in NAMED])
def test_days_to_come_that_official_texts_name(text: str, lang: str, word: str, when: str | None) -> None:
    piece = official(text, lang, word)
    found = named_dates([(piece.kept, piece.matches)], SOURCES, ENTRIES)
    assert [one.when for one in found] == ([when] if when else [])
    if when:
        assert (found[0].source, found[0].url, found[0].tags) == ("SCO Secretariat", piece.kept.article.url, ("sco",))


def test_only_official_texts_count_and_people_are_no_events() -> None:
    press = official("The SCO council meets on 5 December.", source="dawn")
    person = official("Nurlan Yermekbayev rests on 5 December.", word="Nurlan Yermekbayev", entry="nurlan-yermekbayev")
    pieces = [(piece.kept, piece.matches) for piece in (press, person)]
    assert named_dates(pieces, SOURCES, ENTRIES) == ()


def test_of_several_texts_that_name_a_day_the_plainest_is_shown() -> None:
    texts = (
        "Among other things they spoke about the preparation of the SCO council in Moscow on 5 December.",
        "The SCO council meets in Moscow on 5 December 2026.",
        "It was said again that the SCO council is to meet in Moscow, as planned, on 5 December 2026.",
    )
    russian = official("Заседание ШОС пройдёт в Москве 5 декабря 2026 года.", "ru", "ШОС")
    pieces = [(piece.kept, piece.matches) for piece in (russian, *map(official, texts))]
    (one,) = named_dates(pieces, SOURCES, ENTRIES)
    assert one.name == texts[1]
    (one,) = named_dates(pieces[:2], SOURCES, ENTRIES)
    assert one.name == russian.kept.article.text


EVENTS = parse(
    """
events:
- {date: "2026-11-20", name: Over, source: S}
- {date: "2026-11-19", end: "2026-11-22", name: Under way, source: S}
- {date: "2026-11-30", name: Soon, source: S}
- {date: "2026-12-20", name: In a month, source: S}
- {date: "2026-12", name: Some time, source: S}
- {date: "2027", name: Some day, source: S}
""",
    "calendar.yaml",
)


def names(dates: tuple[Dated, ...]) -> list[str]:
    return [f"{d.name} {d.mark}".strip() for d in dates]


def test_what_falls_into_the_next_days_is_shown() -> None:
    shown, kept = upcoming(EVENTS, (), None, TODAY, 14)
    assert names(shown) == ["Under way", "Soon", "Some time"]
    assert names(kept) == ["In a month", "Some day"]
    shown, _ = upcoming(EVENTS, (), None, TODAY, 30)
    assert "In a month" in names(shown)


def test_new_and_moved_dates_are_marked_however_far_they_are() -> None:
    shown, kept = upcoming(EVENTS, (), None, TODAY, 14)
    last = (*shown, *kept)
    moved = parse(
        'events:\n- {date: "2026-12-24", name: In a month, source: S}\n'
        '- {date: "2027-03-01", name: Spring, source: S}\n',
        "calendar.yaml",
    )
    again, _ = upcoming(moved, (), last, TODAY, 14)
    assert names(again) == ["In a month moved", "Spring new"]
    assert again[0].before == "2026-12-20"
    settled, later = upcoming(moved, (), again, TODAY, 14)
    assert (names(settled), names(later)) == ([], ["In a month", "Spring"])


def test_a_date_out_of_a_text_is_new_once_and_shown_again_when_it_is_near() -> None:
    piece = official("The SCO council meets in Tashkent on 20 January.")
    found = named_dates([(piece.kept, piece.matches)], SOURCES, ENTRIES)
    first, ahead = upcoming((), found, (), TODAY, 14)
    assert [one.mark for one in first] == ["new"]
    second, ahead = upcoming((), (), (*first, *ahead), TODAY + timedelta(days=1), 14)
    assert (second, len(ahead)) == ((), 1)
    near, _ = upcoming((), (), ahead, date(2027, 1, 10), 14)
    assert [(one.when, one.mark) for one in near] == [("2027-01-20", "")]
    assert upcoming((), (), near, date(2027, 1, 21), 14) == ((), ())
    assert NOW.date() == TODAY


def test_rules_and_digests_read_one_calendar_and_a_broken_one_stops_neither(tmp_path: Path) -> None:
    from monitor.app import App
    from monitor.digest.spikes import expected_of
    from monitor.home import Home, make_home

    make_home(tmp_path)
    file = tmp_path / "calendar.yaml"
    assert file.exists()
    file.write_text('events:\n- {date: "2026-11-25", name: Talks, tags: [sco], source: S}\n', encoding="utf-8")
    app = App(Home(tmp_path))
    assert [one.name for one in app.calendar()] == ["Talks"]
    assert [one.first.isoformat() for one in expected_of(app.calendar())] == ["2026-11-25"]
    file.write_text('events:\n- {date: "soon"}\n', encoding="utf-8")
    home = Home(tmp_path)
    assert App(home).calendar() == ()
    assert {problem.file for problem in home.problems()} == {str(file)}
    file.unlink()
    assert App(Home(tmp_path)).calendar(), "the pack's own"
