"""Which of the places where names are spelled count in an article."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from monitor.watchlist.fields import Field
from monitor.watchlist.rules import Rules
from monitor.watchlist.spellings import Candidate


@dataclass(frozen=True, slots=True)
class Accepted:
    candidate: Candidate
    rule: str
    need: str | None = None

    def order(self) -> tuple[int, int, int]:
        """What wins where accepted places overlap comes first: the longer, the surer, the earlier."""
        start, end = self.candidate.span
        form = self.candidate.form
        if form.weak < 0:
            sureness = 0 if form.listed else 2
        else:
            sureness = 1 if form.listed and self.rule == "weak:need" else 3
        return start - end, sureness, start


@dataclass(slots=True)
class Reading:
    """What is known of one article while its candidates are judged."""

    fields: Sequence[Field]
    rules: Rules
    day: date | None
    _places: dict[int, list[tuple[int, int]]] | None = field(default=None)

    def found(self) -> dict[int, list[tuple[int, int]]]:
        """Number of each context term that is there -> its places, in order, of title and text read as one."""
        if self._places is None:
            self._places = {}
            for part in self.fields:
                for number, spans in self.rules.terms.find(part.normal, part.coded).items():
                    moved = sorted((s + part.offset, e + part.offset) for s, e in spans)
                    self._places.setdefault(number, []).extend(moved)
        return self._places

    def near(self, candidate: Candidate, terms: Sequence[int], window: int) -> int | None:
        """The first of the terms that stands near the candidate, but not in it: in its headline or its window."""
        found = self.found() if terms else {}
        start, end = candidate.span
        lowest, highest = start - window, end + window
        if candidate.field.name == "title":
            lowest, highest = min(lowest, 0), max(highest, len(candidate.field.normal.text))
        for term in terms:
            if term in found:
                for s, e in _beginning(found[term], lowest, highest):
                    if e <= highest and (e <= start or s >= end):
                        return term
        return None

    def covers(self, candidate: Candidate, terms: Sequence[int]) -> bool:
        """Whether one of the terms stands over part of the candidate."""
        found = self.found() if terms else {}
        start, end = candidate.span
        for term in terms:
            if term in found:
                lowest = start - self.rules.terms.longest
                if any(e > start for _, e in _beginning(found[term], lowest, end)):
                    return True
        return False

    def vetoed(self, candidate: Candidate) -> bool:
        """Whether one of its entry's vetoes stands over the candidate, or near it."""
        veto = self.rules.entry_vetoes.get(candidate.form.entry)
        if veto is None:
            return False
        covering, near = veto
        if self.covers(candidate, covering) or self.covers(candidate, near):
            return True
        return self.near(candidate, near, self.rules.window(candidate.form.lang)) is not None

    def weak(self, candidate: Candidate, sure: set[int]) -> Accepted | None:
        """The weak name with the rule that lets it in; None when nothing does."""
        form = candidate.form
        weak, keeps = self.rules.weak_names[form.entry, form.weak]
        if self.covers(candidate, keeps.overlapping):
            return None
        if weak.until is not None and self.day is not None and self.day < weak.until:
            return Accepted(candidate, "weak:date")
        window = self.rules.window(form.lang)
        need = self.near(candidate, keeps.need, window)
        if need is not None and self.near(candidate, keeps.veto, window) is None:
            return Accepted(candidate, "weak:need", self.rules.terms.terms[need].name)
        if form.entry in sure and not candidate.field.in_capitals(candidate.start):
            return Accepted(candidate, "weak:strong-elsewhere")
        return None


def _beginning(places: Sequence[tuple[int, int]], lowest: int, highest: int) -> Iterator[tuple[int, int]]:
    """Those of the places that begin in that stretch."""
    at = bisect_left(places, (lowest, 0))
    while at < len(places) and places[at][0] < highest:
        yield places[at]
        at += 1


def _begin(one: Accepted) -> int:
    return one.candidate.span[0]


def span_of(one: Accepted) -> tuple[int, int]:
    """Begin and end when title and text are read as one."""
    return one.candidate.span


def longest(accepted: Iterable[Accepted]) -> list[Accepted]:
    """Those that stay when each stretch of text may carry one tag. Names of one entry that overlap are one long name:
    of `SCO RATS Executive Committee` nothing is left over for the SCO."""
    kept: list[Accepted] = []
    together: list[Accepted] = []
    reach = 0
    for one in sorted(accepted, key=_begin):
        begin, end = one.candidate.span
        if begin >= reach:
            kept += _longest_of(together)
            together = []
        together.append(one)
        reach = max(reach, end)
    return [*kept, *_longest_of(together)]


def _longest_of(together: list[Accepted]) -> list[Accepted]:
    """The same of places that overlap one another."""
    if len(together) < 2:
        return together
    kept: list[Accepted] = []
    taken: dict[int, int] = {}
    for one in sorted(together, key=Accepted.order):
        places = range(*one.candidate.span)
        entry = one.candidate.form.entry
        before = {taken[place] for place in places if place in taken}
        if before <= {entry}:
            taken.update(dict.fromkeys(places, entry))
        if not before:
            kept.append(one)
    return kept
