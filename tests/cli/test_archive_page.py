"""docs/archive.md: every search of it finds what the page says, every block prints what it shows."""

from __future__ import annotations

import re
import shlex
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest

import monitor.app
from monitor.cli.exports import _CITING, _FORMATS
from monitor.query.nodes import FIELDS
from tests.cli.calls import Command, jsonl

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "archive.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```\n", PAGE, re.MULTILINE | re.DOTALL)

SOURCES = "sources:\n" + "".join(
    f"- {{id: {name.split()[0].lower()}, name: {name}, ownership: {owner}, country: {country},"
    f" feeds: [{{url: 'https://{name.split()[0].lower()}.example/feed'}}]}}\n"
    for name, owner, country in (
        ("Lakeside Daily", "independent", "kg"),
        ("Palace Press Office", "official", "kz"),
        ("Harbour News", "state", "cn"),
        ("Plateau Agency", "state", "ir"),
    )
)
LIST = """\
entries:
- id: sco
  kind: organisation
  name: Shanghai Cooperation Organisation
  priority: 1
  aliases: {en: [SCO], ru: [ШОС], zh: [上合组织], fa: [سازمان همکاری شانگهای]}
- id: sco-development-bank
  kind: fund
  name: SCO Development Bank
  parent: sco
  priority: 2
  aliases: {en: [SCO Development Bank]}
- {id: kassym-jomart-tokayev, kind: person, name: Kassym-Jomart Tokayev, priority: 2, aliases: {ru: [Токаев]}}
"""


def rows(*heads: str) -> list[list[str]]:
    """The cells of the table with these heads."""
    head = "".join(rf" {re.escape(name)} \|" if name else r" \|" for name in heads)
    (body,) = re.findall(rf"^\|{head}\n\|[ |-]+\n((?:\|.*\n)+)", PAGE, re.MULTILINE)
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in body.splitlines()]


ARTICLES = rows("", "source", "lang", "date", "title", "text")
SEARCHES = rows("search", "what it asks for", "finds")
FAULTS = rows("search", "message")


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Command:
    """The command in a home as the page has it."""
    home = tmp_path_factory.mktemp("reader") / "scowatch-home"
    home.mkdir()
    blocks = dict(BLOCKS)
    files = {"sources.yaml": SOURCES, "watchlist.yaml": LIST, "searches.yaml": blocks["yaml"]}
    for name, text in (files | {"scowatch.toml": blocks["toml"]}).items():
        (home / name).write_text(text, encoding="utf-8")
    command = Command(home)
    given = [
        {"ref": f"r{number}", "url": f"https://{source}.example/{number}", "source": source, "lang": lang,
         "published": date, "title": title, "text": text}
        for number, source, lang, date, title, text in ARTICLES
    ]  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(monitor.app, "now", lambda: datetime(2026, 11, 22, 9, tzinfo=UTC))
        report = command("import", "-", "--json", stdin=jsonl(*given)).json()
    assert report["new"] == 8, report
    return command


@pytest.fixture(autouse=True)
def _at_home(reader: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SCOWATCH_HOME", raising=False)
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setattr(monitor.app, "now", lambda: datetime(2026, 11, 22, 9, tzinfo=UTC))
    monkeypatch.chdir(reader.home.parent)


@pytest.mark.parametrize(("search", "finds"), [(row[0], row[2]) for row in SEARCHES], ids=[row[0] for row in SEARCHES])
def test_a_search_finds_what_the_page_says(search: str, finds: str, reader: Command) -> None:
    hits = reader("search", "--json", "--", search.strip("`")).json()["hits"]
    assert sorted(hit["ref"][1:] for hit in hits) == finds.split()


@pytest.mark.parametrize(("search", "message"), FAULTS, ids=[row[0] for row in FAULTS])
def test_a_fault_is_told_as_the_page_says(search: str, message: str, reader: Command) -> None:
    assert reader.refused("search", search.strip("`")) == [f"scowatch: {message}"]


def test_every_block_prints_what_it_shows(reader: Command) -> None:
    commands = 0
    for kind, body in BLOCKS:
        for asked, printed in re.findall(
            r"^\$ (.+)\n((?:(?!\$ ).*\n)*)", body if kind == "console" else "", re.MULTILINE
        ):
            name, *arguments = shlex.split(asked)
            assert name == "scowatch"
            ran = reader(*arguments)
            assert ran.code == 0, (asked, ran.err)
            shown = re.compile(re.escape(tidy(printed)).replace("…", ".*"), re.DOTALL)
            assert shown.fullmatch(tidy(ran.out)), f"{asked}\nprints\n{ran.out}"
            commands += 1
    assert commands >= 8
    assert Path("borders.xml").is_file()


def tidy(text: str) -> str:
    return "".join(f"{line.rstrip()}\n" for line in text.strip().splitlines())


def test_the_page_names_everything_there_is() -> None:
    assert not [field for field in FIELDS if f"`{field}:" not in PAGE]
    assert not [form for form in _FORMATS if f"| `{form}` |" not in PAGE]
    assert set(_CITING) - {"chicago"} <= set(_FORMATS)
    assert tomllib.loads(dict(BLOCKS)["toml"])["recipient"][0]["search"] == "@borders"
