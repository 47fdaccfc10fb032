"""Which of the places where names are spelled count in an article."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence, Set
from datetime import date
from functools import cached_property
from operator import itemgetter

from monitor.watchlist.fields import Field
from monitor.watchlist.rules import Rules
from monitor.watchlist.spellings import Candidate, Spellings

_BEGIN = itemgetter(0)

#: Context terms that are in the article: number, and places in order.
Present = Sequence[tuple[int, Sequence[tuple[int, int]]]]


class Reading:
    """What is known of one article while its candidates are judged."""

    def __init__(self, fields: Sequence[Field], spellings: Spellings, rules: Rules, day: date | None) -> None:
        self.rules = rules
        self.day = day
        self._fields = fields
        self._spellings = spellings
        #: Place of an entry -> its vetoes that are there: those that may stand over a name, those that may be near it.
        self._vetoes: dict[int, tuple[Present, Present]] = {}
        #: Place of the entry and under `ambiguous` -> terms over it, needed, and vetoes.
        self._company: dict[tuple[int, int], tuple[Present, Present, Present]] = {}

    @cached_property
    def found(self) -> Mapping[int, Sequence[tuple[int, int]]]:
        """Number of each context term that is there -> its places, in order, of title and text read as one."""
        found: dict[int, list[tuple[int, int]]] = {}
        terms, first = self.rules.terms, len(self._spellings.forms)
        for part in self._fields:
            offset = part.offset
            for number, spans in terms.standing(part.normal, self._spellings.hits(part), first).items():
                spans.sort()
                found.setdefault(number, []).extend([(s + offset, e + offset) for s, e in spans] if offset else spans)
        return found

    def present(self, terms: Sequence[int]) -> Present:
        """Those of the terms that are there."""
        found = self.found if terms else {}
        return [(term, found[term]) for term in terms if term in found]

    def near(self, candidate: Candidate, present: Present, window: int) -> int | None:
        """The first of the terms that stands near the candidate, but not in it: in its headline or its window."""
        if not present:
            return None
        start, end = candidate[:2]
        lowest, highest = start - window, end + window
        if candidate.field.name == "title":
            lowest, highest = min(lowest, 0), max(highest, len(candidate.field.normal.text))
        for term, places in present:
            at = bisect_left(places, (lowest,))
            while at < len(places):
                s, e = places[at]
                if s >= highest:
                    break
                if e <= highest and (e <= start or s >= end):
                    return term
                at += 1
        return None

    def covers(self, candidate: Candidate, present: Present) -> bool:
        """Whether one of the terms stands over part of the candidate."""
        if not present:
            return False
        start, end = candidate[:2]
        lowest = start - self.rules.terms.longest
        for _, places in present:
            at = bisect_left(places, (lowest,))
            while at < len(places) and places[at][0] < end:
                if places[at][1] > start:
                    return True
                at += 1
        return False

    def vetoed(self, candidate: Candidate) -> bool:
        """Whether one of its entry's vetoes stands over the candidate, or near it."""
        entry = candidate.form.entry
        if entry not in self.rules.entry_vetoes:
            return False
        over, near = self._vetoes.get(entry) or self._vetoes_of(entry)
        if not over:
            return False
        if self.covers(candidate, over):
            return True
        return self.near(candidate, near, self.rules.window(candidate.form.lang)) is not None

    def _vetoes_of(self, entry: int) -> tuple[Present, Present]:
        covering, near = self.rules.entry_vetoes[entry]
        self._vetoes[entry] = made = (self.present((*covering, *near)), self.present(near))
        return made

    def weak(self, candidate: Candidate, sure: Set[int]) -> Candidate | None:
        """The weak name with the rule that lets it in; None when nothing does."""
        form = candidate.form
        key = (form.entry, form.weak)
        overlapping, need, veto = self._company.get(key) or self._company_of(key)
        if self.covers(candidate, overlapping):
            return None
        until = self.rules.weak_names[key][0].until
        if until is not None and self.day is not None and self.day < until:
            return _let_in(candidate, "weak:date")
        if need:
            window = self.rules.window(form.lang)
            term = self.near(candidate, need, window)
            if term is not None and self.near(candidate, veto, window) is None:
                return _let_in(candidate, "weak:need", self.rules.terms.terms[term].name)
        if form.entry in sure and not candidate.field.in_capitals(candidate.begin):
            return _let_in(candidate, "weak:strong-elsewhere")
        return None

    def _company_of(self, key: tuple[int, int]) -> tuple[Present, Present, Present]:
        keeps = self.rules.weak_names[key][1]
        made = (self.present(keeps.overlapping), self.present(keeps.need), self.present(keeps.veto))
        self._company[key] = made
        return made


def _let_in(weak: Candidate, rule: str, need: str | None = None) -> Candidate:
    start, end, part, form, *_ = weak
    return Candidate(start, end, part, form, rule, need)


def _order(one: Candidate) -> tuple[int, int, int]:
    """What wins where places overlap comes first: the longer, the surer, the earlier."""
    form = one.form
    if form.weak < 0:
        sureness = 0 if form.listed else 2
    else:
        sureness = 1 if form.listed and one.rule == "weak:need" else 3
    return one.start - one.end, sureness, one.start


def longest(places: Iterable[Candidate]) -> list[Candidate]:
    """Those that stay when each stretch of text may carry one tag. Names of one entry that overlap are one long name:
    of `SCO RATS Executive Committee` nothing is left over for the SCO."""
    kept: list[Candidate] = []
    together: list[Candidate] = []
    reach = 0
    for one in sorted(places, key=_BEGIN):
        begin, end = one[:2]
        if begin >= reach:
            kept += together if len(together) < 2 else _longest_of(together, reach)
            together = [one]
            reach = end
        else:
            together.append(one)
            if end > reach:
                reach = end
    return kept + (together if len(together) < 2 else _longest_of(together, reach))


def _longest_of(together: list[Candidate], reach: int) -> list[Candidate]:
    """The same of places that overlap one another, the first of which begins first."""
    begin = together[0].start
    together.sort(key=_order)
    best = together[0]
    if best.end - best.start == reach - begin:
        return [best]
    kept: list[Candidate] = []
    taken: dict[int, int] = {}
    for one in together:
        places = range(one.start, one.end)
        entry = one.form.entry
        before = {taken[place] for place in places if place in taken}
        if before <= {entry}:
            taken.update(dict.fromkeys(places, entry))
        if not before:
            kept.append(one)
    return kept
