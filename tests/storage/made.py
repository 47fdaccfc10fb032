"""Values that the storage tests are made of, and the backends that must all pass them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from monitor.identity.listed import content_hash
from monitor.ports import Store
from monitor.query import Vocabulary
from monitor.types import (
    Arrival,
    Article,
    Collected,
    Digest,
    Item,
    Match,
    Placement,
    Section,
    Subscription,
)
from storage import open_store

#: Scheme -> URL in a folder. A new backend is one more row here.
BACKENDS = {"sqlite": lambda folder: f"sqlite:///{folder}/archive.db"}

NOW = datetime(2026, 11, 21, 9, 0, 0, 123456, tzinfo=UTC)
MINUTE = timedelta(minutes=1)

VOCABULARY = Vocabulary(
    sources_by_class={"official": ("kremlin", "akorda"), "independent": ("caixin",)},
    sources_by_country={"ru": ("kremlin",), "kz": ("akorda",), "cn": ("caixin",)},
    children={"sco": ("sco-rats", "sco-bank"), "sco-rats": ("rats-council",)},
    entries_by_kind={"body": ("sco-rats", "rats-council"), "organisation": ("sco",), "person": ("putin",)},
    entries_by_priority={"1": ("sco", "putin"), "2": ("sco-rats", "rats-council")},
)


def opened(backend: str, folder: Path) -> Store:
    return open_store(BACKENDS[backend](folder), vocabulary=lambda: VOCABULARY)


def article(name: str = "a", **changed: object) -> Article:
    """An article of the source `kremlin` with a text of its own; `name` tells it from others."""
    title = str(changed.pop("title", f"Title of {name}"))
    text = str(changed.pop("text", f"The text of {name} says little. " + f"{name}word " * 60))
    values: dict[str, object] = {
        "source_id": "kremlin",
        "url": f"https://example.org/{name}",
        "canonical_url": f"https://example.org/{name}",
        "title": title,
        "text": text,
        "text_from": "page",
        "lang": "en",
        "first_seen_at": NOW,
        "content_hash": content_hash(title, text),
        "guid": f"guid-{name}",
    }
    return Article(**(values | changed))  # type: ignore[arg-type]


def match(entry_id: str, start: int = 0, field: str = "text", **changed: object) -> Match:
    values: dict[str, object] = {
        "entry_id": entry_id,
        "alias": entry_id.upper(),
        "lang": "en",
        "field": field,
        "start": start,
        "end": start + 4,
        "rule": "strong",
    }
    return Match(**(values | changed))  # type: ignore[arg-type]


def arrival(
    article: Article,
    *matches: Match,
    key: str | None = None,
    hash: str = "h1",
    placement: Placement | None = None,
    quiet: bool = False,
) -> Arrival:
    return Arrival(
        article=article,
        entry_key=key or f"key {article.canonical_url}",
        entry_hash=hash,
        matches=matches,
        placement=placement or Placement(),
        quiet=quiet,
    )


def poll(*arrivals: Arrival, source_id: str | None = "kremlin", at: datetime = NOW, **changed: object) -> Collected:
    return Collected(source_id=source_id, at=at, outcome="ok", arrivals=arrivals, **changed)  # type: ignore[arg-type]


def imported(*articles: Article, at: datetime = NOW) -> Collected:
    found = tuple(Arrival(article=one, entry_key=f"ref {one.ref}", entry_hash="x") for one in articles)
    return Collected(source_id=None, at=at, outcome="ok", arrivals=found)


def names(kept: Sequence[object]) -> list[str]:
    """What tells the articles of hits, news or kept ones apart: the end of their address."""
    found = [getattr(one, "kept", one) for one in kept]
    return [one.article.url.rsplit("/", 1)[-1] for one in found]  # type: ignore[attr-defined]


DESK = Subscription(
    id="recipient:desk", name="desk", kind="digest", search="tag:sco", channel_id="mail:desk", schedule="daily 06:30"
)
ALERTS = Subscription(id="slack:sco", name="sco", kind="alert", search="tag:sco", channel_id="slack:sco")


def item(story_id: int = 1, **changed: object) -> Item:
    values: dict[str, object] = {
        "story_id": story_id,
        "article_ids": (1, 2),
        "title": "上合组织 “саммит”",
        "url": "https://example.org/a",
        "lang": "zh",
        "source_name": "Xinhua",
        "ownership": "state",
        "country": "cn",
        "published_at": NOW - timedelta(hours=3, microseconds=1),
        "first_seen_at": NOW,
        "lead": "One line.\nAnother <one> & 'more'.",
        "tags": (("sco", "SCO"), ("putin", "Vladimir Putin")),
        "priority": 1,
        "others": (("TASS", "https://example.org/t"),),
        "edited": True,
        "origins": (("TASS", 2), ("新华社", 1)),
    }
    return Item(**(values | changed))  # type: ignore[arg-type]


def digest(key: str = "recipient:desk/2026-11-21", *items: Item, kind: str = "digest", **changed: object) -> Digest:
    values: dict[str, object] = {
        "key": key,
        "subscription_id": "recipient:desk",
        "kind": kind,
        "created_at": NOW,
        "since": NOW - timedelta(days=1),
        "until": NOW,
        "timezone": "Asia/Almaty",
        "sections": (Section(key="sco", heading="SCO", items=items or (item(),)),),
        "seen": 14,
        "held": 3,
        "folded": 2,
        "housekeeping": ("kremlin: HTTP 404",),
        "search": "tag:sco",
    }
    return Digest(**(values | changed))  # type: ignore[arg-type]
