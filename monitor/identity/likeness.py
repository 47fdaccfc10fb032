"""How much two articles tell of one event: a sum of a few parts, each with a weight that is written down here.

Likenesses of two articles are taken by kind of fact (monitor.identity.facts), each fact as rare as it is known to be
now, not when the article came::

    alike    root of the cosine of the two vectors of weights, 0 to 1
    cosine   the same without the root, where much is needed to mean something
    shared   logarithm of the weight that both have: three rare names say more than one
    title    share of what each title says, by rarity, that the other article has, 0 to 1
    against  1 where both titles name some, and none in common: another number, day or place is another event
    form     nearly the same words with other numbers: a form that was filled in twice
    size     long articles tell much besides, and are less alike for it: logarithms of the longer and the shorter size
    outlet   both are of one outlet, whose turns of phrase they share, and their titles have little in common
    series   nearly the same words of one outlet on another day: what comes every day
    days     days between the two, where they are known

Weights: those between two languages by logistic regression over the pairs of three public sets (galaxy-events,
wmt-news-docs, tgcontest-pairs), weights below zero forbidden but for sizes, what did little left out. Those within one
language were then moved in runs of the whole decision over these sets (bench/stories_weights.py), and rounded. One set
calls every report of an affair one story, another draws a line at each turn of it: where the sum starts is set between
them. Entries of the watchlist are too rare in those sets to be measured: their weights are set by hand, and so is that
of another day or ordinal in the title, which is another event of a series.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import log, log1p, sqrt

from monitor.identity.facts import KINDS, STEP, TITLE_BIT, Facts, Kind

_KINDS = len(KINDS)
_SHIFT = 29


@dataclass(frozen=True, slots=True)
class Weights:
    """What each part counts, by kind of fact; nothing for kinds that are not named."""

    start: float
    alike: dict[Kind, float]
    cosine: dict[Kind, float]
    shared: dict[Kind, float]
    title: dict[Kind, float]
    against: dict[Kind, float]
    #: Of the logarithm of each size, of the two articles.
    longer: float
    shorter: float
    #: For one outlet, as far as the titles do not say the same.
    outlet: float
    a_day: float


SAME_LANGUAGE = Weights(
    start=-5.05,
    alike={
        Kind.WORD: 6.0,
        Kind.NAME: 1.3,
        Kind.NUMBER: 0.8,
        Kind.ENTRY: 0.3,
        Kind.PLACE: 0.3,
        Kind.HAPPENING: 0.4,
    },
    cosine={},
    shared={},
    title={Kind.WORD: 1.5},
    against={Kind.NUMBER: 0.35, Kind.DAY: 6.0, Kind.ORDINAL: 4.0, Kind.PLACE: 1.7},
    longer=1.6,
    shorter=-0.35,
    outlet=1.0,
    a_day=0.25,
)
TWO_LANGUAGES = Weights(
    start=-7.9,
    alike={Kind.NUMBER: 2.05, Kind.DAY: 0.55, Kind.ENTRY: 1.2, Kind.PLACE: 2.0},
    cosine={Kind.NAME: 2.3, Kind.HAPPENING: 2.8},
    shared={Kind.NAME: 0.75, Kind.NUMBER: 0.8, Kind.DAY: 0.65, Kind.PLACE: 0.2},
    title={},
    against={Kind.NAME: 1.2, Kind.PLACE: 2.0, Kind.DAY: 4.0, Kind.ORDINAL: 4.0},
    longer=0.0,
    shorter=0.0,
    outlet=0.0,
    a_day=0.13,
)

#: An article of this size has no part for its size.
_USUAL = 1500
#: Below, and above, all sizes are one.
_LEAST, _MOST = 100, 6000
#: One that is so many times as long as the other counts as that: of a headline beside a treatise nothing was measured.
_TIMES = 10


@dataclass(frozen=True, slots=True)
class Reason:
    """What counts for one event, or against it."""

    #: As above; ``start`` is where the sum begins.
    part: str
    #: Of which facts; None: of none.
    kind: Kind | None
    value: float
    #: Facts of that kind that both have, those that count most first.
    facts: tuple[int, ...] = ()


def reasons(
    a: Facts,
    b: Facts,
    rare: Mapping[int, float],
    *,
    same_language: bool,
    same_outlet: bool = False,
    days: float = 0.0,
) -> tuple[Reason, ...]:
    """The likeness in its parts, with the facts that they are about; added up they are the likeness."""
    weights = SAME_LANGUAGE if same_language else TWO_LANGUAGES
    weighs = {
        number: _WEIGHTS[a.steps[number]] * _WEIGHTS[b.steps[number]] * rare[number] ** 2
        for number in a.steps.keys() & b.steps.keys()
    }
    both = sorted(weighs, key=lambda number: (-weighs[number], number))
    return (
        Reason("start", None, weights.start),
        Reason("days", None, -weights.a_day * days),
        *(
            Reason(part, kind, value, tuple(number for number in both if number >> _SHIFT == kind))
            for part, kind, value in parts(a, b, rare, weights, same_outlet=same_outlet, days=days)
        ),
    )


def likeness(
    a: Facts,
    b: Facts,
    rare: Mapping[int, float],
    *,
    same_language: bool,
    same_outlet: bool = False,
    days: float = 0.0,
) -> float:
    """The sum: above zero it is rather one event than two. `rare`: how rare the facts of one of the two are."""
    weights = SAME_LANGUAGE if same_language else TWO_LANGUAGES
    added = parts(a, b, rare, weights, same_outlet=same_outlet, days=days)
    return weights.start - weights.a_day * days + sum([value for _, _, value in added])


def parts(
    a: Facts,
    b: Facts,
    rare: Mapping[int, float],
    weights: Weights,
    *,
    same_outlet: bool = False,
    days: float = 0.0,
) -> list[tuple[str, Kind, float]]:
    """What counts for and against, and how much: part, kind of fact, and what it adds."""
    products, sums, titles, both = _shared(a, b, rare)
    made: list[tuple[str, Kind, float]] = []
    for kind in KINDS:
        if products[kind]:
            cosine = min(1.0, products[kind] / (a.lengths[kind] * b.lengths[kind]))
            if kind in weights.alike:
                made.append(("alike", kind, weights.alike[kind] * sqrt(cosine)))
            if kind in weights.cosine:
                made.append(("cosine", kind, weights.cosine[kind] * cosine))
            if kind in weights.shared:
                made.append(("shared", kind, weights.shared[kind] * log1p(sums[kind])))
            if kind in weights.title and titles[kind]:
                made.append(("title", kind, weights.title[kind] * min(1.0, titles[kind] / 2)))
        if kind in weights.against and not both[kind] and a.titles[kind] and b.titles[kind]:
            made.append(("against", kind, -weights.against[kind]))
    if (form := _form_letter(a, b, products)) and not both[Kind.NUMBER]:
        made.append(("form", Kind.NUMBER, -form))
    if same_outlet:
        made.append(("outlet", Kind.WORD, -weights.outlet * max(0.0, 1 - titles[Kind.WORD])))
        if days > _NEXT_DAY and products[Kind.WORD] > _SERIES * a.lengths[Kind.WORD] * b.lengths[Kind.WORD]:
            made.append(("series", Kind.WORD, -_FORM * (1 - _FORM_WORDS)))
    shorter, longer = sorted((min(max(a.size, _LEAST), _MOST), min(max(b.size, _LEAST), _MOST)))
    size = weights.shorter * log(shorter / _USUAL) + weights.longer * log(min(longer, _TIMES * shorter) / _USUAL)
    made.append(("size", Kind.WORD, size))
    return made


def _form_letter(a: Facts, b: Facts, products: list[float]) -> float:
    """How much speaks for one form filled in twice: nearly the same words, and none of the rarer numbers the same."""
    if not products[Kind.WORD] or not a.lengths[Kind.NUMBER] or not b.lengths[Kind.NUMBER]:
        return 0.0
    words = products[Kind.WORD] / (a.lengths[Kind.WORD] * b.lengths[Kind.WORD])
    numbers = products[Kind.NUMBER] / (a.lengths[Kind.NUMBER] * b.lengths[Kind.NUMBER])
    return _FORM * (words - _FORM_WORDS) if words > _FORM_WORDS and numbers < _FORM_NUMBERS else 0.0


#: From which cosine of the words two texts may be one form, below which their numbers differ, and what it counts.
_FORM_WORDS = 0.5
_FORM_NUMBERS = 0.3
_FORM = 12.0
#: Days from which an outlet's article is another day's, and from which cosine of the words it is one of a series. What
#: is published again has been told from that before: it is a copy.
_NEXT_DAY = 0.8
_SERIES = 0.8


#: What a fact weighs by its step, before how rare it is.
_WEIGHTS = [STEP * (step & 127) for step in range(256)]


def _shared(a: Facts, b: Facts, rare: Mapping[int, float]) -> tuple[list[float], list[float], list[float], list[bool]]:
    """By kind: product of the vectors, weight in common, share of the titles' weight that the other has, and whether
    the titles have something in common."""
    products, sums, titles, both = [0.0] * _KINDS, [0.0] * _KINDS, [0.0] * _KINDS, [False] * _KINDS
    mine, theirs = a.steps, b.steps
    for number in mine.keys() & theirs.keys():
        kind = number >> _SHIFT
        first, second, rarity = mine[number], theirs[number], rare[number]
        x, y = _WEIGHTS[first] * rarity, _WEIGHTS[second] * rarity
        products[kind] += x * y
        sums[kind] += x if x < y else y
        if first >= TITLE_BIT:
            titles[kind] += rarity / a.titles[kind]
            if second >= TITLE_BIT:
                both[kind] = True
        if second >= TITLE_BIT:
            titles[kind] += rarity / b.titles[kind]
    return products, sums, titles, both
