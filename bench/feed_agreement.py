"""How far the fast reader of feeds and feedparser agree over recorded feeds on title, link, id and date.

    python bench/feed_agreement.py --data ../shared/data/feeds [--show 40]

Both read the same text and their items are cleaned in the same way. The shares are of the entries of feeds that the
fast reader takes; of a feed in which the two count different numbers of entries every entry counts as different.
Besides: how many of the feeds that feedparser finds entries in are read at all, by the whole of our path, out of the
bytes. The exit code is 1 below 99.5 % of the entries, or below 99 % of the feeds.
"""

from __future__ import annotations

import argparse
import io
import sys
import time
import warnings
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import feedparser

from bench.replay import begins_like_a_feed
from monitor.errors import ParseError
from monitor.types import Address, Entry
from sources import feed, lenient
from sources.decoding import decode_xml
from sources.feeditem import Channel
from sources.languages import primary

URL = "https://news.example/feeds/all.xml"
NOW = datetime.now(UTC)
ASKED = ("title", "url", "guid", "published_at")
ALL = (*ASKED, "summary", "content", "authors", "lang", "outlet", "outlet_url")
BAR, FEEDS_BAR = 0.995, 0.99


@dataclass(slots=True)
class Tally:
    feeds: int = 0
    left: int = 0
    entries: int = 0
    entries_left: int = 0
    alike: int = 0
    alike_in_all: int = 0
    fields: Counter[str] = field(default_factory=Counter)
    shown: list[str] = field(default_factory=list)
    #: Feeds in which feedparser finds entries, and those among them that we do not read.
    readable: int = 0
    unread: list[str] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=lambda: {"fast": 0.0, "feedparser": 0.0})


def entries(channel: Channel) -> list[Entry]:
    """What becomes of the items."""
    lang = primary(channel.lang)
    return [feed._entry(item, channel, URL, lang, NOW) for item in channel.items]


def reference(text: str) -> list[Entry]:
    """What feedparser and our cleaning make of the text. Raises: ParseError."""
    return entries(lenient.channel(lenient.parsed(feed._usable(text), URL)))


def compare(path: Path, tally: Tally) -> None:
    text = decode_xml(path.read_bytes(), None)
    started = time.process_time()
    channel = feed.fast(text, URL)
    found = entries(channel) if channel else None
    middle = time.process_time()
    try:
        wanted = reference(text)
    except ParseError:
        return
    if found is None:
        tally.left += bool(wanted)
        tally.entries_left += len(wanted)
        return
    tally.seconds["fast"] += middle - started
    tally.seconds["feedparser"] += time.process_time() - middle
    tally.feeds += 1
    tally.entries += max(len(wanted), len(found))
    if len(found) != len(wanted):
        tally.fields["number of entries"] += max(len(wanted), len(found))
        tally.shown.append(f"{path}: {len(found)} entries, feedparser {len(wanted)}")
        return
    for ours, theirs in zip(found, wanted, strict=True):
        other = [name for name in ALL if getattr(ours, name) != getattr(theirs, name)]
        tally.alike += not set(other) & set(ASKED)
        tally.alike_in_all += not other
        for name in other:
            tally.fields[name] += 1
            tally.shown.append(
                f"{path}: {name}\n    fast       {_short(ours, name)}\n    feedparser {_short(theirs, name)}"
            )


def count_read(path: Path, tally: Tally) -> None:
    """Whether we read it, if feedparser does: each by itself, out of the bytes."""
    body = path.read_bytes()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if not feedparser.parse(io.BytesIO(body)).entries:
            return
    tally.readable += 1
    try:
        if not feed.read(body, None, Address(url=URL), URL, NOW).entries:
            tally.unread.append(f"{path}: no entries")
    except ParseError as error:
        tally.unread.append(f"{path}: {error}")


def _short(entry: Entry, name: str) -> str:
    return ascii(getattr(entry, name))[:300]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--show", type=int, default=20)
    parser.add_argument("--only", help="differences in this field only")
    args = parser.parse_args()
    tally = Tally()
    for path in sorted(p for p in args.data.rglob("*") if p.is_file() and p.stat().st_size < 12_000_000):
        if begins_like_a_feed(path):
            compare(path, tally)
            count_read(path, tally)
    shown = [line for line in tally.shown if not args.only or f": {args.only}\n" in line]
    print("\n".join(shown[: args.show]))
    share, whole = tally.alike / max(1, tally.entries), tally.alike_in_all / max(1, tally.entries)
    print(f"read by the fast reader: {tally.feeds} feeds, {tally.entries} entries")
    print(f"left to feedparser: {tally.left} feeds, {tally.entries_left} entries")
    print(f"same title, link, id and date: {share:.4%}; same in every field: {whole:.4%}")
    print(f"differences by field: {dict(tally.fields)}")
    fast, slow = tally.seconds["fast"], tally.seconds["feedparser"]
    print(
        f"CPU seconds, cleaning included: fast {fast:.2f}, feedparser {slow:.2f}, ratio {slow / max(fast, 0.001):.1f}"
    )
    print("\n".join(tally.unread[: args.show]))
    read = 1 - len(tally.unread) / max(1, tally.readable)
    print(f"feeds in which feedparser finds entries: {tally.readable}; of these we read {read:.4%}")
    return 0 if share >= BAR and read >= FEEDS_BAR else 1


if __name__ == "__main__":
    sys.exit(main())
