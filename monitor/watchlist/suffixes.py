"""What languages hang on a name without a mark: accepted after a name instead of the end of the word.

Russian, Belarusian and English are not here: their forms are written out (monitor.watchlist.forms). The tables are
generous, since a name stands before the suffix, but a table only holds in a text of its own language: Kyrgyz -ка
would make a Russian brand of vodka a president.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from monitor.text.fold import HAN

# folded letters; й is one letter, Latin ones have lost their marks
_KAZAKH_KYRGYZ = (
    "(?:[лдт][аеоө]р)?(?:(?:ым|ім|им|ың|ің|ин|сы|сі|си|су|сү|ы|і|и|у|ү)н?)?"
    "(?:[ндт](?:ың|ің|ын|ин|ун|үн)|[гғкқн][аеоө]|[ндт](?:ы|і|и|у|ү)|н?[дт][аеоө](?:н|ғы|гі|гы|ги)?|н[аеоө]н|н"
    "|[мбп]ен|ча|че|чо|чө|дай|дей|лық|лік|лык|лик)?"
)
_UZBEK_CYRILLIC = "(?:лар)?(?:имиз|ингиз|си|и)?(?:нинг|ни|га|ка|қа|да|дан|даги|дек|ча|ники)?(?:ми|ку|чи)?"
_TAJIK = "(?:ҳо|он)?(?:и|ӣ|е|у|ву)?(?:ро|ам|ат|аш|ро)?"
_MONGOLIAN = (
    "(?:ууд|үүд|нууд|нүүд)?(?:ийн|ын|йн|ийг|ыг|йг|гийн|гийг|ий|ы|г|н|д|т|(?:г|н)?[аоэө]{2}(?:с|р)|т[аоэ]й|руу|рүү|луу|лүү)?"
    "(?:[аоэө]{2}|гаа)?"
)
_CYRILLIC = {"kk": _KAZAKH_KYRGYZ, "ky": _KAZAKH_KYRGYZ, "uz": _UZBEK_CYRILLIC, "tg": _TAJIK, "mn": _MONGOLIAN}

_TURKIC_LATIN = (
    "(?:l[ae]r)?(?:[iu]m[iu]z|[iu]ng[iu]z|[iu]n[iu]z|s[iu]n?|[iu]n|[iu]m|[iu])?"
    "(?:n?[iu]ng?|[ny]?[iu]|[ygkqn]?[ae]|n?[dt][ae]n?(?:g[iu]|k[iu])?|[ndt][iuy]n?g?|[mbp]en|y?l[ae]|l[iu]k?|s[iu]z"
    "|cha|ca|ce|dek|niki)?"
    "(?:mi|m[iu]d[iu]r|d[iu]r)?"
)
_LATIN_LANGUAGES = ("uz", "tr", "az", "tk", "kk")

_PERSIAN_URDU = re.compile("(?:ها|های|هایی|هایش|ی|یی|یها|یهای|را|وں|یوں|یو)")
# behind a consonant -ی makes another word of the name: پوتینی is a boot, or Putin's
_PERSIAN_URDU_CONSONANT = re.compile("(?:ها|های|هایی|هایش|را|وں|یوں|یو)")
_PERSIAN_URDU_VOWELS = "اوهیے"
_HINDI = re.compile("(?:जी|ओं|यों|ों|ियों|ी)")

# what follows no name in Russian, English or their neighbours: accepted where the language is not known at all
_CLEAR_CYRILLIC = re.compile(
    "(?:л[аеоө]р)?(?:[ндт][ыиуүің][нң]|г[аеоө]|ке|[дт][аеоө]н?|н[аеоө]н|[дт][ыиуү]|нинг|ни|даги|[мбп]ен|ий[нг])"
)
_CLEAR_LATIN = re.compile("(?:lar)?(?:ning|ga|ni|dan|da|dagi|niki)|lar")

# Лаврова, Nazarbayeva: hers, where no case of his ends so
_HERS = re.compile("(?:[оеё]в|[иы]н)а|(?:[oe]v|in)a")

# letters that only such a language has; ө ү are shared by Kazakh, Kyrgyz and Mongolian
_CYRILLIC_SIGNS = "әғқңөұүһҳҷӣӯӘҒҚҢӨҰҮҺҲҶӢӮ"
_OWN_SCRIPTS = {"zh": f"[{HAN}]", "hi": "[\u0900-\u097f]", "fa": "[\u0600-\u06ff]", "ur": "[\u0600-\u06ff]"}
_BELARUSIAN_SIGNS = re.compile("[ўЎіІ]")
_LATIN_SIGNS = "ğşıİəĞŞƏ"
_UZBEK_APOSTROPHE = re.compile("[ʻ‘](?<=[ogOG].)")


def _whole(words: str) -> dict[str, re.Pattern[str]]:
    """Each word with what finds it as a whole; patterns that begin with their letters are found quickest."""
    return {word: re.compile(rf"{word}(?<=\b{word})\b") for word in words.split()}


_LATIN_WORDS = _whole("va bilan uchun bo'yicha haqida")
_CYRILLIC_WORDS = _whole("нь болон гэж жана менен билан учун барои")
_MONGOLIAN_ENDINGS = {ending: re.compile(rf"{ending}\b") for ending in ("ээс", "ээд", "ийн", "ийг")}

_LEAST = 3


class Suffixes:
    """The suffixes that hold in one text, and which languages it may be written in."""

    def __init__(self, text: str, lang: str | None) -> None:
        self._text = text
        self._lang = lang
        #: Script -> its table, looked for when a name ends inside a word: few texts have such.
        self._tables: dict[str, re.Pattern[str] | None] = {}
        self._spoken: dict[str, bool] = {}

    def speaks(self, lang: str) -> bool:
        """Whether the text may be in that language of an abbreviation. BM is the United Nations in Turkish and a rocket
        in English: two or three letters mean something else in every language."""
        if lang not in self._spoken:
            self._spoken[lang] = self._may_be(lang.partition("_")[0])
        return self._spoken[lang]

    def _may_be(self, lang: str) -> bool:
        if lang in ("en", "ru") or lang == self._lang:
            return True
        if lang == "be":
            return _BELARUSIAN_SIGNS.search(self._text) is not None
        if lang in _OWN_SCRIPTS:
            return re.search(_OWN_SCRIPTS[lang], self._text) is not None
        if self._made("cyrillic", _cyrillic) is not None:
            return True
        return lang in _LATIN_LANGUAGES and self._made("latin", _latin) is not None

    def is_of(self, lang: str) -> bool:
        """Whether the text is known to be in that language."""
        return self._lang == lang.partition("_")[0]

    def any_after(self, last: str) -> bool:
        """Whether a name with that last letter may have a suffix."""
        return self._after(last) is not None

    def allow(self, name: str, rest: str) -> bool:
        """Whether a name may stand for the whole word when `rest` follows it up to the end of the word."""
        if len(name) < _LEAST:
            return False
        table = self._after(name[-1])
        if table is None or _HERS.match(name[-2:] + rest[:1]):
            return False
        return table.fullmatch(rest) is not None

    def hers(self, name: str) -> bool:
        """Whether a Russian case of a man's surname is in this text the surname of a woman: Назарбаева in Kazakh."""
        if self._lang not in _BY_LANGUAGE or _HERS.fullmatch(name[-3:]) is None:
            return False
        return _holds_any(_CYRILLIC_SIGNS, self._text) or _finds_any(_CYRILLIC_WORDS, self._text)

    def _after(self, last: str) -> re.Pattern[str] | None:
        """The suffixes that may follow a letter; None: none may."""
        if last.isascii():
            return self._made("latin", _latin) or (_CLEAR_LATIN if self._lang is None else None)
        if "\u0400" <= last <= "\u052f":
            return self._made("cyrillic", _cyrillic) or (_CLEAR_CYRILLIC if self._lang is None else None)
        if "\u0900" <= last <= "\u097f":
            return _HINDI
        return _PERSIAN_URDU if last in _PERSIAN_URDU_VOWELS else _PERSIAN_URDU_CONSONANT

    def _made(self, script: str, table: _Table) -> re.Pattern[str] | None:
        if script not in self._tables:
            self._tables[script] = table(self._text, self._lang)
        return self._tables[script]


_Table = Callable[[str, str | None], re.Pattern[str] | None]

_ANY_CYRILLIC = re.compile("|".join(f"(?:{t})" for t in dict.fromkeys(_CYRILLIC.values())))
_BY_LANGUAGE = {lang: re.compile(table) for lang, table in _CYRILLIC.items()}
_LATIN = re.compile(_TURKIC_LATIN)


def _cyrillic(text: str, lang: str | None) -> re.Pattern[str] | None:
    if lang in _BY_LANGUAGE:
        return _BY_LANGUAGE[lang]
    if _holds_any(_CYRILLIC_SIGNS, text):
        return _ANY_CYRILLIC
    if lang is None and (_finds_any(_CYRILLIC_WORDS, text) or _finds_any(_MONGOLIAN_ENDINGS, text)):
        return _ANY_CYRILLIC
    return None


def _latin(text: str, lang: str | None) -> re.Pattern[str] | None:
    if lang in _LATIN_LANGUAGES or (lang is None and _has_latin_signs(text)):
        return _LATIN
    return None


def _has_latin_signs(text: str) -> bool:
    return _holds_any(_LATIN_SIGNS, text) or bool(_UZBEK_APOSTROPHE.search(text)) or _finds_any(_LATIN_WORDS, text)


def _holds_any(signs: str, text: str) -> bool:
    for sign in signs:  # noqa: SIM110 - one search for each is several times as quick as one for all, or a generator
        if sign in text:
            return True
    return False


def _finds_any(patterns: dict[str, re.Pattern[str]], text: str) -> bool:
    """Whether one of the patterns, by what it begins with, is in the text."""
    return any(begin in text and pattern.search(text) for begin, pattern in patterns.items())
