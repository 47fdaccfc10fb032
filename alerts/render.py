"""A digest as a mail: subject, HTML and plain text, the same bytes for the same digest. Pure.

The HTML is made for mail programs: tables for layout, styles in the elements, small pictures inside the mail, nothing
loaded from anywhere. What many readers are told is rendered once, and each reader's own words put in afterwards.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from html import escape
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from alerts.parts import Picture, country, origins, views
from alerts.safe import language, line, link
from monitor.types import ANALYSIS, OWNERSHIP, Digest, Item

if TYPE_CHECKING:
    from jinja2 import Environment

#: Items told in full; those after them as one line, and what is still left is only counted: mails have a size.
FULL_ITEMS = 100
SHOWN_ITEMS = 500
_TOP = 3
_OUTLETS = 4
_TAGS = 5
_COLUMNS = 76
#: Days for which the name of the day says which one it was.
_WEEK = 7
_WIDE = re.compile("[\u2e80-\u9fff\uf900-\ufaff\uff00-\uff60\U00020000-\U0003ffff]")
#: One wide character, or a word with the space before it.
_PIECES = re.compile(rf"{_WIDE.pattern}|\s*(?:(?!{_WIDE.pattern})\S)+|\s+")
_CLOSING = "。，、；：？！”’」』）》"
_RULE = re.compile("(\n-{3,})\n{3,}")
_GAP = re.compile("\n{4,}")
#: The section that comes after the read-outs.
_ANALYSIS = "analysis"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A rendered digest."""

    subject: str
    html: str
    text: str
    #: Shown in the HTML by ``cid:``.
    pictures: tuple[Picture, ...] = ()


def mail(digest: Digest, unsubscribe: str = "") -> Mail:
    """The digest as a mail, with an address that ends the subscription, where there is one."""
    alike = replace(digest, key="", subscription_id="", follows="")
    shared = (_shared if _may_be_kept(alike) else _rendered)(alike, bool(unsubscribe))
    own = {"reader": reader(digest), "unsubscribe": unsubscribe}
    html, text = shared.html, shared.text
    for name, value in own.items():
        html = html.replace(shared.marks[name], escape(value))
        text = text.replace(shared.marks[name], value)
    return Mail(subject=shared.subject, html=html, text=text, pictures=shared.pictures)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shared:
    """A mail without what is a reader's own, for which there are marks."""

    subject: str
    html: str
    text: str
    pictures: tuple[Picture, ...]
    marks: Mapping[str, str]


def _may_be_kept(digest: Digest) -> bool:
    try:
        hash(digest)
    except TypeError:
        return False
    return True


def _rendered(digest: Digest, unsubscribe: bool) -> _Shared:
    marks = {name: f"{name}-{token_hex(16)}" for name in ("reader", "unsubscribe")}  # no stranger can write these
    view = _view(digest)
    more, pictures = views(digest)
    view |= more | {"reader": marks["reader"], "unsubscribe": marks["unsubscribe"] if unsubscribe else ""}
    html = _environment().get_template("digest.html").render(view)
    text = _environment().get_template("digest.txt").render(view)
    return _Shared(
        subject=_subject(digest, view), html=_inlined(html), text=_tidy(text), pictures=pictures, marks=marks
    )


_shared = lru_cache(maxsize=128)(_rendered)


def page(digest: Digest) -> str:
    """The mail's HTML for a browser: with its pictures in itself."""
    from base64 import b64encode

    made = mail(digest)
    html = made.html
    for picture in made.pictures:
        html = html.replace(f"cid:{picture.cid}", f"data:image/png;base64,{b64encode(picture.png).decode()}")
    return html


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


def _clock(instant: datetime, digest: Digest) -> str:
    """The instant by the reader's clock alone: ``11:10``, on earlier days ``Wed 11:10`` or ``3 Nov 11:10``."""
    zone = ZoneInfo(digest.timezone)
    local, ago = instant.astimezone(zone), digest.until.astimezone(zone).date() - instant.astimezone(zone).date()
    day = f"{local:%a} " if 0 < ago.days < _WEEK else f"{_day(local)} " if ago else ""
    return f"{day}{local:%H:%M}"


def standing(item: Item) -> str:
    """What is behind the outlet's name: `` · official · KZ``; empty where nothing is known."""
    return "".join(f" · {line(part, 40)}" for part in (item.ownership, country(item.country)) if part)


def _view(digest: Digest) -> dict[str, Any]:
    zone, told = digest.timezone, items(digest)
    numbers = iter(range(len(told)))
    sections = [
        {"key": s.key, "heading": line(s.heading, 120), "items": list(_item_views(s.items, digest, numbers))}
        for s in digest.sections
    ]
    shown = [section for section in sections if section["items"]]
    return {
        "kind": digest.kind,
        "weekly": digest.span == "week",
        "heading": line(digest.heading, 120),
        "date": _long_date(digest.until.astimezone(ZoneInfo(zone))),
        "window": _window(digest),
        "search": line(digest.search, 300),
        "told": len(told),
        "articles": digest.seen - digest.held,
        "held": digest.held,
        "unshown": max(len(told) - SHOWN_ITEMS, 0),
        "top": [_top_view(item) for item in _top(digest, told)],
        "sections": [section for section in shown if section["key"] != _ANALYSIS],
        "analysis": [section for section in shown if section["key"] == _ANALYSIS],
        "also": [_also_view(item) for item in digest.also],
        "reasons": [line(text, 400) for text in reasons(digest)],
        "housekeeping": [line(text, 400) for text in digest.housekeeping],
        "reconciled": line(digest.reconciled, 400),
    }


def _top(digest: Digest, told: tuple[Item, ...]) -> list[Item]:
    """The items of the top line; a digest made before it had one chooses by what there is."""
    if digest.top:
        by_story = {item.story_id: item for item in told if item.ownership != ANALYSIS}
        return [by_story[story] for story in digest.top if story in by_story]
    if len(told) <= _TOP + 1 or digest.kind == "digest":
        return []
    return sorted(told, key=lambda i: (i.edited, i.priority, i.ownership != "official", -len(i.others)))[:_TOP]


def _item_views(told: tuple[Item, ...], digest: Digest, numbers: Iterator[int]) -> Iterator[dict[str, Any]]:
    for item in told:
        number = next(numbers)
        if number < SHOWN_ITEMS:
            yield _item_view(item, digest, full=number < FULL_ITEMS and not item.brief, said=number < FULL_ITEMS)


def _item_view(item: Item, digest: Digest, *, full: bool, said: bool) -> dict[str, Any]:
    lang, direction = language(item.lang)
    address = link(item.url)
    seen = "" if item.published_at else "first seen "
    said = said and not item.bare
    others = [(line(name, 80), link(url).url) for name, url in item.others]
    return {
        "title": line(item.title, 300) or address.host,
        "url": address.url,
        "host": address.host,
        "lang": lang,
        "dir": direction,
        "gloss": line(item.gloss, 300),
        "new": line(item.new, 260) if said else "",
        "fresh": bool(item.facts),
        "lead": line(item.lead, 400) if said and not item.new else "",
        "outlet": line(item.source_name, 80),
        "standing": standing(item),
        "when": seen + when(item.published_at or item.first_seen_at, digest.timezone),
        "tags": [line(name, 80) for _, name in item.tags][:_TAGS] if full else [],
        "clock": seen + _clock(item.published_at or item.first_seen_at, digest),
        "more": len(others),
        "carried": _carried(item),
        "others": others[:_OUTLETS],
        "unnamed": max(len(others) - _OUTLETS, 0),
        "classes": ", ".join(item.classes) if len(item.classes) > 1 else "",
        "origins": origins(item.origins, len(others) + 1),
        "single": country(item.single) if full or item.others else "",
        "funder": line(item.funder, 120),
        "flags": [flag for flag in ("edited" if item.edited else "", item.waited) if flag],
        "full": full,
    }


def _carried(item: Item) -> str:
    """Who else has it, behind an item of one line: `` · +12 more (state, wire), 3 origins``; empty: nobody."""
    if not item.others:
        return ""
    known = {name.rpartition(" (")[2].removesuffix(")") for name, _ in item.others}
    named = [ownership for ownership in OWNERSHIP if ownership in known]
    classes = f" ({', '.join(named)})" if named else ""
    several = f", {len(item.origins)} origins" if len(item.origins) > 1 else ", one origin" if item.origins else ""
    return f" · +{len(item.others)} more{classes}{several}"


def _window(digest: Digest) -> str:
    """What the digest covers, by the reader's clock."""
    since, until = (instant.astimezone(ZoneInfo(digest.timezone)) for instant in (digest.since, digest.until))
    span = f"{_day(until)} {until:%H:%M} {_city(digest.timezone)}"
    return span if since == until else f"{_day(since)} {since:%H:%M} – {span}"


def _top_view(item: Item) -> dict[str, str]:
    lang, direction = language(item.lang)
    return {"title": line(item.title, 160), "lang": lang, "dir": direction, "source": line(item.source_name, 80),
            "standing": standing(item), "gloss": line(item.gloss, 160)}  # fmt: skip


def _also_view(item: Item) -> dict[str, str | None]:
    address = link(item.url)
    view = _top_view(item)
    return view | {"title": view["title"] or address.host, "url": address.url, "host": address.host}


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
    stories = f"the week in {stories}" if digest.span == "week" else stories
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
    environment.filters["columns"] = _columns
    return environment


def _inlined(html: str) -> str:
    import css_inline

    return str(css_inline.CSSInliner(load_remote_stylesheets=False, minify_css=True).inline(html))


def _wrapped(text: str, indent: int = 0, hanging: int = 0) -> str:
    first, rest = " " * indent, " " * (indent + hanging)
    if _WIDE.search(text):
        return _wrapped_wide(text, first, rest)
    return textwrap.fill(
        text, _COLUMNS, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False
    )


def _wrapped_wide(text: str, first: str, rest: str) -> str:
    """The same for a text with Chinese or Japanese characters, which take two columns and break anywhere."""
    rows, row, width = [], first, len(first)
    for piece in _PIECES.findall(" ".join(text.split())):
        size = 2 * len(piece) if _WIDE.match(piece) else len(piece)
        if width + len(piece.rstrip()) > _COLUMNS - 1 and row.strip() and piece not in _CLOSING:
            rows.append(row)
            row, width = rest, len(rest)
            piece = piece.lstrip()
        row, width = row + piece, width + size
    return "\n".join((*rows, row))


def _columns(name: str, *cells: object) -> str:
    return f"{name:<38.38}" + "".join(f"{cell!s:>12}" for cell in cells)


def _tidy(text: str) -> str:
    rows = "\n".join(row.rstrip() for row in text.strip().split("\n"))
    return _RULE.sub(r"\1\n\n", _GAP.sub("\n\n\n", rows)) + "\n"


def _day(instant: datetime) -> str:
    return f"{instant.day} {instant:%b}"


def _long_date(instant: datetime) -> str:
    return f"{instant:%A}, {instant.day} {instant:%B %Y}"


def _city(zone: str) -> str:
    return zone.rpartition("/")[2].replace("_", " ")
