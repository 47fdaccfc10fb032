"""Commands that are struck at one system call: killed there, or told that the disk is full or broken.

The blow falls by ``strace -e inject``, which counts the calls of each thread by itself. So the calls are counted by
name and thread in a run that is left alone, and each call of each name gets a run of its own. Processes are copies of
one that has imported everything (`bench.drills.cycle --serve`): a run takes a second, not five.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.drills.ground import ROOT, wait_for

#: What a program does to the world outside of its memory.
CALLS = (
    *("write", "pwrite64", "writev", "fsync", "fdatasync", "ftruncate", "fallocate", "mkdir", "unlink", "unlinkat"),
    *("rename", "renameat", "renameat2", "link", "linkat", "connect", "sendto", "sendmsg", "close", "flock", "fcntl"),
)
#: Those that leave a trace on the disk.
DISK = ("write", "pwrite64", "fsync", "fdatasync", "ftruncate", "unlink", "rename", "link", "fallocate")
MISSING = "strace is not there: apt-get install strace"
#: Seconds after which a command is killed, where nothing else is said.
LONGEST = 60.0
_LINE = re.compile(rb"^(\d+) +(\w+)\(")


@dataclass(frozen=True, slots=True)
class Point:
    """The `number`-th call of that name in any thread."""

    call: str
    number: int

    def __str__(self) -> str:
        return f"{self.call} {self.number}"


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run ended: its exit code (negative: the signal), all that it said, and after how long."""

    code: int
    said: str
    seconds: float


def strace() -> str | None:
    """Where it is; None: it is not installed, or may not be used here."""
    found = shutil.which("strace")
    tried = found and subprocess.run([found, "-f", "-o", "/dev/null", "true"], capture_output=True, check=False)
    return found if tried and not tried.returncode else None


class Copies:
    """Runs commands in copies of one process."""

    def __init__(self, folder: Path, environ: Mapping[str, str]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._said, self._environ = folder / "said.txt", dict(environ)
        self.trace = folder / "trace.txt"
        self._server = subprocess.Popen(
            [sys.executable, "-m", "bench.drills.cycle", "--serve"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def close(self) -> None:
        assert self._server.stdin is not None
        self._server.stdin.close()
        try:
            self._server.wait(5)
        except subprocess.TimeoutExpired:
            self._server.kill()
            self._server.wait()

    def run(
        self, home: Path, *args: str, struck: Sequence[str] = (), longest: float = LONGEST, **environ: str
    ) -> Ended:
        """The commands (`--` between two), with these options of strace; killed after so many seconds."""
        begun = time.monotonic()
        order = {"env": self._environ | environ, "said": str(self._said), "held": bool(struck),
                 "args": ["--home", str(home), *args]}  # fmt: skip
        pid = int(self._ask(json.dumps(order)))
        timer = threading.Timer(longest, _kill, [pid])
        timer.start()
        tracer = self._traced(pid, struck) if struck else None
        try:
            code = int(self._ask(""))
        finally:
            timer.cancel()
            _kill_group(pid)
            if tracer is not None:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    tracer.wait(5)
                if tracer.poll() is None:
                    tracer.kill()
                    tracer.wait()
        return Ended(code, self._said.read_text("utf-8", "replace"), time.monotonic() - begun)

    def struck(self) -> bool:
        """Whether the last blow fell."""
        return b"INJECTED" in self.trace.read_bytes()

    def _ask(self, line: str) -> str:
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        if line:
            self._server.stdin.write(line + "\n")
            self._server.stdin.flush()
        answer = self._server.stdout.readline()
        if not answer:
            raise RuntimeError("the process that is copied has ended")
        return answer

    def _traced(self, pid: int, options: Sequence[str]) -> subprocess.Popen[bytes]:
        command = [strace() or "strace", "-f", "-qqq", "-o", str(self.trace), "-p", str(pid), *options]
        tracer = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for(lambda: _tracer_of(pid), 20, "strace does not take hold")
        time.sleep(0.02)
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGUSR1)
        return tracer

    def calls(self, home: Path, *args: str, of: Sequence[str] = CALLS, **environ: str) -> tuple[Ended, list[Point]]:
        """A run that is left alone, and a point for each call of each name, by the thread that made most of them.

        Of the process itself only: workers are other programs.
        """
        ended = self.run(home, *args, struck=["-e", f"trace={','.join(of)},execve"], **environ)
        counts: dict[str, Counter[str]] = {name: Counter() for name in of}
        workers: set[bytes] = set()
        for line in self.trace.read_bytes().splitlines():
            if found := _LINE.match(line):
                name = found[2].decode()
                if name == "execve":
                    workers.add(found[1])
                elif found[1] not in workers and name in counts:
                    counts[name][found[1].decode()] += 1
        points = [
            Point(name, number + 1) for name, by in counts.items() for number in range(max(by.values(), default=0))
        ]
        return ended, points

    def killed(self, home: Path, point: Point, *args: str, **environ: str) -> Ended:
        """The run, killed at that point."""
        blow = f"inject={point.call}:signal=KILL:when={point.number}"
        return self.run(home, *args, struck=["-e", f"trace={point.call}", "-e", blow], **environ)

    def refused(self, home: Path, point: Point, error: str, *args: str, lasting: bool = True, **environ: str) -> Ended:
        """The run, whose calls of that name on the home's archive end with that error from that point on."""
        blow = f"inject={point.call}:error={error}:when={point.number}{'+' if lasting else ''}"
        return self.run(home, *args, struck=[*on(home), "-e", f"trace={point.call}", "-e", blow], **environ)


def on(home: Path) -> list[str]:
    """Options that leave all but the archive's files alone."""
    paths = [home / f"archive.db{ending}" for ending in ("", "-wal", "-shm", "-journal")]
    return [option for path in (*paths, home) for option in ("-P", str(path))]


@contextlib.contextmanager
def copies(folder: Path, environ: Mapping[str, str]) -> Iterator[Copies]:
    """The process that is copied, for the time of a drill."""
    one = Copies(folder, environ)
    try:
        yield one
    finally:
        one.close()


def spread(points: Sequence[Point], most: int) -> list[Point]:
    """At most that many of them, evenly over all, so that each name has some."""
    if len(points) <= most:
        return list(points)
    return [points[n * len(points) // most] for n in range(most)]


def _tracer_of(pid: int) -> bool:
    with contextlib.suppress(OSError):
        status = Path(f"/proc/{pid}/status").read_text()
        return "TracerPid:\t0\n" not in status
    return True  # it is over already


def _kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def _kill_group(pid: int) -> None:
    """Whatever the copy started and did not live to end; it was the leader of a session of its own."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
