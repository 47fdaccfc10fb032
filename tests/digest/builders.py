"""Small worlds for the tests of telling."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from monitor.types import (
    Address,
    Article,
    Digest,
    Item,
    Kept,
    News,
    Section,
    Source,
    Subscription,
    WatchlistEntry,
)

NOW = datetime(2026, 11, 21, 6, 30, tzinfo=UTC)


def source(source_id: str, ownership: str | None = "independent", country: str | None = "kz", name: str = "") -> Source:
    return Source(
        id=source_id,
        name=name or source_id.title(),
        kind="feed",
        addresses=(Address(url=f"https://{source_id}.test/feed"),),
        ownership=ownership,
        country=country,
    )


SOURCES: Mapping[str, Source] = {
    s.id: s
    for s in (
        source("akorda", "official", "kz"),
        source("kremlin", "official", "ru"),
        source("kazinform", "state", "kz"),
        source("khabar", "state", "kz"),
        source("interfax", "wire", "ru"),
        source("daily"),
        source("weekly"),
        source("carnegie", "think-tank", "us"),
    )
}


def entry(entry_id: str, kind: str = "body", priority: int = 2, **more: Any) -> WatchlistEntry:
    name = more.pop("name", entry_id.replace("-", " ").upper())
    return WatchlistEntry(id=entry_id, kind=kind, name=name, priority=priority, aliases={"en": (name,)}, **more)


ENTRIES: Mapping[str, WatchlistEntry] = {
    e.id: e
    for e in (
        entry("sco", "organisation", 1, name="SCO"),
        entry("sco-rats", parent="sco", priority=1),
        entry("unified-terror-list", "document", 3, parent="sco-rats"),
        entry("sco-youth-council", parent="sco", priority=3),
        entry("sco-development-bank", "fund", 1, parent="sco"),
        entry("silk-road-fund", "fund", 3),
        entry("narendra-modi", "person", 1, countries=("in",)),
        entry("xi-jinping", "person", 1, countries=("cn",)),
        entry("vladimir-putin", "person", 1, countries=("ru",)),
        entry("sadyr-japarov", "person", 1, countries=("kg",)),
        entry("emomali-rahmon", "person", 1, countries=("tj",)),
        entry("kashmir", "place-body", 2),
        entry("csto", "organisation", 1),
        entry("beidou", "initiative", 3),
    )
}


def subscription(**more: Any) -> Subscription:
    values: dict[str, Any] = {
        "id": "recipient:desk",
        "name": "desk",
        "kind": "digest",
        "search": "tag:sco",
        "channel_id": "mail:desk",
        "schedule": "daily 06:30",
    }
    return Subscription(**(values | more))


def alerts(**more: Any) -> Subscription:
    values: dict[str, Any] = {
        "id": "slack:desk",
        "kind": "alert",
        "channel_id": "slack:desk",
        "schedule": None,
        "search": "tag:sco class:official",
    }
    return subscription(**(values | more))


def news(
    article_id: int,
    story_id: int | None = None,
    *,
    source_id: str | None = "daily",
    title: str = "",
    text: str = "The council met. It took note of a report.",
    tags: Sequence[str] = ("sco",),
    lang: str | None = "en",
    ago: timedelta = timedelta(hours=2),
    what: str = "new",
    held: bool = False,
    quiet: bool = False,
    change: int | None = None,
    source_name: str | None = None,
) -> News:
    seen = NOW - ago
    url = f"https://{source_id or 'import'}.test/{article_id}"
    article = Article(
        source_id=source_id,
        url=url,
        canonical_url=url,
        title=title or f"Story {article_id}",
        text=text,
        text_from="page",
        lang=lang,
        published_at=seen - timedelta(minutes=5),
        first_seen_at=seen,
        content_hash=f"{article_id:064x}",
        source_name=source_name,
    )
    kept = Kept(
        id=article_id,
        article=article,
        copy_group_id=article_id,
        story_id=story_id or article_id,
        tags=tuple(tags),
        versions=1,
    )
    return News(
        kept=kept,
        change=article_id if change is None else change,
        changed_at=seen,
        what=what,  # type: ignore[arg-type]
        held=held,
        quiet=quiet,
    )


def item(story_id: int = 1, **more: Any) -> Item:
    values: dict[str, Any] = {
        "story_id": story_id,
        "article_ids": (story_id,),
        "title": f"Story {story_id}",
        "url": f"https://daily.test/{story_id}",
        "lang": "en",
        "source_name": "Daily",
        "ownership": "independent",
        "country": "kz",
        "published_at": NOW - timedelta(hours=3),
        "first_seen_at": NOW - timedelta(hours=2),
        "lead": "The council met. It took note of a report.",
        "tags": (("sco", "SCO"),),
        "priority": 1,
    }
    return Item(**(values | more))


def digest(*items: Item, **more: Any) -> Digest:
    told = items or (item(),)
    values: dict[str, Any] = {
        "key": "recipient:desk/2026-11-21",
        "subscription_id": "recipient:desk",
        "kind": "digest",
        "created_at": NOW,
        "since": NOW - timedelta(days=1),
        "until": NOW,
        "timezone": "Asia/Almaty",
        "sections": (Section(key="sco", heading="The SCO and its initiatives", items=told),),
        "seen": len(told),
        "search": "tag:sco",
    }
    return Digest(**(values | more))


def alert(one: Item | None = None, **more: Any) -> Digest:
    one = one or item()
    values: dict[str, Any] = {
        "key": f"slack:desk/story/{one.story_id}",
        "subscription_id": "slack:desk",
        "kind": "alert",
        "since": NOW,
        "sections": (Section(key="alert", heading="", items=(one,)),),
        "search": "tag:sco class:official",
    }
    return digest(one, **(values | more))
