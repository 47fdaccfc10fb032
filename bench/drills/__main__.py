"""Runs the drills and writes their figures down."""

from __future__ import annotations

import argparse
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

from bench.drills.ground import HOSTILE, ROOT, STATES, Figure

#: Name -> module; in order of the time they take. Those of a letter have rows with numbers of their own.
DRILLS = {
    "I": "mail_faults",
    "H": "slack_faults",
    "C": "clock",
    "B": "disk",
    "A": "crash",
    "secrets": "secrecy",
    "ssrf": "ssrf",
    "doors": "doors",
    "feeds": "feeds",
    "http": "hostile_http",
    "documents": "documents",
    "run": "on_time",
}
RESULTS = ROOT / "bench" / "RESULTS.md"
#: Behind the name of a row with every point: it stays when the others are run anew.
_LONG = "(--long)"
_BEGIN, _END = "<!-- drills -->", "<!-- end of drills -->"
_LIBRARIES = ("httpx", "h11", "aiosmtplib", "feedparser", "lxml", "beautifulsoup4", "trafilatura", "pysqlite3")


def main() -> int:
    """0; 1 when a drill has failed."""
    parser = argparse.ArgumentParser(prog="python -m bench.drills")
    parser.add_argument("--hostile", type=Path, default=HOSTILE, help="the folder of the attack tools")
    parser.add_argument("--only", default=",".join(DRILLS), help=f"some of {', '.join(DRILLS)}, or rows like A2")
    parser.add_argument("--long", action="store_true", help="every point in place of samples, an hour of `run` (hours)")
    parser.add_argument("--keep", action="store_true", help="leave the homes and what they said where they are")
    parser.add_argument("--no-results", action="store_true", help="print only")
    args = parser.parse_args()
    tools = args.hostile.resolve()
    if not (tools / "hostile_server.py").exists():
        print(f"skipped: there are no attack tools at {args.hostile} (name their folder: make drills HOSTILE=…)")
        return 0
    chosen = args.only.split(",")
    unknown = [name for name in chosen if not known(name)]
    if unknown:
        parser.error(f"no drill {', '.join(unknown)}: use some of {', '.join(DRILLS)}, or rows like A2")
    started, folder = time.monotonic(), Path(tempfile.mkdtemp(prefix="drills-"))
    try:
        figures = [figure for name in chosen for figure in run(name, tools, folder, long=args.long)]
    finally:
        if args.keep:
            print(f"kept: {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    failed = sum(figure.passed is False for figure in figures)
    print(f"{len(figures)} figures in {(time.monotonic() - started) / 60:.1f} minutes, {failed} failed")
    if not args.no_results:
        write(figures, whole=set(chosen) == set(DRILLS))
    return 1 if failed else 0


def run(name: str, tools: Path, folder: Path, *, long: bool) -> Iterator[Figure]:
    """The figures of the drill, or of its row, each printed as it comes; what breaks off has failed."""
    module = import_module(f"bench.drills.{DRILLS.get(name) or DRILLS[name[0]]}")
    rows: dict[str, Callable[..., Iterator[Figure]]] = getattr(module, "ROWS", {name: getattr(module, "drill", None)})
    for row in [name] if name in rows else rows:
        try:
            for figure in rows[row](tools, folder / row, long=long):
                name = f"{figure.name} {_LONG}" if long else figure.name
                shown = replace(figure, name=name, found=figure.found.replace(f"{folder}/", ""))  # gone by then
                print(shown, flush=True)
                yield shown
        except Exception as error:  # noqa: BLE001 - the other drills have something to say as well
            found = f"broke off: {type(error).__name__}: {error}".replace(f"{folder}/", "")
            letter = row[0] if row[0] in DRILLS else "-"
            broken = Figure(drill=letter, name=row, passed=False, found=found)
            print(broken, flush=True)
            yield broken


def known(name: str) -> bool:
    """Whether there is such a drill, or such a row."""
    if name in DRILLS:
        return True
    module = DRILLS.get(name[:1])
    return bool(module) and name in import_module(f"bench.drills.{module}").ROWS


def write(figures: list[Figure], *, whole: bool) -> None:
    """Puts the figures in place of all of the last run, or of those of the same name. The file's other parts stay, and
    rows with every point, which take hours."""
    old = RESULTS.read_text(encoding="utf-8") if RESULTS.exists() else "# Results\n\n"
    before, _, rest = old.partition(_BEGIN)
    mine, _, after = rest.partition(_END) if rest else ("", "", "\n")
    rows = {
        line.split(" | ")[1]: line
        for line in mine.splitlines()
        if line.count(" | ") > 2 and not line.startswith(("| |", "| ---")) and not (whole and _LONG not in line)
    }
    at = f"{datetime.now(UTC):%Y-%m-%d %H:%M} {_commit()}".rstrip()
    rows |= {f.name: f"| {f.drill} | {f.name} | {STATES[f.passed]} | {_cell(f.found)} | {at} |" for f in figures}
    head = f"{_machine()} `at` is when the row's run ended (UTC), and the commit: parts may have been run anew since."
    title = [
        "## Safety drills (`make drills`)",
        "",
        head,
        "",
        "| | drill | | found | at |",
        "| --- | --- | --- | --- | --- |",
    ]
    RESULTS.write_text(
        f"{before}{_BEGIN}\n" + "\n".join([*title, *rows.values()]) + f"\n{_END}{after}", encoding="utf-8"
    )


def _cell(text: str) -> str:
    return " ".join(text[:600].replace("|", "\\|").replace("<", "&lt;").split())


def _machine() -> str:
    cores = subprocess.run(["nproc"], capture_output=True, text=True, check=False).stdout.strip() or "?"
    libraries = ", ".join(f"{name} {version(name)}" for name in _LIBRARIES if _has(name))
    return f"{cores} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}, {libraries}."


def _commit() -> str:
    """Which state of the project was tried, with ``+`` where files were changed since; empty: it is no checkout."""
    git = ["git", "-C", str(ROOT)]
    named = subprocess.run([*git, "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    changed = subprocess.run([*git, "diff", "--quiet", "HEAD"], capture_output=True, check=False)
    if named.returncode:
        return ""
    return named.stdout.strip() + ("+" if changed.returncode else "")


def _has(name: str) -> bool:
    try:
        return bool(version(name))
    except ModuleNotFoundError:
        return False


if __name__ == "__main__":
    sys.exit(main())
