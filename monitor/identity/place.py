"""Where an article belongs among the others."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.identity.neighbours import Neighbours
from monitor.types import Article, Match, Placement


class Alone:
    """Puts each article into a copy group and story of its own."""

    def place(self, article: Article, matches: Sequence[Match], neighbours: Neighbours) -> Placement:  # noqa: ARG002
        return Placement()
