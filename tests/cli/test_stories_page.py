"""docs/stories.md: every command of it is run on the demo's articles, and prints what the page says it prints."""

from __future__ import annotations

import json
import re
import shlex
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import monitor.app
from demo.material import Piece, outlets, pieces
from demo.site import sources
from monitor.types import Collected, Signs
from storage import open_store
from tests.cli.calls import SETTINGS, Command
from tests.cli.test_manual import BLOCK, _as_shown, _tidy

DOCS = Path(__file__).resolve().parents[2] / "docs"
BASE = "https://demo.example"
NOW = datetime(2026, 11, 22, tzinfo=UTC)


def row(piece: Piece) -> str:
    """The piece to be imported, read a quarter of an hour after it came out."""
    given = {
        "ref": piece.id,
        "url": BASE + piece.path,
        "title": piece.title,
        "text": "\n".join(piece.paragraphs),
        "lang": piece.outlet.lang,
        "published": piece.at.isoformat(),
        "source": piece.outlet.id,
    }
    return json.dumps(given, ensure_ascii=False) + "\n"


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """The command in a home that holds what the demo's has."""
    monkeypatch.delenv("SCOWATCH_HOME", raising=False)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.chdir(tmp_path)
    home = tmp_path / "demo-home"
    home.mkdir()
    (home / "scowatch.toml").write_text(SETTINGS, encoding="utf-8")
    (home / "sources.yaml").write_text(sources(BASE), encoding="utf-8")
    command = Command(Path("demo-home"))
    for state in (1, 2):
        at = max(piece.updated for piece in pieces(state)) + timedelta(minutes=15)
        monkeypatch.setattr(monitor.app, "now", lambda at=at: at)
        assert command("import", "-", stdin="".join(map(row, pieces(state)))).code == 0
    monkeypatch.setattr(monitor.app, "now", lambda: NOW)
    store = open_store(f"sqlite:///{home}/archive.db")
    for outlet in outlets():
        for days in range(20 if not outlet.broken else 0):
            at = NOW - timedelta(days=20 - days)
            store.record(Collected(source_id=outlet.id, at=at, outcome="ok", signs=Signs()))
    store.close()
    return command


def test_the_page_does_what_it_says(page: Command) -> None:
    commands = 0
    for kind, body in BLOCK.findall((DOCS / "stories.md").read_text(encoding="utf-8")):
        assert kind == "console"
        for asked, printed in re.findall(r"^\$ (.+)\n((?:(?!\$ ).*\n)*)", body, re.MULTILINE):
            name, *arguments = shlex.split(asked)
            assert name == "scowatch"
            ran = page(*arguments)
            assert ran.code == 0, (asked, ran.err)
            assert _as_shown(printed).fullmatch(_tidy(ran.out)), f"{asked}\nprints\n{ran.out}"
            commands += 1
    assert commands >= 9


def test_the_picture_is_there() -> None:
    text = (DOCS / "stories.md").read_text(encoding="utf-8")
    for name in re.findall(r"!\[[^\]]+\]\(([^)]+)\)", text):
        assert (DOCS / name).read_text(encoding="utf-8").startswith("<svg")
