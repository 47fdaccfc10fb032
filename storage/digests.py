"""Digests as JSON and back, without loss."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, TypeVar

from monitor.types import Compared, Count, Dated, Digest, Document, Item, Quote, Section, Side

T = TypeVar("T")
#: What tells the digests of readers apart who are told the same.
_OWN = ("key", "subscription_id", "follows")
#: A quotation mark inside a value is written with a backslash, so this stands only between two values.
_SHARED_BEGINS = ',"kind":"'
#: Texts kept at once: searches times zones of readers whose digests are due together.
_KEPT = 128


def to_json(digest: Digest) -> str:
    """The whole digest as one JSON object; what many readers are told is written out once."""
    own = {name: getattr(digest, name) for name in _OWN}
    alike = replace(digest, key="", subscription_id="", follows="")
    try:
        shared = _shared_json(alike)
    except TypeError:  # something in it cannot be a key: it is written out for each
        shared = _shared_json.__wrapped__(alike)
    return json.dumps(own, ensure_ascii=False, separators=(",", ":"))[:-1] + "," + shared[1:]


@lru_cache(maxsize=_KEPT)
def _shared_json(digest: Digest) -> str:
    values = asdict(digest)
    for name in _OWN:
        del values[name]
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"), default=_instant_text)


def of_json(text: str) -> Digest:
    """The digest that was stored; fields that a later version added have their defaults."""
    cut = text.find(_SHARED_BEGINS)
    own = json.loads(text[:cut] + "}") if cut > 0 else {}
    if own.keys() <= set(_OWN) and "key" in own:
        return replace(_shared_of_json("{" + text[cut + 1 :]), **own)
    return _digest(json.loads(text))


@lru_cache(maxsize=_KEPT)
def _shared_of_json(text: str) -> Digest:
    return _digest({"key": "", "subscription_id": "", **json.loads(text)})


def _digest(values: dict[str, Any]) -> Digest:
    for name in ("created_at", "since", "until"):
        values[name] = _instant(values[name])
    values["sections"] = tuple(_section(section) for section in values["sections"])
    values["also"] = tuple(map(_item, values.get("also", ())))
    for name in ("housekeeping", "top", "nonevents"):
        values[name] = tuple(values.get(name, ()))
    values["dropped"] = tuple((reason, count) for reason, count in values.get("dropped", ()))
    for name, made in _PARTS.items():
        values[name] = tuple(made(part) for part in values.get(name, ()))
    return Digest(**values)


def calendar_of_json(calendar: str, ahead: str) -> tuple[tuple[Dated, ...], tuple[Dated, ...]]:
    """The two lists of dates of a stored digest."""
    return tuple(map(_dated, json.loads(calendar))), tuple(map(_dated, json.loads(ahead)))


def _plain(kind: Callable[..., T], *tuples: str) -> Callable[[Mapping[str, Any]], T]:
    """Makes values of that kind, whose named fields are tuples of texts or numbers."""

    def made(values: Mapping[str, Any]) -> T:
        return kind(**{**values, **{name: tuple(values[name]) for name in tuples}})

    return made


_side = _plain(Side, "names", "figures")
_dated = _plain(Dated, "tags")


def _document(values: dict[str, Any]) -> Document:
    return Document(**values | {"versions": tuple((lang, url) for lang, url in values["versions"])})


def _compared(values: dict[str, Any]) -> Compared:
    return Compared(**values | {"sides": tuple(map(_side, values["sides"]))})


_PARTS: Mapping[str, Callable[[Any], Any]] = {
    "calendar": _dated,
    "ahead": _dated,
    "documents": _document,
    "readouts": _compared,
    "people": _plain(Count, "series"),
    "counts": _plain(Count, "series"),
    "quotes": _plain(Quote),
}


def _section(values: dict[str, Any]) -> Section:
    return Section(**values | {"items": tuple(_item(item) for item in values["items"])})


def _item(values: dict[str, Any]) -> Item:
    for name in ("published_at", "first_seen_at"):
        values[name] = _instant(values[name])
    for name in ("tags", "others"):
        values[name] = tuple((first, second) for first, second in values[name])
    values["origins"] = tuple(
        (one, 0) if isinstance(one, str) else (one[0], one[1])  # earlier versions kept their names only
        for one in values.get("origins", ())
    )
    for name in ("article_ids", "facts", "classes"):
        values[name] = tuple(values.get(name, ()))
    return Item(**values)


def _instant_text(value: object) -> str:
    if not isinstance(value, datetime):
        raise TypeError(f"{type(value).__name__} has no place in a digest")
    return value.astimezone(UTC).isoformat()


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text).astimezone(UTC)
