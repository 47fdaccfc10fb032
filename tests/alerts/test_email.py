"""Mails as they go over the wire, to a real SMTP server on loopback."""

from __future__ import annotations

import asyncio
import email
import email.policy
import re
from collections.abc import Callable
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult

from alerts import open_sender
from alerts.email import MailSender, compose, header
from monitor.errors import DeliveryError, InputError
from monitor.types import MAYBE_ARRIVED, Channel, Delivery, Digest, Receipt
from tests.alerts.strings import HEADERS, shared
from tests.digest.builders import NOW, digest, item

DELIVERY = Delivery(id=1, digest_key="k", channel_id="mail:desk", status="sending", attempts=1, next_attempt_at=None,
                    created_at=NOW)  # fmt: skip


def made(told: Digest | None = None, sender: str = "SCO watch <scowatch@example.org>") -> bytes:
    return compose(told or digest(), channel_id="mail:desk", sender=sender, recipient="desk@example.org")


def parsed(raw: bytes) -> EmailMessage:
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def part(message: EmailMessage, kind: str) -> str:
    body = message.get_body((kind,))
    assert body is not None
    return str(body.get_content())


def test_headers_and_parts() -> None:
    message = parsed(made())
    assert message["From"] == "SCO watch <scowatch@example.org>"
    assert message["To"] == "desk@example.org"
    assert message["Date"].datetime == NOW
    assert re.fullmatch(r"<[0-9a-f]{32}@example\.org>", message["Message-ID"])
    assert message["List-Id"] == "<desk.scowatch.example.org>"
    assert message["List-Unsubscribe"] is None, "there is no address that works by one click"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_content_type() == "multipart/alternative"
    assert "Story 1" in part(message, "plain")
    assert "Story 1" in part(message, "html")
    assert message.defects == []


def test_a_repeat_has_the_same_bytes_and_another_digest_another_id() -> None:
    assert made() == made()
    other = compose(digest(key="recipient:desk/2026-11-22"), channel_id="mail:desk", sender="s@example.org",
                    recipient="desk@example.org")  # fmt: skip
    assert parsed(other)["Message-ID"] != parsed(made())["Message-ID"]


def check_wire(raw: bytes) -> EmailMessage:
    head = raw.partition(b"\r\n\r\n")[0]
    assert not re.search(rb"\r(?!\n)|(?<!\r)\n|\x00", raw)
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert raw.isascii()
    message = parsed(raw)
    assert len(message.get_all("Subject") or []) == 1
    assert "Bcc" not in message
    assert b"\nBcc:" not in head
    assert message["To"] == "desk@example.org"
    assert [one.get_content_type() for one in message.iter_parts()] == ["text/plain", "text/html"]
    return message


@pytest.mark.parametrize("text", HEADERS, ids=range(len(HEADERS)))
def test_a_headline_cannot_change_the_mail(text: str) -> None:
    message = check_wire(made(digest(item(1, title=text, source_name=text, lead=text))))
    subject = str(message["Subject"])
    assert subject.startswith("21 Nov: 1 story. ")
    assert header(text)[:40].split("?")[0].strip() in subject


@pytest.mark.parametrize("row", shared("mail-subject", "mail-body-text"))
def test_shared_subjects_and_bodies(row: dict[str, Any]) -> None:
    message = check_wire(made(digest(item(1, title=row["input"], lead=row["input"]))))
    for forbidden in row.get("must_not", []):
        assert forbidden not in str(message["Subject"])


@pytest.mark.parametrize("row", shared("mail-from-name"))
def test_shared_sender_names(row: dict[str, Any]) -> None:
    name = row["input"].replace("\\", "").replace('"', '\\"')
    message = parsed(made(sender=f'"{name}" <scowatch@example.org>'))
    assert [one.addr_spec for one in message["From"].addresses] == ["scowatch@example.org"]


# ------------------------------------------------------------------------------------------------ on the wire


class Server:
    """Takes mail, or refuses it where told."""

    def __init__(self, refuse: str = "", reply: str = "", then: str = "") -> None:
        self.refuse, self.reply, self.then = refuse, reply, then
        self.taken: list[tuple[list[str], bytes]] = []

    async def handle_MAIL(self, _s: Any, _session: Any, envelope: Any, address: str, options: list[str]) -> str:
        if self.refuse == "mail":
            return self.reply
        envelope.mail_from, envelope.mail_options = address, options
        return "250 OK"

    async def handle_RCPT(self, _s: Any, _session: Any, envelope: Any, address: str, _options: list[str]) -> str:
        if self.refuse == "rcpt" or self.refuse == address:
            return self.reply
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:
        if self.refuse == "data":
            return self.reply
        self.taken.append((list(envelope.rcpt_tos), envelope.content))
        if self.then == "drop":
            server.transport.abort()
        if self.then == "hang":
            await asyncio.sleep(5)
        return "250 2.0.0 queued as 17"


def channel(port: int, target: str = "desk@example.org", **more: object) -> Channel:
    settings = {"host": "127.0.0.1", "port": port, "from": "scowatch@example.org", "security": "none"} | more
    return Channel(id="mail:desk", kind="mail", target=target, settings=settings)


def talk(server: Server, *targets: str, make: Callable[[], SMTP] | None = None, **more: object) -> list[Any]:
    """What each sending came to."""

    async def run() -> list[Any]:
        loop = asyncio.get_running_loop()
        listening = await loop.create_server(make or (lambda: SMTP(server, loop=loop)), "127.0.0.1", 0)
        port = listening.sockets[0].getsockname()[1]
        environ = {"MAIL_USER": "desk", "MAIL_PASSWORD": "s3cret-word"}
        found: list[Any] = []
        try:
            for target in targets or ("desk@example.org",):
                try:
                    found.append(await open_sender(channel(port, target, **more), environ).send(DELIVERY, digest()))
                except DeliveryError as error:
                    found.append(error)
        finally:
            listening.close()
            await asyncio.sleep(0.01)
        return found

    return asyncio.run(run())


def test_a_mail_arrives_for_one_recipient() -> None:
    server = Server()
    (receipt,) = talk(server)
    assert receipt == Receipt(detail="250 2.0.0")
    ((recipients, raw),) = server.taken
    assert recipients == ["desk@example.org"]
    assert raw == made(sender="scowatch@example.org")


def test_one_refused_recipient_does_not_concern_the_others() -> None:
    server = Server("bad@example.org", "550 5.1.1 <bad@example.org> no such user")
    first, refused, last = talk(server, "a@example.org", "bad@example.org", "b@example.org")
    assert isinstance(first, Receipt)
    assert isinstance(last, Receipt)
    assert refused.permanent
    assert str(refused) == "mail:desk: the mail server refused the recipient: 550 5.1.1"


REFUSALS = [
    ("rcpt", "550 5.1.1 no such user", True),
    ("rcpt", "451 4.7.1 greylisted", False),
    ("rcpt", "421 4.3.2 closing", False),
    ("rcpt", "552 5.2.2 mailbox full", False),
    ("data", "552 5.3.4 too big", True),
    ("data", "554 5.7.1 spam", True),
    ("data", "452 4.3.1 out of storage", False),
    ("mail", "530 5.7.0 authenticate first", True),
    ("mail", "451 4.3.0 try later", False),
]


@pytest.mark.parametrize(("stage", "reply", "permanent"), REFUSALS, ids=[f"{a}-{b[:3]}" for a, b, _ in REFUSALS])
def test_refusals(stage: str, reply: str, permanent: bool) -> None:
    (error,) = talk(Server(stage, reply))
    assert (error.permanent, error.channel_id) == (permanent, "mail:desk")
    assert error.closed == (permanent and stage != "data"), "another message would be refused as well"
    assert reply[:9] in str(error)
    assert "example.org" not in str(error)
    assert MAYBE_ARRIVED not in str(error)


@pytest.mark.parametrize("then", ["drop", "hang"])
def test_an_answer_lost_after_the_message_is_tried_again_with_the_same_bytes(
    then: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("alerts.email.SECONDS", 0.5)
    server = Server(then=then)
    (error,) = talk(server)
    assert not error.permanent
    assert MAYBE_ARRIVED in str(error)
    server.then = ""
    talk(server)
    assert server.taken[0] == server.taken[1]


@pytest.mark.parametrize(
    ("greeting", "words"),
    [(b"421 4.3.2 try later\r\n", "421"), (b"554 5.3.2 not you\r\n", "554"), (b"WAT\r\n", "not SMTP"), (b"", "")],
)
def test_what_is_said_at_the_door_is_tried_again(greeting: bytes, words: str) -> None:
    class Door(asyncio.Protocol):
        def connection_made(self, transport: Any) -> None:
            transport.write(greeting)
            transport.close()

    (error,) = talk(Server(), make=Door)  # type: ignore[arg-type]
    assert not error.permanent
    assert words in str(error)


def test_no_server() -> None:
    async def run() -> None:
        await open_sender(channel(1), {}).send(DELIVERY, digest())

    with pytest.raises(DeliveryError, match="cannot be reached") as caught:
        asyncio.run(run())
    assert not caught.value.permanent


@pytest.mark.parametrize("right", [True, False], ids=["right", "wrong"])
def test_user_name_and_password(right: bool) -> None:
    server = Server()

    def authenticate(*_: Any) -> AuthResult:
        return AuthResult(success=right, handled=False)

    def make() -> SMTP:
        return SMTP(server, authenticator=authenticate, auth_require_tls=False)

    (found,) = talk(server, make=make, username_env="MAIL_USER", password_env="MAIL_PASSWORD")
    if right:
        assert isinstance(found, Receipt)
    else:
        assert found.permanent
        assert "user name or password" in str(found)
        assert "s3cret" not in f"{found!r}{found.__cause__!r}"


def test_starttls_is_never_left_out_silently() -> None:
    server = Server()
    (error,) = talk(server, security="starttls")
    assert str(error) == "mail:desk: the mail server offers no encryption, and [mail] security asks for it"
    assert server.taken == []


@pytest.mark.parametrize(
    ("settings", "target", "words"),
    [
        ({"username_env": "NOT_SET"}, "desk@example.org", "NOT_SET is not set"),
        ({"from": "nobody"}, "desk@example.org", "`from` is not a mail address"),
        ({}, "desk@example.org\r\nRCPT TO:<x@evil.test>", "not a mail address"),
        ({}, "a@x.test,b@x.test", "not a mail address"),
    ],
)
def test_settings_that_cannot_be(settings: dict[str, object], target: str, words: str) -> None:
    with pytest.raises(InputError, match=re.escape(words)):
        open_sender(channel(25, target, **settings), {})


def test_kinds_of_channel() -> None:
    assert isinstance(open_sender(channel(25), {}), MailSender)
    with pytest.raises(InputError, match="use one of mail, slack, "):
        open_sender(Channel(id="fax:desk", kind="fax"), {})
