"""A digest as a mail: subject, HTML and plain text, the same bytes for the same digest. Pure.

The HTML is made for mail programs: tables for layout, styles in the elements, no image, nothing loaded from anywhere.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from alerts.safe import language, line, link
from monitor.types import Digest, Item

if TYPE_CHECKING:
    from jinja2 import Environment

#: Items told in full; those after them as one line, and what is still left is only counted: mails have a size.
FULL_ITEMS = 100
SHOWN_ITEMS = 500
_TOP = 3
_OUTLETS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A rendered digest."""

    subject: str
    html: str
    text: str


def mail(digest: Digest) -> Mail:
    """The digest as a mail."""
    view = _view(digest)
    html = _environment().get_template("digest.html").render(view)
    text = _environment().get_template("digest.txt").render(view)
    return Mail(subject=_subject(digest, view), html=_inlined(html), text=_tidy(text))


def reader(digest: Digest) -> str:
    """The subscription's own name: ``desk`` of ``recipient:desk``."""
    return line(digest.subscription_id.partition(":")[2] or digest.subscription_id, 60)


def reasons(digest: Digest) -> tuple[str, ...]:
    """Why an alert came, and how its story is muted."""
    why = (f"Why: {digest.why}",) if digest.why else ()
    return (*why, f"Mute: {digest.mute}") if digest.mute else why


def items(digest: Digest) -> tuple[Item, ...]:
    """All items in order."""
    return tuple(item for section in digest.sections for item in section.items)


def when(instant: datetime, zone: str) -> str:
    """The instant in UTC and by the reader's clock: ``21 Nov 06:10 UTC, 11:10 Almaty``."""
    utc = f"{_day(instant)} {instant:%H:%M} UTC"
    if zone == "UTC":
        return utc
    local = instant.astimezone(ZoneInfo(zone))
    day = f"{_day(local)} " if local.date() != instant.date() else ""
    return f"{utc}, {day}{local:%H:%M} {_city(zone)}"


def standing(item: Item) -> str:
    """What is behind the outlet's name: `` · official · KZ``; empty where nothing is known."""
    country = (item.country or "").upper().replace("INTL", "international")
    return "".join(f" · {line(part, 40)}" for part in (item.ownership, country) if part)


def _view(digest: Digest) -> dict[str, Any]:
    zone, told = digest.timezone, items(digest)
    numbers = iter(range(len(told)))
    sections = [
        {"heading": line(section.heading, 120), "items": list(_item_views(section.items, zone, numbers))}
        for section in digest.sections
    ]
    top = sorted(told, key=lambda item: (item.edited, item.priority, item.ownership != "official", -len(item.others)))
    return {
        "kind": digest.kind,
        "heading": line(digest.heading, 120),
        "reader": reader(digest),
        "date": _long_date(digest.until.astimezone(ZoneInfo(zone))),
        "window": _window(digest),
        "search": line(digest.search, 300),
        "told": len(told),
        "articles": digest.seen - digest.held,
        "held": digest.held,
        "unshown": max(len(told) - SHOWN_ITEMS, 0),
        "top": [_top_view(item) for item in top[:_TOP]] if len(told) > _TOP + 1 else [],
        "sections": [section for section in sections if section["items"]],
        "housekeeping": [line(text, 400) for text in (*reasons(digest), *digest.housekeeping)],
        "reconciled": line(digest.reconciled, 400),
    }


def _item_views(told: tuple[Item, ...], zone: str, numbers: Iterator[int]) -> Iterator[dict[str, Any]]:
    for item in told:
        number = next(numbers)
        if number < SHOWN_ITEMS:
            yield _item_view(item, zone, full=number < FULL_ITEMS)


def _item_view(item: Item, zone: str, *, full: bool) -> dict[str, Any]:
    lang, direction = language(item.lang)
    address = link(item.url)
    seen = "" if item.published_at else "first seen "
    others = [(line(name, 80), link(url).url) for name, url in item.others]
    return {
        "title": line(item.title, 300) or address.host,
        "url": address.url,
        "host": address.host,
        "lang": lang,
        "dir": direction,
        "lead": line(item.lead, 400) if full else "",
        "outlet": line(item.source_name, 80),
        "standing": standing(item),
        "when": seen + when(item.published_at or item.first_seen_at, zone),
        "tags": [line(name, 80) for _, name in item.tags][:12] if full else [],
        "more": len(others) if full else 0,
        "others": others[:_OUTLETS],
        "of": origins(item),
        "unnamed": max(len(others) - _OUTLETS, 0),
        "edited": item.edited,
        "full": full,
    }


def origins(item: Item) -> str:
    """`one origin: TASS` or `3 origins`; empty where they are not known."""
    if len(item.origins) == 1:
        return f"one origin: {line(item.origins[0], 60)}"
    return f"{len(item.origins)} origins" if item.origins else ""


def _window(digest: Digest) -> str:
    """What the digest covers, by the reader's clock."""
    since, until = (instant.astimezone(ZoneInfo(digest.timezone)) for instant in (digest.since, digest.until))
    span = f"{_day(until)} {until:%H:%M} {_city(digest.timezone)}"
    return span if since == until else f"{_day(since)} {since:%H:%M} – {span}"


def _top_view(item: Item) -> dict[str, str]:
    lang, direction = language(item.lang)
    return {"title": line(item.title, 160), "lang": lang, "dir": direction, "source": line(item.source_name, 80)}


def _subject(digest: Digest, view: dict[str, Any]) -> str:
    day = _day(digest.until.astimezone(ZoneInfo(digest.timezone)))
    told = items(digest)
    if digest.kind == "health":
        lines = len(digest.housekeeping)
        what = digest.heading or "sources"
        return line(f"{day}: {what}: {digest.housekeeping[0] if lines == 1 else f'{lines} changes'}", 140)
    if not told:
        return f"{day}: nothing new on your watchlist"
    if digest.kind == "alert":
        return line(f"{told[0].title} ({told[0].source_name})", 140)
    first = view["top"][0]["title"] if view["top"] else told[0].title
    stories = "1 story" if len(told) == 1 else f"{len(told)} stories"
    return line(f"{day}: {stories}. {first}", 140)


@lru_cache(maxsize=1)
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=lambda name: bool(name and name.endswith(".html")),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["wrapped"] = _wrapped
    return environment


def _inlined(html: str) -> str:
    import css_inline

    return str(css_inline.CSSInliner(load_remote_stylesheets=False, minify_css=True).inline(html))


def _wrapped(text: str, indent: int = 0, hanging: int = 0) -> str:
    first, rest = " " * indent, " " * (indent + hanging)
    return textwrap.fill(
        text, 76, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False
    )


def _tidy(text: str) -> str:
    return "\n".join(row.rstrip() for row in text.strip().split("\n")) + "\n"


def _day(instant: datetime) -> str:
    return f"{instant.day} {instant:%b}"


def _long_date(instant: datetime) -> str:
    return f"{instant:%A}, {instant.day} {instant:%B %Y}"


def _city(zone: str) -> str:
    return zone.rpartition("/")[2].replace("_", " ")
