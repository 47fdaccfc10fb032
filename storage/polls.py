"""Recording: what polls brought. Most bring nothing new: what articles are put down with is loaded for the others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from monitor.types import Recorded
from storage import health
from storage.batch import Batch
from storage.values import micros

if TYPE_CHECKING:
    from monitor.ports import Placer
    from monitor.types import Collected
    from storage.connection import Connection


def record(connection: Connection, several: Sequence[Collected], placer: Placer | None = None) -> tuple[Recorded, ...]:
    """What became of the arrivals of each poll. To be called inside a transaction."""
    batch, places = Batch(connection), None
    recorded = [Recorded()] * len(several)
    if any(collected.arrivals for collected in several):
        from storage import articles

        recorded, places = articles.put(batch, several, placer)
    for collected, became in zip(several, recorded, strict=True):
        for v in collected.validators:
            batch.add("validators", (v.url, v.final_url, v.etag, v.last_modified, v.body_hash, v.seen))
        if collected.source_id is not None:
            _record_state(batch, collected, became.new)
            health.record(batch, collected)
    batch.finish()
    if places is not None:
        places.finish()
    return tuple(recorded)


def _record_state(batch: Batch, collected: Collected, new: int) -> None:
    at, good = micros(collected.at), collected.outcome in ("ok", "not_modified")
    row = (
        *(collected.source_id, micros(collected.next_due_at), at if good else None, at, collected.outcome),
        *(collected.error, int(not good), new, at if new else None, health.text_of(collected.health)),
    )
    batch.add("source_states", row)
    batch.add("dropped", *((collected.source_id, reason, n, at) for reason, n in collected.dropped.items()))
