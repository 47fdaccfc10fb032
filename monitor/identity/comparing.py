"""What two texts have in common: one is a copy of the other, they share a passage, or nothing.

::

    likeness(here, there)  -> Likeness    over the texts themselves:
      passages                            at least half of the shorter text, a third of the longer one
      conflicts                           no other figure, no other name in the place of one

A template with other numbers is no copy: `12th` in the place of `13th` is enough in a notice, and one such place in
three hundred words in a longer text, where a correction is likelier than a series. A figure that only one text has was
cut or added, and says nothing. A paragraph in a longer piece is an excerpt, which is a relation and not a group.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Literal, Protocol

from monitor.identity.conflicts import conflicts, title_conflict
from monitor.identity.passages import LEAST_SIGNS, LEAST_WORDS, Passage, covered, passages, replaced
from monitor.identity.tokens import Tokens, Words, title_words, tokens

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


def likeness(one: Written, two: Written) -> Likeness:
    """What two articles have in common, the same both ways."""
    here, there = tokens(one.title, one.text), tokens(two.title, two.text)
    if here.signs != there.signs:
        return Likeness("none")
    if len(here.compared) > len(there.compared) or (len(here.compared) == len(there.compared) and one.text > two.text):
        here, there, one, two = there, here, two, one
    # the headline counts where both have little else
    both_short = here.short and there.short
    a, b = (here.compared, there.compared) if both_short else (here.text, there.text)
    if here.text == there.text and here.text:
        against = title_conflict(here, there)
        return Likeness("none" if against else "copy", 1.0, 1.0, against)
    found = passages(a, b, LEAST_SIGNS if here.signs else LEAST_WORDS)
    in_shorter, in_longer = covered(found, len(b))
    shorter, longer = in_shorter / max(1, len(a)), in_longer / max(1, len(b))
    if _is_copy(here, a, b, found, shorter, longer) or same_headline(one, two):
        against = title_conflict(here, there) or conflicts(
            one.text, two.text, a, b, found, signs=here.signs, titled=both_short, soon=_soon(one, two)
        )
        return Likeness("none" if against else "copy", shorter, longer, against)
    return Likeness("excerpt" if _is_excerpt(here, found, shorter) else "none", shorter, longer)


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


def same_headline(one: Written, two: Written) -> bool:
    """Whether the headline shows by itself that the texts are one: in lists that have hardly more than headlines."""
    if not same_title(one, two) or one.published_at is None or two.published_at is None:
        return False
    here, there = tokens(one.title, one.text), tokens(two.title, two.text)
    if len(here.title) < (_HEADLINE_SIGNS if here.signs else _HEADLINE_WORDS):
        return False
    bare = not here.text or not there.text
    between = abs(one.published_at - two.published_at)
    longest = _SUMMARY_SIGNS if here.signs else _SUMMARY_WORDS
    summaries = len(here.text) <= longest and len(there.text) <= longest
    return between < _BARE_HEADLINE if bare else summaries and between <= _HEADLINE


def same_title(one: Written, two: Written) -> bool:
    """Whether they have the same title, and dates, which show whether that says anything."""
    return one.published_at is not None and two.published_at is not None and titles_are_one(one.title, two.title)


def titles_are_one(one: str, two: str) -> bool:
    return not _begin_otherwise(one, two) and _folded(one) == _folded(two)


def _begin_otherwise(one: str, two: str) -> bool:
    """Whether two titles have first letters that folding leaves two: of most that need not be compared, without it."""
    first, second = one[:1].lower(), two[:1].lower()
    return first != second and first in _PLAIN_LETTERS and second in _PLAIN_LETTERS


_PLAIN_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyzабвгджзклмнопрстуфхцчшщыэюя")


@lru_cache(maxsize=2048)
def _folded(title: str) -> Words:
    return title_words(title)
