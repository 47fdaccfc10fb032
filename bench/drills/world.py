"""A small fixed world: a newspaper, a mail server and a Slack that write down what they took, and a home that uses
them.

Each story has a token of its own (``KT00012``), so that what was published can be told from what is in the archive and
from what each reader got. The servers live in the drill's process and outlast every kill.
"""

from __future__ import annotations

import contextlib
import hashlib
import http.server
import json
import random
import re
import socketserver
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.utils import format_datetime
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from bench.drills.ground import feed_source, make_home
from storage.connection import connect

TOKEN = re.compile(r"\bKT\d{5}\b")
#: Every story answers it.
WORD = "envoys"
CHANNEL = "C0SCO00001"
#: An hour of the drills' own clock: a working day.
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
_WATCHLIST = """entries:
- {id: embassy, kind: body, name: Embassy of Korvalen, aliases: {en: ["Embassy of Korvalen"]}}
"""
_SETTINGS = """
[mail]
host = "127.0.0.1"
port = {smtp}
from = "scowatch@example.org"
security = "none"
[[recipient]]
name = "desk"
email = "desk@example.org"
timezone = "{zone}"
digest = "{digest}"
search = "{word}"
max_items = 0
[[slack]]
name = "alerts"
webhook_env = "DRILL_WEBHOOK"
search = "{word}"
max_per_day = 0
quiet_hours = ""
"""
_BOT = """[[slack]]
name = "bot"
token_env = "DRILL_TOKEN"
channel = "{channel}"
api = "{api}"
search = "{word}"
max_per_day = 0
quiet_hours = ""
"""


# ---------------------------------------------------------------------------------------------- the newspaper


@dataclass(slots=True)
class News:
    """What was published so far, in one feed of `shown` entries for each number of `feeds`."""

    seed: str = "drill"
    shown: int = 450
    port: int = 0
    items: dict[str, dict[str, Any]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def publish(self, count: int, at: datetime | None = None, word: str = WORD) -> list[str]:
        """Tokens of that many new stories, each about something else."""
        fresh = []
        with self._lock:
            for _ in range(count):
                number = len(self.items)
                token = f"KT{number:05d}"
                names = random.Random(f"{self.seed}-{number}")
                told = [_word(names).capitalize() for _ in range(4)]
                text = " ".join(_word(names) for _ in range(60))
                title = f"{told[0]} {word} visit {told[1]} over {told[2]} {_word(names)} {token}"
                self.items[token] = {
                    "title": title, "text": f"{told[3]} {text}.", "at": at or datetime.now(UTC) - timedelta(minutes=1),
                }  # fmt: skip
                fresh.append(token)
        return fresh

    def feed(self) -> bytes:
        with self._lock:
            newest = list(self.items.items())[: -self.shown - 1 : -1]
        rows = "".join(
            f"<item><title>{escape(one['title'])}</title><link>{self.url(token)}</link><guid>{self.url(token)}</guid>"
            f"<pubDate>{format_datetime(one['at'])}</pubDate><description>{escape(one['text'])}</description></item>"
            for token, one in newest
        )
        head = f'<?xml version="1.0"?><rss version="2.0"><channel><title>Drill</title><link>{self.url("")}</link>'
        return f"{head}{rows}</channel></rss>".encode()

    def url(self, token: str) -> str:
        return f"http://127.0.0.1:{self.port}/story/{token}"


def _word(names: random.Random) -> str:
    return "".join(names.choice("bdfgklmnprstvz") + names.choice("aeiou") for _ in range(names.choice((3, 4))))


# ---------------------------------------------------------------------------------------------- those who are told


@dataclass(slots=True)
class Told:
    """All that the mail server and Slack took, in order."""

    #: Each with id, sha, tokens, at.
    mails: list[dict[str, Any]] = field(default_factory=list)
    #: Bodies that came to the webhook.
    posts: list[dict[str, Any]] = field(default_factory=list)
    #: Messages that came through the Web API, as they stand.
    bot: list[dict[str, Any]] = field(default_factory=list)
    #: Called when something was taken, before it is answered.
    taken: Callable[[], None] = lambda: None

    def mark(self) -> tuple[int, int, int]:
        return len(self.mails), len(self.posts), len(self.bot)

    def since(self, mark: tuple[int, int, int]) -> Told:
        return Told(mails=self.mails[mark[0] :], posts=self.posts[mark[1] :], bot=self.bot[mark[2] :])


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What a reader, or an archive, is short of, and what came twice."""

    lost_articles: int = 0
    doubled_articles: int = 0
    lost_mail: int = 0
    lost_slack: int = 0
    lost_bot: int = 0
    #: The same message again under the same Message-ID, same bytes.
    same_mail: int = 0
    #: Stories told again in another mail, or under the same Message-ID with other bytes.
    repeated_mail: int = 0
    repeated_slack: int = 0
    repeated_bot: int = 0
    corrupt: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(**{name: getattr(self, name) + getattr(other, name) for name in self.__slots__})

    @property
    def lost(self) -> int:
        return self.lost_articles + self.lost_mail + self.lost_slack + self.lost_bot

    @property
    def wrong(self) -> int:
        """What must never be, however often it is killed."""
        return self.lost + self.doubled_articles + self.repeated_mail + self.repeated_bot + self.corrupt

    def __str__(self) -> str:
        twice = f"webhook {self.repeated_slack}, bot {self.repeated_bot}, mail {self.repeated_mail}"
        return (
            f"lost: articles {self.lost_articles}, mail {self.lost_mail}, Slack {self.lost_slack + self.lost_bot}; "
            f"doubled articles {self.doubled_articles}; told twice: {twice} (+ {self.same_mail} mails again with the "
            f"same Message-ID and bytes); damaged archives {self.corrupt}"
        )


class World:
    """The servers under way; `home()` makes a home that uses them."""

    def __init__(self) -> None:
        self.news, self.told = News(), Told()
        web = _Web(("127.0.0.1", 0), type("Handler", (_Handler,), {"world": self}))
        mail = _Threads(("127.0.0.1", 0), type("Mail", (_Mail,), {"world": self}))
        self.news.port, self.smtp = web.server_address[1], mail.server_address[1]
        self._servers = (web, mail)
        for server in self._servers:
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def close(self) -> None:
        for server in self._servers:
            server.shutdown()
            server.server_close()

    @property
    def environ(self) -> dict[str, str]:
        return {"DRILL_WEBHOOK": f"http://127.0.0.1:{self.news.port}/hook/x", "DRILL_TOKEN": "xoxb-drill"}

    def home(
        self,
        path: Path,
        *,
        digest: str = "every 1m",
        zone: str = "UTC",
        bot: bool = True,
        poll: int = 0,
        more: str = "",
    ) -> Path:
        """A home with the newspaper's feed, a reader by mail, and readers on Slack."""
        path.mkdir(parents=True, exist_ok=True)
        (path / "watchlist.yaml").write_text(_WATCHLIST)
        settings = _SETTINGS.format(smtp=self.smtp, digest=digest, zone=zone, word=WORD)
        if bot:
            settings += _BOT.format(channel=CHANNEL, api=f"http://127.0.0.1:{self.news.port}/api", word=WORD)
        feed = feed_source("news", f"http://127.0.0.1:{self.news.port}/feed.xml", every_minutes=10)
        return make_home(path, [feed], poll=poll, more=settings + more)

    def tally(self, home: Path, wanted: Sequence[str], told: Told, *, bot: bool = True) -> Tally:
        """What of the wanted stories is in the home's archive and in `told`."""
        articles, sound = archived(home)
        mail: Counter[str] = Counter()
        seen: dict[str, str] = {}
        same = again = 0
        for one in told.mails:
            if one["id"] in seen:
                same += one["sha"] == seen[one["id"]]
                again += one["sha"] != seen[one["id"]]
                continue
            seen[one["id"]] = one["sha"]
            mail.update(one["tokens"])
        posts = Counter(token for one in told.posts for token in one["tokens"])
        bots = Counter(token for one in told.bot for token in one["tokens"])
        return Tally(
            lost_articles=sum(not articles[token] for token in wanted),
            doubled_articles=sum(count > 1 for count in articles.values()),
            lost_mail=sum(token not in mail for token in wanted),
            lost_slack=sum(token not in posts for token in wanted),
            lost_bot=sum(token not in bots for token in wanted) if bot else 0,
            same_mail=same,
            repeated_mail=again + _again(mail),
            repeated_slack=_again(posts),
            repeated_bot=_again(bots),
            corrupt=0 if sound else 1,
        )


@contextlib.contextmanager
def world() -> Iterator[World]:
    """The servers, for the time of a drill."""
    one = World()
    try:
        yield one
    finally:
        one.close()


def _again(counted: Mapping[str, int]) -> int:
    return sum(count - 1 for count in counted.values() if count > 1)


def archived(home: Path) -> tuple[Counter[str], bool]:
    """How often each token is in the archive, and whether SQLite finds the file whole."""
    with contextlib.closing(connect(home / "archive.db", readonly=True)) as archive:
        sound = archive.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        sound = sound and not archive.execute("PRAGMA foreign_key_check").fetchall()
        rows = archive.execute("SELECT url FROM articles").fetchall()
    return Counter(token for (url,) in rows for token in TOKEN.findall(url)), sound


def ledger(home: Path) -> list[tuple[str, str, str, int]]:
    """Channel, status, kind of digest, attempts of all deliveries."""
    with contextlib.closing(connect(home / "archive.db", readonly=True)) as archive:
        return list(
            archive.execute(
                "SELECT d.channel_id, d.status, g.kind, d.attempts FROM deliveries d JOIN digests g"
                " ON g.key = d.digest_key ORDER BY d.id"
            )
        )


# ---------------------------------------------------------------------------------------------- the servers


class _Threads(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128

    def handle_error(self, *_: object) -> None:
        """Those who are killed leave their connections half open."""


class _Web(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, *_: object) -> None:
        """As above."""


class _Handler(http.server.BaseHTTPRequestHandler):
    world: World

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        if self.path.startswith("/feed.xml"):
            return self._say(200, self.world.news.feed(), "application/rss+xml")
        return self._say(404, b"none")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode("utf-8", "replace")
        if self.path.startswith("/hook/"):
            self.world.told.posts.append({"tokens": _tokens(body), "body": body, "at": time.time()})
            self.world.told.taken()
            return self._say(200, b"ok")
        method = self.path.rpartition("/")[2]
        said = self._read(dict(parse_qsl(body))) if method.startswith("conv") else self._write(method, json.loads(body))
        return self._say(200, json.dumps(said).encode(), "application/json")

    def _read(self, asked: Mapping[str, str]) -> dict[str, Any]:
        messages = [m for m in self.world.told.bot if m.get("thread_ts") == asked.get("ts")]
        first = int(asked.get("cursor") or 0)
        cursor = str(first + 50) if first + 50 < len(messages) else ""
        newest = messages[::-1][first : first + 50]
        return {"ok": True, "messages": newest, "response_metadata": {"next_cursor": cursor}}

    def _write(self, method: str, message: dict[str, Any]) -> dict[str, Any]:
        told = self.world.told
        if method != "chat.update":
            message |= {"ts": f"{time.time():.6f}", "tokens": _tokens(json.dumps(message)), "at": time.time()}
            told.bot.append(message)
            told.taken()
        return {"ok": True, "channel": CHANNEL, "ts": message["ts"]}

    def _say(self, status: int, body: bytes, kind: str = "text/plain") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class _Mail(socketserver.StreamRequestHandler):
    """As much SMTP as a client of ours asks for. Source: RFC 5321."""

    world: World

    def handle(self) -> None:
        self._reply("220 drill ESMTP")
        while line := self.rfile.readline():
            verb = line[:4].upper()
            if verb == b"DATA":
                self._reply("354 go on")
                if (body := self._body()) is None:
                    return None
                self._take(body)
                self._reply("250 2.0.0 taken")
            elif verb == b"QUIT":
                return self._reply("221 bye")
            else:
                self._reply("250 drill" if verb in (b"EHLO", b"HELO") else "250 ok")
        return None

    def _body(self) -> bytes | None:
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            if not line:
                return None
            lines.append(line[1:] if line.startswith(b".") else line)
        return b"".join(lines)

    def _take(self, body: bytes) -> None:
        message = message_from_bytes(body, policy=policy.default)
        part = message.get_body(("plain",))
        self.world.told.mails.append({
            "id": str(message["Message-ID"]), "sha": hashlib.sha256(body).hexdigest(), "at": time.time(),
            "subject": str(message["Subject"]), "date": str(message["Date"]), "to": str(message["To"]),
            "tokens": _tokens(part.get_content() if part else ""),
        })  # fmt: skip
        self.world.told.taken()

    def _reply(self, text: str) -> None:
        self.wfile.write(text.encode() + b"\r\n")


def _tokens(text: str) -> list[str]:
    return sorted(set(TOKEN.findall(text)))
