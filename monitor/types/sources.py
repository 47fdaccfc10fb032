"""Where articles come from, as sources.yaml says it and as it is found out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

OWNERSHIP = ("official", "state", "state-funded", "public-service", "wire", "independent", "think-tank")
#: The class that says what it thinks of a thing: never evidence that it happened.
ANALYSIS = "think-tank"
FULLTEXT = ("always", "tagged", "never")
Fulltext = Literal["always", "tagged", "never"]
#: How much is found out of where an article belongs: its copies, its story and its origin, or its copies only.
Identified = Literal["whole", "copies"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Selectors:
    """CSS selectors of an index page; ``None`` where the reader's own judgement is good enough."""

    #: The elements that hold one item each; None: every link that looks like an article.
    item: str | None = None
    #: Inside an item: the link to the article.
    link: str | None = None
    #: Inside an item: the headline; None: the text of the link.
    title: str | None = None
    #: Inside an item: the date.
    date: str | None = None
    #: Inside an item: the teaser.
    summary: str | None = None
    #: On the article's own page: the element that holds the text; None: found by the extractor.
    text: str | None = None
    #: On the index page: the link to its next page; None: the one that is marked ``rel=next``.
    next: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Paths:
    """Where a JSON answer has what: keys and numbers joined by dots, as in ``data.0.title``; empty: nowhere."""

    #: The list of items; empty: the answer itself is the list.
    items: str = ""
    title: str = "title"
    url: str = "url"
    date: str = ""
    #: As for ``strptime``; empty: any of the usual forms.
    date_format: str = ""
    summary: str = ""
    #: The whole text.
    text: str = ""
    id: str = ""
    lang: str = ""
    author: str = ""
    #: The outlet, where the answer lists what others have published.
    outlet: str = ""
    #: Of the answer, not of an item: the address of its next part.
    next: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """Where name and password of a mailbox stand: names of environment variables, never the secrets themselves."""

    username_env: str
    password_env: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """One URL of a source that is polled."""

    url: str
    #: ISO 639 code that the publisher writes in here; None: any of the source's languages.
    lang: str | None = None
    #: For index pages only.
    selectors: Selectors = Selectors()
    #: Most parts of a list (pages of an index, parts of an answer) that are read in one poll.
    pages: int = 1
    #: For JSON answers only.
    paths: Paths | None = None
    #: For mailboxes only; None: there is none.
    login: Login | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One place we read: an outlet with the addresses that are polled for it."""

    #: Stable slug out of sources.yaml; articles, tags and searches refer to it.
    id: str
    name: str
    #: Key of sources.KINDS: ``feed``, ``page``, ``sitemap`` …
    kind: str
    addresses: tuple[Address, ...]
    homepage: str | None = None
    #: ISO 639 codes, the most usual first; empty: not known.
    languages: tuple[str, ...] = ()
    #: ISO 3166 code in lower case, or ``intl``; None: not known.
    country: str | None = None
    #: One of OWNERSHIP: who controls the newsroom; None: not known.
    ownership: str | None = None
    #: Outlets of one house (the language editions of an agency) share a family; None: a house of its own.
    family: str | None = None
    #: 1 polled hourly, 2 a few times a day, 3 daily.
    priority: int = 2
    #: Time between two polls; None: by priority.
    every: timedelta | None = None
    #: Whose own pages are read as well: every article's, those whose title or summary touches the watchlist, none's;
    #: None: by `ownership` (monitor.schedule.fulltext_of).
    fulltext: Fulltext | None = None
    #: Why robots.txt is not asked, in the operator's words; None: it is asked and obeyed.
    ignore_robots: str | None = None
    notes: str | None = None
    #: Who pays for it, in the operator's words; None: not known.
    funder: str | None = None
    #: Headings under which subscription lists show it, the outermost first; empty: none.
    group: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One way to read a site, found by looking and tried once."""

    #: As in Source.
    kind: str
    address: Address
    #: What the site calls it; empty: nothing.
    title: str
    #: Items that one reading brings.
    items: int
    newest_at: datetime | None
    lang: str | None
    #: Headlines, to see what it is.
    sample: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovery:
    """What was found behind an address that somebody typed."""

    #: Name of the site as it calls itself.
    name: str
    homepage: str | None
    lang: str | None
    #: The best first.
    candidates: tuple[Candidate, ...] = ()
    #: What was tried in vain: address and reason.
    failures: tuple[tuple[str, str], ...] = ()
