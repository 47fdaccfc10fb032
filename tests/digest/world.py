"""One invented day of news with something for every part of a digest, in four alphabets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from monitor.digest import Asked, Draft, build
from monitor.digest.calendar import parse
from monitor.types import Dated, Match, News, Source, WatchlistEntry
from tests.digest.builders import ENTRIES as FEW
from tests.digest.builders import NOW, entry, news, source, subscription

HOUR = timedelta(hours=1)

SOURCES: dict[str, Source] = {
    s.id: s
    for s in (
        source("akorda", "official", "kz", "President of Kazakhstan"),
        source("akorda-kz", "official", "kz", "Қазақстан Президенті"),
        source("uzbekistan", "official", "uz", "President of Uzbekistan"),
        source("secretariat", "official", "intl", "SCO Secretariat"),
        source("tass", "state", "ru", "TASS"),
        source("ria", "state", "ru", "RIA Novosti"),
        source("xinhua", "state", "cn", "新华社"),
        source("irna", "state", "ir", "ایرنا"),
        source("reuters", "wire", "gb", "Reuters"),
        source("dawn", "independent", "pk", "Dawn"),
        source("times", "independent", "kz", "The Astana Times"),
        replace(
            source("riac", "think-tank", "ru", "RIAC"), funder="founded by the Russian foreign ministry and others"
        ),
        source("crisis", "think-tank", "be", "Crisis Watch"),
    )
}
ENTRIES: dict[str, WatchlistEntry] = {
    **FEW,
    **{
        e.id: e
        for e in (
            entry("kassym-jomart-tokayev", "person", 1, name="Kassym-Jomart Tokayev", countries=("kz",)),
            entry("shavkat-mirziyoyev", "person", 1, name="Shavkat Mirziyoyev", countries=("uz",)),
            entry("nurlan-yermekbayev", "person", 1, name="Nurlan Yermekbayev", parent="sco"),
            entry("wang-yi", "person", 1, name="Wang Yi", countries=("cn",)),
            entry("sco-heads-of-state-council", "body", 1, name="SCO Council of Heads of State", parent="sco"),
            entry("cku-railway", "initiative", 1, name="China–Kyrgyzstan–Uzbekistan railway"),
        )
    },
}

CALENDAR = """\
events:
- {date: "2026-11-27", name: Meeting of the national coordinators, tags: [sco], source: "https://secretariat.test/plan"}
- date: "2026-12-04"
  end: "2026-12-05"
  name: SCO Heads of Government, Dushanbe
  tags: [sco]
  source: announced in March
  sure: not confirmed
- {date: "2027-06-15", name: SCO Day, tags: [sco], source: founded on 15 June 2001, sure: sure}
- {date: "2027", name: "27th summit, Islamabad", tags: [sco-heads-of-state-council], source: one report}
"""
#: What the digest of the day before had: the coordinators were to meet two days earlier.
LAST = (
    Dated(when="2026-11-25", name="Meeting of the national coordinators", source="https://secretariat.test/plan"),
    Dated(when="2026-12-04/2026-12-05", name="SCO Heads of Government, Dushanbe", source="announced in March"),
    Dated(when="2027-06-15", name="SCO Day", source="founded on 15 June 2001"),
    Dated(when="2027", name="27th summit, Islamabad", source="one report"),
)


def tagged(piece: News, *named: tuple[str, str]) -> News:
    """The piece with a match for each (entry, words of its text)."""
    text = piece.kept.article.text
    matches = tuple(
        Match(entry_id=tag, alias=words, lang="en", field="text", start=at, end=at + len(words), rule="strong")
        for tag, words in named
        if (at := text.find(words)) >= 0
    )
    kept = replace(piece.kept, tags=tuple(dict.fromkeys((*(m.entry_id for m in matches), *piece.kept.tags))))
    return replace(piece, kept=kept, matches=matches)


def copied(piece: News, group: int, name: str = "TASS", source_id: str = "tass") -> News:
    """The piece as a copy of an agency's text."""
    origin = {"kind": "credited", "source": source_id, "name": name}
    return replace(piece, kept=replace(piece.kept, copy_group_id=group, origin=origin))


def decided(piece: News) -> News:
    """The piece as its outlet's own, where nothing else is known of it."""
    own = {"kind": "self", "source": piece.kept.article.source_id, "name": None}
    return replace(piece, kept=replace(piece.kept, origin=piece.kept.origin or own))


def day() -> tuple[News, ...]:
    call_kz = tagged(
        news(
            1,
            1,
            source_id="akorda",
            title="Telephone conversation with the President of Uzbekistan",
            tags=["cku-railway"],
            ago=5 * HOUR,
            text="Kassym-Jomart Tokayev spoke with Shavkat Mirziyoyev. The presidents discussed trade, which reached "
            "5 billion dollars, and the railway. They agreed to meet in Turkistan on 12 December.",
        ),
        ("kassym-jomart-tokayev", "Kassym-Jomart Tokayev"),
        ("shavkat-mirziyoyev", "Shavkat Mirziyoyev"),
    )
    call_kk = news(
        2,
        1,
        source_id="akorda-kz",
        title="Өзбекстан Президентімен телефон арқылы сөйлесу",
        lang="kk",
        text="Қасым-Жомарт Тоқаев Шавкат Мирзиёевпен сөйлесті.",
        tags=["kassym-jomart-tokayev"],
        ago=4 * HOUR,
    )
    call_uz = tagged(
        news(
            3,
            1,
            source_id="uzbekistan",
            title="Состоялся телефонный разговор с Президентом Казахстана",
            lang="ru",
            tags=["kassym-jomart-tokayev", "shavkat-mirziyoyev", "sco-development-bank"],
            ago=3 * HOUR,
            text="Шавкат Мирзиёев провёл разговор с Касым-Жомартом Токаевым. Товарооборот достиг 5 млрд долларов. "
            "Обсуждены Банк развития ШОС и 14 совместных проектов.",
        )
    )
    date_set = tagged(
        news(
            4,
            4,
            source_id="secretariat",
            title="On the preparations for the summit in Islamabad",
            ago=8 * HOUR,
            tags=["sco-heads-of-state-council"],
            text="BEIJING, November 20 (SCO) -- Nurlan Yermekbayev received the national coordinator of Pakistan. "
            "The SCO Council of Heads of State will meet in Islamabad on 2 and 3 July 2027. "
            "English becomes a working language.",
        ),
        ("nurlan-yermekbayev", "Nurlan Yermekbayev"),
        ("sco-heads-of-state-council", "SCO Council of Heads of State"),
    )
    carried = [
        copied(
            news(
                10 + n,
                10,
                source_id=outlet,
                title="ШОС проведёт учения по борьбе с терроризмом",
                lang="ru",
                tags=["sco-rats", "sco"],
                ago=timedelta(hours=6 - n),
                text="МОСКВА, 20 ноября. /ТАСС/. Государства ШОС проведут совместные учения. "
                "В них примут участие 3 тыс. военных.",
            ),
            10,
        )
        for n, outlet in enumerate(("tass", "ria"))
    ]
    wide = [
        copied(
            news(
                20 + n,
                20,
                source_id=outlet,
                title="SCO development bank: India asks for more time",
                tags=["sco-development-bank"],
                ago=timedelta(hours=9 - n),
                text="India asked for more time on the SCO development bank, two diplomats said.",
            ),
            20,
            "Reuters",
            "reuters",
        )
        for n, outlet in enumerate(("reuters", "dawn", "times", "xinhua"))
    ]
    more = [
        news(
            30,
            source_id="xinhua",
            title="上海合作组织秘书长会见巴基斯坦国家协调员",
            lang="zh",
            tags=["nurlan-yermekbayev"],
            text="新华社北京11月20日电（记者）：上海合作组织秘书长叶尔梅克巴耶夫会见巴基斯坦国家协调员，就2027年峰会筹备工作交换意见。",
            ago=7 * HOUR,
        ),
        news(
            31,
            source_id="irna",
            title="برگزاری رزمایش مشترک سازمان همکاری شانگهای در تبریز",
            lang="fa",
            tags=["sco-rats"],
            text="رزمایش مشترک با حضور ۱۰ کشور در تبریز برگزار می‌شود. فرمانده نیروی زمینی این خبر را اعلام کرد.",
            ago=10 * HOUR,
        ),
        news(
            32,
            source_id="dawn",
            title="Pakistan names its team for the SCO chair",
            tags=["sco"],
            text="The foreign office named 12 officials who will run the year.",
            ago=timedelta(hours=40),
        ),
        news(
            33,
            source_id="times",
            title="Kashmir: both sides keep the ceasefire",
            tags=["kashmir"],
            held=True,
            text="The line was quiet for the tenth day.",
            ago=timedelta(hours=30),
        ),
        news(
            34,
            source_id="times",
            title="CSTO ministers leave the agenda open",
            tags=["csto"],
            what="edited",
            text="The ministers left the agenda open. A first version of this text named another day.",
            ago=2 * HOUR,
        ),
        news(
            35,
            source_id="riac",
            title="Банк развития ШОС: кто платит",
            lang="ru",
            tags=["sco-development-bank"],
            text="Вопрос о капитале остаётся открытым: Россия предлагает фонд, Китай — банк.",
            ago=11 * HOUR,
        ),
        news(
            36,
            source_id="crisis",
            title="What the chair can do about Afghanistan",
            tags=["sco"],
            text="Little, unless the empty seat is filled.",
            ago=12 * HOUR,
        ),
    ]
    said = tagged(
        news(
            37,
            source_id="dawn",
            title="China rules out a vote by majority",
            tags=["sco"],
            ago=6 * HOUR,
            text="“Consensus is what this organisation was built on, and it will stay,” Wang Yi told reporters.",
        ),
        ("wang-yi", "Wang Yi"),
    )
    return tuple(map(decided, (call_kz, call_kk, call_uz, date_set, *carried, *wide, *more, said)))


def days(count: int = 29) -> dict[str, tuple[int, ...]]:
    """What was named on each of the last days."""
    steady = (1, 2, 1, 3, 1, 2, 2)

    def row(each: Sequence[int], last: int) -> tuple[int, ...]:
        whole = tuple(each) * 6
        return (*whole[: count - 1], last)

    return {
        "": row((20, 30, 25, 24, 26, 18, 22), 16),
        "lang:en": row((9,), 6),
        "lang:ru": row((8,), 5),
        "lang:zh": row((4,), 1),
        "lang:fa": row((2,), 1),
        "kassym-jomart-tokayev": row(steady, 9),
        "shavkat-mirziyoyev": row(steady, 2),
        "nurlan-yermekbayev": row((0, 0, 1, 0, 0, 0, 0), 2),
        "wang-yi": row(steady, 0),
        "sco": row((5, 6, 7, 6, 5, 3, 2), 6),
        "csto": row(steady, 0 if count > 29 else 1),
    }


def before() -> dict[int, tuple[Any, ...]]:
    """What two of the stories had said: the railway call nothing, the summit no date."""
    old = news(
        900,
        4,
        source_id="secretariat",
        title="Preparations for the summit in Islamabad began",
        ago=30 * HOUR,
        tags=["sco-heads-of-state-council", "nurlan-yermekbayev"],
        text="Nurlan Yermekbayev said that the SCO Council of Heads of State will meet in 2027.",
    )
    edited = news(
        34,
        source_id="times",
        title="CSTO ministers to meet on 3 December",
        tags=["csto"],
        text="The ministers meet on 3 December.",
    )
    return {4: (old.kept,), 34: (edited.kept,)}


def asked(**more: Any) -> Asked:
    values: dict[str, Any] = {
        "before": before(),
        "days": days(),
        "follows": "recipient:desk/2026-11-20",
        "dates": LAST,
        "late_before": NOW - timedelta(hours=24),
        "events": parse(CALENDAR, "calendar.yaml"),
    }
    return Asked(**(values | more))


def whole(*pieces: News, weekly: bool = False, asks: Asked | None = None, **more: Any) -> Draft:
    """The digest of the day, or of the week."""
    told = pieces or day()
    schedule = "weekly sat 11:30" if weekly else "daily 11:30"
    if weekly and asks is None:
        asks = asked(days=days(35), late_before=None)
    return build(
        told,
        subscription(timezone="Asia/Almaty", schedule=schedule, **more.pop("subscription", {})),
        since=NOW - timedelta(days=7 if weekly else 1),
        until=NOW,
        sources=SOURCES,
        entries=ENTRIES,
        now=NOW,
        housekeeping=("Could not be read: mea.gov.in (HTTP 403).", "Silent: Avesta (since 9 Nov)."),
        asked=asks or asked(),
        **more,
    )
