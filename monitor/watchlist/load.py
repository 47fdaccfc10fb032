"""watchlist.yaml as a Watchlist, or every problem of it at once, each with its line."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from difflib import get_close_matches
from typing import Any, NamedTuple

from monitor.errors import ConfigError, Problem
from monitor.marked import Map, Seq, read_yaml
from monitor.text.fold import HAN, fold
from monitor.types import Role, Watchlist, WatchlistEntry, WeakName

KINDS = (
    *("person", "organisation", "body", "initiative", "event", "exercise", "document", "concept", "fund"),
    "place-body",
)
#: Language keys; zh_hant and uz_cyrl are second scripts of zh and uz.
LANGUAGES = (
    *("en", "ru", "zh", "zh_hant", "kk", "uz", "uz_cyrl", "ky", "tg", "fa", "ur", "hi", "be", "tr", "mn"),
    *("az", "ar", "ps", "uk", "de", "fr", "es", "it", "pt", "pl", "ja", "ko", "tk", "hy", "ka"),
)

_TOP_KEYS = ("meta", "x", "entries")
_ENTRY_KEYS = (
    *("id", "kind", "name", "qid", "parent", "priority", "countries", "checked", "unsure", "note", "roles"),
    *("aliases", "ru_parts", "indecl", "cs", "veto", "not_before", "ambiguous"),
)
_WEAK_KEYS = ("a", "lang", "need", "veto", "cs", "note")
_PARTS_KEYS = ("family", "given", "patronymic", "order", "weak")
_DAY = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?.*")
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_DEFAULT_WINDOW = {"default": 200, "zh": 80, "zh_hant": 80}
#: Characters: a text of which all is near is no company.
_WIDEST = 10_000


def parse(text: str, file: str) -> Watchlist:
    """The list in `text`; `file` is what it is called in problems. Raises: ConfigError."""
    reader = _Reader(file)
    document = read_yaml(text, file)
    if not isinstance(document, Map):
        raise ConfigError([Problem(file, 1, "no watchlist: the file has to have a list named `entries`")])
    reader.keys(document, _TOP_KEYS)
    meta = document.get("meta")
    if meta is not None and not isinstance(meta, Map):
        reader.wrong(document, "meta", "a mapping")
        meta = None
    listed = document.get("entries")
    if not isinstance(listed, Seq):
        reader.say(document.line_of("entries"), "`entries` is missing or is not a list of entries")
        listed = Seq()
        listed.lines = []
    entries = [e for e in map(reader.entry, listed, listed.lines) if e is not None]
    reader.tree(entries)
    offices = [reader.office(data) for _, data in entries]
    window, as_of = reader.window(meta), reader.as_of(meta)
    if reader.problems:
        raise ConfigError(reader.problems)
    return Watchlist(
        entries=_namesakes([entry for entry, _ in entries], offices),
        window=window,
        as_of=as_of,
    )


class _Reader:
    """Turns marked data into values and notes what is wrong on the way."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self.seen: dict[str, int] = {}

    def say(self, line: int, message: str) -> None:
        self.problems.append(Problem(self.file, line, message))

    def wrong(self, data: Map, key: str, wanted: str) -> None:
        self.say(data.line_of(key), f"`{key}` has to be {wanted}, not {_shown(data[key])}{_remedy(data[key], wanted)}")

    def keys(self, data: Map, known: Iterable[str]) -> None:
        known = tuple(known)
        for key in data:
            if key not in known:
                self.say(data.line_of(key), f"unknown key `{key}`{_meant(key, known)}")

    def text(self, data: Map, key: str) -> str | None:
        value = data.get(key)
        if value is None:
            return None
        if not isinstance(value, str) or not value.strip():
            self.wrong(data, key, "a text")
            return None
        return value.strip()

    def texts(self, data: Map, key: str) -> tuple[str, ...]:
        """A list of texts; one text alone is a list of one."""
        value = data.get(key)
        if value is None:
            return ()
        if isinstance(value, str) and value.strip():
            return (value.strip(),)
        if not isinstance(value, Seq):
            self.wrong(data, key, "a list of texts")
            return ()
        good: list[str] = []
        for item, line in zip(value, value.lines, strict=True):
            if isinstance(item, str) and item.strip():
                good.append(item.strip())
            else:
                self.say(line, f"`{key}` has {_shown(item)} where a text is wanted{_remedy(item, 'a text')}")
        return tuple(good)

    def flag(self, data: Map, key: str) -> bool:
        value = data.get(key, False)
        if not isinstance(value, bool):
            self.wrong(data, key, "true or false")
            return False
        return value

    def entry(self, data: Any, line: int) -> tuple[WatchlistEntry, Map] | None:
        if not isinstance(data, Map):
            self.say(line, f"an entry has to be a mapping with an `id`, not {_shown(data)}")
            return None
        self.keys(data, _ENTRY_KEYS)
        entry_id = self.entry_id(data, line)
        kind = self.text(data, "kind")
        if kind is None:
            if "kind" not in data:
                self.say(line, f"entry `{entry_id}` has no `kind`: one of {', '.join(KINDS)}")
        elif kind not in KINDS:
            self.say(data.line_of("kind"), f"unknown kind `{kind}`{_meant(kind, KINDS)}")
        aliases = self.aliases(data)
        weak = self.ambiguous(data)
        if not any(aliases.values()) and not weak:
            self.say(line, f"entry `{entry_id}` has no name under `aliases` and none under `ambiguous`")
        entry = WatchlistEntry(
            id=entry_id or "",
            kind=kind or "",
            name=self.text(data, "name") or entry_id or "",
            parent=self.text(data, "parent"),
            priority=self.priority(data),
            aliases=aliases,
            ambiguous=weak,
            ru_parts=self.ru_parts(data),
            indecl=self.texts(data, "indecl"),
            cs=self.texts(data, "cs"),
            veto=self.texts(data, "veto"),
            countries=self.texts(data, "countries"),
            not_before=self.not_before(
                data, {*(n for names in aliases.values() for n in names), *(w.name for w in weak)}
            ),
            roles=self.roles(data),
        )
        return (entry, data) if entry_id else None

    def not_before(self, data: Map, names: set[str]) -> dict[str, date]:
        """Names of the entry and the first day of each."""
        value = data.get("not_before")
        if value is None:
            return {}
        if not isinstance(value, Map):
            self.wrong(data, "not_before", "a mapping of names to days")
            return {}
        days: dict[str, date] = {}
        for name in value:
            if name not in names:
                self.say(value.line_of(name), f"`{name}` is no name of this entry{_meant(str(name), names)}")
            elif type(value[name]) is not date and not _DAY.fullmatch(str(value[name])):
                self.wrong(value, name, "a day such as 2026-02-28, or a month or year")
            elif (day := self.day(value, name)) is not None:
                days[name] = day
        return days

    def entry_id(self, data: Map, line: int) -> str | None:
        if "id" not in data:
            self.say(line, "an entry has no `id`: give it a short name of its own, such as `sco-energy-club`")
            return None
        entry_id = self.text(data, "id")
        if entry_id is None:
            return None
        at = data.line_of("id")
        if not _ID.fullmatch(entry_id):
            self.say(at, f"id `{entry_id}` has to be of small letters a-z, digits and single hyphens")
        elif entry_id in self.seen:
            self.say(at, f"id `{entry_id}` stands already in line {self.seen[entry_id]}: give one of them another")
        self.seen.setdefault(entry_id, at)
        return entry_id

    def priority(self, data: Map) -> int:
        value = data.get("priority", 2)
        if isinstance(value, bool) or not isinstance(value, int) or value not in (1, 2, 3):
            self.say(data.line_of("priority"), f"`priority` has to be 1, 2 or 3, not {_shown(value)}")
            return 2
        return value

    def aliases(self, data: Map) -> dict[str, tuple[str, ...]]:
        value = data.get("aliases")
        if value is None:
            return {}
        if not isinstance(value, Map):
            self.wrong(data, "aliases", "a mapping of languages to lists of names")
            return {}
        return {lang: self.names(value, lang) for lang in value if self.language(lang, value.line_of(lang))}

    def language(self, lang: str, line: int) -> bool:
        if lang not in LANGUAGES:
            self.say(line, f"unknown language `{lang}`{_meant(lang, LANGUAGES)}")
        return lang in LANGUAGES

    def names(self, data: Map, key: str) -> tuple[str, ...]:
        names = self.texts(data, key)
        value = data[key]
        for name in names:
            if fault := _name_fault(name):
                listed = value.lines[[str(v).strip() for v in value].index(name)] if isinstance(value, Seq) else 0
                self.say(listed or data.line_of(key), fault)
        return names

    def ambiguous(self, data: Map) -> tuple[WeakName, ...]:
        value = data.get("ambiguous")
        if value is None:
            return ()
        if not isinstance(value, Seq):
            self.wrong(data, "ambiguous", "a list of names with their context")
            return ()
        return tuple(w for w in map(self.weak, value, value.lines) if w is not None)

    def weak(self, data: Any, line: int) -> WeakName | None:
        if not isinstance(data, Map):
            self.say(
                line, f"a name under `ambiguous` has to be a mapping such as {{a: Xi, lang: en}}, not {data!r:.40}"
            )
            return None
        self.keys(data, _WEAK_KEYS)
        name, lang = self.text(data, "a"), self.text(data, "lang")
        for key in ("a", "lang"):
            if key not in data:
                self.say(line, f"a name under `ambiguous` has no `{key}`")
        if name and (fault := _name_fault(name)):
            self.say(data.line_of("a"), fault)
        if lang is not None:
            self.language(lang, data.line_of("lang"))
        need, veto = self.texts(data, "need"), self.texts(data, "veto")
        unwanted = {fold(term) for term in veto}
        for term in need:
            if fold(term) in unwanted:
                self.say(data.line_of("need"), f"`{term}` is needed and vetoed for `{name}`: take it out of one list")
        if name is None or lang is None:
            return None
        return WeakName(name=name, lang=lang, need=need, veto=veto, exact_case=self.flag(data, "cs"))

    def roles(self, data: Map) -> tuple[Role, ...]:
        """The offices as listed; what is wrong with them is noted by `office`."""
        value = data.get("roles")
        listed = [role for role in value if isinstance(role, Map)] if isinstance(value, Seq) else []
        return tuple(
            Role(
                title=title, org=self.text(role, "org"), since=_day_text(role, "since"), until=_day_text(role, "until")
            )
            for role in listed
            if (title := self.text(role, "role")) is not None
        )

    def office(self, data: Map) -> _Office:
        """From the first to the last day in office that the list knows of."""
        value = data.get("roles")
        if value is not None and not isinstance(value, Seq):
            self.wrong(data, "roles", "a list of roles")
            value = None
        days: dict[str, list[date | None]] = {"since": [], "until": []}
        for role, line in zip(value or (), value.lines if value else (), strict=True):
            if not isinstance(role, Map):
                self.say(
                    line, f"a role has to be a mapping such as {{role: President, since: 2024}}, not {_shown(role)}"
                )
                continue
            for key, found in days.items():
                found.append(self.day(role, key))
        known = [day for day in days["since"] if day is not None]
        over = [day for day in days["until"] if day is not None]
        return _Office(min(known, default=None), max(over) if over and len(over) == len(days["until"]) else None)

    def day(self, data: Map, key: str) -> date | None:
        """A day, or the first one of a month or a year."""
        value = data.get(key)
        if value is None or type(value) is date:
            return value
        match = _DAY.fullmatch(str(value))
        try:
            return date(int(match[1]), int(match[2] or 1), int(match[3] or 1)) if match else None
        except ValueError:
            self.wrong(data, key, "a day such as 2026-02-28, or a month or year")
            return None

    def ru_parts(self, data: Map) -> dict[str, object]:
        value = data.get("ru_parts")
        if value is None:
            return {}
        if not isinstance(value, Map):
            self.wrong(data, "ru_parts", "a mapping with `family` and `given`")
            return {}
        self.keys(value, _PARTS_KEYS)
        parts: dict[str, object] = {}
        for key in ("family", "given", "patronymic", "order"):
            if (text := self.text(value, key)) is not None:
                parts[key] = text
        for key in ("family", "given"):
            if key not in value:
                self.say(value.line, f"`ru_parts` has no `{key}`")
        if parts.get("order", "family-first") != "family-first":
            self.say(value.line_of("order"), "`order` can only be `family-first`; leave it out otherwise")
        if self.flag(value, "weak"):
            parts["weak"] = True
        return parts

    def tree(self, entries: list[tuple[WatchlistEntry, Map]]) -> None:
        """Notes parents that are not there and circles of parents."""
        parents: dict[str, str | None] = {}
        for entry, _ in entries:  # of an id that stands twice, the first
            parents.setdefault(entry.id, entry.parent)
        in_circle: set[str] = set()
        for entry, data in entries:
            if entry.parent is None:
                continue
            if entry.parent not in parents:
                meant = _meant(entry.parent, parents)
                self.say(data.line_of("parent"), f"unknown parent `{entry.parent}` of `{entry.id}`{meant}")
            elif entry.id not in in_circle and (circle := _circle(entry.id, parents)):
                in_circle.update(circle)
                self.say(data.line_of("parent"), f"a circle of parents: {' > '.join((*circle, circle[0]))}")

    def window(self, meta: Map | None) -> dict[str, int]:
        """Language key -> characters that count as near."""
        value = meta.get("window") if meta is not None else None
        if meta is None or value is None:
            return dict(_DEFAULT_WINDOW)
        if not isinstance(value, Map):
            self.wrong(meta, "window", "a mapping of languages to characters, such as {default: 200, zh: 80}")
            return dict(_DEFAULT_WINDOW)
        good: dict[str, int] = {}
        for lang, size in value.items():
            at = value.line_of(lang)
            if lang != "default" and not self.language(lang, at):
                continue
            if type(size) is not int or not 0 < size <= _WIDEST:
                self.say(at, f"`window` of `{lang}` has to be from 1 to {_WIDEST} characters, not {_shown(size)}")
            else:
                good[lang] = size
        return _DEFAULT_WINDOW | good

    def as_of(self, meta: Map | None) -> str | None:
        """The day of the list."""
        if meta is None or meta.get("as_of") is None:
            return None
        value = str(meta["as_of"])
        try:
            date.fromisoformat(value)
        except ValueError:
            self.say(meta.line_of("as_of"), f"`as_of` has to be a day such as 2026-11-21, not {_shown(meta['as_of'])}")
        return value


def _day_text(data: Map, key: str) -> str | None:
    """The day, month or year in ISO form; None: nothing that can be read as one."""
    match = _DAY.fullmatch(str(data.get(key)))
    return "-".join(part for part in match.groups() if part) if match else None


class _Office(NamedTuple):
    #: None: not known, or not over.
    since: date | None
    until: date | None


def _namesakes(entries: list[WatchlistEntry], offices: list[_Office]) -> tuple[WatchlistEntry, ...]:
    """The entries, where a bare surname of somebody whose last office is over, and whose namesake on the list came
    later, is marked with the day until which it can only mean the former (policy 4)."""
    surnames: dict[str, list[int]] = {}
    for number, entry in enumerate(entries):
        for name in {re.split(r"[\s·]", name)[-1] for names in entry.aliases.values() for name in names}:
            surnames.setdefault(name, []).append(number)

    def until(number: int, weak: WeakName) -> date | None:
        over = offices[number].until
        others = [offices[n].since for n in surnames.get(weak.name, ()) if n != number]
        return over if over and others and all(since and since >= over for since in others) else None

    return tuple(
        replace(entry, ambiguous=tuple(replace(weak, until=until(number, weak)) for weak in entry.ambiguous))
        if entry.kind == "person" and entry.ambiguous and offices[number].until
        else entry
        for number, entry in enumerate(entries)
    )


def _circle(entry_id: str, parents: dict[str, str | None]) -> list[str]:
    path = [entry_id]
    while (above := parents.get(path[-1])) is not None and above not in path:
        path.append(above)
    return path if above == entry_id else []


def _name_fault(name: str) -> str | None:
    folded = re.sub(r"[\W_]", "", fold(name))
    if not folded:
        return f"name `{name}` has no letter"
    if len(folded) == 1 and not re.match(f"[{HAN}]", folded):
        return f"name `{name}` is one letter: it would be found everywhere"
    return None


def _meant(word: str, known: Iterable[str]) -> str:
    close = get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f": did you mean `{close[0]}`?" if close else ""


def _shown(value: Any) -> str:
    if isinstance(value, Map):
        return "a mapping"
    if isinstance(value, Seq):
        return "a list"
    if value is None or value == "":
        return "nothing"
    return f"{type(value).__name__} `{value}`" if not isinstance(value, str) else f"`{value}`"


def _remedy(value: Any, wanted: str) -> str:
    plain = isinstance(value, (int, float, date)) and "text" in wanted
    return ": put it in quotation marks" if plain else ""
