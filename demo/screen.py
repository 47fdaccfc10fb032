"""Plain text for a terminal of 100 columns; Chinese characters count as two."""

from __future__ import annotations

import textwrap
import unicodedata

WIDTH = 100


def width(text: str) -> int:
    """Columns that the text takes."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else not unicodedata.combining(char) for char in text)


def cut(text: str, columns: int) -> str:
    """The text in at most that many columns; a cut one ends with an ellipsis."""
    text = text.replace("\n", " ").strip()
    if width(text) <= columns:
        return text
    while text and width(text) >= columns:
        text = text[:-1]
    return text.rstrip() + "…"


def pad(text: str, columns: int) -> str:
    """The text cut or filled to exactly that many columns."""
    text = cut(text, columns)
    return text + " " * (columns - width(text))


def heading(text: str) -> str:
    return f"\n{text}\n{'-' * width(text)}"


def line(text: str, indent: int = 2) -> str:
    """One line that fits the screen."""
    return " " * indent + cut(text, WIDTH - indent)


def wrapped(text: str, indent: int = 2, limit: int = 6) -> str:
    """The text in lines that fit the screen, at most `limit` of them."""
    room = WIDTH - indent
    columns = room // 2 if width(text) > 1.5 * len(text) else room
    lines = textwrap.wrap(text, columns, max_lines=limit, placeholder=" …") or [""]
    return "\n".join(" " * indent + each for each in lines)


def count(number: int, one: str, many: str | None = None) -> str:
    """``1 article``, ``2 articles``."""
    return f"{number} {one if number == 1 else many or one + 's'}"
