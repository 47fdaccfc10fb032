"""Alerts to Slack: an incoming webhook, or the Web API with a token.

A post has no idempotency key, so what surely did not arrive is kept apart from what may have: only the latter can
bring a second copy, and that one says so. Source: docs.slack.dev, incoming webhooks and rate limits.
"""

from __future__ import annotations

import asyncio
import json
import re
import ssl
import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cached_property
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from alerts import Refusal, secret
from alerts.blocks import slack
from monitor.errors import DeliveryError, InputError
from monitor.types import MAYBE_ARRIVED, Channel, Delivery, Digest, Receipt

if TYPE_CHECKING:
    import httpx

API = "https://slack.com/api/chat.postMessage"
#: Seconds for the whole post; the caller's own limit is a little longer.
SECONDS = 15.0
#: Slack takes about one message a second for each channel.
GAP_SECONDS = 1.0
_REASON = re.compile(r"[a-z][a-z0-9_]{1,60}")
#: Reasons of the Web API that pass by themselves.
_PASSING = frozenset({"ratelimited", "rate_limited", "internal_error", "fatal_error", "service_unavailable",
                      "request_timeout", "team_added_to_org"})  # fmt: skip


class SlackSender:
    """Posts to one channel, at most one message a second.

    Settings: ``webhook_env``, or ``token_env`` with the channel's name as the target.
    """

    def __init__(
        self, channel: Channel, environ: Mapping[str, str], refusal: Refusal, gap_seconds: float = GAP_SECONDS
    ) -> None:
        self.channel_id, self.target = channel.id, channel.target
        self._token = secret(channel, "token_env", environ)
        self._url = secret(channel, "webhook_env", environ) or (API if self._token else "")
        self._refusal, self._gap, self._next = refusal, gap_seconds, 0.0
        if not _readable(self._url):
            raise InputError(f"{channel.id}: its webhook is not an address like https://hooks.slack.com/…: mend it")

    async def send(self, delivery: Delivery, digest: Digest) -> Receipt:
        """What Slack said. Raises: DeliveryError, which names the channel, never the address."""
        body: dict[str, Any] = dict(slack(digest, repeat=delivery.repeat))
        if self._token:
            body["channel"] = self.target
        await asyncio.sleep(max(0.0, self._next - time.monotonic()))
        try:
            return await self._post(json.dumps(body, ensure_ascii=False).encode("utf-8", "replace"))
        finally:
            self._next = time.monotonic() + self._gap

    async def _post(self, body: bytes) -> Receipt:
        # httpx brings its own command line, and with it half a second of imports, where click and rich are installed
        sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]
        import httpx

        stage = ["connect"]
        try:
            async with asyncio.timeout(SECONDS):
                status, headers, answer = await self._exchange(httpx, body, stage)
        except httpx.ConnectError as error:
            why = " (its certificate does not prove that it is Slack)" if "CERTIFICATE" in str(error) else ""
            raise DeliveryError(self.channel_id, f"Slack cannot be reached{why}") from error
        except (httpx.HTTPError, httpx.InvalidURL, OSError, TimeoutError, ValueError) as error:
            reason = "no answer from Slack" if stage[0] == "connect" else f"no answer from Slack; {MAYBE_ARRIVED}"
            raise DeliveryError(self.channel_id, reason) from error
        return self._judged(status, headers, answer)

    async def _exchange(self, httpx: Any, body: bytes, stage: list[str]) -> tuple[int, Mapping[str, str], bytes]:
        """Status, headers and the beginning of the answer. Redirects are not followed."""
        from alerts.wire import Wire

        def begun() -> None:
            stage[0] = "sent"

        headers = {"Content-Type": "application/json; charset=utf-8", "Accept-Encoding": "identity"}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        wire = Wire(self._chosen, lambda: self._tls, begun)
        async with httpx.AsyncClient(transport=wire, trust_env=False, follow_redirects=False) as client:
            answer: httpx.Response = await client.post(self._url, content=body, headers=headers)
        return answer.status_code, answer.headers, answer.content

    def _chosen(self, addresses: list[str], scheme: str) -> str:
        """The address that is connected to: the name is looked up once, and every answer has to be allowed."""
        for address in addresses:
            why = self._refusal(address)
            if why or (scheme == "http" and not _inside(address)):
                why = why or "reached without TLS"
                raise DeliveryError(
                    self.channel_id, f"its address is {why}: name it in [fetch] allow_networks or mend it"
                )
        return addresses[0]

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        return ssl.create_default_context()

    def _judged(self, status: int, headers: Mapping[str, str], answer: bytes) -> Receipt:
        """What an answer means. Only Slack's own "ok" is a success: a login page of some network says 200 as well."""
        text = answer.decode("utf-8", "replace").strip()
        reason, ok = _reason(text)
        said = f"HTTP {status} {reason}".strip()
        if status == 200 and ok:
            return Receipt(detail=said)
        if status == 429 or reason in ("ratelimited", "rate_limited"):
            raise DeliveryError(self.channel_id, "Slack asks to wait", retry_after=retry_after(headers))
        if status >= 500:
            raise DeliveryError(
                self.channel_id, f"Slack has trouble: {said}; {MAYBE_ARRIVED}", retry_after=retry_after(headers)
            )
        if status == 408 or status < 400:
            permanent = status == 200 and text.startswith("{") and bool(reason) and reason not in _PASSING
            raise DeliveryError(self.channel_id, f"the answer is not Slack's ok: {said}", permanent=permanent)
        raise DeliveryError(self.channel_id, f"Slack refused the message: {said}", permanent=True)


def retry_after(headers: Mapping[str, str]) -> timedelta | None:
    """How long the server asks us to wait, in seconds or until a date; None: it does not say, or nothing of use."""
    value = headers.get("retry-after", "").strip()
    if re.fullmatch(r"\d{1,9}", value):
        return timedelta(seconds=int(value))
    try:
        at = parsedate_to_datetime(value)
    except ValueError:
        return None
    at = at.replace(tzinfo=UTC) if at.tzinfo is None else at
    return max(at - datetime.now(UTC), timedelta())


def _reason(text: str) -> tuple[str, bool]:
    """Slack's own word for what happened, and whether it is "ok"; nothing of a page that is not Slack's."""
    if text.startswith("{"):
        try:
            answer = json.loads(text)
        except ValueError:
            return "", False
        word = str(answer.get("error", ""))
        return (word if _REASON.fullmatch(word) else ""), answer.get("ok") is True
    return (text if _REASON.fullmatch(text) else ""), text == "ok"


def _readable(url: str) -> bool:
    try:
        parts = urlsplit(url)
        plain = url.isprintable() and not any(odd in url for odd in (" ", "\\", "@"))
        return plain and parts.scheme in ("https", "http") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # brackets, ports that cannot be
        return False


def _inside(address: str) -> bool:
    """Whether the address is in a network of one's own, where messages may go without TLS."""
    return not ip_address(address).is_global
