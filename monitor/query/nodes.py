"""The tree of a search."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.text.words import Wanted

#: Fields whose values are compared as they are.
FACETS = ("tag", "tag!", "src", "class", "from", "lang", "kind", "priority", "story")
FIELDS = (*FACETS, "title", "since", "until")


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A word, the beginning of a word, or a phrase."""

    wanted: Wanted
    #: Found in titles only.
    title: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """Every operand within so many words; of each operand any alternative."""

    operands: tuple[tuple[Words, ...], ...]
    distance: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Facet:
    """One of the values in that field (a word of FACETS)."""

    field: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Published, or else first seen, in that time; half open; None: no bound."""

    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class And:
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Or:
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Not:
    part: Node


Node = Words | Near | Facet | Period | And | Or | Not


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A search that can be answered."""

    #: As it was typed.
    text: str
    root: Node


def wanted_words(node: Node) -> tuple[Words, ...]:
    """The words and phrases that a hit is expected to show, in order; none of those behind a minus."""
    match node:
        case Words():
            return (node,)
        case Near():
            return tuple(word for operand in node.operands for word in operand)
        case And() | Or():
            return tuple(word for part in node.parts for word in wanted_words(part))
        case _:
            return ()
