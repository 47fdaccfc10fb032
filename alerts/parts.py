"""What stands beside a digest's items, as the templates show it: dates, documents, read-outs, counts, quotes. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from alerts.chart import bars
from alerts.safe import language, line, link
from monitor.types import Compared, Count, Dated, Digest, Document, Quote

#: Charts in one mail: the first that say something.
_PICTURES = 3
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One image of a mail."""

    #: Content-ID without the brackets; the same picture has the same.
    cid: str
    png: bytes


def views(digest: Digest) -> tuple[dict[str, Any], tuple[Picture, ...]]:
    """All parts for the templates, and the pictures that they show."""
    pictures: dict[str, Picture] = {}
    unit = "week" if digest.span == "week" else "day"
    view = {
        "calendar": [_date(one) for one in digest.calendar],
        "documents": [_document(one) for one in digest.documents],
        "unlisted": _unlisted(digest.unlisted),
        "readouts": [_compared(one) for one in digest.readouts],
        "unit": unit,
        "people": [_count(one, unit, pictures) for one in digest.people],
        "counts": [_count(one, unit, pictures) for one in digest.counts],
        "quotes": [_quote(one) for one in digest.quotes],
        "nonevents": [line(text, 200) for text in digest.nonevents],
    }
    return view, tuple(pictures.values())


def day(when: str) -> str:
    """A date of ISO 8601 as a reader expects it: ``5–6 Dec``, ``31 Aug – 1 Sep 2027``, ``Jan 2027``, ``2027``."""
    start, _, end = when.partition("/")
    first, last = start.split("-"), end.split("-") if end else []
    if len(first) < 3:
        return " ".join([_MONTHS[int(first[1]) - 1], first[0]]) if len(first) == 2 else first[0]
    if not last:
        return f"{_weekday(start)} {int(first[2])} {_MONTHS[int(first[1]) - 1]}"
    if first[:2] == last[:2]:
        return f"{int(first[2])}–{int(last[2])} {_MONTHS[int(last[1]) - 1]}"
    return f"{int(first[2])} {_MONTHS[int(first[1]) - 1]} – {int(last[2])} {_MONTHS[int(last[1]) - 1]}"


def _weekday(text: str) -> str:
    return f"{date.fromisoformat(text):%a}"


def _date(dated: Dated) -> dict[str, Any]:
    lang, direction = language(dated.lang)
    address = link(dated.url) if dated.url else None
    source = line(dated.source, 90)
    return {
        "when": day(dated.when) + (f" {dated.when[:4]}" if dated.mark and len(dated.when) > len("2026-12") else ""),
        "name": line(dated.name, 200),
        "lang": lang,
        "dir": direction,
        "mark": dated.mark,
        "before": day(dated.before) if dated.before else "",
        "source": address.host if address and source.startswith("http") else source,
        "url": address.url if address else None,
        "sure": line(dated.sure, 40),
    }


def _document(document: Document) -> dict[str, Any]:
    lang, direction = language(document.lang)
    address = link(document.url)
    return {
        "title": line(document.title, 200) or address.host,
        "url": address.url,
        "lang": lang,
        "dir": direction,
        "code": lang,
        "outlet": line(document.source_name, 80),
        "country": country(document.country),
        "versions": [(line(code, 12), link(url).url) for code, url in document.versions],
    }


def _unlisted(count: int) -> str:
    return f"And {count} more official text{'s' if count > 1 else ''} in the stories below." if count else ""


def country(code: str | None) -> str:
    """``KZ``, ``international``; empty where it is not known."""
    return line((code or "").upper().replace("INTL", "international"), 40)


def _compared(compared: Compared) -> list[dict[str, Any]]:
    sides = []
    for side in compared.sides:
        lang, direction = language(side.lang)
        address = link(side.url)
        only = [line(text, 80) for text in (*side.names, *side.figures)]
        sides.append(
            {
                "title": line(side.title, 160) or address.host,
                "url": address.url,
                "lang": lang,
                "dir": direction,
                "outlet": line(side.source_name, 80),
                "country": country(side.country),
                "only": only,
            }
        )
    return sides


def _count(count: Count, unit: str, pictures: dict[str, Picture]) -> dict[str, Any]:
    usual = "" if count.usual is None else f"{count.usual:.1f}"
    name = line(count.name, 80)
    view: dict[str, Any] = {
        "name": name,
        "items": count.items,
        "usual": usual,
        "change": _change(count),
        "silent": not count.items,
        "picture": None,
    }
    if count.notable and count.series and len(pictures) < _PICTURES:
        png, width, height = bars(tuple(count.series), count.usual)
        cid = f"{hashlib.sha256(png).hexdigest()[:24]}@chart.scowatch"
        pictures[cid] = Picture(cid=cid, png=png)
        last = "this week" if unit == "week" else "in the last 24 hours"
        alt = f"Bars: {name}, stories a {unit}. Usual {usual}, {last} {count.items}."
        view["picture"] = {"cid": cid, "width": width, "height": height, "alt": alt}
    return view


def _change(count: Count) -> str:
    """``+3.2``, ``as usual``, ``silent``; empty where nothing can be said."""
    if count.usual is None:
        return ""
    if not count.items:
        return "silent"
    difference = count.items - count.usual
    return "as usual" if abs(difference) < 0.5 else f"{difference:+.1f}".replace("-", "−")


def _quote(quote: Quote) -> dict[str, Any]:
    lang, direction = language(quote.lang)
    return {
        "text": line(quote.text, 260),
        "lang": lang,
        "dir": direction,
        "who": line(quote.who, 80),
        "outlet": line(quote.source_name, 80),
        "url": link(quote.url).url,
    }


def origins(found: Sequence[tuple[str, int]], outlets: int) -> str:
    """``one origin: TASS, carried by 7``, ``3 independent origins: TASS (4), Xinhua (2), IRNA``."""
    if outlets < 2 or not found:
        return ""
    if len(found) == 1:
        carried = f", carried by {found[0][1]}" if found[0][1] else ""
        return f"one origin: {line(found[0][0], 60)}{carried}"
    named = [f"{line(name, 60)} ({count})" if count > 1 else line(name, 60) for name, count in found[:3]]
    rest = f" and {len(found) - 3} more" if len(found) > 3 else ""
    return f"{len(found)} independent origins: {', '.join(named)}{rest}"
