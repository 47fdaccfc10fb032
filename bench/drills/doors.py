"""Drill D, fourth part: the doors beside feeds and pages, each with servers that mean no good behind it.

Mail servers, Slack, mailboxes, lists that go on for ever, and the search for something to read.
"""

from __future__ import annotations

import asyncio
import contextlib
import http.server
import json
import resource
import shutil
import ssl
import threading
import time
from base64 import b64encode
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from bench.drills.ground import Figure, an_alert, counted, make_home
from bench.drills.liars import Liar, Talk, after_request, answers, drips, encrypts, floods, liar, says, silent
from bench.drills.secrecy import make_certificates

USER, PASSWORD = "desk", "s3cr3t-of-the-doors"
#: What a password looks like on the wire.
_TOLD = (PASSWORD.encode(), b64encode(f"\0{USER}\0{PASSWORD}".encode()), b64encode(PASSWORD.encode()))
#: A reason that is about us, not about the other side.
_UNCLEAR = ("Error", "Exception", "Traceback", "could not be fetched (")
_CPU, _RESIDENT = 20.0, 50.0


def drill(tools: Path, folder: Path, *, long: bool = False) -> Iterator[Figure]:  # noqa: ARG001
    """All of them at once: most of their time is waiting for limits."""
    folder.mkdir(parents=True, exist_ok=True)
    yield from figures(folder)


def figures(folder: Path, seconds: float | None = None) -> Iterator[Figure]:
    """The figures; with `seconds` that limit of time in place of each door's own."""
    with ExitStack() as stack:
        if seconds is not None:
            stack.enter_context(_limits(seconds))
        cpu, resident = time.process_time(), _peak()
        doors = [mail_door(folder, stack), slack_door(stack), mailbox_door(stack), search_door(folder, stack)]
        found = asyncio.run(_all(doors))
        cpu, resident = time.process_time() - cpu, _peak() - resident
    for door, outcomes in zip(doors, found, strict=True):
        yield door.figure(outcomes)
    yield Figure(
        drill="D",
        name="doors: processor time and memory",
        passed=cpu <= _CPU and resident <= _RESIDENT,
        found=f"{sum(len(door.tries) for door in doors)} talks, servers among them: {cpu:.1f} s, {resident:+.0f} MiB",
    )
    yield from lists_that_go_on(folder / "lists")


@contextlib.contextmanager
def _limits(seconds: float) -> Iterator[None]:
    import alerts.email
    import alerts.post
    from sources import discover, imap

    places: list[tuple[object, str, object]] = [
        (alerts.email, "SECONDS", seconds),
        (alerts.post, "SECONDS", seconds),
        (imap, "TIMEOUT", timedelta(seconds=seconds)),
        (discover, "SECONDS", seconds),
    ]
    before = [(module, name, getattr(module, name)) for module, name, _ in places]
    for module, name, value in places:
        setattr(module, name, value)
    try:
        yield
    finally:
        for module, name, value in before:
            setattr(module, name, value)


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


# ---------------------------------------------------------------------------------------------- what a door is


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one try came to."""

    name: str
    seconds: float
    #: Whether the other side's answer was taken for a success.
    taken: bool
    #: The reason where it was not.
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """One way out, with servers that mean no good; a try returns whether it went well, and what was said."""

    name: str
    #: Most seconds of one try.
    limit: float
    tries: Mapping[str, Callable[[], Awaitable[tuple[bool, str]]]]
    servers: Sequence[Liar] = ()
    #: Tries that have to go well.
    good: frozenset[str] = frozenset()

    def figure(self, outcomes: Sequence[Outcome]) -> Figure:
        wrong = [f"{o.name}: {o.said or 'taken'}" for o in outcomes if o.taken != (o.name in self.good)]
        vague = [f"{o.name}: {o.said}" for o in outcomes if not o.taken and _is_vague(o.said)]
        late = [f"{o.name} {o.seconds:.0f} s" for o in outcomes if o.seconds > self.limit + 3]
        told = sum(any(part in server.heard for part in _TOLD) for server in self.servers)
        longest = max(outcomes, key=lambda outcome: outcome.seconds)
        return Figure(
            drill="D",
            name=self.name,
            passed=not (wrong or vague or late or told),
            found=f"{len(outcomes)} ways, the longest {longest.seconds:.1f} s ({longest.name}); otherwise than meant: "
            f"{wrong or 'none'}; late: {late or 'none'}; unclear: {vague or 'none'}; password told: {told}",
        )


def _is_vague(said: str) -> bool:
    return not said or any(part in said for part in _UNCLEAR)


async def _all(doors: Sequence[Door]) -> list[list[Outcome]]:
    async def one(name: str, attempt: Callable[[], Awaitable[tuple[bool, str]]]) -> Outcome:
        started = time.monotonic()
        try:
            taken, said = await attempt()
        except Exception as error:  # noqa: BLE001 - a door that breaks is what this is looking for
            taken, said = False, f"Exception: {error!r}"
        return Outcome(name=name, seconds=time.monotonic() - started, taken=taken, said=said)

    async def door(which: Door) -> list[Outcome]:
        return list(await asyncio.gather(*(one(name, attempt) for name, attempt in which.tries.items())))

    return list(await asyncio.gather(*map(door, doors)))


# ---------------------------------------------------------------------------------------------- mail and Slack


def mail_door(folder: Path, stack: ExitStack) -> Door:
    """SMTP: `security` by the name's beginning, a password wherever there is to be encryption."""
    from alerts import email

    hello, yes = b"220 ready\r\n", b"250 ok\r\n"
    able = b"250-mail.example\r\n250-AUTH PLAIN LOGIN\r\n250 STARTTLS\r\n"
    talks: dict[str, Talk] = {
        "none: drips its greeting": drips(b"220 " + b"x" * 4000),
        "none: says nothing": silent,
        "none: greets without end": floods(b"220-hello\r\n" * 1000),
        "none: a line without end": floods(b"x" * 60_000, b"220 "),
        "none: 150 without end": floods(b"150 wait\r\n" * 1000, hello),
        "none: 250 without end": floods(b"250 ok\r\n" * 1000, hello),
        "none: 354 without end": floods(b"354 go on\r\n" * 1000, hello),
        "none: 421 without end": floods(b"421 later\r\n" * 1000, hello),
        "none: 554 without end": floods(b"554 no\r\n" * 1000, hello),
        "none: abilities without end": answers(floods(b"250-X\r\n" * 1000), greeting=hello),
        "none: 100 for an answer": answers(b"250 x\r\n", yes, yes, b"100 wait\r\n", greeting=hello),
        "none: 250 in place of 354": answers(b"250 x\r\n", yes, yes, yes, greeting=hello),
        "none: takes the message and drips": answers(
            b"250 x\r\n", yes, yes, b"354 go\r\n", drips(b"250 " + b"x" * 4000), greeting=hello
        ),
        "none: a web server": says(b"HTTP/1.1 400 Bad Request\r\n\r\n"),
        "none: no text": floods(b"\xff\xfe\x00" * 9999),
        "starttls: not offered": answers(
            b"250-x\r\n250 AUTH PLAIN LOGIN\r\n", b"235 in\r\n", *[yes] * 5, greeting=hello
        ),
        "starttls: offered and refused": answers(able, b"454 not now\r\n", b"235 in\r\n", *[yes] * 5, greeting=hello),
        "starttls: goes on without": answers(able, b"220 go\r\n250 AUTH PLAIN\r\n", *[yes] * 9, greeting=hello),
        "starttls: says nothing more": answers(able, silent, greeting=hello),
        "tls: plain text": says(hello),
        "tls: says nothing": silent,
    }
    if shutil.which("openssl"):
        certificate = make_certificates(folder)["self-signed"]
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        inside = encrypts(context, answers(able, b"235 in\r\n", *[yes] * 9))
        go = b"220 go\r\n250-x\r\n250 AUTH PLAIN\r\n"  # with something that is to count as said in secret
        talks["starttls: a certificate of its own"] = answers(able, _then(go, inside), greeting=hello)
        talks["tls: a certificate of its own"] = encrypts(context, answers(able, *[yes] * 9, greeting=hello))
    servers = {name: stack.enter_context(liar(talk)) for name, talk in talks.items()}
    tries = {name: _mail(name.partition(":")[0], server.port) for name, server in servers.items()}
    # a second for the farewell
    return Door(name="SMTP", limit=email.SECONDS + 1, tries=tries, servers=tuple(servers.values()))


def _then(first: bytes, talk: Talk) -> Talk:
    def both(connection: object) -> None:
        connection.sendall(first)  # type: ignore[attr-defined]
        talk(connection)  # type: ignore[arg-type]

    return both


def _mail(security: str, port: int) -> Callable[[], Awaitable[tuple[bool, str]]]:
    from monitor.types import Channel

    settings: dict[str, object] = {"host": "127.0.0.1", "port": port, "from": "scowatch@example.org"}
    settings["security"] = security
    if security != "none":
        settings |= {"username_env": "MAIL_USER", "password_env": "MAIL_PASSWORD"}
    return _sending(Channel(id="mail:desk", kind="mail", target="desk@example.org", settings=settings))


def slack_door(stack: ExitStack) -> Door:
    """An incoming webhook."""
    from alerts import post

    ok = b"HTTP/1.1 200 OK\r\n"
    interim = b"HTTP/1.1 %d Wait\r\nLink: </a>\r\n\r\n"
    talks: dict[str, Talk] = {
        "whole": says(ok + b"Content-Length: 2\r\n\r\nok"),
        "ok and then no end": floods(b"\n" * 60_000, ok + b"\r\nok"),
        "drips its head": drips(ok + b"X-A: " + b"x" * 4000),
        "drips its body": drips(ok + b"Content-Length: 4000\r\n\r\n" + b"x" * 4000, 0.1),
        "says nothing": silent,
        "100 without end": floods(interim % 100 * 1000),
        "103 without end": floods(interim % 103 * 1000),
        "another protocol": says(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\nok"),
        "headers without end": floods(b"X-A: b\r\n" * 1000, ok),
        "a header without end": floods(b"x" * 60_000, ok),
        "a body without end": floods(b"x" * 60_000, ok + b"\r\n"),
        "pieces without end": floods(b"2\r\nno\r\n" * 100, ok + b"Transfer-Encoding: chunked\r\n\r\n"),
        "cut short": says(ok + b"Content-Length: 20\r\nConnection: close\r\n\r\nok"),
        "two lengths": says(ok + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\nok"),
        "no head": says(b"ok"),
        "no HTTP": floods(b"SSH-2.0-x\r\n"),
        "elsewhere": says(b"HTTP/1.1 302 Found\r\nLocation: http://10.9.9.9/\r\nContent-Length: 0\r\n\r\n"),
        "leave me alone": says(b"HTTP/1.1 429 No\r\nRetry-After: 999999999\r\nContent-Length: 0\r\n\r\n"),
    }
    tries = {}
    for name, talk in talks.items():
        server = stack.enter_context(liar(after_request(talk)))
        tries[name] = _post(f"http://127.0.0.1:{server.port}/services/T/B/x")
    return Door(name="Slack webhook", limit=post.SECONDS, tries=tries, good=frozenset(("whole", "ok and then no end")))


def _post(url: str) -> Callable[[], Awaitable[tuple[bool, str]]]:
    from monitor.types import Channel

    return _sending(Channel(id="slack:x", kind="slack", settings={"webhook_env": "HOOK"}), HOOK=url)


def _sending(channel: object, **environ: str) -> Callable[[], Awaitable[tuple[bool, str]]]:
    from alerts import open_sender
    from monitor.errors import DeliveryError

    secrets = {"MAIL_USER": USER, "MAIL_PASSWORD": PASSWORD} | environ

    async def attempt() -> tuple[bool, str]:
        sender = open_sender(channel, secrets, allow_networks=("127.0.0.0/8",))  # type: ignore[arg-type]
        try:
            return True, (await sender.send(*an_alert())).detail
        except DeliveryError as error:
            return False, str(error)

    return attempt


# ---------------------------------------------------------------------------------------------- mailboxes, search


def mailbox_door(stack: ExitStack) -> Door:
    """IMAP; the folder's password may be told to these, they stand for a server that went wrong."""
    from sources import imap

    hello, able, done = b"* OK ready\r\n", b"* CAPABILITY IMAP4rev1\r\n% OK\r\n", b"% OK\r\n"
    opened = b"* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 9] x\r\n% OK [READ-ONLY]\r\n"
    up_to_letter = (able, done, opened, b"* SEARCH 8\r\n% OK\r\n")
    letter = b"* 1 FETCH (UID 8 BODY[] {%d}\r\n"
    talks: dict[str, Talk] = {
        "a letter": answers(*up_to_letter, letter % 5 + b"a: b\n)\r\n% OK\r\n", greeting=hello),
        "drips its greeting": drips(b"* OK " + b"x" * 4000),
        "says nothing": silent,
        "greets without end": floods(b"x" * 60_000, b"* OK "),
        "short answers without end": floods(b"* a\r\n" * 10_000, hello),
        "long answers without end": floods(b"* a" + b"x" * 60_000 + b"\r\n", hello),
        "plus without end": floods(b"+ go on\r\n" * 1000, hello),
        "letters without number": answers(
            able, done, opened, b"* SEARCH" + b" 7" * 400_000 + b"\r\n" + b"* SEARCH" + b" 8" * 900_000, greeting=hello
        ),
        "a letter of 4 GB": answers(*up_to_letter, letter % 4_000_000_000, greeting=hello),
        "a letter longer than said to be": answers(
            *up_to_letter, letter % 5 + b"a: b\n" + b"c: d\n" * 1000 + b")\r\n% OK\r\n", greeting=hello
        ),
        "a letter shorter than said to be": answers(*up_to_letter, letter % 500 + b"a: b\n)\r\n", greeting=hello),
        "drips a letter": answers(*up_to_letter, _then(letter % 5000, drips(b"x" * 5000)), greeting=hello),
        "lengths without end": answers(*up_to_letter, floods(b"{0}\r\n" * 10_000), greeting=hello),
        "a web server": says(b"HTTP/1.1 400 Bad Request\r\n\r\n"),
    }
    servers = {name: stack.enter_context(liar(talk)) for name, talk in talks.items()}
    tries = {name: _mailbox(f"imap+plain://127.0.0.1:{server.port}/INBOX") for name, server in servers.items()}
    # the one whose letter is whole, whatever it says behind it
    good = frozenset(("a letter", "a letter longer than said to be"))
    return Door(name="mailbox", limit=imap.TIMEOUT.total_seconds(), tries=tries, good=good)


def _mailbox(url: str) -> Callable[[], Awaitable[tuple[bool, str]]]:
    from monitor.types import Login
    from sources.addresses import networks
    from sources.imap import MailFetcher

    async def attempt() -> tuple[bool, str]:
        login = Login(username_env="U", password_env="P")
        fetcher = MailFetcher({url: login}, {"U": USER, "P": "not the one"}, networks(("127.0.0.0/8",)))
        try:
            fetch = await fetcher.fetch(url)
        finally:
            await fetcher.aclose()
        return fetch.outcome == "ok", fetch.error or ""

    return attempt


def search_door(folder: Path, stack: ExitStack) -> Door:
    """`sources add` of a site whose every link hangs, leads back to it, or to where nobody may go."""
    from monitor.app import App
    from monitor.home import Home
    from sources import discover

    home = Home(make_home(folder / "home-search", []))
    links = {
        "hangs": "/{n}.rss",
        "drips": "/{n}.drip",
        "leads back": "/?{n}",
        "private": "http://10.9.9.{n}/feed",
        "other schemes": "file:///etc/passwd?{n}",
    }

    def page(request: bytes) -> Talk:
        target = request.split(b" ")[1].decode("latin-1")
        if target.endswith(".rss"):
            return silent
        if target.endswith(".drip"):
            return drips(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 1000)
        kind = links.get(parse_qs(urlsplit(target).query).get("kind", [""])[0], "/?{n}")
        rel = '<link rel="alternate" type="application/rss+xml" href="{}"><a href="{}">t.me</a>'
        body = "".join(rel.format(kind.format(n=n), f"https://t.me/share{n}") for n in range(2000)).encode()
        return says(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))

    def site(connection: object) -> None:
        request = connection.recv(65536)  # type: ignore[attr-defined]
        if request:
            page(request)(connection)  # type: ignore[arg-type]

    def looked(url: str) -> Callable[[], Awaitable[tuple[bool, str]]]:
        async def attempt() -> tuple[bool, str]:
            found = await App(home).discover(url)
            told = "; ".join(why for _, why in found.failures)
            return any(candidate.items for candidate in found.candidates), told or "nothing was found"

        return attempt

    servers = {kind: stack.enter_context(liar(site)) for kind in links}
    tries = {
        kind: looked(f"http://127.0.0.1:{server.port}/?kind={kind.replace(' ', '+')}")
        for kind, server in servers.items()
    }
    # the page itself comes first and has a fetch's own limit
    return Door(name="search for something to read", limit=discover.SECONDS + 30, tries=tries)


# ---------------------------------------------------------------------------------------------- lists that go on


def lists_that_go_on(folder: Path) -> Iterator[Figure]:
    """Answers whose next part is themselves, each other, without end or elsewhere; indexes of sitemaps likewise."""
    with _Lists() as server:
        base = f"http://127.0.0.1:{server.server_address[1]}"
        paths = {"items": "items", "title": "title", "url": "url", "next": "next"}
        sources = [
            {
                "id": f"api-{kind}",
                "kind": "api",
                "fulltext": False,
                "endpoints": [{"url": f"{base}/api/{kind}?n=0", "paths": paths, "pages": 20}],
            }
            for kind in _Lists.NEXT
        ]
        sources += [
            {"id": f"map-{kind}", "kind": "sitemap", "fulltext": False, "sitemaps": [{"url": f"{base}/map/{kind}?n=0"}]}
            for kind in _Lists.PARTS
        ]
        home = make_home(folder, sources)
        done = counted(home, "collect", "--all", "--json")
        asked = Counter(path.partition("?")[0].rpartition("/")[2] for path in server.asked if "robots" not in path)
    most = {**dict.fromkeys(_Lists.NEXT, 20), **dict.fromkeys(_Lists.PARTS, 6)}
    many = {kind: asked[kind] for kind in most if asked[kind] > most[kind]}
    lost = [kind for kind in most if not asked[kind]]
    seen = done.report["articles"]["seen"]
    for name, kinds in (("next parts of JSON answers", _Lists.NEXT), ("sitemaps that name sitemaps", _Lists.PARTS)):
        mine = {kind: asked[kind] for kind in kinds}
        yield Figure(
            drill="D",
            name=name,
            passed=not any(kind in many or kind in lost for kind in kinds) and done.seconds < 60 and seen > 0,
            found=f"requests by kind {mine}, at most {most[next(iter(kinds))]} each; the pass {done.seconds:.1f} s, "
            f"{done.cpu:.1f} s of processor time; {seen} items seen in both",
        )


class _Lists(http.server.ThreadingHTTPServer):
    """Answers that go on."""

    daemon_threads = True
    #: Kind -> where the next part is, by the number of this one.
    NEXT: Mapping[str, Callable[[int], object]] = {
        "itself": lambda n: "?n=0",  # noqa: ARG005
        "each-other": lambda n: f"?n={1 - n % 2}",
        "endless": lambda n: f"?n={n + 1}",
        "longer": lambda n: "?n=" + "0" * (n + 1) * 100 + "1",
        "private": lambda n: f"http://10.9.9.9/{n}",
        "file": lambda n: f"file:///etc/passwd?{n}",
        "number": lambda n: n,
        "object": lambda n: {"href": f"?n={n}"},
    }
    #: Kind -> the sitemaps that it names.
    PARTS: Mapping[str, Callable[[int], Sequence[str]]] = {
        "self": lambda n: ["?n=0"],  # noqa: ARG005
        "other": lambda n: [f"?n={1 - n % 2}"],
        "deeper": lambda n: [f"?n={n + 1}"],
        "wide": lambda n: [f"?n={n * 1000 + part}" for part in range(1000)],
        "inside": lambda n: [f"http://10.9.9.9/{n}/{part}" for part in range(9)],
    }

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.asked: list[str] = []

    def __enter__(self) -> _Lists:
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        self.shutdown()
        self.server_close()


class _Answers(http.server.BaseHTTPRequestHandler):
    server: _Lists

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        self.server.asked.append(self.path)
        number = int(parse_qs(parts.query).get("n", ["0"])[0][-9:])
        kind = parts.path.rpartition("/")[2]
        if kind in _Lists.NEXT:
            items = [{"title": f"Summit {kind} {number}", "url": f"https://news.example/{kind}/{number}"}]
            self._say(json.dumps({"items": items, "next": _Lists.NEXT[kind](number)}).encode())
        elif kind in _Lists.PARTS:
            rows = "".join(f"<sitemap><loc>{_whole(part, self)}</loc></sitemap>" for part in _Lists.PARTS[kind](number))
            self._say(f"<sitemapindex>{rows}</sitemapindex>".encode())
        else:
            self.send_error(404)

    def _say(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _whole(part: str, request: _Answers) -> str:
    """The address; sitemaps have to name whole ones."""
    return part if "://" in part else f"http://{request.headers['host']}{urlsplit(request.path).path}{part}"
