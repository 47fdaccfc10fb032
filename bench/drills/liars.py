"""Servers that talk as no server should: bytes on a bare socket, one function for each way."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

Talk = Callable[[socket.socket], None]
#: Seconds after which a server that was left alone ends by itself.
_LONGEST = 120.0


@dataclass(slots=True, kw_only=True)
class Liar:
    """A server under way."""

    port: int
    #: All that came in before any encryption.
    heard: bytearray = field(default_factory=bytearray)


@contextlib.contextmanager
def liar(talk: Talk) -> Iterator[Liar]:
    """One on a free port of 127.0.0.1, with a thread for each connection."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = Liar(port=listening.getsockname()[1])
        threading.Thread(target=_serve, args=(listening, talk, server), daemon=True).start()
        yield server


def _serve(listening: socket.socket, talk: Talk, server: Liar) -> None:
    with contextlib.suppress(OSError):
        while True:
            connection, _ = listening.accept()
            threading.Thread(target=_one, args=(connection, talk, server), daemon=True).start()


def _one(connection: socket.socket, talk: Talk, server: Liar) -> None:
    connection.settimeout(_LONGEST)
    with connection, contextlib.suppress(OSError):
        talk(_Ear(connection, server.heard))  # type: ignore[arg-type]


class _Ear:
    """A socket that remembers what it hears."""

    def __init__(self, connection: socket.socket, heard: bytearray) -> None:
        self._connection, self._heard = connection, heard

    def sendall(self, data: bytes) -> None:
        self._connection.sendall(data)

    def recv(self, size: int) -> bytes:
        data = self._connection.recv(size)
        self._heard += data[: max(0, 2**20 - len(self._heard))]
        return data

    def bare(self) -> socket.socket:
        return self._connection


def silent(connection: socket.socket) -> None:
    """Hears everything and says nothing."""
    while connection.recv(65536):
        pass


def says(data: bytes) -> Talk:
    """That, at once, and nothing more."""

    def talk(connection: socket.socket) -> None:
        connection.sendall(data)
        silent(connection)

    return talk


def drips(data: bytes, gap: float = 0.3) -> Talk:
    """That, a byte at a time."""

    def talk(connection: socket.socket) -> None:
        for byte in data:
            connection.sendall(bytes([byte]))
            time.sleep(gap)

    return talk


def floods(piece: bytes, first: bytes = b"") -> Talk:
    """`first`, then the piece without end."""

    def talk(connection: socket.socket) -> None:
        connection.sendall(first)
        end = time.monotonic() + _LONGEST
        while time.monotonic() < end:
            connection.sendall(piece)

    return talk


def answers(*said: bytes | Talk, greeting: bytes = b"") -> Talk:
    """The greeting, then one of these to each line that comes, with the line's first word in place of ``%``."""

    def talk(connection: socket.socket) -> None:
        connection.sendall(greeting)
        for one in said:
            line = connection.recv(65536)
            if not line:
                return
            if isinstance(one, bytes):
                connection.sendall(one.replace(b"%", line.split(b" ")[0]))
            else:
                one(connection)
        silent(connection)

    return talk


def after_request(then: Talk) -> Talk:
    """The rest, once something came in."""

    def talk(connection: socket.socket) -> None:
        connection.recv(2**20)
        then(connection)

    return talk


def encrypts(context: ssl.SSLContext, then: Talk) -> Talk:
    """From now on within TLS; what is heard there is not noted."""

    def talk(connection: socket.socket) -> None:
        with context.wrap_socket(connection.bare(), server_side=True) as inside:  # type: ignore[attr-defined]
            then(inside)

    return talk
