"""`scowatch run`: one process that reads what is due, builds digests and alerts, and delivers."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import signal
import time
from collections.abc import Callable, Coroutine, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from monitor.app import App, Edges, now
from monitor.errors import InputError, ScowatchError
from monitor.jobs.collecting import collect, due
from monitor.jobs.telling import build_alerts, build_digests, deliver
from monitor.ports import Progress

# Longest time that stopping may take before what is under way is given up (it is taken up again at the next start).
STOP_SECONDS = 8.0


class Service:
    """The jobs of one home on one APScheduler; due times, digests and deliveries live in the archive."""

    def __init__(self, app: App, progress: Callable[[int], Progress], say: Callable[[str], None]) -> None:
        self.app, self.progress, self._say = app, progress, say
        self.under_way: set[str] = set()
        self.tasks: set[asyncio.Task[None]] = set()
        self.first = True
        self.telling, self.delivering = asyncio.Lock(), asyncio.Lock()

    def say(self, line: str) -> None:
        self._say(f"{now():%H:%M:%S}  {line}")

    async def run(self) -> None:
        """Returns after SIGTERM or SIGINT. Raises: InputError, when another service works on this home."""
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        loop.add_signal_handler(signal.SIGHUP, lambda: None)
        with only_one(self.app.home.path / "run.lock"):
            async with self.app.edges() as edges:
                self._greet()
                scheduler = self._scheduler(edges)
                scheduler.start()
                await stop.wait()
                self.say("stopping")
                scheduler.shutdown(wait=False)
                await self._finish()
        self.say("stopped")

    def _greet(self) -> None:
        home, settings = self.app.home, self.app.home.settings
        self.say(f"home {home.path}: {len(home.sources)} sources, {len(self.app.subscriptions)} subscriptions")
        for channel in self.app.channels.values():
            where = f"files in {home.outbox}" if channel.kind == "outbox" else channel.kind
            self.say(f"channel {channel.id} → {where}")
        if not settings.fetch.contact:
            self.say("hint: set [fetch] contact in scowatch.toml, so that publishers can reach you")

    def _scheduler(self, edges: Edges) -> Any:
        from apscheduler.schedulers.asyncio import AsyncIOScheduler

        # one second is the library's own default of grace: a busy moment would lose a digest
        defaults = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        scheduler = AsyncIOScheduler(timezone="UTC", job_defaults=defaults)
        tick = 1 if self.app.home.settings.poll_seconds else 10
        quick = min([2, *(1 for s in self.app.subscriptions if (s.schedule or "").startswith("every"))])
        jobs = {"collect": (self.collect_due, tick), "tell": (self.tell, quick), "deliver": (self.deliver, quick)}
        for name, (job, seconds) in jobs.items():
            run = self._guarded(name, job)
            scheduler.add_job(run, "interval", [edges], seconds=seconds, id=name, next_run_time=now())
        return scheduler

    def _guarded(
        self, name: str, job: Callable[[Edges], Coroutine[Any, Any, None]]
    ) -> Callable[[Edges], Coroutine[Any, Any, None]]:
        """The job, whose trouble is told and does not end the service."""

        async def run(edges: Edges) -> None:
            try:
                await job(edges)
            except ScowatchError as error:
                self.say(f"{name}: {error}")

        return run

    # -- the jobs

    async def collect_due(self, edges: Edges) -> None:
        """Starts polls for the sources that are due and not under way; does not wait for them."""
        states = await asyncio.to_thread(edges.store.source_states)
        ready = [s for s in due(self.app.home.sources, states, now()) if s.id not in self.under_way]
        if not ready:
            return self._first_pass_over(edges) if self.first and not self.under_way else None
        self.under_way |= {source.id for source in ready}
        task = asyncio.create_task(self._pass(edges, ready, shown=self.first))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
        self.first = False
        return None

    async def _pass(self, edges: Edges, ready: list[Any], *, shown: bool) -> None:
        started = time.monotonic()
        if shown:
            self.say(f"first pass over {len(ready)} sources …")
            edges = edges.with_progress(self.progress(len(ready)))
        try:
            report = await collect(ready, edges.tools)
        except ScowatchError as error:
            return self.say(f"collect: {error}")
        finally:
            self.under_way -= {source.id for source in ready}
        failed = report.outcomes["temporary"] + report.outcomes["permanent"]
        if shown or report.new or report.updated or failed:
            self.say(
                f"read {len(ready)} sources in {time.monotonic() - started:.0f} s: {report.new} new, "
                f"{report.updated} updated, {failed} failed"
            )
        await self._guarded("tell", self.tell)(edges)
        await self._guarded("deliver", self.deliver)(edges)
        if shown:
            self._first_pass_over(edges)
        return None

    def _first_pass_over(self, edges: Edges) -> None:
        self.first = False
        counts = edges.store.counts()
        home = self.app.home.path
        self.say(f"the archive holds {counts['articles']} articles; try: scowatch --home {home} search 'tag:sco'")
        self.say(f"results: {home / 'archive.db'}, messages: {self.app.home.outbox if self._has_outbox() else 'sent'}")
        self.say("working; Ctrl-C stops")

    def _has_outbox(self) -> bool:
        return any(channel.kind == "outbox" for channel in self.app.channels.values())

    async def tell(self, edges: Edges) -> None:
        """Builds the digests and alerts that are due and queues their deliveries."""
        async with self.telling:
            await asyncio.to_thread(self._tell, edges, now())

    def _tell(self, edges: Edges, moment: datetime) -> None:
        app = self.app
        for build in (build_digests, build_alerts):
            for line in build(edges.store, app.subscriptions, app.queries, app.sources, app.entries, moment):
                self.say(line)

    async def deliver(self, edges: Edges) -> None:
        """Sends what is due from the ledger."""
        async with self.delivering:
            report = await deliver(edges.store, self.app.senders, now)
            if report.sent or report.failed:
                self.say(f"delivered {report.sent}, failed {report.failed}, later {report.later}")

    async def _finish(self) -> None:
        """Ends what is under way: cancelled polls store nothing and are due again."""
        for task in list(self.tasks):
            task.cancel()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(STOP_SECONDS):
                await asyncio.gather(*self.tasks, return_exceptions=True)
                async with self.delivering, self.telling:
                    pass


@contextlib.contextmanager
def only_one(path: Path) -> Iterator[None]:
    """Holds the home for this process. Raises: InputError, when another one has it."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise InputError(f"another `scowatch run` works on {path.parent}: stop it first") from error
        yield
    finally:
        os.close(handle)
