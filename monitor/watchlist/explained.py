"""What is told of a text when somebody asks why: the values that monitor.watchlist.why makes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple

from monitor.types import FieldName, Match

#: Which rule stopped a name: monitor.watchlist.why explains each.
Reason = Literal["boundary", "capitals", "language", "veto", "need", "longer", "address", "many", "early", "namesake"]


class Place(NamedTuple):
    """A stretch of title or text, in code points as given."""

    field: FieldName
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tagged:
    """A match, with the place of the needed term that let it in."""

    match: Match
    need_at: Place | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopped:
    """A place where a name of the entry is spelled and does not count."""

    entry_id: str
    alias: str
    lang: str
    place: Place
    reason: Reason
    #: ``boundary``: the word it is in; ``capitals``: the spelling that would count; ``veto``: the phrase; ``longer``:
    #: the name; ``language``: that of the abbreviation; ``many``: how many mentions are kept;
    #: ``early``: the first day of the name; ``namesake``: what beside it says so, if anything does.
    by: str | None = None
    #: Of ``longer``: the entry of that name, when it is another.
    by_entry: str | None = None
    by_at: Place | None = None
    #: Of ``need``: the terms of which one would have to stand within so many characters.
    needs: tuple[str, ...] = ()
    window: int = 0
    #: Of ``need``: in articles of earlier days the name counts without company.
    until: date | None = None
    #: Of ``need``: a strong name stands elsewhere, but lends nothing to a line of capitals.
    in_capitals: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """What is most like a name of the entry, or a part of it, in a text that has none."""

    alias: str
    lang: str
    #: The spelling that would have been found.
    form: str
    place: Place
    distance: int
    part: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    tagged: tuple[Tagged, ...]
    stopped: tuple[Stopped, ...]
    #: Only where nothing is tagged and nothing was stopped.
    alike: tuple[Alike, ...] = ()
