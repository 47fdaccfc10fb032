"""tag and extract: texts in, values out; no archive, no network."""

from __future__ import annotations

import asyncio
import gzip
import json
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import click

from monitor.cli.shown import as_jsonl, instant
from monitor.errors import ConfigError, InputError, ParseError, Problem
from monitor.home import Home


def rows_of(stream: Any) -> Iterator[tuple[int, dict[str, Any]]]:
    """The numbered JSON objects of a stream. Raises: InputError with the line."""
    for number, line in enumerate(stream, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise InputError(f"line {number} is not JSON: {error}") from error
        if not isinstance(row, dict):
            raise InputError(f"line {number} is not a JSON object")
        yield number, row


@click.command("tag")
@click.option(
    "--watchlist",
    type=click.Path(path_type=Path),
    help="A watchlist file; default: that of the home, else of the SCO pack.",
)
@click.option("--jsonl", "jsonl", is_flag=True, required=True, help="One JSON object a line, in and out.")
@click.pass_obj
def tag_command(home: Home, watchlist: Path | None, jsonl: bool) -> None:  # noqa: ARG001 - a form, for others to come
    """Tag texts by the watchlist.

    In: {"id", "text", "title"?, "lang"?, "date"?}. Out: {"id", "tags": [{"id", "alias", "lang", "field", "start",
    "end", "rule"}]}, where start and end count code points of that field.
    """
    from monitor.watchlist.load import parse
    from monitor.watchlist.matcher import Matcher

    if watchlist is None:
        matcher = Matcher(home.watchlist, home.forms)
    else:
        try:
            matcher = Matcher(parse(watchlist.read_text(encoding="utf-8"), str(watchlist)))
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError([Problem(str(watchlist), 0, f"cannot be read: {error}")]) from error
    for number, row in rows_of(sys.stdin):
        title, text = _text(row, "title", number), _text(row, "text", number)
        found = matcher.find(title, text, _text(row, "lang", number) or None, _date(row, number))
        tags = [
            {"id": m.entry_id, "alias": m.alias, "lang": m.lang, "field": m.field, "start": m.start, "end": m.end}
            | {"rule": m.rule}
            | ({"need": m.need} if m.need else {})
            for m in found
        ]
        as_jsonl({"id": row.get("id"), "tags": tags})


def _text(row: dict[str, Any], key: str, number: int) -> str:
    value = row.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise InputError(f"line {number}: `{key}` is not a text")
    return value


def _date(row: dict[str, Any], number: int) -> date | None:
    value = _text(row, "date", number)
    if not value:
        return None
    try:
        return date.fromisoformat(value[:10])
    except ValueError:
        raise InputError(f"line {number}: `date` {value[:30]!r} is not a day like 2026-11-21") from None


@click.command("extract")
@click.option("--jsonl", "jsonl", is_flag=True, required=True, help="One JSON object a line, in and out.")
def extract_command(jsonl: bool) -> None:  # noqa: ARG001 - a form, for others to come
    """Article text out of HTML files.

    In: {"id", "path", "url"?}, the path may end in .gz. Out: {"id", "title", "text", "published", "authors", "lang",
    "canonical_url", "site_name"}; null where the page does not say, one paragraph a line in text.
    """
    asyncio.run(_extract())


async def _extract() -> None:
    from monitor.app import open_parser
    from monitor.types import Fetch, Selectors

    parser = open_parser()
    try:
        for number, row in rows_of(sys.stdin):
            path = Path(_text(row, "path", number))
            try:
                body = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
            except (OSError, EOFError, gzip.BadGzipFile) as error:
                raise InputError(f"line {number}: {path} cannot be read: {error}") from error
            url = _text(row, "url", number)
            try:
                page = await parser.page(Fetch(url=url, final_url=url, outcome="ok", body=body), Selectors())
            except ParseError as error:
                click.echo(f"line {number}: {path}: {error}", err=True)
                page = None
            as_jsonl(
                {
                    "id": row.get("id"),
                    "title": page.title if page else None,
                    "text": (page.text or None) if page else None,
                    "published": instant(page.published_at) if page else None,
                    "authors": list(page.authors) if page and page.authors else None,
                    "lang": page.lang if page else None,
                    "canonical_url": page.canonical_url if page else None,
                    "site_name": page.site_name if page else None,
                }
            )
    finally:
        await parser.aclose()
