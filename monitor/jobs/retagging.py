"""The archive looked through by another state of the watchlist: what would change, and making it so.

::

    difference(store, old, new)      reads only: matches that come and go, entry by entry, with samples and days
    retag(store, new, version)       in batches, each in one transaction; killed, it goes on where it was
    tagged_articles(store)           what monitor.watchlist.suggest reads

Nothing here tells anybody anything: an article that gets a tag late is no news.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice

from monitor.jobs.polls import Tagger
from monitor.ports import Placer, Store
from monitor.query import Period, Query
from monitor.text.words import terms
from monitor.types import Article, Kept, ListVersion, Match, Retagged

#: Articles in one transaction of `retag`, and read at once: others who write wait some hundredths of a second.
BATCH = 200
#: Times that the archive is looked through for articles that changed while they were tagged.
_ROUNDS = 5


def tagged_by(tagger: Tagger, article: Article) -> tuple[Match, ...]:
    """The article's matches, as for one that arrives."""
    return tagger(article.title, article.text, article.lang, _time(article))


def _time(article: Article) -> datetime:
    return article.published_at or article.first_seen_at


# ---------------------------------------------------------------------------------------------- difference


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One match that came or went, where it stands."""

    match: Match
    #: What stands there, and the text around it in one line.
    span: str
    before: str
    after: str
    article_id: int
    title: str
    url: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryDifference:
    """What changes for one entry."""

    entry_id: str
    #: Matches that come and go.
    gained: int
    lost: int
    #: Articles that get the tag, and that lose it.
    articles_gained: int
    articles_lost: int
    #: The newest ones.
    samples_gained: tuple[Sample, ...]
    samples_lost: tuple[Sample, ...]
    #: Day (UTC) -> articles with the tag before and after; days without any are left out.
    days: Mapping[date, tuple[int, int]]

    def per_day(self, days: int) -> tuple[float, float]:
        """Articles a day with the tag, before and after, over so many days."""
        before, after = (sum(counts[side] for counts in self.days.values()) for side in (0, 1))
        return before / max(1, days), after / max(1, days)


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What another list would change in the archive."""

    #: Articles that were looked through, and those whose matches change.
    articles: int
    changed: int
    #: Days (UTC) from the first article to the last.
    days: int
    #: Entries for which anything changes, those with most articles that change first.
    entries: tuple[EntryDifference, ...]


def difference(
    store: Store,
    old: Tagger | None,
    new: Tagger,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    samples: int = 3,
    progress: Callable[[int], None] | None = None,
) -> Difference:
    """What `new` would change in the articles of that time; nothing is written.

    `old` is the list to compare with; None: what the archive holds, which is what `retag` would change. `progress` is
    told how many articles have been looked through. Raises: StoreError.
    """
    found = _Comparison(samples=samples)
    for kept, stored in tagged_articles(store, since=since, until=until):
        before = stored if old is None else tagged_by(old, kept.article)
        found.add(kept, before, tagged_by(new, kept.article))
        if progress is not None and found.articles % BATCH == 0:
            progress(found.articles)
    return found.result()


def tagged_articles(
    store: Store, *, since: datetime | None = None, until: datetime | None = None
) -> Iterator[tuple[Kept, tuple[Match, ...]]]:
    """Articles of that time with the matches that the archive holds, oldest first; few are in memory at once."""
    bounded = since is not None or until is not None
    articles = store.export(Query(text="", root=Period(since=since, until=until)) if bounded else None)
    while several := tuple(islice(articles, BATCH)):
        matches = store.matches_of([kept.id for kept in several])
        yield from ((kept, matches.get(kept.id, ())) for kept in several)


@dataclass(slots=True, kw_only=True)
class _Changes:
    """What is known so far of one entry."""

    gained: int = 0
    lost: int = 0
    articles_gained: int = 0
    articles_lost: int = 0
    samples_gained: deque[Sample]
    samples_lost: deque[Sample]


@dataclass(slots=True, kw_only=True)
class _Comparison:
    samples: int
    articles: int = 0
    changed: int = 0
    first: date | None = None
    last: date | None = None
    entries: dict[str, _Changes] = field(default_factory=dict)
    #: Entry and day -> articles with the tag.
    before: Counter[tuple[str, date]] = field(default_factory=Counter)
    after: Counter[tuple[str, date]] = field(default_factory=Counter)

    def add(self, kept: Kept, before: Sequence[Match], after: Sequence[Match]) -> None:
        self.articles += 1
        day = _time(kept.article).date()
        self.first = min(self.first or day, day)
        self.last = max(self.last or day, day)
        tags_before, tags_after = ({match.entry_id for match in matches} for matches in (before, after))
        self.before.update((entry, day) for entry in tags_before)
        self.after.update((entry, day) for entry in tags_after)
        gone, come = _without(before, after), _without(after, before)
        self.changed += bool(gone or come)
        for match in come:
            entry = self._entry(match.entry_id)
            entry.gained += 1
            entry.samples_gained.append(_sample(kept, match))
        for match in gone:
            entry = self._entry(match.entry_id)
            entry.lost += 1
            entry.samples_lost.append(_sample(kept, match))
        for entry_id in tags_after - tags_before:
            self._entry(entry_id).articles_gained += 1
        for entry_id in tags_before - tags_after:
            self._entry(entry_id).articles_lost += 1

    def _entry(self, entry_id: str) -> _Changes:
        if entry_id not in self.entries:
            self.entries[entry_id] = _Changes(
                samples_gained=deque(maxlen=self.samples), samples_lost=deque(maxlen=self.samples)
            )
        return self.entries[entry_id]

    def result(self) -> Difference:
        days = (self.last - self.first).days + 1 if self.first and self.last else 0
        by_entry: dict[str, set[date]] = {entry_id: set() for entry_id in self.entries}
        for entry_id, day in (*self.before, *self.after):
            if entry_id in by_entry:
                by_entry[entry_id].add(day)
        made = [self._made(entry_id, changes, sorted(by_entry[entry_id])) for entry_id, changes in self.entries.items()]
        made.sort(key=lambda e: (-e.articles_gained - e.articles_lost, -e.gained - e.lost, e.entry_id))
        return Difference(articles=self.articles, changed=self.changed, days=days, entries=tuple(made))

    def _made(self, entry_id: str, changes: _Changes, days: Sequence[date]) -> EntryDifference:
        return EntryDifference(
            entry_id=entry_id,
            gained=changes.gained,
            lost=changes.lost,
            articles_gained=changes.articles_gained,
            articles_lost=changes.articles_lost,
            samples_gained=tuple(reversed(changes.samples_gained)),
            samples_lost=tuple(reversed(changes.samples_lost)),
            days={day: (self.before[entry_id, day], self.after[entry_id, day]) for day in days},
        )


def _without(matches: Sequence[Match], others: Sequence[Match]) -> list[Match]:
    """The matches of places and entries that the others do not have: another rule or name there is no change."""
    taken = {(m.entry_id, m.field, m.start, m.end) for m in others}
    return [m for m in matches if (m.entry_id, m.field, m.start, m.end) not in taken]


_AROUND = 60


def _sample(kept: Kept, match: Match) -> Sample:
    article = kept.article
    whole = article.title if match.field == "title" else article.text
    return Sample(
        match=match,
        span=whole[match.start : match.end],
        before=_line(whole[max(0, match.start - _AROUND) : match.start]),
        after=_line(whole[match.end : match.end + _AROUND]),
        article_id=kept.id,
        title=article.title,
        url=article.url,
        at=_time(article),
    )


def _line(text: str) -> str:
    return text.replace("\n", " ")


# ---------------------------------------------------------------------------------------------- retag


@dataclass(slots=True, kw_only=True)
class RetagReport:
    """What became of the articles."""

    #: Articles that were tagged by another list, or by nobody knows which.
    articles: int = 0
    #: Those of them whose matches are others now.
    changed: int = 0
    #: Matches that came and went, by entry.
    gained: Counter[str] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)
    #: Articles that were changed by somebody else again and again, or tagged by another list meanwhile.
    left: int = 0


def retag(
    store: Store,
    tagger: Tagger,
    by: ListVersion,
    *,
    now: Callable[[], datetime],
    progress: Callable[[RetagReport], None] | None = None,
    placer: Placer | None = None,
) -> RetagReport:
    """What became of the articles that were tagged by any other list than `by`, which is the one of `tagger`.

    Each batch is stored by itself: one who is killed goes on there the next time. Others may write meanwhile; an
    article that they change after it was read is tagged in another round. `placer` gives those that get their first
    tags their places among stories. Raises: StoreError.
    """
    report = RetagReport()
    for _ in range(_ROUNDS):
        after = 0
        while several := store.to_retag(by.digest, after, BATCH):
            _retag(store, tagger, by, several, now(), report, placer)
            after = several[-1].id
            if progress is not None:
                progress(report)
        if not store.tagged_otherwise(by.digest):
            break
    report.left = store.tagged_otherwise(by.digest)
    return report


def _retag(
    store: Store,
    tagger: Tagger,
    by: ListVersion,
    several: Sequence[Kept],
    at: datetime,
    report: RetagReport,
    placer: Placer | None,
) -> None:
    stored = store.matches_of([kept.id for kept in several])
    made = {kept.id: tagged_by(tagger, kept.article) for kept in several}
    done = store.retag(by, [_retagged(kept, made[kept.id]) for kept in several], at, placer)
    for kept in several:
        if kept.id not in done:
            continue
        before, after = stored.get(kept.id, ()), made[kept.id]
        gone, come = _without(before, after), _without(after, before)
        report.articles += 1
        report.changed += bool(gone or come)
        report.gained.update(match.entry_id for match in come)
        report.lost.update(match.entry_id for match in gone)


def _retagged(kept: Kept, matches: tuple[Match, ...]) -> Retagged:
    article = kept.article
    same = set(kept.tags) == {match.entry_id for match in matches}
    return Retagged(
        article_id=kept.id,
        content_hash=article.content_hash,
        matches=matches,
        terms=None if same else terms(article.title, article.text, article.lang),
        article=article if matches and not kept.tags else None,
    )
