"""What finding the names of a watchlist costs: milliseconds of CPU for articles of 7,000 characters.

    python bench/watchlist_speed.py [--shared ../shared]

The articles are made of real sentences with a listed name behind every fifth: English, Russian, Chinese ones, and such
as change their language with each sentence, the dearest there can be. Beside the
watchlist of the SCO pack with all its forms stand 20,000 more names, and a regular expression: an alternation of the
pack's names as listed, with the same boundaries, that has to find the same places as the matcher that is given nothing
but these names. What a first and a second start take is measured in processes of their own. Ends with 1 when a goal is
missed.
"""

from __future__ import annotations

import argparse
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from monitor.home import Home, make_home
from monitor.text.fold import HAN
from monitor.types import Watchlist, WatchlistEntry
from monitor.watchlist.forms import Form
from monitor.watchlist.matcher import Matcher
from monitor.watchlist.normal import normal_name

SIZE, ARTICLES = 7_000, 40
#: Shares of the languages in an article that has several.
MIXED = {"en": 0.4, "ru": 0.4, "zh": 0.2}
MORE_NAMES = 20_000
LEAST_RATIO, MOST, MOST_OF_MANY, FIRST_START, SECOND_START = 100, 1.0, 3.0, 1.5, 0.2
START = """
import sys, time
from pathlib import Path
from monitor.home import Home
from monitor.watchlist.matcher import Matcher
begun = time.process_time()
home = Home(Path(sys.argv[1]))
Matcher(home.watchlist, home.forms).find("", "a text with SCO and 上合组织 in it")
print(time.process_time() - begun)
"""


def main() -> int:
    """0; 1 when a goal is missed."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--shared", type=Path, default=Path(__file__).resolve().parents[2] / "shared")
    shared = options.parse_args().shared
    if not (shared / "accept" / "common.py").exists():
        print(f"not run: {shared} has no accept/common.py to take sentences from", file=sys.stderr)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder) / "home")
        make_home(home.path)
        for kept in home.path.glob(".cache/watchlist-*"):
            kept.unlink()
        first, second = _start(home.path), statistics.median(_start(home.path) for _ in range(5))
        watchlist, forms = home.watchlist, home.forms
    names = _names(watchlist)
    texts = articles(shared, names)
    met = [
        told("start, the first", first, FIRST_START, "s"),
        told("start, any other", second, SECOND_START, "s"),
        *(
            told(
                f"the pack ({len(forms)} forms), {lang}",
                _cost(Matcher(watchlist, forms), articles(shared, _names(watchlist, [lang]), {lang: 1.0}), lang),
                MOST,
                "ms",
            )
            for lang in MIXED
        ),
        told("the same, three languages in each", _cost(Matcher(watchlist, forms), texts), MOST, "ms"),
        told(f"and {MORE_NAMES} names", _cost(_with_more(watchlist, forms), texts), MOST_OF_MANY, "ms"),
        _beside_re(names, texts),
    ]
    return 0 if all(met) else 1


def told(name: str, measured: float, most: float, unit: str) -> bool:
    """Whether it is no more than it may be, after it was printed."""
    print(f"{name:34}{measured:9.3f} {unit} (goal: at most {most:g})")
    return measured <= most


def articles(shared: Path, names: Sequence[str], langs: Mapping[str, float] = MIXED) -> list[str]:
    """Texts of SIZE characters, with the languages in these shares, sentence by sentence."""
    sys.path.insert(0, str(shared / "accept"))
    import common

    pool = common.sentences(data=shared / "data", per_language=3000)
    draw = random.Random("articles")
    return [_article(draw, pool, names, langs) for _ in range(ARTICLES)]


def _article(draw: random.Random, pool: dict[str, list[str]], names: Sequence[str], langs: Mapping[str, float]) -> str:
    parts: list[str] = []
    length = 0
    while length < SIZE:
        lang = draw.choices(list(langs), list(langs.values()))[0]
        part = draw.choice(pool[lang]) + (f" {draw.choice(names)}." if draw.random() < 0.2 else "")
        parts.append(part)
        length += len(part) + 1
    return "\n".join(parts)[:SIZE]


def _names(watchlist: Watchlist, langs: Iterable[str] = MIXED) -> list[str]:
    """The strong names as listed, of these languages."""
    listed = (entry.aliases.get(lang, ()) for entry in watchlist.entries for lang in langs)
    return list(dict.fromkeys(name for names in listed for name in names if len(name) > 2))


def _start(home: Path) -> float:
    return float(
        subprocess.run([sys.executable, "-c", START, str(home)], check=True, capture_output=True, text=True).stdout
    )


def _cost(matcher: Matcher, texts: Sequence[str], lang: str = "en") -> float:
    """Milliseconds for one article, folding included; its language is told beforehand, as when collecting."""
    return _spent(lambda text: matcher.find("", text, lang), texts)


def _spent(work: Callable[[str], object], texts: Sequence[str], rounds: int = 5) -> float:
    spent = []
    for _ in range(rounds):
        begun = time.process_time()
        for text in texts:
            work(text)
        spent.append(time.process_time() - begun)
    return 1000 * statistics.median(spent) / len(texts)


def _with_more(watchlist: Watchlist, forms: Sequence[Form]) -> Matcher:
    draw = random.Random("names")
    parts = [a + b for a in ("ka", "to", "mir", "sul", "be", "nur", "ash") for b in ("lan", "rim", "tov", "zhi", "gul")]
    tails = ("ev", "ova", "zada", "shah", "xing", "singh", "bek")
    found: set[str] = set()
    while len(found) < MORE_NAMES:
        given, family = "".join(draw.choices(parts, k=2)), draw.choice(parts) + draw.choice(parts) + draw.choice(tails)
        found.add(f"{given} {family}".title())
    return _plain_matcher(watchlist, forms, sorted(found))


def _plain_matcher(watchlist: Watchlist, forms: Sequence[Form], names: Sequence[str]) -> Matcher:
    """A matcher of the list and, each an entry of its own, of names without any forms."""
    entries = [WatchlistEntry(id=f"n{n}", kind="person", name=name, aliases={}) for n, name in enumerate(names)]
    made = [normal_name(name) for name in names]
    first = len(watchlist.entries)
    more = [
        Form(name.text, name.cased, first + place, entry.name, "en", -1, "any", True)
        for place, (name, entry) in enumerate(zip(made, entries, strict=True))
    ]
    return Matcher(Watchlist(entries=(*watchlist.entries, *entries), window=watchlist.window), [*forms, *more])


def _beside_re(names: Sequence[str], texts: Sequence[str]) -> bool:
    """Whether the matcher of the names alone finds the same places as their alternation, and how much sooner."""
    matcher = _plain_matcher(Watchlist(entries=(), window={"default": 200}), (), names)
    longest_first = sorted(names, key=len, reverse=True)
    ends = [re.escape(n) if re.search(f"[{HAN}]", n) else rf"(?<!\w){re.escape(n)}(?!\w)" for n in longest_first]
    pattern = re.compile("|".join(ends), re.IGNORECASE)
    few = texts[:10]
    ours = _spent(lambda text: matcher.find("", text, "en"), texts)
    theirs = _spent(pattern.findall, few, rounds=1)
    found = {(number, m.start, m.end) for number, text in enumerate(few) for m in matcher.find("", text, "en")}
    expected = {(number, *m.span()) for number, text in enumerate(few) for m in pattern.finditer(text)}
    print(
        f"{len(names)} plain names: {ours:.3f} ms, re {theirs:.1f} ms; {theirs / ours:.0f} times (goal: {LEAST_RATIO})"
    )
    print(f"places that both find: {len(found & expected)}; only we: {len(found - expected)}, only re: ", end="")
    print(len(expected - found))
    return theirs >= LEAST_RATIO * ours


if __name__ == "__main__":
    raise SystemExit(main())
