"""A Query turned into one expression of the full-text index, and its answer.

::

    summit "national currencies" -bank tag:sco since:2026-09-01
      MATCH  ("summit" OR "summits") AND {title text}:"national currencies"
             AND facets:("tag:sco" OR "tag:sco-rats" …)) NOT ("bank" OR "banks" …)
      rowid  >= the sort key of 2026-09-01

A word is asked for in all forms that the archive's texts have (storage.forms). Row ids grow with time, so the newest
come first without sorting and dates are ranges. A date below an OR or a minus cannot be a range of the whole: such
searches are put together from sets of row ids. What ranks hits is in storage.ranking, what counts them in
storage.totals.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import product
from math import prod

from monitor.query import And, Facet, Near, Node, Not, Or, Period, Query, Vocabulary, Words, facets_of
from monitor.text.words import inflections
from storage import forms
from storage.connection import Connection
from storage.indexed import facet
from storage.values import sort_bound

_NEAR_LIMIT = 256

#: The one term of the facets that a text may have as well: the others have a colon.
_EVERY_ARTICLE = "all"
_EVERYTHING = f'facets:"{_EVERY_ARTICLE}"'
_NOTHING = 'facets:"none"'


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A statement that gives the row ids of all hits, without an order."""

    sql: str
    values: tuple[object, ...]
    #: The expression of the index, when that with the bounds is all.
    match: str | None = None
    since: int | None = None
    until: int | None = None


def sought(connection: Connection, query: Query) -> Query:
    """The query as the index can answer it."""
    if not any(part.field == "story" for part in facets_of(query.root)):  # also inside a saved search
        return query
    from storage import stories

    return stories.by_all_numbers(connection, query)


def plan(
    connection: Connection,
    query: Query,
    vocabulary: Callable[[], Vocabulary],
    since: datetime | None = None,
    until: datetime | None = None,
) -> Plan:
    """How the archive answers that query, within a half-open time."""
    compiler = _Compiler(connection, vocabulary)
    parts = [*_flat(query.root), Period(since=since, until=until)]
    periods = [part for part in parts if isinstance(part, Period)]
    rest = [part for part in parts if not isinstance(part, Period)]
    low = max((sort_bound(p.since) for p in periods if p.since), default=None)
    high = min((sort_bound(p.until) for p in periods if p.until), default=None)
    bounds, values = _bounds(low, high)
    if any(_dated(part) for part in rest):
        sql, inner = compiler.sets(And(parts=tuple(rest)))
        return Plan(sql=f"SELECT rowid FROM ({sql}) WHERE true{bounds}", values=(*inner, *values))
    match = compiler.all(rest)
    sql = f"SELECT rowid FROM search_index WHERE search_index MATCH ?{bounds}"
    return Plan(sql=sql, values=(match, *values), match=match, since=low, until=high)


def _bounds(low: int | None, high: int | None) -> tuple[str, tuple[int, ...]]:
    since, until = (" AND rowid >= ?" if low is not None else ""), (" AND rowid < ?" if high is not None else "")
    return since + until, tuple(bound for bound in (low, high) if bound is not None)


# ---------------------------------------------------------------------------------------------- answers


def newest(connection: Connection, found: Plan, limit: int, offset: int, below: int | None = None) -> list[int]:
    """Row ids, the newest first, `below` the given one."""
    bound, values = ("", ()) if below is None else (" AND rowid < ?", (below,))
    statement = f"{found.sql}{bound} ORDER BY rowid DESC LIMIT ? OFFSET ?"
    return [row[0] for row in connection.execute(statement, (*found.values, *values, limit, offset))]


def page_after(connection: Connection, found: Plan, row_id: int | None, limit: int) -> list[int]:
    """The next row ids, the oldest first; None: from the oldest."""
    low = -(1 << 63) if row_id is None else row_id
    rows = connection.execute(f"{found.sql} AND rowid > ? ORDER BY rowid LIMIT ?", (*found.values, low, limit))
    return [row[0] for row in rows]


def within(connection: Connection, found: Plan, low: int, high: int) -> set[int]:
    """The hits between two row ids, both included."""
    rows = connection.execute(f"{found.sql} AND rowid >= ? AND rowid <= ?", (*found.values, low, high))
    return {row[0] for row in rows}


# ---------------------------------------------------------------------------------------------- expressions


class _Compiler:
    def __init__(self, connection: Connection, vocabulary: Callable[[], Vocabulary]) -> None:
        self._connection = connection
        self._vocabulary = vocabulary

    def all(self, parts: Sequence[Node]) -> str:
        """The expression for all of the parts together."""
        without = [self._match(part.part) for part in parts if isinstance(part, Not)]
        wanted = [self._match(part) for part in parts if not isinstance(part, Not)] or [_EVERYTHING]
        expression = " AND ".join(wanted)
        if without:
            expression = f"({expression}) NOT ({' OR '.join(without)})"
        return expression

    def _match(self, node: Node) -> str:
        match node:
            case Words():
                return words(node, forms.present(self._connection, node.wanted.bases))
            case Near():
                return _near(node)
            case Facet():
                return self._facet(node)
            case And():
                return f"({self.all(_flat(node))})"
            case Or():
                return f"({' OR '.join(self._match(part) for part in node.parts)})"
            case Not():
                return f"({_EVERYTHING} NOT {self._match(node.part)})"
            case Period():
                raise AssertionError("dates are no part of an expression")

    def _facet(self, node: Facet) -> str:
        terms = [f'"{term}"' for term in dict.fromkeys(terms_of_facet(node, self._vocabulary))]
        return f"facets:({' OR '.join(terms)})" if terms else _NOTHING

    # -- sets of row ids
    def sets(self, node: Node) -> tuple[str, tuple[object, ...]]:
        """A statement for the row ids, for trees with dates below an OR or a minus."""
        match node:
            case Period():
                low = sort_bound(node.since) if node.since else None
                high = sort_bound(node.until) if node.until else None
                bounds, ends = _bounds(low, high)
                return f"SELECT sort_key AS rowid FROM articles WHERE true{bounds.replace('rowid', 'sort_key')}", ends
            case And() | Or() if _dated(node):
                return self._combined("INTERSECT" if isinstance(node, And) else "UNION", node.parts)
            case Not() if _dated(node):
                sql, values = self.sets(node.part)
                return f"SELECT sort_key AS rowid FROM articles EXCEPT SELECT rowid FROM ({sql})", values
            case _:
                return "SELECT rowid FROM search_index WHERE search_index MATCH ?", (self.all([node]),)

    def _combined(self, operator: str, parts: Sequence[Node]) -> tuple[str, tuple[object, ...]]:
        found = [self.sets(part) for part in parts]
        sql = f" {operator} ".join(f"SELECT rowid FROM ({sql})" for sql, _ in found)
        return sql, tuple(value for _, values in found for value in values)


def terms_of_facet(node: Facet, vocabulary: Callable[[], Vocabulary]) -> Iterable[str]:
    """The index terms of which an article has to have one."""
    for value in node.values:
        match node.field:
            case "tag":
                yield from (facet("tag", entry) for entry in vocabulary().with_descendants(value))
            case "tag!":
                yield facet("tag", value)
            case "kind":
                yield from (facet("tag", entry) for entry in vocabulary().entries_by_kind.get(value, ()))
            case "priority":
                yield from (facet("tag", entry) for entry in vocabulary().entries_by_priority.get(value, ()))
            case "class":
                yield from (facet("src", source) for source in vocabulary().sources_by_class.get(value, ()))
            case "from":
                yield from (facet("src", source) for source in vocabulary().sources_by_country.get(value, ()))
            case "story":
                yield facet("story", str(int(value)))
            case field:
                yield facet(field, value)


def _flat(node: Node) -> list[Node]:
    """The parts that must all hold, without ANDs inside ANDs."""
    if isinstance(node, And):
        return [part for inner in node.parts for part in _flat(inner)]
    return [node]


def _dated(node: Node) -> bool:
    match node:
        case Period():
            return True
        case And() | Or():
            return any(_dated(part) for part in node.parts)
        case Not():
            return _dated(node.part)
        case _:
            return False


def words(node: Words, others: Sequence[str]) -> str:
    """The expression for a word, the beginning of one, or a phrase; `others`: forms that the texts have of it."""
    wanted = node.wanted
    as_written = f"{'title' if node.title else '{title text}'}:{written(node)}"
    if not wanted.bases:
        return as_written
    terms = (*wanted.bases, *others)
    any_form = any_of(terms)
    if node.title:
        any_form = f"{{title title_bases}}:{any_form}"
    elif _EVERY_ARTICLE in terms:
        any_form = f"{{title text title_bases text_bases}}:{any_form}"
    # no other term of the facets could be a word: without a choice of columns the index answers in half the time
    return any_form if len(wanted.written) == 1 else f"({as_written} OR {any_form})"


def written(node: Words) -> str:
    """The expression for it as written, in whatever column."""
    return _phrase(node.wanted.written, open_end=node.wanted.open_end)


def any_of(terms: Iterable[str]) -> str:
    """The expression for any of these terms, in whatever column."""
    return f"({' OR '.join(map(_quoted, terms))})"


def _near(node: Near) -> str:
    columns = "title" if any(word.title for operand in node.operands for word in operand) else "{title text}"
    operands = [[form for word in operand for form in _forms(word)] for operand in node.operands]
    while prod(map(len, operands)) > _NEAR_LIMIT:  # rarer forms stand at the end of each list
        longest = max(operands, key=len)
        del longest[len(longest) * 3 // 4 :]
    groups = [f"NEAR({' '.join(choice)}, {node.distance})" for choice in product(*operands)]
    return f"{columns}:({' OR '.join(groups)})"


def _forms(word: Words) -> list[str]:
    """A word's other forms stand without a place in the index: near something they are asked for one by one."""
    wanted = word.wanted
    if wanted.bases and len(wanted.written) == 1:
        return [_quoted(form) for form in inflections(wanted.written[0])]
    return [_phrase(wanted.written, open_end=wanted.open_end)]


def _phrase(terms: Sequence[str], *, open_end: bool) -> str:
    return _quoted(" ".join(terms)) + (" *" if open_end else "")


def _quoted(terms: str) -> str:
    return f'"{terms}"'
