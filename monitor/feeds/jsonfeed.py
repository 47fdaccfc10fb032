"""JSON Feed. Source: JSON Feed version 1.1."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from monitor.feeds.made import Feed, FeedItem

#: Our own part of an item: what the format has no place for.
_OURS = "_scowatch"


def json_feed(feed: Feed) -> str:
    """The document."""
    made = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "feed_url": feed.url,
        "description": feed.about,
        "items": [_written(item) for item in feed.items],
    }
    return json.dumps({key: value for key, value in made.items() if value is not None}, ensure_ascii=False) + "\n"


def items_of(text: str) -> tuple[FeedItem, ...]:
    """The items of a document that `json_feed` wrote. Raises: ValueError for any other."""
    try:
        return tuple(_read(item) for item in json.loads(text)["items"])
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"this is no feed of ours: {error}") from error


def _written(item: FeedItem) -> dict[str, Any]:
    made = {
        "id": item.id,
        "url": item.url,
        "title": item.title,
        "content_text": item.text,
        "date_published": _instant(item.dated_at),
        "date_modified": _instant(item.updated_at),
        "authors": [{"name": name} for name in item.authors],
        "tags": list(item.tags),
        "language": item.lang,
        _OURS: {**item.more, "first_seen": _instant(item.first_seen_at)}
        | {key: value for key, value in (("outlet", item.outlet), ("homepage", item.homepage)) if value},
    }
    return {key: value for key, value in made.items() if value or key == "content_text"}


def _read(item: dict[str, Any]) -> FeedItem:
    ours = dict(item[_OURS])
    first_seen, published = _at(ours.pop("first_seen")), _at(item["date_published"])
    return FeedItem(
        id=item["id"],
        url=item.get("url"),
        title=item.get("title", ""),
        text=item["content_text"],
        published_at=None if published == first_seen else published,
        first_seen_at=first_seen,
        updated_at=_at(item["date_modified"]),
        authors=tuple(author["name"] for author in item.get("authors", ())),
        outlet=ours.pop("outlet", ""),
        homepage=ours.pop("homepage", ""),
        lang=item.get("language", ""),
        tags=tuple(item.get("tags", ())),
        more=ours,
    )


def _instant(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def _at(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S%z")
