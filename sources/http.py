"""The only module that fetches. What the network does comes back as a value, never as an exception.

::

    fetch(url) -> for each hop: check the URL -> ask robots.txt, for pages -> wait for the host's turn -> a free slot
                  -> connect to a checked address -> head of the answer -> a redirect's body is not read
                  | body with limits -> Fetch
"""

from __future__ import annotations

import asyncio
import hashlib
import re
import socket
import ssl
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache
from ipaddress import ip_address
from typing import cast

# httpx pulls in its own command line (rich, pygments, click) wherever these are installed: more than half of the CPU
# time of the import. None in sys.modules makes that one import fail, for which httpx is prepared.
_loaded = cast("dict[str, object]", sys.modules)
_spared = _loaded.setdefault("httpx._main", None) is None
import httpx  # noqa: E402

if _spared:
    del _loaded["httpx._main"]

from monitor import __version__  # noqa: E402
from monitor.types import Capture, Fetch, Validators  # noqa: E402
from sources import freshness, reasons  # noqa: E402
from sources.addresses import Network, networks, refusal  # noqa: E402
from sources.body import Body  # noqa: E402
from sources.network import GuardedNetwork, Refusal, Stream  # noqa: E402
from sources.robots import SIZE as ROBOTS_SIZE  # noqa: E402
from sources.robots import Robots  # noqa: E402
from sources.wire import Exchange, head  # noqa: E402

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_LASTING = frozenset({301, 308})
_URL_LIMIT = 4096
_HEADERS_LIMIT = 64 * 1024
_VALIDATOR_LIMIT = 1024
_HOSTS_KEPT = 4096
# Requests of one host at once, where no pause between them is set.
_HOST_PLACES = 6
# A request that takes longer gives its slot to another one and goes on beside it: a tenth of all hosts may hang.
_SLOW_SECONDS = 3.0
_SLOW_PLACES = 96
_ROBOTS_SECONDS = 10.0
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


@dataclass(slots=True, kw_only=True)
class _Host:
    """One host's turn; instants are seconds of the loop's clock."""

    places: asyncio.Semaphore
    #: Least time between the beginnings of two requests.
    gap: float
    free_at: float = 0.0
    #: It asked to be left alone until then.
    held_until: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wish:
    """What is to be fetched."""

    url: str
    validators: Validators | None
    #: For all requests together.
    seconds: float
    #: Only what robots.txt allows.
    robots: bool = False
    #: Bytes of the body that are enough: the rest is not read. None: all of it, or none.
    enough: int | None = None
    #: The answer as it came over the wire is wanted too.
    keep: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Redirect:
    target: httpx.URL
    #: 301 or 308.
    lasting: bool


class _Held(Exception):
    """The host asked to be left alone for so many seconds more."""

    def __init__(self, seconds: float) -> None:
        self.left = timedelta(seconds=max(1, round(seconds)))
        super().__init__(f"host asked to be left alone for another {_spoken(self.left)}")


class HttpFetcher:
    """monitor.ports.Fetcher over HTTP. Belongs to one event loop."""

    def __init__(self, settings: FetchSettings) -> None:
        self._settings = settings
        self._seconds = settings.timeout.total_seconds()
        self._network = GuardedNetwork(networks(settings.allow_networks), lookups=settings.concurrency + _SLOW_PLACES)
        self._transport = _Transport(self._network, settings.max_wire_bytes)
        self._headers = [
            ("User-Agent", user_agent(settings.contact)),
            ("Accept", "*/*"),
            ("Accept-Encoding", "gzip"),
            ("Connection", "close"),
        ]
        self._slots = _Slots(settings.concurrency, _SLOW_PLACES)
        self._hosts: dict[str, _Host] = {}
        self._robots = Robots(self._robots_txt)

    async def fetch(
        self, url: str, validators: Validators | None = None, *, robots: bool = False, keep: bool = False
    ) -> Fetch:
        """The answer of that URL, or why there is none. Never raises for anything the network does.

        `robots`: only what robots.txt allows, on each hop, as slowly as it asks; `keep`: with its capture.
        """
        return await self._fetch(_Wish(url=url, validators=validators, seconds=self._seconds, robots=robots, keep=keep))

    def hold(self, pauses: Mapping[str, datetime]) -> None:
        """Leaves those hosts alone until then."""
        now, here = datetime.now(UTC), asyncio.get_running_loop().time()
        for host_name, until in pauses.items():
            host = self._host(host_name)
            host.held_until = max(host.held_until, here + (until - now).total_seconds())

    async def aclose(self) -> None:
        self._network.close()

    async def _fetch(self, wish: _Wish) -> Fetch:
        url, final = wish.url, [wish.url]
        try:
            return await self._follow(wish, final)
        except TimeoutError:
            return Fetch(url=url, outcome="temporary", final_url=final[0], error=f"no answer within {wish.seconds:g} s")
        except _Held as held:
            return Fetch(url=url, outcome="temporary", final_url=final[0], error=str(held), retry_after=held.left)
        except Exception as error:  # noqa: BLE001 - five unrelated families of errors, and no one source may end a pass
            outcome, reason = _why(error)
            return Fetch(url=url, outcome=outcome, final_url=final[0], error=reason)

    async def _robots_txt(self, url: str) -> Fetch:
        seconds = min(_ROBOTS_SECONDS, self._seconds)
        return await self._fetch(_Wish(url=url, validators=None, seconds=seconds, enough=ROBOTS_SIZE + 1))

    async def _follow(self, wish: _Wish, final: list[str]) -> Fetch:
        """The answer at the end of the redirects; `final` is told where we are."""
        target, moved, validators, seconds = checked(wish.url), _Moved(), wish.validators, wish.seconds
        # validators are an agreement with one URL: no other one gets to see them
        ours = None if validators is None or validators.url != wish.url else validators.final_url or str(target)
        for _ in range(self._settings.max_redirects + 1):
            final[0] = str(target)
            started = asyncio.get_running_loop().time()
            if wish.robots:
                await self._ask_robots(target)
                seconds -= min(asyncio.get_running_loop().time() - started, _ROBOTS_SECONDS)
            async with self._turn(name(target)):
                started = asyncio.get_running_loop().time()
                async with asyncio.timeout(seconds):
                    asked = _conditions(validators) if final[0] == ours else {}
                    answer = await self._exchange(wish, target, asked)
                seconds -= asyncio.get_running_loop().time() - started
            if isinstance(answer, Fetch):
                return self._noted(answer, target, moved)
            moved.follow(target, answer)
            target = answer.target
        raise Refusal(f"more than {self._settings.max_redirects} redirects", "temporary")

    def _noted(self, answer: Fetch, target: httpx.URL, moved: _Moved) -> Fetch:
        """The answer, after what it asks for has been put down."""
        if answer.retry_after is not None:
            host = self._host(name(target))
            until = asyncio.get_running_loop().time() + answer.retry_after.total_seconds()
            host.held_until = max(host.held_until, until)
        good = answer.outcome in ("ok", "not_modified")
        return replace(answer, moved_to=moved.to) if good and moved.to else answer

    async def _ask_robots(self, target: httpx.URL) -> None:
        """Nothing, when robots.txt allows it. Raises: Refusal."""
        rules = await self._robots.rules(f"{target.scheme}://{netloc(target)}")
        if rules.delay is not None:
            host = self._host(name(target))
            host.gap = max(host.gap, rules.delay.total_seconds())
        if not rules.allows(str(target)):
            raise Refusal("robots.txt of the host does not allow it")

    async def _exchange(self, wish: _Wish, target: httpx.URL, asked: dict[str, str]) -> Fetch | _Redirect:
        """The answer, or where it sends us."""
        request = httpx.Request("GET", target, headers=[*self._headers, *asked.items()])
        response = await self._transport.handle_async_request(request)
        try:
            if sum(len(key) + len(value) + 4 for key, value in response.headers.raw) > _HEADERS_LIMIT:
                raise Refusal("headers are too large")
            if response.status_code in _REDIRECTS:
                return _Redirect(target=_location(target, response), lasting=response.status_code in _LASTING)
            answer = Fetch(url=wish.url, outcome="ok", final_url=str(target), status=response.status_code)
            if response.status_code == 200:
                return await self._read(answer, response, wish)
            if response.status_code == 304 and asked:
                known, fresh_for = wish.validators, _fresh_for(response)
                return replace(answer, outcome="not_modified", validators=known, fresh_for=fresh_for)
            return _without_body(answer, response)
        finally:
            await response.aclose()

    async def _read(self, answer: Fetch, response: httpx.Response, wish: _Wish) -> Fetch:
        """The answer with its body, or not_modified where the body is the one we know."""
        headers, known = response.headers, wish.validators
        limit = wish.enough or self._settings.max_body_bytes
        body = Body(headers.get("content-encoding") or "", limit, cut=wish.enough is not None, keep=wish.keep)
        at = datetime.now(UTC)
        async with aclosing(response.stream.__aiter__()) as pieces:  # type: ignore[union-attr,type-var]  # ours
            async for piece in pieces:
                body.feed(piece)
                if body.full:
                    break
        content = body.whole()
        answer = replace(answer, fresh_for=_fresh_for(response))
        found = _validators(answer, response, hashlib.sha256(content).hexdigest())
        if known and known.url == answer.url and known.body_hash == found.body_hash:
            return replace(answer, outcome="not_modified", validators=found)
        capture = _capture(answer, response, at, body.as_sent(content)) if wish.keep else None
        content_type = _printable(headers.get("content-type"))
        return replace(answer, body=content, content_type=content_type, validators=found, capture=capture)

    @asynccontextmanager
    async def _turn(self, name: str) -> AsyncIterator[None]:
        """One request's time: a slot of ours, and at the host long enough after the one before. Raises: _Held."""
        host, loop = self._host(name), asyncio.get_running_loop()
        async with host.places:
            while (wait := host.free_at - loop.time()) > 0:
                await asyncio.sleep(wait)
            if host.gap:
                host.free_at = loop.time() + host.gap  # nobody else gets through while we wait for a slot
            async with self._slots.one():
                if host.held_until > loop.time():
                    raise _Held(host.held_until - loop.time())
                if host.gap:
                    host.free_at = loop.time() + host.gap
                yield

    def _host(self, name: str) -> _Host:
        if len(self._hosts) > _HOSTS_KEPT:
            now = asyncio.get_running_loop().time()
            self._hosts = {
                k: h for k, h in self._hosts.items() if h.places.locked() or max(h.free_at, h.held_until) > now
            }
        if (host := self._hosts.get(name)) is None:
            gap = self._settings.per_host_interval.total_seconds()
            host = self._hosts[name] = _Host(places=asyncio.Semaphore(1 if gap else _HOST_PLACES), gap=gap)
        return host


class _Transport(httpx.AsyncBaseTransport):
    """A connection for each exchange, to an address that was checked."""

    def __init__(self, network: GuardedNetwork, max_wire_bytes: int) -> None:
        self._network, self._max_wire_bytes = network, max_wire_bytes
        self._tls: ssl.SSLContext | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The answer, its body still on the wire. Raises: Refusal, h11.RemoteProtocolError, OSError."""
        target = request.url
        stream = await self._network.connect(target.raw_host.decode("ascii"), port(target))
        try:
            if target.scheme == "https":
                await stream.secure(self._context(), target.raw_host.decode("ascii").rstrip("."))
            exchange = Exchange(stream)
            first = await exchange.ask(target.raw_path, request.headers.raw)
        except BaseException:
            stream.close()
            raise
        pieces = _Pieces(stream, exchange, self._max_wire_bytes)
        wire = {"asked": exchange.asked, "head": first, "address": stream.address}
        return httpx.Response(first.status_code, headers=list(first.headers), stream=pieces, extensions=wire)

    def _context(self) -> ssl.SSLContext:
        """Made when the first https URL asks for it: reading the certificates takes its time."""
        if self._tls is None:
            self._tls = httpx.create_ssl_context(trust_env=False)
        return self._tls


class _Pieces(httpx.AsyncByteStream):
    """The body as it comes off the wire; httpx's own decompression has no limit, so nothing is undone here."""

    def __init__(self, stream: Stream, exchange: Exchange, limit: int) -> None:
        self._stream, self._exchange, self._limit = stream, exchange, limit

    async def __aiter__(self) -> AsyncIterator[bytes]:
        self._stream.expect_body(self._limit)
        while (piece := await self._exchange.piece()) is not None:
            yield piece

    async def aclose(self) -> None:
        self._stream.close()


class _Slots:
    """Requests under way at one time: so many quick ones, and beside them so many that take long."""

    def __init__(self, quick: int, slow: int) -> None:
        self._quick = asyncio.Semaphore(quick)
        self._slow_left = slow

    @asynccontextmanager
    async def one(self) -> AsyncIterator[None]:
        await self._quick.acquire()
        place = _Place(self)
        try:
            yield
        finally:
            place.leave()

    def step_aside(self) -> bool:
        """Whether there was room beside; then the place is free again."""
        if not self._slow_left:
            return False
        self._slow_left -= 1
        self._quick.release()
        return True

    def leave(self, *, slow: bool) -> None:
        if slow:
            self._slow_left += 1
        else:
            self._quick.release()


class _Place:
    """One request's place among the quick ones, for as long as it is one."""

    def __init__(self, slots: _Slots) -> None:
        self._slots, self._slow = slots, False
        self._loop = asyncio.get_running_loop()
        self._timer = self._loop.call_later(_SLOW_SECONDS, self._step_aside)

    def _step_aside(self) -> None:
        self._slow = self._slots.step_aside()
        if not self._slow:
            self._timer = self._loop.call_later(_SLOW_SECONDS, self._step_aside)

    def leave(self) -> None:
        self._timer.cancel()
        self._slots.leave(slow=self._slow)


class _Moved:
    """Where permanent redirects lead, as long as they are the first ones and none gives up the encryption."""

    def __init__(self) -> None:
        self.to: str | None = None
        self._over = False

    def follow(self, here: httpx.URL, redirect: _Redirect) -> None:
        self._over |= not redirect.lasting or (here.scheme == "https" and redirect.target.scheme == "http")
        if not self._over:
            self.to = str(redirect.target)


def user_agent(contact: str) -> str:
    """Who we are: ``scowatch/0.1.0 (+mailto:ops@example.org)``."""
    plain = "".join(c for c in contact if " " <= c <= "~" and c not in "()").strip()
    return f"scowatch/{__version__} (+{plain})" if plain else f"scowatch/{__version__}"


@lru_cache(maxsize=2048)
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


def refused(url: str, allowed: Sequence[Network] | None) -> str | None:
    """Why that URL would never be fetched, as far as it can be told without asking anybody; None: it may be.

    Without `allowed` only its form is judged. What a name leads to is seen when it is connected to.
    """
    try:
        host = name(checked(url))
    except Refusal as why:
        return why.reason
    address = _literal(host) if allowed is not None else None
    kind = refusal(address, allowed or ()) if address else None
    return f"address {address} is {kind} and not allowed by [fetch] allow_networks" if kind else None


def _literal(host: str) -> str | None:
    """The address that the host is, in any writing that a look-up understands, or means for good."""
    if host == "localhost" or host.endswith(".localhost"):  # RFC 6761 section 6.3
        return "127.0.0.1"
    try:
        return str(ip_address(host))
    except ValueError:
        pass
    try:  # 2130706433, 0x7f.1, 0177.0.0.1
        return socket.inet_ntoa(socket.inet_aton(host)) if host[:1].isdigit() else None
    except OSError:
        return None


def name(url: httpx.URL) -> str:
    """The host as it is looked up, for those who keep something by host."""
    return url.raw_host.decode("ascii").rstrip(".")


def port(url: httpx.URL) -> int:
    return url.port or (443 if url.scheme == "https" else 80)


def netloc(url: httpx.URL) -> str:
    """What stands in the Host header."""
    return url.netloc.decode("ascii")


def _location(here: httpx.URL, response: httpx.Response) -> httpx.URL:
    location = _as_written(response.headers.get("location") or "").strip()
    if not location:
        raise Refusal(f"HTTP {response.status_code} without a place to go", "temporary")
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


def _without_body(answer: Fetch, response: httpx.Response) -> Fetch:
    """What a status other than 200 means; its body is never read."""
    outcome, reason = reasons.of_status(response.status_code)
    if response.status_code == 304:
        reason = "HTTP 304: not modified, although we have nothing of it"
    elif response.status_code < 300:
        reason = f"{reason}, not a whole answer"
    wait = reasons.retry_after(response.headers.get("retry-after"), datetime.now(UTC))
    return replace(answer, outcome=outcome, error=reason, retry_after=wait)


def _capture(answer: Fetch, response: httpx.Response, at: datetime, body: bytes) -> Capture:
    wire = response.extensions
    return Capture(
        url=answer.final_url,
        at=at,
        address=wire["address"] or None,
        request=wire["asked"],
        response=head(wire["head"]),
        body=body,
    )


def _fresh_for(response: httpx.Response) -> timedelta | None:
    control, expires = response.headers.get("cache-control"), response.headers.get("expires")
    if control is None and expires is None:
        return None
    return freshness.fresh_for(
        control, expires, response.headers.get("date"), response.headers.get("age"), datetime.now(UTC)
    )


def _conditions(validators: Validators | None) -> dict[str, str]:
    """The headers that ask only for something newer (RFC 9110 section 13.1)."""
    if validators is None:
        return {}
    asked = {
        "If-None-Match": _printable(validators.etag),
        "If-Modified-Since": _printable(validators.last_modified),
    }
    return {name: value for name, value in asked.items() if value}


def _validators(answer: Fetch, response: httpx.Response, body_hash: str) -> Validators:
    """What to ask with next time: the URL that answered, and no other one."""
    redirected = answer.url != answer.final_url and str(checked(answer.url)) != answer.final_url
    return Validators(
        url=answer.url,
        final_url=answer.final_url if redirected else None,
        etag=_printable(response.headers.get("etag")),
        last_modified=_past(_printable(response.headers.get("last-modified"))),
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


def _spoken(time: timedelta) -> str:
    seconds = round(time.total_seconds())
    return f"{seconds} s" if seconds < 120 else f"{seconds // 60} min" if seconds < 7200 else f"{seconds // 3600} h"


def _why(error: BaseException) -> tuple[reasons.Failure, str]:
    if isinstance(error, httpx.InvalidURL):
        return "permanent", "not a URL that can be read"
    return reasons.of_error(error)
