"""What goes into a bundle of an article: its text and versions, its pages, its tags with reasons, where it came from.

Pure: the same archive gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from monitor.evidence.bundle import METHOD, as_json
from monitor.types import Archived, Kept, Snapshot, Source, Version

ABOUT = f"""\
A bundle of scowatch: what an archive of news holds of one or more articles.

story.json                  of a story: who carried it, in which order, out of which origins, and why it is one
articles/N/article.json     the article as the archive has it, with its source
articles/N/text.txt         its present title and text
articles/N/versions/        every text that it ever had, with times (versions.json)
articles/N/tags.json        the names that were found in it, where, and why they count
articles/N/origin.json      where its text came from, as far as that shows
articles/N/citation.txt     how to cite it
articles/N/snapshots.json   its pages: when they were fetched, digests, and those that are no more
articles/N/pages.warc.gz    these pages as they were sent, with requests and headers (WARC/1.1, ISO 28500)
articles/N/headers/         the headers alone
manifest.json               length and SHA-256 of each of these files
manifest.hmac               its signature, where there is one ({METHOD}, in hex)

To check all of it:         scowatch bundle verify FILE [--key-env NAME]     (no network, no installation of ours)
By hand:                    sha256sum each file and compare with manifest.json;
                            openssl dgst -sha256 -hmac KEY manifest.json
Without a signature the digests show damage, not forgery.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """All that is known of one article."""

    kept: Kept
    #: None: it was imported, or its source is no longer followed.
    source: Source | None
    versions: Sequence[Version]
    #: As plain values, with a reason in words each.
    tags: Mapping[str, Any]
    #: Pages that were found right in their files, oldest first.
    pages: Sequence[Archived]
    #: Pages that cannot be shown, and why.
    missing: Sequence[tuple[Snapshot, str]] = ()


def members(cases: Iterable[Case], story: Mapping[str, Any] | None = None) -> dict[str, bytes]:
    """The files by name, without the manifest; `story` is what is known of the one that they make."""
    found = {"ABOUT.txt": ABOUT.encode()} | ({"story.json": as_json(story)} if story is not None else {})
    for case in cases:
        folder = f"articles/{case.kept.id}"
        found |= {f"{folder}/{name}": data for name, data in _of_one(case)}
    return found


def _of_one(case: Case) -> Iterable[tuple[str, bytes]]:
    article = case.kept.article
    yield "article.json", as_json(_article(case))
    yield "text.txt", _text(article.title, article.text)
    for version in case.versions:
        yield f"versions/{version.number}.txt", _text(version.title, version.text)
    yield "versions/versions.json", as_json([_version(version) for version in case.versions])
    yield "tags.json", as_json(case.tags)
    yield "origin.json", as_json(case.kept.origin)
    yield "citation.txt", f"{citation(case)}\n".encode("utf-8", "replace")
    yield "snapshots.json", as_json([*map(_page, case.pages), *(_missing(*one) for one in case.missing)])
    for number, page in enumerate(case.pages, 1):
        yield f"headers/{number}.txt", page.request + page.response
    if case.pages:
        yield "pages.warc.gz", b"".join(_records(case.pages))


def _records(pages: Sequence[Archived]) -> Iterable[bytes]:
    """The records of all pages, each once: one that several repeat stands before the first of them."""
    there: set[int] = set()
    for page in pages:
        own = page.records[-page.snapshot.length :]
        base = page.snapshot.revisit_of
        if base is not None and base not in there:
            yield page.records[: -page.snapshot.length]
            there.add(base)
        if page.snapshot.id not in there:
            yield own
            there.add(page.snapshot.id)


def _text(title: str, text: str) -> bytes:
    return f"{title}\n\n{text}\n".encode("utf-8", "replace")


def _article(case: Case) -> dict[str, Any]:
    kept, source = case.kept, case.source
    record = asdict(kept.article)
    del record["text"]
    record |= {name: _instant(value) for name, value in record.items() if isinstance(value, datetime)}
    record |= {"id": kept.id, "story_id": kept.story_id, "copy_group_id": kept.copy_group_id, "versions": kept.versions}
    record["source"] = None
    if source is not None:
        record["source"] = {"id": source.id, "name": source.name, "homepage": source.homepage}
        record["source"] |= {"country": source.country, "ownership": source.ownership, "family": source.family}
    return record


def _version(version: Version) -> dict[str, Any]:
    record = asdict(version)
    del record["text"]
    return record | {name: _instant(value) for name, value in record.items() if isinstance(value, datetime)}


def _page(page: Archived) -> dict[str, Any]:
    return _snapshot(page.snapshot) | {"kept": True}


def _missing(snapshot: Snapshot, why: str) -> dict[str, Any]:
    return _snapshot(snapshot) | {"kept": False, "why": why}


def _snapshot(snapshot: Snapshot) -> dict[str, Any]:
    """What does not depend on where its record lies today."""
    return {
        "version": snapshot.version,
        "url": snapshot.url,
        "final_url": snapshot.final_url,
        "fetched": _instant(snapshot.at),
        "status": snapshot.status,
        "sha256": snapshot.digest,
        "bytes": snapshot.size,
        "record_id": snapshot.record_id,
    }


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def citation(case: Case) -> str:
    """The article in a line, after the Chicago manner (17th edition, 14.206), with what the archive can vouch for."""
    article = case.kept.article
    outlet = (case.source.name if case.source else None) or article.source_name or article.source_id
    title = article.title if article.title.endswith(("?", "!", "…")) else f"{article.title},"
    at = article.published_at
    parts = [
        f"{', '.join(article.authors)}, " if article.authors else "",
        f"“{title}” ",
        f"{outlet}, " if outlet else "",
        f"{at:%B} {at.day}, {at.year}, " if at else "n.d., ",
        f"{article.url}. First seen {article.first_seen_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC",
    ]
    if case.pages:
        last = case.pages[-1].snapshot
        parts.append(f"; page kept as of {last.at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC, SHA-256 {last.digest}")
    return " ".join(f"{''.join(parts)}.".split())
