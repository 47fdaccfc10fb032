"""The stand-ins for Slack and for a mail server that lie beside the project, and a home that is sent through them.

Pauses between attempts are hours long: where a pause is longer than some seconds, the project's clock is set forward by
it; the stand-ins keep the true time, so that shorter ones are waited for.
"""

from __future__ import annotations

import contextlib
import json
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench.drills.ground import feed_source, make_home, wait_for
from bench.drills.struck import LONGEST, Copies, Ended
from bench.drills.world import TOKEN, WORD, World
from storage.connection import connect

_SHORT = 6.0


@dataclass(slots=True)
class Stand:
    """One of the stand-ins under way."""

    port: int
    log: Path
    process: subprocess.Popen[bytes]
    keep: Path

    def delivered(self) -> list[dict[str, Any]]:
        """All that it took, in order."""
        lines = self.log.read_text("utf-8").splitlines() if self.log.exists() else []
        return [json.loads(line) for line in lines]

    def state(self) -> dict[str, Any]:
        """What Slack's stand-in tells of itself: delivered, requests, breaks."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/_log", timeout=10) as answer:
            said: dict[str, Any] = json.loads(answer.read())
        return said

    def outage(self) -> None:
        """The mail server's: begins or ends."""
        self.process.send_signal(signal.SIGUSR1)
        time.sleep(0.3)


@contextlib.contextmanager
def stand(tools: Path, folder: Path, tool: str, script: str, port: int = 0) -> Iterator[Stand]:
    """`fake_slack` or `fake_smtp` with that script."""
    folder.mkdir(parents=True, exist_ok=True)
    port_file, log, keep = folder / f"{tool}.port", folder / f"{tool}.jsonl", folder / "kept"
    keep.mkdir(exist_ok=True)
    port_file.unlink(missing_ok=True)
    command = [sys.executable, str(tools / "lab" / f"{tool}.py"), "--port", str(port), "--port-file", str(port_file)]
    command += ["--log", str(log), "--script", script, "--max-seconds", "3000"]
    command += ["--keep", str(keep)] if tool == "fake_smtp" else []
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(port_file.exists, 20, f"{tool} does not start")
        yield Stand(int(port_file.read_text()), log, process, keep)
    finally:
        process.terminate()
        process.wait()


@dataclass(slots=True)
class Sending:
    """A home with news, whose clock is ours."""

    world: World
    copies: Copies
    home: Path
    ahead: timedelta = timedelta()
    runs: list[Ended] = field(default_factory=list)
    #: Seconds after which a command is killed.
    longest: float = LONGEST

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def run(self, *args: str, **environ: str) -> Ended:
        environ |= {"DRILL_NOW": self.now().isoformat(), "DRILL_STEP": "0.1"}
        ended = self.copies.run(self.home, *args, longest=self.longest, **environ)
        self.runs.append(ended)
        return ended

    def publish(self, count: int) -> list[str]:
        """New stories, in the archive."""
        tokens = self.world.news.publish(count, at=self.now() - timedelta(minutes=1))
        self.ahead += timedelta(minutes=15)
        self.run("collect", "--all", "--json")
        self.ahead += timedelta(minutes=1, seconds=1)
        return tokens

    def waiting(self) -> list[tuple[str, int | None]]:
        """Channel and next attempt (microseconds) of what is not sent and not given up."""
        with contextlib.closing(connect(self.home / "archive.db", readonly=True)) as archive:
            return list(
                archive.execute(
                    "SELECT channel_id, coalesce(next_attempt_at, lease_until) FROM deliveries"
                    " WHERE status IN ('pending', 'sending')"
                    " AND channel_id NOT IN (SELECT channel_id FROM stopped_channels)"
                )
            )

    def send(self, most: int = 60) -> int:
        """How many times `deliver` had to be called until nothing waits."""
        for number in range(most):
            self.run("deliver", "--json")
            due = [at for _, at in self.waiting() if at]
            if not self.waiting():
                return number + 1
            if due:
                pause = min(due) / 1e6 - self.now().timestamp() + 0.05
                if pause > _SHORT:
                    self.ahead += timedelta(seconds=pause)
                else:
                    time.sleep(max(0.0, pause))
        return most

    def rows(self) -> list[dict[str, Any]]:
        """The ledger, oldest first: channel, status, attempts, error, kind, and the tokens of its stories."""
        with contextlib.closing(connect(self.home / "archive.db", readonly=True)) as archive:
            found = archive.execute(
                "SELECT d.channel_id, d.status, d.attempts, d.last_error, g.kind, g.content, d.folded_into FROM"
                " deliveries d JOIN digests g ON g.key = d.digest_key ORDER BY d.id"
            ).fetchall()
        names = ("channel", "status", "attempts", "error", "kind", "tokens", "folded")
        return [
            dict(zip(names, (*row[:5], sorted(set(TOKEN.findall(str(row[5])))), row[6]), strict=True)) for row in found
        ]

    def faults(self) -> list[str]:
        """What no run of a command may say."""
        return [run.said.strip()[-300:] for run in self.runs if "Traceback" in run.said or run.code < 0]


@contextlib.contextmanager
def sending(world: World, copies: Copies, folder: Path, settings: str) -> Iterator[Sending]:
    """A home with those settings, whose first reading is behind it."""
    folder.mkdir(parents=True, exist_ok=True)
    home = folder / "home"
    home.mkdir()
    (home / "watchlist.yaml").write_text("entries: []\n")
    feed = feed_source("news", f"http://127.0.0.1:{world.news.port}/feed.xml")
    make_home(home, [feed], more=settings)
    one = Sending(world, copies, home)
    world.news.publish(2)
    one.run("collect", "--all", "--json")
    yield one


def slack_settings(more: str = "", search: str = WORD) -> str:
    """One channel by a web hook; no mail."""
    return (
        f'[[slack]]\nname = "alerts"\nwebhook_env = "DRILL_HOOK"\nsearch = "{search}"\nmax_per_day = 0\n'
        f'quiet_hours = ""\n{more}'
    )


def mail_settings(port: int, *readers: str, digest: str = "every 1m", more: str = "", most: int = 0) -> str:
    """A digest for each of these addresses."""
    rows = "".join(
        f'[[recipient]]\nname = "{name.partition("@")[0]}"\nemail = "{name}"\ntimezone = "UTC"\ndigest = "{digest}"\n'
        f'search = "{WORD}"\nmax_items = {most}\n'
        for name in readers or ("desk@example.org",)
    )
    return f'[mail]\nhost = "127.0.0.1"\nport = {port}\nfrom = "scowatch@example.org"\nsecurity = "none"\n{more}{rows}'


def tokens_in(texts: Sequence[str]) -> list[str]:
    """Each token as often as there are texts with it."""
    return [token for text in texts for token in set(TOKEN.findall(text))]
