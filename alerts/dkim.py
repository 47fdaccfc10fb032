"""Signatures for mails (DKIM), where the operator's server makes none. Needs the extra ``scowatch[dkim]``.

The time in a signature is the mail's own, so that a repeat is the same to the last byte.
Source: RFC 6376 sections 3.5 and 5.4.1; RFC 8058 section 4 (List-Unsubscribe-Post has to be signed).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from monitor.errors import InputError

_SIGNED = (
    *("from", "to", "subject", "date", "message-id", "mime-version", "content-type", "auto-submitted"),
    *("list-id", "list-unsubscribe", "list-unsubscribe-post", "in-reply-to", "references"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """Signs for one domain."""

    selector: str
    domain: str
    key: bytes

    def signed(self, message: bytes, at: datetime) -> bytes:
        """The message with its signature on top."""
        import dkim

        class At(dkim.DKIM):  # type: ignore[misc]
            def gen_header(self, fields: list[tuple[bytes, bytes]], *args: Any, **more: Any) -> bytes:
                stamp = str(int(at.timestamp())).encode()
                fields[:] = [(name, stamp if name == b"t" else value) for name, value in fields]
                return bytes(super().gen_header(fields, *args, **more))

        head = message.partition(b"\r\n\r\n")[0].lower()
        names = [name.encode() for name in _SIGNED if b"\n" + name.encode() + b":" in b"\n" + head]
        signature = At(message).sign(self.selector.encode(), self.domain.encode(), self.key, include_headers=names)
        return bytes(signature) + message


def signer(channel_id: str, settings: Mapping[str, object], key: str, sender_domain: str) -> Signer | None:
    """The signer of those settings; None: they ask for none. `key`: a PEM text, or the path of a file with one.

    Raises: InputError, when the extra is not installed, or the key cannot be used.
    """
    if not key:
        return None
    try:
        import dkim
    except ImportError as error:
        raise InputError(
            f"{channel_id}: [mail] dkim_key_env needs the extra: pip install 'scowatch[dkim]', or clear the setting"
        ) from error
    pem = _pem(channel_id, key)
    try:
        dkim.crypto.parse_pem_private_key(pem)
    except (dkim.crypto.UnparsableKeyError, ValueError, IndexError, TypeError) as error:
        raise InputError(f"{channel_id}: the key that dkim_key_env names is no RSA key in PEM form: mend it") from error
    return Signer(
        selector=str(settings["dkim_selector"]), domain=str(settings.get("dkim_domain") or sender_domain), key=pem
    )


def _pem(channel_id: str, key: str) -> bytes:
    if "-----BEGIN" in key:
        return key.replace("\\n", "\n").encode()
    try:
        return Path(key).read_bytes()
    except (OSError, ValueError) as error:
        raise InputError(f"{channel_id}: the file that dkim_key_env names cannot be read: mend it") from error
