"""Putting a backup back: into a folder of its own, checked there, and only then in the place of the home."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from monitor.backups import Manifest
from monitor.errors import InputError, StoreError
from storage.backup import copy_file, differences, sync_file, sync_folders
from storage.connection import connect, translated

_STAGE = ".scowatch-restore-"
#: A folder that is the root of a mounted disk, or stands in one that may not be written, cannot change its name.
_CANNOT_MOVE = (errno.EBUSY, errno.EXDEV, errno.EACCES, errno.EPERM, errno.EROFS)


def restore(
    folder: Path, manifest: Manifest, home: Path, *, at: datetime, replace: bool, progress: Callable[[int, int], None]
) -> Path | None:
    """Where what stood in the home's place was moved; None: nothing stood there.

    Raises: InputError, when the home is not empty and not to be replaced; StoreError, after which it is as it was.
    """
    if home.exists() and not home.is_dir():
        raise InputError(f"{home} is a file, not the folder of a home: give another name with --home")
    if is_filled(home) and not replace:
        raise InputError(
            f"{home} is not empty: restore into another folder (--home), or give --replace, which moves what is there"
            " aside and deletes nothing"
        )
    if faults := differences(folder, manifest):
        raise StoreError("\n".join(f"backup {folder}: {fault}" for fault in (*faults[:20], "nothing was restored")))
    with translated(home):
        stage, inside = _stage_for(home)
        try:
            _copy(folder, manifest, stage, progress)
            return _put_in_place(stage, home, at, inside=inside)
        finally:
            shutil.rmtree(stage, ignore_errors=True)


def is_filled(home: Path) -> bool:
    """Whether there is anything that a restore would take the place of."""
    return home.is_dir() and any(not path.name.startswith(_STAGE) for path in home.iterdir())


def pending(archive: Path) -> int:
    """How many deliveries of an archive are not known to be sent."""
    with translated(archive), contextlib.closing(connect(archive, readonly=True, immutable=True)) as connection:
        statement = "SELECT count(*) FROM deliveries WHERE status IN ('pending', 'sending')"
        return int(connection.execute(statement).fetchone()[0])


def _stage_for(home: Path) -> tuple[Path, bool]:
    """A new folder on the home's disk, and whether it lies in the home itself."""
    try:
        home.parent.mkdir(parents=True, exist_ok=True)
        if not os.path.ismount(home):
            return Path(tempfile.mkdtemp(prefix=_STAGE, dir=home.parent)), False
    except OSError as error:
        if error.errno not in _CANNOT_MOVE or not home.is_dir():
            raise
    return Path(tempfile.mkdtemp(prefix=_STAGE, dir=home)), True


def _copy(folder: Path, manifest: Manifest, stage: Path, progress: Callable[[int, int], None]) -> None:
    done = 0
    for file in manifest.files:
        if copy_file(folder / file.path, stage, file.path) != file:
            raise StoreError(f"backup {folder}: {file.path} changed while it was read; nothing was restored")
        progress(done := done + file.size, manifest.size)
    sync_folders(stage)


def _put_in_place(stage: Path, home: Path, at: datetime, *, inside: bool) -> Path | None:
    aside = _aside(home, at, inside=inside) if is_filled(home) else None
    if inside:
        _move_all(home, aside, stage)
        return aside
    if aside is not None:
        home.rename(aside)
    stage.chmod(aside.stat().st_mode & 0o777 if aside else 0o700)  # it holds addresses
    try:
        stage.rename(home)
    except OSError:
        if aside is not None:
            aside.rename(home)
        raise
    sync_file(home.parent)
    return aside


def _aside(home: Path, at: datetime, *, inside: bool) -> Path:
    """A name that is free for what stood in the home's place."""
    stamp = f"replaced-{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    first = home / f".{stamp}" if inside else home.with_name(f"{home.name}.{stamp}")
    names = (first, *(first.with_name(f"{first.name}-{n}") for n in range(2, 1000)))
    return next(name for name in names if not name.exists())


def _move_all(home: Path, aside: Path | None, stage: Path) -> None:
    """The same, where the home itself cannot change its name: file after file."""
    if aside is not None:
        aside.mkdir()
        for path in [path for path in home.iterdir() if path not in (aside, stage)]:
            if not path.name.startswith(".replaced-"):
                path.rename(aside / path.name)
    for path in list(stage.iterdir()):
        path.rename(home / path.name)
    sync_file(home)
