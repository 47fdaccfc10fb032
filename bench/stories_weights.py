"""How well stories are told apart, in memory: the sets and measures of ../shared/accept/stories.py without an archive,
over several orders of arrival; and how the weights within one language were found.

    python bench/stories_weights.py [--shared ../shared] [--orders 1,2,3] [--at-once 250] [--enough 0.0] [--among]
    python bench/stories_weights.py --move 300 [--half 0] [--seed 1]

`--move` tries so many small changes of the weights (monitor.identity.likeness.SAME_LANGUAGE), keeps each that makes the
mean of the four figures better, and prints what it ended with. With `--half` it sees only one half of the events, and
prints how the weights before and after do on the other half: what is better on its own half alone was learned by heart.
`--among` puts all sets together among 4,900 recorded bulletins, read-outs and headlines, all of one day: an archive has
more to take an article for than a set has.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib import resources
from itertools import accumulate, combinations
from pathlib import Path
from typing import Any
from zlib import crc32

from monitor.identity import likeness
from monitor.identity.kept import Parts, joined
from monitor.identity.meanings import meanings
from monitor.identity.stories import Stories, Told, time_of
from monitor.marked import read_yaml
from monitor.types import Article, Match, Neighbour

NOW = datetime(2026, 11, 21, tzinfo=UTC)
#: Of one key, so many of the newest articles are looked at: of the first eight, and of others.
OF_A_KEY = 40, 12
#: What may be moved: name of the part, kinds that it has, and how far at once.
MOVED = {"start": 0.4, "longer": 0.3, "shorter": 0.3, "a_day": 0.1}
MOVED_BY_KIND = {"alike": 0.5, "title": 0.5, "against": 0.5}


@dataclass(frozen=True, slots=True, kw_only=True)
class Set:
    """Articles with the event of each, or with pairs of them that people judged."""

    name: str
    articles: tuple[Article, ...]
    events: tuple[str, ...] = ()
    pairs: tuple[tuple[int, int, bool], ...] = ()


class Memory:
    """The archive's side."""

    def __init__(self) -> None:
        self.article_id = 0
        self._known: dict[int, Neighbour] = {}
        self._by_key: dict[int, list[int]] = defaultdict(list)
        self.stories: dict[int, int] = {}

    def with_number(self, article_id: int) -> Neighbour | None:
        known = self._known.get(article_id)
        return known and replace(known, story_id=self.stories[article_id])

    def with_keys(
        self, keys: Sequence[int], since: datetime, until: datetime | None = None, limit: int = 48
    ) -> tuple[Neighbour, ...]:
        shared = Counter(one for at, key in enumerate(keys) for one in self._by_key[key][-OF_A_KEY[at > 7] :])
        ranked = sorted(shared, key=lambda one: (-shared[one], -one))
        found = [self._known[one] for one in ranked]
        within = [one for one in found if since <= time_of(one) and (until is None or time_of(one) <= until)]
        return tuple(replace(one, story_id=self.stories[one.id]) for one in within[:limit])

    def of_story(self, story_id: int, limit: int = 24) -> tuple[Neighbour, ...]:
        numbers = sorted(number for number, story in self.stories.items() if story == story_id)[:limit]
        return tuple(replace(self._known[number], story_id=story_id) for number in numbers)

    def add(self, number: int, article: Article, told: Told) -> None:
        story = told.story_id if told.story_id is not None else number
        for other, its in self.stories.items():
            self.stories[other] = story if its in told.same_stories else its
        self.stories[number] = story
        self._known[number] = Neighbour(
            id=number,
            copy_group_id=number,
            story_id=story,
            source_id=None,
            source_name=None,
            url=article.url,
            title=article.title,
            text="",
            lang=article.lang,
            published_at=article.published_at,
            first_seen_at=article.first_seen_at,
            facts=joined(Parts(b"", b"", told.facts)),
        )
        for key in told.keys:
            self._by_key[key].append(number)


class Remembering:
    """A reader of facts that reads each article once."""

    def __init__(self, reader: Any) -> None:
        self.reader, self._seen = reader, {}  # type: ignore[var-annotated]

    def read(self, title: str, text: str, lang: str | None, entries: Sequence[tuple[str, bool]]) -> Any:
        key = (title, text)
        if key not in self._seen:
            self._seen[key] = self.reader.read(title, text, lang, entries)
        return self._seen[key]


# ------------------------------------------------------------------------------------------ the sets


def rows_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def article(url: str, title: str, text: str, lang: str, at: datetime | None = None) -> Article:
    return Article(
        source_id=None,
        url=url,
        canonical_url=url,
        title=title,
        text=text,
        text_from="import",
        lang=lang,
        published_at=at,
        first_seen_at=NOW,
        content_hash="",
    )


def events(folder: Path, name: str) -> Set:
    rows = list({row["url"]: row for row in reversed(rows_of(folder / "galaxy-events" / f"{name}.jsonl"))}.values())
    dated = name == "handpicked"  # elsewhere it is the day on which the page was loaded
    made = [
        article(
            row["url"],
            row["title"],
            row["text"],
            "en",
            datetime.fromisoformat(row["created"].replace(" ", "T")).replace(tzinfo=UTC) if dated else None,
        )
        for row in rows
    ]
    return Set(name=name, articles=tuple(made), events=tuple(row["event"] for row in rows))


def documents(folder: Path) -> Set:
    made = []
    rows = rows_of(folder / "wmt-news-docs" / "docs.jsonl")
    for number, row in enumerate(rows):
        title = row["title"] or ""
        text = row["text"].removeprefix(title).lstrip()
        outlet = row["doc_id"].split(".")[0].lower()
        made.append(article(f"https://{outlet}-{row['lang']}.example/{number}", title, text, row["lang"]))
    return Set(name="wmt", articles=tuple(made), events=tuple(row["story"] for row in rows))


def judged(folder: Path) -> Set:
    csv.field_size_limit(10_000_000)
    made: dict[str, Article] = {}
    pairs = []
    for path in sorted((folder / "tgcontest-pairs" / "toloka" / "clustering_pairs").glob("*.tsv")):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file, delimiter="\t"):
                if row.get("GOLDEN:quality") not in ("OK", "BAD"):
                    continue
                ends = []
                for side in ("first", "second"):
                    url, said = row[f"INPUT:{side}_url"], (row[f"INPUT:{side}_title"], row[f"INPUT:{side}_text"])
                    made.setdefault(url, article(url, *said, path.name[:2]))
                    ends.append(list(made).index(url))
                pairs.append((ends[0], ends[1], row["GOLDEN:quality"] == "OK"))
    return Set(name="tgcontest", articles=tuple(made.values()), pairs=tuple(pairs))


def recorded(folder: Path) -> list[Article]:
    """What three outlets published over years, as of one day."""
    made = []
    for name, lang in (("kremlin-ru-tagged", "ru"), ("cctv-xinwenlianbo", "zh"), ("tass-en-titles", "en")):
        rows = rows_of(folder / f"{name}.jsonl")
        for number, row in enumerate(rows[:: max(1, len(rows) // 3000)]):
            text = row.get("text") or re.sub(r"<[^>]+>", "\n", row.get("html") or "")
            made.append(article(f"https://{name}.example/{number}", row["title"], text, lang))
    return made


def together(sets: Sequence[Set], others: Sequence[Article]) -> Set:
    """All as one set, in that order, without dates."""
    everything = [replace(one, published_at=None) for each in sets for one in each.articles]
    return Set(name="together", articles=(*everything, *others))


def half_of(one: Set, half: int) -> Set:
    """Half of the events; of judged pairs, half of the pairs."""
    if one.pairs:
        return replace(one, pairs=one.pairs[half::2])
    chosen = [n for n, event in enumerate(one.events) if crc32(event.encode()) >> 4 & 1 == half]
    return replace(one, articles=tuple(one.articles[n] for n in chosen), events=tuple(one.events[n] for n in chosen))


# ------------------------------------------------------------------------------------------ what comes of it


def placed(one: Set, reader: Remembering, words: Sequence[Any], order: int, at_once: int, enough: float) -> list[int]:
    """The story of each article, put in shuffled, so many at once."""
    stories, memory = Stories(*words, enough=enough), Memory()
    stories.reader = reader  # type: ignore[assignment]  # to read each article once
    numbers = list(range(len(one.articles)))
    random.Random(order).shuffle(numbers)
    nothing: tuple[Match, ...] = ()
    for begin in range(0, len(numbers), at_once):
        some = numbers[begin : begin + at_once]
        stories.expect([(one.articles[number], nothing) for number in some], memory)  # type: ignore[arg-type]
        for number in some:
            memory.article_id = number
            memory.add(number, one.articles[number], stories.place(one.articles[number], nothing, memory))  # type: ignore[arg-type]
    return [memory.stories[number] for number in range(len(numbers))]


def figure(one: Set, said: Sequence[int]) -> float:
    """F1 over pairs of articles; of judged pairs the share that is right."""
    if one.pairs:
        return sum((said[a] == said[b]) == same for a, b, same in one.pairs) / len(one.pairs)
    found = {pair for pair in combinations(range(len(said)), 2) if said[pair[0]] == said[pair[1]]}
    meant = {pair for pair in combinations(range(len(said)), 2) if one.events[pair[0]] == one.events[pair[1]]}
    return 2 * len(found & meant) / max(1, len(found) + len(meant))


def measured(sets: Sequence[Set], run: Any) -> dict[str, float]:
    return {one.name: sum(figures) / len(figures) for one in sets if (figures := run(one))}


def moved(weights: Any, chance: random.Random) -> Any:
    """The weights with one or two of them changed a little."""
    new = deepcopy(weights)
    for _ in range(chance.choice((1, 2))):
        name = chance.choice([*MOVED, *MOVED_BY_KIND, *MOVED_BY_KIND])
        if name in MOVED:
            new = replace(new, **{name: getattr(new, name) + chance.gauss(0, MOVED[name])})
        else:
            by_kind = getattr(new, name)
            kind = chance.choice(list(by_kind))
            by_kind[kind] = max(0.0, by_kind[kind] + chance.gauss(0, MOVED_BY_KIND[name]))
    return new


def line(figures: Mapping[str, float]) -> str:
    mean = sum(figures.values()) / len(figures)
    return " · ".join([*(f"{name} {value:.3f}" for name, value in figures.items()), f"mean {mean:.3f}"])


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--orders", default="1,2,3")
    parser.add_argument("--at-once", type=int, default=250)
    parser.add_argument("--enough", type=float, default=0.0)
    parser.add_argument("--among", action="store_true")
    parser.add_argument("--move", type=int, default=0)
    parser.add_argument("--half", type=int, choices=(0, 1))
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    folder = args.shared / "data" / "clustering"
    sets = [events(folder, "handpicked"), events(folder, "wikinews_medium"), documents(folder), judged(folder)]
    pack = resources.files("monitor") / "packs" / "sco"
    places, happenings, common = (
        read_yaml(pack.joinpath(f"{name}.yaml").read_text("utf-8"), name)[name]
        for name in ("places", "happenings", "common")
    )
    words = (meanings(places), meanings(happenings), common)
    reader = Remembering(Stories(*words).reader)
    orders = [int(order) for order in args.orders.split(",")]

    def run(one: Set) -> list[float]:
        said = (placed(one, reader, words, order, args.at_once, args.enough) for order in orders)
        return [figure(one, each) for each in said]

    if args.among:
        everything = together(sets, recorded(args.shared / "data" / "sco"))
        every = [placed(everything, reader, words, order, args.at_once, args.enough) for order in orders]
        begins = accumulate((len(one.articles) for one in sets), initial=0)
        places = {one.name: slice(begin, begin + len(one.articles)) for one, begin in zip(sets, begins, strict=False)}
        print(f"among:  {line(measured(sets, lambda one: [figure(one, said[places[one.name]]) for said in every]))}")
        return

    seen = sets if args.half is None else [half_of(one, args.half) for one in sets]
    others = [] if args.half is None else [half_of(one, 1 - args.half) for one in sets]
    best = measured(seen, run)
    print(f"before: {line(best)}")
    if others:
        print(f"  the other half: {line(measured(others, run))}")
    chance = random.Random(args.seed)
    for _ in range(args.move):
        kept = likeness.SAME_LANGUAGE
        likeness.SAME_LANGUAGE = moved(kept, chance)
        figures = measured(seen, run)
        if sum(figures.values()) > sum(best.values()):
            best = figures
        else:
            likeness.SAME_LANGUAGE = kept
    if args.move:
        print(f"after:  {line(best)}")
        if others:
            print(f"  the other half: {line(measured(others, run))}")
        print(likeness.SAME_LANGUAGE)


if __name__ == "__main__":
    main()
