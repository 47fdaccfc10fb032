"""Offices without a name: who "SCO Secretary-General" is on the day of an article.

The default policy tags nobody by a title alone; this is asked for. The titles of roles.yaml are looked for as names,
in all their forms, and stand for whoever of the watchlist is sure to have held the office that day. Nobody is tagged

    where the day is not known, or not surely inside one holder's time and outside everybody else's
    where a name stands beside the title: then that one is meant
    where a word says another office or another time: former, deputy, 副, бывший

A role takes nothing from other tags: in "SCO Secretary-General" the SCO stays named.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from monitor.errors import ConfigError, Problem
from monitor.marked import Map, Seq, read_yaml
from monitor.text.fold import HAN, fold
from monitor.types import Match, Role, Watchlist, WatchlistEntry
from monitor.watchlist.candidates import candidates
from monitor.watchlist.forms import Form
from monitor.watchlist.load import LANGUAGES
from monitor.watchlist.matcher import Matcher

RULE = "role"
#: Characters that are looked at on either side of a title.
_AROUND = 40
#: Between a title and a name that goes with it.
_BESIDE = re.compile(r"[\s,«»\"'(–—-]{0,3}")
_NAME_AFTER = re.compile(r"\s([^\W\d_]+)")
_TITLE_CASE_WORDS = 4
#: 萨·扎帕罗夫: a foreign name with its first part shortened.
_SHORTENED = re.compile(f"[{HAN}]{{1,4}}·")
#: A name with what follows it.
_LONGEST_CHINESE = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    #: Wordings under `roles` of entries.
    roles: tuple[str, ...]
    #: Language key -> titles.
    titles: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Offices:
    """What roles.yaml says."""

    offices: tuple[Office, ...]
    #: Language key -> beginnings of words that make it another office or time, before and behind a title.
    not_after: Mapping[str, tuple[str, ...]]
    not_before: Mapping[str, tuple[str, ...]]
    #: Words that hold one of those and take nothing away.
    but: Mapping[str, tuple[str, ...]]

    def as_list(self) -> Watchlist:
        """A list whose entries are the offices, so that their titles get all the forms that names have."""
        entries = (
            WatchlistEntry(id=f"office-{number}", kind="body", name=office.roles[0], aliases=office.titles)
            for number, office in enumerate(self.offices)
        )
        return Watchlist(entries=tuple(entries), window={"default": 200})


# ---------------------------------------------------------------------------------------------- roles.yaml


def parse(text: str, file: str) -> Offices:
    """The offices in the text of roles.yaml. Raises: ConfigError with every problem."""
    problems: list[Problem] = []
    document = read_yaml(text, file)
    if not isinstance(document, Map):
        raise ConfigError([Problem(file, 1, "no roles: the file has to have a list named `offices`")])
    for key in document:
        if key not in ("offices", "not_after", "not_before", "but"):
            problems.append(Problem(file, document.line_of(key), f"unknown key `{key}`"))
    listed = document.get("offices")
    if not isinstance(listed, Seq):
        problems.append(Problem(file, document.line_of("offices"), "`offices` is missing or is not a list"))
        listed = []
    words = {key: _by_language(document, key, file, problems) for key in ("not_after", "not_before", "but")}
    offices = tuple(_office(item, file, problems) for item in listed)
    if problems:
        raise ConfigError(problems)
    return Offices(offices=offices, **words)


def _office(data: object, file: str, problems: list[Problem]) -> Office:
    if not isinstance(data, Map):
        problems.append(Problem(file, 0, f"an office has to be a mapping with `role` and `titles`, not {data!r:.40}"))
        return Office(roles=(), titles={})
    roles = _texts(data, "role", file, problems)
    titles = _by_language(data, "titles", file, problems)
    for key in data:
        if key not in ("role", "titles"):
            problems.append(Problem(file, data.line_of(key), f"unknown key `{key}`"))
    for key, found in (("role", roles), ("titles", titles)):
        if not found:
            problems.append(Problem(file, data.line_of(key), f"an office has no `{key}`"))
    return Office(roles=roles, titles=titles)


def _by_language(data: Map, key: str, file: str, problems: list[Problem]) -> dict[str, tuple[str, ...]]:
    value = data.get(key)
    if value is None:
        return {}
    if not isinstance(value, Map):
        problems.append(Problem(file, data.line_of(key), f"`{key}` has to be a mapping of languages to lists of texts"))
        return {}
    for lang in value:
        if lang not in LANGUAGES:
            problems.append(Problem(file, value.line_of(lang), f"unknown language `{lang}`"))
    return {lang: _texts(value, lang, file, problems) for lang in value}


def _texts(data: Map, key: str, file: str, problems: list[Problem]) -> tuple[str, ...]:
    value = data.get(key)
    items = value if isinstance(value, Seq) else [] if value is None else [value]
    good = tuple(item.strip() for item in items if isinstance(item, str) and item.strip())
    if len(good) < len(items):
        problems.append(Problem(file, data.line_of(key), f"`{key}` has something that is not a text"))
    return good


# ---------------------------------------------------------------------------------------------- holders


def holder(entries: Iterable[WatchlistEntry], office: Office, day: date) -> str | None:
    """Id of the one entry that surely held the office that day; None: nobody, or nobody knows."""
    possible: dict[str, bool] = {}
    for entry in entries:
        for role in entry.roles:
            if role.title in office.roles and _maybe(role, day):
                possible[entry.id] = possible.get(entry.id, False) or _surely(role, day)
    if len(possible) != 1:
        return None
    ((entry_id, sure),) = possible.items()
    return entry_id if sure else None


def _maybe(role: Role, day: date) -> bool:
    since, until = _days(role.since), _days(role.until)
    return not (since and day < since[0]) and not (until and day > until[1])


def _surely(role: Role, day: date) -> bool:
    since, until = _days(role.since), _days(role.until)
    return since is not None and day >= since[1] and (until is None or day <= until[0])


def _days(text: str | None) -> tuple[date, date] | None:
    """First and last day of a day, month or year; None: not known."""
    if text is None:
        return None
    year, month, day = (int(part) if part else None for part in (*text.split("-"), "", "")[:3])
    if year is None:
        return None
    first = date(year, month or 1, day or 1)
    if day is not None:
        return first, first
    last = month or 12
    return first, date(year, last, monthrange(year, last)[1])


# ---------------------------------------------------------------------------------------------- in a text


class Roles:
    """Finds titles that stand for somebody of the watchlist."""

    def __init__(self, watchlist: Watchlist, offices: Offices, ready: Sequence[Form] | None = None) -> None:
        """`ready` are the forms of `offices.as_list()`, when they were kept."""
        self._entries = [entry for entry in watchlist.entries if entry.roles]
        self._people = frozenset(entry.id for entry in watchlist.entries if entry.kind == "person")
        self._offices = offices
        self._matcher = Matcher(offices.as_list(), ready)

    def find(
        self, title: str | None, text: str, lang: str | None, date: date | None, named: Sequence[Match]
    ) -> tuple[Match, ...]:
        """A match for each title that stands alone; `named` are the matches of names in the same article."""
        if date is None:
            return ()
        day = date.date() if isinstance(date, datetime) else date
        people = [match for match in named if match.entry_id in self._people]
        found = []
        for match in self._matcher.find(title, text, lang, day):
            entry_id = self._holder(match.entry_id, day)
            whole = (title or "") if match.field == "title" else text
            if entry_id is not None and not self._goes_with_a_name(match, whole, people) and self._alone(match, whole):
                found.append(_by_role(match, entry_id))
        return tuple(found)

    def _holder(self, office_id: str, day: date) -> str | None:
        return holder(self._entries, self._offices.offices[int(office_id.rpartition("-")[2])], day)

    def _goes_with_a_name(self, match: Match, whole: str, people: Iterable[Match]) -> bool:
        for person in people:
            if person.field != match.field:
                continue
            if person.start < match.end and match.start < person.end:
                return True
            gap = whole[match.end : person.start] if person.start >= match.end else whole[person.end : match.start]
            if _BESIDE.fullmatch(gap):
                return True
        if match.lang.startswith("zh"):
            around = whole[match.start : match.end + _LONGEST_CHINESE]
            if _SHORTENED.match(whole, match.end):
                return True
            return any(one.start == match.end - match.start for one in candidates(around, "zh"))
        after = _NAME_AFTER.match(whole, match.end)
        return after is not None and after[1].istitle() and not _in_title_case(whole, match.start)

    def _alone(self, match: Match, whole: str) -> bool:
        """Whether no word beside the title makes another office of it."""
        before = fold(whole[max(0, match.start - _AROUND) : match.start]).casefold()
        after = fold(whole[match.end : match.end + _AROUND]).casefold()
        if self._but.search(before):
            return True
        return not self._not_after.search(before) and not self._not_before.match(after)

    @cached_property
    def _not_after(self) -> re.Pattern[str]:
        return _either(self._offices.not_after, r"(?:(?<!\w){}\w*[\s-]+(?:the\s+)?)$", r"{}$")

    @cached_property
    def _not_before(self) -> re.Pattern[str]:
        return _either(self._offices.not_before, r"[\s-]*{}", r"{}")

    @cached_property
    def _but(self) -> re.Pattern[str]:
        return _either(self._offices.but, r"(?<!\w){}\s*$", r"{}$")


def _either(words: Mapping[str, tuple[str, ...]], spaced: str, unspaced: str) -> re.Pattern[str]:
    """One pattern for the words of all languages; those in Chinese have no edges."""
    folded = dict.fromkeys(fold(word).casefold() for listed in words.values() for word in listed)
    made = [(unspaced if re.search(f"[{HAN}]", word) else spaced).format(re.escape(word)) for word in folded]
    return re.compile("|".join(made) if made else "(?!)")


def _in_title_case(whole: str, at: int) -> bool:
    """Whether nearly every word of that line has a capital, so that one says nothing."""
    line = whole[whole.rfind("\n", 0, at) + 1 :].partition("\n")[0]
    words = re.findall(r"[^\W\d_]{4,}", line[:400])
    return len(words) >= _TITLE_CASE_WORDS and sum(word[0].isupper() for word in words) >= 0.8 * len(words)


def _by_role(match: Match, entry_id: str) -> Match:
    return Match(
        entry_id=entry_id,
        alias=match.alias,
        lang=match.lang,
        field=match.field,
        start=match.start,
        end=match.end,
        rule=RULE,
    )


class WithRoles:
    """A matcher that finds names, and whoever is meant by a title alone."""

    def __init__(self, matcher: Matcher, roles: Roles) -> None:
        self._matcher = matcher
        self._roles = roles

    def find(
        self, title: str | None, text: str, lang: str | None = None, date: date | None = None
    ) -> tuple[Match, ...]:
        """As Matcher.find; roles are among the names, in order of mention."""
        named = self._matcher.find(title, text, lang, date)
        by_role = self._roles.find(title, text, lang, date, named)
        if not by_role:
            return named
        return tuple(sorted((*named, *by_role), key=lambda m: (m.field != "title", m.start, m.end)))
