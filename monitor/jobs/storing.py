"""One writer for all polls of a pass: those that end at about the same time are stored in one transaction."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from monitor.errors import StoreError
from monitor.jobs.lane import Lane, Step
from monitor.jobs.polls import Keeping
from monitor.ports import Placer, Snapshots, Store
from monitor.types import Collected, Recorded

if TYPE_CHECKING:
    from monitor.types import Arrival

#: How long the first poll of a transaction waits for others.
_GATHER_SECONDS = 0.02
#: Polls and articles in one transaction: others who write wait for its end, and each new article is given its place
#: inside it, which takes some milliseconds.
_POLLS, _ARTICLES = 200, 100
#: After a poll that the archive could not take: soon, since such trouble ends when somebody has made room.
STORE_AGAIN = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What was stored of a poll."""

    #: The poll, or in its place that it could not be.
    collected: Collected
    recorded: Recorded = field(default_factory=Recorded)
    #: What the archive said when it did not take it; None: it did.
    refused: str | None = None


@dataclass(slots=True)
class Writer:
    """Belongs to one event loop."""

    store: Store
    lane: Lane
    placer: Placer | None = None
    #: Where the snapshots are that the polls name; None: they name none.
    snapshots: Snapshots | None = None
    evidence: Keeping = field(default_factory=Keeping)
    _waiting: list[tuple[Collected, asyncio.Future[Stored]]] = field(default_factory=list)
    _work: asyncio.Task[None] | None = None

    async def put(self, collected: Collected) -> Stored:
        """What became of it, once that lies in the archive. Raises: StoreError, when the archive takes nothing."""
        stored: asyncio.Future[Stored] = asyncio.get_running_loop().create_future()
        self._waiting.append((collected, stored))
        if self._work is None or self._work.done():
            self._work = asyncio.create_task(self._drain())
        return await stored

    async def aclose(self) -> None:
        """Ends when nothing is being written any more."""
        if self._work is not None:
            await asyncio.gather(self._work, return_exceptions=True)

    async def _drain(self) -> None:
        try:
            while self._waiting:
                if len(self._waiting) < _POLLS:
                    await asyncio.sleep(_GATHER_SECONDS)
                await self._write(await self._safe(self._batch()))
        except BaseException as error:
            for _, stored in self._waiting:
                _fail(stored, error)
            self._waiting.clear()
            if not isinstance(error, Exception):
                raise

    def _batch(self) -> list[tuple[Collected, asyncio.Future[Stored]]]:
        articles = count = 0
        for collected, _ in self._waiting[:_POLLS]:
            articles += len(collected.arrivals)
            if count and articles > _ARTICLES:
                break
            count += 1
        batch, self._waiting = self._waiting[:count], self._waiting[count:]
        return batch

    async def _safe(
        self, batch: list[tuple[Collected, asyncio.Future[Stored]]]
    ) -> list[tuple[Collected, asyncio.Future[Stored]]]:
        """The batch, without the snapshots that are not on the disk."""
        count = sum(arrival.snapshot is not None for collected, _ in batch for arrival in collected.arrivals)
        if self.snapshots is None or not count:
            return batch
        why = "a page did not get to the disk"
        try:
            await asyncio.to_thread(self.snapshots.sync)
        except StoreError as error:
            why = str(error)
        safe = [(_with_safe(collected, self.snapshots), stored) for collected, stored in batch]
        kept = sum(arrival.snapshot is not None for collected, _ in safe for arrival in collected.arrivals)
        self.evidence.kept += kept
        if kept < count:
            self.evidence.fail(count - kept, why)
        return safe

    async def _write(self, batch: list[tuple[Collected, asyncio.Future[Stored]]]) -> None:
        """Stores them together, or where that fails, each by itself."""
        try:
            if len(batch) > 1:
                recorded = await self.lane.do(
                    Step.STORE, self.store.record_all, [collected for collected, _ in batch], self.placer
                )
                for (collected, stored), one in zip(batch, recorded, strict=True):
                    _tell(stored, Stored(collected=collected, recorded=one))
                return
        except StoreError:
            pass
        except BaseException as error:
            for _, stored in batch:
                _fail(stored, error)
            raise
        await self._write_each(batch)

    async def _write_each(self, batch: list[tuple[Collected, asyncio.Future[Stored]]]) -> None:
        shut: BaseException | None = None
        for collected, stored in batch:
            try:
                if shut is None:
                    _tell(stored, await self._one(collected))
            except BaseException as error:  # noqa: BLE001 - told to everybody who waits, then raised
                shut = error
            if shut is not None:
                _fail(stored, shut)
        if shut is not None:
            raise shut

    async def _one(self, collected: Collected) -> Stored:
        """What was stored: the poll, or that it could not be. Raises: StoreError, when not even that can."""
        try:
            recorded = await self.lane.do(Step.STORE, self.store.record, collected, self.placer)
            return Stored(collected=collected, recorded=recorded)
        except StoreError as error:
            failed = Collected(
                source_id=collected.source_id,
                at=collected.at,
                outcome="temporary",
                error=f"not stored: {error}",
                next_due_at=collected.at + STORE_AGAIN,
            )
            await self.lane.do(Step.STORE, self.store.record, failed)
            return Stored(collected=failed, refused=str(error))


def _with_safe(collected: Collected, snapshots: Snapshots) -> Collected:
    def lost(arrival: Arrival) -> bool:
        return arrival.snapshot is not None and not snapshots.is_safe(arrival.snapshot)

    if not any(map(lost, collected.arrivals)):
        return collected
    arrivals = tuple(replace(one, snapshot=None) if lost(one) else one for one in collected.arrivals)
    return replace(collected, arrivals=arrivals)


def _tell(stored: asyncio.Future[Stored], result: Stored) -> None:
    if not stored.done():
        stored.set_result(result)


def _fail(stored: asyncio.Future[Stored], error: BaseException) -> None:
    if not stored.done():
        stored.set_exception(error)
