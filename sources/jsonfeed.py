"""Entries of a JSON Feed. Pure. Source: jsonfeed.org, versions 1 and 1.1."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from monitor.errors import ParseError
from monitor.text.clean import clean_line, clean_text
from monitor.types import Entry
from sources.dates import instant
from sources.languages import primary
from sources.links import absolute
from sources.markup import to_line, to_text


def read(text: str, lang: str | None, url: str, now: datetime | None) -> tuple[Entry, ...]:
    """The items as entries, in `lang` where they do not say otherwise. Raises: ParseError."""
    try:
        feed = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ParseError("not a feed: JSON that cannot be read") from error
    if not isinstance(feed, dict) or not isinstance(feed.get("items"), list):
        raise ParseError("not a feed: JSON without a list of items")
    items = [item for item in feed["items"] if isinstance(item, dict)]
    lang = lang or primary(_text(feed.get("language")))
    return tuple(_entry(item, feed, lang, url, now) for item in items)


def _entry(item: dict[str, Any], feed: dict[str, Any], lang: str | None, url: str, now: datetime | None) -> Entry:
    guid = item.get("id")
    lang = primary(_text(item.get("language"))) or lang
    content = to_text(_text(item.get("content_html"))) or clean_text(_text(item.get("content_text")))
    return Entry(
        guid=clean_line(str(guid)) or None if isinstance(guid, str | int | float) else None,
        url=absolute(url, item.get("url")) or absolute(url, item.get("external_url")) or absolute("", guid),
        title=to_line(_text(item.get("title"))),
        summary=to_text(_text(item.get("summary"))),
        content=content,
        authors=_authors(item) or _authors(feed),
        published_at=instant(_text(item.get("date_published")) or _text(item.get("date_modified")), lang=lang, now=now),
        lang=lang,
    )


def _authors(holder: dict[str, Any]) -> tuple[str, ...]:
    people = holder.get("authors")
    people = people if isinstance(people, list) else [holder.get("author")]
    names = (clean_line(_text(person.get("name")), 200) for person in people if isinstance(person, dict))
    return tuple(name for name in names if name)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
