"""How long a digest is to read, in words, and which of its items are told shortly to keep it short."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from monitor.text.fold import HAN
from monitor.types import ANALYSIS, Compared, Digest, Item

#: Words of a whole digest: a day's is read in five minutes.
DAY, WEEK = 900, 1_500
#: Items get at least so many, however long the rest is; and so many of them go to what is new, of the first at least.
_LEAST, _NEWS = 300, 75
#: Country and clock of an item; what a second clock adds; head and foot of a digest.
_CLOCK, _TIMES, _FRAME = 4, 7, 50
#: Of a part beside the items, with the heads of its columns.
_HEADING = 4
_TAGS = 5
#: Of people, documents and what read-outs differ in, where the digest would be too long.
_FEW, _COMPARED = 3, 2
_OUTLETS = 4
_HAN_SIGNS = re.compile(f"[{HAN}]")
_WORDS = re.compile(r"[^\W_]+(?:[.:’'\-/][^\W_]+)*")


def words(text: str) -> int:
    """Words, where about two Chinese characters are one."""
    signs = len(_HAN_SIGNS.findall(text))
    return (signs + 1) // 2 + len(_WORDS.findall(_HAN_SIGNS.sub(" ", text)))


def fitted(digest: Digest, ranked: Sequence[Item]) -> tuple[Digest, bool]:
    """The digest with as many parts and items made short as it takes to keep it short, the least important first, and
    whether that was enough: it is not where there are too many items. Lines on what is left over are not held against
    them, since fewer items make more of those."""
    most = (WEEK if digest.span == "week" else DAY) - _FRAME
    least, lines = sum(map(_bare, ranked)) + _NEWS, _of(map(_line, digest.also))
    for shorter in (None, *_SHORTER):
        digest = shorter(digest) if shorter else digest
        beside = _beside(digest)
        if least + beside + lines <= most:
            break
    short, bare = shortened(ranked, max(most - beside - lines, _LEAST))

    def made(item: Item) -> Item:
        return replace(item, brief=True, bare=_key(item) in bare) if _key(item) in short else item

    sections = tuple(replace(section, items=tuple(map(made, section.items))) for section in digest.sections)
    return (replace(digest, sections=sections) if short else digest), least + beside <= most


def _fewer_people(digest: Digest) -> Digest:
    """Those who are silent are the last ones, and stay."""
    loud, silent = ([row for row in digest.people if bool(row.items) is named] for named in (True, False))
    return replace(digest, people=(*loud[:_FEW], *silent[:_FEW]))


def _fewer_documents(digest: Digest) -> Digest:
    more = len(digest.documents[_FEW:])
    return replace(digest, documents=digest.documents[:_FEW], unlisted=digest.unlisted + more)


def _less_compared(digest: Digest) -> Digest:
    """The first read-outs, with fewer names and figures."""

    def made(compared: Compared) -> Compared:
        sides = (replace(side, names=side.names[:_FEW], figures=side.figures[:_FEW]) for side in compared.sides)
        return replace(compared, sides=tuple(sides))

    return replace(digest, readouts=tuple(map(made, digest.readouts[:_COMPARED])))


#: What is made shorter first, before any story gives way: each of these stands elsewhere as well.
_SHORTER = (_fewer_documents, _less_compared, _fewer_people)


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


def _line(item: Item) -> str:
    return " ".join((item.title, item.gloss, item.source_name, item.ownership or "", item.country or ""))


def _beside(digest: Digest) -> int:
    """Words of all that stands beside the items and lines, but for the search, which nobody reads."""
    titles = {i.story_id: i for section in digest.sections for i in section.items if i.ownership != ANALYSIS}
    texts = [_line(titles[story]) for story in digest.top if story in titles]
    texts += [section.heading for section in digest.sections]
    texts += [part for one in digest.calendar for part in (one.name, one.source, one.sure, one.when, one.mark)]
    texts += [part for one in digest.documents for part in (one.title, one.source_name, one.country or "")]
    for compared in digest.readouts:
        for side in compared.sides:
            texts += [side.title, side.source_name, "official", side.country, *side.names, *side.figures]
    texts += [part for quote in digest.quotes for part in (quote.text, quote.who, quote.source_name)]
    texts += [*digest.nonevents, *digest.housekeeping]
    rows = [*digest.people, *digest.counts]
    parts = (digest.calendar, digest.documents, digest.readouts, digest.quotes, digest.people, digest.counts)
    return _of(texts) + sum(words(row.name) + 3 for row in rows) + _HEADING * sum(map(bool, parts))


def _of(texts: Iterable[str]) -> int:
    return sum(map(words, texts))
