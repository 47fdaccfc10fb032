"""The outlets and articles of the demo site, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent

#: What the site shows at first, some days later, and that afternoon.
STATES = (1, 2, 3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlet:
    """One invented place that publishes."""

    id: str
    name: str
    about: str
    lang: str
    country: str
    ownership: str
    #: ``rss2`` | ``rss1`` | ``atom`` | ``page``, or broken on purpose: ``cut`` | ``html`` | ``gone``.
    format: str
    #: Of the feed; pages are always UTF-8.
    encoding: str = "utf-8"

    @property
    def slug(self) -> str:
        """First part of the outlet's addresses."""
        return self.id.removeprefix("demo-")

    @property
    def broken(self) -> bool:
        return self.format in ("cut", "html", "gone")


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One article as the site shows it in one of its states."""

    id: str
    outlet: Outlet
    #: Publication; an edit does not move it.
    at: datetime
    #: Last change.
    updated: datetime
    title: str
    paragraphs: tuple[str, ...]
    #: Id of the article that this one reprints; None: written by the outlet itself.
    reprint_of: str | None = None

    @property
    def path(self) -> str:
        return f"/{self.outlet.slug}/{self.at:%Y/%m/%d}/{self.id}.html"

    @property
    def teaser(self) -> str:
        """The first paragraph; that of a reprint is its credit line and does not count."""
        return self.paragraphs[1 if self.reprint_of else 0]


@cache
def outlets() -> tuple[Outlet, ...]:
    """All outlets, in the order of the file."""
    return tuple(Outlet(**row) for row in _read(HERE / "outlets.yaml"))


def pieces(state: int) -> tuple[Piece, ...]:
    """What the site shows in that state, oldest first."""
    if state not in STATES:
        raise ValueError(f"the demo site has no state {state}, only {STATES}")
    rows = [row for name in ("en", "ru", "zh") for row in _read(HERE / "articles" / f"{name}.yaml")]
    texts = {row["id"]: row["text"] for row in rows if "text" in row}
    by_id = {outlet.id: outlet for outlet in outlets()}
    shown = [_piece(row, by_id[row["outlet"]], texts, state) for row in rows if row.get("since", 1) <= state]
    return tuple(sorted(shown, key=lambda piece: (piece.at, piece.id)))


def _piece(row: Mapping[str, Any], outlet: Outlet, texts: Mapping[str, str], state: int) -> Piece:
    edit = row["second"] if state >= 2 and "second" in row else row
    original = row.get("of")
    text = _reprint(texts[original], row["credit"], row.get("keep", 1)) if original else edit["text"]
    return Piece(
        id=row["id"],
        outlet=outlet,
        at=_instant(row["at"]),
        updated=_instant(edit["at"]),
        title=edit["title"],
        paragraphs=tuple(p.strip() for p in text.split("\n\n") if p.strip()),
        reprint_of=original,
    )


def _reprint(text: str, credit: str, keep: float) -> str:
    """The text with a credit line above it, cut after the last sentence that ends within that share of it."""
    end = len(text) if keep == 1 else text.rindex(".", 0, int(len(text) * keep)) + 1
    return f"{credit}\n\n{text[:end]}"


def _instant(value: datetime) -> datetime:
    # YAML gives `…Z` either aware or, in older releases, naive and already in UTC
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _read(path: Path) -> Any:
    import yaml

    return yaml.safe_load(path.read_text("utf-8"))
