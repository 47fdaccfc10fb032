"""Runs the benchmarks one after the other and writes down what they printed.

    python -m bench [--shared ../shared] [--only collect,bare] [--no-results]

Each is a command of its own that can be run alone and ends with 0 when its goals are met. Those that measure against
others' programs or on recorded material need the folder that is given as `--shared`, and are passed over without it.
"""

from __future__ import annotations

import argparse
import platform
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "bench" / "RESULTS.md"
SHARED = ROOT.parent / "shared"
_KEPT_LINES = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Benchmark:
    """One command; `{shared}`, `{cmd}` and `{bare}` stand for what is given, our command, and one that reads,
    stores and indexes only."""

    name: str
    #: What it shows, and what is wanted.
    says: str
    command: str
    #: Whether it needs the shared folder.
    shared: bool = True


BENCHMARKS = (
    Benchmark(name="startup", says="weight and start-up", command="bench/startup.py", shared=False),
    Benchmark(name="feeds", says="reading feeds, beside feedparser", command="bench/feed_speed.py", shared=False),
    Benchmark(
        name="agreement",
        says="the fast reader beside feedparser over recorded feeds: ≥ 99.5 % of entries the same",
        command="bench/feed_agreement.py --data {shared}/data/feeds",
    ),
    Benchmark(
        name="articles",
        says="each stage between reading and the archive",
        command="bench/article_speed.py --shared {shared}",
    ),
    Benchmark(
        name="watchlist",
        says="tagging beside re: 7,000 characters ≤ 1 ms, at 20,000 names ≤ 3 ms, re ≥ 100 times; start ≤ 1.5, 0.2 s",
        command="bench/watchlist_speed.py --shared {shared}",
    ),
    Benchmark(
        name="digests",
        says="10,000 readers' digests, built and composed: ≤ 60 s",
        command="bench/digests_speed.py",
        shared=False,
    ),
    Benchmark(
        name="names",
        says="names that others marked by hand in Russian, Kazakh, Kyrgyz, Uzbek, Urdu, Chinese: recall ≥ 0.97",
        command="bench/names.py --shared {shared}",
    ),
    Benchmark(
        name="headlines",
        says="what the watchlist finds in recorded news: headlines, newscasts, whole texts",
        command="bench/headlines.py --shared {shared}",
    ),
    Benchmark(
        name="search",
        says="searches in six languages: all of the table found",
        command="{shared}/accept/search.py --cmd {cmd}",
    ),
    Benchmark(
        name="index",
        says="100,000 articles analysed and indexed: ≥ 1,000 a CPU-second, the index ≤ 0.9 of the text",
        command="bench/archive_speed.py --shared {shared} --only index",
    ),
    Benchmark(
        name="archive",
        says="100,000 articles: imported ≥ 400 a CPU-second, each kind of search p95 ≤ 50 ms (newest first ≤ 20)",
        command="bench/archive_speed.py --shared {shared} --only import --cmd {cmd}",
    ),
    Benchmark(
        name="growth",
        says="what an article costs as the archive grows",
        command="bench/archive_growth.py --shared {shared}",
    ),
    Benchmark(
        name="identity",
        says="copies, story and origin of an article: ≤ 1 ms in 100,000 articles, ≤ 2 ms in 1,000,000; datasketch ≥ 2",
        command="bench/identity_speed.py --shared {shared}",
    ),
    Benchmark(
        name="rules",
        says="100 rules of alerts over 10,000 new articles: ≤ 5 s of CPU",
        command="bench/rules_speed.py",
        shared=False,
    ),
    Benchmark(
        name="collect",
        says="a pass beside reader 3.26, everything on: first ≥ 5, all-304 ≥ 3, two new of fifty ≥ 10",
        command="{shared}/accept/collect_vs_reader.py --cmd {cmd} --rounds 3 --min-first 5 --min-304 3 --min-new 10",
    ),
    Benchmark(
        name="bare",
        says="reading, storing and indexing alone (no tags, no identity) beside reader 3.26: first ≥ 10",
        command="{shared}/accept/collect_vs_reader.py --cmd {bare} --rounds 3 --min-first 10",
    ),
    Benchmark(
        name="collect-2000",
        says="the same with 2,000 feeds: growth and memory (≤ 200 MB)",
        command="{shared}/accept/collect_vs_reader.py --cmd {cmd} --rounds 1 --feeds 2000 --timeout 3600",
    ),
    *(
        Benchmark(
            name=f"extraction-{called}",
            says=f"texts of {what} beside trafilatura: F1 at least {gain:+} of its own, 1.3 times its pages",
            command=f"{{shared}}/accept/extraction.py {data} --cmd {{cmd}} --min-gain {gain} --min-speed 1.3",
        )
        for called, data, what, gain in (
            ("ru", "daniel-ru", "older Russian pages", 0.1),
            ("zh", "daniel-zh", "older Chinese pages", 0.06),
            ("aeb", "aeb", "English pages", -0.003),
            ("fundus", "fundus", "news sites' pages", -0.003),
        )
    ),
    Benchmark(
        name="dates",
        says="publication days of pages beside htmldate: ≥ 0.94",
        command="{shared}/accept/dates.py --cmd {cmd}",
    ),
)


def main() -> int:
    """0; 1 when one has failed or missed a goal."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--shared", type=Path, default=SHARED, help="others' programs and recorded material")
    parser.add_argument("--only", default="", help=f"some of {', '.join(b.name for b in BENCHMARKS)}")
    parser.add_argument("--no-results", action="store_true", help="print only")
    args = parser.parse_args()
    wanted = [name for name in args.only.split(",") if name]
    if unknown := set(wanted) - {benchmark.name for benchmark in BENCHMARKS}:
        parser.error(f"no benchmark {', '.join(sorted(unknown))}")
    missed = []
    for benchmark in BENCHMARKS:
        if wanted and benchmark.name not in wanted:
            continue
        if benchmark.shared and not (args.shared / "accept").is_dir():
            print(f"== {benchmark.name}: passed over, {args.shared} has no measuring scripts (make bench SHARED=…)")
            continue
        print(f"== {benchmark.name}: {benchmark.says}", flush=True)
        started = time.monotonic()
        met, said = run(benchmark, args.shared.resolve())
        print(f"-- {'met' if met else 'MISSED'} after {time.monotonic() - started:.0f} s\n", flush=True)
        if not met:
            missed.append(benchmark.name)
        if not args.no_results:
            write(benchmark, said, met=met)
    print(f"missed: {', '.join(missed)}" if missed else "all goals met")
    return 1 if missed else 0


def run(benchmark: Benchmark, shared: Path) -> tuple[bool, Sequence[str]]:
    """Whether it ended well, and what it printed on standard output; all that it says is shown at once."""
    names = {"shared": shared, "cmd": ROOT / ".venv/bin/scowatch", "bare": ROOT / "bench/bare-scowatch"}
    command = [sys.executable, *benchmark.command.format(**names).split()]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, encoding="utf-8") as process:
        said = []
        for line in process.stdout or ():
            print(line, end="", flush=True)
            said.append(line.rstrip().replace(str(shared), "../shared").replace(str(ROOT), "."))
    return process.returncode == 0, said


def write(benchmark: Benchmark, said: Sequence[str], *, met: bool) -> None:
    """Puts what was printed in place of what the same benchmark printed last time."""
    old = RESULTS.read_text(encoding="utf-8") if RESULTS.exists() else "# Results\n"
    begin, end = f"<!-- bench {benchmark.name} -->", f"<!-- end of {benchmark.name} -->"
    head = f"### {benchmark.name}: {'met' if met else 'missed'}\n\n{benchmark.says[:1].upper()}{benchmark.says[1:]}."
    at = f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, commit {_commit()}, {_machine()}."
    lines = "\n".join(said[-_KEPT_LINES:])
    section = f"{begin}\n{head}\n{at}\n\n```\n{lines}\n```\n{end}\n"
    pattern = re.compile(rf"{re.escape(begin)}.*?{re.escape(end)}\n", re.DOTALL)
    if pattern.search(old):
        new = pattern.sub(lambda _: section, old)
    else:
        title = "" if "## Benchmarks" in old else "\n## Benchmarks (`make bench`)\n\n"
        new = f"{old.rstrip()}\n{title}\n{section}"
    RESULTS.write_text(new, encoding="utf-8")


def _commit() -> str:
    asked = ["git", "describe", "--always", "--dirty", "--abbrev=7", "--exclude=*"]
    return subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip() or "unknown"


def _machine() -> str:
    cores = subprocess.run(["nproc"], capture_output=True, text=True, check=False).stdout.strip() or "?"
    return f"{cores} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}"


if __name__ == "__main__":
    sys.exit(main())
