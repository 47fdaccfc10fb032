"""The normal form made of bytes is the one made of characters; all names at once are found as one by one."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.text import alphabet
from monitor.watchlist.automaton import Automaton
from monitor.watchlist.normal import Normal, coded_normal, normal, normal_of_coded

PARTS = [
    *(
        "North – South",
        "S. K. Jaishankar",
        "A. - B",
        " -- ",
        "- -",
        "x-\ny",
        "x- y",
        ". ",
        "…",
        "№",
        "™",
        "•",
        "\u00a0",
    ),
    *("Путин В. В.", "Ё. Тест", "БPИКC", "Қазақстан", "ўзбек", "é", "İstanbul", "“SCO”", "ʻ", "5. a", "_. b", "a. 5"),
    *(
        "&amp;",
        "<b>",
        "上合组织",
        "جین پینگ",
        "œ",
        "\u0000",
        "\ud800",
        "#SCOSummit2026",
        "@Xi_x",
        "\u0301",
        "\t",
        "\n",
        " ",
        "  ",
        "?",
    ),
]
TEXTS = st.builds(
    str.join, st.sampled_from(["", " "]), st.lists(st.sampled_from(PARTS) | st.text(max_size=2), max_size=9)
)


def told(found: Normal) -> tuple[object, ...]:
    ways = [(found.way.start(n), found.way.end(n)) for n in range(len(found.text))]
    return found.text, found.cased, ways, found.gaps


@settings(max_examples=400, deadline=None)
@given(TEXTS)
def test_bytes_give_the_same_normal_form(text: str) -> None:
    coded = coded_normal(text)
    if coded is not None:
        assert alphabet.decoded(coded, alphabet.CHARACTERS) == normal(text).text
        assert told(normal_of_coded(text, coded)) == told(normal(text))


@pytest.mark.parametrize(
    "text",
    [
        "President S. Jaishankar – the “SCO” envoy, €5… №3",
        "Президент К. Токаев - «гость» ШОС: 3 000 человек",
        "Қазақстан Президенті Қ. Тоқаев",
    ],
    ids=["English", "Russian", "Kazakh"],
)
def test_usual_texts_take_the_short_way(text: str) -> None:
    assert coded_normal(text) is not None


NAMES = ["sco", "шос", "ко", "上合", "合组织", "why?", "с上", "a", "سازمان"]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from([*NAMES, " ", "x", "😀", "織", "é"]), max_size=12))
def test_finds_names_of_all_scripts_as_one_by_one(parts: list[str]) -> None:
    text = "".join(parts)
    naive = [
        (number, start, start + len(name))
        for number, name in enumerate(NAMES)
        for start in range(len(text))
        if text.startswith(name, start)
    ]
    by_end = sorted(naive, key=lambda hit: (hit[2], hit[1]))
    automaton = Automaton(NAMES)
    assert automaton.find(text) == by_end
    coded = alphabet.coded(text)
    if coded is not None:
        assert automaton.find_coded(coded) == by_end
