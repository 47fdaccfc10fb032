"""Who is named as the origin of a text, and by which words."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from monitor.identity.agencies import Agency

How = Literal["dateline", "label", "signature", "taken", "byline", "feed", "canonical", "title", "reports", "inputs"]
Field = Literal["title", "text", "authors", "feed", "page"]

#: How sure a credit makes it that the text is from whom it names. Set by hand, in the order in which the kinds proved
#: right: of 210 credits found in 2,600 real texts (English, Russian, Chinese) and read by eye, all 110 datelines were
#: right; of the others one was wrong (its kind is mended) and two doubtful. `reports` and `title` may speak for less
#: than the whole text, `inputs` always do.
CONFIDENCE: dict[How, float] = {
    "dateline": 0.95,
    "label": 0.9,
    "signature": 0.9,
    "taken": 0.95,
    "byline": 0.9,
    "feed": 0.95,
    "canonical": 0.85,
    "title": 0.7,
    "reports": 0.75,
    "inputs": 0.5,
}

_EVIDENCE = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """Somebody who is named as the origin of a text."""

    #: As in Agency; None: nobody of the list.
    agency_id: str | None
    #: The agency's usual name, or as written; None: the text says that it was taken, but not from whom.
    name: str | None
    how: How
    #: Where it stands: ``title``, ``text`` (code points of that field as given, half open), or elsewhere.
    field: Field
    start: int = 0
    end: int = 0
    #: The words that say so, one line.
    phrase: str
    #: 0 to 1, by CONFIDENCE.
    confidence: float


def made(
    agency: Agency | None,
    how: How,
    field: Field,
    start: int = 0,
    end: int = 0,
    *,
    name: str | None = None,
    phrase: str,
    confidence: float | None = None,
) -> Credit:
    """The credit of an agency, or of whoever has that name; as sure as such credits are, where nothing else is said."""
    return Credit(
        agency_id=agency.id if agency else None,
        name=agency.name if agency else name,
        how=how,
        field=field,
        start=start,
        end=end,
        phrase=" ".join(phrase.split())[:_EVIDENCE],
        confidence=CONFIDENCE[how] if confidence is None else confidence,
    )


#: Credits of one article that are kept, and code points of the phrase of each.
_KEPT, _KEPT_PHRASE = 3, 100


def to_bytes(credits: Sequence[Credit]) -> bytes:
    """The surest few credits in at most about a kilobyte, to be kept beside the article; empty where there is none."""
    rows = [
        [c.agency_id, c.name, c.how, c.field, c.start, c.end, c.phrase[:_KEPT_PHRASE], c.confidence] for c in credits
    ]
    return json.dumps(rows[:_KEPT], ensure_ascii=False, separators=(",", ":")).encode() if rows else b""


def from_bytes(data: bytes) -> tuple[Credit, ...]:
    """The credits that `to_bytes` kept."""
    keys = ("agency_id", "name", "how", "field", "start", "end", "phrase", "confidence")
    return tuple(Credit(**dict(zip(keys, row, strict=True))) for row in json.loads(data)) if data else ()
