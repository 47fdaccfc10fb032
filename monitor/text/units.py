"""The words of a text: where they begin and end, what they come to as index terms, what joins them.

A word is taken with all that is joined to it (`anti-terror`, `yuan's`, `3,000`, `U.S.`): as written it is a term for
each of its parts, and its base forms are those of the parts and of the whole written as one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from monitor.text.bases import TERM_LIMIT, Plan, bases
from monitor.text.fold import HAN, fold

# words that are kept with their terms, of all languages together: about half a kilobyte each
CACHE_LIMIT = 100_000

# scripts that are written without spaces: Chinese, kana, Thai, Lao, Burmese, Khmer
UNSPACED = HAN + "\u3041-\u309f\u30a1-\u30ff\u31f0-\u31ff\uff66-\uff9f\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
# marks and invisible characters inside a word, which \w leaves out
MARKS = (
    "\u00ad\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed"
    "\u0900-\u0963\u0966-\u0dff\u1ab0-\u1aff\u1dc0-\u1dff\u200b-\u200f\u202a-\u202e\u2060\u20d0-\u20ff\ufe00-\ufe0f"
    "\ufe20-\ufe2f\ufeff"
)
JOINERS = "'`´‘’ʹʻʼʽʾʿˈ′ꞌ՚＇｀‐‑–－-"
#: Capitals with points between them, as in `U.S.`, which is `US` as well.
INITIALS = r"[A-Z](?:\.[A-Z](?![a-zA-Z0-9_\u00aa-\u052f]))+"
_JOIN = rf"(?:[{JOINERS}](?!{INITIALS})|(?<=\d)[.,](?=\d)|(?<=\d)[ \u00a0\u202f](?=\d\d\d(?!\d)))"

HAS_UNSPACED = re.compile(f"[{UNSPACED}]")
#: A word with all that is joined to it.
CHUNK = re.compile(rf"{INITIALS}|[\w{MARKS}]+(?:{_JOIN}[\w{MARKS}]+)*")
_SPACED = rf"(?:(?![{UNSPACED}])[\w{MARKS}])+"
#: What may stand between two characters of one run: so many of them and no more.
BETWEEN_SIGNS = r"[\s·•・‧･∙⋅]{1,3}"
#: A run of characters of such a script, or a word with all that is joined to it.
PIECE = re.compile(
    rf"(?P<run>[{UNSPACED}]+(?:{BETWEEN_SIGNS}[{UNSPACED}]+)*)|(?P<chunk>{INITIALS}|{_SPACED}(?:{_JOIN}{_SPACED})*)"
)

_LATIN, _CYRILLIC, _ARABIC = "a-z\u00aa-\u024f\u1e00-\u1eff", "\u0400-\u052f", "\u0620-\u065f\u066e-\u06ff\u0750-\u077f"
_TERM = re.compile(
    rf"\d*[{_LATIN}][{_LATIN}\d]*|\d*[{_CYRILLIC}][{_CYRILLIC}\d]*|\d*[{_ARABIC}][{_ARABIC}\d]*"
    rf"|(?:(?![{_LATIN}{_CYRILLIC}{_ARABIC}_])[\w{MARKS}])+"
)
_FOLDED_CYRILLIC = "а-яўіїєґәғқңөұүһҳҷ"
_ONE_FOLDED_TERM = re.compile(rf"[0-9]*[{_FOLDED_CYRILLIC}][{_FOLDED_CYRILLIC}0-9]*")
_FOLDED_INITIALS = re.compile(r"[a-z](?:\.[a-z])+")
_GROUPED = re.compile(r"\d{1,3}(?:([., ])\d{3})(?:\1\d{3})*")
_ENDINGS = frozenset(("s", "t", "re", "ll", "ve", "d", "m"))


@dataclass(frozen=True, slots=True)
class Unit:
    """What one word of a text comes to."""

    words: tuple[str, ...]
    written: str
    bases: tuple[str, ...]
    #: Those among the base forms that belong to no single word: of the whole written as one.
    joined: tuple[str, ...]


def unit(chunk: str, plan: Plan) -> Unit:
    """What a word with all that is joined to it comes to, as it stands in a text."""
    folded = fold(chunk)
    if folded.isascii() and folded.isalnum():
        words = [folded[:TERM_LIMIT]]
    else:
        words = [word[:TERM_LIMIT] for word in _TERM.findall(folded)]
    whole = _bases_of_whole(folded, words, plan)
    single = [base for word in words for base in bases(word, plan)]
    return Unit(tuple(words), " ".join(words), _each_once((*single, *whole)), _each_once(whole))


def units_in(text: str, plan: Plan) -> list[Unit]:
    """The words of a text."""
    return [unit(chunk, plan) for chunk in CHUNK.findall(text)]


def is_single(word: str) -> bool:
    """Whether that is for sure a folded word, one term and joined to nothing."""
    if len(word) > TERM_LIMIT:
        return False
    if word.isascii():
        return word.isalnum() and word.islower()
    return _ONE_FOLDED_TERM.fullmatch(word) is not None


def _bases_of_whole(folded: str, words: list[str], plan: Plan) -> list[str]:
    """Base forms of what is joined, written as one word."""
    found: list[str] = []
    if len(words) > 1 and (whole := joined(folded, words)):
        found += [b.replace("-", "") for b in bases(whole, plan)] or [whole.replace("-", "")]
        if not whole.isdecimal():
            found.append(whole.replace("-", ""))
    return found


def _each_once(found: Iterable[str]) -> tuple[str, ...]:
    return tuple([base[:TERM_LIMIT] for base in dict.fromkeys(found)])


def joined(folded: str, words: list[str]) -> str:
    """The whole as one word, with a hyphen where Russian keeps one; empty where the whole is no word."""
    if _GROUPED.fullmatch(folded) or _FOLDED_INITIALS.fullmatch(folded):
        return "".join(words)
    if len(words) > 3 or words[-1] in _ENDINGS or not all(word.isalpha() for word in words):
        return ""
    if "-" not in folded and "'" not in folded:
        return ""
    return ("-" if "\u0400" <= words[0][0] <= "\u052f" and "-" in folded else "").join(words)


class Units(dict[str, Unit]):
    """Word as it stands in a text -> its terms; filled when met, emptied when it has grown too large."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan

    def __missing__(self, chunk: str) -> Unit:
        made = unit(chunk, self._plan)
        if len(chunk) <= TERM_LIMIT:
            if len(self) >= CACHE_LIMIT:
                self.clear()
            self[chunk] = made
        return made


@lru_cache(maxsize=8)
def units(plan: Plan) -> Units:
    """The words met lately in texts of that plan."""
    return Units(plan)
