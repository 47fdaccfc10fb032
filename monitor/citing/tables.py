"""Rows of an export as a table that spreadsheets open: no cell is ever taken for a formula.

Source: OWASP, CSV Injection; RFC 4180.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

#: What makes a spreadsheet calculate, in ordinary and full width, and what it skips before looking.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "−")


def csv_lines(rows: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> Iterator[str]:
    """The heads, then a line a row, each ending with CR and LF."""
    out = io.StringIO()
    writer = csv.DictWriter(out, columns)
    writer.writeheader()
    yield out.getvalue()
    for row in rows:
        out.seek(0)
        out.truncate()
        writer.writerow({key: cell(value) for key, value in row.items()})
        yield out.getvalue()


def cell(value: object) -> object:
    """Numbers as they are, texts so that none is a formula, lists and blocks as JSON."""
    if value is None:
        return ""
    if isinstance(value, int | float):
        return value
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return f"'{text}" if text.startswith(_FORMULA) or text.lstrip().startswith(_FORMULA) else text
