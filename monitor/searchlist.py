"""searches.yaml: searches under a name, as data. One block a search; see docs/archive.md."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from monitor import query
from monitor.config.tables import did_you_mean
from monitor.errors import ConfigError, Problem, QueryError
from monitor.marked import Map, read_yaml
from monitor.types import SavedSearch

_KEYS = ["name", "title", "search", "notes"]
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


def read_searches(text: str, file: str) -> tuple[SavedSearch, ...]:
    """The searches in the text, in their order. Raises: ConfigError with every problem found."""
    reader = _Reader(file)
    found = reader.searches(read_yaml(text, file))
    reader.check(found)
    if reader.problems:
        raise ConfigError(reader.problems)
    return found


class _Reader:
    def __init__(self, file: str) -> None:
        self.problems: list[Problem] = []
        self._file = file
        #: Line of the block and of its search, by name.
        self._lines: dict[str, tuple[int, int]] = {}

    def _note(self, line: int, message: str) -> None:
        self.problems.append(Problem(self._file, line, message))

    def searches(self, data: Any) -> tuple[SavedSearch, ...]:
        """As far as each block can be read by itself."""
        if data is None:
            return ()
        rows = data.get("searches") if isinstance(data, Map) else data
        if isinstance(data, Map):
            self._unknown(data, ["searches"])
        if rows is None:
            return ()
        if not isinstance(data, Map) or not isinstance(rows, list):
            self._note(1, "has no list `searches:`")
            return ()
        found = (self._search(row, line) for row, line in zip(rows, rows.lines, strict=True))  # type: ignore[attr-defined]
        return tuple(one for one in found if one is not None)

    def _search(self, row: Any, line: int) -> SavedSearch | None:
        if not isinstance(row, Map):
            self._note(line, f"{str(row)[:40]!r} is not a search: each begins with `- name: …`")
            return None
        self._unknown(row, _KEYS)
        name, search = self._text(row, "name"), self._text(row, "search")
        if not _NAME.fullmatch(name):
            self._note(row.line_of("name"), f"a search needs a `name` of a-z, 0-9 and hyphen: {name!r}")
            return None
        if name in self._lines:
            self._note(row.line_of("name"), f"name {name!r} stands already on line {self._lines[name][0]}")
            return None
        self._lines[name] = row.line_of("name"), row.line_of("search")
        if not search.strip():
            self._note(row.line_of("search"), f"search {name!r} needs a `search`")
        title, notes = self._text(row, "title"), self._text(row, "notes")
        return SavedSearch(name=name, title=title or name, search=search.strip(), notes=notes or None, line=line)

    def _text(self, row: Map, key: str) -> str:
        value = row.get(key)
        if value is None or isinstance(value, str):
            return value or ""
        self._note(row.line_of(key), f"`{key}` is not a text: {str(value)[:40]!r} (put it in quotes)")
        return ""

    def _unknown(self, row: Map, known: list[str]) -> None:
        for key in row:
            if key not in known:
                self._note(row.line_of(key), f"unknown key `{key}`{did_you_mean(key, known)}")

    def check(self, found: tuple[SavedSearch, ...]) -> None:
        """Notes each search that cannot be read together with those that it refers to."""
        texts = texts_of(found)
        for one in found:
            try:
                if one.search:
                    query.parse(one.search, lambda: texts)
            except QueryError as error:
                self._note(self._lines[one.name][1], f"search {one.name!r}: {error}")


def texts_of(searches: tuple[SavedSearch, ...]) -> Mapping[str, str]:
    """Their texts by name, as monitor.query asks for them."""
    return {one.name: one.search for one in searches}
