"""What `doctor` looks at: the files of a home, its archive, and the folder that they lie in."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from monitor.errors import ConfigError, InputError, Problem, StoreError

if TYPE_CHECKING:
    from pathlib import Path

    from monitor.checkup import Place
    from monitor.home import Home
    from monitor.types import Finding


def findings(home: Home, environ: Mapping[str, str], now: Callable[[], datetime]) -> tuple[Finding, ...]:
    """What is not as it should be, faults first. Reads everything, changes nothing. Raises: InputError."""
    from monitor import checkup
    from monitor.types import Finding

    problems = home.problems(environ)
    found = [_of_problem(problem) for problem in problems]
    archive, facts = _archive_file(home), None
    if archive is not None and archive.exists():
        from storage import checking

        try:
            facts = checking.look(archive, now(), home.path)
        except StoreError as error:
            thing, _, why = str(error).partition(": ")
            reason, _, remedy = why.partition("; ")
            found.append(Finding(level="fault", check="archive", thing=thing, reason=reason, remedy=remedy))
    sources = () if any(p.file.endswith("sources.yaml") for p in problems) else home.sources
    otherwise = None if problems or facts is None else facts.tagged_otherwise(home.list_digest)
    return (*found, *checkup.all_of(facts, _place(home, archive), sources, otherwise, now()))


def _archive_file(home: Home) -> Path | None:
    """The archive's file; None: what is set for it cannot be read, or names none."""
    home.require()
    try:
        return home.archive_file()
    except (InputError, ConfigError):
        return None


def _place(home: Home, archive: Path | None) -> Place:
    import shutil

    from monitor.checkup import Place

    path = home.path
    private = [path / "scowatch.toml", home.outbox, *([archive] if archive else [])]
    shut = not path.stat().st_mode & 0o001
    readable = [file.name for file in private if file.exists() and file.stat().st_mode & 0o004]
    return Place(
        path=str(path),
        free=shutil.disk_usage(archive.parent if archive and archive.parent.is_dir() else path).free,
        writable=os.access(path, os.W_OK | os.X_OK),
        open_files=() if shut else tuple(readable),
    )


def _of_problem(problem: Problem) -> Finding:
    from monitor.types import Finding

    thing = f"{problem.file}:{problem.line}" if problem.line else problem.file
    remedy = "mend that line" if problem.line else "put that right; `scowatch check` looks again"
    return Finding(level="fault", check="configuration", thing=thing, reason=problem.message, remedy=remedy)
