"""Primary documents: the official texts, each with its language versions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from monitor.types import Document, Kept, Source

#: So many are listed; the others are counted.
SHOWN = 6


def documents(stories: Iterable[tuple[int, Sequence[Kept]]], sources: Mapping[str, Source]) -> tuple[Document, ...]:
    """One document for each country whose official outlets tell a story, in the order of the stories.

    What one country's official outlets say of one story in several languages is one document in several versions; the
    version that came first stands for it.
    """
    found = []
    for story_id, articles in stories:
        by_country: dict[str, list[Kept]] = {}
        for kept in articles:
            source = sources.get(kept.article.source_id or "")
            if source is not None and source.ownership == "official":
                by_country.setdefault(source.country or source.id, []).append(kept)
        found += [_document(story_id, several, sources) for several in by_country.values()]
    return tuple(found)


def _document(story_id: int, several: Sequence[Kept], sources: Mapping[str, Source]) -> Document:
    ordered = sorted(several, key=lambda kept: (kept.article.published_at or kept.article.first_seen_at, kept.id))
    first, source = ordered[0], sources[ordered[0].article.source_id or ""]
    versions: dict[str, str] = {}
    for kept in ordered[1:]:
        lang = kept.article.lang
        if lang and lang != first.article.lang:
            versions.setdefault(lang, kept.article.url)
    return Document(
        story_id=story_id,
        title=first.article.title,
        url=first.article.url,
        lang=first.article.lang,
        source_name=source.name,
        country=source.country,
        versions=tuple(versions.items()),
    )
