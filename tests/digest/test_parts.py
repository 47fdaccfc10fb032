"""What stands beside a digest's items: what is new, documents, read-outs, people, the week, and how long it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from alerts.render import mail
from monitor.digest import Draft
from monitor.digest.counting import people, uncovered, weekly
from monitor.digest.length import DAY, WEEK, shortened, words
from monitor.digest.sentences import sentences
from monitor.digest.weekly import nonevents, quotes
from monitor.digest.whatsnew import LINE_LIMIT, Said, figures_of, said, whats_new, written
from monitor.types import Count, Digest, Item, News
from storage.digests import of_json, to_json
from tests.digest.builders import NOW, SOURCES, item, news
from tests.digest.world import ENTRIES, HOUR, asked, copied, day, days, tagged, whole
from tests.digest.world import SOURCES as WORLD


def made(draft: Draft) -> Digest:
    assert draft.digest is not None
    return draft.digest


def items(draft: Draft) -> dict[int, Item]:
    return {one.story_id: one for section in made(draft).sections for one in section.items}


# ------------------------------------------------------------------------------------------------ sentences

SENTENCES = [
    ("One. Two? Three!", ["One.", "Two?", "Three!"]),
    ("Mr. Smith met Gen. Li. They spoke.", ["Mr. Smith met Gen. Li.", "They spoke."]),
    ("В. В. Путин прибыл в г. Бишкек. Встреча началась.", ["В. В. Путин прибыл в г. Бишкек.", "Встреча началась."]),
    ("上合组织秘书长抵达。他会见了代表团！", ["上合组织秘书长抵达。", "他会见了代表团！"]),
    ("نشست برگزار شد؟ بله۔ پایان", ["نشست برگزار شد؟", "بله۔", "پایان"]),
    ("He said “Yes.” Then he left.", ["He said “Yes.”", "Then he left."]),
    ("It cost 2.5 million. U.S. officials agreed.", ["It cost 2.5 million.", "U.S. officials agreed."]),
    ("A headline\nThe text.", ["A headline", "The text."]),
    ("", []),
]


@pytest.mark.parametrize(("text", "expected"), SENTENCES, ids=[t[:20] for t, _ in SENTENCES])
def test_sentences(text: str, expected: list[str]) -> None:
    assert [text[start:end] for start, end in sentences(text)] == expected


# ------------------------------------------------------------------------------------------------ what is new

OLD = "The council will meet. The bank has 3 members."
NEW = [
    ("en", "The council talked at length. It will meet on 5 December.", "It will meet on 5 December.", "5 December"),
    ("en", "Nothing moved here today at all. The bank has 14 members.", "The bank has 14 members.", "14"),
    ("ru", "Совет долго говорил о делах. Он соберётся 5 декабря.", "Он соберётся 5 декабря.", "5 December"),
    ("zh", "理事会进行了长时间的会谈和讨论。会议将于12月5日举行。", "会议将于12月5日举行。", "5 December"),
    ("fa", "شورا مدت زیادی گفتگو کرد. نشست ۵ دسامبر است.", "نشست ۵ دسامبر است.", "5 December"),
]


@pytest.mark.parametrize(("lang", "text", "line", "fact"), NEW, ids=[f"{r[0]}-{r[3]}" for r in NEW])
def test_the_sentence_with_the_newest_date_or_number(lang: str, text: str, line: str, fact: str) -> None:
    before = said([(news(1, text=OLD).kept.article, ["sco"])])
    found = whats_new(news(2, text=text, lang=lang).kept.article, (), before)
    assert (found.line, found.facts) == (line, (fact,))


def test_a_name_that_the_story_had_not_is_new_in_any_language() -> None:
    piece = tagged(news(2, lang="ru", text="Заседание прошло в столице. В нём участвовал Ван И."), ("wang-yi", "Ван И"))
    before = Said(entries=frozenset({"sco"}), langs=frozenset({"en"}))
    assert whats_new(piece.kept.article, piece.matches, before).facts == ("Ван И",)
    known = Said(entries=frozenset({"wang-yi"}), langs=frozenset({"en"}))
    assert whats_new(piece.kept.article, piece.matches, known).facts == ()


def test_the_day_of_the_article_is_no_news() -> None:
    before = Said(langs=frozenset({"en"}))
    article = news(2, text="BISHKEK, November 21. The council met on 20 November.").kept.article
    assert whats_new(article, (), before).facts == ()


LINES = [
    ("en", "ASTANA, Nov. 20 (Xinhua) -- The presidents agreed on trade.", "The presidents agreed on trade."),
    ("en", "ALMATY, November 10 - The working group has agreed.", "The working group has agreed."),
    ("ru", "БИШКЕК, 10 ноября — Рабочая группа договорилась.", "Рабочая группа договорилась."),
    ("ru", "АСТАНА, 20 ноября. /ТАСС/. Президенты договорились.", "Президенты договорились."),
    ("zh", "新华社北京11月20日电（记者）：两国领导人举行了会谈并达成共识。", "两国领导人举行了会谈并达成共识。"),
    (
        "en",
        "Title of it. Title of it again, and the rest of the story.",
        "Title of it again, and the rest of the story.",
    ),
    ("en", "News Title of it The council met in the old town.", "The council met in the old town."),
    ("en", "Title of it.", ""),
    ("en", "", ""),
]


@pytest.mark.parametrize(("lang", "text", "line"), LINES, ids=range(len(LINES)))
def test_the_first_sentence_without_its_dateline_and_not_the_headline_again(lang: str, text: str, line: str) -> None:
    assert whats_new(news(1, title="Title of it", text=text, lang=lang).kept.article, (), None).line == line


DATELINES = [
    ("en", "Baku, November 18, AZERTAC. "),
    ("en", "YEREVAN, NOVEMBER 18, ARMENPRESS. "),
    ("ru", "САНКТ-ПЕТЕРБУРГ, 20 ноября. /ТАСС/. "),
    ("ru", "ПЕКИН, 18 ноября. /ТАСС/. "),
    ("ru", "МОСКВА, 18 ноя - РИА Новости. "),
    ("ru", "Пекин. 18 ноября. ИНТЕРФАКС - "),
    ("ru", "БИШКЕК, 18 ноября /Кабар/. "),
    ("ru", "ДУШАНБЕ, 18 ноября. /НИАТ «Ховар»/. "),
    ("ru", "МИНСК, 18 ноября. /Корр. БЕЛТА/. "),
    ("ru", "18 ноября, Минск /Корр. БЕЛТА/. "),
    ("ru", "АСТАНА. КАЗИНФОРМ – "),
    ("kk", "АСТАНА. KAZINFORM – "),
    ("en", "ASTANA. KAZINFORM "),
    ("en", "New Delhi, Nov 18 (PTI) "),
    ("en", "New Delhi [India], November 18 (ANI): "),
    ("en", "ISLAMABAD, Nov 18 (APP): "),
    ("en", "Tehran, IRNA - "),
    ("en", "TEHRAN, Nov. 18 (MNA) – "),
    ("fa", "تهران- ایرنا- "),
    ("en", "ISLAMABAD (AP) — "),
    ("en", "BEIJING, Nov 18 (Reuters) - "),
    ("en", "ANKARA (AA) - "),
    ("en", "MINSK, 18 November (BelTA) – "),
    ("en", "MOSCOW, November 18. /TASS/. "),
    ("en", "BISHKEK (TCA) — "),
    ("uz", "TOSHKENT, 18-noyabr. /OʻzA/. "),
    ("zh", "新华社北京11月18日电(记者王希)"),
    ("zh", "中新社北京11月18日电 (记者 李京泽)"),
    ("zh", "人民网北京11月18日电 "),
    ("hi", "नई दिल्ली, 18 नवंबर (भाषा) "),
    ("en", "KABUL (Pajhwok): "),
]
TOLD = {
    "en": "The ministers met and agreed on trade.",
    "ru": "Министры встретились и договорились о торговле.",
    "kk": "Министрлер кездесіп, сауда туралы келісті.",
    "uz": "Vazirlar uchrashib, savdo haqida kelishib oldilar.",
    "zh": "各国部长举行了会谈并就贸易达成共识。",
    "fa": "وزیران دیدار کردند و درباره تجارت توافق کردند.",
    "hi": "मंत्रियों ने मुलाकात की और व्यापार पर सहमति बनी।",
}


@pytest.mark.parametrize(("lang", "dateline"), DATELINES, ids=range(len(DATELINES)))
def test_a_dateline_is_not_what_is_new_even_where_it_ends_like_a_sentence(lang: str, dateline: str) -> None:
    first = TOLD[lang]
    for title, before in (("Another headline", ""), ("Title of it", "Title of it\n")):
        one = news(1, title=title, text=f"{before}{dateline}{first} {first}", lang=lang).kept.article
        assert whats_new(one, (), None).line == first


@pytest.mark.parametrize(
    "text",
    [
        "NATO - the alliance of 32 states - will not join the talks, its spokesman said.",
        "China: a country of many voices, the minister said at the opening of the forum.",
        "ШОС - организация, в которую входят десять государств, сообщил секретариат.",
        "SCO: ten members, one bank, said the analyst in a long paper on the organisation.",
        "On November 18, ministers met in Baku, the agency said.",
        "Tea-sellers, bankers - all of them were there, the organisers said.",
        "ایران-روسیه-چین نشست سه جانبه برگزار کردند و بیانیه دادند.",
    ],
)
def test_what_only_looks_like_a_dateline_stays(text: str) -> None:
    assert whats_new(news(1, title="Title of it", text=text).kept.article, (), None).line == text


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param(
            "In the wake of the attack in Poonch, the Government of India has decided to suspend its participation in "
            "the meetings of the Shanghai Cooperation Organisation and its Regional Anti-Terrorist Structure hosted by "
            "Pakistan until further notice, and not before 15 December 2026. More was not said.",
            "…participation in the meetings of the Shanghai Cooperation Organisation and its Regional Anti-Terrorist "
            "Structure hosted by Pakistan until further notice, and not before 15 December 2026.",
            id="en",
        ),
        pytest.param(
            "上合组织成员国财政部专家十七日至十八日在北京举行磋商，就开发银行法定资本以及章程草案的征求意见工作、总部选址问题、"
            "各成员国出资比例、表决机制、本币结算安排、下一轮会议的议程和参加人员等一系列问题深入交换了意见，并商定在12月25日前完成工作。",
            "…就开发银行法定资本以及章程草案的征求意见工作、总部选址问题、"
            "各成员国出资比例、表决机制、本币结算安排、下一轮会议的议程和参加人员等一系列问题深入交换了意见，并商定在12月25日前完成工作。",
            id="zh",
        ),
    ],
)
def test_of_a_long_sentence_the_part_with_what_is_new_is_shown(text: str, line: str) -> None:
    lang = "zh" if "上" in text else "en"
    one = news(1, lang=lang, text=text).kept.article
    found = whats_new(one, (), Said(langs=frozenset((lang,))))
    assert found.facts
    assert found.line == line


def test_a_line_has_an_end() -> None:
    long = whats_new(news(1, text="word " * 500).kept.article, (), None).line
    assert len(long) <= LINE_LIMIT
    assert long.endswith("word…")


@pytest.mark.parametrize(
    ("figure", "shown"),
    [("7/24", "24 July"), ("3000000", "3,000,000"), ("12%", "12%"), ("26th", "26th"), ("22th", "22nd"), ("2.5", "2.5")],
)
def test_figures_as_readers_expect_them(figure: str, shown: str) -> None:
    assert written(figure) == shown


def test_figures_that_say_nothing_are_left_out() -> None:
    assert figures_of("In 2026 the 3 met 14 others, 5% of all, on 2 March.") == ("14", "5%", "3/2")


# ------------------------------------------------------------------------------------------------ ranking and items


def test_something_new_comes_before_what_says_nothing_new() -> None:
    same = news(1, 1, text="The council met as planned.", ago=HOUR)
    fresh = news(2, 2, text="The council met. It ends on 12 December.", ago=9 * HOUR)
    old = {n: (news(90 + n, n, text="The council met as planned.").kept,) for n in (1, 2)}
    draft = whole(same, fresh, asks=asked(before=old, events=(), dates=None))
    assert list(items(draft)) == [2, 1]
    assert items(draft)[2].facts == ("12 December",)
    assert items(draft)[1].facts == ()


def test_an_item_says_who_carries_it_and_from_how_many_origins() -> None:
    told = items(whole())
    assert (told[20].classes, told[20].origins) == (("state", "wire", "independent"), (("Reuters", 4),))
    assert (told[10].single, told[10].origins) == ("ru", (("TASS", 2),))
    assert told[20].single is None
    assert told[35].funder == "founded by the Russian foreign ministry and others"


def test_late_and_left_over_items_are_marked() -> None:
    told = items(whole())
    assert (told[32].waited, told[33].waited, told[30].waited) == ("late", "left over", "")
    assert all(
        not one.waited for one in items(whole(news(1, ago=timedelta(days=3)), asks=asked(late_before=None))).values()
    )


def test_at_most_five_analyses_and_none_is_lost() -> None:
    opinions = [news(n, source_id="riac", ago=n * HOUR) for n in range(1, 9)]
    draft = whole(*opinions, news(20), asks=asked(before={}))
    assert [section.key for section in made(draft).sections] == ["sco", "analysis"]
    assert len(made(draft).sections[1].items) == 5
    assert {article for article, _ in draft.hold} == {6, 7, 8}
    assert made(draft).seen == 6 + made(draft).held


def test_what_a_think_tank_says_of_a_story_stands_in_analysis_and_confirms_nothing() -> None:
    told = [copied(news(1, 5, source_id="tass"), 1), copied(news(2, 5, source_id="ria"), 2)]
    said = [copied(news(3, 5, source_id="riac", ago=9 * HOUR), 3, "RIAC", "riac"), news(4, 5, source_id="crisis")]
    draft = whole(*told, *said, asks=asked(before={}))
    (story,), (opinion,) = (section.items for section in made(draft).sections)
    assert [section.key for section in made(draft).sections] == ["sco", "analysis"]
    assert (story.article_ids, opinion.article_ids) == ((1, 2), (3, 4))
    assert (story.classes, story.single, story.origins) == (("state",), "ru", (("TASS", 2),))
    assert opinion.origins == ()
    assert made(draft).reconciled == "seen 4 = sent 2 + folded 2 + held 0"


def test_a_think_tanks_reprint_of_an_agency_is_the_agencys() -> None:
    (only,) = items(whole(copied(news(1, 5, source_id="tass"), 1), copied(news(2, 5, source_id="riac"), 1))).values()
    assert [name for name, _ in only.others] == ["RIAC (think-tank)"]


def test_what_a_think_tank_foretold_is_new_when_it_is_reported() -> None:
    old = (news(9, 5, source_id="riac", text="They may meet on 12 December."), news(8, 5, text="They will meet."))
    piece = news(1, 5, source_id="dawn", text="They meet on 12 December.")
    draft = whole(piece, asks=asked(before={5: tuple(one.kept for one in old)}, events=(), dates=None))
    assert items(draft)[5].facts == ("12 December",)


def test_headlines_are_translated_only_by_a_stub_that_somebody_sets() -> None:
    asked_for: list[tuple[str, str]] = []

    def gloss(headlines: object) -> dict[str, str]:
        asked_for.extend(headlines)  # type: ignore[arg-type]
        return {"上海合作组织秘书长会见巴基斯坦国家协调员": "SCO chief meets Pakistan's coordinator"}

    told = items(whole(gloss=gloss))
    assert told[30].gloss == "SCO chief meets Pakistan's coordinator"
    assert told[31].gloss == ""
    assert {lang for _, lang in asked_for} == {"ru", "zh", "fa"}
    assert not any(one.gloss for one in items(whole()).values())


# ------------------------------------------------------------------------------------------------ parts


def test_language_versions_of_one_official_text_are_one_document() -> None:
    documents = {one.source_name: one for one in made(whole()).documents}
    assert documents["President of Kazakhstan"].versions == (("kk", "https://akorda-kz.test/2"),)
    assert documents["President of Uzbekistan"].versions == ()
    assert "TASS" not in documents


def test_official_texts_that_are_not_listed_are_counted() -> None:
    several = [news(n, source_id="akorda", ago=n * timedelta(minutes=1)) for n in range(1, 10)]
    told = made(whole(*several))
    assert (len(told.documents), told.unlisted) == (6, 3)
    assert "And 3 more official texts in the stories below." in mail(told).text
    assert "And 3 more official texts in the stories below." in mail(told).html
    assert "And 1 more official text in the stories below." in mail(replace(told, unlisted=1)).text
    assert "more official" not in mail(replace(told, unlisted=0)).text


def test_official_texts_of_yesterday_are_no_new_documents() -> None:
    old = news(1, source_id="akorda", ago=30 * HOUR, held=True)
    assert made(whole(old)).documents == ()


def test_two_governments_read_outs_stand_side_by_side_with_what_only_one_has() -> None:
    (one,) = made(whole()).readouts
    kz, uz = one.sides
    assert (kz.country, uz.country) == ("kz", "uz")
    assert (kz.names, kz.figures) == (("China–Kyrgyzstan–Uzbekistan railway",), ("12 December",))
    assert (uz.names, uz.figures) == (("SCO DEVELOPMENT BANK",), ("14 совместных проектов",))


def test_the_day_of_a_read_out_is_no_difference() -> None:
    told = (news(1, 7, source_id="akorda", text="The presidents spoke of trade."),
            news(2, 7, source_id="uzbekistan", text="On 21 November they spoke of trade, up 14.6%."))  # fmt: skip
    (one,) = made(whole(*told)).readouts
    assert [side.figures for side in one.sides] == [(), ("14.6%",)]


def test_the_text_that_most_outlets_carry_stands_for_a_story() -> None:
    wire, *copies = (news(n, 7, source_id=outlet) for n, outlet in enumerate(("reuters", "tass", "times", "dawn"), 1))
    copies = [replace(one, kept=replace(one.kept, copy_group_id=2)) for one in copies]

    def first(*pieces: News) -> str:
        return items(whole(*pieces))[7].url

    assert first(wire, *copies) == copies[0].kept.article.url
    assert first(wire, copies[0]) == wire.kept.article.url
    official = news(5, 7, source_id="akorda")
    assert first(wire, *copies, official) == official.kept.article.url


@pytest.mark.parametrize(
    "outlets", [("akorda", "akorda-kz"), ("akorda", "tass"), ("akorda", "secretariat")], ids=["one", "press", "body"]
)
def test_what_is_no_pair_of_governments(outlets: tuple[str, str]) -> None:
    pieces = [news(n, 7, source_id=outlet) for n, outlet in enumerate(outlets, 1)]
    assert made(whole(*pieces)).readouts == ()


def test_people_of_the_day_against_what_is_usual() -> None:
    table = {one.name: one for one in people(days(), ENTRIES)}
    loud, silent = table["Kassym-Jomart Tokayev"], table["Wang Yi"]
    assert (loud.items, round(loud.usual or 0, 1), loud.notable) == (9, 1.7, True)
    assert (silent.items, silent.notable) == (0, False)
    assert "Nurlan Yermekbayev" in table
    assert "SCO" not in table


def test_an_archive_of_some_days_knows_no_mean() -> None:
    young = {"": (0,) * 20 + (5,) * 9, "wang-yi": (0,) * 28 + (6,)}
    (row,) = people(young, ENTRIES)
    assert (row.usual, row.notable) == (None, False)


def test_subjects_of_a_week_against_four() -> None:
    rows = {one.name: one for one in weekly(days(35), ENTRIES, person=False)}
    assert len(rows["SCO"].series) == 5
    assert rows["SCO"].usual == pytest.approx(34)


def test_languages_in_which_nothing_was_read() -> None:
    many = replace(SOURCES["daily"], languages=("en", "ur", "zh"))
    sources = {"a": many, "b": replace(SOURCES["weekly"], languages=("fa",))}
    assert uncovered({"": (5,), "lang:en": (5,), "lang:zh": (0,), "lang:fa": (1,)}, sources) == ("Chinese", "Urdu")
    assert uncovered({}, sources) == ()


QUOTED = [
    ("en", "“We will not sign a text that names only one side,” Wang Yi said.", "Wang Yi"),
    ("ru", "«Мы не подпишем документ, в котором названа одна сторона», — сказал Ван И.", "Ван И"),
    ("zh", "王毅表示：“我们不会签署只提一方的文件，这是原则。”", "王毅"),
]


@pytest.mark.parametrize(("lang", "text", "name"), QUOTED, ids=[r[0] for r in QUOTED])
def test_quotes_of_one_person(lang: str, text: str, name: str) -> None:
    piece = tagged(news(1, text=text, lang=lang, source_id="dawn"), ("wang-yi", name))
    (quote,) = quotes([(piece.kept, piece.matches)], WORLD, ENTRIES)
    assert (quote.who, quote.source_name) == ("Wang Yi", "Dawn")
    assert quote.text in text


def test_two_people_in_a_sentence_are_no_plain_speaker() -> None:
    text = "“We will not sign a text that names only one side,” Wang Yi told Shavkat Mirziyoyev."
    piece = tagged(news(1, text=text), ("wang-yi", "Wang Yi"), ("shavkat-mirziyoyev", "Shavkat Mirziyoyev"))
    assert quotes([(piece.kept, piece.matches)], WORLD, ENTRIES) == ()


def test_what_did_not_happen_in_the_week() -> None:
    from monitor.digest.calendar import parse

    events = parse(
        'events:\n- {date: "2026-11-18", name: Talks, tags: [csto], source: S}\n'
        '- {date: "2026-11-19", name: Summit, tags: [sco], source: S}\n'
        '- {date: "2026-11", name: Some time, tags: [csto], source: S}\n',
        "calendar.yaml",
    )
    silent = Count(entry_id="beidou", name="BEIDOU", items=0, usual=2.5)
    found = nonevents([silent], events, {"sco": (0, 0, 3)}, NOW.date() - timedelta(days=7), NOW.date())
    assert found == (
        "Talks, due 2026-11-18: nothing read says that it took place.",
        "BEIDOU: not named this week; usual 2.5 stories a week.",
    )


def test_a_week_has_its_own_parts_and_a_longer_calendar() -> None:
    week, daily = made(whole(weekly=True)), made(whole())
    assert (week.span, daily.span) == ("week", "day")
    assert week.counts
    assert not daily.counts
    assert week.people[0].usual != daily.people[0].usual


def test_an_empty_day_stops_early_and_keeps_the_dates() -> None:
    from monitor.digest import build
    from tests.digest.builders import subscription

    empty = build(
        (), subscription(), since=NOW - 24 * HOUR, until=NOW, sources=WORLD, entries=ENTRIES, now=NOW, asked=asked()
    )
    digest = made(empty)
    assert (digest.sections, digest.calendar, digest.people, digest.documents) == ((), (), (), ())
    assert digest.ahead == asked().dates


def test_the_top_line_is_of_what_changed() -> None:
    digest = made(whole())
    told = items(whole())
    assert len(digest.top) == 3
    assert all(told[story].ownership != "think-tank" and not told[story].edited for story in digest.top)
    assert made(whole(*day()[:3])).top == ()


# ------------------------------------------------------------------------------------------------ length


@pytest.mark.parametrize(
    ("text", "count"), [("one two three", 3), ("上合组织", 2), ("Саммит в Бишкеке", 3), ("نشست شورا", 2), ("", 0)]
)
def test_words(text: str, count: int) -> None:
    assert words(text) == count


def test_the_most_important_items_are_told_in_full_until_the_digest_is_long_enough() -> None:
    long = [item(n, new="word " * 20) for n in range(1, 41)]
    short, bare = shortened(long, DAY)
    assert 0 < len(bare) < len(short) == 40
    assert min(bare) > 20
    assert len(shortened(long, WEEK)[0]) < 40
    assert shortened(long[:8], DAY) == (frozenset(), frozenset())
    assert shortened(long, 0) == (frozenset(range(1, 41)), frozenset(range(1, 41)))


def test_what_is_new_is_said_of_all_items_before_tags_and_outlets_of_any() -> None:
    several = [item(n, new="word " * 12, tags=(("sco", "word " * 20),)) for n in range(1, 11)]
    assert shortened(several, 10 * 25) == (frozenset(range(2, 11)), frozenset())


def read(digest: Digest) -> int:
    """Words of the mail."""
    return sum(words(line) for line in mail(digest).text.splitlines() if not line.strip().startswith("http"))


def flood(count: int, **more: Any) -> list[News]:
    text = "The ministers agreed on the next steps of the plan. " * 4
    title = "Ministers of the member states agree on step {} of the plan"
    return [news(n, n, text=text, title=title.format(n), ago=HOUR, **more) for n in range(100, 100 + count)]


def test_a_full_day_is_read_in_five_minutes() -> None:
    digest = made(whole(*flood(60)))
    assert 600 <= read(digest) <= 900
    assert sum(len(section.items) for section in digest.sections) == 25


@pytest.mark.parametrize("count", [12, 18, 22, 24, 60])
def test_so_is_one_with_everything_that_can_stand_beside_its_stories(count: int) -> None:
    calls = [
        news(
            2 * n + side, n, source_id=outlet, title="Talks of the two presidents on trade and on the railway", ago=HOUR
        )
        for n in range(1, 7)
        for side, outlet in enumerate(("akorda", "uzbekistan"))
    ]
    digest = made(whole(*calls, *flood(count - 6)))
    assert 600 <= read(digest) <= 900
    assert min(count, 20) <= sum(len(section.items) for section in digest.sections) <= 25
    assert digest.documents
    assert digest.readouts


@pytest.mark.parametrize(("most", "told"), [(25, 20), (40, 40), (0, 60)], ids=["usual", "more", "no limit"])
def test_who_asks_for_more_stories_than_are_read_in_time_gets_them(most: int, told: int) -> None:
    title = "A headline that is longer than others, since it names all that the ministers have agreed on: " + "{} " * 9
    long = [news(n, n, title=title.replace("{}", str(n)), ago=HOUR) for n in range(1, 61)]
    digest = made(whole(*long, subscription={"max_items": most}))
    assert sum(len(section.items) for section in digest.sections) == told


def test_lines_on_what_is_left_over_take_no_places() -> None:
    digest = made(whole(*flood(20, held=True), *(news(n, tags=["sco-rats"], source_id="tass") for n in range(1, 26))))
    assert {len(one.items) for one in digest.sections} == {25}
    assert len(digest.also) == 20
    page = mail(digest)
    for part in (page.text, page.html):
        assert part.lower().index("also, from before") < part.index(digest.also[0].title)


# ------------------------------------------------------------------------------------------------ kept


@pytest.mark.parametrize("weekly_one", [False, True])
def test_a_digest_comes_back_from_the_archive_as_it_was(weekly_one: bool) -> None:
    digest = made(whole(weekly=weekly_one))
    assert of_json(to_json(digest)) == digest
    other = replace(digest, key='x","kind":"y', subscription_id="recipient:other", follows="")
    assert of_json(to_json(other)) == other


def test_a_digest_of_an_older_version_is_read() -> None:
    import json

    from storage.digests import to_json as write

    values = json.loads(write(made(whole())))
    for name in ("top", "calendar", "ahead", "documents", "readouts", "people", "counts", "quotes", "nonevents",
                 "unlisted", "follows", "span", "also"):  # fmt: skip
        del values[name]
    for section in values["sections"]:
        for one in section["items"]:
            for name in ("new", "facts", "classes", "origins", "single", "waited", "gloss", "funder", "brief",
                         "bare"):  # fmt: skip
                del one[name]
    old = {name: values[name] for name in ("key", "subscription_id", *values)}
    digest = of_json(json.dumps(old, ensure_ascii=False, separators=(",", ":")))
    assert digest.calendar == ()
    assert digest.sections[0].items[0].new == ""


def test_origins_that_were_stored_as_names_are_read() -> None:
    import json

    values = json.loads(to_json(made(whole())))
    values["sections"][0]["items"][0]["origins"] = ["TASS", "新华社"]
    digest = of_json(json.dumps(values, ensure_ascii=False, separators=(",", ":")))
    assert digest.sections[0].items[0].origins == (("TASS", 0), ("新华社", 0))


def test_dates_of_things_that_the_watchlist_does_not_have_are_not_shown() -> None:
    from monitor.digest.calendar import parse

    events = parse(
        'events:\n- {date: "2026-11-25", name: Elsewhere, tags: [nato-summit], source: S}\n'
        '- {date: "2026-11-26", name: Holiday, source: S}\n',
        "calendar.yaml",
    )
    shown = made(whole(news(1), asks=asked(events=events, dates=None))).calendar
    assert [one.name for one in shown] == ["Holiday"]


def test_copies_are_one_origin() -> None:
    pair = [copied(news(n, 5, source_id=outlet), 5) for n, outlet in ((1, "dawn"), (2, "times"))]
    assert items(whole(*pair))[5].origins == (("TASS", 2),)
