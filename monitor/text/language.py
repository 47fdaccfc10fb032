"""The language of a text: by its script first, by a model only where a script leaves a choice.

A headline of three words can be told from its script and from what its source writes in; no model can do better.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache

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
    possible = _USUAL[script] + _BESIDES.get(script, ())
    candidates = tuple(sorted(set(allowed).intersection(possible))) or _USUAL[script]
    if len(candidates) == 1:
        return candidates[0]
    return _guess(text[:_MODEL_SAMPLE], candidates)


def _script(text: str) -> str | None:
    """The script most of the text is written in."""
    counts = {
        script: sum(map(len, letters.findall(text))) * _WEIGHT.get(script, 1) for script, letters in _LETTERS.items()
    }
    script = max(counts, key=lambda s: counts[s])
    if counts[script] < _ENOUGH:
        return None
    if script == "han" and counts["kana"] * 10 > counts["han"]:
        return "kana"
    return script


def _guess(text: str, candidates: tuple[str, ...]) -> str:
    ranked: list[tuple[str, float]] = _model()(text)
    return next((lang for lang, _ in ranked if lang in candidates), candidates[0])


@cache
def _model() -> Callable[[str], list[tuple[str, float]]]:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    ours = {lang for table in (_USUAL, _BESIDES) for langs in table.values() for lang in langs}
    identifier.set_languages(sorted(ours.intersection(identifier.labels)))
    ranked: Callable[[str], list[tuple[str, float]]] = identifier.rank
    return ranked
