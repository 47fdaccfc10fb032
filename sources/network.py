"""Connections that can only lead where they may: names are looked up once and every answer is checked.

The check stands directly before the connection, on the very address that is connected to, so neither a name that
answers differently the second time nor a redirect gets around it. Every stream counts what it receives.
"""

from __future__ import annotations

import asyncio
import importlib.util
import socket
import ssl
import sys
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_address
from typing import Any, Literal, cast

import httpcore

from sources.addresses import Network, refusal

# httpcore asks for sniffio at every lock it takes. Where it is not installed each asking searches all of sys.path, a
# third of the CPU time of a fetch; None in sys.modules gives the same answer at once.
if importlib.util.find_spec("sniffio") is None:
    cast("dict[str, object]", sys.modules).setdefault("sniffio", None)

#: Received before the end of the answer's head: endless headers and endless interim answers end here.
HEAD_LIMIT = 256 * 1024
#: Addresses of one name that are tried, and seconds given to each.
ATTEMPTS = 4
CONNECT_SECONDS = 5.0


class Refusal(Exception):
    """What we do not do or do not take, in words for a person."""

    def __init__(self, reason: str, outcome: Literal["temporary", "permanent"] = "permanent") -> None:
        self.reason = reason
        self.outcome = outcome
        super().__init__(reason)


class CountedStream(httpcore.AsyncNetworkStream):
    """A connection that ends when it has received more than it may."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._received = 0
        self._limit = HEAD_LIMIT
        self._excess = "headers are too large"

    def expect_body(self, limit: int) -> None:
        """From now on at most `limit` bytes more, the rest of what was read with the head among them."""
        self._received = 0
        self._limit = limit
        self._excess = f"answer is larger than {limit / 2**20:g} MiB"

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        async with asyncio.timeout(timeout):
            data = await self._reader.read(max_bytes)
        self._received += len(data)
        if self._received > self._limit:
            raise Refusal(self._excess)
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        async with asyncio.timeout(timeout):
            self._writer.write(buffer)
            await self._writer.drain()

    async def aclose(self) -> None:
        # at once: nothing is ever left to send, and a farewell would wait for the other side
        self._writer.transport.abort()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.AsyncNetworkStream:
        try:
            async with asyncio.timeout(timeout):
                await self._writer.start_tls(ssl_context, server_hostname=server_hostname)
        except BaseException:
            await self.aclose()
            raise
        return self

    def get_extra_info(self, info: str) -> Any:  # noqa: ARG002
        return None


class GuardedNetwork(httpcore.AsyncNetworkBackend):
    """The network backend of the connection pool."""

    def __init__(self, allowed: Sequence[Network], lookups: int) -> None:
        self._allowed = tuple(allowed)
        # threads of our own: a name server that hangs must not hold the event loop's few
        self._threads = ThreadPoolExecutor(max_workers=lookups, thread_name_prefix="lookup")

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002
        local_address: str | None = None,  # noqa: ARG002
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,  # noqa: ARG002
    ) -> httpcore.AsyncNetworkStream:
        addresses = await self._addresses(host, port)
        for address in addresses:
            why = refusal(address, self._allowed)
            if why:
                raise Refusal(f"address {address} is {why} and not allowed by [fetch] allow_networks")
        error: Exception = OSError("no address")
        for address in addresses[:ATTEMPTS]:
            try:
                async with asyncio.timeout(CONNECT_SECONDS):
                    return CountedStream(*await asyncio.open_connection(address, port))
            except TimeoutError:
                error = Refusal(f"no connection within {CONNECT_SECONDS:g} s", "temporary")
            except OSError as failed:
                error = failed
        raise error

    async def _addresses(self, host: str, port: int) -> tuple[str, ...]:
        """All addresses of the host, each once, in the order in which they were given."""
        try:
            return (str(ip_address(host)),)
        except ValueError:
            pass
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(self._threads, _look_up, host, port)
        return tuple(dict.fromkeys(found))

    async def connect_unix_socket(self, *_: Any, **__: Any) -> httpcore.AsyncNetworkStream:
        raise Refusal("sockets of this machine are never contacted")

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)


def _look_up(host: str, port: int) -> list[str]:
    return [str(row[4][0]) for row in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
