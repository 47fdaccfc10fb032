"""tag and extract: texts in, values out; no archive, no network."""

from __future__ import annotations

import asyncio
import gzip
import select
import sys
import zlib
from collections import deque
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click

from monitor.cli.shown import as_jsonl, instant
from monitor.errors import ConfigError, InputError, ParseError, Problem
from monitor.home import Home
from monitor.jsonl import numbered

if TYPE_CHECKING:
    from monitor.ports import Parser

#: Pages that are read at the same time, or about to be.
_AHEAD = 4
_CHUNK = 65_536
# An article's page is far below this; a file that unpacks to more is no page.
_LARGEST_PAGE = 64 * 2**20


def given() -> Iterable[bytes]:
    """The lines of standard input, each as soon as it is there; none of a closed one."""
    return sys.stdin.buffer if sys.stdin is not None else ()


def rows_of(lines: Iterable[bytes]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Their numbered JSON objects. Raises: InputError with the line."""
    for number, row in numbered(lines):
        if isinstance(row, str):
            raise InputError(f"line {number}: {row}")
        yield number, row


@click.command("tag")
@click.option(
    "--watchlist",
    type=click.Path(path_type=Path),
    help="A watchlist file; default: that of the home, else of the SCO pack.",
)
@click.option("--roles", is_flag=True, help="A title alone stands for who held the office on the text's date.")
@click.option("--jsonl", "jsonl", is_flag=True, required=True, help="One JSON object a line, in and out.")
@click.pass_obj
def tag_command(home: Home, watchlist: Path | None, roles: bool, jsonl: bool) -> None:  # noqa: ARG001 - a form, for others to come
    """Tag texts by the watchlist.

    In: {"id", "text", "title"?, "lang"?, "date"?}. Out: {"id", "tags": [{"id", "alias", "lang", "field", "start",
    "end", "rule"}]}, where start and end count code points of that field.

    \b
    echo '{"id": 1, "text": "The SCO met in Astana."}' | scowatch tag --jsonl
    """
    from monitor.watchlist.load import parse
    from monitor.watchlist.matcher import Matcher

    if watchlist is None:
        matcher = Matcher(home.watchlist, home.forms)
    else:
        try:
            matcher = Matcher(parse(watchlist.read_text(encoding="utf-8"), str(watchlist)))
        except OSError as error:
            raise ConfigError([Problem(str(watchlist), 0, f"cannot be read: {error.strerror}")]) from error
        except UnicodeDecodeError as error:
            raise ConfigError([Problem(str(watchlist), 0, f"is not UTF-8 text: {error.reason}")]) from error
    finder = home.with_roles(matcher) if roles or home.settings.tag_roles else matcher
    for number, row in rows_of(given()):
        title, text = _text(row, "title", number), _text(row, "text", number)
        found = finder.find(title, text, _text(row, "lang", number) or None, _date(row, number))
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

    \b
    echo '{"id": 1, "path": "page.html"}' | scowatch extract --jsonl
    """
    asyncio.run(_extract())


async def _extract() -> None:
    from monitor.app import open_parser

    parser = open_parser()
    coming = _Given(sys.stdin)
    pending: deque[asyncio.Task[dict[str, Any]]] = deque()
    problem: InputError | None = None
    try:
        try:
            for number, row in rows_of(coming):
                path, body = _page_file(row, number)
                told = f"line {number}: {path}"
                pending.append(asyncio.create_task(_extracted(parser, row, _text(row, "url", number), body, told)))
                # who waits for an answer before the next line gets it
                while pending and (len(pending) >= _AHEAD or not coming.waiting()):
                    as_jsonl(await pending.popleft())
        except InputError as error:  # what stands before it is answered
            problem = error
        while pending:
            as_jsonl(await pending.popleft())
    finally:
        await parser.aclose()
    if problem:
        raise problem


async def _extracted(parser: Parser, row: dict[str, Any], url: str, body: bytes, told: str) -> dict[str, Any]:
    """The record of one page; with nulls, and a line on standard error, for one that cannot be read."""
    from monitor.types import Fetch, Selectors

    try:
        page = await parser.page(Fetch(url=url, final_url=url, outcome="ok", body=body), Selectors())
    except ParseError as error:
        click.echo(f"{told}: {error}", err=True)
        page = None
    return {
        "id": row.get("id"),
        "title": page.title if page else None,
        "text": (page.text or None) if page else None,
        "published": instant(page.published_at) if page else None,
        "authors": list(page.authors) if page and page.authors else None,
        "lang": page.lang if page else None,
        "canonical_url": page.canonical_url if page else None,
        "site_name": page.site_name if page else None,
    }


class _Given:
    """Lines of an input that can tell whether more of it is there already."""

    def __init__(self, stream: TextIO | None) -> None:
        self._stream = stream
        self._lines: deque[bytes] = deque()
        self._ended = stream is None

    def __iter__(self) -> Iterator[bytes]:
        rest = b""
        while True:
            while self._lines:
                yield self._lines.popleft()
            if self._ended or self._stream is None:
                return
            chunk = self._stream.buffer.read1(_CHUNK)  # type: ignore[attr-defined]
            self._ended = not chunk
            *lines, rest = (rest + chunk).split(b"\n")
            self._lines.extend(lines)
            if self._ended and rest:
                self._lines.append(rest)

    def waiting(self) -> bool:
        """Whether the next line, or the end, comes without anybody having to write it."""
        if self._lines or self._ended or self._stream is None:
            return True
        try:
            return bool(select.select([self._stream], [], [], 0)[0])
        except (OSError, ValueError):  # not one of the system's files: nobody writes it
            return True


def _page_file(row: dict[str, Any], number: int) -> tuple[str, bytes]:
    """Path and bytes of the row's file, unpacked. Raises: InputError with the line."""
    name = _text(row, "path", number)
    if not name:
        raise InputError(f"line {number}: `path` is missing")
    try:
        with gzip.open(name) if name.endswith(".gz") else Path(name).open("rb") as file:
            body = file.read(_LARGEST_PAGE + 1)
    except (OSError, EOFError, ValueError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputError(f"line {number}: {name!r} cannot be read: {reason}") from error
    if len(body) > _LARGEST_PAGE:
        raise InputError(f"line {number}: {name!r} is larger than {_LARGEST_PAGE >> 20} MiB: this is no article's page")
    return name, body
