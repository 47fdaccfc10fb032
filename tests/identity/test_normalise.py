"""Entries and pages made into articles."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.identity.listed import listed
from monitor.identity.normalise import published, to_article
from monitor.types import Address, Article, Entry, Page, Selectors, Source

NOW = datetime(2026, 11, 21, 7, tzinfo=UTC)
ADDRESS = Address(url="https://a.example/rss", lang="en")
SOURCE = Source(id="a", name="A", kind="feed", addresses=(ADDRESS,), homepage="https://a.example/", languages=("en",))
BODY = "The council met in Bishkek on Monday and set the dates of its spring session.\nA second paragraph follows it."


def article(entry: Entry, page: Page | None = None) -> Article:
    made = to_article(listed([entry])[0], page, SOURCE, ADDRESS, NOW)
    assert made is not None
    return made


def test_the_text_of_the_page_is_taken_before_that_of_the_feed() -> None:
    entry = Entry(guid=None, url="https://a.example/council", title="Council meets", summary="The council met.")
    made = article(entry, Page(title="Other", text=BODY, authors=("A. Writer",)))
    assert (made.title, made.text, made.text_from, made.authors) == ("Council meets", BODY, "page", ("A. Writer",))


def test_a_consent_notice_does_not_take_the_place_of_the_feeds_own_text() -> None:
    entry = Entry(guid=None, url="https://a.example/council", title="Council meets", content=BODY)
    made = article(entry, Page(title="Before you go on", text="We use cookies."))
    assert (made.text, made.text_from) == (BODY, "feed")


STANDFIRSTS = [
    pytest.param("Delhi stays away from the meeting.", True, id="says something of its own"),
    pytest.param("Дели на встречу не приедет.", True, id="in another language"),
    pytest.param("印度不出席会议。", True, id="Han"),
    pytest.param("The council met in Bishkek on Monday and set the dates …", False, id="the beginning, cut"),
    pytest.param(
        "The council met in Bishkek on Monday and set the dates. The post first appeared on A.", False, id="blog"
    ),
    pytest.param("A second paragraph follows it.", False, id="a part of it"),
    pytest.param("COUNCIL MEETS", False, id="the headline"),
    pytest.param("", False, id="none"),
]


@pytest.mark.parametrize(("summary", "kept"), STANDFIRSTS)
def test_a_summary_that_says_something_of_its_own_leads_the_text(summary: str, kept: bool) -> None:
    entry = Entry(guid=None, url="https://a.example/council", title="Council meets", summary=summary, content=BODY)
    assert article(entry).text == (f"{summary}\n{BODY}" if kept else BODY)


def test_entries_that_share_the_front_page_as_link_have_addresses_of_their_own() -> None:
    entries = [Entry(guid=None, url="https://a.example/", title=title) for title in ("First item", "Second item")]
    made = [to_article(item, None, SOURCE, ADDRESS, NOW) for item in listed(entries)]
    assert len({one.canonical_url for one in made if one}) == 2
    assert {one.url for one in made if one} == {"https://a.example/"}


def test_the_headline_of_the_page_is_taken_before_the_text_of_a_link_to_it() -> None:
    entry = Entry(guid=None, url="https://a.example/council", title="Council meets, sets dates …")
    page = Page(title="Council meets, sets dates of its spring session", text=BODY)
    index = replace(SOURCE, kind="page")
    chosen = replace(ADDRESS, selectors=Selectors(item="li", title="b"))
    made = [to_article(listed([entry])[0], page, index, address, NOW) for address in (ADDRESS, chosen)]
    assert [one.title for one in made if one] == [page.title, entry.title]


@pytest.mark.parametrize(
    ("title", "first"),
    [
        pytest.param("Council «sets» dates", "COUNCIL “SETS” DATES", id="Latin"),
        pytest.param("Совет назначил даты", "Совет назначил даты.", id="Cyrillic"),
        pytest.param("理事会确定会期", "理事会确定会期", id="Han"),
        pytest.param("شورا تاریخ‌ها را تعیین کرد", "شورا تاریخ‌ها را تعیین کرد", id="Persian"),
    ],
)
def test_a_headline_that_stands_again_over_the_text_is_not_part_of_it(title: str, first: str) -> None:
    entry = Entry(guid=None, url="https://a.example/council", title=title)
    assert article(entry, Page(title=None, text=f"{first}\n{BODY}")).text == BODY


def test_an_entry_without_title_takes_the_start_of_its_text() -> None:
    assert article(Entry(guid="1", url=None, title="", summary=BODY)).title == BODY.split("\n")[0]


def test_an_entry_without_title_and_text_is_none() -> None:
    assert to_article(listed([Entry(guid="1", url=None, title="")])[0], None, SOURCE, ADDRESS, NOW) is None


DAY = datetime(2026, 11, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    ("listed_at", "page_at", "expected"),
    [
        pytest.param(None, None, None, id="nobody says"),
        pytest.param(DAY.replace(hour=9), None, DAY.replace(hour=9), id="feed"),
        pytest.param(None, DAY.replace(hour=9), DAY.replace(hour=9), id="page"),
        pytest.param(DAY, DAY.replace(hour=9), DAY.replace(hour=9), id="the page makes a bare day exact"),
        pytest.param(DAY, DAY - timedelta(days=9, hours=1), DAY, id="another day does not"),
        pytest.param(NOW + timedelta(days=9), None, None, id="far future"),
        pytest.param(NOW + timedelta(days=9), DAY, DAY, id="future in the feed, past on the page"),
        pytest.param(NOW + timedelta(hours=5), None, NOW, id="a zone too far ahead is now"),
    ],
)
def test_published(listed_at: datetime | None, page_at: datetime | None, expected: datetime | None) -> None:
    assert published(listed_at, page_at, NOW) == expected


def test_an_outlet_that_an_aggregator_names_is_kept_and_a_source_does_not_name_itself() -> None:
    entry = Entry(guid=None, url="https://b.example/1", title="Саммит", outlet="Б-ньюс")
    assert article(entry).source_name == "Б-ньюс"
    assert article(replace(entry, outlet=SOURCE.name)).source_name is None
