"""The same text under another address, and what only looks like it."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import combinations, permutations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.identity.comparing import Texts, likeness
from monitor.identity.copies import Copies, _begin_otherwise, copies, worth_comparing
from monitor.identity.prints import print_of
from monitor.identity.tokens import as_signs, title_words, tokens

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
#: Forms with what was filled in each time: weather, rates, appointments, envoys, sessions, calls, live pages.
SERIES: list[dict[str, Any]] = [
    json.loads(line)
    for line in (Path(__file__).parent.parent / "data" / "series_cases.jsonl").read_text(encoding="utf-8").splitlines()
]


@dataclass(frozen=True, kw_only=True)
class Piece:
    """An article, and a candidate."""

    id: int = 0
    copy_group_id: int = 0
    title: str = ""
    text: str
    published_at: datetime | None = None
    facts: bytes = b""


# texts of our own; {x} is where two notices of one series differ
TALKS_EN = (
    "The {x} round of talks at the level of commanders was held at the meeting point on the border. The two sides "
    "had a frank and in-depth exchange of views on the questions that are left along the line of control. They "
    "agreed to keep up dialogue through military and diplomatic channels and to work out a solution that both can "
    "accept soon. Until then both sides will maintain security and stability on the ground, the statement says."
)
TALKS_RU = (
    "Состоялся {x} раунд консультаций по вопросам безопасности на внешних границах. Стороны обменялись мнениями о "
    "состоянии обстановки, рассмотрели ход выполнения совместных мероприятий и согласовали проект плана на "
    "следующий период. По итогам подписан протокол. Участники отметили деловую атмосферу и поблагодарили "
    "принимающую сторону за гостеприимство, следующую встречу решено провести осенью."
)
TALKS_ZH = (
    "第{x}轮边境会谈日前举行。双方就剩余问题坦诚深入交换意见，同意继续通过军事和外交渠道保持对话，尽快达成双方都能"
    "接受的解决方案。在此期间，双方将维护边境地区安全稳定。会谈在友好气氛中进行，双方商定继续保持接触，有关部门负责"
    "人参加会谈。"
)
TALKS_FA = (
    "{x} دور گفتگوها درباره امنیت مرزها برگزار شد. دو طرف درباره مسائل باقی مانده تبادل نظر کردند و توافق کردند که "
    "گفتگو را از راه های نظامی و دیپلماتیک ادامه دهند و هرچه زودتر به راه حلی برسند که برای هر دو پذیرفتنی باشد. در"
    " این مدت هر دو طرف امنیت و ثبات را در مرز حفظ خواهند کرد. در پایان صورت جلسه امضا شد."
)
ENVOY_EN = (
    "The President received the credentials of the new ambassador of {x} at a ceremony in the palace. The head of "
    "state congratulated the diplomat on the beginning of the mission and wished success in strengthening "
    "cooperation. They spoke about trade, transport corridors and humanitarian ties, and confirmed that they would "
    "go on working together within international organisations. A conversation took place after the ceremony."
)
ENVOY_RU = (
    "Президент принял верительные грамоты нового посла {x}. Глава государства поздравил дипломата с началом миссии "
    "и пожелал успехов в укреплении сотрудничества. Стороны обсудили торговлю, транспортные коридоры и гуманитарные"
    " связи, подтвердили готовность к совместной работе в международных организациях. После церемонии состоялась "
    "беседа."
)
ENVOY_ZH = (
    "国家元首接受{x}新任大使递交国书，祝贺其履新，并希望大使为推动两国关系发展作出积极贡献。双方就经贸、交通走廊和"
    "人文交流等议题交换意见，表示愿在国际组织框架内加强协调配合。仪式结束后，双方进行了友好交谈。有关部门负责人参加"
    "上述活动。"
)
QUAKE_HI = (
    "शहर के पास {x} तीव्रता का भूकंप आया। भूकंप विज्ञान केंद्र के अनुसार अब तक किसी के हताहत होने या इमारतों को "
    "नुकसान की कोई सूचना नहीं है। बचाव दल सामान्य रूप से काम कर रहे हैं और लोगों से शांत रहने को कह रहे हैं। अधिक "
    "जानकारी बाद में दी जाएगी।"
)
QUAKE_KK = (
    "Қаладан алыс емес жерде магнитудасы {x} болатын жер сілкінісі тіркелді. Институттың мәліметінше, қаза "
    "тапқандар мен қираған ғимараттар туралы ақпарат түскен жоқ. Құтқару қызметтері әдеттегідей жұмыс істеп жатыр "
    "және тұрғындардан сабыр сақтауды, тек ресми хабарламаларды қадағалауды сұрайды."
)


@pytest.mark.parametrize(
    ("form", "one", "other"),
    [
        pytest.param(TALKS_EN, "12th", "13th", id="en ordinal in digits"),
        pytest.param(TALKS_EN, "twelfth", "thirteenth", id="en ordinal in words"),
        pytest.param(TALKS_EN, "XII", "XIII", id="en Roman"),
        pytest.param(ENVOY_EN, "Uzbekistan", "Tajikistan", id="en country"),
        pytest.param(ENVOY_EN, "Nepal, Ram Sharma,", "Sri Lanka, Dilan Perera,", id="en country and person"),
        pytest.param(TALKS_RU, "12-й", "13-й", id="ru ordinal in digits"),
        pytest.param(TALKS_RU, "двенадцатый", "тринадцатый", id="ru ordinal in words"),
        pytest.param(ENVOY_RU, "Узбекистана", "Таджикистана", id="ru country"),
        pytest.param(TALKS_ZH, "十二", "十三", id="zh ordinal"),
        pytest.param(TALKS_ZH, "12", "13", id="zh ordinal in digits"),
        pytest.param(ENVOY_ZH, "乌兹别克斯坦", "塔吉克斯坦", id="zh country"),
        pytest.param(ENVOY_ZH, "印度", "伊朗", id="zh short country"),
        pytest.param(TALKS_FA, "دوازدهمین", "سیزدهمین", id="fa ordinal"),
        pytest.param(TALKS_FA, "۱۲مین", "۱۳مین", id="fa digits"),
        pytest.param(QUAKE_HI, "4.5", "5.1", id="hi number"),
        pytest.param(QUAKE_KK, "4,5", "5,1", id="kk number"),
    ],
)
def test_two_notices_of_one_series_are_two(form: str, one: str, other: str) -> None:
    left, right = Piece(text=form.format(x=one)), Piece(text=form.format(x=other))
    assert likeness(left, right).kind == "none"
    assert likeness(left, right).conflicts
    assert likeness(right, left).kind == "none"


@pytest.mark.parametrize("case", SERIES, ids=[case["id"] for case in SERIES])
def test_notices_of_one_form_are_no_copies_of_each_other(case: dict[str, Any]) -> None:
    notices = [
        Piece(title=title, text=case["form"].format(*filling), published_at=NOON + timedelta(hours=5 * number))
        for number, (title, filling) in enumerate(zip(case["titles"], case["slots"], strict=True))
    ]
    for one, other in combinations(notices, 2):
        assert likeness(one, other).kind != "copy", (one.title, other.title)
        assert likeness(other, one).kind != "copy", (one.title, other.title)


@pytest.mark.parametrize(
    ("form", "one", "other"),
    [
        pytest.param(TALKS_RU, "6 сентября", "12 июня", id="a month is no other number"),
        pytest.param(ENVOY_EN, "Birender Yadav of Delhi", "Gholam Yadegari of Tehran", id="one of several names"),
    ],
)
def test_what_is_alike_by_chance_does_not_make_one_text(form: str, one: str, other: str) -> None:
    left, right = Piece(text=form.format(x=one)), Piece(text=form.format(x=other))
    assert likeness(left, right).conflicts
    assert likeness(right, left).conflicts


def test_the_next_of_a_long_series_comes_too_late_to_be_a_correction() -> None:
    text = words(1, 700)
    one, other = (" ".join([*text[:350], figure, *text[350:]]) for figure in ("41", "43"))
    first = Piece(text=one, published_at=NOON)
    assert likeness(first, Piece(text=other, published_at=NOON + timedelta(hours=9))).kind == "copy"
    assert likeness(first, Piece(text=other, published_at=NOON + timedelta(days=30))).kind == "none"
    assert likeness(first, Piece(text=one, published_at=NOON + timedelta(days=30))).kind == "copy"


def test_a_chinese_text_with_spaces_between_its_signs_stays_chinese() -> None:
    text = TALKS_ZH.format(x="十二") * 2
    quote = "«Мы вернёмся к этому весной и всё обсудим», — приводит издание слова участника встречи. "
    spaced = 2 * quote + " ".join(text)
    assert likeness(Piece(text=text), Piece(text=spaced)).kind == "copy"


@pytest.mark.parametrize(
    ("form", "one", "other"),
    [
        pytest.param(TALKS_EN, "12th", "twelfth", id="en digits and words"),
        pytest.param(TALKS_EN, "XII", "12th", id="en Roman and digits"),
        pytest.param(TALKS_EN, "12th $1.4B", "12th $1.4 billion", id="en scales"),
        pytest.param(TALKS_EN, "12th, with 1,200 delegates,", "12th, with 1200 delegates,", id="en groups of digits"),
        pytest.param(TALKS_EN, "12 March 2024", "March 12, 2024", id="en order of a date"),
        pytest.param(ENVOY_EN, "Zelensky and Kiev", "Zelenskyy and Kyiv", id="en spellings of names"),
        pytest.param(TALKS_RU, "12-й", "двенадцатый", id="ru digits and words"),
        pytest.param(TALKS_RU, "на 1,4 млрд рублей", "на 1,4 миллиарда рублей", id="ru scales"),
        pytest.param(ENVOY_RU, "Ташкента", "Ташкент", id="ru cases of a name"),
        pytest.param(TALKS_ZH, "十二", "12", id="zh digits and words"),
        pytest.param(TALKS_FA, "دوازدهمین", "دوازدهم", id="fa forms"),
        pytest.param(TALKS_FA, "۱۲", "12", id="fa digits"),
        pytest.param(TALKS_EN, "12th", "", id="a figure that one does not have"),
        pytest.param(TALKS_ZH, "十二", "", id="zh a figure that one does not have"),
    ],
)
def test_another_way_to_write_it_is_no_other_text(form: str, one: str, other: str) -> None:
    left, right = Piece(text=form.format(x=one)), Piece(text=form.format(x=other))
    assert likeness(left, right).kind == "copy"
    assert likeness(right, left).kind == "copy"


@pytest.mark.parametrize(
    ("text", "credited"),
    [
        pytest.param(
            TALKS_EN.format(x="12th"),
            "TASHKENT, 5 November. /TASS/. " + TALKS_EN.format(x="12th") + "\nSource: TASS",
            id="en",
        ),
        pytest.param(TALKS_RU.format(x="12-й"), "МИНСК, 6 ноября — Интерфакс. " + TALKS_RU.format(x="12-й"), id="ru"),
        pytest.param(
            TALKS_ZH.format(x="十二"),
            "新华社塔什干11月5日电 （记者）" + TALKS_ZH.format(x="十二") + "\n来源：新华网　责任编辑：值班编辑",
            id="zh",
        ),
        pytest.param(TALKS_FA.format(x="12"), "تهران - ایرنا - " + TALKS_FA.format(x="12"), id="fa"),
    ],
)
def test_a_credit_makes_no_other_text(text: str, credited: str) -> None:
    assert likeness(Piece(text=text), Piece(text=credited)).much


def test_two_outlets_with_datelines_of_their_own() -> None:
    text = TALKS_EN.format(x="last")
    one = Piece(text=f"TASHKENT, 5 November. /TASS/. {text}")
    other = Piece(text=f"ASTANA, 6 November (Reuters) — {text}")
    assert likeness(one, other).kind == "copy"


def words(seed: int, count: int) -> list[str]:
    """A text that no other seed shares a passage with."""
    chance = random.Random(seed)
    return ["".join(map(chance.choice, ("bcdfgklmnprstvz", "aeiou", "bdklmnr", "aeiou", "nrs"))) for _ in range(count)]


@pytest.mark.parametrize("share", [0.6, 0.8, 0.95])
@pytest.mark.parametrize("part", ["beginning", "end"])
def test_a_cut_copy(share: float, part: str) -> None:
    text = words(1, 300)
    keep = int(len(text) * share)
    cut = text[:keep] if part == "beginning" else text[-keep:]
    assert likeness(Piece(text=" ".join(text)), Piece(text=" ".join(cut))).much


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("length", [80, 400])
def test_a_copy_with_one_word_in_ten_edited(seed: int, length: int) -> None:
    chance = random.Random(seed)
    text = words(seed, length)
    edited = [chance.choice(text) if chance.random() < 0.1 else word for word in text if chance.random() > 0.02]
    assert likeness(Piece(text=" ".join(text)), Piece(text=" ".join(edited))).kind == "copy"


def test_an_extended_copy() -> None:
    text = words(1, 150)
    assert likeness(Piece(text=" ".join(text)), Piece(text=" ".join(text + words(2, 120)))).kind == "copy"


def test_a_teaser_is_the_beginning_of_a_text() -> None:
    text = words(1, 600)
    assert likeness(Piece(text=" ".join(text)), Piece(text=" ".join(text[:45]) + " …")).kind == "copy"


def test_a_quoted_paragraph_is_an_excerpt_and_no_copy() -> None:
    quoted, longer = words(1, 60), words(2, 500)
    piece = Piece(id=5, copy_group_id=5, text=" ".join(longer[:250] + quoted + longer[250:]))
    statement = Piece(id=6, copy_group_id=6, text=" ".join(quoted))
    assert likeness(piece, statement).kind == "excerpt"
    decided = decide(replace(statement, id=7), [piece])
    assert decided.copy_group_id is None
    assert [(excerpt.kind, excerpt.article_id) for excerpt in decided.excerpts] == [("excerpt_of", 5)]
    assert [(e.kind, e.article_id) for e in decide(piece, [statement]).excerpts] == [("quotes", 6)]


def test_a_footer_in_common_is_nothing() -> None:
    footer = words(9, 40)
    one, other = (Piece(text=" ".join(words(seed, 200) + footer)) for seed in (1, 2))
    assert likeness(one, other).kind == "none"


def test_a_corrected_figure_in_a_long_text_is_no_other_text() -> None:
    text = words(1, 700)
    one = Piece(text=" ".join([*text[:350], "41", *text[350:]]))
    other = Piece(text=" ".join([*text[:350], "43", *text[350:]]))
    assert likeness(one, other).kind == "copy"


def test_a_form_with_other_content_is_no_copy() -> None:
    form, one, other = words(1, 90), words(2, 40), words(3, 40)

    def filled(content: Sequence[str]) -> Piece:
        return Piece(text=" ".join([*form[:30], *content[:20], *form[30:60], *content[20:], *form[60:]]))

    assert likeness(filled(one), filled(other)).kind != "copy"


# ---------------------------------------------------------------------------------------------- headlines

LONG = "Seven states ask the court to stop the sale of the harbour"
SUMMARY = "The states say that the harbour was sold without asking those who live there."
OTHER_SUMMARY = "A lawsuit filed on Friday could delay the largest deal of the year by many months."


@pytest.mark.parametrize(
    ("title", "texts", "apart", "copy"),
    [
        pytest.param(LONG, ("", ""), timedelta(hours=3), True, id="bare headlines of one day"),
        pytest.param(LONG, ("", ""), timedelta(days=1), False, id="bare headlines of two days are a series"),
        pytest.param(LONG, ("", ""), None, False, id="bare headlines without a time"),
        pytest.param("Morning news", ("", ""), timedelta(0), False, id="a headline that anyone could have"),
        pytest.param(LONG, (SUMMARY, OTHER_SUMMARY), timedelta(days=1), True, id="one headline, two summaries"),
        pytest.param(LONG, (SUMMARY, OTHER_SUMMARY), timedelta(days=9), False, id="long after"),
        pytest.param(LONG, (SUMMARY, ""), timedelta(hours=1), True, id="one without a summary"),
        pytest.param(
            "上海合作组织成员国元首理事会会议今天上午在首都举行", ("", ""), timedelta(0), True, id="zh bare headlines"
        ),
        pytest.param("国内联播快讯", ("", ""), timedelta(0), False, id="zh a title of a programme"),
        pytest.param(
            "Главы семи государств подписали соглашение о перевозках грузов", ("", ""), timedelta(0), True, id="ru"
        ),
    ],
)
def test_headlines(title: str, texts: tuple[str, str], apart: timedelta | None, copy: bool) -> None:
    times = (None, None) if apart is None else (NOON, NOON + apart)
    one, other = (Piece(title=title, text=text, published_at=at) for text, at in zip(texts, times, strict=True))
    assert (likeness(one, other).kind == "copy") is copy
    assert (likeness(other, one).kind == "copy") is copy


def test_a_date_in_the_headline_tells_two_digests_apart() -> None:
    one = Piece(title="News roundup, Aug. 14, 2026", text=SUMMARY)
    other = Piece(title="News roundup, Aug. 13, 2026", text=SUMMARY)
    assert likeness(one, other).conflicts == ("14 / 13",)


def test_another_headline_with_another_figure_is_no_other_text() -> None:
    text = f"{SUMMARY} {OTHER_SUMMARY}"
    one = Piece(title="Senate bill fails to renew $38B a year for roads", text=text)
    other = Piece(title="Our state would lose $101M for roads under Senate bill", text=text)
    assert likeness(one, other).kind == "copy"


# ---------------------------------------------------------------------------------------------- groups


def placed(number: int, group: int, text: Sequence[str]) -> Piece:
    joined = " ".join(text)
    return Piece(id=number, copy_group_id=group, text=joined, facts=print_of("", joined).facts)


def decide(article: Piece, candidates: Sequence[Piece]) -> Copies:
    known = [replace(other, facts=print_of(other.title, other.text).facts) for other in candidates]
    return copies(article, print_of(article.title, article.text).facts, known)


TEXT = words(1, 400)


@pytest.mark.parametrize("kept", [400, 300, 220], ids=["whole", "three quarters", "a little more than half"])
def test_where_no_excerpts_are_wanted_copies_are_found_all_the_same(kept: int) -> None:
    article = placed(9, 0, TEXT[:kept])
    known = [placed(3, 3, TEXT), placed(4, 4, [*TEXT[:110], *words(2, 500)])]
    assert copies(article, article.facts, known, excerpts=False) == replace(decide(article, known), excerpts=())
    assert decide(article, known).excerpts


def test_a_copy_joins_the_group_and_says_of_whom() -> None:
    decided = decide(placed(9, 0, TEXT[:300]), [placed(3, 3, TEXT), placed(4, 4, words(2, 400))])
    assert (decided.copy_group_id, decided.of_article_id, decided.merged) == (3, 3, ())
    assert decided.likeness is not None
    assert decided.likeness.much


def test_alone_where_nothing_is_alike() -> None:
    assert decide(placed(9, 0, TEXT), [placed(4, 4, words(2, 400))]) == Copies()
    assert decide(placed(9, 0, []), [placed(4, 4, words(2, 400))]) == Copies()


def test_the_whole_text_brings_its_two_halves_together() -> None:
    beginning, end = placed(5, 5, TEXT[:240]), placed(7, 7, TEXT[160:])
    assert decide(beginning, [end]).copy_group_id is None
    decided = decide(placed(9, 0, TEXT), [beginning, end])
    assert (decided.copy_group_id, decided.merged) == (5, (7,))


def test_two_notices_are_not_brought_together_by_one_that_lost_its_figure() -> None:
    twelfth, thirteenth = TALKS_EN.format(x="12th").split(), TALKS_EN.format(x="13th").split()
    decided = decide(placed(9, 0, thirteenth[3:]), [placed(5, 5, twelfth), placed(7, 7, thirteenth)])
    assert decided.copy_group_id in (5, 7)
    assert decided.merged == ()


def test_a_group_does_not_grow_by_its_most_distant_members() -> None:
    """Each shares 55 % with the next, as live reports that go on do; the last has nothing of the first."""
    pieces = [TEXT[start : start + 130] for start in range(0, 240, 58)]
    members = [placed(number, 1, piece) for number, piece in enumerate(pieces[:3], 1)]
    assert decide(placed(9, 0, pieces[4]), members).copy_group_id is None


def test_more_members_that_contradict_than_agree() -> None:
    texts = [TALKS_EN.format(x=x).split() for x in ("12th", "13th", "13th")]
    members = [placed(number, 1, text) for number, text in enumerate(texts, 1)]
    assert decide(placed(9, 0, texts[0]), members).copy_group_id is None


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_the_order_of_arrival_makes_no_difference(order: Sequence[int]) -> None:
    arriving = [TEXT, TEXT[:260], TEXT[140:], ["Source", *TEXT[:380]]]
    other = placed(90, 90, words(3, 300))
    group_of: dict[int, int] = {}
    into: dict[int, int] = {}
    seen: list[Piece] = [other]
    for number in order:
        article = placed(number + 1, 0, arriving[number])
        decided = decide(article, seen)
        group = decided.copy_group_id if decided.copy_group_id is not None else article.id
        into.update((merged, group) for merged in decided.merged)
        seen = [replace(one, copy_group_id=into.get(one.copy_group_id, one.copy_group_id)) for one in seen]
        seen.append(replace(article, copy_group_id=group))
    group_of = {one.id: one.copy_group_id for one in seen}
    assert len({group_of[number] for number in (1, 2, 3, 4)}) == 1
    assert group_of[90] == 90


@pytest.mark.parametrize("seed", range(12))
def test_likeness_is_the_same_both_ways(seed: int) -> None:
    chance = random.Random(seed)
    text = words(seed, chance.choice((15, 60, 200)))
    start = chance.randrange(len(text) // 2)
    one = Piece(title=" ".join(text[:6]), text=" ".join(text))
    other = Piece(title=" ".join(text[2:9]), text=" ".join(text[start:] + words(99, chance.randrange(40))))
    assert likeness(one, other) == likeness(other, one)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(TALKS_EN, id="en"),
        pytest.param(TALKS_RU, id="ru"),
        pytest.param(TALKS_ZH, id="zh"),
        pytest.param(TALKS_FA, id="fa"),
        pytest.param(QUAKE_HI, id="hi"),
        pytest.param("Ok.", id="hardly a text"),
        pytest.param("𠀀𠀁𠀂 😀 \ud800 12 " * 20, id="rare characters"),
        pytest.param("9" * 5000 + " " + "1,2.3" * 900, id="endless numbers"),
    ],
)
def test_a_text_is_a_copy_of_itself(text: str) -> None:
    article = Piece(id=1, copy_group_id=1, text=text)
    assert likeness(article, article).kind == "copy"
    decided = decide(replace(article, id=2), [article])
    assert decided.copy_group_id == 1


def test_texts_made_to_be_slow_are_compared_in_time() -> None:
    chance = random.Random(1)
    many = "".join(chance.choice(("塔吉克斯坦", "会议", f"{number}人，")) for number in range(30_000))
    edited = "".join(char for char in many if chance.random() > 0.08)
    pairs = [("a b " * 20_000, "a b b " * 13_000), (many, edited), ("12 " * 30_000, "12 13 " * 15_000)]
    started = time.process_time()
    kinds = {likeness(Piece(text=one), Piece(text=other)).kind for one, other in pairs}
    assert kinds <= {"copy", "none", "excerpt"}
    assert time.process_time() - started < 10


TITLES = st.text(st.sampled_from("AaÁZz 12,.«“-ЁёЕеЙйЯ́上習习ىیइأا"), min_size=0, max_size=6)


@given(TITLES, TITLES)
def test_titles_that_are_told_apart_by_their_first_letters_are_other_titles(one: str, other: str) -> None:
    if _begin_otherwise(one, other):
        assert title_words(one) != title_words(other)


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        ("Summit opens", "Leaders arrive", True),
        ("Саммит открыт", "Лидеры прибыли", True),
        ("Елка", "Ёлка", False),
        ("上合组织", "習近平", True),
        ("習近平", "习近平", False),
        ("Summit opens", "summit opens", False),
        ("", "Summit", False),
    ],
)
def test_most_titles_are_told_apart_by_their_first_letters(one: str, other: str, apart: bool) -> None:
    assert _begin_otherwise(one, other) is apart


def test_a_candidate_that_is_not_worth_a_comparison_would_have_been_nothing() -> None:
    text = words(1, 300)
    article = Piece(title="President opens the summit of the SCO in Bishkek", text=" ".join(text), published_at=NOON)
    said = {
        "a passage": ("Another matter", [*text[:40], *words(2, 260)]),
        "a copy": ("Another headline", [*text[:250], *words(3, 50)]),
        "the same headline": (article.title.upper(), words(4, 300)),
        "nothing": ("Another matter altogether", words(5, 300)),
    }
    others = {
        what: Piece(
            id=number,
            copy_group_id=number,
            title=title,
            text=" ".join(told),
            published_at=NOON,
            facts=print_of(title, " ".join(told)).facts,
        )
        for number, (what, (title, told)) in enumerate(said.items(), 1)
    }
    facts = print_of(article.title, article.text).facts
    worth = worth_comparing(article, facts)
    kept = {what: one for what, one in others.items() if worth(one.title, one.facts)}
    assert copies(article, facts, list(kept.values())) == copies(article, facts, list(others.values()))
    assert {"a copy", "the same headline"} <= kept.keys()
    assert "nothing" not in kept


def test_what_was_compared_before_is_not_read_again() -> None:
    texts = Texts()
    read: list[int] = []

    def with_text(one: Piece) -> Piece:
        read.append(one.id)
        return replace(one, text=said[one.id])

    half = placed(3, 3, [*TEXT[:90], *words(2, 120)])
    said = {3: half.text}
    bare = replace(half, text="")
    for number in (8, 9):
        article = placed(number, 0, [*TEXT[:100], *words(number, 100)])
        assert not copies(article, article.facts, [bare], with_text, texts=texts, article_id=number).copy_group_id
    assert read == [3]
    # a copy is looked at word by word
    assert copies(half, half.facts, [bare], with_text, texts=texts, article_id=10).copy_group_id == 3
    assert read == [3, 3]


@pytest.mark.parametrize("told", [True, False], ids=["edited here", "edited by another process"])
def test_an_article_that_says_something_else_by_now_is_read_again(told: bool) -> None:
    """Without its thirteenth word, and with twelve more: positions in it are others."""
    texts = Texts()
    before, now = placed(3, 3, TEXT), placed(3, 3, [*words(2, 12), *TEXT[:12], *TEXT[13:]])
    article = placed(9, 0, TEXT[:300])
    assert copies(article, article.facts, [before], texts=texts, article_id=9).copy_group_id == 3
    if told:
        assert copies(now, now.facts, [replace(article, copy_group_id=9)], texts=texts, article_id=3).copy_group_id == 9
    decided = copies(article, article.facts, [now], texts=texts, article_id=9)
    assert decided.likeness == likeness(article, now)
    assert copies(article, article.facts, [placed(3, 3, words(7, 300))], texts=texts, article_id=9) == Copies()


def test_only_so_much_is_remembered() -> None:
    texts = Texts(room=100)
    for number in range(1, 8):
        texts.keep(number, as_signs(tokens("", " ".join(words(number, 40)))))
    assert [number for number in range(1, 8) if texts.said(number)] == [5, 6, 7]


def test_likeness_is_the_same_in_every_process() -> None:
    """Signs of words are others in each; of two texts of one length the same one is looked at first."""
    code = (
        "from tests.identity.test_copies import *;"
        "print([likeness(Piece(title=t, text=TALKS_EN.format(x='12th')), Piece(title='A', text=TALKS_EN.format(x=x)))"
        " for t in 'AB' for x in ('11th', '13th')])"
    )
    told = {
        subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=True,
            cwd=Path(__file__).parents[2],
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(told) == 1


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(TALKS_EN, id="en"),
        pytest.param(TALKS_RU, id="ru"),
        pytest.param(TALKS_ZH, id="zh"),
        pytest.param(TALKS_FA, id="fa"),
        pytest.param("𠀀 \ud800 12.5 ok", id="rare characters"),
        pytest.param("", id="nothing"),
    ],
)
def test_a_sign_stands_for_each_word(text: str) -> None:
    made = tokens("A title", text)
    signs = as_signs(made)
    assert len(signs.text) == len(made.text)
    assert len(set(signs.text)) == len(set(made.text))
    assert (signs.short, signs.signs) == (made.short, made.signs)
