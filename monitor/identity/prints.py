"""What a text is found again by: numbers made of its shingles, few enough to be kept for every article.

::

    tokens      -> shingles    every run of five words or eight characters, each as a number
    shingles    -> bands       the smallest ones: two texts that share part of their shingles share some of these
                -> sketch      the 64 smallest in four bytes each: tells without the text how much two texts share

The smallest values of one hash are a fair sample of all that a text says (MinHash with one function, `bottom-k`), the
same in every text. One shared value makes a candidate, where bands of eight values would have to agree in all eight: of
two texts that share a tenth of their shingles four in five are still found, by such bands hardly any. The price, more
candidates that are none, is paid by the sketch, which turns them down in microseconds.
"""

from __future__ import annotations

import sys
from array import array
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from struct import Struct, pack
from zlib import crc32

from monitor.identity.tokens import Tokens, Words, tokens

#: How many bands an article has at most.
BANDS = 16
#: How many values its sketch has at most.
SKETCH = 64
# a title that is shorter says too little to make a candidate by itself
_TITLE_WORDS, _TITLE_SIGNS = 5, 10


@dataclass(frozen=True, slots=True)
class Print:
    """What is kept of an article to find its copies by."""

    #: Signed 64-bit numbers, at most BANDS; one that two articles share makes them candidates.
    bands: tuple[int, ...]
    #: The sketch: how many values, in one byte; these, rising, in four bytes each, little endian. At most 257 bytes;
    #: other facts can stand behind it.
    facts: bytes


def print_of(title: str, text: str) -> Print:
    """The print of an article; without bands where it says nothing."""
    return _print(tokens(title, text))


def _print(made: Tokens) -> Print:
    words = made.compared
    if not words:
        return Print((), b"\0")
    sketch, shingles = _least(words)
    bands = [_title_band(made)] if _telling(made) else []
    bands += shingles[: BANDS - len(bands)]
    return Print(tuple(bands), pack(f"<B{len(sketch)}I", len(sketch), *sketch))


def _telling(made: Tokens) -> bool:
    return len(made.title) >= (_TITLE_SIGNS if made.signs else _TITLE_WORDS)


def _title_band(made: Tokens) -> int:
    """A number that no shingle has: those are never negative."""
    said = " ".join(made.title).encode("utf-8", "replace")
    return -1 - (int.from_bytes(blake2b(said, digest_size=8).digest(), "little") >> 1)


def _least(words: Words) -> tuple[list[int], list[int]]:
    """The smallest values in rising order, and the shingles of the first of them as longer numbers."""
    if isinstance(words, str):
        longer, shift = _sums(_sign_lanes(words), len(words), _SIGN_FACTORS), 12
    else:
        longer, shift = _sums(_word_lanes(words), len(words), _WORD_FACTORS), 20
    # 32 bits of the middle: the lowest are too regular, and the highest too much alike
    middle = (int.from_bytes(_little(longer).tobytes(), "little") >> shift).to_bytes(8 * len(longer), "little")
    values = _little(array("I", middle))[::2]
    # of a longer text most cannot be among them and need no sorting
    limit = 2 * SKETCH * 2**32 // len(values)
    at = {value: number for number, value in enumerate(values) if value < limit}
    if len(at) < SKETCH:
        at = {value: number for number, value in enumerate(values)}
    sketch = sorted(at)[:SKETCH]
    return sketch, [longer[at[value]] for value in sketch[:BANDS]]


def _sums(lanes: int, count: int, factors: Sequence[int]) -> array[int]:
    """Every shingle as a number below 2**63; a text shorter than a shingle is one.

    The tokens of a shingle are multiplied by a factor for their place and added: for all shingles of a text at once, in
    one long number of 64 bits for each token, which takes a tenth of the time of one by one.
    """
    kept = max(1, count - len(factors) + 1)
    summed = sum([(lanes >> 64 * place) * factor for place, factor in enumerate(factors)])
    return _little(array("Q", (summed & (1 << 64 * kept) - 1).to_bytes(8 * kept, "little")))


# odd numbers of 26 bits for words of 32 and of 40 for signs of 16: the sum of five or eight products has 63 bits
_WORD_FACTORS = (0x2A5F3D1, 0x3C6EF37, 0x1B873E5, 0x27D4EB3, 0x165667B)
_SIGN_FACTORS = (
    0x9E3779B97F,
    0xC2B2AE3D27,
    0x165667B19F,
    0xD6E8FEB867,
    0x85EBCA77C3,
    0x27D4EB2F17,
    0xA0761D6479,
    0xE7037ED1A1,
)


def _word_lanes(words: Sequence[str]) -> int:
    """A hash of each word in 64 bits, the first in the lowest."""
    said = " ".join(words).encode("utf-8", "surrogatepass").split()
    return int.from_bytes(_little(array("Q", map(crc32, said))).tobytes(), "little")


def _sign_lanes(signs: str) -> int:
    """The code point of each sign in 64 bits: four bytes for each in this encoding, and as many for what is between."""
    if max(signs) > "\uffff":
        signs = "".join([char if char <= "\uffff" else "\ufffd" for char in signs])
    return int.from_bytes("\0".join(signs).encode("utf-32-le", "surrogatepass"), "little")


def _little(numbers: array[int]) -> array[int]:
    """The same with the bytes of each turned round where this machine has the highest first."""
    if sys.byteorder == "big":
        numbers = numbers[:]
        numbers.byteswap()
    return numbers


def shared(one: bytes, other: bytes) -> tuple[float, float]:
    """About how much of the shorter text the longer one has too, and the other way round, by their sketches: 0 to 1."""
    (a, known), b = _sketch(one), _values(other)
    common = len(known.intersection(b))
    if not common:
        return 0.0, 0.0
    # a full sketch knows its text up to its largest value only
    end = min(a[-1] if len(a) == SKETCH else 2**32, b[-1] if len(b) == SKETCH else 2**32)
    here, there = bisect_right(a, end), bisect_right(b, end)
    return common / max(1, min(here, there)), common / max(1, here, there)


def _values(packed: bytes) -> tuple[int, ...]:
    count = packed[0] if packed else 0
    return _UNPACK[count](packed, 1) if count <= SKETCH and len(packed) > 4 * count else ()


@lru_cache(maxsize=16)  # one is compared with many
def _sketch(packed: bytes) -> tuple[tuple[int, ...], frozenset[int]]:
    values = _values(packed)
    return values, frozenset(values)


_UNPACK = [Struct(f"<{count}I").unpack_from for count in range(SKETCH + 1)]
