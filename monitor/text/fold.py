"""Texts folded so that spellings which mean the same become the same, with a way back to the original.

What is folded, and why each pair is one::

    Erdoğan = Erdogan   Latin letters lose their marks (й ў ї қ ң stay: they are letters of their own)
    ё = е, за́мок = замок    as Russian newspapers print; ӣ = и, ӯ = у
    ي ى = ی, ك = ک, ة = ه    Arabic keyboards in Persian and Urdu; vowel marks and tatweel go
    習 = 习              Traditional to Simplified, character by character, so that lengths stay
    “ „ « = ", ’ ʻ ` = ', – — ‑ = -, ＳＣＯ = SCO, ۲ = 2
    soft hyphens, zero-width and bidi marks go; a zero-width non-joiner between Arabic letters is a space
    every run of white space is one space, and none between two Chinese characters
"""

from __future__ import annotations

import html
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from monitor.text import alphabet

HAN = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
ARABIC = "\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff\ufb50-\ufdff\ufe70-\ufefc"

_APOSTROPHES = "'`´‘’‚‛ʹʻʼʽʾʿˈ′‵ꞌ՚＇｀"
_QUOTES = '"“”„‟«»‹›″‶〝〞〟「」『』《》〈〉＂｢｣❝❞'
_DASHES = "-‐‑‒–—―−﹘﹣－⁃˗֊"
_DOTS = "·•・‧･∙⋅᛫"
_LETTERS = {
    # Latin letters that Unicode does not take apart
    **dict(zip("øØđĐłŁħĦŧŦðÐıŋŊɡƒƑəƏ", "oOdDlLhHtTdDinNgfFeE", strict=True)),
    **{"æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "þ": "th", "Þ": "TH", "ß": "ss", "ẞ": "SS"},
    # Russian, and the long vowels of Tajik, for which many keyboards have no key
    **dict(zip("ёЁѐЀѝЍӣӢӯӮ", "еЕеЕиИиИуУ", strict=True)),
    # Arabic script: the letters of a Persian keyboard
    **dict(zip("يىۍېئكڪةۀہۂۃھەأإآٱؤۓ", "یییییککهههههههااااوے", strict=True)),
    # Devanagari: nasal mark
    "ँ": "ं",
}
_EXPLICIT: dict[str, str] = {
    **dict.fromkeys(_APOSTROPHES, "'"),
    **dict.fromkeys(_QUOTES, '"'),
    **dict.fromkeys(_DASHES, "-"),
    **dict.fromkeys(_DOTS, "·"),
    **_LETTERS,
    "\u0640": "",  # tatweel
    "\u3164": " ",  # Hangul filler, blank on every screen
}


class _Table(dict[int, str]):
    """Code point -> what stands for it, made when first met. `uneven` are those that do not give exactly one."""

    def __init__(self) -> None:
        self.uneven: set[str] = set()
        self._pattern: tuple[int, re.Pattern[str]] = (0, re.compile("(?!)"))

    def __missing__(self, code: int) -> str:
        plain = _plain(chr(code))
        if len(plain) != 1:
            self.uneven.add(chr(code))
        self[code] = plain
        return plain

    def uneven_pattern(self) -> re.Pattern[str]:
        count, pattern = self._pattern
        if count != len(self.uneven):
            known = sorted(self.uneven)
            pattern = re.compile(f"[{re.escape(''.join(known))}]")
            self._pattern = (len(known), pattern)
        return pattern


def _plain(char: str) -> str:
    """The character without what is folded away, case kept; each character of it has a lower case of length one."""
    if (explicit := _EXPLICIT.get(char)) is not None:
        return explicit
    if char.isspace():
        return " "
    if unicodedata.category(char) == "Cs":
        return "\ufffd"
    decomposed = unicodedata.normalize("NFKD", char)
    by_base = unicodedata.name(decomposed[0], "").startswith(("LATIN", "GREEK"))
    return "".join(_kept(c) for c in (decomposed if by_base else unicodedata.normalize("NFKC", char)))


def _kept(char: str) -> str:
    if (explicit := _EXPLICIT.get(char)) is not None:
        return explicit
    category = unicodedata.category(char)
    if category == "Nd":
        return str(unicodedata.decimal(char))
    if category in ("Cf", "Cc"):
        return " " if char.isspace() else ""
    if category == "Mn" and _dropped_mark(char):
        return ""
    if _IS_HAN.match(char):
        return _simplified(char)
    lower = char.casefold()
    return char if len(lower) == 1 else lower


def _dropped_mark(char: str) -> bool:
    """Accents, Hebrew and Arabic points, nukta, variation selectors; vowel signs of Indian scripts stay."""
    kind = unicodedata.combining(char)
    if kind == 0:
        return "VARIATION SELECTOR" in unicodedata.name(char, "")
    return kind in (1, 7) or 10 <= kind <= 35 or kind >= 200


def _simplified(char: str) -> str:
    made: str = _converter().convert(char)
    return made if len(made) == 1 else char


@cache
def _converter() -> Any:
    import opencc

    return opencc.OpenCC("t2s")


def replaced_han() -> str:
    """Of the Chinese characters from U+4E00 to U+9FFF those that folding replaces."""
    every = [chr(code) for code in range(0x4E00, 0xA000)]
    simplified = _converter().convert("\n".join(every)).split("\n")  # thousands in the time of ten
    return "".join([a for a, b in zip(every, simplified, strict=True) if a != b and len(b) == 1])


_TABLE = _Table()

_IS_HAN = re.compile(f"[{HAN}]")
# marks that make a letter of its own out of the one before; others are dropped one by one
_COMPOSED = re.compile("[\u0400-\u052f][\u0300-\u036f]{1,4}|[\u3040-\u30ff][\u3099\u309a]")
_NON_JOINER = re.compile(f"(?<=[{ARABIC}])\u200c(?=[{ARABIC}\u200c])")
_SPACES = re.compile(" {2,}")
_HAN_SPACE = re.compile(f" (?<=[{HAN}] )(?=[{HAN}])")

# all but the letters, digits and signs that stay as they are: a Latin or Cyrillic text has few kinds of them
_ODD = re.compile("[^ -_a-~\u0402-\u040c\u040e-\u044f\u0452-\u045c\u045e-\u0482]")
_FEW = 32
_SAMPLE = 100
_HAN_SIGN = re.compile("[\u4e00-\u9fff]")
# what means something only together with its neighbours
_JOINING = frozenset(("\u200c", *map(chr, range(0x300, 0x370))))
_KANA_MARKS = frozenset("\u3099\u309a")
# what every Chinese text has: to ask for each takes less time than to find them all
_COMMON_IN_CHINESE = "\n，“”（）：；《》！？"
# neither what _ODD leaves out nor Chinese characters
_NEITHER = (
    *((0, 0x1F), (0x60, 0x60), (0x7F, 0x401), (0x40D, 0x40D), (0x450, 0x451), (0x45D, 0x45D)),
    *((0x483, 0x4DFF), (0xA000, 0x10FFFF)),
)
# from here on there is Chinese
_EAST = "\u2e80"


def fold(text: str) -> str:
    """The folded text, for searching and comparing plain texts: same as `fold_map(text, markup=False).text`."""
    if text.isascii() and text.isprintable() and "`" not in text and "  " not in text:
        return text.lower()
    if not _ODD.search(text) and "  " not in text:
        return text.casefold()
    return fold_tape(text, markup=False).text.casefold()


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text whose every code point knows where it came from."""

    text: str
    #: The same before capitals were lost; same length.
    cased: str
    way: Way

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where the folded stretch `start` to `end`, which must not be empty, lies in the original."""
        return self.way.span(start, end)


def fold_map(text: str, *, markup: bool = True) -> Folded:
    """The folded text with its way back. With `markup` entities (also doubled) are resolved, tags dropped, and a word
    that was broken at the end of a line is joined."""
    return fold_tape(text, markup=markup).folded()


def fold_tape(text: str, *, markup: bool) -> Tape:
    """The same as a text under edit."""
    tape = Tape(text)
    if markup:
        _resolve_markup(tape)
    east = False
    if not _by_alphabet(tape):
        odd = _odd_of(tape.text)
        if odd is None:
            _translate(tape)
        else:
            _replace(tape, odd)
        east = odd is None or any(char >= _EAST for char in odd) or _HAN_SIGN.search(tape.text) is not None
    if "  " in tape.text:
        tape.sub(_SPACES, lambda _: " ")
    if east:
        tape.sub(_HAN_SPACE, lambda _: "")
    return tape


def _by_alphabet(tape: Tape) -> bool:
    """Each character replaced by the one that stands for it, all at once; False: there are too many that have no byte,
    or no single one stands for them."""
    coded = alphabet.coded(tape.text)
    if coded is None or coded.translate(None, _uneven_bytes()) != coded:
        one, several = _not_even()
        if several.search(tape.text, 0, _SAMPLE) or _HAN_SIGN.search(tape.text):
            return False
        odd = set(one.findall(tape.text))
        if len(odd) > _FEW or not odd.isdisjoint(_JOINING):
            return False
        if alphabet.coded("".join([_TABLE[ord(char)] for char in odd])) is None:
            return False
        _replace(tape, odd)
        coded = alphabet.coded(tape.text)
    assert coded is not None
    tape.text = alphabet.decoded(coded, _alphabet_table())
    return True


@cache
def _not_even() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """A character that has no byte, or that no single one stands for; and three such in a row, as in another script."""
    even = [char for char, plain in zip(alphabet.CHARACTERS, _alphabet_table(), strict=True) if plain != "\ufffe"]
    one = f"[^{re.escape(''.join(even))}]"
    return re.compile(one), re.compile(f"{one}{{3}}")


@cache
def _uneven_bytes() -> bytes:
    return bytes(byte for byte, plain in enumerate(_alphabet_table()) if plain == "\ufffe")


@cache
def _alphabet_table() -> str:
    return alphabet.table(_plain)


def _odd_of(text: str) -> set[str] | None:
    """The characters that may have to be replaced; None: too many to do so one by one, or they are not independent."""
    if text.isascii() and "`" not in text and text.replace("\n", " ").isprintable():
        return {"\n"} if "\n" in text else set()
    if _HAN_SIGN.search(text):
        odd = set(_odd_in_chinese().findall(text))
        odd.update([char for char in _COMMON_IN_CHINESE if char in text])
        if _KANA_MARKS.isdisjoint(odd):
            return odd if len(odd) <= _FEW and odd.isdisjoint(_JOINING) else None
    if len(text.encode("utf-8", "surrogatepass")) > 2.2 * len(text):  # three bytes a letter: hardly one stays
        return None
    odd = set(_ODD.findall(text))
    return odd if len(odd) <= _FEW and odd.isdisjoint(_JOINING) else None


@cache
def _odd_in_chinese() -> re.Pattern[str]:
    """The same as _ODD, but for Chinese characters and signs that stay as they are, and those that are asked for."""
    ranges: list[tuple[int, int]] = []
    for first, last in _NEITHER:
        for code in sorted(map(ord, _COMMON_IN_CHINESE + "、。")):
            if first <= code <= last:
                ranges.append((first, code - 1))
                first = code + 1
        ranges.append((first, last))
    others = "".join(f"{re.escape(chr(first))}-{re.escape(chr(last))}" for first, last in ranges if first <= last)
    return re.compile(f"[{others}{replaced_han()}]")


def _replace(tape: Tape, odd: set[str]) -> None:
    """Each of the characters by what stands for it: a few searches instead of a look at every character."""
    uneven: list[str] = []
    for char in odd:
        plain = _TABLE[ord(char)]
        if len(plain) != 1:
            uneven.append(char)
        elif plain != char:
            tape.text = tape.text.replace(char, plain)
    if uneven:
        tape.sub(_any_of("".join(sorted(uneven))), lambda m: _TABLE[ord(m[0])])


@lru_cache(maxsize=256)
def _any_of(chars: str) -> re.Pattern[str]:
    return re.compile(f"[{re.escape(chars)}]")


def _translate(tape: Tape) -> None:
    if "\u200c" in tape.text:
        tape.text = _NON_JOINER.sub(" ", tape.text)
    tape.sub(_COMPOSED, lambda m: unicodedata.normalize("NFC", m[0]))
    made = tape.text.translate(_TABLE)
    if len(made) != len(tape.text) or _TABLE.uneven:
        found = _TABLE.uneven_pattern().finditer(tape.text)
        tape.way.edited([(m.start(), m.end(), len(_TABLE[ord(m[0])])) for m in found])
    tape.text = made


_ENTITY = re.compile(r"&(?:#[0-9]{1,7};?|#[xX][0-9a-fA-F]{1,6};?|[A-Za-z][A-Za-z0-9]{1,31};)")
_TAG = re.compile(r"<(?:/?([A-Za-z][A-Za-z0-9]*)(?=[\s/>])[^<>]{0,4000}|!--[^<>]*--|[!?][^<>]{0,4000})>")
_INLINE = frozenset(
    [
        "a",
        "abbr",
        "b",
        "bdi",
        "bdo",
        "big",
        "em",
        "font",
        "i",
        "mark",
        "nobr",
        "s",
        "small",
        "span",
        "strong",
        "sub",
        "sup",
        "tt",
        "u",
        "wbr",
    ]
)
_BROKEN = re.compile(r"(?<=\w)([-\u2010\u2011\u00ad])[^\S\n]*\n\s*(?=(\w))")


_HYPHENS = ("-", "\u2010", "\u2011", "\u00ad")
_HYPHEN_AT_END = re.compile(f"[{''.join(_HYPHENS)}]\\s*(?:\n|$)".replace("[-", r"[\-"))


def _resolve_markup(tape: Tape) -> None:
    for _ in range(2):
        if "&" in tape.text:
            tape.sub(_ENTITY, lambda m: html.unescape(m[0]))
    if "<" in tape.text:
        tape.sub(_TAG, lambda m: "" if (m[1] or "").lower() in _INLINE else " ")
    if "\n" in tape.text and _is_broken(tape.text):
        tape.sub(_BROKEN, lambda m: "" if m[2].islower() else m[1])


def _is_broken(text: str) -> bool:
    """Whether a line ends with a hyphen."""
    if "-" not in text and not any(hyphen in text for hyphen in _HYPHENS):
        return False
    return _HYPHEN_AT_END.search(text) is not None


class Way:
    """Back from places in an edited text to places in the text as given.

    Kept as the edits that were made, since most places are never asked for.
    """

    __slots__ = ("_edits",)

    def __init__(self) -> None:
        #: Per round of edits: where what was made begins, and (its end, begin and end of what was there before).
        self._edits: list[tuple[list[int], list[tuple[int, int, int]]]] = []

    def edited(self, edits: Iterable[tuple[int, int, int]]) -> None:
        """Takes down a round of edits: begin, end and new length of each stretch, from left to right."""
        begins: list[int] = []
        stretches: list[tuple[int, int, int]] = []
        grown = 0
        for start, end, length in edits:
            begin = start + grown
            begins.append(begin)
            stretches.append((begin + length, start, end))
            grown += length - (end - start)
        if begins:
            self._edits.append((begins, stretches))

    def start(self, at: int) -> int:
        """Where the part of the original begins that stands for that code point."""
        for begins, stretches in reversed(self._edits):
            number = bisect_right(begins, at) - 1
            if number >= 0:
                made_end, start, end = stretches[number]
                at = start if at < made_end else at - made_end + end
        return at

    def end(self, at: int) -> int:
        """Where that part ends."""
        for begins, stretches in reversed(self._edits):
            number = bisect_right(begins, at) - 1
            if number >= 0:
                made_end, _, end = stretches[number]
                at = end - 1 if at < made_end else at - made_end + end
        return at + 1

    def span(self, start: int, end: int) -> tuple[int, int]:
        """`start(start)` and `end(end - 1)` of a stretch that is not empty, in one go."""
        last = end - 1
        for begins, stretches in reversed(self._edits):
            number = bisect_right(begins, start)
            if number:
                made_end, a, b = stretches[number - 1]
                start = a if start < made_end else start - made_end + b
            number = bisect_right(begins, last, number)
            if number:
                made_end, _, b = stretches[number - 1]
                last = b - 1 if last < made_end else last - made_end + b
        return start, last + 1


class Tape:
    """A text under edit that knows, for each code point, its part of the original."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.way = Way()

    def folded(self) -> Folded:
        """What is on the tape, capitals lost beside capitals kept."""
        return Folded(self.text.casefold(), self.text, self.way)

    def sub(self, pattern: re.Pattern[str], made: Callable[[re.Match[str]], str]) -> None:
        """Each match replaced; what takes its place stands for all of it."""
        edits: list[tuple[int, int, int]] = []
        pieces: list[str] = []
        done = 0
        for match in pattern.finditer(self.text):
            start, end = match.span()
            new = made(match)
            pieces += self.text[done:start], new
            edits.append((start, end, len(new)))
            done = end
        if edits:
            self.way.edited(edits)
            self.text = "".join(pieces) + self.text[done:]

    def put(self, spans: Sequence[tuple[int, int]], new: str) -> None:
        """The same text in the place of each of these stretches, given from left to right."""
        if spans:
            ends = [0, *(end for _, end in spans)]
            kept = [self.text[a:b] for a, b in zip(ends, (*(start for start, _ in spans), None), strict=True)]
            self.way.edited((start, end, len(new)) for start, end in spans)
            self.text = new.join(kept)

    def cut(self, places: Sequence[int]) -> None:
        """Single code points taken out."""
        if places:
            kept = [self.text[a:b] for a, b in zip((0, *(p + 1 for p in places)), (*places, None), strict=True)]
            self.way.edited((place, place + 1, 0) for place in places)
            self.text = "".join(kept)
