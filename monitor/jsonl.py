"""Lines of JSON, as others write them: an object each, or why it is none."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any


def numbered(lines: Iterable[bytes | str]) -> Iterator[tuple[int, dict[str, Any] | str]]:
    """The number of each line that is not blank, with its object; in place of that what is wrong with the line.

    Bytes have to be UTF-8: a letter that is lost here would be lost in every search and tag.
    """
    for number, line in enumerate(lines, 1):
        try:
            text = line.decode() if isinstance(line, bytes) else line
        except UnicodeDecodeError as error:
            yield number, f"not UTF-8 text: {error.reason} at byte {error.start + 1}"
            continue
        text = (text.removeprefix("\ufeff") if number == 1 else text).strip()
        if text:
            yield number, _object(text)


def _object(text: str) -> dict[str, Any] | str:
    try:
        row = json.loads(text)
    except json.JSONDecodeError as error:
        return f"not JSON: {error.msg} at column {error.colno}"
    except (ValueError, RecursionError) as error:
        return f"not JSON: {error}"
    return row if isinstance(row, dict) else "not a JSON object"
