"""Looking an archive over: everything is read, nothing is changed. What it means is decided in monitor.checkup.

The checks ask the schema for tables and columns where they can, so that new tables are looked at as well.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from monitor.types.checking import ArchiveFacts, IndexFacts
from storage import forms, integrity, reindexing
from storage.connection import Connection, DriverError, newest_shape, rows_in, translated
from storage.indexed import facet, terms_of
from storage.values import instant, list_of, micros, sure_instant, unpacked

if TYPE_CHECKING:
    from monitor.types import Terms

#: Columns that name a row of another table, also where the schema does not say so. 0 stands for nobody.
_NAMES = {"article_id": "articles", "story_id": "stories", "copy_group_id": "copy_groups", "digest_key": "digests"}
_KEYS = {"digests": "key"}
#: Articles whose words are looked up in the index: the newest, and some from everywhere.
_NEWEST, _ANYWHERE = 40, 160
#: Terms of each that are asked for.
_TERMS = 8
_SHOWN = 10
#: What a clock may be ahead or behind without being told.
_SLACK = timedelta(minutes=5)

#: The last second of the year 9999, beyond which there are no dates.
_LAST = 253_402_300_799_000_000
_NO_TAGS: tuple[int, tuple[int, ...]] = (0, ())

_Value = TypeVar("_Value")


def look(path: Path, now: datetime, home: Path | None = None) -> ArchiveFacts:
    """Everything that the archive says of itself; `home`: where its snapshots are, None: beside it.

    Raises: StoreError, when it is none.
    """
    with translated(path), integrity.looked_at(path) as connection:
        _make_vocabulary(connection)
        with integrity.one_moment(connection):
            return _Look(connection, path, now, home or path.parent).facts()


def _make_vocabulary(connection: Connection) -> None:
    """A table in memory that shows the terms of the index. Nothing is made after damage was met: SQLite refuses."""
    connection.execute("PRAGMA query_only = OFF")
    connection.execute(f"CREATE VIRTUAL TABLE temp.terms USING fts5vocab(main, {reindexing.INDEX}, 'col')")
    connection.execute("PRAGMA query_only = ON")


class _Look:
    def __init__(self, connection: Connection, path: Path, now: datetime, home: Path) -> None:
        self._connection, self._path, self._now, self._home = connection, path, now, home
        self._unread: list[tuple[str, str]] = []

    def facts(self) -> ArchiveFacts:
        log = self._path.with_name(f"{self._path.name}-wal")
        damages = integrity.damages(self._connection)
        of_index = tuple(damage.text for damage in damages if damage.of_index)
        shape = integrity.shape(self._connection)
        known = shape == newest_shape()
        return ArchiveFacts(
            path=str(self._path),
            size=self._path.stat().st_size,
            log_size=log.stat().st_size if log.exists() else 0,
            left_over=tuple(sorted(file.name for file in self._path.parent.glob(f".{self._path.name}.*.new"))),
            shape=shape,
            newest_shape=newest_shape(),
            damaged=tuple((d.table, d.text) for d in damages if not d.of_index and not d.unused),
            index_damaged=of_index,
            unused=next((damage.text for damage in damages if damage.unused), None),
            orphans=self._read("rows that belong together", self._orphans, ()),
            index=self._read("search index", self._index, None) if known and not of_index else None,
            tags_differ=self._read("tags", self._tags_differ, _NO_TAGS) if known else _NO_TAGS,
            tagged_by=self._read("tags", self._tagged_by, {}) if known else {},
            stuck=self._read("deliveries", self._stuck, ()),
            failed=self._read("deliveries", self._failed, 0),
            polls=self._read("sources", self._polls, {}),
            ahead=self._read("times", self._ahead, {}),
            backwards=self._read("times", self._backwards, 0),
            lost_files=self._read("files", self._lost_files, ()),
            unread=tuple(self._unread),
        )

    def _read(self, what: str, ask: Callable[[], _Value], otherwise: _Value) -> _Value:
        """The answer; what cannot be read is put down, and the other checks go on."""
        try:
            return ask()
        except (DriverError, ValueError, OverflowError) as error:
            self._unread.append((what, str(error)))
            return otherwise

    # -- rows that belong together
    def _orphans(self) -> tuple[tuple[str, str, int, bool], ...]:
        declared: Counter[tuple[str, str]] = Counter()
        for table, _, parent, _ in self._connection.execute("PRAGMA foreign_key_check"):
            declared[table, parent] += 1
        found = [(table, parent, count, True) for (table, parent), count in sorted(declared.items())]
        for table in integrity.tables(self._connection):
            for column, parent in self._undeclared(table):
                key = _KEYS.get(parent, "id")
                (count,) = self._connection.execute(
                    f'SELECT count(*) FROM "{table}" WHERE {column} <> 0 AND NOT EXISTS'
                    f' (SELECT 1 FROM {parent} WHERE {parent}.{key} = "{table}".{column})'
                ).fetchone()
                if count:
                    found.append((table, parent, count, False))
        return tuple(found)

    def _undeclared(self, table: str) -> Iterator[tuple[str, str]]:
        """Columns of the table that name rows of another one, without the schema saying so."""
        declared = {row[3] for row in self._connection.execute(f'PRAGMA foreign_key_list("{table}")')}
        for row in self._connection.execute(f'PRAGMA table_info("{table}")').fetchall():
            if row[1] in _NAMES and row[1] not in declared:
                yield row[1], _NAMES[row[1]]

    # -- the index
    def _index(self) -> IndexFacts:
        state, present = reindexing.state(self._connection), reindexing.analyser()
        making = None
        if state.making:
            done, total = reindexing.progress(self._connection, state.making)
            making = (done, total)
        in_place = state.making == reindexing.INDEX
        held = self._connection.execute(
            f"SELECT rowid FROM {reindexing.INDEX} WHERE {reindexing.INDEX} MATCH 'facets:all'"
        )
        keys = self._connection.execute("SELECT sort_key FROM articles ORDER BY sort_key")
        missing, extra = _apart((row[0] for row in keys), (row[0] for row in held))
        sampled, not_found = self._words_found(forms_too=state.analyser == present)
        return IndexFacts(
            missing=missing,
            extra=extra,
            facets=() if in_place or missing or extra else self._facets_differ(),
            sampled=sampled,
            not_found=0 if in_place else not_found,
            analyser=state.analyser,
            present_analyser=present,
            making=making,
            in_place=in_place,
        )

    def _facets_differ(self) -> tuple[str, ...]:
        """Facets with another number of articles in the index than in their table. Stories go by several numbers."""
        wanted: Counter[str] = Counter()
        for source_id, lang, tags in self._connection.execute("SELECT source_id, lang, tags FROM articles"):
            wanted.update({facet("tag", entry) for entry in list_of(tags)})
            if source_id:
                wanted[facet("src", source_id)] += 1
            if lang:
                wanted[facet("lang", lang.partition("-")[0])] += 1
        held: Counter[str] = Counter()
        for field in ("lang", "src", "tag"):
            statement = "SELECT term, doc FROM temp.terms WHERE term >= ? AND term < ? AND col = 'facets'"
            held.update(dict(self._connection.execute(statement, (f"{field}:", f"{field};"))))
        differ = sorted(term for term in wanted.keys() | held.keys() if wanted[term] != held[term])
        return tuple(f"{term} {held[term]} for {wanted[term]}" for term in differ[:_SHOWN])

    def _words_found(self, *, forms_too: bool) -> tuple[int, int]:
        """How many articles were looked up by words of theirs, and how many of them were not found."""
        statement = "SELECT sort_key, title, text, lang FROM articles WHERE sort_key IN"
        sampled = not_found = 0
        for key, title, text, lang in rows_in(self._connection, statement, self._sample()):
            sampled += 1
            terms = terms_of(title, unpacked(text), lang)
            found = all(self._holds(key, *one) for one in _asked_terms(terms))
            words = f"{terms.title} {terms.text}".split()[:_TERMS]
            not_found += not (found and (not forms_too or forms.are_known(self._connection, lang, words)))
        return sampled, not_found

    def _sample(self) -> list[int]:
        newest = self._connection.execute(f"SELECT sort_key FROM articles ORDER BY sort_key DESC LIMIT {_NEWEST}")
        keys = {key for (key,) in newest}
        low, high = self._connection.execute("SELECT min(id), max(id) FROM articles").fetchone()
        if low is not None:
            step = max(1, (high - low) // _ANYWHERE)
            numbers = list(range(low, high + 1, step))[: _ANYWHERE + 1]
            keys |= {key for (key,) in rows_in(self._connection, "SELECT sort_key FROM articles WHERE id IN", numbers)}
        return sorted(keys)

    def _holds(self, key: int, column: str, term: str) -> bool:
        match = f'{column}:"{term}"'
        index = reindexing.INDEX
        statement = f"SELECT 1 FROM {index} WHERE {index} MATCH ? AND rowid = ?"
        return self._connection.execute(statement, (match, key)).fetchone() is not None

    # -- tags
    def _tags_differ(self) -> tuple[int, tuple[int, ...]]:
        rows = self._connection.execute(
            "SELECT a.id, a.tags, group_concat(m.entry_id, char(10)) FROM articles a LEFT JOIN matches m"
            " ON m.article_id = a.id AND m.version = a.version GROUP BY a.id"
        )
        differ = [
            number for number, tags, entries in rows if set(list_of(tags)) != set((entries or "").split("\n")) - {""}
        ]
        return len(differ), tuple(differ[:_SHOWN])

    def _tagged_by(self) -> Mapping[str | None, int]:
        rows = self._connection.execute(
            "SELECT digest, count(*) FROM articles a LEFT JOIN taggings ON article_id = a.id"
            " LEFT JOIN lists l ON l.id = list_id GROUP BY digest"
        )
        return dict(rows.fetchall())

    # -- deliveries, sources, times
    def _stuck(self) -> tuple[tuple[int, str, datetime], ...]:
        rows = self._connection.execute(
            "SELECT id, channel_id, lease_until FROM deliveries WHERE status = 'sending'"
            " AND coalesce(lease_until, 0) < ? ORDER BY id",
            (micros(self._now),),
        )
        return tuple((number, channel, sure_instant(until or 0)) for number, channel, until in rows)

    def _failed(self) -> int:
        statement = "SELECT count(*) FROM deliveries WHERE status = 'failed'"
        return int(self._connection.execute(statement).fetchone()[0])

    def _polls(self) -> Mapping[str, tuple[datetime | None, datetime | None]]:
        rows = self._connection.execute("SELECT source_id, last_attempt_at, next_due_at FROM source_states")
        return {source_id: (instant(attempt), instant(due)) for source_id, attempt, due in rows}

    def _ahead(self) -> Mapping[str, tuple[int, datetime]]:
        """Instants after now, of what has already happened, by table and column."""
        late, found = micros(self._now + _SLACK), {}
        for table in integrity.tables(self._connection):
            for row in self._connection.execute(f'PRAGMA table_info("{table}")').fetchall():
                if not _has_happened(row[1]):
                    continue
                with contextlib.suppress(DriverError):  # told as damage
                    count, last = self._connection.execute(
                        f'SELECT count(*), max({row[1]}) FROM "{table}"'
                        f" WHERE typeof({row[1]}) = 'integer' AND {row[1]} > ?",
                        (late,),
                    ).fetchone()
                    if count:
                        found[f"{table}.{row[1]}"] = (int(count), sure_instant(min(last, _LAST)))
        return found

    def _backwards(self) -> int:
        statement = "SELECT count(*) FROM (SELECT at, lag(at) OVER (ORDER BY number) AS before FROM changes)"
        minute = 60_000_000
        return int(self._connection.execute(f"{statement} WHERE at < before - {minute}").fetchone()[0])

    # -- files
    def _lost_files(self) -> tuple[str, ...]:
        """Files of the snapshots that rows name and that are not there, or end before what they say."""
        if not {"snapshots", "snapshot_files"} <= set(integrity.tables(self._connection)):
            return ()
        rows = self._connection.execute(
            "SELECT name, max(start + length) FROM snapshots JOIN snapshot_files f ON f.id = file_id"
            " WHERE removed_at IS NULL GROUP BY f.id ORDER BY name"
        )
        ends = {self._home / "snapshots" / str(name): end for name, end in rows}
        return tuple(str(path) for path, end in ends.items() if not path.is_file() or path.stat().st_size < end)


def _has_happened(column: str) -> bool:
    """Whether a column holds instants of what is over when it is put down."""
    planned = ("next_due_at", "due_at", "next_attempt_at", "published_at")
    return column == "at" or (column.endswith("_at") and column not in planned)


def _asked_terms(terms: Terms) -> Iterable[tuple[str, str]]:
    """Some terms that the article has to be found by, with their columns."""
    yield "facets", "all"
    for field in fields(terms):
        for term in islice(dict.fromkeys(getattr(terms, field.name).split()), _TERMS):
            yield field.name, term


def _apart(wanted: Iterator[int], held: Iterator[int]) -> tuple[int, int]:
    """How many of the wanted numbers are not held, and how many are held that are not wanted; both in order."""
    missing = extra = 0
    one, other = next(wanted, None), next(held, None)
    while one is not None or other is not None:
        if other is None or (one is not None and one < other):
            missing, one = missing + 1, next(wanted, None)
        elif one is None or other < one:
            extra, other = extra + 1, next(held, None)
        else:
            one, other = next(wanted, None), next(held, None)
    return missing, extra
