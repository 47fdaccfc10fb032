"""docs/evidence.md: every block is run after one pass over a small site, and prints what the page says it prints."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from monitor.config.reading import read_settings
from monitor.types import OWNERSHIP
from tests.cli.calls import SETTINGS, WATCHLIST, Command
from tests.cli.test_manual import BLOCK, _as_shown, _tidy
from tests.servers import Web, answer

DOCS = Path(__file__).resolve().parents[2] / "docs" / "evidence.md"
PAGE = "<!doctype html><meta charset=utf-8><title>Саммит ШОС</title><article><h1>Саммит ШОС</h1>" + 3 * (
    "<p>Саммит ШОС прошёл в Бишкеке, где два дня говорили о дорогах, воде и цене хлеба в долине.</p>"
)


@pytest.fixture
def reader(web: Web, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """The command in a folder that looks like the reader's, with one article collected."""
    monkeypatch.delenv("SCOWATCH_HOME", raising=False)
    monkeypatch.setenv("COLUMNS", "160")
    monkeypatch.setenv("BUNDLE_KEY", "kept elsewhere")
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.chdir(tmp_path)
    home = tmp_path / "scowatch-home"
    home.mkdir()
    (home / "scowatch.toml").write_text(SETTINGS, encoding="utf-8")
    (home / "watchlist.yaml").write_text(WATCHLIST, encoding="utf-8")
    feeds = f"[{{url: '{web.url('/wire.xml')}'}}]"
    (home / "sources.yaml").write_text(f"sources:\n- {{id: wire, name: The Wire, fulltext: always, feeds: {feeds}}}\n")
    item = f"<item><title>Саммит ШОС</title><link>{web.url('/summit.html')}</link><guid>1</guid></item>"
    web.routes["/wire.xml"] = answer("200 OK", f"<rss version='2.0'><channel>{item}</channel></rss>".encode())
    web.routes["/summit.html"] = answer("200 OK", PAGE.encode(), Content_Type="text/html")
    command = Command(Path("scowatch-home"))
    assert command("collect").code == 0
    return command


def test_the_page_does_what_it_says(reader: Command) -> None:
    commands = 0
    for kind, body in BLOCK.findall(DOCS.read_text(encoding="utf-8")):
        if kind == "toml":
            assert read_settings(body, "scowatch.toml").snapshots.keep_days == {"independent": 365, "wire": 90}
            reader.home.joinpath("scowatch.toml").write_text(SETTINGS + body, encoding="utf-8")
        elif kind == "sh":
            for line in body.splitlines():
                done = subprocess.run(shlex.split(line), capture_output=True, text=True, check=False)
                assert done.returncode == 0, (line, done.stderr)
                commands += 1
        else:
            assert kind == "console"
            for asked, printed in re.findall(r"^\$ (.+)\n((?:(?!\$ ).*\n)*)", body, re.MULTILINE):
                name, *arguments = shlex.split(asked)
                assert name == "scowatch"
                ran = reader(*arguments)
                assert ran.code == 0, (asked, ran.err)
                assert _as_shown(printed).fullmatch(_tidy(ran.out)), f"{asked}\nprints\n{ran.out}"
                commands += 1
    assert commands >= 14
    assert Path("raw.html").read_text(encoding="utf-8") == PAGE


def test_the_page_names_every_setting_and_only_classes_that_there_are() -> None:
    page = DOCS.read_text(encoding="utf-8")
    for key in ("enabled", "hold", "keep_days"):
        assert key in page
    assert {"independent", "wire"} <= set(OWNERSHIP)
