"""Names that often stand beside tagged ones and are not on the list: for a person to look at, never added by itself.

A name is worth a look when it stands near tags in more articles than its mentions elsewhere would let expect: compared
by log-likelihood (Dunning 1993) over articles, those with tags against those without. Nearly every name of an archive
is rare: whenever there are too many of them, those met least are forgotten, so that memory stays within bounds and the
counts of rare names may be too low.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import log
from typing import TypeVar

from monitor.types import Kept, Match, Watchlist
from monitor.watchlist.candidates import Candidate, candidates, is_han
from monitor.watchlist.forms import Form
from monitor.watchlist.normal import normal_name

_T = TypeVar("_T")

#: Names near tags, and elsewhere, that are counted at a time.
_NEAR, _ELSEWHERE = 40_000, 300_000
_SOURCES, _SPELLINGS, _BESIDE = 50, 8, 30
_AROUND = 60
#: Article texts are read up to here.
_LONGEST = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    #: As most often written, or in its base form where that is met.
    name: str
    #: Other spellings, the most frequent first.
    spellings: tuple[str, ...]
    #: Of most articles with it; None: not known.
    lang: str | None
    #: Articles where it stands near a tag, and articles without tags that have it.
    articles: int
    elsewhere: int
    #: Outlets that have it near a tag; no more than 50 are counted.
    sources: int
    #: Entries that it stands beside, the most frequent first.
    beside: tuple[str, ...]
    #: The higher the less by accident.
    score: float
    #: Text around one mention, and the article.
    sample: str
    article_id: int
    title: str
    url: str


def suggest(
    articles: Iterable[tuple[Kept, Sequence[Match]]],
    watchlist: Watchlist,
    forms: Iterable[Form],
    *,
    least: int = 3,
    limit: int = 100,
) -> tuple[Suggestion, ...]:
    """The names most worth a look, in at least so many articles near a tag; `forms` are those of the list.

    Left out is what the list has, wholly or as part of a name, and what it names as context: places, mostly, are known
    to whoever wrote it.
    """
    count = _Count(window=watchlist.window)
    for kept, matches in articles:
        count.add(kept, matches)
    known = _Known(watchlist, forms)
    found = [one for one in count.seen.values() if one.articles >= least and one.sure and not known.has(one.name())]
    found = [one for one in _without_parts(found) if count.score(one) > 0 or not count.without_tags]
    found.sort(key=lambda one: (-count.score(one), -one.articles, one.key))
    return tuple(count.suggestion(one) for one in found[:limit])


@dataclass(slots=True)
class _Seen:
    """A name near tags."""

    key: str
    articles: int = 0
    sure: bool = False
    spellings: Counter[str] = field(default_factory=Counter)
    langs: Counter[str | None] = field(default_factory=Counter)
    sources: set[str] = field(default_factory=set)
    beside: Counter[str] = field(default_factory=Counter)
    kept: tuple[int, str, str, str] = (0, "", "", "")

    def name(self) -> str:
        """The spelling that is the base form, where it was met, else the most frequent one."""
        best = max(self.spellings.items(), key=lambda item: (item[1], -len(item[0])))[0]
        return next((s for s in self.spellings if normal_name(s).text == self.key), best)


@dataclass(slots=True, kw_only=True)
class _Count:
    window: Mapping[str, int]
    seen: dict[str, _Seen] = field(default_factory=dict)
    elsewhere: dict[str, int] = field(default_factory=dict)
    with_tags: int = 0
    without_tags: int = 0

    def add(self, kept: Kept, matches: Sequence[Match]) -> None:
        article = kept.article
        text = article.text[:_LONGEST]
        if not matches:
            self.without_tags += 1
            for key in {c.key for part in (article.title, text) for c in candidates(part, article.lang)}:
                self.elsewhere[key] = self.elsewhere.get(key, 0) + 1
            if len(self.elsewhere) > _ELSEWHERE:
                self.elsewhere = _without_rare(self.elsewhere, self.elsewhere, _ELSEWHERE // 2)
            return
        self.with_tags += 1
        near: dict[str, list[tuple[Candidate, Match, str]]] = {}
        for part, whole in (("title", article.title), ("text", text)):
            in_part = [match for match in matches if match.field == part]
            for candidate, match in self._near(whole, article.lang, in_part) if in_part else ():
                near.setdefault(candidate.key, []).append((candidate, match, whole))
        for key, places in near.items():
            self._note(key, kept, places)
        if len(self.seen) > _NEAR:
            counts = {key: one.articles for key, one in self.seen.items()}
            self.seen = _without_rare(self.seen, counts, _NEAR // 2)

    def _near(self, whole: str, lang: str | None, matches: Sequence[Match]) -> Iterator[tuple[Candidate, Match]]:
        """Candidates with the match that they stand near; none that overlaps one."""
        window = self.window.get(lang or "") or self.window.get("default", 200)
        ordered = sorted(matches, key=lambda m: m.start)
        starts = [m.start for m in ordered]
        for candidate in candidates(whole, lang):
            at = bisect_left(starts, candidate.end)
            before, after = ordered[max(0, at - 1) : at], ordered[at : at + 1]
            if any(match.end > candidate.start for match in before):
                continue
            close = [m for m in before if candidate.start - m.end <= window]
            close += [m for m in after if m.start - candidate.end <= window]
            if close:
                yield candidate, min(close, key=lambda m: max(m.start - candidate.end, candidate.start - m.end))

    def _note(self, key: str, kept: Kept, places: Sequence[tuple[Candidate, Match, str]]) -> None:
        one = self.seen.get(key)
        if one is None:
            one = self.seen[key] = _Seen(key)
        one.articles += 1
        one.langs[kept.article.lang] += 1
        source = kept.article.source_id or kept.article.source_name
        if source and len(one.sources) < _SOURCES:
            one.sources.add(source)
        for candidate, match, _ in places:
            one.sure = one.sure or candidate.sure
            if candidate.name in one.spellings or len(one.spellings) < _SPELLINGS:
                one.spellings[candidate.name] += 1
            if match.entry_id in one.beside or len(one.beside) < _BESIDE:
                one.beside[match.entry_id] += 1
        candidate, _, whole = places[0]
        around = whole[max(0, candidate.start - _AROUND) : candidate.end + _AROUND].replace("\n", " ")
        one.kept = (kept.id, kept.article.title, kept.article.url, around)

    def score(self, one: _Seen) -> float:
        """Log-likelihood of the name's share of the articles with tags against its share of the others; below zero
        where the latter is the larger."""
        near, others = one.articles, self.elsewhere.get(one.key, 0)
        all_near, all_others = max(1, self.with_tags), self.without_tags
        share = (near + others) / (all_near + all_others)
        found = near * log(near / (all_near * share))
        if others:
            found += others * log(others / (all_others * share))
        return 2 * found if not all_others or near / all_near >= others / all_others else -2 * found

    def suggestion(self, one: _Seen) -> Suggestion:
        article_id, title, url, sample = one.kept
        name = one.name()
        return Suggestion(
            name=name,
            spellings=tuple(s for s, _ in one.spellings.most_common() if s != name),
            lang=one.langs.most_common(1)[0][0],
            articles=one.articles,
            elsewhere=self.elsewhere.get(one.key, 0),
            sources=len(one.sources),
            beside=tuple(entry_id for entry_id, _ in one.beside.most_common(5)),
            score=round(self.score(one), 2),
            sample=sample,
            article_id=article_id,
            title=title,
            url=url,
        )


def _without_rare(values: dict[str, _T], counts: Mapping[str, int], wanted: int) -> dict[str, _T]:
    """Not more than so many of the values, those with the highest counts."""
    least = 2
    while sum(count >= least for count in counts.values()) > wanted:
        least += 1
    return {key: value for key, value in values.items() if counts[key] >= least}


def _without_parts(found: Sequence[_Seen]) -> list[_Seen]:
    """Of a name and its parts, as of Vladimir Norov and Norov, the longer, unless the shorter is far more frequent."""
    by_key = {one.key: one for one in found}
    dropped: set[str] = set()
    for one in found:
        words = one.key.split(" ")
        for size in range(1, len(words)):
            for begin in range(len(words) - size + 1):
                part = by_key.get(" ".join(words[begin : begin + size]))
                if part is not None:
                    dropped.add(part.key if part.articles <= 3 * one.articles else one.key)
    return [one for one in found if one.key not in dropped]


class _Known:
    """What the list has already, as names or as context."""

    def __init__(self, watchlist: Watchlist, forms: Iterable[Form]) -> None:
        self._names = " \n ".join(form.text for form in forms)
        terms = (
            term
            for entry in watchlist.entries
            for terms in (entry.veto, *((*weak.need, *weak.veto) for weak in entry.ambiguous))
            for term in terms
        )
        self._context = frozenset(normal_name(term).text for term in terms)

    def has(self, name: str) -> bool:
        text = normal_name(name).text
        if is_han(text[0]):
            return text in self._names or any(text[:size] in self._context for size in range(2, len(text) + 1))
        shorter = (text[:size] for size in range(max(4, len(text) - 3), len(text)))
        if text in self._context or any(beginning in self._context for beginning in shorter):
            return True
        return f" {text} " in f" {self._names} "
