"""How sources do, what hosts ask of us, and where addresses have moved, as rows."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any

from monitor.types import Collected, Health, Move, Reached, Signs, SourceEvent
from storage.batch import Batch
from storage.connection import Connection
from storage.values import instant, micros, sure_instant

_DAY = 86_400_000_000
_INSTANTS = frozenset({"since", "read_at", "known_since", "new_at", "whole_at"})
_DEFAULTS = {field.name: field.default for field in fields(Health)}


def record(batch: Batch, collected: Collected) -> None:
    """Stores what a poll showed beside its articles. To be called inside a transaction."""
    if collected.signs is not None:
        _count(batch, collected, collected.signs)
    if (event := collected.event) is not None:
        batch.add("source_events", (event.source_id, micros(event.at), event.was, event.became, event.evidence))
    if collected.pauses:
        _pause(batch.connection, collected)
    if collected.moves:
        _move(batch.connection, collected)


def last_became(connection: Connection, source_id: str) -> str:
    """The state that the last event of that source tells of; `ok` where there was none."""
    statement = "SELECT became FROM source_events WHERE source_id = ? ORDER BY number DESC LIMIT 1"
    found = connection.execute(statement, (source_id,)).fetchone()
    return str(found[0]) if found else "ok"


def add_event(connection: Connection, event: SourceEvent) -> None:
    connection.execute(
        "INSERT INTO source_events (source_id, at, was, became, evidence) VALUES (?, ?, ?, ?, ?)",
        (event.source_id, micros(event.at), event.was, event.became, event.evidence),
    )


def _count(batch: Batch, collected: Collected, signs: Signs) -> None:
    texts = [length for length in signs.lengths if length]
    day, failed = (micros(collected.at) or 0) // _DAY, collected.outcome not in ("ok", "not_modified")
    counts = (signs.listed, signs.new, signs.undated, signs.ahead, signs.garbled, len(texts), sum(texts))
    batch.add("source_days", (collected.source_id, day, int(failed), *counts))


def _pause(connection: Connection, collected: Collected) -> None:
    connection.execute("DELETE FROM host_pauses WHERE until <= ?", (micros(collected.at),))
    connection.executemany(
        "INSERT INTO host_pauses (host, until) VALUES (?, ?) ON CONFLICT (host) DO UPDATE SET"
        " until = max(until, excluded.until)",
        [(host, micros(until)) for host, until in collected.pauses.items()],
    )


def _move(connection: Connection, collected: Collected) -> None:
    connection.executemany(
        "INSERT OR REPLACE INTO moves (url, target, first_at, last_at, seen, adopted_at) VALUES (?, ?, ?, ?, ?, ?)",
        [
            (m.url, m.target, micros(m.first_at), micros(m.last_at), m.seen, micros(m.adopted_at))
            for m in collected.moves
        ],
    )


# ---------------------------------------------------------------------------------------------- reading


def moves(connection: Connection) -> Mapping[str, Move]:
    """By URL of sources.yaml."""
    rows = connection.execute("SELECT url, target, first_at, last_at, seen, adopted_at FROM moves")
    return {
        row[0]: Move(
            url=row[0],
            target=row[1],
            first_at=sure_instant(row[2]),
            last_at=sure_instant(row[3]),
            seen=row[4],
            adopted_at=instant(row[5]),
        )
        for row in rows
    }


def host_pauses(connection: Connection, now: datetime) -> Mapping[str, datetime]:
    """Hosts to be left alone after `now`, and until when."""
    rows = connection.execute("SELECT host, until FROM host_pauses WHERE until > ?", (micros(now),))
    return {host: sure_instant(until) for host, until in rows}


def events(connection: Connection, since: datetime | None, after: int) -> tuple[SourceEvent, ...]:
    """Changes in how sources do, oldest first."""
    rows = connection.execute(
        "SELECT number, source_id, at, was, became, evidence FROM source_events WHERE number > ? AND at >= ?"
        " ORDER BY number",
        (after, micros(since) if since else -(1 << 62)),
    )
    return tuple(
        SourceEvent(number=n, source_id=source_id, at=sure_instant(at), was=was, became=became, evidence=evidence)
        for n, source_id, at, was, became, evidence in rows
    )


def reached(connection: Connection, since: datetime, until: datetime) -> Mapping[str, Reached]:
    """By source: the first day on which it could be read, and how many from that instant's day to this one's."""
    first, last = ((micros(at) or 0) // _DAY for at in (since, until))
    rows = connection.execute(
        "SELECT source_id, min(day), sum(day BETWEEN ? AND ?) FROM source_days WHERE polls > failures"
        " GROUP BY source_id",
        (first, last),
    )
    return {row[0]: Reached(first_at=sure_instant(row[1] * _DAY), days=row[2]) for row in rows}


def health_of(text: str | None) -> Health | None:
    """What `text_of` has written."""
    if not text:
        return None
    values: dict[str, Any] = {name: value for name, value in json.loads(text).items() if name in _DEFAULTS}
    for name in _INSTANTS & values.keys():
        values[name] = sure_instant(values[name])
    if "skip_hours" in values:
        values["skip_hours"] = tuple(values["skip_hours"])
    return Health(**values)


def text_of(health: Health | None) -> str | None:
    """As JSON: what differs from a source of which nothing is known, instants in microseconds. None for None."""
    if health is None:
        return None
    values = {}
    for name, default in _DEFAULTS.items():
        value = getattr(health, name)
        if value != default:
            values[name] = micros(value) if name in _INSTANTS else value
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))
