"""What the status and the headers of an answer say, as values: freshness, validators, a capture of the whole."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from monitor.types import Capture, Fetch, Validators
from sources import freshness, reasons
from sources.lean_httpx import httpx
from sources.urls import checked
from sources.wire import head

_VALIDATOR_LIMIT = 1024


def without_body(answer: Fetch, response: httpx.Response) -> Fetch:
    """What a status other than 200 means; its body is never read."""
    outcome, reason = reasons.of_status(response.status_code)
    if response.status_code == 304:
        reason = "HTTP 304: not modified, although we have nothing of it"
    elif response.status_code < 300:
        reason = f"{reason}, not a whole answer"
    wait = reasons.retry_after(response.headers.get("retry-after"), datetime.now(UTC))
    return replace(answer, outcome=outcome, error=reason, retry_after=wait)


def capture(answer: Fetch, response: httpx.Response, at: datetime, body: bytes) -> Capture:
    """The exchange as it went over the wire, to be kept as evidence."""
    wire = response.extensions
    return Capture(
        url=answer.final_url,
        at=at,
        address=wire["address"] or None,
        request=wire["asked"],
        response=head(wire["head"]),
        body=body,
    )


def fresh_for(response: httpx.Response) -> timedelta | None:
    """How long the publisher says that the answer stays good; None: it does not say."""
    control, expires = response.headers.get("cache-control"), response.headers.get("expires")
    if control is None and expires is None:
        return None
    return freshness.fresh_for(
        control, expires, response.headers.get("date"), response.headers.get("age"), datetime.now(UTC)
    )


def conditions(validators: Validators | None) -> dict[str, str]:
    """The headers that ask only for something newer (RFC 9110 section 13.1)."""
    if validators is None:
        return {}
    asked = {
        "If-None-Match": printable(validators.etag),
        "If-Modified-Since": printable(validators.last_modified),
    }
    return {name: value for name, value in asked.items() if value}


def validators(answer: Fetch, response: httpx.Response, body_hash: str) -> Validators:
    """What to ask with next time: the URL that answered, and no other one."""
    redirected = answer.url != answer.final_url and str(checked(answer.url)) != answer.final_url
    return Validators(
        url=answer.url,
        final_url=answer.final_url if redirected else None,
        etag=printable(response.headers.get("etag")),
        last_modified=_past(printable(response.headers.get("last-modified"))),
        body_hash=body_hash,
    )


def _past(last_modified: str | None) -> str | None:
    """The date, unless it lies ahead: such a one would find everything unchanged until then."""
    try:
        ahead = parsedate_to_datetime(last_modified or "") > datetime.now(UTC) + timedelta(days=1)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return None if ahead else last_modified


def printable(value: str | None) -> str | None:
    """The header's value if it is short and plain enough to be kept and sent back."""
    if not value or len(value) > _VALIDATOR_LIMIT or not all(" " <= c <= "~" for c in value):
        return None
    return value
