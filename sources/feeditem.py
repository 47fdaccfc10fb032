"""What a feed says of itself and of its items, before anything is cleaned: what both readers of feeds give."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

HTML_TYPES = ("text/html", "application/xhtml+xml")
# Source: RFC 4287 section 4.2.7.2: a relation's name and its address are the same
_RELATIONS = re.compile(r"https?://www\.iana\.org/assignments/(?:link-)?relations?/", re.IGNORECASE)


def is_alternate(rel: str | None) -> bool:
    """Whether the link leads to the article itself."""
    return rel is None or _RELATIONS.sub("", rel).lower() == "alternate"


@dataclass(slots=True, kw_only=True)
class Item:
    """One item, its texts as they stand in the document. Filled by its reader, then left alone."""

    #: The publisher's own id; empty: none.
    id: str = ""
    #: Resolved against the document's base; None: there is none.
    link: str | None = None
    #: Other links that may lead to the article, in order.
    alternates: list[str] = field(default_factory=list)
    #: Where an aggregator's link leads in the end; empty: it does not say.
    original_link: str = ""
    title: str = ""
    #: Media type of the title; None: nobody says.
    title_type: str | None = None
    #: As declared for the title.
    lang: str | None = None
    summary: str | None = None
    #: None: copied from a content, whose type it has.
    summary_type: str | None = None
    #: (media type, value) of each whole text.
    contents: list[tuple[str | None, str]] = field(default_factory=list)
    #: Markup in which many Russian-language outlets give the whole text.
    full_text: str = ""
    #: Names of people, where the document tells them from addresses.
    people: list[str] = field(default_factory=list)
    #: The author's line as a whole.
    author: str = ""
    published: str = ""
    created: str = ""
    updated: str = ""
    #: The feed that the item was taken from.
    outlet: str = ""
    outlet_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """A whole feed."""

    items: list[Item]
    #: As declared; None: it does not say.
    lang: str | None
    #: Titles are what they say they are (Atom); in RSS nobody knows whether they are markup.
    literal: bool
