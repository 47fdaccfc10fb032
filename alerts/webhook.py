"""Alerts as signed JSON to any address of the operator's: the receiver knows who says it, and when.

Every attempt of a delivery has the same body and the same ``X-Scowatch-Delivery``, so that a receiver which keeps
those numbers is told once whatever gets lost. The shape of the body is told in docs/channels.md.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from alerts import Refusal, secret
from alerts.post import Answer, Poster, readable, retry_after
from alerts.render import items
from alerts.safe import language, line, link
from monitor.errors import DeliveryError, InputError
from monitor.types import MAYBE_ARRIVED, Channel, Delivery, Digest, Item, Receipt

#: Of the body's shape: another one when a field goes or means something else; a new field changes nothing.
VERSION = 1
#: Answers that every later message would get as well.
_CLOSED = frozenset({401, 403, 404, 405, 410})
#: Answers after which the same may be asked once more.
_PASSING = frozenset({408, 421, 425, 429})


class WebhookSender:
    """Posts to one address.

    Settings: ``url_env`` and ``secret_env``, the names of environment variables.
    """

    def __init__(self, channel: Channel, environ: Mapping[str, str], refusal: Refusal) -> None:
        self.channel_id = channel.id
        self._url, self._secret = secret(channel, "url_env", environ), secret(channel, "secret_env", environ)
        self._poster = Poster(channel.id, "the receiver", refusal)
        if not self._secret:
            raise InputError(f"{channel.id}: it has no `secret_env`: name the environment variable that holds one")
        if not readable(self._url):
            raise InputError(
                f"{channel.id}: what `url_env` names is not an address like https://example.org/scowatch: mend it"
            )

    async def send(self, delivery: Delivery, digest: Digest) -> Receipt:
        """What the receiver said. Raises: DeliveryError, which names the channel, never the address."""
        said = body(delivery, digest)
        at = str(int(datetime.now(UTC).timestamp()))
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "scowatch",
            "X-Scowatch-Delivery": delivery.token,
            "X-Scowatch-Timestamp": at,
            "X-Scowatch-Signature": signature(self._secret, at, said),
        }
        return self._judged(await self._poster.post(self._url, said, headers), delivery)

    def _judged(self, answer: Answer, delivery: Delivery) -> Receipt:
        status = answer.status
        if 200 <= status < 300:
            return Receipt(detail=f"HTTP {status}")
        if status == 409 and delivery.repeat:
            return Receipt(detail="HTTP 409: it had arrived at an earlier attempt")
        wait = retry_after(answer.headers)
        if status < 400:
            reason = f"the receiver sends it elsewhere, which is not followed: HTTP {status}"
            raise DeliveryError(self.channel_id, reason, retry_after=wait)
        if status in _PASSING:
            raise DeliveryError(self.channel_id, f"the receiver asks to wait: HTTP {status}", retry_after=wait)
        if status >= 500:
            reason = f"the receiver has trouble: HTTP {status}; {MAYBE_ARRIVED}"
            raise DeliveryError(self.channel_id, reason, retry_after=wait)
        reason = f"the receiver refused it: HTTP {status}"
        raise DeliveryError(self.channel_id, reason, permanent=True, closed=status in _CLOSED)


def signature(key: str, timestamp: str, said: bytes) -> str:
    """``v1=`` and the HMAC-SHA-256, in hexadecimal digits, of the timestamp, a dot and the body."""
    return "v1=" + hmac.new(key.encode(), timestamp.encode() + b"." + said, hashlib.sha256).hexdigest()


def body(delivery: Delivery, digest: Digest) -> bytes:
    """The digest as UTF-8 JSON: the same bytes at every attempt."""
    said: dict[str, Any] = {
        "version": VERSION,
        "delivery": delivery.token,
        "test": delivery.test,
        "kind": digest.kind,
        "subscription": digest.subscription_id,
        "created": _instant(digest.created_at),
        "heading": line(digest.heading, 300),
        "why": line(digest.why, 600),
        "search": line(digest.search, 2_000),
        "mute": line(digest.mute, 600),
        "items": [_item(item) for item in items(digest)],
        "notes": [line(note, 1_000) for note in digest.housekeeping],
        "books": {
            "seen": digest.seen,
            "sent": digest.sent,
            "folded": digest.folded,
            "held": digest.held,
            "dropped": [{"why": line(why, 300), "articles": count} for why, count in digest.dropped],
        },
    }
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _item(item: Item) -> dict[str, Any]:
    return {
        "story_id": item.story_id,
        "article_ids": list(item.article_ids),
        "title": line(item.title, 1_000),
        "url": link(item.url).url,
        "lang": language(item.lang)[0] or None,
        "outlet": line(item.source_name, 200),
        "class": item.ownership,
        "country": item.country,
        "published": _instant(item.published_at) if item.published_at else None,
        "first_seen": _instant(item.first_seen_at),
        "lead": line(item.lead, 2_000),
        "new": line(item.new, 1_000),
        "facts": [line(fact, 200) for fact in item.facts],
        "edited": item.edited,
        "priority": item.priority,
        "tags": [{"id": key, "name": line(name, 200)} for key, name in item.tags],
        "others": [{"outlet": line(name, 200), "url": link(url).url} for name, url in item.others],
        "classes": list(item.classes),
        "origins": [{"name": line(name, 200), "outlets": outlets or None} for name, outlets in item.origins],
    }


def _instant(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
