"""The reader for all feeds that are not well-formed or not usual: feedparser, and what makes its work safe. Pure.

feedparser gets bytes in a file object and nothing else: a str or bytes it takes for a URL or a path, and opens it.
Of its own cleaning nothing is used.
"""

from __future__ import annotations

import io
from typing import Any

from monitor.errors import ParseError
from sources.feeditem import Channel, Item, is_alternate


def parsed(text: str, url: str) -> Any:
    """What feedparser makes of the document, which it gets in UTF-8.

    Its own choice of encoding reads a whole feed as Western European for one damaged byte, and takes Python's
    private codecs for encodings. Raises: ParseError.
    """
    import feedparser

    headers = {"content-location": url, "content-type": "application/xml; charset=utf-8"}
    try:
        return feedparser.parse(
            io.BytesIO(text.encode("utf-8", "replace")),
            response_headers=headers,
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except Exception as error:
        # it raises whatever the parts it is made of raise
        raise ParseError(f"feed cannot be read ({type(error).__name__})") from error


def channel(feed: Any) -> Channel:
    """What feedparser found."""
    lang = _value(feed.feed, "language")
    return Channel(
        items=[_item(entry) for entry in feed.entries],
        lang=lang if isinstance(lang, str) else None,
        literal=str(feed.get("version")).startswith("atom"),
    )


def _item(entry: Any) -> Item:
    title, summary = _detail(entry, "title"), _detail(entry, "summary")
    source = _value(entry, "source")
    people = [person.get("name") for person in _value(entry, "authors") or () if isinstance(person, dict)]
    alternates = _alternates(entry)
    # links to further reading pass for the item's own, and the last one wins
    link = alternates[0] if alternates and "yandex_related" in entry else _text(entry, "link")
    contents = [part for part in _value(entry, "content") or () if isinstance(part, dict)]
    return Item(
        id=_text(entry, "id"),
        link=link or None,
        alternates=alternates,
        original_link=_text(entry, "feedburner_origlink"),
        title=_text(entry, "title"),
        title_type=title.get("type"),
        lang=title.get("language"),
        summary=_text(entry, "summary"),
        summary_type=summary.get("type"),
        contents=[(part.get("type"), part.get("value") or "") for part in contents],
        full_text=_text(entry, "yandex_full-text"),
        people=[name for name in people if name],
        author=_text(entry, "author"),
        published=_text(entry, "published"),
        created=_text(entry, "created"),
        updated=_text(entry, "updated"),
        outlet=_text(source, "title") if isinstance(source, dict) else "",
        outlet_url=_text(source, "href") or _text(source, "link") if isinstance(source, dict) else "",
    )


def _alternates(entry: Any) -> list[str]:
    links = _value(entry, "links") or ()
    found = [link.get("href") for link in links if is_alternate(link.get("rel"))]
    return [href for href in found if isinstance(href, str)]


def _detail(entry: Any, key: str) -> dict[str, Any]:
    detail = _value(entry, f"{key}_detail")
    return detail if isinstance(detail, dict) else {}


def _value(holder: Any, key: str) -> Any:
    """What really stands there: feedparser's own look-up answers for other keys too, with a warning."""
    return dict.get(holder, key)


def _text(holder: Any, key: str) -> str:
    value = _value(holder, key)
    return value if isinstance(value, str) else ""
