"""Tags that an article got when the archive was tagged anew: they raise no alert.

An article that waits to be told may answer a search only since then. Whether it would have done so before is seen from
the tree of the search, with the tags of then; words, dates and other fields are the same as now.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from typing import TYPE_CHECKING

from monitor.query import And, Facet, Node, Not, Or
from storage.connection import Connection, rows_in
from storage.indexed import facet
from storage.search import terms_of_facet

if TYPE_CHECKING:
    from collections.abc import Callable

    from monitor.query import Query, Vocabulary
    from monitor.types import Kept

_FIELDS = ("tag", "tag!", "kind", "priority")


def answer_late(
    connection: Connection, kept: Mapping[int, Kept], query: Query, vocabulary: Callable[[], Vocabulary]
) -> frozenset[int]:
    """Those of the articles, all of which answer the search, that did not before they were tagged anew."""
    had = _tags_before(connection, kept)
    if not had:
        return frozenset()
    earlier = _Earlier(vocabulary)
    return frozenset(n for n, before in had.items() if not earlier.answered(query.root, kept[n].tags, before))


def _tags_before(connection: Connection, kept: Mapping[int, Kept]) -> Mapping[int, Set[str]]:
    """By article: the tags that it had when its present text came; nothing for those that have the same now."""
    of_present = "version = (SELECT version FROM articles WHERE id = article_id) AND article_id IN"
    had: dict[int, set[str]] = {}
    changed: set[int] = set()
    rows = rows_in(connection, f"SELECT article_id, entry_id, late_at FROM matches WHERE {of_present}", list(kept))
    for article_id, entry_id, late_at in rows:
        if late_at is None:
            had.setdefault(article_id, set()).add(entry_id)
        else:
            changed.add(article_id)
    for article_id, entry_id in rows_in(
        connection, f"SELECT article_id, entry_id FROM ended_matches WHERE {of_present}", list(kept)
    ):
        had.setdefault(article_id, set()).add(entry_id)
        changed.add(article_id)
    return {n: before for n in changed if (before := had.get(n, set())) != set(kept[n].tags)}


class _Earlier:
    def __init__(self, vocabulary: Callable[[], Vocabulary]) -> None:
        self._vocabulary = vocabulary

    def answered(self, root: Node, tags: Iterable[str], before: Iterable[str]) -> bool:
        """Whether the article with those tags would be an answer with the ones that it had before."""
        now, then = (frozenset(facet("tag", tag) for tag in entries) for entries in (tags, before))
        return self._holds(root, now, then)

    def _holds(self, node: Node, now: Set[str], then: Set[str]) -> bool:
        match node:
            case Facet() if node.field in _FIELDS:
                return not then.isdisjoint(terms_of_facet(node, self._vocabulary))
            case And():
                return all(self._holds(part, now, then) for part in node.parts)
            case Or():
                by_tags = [part for part in node.parts if _asks_for_tags(part) and self._holds(part, now, now)]
                return any(self._holds(part, now, then) for part in by_tags or node.parts)
            case Not():
                return not _asks_for_tags(node.part) or not self._holds(node.part, now, then)
            case _:
                return True


def _asks_for_tags(node: Node) -> bool:
    match node:
        case Facet():
            return node.field in _FIELDS
        case And() | Or():
            return any(map(_asks_for_tags, node.parts))
        case Not():
            return _asks_for_tags(node.part)
        case _:
            return False
