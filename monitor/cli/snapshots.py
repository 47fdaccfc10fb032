"""snapshots: checking all pages that are kept, taking old ones away, and holding those of an article."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from monitor.cli.named import article_named
from monitor.cli.shown import as_json, note
from monitor.errors import ScowatchError, StoreError
from monitor.home import Home

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitor.ports import Snapshots, Store
    from monitor.types import Snapshot


@click.group("snapshots")
def snapshots_command() -> None:
    """Check, thin out and hold the pages that are kept in `snapshots/`."""


@snapshots_command.command("check")
@click.option("--json", "json_", is_flag=True, help="One JSON document.")
@click.pass_obj
def check_command(home: Home, json_: bool) -> None:
    """Read every page that the archive names and compare it with its digest. Changes nothing; ends with 1 when one is
    missing or damaged, and says which."""
    from monitor.app import App

    app = App(home)
    store = app.open_store()
    try:
        files = app.open_snapshots(store)
        pages, problems = 0, []
        for snapshot in _named(store, files):
            try:
                files.read(snapshot, _base(store, snapshot))
                pages += 1
            except StoreError as error:
                problems.append({"article": snapshot.article_id, "file": snapshot.file, "why": str(error)})
    finally:
        store.close()
    if json_:
        as_json({"sound": pages, "problems": problems})
    else:
        click.echo(f"{pages} pages are as they were fetched, {len(problems)} are not")
    if problems:
        raise ScowatchError("\n".join(f"article {p['article']}: {p['why']}" for p in problems))


def _named(store: Store, files: Snapshots) -> Iterator[Snapshot]:
    """Every snapshot that should be there, also where its file is gone."""
    there = set(files.names()) | set(store.evidence.files())
    for name in sorted(there):
        yield from store.evidence.in_file(name)


def _base(store: Store, snapshot: Snapshot) -> Snapshot | None:
    if snapshot.revisit_of is None:
        return None
    return store.evidence.by_id([snapshot.revisit_of]).get(snapshot.revisit_of)


@snapshots_command.command("prune")
@click.option("--apply", is_flag=True, help="Take them away; without it nothing is changed.")
@click.option("--json", "json_", is_flag=True, help="One JSON document.")
@click.pass_obj
def prune_command(home: Home, apply: bool, json_: bool) -> None:
    """Take away pages that are older than [snapshots.keep_days] says for the class of their source.

    Never those of an article that is cited, held, in a bundle or found by [snapshots] hold, nor what another page
    repeats. Without --apply it only says what would go. The service does it once a day.
    """
    from monitor.app import App, now
    from monitor.jobs.retaining import prune

    app = App(home)
    store = app.open_store()
    try:
        report = prune(store, app.open_snapshots(store), app.sources, app.retention, now(), apply=apply)
    finally:
        store.close()
    if json_:
        record: dict[str, Any] = {"applied": apply, "pages": report.pages, "files": report.files}
        as_json(record | {"freed": report.freed, "later": report.later, "problems": report.problems})
    else:
        what = "taken away" if apply else "would go (nothing was changed: --apply does it)"
        click.echo(f"{report.pages} pages in {report.files} files {what}")
        if report.later:
            note(f"{report.later} more lie in files that were written to within a day: later")
    if report.problems:
        raise ScowatchError("\n".join(report.problems))


@snapshots_command.command("hold")
@click.argument("article")
@click.pass_obj
def hold_command(home: Home, article: str) -> None:
    """Keep the pages of an article, whatever the settings say."""
    from monitor.app import App, now

    store = App(home).open_store()
    try:
        kept = article_named(store, article)
        store.evidence.cite([kept.id], "hold", now())
    finally:
        store.close()
    note(f"article {kept.id}: its pages are held")


@snapshots_command.command("release")
@click.argument("article")
@click.pass_obj
def release_command(home: Home, article: str) -> None:
    """End the hold on an article's pages; what is cited or in a bundle stays all the same."""
    from monitor.app import App

    store = App(home).open_store()
    try:
        kept = article_named(store, article)
        was_held = store.evidence.uncite(kept.id, "hold")
        still = sorted(store.evidence.cited(kept.id))
    finally:
        store.close()
    said = "its pages are not held any more" if was_held else "its pages were not held"
    note(f"article {kept.id}: {said}" + (f", but they stay: {', '.join(still)}" if still else ""))
