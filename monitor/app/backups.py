"""Backups that were made: found again, checked, and put back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from monitor import app

if TYPE_CHECKING:
    from monitor.backups import Manifest


def backups_at(folder: Path) -> Mapping[Path, Manifest]:
    """The backup in that folder, or all that lie in it, the newest last. Raises: InputError, when there is none."""
    from storage import backup

    if not (folder / "manifest.json").exists() and (found := backup.backups_in(folder)):
        return {folder / name: m for name, m in sorted(found.items(), key=lambda pair: (pair[1].made_at, pair[0]))}
    return {folder: backup.manifest_of(folder)}


def backup_faults(folder: Path, manifest: Manifest) -> tuple[str, ...]:
    """What is not as the manifest says; empty: the backup can be restored."""
    from storage import backup

    return backup.differences(folder, manifest)


def restore(
    folder: Path, manifest: Manifest, home: Path, *, replace: bool, progress: Callable[[int, int], None]
) -> Restored:
    """What became of it. Raises: StoreError, InputError."""
    from storage import restoring

    aside = restoring.restore(folder, manifest, home, at=app.now(), replace=replace, progress=progress)
    pending = restoring.pending(home / manifest.archive) if manifest.archive else 0
    return Restored(aside=aside, pending=pending)


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupMade:
    """A backup that stands."""

    path: Path
    manifest: Manifest
    #: Names of older ones that were taken away.
    removed: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """A home that was put back."""

    #: Where what stood in its place is now; None: nothing stood there.
    aside: Path | None
    #: Deliveries that were not known to be sent when the backup was made.
    pending: int
