"""What rules have to know beside the news: what their stories said before, what is muted, what is written of more than
usual. Asked of the archive only as far as a rule asks for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from monitor.digest.rules import Background
from monitor.digest.spikes import DAYS, Spike, expected_of, in_words, spikes
from monitor.identity import amounts
from monitor.types import Article, Mute, News, Sensitivity, Subscription, WatchlistEntry

if TYPE_CHECKING:
    from monitor.digest.calendar import Event
    from monitor.ports import Store

#: Code points of a text that are looked through for numbers and days: what is new stands at the beginning.
_READ = 3_000
_NAMED = 4


class Grounds:
    """For all rules of one moment: what several of them ask for is asked once."""

    def __init__(
        self,
        store: Store,
        entries: Mapping[str, WatchlistEntry],
        now: datetime,
        calendar: Callable[[], Sequence[Event]] = tuple,
    ) -> None:
        self.store, self.entries, self.now, self.calendar = store, entries, now, calendar
        self._figures: dict[str, tuple[str, ...]] = {}
        self._stories: dict[int, list[News]] = {}
        self._surging: dict[Sensitivity, Mapping[str, str]] = {}

    @cached_property
    def mutes(self) -> tuple[Mute, ...]:
        """Those that have not ended."""
        return self.store.mutes(self.now)

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """For the end of a digest: of which entries more is written than usual, and which are silent."""
        found = self.unusual("medium")
        lines = []
        for kind, head in (("more", "More than usual"), ("silent", "Silent")):
            named = [in_words(spike, self.entries) for spike in found if spike.kind == kind]
            rest = f"; and {len(named) - _NAMED} more" if len(named) > _NAMED else ""
            lines += [f"{head}: {'; '.join(named[:_NAMED])}{rest}."] if named else []
        return tuple(lines)

    def of(self, subscription: Subscription, news: Sequence[News]) -> Background:
        """The background of that rule's news."""
        rule = subscription.rule
        if rule is None or rule.plain or not news:
            return Background(mutes=self.mutes)
        story_ids = sorted({piece.kept.story_id for piece in news})
        return Background(
            earlier=self.earlier(story_ids, news),
            alerted_at=self.store.alerted_at(subscription.id, story_ids),
            surging=self.surging(rule.spike),
            mutes=self.mutes,
            figures=self.figures,
        )

    def earlier(self, story_ids: Iterable[int], news: Sequence[News]) -> Mapping[int, Sequence[News]]:
        """By story: its articles that are no news, and what edited ones said before."""
        ours = {piece.kept.id for piece in news}
        members = self._members(story_ids)
        found = {story: [piece for piece in members[story] if piece.kept.id not in ours] for story in story_ids}
        for piece in news:
            if piece.what == "edited" and (before := self.before(piece)):
                found[piece.kept.story_id].append(before)
        return found

    def before(self, piece: News) -> News | None:
        """The article as it stood before its last edit; None: that is not known."""
        texts = [version for version in self.store.versions(piece.kept.id) if version.replaced_at]
        if not texts:
            return None
        last = max(texts, key=lambda version: version.replaced_at or version.made_at)
        key = f"{piece.kept.id}/{last.number}"
        article = replace(piece.kept.article, title=last.title, text=last.text, content_hash=key)
        return replace(piece, kept=replace(piece.kept, article=article))

    def _members(self, story_ids: Iterable[int]) -> Mapping[int, Sequence[News]]:
        unknown = [story for story in story_ids if story not in self._stories]
        for story in unknown:
            self._stories[story] = []
        for piece in self.store.of_stories(unknown) if unknown else ():
            self._stories.setdefault(piece.kept.story_id, []).append(piece)
        return self._stories

    def figures(self, article: Article) -> tuple[str, ...]:
        """Numbers and days that the article names."""
        found = self._figures.get(article.content_hash)
        if found is None:
            text = f"{article.title}\n{article.text[:_READ]}"
            found = tuple(dict.fromkeys(amounts.figures(text, han=article.lang == "zh")))
            self._figures[article.content_hash] = found
        return found

    def surging(self, sensitivity: Sensitivity | None) -> Mapping[str, str]:
        """Entries of which more is written than their past leads to expect, each with a word on it."""
        if sensitivity is None:
            return {}
        if sensitivity not in self._surging:
            self._surging[sensitivity] = {
                spike.entry_id: in_words(spike, self.entries)
                for spike in self.unusual(sensitivity)
                if spike.kind == "more"
            }
        return self._surging[sensitivity]

    def unusual(self, sensitivity: Sensitivity) -> tuple[Spike, ...]:
        """What is written of more than usual, and what of not at all."""
        counts = self.store.daily(self.now, DAYS)
        return spikes(counts, self.now, expected_of(self.calendar()), self.entries, sensitivity)
