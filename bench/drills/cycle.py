"""Commands of scowatch, one after the other in one process, at an hour that the drill says.

    python -m bench.drills.cycle --home H collect --all -- deliver --json        DRILL_NOW=2026-03-29T00:59:00Z

Without DRILL_NOW the hour is the true one; from DRILL_NOW on it goes on by itself, and DRILL_STEP seconds pass between
two commands. The project asks for the hour in one place, which is replaced here. DRILL_GAP is the time between two
messages to Slack, in place of a second; DRILL_CLOCK names a file with the seconds by which the clock is ahead, which
may change at any time. With ``--serve`` a line of JSON (``env``, ``args``,
``held``) on standard input starts a copy of this process, in which everything is imported already; one that is
``held`` does not begin before it gets SIGUSR1, so that it can be traced.
"""

from __future__ import annotations

import io
import json
import os
import signal
import sys
import time
import traceback
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from importlib import import_module
from pathlib import Path

import monitor.app

#: What a cycle needs, imported before the copies are made.
_NEEDED = (
    "monitor.cli", "monitor.cli.reading", "monitor.cli.telling", "monitor.cli.backup", "monitor.cli.doctor",
    "monitor.cli.archive", "monitor.cli.setup", "monitor.cli.sources", "monitor.home", "monitor.service",
    "monitor.jobs.collecting", "monitor.jobs.telling", "monitor.jobs.delivering", "monitor.jobs.importing",
    "sources.http", "sources.fetchers", "sources.pool", "sources.robots", "sources.wire", "storage.sqlite",
    "storage.search", "storage.snapshots", "storage.news", "storage.reindexing", "storage.backup", "alerts.email",
    "alerts.slack", "alerts.outbox", "alerts.render", "aiosmtplib", "monitor.text.words", "monitor.identity.place",
    "monitor.identity.stories", "monitor.identity.copies", "monitor.identity.origins", "monitor.digest",
    "monitor.watchlist.matcher", "multiprocessing.connection", "httpx", "css_inline", "encodings.idna",
)  # fmt: skip


def set_clock(start: datetime, step: timedelta) -> None:
    """From now on the project's hour goes on from `start`; `next_command` adds a step."""
    begun = time.monotonic()
    state["ahead"], state["step"] = timedelta(), step

    def now() -> datetime:
        return start + state["ahead"] + timedelta(seconds=time.monotonic() - begun)

    monitor.app.now = now


#: How far the steps have moved the clock, and how long one is.
state = {"ahead": timedelta(), "step": timedelta()}


def run(args: Sequence[str]) -> int:
    """Exit code of the last command that failed; 0: all did their job. `--` stands between commands."""
    for name, module in list(sys.modules.items()):
        # whatever took the true clock when it was imported
        if name.startswith("monitor.") and getattr(module, "now", None) is not None and name != "monitor.app":
            module.now = monitor.app.now  # type: ignore[attr-defined]
    cli, code = import_module("monitor.cli"), 0
    begin = args.index("--home")
    home = list(args[begin : begin + 2])
    rest = [*args[:begin], *args[begin + 2 :]]
    for number, command in enumerate(_parted(rest)):
        state["ahead"] += state["step"] if number else timedelta()
        sys.argv = ["scowatch", *home, *command]
        try:
            cli.main()
        except SystemExit as end:
            code = int(end.code or 0) or code
    return code


def _parted(args: Sequence[str]) -> list[list[str]]:
    parts: list[list[str]] = [[]]
    for arg in args:
        if arg == "--":
            parts.append([])
        else:
            parts[-1].append(arg)
    return parts


def follow(file: Path) -> None:
    """From now on the clock is ahead of the true one by what stands in the file; the scheduler's clock as well."""

    def ahead() -> timedelta:
        return timedelta(seconds=float(file.read_text()))

    class Moved(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return datetime.now(tz) + ahead()

    monitor.app.now = lambda: datetime.now(UTC) + ahead()
    for name in ("schedulers.base", "triggers.interval", "triggers.date", "executors.base"):
        import_module(f"apscheduler.{name}").datetime = Moved


def _clock_of(environ: dict[str, str]) -> None:
    if file := environ.get("DRILL_CLOCK"):
        follow(Path(file))
    if gap := environ.get("DRILL_GAP"):
        slack = import_module("alerts.slack").SlackSender
        slack.__init__.__defaults__ = (float(gap),)
    if at := environ.get("DRILL_NOW"):
        start = datetime.fromisoformat(at.replace("Z", "+00:00")).astimezone(UTC)
        set_clock(start, timedelta(seconds=float(environ.get("DRILL_STEP", "60"))))


def serve() -> None:
    """Until standard input ends: a copy for each line; its process id goes out first, its exit code last."""
    for module in _NEEDED:
        import_module(module)
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
    for line in sys.stdin:
        order = json.loads(line)
        if not (pid := os.fork()):
            _copy(order)
        print(pid, flush=True)
        _, status = os.waitpid(pid, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def _copy(order: dict[str, object]) -> None:
    """Never returns."""
    code = 70
    try:
        os.setsid()
        if order["held"]:
            signal.sigtimedwait([signal.SIGUSR1], 30)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGUSR1])
        os.environ.update(order["env"])  # type: ignore[call-overload]
        said = os.open(str(order["said"]), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.dup2(said, 1)
        os.dup2(said, 2)
        os.close(said)
        os.close(nothing)
        sys.stdin = io.TextIOWrapper(io.BufferedReader(io.FileIO(0)))
        _clock_of(order["env"])  # type: ignore[arg-type]
        code = run(order["args"])  # type: ignore[arg-type]
    except BaseException:  # noqa: BLE001 - this process has nobody above it
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    if sys.argv[1:] == ["--serve"]:
        serve()
    else:
        _clock_of(dict(os.environ))
        sys.exit(run(sys.argv[1:]))
