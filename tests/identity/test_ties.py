"""Why a story is one: the pairs that join it, the copies, and facts in the words of the article."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.identity.facts import Kind, kind_of, unpack
from monitor.identity.kept import parted
from monitor.identity.stories import Stories
from monitor.identity.ties import copies_of, in_words, ties
from monitor.types import Article, Match, Neighbour
from tests.identity.test_stories import NOW, QUAKE, VOTE, as_kept, by, lists

OTHERS = {
    "hi": "तियानजिन में शंघाई सहयोग संगठन की बैठक में 12 देशों के नेता शामिल हुए। बैठक 19 नवंबर को समाप्त हुई।",
    "kk": "Астанада Шанхай ынтымақтастық ұйымының саммиті 19 қарашада өтті, оған 300 делегат қатысты.",
    "ur": "بیجنگ میں شنگھائی تعاون تنظیم کا اجلاس 19 نومبر کو ہوا جس میں 12 ممالک نے شرکت کی۔",
    "en": "The “C5+1” talks on the Afghan-Tajik border, the 12th since 2019, cost 4.7 million dollars by July 3.",
}


def articles() -> list[Article]:
    made = [*QUAKE.values(), *VOTE.values()]
    return made + [replace(QUAKE["en"], lang=lang, title="", text=text) for lang, text in OTHERS.items()]


@pytest.mark.parametrize("given", articles(), ids=lambda one: f"{one.lang} {one.text[:12]}")
def test_every_fact_that_is_kept_is_said_in_words_of_the_article(given: Article) -> None:
    stories = Stories(*lists())
    facts = unpack(parted(as_kept(stories, given).facts).facts)
    assert facts
    said = in_words(stories.reader, given.title, given.text, given.lang, facts.steps)
    assert said.keys() == facts.steps.keys()
    whole = f"{given.title}\n{given.text}"
    assert [words for words in said.values() if words not in whole] == []


@pytest.mark.parametrize(
    ("lang", "kind", "words"),
    [
        pytest.param("en", Kind.PLACE, {"Almaty", "Kazakhstan"}, id="places"),
        pytest.param("ru", Kind.DAY, {"19 ноября"}, id="a day"),
        pytest.param("ru", Kind.NUMBER, {"5,8", "12", "40", "300"}, id="numbers"),
        pytest.param("zh", Kind.PLACE, {"阿拉木图", "哈萨克"}, id="places in Chinese"),
        pytest.param("zh", Kind.DAY, {"11月19日"}, id="a day in Chinese"),
        pytest.param("fa", Kind.HAPPENING, {"زلزله"}, id="what happened, in Persian"),
    ],
)
def test_a_fact_is_said_in_as_few_words_as_tell_it(lang: str, kind: Kind, words: set[str]) -> None:
    stories = Stories(*lists())
    facts = unpack(parted(as_kept(stories, QUAKE[lang]).facts).facts)
    assert facts
    wanted = [number for number in facts.steps if kind_of(number) == kind]
    assert words <= set(in_words(stories.reader, QUAKE[lang].title, QUAKE[lang].text, lang, wanted).values())


@pytest.mark.parametrize("said", ["3.51%", "$4.7", "C5+1", "1,050", "2 755", "12th", "7°"])
def test_a_figure_is_said_with_its_signs_and_without_its_neighbours(said: str) -> None:
    stories = Stories(*lists())
    text = f"Turnout, {said} (then 2019), was low."
    facts = stories.reader.read("", said, "en").text
    numbers = [number for number in facts if kind_of(number) in (Kind.NUMBER, Kind.ORDINAL)]
    assert numbers
    assert all(words in said for words in in_words(stories.reader, "", text, "en", numbers).values())


def test_an_entry_of_the_watchlist_stands_for_itself_and_what_an_edit_took_away_is_left_out() -> None:
    stories = Stories(*lists())
    match = Match(entry_id="sco-rats", alias="RATS", lang="en", field="title", start=0, end=4, rule="strong")
    facts = unpack(parted(as_kept(stories, QUAKE["en"], match).facts).facts)
    assert facts
    said = in_words(stories.reader, "Edited", "Nothing of it is left.", "en", facts.steps, ["sco-rats", "sco"])
    assert set(said.values()) == {"sco-rats"}


def member(stories: Stories, number: int, given: Article, group: int = 0) -> Neighbour:
    return replace(as_kept(stories, given), id=number, copy_group_id=group or number, story_id=1)


def test_a_story_of_four_texts_is_joined_by_three_pairs_and_copies_are_not_asked() -> None:
    stories = Stories(*lists())
    several = [
        member(stories, n, by(f"o{n}", one, NOW + timedelta(hours=n))) for n, one in enumerate(QUAKE.values(), 1)
    ]
    several.append(member(stories, 5, by("o5", QUAKE["en"]), group=1))
    found = ties(stories, several)
    assert len(found) == 3
    assert {number for tie in found for number in (tie.article_id, tie.other_id)} == {1, 2, 3, 4}
    assert all(tie.other_id < tie.article_id for tie in found)
    assert all(tie.likeness == pytest.approx(sum(why.value for why in tie.reasons)) for tie in found)
    other = [*several, member(stories, 6, by("o6", VOTE["en"]))]
    assert ties(stories, other)[-1].likeness < 0 < min(tie.likeness for tie in found)


@pytest.mark.parametrize("count", [0, 1])
def test_one_text_alone_has_nothing_that_it_was_put_together_with(count: int) -> None:
    stories = Stories(*lists())
    assert ties(stories, [member(stories, 1, QUAKE["en"])][:count]) == ()


def test_a_text_of_which_nothing_is_kept_is_in_no_pair() -> None:
    stories = Stories(*lists())
    several = [member(stories, n, one) for n, one in enumerate((QUAKE["en"], QUAKE["ru"], QUAKE["zh"]), 1)]
    several[1] = replace(several[1], facts=b"")
    assert [(tie.article_id, tie.other_id) for tie in ties(stories, several)] == [(3, 1)]


@pytest.mark.parametrize("lang", ["en", "ru", "zh"])
def test_a_copy_stands_beside_the_article_that_it_has_most_of(lang: str) -> None:
    text = "\n".join(one[lang].text for one in (QUAKE, VOTE))
    whole = replace(QUAKE[lang], text=text)
    cut = replace(whole, title="Cut", text=text[: int(len(text) * 0.7)])
    again = replace(cut, title="Again")
    found = copies_of([(1, whole), (2, cut), (3, again)])
    assert [(copy.article_id, copy.other_id) for copy in found] == [(2, 1), (3, 2)]
    assert found[0].likeness.kind == "copy"
    assert found[0].likeness.longer == pytest.approx(0.7, abs=0.1)
    assert found[1].likeness.longer == 1.0
