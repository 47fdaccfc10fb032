"""What a list says of its names beside how they are spelled: vetoes, company, days, namesakes."""

from __future__ import annotations

from collections.abc import Set
from datetime import date
from functools import cached_property

from monitor.types import Watchlist, WeakName
from monitor.watchlist.context import Company, Terms, company
from monitor.watchlist.forms import Form
from monitor.watchlist.givennames import sound
from monitor.watchlist.namesakes import (
    TELLING,
    english_given_before,
    given_before,
    other_behind,
    trade_beside,
)
from monitor.watchlist.normal import normal_name
from monitor.watchlist.spellings import Candidate, Spellings


class Rules:
    """The rules of one list, its entries and context terms as numbers."""

    def __init__(self, watchlist: Watchlist, terms: Terms, spellings: Spellings) -> None:
        self.terms = terms
        self._watchlist = watchlist
        self._spellings = spellings

    def early(self, form: Form, day: date) -> date | None:
        """The first day on which the name can mean its entry, when that is still to come; else None."""
        first = self.not_before.get((form.entry, form.alias))
        return first if first is not None and day < first else None

    def namesake(self, candidate: Candidate) -> str | None:
        """What stands beside the name and makes it somebody else's (a given name before a bare surname, a trade, a
        firm, a Jr.), empty where the surname itself is a woman's; None: there is neither."""
        form, part = candidate.form, candidate.field
        lang = form.lang
        if form.entry not in self.shared.get(lang, ()):
            return None
        if lang not in ("en", "ru"):
            return self._trade(candidate)
        text, start, end = part.normal.text, candidate.start - part.offset, candidate.end - part.offset
        other = other_behind(text, end)
        if other is not None or " " in form.text:
            return other
        if not form.listed and part.suffixes.hers(form.text):
            return ""
        if lang == "ru":
            given = given_before(part.normal.cased, start)
            return None if given is None or given in self._persons[form.entry] else given
        given = english_given_before(part.normal.cased, start)
        if given is None:
            return None
        own = self._sounds[form.entry]
        return None if not own or sound(given) in own else given

    def _trade(self, candidate: Candidate) -> str | None:
        """The trade beside a Chinese name; None: there is none."""
        part, start, end = candidate.field, candidate.start, candidate.end
        text, start, end = part.normal.text, start - part.offset, end - part.offset
        if text[end : end + 1] not in TELLING and text[start - 1 : start] not in TELLING:
            return None
        return trade_beside(part.normal, start, end)

    def window(self, lang: str) -> int:
        """Within so many characters of a name its company is looked for."""
        return self._watchlist.window.get(lang) or self._watchlist.window.get("default", 200)

    @cached_property
    def _persons(self) -> dict[int, frozenset[str]]:
        """Place of each person -> all words of their Russian names."""
        return {
            place: frozenset(word for name in entry.aliases.get("ru", ()) for word in normal_name(name).text.split())
            for place, entry in enumerate(self._watchlist.entries)
            if entry.kind == "person"
        }

    @cached_property
    def shared(self) -> dict[str, Set[int]]:
        """Language -> places of the persons beside whose names in it can be told that somebody else is meant."""
        persons, entries = self._persons.keys(), self._watchlist.entries
        family_first = frozenset(place for place in persons if "order" in entries[place].ru_parts)
        return {"en": persons, "ru": persons, "zh": family_first, "zh_hant": family_first}

    @cached_property
    def _sounds(self) -> dict[int, frozenset[str]]:
        """Place of each person whose name is listed with more than the surname -> the sounds of all its Latin words."""
        found: dict[int, frozenset[str]] = {}
        for place in self._persons:
            entry = self._watchlist.entries[place]
            names = [normal_name(n).text.split() for names in ((entry.name,), *entry.aliases.values()) for n in names]
            latin = [words for words in names if "".join(words).isascii()]
            whole = any(len(words) > 1 for words in latin)
            found[place] = frozenset(sound(part) for words in latin for w in words for part in (w, *w.split("-")))
            if not whole:
                found[place] = frozenset()
        return found

    @cached_property
    def not_before(self) -> dict[tuple[int, str], date]:
        """(Place of the entry, name as listed) -> the first day on which it can mean it."""
        entries = enumerate(self._watchlist.entries)
        return {(place, name): day for place, entry in entries for name, day in entry.not_before.items()}

    @cached_property
    def entry_vetoes(self) -> dict[int, tuple[tuple[int, ...], tuple[int, ...]]]:
        """Place of an entry -> its vetoes that hold one of its names, and those that count nearby."""
        own = self._listed_texts()
        vetoes: dict[int, tuple[tuple[int, ...], tuple[int, ...]]] = {}
        for place, entry in enumerate(self._watchlist.entries):
            if not entry.veto:
                continue
            numbers = [self.terms.by_name[v] for v in entry.veto if v in self.terms.by_name]
            covering = [n for n in numbers if any(name in self.terms.terms[n].text for name in own[place])]
            vetoes[place] = (tuple(covering), tuple(n for n in numbers if n not in covering))
        return vetoes

    def _listed_texts(self) -> dict[int, set[str]]:
        own: dict[int, set[str]] = {}
        for group in self._spellings.forms:
            for form in group:
                own.setdefault(form.entry, set()).add(form.text)
        return own

    @cached_property
    def weak_names(self) -> dict[tuple[int, int], tuple[WeakName, Company]]:
        """(Place of the entry, place under `ambiguous`) -> the name and its company. Records of one name in several
        languages share their vetoes: a football club is no less one in another language."""
        names: dict[tuple[int, int], tuple[WeakName, Company]] = {}
        for place, entry in enumerate(self._watchlist.entries):
            texts = [normal_name(weak.name).text for weak in entry.ambiguous]
            for number, weak in enumerate(entry.ambiguous):
                same = [w.veto for w, text in zip(entry.ambiguous, texts, strict=True) if text == texts[number]]
                veto = tuple(dict.fromkeys(v for vetoes in same for v in vetoes))
                names[place, number] = (weak, company(weak.need, veto, weak.name, self.terms))
        return names


def terms_of(watchlist: Watchlist) -> Terms:
    """All vetoes and needed terms of the list."""
    names: list[str] = []
    for entry in watchlist.entries:
        names += entry.veto
        for weak in entry.ambiguous:
            names += (*weak.need, *weak.veto)
    people = [normal_name(entry.name).text for entry in watchlist.entries if entry.kind == "person"]
    return Terms(names, {part for name in people for part in (name, *name.split())})
