"""Instants and tuples as the archive keeps them."""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import blake2b
from json.encoder import encode_basestring

_START = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
#: Bits of a sort key below the seconds: places for articles of one second. The index stores differences of keys, so
#: that every bit more makes it larger.
SORT_BITS = 6
#: Texts from this many characters on are kept compressed.
_PACKED_FROM = 300
# a fifth quicker than 5 for two hundredths more
_LEVEL = 3
# In shorter texts few stretches occur twice: not looking for them takes half the time for a twentieth more.
_LONG = 4000
_SHORT_TEXT = (1, zlib.DEFLATED, 12, 6, zlib.Z_HUFFMAN_ONLY)


def micros(at: datetime | None) -> int | None:
    """Microseconds since 1970; None for None."""
    return None if at is None else (at - _START) // _MICROSECOND


def instant(value: int | None) -> datetime | None:
    """The instant of those microseconds, in UTC; None for None."""
    return None if value is None else _START + timedelta(microseconds=value)


def sure_instant(value: int) -> datetime:
    """The instant of those microseconds, in UTC."""
    return _START + timedelta(microseconds=value)


def sort_bound(at: datetime) -> int:
    """The least sort key of that second."""
    return int((at - _START) // timedelta(seconds=1)) << SORT_BITS


def packed(text: str) -> str | bytes:
    """The text as it is kept: long ones compressed."""
    if len(text) < _PACKED_FROM:
        return text
    plain = text.encode("utf-8")
    if len(plain) >= _LONG:
        return zlib.compress(plain, _LEVEL)
    packer = zlib.compressobj(*_SHORT_TEXT)
    return packer.compress(plain) + packer.flush()


def unpacked(kept: str | bytes) -> str:
    """The text that was kept."""
    return kept if isinstance(kept, str) else zlib.decompress(kept).decode("utf-8")


def list_text(values: Sequence[str]) -> str:
    """The strings as a list in JSON."""
    return f"[{','.join(map(encode_basestring, values))}]" if values else "[]"


def list_of(text: str) -> tuple[str, ...]:
    return () if text == "[]" else tuple(json.loads(text))


def digest_of(*parts: str) -> bytes:
    """Sixteen bytes that stand for these strings."""
    return blake2b("\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=16).digest()


#: Bytes of a key.
KEY_SIZE = 16


def placed(place: str, digest: bytes) -> bytes:
    """The key of something with that digest: keys of one place (a source, a host) lie side by side.

    Keys without any order would lie everywhere in a table, and what one poll stores or asks for would touch as many
    pages as it has keys.
    """
    return _near(place) + digest[: KEY_SIZE - 4]


@lru_cache(maxsize=10_000)
def _near(place: str) -> bytes:
    return blake2b(place.encode("utf-8", "surrogatepass"), digest_size=4).digest()


def sighting_key(source_id: str | None, entry_key: str) -> bytes:
    """What an entry of a source's list is kept under."""
    return placed(source_id or "", digest_of(source_id or "", entry_key))
