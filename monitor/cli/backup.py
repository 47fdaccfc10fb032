"""backup and restore."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.shown import as_json, instant, note
from monitor.errors import StoreError
from monitor.home import Home

if TYPE_CHECKING:
    from monitor.backups import Manifest


@click.command("backup")
@click.argument("words", nargs=-1, required=True, metavar="[verify] DIR")
@click.option(
    "--keep", type=click.IntRange(1, 10_000), metavar="N", help="Dated ones in DIR, of which the newest N stay."
)
@click.option("--json", "json_", is_flag=True, help="The report as JSON.")
@click.pass_obj
def backup_command(home: Home, words: tuple[str, ...], keep: int | None, json_: bool) -> None:
    """Copy the home: archive, settings, sources, watchlist, searches, snapshots. `run` may go on meanwhile.

    DIR becomes the backup; a folder that holds backups gets one more, with its date for a name. It is read back and
    checked before it has its name, and only then older ones go. `backup verify DIR` checks one, or all in a folder.

    \b
    scowatch backup /mnt/disk/scowatch --keep 14
    scowatch backup verify /mnt/disk/scowatch
    """
    if len(words) == 2 and words[0] == "verify":
        if keep:
            raise click.UsageError("`backup verify` removes nothing: leave --keep out")
        return _verify(Path(words[1]), json_=json_)
    if len(words) != 1 or words[0] in ("", "verify"):
        raise click.UsageError("give one DIR, or `verify DIR`; a folder of the name verify is ./verify")
    from monitor.app import App

    with _Shown("copied") as progress:
        made = App(home).back_up(Path(words[0]), keep or 0, progress)
    if json_:
        return as_json({"backup": str(made.path), **_record(made.manifest), "removed": list(made.removed)})
    for line in made.manifest.notes:
        note(f"note: {line}")
    click.echo(f"backup {made.path}: {_summary(made.manifest)}; read back and checked")
    for name in made.removed:
        click.echo(f"removed {name}")
    return None


def _verify(folder: Path, *, json_: bool) -> None:
    from monitor.app.backups import backup_faults, backups_at

    found = backups_at(folder)
    faults = {path: backup_faults(path, manifest) for path, manifest in found.items()}
    if json_:
        as_json(
            [
                {"backup": str(path), **_record(m), "ok": not faults[path], "faults": list(faults[path])}
                for path, m in found.items()
            ]
        )
    else:
        for path, manifest in found.items():
            if not faults[path]:
                click.echo(f"backup {path}: sound; {_summary(manifest)}")
    bad = [f"backup {path}: {fault}" for path, lines in faults.items() for fault in lines[:20]]
    if bad:
        raise StoreError("\n".join((*bad, "not to be relied on: use another backup, or make a new one")))


@click.command("restore")
@click.argument("backup", type=click.Path(path_type=Path))
@click.option("--home", "into", type=click.Path(path_type=Path), help="The folder to restore into; default: the home.")
@click.option("--replace", is_flag=True, help="Move what is in the home's place aside; nothing is deleted.")
@click.option("--json", "json_", is_flag=True, help="The report as JSON.")
@click.pass_obj
def restore_command(home: Home, backup: Path, into: Path | None, replace: bool, json_: bool) -> None:
    """Put a backup back into the home, which has to be empty or not there (else --replace).

    Digests, archive and counts are checked first; without a word of complaint nothing is changed. BACKUP may be a
    folder that holds backups: the newest one is taken.

    \b
    scowatch --home new-home restore /mnt/disk/scowatch
    """
    from monitor.app.backups import backups_at, restore
    from monitor.service import only_one

    target = into or home.path
    path, manifest = list(backups_at(backup).items())[-1]
    with ExitStack() as held:
        if (target / "run.lock").exists():
            held.enter_context(only_one(target / "run.lock"))
        progress = held.enter_context(_Shown("restored"))
        done = restore(path, manifest, target, replace=replace, progress=progress)
    if json_:
        record = {"backup": str(path), **_record(manifest), "home": str(target), "pending": done.pending}
        return as_json(record | {"moved_aside": str(done.aside) if done.aside else None})
    if done.aside:
        click.echo(f"what was in {target} is now {done.aside}")
    click.echo(f"home {target}: restored from {path}, checked: {_summary(manifest)}")
    for line in (*manifest.notes, *_hints(target, manifest, done.pending)):
        note(f"note: {line}")
    return None


def _hints(target: Path, manifest: Manifest, pending: int) -> list[str]:
    """What a restored home does that may surprise."""
    found = []
    if pending:
        found.append(
            f"{pending} deliveries were not sent yet at {instant(manifest.made_at)}: `run` and `deliver` send them,"
            " again where they were sent since; `deliveries` shows them"
        )
    settings = Home(target)
    if manifest.archive and (target / manifest.archive).absolute() != settings.archive_file():
        found.append(f"scowatch.toml names another place for the archive: move {target / manifest.archive} there")
    return found


def _record(manifest: Manifest) -> dict[str, Any]:
    return {
        "made": instant(manifest.made_at),
        "schema_version": manifest.shape,
        "files": len(manifest.files),
        "bytes": manifest.size,
        "counts": dict(manifest.counts),
        "notes": list(manifest.notes),
    }


def _summary(manifest: Manifest) -> str:
    counts = manifest.counts
    return (
        f"of {instant(manifest.made_at)}, {counts['articles']} articles, {counts['versions']} versions,"
        f" {counts['tags']} tags, {counts['deliveries']} deliveries; {len(manifest.files)} files,"
        f" {manifest.size / 1e6:.1f} MB"
    )


class _Shown:
    """A line that says how far it is, where somebody looks."""

    def __init__(self, word: str) -> None:
        self._word, self._last = word, -1

    def __enter__(self) -> Callable[[int, int], None]:
        return self._tell

    def _tell(self, done: int, all_: int) -> None:
        share = min(100, 100 * done // max(all_, 1))
        if share != self._last and sys.stderr is not None and sys.stderr.isatty():
            note(f"\r{self._word} {share} %", nl=False)
            self._last = share

    def __exit__(self, *_: object) -> None:
        if self._last >= 0:
            note("\r", nl=False)
