"""What a backup is: which files of a home belong to it, its manifest, its name, and which older ones may go.

A backup is one folder: the archive, the files of the home, and `manifest.json`, which says what has to be there. It is
complete when it has its name: until then it stands under another one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePosixPath

from monitor.errors import InputError

MANIFEST = "manifest.json"
#: What stands in every manifest, and tells it from others.
FORMAT = "scowatch backup 1"
#: Files of a home that are made anew or belong to a running process.
_LEFT_OUT = frozenset({"run.lock", "rebuild.lock"})
_ARCHIVE_ENDINGS = ("", "-wal", "-shm", "-journal")
#: Tables that people ask for, by what they are called.
_COUNTED = {"articles": ("articles",), "versions": ("articles", "versions"), "tags": ("matches",)}


@dataclass(frozen=True, slots=True, kw_only=True)
class BackedUp:
    """One file of a backup."""

    #: Below the backup's folder, with slashes.
    path: str
    size: int
    #: Hexadecimal.
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a backup holds."""

    made_at: datetime
    #: Version of scowatch that made it.
    made_by: str
    #: Full path of the home that it is of.
    home: str
    #: Path of the archive below the backup's folder; None: the home had none.
    archive: str | None
    #: Number of the archive's newest migration.
    shape: int
    #: Rows of every table of the archive.
    rows: Mapping[str, int]
    files: tuple[BackedUp, ...]
    #: What was not as it should be, and does not keep the backup from being used.
    notes: tuple[str, ...] = ()

    @property
    def counts(self) -> Mapping[str, int]:
        """`articles`, `versions` (all texts), `tags`, `deliveries`."""
        found = {name: sum(self.rows.get(table, 0) for table in tables) for name, tables in _COUNTED.items()}
        return found | {"deliveries": self.rows.get("deliveries", 0)}

    @property
    def size(self) -> int:
        return sum(file.size for file in self.files)


def to_json(manifest: Manifest) -> str:
    """The manifest as its file."""
    record = {
        "format": FORMAT,
        "made": f"{manifest.made_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "made_by": manifest.made_by,
        "home": manifest.home,
        "archive": manifest.archive,
        "schema_version": manifest.shape,
        "counts": dict(manifest.counts),
        "rows": dict(manifest.rows),
        "notes": list(manifest.notes),
        "files": [{"path": file.path, "bytes": file.size, "sha256": file.sha256} for file in manifest.files],
    }
    return json.dumps(record, ensure_ascii=False, indent=2) + "\n"


def of_json(text: str, where: str) -> Manifest:
    """The manifest that the file holds. Raises: InputError."""
    try:
        record = json.loads(text)
        if record["format"] != FORMAT:
            raise InputError(f"{where}: made by another scowatch ({record['format']!r}); restore it with that version")
        files = tuple(BackedUp(path=f["path"], size=int(f["bytes"]), sha256=f["sha256"]) for f in record["files"])
        manifest = Manifest(
            made_at=datetime.fromisoformat(record["made"]),
            made_by=str(record["made_by"]),
            home=str(record["home"]),
            archive=record["archive"],
            shape=int(record["schema_version"]),
            rows={str(table): int(count) for table, count in record["rows"].items()},
            files=files,
            notes=tuple(map(str, record["notes"])),
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise InputError(f"{where}: damaged, or not the manifest of a backup; use another backup") from error
    strange = [file.path for file in files if not _stays_inside(file.path)]
    if strange or (manifest.archive and manifest.archive not in {file.path for file in files}):
        raise InputError(f"{where}: names files outside of the backup ({', '.join(strange[:3])}); use another backup")
    return manifest


def _stays_inside(path: object) -> bool:
    """Whether a path of a manifest is one below its folder."""
    if not isinstance(path, str) or not path or "\0" in path or "\\" in path:
        return False
    parts = PurePosixPath(path)
    return not parts.is_absolute() and ".." not in parts.parts and path != MANIFEST and str(parts) == path


def belongs(path: PurePosixPath, archive: str | None) -> bool:
    """Whether a file or folder of a home, by its path in it, goes into a backup; the archive's own go another way."""
    if path.name.startswith(".") or str(path) in _LEFT_OUT or path.name == MANIFEST:
        return False
    return archive is None or str(path) not in {archive + ending for ending in _ARCHIVE_ENDINGS}


def dated_name(at: datetime) -> str:
    """The name of a backup in a folder of many."""
    return f"scowatch-{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def to_remove(found: Mapping[str, Manifest], home: str, keep: int) -> Sequence[str]:
    """Names of the backups of that home beyond the newest `keep`, the oldest first."""
    own = sorted((m.made_at, name) for name, m in found.items() if m.home == home)
    return [name for _, name in own[:-keep]] if keep else []
