"""The service in a drill: started and ended, with a home that lives fast and news that keep coming."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from bench.drills.ground import ROOT, scowatch
from bench.drills.world import Tally, World

_PATIENCE = 40.0


class Service:
    """`scowatch run`, started and ended."""

    def __init__(self, home: Path, world: World, said: Path, **more: str) -> None:
        self._said = said.open("ab")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bench.drills.cycle" if more else "monitor", "--home", str(home), "run"],
            cwd=ROOT,
            env=os.environ | world.environ | more,
            stdin=subprocess.DEVNULL,
            stdout=self._said,
            stderr=self._said,
            start_new_session=True,
        )

    def end(self, number: int = signal.SIGTERM, patience: float = 15) -> tuple[int, float]:
        """Exit code and seconds."""
        begun = time.monotonic()
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(number)
        try:
            code = self.process.wait(patience)
        except subprocess.TimeoutExpired:
            code = -999
        self.kill()
        return code, time.monotonic() - begun

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self._said.close()

    def workers(self) -> list[int]:
        """Process ids of those who read strangers' bytes for it."""
        listed = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [int(pid) for pid in listed.split()]


class Published:
    """News that keep coming while it is open."""

    def __init__(self, world: World, every: float) -> None:
        self._world, self._every = world, every
        self.tokens: list[str] = []
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._go_on, daemon=True)

    def _go_on(self) -> None:
        while not self._over.wait(self._every):
            self.tokens += self._world.news.publish(1)

    def __enter__(self) -> Published:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join(5)


def living(world: World, folder: Path) -> Path:
    """A home that reads each second and tells each five, with its first reading behind it."""
    home = world.home(folder / "home", digest="every 5s", poll=1)
    world.news.publish(3)
    scowatch(home, "collect", "--all", **world.environ)
    return home


def settled(world: World, home: Path, said: Path, tokens: Sequence[str]) -> tuple[Tally, int]:
    """What is lost or came twice once the service had its time; its exit code."""
    # Slack takes one message a second
    service, end = Service(home, world, said), time.monotonic() + _PATIENCE + 2 * len(tokens)
    try:
        while time.monotonic() < end:
            time.sleep(1)
            if not world.tally(home, tokens, world.told).lost:
                break
        time.sleep(6)  # one more digest: is anything told again?
    finally:
        code, _ = service.end()
    return world.tally(home, tokens, world.told), code


def some(faults: Sequence[str]) -> str:
    """How many, and the first of them."""
    return f"{len(faults)} faults: {'; '.join(faults[:3])}" if faults else "no faults"
