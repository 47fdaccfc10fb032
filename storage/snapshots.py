"""The files under `snapshots/`: dated, only ever added to, each by one writer at a time.

A record counts once the archive names it, and it is on the disk before that. What a process that died has left behind
its last named record is whole records that nobody names, which stay, and perhaps a torn one, which is cut away before
anything is added behind it: it would make what follows unreadable.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.errors import StoreError
from storage import warc
from storage.appended import Appended, sync_folder

if TYPE_CHECKING:
    from monitor.types import Archived, Capture, Snapshot

#: A file that has become so large is not added to any more.
LARGEST = 256 * 2**20
#: Files of one day.
_MOST = 1000
#: Files of earlier days that are looked over for a torn end when a new one is begun.
_LOOKED_OVER = 5
#: A file that was changed since is left alone by whoever takes records away: not all of it may be named yet.
SETTLED = timedelta(days=1)


class SnapshotFiles:
    """Implements monitor.ports.Snapshots."""

    def __init__(
        self, folder: Path, ends: Callable[[Sequence[str]], Mapping[str, int]], largest: int = LARGEST
    ) -> None:
        """`ends` says up to where the archive names records in files of these names."""
        self._folder = folder
        self._ends = ends
        self._largest = largest
        self._lock = threading.Lock()
        self._file: Appended | None = None
        #: Names of files that a disk did not take whole.
        self._left: set[str] = set()
        #: By name of the file: up to which byte what we wrote is on the disk.
        self._safe: dict[str, int] = {}
        #: What was found and done about files that a process had left torn; for people.
        self.mended: list[str] = []

    # -- writing

    def keep(self, url: str, capture: Capture, earlier: Snapshot | None) -> Snapshot:
        """The snapshot of what was answered to `url`, written but not yet safe (`sync`). Raises: StoreError.

        `earlier` is the last snapshot of the same page that has a body: an unchanged one is not written again.
        """
        from monitor.types import Snapshot

        digest, record_id = warc.digest_of(capture.body), warc.new_id()
        same = earlier if earlier is not None and earlier.digest == digest and self._has(earlier) else None
        with self._lock, self._translated():
            file = self._opened(capture.at)
            try:
                begun = file.end
                warc.write_page(file.put, capture, record_id, digest, same)
            except BaseException:
                self._give_up(begun)
                raise
        return Snapshot(
            url=url,
            final_url=capture.url,
            at=capture.at,
            status=int(capture.response.split(maxsplit=2)[1]),
            digest=digest,
            size=len(capture.body),
            record_id=record_id,
            file=file.path.name,
            offset=begun,
            length=file.end - begun,
            revisit_of=same.id if same else None,
        )

    def sync(self) -> None:
        """Puts on the disk whatever was written. Raises: StoreError; `is_safe` tells what got there all the same."""
        with self._lock, self._translated():
            self._sync()

    def is_safe(self, snapshot: Snapshot) -> bool:
        """Whether its record is on the disk, also when the power fails: only then may the archive name it."""
        return snapshot.offset + snapshot.length <= self._safe.get(snapshot.file, 0)

    def close(self) -> None:
        with self._lock, self._translated():
            self._end()

    def _sync(self) -> None:
        if self._file is None:
            return
        try:
            self._file.sync()
            self._safe[self._file.path.name] = self._file.end
        except OSError:
            # what the system has failed to write it may take for written from now on: nothing goes behind it
            self._left.add(self._file.path.name)
            self._file.close()
            self._file = None
            raise

    def _end(self) -> None:
        self._sync()
        if self._file is not None:
            self._file.close()
            self._file = None

    def _opened(self, at: datetime) -> Appended:
        """The file to write to, its end whole."""
        day = f"{at.astimezone(UTC):%Y%m%d}"
        if self._file is not None and (self._file.day != day or self._file.end >= self._largest):
            self._end()
        if self._file is None:
            if not self._folder.is_dir():
                self._folder.mkdir()
                sync_folder(self._folder.parent)
            names = [f"scowatch-{day}-{number:03}.warc.gz" for number in range(_MOST)]
            self._look_over(names[0])
            ends = self._ends(names)
            found = (self._try(name, day, ends.get(name, 0)) for name in names if name not in self._left)
            self._file = next((file for file in found if file is not None), None)
            if self._file is None:
                raise OSError(f"there are {_MOST} files of one day already")
        return self._file

    def _try(self, name: str, day: str, named: int) -> Appended | None:
        """The file of that name for us alone; None: it is full, taken, or not as the archive knows it."""
        path = self._folder / name
        if path.exists() and path.stat().st_size >= self._largest:
            return None
        file = Appended.locked(path, day)
        if file is None:
            return None
        try:
            self._mend(file, named)
            if file.end < named:  # put back from elsewhere: what would be added would lie where other records were
                file.close()
                return None
            if file.end == 0:
                warc.write_info(file.put, name, datetime.now(UTC))
                file.new = True
        except BaseException:
            with contextlib.suppress(OSError):
                file.cut(min(file.whole, file.end))
                if file.end == 0:
                    path.unlink()
            file.close()
            raise
        return file

    def _mend(self, file: Appended, named: int) -> None:
        """Cuts away what stands behind the file's last whole record."""
        if file.end <= named:
            return
        try:
            with file.path.open("rb") as reading:
                for _ in warc.members(reading, named):
                    pass
        except warc.Damaged as torn:
            lost = file.end - torn.offset
            file.cut(torn.offset)
            self.mended.append(f"{file.path.name}: a torn record of {lost} bytes at its end was cut away ({torn})")

    def _look_over(self, today: str) -> None:
        """Mends the last files of earlier days, which nobody would write to any more."""
        names = sorted(path.name for path in self._folder.glob("scowatch-*.warc.gz") if path.name < today)
        names = names[-_LOOKED_OVER:]
        ends = self._ends(names) if names else {}
        for name in names:
            file = Appended.locked(self._folder / name, "", make=False)
            if file is not None:
                try:
                    self._mend(file, ends.get(name, 0))
                finally:
                    file.close()

    def _give_up(self, begun: int) -> None:
        """Takes back what was written of a record; the file is opened, and looked over, when it is needed again."""
        assert self._file is not None
        with contextlib.suppress(OSError):
            self._file.cut(begun)
        with contextlib.suppress(OSError):
            self._end()  # what lies before it is whole, and waits to be named

    # -- reading

    def read(self, snapshot: Snapshot, base: Snapshot | None = None) -> Archived:
        """What the records hold, with all their digests found right; `base` is what a `revisit_of` names.

        Raises: StoreError.
        """
        from monitor.types import Archived

        data = self._bytes(snapshot)
        with self._damage(snapshot):
            answer, request = _pair(data, snapshot)
            head, body = answer.parts
        before = b""
        if answer.type == "revisit":
            if base is None:
                raise StoreError(f"snapshots: {snapshot.file}: the page that a record repeats is not there any more")
            before = self._bytes(base)
            with self._damage(base):
                body = _pair(before, base)[0].parts[1]
        if warc.digest_of(body) != snapshot.digest:
            raise StoreError(f"snapshots: {snapshot.file}: the page is not what its digest says; put back a backup")
        return Archived(snapshot=snapshot, request=request.block, response=head, body=body, records=before + data)

    def unpacked(self, archived: Archived) -> tuple[bytes, str | None]:
        """The page as its author wrote it, and its Content-Type. Raises: StoreError."""
        with self._damage(archived.snapshot):
            return warc.unpacked(archived.response, archived.body), warc.content_type(archived.response)

    def _has(self, snapshot: Snapshot) -> bool:
        """Whether its file is there and reaches so far: nothing is left to a record that was lost."""
        try:
            return (self._folder / snapshot.file).stat().st_size >= snapshot.offset + snapshot.length
        except OSError:
            return False

    def _bytes(self, snapshot: Snapshot) -> bytes:
        path = self._folder / snapshot.file
        try:
            with path.open("rb") as file:
                file.seek(snapshot.offset)
                data = file.read(snapshot.length)
        except FileNotFoundError:
            raise StoreError(f"snapshots: {path} is not there any more; put it back from a backup") from None
        except OSError as error:
            raise StoreError(f"snapshots: {path} cannot be read: {error.strerror}") from error
        return data

    @contextlib.contextmanager
    def _damage(self, snapshot: Snapshot) -> Iterator[None]:
        try:
            yield
        except warc.Damaged as error:
            where = f"{self._folder / snapshot.file} at byte {snapshot.offset}"
            raise StoreError(f"snapshots: {where}: the record is damaged ({error}); put back a backup") from error

    @contextlib.contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise StoreError(f"snapshots: {self._folder}: {error.strerror or error}") from error

    # -- taking away

    def settled(self, name: str, now: datetime) -> bool:
        """Whether nobody has written to that file lately; also when it is not there."""
        with self._translated():
            try:
                changed = (self._folder / name).stat().st_mtime
            except FileNotFoundError:
                return True
            return now.timestamp() - changed > SETTLED.total_seconds()

    def copy(self, name: str, kept: Sequence[Snapshot]) -> dict[int, tuple[str, int]]:
        """By id of the snapshot: name and offset in a new file, which has only these records of the file.

        The old file stays as it is. Nothing, when it is being written to. Raises: StoreError.
        """
        if not kept:
            return {}
        with self._translated():
            old = Appended.locked(self._folder / name, "", make=False)
            if old is None:
                return {}
            try:
                return self._copied(old, kept)
            finally:
                old.close()

    def _copied(self, old: Appended, kept: Sequence[Snapshot]) -> dict[int, tuple[str, int]]:
        name = next_name(old.path.name)
        beside = self._folder / f".{name}.new"
        beside.unlink(missing_ok=True)
        new = Appended.locked(beside, "")
        assert new is not None
        places = {}
        try:
            warc.write_info(new.put, name, datetime.now(UTC))
            for snapshot in sorted(kept, key=lambda s: s.offset):
                places[snapshot.id] = (name, new.end)
                data = self._bytes(snapshot)
                with self._damage(snapshot):
                    warc.records(data)
                new.put(data)
            new.sync()
            beside.rename(self._folder / name)
            sync_folder(self._folder)
        except BaseException:
            beside.unlink(missing_ok=True)
            raise
        finally:
            new.close()
        return places

    def remove(self, name: str) -> int:
        """Takes the file away, in which the archive names nothing any more; bytes that are free now.
        Raises: StoreError."""
        path = self._folder / name
        with self._translated():
            file = Appended.locked(path, "", make=False)
            if file is None:
                return 0
            size = file.end
            path.unlink()
            file.close()
            return size

    def names(self) -> tuple[str, ...]:
        """Of all files, in order of their days."""
        return tuple(sorted(path.name for path in self._folder.glob("scowatch-*.warc.gz")))


def next_name(name: str) -> str:
    """Of the file that takes the place of this one: ``…-000.warc.gz``, ``…-000.2.warc.gz``, ``…-000.3.warc.gz``."""
    stem = name.removesuffix(".warc.gz")
    base, _, generation = stem.partition(".")
    return f"{base}.{int(generation or 1) + 1}.warc.gz"


def _pair(data: bytes, snapshot: Snapshot) -> tuple[warc.Record, warc.Record]:
    """Answer and request. Raises: warc.Damaged."""
    found = warc.records(data)
    if len(found) != 2 or found[0].headers.get("warc-record-id") != f"<{snapshot.record_id}>":
        raise warc.Damaged("another record stands in its place")
    return found[0], found[1]
