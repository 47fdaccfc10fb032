"""What every drill stands on: a home of its own, commands run in it, the hostile server, and figures."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from monitor.types import Delivery, Digest, Item, Section

ROOT = Path(__file__).resolve().parents[2]
#: Where the attack tools lie, unless the caller names another place.
HOSTILE = ROOT.parent / "shared" / "hostile"

_SETTINGS = """[fetch]
allow_networks = [{networks}]
per_host_interval_seconds = {gap}
contact = "mailto:ops@example.org"
[schedule]
poll_seconds = {poll}
"""


STATES = {True: "ok", False: "FAILS", None: "not run"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """What one drill found."""

    #: Letter of the drill, as in D.
    drill: str
    name: str
    #: None: it was not run, `found` says why.
    passed: bool | None
    #: The figure, for people.
    found: str

    def __str__(self) -> str:
        return f"{STATES[self.passed]:7}  {self.drill}  {self.name}: {self.found[:900]}"


def feed_source(source_id: str, url: str, **more: object) -> dict[str, Any]:
    """The block of sources.yaml for one feed without its articles' pages."""
    return {"id": source_id, "name": source_id, "kind": "feed", "fulltext": False, "feeds": [{"url": url}]} | more


def make_home(
    path: Path,
    sources: Sequence[Mapping[str, Any]],
    *,
    networks: Sequence[str] = ("127.0.0.0/8",),
    gap: float = 0,
    poll: int = 0,
    more: str = "",
) -> Path:
    """A home with these sources; `more` is added to its settings."""
    path.mkdir(parents=True, exist_ok=True)
    settings = _SETTINGS.format(networks=", ".join(f'"{n}"' for n in networks), gap=gap, poll=poll)
    (path / "scowatch.toml").write_text(settings + more)
    # the YAML reader knows numbers behind a backslash, JSON's pairs of surrogates it does not
    rows = "".join(f"- {json.dumps(row, ensure_ascii=False)}\n" for row in sources)
    if rows:
        (path / "sources.yaml").write_text(f"sources:\n{rows}", encoding="utf-8")
    done = scowatch(path, "init", "--empty")
    if done.returncode:
        raise RuntimeError(f"no home: {done.stderr.strip()[:500]}")
    return path


def scowatch(home: Path, *args: str, timeout: float = 300, **environ: str) -> subprocess.CompletedProcess[str]:
    """The command, as an operator would call it, at its end."""
    return subprocess.run(
        [sys.executable, "-m", "monitor", "--home", str(home), *args],
        cwd=ROOT,
        env=os.environ | environ,
        text=True,
        encoding="utf-8",
        errors="replace",
        capture_output=True,
        timeout=timeout,
        check=False,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """A command's report with what it used."""

    report: dict[str, Any]
    seconds: float
    #: Bytes received and seconds from the first connection to the end of the last one, by the other side's address.
    wire: Mapping[str, int]
    taken: Mapping[str, float]
    #: Processor seconds of the main process and of its workers.
    cpu: float
    cpu_workers: float
    #: Largest resident set of the main process, MiB.
    resident: float
    stderr: str


def counted(home: Path, *args: str, timeout: float = 300, **environ: str) -> Counted:
    """The command's JSON report, with bytes, seconds, processor time and memory counted from inside its process."""
    out = home / "counted.json"
    out.unlink(missing_ok=True)
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "bench.drills.counted", str(out), "--home", str(home), *args],
        cwd=ROOT,
        env=os.environ | environ,
        text=True,
        encoding="utf-8",
        errors="replace",
        capture_output=True,
        timeout=timeout,
        check=False,
    )
    if done.returncode or not out.exists():
        raise RuntimeError(f"`scowatch {' '.join(args)}` ended with {done.returncode}: {done.stderr.strip()[-800:]}")
    report = json.loads(done.stdout)
    return Counted(report=report, seconds=time.monotonic() - started, stderr=done.stderr, **json.loads(out.read_text()))


@dataclass(frozen=True, slots=True)
class Server:
    """The hostile server under way."""

    port: int
    log: Path

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    def requests(self) -> list[dict[str, Any]]:
        """All that it was asked, in order: t, target, headers."""
        lines = self.log.read_text(encoding="utf-8").splitlines() if self.log.exists() else []
        return [json.loads(line) for line in lines]


@contextlib.contextmanager
def hostile_server(
    tools: Path, folder: Path, *, hosts: Sequence[str] = ("127.0.0.1",), seconds: int = 1200, more: Sequence[str] = ()
) -> Iterator[Server]:
    """The hostile server on a free port of those loopback addresses."""
    folder.mkdir(parents=True, exist_ok=True)
    port_file, log = folder / "port", folder / "requests.jsonl"
    port_file.unlink(missing_ok=True)
    log.unlink(missing_ok=True)
    port = free_port()
    command = [sys.executable, str(tools / "hostile_server.py"), "--port", str(port), "--port-file", str(port_file)]
    command += ["--log", str(log), "--max-seconds", str(seconds), *more]
    for host in hosts:
        command += ["--host", host]
    with (folder / "server.txt").open("w") as said:
        server = subprocess.Popen(command, stdout=said, stderr=said)
    try:
        wait_for(port_file.exists, 20, "the hostile server does not start")
        yield Server(port, log)
    finally:
        server.terminate()
        server.wait()


def an_alert() -> tuple[Delivery, Digest]:
    """An alert about one story, on its way for the first time."""
    now, title = datetime.now(UTC), "Shanghai Cooperation Organization summit in Bishkek"
    item = Item(
        story_id=1,
        article_ids=(1,),
        title=title,
        url="https://news.example/1",
        lang="en",
        source_name="x",
        ownership=None,
        country=None,
        published_at=now,
        first_seen_at=now,
        lead=title,
        tags=(("sco", "SCO"),),
        priority=1,
    )
    digest = Digest(
        key="slack:x/1",
        subscription_id="slack:x",
        kind="alert",
        created_at=now,
        since=now,
        until=now,
        timezone="UTC",
        sections=(Section(key="x", heading="x", items=(item,)),),
        seen=1,
    )
    delivery = Delivery(
        id=1,
        digest_key=digest.key,
        channel_id=digest.subscription_id,
        status="sending",
        attempts=1,
        next_attempt_at=None,
        created_at=now,
    )
    return delivery, digest


def free_port() -> int:
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(true: Any, seconds: float, otherwise: str) -> None:
    """Returns once `true()` is. Raises: TimeoutError."""
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            raise TimeoutError(otherwise)
        time.sleep(0.05)
