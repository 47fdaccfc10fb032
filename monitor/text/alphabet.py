"""The commonest characters of Latin and Cyrillic texts in one byte each.

Python looks at a text character by character in fifty nanoseconds each, at bytes in less than one. A text that has no
other characters than these (most English and Russian ones) is folded, and taken apart into words, as bytes::

    coded("Ёж, 3 000 m")       one byte for each character; None where a character has none
    decoded(those, table)      the same length, each character replaced as the table says

Nothing is lost by a character that is missing here: its text takes the long way.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable

_RUSSIAN = "абвгдежзийклмнопрстуфхцчшщъыьэюяё"
# Belarusian and Ukrainian; Kazakh, Kyrgyz and Mongolian; Tajik; Uzbek has some of these
_NEIGHBOURS = "ўіїєґ" + "әғқңөұүһ" + "ҳҷӣӯ"
_LATIN = "áàâãäåçčéèêëíîïñóôöøšúüžğışÁÇÉİÖŞÜŠ"
_SIGNS = "\u00a0«»–—‘’“”„…•·№€£°©™ʻʼ"

_BOTH_CASES = "".join(small + small.upper() for small in _RUSSIAN + _NEIGHBOURS)
_OTHERS = iter(_BOTH_CASES + _LATIN + _SIGNS)
_OWN = {0, 9, 10, *range(32, 127)}
#: Byte -> its character; those of ASCII are their own. U+FFFE: stands for none.
CHARACTERS = "".join(chr(byte) if byte in _OWN else next(_OTHERS, "\ufffe") for byte in range(256))
_BYTES = codecs.charmap_build(CHARACTERS)


def coded(text: str) -> bytes | None:
    """One byte for each character; None when one of them has none."""
    try:
        return codecs.charmap_encode(text, "strict", _BYTES)[0]
    except UnicodeEncodeError:
        return None


def coded_in_part(text: str) -> bytes:
    """The same for any text: characters that have no byte are question marks."""
    return codecs.charmap_encode(text, "replace", _BYTES)[0]


def decoded(text: bytes, table: str) -> str:
    """The text with each character replaced by what the table has at its byte."""
    return codecs.charmap_decode(text, "strict", table)[0]


def table(replaced: Callable[[str], str]) -> str:
    """What `decoded` needs: the one character that stands for each; U+FFFE where none or more than one would."""
    made = ("\ufffe" if char == "\ufffe" else replaced(char) for char in CHARACTERS)
    return "".join(char if len(char) == 1 else "\ufffe" for char in made)


def byte_table(replaced: Callable[[str], str]) -> bytes:
    """What `bytes.translate` needs for the same; 0 where no single byte would stand for a character."""
    return bytes(max(0, CHARACTERS.find(char)) if char != "\ufffe" else 0 for char in table(replaced))
