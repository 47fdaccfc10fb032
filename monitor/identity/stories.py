"""Which story an article belongs to: that of the articles which tell of the same event, in whatever language.

One pass, in order of arrival. Articles of the days around that share the rarest facts are candidates; each is compared
with the article (monitor.identity.likeness), and the article joins the story to whose articles it is most like *on
average*, copies counted once. The average keeps a story from growing along a chain: who is like its last member only,
is not like the story. A story that had no article for some days is closed: what comes later is a new story.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from monitor.identity.facts import KINDS, Facts, Reader, kept, pack, unpack
from monitor.identity.kept import parted
from monitor.identity.likeness import SAME_LANGUAGE, TWO_LANGUAGES, likeness, parts
from monitor.identity.neighbours import Neighbours
from monitor.identity.rarity import Rarity, common_figures, common_words
from monitor.types import Article, Match, Neighbour

#: A story that had no article for so long is closed.
CLOSED_AFTER = timedelta(days=5)
#: Likeness from which an article joins.
ENOUGH = 0.0
#: Candidates looked at.
CANDIDATES = 12
#: Articles of each story that are compared when two stories may be one.
COMPARED = 5
#: Stories that are looked into, and articles of each: the nearest, and its first.
LOOKED_INTO = 2
NEAREST = 4
FIRST = 6
#: Facts that candidates are found by: so many words, and so many of what two languages can share.
WORD_KEYS = 10
OTHER_KEYS = 14
_DAY = 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """The story that an article goes to."""

    #: None: no other article tells of it yet.
    story_id: int | None
    #: Likeness to that story, above ENOUGH; 0 for a new one.
    likeness: float
    #: Other stories that turn out to be the same one: their articles are as much alike.
    same_stories: tuple[int, ...]
    keys: tuple[int, ...]
    facts: bytes


class Stories:
    """Finds the story of each article; remembers how rare words are."""

    def __init__(
        self,
        places: Mapping[str, Iterable[str]],
        happenings: Mapping[str, Iterable[str]],
        common: Mapping[str, Mapping[float, str]] | None = None,
        *,
        enough: float = ENOUGH,
    ) -> None:
        """`places`, `happenings`, `common`: what stands under these keys in the lists of the pack of the same names."""
        self._reader = Reader(places, happenings)
        self._rarity = Rarity(common_figures() | common_words(common or {}))
        self._enough = enough

    def warm(self, facts: Iterable[bytes]) -> None:
        """Learns how rare facts are from those of the archive's latest articles, oldest first: after a start, before
        the first new one."""
        for packed in facts:
            known = unpack(packed)
            if known is not None:
                self._rarity.add(known.steps)

    def place(self, article: Article, matches: Sequence[Match], neighbours: Neighbours) -> Told:
        """The article's story, with what is to be kept of it."""
        facts = self._facts(article, matches)
        keys = _keys(facts)
        at = time_of(article)
        found = neighbours.with_keys(keys, at - CLOSED_AFTER, at + CLOSED_AFTER, CANDIDATES) if keys else ()
        mine = _Compared(_Known(0, facts, article.lang, at))
        near = {story: mine.like(_first_of_groups(found, story)) for story in dict.fromkeys(o.story_id for o in found)}
        likely = [story for story, value in near.items() if value >= self._enough]
        first = sorted(likely, key=lambda story: (-near[story], story))[:LOOKED_INTO]
        cores = {story: _core(found, neighbours, story) for story in first}
        like = {story: mine.like(core) for story, core in cores.items()}
        ranked = sorted((s for s in first if like[s] >= self._enough), key=lambda story: (-like[story], story))
        if not ranked:
            return Told(story_id=None, likeness=0.0, same_stories=(), keys=keys, facts=pack(facts))
        best = ranked[0]
        same = tuple(story for story in ranked[1:] if self._are_one(cores[best], cores[story]))
        return Told(story_id=best, likeness=like[best], same_stories=same, keys=keys, facts=pack(facts))

    def read(self, article: Article, matches: Sequence[Match]) -> Told:
        """What is to be kept of an article whose story is given by its copies; no story is looked for."""
        facts = self._facts(article, matches)
        return Told(story_id=None, likeness=0.0, same_stories=(), keys=_keys(facts), facts=pack(facts))

    def same_as(self, packed: bytes) -> Told | None:
        """The same for one that says what another said, of which this was kept; None: that was nothing."""
        facts = unpack(packed)
        if facts is None:
            return None
        return Told(story_id=None, likeness=0.0, same_stories=(), keys=_keys(facts), facts=packed)

    def _are_one(self, core: Sequence[_Known], other: Sequence[_Known]) -> bool:
        """Whether the articles of two stories, which had no reason to meet before, are alike on average too."""
        values = [_likeness(a, b) for a in core[:COMPARED] for b in other[:COMPARED]]
        return sum(values) >= self._enough * len(values)

    def _facts(self, article: Article, matches: Sequence[Match]) -> Facts:
        entries = {(match.entry_id, match.field == "title") for match in matches}
        seen = self._reader.read(article.title, article.text, article.lang, sorted(entries))
        self._rarity.add(seen.title.keys() | seen.text.keys())
        return kept(seen, self._rarity.of)


class _Known(NamedTuple):
    """An article as it is compared."""

    id: int
    facts: Facts
    lang: str | None
    at: datetime


class _Compared:
    """The new article, with what it was compared with already."""

    def __init__(self, mine: _Known) -> None:
        self._mine = mine
        self._values: dict[int, float] = {}

    def like(self, others: Sequence[_Known]) -> float:
        """Likeness to the others on average; nothing is like nobody."""
        for other in others:
            if other.id not in self._values:
                self._values[other.id] = _likeness(self._mine, other)
        return sum(self._values[other.id] for other in others) / len(others) if others else _NOT_AT_ALL


_NOT_AT_ALL = -1000.0


def _core(found: Sequence[Neighbour], neighbours: Neighbours, story: int) -> list[_Known]:
    """The articles that a story stands on: those found, and its first ones, which it began with."""
    ours = [other for other in found if other.story_id == story]
    return _first_of_groups([*ours[:NEAREST], *neighbours.of_story(story, FIRST)], story)


def _first_of_groups(found: Sequence[Neighbour], story: int) -> list[_Known]:
    """The articles of the story among those found, one for each copy group."""
    groups: dict[int, _Known] = {}
    for other in found:
        if other.story_id == story and other.copy_group_id not in groups:
            facts = unpack(parted(other.facts).facts)
            if facts is not None:
                groups[other.copy_group_id] = _Known(other.id, facts, other.lang, time_of(other))
    return list(groups.values())


def _likeness(a: _Known, b: _Known) -> float:
    days = min(abs(a.at - b.at), CLOSED_AFTER).total_seconds() / _DAY
    return likeness(a.facts, b.facts, same_language=a.lang == b.lang, days=days)


def time_of(article: Article | Neighbour) -> datetime:
    """When it was published; else when it was first seen."""
    return article.published_at or article.first_seen_at


def _keys(facts: Facts) -> tuple[int, ...]:
    """The heaviest facts, words apart from what two languages can share, as numbers of 64 bits."""
    words: list[tuple[int, int]] = []
    others: list[tuple[int, int]] = []
    for number, step in facts.steps.items():
        (others if number >> 29 else words).append((step & 127, number))
    words.sort(reverse=True)
    others.sort(reverse=True)
    chosen = sorted(words[:WORD_KEYS] + others[:OTHER_KEYS], reverse=True)
    return tuple(number << 32 for _, number in chosen)


def reasons(a: bytes, b: bytes, *, same_language: bool) -> list[tuple[str, str, float]]:
    """Why two articles are, or are not, of one story: part, kind of fact, and how much it counts; largest first."""
    first, second = unpack(a), unpack(b)
    if first is None or second is None:
        return []
    found = parts(first, second, SAME_LANGUAGE if same_language else TWO_LANGUAGES)
    return [(part, KINDS[kind].name.lower(), value) for part, kind, value in sorted(found, key=lambda p: -abs(p[2]))]
