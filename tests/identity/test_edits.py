"""What changed between two texts, and which of it is weighty."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.identity.edits import changes

CASES = {
    "nothing": ("One. Two.", "One. Two.", []),
    "a word": ("a long time", "a short time", [("long", "short", ())]),
    "figure": ("worth 3.5 million", "worth 4 million", [("3.5", "4", ("number",))]),
    "number word": ("three people", "five people", [("three", "five", ("number",))]),
    "name": ("he met Lavrov today", "he met Wang today", [("Lavrov", "Wang", ("name",))]),
    "a capital at the start of a sentence": ("Old ways. Yes", "Long ways. Yes", [("Old", "Long", ())]),
    "negation": ("they did agree", "they did not agree", [("", "not", ("negation",))]),
    "n't": ("they did agree", "they didn't agree", [("did", "didn't", ("negation",))]),
    "punctuation": ("yes, they met", "yes; they met", [(",", ";", ())]),
    "line added": ("One.\nTwo.", "One.\nNew line.\nTwo.", [("", "New line.", ())]),
    "line taken away": ("One.\nOld 3 lines.\nTwo.", "One.\nTwo.", [("Old 3 lines.", "", ("number",))]),
    "ru": ("Визит не состоится 5 мая", "Визит состоится 6 мая", [("не", "", ("negation",)), ("5", "6", ("number",))]),
    "ru name": ("он встретил Рахмона", "он встретил Жапарова", [("Рахмона", "Жапарова", ("name",))]),
    "zh": ("中方同意增加三项", "中方不同意增加五项", [("", "不", ("negation",)), ("三", "五", ("number",))]),
    "fa": ("او ۳ بار گفت نیست", "او ۵ بار گفت است", [("۳", "۵", ("number",)), ("نیست", "است", ("negation",))]),
    "ur": ("وہ نہیں آئے", "وہ آئے", [("نہیں", "", ("negation",))]),
    "hi": ("वह नहीं आए", "वह आए", [("नहीं", "", ("negation",))]),
    "kk": ("бұл шешім емес", "бұл шешім", [("емес", "", ("negation",))]),
    "uz": ("bu qaror emas", "bu qaror", [("emas", "", ("negation",))]),
}


@pytest.mark.parametrize(("before", "after", "found"), CASES.values(), ids=CASES)
def test_changes(before: str, after: str, found: list[tuple[str, str, tuple[str, ...]]]) -> None:
    made = changes(("t", before), ("t", after))
    assert [(one.before, one.after, one.marks) for one in made] == found
    for one in made:
        assert before[one.before_at :].startswith(one.before)
        assert after[one.after_at :].startswith(one.after)


LABELLED: list[dict[str, Any]] = [
    json.loads(line)
    for line in (Path(__file__).parent.parent / "data" / "edit_cases.jsonl").read_text(encoding="utf-8").splitlines()
]


@pytest.mark.parametrize("case", LABELLED, ids=[case["id"] for case in LABELLED])
def test_what_weighs_is_marked_and_another_way_to_write_it_is_not(case: dict[str, Any]) -> None:
    made = changes(("T", case["before"]), ("T", case["after"]))
    assert sorted({mark for one in made for mark in one.marks}) == case["marks"]


@pytest.mark.parametrize(
    ("before", "after", "weighty"),
    [
        pytest.param("Talks open", "Talks closed", True, id="a word"),
        pytest.param("Talks open", "TALKS OPEN", False, id="capitals"),
        pytest.param("Talks: open", "Talks open", False, id="punctuation"),
        pytest.param("峰会开幕", "峰会闭幕", True, id="Han"),
    ],
)
def test_titles(before: str, after: str, weighty: bool) -> None:
    assert any("title" in one.marks for one in changes((before, "x"), (after, "x"))) is weighty


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(["a", "B", "3", "не", "峰", ".", "\n", " "]), max_size=30), st.data())
def test_what_changed_makes_one_text_of_the_other(before: list[str], data: st.DataObject) -> None:
    """Spaces aside."""
    after = data.draw(st.permutations(before))
    old, new = " ".join(before), " ".join(after)
    made = changes(("t", old), ("t", new))
    kept_old, kept_new = old, new
    for one in reversed(made):
        kept_old = kept_old[: one.before_at] + kept_old[one.before_at + len(one.before) :]
        kept_new = kept_new[: one.after_at] + kept_new[one.after_at + len(one.after) :]
    assert "".join(kept_old.split()) == "".join(kept_new.split())


LONG = [f"The word {n % 97} of line {n} says this and that about it." for n in range(2000)]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("\n".join(LONG), "\n".join(LONG).replace("says", "tells"), id="every line"),
        pytest.param(" ".join(LONG), " ".join(LONG).replace("says", "tells"), id="every sentence of one line"),
        pytest.param(" ".join(LONG), "More. " + " ".join(LONG).replace("says", "tells"), id="and one more"),
        pytest.param("a b " * 40_000, "b c " * 40_000, id="no sentence"),
        pytest.param("好" * 60_000, "号" * 60_001, id="Han"),
    ],
)
def test_long_texts_take_no_time(before: str, after: str) -> None:
    started = time.process_time()
    assert changes(("t", before), ("t", after))
    assert time.process_time() - started < 3
