"""One POST over a connection of its own, to an address that was checked, behind httpx's transport interface.

What comes back is bounded before httpx sees it: interim answers without end, headers without end and compressed bodies
never get that far. The caller sets the limit of time.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable, Sequence
from typing import Any

import h11
import httpx

#: Bytes of an answer with its head and all that comes before; what lies beyond is not read.
LIMIT = 64 * 1024
_READ = 16 * 1024
#: Said of the bytes on the wire, which are nobody's concern any more.
_HOPS = (b"content-encoding", b"transfer-encoding", b"content-length")

#: Of a host's addresses that are tried, and seconds for each but the last.
_TRIED, _SECONDS = 4, 4.0

#: Asked with a host's addresses and the scheme; raises where one of them must not be contacted.
Allow = Callable[[Sequence[str], str], None]


class Wire(httpx.AsyncBaseTransport):
    """For one exchange each time. Nothing is decompressed, no proxy is asked, no redirect is followed."""

    def __init__(
        self,
        allow: Allow,
        context: Callable[[], ssl.SSLContext],
        begun: Callable[[], None],
        most: int = LIMIT,
    ) -> None:
        """`begun` is called when the message begins to leave: from then on it may have arrived; `most`: bytes of an
        answer that are read."""
        self._allow, self._context, self._begun, self._most = allow, context, begun, most

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The answer. Raises: httpx.ConnectError, httpx.RemoteProtocolError, OSError, and what `allow` raises."""
        url = request.url
        host, secure = url.raw_host.decode("ascii"), url.scheme == "https"
        port = url.port or (443 if secure else 80)
        try:
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
            addresses = list(dict.fromkeys(str(info[4][0]) for info in found))
            self._allow(addresses, url.scheme)
            tls = {"ssl": self._context(), "server_hostname": host.rstrip(".")} if secure else {}
            reader, writer = await _connected(addresses[:_TRIED], port, tls)
        except (OSError, UnicodeError) as error:
            raise httpx.ConnectError(str(error)) from error
        try:
            return await self._exchange(request, await request.aread(), reader, writer)
        except h11.RemoteProtocolError as error:
            raise httpx.RemoteProtocolError(str(error)) from error
        finally:
            writer.transport.abort()

    async def _exchange(
        self, request: httpx.Request, body: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> httpx.Response:
        talk = h11.Connection(h11.CLIENT, max_incomplete_event_size=LIMIT)
        head = h11.Request(method=request.method, target=request.url.raw_path, headers=request.headers.raw)
        said = [talk.send(head), talk.send(h11.Data(data=body)), talk.send(h11.EndOfMessage())]
        self._begun()
        writer.write(b"".join(piece for piece in said if piece))
        await writer.drain()
        return await _answer(talk, reader, self._most)


async def _connected(
    addresses: Sequence[str], port: int, tls: dict[str, Any]
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A connection to the first address that takes one: of a host with two kinds of addresses one may be out of order.

    Raises: OSError of the last one.
    """
    for address in addresses[:-1]:
        try:
            async with asyncio.timeout(_SECONDS):
                return await asyncio.open_connection(address, port, limit=LIMIT, **tls)
        except OSError:  # TimeoutError is one
            continue
    return await asyncio.open_connection(addresses[-1], port, limit=LIMIT, **tls)


async def _answer(talk: h11.Connection, reader: asyncio.StreamReader, most: int) -> httpx.Response:
    """The answer with the beginning of its body."""
    head: h11.Response | None = None
    body, left = bytearray(), most
    while not isinstance(event := talk.next_event(), h11.EndOfMessage):
        if event is h11.NEED_DATA:
            if left <= 0:
                break
            data = await reader.read(min(_READ, left))
            left -= len(data)
            if not data and head is None:
                raise httpx.RemoteProtocolError("closed without an answer")
            talk.receive_data(data)
        elif isinstance(event, h11.Response):
            head = event
        elif isinstance(event, h11.Data):
            body += event.data
        elif not isinstance(event, h11.InformationalResponse) or event.status_code == 101:
            raise httpx.RemoteProtocolError("not an answer")
    if head is None:
        raise httpx.RemoteProtocolError("an answer without end")
    headers = [(name, value) for name, value in head.headers if name not in _HOPS]
    return httpx.Response(head.status_code, headers=headers, content=bytes(body))
