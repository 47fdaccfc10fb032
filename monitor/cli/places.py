"""Stretches of strangers' texts on a terminal: safe, one line, of the right width in every script."""

from __future__ import annotations

import shutil
import unicodedata
from collections.abc import Iterable

import click

from monitor.cli.shown import width

_FIRST_STRONG, _POP = "\u2068", "\u2069"
_RIGHT_TO_LEFT = frozenset(("R", "AL"))
#: Never more columns than a line that is read with ease has.
_WIDEST = 100


def columns() -> int:
    """Columns to write in."""
    return max(40, min(_WIDEST, shutil.get_terminal_size((80, 24)).columns))


def plain(text: str) -> str:
    """The text without what could move the cursor, colour the screen or turn the direction of what follows."""
    return "".join(_plain(char) for char in text)


def _plain(char: str) -> str:
    kind = unicodedata.category(char)
    if kind in ("Cc", "Zl", "Zp", "Zs"):
        return " "
    return "" if kind in ("Cf", "Cs", "Co", "Cn") and char not in "\u200c\u200d" else char


def isolated(text: str) -> str:
    """The text so that, if it is written from right to left, what stands around it is not."""
    if any(unicodedata.bidirectional(char) in _RIGHT_TO_LEFT for char in text):
        return f"{_FIRST_STRONG}{text}{_POP}"
    return text


def around(text: str, start: int, end: int, room: int) -> str:
    """The stretch in square brackets with what stands before and after it, in at most so many columns."""
    named = _within(plain(text[start:end]), room - 2)
    left = room - width(named) - 2
    before = _end_of(plain(text[max(0, start - room) : start]), left // 2, cut=start > room)
    after = _within(plain(text[end : end + room]), left - width(before), more=len(text) > end + room)
    marked = click.style(f"[{named}]", bold=True)
    return isolated(f"{before}{marked}{after}".strip())


def _within(text: str, room: int, *, more: bool = False) -> str:
    """The beginning of the text in so many columns."""
    if not more and width(text) <= room:
        return text
    kept, used = "", 1
    for char in text:
        used += width(char)
        if used > room:
            break
        kept += char
    return f"{kept}…" if room > 0 else ""


def _end_of(text: str, room: int, *, cut: bool) -> str:
    """The end of the text in so many columns."""
    if not cut and width(text) <= room:
        return text
    kept, used = "", 1
    for char in reversed(text):
        used += width(char)
        if used > room:
            break
        kept = char + kept
    return f"…{kept}" if room > 0 else ""


def paragraph(text: str, *, indent: int = 0, hang: int | None = None) -> None:
    """Prints a sentence in as many lines as it needs, all but the first indented by `hang`."""
    later = indent if hang is None else hang
    line, used = " " * indent, indent
    for number, word in enumerate(text.split(" ")):
        size = width(word.strip(_FIRST_STRONG + _POP))
        if number and used + 1 + size > columns():
            click.echo(line)
            line, used = " " * later + word, later + size
        else:
            line, used = (f"{line} {word}", used + 1 + size) if number else (line + word, used + size)
    click.echo(line)


def listed(words: Iterable[str], *, indent: int, between: str = " · ") -> None:
    """Prints words one after the other, in as many lines as they need, none of them broken."""
    line, used = "", 0
    for word in words:
        size = width(word)
        if line and used + len(between) + size > columns() - indent:
            click.echo(" " * indent + line)
            line, used = "", 0
        line, used = (
            (f"{line}{between}{isolated(word)}", used + len(between) + size) if line else (isolated(word), size)
        )
    if line:
        click.echo(" " * indent + line)


def some(words: Iterable[str], most: int = 6) -> str:
    """`a, b, c and 4 more`."""
    given = list(words)
    rest = len(given) - most
    return ", ".join(given[:most]) + (f" and {rest} more" if rest > 0 else "")
