"""One request and its answer on one connection: never used twice, it can only bring the answer to our request."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence

import h11

from sources.network import Refusal, Stream

_READ = 64 * 1024


class Exchange:
    """One GET over HTTP/1.1."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._http = h11.Connection(h11.CLIENT, max_incomplete_event_size=100 * 1024)
        #: Head of the request as sent.
        self.asked = b""

    async def ask(self, target: bytes, headers: Sequence[tuple[bytes, bytes]]) -> h11.Response:
        """The head of the answer. Raises: Refusal, h11.RemoteProtocolError, OSError."""
        request = self._http.send(h11.Request(method="GET", target=target, headers=list(headers)))
        end = self._http.send(h11.EndOfMessage())
        with contextlib.suppress(OSError):  # a server may say no and close before it has heard all: worth reading
            self.asked = (request or b"") + (end or b"")
            await self._stream.write(self.asked)
        while not isinstance(event := await self._event(), h11.Response):
            if isinstance(event, h11.InformationalResponse) and event.status_code != 101:
                continue
            raise Refusal("answer is not valid HTTP", "temporary")
        return event

    async def piece(self) -> bytes | None:
        """The next piece of the body; None: that was all. Raises: as `ask`."""
        event = await self._event()
        return bytes(event.data) if isinstance(event, h11.Data) else None

    async def _event(self) -> object:
        while (event := self._http.next_event()) is h11.NEED_DATA:
            data = await self._stream.read(_READ)
            if not data and self._http.their_state is h11.SEND_RESPONSE:
                raise Refusal("connection closed without a valid answer", "temporary")
            self._http.receive_data(data)
        return event


def head(response: h11.Response) -> bytes:
    """The answer's head as bytes: names and values letter by letter, in the order in which they came."""
    first = b"HTTP/%s %d %s" % (response.http_version, response.status_code, response.reason)
    lines = [first.rstrip(), *(name + b": " + value for name, value in response.headers.raw_items())]
    return b"\r\n".join(lines) + b"\r\n\r\n"
