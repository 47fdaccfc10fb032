"""What a digest looks like as a mail, and that strangers' text stays text."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser

import pytest

from alerts.render import FULL_ITEMS, SHOWN_ITEMS, mail, when
from alerts.safe import language, line, link
from monitor.types import Item, Section
from tests.alerts.strings import HEADERS, LINKS, shared
from tests.digest.builders import NOW, alert, digest, item


class Page(HTMLParser):
    """The elements of a page with their attributes, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def links(self) -> list[str]:
        return [attrs["href"] or "" for tag, attrs in self.elements if tag == "a"]


ALLOWED = {
    "html", "head", "meta", "title", "style", "body", "table", "tbody", "tr", "td", "div", "span", "bdi", "a",
    "h1", "h2", "hr",
}  # fmt: skip
FOUR = (
    item(1, title="Draft calendar of the chair", tags=(("a", "Islamabad summit 2027"),), others=(("APP (state)", "https://app.test/1"),)),
    item(2, title="Генсек ШОС обсудил повестку", lang="ru", lead="В Пекине завершилось заседание.", edited=True),
    item(3, title="上合组织地区反恐怖机构理事会会议", lang="zh", source_name="新华社", ownership="state", country="cn"),
    item(4, title="برگزاری رزمایش مشترک", lang="fa", source_name="ایرنا", country="ir", published_at=None),
)  # fmt: skip


@pytest.mark.parametrize(
    ("origins", "told"),
    [
        pytest.param((("ТАСС <b>", 3),), "one origin: ТАСС <b>, carried by 3", id="one"),
        pytest.param((("TASS", 2), ("新华社", 1)), "2 independent origins: TASS (2), 新华社", id="several"),
        pytest.param((("ТАСС", 0),), "one origin: ТАСС", id="an earlier version's"),
        pytest.param((), "", id="not known"),
    ],
)
def test_a_story_that_others_carry_says_of_how_many_origins(origins: tuple[tuple[str, int], ...], told: str) -> None:
    others = (("APP", "https://app.test/1"), ("Dawn", "https://dawn.test/1"))
    made = mail(digest(item(1, others=others, origins=origins)))
    more = f"+2 more: APP, Dawn · {told}" if told else "+2 more: APP, Dawn"
    for text in (made.text, Page(made.html).text):
        (line,) = (row.strip() for row in text.splitlines() if "+2 more" in row)
        assert line == more


def test_a_mail_says_everything_that_an_item_needs() -> None:
    made = mail(digest(*FOUR, seen=9, folded=2, held=3, housekeeping=("Could not be read: Akorda (HTTP 403).",)))
    page = Page(made.html)
    for text in (page.text, made.text):
        for piece in (
            "Saturday, 21 November 2026",
            "Draft calendar of the chair",
            "Генсек ШОС обсудил повестку",
            "上合组织地区反恐怖机构理事会会议",
            "برگزاری رزمایش مشترک",
            "The council met. It took note of a report.",
            "Daily · independent · KZ",
            "21 Nov 03:30 UTC, 08:30 Almaty",
            "first seen 21 Nov 04:30 UTC",
            "Islamabad summit 2027",
            "+1 more: APP (state)",
            "edited",
            "3 articles wait for the next digest.",
            "Could not be read: Akorda (HTTP 403).",
            "seen 9 = sent 4 + folded 2 + held 3",
            "tag:sco",
        ):
            assert piece in text
    assert page.links()[:2] == ["https://daily.test/1", "https://app.test/1"]
    assert "https://daily.test/1" in made.text
    assert made.subject == "21 Nov: 4 stories. Draft calendar of the chair"


def test_languages_and_directions_are_declared() -> None:
    page = Page(mail(digest(*FOUR)).html)
    declared = [(attrs.get("lang"), attrs.get("dir")) for tag, attrs in page.elements if attrs.get("class") == "item"]
    assert declared == [("en", "ltr"), ("ru", "ltr"), ("zh", "ltr"), ("fa", "rtl")]


def test_a_mail_loads_nothing_and_needs_no_style_sheet() -> None:
    html = mail(digest(*FOUR)).html
    page = Page(html)
    assert {tag for tag, _ in page.elements} <= ALLOWED
    assert "url(" not in html
    assert "@import" not in html
    assert html.count("prefers-color-scheme: dark") == 1
    titles = [attrs for _, attrs in page.elements if attrs.get("class") == "title"]
    assert all("font-size" in (attrs["style"] or "") for attrs in titles)
    assert len(titles) == 4
    assert not {name for _, attrs in page.elements for name in attrs if name.startswith("on") or name == "src"}


def test_an_empty_digest_says_so() -> None:
    made = mail(replace(digest(), sections=(), seen=0))
    assert made.subject == "21 Nov: nothing new on your watchlist"
    assert "Nothing new on your watchlist." in Page(made.html).text
    assert "Nothing new on your watchlist." in made.text


def test_an_alert_and_a_summary_as_mail() -> None:
    assert mail(alert()).subject == "Story 1 (Daily)"
    summary = replace(digest(item(1), item(2)), kind="summary")
    assert "2 stories over the daily limit" in Page(mail(summary).html).text


def test_latin_words_stand_below_a_headline_that_is_read_from_the_right() -> None:
    short = replace(item(1, title="نشست شورا", lang="fa", source_name="ایرنا"), brief=True, bare=True)
    page = Page(mail(digest(short)).html)
    assert ("div", "meta right", "ltr") in [(tag, of.get("class"), of.get("dir")) for tag, of in page.elements]


def test_why_an_alert_came_and_how_it_is_muted_are_lines_of_their_own() -> None:
    made = mail(
        replace(alert(), why="rule “bank”: new story", mute="scowatch mutes add story 7 --on slack:sco --for 3d")
    )
    assert "\nWhy: rule “bank”: new story\nMute: scowatch mutes add story 7 --on slack:sco --for 3d\n" in made.text
    assert "<div><bdi>Why: rule “bank”: new story</bdi></div>" in made.html


@pytest.mark.parametrize(
    ("ago", "shown"),
    [(timedelta(hours=2), "09:30"), (timedelta(hours=20), "Fri 15:30"), (timedelta(days=7), "14 Nov 11:30")],
    ids=["that-day", "the-day-before", "long-ago"],
)
def test_an_item_of_one_line_says_when_and_who_else_has_it(ago: timedelta, shown: str) -> None:
    short = replace(
        item(1, title="One item"),
        brief=True,
        published_at=NOW - ago,
        others=(("TASS (state)", ""), ("Daily (independent)", "")),
        classes=("official", "state", "independent"),
        origins=(("TASS", 3),),
    )
    made = mail(digest(short, timezone="Asia/Almaty"))
    assert f" · {shown} · +2 more (state, independent), one origin" in " ".join(made.text.split())
    assert f" · {shown} · +2 more (state, independent), one origin" in made.html
    assert made.html.index("The council met") < made.html.index("+2 more")


def test_the_same_digest_has_the_same_mail() -> None:
    assert mail(digest(*FOUR)) == mail(digest(*FOUR))


def test_a_huge_digest_is_cut_and_the_rest_counted() -> None:
    made = mail(digest(*(item(n) for n in range(1, 5001))))
    assert "sent 5000" in made.text
    assert f"And {5000 - SHOWN_ITEMS} more" in made.text
    assert made.text.count("took note") == FULL_ITEMS
    assert len(made.html) < 1_500_000


def hostile(text: str) -> Item:
    return item(1, title=text, source_name=text, lead=text, tags=(("x", text),), others=((text, "https://o.test/"),),
                lang=text, country=text, ownership=text)  # fmt: skip


XSS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</title></style><svg/onload=alert(1)>",
    "{{ 7*7 }}{% include 'x' %}",
    "<!--><img onerror=x //",
    "</td></tr></table><iframe>",
    "' onmouseover='x",
    "&lt;b&gt; AT&T",
    *HEADERS,
]


@pytest.mark.parametrize("text", XSS, ids=range(len(XSS)))
def test_strangers_text_stays_text(text: str) -> None:
    made = mail(replace(digest(hostile(text)), housekeeping=(text,), search=text,
                        sections=(Section(key="x", heading=text, items=(hostile(text),)),)))  # fmt: skip
    page = Page(made.html)
    assert {tag for tag, _ in page.elements} <= ALLOWED
    assert not {name for _, attrs in page.elements for name in attrs if name.startswith("on") or name == "src"}
    assert line(text, 60) in page.text
    for part in (made.subject, made.html, made.text):
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", part)
    assert "\n" not in made.subject


@pytest.mark.parametrize(("url", "expected"), LINKS, ids=range(len(LINKS)))
def test_only_honest_web_addresses_become_links(url: str, expected: str | None) -> None:
    assert link(url).url == expected
    page = Page(mail(digest(item(1, url=url))).html)
    assert page.links() == ([expected] if expected else [])


@pytest.mark.parametrize("row", shared("mail-link"))
def test_shared_links(row: dict[str, str]) -> None:
    made = mail(digest(item(1, url=row["input"])))
    for address in Page(made.html).links():
        assert re.match(r"https?://[^/\s<>\"'|\\]+(/|$)", address)
        assert link(row["input"]).host in Page(made.html).text
    for forbidden in row.get("must_not", []):
        assert forbidden not in made.html


@pytest.mark.parametrize(
    ("host", "shown"),
    [
        ("daily.test", "daily.test"),
        ("президент.рф", "президент.рф"),
        ("раураl.test", "xn--l-7sba6dbr.test"),
        ("аррle.рф", "аррle.рф".encode("idna").decode("ascii")),
        ("xn--d1abbgf6aiiy.xn--p1ai", "xn--d1abbgf6aiiy.xn--p1ai"),
    ],
)
def test_a_host_of_mixed_alphabets_is_shown_as_it_is_looked_up(host: str, shown: str) -> None:
    assert link(f"https://{host}/").host == shown


@pytest.mark.parametrize(
    ("lang", "expected"),
    [
        ("fa", ("fa", "rtl")),
        ("ur", ("ur", "rtl")),
        ("ar", ("ar", "rtl")),
        ("zh-Hant", ("zh-Hant", "ltr")),
        ("ru", ("ru", "ltr")),
        (None, ("", "auto")),
        ('en" onclick="x', ("", "auto")),
    ],
)
def test_language_attributes(lang: str | None, expected: tuple[str, str]) -> None:
    assert language(lang) == expected


def test_times_are_told_in_both_clocks() -> None:
    assert when(NOW, "UTC") == "21 Nov 06:30 UTC"
    assert when(NOW, "Asia/Almaty") == "21 Nov 06:30 UTC, 11:30 Almaty"
    assert when(NOW.replace(hour=20), "Asia/Almaty") == "21 Nov 20:30 UTC, 22 Nov 01:30 Almaty"
    assert when(NOW, "America/New_York") == "21 Nov 06:30 UTC, 01:30 New York"
