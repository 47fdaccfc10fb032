"""Drill D, second part: the service with a tenth of its sources hostile, looked at from the servers' side."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path

from bench.drills.ground import ROOT, Figure, feed_source, hostile_server, make_home
from bench.drills.hostile_http import addresses, endpoints

SOURCES = 1_000
INTERVAL = 60
#: Sources that ask to be left alone, and for how long.
_WAITS = {
    "/429?after=150&key=w1": 150,
    "/429?form=date&after=150&key=w2": 149,
    "/status?code=503&retry_after=150&key=w3": 150,
}
_MARK = "good="


def drill(tools: Path, folder: Path, *, long: bool = False) -> Iterator[Figure]:
    """A few minutes of `run`; an hour with `long`."""
    seconds = 3600 if long else 240
    bad = [*_WAITS, *endpoints(tools)][: SOURCES // 10]
    good = [f"/feed?{_MARK}{n}" for n in range(SOURCES - len(bad))]
    hosts = addresses(SOURCES, 20)
    with hostile_server(tools, folder / "server", hosts=hosts, seconds=seconds + 120) as server:
        mixed = [path for n, path in enumerate(good) for path in ([path, bad[n // 9]] if n % 9 == 0 else [path])]
        sources = [
            feed_source(f"s{n}", server.url(path, host))
            for n, (path, host) in enumerate(zip(mixed, hosts, strict=True))
        ]
        home = make_home(folder / "home", sources, gap=2, poll=INTERVAL)
        started = time.time()
        code, stopping, memory, said = _run(home, folder, seconds)
        asked = server.requests()
    times: dict[str, list[float]] = defaultdict(list)
    for request in asked:
        times[request["target"]].append(request["t"])
    yield from _lateness(times, good, started, seconds)
    early = [f"{path} after {gap:.0f} s" for path, least in _WAITS.items() for gap in _gaps(times[path]) if gap < least]
    yield Figure(
        drill="D",
        name="asked to stay away",
        passed=not early and all(times[path] for path in _WAITS),
        found=f"{sum(len(times[p]) for p in _WAITS)} requests at {len(_WAITS)} such servers, "
        f"too early: {early or 'none'}",
    )
    settled, last = memory[len(memory) // 2], memory[-1]
    yield Figure(
        drill="D",
        name="the service's memory",
        passed=last - settled <= 50,
        found=f"{settled:.0f} MiB at half time, {last:.0f} MiB at the end",
    )
    yield Figure(
        drill="D",
        name="the service stops",
        passed=code == 0 and stopping <= 10 and "Traceback" not in said,
        found=f"exit code {code} after {stopping:.1f} s, {said.count('Traceback')} tracebacks",
    )


def _run(home: Path, folder: Path, seconds: float) -> tuple[int, float, list[float], str]:
    """Exit code of the service, seconds that stopping took, its resident MiB every second, what it said."""
    memory: list[float] = []
    with (folder / "run.txt").open("w") as said:
        command = [sys.executable, "-m", "monitor", "--home", str(home), "run"]
        service = subprocess.Popen(command, cwd=ROOT, stdout=said, stderr=said)
    try:
        end = time.monotonic() + seconds
        while time.monotonic() < end and service.poll() is None:
            memory.append(_resident(service.pid))
            time.sleep(1)
        stop = time.monotonic()
        service.send_signal(signal.SIGTERM)
        code = service.wait(30)
        return code, time.monotonic() - stop, memory, (folder / "run.txt").read_text(errors="replace")
    finally:
        if service.poll() is None:
            service.kill()
            service.wait()


def _resident(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


def _gaps(times: Sequence[float]) -> list[float]:
    return [later - earlier for earlier, later in pairwise(times)]


def _lateness(times: Mapping[str, list[float]], good: list[str], started: float, seconds: float) -> Iterator[Figure]:
    """How late the ordinary sources were polled, first polls by the start of the service."""
    first = sorted(times[path][0] - started for path in good if times[path])
    late = sorted(max(0.0, gap - INTERVAL) for path in good for gap in _gaps(times[path]))
    never = sum(not times[path] for path in good)
    # one that was polled last more than two intervals before the end was forgotten
    forgotten = sum(bool(times[path]) and started + seconds - times[path][-1] > 2 * INTERVAL for path in good)
    p95 = late[int(len(late) * 0.95)] if late else float("inf")
    yield Figure(
        drill="D",
        name=f"{SOURCES} sources, a tenth hostile",
        passed=p95 < INTERVAL and not never and not forgotten,
        found=f"{len(good)} ordinary ones polled every {INTERVAL} s: p95 late {p95:.1f} s, "
        f"most {late[-1] if late else 0:.1f} s, "
        f"first pass done after {first[-1] if first else 0:.0f} s, never polled {never}, forgotten {forgotten}",
    )
