"""What the fields of a search refer to."""

from __future__ import annotations

import json
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import chain

from monitor.query.nodes import And, Facet, Node, Not, Or
from monitor.types import Source, WatchlistEntry

_OF_SOURCES = ("src", "class", "from")


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """What fields mean today: archives keep sources and tags by id only, so a changed file needs no new index."""

    #: Ownership class -> source ids, those without one under the empty text; country -> source ids.
    sources_by_class: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sources_by_country: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    #: Parent -> entry ids right below it; kind -> entry ids; priority -> entry ids.
    children: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    entries_by_kind: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    entries_by_priority: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def with_descendants(self, entry_id: str) -> tuple[str, ...]:
        """The entry and all below it."""
        found = {entry_id: None}
        waiting = [entry_id]
        while waiting:
            fresh = [child for child in self.children.get(waiting.pop(), ()) if child not in found]
            found.update(dict.fromkeys(fresh))
            waiting += fresh
        return tuple(found)


def vocabulary(sources: Iterable[Source], entries: Iterable[WatchlistEntry]) -> Vocabulary:
    """What the fields of a search mean with these sources and this watchlist."""
    sources, entries = tuple(sources), tuple(entries)
    return Vocabulary(
        sources_by_class=_grouped((s.ownership or "", s.id) for s in sources),
        sources_by_country=_grouped((s.country, s.id) for s in sources),
        children=_grouped((e.parent, e.id) for e in entries),
        entries_by_kind=_grouped((e.kind, e.id) for e in entries),
        entries_by_priority=_grouped((str(e.priority), e.id) for e in entries),
    )


def dumps(known: Vocabulary) -> str:
    """The vocabulary as JSON, for a file of our own."""
    return json.dumps(asdict(known), ensure_ascii=False)


def loads(text: str) -> Vocabulary | None:
    """What was kept; None when it is not whole, and has to be made anew."""
    try:
        kept = json.loads(text)
        return Vocabulary(**{name: {key: tuple(ids) for key, ids in groups.items()} for name, groups in kept.items()})
    except (ValueError, TypeError, AttributeError):
        return None


def unknown(root: Node, vocabulary: Vocabulary) -> tuple[str, ...]:
    """The parts of a search that no source and no entry can answer, as ``tag:name``: old articles at most."""
    tags = _all_of(vocabulary.entries_by_priority)
    known: dict[str, Container[str]] = {"tag": tags, "tag!": tags, "kind": vocabulary.entries_by_kind}
    if sources := _all_of(vocabulary.sources_by_class):
        known |= {"src": sources, "from": vocabulary.sources_by_country}
    asked = dict.fromkeys((part.field, value) for part in facets_of(root) for value in part.values)
    return tuple(f"{field}:{value}" for field, value in asked if value not in known.get(field, (value,)))


def _all_of(groups: Mapping[str, tuple[str, ...]]) -> frozenset[str]:
    return frozenset(chain.from_iterable(groups.values()))


def facets_of(node: Node) -> Iterator[Facet]:
    """Every field with compared values, wherever it stands."""
    match node:
        case Facet():
            yield node
        case And() | Or():
            for part in node.parts:
                yield from facets_of(part)
        case Not():
            yield from facets_of(node.part)


def asked_of(node: Node, sources: Sequence[Source]) -> tuple[Source, ...] | None:
    """The sources whose articles alone can answer, by `src:`, `class:` and `from:`; None: any source's can."""
    match node:
        case Facet() if node.field in _OF_SOURCES:
            return tuple(source for source in sources if _has(source, node))
        case And():
            found: tuple[Source, ...] | None = None
            for part in node.parts:
                asked = asked_of(part, sources if found is None else found)
                found = found if asked is None else asked
            return found and tuple(source for source in found if not _left_out(source, node))
        case Or():
            parts = [asked_of(part, sources) for part in node.parts]
            known = {source.id for part in parts for source in part or ()}
            return None if None in parts else tuple(source for source in sources if source.id in known)
        case _:
            return None


def _left_out(source: Source, node: And) -> bool:
    parts = (part.part for part in node.parts if isinstance(part, Not))
    return any(isinstance(part, Facet) and part.field in _OF_SOURCES and _has(source, part) for part in parts)


def _has(source: Source, facet: Facet) -> bool:
    value = {"src": source.id, "class": source.ownership, "from": source.country}[facet.field]
    return value in facet.values


def _grouped(pairs: Iterable[tuple[str | None, str]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for key, value in pairs:
        if key is not None:
            found.setdefault(key, []).append(value)
    return {key: tuple(values) for key, values in found.items()}
