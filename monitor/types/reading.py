"""What one address said: the answer, what it lists, and the pages of articles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

Outcome = Literal["ok", "not_modified", "temporary", "permanent"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """What one URL said of its body, to ask next time only for something newer (RFC 9110 section 13)."""

    url: str
    #: What said so after redirects, the only one that is told `etag` and `last_modified`; None: `url` itself.
    final_url: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    #: SHA-256 of the body in hex: finds an unchanged body where the server has no validators.
    body_hash: str | None = None
    #: Digests of the items in that body, joined: those that stand there again need not be read again.
    seen: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """One request and its answer as they went over the wire, to be kept as evidence."""

    #: That answered; after redirects.
    url: str
    #: When the head of the answer came.
    at: datetime
    #: IP address that answered; None: not known.
    address: str | None
    #: Head as sent.
    request: bytes
    #: Status line and headers, names and values letter by letter.
    response: bytes
    #: What came after the head: still compressed where it came so, but put together where it came in chunks.
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetch:
    """One attempt to read a URL. Network trouble is a value, never an exception."""

    url: str
    outcome: Outcome
    #: After redirects.
    final_url: str
    #: HTTP status; None: no answer.
    status: int | None = None
    body: bytes = b""
    #: The Content-Type header as sent.
    content_type: str | None = None
    validators: Validators | None = None
    #: One line that a person understands; None when all went well.
    error: str | None = None
    #: How long the host that answered asks us to stay away; None: it does not say.
    retry_after: timedelta | None = None
    #: How long the answer stays good (``Cache-Control``, ``Expires``); None: it does not say.
    fresh_for: timedelta | None = None
    #: Where permanent redirects alone lead to; None: nowhere.
    moved_to: str | None = None
    #: Where it was asked for and the outcome is ``ok``; None else.
    capture: Capture | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One item as the publisher listed it, as plain capped text."""

    #: The publisher's own id; None: there is none.
    guid: str | None
    #: Absolute, http or https; of a letter that has no page ``mid:`` and its Message-ID (RFC 2392); None: no link.
    url: str | None
    title: str
    #: Plain text, one paragraph a line.
    summary: str = ""
    #: The whole text where the feed carries it, else empty.
    content: str = ""
    authors: tuple[str, ...] = ()
    published_at: datetime | None = None
    #: As declared by the document; None: it does not say.
    lang: str | None = None
    #: Who published it, as named by one who lists others' articles; None: the source itself, as far as is known.
    outlet: str | None = None
    #: Front page or feed of that outlet.
    outlet_url: str | None = None
    #: `url` leads to an aggregator that alone knows the article's own address: there is no page to read.
    wrapped: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What one body lists."""

    #: In the publisher's order; without those that are `unchanged`.
    entries: tuple[Entry, ...]
    #: Items that stood in the last body already, letter by letter.
    unchanged: int = 0
    #: Ids and links (as in Entry) that several items of this body share: they name none of them.
    shared: frozenset[str] = frozenset()
    #: For Validators.seen of the next time.
    seen: bytes = b""
    #: Items that are not in `entries`, by reason.
    dropped: Mapping[str, int] = field(default_factory=dict)
    #: The publisher's own interval (``ttl``, ``sy:updatePeriod``); None: it does not say.
    every: timedelta | None = None
    #: Hours of the day (UTC) in which the publisher wants no polls.
    skip_hours: tuple[int, ...] = ()
    #: Where the list goes on, for a collector that reads at most Address.pages of them; None: here it ends.
    next_url: str | None = None
    #: Lists that this one names in place of items (the parts of a sitemap index), the most promising first: read in the
    #: same poll, each as if it were the address. What named them must be read again next time even when it has not
    #: changed, since they may have: it gets no validators.
    more: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What was read out of an article's own page; None where the page does not say."""

    title: str | None
    #: Plain text, one paragraph a line; empty: no article found.
    text: str
    published_at: datetime | None = None
    authors: tuple[str, ...] = ()
    lang: str | None = None
    canonical_url: str | None = None
    site_name: str | None = None
