"""What a source publishes: how much of it is its own, how soon it reports, and what it writes about. Pure.

A `Tally` counts story after story, so that the articles of months need not be in memory at once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.identity.overview import origins, time_of
from monitor.types import Member, Source

#: A share or a median of fewer than these is chance.
ENOUGH = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What one source published in some time."""

    source_id: str
    articles: int
    #: The first and last of them; None: there are none.
    first_at: datetime | None
    last_at: datetime | None
    #: Articles by what their text is: ``self``, ``credited``, ``copied``; those that nobody decided on are in none.
    kinds: Mapping[str, int]
    #: Names of those whose text it took, most often first.
    taken_from: tuple[tuple[str, int], ...]
    #: By story of several origins that it carried: how long after the first report; in order of length.
    lags: tuple[timedelta, ...]
    #: Articles by language, by entry of the watchlist and by place of the gazetteer, most often first.
    languages: tuple[tuple[str, int], ...]
    entries: tuple[tuple[str, int], ...]
    places: tuple[tuple[str, int], ...]
    #: Articles with an entry, and articles whose places are known.
    tagged: int
    placed: int

    @property
    def decided(self) -> int:
        """Articles of which it is known where their text came from."""
        return sum(self.kinds.values())

    @property
    def usual_lag(self) -> timedelta | None:
        """As long as this or less after the first report in half of the stories; None: there were none."""
        return self.lags[(len(self.lags) - 1) // 2] if self.lags else None

    @property
    def times_first(self) -> int:
        """In how many of these stories nobody was before it."""
        return sum(not lag for lag in self.lags)

    @property
    def days(self) -> float:
        """From the first article to the last; a day at least."""
        if self.first_at is None or self.last_at is None:
            return 0.0
        return max(1.0, (self.last_at - self.first_at) / timedelta(days=1))


class Tally:
    """Counts what one source published."""

    def __init__(self, source_id: str, sources: Mapping[str, Source]) -> None:
        self._id, self._sources = source_id, sources
        self._times: list[datetime] = []
        self._kinds: Counter[str] = Counter()
        self._taken: Counter[str] = Counter()
        self._lags: list[timedelta] = []
        self._languages: Counter[str] = Counter()
        self._entries: Counter[str] = Counter()
        self._places: Counter[str] = Counter()
        self._tagged = self._placed = 0

    def add(self, story: Sequence[Member], own: Sequence[Member], places: Mapping[int, Iterable[str]]) -> None:
        """One story: all its articles, oldest first, those of the source among them that count, and their places."""
        for member in own:
            self._count(member)
            if member.id in places:
                self._placed += 1
                self._places.update(sorted(set(places[member.id])))
        if own and len(origins(story, self._sources)) > 1:
            mine = min(time_of(member) for member in story if member.source_id == self._id)
            self._lags.append(mine - time_of(story[0]))

    def _count(self, member: Member) -> None:
        self._times.append(time_of(member))
        self._languages[member.lang or "unknown"] += 1
        self._tagged += bool(member.tags)
        self._entries.update(tuple(dict.fromkeys(member.tags)))
        if not member.origin:
            return
        kind = str(member.origin.get("kind"))
        self._kinds[kind] += 1
        name = member.origin.get("name") or member.origin.get("source")
        if kind != "self" and name:
            self._taken[str(name)] += 1

    def profile(self) -> Profile:
        """What was counted."""
        return Profile(
            source_id=self._id,
            articles=len(self._times),
            first_at=min(self._times, default=None),
            last_at=max(self._times, default=None),
            kinds=dict(self._kinds),
            taken_from=tuple(self._taken.most_common()),
            lags=tuple(sorted(self._lags)),
            languages=tuple(self._languages.most_common()),
            entries=tuple(self._entries.most_common()),
            places=tuple(self._places.most_common()),
            tagged=self._tagged,
            placed=self._placed,
        )
