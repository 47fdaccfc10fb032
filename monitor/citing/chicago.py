"""A line for a bibliography in Chicago style, with when the article was first seen and archived.

Source: The Chicago Manual of Style, 17th edition, 14.191 (news on the web) and 14.207 (web pages).
"""

from __future__ import annotations

from datetime import datetime

from monitor.citing.cited import Cited, one_line
from monitor.citing.names import Name, authors

_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_INNER = str.maketrans({"“": "‘", "”": "’", '"': "’"})


def chicago(cited: Cited) -> str:
    """`Author. “Title.” Outlet, November 21, 2026. https://… First seen …; archived ….`"""
    article, outlet = cited.article, one_line(cited.outlet)
    named = ", ".join(_in_order(authors(cited)))
    published = _day(article.published_at) if article.published_at else "n.d."
    parts = [
        f"{named}." if named and named != outlet and not named.endswith(".") else named if named != outlet else "",
        _title(article.title),
        f"{outlet}, {published}" if outlet else published,
    ]
    line = " ".join(filter(None, parts)).removesuffix(".")
    first, archived = _moment(article.first_seen_at), _moment(cited.archived_at)
    return f"{line}. {article.url}. First seen {first}; archived {archived}."


def _in_order(names: tuple[Name, ...]) -> list[str]:
    """Only the first one is turned round."""
    shown = [f"{n.given} {n.family}" if n.given and place else _turned(n) for place, n in enumerate(names)]
    return shown if len(shown) < 2 else [*shown[:-1], f"and {shown[-1]}"]


def _turned(name: Name) -> str:
    return f"{name.family}, {name.given}" if name.given else name.family


def _title(title: str) -> str:
    """In double quotes, those inside it single; what ends a sentence already gets no full stop."""
    inside = one_line(title)
    pairs = inside.count('"') // 2
    for _ in range(pairs):
        inside = inside.replace('"', "‘", 1).replace('"', "’", 1)
    inside = inside.translate(_INNER)
    return f"“{inside}{'' if inside[-1:] in '.?!…。？！؟' else '.'}”" if inside else ""


def _day(at: datetime) -> str:
    return f"{_MONTHS[at.month - 1]} {at.day}, {at.year}"


def _moment(at: datetime) -> str:
    return f"{_day(at)}, {at:%H:%M} UTC"
