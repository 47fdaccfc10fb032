"""When a request may go out: long enough after the one before to the same host, and not too many at one time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

_HOSTS_KEPT = 4096
# Requests of one host at once, where no pause between them is set.
_HOST_PLACES = 6
# A request that takes longer gives its slot to another one and goes on beside it: a tenth of all hosts may hang.
_SLOW_SECONDS = 3.0
#: So many at one time.
SLOW_PLACES = 96


@dataclass(slots=True, kw_only=True)
class _Host:
    """One host's turn; instants are seconds of the loop's clock."""

    places: asyncio.Semaphore
    #: Least time between the beginnings of two requests.
    gap: float
    free_at: float = 0.0
    #: It asked to be left alone until then.
    held_until: float = 0.0


class Held(Exception):
    """The host asked to be left alone for so many seconds more."""

    def __init__(self, seconds: float) -> None:
        self.left = timedelta(seconds=max(1, round(seconds)))
        super().__init__(f"host asked to be left alone for another {_spoken(self.left)}")


class Turns:
    """The turns of all hosts of one run. Belongs to one event loop.

    `gap`: least time between two requests to a host that does not ask for more; `quick`: requests under way at one
    time, beside those that take long.
    """

    def __init__(self, gap: timedelta, quick: int) -> None:
        self._gap = gap.total_seconds()
        self._slots = _Slots(quick, SLOW_PLACES)
        self._hosts: dict[str, _Host] = {}

    def hold(self, name: str, seconds: float) -> None:
        """Leaves the host alone for so long."""
        host = self._host(name)
        host.held_until = max(host.held_until, asyncio.get_running_loop().time() + seconds)

    def slow_down(self, name: str, gap: timedelta) -> None:
        """From now on at least so much time lies between two requests to the host."""
        host = self._host(name)
        host.gap = max(host.gap, gap.total_seconds())

    @asynccontextmanager
    async def one(self, name: str) -> AsyncIterator[None]:
        """One request's time: a slot of ours, and at the host long enough after the one before. Raises: Held."""
        host, loop = self._host(name), asyncio.get_running_loop()
        async with host.places:
            while (wait := host.free_at - loop.time()) > 0:
                await asyncio.sleep(wait)
            if host.gap:
                host.free_at = loop.time() + host.gap  # nobody else gets through while we wait for a slot
            async with self._slots.one():
                if host.held_until > loop.time():
                    raise Held(host.held_until - loop.time())
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
            places = asyncio.Semaphore(1 if self._gap else _HOST_PLACES)
            host = self._hosts[name] = _Host(places=places, gap=self._gap)
        return host


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


def _spoken(time: timedelta) -> str:
    seconds = round(time.total_seconds())
    return f"{seconds} s" if seconds < 120 else f"{seconds // 60} min" if seconds < 7200 else f"{seconds // 3600} h"
