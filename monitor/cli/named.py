"""Articles and searches as given on the command line, and files to write to."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.cli.shown import note
from monitor.errors import InputError, ScowatchError
from monitor.home import Home, write_whole
from monitor.ports import Store
from monitor.types import Kept

if TYPE_CHECKING:
    from monitor.query import Query


def article_named(store: Store, name: str) -> Kept:
    """The article with that number, importer's id or address. Raises: InputError."""
    kept = store.article(name)
    if kept is None:
        remedy = "give its number, the importer's id or its address; `scowatch search --json` shows them"
        raise InputError(f"the archive has no article {name!r}: {remedy}")
    return kept


def asked_for(home: Home, text: str) -> Query:
    """The search in that text; where it asks for what is not there, a hint says so, since finding nothing would look
    like an answer. Raises: QueryError, ConfigError."""
    from monitor import query

    asked = home.query(text)
    if any(query.facets_of(asked.root)) and (missing := query.unknown(asked.root, home.vocabulary)):
        note(f"hint: {', '.join(missing)}: not in the watchlist or the sources (see `watchlist list`, `sources list`)")
    return asked


def put_out(content: bytes, path: Path | None) -> None:
    """Writes it whole to that file; None: to standard output. Raises: ScowatchError."""
    if path is not None:
        try:
            write_whole(path, content)
        except OSError as error:
            reason = error.strerror or error
            raise ScowatchError(f"{path} cannot be written: {reason}; look at the path and the disk") from error
    elif sys.stdout is not None:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
