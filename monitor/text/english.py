"""Base forms of English words: plurals, -ed and -ing taken off, irregular forms looked up.

Only what grammar does to a word: `summits` is `summit`, but `summiteers` is a word of its own, and so is
`organization` beside `organ`. The rules are steps 0, 1 and 5 of Porter's second stemmer, without the steps that take
off -er, -ment, -ation and the like.
Source: https://snowballstem.org/algorithms/english/stemmer.html
"""

from __future__ import annotations

import re

_IRREGULAR = {
    form: base
    for base, forms in {
        "meet": "met",
        "hold": "held",
        "say": "said",
        "lead": "led",
        "give": "gave given",
        "take": "took taken",
        "go": "went gone goes",
        "come": "came",
        "see": "saw seen",
        "make": "made",
        "find": "found",
        "send": "sent",
        "sell": "sold",
        "buy": "bought",
        "pay": "paid",
        "build": "built",
        "speak": "spoke spoken",
        "begin": "began begun",
        "write": "wrote written",
        "choose": "chose chosen",
        "leave": "left",
        "lose": "lost",
        "win": "won",
        "fight": "fought",
        "seek": "sought",
        "bring": "brought",
        "teach": "taught",
        "think": "thought",
        "know": "knew known",
        "grow": "grew grown",
        "rise": "rose risen",
        "fall": "fell fallen",
        "break": "broke broken",
        "keep": "kept",
        "tell": "told",
        "stand": "stood",
        "understand": "understood",
        "become": "became",
        "withdraw": "withdrew withdrawn",
        "strike": "struck",
        "shoot": "shot",
        "man": "men",
        "woman": "women",
        "child": "children",
        "foot": "feet",
        "crisis": "crises",
        "analysis": "analyses",
        "gas": "gases",
        "bus": "buses",
        "virus": "viruses",
        "status": "statuses",
        "campus": "campuses",
    }.items()
    for form in forms.split()
}
# what looks like an ending and is none
_WHOLE = frozenset(
    (
        *(
            "news",
            "united",
            "proceed",
            "exceed",
            "succeed",
            "herring",
            "evening",
            "inning",
            "outing",
            "atlas",
            "cosmos",
        ),
        *("bias", "beijing", "xinjiang", "nanjing", "chongqing", "jinping", "peking", "reuters", "brics", "rats"),
    )
)

_VOWEL = re.compile("[aeiouy]")
_REGION = re.compile("[aeiouy][^aeiouy]")
_SHORT_SYLLABLE = re.compile("(?:[^aeiouy][aeiouy][^aeiouywxY]|^[aeiouy][^aeiouy])$")
_DOUBLE = re.compile("(?:bb|dd|ff|gg|mm|nn|pp|rr|tt)$")
_CONSONANT_Y = re.compile("(?:^|(?<=[aeiouy]))y")


def base_form(word: str) -> str:
    """The base form of a folded word; two forms of one word have the same."""
    if word in _WHOLE or len(word) < 3:
        return word
    word = _IRREGULAR.get(word, word)
    if word[-1] not in "sdgey":
        return word
    if "y" in word:
        word = _CONSONANT_Y.sub("Y", word)
    word = _without_past(_without_plural(word))
    if len(word) > 2 and word[-1] in "yY" and word[-2] not in "aeiouy":
        word = word[:-1] + "i"
    return _without_e(word).lower()


def irregular_forms(base: str) -> tuple[str, ...]:
    """The irregular forms that lead to that base form."""
    return tuple(form for form in _IRREGULAR if base_form(form) == base)


def _without_plural(word: str) -> str:
    if word.endswith("sses"):
        return word[:-2]
    if word.endswith(("ied", "ies")):
        return word[:-2] if len(word) > 4 else word[:-1]
    if word.endswith("s") and not word.endswith(("us", "ss", "is")) and _VOWEL.search(word[:-2]):
        return word[:-1]
    return word


def _without_past(word: str) -> str:
    if word.endswith("eed"):
        return word[:-1] if _region(word) <= len(word) - 3 else word
    for ending in ("ed", "ing"):
        if word.endswith(ending) and _VOWEL.search(stem := word[: -len(ending)]):
            return _mended(stem)
    return word


def _mended(stem: str) -> str:
    """What stood before -ed or -ing: `trad` is `trade`, `stopp` is `stop`."""
    if stem.endswith(("at", "bl", "iz")):
        return stem + "e"
    if _DOUBLE.search(stem):
        return stem[:-1]
    return stem + "e" if _SHORT_SYLLABLE.search(stem) and _region(stem) >= len(stem) else stem


def _without_e(word: str) -> str:
    if not word.endswith("e"):
        return word
    first = _region(word)
    if _region(word, first) < len(word) or (first < len(word) and not _SHORT_SYLLABLE.search(word[:-1])):
        return word[:-1]
    return word


def _region(word: str, begin: int = 0) -> int:
    """Where the part after the first vowel with a consonant behind it begins."""
    found = _REGION.search(word, begin)
    return found.end() if found else len(word)
