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
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from itertools import islice
from struct import pack, unpack_from
from zlib import crc32

from monitor.identity.tokens import Tokens, tokens

#: How many bands an article has at most.
BANDS = 16
#: How many values its sketch has at most.
SKETCH = 64
#: Tokens of a shingle: words, and characters of scripts without spaces.
WORDS, SIGNS = 5, 8
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
    shingles = _least(words, SIGNS if made.signs else WORDS)
    bands = [_title_band(made)] if _telling(made) else []
    bands += islice(shingles.values(), BANDS - len(bands))
    return Print(tuple(bands), pack(f"<B{len(shingles)}I", len(shingles), *shingles))


def _telling(made: Tokens) -> bool:
    return len(made.title) >= (_TITLE_SIGNS if made.signs else _TITLE_WORDS)


def _title_band(made: Tokens) -> int:
    """A number that no shingle has: those are never negative."""
    said = " ".join(made.title).encode("utf-8", "replace")
    return -1 - (int.from_bytes(blake2b(said, digest_size=8).digest(), "little") >> 1)


def _least(words: Sequence[str], size: int) -> dict[int, int]:
    """The smallest values in rising order, each with its shingle as a longer number."""
    longer = _shingles(words, size)
    # its low digits are too regular, and its high ones too much alike
    values = _lanes(_whole(longer) >> 20 & _mask(len(longer)), len(longer))
    pairs: Iterable[tuple[int, int]] = zip(values, longer, strict=True)
    if len(longer) > 4 * SKETCH:  # most cannot be among them and need no sorting
        limit = 2 * SKETCH * 2**32 // len(longer)
        some = dict([pair for pair in pairs if pair[0] < limit])
        if len(some) >= SKETCH:
            return dict(sorted(some.items())[:SKETCH])
        pairs = zip(values, longer, strict=True)
    return dict(sorted(dict(pairs).items())[:SKETCH])


def _shingles(words: Sequence[str], size: int) -> array[int]:
    """Every shingle as a number below 2**62; a text shorter than a shingle is one.

    The words of a shingle are multiplied by a factor for their place and added: for all shingles of a text at once, in
    one long number of 64 bits for each word, which takes a tenth of the time of one by one.
    """
    hashes = array("Q", map(_HASHES.__getitem__, words))
    if len(_HASHES) > _MOST_HASHES:
        _HASHES.clear()
    count = max(1, len(hashes) - size + 1)
    whole = _whole(hashes)
    summed = sum((whole >> 64 * place) * factor for place, factor in enumerate(_FACTORS[:size]))
    return _lanes(summed & (1 << 64 * count) - 1, count)


# odd numbers of 26 bits: times a hash of 32 bits, and eight of these, stay below 64 bits
_FACTORS = (0x2A5F3D1, 0x3C6EF37, 0x1B873E5, 0x27D4EB3, 0x165667B, 0x2C1B3C7, 0x3297A2D, 0x19D699F)


def _whole(numbers: array[int]) -> int:
    """All of them in one number, the first in its lowest bits."""
    return int.from_bytes(_little(numbers).tobytes(), "little")


def _lanes(whole: int, count: int) -> array[int]:
    return _little(array("Q", whole.to_bytes(8 * count, "little")))


def _little(numbers: array[int]) -> array[int]:
    if sys.byteorder == "big":
        numbers = numbers[:]
        numbers.byteswap()
    return numbers


@lru_cache(maxsize=256)
def _mask(count: int) -> int:
    """The lower half of each of so many numbers of 64 bits."""
    return int.from_bytes(b"\xff\xff\xff\xff\0\0\0\0" * count, "little")


class _Hashes(dict[str, int]):
    """Word -> 32 bits, kept for the words met lately."""

    def __missing__(self, word: str) -> int:
        self[word] = made = crc32(word.encode("utf-8", "surrogatepass"))
        return made


_HASHES = _Hashes()
_MOST_HASHES = 100_000


def shared(one: bytes, other: bytes) -> float:
    """About how much of the shorter text the longer one has too, by their sketches: 0 to 1."""
    a, b = _values(one), _values(other)
    if not a or not b:
        return 0.0
    # a full sketch knows its text up to its largest value only
    end = min([values[-1] for values in (a, b) if len(values) == SKETCH], default=2**32)
    left, right = {value for value in a if value <= end}, {value for value in b if value <= end}
    return len(left & right) / max(1, min(len(left), len(right)))


@lru_cache(maxsize=512)
def _values(packed: bytes) -> tuple[int, ...]:
    count = packed[0] if packed else 0
    return unpack_from(f"<{count}I", packed, 1) if len(packed) > 4 * count else ()
