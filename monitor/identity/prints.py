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

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from itertools import accumulate, islice
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
    bands = [_band(b"title", " ".join(made.title).encode())] if _telling(made) else []
    bands += [_band(b"text", shingle) for shingle in islice(shingles.values(), BANDS - len(bands))]
    return Print(tuple(bands), pack(f"<B{len(shingles)}I", len(shingles), *shingles))


def _telling(made: Tokens) -> bool:
    return len(made.title) >= (_TITLE_SIGNS if made.signs else _TITLE_WORDS)


def _band(kind: bytes, shingle: bytes) -> int:
    return int.from_bytes(blake2b(shingle, digest_size=8, person=kind).digest(), "little", signed=True)


def _least(words: Sequence[str], size: int) -> dict[int, bytes]:
    """The smallest values, in rising order, with their shingles; a text shorter than a shingle is one."""
    # two bytes for each character, so that places can be counted before they are made
    coded = (" ".join(words) + " ").encode("utf-16-le", "surrogatepass")
    if len(coded) > 2 * (sum(map(len, words)) + len(words)):
        return _least([_plain(word) for word in words], size)
    starts = list(accumulate([2 * len(word) + 2 for word in words], initial=0))
    ends = starts[size:] or starts[-1:]
    shingles = [coded[start:end] for start, end in zip(starts, ends, strict=False)]
    values = [*map(crc32, shingles)]
    if len(values) > 4 * SKETCH:  # most cannot be among them and need no sorting
        limit = 2 * SKETCH * 2**32 // len(values)
        some = {value: shingle for value, shingle in zip(values, shingles, strict=True) if value < limit}
        if len(some) >= SKETCH:
            return dict(sorted(some.items())[:SKETCH])
    return dict(sorted(dict(zip(values, shingles, strict=True)).items())[:SKETCH])


def _plain(word: str) -> str:
    return "".join(char if char < "\U00010000" else "\ufffd" for char in word)


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
