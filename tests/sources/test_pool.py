"""Worker processes: they read, they have limits, and one that goes wrong is replaced."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.errors import ParseError
from monitor.types import Address, Fetch, Listing, Selectors
from sources import plain, pool, worker
from sources.pool import Limits, ParserPool

ADDRESS = Address(url="https://news.example/rss")
SMALL = (
    b"<rss version='2.0'><channel><item><title>\xd0\xa8\xd0\x9e\xd0\xa1</title><link>/1</link></item></channel></rss>"
)
HTML = (
    "<html><body><article><h1>Саммит</h1>"
    + "<p>Главы государств встретились в Бишкеке.</p>" * 9
    + "</article></body></html>"
)
#: Half a minute of work in any parser.
ENDLESS = (
    b"<rss version='2.0'><channel><item " + b" ".join(b"a%d='1'" % n for n in range(60_000)) + b"/></channel></rss>"
)


def fetched(body: bytes) -> Fetch:
    return Fetch(url=ADDRESS.url, outcome="ok", final_url=ADDRESS.url, status=200, body=body, content_type=None)


def with_pool(work: Callable[[ParserPool], Awaitable[Any]], **settings: Any) -> Any:
    async def go() -> Any:
        async with contextlib.AsyncExitStack() as stack:
            parsers = ParserPool(**settings)
            stack.push_async_callback(parsers.aclose)
            return await work(parsers)

    return asyncio.run(go())


def pids(parsers: ParserPool) -> list[int]:
    return [idle.process.pid for idle in parsers._idle]


def test_entries_and_pages_come_back_as_values() -> None:
    async def work(parsers: ParserPool) -> Any:
        entries = (await parsers.listing("feed", ADDRESS, fetched(SMALL))).entries
        page = await parsers.page(fetched(HTML.encode()), Selectors())
        return entries, page, pids(parsers)

    (entry,), page, workers = with_pool(work)
    assert (entry.title, entry.url) == ("ШОС", "https://news.example/1")
    assert page.title == "Саммит"
    assert page.text.count("Главы государств встретились в Бишкеке.") >= 1
    assert len(workers) == 1


def test_no_worker_is_started_before_there_is_work() -> None:
    async def work(parsers: ParserPool) -> list[int]:
        return pids(parsers)

    assert with_pool(work) == []


def test_what_a_parser_objects_to_is_told_and_the_worker_goes_on() -> None:
    async def work(parsers: ParserPool) -> Any:
        with pytest.raises(ParseError, match="an HTML page, not a feed"):
            await parsers.listing("feed", ADDRESS, fetched(b"<html><body>x</body></html>"))
        first = pids(parsers)
        await parsers.listing("feed", ADDRESS, fetched(SMALL))
        return first == pids(parsers)

    assert with_pool(work)


def test_an_unknown_kind_is_no_task() -> None:
    async def work(parsers: ParserPool) -> None:
        await parsers.listing("nntp", ADDRESS, fetched(SMALL))

    with pytest.raises(ParseError, match="'nntp' is not one of feed, page"):
        with_pool(work)


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        pytest.param(Limits(cpu=timedelta(seconds=1)), "more than 1 s of processor time", id="processor time"),
        pytest.param(Limits(wall=timedelta(seconds=0.7)), "longer than 0.7 s", id="time"),
    ],
)
def test_a_document_that_takes_too_long_costs_a_worker_and_nothing_else(limits: Limits, reason: str) -> None:
    async def work(parsers: ParserPool) -> Any:
        await parsers.listing("feed", ADDRESS, fetched(SMALL))
        first = pids(parsers)
        with pytest.raises(ParseError, match=reason):
            await parsers.listing("feed", ADDRESS, fetched(ENDLESS))
        await parsers.listing("feed", ADDRESS, fetched(SMALL))
        return first, pids(parsers)

    first, second = with_pool(work, workers=1, limits=limits)
    assert len(second) == 1
    assert first != second
    with pytest.raises(ProcessLookupError):
        os.kill(first[0], 0)


def test_memory_is_limited() -> None:
    # one character beyond the basic plane, and every other one takes four bytes
    text = "\U0001f600" + "x" * 8_000_000
    big = f"<rss version='2.0'><channel><item><title>{text}</title></item></channel></rss>".encode()

    async def work(parsers: ParserPool) -> Any:
        with pytest.raises(ParseError, match=r"too much memory|worker died|worker ended"):
            await parsers.listing("feed", ADDRESS, fetched(big))
        return (await parsers.listing("feed", ADDRESS, fetched(SMALL))).entries

    assert len(with_pool(work, workers=1, limits=Limits(memory=90 * 2**20))) == 1


def test_a_worker_that_was_killed_while_idle_is_replaced_unnoticed() -> None:
    async def work(parsers: ParserPool) -> Any:
        await parsers.listing("feed", ADDRESS, fetched(SMALL))
        os.kill(pids(parsers)[0], signal.SIGKILL)
        return (await parsers.listing("feed", ADDRESS, fetched(SMALL))).entries

    assert len(with_pool(work)) == 1


def test_workers_are_replaced_after_some_tasks() -> None:
    async def work(parsers: ParserPool) -> list[list[int]]:
        seen = []
        for _ in range(4):
            await parsers.listing("feed", ADDRESS, fetched(SMALL))
            seen.append(pids(parsers))
        return seen

    first, second, third, fourth = with_pool(work, workers=1, tasks_per_worker=2)
    assert second == fourth == []
    assert first != third


def test_small_work_is_done_by_one_worker() -> None:
    async def work(parsers: ParserPool) -> list[int]:
        await asyncio.gather(*(parsers.listing("feed", ADDRESS, fetched(SMALL)) for _ in range(12)))
        return pids(parsers)

    assert len(with_pool(work, workers=2)) == 1


def test_much_work_is_done_by_as_many_workers_as_are_allowed() -> None:
    large = SMALL.replace(b"</rss>", b"<!--" + b" " * 2**19 + b"--></rss>")

    async def work(parsers: ParserPool) -> list[int]:
        await asyncio.gather(*(parsers.listing("feed", ADDRESS, fetched(large)) for _ in range(12)))
        return pids(parsers)

    assert len(with_pool(work, workers=2)) == 2


def test_what_waits_behind_an_endless_document_gets_a_worker_of_its_own() -> None:
    async def work(parsers: ParserPool) -> int:
        endless = asyncio.create_task(parsers.listing("feed", ADDRESS, fetched(ENDLESS)))
        await asyncio.sleep(0)
        listing = await parsers.listing("feed", ADDRESS, fetched(SMALL))
        assert not endless.done()
        endless.cancel()
        return len(listing.entries)

    assert with_pool(work, workers=2) > 0


def test_a_cancelled_task_leaves_no_worker_behind() -> None:
    async def work(parsers: ParserPool) -> Any:
        await parsers.listing("feed", ADDRESS, fetched(SMALL))
        (before,) = pids(parsers)
        task = asyncio.create_task(parsers.listing("feed", ADDRESS, fetched(ENDLESS)))
        await asyncio.sleep(0.2)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return before, pids(parsers)

    before, after = with_pool(work, workers=1)
    assert after == []
    with pytest.raises(ProcessLookupError):
        os.kill(before, 0)


def test_a_worker_ends_when_its_parent_is_gone() -> None:
    async def work(parsers: ParserPool) -> float:
        await parsers.listing("feed", ADDRESS, fetched(SMALL))
        (idle,) = parsers._idle
        started = time.monotonic()
        idle.line.close()  # what the system does for a parent that was killed
        idle.process.wait(5)
        return time.monotonic() - started

    assert with_pool(work) < 2


def test_work_that_is_cancelled_while_its_worker_starts_ends() -> None:
    async def work(delay: float) -> None:
        parsers = ParserPool(workers=4)
        tasks = [asyncio.create_task(parsers.page(fetched(HTML.encode()), Selectors())) for _ in range(6)]
        await asyncio.sleep(delay)
        raise KeyError(len(tasks))  # asyncio.run now cancels all of them and waits

    started = time.monotonic()
    for delay in (0, 0.001, 0.02):
        with pytest.raises(KeyError):
            asyncio.run(work(delay))
    assert time.monotonic() - started < 10


def test_a_worker_knows_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCOWATCH_SLACK_WEBHOOK", "https://hooks.example/secret")
    monkeypatch.setenv("PGPASSWORD", "secret")

    async def work(parsers: ParserPool) -> str:
        await parsers.listing("feed", ADDRESS, fetched(SMALL))
        return Path(f"/proc/{pids(parsers)[0]}/environ").read_text()

    if not Path("/proc/self/environ").exists():
        pytest.skip("no /proc on this system to look into")
    environment = with_pool(work)
    assert "secret" not in environment
    assert "PYTHONPATH" in environment


# ---------------------------------------------------------------------------------------------- nothing is believed

ROW: dict[str, Any] = {
    "guid": "1",
    "url": "https://a.example/",
    "title": "t",
    "summary": "",
    "content": "",
    "authors": [],
    "published_at": None,
    "lang": None,
    "outlet": None,
    "outlet_url": None,
    "wrapped": False,
}


LISTING = plain.from_listing(Listing(entries=()))


def test_what_a_worker_says_is_capped() -> None:
    row = ROW | {"title": "x" * 5000, "content": "y" * 2_000_000, "authors": ["a" * 999] * 50, "url": "javascript:x"}
    (entry, *rest) = plain.to_listing(LISTING | {"entries": [row] * 700}).entries
    assert len(rest) == 499
    assert (len(entry.title), len(entry.content), len(entry.authors), len(entry.authors[0])) == (
        1000,
        1_000_000,
        10,
        200,
    )
    assert entry.url is None


@pytest.mark.parametrize(
    "said",
    [
        pytest.param(None, id="nothing"),
        pytest.param(LISTING | {"entries": [{}]}, id="an entry without fields"),
        pytest.param(LISTING | {"entries": [None]}, id="no entry"),
        pytest.param(LISTING | {"entries": [ROW | {"published_at": "soon"}]}, id="no date"),
        pytest.param(LISTING | {"every": "often"}, id="no time"),
        pytest.param(LISTING | {"seen": "xyz"}, id="no digests"),
        pytest.param({"title": "x"}, id="no list"),
    ],
)
def test_an_answer_that_makes_no_sense_is_a_parse_error(said: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    async def exchange(*_: Any) -> dict[str, Any]:
        return {"value": said}

    async def work(parsers: ParserPool) -> None:
        await parsers.listing("feed", ADDRESS, fetched(SMALL))

    monkeypatch.setattr(pool, "_exchange", exchange)
    with pytest.raises(ParseError, match="makes no sense"):
        with_pool(work)


def test_entries_survive_the_way_through_json() -> None:
    row = ROW | {"published_at": "2026-11-20T10:00:00+06:00", "title": "峰会", "authors": ["ا"], "lang": "zh"}
    listing = plain.to_listing(LISTING | {"entries": [row], "seen": "0aff", "every": 3600, "skip_hours": [0, 1]})
    assert plain.to_listing(json.loads(json.dumps(plain.from_listing(listing)))) == listing
    assert listing.entries[0].published_at == datetime(2026, 11, 20, 4, tzinfo=UTC)


def test_a_fault_within_a_parser_is_one_documents_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_task: dict[str, Any], _body: bytes) -> None:
        raise KeyError("x")

    monkeypatch.setitem(worker._DOES, "page", broken)
    assert worker._answer({"do": "page"}, b"") == {"error": "could not be read (KeyError)"}
