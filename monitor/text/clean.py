"""Strangers' text made safe to keep: no control characters, no lone surrogates, NFC, bounded."""

from __future__ import annotations

import re
import unicodedata

# C0 except tab and newline, DEL, C1, surrogates, non-characters; U+0002 and U+0003 mark matches in snippets
_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_LINE_ENDS = re.compile("\r\n?|[\u0085\u2028\u2029\x0b\x0c]")
_SPACES = re.compile(r"[^\S\n]+")

TITLE_LIMIT = 1_000
TEXT_LIMIT = 1_000_000


def clean_line(text: str | None, limit: int = TITLE_LIMIT) -> str:
    """The text as one line of at most `limit` code points, without what could harm a log, a mail or a page."""
    return " ".join(clean_text(text, limit * 4).split())[:limit].rstrip()


def clean_text(text: str | None, limit: int = TEXT_LIMIT) -> str:
    """The text with one paragraph a line, empty paragraphs dropped, at most `limit` code points."""
    if not text:
        return ""
    text = _FORBIDDEN.sub("", _LINE_ENDS.sub("\n", text[: limit * 2]))
    text = _SPACES.sub(" ", unicodedata.normalize("NFC", text))
    return "\n".join(line.strip() for line in text.split("\n") if line.strip())[:limit]
