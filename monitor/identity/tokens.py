"""The words by which texts are compared: folded, without what stands between; characters where no spaces are written.

Texts in common alphabets take a short way over bytes (monitor.text.alphabet), ten times as quick; both ways give the
same words.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from array import array
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from monitor.text import alphabet
from monitor.text.fold import fold
from monitor.text.units import HAS_UNSPACED, MARKS

#: Of a longer text only so much is compared: as much as a hundred printed pages.
LONGEST_WORDS, LONGEST_SIGNS = 20_000, 40_000
# a text this short has little of its own: its title is compared with it
_SHORT_WORDS, _SHORT_SIGNS = 100, 160


#: Folded words, or a string of characters of a script without spaces.
Words: TypeAlias = tuple[str, ...] | str


@dataclass(frozen=True, slots=True)
class Tokens:
    """The folded words of a title and a text, or their characters in a script without spaces."""

    title: Words
    text: Words
    #: Whether they are characters.
    signs: bool

    @property
    def short(self) -> bool:
        """Whether the text is hardly more than a summary."""
        return len(self.text) < (_SHORT_SIGNS if self.signs else _SHORT_WORDS)

    @property
    def compared(self) -> Words:
        """The text, and behind a short one its title."""
        if not self.short:
            return self.text
        return f"{self.text}{self.title}" if isinstance(self.text, str) else (*self.text, *self.title)


@lru_cache(maxsize=16)  # an article is looked at several times on its way
def tokens(title: str, text: str) -> Tokens:
    """The tokens of an article."""
    return _tokens(title, text)


def as_signs(made: Tokens) -> Tokens:
    """The same with a sign in the place of each word: compared at once, in a twentieth of the room.

    Another sign in every process, and of a million pairs of words one has the same: not to be stored.
    """
    return Tokens(title=_as_signs(made.title), text=_as_signs(made.text), signs=made.signs)


def _as_signs(words: Words) -> str:
    if isinstance(words, str):
        return words
    # twenty bits are all code points, and `surrogatepass` takes those that are no characters
    codes = array("I", [hash(word) & 0xFFFFF for word in words])
    return codes.tobytes().decode(f"utf-32-{sys.byteorder[0]}e", "surrogatepass")


def title_words(title: str) -> Words:
    """The tokens of a title alone, which take no article's place among those that are remembered."""
    return _tokens(title, "").title


def _tokens(title: str, text: str) -> Tokens:
    sample = text[:400] or title
    signs = 3 * len(HAS_UNSPACED.findall(sample)) > sum(map(len, sample.split()))
    if signs:
        return Tokens(title=_characters(title), text=_characters(text)[:LONGEST_SIGNS], signs=True)
    return Tokens(title=tuple(_words(title)), text=tuple(_words(text)[:LONGEST_WORDS]), signs=False)


def _words(text: str) -> list[str]:
    coded = alphabet.coded(text)
    if coded is None and len(_MISSING.findall(text, 0, _SAMPLE)) <= _FEW:
        coded = alphabet.coded(_MISSING.sub(_instead, text))
    if coded is not None:
        try:
            return alphabet.decoded(_joined(coded), _FOLDED).split()
        except UnicodeDecodeError:  # a character that folding makes two of
            pass
    return _WORD.findall(_NUMBER_POINT.sub(r"\1.", _NUMBER_GAP.sub(r"\1", fold(_SYMBOL.sub(" ", text)))))


def _instead(match: re.Match[str]) -> str:
    return _plain(match[0])


@lru_cache(maxsize=4096)
def _plain(char: str) -> str:
    """What may take the place of a character that the alphabet does not have; itself: its text takes the long way."""
    folded = fold(f"a{char}a")[1:-1]  # between letters, because it could be a mark on the one before
    if not folded and unicodedata.category(char) in ("Cc", "Cf"):
        return ""
    if len(folded) == 1 and (folded.isalnum() or not char.isalnum()):
        return folded if folded.isascii() and folded.isalnum() else char if _IN_WORD.match(char) else " "
    return char


def _joined(coded: bytes) -> bytes:
    """The text with nothing but a point inside each of its numbers."""
    shape = coded.translate(_SHAPES)
    if b"0 000" in shape:
        coded = _CODED_GAP.sub(rb"\1", coded)
    if b"0.0" in shape:
        coded = _CODED_POINT.sub(rb"\1" + _INNER, coded)
    return coded


def _characters(text: str) -> str:
    return _NO_LETTERS.sub("", fold(text))


_WORD = re.compile(rf"\d+(?:\.\d+)+|[^\W_][\w{MARKS}]*")
_NO_LETTERS = re.compile(rf"[^\w{MARKS}]+|_")
# folding makes letters of them
_SYMBOL = re.compile("[_№™℠℡]")
_NUMBER_GAP = re.compile(r"(\d) (?=\d\d\d(?!\d))")
_NUMBER_POINT = re.compile(r"(\d)[.,](?=\d)")

_MISSING = re.compile(f"[^{re.escape(alphabet.CHARACTERS)}]")
# a text with more of them in its beginning is of another alphabet
_SAMPLE, _FEW = 200, 10
_IN_WORD = re.compile(rf"[\w{MARKS}]")

# no text has it; the table below makes the point of it
_INNER = b"\0"
_SPACES = b" " + (alphabet.coded("\u00a0") or b"")
_CODED_GAP = re.compile(rb"([0-9])[" + _SPACES + rb"](?=[0-9]{3}(?![0-9]))")
_CODED_POINT = re.compile(rb"([0-9])[.,](?=[0-9])")


def _folded_char(char: str) -> str:
    if char == "\0":
        return "."
    folded = fold(char) if char.isalnum() else " "
    return folded if folded.isalnum() else " "  # an apostrophe that counts as a letter parts words like any other


def _shape(char: str) -> int:
    return ord("0" if char.isdigit() else " " if char in " \u00a0" else "." if char in ".," else "x")


_FOLDED = alphabet.table(_folded_char)
_SHAPES = bytes(map(_shape, alphabet.CHARACTERS))
