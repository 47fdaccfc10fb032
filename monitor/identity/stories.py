"""Which story an article belongs to: that of the articles which tell of the same event, in whatever language.

::

    expect      what comes together: facts of each, how rare they are learned from all of them
                each is compared with articles of the days around that share its rarest facts
                gathered (monitor.identity.together): the most alike first, alike on average, copies counted once
    place       one of them after the other is told its story

An article that nobody announced is expected alone. Two stories become one in the same way, when an article belongs to
both, or when their articles are alike on average by now. A story that had no article for some days is closed: what
comes later is a new one, which names the article that it takes up.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from typing import TypedDict

from monitor.identity.agencies import host_of
from monitor.identity.facts import Facts, Kind, Reader, Seen, kind_of, measured, pack, unpack, weighed
from monitor.identity.kept import parted
from monitor.identity.likeness import Reason, likeness, reasons
from monitor.identity.meanings import Meanings
from monitor.identity.neighbours import Neighbours
from monitor.identity.rarity import Rarity, common_figures, common_names, common_sounds, common_words
from monitor.identity.together import CORE, FAR, Cluster, average, gathered
from monitor.types import Article, Match, Neighbour

#: A story that had no article for so long is closed.
CLOSED_AFTER = timedelta(days=5)
#: Likeness from which an article joins.
ENOUGH = 0.0
#: For so long what comes up again is a follow-up; so many articles of that time are looked at.
FOLLOWED_FOR = timedelta(days=35)
FOLLOWED = 4
#: One name or number in five weeks says nothing.
FOLLOWED_BY = 2
#: Candidates looked at: articles of the archive, and others that come at the same time.
CANDIDATES = 12
#: Of those that come at the same time, so many of the latest with one key are looked at.
OF_A_KEY = 40
#: Stories that are looked into for an article, and articles of each: the nearest, and its first.
LOOKED_INTO = 2
NEAREST = 2
FIRST = 6
#: A story is looked into when what was found of it is at most so much less alike than enough.
NEARLY = 0.5
#: Facts that candidates are found by: so many words, and so many of what two languages can share.
WORD_KEYS = 8
OTHER_KEYS = 14
#: Articles from which it is known well enough how rare a fact is.
ENOUGH_LEARNED = 1000
#: Until then, stored articles are weighed anew when so much more is known.
GREW = 1.2
#: Facts by which earlier stories are looked for. Entries, places and happenings are the same in articles of five weeks
#: by the thousand; words find no story that these do not, at twice the cost.
_TELLING = frozenset((Kind.NAME, Kind.NUMBER, Kind.DAY, Kind.ORDINAL))
_CACHE_LIMIT = 500
_DAY = 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """The story that an article goes to."""

    #: None: no other article tells of it yet.
    story_id: int | None
    #: Likeness to the articles of that story that are known; 0 for a new one.
    likeness: float
    #: Other stories that turn out to be the same one: their articles are as much alike.
    same_stories: tuple[int, ...]
    keys: tuple[int, ...]
    facts: bytes
    #: An article of an earlier story, closed by now, that this one is a follow-up to; only of a new story.
    follows: int | None = None


@dataclass(slots=True, eq=False)
class _Known:
    """An article as it is compared."""

    facts: Facts
    lang: str | None
    outlet: str
    at: datetime
    #: How rare its facts are; made when it is first asked for.
    rare: Mapping[int, float] | None = None


@dataclass(slots=True, eq=False)
class _Coming:
    """An article that was announced."""

    article: Article
    known: _Known
    keys: tuple[int, ...]
    story: _Together


@dataclass(slots=True, eq=False)
class _Together:
    """What is one story."""

    cluster: Cluster[_Known]
    #: Stories of the archive in it, that with the lowest number first; and the first of its articles that came.
    stories: list[int]
    article_id: int | None = None


class Stories:
    """Finds the story of each article; remembers how rare words are."""

    def __init__(
        self,
        places: Meanings,
        happenings: Meanings,
        common: Mapping[str, Mapping[float, str]] | None = None,
        sounds: Mapping[float, str] | None = None,
        *,
        enough: float = ENOUGH,
    ) -> None:
        """`common`: language -> share of articles -> words that so many have, as in the pack's list of that name;
        `sounds`: share -> how these words sound, where that is known already."""
        self.reader = Reader(places, happenings)
        names = common_names(common_sounds(common or {}) if sounds is None else sounds)
        self._rarity = Rarity(common_figures() | common_words(common or {}) | names)
        self.enough = enough
        #: Facts of articles that came when little was known, weighed anew.
        self._weighed: dict[bytes, Facts] = {}
        #: Articles that are to come, by where they are in memory.
        self._expected: dict[int, _Coming] = {}

    def warm(self, facts: Iterable[bytes]) -> None:
        """Learns how rare facts are from those of the archive's latest articles, oldest first: after a start, before
        the first new one."""
        for packed in facts:
            known = unpack(packed)
            if known is not None:
                self._rarity.add(known.steps)

    # -- what comes
    def expect(self, articles: Sequence[tuple[Article, Sequence[Match]]], neighbours: Neighbours) -> None:
        """Decides on articles that come together, before the first of them is placed; who was announced before and has
        not come is forgotten."""
        self._expected = self._decided(articles, neighbours)

    def _decided(
        self, articles: Sequence[tuple[Article, Sequence[Match]]], neighbours: Neighbours
    ) -> dict[int, _Coming]:
        """What each of them is to be told, by where it is in memory."""
        seen = [self._read(article, matches) for article, matches in articles]
        known = []
        for (article, _), said in zip(articles, seen, strict=True):
            facts, rare = weighed(said, self._rarity.of, learned=self._rarity.articles)
            known.append(_Known(facts, article.lang, outlet_of(article), time_of(article), rare))
        keys = [_keys(one.facts, self._rare(one)) for one in known]
        likenesses = _Likenesses(self._rare)
        clusters = [Cluster([one], []) for one in known]
        for number, other in _pairs(known, keys):
            _tie(clusters, number, other, likenesses.of(known[number], known[other]), self.enough)
        stored = _Stored(self, neighbours, clusters, likenesses)
        for number, one in enumerate(known):
            stored.tie(number, keys[number], one)
        left, into = gathered(clusters, likenesses.of, self.enough)
        made = [_Together(cluster, list(cluster.stories)) for cluster in left]
        return {
            id(article): _Coming(article, one, own, made[place])
            for (article, _), one, own, place in zip(articles, known, keys, into, strict=False)
        }

    def place(self, article: Article, matches: Sequence[Match], neighbours: Neighbours) -> Told:
        """The article's story, with what is to be kept of it."""
        coming = self._coming(article)
        if coming is None:
            # alone: those that were announced with others are yet to come
            coming = self._decided([(article, matches)], neighbours)[id(article)]
        story = coming.story
        first = neighbours.with_number(story.article_id) if story.article_id is not None else None
        story_id = first.story_id if first else next(iter(story.stories), None)
        same = tuple(other for other in story.stories if other != story_id)
        story.stories, story.article_id = [], neighbours.article_id
        others = [one for one in story.cluster.members if one is not coming.known][:CORE]
        alike = story_id is not None and others
        return Told(
            story_id=story_id,
            likeness=average([coming.known], others, _Likenesses(self._rare).of) if alike else 0.0,
            same_stories=same,
            keys=coming.keys,
            facts=pack(coming.known.facts),
            # of what touches nothing nobody asks what went before, and looking back was a sixth of an import
            follows=self._followed(coming, neighbours) if story_id is None and matches else None,
        )

    def read(self, article: Article, matches: Sequence[Match], article_id: int) -> Told:
        """What is to be kept of an article whose story is given by its copies; no story is looked for."""
        coming = self._gone_with_copies(article, article_id)
        if coming is not None:
            facts, keys = coming.known.facts, coming.keys
        else:
            facts, rare = weighed(self._read(article, matches), self._rarity.of, learned=self._rarity.articles)
            keys = _keys(facts, rare)
        return Told(story_id=None, likeness=0.0, same_stories=(), keys=keys, facts=pack(facts))

    def same_as(self, packed: bytes, article: Article, article_id: int) -> Told | None:
        """The same for one that says what another said, of which this was kept; None: that was nothing."""
        facts = unpack(packed)
        if facts is None:
            return None
        self._gone_with_copies(article, article_id)
        return Told(story_id=None, likeness=0.0, same_stories=(), keys=self._keys_of(facts), facts=packed)

    def _coming(self, article: Article) -> _Coming | None:
        found = self._expected.pop(id(article), None)
        return found if found is not None and found.article is article else None

    def _gone_with_copies(self, article: Article, article_id: int) -> _Coming | None:
        """The article, if it was announced. What was to be one story with it follows it there."""
        coming = self._coming(article)
        if coming is not None and coming.story.article_id is None:
            coming.story.article_id = article_id
        return coming

    def _followed(self, coming: _Coming, neighbours: Neighbours) -> int | None:
        """The article of a closed story that is most like the new one, which begins a story."""
        before = coming.known.at - CLOSED_AFTER
        keys = tuple([key for key in coming.keys if kind_of(key >> 32) in _TELLING])
        if len(keys) < FOLLOWED_BY:
            return None
        found = neighbours.with_keys(keys, before - FOLLOWED_FOR, before, FOLLOWED, shared=FOLLOWED_BY)
        known = [(self.known(one), one.id) for one in found]
        likenesses = _Likenesses(self._rare)
        near = [
            (likenesses.of(coming.known, one), number) for one, number in known if one is not None and one.at < before
        ]
        value, article = max(near, default=(self.enough - 1, 0))
        return article if value >= self.enough else None

    # -- what is known
    def known(self, one: Neighbour) -> _Known | None:
        """A stored article as it is compared; None: nothing was kept of it."""
        facts = self._now(parted(one.facts).facts)
        return _Known(facts, one.lang, outlet_of(one), time_of(one)) if facts is not None else None

    def reasons(self, a: Neighbour, b: Neighbour) -> tuple[Reason, ...]:
        """What counts for one event of the two, and against it, as it is known now: added up, the likeness. Empty:
        nothing was kept of one of them."""
        first, second = self.known(a), self.known(b)
        if first is None or second is None:
            return ()
        return reasons(first.facts, second.facts, self._rare(first), **_between(first, second))

    def _read(self, article: Article, matches: Sequence[Match]) -> Seen:
        entries = {(match.entry_id, match.field == "title") for match in matches}
        seen = self.reader.read(article.title, article.text, article.lang, sorted(entries))
        self._rarity.add(chain(seen.text, (number for number in seen.title if number not in seen.text)))
        return seen

    def _rare(self, one: _Known) -> Mapping[int, float]:
        if one.rare is None:
            one.rare = dict(zip(one.facts.steps, self._rarity.of(one.facts.steps), strict=True))
        return one.rare

    def _keys_of(self, facts: Facts) -> tuple[int, ...]:
        return _keys(facts, dict(zip(facts.steps, self._rarity.of(facts.steps), strict=True)))

    def _now(self, packed: bytes) -> Facts | None:
        """The facts of a stored article. Where little was known when it came, it is weighed anew."""
        facts = unpack(packed)
        now = self._rarity.articles
        if facts is None or facts.learned >= ENOUGH_LEARNED or now < GREW * facts.learned:
            return facts
        if len(self._weighed) > _CACHE_LIMIT:
            self._weighed.clear()
        before = self._weighed.get(packed)
        if before is None or now >= GREW * before.learned:
            rarity = self._rarity.of(facts.steps)
            before = self._weighed[packed] = measured(facts.steps, rarity, size=facts.size, learned=now)
        return before


class _Likenesses:
    """Likenesses of articles, each looked at once."""

    def __init__(self, rare: Callable[[_Known], Mapping[int, float]]) -> None:
        self._rare = rare
        self._found: dict[tuple[int, int], float] = {}

    def of(self, a: _Known, b: _Known) -> float:
        pair = (id(a), id(b)) if id(a) < id(b) else (id(b), id(a))
        value = self._found.get(pair)
        if value is None:
            first, second = (a, b) if a.rare is not None else (b, a)
            value = self._found[pair] = likeness(first.facts, second.facts, self._rare(first), **_between(a, b))
        return value


class _Between(TypedDict):
    same_language: bool
    same_outlet: bool
    days: float


def _between(a: _Known, b: _Known) -> _Between:
    """What lies between two articles beside their facts."""
    return {
        "same_language": a.lang == b.lang,
        "same_outlet": a.outlet == b.outlet != "",
        "days": min(abs(a.at - b.at), CLOSED_AFTER).total_seconds() / _DAY,
    }


class _Stored:
    """Stories of the archive that new articles may belong to, as clusters beside theirs."""

    def __init__(
        self, stories: Stories, neighbours: Neighbours, clusters: list[Cluster[_Known]], likenesses: _Likenesses
    ) -> None:
        self._stories = stories
        self._neighbours = neighbours
        self._clusters = clusters
        self._likenesses = likenesses
        self._known: dict[int, _Known | None] = {}
        #: Story -> number of its cluster.
        self._numbers: dict[int, int] = {}
        self.enough = stories.enough

    def tie(self, number: int, keys: tuple[int, ...], one: _Known) -> None:
        """Looks for the stories that the article with that number may belong to, and adds links to them."""
        found = (
            self._neighbours.with_keys(keys, one.at - CLOSED_AFTER, one.at + CLOSED_AFTER, CANDIDATES) if keys else ()
        )
        near = []
        for story in dict.fromkeys(other.story_id for other in found):
            ours = self._first_of_groups(other for other in found if other.story_id == story)
            if ours:
                near.append((average([one], list(ours.values()), self._likenesses.of), story))
        near.sort(key=lambda value: (-value[0], value[1]))
        for value, story in near[:LOOKED_INTO]:
            if value >= self.enough - NEARLY:
                place = self._number(story, found)
                core = self._clusters[place].members
                _tie(self._clusters, number, place, average([one], core, self._likenesses.of), self.enough)

    def _number(self, story: int, found: Sequence[Neighbour]) -> int:
        """The cluster of a story: the articles found first, and those that it began with."""
        if story not in self._numbers:
            ours = [other for other in found if other.story_id == story][:NEAREST]
            core = self._first_of_groups([*ours, *self._neighbours.of_story(story, FIRST)])
            self._numbers[story] = len(self._clusters)
            self._clusters.append(Cluster(list(core.values()), [story]))
        return self._numbers[story]

    def _first_of_groups(self, found: Iterable[Neighbour]) -> dict[int, _Known]:
        """One article for each copy group."""
        groups: dict[int, _Known] = {}
        for other in found:
            if other.copy_group_id not in groups:
                if other.id not in self._known:
                    self._known[other.id] = self._stories.known(other)
                if (known := self._known[other.id]) is not None:
                    groups[other.copy_group_id] = known
        return groups


def _tie(clusters: Sequence[Cluster[_Known]], a: int, b: int, link: float, enough: float) -> None:
    if link > enough - FAR:
        clusters[a].links[b] = clusters[b].links[a] = link


def _pairs(known: Sequence[_Known], keys: Sequence[tuple[int, ...]]) -> Iterable[tuple[int, int]]:
    """Those that come at the same time and are worth a comparison: of each, with some that came before it."""
    having: dict[int, list[int]] = defaultdict(list)
    for number, own in enumerate(keys):
        shared: Counter[int] = Counter()
        for key in own:
            shared.update(having[key][-OF_A_KEY:])
            having[key].append(number)
        one = known[number]
        for number_of_other, count in shared.most_common(CANDIDATES):
            other = known[number_of_other]
            # one word alone says little; two languages may have no more than one number in common
            if (count > 1 or one.lang != other.lang) and abs(one.at - other.at) <= CLOSED_AFTER:
                yield number, number_of_other


def time_of(article: Article | Neighbour) -> datetime:
    """When it was published; else when it was first seen."""
    return article.published_at or article.first_seen_at


def outlet_of(article: Article | Neighbour) -> str:
    """Whose article it is: the outlet that an aggregator names, the source, or the site; empty: not known."""
    return article.source_name or article.source_id or host_of(article.url)


def _keys(facts: Facts, rare: Mapping[int, float]) -> tuple[int, ...]:
    """The heaviest facts, words apart from what two languages can share, as numbers of 64 bits."""
    words: list[tuple[float, int]] = []
    others: list[tuple[float, int]] = []
    for number, step in facts.steps.items():
        (others if number >> 29 else words).append(((step & 127) * rare[number], number))
    words.sort(reverse=True)
    others.sort(reverse=True)
    chosen = sorted(words[:WORD_KEYS] + others[:OTHER_KEYS], reverse=True)
    return tuple(number << 32 for _, number in chosen)
