"""Strangers' text in what stands beside the items stays text, in HTML and in plain text."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from alerts.email import compose
from alerts.render import mail
from monitor.types import Compared, Count, Dated, Digest, Document, Quote, Side
from tests.alerts.strings import LINKS
from tests.alerts.test_email import parsed
from tests.alerts.test_render import ALLOWED, XSS, Page, hostile
from tests.digest.builders import digest

MORE = ALLOWED | {"b", "img", "th", "meta"}


def everywhere(text: str, url: str = "https://good.test/") -> Digest:
    """A digest with the text in every field of every part."""
    side = Side(source_name=text, country=text, title=text, url=url, lang=text, names=(text,), figures=(text,))
    count = Count(entry_id="x", name=text, items=9, usual=1.0, series=(1, 1, 9), notable=True)
    return digest(
        hostile(text),
        top=(1,),
        calendar=(Dated(when="2026-12-01", name=text, source=text, url=url, sure=text, lang=text, mark="new"),),
        documents=(
            Document(
                story_id=1, title=text, url=url, lang=text, source_name=text, country=text, versions=((text, url),)
            ),
        ),
        readouts=(Compared(story_id=1, sides=(side, side)),),
        people=(count,),
        counts=(count,),
        quotes=(Quote(text=text, lang=text, who=text, source_name=text, url=url),),
        nonevents=(text,),
        also=(replace(hostile(text), url=url),),
        housekeeping=(text,),
        search=text,
    )


@pytest.mark.parametrize("text", XSS, ids=range(len(XSS)))
def test_no_part_lets_markup_in(text: str) -> None:
    made = mail(everywhere(text), "https://example.org/u?a=1&b=2")
    page = Page(made.html)
    assert {tag for tag, _ in page.elements} <= MORE
    assert not {name for _, attrs in page.elements for name in attrs if name.startswith("on")}
    sources = {attrs["src"] for tag, attrs in page.elements if tag == "img"}
    assert sources == {f"cid:{picture.cid}" for picture in made.pictures}
    assert set(page.links()) <= {
        "https://good.test/",
        "https://daily.test/1",
        "https://o.test/",
        "https://example.org/u?a=1&b=2",
    }
    for part in (made.subject, made.html, made.text):
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", part)
    message = parsed(compose(everywhere(text), channel_id="mail:x", sender="s@example.org", recipient="r@example.org"))
    assert message.defects == []
    assert message["Bcc"] is None


@pytest.mark.parametrize(("url", "expected"), LINKS, ids=range(len(LINKS)))
def test_only_honest_addresses_become_links(url: str, expected: str | None) -> None:
    links = set(Page(mail(everywhere("Words", url)).html).links())
    assert links <= {expected, "https://daily.test/1", "https://o.test/"}


def test_a_reader_may_be_called_anything() -> None:
    told = digest(key="recipient:<b>x</b>/1", subscription_id="recipient:<b>x</b>")
    made = mail(told, 'https://example.org/"><b>')
    assert "b" not in {tag for tag, _ in Page(made.html).elements}
    assert "<b>x</b>" in made.text


def test_nobody_can_write_what_stands_in_for_the_readers_name() -> None:
    marks = {mail(digest(search=f"reader-{n}")).html.count("reader-") for n in range(3)}
    assert marks == {1}, "only the search that says so"
