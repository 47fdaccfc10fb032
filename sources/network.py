"""Connections that can only lead where they may: names are looked up once and every answer is checked.

The check stands directly before the connection, on the very address that is connected to, so neither a name that
answers differently the second time nor a redirect gets around it. Every stream counts what it receives.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_address
from typing import Literal

from sources.addresses import Network, refusal

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


class Stream:
    """A connection that ends when it has received more than it may."""

    def __init__(self, sock: socket.socket, address: str = "") -> None:
        self._socket = sock
        #: Of the other side.
        self.address = address
        self._loop = asyncio.get_running_loop()
        #: With TLS the loop's own streams stand between; without, they would only cost time.
        self._tls: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._received = 0
        self._limit = HEAD_LIMIT
        self._excess = "headers are too large"

    def expect_body(self, limit: int) -> None:
        """From now on at most `limit` bytes more, the rest of what was read with the head among them."""
        self._received = 0
        self._limit = limit
        self._excess = f"answer is larger than {limit / 2**20:g} MiB"

    async def secure(self, context: ssl.SSLContext, name: str) -> None:
        """Begins TLS; the certificate has to be for that name."""
        self._tls = await asyncio.open_connection(sock=self._socket, ssl=context, server_hostname=name)

    async def read(self, most: int) -> bytes:
        """What has come; empty at the end. Raises: Refusal, when it is more than it may be."""
        data = await (self._tls[0].read(most) if self._tls else self._loop.sock_recv(self._socket, most))
        self._received += len(data)
        if self._received > self._limit:
            raise Refusal(self._excess)
        return data

    async def write(self, data: bytes) -> None:
        if self._tls is None:
            await self._loop.sock_sendall(self._socket, data)
        else:
            self._tls[1].write(data)
            await self._tls[1].drain()

    def close(self) -> None:
        """At once: nothing is ever left to send, and a farewell would wait for the other side."""
        if self._tls is None:
            self._socket.close()
        else:
            self._tls[1].transport.abort()


class GuardedNetwork:
    """Opens connections to addresses that may be contacted."""

    def __init__(self, allowed: Sequence[Network], lookups: int) -> None:
        self._allowed = tuple(allowed)
        # threads of our own: a name server that hangs must not hold the event loop's few
        self._threads = ThreadPoolExecutor(max_workers=lookups, thread_name_prefix="lookup")

    async def connect(self, host: str, port: int) -> Stream:
        """A connection to the first address that takes it. Raises: Refusal, OSError, UnicodeError."""
        addresses = await self._addresses(host, port)
        for address in addresses:
            why = refusal(address, self._allowed)
            if why:
                raise Refusal(f"address {address} is {why} and not allowed by [fetch] allow_networks")
        error: Exception = OSError("no address")
        for address in addresses[:ATTEMPTS]:
            try:
                async with asyncio.timeout(CONNECT_SECONDS):
                    return Stream(await _connected(address, port), address)
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

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)


async def _connected(address: str, port: int) -> socket.socket:
    sock = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
    try:
        sock.setblocking(False)
        await asyncio.get_running_loop().sock_connect(sock, (address, port))
    except BaseException:
        sock.close()
        raise
    return sock


def _look_up(host: str, port: int) -> list[str]:
    return [str(row[4][0]) for row in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
