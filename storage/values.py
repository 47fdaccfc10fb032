"""Instants and tuples as the archive keeps them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from hashlib import blake2b

_START = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
#: Bits of a sort key below the seconds.
SORT_BITS = 22


def micros(at: datetime | None) -> int | None:
    """Microseconds since 1970; None for None."""
    return None if at is None else (at - _START) // _MICROSECOND


def instant(value: int | None) -> datetime | None:
    """The instant of those microseconds, in UTC; None for None."""
    return None if value is None else _START + timedelta(microseconds=value)


def sure_instant(value: int) -> datetime:
    """The instant of those microseconds, in UTC."""
    return _START + timedelta(microseconds=value)


def sort_key(at: datetime, number: int) -> int:
    """A key that grows with time, and within one second with the number."""
    return sort_bound(at) | number & ((1 << SORT_BITS) - 1)


def sort_bound(at: datetime) -> int:
    """The least sort key of that second."""
    return int((at - _START) // timedelta(seconds=1)) << SORT_BITS


def list_text(values: Sequence[str]) -> str:
    return json.dumps(list(values), ensure_ascii=False, separators=(",", ":")) if values else "[]"


def list_of(text: str) -> tuple[str, ...]:
    return () if text == "[]" else tuple(json.loads(text))


def digest_of(*parts: str) -> bytes:
    """Sixteen bytes that stand for these strings."""
    return blake2b("\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=16).digest()
