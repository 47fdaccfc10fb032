"""The language of a text: by its script first, by its commonest words where they leave no doubt, else by a model.

A headline of three words can be told from its script and from what its source writes in; no model can do better.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache, lru_cache

from monitor.text.fold import ARABIC, HAN

#: What one character of a script counts for: a Chinese character is a word, not a letter.
_WEIGHT = {"han": 3, "kana": 3, "hangul": 2}
_ENOUGH = 8
_SAMPLE = 4_000
_MODEL_SAMPLE = 1_200

_LETTERS: dict[str, re.Pattern[str]] = {
    "latin": re.compile(r"[A-Za-z\u00c0-\u024f\u1e00-\u1eff]+"),
    "cyrillic": re.compile("[\u0400-\u052f]+"),
    "han": re.compile(f"[{HAN}]+"),
    "arabic": re.compile(f"[{ARABIC}]+"),
    "devanagari": re.compile("[\u0900-\u097f]+"),
    "kana": re.compile("[\u3040-\u30ff]+"),
    "hangul": re.compile("[\uac00-\ud7af\u1100-\u11ff]+"),
    "greek": re.compile("[\u0370-\u03ff]+"),
    "hebrew": re.compile("[\u0590-\u05ff]+"),
    "armenian": re.compile("[\u0530-\u058f]+"),
    "georgian": re.compile("[\u10a0-\u10ff\u1c90-\u1cbf]+"),
    "mongolian": re.compile("[\u1800-\u18af]+"),
    "bengali": re.compile("[\u0980-\u09ff]+"),
    "thai": re.compile("[\u0e00-\u0e7f]+"),
}

#: Script -> languages to choose from when the source says nothing, and those it may name besides.
_USUAL: dict[str, tuple[str, ...]] = {
    "latin": ("en", "uz", "tr", "az", "de", "fr", "es", "it"),
    "cyrillic": ("ru", "kk", "ky", "uz", "tg", "be", "mn", "uk"),
    "han": ("zh",),
    "arabic": ("fa", "ur", "ar", "ps"),
    "devanagari": ("hi",),
    "kana": ("ja",),
    "hangul": ("ko",),
    "greek": ("el",),
    "hebrew": ("he",),
    "armenian": ("hy",),
    "georgian": ("ka",),
    "mongolian": ("mn",),
    "bengali": ("bn",),
    "thai": ("th",),
}
_BESIDES: dict[str, tuple[str, ...]] = {
    "latin": ("kk", "pt", "pl", "nl", "sv", "cs", "ro", "hu", "id", "ms", "vi", "fi", "da", "nb", "lv", "lt", "et"),
    "cyrillic": ("bg", "sr", "mk", "az"),
    "arabic": ("ug", "ku", "sd"),
    "devanagari": ("ne", "mr"),
    "han": ("ja",),
}


def detect(text: str, allowed: Sequence[str] = ()) -> str | None:
    """ISO 639 code of the text's language; None when there is too little text to tell.

    `allowed` are the languages its source writes in: where one of them has the script of the text, only they come
    into question, and with one alone nothing is guessed.
    """
    script = _script(text[:_SAMPLE])
    if script is None:
        return None
    candidates = _candidates(script, tuple(allowed))
    if len(candidates) == 1:
        return candidates[0]
    sample = text[:_MODEL_SAMPLE]
    return _sure(sample, script, candidates) or _guess(sample, candidates)


@lru_cache(maxsize=1_000)
def _candidates(script: str, allowed: tuple[str, ...]) -> tuple[str, ...]:
    possible = _USUAL[script] + _BESIDES.get(script, ())
    return tuple(sorted(set(allowed).intersection(possible))) or _USUAL[script]


# ---------------------------------------------------------------------------------------------- scripts

_CONTINUED = bytes(range(0x80, 0xC0))
_ASCII_LETTERS = bytes((*range(0x41, 0x5B), *range(0x61, 0x7B)))
_NO_ASCII_LETTERS = bytes((*range(0x41), *range(0x5B, 0x61), *range(0x7B, 0x80)))
#: First bytes in UTF-8 of U+0400 to U+04FF, and of U+5000 to U+9FFF.
_CYRILLIC_BYTES = bytes(range(0xD0, 0xD4))
_HAN_BYTES = bytes(range(0xE5, 0xEA))


def _script(text: str) -> str | None:
    """The script most of the text is written in."""
    return _clear_script(text.encode("utf-8", "surrogatepass")) or _counted_script(text)


def _clear_script(text: bytes) -> str | None:
    """The script when it outweighs all others however they are counted; None: they have to be counted.

    One look at the first bytes of the characters: no more than what is told by the second of three bytes is left out.
    """
    letters = text.translate(None, _CONTINUED + _NO_ASCII_LETTERS)
    others = letters.translate(None, _ASCII_LETTERS)
    latin = len(letters) - len(others)
    if latin >= _ENOUGH and latin > 3 * len(others):
        return "latin"
    cyrillic = len(others) - len(others.translate(None, _CYRILLIC_BYTES))
    if cyrillic >= _ENOUGH and cyrillic > latin + 3 * (len(others) - cyrillic):
        return "cyrillic"
    han = len(others) - len(others.translate(None, _HAN_BYTES))
    kana = text.count(b"\xe3\x81") + text.count(b"\xe3\x82") + text.count(b"\xe3\x83")
    if 3 * han >= _ENOUGH and 3 * han > latin + 3 * (len(others) - han) and kana * 10 <= han:
        return "han"
    return None


def _counted_script(text: str) -> str | None:
    counts = {
        script: sum(map(len, letters.findall(text))) * _WEIGHT.get(script, 1) for script, letters in _LETTERS.items()
    }
    script = max(counts, key=lambda s: counts[s])
    if counts[script] < _ENOUGH:
        return None
    if script == "han" and counts["kana"] * 10 > counts["han"]:
        return "kana"
    return script


# ---------------------------------------------------------------------------------------------- languages

# Words of which every longer text is full, and which no other language of the script has; so many of them, and such a
# share of all words, leave no doubt. Quotations of another language stay below it.
_COMMON = {
    "en": frozenset(
        (
            *("the", "of", "and", "to", "that", "with", "from", "was", "were", "has", "have", "been", "by", "which"),
            *("this", "they", "would", "are", "for", "his", "she", "will", "not", "its", "said", "you", "we", "had"),
            *("their", "but", "be", "it", "more", "about", "who", "when", "after", "than", "could", "into", "over"),
            *("there", "some", "other", "only", "at", "your", "our", "what", "if", "there", "how", "because"),
        )
    ),
    "ru": frozenset(
        (
            *("и", "в", "на", "не", "что", "с", "по", "из", "для", "это", "как", "от", "к", "о", "его", "был", "также"),
            *("при", "между", "сообщил", "году", "но", "а", "мы", "вы", "они", "она", "он", "так", "уже", "очень"),
            *("всех", "этого", "этот", "эти", "чтобы", "если", "когда", "который", "которые", "которая", "может"),
            *("быть", "есть", "была", "были", "было", "после", "под", "будет", "все", "того", "том", "я", "их", "нас"),
        )
    ),
}
_LEAST_COMMON = 5
_LEAST_SHARE = 0.1
# a Cyrillic text so long has letters of its own in every other language: a few common words are enough
_LONG, _SHARE_OF_LONG = 200, 0.03
# letters that Russian does not have, and two that Bulgarian, Serbian and Ukrainian do not
_NOT_RUSSIAN = re.compile("[\u0402-\u040f\u0452-\u045f\u0460-\u052fЀЍѐѝ]")
_RUSSIAN = re.compile("[ыэЭ]")
_NEIGHBOURS = frozenset(("bg", "sr", "mk"))
# what English hardly has: a text full of it is in another language and quotes English
_NOT_ENGLISH = re.compile("[^\x00-\x7f\u2010-\u203a\u00a0-\u00bf\u20ac]")


def _sure(text: str, script: str, candidates: tuple[str, ...]) -> str | None:
    """English or Russian where that is beyond doubt; None: it is not, or neither comes into question."""
    lang = {"latin": "en", "cyrillic": "ru"}.get(script)
    if lang not in candidates:
        return None
    if lang == "ru" and (_NOT_RUSSIAN.search(text) or not (_RUSSIAN.search(text) or _needs_none(text, candidates))):
        return None
    words = text.lower().split()
    common = len([word for word in words if word in _COMMON[lang]])
    if lang == "ru" and len(text) >= _LONG:
        return lang if common >= 2 and common >= _SHARE_OF_LONG * len(words) else None
    if common < _LEAST_COMMON or common < _LEAST_SHARE * len(words):
        return None
    # a fifth of such words outweighs some foreign names, or quotation marks in a wrong encoding
    strange = 20 if common >= 2 * _LEAST_SHARE * len(words) else 100
    if lang == "en" and len(_NOT_ENGLISH.findall(text)) > len(text) // strange:
        return None
    return lang


def _needs_none(text: str, candidates: tuple[str, ...]) -> bool:
    """Whether a Cyrillic text may be Russian without the two letters that tell it from its nearest neighbours."""
    return len(text) >= _LONG and _NEIGHBOURS.isdisjoint(candidates)


def _guess(text: str, candidates: tuple[str, ...]) -> str:
    ranked: list[tuple[str, float]] = _model()(text)
    return next((lang for lang, _ in ranked if lang in candidates), candidates[0])


@cache
def _model() -> Callable[[str], list[tuple[str, float]]]:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    ours = {lang for table in (_USUAL, _BESIDES) for langs in table.values() for lang in langs}
    identifier.set_languages(sorted(ours.intersection(identifier.labels)))
    # it would keep the numbers of all its other languages: 27 MB that nobody asks for
    identifier._full_model = (identifier.nb_ptc, identifier.nb_pc, identifier.nb_classes)
    ranked: Callable[[str], list[tuple[str, float]]] = identifier.rank
    return ranked
