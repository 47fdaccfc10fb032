"""Items of a feed that stand there again, letter by letter: found by digests of the raw body, and not read again. Pure.

The body is cut at its items by nothing but searches for fixed bytes, so that this may be done outside of the worker
processes. Wherever the cut is in doubt there is none, and the whole body is read. A listing that leaves out what is
unchanged must name the others as one of the whole body would: an id or link that a new item shares with items that
are not read again is found by digests too.
"""

from __future__ import annotations

import re
import struct
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from hashlib import blake2b, sha256
from typing import NamedTuple

from monitor.identity.urls import canonical_url
from monitor.types import Address, Entry, Fetch, Listing
from sources.decoding import is_as_said
from sources.plain import ENTRIES

#: Another one, and everything is read again: what the readers make of a body has changed.
_READER = b"2"
_HEAD = struct.Struct(">8sII")
_RECORD = struct.Struct(">8s6s6s6s")
_NONE = bytes(6)  # items are told apart by SHA-256, which processors have instructions for: twice as fast as blake2b
_OPENINGS = {b"</item>": re.compile(rb"<item[\s/>]"), b"</entry>": re.compile(rb"<entry[\s/>]")}
_OPENED = {b"</item>": (b"<item>", b"<item "), b"</entry>": (b"<entry>", b"<entry ")}
# what items inherit, and how often the feed wants to be read
_MATTERS = re.compile(
    rb"<\?xml[^>]*>|<!DOCTYPE[^>]*>|<(?:[\w.-]+:)?(?:rss|feed|rdf|channel)[\s>][^>]*"
    rb"|<(?:[\w.-]+:)?(?:language|ttl|hour|updatePeriod|updateFrequency)>[^<]*",
    re.IGNORECASE,
)
_PAIRS = ((b"<![CDATA[", b"]]>"), (b"<!--", b"-->"))
_WIDE = (b"\xff\xfe", b"\xfe\xff", b"\x00", b"<\x00")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """A body in its parts."""

    head: bytes
    #: Without their closing tag.
    items: tuple[bytes, ...]
    closing: bytes
    tail: bytes
    #: Of the items, in their order.
    digests: tuple[bytes, ...]
    #: Of all that decides what the items mean.
    around: bytes

    def body(self, places: Sequence[int]) -> bytes:
        """A document with only the items in these places."""
        return b"".join((self.head, *(self.items[place] + self.closing for place in places), self.tail))


class Names(NamedTuple):
    """Digests of what an entry is told apart by (monitor.identity.listed)."""

    guid: bytes
    link: bytes
    #: Of id, link and title: items that have all three in common are one that is listed twice.
    all: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a Listing.seen says."""

    around: bytes
    every: int
    skip_hours: int
    #: Digest of an item -> its names, in the order of the list.
    items: dict[bytes, Names]


def cut(fetch: Fetch, address: Address) -> Cut | None:
    """The parts of the body; None: it has too many items, or where they begin and end is in doubt."""
    body = fetch.body
    closing = b"</item>" if b"</item>" in body else b"</entry>"
    first = _OPENINGS[closing].search(body)
    if first is None or body.startswith(_WIDE) or b"\x1b" in body:  # bytes that look like markup may be none
        return None
    head, rest = body[: first.start()], body[first.start() :]
    *items, tail = rest.split(closing, ENTRIES + 1)
    items = [item.lstrip() for item in items]
    opened = _OPENED[closing]
    # as many openings as closings, and one at the begin of each: so no item holds another one, nor does the tail
    if (
        not 0 < len(items) <= ENTRIES
        or rest.count(opened[0][:-1]) != len(items)
        or not all(item.startswith(opened) for item in items)
        or b"<!ENTITY" in head
    ):
        return None
    pairs = [pair for pair in _PAIRS if pair[0] in body]  # an end alone ends nothing
    if pairs and not all(_is_balanced(part, pairs) for part in (head, tail, *items)):
        return None
    said = (fetch.content_type or "", fetch.final_url, address.lang or "")
    around = blake2b(_READER + "\n".join(said).encode("utf-8", "replace"), digest_size=8)
    around.update(b"\n".join(_MATTERS.findall(head) + _MATTERS.findall(tail)))
    return Cut(
        head=head,
        items=tuple(items),
        closing=closing,
        tail=tail,
        digests=tuple(sha256(item).digest()[:8] for item in items),
        around=around.digest(),
    )


def _is_balanced(part: bytes, pairs: Sequence[tuple[bytes, bytes]]) -> bool:
    """Whether no comment or CDATA section is open at the end of the part."""
    return all(part.count(begin) == part.count(end) for begin, end in pairs)


def known(seen: bytes, parts: Cut) -> Seen | None:
    """What was seen; None: nothing, or around the items something has changed that may change them all."""
    if len(seen) < _HEAD.size or (len(seen) - _HEAD.size) % _RECORD.size:
        return None
    around, every, skip_hours = _HEAD.unpack_from(seen)
    if around != parts.around:
        return None
    records = _RECORD.iter_unpack(seen[_HEAD.size :])
    items = {digest: Names(guid, link, whole) for digest, guid, link, whole in records}
    return Seen(around=around, every=every, skip_hours=skip_hours, items=items)


def fresh(parts: Cut, last: Seen) -> list[int]:
    """Places of the items that were not seen."""
    items = last.items
    return [place for place, digest in enumerate(parts.digests) if digest not in items]


def is_certain(fetch: Fetch) -> bool:
    """Whether the body can be read by itself as it would be as a part of the whole: in the encoding that is named."""
    return is_as_said(fetch.body, fetch.content_type)


def unchanged(parts: Cut, last: Seen) -> Listing | None:
    """The listing of a body in which nothing is new; None: what is gone may change what the others are known by."""
    items = {digest: last.items[digest] for digest in parts.digests}
    if list(items) != list(last.items) and not _is_settled(items, {}, last):
        return None
    return Listing(
        entries=(),
        unchanged=len(items),
        seen=_written(parts, last.every, last.skip_hours, items),
        every=timedelta(seconds=last.every) if last.every else None,
        skip_hours=_hours(last.skip_hours),
    )


def merged(parts: Cut, places: Sequence[int], part: Listing, last: Seen) -> Listing | None:
    """The listing of the whole body out of that of its new items.

    None: the two do not fit, or what is new or gone may change what the others are known by, which only the whole body
    can tell.
    """
    if not _fits(part, len(places)):
        return None
    again = {digest: last.items[digest] for digest in parts.digests if digest in last.items}
    new = {parts.digests[place]: _names(entry) for place, entry in zip(places, part.entries, strict=True)}
    if not _is_settled(again, new, last):
        return None
    guids, links = _counts({*again.values(), *new.values()})
    shared = {entry.guid for entry in part.entries if entry.guid and guids[_digest(entry.guid)] > 1}
    shared |= {entry.url for entry in part.entries if entry.url and links[_names(entry).link] > 1}
    items = {digest: again.get(digest) or new[digest] for digest in parts.digests}
    return replace(
        part,
        unchanged=len(again),
        shared=frozenset(shared),
        seen=_written(parts, _seconds(part), _bits(part), items),
    )


def _is_settled(again: dict[bytes, Names], new: dict[bytes, Names], last: Seen) -> bool:
    """Whether the items that are not read again are known by the same names as the last time.

    They are, if each id and link that was theirs alone still is, and the others are still shared; and if no item is
    listed twice, since then the first of them counts, which may be another one now.
    """
    for items in (last.items, again | new):
        if len({names.all for names in items.values()}) < len(items):
            return False
    before, now = _counts(set(last.items.values())), _counts({*again.values(), *new.values()})
    return all(
        (count_before[names[kind]] > 1) == (count_now[names[kind]] > 1)
        for kind, (count_before, count_now) in enumerate(zip(before, now, strict=True))
        for names in again.values()
    )


def _counts(items: Collection[Names]) -> tuple[Counter[bytes], Counter[bytes]]:
    """How many items have each id, and each link."""
    guids, links = Counter(names.guid for names in items), Counter(names.link for names in items)
    del guids[_NONE], links[_NONE]
    return guids, links


def remembered(parts: Cut, listing: Listing) -> Listing:
    """The listing of the whole body, with what to remember of it."""
    if not _fits(listing, len(parts.items)):
        return listing
    items = {digest: _names(entry) for digest, entry in zip(parts.digests, listing.entries, strict=True)}
    return replace(listing, seen=_written(parts, _seconds(listing), _bits(listing), items))


def _fits(listing: Listing, items: int) -> bool:
    """Whether the entries are the items one by one, and nothing else is to be said of the list."""
    return len(listing.entries) == items and not (listing.dropped or listing.next_url or listing.more)


def _names(entry: Entry) -> Names:
    link = _digest(canonical_url(entry.url)) if entry.url else _NONE
    return Names(_digest(entry.guid), link, _digest(f"{entry.guid}\n{entry.url}\n{entry.title}"))


def _digest(name: str | None) -> bytes:
    return blake2b(name.encode("utf-8", "replace"), digest_size=6).digest() if name else _NONE


def _written(parts: Cut, every: int, skip_hours: int, items: dict[bytes, Names]) -> bytes:
    head = _HEAD.pack(parts.around, every, skip_hours)
    return head + b"".join(digest + b"".join(names) for digest, names in items.items())


def _seconds(listing: Listing) -> int:
    return int(listing.every.total_seconds()) if listing.every else 0


def _bits(listing: Listing) -> int:
    return sum(1 << hour for hour in set(listing.skip_hours))


def _hours(bits: int) -> tuple[int, ...]:
    return tuple(hour for hour in range(24) if bits >> hour & 1)
