"""Whether the page of a tagged article still stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """What is known of the page that an article was read from."""

    article_id: int
    source_id: str
    url: str
    title: str
    first_seen_at: datetime
    #: When the page is looked at next; None: no more.
    due_at: datetime | None
    #: Since when it has not been there, at every look that said anything; None: it stood at the last of them.
    missing_at: datetime | None = None
    #: When that was seen a second time, hours later: from then on it is said to be gone. None: it is not.
    gone_at: datetime | None = None
    #: When it stood there again after that; None: it never did, or is gone once more.
    back_at: datetime | None = None
    #: HTTP status of the last look that did not find it: 404 or 410.
    status: int | None = None
