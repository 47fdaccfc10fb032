"""Reports of one event are one story in whatever language and order; other events of the same kind are not."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib import resources
from itertools import permutations
from typing import Any

import pytest
import yaml

from monitor.identity.facts import Facts, Kind, unpack
from monitor.identity.kept import Parts, joined
from monitor.identity.likeness import SAME_LANGUAGE, TWO_LANGUAGES, likeness, parts
from monitor.identity.meanings import meanings
from monitor.identity.neighbours import Worth
from monitor.identity.stories import CLOSED_AFTER, Stories, Told, time_of
from monitor.types import Article, Match, Neighbour

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)


class Archive:
    """Neighbours in memory, with what a story's number became."""

    def __init__(self) -> None:
        self.kept: list[tuple[Neighbour, tuple[int, ...]]] = []
        self.by_key: dict[int, list[int]] = defaultdict(list)

    @property
    def article_id(self) -> int:
        return len(self.kept) + 1

    def with_bands(
        self,
        bands: Sequence[int],  # noqa: ARG002 - the port
        limit: int = 24,  # noqa: ARG002 - the port
        worth: Worth | None = None,  # noqa: ARG002 - the port
    ) -> tuple[Neighbour, ...]:
        return ()

    def stored_with_bands(self, bands: Sequence[int], limit: int, worth: Worth) -> tuple[Neighbour, ...]:
        return self.with_bands(bands, limit, worth)

    def with_number(self, article_id: int) -> Neighbour | None:
        return next((one for one, _ in self.kept if one.id == article_id), None)

    def with_text(self, one: Neighbour) -> Neighbour:
        return one

    def of_group(self, copy_group_id: int, limit: int = 24) -> tuple[Neighbour, ...]:
        return tuple(one for one, _ in self.kept if one.copy_group_id == copy_group_id)[:limit]

    def of_story(self, story_id: int, limit: int = 24) -> tuple[Neighbour, ...]:
        return tuple(one for one, _ in self.kept if one.story_id == story_id)[:limit]

    def with_keys(
        self, keys: Sequence[int], since: datetime, until: datetime | None = None, limit: int = 48, shared: int = 1
    ) -> tuple[Neighbour, ...]:
        times = Counter(at for key in keys for at in self.by_key[key])
        ranked = sorted((at for at in times if times[at] >= shared), key=lambda at: (-times[at], -at))
        found = [self.kept[at][0] for at in ranked]
        return tuple(one for one in found if since <= time_of(one) <= (until or NOW))[:limit]

    def add(self, article: Article, told: Told, group: int | None = None) -> int:
        number = len(self.kept) + 1
        story = told.story_id or number
        self.kept = [
            (replace(one, story_id=story) if one.story_id in told.same_stories else one, keys)
            for one, keys in self.kept
        ]
        kept = Neighbour(
            id=number,
            copy_group_id=group or number,
            story_id=story,
            source_id=article.source_id,
            source_name=None,
            url=article.url,
            title=article.title,
            text="",
            lang=article.lang,
            published_at=article.published_at,
            first_seen_at=article.first_seen_at,
            facts=joined(Parts(b"", b"", told.facts)),
        )
        self.kept.append((kept, told.keys))
        for key in told.keys:
            self.by_key[key].append(number - 1)
        return story

    def stories(self) -> list[int]:
        return [one.story_id for one, _ in self.kept]


@cache
def lists() -> tuple[Any, ...]:
    pack = resources.files("monitor") / "packs" / "sco"
    names = ("places", "happenings", "common")
    read = [yaml.safe_load(pack.joinpath(f"{name}.yaml").read_text("utf-8"))[name] for name in names]
    return meanings(read[0]), meanings(read[1]), read[2]


def article(lang: str, title: str, text: str, at: datetime | None = None) -> Article:
    return Article(
        source_id=None,
        url=f"https://{lang}.example/{abs(hash(title))}",
        canonical_url="",
        title=title,
        text=text,
        text_from="feed",
        lang=lang,
        published_at=at,
        first_seen_at=NOW,
        content_hash="",
    )


def by(outlet: str, given: Article, at: datetime | None = None) -> Article:
    """The same article, published by that outlet, at that time."""
    return replace(given, url=f"https://{outlet}.example/1", published_at=at or given.published_at)


def put(articles: Sequence[Article], matches: Sequence[Match] = ()) -> list[int]:
    """The stories of the articles, put in one after the other."""
    stories, archive = Stories(*lists()), Archive()
    for one in articles:
        archive.add(one, stories.place(one, matches, archive))
    return archive.stories()


def as_kept(stories: Stories, given: Article, *matches: Match) -> Neighbour:
    """The article as the archive has it, the only one of its story."""
    archive = Archive()
    archive.add(given, stories.read(given, matches, 1))
    return archive.kept[0][0]


def values(stories: Stories, one: Neighbour, other: Neighbour) -> dict[tuple[str, Kind | None], float]:
    return {(why.part, why.kind): why.value for why in stories.reasons(one, other)}


QUAKE = {
    "en": article(
        "en",
        "Earthquake of magnitude 5.8 hits near Almaty, 12 injured",
        "A magnitude 5.8 earthquake struck 40 km south of Almaty, Kazakhstan, on 19 November, seismologists said. "
        "Twelve people were injured, 300 houses damaged. Rescuers led by Ruslan Imankulov work in the village Koram.",
    ),
    "ru": article(
        "ru",
        "Под Алматы произошло землетрясение магнитудой 5,8, ранены 12 человек",
        "Землетрясение магнитудой 5,8 произошло 19 ноября в 40 км к югу от Алматы, сообщили сейсмологи Казахстана. "
        "Ранены 12 человек, повреждены 300 домов. Спасатели под руководством Руслана Иманкулова работают в селе Корам.",
    ),
    "zh": article(
        "zh",
        "阿拉木图附近发生5.8级地震，12人受伤",
        "哈萨克斯坦阿拉木图以南40公里处11月19日发生5.8级地震，12人受伤，300所房屋受损，救援人员正在现场工作。",
    ),
    "fa": article(
        "fa",
        "زلزله ۵.۸ در نزدیکی آلماتی ۱۲ زخمی برجای گذاشت",
        "زلزله ۵.۸ در ۴۰ کیلومتری جنوب آلماتی قزاقستان در ۱۹ نوامبر رخ داد و ۱۲ نفر زخمی شدند. ۳۰۰ خانه آسیب دید.",
    ),
}
VOTE = {
    "en": article(
        "en",
        "Kyrgyz parliament passes budget of 640 billion som",
        "Deputies in Bishkek voted on 18 November for a budget of 640 billion som, 7.5 percent more than before. "
        "Speaker Marlen Mamataliev said 82 deputies were in favour; teachers will get higher salaries.",
    ),
    "ru": article(
        "ru",
        "Парламент Киргизии принял бюджет на 640 млрд сомов",
        "Депутаты в Бишкеке 18 ноября проголосовали за бюджет на 640 млрд сомов, на 7,5 процента больше прежнего. "
        "Спикер Марлен Маматалиев сообщил, что за выступили 82 депутата; учителям поднимут зарплату.",
    ),
    "zh": article(
        "zh",
        "吉尔吉斯斯坦议会通过6400亿索姆预算",
        "比什凯克议员11月18日投票通过6400亿索姆的预算，比此前增长7.5%，82名议员赞成，教师工资将提高。",
    ),
    "fa": article(
        "fa",
        "مجلس قرقیزستان بودجه ۶۴۰ میلیارد سومی را تصویب کرد",
        "نمایندگان در بیشکک ۱۸ نوامبر به بودجه ۶۴۰ میلیارد سوم رأی دادند که 7.5 درصد بیشتر است. ۸۲ نماینده موافقند.",
    ),
}
PAIRS = [(a, b) for a in QUAKE for b in QUAKE if a != b]


@pytest.mark.parametrize(("first", "second"), PAIRS, ids=[f"{a} then {b}" for a, b in PAIRS])
def test_one_event_in_two_languages_is_one_story_and_another_event_is_not(first: str, second: str) -> None:
    quake_1, vote, quake_2 = put([QUAKE[first], VOTE[second], QUAKE[second]])
    assert quake_1 == quake_2
    assert vote != quake_1


@pytest.mark.parametrize("order", list(permutations(QUAKE))[::5], ids=" ".join)
def test_the_order_of_arrival_makes_no_difference(order: Sequence[str]) -> None:
    said = put([story[lang] for lang in order for story in (QUAKE, VOTE)])
    assert len(set(said[0::2])) == 1
    assert len(set(said[1::2])) == 1
    assert said[0] != said[1]


FORECAST = (
    "The weather in Astana on {} November will be cloudy with snow, {} degrees of frost, wind of {} metres a second."
)
SERIES = [
    (
        article("en", "Weather forecast for 8 November", FORECAST.format(8, 12, 5)),
        article("en", "Weather forecast for 16 November", FORECAST.format(16, 21, 9)),
    ),
    (
        article("ru", "Прогноз погоды в Астане на 8 ноября", "8 ноября в Астане облачно, снег, 12 градусов мороза."),
        article(
            "ru", "Прогноз погоды в Астане на 16 ноября", "16 ноября в Астане ясно, 21 градус мороза, ветер 9 м/с."
        ),
    ),
    (
        article("zh", "11月8日阿斯塔纳天气预报", "阿斯塔纳11月8日多云有雪，气温零下12度，风速每秒5米。"),
        article("zh", "11月16日阿斯塔纳天气预报", "阿斯塔纳11月16日晴，气温零下21度，风速每秒9米。"),
    ),
    (
        article(
            "en", "12th meeting of SCO justice ministers held in Tashkent on 4 September", "Ministers of justice met."
        ),
        article("en", "13th meeting of SCO justice ministers held in Minsk on 9 October", "Ministers of justice met."),
    ),
]


RATE = "The National Bank has set the rate of the dollar at {} tenge and of the euro at {} tenge; trade was {} million."
SERIES.append(
    (
        article("en", "Dollar costs 512.3 tenge", RATE.format("512.3", "601.7", "143")),
        article("en", "Dollar costs 518.9 tenge", RATE.format("518.9", "607.2", "97")),
    )
)


@pytest.mark.parametrize("pair", SERIES, ids=["en days", "ru days", "zh days", "en ordinals", "en numbers"])
def test_two_of_a_series_are_two_stories(pair: tuple[Article, Article]) -> None:
    assert len(set(put(pair))) == 2
    assert len(set(put(pair[::-1]))) == 2


def test_read_outs_of_one_call_by_two_governments_are_one_story() -> None:
    call = [
        article(
            "en",
            "Prime Minister Narendra Modi speaks with President Kassym-Jomart Tokayev",
            "Prime Minister Modi received a telephone call today from Tokayev, President of Kazakhstan. The leaders "
            "reviewed trade and the Chabahar port. Modi thanked Tokayev for the SCO summit in Astana.",
        ),
        article(
            "ru",
            "Состоялся телефонный разговор Касым-Жомарта Токаева с Нарендрой Моди",
            "Президент Казахстана Токаев провёл телефонный разговор с премьер-министром Индии Моди. Обсуждены торговля "
            "и порт Чабахар, саммит ШОС в Астане.",
        ),
    ]
    leaders = [
        Match(entry_id=one, alias="", lang="en", field="title", start=0, end=0, rule="strong")
        for one in ("narendra-modi", "kassym-jomart-tokayev")
    ]
    assert len(set(put(call, leaders))) == 1


def test_a_story_is_closed_after_days_without_news() -> None:
    early = replace(QUAKE["en"], published_at=NOW - CLOSED_AFTER - timedelta(hours=30))
    late = replace(QUAKE["en"], published_at=NOW - timedelta(hours=24))
    again = replace(QUAKE["ru"], published_at=NOW)
    said = put([early, late, again])
    assert said[0] != said[1] == said[2]


#: What makes an article one that touches the watchlist, and is in no title.
TOUCHING = (Match(entry_id="sco", alias="SCO", lang="en", field="text", start=0, end=3, rule="strong"),)


@pytest.mark.parametrize(("first", "second"), [("en", "en"), ("en", "ru"), ("ru", "zh"), ("zh", "fa")])
def test_a_follow_up_names_an_article_of_the_closed_story(first: str, second: str) -> None:
    stories, archive = Stories(*lists()), Archive()
    early = replace(QUAKE[first], published_at=NOW - timedelta(days=12))
    other = replace(VOTE[first], published_at=NOW - timedelta(days=12))
    for one in (other, early):
        archive.add(one, stories.place(one, TOUCHING, archive))
    told = stories.place(by("another", QUAKE[second], NOW), TOUCHING, archive)
    assert (told.story_id, told.follows) == (None, 2)


def test_of_several_that_came_before_a_follow_up_names_the_one_most_like_it() -> None:
    stories, archive = Stories(*lists()), Archive()
    quake, vote = (replace(one["en"], published_at=NOW - timedelta(days=12)) for one in (QUAKE, VOTE))
    others = [replace(vote, title=f"{vote.title} {n}", text=f"{vote.text} {quake.title}") for n in range(4)]
    for one in (quake, *others):
        archive.add(one, stories.place(one, TOUCHING, archive))
    assert stories.place(by("another", QUAKE["en"], NOW), TOUCHING, archive).follows == 1


def test_what_comes_up_again_after_months_or_within_days_is_no_follow_up() -> None:
    for back in (timedelta(days=80), timedelta(days=2)):
        stories, archive = Stories(*lists()), Archive()
        early = replace(QUAKE["en"], published_at=NOW - back)
        archive.add(early, stories.place(early, TOUCHING, archive))
        assert stories.place(replace(QUAKE["ru"], published_at=NOW), TOUCHING, archive).follows is None


def test_another_of_a_series_is_no_follow_up() -> None:
    stories, archive = Stories(*lists()), Archive()
    twelfth, thirteenth = (
        replace(one, published_at=NOW - timedelta(days=back)) for one, back in zip(SERIES[3], (30, 0), strict=True)
    )
    archive.add(twelfth, stories.place(twelfth, TOUCHING, archive))
    assert stories.place(thirteenth, TOUCHING, archive).follows is None


def test_what_touches_nothing_follows_nothing() -> None:
    stories, archive = Stories(*lists()), Archive()
    early = replace(QUAKE["en"], published_at=NOW - timedelta(days=12))
    archive.add(early, stories.place(early, TOUCHING, archive))
    assert stories.place(replace(QUAKE["en"], published_at=NOW), (), archive).follows is None


def test_what_comes_together_tells_how_rare_words_are() -> None:
    """What all articles of a first import say does not make one story of the first two of them."""
    about = (
        "Delegates of the Bukhara congress on wool, silk and felt meet in Gijduvan, where tents and stalls stand by "
        "the old caravanserai, and merchants drink tea with jam. {}"
    )
    weaver = article(
        "en",
        "Bukhara congress: prizes for weavers",
        about.format("A weaver got a medal for her red carpet with storks."),
    )
    fire = article(
        "en",
        "Bukhara congress: fire in a storehouse",
        about.format("Twelve bales burned; firemen blame a stove left alight."),
    )
    others = [
        article("en", f"Bukhara congress: stall {number}", about.format(f"Visitor {number}.")) for number in range(200)
    ]
    told = []
    for known in ((), others):
        stories, archive = Stories(*lists()), Archive()
        stories.expect([(one, ()) for one in (weaver, fire, *known)], archive)
        archive.add(weaver, stories.place(weaver, (), archive))
        told.append(stories.place(fire, (), archive).story_id)
    assert told == [1, None]


def together(articles: Sequence[Article], archive: Archive, stories: Stories) -> list[int]:
    """The stories of articles that come together."""
    stories.expect([(one, ()) for one in articles], archive)
    return [archive.add(one, stories.place(one, (), archive)) for one in articles]


@pytest.mark.parametrize("langs", [("en", "ru"), ("ru", "zh", "en"), ("fa", "zh"), ("zh", "en", "fa", "ru")])
def test_what_comes_together_is_placed_together(langs: Sequence[str]) -> None:
    archive, stories = Archive(), Stories(*lists())
    found = together([*(QUAKE[lang] for lang in langs), *(VOTE[lang] for lang in langs)], archive, stories)
    assert len(set(found[: len(langs)])) == len(set(found[len(langs) :])) == 1
    assert len(set(found)) == 2


def test_what_comes_later_joins_what_came_together() -> None:
    archive, stories = Archive(), Stories(*lists())
    first = together([QUAKE["en"], VOTE["en"]], archive, stories)
    assert together([VOTE["ru"], QUAKE["zh"], QUAKE["ru"]], archive, stories) == [first[1], first[0], first[0]]


def test_what_comes_with_a_copy_goes_where_its_copies_are() -> None:
    archive, stories = Archive(), Stories(*lists())
    archive.add(QUAKE["en"], stories.place(QUAKE["en"], (), archive))
    copy = replace(QUAKE["en"], url="https://other.example/1")
    stories.expect([(copy, ()), (QUAKE["ru"], ())], archive)
    archive.add(copy, replace(stories.read(copy, (), archive.article_id), story_id=1), group=1)
    assert stories.place(QUAKE["ru"], (), archive).story_id == 1


def test_another_article_in_the_place_of_an_announced_one_is_not_mistaken_for_it() -> None:
    archive, stories = Archive(), Stories(*lists())
    stories.expect([(QUAKE["en"], ())], archive)
    archive.add(VOTE["en"], stories.place(VOTE["en"], (), archive))
    assert archive.add(QUAKE["ru"], stories.place(QUAKE["ru"], (), archive)) == 2


def test_an_article_that_nobody_announced_leaves_the_announced_ones_as_decided(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of what looks like a copy and is none, nothing is announced; the others that came with it are not read anew, one
    by one, because of it."""
    archive, stories = Archive(), Stories(*lists())
    read: list[str] = []
    reader = stories.reader.read

    def reading(title: str, *rest: Any) -> Any:
        read.append(title)
        return reader(title, *rest)

    monkeypatch.setattr(stories.reader, "read", reading)
    announced = [QUAKE["en"], QUAKE["ru"]]
    stories.expect([(one, ()) for one in announced], archive)
    found = [archive.add(one, stories.place(one, (), archive)) for one in (VOTE["en"], *announced)]
    assert found[0] != found[1] == found[2]
    assert sorted(read) == sorted([*(one.title for one in announced), VOTE["en"].title])


def test_facts_are_weighed_by_what_is_known_now() -> None:
    """A word that was new when the first article came and is in every article by now tells little."""
    stories = Stories(*lists())
    first, second = as_kept(stories, QUAKE["en"]), as_kept(stories, replace(QUAKE["en"], lang="kk"))
    before = values(stories, first, second)
    for number in range(300):
        stories.read(QUAKE["ru"], (), number)
    assert values(stories, first, second)["shared", Kind.PLACE] < before["shared", Kind.PLACE]


def test_news_in_between_keeps_a_story_open() -> None:
    days = [by(f"outlet-{back}", QUAKE["en"], NOW - timedelta(days=back)) for back in (8, 4, 0)]
    assert len(set(put(days))) == 1


#: What comes every trading day under the same headline, and has no text.
DAILY = {
    "en": "Stocks up as the main trading session opens",
    "ru": "Акции растут на открытии основной торговой сессии",
    "zh": "主要交易时段开盘股市上涨",
    "fa": "رشد سهام در آغاز جلسه اصلی معاملات بورس",
}


@pytest.mark.parametrize("lang", DAILY)
def test_what_an_outlet_publishes_every_day_is_a_series_and_no_story(lang: str) -> None:
    opening = article(lang, DAILY[lang], "")
    days = [by("exchange", opening, NOW - timedelta(days=back)) for back in (4, 3, 1, 0)]
    assert len(set(put(days))) == 4


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_one_headline_of_several_outlets_is_one_story(lang: str) -> None:
    opening = article(lang, DAILY[lang], "")
    outlets = [by(name, opening, NOW - timedelta(hours=number)) for number, name in enumerate(("one", "two", "three"))]
    assert len(set(put(outlets))) == 1


def test_turns_of_phrase_of_one_outlet_count_less_where_its_titles_have_nothing_in_common() -> None:
    stories = Stories(*lists())

    def alike(one: Article, other: Article, *, same_outlet: bool) -> float:
        a, b = (unpack(stories.read(given, (), number).facts) for number, given in enumerate((one, other), 1))
        assert a is not None
        assert b is not None
        return likeness(a, b, defaultdict(lambda: 3.0), same_language=True, same_outlet=same_outlet)

    received = "The head of state received in his residence, for a working meeting on the plans of the year, "
    first = article("en", "Bolat Serik and the mines", received + "the rector of the mining institute.")
    second = article("en", "Visit to a printing house", received + "the printers of the first atlas.")
    again = article("en", "Bolat Serik asks for mines", received + "Bolat Serik, and asked for new mines.")
    less, hardly = (
        alike(first, other, same_outlet=False) - alike(first, other, same_outlet=True) for other in (second, again)
    )
    assert less > 0.5
    assert hardly < less - 0.3


def test_a_story_does_not_grow_along_a_chain() -> None:
    words = re.findall(
        r"\w+", "harvest cotton export railway bridge tunnel museum concert theatre hospital vaccine school"
    )
    chain = [
        article("en", f"{words[at].title()} and {words[at + 1]}", " ".join(words[at : at + 3]) + f" number {at}")
        for at in range(len(words) - 2)
    ]
    said = put(chain)
    assert said[0] != said[-1]
    assert max(Counter(said).values()) <= 4


def test_forty_copies_count_once() -> None:
    """A story of one text in forty outlets is no more like the next article than one of a single outlet."""
    stories, archive = Stories(*lists()), Archive()
    for _ in range(40):
        archive.add(QUAKE["en"], stories.place(QUAKE["en"], (), archive), group=1)
    assert len(set(archive.stories())) == 1
    told = stories.place(QUAKE["ru"], (), archive)
    alone = Archive()
    alone.add(QUAKE["en"], stories.place(QUAKE["en"], (), alone), group=1)
    assert told.story_id == 1
    assert told.likeness == pytest.approx(stories.place(QUAKE["ru"], (), alone).likeness, abs=1.0)


def test_what_is_kept_is_small_and_gives_reasons() -> None:
    stories = Stories(*lists())
    told = stories.read(QUAKE["en"], (), 1)
    assert len(told.facts) < 900
    assert 0 < len(told.keys) <= 24
    found = values(stories, as_kept(stories, QUAKE["en"]), as_kept(stories, QUAKE["ru"]))
    for_it = {("alike", Kind.PLACE), ("cosine", Kind.HAPPENING), ("alike", Kind.NUMBER), ("cosine", Kind.NAME)}
    assert for_it <= {why for why, value in found.items() if value > 0}


@pytest.mark.parametrize("pair", [("en", "ru"), ("zh", "fa"), ("ru", "ru")], ids="-".join)
def test_reasons_add_up_to_the_likeness(pair: tuple[str, str]) -> None:
    stories, archive = Stories(*lists()), Archive()
    earlier = by("ours", QUAKE[pair[0]], NOW - timedelta(hours=30))
    archive.add(earlier, stories.place(earlier, (), archive))
    later = by("theirs", QUAKE[pair[1]], NOW)
    told = stories.place(later, (), archive)
    assert told.story_id == 1
    archive.add(later, told)
    found = stories.reasons(archive.kept[1][0], archive.kept[0][0])
    assert sum(why.value for why in found) == pytest.approx(told.likeness)
    assert {why.part: why.value for why in found}["days"] == pytest.approx(
        -1.25 * (SAME_LANGUAGE if pair[0] == pair[1] else TWO_LANGUAGES).a_day
    )


def test_of_what_nothing_is_kept_there_are_no_reasons() -> None:
    stories = Stories(*lists())
    one = as_kept(stories, QUAKE["en"])
    assert stories.reasons(one, replace(one, facts=b"")) == ()


@pytest.mark.parametrize("packed", [b"", b"x", b"\0" * 29, b"\0" * 1000], ids=["none", "short", "odd", "zeros"])
def test_facts_that_another_version_made_are_passed_over(packed: bytes) -> None:
    stories, archive = Stories(*lists()), Archive()
    first = stories.place(QUAKE["en"], (), archive)
    archive.add(QUAKE["en"], replace(first, facts=packed))
    assert stories.place(QUAKE["ru"], (), archive).story_id is None


def test_an_article_that_says_nothing_is_alone() -> None:
    assert put([article("en", "…", ""), article("en", "!", ""), article("zh", "", "")]) == [1, 2, 3]


def test_entries_of_the_watchlist_bring_two_languages_together() -> None:
    match = Match(entry_id="sco-rats", alias="RATS", lang="en", field="title", start=0, end=4, rule="strong")
    stories = Stories(*lists())
    plain = as_kept(stories, QUAKE["en"])
    english, chinese = (as_kept(stories, QUAKE[lang], match) for lang in ("en", "zh"))
    assert ("alike", Kind.ENTRY) in values(stories, english, chinese)
    assert ("alike", Kind.ENTRY) not in values(stories, plain, chinese)


def test_a_headline_beside_a_treatise_is_not_helped_by_its_length() -> None:
    stories = Stories(*lists())
    treatise = "The harbour board weighs the old crane, the new crane and the railway to the quarry. " * 300
    one, brief, long = (
        unpack(stories.read(article("en", "Crane at the harbour", text), (), number).facts)
        for number, text in enumerate(("The crane is old.", treatise[:1200], treatise), 1)
    )
    assert one
    assert brief
    assert long

    def size(a: Facts, b: Facts) -> float:
        found = parts(a, b, defaultdict(lambda: 3.0), SAME_LANGUAGE)
        return next(value for part, _, value in found if part == "size")

    assert size(one, long) == size(one, brief) == size(long, one)
    assert size(brief, long) > size(brief, brief)
