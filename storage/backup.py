"""Backups: a home copied as it is at one moment, while others write to it.

The archive is copied through SQLite's own backup, a piece at a time, out of one read transaction: writers go on, and
the copy is the archive of the moment at which it began. Everything is put together under a hidden name beside its
place, read back and checked, brought to the disk, and only then given its name.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain
from pathlib import Path, PurePosixPath

from monitor import backups
from monitor.backups import MANIFEST, BackedUp, Manifest
from monitor.errors import InputError, ScowatchError, StoreError
from storage import integrity
from storage.connection import Connection, DriverError, connect, newest_shape, translated

#: Pages of the archive that are copied at a time: two megabytes.
_PAGES = 256
_CHUNK = 1 << 20
#: Of unfinished backups, and of old ones on their way out.
_UNFINISHED = ".scowatch-backup-"
#: What has to stay free beside the backup.
_SPARE = 16 << 20

Progress = Callable[[int, int], None]


def place_for(folder: Path, at: datetime, *, dated: bool) -> Path:
    """Where a backup given that folder goes: the folder itself, or one with a date in it where it holds backups.

    Raises: InputError, when the folder is a backup, or holds other things.
    """
    if (folder / MANIFEST).exists():
        raise InputError(f"{folder} is a backup: give the folder above it, or a name that is not there yet")
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder} is a file: give the name of a folder")
    if not dated and not backups_in(folder):
        if folder.is_dir() and any(not path.name.startswith(_UNFINISHED) for path in folder.iterdir()):
            raise InputError(
                f"{folder} holds other things: give a name that is not there yet, an empty folder, one that holds"
                " backups, or --keep N, which makes dated ones in any folder"
            )
        return folder
    first = folder / backups.dated_name(at)
    names = (first, *(first.with_name(f"{first.name}-{n}") for n in range(2, 1000)))
    return next(name for name in names if not name.exists())


def back_up(home: Path, archive: Path, target: Path, *, at: datetime, made_by: str, progress: Progress) -> Manifest:
    """What stands under `target` from now on. `progress` is told bytes done and to do.

    Raises: StoreError, after which there is nothing under that name; InputError, when something was there before.
    """
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise InputError(f"backup {target}: there is something already; give another name")
    with _told(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        _remove_unfinished(target.parent)
        with _under_another_name(target) as folder:
            manifest = _fill(folder, home, archive, target, at=at, made_by=made_by, progress=progress)
            sync_folders(folder)
    return manifest


def _fill(
    folder: Path, home: Path, archive: Path, target: Path, *, at: datetime, made_by: str, progress: Progress
) -> Manifest:
    inside = archive.relative_to(home).as_posix() if archive.is_relative_to(home) else archive.name
    name = inside if archive.exists() else None
    found = list(_listed(home, name, target))
    to_do = sum((home / path).stat().st_size for path in found) + (archive.stat().st_size if name else 0)
    _require_space(folder, to_do)
    files: list[BackedUp] = []
    done, shape = 0, 0
    rows: Mapping[str, int] = {}
    notes: Sequence[str] = ()
    if name:
        shape, rows, notes = copy_archive(archive, folder / name, lambda part: progress(part, to_do))
        files.append(_described(folder, name))
        done = files[0].size
    copied: set[str] = set()
    for path in chain(found, _listed(home, name, target)):  # once more, for what took another name meanwhile
        if path not in copied:
            with contextlib.suppress(FileNotFoundError):  # gone since it was listed
                files.append(copy_file(home / path, folder, path))
                copied.add(path)
                progress(done := done + files[-1].size, max(done, to_do))
    manifest = Manifest(
        made_at=at,
        made_by=made_by,
        home=str(home.absolute()),
        archive=name,
        shape=shape,
        rows=rows,
        files=tuple(sorted(files, key=lambda file: file.path)),
        notes=tuple(notes),
    )
    _write(folder / MANIFEST, backups.to_json(manifest).encode())
    if faults := [line for file in manifest.files if (line := _difference(folder, file))]:
        raise StoreError(f"backup {target}: what was written does not read back ({faults[0]}); look at the disk")
    return manifest


def _listed(home: Path, archive: str | None, target: Path) -> Iterator[str]:
    """The files to be copied; not those of the backup itself, where it lies in the home."""
    own = target.resolve()
    return (path for path in files_of(home, archive) if not (home / path).resolve().is_relative_to(own))


def copy_archive(
    archive: Path, target: Path, progress: Callable[[int], None]
) -> tuple[int, Mapping[str, int], Sequence[str]]:
    """Shape, rows by table and notes of a copy of the archive as it is at this moment.

    Raises: StoreError, when the archive is damaged; the driver's errors.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    target.touch(mode=0o600, exist_ok=False)
    with contextlib.ExitStack() as held:
        with translated(archive):
            source = held.enter_context(integrity.looked_at(archive))
        _require_known(source, archive)
        copy = held.enter_context(contextlib.closing(connect(target)))
        size = source.execute("PRAGMA page_size").fetchone()[0]
        copy.execute("PRAGMA journal_mode = OFF")
        copy.execute("PRAGMA synchronous = OFF")  # brought to the disk below, whole
        with integrity.one_moment(source):
            source.backup(copy, pages=_PAGES, progress=lambda _, left, all_: progress((all_ - left) * size), sleep=0)
    target.chmod(archive.stat().st_mode & 0o777)
    sync_file(target)
    with contextlib.closing(connect(target, readonly=True, immutable=True)) as copy:
        damages = integrity.damages(copy)
        grave = [damage for damage in damages if not damage.of_index and not damage.unused]
        if grave:
            raise StoreError(
                f"archive {archive}: it is damaged ({grave[0].text}), so that a backup would be as well; none was made,"
                " and older ones were left alone: put back the newest with `scowatch restore`"
            )
        notes = []
        if any(damage.of_index for damage in damages):
            notes.append("the search index is damaged: `scowatch doctor --rebuild-index` makes it anew")
        return integrity.shape(copy), integrity.rows(copy), notes


def _require_known(connection: Connection, archive: Path) -> None:
    if (found := integrity.shape(connection)) > newest_shape():
        why = f"it was written by a newer scowatch (shape {found}, this one knows {newest_shape()})"
        raise StoreError(f"archive {archive}: {why}; back it up with that version")


# ---------------------------------------------------------------------------------------------- reading backups


def manifest_of(folder: Path) -> Manifest:
    """The manifest of the backup in that folder. Raises: InputError, when there is none; StoreError."""
    path = folder / MANIFEST
    try:
        return backups.of_json(path.read_text(encoding="utf-8"), str(path))
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: damaged; use another backup") from error
    except (FileNotFoundError, NotADirectoryError) as error:
        raise InputError(f"{folder}: this is no backup (it has no {MANIFEST}); give the folder of one") from error
    except OSError as error:
        raise StoreError(f"{path}: cannot be read: {error.strerror}; look at its rights") from error


def backups_in(folder: Path) -> Mapping[str, Manifest]:
    """The backups that lie in that folder, by name; what cannot be read as one is none."""
    found = {}
    if folder.is_dir():
        for path in sorted(folder.iterdir()):
            if not path.name.startswith("."):
                with contextlib.suppress(ScowatchError):
                    found[path.name] = manifest_of(path)
    return found


def differences(folder: Path, manifest: Manifest) -> tuple[str, ...]:
    """What is not as the manifest says, each in a line; empty: every file is, and the archive is sound."""
    if manifest.shape > newest_shape():
        why = f"(shape {manifest.shape}, this one knows {newest_shape()}); install that version"
        return (f"{manifest.archive}: written by a newer scowatch {why}",)
    found = [line for file in manifest.files if (line := _difference(folder, file))]
    if found or manifest.archive is None:
        return tuple(found)
    try:
        with contextlib.closing(connect(folder / manifest.archive, readonly=True, immutable=True)) as copy:
            damages = [d for d in integrity.damages(copy) if not d.of_index and not d.unused]
            rows = integrity.rows(copy)
    except DriverError as error:
        return (f"{manifest.archive}: {error}",)
    found += [f"{manifest.archive}: {damage.text}" for damage in damages]
    found += [
        f"{manifest.archive}: table {table} has {rows.get(table, 0)} rows in place of {count}"
        for table, count in manifest.rows.items()
        if rows.get(table, 0) != count
    ]
    return tuple(found)


def remove_older(folder: Path, home: Path, keep: int) -> tuple[str, ...]:
    """Names of the complete backups of that home that were taken away: all but the newest `keep`.

    Raises: StoreError.
    """
    complete = {name: m for name, m in backups_in(folder).items() if is_complete(folder / name, m)}
    going = backups.to_remove(complete, str(home.absolute()), keep)
    for name in going:
        remove(folder / name)
    return tuple(going)


def is_complete(folder: Path, manifest: Manifest) -> bool:
    """Whether all files are there in their sizes; what is in them is not looked at."""
    sizes = ((folder / file.path, file.size) for file in manifest.files)
    return all(path.is_file() and path.stat().st_size == size for path, size in sizes)


def remove(folder: Path) -> None:
    """Takes a backup away: first its name, so that no half backup is ever under it."""
    going = folder.with_name(f"{_UNFINISHED}{folder.name}-{os.urandom(4).hex()}")
    with _told(folder):
        folder.rename(going)
        shutil.rmtree(going)


def _difference(folder: Path, file: BackedUp) -> str | None:
    path = folder / file.path
    try:
        if not path.is_file() or path.is_symlink():
            return f"{file.path}: is missing"
        if (size := path.stat().st_size) != file.size:
            return f"{file.path}: has {size} bytes in place of {file.size}"
        return None if digest(path) == file.sha256 else f"{file.path}: was changed (its SHA-256 is another one)"
    except OSError as error:
        return f"{file.path}: cannot be read: {error.strerror}"


# ---------------------------------------------------------------------------------------------- files


def files_of(home: Path, archive: str | None) -> Iterator[str]:
    """Paths of the files of a home that go into a backup, beside its archive; links are followed at the top alone."""
    for folder, names, files in os.walk(home):
        below = PurePosixPath(Path(folder).relative_to(home).as_posix())
        names[:] = [name for name in sorted(names) if _is_part(Path(folder) / name, below / name, archive)]
        for name in sorted(files):
            if _is_part(Path(folder) / name, below / name, archive):
                yield str(below / name)
        if below == PurePosixPath():
            for name in [name for name in names if (home / name).is_symlink()]:
                yield from (f"{name}/{path}" for path in files_of((home / name).resolve(), None))


def _is_part(path: Path, name: PurePosixPath, archive: str | None) -> bool:
    if not backups.belongs(name, archive):
        return False
    return path.is_file() or (path.is_dir() and not (path / MANIFEST).exists())


def copy_file(path: Path, folder: Path, name: str) -> BackedUp:
    """A copy of the file in that folder, on the disk, as it was read."""
    target = folder / name
    target.parent.mkdir(parents=True, exist_ok=True)
    state, size = hashlib.sha256(), 0
    with path.open("rb") as source, target.open("xb") as copy:
        os.fchmod(copy.fileno(), os.fstat(source.fileno()).st_mode & 0o777)
        while part := source.read(_CHUNK):
            copy.write(part)
            state.update(part)
            size += len(part)
        copy.flush()
        os.fsync(copy.fileno())
    return BackedUp(path=name, size=size, sha256=state.hexdigest())


def digest(path: Path) -> str:
    """SHA-256 of the file, hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _described(folder: Path, name: str) -> BackedUp:
    return BackedUp(path=name, size=(folder / name).stat().st_size, sha256=digest(folder / name))


def _write(path: Path, body: bytes) -> None:
    with path.open("xb") as file:
        file.write(body)
        file.flush()
        os.fsync(file.fileno())


def sync_file(path: Path) -> None:
    """Brings the file, or what a folder lists, to the disk."""
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_folders(folder: Path) -> None:
    """Brings the names of all files below the folder to the disk."""
    for path, _, _ in os.walk(folder):
        sync_file(Path(path))


def _require_space(folder: Path, size: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < size + _SPARE:
        raise OSError(errno.ENOSPC, f"{(size + _SPARE) >> 20} MB are needed, {free >> 20} MB are free")


# ---------------------------------------------------------------------------------------------- the hidden name


@contextlib.contextmanager
def _under_another_name(target: Path) -> Iterator[Path]:
    """A folder beside the target that takes its name in the end, or is not there any more."""
    folder = Path(tempfile.mkdtemp(prefix=_UNFINISHED, dir=target.parent))
    handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)  # held as long as this process lives
        yield folder
        folder.rename(target)
        sync_file(target.parent)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    finally:
        os.close(handle)


def _remove_unfinished(parent: Path) -> None:
    """Takes away what processes have left that were killed."""
    for path in parent.glob(f"{_UNFINISHED}*"):
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(path, ignore_errors=True)
        except BlockingIOError:
            pass
        finally:
            os.close(handle)


_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@contextlib.contextmanager
def _told(target: Path) -> Iterator[None]:
    """The system's and the driver's errors as StoreError."""
    nothing = "no backup was made, and nothing that is stored was touched"
    try:
        with translated(target):
            yield
    except StoreError as error:
        cause = error.__cause__
        if isinstance(cause, OSError):
            if cause.errno in _FULL:
                why = f"{cause.strerror}: free some space, or give a folder on another disk"
                raise StoreError(f"backup {target}: the disk is full ({why}); {nothing}") from cause
            where = f" ({cause.filename})" if cause.filename else ""
            raise StoreError(
                f"backup {target}: {cause.strerror or cause}{where}; look at the path and its rights; {nothing}"
            ) from cause
        if cause is not None and ("full" in str(cause) or "I/O" in str(cause)):
            raise StoreError(
                f"backup {target}: the disk is full, or takes no file of that size ({cause}): free some space, or give"
                f" a folder on another disk; {nothing}"
            ) from cause
        raise
