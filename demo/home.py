"""The demo's own home, and the project's command line run on it."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from demo.channel import NAME, SlackChannel

ROOT = Path(__file__).resolve().parent.parent
MARKER = ".made-by-the-demo"
LIMIT_SECONDS = 60

SETTINGS = """\
# Made by the demo: everything is read from this machine, and nothing leaves it.
[fetch]
allow_networks = ["127.0.0.0/8"]    # the demo site; without this no loopback address is ever contacted
per_host_interval_seconds = 0       # all outlets of the demo live on one host

[[recipient]]                       # no [mail] here: the digest lands in outbox/
name = "analyst"
email = "analyst@example.org"
timezone = "Asia/Almaty"
digest = "daily 06:30"
search = "tag:sco"

[[slack]]                           # a channel of the demo's own: messages can be changed in place
name = "desk"
token_env = "DEMO_SLACK_TOKEN"
channel = "{channel}"
api = "{api}"
search = "tag:sco"
quiet_hours = ""

[[alert]]                           # to a phone at night: held until the quiet hours are over
name = "night"
channel = "mail:analyst"
search = "railway sidings"
quiet_hours = "{night}"
"""


class DemoError(Exception):
    """Why the demo cannot go on, in words for the person in front of it."""


class DemoHome:
    """A folder that scowatch works in."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._held: int | None = None

    @property
    def outbox(self) -> Path:
        return self.path / "outbox"

    def make(self, sources: str, channel: SlackChannel) -> None:
        """A fresh home with these sources, told of in that channel. Raises: DemoError, when something else is there."""
        self._clear()
        self.path.mkdir(parents=True)
        (self.path / MARKER).write_text("The demo makes this folder anew each time it runs.\n", "utf-8")
        self._hold()
        now, some = datetime.now(UTC), timedelta(hours=4)
        night = f"{now - some:%H:%M}-{now + some:%H:%M}"  # whenever the demo runs, it is in its quiet hours
        settings = SETTINGS.format(channel=NAME, api=channel.api, night=night)
        (self.path / "scowatch.toml").write_text(settings, "utf-8")
        (self.path / "sources.yaml").write_text(sources, "utf-8")
        self.run("init")

    def _clear(self) -> None:
        if self.path.is_symlink() or (self.path.exists() and not (self.path / MARKER).is_file()):
            raise DemoError(
                f"{self.path} is there and was not made by the demo: move it away, or name another with --home DIR"
            )
        if self.path.exists():
            self._hold()
            shutil.rmtree(self.path)

    def _hold(self) -> None:
        """Keeps other demos out of the folder until this process ends."""
        if self._held is not None:
            os.close(self._held)
        self._held = os.open(self.path / MARKER, os.O_RDONLY | os.O_CLOEXEC)
        try:
            fcntl.flock(self._held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise DemoError(f"another demo is at work in {self.path}: wait for it, or use --home DIR") from None

    def run(self, *arguments: str, text: str | None = None) -> str:
        """What the command wrote to standard output. Raises: DemoError, when it did not end with 0."""
        command = [sys.executable, "-m", "monitor", "--home", str(self.path), *arguments]
        called = f"`scowatch {' '.join(arguments)}`"
        try:
            done = subprocess.run(
                command,
                input=text or "",
                capture_output=True,
                encoding="utf-8",
                cwd=ROOT,
                env=_environ(),
                timeout=LIMIT_SECONDS,
            )
        except subprocess.TimeoutExpired:
            raise DemoError(f"{called} was not done after {LIMIT_SECONDS} s") from None
        if done.returncode:
            last = "\n".join(done.stderr.strip().splitlines()[-8:])
            raise DemoError(f"{called} ended with {done.returncode}:\n{last}")
        return done.stdout

    def json(self, *arguments: str) -> Any:
        """The document that the command gives with --json."""
        return self.json_document(*arguments, "--json")

    def json_document(self, *arguments: str) -> Any:
        """The one JSON document that the command gives."""
        return _decoded(self.run(*arguments), arguments)

    def json_lines(self, *arguments: str, text: str | None = None) -> list[Any]:
        """The objects that the command writes, one a line."""
        return [_decoded(line, arguments) for line in self.run(*arguments, text=text).split("\n") if line]


def _decoded(text: str, arguments: tuple[str, ...]) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        raise DemoError(f"`scowatch {' '.join(arguments)}` did not answer with JSON but with {text[:80]!r}") from None


def _environ() -> dict[str, str]:
    """The environment without settings of another installation, so that every demo is the same."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SCOWATCH_")}
    return kept | {"PYTHONIOENCODING": "utf-8", "DEMO_SLACK_TOKEN": "xoxb-of-the-demo"}
