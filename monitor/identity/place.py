"""Where an article belongs among the others."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.types import Match, Placement


class Alone:
    """Puts each article into a copy group and story of its own."""

    def place(self, title: str, text: str, matches: Sequence[Match]) -> Placement:  # noqa: ARG002 - the port
        return Placement()
