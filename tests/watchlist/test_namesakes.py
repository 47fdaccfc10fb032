"""Other people of a listed surname."""

from __future__ import annotations

import pytest

from monitor.watchlist.givennames import GIVEN, sound
from monitor.watchlist.load import parse
from monitor.watchlist.matcher import Matcher
from monitor.watchlist.why import explain

LIST = """
entries:
- id: minister
  kind: person
  name: Sergey Lavrov
  priority: 1
  aliases: {en: [Lavrov, Sergey Lavrov], ru: [Лавров, Сергей Лавров], zh: [拉夫罗夫], fa: [لاوروف]}
- id: known-by-surname
  kind: person
  name: Rousseff
  priority: 1
  aliases: {en: [Rousseff]}
"""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("sergey", "sergei"),
        ("mikhail", "michael"),
        ("ibrahim", "ebrahim"),
        ("alexander", "aleksandr"),
        ("pyotr", "petr"),
        ("yermek", "ermek"),
        ("emomali", "imomali"),
    ],
)
def test_spellings_of_one_name_sound_alike(one: str, other: str) -> None:
    assert sound(one) == sound(other)


def test_other_names_sound_otherwise() -> None:
    assert len({sound(name) for name in ("sergey", "fyodor", "ahmed", "muhammad", "rahul", "narendra")}) == 6


def test_given_names_are_words_in_small_letters() -> None:
    assert all(name.isascii() and name.isalpha() and name.islower() for name in GIVEN)
    assert GIVEN.isdisjoint({"may", "mark", "will", "jordan", "victoria", "grace", "april", "bill", "chad", "roman"})


@pytest.mark.parametrize(
    ("text", "tagged"),
    [
        ("Actor Fyodor Lavrov in Moscow", []),
        ("«Fyodor Lavrov» is a film", []),
        ("Sergei Lavrov in Moscow", ["minister"]),
        ("According to Michael, Lavrov left", ["minister"]),
        ("May Lavrov speak?", ["minister"]),
        ("актёр Фёдор Лавров в Москве", []),
        ("встреча: Лавров в Москве", ["minister"]),
        ("АКТЁР ФЁДОР ЛАВРОВ В МОСКВЕ", []),
        ("СЕРГЕЙ ЛАВРОВ В МОСКВЕ", ["minister"]),
        ("ВОЗЛАГАЮТ НАДЕЖДЫ, НАДЕЖДА ЛАВРОВА ЖИВА", ["minister"]),
        ("演员拉夫罗夫", ["minister"]),
        ("فیودور لاوروف", ["minister"]),
        ("Бахтиёр Саидов Лавров билан", ["minister"]),
        ("Maria Rousseff in Shanghai", ["known-by-surname"]),
    ],
    ids=[
        "other",
        "quoted",
        "spelling",
        "comma",
        "a word too",
        "Russian",
        "no name",
        "in capitals",
        "himself in capitals",
        "hope in capitals",
        "Chinese",
        "Persian",
        "behind a surname that is a plural of given names",
        "surname only",
    ],
)
def test_a_surname_behind_another_given_name_is_somebody_else(text: str, tagged: list[str]) -> None:
    matcher = Matcher(parse(LIST, "list.yaml"))
    assert [m.entry_id for m in matcher.find(None, text)] == tagged


def test_why_names_the_other_given_name() -> None:
    matcher = Matcher(parse(LIST, "list.yaml"))
    (stopped,) = explain(matcher, None, "Actor Fyodor Lavrov", "en", entry_id="minister").stopped
    assert (stopped.reason, stopped.by) == ("namesake", "fyodor")


HERS = {
    "Kazakh": ("kk", "Дариға Лаврова сенатты басқарды", []),
    "Kazakh, with a suffix": ("kk", "Дариға Лаврованың сөзі", []),
    "Kyrgyz": ("ky", "Гүлнара Лаврова менен", []),
    "Kyrgyz, no letter of its own": ("ky", "Роза Лаврова менен", []),
    "Uzbek": ("uz", "Dariga Lavrova", []),
    "his": ("kk", "Лавровтың сөзі, Лавровқа сұрақ", ["minister", "minister"]),
    "Russian genitive": ("ru", "Заявление Лаврова", ["minister"]),
    "Russian that is said to be Kazakh": ("kk", "Заявление Лаврова", ["minister"]),
}


@pytest.mark.parametrize(("lang", "text", "tagged"), HERS.values(), ids=HERS.keys())
def test_a_womans_surname_is_no_case_of_his_where_the_language_has_none(
    lang: str, text: str, tagged: list[str]
) -> None:
    matcher = Matcher(parse(LIST, "list.yaml"))
    assert [m.entry_id for m in matcher.find(None, text, lang)] == tagged


def test_why_says_that_the_surname_is_hers() -> None:
    matcher = Matcher(parse(LIST, "list.yaml"))
    (stopped,) = explain(matcher, None, "Дариға Лаврова келді", "kk", entry_id="minister").stopped
    assert (stopped.reason, stopped.by) == ("namesake", "")


CHINESE = (
    LIST
    + """
- id: chinese
  kind: person
  name: Wang Yi
  priority: 1
  aliases: {zh: [王毅], zh_hant: [王毅]}
  ru_parts: {family: Ван, given: И, order: family-first}
"""
)

OTHERS = {
    "his son": ("ru", "Лавров-младший и Лаврова-младшего видели.", []),
    "the elder": ("ru", "Лавров-старший вернулся.", ["minister"]),
    "junior": ("en", "Sergey Lavrov Jr. and Lavrov, Jr", []),
    "a firm": ("en", "Lavrov Holdings and Lavrov Ltd", []),
    "a Chinese professor": ("zh", "清华大学王毅教授的团队", []),
    "a Chinese singer": ("zh_hant", "歌手王毅發片", []),
    "a Chinese reporter": ("zh", "本报记者王毅", []),
    "told to reporters": ("zh", "告诉记者王毅将访问", ["chinese"]),
    "a headline ends before him": ("zh", "亲切会见演员 王毅出席", ["chinese"]),
    "a title that is his": ("zh", "外长王毅", ["chinese"]),
}


@pytest.mark.parametrize(("lang", "text", "tagged"), OTHERS.values(), ids=OTHERS.keys())
def test_what_stands_beside_a_name_can_make_it_somebody_elses(lang: str, text: str, tagged: list[str]) -> None:
    matcher = Matcher(parse(CHINESE, "list.yaml"))
    assert [m.entry_id for m in matcher.find(None, text, lang.partition("_")[0])] == tagged


def test_why_names_the_trade() -> None:
    matcher = Matcher(parse(CHINESE, "list.yaml"))
    (stopped,) = explain(matcher, None, "歌手王毅", "zh", entry_id="chinese").stopped
    assert (stopped.reason, stopped.by) == ("namesake", "歌手")
