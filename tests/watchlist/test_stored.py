"""A list kept with its forms, and what tells two states of a list apart."""

from __future__ import annotations

import json

import pytest

from monitor.watchlist.forms import forms
from monitor.watchlist.load import parse
from monitor.watchlist.stored import digest, dumps, loads

LIST = """
meta: {as_of: "2026-11-21", window: {default: 200}}
entries:
- id: sco
  kind: organisation
  name: SCO
  aliases: {en: [SCO], ru: [ШОС], zh: [上合组织], fa: [شانگهای]}
  ambiguous: [{a: Shanghai Group, lang: en, need: [summit], veto: [Disney]}]
- id: norov
  kind: person
  name: Norov
  priority: 2
  aliases: {en: [Norov], ru: [Норов]}
  ru_parts: {family: Норов, given: Владимир}
  roles: [{role: SCO chief, org: sco, since: "2019", until: 2021-12-31}]
"""


def made(text: str) -> str:
    return digest(parse(text, "watchlist.yaml"))


def test_a_kept_list_comes_back_whole() -> None:
    watchlist = parse(LIST, "watchlist.yaml")
    ready = forms(watchlist)
    assert loads(dumps(watchlist, ready)) == (watchlist, ready)


BROKEN = {
    "cut off": lambda text: text[:-10],
    "another version": lambda text: json.dumps([-1, *json.loads(text)[1:]]),
    "another shape": lambda _: "[1, 2]",
    "forms one by one, as once": lambda text: json.dumps(
        [*json.loads(text)[:2], [["шос", "ШОС", 0, "ШОС", "ru", -1, "any", True]]]
    ),
    "no list": lambda _: "{}",
    "entries without roles": lambda text: text.replace('"roles"', '"rolls"'),
    "an entry that is none": lambda text: text.replace('"entries": [', '"entries": [7, '),
    "empty": lambda _: "",
}


@pytest.mark.parametrize("change", BROKEN.values(), ids=BROKEN)
def test_what_is_not_whole_is_made_anew(change) -> None:  # type: ignore[no-untyped-def]
    watchlist = parse(LIST, "watchlist.yaml")
    assert loads(change(dumps(watchlist, forms(watchlist)))) is None


SAME = {
    "a comment": LIST + "\n# nothing",
    "another day": LIST.replace("2026-11-21", "2026-12-01"),
    "another priority": LIST.replace("priority: 2", "priority: 1"),
    "another term of office": LIST.replace('"2019"', '"2018"'),
    "another shape of the file": LIST.replace("[SCO]", '["SCO"]'),
}
OTHER = {
    "a name": LIST.replace("ШОС", "ШООС"),
    "a Chinese name": LIST.replace("上合组织", "上合"),
    "an Arabic name": LIST.replace("شانگهای", "شانگهایی"),
    "a needed term": LIST.replace("[summit]", "[summits]"),
    "a window": LIST.replace("200", "100"),
    "a part of a name": LIST.replace("Владимир", "Лев"),
    "an id": LIST.replace("id: norov", "id: noroff"),
    "an entry less": LIST.split("- id: norov")[0],
}


@pytest.mark.parametrize("text", SAME.values(), ids=SAME)
def test_what_decides_on_no_tag(text: str) -> None:
    assert made(text) == made(LIST)


@pytest.mark.parametrize("text", OTHER.values(), ids=OTHER)
def test_what_may_change_tags(text: str) -> None:
    assert made(text) != made(LIST)


def test_offices_count_where_titles_alone_are_tagged() -> None:
    one, other = parse(LIST, "watchlist.yaml"), parse(SAME["another term of office"], "watchlist.yaml")
    assert digest(one, "offices") != digest(other, "offices")
    assert len({digest(one), digest(one, "offices"), digest(one, "other offices")}) == 3
