"""What one transaction is going to write, gathered so that every table is written in one go.

Rows go out in the order in which they may refer to one another and, where they lie in the order of a key, sorted by it,
so that a page is changed once; the full-text index last and by row id: it begins a new segment whenever a row id is not
above the one before, and every segment has to be merged with others later.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from datetime import datetime
from functools import cached_property
from operator import itemgetter
from typing import TYPE_CHECKING, Literal, NamedTuple

from storage import forms, tags
from storage.connection import Connection, rows_in, rows_with
from storage.indexed import Indexed, facets_of, indexed, terms_of
from storage.values import KEY_SIZE, SORT_BITS, list_of, placed, sort_bound, unpacked

if TYPE_CHECKING:
    from monitor.types import ListVersion

_TABLES = {
    "stories": "INSERT INTO stories (id, created_at) VALUES (?, ?)",
    "copy_groups": "INSERT INTO copy_groups (id, story_id) VALUES (?, ?)",
    "articles": "INSERT INTO articles (id, sort_key, source_id, ref, guid, url, canonical_url, source_name, lang,"
    " authors, published_at, first_seen_at, version, title, text, text_from, content_hash, tags, copy_group_id,"
    " story_id, origin, facts) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    "identity_keys": "INSERT INTO identity_keys (kind, key, article_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
    "sightings": "INSERT INTO sightings (key, article_id, source_id, entry_hash, first_seen_at, last_seen_at)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?5) ON CONFLICT (key) DO UPDATE SET"
    " article_id = excluded.article_id, entry_hash = excluded.entry_hash, last_seen_at = excluded.last_seen_at",
    "matches": "INSERT INTO matches (article_id, version, position, entry_id, alias, lang, field, start_point,"
    " end_point, rule, need, list_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    "taggings": "INSERT INTO taggings (article_id, list_id) VALUES (?, ?) ON CONFLICT (article_id) DO UPDATE SET"
    " list_id = excluded.list_id",
    "relations": "INSERT INTO relations (article_id, kind, other_id, share) VALUES (?, ?, ?, ?)"
    " ON CONFLICT (article_id, other_id) DO UPDATE SET kind = excluded.kind, share = excluded.share",
    "snapshots": "INSERT INTO snapshots (article_id, version, at, key, url, final_url, status, digest, size, record_id,"
    " file_id, start, length, revisit_of, removed_at) VALUES (?1, (SELECT version FROM articles WHERE id = ?1), ?2, ?3,"
    " ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, (SELECT removed_at FROM snapshots WHERE id = ?13))",
    "changes": "INSERT INTO changes (article_id, what, at, quiet) VALUES (?, ?, ?, ?)",
    "validators": "INSERT INTO validators (url, final_url, etag, last_modified, body_hash, seen)"
    " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (url) DO UPDATE SET final_url = excluded.final_url, etag = excluded.etag,"
    " last_modified = excluded.last_modified, body_hash = excluded.body_hash, seen = excluded.seen",
    "source_states": "INSERT INTO source_states (source_id, next_due_at, last_success_at, last_attempt_at,"
    " last_outcome, last_error, attempts, failures, articles, last_new_at, health)"
    " VALUES (?, ?, ?, ?, ?, ?, 1, ?, ?, ?, ?) ON CONFLICT (source_id) DO UPDATE SET"
    " next_due_at = excluded.next_due_at, last_success_at = coalesce(excluded.last_success_at, last_success_at),"
    " last_attempt_at = excluded.last_attempt_at, last_outcome = excluded.last_outcome,"
    " last_error = excluded.last_error, attempts = attempts + 1,"
    " failures = CASE WHEN excluded.failures THEN failures + 1 ELSE 0 END, articles = articles + excluded.articles,"
    " last_new_at = coalesce(excluded.last_new_at, last_new_at), health = coalesce(excluded.health, health)",
    "source_days": "INSERT INTO source_days (source_id, day, polls, failures, items, new, undated, ahead, garbled,"
    " texts, letters) VALUES (?, ?, 1, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (source_id, day) DO UPDATE SET"
    " polls = polls + 1, failures = failures + excluded.failures, items = items + excluded.items,"
    " new = new + excluded.new, undated = undated + excluded.undated, ahead = ahead + excluded.ahead,"
    " garbled = garbled + excluded.garbled, texts = texts + excluded.texts, letters = letters + excluded.letters",
    "presence": "INSERT INTO presence (article_id, due_at) VALUES (?, ?) ON CONFLICT DO NOTHING",
    "dropped": "INSERT INTO dropped (source_id, reason, items, last_at) VALUES (?, ?, ?, ?)"
    " ON CONFLICT (source_id, reason) DO UPDATE SET items = items + excluded.items, last_at = excluded.last_at",
    "source_events": "INSERT INTO source_events (source_id, at, was, became, evidence) VALUES (?, ?, ?, ?, ?)",
}
#: What begins with the columns that its rows lie in order of, and how many these are.
_BY_KEY = {"identity_keys": itemgetter(0, 1), "sightings": itemgetter(0), "validators": itemgetter(0)}
_INDEX = "INTO {table} (rowid, title, text, title_bases, text_bases, facets) VALUES (?, ?, ?, ?, ?, ?)"


class IdentityKey(NamedTuple):
    """What tells that two sightings are of one article."""

    kind: int
    #: What such keys lie beside: storage.values.placed.
    place: str
    digest: bytes


class Batch:
    """The rows of one transaction, and what the archive holds of the keys that it asks for."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._pending: dict[str, list[tuple[object, ...]]] = {table: [] for table in _TABLES}
        self._last: dict[str, int] = {}
        #: Of articles that wait to be written.
        self._waiting: set[object] = set()
        #: That wait to be written: copy groups with their stories, and stories.
        self._groups: dict[int, int] = {}
        self._stories: set[int] = set()
        self._identity: dict[IdentityKey, int | None] = {}
        self._sighted: dict[bytes, int | None] = {}
        #: By the least sort key of a second: the last one that is taken in it.
        self._places: dict[int, int] = {}
        self._lists: dict[ListVersion, int | None] = {}
        #: By row id; the second of a pair: nothing was there before.
        self._index: dict[int, tuple[tuple[object, ...], bool]] = {}
        #: Of what was put into it: language and words.
        self._texts: list[tuple[str | None, Set[str]]] = []

    # -- rows
    def add(self, table: str, *rows: tuple[object, ...]) -> None:
        """Rows for the table, in the order of its statement above."""
        self._pending[table] += rows

    def add_article(self, number: int, ref: str | None, row: tuple[object, ...]) -> None:
        self._pending["articles"].append(row)
        self._waiting.add(number)
        if ref is not None:
            self._waiting.add(ref)

    def holds(self, value: int | str) -> bool:
        """Whether the article with that number or importer's id is not yet in its table."""
        return value in self._waiting

    def add_story(self, at: object) -> int:
        """Number of a new story."""
        number = self.next_id("stories")
        self._stories.add(number)
        self._pending["stories"].append((number, at))
        return number

    def add_group(self, story_id: int) -> int:
        """Number of a new copy group in that story."""
        number = self.next_id("copy_groups")
        self._groups[number] = story_id
        self._pending["copy_groups"].append((number, story_id))
        return number

    def place_of(self, table: Literal["copy_groups", "stories"], number: int) -> int | None:
        """What the copy group or story with that number goes by: another number when it went into another one; None:
        there is none."""
        if number in (self._groups if table == "copy_groups" else self._stories):
            return number
        row = self.connection.execute(
            f"SELECT coalesce(merged_into, id) FROM {table} WHERE id = ?", (number,)
        ).fetchone()
        return row[0] if row else None

    def story_of_group(self, number: int) -> int | None:
        """The story that the copy group lies in; None: there is no such group."""
        if number in self._groups:
            return self._groups[number]
        row = self.connection.execute("SELECT story_id FROM copy_groups WHERE id = ?", (number,)).fetchone()
        return row[0] if row else None

    def list_id(self, version: ListVersion | None, at: int) -> int | None:
        """Number of that state of the watchlist; None for None."""
        if version is not None and version not in self._lists:
            self._lists[version] = tags.list_id(self.connection, version, at)
        return None if version is None else self._lists[version]

    def next_id(self, table: str) -> int:
        """The number that the table's next row has to carry."""
        if table not in self._last:
            self._last[table] = self.connection.execute(f"SELECT coalesce(max(id), 0) FROM {table}").fetchone()[0]
        self._last[table] += 1
        return self._last[table]

    def write(self) -> None:
        """Puts all rows into their tables, so that statements can see them; the index waits for `finish`."""
        for table, statement in _TABLES.items():
            if rows := self._pending[table]:
                if table in _BY_KEY:
                    rows.sort(key=_BY_KEY[table])  # of two with one key, the second stays behind the first
                self.connection.executemany(statement, rows)
                rows.clear()
        self._waiting.clear()
        self._groups.clear()
        self._stories.clear()

    def finish(self) -> None:
        """Writes everything that is left."""
        self.write()
        for verb, first in (("INSERT", True), ("INSERT OR REPLACE", False)):
            rows = [row for _, (row, new) in sorted(self._index.items()) if new is first]
            for table in self._index_tables if rows else ():
                self.connection.executemany(f"{verb} {_INDEX.format(table=table)}", rows)
        self._index.clear()
        if self._texts:
            forms.learn(self.connection, self._texts)
            self._texts.clear()

    # -- the index
    def add_to_index(self, sort_key: int, one: Indexed, *, new: bool) -> None:
        """What goes into the index of an article; `new`: nothing has that sort key yet."""
        before = self._index.get(sort_key)
        self._index[sort_key] = ((sort_key, *one.columns), new if before is None else before[1])
        self._texts.append((one.lang, one.words))

    def index_anew(self, article_ids: Sequence[int]) -> None:
        """Puts articles whose rows are written into the index as they stand now."""
        statement = "SELECT sort_key, source_id, lang, tags, story_id, title, text FROM articles WHERE id IN"
        for key, source_id, lang, tags_said, story_id, title, text in rows_in(self.connection, statement, article_ids):
            facets = facets_of(source_id, lang, list_of(tags_said), story_id)
            self.add_to_index(key, indexed(terms_of(title, unpacked(text), lang), lang, facets), new=False)

    def remove_from_index(self, sort_key: int) -> None:
        before = self._index.pop(sort_key, None)
        if before is None or not before[1]:
            for table in self._index_tables:
                self.connection.execute(f"DELETE FROM {table} WHERE rowid = ?", (sort_key,))

    @cached_property
    def _index_tables(self) -> tuple[str, ...]:
        """The index, and beside it the one that is being made to take its place."""
        from storage.reindexing import tables_to_fill

        return tables_to_fill(self.connection)

    def learn_places(self, times: Iterable[datetime]) -> None:
        """Looks up what is taken in these seconds, all at once."""
        self._learn_seconds({sort_bound(at) for at in times})

    def _learn_seconds(self, bounds: Iterable[int]) -> None:
        seconds = [bound for bound in bounds if bound not in self._places]
        rows = self.connection.execute(
            "SELECT value, (SELECT max(sort_key) FROM articles WHERE sort_key BETWEEN value AND value + ?)"
            " FROM json_each(?)",
            ((1 << SORT_BITS) - 1, f"[{','.join(map(str, sorted(seconds)))}]"),
        )
        self._places.update((second, second - 1 if taken is None else taken) for second, taken in rows)

    def free_sort_key(self, at: datetime) -> int:
        """The next free place in that second, or in the first one after it that has any."""
        second = sort_bound(at)
        while True:
            if second not in self._places:
                self._learn_seconds((second,))
            key = self._places[second] + 1
            if key < second + (1 << SORT_BITS):
                self._places[second] = key
                return key
            second += 1 << SORT_BITS

    # -- keys
    def learn(self, identity: Iterable[IdentityKey], sighted: Iterable[bytes]) -> None:
        """Looks up all of these at once."""
        by_kind: dict[int, dict[bytes, IdentityKey]] = {}
        for key in identity:
            if key not in self._identity:
                self._identity[key] = None
                by_kind.setdefault(key.kind, {})[placed(key.place, key.digest)] = key
        for kind, keys in by_kind.items():
            self._learn_kind("identity_keys", kind, keys)
        if by_kind and self._old_keys():
            for kind, keys in by_kind.items():
                old = {key.digest: key for key in keys.values() if self._identity[key] is None}
                self._learn_kind("old_keys", kind, old)
        unseen = {key for key in sighted if key not in self._sighted}
        self._sighted.update(dict.fromkeys(unseen))
        statement = "SELECT key, article_id FROM wanted CROSS JOIN sightings ON key = wanted"
        self._sighted.update(rows_with(self.connection, statement, unseen, KEY_SIZE))

    def _learn_kind(self, table: str, kind: int, keys: dict[bytes, IdentityKey]) -> None:
        statement = f"SELECT key, article_id FROM wanted CROSS JOIN {table} ON kind = {kind} AND key = wanted"
        for key, article_id in rows_with(self.connection, statement, keys, KEY_SIZE):
            self._identity[keys[key]] = article_id

    def _old_keys(self) -> bool:
        """Whether the archive has keys from before they had places."""
        return bool(self.connection.execute("SELECT EXISTS (SELECT 1 FROM old_keys)").fetchone()[0])

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
                self._pending["identity_keys"].append((key.kind, placed(key.place, key.digest), article_id))

    def give(self, key: IdentityKey, article_id: int) -> None:
        """A key that is taken for another article."""
        self.write()
        self._identity[key] = article_id
        self.connection.execute(
            "INSERT INTO identity_keys (kind, key, article_id) VALUES (?, ?, ?) ON CONFLICT (kind, key)"
            " DO UPDATE SET article_id = excluded.article_id",
            (key.kind, placed(key.place, key.digest), article_id),
        )

    def sight(self, key: bytes, article_id: int, *rest: object) -> None:
        """A sighting, with the columns after those two."""
        self._sighted[key] = article_id
        self._pending["sightings"].append((key, article_id, *rest))
