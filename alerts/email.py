"""Digests by mail, through the operator's SMTP server.

A repeat is the same message to the last byte, with the same Message-ID, so that a mail program shows one.
Source: RFC 5321 sections 4.2 and 4.5.3.1.10 (replies), RFC 5322, RFC 2919 (List-Id), RFC 3834 (Auto-Submitted),
RFC 8058 (List-Unsubscribe by one click), RFC 2392 (cid).
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import re
from base64 import encodebytes
from collections.abc import Mapping
from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import getaddresses, parseaddr
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from alerts import Refusal, secret
from alerts.dkim import signer
from alerts.pace import PACE
from alerts.render import Mail, mail, reader
from alerts.safe import line
from monitor.errors import DeliveryError, InputError
from monitor.types import MAYBE_ARRIVED, Channel, Delivery, Digest, Receipt

if TYPE_CHECKING:
    from aiosmtplib import SMTP as Client

#: Seconds for the whole conversation; the caller's own limit is a little longer.
SECONDS = 18.0
_HEADERS = frozenset(("From", "To", "Subject", "Date", "Message-ID", "List-Id", "Auto-Submitted", "MIME-Version",
                      "Content-Type"))  # fmt: skip
_MAY_STAND = frozenset(("In-Reply-To", "References", "List-Unsubscribe", "List-Unsubscribe-Post", "DKIM-Signature"))
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?")
_ENHANCED = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")


class MailSender:
    """Sends to one address.

    Settings: ``host``, ``port``, ``from``, ``security`` (none, starttls, tls), ``username_env``, ``password_env``,
    ``unsubscribe_url``, ``per_domain_seconds``, ``dkim_key_env``, ``dkim_selector``, ``dkim_domain``; the channel's
    target is the address. The server may stand in a private network: it is the operator's choice.
    """

    def __init__(self, channel: Channel, environ: Mapping[str, str], refusal: Refusal) -> None:
        del refusal
        settings = channel.settings
        self.channel_id = channel.id
        self.host, self.port = str(settings["host"]), int(str(settings.get("port") or 25))
        self.security = str(settings.get("security") or "none")
        self.sender, self.recipient = str(settings["from"]), channel.target
        self.username = secret(channel, "username_env", environ)
        self.password = secret(channel, "password_env", environ)
        self.unsubscribe = _own_address(str(settings.get("unsubscribe_url") or ""), channel.id)
        self.per_domain = float(str(settings.get("per_domain_seconds") or 0))
        key = secret(channel, "dkim_key_env", environ)
        self.signer = signer(channel.id, settings, key, parseaddr(self.sender)[1].rpartition("@")[2])
        for what, good in (("from", _one_address(self.sender)), ("address", _ADDRESS.fullmatch(self.recipient))):
            if not good:
                raise InputError(f"{channel.id}: its `{what}` is not a mail address like desk@example.org: mend it")

    async def send(self, delivery: Delivery, digest: Digest) -> Receipt:
        """What the server said. Raises: DeliveryError, which names the channel and the reply's code, never an address.

        A connection lost after the message went out may have delivered it: that is temporary, and said.
        """
        del delivery
        message = compose(
            digest,
            channel_id=self.channel_id,
            sender=self.sender,
            recipient=self.recipient,
            unsubscribe=self.unsubscribe,
        )
        if self.signer is not None:
            message = self.signer.signed(message, digest.created_at)
        if wait := await PACE.turn(self.recipient.rpartition("@")[2].lower(), self.per_domain):
            raise DeliveryError(
                self.channel_id, "waits for its turn: [mail] per_domain_seconds", retry_after=timedelta(seconds=wait)
            )
        return await self._converse(message)

    async def _converse(self, message: bytes) -> Receipt:
        import aiosmtplib

        client = aiosmtplib.SMTP(
            hostname=self.host,
            port=self.port,
            use_tls=self.security == "tls",
            start_tls=self.security == "starttls",
            local_hostname="localhost",
            timeout=SECONDS,
        )
        stage = ["connect"]
        try:
            async with asyncio.timeout(SECONDS):
                reply = await self._hand_over(client, message, stage)
        except (aiosmtplib.SMTPException, OSError, TimeoutError, ValueError) as error:
            raise self._trouble(error, stage[0]) from error
        finally:
            await _say_goodbye(client)
        return Receipt(detail=f"{reply[0]} {_enhanced(reply[1])}".strip())

    async def _hand_over(self, client: Client, message: bytes, stage: list[str]) -> tuple[int, str]:
        await client.connect()
        if self.username or self.password:
            stage[0] = "login"
            await client.login(self.username, self.password)
        stage[0] = "sender"
        await client.mail(parseaddr(self.sender)[1])
        stage[0] = "recipient"
        await client.rcpt(self.recipient)
        stage[0] = "message"
        reply = await client.data(message)
        return reply.code, reply.message

    def _trouble(self, error: Exception, stage: str) -> DeliveryError:
        import aiosmtplib

        if isinstance(error, aiosmtplib.SMTPResponseException):
            return self._refused(error.code, error.message, stage)
        if isinstance(error, TimeoutError):
            reason = f"the mail server did not answer within {SECONDS:.0f} s"
        elif stage == "connect" and type(error) is aiosmtplib.SMTPException:
            reason = "the mail server offers no encryption, and [mail] security asks for it"
        elif stage == "connect":
            reason = f"the mail server cannot be reached ({_plain(error)})"
        elif isinstance(error, aiosmtplib.SMTPServerDisconnected | OSError):
            reason = "the mail server broke off"
        else:
            reason = f"the mail server does not do what [mail] asks of it ({_plain(error)})"
        return DeliveryError(self.channel_id, f"{reason}; {MAYBE_ARRIVED}" if stage == "message" else reason)

    def _refused(self, code: int, text: str, stage: str) -> DeliveryError:
        """A refusal in words. What was said at the door is no judgement on this message: it is tried again.

        552 for a recipient means a full mailbox or too many recipients, which pass (RFC 5321 section 4.5.3.1.10).
        """
        permanent = 500 <= code <= 599 and stage != "connect" and not (code == 552 and stage == "recipient")
        what = {"connect": "the connection", "login": "user name or password"}.get(stage, f"the {stage}")
        said = f"the mail server refused {what}: {code} {_enhanced(text)}".strip()
        if code < 0:
            said = "the mail server gave an answer that is not SMTP"
        # whoever is refused before the message comes would be refused with any other one too
        return DeliveryError(self.channel_id, said, permanent=permanent, closed=permanent and stage != "message")


def compose(digest: Digest, *, channel_id: str, sender: str, recipient: str, unsubscribe: str = "") -> bytes:
    """The message, the same bytes every time; `unsubscribe`: an address that ends the subscription by one click.

    Raises: DeliveryError, when a header has been tampered with.
    """
    rendered = mail(digest, unsubscribe)
    name, address = reader(digest), parseaddr(sender)[1]
    domain = address.rpartition("@")[2] or "localhost"
    token = _token(digest.key, channel_id)
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "digest"
    message = EmailMessage(policy=SMTP)
    message["From"] = _from(sender)
    message["To"] = recipient
    message["Subject"] = header(rendered.subject)
    message["Date"] = digest.created_at
    message["Message-ID"] = f"<{token}@{domain}>"
    if before := digest.replaces or digest.follows:
        message["In-Reply-To"] = message["References"] = f"<{_token(before, channel_id)}@{domain}>"
    message["List-Id"] = f"<{slug}.scowatch.{domain}>"
    if unsubscribe:
        message["List-Unsubscribe"] = f"<{token}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message["Auto-Submitted"] = "auto-generated"
    kind, body = _body(rendered, token)
    # the standard library would fold a long address, and encode it, which RFC 2047 section 5 does not allow here
    head = message.as_bytes().replace(f"-Unsubscribe: <{token}>".encode(), f"-Unsubscribe: <{unsubscribe}>".encode(), 1)
    made = head.rstrip(b"\r\n") + f"\r\nMIME-Version: 1.0\r\nContent-Type: {kind}\r\n\r\n".encode() + body
    _check(made, channel_id)
    return made


def _body(rendered: Mail, token: str) -> tuple[str, bytes]:
    """Type and bytes of all that stands below the headers: text, HTML, pictures; the same every time.

    Put together here, since the standard library takes longer over it than over all else.
    """
    border = f"=_scowatch_{token}"
    html = _part('text/html; charset="utf-8"', rendered.html.encode("utf-8", "replace"))
    if rendered.pictures:
        pictures = [
            _part("image/png", p.png, f"Content-ID: <{p.cid}>\r\nContent-Disposition: inline\r\n")
            for p in rendered.pictures
        ]
        inner = f"{border}_pictures"
        head = f'Content-Type: multipart/related; type="text/html"; boundary="{inner}"\r\n\r\n'
        html = head.encode() + _between([html, *pictures], inner)
    text = _part('text/plain; charset="utf-8"', rendered.text.replace("\n", "\r\n").encode("utf-8", "replace"))
    return f'multipart/alternative; boundary="{border}"', _between([text, html], border)


def _part(kind: str, content: bytes, more: str = "") -> bytes:
    head = f"Content-Type: {kind}\r\nContent-Transfer-Encoding: base64\r\n{more}\r\n"
    return head.encode() + encodebytes(content).replace(b"\n", b"\r\n")


def _between(parts: list[bytes], border: str) -> bytes:
    """The parts between borders. Source: RFC 2046 section 5.1.1."""
    line = f"--{border}".encode()
    return b"".join(line + b"\r\n" + part + b"\r\n" for part in parts) + line + b"--\r\n"


def _token(key: str, channel_id: str) -> str:
    """What a message is known by: 32 hexadecimal digits."""
    return hashlib.sha256(f"{key}\n{channel_id}".encode()).hexdigest()[:32]


def _own_address(url: str, channel_id: str) -> str:
    """The address with the reader's name in the place of ``{recipient}``."""
    return url.replace("{recipient}", quote(channel_id.partition(":")[2], safe=""))


def header(text: str) -> str:
    """The text fit for a header: one line, and nothing that would be decoded into something else.

    Encoded words in it would be decoded before they are checked (CVE-2024-6923), so they are broken up.
    """
    return line(text, 200).replace("=?", "= ?").replace("?=", "? =")


def _one_address(sender: str) -> bool:
    """Whether it is one address, perhaps with a name."""
    found = getaddresses([sender])
    return sender.isprintable() and len(found) == 1 and bool(_ADDRESS.fullmatch(found[0][1]))


def _from(sender: str) -> Any:
    from email.headerregistry import Address

    name, address = parseaddr(sender)
    return Address(display_name=header(name) or "scowatch", addr_spec=address)


def _check(message: bytes, channel_id: str) -> None:
    """Nothing, when the message has our headers, each once, and no other: the last door before the wire."""
    head = message.partition(b"\r\n\r\n")[0].decode("ascii", "replace")
    names = [row.partition(":")[0] for row in head.split("\r\n") if row[:1] not in (" ", "\t")]
    if len(set(names)) != len(names) or not _HEADERS <= set(names) <= _HEADERS | _MAY_STAND:
        raise DeliveryError(channel_id, "a headline would change the headers of the mail", permanent=True)


async def _say_goodbye(client: Client) -> None:
    """Closes the connection; whatever goes wrong now changes nothing any more."""
    if client.is_connected:
        with contextlib.suppress(Exception):
            async with asyncio.timeout(1):
                await client.quit()
    client.close()


def _enhanced(text: str) -> str:
    """The enhanced status code (RFC 3463) in a reply: the words beside it often hold the address."""
    found = _ENHANCED.search(text)
    return found[1] if found else ""


def _plain(error: Exception) -> str:
    cause = error.__cause__ or error
    number = getattr(cause, "strerror", None)
    return line(str(number or type(cause).__name__), 100)
