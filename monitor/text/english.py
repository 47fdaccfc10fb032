"""Base forms of English words: plurals, -ed and -ing taken off, irregular forms looked up.

Only what grammar does to a word: `summits` is `summit`, but `summiteers` is a word of its own, and so is
`organization` beside `organ`. The rules are steps 0, 1 and 5 of Porter's second stemmer, without the steps that take
off -er, -ment, -ation and the like. British and American spellings of one word are one.
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
        "beat": "beaten",
        "bend": "bent",
        "blow": "blew blown",
        "burn": "burnt",
        "catch": "caught",
        "cling": "clung",
        "deal": "dealt",
        "draw": "drew drawn",
        "drive": "drove driven",
        "eat": "ate eaten",
        "feel": "felt",
        "flee": "fled",
        "fly": "flew flown",
        "forbid": "forbade forbidden",
        "foresee": "foresaw foreseen",
        "forget": "forgot forgotten",
        "forgive": "forgave forgiven",
        "free": "freed",
        "freeze": "froze frozen",
        "get": "got gotten",
        "hear": "heard",
        "hide": "hid hidden",
        "lay": "laid",
        "learn": "learnt",
        "lend": "lent",
        "mean": "meant",
        "mislead": "misled",
        "overcome": "overcame",
        "oversee": "oversaw overseen",
        "overthrow": "overthrew overthrown",
        "prove": "proven",
        "rebuild": "rebuilt",
        "repay": "repaid",
        "ride": "rode ridden",
        "route": "routed routing",
        "run": "ran",
        "shake": "shook shaken",
        "show": "shown",
        "shrink": "shrank shrunk",
        "sink": "sank sunk",
        "sleep": "slept",
        "slide": "slid",
        "spend": "spent",
        "spring": "sprang sprung",
        "steal": "stole stolen",
        "stick": "stuck",
        "swear": "swore sworn",
        "sweep": "swept",
        "tear": "tore torn",
        "throw": "threw thrown",
        "undergo": "underwent undergone",
        "undertake": "undertook undertaken",
        "uphold": "upheld",
        "wear": "wore worn",
        "withhold": "withheld",
        "man": "men",
        "woman": "women",
        "child": "children",
        "wife": "wives",
        "knife": "knives",
        "thief": "thieves",
        "half": "halves",
        "foot": "feet",
        "tooth": "teeth",
        "memorandum": "memoranda",
        "referendum": "referenda",
        "consortium": "consortia",
        "criterion": "criteria",
        "crisis": "crises",
        "analysis": "analyses",
        "center": "centre centres",
        "theater": "theatre theatres",
        "kilometer": "kilometre kilometres",
        "defense": "defence defences",
        "offense": "offence offences",
        "license": "licence licences",
        "program": "programme programmes",
        "gas": "gases",
        "bus": "buses",
        "virus": "viruses",
        "status": "statuses",
        "campus": "campuses",
    }.items()
    for form in forms.split()
}
# what looks like an ending and is none, or is kept
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
        # another word without their last letter
        *("aide", "caste", "corpse", "envelope", "finale", "forte", "germane", "humane", "locale", "morale", "paste"),
        *("rationale", "route", "suite"),
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
    if word[-1] not in "sdgeylrn":
        return word
    if "y" in word:
        word = _CONSONANT_Y.sub("Y", word)
    word = _without_plural(word)
    if word in _WHOLE:
        return word
    word = _without_past(word)
    if len(word) > 2 and word[-1] in "yY" and word[-2] not in "aeiouy":
        word = word[:-1] + "i"
    return _american(_without_last(word).lower())


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
            return f"{stem[0]}ie" if len(stem) == 2 and stem[1] == "y" else _mended(stem)
    return word


def _mended(stem: str) -> str:
    """What stood before -ed or -ing: `trad` is `trade`, `stopp` is `stop`, `panick` is `panic`."""
    if stem.endswith(("at", "bl", "iz")):
        return stem + "e"
    if _DOUBLE.search(stem) or (stem.endswith("ick") and _region(stem, _region(stem)) < len(stem)):
        return stem[:-1]
    return stem + "e" if _SHORT_SYLLABLE.search(stem) and _region(stem) >= len(stem) else stem


def _without_last(word: str) -> str:
    """Without the -e at its end, or the second of two l: `cancell` is `cancel`, but `call` is `call`."""
    if not word.endswith(("e", "ll")):
        return word
    first = _region(word)
    if _region(word, first) < len(word):
        return word[:-1]
    return word[:-1] if word[-1] == "e" and first < len(word) and not _SHORT_SYLLABLE.search(word[:-1]) else word


def _american(base: str) -> str:
    """The base form by American spelling: of `organise`, `organisation`, `analyse`, `labour`."""
    if len(base) < 6:
        return base
    if base.endswith("isation"):
        return base[:-6] + "zation"
    if base.endswith("our"):
        return base[:-2] + "r"
    return base[:-1] + "z" if base.endswith(("is", "lys")) else base


def _region(word: str, begin: int = 0) -> int:
    """Where the part after the first vowel with a consonant behind it begins."""
    found = _REGION.search(word, begin)
    return found.end() if found else len(word)
