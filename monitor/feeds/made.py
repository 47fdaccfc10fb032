"""What a feed is made of."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from monitor.citing.cited import Cited

#: Characters of a text that are shown.
SUMMARY = 500
#: What XML 1.0 cannot hold. Source: https://www.w3.org/TR/xml/#charsets
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    #: Of the saved search.
    name: str
    title: str
    #: What it asks for.
    search: str
    #: The newest first.
    items: tuple[Cited, ...]
    #: When it was made.
    at: datetime
    #: Where it will be published; None: nobody said.
    url: str | None = None

    @property
    def id(self) -> str:
        """The address of the feed, else a name that is always the same."""
        return self.url or uuid5(NAMESPACE_URL, f"scowatch:search:{self.name}").urn

    @property
    def updated(self) -> datetime:
        """When the newest change of an item came; of a feed without any, when it was made."""
        return max((item.archived_at for item in self.items), default=self.at)


def item_id(cited: Cited) -> str:
    """The same for one article in every feed and installation, as long as it is told apart by the same."""
    article = cited.article
    return uuid5(NAMESPACE_URL, article.canonical_url + (f"#{article.ref}" if article.ref else "")).urn


def summary(cited: Cited) -> str:
    """The beginning of the text, cut behind a word."""
    text = cited.article.text
    if len(text) <= SUMMARY:
        return text
    begun = text[:SUMMARY]
    spaced = begun[: max(begun.rfind(" "), begun.rfind("\n"))] if " " in begun[SUMMARY // 2 :] else begun
    return f"{spaced.rstrip()} …"


def by(cited: Cited) -> tuple[str, ...]:
    """Who is shown as author: those named, else the outlet."""
    return cited.article.authors or ((cited.outlet,) if cited.outlet else ())


def in_xml(text: str) -> str:
    """The text without what XML cannot hold."""
    return _NO_XML.sub("", text)
