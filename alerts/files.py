"""Files that are whole under their name at any time, and still there after a power cut."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path


def write(folder: Path, bodies: Mapping[str, bytes]) -> None:
    """Writes each beside its name and renames it; what is there already with the same bytes is left alone.

    Raises: OSError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    changed = {name: body for name, body in bodies.items() if not _is(folder / name, body)}
    for name, body in changed.items():
        unfinished = folder / f".{name}.part"
        with unfinished.open("wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(folder / name)
    if changed:
        _sync(folder)


def _is(path: Path, body: bytes) -> bool:
    try:
        return path.stat().st_size == len(body) and path.read_bytes() == body
    except OSError:
        return False


def _sync(folder: Path) -> None:
    """Makes the names last as well. Source: fsync(2)."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
