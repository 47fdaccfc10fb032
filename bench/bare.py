"""scowatch that reads, stores and indexes, and does nothing else with an article: no tags, copies, stories or origins.

python bench/bare.py --home HOME collect --all …        called like scowatch itself
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.app import App
from monitor.cli import main

if TYPE_CHECKING:
    from datetime import datetime

    from monitor.types import Match


def no_tags(title: str, text: str, lang: str | None, at: datetime | None) -> tuple[Match, ...]:  # noqa: ARG001
    return ()


App.tagger = property(lambda _: no_tags)  # type: ignore[assignment,method-assign]
App.placer = property(lambda _: None)  # type: ignore[assignment,method-assign]

if __name__ == "__main__":
    main()
