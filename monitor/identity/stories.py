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

from monitor.identity.facts import KINDS, Facts, Kind, Reader, kept, pack, unpack
from monitor.identity.likeness import likeness
from monitor.identity.neighbours import Neighbours
from monitor.identity.rarity import Rarity, common_figures
from monitor.types import Article, Match, Neighbour

#: A story that had no article for so long is closed.
CLOSED_AFTER = timedelta(days=5)
#: Likeness from which an article joins.
ENOUGH = 0.0
#: Candidates looked at.
CANDIDATES = 24
#: Facts that candidates are found by: so many words, and so many of what two languages can share.
WORD_KEYS = 10
OTHER_KEYS = 14
_DAY = 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryFacts:
    """What is kept of an article for its story."""

    #: Rarest first.
    keys: tuple[int, ...]
    facts: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """The story that an article goes to."""

    #: None: no other article tells of it yet.
    story_id: int | None
    #: Likeness to that story, above ENOUGH; 0 for a new one.
    likeness: float
    keys: tuple[int, ...]
    facts: bytes


class Stories:
    """Finds the story of each article; remembers how rare words are."""

    def __init__(
        self,
        places: Mapping[str, Iterable[str]],
        happenings: Mapping[str, Iterable[str]],
        *,
        enough: float = ENOUGH,
    ) -> None:
        self._reader = Reader(places, happenings)
        self._rarity = Rarity(common_figures())
        self._enough = enough

    def warm(self, facts: Iterable[bytes]) -> None:
        """Learns how rare facts are from articles of the archive, oldest first: after a start, before the first new
        one."""
        for packed in facts:
            known = unpack(packed)
            if known is not None:
                self._rarity.add(known.steps)

    def place(self, article: Article, matches: Sequence[Match], neighbours: Neighbours) -> Told:
        """The article's story, with what is to be kept of it. To be asked for every article, also for one whose
        story is already given by its copies."""
        facts = self._facts(article, matches)
        keys = _keys(facts)
        at = time_of(article)
        found = neighbours.with_keys(keys, at - CLOSED_AFTER, at + CLOSED_AFTER, CANDIDATES) if keys else ()
        best, story = max(
            ((value, -story) for story, value in self._by_story(facts, article.lang, at, found).items()),
            default=(0.0, 0),
        )
        joins = story != 0 and best >= self._enough
        return Told(
            story_id=-story if joins else None, likeness=best if joins else 0.0, keys=keys, facts=pack(facts)
        )

    def _facts(self, article: Article, matches: Sequence[Match]) -> Facts:
        entries = {(match.entry_id, match.field == "title") for match in matches}
        seen = self._reader.read(article.title, article.text, article.lang, sorted(entries))
        self._rarity.add(seen.title.keys() | seen.text.keys())
        return kept(seen, self._rarity.of)

    def _by_story(
        self, facts: Facts, lang: str | None, at: datetime, found: Sequence[Neighbour]
    ) -> dict[int, float]:
        """Story -> likeness, on average over its articles; of several copies the one most like."""
        groups: dict[tuple[int, int], float] = {}
        for other in found:
            theirs = unpack(other.facts)
            if theirs is None:
                continue
            days = abs((time_of(other) - at).total_seconds()) / _DAY
            value = likeness(facts, theirs, same_language=lang == other.lang, days=days)
            key = (other.story_id, other.copy_group_id)
            groups[key] = max(value, groups.get(key, value))
        stories: dict[int, list[float]] = {}
        for (story, _), value in groups.items():
            stories.setdefault(story, []).append(value)
        return {story: sum(values) / len(values) for story, values in stories.items()}


def time_of(article: Article | Neighbour) -> datetime:
    """When it was published; else when it was first seen."""
    return article.published_at or article.first_seen_at


def _keys(facts: Facts) -> tuple[int, ...]:
    """The heaviest facts, words apart from what two languages can share."""
    words, others = [], []
    for number, step in facts.steps.items():
        (others if number >> 29 else words).append((step & 127, number))
    words.sort(reverse=True)
    others.sort(reverse=True)
    chosen = sorted(words[:WORD_KEYS] + others[:OTHER_KEYS], reverse=True)
    return tuple(number for _, number in chosen)


def reasons(a: bytes, b: bytes, *, same_language: bool) -> list[tuple[str, str, float]]:
    """Why two articles are, or are not, of one story: part, kind of fact, and how much it counts; largest first."""
    from monitor.identity.likeness import SAME_LANGUAGE, TWO_LANGUAGES, parts

    first, second = unpack(a), unpack(b)
    if first is None or second is None:
        return []
    found = parts(first, second, SAME_LANGUAGE if same_language else TWO_LANGUAGES)
    return [(part, KINDS[kind].name.lower(), value) for part, kind, value in sorted(found, key=lambda p: -abs(p[2]))]


__all__ = ["CLOSED_AFTER", "ENOUGH", "Kind", "Stories", "Told", "reasons", "time_of"]
