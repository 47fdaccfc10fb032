from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.calls import SETTINGS, WATCHLIST, Command
from tests.servers import Web, web_server


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with a small watchlist and no sources."""
    folder = tmp_path / "home"
    folder.mkdir()
    (folder / "scowatch.toml").write_text(SETTINGS, encoding="utf-8")
    (folder / "watchlist.yaml").write_text(WATCHLIST, encoding="utf-8")
    (folder / "sources.yaml").write_text("sources:\n", encoding="utf-8")
    return folder


@pytest.fixture
def scowatch(home: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """The command of that home, called in this process."""
    monkeypatch.delenv("SCOWATCH_HOME", raising=False)
    monkeypatch.chdir(home.parent)
    return Command(home)


@pytest.fixture
def web() -> Iterator[Web]:
    with web_server() as web:
        yield web
