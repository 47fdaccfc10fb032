"""How long a digest is to read, in words, and which of its items are told in one line to keep it short."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from monitor.text.fold import HAN
from monitor.types import Digest, Item

#: Words of a whole digest: a day's is read in five minutes.
DAY, WEEK = 900, 1_500
#: Items get at least so many, however long the rest is.
_LEAST = 300
#: Two clocks of an item; head and foot of a digest.
_TIMES, _FRAME = 11, 50
_TAGS = 5
_OUTLETS = 4
_HAN_SIGNS = re.compile(f"[{HAN}]")
_WORDS = re.compile(r"[^\W_]+(?:[.:’'\-/][^\W_]+)*")


def words(text: str) -> int:
    """Words, where about two Chinese characters are one."""
    signs = len(_HAN_SIGNS.findall(text))
    return (signs + 1) // 2 + len(_WORDS.findall(_HAN_SIGNS.sub(" ", text)))


def fitted(digest: Digest, ranked: Sequence[Item]) -> Digest:
    """The digest with as many items in one line as it takes to keep it short, the least important first."""
    budget = (WEEK if digest.span == "week" else DAY) - _FRAME - _beside(digest)
    short = brief(ranked, max(budget, _LEAST))
    sections = (
        replace(s, items=tuple(replace(i, brief=True) if i.story_id in short else i for i in s.items))
        for s in digest.sections
    )
    return replace(digest, sections=tuple(sections)) if short else digest


def brief(ranked: Sequence[Item], budget: int) -> frozenset[int]:
    """Story ids of the items, given in order of importance, that have to do with one line."""
    left = budget - sum(_short(item) for item in ranked)
    found = set()
    for item in ranked:
        more = _whole(item) - _short(item)
        if more > left:
            found.add(item.story_id)
        else:
            left -= more
    return frozenset(found)


def _short(item: Item) -> int:
    carried = 4 + len(item.classes) if item.others else 0
    return _of((item.title, item.gloss, item.source_name, item.ownership or "")) + 4 + carried


def _whole(item: Item) -> int:
    others = [name for name, _ in item.others[:_OUTLETS]]
    origins = [name for name, _ in item.origins[:3]] if others else []
    said = _of((item.new or item.lead, item.funder, *(name for _, name in item.tags[:_TAGS]), *others, *origins))
    return _short(item) + said + _TIMES + (7 if others else 0) + (5 if item.single else 0)


def _beside(digest: Digest) -> int:
    """Words of all that stands beside the items, but for the search, which nobody reads."""
    titles = {item.story_id: item.title for section in digest.sections for item in section.items}
    texts = [titles.get(story, "") for story in digest.top]
    texts += [part for one in digest.calendar for part in (one.name, one.source, one.sure, one.when)]
    texts += [part for one in digest.documents for part in (one.title, one.source_name)]
    for compared in digest.readouts:
        for side in compared.sides:
            texts += [side.title, side.source_name, *side.names, *side.figures]
    texts += [part for quote in digest.quotes for part in (quote.text, quote.who, quote.source_name)]
    texts += [*digest.nonevents, *digest.housekeeping]
    rows = [*digest.people, *digest.counts]
    return _of(texts) + sum(words(row.name) + 3 for row in rows)


def _of(texts: Iterable[str]) -> int:
    return sum(map(words, texts))
