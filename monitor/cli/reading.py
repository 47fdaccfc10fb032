"""collect and run."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import sys
import threading
import time
from pathlib import Path

import click

from monitor.app import App, now
from monitor.cli.shown import as_json, cut, note
from monitor.errors import InputError, StoreError
from monitor.home import Home
from monitor.jobs.collecting import Report, collect, due, report_record
from monitor.jobs.report import evidence, failures, nothing_read
from monitor.types import Source


class Shown:
    """Progress on standard error: one line that is written over on a terminal, one in ten elsewhere."""

    def __init__(self, total: int) -> None:
        self.total, self.done, self.new, self.failed = total, 0, 0, 0
        self.live = sys.stderr is not None and sys.stderr.isatty()

    def source_done(self, source: Source, outcome: str, new: int) -> None:
        self.done += 1
        self.new += new
        self.failed += outcome in ("temporary", "permanent")
        last = self.done == self.total
        line = f"{self.done}/{self.total} sources, {self.new} new articles, {self.failed} failed"
        if self.live:
            line = line if last else f"{line} · {source.name}"
            note(f"\r\033[K{cut(line, shutil.get_terminal_size((100, 24)).columns - 1)}", nl=last)
        elif last or self.done % max(1, self.total // 10) == 0:
            note(line)


@click.command("collect")
@click.option("--all", "everything", is_flag=True, help="Every source, due or not.")
@click.option("--source", "ids", multiple=True, metavar="ID", help="Only this one, due or not; may be given again.")
@click.option("--no-fulltext", is_flag=True, help="Take what the feeds say, fetch no article pages.")
@click.option("--json", "json_", is_flag=True, help="The report as JSON.")
@click.pass_obj
def collect_command(home: Home, everything: bool, ids: tuple[str, ...], no_fulltext: bool, json_: bool) -> None:
    """Read the sources that are due, once.

    Ends with 0 also when some sources failed: the report says which and why. Nothing is sent: see `deliver`, `run`.

    \b
    scowatch collect --source sco-secretariat-en --source kremlin
    """
    started = time.monotonic()
    report = asyncio.run(_collect(App(home), everything, ids, fulltext=not no_fulltext))
    seconds = time.monotonic() - started
    if json_:
        as_json(report_record(report, seconds))
    else:
        show_report(report, seconds)
    if report.not_stored:
        raise StoreError(report.not_stored)


async def _collect(app: App, everything: bool, ids: tuple[str, ...], *, fulltext: bool) -> Report:
    unknown = [name for name in ids if name not in app.sources]
    if unknown:
        raise InputError(f"no source {', '.join(unknown)} in {app.home.path / 'sources.yaml'} (see `sources list`)")
    async with app.edges(fulltext=fulltext) as edges:
        chosen = [app.sources[name] for name in ids] or list(app.sources.values())
        if not everything and not ids:
            chosen = list(due(chosen, edges.store.source_states(), now()))
        return await collect(chosen, edges.with_progress(Shown(len(chosen))).tools)


def show_report(report: Report, seconds: float) -> None:
    """The report for people."""
    record = report_record(report, seconds)
    sources, articles = record["sources"], record["articles"]
    assert isinstance(sources, dict)
    assert isinstance(articles, dict)
    click.echo(
        f"{sources['due']} sources in {seconds:.1f} s: {sources['ok']} read, {sources['not_modified']} unchanged, "
        f"{sources['failed']} failed"
    )
    click.echo(
        f"{articles['seen']} items seen: {articles['new']} new, {articles['updated']} updated, "
        f"{articles['unchanged']} unchanged" + "".join(f", {n} dropped ({why})" for why, n in report.dropped.items())
    )
    if report.gone:
        which = "1 tagged article is" if report.gone == 1 else f"{report.gone} tagged articles are"
        click.echo(f"{which} gone from the site that had {'it' if report.gone == 1 else 'them'}")
    for line in failures(report):
        click.echo(f"  {line}")
    for line in evidence(report):
        click.echo(line, err=True)
    if why := nothing_read(report):
        click.echo(why, err=True)


@click.command("run")
@click.pass_obj
def run_command(home: Home) -> None:
    """Stay and do everything: read sources as they come due, send digests on the hour, raise alerts.

    The first pass is shown as it goes. Ends cleanly on Ctrl-C or SIGTERM.
    """
    from monitor.service import Service

    app = App(home)
    app.require_sound()
    command = sys.argv[0] if Path(sys.argv[0]).name == "scowatch" else "scowatch"
    asyncio.run(Service(app, Shown, note, command).run())
    _leave()


def _leave() -> None:
    """Ends the process at once, where threads still wait for a name server: nothing can interrupt them, the
    interpreter would wait for them at its end, and all that has to be kept has been closed by now."""
    if threading.active_count() > 1:
        for stream in filter(None, (sys.stdout, sys.stderr)):
            with contextlib.suppress(OSError, ValueError):
                stream.flush()
        os._exit(0)
