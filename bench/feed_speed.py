"""Reading feeds: entries per second of processor time, ratios within one run.

    python bench/feed_speed.py [--feeds 60] [--entries 50] [--data FOLDER] [--min-pool 15000] [--min-unchanged 300000]

Rows: our fast reader; our path over feedparser; plain feedparser with its own cleaning, as others use it; a whole
round trip through worker processes (processor time of both sides, workers started before); the same bodies again
(nothing to read), and with two new items each. Feeds are made here, or those of a folder that are well-formed.
Each row is the best of three.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import random
import resource
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import feedparser

from bench.replay import begins_like_a_feed
from monitor.types import Address, Fetch, Listing
from sources import feed, lenient
from sources.decoding import decode_xml
from sources.pool import ParserPool

URL = "https://news.example/feeds/all.xml"
ADDRESS = Address(url=URL)
NOW = datetime(2026, 11, 21, tzinfo=UTC)
ROUNDS = 3
WORDS = {
    "en": ["the", "heads", "of", "state", "met", "in", "Bishkek", "and", "spoke", "about", "trade", "routes", "water"],
    "ru": ["главы", "государств", "встретились", "в", "Бишкеке", "и", "обсудили", "торговые", "пути", "воду"],
    "zh": ["上海合作组织", "成员国", "元首理事会", "会议", "在比什凯克", "举行", "讨论了", "贸易", "安全", "合作"],
}


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    entries: int
    seconds: float

    @property
    def rate(self) -> float:
        return self.entries / max(self.seconds, 1e-9)


def made(number: int, entries: int, shift: int = 0) -> bytes:
    """A feed: three quarters RSS, the rest Atom; three in ten with whole texts in simple markup."""
    own = random.Random(number)
    lang = own.choices(list(WORDS), [60, 25, 15])[0]
    whole, is_atom = own.random() < 0.3, own.random() < 0.25
    items = [_item(number, place, lang, whole, is_atom) for place in range(entries + shift - 1, shift - 1, -1)]
    if is_atom:
        head = f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{lang}"><title>Feed {number}</title>'
        return f'<?xml version="1.0" encoding="utf-8"?>\n{head}{"".join(items)}</feed>'.encode()
    spaces = 'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    head = f"<channel><title>Feed {number}</title><language>{lang}</language>"
    rss = f'<rss version="2.0" {spaces}>{head}{"".join(items)}</channel></rss>'
    return f'<?xml version="1.0" encoding="utf-8"?>\n{rss}'.encode()


def _item(number: int, place: int, lang: str, whole: bool, is_atom: bool) -> str:
    dice = random.Random(f"{number} {place}")
    title, summary = _words(dice, lang, 9), _words(dice, lang, 34)
    link, at = f"https://source{number}.example.org/2026/11/{place}", NOW - timedelta(minutes=41 * (500 - place))
    text = "\n".join(f'<p>{_words(dice, lang, 50)} <a href="/s/{n}">{n}</a></p>' for n in range(7)) if whole else ""
    if is_atom:
        content = f'<content type="html">{escape(text)}</content>' if whole else ""
        dates = f"<published>{at:%Y-%m-%dT%H:%M:%SZ}</published><updated>{at:%Y-%m-%dT%H:%M:%SZ}</updated>"
        return (
            f'<entry><title>{title}</title><link rel="alternate" href="{link}"/><id>tag:{number}:{place}</id>{dates}'
            f"<author><name>Desk</name></author><summary>{summary}</summary>{content}</entry>"
        )
    content = f"<content:encoded><![CDATA[{text}]]></content:encoded>" if whole else ""
    return (
        f'<item><title>{title}</title><link>{link}</link><guid isPermaLink="false">{number}-{place}</guid>'
        f"<pubDate>{format_datetime(at)}</pubDate><dc:creator>Desk</dc:creator>"
        f"<description>{summary}</description>{content}</item>\n"
    )


def _words(dice: random.Random, lang: str, count: int) -> str:
    return ("" if lang == "zh" else " ").join(dice.choices(WORDS[lang], k=count))


def recorded(folder: Path) -> list[bytes]:
    """The well-formed feeds of the folder."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.stat().st_size < 12_000_000)
    bodies = [path.read_bytes() for path in files if begins_like_a_feed(path)]
    return [body for body in bodies if feed.fast(decode_xml(body, None), URL)]


def timed(name: str, bodies: Sequence[bytes], read: Callable[[bytes], int]) -> Row:
    best, entries = float("inf"), 0
    for _ in range(ROUNDS):
        started = time.process_time()
        entries = sum(read(body) for body in bodies)
        best = min(best, time.process_time() - started)
    return Row(name, entries, best)


def by_ours(body: bytes) -> int:
    return len(feed.read(body, None, ADDRESS, URL, NOW).entries)


def by_our_feedparser(body: bytes) -> int:
    channel = lenient.channel(lenient.parsed(feed._usable(decode_xml(body, None)), URL))
    return len([feed._entry(item, channel, URL, None, NOW) for item in channel.items])


def by_feedparser(body: bytes) -> int:
    return len(feedparser.parse(io.BytesIO(body)).entries)


def used(pool: ParserPool) -> float:
    """Processor seconds of this process and of the workers that wait."""
    own = resource.getrusage(resource.RUSAGE_SELF)
    fields = [Path(f"/proc/{idle.process.pid}/stat").read_text().rpartition(")")[2].split() for idle in pool._idle]
    return own.ru_utime + own.ru_stime + sum(int(each[11]) + int(each[12]) for each in fields) / 100


async def through_workers(bodies: Sequence[bytes], later: Sequence[bytes]) -> list[Row]:
    pool = ParserPool(2, tasks_per_worker=10**9)

    async def one(body: bytes, seen: bytes = b"") -> Listing:
        fetch = Fetch(url=URL, outcome="ok", final_url=URL, body=body)
        return await pool.listing("feed", ADDRESS, fetch, seen)

    async def all_of(name: str, bodies: Sequence[bytes], seen: Sequence[bytes]) -> Row:
        best, entries = float("inf"), 0
        for _ in range(ROUNDS):
            before = used(pool)
            listings = await asyncio.gather(*map(one, bodies, seen))
            best = min(best, used(pool) - before)
            entries = sum(len(listing.entries) + listing.unchanged for listing in listings)
        return Row(name, entries, best)

    try:
        seen = [listing.seen for listing in await asyncio.gather(*map(one, bodies))]
        return [
            await all_of("worker round trip", bodies, [b""] * len(bodies)),
            await all_of("unchanged items", bodies, seen),
            await all_of("two new in each", later, seen),
        ]
    finally:
        await pool.aclose()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--feeds", type=int, default=60)
    parser.add_argument("--entries", type=int, default=50)
    parser.add_argument("--data", type=Path, help="recorded feeds in place of made ones")
    parser.add_argument("--min-pool", type=float, default=0.0)
    parser.add_argument("--min-unchanged", type=float, default=0.0)
    args = parser.parse_args()
    bodies = recorded(args.data) if args.data else [made(n, args.entries) for n in range(args.feeds)]
    later = bodies if args.data else [made(n, args.entries, 2) for n in range(args.feeds)]
    rows = [
        timed("fast reader", bodies, by_ours),
        timed("our path over feedparser", bodies, by_our_feedparser),
        timed("feedparser as it is", bodies, by_feedparser),
        *asyncio.run(through_workers(bodies, later)),
    ]
    print(f"{len(bodies)} feeds, {rows[0].entries} entries, {sum(map(len, bodies)) / 1e6:.1f} MB")
    for row in rows:
        print(f"{row.name:26} {row.rate:10,.0f} entries/s of CPU {row.rate / rows[2].rate:8.1f} x feedparser")
    return 0 if rows[3].rate >= args.min_pool and rows[4].rate >= args.min_unchanged else 1


if __name__ == "__main__":
    sys.exit(main())
