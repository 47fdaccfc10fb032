"""What one transaction is going to write, gathered so that every table is written in one go.

Rows go out in the order in which they may refer to one another, the full-text index last and by row id: it begins a
new segment whenever a row id is not above the one before, and every segment has to be merged with others later.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from storage.connection import Connection, rows_in
from storage.values import SORT_BITS, sort_bound

_TABLES = {
    "stories": "INSERT INTO stories (id, created_at) VALUES (?, ?)",
    "copy_groups": "INSERT INTO copy_groups (id, story_id) VALUES (?, ?)",
    "articles": "INSERT INTO articles (id, sort_key, source_id, ref, guid, url, canonical_url, source_name, lang,"
    " authors, published_at, first_seen_at, version, title, text, text_from, content_hash, tags, copy_group_id,"
    " story_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?, ?, ?, ?, ?, ?)",
    "identity_keys": "INSERT INTO identity_keys (kind, key, article_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
    "sightings": "INSERT INTO sightings (key, article_id, source_id, entry_hash, first_seen_at, last_seen_at)"
    " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO UPDATE SET"
    " article_id = excluded.article_id, entry_hash = excluded.entry_hash, last_seen_at = excluded.last_seen_at",
    "matches": "INSERT INTO matches (article_id, version, position, entry_id, alias, lang, field, start_point,"
    " end_point, rule, need) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    "changes": "INSERT INTO changes (article_id, what, at, quiet) VALUES (?, ?, ?, ?)",
}
_INDEX = "INTO search_index (rowid, title, text, title_bases, text_bases, facets) VALUES (?, ?, ?, ?, ?, ?)"

#: Kind of an identity key, and the key.
IdentityKey = tuple[int, bytes]


class Batch:
    """The rows of one transaction, and what the archive holds of the keys that it asks for."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._pending: dict[str, list[tuple[object, ...]]] = {table: [] for table in _TABLES}
        self._last: dict[str, int] = {}
        #: Of articles that wait to be written.
        self._waiting: set[object] = set()
        #: Of this transaction: copy groups with their stories, and stories.
        self._groups: dict[int, int] = {}
        self._stories: set[int] = set()
        self._identity: dict[IdentityKey, int | None] = {}
        self._sighted: dict[bytes, int | None] = {}
        self._places: dict[int, int] = {}
        #: By row id; the second of a pair: nothing was there before.
        self._index: dict[int, tuple[tuple[object, ...], bool]] = {}

    # -- rows
    def add(self, table: str, *rows: tuple[object, ...]) -> None:
        """Rows for the table, in the order of its statement above."""
        self._pending[table] += rows

    def add_article(self, number: int, ref: str | None, row: tuple[object, ...]) -> None:
        self._pending["articles"].append(row)
        self._waiting.update((number, ref) if ref is not None else (number,))

    def holds(self, value: int | str) -> bool:
        """Whether the article with that number or importer's id is not yet in its table."""
        return value in self._waiting

    def add_story(self, at: object) -> int:
        """Number of a new story."""
        number = self.next_id("stories")
        self._stories.add(number)
        self._pending["stories"].append((number, at))
        return number

    def has_story(self, number: int) -> bool:
        if number in self._stories:
            return True
        return self._connection.execute("SELECT 1 FROM stories WHERE id = ?", (number,)).fetchone() is not None

    def add_group(self, story_id: int) -> int:
        """Number of a new copy group in that story."""
        number = self.next_id("copy_groups")
        self._groups[number] = story_id
        self._pending["copy_groups"].append((number, story_id))
        return number

    def story_of_group(self, number: int) -> int | None:
        """The story that the copy group lies in; None: there is no such group."""
        if number in self._groups:
            return self._groups[number]
        row = self._connection.execute("SELECT story_id FROM copy_groups WHERE id = ?", (number,)).fetchone()
        return row[0] if row else None

    def next_id(self, table: str) -> int:
        """The number that the table's next row has to carry."""
        if table not in self._last:
            self._last[table] = self._connection.execute(f"SELECT coalesce(max(id), 0) FROM {table}").fetchone()[0]
        self._last[table] += 1
        return self._last[table]

    def write(self) -> None:
        """Puts all rows into their tables, so that statements can see them; the index waits for `finish`."""
        for table, statement in _TABLES.items():
            if rows := self._pending[table]:
                self._connection.executemany(statement, rows)
                rows.clear()
        self._waiting.clear()

    def finish(self) -> None:
        """Writes everything that is left."""
        self.write()
        for verb, first in (("INSERT", True), ("INSERT OR REPLACE", False)):
            rows = [row for _, (row, new) in sorted(self._index.items()) if new is first]
            self._connection.executemany(f"{verb} {_INDEX}", rows)
        self._index.clear()

    # -- the index
    def add_to_index(self, sort_key: int, terms: Sequence[str], *, new: bool) -> None:
        """Terms of the index's columns, in the order of the statement; `new`: nothing has that sort key yet."""
        before = self._index.get(sort_key)
        self._index[sort_key] = ((sort_key, *terms), new if before is None else before[1])

    def remove_from_index(self, sort_key: int) -> None:
        before = self._index.pop(sort_key, None)
        if before is None or not before[1]:
            self._connection.execute("DELETE FROM search_index WHERE rowid = ?", (sort_key,))

    def free_sort_key(self, at: datetime) -> int:
        """The next free place in that second, or in the first one after it that has any."""
        first = sort_bound(at)
        while True:
            last = first + (1 << SORT_BITS) - 1
            taken = self._places.get(first)
            if taken is None:
                taken = self._connection.execute(
                    "SELECT max(sort_key) FROM articles WHERE sort_key BETWEEN ? AND ?", (first, last)
                ).fetchone()[0]
            if taken is None or taken < last:
                self._places[first] = first if taken is None else int(taken) + 1
                return self._places[first]
            first = last + 1

    # -- keys
    def learn(self, identity: Iterable[IdentityKey], sighted: Iterable[bytes]) -> None:
        """Looks up all of these at once."""
        by_kind: dict[int, list[bytes]] = {}
        for kind, key in identity:
            if (kind, key) not in self._identity:
                self._identity[kind, key] = None
                by_kind.setdefault(kind, []).append(key)
        for kind, keys in by_kind.items():
            statement = f"SELECT key, article_id FROM identity_keys WHERE kind = {kind} AND key IN"
            for key, article_id in rows_in(self._connection, statement, keys):
                self._identity[kind, key] = article_id
        unseen = [key for key in dict.fromkeys(sighted) if key not in self._sighted]
        self._sighted.update(dict.fromkeys(unseen))
        found: Iterable[Any] = rows_in(self._connection, "SELECT key, article_id FROM sightings WHERE key IN", unseen)
        self._sighted.update(found)

    def article_of(self, key: IdentityKey) -> int | None:
        """Number of the article that has that key, which was learned before."""
        return self._identity[key]

    def article_sighted(self, key: bytes) -> int | None:
        """Number of the article that was last seen under that key, which was learned before."""
        return self._sighted[key]

    def claim(self, keys: Iterable[IdentityKey], article_id: int) -> None:
        """Keys for an article; those that are taken stay with the one that has them."""
        for key in keys:
            if self._identity[key] is None:
                self._identity[key] = article_id
                self._pending["identity_keys"].append((*key, article_id))

    def give(self, key: IdentityKey, article_id: int) -> None:
        """A key that is taken for another article."""
        self.write()
        self._identity[key] = article_id
        self._connection.execute(
            "UPDATE identity_keys SET article_id = ? WHERE kind = ? AND key = ?", (article_id, *key)
        )

    def sight(self, key: bytes, article_id: int, *rest: object) -> None:
        """A sighting, with the columns after those two."""
        self._sighted[key] = article_id
        self._pending["sightings"].append((key, article_id, *rest))
