"""Articles of the archive as they are cited."""

from __future__ import annotations

from collections.abc import Mapping

from monitor.citing.cited import Cited
from monitor.ports import Store
from monitor.types import Kept, Source


def cited(store: Store, sources: Mapping[str, Source], kept: Kept) -> Cited:
    """The article with its source, and since when the archive has had the text that it has now."""
    archived_at = kept.article.first_seen_at
    if kept.versions > 1:
        present = next(version for version in store.versions(kept.id) if version.replaced_at is None)
        archived_at = present.returned_at or present.made_at
    return Cited(kept=kept, source=sources.get(kept.article.source_id or ""), archived_at=archived_at)
