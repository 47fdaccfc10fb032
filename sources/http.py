"""The only module that fetches. What the network does comes back as a value, never as an exception.

::

    fetch(url) -> for each hop: check the URL -> wait for the host's turn -> a free slot -> connect to a checked address
                  -> head of the answer -> a redirect's body is not read | body with limits -> Fetch
"""

from __future__ import annotations

import asyncio
import hashlib
import re
import ssl
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import cast

# httpx pulls in its own command line (rich, pygments, click) wherever these are installed: more than half of the CPU
# time of the import. None in sys.modules makes that one import fail, for which httpx is prepared.
_loaded = cast("dict[str, object]", sys.modules)
_spared = _loaded.setdefault("httpx._main", None) is None
import httpx  # noqa: E402

if _spared:
    del _loaded["httpx._main"]

from monitor import __version__  # noqa: E402
from monitor.types import Fetch, Validators  # noqa: E402
from sources import reasons  # noqa: E402
from sources.addresses import networks  # noqa: E402
from sources.body import Body  # noqa: E402
from sources.network import GuardedNetwork, Refusal  # noqa: E402
from sources.wire import Exchange, Head  # noqa: E402

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_URL_LIMIT = 4096
_HEADERS_LIMIT = 64 * 1024
_VALIDATOR_LIMIT = 1024
_HOSTS_KEPT = 4096
_BAD_IN_URL = re.compile(r"[\x00-\x1f\x7f-\x9f\\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchSettings:
    """The ``[fetch]`` table."""

    #: Address or page of the operator, told to every host in the User-Agent.
    contact: str = ""
    #: Networks that may be contacted although they are not public.
    allow_networks: tuple[str, ...] = ()
    #: Least time between two requests to one host; 0: none.
    per_host_interval: timedelta = timedelta(seconds=2)
    #: For a whole fetch with its redirects, without the waiting for a turn.
    timeout: timedelta = timedelta(seconds=30)
    max_wire_bytes: int = 12 * 2**20
    max_body_bytes: int = 10 * 2**20
    max_redirects: int = 5
    #: Requests under way at one time.
    concurrency: int = 32


@dataclass(slots=True)
class _Host:
    """One host's turn: one request at a time, and a pause between two."""

    lock: asyncio.Lock
    free_at: float = 0.0


class HttpFetcher:
    """monitor.ports.Fetcher over HTTP. Belongs to one event loop."""

    def __init__(self, settings: FetchSettings) -> None:
        self._settings = settings
        self._network = GuardedNetwork(networks(settings.allow_networks), lookups=settings.concurrency)
        self._tls: ssl.SSLContext | None = None
        self._headers = [
            ("User-Agent", user_agent(settings.contact)),
            ("Accept", "*/*"),
            ("Accept-Encoding", "gzip"),
            ("Connection", "close"),
        ]
        self._slots = asyncio.Semaphore(settings.concurrency)
        self._hosts: dict[str, _Host] = {}

    async def fetch(self, url: str, validators: Validators | None = None) -> Fetch:
        """The answer of that URL, or why there is none. Never raises for anything the network does."""
        final = [url]
        try:
            return await self._follow(url, validators, final)
        except TimeoutError:
            reason = f"no answer within {self._settings.timeout.total_seconds():g} s"
            return Fetch(url=url, outcome="temporary", final_url=final[0], error=reason)
        except Exception as error:  # noqa: BLE001 - five unrelated families of errors, and no one source may end a pass
            outcome, reason = _why(error)
            return Fetch(url=url, outcome=outcome, final_url=final[0], error=reason)

    async def aclose(self) -> None:
        self._network.close()

    async def _follow(self, url: str, validators: Validators | None, final: list[str]) -> Fetch:
        """The answer at the end of the redirects; `final` is told where we are."""
        target = checked(url)
        left = self._settings.timeout.total_seconds()
        for hop in range(self._settings.max_redirects + 1):
            final[0] = str(target)
            # validators are an agreement with one URL: no other one gets to see them
            asked = _conditions(validators) if hop == 0 and validators and validators.url == url else {}
            async with self._turn(target.host):
                started = asyncio.get_running_loop().time()
                async with asyncio.timeout(left):
                    answer = await self._exchange(
                        Fetch(url=url, outcome="ok", final_url=str(target)), target, asked, validators
                    )
                left -= asyncio.get_running_loop().time() - started
            if isinstance(answer, Fetch):
                return answer
            target = answer
        raise Refusal(f"more than {self._settings.max_redirects} redirects", "temporary")

    async def _exchange(
        self, answer: Fetch, target: httpx.URL, asked: dict[str, str], known: Validators | None
    ) -> Fetch | httpx.URL:
        """The answer, or where it sends us."""
        stream = await self._network.connect(target.raw_host.decode("ascii"), port(target))
        try:
            if target.scheme == "https":
                await stream.secure(self._context(), target.raw_host.decode("ascii").rstrip("."))
            exchange = Exchange(stream)
            head = await exchange.ask(target.raw_path, [("Host", netloc(target)), *self._headers, *asked.items()])
            if head.size > _HEADERS_LIMIT:
                raise Refusal("headers are too large")
            if head.status in _REDIRECTS:
                return _location(target, head)
            answer = replace(answer, status=head.status)
            if head.status == 200:
                stream.expect_body(self._settings.max_wire_bytes)
                return await self._read(answer, head, exchange, known)
            if head.status == 304 and asked:
                return replace(answer, outcome="not_modified", validators=known)
            return _without_body(answer, head)
        finally:
            stream.close()

    async def _read(self, answer: Fetch, head: Head, exchange: Exchange, known: Validators | None) -> Fetch:
        """The answer with its body, or not_modified where the body is the one we know."""
        body = Body(head.get("content-encoding") or "", self._settings.max_body_bytes)
        while (piece := await exchange.piece()) is not None:
            body.feed(piece)
        content = body.whole()
        found = _validators(answer, head, hashlib.sha256(content).hexdigest())
        if known and known.url == answer.url and known.body_hash == found.body_hash:
            return replace(answer, outcome="not_modified", validators=found)
        return replace(answer, body=content, content_type=_printable(head.get("content-type")), validators=found)

    def _context(self) -> ssl.SSLContext:
        """Made when the first https URL asks for it: reading the certificates takes its time."""
        if self._tls is None:
            self._tls = httpx.create_ssl_context(trust_env=False)
        return self._tls

    @asynccontextmanager
    async def _turn(self, host: str) -> AsyncIterator[None]:
        """One request's time: a slot of ours, and at the host nobody else and long enough after the one before."""
        interval = self._settings.per_host_interval.total_seconds()
        if interval <= 0:
            async with self._slots:
                yield
            return
        turn = self._host(host.rstrip("."))
        loop = asyncio.get_running_loop()
        async with turn.lock:
            await asyncio.sleep(max(0.0, turn.free_at - loop.time()))
            async with self._slots:
                turn.free_at = loop.time() + interval
                yield

    def _host(self, name: str) -> _Host:
        if len(self._hosts) > _HOSTS_KEPT:
            now = asyncio.get_running_loop().time()
            self._hosts = {k: h for k, h in self._hosts.items() if h.lock.locked() or h.free_at > now}
        return self._hosts.setdefault(name, _Host(asyncio.Lock()))


def user_agent(contact: str) -> str:
    """Who we are: ``scowatch/0.1.0 (+mailto:ops@example.org)``."""
    plain = "".join(c for c in contact if " " <= c <= "~" and c not in "()").strip()
    return f"scowatch/{__version__} (+{plain})" if plain else f"scowatch/{__version__}"


def checked(url: str) -> httpx.URL:
    """The URL, if it is one that may be fetched. Raises: Refusal.

    The one parser of everything that is fetched: what it makes of the text is what is connected to.
    """
    url = url.strip(" \t\r\n\f")
    if len(url) > _URL_LIMIT:
        raise Refusal(f"URL is longer than {_URL_LIMIT} characters")
    if _BAD_IN_URL.search(url):
        raise Refusal("URL has a control character or a backslash in it")
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, ValueError, UnicodeError) as error:
        raise Refusal("not a URL that can be read") from error
    return _checked_parts(parsed)


def _checked_parts(url: httpx.URL) -> httpx.URL:
    if url.scheme not in ("http", "https"):
        raise Refusal("only http and https URLs are fetched")
    if url.userinfo:
        raise Refusal("URL has a user name in it")
    host = url.raw_host.decode("ascii", "replace")
    if not host or "%" in host or "@" in url.netloc.decode("ascii", "replace"):
        raise Refusal("URL has no valid host")
    if url.port is not None and not 0 < url.port < 65536:
        raise Refusal(f"URL has port {url.port}, which cannot be")
    return url.copy_with(fragment=None) if url.fragment else url


def port(url: httpx.URL) -> int:
    return url.port or (443 if url.scheme == "https" else 80)


def netloc(url: httpx.URL) -> str:
    """What stands in the Host header."""
    return url.netloc.decode("ascii")


def _location(here: httpx.URL, head: Head) -> httpx.URL:
    location = _as_written(head.get("location") or "").strip()
    if not location:
        raise Refusal(f"HTTP {head.status} without a place to go", "temporary")
    if _BAD_IN_URL.search(location):
        raise Refusal("redirect to a URL with a control character or a backslash in it")
    try:
        joined = str(here.join(location))
    except (httpx.InvalidURL, ValueError, UnicodeError) as error:
        raise Refusal("redirect to a URL that cannot be read") from error
    return checked(joined)


def _as_written(location: str) -> str:
    """The redirect's target in the letters of its publisher: servers send paths in other scripts as bare UTF-8."""
    try:
        return location.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return location


def _without_body(answer: Fetch, head: Head) -> Fetch:
    """What a status other than 200 means; its body is never read."""
    outcome, reason = reasons.of_status(head.status)
    if head.status == 304:
        reason = "HTTP 304: not modified, although we have nothing of it"
    elif head.status < 300:
        reason = f"{reason}, not a whole answer"
    wait = reasons.retry_after(head.get("retry-after"), datetime.now(UTC))
    return replace(answer, outcome=outcome, error=reason, retry_after=wait)


def _conditions(validators: Validators | None) -> dict[str, str]:
    """The headers that ask only for something newer (RFC 9110 section 13.1)."""
    if validators is None:
        return {}
    asked = {
        "If-None-Match": _printable(validators.etag),
        "If-Modified-Since": _printable(validators.last_modified),
    }
    return {name: value for name, value in asked.items() if value}


def _validators(answer: Fetch, head: Head, body_hash: str) -> Validators:
    """What to ask with next time; of a redirected answer only its hash, as the rest belongs to another URL."""
    if answer.url != answer.final_url and checked(answer.url) != httpx.URL(answer.final_url):
        return Validators(url=answer.url, body_hash=body_hash)
    return Validators(
        url=answer.url,
        etag=_printable(head.get("etag")),
        last_modified=_past(_printable(head.get("last-modified"))),
        body_hash=body_hash,
    )


def _past(last_modified: str | None) -> str | None:
    """The date, unless it lies ahead: such a one would find everything unchanged until then."""
    try:
        ahead = parsedate_to_datetime(last_modified or "") > datetime.now(UTC) + timedelta(days=1)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return None if ahead else last_modified


def _printable(value: str | None) -> str | None:
    """The header's value if it is short and plain enough to be kept and sent back."""
    if not value or len(value) > _VALIDATOR_LIMIT or not all(" " <= c <= "~" for c in value):
        return None
    return value


def _why(error: BaseException) -> tuple[reasons.Failure, str]:
    if isinstance(error, httpx.InvalidURL):
        return "permanent", "not a URL that can be read"
    return reasons.of_error(error)
