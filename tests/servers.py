"""Real servers on loopback for tests of the edges."""

from __future__ import annotations

import contextlib
import socket
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

#: What a server says: the raw bytes of its answer, in pieces if it takes its time between them.
Answer = bytes | Iterable[bytes]


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it came in."""

    path: str
    headers: dict[str, str]
    #: Monotonic seconds.
    at: float


def answer(status: str = "200 OK", body: bytes = b"", /, length: int | None = None, **headers: str) -> bytes:
    """A whole HTTP answer; a header's name has ``_`` for ``-``."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body) if length is None else length}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


@dataclass
class Web:
    """A web server that answers by path and remembers what it was asked."""

    routes: dict[str, Answer | Callable[[Asked], Answer]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    tls: ssl.SSLContext | None = None
    port: int = 0
    #: Set at the end: pieces that would still have come are not sent.
    closing: threading.Event = field(default_factory=threading.Event)

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        return f"{'https' if self.tls else 'http'}://{host}:{self.port}{path}"

    def paths(self) -> list[str]:
        return [asked.path for asked in self.asked]


class _Handler(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        web: Web = self.server.web  # type: ignore[attr-defined]
        with contextlib.suppress(OSError):
            connection = web.tls.wrap_socket(self.request, server_side=True) if web.tls else self.request
            self._serve(web, connection)
            connection.close()

    def _serve(self, web: Web, connection: socket.socket) -> None:
        import time

        data = b""
        while b"\r\n\r\n" not in data:
            piece = connection.recv(65536)
            if not piece or piece.startswith(b"\x16"):  # a TLS greeting on a plain port
                return
            data += piece
        first, *rest = data.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
        headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in rest)}
        asked = Asked(first.split(" ")[1], headers, time.monotonic())
        web.asked.append(asked)
        route = web.routes.get(asked.path.partition("?")[0], answer("404 Not Found"))
        said = route(asked) if callable(route) else route
        for piece in [said] if isinstance(said, bytes) else said:
            if web.closing.is_set():
                return
            connection.sendall(piece)


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False


@contextlib.contextmanager
def web_server(tls: ssl.SSLContext | None = None) -> Iterator[Web]:
    """A running server on a free port of 127.0.0.1."""
    web = Web(tls=tls)
    with _Server(("127.0.0.1", 0), _Handler) as server:
        server.web = web  # type: ignore[attr-defined]
        web.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield web
        finally:
            web.closing.set()
            server.shutdown()
            thread.join()
