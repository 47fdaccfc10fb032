"""How fast copies are found, beside two libraries for near-duplicates, in one run over the same texts.

    python bench/copies_speed.py [--shared ../shared] [--articles 4000] [--peers PYTHON]

Texts of about 3 kB are made of real sentences in English, Russian and Chinese; every fourth is a copy of an earlier
one, with some of its words changed and part of its sentences cut. Ours: the print of each article, candidates by bands
in memory, comparison of the texts; and as far as the others go, without the comparison: found is what has half of the
sketch of the shorter text. `--peers` names an interpreter that has `datasketch` (MinHashLSH) or `rensa`
(RMinHashLSH) or both: 128 values over shingles of three words or five characters, the usual threshold of 0.5, and no
comparison afterwards. Recall: copies that were found; false: other pairs.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

LENGTH = 3000
#: Share of the shorter text's sketch from which another has it, where texts are not compared.
AT_SIGHT = 0.5
SEED = 1


def main() -> int:
    """0, after the table was printed."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--shared", type=Path, default=Path(__file__).resolve().parents[2] / "shared")
    options.add_argument("--articles", type=int, default=4000)
    options.add_argument("--peers", help="interpreter with datasketch or rensa")
    options.add_argument("--as-peer", choices=("datasketch", "rensa"), help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.as_peer:
        print(json.dumps(_measured(json.load(sys.stdin), *_peer(given.as_peer))))
        return 0
    if not (given.shared / "accept" / "common.py").exists():
        print(f"not run: {given.shared} has no accept/common.py to take sentences from", file=sys.stderr)
        return 0
    compare(given.shared, given.articles, given.peers, ("datasketch", "rensa") if given.peers else ())
    return 0


def compare(
    shared: Path, count: int, interpreter: Path | str | None, peers: Sequence[str]
) -> dict[str, dict[str, float]]:
    """The figures of each that could be measured, by name, of ours `sketches` and `compared`; the table is printed."""
    rows = list(articles(shared, count))
    size = sum(len(row["text"].encode()) for row in rows) / len(rows)
    print(f"{len(rows)} articles of {size / 1000:.1f} kB, {sum(row['of'] >= 0 for row in rows)} of them copies")
    figures = {"sketches": _measured(rows, _by_sketches()), "compared": _ours(rows)}
    _print("scowatch, by sketches", figures["sketches"], figures)
    _print("  and texts compared", figures["compared"], figures)
    for peer in peers:
        argv = [str(interpreter), __file__, "--as-peer", peer]
        ran = subprocess.run(argv, input=json.dumps(rows), capture_output=True, text=True, check=False)
        if ran.returncode:
            print(f"{peer:<21} not measured: {ran.stderr.strip().splitlines()[-1:]}")
        else:
            figures[peer] = json.loads(ran.stdout)
            _print(peer, figures[peer], figures)
    return figures


def _print(name: str, its: dict[str, float], figures: dict[str, dict[str, float]]) -> None:
    times = " and ".join(f"{its['ms'] / figures[ours]['ms']:.1f}" for ours in ("sketches", "compared"))
    print(
        f"{name:<21} {its['ms']:.3f} ms CPU an article, {1000 / its['ms']:>6.0f} a CPU-second "
        f"({times} x ours); recall {its['recall']:.3f}, false {its['false']:.0f}"
    )


def articles(shared: Path, count: int) -> Iterator[dict[str, Any]]:
    """Rows of `title`, `text`, `lang`, `of`: the row that it is a copy of, or -1."""
    sys.path.insert(0, str(shared / "accept"))
    import common

    from monitor.text.clean import clean_text

    chance = random.Random(SEED)
    sentences = common.sentences(str(shared / "data"))
    originals: dict[str, list[int]] = defaultdict(list)
    rows: list[dict[str, Any]] = []
    for number in range(count):
        lang = chance.choice(("en", "en", "ru", "zh"))
        if number % 4 == 3 and originals[lang]:
            original = chance.choice(originals[lang])
            row = {**rows[original], "of": original}
            row["text"] = edited(chance, row["text"], lang)
        else:
            originals[lang].append(number)
            text = [chance.choice(sentences[lang])]
            while sum(len(piece.encode()) for piece in text) < LENGTH:
                text.append(_sentence(chance, sentences[lang], lang))
            row = {"title": text[0][:90], "text": clean_text("\n".join(text[1:])), "lang": lang, "of": -1}
        rows.append(row)
        yield row


def _sentence(chance: random.Random, pool: list[str], lang: str) -> str:
    """A sentence, nine times in ten with its words in another order, so that articles share as little as real ones."""
    said = chance.choice(pool)
    if chance.random() < 0.1:
        return said
    words = list(said) if lang == "zh" else said.split()
    chance.shuffle(words)
    return ("" if lang == "zh" else " ").join(words)


def edited(chance: random.Random, text: str, lang: str) -> str:
    lines = text.split("\n")
    lines = lines[: max(2, int(len(lines) * chance.uniform(0.65, 1)))]
    if lang == "zh":
        return "\n".join(line for line in lines if chance.random() > 0.05)
    words = " ".join(lines).split(" ")
    share = chance.uniform(0, 0.08)
    return " ".join(chance.choice(words) if chance.random() < share else word for word in words)


def _ours(rows: list[dict[str, Any]]) -> dict[str, float]:
    from bench.copies_quality import Item, Memory

    memory = Memory()

    def add(number: int, row: dict[str, Any]) -> list[int]:
        item = Item(id=number, title=row["title"], text=row["text"], published_at=None)
        decided = memory.place(item)
        return [] if decided.of_article_id is None else [decided.of_article_id]

    memory.place(Item(id=-1, title="warm", text="up " * 50, published_at=None))
    return _measured(rows, add, whole=False)


def _by_sketches() -> Any:
    """Our prints and bands alone."""
    from monitor.identity.prints import print_of, shared

    having: dict[int, list[int]] = defaultdict(list)
    sketches: list[bytes] = []

    def add(number: int, row: dict[str, Any]) -> list[int]:
        found = print_of(row["title"], row["text"])
        others = {other for band in found.bands for other in having.get(band, ())}
        for band in found.bands:
            having[band].append(number)
        sketches.append(found.facts)
        return [other for other in others if shared(found.facts, sketches[other])[0] >= AT_SIGHT]

    add(0, {"title": "warm", "text": "up " * 50})
    having.clear()
    sketches.clear()
    return add


def _measured(rows: list[dict[str, Any]], add: Any, whole: bool = True) -> dict[str, float]:
    """CPU, and how well; `whole`: all that is found counts, not one of a group."""
    origin = {number: row["of"] if row["of"] >= 0 else number for number, row in enumerate(rows)}
    found = false = 0
    started = time.process_time()
    said = [add(number, row) for number, row in enumerate(rows)]
    spent = time.process_time() - started
    for number, others in enumerate(said):
        hit = any(origin[other] == origin[number] for other in others)
        found += hit and rows[number]["of"] >= 0
        false += sum(origin[other] != origin[number] for other in others)
    copied = sum(row["of"] >= 0 for row in rows)
    return {"ms": 1000 * spent / len(rows), "recall": found / max(1, copied), "false": false, "whole": whole}


def _peer(name: str) -> tuple[Any]:
    if name == "datasketch":
        from datasketch import MinHash, MinHashLSH  # type: ignore[import-not-found]

        index = MinHashLSH(threshold=0.5, num_perm=128)

        def add(number: int, row: dict[str, Any]) -> list[int]:
            made = MinHash(num_perm=128)
            made.update_batch([shingle.encode() for shingle in _shingles(row)])
            found = [int(other) for other in index.query(made)]
            index.insert(str(number), made)
            return found

        return (add,)
    from rensa import RMinHash, RMinHashLSH  # type: ignore[import-not-found]

    table = RMinHashLSH(threshold=0.5, num_perm=128, num_bands=16)

    def put(number: int, row: dict[str, Any]) -> list[int]:
        made = RMinHash(num_perm=128, seed=42)
        made.update(_shingles(row))
        found = list(table.query(made))
        table.insert(number, made)
        return found

    return (put,)


def _shingles(row: dict[str, Any]) -> list[str]:
    if row["lang"] == "zh":
        text = re.sub(r"\W+", "", row["text"])
        return list({text[at : at + 5] for at in range(len(text) - 4)})
    words = re.findall(r"\w+", row["text"].lower())
    return list(map(" ".join, set(zip(words, words[1:], words[2:], strict=False))))


if __name__ == "__main__":
    raise SystemExit(main())
