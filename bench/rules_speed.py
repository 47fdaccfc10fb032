"""What a hundred rules cost over ten thousand new articles: seconds of CPU from the archive to the ledger.

    python bench/rules_speed.py

The articles are made up, each with tags of the SCO pack's own entries, half of them about events of others; the rules
are the searches and conditions that people write: one entry or several, words, classes, novelty, origins. All articles
come at once, as after a night in which nothing ran. Ends with 1 when it takes more than 5 seconds.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from monitor.home import Home, make_home
from monitor.identity.listed import content_hash
from monitor.jobs.telling import build_alerts
from monitor.ports import Store
from monitor.query import Query, parse, vocabulary
from monitor.types import Arrival, Article, Collected, Match, Placement, Rule, Subscription
from storage import open_store

ARTICLES, RULES, MOST = 10_000, 100, 5.0
AT_ONCE = 250
NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
_WORDS = (
    *("council", "ministers", "border", "railway", "water", "payment", "summit"),
    *("visit", "trade", "exercise", "statement", "bank", "talks"),
)
_CONDITIONS = (
    Rule(),
    Rule(priority=1, classes=("official", "wire"), min_classes=2),
    Rule(priority=1, classes=("official",), novelty=("story", "date")),
    Rule(novelty=("story", "name", "date", "number"), cooldown=timedelta(hours=4)),
    Rule(min_origins=2),
)


def main() -> int:
    """0; 1 when the goal is missed."""
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder) / "home")
        make_home(home.path)
        entries = {entry.id: entry for entry in home.watchlist.entries}
        sources = {source.id: source for source in home.sources}
        known = vocabulary(home.sources, home.watchlist.entries)
        store = open_store(home.storage_url(), vocabulary=lambda: known)
        rules = subscriptions(list(entries), sorted({source.ownership or "wire" for source in sources.values()}))
        queries = {rule.id: parse(rule.search) for rule in rules}
        for rule in rules:
            store.ledger(rule, NOW - timedelta(hours=1))
        fill(store, list(entries), list(sources))
        wall, begun = time.perf_counter(), time.process_time()
        build_alerts(store, rules, queries, sources, entries, NOW + timedelta(hours=1))
        seconds, wall = time.process_time() - begun, time.perf_counter() - wall
        answers, messages = counted(store, rules, queries)
        store.close()
    print(f"{RULES} rules, {ARTICLES:,} new articles, {answers:,} answers: {messages} messages")
    print(f"{seconds:.2f} s of CPU ({wall:.2f} s), goal {MOST:.0f}: {seconds / RULES * 1000:.0f} ms a rule")
    return int(seconds > MOST)


def subscriptions(tags: Sequence[str], classes: Sequence[str]) -> tuple[Subscription, ...]:
    """The rules: a third by one entry, the others by several, with words, classes and time of the story."""
    random, found = Random(1), []
    for number in range(RULES):
        one, two, three = random.sample(list(tags), 3)
        search = (
            f"tag:{one}",
            f"tag:{one} OR tag:{two} OR tag:{three}",
            f"tag:{one} ({random.choice(_WORDS)} OR {random.choice(_WORDS)})",
            f"tag:sco class:{random.choice(classes)} {random.choice(_WORDS)}",
            f"(tag:{one} OR tag:{two}) -{random.choice(_WORDS)}",
            f"tag:sco tag:{one}",
        )[number % 6]
        channel_id = f"slack:c{number}"
        found.append(
            Subscription(
                id=f"alert:r{number}@{channel_id}",
                name=f"r{number}",
                kind="alert",
                search=search,
                channel_id=channel_id,
                rule=_CONDITIONS[number % len(_CONDITIONS)],
            )
        )
    return tuple(found)


def fill(store: Store, tags: Sequence[str], sources: Sequence[str]) -> None:
    """Ten thousand articles, two in five of them in the story of an earlier one."""
    random = Random(2)
    for first in range(1, ARTICLES + 1, AT_ONCE):
        arrivals = tuple(arrival(n, random, tags, sources) for n in range(first, first + AT_ONCE))
        store.record(Collected(source_id=None, at=NOW + timedelta(seconds=first), outcome="ok", arrivals=arrivals))


def arrival(number: int, random: Random, tags: Sequence[str], sources: Sequence[str]) -> Arrival:
    """One article with one to four tags, of 1,500 characters, with a day and a sum in it."""
    named = random.sample(list(tags), random.randrange(1, 5)) if random.random() < 0.5 else ["sco"]
    day, text = random.randrange(1, 29), " ".join(random.choice(_WORDS) for _ in range(200))
    text = f"They met on {day} July over {random.randrange(100, 999)} million. {text} Piece {number}."
    title, url = f"Piece {number} of {random.choice(_WORDS)}", f"https://example.org/{number}"
    article = Article(
        source_id=random.choice(sources),
        url=url,
        canonical_url=url,
        title=title,
        text=text,
        text_from="page",
        lang="en",
        published_at=NOW,
        first_seen_at=NOW,
        content_hash=content_hash(title, text),
    )
    found = tuple(
        Match(entry_id=tag, alias=tag, lang="en", field="text", start=n, end=n + 1, rule="strong")
        for n, tag in enumerate(named)
    )
    story = random.randrange(1, number) if number > AT_ONCE and random.random() < 0.4 else None
    story = min(story, (number - 1) // AT_ONCE * AT_ONCE) if story else None
    return Arrival(
        article=article,
        entry_key=url,
        entry_hash="1",
        matches=found,
        placement=Placement(story_id=story),
    )


def counted(store: Store, rules: Sequence[Subscription], queries: dict[str, Query]) -> tuple[int, int]:
    """How many articles answered the rules, and how many messages came of that."""
    day = timedelta(days=1)
    answers = sum(len(store.changed(queries[rule.id], NOW - day, NOW + day)) for rule in rules)
    return answers, len(store.deliveries(100_000))


if __name__ == "__main__":
    sys.exit(main())
