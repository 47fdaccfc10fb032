"""The one analyser: what the index holds of a text, and what a search asks of the index.

::

    "Токаева"      as written  токаева        a form of  токаев
    "SCO峰会"      as written  sco 峰会 会    every character with its neighbour, the last of a run alone
    "3,000"        as written  3 000          base form  3000
    "anti-terror"  as written  anti terror    base form  antiterror
    "U.S."         as written  u s            base form  us
    "yuan's"       as written  yuan s

Terms as written keep their order, so that phrases are exact, and a term ends where the script changes, so that a space
between two scripts is free. Base forms of single words are not in the index: the archive keeps which forms of a word
its texts have, and a search asks for those (storage.forms). Only what is joined has its base forms in the index, apart
from the words, each once. Base forms are made for English by rules for its endings (monitor.text.english); for Russian
by the lemmas of every reading, because stems go wrong on names; for Hindi and Turkish by Snowball stems, for Persian by
its plural, with a mark in front, because these shapes could be words of another language.
A term holds nothing but letters, digits and marks of letters, so that any tokenizer that splits at spaces keeps it.
"""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from monitor.text import runs
from monitor.text.bases import TERM_LIMIT as TERM_LIMIT
from monitor.text.bases import Plan, bases, lemmas, morphology, plan, stemmed
from monitor.text.english import base_form, irregular_forms
from monitor.text.fold import fold
from monitor.text.terms import terms as terms
from monitor.text.units import CHUNK, HAS_UNSPACED, PIECE, Unit, joined, units

#: Raised whenever the same text gives other terms: an index made by another number has to be made anew.
ANALYSER = 3

# ---------------------------------------------------------------------------------------------- terms of a query


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a word or phrase of a query asks for."""

    #: Index terms, to be found next to one another.
    written: tuple[str, ...]
    #: Whether the last of them is only the beginning of a term.
    open_end: bool
    #: Any of these in the place of it, among the words as written or among the base forms; a word's own shape first.
    bases: tuple[str, ...]
    #: The same as single words and single Chinese characters, to find the place in a text.
    plain: tuple[str, ...]
    #: Whether the last of `plain` is only the beginning of a word.
    plain_open_end: bool
    #: All words with one of those base forms that the texts have; None: it is not known.
    forms: tuple[str, ...] | None = None


def query_terms(word: str, *, exact: bool = False, prefix: bool = False) -> Wanted:
    """What to look up for a word of a query; `exact`: a phrase, only as written; `prefix`: the end may differ.

    Nothing is `written` where the word has neither letter nor digit.
    """
    written: list[str] = []
    plain: list[str] = []
    chunks: list[str] = []
    open_end = False
    pieces = list(PIECE.finditer(word))
    for number, piece in enumerate(pieces):
        if piece["run"]:
            signs = runs.signs(piece[0])
            pairs = runs.pairs(signs)
            if number == len(pieces) - 1:
                open_end = len(pairs) == 1
                pairs = pairs[:-1] or pairs
            written += pairs
            plain += signs
        else:
            chunks.append(piece[0])
            words = units(_QUERY)[piece[0]].words
            written += words
            plain += words
    ends_in_run = bool(pieces) and bool(pieces[-1]["run"])
    inflected = not (exact or prefix) and len(pieces) == 1 == len(chunks)
    return Wanted(
        written=tuple(written),
        open_end=open_end or (prefix and not ends_in_run and bool(written)),
        bases=_query_bases(chunks[0]) if inflected else (),
        plain=tuple(plain),
        plain_open_end=prefix and not ends_in_run,
    )


# Turkish, Persian and Hindi stems are marked, so all of them can be asked for at once
_QUERY = Plan(latin="en", cyrillic="ru", arabic="fa", devanagari="hi")


def _query_bases(chunk: str) -> tuple[str, ...]:
    unit = units(_QUERY)[chunk]
    if len(unit.words) == 1:
        word = unit.words[0]
        turkish = stemmed(word, "tr") if len(word) >= 3 and "a" <= word[0] < "\u0250" else ()
        return (word, *unit.bases, *turkish)
    whole = joined(fold(chunk), list(unit.words)) if unit.words else ""
    if not whole:
        return ()
    found = [base.replace("-", "") for base in bases(whole, _QUERY)]
    return tuple(dict.fromkeys((*found, whole.replace("-", ""))))


# ---------------------------------------------------------------------------------------------- places in a text


class Place(NamedTuple):
    """One word, or one Chinese character, of a text."""

    term: str
    start: int
    end: int
    bases: tuple[str, ...]


class _Seeking:
    """Units of a text in which only some words are looked for: the others need no base forms.

    Russian base forms take long the first time, and none of those sought begins with another letter than `initials`.
    """

    def __init__(self, lang: str | None, initials: Set[str] | None) -> None:
        self._whole = units(plan(lang))
        self._plain = units(Plan(latin="", cyrillic=""))
        self._initials = initials

    def __getitem__(self, chunk: str) -> Unit:
        first = chunk[0].lower()
        if self._initials is None or first in self._initials or not "\u0400" <= first <= "\u052f" or "-" in chunk:
            return self._whole[chunk]
        return self._whole.get(chunk) or self._plain[chunk]


def initials_of(found: Iterable[Wanted]) -> frozenset[str]:
    """The letters that words answering the query can begin with."""
    begins: set[str] = set()
    for wanted in found:
        words = (*wanted.plain[:1], *wanted.bases)
        forms = (form for word in words for form in inflections(word)) if wanted.forms is None else wanted.forms
        begins.update(word[0] for word in (*words, *forms))
    return frozenset(begins | {"ё"} if "е" in begins else begins)


def places(text: str, lang: str | None, initials: Set[str] | None = None) -> list[Place]:
    """The words of a text with where they stand; the parts of a joined word share its place.

    With `initials` only words that begin so are sure to have their base forms.
    """
    units = _Seeking(lang, initials)
    found: list[Place] = []
    pattern = PIECE if HAS_UNSPACED.search(text) else CHUNK
    for piece in pattern.finditer(text):
        if pattern is PIECE and piece["run"]:
            found += _sign_places(piece[0], piece.start())
        else:
            unit = units[piece[0]]
            start, end = piece.span()
            found += [Place(word, start, end, unit.bases) for word in unit.words]
    return found


def mentions(text: str, lang: str | None, terms: Set[str], initials: Set[str] | None = None) -> bool:
    """Whether one of the terms could be among the `places` of the text; far quicker than those."""
    if HAS_UNSPACED.search(text):
        return True
    units = _Seeking(lang, initials)
    found = [units[chunk] for chunk in set(CHUNK.findall(text))]
    return any(not terms.isdisjoint(unit.words) or not terms.isdisjoint(unit.bases) for unit in found)


def _sign_places(run: str, offset: int) -> Iterable[Place]:
    signs = fold(run)
    if len(signs) == len(run):  # as nearly always: character by character
        return [Place(s, n, n + 1, ()) for n, s in enumerate(signs, offset) if s not in " ·"]
    return [Place(s, n, n + 1, ()) for n, char in enumerate(run, offset) for s in runs.signs(char)]


# ---------------------------------------------------------------------------------------------- other forms

_ENGLISH_ENDINGS = ("", "s", "es", "ed", "d", "ing", "e", "y", "ies", "ied")
_SURNAME_ENDINGS = ("а", "у", "ым", "ом", "е", "ой", "ы", "ых", "ым", "ыми")
_FORMS_LIMIT = 30


@lru_cache(maxsize=10_000)
def inflections(word: str) -> tuple[str, ...]:
    """A folded word of a query with the other forms of it that a text may have, itself first."""
    if len(word) < 3 or word.isdecimal():
        return (word,)
    if "\u0400" <= word[0] <= "\u052f":
        forms = [fold(form.word) for parse in morphology().parse(word) for form in parse.lexeme]
        # surnames that no dictionary has: only what leads back to the same base form
        starts = (word, *lemmas(word))
        named = [start + ending for start in starts for ending in _SURNAME_ENDINGS]
        forms += [form for form in named if not {word, *lemmas(word)}.isdisjoint(lemmas(form))]
    elif "a" <= word[0] < "\u0250":
        base = base_form(word)
        starts = (word, base, base.removesuffix("i"), base + base[-1:])
        forms = [start + ending for start in starts for ending in _ENGLISH_ENDINGS]
        forms = [form for form in (*forms, *irregular_forms(base)) if base_form(form) == base]
    else:
        forms = []
    return tuple(dict.fromkeys((word, *forms)))[:_FORMS_LIMIT]
