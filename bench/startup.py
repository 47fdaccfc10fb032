"""Prints what an installation weighs and how long commands take to start (CPU seconds, median of five)."""

from __future__ import annotations

import os
import re
import statistics
import subprocess
import sys
import tempfile
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HELP_LIMIT = 0.4


def cpu_seconds(*args: str) -> float:
    """User and system time of one run of the command, the median of five."""
    times = []
    for _ in range(5):
        before = os.times()
        subprocess.run([sys.executable, "-m", "monitor", *args], check=True, capture_output=True, cwd=ROOT)
        after = os.times()
        spent = after.children_user + after.children_system - before.children_user - before.children_system
        times.append(spent)
    return statistics.median(times)


def installed() -> tuple[int, float]:
    """How many packages the core needs, and their megabytes without compiled byte code."""
    names = re.findall(r"^([A-Za-z0-9_.-]+)==", (ROOT / "requirements.txt").read_text(), re.MULTILINE)
    size = count = 0
    for name in sorted(set(names)):
        try:
            files = metadata.distribution(name).files or []
        except metadata.PackageNotFoundError:
            continue
        count += 1
        size += sum(f.locate().stat().st_size for f in files if f.suffix != ".pyc" and Path(f.locate()).is_file())
    return count, size / 1e6


def main() -> int:
    """0; 1 when --help takes longer than it may."""
    count, megabytes = installed()
    with tempfile.TemporaryDirectory() as home:
        subprocess.run(
            [sys.executable, "-m", "monitor", "--home", home, "init"], check=True, capture_output=True, cwd=ROOT
        )
        shown = cpu_seconds("--help")
        search = cpu_seconds("--home", home, "search", "summit")
    print(f"core install: {count} packages, {megabytes:.0f} MB")
    print(f"start-up: --help {shown:.2f} s, search {search:.2f} s of CPU")
    if shown > HELP_LIMIT:
        print(f"`scowatch --help` takes more than {HELP_LIMIT} s of CPU: an import is not lazy any more")
    return shown > HELP_LIMIT


if __name__ == "__main__":
    raise SystemExit(main())
