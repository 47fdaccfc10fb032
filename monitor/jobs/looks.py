"""A second look at the pages of tagged articles, beside the polls of a pass: at few, and only where all is well."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime

from monitor import presence, schedule
from monitor.jobs.polls import POLL_SECONDS, Tools, host_of
from monitor.types import Fetch, Presence, Source, SourceState

#: Pages that one pass looks at, and of them those of one source.
A_PASS, OF_ONE_SOURCE = 24, 2


async def look_again(sources: Sequence[Source], states: Mapping[str, SourceState], tools: Tools) -> int:
    """How many articles turned out to be gone: of these sources, as far as looks at them are due.

    A source whose lists cannot be read now is left alone: what its pages answer would say nothing. Raises: StoreError.
    """
    if not tools.fulltext:
        return 0
    read = {source.id: source for source in sources if _is_read(source, states.get(source.id))}
    due = await asyncio.to_thread(tools.store.looks_due, list(read), tools.now(), OF_ONE_SOURCE, A_PASS)
    if not due:
        return 0
    until = asyncio.get_running_loop().time() + POLL_SECONDS
    looked = await asyncio.gather(*(_look(known, read[known.source_id], tools, until) for known in due))
    found = [after for after, _ in looked]
    pauses: dict[str, datetime] = {}
    for _, fetch in looked:
        if fetch is not None and fetch.retry_after is not None and (host := host_of(fetch.final_url)):
            pauses[host] = max(pauses.get(host, tools.now()), tools.now() + fetch.retry_after)
    await asyncio.to_thread(tools.store.record_looks, found, pauses, tools.now())
    return sum(_is_gone(after) and not _is_gone(before) for before, after in zip(due, found, strict=True))


def _is_read(source: Source, state: SourceState | None) -> bool:
    return state is not None and not state.failures and schedule.fulltext_of(source) != "never"


def _is_gone(known: Presence) -> bool:
    return known.gone_at is not None and known.back_at is None


async def _look(known: Presence, source: Source, tools: Tools, until: float) -> tuple[Presence, Fetch | None]:
    """What is known after the look, and the answer; None: there was none within the pass's time, and it stays due."""
    obey = source.ignore_robots is None
    asked = tools.fetcher.fetch(known.url, robots=True) if obey else tools.fetcher.fetch(known.url)
    try:
        async with asyncio.timeout_at(until):
            fetch = await asked
    except TimeoutError:
        return known, None
    return presence.after(known, presence.answered(fetch), tools.now(), fetch.status), fetch
