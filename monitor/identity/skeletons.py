"""Names of people and places as they sound, so that two alphabets write one name the same way.

::

    Miranchuk  Миранчук     mrnCk       consonants only, sounds that alphabets mix up made one
    Johnson    Джонсон      jnsn
    Modi       Моди         mad         of few consonants: vowels stay, in three classes, but for the last

Chinese and Arabic-script names have no skeleton: they are compared by the watchlist and the places.
"""

from __future__ import annotations

import re
from functools import lru_cache

from monitor.text.fold import fold

_CYRILLIC = {
    **dict(zip("абвгдезийклмнопрстуфыэёіўғқҳөүәң", "abvgdeziyklmnoprstufieeivgkhouan", strict=True)),
    **{"ж": "zh", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "sh", "ъ": "", "ь": "", "ю": "yu", "я": "ya"},
    **{"ї": "yi", "є": "ye", "ҷ": "j", "ӣ": "i", "ӯ": "u", "ұ": "u", "һ": "h"},
}
_TO_LATIN = str.maketrans(_CYRILLIC)
# in this order: what is longer first; before each pattern two letters of which a word has to have one
_SOUNDS = (
    ("j", "h", re.compile("dzh|dj|zh|j"), "j"),
    ("h", "h", re.compile("tch|tsch|ch"), "C"),
    ("h", "h", re.compile("sch|shch|sh"), "S"),
    ("h", "h", re.compile("ph"), "f"),
    ("h", "h", re.compile("th"), "t"),
    ("t", "t", re.compile("ts|tz"), "s"),
    ("x", "x", re.compile("x"), "ks"),
    ("q", "q", re.compile("qu"), "kv"),
    ("c", "c", re.compile("c(?=[eiy])"), "s"),
    ("c", "q", re.compile("ck|[cq]"), "k"),
    ("g", "g", re.compile("g(?=[ei])"), "j"),
    ("w", "w", re.compile("w"), "v"),
    ("z", "z", re.compile("z"), "s"),
    ("h", "h", re.compile("kh|gh|h"), ""),
)
_VOWEL_CLASSES = str.maketrans({"a": "a", "o": "a", "e": "i", "i": "i", "y": "i", "u": "u"})
_VOWELS = re.compile("[aeiouy]")
_DOUBLED = re.compile(r"(.)\1+")
_LEAST_LETTERS = 3
_LEAST_CONSONANTS = 3
_READABLE = re.compile("[a-z]+")


@lru_cache(maxsize=2_000)  # several forms of one name follow each other
def skeleton(name: str) -> str:
    """The sound of a name in Latin or Cyrillic letters, in its base form; empty where it is too short or in another
    alphabet."""
    latin = fold(name).replace("-", "").replace("'", "").translate(_TO_LATIN)
    if len(latin) < _LEAST_LETTERS or not _READABLE.fullmatch(latin):
        return ""
    for needed, or_this, sound, letter in _SOUNDS:
        if needed in latin or or_this in latin:
            latin = sound.sub(letter, latin)
    bones = _DOUBLED.sub(r"\1", _VOWELS.sub("", latin))
    if len(bones) >= _LEAST_CONSONANTS:
        return bones
    full = _DOUBLED.sub(r"\1", latin.translate(_VOWEL_CLASSES))
    if len(full) > _LEAST_LETTERS:
        full = full.rstrip("aiu")  # which Russian cases change
    return full if len(full) >= _LEAST_LETTERS else ""
