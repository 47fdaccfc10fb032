"""What a host's robots.txt lets us read, and how fast. Asked through the one fetch, remembered for a day.

Source: RFC 9309. What cannot be reached (5xx, no answer) means wait; what is not there (4xx) means all is allowed.
"""

from __future__ import annotations

import asyncio
import math
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from monitor.types import Fetch
from sources.network import Refusal

#: As far as a robots.txt is read; at least 500 KiB have to be (RFC 9309 section 2.5).
SIZE = 512 * 1024
RULES = 5_000
KEPT = timedelta(hours=24)
#: After a robots.txt that could not be read: not asked for again for so long, nor is what depends on it.
AGAIN = timedelta(minutes=10)
LONGEST_DELAY = timedelta(seconds=60)
#: The name that a robots.txt calls us by.
NAME = "scowatch"

_HOSTS_KEPT = 4096
_SITEMAP = re.compile(r"site[-\s]*map", re.IGNORECASE)
_AGENT = re.compile(r"\s*user[-\s]*agent\s*:?\s*([^#]*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What one robots.txt says to us."""

    allows: Callable[[str], bool]
    #: Least time between two requests; None: it does not say.
    delay: timedelta | None = None
    #: As written there, not checked.
    sitemaps: tuple[str, ...] = ()


EVERYTHING = Rules(allows=lambda _url: True)


def read(body: bytes) -> Rules:
    """The rules of a robots.txt."""
    from protego import Protego

    if len(body) > SIZE:  # what is left of a line is another rule: "/" out of "/private"
        body = body[: body.rfind(b"\n", 0, SIZE) + 1]
    text = _for_us(body.decode("utf-8-sig", "replace"))
    parsed = Protego.parse(text)
    return Rules(
        allows=lambda url: bool(parsed.can_fetch(url, NAME)),
        delay=_delay(parsed.crawl_delay(NAME)),
        sitemaps=tuple(parsed.sitemaps)[:100],
    )


def _for_us(text: str) -> str:
    """The rules that concern us, and the sitemaps: each other name times each rule is what reading it would cost."""
    lines: list[str] = []
    ours = naming = False
    for line in text.splitlines():
        if not (line := line.partition("#")[0].strip()):
            continue
        if agent := _AGENT.match(line):
            ours, naming = ours and naming, True
            name = agent[1].strip().lower().replace("*", "") or "*"
            if name in ("*", NAME):
                ours = True
                lines.append(f"User-agent: {name}")
            continue
        naming = False
        if ours or _SITEMAP.match(line):
            lines.append(line)
        if len(lines) > RULES:
            break
    return "\n".join(lines)


def _delay(seconds: float | None) -> timedelta | None:
    if seconds is None or not math.isfinite(seconds) or seconds <= 0:
        return None
    return min(timedelta(seconds=min(seconds, 86400)), LONGEST_DELAY)


@dataclass(slots=True, kw_only=True)
class _Host:
    """What is remembered of one host."""

    lock: asyncio.Lock
    #: None: not asked yet, or in vain.
    rules: Rules | None = None
    #: Why it could not be read.
    trouble: str = ""
    #: Seconds of the loop's clock.
    until: float = 0.0


class Robots:
    """The rules of all hosts of one run."""

    def __init__(self, fetch: Callable[[str], Awaitable[Fetch]]) -> None:
        self._fetch = fetch
        self._hosts: dict[str, _Host] = {}

    async def rules(self, origin: str) -> Rules:
        """The rules of ``https://host:port``. Raises: Refusal, temporary, when they cannot be had now."""
        loop = asyncio.get_running_loop()
        host = self._host(origin)
        async with host.lock:
            if host.until <= loop.time():
                await self._ask(origin, host)
                host.until = loop.time() + (KEPT if host.rules else AGAIN).total_seconds()
        if host.rules is None:
            raise Refusal(f"robots.txt cannot be read, so nothing else is: {host.trouble}", "temporary")
        return host.rules

    async def _ask(self, origin: str, host: _Host) -> None:
        fetch = await self._fetch(f"{origin}/robots.txt")
        host.rules, host.trouble = None, fetch.error or ""
        if fetch.outcome == "ok":
            host.rules = read(fetch.body)
        elif fetch.outcome == "permanent" or ((fetch.status or 0) // 100 == 4 and fetch.status != 429):
            host.rules = EVERYTHING

    def _host(self, origin: str) -> _Host:
        if len(self._hosts) > _HOSTS_KEPT:
            now = asyncio.get_running_loop().time()
            self._hosts = {k: h for k, h in self._hosts.items() if h.lock.locked() or h.until > now}
        return self._hosts.setdefault(origin, _Host(lock=asyncio.Lock()))
