"""Who a text credits, and who it only mentions: labelled cases in the languages of the pack."""

from __future__ import annotations

import json
import time
from collections import Counter
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from monitor.identity import agencies as agencies_of
from monitor.identity.agencies import Agencies
from monitor.identity.credits import EDGE, credit, own
from monitor.identity.evidence import Credit, from_bytes, to_bytes
from monitor.sourcelist import read_sources
from monitor.types import Article

PACK = Path(agencies_of.__file__).parent.parent / "packs" / "sco"
CASES = [
    json.loads(line)
    for line in (Path(__file__).parent.parent / "data" / "origin_cases.jsonl").read_text(encoding="utf-8").splitlines()
]
SEEDS = Path(__file__).parents[3] / "shared" / "data" / "seeds"


@cache
def pack() -> Agencies:
    listed = agencies_of.parse((PACK / "agencies.yaml").read_text(encoding="utf-8"), "agencies.yaml")
    return listed.with_sources(read_sources((PACK / "sources.yaml").read_text(encoding="utf-8"), "sources.yaml"))


def article(text: str, title: str = "A headline", **more: Any) -> Article:
    given = {
        "source_id": None,
        "url": "https://outlet.example.org/1",
        "lang": None,
        "first_seen_at": datetime(2026, 11, 21, tzinfo=UTC),
        **more,
    }
    return Article(
        canonical_url=str(given["url"]), title=title, text=text, text_from="import", content_hash="0", **given
    )


def of_case(case: dict[str, Any]) -> tuple[Article, tuple[Credit, ...]]:
    given = article(
        case["text"],
        case["title"],
        lang=case["lang"],
        source_id=case.get("source"),
        source_name=case.get("source_name"),
        authors=tuple(case.get("authors", ())),
        url=case.get("url", "https://outlet.example.org/1"),
    )
    return given, credit(given, pack(), declared_url=case.get("declared"))


def said(case: dict[str, Any]) -> str | None:
    """The surest credit of somebody else, as the cases write it."""
    given, credits = of_case(case)
    mine = own(given, pack())
    top = next((c for c in credits if mine is None or c.agency_id != mine.id), None)
    return (top.agency_id or top.name or "unnamed") if top else None


def meant(case: dict[str, Any]) -> str | None:
    return case["origin"] or case.get("name") or ("unnamed" if case.get("unnamed") else None)


def test_there_are_enough_cases_in_all_languages_and_of_all_kinds() -> None:
    assert len(CASES) >= 1010
    by_language = Counter(case["lang"] for case in CASES)
    assert {"en", "ru", "zh", "fa", "ur", "hi", "kk", "ky", "uz", "tg", "be", "mn", "tr", "ar"} <= by_language.keys()
    assert sum(meant(case) is None for case in CASES) >= 200


def test_credits_are_found_and_nobody_is_credited_who_is_only_mentioned() -> None:
    credited = [case for case in CASES if meant(case)]
    right = sum(said(case) == meant(case) for case in credited)
    false = [case["id"] for case in CASES if (name := said(case)) and name != meant(case)]
    assert right / len(credited) >= 0.95
    assert len(false) <= 0.01 * len(CASES), false


@pytest.mark.parametrize("lang", sorted({case["lang"] for case in CASES}))
def test_no_language_is_left_behind(lang: str) -> None:
    mine = [case for case in CASES if case["lang"] == lang]
    assert [case["id"] for case in mine if said(case) != meant(case)] == []


def test_a_credit_of_the_text_knows_where_it_stands() -> None:
    for case in CASES:
        given, credits = of_case(case)
        for found in credits:
            if found.field in ("title", "text"):
                whole = given.title if found.field == "title" else given.text
                stands = whole[found.start : found.end]
                assert stands
                assert "\n" not in stands
                agency = pack().of_name(stands.strip('"«» '))
                assert found.agency_id is None or found.name is None or agency is None or agency.id == found.agency_id
            assert "\n" not in found.phrase
            assert 0 < found.confidence < 1


@pytest.mark.parametrize(
    ("text", "how", "stands"),
    [
        ("MOSCOW, November 21. /TASS/. The forum opens.", "dateline", "TASS"),
        ("БИШКЕК, 21 ноября. /ТАСС/. Форум открывается.", "dateline", "ТАСС"),
        ("新华社北京11月21日电 论坛开幕。", "dateline", "新华社"),
        ("تهران – ایرنا – همایش آغاز شد.", "dateline", "ایرنا"),
        ("The forum opens on Monday.\nSource: Xinhua", "label", "Xinhua"),
        ("Форум открылся, передает «Интерфакс».\nОн продлится день.", "reports", "Интерфакс"),
        ("फोरम खुला।\nयह सोमवार तक चलेगा।\n(भाषा)", "signature", "भाषा"),
    ],
    ids=["latin", "cyrillic", "han", "arabic", "label", "reports", "devanagari"],
)
def test_the_words_that_say_so_are_given_with_their_place(text: str, how: str, stands: str) -> None:
    (found,) = credit(article(text), pack())
    assert (found.how, found.field, text[found.start : found.end]) == (how, "text", stands)


def test_the_same_words_in_the_middle_of_a_long_text_are_no_credit() -> None:
    own_words = "The committee met again and spoke of the road, the river and the price of wheat. " * 40
    middle = "The bridge is late, according to Reuters. "
    assert credit(article(own_words + middle + own_words), pack()) == ()
    assert [c.agency_id for c in credit(article(middle + own_words), pack())] == ["reuters"]


def test_only_the_edges_of_a_long_text_are_read() -> None:
    text = "A line about the river.\n" * 20_000
    assert len(text) > 100 * EDGE
    found = credit(article(text + "Source: IRNA"), pack())
    assert [text[c.start : c.end] or "IRNA" for c in found] == ["IRNA"]


@pytest.mark.parametrize("text", ["", "\n", "(((((((((((((((", "/TASS", "Source: ", "«»" * 500, "ТАСС " * 2_000])
def test_odd_texts_are_read_without_harm(text: str) -> None:
    for found in credit(article(text, title=text[:100] or "x"), pack()):
        assert found.agency_id == "tass"


@pytest.mark.skipif(not SEEDS.exists(), reason="needs ../shared/data, which is not here")
def test_the_seed_that_says_it_was_rewritten_has_an_origin_without_a_name() -> None:
    found = {}
    for path in sorted(SEEDS.glob("0*.txt")):
        text = path.read_text(encoding="utf-8").strip()
        found[path.name[:3]] = [(c.how, c.name) for c in credit(article(text), pack())]
    assert found.pop("004") == [("taken", None)]
    assert not any(found.values())


@pytest.mark.parametrize(
    ("name", "url", "credited"),
    [
        ("Kloop.kg", "https://kloop.kg/1", []),
        ("Asia Plus", "https://asiaplustj.info/1", []),
        ("Daily Example", "https://daily-example.org/1", []),
        ("Daily Example", "https://lists.example.com/1", ["Daily Example"]),
        ("TASS", "https://lists.example.com/1", ["TASS"]),
    ],
)
def test_a_list_that_names_its_own_site_names_nobody_else(name: str, url: str, credited: list[str]) -> None:
    given = article("The gate opens.", source_id="lister", source_name=name, url=url)
    assert [c.name for c in credit(given, pack())] == credited


def test_credits_are_kept_in_few_bytes_and_come_back() -> None:
    for case in CASES:
        credits = of_case(case)[1]
        kept = to_bytes(credits)
        assert len(kept) <= 1_500
        assert bool(kept) == bool(credits)
        back = from_bytes(kept)
        assert [(c.agency_id, c.name, c.how, c.start) for c in back] == [
            (c.agency_id, c.name, c.how, c.start) for c in credits[:3]
        ]


@pytest.mark.parametrize(
    "piece",
    ["( ", "источник ", "ТАСС ", "«", "ТАСС, ", "a b c ", "this article was published ", "据", "。", ". ", "/", "- "],
)
def test_the_worst_texts_take_milliseconds(piece: str) -> None:
    text = (piece * 3_000)[:20_000]
    given = article(text, title=text[:1_000])
    credit(given, pack())
    began = time.process_time()
    credit(given, pack())
    assert time.process_time() - began < 0.25


@pytest.mark.parametrize(
    ("source", "url", "name", "agency"),
    [
        ("tass-ru", "https://tass.ru/1", None, "tass"),
        ("dawn", "https://www.dawn.com/news/1", None, "dawn"),
        (None, "https://tj.sputniknews.ru/1", "Anything", "sputnik"),
        (None, "https://copies.example.org/1", "The Associated Press", "ap"),
        (None, "https://copies.example.org/1", "Daily Example", None),
        ("lister", "https://copies.example.org/1", "TASS", None),
    ],
)
def test_whose_own_text_it_is_shows_in_source_site_or_outlet(
    source: str | None, url: str, name: str | None, agency: str | None
) -> None:
    mine = own(article("Text.", source_id=source, url=url, source_name=name), pack())
    assert (mine.id if mine else None) == agency


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("He joined the Pakistan Tehreek-i-Insaf (PTI).", [], id="a party"),
        pytest.param("Officers of the Australian Federal Police (AFP) trained in Tashkent.", [], id="a police force"),
        pytest.param(
            "The Azerbaijan Popular Alliance (APA) named a leader.", [], id="a party in whose name is another"
        ),
        pytest.param("A ship called, according to the Press Trust of India (PTI).", ["pti"], id="its own long name"),
        pytest.param("Ministers met in Baku, Anadolu Agency (AA) reported.", ["aa"], id="a verb behind both"),
        pytest.param("BISHKEK, Nov 20 (APP): Talks began.", ["app"], id="a dateline"),
    ],
)
def test_a_short_name_in_brackets_belongs_to_the_words_before_it(text: str, expected: list[str]) -> None:
    assert [c.agency_id for c in credit(article(text, lang="en"), pack())] == expected


def test_of_two_agencies_that_report_together_both_are_named_the_first_one_first() -> None:
    found = credit(article("Talks go on, agencies TASS and RIA Novosti reported.", lang="en"), pack())
    assert [c.agency_id for c in found] == ["tass", "ria"]


def test_a_text_that_was_taken_from_nobody_named_is_from_whoever_else_is_named() -> None:
    text = "Forces began an exercise.\n(This story is published from a syndicated feed.)\nPTI"
    assert [c.agency_id for c in credit(article(text, lang="en"), pack())] == ["pti", None]


def test_a_short_word_ends_a_sentence_where_a_capital_follows() -> None:
    text = "It has not said whether it will join. In 2024, Reuters reported that talks had stalled."
    assert credit(article(text, lang="en"), pack()) == ()


def test_a_name_that_is_a_word_too_is_one_behind_what_it_is() -> None:
    said = credit(article("Snow cut the road, Kyrgyz state agency Kabar reported.", lang="en"), pack())
    assert [c.agency_id for c in said] == ["kabar"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        pytest.param("The summit opened.\nThis article was taken on 5 May from Kloop.kg.", "Kloop", id="taken on"),
        pytest.param(
            "The summit opened. It went on.\nThis article was taken in part using Kloop.kg.", "Kloop", id="in"
        ),
        pytest.param("Саммит открылся.\nТекст обработан нейросетью.", None, id="обработан"),
    ],
)
def test_a_wording_is_found_without_another_one_beside_it(text: str, name: str | None) -> None:
    assert [(c.how, c.name) for c in credit(article(text), pack())] == [("taken", name)]
