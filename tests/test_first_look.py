"""The first result needs neither an account nor a night's wait."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from monitor.app import App
from monitor.home import Home, make_home
from monitor.jobs.importing import import_lines

ROW = {
    "ref": "1",
    "url": "https://a.example/1",
    "title": "上合组织秘书处公布明年会期",
    "text": "会期已经公布。",
    "lang": "zh",
}


def looked_at(home: Path, *rows: dict[str, str], settings: str | None = None) -> Path | None:
    make_home(home, empty=True)
    if settings is not None:
        (home / "scowatch.toml").write_text(settings, encoding="utf-8")

    async def work() -> Path | None:
        app = App(Home(home), {})
        async with app.edges() as edges:
            await import_lines([json.dumps(row) for row in rows], edges.tools)
            return app.first_look(edges.store)

    return asyncio.run(work())


def test_a_first_digest_lies_in_the_outbox_and_the_ledger_does_not_know_it(tmp_path: Path) -> None:
    path = looked_at(tmp_path / "home", ROW)
    assert path is not None
    assert ROW["title"] in path.read_text(encoding="utf-8")
    store = App(Home(tmp_path / "home"), {}).open_store()
    assert store.deliveries() == ()
    store.close()


def test_there_is_no_first_look_with_nothing_to_tell(tmp_path: Path) -> None:
    assert looked_at(tmp_path / "home") is None


def test_there_is_no_first_look_where_mail_is_set_up(tmp_path: Path) -> None:
    settings = """
[mail]
host = "127.0.0.1"
from = "a@example.org"
[[recipient]]
name = "desk"
email = "desk@example.org"
"""
    assert looked_at(tmp_path / "home", ROW, settings=settings) is None
