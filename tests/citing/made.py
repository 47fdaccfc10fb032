"""References that the tests are made of."""

from __future__ import annotations

from datetime import UTC, datetime

from monitor.citing.cited import Cited
from monitor.types import Article, Kept, Source

FIRST_SEEN = datetime(2026, 11, 20, 7, 5, 30, tzinfo=UTC)
ARCHIVED = datetime(2026, 11, 21, 8, 10, tzinfo=UTC)
OUTLET = Source(
    id="asia-wire",
    name="Asia Wire",
    kind="feed",
    addresses=(),
    homepage="https://wire.example/",
    country="kz",
    ownership="wire",
)


def cited(number: int = 7, source: Source | None = OUTLET, **changed: object) -> Cited:
    """An article of Asia Wire with what is changed."""
    tags = changed.pop("tags", ("sco", "sco-rats"))
    values: dict[str, object] = {
        "source_id": source.id if source else None,
        "url": "https://wire.example/7",
        "canonical_url": "https://wire.example/7",
        "title": "Ministers meet",
        "text": "They met.",
        "text_from": "page",
        "lang": "en",
        "published_at": datetime(2026, 11, 20, 6, 0, tzinfo=UTC),
        "first_seen_at": FIRST_SEEN,
        "content_hash": "0",
    }
    article = Article(**(values | changed))  # type: ignore[arg-type]
    kept = Kept(id=number, article=article, copy_group_id=1, story_id=3, tags=tags, versions=2)  # type: ignore[arg-type]
    return Cited(kept=kept, source=source, archived_at=ARCHIVED)
