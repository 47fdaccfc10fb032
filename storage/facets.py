"""How the hits of a search are spread over sources, classes, countries, languages, tags and months.

A count is what the search would find with that value added to it (`src:` `class:` `from:` `lang:` `tag:`, a month with
`since:` and `until:`), so that tags are counted with those above them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from monitor.query import Vocabulary
from monitor.types import Facets
from storage.connection import Connection
from storage.search import Plan
from storage.values import SORT_BITS, list_of

#: So many of the newest hits are looked at.
COUNTED = 5_000

_GROUPS = (
    "SELECT source_id, lang, tags, strftime('%Y-%m', sort_key >> {bits}, 'unixepoch'), count(*)"
    " FROM ({found} ORDER BY rowid DESC LIMIT {most}) AS hit JOIN articles ON articles.sort_key = hit.rowid"
    " GROUP BY 1, 2, 3, 4"
)


def facets(connection: Connection, found: Plan, vocabulary: Vocabulary) -> Facets:
    """Counts of the newest COUNTED hits."""
    statement = _GROUPS.format(bits=SORT_BITS, found=found.sql, most=COUNTED)
    groups = connection.execute(statement, found.values).fetchall()
    sources = _counted((source, n) for source, _, _, _, n in groups)
    return Facets(
        hits=sum(n for *_, n in groups),
        counts={
            "source": _sorted(sources),
            "class": _sorted(_together(sources, vocabulary.sources_by_class)),
            "country": _sorted(_together(sources, vocabulary.sources_by_country)),
            "language": _sorted(_counted((lang and lang.partition("-")[0].lower(), n) for _, lang, _, _, n in groups)),
            "tag": _sorted(_tags(((tags, n) for _, _, tags, _, n in groups), vocabulary)),
            "month": tuple(sorted(_counted((month, n) for *_, month, n in groups).items(), reverse=True)),
        },
    )


def _counted(pairs: Iterable[tuple[str | None, int]]) -> Counter[str]:
    found: Counter[str] = Counter()
    for value, n in pairs:
        if value is not None:
            found[value] += n
    return found


def _together(sources: Mapping[str, int], groups: Mapping[str, tuple[str, ...]]) -> Mapping[str, int]:
    return {name: sum(sources.get(source, 0) for source in members) for name, members in groups.items() if name}


def _tags(pairs: Iterable[tuple[str, int]], vocabulary: Vocabulary) -> Counter[str]:
    parents = {child: parent for parent, children in vocabulary.children.items() for child in children}
    found: Counter[str] = Counter()
    for tags, n in _counted(pairs).items():
        for tag in {above for named in list_of(tags) for above in _with_those_above(named, parents)}:
            found[tag] += n
    return found


def _with_those_above(tag: str, parents: Mapping[str, str]) -> Iterable[str]:
    found = {tag: None}
    while (tag := parents.get(tag, tag)) not in found:
        found[tag] = None
    return found


def _sorted(counts: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(((v, n) for v, n in counts.items() if n), key=lambda pair: (-pair[1], pair[0])))
