"""Words that every longer text of a language has, as far as the libraries that are here know them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from monitor.text.fold import fold

#: The lists of the library justext, made of the most frequent words of each Wikipedia. Those of small Wikipedias are
#: long and full of names: only their beginning is taken.
_LISTS = {
    **{"en": "English", "ru": "Russian", "kk": "Kazakh", "uz": "Uzbek", "ky": "Kyrgyz", "fa": "Persian", "ur": "Urdu"},
    **{"hi": "Hindi", "be": "Belarusian", "tr": "Turkish", "az": "Azerbaijani", "ar": "Arabic", "uk": "Ukrainian"},
    **{"de": "German", "fr": "French", "es": "Spanish", "it": "Italian", "pt": "Portuguese", "pl": "Polish"},
    **{"tk": "Turkmen", "hy": "Armenian", "ka": "Georgian"},
}
_TAKEN = 500
_RUSSIAN = re.compile("[а-яё]{2,}")
#: Names, abbreviations and the like of the dictionary of Russian.
_NO_WORDS = ("Name", "Surn", "Patr", "Geox", "Orgn", "Trad", "Abbr", "Init", "UNKN", "LATN")


@cache
def frequent_words() -> dict[str, tuple[str, ...]]:
    """Folded word -> the languages of which it is among the most frequent words; empty without the library's lists."""
    found: dict[str, tuple[str, ...]] = {}
    for lang, name in _LISTS.items():
        for word in _list(name):
            found[word] = (*found.get(word, ()), lang)
    return found


def _list(name: str) -> Iterator[str]:
    from pkgutil import get_data

    try:
        data = get_data("justext", f"stoplists/{name}.txt") or b""
    except (OSError, ImportError):
        return
    words = data.decode("utf-8", "replace").split()[:_TAKEN]
    yield from dict.fromkeys(fold(word) for word in words)


def is_russian_word(word: str) -> bool:
    """Whether a folded word is, most likely, one of the dictionary of Russian that is nobody's and nothing's name."""
    if not _RUSSIAN.fullmatch(word):
        return False
    from monitor.text.bases import morphology

    likeliest = morphology().parse(word)[0]
    return bool(likeliest.is_known) and not any(mark in likeliest.tag for mark in _NO_WORDS)
