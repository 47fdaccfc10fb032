"""doctor: everything looked over, and the search index made anew."""

from __future__ import annotations

import sys
from contextlib import closing
from typing import TYPE_CHECKING

import click

from monitor.cli.shown import as_json, note
from monitor.home import Home

if TYPE_CHECKING:
    from monitor.app import App
    from monitor.types import Finding


@click.command("doctor")
@click.option("--rebuild-index", is_flag=True, help="Make the search index anew first; may be stopped and given again.")
@click.option("--json", "json_", is_flag=True, help="The findings as JSON.")
@click.pass_context
def doctor_command(ctx: click.Context, rebuild_index: bool, json_: bool) -> None:
    """Look everything over: files, archive, search index, tags, deliveries, sources, disk, clock, rights.

    All of the archive is read and nothing is changed; `run` may go on meanwhile. Each finding names the thing, the
    reason and the remedy. Ends with 0 when nothing is broken (notes are no faults), else with 1.
    """
    from monitor.app import App
    from monitor.checkup import counted

    home: Home = ctx.obj
    home.require()
    app = App(home)
    if rebuild_index:
        _rebuild(app, home)
    findings = app.findings()
    counts = counted(findings)
    if json_:
        as_json({"ok": not counts["fault"], "findings": [_record(finding) for finding in findings]})
    else:
        for finding in findings:
            click.echo(f"{finding.level}  {finding}")
        parts = (f"{count} {level}{'s' * (count != 1)}" for level, count in counts.items())
        click.echo(", ".join(parts) if findings else "all well")
    ctx.exit(1 if counts["fault"] else 0)


def _rebuild(app: App, home: Home) -> None:
    """Makes the index anew, shown where somebody looks. Raises: InputError, when another process is at it."""
    from monitor.service import only_one

    shown = sys.stderr is not None and sys.stderr.isatty()
    total = 0
    with only_one(home.path / "rebuild.lock", "makes the index of"), closing(app.open_store()) as store:
        for done, total in store.rebuild_index():
            if shown:
                note(f"\rindexed {done} of {total}", nl=False)
    note(("\r" if shown else "") + f"search index: made anew out of {total} articles")


def _record(finding: Finding) -> dict[str, str]:
    return {
        "level": finding.level,
        "check": finding.check,
        "thing": finding.thing,
        "reason": finding.reason,
        "remedy": finding.remedy,
    }
