"""JSON answers as entries."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from monitor.blocks import presets
from monitor.errors import ParseError
from monitor.types import Address, Listing, Paths
from sources import api

URL = "https://api.example/v2/search?q=sco"


def read(answer: Any, paths: Paths | None = None, pages: int = 1, lang: str | None = None) -> Listing:
    body = answer if isinstance(answer, bytes) else json.dumps(answer, ensure_ascii=False).encode()
    return api.read(body, "application/json", Address(url=URL, paths=paths, pages=pages, lang=lang), URL)


GDELT = {
    "articles": [
        {
            "url": "https://outlet.example/ru/1",
            "title": "Саммит ШОС - итоги",
            "seendate": "20261120T101500Z",
            "domain": "outlet.example",
            "language": "Russian",
            "sourcecountry": "Kyrgyzstan",
        }
    ]
}


def test_the_presets_read_answers_as_their_services_give_them() -> None:
    (entry,) = read(GDELT, Paths(**presets()["gdelt"]["paths"])).entries
    assert (entry.title, entry.lang, entry.outlet) == ("Саммит ШОС - итоги", "ru", "outlet.example")
    assert entry.published_at == datetime(2026, 11, 20, 10, 15, tzinfo=UTC)
    post = {
        "id": 7,
        "date_gmt": "2026-11-20T08:00:00",
        "guid": {"rendered": "https://site.example/?p=7"},
        "link": "https://site.example/sco",
        "title": {"rendered": "SCO &#8211; what next"},
        "excerpt": {"rendered": "<p>A teaser</p>"},
        "content": {"rendered": "<p>One.</p><p>Two.</p><script>x</script>"},
    }
    (entry,) = read([post], Paths(**presets()["wordpress"]["paths"])).entries
    assert (entry.title, entry.content, entry.summary) == ("SCO – what next", "One.\nTwo.", "A teaser")
    assert entry.guid == "https://site.example/?p=7"
    work = {"DOI": "10.1/x", "title": ["上合组织研究"], "URL": "https://doi.org/10.1/x", "publisher": "Press"}
    work |= {"created": {"date-time": "2026-11-19T01:02:03Z"}, "language": "zh"}
    (entry,) = read({"message": {"items": [work]}}, Paths(**presets()["crossref"]["paths"])).entries
    assert (entry.title, entry.lang, entry.outlet) == ("上合组织研究", "zh", "Press")


@pytest.mark.parametrize(
    ("date", "form", "at"),
    [
        pytest.param("20261120T101500Z", "%Y%m%dT%H%M%SZ", datetime(2026, 11, 20, 10, 15, tzinfo=UTC), id="a form"),
        pytest.param(
            "20.11.2026 10:15 +0600", "%d.%m.%Y %H:%M %z", datetime(2026, 11, 20, 4, 15, tzinfo=UTC), id="zone"
        ),
        pytest.param(1795169700, "", datetime(2026, 11, 20, 10, 15, tzinfo=UTC), id="seconds"),
        pytest.param(1795169700000, "", datetime(2026, 11, 20, 10, 15, tzinfo=UTC), id="milliseconds"),
        pytest.param("2026-11-20T10:15:00Z", "", datetime(2026, 11, 20, 10, 15, tzinfo=UTC), id="ISO"),
        pytest.param("yesterday", "%Y", None, id="not of that form"),
        pytest.param(None, "", None, id="none"),
    ],
)
def test_dates(date: Any, form: str, at: datetime | None) -> None:
    (entry,) = read([{"title": "t", "when": date}], Paths(date="when", date_format=form)).entries
    assert entry.published_at == at


@pytest.mark.parametrize(
    ("path", "found"),
    [
        pytest.param("a.b", 1, id="keys"),
        pytest.param("list.1.x", "سه", id="a number in a list"),
        pytest.param("list.9", None, id="beyond the list"),
        pytest.param("a.b.c", None, id="within a number"),
        pytest.param("__class__", None, id="nothing of Python"),
        pytest.param("list.-1", None, id="no counting from the end"),
        pytest.param("list.²", None, id="no odd digits"),
    ],
)
def test_paths_are_keys_and_numbers_only(path: str, found: Any) -> None:
    assert api.at({"a": {"b": 1}, "list": [{"x": "一"}, {"x": "سه"}]}, path) == found


def test_people_are_named_in_any_of_the_usual_ways() -> None:
    rows = [{"title": "t", "by": by} for by in ("A", ["A", "B"], [{"name": "Иванов"}, {"id": 1}], None, 5)]
    assert [e.authors for e in read(rows, Paths(author="by")).entries] == [("A",), ("A", "B"), ("Иванов",), (), ()]


def test_the_next_part_is_followed_only_when_asked_for() -> None:
    answer = {"list": [{"title": "t"}], "links": {"next": "/v2/search?q=sco&page=2"}}
    paths = Paths(items="list", next="links.next")
    assert read(answer, paths).next_url is None
    assert read(answer, paths, pages=3).next_url == "https://api.example/v2/search?q=sco&page=2"


def test_items_that_say_nothing_are_counted() -> None:
    listing = read([{"title": "t", "url": "/a"}, {}, "x", None])
    assert [entry.url for entry in listing.entries] == ["https://api.example/a"]
    assert listing.dropped == {"no title and no link": 3}
    assert read({}, Paths(items="articles")).entries == ()


def test_an_aggregators_link_is_unwrapped_or_marked() -> None:
    listing = read(
        [
            {"title": "a", "url": "https://vk.com/away.php?to=https://b.example/x"},
            {"title": "b", "url": "https://t.co/x"},
        ]
    )
    assert [(e.url, e.wrapped) for e in listing.entries] == [("https://b.example/x", False), ("https://t.co/x", True)]


@pytest.mark.parametrize(
    ("body", "part"),
    [
        pytest.param(b"", "empty", id="nothing"),
        pytest.param(b"Your query was too short.", "not JSON: 'Your query was too short.'", id="words"),
        pytest.param(b"<html><body>Forbidden</body></html>", "not JSON: 'Forbidden'", id="a page"),
        pytest.param(b'{"error": "no"}', "no(thing| list)", id="no list"),
        pytest.param(b'[{"headline": "x"}]', "no item has anything", id="paths that lead nowhere"),
        pytest.param(b"[" * 100_000, "not JSON", id="nested without end"),
        pytest.param(b"[" + b"9" * 10_000 + b"]", "not JSON", id="endless number"),
    ],
)
def test_what_cannot_be_read_is_told(body: bytes, part: str) -> None:
    with pytest.raises(ParseError, match=part):
        read(body)


@pytest.mark.parametrize(
    "around",
    ["{}", "\ufeff{}", "china({})", "jQuery.cb_1( {} );\n", ")]}}',\n{}"],
    ids=["bare", "mark", "call", "call with a point", "guarded"],
)
def test_what_stands_around_an_answer_for_browsers_is_no_part_of_it(around: str) -> None:
    answer = json.dumps({"list": [{"title": "上合组织峰会 (1)", "url": "/1"}]})
    assert [e.title for e in read(around.format(answer).encode(), Paths(items="list")).entries] == ["上合组织峰会 (1)"]


def test_a_call_without_end_costs_nothing() -> None:
    with pytest.raises(ParseError, match="not JSON"):
        read(b"f(" + b") " * 200_000 + b"x")


def test_items_may_lie_by_their_ids() -> None:
    rows = {"7": {"title": "a", "url": "/7"}, "5": {"title": "b", "url": "/5"}}
    assert [entry.title for entry in read({"data": rows}, Paths(items="data")).entries] == ["a", "b"]


def test_a_key_may_have_a_dot() -> None:
    row = {"dc.title": "Саммит", "url": "/1", "at": {"dc.date": "2026-11-20"}}
    (entry,) = read([row], Paths(title="dc.title", date="at.dc.date")).entries
    assert (entry.title, entry.published_at) == ("Саммит", datetime(2026, 11, 20, tzinfo=UTC))


def test_dates_are_read_in_the_language_of_the_address() -> None:
    (entry,) = read([{"title": "t", "at": "5 Kasım 2026"}], Paths(date="at"), lang="tr").entries
    assert entry.published_at == datetime(2026, 11, 5, tzinfo=UTC)
