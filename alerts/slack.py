"""Alerts to Slack: an incoming webhook, or the Web API with a bot's token.

A webhook has no idempotency key: what surely did not arrive is kept apart from what may have, and only the latter can
bring a second copy, which says so. With a token there is none: every message carries the number of its delivery in its
metadata, and a repeat first looks whether the channel has it; what is learned later changes the message in place, with
a line in its thread. Source: docs.slack.dev, incoming webhooks, rate limits, chat.postMessage, chat.update,
conversations.history and .replies (scopes chat:write, channels:history or groups:history), message metadata.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from alerts import Refusal, secret
from alerts.blocks import joined, slack
from alerts.post import LIMIT, LONG, Answer, Poster, readable, retry_after
from monitor.errors import DeliveryError, InputError
from monitor.types import MAYBE_ARRIVED, Channel, Delivery, Digest, Receipt

API = "https://slack.com/api"
#: Slack takes about one message a second for each channel.
GAP_SECONDS = 1.0
#: In a message's metadata.
EVENT = "scowatch_delivery"
#: Messages of the channel that a repeat looks through, and how many at once.
_LOOKED_THROUGH, _PAGE = 1_000, 100
_REASON = re.compile(r"[a-z][a-z0-9_]{1,60}")
#: Reasons of the Web API that pass by themselves.
_PASSING = frozenset({"ratelimited", "rate_limited", "internal_error", "fatal_error", "service_unavailable",
                      "request_timeout", "team_added_to_org"})  # fmt: skip
#: Those that every later message would meet as well.
_CLOSED = frozenset({"no_service", "no_active_hooks", "channel_is_archived", "is_archived", "channel_not_found",
                     "not_in_channel", "invalid_auth", "not_authed", "account_inactive", "token_revoked",
                     "token_expired", "missing_scope", "action_prohibited", "no_permission", "no_team",
                     "team_not_found", "posting_to_general_channel_denied", "invalid_token"})  # fmt: skip
_JSON = "application/json; charset=utf-8"
_FORM = "application/x-www-form-urlencoded"


class SlackSender:
    """Posts to one channel, at most one message a second.

    Settings: ``webhook_env``; or ``token_env`` with the channel as the target, and ``api`` where it is not Slack's own.
    """

    def __init__(
        self, channel: Channel, environ: Mapping[str, str], refusal: Refusal, gap_seconds: float = GAP_SECONDS
    ) -> None:
        self.channel_id, self.target = channel.id, channel.target
        self._token = secret(channel, "token_env", environ)
        self._webhook = secret(channel, "webhook_env", environ)
        self._api = str(channel.settings.get("api") or API).rstrip("/")
        self._poster = Poster(channel.id, "Slack", refusal)
        self._gap, self._next = gap_seconds, 0.0
        if not re.fullmatch(r"[!-~]*", self._token):
            raise InputError(f"{channel.id}: its token is not one like xoxb-…: mend what `token_env` names")
        if not readable(self._api if self._token else self._webhook):
            raise InputError(
                f"{channel.id}: what `webhook_env` names is not an address like https://hooks.slack.com/…: mend it"
            )

    async def send(self, delivery: Delivery, digest: Digest) -> Receipt:
        """What Slack said. Raises: DeliveryError, which names the channel, never the address."""
        if not self._token:
            body = dict(slack(digest, repeat=delivery.repeat))
            return self._judged(await self._paced(self._webhook, _encoded(body), _JSON))
        if digest.kind == "update":
            return await self._update(delivery, digest)
        found = await self._found(self.target, delivery) if delivery.repeat else ""
        if found:
            return Receipt(detail="it had arrived at the first attempt", message_id=found)
        body = dict(slack(digest, repeat=found is None)) | {"channel": self.target, "metadata": _metadata(delivery)}
        receipt = self._said(await self._call("chat.postMessage", body))
        return await self._looked_at(receipt, delivery) if delivery.test else receipt

    async def _looked_at(self, receipt: Receipt, delivery: Delivery) -> Receipt:
        """The receipt of a test with whether the bot could look for it, as it has to when an answer gets lost."""
        try:
            await self._found(self.target, delivery)
        except DeliveryError as error:
            why = str(error).removeprefix(f"{self.channel_id}: ").replace(f"; {MAYBE_ARRIVED}", "")
            return replace(receipt, warning=why)
        return replace(receipt, detail=f"{receipt.detail}, and the bot may read its channel")

    # -- with a token
    async def _update(self, delivery: Delivery, digest: Digest) -> Receipt:
        """Changes the message of the alert, which can be done twice, and says in its thread what joined."""
        channel, _, ts = (delivery.edits or "").partition("/")
        if not ts:
            raise DeliveryError(self.channel_id, "there is no message to bring up to date", permanent=True)
        said = await self._call("chat.update", dict(slack(digest)) | {"channel": channel, "ts": ts})
        if not delivery.repeat or await self._found(channel, delivery, thread=ts) == "":
            body = dict(joined(digest)) | {"channel": channel, "thread_ts": ts, "metadata": _metadata(delivery)}
            await self._call("chat.postMessage", body)
        return self._said(said)

    async def _found(self, channel: str, delivery: Delivery, thread: str = "") -> str | None:
        """Id of the message that an earlier attempt of this delivery left; empty: there is none; None: not among those
        that were looked through, and there are more.

        A channel that was given by name is only known by its id once a message was posted to it: that is looked up.
        """
        channel = channel if _is_id(channel) else await self._id_of(channel)
        asked = {"channel": channel, "include_all_metadata": "true", "limit": str(_PAGE)}
        asked |= {"ts": thread} if thread else {"oldest": _ts(delivery.created_at - timedelta(minutes=5))}
        method = "conversations.replies" if thread else "conversations.history"
        for _ in range(_LOOKED_THROUGH // _PAGE):
            answer = await self._ask(method, asked)
            for message in answer.get("messages") or ():
                if _id_in(message) == delivery.token:
                    return f"{channel}/{message.get('ts')}"
            asked["cursor"] = str((answer.get("response_metadata") or {}).get("next_cursor") or "")
            if not asked["cursor"]:
                return ""
        return None

    async def _id_of(self, name: str) -> str:
        """The id of a channel. A scope for public ones is none for private ones, nor the reverse."""
        refused: DeliveryError | None = None
        for kind in ("public_channel", "private_channel"):
            try:
                if found := await self._listed(name, kind):
                    return found
            except DeliveryError as error:
                if not error.closed:
                    raise
                refused = error
        raise refused or DeliveryError(
            self.channel_id, f"Slack has no channel {name!r} that the bot can see: give its id"
        )

    async def _listed(self, name: str, kind: str) -> str:
        """The id of the channel of that kind and name; empty: the bot sees none."""
        asked = {"types": kind, "exclude_archived": "true", "limit": "200"}
        for _ in range(50):
            answer = await self._ask("conversations.list", asked)
            for channel in answer.get("channels") or ():
                if channel.get("name") == name.removeprefix("#"):
                    return str(channel["id"])
            asked["cursor"] = str((answer.get("response_metadata") or {}).get("next_cursor") or "")
            if not asked["cursor"]:
                break
        return ""

    async def _ask(self, method: str, asked: Mapping[str, str]) -> Mapping[str, Any]:
        """What a method that changes nothing answers."""
        headers = {"Content-Type": _FORM, "Authorization": f"Bearer {self._token}"}
        body = urlencode(asked).encode()
        answer = await self._poster.post(f"{self._api}/{method}", body, headers, asks=True, most=LONG)
        try:
            self._judged(answer)
            said: Mapping[str, Any] = json.loads(answer.body)
        except ValueError as error:
            raise self._unsaid(method) from error
        except DeliveryError as error:
            raise self._unsaid(method, error, _reason(answer.body.decode("utf-8", "replace").strip())[0]) from error
        return said

    def _unsaid(self, method: str, error: DeliveryError | None = None, why: str = "") -> DeliveryError:
        """Slack does not answer what it was asked. Where it never will, the channel is closed, so that somebody sees to
        it: waiting in silence would hold up all that comes after."""
        said = f": {why}" if why else ""
        closed = error is not None and error.closed
        remedy = "; let the bot read its channel (docs/channels.md)" if closed else ""
        return DeliveryError(
            self.channel_id,
            f"Slack does not say whether it has the message ({method}{said}); {MAYBE_ARRIVED}{remedy}",
            permanent=closed,
            closed=closed,
            retry_after=error.retry_after if error else None,
        )

    async def _call(self, method: str, body: Mapping[str, Any]) -> Answer:
        answer = await self._paced(f"{self._api}/{method}", _encoded(body), _JSON)
        self._judged(answer)
        return answer

    def _said(self, answer: Answer) -> Receipt:
        """The receipt of a message, with the id by which it can be changed."""
        said = json.loads(answer.body)
        channel, ts = str(said.get("channel") or ""), str(said.get("ts") or "")
        return Receipt(detail="HTTP 200", message_id=f"{channel}/{ts}" if channel and ts else "")

    # -- both
    async def _paced(self, url: str, body: bytes, kind: str) -> Answer:
        headers = {"Content-Type": kind} | ({"Authorization": f"Bearer {self._token}"} if self._token else {})
        await asyncio.sleep(max(0.0, self._next - time.monotonic()))
        try:
            return await self._poster.post(url, body, headers, most=LONG if self._token else LIMIT)
        finally:
            self._next = time.monotonic() + self._gap

    def _judged(self, answer: Answer) -> Receipt:
        """What an answer means. Only Slack's own "ok" is a success: a login page of some network says 200 as well."""
        text = answer.body.decode("utf-8", "replace").strip()
        reason, ok = _reason(text)
        status, said = answer.status, f"HTTP {answer.status} {reason}".strip()
        if status == 200 and ok:
            return Receipt(detail=said)
        if status == 429 or reason in ("ratelimited", "rate_limited"):
            raise DeliveryError(self.channel_id, "Slack asks to wait", retry_after=retry_after(answer.headers))
        if status >= 500:
            raise DeliveryError(
                self.channel_id,
                f"Slack has trouble: {said}; {MAYBE_ARRIVED}",
                retry_after=retry_after(answer.headers),
            )
        if status == 408 or status < 400:
            permanent = status == 200 and text.startswith("{") and bool(reason) and reason not in _PASSING
            cut = status == 200 and text.startswith("{") and not _is_json(text)
            raise DeliveryError(
                self.channel_id,
                f"the answer is not Slack's ok: {said}" + (f"; {MAYBE_ARRIVED}" if cut else ""),
                permanent=permanent,
                closed=permanent and reason in _CLOSED,
            )
        raise DeliveryError(
            self.channel_id,
            f"Slack refused the message: {said}",
            permanent=True,
            closed=reason in _CLOSED or status in (401, 403, 404, 410),
        )


def _metadata(delivery: Delivery) -> Mapping[str, Any]:
    return {"event_type": EVENT, "event_payload": {"id": delivery.token}}


def _id_in(message: Mapping[str, Any]) -> str:
    """The delivery that a message of ours stands for; empty: it is nobody's."""
    metadata = message.get("metadata") or {}
    return str((metadata.get("event_payload") or {}).get("id") or "") if metadata.get("event_type") == EVENT else ""


def _is_id(channel: str) -> bool:
    return re.fullmatch(r"[CGD][A-Z0-9]{6,}", channel) is not None


def _ts(at: datetime) -> str:
    return f"{at.timestamp():.6f}"


def _encoded(body: Mapping[str, Any]) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


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
