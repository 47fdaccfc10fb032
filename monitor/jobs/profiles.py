"""The profile of a source out of the archive."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from monitor.identity.facts import Kind, fact, unpack
from monitor.identity.kept import parted
from monitor.identity.overview import time_of
from monitor.identity.profile import Profile, Tally
from monitor.ports import Store
from monitor.types import Source

#: Stories that are read at a time: few are in memory at once.
_AT_ONCE = 500


def profiled(
    store: Store,
    sources: Mapping[str, Source],
    places: Mapping[str, object],
    source_id: str,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Profile:
    """What that source published in that half-open time; `places` is the gazetteer. Raises: StoreError."""
    tally = Tally(source_id, sources)
    by_fact = {fact(Kind.PLACE, place): place for place in places}
    numbers = sorted(store.stories(since, until, source_id))
    for first in range(0, len(numbers), _AT_ONCE):
        stories = store.members(numbers[first : first + _AT_ONCE]).values()
        own = [
            [m for m in story if m.source_id == source_id and _within(time_of(m), since, until)] for story in stories
        ]
        known = _places(store.facts([member.id for several in own for member in several]), by_fact)
        for story, several in zip(stories, own, strict=True):
            tally.add(story, several, known)
    return tally.profile()


def _within(at: datetime, since: datetime | None, until: datetime | None) -> bool:
    return (since is None or at >= since) and (until is None or at < until)


def _places(kept: Mapping[int, bytes], by_fact: Mapping[int, str]) -> dict[int, list[str]]:
    """By article: the places that it speaks of, as far as anything is known of that."""
    found = {}
    for number, parts in kept.items():
        facts = unpack(parted(parts).facts) if parts else None
        if facts is not None:
            found[number] = [by_fact[one] for one in facts.steps if one in by_fact]
    return found
