"""Messages of a public Telegram channel, out of the preview that anybody can open (``t.me/s/NAME``). Pure.

A message is an article of its own: its first sentence is the headline, its text is whole, and its own page shows the
same again. A forwarded message names the channel it came from as its outlet.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from monitor.errors import ParseError
from monitor.text.clean import clean_line
from monitor.types import Address, Entry, Listing
from sources import document
from sources.dates import instant
from sources.links import absolute
from sources.markup import to_line, to_text

_MESSAGE = ".tgme_widget_message[data-post]"
_TEXT = ".tgme_widget_message_text.js-message_text"
_QUOTED = "tgme_widget_message_reply"
_DATE = "a.tgme_widget_message_date"
_FORWARDED = ".tgme_widget_message_forwarded_from_name"
_OWNER = ".tgme_widget_message_owner_name"
_PREVIEW = ".link_preview_title"
_OLDER = "a.tme_messages_more[data-before], link[rel=prev]"

#: Most messages of one page; a preview has twenty.
MESSAGES = 100
#: Characters of a headline made of a text.
HEADLINE = 160
_SHORT = 25
_HAN = re.compile(r"[\u3400-\u9fff]{5}")
# after a word that is long enough to be no abbreviation (Arabic letters: its words are short)
_SENTENCE = re.compile(r"(?<=[^\W\d_]{3}[.!?…])\s+|(?<=[\u0600-\u06ff]{2}[.!?…])\s+|(?<=[。！？؟۔])\s*")


def read(body: bytes, content_type: str | None, address: Address, url: str, now: datetime | None = None) -> Listing:
    """The messages in the order of the page, the oldest first. Raises: ParseError, also for a page without a message:
    of a channel that is private, gone or closed to previews nothing else is shown."""
    page = document.soup(body, content_type)
    messages = document.selected(page, _MESSAGE, limit=MESSAGES)
    if not messages:
        raise ParseError("no message: the channel does not exist, is private, or shows no preview")
    for message in reversed(messages):  # one that lies within another is no part of it, nor looked through with it
        message.extract()
    entries = [_entry(message, address.lang, url, now) for message in messages]
    told = tuple(entry for entry in entries if entry.title)
    dropped = {"message without text": len(entries) - len(told)} if len(told) < len(entries) else {}
    return Listing(entries=told, dropped=dropped, next_url=_older(page, url) if address.pages > 1 else None)


def _entry(message: Any, lang: str | None, url: str, now: datetime | None) -> Entry:
    text = _text(message)
    stated = _one(message, f"{_DATE} time")
    forwarded = _one(message, _FORWARDED)
    owner = _one(message, _OWNER)
    return Entry(
        guid=clean_line(message["data-post"]),
        url=absolute(url, (_one(message, _DATE) or {}).get("href")),
        title=headline(text) or _line(_one(message, _PREVIEW)),
        content=text,
        authors=(name,) if (name := _line(owner)) else (),
        published_at=instant(stated.get("datetime"), now=now) if stated is not None else None,
        lang=lang,
        outlet=_line(forwarded) or None,
        outlet_url=absolute(url, forwarded.get("href")) if forwarded is not None else None,
    )


def _text(message: Any) -> str:
    """What the message itself says, without the one it answers."""
    for found in document.selected(message, _TEXT, limit=5):
        if found.find_parent(class_=_QUOTED) is None:
            return to_text(str(found))
    return ""


def headline(text: str) -> str:
    """The first sentence of the text's first line, cut at a word where it is too long."""
    first = text.partition("\n")[0]
    ends = [match.start() for match in _SENTENCE.finditer(first)]
    # a short one is a cry, or an abbreviation: what it is about comes after it
    sentence = first[: next((end for end in ends if end >= _SHORT or _HAN.search(first[:end])), None)].strip()
    if len(sentence) <= HEADLINE:
        return clean_line(sentence)
    start = sentence[:HEADLINE]
    return clean_line(start.rsplit(" ", 1)[0] if " " in start[HEADLINE // 2 :] else start) + "…"


def _older(page: Any, url: str) -> str | None:
    link = _one(page, _OLDER)
    return absolute(url, link.get("href")) if link is not None else None


def _one(root: Any, selector: str) -> Any:
    return next(iter(document.selected(root, selector, limit=1)), None)


def _line(element: Any) -> str:
    return clean_line(to_line(str(element)), 200) if element is not None else ""
