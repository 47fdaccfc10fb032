"""Analysing and indexing alone, then a whole archive: import, size and every kind of search.

    python bench/archive_speed.py [--shared ../shared] [--articles 100000] [--only index|import] [--cmd COMMAND]

Articles are those of the shared script archive_scale.py: 2 to 3 KB of real English, Russian and Chinese sentences.
First they are analysed and put into the index of an empty archive, 250 in a transaction, at three sizes; CPU is of that
alone, all that the index needs counted (its merging, the forms of words). Then that script imports them by the command
and searches.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from storage.batch import Batch
from storage.connection import open_archive, transaction
from storage.indexed import facets_of, indexed, terms_of
from storage.values import SORT_BITS, sort_bound

AT_ONCE = 250
#: Shares of all articles at which the table has a row.
SIZES = (0.1, 0.3, 1.0)
#: Goals: articles a CPU-second analysed and indexed, and imported; index by text; ms of searches, newest first, any.
INDEXED, IMPORTED, SIZE, NEWEST, ANY = 1_000, 400, 0.9, 20, 50


def main() -> int:
    """0; 1 when a goal was missed; 2 when nothing could be measured."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--shared", type=Path, default=Path(__file__).resolve().parents[2] / "shared")
    options.add_argument("--articles", type=int, default=100_000)
    options.add_argument("--cmd", default=".venv/bin/scowatch")
    options.add_argument("--only", choices=("index", "import"))
    given = options.parse_args()
    script = given.shared / "accept" / "archive_scale.py"
    if not script.exists():
        print(f"not run: {script} is not there", file=sys.stderr)
        return 2
    missed = [] if given.only == "import" else list(_index(script.parent, given.articles))
    if given.only != "index":
        missed += _import(script, given.articles, given.cmd)
    print(f"missed: {', '.join(missed)}" if missed else "all goals met")
    return 1 if missed else 0


# ---------------------------------------------------------------------------------------------- the index alone


def _index(scripts: Path, articles: int) -> Iterator[str]:
    """Goals that were missed."""
    rows = _rows(scripts, articles)
    text = spent = 0.0
    done = 0
    print(f"analysing and indexing alone\n{'articles':>9}{'KB each':>9}{'a CPU-second':>14}{'index/text':>12}")
    with tempfile.TemporaryDirectory() as folder:
        connection = open_archive(Path(folder) / "archive.db")
        terms_of("summit саммит", "峰会", None)  # opens tables and dictionaries
        for size in SIZES:
            goal, begun = round(articles * size), spent
            first, before = done, text
            while done < goal and (batch := list(islice(rows, min(AT_ONCE, goal - done)))):
                started = time.process_time()
                _put(connection, batch, done)
                spent += time.process_time() - started
                done += len(batch)
                text += sum(len(f"{row['title']}{row['text']}".encode()) for row in batch)
            share, speed = _index_bytes(connection) / text, (done - first) / (spent - begun)
            kilobytes = (text - before) / (done - first) / 1000
            print(f"{done:9}{kilobytes:9.2f}{speed:14.0f}{share:12.3f}", flush=True)
        connection.close()
    if done / spent < INDEXED:
        yield f"{done / spent:.0f} articles a CPU-second analysed and indexed < {INDEXED}"
    if share > SIZE:
        yield f"index {share:.3f} of the text > {SIZE}"


def _rows(scripts: Path, articles: int) -> Iterator[dict[str, Any]]:
    sys.path.insert(0, str(scripts))
    from archive_scale import Maker

    maker = Maker()
    return (maker.article(number, articles) for number in range(articles))


def _put(connection: Any, rows: list[dict[str, Any]], first: int) -> None:
    with transaction(connection, durable=False):
        batch = Batch(connection)
        for number, row in enumerate(rows, first):
            key = sort_bound(datetime.fromisoformat(row["published"])) + (number & ((1 << SORT_BITS) - 1))
            terms = terms_of(row["title"], row["text"], row["lang"])
            batch.add_to_index(key, indexed(terms, row["lang"], _facets(row, number)), new=True)
        batch.finish()


def _facets(row: dict[str, Any], number: int) -> str:
    return facets_of(None, row["lang"], (), number)


def _index_bytes(connection: Any) -> int:
    tables = {"search_index_data": "block", "search_index_docsize": "sz", "search_index_idx": "term"}
    sizes = [
        connection.execute(f"SELECT sum(length({kept}) + 8) FROM {name}").fetchone()[0] for name, kept in tables.items()
    ]
    forms = connection.execute("SELECT sum(length(CAST(base || form AS BLOB)) + 4) FROM word_forms").fetchone()[0]
    return int(sum(sizes) + forms)


# ---------------------------------------------------------------------------------------------- a whole archive


def _import(script: Path, articles: int, cmd: str) -> list[str]:
    """Goals that were missed. What the script says is printed, and how fast it was at the beginning, middle and end."""
    command = [sys.executable, str(script), str(articles), "--cmd", cmd]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    speeds = [float(speed) for speed in re.findall(r"(\d+) per CPU-second", ran.stderr)]
    print(ran.stdout, end="")
    if ran.returncode != 0:
        return [f"the script ended with {ran.returncode}: {ran.stderr.strip()[-200:]}"]
    third = max(1, len(speeds) // 3)
    parts = [speeds[:third], speeds[third : 2 * third], speeds[2 * third :]]
    means = [f"{len(part) / sum(1 / speed for speed in part):.0f}" for part in parts if part]
    print(f"imported a CPU-second, by thirds of the archive: {', '.join(means)}")
    missed = []
    if (speed := len(speeds) / sum(1 / one for one in speeds)) < IMPORTED:
        missed.append(f"{speed:.0f} articles a CPU-second imported < {IMPORTED}")
    for sort, most in (("newest", NEWEST), ("relevance", ANY)):
        if slow := [ms for ms in re.findall(rf"{sort}\s+p50.*?p95\s+([\d.]+) ms", ran.stdout) if float(ms) > most]:
            missed.append(f"p95 {', '.join(slow)} ms by {sort} > {most}")
    return missed


if __name__ == "__main__":
    raise SystemExit(main())
