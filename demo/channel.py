"""A Slack channel on loopback, as far as a bot needs one: it takes messages and lets them be changed.

::

    with serve_channel() as channel:
        channel.api         "http://127.0.0.1:49153/api", for `api` in a [[slack]] block
        channel.messages    what stands in the channel, by its id; with `changed` and `thread`

Source: docs.slack.dev, chat.postMessage and chat.update.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from demo.site import answering

NAME = "C0DEMO0001"


@dataclass(slots=True)
class Message:
    """One message of the channel."""

    #: As it stands there now.
    content: Mapping[str, Any]
    #: How many times it was changed in place.
    changed: int = 0
    #: What was answered in its thread.
    thread: list[Mapping[str, Any]] = field(default_factory=list)


class SlackChannel:
    """What was posted, in its order."""

    def __init__(self, base: str) -> None:
        self.api = f"{base}/api"
        self.messages: dict[str, Message] = {}
        self._lock = threading.Lock()

    def take(self, method: str, sent: Mapping[str, Any]) -> Mapping[str, Any]:
        """What Slack would answer to that method."""
        with self._lock:
            number = str(sent.get("ts") or sent.get("thread_ts") or f"1700000000.{len(self.messages) + 1:06d}")
            if method == "chat.postMessage" and "thread_ts" not in sent:
                self.messages[number] = Message(sent)
            elif number not in self.messages or method not in ("chat.postMessage", "chat.update"):
                return {"ok": False, "error": "message_not_found"}
            elif method == "chat.update":
                self.messages[number].content = sent
                self.messages[number].changed += 1
            else:
                self.messages[number].thread.append(sent)
            return {"ok": True, "channel": NAME, "ts": number}


@contextmanager
def serve_channel() -> Iterator[SlackChannel]:
    """The channel, on any free port of 127.0.0.1 until the block ends."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.channel = SlackChannel(f"http://127.0.0.1:{server.server_address[1]}")
    with answering(server):
        yield server.channel


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    channel: SlackChannel

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Nothing: whoever hangs up is no news."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 10
    server: _Server

    def do_POST(self) -> None:
        sent = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"{}")
        answer = json.dumps(self.server.channel.take(self.path.rpartition("/")[2], sent)).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing on the screen: the demo prints what matters itself."""
