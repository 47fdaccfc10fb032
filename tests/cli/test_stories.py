"""stories, story, coverage, origins and versions over an archive whose places a placer by title words gave."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import monitor.app
from monitor.cli.shown import width
from monitor.types import Article, Collected
from storage import open_store
from tests.cli.calls import Command
from tests.storage.made import NOW, arrival, article, match, poll
from tests.storage.placers import ByTitle
from tests.storage.test_record import edited

HOUR = timedelta(hours=1)

SOURCES = """\
meta: {}
sources:
"""
SOURCE = """\
- id: {id}
  name: {name}
  kind: feed
  homepage: https://{id}.example/
  country: {country}
  ownership: {ownership}
  languages: [en]
  family: {family}
  feeds: [{{url: "https://{id}.example/rss"}}]
"""
OUTLETS = (
    ("tass-en", "TASS", "ru", "state", "tass"),
    ("tass-ru", "ТАСС", "ru", "state", "tass"),
    ("kremlin", "Kremlin", "ru", "official", "kremlin"),
    ("xinhua", "新华社", "cn", "state", "xinhua"),
    ("akorda", "Akorda", "kz", "official", "akorda"),
    ("irna", "ایرنا", "ir", "state", "irna"),
    ("times", "The Steppe Times", "kz", "independent", "times"),
)
STATES = "meta: {members: [ru, cn, kz, ir, uz]}\n"


def outlet(source_id: str, title: str, after: float, number: int = 0, **changed: object) -> tuple[str, Article]:
    made = article(
        f"{source_id}-{number}-{after}",
        title=title,
        source_id=source_id,
        published_at=NOW + after * HOUR,
        guid=None,
        **changed,
    )
    return source_id, made


# the same text three times, another one about the same event, one alone; silent: akorda
CAME = (
    outlet("tass-en", "copy:a event:x Ministers meet in Tashkent", 0),
    outlet("xinhua", "copy:a 部长们在塔什干举行会议并发表联合声明，强调加强区域合作与安全，共同应对挑战", 1, lang="zh"),
    outlet("times", "copy:a Ministers met, TASS says", 2.5),
    outlet("irna", "event:x نشست وزیران در تاشکند برگزار شد و درباره همکاری‌های منطقه‌ای گفتگو کردند", 26, lang="fa"),
    outlet("tass-ru", "event:z Хлопок подорожал", 3, lang="ru"),
)


@pytest.fixture
def archive(home: Path, scowatch: Command, monkeypatch: pytest.MonkeyPatch) -> Command:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr(monitor.app, "now", lambda: NOW + 27 * HOUR)
    keys = ("id", "name", "country", "ownership", "family")
    blocks = "".join(SOURCE.format(**dict(zip(keys, values, strict=True))) for values in OUTLETS)
    (home / "sources.yaml").write_text(SOURCES + blocks, encoding="utf-8")
    path = home / "watchlist.yaml"
    path.write_text(STATES + path.read_text(encoding="utf-8").partition("\nentries:")[2].join(("entries:", "")))
    fill(home, CAME)
    return scowatch


def fill(home: Path, came: Sequence[tuple[str, Article]]) -> None:
    store = open_store(f"sqlite:///{home}/archive.db", vocabulary=None)
    for source_id, one in came:
        at = one.published_at or NOW
        one = replace(one, first_seen_at=at)
        store.record(poll(arrival(one), source_id=source_id, at=at), ByTitle())
    store.record(Collected(source_id="akorda", at=NOW + 20 * HOUR, outcome="ok"))
    store.close()


def fits(text: str) -> bool:
    return all(width(line.replace("\u2068", "").replace("\u2069", "")) <= 80 for line in text.splitlines())


def test_the_day_s_list(archive: Command) -> None:
    ran = archive("stories", "--since", "2026-11-21")
    assert (ran.code, ran.err) == (0, "")
    lines = ran.out.splitlines()
    assert lines[0].startswith("1  copy:a event:x Ministers meet")
    assert "4 outlets of 2 origins" in ran.out
    assert lines[-1] == "2 stories"
    assert fits(ran.out)
    assert archive("stories", "--since", "2026-11-21", "--outlets", "2").out.splitlines()[-1] == "1 story"
    assert archive("stories", "--since", "2030-01-01").out == "0 stories\n"


def test_the_day_s_list_as_json(archive: Command) -> None:
    found = archive("stories", "--since", "24h", "--json").json()
    first, second = found["stories"]
    assert (found["total"], first["id"], first["outlets"], first["articles"], first["new"]) == (2, 1, 4, 4, 1)
    assert [(one["key"], one["articles"], one["outlets"]) for one in first["origins"]] == [
        ("tass", 3, 3),
        ("irna", 1, 1),
    ]
    assert (set(first["languages"]), set(first["countries"])) == ({"en", "zh", "fa"}, {"ru", "cn", "kz", "ir"})
    assert (second["only_state_media_of"], first["only_state_media_of"]) == ("ru", None)


def test_forty_copies_are_one_origin(home: Path, archive: Command) -> None:
    fill(home, [outlet("times", "copy:a again", 4 + n / 10, n, source_name=f"Outlet {n}") for n in range(40)])
    (first, *_) = archive("stories", "--since", "7d", "--json").json()["stories"]
    assert (first["outlets"], [one["articles"] for one in first["origins"]]) == (44, [43, 1])


def test_a_follow_up_is_linked_both_ways(home: Path, archive: Command) -> None:
    later = [outlet("irna", "whole:q Quake near Osh", 1), outlet("times", "after:q Osh is rebuilt", 20)]
    fill(home, later)
    followed, following = (
        one["story_id"] for title in ("Quake", "rebuilt") for one in archive("search", title, "--json").json()["hits"]
    )
    ran = archive("story", str(following))
    assert f"Follows story {followed}: whole:q Quake near Osh (2026-11-21" in ran.out.replace("\u2068", "").replace(
        "\u2069", ""
    )
    assert "Passages" not in ran.out
    assert f"Followed by story {following}: after:q" in archive("story", str(followed)).out.replace("\u2068", "")
    assert archive("story", str(followed), "--json").json()["followed_by"][0]["story"] == following


def test_one_story(archive: Command) -> None:
    ran = archive("story", "1")
    assert (ran.code, ran.err) == (0, "")
    assert fits(ran.out), ran.out
    assert "2 independent origins:" in ran.out
    order = [line.split()[:2] for line in ran.out.splitlines() if line.startswith(("first ", "+"))]
    assert [lag for lag, _ in order] == ["first", "+1h00", "+2h30", "+1d2h"]
    assert ran.out.count("\u2068") == ran.out.count("\u2069") > 0
    record = archive("story", "1", "--json").json()
    assert [one["lag_seconds"] for one in record["carriers"]] == [0, 3600, 9000, 26 * 3600]
    assert [one["kind"] for one in record["carriers"]] == ["self", "copied", "copied", "self"]
    assert [one["id"] for one in record["members"]] == [1, 2, 3, 4]
    assert record["decisions"] == []


def test_coverage(archive: Command) -> None:
    ran = archive("coverage", "1")
    assert (ran.code, ran.err) == (0, "")
    assert fits(ran.out), ran.out
    assert "Silent" not in ran.out.partition("Not known")[0]  # kz has one that carried it
    assert "Not known: uz" in ran.out
    rows = {line.split()[0]: line.split()[1:] for line in ran.out.splitlines() if line[:3] in ("ru ", "cn ", "kz ")}
    assert rows["ru"] == ["first", "1/2"]
    assert rows["cn"] == ["+1h00", "1/1"]
    assert rows["kz"] == ["-", "0/1", "+2h30", "1/1"]
    found = archive("coverage", "2", "--json").json()
    assert (found["silent"], found["unread"]) == (["kz", "ir"], ["cn", "uz"])
    cell = next(c for c in archive("coverage", "1", "--json").json()["cells"] if c["state"] == "cn")
    assert cell == {
        "state": "cn",
        "class": "state",
        "first": "2026-11-21T10:00:00Z",
        "article": 2,
        "carried": 1,
        "read": 1,
    }


def test_why_a_story_is_one_is_told_of_copies_and_of_texts_apart(home: Path, scowatch: Command) -> None:
    (home / "sources.yaml").write_text("sources: []\n", encoding="utf-8")
    wire = (
        "A magnitude 5.8 earthquake struck 40 km south of Almaty on 19 November. Twelve people were injured, and 300 "
        "houses damaged in the village Koram, where rescuers led by Ruslan Imankulov are at work since the morning."
    )
    russian = (
        "Землетрясение магнитудой 5,8 произошло 19 ноября в 40 км к югу от Алматы. Ранены 12 человек, повреждены "
        "300 домов в селе Корам. Спасателями руководит Руслан Иманкулов."
    )
    rows = [
        {"ref": "one", "url": "https://a.example/1", "title": "Quake of 5.8 near Almaty", "text": wire, "lang": "en"},
        {"ref": "two", "url": "https://b.example/1", "title": "Almaty shaken", "text": f"{wire} (Wire)", "lang": "en"},
        {"ref": "ru", "url": "https://c.example/1", "title": "Землетрясение у Алматы", "text": russian, "lang": "ru"},
    ]
    scowatch("import", "-", stdin="".join(json.dumps(row) + "\n" for row in rows))
    (number,) = {hit["story_id"] for hit in scowatch("search", "Almaty", "--json").json()["hits"]}
    out = scowatch("story", str(number), "--why").out.replace("\u2068", "").replace("\u2069", "")
    told = " ".join(out.split())
    assert re.search(r" 2 \(\S+\) has \d\d% of the longer and \d\d% of the shorter text in common with 1 ", told)
    assert re.search(r" 3 \(\S+\) beside 1 \(\S+\): \+\d", told)
    assert "places: Алматы" in told
    assert "names: " in told
    assert "−7.9 to begin with" in told

    record = scowatch("story", str(number), "--why", "--json").json()
    (tie,) = record["why"]
    assert (tie["article"], tie["like"]) == (3, 1)
    assert sum(why["value"] for why in tie["reasons"]) == pytest.approx(tie["likeness"], abs=0.01)
    assert {"part": "start", "kind": None, "value": -7.9, "said": []} in tie["reasons"]
    (copy,) = record["copies"]
    assert (copy["article"], copy["of"]) == (2, 1)
    assert 0.8 < copy["longer"] <= copy["shorter"]
    assert "why" not in scowatch("story", str(number), "--json").json()


def test_of_many_copies_ten_are_told(home: Path, scowatch: Command) -> None:
    (home / "sources.yaml").write_text("sources: []\n", encoding="utf-8")
    text = (
        "The harbour board of Osh agreed on nineteen cranes and a railway to the quarry, and on who is to pay for it."
    )
    rows = [
        {
            "ref": f"c{n}",
            "url": f"https://o{n}.example/1",
            "title": f"Cranes, says {'abcdefghijklm'[n] * 4}",
            "text": text,
        }
        for n in range(13)
    ]
    scowatch("import", "-", stdin="".join(json.dumps(row) + "\n" for row in rows))
    (number,) = {hit["story_id"] for hit in scowatch("search", "cranes", "--json").json()["hits"]}
    out = scowatch("story", str(number), "--why").out
    assert " ".join(out.split()).count("of the shorter text in common with") == 10
    assert "  … and 2 more (--json has all)" in out
    assert len(scowatch("story", str(number), "--why", "--json").json()["copies"]) == 12


def test_of_a_text_alone_there_is_nothing_to_tell(archive: Command) -> None:
    assert "nothing that it was put together with" in archive("story", "2", "--why").out
    assert archive("story", "2", "--why", "--json").json()["untold"] == 0


def test_of_texts_of_which_nothing_is_kept_it_is_said_that_there_are_no_reasons(archive: Command) -> None:
    out = archive("story", "1", "--why").out
    assert "Of 1 text it cannot be said why: nothing is kept to compare them by." in " ".join(out.split())
    assert archive("story", "1", "--why", "--json").json()["untold"] == 1


def test_a_story_says_who_stayed_silent(archive: Command) -> None:
    ran = archive("story", "2")
    assert "Silent (outlets read): kz 1 of 2, ir 1." in ran.out
    assert "Not known there: The Steppe Times (independ.)." in ran.out
    assert "Not known: cn, uz" in ran.out
    assert fits(ran.out)
    record = archive("story", "2", "--json").json()
    assert (record["silent"], record["unread"]) == (["kz", "ir"], ["cn", "uz"])
    assert record["silent_outlets"] == ["akorda", "irna"]
    named = archive("coverage", "2", "--silent").out
    assert "kz: Akorda (official)" in named
    assert "kz: Akorda" not in archive("coverage", "2").out
    assert fits(named)


def test_one_outlet_alone_stands_by_its_name_and_class(archive: Command) -> None:
    listed, shown = archive("stories", "--since", "2026-11-21").out, archive("story", "2").out
    assert "only ТАСС (state, ru)" in listed
    assert "Only state media" not in listed  # one outlet is no chorus
    assert "! Only state media of ru carry it." in shown


def test_passages_name_the_other_article(home: Path, archive: Command) -> None:
    store = open_store(f"sqlite:///{home}/archive.db", vocabulary=None)
    store._writer.execute("INSERT INTO relations VALUES (4, 'excerpt_of', 5, 0.84), (3, 'quotes', 1, 0.5)")  # type: ignore[attr-defined]
    store.close()
    out = archive("story", "1").out.replace("\u2068", "").replace("\u2069", "")
    assert "4 (ایرنا) is a passage of 5 (ТАСС, story 2) (84% of the shorter text)" in " ".join(out.split())
    assert "1 (TASS) is a passage of 3 (The Steppe Times)" in " ".join(out.split())


def test_coverage_of_other_states(archive: Command) -> None:
    found = archive("coverage", "1", "--states", "kz, IR", "--json").json()
    assert (found["states"], found["elsewhere"]) == (["kz", "ir"], 2)


def test_the_ledger_of_origins(archive: Command) -> None:
    ran = archive("origins", "--since", "2026-11-21")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines()[1].split() == ["2", "2", "4", "+1h00", "TASS"]
    assert ran.out.splitlines()[-1] == "2 origins"
    assert fits(ran.out)
    found = archive("origins", "--since", "2026-11-21", "--json").json()["origins"]
    tass = next(one for one in found if one["key"] == "tass")
    assert (tass["articles"], tass["outlets"], tass["usual_lag_seconds"]) == (4, 4, 3600)
    assert [text["articles"] for text in tass["texts"]] == [3, 1]
    assert tass["texts"][0]["outlets"] == ["TASS", "新华社", "The Steppe Times"]


def test_split_and_merge(archive: Command) -> None:
    ran = archive("stories", "split", "1", "4")
    assert (ran.code, ran.out) == (0, "Story 3 has 1 article of story 1 now.\n")
    assert archive("story", "3", "--json").json()["members"][0]["by_hand"] is True
    assert "split off story 1 as 3" in archive("story", "3").out
    assert archive("stories", "merge", "3", "2", "--json").json() == {"story": 2, "merged": 3, "articles": 2}
    assert "Story 3 went into it." in archive("story", "3").out
    assert archive("search", "story:3", "--json").json()["total"] == 2


def test_copies_go_with_what_is_split_off(archive: Command) -> None:
    ran = archive("stories", "split", "1", "https://example.org/tass-en-0-0")
    assert (ran.code, ran.out) == (0, "Story 3 has 3 articles of story 1 now, 2 of them as copies.\n")


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        pytest.param(["story", "99"], "no story 99", id="no such story"),
        pytest.param(["story", "x"], "'x'", id="no number"),
        pytest.param(["coverage", "99"], "no story 99", id="no coverage"),
        pytest.param(["stories", "--since", "yesterday"], "write 2026-11-21", id="not a time"),
        pytest.param(["stories", "split", "1"], "ARTICLE", id="nothing to split"),
        pytest.param(["stories", "split", "1", "r77"], "no article 'r77'", id="no such article"),
        pytest.param(["stories", "split", "2", "1"], "article 1 is not in story 2", id="of another story"),
        pytest.param(["stories", "split", "2", "5"], "nothing would be left", id="nothing left"),
        pytest.param(["stories", "merge", "1", "1"], "one already", id="with itself"),
        pytest.param(["stories", "merge", "1", "9"], "no story 9", id="into nothing"),
        pytest.param(["versions", "99"], "no article '99'", id="no versions"),
    ],
)
def test_what_is_refused(archive: Command, arguments: list[str], part: str) -> None:
    assert part in "\n".join(archive.refused(*arguments))


# ---------------------------------------------------------------------------------------------- versions

TEXTS = {
    "Latin": (
        ("Talks open", "The deal is worth 3.5 million. Lavrov did not sign it."),
        ("Talks open in Astana", "The deal is worth 4 million. Lavrov signed it."),
        {"title", "number", "name", "negation"},
    ),
    "Cyrillic": (
        ("Переговоры", "Путин не приедет в Душанбе. Это 3-й визит."),
        ("Переговоры", "Путин приедет в Бишкек. Это 4-й визит."),
        {"number", "name", "negation"},
    ),
    "Han": (
        ("峰会", "贸易额达到300亿美元。他同意。"),
        ("峰会", "贸易额达到500亿美元。他不同意。"),
        {"number", "negation"},
    ),
    "Arabic": (("اجلاس", "ایران ۳ قرارداد امضا کرد."), ("اجلاس", "ایران ۵ قرارداد امضا نکرد."), {"number", "negation"}),
    "words alone": (("Talks", "They met for a long time."), ("Talks", "They met for a short time."), set()),
}


@pytest.mark.parametrize(("old", "new", "weighty"), TEXTS.values(), ids=TEXTS)
def test_versions(home: Path, archive: Command, old: tuple[str, str], new: tuple[str, str], weighty: set[str]) -> None:
    one = article("v", title=old[0], text=old[1])
    store = open_store(f"sqlite:///{home}/archive.db", vocabulary=None)
    store.record(poll(arrival(one, match("sco"))))
    store.record(poll(arrival(edited(one, title=new[0], text=new[1])), at=NOW + HOUR))
    store.record(poll(arrival(one), at=NOW + 2 * HOUR))
    store.record(poll(arrival(edited(one, title=new[0], text=new[1])), at=NOW + 3 * HOUR))
    store.close()
    ran = archive("versions", "https://example.org/v")
    assert (ran.code, ran.err) == (0, "")
    assert fits(ran.out), ran.out
    assert "came back once, last 2026-11-21 11:00" in ran.out
    record: dict[str, Any] = archive("versions", "6", "--json").json()
    first, second = record["versions"]
    assert (first["changes"], set(second["weighty"])) == ([], weighty)
    assert (first["replaced"], second["replaced"]) == ("2026-11-21T12:00:00Z", None)
    assert ("!" in ran.out.partition("version 2")[2]) == bool(weighty)
    for change in second["changes"]:
        text = (old if change["before"] else new)[0 if change["field"] == "title" else 1]
        start = change["before_at"] if change["before"] else change["after_at"]
        assert text[start:].startswith(change["before"] or change["after"])


def test_texts_that_were_passed_over_are_counted(home: Path, archive: Command) -> None:
    one = article("v")
    store = open_store(f"sqlite:///{home}/archive.db", vocabulary=None)
    for n in range(30):
        store.record(poll(arrival(edited(one, text=f"Text number{n} of it. " * 20)), at=NOW + n * HOUR / 60))
    store.close()
    ran = archive("versions", "6")
    assert "5 texts before it not kept" in ran.out
    assert "25 versions" in ran.out
    assert fits(ran.out)
    assert len(archive("versions", "6", "--all").out) > len(ran.out)
