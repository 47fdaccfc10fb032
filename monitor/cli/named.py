"""Articles as named on the command line, and files to write to."""

from __future__ import annotations

import sys
from pathlib import Path

from monitor.errors import InputError, ScowatchError
from monitor.home import write_whole
from monitor.ports import Store
from monitor.types import Kept


def article_named(store: Store, name: str) -> Kept:
    """The article with that number, importer's id or address. Raises: InputError."""
    kept = store.article(name)
    if kept is None:
        remedy = "give its number, the importer's id or its address; `scowatch search --json` shows them"
        raise InputError(f"the archive has no article {name!r}: {remedy}")
    return kept


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
