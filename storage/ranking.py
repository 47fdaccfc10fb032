"""The newest hits of a search, the best first.

A hit is better by what it shows of the words asked for: in the title as written, in the title in another form, often
in the text; where not all words must match, also by each that it has. The fewer hits show the same, the more it counts.
All of this is asked of the stretch of the index that has the newest hits, so that it takes as long in a large archive
as in a small one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import log

from monitor.query import And, Node, Or, Query, Words
from storage import forms
from storage.connection import Connection
from storage.indexed import OFTEN
from storage.search import Plan, any_of, newest, words, written

#: So many of the newest hits are ranked; older ones follow by time.
RANKED = 3_000
#: So many words of a query count each by itself, the others together.
_ONE_BY_ONE = 6
#: What a hit has without any sign; older hits, and those of searches without words, have nothing.
_FOUND = 1.0
_TITLE_AS_WRITTEN, _TITLE, _OFTEN, _PRESENT = 3.0, 2.4, 0.6, 1.0
#: Between what half of the hits show and what next to none does.
_LEAST_RARE, _MOST_RARE = 1.0, 4.0


@dataclass(frozen=True, slots=True)
class Sign:
    """Something that makes a hit better."""

    match: str
    weight: float


def signs(connection: Connection, query: Query) -> tuple[Sign, ...]:
    """What makes one hit of the query better than another."""
    asked = [
        (node, choice, forms.present(connection, node.wanted.bases))
        for node, choice in _words(query.root, choice=False)
    ]
    found = [sign for node, choice, others in asked[:_ONE_BY_ONE] for sign in _signs(node, others, choice=choice)]
    if rest := asked[_ONE_BY_ONE:]:
        found.append(Sign(" OR ".join(f"title:{_any_form(node, others)}" for node, _, others in rest), _TITLE))
        if often := [term for node, _, others in rest for term in _often(node, others)]:
            found.append(Sign(f"text_bases:{any_of(often)}", _OFTEN))
    return tuple(found)


def _words(node: Node, *, choice: bool) -> Iterator[tuple[Words, bool]]:
    """The words that a hit is expected to show, and whether it may lack them."""
    match node:
        case Words():
            yield node, choice
        case And() | Or():
            for part in node.parts:
                yield from _words(part, choice=choice or isinstance(node, Or))
        case _:
            pass


def _signs(node: Words, others: Sequence[str], *, choice: bool) -> Iterator[Sign]:
    yield Sign(f"title:{written(node)}", _TITLE_AS_WRITTEN)
    if node.wanted.bases:
        yield Sign(f"{{title title_bases}}:{_any_form(node, others)}", _TITLE)
    if often := _often(node, others):
        yield Sign(f"text_bases:{any_of(often)}", _OFTEN)
    if choice:
        yield Sign(words(node, others), _PRESENT)


def _any_form(node: Words, others: Sequence[str]) -> str:
    return any_of((*node.wanted.bases, *others)) if node.wanted.bases else f"({written(node)})"


def _often(node: Words, others: Sequence[str]) -> list[str]:
    terms = node.wanted.written
    single = len(terms) == 1 and not node.wanted.open_end
    return [f"{OFTEN}{term}" for term in dict.fromkeys((*terms, *node.wanted.bases, *others))] if single else []


def ranked(
    connection: Connection, found: Plan, asked: Sequence[Sign], below: int | None = None
) -> list[tuple[int, float]]:
    """The newest RANKED row ids `below` the given one with their scores, the best first, of equal ones the newest."""
    hits = newest(connection, found, RANKED, 0, below)
    scores = dict.fromkeys(hits, _FOUND if asked else 0.0)
    for sign in asked if hits else ():
        having = _having(connection, sign, hits[-1], hits[0], scores)
        rare = min(max(log(1 + len(hits) / max(len(having), 1)), _LEAST_RARE), _MOST_RARE)
        for row_id in having:
            scores[row_id] += sign.weight * rare
    return sorted(scores.items(), key=lambda hit: (-hit[1], -hit[0]))


def _having(connection: Connection, sign: Sign, low: int, high: int, hits: dict[int, float]) -> list[int]:
    statement = "SELECT rowid FROM search_index WHERE search_index MATCH ? AND rowid BETWEEN ? AND ?"
    return [row_id for (row_id,) in connection.execute(statement, (sign.match, low, high)) if row_id in hits]
