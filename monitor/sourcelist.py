"""sources.yaml: the outlets that are read, as data. One block a source; see docs/sources.md."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from monitor import blocks
from monitor.config.tables import did_you_mean
from monitor.errors import ConfigError, Problem
from monitor.marked import Map, Seq, read_yaml
from monitor.types import FULLTEXT, OWNERSHIP, Address, Fulltext, Source

KINDS = ("feed", "page", "sitemap", "telegram", "mailbox", "api")

_SOURCE_KEYS = [
    *("id", "name", "kind", "homepage", "languages", "country", "ownership", "family", "priority", "group"),
    *(
        "feeds",
        "index_pages",
        "sitemaps",
        "channel",
        "channels",
        "mailboxes",
        "endpoints",
        "every_minutes",
        "fulltext",
        "robots",
        "robots_reason",
        "credibility",
        "notes",
        "funder",
    ),
]
# kinds whose list carries the whole text: a page of its own has nothing to add
_WHOLE = ("telegram", "mailbox")


def read_sources(text: str, file: str) -> tuple[Source, ...]:
    """The sources in the text. Raises: ConfigError with every problem found."""
    data = read_yaml(text, file)
    reader = _Reader(file)
    rows = data.get("sources", data) if isinstance(data, Map) else data
    if rows is not None and not (isinstance(data, Map) and isinstance(rows, Seq)):
        reader.note(data.line_of("sources") if isinstance(data, Map) else 1, "has no list `sources:`")
        rows = None
    if rows is None:
        rows = Seq()
        rows.lines = []
    found = [reader.source(row, line) for row, line in zip(rows, rows.lines, strict=True)]
    if reader.problems:
        raise ConfigError(reader.problems)
    return tuple(source for source in found if source is not None)


class _Reader:
    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self.ids: dict[str, int] = {}

    def note(self, line: int, message: str) -> None:
        self.problems.append(Problem(self.file, line, message))

    def source(self, row: Any, line: int) -> Source | None:
        if not isinstance(row, Map):
            self.note(line, f"{str(row)[:40]!r} is not a source: each begins with `- id: …`")
            return None
        self.unknown(row, _SOURCE_KEYS)
        source_id = self.text(row, "id")
        if not re.fullmatch(r"[a-z0-9][a-z0-9._-]{0,79}", source_id):
            self.note(row.line_of("id"), f"a source needs an `id` of a-z, 0-9, dot and hyphen: {source_id!r}")
            return None
        if source_id in self.ids:
            self.note(row.line_of("id"), f"id {source_id!r} stands already on line {self.ids[source_id]}")
            return None
        self.ids[source_id] = row.line_of("id")
        kind = self.choice(row, "kind", KINDS) or "feed"
        found = blocks.addresses(self, row)
        kind, addresses = _what_is_read(kind, found)
        return Source(
            id=source_id,
            name=self.text(row, "name") or source_id,
            kind=kind,
            addresses=addresses,
            homepage=self.text(row, "homepage") or None,
            languages=tuple(str(lang) for lang in self.items(row, "languages")),
            country=self.text(row, "country") or None,
            ownership=self.choice(row, "ownership", OWNERSHIP),
            family=self.text(row, "family") or None,
            priority=self.whole(row, "priority", 2, 1, 3),
            every=self.every(row),
            fulltext=self.fulltext(row) or ("never" if kind in _WHOLE else None),
            ignore_robots=self.ignore_robots(row),
            notes=self.text(row, "notes") or None,
            funder=self.text(row, "funder") or None,
            group=self.group(row),
        )

    def every(self, row: Map) -> timedelta | None:
        minutes = self.whole(row, "every_minutes", 0, 0, 7 * 1440)
        return timedelta(minutes=minutes) if minutes else None

    def fulltext(self, row: Map) -> Fulltext | None:
        value = row.get("fulltext")
        if value is None or value in FULLTEXT:
            return value
        if isinstance(value, bool):
            return "always" if value else "never"
        self.note(row.line_of("fulltext"), f"`fulltext` {value!r} is neither always, tagged nor never")
        return None

    def ignore_robots(self, row: Map) -> str | None:
        reason = self.text(row, "robots_reason")
        if self.choice(row, "robots", ("obey", "ignore")) != "ignore":
            return None
        if not reason:
            self.note(row.line_of("robots"), "`robots: ignore` needs a `robots_reason:` beside it, as a permission")
        return reason or None

    def group(self, row: Map) -> tuple[str, ...]:
        value = row.get("group")
        return (value,) if isinstance(value, str) else tuple(str(name) for name in self.items(row, "group"))

    def text(self, row: Map, key: str) -> str:
        value = row.get(key)
        if value is None or isinstance(value, str):
            return value or ""
        # `no` is Norway and `on` a word, but YAML reads both as a truth value
        self.note(row.line_of(key), f"`{key}` is not a text: {value!r} (put it in quotes)")
        return ""

    def items(self, row: Map, key: str) -> Seq:
        value = row.get(key)
        if isinstance(value, Seq):
            return value
        if value is not None:
            self.note(row.line_of(key), f"`{key}` is not a list: {str(value)[:40]!r}")
        empty = Seq()
        empty.lines = []
        return empty

    def choice(self, row: Map, key: str, allowed: Sequence[str]) -> str | None:
        value = self.text(row, key)
        if value and value not in allowed:
            self.note(row.line_of(key), f"`{key}` {value!r} is not one of {', '.join(allowed)}")
            return None
        return value or None

    def whole(self, row: Map, key: str, default: int, low: int, high: int) -> int:
        value = row.get(key, default)
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            self.note(row.line_of(key), f"`{key}` {value!r} is not a whole number from {low} to {high}")
            return default
        return value

    def flag(self, row: Map, key: str, default: bool) -> bool:
        value = row.get(key, default)
        if not isinstance(value, bool):
            self.note(row.line_of(key), f"`{key}` {value!r} is neither true nor false")
            return default
        return value

    def unknown(self, row: Mapping[str, Any], known: list[str]) -> None:
        for key in row:
            if key not in known and isinstance(row, Map):
                self.note(row.line_of(key), f"unknown key `{key}`{did_you_mean(key, known)}")


def _what_is_read(kind: str, found: Mapping[str, tuple[Address, ...]]) -> tuple[str, tuple[Address, ...]]:
    """The kind and addresses that are polled: those of the kind, or what there is instead."""
    if found[kind]:
        return kind, found[kind]
    if kind == "sitemap" and found["feed"]:  # sitemaps that stand in the list of feeds
        return kind, found["feed"]
    return next(((other, found[other]) for other in KINDS if found[other]), (kind, ()))


def to_yaml(sources: Sequence[Source]) -> str:
    """Blocks for the end of a sources.yaml, from which the same sources are read again."""
    import yaml

    rows = [_row(source) for source in sources]
    return yaml.safe_dump(rows, allow_unicode=True, sort_keys=False, width=120) if rows else ""


def _row(source: Source) -> dict[str, Any]:
    row: dict[str, Any] = {
        "id": source.id,
        "name": source.name,
        "kind": source.kind,
        "homepage": source.homepage,
        "languages": list(source.languages),
        "country": source.country,
        "ownership": source.ownership,
        "family": source.family,
        "group": list(source.group),
        "priority": source.priority,
        "every_minutes": int(source.every.total_seconds() // 60) if source.every else None,
        "fulltext": None if source.kind in _WHOLE and source.fulltext == "never" else source.fulltext,
        "robots": "ignore" if source.ignore_robots else None,
        "robots_reason": source.ignore_robots,
        "notes": source.notes,
        "funder": source.funder,
    }
    kept = {key: value for key, value in row.items() if value not in (None, [])}
    return kept | {blocks.LISTS[source.kind]: [blocks.to_block(source.kind, address) for address in source.addresses]}
