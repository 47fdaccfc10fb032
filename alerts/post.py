"""A POST to an address that was checked, and what went wrong on the way in words of the channel's own."""

from __future__ import annotations

import asyncio
import re
import ssl
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cached_property
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from alerts import Refusal
from monitor.errors import DeliveryError
from monitor.types import MAYBE_ARRIVED

if TYPE_CHECKING:
    import httpx

    from alerts.wire import Wire

#: Seconds for the whole post; the caller's own limit is a little longer.
SECONDS = 15.0
#: Bytes of an answer that are read; of one that lists messages, or says a whole message back.
LIMIT, LONG = 64 * 1024, 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    #: The beginning of it.
    body: bytes


class Poster:
    """Posts for one channel. Redirects are not followed, no proxy is asked."""

    def __init__(self, channel_id: str, whom: str, refusal: Refusal) -> None:
        """`whom`: as errors name the other side, never its address."""
        self._channel_id, self._whom, self._refusal = channel_id, whom, refusal

    async def post(
        self, url: str, body: bytes, headers: Mapping[str, str], *, asks: bool = False, most: int = LIMIT
    ) -> Answer:
        """The answer, whatever it says, with the first `most` bytes of it. Raises: DeliveryError where there is none.

        `asks`: it does nothing on the other side.
        """
        # httpx brings its own command line, and with it half a second of imports, where click and rich are installed
        sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]
        import httpx

        from alerts.wire import Wire  # with what it loads in turn: none of the time is for that

        def begun() -> None:
            stage[0] = "sent"

        stage = ["connect"]
        wire = Wire(self._allowed, lambda: self._tls, begun, most)
        try:
            async with asyncio.timeout(SECONDS):
                return await _exchange(httpx, wire, url, body, headers)
        except httpx.ConnectError as error:
            why = f" (its certificate does not prove that it is {self._whom})" if "CERTIFICATE" in str(error) else ""
            raise DeliveryError(self._channel_id, f"{self._whom} cannot be reached{why}") from error
        except (httpx.HTTPError, httpx.InvalidURL, OSError, TimeoutError, ValueError) as error:
            maybe = not asks and stage[0] != "connect"
            reason = f"no answer from {self._whom}"
            raise DeliveryError(self._channel_id, f"{reason}; {MAYBE_ARRIVED}" if maybe else reason) from error

    def _allowed(self, addresses: Sequence[str], scheme: str) -> None:
        """Nothing, when all addresses of a host may be contacted; one that may not is enough to send nothing."""
        for address in addresses:
            why = self._refusal(address)
            if why or (scheme == "http" and not _inside(address)):
                why = why or "reached without TLS"
                raise DeliveryError(
                    self._channel_id, f"its address is {why}: name it in [fetch] allow_networks or mend it"
                )

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        return ssl.create_default_context()


async def _exchange(httpx: Any, wire: Wire, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    plain = {"Accept-Encoding": "identity", **headers}
    async with httpx.AsyncClient(transport=wire, trust_env=False, follow_redirects=False) as client:
        answer: httpx.Response = await client.post(url, content=body, headers=plain)
    return Answer(answer.status_code, answer.headers, answer.content)


def retry_after(headers: Mapping[str, str]) -> timedelta | None:
    """How long the server asks us to wait, in seconds or until a date; None: it does not say, or nothing of use.

    A date has whole seconds, and may have lost most of one: another is waited. Source: RFC 9110, section 10.2.3.
    """
    value = headers.get("retry-after", "").strip()
    if re.fullmatch(r"\d{1,9}", value):
        return timedelta(seconds=int(value))
    try:
        at = parsedate_to_datetime(value)
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at
        return max(at - datetime.now(UTC), timedelta()) + timedelta(seconds=1)
    except (ValueError, OverflowError):  # the latter for a zone of any number
        return None


def readable(url: str) -> bool:
    """Whether it is an address that can be posted to."""
    try:
        parts = urlsplit(url)
        plain = url.isprintable() and not any(odd in url for odd in (" ", "\\", "@"))
        return plain and parts.scheme in ("https", "http") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # brackets, ports that cannot be
        return False


def _inside(address: str) -> bool:
    """Whether the address is in a network of one's own, where messages may go without TLS."""
    return not ip_address(address).is_global
