"""Names that nobody has listed yet: what may be one, which are one, and which are worth a look."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from monitor.types import Article, Kept, Match
from monitor.watchlist import suggest as suggesting
from monitor.watchlist.candidates import candidates, stem
from monitor.watchlist.forms import forms
from monitor.watchlist.load import parse
from monitor.watchlist.matcher import Matcher
from monitor.watchlist.suggest import Suggestion, suggest

LIST = parse(
    """
entries:
- id: sco
  kind: organisation
  name: SCO
  aliases: {en: [SCO], ru: [ШОС], zh: [上合组织]}
  ambiguous: [{a: Shanghai, lang: en, need: [Tashkent, Pakistan], veto: [Disney]}]
- {id: tokayev, kind: person, name: Tokayev, aliases: {en: [Kassym-Jomart Tokayev], ru: [Токаев], zh: [托卡耶夫]}}
""",
    "watchlist.yaml",
)
FORMS = forms(LIST)
MATCHER = Matcher(LIST, FORMS)
NOW = datetime(2026, 11, 21, tzinfo=UTC)


def kept(number: int, text: str, lang: str | None, title: str = "") -> tuple[Kept, Sequence[Match]]:
    url = f"https://example.org/{number}"
    article = Article(
        source_id=f"source-{number % 3}",
        url=url,
        canonical_url=url,
        title=title,
        text=text,
        text_from="page",
        lang=lang,
        first_seen_at=NOW,
        content_hash="x",
    )
    matches = MATCHER.find(title, text, lang, None)
    return Kept(id=number, article=article, copy_group_id=1, story_id=1, tags=(), versions=1), matches


def suggested(texts: Sequence[str], lang: str | None, **options: int) -> tuple[Suggestion, ...]:
    return suggest([kept(n, text, lang) for n, text in enumerate(texts, 1)], LIST, FORMS, **options)


def found(text: str, lang: str | None) -> list[str]:
    return [candidate.name for candidate in candidates(text, lang)]


CANDIDATES = {
    "Latin": ("Then Vladimir Norov met envoys of the Eurasian Union.", "en", ["Vladimir Norov", "Eurasian Union"]),
    "Latin with initials": ("The V. I. Norov fund", "en", ["V. I. Norov"]),
    "Latin, joined by small words": (
        "by the Organization of Turkic States today",
        "en",
        ["Organization of Turkic States"],
    ),
    "Latin, a title before it": ("then Hungarian PM Orban spoke", "en", ["Orban"]),
    "Latin, a title behind it": ("then the Norov Foreign Minister spoke", "en", []),
    "Latin, beginning of a sentence": ("The Norov family. On Monday it left.", "en", ["Norov"]),
    "Latin, possessive": ("under Norov's rule", "en", ["Norov"]),
    "Latin, a heading": ("Norov Meets Tokayev In Tashkent", "en", []),
    "Latin, marks": ("dün Müller ile Öztürk geldi", "tr", ["Müller", "Öztürk"]),
    "Cyrillic": ("Потом Владимира Ургантова встретил Ким.", "ru", ["Владимира Ургантова", "Ким"]),
    "Cyrillic, a plain word first": ("Встреча Ургантова с послом", "ru", ["Ургантова"]),
    "Cyrillic, a title": ("сказал Президент Ургантов", "ru", ["Ургантов"]),
    "Cyrillic, a preposition": ("События В Ургантове", "ru", ["Ургантове"]),
    "Cyrillic, a place alone": ("поехал в Ташкент и Москву", "ru", []),
    "Cyrillic, a given name alone": ("сказал Владимир тихо", "ru", []),
    "Cyrillic, another language": ("кеше Нұрлан Ермеков келді", "kk", ["Нұрлан Ермеков"]),
    "Han, after a title": ("外交部长王小明表示", "zh", ["王小明"]),
    "Han, no surname": ("国家主席定期表示", "zh", []),
    "Han, foreign sounds": ("会见了拉马福萨先生", "zh", ["拉马福萨"]),
    "Han, a state": ("在土库曼斯坦举行", "zh", []),
    "Han, a wife": ("同普佐夫夫人", "zh", ["普佐夫"]),
    "Han, traditional": ("總統馬杜羅表示", "zh", ["马杜罗"]),
    "Arabic": ("رئیس جمهور نوروف گفت", "fa", []),
    "nothing": ("", None, []),
}


@pytest.mark.parametrize(("text", "lang", "names"), CANDIDATES.values(), ids=CANDIDATES)
def test_what_may_be_a_name(text: str, lang: str | None, names: list[str]) -> None:
    assert found(text, lang) == names
    for one in candidates(f"Vorwort.\n{text}", lang):
        assert f"Vorwort.\n{text}"[one.start : one.end] == one.name or lang == "zh"


ONE = {
    "surname": ["Иванов", "Иванова", "Иванову", "Ивановым", "Иванове", "Ивановой", "Ивановых"],
    "surname in -ин": ["Путин", "Путина", "Путину", "Путиным", "Путине"],
    "adjective": ["Российский", "Российского", "Российским", "Российская", "Российской"],
    "given name": ["Сергей", "Сергея", "Сергею", "Сергеем", "Сергее"],
    "given name, feminine": ["Мария", "Марии", "Марию", "Марией"],
    "consonant": ["Рахмон", "Рахмона", "Рахмону", "Рахмоном", "Рахмоне"],
    "short": ["Ким", "Кима", "Киму", "Кимом", "Киме"],
    "Chinese": ["Хуэй", "Хуэя", "Хуэю", "Хуэем"],
    "ё": ["Мирзиёев", "Мирзиеева", "МИРЗИЁЕВУ"],
}


@pytest.mark.parametrize("words", ONE.values(), ids=ONE)
def test_cases_of_one_name(words: list[str]) -> None:
    assert len({stem(word) for word in words}) == 1


def test_a_name_in_several_cases_is_one_suggestion() -> None:
    cases = ["Лев Ургантов", "Льва Ургантова", "Львом Ургантовым", "Льву Ургантову"]
    texts = [f"Потом {name} говорил о ШОС." for name in ("Ургантов", "Ургантова", "Ургантовым", "Ургантову")]
    (one,) = suggested(texts, "ru")
    assert (one.name, one.articles, one.sources, one.lang) == ("Ургантов", 4, 3, "ru")
    assert set(one.spellings) == {"Ургантова", "Ургантовым", "Ургантову"}
    assert one.beside == ("sco",)
    assert len(suggested([f"Потом {name} говорил о ШОС." for name in cases], "ru", least=1)) >= 1


LANGUAGES = {
    "Latin": ("In the SCO then Norov spoke.", "Then Norov spoke of rain.", "en", "Norov"),
    "Cyrillic": ("На встрече ШОС потом Ургантов сказал.", "Потом Ургантов сказал.", "ru", "Ургантов"),
    "Han": ("上合组织会议上，外交部长王小明表示", "外交部长王小明表示", "zh", "王小明"),
}


@pytest.mark.parametrize(("near", "alone", "lang", "name"), LANGUAGES.values(), ids=LANGUAGES)
def test_names_beside_tags_come_first(near: str, alone: str, lang: str, name: str) -> None:
    other = {"en": "weather of today", "ru": "погода сегодня", "zh": "今天天气很好"}[lang]
    (one,) = suggested([near] * 4 + [alone] + [other] * 20, lang)
    assert (one.name, one.articles, one.elsewhere) == (name, 4, 1)
    assert one.score > 0
    assert (name in one.sample, one.article_id, one.url) == (True, 4, "https://example.org/4")
    assert suggested([near] * 4 + [alone] * 40, lang) == ()
    assert suggested([near] * 2 + [other] * 20, lang) == ()


LISTED = {
    "a name of the list": "SCO leaders say Kassym-Jomart Tokayev came.",
    "a part of it": "SCO leaders say that Tokayev came.",
    "another case": "Лидеры ШОС ждали долго Токаева.",
    "context of the list": "The SCO in Tashkent today.",
    "of its kind": "The SCO has Pakistani visitors.",
    "far from a tag": f"The SCO met. {'Much was said about nothing at all. ' * 20} Then Norov spoke.",
    "only at the beginning of sentences": "Cotton is sold. The SCO met. Cotton is sold.",
}


@pytest.mark.parametrize("text", LISTED.values(), ids=LISTED)
def test_what_is_not_suggested(text: str) -> None:
    assert suggested([text] * 5, None) == ()


def test_the_whole_name_stands_for_its_part() -> None:
    texts = ["At the SCO then Vladimir Norov spoke."] * 4 + ["At the SCO again Norov spoke."] * 3
    assert [one.name for one in suggested(texts, "en")] == ["Vladimir Norov"]
    texts = ["At the SCO then Norov spoke."] * 20 + ["At the SCO then Bakhodir Norov spoke."] * 3
    assert [one.name for one in suggested(texts, "en")] == ["Norov"]


def test_rare_names_are_forgotten_before_memory_is_full(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suggesting, "_NEAR", 50)
    monkeypatch.setattr(suggesting, "_ELSEWHERE", 50)
    names = [f"Norov{chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(300)]
    texts = [f"At the SCO then Ulugbekov met {name} and again {name}x." for name in names]
    texts += [f"Rain fell on {name}." for name in names]
    (one,) = suggested(texts, "en")
    assert (one.name, one.articles) == ("Ulugbekov", 300)


HOSTILE = {
    "capitals": "A " * 10_000,
    "the": "The " * 5_000,
    "vowels": "А" + "а" * 19_998 + "к",
    "hyphens": "A-" * 10_000,
    "sounds": "阿·" * 10_000,
    "titles": "总统" * 10_000,
    "marks": "Á" + "\u0301" * 19_000,
    "surrogates": "SCO \ud800 Norov\udfff " * 1_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_no_text_takes_long(text: str) -> None:
    started = time.process_time()
    suggested([f"SCO {text}"], None, least=1)
    assert time.process_time() - started < 1
