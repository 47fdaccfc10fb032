"""What a publisher's list shows: a key by which an entry is known again, and a digest of what it said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from hashlib import blake2b, sha256

from monitor.identity.urls import canonical_url
from monitor.types import Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One entry with what it is known by."""

    entry: Entry
    #: Stable from poll to poll within one source.
    key: str
    #: Another one: the publisher changed something.
    hash: str
    #: None: the publisher's id cannot be trusted to name one article.
    guid: str | None
    #: None: the link does not name one article.
    canonical_url: str | None


def listed(entries: Sequence[Entry], shared: Collection[str] = frozenset()) -> tuple[Listed, ...]:
    """The entries with their keys, each key once; an item that is listed twice counts once.

    An id or link that several items of one list share names none of them (some publishers give every item the
    same id, or link all of them to the front page). The key is then made of what is left: link, or title and time.
    `shared` are ids and links that the entries share with items of the list that are not among them.
    """
    items = list({(entry.guid, entry.url, entry.title): entry for entry in reversed(entries)}.values())[::-1]
    guids = Counter(entry.guid for entry in items if entry.guid)
    urls = Counter(canonical_url(entry.url) for entry in items if entry.url)
    found: dict[str, Listed] = {}
    for entry in items:
        guid = entry.guid if entry.guid and guids[entry.guid] == 1 and entry.guid not in shared else None
        url = canonical_url(entry.url) if entry.url and entry.url not in shared else None
        url = url if url and urls[url] == 1 else None
        name = f"guid {guid}" if guid else f"url {url}" if url else f"title {entry.title} {entry.published_at or ''}"
        key = blake2b(name.encode(), digest_size=16).hexdigest()
        found.setdefault(key, Listed(entry=entry, key=key, hash=_said(entry), guid=guid, canonical_url=url))
    return tuple(found.values())


def _said(entry: Entry) -> str:
    said = "\x1f".join((entry.title, entry.summary, entry.content, entry.url or ""))
    return blake2b(said.encode(), digest_size=16).hexdigest()


def content_hash(title: str, text: str) -> str:
    """SHA-256 in hex of what an article says: another one is another version."""
    return sha256(f"{_one_line(title)}\n{_one_line(text)}".encode()).hexdigest()


def _one_line(text: str) -> str:
    """The text with one space wherever there is white space, none at its ends."""
    line = text.replace("\n", " ")
    if "  " in line or not line.isprintable():  # so little is odd in a text that was cleaned
        return " ".join(text.split())
    return line.strip()
