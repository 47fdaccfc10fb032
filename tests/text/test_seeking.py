"""The quick way to the words sought finds what the whole way finds."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.text import seeking
from monitor.text.seeking import Sought
from monitor.text.words import Wanted, places, query_terms

TEXTS = {
    "English": ("en", "The summits said little. Anti-terror drills, C5+1, 3,000; the BANK's \"summit\" went.\nBanks"),
    "initials": ("en", "He told us that a U.S.-led talk and anti-U.S. talks went on; US envoys"),
    "no space behind a point": ("en", "It closed.Bank,summit went; see www.summit.example/bank.html, 37.5 banks"),
    "Russian": ("ru", "Саммит ШОС: Токаева ждут в Нью-Йорке, ёлки. «Банка» SCO-саммит 3 000 человек лучше"),
    "Chinese": ("zh", "上海合作\n组织峰会在比什凯克举行。習近平訪問，上合・组织 SCO峰会 第3次"),
    "Persian": ("fa", "عراقچي درباره راه‌آهن سخن گفت"),
    "rare signs": ("en", "ＳＣＯ summit ﬁnal e\u0301lan sum\u00admit — ½ cafe\u0301 ②"),
    "rare Chinese": ("zh", "〇上合㐀峰会ｱ 上合\uf900"),
    "other Latin": ("tr", "Bakanların İstanbul'da zirvesi"),
    "empty": ("en", ""),
}  # fmt: skip
SOUGHT = {
    "summit": [query_terms("summit")],
    "say": [query_terms("say")],
    "good": [query_terms("хороший")],
    "antiterror": [query_terms("antiterror")],
    "part": [query_terms("terror")],
    "letters in a word of two scripts": [query_terms("саммит")],
    "initials": [query_terms("US")],
    "initials with points": [query_terms("U.S.")],
    "number": [query_terms("3000")],
    "phrase": [query_terms("summit went", exact=True)],
    "phrase and word": [query_terms("little anti", exact=True), query_terms("bank")],
    "name": [query_terms("Токаев")],
    "hyphen": [query_terms("Нью-Йорк")],
    "exact": [query_terms("bank", exact=True)],
    "beginning": [query_terms("ban", prefix=True)],
    "run": [query_terms("上合")],
    "runs that overlap": [query_terms("上合"), query_terms("合组")],
    "several runs": [query_terms("举行。习近平")],
    "traditional": [query_terms("习近平")],
    "one sign": [query_terms("会")],
    "mixed": [query_terms("SCO峰会")],
    "Arabic script": [query_terms("عراقچی")],
    "Turkish": [query_terms("zirve"), query_terms("istanbul")],
}


def with_forms(wanted: list[Wanted]) -> list[Wanted]:
    """The same with all forms that the texts have."""
    stand = [place for lang, text in TEXTS.values() for place in places(text, lang)]
    return [
        replace(one, forms=tuple(place.term for place in stand if not {*one.bases}.isdisjoint(place.bases)))
        for one in wanted
    ]


def found(stand: list[seeking.Place], wanted: list[Wanted]) -> set[tuple[int, int]]:
    """Every stretch that answers, as snippets mark it."""
    spans = set()
    for one in wanted:
        size = len(one.plain)
        for at, place in enumerate(stand):
            if one.bases and not {place.term, *place.bases}.isdisjoint(one.bases):
                spans.add((place.start, place.end))
            terms = [other.term for other in stand[at : at + size]]
            last = len(terms) == size and one.plain_open_end and terms[-1].startswith(one.plain[-1])
            if terms == [*one.plain] or (last and terms[:-1] == [*one.plain[:-1]]):
                spans.add((place.start, stand[at + size - 1].end))
    return spans


@pytest.mark.parametrize(("lang", "text"), TEXTS.values(), ids=TEXTS)
@pytest.mark.parametrize("wanted", SOUGHT.values(), ids=SOUGHT)
def test_the_same_places_as_the_whole_text_has(lang: str, text: str, wanted: list[Wanted]) -> None:
    assert found(Sought(wanted).places(text, lang), wanted) == found(places(text, lang), wanted)


@pytest.mark.parametrize(("lang", "text"), TEXTS.values(), ids=TEXTS)
@pytest.mark.parametrize("wanted", SOUGHT.values(), ids=SOUGHT)
def test_the_same_when_all_forms_are_known(lang: str, text: str, wanted: list[Wanted]) -> None:
    known = with_forms(wanted)
    assert found(Sought(known).places(text, lang), known) == found(places(text, lang), wanted)


def test_each_is_found_somewhere() -> None:
    for name, wanted in SOUGHT.items():
        assert any(found(Sought(wanted).places(text, lang), wanted) for lang, text in TEXTS.values()), name


def test_the_quick_way_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seeking, "places", None)
    for wanted, text in (("summit", "English"), ("Токаев", "Russian"), ("上合", "Chinese")):
        lang, shown = TEXTS[text]
        assert Sought([query_terms(wanted)]).places(shown, lang)
