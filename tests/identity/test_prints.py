"""Words, figures and numbers by which copies are found."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Sequence

import pytest

from monitor.identity.figures import figures, sign_figures
from monitor.identity.passages import apart, covered, gaps, passages, replaced
from monitor.identity.prints import BANDS, print_of, shared
from monitor.identity.tokens import tokens


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("The SCO’s 12th Summit—in Tianjin", "the sco s 12th summit in tianjin", id="en"),
        pytest.param("«Ёлка», № 5: 1 200 тонн, 3,5 %", "елка 5 1200 тонн 3.5", id="ru with figures"),
        pytest.param("Erdoğan, Tokayev; 1,234.5", "erdogan tokayev 1.234.5", id="marks"),
        pytest.param("oʻzbek o'zbek", "o zbek o zbek", id="apostrophes"),
        pytest.param("یازدهمین نشست ۱۲ نوامبر", "یازدهمین نشست 12 نوامبر", id="fa"),
        pytest.param("शहर के पास 4.5", "शहर के पास 4.5", id="hi"),
        pytest.param("第十二届 峰会（天津）SCO", "第 十 二 届 峰 会 天 津 s c o", id="zh"),
        pytest.param("習近平", "习 近 平", id="zh traditional"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_tokens(text: str, expected: str) -> None:
    assert " ".join(tokens("", text).text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Tokyo's 12th SCO—Summit, 3.5% of 1 200; 1,234,567. U.S. №5 (Erdoğan) snake_case",
        "«Ёлка» 3,5 млн и 10 000 — за́мок 7-й",
        "oʻzbek O'zbek 2,5 mln so‘m",
    ],
)
def test_both_ways_over_a_text_give_the_same_words(text: str) -> None:
    rare = tokens("", text + " ش").text  # one character that the quick way does not know
    assert tuple(rare[:-1]) == tuple(tokens("", text).text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("the 12th meeting", [("ordinal", "12")], id="12th"),
        pytest.param("the twelfth meeting", [("ordinal", "12")], id="twelfth"),
        pytest.param("XII Forum", [("ordinal", "12")], id="Roman"),
        pytest.param("President Xi said", [], id="a name that looks Roman"),
        pytest.param("they may march on", [], id="months only beside a number"),
        pytest.param("on 5 May", [("number", "5"), ("month", "5")], id="month"),
        pytest.param("$1.4B, 1.4 billion", [("number", "1400000000")] * 2, id="scales"),
        pytest.param("1,234,567 people", [("number", "1234567")], id="groups"),
        pytest.param("12-е заседание", [("ordinal", "12")], id="ru 12-е"),
        pytest.param("двенадцатого заседания", [("ordinal", "12")], id="ru in words"),
        pytest.param("третьего марта", [("ordinal", "3")], id="ru third"),
        pytest.param("пять млн, 3 тыс.", [("number", "5"), ("number", "3000")], id="ru scales"),
        pytest.param("دوازدهمین نشست", [("ordinal", "12")], id="fa"),
        pytest.param("۱۲ نوامبر", [("number", "12"), ("month", "11")], id="fa date"),
        pytest.param("on Tuesday", [("day", "2")], id="weekday"),
    ],
)
def test_figures(text: str, expected: Sequence[tuple[str, str]]) -> None:
    assert [(figure.kind, figure.value) for figure in figures(tokens("", text).text)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("第十二届峰会", [("ordinal", "12")], id="in words"),
        pytest.param("第12届峰会", [("ordinal", "12")], id="in digits"),
        pytest.param("3万5千人", [("number", "35000")], id="both"),
        pytest.param("二〇二四年三月", [("number", "2024"), ("number", "3")], id="year and month"),
        pytest.param("一致同意统一行动", [], id="signs that are no figures here"),
        pytest.param("一百零五项", [("number", "105")], id="hundred and five"),
        pytest.param("两亿", [("number", "200000000")], id="two hundred million"),
    ],
)
def test_figures_in_chinese(text: str, expected: Sequence[tuple[str, str]]) -> None:
    assert [(figure.kind, figure.value) for figure in sign_figures(text)] == expected


def test_passages_and_what_stands_between() -> None:
    here = tuple("abcdef1ghijklm")
    there = tuple("xyabcdef2ghij")
    found = passages(here, there, 4)
    assert [(p.here, p.there, p.length) for p in found] == [(0, 2, 6), (7, 9, 4)]
    assert covered(found, len(there)) == (10, 10)
    assert [(here[g.start : g.end], there[g.there_start : g.there_end]) for g in gaps(found)] == [(("1",), ("2",))]
    assert apart(found, len(here)) == [(6, 7), (11, 14)]
    assert replaced(found, here, there) == 1


@pytest.mark.parametrize("seed", range(20))
def test_passages_are_the_same_in_both_texts(seed: int) -> None:
    chance = random.Random(seed)
    here = tuple(chance.choice("abcdefgh") for _ in range(200))
    kept = [sign for sign in here if chance.random() > 0.05]
    there = tuple(chance.choice("abcdefgh") if chance.random() < 0.1 else sign for sign in kept)
    found = passages(here, there, 4)
    end = 0
    for passage in found:
        assert passage.here >= end
        assert passage.length >= 4
        part = slice(passage.there, passage.there + passage.length)
        assert here[passage.here : passage.here + passage.length] == there[part]
        end = passage.here + passage.length
    assert covered(found, len(there))[0] > 80


# ---------------------------------------------------------------------------------------------- prints

TEXT = " ".join(f"word{number % 97}x{number}" for number in range(300))


def test_bands_and_facts_fit_the_archive() -> None:
    made = print_of("A headline of six words here", TEXT)
    assert len(made.bands) == BANDS
    assert len(set(made.bands)) == BANDS
    assert all(-(2**63) <= band < 2**63 for band in made.bands)
    assert len(made.facts) <= 257


@pytest.mark.parametrize("text", ["", "…", "one", "one two three", "上合"])
def test_hardly_a_text(text: str) -> None:
    made = print_of("", text)
    assert len(made.bands) <= 1
    assert shared(made.facts, made.facts) == 2 * (float(bool(made.bands)),)


def test_texts_that_share_a_part_share_bands_and_so_much_of_their_sketches() -> None:
    words = TEXT.split()
    whole, half = print_of("", TEXT), print_of("", " ".join(words[:150]))
    other = print_of("", " ".join(reversed(words)))
    assert set(whole.bands) & set(half.bands)
    assert shared(whole.facts, half.facts) == (pytest.approx(1.0, abs=0.05), pytest.approx(0.5, abs=0.2))
    mixed = print_of("", " ".join([*words[:150], *words[:149:-1]]))
    assert shared(whole.facts, mixed.facts)[0] == pytest.approx(0.5, abs=0.2)
    assert shared(whole.facts, other.facts) == (0.0, 0.0)


def test_other_facts_may_stand_behind_the_sketch() -> None:
    made = print_of("", TEXT)
    assert shared(made.facts + b"more", made.facts) == (1.0, 1.0)
    assert shared(b"", made.facts) == (0.0, 0.0)
    assert shared(made.facts[:20], made.facts) == (0.0, 0.0)


def test_a_print_is_the_same_in_every_process() -> None:
    said = "Саммит ШОС в Тяньцзине завершился", "上合组织峰会 a b c d e f"
    code = f"from monitor.identity.prints import print_of; print(print_of(*{said!r}))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == str(print_of(*said))
