"""The one analyser: what the index holds of a text, and what a search asks of the index.

::

    "Токаева"      as written  токаева        bases  токаев
    "SCO峰会"      as written  sco 峰会 会    every character with its neighbour, the last of a run alone
    "3,000"        as written  3 000          bases  3000
    "anti-terror"  as written  anti terror    bases  antiterror
    "yuan's"       as written  yuan s

Terms as written keep their order, so that phrases are exact, and a term ends where the script changes, so that a space
between two scripts is free. Base forms stand apart, each once, and only where they differ from what is written:
English by rules for its endings (monitor.text.english); Russian by the lemmas of every reading, because stems go wrong
on names; Persian, Hindi and Turkish by Snowball stems with a mark in front, because these shapes could be words of
another language.
A term holds nothing but letters, digits and marks of letters, so that any tokenizer that splits at spaces keeps it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Set
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import chain
from typing import Any, NamedTuple

from monitor.text.english import base_form, irregular_forms
from monitor.text.fold import HAN, fold
from monitor.types import Terms

#: Raised whenever the same text gives other terms: an index made by another number has to be made anew.
ANALYSER = 1

TERM_LIMIT = 64
# words that are kept with their terms, of all languages together: about half a kilobyte each
_CACHE_LIMIT = 100_000

# scripts that are written without spaces: Chinese, kana, Thai, Lao, Burmese, Khmer
_UNSPACED = HAN + "\u3041-\u309f\u30a1-\u30ff\u31f0-\u31ff\uff66-\uff9f\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
# marks and invisible characters inside a word, which \w leaves out
_MARKS = (
    "\u00ad\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed"
    "\u0900-\u0963\u0966-\u0dff\u1ab0-\u1aff\u1dc0-\u1dff\u200b-\u200f\u202a-\u202e\u2060\u20d0-\u20ff\ufe00-\ufe0f"
    "\ufe20-\ufe2f\ufeff"
)
_JOINERS = "'`´‘’ʹʻʼʽʾʿˈ′ꞌ՚＇｀‐‑–－-"
_JOIN = rf"(?:[{_JOINERS}]|(?<=\d)[.,](?=\d)|(?<=\d)[ \u00a0\u202f](?=\d\d\d(?!\d)))"

_HAS_UNSPACED = re.compile(f"[{_UNSPACED}]")
_BETWEEN_SIGNS = re.compile(rf"[^\w{_UNSPACED}]+|_")
_CHUNK = re.compile(rf"[\w{_MARKS}]+(?:{_JOIN}[\w{_MARKS}]+)*")
_SPACED = rf"(?:(?![{_UNSPACED}])[\w{_MARKS}])+"
_PIECE = re.compile(
    rf"(?P<run>[{_UNSPACED}]+(?:[\s·•・‧･∙⋅]{{1,3}}[{_UNSPACED}]+)*)|(?P<chunk>{_SPACED}(?:{_JOIN}{_SPACED})*)"
)

_LATIN, _CYRILLIC, _ARABIC = "a-z\u00aa-\u024f\u1e00-\u1eff", "\u0400-\u052f", "\u0620-\u065f\u066e-\u06ff\u0750-\u077f"
_TERM = re.compile(
    rf"\d*[{_LATIN}][{_LATIN}\d]*|\d*[{_CYRILLIC}][{_CYRILLIC}\d]*|\d*[{_ARABIC}][{_ARABIC}\d]*"
    rf"|(?:(?![{_LATIN}{_CYRILLIC}{_ARABIC}_])[\w{_MARKS}])+"
)
# where the digits of one number stand apart
_NUMBER_GAP = re.compile(r"\d[ \u00a0\u202f](?=\d\d\d(?!\d))")
_GROUPED = re.compile(r"\d{1,3}(?:([., ])\d{3})(?:\1\d{3})*")
_ENDINGS = frozenset(("s", "t", "re", "ll", "ve", "d", "m"))


# ---------------------------------------------------------------------------------------------- base forms


@dataclass(frozen=True, slots=True)
class _Plan:
    """Which rules give base forms in a text, by script; empty: none."""

    latin: str = "en"
    cyrillic: str = "ru"
    arabic: str = ""
    devanagari: str = ""


# languages whose words would go wrong by the English or Russian rules; in all others such words are quotations
_OTHER_LATIN = re.compile("az|uz|de|fr|es|it|pt|nl|pl|cs|tk|id|ms|vi|ro|hu|sv|da|no|fi|sq|hr|bs|sl|sk|lt|lv|et")
_OTHER_CYRILLIC = re.compile("kk|ky|tg|be|uk|mn|bg|sr|mk|uz")


@lru_cache(maxsize=256)
def _plan(lang: str | None) -> _Plan:
    lang = (lang or "").partition("-")[0].partition("_")[0].lower()
    return _Plan(
        latin="tr" if lang == "tr" else "" if _OTHER_LATIN.fullmatch(lang) else "en",
        cyrillic="" if _OTHER_CYRILLIC.fullmatch(lang) else "ru",
        arabic="fa" if lang == "fa" else "",
        devanagari="hi" if lang == "hi" else "",
    )


_SNOWBALL = {"tr": "turkish", "fa": "persian", "hi": "hindi"}


@lru_cache(maxsize=8)
def _stemmer(lang: str) -> Callable[[str], str]:
    import Stemmer

    stem: Callable[[str], str] = Stemmer.Stemmer(_SNOWBALL[lang], 0).stemWord
    return stem


@lru_cache(maxsize=1)
def _morphology() -> Any:
    import pymorphy3

    return pymorphy3.MorphAnalyzer()


@lru_cache(maxsize=30_000)
def _lemmas(word: str) -> tuple[str, ...]:
    """Base forms of every reading of a folded Russian word."""
    return tuple(dict.fromkeys(map(fold, _dictionary_forms(word) or _guessed_forms(word))))


def _dictionary_forms(word: str) -> list[str]:
    """Base forms of a word that the dictionary has, without the grammar of its readings, which takes most time."""
    morphology = _morphology()
    dictionary = morphology.dictionary
    return [
        dictionary.build_normal_form(paradigm, index, spelling)
        for spelling, readings in dictionary.words.similar_items(word, morphology.char_substitutes)
        for paradigm, index in readings
    ]


def _guessed_forms(word: str) -> list[str]:
    """Base forms of a word that is read like others with its ending."""
    return [parse.normal_form for parse in _morphology().parse(word)]


def _bases(word: str, plan: _Plan) -> tuple[str, ...]:
    """Base forms of one folded word, itself not among them unless marked with its language."""
    if len(word) < 3 or word.isdecimal():
        return ()
    first = word.lstrip("0123456789")[:1]
    if "\u0400" <= first <= "\u052f":
        return tuple(b for b in _lemmas(word) if b != word) if plan.cyrillic else ()
    if first < "\u0250":
        return _stemmed(word, plan.latin)
    if "\u0620" <= first <= "\u077f":
        return _stemmed(word, plan.arabic)
    return _stemmed(word, plan.devanagari) if "\u0900" <= first <= "\u097f" else ()


def _stemmed(word: str, lang: str) -> tuple[str, ...]:
    if not lang:
        return ()
    if lang == "en":
        base = base_form(word)
        return (base,) if base != word else ()
    return (f"0{lang}{_stemmer(lang)(word)}"[:TERM_LIMIT],)


def _chunk_bases(folded: str, words: list[str], plan: _Plan) -> tuple[str, ...]:
    """Base forms of a word with all that is joined to it: of its parts, and of the whole written as one."""
    found: list[str] = []
    for word in words:
        found += _bases(word, plan)
    if len(words) > 1 and (joined := _joined(folded, words)):
        found += [b.replace("-", "") for b in _bases(joined, plan)] or [joined.replace("-", "")]
        if not joined.isdecimal():
            found.append(joined.replace("-", ""))
    return tuple(b[:TERM_LIMIT] for b in dict.fromkeys(found))


def _joined(folded: str, words: list[str]) -> str:
    """The whole as one word, with a hyphen where Russian keeps one; empty where the whole is no word."""
    if _GROUPED.fullmatch(folded):
        return "".join(words)
    if len(words) > 3 or words[-1] in _ENDINGS or not all(word.isalpha() for word in words):
        return ""
    if "-" not in folded and "'" not in folded:
        return ""
    return ("-" if "\u0400" <= words[0][0] <= "\u052f" and "-" in folded else "").join(words)


# ---------------------------------------------------------------------------------------------- terms of a text


@dataclass(frozen=True, slots=True)
class _Unit:
    """What one word of a text comes to."""

    words: tuple[str, ...]
    written: str
    bases: tuple[str, ...]


def _unit(chunk: str, plan: _Plan) -> _Unit:
    folded = fold(chunk)
    if folded.isascii() and folded.isalnum():
        words = [folded[:TERM_LIMIT]]
    else:
        words = [word[:TERM_LIMIT] for word in _TERM.findall(folded)]
    return _Unit(tuple(words), " ".join(words), _chunk_bases(folded, words, plan))


class _Units(dict[str, _Unit]):
    """Word as it stands in a text -> its terms; filled when met, emptied when it has grown too large."""

    def __init__(self, plan: _Plan) -> None:
        self._plan = plan

    def __missing__(self, chunk: str) -> _Unit:
        unit = _unit(chunk, self._plan)
        if len(chunk) <= TERM_LIMIT:
            if len(self) >= _CACHE_LIMIT:
                self.clear()
            self[chunk] = unit
        return unit


@lru_cache(maxsize=8)
def _units(plan: _Plan) -> _Units:
    return _Units(plan)


class _Bases(dict[str, tuple[str, ...]]):
    """What stands between two spaces of a text -> its base forms; filled when met."""

    def __init__(self, plan: _Plan) -> None:
        self._plan = plan
        self.older: dict[str, tuple[str, ...]] = {}

    def __missing__(self, token: str) -> tuple[str, ...]:
        bases = self.older.get(token)
        if bases is None:
            bases = tuple(chain.from_iterable(unit.bases for unit in _units_in(token, self._plan)))
        if len(token) <= TERM_LIMIT:
            self[token] = bases
        return bases


class _Written(dict[str, str]):
    """The same -> its terms as written, each with a space behind it."""

    def __init__(self, plan: _Plan) -> None:
        self._plan = plan
        self.bases = _Bases(plan)
        self.older: dict[str, str] = {}

    def __missing__(self, token: str) -> str:
        written = self.older.get(token)
        if written is None:
            units = _units_in(token, self._plan)
            written = "".join([f"{unit.written} " for unit in units if unit.written])
            if len(token) <= TERM_LIMIT:
                self.bases[token] = tuple(chain.from_iterable(unit.bases for unit in units))
        if len(token) <= TERM_LIMIT:
            self[token] = written
        return written

    def age(self) -> None:
        """Forgets the words that were not met since the last time."""
        self.older, self.bases.older = dict(self), dict(self.bases)
        self.clear()
        self.bases.clear()


def _units_in(token: str, plan: _Plan) -> list[_Unit]:
    return [_unit(chunk, plan) for chunk in _CHUNK.findall(token)]


@cache
def _written(plan: _Plan) -> _Written:
    made = _Written(plan)
    _filled.append(made)
    return made


_filled: list[_Written] = []


def _make_room() -> None:
    if sum(map(len, _filled)) >= _CACHE_LIMIT // 2:
        for written in _filled:
            written.age()


def terms(title: str, text: str, lang: str | None) -> Terms:
    """What the index holds of an article in that language; None: told by the script of each word."""
    _make_room()
    known = _written(_plan(lang))
    title_written, title_bases = _analysed(title, known)
    text_written, text_bases = _analysed(text, known)
    return Terms(title=title_written, text=text_written, title_bases=title_bases, text_bases=text_bases)


def _analysed(text: str, known: _Written) -> tuple[str, str]:
    """Terms as written and base forms, each joined by spaces."""
    if not text.isascii() and _HAS_UNSPACED.search(text):
        return _analysed_with_runs(text, known)
    tokens = _CHUNK.findall(text) if _NUMBER_GAP.search(text) else _apart(text)
    written = "".join(map(known.__getitem__, tokens))
    return written[:-1], _bases_of(tokens, known)


#: Between words wherever they stand: without them fewer shapes of a word have to be known.
_SEPARATORS = (", ", ". ", '"', "(", ")", ":", "«", "»", "“", "”")


def _apart(text: str) -> list[str]:
    for separator in _SEPARATORS:
        text = text.replace(separator, " ")
    return text.split()


def _bases_of(tokens: Iterable[str], known: _Written) -> str:
    return " ".join(dict.fromkeys(chain.from_iterable(map(known.bases.__getitem__, dict.fromkeys(tokens)))))


def _analysed_with_runs(text: str, known: _Written) -> tuple[str, str]:
    pieces: list[tuple[str, str]] = _PIECE.findall(text)
    # folded all at once: that takes much longer to begin than to do
    runs = iter(_signs(_APART.join([run for run, _ in pieces if run])).split(_APART))
    written = "".join([_run_written(next(runs)) if run else known[chunk] for run, chunk in pieces])
    return written[:-1], _bases_of([chunk for _, chunk in pieces if chunk], known)


#: A letter that is in no run, to stand between them.
_APART = "\ua66e"


def _run_written(signs: str) -> str:
    return f"{' '.join(_pairs(signs))} " if signs else ""


def _signs(raw: str) -> str:
    """The characters of a run without what stands between them."""
    return _BETWEEN_SIGNS.sub("", fold(raw))


def _pairs(signs: str) -> list[str]:
    """Each character with the one after it; the last one alone."""
    return [*map(str.__add__, signs, signs[1:]), signs[-1:]]


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


def query_terms(word: str, *, exact: bool = False, prefix: bool = False) -> Wanted:
    """What to look up for a word of a query; `exact`: a phrase, only as written; `prefix`: the end may differ.

    Nothing is `written` where the word has neither letter nor digit.
    """
    written: list[str] = []
    plain: list[str] = []
    chunks: list[str] = []
    open_end = False
    pieces = list(_PIECE.finditer(word))
    for number, piece in enumerate(pieces):
        if piece["run"]:
            signs = _signs(piece[0])
            pairs = _pairs(signs)
            if number == len(pieces) - 1:
                open_end = len(pairs) == 1
                pairs = pairs[:-1] or pairs
            written += pairs
            plain += signs
        else:
            chunks.append(piece[0])
            words = _units(_QUERY)[piece[0]].words
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
_QUERY = _Plan(latin="en", cyrillic="ru", arabic="fa", devanagari="hi")


def _query_bases(chunk: str) -> tuple[str, ...]:
    unit = _units(_QUERY)[chunk]
    if len(unit.words) == 1:
        word = unit.words[0]
        turkish = _stemmed(word, "tr") if len(word) >= 3 and "a" <= word[0] < "\u0250" else ()
        return (word, *unit.bases, *turkish)
    joined = _joined(fold(chunk), list(unit.words))
    if not joined:
        return ()
    whole = joined.replace("-", "")
    return tuple(dict.fromkeys((*(b.replace("-", "") for b in _bases(joined, _QUERY)), whole)))


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
        self._whole = _units(_plan(lang))
        self._plain = _units(_Plan(latin="", cyrillic=""))
        self._initials = initials

    def __getitem__(self, chunk: str) -> _Unit:
        first = chunk[0].lower()
        if self._initials is None or first in self._initials or not "\u0400" <= first <= "\u052f" or "-" in chunk:
            return self._whole[chunk]
        return self._whole.get(chunk) or self._plain[chunk]


def initials_of(found: Iterable[Wanted]) -> frozenset[str]:
    """The letters that words answering the query can begin with."""
    words = [word for wanted in found for word in (*wanted.plain[:1], *wanted.bases)]
    forms = {form[0] for word in words for form in inflections(word)}
    return frozenset(forms | {"ё"} if "е" in forms else forms)


def places(text: str, lang: str | None, initials: Set[str] | None = None) -> list[Place]:
    """The words of a text with where they stand; the parts of a joined word share its place.

    With `initials` only words that begin so are sure to have their base forms.
    """
    units = _Seeking(lang, initials)
    found: list[Place] = []
    pattern = _PIECE if _HAS_UNSPACED.search(text) else _CHUNK
    for piece in pattern.finditer(text):
        if pattern is _PIECE and piece["run"]:
            found += _sign_places(piece[0], piece.start())
        else:
            unit = units[piece[0]]
            start, end = piece.span()
            found += [Place(word, start, end, unit.bases) for word in unit.words]
    return found


def mentions(text: str, lang: str | None, terms: Set[str], initials: Set[str] | None = None) -> bool:
    """Whether one of the terms could be among the `places` of the text; far quicker than those."""
    if _HAS_UNSPACED.search(text):
        return True
    units = _Seeking(lang, initials)
    found = [units[chunk] for chunk in set(_CHUNK.findall(text))]
    return any(not terms.isdisjoint(unit.words) or not terms.isdisjoint(unit.bases) for unit in found)


def _sign_places(run: str, offset: int) -> Iterable[Place]:
    signs = fold(run)
    if len(signs) == len(run):  # as nearly always: character by character
        return [Place(s, n, n + 1, ()) for n, s in enumerate(signs, offset) if s not in " ·"]
    return [Place(s, n, n + 1, ()) for n, char in enumerate(run, offset) for s in _signs(char)]


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
        forms = [fold(form.word) for parse in _morphology().parse(word) for form in parse.lexeme]
        # surnames that no dictionary has: only what leads back to the same base form
        starts = (word, *_lemmas(word))
        named = [start + ending for start in starts for ending in _SURNAME_ENDINGS]
        forms += [form for form in named if not {word, *_lemmas(word)}.isdisjoint(_lemmas(form))]
    elif "a" <= word[0] < "\u0250":
        base = base_form(word)
        starts = (word, base, base.removesuffix("i"), base + base[-1:])
        forms = [start + ending for start in starts for ending in _ENGLISH_ENDINGS]
        forms = [form for form in (*forms, *irregular_forms(base)) if base_form(form) == base]
    else:
        forms = []
    return tuple(dict.fromkeys((word, *forms)))[:_FORMS_LIMIT]
