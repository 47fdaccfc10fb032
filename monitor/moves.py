"""Permanent redirects of polled addresses: adopted after they have led to one place for a while. Pure.

The address of sources.yaml stays the name under which everything is remembered; only what is asked for changes. A
target that is gone for good in its turn gives way to the address again.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from monitor.types import Fetch, Move, Validators

#: Polls that have to lead there, and the time between the first and the last of them.
CONFIRMATIONS, CONFIRMED_OVER = 3, timedelta(hours=24)


def polled(url: str, move: Move | None) -> str:
    """What is asked for in place of that address."""
    return move.target if move is not None and move.adopted_at is not None else url


def after(move: Move | None, url: str, fetch: Fetch, now: datetime) -> Move | None:
    """What is remembered from now on; None: nothing new. `fetch` is the answer of what was polled for `url`."""
    if move is not None and move.adopted_at is not None:
        lost = fetch.outcome == "permanent"
        return replace(move, adopted_at=None, seen=0, last_at=now) if lost else None
    if fetch.outcome not in ("ok", "not_modified"):
        return None
    if fetch.moved_to is None:
        return replace(move, seen=0, last_at=now) if move is not None and move.seen else None
    if move is None or not move.seen or move.target != fetch.moved_to:
        return Move(url=url, target=fetch.moved_to, first_at=now, last_at=now, seen=1)
    seen = move.seen + 1
    sure = seen >= CONFIRMATIONS and now - move.first_at >= CONFIRMED_OVER
    return replace(move, seen=seen, last_at=now, adopted_at=now if sure else None)


def asked(known: Validators | None, url: str, *, conditional: bool) -> Validators | None:
    """What `url`, polled in place of the address that `known` stands for, may be told of what we have."""
    if known is None:
        return None
    if url != known.url:
        theirs = known.final_url == url
        known = Validators(
            url=url,
            etag=known.etag if theirs else None,
            last_modified=known.last_modified if theirs else None,
            body_hash=known.body_hash,
        )
    return known if conditional else replace(known, etag=None, last_modified=None)


def kept(found: Validators | None, url: str, seen: bytes) -> Validators:
    """What is kept for the address: the validators of whatever was polled in its place."""
    if found is None:
        return Validators(url=url, seen=seen)
    if found.url == url:
        return replace(found, seen=seen)
    return replace(found, url=url, final_url=found.final_url or found.url, seen=seen)
