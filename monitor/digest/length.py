"""How long a digest is to read, in words, and which of its items are told shortly to keep it short."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from monitor.text.fold import HAN
from monitor.types import ANALYSIS, Digest, Item

#: Words of a whole digest: a day's is read in five minutes.
DAY, WEEK = 900, 1_500
#: Items get at least so many, however long the rest is; and so many of them go to what is new, of the first at least.
_LEAST, _NEWS = 300, 75
#: Country and clock of an item; what a second clock adds; head and foot of a digest.
_CLOCK, _TIMES, _FRAME = 4, 7, 50
_TAGS = 5
_OUTLETS = 4
_HAN_SIGNS = re.compile(f"[{HAN}]")
_WORDS = re.compile(r"[^\W_]+(?:[.:’'\-/][^\W_]+)*")


def words(text: str) -> int:
    """Words, where about two Chinese characters are one."""
    signs = len(_HAN_SIGNS.findall(text))
    return (signs + 1) // 2 + len(_WORDS.findall(_HAN_SIGNS.sub(" ", text)))


def fitted(digest: Digest, ranked: Sequence[Item]) -> Digest:
    """The digest with as many items made short as it takes to keep it short, the least important first."""
    budget = (WEEK if digest.span == "week" else DAY) - _FRAME - _beside(digest)
    short, bare = shortened(ranked, max(budget, _LEAST))

    def made(item: Item) -> Item:
        return replace(item, brief=True, bare=_key(item) in bare) if _key(item) in short else item

    sections = tuple(replace(section, items=tuple(map(made, section.items))) for section in digest.sections)
    return replace(digest, sections=sections) if short else digest


def shortened(ranked: Sequence[Item], budget: int) -> tuple[frozenset[int], frozenset[int]]:
    """Keys of the items, given in order of importance, that have to do without tags and names of other outlets, and of
    those among them that have to do with one line: what is new comes first, for as many as there is room."""
    left = max(budget - sum(map(_bare, ranked)), min(_NEWS, budget))
    bare, left = _without(ranked, left, lambda item: _brief(item) - _bare(item))
    more, _ = _without([item for item in ranked if _key(item) not in bare], left, lambda i: _whole(i) - _brief(i))
    return bare | more, bare


def _without(ranked: Sequence[Item], left: int, costs: Callable[[Item], int]) -> tuple[frozenset[int], int]:
    """Those for which there is no room, and the room that is left."""
    found = set()
    for item in ranked:
        if (cost := costs(item)) > left:
            found.add(_key(item))
        else:
            left -= cost
    return frozenset(found), left


def _key(item: Item) -> int:
    """Its first article: what is reported of a story and what think tanks say of it are two items."""
    return item.article_ids[0]


def _bare(item: Item) -> int:
    carried = 4 + len(item.classes) if item.others else 0
    named = _of((item.title, item.gloss, item.source_name, item.ownership or "", item.funder))
    return named + _CLOCK + carried + (5 if item.single else 0)


def _brief(item: Item) -> int:
    return _bare(item) + _of((item.new or item.lead,))


def _whole(item: Item) -> int:
    others = [name for name, _ in item.others[:_OUTLETS]]
    origins = [name for name, _ in item.origins[:3]] if others else []
    return _brief(item) + _of((*(name for _, name in item.tags[:_TAGS]), *others, *origins)) + _TIMES


def _beside(digest: Digest) -> int:
    """Words of all that stands beside the items, but for the search, which nobody reads."""
    titles = {i.story_id: i.title for section in digest.sections for i in section.items if i.ownership != ANALYSIS}
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
