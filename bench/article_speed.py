"""What one article costs between reading and the archive: milliseconds of CPU for each stage, in one process.

    python bench/article_speed.py [--shared ../shared] [--feeds 100] [--entries 50] [--at-once 10]

Feeds are generated out of real sentences (English, Russian, Chinese) and read beforehand; what is timed is telling the
language, tagging, analysing and storing, from cold, with as many polls in one transaction as a busy pass stores
together. Two yardsticks stand beside, of the same texts in the same run: one regular expression of all plain names of
the watchlist, and a full-text table of SQLite alone that gets the texts as they are, in as many transactions.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from monitor.home import Home
from monitor.identity.listed import listed
from monitor.identity.normalise import to_article
from monitor.text.language import detect
from monitor.text.words import terms
from monitor.types import Address, Arrival, Article, Collected, Source, Watchlist
from monitor.watchlist.matcher import Matcher
from storage import open_store
from storage.connection import driver

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
LANGUAGES = ("en", "ru", "zh")


def main() -> int:
    """0, after the table was printed."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--shared", type=Path, default=Path(__file__).resolve().parents[2] / "shared")
    options.add_argument("--feeds", type=int, default=100)
    options.add_argument("--entries", type=int, default=50)
    options.add_argument("--at-once", type=int, default=10, help="polls in one transaction")
    given = options.parse_args()
    if not (given.shared / "accept" / "feedgen.py").exists():
        print(f"not run: {given.shared} has no accept/feedgen.py to make feeds with", file=sys.stderr)
        return 0
    polls = list(generated(given.shared, given.feeds, given.entries))
    with tempfile.TemporaryDirectory() as folder:
        _measure(polls, Path(folder), given.at_once)
    return 0


def generated(shared: Path, feeds: int, entries: int) -> Iterator[tuple[Article, ...]]:
    """The articles of each feed, without their languages."""
    from sources.feed import read

    sys.path.insert(0, str(shared / "accept"))
    import common
    import feedgen

    pool = common.sentences(data=shared / "data", per_language=6000)
    for number in range(feeds):
        address = Address(url=f"https://source{number}.example.org/feed")
        source = Source(id=f"s{number}", name=f"s{number}", kind="feed", addresses=(address,), languages=LANGUAGES)
        body = feedgen.feed(pool, number, entries).encode()
        listing = read(body, "application/xml", address, address.url, NOW)
        made = (to_article(item, None, source, address, NOW) for item in listed(listing.entries))
        yield tuple(article for article in made if article is not None)


class Stages:
    """CPU seconds by name, in the order in which they were first met."""

    def __init__(self, articles: Sequence[Article]) -> None:
        self.spent: dict[str, float] = {}
        self._articles = len(articles)
        self._kilobytes = sum(len(f"{a.title}{a.text}".encode()) for a in articles) / 1000
        self._characters = sum(len(a.title) + len(a.text) for a in articles)
        self._begun = 0.0
        self._name = ""

    def __call__(self, name: str) -> Stages:
        self._name = name
        return self

    def __enter__(self) -> None:
        self._begun = time.process_time()

    def __exit__(self, *_: object) -> None:
        self.spent[self._name] = self.spent.get(self._name, 0.0) + time.process_time() - self._begun

    def show(self) -> None:
        size = self._characters / self._articles
        print(f"{self._articles} articles, {self._kilobytes:.0f} kB, {size:.0f} characters each on average")
        print(f"{'':34}{'s':>8}{'ms/article':>12}{'ms/kB':>9}")
        for name, seconds in self.spent.items():
            per_article, per_kilobyte = 1000 * seconds / self._articles, 1000 * seconds / self._kilobytes
            print(f"{name:34}{seconds:8.2f}{per_article:12.3f}{per_kilobyte:9.3f}")


def _measure(polls: Sequence[Sequence[Article]], folder: Path, at_once: int) -> None:
    articles = [article for poll in polls for article in poll]
    warm_up = Home(folder)
    watchlist, forms = warm_up.watchlist, warm_up.forms
    stages = Stages(articles)
    with stages("start: matcher"):
        matcher = Matcher(watchlist, forms)
        matcher.find("", "a text without names")
    with stages("language"):
        langs = [detect(f"{a.title}\n{a.text[:2000]}", LANGUAGES) for a in articles]
    articles = [replace(article, lang=lang) for article, lang in zip(articles, langs, strict=True)]
    with stages("tagging"):
        matches = [matcher.find(a.title, a.text, a.lang, a.published_at) for a in articles]
    with stages("terms"):
        analysed = [terms(a.title, a.text, a.lang) for a in articles]
    arrivals = iter(
        [
            Arrival(article=a, entry_key=str(n), entry_hash=str(n), matches=m, terms=t)
            for n, (a, m, t) in enumerate(zip(articles, matches, analysed, strict=True))
        ]
    )
    collected = [
        Collected(source_id=poll[0].source_id, at=NOW, outcome="ok", arrivals=tuple(islice(arrivals, len(poll))))
        for poll in polls
    ]
    store = open_store(f"sqlite:///{folder / 'archive.db'}")
    with stages("record"):
        _record(store, collected, at_once)
    store.close()
    spent = sum(seconds for name, seconds in stages.spent.items() if not name.startswith("start"))
    stages.spent["together"] = spent
    with stages("yardstick: re of the plain names"):
        tagged = _by_re(watchlist, articles)
    with stages("yardstick: FTS5 of the bare texts"):
        _bare_index(folder / "bare.db", polls, at_once)
    stages.show()
    hit = sum(map(bool, matches))
    print(f"{hit} articles are tagged ({tagged} hold a plain name); archive {_megabytes(folder):.1f} MB")


def _record(store: object, collected: Sequence[Collected], at_once: int) -> None:
    record_all = getattr(store, "record_all", None)
    if record_all is None:
        for one in collected:
            store.record(one)
    else:
        for first in range(0, len(collected), at_once):
            record_all(collected[first : first + at_once])


def _by_re(watchlist: Watchlist, articles: Iterable[Article]) -> int:
    """How many articles hold a name, found by one alternation of all names as listed."""
    names = {name for entry in watchlist.entries for listed in entry.aliases.values() for name in listed}
    pattern = re.compile("|".join(map(re.escape, sorted(names, key=len, reverse=True))))
    return sum(bool(pattern.findall(f"{a.title}\n{a.text}")) for a in articles)


def _bare_index(path: Path, polls: Sequence[Sequence[Article]], at_once: int) -> None:
    connection = driver.connect(str(path), isolation_level=None)
    connection.execute("PRAGMA page_size = 8192")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("CREATE VIRTUAL TABLE bare USING fts5 (title, text, content = '')")
    for first in range(0, len(polls), at_once):
        connection.execute("BEGIN")
        rows = [(a.title, a.text) for poll in polls[first : first + at_once] for a in poll]
        connection.executemany("INSERT INTO bare (title, text) VALUES (?, ?)", rows)
        connection.execute("COMMIT")
    connection.close()


def _megabytes(folder: Path) -> float:
    return sum(file.stat().st_size for file in folder.glob("archive.db*")) / 1e6


if __name__ == "__main__":
    raise SystemExit(main())
