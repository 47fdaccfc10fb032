"""Drill C: the clock changes, jumps, starts in 1970 or sleeps."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.drills.ground import Figure

MISSING = "libfaketime is not there: apt-get install libfaketime"
_PLACES = [
    f"/usr/lib/{folder}faketime/libfaketimeMT.so.1" for folder in ("x86_64-linux-gnu/", "aarch64-linux-gnu/", "")
]


def faked() -> str | None:
    """The library that shows a process another hour; None: it is not installed."""
    return next((place for place in _PLACES if Path(place).exists()), None)


class Faked:
    """An hour that a process with `environ` sees, and that can be moved while it runs."""

    def __init__(self, folder: Path, library: str, start: datetime) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._file, self._ahead = folder / "hour", start - datetime.now(UTC)
        self.environ = {"LD_PRELOAD": library, "FAKETIME_TIMESTAMP_FILE": str(self._file), "FAKETIME_NO_CACHE": "1",
                        "FAKETIME_DONT_RESET": "1"}  # fmt: skip
        self._write()

    def now(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    def move(self, by: timedelta) -> None:
        """The clock jumps."""
        self._ahead += by
        self._write()

    def _write(self) -> None:
        new = self._file.with_name(f"{self._file.name}.new")
        new.write_text(f"{self._ahead.total_seconds():+.0f}\n")
        new.replace(self._file)


ROWS: dict[str, Callable[..., Iterator[Figure]]] = {}
