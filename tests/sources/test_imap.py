"""Mailboxes: a real IMAP server on loopback, and servers that mean no good."""

from __future__ import annotations

import asyncio
import imaplib
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import quote

import pytest

from monitor.types import Address, Fetch, Listing, Login, Source, Validators
from sources import imap, mailbox
from sources.addresses import networks
from sources.fetchers import Fetchers
from sources.http import FetchSettings
from sources.pool import ParserPool

LOGIN = Login(username_env="BOX_USER", password_env="BOX_PASSWORD")
SECRETS = {"BOX_USER": "desk", "BOX_PASSWORD": 'ge"heim\\ ö'}
LOOPBACK = networks(["127.0.0.0/8"])


@dataclass
class Server:
    """A running pymap with the account of SECRETS."""

    port: int

    def url(self, folder: str = "News", scheme: str = "imap+plain", sender: str = "") -> str:
        return f"{scheme}://127.0.0.1:{self.port}/{folder}" + (f"?from={sender}" if sender else "")

    def box(self) -> imaplib.IMAP4:
        box = imaplib.IMAP4("127.0.0.1", self.port)
        secret = f"\0{SECRETS['BOX_USER']}\0{SECRETS['BOX_PASSWORD']}".encode()
        box.authenticate("PLAIN", lambda _: secret)
        return box

    def put(self, folder: str, *titles: str, sender: str = "news@desk.example", text: str = "text") -> None:
        box = self.box()
        box.create(f'"{folder}"')
        for title in titles:
            made = EmailMessage()
            made["Subject"], made["From"], made["Message-ID"] = title, sender, f"<{abs(hash(title))}@desk.example>"
            made["Date"] = format_datetime(datetime.now(UTC))
            made.set_content(text)
            assert box.append(f'"{folder}"', "", "", bytes(made))[0] == "OK"
        box.logout()


@contextmanager
def pymap(*options: str) -> Iterator[Server]:
    pytest.importorskip("pymap", reason="pymap, the IMAP server of the tests, is not installed")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    account = ["--demo-user", SECRETS["BOX_USER"], "--demo-password", SECRETS["BOX_PASSWORD"]]
    address = ["--host", "127.0.0.1", "--port", str(port), "--no-service", "managesieve", "--no-service", "admin"]
    process = subprocess.Popen(
        [sys.executable, "-c", "from pymap.main import main; main()", *address, *options, "dict", *account],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(200):
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(0.05)
        yield Server(port)
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with pymap("--no-tls") as running:
        yield running


def fetch(url: str, known: Validators | None = None, *, environ: dict[str, str] | None = None, **how: object) -> Fetch:
    async def go() -> Fetch:
        environment = SECRETS if environ is None else environ
        fetcher = imap.MailFetcher({url: LOGIN}, environment, LOOPBACK, **how)  # type: ignore[arg-type]
        try:
            return await fetcher.fetch(url, known)
        finally:
            await fetcher.aclose()

    return asyncio.run(go())


def titles(got: Fetch) -> list[str]:
    assert got.outcome == "ok", got.error
    return [entry.title for entry in mailbox.read(got.body, None, Address(url=got.url), got.url).entries]


# ---------------------------------------------------------------------------------------------- a real server


def test_letters_are_read_once_and_in_their_order(server: Server) -> None:
    server.put("News", "SCO weekly", "Вестник ШОС")
    first = fetch(server.url())
    assert titles(first) == ["Вестник ШОС", "SCO weekly"]
    again = fetch(server.url(), first.validators)
    assert (again.outcome, again.validators) == ("not_modified", first.validators)
    server.put("News", "上合周报", "هفته‌نامه شانگهای")
    later = fetch(server.url(), again.validators)
    assert titles(later) == ["上合周报", "هفته‌نامه شانگهای"]
    assert fetch(server.url(), later.validators).outcome == "not_modified"


def test_letters_come_through_the_door_of_all_sources_and_a_worker(server: Server) -> None:
    server.put("Whole", "Вестник ШОС")
    address = Address(url=server.url("Whole"), lang="ru", login=LOGIN)
    source = Source(id="box", name="Box", kind="mailbox", addresses=(address,))

    async def go() -> Listing:
        fetcher = Fetchers(FetchSettings(allow_networks=("127.0.0.0/8",)), (source,), SECRETS)
        parser = ParserPool(1)
        try:
            return await parser.listing("mailbox", address, await fetcher.fetch(address.url, robots=True))
        finally:
            await parser.aclose()
            await fetcher.aclose()

    (entry,) = asyncio.run(go()).entries
    assert (entry.title, entry.content, entry.lang) == ("Вестник ШОС", "text", "ru")
    assert (entry.url or "").startswith("mid:")


def test_nothing_in_the_mailbox_is_touched(server: Server) -> None:
    server.put("Untouched", "One", "Two")
    assert len(titles(fetch(server.url("Untouched")))) == 2
    box = server.box()
    box.select("Untouched", readonly=True)
    assert box.uid("SEARCH", "UNSEEN")[1][0].split() == box.uid("SEARCH", "ALL")[1][0].split()
    assert len(box.uid("SEARCH", "ALL")[1][0].split()) == 2
    box.logout()


def test_what_does_not_fit_comes_next_time(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    server.put("Many", "zero")
    known = fetch(server.url("Many")).validators
    server.put("Many", *(f"letter {n}" for n in range(7)))
    monkeypatch.setattr(imap, "BATCH", 3)
    found = []
    for _ in range(3):
        got = fetch(server.url("Many"), known)
        known = got.validators
        found += titles(got)
    assert found == [f"letter {n}" for n in range(7)]
    assert fetch(server.url("Many"), known).outcome == "not_modified"


def test_a_reading_is_bounded_in_bytes_and_nothing_is_lost_by_it(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.put("Large", "zero")
    known = fetch(server.url("Large")).validators
    server.put("Large", "a", "b", "c", text="x" * 3000)
    monkeypatch.setattr(imap, "TOTAL", 4000)
    monkeypatch.setattr(imap, "LETTER", 2500)
    got = fetch(server.url("Large"), known)
    assert titles(got) == ["a", "b"]
    assert len(got.body) < 6000
    assert titles(fetch(server.url("Large"), got.validators)) == ["c"]


def test_only_one_senders_letters_can_be_chosen(server: Server) -> None:
    server.put("Mixed", "ours", sender="news@desk.example")
    server.put("Mixed", "theirs", sender="promo@shop.example")
    assert titles(fetch(server.url("Mixed", sender="desk.example"))) == ["ours"]


def test_a_folder_may_have_a_name_in_any_script(server: Server) -> None:
    assert imap.folder_name("~peter/mail/台北/日本語") == "~peter/mail/&U,BTFw-/&ZeVnLIqe-"  # RFC 3501 section 5.1.3
    assert imap.folder_name("News & Views") == "News &- Views"
    server.put(imap.folder_name("Рассылки ШОС"), "Вестник")
    assert titles(fetch(server.url(quote("Рассылки ШОС")))) == ["Вестник"]


def test_a_folder_that_was_made_anew_is_read_anew(server: Server) -> None:
    server.put("Anew", "old")
    first = fetch(server.url("Anew"))
    box = server.box()
    box.delete("Anew")
    box.logout()
    server.put("Anew", "new")
    assert titles(fetch(server.url("Anew"), first.validators)) == ["new"]


@pytest.mark.parametrize(
    ("folder", "environ", "outcome", "part"),
    [
        pytest.param("Nowhere", SECRETS, "permanent", "'Nowhere' cannot be opened", id="no such folder"),
        pytest.param("News", SECRETS | {"BOX_PASSWORD": "x"}, "permanent", "name and password", id="wrong password"),
        pytest.param("News", {"BOX_USER": "desk"}, "permanent", "BOX_PASSWORD is not set", id="no password"),
    ],
)
def test_trouble_is_a_value_that_names_no_secret(
    server: Server, folder: str, environ: dict[str, str], outcome: str, part: str
) -> None:
    got = fetch(server.url(folder), environ=environ)
    assert got.outcome == outcome
    assert part in (got.error or "")
    assert not any(secret in str(got) for secret in (*SECRETS.values(), "geheim") if secret != "desk")


def test_private_servers_are_contacted_only_when_allowed(server: Server) -> None:
    async def go() -> Fetch:
        fetcher = imap.MailFetcher({server.url(): LOGIN}, SECRETS)
        try:
            return await fetcher.fetch(server.url())
        finally:
            await fetcher.aclose()

    got = asyncio.run(go())
    assert got.outcome == "permanent"
    assert "allow_networks" in (got.error or "")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tls")
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=mail.example"
    extra = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", "key.pem", "-out", "cert.pem"]
    try:
        subprocess.run([*command.split(), *extra], cwd=folder, check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("no openssl command to make a certificate with")
    return folder


def test_encryption_is_begun_before_the_password_is_told(certificate: Path) -> None:
    ours = ssl.create_default_context(cafile=str(certificate / "cert.pem"))
    with pymap("--cert", str(certificate / "cert.pem"), "--key", str(certificate / "key.pem")) as running:
        got = fetch(running.url("INBOX", scheme="imap"), tls=ours)
        assert (got.outcome, got.error) == ("ok", None)
        stranger = fetch(running.url("INBOX", scheme="imap"))
        assert "certificate is not valid" in (stranger.error or "")


# ---------------------------------------------------------------------------------------------- hostile servers


@contextmanager
def says(talk: Callable[[socket.socket], None], tls: ssl.SSLContext | None = None) -> Iterator[str]:
    """A server that talks once; the address of a folder on it."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            with suppress(OSError):
                connection, _ = listening.accept()
                with tls.wrap_socket(connection, server_side=True) if tls else connection as stream:
                    talk(stream)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"{'imaps' if tls else 'imap+plain'}://127.0.0.1:{listening.getsockname()[1]}/INBOX"
        thread.join(5)


def script(*answers: bytes) -> Callable[[socket.socket], None]:
    """Greets, and says one thing to each command, with its tag in place of ``%``."""

    def talk(stream: socket.socket) -> None:
        stream.sendall(b"* OK ready\r\n")
        for said in answers:
            tag = stream.recv(65536).split(b" ")[0]
            stream.sendall(said.replace(b"%", tag))
        while stream.recv(65536):
            pass

    return talk


CAN, IN = b"* CAPABILITY IMAP4rev1\r\n% OK\r\n", b"% OK\r\n"
OPEN = b"* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 9] x\r\n% OK [READ-ONLY]\r\n"


def flood(stream: socket.socket, said: bytes = b"* OK " + b"x" * 60_000 + b"\r\n") -> None:
    while True:
        stream.sendall(said)


@pytest.mark.parametrize(
    ("talk", "part"),
    [
        pytest.param(lambda s: s.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n"), "no mail server", id="a web server"),
        pytest.param(lambda s: s.sendall(b"* BYE too many\r\n"), "no mail server", id="takes nobody"),
        pytest.param(lambda s: s.close(), "ended the conversation", id="hangs up"),
        pytest.param(lambda s: s.sendall(b"x" * 2**21), "lines without end", id="a line without end"),
        pytest.param(lambda s: (s.sendall(b"* OK\r\n"), flood(s))[0], "without end", id="long answers without end"),
        pytest.param(
            lambda s: (s.sendall(b"* OK\r\n"), flood(s, b"* a\r\n" * 10_000))[0], "without end", id="short ones"
        ),
        pytest.param(lambda s: (s.sendall(b"* OK\r\n"), flood(s, b"{0}\r\n" * 10_000))[0], "without end", id="lengths"),
        pytest.param(
            script(CAN, IN, OPEN, b"* SEARCH " + b"7 " * 400_000 + b"\r\n" + b"* SEARCH " + b"8 " * 1_000_000),
            "without end",
            id="letters without number",
        ),
        pytest.param(script(CAN, b"% NO\r\n"), "name and password", id="takes no password"),
        pytest.param(script(b"% BAD no\r\n"), "what it can do", id="knows no command"),
        pytest.param(
            script(CAN, IN, OPEN, b"* SEARCH 8\r\n% OK\r\n", b"* 1 FETCH (UID 8 BODY[] {4000000000}\r\nx"),
            "wants to send more than",
            id="a letter without end",
        ),
        pytest.param(
            script(CAN, IN, OPEN, b"* SEARCH 8\r\n% OK\r\n", b"* 1 FETCH (UID 8 BODY[] {100}\r\nx\r\n* BYE\r\n"),
            None,
            id="half a letter",
        ),
    ],
)
def test_a_server_that_means_no_good_ends_as_a_value(
    talk: Callable[[socket.socket], None], part: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imap, "TIMEOUT", timedelta(seconds=0.8))
    with says(talk) as url:
        got = fetch(url)
    assert got.outcome in ("temporary", "permanent")
    assert part is None or part in (got.error or ""), got.error
    assert got.validators is None


def test_a_letter_is_no_longer_than_was_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imap, "LETTER", 1000)
    letter = b"Subject: Weekly\r\n\r\n" + b"x" * 5000
    said = b"* 1 FETCH (UID 8 BODY[] {%d}\r\n" % len(letter)
    with says(script(CAN, IN, OPEN, b"* SEARCH 8\r\n% OK\r\n", said + letter + b")\r\n% OK\r\n")) as url:
        got = fetch(url)
    assert (got.outcome, got.body) == ("ok", b"8 1000\n" + letter[:1000])


def test_tls_from_the_start_is_checked_against_the_name(certificate: Path) -> None:
    theirs = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    theirs.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
    letter = b"Subject: Weekly\r\n\r\nhello"
    sent = b"* 1 FETCH (UID 8 BODY[]<0> {%d}\r\n" % len(letter) + letter + b")\r\n" + IN
    told = script(CAN, IN, OPEN, b"* SEARCH 8\r\n% OK\r\n", sent)
    with says(told, theirs) as url:
        got = fetch(url, tls=ssl.create_default_context(cafile=str(certificate / "cert.pem")))
        assert titles(got) == ["Weekly"]
        assert got.validators == Validators(url=url, etag="7:8")
    with says(told, theirs) as url:
        assert "certificate is not valid" in (fetch(url).error or "")


def test_a_server_without_encryption_is_not_told_the_password() -> None:
    heard: list[bytes] = []

    def talk(stream: socket.socket) -> None:
        stream.sendall(b"* OK ready\r\n")
        heard.append(stream.recv(65536))
        stream.sendall(heard[0].split(b" ")[0] + b" BAD unknown\r\n")
        heard.append(stream.recv(65536))

    with says(talk) as url:
        got = fetch(url.replace("imap+plain:", "imap:"))
    assert "offers no encryption" in (got.error or "")
    assert heard[1:] == [b""]
