"""Why a URL could not be read, in one line that a person understands: from status codes and from exceptions. Pure."""

from __future__ import annotations

import errno
import math
import socket
import ssl
from collections.abc import Iterator
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Literal

import h11

from monitor.text.clean import clean_line
from sources.network import Refusal

Failure = Literal["temporary", "permanent"]

#: Asking again soon cannot help.
_PERMANENT = frozenset({400, 401, 402, 403, 404, 405, 406, 407, 410, 411, 414, 415, 416, 417, 422, 426, 451, 501, 505})
_RETRY_LEAST = timedelta(seconds=60)
_RETRY_MOST = timedelta(hours=24)

_CUT_SHORT = ("incomplete message body", "complete message body", "incomplete chunked read")
_UNREACHABLE = (errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EADDRNOTAVAIL, errno.ENETDOWN)


def of_status(status: int) -> tuple[Failure, str]:
    """For every status that is not the answer: ``HTTP 404: not found``."""
    try:
        text = f"HTTP {status}: {HTTPStatus(status).phrase.lower()}"
    except ValueError:
        text = f"HTTP {status}"
    return ("permanent" if status in _PERMANENT else "temporary"), text


def of_error(error: BaseException) -> tuple[Failure, str]:
    """For whatever went wrong on the way."""
    for link in _chain(error):
        known = _known(link)
        if known:
            return known
    return "temporary", f"could not be fetched ({type(error).__name__})"


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error and what led to it."""
    link: BaseException | None = error
    for _ in range(10):
        if link is None:
            return
        yield link
        link = link.__cause__ or link.__context__


def _known(error: BaseException) -> tuple[Failure, str] | None:
    match error:
        case Refusal():
            return error.outcome, error.reason
        case ssl.SSLCertVerificationError():
            return "temporary", f"certificate is not valid: {clean_line(error.verify_message, 200)}"
        case ssl.SSLError():
            return "temporary", f"no secure connection: {clean_line(error.reason or 'TLS failed', 100).lower()}"
        case socket.gaierror():
            return "temporary", _of_lookup(error)
        case UnicodeError():
            return "permanent", "not a host name"
        case h11.RemoteProtocolError():
            return "temporary", _of_protocol(str(error))
        case OSError():
            return _of_system(error)
    return None


def _of_lookup(error: socket.gaierror) -> str:
    if error.errno == socket.EAI_AGAIN:
        return "host name could not be looked up: the name server does not answer"
    return "host name not found"


def _of_protocol(text: str) -> str:
    if any(part in text for part in _CUT_SHORT):
        return "answer was cut short"
    if "too long" in text:
        return "headers are too large"
    return "answer is not valid HTTP"


def _of_system(error: OSError) -> tuple[Failure, str] | None:
    if isinstance(error, ConnectionRefusedError):
        return "temporary", "connection refused"
    if isinstance(error, ConnectionError):
        return "temporary", "connection closed by the other side"
    if error.errno in _UNREACHABLE:
        return "temporary", "host cannot be reached"
    return None


def retry_after(value: str | None, now: datetime) -> timedelta | None:
    """How long to stay away, between a minute and a day; None where the header says nothing usable.

    Source: RFC 9110 section 10.2.3, seconds or a date.
    """
    value = (value or "").strip()
    try:
        if value.isascii() and value.isdigit():
            seconds = float(value[:20])
        else:
            seconds = (parsedate_to_datetime(value) - now).total_seconds()
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    if not math.isfinite(seconds):
        return None
    return timedelta(seconds=min(max(seconds, _RETRY_LEAST.total_seconds()), _RETRY_MOST.total_seconds()))
