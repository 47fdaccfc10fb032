"""CPU time of a morning: a day's articles, and many readers whose digests are all due at once.

    python bench/digests_speed.py [--readers 10000] [--articles 600] [--searches 20]

An archive is filled with invented articles; every reader has one of the searches and one of five zones. Measured are
building (news, what was said before, dates, counts, ledger row with its delivery) and composing each mail whole.
Wanted: 10,000 readers in 60 s of CPU. Ends with 0 when that is met for the number asked for.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from alerts.email import compose  # noqa: E402 - after the path is set
from monitor.home import Home, make_home  # noqa: E402
from monitor.jobs.telling import build_digests  # noqa: E402
from monitor.ports import Store  # noqa: E402
from monitor.query import parse, vocabulary  # noqa: E402
from monitor.types import Arrival, Article, Collected, Match, Placement, Subscription  # noqa: E402
from storage import open_store  # noqa: E402

NOW = datetime(2026, 11, 21, 6, 31, tzinfo=UTC)
ZONES = ("UTC", "Asia/Almaty", "Europe/Moscow", "Asia/Shanghai", "Asia/Karachi")
GOAL = 60.0 / 10_000
WORDS = str.split(
    "council summit railway bank ministers border agreement exercise visit statement trade currency water energy "
    "corridor delegation protocol chair partner session read-out Tashkent Bishkek Astana Islamabad Dushanbe Beijing"
)


def main(arguments: Sequence[str] | None = None) -> int:
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--readers", type=int, default=10_000)
    options.add_argument("--articles", type=int, default=600)
    options.add_argument("--searches", type=int, default=20)
    asked = options.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder) / "home")
        make_home(home.path)
        words = vocabulary(home.sources, home.watchlist.entries)
        store = open_store(f"sqlite:///{home.path / 'archive.db'}", vocabulary=lambda: words)
        try:
            return measure(store, home, asked.readers, asked.articles, asked.searches)
        finally:
            store.close()


def measure(store: Store, home: Home, readers: int, articles: int, searches: int) -> int:
    entries = {entry.id: entry for entry in home.watchlist.entries}
    sources = {source.id: source for source in home.sources}
    fill(store, list(sources), list(entries), articles)
    subscriptions = [reader(number, list(entries), searches) for number in range(readers)]
    queries = {s.id: parse(s.search) for s in subscriptions}
    for subscription in subscriptions:
        store.ledger(subscription, NOW - timedelta(hours=2))
    began = time.process_time()
    built = build_digests(store, subscriptions, queries, sources, entries, NOW, calendar=lambda: home.calendar)
    built_in = time.process_time() - began
    began, size, done, opened = time.process_time(), 0, 0, 0.0
    while claimed := store.claim_due(NOW, lease=timedelta(hours=6), limit=200):
        opened += 1
        for delivery, digest in claimed:
            size += len(
                compose(digest, channel_id=delivery.channel_id, sender="s@example.org", recipient="r@example.org")
            )
            done += 1
    composed_in = time.process_time() - began
    total = built_in + composed_in
    print(f"readers {readers}, articles {articles}, searches {searches}, zones {len(ZONES)}")
    print(f"built    {len(built):6} digests in {built_in:6.1f} s of CPU")
    print(f"composed {done:6} mails   in {composed_in:6.1f} s of CPU, {size / max(done, 1) / 1000:.0f} kB each")
    print(f"together {total:.1f} s, {1000 * total / readers:.2f} ms a reader; wanted {GOAL * readers:.1f} s")
    if done != readers:
        print("some readers got no digest")
    return 0 if total <= GOAL * readers and done == readers else 1


def reader(number: int, entries: Sequence[str], searches: int) -> Subscription:
    """One reader: search and zone by turns; all are due at 06:30 UTC."""
    wanted = number % searches
    zone = ZONES[number // searches % len(ZONES)]
    terms = ["tag:sco", *(f"tag:{entries[(wanted * 7 + n) % len(entries)]}" for n in range(6))]
    return Subscription(
        id=f"recipient:reader-{number}",
        name=f"reader-{number}",
        kind="digest",
        search=" OR ".join(terms),
        channel_id=f"mail:reader-{number}",
        timezone=zone,
        schedule=f"daily {NOW.replace(minute=30).astimezone(ZoneInfo(zone)):%H:%M}",
    )


def fill(store: Store, sources: Sequence[str], entries: Sequence[str], count: int) -> None:
    """Puts the articles of a day into the archive, some of them in one story, and as many of the weeks before."""
    chance = random.Random(7)
    for days in (20, 10, 3, 0):
        arrivals = [
            arrival(chance, number, days, sources, entries) for number in range(count if not days else count // 3)
        ]
        for source in {a.article.source_id for a in arrivals}:
            mine = tuple(a for a in arrivals if a.article.source_id == source)
            at = NOW - timedelta(days=days, hours=1)
            store.record(Collected(source_id=source, at=at, outcome="ok", arrivals=mine))


def arrival(chance: random.Random, number: int, days: int, sources: Sequence[str], entries: Sequence[str]) -> Arrival:
    at = NOW - timedelta(days=days, hours=1 + 20 * chance.random())
    source = sources[number % len(sources)]
    sentences = [" ".join(chance.choices(WORDS, k=14)).capitalize() + f" on {n + 1} December." for n in range(12)]
    tags = chance.sample(entries, 3) + (["sco"] if number % 15 == 0 else [])
    text = " ".join(sentences)
    article = Article(
        source_id=source,
        url=f"https://{source}.test/{days}/{number}",
        canonical_url=f"https://{source}.test/{days}/{number}",
        title=" ".join(chance.choices(WORDS, k=9)).capitalize(),
        text=text,
        text_from="page",
        lang="en",
        published_at=at,
        first_seen_at=at,
        content_hash=f"{days:032x}{number:032x}",
    )
    matches = tuple(
        Match(entry_id=tag, alias=tag, lang="en", field="text", start=n * 40, end=n * 40 + 9, rule="strong")
        for n, tag in enumerate(tags)
    )
    return Arrival(article=article, entry_key=article.url, entry_hash="x", matches=matches, placement=Placement())


if __name__ == "__main__":
    sys.exit(main())
