"""Recall of the watchlist where others have marked names by hand: mentions of its entries, found and missed.

    python bench/names.py [--shared ../shared] [--list FILE] [--set NEREL,KazNERD] [--show 40]

A marked name belongs to an entry by its Wikidata id or full name (NEREL, factRuEval), by the dictionary forms of its
words (treebanks), or because it begins, word for word, with a strong name of the list (the others: no suffix of ours is
used for that). Parts of names that the tagging policy leaves alone, a first name and patronymic or `the Union` for
an organisation, are counted apart. `other` are places that we tag and the markers call something else: another id, a
person that is none, or the other way round. `--show` lists that many misses and others of each set. Ends with 1 below
the goal over all sets.
"""

from __future__ import annotations

import argparse
import re
import sys
import tarfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from monitor.text.fold import fold
from monitor.types import Match, Watchlist, WatchlistEntry
from monitor.watchlist.load import parse
from monitor.watchlist.matcher import Matcher

ROOT = Path(__file__).resolve().parents[1]
PACK = ROOT / "monitor" / "packs" / "sco" / "watchlist.yaml"
#: Of all mentions that are names of entries.
LEAST = 0.97
_AROUND = 40
_LONGEST_SUFFIX = 9


@dataclass(frozen=True, slots=True)
class Marked:
    """A name as the markers see it."""

    start: int
    end: int
    person: bool
    #: Wikidata id, or None.
    link: str | None = None
    #: What it is called in full, or in dictionary forms; None: it stands in the text in some form.
    title: str | None = None


@dataclass(frozen=True, slots=True)
class Text:
    text: str
    lang: str
    marked: Sequence[Marked]
    #: Treebanks mark no names: (begin, end, dictionary form, whether it is a proper name) of each word.
    words: Sequence[tuple[int, int, str, bool]] = ()


@dataclass(slots=True)
class Tally:
    lang: str = ""
    texts: int = 0
    found: int = 0
    missed: list[str] = field(default_factory=list)
    in_part: Counter[str] = field(default_factory=Counter)
    tags: int = 0
    other: list[str] = field(default_factory=list)


def main() -> int:
    """0; 1 when too many are missed."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--shared", type=Path, default=ROOT.parent / "shared")
    options.add_argument("--list", type=Path, default=PACK, help="a watchlist other than that of the pack")
    options.add_argument("--set", default="", help="only these sets")
    options.add_argument("--show", type=int, default=0, help="misses and others listed of each set")
    given = options.parse_args()
    data = given.shared / "data" / "ner"
    if not data.is_dir():
        print(f"not run: {data} with marked names is not there", file=sys.stderr)
        return 0
    source = given.list.read_text(encoding="utf-8")
    names = Names(
        parse(source, str(given.list)), dict(re.findall(r"(?m)^- id: (\S+)(?:\n  .*)*?\n  qid: (Q\d+)", source))
    )
    tallies = {}
    for name, read in SETS.items():
        if not given.set or name in given.set.split(","):
            tallies[name] = _measure(names, read(data))
    for name, tally in tallies.items():
        for line in (*tally.missed[: given.show], *tally.other[: given.show]):
            print(f"[{name}] {line}")
    return _print(tallies)


class Names:
    """The names of a list, as markers' names are looked up in them."""

    def __init__(self, watchlist: Watchlist, links: dict[str, str]) -> None:
        self.watchlist = watchlist
        self.matcher = Matcher(watchlist)
        self.entries = {entry.id: entry for entry in watchlist.entries}
        self.by_link = {link: entry for entry, link in links.items()}
        self.by_title: dict[tuple[str, ...], str] = {}
        self.by_start: defaultdict[str, list[tuple[tuple[str, ...], str]]] = defaultdict(list)
        for entry in watchlist.entries:
            for name in (name for names in entry.aliases.values() for name in names):
                words = _words(name)
                self.by_title.setdefault(words, entry.id)
                self.by_start[words[0][:2]].append((words, entry.id))

    def entry_of(self, marked: Marked, text: str) -> str | None:
        """Id of the entry that the markers mean; None: it is not on the list."""
        if marked.link in self.by_link:
            return self.by_link[marked.link]
        if marked.title is None:
            found = self._beginning(text[marked.start : marked.end])
        else:
            found = self._titled(marked)
        return found if found and (self.entries[found].kind == "person") == marked.person else None

    def _titled(self, marked: Marked) -> str | None:
        words = _words(marked.title or "")
        if not marked.person or words in self.by_title:
            return self.by_title.get(words)
        pairs = ((a, b) for a in sorted(words) for b in sorted(words) if a != b)
        return next((self.by_title[pair] for pair in pairs if pair in self.by_title), None)

    def _beginning(self, text: str) -> str | None:
        words = _words(text)
        if not words:
            return None
        for name, entry in self.by_start[words[0][:2]]:
            if len(name) == len(words) and all(map(_begins, words, name)) and words[:-1] == name[:-1]:
                return entry
        return None

    def named(self, entry: WatchlistEntry, mention: str) -> bool:
        """Whether a mention holds what the policy calls a name: a family name, an abbreviation, all words of one."""
        words = _words(mention)
        if entry.kind == "person":
            family = _words(str(entry.ru_parts.get("family") or entry.name.split()[-1]))[-1]
            return any(word.startswith(family[: max(3, len(family) - 2)]) for word in words)
        stems = tuple(word[:4] for word in words)
        return any(stems == tuple(w[:4] for w in _words(n)) for names in entry.aliases.values() for n in names)

    def looked_up(self, text: Text) -> Iterator[tuple[Marked, str]]:
        """Names among the words of a treebank, the longest of those that overlap."""
        at = 0
        while at < len(text.words):
            for length in range(min(6, len(text.words) - at), 0, -1):
                part = text.words[at : at + length]
                entry = self.by_title.get(tuple(w for _, _, form, _ in part for w in _words(form)))
                if entry and part[0][3]:
                    yield Marked(part[0][0], part[-1][1], self.entries[entry].kind == "person"), entry
                    break
            else:
                length = 1
            at += length

    def is_in(self, entry: str, wanted: str) -> bool:
        """Whether an entry is that one, or below it."""
        at: str | None = entry
        while at is not None and at != wanted:
            at = self.entries[at].parent
        return at is not None


@cache
def _words(name: str) -> tuple[str, ...]:
    return tuple(re.findall(r"[^\W_]+", fold(name)))


def _begins(word: str, name: str) -> bool:
    return word.startswith(name) and len(word) - len(name) <= _LONGEST_SUFFIX


def _measure(names: Names, texts: Iterable[Text]) -> Tally:
    tally = Tally()
    for text in texts:
        tally.lang = text.lang
        tally.texts += 1
        matches = names.matcher.find("", text.text, text.lang)
        tally.tags += len(matches)
        meant = [(marked, names.entry_of(marked, text.text)) for marked in text.marked]
        wanted = [*((m, entry) for m, entry in meant if entry), *names.looked_up(text)]
        for marked, entry in wanted:
            mention = text.text[marked.start : marked.end]
            over = [m for m in matches if m.start < marked.end and m.end > marked.start]
            if any(names.is_in(m.entry_id, entry) for m in over):
                tally.found += 1
            elif names.named(names.entries[entry], mention):
                tally.missed.append(f"missed {entry}: {_in_context(text.text, marked.start, marked.end)}")
            else:
                tally.in_part[mention] += 1
        tally.other += [
            f"other {m.entry_id} ({m.rule}): {_in_context(text.text, m.start, m.end)}"
            for m in matches
            if _otherwise(names, m, meant)
        ]
    return tally


def _otherwise(names: Names, match: Match, meant: Sequence[tuple[Marked, str | None]]) -> bool:
    """Whether the markers say of all names there that they are something else."""
    over = [(m, entry) for m, entry in meant if m.start < match.end and m.end > match.start]
    person = names.entries[match.entry_id].kind == "person"
    if any(entry == match.entry_id for _, entry in over) or not over:
        return False
    if all(m.person != person for m, _ in over):
        return True
    qid = {entry: link for link, entry in names.by_link.items()}.get(match.entry_id)
    same = [m for m, _ in over if m.person == person]
    return all(m.link and m.link != qid for m in same) and person


def _in_context(text: str, start: int, end: int) -> str:
    return " ".join(f"{text[max(0, start - _AROUND) : start]}⟦{text[start:end]}⟧{text[end : end + _AROUND]}".split())


def _print(tallies: dict[str, Tally]) -> int:
    print(
        f"{'set':16}{'lang':5}{'texts':>7}{'mentions':>10}{'found':>7}{'recall':>8}",
        f"{'in part':>8}{'tags':>7}{'other':>7}",
    )
    for name, tally in tallies.items():
        mentions = tally.found + len(tally.missed)
        share = f"{tally.found / mentions:.3f}" if mentions else "-"
        parts = sum(tally.in_part.values())
        print(f"{name:16}{tally.lang:5}{tally.texts:7}{mentions:10}{tally.found:7}{share:>8}", end="")
        print(f"{parts:9}{tally.tags:7}{len(tally.other):7}")
    found, missed = sum(t.found for t in tallies.values()), sum(len(t.missed) for t in tallies.values())
    recall = found / max(1, found + missed)
    print(f"all: {found} of {found + missed} mentions found, {recall:.3f} (goal: at least {LEAST})")
    return 0 if recall >= LEAST else 1


# ------------------------------------------------------------------------------------------ marked texts


def _nerel(data: Path) -> Iterator[Text]:
    for path in sorted((data / "nerel-v1.1").glob("*.ann")):
        text = path.with_suffix(".txt").read_text(encoding="utf-8")
        found = re.findall("(?m)^([TN]\\d+)\t(.*)\t(.*)$", path.read_text(encoding="utf-8"))
        links = {what.split()[1]: (what.split(":")[-1], name) for mark, what, name in found if mark[0] == "N"}
        marked = []
        for mark, what, _ in found:
            kind, begin, *_, end = what.split()
            link, title = links.get(mark, ("NULL", ""))
            if mark[0] == "T":
                known = None if link == "NULL" else link
                marked.append(Marked(int(begin), int(end), kind == "PERSON", known, title))
        yield Text(text, "ru", marked)


def _factrueval(data: Path) -> Iterator[Text]:
    for path in sorted((data / "factrueval2016" / "devset").glob("*.objects")):
        spans = {}
        for line in path.with_suffix(".spans").read_text(encoding="utf-8").splitlines():
            number, kind, start, length = line.split()[:4]
            if not kind.endswith(("_descr", "job", "nickname")):
                spans[number] = (int(start), int(start) + int(length))
        titles = _titles(path.with_suffix(".coref"))
        marked = []
        for row in path.read_text(encoding="utf-8").splitlines():
            number, kind, *parts = row.split(" # ")[0].split()
            places = [spans[part] for part in parts if part in spans]
            if places:
                first, last = min(s for s, _ in places), max(e for _, e in places)
                marked.append(Marked(first, last, kind == "Person", None, titles.get(number, "")))
        yield Text(path.with_suffix(".txt").read_text(encoding="utf-8"), "ru", marked)


def _titles(path: Path) -> dict[str, str]:
    """Number of each object -> what it is called."""
    titles: dict[str, str] = {}
    for block in path.read_text(encoding="utf-8").split("\n\n"):
        numbers, *lines = block.strip().split("\n")
        known = dict(line.partition(" ")[::2] for line in reversed(lines))
        title = known.get("name") or f"{known.get('firstname', '')} {known.get('lastname', '')}"
        titles |= dict.fromkeys(numbers.split()[1:], title.strip())
    return titles


def _columns(blocks: Iterable[list[tuple[str, str]]], lang: str, person: str, gap: str) -> Iterator[Text]:
    """Texts out of (word, kind) pairs; kinds may have B- and I- before them."""
    for block in blocks:
        text, before = "", "O"
        marked: list[Marked] = []
        for word, kind in block:
            start = len(text)
            if text.endswith(" ") and word in ",.;:!?)»”":
                text = text[:-1]
                start -= 1
            text += word
            bare = kind[2:] if kind[1:2] == "-" else kind
            if bare != "O" and bare == before and not kind.startswith("B-"):
                marked[-1] = Marked(marked[-1].start, len(text), marked[-1].person)
            elif bare != "O":
                marked.append(Marked(start, len(text), bare.upper().startswith(person)))
            before = bare
            text += "" if word in "(«“" else gap
        yield Text(text, lang, marked)


def _blocks(text: str) -> Iterator[list[tuple[str, str]]]:
    for block in re.split(r"\n\s*\n", text):
        rows = [line.split() for line in block.splitlines()]
        yield [(row[0], row[-1]) for row in rows if len(row) > 1]


def _kaznerd(data: Path) -> Iterator[Text]:
    return _columns(_blocks((data / "kaznerd" / "IOB2_valid.txt").read_text(encoding="utf-8")), "kk", "PERSON", " ")


def _peoples_daily(data: Path) -> Iterator[Text]:
    path = data / "zh-peoples-daily" / "example.dev"
    return _columns(_blocks(path.read_text(encoding="utf-8")), "zh", "PER", "")


def _urdu(data: Path) -> Iterator[Text]:
    for name in ("ijnlp.tar.xz", "jahangir.tar.xz"):
        yield from _columns(_blocks(_unpacked(data / "urdu" / name)), "ur", "PERSON", " ")
    for line in _unpacked(data / "urdu" / "uner.txt.tar.gz").splitlines():
        yield _tagged(line, "ur")


def _unpacked(path: Path) -> str:
    with tarfile.open(path) as packed:
        opened = [packed.extractfile(member) for member in packed.getmembers() if member.isfile()]
        bodies = [body.read() for body in opened if body]
    return "\n".join(
        body.decode("utf-16" if body[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig") for body in bodies
    )


def _tagged(line: str, lang: str) -> Text:
    """A text out of one with marks such as <PERSON>…</PERSON>."""
    text, marked, done = "", list[Marked](), 0
    for match in re.finditer(r"<([A-Z]+)>(.*?)</\1>", line):
        text += line[done : match.start()]
        marked.append(Marked(len(text), len(text) + len(match[2]), match[1] == "PERSON"))
        text += match[2]
        done = match.end()
    return Text(text + line[done:], lang, marked)


def _treebank(folder: str, lang: str, data: Path) -> Iterator[Text]:
    for path in sorted((data / folder).glob("*.conllu")):
        for block in path.read_text(encoding="utf-8").split("\n\n"):
            said = re.search("(?m)^# text = (.*)$", block)
            if said:
                yield Text(said[1], lang, (), _placed(said[1], block))


def _placed(text: str, block: str) -> list[tuple[int, int, str, bool]]:
    """Words with their places and dictionary forms."""
    words, at = [], 0
    for row in (line.split("\t") for line in block.splitlines() if re.match(r"\d+\t", line)):
        start = text.find(row[1], at)
        if start >= 0:
            at = start + len(row[1])
            words.append((start, at, row[2], row[3] == "PROPN" or row[1].isupper()))
    return words


SETS = {
    "NEREL": _nerel,
    "factRuEval": _factrueval,
    "KazNERD": _kaznerd,
    "Kazakh treebank": lambda data: _treebank("ud-kazakh", "kk", data),
    "Kyrgyz treebank": lambda data: _treebank("ud-kyrgyz", "ky", data),
    "Uzbek treebank": lambda data: _treebank("ud-uzbek", "uz", data),
    "Urdu": _urdu,
    "People's Daily": _peoples_daily,
}


if __name__ == "__main__":
    sys.exit(main())
