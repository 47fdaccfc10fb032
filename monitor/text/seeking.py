"""The words of a text that could answer a search, found without taking the whole text apart.

A text that has only common characters (monitor.text.alphabet) is folded as bytes, one for each character, so that
places stay. A word without anything joined to it can only answer when it begins as one of the words sought does.
Chinese words are looked for as they stand, in texts without rare signs. All other texts are taken apart whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from itertools import islice

from monitor.text import alphabet
from monitor.text.bases import Plan, plan
from monitor.text.fold import fold, replaced_han
from monitor.text.units import BETWEEN_SIGNS, CHUNK, HAS_UNSPACED, INITIALS, JOINERS, UNSPACED, Units, units
from monitor.text.words import Place, Wanted, initials_of, mentions, places, query_terms

_WORD = re.compile(r"\w")
_JOINER = "-"
_INITIALS = re.compile(INITIALS)
#: Stands for a character that folds into none or several.
_ODD = "\ufffe"
_CYRILLIC = re.compile("[\u0400-\u052f]")
#: Signs that fold as `replaced_han` says, or not at all.
_COMMON_SIGN = re.compile("[\u4e00-\u9fff]")
_RARE_SIGN = re.compile(f"(?![\u30fb\u3400-\u9fff])[{UNSPACED}]")
#: Letters after which a word can go on; a term ends where the script changes.
_SCRIPTS = ("[a-z\u00aa-\u024f]", "[\u0400-\u052f]")
#: Between places that do not stand side by side.
_APART = Place("", 0, 0, ())


class Sought:
    """What a search seeks in texts."""

    def __init__(self, wanted: Sequence[Wanted]) -> None:
        self._terms = {term for one in wanted for term in (one.plain[0], *one.bases)}
        self._open = any(one.plain_open_end for one in wanted)
        self._initials = initials_of(wanted)
        #: Words that stand beside one another in the longest phrase.
        self._longest = max(len(one.plain) for one in wanted)
        self._token = _token(wanted, self._initials)
        self._runs = _runs(wanted)
        self._cyrillic = any(map(_CYRILLIC.match, self._initials))

    def places(self, text: str, lang: str | None) -> list[Place]:
        """The words that could answer with all that is needed beside them; the others may be missing."""
        if self._runs and not _RARE_SIGN.search(text):
            return _places_of_runs(text, self._runs)
        found = self._quick(text, lang)
        if found is not None:
            return found if self._longest == 1 else self._with_following(found, text, lang)
        if not self._open and not mentions(text, lang, self._terms, self._initials):
            return []
        return places(text, lang, self._initials)

    def _quick(self, text: str, lang: str | None) -> list[Place] | None:
        """Words of a common text, those that cannot answer left out; None: it has to be taken apart."""
        coded = alphabet.coded(text) if self._token is not None and not _INITIALS.search(text) else None
        if coded is None or self._token is None:
            return None
        folded = alphabet.decoded(coded, _folded())
        if _ODD in folded:
            return None
        known = self._units(lang)
        found: list[Place] = []
        for token in self._token.finditer(folded):
            for chunk in CHUNK.finditer(text, *token.span()):
                unit = known[chunk[0]]
                start, end = chunk.span()
                found += [Place(word, start, end, unit.bases) for word in unit.words]
        return found

    def _with_following(self, found: Sequence[Place], text: str, lang: str | None) -> list[Place]:
        """Those of the words that could begin a phrase, each with as many behind it as a phrase may have."""
        known = self._units(lang)
        stand: list[Place] = []
        for place in found:
            if self._open or place.term in self._terms or not self._terms.isdisjoint(place.bases):
                for chunk in islice(CHUNK.finditer(text, place.start), self._longest):
                    unit, (start, end) = known[chunk[0]], chunk.span()
                    stand += [Place(word, start, end, unit.bases) for word in unit.words]
                stand.append(_APART)
        return stand

    def _units(self, lang: str | None) -> Units:
        """Without a dictionary of Russian, which takes long to open, where nothing Russian is sought."""
        whole = plan(lang)
        return units(whole if self._cyrillic else Plan(whole.latin, "", whole.arabic, whole.devanagari))


@lru_cache(maxsize=64)
def sought(wanted: tuple[Wanted, ...]) -> Sought:
    """The same for the same words, as for each hit of one search."""
    return Sought(wanted)


def warm() -> None:
    """Opens dictionaries and tables, so that the first search of a process that stays takes no longer than others."""
    for lang, word in (("en", "summit"), ("ru", "саммит"), ("zh", "峰会")):
        sought((query_terms(word),)).places(f"{word}, {word}", lang)


def _token(wanted: Sequence[Wanted], initials: Iterable[str]) -> re.Pattern[str] | None:
    """What stands between spaces and can answer, or has something joined; None: for numbers, which have gaps."""
    if any(one.plain[0][0].isdecimal() for one in wanted):
        return None
    if any(one.forms is None for one in wanted):
        begins = f"[{re.escape(''.join(i for i in initials if not i.isdecimal()))}]"
    else:
        begins = "|".join(_beginning(one) for one in wanted)
    return re.compile(rf"(?<!\S)(?:{begins}|(?=\S*[{_JOINER}0-9]))\S+")


def _beginning(one: Wanted) -> str:
    """How what answers begins, when all forms of it are known: as one of these, and no letter of its script follows."""
    if one.plain_open_end and len(one.plain) == 1:
        return f"(?={re.escape(one.plain[0])})"
    by_script: dict[str, list[str]] = {}
    for word in dict.fromkeys((one.plain[0], *one.bases, *(one.forms or ()))):
        script = next((script for script in _SCRIPTS if re.match(script, word[-1])), r"\w")
        by_script.setdefault(script, []).append(re.escape(word))
    return "|".join(f"(?=(?:{'|'.join(words)})(?!{script}))" for script, words in by_script.items())


@cache
def _folded() -> str:
    return alphabet.table(_folded_char)


def _folded_char(char: str) -> str:
    if char in JOINERS:
        return _JOINER
    if _WORD.match(char):
        return fold(char)
    return "\n"


# ---------------------------------------------------------------------------------------------- Chinese


def _runs(wanted: Sequence[Wanted]) -> tuple[re.Pattern[str], ...]:
    """Each as it stands in a run; none where one of them has other signs, or is several runs."""
    if not all(_COMMON_SIGN.fullmatch(sign) for one in wanted for sign in one.plain):
        return ()
    if any(len(term) == 1 for one in wanted for term in one.written[:-1]):
        return ()
    return tuple(re.compile(f"(?:{BETWEEN_SIGNS})?".join(one.plain)) for one in wanted)


def _places_of_runs(text: str, patterns: Iterable[re.Pattern[str]]) -> list[Place]:
    if not HAS_UNSPACED.search(text):
        return []
    folded = text.translate(_simplified())
    found: list[Place] = []
    for pattern in patterns:
        for run in pattern.finditer(folded):
            begin = run.start()
            found += [Place(sign, at, at + 1, ()) for at, sign in enumerate(run[0], begin) if _COMMON_SIGN.match(sign)]
            found.append(_APART)
    return found


@cache
def _simplified() -> dict[int, str]:
    return {ord(char): fold(char) for char in replaced_han()}
