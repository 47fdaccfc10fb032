"""What is kept of the pages that articles were read from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """One page as it was once fetched, and where its record lies."""

    #: As asked for.
    url: str
    #: That answered, after redirects.
    final_url: str
    #: When it answered.
    at: datetime
    status: int
    #: SHA-256 (hex) of the body as it was sent, and its bytes.
    digest: str
    size: int
    #: ``urn:uuid:…`` of its WARC record.
    record_id: str
    #: Name in `snapshots/`, and the stretch of bytes in it that holds answer and request.
    file: str
    offset: int
    length: int
    #: The snapshot with the same body, where this record has only the head; None: the body is here.
    revisit_of: int | None = None
    #: The archive's number; 0: not stored yet, as in the fields below.
    id: int = 0
    article_id: int = 0
    #: What the article said when the page was read.
    version: int = 0
    #: When its record was taken away, as the settings say; None: it is there.
    removed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Archived:
    """A snapshot's record, read back and found to be what was written."""

    snapshot: Snapshot
    #: Heads as sent.
    request: bytes
    response: bytes
    #: As sent; of a snapshot without a body of its own, that of the one which it repeats.
    body: bytes
    #: The records' own bytes: one gzip member each, the repeated snapshot's first.
    records: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Aged:
    """As much of a snapshot as decides on whether it stays."""

    id: int
    article_id: int
    #: Of the article; None: imported without one.
    source_id: str | None
    at: datetime
    file: str
    revisit_of: int | None
    #: Somebody refers to the article, or has asked to keep it.
    cited: bool
