"""The only module that fetches. What the network does comes back as a value, never as an exception.

::

    fetch(url) -> for each hop: check the URL -> ask robots.txt, for pages -> wait for the host's turn -> a free slot
                  -> connect to a checked address -> head of the answer -> a redirect's body is not read
                  | body with limits -> Fetch
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from monitor import __version__
from monitor.types import Fetch, Validators
from sources import answers, reasons, redirects, urls
from sources.addresses import networks
from sources.body import Body
from sources.lean_httpx import httpx
from sources.network import GuardedNetwork, Refusal
from sources.redirects import Redirect
from sources.robots import SIZE as ROBOTS_SIZE
from sources.robots import Robots
from sources.transport import Transport
from sources.turns import SLOW_PLACES, Held, Turns

_HEADERS_LIMIT = 64 * 1024
_ROBOTS_SECONDS = 10.0


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


class HttpFetcher:
    """monitor.ports.Fetcher over HTTP. Belongs to one event loop."""

    def __init__(self, settings: FetchSettings) -> None:
        self._settings = settings
        self._seconds = settings.timeout.total_seconds()
        self._network = GuardedNetwork(networks(settings.allow_networks), lookups=settings.concurrency + SLOW_PLACES)
        self._transport = Transport(self._network, settings.max_wire_bytes)
        self._headers = [
            ("User-Agent", user_agent(settings.contact)),
            ("Accept", "*/*"),
            ("Accept-Encoding", "gzip"),
            ("Connection", "close"),
        ]
        self._turns = Turns(settings.per_host_interval, settings.concurrency)
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
        now = datetime.now(UTC)
        for host, until in pauses.items():
            self._turns.hold(host, (until - now).total_seconds())

    async def aclose(self) -> None:
        self._network.close()

    async def _fetch(self, wish: _Wish) -> Fetch:
        url, final = wish.url, [wish.url]
        try:
            return await self._follow(wish, final)
        except TimeoutError:
            return Fetch(url=url, outcome="temporary", final_url=final[0], error=f"no answer within {wish.seconds:g} s")
        except Held as held:
            return Fetch(url=url, outcome="temporary", final_url=final[0], error=str(held), retry_after=held.left)
        except Exception as error:  # noqa: BLE001 - five unrelated families of errors, and no one source may end a pass
            outcome, reason = _why(error)
            return Fetch(url=url, outcome=outcome, final_url=final[0], error=reason)

    async def _robots_txt(self, url: str) -> Fetch:
        seconds = min(_ROBOTS_SECONDS, self._seconds)
        return await self._fetch(_Wish(url=url, validators=None, seconds=seconds, enough=ROBOTS_SIZE + 1))

    async def _follow(self, wish: _Wish, final: list[str]) -> Fetch:
        """The answer at the end of the redirects; `final` is told where we are."""
        target, moved, validators, seconds = urls.checked(wish.url), redirects.Moved(), wish.validators, wish.seconds
        # validators are an agreement with one URL: no other one gets to see them
        ours = None if validators is None or validators.url != wish.url else validators.final_url or str(target)
        for _ in range(self._settings.max_redirects + 1):
            final[0] = str(target)
            started = asyncio.get_running_loop().time()
            if wish.robots:
                await self._ask_robots(target)
                seconds -= min(asyncio.get_running_loop().time() - started, _ROBOTS_SECONDS)
            async with self._turns.one(urls.name(target)):
                started = asyncio.get_running_loop().time()
                async with asyncio.timeout(seconds):
                    asked = answers.conditions(validators) if final[0] == ours else {}
                    answer = await self._exchange(wish, target, asked)
                seconds -= asyncio.get_running_loop().time() - started
            if isinstance(answer, Fetch):
                return self._noted(answer, target, moved)
            moved.follow(target, answer)
            target = answer.target
        raise Refusal(f"more than {self._settings.max_redirects} redirects", "temporary")

    def _noted(self, answer: Fetch, target: httpx.URL, moved: redirects.Moved) -> Fetch:
        """The answer, after what it asks for has been put down."""
        if answer.retry_after is not None:
            self._turns.hold(urls.name(target), answer.retry_after.total_seconds())
        good = answer.outcome in ("ok", "not_modified")
        return replace(answer, moved_to=moved.to) if good and moved.to else answer

    async def _ask_robots(self, target: httpx.URL) -> None:
        """Nothing, when robots.txt allows it. Raises: Refusal."""
        rules = await self._robots.rules(f"{target.scheme}://{urls.netloc(target)}")
        if rules.delay is not None:
            self._turns.slow_down(urls.name(target), rules.delay)
        if not rules.allows(str(target)):
            raise Refusal("robots.txt of the host does not allow it")

    async def _exchange(self, wish: _Wish, target: httpx.URL, asked: dict[str, str]) -> Fetch | Redirect:
        """The answer, or where it sends us."""
        request = httpx.Request("GET", target, headers=[*self._headers, *asked.items()])
        response = await self._transport.handle_async_request(request)
        try:
            if sum(len(key) + len(value) + 4 for key, value in response.headers.raw) > _HEADERS_LIMIT:
                raise Refusal("headers are too large")
            if response.status_code in redirects.STATUSES:
                lasting = response.status_code in redirects.LASTING
                return Redirect(target=redirects.target(target, response), lasting=lasting)
            answer = Fetch(url=wish.url, outcome="ok", final_url=str(target), status=response.status_code)
            if response.status_code == 200:
                return await self._read(answer, response, wish)
            if response.status_code == 304 and asked:
                known, fresh_for = wish.validators, answers.fresh_for(response)
                return replace(answer, outcome="not_modified", validators=known, fresh_for=fresh_for)
            return answers.without_body(answer, response)
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
        answer = replace(answer, fresh_for=answers.fresh_for(response))
        found = answers.validators(answer, response, hashlib.sha256(content).hexdigest())
        if known and known.url == answer.url and known.body_hash == found.body_hash:
            return replace(answer, outcome="not_modified", validators=found)
        capture = answers.capture(answer, response, at, body.as_sent(content)) if wish.keep else None
        content_type = answers.printable(headers.get("content-type"))
        return replace(answer, body=content, content_type=content_type, validators=found, capture=capture)


def user_agent(contact: str) -> str:
    """Who we are: ``scowatch/0.1.0 (+mailto:ops@example.org)``."""
    plain = "".join(c for c in contact if " " <= c <= "~" and c not in "()").strip()
    return f"scowatch/{__version__} (+{plain})" if plain else f"scowatch/{__version__}"


def _why(error: BaseException) -> tuple[reasons.Failure, str]:
    if isinstance(error, httpx.InvalidURL):
        return "permanent", "not a URL that can be read"
    return reasons.of_error(error)
