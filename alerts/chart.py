"""Small bar charts as PNG, made without any library: mail programs show nothing else everywhere. Pure.

Source: PNG specification (third edition), sections 5 (chunks), 11.2 (IHDR, PLTE, tRNS) and 9 (filter 0).
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from functools import lru_cache

#: Pixels; mails show it at half of that, so that it is sharp on every screen.
BAR, GAP, HEIGHT = 6, 2, 48
#: Clear, the days before, the last day, the mean: colours that stand out on white and on black.
_COLOURS = bytes((255, 255, 255, 127, 160, 168, 31, 143, 166, 201, 138, 46))
_CLEAR, _BEFORE, _LAST, _MEAN = range(4)


@lru_cache(maxsize=256)
def bars(series: Sequence[int], mean: float | None) -> tuple[bytes, int, int]:
    """A bar for each number, the last one in another colour, a line at the mean; with width and height to show it at.

    At least one number.
    """
    top = max(*series, mean or 0, 1)
    width = len(series) * (BAR + GAP) - GAP
    rows = [bytearray(width) for _ in range(HEIGHT)]
    for number, value in enumerate(series):
        colour = _LAST if number == len(series) - 1 else _BEFORE
        left = number * (BAR + GAP)
        for row in rows[HEIGHT - max(round(value / top * HEIGHT), 1 if value else 0) :]:
            row[left : left + BAR] = bytes([colour]) * BAR
    if mean:
        line = min(HEIGHT - round(mean / top * HEIGHT), HEIGHT - 2)
        for row in rows[line : line + 2]:
            for x in range(0, width - 3, 8):
                row[x : x + 4] = bytes([_MEAN]) * 4
    return _png(width, rows), width // 2, HEIGHT // 2


def _png(width: int, rows: Sequence[bytearray]) -> bytes:
    pixels = b"".join(b"\0" + row for row in rows)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        (
            _chunk(b"IHDR", struct.pack(">IIBBBBB", width, len(rows), 8, 3, 0, 0, 0)),
            _chunk(b"PLTE", _COLOURS),
            _chunk(b"tRNS", b"\0"),
            _chunk(b"IDAT", zlib.compress(pixels, 9)),
            _chunk(b"IEND", b""),
        )
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
