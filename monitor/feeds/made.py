"""What a feed is made of."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import NAMESPACE_URL, uuid5

from monitor.citing.cited import Cited

#: Characters of a text that are shown.
SUMMARY = 500
#: What XML 1.0 cannot hold. Source: https://www.w3.org/TR/xml/#charsets
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedItem:
    """One thing that a feed tells: an article, or an alert."""

    #: The same as long as it is the same thing, whatever is said of it.
    id: str
    #: None: there is no address that is fit to be clicked.
    url: str | None
    title: str
    #: Plain text; lines may be parted.
    text: str
    #: None: nobody said.
    published_at: datetime | None
    first_seen_at: datetime
    #: When what is said here came to be so.
    updated_at: datetime
    authors: tuple[str, ...] = ()
    #: Empty: not known, as the homepage and the language.
    outlet: str = ""
    homepage: str = ""
    lang: str = ""
    tags: tuple[str, ...] = ()
    #: What other programs may want to know.
    more: Mapping[str, object] = field(default_factory=dict)

    @property
    def dated_at(self) -> datetime:
        return self.published_at or self.first_seen_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    #: What it is made of: the hits of a saved search, or alerts of a channel.
    kind: Literal["search", "alerts"] = "search"
    #: Of the saved search, or of the channel.
    name: str
    title: str
    #: What is in it.
    about: str
    #: The newest first.
    items: tuple[FeedItem, ...]
    #: When it was made.
    at: datetime
    #: Where it will be published; None: nobody said.
    url: str | None = None

    @property
    def id(self) -> str:
        """The address of the feed, else a name that is always the same."""
        return self.url or uuid5(NAMESPACE_URL, f"scowatch:{self.kind}:{self.name}").urn

    @property
    def updated(self) -> datetime:
        """When the newest change of an item came; of a feed without any, when it was made."""
        return max((item.updated_at for item in self.items), default=self.at)


def of_article(cited: Cited) -> FeedItem:
    """The article as an item."""
    article, source = cited.article, cited.source
    return FeedItem(
        id=item_id(cited),
        url=article.url,
        title=article.title,
        text=summary(article.text),
        published_at=article.published_at,
        first_seen_at=article.first_seen_at,
        updated_at=cited.archived_at,
        authors=article.authors or ((cited.outlet,) if cited.outlet else ()),
        outlet=cited.outlet,
        homepage=(source.homepage or "") if source else "",
        lang=article.lang or "",
        tags=cited.kept.tags,
        more={
            "article_id": cited.kept.id,
            "story_id": cited.kept.story_id,
            "source": article.source_id,
            "class": source.ownership if source else None,
            "country": source.country if source else None,
        },
    )


def item_id(cited: Cited) -> str:
    """The same for one article in every feed and installation, as long as it is told apart by the same."""
    article = cited.article
    return uuid5(NAMESPACE_URL, article.canonical_url + (f"#{article.ref}" if article.ref else "")).urn


def summary(text: str) -> str:
    """The beginning of the text, cut behind a word."""
    if len(text) <= SUMMARY:
        return text
    begun = text[:SUMMARY]
    spaced = begun[: max(begun.rfind(" "), begun.rfind("\n"))] if " " in begun[SUMMARY // 2 :] else begun
    return f"{spaced.rstrip()} …"


def in_xml(text: str) -> str:
    """The text without what XML cannot hold."""
    return _NO_XML.sub("", text)
