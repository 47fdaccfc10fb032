"""A web server on loopback that takes POSTs and can go wrong in every way before and after it took one.

``script`` is consumed one step a request, the last one repeats: ``ok``, ``429:N`` (Retry-After N seconds), a status
(``500d``: delivered, then that status), ``rst`` (reset, not delivered), ``rstd`` (delivered, then reset), ``hang``
(delivered, no answer), ``302`` (elsewhere).
"""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Receiver:
    """What came, and what of it was taken."""

    script: tuple[str, ...]
    port: int = 0
    path: str = "/hook/SECRET"
    #: (headers with lower-case names, body) of every request; bodies of those that were taken.
    asked: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    taken: list[bytes] = field(default_factory=list)
    done: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}{self.path}"


class _Handler(BaseHTTPRequestHandler):
    receiver: Receiver

    def do_POST(self) -> None:
        receiver, body = self.receiver, self.rfile.read(int(self.headers["Content-Length"]))
        receiver.asked.append(({key.lower(): value for key, value in self.headers.items()}, body))
        step = receiver.script[min(len(receiver.asked), len(receiver.script)) - 1]
        if step in ("ok", "hang") or step.endswith("d"):
            receiver.taken.append(body)
        if step.startswith("rst"):
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
        elif step == "hang":
            receiver.done.wait(20)
        else:
            status, _, wait = step.removesuffix("d").partition(":")
            self._answer(200 if step == "ok" else int(status), wait)

    def do_GET(self) -> None:
        """Where a redirect would end."""
        self.receiver.asked.append(({}, b"GET"))
        self._answer(200, "")

    def _answer(self, status: int, wait: str) -> None:
        self.send_response(status)
        headers = {"Content-Length": "2", "Connection": "close"} | ({"Retry-After": wait} if wait else {})
        for key, value in headers.items() if status != 302 else (headers | {"Location": "/elsewhere"}).items():
            self.send_header(key, value)
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_: object) -> None:
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Resets are meant."""


@contextlib.contextmanager
def receiver(*script: str) -> Iterator[Receiver]:
    """A running one."""
    made = Receiver(script or ("ok",))
    server = _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"receiver": made}))
    made.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        made.done.set()
        server.shutdown()
        server.server_close()
        thread.join(5)
