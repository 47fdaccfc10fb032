"""What in a watchlist is allowed, and yet likely to tag what it should not, or not to tag what it should.

::

    collision   one spelling is a name of several entries       lonely   a weak name that nothing can let in
    word        a strong name that is a word like any other     short    a strong name of two or three letters
    dead        a name that its own entry's veto kills          twice    a name listed as strong and as weak
    stale       the list, or an office on it, is out of date    nothing  a line that has no effect
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from monitor.marked import Map, Seq, read_yaml
from monitor.text.fold import HAN
from monitor.types import Watchlist, WatchlistEntry, WeakName
from monitor.watchlist.common import frequent_words, is_russian_word
from monitor.watchlist.forms import Form
from monitor.watchlist.normal import normal_name

RULES = ("collision", "lonely", "word", "short", "dead", "twice", "stale", "nothing")

#: A list is looked through anew after so many days; what was checked longer ago than that is told.
_LIST_AGE, _CHECK_AGE = 120, 550
_SHORT = 3
#: Times that a name has to stand in small letters in the archive, and that share of all its places.
_LEAST_SMALL, _SMALL_SHARE = 3, 0.5
_MONTH = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?")
_LETTER = re.compile(r"[^\W\d_]")
_IN_HAN = re.compile(f"[{HAN}]")


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """Something to look at."""

    #: Of the file, counted from 1.
    line: int
    entry_id: str
    rule: str
    message: str


@dataclass(frozen=True, slots=True)
class Spelled:
    """How often a word stands in the archive with small letters only, and in all."""

    small: int
    all: int


def lint(
    text: str,
    watchlist: Watchlist,
    forms: Sequence[Form],
    today: date,
    archive: Mapping[str, Spelled] | None = None,
) -> tuple[Finding, ...]:
    """All findings by line. `text` is the file that `watchlist` and its `forms` were made of.

    `archive` has the counts of `words_to_count`; None: there is no archive.
    """
    looked = _Looked(text, watchlist, forms)
    found = {
        *_collisions(looked),
        *_lonely(looked),
        *_words(looked, archive or {}),
        *_short(looked),
        *_dead(looked),
        *_twice(looked),
        *_stale(looked, today),
        *_without_effect(looked),
    }
    return tuple(sorted(found))


def words_to_count(forms: Iterable[Form]) -> frozenset[str]:
    """The names of one word whose places in an archive tell whether they are words like any other."""
    return frozenset(form.text for form in forms if _could_be_a_word(form) and form.text.lower() != form.text.upper())


def _could_be_a_word(form: Form) -> bool:
    return form.weak < 0 and form.capitals == "any" and re.fullmatch(r"[^\W\d_]+", form.text) is not None


class _Looked:
    """A list with the lines of its file."""

    def __init__(self, text: str, watchlist: Watchlist, forms: Sequence[Form]) -> None:
        document = read_yaml(text, "")
        self.document: Map = document if isinstance(document, Map) else Map()
        listed = self.document.get("entries")
        entries = [data for data in listed if isinstance(data, Map)] if isinstance(listed, Seq) else []
        self.data = {str(data.get("id")): data for data in entries}
        self.watchlist = watchlist
        self.forms = forms

    @property
    def entries(self) -> tuple[WatchlistEntry, ...]:
        return self.watchlist.entries

    def line(self, entry: WatchlistEntry, key: str = "id") -> int:
        return self.data[entry.id].line_of(key) if entry.id in self.data else 0

    def line_of_name(self, entry: WatchlistEntry, name: str, lang: str, *, weak: bool) -> int:
        """Where the name stands."""
        data = self.data.get(entry.id)
        if data is None:
            return 0
        if weak:
            listed = data.get("ambiguous")
            for one in listed if isinstance(listed, Seq) else ():
                if isinstance(one, Map) and str(one.get("a")).strip() == name and one.get("lang") == lang:
                    return one.line
            return data.line_of("ambiguous")
        aliases = data.get("aliases")
        if not isinstance(aliases, Map):
            return data.line
        names = aliases.get(lang)
        if isinstance(names, Seq):
            for one, line in zip(names, names.lines, strict=True):
                if str(one).strip() == name:
                    return line
        return aliases.line_of(lang)

    def line_of_form(self, form: Form) -> int:
        return self.line_of_name(self.entries[form.entry], form.alias, form.lang, weak=form.weak >= 0)


# ---------------------------------------------------------------------------------------------- names


def _collisions(looked: _Looked) -> Iterator[Finding]:
    """Spellings of several entries, told once for each pair of names; two weak names share one by right, as long as
    their needs differ."""
    by_text: dict[str, list[Form]] = {}
    for form in looked.forms:
        by_text.setdefault(form.text, []).append(form)
    told: set[tuple[object, ...]] = set()
    for forms in by_text.values():
        for number, one in enumerate(forms):
            for other in forms[:number]:
                pair = (one.entry, other.entry, one.alias, other.alias)
                if one.entry == other.entry or pair in told or not _meet(one, other):
                    continue
                why = _collide(looked, one, other)
                if why:
                    told.add(pair)
                    yield Finding(looked.line_of_form(one), looked.entries[one.entry].id, "collision", why)


def _meet(one: Form, other: Form) -> bool:
    """Whether both can be found in one place."""
    return not (one.capitals == other.capitals == "exact" and one.cased != other.cased)


def _collide(looked: _Looked, one: Form, other: Form) -> str | None:
    theirs = looked.entries[other.entry]
    spelled = f"`{one.cased}`" + ("" if one.listed else f" (a form of `{one.alias}`)")
    if one.weak >= 0 and other.weak >= 0:
        mine = looked.entries[one.entry].ambiguous[one.weak]
        other_weak = theirs.ambiguous[other.weak]
        vetoes = (*mine.veto, *other_weak.veto)
        shared = [term for term in mine.need if term in other_weak.need and term not in vetoes]
        if not shared:
            return None
        return f"{spelled} is also a weak name of `{theirs.id}`, and {_some(shared)} lets in both: which one is meant?"
    if one.weak < 0 and other.weak < 0:
        also = f"also a name of `{theirs.id}`" if other.listed else f"also a form of `{other.alias}` of `{theirs.id}`"
        return f"{spelled} is {also}, and both are strong: make them weak, with needed terms"
    weak, strong = (one, other) if one.weak >= 0 else (other, one)
    if weak.listed and not strong.listed:
        end = f"the weak one wins where a needed term stands near, else `{looked.entries[strong.entry].id}`"
    else:
        end = "the strong one always wins"
    kind = "weak" if other is weak else "strong"
    also = f"a {kind} name" if other.listed else f"a form of the {kind} name `{other.alias}`"
    return f"{spelled} is also {also} of `{theirs.id}`: {end}"


def _some(terms: Sequence[str]) -> str:
    shown = ", ".join(f"`{term}`" for term in terms[:3])
    return shown + (f" and {len(terms) - 3} more" if len(terms) > 3 else "")


def _lonely(looked: _Looked) -> Iterator[Finding]:
    for entry in looked.entries:
        strong = any(entry.aliases.values())
        for weak in entry.ambiguous:
            if weak.need:
                continue
            how = "counts only where a strong name stands elsewhere in the text" if strong else "never counts"
            line = looked.line_of_name(entry, weak.name, weak.lang, weak=True)
            yield Finding(
                line, entry.id, "lonely", f"weak name `{weak.name}` needs no term, so it {how}: give it `need`"
            )


def _words(looked: _Looked, archive: Mapping[str, Spelled]) -> Iterator[Finding]:
    frequent = frequent_words()
    told: set[tuple[int, str]] = set()
    for form in looked.forms:
        if not _could_be_a_word(form) or (form.entry, form.alias) in told:
            continue
        why = _as_a_word(form, frequent, archive.get(form.text))
        if why:
            told.add((form.entry, form.alias))
            spelled = f"`{form.cased}`" + ("" if form.listed else f" (a form of `{form.alias}`)")
            remedy = "list it under `ambiguous`" + (", or under `cs`" if form.cased[0].isupper() else "")
            entry_id = looked.entries[form.entry].id
            yield Finding(looked.line_of_form(form), entry_id, "word", f"{spelled} {why}: {remedy}")


def _as_a_word(form: Form, frequent: Mapping[str, tuple[str, ...]], spelled: Spelled | None) -> str | None:
    if form.text in frequent:
        return f"is a frequent word ({', '.join(frequent[form.text])})"
    if form.listed and is_russian_word(form.text):  # some case of a name is nearly always some rare word
        return "is a word of the Russian dictionary"
    if spelled and spelled.small >= _LEAST_SMALL and spelled.small >= _SMALL_SHARE * spelled.all:
        return f"stands in small letters in {spelled.small} of {spelled.all} places of the archive"
    return None


def _short(looked: _Looked) -> Iterator[Finding]:
    """Listed strong names of up to three letters and digits, or one Chinese character, in any capitals."""
    for form in looked.forms:
        size = len(form.text)
        if form.weak >= 0 or not form.listed or form.capitals == "exact" or size > _SHORT:
            continue
        if not _LETTER.search(form.text) or (_IN_HAN.search(form.text) and size > 1):
            continue
        has_case = form.text.upper() != form.text
        remedy = "list it under `ambiguous`" + (", or under `cs`" if has_case else "")
        message = f"strong name `{form.alias}` has {size} characters" + (
            " and counts in any capitals" if has_case else ""
        )
        yield Finding(looked.line_of_form(form), looked.entries[form.entry].id, "short", f"{message}: {remedy}")


def _dead(looked: _Looked) -> Iterator[Finding]:
    for entry in looked.entries:
        vetoes = {normal_name(veto).text: veto for veto in entry.veto}
        for lang, names in entry.aliases.items():
            for name in names:
                inside = [veto for text, veto in vetoes.items() if text and text == normal_name(name).text]
                if inside:
                    line = looked.line_of_name(entry, name, lang, weak=False)
                    yield Finding(line, entry.id, "dead", f"`{name}` never counts: the entry's own veto says so")
        for weak in entry.ambiguous:
            same = [veto for veto in weak.veto if normal_name(veto).text == normal_name(weak.name).text]
            if same:
                line = looked.line_of_name(entry, weak.name, weak.lang, weak=True)
                yield Finding(line, entry.id, "dead", f"weak name `{weak.name}` never counts: it is its own veto")
        yield from _vetoed_elsewhere(looked, entry)


def _vetoed_elsewhere(looked: _Looked, entry: WatchlistEntry) -> Iterator[Finding]:
    """Needed terms that another record of the same name vetoes: records of one name share their vetoes."""
    by_name: dict[str, list[WeakName]] = {}
    for weak in entry.ambiguous:
        by_name.setdefault(normal_name(weak.name).text, []).append(weak)
    for records in by_name.values():
        for weak in records:
            theirs = {normal_name(veto).text for other in records if other is not weak for veto in other.veto}
            for term in weak.need:
                if normal_name(term).text in theirs:
                    line = looked.line_of_name(entry, weak.name, weak.lang, weak=True)
                    message = (
                        f"`{term}` lets `{weak.name}` in, and another record of that name vetoes it: the veto wins"
                    )
                    yield Finding(line, entry.id, "dead", message)


def _twice(looked: _Looked) -> Iterator[Finding]:
    """Names that are strong and weak in one language; in two, both may be right."""
    for entry in looked.entries:
        listed = [(lang, name) for lang, names in entry.aliases.items() for name in names if name not in entry.cs]
        strong = {(lang, normal_name(name).text) for lang, name in listed}
        for weak in entry.ambiguous:
            if (weak.lang, normal_name(weak.name).text) in strong:
                line = looked.line_of_name(entry, weak.name, weak.lang, weak=True)
                message = f"`{weak.name}` is a strong name of `{weak.lang}` too: keep one of the two"
                yield Finding(line, entry.id, "twice", message)


def _without_effect(looked: _Looked) -> Iterator[Finding]:
    for entry in looked.entries:
        names = {name for names in entry.aliases.values() for name in names}
        for name in entry.cs:
            if name not in names:
                message = f"`cs` has `{name}`, which is no strong name of the entry: spell it as under `aliases`"
                yield Finding(looked.line(entry, "cs"), entry.id, "nothing", message)
        words = {word for name in names for word in re.split(r"[\s-]", name)} | names
        for token in entry.indecl:
            if token not in words and not all(part in words for part in token.split()):
                message = f"`indecl` has `{token}`, which is in no name of the entry"
                yield Finding(looked.line(entry, "indecl"), entry.id, "nothing", message)


# ---------------------------------------------------------------------------------------------- time


def _stale(looked: _Looked, today: date) -> Iterator[Finding]:
    meta = looked.document.get("meta")
    line = meta.line_of("as_of") if isinstance(meta, Map) else 1
    written = _day(looked.watchlist.as_of)
    if looked.watchlist.as_of is None:
        yield Finding(line, "", "stale", "`meta` has no `as_of`: nobody can tell how old the list is")
    elif written and (today - written).days > _LIST_AGE:
        yield Finding(
            line, "", "stale", f"the list is as of {written}, {(today - written).days} days ago: look it through"
        )
    for entry in looked.entries:
        yield from _old_offices(looked, entry, written, today)
        yield from _old_check(looked, entry, today)


def _old_offices(looked: _Looked, entry: WatchlistEntry, written: date | None, today: date) -> Iterator[Finding]:
    """Offices that ended since the list was written; those that were over by then are kept on purpose."""
    for role in entry.roles:
        until = _day(role.until)
        if until and until <= today and (written is None or until > written):
            message = f"`{role.title}` ended on {role.until}: who holds the office now?"
            yield Finding(looked.line(entry, "roles"), entry.id, "stale", message)
    over = [until for role in entry.roles if (until := _day(role.until)) and until <= today]
    if entry.priority == 1 and entry.roles and len(over) == len(entry.roles):
        message = f"every office ended, the last on {max(over)}, and its priority is still 1"
        yield Finding(looked.line(entry, "priority"), entry.id, "stale", message)


def _old_check(looked: _Looked, entry: WatchlistEntry, today: date) -> Iterator[Finding]:
    """People in office of whom nobody looked for long whether they still are."""
    checked = str(looked.data[entry.id].get("checked") or "") if entry.id in looked.data else ""
    day = _day(checked.rpartition(":")[2])
    if entry.kind == "person" and _in_office(entry, today) and day and (today - day).days > _CHECK_AGE:
        message = f"in office by a check of {checked.rpartition(':')[2]}: look again"
        yield Finding(looked.line(entry, "checked"), entry.id, "stale", message)


def _in_office(entry: WatchlistEntry, today: date) -> bool:
    return any((until := _day(role.until)) is None or until > today for role in entry.roles)


def _day(text: str | None) -> date | None:
    """The day, or the first one of the month or year."""
    match = _MONTH.match(text or "")
    try:
        return date(int(match[1]), int(match[2] or 1), int(match[3] or 1)) if match else None
    except ValueError:
        return None
