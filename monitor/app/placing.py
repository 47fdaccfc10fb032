"""What gives articles their places, out of the files of a home."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from monitor.home import Home
    from monitor.identity.neighbours import Neighbours
    from monitor.identity.place import Identity
    from monitor.identity.stories import Stories
    from monitor.types import Article, Match, Placement


class PlacerOf:
    """The placer of a home, made for the first article that comes."""

    def __init__(self, home: Home) -> None:
        self._home = home

    def expect(self, articles: Sequence[tuple[Article, Sequence[Match]]], neighbours: Neighbours) -> None:
        self._identity.expect(articles, neighbours)

    def place(self, article: Article, matches: Sequence[Match], neighbours: Neighbours) -> Placement:
        return self._identity.place(article, matches, neighbours)

    @cached_property
    def _identity(self) -> Identity:
        from monitor.identity.place import Identity

        return Identity(
            stories=stories_of(self._home),
            agencies=self._home.agencies.with_sources(self._home.sources),
            sources={source.id: source for source in self._home.sources},
        )


def stories_of(home: Home) -> Stories:
    """What tells stories apart by the words of the home. Raises: ConfigError."""
    from monitor.identity.stories import Stories

    words = home.story_words
    return Stories(words.places, words.happenings, words.common, words.sounds)
