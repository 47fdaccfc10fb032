"""What a story shows: origins by house, order and lag, whose outlets carried it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from monitor.identity.overview import coverage, origins, overview
from monitor.types import Address, Member, Source

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
SELF: Mapping[str, object] = {"kind": "self"}
TASS: Mapping[str, object] = {"kind": "credited", "source": "tass-ru", "name": "ТАСС"}
PTI: Mapping[str, object] = {"kind": "credited", "source": None, "name": "PTI"}


def source(source_id: str, country: str, ownership: str, family: str | None = None) -> Source:
    address = Address(url=f"https://{source_id}.example/rss")
    return Source(
        id=source_id,
        name=source_id.upper(),
        kind="feed",
        addresses=(address,),
        country=country,
        ownership=ownership,
        family=family,
    )


SOURCES = {
    one.id: one
    for one in (
        source("tass-en", "ru", "state", "tass"),
        source("tass-ru", "ru", "state", "tass"),
        source("rt", "ru", "state-funded"),
        source("xinhua", "cn", "state"),
        source("hindu", "in", "independent"),
        source("mea", "in", "official"),
        source("orf", "in", "think-tank"),
        source("riac", "ru", "think-tank"),
    )
}


def member(number: int, source_id: str | None, group: int, origin: object = None, **changed: object) -> Member:
    values: dict[str, object] = {
        "id": number,
        "copy_group_id": group,
        "story_id": 1,
        "source_id": source_id,
        "source_name": None,
        "title": f"Title {number}",
        "url": f"https://www.paper{number}.example/a",
        "lang": "en",
        "published_at": NOW + number * HOUR,
        "first_seen_at": NOW + timedelta(days=9),
        "origin": origin,
    }
    return Member(**(values | changed))  # type: ignore[arg-type]


ORIGINS = {
    "undecided: the first outlet": ([("hindu", 1, None), ("xinhua", 1, None)], {"hindu": 2}),
    "two texts": ([("hindu", 1, None), ("xinhua", 2, None)], {"hindu": 1, "xinhua": 1}),
    "language editions are one house": ([("tass-en", 1, SELF), ("tass-ru", 2, SELF)], {"tass": 2}),
    "the one that says it is its own": ([("hindu", 1, None), ("rt", 1, SELF)], {"rt": 2}),
    "a credit counts more": ([("hindu", 1, SELF), ("rt", 1, TASS)], {"tass": 2}),
    "a credit to what is not read": ([("hindu", 1, PTI), ("mea", 2, PTI)], {"pti": 2}),
    "credits to one of the house and to another": ([("hindu", 1, TASS), ("tass-en", 2, SELF)], {"tass": 2}),
    "most credits": ([("hindu", 1, PTI), ("rt", 1, TASS), ("mea", 1, TASS)], {"tass": 3}),
    "no source": ([(None, 1, None), (None, 2, None)], {"paper0.example": 1, "paper1.example": 1}),
}


@pytest.mark.parametrize(("came", "found"), ORIGINS.values(), ids=ORIGINS)
def test_origins(came: list[tuple[str | None, int, object]], found: dict[str, int]) -> None:
    members = [member(n, *one) for n, one in enumerate(came)]
    assert {one.key: one.articles for one in origins(members, SOURCES)} == found


def test_an_outlet_that_an_aggregator_names_is_not_the_aggregator() -> None:
    story = overview([member(0, "rt", 1, source_name="Dawn"), member(1, "rt", 2)], SOURCES)
    assert [(one.key, one.country) for one in story.carriers] == [("Dawn", None), ("rt", "ru")]
    assert {one.key for one in story.origins} == {"dawn", "rt"}


def test_order_and_lag() -> None:
    story = overview([member(0, "rt", 1), member(2, "xinhua", 1, lang="zh"), member(5, "rt", 1)], SOURCES)
    assert [(one.key, one.lag, one.articles) for one in story.carriers] == [
        ("rt", 0 * HOUR, 2),
        ("xinhua", 2 * HOUR, 1),
    ]
    assert (story.first_at, story.last_at, story.title) == (NOW, NOW + 5 * HOUR, "Title 0")
    assert (story.languages, story.countries, story.classes) == (("en", "zh"), ("ru", "cn"), ("state-funded", "state"))


ANALYSES = [
    pytest.param([("hindu", 1, SELF), ("orf", 2, SELF)], ["hindu"], ["orf"], id="joined a story"),
    pytest.param([("orf", 1, SELF), ("riac", 2, None)], [], ["orf", "riac"], id="nothing else"),
    pytest.param([("orf", 1, TASS), ("hindu", 1, TASS)], ["tass"], [], id="a reprint is the agency's"),
    pytest.param([("orf", 1, SELF), ("hindu", 1, None)], [], ["orf"], id="printed by a newspaper"),
]


@pytest.mark.parametrize(("came", "origins", "analyses"), ANALYSES)
def test_what_a_think_tank_says_is_no_origin_of_news(
    came: list[tuple[str | None, int, object]], origins: list[str], analyses: list[str]
) -> None:
    story = overview([member(n, *one) for n, one in enumerate(came)], SOURCES)
    assert ([one.key for one in story.origins], [one.key for one in story.analyses]) == (origins, analyses)


def test_a_state_whose_think_tank_alone_speaks_is_silent() -> None:
    members = [member(0, "xinhua", 1), member(1, "orf", 2), member(2, "riac", 3)]
    found = coverage(members, SOURCES, ["cn", "in", "ru"], {"xinhua", "orf", "hindu", "riac"})
    assert found.silent == ("in",), "of Russia nothing else was read"
    assert found.silent_sources == ("hindu",)


@pytest.mark.parametrize(
    ("outlets", "country"),
    [
        pytest.param(["tass-en", "rt"], "ru", id="state and state-funded of one country"),
        pytest.param(["tass-en", "orf"], "ru", id="what a think tank says of it changes nothing"),
        pytest.param(["tass-en", "xinhua"], None, id="of two countries"),
        pytest.param(["mea"], None, id="official is not state media"),
        pytest.param(["tass-en", None], None, id="one that nobody knows"),
        pytest.param([None], None, id="only one that nobody knows"),
    ],
)
def test_only_state_media_of_one_country(outlets: list[str | None], country: str | None) -> None:
    story = overview([member(n, outlet, n) for n, outlet in enumerate(outlets)], SOURCES)
    assert story.only_state_media_of == country


def test_coverage() -> None:
    members = [member(0, "tass-en", 1), member(1, "hindu", 1), member(2, None, 1)]
    found = coverage(members, SOURCES, ("ru", "cn", "in", "kz"), {"tass-en", "tass-ru", "xinhua", "mea"})
    cells = {key: (cell.carried, cell.read, cell.at) for key, cell in found.cells.items()}
    assert cells == {
        ("ru", "state"): (1, 2, NOW),
        ("cn", "state"): (0, 1, None),
        ("in", "official"): (0, 1, None),
        ("in", "independent"): (1, 1, NOW + HOUR),
    }
    assert found.classes == ("official", "state", "independent")
    assert (found.silent, found.unread, found.elsewhere) == (("cn",), ("kz",), 1)
