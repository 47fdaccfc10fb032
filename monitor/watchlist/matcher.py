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

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from operator import itemgetter

from monitor.types import Match, Watchlist
from monitor.watchlist.fields import fields_of
from monitor.watchlist.forms import Form, forms
from monitor.watchlist.judging import Reading, longest
from monitor.watchlist.rules import Rules, terms_of
from monitor.watchlist.spellings import Candidate, Spellings

#: Kept of one entry in one article.
MOST_MENTIONS = 200
_SPAN = itemgetter(0, 1)
_SLOTS = ("entry_id", "alias", "lang", "field", "start", "end", "rule", "need")
_SET_ENTRY, _SET_ALIAS, _SET_LANG, _SET_FIELD, _SET_START, _SET_END, _SET_RULE, _SET_NEED = (
    getattr(Match, name).__set__ for name in _SLOTS
)


class Matcher:
    """Finds the names of one watchlist. Made once: building it takes a tenth of a second, finding a millisecond."""

    def __init__(self, watchlist: Watchlist, ready: Sequence[Form] | None = None) -> None:
        """`ready` are the forms of this very list, as monitor.watchlist.forms makes them, when they were kept."""
        self.watchlist = watchlist
        self._ids = [entry.id for entry in watchlist.entries]
        terms = terms_of(watchlist)
        self.spellings = Spellings(ready if ready is not None else forms(watchlist), terms.spellings)
        self.rules = Rules(watchlist, terms, self.spellings)

    def find(
        self, title: str | None, text: str, lang: str | None = None, date: date | None = None
    ) -> tuple[Match, ...]:
        """Every place where a name counts, title first, in order of mention. `lang` is the article's language, `date`
        the day (or instant) it was published: both may be unknown."""
        fields = fields_of(title, text, lang)
        candidates = [c for part in fields for c in self.spellings.candidates(part)]
        if not candidates:
            return ()
        day = date.date() if isinstance(date, datetime) else date
        if day is not None and self.rules.not_before:
            candidates = [c for c in candidates if self.rules.early(c.form, day) is None]
        shared = self.rules.shared
        candidates = [
            c for c in candidates if c.form.entry not in shared.get(c.form.lang, ()) or self.rules.namesake(c) is None
        ]
        reading = Reading(fields, self.spellings, self.rules, day)
        strong = [c for c in candidates if c.form.weak < 0 and not reading.vetoed(c)]
        kept = longest(strong)
        sure = {one.form.entry for one in kept}
        judged = [reading.weak(c, sure) for c in candidates if c.form.weak >= 0]
        weak = [one for one in judged if one is not None]
        if weak:
            kept = longest([*strong, *weak])
        kept.sort(key=_SPAN)
        return tuple(map(self._match, kept if len(kept) <= MOST_MENTIONS else _bounded(kept)))

    def _match(self, one: Candidate) -> Match:
        start, end, part, form, rule, need = one
        start, end = part.normal.way.span(start - part.offset, end - part.offset)
        # a frozen value by its slots: in half the time
        found = object.__new__(Match)
        _SET_ENTRY(found, self._ids[form.entry])
        _SET_ALIAS(found, form.alias)
        _SET_LANG(found, form.lang)
        _SET_FIELD(found, part.name)
        _SET_START(found, start)
        _SET_END(found, end)
        _SET_RULE(found, rule)
        _SET_NEED(found, need)
        return found


def _bounded(kept: Iterable[Candidate]) -> Iterator[Candidate]:
    """The first mentions of each entry: a text that is one name a hundred thousand times is not worth keeping so."""
    seen: Counter[int] = Counter()
    for one in kept:
        seen[one.form.entry] += 1
        if seen[one.form.entry] <= MOST_MENTIONS:
            yield one
