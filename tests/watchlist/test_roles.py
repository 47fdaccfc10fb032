"""Titles without names: who is meant on which day, and when nobody is."""

from __future__ import annotations

from datetime import UTC, date, datetime
from importlib import resources

import pytest

from monitor.errors import ConfigError
from monitor.types import Match, Role, WatchlistEntry
from monitor.watchlist import load, roles, stored
from monitor.watchlist.forms import forms
from monitor.watchlist.matcher import Matcher

LIST = """
entries:
- {id: sco, kind: organisation, name: SCO, aliases: {en: [SCO], ru: [ШОС], zh: [上合组织], fa: [شانگهای]}}
- id: norov
  kind: person
  name: Norov
  roles: [{role: SCO chief, since: 2019-01-01, until: 2021-12-31}]
  aliases: {en: [Norov], ru: [Норов]}
- id: zhang
  kind: person
  name: Zhang Ming
  roles: [{role: SCO chief, since: "2022-01-01", until: "2024-12"}]
  aliases: {en: [Zhang Ming], ru: [Чжан Мин], zh: [张明]}
- id: yermekbayev
  kind: person
  name: Yermekbayev
  roles: [{role: SCO chief, org: sco, since: "2025-01-01"}, {role: Minister, since: 2018, until: 2021}]
  aliases: {en: [Yermekbayev], ru: [Ермекбаев]}
"""
ROLES = """
not_after: {en: [former, deputy], ru: [бывш, вице], zh: [前], fa: [معاون]}
not_before: {en: [elect], zh: [办公室]}
but: {zh: [日前]}
offices:
- role: SCO chief
  titles:
    en: [SCO Secretary-General, SCO Secretary General]
    ru: [генсек ШОС, генеральный секретарь ШОС]
    zh: [上合组织秘书长]
    fa: [دبیرکل شانگهای]
    kk: [ШЫҰ Бас хатшысы]
"""
WATCHLIST = load.parse(LIST, "watchlist.yaml")
OFFICES = roles.parse(ROLES, "roles.yaml")
NAMES = Matcher(WATCHLIST)
WITH_ROLES = roles.WithRoles(NAMES, roles.Roles(WATCHLIST, OFFICES))
TODAY = date(2026, 11, 21)


def found(text: str, day: date | None = TODAY, title: str | None = None) -> list[tuple[str, str]]:
    matches = WITH_ROLES.find(title, text, None, day)
    return [
        (m.entry_id, ((title or "") if m.field == "title" else text)[m.start : m.end])
        for m in matches
        if m.rule == "role"
    ]


def who(text: str, day: date | None = TODAY) -> list[str]:
    return [entry_id for entry_id, _ in found(text, day)]


TITLES = {
    "Latin": ("The SCO Secretary-General arrived.", "SCO Secretary-General"),
    "Latin, another spelling": ("Then the SCO Secretary General’s plane left.", "SCO Secretary General’s"),
    "Latin, every word with a capital": ("SCO Secretary-General Visits Tehran For Talks", "SCO Secretary-General"),
    "Cyrillic": ("Генсек ШОС прибыл.", "Генсек ШОС"),
    "Cyrillic, another case": ("Встреча с генеральным секретарём ШОС.", "генеральным секретарём ШОС"),
    "Cyrillic, dative": ("Генсеку ШОС вручили орден.", "Генсеку ШОС"),
    "Han": ("上合组织秘书长表示", "上合组织秘书长"),
    "Han, a word that ends like another": ("日前上合组织秘书长表示", "上合组织秘书长"),
    "Han, a day behind it": ("上合组织秘书长今天在北京表示", "上合组织秘书长"),
    "Han, nothing behind it": ("会见上合组织秘书长", "上合组织秘书长"),
    "Arabic": ("دبیرکل شانگهای گفت", "دبیرکل شانگهای"),
    "Kazakh": ("Кеше ШЫҰ Бас хатшысы келді.", "ШЫҰ Бас хатшысы"),
}


@pytest.mark.parametrize(("text", "span"), TITLES.values(), ids=TITLES)
def test_a_title_alone_is_its_holder(text: str, span: str) -> None:
    ((entry_id, where),) = found(text)
    assert (entry_id, where.removesuffix("’s")) == ("yermekbayev", span.removesuffix("’s"))
    assert not any(m.rule == "role" for m in NAMES.find(None, text, None, TODAY))


DAYS = {
    "in office": (date(2020, 5, 5), ["norov"]),
    "first day": (date(2022, 1, 1), ["zhang"]),
    "last day": (date(2021, 12, 31), ["norov"]),
    "last month, which may be over": (date(2024, 12, 15), []),
    "the month before it": (date(2024, 11, 30), ["zhang"]),
    "not over": (date(2030, 1, 1), ["yermekbayev"]),
    "before everybody": (date(2010, 1, 1), []),
    "no day": (None, []),
    "an instant": (datetime(2020, 5, 5, 23, tzinfo=UTC), ["norov"]),
}


@pytest.mark.parametrize(("day", "holders"), DAYS.values(), ids=DAYS)
def test_the_holder_is_that_of_the_day(day: date | None, holders: list[str]) -> None:
    assert who("The SCO Secretary-General spoke.", day) == holders


NOBODY = {
    "former": "The former SCO Secretary-General spoke.",
    "former, in another case": "Встреча с бывшим генсеком ШОС",
    "deputy": "The deputy SCO Secretary-General spoke.",
    "joined by a hyphen": "вице-генсек ШОС",
    "elect": "The SCO Secretary-General-elect spoke.",
    "Han, former": "前上合组织秘书长表示",
    "Han, the office": "上合组织秘书长办公室",
    "Arabic, deputy": "معاون دبیرکل شانگهای گفت",
    "a name of the list behind it": "SCO Secretary-General Zhang Ming spoke.",
    "a name of the list behind a comma": "Генсек ШОС, Чжан Мин, сказал",
    "a name of the list before it": "Zhang Ming, SCO Secretary-General, spoke.",
    "Han, a name of the list": "上合组织秘书长张明表示",
    "Han, a name that nobody knows": "上合组织秘书长李小明表示",
    "Han, a shortened name that nobody knows": "上合组织秘书长萨·扎帕罗夫表示",
    "Han, a foreign name that nobody knows": "上合组织秘书长卡里莫夫在北京表示",
    "a name that nobody knows": "Генсек ШОС Иван Петров сказал",
    "a title without its body": "The Secretary-General spoke.",
}


@pytest.mark.parametrize("text", NOBODY.values(), ids=NOBODY)
def test_nobody_is_meant(text: str) -> None:
    assert found(text) == []


def test_a_role_takes_nothing_from_others() -> None:
    title, text = "SCO Secretary-General in Tehran", "Norov met him. 上合组织秘书长表示"
    named = NAMES.find(title, text, None, TODAY)
    both = WITH_ROLES.find(title, text, None, TODAY)
    assert [m for m in both if m.rule != "role"] == list(named)
    assert [(m.entry_id, m.field) for m in both] == [
        ("sco", "title"),
        ("yermekbayev", "title"),
        ("norov", "text"),
        ("sco", "text"),
        ("yermekbayev", "text"),
    ]
    by_role = both[1]
    assert by_role == Match(
        entry_id="yermekbayev", alias="SCO Secretary-General", lang="en", field="title", start=0, end=21, rule="role"
    )


def test_two_who_may_hold_it_are_nobody() -> None:
    entries = [
        WatchlistEntry(id=name, kind="person", name=name, aliases={}, roles=(Role(title="SCO chief", since=since),))
        for name, since in (("a", "2020"), ("b", "2021-06"))
    ]
    office = OFFICES.offices[0]
    assert roles.holder(entries, office, date(2020, 12, 31)) == "a"
    assert roles.holder(entries, office, date(2020, 12, 30)) is None
    assert roles.holder(entries, office, date(2022, 1, 1)) is None


def test_forms_of_titles_can_be_kept() -> None:
    titles = OFFICES.as_list()
    ready = stored.loads(stored.dumps(titles, forms(titles)))
    assert ready is not None
    again = roles.WithRoles(NAMES, roles.Roles(WATCHLIST, OFFICES, ready[1]))
    text = "С генсеком ШОС говорили долго."
    assert again.find(None, text, "ru", TODAY) == WITH_ROLES.find(None, text, "ru", TODAY)


BAD = {
    "no mapping": ("- a", "roles.yaml:1: no roles"),
    "no offices": ("not_after: {en: [x]}", "`offices` is missing"),
    "unknown key": ("offices: []\nnames: 3", "roles.yaml:2: unknown key `names`"),
    "unknown language": ("offices:\n- role: x\n  titles: {xx: [y]}", "roles.yaml:3: unknown language `xx`"),
    "no titles": ("offices:\n- role: x", "roles.yaml:2: an office has no `titles`"),
    "no role": ("offices:\n- titles: {en: [x]}", "an office has no `role`"),
    "not a text": ("offices:\n- role: x\n  titles: {en: [1]}", "roles.yaml:3: `en` has something that is not a text"),
    "not a mapping": ("offices:\n- x", "an office has to be a mapping"),
    "titles without languages": ("offices:\n- role: x\n  titles: [y]", "`titles` has to be a mapping"),
}


@pytest.mark.parametrize(("text", "message"), BAD.values(), ids=BAD)
def test_a_bad_file_says_what_is_wrong(text: str, message: str) -> None:
    with pytest.raises(ConfigError) as error:
        roles.parse(text, "roles.yaml")
    assert message in str(error.value)


def test_the_pack_knows_the_offices_of_its_list() -> None:
    pack = resources.files("monitor") / "packs" / "sco"
    watchlist = load.parse((pack / "watchlist.yaml").read_text(encoding="utf-8"), "watchlist.yaml")
    offices = roles.parse((pack / "roles.yaml").read_text(encoding="utf-8"), "roles.yaml")
    listed = {role.title for entry in watchlist.entries for role in entry.roles}
    unknown = [role for office in offices.offices for role in office.roles if role not in listed]
    assert unknown == []
    titles = [(lang, t) for office in offices.offices for lang, several in office.titles.items() for t in several]
    assert len(titles) == len(set(titles))
