"""A stand-in for Slack on loopback that holds to Slack's own limits, with the ways in which it can go wrong.

``script`` is consumed one step a request, the last one repeats: ``ok``, ``429:N`` (Retry-After N seconds), ``429none``,
``429date:N``, ``500``, ``500d`` (delivered, then an error), ``rst`` (reset, not delivered), ``rstd`` (delivered, then
reset), ``hang`` (delivered, no answer), ``html`` (a login page with 200), ``302``, or any other status.

Below ``api`` it is the Web API: chat.postMessage, chat.update, and what reads a channel (conversations.history,
.replies and .list), which answers whatever the script says, two messages a page.
"""

from __future__ import annotations

import json
import re
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

CHANNEL = "C0SCO00001"
REASONS = {400: "invalid_payload", 403: "action_prohibited", 404: "no_service", 410: "channel_is_archived"}


def faults(message: dict[str, Any]) -> list[str]:
    """What real Slack would refuse, or should never have been sent."""
    found, total = [], 0
    blocks = message.get("blocks", [])
    if not blocks or len(blocks) > 50:
        found.append("blocks")
    for block in blocks:
        for text in (*([block["text"]] if "text" in block else []), *block.get("elements", [])):
            limit = {"header": 150, "section": 3000, "context": 3000}[block["type"]]
            total += len(text["text"])
            if not text["text"] or len(text["text"]) > limit:
                found.append(f"{block['type']} text")
            if text["type"] == "mrkdwn" and not text.get("verbatim"):
                found.append("not verbatim")
        if len(block.get("elements", [])) > 10:
            found.append("elements")
    texts = [message.get("text", ""), json.dumps(blocks, ensure_ascii=False)]
    if total > 13_000 or not 0 < len(texts[0]) <= 3_000:
        found.append("size")
    if any(re.search(r"<[!@#]", text) for text in texts):
        found.append("mention")
    return found


class FakeSlack:
    """What it took, and what was wrong with what came."""

    def __init__(self, script: tuple[str, ...]) -> None:
        self.script = script
        self.delivered: list[dict[str, Any]] = []
        self.requests: list[float] = []
        self.headers: list[dict[str, str]] = []
        self.faults: list[str] = []
        self.url = ""
        #: Where the Web API is.
        self.api = ""
        #: What the script does not touch: whether the bot may read the channel.
        self.readable = True
        #: Kinds of channels that the bot may list, and which of them its channel is.
        self.listable: tuple[str, ...] = ("public_channel", "private_channel")
        self.kind = "public_channel"
        self.done = threading.Event()

    def texts(self) -> list[str]:
        """The fallback line of each delivered message."""
        return [message["text"] for message in self.delivered]

    def shown(self) -> list[dict[str, Any]]:
        """The messages of the channel as they stand now, those in threads after it, without those that were changed."""
        return [message for message in self.delivered if "changed" not in message]

    def add(self, method: str, message: dict[str, Any]) -> dict[str, Any]:
        """Puts a message where the method says; what the method answers."""
        message |= {"method": method}
        if method == "chat.update":
            old = next((m for m in self.shown() if m.get("ts") == message["ts"]), None)
            if old is None:
                return {"ok": False, "error": "message_not_found"}
            message |= {"metadata": old.get("metadata")}
            old["changed"] = True
        else:
            message |= {"ts": f"1700000000.{len(self.delivered):06d}"}
        self.delivered.append(message)
        return {"ok": True, "channel": CHANNEL, "ts": message["ts"], "message": {"blocks": message.get("blocks")}}

    def read(self, method: str, asked: dict[str, str]) -> dict[str, Any]:
        if not self.readable:
            return {"ok": False, "error": "missing_scope"}
        if method == "conversations.list":
            if asked["types"] not in self.listable:  # as Slack does, where one of several is out of scope
                return {"ok": False, "error": "missing_scope"}
            if asked["types"] != self.kind:
                return {"ok": True, "channels": []}
            return {"ok": True, "channels": [{"id": CHANNEL, "name": "sco"}]}
        if asked["channel"] != CHANNEL:
            return {"ok": False, "error": "channel_not_found"}
        found = [m for m in self.shown() if m.get("thread_ts") == asked.get("ts")]
        if asked.get("include_all_metadata") != "true":
            found = [{k: v for k, v in m.items() if k != "metadata"} for m in found]
        first = int(asked.get("cursor") or 0)
        more = str(first + 2) if first + 2 < len(found) else ""
        return {"ok": True, "messages": found[first : first + 2], "response_metadata": {"next_cursor": more}}

    def step(self) -> str:
        return self.script[min(len(self.requests), len(self.script)) - 1]


class _Handler(BaseHTTPRequestHandler):
    slack: FakeSlack

    def do_POST(self) -> None:
        slack, body = self.slack, self.rfile.read(int(self.headers["Content-Length"]))
        method = self.path.rpartition("/api/")[2] if "/api/" in self.path else ""
        if method.startswith("conversations."):
            return self._answer(200, json.dumps(slack.read(method, dict(parse_qsl(body.decode())))))
        slack.requests.append(time.monotonic())
        slack.headers.append({key.lower(): value for key, value in self.headers.items()})
        step, message = slack.step(), json.loads(body)
        wrong = faults(message)
        slack.faults += wrong
        if wrong:
            return self._answer(400, "invalid_blocks")
        said = "ok"
        if step in ("ok", "500d", "rstd", "hang"):
            if method:
                said = json.dumps(slack.add(method, message))
            else:
                slack.delivered.append(message)
        return self._answer(200, said) if step == "ok" else self._go_wrong(step)

    def _go_wrong(self, step: str) -> None:
        name, _, number = step.partition(":")
        if name in ("429", "429none", "429date"):
            waits = {"429": number, "429date": formatdate(time.time() + float(number or 0), usegmt=True)}
            return self._answer(429, "rate_limited", {"Retry-After": waits[name]} if name in waits else {})
        if step in ("rst", "rstd"):
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
            return None
        if step == "hang":
            self.slack.done.wait(20)
            return None
        if step == "html":
            return self._answer(200, "<html>Please log in</html>")
        if step == "302":
            return self._answer(302, "", {"Location": "http://169.254.169.254/"})
        status = int(step.rstrip("d"))
        return self._answer(status, REASONS.get(status, "error"))

    def _answer(self, status: int, text: str, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for key, value in {"Content-Length": str(len(text)), "Connection": "close", **(headers or {})}.items():
            self.send_header(key, value)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_: object) -> None:
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Resets are meant."""


@contextmanager
def fake_slack(*script: str) -> Iterator[FakeSlack]:
    """The stand-in, running at its `url`."""
    slack = FakeSlack(script or ("ok",))
    server = _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"slack": slack}))
    slack.url = f"http://127.0.0.1:{server.server_port}/services/T000/B000/SECRET"
    slack.api = f"http://127.0.0.1:{server.server_port}/api"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield slack
    finally:
        slack.done.set()
        server.shutdown()
        server.server_close()
        thread.join(5)
