"""Base forms of folded words: by which rules in which language, and the words met lately kept with theirs.

English by rules for its endings (monitor.text.english); Russian by the lemmas of every reading, because stems go wrong
on names; Hindi and Turkish by Snowball stems, Persian by taking off the plural alone, because its stems make another
word of many (the name Pezeshkian is `physician`, a court is `gave`). These have a mark in front, because their shapes
could be words of another language.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache, partial
from typing import Any

from monitor.text.english import base_form
from monitor.text.fold import fold

TERM_LIMIT = 64


@dataclass(frozen=True, slots=True)
class Plan:
    """Which rules give base forms in a text, by script; empty: none."""

    latin: str = "en"
    cyrillic: str = "ru"
    arabic: str = ""
    devanagari: str = ""


# languages whose words would go wrong by the English or Russian rules; in all others such words are quotations
_OTHER_LATIN = re.compile("az|uz|de|fr|es|it|pt|nl|pl|cs|tk|id|ms|vi|ro|hu|sv|da|no|fi|sq|hr|bs|sl|sk|lt|lv|et")
_OTHER_CYRILLIC = re.compile("kk|ky|tg|be|uk|mn|bg|sr|mk|uz")


@lru_cache(maxsize=256)
def plan(lang: str | None) -> Plan:
    """The rules for a text in that language; None: told by the script of each word."""
    lang = (lang or "").partition("-")[0].partition("_")[0].lower()
    return Plan(
        latin="tr" if lang == "tr" else "" if _OTHER_LATIN.fullmatch(lang) else "en",
        cyrillic="" if _OTHER_CYRILLIC.fullmatch(lang) else "ru",
        arabic="fa" if lang == "fa" else "",
        devanagari="hi" if lang == "hi" else "",
    )


def bases(word: str, plan: Plan) -> tuple[str, ...]:
    """Base forms of one folded word, itself not among them unless marked with its language."""
    if len(word) < 3 or word.isdecimal():
        return ()
    first = word.lstrip("0123456789")[:1]
    if "\u0400" <= first <= "\u052f":
        return _others(lemmas(word), word) if plan.cyrillic else ()
    if first < "\u0250":
        return stemmed(word, plan.latin)
    if "\u0620" <= first <= "\u077f":
        return stemmed(word, plan.arabic)
    return stemmed(word, plan.devanagari) if "\u0900" <= first <= "\u097f" else ()


def _others(found: tuple[str, ...], word: str) -> tuple[str, ...]:
    return tuple([base for base in found if base != word]) if word in found else found


# ---------------------------------------------------------------------------------------------- stems

_SNOWBALL = {"tr": "turkish", "hi": "hindi"}
#: With the endings that may follow it: `my books`, `some books`.
_PERSIAN_PLURAL = re.compile(r"(?<=\w{3})ها(?:ی(?:ی|م|ت|ش|مان|تان|شان)?)?$")


def stemmed(word: str, lang: str) -> tuple[str, ...]:
    """The base form of a word by the rules of that language, where it differs; empty language: none."""
    if not lang:
        return ()
    if lang == "en":
        base = base_form(word)
        return (base,) if base != word else ()
    stem = _stemmer(lang)(word)
    # of a single letter many words would be forms: island and ancestor, mother and relation
    return (f"0{lang}{stem if len(stem) > 1 else word}"[:TERM_LIMIT],)


@lru_cache(maxsize=8)
def _stemmer(lang: str) -> Callable[[str], str]:
    if lang == "fa":
        return partial(_PERSIAN_PLURAL.sub, "")
    import Stemmer

    stem: Callable[[str], str] = Stemmer.Stemmer(_SNOWBALL[lang], 0).stemWord
    return stem


# ---------------------------------------------------------------------------------------------- Russian


@cache
def morphology() -> Any:
    """The Russian dictionary, loaded when first asked for."""
    import pymorphy3
    import pymorphy3_dicts_ru

    # told where its dictionary lies, it does not search all installed packages for one
    return pymorphy3.MorphAnalyzer(pymorphy3_dicts_ru.get_path(), "ru")


@lru_cache(maxsize=10_000)
def lemmas(word: str) -> tuple[str, ...]:
    """Base forms of every reading of a folded Russian word."""
    return _dictionary_forms(word) or tuple(dict.fromkeys(map(fold, _guessed_forms(word))))


def _dictionary_forms(word: str) -> tuple[str, ...]:
    """Folded base forms of a word that the dictionary has: its endings are told from number and place of the paradigm
    alone, without the grammar of its readings, which takes most time."""
    dictionary, substitutes, endings = _dictionary()
    readings: list[list[tuple[int, int]]] = dictionary.similar_item_values(word, substitutes)
    found = []
    for group in readings:
        for reading in group:
            begin, end, before, after = endings[reading]
            found.append(f"{before}{word[begin:end]}{after}")
    return tuple(dict.fromkeys(found))


#: All that folding changes in the dictionary's words.
_FOLDED = str.maketrans("ё’", "е'")


class _Endings(dict[tuple[int, int], tuple[int, int | None, str, str]]):
    """Paradigm and place in it -> which part of a word is its stem, and what stands before and behind that in the base
    form, folded. Source: https://pymorphy2.readthedocs.io/en/stable/internals/dict.html"""

    def __init__(self, dictionary: Any) -> None:
        self._dictionary = dictionary

    def __missing__(self, reading: tuple[int, int]) -> tuple[int, int | None, str, str]:
        number, place = reading
        self[reading] = made = self._made(number, place) if place else (0, None, "", "")
        return made

    def _made(self, number: int, place: int) -> tuple[int, int | None, str, str]:
        paradigm = self._dictionary.paradigms[number]
        size = len(paradigm) // 3  # suffixes, then tags, then prefixes of all its forms, the base form first
        prefix = self._dictionary.paradigm_prefixes[paradigm[2 * size + place]]
        suffix = self._dictionary.suffixes[paradigm[place]]
        before = self._dictionary.paradigm_prefixes[paradigm[2 * size]]
        after = self._dictionary.suffixes[paradigm[0]]
        return len(prefix), -len(suffix) or None, before.translate(_FOLDED), after.translate(_FOLDED)


@cache
def _dictionary() -> tuple[Any, Any, _Endings]:
    analyser = morphology()
    return analyser.dictionary.words, analyser.char_substitutes, _Endings(analyser.dictionary)


def _guessed_forms(word: str) -> list[str]:
    """Base forms of a word that is read like others with its ending."""
    return [parse.normal_form for parse in morphology().parse(word)]
