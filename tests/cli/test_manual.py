"""docs/watchlist.md: every block of it is run in a home of a few articles, and prints what the page says it prints."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

import monitor.app
from monitor.watchlist import lint
from monitor.watchlist.load import _ENTRY_KEYS, KINDS
from tests.cli.calls import SETTINGS, Command

DOCS = Path(__file__).resolve().parents[2] / "docs" / "watchlist.md"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```\n", re.MULTILINE | re.DOTALL)

LIST = """\
meta: {as_of: "2026-11-21"}
entries:
- id: issyk-kul-forum
  kind: fund
  name: Issyk-Kul Forum
  aliases:
    en: [Issyk-Kul Forum]
    ru: [Иссык-Кульский форум]
"""

ARTICLES = "".join(
    json.dumps(
        {
            "ref": f"r{number}",
            "url": f"https://news.example/{number}",
            "title": title,
            "text": text,
            "lang": lang,
            "published": f"2026-11-1{number}T08:00:00Z",
        },
        ensure_ascii=False,
    )
    + "\n"
    for number, (lang, title, text) in enumerate(
        (
            ("en", "Lake talks resume", "Chingiz Aitmatov opened the forum of 1986. Aitmatov had called it."),
            ("ru", "Переговоры об озере", "Делегацию принял Ч. Т. Айтматов. Встреча с Айтматовым длилась час."),
            ("zh", "湖泊会谈", "钦吉斯·艾特玛托夫昨天表示，水位正在上升。"),
            ("en", "Chess: Aitmatov leads", "After six rounds Aitmatov of Osh has five points."),
        ),
        1,
    )
)


@pytest.fixture
def manual(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """The command in a folder that looks like the reader's."""
    monkeypatch.delenv("SCOWATCH_HOME", raising=False)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr(monitor.app, "now", lambda: datetime(2026, 11, 22, tzinfo=UTC))
    monkeypatch.chdir(tmp_path)
    home = tmp_path / "scowatch-home"
    home.mkdir()
    (home / "scowatch.toml").write_text(SETTINGS, encoding="utf-8")
    (home / "sources.yaml").write_text("sources:\n", encoding="utf-8")
    (home / "watchlist.yaml").write_text(LIST, encoding="utf-8")
    command = Command(Path("scowatch-home"))
    assert command("import", "-", stdin=ARTICLES).code == 0
    return command


def test_the_page_does_what_it_says(manual: Command) -> None:
    commands = 0
    for kind, body in BLOCK.findall(DOCS.read_text(encoding="utf-8")):
        if kind == "sh":
            for line in body.splitlines():
                name, given, made = shlex.split(line)
                assert name == "cp"
                shutil.copy(given, made)
        elif kind == "yaml":
            with Path("new.yaml").open("a", encoding="utf-8") as file:
                file.write(body)
        else:
            assert kind == "console"
            for asked, printed in re.findall(r"^\$ (.+)\n((?:(?!\$ ).*\n)*)", body, re.MULTILINE):
                name, *arguments = shlex.split(asked)
                assert name == "scowatch"
                ran = manual(*arguments)
                assert ran.code == 0, (asked, ran.err)
                assert _as_shown(printed).fullmatch(_tidy(ran.out)), f"{asked}\nprints\n{ran.out}"
                commands += 1
    assert commands >= 10


def _as_shown(text: str) -> re.Pattern[str]:
    """What is shown; a line of nothing but … stands for any lines, … in a line for anything."""
    parts = re.split(r"^ *…\n", _tidy(text), flags=re.MULTILINE)
    return re.compile("(?:.*\n)*".join(re.escape(part).replace("…", ".*") for part in parts))


def _tidy(text: str) -> str:
    return "".join(f"{line.rstrip()}\n" for line in text.strip().splitlines())


def test_the_page_names_every_key_kind_and_rule() -> None:
    page = DOCS.read_text(encoding="utf-8")
    assert not [key for key in _ENTRY_KEYS if f"`{key}`" not in page]
    assert not [kind for kind in KINDS if kind not in page]
    assert not [rule for rule in lint.RULES if f"| {rule} |" not in page]
