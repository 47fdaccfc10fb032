"""sources profile: figures with the number that they rest on, and none that rest on chance."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import monitor.app
from monitor.cli.shown import width
from monitor.identity.profile import Tally
from monitor.types import Member
from tests.cli.calls import Command
from tests.identity.test_overview import SELF, SOURCES, TASS, member

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
COPIED = {"kind": "copied", "source": "xinhua", "name": "新华社"}


def stories() -> list[list[Member]]:
    """A story each: own and first, own and late, credited, copied, alone, undecided."""
    return [
        [member(0, "rt", 1, SELF, tags=("sco",)), member(2, "hindu", 2, SELF)],
        [member(0, "hindu", 3, SELF), member(4, "rt", 4, SELF, tags=("sco", "rats"), lang="ru")],
        [member(0, "tass-ru", 5, SELF), member(1, "rt", 5, TASS), member(3, "hindu", 6, SELF)],
        [member(0, "xinhua", 7, SELF), member(1, "rt", 7, COPIED)],
        [member(0, "rt", 8, SELF)],
        [member(0, "rt", 9)],
    ]


def test_what_is_counted() -> None:
    tally = Tally("rt", SOURCES)
    for number, story in enumerate(stories()):
        own = [one for one in story if one.source_id == "rt"]
        tally.add(story, own, {one.id: ["kz", "kz", "astana"] for one in own} if number < 2 else {})
    found = tally.profile()
    assert (found.articles, found.decided, dict(found.kinds)) == (6, 5, {"self": 3, "credited": 1, "copied": 1})
    assert found.taken_from == (("ТАСС", 1), ("新华社", 1))
    assert (found.lags, found.usual_lag, found.times_first) == ((0 * HOUR, HOUR, 4 * HOUR), HOUR, 1)
    assert found.languages == (("en", 5), ("ru", 1))
    assert (found.entries, found.tagged) == ((("sco", 2), ("rats", 1)), 2)
    assert (sorted(found.places), found.placed) == ([("astana", 2), ("kz", 2)], 2)
    assert found.days == 1.0


def test_a_tally_of_nothing() -> None:
    found = Tally("rt", SOURCES).profile()
    assert (found.articles, found.usual_lag, found.first_at, found.days) == (0, None, None, 0.0)


SOURCE = """\
- id: {0}
  name: {1}
  kind: feed
  country: {2}
  ownership: state
  languages: [{3}]
  feeds: [{{url: "https://{0}.example/rss"}}]
"""


@pytest.fixture
def archive(home: Path, scowatch: Command, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Thirty texts of one source, each reprinted by another one two hours later, and one of a third."""
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr(monitor.app, "now", lambda: NOW)
    blocks = (("tass-ru", "ТАСС", "ru", "ru"), ("irna", "ایرنا", "ir", "fa"), ("times", "The Steppe Times", "kz", "en"))
    sources = "".join(SOURCE.format(*block) for block in blocks)
    (home / "sources.yaml").write_text(f"sources:\n{sources}", encoding="utf-8")
    rows = []
    for number in range(30):
        word = "".join(chr(1072 + (number * 7 + i * i) % 32) for i in range(6))
        text = f"В Астане собрались послы стран ШОС, говорили о деле {word}. " + " ".join(
            f"{word}{chr(1072 + i)} сказал {word[::-1]}{chr(1090 - i)}" for i in range(30)
        )
        for source_id, after in (("tass-ru", 0), ("irna", 2)):
            at = NOW - timedelta(days=20) + timedelta(hours=10 * number + after)
            row = {"ref": f"{source_id}{number}", "source": source_id, "title": f"Дело {word} {number}", "text": text}
            rows.append(
                row | {"url": f"https://{source_id}.example/{number}", "published": at.isoformat(), "lang": "ru"}
            )
    rows.append(
        {
            "ref": "one",
            "source": "times",
            "title": "Wheat",
            "text": "Wheat is dear.",
            "url": "https://times.example/1",
            "published": NOW.isoformat(),
        }
    )
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    assert scowatch("import", "-", stdin=lines).code == 0
    return scowatch


def test_a_source_that_reprints(archive: Command) -> None:
    ran = archive("sources", "profile", "irna")
    assert (ran.code, ran.err) == (0, "")
    out = ran.out.replace("\u2068", "").replace("\u2069", "")
    assert out.splitlines()[:2] == ["irna · ایرنا · state · ir", "30 articles, 2026-11-01 to 2026-11-13"]
    assert "text       own 0%, credited 0%, copied 100% (n 30)" in out
    assert "taken from TASS 100% (n 30)" in out
    assert "too few to say (n 0 stories of several origins)" in out
    assert "languages  ru 100% (n 30)" in out
    assert "Shanghai Cooperation Organisation 100% (n 30)" in out
    assert "Astana 100%" in out
    assert all(width(line) <= 80 for line in out.splitlines()), out


def test_a_profile_as_json(archive: Command) -> None:
    found = archive("sources", "profile", "tass-ru", "--json").json()
    assert found["text"] == {"n": 30, "self": 30, "credited": 0, "copied": 0}
    assert (found["articles"], found["volume"]["n"], found["enough"]) == (30, 30, 20)
    assert found["volume"]["per_day"] == pytest.approx(30 / 12.08, abs=0.02)
    assert found["entries"]["top"] == [{"id": "sco", "articles": 30}]
    assert {"id": "astana", "name": "Astana", "articles": 30} in found["places"]["top"]
    assert archive("sources", "profile", "tass-ru", "--since", "2026-11-10", "--json").json()["articles"] < 12


def test_nothing_is_said_of_few(archive: Command) -> None:
    out = archive("sources", "profile", "times").out
    assert out.splitlines()[1].startswith("1 article, ")
    assert out.count("too few to say") == len(out.splitlines()) - 3
    assert "%" not in out
    nothing = archive("sources", "profile", "times", "--until", "2026-11-02").out
    assert nothing.splitlines()[-1] == "No article of that time is in the archive."


def test_a_source_that_is_not_there(archive: Command) -> None:
    assert "no source nobody" in archive.refused("sources", "profile", "nobody")[0]
