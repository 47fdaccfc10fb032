"""Articles as JSONL into the archive, through the same identity, tagging and placing as collected ones."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any

from monitor.archived import restored
from monitor.identity.listed import content_hash
from monitor.identity.urls import canonical_url, page_canonical
from monitor.jobs.arrivals import Draft, to_arrivals
from monitor.jobs.polls import Tools
from monitor.jsonl import numbered
from monitor.text.clean import clean_line, clean_text
from monitor.text.language import detect
from monitor.types import Article, Collected, Fetch, Page, Selectors, Version

# Rows in one transaction: a crash costs at most these, and importing the file again brings them back. The more is
# decided on together, the better are the stories; others who write wait for its end, some two seconds.
BATCH = 500
#: What a reader can follow; of a letter its Message-ID (RFC 2392).
_ADDRESS = re.compile(r"(?:https?://[^/?#]|mid:.)", re.IGNORECASE)


@dataclass(slots=True)
class ImportReport:
    """What became of the lines (CONTRACT.md)."""

    read: int = 0
    new: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: list[dict[str, object]] = field(default_factory=list)
    #: Sources that the articles name.
    sources: set[str] = field(default_factory=set)

    def record(self) -> dict[str, object]:
        return {
            "read": self.read,
            "new": self.new,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "rejected": self.rejected,
        }


async def import_lines(lines: Iterable[bytes | str], tools: Tools) -> ImportReport:
    """What became of the articles in the lines. A bad line is rejected with its reason, the rest goes on.

    Raises: StoreError.
    """
    report = ImportReport()
    batch: list[Draft] = []
    for number, row in numbered(lines):
        report.read += 1
        try:
            if isinstance(row, str):
                raise ValueError(row)
            page = await _page(row, tools)
            article, history = restored(row, _article(row, page, tools.now()))
        except ValueError as error:
            report.rejected.append({"line": number, "why": str(error)})
            continue
        report.sources |= {article.source_id} if article.source_id else set()
        batch.append(_draft(article, history))
        if len(batch) >= BATCH:
            _store(batch, tools, report)
            batch = []
    _store(batch, tools, report)
    return report


def _draft(article: Article, history: tuple[Version, ...] | None) -> Draft:
    """What an archive had told once raises no alert here."""
    name = f"ref {article.ref}" if article.ref is not None else f"url {article.canonical_url}"
    key = blake2b(name.encode(), digest_size=16).hexdigest()
    return Draft(
        article=article,
        entry_key=key,
        entry_hash=article.content_hash[:32],
        quiet=history is not None,
        history=history,
    )


def _store(batch: list[Draft], tools: Tools, report: ImportReport) -> None:
    if batch:
        recorded = tools.store.record(
            Collected(source_id=None, at=tools.now(), outcome="ok", arrivals=tuple(to_arrivals(batch, tools))),
            tools.placer,
        )
        report.new += recorded.new
        report.updated += recorded.updated
        report.unchanged += recorded.unchanged


async def _page(row: dict[str, Any], tools: Tools) -> Page | None:
    """The article in the row's `html`, where there is no `text`. Raises: ValueError."""
    from monitor.errors import ParseError

    if row.get("text") or not row.get("html"):
        return None
    url = _text(row, "url")
    body = _text(row, "html").encode("utf-8", "replace")
    fetch = Fetch(url=url, final_url=url, outcome="ok", body=body, content_type="text/html; charset=utf-8")
    try:
        return await tools.parser.page(fetch, Selectors())
    except ParseError as error:
        raise ValueError(f"`html` cannot be read: {error}") from error


def _article(row: dict[str, Any], page: Page | None, now: datetime) -> Article:
    url = _text(row, "url").strip()
    if not _is_address(url):
        raise ValueError("`url` is missing" if not url else f"`url` {url[:80]!r} is not an address")
    text = clean_text(_text(row, "text") or (page.text if page else "") or _text(row, "summary"))
    title = clean_line(_text(row, "title") or (page.title if page else None) or text.split("\n", 1)[0][:160])
    if not title:
        raise ValueError("there is neither a `title` nor a `text`")
    declared = clean_line(_text(row, "lang")).split("-")[0].lower() or None
    return Article(
        source_id=clean_line(_text(row, "source")) or None,
        source_name=clean_line(_text(row, "source_name")) or None,
        url=url,
        canonical_url=_canonical(row, url),
        title=title,
        text=text,
        text_from="import",
        lang=declared or (page.lang if page else None) or detect(f"{title}\n{text[:2000]}"),
        authors=page.authors if page else (),
        published_at=_instant(row.get("published")) or (page.published_at if page else None),
        first_seen_at=now,
        content_hash=content_hash(title, text),
        ref=_ref(row),
    )


def _text(row: dict[str, Any], key: str) -> str:
    value = row.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise ValueError(f"`{key}` is not a text")
    return value


def _instant(value: object) -> datetime | None:
    if value is None or value == "":
        return None
    try:
        at = datetime.fromisoformat(str(value))
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(f"`published` {str(value)[:40]!r} is not an ISO 8601 time like 2026-11-21T07:00:00Z") from None


def _ref(row: dict[str, Any]) -> str | None:
    """The importer's own id, as given: it comes back in every export. Raises: ValueError."""
    ref = _text(row, "ref")
    if not ref.isprintable():
        raise ValueError(f"`ref` {ref[:80]!r} has characters that cannot be kept")
    return ref or None


def _canonical(row: dict[str, Any], url: str) -> str:
    """The one of an export, where it can be this article's: it tells articles apart that share a link."""
    given, own = row.get("canonical_url"), canonical_url(url)
    if not isinstance(given, str) or not _is_address(given):
        return own
    return given if given.startswith(f"{own}#") else page_canonical(url, given)


def _is_address(url: str) -> bool:
    return url.isprintable() and " " not in url and bool(_ADDRESS.match(url))
