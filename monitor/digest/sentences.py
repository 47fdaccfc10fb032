"""Where the sentences of a text begin and end."""

from __future__ import annotations

import re
from collections.abc import Iterator

#: Code points of a text that are looked at.
READ = 12_000

_END = re.compile(r"[.!?…]+[\"'”»’)\]]*(?=\s|$)|[。！？]+[”」』）]*|[؟۔।]+|\n+")
#: What stands before a full stop that ends nothing.
_SHORTENED = (
    "mr mrs ms dr gen lt col maj capt sen rep gov st no vs inc ltd co corp jr sr prof rev fig art jan feb mar apr jun"
    " jul aug sep sept oct nov dec e.g i.e u.s u.k u.n a.m p.m г гг в вв др пр т.е т.д т.п им ул д стр руб коп тыс млн"
    " млрд см ст п пп проф акад ген"
)
_SHORT = frozenset(_SHORTENED.split())
_WORD = re.compile(r"([^\W_]+(?:\.[^\W_]+)*)\.$")


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Half-open ranges of the sentences of the beginning of the text, without the space around them."""
    start = 0
    end = min(len(text), READ)
    for found in _END.finditer(text, 0, end):
        if not _ends(text, start, found.start(), found.end()):
            continue
        if (span := _bare(text, start, found.end())) is not None:
            yield span
        start = found.end()
    if (span := _bare(text, start, end)) is not None:
        yield span


def _ends(text: str, start: int, at: int, after: int) -> bool:
    """Whether the mark there is the end of a sentence and not of a shortened word, or of a number."""
    if text[at] != ".":
        return True
    word = _WORD.search(text[max(start, at - 12) : at + 1])
    following = text[after : after + 2].strip()[:1]
    if following.islower():
        return False
    if word is None:
        return True
    short = word[1].lower()
    return not (short in _SHORT or (len(short) == 1 and short.isalpha()))


def _bare(text: str, start: int, end: int) -> tuple[int, int] | None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return (start, end) if start < end else None
