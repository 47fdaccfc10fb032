"""A list in Markdown: a line an article, to be pasted into notes.

Source: CommonMark 0.31, backslash escapes and link destinations.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote

from monitor.citing.cited import Cited, one_line

#: What begins a list or a heading at the start of a line is no danger: each line begins with ours.
_SPECIAL = re.compile(r"([\\`*_\[\]<>|~&$])")
_NOT_IN_ADDRESSES = "".join(char for char in map(chr, range(33, 127)) if char not in '<>()[]\\"`|*_')


def markdown(several: Iterable[Cited]) -> Iterator[str]:
    """A line for each article."""
    for cited in several:
        yield f"- {line(cited)}\n"


def line(cited: Cited) -> str:
    """`2026-11-21 [Title](address) — Outlet (official, kz), first seen …; tags`"""
    article, source = cited.article, cited.source
    at = f"{article.published_at:%Y-%m-%d}" if article.published_at else "undated"
    marks = ", ".join(filter(None, [source.ownership, source.country] if source else []))
    outlet = f"{escaped(cited.outlet)}{f' ({marks})' if marks else ''}" if cited.outlet else ""
    seen = f"first seen {article.first_seen_at:%Y-%m-%d %H:%M} UTC"
    tags = f"; {escaped(', '.join(cited.kept.tags))}" if cited.kept.tags else ""
    return f"{at} {link(article.title, article.url)} — {', '.join(filter(None, [outlet, seen]))}{tags}"


def link(title: str, url: str) -> str:
    """The title, leading to the address where that is one of the web."""
    shown = escaped(title) or "untitled"
    return f"[{shown}]({quote(url, safe=_NOT_IN_ADDRESSES)})" if re.match("https?://", url, re.IGNORECASE) else shown


def escaped(text: str) -> str:
    """The text with every sign that Markdown could act on behind a backslash."""
    return _SPECIAL.sub(r"\\\1", one_line(text))
