"""What identity costs an article: copies, story, origin, and all that is kept for them, by parts that sum to the whole.

    python bench/identity_speed.py [--shared ../shared] [--archive 100000,1000000] [--peers PYTHON | --no-peers]

Real texts of about 3 kB in English, Russian and Chinese, of which ours and the archive's are different ones: new
articles; forty reprints of one; copies of others with words changed and sentences cut; second versions. They come after
the first two hundred of a process, which meet most words for the first time, and are stored in transactions of fifty
into archives that hold so many articles of the last ten days: real placements of articles made of real sentences,
repeated with bands of their own and half of their story keys. What identity costs is the CPU inside its doors; beside
it stands the whole transaction with it, less the same without it.

Then copies alone beside MinHashLSH of `datasketch`, for which an environment is made and thrown away
(bench/copies_speed): found by sketches, as there, and with the texts compared, which it does not do.
Goals: 1 ms at the first size, twice that at the others, twice the documents of datasketch with a higher recall, by
sketches on both sides.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import wraps
from pathlib import Path
from typing import Any

from bench import copies_speed
from monitor.app import App
from monitor.cli import SEARCHED_AFTER
from monitor.home import Home, make_home
from monitor.identity import place as placing
from monitor.identity.listed import content_hash
from monitor.identity.place import Identity
from monitor.identity.stories import Stories
from monitor.ports import Placer, Store
from monitor.text.clean import clean_line, clean_text
from monitor.text.words import terms
from monitor.types import Arrival, Article, Collected
from monitor.watchlist.matcher import Matcher
from storage import open_store, places
from storage.connection import connect
from storage.neighbours import PERIOD_DAYS, StoredNeighbours
from storage.values import micros

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
LANGUAGES = ("en", "ru", "zh")
KINDS = ("new", "reprint", "copied", "edited")
#: Of each language, so many of each kind; and reprints of one article.
EACH, REPRINTS = 30, 40
LEAST, MOST = 2000, 4500
AT_ONCE = 50
#: Articles that are placed for the archive; the others repeat them.
PLACED = 3000
#: How long the archive's articles were published.
WINDOW = timedelta(days=10)
GOAL_MS, GROWTH, FASTER = 1.0, 2.0, 2.0


def main() -> int:
    """0; 1 when a goal is missed."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--shared", type=Path, default=Path(__file__).resolve().parents[2] / "shared")
    options.add_argument("--archive", default="100000,1000000", help="articles in the window, several sizes")
    options.add_argument("--peers", type=Path, help="interpreter that has datasketch")
    options.add_argument("--no-peers", action="store_true")
    given = options.parse_args()
    if not (given.shared / "accept" / "common.py").exists():
        print(f"not run: {given.shared} has no accept/common.py and data to take texts from", file=sys.stderr)
        return 0
    gc.set_threshold(SEARCHED_AFTER, 20, 20)  # as in every command
    met = _identity(given.shared, [int(size) for size in given.archive.split(",")])
    if not given.no_peers:
        met = _copies(given.shared, given.peers) and met
    return 0 if met else 1


# ---------------------------------------------------------------------------------------------- articles


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A title and a text in a language."""

    title: str
    text: str
    lang: str


def real_texts(shared: Path) -> list[Text]:
    """Articles of about 3 kB, the same number in each language, in an order by chance."""
    data = shared / "data"
    rows = [(row, row["lang"]) for row in _rows(data / "clustering/wmt-news-docs/docs.jsonl")]
    for name in ("wikinews_medium", "handpicked"):
        rows += [(row, "en") for row in _rows(data / f"clustering/galaxy-events/{name}.jsonl")]
    rows += [(row, "ru") for row in _rows(data / "sco/kremlin-ru-tagged.jsonl")]
    rows += [(row, "zh") for row in _rows(data / "sco/cctv-xinwenlianbo.jsonl")]
    found: dict[str, list[Text]] = defaultdict(list)
    for row, lang in rows:
        text = clean_text(row["text"] if "text" in row else row["html"])
        if lang in LANGUAGES and LEAST <= len(text.encode()) <= MOST:
            found[lang].append(Text(title=clean_line(row["title"]), text=text, lang=lang))
    chance = random.Random(1)
    for several in found.values():
        chance.shuffle(several)
    least = min(map(len, found.values()))
    return [found[lang][at] for at in range(least) for lang in LANGUAGES]


def _rows(file: Path) -> Iterator[dict[str, Any]]:
    with file.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One arrival that is measured."""

    kind: str
    article: Article


def samples(shared: Path) -> tuple[list[Sample], list[Text]]:
    """What is measured, in the order in which it comes: first what the copies and versions are of; and other texts."""
    texts = real_texts(shared)
    each = min(EACH, (len(texts) - 1) // len(LANGUAGES))
    fresh = [_article(number, text) for number, text in enumerate(texts[: each * len(LANGUAGES)])]
    chance = random.Random(2)
    copied = [
        _article(1000 + n, replace(text, text=copies_speed.edited(chance, text.text, text.lang)))
        for n, text in enumerate(texts[: len(fresh)])
    ]
    wire, *others = texts[each * len(LANGUAGES) :]
    reprints = [_article(2000 + n, replace(wire, text=f"{wire.text}\nsource {n}.")) for n in range(REPRINTS)]
    edited = [_with_text(article, f"{article.text}\nUpdated: {n} more.") for n, article in enumerate(fresh)]
    of_kinds = zip(KINDS, (fresh, reprints, copied, edited), strict=True)
    return [Sample(kind=kind, article=article) for kind, several in of_kinds for article in several], others


def _article(number: int, text: Text) -> Article:
    url = f"https://outlet{number % 200}.example.org/news/{number}"
    at = NOW - timedelta(minutes=number % 600)
    return Article(
        source_id=f"outlet{number % 200}",
        source_name=f"Outlet {number % 200}",
        url=url,
        canonical_url=url,
        title=text.title,
        text=text.text,
        text_from="page",
        lang=text.lang,
        published_at=at,
        first_seen_at=NOW,
        content_hash=content_hash(text.title, text.text),
    )


def _with_text(article: Article, text: str) -> Article:
    return replace(article, text=text, content_hash=content_hash(article.title, text))


# ---------------------------------------------------------------------------------------------- time


class Parts:
    """CPU seconds by part, each without the parts that it calls."""

    def __init__(self) -> None:
        self.spent: Counter[str] = Counter()
        self._open: list[float] = []

    def watch(self, owner: Any, name: str, part: str) -> None:
        """Puts a function that is timed in the place of one."""
        function: Callable[..., Any] = getattr(owner, name)
        clock, opened = time.thread_time, self._open

        @wraps(function)
        def timed(*args: Any, **kwargs: Any) -> Any:
            opened.append(0.0)
            begun = clock()
            try:
                return function(*args, **kwargs)
            finally:
                whole = clock() - begun
                self.spent[part] += whole - opened.pop()
                if opened:
                    opened[-1] += whole

        setattr(owner, name, timed)

    def taken(self) -> Counter[str]:
        """What was spent since it was last asked."""
        spent, self.spent = self.spent, Counter()
        return spent


def timed_parts() -> Parts:
    """Those of identity, from now on."""
    parts = Parts()
    parts.watch(placing, "print_of", "print of the text")
    for name in ("stored_with_bands", "with_bands"):
        parts.watch(StoredNeighbours, name, "candidates for copies")
    parts.watch(placing, "copies", "comparison with them")
    parts.watch(StoredNeighbours, "with_keys", "candidates for stories")
    parts.watch(StoredNeighbours, "of_story", "first articles of stories")
    for name in ("expect", "place", "read", "same_as"):
        parts.watch(Stories, name, "facts, comparison of stories")
    parts.watch(placing, "credit", "credits")
    parts.watch(StoredNeighbours, "of_group", "members of copy groups")
    parts.watch(Identity, "_origins", "origin")
    for name in ("expect", "place"):
        parts.watch(Identity, name, "the rest of placing")
    for name in ("asked", "of_new", "keep_new", "move_edited"):
        parts.watch(places.Places, name, "rows of groups and stories")
    parts.watch(places.Places, "finish", "bands and keys stored")
    return parts


# ---------------------------------------------------------------------------------------------- the measurement


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What the articles cost in an archive of one size, in milliseconds each."""

    size: int
    parts: dict[str, float]
    kinds: dict[str, float]
    #: The whole transaction, less the same without identity.
    more: float
    #: Bytes that identity keeps of an article.
    disk: dict[str, float]


def _identity(shared: Path, sizes: Sequence[int]) -> bool:
    listed, others = samples(shared)
    kilobytes = sum(len(f"{s.article.title}{s.article.text}".encode()) for s in listed) / len(listed) / 1000
    kinds = ", ".join(f"{sum(s.kind == kind for s in listed)} {kind}" for kind in KINDS)
    print(f"{len(listed)} articles of {kilobytes:.1f} kB: {kinds}")
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder))
        make_home(home.path, empty=True)
        matcher = Matcher(home.watchlist, home.forms)
        parts = timed_parts()
        placed = _placed(shared, home, matcher, Path(folder) / "placed.db", min(PLACED, max(sizes)))
        table = []
        for size in sizes:
            path = Path(folder) / f"{size}.db"
            begun = time.monotonic()
            grown(placed, path, size)
            note(f"an archive of {size} articles was made in {time.monotonic() - begun:.0f} s")
            table.append(_measured(path, size, home, matcher, listed, others, parts))
            path.unlink()
    _print(table)
    print(f"{os.getloadavg()[1]:.1f} processes wanted the machine's {os.cpu_count()} cores meanwhile")
    costs = [sum(one.parts.values()) for one in table]
    return all(cost <= GOAL_MS * (GROWTH if n else 1) for n, cost in enumerate(costs))


def _measured(
    path: Path,
    size: int,
    home: Home,
    matcher: Matcher,
    listed: Sequence[Sample],
    others: Sequence[Text],
    parts: Parts,
) -> Measured:
    placer = App(home).placer
    arrivals = [_arrival(sample.article, matcher) for sample in listed]
    warm = [_arrival(_article(9000 + n, text), matcher) for n, text in enumerate(others)]
    store = open_store(f"sqlite:///{path}")
    _spent(store, warm, placer)  # what is loaded once, and words that are met first
    without = _spent(store, [_elsewhere(arrival) for arrival in arrivals], None)
    parts.taken()
    kinds, whole, all_parts = {}, 0.0, Counter[str]()
    for kind in KINDS:
        some = [a for a, sample in zip(arrivals, listed, strict=True) if sample.kind == kind]
        whole += _spent(store, some, placer)
        spent = parts.taken()
        kinds[kind] = 1000 * spent.total() / len(some)
        all_parts += spent
    store.close()
    return Measured(
        size=size,
        parts={part: 1000 * seconds / len(listed) for part, seconds in all_parts.items()},
        kinds=kinds,
        more=1000 * (whole - without) / len(listed),
        disk=_disk(path),
    )


def _spent(store: Store, arrivals: Sequence[Arrival], placer: Placer | None) -> float:
    """CPU of storing these, in transactions of AT_ONCE, each source's in a poll of its own."""
    begun = time.process_time()
    for at in range(0, len(arrivals), AT_ONCE):
        polls = [
            Collected(source_id=one.article.source_id, at=NOW, outcome="ok", arrivals=(one,))
            for one in arrivals[at : at + AT_ONCE]
        ]
        store.record_all(polls, placer)
    return time.process_time() - begun


def _arrival(article: Article, matcher: Matcher) -> Arrival:
    return Arrival(
        article=article,
        entry_key=article.url,
        entry_hash=article.content_hash,
        matches=matcher.find(article.title, article.text, article.lang, article.published_at),
        terms=terms(article.title, article.text, article.lang),
    )


def _elsewhere(one: Arrival) -> Arrival:
    """The same at other addresses, by other sources."""
    url = one.article.url.replace("//", "//bare.")
    article = replace(one.article, url=url, canonical_url=url, source_id=f"bare-{one.article.source_id}")
    return replace(one, article=article, entry_key=url)


def _print(table: Sequence[Measured]) -> None:
    first = table[0]
    print(f"{'ms of CPU an article, in an archive of':40}" + "".join(f"{one.size:12}" for one in table))
    for part in sorted(first.parts, key=lambda part: -first.parts[part]):
        print(f"  {part:38}" + "".join(f"{one.parts.get(part, 0):12.3f}" for one in table))
    print(f"{'all of identity':40}" + "".join(f"{sum(one.parts.values()):12.3f}" for one in table))
    for kind in KINDS:
        print(f"  {'of one that is ' + kind:38}" + "".join(f"{one.kinds[kind]:12.3f}" for one in table))
    print(f"{'transaction with it, less without it':40}" + "".join(f"{one.more:12.3f}" for one in table))
    print("bytes on disk an article")
    for what in first.disk:
        print(f"  {what:38}" + "".join(f"{one.disk[what]:12.0f}" for one in table))
    print(f"  {'all of identity':38}" + "".join(f"{sum(one.disk.values()):12.0f}" for one in table))


def note(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


# ---------------------------------------------------------------------------------------------- archives


def _placed(shared: Path, home: Home, matcher: Matcher, path: Path, count: int) -> Path:
    """An archive of so many articles made of real sentences, each with its place; every fourth is a copy."""
    placer = App(home).placer
    store = open_store(f"sqlite:///{path}")
    arrivals = []
    for number, row in enumerate(copies_speed.articles(shared, count)):
        text = Text(title=row["title"], text=row["text"], lang=row["lang"])
        at = NOW - WINDOW + number * WINDOW / count
        arrivals.append(_arrival(replace(_article(100_000 + number, text), published_at=at), matcher))
    _spent(store, arrivals, placer)
    store.close()
    return path


#: Each table of an archive that repeats another `:rounds` times: every round has its articles at other times, so that
#: numbers go on rising with the time. Bands are each article's own; of the story keys half are, the others are shared.
_AT = "(article_id - 1 + r * 7) % :count"
_PUBLISHED = f"(:begin + {_AT} * :step)"
_COPIES = {
    "stories": "SELECT (id - 1) * :rounds + r + 1, created_at, NULL FROM rounds, old.stories ORDER BY 1",
    "copy_groups": "SELECT (id - 1) * :rounds + r + 1, (story_id - 1) * :rounds + r + 1, NULL"
    " FROM rounds, old.copy_groups ORDER BY 1",
    "articles": f"SELECT {_AT} * :rounds + r + 1, {_AT} * :rounds + r + 1, source_id, NULL, NULL, url || '-' || r,"
    f" canonical_url || '-' || r, source_name, lang, authors, {_PUBLISHED}, {_PUBLISHED}, 1, title, text, text_from,"
    " content_hash, tags, origin, (copy_group_id - 1) * :rounds + r + 1, (story_id - 1) * :rounds + r + 1, facts"
    " FROM rounds, (SELECT *, id AS article_id FROM old.articles) ORDER BY 1",
    "bands": f"SELECT (band + r * 40503000007) % 140737488355327, {_AT} * :rounds + r + 1 FROM rounds,"
    " (SELECT * FROM old.bands UNION SELECT * FROM old.new_bands) ORDER BY 1, 2",
    "story_keys": f"SELECT {_PUBLISHED} / 86400000000 / :days, CASE WHEN (key / 65536 + r) % 2 THEN key"
    f" ELSE (key + r * 40503000007) % 140737488355327 END, {_AT} * :rounds + r + 1 FROM rounds, old.story_keys"
    " ORDER BY 1, 2, 3",
}


def grown(placed: Path, path: Path, size: int) -> None:
    """Makes an archive that repeats the placed one until it has so many articles."""
    store = open_store(f"sqlite:///{path}")
    store.close()
    connection = connect(path)
    connection.execute("ATTACH ? AS old", (str(placed),))
    (count,) = connection.execute("SELECT max(id) FROM old.articles").fetchone()
    rounds = max(1, size // count)
    for pragma in ("foreign_keys = OFF", "synchronous = OFF", "cache_size = -200000", "temp_store = FILE"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute("CREATE TEMP TABLE rounds (r INTEGER PRIMARY KEY)")
    connection.executemany("INSERT INTO rounds VALUES (?)", [(r,) for r in range(rounds)])
    begin, step = micros(NOW - WINDOW) or 0, int(WINDOW.total_seconds() * 1e6) // count
    values = {"rounds": rounds, "count": count, "begin": begin, "step": step, "days": PERIOD_DAYS}
    for table, statement in _COPIES.items():
        named = {name: value for name, value in values.items() if f":{name}" in statement}
        connection.execute(f"INSERT OR IGNORE INTO {table} {statement}", named)
    connection.execute("DETACH old")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def _disk(path: Path) -> dict[str, float]:
    """Bytes an article of each thing that identity keeps: what the file shrinks by without a table, or holds."""
    connection = connect(path)
    (count,) = connection.execute("SELECT count(*) FROM articles").fetchone()
    facts, origins = connection.execute("SELECT sum(length(facts)), sum(length(origin)) FROM articles").fetchone()
    found = {"facts": facts / count, "origin": (origins or 0) / count}
    (size,) = connection.execute("PRAGMA page_size").fetchone()
    before = 0
    for name, tables in {"bands": ("bands", "new_bands"), "story keys": ("story_keys",)}.items():
        for table in tables:
            connection.execute(f"DELETE FROM {table}")
        (free,) = connection.execute("PRAGMA freelist_count").fetchone()
        found[name] = (free - before) * size / count
        before = free
    connection.close()
    return found


# ---------------------------------------------------------------------------------------------- beside others


def _copies(shared: Path, peers: Path | None) -> bool:
    """Whether copies are found as fast as wanted; True where the other library cannot be had."""
    with tempfile.TemporaryDirectory() as folder:
        interpreter = peers or _environment(Path(folder))
        if interpreter is None:
            print("datasketch: not measured, an environment with it cannot be made here")
            return True
        print("copies alone, beside datasketch:")
        figures = copies_speed.compare(shared, 3000, interpreter, ("datasketch",))
    # as far as MinHashLSH goes; that texts are compared afterwards stands beside it
    ours, theirs = figures["sketches"], figures.get("datasketch")
    if theirs is None:
        return True
    return theirs["ms"] >= FASTER * ours["ms"] and ours["recall"] > theirs["recall"]


def _environment(folder: Path) -> Path | None:
    """The interpreter of a new environment with datasketch; None: it cannot be made."""
    python = folder / "bin" / "python"
    for command in (
        [sys.executable, "-m", "venv", str(folder)],
        [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "datasketch"],
    ):
        if subprocess.run(command, capture_output=True, check=False, timeout=300).returncode:
            return None
    return python


if __name__ == "__main__":
    raise SystemExit(main())
