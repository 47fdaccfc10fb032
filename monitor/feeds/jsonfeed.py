"""JSON Feed. Source: JSON Feed version 1.1."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from monitor.citing.cited import Cited
from monitor.feeds.made import Feed, by, item_id, summary


def json_feed(feed: Feed) -> str:
    """The document."""
    made = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "feed_url": feed.url,
        "description": feed.search,
        "items": [_item(cited) for cited in feed.items],
    }
    return json.dumps({key: value for key, value in made.items() if value is not None}, ensure_ascii=False) + "\n"


def _item(cited: Cited) -> dict[str, Any]:
    article = cited.article
    item = {
        "id": item_id(cited),
        "url": article.url,
        "title": article.title,
        "content_text": summary(cited),
        "date_published": _instant(article.published_at or article.first_seen_at),
        "date_modified": _instant(cited.archived_at),
        "authors": [{"name": name} for name in by(cited)],
        "tags": list(cited.kept.tags),
        "language": article.lang,
        "_scowatch": {
            "article_id": cited.kept.id,
            "story_id": cited.kept.story_id,
            "source": article.source_id,
            "outlet": cited.outlet,
            "class": cited.source.ownership if cited.source else None,
            "country": cited.source.country if cited.source else None,
            "first_seen": _instant(article.first_seen_at),
        },
    }
    return {key: value for key, value in item.items() if value or key == "content_text"}


def _instant(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"
