"""Letters out of a folder of a mailbox, over IMAP (RFC 3501): looked at, never marked, moved or deleted.

::

    fetch(url) -> connect to a checked address -> TLS -> log in -> EXAMINE (read only) -> UIDs beyond the last one known
                  -> BODY.PEEK of each -> Fetch: the letters one after the other, validators that hold the last UID

Validators are stored together with the articles they stand for, so a letter is asked for again until it is kept.
"""

from __future__ import annotations

import asyncio
import base64
import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, unquote, urlsplit

from monitor.text.clean import clean_line
from monitor.types import Fetch, Login, Validators
from sources import reasons
from sources.addresses import Network
from sources.network import GuardedNetwork, Refusal, Stream

#: Most letters of the first reading, none of them older than SINCE, and of each later one.
FIRST = 200
BATCH = 100
SINCE = timedelta(days=30)
#: Bytes of one letter; what lies beyond, attachments mostly, is not asked for.
LETTER = 2 * 2**20
#: Bytes of letters in one reading: the others come with the next one.
TOTAL = 8 * 2**20
TIMEOUT = timedelta(seconds=60)

_WIRE = 24 * 2**20
_LINE = 2**20
#: Answers to one command, and bytes in them beside letters: a server that goes on talks for the sake of it.
_ANSWERS = 5_000
_TALK = 2 * 2**20
#: Pieces of counted length within one answer; a letter is one.
_LITERALS = 20
_PORTS = {"imaps": 993, "imap": 143, "imap+plain": 143}
_LITERAL = re.compile(rb"\{(\d{1,10})\+?\}\r\n\Z")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the letters lie, out of ``imaps://host:993/Folder?from=sender``."""

    #: ``imaps`` TLS, ``imap`` STARTTLS, ``imap+plain`` neither.
    scheme: str
    host: str
    port: int
    folder: str
    #: Only letters whose From has this; empty: all.
    sender: str


class MailFetcher:
    """monitor.ports.Fetcher over IMAP."""

    def __init__(
        self,
        logins: Mapping[str, Login],
        environ: Mapping[str, str],
        allowed: tuple[Network, ...] = (),
        *,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._logins, self._environ = logins, environ
        self._network = GuardedNetwork(allowed, lookups=2)
        self._tls = tls
        self._turns = asyncio.Semaphore(2)

    async def fetch(self, url: str, validators: Validators | None = None) -> Fetch:
        """The letters beyond those that the validators stand for, or why there are none."""
        try:
            async with self._turns, asyncio.timeout(TIMEOUT.total_seconds()):
                return await self._read(url, validators)
        except TimeoutError:
            reason = f"no answer within {TIMEOUT.total_seconds():g} s"
            return Fetch(url=url, outcome="temporary", final_url=url, error=reason)
        except Exception as error:  # noqa: BLE001 - no one source may end a pass
            outcome, reason = reasons.of_error(error)
            return Fetch(url=url, outcome=outcome, final_url=url, error=reason)

    async def aclose(self) -> None:
        self._network.close()

    async def _read(self, url: str, known: Validators | None) -> Fetch:
        place = to_place(url)
        user, password = self._secrets(url)
        stream = await self._network.connect(place.host, place.port)
        try:
            stream.expect_body(_WIRE)
            session = await self._opened(stream, place)
            await session.log_in(user, password)
            return await _letters(session, place, url, known)
        finally:
            stream.close()

    def _secrets(self, url: str) -> tuple[str, str]:
        login = self._logins.get(url)
        if login is None:
            raise Refusal("mailbox has no username_env and password_env in sources.yaml")
        for name in (login.username_env, login.password_env):
            if not self._environ.get(name):
                raise Refusal(f"environment variable {name} is not set")
        return self._environ[login.username_env], self._environ[login.password_env]

    async def _opened(self, stream: Stream, place: Place) -> _Session:
        """The session after the server's greeting, encrypted as the place asks."""
        session = _Session(stream)
        if place.scheme == "imaps":
            await stream.secure(self._context(), place.host)
        await session.greeting()
        if place.scheme == "imap":
            await session.command("STARTTLS", "mail server offers no encryption (STARTTLS)")
            session.expect_nothing()  # what came before the encryption must not be taken for what comes after it
            await stream.secure(self._context(), place.host)
        return session

    def _context(self) -> ssl.SSLContext:
        self._tls = self._tls or ssl.create_default_context()
        return self._tls


def to_place(url: str) -> Place:
    """Raises: Refusal for what is no address of a folder."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port = "", None
    if not host or parts.scheme not in _PORTS:
        raise Refusal("not the address of a mailbox")
    return Place(
        scheme=parts.scheme,
        host=host,
        port=port or _PORTS[parts.scheme],
        folder=unquote(parts.path.removeprefix("/")) or "INBOX",
        sender=parse_qs(parts.query).get("from", [""])[0],
    )


# ---------------------------------------------------------------------------------------------- one reading


async def _letters(session: _Session, place: Place, url: str, known: Validators | None) -> Fetch:
    examine = f"EXAMINE {quoted(folder_name(place.folder))}"
    opened = await session.command(examine, f"folder {place.folder!r} cannot be opened", lasting=True)
    validity, following = (_number(opened, name) for name in ("UIDVALIDITY", "UIDNEXT"))
    last = _last(known, validity)
    chosen, last_found = await _chosen(session, place, last, following)
    if last is not None and not chosen:
        return Fetch(url=url, outcome="not_modified", final_url=url, validators=known)
    body, read = bytearray(), last or 0
    for uid in chosen:
        letter = await session.letter(uid)
        if letter:
            body += b"%d %d\n" % (uid, len(letter)) + letter
        read = max(read, uid)
        if len(body) > TOTAL:
            break
    mark = last_found if last is None else read
    validators = Validators(url=url, etag=f"{validity}:{mark}")
    await session.leave()
    return Fetch(url=url, outcome="ok", final_url=url, body=bytes(body), validators=validators)


async def _chosen(session: _Session, place: Place, last: int | None, following: int) -> tuple[list[int], int]:
    """The UIDs to read, and the last one that there is.

    The first time the newest ones, newest first; later those that came since, the oldest first, so that what does not
    fit comes next time.
    """
    sender = f" FROM {quoted(place.sender)}" if place.sender else ""
    if last is None:
        since = datetime.now(UTC) - SINCE
        found = await session.search(f"SINCE {since.day}-{_MONTHS[since.month - 1]}-{since.year}{sender}")
        return sorted(found, reverse=True)[:FIRST], max(following - 1, max(found, default=0))
    # the star stands for the last letter there is, also where that is an older one (RFC 3501 section 6.4.8)
    found = [uid for uid in await session.search(f"UID {last + 1}:*{sender}") if uid > last]
    return sorted(found)[:BATCH], max(found, default=last)


def _last(known: Validators | None, validity: int) -> int | None:
    """The last UID that was read; None: none was, or the folder was made anew and its UIDs with it."""
    match = re.fullmatch(r"(\d{1,20}):(\d{1,20})", (known.etag or "") if known else "")
    return int(match[2]) if match and int(match[1]) == validity else None


def _number(answers: list[_Answer], name: str) -> int:
    for answer in answers:
        if match := re.search(rb"\[" + name.encode() + rb" (\d{1,20})\]", answer.text):
            return int(match[1])
    return 0


# ---------------------------------------------------------------------------------------------- the language


@dataclass(slots=True, kw_only=True)
class _Answer:
    """One answer of the server: its text, with what it sent as literals beside it."""

    text: bytes
    literals: list[bytes] = field(default_factory=list)


class _Session:
    """One conversation: commands with tags, answers with literals."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._buffer = bytearray()
        self._count = 0

    async def greeting(self) -> None:
        if not (await self._answer()).text.startswith((b"* OK", b"* PREAUTH")):
            raise Refusal("no mail server, or one that takes nobody now", "temporary")

    async def command(
        self, text: str, failed: str, *, more: bytes | None = None, lasting: bool = False
    ) -> list[_Answer]:
        """What the server said before it was done; `more` is sent when it asks for it.

        Raises: Refusal that says it `failed`, and `lasting` where asking again soon cannot help.
        """
        self._count += 1
        tag = f"s{self._count}"
        await self._stream.write(f"{tag} {text}\r\n".encode())
        answers: list[_Answer] = []
        talk = 0
        while True:
            answer = await self._answer()
            talk += len(answer.text)
            if len(answers) > _ANSWERS or talk > _TALK:
                raise Refusal("mail server talks without end", "temporary")
            if answer.text.startswith(b"+") and more is not None:
                await self._stream.write(more + b"\r\n")
                more = None
            elif answer.text.startswith(f"{tag} ".encode()):
                status, _, why = answer.text[len(tag) + 1 :].decode("utf-8", "replace").partition(" ")
                if status.upper() != "OK":
                    raise Refusal(f"{failed}: {clean_line(why, 120)}", "permanent" if lasting else "temporary")
                return answers
            elif answer.text.startswith(b"* BYE"):
                raise Refusal("mail server ended the conversation", "temporary")
            else:
                answers.append(answer)

    async def log_in(self, user: str, password: str) -> None:
        secret = base64.b64encode(f"\0{user}\0{password}".encode())
        offered = b" ".join(a.text for a in await self.command("CAPABILITY", "mail server does not say what it can do"))
        failed = "mail server does not take the name and password"
        if b"AUTH=PLAIN" in offered.upper():
            await self.command("AUTHENTICATE PLAIN", failed, more=secret, lasting=True)
        else:
            await self.command(f"LOGIN {quoted(user)} {quoted(password)}", failed, lasting=True)

    async def search(self, criteria: str) -> list[int]:
        answers = await self.command(f"UID SEARCH {criteria}", "folder cannot be searched")
        lists = (answer.text for answer in answers if answer.text.upper().startswith(b"* SEARCH"))
        return [int(uid) for line in lists for uid in re.findall(rb"\b\d{1,10}\b", line[8:])]

    async def letter(self, uid: int) -> bytes:
        """The letter's first LETTER bytes, unread as before; empty: it is gone."""
        answers = await self.command(f"UID FETCH {uid} (BODY.PEEK[]<0.{LETTER}>)", "letter cannot be read")
        literals = [literal for answer in answers if b" FETCH " in answer.text.upper() for literal in answer.literals]
        return max(literals, key=len, default=b"")[:LETTER]  # not every server keeps to the part that was asked for

    async def leave(self) -> None:
        await self._stream.write(b"bye LOGOUT\r\n")

    def expect_nothing(self) -> None:
        if self._buffer:
            raise Refusal("mail server mixes encrypted and open talk")

    async def _answer(self) -> _Answer:
        answer = _Answer(text=b"")
        while True:
            line = await self._line()
            literal = _LITERAL.search(line)
            if literal is None:
                answer.text += line.rstrip(b"\r\n")
                return answer
            answer.text += line[: literal.start()]
            answer.literals.append(await self._exactly(int(literal[1])))
            if len(answer.literals) > _LITERALS:
                raise Refusal("mail server talks without end", "temporary")

    async def _line(self) -> bytes:
        while (end := self._buffer.find(b"\n")) < 0:
            if len(self._buffer) > _LINE:
                raise Refusal("mail server sends lines without end")
            await self._more()
        return self._taken(end + 1)

    async def _exactly(self, size: int) -> bytes:
        if size > _WIRE:
            raise Refusal(f"mail server wants to send more than {_WIRE / 2**20:g} MiB")
        while len(self._buffer) < size:
            await self._more()
        return self._taken(size)

    def _taken(self, size: int) -> bytes:
        taken = bytes(self._buffer[:size])
        del self._buffer[:size]
        return taken

    async def _more(self) -> None:
        data = await self._stream.read(65536)
        if not data:
            raise Refusal("mail server ended the conversation", "temporary")
        self._buffer += data


def quoted(text: str) -> str:
    """A quoted string (RFC 3501 section 9). Raises: Refusal for what cannot be one."""
    if any(char in "\r\n\0" for char in text):
        raise Refusal("name with a line end in it")
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def folder_name(name: str) -> str:
    """The folder's name as IMAP writes it: letters beyond ASCII in a base64 of their own (RFC 3501 section 5.1.3)."""

    def encoded(match: re.Match[str]) -> str:
        data = base64.b64encode(match[0].encode("utf-16-be")).decode().rstrip("=").replace("/", ",")
        return f"&{data}-"

    return re.sub(r"[^ -~]+", encoded, name.replace("&", "&-"))
