"""Placers that put articles by words of their titles, so that tests can say where things go."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import blake2b

from monitor.identity.neighbours import Neighbours
from monitor.types import Article, Match, Placement, Relation

WINDOW = timedelta(days=3)


def number(word: str) -> int:
    return int.from_bytes(blake2b(word.encode(), digest_size=8).digest(), "big", signed=True)


class Unexpecting:
    """Learns nothing from what is to come."""

    def expect(self, articles: Sequence[tuple[Article, Sequence[Match]]], neighbours: Neighbours) -> None:
        pass


class Alone(Unexpecting):
    """Puts each article into a copy group and story of its own."""

    def place(self, article: Article, matches: Sequence[Match], neighbours: Neighbours) -> Placement:  # noqa: ARG002
        return Placement()


class ByTitle(Unexpecting):
    """``copy:x`` in a title: the copy group of others with it; ``event:y``: their story; ``part:z`` quotes ``whole:z``,
    ``after:z`` follows it.

    Titles with several such words join what was apart.
    """

    def place(self, article: Article, matches: Sequence[Match], neighbours: Neighbours) -> Placement:  # noqa: ARG002
        copies, events = _marked(article.title, "copy"), _marked(article.title, "event")
        groups = self._found(neighbours.with_bands([number(word) for word in copies]), "copy_group_id", copies)
        at = article.published_at or article.first_seen_at
        stories = self._stories(events, at, neighbours)
        quoted = neighbours.with_bands([number(word) for word in _marked(article.title, "part")])
        earlier = neighbours.with_bands([number(word) for word in _marked(article.title, "after")])
        first = neighbours.of_group(groups[0], 1) if groups else ()
        return Placement(
            copy_group_id=groups[0] if groups else None,
            same_groups=tuple(groups[1:]),
            story_id=stories[0] if stories else None,
            same_stories=tuple(stories[1:]),
            bands=tuple(number(word) for word in (*copies, *_marked(article.title, "whole"))),
            keys=tuple(number(word) for word in events),
            facts=" ".join(events).encode(),
            relations=(
                *(Relation(kind="quotes", article_id=one.id, share=0.5) for one in quoted),
                *(Relation(kind="follows", article_id=one.id, share=0.0) for one in earlier),
            ),
            origin={"kind": "copied", "article_id": first[0].id} if first else {"kind": "self", "article_id": None},
        )

    def _stories(self, events: Sequence[str], at: datetime, neighbours: Neighbours) -> list[int]:
        found = neighbours.with_keys([number(word) for word in events], at - WINDOW, at + WINDOW)
        assert not any(one.text for one in found)
        return self._found(found, "story_id", events)

    def _found(self, neighbours: Sequence[object], column: str, words: Sequence[str]) -> list[int]:
        """Of neighbours that still have one of the words, oldest first."""
        have = [one for one in neighbours if set(words) & set(one.title.split())]  # type: ignore[attr-defined]
        return list(dict.fromkeys(getattr(one, column) for one in sorted(have, key=lambda one: one.id)))  # type: ignore[attr-defined]


def _marked(title: str, kind: str) -> list[str]:
    return [re.sub("^(part|after):", "whole:", word) for word in title.split() if word.startswith(f"{kind}:")]
