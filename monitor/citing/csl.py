"""CSL-JSON: items as citation processors (Zotero, pandoc, citeproc) take them.

Source: csl-data.json of the Citation Style Language, version 1.0.2.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from monitor.citing.cited import Cited, one_line, seen
from monitor.citing.names import Name, authors


def csl_json(several: Iterable[Cited]) -> Iterator[str]:
    """The pieces of one JSON list, an item a line."""
    yield "["
    for number, cited in enumerate(several):
        yield f"{',' if number else ''}\n{json.dumps(item(cited), ensure_ascii=False)}"
    yield "\n]\n"


def item(cited: Cited) -> dict[str, Any]:
    """The article as one item."""
    article = cited.article
    found: dict[str, Any] = {
        "id": cited.key,
        "type": "article-newspaper" if cited.is_news else "webpage",
        "title": one_line(article.title),
        "author": [_name(name) for name in authors(cited)],
        "container-title": one_line(cited.outlet),
        "publisher": one_line(cited.outlet),
        "issued": _date(article.published_at),
        "accessed": _date(cited.archived_at),
        "URL": article.url,
        "language": article.lang,
        "keyword": ", ".join(cited.kept.tags),
        "note": seen(cited),
    }
    return {key: value for key, value in found.items() if value}


def _name(name: Name) -> dict[str, str]:
    return {"family": name.family, "given": name.given} if name.given else {"literal": name.family}


def _date(at: datetime | None) -> dict[str, Any] | None:
    return {"date-parts": [[at.year, at.month, at.day]]} if at else None
