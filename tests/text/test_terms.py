"""The short ways to the terms of a text: the same as word by word, and as the dictionary's own base forms."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.text import alphabet, runs
from monitor.text.bases import lemmas, morphology, plan
from monitor.text.fold import fold, replaced_han
from monitor.text.terms import terms
from monitor.text.units import PIECE, unit

PARTS = [
    *("summit", "Summits", "anti-terror", "U.S.", "O’Brien", "don't", "G20", "x" * 70, "5g2", "café", "œuvre", "ﬁn"),
    *(
        "саммите",
        "Ёлка",
        "штаб-квартиры",
        "Токаевым",
        "Мирзиёев",
        "SCOшный",
        "й",
        "за́мок",
        "ЕАЭС2",
        "Қазақстан",
        "ўзбек",
    ),
    *("上合组织", "習近平", "会", "夏·谢", "ニュース", "ガ", "ไทย๕", "𠀀", "〇", "々", "・", "。", "，", "（"),
    *("کتاب‌ها", "ﷲ", "फ़ोन", "상하이", "Oʻzbekiston", "ʻʻ", "ǆ", "ß", "ı", "²", "½", "Ⅳ", "٣"),
    *("3 000", "3\n000", "(3)000", "12,345.67", "3,000,12", "10 000 000", "3\u00a0000", "3\u202f000", "3→000", "37.5"),
    *(
        " ",
        "  ",
        "\n",
        "\t",
        "\u00a0",
        "\u2009",
        "-",
        " - ",
        "–",
        "—",
        "‑",
        "'",
        "’",
        "`",
        "_",
        ".",
        ",",
        "…",
        "№",
        "™",
    ),
    *(
        "\u00ad",
        "\u200b",
        "\u200c",
        "\u0301",
        "\u0000",
        "\u2028",
        "\ud800",
        "😀",
        "€",
        "µ",
        "ª",
        "\ua66e",
        "«",
        "“",
        "/",
    ),
]


def one_by_one(text: str, lang: str | None) -> tuple[str, list[str]]:
    """Terms and joined base forms when each word and each run is looked at alone."""
    written: list[str] = []
    bases: list[str] = []
    for piece in PIECE.finditer(text):
        if piece["run"]:
            written += filter(None, runs.pairs(runs.signs(piece[0])))
        else:
            made = unit(piece[0], plan(lang))
            written += made.words
            bases += made.joined
    return " ".join(written), list(dict.fromkeys(bases))


@settings(max_examples=400, deadline=None)
@given(
    st.lists(st.sampled_from(PARTS) | st.text(max_size=3), max_size=12),
    st.sampled_from(["", " "]),
    st.sampled_from(["en", "ru", "zh", "kk", "uz", "tr", "fa", "hi", None]),
)
def test_the_short_ways_lead_to_the_same(parts: list[str], between: str, lang: str | None) -> None:
    text = between.join(parts)
    found = terms("", text, lang)
    assert (found.text, found.text_bases.split()) == one_by_one(text, lang)


LONG = {
    "English": (
        "en",
        "The summit's leaders agreed on 3,000 joint anti-terror plans – “talks” cost €37.5 at U.S. level. ",
    ),
    "Russian": ("ru", "Президент Токаев провёл саммит ШОС — «встречу» в штаб-квартире, 3 000 гостей, № 5. "),
    "Kazakh": ("kk", "Қазақстан Президенті Қ.Тоқаев ШЫҰ саммитіне қатысты. "),
    "Chinese": (
        "zh",
        "上合组织成员国元首理事会第二十四次会议4日在阿斯塔纳举行，习近平主席（Xi Jinping）出席。《SCO》 ",
    ),
    "traditional": ("zh", "習近平主席會見托卡耶夫，雙方討論SCO合作 2024。"),
    "Persian": ("fa", "سازمان همکاری شانگهای ۱۴۰۵ و کتاب‌ها. "),
}


@pytest.mark.parametrize(("lang", "text"), LONG.values(), ids=LONG)
def test_long_texts_as_well(lang: str, text: str) -> None:
    found = terms(text, text * 20, lang)
    assert (found.text, found.text_bases.split()) == one_by_one(text * 20, lang)
    assert (found.title, found.title_bases.split()) == one_by_one(text, lang)


def test_every_letter_of_the_alphabet_has_one_byte() -> None:
    characters = alphabet.CHARACTERS.replace("\ufffe", "")
    assert len(set(characters)) == len(characters)
    coded = alphabet.coded(characters)
    assert coded is not None
    assert alphabet.decoded(coded, alphabet.CHARACTERS) == characters
    assert alphabet.coded("上") is None


def test_base_forms_are_those_of_the_dictionary() -> None:
    words = ["саммите", "всё", "ёлок", "шли", "лучших", "банка", "наибольшего", "стали", "токаевым", "постсоветского"]
    known = [word for word, *_ in morphology().dictionary.iter_known_words("прио")]
    for word in (*words, *random.Random(1).sample(known, 300)):
        expected = dict.fromkeys(fold(parse.normal_form) for parse in morphology().parse(fold(word)))
        assert set(lemmas(fold(word))) == set(expected), word


def test_replaced_characters_are_all_that_folding_changes() -> None:
    every = "".join(chr(code) for code in range(0x4E00, 0xA000))
    assert replaced_han() == "".join(a for a, b in zip(every, fold(every), strict=True) if a != b)
