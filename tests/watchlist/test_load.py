"""The watchlist file: what is read, what is refused and with which line, what rolls up."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

import monitor
from monitor.errors import ConfigError
from monitor.watchlist.entries import descendants
from monitor.watchlist.forms import forms
from monitor.watchlist.load import parse
from monitor.watchlist.matcher import Matcher
from monitor.watchlist.stored import dumps, loads

PACK = Path(monitor.__file__).parent / "packs" / "sco" / "watchlist.yaml"

GOOD = """\
meta:
  window: {default: 100}
entries:
- id: a-body
  kind: body
  name: A Body
  priority: 1
  aliases: {en: [A Body, AB Group], zh: [甲]}
- id: its-bank
  kind: fund
  parent: a-body
  aliases:
    en: A Bank
  ambiguous:
  - {a: Bank, lang: en, need: [Body], veto: [river], cs: true}
"""


def test_reads() -> None:
    watchlist = parse(GOOD, "w.yaml")
    body, bank = watchlist.entries
    assert (body.id, body.kind, body.name, body.priority) == ("a-body", "body", "A Body", 1)
    assert body.aliases == {"en": ("A Body", "AB Group"), "zh": ("甲",)}
    assert (bank.name, bank.parent, bank.priority, bank.aliases) == ("its-bank", "a-body", 2, {"en": ("A Bank",)})
    assert (bank.ambiguous[0].need, bank.ambiguous[0].exact_case) == (("Body",), True)
    assert (watchlist.window["default"], watchlist.window["zh"]) == (100, 80)


def entry(*lines: str) -> str:
    return "entries:\n- id: one\n  kind: body\n  aliases: {en: [One Name]}\n" + "".join(f"  {line}\n" for line in lines)


BAD: dict[str, tuple[str, int, str]] = {
    "not yaml": ("entries: [", 2, "not YAML"),
    "no mapping": ("- a\n", 1, "`entries`"),
    "no entries": ("meta: {}\n", 1, "`entries` is missing"),
    "unknown top key": ("entrys: []\nentries: []\n", 1, "did you mean `entries`?"),
    "entry is a text": ("entries:\n- one\n", 2, "mapping with an `id`"),
    "no id": ("entries:\n- kind: body\n  aliases: {en: [A Name]}\n", 2, "no `id`"),
    "id is a number": ("entries:\n- id: 7\n  kind: body\n  aliases: {en: [A Name]}\n", 2, "quotation marks"),
    "id with capitals": ("entries:\n- id: One_Two\n  kind: body\n  aliases: {en: [A Name]}\n", 2, "small letters"),
    "id twice": (entry() + "- id: one\n  kind: body\n  aliases: {en: [B Name]}\n", 5, "line 2"),
    "key twice": (entry("priority: 1", "priority: 2"), 6, "twice"),
    "no kind": ("entries:\n- id: one\n  aliases: {en: [A Name]}\n", 2, "no `kind`"),
    "unknown kind": ("entries:\n- id: one\n  kind: organization\n  aliases: {en: [A Name]}\n", 3, "`organisation`?"),
    "unknown key": (entry("alias: {}"), 5, "did you mean `aliases`?"),
    "unknown language": (
        "entries:\n- id: one\n  kind: body\n  aliases:\n    zh_hans: [甲乙]\n",
        5,
        "did you mean `zh_",
    ),
    "priority out of range": (entry("priority: 4"), 5, "1, 2 or 3"),
    "priority is a text": (entry("priority: high"), 5, "1, 2 or 3"),
    "aliases are a list": ("entries:\n- id: one\n  kind: body\n  aliases: [A Name]\n", 4, "mapping of languages"),
    "alias is a number": ("entries:\n- id: one\n  kind: body\n  aliases:\n    en:\n    - 2035\n", 6, "quotation marks"),
    "alias is empty": ("entries:\n- id: one\n  kind: body\n  aliases: {en: ['']}\n", 4, "nothing"),
    "alias is one letter": ("entries:\n- id: one\n  kind: body\n  aliases: {en: [Q]}\n", 4, "one letter"),
    "alias is one cyrillic letter": ("entries:\n- id: one\n  kind: body\n  aliases: {ru: ['«И»']}\n", 4, "one letter"),
    "alias has no letter": ("entries:\n- id: one\n  kind: body\n  aliases: {en: ['...']}\n", 4, "no letter"),
    "no name at all": ("entries:\n- id: one\n  kind: body\n", 2, "no name"),
    "unknown parent": (entry("parent: two") + "- id: twoo\n  kind: body\n  aliases: {en: [B N]}\n", 5, "mean `twoo`?"),
    "own parent": (entry("parent: one"), 5, "circle of parents: one > one"),
    "circle": (entry("parent: two") + "- id: two\n  kind: body\n  parent: one\n  aliases: {en: [B N]}\n", 5, "circle"),
    "weak without name": (entry("ambiguous:", "- {lang: en}"), 6, "no `a`"),
    "weak without language": (entry("ambiguous:", "- {a: Weak}"), 6, "no `lang`"),
    "weak with unknown key": (entry("ambiguous:", "- {a: Weak, lang: en, needs: [x]}"), 6, "did you mean `need`?"),
    "weak in unknown language": (entry("ambiguous:", "- {a: Weak, lang: eng}"), 6, "unknown language `eng`"),
    "weak is a text": (entry("ambiguous:", "- Weak"), 6, "mapping"),
    "needed and vetoed": (entry("ambiguous:", "- {a: W N, lang: en, need: [Café], veto: [cafe]}"), 6, "one list"),
    "flag is a text": (entry("ambiguous:", "- {a: W N, lang: en, cs: 'yes'}"), 6, "true or false"),
    "need is a year": (entry("ambiguous:", "- {a: W N, lang: en, need: [2019]}"), 6, "quotation marks"),
    "unknown part": (entry("ru_parts: {family: А, given: Б, patronim: В}"), 5, "did you mean `patronymic`?"),
    "part missing": (entry("ru_parts: {family: Иванов}"), 5, "no `given`"),
    "odd order": (entry("ru_parts: {family: А, given: Б, order: family-last}"), 5, "family-first"),
    "window is a number": ("meta: {window: 200}\n" + entry(), 1, "mapping of languages"),
    "window of unknown language": ("meta:\n  window:\n    eng: 200\n" + entry(), 3, "unknown language `eng`"),
    "window of nothing": ("meta:\n  window:\n    zh: 0\n" + entry(), 3, "from 1 to"),
    "window is a text": ("meta:\n  window:\n    zh: wide\n" + entry(), 3, "from 1 to"),
    "window without end": ("meta:\n  window:\n    zh: 1000000\n" + entry(), 3, "from 1 to"),
    "no day": ("meta:\n  as_of: last week\n" + entry(), 2, "a day such as"),
    "not before is a list": (entry("not_before: [A Name]"), 5, "mapping of names to days"),
    "not before of no name": (entry("not_before: {One Nane: 2024}"), 5, "did you mean `One Name`?"),
    "not before an odd day": (entry("not_before: {One Name: soon}"), 5, "a day such as"),
    "role with an odd day": (entry("roles: [{role: Chair, until: 2026-13}]"), 5, "a day"),
}


@pytest.mark.parametrize(("text", "line", "part"), BAD.values(), ids=BAD.keys())
def test_refuses(text: str, line: int, part: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse(text, "home/watchlist.yaml")
    problems = caught.value.problems
    assert any(p.line == line and part in p.message for p in problems), [str(p) for p in problems]
    assert all(p.file == "home/watchlist.yaml" for p in problems)


def test_tells_everything_at_once() -> None:
    text = entry("priority: 9", "parent: nobody", "colour: red") + "- kind: thing\n"
    with pytest.raises(ConfigError) as caught:
        parse(text, "w.yaml")
    assert len(caught.value.problems) >= 5


def test_pack_has_no_problem() -> None:
    watchlist = parse(PACK.read_text(encoding="utf-8"), "watchlist.yaml")
    assert len(watchlist.entries) > 200


def test_day_of_a_namesake_comes_from_the_offices() -> None:
    text = """
entries:
- id: father
  kind: person
  roles: [{role: Chief, since: 1990, until: 2020-03-05}]
  aliases: {en: [Old Karim]}
  ambiguous: [{a: Karim, lang: en, need: [late]}]
- id: son
  kind: person
  roles: [{role: Chief, since: "2020-04"}]
  aliases: {en: [Young Karim]}
- id: other
  kind: person
  roles: [{role: Clerk, until: 2010}]
  aliases: {en: [Bob Stone]}
  ambiguous: [{a: Stone, lang: en, need: [clerk]}]
"""
    father, _, other = parse(text, "w.yaml").entries
    assert father.ambiguous[0].until == date(2020, 3, 5)
    assert other.ambiguous[0].until is None


def test_descendants() -> None:
    watchlist = parse(PACK.read_text(encoding="utf-8"), "watchlist.yaml")
    below = descendants(watchlist, "sco-rats")
    assert below[0] == "sco-rats"
    assert {"sco-universal-center", "sco-information-security-center", "unified-terror-list"} <= set(below)
    assert "sco" not in below
    assert descendants(watchlist, "sco-energy-club") == ("sco-energy-club",)
    assert descendants(watchlist, "nobody") == ()


def test_kept_forms_find_the_same() -> None:
    watchlist = parse(PACK.read_text(encoding="utf-8"), "watchlist.yaml")
    made = forms(watchlist)
    kept = loads(dumps(watchlist, made))
    assert kept == (watchlist, made)
    text = "Путину и Khamenei in India, 莫迪 в ШОС"
    assert Matcher(*kept).find(None, text) == Matcher(watchlist).find(None, text)


@pytest.mark.parametrize("text", ["", "[]", "{}", "[0, {}, []]", "[1, {}, []]", '[1, {"entries": 3}, []]', "[1, 2"])
def test_kept_forms_of_another_kind_are_not_used(text: str) -> None:
    assert loads(text) is None
