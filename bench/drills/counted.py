"""Runs one command of scowatch in this process and counts what comes in over the network, whoever reads it.

    python -m bench.drills.counted OUT.json --home H collect --all --json

Counting sits in the event loop's transports, below every HTTP library. With DRILL_CA the certificates of that file are
trusted as well, and with DRILL_HOSTS (JSON) names are looked up there first.
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import socket
import sys
import time
from asyncio import selector_events
from collections import defaultdict
from pathlib import Path
from typing import Any

_wire: dict[str, int] = defaultdict(int)
_times: dict[str, list[float]] = {}


def _seen(transport: Any, count: int) -> None:
    name = transport.get_extra_info("peername")
    if name:
        _note(str(name[0]), count)


def _note(peer: str, count: int) -> None:
    _wire[peer] += count
    now = time.monotonic()
    _times.setdefault(peer, [now, now])[1] = now


def count_bytes() -> None:
    """From now on every socket that an event loop reads is counted."""
    transport: Any = selector_events._SelectorSocketTransport  # type: ignore[attr-defined]
    opened, closed = transport.__init__, transport._call_connection_lost

    def init(self: Any, loop: Any, sock: Any, protocol: Any, *args: Any, **kwargs: Any) -> None:
        opened(self, loop, _CountedSocket(sock, self), protocol, *args, **kwargs)
        _seen(self, 0)

    def lost(self: Any, error: Any) -> None:
        _seen(self, 0)
        closed(self, error)

    transport.__init__, transport._call_connection_lost = init, lost
    _count_bare_sockets()


def _count_bare_sockets() -> None:
    """The same for sockets that are read through the loop without a transport."""
    loop: Any = selector_events.BaseSelectorEventLoop
    connect, receive = loop.sock_connect, loop.sock_recv
    peers: dict[int, str] = {}

    async def sock_connect(self: Any, sock: socket.socket, address: Any) -> None:
        peers[sock.fileno()] = str(address[0])
        _note(str(address[0]), 0)
        await connect(self, sock, address)

    async def sock_recv(self: Any, sock: socket.socket, size: int) -> bytes:
        peer, data = peers.get(sock.fileno()), b""
        try:
            data = bytes(await receive(self, sock, size))
            return data
        finally:  # also when it is given up: that is the end of the waiting
            if peer:
                _note(peer, len(data))

    loop.sock_connect, loop.sock_recv = sock_connect, sock_recv


class _CountedSocket:
    """A socket that tells how much was read from it."""

    def __init__(self, sock: socket.socket, transport: Any) -> None:
        self._sock, self._transport = sock, transport

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)

    def recv(self, size: int) -> bytes:
        data = self._sock.recv(size)
        _seen(self._transport, len(data))
        return data

    def recv_into(self, buffer: Any) -> int:
        count = self._sock.recv_into(buffer)
        _seen(self._transport, count)
        return count


def trust(certificates: str) -> None:
    """That file is believed in place of the world's list of authorities."""
    import certifi

    certifi.where = lambda: certificates


def look_up(hosts: dict[str, str]) -> None:
    """Those names have those addresses."""
    asked = socket.getaddrinfo

    def getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        return asked(hosts.get(name, name), *args, **kwargs)

    socket.getaddrinfo = getaddrinfo


def main() -> None:
    out = Path(sys.argv.pop(1))
    if "DRILL_CA" in os.environ:
        trust(os.environ["DRILL_CA"])
    if "DRILL_HOSTS" in os.environ:
        look_up(json.loads(os.environ["DRILL_HOSTS"]))
    count_bytes()
    from monitor.cli import main as command

    try:
        command()
    finally:
        own, workers = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
        found = {
            "wire": _wire,
            "taken": {peer: round(end - start, 2) for peer, (start, end) in _times.items()},
            "cpu": own.ru_utime + own.ru_stime,
            "cpu_workers": workers.ru_utime + workers.ru_stime,
            "resident": own.ru_maxrss / 1024,
        }
        out.write_text(json.dumps(found))


if __name__ == "__main__":
    asyncio.set_event_loop_policy(asyncio.DefaultEventLoopPolicy())
    main()
