"""What a list may say and had better not."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

import monitor
from monitor.watchlist.common import frequent_words, is_russian_word
from monitor.watchlist.forms import forms
from monitor.watchlist.lint import RULES, Finding, Spelled, lint, words_to_count
from monitor.watchlist.load import parse

PACK = Path(monitor.__file__).parent / "packs" / "sco" / "watchlist.yaml"
TODAY = date(2026, 11, 22)

HEAD = 'meta: {as_of: "2026-11-01"}\nentries:\n- id: one\n  kind: body\n'
SECOND = "- id: two\n  kind: body\n"


def linted(text: str, today: date = TODAY, archive: dict[str, Spelled] | None = None) -> list[Finding]:
    watchlist = parse(text, "w.yaml")
    return list(lint(text, watchlist, forms(watchlist), today, archive))


FOUND = {
    "two strong names": (
        HEAD + "  aliases: {en: [River Union]}\n" + SECOND + "  aliases: {tr: [River-Union, RIVER UNION]}\n",
        8,
        "collision",
        "`one`",
    ),
    "a form and a name": (
        HEAD + "  aliases: {ru: [Речной союз]}\n" + SECOND + "  aliases: {ru: [Речным союзом]}\n",
        8,
        "collision",
        "form",
    ),
    "Chinese in two scripts": (
        HEAD + "  aliases: {zh: [联盟会议]}\n" + SECOND + "  aliases:\n    zh_hant:\n    - 聯盟會議\n",
        10,
        "collision",
        "strong",
    ),
    "one that always wins": (
        HEAD
        + "  aliases: {fa: [اتحادیه رود]}\n"
        + SECOND
        + "  ambiguous:\n  - {a: اتحادیه رود, lang: fa, need: [تهران]}\n",
        9,
        "collision",
        "always wins",
    ),
    "weak ones with the same needs": (
        HEAD
        + "  ambiguous: [{a: Karim, lang: en, need: [late, chief]}]\n"
        + SECOND
        + "  ambiguous: [{a: Karim, lang: en, need: [chief]}]\n",
        8,
        "collision",
        "`chief`",
    ),
    "weak without need": (
        HEAD + "  aliases: {en: [River Union]}\n  ambiguous:\n  - {a: Union, lang: en}\n",
        7,
        "lonely",
        "elsewhere",
    ),
    "weak without need or strong name": (HEAD + "  ambiguous: [{a: Union, lang: en}]\n", 5, "lonely", "never"),
    "an English word": (HEAD + "  aliases: {en: [After]}\n", 5, "word", "frequent word (en)"),
    "a Kazakh word": (HEAD + "  aliases: {ru: [Және]}\n", 5, "word", "kk"),
    "a Persian word": (HEAD + "  aliases: {ur: [است]}\n", 5, "word", "fa"),
    "a Russian word": (HEAD + "  aliases: {ru: [Граница]}\n", 5, "word", "dictionary"),
    "three letters": (HEAD + "  aliases:\n    en:\n    - RVU\n", 7, "short", "any capitals"),
    "one Chinese character": (HEAD + "  aliases: {zh: [盟]}\n", 5, "short", "1 character"),
    "vetoed by itself": (HEAD + "  aliases: {en: [River Union]}\n  veto: [river union]\n", 5, "dead", "never"),
    "weak and its own veto": (
        HEAD + "  ambiguous: [{a: Union, lang: en, need: [x y], veto: [UNION]}]\n",
        5,
        "dead",
        "own veto",
    ),
    "needed here, vetoed there": (
        HEAD
        + "  ambiguous:\n  - {a: RVU, lang: en, need: [lake]}\n  - {a: RVU, lang: tr, need: [göl], veto: [Lake]}\n",
        6,
        "dead",
        "veto wins",
    ),
    "strong and weak": (
        HEAD + "  aliases: {en: [Unión]}\n  ambiguous: [{a: Union, lang: en, need: [x y]}]\n",
        6,
        "twice",
        "keep one",
    ),
    "capitals of no name": (HEAD + "  aliases: {en: [River Union]}\n  cs: [RVU]\n", 6, "nothing", "RVU"),
    "no form of no name": (HEAD + "  aliases: {ru: [Речной союз]}\n  indecl: [Лю]\n", 6, "nothing", "Лю"),
    "no day": ("entries:\n- id: one\n  kind: body\n  aliases: {en: [River Union]}\n", 1, "stale", "as_of"),
    "an old list": (
        'meta:\n  as_of: "2026-01-01"\n' + HEAD.partition("\n")[2] + "  aliases: {en: [River Union]}\n",
        2,
        "stale",
        "days ago",
    ),
    "an office that ended": (
        HEAD + '  aliases: {en: [Al Bel]}\n  roles: [{role: Chair, until: "2026-11-20"}]\n',
        6,
        "stale",
        "who holds",
    ),
    "out of office, first in rank": (
        HEAD + '  aliases: {en: [Al Bel]}\n  priority: 1\n  roles: [{role: Chair, until: "2025"}]\n',
        6,
        "stale",
        "priority",
    ),
    "an old check": (
        HEAD.replace("body", "person")
        + '  aliases: {en: [Al Bel]}\n  roles: [{role: Chair}]\n  checked: "store:2024-02"\n',
        7,
        "stale",
        "2024-02",
    ),
}


@pytest.mark.parametrize(("text", "line", "rule", "part"), FOUND.values(), ids=FOUND.keys())
def test_found(text: str, line: int, rule: str, part: str) -> None:
    found = linted(text)
    assert any(one.line == line and one.rule == rule and part in one.message for one in found), found
    assert {one.rule for one in found} <= set(RULES)


ALL_WELL = {
    "two names": "  aliases: {en: [River Union], ru: [Речной союз], zh: [河盟], fa: [اتحادیه رود]}\n",
    "capitals tell": "  aliases: {en: [RVU], ru: [РС]}\n  cs: [RVU, РС]\n",
    "needs differ": "  ambiguous: [{a: Karim, lang: en, need: [late]}]\n"
    + SECOND
    + "  ambiguous: [{a: Karim, lang: en, need: [young]}]\n",
    "one decides against the other": "  ambiguous: [{a: Karim, lang: en, need: [chief], veto: [young]}]\n"
    + SECOND
    + "  ambiguous: [{a: Karim, lang: en, need: [young]}]\n",
    "abbreviations of other capitals": "  aliases: {en: [RAts]}\n  cs: [RAts]\n"
    + SECOND
    + "  aliases: {en: [RATs]}\n  cs: [RATs]\n",
    "a surname that is a word": "  aliases: {en: [River Union]}\n"
    + SECOND.replace("body", "person")
    + "  aliases: {ru: [Граница]}\n",
    "a predecessor, lower in rank": "  aliases: {en: [Al Bel]}\n  priority: 3\n"
    + '  roles: [{role: Chair, until: "2019"}]\n',
}


@pytest.mark.parametrize("text", ALL_WELL.values(), ids=ALL_WELL.keys())
def test_all_well(text: str) -> None:
    assert linted(HEAD + text) == []


@pytest.mark.parametrize(
    ("counted", "told"),
    [
        pytest.param(Spelled(small=9, all=10), True, id="mostly small"),
        pytest.param(Spelled(small=4, all=10), False, id="mostly a name"),
        pytest.param(Spelled(small=2, all=2), False, id="too rare to tell"),
    ],
)
def test_the_archive_tells_words(counted: Spelled, told: bool) -> None:
    text = HEAD + "  aliases: {tr: [Ufuk]}\n"
    assert words_to_count(forms(parse(text, "w.yaml"))) == {"ufuk"}
    assert [one.rule for one in linted(text, archive={"ufuk": counted})] == (["word"] if told else [])


def test_words_of_libraries() -> None:
    assert {"the", "и", "және", "است", "bir"} <= set(frequent_words())
    assert is_russian_word("граница")
    assert not any(map(is_russian_word, ("жапаров", "москва", "шос", "river", "上合", "", "qq")))


def test_the_pack_is_read_whole() -> None:
    text = PACK.read_text(encoding="utf-8")
    found = linted(text)
    lines = text.splitlines()
    assert all(0 < one.line <= len(lines) for one in found)
    assert not [one for one in found if one.rule in ("dead", "lonely", "nothing")]
