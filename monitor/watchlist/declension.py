"""Russian and Belarusian names in all their cases.

A name comes back as a set of spellings beside the one given. Personal names follow the endings of surnames, phrases
the dictionary word by word: the head of a phrase and its adjectives decline together, what depends on it stays.
Too many forms do no harm, too few lose a mention.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from functools import cache
from itertools import product
from typing import Any

from monitor.text.bases import morphology

#: Genitive, dative, accusative, instrumental, locative: each the spellings that occur.
Cases = tuple[tuple[str, ...], ...]

_HUSHED = "жшчщц"
_SOFTENING = "гкхжшчщ"
_CONSONANTS = "бвгджзклмнпрстфхцчшщ"
_BARE, _DECLINED = tuple(_CONSONANTS), ("ов", "ев", "ин", "ын")


# ------------------------------------------------------------------------------------------- personal names


def personal(words: Sequence[str], fixed: Collection[str], lang: str = "ru") -> set[str]:
    """The name with every word in each case; and with only the last one, as newspapers do with foreign names."""
    by_word = [_unchanged(w) if w in fixed or _is_abbreviation(w) else name_cases(w, lang) for w in words]
    forms: set[str] = set()
    for case in range(5):
        forms.update(" ".join(p) for p in product(*(cases[case] for cases in by_word)))
        forms.update(" ".join((*words[:-1], last)) for last in by_word[-1][case])
        if lang == "ru" and _may_be_hers(words):
            forms.update(" ".join((*p, words[-1])) for p in product(*(cases[case] for cases in by_word[:-1])))
    forms.discard(" ".join(words))
    return forms


def _may_be_hers(words: Sequence[str]) -> bool:
    """Whether it may be a woman's foreign name, of which the surname stays as it is: Дилмы Роуссефф."""
    *given, family = (word.lower() for word in words)
    return bool(given) and given[0].endswith(("а", "я")) and family.endswith(_BARE) and family[-2:] not in _DECLINED


def _unchanged(word: str) -> Cases:
    return ((word,),) * 5


def _is_abbreviation(word: str) -> bool:
    return "." in word or (len(word) > 1 and word.isupper())


def name_cases(word: str, lang: str = "ru") -> Cases:
    """The cases of one part of a personal name, by its ending; of a hyphened one its last part changes."""
    head, hyphen, last = word.rpartition("-")
    cases = _belarusian(last) if lang == "be" else _russian(last)
    return tuple(tuple(head + hyphen + form for form in forms) for forms in cases)


def _endings(stem: str, gen: str, dat: str, acc: str, ins: str, loc: str) -> Cases:
    return tuple(tuple(stem + ending for ending in endings.split()) for endings in (gen, dat, acc, ins, loc))


def _russian(word: str) -> Cases:
    low = word.lower().replace("ё", "е")
    if low.endswith(("ов", "ев", "ин", "ын")):
        return _endings(word, "а", "у", "а", "ым ом", "е")
    if low.endswith(("ова", "ева", "ина", "ына")):
        return _endings(word[:-1], "ой", "ой", "у", "ой ою", "ой")
    if low.endswith(("ский", "цкий", "ый", "ой")):
        return _endings(word[:-2], "ого", "ому", "ого", "им ым", "ом")
    if low.endswith("ая"):
        return _endings(word[:-2], "ой", "ой", "ую", "ой", "ой")
    if low.endswith(("ое", "ее")) and len(low) > 4:
        return _endings(word[:-2], "ого его", "ому ему", low[-2:], "ым им", "ом ем")
    if low.endswith(("ий", "й", "ь")):
        return _endings(word[:-1], "я", "ю", "я", "ем", "е и" if low.endswith("ий") else "е")
    if low.endswith("ия"):
        return _endings(word[:-1], "и", "и", "ю", "ей", "и")
    if low.endswith("я"):
        return _endings(word[:-1], "и", "е", "ю", "ей", "е")
    if low.endswith("а") and len(low) > 2:
        plural = "и" if low[-2] in _SOFTENING else "ы"
        return _endings(word[:-1], plural, "е", "у", "ей" if low[-2] in _HUSHED else "ой", "е")
    if low.endswith(tuple(_CONSONANTS)) and len(low) > 1:
        return _endings(word, "а", "у", "а", "ем" if low[-1] in _HUSHED else "ом", "е")
    return _unchanged(word)


def _belarusian(word: str) -> Cases:
    low = word.lower()
    if low.endswith(("оў", "аў", "еў", "ёў")):
        return _endings(word[:-1] + "в", "а", "у", "а", "ым", "е у")
    if low.endswith(("ін", "ын")):
        return _endings(word, "а", "у", "а", "ым ам", "е у")
    if low.endswith("ая"):
        return _endings(word[:-2], "ай", "ай", "ую", "ай", "ай")
    if low.endswith(("ыя", "ія")):
        return _endings(word[:-1], "і", "і", "ю", "яй", "і")
    if low.endswith(("кі", "гі", "хі", "ны")) and len(low) > 3:
        return _endings(
            word[:-1], "ага", "аму", "ага", "ім" if low[-1] == "і" else "ым", "ім" if low[-1] == "і" else "ым"
        )
    if low.endswith("ае"):
        return _endings(word[:-2], "ага", "аму", "ае", "ым ім", "ым ім")
    if low.endswith("ка"):
        return _endings(word[:-2], "кі", "ку цы", "ку", "кам кай", "ку цы")
    if low.endswith("а"):
        return _endings(word[:-1], "ы", "е ы", "у", "ай", "е ы")
    if low.endswith(("й", "ь")):
        return _endings(word[:-1], "я", "ю", "я", "ем", "ю і")
    if low.endswith(tuple(_CONSONANTS)):
        return _endings(word, "а у", "у", "а", "ам", "е у")
    return _unchanged(word)


# --------------------------------------------------------------------------------------------------- phrases

_WORD = re.compile(r"(\d+-)?([^\W\d_]+(?:-[^\W\d_]+)*)((?:[-\d+]|\b)\S*)")
_CASES = ("gent", "datv", "accs", "ablt", "loct")
_ADJECTIVES = (
    (("ый", "ий", "ой"), "masc"),
    (("ая", "яя"), "femn"),
    (("ое", "ее"), "neut"),
    (("ые", "ие"), "plur"),
)
# by the sound before the ending: hard (новый), after г к х (русский), after ж ш ч щ (общий), soft (средний)
_HARD = {
    "masc": ("ого", "ому", "ого ый ой", "ым", "ом"),
    "neut": ("ого", "ому", "ое", "ым", "ом"),
    "femn": ("ой", "ой", "ую", "ой", "ой"),
    "plur": ("ых", "ым", "ых ые", "ыми", "ых"),
}
_BACK = {
    "masc": ("ого", "ому", "ого ий ой", "им", "ом"),
    "neut": ("ого", "ому", "ое", "им", "ом"),
    "femn": ("ой", "ой", "ую", "ой", "ой"),
    "plur": ("их", "им", "их ие", "ими", "их"),
}
_HUSHING = {
    "masc": ("его ого", "ему ому", "его ого ий ой", "им", "ем ом"),
    "neut": ("его ого", "ему ому", "ее ое", "им", "ем ом"),
    "femn": ("ей ой", "ей ой", "ую", "ей ой", "ей ой"),
    "plur": ("их", "им", "их ие", "ими", "их"),
}
_SOFT = {
    "masc": ("его", "ему", "его ий", "им", "ем"),
    "neut": ("его", "ему", "ее", "им", "ем"),
    "femn": ("ей", "ей", "юю", "ей", "ей"),
    "plur": ("их", "им", "их ие", "ими", "их"),
}


def phrase(name: str, fixed: Collection[str] = ()) -> set[str]:
    """The Russian phrase in its other cases, and in the plural where its head is a common noun."""
    parts = re.split(r"(\s+|[«»\"“”„(),–—]+|\s-\s)", name)
    declined = _declined_parts(parts, fixed)
    if not declined:
        return set()
    forms: set[str] = set()
    for number in ("own", "plur"):
        for case in range(-1, 5):
            spellings = [declined[i].get((number, case), ()) if i in declined else (p,) for i, p in enumerate(parts)]
            if all(spellings):
                forms.update("".join(p) for p in product(*spellings))
    forms.discard(name)
    return forms | _last_declined(name)


def phrase_cases(name: str, case: int) -> tuple[str, ...]:
    """The Russian phrase in one case of its own number; 0 to 4 as in `Cases`. Empty: it has none."""
    parts = re.split(r"(\s+|[«»\"“”„(),–—]+|\s-\s)", name)
    declined = _declined_parts(parts, ())
    if not declined:
        return ()
    spellings = [declined[i].get(("own", case), ()) if i in declined else (p,) for i, p in enumerate(parts)]
    return tuple("".join(p) for p in product(*spellings))


def _last_declined(name: str) -> set[str]:
    """Foreign names in a row, of which newspapers decline the last: в Крокус Сити Холле."""
    words = name.split()
    if len(words) < 2 or not all(w.isalpha() and w.istitle() for w in words):
        return set()
    kinds = [_paradigm(w, False)[0] for w in words]
    if kinds != ["noun"] * len(words):
        return set()
    *before, last = words
    return {" ".join((*before, form)) for cases in _russian(last) for form in cases} - {name}


_Paradigm = dict[tuple[str, int], tuple[str, ...]]


def _declined_parts(parts: Sequence[str], fixed: Collection[str]) -> dict[int, _Paradigm]:
    """Index of each part that declines -> its paradigm: the adjectives and nouns up to and with the head(s)."""
    declined: dict[int, _Paradigm] = {}
    waiting: list[int] = []
    numeral = False
    words = [i for i in range(0, len(parts), 2) if parts[i]]
    for place, i in enumerate(words):
        word = parts[i]
        if word in fixed:
            declined[i] = _same(word)
            break
        if word == "и" and (waiting or declined):
            continue
        kind, paradigm = _paradigm(word, numeral)
        if kind == "adjective":
            waiting.append(i)
            continue
        if kind in ("numeral", "pronoun"):
            declined[i] = paradigm
            numeral = kind == "numeral"
            continue
        if kind != "noun":
            break
        declined[i] = paradigm
        declined.update((w, _agreeing(parts[w])) for w in waiting)
        waiting = []
        if not _goes_on(parts, words, place):
            break
    if waiting and not declined and len(waiting) == len(words):
        return {i: _alone(parts[i]) for i in waiting}
    return declined


def _goes_on(parts: Sequence[str], words: Sequence[int], place: int) -> bool:
    """Whether another head follows the noun: after a comma, or after `и`."""
    if place + 1 >= len(words):
        return False
    following = words[place + 1]
    return parts[following] == "и" or "," in "".join(parts[words[place] + 1 : following])


def _same(word: str) -> _Paradigm:
    return {(number, case): (word,) for number in ("own", "plur") for case in range(-1, 5)}


def _alone(word: str) -> _Paradigm:
    """An adjective that is a name of its own, in every gender and number."""
    _, stem, _, table = _adjective(word) or ("", word, "", {})
    forms: _Paradigm = {}
    for case in range(5):
        endings = " ".join(cases[case] for cases in table.values())
        forms["own", case] = tuple(dict.fromkeys(stem + e for e in endings.split()))
    forms["own", -1] = tuple(stem + e for e in ("ая", "яя", "ое", "ее", "ые", "ие"))
    return forms


def _agreeing(word: str) -> _Paradigm:
    """The adjective in its own gender and number, and in the plural."""
    parts = _adjective(word)
    if parts is None:
        return _same(word)
    prefix, stem, gender, table = parts
    forms: _Paradigm = {("own", -1): (word,)}
    for number, cases in (("own", table[gender]), ("plur", table["plur"])):
        for case, endings in enumerate(cases):
            forms[number, case] = tuple(prefix + stem + e for e in endings.split())
    forms["plur", -1] = tuple(prefix + stem + e for e in ("ые", "ие") if e in table["plur"][2].split())
    return forms


def _adjective(word: str) -> tuple[str, str, str, dict[str, tuple[str, str, str, str, str]]] | None:
    """What stands before a hyphen, stem, gender and endings of an adjective."""
    match = _WORD.fullmatch(word)
    if match is None or match[3]:
        return None
    core = match[2]
    for endings, gender in _ADJECTIVES:
        if core.lower().endswith(endings) and len(core) > 4:
            return match[1] or "", core[:-2], gender, _endings_after(core[-3].lower(), core[-2:].lower())
    return None


def _endings_after(sound: str, ending: str) -> dict[str, tuple[str, str, str, str, str]]:
    if sound in "гкх":
        return _BACK
    if sound in _HUSHED:
        return _HUSHING
    return _SOFT if ending in ("ий", "яя", "ее", "ие") else _HARD


@cache
def _paradigm(word: str, after_numeral: bool) -> tuple[str, _Paradigm]:
    """What kind of word it is in the nominative (noun, adjective, numeral, other), and its forms."""
    match = _WORD.fullmatch(word)
    if match is None:
        return "other", {}
    core, tail = match[2], match[3]
    if _is_abbreviation(core):
        return "noun", _abbreviation(word)
    parses = morphology().parse(core)
    nominative = [p for p in parses if "nomn" in p.tag]
    nouns = [p for p in nominative if p.tag.POS == "NOUN"]
    if after_numeral:
        nouns = nouns or [p for p in parses if p.tag.POS == "NOUN"]
    if numerals := [p for p in nominative if p.tag.POS == "NUMR"]:
        return "numeral", _tabled(word, core, tail, numerals[0], "plur")
    if _adjective(word) and any(p.tag.POS in ("ADJF", "PRTF") for p in parses):
        return "adjective", {}
    if pronouns := [p for p in nominative if p.tag.POS == "ADJF" and p.tag.gender == "masc"]:
        return "pronoun", _tabled(word, core, tail, pronouns[0], "sing", "masc")
    if not nouns:
        if parses and parses[0].tag.POS in ("PREP", "CONJ", "VERB", "PRCL"):
            return "other", {}
        return ("noun", _by_ending(core, tail)) if core[:1].isupper() else ("other", {})
    best = nouns[0]
    if core[:1].isupper() and not morphology().word_is_known(core):
        return "noun", _by_ending(core, tail)
    number = "plur" if after_numeral or best.tag.number == "plur" else "sing"
    return "noun", _tabled(word, core, tail, best, number)


def _abbreviation(word: str) -> _Paradigm:
    """An abbreviation as it is, and with endings where it can be said as a word: на ПМЭФе."""
    forms = _same(word)
    if word.isalpha() and len(word) > 2 and word[-1].lower() in _CONSONANTS and re.search("[АЕИОУЭЮЯ]", word[:-1]):
        for case, endings in enumerate(("а", "у", "", "ом", "е")):
            forms["own", case] = (word, word + endings)
    return forms


def _by_ending(core: str, tail: str) -> _Paradigm:
    forms: _Paradigm = {("own", -1): (core + tail,)}
    head, hyphen, last = core.rpartition("-")
    for case, spellings in enumerate(_russian(last)):
        forms["own", case] = tuple(head + hyphen + s + tail for s in spellings) + ((core + tail,) if case == 2 else ())
    return forms


def _tabled(word: str, core: str, tail: str, parse: Any, number: str, gender: str | None = None) -> _Paradigm:
    prefix = word[: len(word) - len(core) - len(tail)]
    forms: dict[tuple[str, int], list[str]] = {("own", -1): [word]}
    for form in parse.lexeme:
        tag = form.tag
        if "V-be" in tag or (gender and tag.gender != gender):
            continue
        spelling = prefix + _in_case_of(core, form.word) + tail
        for case, name in enumerate(_CASES):
            if name in tag or (name == "loct" and "loc2" in tag) or (name == "gent" and "gen2" in tag):
                if tag.number == number or tag.number is None:
                    forms.setdefault(("own", case), []).append(spelling)
                if tag.number == "plur" and core[:1].islower():
                    forms.setdefault(("plur", case), []).append(spelling)
        if "nomn" in tag and tag.number == "plur" and core[:1].islower():
            forms.setdefault(("plur", -1), []).append(spelling)
    return {key: tuple(dict.fromkeys(spellings)) for key, spellings in forms.items()}


def _in_case_of(model: str, form: str) -> str:
    """The lower-case form with the capitals of the word it comes from."""
    return "".join(m.upper() if m.isupper() else c for m, c in zip(model, form, strict=False)) + form[len(model) :]


def _is_belarusian_adjective(ending: str) -> bool:
    return ending.endswith(("ая", "яя", "ае", "яе", "кі", "ны", "ыя")) and not ending.endswith("цыя")


def belarusian_phrase(name: str) -> set[str]:
    """The Belarusian phrase with its first noun, the adjectives before it, and what `і` adds to it in each case."""
    words = name.split()
    count = 0
    for word, following in zip(words, (*words[1:], ""), strict=True):
        count += 1
        ending = word.lower()
        if following == "і" or word == "і" or (_is_belarusian_adjective(ending) and following):
            continue
        break
    fixed = [_is_abbreviation(w) or w == "і" for w in words[:count]]
    declined: Iterable[Cases] = [_unchanged(w) if f else _belarusian(w) for w, f in zip(words, fixed, strict=False)]
    forms: set[str] = set()
    for case in range(5):
        heads = product(*(cases[case] for cases in declined))
        forms.update(" ".join((*head, *words[count:])) for head in heads)
    forms.discard(name)
    return forms
