"""docs/operating.md: every block of it is run, in order, in a home of a few articles, and prints what it says."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from tests.cli.calls import SETTINGS, WATCHLIST, Command
from tests.cli.test_archive import SCRIPTS, jsonl

PAGE = Path(__file__).resolve().parents[2] / "docs" / "operating.md"
BLOCK = re.compile(r"^```sh\n(.*?)^```\n", re.MULTILINE | re.DOTALL)


def test_every_block_of_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SCOWATCH_HOME", raising=False)
    monkeypatch.chdir(tmp_path)
    home = tmp_path / "scowatch-home"
    home.mkdir(mode=0o700)
    for name, text in (("scowatch.toml", SETTINGS), ("watchlist.yaml", WATCHLIST), ("sources.yaml", "sources:\n")):
        (home / name).write_text(text, encoding="utf-8")
    command = Command(Path("scowatch-home"))
    assert command("import", "-", stdin=jsonl(*SCRIPTS)).code == 0
    lines = [line for block in BLOCK.findall(PAGE.read_text(encoding="utf-8")) for line in block.splitlines()]
    for line in lines:
        given, _, told = line.partition("→")
        given, _, into = given.partition(">")
        name, *words = shlex.split(given, comments=True)
        assert name == "scowatch"
        ran = command(*words)
        assert ran.code == 0, (line, ran)
        assert "→" not in line or told.strip() in ran.out + ran.err, (line, ran)
        if into:
            (tmp_path / into.strip()).write_text(ran.out, encoding="utf-8")
    assert len(lines) == 10
