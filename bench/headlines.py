"""What the watchlist finds in real news: how often, by which rule, and examples to judge by eye.

    python bench/headlines.py [--shared ../shared] [--list FILE] [--top 12] [--set cctv,tass]
                              [--entry ID,ID] [--rule weak] [--samples 5] [--seed 1]

The texts: 40,000 headline captures of five English outlets (2022 to 2023, each headline once), TASS headlines of 2025,
Chinese newscasts, Kremlin texts, translated news of many outlets in three languages, and the Russian news of
bench/names.py. Printed are the share of texts with a tag, the processor time, what fires most, and the weak names by
what let them in; `refused` are places of weak names that nothing let in. `--samples` shows that many places of each
name, drawn by chance: read them, then mend need and veto terms. `--list` measures another list.
Ends with 1 when the time for a thousand characters is above the goal.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import random
import re
import sys
import time
import zipfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path

from monitor.text.clean import clean_text
from monitor.types import Match, Watchlist
from monitor.watchlist.load import parse
from monitor.watchlist.matcher import Matcher

ROOT = Path(__file__).resolve().parents[1]
PACK = ROOT / "monitor" / "packs" / "sco" / "watchlist.yaml"
#: Milliseconds of CPU for a thousand characters, in the dearest set.
MOST = 0.5
_AROUND = 60
_TAG = re.compile("<[^>]+>")
_CAPTURE = re.compile(r"(\w{3})-+(\d{1,2})-\d\d_\d\d_\d\d-(\d{4})")


@dataclass(frozen=True, slots=True)
class Text:
    title: str
    body: str
    lang: str
    day: date | None


#: (Entry, name as listed, rule and need term) -> its places, each with its text.
Places = defaultdict[tuple[str, str, str], list[tuple[Text, Match]]]


@dataclass(slots=True)
class Tally:
    """What was found in one set of texts."""

    texts: int = 0
    tagged: int = 0
    characters: int = 0
    seconds: float = 0.0
    found: Places = field(default_factory=lambda: defaultdict(list))
    #: Places of weak names that no rule let in.
    refused: Places = field(default_factory=lambda: defaultdict(list))


def main() -> int:
    """0; 1 when it takes too long."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--shared", type=Path, default=ROOT.parent / "shared")
    options.add_argument("--list", type=Path, default=PACK, help="a watchlist other than that of the pack")
    options.add_argument("--top", type=int, default=12, help="so many entries and weak names are listed")
    options.add_argument("--set", default="", help="only these sets")
    options.add_argument("--entry", default="", help="examples of these entries only")
    options.add_argument("--rule", default="", help="examples of rules that begin so only: strong, weak:need …")
    options.add_argument("--samples", type=int, default=0, help="examples of each name")
    options.add_argument("--seed", type=int, default=1)
    given = options.parse_args()
    data = given.shared / "data"
    if not (data / "sco").is_dir():
        print(f"not run: {data} has no folder sco with recorded news", file=sys.stderr)
        return 0
    matcher = Matcher(parse(given.list.read_text(encoding="utf-8"), str(given.list)))
    matcher.find("", "SCO 上合组织")
    chosen = [name for name in SETS if not given.set or name in given.set.split(",")]
    open_door = Matcher(_without_company(matcher.watchlist))
    tallies = {name: _measure(matcher, open_door, list(SETS[name](data))) for name in chosen}
    entries = {name for name in given.entry.split(",") if name}
    for name, tally in tallies.items():
        _show_samples(name, tally, entries, given.rule, given.samples, random.Random(given.seed))
    _show_sets(tallies)
    _show_most(tallies, given.top)
    dearest = max(1e6 * t.seconds / max(1, t.characters) for t in tallies.values())
    print(f"dearest set: {dearest:.3f} ms for 1,000 characters (goal: at most {MOST})")
    return 0 if dearest <= MOST else 1


def _without_company(watchlist: Watchlist) -> Watchlist:
    """The list with weak names that are let in everywhere: those of days to come need no company."""
    return replace(
        watchlist,
        entries=tuple(
            replace(entry, ambiguous=tuple(replace(weak, until=date.max) for weak in entry.ambiguous))
            for entry in watchlist.entries
        ),
    )


def _measure(matcher: Matcher, open_door: Matcher, texts: Sequence[Text]) -> Tally:
    tally = Tally(texts=len(texts))
    for text in texts:
        started = time.process_time()
        matches = matcher.find(text.title, text.body, text.lang, text.day)
        tally.seconds += time.process_time() - started
        tally.characters += len(text.title) + len(text.body)
        tally.tagged += bool(matches)
        covered = {(match.field, at) for match in matches for at in range(match.start, match.end)}
        for match in open_door.find(text.title, text.body, text.lang, text.day or date(2000, 1, 1)):
            if match.rule == "weak:date" and covered.isdisjoint(
                (match.field, at) for at in range(match.start, match.end)
            ):
                tally.refused[match.entry_id, match.alias, "refused"].append((text, match))
        for match in matches:
            rule = f"{match.rule} {match.need}" if match.need else match.rule
            tally.found[match.entry_id, match.alias, rule].append((text, match))
    return tally


# ------------------------------------------------------------------------------------------ recorded texts


def _headlines(data: Path) -> Iterator[Text]:
    """Each headline once, as of the day when it was captured first."""
    first: dict[str, date | None] = {}
    for path in sorted((data / "sco" / "news-sentivis-headlines" / "Dataset").glob("*.zip")):
        with zipfile.ZipFile(path) as packed:
            for name in sorted(n for n in packed.namelist() if n.endswith(".csv") and "__MACOSX" not in n):
                for row in csv.reader(io.StringIO(packed.read(name).decode("utf-8-sig", "replace"))):
                    title = " ".join(row[1].split()) if len(row) > 1 else ""
                    if title:
                        first.setdefault(title, _captured(name))
    for title, day in first.items():
        yield Text(title, "", "en", day)


def _captured(name: str) -> date | None:
    found = _CAPTURE.search(name)
    return datetime.strptime(" ".join(found.groups()), "%b %d %Y").replace(tzinfo=UTC).date() if found else None


def _tass(data: Path) -> Iterator[Text]:
    for row in _rows(data / "sco" / "tass-en-titles.jsonl"):
        yield Text(row["title"], "", "en", date.fromisoformat(row["date"]))


def _newscasts(data: Path) -> Iterator[Text]:
    for row in _rows(data / "sco" / "cctv-xinwenlianbo.jsonl"):
        yield Text(row["title"], clean_text(_TAG.sub("\n", row["html"])), "zh", date.fromisoformat(row["date"]))


def _kremlin(data: Path) -> Iterator[Text]:
    for row in _rows(data / "sco" / "kremlin-ru-tagged.jsonl"):
        yield Text(row["title"], row["text"], "ru", date.fromisoformat(row["date"]) if row["date"] else None)


def _translated(lang: str, data: Path) -> Iterator[Text]:
    for row in _rows(data / "clustering" / "wmt-news-docs" / "docs.jsonl"):
        if row["lang"] == lang:
            yield Text(row["title"] or "", row["text"], lang, None)


def _marked(data: Path) -> Iterator[Text]:
    for folder in ("nerel-v1.1", "factrueval2016/devset"):
        for path in sorted((data / "ner" / folder).glob("*.txt")):
            yield Text("", path.read_text(encoding="utf-8"), "ru", None)


def _rows(path: Path) -> Iterator[dict[str, str]]:
    if path.exists():
        with path.open(encoding="utf-8") as lines:
            yield from map(json.loads, lines)


SETS: dict[str, Callable[[Path], Iterator[Text]]] = {
    "headlines": _headlines,
    "tass": _tass,
    "cctv": _newscasts,
    "kremlin": _kremlin,
    "news en": lambda data: _translated("en", data),
    "news ru": lambda data: _translated("ru", data),
    "news zh": lambda data: _translated("zh", data),
    "marked": _marked,
}


# ------------------------------------------------------------------------------------------ what is printed


def _show_samples(name: str, tally: Tally, entries: set[str], rule: str, most: int, draw: random.Random) -> None:
    for (entry, alias, let_in), places in sorted({**tally.found, **tally.refused}.items(), key=_by_entry):
        if most and (not entries or entry in entries) and let_in.startswith(rule):
            print(f"[{name}] {entry}: {alias} ({let_in}) {len(places)}")
            for text, match in draw.sample(places, min(most, len(places))):
                print(f"      {_in_context(text, match)}")


def _by_entry(one: tuple[tuple[str, str, str], list[tuple[Text, Match]]]) -> tuple[str, int]:
    return one[0][0], -len(one[1])


def _in_context(text: Text, match: Match) -> str:
    whole = text.title if match.field == "title" else text.body
    before, after = whole[max(0, match.start - _AROUND) : match.start], whole[match.end : match.end + _AROUND]
    return " ".join(f"{before}⟦{whole[match.start : match.end]}⟧{after}".split())


def _show_sets(tallies: dict[str, Tally]) -> None:
    print(f"{'set':10}{'texts':>8}{'tagged':>9}{'places':>8}{'entries':>9}{'weak':>7}{'refused':>9}{'ms a text':>11}")
    for name, tally in tallies.items():
        places = sum(map(len, tally.found.values()))
        weak = sum(len(p) for (_, _, rule), p in tally.found.items() if rule.startswith("weak"))
        refused = sum(map(len, tally.refused.values()))
        cost = 1000 * tally.seconds / max(1, tally.texts)
        share = tally.tagged / max(1, tally.texts)
        entries = len({entry for entry, _, _ in tally.found})
        print(f"{name:10}{tally.texts:8}{share:9.1%}{places:8}{entries:9}{weak:7}{refused:9}{cost:11.3f}")


def _show_most(tallies: dict[str, Tally], top: int) -> None:
    entries: Counter[str] = Counter()
    weak: Counter[str] = Counter()
    needs: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for tally in tallies.values():
        for (entry, alias, rule), places in tally.found.items():
            entries[entry] += len(places)
            if rule.startswith("weak"):
                weak[f"{entry}: {alias}"] += len(places)
                needs[f"{entry}: {alias}"][rule.removeprefix("weak:").removeprefix("need ")] += len(places)
    print("fire most: " + ", ".join(f"{entry} {n}" for entry, n in entries.most_common(2 * top)))
    print("weak names that fire most:")
    for name, count in weak.most_common(top):
        print(f"  {name} {count}: " + ", ".join(f"{need} {n}" for need, n in needs[name].most_common(5)))


if __name__ == "__main__":
    sys.exit(main())
