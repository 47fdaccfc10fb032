"""The command line as a script sees it: arguments and standard input in, exit code and two streams out."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

from monitor.cli import main

SETTINGS = """\
[fetch]
allow_networks = ["127.0.0.0/8"]
per_host_interval_seconds = 0
contact = "mailto:ops@example.org"
[[recipient]]
name = "desk"
email = "desk@example.org"
digest = "daily 06:30"
search = "tag:sco"
[[slack]]
name = "alerts"
search = "tag:sco"
quiet_hours = ""
"""

WATCHLIST = """\
meta:
  window: {default: 200}
entries:
- id: sco
  kind: organisation
  name: Shanghai Cooperation Organisation
  priority: 1
  aliases:
    en: [Shanghai Cooperation Organisation]
    ru: [ШОС]
    zh: [上合组织]
    fa: [سازمان همکاری شانگهای]
- id: sco-bank
  kind: fund
  name: SCO Development Bank
  parent: sco
  aliases:
    en: [SCO Development Bank]
"""


@dataclass(frozen=True)
class Ran:
    """How a call ended."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        """The one document on standard output of a call that went well."""
        assert (self.code, self.err) == (0, self.err), self.err
        assert self.code == 0, self.err
        return json.loads(self.out)

    def rows(self) -> list[dict[str, Any]]:
        assert self.code == 0, self.err
        return [json.loads(line) for line in self.out.splitlines()]


class Command:
    """`scowatch --home HOME …` in this process."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def __call__(self, *arguments: str, stdin: str | bytes = b"") -> Ran:
        given = stdin.encode() if isinstance(stdin, str) else stdin
        streams = [io.TextIOWrapper(io.BytesIO(body), encoding="utf-8") for body in (given, b"", b"")]
        argv = ["scowatch", "--home", str(self.home), *arguments]
        with ExitStack() as stack:
            for name, stream in zip(("stdin", "stdout", "stderr"), streams, strict=True):
                stack.enter_context(patch.object(sys, name, stream))
            stack.enter_context(patch.object(sys, "argv", argv))
            code = _code()
        out, err = (_written(stream) for stream in streams[1:])
        assert "Traceback" not in err
        return Ran(code, out, err)

    def refused(self, *arguments: str, code: int = 2, stdin: str | bytes = b"") -> list[str]:
        """The lines on standard error of a call that has to fail so, and to print nothing."""
        ran = self(*arguments, stdin=stdin)
        assert (ran.code, ran.out) == (code, ""), ran
        return ran.err.splitlines()


def _code() -> int:
    try:
        main()
    except SystemExit as end:
        return int(end.code or 0)
    raise AssertionError("main() came back")


def _written(stream: io.TextIOWrapper) -> str:
    stream.flush()
    return stream.buffer.getvalue().decode()  # type: ignore[attr-defined,no-any-return]


def process(
    *arguments: str, cwd: Path, stdin: bytes = b"", env: Mapping[str, str] | None = None, wrap: Sequence[str] = ()
) -> Ran:
    """`scowatch …` in a process of its own."""
    done = subprocess.run(
        [*wrap, sys.executable, "-m", "monitor", *arguments],
        cwd=cwd,
        input=stdin,
        capture_output=True,
        timeout=60,
        env=environment(**(env or {})),
        check=False,
    )
    return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())


def environment(**more: str) -> dict[str, str]:
    """What a process needs to find the project from any folder."""
    import os

    root = str(Path(__file__).parents[2])
    kept = {key: value for key, value in os.environ.items() if not key.startswith("SCOWATCH")}
    return {**kept, "PYTHONPATH": root, **more}


def row(number: int = 1, **changed: Any) -> dict[str, Any]:
    """An article to be imported."""
    values = {
        "ref": f"r{number}",
        "url": f"https://example.org/{number}",
        "title": f"Story {number}",
        "text": f"The Shanghai Cooperation Organisation has met for the {number}th time. " + f"Word{number} " * 60,
        "published": f"2026-11-{number % 20 + 1:02}T07:00:00Z",
        "lang": "en",
    }
    return {key: value for key, value in (values | changed).items() if value is not None}


def jsonl(*rows: object) -> str:
    return "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in rows)
