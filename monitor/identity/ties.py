"""Why articles are one story, and one text: what each has in common with the one that it is most like.

::

    ties(stories, articles)            pairs of texts that join a story, the most alike ones, with the reasons
    copies_of(articles)                each copy -> the article whose text it has most of, and how much
    in_words(reader, article, facts)   the facts as the article says them

What is kept of an article are numbers (monitor.identity.facts): to say which words they stand for, its text is read
again, in pieces that grow until each fact is found in one.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import combinations

from monitor.identity.comparing import Compared, Likeness, Written, compare
from monitor.identity.facts import LEAD, Kind, Reader, fact
from monitor.identity.likeness import Reason
from monitor.identity.stories import Stories
from monitor.text.fold import HAN
from monitor.types import Neighbour

#: Texts of a story, and copies of a text, that are looked into: the first ones.
TEXTS, COPIES = 40, 20
#: Words or Chinese characters in the longest piece that a fact is looked for in.
_LONGEST = 8
_UNIT = re.compile(rf"[{HAN}]|[$€£¥₽]?[^\W{HAN}]+(?:['’\-.,+/:][^\W{HAN}]+)*[%‰°]?")


@dataclass(frozen=True, slots=True)
class Tie:
    """A text of a story beside an earlier one."""

    article_id: int
    other_id: int
    reasons: tuple[Reason, ...]

    @property
    def likeness(self) -> float:
        """Above zero they are rather one event than two."""
        return sum(reason.value for reason in self.reasons)


@dataclass(frozen=True, slots=True)
class Copy:
    """An article beside the one whose text it has most of."""

    article_id: int
    other_id: int
    likeness: Likeness


def ties(stories: Stories, articles: Iterable[Neighbour]) -> tuple[Tie, ...]:
    """As many pairs as join all texts, the most alike ones: each later text beside an earlier one, oldest first. Of a
    copy group its first article stands for all; a text of which nothing was kept is in no pair."""
    firsts: dict[int, Neighbour] = {}
    for one in articles:
        firsts.setdefault(one.copy_group_id, one)
    texts = list(firsts.values())[:TEXTS]
    pairs = [Tie(one.id, other.id, stories.reasons(one, other)) for other, one in combinations(texts, 2)]
    joined = {one.id: {one.id} for one in texts}
    found = []
    for tie in sorted((pair for pair in pairs if pair.reasons), key=lambda tie: -tie.likeness):
        if joined[tie.article_id] is not joined[tie.other_id]:
            both = joined[tie.article_id] | joined[tie.other_id]
            joined.update(dict.fromkeys(both, both))
            found.append(tie)
    order = {one.id: at for at, one in enumerate(texts)}
    return tuple(sorted(found, key=lambda tie: (order[tie.article_id], order[tie.other_id])))


def copies_of(articles: Iterable[tuple[int, Written]]) -> tuple[Copy, ...]:
    """For each article of a copy group but the first: the earlier one that has most of its text."""
    several = [(number, Compared(one)) for number, one in articles][:COPIES]
    found = []
    for at, (number, one) in enumerate(several[1:], start=1):
        beside = [Copy(number, other, compare(one, its)) for other, its in several[:at]]
        found.append(max(beside, key=_how_much))
    return tuple(found)


def _how_much(copy: Copy) -> tuple[bool, float, float, int]:
    said = copy.likeness
    return said.kind == "copy", said.longer, said.shorter, -copy.other_id


def in_words(
    reader: Reader, title: str, text: str, lang: str | None, facts: Collection[int], entries: Iterable[str] = ()
) -> dict[int, str]:
    """Each of the facts as the article says it first, in as few words as tell it; `entries` are ids of the watchlist,
    which stand for themselves. A fact that the text does not have any more is left out."""
    by_id = {fact(Kind.ENTRY, entry): entry for entry in entries}
    found = {number: by_id[number] for number in facts if number in by_id}
    wanted = set(facts) - found.keys()
    for length in range(1, _LONGEST + 1):
        for part in (title, text[: LEAD + 100]):
            units = [unit.span() for unit in _UNIT.finditer(part)]
            for at in range(len(units) - length + 1 if wanted else 0):
                piece = part[units[at][0] : units[at + length - 1][1]]
                said = reader.read("", piece, lang).text
                for number in wanted & said.keys():
                    found[number] = " ".join(piece.split())
                wanted -= said.keys()
    return found
