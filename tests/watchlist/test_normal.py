"""The normal form made of bytes is the one made of characters; all names at once are found as one by one."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.text import alphabet
from monitor.text.fold import fold
from monitor.watchlist.automaton import Automaton, sought, sought_coded
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


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ρutin", "putin"),
        ("Τοкаев", "токаев"),
        ("α-helix, Αθήνα", "α-helix, αθηνα"),
        ("ΝΑΤΟ", "νατο"),
    ],
    ids=["in Latin", "in Cyrillic", "apart", "all Greek"],
)
def test_greek_letters_inside_other_words_are_put_right(text: str, expected: str) -> None:
    assert normal(text).text == expected


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


NAMES = ["sco", "шос", "ко", "上合", "合组织", "why?", '"why', "с上", "a", "x-a", "سازمان"]
#: Characters whose last bytes are those of 上合, and others that stand beside names.
BESIDE = [" ", "x", "-", "😀", "織", "\u5e0a\u6408"]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from([*NAMES, *BESIDE]), max_size=12))
def test_finds_names_of_all_scripts_as_one_by_one(parts: list[str]) -> None:
    text = "".join(parts)
    naive = [
        (number, start, start + len(name))
        for number, name in enumerate(NAMES)
        for start in range(len(text))
        if text.startswith(name, start) and not _inside_a_word(text, start, name)
    ]
    automaton = Automaton(NAMES)
    assert sorted(automaton.find(sought(text))) == naive
    coded = alphabet.coded(text)
    if coded is not None:
        assert sorted(automaton.find(sought_coded(coded))) == naive


def _inside_a_word(text: str, start: int, name: str) -> bool:
    """Whether a name of the common alphabets stands behind a letter of them."""
    if alphabet.coded(name) is None or not start or not name[0].isalnum():
        return False
    return alphabet.coded(text[start - 1]) is not None and text[start - 1].isalnum()


def test_folding_leaves_no_letters_with_marks() -> None:
    """monitor.watchlist.automaton takes all letters beside ASCII and U+04.. for such as no name begins with."""
    left = {folded for char in alphabet.CHARACTERS for folded in fold(char) if folded.isalnum()}
    assert all(char.isascii() or "\u0400" <= char <= "\u04ff" for char in left)
