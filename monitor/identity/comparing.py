"""What two texts have in common: one is a copy of the other, they share a passage, or nothing.

::

    likeness(here, there)  -> Likeness    over the texts themselves:
      passages                            at least half of the shorter text, a third of the longer one
      conflicts                           no other figure, no other name in the place of one

A template with other numbers is no copy: `12th` in the place of `13th` is enough in a notice, and one such place in
three hundred words in a longer text, where a correction is likelier than a series. A figure that only one text has was
cut or added, and says nothing. A paragraph in a longer piece is an excerpt, which is a relation and not a group.

Passages are looked for with one sign in the place of each word (monitor.identity.tokens), which is remembered: of ten
texts that share something nine are no copies, and are not even read. The words themselves are looked at where it is to
be decided whether something speaks against a copy.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Literal, Protocol

from monitor.identity.conflicts import conflicts, title_conflict
from monitor.identity.passages import LEAST_SIGNS, LEAST_WORDS, Passage, covered, passages, replaced
from monitor.identity.tokens import Tokens, Words, as_signs, tokens

# of the shorter and of the longer text, what a copy shares at least. Measured on edited copies of real texts (words
# edited up to one in ten, cut to 60 %): with the original 0.81 and 0.52 at least, with each other 0.46 and 0.41
_SHORTER, _LONGER = 0.55, 0.35
# the shorter a text, the more of it is phrases that every text has
_SUMMARY_WORDS, _SUMMARY_SIGNS, _SUMMARY = 60, 120, 0.65
# what has other words in its place, for each common one: of a copy with one word in ten edited 0.07, 0.12 at most, of
# a text that follows another one's form (a visit, an appointment) 0.15 and more
_REPLACED = 0.14
# what makes a member enough by itself
_MUCH_SHORTER, _MUCH_LONGER = 0.65, 0.45
# a teaser: the beginning of a text and hardly anything else
_TEASER, _TEASER_WORDS, _TEASER_SIGNS = 0.8, 20, 40
# a text of so few tokens is a headline with a line below: nearly all of it has to be the same
_FEW_WORDS, _FEW_SIGNS, _NEARLY_ALL = 20, 40, 0.8
# the passage of an excerpt that has little else around it, and of two texts that both have more: a footer is shorter
_EXCERPT_WORDS, _EXCERPT_SIGNS = 30, 60
_FOOTER_WORDS, _FOOTER_SIGNS = 60, 120
# headlines that are the same by chance are shorter
_HEADLINE_WORDS, _HEADLINE_SIGNS = 7, 14
# how far apart: with a summary to each; and bare, where a headline that comes every day is a series
_HEADLINE, _BARE_HEADLINE = timedelta(days=2), timedelta(hours=20)
# what comes later with another figure is the next one of a series, however long, and no correction
_CORRECTED = timedelta(days=5)


class Written(Protocol):
    """What is compared of an article; the archive's candidates have it too."""

    @property
    def title(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def published_at(self) -> datetime | None:
        """None: its publisher does not say."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """What two texts have in common."""

    kind: Literal["copy", "excerpt", "none"]
    #: Share of the shorter and of the longer text, 0 to 1, that stands in the other too.
    shorter: float = 0.0
    longer: float = 0.0
    #: What is said otherwise in the same place, as `12th / 13th`; empty: nothing.
    conflicts: tuple[str, ...] = ()

    @property
    def contradicted(self) -> bool:
        """Whether it is by its figures that they are no copies; a name can be misread."""
        return any(char.isdigit() for conflict in self.conflicts for char in conflict)

    @property
    def much(self) -> bool:
        """Whether it is a copy beyond doubt."""
        return self.kind == "copy" and self.shorter >= _MUCH_SHORTER and self.longer >= _MUCH_LONGER


class Compared:
    """An article as it is compared; its text is read when it is asked for."""

    def __init__(
        self, written: Written, with_text: Callable[[], Written] | None = None, said: Tokens | None = None
    ) -> None:
        """`with_text` gives the same with its text, where `written` has none; `said`: what was made of it before."""
        self.written = written
        self._with_text = with_text
        self._remembered = said is not None
        if said is not None:
            self.said = said

    @cached_property
    def full(self) -> Written:
        return self._with_text() if self._with_text is not None else self.written

    @cached_property
    def tokens(self) -> Tokens:
        return tokens(self.full.title, self.full.text)

    @cached_property
    def said(self) -> Tokens:
        """With one sign for each word."""
        return as_signs(self.tokens)

    def read_anew(self) -> bool:
        """Whether it says something else than was remembered of it; from now on, that is what is compared."""
        if not self._remembered:
            return False
        self._remembered = False
        before, self.said = self.said, as_signs(self.tokens)
        return self.said != before


class Texts:
    """What was compared lately, with one sign for each word: reading a text again takes ten times as long."""

    def __init__(self, room: int = 500_000) -> None:
        """`room`: signs that are remembered, twice; of four bytes most."""
        self._room = room
        self._left = room
        self._now: dict[int, Tokens] = {}
        self._before: dict[int, Tokens] = {}

    def said(self, article_id: int) -> Tokens | None:
        found = self._now.get(article_id)
        if found is None and (found := self._before.get(article_id)) is not None:
            self.keep(article_id, found)
        return found

    def keep(self, article_id: int, said: Tokens) -> None:
        size = len(said.title) + len(said.text)
        if size > self._left:
            self._before, self._now, self._left = self._now, {}, self._room
        self._left -= size
        self._now[article_id] = said

    def forget(self, article_id: int) -> None:
        """To be called when the article says something else."""
        self._now.pop(article_id, None)
        self._before.pop(article_id, None)


def likeness(one: Written, two: Written) -> Likeness:
    """What two articles have in common, the same both ways."""
    return compare(Compared(one), Compared(two))


def compare(one: Compared, two: Compared) -> Likeness:
    """The same, of articles that are compared several times."""
    here, there = one.said, two.said
    if here.signs != there.signs:
        return Likeness("none")
    a, b = here.compared, there.compared
    if len(a) > len(b) or (len(a) == len(b) and _after(one, two)):
        here, there, one, two = there, here, two, one
    # the headline counts where both have little else
    both_short = here.short and there.short
    a, b = (here.compared, there.compared) if both_short else (here.text, there.text)
    if here.text == there.text and here.text:
        if one.read_anew() or two.read_anew():
            return compare(one, two)
        against = title_conflict(one.tokens, two.tokens)
        return Likeness("none" if against else "copy", 1.0, 1.0, against)
    found = passages(a, b, LEAST_SIGNS if here.signs else LEAST_WORDS)
    in_shorter, in_longer = covered(found, len(b))
    shorter, longer = in_shorter / max(1, len(a)), in_longer / max(1, len(b))
    if _is_copy(here, a, b, found, shorter, longer) or same_headline(one, two):
        if one.read_anew() or two.read_anew():
            return compare(one, two)
        against = title_conflict(one.tokens, two.tokens) or _conflicts(one, two, found, titled=both_short)
        return Likeness("none" if against else "copy", shorter, longer, against)
    return Likeness("excerpt" if _is_excerpt(here, found, shorter) else "none", shorter, longer)


def _after(one: Compared, two: Compared) -> bool:
    """Which of two texts of one length is looked at first: the same both ways and, unlike signs, in every process."""
    if one.said.text == two.said.text:
        return False
    if one.written.title != two.written.title:
        return one.written.title > two.written.title
    return one.full.text > two.full.text


def _conflicts(one: Compared, two: Compared, found: Sequence[Passage], *, titled: bool) -> tuple[str, ...]:
    here, there = one.tokens, two.tokens
    a, b = (here.compared, there.compared) if titled else (here.text, there.text)
    return conflicts(
        one.full.text, two.full.text, a, b, found, signs=here.signs, titled=titled, soon=_soon(one.written, two.written)
    )


def _soon(one: Written, two: Written) -> bool:
    return not (one.published_at and two.published_at) or abs(one.published_at - two.published_at) <= _CORRECTED


def _is_copy(here: Tokens, a: Words, b: Words, found: Sequence[Passage], shorter: float, longer: float) -> bool:
    if not here.text or replaced(found, a, b) > _REPLACED * sum(passage.length for passage in found):
        return False
    few, summary = (_FEW_SIGNS, _SUMMARY_SIGNS) if here.signs else (_FEW_WORDS, _SUMMARY_WORDS)
    if len(a) < few:
        return shorter >= _NEARLY_ALL and longer >= _NEARLY_ALL
    least, most = (_SUMMARY, _MUCH_LONGER) if len(a) < summary else (_SHORTER, _LONGER)
    if shorter >= least and longer >= most:
        return True
    return len(a) >= (_TEASER_SIGNS if here.signs else _TEASER_WORDS) and _is_beginning(len(a), found)


def _is_beginning(length: int, found: Sequence[Passage]) -> bool:
    """Whether so long a text is the beginning of the other, give or take a credit and a few words."""
    early = [passage for passage in found if passage.there < 1.5 * length]
    return sum(passage.length for passage in early) >= _TEASER * length and early[0].here < length / 4


def _is_excerpt(here: Tokens, found: Sequence[Passage], shorter: float) -> bool:
    least, footer = (_EXCERPT_SIGNS, _FOOTER_SIGNS) if here.signs else (_EXCERPT_WORDS, _FOOTER_WORDS)
    longest = max((passage.length for passage in found), default=0)
    return longest >= (least if shorter >= _SHORTER else footer)


def same_headline(one: Compared, two: Compared) -> bool:
    """Whether the headline shows by itself that the texts are one: in lists that have hardly more than headlines."""
    here, there, at, then = one.said, two.said, one.written.published_at, two.written.published_at
    # without a date of both it says nothing
    if at is None or then is None or here.title != there.title:
        return False
    if len(here.title) < (_HEADLINE_SIGNS if here.signs else _HEADLINE_WORDS):
        return False
    bare = not here.text or not there.text
    longest = _SUMMARY_SIGNS if here.signs else _SUMMARY_WORDS
    summaries = len(here.text) <= longest and len(there.text) <= longest
    return abs(at - then) < _BARE_HEADLINE if bare else summaries and abs(at - then) <= _HEADLINE
