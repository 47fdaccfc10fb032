"""One thing after another: what brings a source to its end goes first, and who stops waiting costs nobody a turn."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

import pytest

from monitor.jobs.lane import Lane, Step


async def _behind(lane: Lane, *waiting: tuple[Step, Callable[[], None]]) -> list[asyncio.Task[None]]:
    """Work that waits for its turn in the lane; the first of what comes back keeps it busy until `go` is set."""
    begun, go = threading.Event(), threading.Event()

    def busy() -> None:
        begun.set()
        go.wait(10)

    tasks = [asyncio.create_task(lane.do(Step.COMPARE, busy))]
    await asyncio.to_thread(begun.wait, 10)
    tasks += [asyncio.create_task(lane.do(step, work)) for step, work in waiting]
    await asyncio.sleep(0)
    asyncio.get_running_loop().call_soon(go.set)
    return tasks


def test_what_brings_a_source_to_its_end_goes_before_what_begins_with_another() -> None:
    done: list[str] = []
    names = {
        "compare a": Step.COMPARE,
        "read b": Step.READ,
        "compare c": Step.COMPARE,
        "store d": Step.STORE,
        "read e": Step.READ,
    }

    async def work() -> None:
        waiting = [(step, lambda name=name: done.append(name)) for name, step in names.items()]
        await asyncio.gather(*await _behind(Lane(), *waiting))

    asyncio.run(work())
    assert done == ["store d", "read b", "read e", "compare a", "compare c"]


def test_who_stops_waiting_costs_nobody_a_turn() -> None:
    done: list[str] = []

    async def work() -> None:
        waiting = [(Step.STORE, lambda name=name: done.append(name)) for name in "abc"]
        busy, first, second, third = await _behind(Lane(), *waiting)
        first.cancel()
        await busy
        second.cancel()  # its turn may have come by now
        await asyncio.wait_for(third, 10)
        await asyncio.gather(first, second, return_exceptions=True)

    asyncio.run(work())
    assert done[-1] == "c"
    assert "a" not in done


def test_what_fails_gives_its_turn_to_the_next() -> None:
    async def work() -> str:
        lane = Lane()
        with pytest.raises(ZeroDivisionError):
            await lane.do(Step.READ, divmod, 1, 0)
        return await asyncio.wait_for(lane.do(Step.COMPARE, str.upper, "next"), 10)

    assert asyncio.run(work()) == "NEXT"
