"""Where the names of a watchlist stand in an article, and why each place counts.

::

    names        one automaton over the normal form of title and text finds every spelling
    edges        a name begins and ends where a word does; none in Chinese, suffixes where a language hangs them on
    capitals     names of exact case keep them, except in a line of capitals
    vetoes       a phrase that holds an accidental name kills it; so does bad company near a weak one
    company      a weak name counts near a needed term, beside a strong name of its entry, or by the article's date
    longest      of what overlaps the longest stays: one stretch of text, one tag

Source: tagging policy of the SCO pack.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import NamedTuple

from monitor.text import alphabet
from monitor.types import FieldName, Match, Watchlist, WeakName
from monitor.watchlist.automaton import Automaton
from monitor.watchlist.context import Company, Terms, company
from monitor.watchlist.forms import Form, forms
from monitor.watchlist.namesakes import given_before
from monitor.watchlist.normal import IN_WORDS, Normal, coded_normal, normal, normal_name, normal_of_coded, word_edge
from monitor.watchlist.online import (
    SIGNS,
    addresses,
    has_joined,
    is_near_address,
    joined,
    without_joints,
)
from monitor.watchlist.suffixes import Suffixes

_LONGEST_SUFFIX = 14
#: Abbreviations of up to so many letters are read in their own language only.
_SHORT = 4
#: Words of a name that are common words too without their capital.
_SHORTEST = 2
#: Kept of one entry in one article.
_MOST_MENTIONS = 200
_WORDS = re.compile(r"[^\W\d_]+")


class _Field:
    """Title or text of one article, as it is searched."""

    def __init__(self, name: FieldName, original: str, lang: str | None, offset: int) -> None:
        self.name = name
        self.original = original
        #: The normal form in bytes of the common alphabets, where it has no other characters.
        self.coded = coded_normal(original)
        self._normal: Normal | None = None
        if self.coded is None:
            self._normal = normal(original)
            self.coded = None if self._normal.gaps else alphabet.coded(self._normal.text)
        self.suffixes = Suffixes(original, lang)
        #: Where this field begins when title and text are read as one.
        self.offset = offset
        self._capitals: dict[int, bool] = {}

    @property
    def normal(self) -> Normal:
        """Made only for a text that may hold a name."""
        if self._normal is None:
            assert self.coded is not None
            self._normal = normal_of_coded(self.original, self.coded)
        return self._normal

    @property
    def size(self) -> int:
        """Characters of the normal form."""
        return len(self.normal.text) if self.coded is None else len(self.coded)

    @cached_property
    def _lines(self) -> list[int]:
        """Where lines begin, and the end."""
        return [0, *(m.end() for m in re.finditer("\n", self.original)), len(self.original)]

    def in_address(self, start: int, end: int) -> bool:
        """Whether that stretch of the normal form is part of a web or mail address."""
        text = self.normal.text
        if text[end : end + 2] in (". ", ".") and text[start - 1 : start] in ("", " "):
            return False  # as at the end of a sentence
        at = self.normal.way.start(start)
        if not is_near_address(self.original, at):
            return False
        before = bisect_right(self._addresses, (at, len(self.original))) - 1
        return before >= 0 and at < self._addresses[before][1]

    @cached_property
    def _addresses(self) -> list[tuple[int, int]]:
        return addresses(self.original)

    def in_capitals(self, at: int) -> bool:
        """Whether the line of that place is of three or more words and 70 % capitals."""
        line = bisect_right(self._lines, self.normal.way.start(at), hi=len(self._lines) - 1) - 1
        if line not in self._capitals:
            self._capitals[line] = _is_capitals(self.original[self._lines[line] : self._lines[line + 1]])
        return self._capitals[line]


def _is_capitals(line: str) -> bool:
    words = _WORDS.findall(line)
    upper = sum(map(str.isupper, "".join(words)))
    lower = sum(map(str.islower, "".join(words)))
    return len(words) >= 3 and upper >= 0.7 * (upper + lower) and upper > 0


class _Candidate(NamedTuple):
    field: _Field
    start: int
    end: int
    form: Form
    #: Begin and end when title and text are read as one.
    span: tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Accepted:
    candidate: _Candidate
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
class _Reading:
    """What is known of one article while its candidates are judged."""

    fields: Sequence[_Field]
    terms: Terms
    day: date | None
    _places: dict[int, list[tuple[int, int]]] | None = field(default=None)

    def _found(self) -> dict[int, list[tuple[int, int]]]:
        """Number of each context term that is there -> its places, in order, of title and text read as one."""
        if self._places is None:
            self._places = {}
            for part in self.fields:
                for number, spans in self.terms.find(part.normal, part.coded).items():
                    moved = sorted((s + part.offset, e + part.offset) for s, e in spans)
                    self._places.setdefault(number, []).extend(moved)
        return self._places

    def near(self, candidate: _Candidate, terms: Sequence[int], window: int) -> int | None:
        """The first of the terms that stands near the candidate, but not in it: in its headline or its window."""
        found = self._found() if terms else {}
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

    def covers(self, candidate: _Candidate, terms: Sequence[int]) -> bool:
        """Whether one of the terms stands over part of the candidate."""
        found = self._found() if terms else {}
        start, end = candidate.span
        for term in terms:
            if term in found:
                lowest = start - self.terms.longest
                if any(e > start for _, e in _beginning(found[term], lowest, end)):
                    return True
        return False


def _beginning(places: Sequence[tuple[int, int]], lowest: int, highest: int) -> Iterator[tuple[int, int]]:
    """Those of the places that begin in that stretch."""
    at = bisect_left(places, (lowest, 0))
    while at < len(places) and places[at][0] < highest:
        yield places[at]
        at += 1


class Matcher:
    """Finds the names of one watchlist. Made once: building it takes a tenth of a second, finding a millisecond."""

    def __init__(self, watchlist: Watchlist, ready: Sequence[Form] | None = None) -> None:
        """`ready` are the forms of this very list, as monitor.watchlist.forms makes them, when they were kept."""
        self.watchlist = watchlist
        by_text: dict[str, list[Form]] = {}
        for form in ready if ready is not None else forms(watchlist):
            by_text.setdefault(form.text, []).append(form)
        self._forms = list(by_text.values())
        self._automaton = Automaton(list(by_text))
        #: Numbers of spellings that are weak in one language and strong in another.
        self._contested = frozenset(number for number, group in enumerate(self._forms) if _is_contested(group))

    def find(
        self, title: str | None, text: str, lang: str | None = None, date: date | None = None
    ) -> tuple[Match, ...]:
        """Every place where a name counts, title first, in order of mention. `lang` is the article's language, `date`
        the day (or instant) it was published: both may be unknown."""
        fields = self._fields(title, text, lang)
        candidates = [c for part in fields for c in self._candidates(part)]
        if not candidates:
            return ()
        day = date.date() if isinstance(date, datetime) else date
        if day is not None and self._not_before:
            candidates = [c for c in candidates if self._early(c.form, day) is None]
        candidates = [c for c in candidates if self._namesake(c) is None]
        reading = _Reading(fields, self._terms, day)
        strong = [_Accepted(c, "strong") for c in candidates if c.form.weak < 0 and not self._vetoed(reading, c)]
        kept = _longest(strong)
        sure = {accepted.candidate.form.entry for accepted in kept}
        judged = [self._weak(reading, c, sure) for c in candidates if c.form.weak >= 0]
        weak = [accepted for accepted in judged if accepted is not None]
        if weak:
            kept = _longest([*strong, *weak])
        kept.sort(key=_span)
        return tuple(map(self._match, _bounded(kept)))

    def _fields(self, title: str | None, text: str, lang: str | None) -> list[_Field]:
        lang = lang.partition("_")[0].partition("-")[0].lower() if lang else None
        fields: list[_Field] = []
        if title:
            fields.append(_Field("title", title, lang, 0))
        if text:
            offset = fields[0].size + 1 if fields else 0
            fields.append(_Field("text", text, lang, offset))
        return fields

    def _candidates(self, part: _Field) -> Iterator[_Candidate]:
        hits = self._apart(part) if part.coded is None else self._apart_in_bytes(part, part.coded)
        text = ""
        for pattern, start, end in hits:
            text = text or part.normal.text
            if (text[start - 1] in SIGNS or text[end : end + 1] in SIGNS) and part.in_address(start, end):
                continue
            for form in self._forms[pattern]:
                if pattern in self._contested and form.weak < 0 and not part.suffixes.is_of(form.lang):
                    continue
                if _capitals_allow(part, start, end, form):
                    yield _Candidate(part, start, end, form, (part.offset + start, part.offset + end))
        if has_joined(part.original):
            yield from self._in_hashtags(part)

    def _in_hashtags(self, part: _Field) -> Iterator[_Candidate]:
        """Names of several words that a hashtag or a handle consists of."""
        for word, start, end in joined(part.normal.text):
            for form in self._joined.get(word, ()):
                if not part.in_address(start, end):
                    yield _Candidate(part, start, end, form, (part.offset + start, part.offset + end))

    def _apart(self, part: _Field) -> Iterator[tuple[int, int, int]]:
        """Names that begin and end with a word: which form, and where."""
        text = part.normal.text
        for hit in self._automaton.find(text):
            _, start, end = hit
            if start and "`" < text[start - 1] < "{" and "`" < text[start] < "{":
                continue  # as most that is found: inside a Latin word
            if word_edge(part.normal, start) and _ends(part, start, end):
                yield hit

    def _apart_in_bytes(self, part: _Field, coded: bytes) -> Iterator[tuple[int, int, int]]:
        """The same in a text of a common alphabet."""
        found = self._automaton.find_coded(coded)
        in_words = coded.translate(IN_WORDS) + b"\0" if found else b""
        for hit in found:
            _, start, end = hit
            if start and in_words[start - 1] and in_words[start]:
                continue
            if in_words[end - 1] and in_words[end]:
                last = alphabet.CHARACTERS[coded[end - 1]]
                if not part.suffixes.any_after(last) or not _ends(part, start, end):
                    continue
            yield hit

    def _early(self, form: Form, day: date) -> date | None:
        """The first day on which the name can mean its entry, when that is still to come; else None."""
        first = self._not_before.get((form.entry, form.alias))
        return first if first is not None and day < first else None

    def _namesake(self, candidate: _Candidate) -> str | None:
        """The given name of somebody else that stands before a Russian surname; None: there is none."""
        part, start, _, form, _ = candidate
        if form.lang != "ru" or form.entry not in self._persons or " " in form.text:
            return None
        given = given_before(part.normal.cased, start)
        return None if given is None or given in self._persons[form.entry] else given

    @cached_property
    def _persons(self) -> dict[int, frozenset[str]]:
        """Place of each person -> all words of their Russian names."""
        return {
            place: frozenset(word for name in entry.aliases.get("ru", ()) for word in normal_name(name).text.split())
            for place, entry in enumerate(self.watchlist.entries)
            if entry.kind == "person"
        }

    def _vetoed(self, reading: _Reading, candidate: _Candidate) -> bool:
        veto = self._entry_vetoes.get(candidate.form.entry)
        if veto is None:
            return False
        covering, near = veto
        if reading.covers(candidate, covering) or reading.covers(candidate, near):
            return True
        return reading.near(candidate, near, self._window(candidate.form.lang)) is not None

    def _weak(self, reading: _Reading, candidate: _Candidate, sure: set[int]) -> _Accepted | None:
        """The weak name with the rule that lets it in; None when nothing does."""
        form = candidate.form
        weak, keeps = self._weak_names[form.entry, form.weak]
        if reading.covers(candidate, keeps.overlapping):
            return None
        if weak.until is not None and reading.day is not None and reading.day < weak.until:
            return _Accepted(candidate, "weak:date")
        window = self._window(form.lang)
        need = reading.near(candidate, keeps.need, window)
        if need is not None and reading.near(candidate, keeps.veto, window) is None:
            return _Accepted(candidate, "weak:need", self._terms.terms[need].name)
        if form.entry in sure and not candidate.field.in_capitals(candidate.start):
            return _Accepted(candidate, "weak:strong-elsewhere")
        return None

    def _window(self, lang: str) -> int:
        return self.watchlist.window.get(lang) or self.watchlist.window.get("default", 200)

    def _match(self, accepted: _Accepted) -> Match:
        part, start, end, form, _ = accepted.candidate
        return Match(
            entry_id=self.watchlist.entries[form.entry].id,
            alias=form.alias,
            lang=form.lang,
            field=part.name,
            start=part.normal.way.start(start),
            end=part.normal.way.end(end - 1),
            rule=accepted.rule,
            need=accepted.need,
        )

    @cached_property
    def _joined(self) -> dict[str, list[Form]]:
        """The listed names of several words, without what is between them."""
        names: dict[str, list[Form]] = {}
        for group in self._forms:
            for form in group:
                if form.listed and form.capitals != "exact" and (name := without_joints(form.text)):
                    names.setdefault(name, []).append(form)
        return names

    @cached_property
    def _terms(self) -> Terms:
        names: list[str] = []
        for entry in self.watchlist.entries:
            names += entry.veto
            for weak in entry.ambiguous:
                names += (*weak.need, *weak.veto)
        return Terms(names)

    @cached_property
    def _not_before(self) -> dict[tuple[int, str], date]:
        """(Place of the entry, name as listed) -> the first day on which it can mean it."""
        entries = enumerate(self.watchlist.entries)
        return {(place, name): day for place, entry in entries for name, day in entry.not_before.items()}

    @cached_property
    def _entry_vetoes(self) -> dict[int, tuple[tuple[int, ...], tuple[int, ...]]]:
        """Place of an entry -> its vetoes that hold one of its names, and those that count nearby."""
        own = self._listed_texts()
        vetoes: dict[int, tuple[tuple[int, ...], tuple[int, ...]]] = {}
        for place, entry in enumerate(self.watchlist.entries):
            if not entry.veto:
                continue
            numbers = [self._terms.by_name[v] for v in entry.veto if v in self._terms.by_name]
            covering = [n for n in numbers if any(name in self._terms.terms[n].text for name in own[place])]
            vetoes[place] = (tuple(covering), tuple(n for n in numbers if n not in covering))
        return vetoes

    def _listed_texts(self) -> dict[int, set[str]]:
        own: dict[int, set[str]] = {}
        for group in self._forms:
            for form in group:
                own.setdefault(form.entry, set()).add(form.text)
        return own

    @cached_property
    def _weak_names(self) -> dict[tuple[int, int], tuple[WeakName, Company]]:
        """(Place of the entry, place under `ambiguous`) -> the name and its company. Records of one name in several
        languages share their vetoes: a football club is no less one in another language."""
        names: dict[tuple[int, int], tuple[WeakName, Company]] = {}
        for place, entry in enumerate(self.watchlist.entries):
            texts = [normal_name(weak.name).text for weak in entry.ambiguous]
            for number, weak in enumerate(entry.ambiguous):
                same = [w.veto for w, text in zip(entry.ambiguous, texts, strict=True) if text == texts[number]]
                veto = tuple(dict.fromkeys(v for vetoes in same for v in vetoes))
                names[place, number] = (weak, company(weak.need, veto, weak.name, self._terms))
        return names


def _is_contested(group: Sequence[Form]) -> bool:
    """Whether a spelling is a strong and a weak name of one entry: Jaishankar means one man in Turkish only."""
    if len(group) < 2:
        return False
    weak = {form.entry for form in group if form.weak >= 0}
    return any(form.weak < 0 and form.entry in weak for form in group)


def _ends(part: _Field, start: int, end: int) -> bool:
    """Whether the name ends with its word, or with a suffix of the text's language."""
    text = part.normal
    if word_edge(text, end):
        return True
    if not part.suffixes.any_after(text.text[end - 1]):
        return False
    rest = end + 1
    while rest < end + _LONGEST_SUFFIX and not word_edge(text, rest):
        rest += 1
    return word_edge(text, rest) and part.suffixes.allow(text.text[start:end], text.text[end:rest])


def _capitals_allow(part: _Field, start: int, end: int, form: Form) -> bool:
    cased = part.normal.cased
    if form.capitals == "any":
        return _short_words_allow(cased[start:end], form.cased)
    if form.capitals == "initial":
        if cased[start - 1 : start] == "#":
            return True
        return cased[start].isupper() and _short_words_allow(cased[start:end], form.cased)
    if form.cased.isupper() and end - start <= _SHORT and not part.suffixes.speaks(form.lang):
        return False
    return cased[start:end] == form.cased or part.in_capitals(start)


def _short_words_allow(spelled: str, name: str) -> bool:
    """Whether the shortest words of a name keep their capitals: «Ван И» is a minister, «Ван и Чжао» a couple."""
    if len(spelled) != len(name) or " " not in name:
        return True
    words = zip(name.split(" "), spelled.split(" "), strict=False)
    return not any(len(word) <= _SHORTEST and word[:1].isupper() and there[:1].islower() for word, there in words)


def _bounded(accepted: Iterable[_Accepted]) -> Iterator[_Accepted]:
    """The first mentions of each entry: a text that is one name a hundred thousand times is not worth keeping so."""
    seen: Counter[int] = Counter()
    for one in accepted:
        seen[one.candidate.form.entry] += 1
        if seen[one.candidate.form.entry] <= _MOST_MENTIONS:
            yield one


def _begin(one: _Accepted) -> int:
    return one.candidate.span[0]


def _span(one: _Accepted) -> tuple[int, int]:
    return one.candidate.span


def _longest(accepted: Iterable[_Accepted]) -> list[_Accepted]:
    """Those that stay when each stretch of text may carry one tag. Names of one entry that overlap are one long name:
    of `SCO RATS Executive Committee` nothing is left over for the SCO."""
    kept: list[_Accepted] = []
    together: list[_Accepted] = []
    reach = 0
    for one in sorted(accepted, key=_begin):
        begin, end = one.candidate.span
        if begin >= reach:
            kept += _longest_of(together)
            together = []
        together.append(one)
        reach = max(reach, end)
    return [*kept, *_longest_of(together)]


def _longest_of(together: list[_Accepted]) -> list[_Accepted]:
    """The same of places that overlap one another."""
    if len(together) < 2:
        return together
    kept: list[_Accepted] = []
    taken: dict[int, int] = {}
    for one in sorted(together, key=_Accepted.order):
        places = range(*one.candidate.span)
        entry = one.candidate.form.entry
        before = {taken[place] for place in places if place in taken}
        if before <= {entry}:
            taken.update(dict.fromkeys(places, entry))
        if not before:
            kept.append(one)
    return kept
