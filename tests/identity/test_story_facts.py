"""What two languages can share is one fact, however each writes it."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from monitor.identity.amounts import figures, number_word
from monitor.identity.facts import HEAD_COUNTS, Kind, Reader, fact, kept, kind_of, pack, unpack
from monitor.identity.meanings import meanings, words
from monitor.identity.rarity import Rarity, common_figures, common_names, common_sounds, common_words
from monitor.identity.skeletons import skeleton
from monitor.text.fold import fold

FIGURES = {
    "en groups": ("3,000 men", False, ["3000"]),
    "en scale": ("3 million people, $1.5 bn", False, ["3000000", "1500000000"]),
    "en share": ("up 12 per cent, 7.5%", False, ["12%", "7.5%"]),
    "en day": ("on July 24 and 25 July", False, ["7/24", "7/25"]),
    "en ordinal": ("the 12th meeting", False, ["12th"]),
    "en cents": ("1,234.56 tenge", False, ["1234.56"]),
    "ru groups": ("3 000 человек", False, ["3000"]),
    "ru scale": ("3 млн человек, 1,5 млрд", False, ["3000000", "1500000000"]),
    "ru share": ("на 12 процентов, 7,5 %", False, ["12%", "7.5%"]),
    "ru day": ("24 июля, 24-го июля", False, ["7/24", "7/24"]),
    "ru ordinal": ("12-й саммит", False, ["12th"]),
    "zh scale": ("300万人，3.5亿美元", True, ["3000000", "350000000"]),
    "zh words": ("二十三人，三百万", True, ["23", "3000000"]),
    "zh share": ("百分之十二，7.5%", True, ["12%", "7.5%"]),
    "zh day": ("7月24日，九月二十五日", True, ["9/25", "7/24"]),
    "zh ordinal": ("第十二次会议", True, ["12th"]),
    "zh word that is no number": ("一些三明治", True, []),
    "fa day": ("۲۴ ژوئیه", False, ["7/24"]),
    "fa number": ("۳۰۰ خانه", False, ["300"]),
    "fa scale": ("۳ میلیون نفر", False, ["3000000"]),
    "hi scale": ("5 लाख", False, ["500000"]),
    "kk day": ("24 шілде", False, ["7/24"]),
}


@pytest.mark.parametrize("name", FIGURES)
def test_numbers_and_days_have_one_spelling(name: str) -> None:
    text, han, wanted = FIGURES[name]
    assert sorted(figures(text, han=han)) == sorted(wanted)


@pytest.mark.parametrize(
    ("word", "number"),
    [("twelve", "12"), ("двенадцать", "12"), ("пяти", "5"), ("twelfth", "12th"), ("двенадцатый", "12th"), ("one", "")],
)
def test_number_words(word: str, number: str) -> None:
    assert number_word(word) == number


@pytest.mark.parametrize(
    ("latin", "cyrillic"),
    [
        ("Miranchuk", "Миранчук"),
        ("Johnson", "Джонсон"),
        ("Trump", "Трамп"),
        ("Washington", "Вашингтон"),
        ("Kassym-Jomart", "Касым-Жомарт"),
        ("Modi", "Моди"),
        ("Mirziyoyev", "Мирзиёев"),
        ("Japarov", "Жапаров"),
    ],
)
def test_names_sound_alike_in_two_alphabets(latin: str, cyrillic: str) -> None:
    assert skeleton(latin) == skeleton(cyrillic) != ""


@pytest.mark.parametrize("name", ["普京", "پوتین", "Xi", "", "12"], ids=["zh", "fa", "short", "empty", "digits"])
def test_what_cannot_be_heard_has_no_skeleton(name: str) -> None:
    assert skeleton(name) == ""


@cache
def reader() -> Reader:
    pack_files = resources.files("monitor") / "packs" / "sco"
    read = [
        yaml.safe_load(pack_files.joinpath(f"{name}.yaml").read_text("utf-8"))[name]
        for name in ("places", "happenings")
    ]
    return Reader(meanings(read[0]), meanings(read[1]))


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "Strong earthquake in New Delhi, Central Asia"),
        ("ru", "Землетрясение в Нью-Дели и в Центральной Азии"),
        ("zh", "新德里和中亚发生地震"),
        ("fa", "زلزله در دهلی نو و آسیای مرکزی"),
        ("hi", "दिल्ली और मध्य एशिया में भूकंप"),
        ("ur", "نئی دہلی اور وسطی ایشیا میں زلزلہ"),
        ("tr", "Yeni Delhi ve Orta Asya için deprem"),
    ],
)
def test_places_and_happenings_are_known_in_each_language(lang: str, text: str) -> None:
    seen = reader().read("", text, lang)
    wanted = {
        fact(Kind.HAPPENING, "earthquake"),
        fact(Kind.PLACE, "new-delhi"),
        fact(Kind.PLACE, "central-asia"),
    }
    assert wanted <= seen.text.keys()


def test_a_country_is_named_by_its_adjective() -> None:
    for lang, text in (("en", "the Kazakh president"), ("ru", "казахстанского президента"), ("zh", "哈萨克斯坦总统")):
        assert fact(Kind.PLACE, "kz") in reader().read("", text, lang).text, lang
    assert fact(Kind.PLACE, "tr") not in reader().read("", "a roast turkey", "en").text


def test_a_word_that_also_stands_in_small_letters_is_no_name() -> None:
    names = {
        n for n in reader().read("", "Talks began. The talks with Imankulov", "en").text if kind_of(n) is Kind.NAME
    }
    assert names == {fact(Kind.NAME, skeleton("Imankulov"))}


@given(st.dictionaries(st.integers(0, 2**32 - 1), st.integers(1, 60), max_size=200))
def test_facts_come_back_as_they_were_packed(counts: dict[int, int]) -> None:
    from monitor.identity.facts import Seen

    facts = kept(Seen({}, counts), Rarity().of)
    again = unpack(pack(facts))
    assert again == facts
    assert len(pack(facts)) < 1000


@given(st.text(max_size=300), st.text(max_size=300), st.sampled_from(["en", "ru", "zh", "fa", "hi", None]))
def test_any_text_can_be_read(title: str, text: str, lang: str | None) -> None:
    seen = reader().read(title, text, lang)
    assert all(count > 0 for count in seen.text.values())


def test_what_is_rare_counts_more_and_old_articles_fade() -> None:
    rarity = Rarity(common_figures(), window=400)
    for number in range(1000):
        rarity.add([1, 1000 + number])
    common, rare, new = rarity.of([1, 1999, 5_000_000])
    assert common < 0.5 < rare < new
    assert rarity.of([1000]) == rarity.of([5_000_000])


def test_common_words_are_common_from_the_beginning() -> None:
    rarity = Rarity(common_words({"en": {0.4: "state", 0.05: "abbey"}}))
    state, abbey, other = rarity.of([fact(Kind.WORD, word) for word in ("state", "abbey", "quokka")])
    assert state < abbey < other


def test_what_sounds_like_a_common_word_is_no_rare_name_in_either_alphabet() -> None:
    rarity = Rarity(common_names(common_sounds({"en": {0.4: "now 上合"}, "ru": {0.05: "ранее"}})))
    now, novy, ron, other = rarity.of(
        [fact(Kind.NAME, skeleton(word)) for word in ("Now", "новый", "Ron", "Иманкулов")]
    )
    assert now == novy < ron < other


def test_a_word_of_two_languages_sounds_as_common_as_in_that_where_it_is_most_common() -> None:
    sounds = common_sounds({"en": {0.1: "nation"}, "kk": {0.2: "ната"}, "ru": {0.2: "нота", 0.05: "nation"}})
    assert common_names(sounds)[fact(Kind.NAME, skeleton("nation"))] == 0.1
    assert set(sounds) == {0.05, 0.1, 0.2}


@pytest.mark.parametrize(("text", "lang"), [("By 13:00 GMT, 9:00 UTC", "en"), ("К 13:00 GMT", "ru"), ("13时GMT", "zh")])
def test_the_name_of_a_clock_is_neither_word_nor_name(text: str, lang: str) -> None:
    kinds = {kind_of(number) for number in reader().read("", text, lang).text}
    assert Kind.NAME not in kinds
    assert fact(Kind.WORD, "gmt") not in reader().read("", text, lang).text


@pytest.mark.parametrize("text", ["上海合作组织峰会", "中国、哈萨克斯坦和乌兹别克斯坦，12个国家。峰", "塔什干"])
def test_every_two_chinese_characters_that_stand_side_by_side_are_a_fact(text: str) -> None:
    runs = re.findall(r"[\u4e00-\u9fff]+", text)
    pairs = [run[at : at + 2] for run in runs for at in range(len(run) - 1)]
    seen = Reader(meanings({}), meanings({})).read("", text, "zh").text
    words = {number: count for number, count in seen.items() if kind_of(number) is Kind.WORD}
    assert words == {fact(Kind.WORD, pair): HEAD_COUNTS * pairs.count(pair) for pair in pairs}


TALKS = [
    pytest.param("Putin met Xi in South Africa. putin", "en", id="en"),
    pytest.param("Токаев прибыл в Южную Африку, сказал Токаев", "ru", id="ru"),
    pytest.param("توکایف وارد آفریقای جنوبی شد", "fa", id="fa"),
    pytest.param("习近平在北京说 Africa", "zh", id="zh"),
]


@pytest.mark.parametrize(("text", "lang"), TALKS)
def test_a_word_says_the_same_whether_it_is_new_or_remembered(
    monkeypatch: pytest.MonkeyPatch, text: str, lang: str
) -> None:
    monkeypatch.setattr("monitor.identity.facts._ROUND", 3)
    reader = Reader(
        meanings({"south-africa": ["South Africa", "Южная Африка"], "africa": ["Africa", "Африка"]}), meanings({})
    )
    first = reader.read(text, text, lang)
    assert any(kind_of(number) in (Kind.WORD, Kind.PLACE) for number in first.title)
    for between in ("", "four other words here", "nothing more"):  # full rounds lie between, or half of one
        reader.read(between, "", lang)
        assert reader.read(text, text, lang) == first


def test_a_chinese_text_says_the_news_in_fewer_characters() -> None:
    reader = Reader(meanings({}), meanings({}))
    pairs = [chr(0x4E00 + number) + chr(0x6E00 + number) for number in range(500)]
    read = reader.read("", "".join(2 * pair for pair in pairs), "zh").text
    assert fact(Kind.WORD, fold(pairs[197])) in read
    assert fact(Kind.WORD, fold(pairs[203])) not in read
    english = f"上海合作组织 (SCO) {'word ' * 250} quokka, quokka"  # a name in Chinese does not make a text Chinese
    assert fact(Kind.WORD, "quokka") in reader.read("", english, "en").text


BEHIND = [
    pytest.param("en", "the quokka of Perth saw 17 wombats and wombats", "quokka", "wombat", id="en"),
    pytest.param("ru", "саммит в Перте собрал 17 послов и посла", "саммит", "посол", id="ru"),
    pytest.param("zh", "短尾矮袋鼠看见17袋熊和袋熊", "短尾", "袋熊", id="zh"),
    pytest.param("fa", "کواکا در پرث 17 وامبت و وامبت دید", "کواکا", "وامبت", id="fa"),
]


@pytest.mark.parametrize(("lang", "said", "once", "twice"), BEHIND)
def test_behind_the_beginning_a_word_counts_from_the_second_time(lang: str, said: str, once: str, twice: str) -> None:
    reader = Reader(meanings({}), meanings({}))
    before = "中" * 320 if lang == "zh" else "a" * 800
    behind = reader.read("", f"{before} {said}", lang).text
    assert fact(Kind.WORD, twice) in behind
    assert fact(Kind.NUMBER, "17") in behind
    assert fact(Kind.WORD, once) not in behind
    assert fact(Kind.WORD, once) in reader.read("", said, lang).text


TEXTS_OF_MARKS = st.text(st.sampled_from("ab'’ʻʼ- \u00a0é·1_Яёғसंघ峰ة\n\x1c№"), max_size=14)


@given(TEXTS_OF_MARKS)
def test_the_short_way_to_the_words_of_a_text_finds_the_same(text: str) -> None:
    assert words(text) == words(f"{text} 峰")[:-1]


def test_words_are_joined_by_hyphens_and_apostrophes_inside() -> None:
    assert words("O'Brien's co-op — ‘Ж-д’, x--y, -a-") == ["O'Brien's", "co-op", "Ж-д", "x", "y", "a"]
