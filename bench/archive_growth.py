"""What an article costs, and a search takes, as the archive grows.

    python bench/archive_growth.py [--shared ../shared] [--articles 400000] [--seconds 240]

Articles are generated out of real sentences (English, Russian, Chinese) and stored in polls of five new ones each, a
hundred polls of any sources in one transaction, as a busy service stores them. After the first 15,000 the texts come
again with new addresses, ids, days and a word of their own. CPU is of storing alone; searches are timed by the clock
and ask for twenty hits.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import count, islice
from pathlib import Path
from statistics import median
from typing import TypeVar

from bench.article_speed import LANGUAGES, NOW, generated
from monitor.home import Home
from monitor.ports import Store
from monitor.query import parse
from monitor.text.language import detect
from monitor.text.words import terms
from monitor.types import Arrival, Collected
from monitor.watchlist.matcher import Matcher
from storage import open_store

Part = TypeVar("Part")

FEEDS, ENTRIES = 300, 50
SHOWN_AT = (15_000, 50_000, 100_000, 200_000, 400_000, 800_000)
ASKED = (
    *("railway", "summit minister", '"national currencies"', "econom*", "president NEAR/5 minister", "саммит", "铁路"),
    *("tag:sco", "src:s7", "lang:ru tag:putin"),
)


def main() -> int:
    """0, after the table was printed."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--shared", type=Path, default=Path(__file__).resolve().parents[2] / "shared")
    options.add_argument("--articles", type=int, default=400_000)
    options.add_argument("--seconds", type=float, default=240, help="ends after so long")
    given = options.parse_args()
    if not (given.shared / "accept" / "feedgen.py").exists():
        print(f"not run: {given.shared} has no accept/feedgen.py to make articles with", file=sys.stderr)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        first = list(_first(given.shared, Path(folder)))
        store = open_store(f"sqlite:///{folder}/archive.db")
        _measure(store, first, Path(folder), given.articles, time.monotonic() + given.seconds)
        store.close()
    return 0


def _first(shared: Path, folder: Path) -> Iterator[Arrival]:
    home = Home(folder)
    matcher = Matcher(home.watchlist, home.forms)
    for articles in generated(shared, FEEDS, ENTRIES):
        for bare in articles:
            article = replace(bare, lang=detect(f"{bare.title}\n{bare.text[:2000]}", LANGUAGES))
            yield Arrival(
                article=article,
                entry_key=article.url,
                entry_hash="1",
                matches=matcher.find(article.title, article.text, article.lang, article.published_at),
                terms=terms(article.title, article.text, article.lang),
            )


def _again(one: Arrival, round_: int) -> Arrival:
    """The arrival as another article, two days later for each round."""
    assert one.terms is not None
    article, later = one.article, timedelta(days=2 * round_)
    url = f"{article.url}-{round_}"
    article = replace(
        article,
        url=url,
        canonical_url=url,
        guid=f"{article.guid}-{round_}",
        content_hash=f"{article.content_hash[:56]}{round_:08x}",
        published_at=article.published_at + later if article.published_at else None,
        first_seen_at=article.first_seen_at + later,
    )
    words = replace(one.terms, text=f"{one.terms.text} own{round_}{url[-9:]}")
    return replace(one, article=article, entry_key=url, terms=words)


def _transactions(first: Sequence[Arrival]) -> Iterator[list[Collected]]:
    chance = random.Random(1)
    for round_ in count():
        arrivals = first if round_ == 0 else [_again(one, round_) for one in first]
        polls = [
            Collected(source_id=part[0].article.source_id, at=NOW, outcome="ok", arrivals=part)
            for part in _parts(arrivals, 5)
        ]
        chance.shuffle(polls)
        yield from map(list, _parts(polls, 100))


def _parts(values: Sequence[Part], size: int) -> Iterator[tuple[Part, ...]]:
    return (tuple(values[at : at + size]) for at in range(0, len(values), size))


def _measure(store: Store, first: Sequence[Arrival], folder: Path, articles: int, until: float) -> None:
    text = sum(len(f"{one.article.title}{one.article.text}".encode()) for one in first) / len(first)
    print(f"{'articles':>9}{'CPU ms/article':>16}{'size/text':>11}{'search ms':>11}{'slowest':>9}")
    stored = before = 0
    spent = 0.0
    goals = iter(sorted({at for at in (*SHOWN_AT, articles) if at <= articles}))
    goal = next(goals)
    for polls in islice(_transactions(first), articles):
        begun = time.process_time()
        store.record_all(polls)
        spent += time.process_time() - begun
        stored += sum(len(poll.arrivals) for poll in polls)
        if stored >= goal or time.monotonic() > until:
            size = sum(file.stat().st_size for file in folder.glob("archive.db")) / stored / text
            times = [_search_seconds(store, query) for query in ASKED]
            cost = 1000 * spent / (stored - before)
            print(f"{stored:9}{cost:16.3f}{size:11.2f}{1000 * median(times):11.1f}{1000 * max(times):9.1f}", flush=True)
            before, spent, goal = stored, 0.0, next(goals, 0)
            if not goal or time.monotonic() > until:
                return


def _search_seconds(store: Store, query: str) -> float:
    begun = time.perf_counter()
    store.search(parse(query))
    return time.perf_counter() - begun


if __name__ == "__main__":
    raise SystemExit(main())
