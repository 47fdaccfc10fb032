"""collect, run and sources."""

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

from monitor.app import App, now, read_opml, write_opml
from monitor.cli.shown import ago, as_json, cut, instant, note, table
from monitor.errors import InputError, StoreError
from monitor.home import Home, add_sources
from monitor.jobs.collecting import Report, collect, due, report_record
from monitor.jobs.report import failures, nothing_read
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
    for line in failures(report):
        click.echo(f"  {line}")
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


@click.group("sources")
def sources_command() -> None:
    """List, try, import and export sources. A source is one block of sources.yaml."""


@sources_command.command("list")
@click.option("--json", "json_", is_flag=True)
@click.pass_obj
def list_command(home: Home, json_: bool) -> None:
    """All sources with how they do."""
    app = App(home)
    store = app.open_store()
    states = store.source_states()
    store.close()
    rows = []
    for source in home.sources:
        state = states.get(source.id)
        rows.append(
            {
                "id": source.id,
                "name": source.name,
                "kind": source.kind,
                "ownership": source.ownership,
                "country": source.country,
                "languages": list(source.languages),
                "urls": [address.url for address in source.addresses],
                "outcome": state.last_outcome if state else None,
                "error": state.last_error if state else None,
                "failures": state.failures if state else 0,
                "articles": state.articles if state else 0,
                "last_success": instant(state.last_success_at) if state else None,
                "last_new": instant(state.last_new_at) if state else None,
                "next_due": instant(state.next_due_at) if state else None,
            }
        )
    if json_:
        return as_json(rows)
    moment = now()
    shown = []
    for row in rows:
        state = states.get(str(row["id"]))
        how = "not read yet" if state is None else "ok" if not state.failures else f"failing {state.failures}×"
        last = ago(state.last_success_at, moment) if state else ""
        cells = [row["id"], row["ownership"] or "", row["country"] or "", how, row["articles"], last]
        shown.append([str(cell) for cell in cells] + [str(row["error"] or row["name"])])
    return table(["id", "class", "from", "state", "articles", "last read", "name / last error"], shown)


@sources_command.command("check")
@click.argument("source_id", metavar="ID")
@click.pass_obj
def check_command(home: Home, source_id: str) -> None:
    """Fetch one source once and show what would be read. Nothing is stored."""
    asyncio.run(_check(App(home), source_id))


async def _check(app: App, source_id: str) -> None:
    from monitor.errors import ParseError

    source = app.sources.get(source_id)
    if source is None:
        raise InputError(f"no source {source_id} in {app.home.path / 'sources.yaml'} (see `sources list`)")
    async with app.edges() as edges:
        for address in source.addresses:
            click.echo(f"{source.kind} {address.url}")
            fetch = await edges.tools.fetcher.fetch(address.url)
            if fetch.outcome != "ok":
                click.echo(f"  {fetch.outcome}: {fetch.error}")
                continue
            try:
                entries = (await edges.tools.parser.listing(source.kind, address, fetch)).entries
            except ParseError as error:
                click.echo(f"  cannot be read: {error}")
                continue
            click.echo(f"  {len(fetch.body)} bytes, {len(entries)} items")
            for entry in entries[:10]:
                click.echo(f"  {instant(entry.published_at) or 'undated':20}  {cut(entry.title, 90)}")
                click.echo(f"  {'':20}  {entry.url}")


@sources_command.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_obj
def import_command(home: Home, file: Path) -> None:
    """Add the sources of an OPML file, or of a YAML file like sources.yaml. Known addresses and ids are left out."""
    from monitor.sourcelist import read_sources

    home.storage_url()  # says that there is no home, before anything else
    try:
        body = file.read_bytes()
    except OSError as error:
        raise InputError(f"{file} cannot be read: {error.strerror}") from error
    taken = {source.id for source in home.sources}
    known = {address.url for source in home.sources for address in source.addresses}
    if file.suffix.lower() in (".yaml", ".yml"):
        found = read_sources(body.decode("utf-8", "replace"), str(file))
        fresh = tuple(source for source in found if source.id not in taken)
    else:
        found = read_opml(body, taken)
        fresh = tuple(source for source in found if not {a.url for a in source.addresses} <= known)
    if fresh:
        add_sources(home, fresh)
    click.echo(f"{len(fresh)} sources added, {len(found) - len(fresh)} known already", err=True)


@sources_command.command("export")
@click.option("--format", "form", type=click.Choice(["opml", "yaml"]), default="opml", show_default=True)
@click.pass_obj
def export_command(home: Home, form: str) -> None:
    """All sources as OPML (feeds only) or YAML, to standard output."""
    from monitor.sourcelist import to_yaml

    if form == "yaml":
        click.echo("sources:\n" + to_yaml(home.sources), nl=False)
    else:
        click.echo(write_opml(home.sources), nl=False)
