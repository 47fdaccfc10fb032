"""Entries and pages as plain data between a worker and us. Nothing a worker says is taken without its caps. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from datetime import UTC, datetime, timedelta
from functools import partial
from operator import attrgetter
from typing import Any

from monitor.text.clean import TEXT_LIMIT, TITLE_LIMIT
from monitor.types import Address, Entry, Listing, Login, Page, Paths, Selectors
from sources.links import absolute

ENTRIES = 500
#: Lists that one list may name.
MORE = 20
AUTHORS = 10
_NAME_LIMIT = 200
_LANG_LIMIT = 12
_URL_LIMIT = 4_000
_LETTER = re.compile(r"mid:[!-~]+@[!-~]+")
_SEEN_LIMIT = 64 * ENTRIES
_FIELDS = tuple(field.name for field in fields(Entry))
_values = attrgetter(*_FIELDS)
_LONGEST = 30 * 86400.0
#: All texts of one reading together: five hundred whole articles, but not five hundred books.
_TOTAL_LIMIT = 20_000_000


def from_address(address: Address) -> dict[str, Any]:
    return asdict(address)


def to_address(data: Mapping[str, Any]) -> Address:
    paths, login = data["paths"], data["login"]
    return Address(
        url=data["url"],
        lang=data["lang"],
        selectors=to_selectors(data["selectors"]),
        pages=data["pages"],
        paths=Paths(**paths) if paths else None,
        login=Login(**login) if login else None,
    )


def from_selectors(selectors: Selectors) -> dict[str, Any]:
    return asdict(selectors)


def to_selectors(data: Mapping[str, Any]) -> Selectors:
    return Selectors(**data)


def from_listing(listing: Listing) -> dict[str, Any]:
    """The listing; what is beyond the caps is counted as dropped."""
    return {
        "entries": _from_entries(listing.entries),
        "unchanged": listing.unchanged,
        "shared": sorted(listing.shared),
        "seen": listing.seen.hex(),
        "dropped": dict(listing.dropped),
        "every": listing.every.total_seconds() if listing.every else None,
        "skip_hours": list(listing.skip_hours),
        "next_url": listing.next_url,
        "more": list(listing.more),
    }


def to_listing(row: object) -> Listing:
    """Raises: ValueError, TypeError, KeyError for what is no listing."""
    if not isinstance(row, dict):
        raise TypeError("no listing")
    every = row["every"]
    return Listing(
        entries=_to_entries(row["entries"]),
        unchanged=max(0, int(row["unchanged"])),
        shared=frozenset(_text(value, _URL_LIMIT) for value in row["shared"][: 2 * ENTRIES]),
        seen=bytes.fromhex(_text(row["seen"], _SEEN_LIMIT)),
        dropped={_text(why, _NAME_LIMIT): max(0, int(count)) for why, count in list(row["dropped"].items())[:20]},
        every=timedelta(seconds=min(float(every), _LONGEST)) if every else None,
        skip_hours=tuple(hour for hour in row["skip_hours"][:24] if isinstance(hour, int) and 0 <= hour < 24),
        next_url=absolute("", row["next_url"]),
        more=tuple(url for url in map(partial(absolute, ""), row["more"][:MORE]) if url),
    )


def _from_entries(entries: Sequence[Entry]) -> list[dict[str, Any]]:
    """The entries, capped; texts beyond the limit of a whole reading are left out, the last ones first."""
    rows = []
    left = _TOTAL_LIMIT
    for entry in entries[:ENTRIES]:
        row = dict(zip(_FIELDS, _values(entry), strict=True))
        row["published_at"] = _written(entry.published_at)
        for key in ("content", "summary"):
            row[key] = row[key] if len(row[key]) <= left else ""
            left -= len(row[key])
        rows.append(row)
    return rows


def _to_entries(rows: object) -> tuple[Entry, ...]:
    """Raises: ValueError, TypeError, KeyError for what is not entries."""
    if not isinstance(rows, list):
        raise TypeError("no list of entries")
    return tuple(_to_entry(row) for row in rows[:ENTRIES])


def _to_entry(row: Mapping[str, Any]) -> Entry:
    return Entry(
        guid=_text(row["guid"], TITLE_LIMIT) or None,
        url=_link(row["url"]),
        title=_text(row["title"], TITLE_LIMIT),
        summary=_text(row["summary"], TEXT_LIMIT),
        content=_text(row["content"], TEXT_LIMIT),
        authors=_names(row["authors"]),
        published_at=_instant(row["published_at"]),
        lang=_text(row["lang"], _LANG_LIMIT) or None,
        outlet=_text(row["outlet"], _NAME_LIMIT) or None,
        outlet_url=absolute("", row["outlet_url"]) if row["outlet_url"] else None,
        wrapped=row["wrapped"] is True,
    )


def from_page(page: Page) -> dict[str, Any]:
    return asdict(page) | {"published_at": _written(page.published_at)}


def to_page(row: object) -> Page:
    """Raises: ValueError, TypeError, KeyError for what is no page."""
    if not isinstance(row, dict):
        raise TypeError("no page")
    return Page(
        title=_text(row["title"], TITLE_LIMIT) or None,
        text=_text(row["text"], TEXT_LIMIT),
        published_at=_instant(row["published_at"]),
        authors=_names(row["authors"]),
        lang=_text(row["lang"], _LANG_LIMIT) or None,
        canonical_url=absolute("", row["canonical_url"]),
        site_name=_text(row["site_name"], _NAME_LIMIT) or None,
    )


def _written(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _instant(value: object) -> datetime | None:
    return datetime.fromisoformat(value).astimezone(UTC) if isinstance(value, str) else None


def _link(value: object) -> str | None:
    """An address on the web, or a letter's own name."""
    letter = isinstance(value, str) and value.startswith("mid:") and _LETTER.fullmatch(value[: _NAME_LIMIT + 1])
    return letter[0] if letter and len(letter[0]) <= _NAME_LIMIT else absolute("", value)


def _text(value: object, limit: int) -> str:
    return value[:limit] if isinstance(value, str) else ""


def _names(values: object) -> tuple[str, ...]:
    names = values if isinstance(values, list) else []
    return tuple(_text(name, _NAME_LIMIT) for name in names[:AUTHORS] if isinstance(name, str))
