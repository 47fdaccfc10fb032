"""Previews of Telegram channels as entries."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest

from monitor.errors import ParseError
from monitor.types import Address, Listing
from sources import telegram

URL = "https://t.me/s/desk"


def message(number: int, text: str, before: str = "", after: str = "") -> str:
    return f"""<div class="tgme_widget_message_wrap js-widget_message_wrap">
 <div class="tgme_widget_message text_not_supported_wrap js-widget_message" data-post="desk/{number}">
  <div class="tgme_widget_message_bubble"><div class="tgme_widget_message_author accent_color">
    <a class="tgme_widget_message_owner_name" href="https://t.me/desk"><span dir="auto">The Desk</span></a></div>
   {before}
   {f'<div class="tgme_widget_message_text js-message_text" dir="auto">{text}</div>' if text else ""}{after}
   <div class="tgme_widget_message_footer"><span class="tgme_widget_message_meta">
    <a class="tgme_widget_message_date" href="https://t.me/desk/{number}">
     <time datetime="2026-11-20T1{number % 10}:15:00+00:00" class="time">1{number % 10}:15</time></a></span></div>
  </div></div></div>"""


def read(*messages: str, pages: int = 1) -> Listing:
    older = '<a href="/s/desk?before=7" class="tme_messages_more js-messages_more" data-before="7"></a>'
    body = f"<html><body><section>{older}{''.join(messages)}</section></body></html>".encode()
    return telegram.read(body, "text/html; charset=utf-8", Address(url=URL, lang="ru", pages=pages), URL)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        pytest.param(
            "SCO summit opens in Bishkek. Leaders arrive.<br/>More later", "SCO summit opens in Bishkek.", id="en"
        ),
        pytest.param(
            "<b>Саммит ШОС открылся в Бишкеке</b><br/><br/>Лидеры прибыли.", "Саммит ШОС открылся в Бишкеке", id="ru"
        ),
        pytest.param("上海合作组织峰会在比什凯克开幕。领导人抵达。", "上海合作组织峰会在比什凯克开幕。", id="zh"),
        pytest.param(
            "نشست سازمان همکاری شانگهای آغاز شد. رهبران رسیدند", "نشست سازمان همکاری شانگهای آغاز شد.", id="fa"
        ),
        pytest.param(
            "Срочно! Саммит перенесён на декабрь. Подробнее", "Срочно! Саммит перенесён на декабрь.", id="a cry first"
        ),
        pytest.param("word " * 60, "word " * 31 + "word…", id="no sentence ends"),
    ],
)
def test_the_first_sentence_is_the_headline_and_the_text_is_whole(text: str, title: str) -> None:
    (entry,) = read(message(3, text)).entries
    assert entry.title == title
    assert entry.content.startswith(title.rstrip("…")[:20])
    assert (entry.guid, entry.url) == ("desk/3", "https://t.me/desk/3")
    assert entry.published_at == datetime(2026, 11, 20, 13, 15, tzinfo=UTC)
    assert (entry.authors, entry.lang, entry.outlet) == (("The Desk",), "ru", None)


def test_a_forwarded_message_names_where_it_came_from() -> None:
    forwarded = """<div class="tgme_widget_message_forwarded_from accent_color">Forwarded from
      <a class="tgme_widget_message_forwarded_from_name" href="https://t.me/ministry/55"><span>МИД</span></a></div>"""
    (entry,) = read(message(1, "Заявление министра", before=forwarded)).entries
    assert (entry.outlet, entry.outlet_url) == ("МИД", "https://t.me/ministry/55")


def test_an_answer_is_not_what_it_answers() -> None:
    quoted = """<a class="tgme_widget_message_reply"><div class="tgme_widget_message_text js-message_text">The question
      </div></a>"""
    (entry,) = read(message(1, "The answer that was given", before=quoted)).entries
    assert entry.content == "The answer that was given"


def test_a_message_without_words_is_counted_and_one_with_a_preview_has_its_title() -> None:
    preview = '<a class="tgme_widget_message_link_preview"><div class="link_preview_title">A report</div></a>'
    listing = read(message(1, ""), message(2, "", after=preview))
    assert [entry.title for entry in listing.entries] == ["A report"]
    assert listing.dropped == {"message without text": 1}


def test_older_messages_are_read_only_when_asked_for() -> None:
    assert read(message(8, "News of the day")).next_url is None
    assert read(message(8, "News of the day"), pages=2).next_url == "https://t.me/s/desk?before=7"


def test_a_channel_without_a_preview_says_so() -> None:
    with pytest.raises(ParseError, match="private"):
        telegram.read(b"<html><body>If you have Telegram, you can view</body></html>", None, Address(url=URL), URL)


def test_messages_that_lie_within_each_other_are_told_apart() -> None:
    """A page that forgets to end its elements: what follows is in the message before."""
    rows = "".join(message(n, f"News {n} of the day").removesuffix("</div></div>") for n in range(1, 4))
    assert [entry.title for entry in read(rows).entries] == [f"News {n} of the day" for n in range(1, 4)]


@pytest.mark.parametrize(
    "inner",
    [
        pytest.param('<div class="tgme_widget_message_text js-message_text">The summit in Bishkek. ', id="texts"),
        pytest.param("<div></div>" * 5, id="nothing"),
        pytest.param("<div>" * 3, id="depth"),
    ],
)
def test_nested_messages_cost_what_they_are_long(inner: str) -> None:
    def cost(count: int) -> float:
        body = "".join(f'<div class="tgme_widget_message" data-post="desk/{n}">{inner}' for n in range(count))
        started = time.process_time()
        telegram.read(f"<html><body>{body}</body></html>".encode(), None, Address(url=URL), URL)
        return time.process_time() - started

    assert cost(4_000) < 3
