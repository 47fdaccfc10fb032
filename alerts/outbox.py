"""Digests and alerts as files: what mail or Slack would have got, where neither is set up."""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path

from alerts import Refusal, files
from alerts.blocks import slack
from alerts.email import compose
from alerts.render import mail, page
from monitor.errors import DeliveryError
from monitor.types import Channel, Delivery, Digest, Receipt


class OutboxSender:
    """Writes into a folder: a digest as ``.html`` and ``.eml``, an alert as Slack's ``.json`` and a readable ``.txt``.

    Settings: ``folder``; ``form``: ``mail`` or ``slack``, by the kind of digest where it is not given; ``from``.
    """

    def __init__(self, channel: Channel, environ: Mapping[str, str], refusal: Refusal) -> None:
        del environ, refusal
        self.channel_id = channel.id
        self.folder = Path(str(channel.settings["folder"]))
        self.form = str(channel.settings.get("form") or "")
        self.sender = str(channel.settings.get("from") or "scowatch@localhost")
        self.recipient = channel.target if "@" in channel.target else "reader@localhost"

    async def send(self, delivery: Delivery, digest: Digest) -> Receipt:
        """The names of the files. A repeat writes the same files again. Raises: DeliveryError."""
        form = self.form or ("mail" if digest.kind == "digest" else "slack")
        texts = self._mail(digest) if form == "mail" else self._slack(delivery, digest)
        name = file_name(digest, self.channel_id)
        try:
            await asyncio.to_thread(
                files.write, self.folder, {f"{name}{suffix}": body for suffix, body in texts.items()}
            )
        except OSError as error:
            raise DeliveryError(self.channel_id, f"the outbox cannot be written: {error.strerror}") from error
        return Receipt(detail=", ".join(f"{name}{suffix}" for suffix in texts))

    def _mail(self, digest: Digest) -> dict[str, bytes]:
        message = compose(digest, channel_id=self.channel_id, sender=self.sender, recipient=self.recipient)
        return {".html": page(digest).encode(), ".eml": message}

    def _slack(self, delivery: Delivery, digest: Digest) -> dict[str, bytes]:
        del delivery  # a file that is written again is no repeat
        message = json.dumps(slack(digest), ensure_ascii=False, indent=1)
        return {".json": message.encode(), ".txt": mail(digest).text.encode()}


def file_name(digest: Digest, channel_id: str) -> str:
    """A name that sorts by time and is safe on any file system: ``20261121T063000Z-desk-digest-1a2b3c4d``."""
    name = re.sub(r"[^a-z0-9]+", "-", channel_id.partition(":")[2].lower()).strip("-")[:40] or "channel"
    token = hashlib.sha256(f"{digest.key}\n{channel_id}".encode()).hexdigest()[:8]
    return f"{digest.created_at:%Y%m%dT%H%M%SZ}-{name}-{digest.kind}-{token}"
