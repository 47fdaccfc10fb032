"""Which copy group an article belongs to: the same text under another address, whole, cut, extended or lightly edited.

::

    print_of(title, text)            -> Print       what the archive keeps to find copies by
    copies(article, candidates)      -> Copies      group to join, groups that are one by now, excerpts
      shared(sketches)                              turns down what only shares a footer
      compare(here, there)           -> Likeness    over the texts themselves (monitor.identity.comparing)

A group has no single member that all others are measured by: an article is compared with those members that it shares
most with. It joins where it shares much with one of them, or less with half of those compared, so that a group does
not grow by its most distant members; and only where more of them agree with it than contradict its figures.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import groupby
from typing import Literal, Protocol, TypeVar

from monitor.identity.comparing import Compared, Likeness, Texts, Written, compare, same_headline
from monitor.identity.prints import shared
from monitor.identity.tokens import Words, title_words
from monitor.text.fold import fold

#: How many candidates are compared by their texts, those that share most first.
COMPARED = 8
#: How many members beyond doubt decide on a group, so that the fortieth copy costs no more than the third.
SURE = 2
# share of a sketch below which two texts have a footer or a phrase in common at most
_NOTHING = 0.2
# the same for copies: they have 0.55 of the shorter text in common at least, of its shingles less: each edit costs
# five of them. Of ten thousand pairs of feed entries, eleven copies with other headlines lay between 0.2 and this
_NO_COPY = 0.3
# a copy has a third of the longer text too, of its shingles half as much by the same count; but for a teaser, which is
# nearly all in the other: of 6,000 pairs that were looked at for copies this leaves out a quarter, and no copy
_NO_LONGER, _NO_TEASER = 0.12, 0.4


class Candidate(Written, Protocol):
    """An earlier article that shares a band."""

    @property
    def id(self) -> int:
        """Of the article."""

    @property
    def copy_group_id(self) -> int: ...
    @property
    def facts(self) -> bytes:
        """What `print_of` made of it; what follows is not read."""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A passage that an article has in common with another that it is no copy of."""

    #: Whether it stands in the other, longer one, or the other way round.
    kind: Literal["excerpt_of", "quotes"]
    #: The other one.
    article_id: int
    #: Share of the shorter of the two texts.
    share: float


@dataclass(frozen=True, slots=True)
class Copies:
    """Where an article belongs by its text."""

    #: None: in a group of its own.
    copy_group_id: int | None = None
    #: Groups that turn out to be the same one, because this article is a copy of members of each.
    merged: tuple[int, ...] = ()
    #: The member that it is likest to, and how like; None: in a group of its own.
    of_article_id: int | None = None
    likeness: Likeness | None = None
    excerpts: tuple[Excerpt, ...] = ()


def copies(
    article: Written,
    facts: bytes,
    candidates: Iterable[Found],
    with_text: Callable[[Found], Candidate] | None = None,
    *,
    excerpts: bool = True,
    texts: Texts | None = None,
    article_id: int = 0,
) -> Copies:
    """The group of an article.

    `facts` is its own sketch; `candidates` are articles that share bands with it, each with the group that it is in by
    now: the ten that share most are enough, and the newest where a band is shared by very many. Where they have no
    texts, `with_text` gives one to those that need it: of those that `texts` remembers few do, as it will the article
    by its `article_id`. Without `excerpts` only what may be a copy is compared.
    """
    here = Compared(article)
    texts = texts if texts is not None else Texts()
    texts.forget(article_id)
    compared = _compared(here, facts, candidates, with_text or _as_it_is, texts, excerpts=excerpts)
    if compared:
        texts.keep(article_id, here.said)
    groups = _groups(compared)
    joined = {best.copy_group_id for best, _, _ in groups}
    quoted = tuple(
        Excerpt(
            "excerpt_of" if len(here.said.text) <= len(there.said.text) else "quotes", other.id, round(how.shorter, 3)
        )
        for other, there, how in compared
        if excerpts and how.kind == "excerpt" and other.copy_group_id not in joined
    )
    if not groups:
        return Copies(excerpts=quoted)
    best, its, how = groups[0]
    same = {best.copy_group_id}
    for other, there, other_how in groups[1:]:
        if other_how.much and how.much and not compare(its, there).conflicts:
            same.add(other.copy_group_id)
    oldest = min(same)
    return Copies(oldest, tuple(sorted(same - {oldest})), best.id, how, quoted)


def worth_comparing(article: Written, facts: bytes, *, excerpts: bool = True) -> Callable[[str, bytes], bool]:
    """Whether `copies` would look at a candidate with that title and those facts at all: of ten that share a band nine
    have no more in common, and are not even read for this."""

    def worth(title: str, other: bytes) -> bool:
        return _rate(facts, other, excerpts=excerpts) > 0 or _titles_are_one(article.title, title)

    return worth


Found = TypeVar("Found", bound=Candidate)
Pair = tuple[Candidate, Compared, Likeness]


def _as_it_is(one: Candidate) -> Candidate:
    return one


def _rate(facts: bytes, other: bytes, *, excerpts: bool) -> float:
    """How much two texts have in common by their sketches; 0: too little to be looked at."""
    shorter, longer = shared(facts, other)
    if excerpts:
        return shorter if shorter >= _NOTHING else 0.0
    return shorter if shorter >= (_NO_COPY if longer >= _NO_LONGER else _NO_TEASER) else 0.0


def _compared(
    here: Compared,
    facts: bytes,
    candidates: Iterable[Found],
    with_text: Callable[[Found], Candidate],
    texts: Texts,
    *,
    excerpts: bool,
) -> list[Pair]:
    rated = [(_rate(facts, other.facts, excerpts=excerpts), other) for other in candidates]
    likely = [(rate, other) for rate, other in rated if rate or _titles_are_one(here.written.title, other.title)]
    likely.sort(key=lambda pair: (-pair[0], pair[1].id))
    sure: Counter[int] = Counter()
    compared: list[Pair] = []
    for rate, other in likely:
        if len(compared) < COMPARED and sure[other.copy_group_id] < SURE:
            known = texts.said(other.id)
            there = Compared(other, partial(with_text, other), known)
            if known is None:
                texts.keep(other.id, there.said)
            if rate or same_headline(here, there):
                how = compare(here, there)
                sure[other.copy_group_id] += how.much
                compared.append((other, there, how))
    return compared


def _groups(compared: Sequence[Pair]) -> list[Pair]:
    """For each group that the article belongs to the member that it is likest to, the likest first."""
    joined = []
    for _, of_group in groupby(sorted(compared, key=_group_id), key=_group_id):
        members = list(of_group)
        same = [pair for pair in members if pair[2].kind == "copy"]
        against = sum(how.contradicted for _, _, how in members)
        enough = any(how.much for _, _, how in same) or 2 * len(same) >= len(members)
        if same and enough and len(same) > against:
            joined.append(max(same, key=_rank))
    return sorted(joined, key=_rank, reverse=True)


def _group_id(pair: Pair) -> int:
    return pair[0].copy_group_id


def _rank(pair: Pair) -> tuple[float, int]:
    other, _, how = pair
    return how.shorter + how.longer, -other.id


# ---------------------------------------------------------------------------------------------- titles


def _titles_are_one(one: str, two: str) -> bool:
    return not _begin_otherwise(one, two) and _folded(one) == _folded(two)


def _begin_otherwise(one: str, two: str) -> bool:
    """Whether two titles have first letters that folding leaves two: of most that need not be compared, without it."""
    first, second = _plain(one[:1]), _plain(two[:1])
    return first != second and bool(first and second)


@lru_cache(maxsize=4096)
def _plain(char: str) -> str:
    """A letter as folding leaves it, whatever follows; empty where that is not sure."""
    if "\u4e00" <= char <= "\u9fff":
        return fold(char)
    return lower if (lower := char.lower()) in _PLAIN_LETTERS else ""


_PLAIN_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyzабвгджзклмнопрстуфхцчшщыэюя")


@lru_cache(maxsize=2048)
def _folded(title: str) -> Words:
    return title_words(title)
