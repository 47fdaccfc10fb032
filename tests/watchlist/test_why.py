"""Why something is tagged, why not, and that what is said is what the matcher does."""

from __future__ import annotations

import json
import time
from datetime import date
from functools import cache
from pathlib import Path

import pytest

import monitor
from monitor.watchlist.explained import Explanation
from monitor.watchlist.fields import Field, fields_of
from monitor.watchlist.load import parse
from monitor.watchlist.matcher import Matcher
from monitor.watchlist.near import nearest
from monitor.watchlist.normal import normal_name
from monitor.watchlist.spellings import Candidate
from monitor.watchlist.why import explain

PACK = Path(monitor.__file__).parent / "packs" / "sco" / "watchlist.yaml"
SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "sco-pack" / "tagging_examples.jsonl"
OWN = Path(__file__).resolve().parents[1] / "data" / "tagging_cases.jsonl"

LIST = """\
meta: {window: {default: 40, zh: 20, zh_hant: 20}}
entries:
- id: askarov
  kind: person
  name: Timur Askarov
  roles: [{role: Governor, since: 2015, until: "2024-05-01"}]
  aliases:
    en: [Timur Askarov]
    ru: [Тимур Аскаров]
    zh: [铁木尔·阿斯卡罗夫]
    fa: [تیمور عسکروف]
  ambiguous:
  - {a: Askarov, lang: en, need: [governor, Osh], veto: [wrestler, Askarov Stadium]}
  - {a: Аскаров, lang: ru, need: [губернатор], veto: [борец]}
- id: daler-askarov
  kind: person
  name: Daler Askarov
  roles: [{role: Governor, since: "2024-05-01"}]
  aliases: {en: [Daler Askarov]}
- id: river-union
  kind: organisation
  name: River Union
  aliases: {en: [RVU, River Union], ru: [Речной союз], zh: [河盟]}
  cs: [RVU]
  veto: [以河盟水, Old River Union Inn]
- id: river-union-bank
  kind: fund
  name: River Union Bank
  parent: river-union
  aliases: {en: [River Union Bank, The Bank]}
  not_before: {The Bank: "2026-03"}
- id: flood-2026
  kind: event
  name: Flood of 2026
  aliases: {en: [River flood, Flood of 2026]}
  not_before: {River flood: 2026-02}
- id: steppe-pact
  kind: organisation
  name: Steppe Pact
  aliases: {tr: [BKA]}
  cs: [BKA]
"""


@cache
def small() -> Matcher:
    return Matcher(parse(LIST, "w.yaml"))


@cache
def pack() -> Matcher:
    return Matcher(parse(PACK.read_text(encoding="utf-8"), str(PACK)))


def why(entry_id: str, text: str, title: str = "", at: date | None = None, lang: str | None = None) -> Explanation:
    return explain(small(), title, text, lang, at, entry_id=entry_id)


STOPPED = [
    pytest.param("askarov", "Askarov arrived.", "Askarov", "need", None, id="no company, en"),
    pytest.param("askarov", "Приехал Аскаров.", "Аскаров", "need", None, id="no company, ru"),
    pytest.param("askarov", "Governor and wrestler Askarov", "Askarov", "veto", "wrestler", id="veto near, en"),
    pytest.param("askarov", "Губернатор и борец Аскаров", "Аскаров", "veto", "борец", id="veto near, ru"),
    pytest.param("askarov", "At Askarov Stadium the governor", "Askarov", "veto", "Askarov Stadium", id="veto over it"),
    pytest.param("river-union", "可以河盟水", "河盟", "veto", "以河盟水", id="accident of Chinese"),
    pytest.param(
        "river-union", "Old River Union Inn", "River Union", "veto", "Old River Union Inn", id="strong vetoed"
    ),
    pytest.param("river-union", "the rvu of old", "rvu", "capitals", "RVU", id="other capitals"),
    pytest.param("river-union", "The UNRVUED thing", "RVU", "boundary", "UNRVUED", id="inside a word, en"),
    pytest.param("river-union", "Приречной союзный", "речной союз", "boundary", None, id="inside words, ru"),
    pytest.param("river-union", "The River Union Bank", "River Union", "longer", "River Union Bank", id="longer name"),
    pytest.param("steppe-pact", "The BKA of Germany", "BKA", "language", "tr", id="abbreviation of another language"),
]


@pytest.mark.parametrize(("entry_id", "text", "there", "reason", "by"), STOPPED)
def test_what_stopped_it(entry_id: str, text: str, there: str, reason: str, by: str | None) -> None:
    told = why(entry_id, text)
    (stopped,) = told.stopped
    assert told.tagged == ()
    assert (stopped.reason, text[stopped.place.start : stopped.place.end]) == (reason, there)
    if by is not None:
        assert stopped.by == by


def test_a_lonely_name_is_told_what_it_lacks() -> None:
    (stopped,) = why("askarov", "Askarov met nobody. " + "x" * 60 + " The governor slept.").stopped
    assert (stopped.needs, stopped.window, stopped.until) == (("governor", "Osh"), 40, date(2024, 5, 1))


@pytest.mark.parametrize(
    ("at", "rule"),
    [
        pytest.param(date(2024, 4, 30), "weak:date", id="in office"),
        pytest.param(date(2024, 5, 1), None, id="after it"),
        pytest.param(None, None, id="no day known"),
    ],
)
def test_the_day_decides(at: date | None, rule: str | None) -> None:
    told = why("askarov", "Askarov arrived.", at=at)
    assert [one.match.rule for one in told.tagged] == ([rule] if rule else [])
    assert [one.reason for one in told.stopped] == ([] if rule else ["need"])


@pytest.mark.parametrize(
    ("at", "reasons"),
    [
        pytest.param(date(2026, 1, 31), ["early"], id="the day before"),
        pytest.param(date(2026, 2, 1), [], id="the first day"),
        pytest.param(None, [], id="no day known"),
    ],
)
def test_a_name_means_another_before_its_first_day(at: date | None, reasons: list[str]) -> None:
    told = why("flood-2026", "After the river flood", at=at)
    assert [one.reason for one in told.stopped] == reasons
    assert [one.match.entry_id for one in told.tagged] == ([] if reasons else ["flood-2026"])
    assert [one.by for one in told.stopped] == ["2026-02-01"] * len(reasons)


def test_a_name_that_meant_another_by_then() -> None:
    (stopped,) = why("river-union-bank", "The Bank opened.", at=date(2026, 2, 28)).stopped
    assert (stopped.reason, stopped.by) == ("early", "2026-03-01")
    assert why("river-union-bank", "The Bank opened.", at=date(2026, 3, 1)).stopped == ()


def test_the_needed_term_is_shown_where_it_stands() -> None:
    title, text = "The governor speaks", "Askarov, from Osh, and a governor."
    (tagged,) = why("askarov", text, title).tagged
    assert (tagged.match.rule, tagged.match.need) == ("weak:need", "governor")
    assert tagged.need_at is not None
    field, start, end = tagged.need_at
    assert {"title": title, "text": text}[field][start:end] == "governor"


def test_a_veto_is_shown_where_it_stands() -> None:
    text = "Le Çhâteau: the wrestler\u00ad and governor Askarov"
    (stopped,) = why("askarov", text).stopped
    assert stopped.by_at is not None
    assert text[stopped.by_at.start : stopped.by_at.end] == "wrestler"


def test_a_line_in_capitals_gets_no_help_from_elsewhere() -> None:
    (stopped,) = why("askarov", "Timur Askarov is here.\nASKAROV SAYS ALL WELL").stopped
    assert (stopped.reason, stopped.in_capitals) == ("need", True)


def test_more_mentions_than_are_kept() -> None:
    told = why("river-union", "River Union. " * 230)
    assert len(told.tagged) == 200
    assert {one.reason for one in told.stopped} == {"many"}


@pytest.mark.parametrize(
    ("text", "form", "there", "part"),
    [
        pytest.param("Then Timur Ashkarov spoke", "Timur Askarov", "Timur Ashkarov", False, id="a letter more, en"),
        pytest.param("Затем Тимуром Аскеровым", "Тимуром Аскаровым", "Тимуром Аскеровым", False, id="another case, ru"),
        pytest.param(
            "会见铁木尔·阿斯卡洛夫时", "铁木尔·阿斯卡罗夫", "铁木尔·阿斯卡洛夫", False, id="another character, zh"
        ),
        pytest.param("گفت تیمور عسکراف که", "تیمورعسکروف", "تیمور عسکراف", False, id="another letter, fa"),
        pytest.param("谈阿斯卡罗夫时", "铁木尔·阿斯卡罗夫", "阿斯卡罗夫", True, id="surname alone, zh"),
    ],
)
def test_what_is_most_like_it(text: str, form: str, there: str, part: bool) -> None:
    alike = why("askarov", text).alike[0]
    assert (alike.form, text[alike.place.start : alike.place.end], alike.part) == (form, there, part)


@pytest.mark.parametrize("text", ["", "Nothing of it.", "\u0301\u0301", "\ud800", "上", "1 2 3"])
def test_nothing_is_like_it(text: str) -> None:
    assert why("askarov", text) == Explanation(tagged=(), stopped=())


def test_each_place_once_and_the_likest_first() -> None:
    (first, second) = nearest(["abcdefgh"], normal_name("xbcdefgz abcdefgx abcdefgx"))
    assert (first.start, first.distance, second.start, second.distance) == (9, 1, 0, 2)


# ---------------------------------------------------------------------------------------------- true to the matcher


def _cases() -> list[object]:
    found = []
    for path in (SHARED, OWN):
        if path.exists():
            rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
            found += [pytest.param(row, id=str(row["id"])) for row in rows]
    return found or [pytest.param(None, id="none", marks=pytest.mark.skip(reason="no cases here, nor in ../shared"))]


@pytest.mark.parametrize("row", _cases())
def test_every_name_that_does_not_count_has_a_reason(row: dict[str, str]) -> None:
    title, text, lang = row.get("title"), row["text"], row.get("lang")
    day = date.fromisoformat(row["date"][:10]) if row.get("date") else None
    told = explain(pack(), title, text, lang, day)
    found = pack().find(title, text, lang, day)
    assert tuple(one.match for one in told.tagged) == found
    assert all(one.need_at is not None for one in told.tagged if one.match.need)
    tagged = {one.entry_id for one in found}
    spelled = {pack().watchlist.entries[c.form.entry].id for f in fields_of(title, text, lang) for c in _of(f)}
    assert spelled <= tagged | {one.entry_id for one in told.stopped}
    for one in told.stopped:
        assert not any(m.entry_id == one.entry_id and m.field == one.place.field and _over(m, one) for m in found)
        assert one.reason != "many"
        if one.reason == "veto":
            assert one.by_at is not None


def _of(part: Field) -> list[Candidate]:
    return list(pack().spellings.candidates(part))


def _over(match: object, stopped: object) -> bool:
    place = stopped.place  # type: ignore[attr-defined]
    return bool(match.start < place.end and place.start < match.end)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Путин и Си. " * 40_000, id="names without end"),
        pytest.param("слово и слово " * 50_000, id="words without end"),
        pytest.param("общ" * 200_000, id="one word"),
        pytest.param("\u0301" * 300_000, id="only marks"),
        pytest.param("上合组织" * 40_000, id="Chinese without end"),
    ],
)
def test_a_long_text_takes_no_longer_than_one_waits(text: str) -> None:
    started = time.process_time()
    explain(pack(), "", text, entry_id="xi-jinping")
    assert time.process_time() - started < 8
