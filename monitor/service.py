"""`scowatch run`: one process that reads what is due, builds digests and alerts, and delivers."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import logging
import os
import signal
import time
from collections.abc import Callable, Coroutine, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from monitor.app import App, Edges, now
from monitor.errors import InputError, ScowatchError
from monitor.jobs.collecting import Report, collect, due
from monitor.jobs.delivering import deliver
from monitor.jobs.report import evidence, failures, nothing_read
from monitor.jobs.retaining import prune
from monitor.jobs.telling import build_alerts, build_digests, build_operator, build_stopped
from monitor.ports import Progress
from monitor.subscriptions import OPERATOR

# Longest time that stopping may take before what is under way is given up (it is taken up again at the next start).
STOP_SECONDS = 8.0
# After trouble with the archive: until then nothing is read, and then one source only, to see whether it is over.
TROUBLE_SECONDS = 30.0
# Between two looks at whether the clock was set back.
CLOCK_SECONDS, AT_ONCE = 3.0, timedelta(seconds=1)
# After the start, once it has caught up with its sources.
PRUNE_AFTER = timedelta(hours=1)
# Lines on why sources failed: of the first pass, of every other one.
REASONS_FIRST, REASONS = 12, 3


class Service:
    """The jobs of one home on one APScheduler; due times, digests and deliveries live in the archive."""

    def __init__(
        self, app: App, progress: Callable[[int], Progress], say: Callable[[str], None], command: str = "scowatch"
    ) -> None:
        #: `command` is how scowatch is called here, for the hints.
        self.app, self.progress, self._say, self.command = app, progress, say, command
        self.under_way: set[str] = set()
        self.passes: set[asyncio.Task[None]] = set()
        #: The part of the passes that may be cut off at any time.
        self.reading: set[asyncio.Task[Report]] = set()
        self.first = True
        #: Monotonic seconds; None: the archive took what it was given last.
        self.trouble_until: float | None = None
        self.telling, self.delivering = asyncio.Lock(), asyncio.Lock()
        self.stopping = False

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
                # nobody else holds this home: whoever claimed a delivery and did not save it has died
                edges.store.end_claims(now())
                self._greet()
                scheduler = self._scheduler(edges)
                scheduler.start()
                watching = asyncio.create_task(self._watch_clock(scheduler))
                await stop.wait()
                watching.cancel()
                self.say("stopping")
                self.stopping = True
                scheduler.pause()
                await self._finish()
                scheduler.shutdown(wait=False)  # whatever still goes on is cut off in the middle
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

        from monitor.ticks import Every

        # a turn that is left out, as the last one still goes on, is no news: what is due stands in the archive
        logging.getLogger("apscheduler").setLevel(logging.ERROR)
        # one second is the library's own default of grace: a busy moment would lose a digest
        defaults = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        scheduler = AsyncIOScheduler(timezone="UTC", job_defaults=defaults)
        tick = 1 if self.app.home.settings.poll_seconds else 10
        quick = min([2, *(1 for s in self.app.subscriptions if (s.schedule or "").startswith("every"))])
        jobs = {"collect": (self.collect_due, tick), "tell": (self.tell, quick), "deliver": (self.deliver, quick)}
        for name, (job, seconds) in jobs.items():
            run = self._guarded(name, job)
            scheduler.add_job(run, Every(timedelta(seconds=seconds)), [edges], id=name, next_run_time=now())
        if self.app.retention.keep_days:
            run = self._guarded("snapshots", self.prune)
            scheduler.add_job(run, Every(timedelta(days=1)), [edges], id="snapshots", next_run_time=now() + PRUNE_AFTER)
        return scheduler

    async def _watch_clock(self, scheduler: Any) -> None:
        """Never returns. The scheduler goes by the clock on the wall: where that is set back, it would do nothing until
        the clock has caught up, in an hour or in years."""
        while True:
            await asyncio.sleep(CLOCK_SECONDS)
            for job in scheduler.get_jobs():
                if job.next_run_time and job.next_run_time - now() > job.trigger.interval + AT_ONCE:
                    self.say(f"the clock was set back: {job.id} goes on")
                    scheduler.modify_job(job.id, next_run_time=now() + min(job.trigger.interval, PRUNE_AFTER))

    def _guarded(
        self, name: str, job: Callable[[Edges], Coroutine[Any, Any, None]]
    ) -> Callable[[Edges], Coroutine[Any, Any, None]]:
        """The job, whose trouble is told and does not end the service."""

        async def run(edges: Edges) -> None:
            try:
                await job(edges)
            except ScowatchError as error:
                self.say(f"{name}: {error}")
            except asyncio.CancelledError:
                if not self.stopping:
                    raise
            except Exception as error:  # noqa: BLE001 - one job's mistake must not end the others
                self.say(f"{name}: unexpected {type(error).__name__}: {error}; please report this")

        return run

    # -- the jobs

    async def collect_due(self, edges: Edges) -> None:
        """Starts polls for the sources that are due and not under way; does not wait for them."""
        if self.trouble_until is not None and time.monotonic() < self.trouble_until:
            return None
        states = await asyncio.to_thread(edges.store.source_states)
        ready = [s for s in due(self.app.home.sources, states, now()) if s.id not in self.under_way]
        if not ready:
            return self._first_pass_over(edges) if self.first and not self.under_way else None
        if self.trouble_until is not None:
            ready = ready[:1]
        self.under_way |= {source.id for source in ready}
        task = asyncio.create_task(self._pass(edges, ready, shown=self.first))
        self.passes.add(task)
        task.add_done_callback(self.passes.discard)
        self.first = False
        return None

    def _trouble(self, why: str) -> None:
        """Notes that the archive did not take what was read: to go on at once would only burden the publishers."""
        self.trouble_until = time.monotonic() + TROUBLE_SECONDS
        self.say(f"collect: {why}")
        self.say(f"reading waits {TROUBLE_SECONDS:.0f} s; what was not stored is read again")

    async def _pass(self, edges: Edges, ready: list[Any], *, shown: bool) -> None:
        started = time.monotonic()
        if shown:
            self.say(f"first pass over {len(ready)} sources …")
            edges = edges.with_progress(self.progress(len(ready)))
        try:
            report = await self._read(edges, ready)
        except ScowatchError as error:
            return self._trouble(str(error))
        except asyncio.CancelledError:
            return None
        except Exception as error:  # noqa: BLE001 - the sources stay due: the next pass may do better
            return self._trouble(f"unexpected {type(error).__name__}: {error}; please report this")
        finally:
            self.under_way -= {source.id for source in ready}
        self.trouble_until = None
        if report.not_stored:
            self._trouble(report.not_stored)
        self._say_report(report, time.monotonic() - started, shown=shown)
        await self._guarded("tell", self.tell)(edges)
        await self._guarded("deliver", self.deliver)(edges)
        if shown:
            self._first_pass_over(edges)
        return None

    async def _read(self, edges: Edges, ready: list[Any]) -> Report:
        task = asyncio.create_task(collect(ready, edges.tools))
        self.reading.add(task)
        task.add_done_callback(self.reading.discard)
        return await task

    def _say_report(self, report: Report, seconds: float, *, shown: bool) -> None:
        failed = report.outcomes["temporary"] + report.outcomes["permanent"]
        if shown or report.new or report.updated or failed:
            self.say(
                f"read {report.due} source{'s' * (report.due != 1)} in {seconds:.0f} s: {report.new} new, "
                f"{report.updated} updated, {failed} failed"
            )
        for line in failures(report, REASONS_FIRST if shown else REASONS):
            self.say(f"  {line}")
        for line in evidence(report):
            self.say(f"  {line}")
        if shown and (why := nothing_read(report)):
            self.say(why)

    def _first_pass_over(self, edges: Edges) -> None:
        self.first = False
        counts = edges.store.counts()
        self.say(f"the archive holds {counts['articles']} articles, {counts['stories']} stories")
        if counts["articles"] and (look := self.app.first_look(edges.store)):
            self.say(f"a first digest to look at: {look}")
        self.say(f"in another window: {self.command} --home {self.app.home.path} search 'tag:sco'")
        self.say("working; Ctrl-C stops")

    async def prune(self, edges: Edges) -> None:
        """Takes away the pages that are kept long enough."""
        files = edges.tools.snapshots or self.app.open_snapshots(edges.store)
        rules, sources = self.app.retention, self.app.sources
        report = await asyncio.to_thread(prune, edges.store, files, sources, rules, now(), apply=True)
        if report.pages:
            self.say(f"snapshots: {report.pages} pages were taken away, {report.freed} bytes are free")
        for problem in report.problems:
            self.say(f"snapshots: {problem}")

    async def tell(self, edges: Edges) -> None:
        """Builds the digests and alerts that are due and queues their deliveries."""
        async with self.telling:
            await asyncio.to_thread(self._tell, edges, now())

    def _tell(self, edges: Edges, moment: datetime) -> None:
        app = self.app
        for build in (app.digests(build_digests), app.alerts(build_alerts)):
            for line in build(edges.store, app.subscriptions, app.queries, app.sources, app.entries, moment):
                self.say(line)
        for line in build_stopped(edges.store, OPERATOR, moment):
            self.say(line)
        for line in build_operator(edges.store, OPERATOR, app.sources, moment):
            self.say(line)

    async def deliver(self, edges: Edges) -> None:
        """Sends what is due from the ledger."""
        async with self.delivering:
            report = await deliver(edges.store, self.app.senders, now, stop=lambda: self.stopping)
            if report.sent or report.problems:
                self.say(f"delivered {report.sent}, given up {report.failed}, to be tried again {report.later}")
            for problem in dict.fromkeys(report.problems):
                self.say(f"  {problem}")

    async def _finish(self) -> None:
        """Ends what is under way: cancelled polls store nothing and are due again; a message that is being sent is
        sent, and put down as sent, or the next start would tell it again."""
        for task in list(self.reading):
            task.cancel()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(STOP_SECONDS):
                await asyncio.gather(*self.passes, return_exceptions=True)
                async with self.delivering, self.telling:
                    pass


@contextlib.contextmanager
def only_one(path: Path, does: str = "works on") -> Iterator[None]:
    """Holds the home for this process, by that file. Raises: InputError, when another one has it; ScowatchError."""
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        why = f"{path.name} cannot be written ({error.strerror}); look at its owner and rights, and at the disk"
        raise ScowatchError(f"home {path.parent}: {why}") from error
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            who = "`scowatch run` or `deliver`" if path.stem == "run" else "process"
            raise InputError(f"another {who} {does} {path.parent}: stop it first") from error
        yield
    finally:
        os.close(handle)
