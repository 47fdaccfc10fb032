"""The analyser: terms of texts and queries, base forms, and that the index keeps them whole."""

from __future__ import annotations

import sqlite3
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.text import terms as index_terms
from monitor.text.bases import stemmed
from monitor.text.english import base_form
from monitor.text.fold import fold
from monitor.text.words import TERM_LIMIT, inflections, places, query_terms, terms

WRITTEN = {
    "English": ("en", "The Yuan's share, 37.5%", "the yuan s share 37 5"),
    "hyphen": ("en", "anti-terrorist pull‑back", "anti terrorist pull back"),
    "dash between words": ("en", "talks—then war", "talks then war"),
    "number": ("en", "3,000 or 3.000", "3 000 or 3 000"),
    "signs": ("en", "C5+1 & G20/AT&T", "c5 1 g20 at t"),
    "abbreviation": ("en", "U.S. envoy", "u s envoy"),
    "underscore": ("en", "a_b _c", "a b c"),
    "Latin marks": ("tr", "Erdoğan İstanbul'da", "erdogan istanbul da"),
    "Russian": ("ru", "Мирзиёев — в Тёо-Ашуу", "мирзиеев в тео ашуу"),
    "stress and soft hyphen": ("ru", "за́мок са\u00adммит", "замок саммит"),
    "Kazakh": ("kk", "Қазақстан шекарасы", "қазақстан шекарасы"),
    "two scripts in a word": ("ru", "SCOшный ЕАЭС2 5G", "sco шный еаэс2 5g"),
    "Chinese": ("zh", "上合组织", "上合 合组 组织 织"),
    "Chinese with a full stop": ("zh", "开会。成立", "开会 会 成立 立"),
    "Chinese with a space and a line": ("zh", "上 合\n组", "上合 合组 组"),
    "Chinese with a middle dot": ("zh", "夏·谢", "夏谢 谢"),
    "Chinese and Latin": ("zh", "SCO峰会C5+1机制", "sco 峰会 会 c5 1 机制 制"),
    "traditional": ("zh", "習近平", "习近 近平 平"),
    "one sign": ("zh", "钱", "钱"),
    "Japanese": ("ja", "ニュースを見る", "ニュ ュー ース スを を见 见る る"),
    "Thai": ("th", "ไทย", "ไท ทย ย"),
    "Persian": ("fa", "رئیس‌جمهور كتاب", "رییس جمهور کتاب"),
    "Persian digits": ("fa", "۱۴۰۵", "1405"),
    "Arabic points": ("ar", "مُحَمَّد", "محمد"),
    "Hindi": ("hi", "फ़ोन की बैठक।", "फोन की बैठक"),
    "Korean": ("ko", "상하이 협력기구", "상하이 협력기구"),
    "number apart": ("ru", "3 000 тонн, 12 345 678 и 3 0000", "3 000 тонн 12 345 678 и 3 0000"),
    "long": ("en", "a" * 100 + " b", "a" * TERM_LIMIT + " b"),
    "nothing": (None, "… — !?", ""),
}


@pytest.mark.parametrize(("lang", "text", "written"), WRITTEN.values(), ids=WRITTEN)
def test_written(lang: str | None, text: str, written: str) -> None:
    assert terms("", text, lang).text == unicodedata.normalize("NFC", written)
    assert terms(text, "", lang).title == unicodedata.normalize("NFC", written)


BASES = {
    "English": ("en", "summits agreed in the trading", "summit agre trade"),
    "derived words stay": ("en", "summiteer organization ministerial", ""),
    "no change": ("en", "summit bank", ""),
    "Russian": ("ru", "саммите банка", "саммит банк"),
    "Russian name": ("ru", "Мирзиёевым", "мирзиеев"),
    "Russian quotation in English": ("en", "саммите", "саммит"),
    "English quotation in Russian": ("ru", "summits", "summit"),
    "Kazakh has none": ("kk", "саммитіне шекарасында", ""),
    "German has none": ("de", "Banken treffen", ""),
    "language not known": (None, "summits саммите", "summit саммит"),
    "compound": ("en", "anti-terror", "antiterror"),
    "Russian compound": ("ru", "штаб-квартиры", "квартира штабквартира штабквартиры"),
    "grouped number": ("en", "3,000 and 4 000 and 37.5", "3000 4000"),
    "letter apostrophe": ("uz", "Oʻzbekiston", "ozbekiston"),
    "each once": ("en", "banks banks Banks", "bank"),
}


@pytest.mark.parametrize(("lang", "text", "bases"), BASES.values(), ids=BASES)
def test_bases(lang: str | None, text: str, bases: str) -> None:
    found = {base for place in places(text, lang) for base in place.bases}
    assert set(bases.split()) <= found
    if not bases:
        assert not found


@pytest.mark.parametrize(("lang", "mark"), [("tr", "0tr"), ("fa", "0fa"), ("hi", "0hi")])
def test_stems_of_other_languages_are_marked(lang: str, mark: str) -> None:
    text = {"tr": "bakanlar toplantı", "fa": "کتاب‌ها", "hi": "बैठकें"}[lang]
    found = [base for place in places(text, lang) for base in place.bases]
    assert found
    assert all(base.startswith(mark) for base in found)


@pytest.mark.parametrize(
    ("lang", "words", "same"),
    [
        ("fa", "کشور کشورها کشورهای کشورهایشان", True),
        ("fa", "تنها تن", False),
        ("fa", "پزشکیان پزشک", False),
        ("fa", "دادگاه داد", False),
        ("tr", "evler evde ev", True),
        ("tr", "ada ata", False),
        ("hi", "बैठकें बैठक", True),
        ("hi", "माता दाता", False),
    ],
)
def test_forms_of_one_word_in_other_languages_and_what_only_looks_alike(lang: str, words: str, same: bool) -> None:
    found = [stemmed(fold(word), lang) for word in words.split()]
    assert len(set(found)) == (1 if same else len(found))


@pytest.mark.parametrize(
    ("lang", "text", "bases"),
    [
        ("en", "anti-terror summits cost 3,000", "antiterror 3000"),
        ("en", "at 5 p.m. the anti-U.S. and U.N.-led", "us un"),
        ("ru", "о саммитах в штаб-квартире", "штабквартира штабквартире"),
        ("zh", "上合峰会", ""),
        ("fa", "کتاب‌ها", ""),
    ],
)
def test_the_index_has_base_forms_of_joined_words_only(lang: str, text: str, bases: str) -> None:
    assert set(terms("", text, lang).text_bases.split()) == set(bases.split())


SAME_WORD = [
    "summit summits",
    "country countries country's",
    "trade trades traded trading",
    "plan plans planned planning",
    "plane planes",
    "meet meets met meeting meetings",
    "say says said saying",
    "hold held holding",
    "tax taxes taxed",
    "party parties",
    "stop stopped stopping",
    "agree agreed agrees agreeing",
    "propose proposed proposes proposing",
    "crisis crises",
    "gas gases",
    "man men",
    "pay paid pays",
    "visit visited visiting",
    "cancel cancels cancelled canceled cancelling",
    "control controls controlled",
    "install installed installs",
    "die dies died dying",
    "panic panicked",
    "freeze freezes froze frozen freezing",
    "throw threw thrown",
    "memorandum memoranda",
    "organise organize organised organizing",
    "organisation organizations",
    "labour labor",
    "centre centers",
    "defence defense",
    "aide aides",
    "evening evenings",
    "route routes routed",
]
OTHER_WORDS = [
    *("summit summiteer", "plan plane", "rat rate", "rats rat", "organ organization", "news new", "unit united"),
    *("bus busy", "policy police", "china chin", "us use", "state station", "nation national", "iran iranian"),
    *(
        "call cal",
        "pick pic",
        "tour tor",
        "hour hor",
        "rise riz",
        "aid aide",
        "aids aides",
        "even evenings",
        "suits suites",
        "human humane",
        "past pastes",
    ),
]


@pytest.mark.parametrize("forms", SAME_WORD)
def test_english_forms_of_one_word(forms: str) -> None:
    assert len({base_form(form) for form in forms.replace("'s", "").split()}) == 1


@pytest.mark.parametrize("words", OTHER_WORDS)
def test_english_words_that_only_look_alike(words: str) -> None:
    assert len({base_form(word) for word in words.split()}) == len(words.split())


QUERY = {
    # text: written, open end, exact
    "word": ("summits", "summits", False),
    "Chinese run ends open": ("上合组", "上合 合组", False),
    "one sign is a beginning": ("上", "上", True),
    "run before another script ends": ("峰会SCO", "峰会 会 sco", False),
    "run after another script": ("SCO峰会", "sco 峰会", False),
    "sign before another script": ("国SCO", "国 sco", False),
    "signs only": ("+-!", "", False),
}


@pytest.mark.parametrize(("text", "written", "open_end"), QUERY.values(), ids=QUERY)
def test_query_terms(text: str, written: str, open_end: bool) -> None:
    found = query_terms(text)
    assert " ".join(found.written) == written
    assert found.open_end == open_end


def test_phrases_and_prefixes_have_no_other_forms() -> None:
    assert query_terms("summits", exact=True).bases == ()
    assert query_terms("summits*", prefix=True).bases == ()
    assert set(query_terms("summits").bases) >= {"summits", "summit"}


@pytest.mark.parametrize(
    ("word", "others"),
    [
        ("bank", {"bank", "banks", "banking"}),
        ("parties", {"party", "parties"}),
        ("meet", {"met", "meets", "meeting"}),
        ("саммит", {"саммита", "саммитом", "саммиты"}),
        ("токаев", {"токаев", "токаева", "токаеву", "токаевым"}),
        ("上合", {"上合"}),
    ],
)
def test_inflections(word: str, others: set[str]) -> None:
    found = inflections(word)
    assert found[0] == word
    assert others <= set(found)
    assert len(found) <= 30


@pytest.mark.parametrize(
    ("text", "lang", "shown"),
    [
        ("The yuan's 3,000", "en", ["The", "yuan's", "yuan's", "3,000", "3,000"]),
        ("в Тёо-Ашуу", "ru", ["в", "Тёо-Ашуу", "Тёо-Ашуу"]),
        ("SCO峰 会。", "zh", ["SCO", "峰", "会"]),
        ("راه‌آهن", "fa", ["راه‌آهن", "راه‌آهن"]),
        ("फ़ोन", "hi", ["फ़ोन"]),
    ],
)
def test_places(text: str, lang: str, shown: list[str]) -> None:
    assert [text[place.start : place.end] for place in places(text, lang)] == shown


LETTERS = st.text(
    alphabet=st.one_of(
        st.characters(codec="utf-8", exclude_categories=["Cs"]),
        st.sampled_from(list("aАя上会の’'-., \n·ёğ\u0301\u064b\u200c\u00adकि०")),
    ),
    max_size=80,
)


@given(LETTERS, st.sampled_from([None, "en", "ru", "zh", "fa", "hi", "tr", "kk"]))
@settings(max_examples=300, deadline=None)
def test_any_text_can_be_analysed_and_every_term_survives_the_index(text: str, lang: str | None) -> None:
    found = terms(text, text, lang)
    assert found.title == found.text
    for place in places(text, lang):
        assert 0 <= place.start < place.end <= len(text)
    for part in (found.text, found.text_bases):
        made = part.split(" ") if part else []
        assert all(made)
        assert max(map(len, made), default=0) <= TERM_LIMIT
        assert kept_by_index(part) == sorted(set(made))


def kept_by_index(text: str) -> list[str]:
    """The terms that the index's own tokenizer finds."""
    raw = sqlite3.connect(":memory:")
    raw.execute("CREATE VIRTUAL TABLE i USING fts5 (t, tokenize = \"ascii tokenchars '-_.:~'\")")
    raw.execute("CREATE VIRTUAL TABLE v USING fts5vocab (i, 'row')")
    raw.execute("INSERT INTO i VALUES (?)", (text,))
    found = [row[0] for row in raw.execute("SELECT term FROM v")]
    raw.close()
    return sorted(found)


@pytest.mark.parametrize("name", ["words", "phrase", "run", "marks"])
def test_long_texts_take_time_in_proportion(name: str) -> None:
    import time

    text = {"words": "саммит ", "phrase": "a-", "run": "上", "marks": "\u0301"}[name]
    spent = []
    for size in (20_000, 80_000):
        begun = time.process_time()
        terms("", text * size, "ru")
        spent.append(time.process_time() - begun)
    assert spent[1] < 12 * spent[0] + 0.2


def test_words_are_forgotten_without_a_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [f"The {n} summits in Astana and {n} саммитов «ШОС», 3 000 上合组织{n}" for n in range(30)]
    before = [terms(text, text, "ru") for text in texts]
    monkeypatch.setattr(index_terms, "CACHE_LIMIT", 5)
    assert [terms(text, text, "ru") for text in texts] == before
