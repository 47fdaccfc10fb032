"""The company that a weak name keeps: need and veto terms, and where they stand in an article."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, replace
from typing import Literal

from monitor.text.fold import HAN
from monitor.watchlist.automaton import Hit
from monitor.watchlist.declension import name_cases, personal
from monitor.watchlist.normal import Normal, normal_name, word_edge

_HAN = re.compile(f"[{HAN}]")
_RUSSIAN = re.compile("[а-я -]{5,}")
_PLURAL = re.compile("(?:e?s)(?![^\\W_])")

Kind = Literal["anywhere", "capitals", "whole", "prefix"]


@dataclass(frozen=True, slots=True)
class Term:
    """A context term, ready to be found."""

    #: As listed.
    name: str
    text: str
    cased: str
    #: Chinese terms stand anywhere; SCO, PM, Xi only with their capitals; short words only whole; others begin a word.
    kind: Kind


def term(name: str) -> Term:
    """The term as it is looked for."""
    made = normal_name(name)
    return Term(name=name, text=made.text, cased=made.cased, kind=_kind(made.cased))


def _kind(cased: str) -> Kind:
    letters = "".join(c for c in cased if c.isalpha())
    if _HAN.search(cased):
        return "anywhere"
    latin = letters.isascii()
    if 2 <= len(letters) <= 5 and letters.isupper():
        return "capitals"
    # Xi, Modi In (a town): a short word with a capital is another word without it
    if latin and any(len(w) <= 3 and w.istitle() for w in re.findall(r"[^\W\d_]{2,}", cased)):
        return "capitals"
    # `son` is not in song, nor `late` in later; but `Iran` is in Iranian
    if latin and (len(letters) <= 3 or (len(letters) <= 4 and letters.islower())):
        return "whole"
    return "prefix"


class Terms:
    """All context terms of a watchlist, by number; they are looked for together with its names."""

    def __init__(self, names: Iterable[str], people: Set[str] = frozenset()) -> None:
        """`people`: names of persons in normal form, which unlike Iran begin no other word: Putintseva plays tennis."""
        self.terms = [t for t in map(term, dict.fromkeys(names)) if t.text]
        self.terms = [replace(t, kind="whole") if t.kind == "prefix" and t.text in people else t for t in self.terms]
        self.by_name = {t.name: number for number, t in enumerate(self.terms)}
        numbers: dict[str, list[int]] = {}
        for number, t in enumerate(self.terms):
            for text in _spellings(t):
                numbers.setdefault(text, []).append(number)
        #: What is to be looked for, and of each spelling the terms it belongs to.
        self.spellings = list(numbers)
        self._numbers_of = list(numbers.values())
        #: Characters of the longest spelling.
        self.longest = max(map(len, numbers), default=0)
        #: Of each spelling, whether all of these stand anywhere; whether they only have to begin a word.
        self._anywhere = [all(self.terms[n].kind == "anywhere" for n in group) for group in self._numbers_of]
        self._begin = [all(self.terms[n].kind == "prefix" for n in group) for group in self._numbers_of]

    def standing(self, text: Normal, hits: Iterable[Hit], first: int) -> dict[int, list[tuple[int, int]]]:
        """Number of each term that stands in the text -> where. The hits of the spellings are numbered from `first`."""
        found: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
        whole, anywhere, begin = text.text, self._anywhere, self._begin
        for number, start, end in hits:
            pattern = number - first
            if pattern < 0:
                continue
            if anywhere[pattern] or (begin[pattern] and whole[start - 1] == " "):
                for term in self._numbers_of[pattern]:
                    found[term].append((start, end))
            else:
                for term in self._numbers_of[pattern]:
                    if _stands(self.terms[term], text, start, end):
                        found[term].append((start, end))
        return found


def _stands(t: Term, text: Normal, start: int, end: int) -> bool:
    if t.kind == "anywhere":
        return True
    if t.kind == "capitals" and text.cased[start:end] not in (t.cased, t.cased.upper()):
        return False
    if not word_edge(text, start):
        return False
    return t.kind == "prefix" or word_edge(text, end) or _PLURAL.match(text.text, end) is not None


def _spellings(t: Term) -> set[str]:
    """The term, and of Russian ones the cases that do not begin with it: глава МИД, главы МИД; Россия, России."""
    if t.kind != "prefix" or not _RUSSIAN.fullmatch(t.text):
        return {t.text}
    first, *rest = t.text.split()
    others = {" ".join((form, *rest)) for case in name_cases(first) for form in case}
    if rest:
        others |= personal(t.text.split(), ())
    return {t.text, *(o for o in others if not o.startswith(t.text))}


@dataclass(frozen=True, slots=True)
class Company:
    """Need and veto terms of one weak name, by number; `overlapping` vetoes hold only where they cover the name."""

    need: tuple[int, ...]
    veto: tuple[int, ...]
    overlapping: tuple[int, ...]


def company(need: Sequence[str], veto: Sequence[str], name: str, terms: Terms) -> Company:
    """The terms as numbers. A veto that holds the name inside it says of Chinese only what stands right there: with no
    spaces it is an accident of neighbours, and other mentions are as good as any."""
    inside = normal_name(name).text
    local = {v for v in veto if _HAN.search(inside) and inside in normal_name(v).text}
    containing = {v for v in veto if inside in normal_name(v).text}
    return Company(
        need=_numbers(need, terms),
        veto=_numbers((v for v in veto if v not in local), terms),
        overlapping=_numbers(containing, terms),
    )


def _numbers(names: Iterable[str], terms: Terms) -> tuple[int, ...]:
    return tuple(terms.by_name[n] for n in names if n in terms.by_name)
