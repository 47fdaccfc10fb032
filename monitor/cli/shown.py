"""How values are shown: JSON, times, tables that keep their columns in every script."""

from __future__ import annotations

import contextlib
import json
import shutil
import unicodedata
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, ParamSpec, TypeVar

import click

from monitor.errors import InputError

P = ParamSpec("P")
R = TypeVar("R")
_SPANS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}


def as_json(value: object) -> None:
    """Prints one JSON document."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def as_jsonl(value: object) -> None:
    """Prints one JSON object a line."""
    click.echo(json.dumps(value, ensure_ascii=False))


def instant(at: datetime | None) -> str | None:
    """ISO 8601 in UTC, to the second."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if at else None


def ago(at: datetime | None, now: datetime) -> str:
    """`5 min ago`; `never` for None."""
    if at is None:
        return "never"
    minutes = int((now - at).total_seconds() // 60)
    if minutes < 1:
        return "just now"
    if minutes < 120:
        return f"{minutes} min ago"
    return f"{minutes // 60} h ago" if minutes < 48 * 60 else f"{minutes // 1440} days ago"


def span(lag: timedelta) -> str:
    """`first` where there is none, else `+35m`, `+4h20`, `+2d3h`."""
    minutes = int(lag.total_seconds() // 60)
    if minutes < 1:
        return "first" if not lag else "+0m"
    days, hours = divmod(minutes // 60, 24)
    return f"+{days}d{hours}h" if days else f"+{hours}h{minutes % 60:02}" if hours else f"+{minutes}m"


def read_instant(text: str, *, end: bool = False) -> datetime:
    """The instant of an ISO 8601 time, a day, month or year (its start; with `end` its end), or a span before now.

    Raises: InputError.
    """
    if text[-1:] in _SPANS and text[:-1].isdigit():
        from monitor.app import now

        try:
            return now() - int(text[:-1]) * _SPANS[text[-1]]
        except (OverflowError, ValueError):
            raise InputError(f"{cut(text, 40)!r} is longer ago than there are dates") from None
    from monitor.query.fields import period_of

    with contextlib.suppress(ValueError):
        return period_of(text)[end]
    try:
        at = datetime.fromisoformat(text)
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        told = "write 2026-11-21, 2026-11, 2026-11-21T07:00:00Z or 24h"
        raise InputError(f"{cut(text, 40)!r} is not a time: {told}") from None
    return period_of(at.date().isoformat())[end] if len(text) <= 10 else at


def time_option(name: str, **more: Any) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """An option whose value comes as an instant; ``--until`` includes the day, month or year that is given."""
    return click.option(name, metavar="TIME", callback=_instant_of, **more)


def _instant_of(ctx: click.Context, param: click.Parameter, value: str | None) -> datetime | None:
    try:
        return None if value is None else read_instant(value, end=param.name == "until")
    except InputError as error:  # said with the name of the option
        raise click.BadParameter(str(error), ctx, param) from error


def note(line: str, *, nl: bool = True) -> None:
    """Prints a line on standard error; nowhere, when nobody is there to read it any more."""
    with contextlib.suppress(OSError, ValueError):
        click.echo(line, err=True, nl=nl)


def width(text: str) -> int:
    """Columns on a terminal."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def cut(text: str, columns: int) -> str:
    """The text in at most so many columns."""
    if width(text) <= columns:
        return text
    kept = ""
    for char in text:
        if width(kept + char) > columns - 1:
            break
        kept += char
    return kept + "…"


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Prints rows under heads, the last column cut to the terminal."""
    if not rows:
        return
    sizes = [max(width(str(row[i])) for row in [heads, *rows]) for i in range(len(heads))]
    room = max(20, shutil.get_terminal_size((120, 24)).columns - sum(sizes[:-1]) - 2 * (len(heads) - 1))
    for row in [heads, *rows]:
        cells = [cell + " " * (size - width(cell)) for cell, size in zip(row, sizes[:-1], strict=False)]
        click.echo("  ".join([*cells, cut(row[-1], room)]).rstrip())
