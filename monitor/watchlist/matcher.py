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

from monitor.types import Match, Watchlist
from monitor.watchlist.fields import fields_of
from monitor.watchlist.forms import Form, forms
from monitor.watchlist.judging import Accepted, Reading, longest, span_of
from monitor.watchlist.rules import Rules
from monitor.watchlist.spellings import Spellings

#: Kept of one entry in one article.
MOST_MENTIONS = 200


class Matcher:
    """Finds the names of one watchlist. Made once: building it takes a tenth of a second, finding a millisecond."""

    def __init__(self, watchlist: Watchlist, ready: Sequence[Form] | None = None) -> None:
        """`ready` are the forms of this very list, as monitor.watchlist.forms makes them, when they were kept."""
        self.watchlist = watchlist
        self.spellings = Spellings(ready if ready is not None else forms(watchlist))
        self.rules = Rules(watchlist, self.spellings)

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
        candidates = [c for c in candidates if self.rules.namesake(c) is None]
        reading = Reading(fields, self.rules, day)
        strong = [Accepted(c, "strong") for c in candidates if c.form.weak < 0 and not reading.vetoed(c)]
        kept = longest(strong)
        sure = {accepted.candidate.form.entry for accepted in kept}
        judged = [reading.weak(c, sure) for c in candidates if c.form.weak >= 0]
        weak = [accepted for accepted in judged if accepted is not None]
        if weak:
            kept = longest([*strong, *weak])
        kept.sort(key=span_of)
        return tuple(map(self._match, _bounded(kept)))

    def _match(self, accepted: Accepted) -> Match:
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


def _bounded(accepted: Iterable[Accepted]) -> Iterator[Accepted]:
    """The first mentions of each entry: a text that is one name a hundred thousand times is not worth keeping so."""
    seen: Counter[int] = Counter()
    for one in accepted:
        seen[one.candidate.form.entry] += 1
        if seen[one.candidate.form.entry] <= MOST_MENTIONS:
            yield one
