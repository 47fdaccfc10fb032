"""Headlines in English by the operator's own command, off unless it is set.

The command gets one JSON object a line on standard input, ``{"text", "lang"}``, and answers with as many lines
``{"gloss"}`` in the same order; an empty gloss, or none, leaves the headline as it is. Whatever goes wrong costs the
glosses and nothing else: a digest is never late for want of one.
"""

from __future__ import annotations

import json
import shlex
import subprocess
from collections.abc import Mapping, Sequence

from alerts.safe import line

SECONDS = 60.0
_LIMIT = 300
_ANSWER = 200_000
#: What a program needs to run; secrets of the monitor are not among it.
_ENVIRONMENT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "SYSTEMROOT")


class CommandGloss:
    """Asks the command once for all headlines of a digest; remembers what it answered."""

    def __init__(self, command: str, environ: Mapping[str, str]) -> None:
        self.command = shlex.split(command)
        self.environ = {name: environ[name] for name in _ENVIRONMENT if name in environ}
        self._known: dict[tuple[str, str], str] = {}

    def __call__(self, headlines: Sequence[tuple[str, str]]) -> Mapping[str, str]:
        """English by headline, for those that the command could translate."""
        asked = [one for one in dict.fromkeys(headlines) if one not in self._known]
        if asked:
            self._known.update(zip(asked, self._answers(asked), strict=False))
        return {text: english for text, lang in headlines if (english := self._known.get((text, lang)))}

    def _answers(self, asked: Sequence[tuple[str, str]]) -> list[str]:
        lines = [json.dumps({"text": text, "lang": lang}, ensure_ascii=False) for text, lang in asked]
        try:
            done = subprocess.run(  # the operator's own command, no shell in between
                self.command,
                input="\n".join(lines).encode("utf-8", "replace") + b"\n",
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                timeout=SECONDS,
                env=self.environ,
                check=True,
            )
        except (OSError, subprocess.SubprocessError):
            return []
        rows = done.stdout[:_ANSWER].decode("utf-8", "replace").splitlines()
        return [_gloss(row) for row in rows] if len(rows) == len(asked) else []


def _gloss(row: str) -> str:
    try:
        value = json.loads(row)
    except ValueError:
        return ""
    return line(value.get("gloss") if isinstance(value, dict) and isinstance(value.get("gloss"), str) else "", _LIMIT)
