"""Texts folded so that spellings which mean the same become the same, with a way back to the original.

What is folded, and why each pair is one::

    Erdoğan = Erdogan   Latin letters lose their marks (й ў ї қ ң stay: they are letters of their own)
    ё = е, за́мок = замок    as Russian newspapers print
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
from array import array
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

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
    # Russian
    **dict(zip("ёЁѐЀѝЍ", "еЕеЕиИ", strict=True)),
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
    global _to_simplified
    if _to_simplified is None:
        import opencc

        _to_simplified = opencc.OpenCC("t2s").convert
    made = _to_simplified(char)
    return made if len(made) == 1 else char


_to_simplified: Callable[[str], str] | None = None
_TABLE = _Table()

_IS_HAN = re.compile(f"[{HAN}]")
# marks that make a letter of its own out of the one before; others are dropped one by one
_COMPOSED = re.compile("[\u0400-\u052f][\u0300-\u036f]{1,4}|[\u3040-\u30ff][\u3099\u309a]")
_NON_JOINER = re.compile(f"(?<=[{ARABIC}])\u200c(?=[{ARABIC}\u200c])")
_SPACES = re.compile(" {2,}")
_HAN_SPACE = re.compile(f"(?<=[{HAN}]) (?=[{HAN}])")
_NOT_PLAIN_ASCII = re.compile("[\x00-\x1f\x7f`]|  ")


def fold(text: str) -> str:
    """The folded text, for searching and comparing plain texts: same as `fold_map(text, markup=False).text`."""
    if text.isascii() and not _NOT_PLAIN_ASCII.search(text):
        return text.lower()
    if "\u200c" in text:
        text = _NON_JOINER.sub(" ", text)
    text = _COMPOSED.sub(lambda m: unicodedata.normalize("NFC", m[0]), text)
    text = _SPACES.sub(" ", text.translate(_TABLE))
    return _HAN_SPACE.sub("", text).casefold()


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text whose every code point knows where it came from."""

    text: str
    #: The same before capitals were lost; same length.
    cased: str
    #: Per folded code point: where its part of the original begins and ends (half open).
    starts: Sequence[int]
    ends: Sequence[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where the folded stretch `start` to `end`, which must not be empty, lies in the original."""
        return self.starts[start], self.ends[end - 1]


def fold_map(text: str, *, markup: bool = True) -> Folded:
    """The folded text with its way back. With `markup` entities (also doubled) are resolved, tags dropped, and a word
    that was broken at the end of a line is joined."""
    if text.isascii() and not _NOT_PLAIN_ASCII.search(text) and not (markup and ("&" in text or "<" in text)):
        return Folded(text.lower(), text, range(len(text)), range(1, len(text) + 1))
    tape = Tape(text)
    if markup:
        _resolve_markup(tape)
    if "\u200c" in tape.text:
        tape.text = _NON_JOINER.sub(" ", tape.text)
    tape.sub(_COMPOSED, lambda m: unicodedata.normalize("NFC", m[0]))
    tape.translate(_TABLE)
    if "  " in tape.text:
        tape.sub(_SPACES, lambda _: " ")
    tape.sub(_HAN_SPACE, lambda _: "")
    return tape.folded()


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


def _resolve_markup(tape: Tape) -> None:
    for _ in range(2):
        if "&" in tape.text:
            tape.sub(_ENTITY, lambda m: html.unescape(m[0]))
    if "<" in tape.text:
        tape.sub(_TAG, lambda m: "" if (m[1] or "").lower() in _INLINE else " ")
    if "\n" in tape.text:
        tape.sub(_BROKEN, lambda m: "" if m[2].islower() else m[1])


class Tape:
    """A text under edit that keeps, for each code point, its part of the original."""

    def __init__(self, text: str, starts: Sequence[int] | None = None, ends: Sequence[int] | None = None) -> None:
        self.text = text
        self.starts: Sequence[int] = range(len(text)) if starts is None else starts
        self.ends: Sequence[int] = range(1, len(text) + 1) if ends is None else ends

    def folded(self) -> Folded:
        """What is on the tape, capitals lost beside capitals kept."""
        return Folded(self.text.casefold(), self.text, self.starts, self.ends)

    def sub(self, pattern: re.Pattern[str], made: Callable[[re.Match[str]], str]) -> None:
        """Each match replaced; what takes its place stands for all of it."""
        self._edit((m.start(), m.end(), made(m)) for m in pattern.finditer(self.text))

    def translate(self, table: _Table) -> None:
        made = self.text.translate(table)
        if table.uneven:
            pattern = table.uneven_pattern()
            self._edit((m.start(), m.end(), table[ord(m[0])]) for m in pattern.finditer(self.text))
        self.text = made

    def _edit(self, edits: Iterable[tuple[int, int, str]]) -> None:
        pieces: list[str] = []
        starts, ends = array("L"), array("L")
        done = 0
        for start, end, made in edits:
            pieces += self.text[done:start], made
            starts.extend(self.starts[done:start])
            ends.extend(self.ends[done:start])
            starts.extend([self.starts[start]] * len(made))
            ends.extend([self.ends[end - 1]] * len(made))
            done = end
        if not pieces:
            return
        pieces.append(self.text[done:])
        starts.extend(self.starts[done:])
        ends.extend(self.ends[done:])
        self.text, self.starts, self.ends = "".join(pieces), starts, ends
