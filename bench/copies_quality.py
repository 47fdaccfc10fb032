"""How well copies are found, in memory: the sets and measures of ../shared/accept/stories.py without an archive.

    python bench/copies_quality.py [--shared ../shared] [--seeds 1,2,3] [--sizes 15,50] [--show N]

Edited copies of real texts with notices in series among them, for each seed and size; and the items that sister
newsrooms share, by titles and summaries only. Everything arrives in shuffled order; groups that turn out to be one are
one from then on.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import combinations
from pathlib import Path
from typing import Any

from monitor.identity.comparing import Texts
from monitor.identity.copies import Copies, copies
from monitor.identity.prints import Print, print_of
from monitor.text.clean import clean_line, clean_text

#: How many candidates an article gets, those that share most bands first, and how many articles of one band count.
CANDIDATES, OF_A_BAND = 10, 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One article of a set; a candidate once it is placed."""

    id: int
    title: str
    text: str
    published_at: datetime | None
    copy_group_id: int = 0
    facts: bytes = b""


class Memory:
    """The archive's side: bands, groups, groups that went into others."""

    def __init__(self) -> None:
        self._by_band: dict[int, list[int]] = defaultdict(list)
        self._items: dict[int, Item] = {}
        self._into: dict[int, int] = {}
        self._texts = Texts()
        self.compared = 0

    def place(self, item: Item) -> Copies:
        """Where the item belongs; it is kept."""
        found = print_of(item.title, item.text)
        decided = copies(item, found.facts, self._with_bands(found), texts=self._texts, article_id=item.id)
        group = decided.copy_group_id if decided.copy_group_id is not None else item.id
        self._into.update((merged, group) for merged in decided.merged)
        for band in found.bands:
            self._by_band[band].append(item.id)
        self._items[item.id] = replace(item, copy_group_id=group, facts=found.facts)
        return decided

    def group(self, number: int) -> int:
        """The group that it is by now."""
        while number in self._into:
            number = self._into[number]
        return number

    def group_of(self, article_id: int) -> int:
        """The group of an article."""
        return self.group(self._items[article_id].copy_group_id)

    def _with_bands(self, found: Print) -> list[Item]:
        counted = Counter(other for band in found.bands for other in self._by_band.get(band, ())[-OF_A_BAND:])
        best = [self._items[number] for number, _ in counted.most_common(CANDIDATES)]
        self.compared += len(best)
        return [self._by_now(other) if other.copy_group_id in self._into else other for other in best]

    def _by_now(self, item: Item) -> Item:
        self._items[item.id] = now = replace(item, copy_group_id=self.group(item.copy_group_id))
        return now


def main() -> int:
    """0, after the tables were printed."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--shared", type=Path, default=Path(__file__).resolve().parents[2] / "shared")
    options.add_argument("--seeds", default="1,2,3")
    options.add_argument("--sizes", default="15,50")
    options.add_argument("--show", type=int, default=0, help="pairs that were decided wrongly")
    given = options.parse_args()
    if not (given.shared / "accept" / "copies_data.py").exists():
        print(f"not run: {given.shared} has no accept/copies_data.py to make texts with", file=sys.stderr)
        return 0
    sys.path.insert(0, str(given.shared / "accept"))
    for size in map(int, given.sizes.split(",")):
        for seed in map(int, given.seeds.split(",")):
            _edited(given.shared, seed, size, given.show)
    for seed in map(int, given.seeds.split(",")):
        _syndicated(given.shared, seed, given.show)
    return 0


def placed(rows: Sequence[Mapping[str, Any]], seed: str) -> tuple[list[int], float, Memory]:
    """The group of each row, CPU seconds, and the archive."""
    items = [
        Item(
            id=number,
            title=clean_line(row["title"]),
            text=clean_text(row.get("text") or row.get("summary") or ""),
            published_at=datetime.fromisoformat(row["published"][:10] + "T12:00:00+00:00")
            if row.get("published")
            else None,
        )
        for number, row in enumerate(rows, 1)
    ]
    order = list(items)
    random.Random(seed).shuffle(order)
    memory = Memory()
    started = time.process_time()
    for item in order:
        memory.place(item)
    return [memory.group_of(item.id) for item in items], time.process_time() - started, memory


def _edited(shared: Path, seed: int, size: int, show: int) -> None:
    import copies_data

    rows = copies_data.make(str(shared / "data"), seed, size)
    said, spent, memory = placed(rows, f"copies-{seed}")
    gold = [row["group"] for row in rows]
    merged = apart = 0
    series = defaultdict(list)
    for number, row in enumerate(rows):
        if row["template"]:
            series[row["template"]].append(number)
    for group in series.values():
        for one, two in combinations(group, 2):
            apart += gold[one] != gold[two]
            merged += gold[one] != gold[two] and said[one] == said[two]
    languages = []
    for lang in ("en", "ru", "zh"):
        mine = [number for number, row in enumerate(rows) if row["lang"] == lang and not row["template"]]
        languages.append(f"{lang} {f1([said[n] for n in mine], [gold[n] for n in mine])[2]:.3f}")
    _report(f"copies seed {seed} x {size}", said, gold, spent, memory)
    print(f"    {', '.join(languages)}; series merged {merged} of {apart}")
    _show(rows, said, gold, show)


def _syndicated(shared: Path, seed: int, show: int) -> None:
    from common import read_jsonl

    rows = read_jsonl(shared / "data" / "clustering" / "states-newsroom-syndication" / "items.jsonl")
    rows = list({row["url"]: row for row in reversed(rows)}.values())[::-1]
    said, spent, memory = placed(rows, f"syndication-{seed}")
    gold = [row["group"] for row in rows]
    _report(f"syndication seed {seed}", said, gold, spent, memory)
    shared_by = defaultdict(set)
    for row in rows:
        shared_by[row["group"]].add(row["outlet"])
    mine = [n for n, row in enumerate(rows) if len(shared_by[row["group"]]) > 1]
    alone = [n for n, row in enumerate(rows) if sum(row["group"] == other for other in gold) == 1]
    kept = sorted({*mine, *alone})
    score = f1([said[n] for n in kept], [gold[n] for n in kept])[2]
    print(f"    groups of two outlets and more, and single items: F1 {score:.3f}")
    _show(rows, said, gold, show)


def _report(name: str, said: Sequence[int], gold: Sequence[str], spent: float, memory: Memory) -> None:
    precision, recall, score = f1(said, gold)
    each = 1000 * spent / len(said)
    print(
        f"{name}: {len(said)} articles, P {precision:.3f} R {recall:.3f} F1 {score:.3f}; {each:.3f} ms CPU each, "
        f"{memory.compared / len(said):.1f} candidates each"
    )


def f1(said: Sequence[object], gold: Sequence[object]) -> tuple[float, float, float]:
    def pairs(counts: Iterable[int]) -> int:
        return sum(n * (n - 1) // 2 for n in counts)

    both = pairs(Counter(zip(said, gold, strict=True)).values())
    ours, theirs = pairs(Counter(said).values()), pairs(Counter(gold).values())
    precision, recall = both / ours if ours else 1.0, both / theirs if theirs else 1.0
    return precision, recall, 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def _show(rows: Sequence[Mapping[str, Any]], said: Sequence[int], gold: Sequence[str], count: int) -> None:
    wrong = [
        (one, two)
        for one, two in combinations(range(len(rows)), 2)
        if (said[one] == said[two]) != (gold[one] == gold[two])
    ]
    for one, two in wrong[:count]:
        kind = "merged" if said[one] == said[two] else "missed"
        left, right = (f"{rows[n].get('how', '')} {rows[n]['title'][:50]!r}" for n in (one, two))
        print(f"    {kind}: {left} | {right}")


if __name__ == "__main__":
    raise SystemExit(main())
