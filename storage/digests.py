"""Digests as JSON and back, without loss."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from monitor.types import Digest, Item, Section


def to_json(digest: Digest) -> str:
    """The whole digest as one JSON object."""
    return json.dumps(asdict(digest), ensure_ascii=False, separators=(",", ":"), default=_instant_text)


def of_json(text: str) -> Digest:
    """The digest that was stored; fields that a later version added have their defaults."""
    values: dict[str, Any] = json.loads(text)
    for name in ("created_at", "since", "until"):
        values[name] = _instant(values[name])
    values["sections"] = tuple(_section(section) for section in values["sections"])
    values["housekeeping"] = tuple(values["housekeeping"])
    values["dropped"] = tuple((reason, count) for reason, count in values.get("dropped", ()))
    return Digest(**values)


def _section(values: dict[str, Any]) -> Section:
    return Section(**values | {"items": tuple(_item(item) for item in values["items"])})


def _item(values: dict[str, Any]) -> Item:
    for name in ("published_at", "first_seen_at"):
        values[name] = _instant(values[name])
    for name in ("tags", "others"):
        values[name] = tuple((first, second) for first, second in values[name])
    lists = {"article_ids": tuple(values["article_ids"]), "origins": tuple(values.get("origins", ()))}
    return Item(**values | lists)


def _instant_text(value: object) -> str:
    if not isinstance(value, datetime):
        raise TypeError(f"{type(value).__name__} has no place in a digest")
    return value.astimezone(UTC).isoformat()


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text).astimezone(UTC)
