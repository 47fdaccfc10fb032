"""httpx's interface over connections of our own: each exchange has one for itself, to an address that was checked."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator

from sources.lean_httpx import httpx
from sources.network import GuardedNetwork, Stream
from sources.urls import port
from sources.wire import Exchange


class Transport(httpx.AsyncBaseTransport):
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
