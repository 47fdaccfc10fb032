"""Folding: what is one, what stays two, and where each folded character came from."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.text.fold import fold, fold_map

SAME = {
    "latin diacritics": ("Erdoğan", "erdogan"),
    "dotted and dotless i": ("İstanbul Isı ısı", "istanbul isi isi"),
    "decomposed": ("Erdog\u0306an Zu\u0308rich", "erdogan zurich"),
    "letters without parts": ("Łódź Æther Ørsted Əliyev Straße", "lodz aether orsted eliyev strasse"),
    "vietnamese": ("Nguyễn Phú Trọng", "nguyen phu trong"),
    "russian yo": ("Мирзиёев Ещё ЁЛКА", "мирзиеев еще елка"),
    "russian stress": ("за\u0301мок Пу\u0301тин", "замок путин"),
    "short i decomposed": ("Шои\u0306гу", "шойгу"),
    "tajik long vowels": ("Эмомалӣ рӯз ТОҶИКӢ", "эмомали руз тоҷики"),
    "tajik long i decomposed": ("Эмомали\u0304", "эмомали"),
    "arabic keyboard": ("شي جين كمال", "شی جین کمال"),
    "arabic forms of he": ("خامنۀ ة ہ ھ", "خامنه ه ه ه"),
    "alef with madda or hamza": ("آسیا أحمد إيران", "اسیا احمد ایران"),
    "decomposed madda": ("ا\u0653سیا", "اسیا"),
    "vowel marks and tatweel": ("گوتِرِش مـــودی", "گوترش مودی"),
    "presentation forms": ("ﻣﻮﺩﯼ", "مودی"),
    "non-joiner between arabic letters": ("جین\u200cپینگ", "جین پینگ"),
    "non-joiner in devanagari": ("एन्\u200cएस", "एन्एस"),
    "nukta": ("ज़ेलेंस्की ज़", "जेलेंस्की ज"),
    "nasal marks": ("पहुँच", "पहुंच"),
    "traditional": ("習近平與普丁", "习近平与普丁"),
    "radicals": ("⾒⻓", "见⻓"),
    "full width": ("ＳＣＯ５＋１", "sco5+1"),
    "digits": ("۲۰۲۵ ٣ २०२५", "2025 3 2025"),
    "apostrophes": ("To‘qayev’s oʻg`li Mas´ud", "to'qayev's o'g'li mas'ud"),
    "quotes": ("“a” „b“ «c» 「d」 《e》", '"a" "b" "c" "d" "e"'),
    "dashes": ("a–b—c‑d−e", "a-b-c-d-e"),
    "middle dots": ("弗拉基米尔•普京・普京", "弗拉基米尔·普京·普京"),
    "zero width": ("Be\u200blt\ufeff Ro\u00adad\u200e\u2067", "belt road"),
    "white space": ("a\u00a0 \n\tb\u3000c", "a b c"),
    "no space in chinese": ("上海\n合作　组织 SCO 峰会", "上海合作组织 sco 峰会"),
    "lone surrogate": ("a\ud800b", "a\ufffdb"),
    "control characters": ("S\x00C\x07O", "sco"),
    "ligature": ("ﬁnance", "finance"),
}


@pytest.mark.parametrize(("text", "folded"), SAME.values(), ids=SAME.keys())
def test_folds(text: str, folded: str) -> None:
    assert fold(text) == folded


APART = {
    "russian i and short i": ("мой", "мои"),
    "ukrainian yi": ("Київ", "Киів"),
    "belarusian short u": ("ўрад", "урад"),
    "kazakh": ("қала", "кала"),
    "kyrgyz": ("өң", "он"),
    "tajik": ("ҷаҳон", "чахон"),
    "scripts": ("co", "со"),
    "hindi vowel signs": ("मोदी", "मादी"),
    "urdu retroflex": ("ڈار", "دار"),
    "chinese": ("上合", "上和"),
}


@pytest.mark.parametrize(("one", "other"), APART.values(), ids=APART.keys())
def test_keeps_apart(one: str, other: str) -> None:
    assert fold(one) != fold(other)


MARKUP = {
    "entity": ("Modi&#8217;s", "modi's"),
    "named entity": ("B&amp;R &laquo;X&raquo;", 'b&r "x"'),
    "entity twice": ("Modi&amp;#8217;s A&amp;amp;B", "modi's a&b"),
    "hex entity": ("&#x41;", "a"),
    "no entity": ("AT&T; a & b &nosuchname; &#xFFFFFF;", "at&t; a & b &nosuchname; \ufffd"),
    "inline tags": ("Be<b>lt</b> and<i> Road</i>", "belt and road"),
    "block tags": ("<p>SCO</p><p>CSTO</p>", " sco csto "),
    "comment": ("a<!-- b -->c", "a c"),
    "tags out of entities": ("&lt;b&gt;SCO&lt;/b&gt;", "sco"),
    "less than": ("5 < 6 and 7 > 3, a<5", "5 < 6 and 7 > 3, a<5"),
    "word broken before a small letter": ("Lukashen-\nko", "lukashenko"),
    "name broken before a capital": ("Kassym-\n  Jomart", "kassym-jomart"),
    "cyrillic broken": ("Лука-\r\nшенко", "лукашенко"),
}


@pytest.mark.parametrize(("text", "folded"), MARKUP.values(), ids=MARKUP.keys())
def test_markup(text: str, folded: str) -> None:
    assert fold_map(text).text == folded


SPANS = {
    "plain": ("The SCO met", "sco", "SCO"),
    "entity inside": ("Xi&#8217;s plan", "xi's", "Xi&#8217;s"),
    "entity twice": ("&amp;#83;CO", "sco", "&amp;#83;CO"),
    "tag inside": ("Be<b>lt</b> and Road", "belt and", "Be<b>lt</b> and"),
    "zero width inside": ("a Be\u200blt b", "belt", "Be\u200blt"),
    "ligature": ("the ﬁrst", "fi", "ﬁ"),
    "decomposed": ("Pre\u0301sident Шои\u0306гу.", "шойгу", "Шои\u0306гу"),
    "line break in chinese": ("在上海\n合作组织内", "上海合作组织", "上海\n合作组织"),
    "traditional": ("今天習近平說", "习近平", "習近平"),
    "astral before": ("😀 𝐒𝐂𝐎 x", "sco", "𝐒𝐂𝐎"),
    "persian": ("گفت: شي جين\u200cپينگ.", "شی جین پینگ", "شي جين\u200cپينگ"),
    "spaces": ("North   Atlantic", "north atlantic", "North   Atlantic"),
}


@pytest.mark.parametrize(("text", "part", "original"), SPANS.values(), ids=SPANS.keys())
def test_leads_back(text: str, part: str, original: str) -> None:
    folded = fold_map(text)
    at = folded.text.index(part)
    start, end = folded.span(at, at + len(part))
    assert text[start:end] == original


def test_case_is_kept_beside() -> None:
    folded = fold_map("ŞİÖ İl &amp; ШОС шос Straße ﬁ ＳＣＯ")
    assert folded.cased == "SIO Il & ШОС шос Strasse fi SCO"
    assert folded.text == "sio il & шос шос strasse fi sco"


_TROUBLE = st.text(
    alphabet=st.one_of(
        st.characters(),
        st.sampled_from("&;#<>/-\n\r \u200b\u200c\u00ad\u0301\u0306\u0640иИйўﬁßİı習习近平ｶﾞ上شیजz़1aA'’«"),
    ),
    max_size=60,
)


@given(_TROUBLE)
@settings(max_examples=400, deadline=None)
def test_any_text_leads_back(text: str) -> None:
    for markup in (True, False):
        folded = fold_map(text, markup=markup)
        assert len(folded.text) == len(folded.cased)
        spans = [folded.span(at, at + 1) for at in range(len(folded.text))]
        assert all(0 <= a < b <= len(text) for a, b in spans)
        assert spans == sorted(spans)
        way, size = folded.way, len(folded.text)
        for start, end in [(a, b) for a in range(size) for b in (a + 1, a + 3, size) if a < b <= size]:
            assert folded.span(start, end) == (way.start(start), way.end(end - 1))
    assert fold(text) == fold_map(text, markup=False).text
    folded_text = fold(text)
    folded_text.encode()
    assert fold(folded_text) == folded_text


HEAVY = {
    "combining marks": "\u0301" * 400_000,
    "marks of falling class": "a" + "\u0315\u0300\u05ae\u0327" * 100_000,
    "cyrillic with marks": "и\u0301" * 200_000,
    "ampersands": "&" * 400_000,
    "doubled entities": "&amp;lt;" * 50_000,
    "open tags": "<a " * 130_000,
    "open comments": "<!--" * 100_000,
    "hyphens and line ends": "-\n" * 200_000,
    "hyphen and spaces": "a-" + " " * 400_000,
    "chinese with spaces": "习 \n" * 130_000,
    "non-joiners": "ی\u200c\u200c" * 130_000,
}


@pytest.mark.parametrize("text", HEAVY.values(), ids=HEAVY.keys())
def test_takes_time_in_proportion(text: str) -> None:
    begun = time.process_time()
    fold_map(text)
    fold(text)
    assert time.process_time() - begun < 6  # 0.1 to 1.5 s here; what grows with the square takes minutes
