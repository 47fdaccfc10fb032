"""Worker processes that read strangers' bytes: one is started with the first task, more when much waits for it; each is
killed and replaced when it goes wrong.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from monitor.errors import ParseError
from monitor.types import Address, Fetch, Listing, Page, Selectors
from sources import LISTINGS, plain, unchanged
from sources.unchanged import Cut, Seen
from sources.worker import LENGTH

_ROOT = Path(__file__).resolve().parent.parent
_ANSWER_LIMIT = 128 * 2**20
_AT_ONCE = 2**18
#: Another worker takes as long to start as one needs for so many bytes of bodies, or may be held up by one document.
_WORTH_ANOTHER, _PATIENCE = 2**20, 0.5
#: Seconds that a killed worker may take to be gone.
_DYING = 5
# all that a worker gets of our environment: no secret is among it
_KEPT_VARIABLES = ("PATH", "LANG", "LC_ALL", "TZ", "TMPDIR", "LD_LIBRARY_PATH", "SSL_CERT_FILE")


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one task may use."""

    cpu: timedelta = timedelta(seconds=10)
    wall: timedelta = timedelta(seconds=20)
    #: Address space in bytes.
    memory: int = 2**30


@dataclass(slots=True)
class _Worker:
    process: subprocess.Popen[bytes]
    #: Both ways to it. One socket costs a third of what asyncio's streams over two pipes do.
    line: socket.socket
    tasks: int = 0


class _DiedUsed(ParseError):
    """A worker that had read other documents died."""


class ParserPool:
    """monitor.ports.Parser. Belongs to one event loop."""

    def __init__(self, workers: int = 2, *, limits: Limits | None = None, tasks_per_worker: int = 300) -> None:
        self._limits = limits or Limits()
        self._tasks_per_worker = tasks_per_worker
        self._most = workers
        #: One for each worker that there may be by now.
        self._slots = asyncio.Semaphore(1)
        self._opened = 1
        #: Bytes of the bodies that wait for a worker.
        self._waiting = 0
        self._idle: list[_Worker] = []

    async def listing(self, kind: str, address: Address, fetch: Fetch, seen: bytes = b"") -> Listing:
        """What the body lists, without the items of which `seen` has the digests. Raises: ParseError."""
        if kind not in LISTINGS:
            raise ParseError(f"kind {kind!r} is not one of {', '.join(LISTINGS)}")
        parts = unchanged.cut(fetch, address) if kind == "feed" else None
        if parts is None:
            return await self._listing(kind, address, fetch)
        last = unchanged.known(seen, parts)
        found = await self._changed(kind, address, fetch, parts, last) if last else None
        return found or unchanged.remembered(parts, await self._listing(kind, address, fetch))

    async def _changed(self, kind: str, address: Address, fetch: Fetch, parts: Cut, last: Seen) -> Listing | None:
        """The listing by what is new since the last time alone; None: the whole body has to be read."""
        places = unchanged.fresh(parts, last)
        if not places:
            return unchanged.unchanged(parts, last)
        small = replace(fetch, body=parts.body(places))
        if len(places) == len(parts.items) or not unchanged.is_certain(small):
            return None
        try:
            return unchanged.merged(parts, places, await self._listing(kind, address, small), last)
        except ParseError:
            return None

    async def _listing(self, kind: str, address: Address, fetch: Fetch) -> Listing:
        """What a worker makes of the body. Raises: ParseError."""
        task = {"do": "listing", "kind": kind, "address": plain.from_address(address)}
        try:
            return plain.to_listing(await self._done(task, fetch))
        except (ValueError, TypeError, KeyError) as error:
            raise ParseError("could not be read (the worker's answer makes no sense)") from error

    async def page(self, fetch: Fetch, selectors: Selectors) -> Page:
        """The article on the page. Raises: ParseError."""
        task = {"do": "page", "selectors": plain.from_selectors(selectors)}
        try:
            return plain.to_page(await self._done(task, fetch))
        except (ValueError, TypeError, KeyError) as error:
            raise ParseError("could not be read (the worker's answer makes no sense)") from error

    async def cleaned(self, fetch: Fetch) -> str:
        """The page's markup, safe to be shown. Raises: ParseError."""
        found = await self._done({"do": "cleaned"}, fetch)
        if not isinstance(found, str):
            raise ParseError("could not be read (the worker's answer makes no sense)")
        return found

    async def aclose(self) -> None:
        """Ends the workers that have nothing to do; the others end with their tasks' cancellation."""
        while self._idle:
            _end(self._idle.pop())

    async def _done(self, task: dict[str, Any], fetch: Fetch) -> Any:
        """What a worker says of the body. Raises: ParseError."""
        header = json.dumps(task | {"content_type": fetch.content_type, "url": fetch.final_url}).encode()
        async with self._turn(len(fetch.body)):
            try:
                answer = await self._tried(header, fetch.body)
            except _DiedUsed:  # perhaps of what came before
                answer = await self._tried(header, fetch.body, fresh=True)
        if "error" in answer:
            raise ParseError(str(answer["error"])[:500])
        return answer["value"]

    @asynccontextmanager
    async def _turn(self, size: int) -> AsyncIterator[None]:
        """The time of one task with a body of that size."""
        self._waiting += size
        try:
            while not await self._has_slot():
                self._opened += 1
                self._slots.release()
        finally:
            self._waiting -= size
        try:
            yield
        finally:
            self._slots.release()

    async def _has_slot(self) -> bool:
        """True, once the task has a slot; False, when it is time for another one."""
        if self._opened >= self._most or not self._slots.locked():
            return await self._slots.acquire()
        if self._waiting > _WORTH_ANOTHER:
            return False
        try:
            async with asyncio.timeout(_PATIENCE):
                return await self._slots.acquire()
        except TimeoutError:
            return self._opened >= self._most and await self._slots.acquire()

    async def _tried(self, header: bytes, body: bytes, fresh: bool = False) -> dict[str, Any]:
        worker = self._idle.pop() if self._idle and not fresh else self._started()
        try:
            answer = await self._asked(worker, header, body)
        except BaseException:
            _end(worker)  # in the middle of something: nothing that it says later would be an answer
            raise
        worker.tasks += 1
        if worker.tasks >= self._tasks_per_worker or "last" in answer:
            _end(worker)
        else:
            self._idle.append(worker)
        return answer

    def _started(self) -> _Worker:
        """A new worker. Started and ended without asyncio's own machinery, in which a task that is cancelled at the
        wrong moment waits for ever; both take some milliseconds."""
        limits = self._limits
        line, theirs = socket.socketpair()
        line.setblocking(False)
        with theirs:
            for end in (line, theirs):
                end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _AT_ONCE)
            command = [sys.executable, "-m", "sources.worker", str(int(limits.cpu.total_seconds())), str(limits.memory)]
            process = subprocess.Popen(
                command,
                stdin=theirs.fileno(),
                stdout=theirs.fileno(),
                stderr=subprocess.DEVNULL,
                env=_environment(),
                start_new_session=True,  # Ctrl-C is for us: a worker ends when its input does
            )
        return _Worker(process, line)

    async def _asked(self, worker: _Worker, header: bytes, body: bytes) -> dict[str, Any]:
        wall = self._limits.wall.total_seconds()
        try:
            async with asyncio.timeout(wall):
                return await _exchange(worker.line, header, body)
        except TimeoutError as error:
            raise ParseError(f"took longer than {wall:g} s to be read") from error
        except ConnectionError as error:
            cause = await self._cause_of_death(worker.process)
            expensive = worker.process.returncode == -signal.SIGXCPU
            raise (_DiedUsed if worker.tasks and not expensive else ParseError)(cause) from error
        except ValueError as error:
            raise ParseError("could not be read (the worker's answer makes no sense)") from error

    async def _cause_of_death(self, process: subprocess.Popen[bytes]) -> str:
        for _ in range(250):
            if process.poll() is not None:
                break
            await asyncio.sleep(0.02)
        status = process.returncode
        if status is None:
            return "could not be read (the worker broke off)"
        if status == -signal.SIGXCPU:
            return f"took more than {self._limits.cpu.total_seconds():g} s of processor time to be read"
        if status < 0:
            return f"could not be read (the worker died of {signal.Signals(-status).name})"
        return f"could not be read (the worker ended with {status})"


async def _exchange(line: socket.socket, header: bytes, body: bytes) -> dict[str, Any]:
    """The worker's answer. Raises: ConnectionError when it dies, ValueError for nonsense."""
    loop = asyncio.get_running_loop()
    await loop.sock_sendall(line, LENGTH.pack(len(header)) + header + LENGTH.pack(len(body)))
    await loop.sock_sendall(line, body)
    said = bytearray()
    length = _ANSWER_LIMIT
    while len(said) < LENGTH.size + length:
        part = await loop.sock_recv(line, _AT_ONCE)
        if not part:
            raise ConnectionError
        said += part
        if len(said) - len(part) < LENGTH.size <= len(said):
            length = LENGTH.unpack_from(said)[0]
            if length > _ANSWER_LIMIT:
                raise ValueError("answer is too long")
    answer = json.loads(said[LENGTH.size :])
    if not isinstance(answer, dict) or not answer.keys() & {"value", "error"}:
        raise ValueError("no answer")
    return answer


def _end(worker: _Worker) -> None:
    """Ends the process and waits for it: nobody leaves a child behind, whatever is cancelled around him."""
    worker.line.close()
    worker.process.kill()
    with contextlib.suppress(subprocess.TimeoutExpired):
        worker.process.wait(_DYING)


def _environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    # numpy's threads reserve address space for each processor, and would be counted against the limit
    single = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"}
    return kept | single | {"PYTHONPATH": str(_ROOT), "PYTHONSAFEPATH": "1", "PYTHONUTF8": "1"}
