"""Strangers' text made safe to keep: no control characters, no lone surrogates, NFC, bounded."""

from __future__ import annotations

import re
import unicodedata

# C0 except tab and line ends, DEL, C1, surrogates, non-characters; U+0002 and U+0003 mark matches in snippets
_FORBIDDEN = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_LINE_ENDS = frozenset("\r\x0b\x0c\x85\u2028\u2029")
# all of these and every white space but the space and the newline
_ODD = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ud800-\udfff\ufffe\uffff]"
)
_SPACES = re.compile(r"[^\S\n]+")

TITLE_LIMIT = 1_000
TEXT_LIMIT = 1_000_000


def clean_line(text: str | None, limit: int = TITLE_LIMIT) -> str:
    """The text as one line of at most `limit` code points, without what could harm a log, a mail or a page."""
    if text and text.isprintable() and (text.isascii() or unicodedata.is_normalized("NFC", text)):
        return " ".join(text[: limit * 4].split())[:limit].rstrip()  # nothing to take out, as in most lines
    return " ".join(clean_text(text, limit * 4).split())[:limit].rstrip()


def clean_text(text: str | None, limit: int = TEXT_LIMIT) -> str:
    """The text with one paragraph a line, empty paragraphs dropped, at most `limit` code points."""
    if not text:
        return ""
    text = text[: limit * 2]
    if not text.replace("\n", "").isprintable():  # what Python calls printable has nothing odd in it
        for odd in set(_ODD.findall(text)):
            text = text.replace(odd, _instead(odd))
    if not text.isascii() and not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    if "\n" not in text:
        return _one_space(text).strip()[:limit]
    return "\n".join(line for line in map(str.strip, _one_space(text).split("\n")) if line)[:limit]


def _instead(odd: str) -> str:
    if odd in _LINE_ENDS:
        return "\n"
    return "" if _FORBIDDEN.match(odd) else " "


def _one_space(text: str) -> str:
    return _SPACES.sub(" ", text) if "  " in text else text
