"""A file that one process alone adds to, and that is on the disk when it has to be."""

from __future__ import annotations

import fcntl
import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(slots=True, eq=False)
class Appended:
    """A file that is ours alone to write to."""

    path: Path
    #: Of what goes in, as 20261122; empty: it was not opened for that.
    day: str
    #: The system's number of it.
    handle: int
    #: Bytes that are there.
    end: int
    #: Bytes that were there when it was opened.
    whole: int
    #: Something was written that may not be on the disk yet.
    dirty: bool = False
    #: Its folder does not have it for sure.
    new: bool = False

    @classmethod
    def locked(cls, path: Path, day: str, *, make: bool = True) -> Appended | None:
        """The file at that path; None: another process writes to it, or it is not there and is not to be made."""
        flags = os.O_RDWR | os.O_APPEND | os.O_CLOEXEC | (os.O_CREAT if make else 0)
        try:
            handle = os.open(path, flags, 0o644)
        except FileNotFoundError:
            return None
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            mine = os.fstat(handle)
            if not os.path.samestat(mine, path.stat()):  # taken away in between
                raise BlockingIOError
        except (BlockingIOError, FileNotFoundError):
            os.close(handle)
            return None
        except BaseException:
            os.close(handle)
            raise
        return cls(path=path, day=day, handle=handle, end=mine.st_size, whole=mine.st_size)

    def put(self, data: bytes) -> None:
        """Adds all of it; a disk may take a part and then no more."""
        self.dirty = True
        left = memoryview(data)
        while left:
            written = os.write(self.handle, left)
            self.end += written
            left = left[written:]

    def cut(self, size: int) -> None:
        os.ftruncate(self.handle, size)
        self.end = size

    def sync(self) -> None:
        if self.dirty:
            os.fsync(self.handle)
            if self.new:
                sync_folder(self.path.parent)
                self.new = False
            self.dirty = False

    def close(self) -> None:
        os.close(self.handle)


def sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
