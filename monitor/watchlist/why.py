"""Why an entry is tagged in a text, and why it is not.

The matches are those of the matcher itself. For every other place where a name of the entry is spelled, the rules of
the matcher are asked one after the other which of them stopped it::

    boundary   it is a part of a longer word             capitals   the name needs others
    language   an abbreviation of another language       veto       a phrase over it, or near it, says otherwise
    need       a weak name without a needed term near    longer     a longer name stands there
    address    it is in the address of a page            many       two hundred mentions stand before it
    early      the name meant another on that day        namesake   beside it stands another given name, a trade

A text without any such place is told what in it is most like a name of the entry.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from functools import cached_property

from monitor.types import FieldName, Match, WeakName
from monitor.watchlist.explained import Alike, Explanation, Place, Reason, Stopped, Tagged
from monitor.watchlist.fields import Field, fields_of
from monitor.watchlist.forms import Form
from monitor.watchlist.judging import Reading, longest
from monitor.watchlist.matcher import MOST_MENTIONS, Matcher
from monitor.watchlist.near import nearest
from monitor.watchlist.spellings import Candidate, capitals_allow

#: Told of one rule: more would say the same. So many places of one spelling are asked about.
_MOST_ALIKE, _MOST_ASKED = 5, 400
#: Places of one term that are looked at before a name, and after it.
_AROUND = 20


def explain(
    matcher: Matcher,
    title: str | None,
    text: str,
    lang: str | None = None,
    date: date | None = None,
    *,
    entry_id: str | None = None,
    matches: Sequence[Match] | None = None,
) -> Explanation:
    """Why the entry is tagged there and why it is not; None: of all entries, without what is a part of a word.

    `matches` are those of the text where more than its names make tags (monitor.watchlist.roles); None: the matcher's.
    """
    found = matcher.find(title, text, lang, date) if matches is None else matches
    asked = _Asked(matcher, title, text, lang, date, entry_id, found)
    tagged = tuple(Tagged(match=match, need_at=asked.need_at(match)) for match in asked.matches if asked.wanted(match))
    stopped = tuple(_first_of_each(asked.stopped()))
    alike = asked.alike() if entry_id is not None and not tagged and not stopped else ()
    return Explanation(tagged=tagged, stopped=stopped, alike=alike)


class _Asked:
    """One text, about which one entry, or every entry, is asked."""

    def __init__(
        self,
        matcher: Matcher,
        title: str | None,
        text: str,
        lang: str | None,
        at: date | None,
        entry_id: str | None,
        matches: Sequence[Match],
    ) -> None:
        self.matcher = matcher
        self.entry_id = entry_id
        self.ids = [entry.id for entry in matcher.watchlist.entries]
        self.matches = matches
        self.fields = fields_of(title, text, lang)
        self.candidates = [c for part in self.fields for c in matcher.spellings.candidates(part)]
        self._named = _covers((m.entry_id, m.field, m.start, m.end) for m in self.matches)
        day = at.date() if isinstance(at, datetime) else at
        self.reading = Reading(self.fields, matcher.spellings, matcher.rules, day)
        timely = [c for c in self.candidates if self._early(c) is None and matcher.rules.namesake(c) is None]
        strong = [c for c in timely if c.form.weak < 0 and not self._vetoed(c)]
        self.sure = {one.form.entry for one in longest(strong)}

    def wanted(self, match: Match) -> bool:
        return self.entry_id in (None, match.entry_id)

    def _ours(self, form: Form) -> bool:
        return self.entry_id in (None, self.ids[form.entry])

    def _early(self, candidate: Candidate) -> date | None:
        day = self.reading.day
        return None if day is None else self.matcher.rules.early(candidate.form, day)

    def _vetoed(self, candidate: Candidate) -> bool:
        return self.reading.vetoed(candidate)

    # -- places

    def _place(self, part: Field, start: int, end: int) -> Place:
        return Place(part.name, *part.normal.way.span(start, end))

    def _at(self, candidate: Candidate) -> Place:
        start, end, part, *_ = candidate
        return self._place(part, start - part.offset, end - part.offset)

    def _term_at(self, number: int, span: tuple[int, int], *, over: bool) -> Place | None:
        """Where the context term stands: the nearest place beside the span, or `over` it."""
        start, end = span
        places = self.reading.found.get(number, [])
        at = bisect_left(places, span)
        around = places[max(0, at - _AROUND) : at + _AROUND]
        fitting = [(s, e) for s, e in around if (s < end and e > start) == over]
        if not fitting:
            return None
        s, e = min(fitting, key=lambda place: max(place[0] - end, start - place[1]))
        part = max((p for p in self.fields if p.offset <= s), key=lambda p: p.offset)
        return self._place(part, s - part.offset, e - part.offset)

    def need_at(self, match: Match) -> Place | None:
        """Where the needed term of a match stands."""
        if match.need is None:
            return None
        span = self._spans[match.entry_id, _of(match)]
        return self._term_at(self.matcher.rules.terms.by_name[match.need], span, over=False)

    @cached_property
    def _spans(self) -> dict[tuple[str, Place], tuple[int, int]]:
        """Entry and place of each candidate -> its span when title and text are read as one."""
        return {(self.ids[c.form.entry], self._at(c)): c[:2] for c in self.candidates if self._ours(c.form)}

    # -- what was stopped

    def stopped(self) -> Iterator[Stopped]:
        """Every place of a name that does not count, unless a name of the same entry counts there."""
        for part in self.fields:
            yield from self._not_candidates(part)
        asked: Counter[Form] = Counter()
        for candidate in self.candidates:
            if not self._ours(candidate.form) or self._taken(candidate):
                continue
            asked[candidate.form] += 1
            if asked[candidate.form] <= _MOST_ASKED:
                yield self._why(candidate)

    def _taken(self, candidate: Candidate) -> bool:
        """Whether the entry is tagged there."""
        place = self._at(candidate)
        named = self._named.get((self.ids[candidate.form.entry], place.field))
        return named is not None and named.overlaps(place.start, place.end)

    def _not_candidates(self, part: Field) -> Iterator[Stopped]:
        """Names inside of words, and names in other capitals than theirs."""
        matcher = self.matcher
        apart = matcher.spellings.apart(part)
        whole = set(apart)
        hits = apart if self.entry_id is None else matcher.spellings.anywhere(part, self._numbers)
        ours = (c for c in self.candidates if c.field is part)
        of_part = ((self.ids[c.form.entry], part.name, c.begin, c.end - part.offset) for c in ours)
        spelled = _covers(of_part)
        asked: Counter[Form] = Counter()
        for hit in hits:
            pattern, start, end = hit
            for form in matcher.spellings.forms[pattern]:
                there = spelled.get((self.ids[form.entry], part.name))
                if not self._ours(form) or (there is not None and there.overlaps(start, end)):
                    continue
                asked[form] += 1
                if asked[form] > _MOST_ASKED:
                    continue
                allowed = capitals_allow(part, start, end, form)
                place = self._place(part, start, end)
                if hit not in whole:
                    if allowed and self.entry_id is not None:
                        yield self._told(form, place, "boundary", by=_word_around(part.original, place))
                elif not allowed:
                    right = form.capitals == "exact" and part.normal.cased[start:end] == form.cased
                    reason: Reason = "language" if right else "capitals"
                    yield self._told(form, place, reason, by=form.lang if right else form.alias)
                else:
                    yield self._told(form, place, "address")

    @cached_property
    def _numbers(self) -> list[int]:
        """Numbers of the entry's spellings."""
        return [n for n, group in enumerate(self.matcher.spellings.forms) if any(map(self._ours, group))]

    def _why(self, candidate: Candidate) -> Stopped:
        form, place = candidate.form, self._at(candidate)
        if (first := self._early(candidate)) is not None:
            return self._told(form, place, "early", by=first.isoformat())
        if (given := self.matcher.rules.namesake(candidate)) is not None:
            return self._told(form, place, "namesake", by=given)
        stopped = self._vetoed_by(candidate) if form.weak < 0 else self._lonely(candidate)
        if stopped is not None:
            return stopped
        longer = self._longer(candidate)
        return longer if longer is not None else self._told(form, place, "many", by=str(MOST_MENTIONS))

    def _vetoed_by(self, candidate: Candidate) -> Stopped | None:
        vetoes = self.matcher.rules.entry_vetoes.get(candidate.form.entry)
        if vetoes is None or not self._vetoed(candidate):
            return None
        covering, near = vetoes
        return self._veto(candidate, (*covering, *near), near)

    def _veto(self, candidate: Candidate, covering: Sequence[int], near: Sequence[int]) -> Stopped:
        """The first of the vetoes that hold: over the name, or near it."""
        window = self.matcher.rules.window(candidate.form.lang)
        present = self.reading.present
        over = next((n for n in covering if self.reading.covers(candidate, present((n,)))), None)
        number = over if over is not None else self.reading.near(candidate, present(near), window)
        assert number is not None
        by_at = self._term_at(number, candidate[:2], over=over is not None)
        name = self.matcher.rules.terms.terms[number].name
        return self._told(candidate.form, self._at(candidate), "veto", by=name, by_at=by_at, window=window)

    def _lonely(self, candidate: Candidate) -> Stopped | None:
        """What stops a weak name; None: nothing of its own."""
        form = candidate.form
        if self.reading.weak(candidate, self.sure) is not None:
            return None
        weak, keeps = self.matcher.rules.weak_names[form.entry, form.weak]
        window = self.matcher.rules.window(form.lang)
        present = self.reading.present
        near = self.reading.near(candidate, present(keeps.veto), window) is not None
        needed = self.reading.near(candidate, present(keeps.need), window) is not None
        if self.reading.covers(candidate, present(keeps.overlapping)) or (near and needed):
            return self._veto(candidate, keeps.overlapping, keeps.veto)
        return self._needing(candidate, weak, window)

    def _needing(self, candidate: Candidate, weak: WeakName, window: int) -> Stopped:
        in_capitals = candidate.form.entry in self.sure and candidate.field.in_capitals(candidate.begin)
        return Stopped(
            entry_id=self.ids[candidate.form.entry],
            alias=candidate.form.alias,
            lang=candidate.form.lang,
            place=self._at(candidate),
            reason="need",
            needs=weak.need,
            window=window,
            until=weak.until,
            in_capitals=in_capitals,
        )

    def _longer(self, candidate: Candidate) -> Stopped | None:
        """The name that stands there in its place; None: none does."""
        place = self._at(candidate)
        over = [m for m in self.matches if m.rule != "role" and _overlap(_of(m), place)]
        if over:
            best = max(over, key=lambda m: m.end - m.start)
            by, by_entry, by_at = best.alias, best.entry_id, _of(best)
        else:
            entry_id = self.ids[candidate.form.entry]
            if sum(m.entry_id == entry_id for m in self.matches) >= MOST_MENTIONS:
                return None
            others = [c for c in self.candidates if _longer_there(c, candidate)]
            if not others:
                return None
            other = max(others, key=lambda c: c.end - c.start)
            by, by_entry, by_at = other.form.alias, self.ids[other.form.entry], self._at(other)
        return self._told(candidate.form, place, "longer", by=by, by_entry=by_entry, by_at=by_at)

    def _told(
        self,
        form: Form,
        place: Place,
        reason: Reason,
        *,
        by: str | None = None,
        by_entry: str | None = None,
        by_at: Place | None = None,
        window: int = 0,
    ) -> Stopped:
        return Stopped(
            entry_id=self.ids[form.entry],
            alias=form.alias,
            lang=form.lang,
            place=place,
            reason=reason,
            by=by,
            by_entry=by_entry,
            by_at=by_at,
            window=window,
        )

    # -- what is like it

    def alike(self) -> tuple[Alike, ...]:
        """The places most like a name of the entry."""
        ours = {form.text: form for group in self.matcher.spellings.forms for form in group if self._ours(form)}
        found: list[tuple[float, Alike]] = []
        for part in self.fields:
            for one in nearest(list(ours), part.normal):
                form = ours[one.name]
                place = self._place(part, one.start, one.end)
                made = Alike(
                    alias=form.alias,
                    lang=form.lang,
                    form=form.cased,
                    place=place,
                    distance=one.distance,
                    part=one.part,
                )
                found.append((one.distance / len(one.name), made))
        found.sort(key=lambda one: one[0])
        return tuple(made for _, made in found[:3])


def _longer_there(one: Candidate, than: Candidate) -> bool:
    """Whether the one overlaps the other and is at least as long."""
    (start, end), (other_start, other_end) = one[:2], than[:2]
    return one is not than and start < other_end and end > other_start and end - start >= other_end - other_start


def _of(match: Match) -> Place:
    return Place(match.field, match.start, match.end)


def _overlap(one: Place, other: Place) -> bool:
    return one.field == other.field and one.start < other.end and other.start < one.end


def _word_around(text: str, place: Place) -> str:
    start, end = place.start, place.end
    while start > 0 and place.start - start < 40 and text[start - 1].isalnum():
        start -= 1
    while end < len(text) and end - place.end < 40 and text[end].isalnum():
        end += 1
    return text[start:end]


def _first_of_each(stopped: Iterable[Stopped]) -> Iterator[Stopped]:
    """In order of place, each place once for each entry, and not more than a few that say the same."""
    same: Counter[tuple[object, ...]] = Counter()
    told: dict[str, list[Place]] = {}
    for one in sorted(stopped, key=_order):
        rule = (one.entry_id, one.reason, one.alias, one.by)
        places = told.setdefault(one.entry_id, [])
        if same[rule] < _MOST_ALIKE and not any(_overlap(place, one.place) for place in places):
            same[rule] += 1
            places.append(one.place)
            yield one


def _order(one: Stopped) -> tuple[bool, int, int]:
    return one.place.field == "text", one.place.start, one.place.start - one.place.end


class _Cover:
    """Stretches of a text, those that overlap made one."""

    def __init__(self, spans: Iterable[tuple[int, int]]) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        for start, end in sorted(spans):
            if self._ends and start < self._ends[-1]:
                self._ends[-1] = max(end, self._ends[-1])
            else:
                self._starts.append(start)
                self._ends.append(end)

    def overlaps(self, start: int, end: int) -> bool:
        """Whether one of the stretches shares a character with that one."""
        before = bisect_left(self._starts, end) - 1
        return before >= 0 and self._ends[before] > start


def _covers(spans: Iterable[tuple[str, FieldName, int, int]]) -> dict[tuple[str, FieldName], _Cover]:
    """The stretches of each entry and field."""
    gathered: dict[tuple[str, FieldName], list[tuple[int, int]]] = {}
    for entry_id, name, start, end in spans:
        gathered.setdefault((entry_id, name), []).append((start, end))
    return {key: _Cover(found) for key, found in gathered.items()}
