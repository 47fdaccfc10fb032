"""What an exported article says beside the fields that everybody reads, so that importing it gives the same article.

It stands under one key, `archive`: where the text came from, authors, the publisher's own id, the outlet's name, and
each text that the article has had. A row that has it is out of an archive: it is taken as it was there, also the time
at which that archive first saw it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from monitor.identity.listed import content_hash
from monitor.text.clean import clean_line, clean_text
from monitor.types import Article, Version

KEY = "archive"
_FROM = ("page", "feed", "import")


def record(article: Article, versions: Sequence[Version]) -> dict[str, Any]:
    """The value of `archive` in an export. `versions`: all texts, or none where there was only one."""
    return {
        "text_from": article.text_from,
        "authors": list(article.authors),
        "guid": article.guid,
        "source_name": article.source_name,
        "versions": [_of_version(version) for version in versions],
    }


def _of_version(version: Version) -> dict[str, Any]:
    """A text that was replaced; of the present one only what does not stand beside it."""
    past = {"title": version.title, "text": version.text, "text_from": version.text_from}
    return {
        "number": version.number,
        "made": _text_of(version.made_at),
        "replaced": _text_of(version.replaced_at),
        **(past if version.replaced_at else {}),
        "returned": version.returned,
        "returned_at": _text_of(version.returned_at),
        "passed_over": version.passed_over,
    }


def restored(row: dict[str, Any], article: Article) -> tuple[Article, tuple[Version, ...] | None]:
    """The article of an import's row as its archive had it, and all its texts; None: the row is out of no archive.

    Raises: ValueError, with what is wrong with the row.
    """
    kept = row.get(KEY)
    if kept is None:
        return article, None
    try:
        first_seen = min(_instant(row["first_seen"]), article.first_seen_at)
        whole = replace(
            article,
            first_seen_at=first_seen,
            canonical_url=_address(row.get("canonical_url")) or article.canonical_url,
            lang=clean_line(row.get("lang") or "") or None,
            text_from=_one_of(kept["text_from"]),
            authors=tuple(name for name in map(clean_line, kept["authors"]) if name),
            guid=clean_line(kept["guid"]) if kept["guid"] else None,
            source_name=article.source_name or (clean_line(kept["source_name"]) if kept["source_name"] else None),
        )
        versions = tuple(_version(one, whole) for one in kept["versions"])
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise ValueError(f"`{KEY}` is not what an export has there ({type(error).__name__}: {error})") from None
    if versions and not _in_order(versions):
        raise ValueError(f"`{KEY}`: its versions are not those of one article")
    return whole, versions


def _version(one: dict[str, Any], article: Article) -> Version:
    replaced = _instant(one["replaced"]) if one["replaced"] else None
    return Version(
        number=int(one["number"]),
        title=clean_line(one["title"]) if replaced else article.title,
        text=clean_text(one["text"]) if replaced else article.text,
        text_from=_one_of(one["text_from"]) if replaced else article.text_from,
        made_at=_instant(one["made"]),
        replaced_at=replaced,
        returned=int(one["returned"]),
        returned_at=_instant(one["returned_at"]) if one["returned_at"] else None,
        passed_over=int(one["passed_over"]),
    )


def _in_order(versions: Sequence[Version]) -> bool:
    """Whether these can be all texts of one article: numbered from 1, different, one of them the present one."""
    numbers = [version.number for version in versions]
    texts = {content_hash(version.title, version.text) for version in versions}
    present = sum(version.replaced_at is None for version in versions)
    return numbers == list(range(1, len(numbers) + 1)) and present == 1 and len(texts) == len(versions)


def _address(url: object) -> str | None:
    """The address that an archive told the article by; None: it is none."""
    return url if isinstance(url, str) and url.isprintable() and " " not in url and ":" in url else None


def _one_of(value: str) -> Any:
    if value not in _FROM:
        raise ValueError(f"text_from {value!r}")
    return value


def _instant(value: str) -> datetime:
    at = datetime.fromisoformat(value)
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def _text_of(at: datetime | None) -> str | None:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if at else None
