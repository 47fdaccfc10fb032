"""How the commands explain themselves, what they refuse, and with which exit code."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from monitor.cli import COMMANDS, reading
from storage import open_store
from tests.cli.calls import Command, environment, jsonl, process, row

SOURCES = ("list", "add", "check", "import", "export")
SUBCOMMANDS = [[name] for name in COMMANDS] + [["sources", name] for name in SOURCES]


@pytest.mark.parametrize("command", [pytest.param(c, id=" ".join(c)) for c in SUBCOMMANDS])
def test_every_command_explains_itself(command: list[str], scowatch: Command) -> None:
    ran = scowatch(*command, "--help")
    assert (ran.code, ran.err) == (0, "")
    assert f"Usage: scowatch {' '.join(command)}" in ran.out
    assert len(ran.out.splitlines()) > 5
    assert max(len(line) for line in ran.out.splitlines()) <= 100


def test_help_names_every_command_and_imports_none(scowatch: Command) -> None:
    ran = scowatch("-h")
    assert ran.code == 0
    assert all(f"  {name} " in ran.out for name in COMMANDS)
    code = "import sys; sys.argv[1:] = ['--help']; import monitor.cli as c\n"
    code += "try: c.main()\nexcept SystemExit: print(sorted(m for m in sys.modules if m.split('.')[0] in "
    code += "('httpx', 'yaml', 'sources', 'storage', 'alerts', 'lxml', 'asyncio')))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment(), check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_a_poll_without_news_loads_nothing_that_articles_need(tmp_path: Path) -> None:
    """A pass of three hundred such polls takes hardly longer than its start."""
    open_store(f"sqlite:///{tmp_path}/archive.db").close()
    code = f"""
import sys
from datetime import UTC, datetime
from monitor.types import Collected
from storage import open_store
store = open_store("sqlite:///{tmp_path}/archive.db")
at = datetime(2026, 11, 21, tzinfo=UTC)
store.record_all([Collected(source_id="tass", at=at, outcome="not_modified")])
assert store.source_states()["tass"].last_outcome == "not_modified"
store.close()
needed = ("storage.articles", "storage.places", "monitor.types.articles", "monitor.types.digests")
print([name for name in (*needed, "monitor.types.identity", "monitor.text.fold") if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment(), check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_version(scowatch: Command) -> None:
    assert scowatch("--version").out == "scowatch 0.1.0\n"


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        pytest.param(["serch", "x"], "serch", id="unknown command"),
        pytest.param(["search", "x", "--home", "y"], "--home stands before the command", id="home behind the command"),
        pytest.param(["search"], "QUERY", id="no query"),
        pytest.param(["search", "x", "--sort", "oldest"], "oldest", id="unknown order"),
        pytest.param(["search", "x", "--limit", "-1"], "-1", id="limit below zero"),
        pytest.param(["search", "x", "--limit", "10000000"], "10000000", id="limit beyond all"),
        pytest.param(["deliveries", "--limit", "-1"], "-1", id="deliveries below zero"),
        pytest.param(["versions", "9" * 30], "no article", id="a number beyond all"),
        pytest.param(["versions", "http://[bad"], "no article", id="an address that is none"),
        pytest.param(["why", "77", "sco"], "no article", id="unknown article"),
        pytest.param(["why", "\udcff", "sco"], "no article '\\udcff'", id="an article in another encoding"),
        pytest.param(["story", "9" * 30], "no story", id="unknown story"),
        pytest.param(["coverage", "77"], "no story", id="unknown story to look at"),
        pytest.param(["restore", "nowhere"], "no backup", id="no backup"),
        pytest.param(["backup", "verify", "nowhere"], "no backup", id="no backup to verify"),
        pytest.param(["search", "x", "--since", "yesterday"], "'--since': 'yesterday' is not a time", id="not a time"),
        pytest.param(["search", "x", "--since", ""], "'--since': '' is not a time", id="nothing for a time"),
        pytest.param(["search", "x", "--until", "2026-02-30"], "'--until': '2026-02-30'", id="a day that never was"),
        pytest.param(["stories", "--until", "0001-01-01T00:00+05:00"], "'--until'", id="before the first year"),
        pytest.param(["digest", "preview", "--since", "soon"], "'--since': 'soon'", id="not a time for a digest"),
        pytest.param(["search", "x", "--since", "99999999w"], "longer ago", id="before all dates"),
        pytest.param(["search", "x", "--since", "9" * 5000 + "h"], "longer ago", id="before all numbers"),
        pytest.param(["collect", "--source", "nobody"], "sources list", id="unknown source"),
        pytest.param(["sources", "check", "nobody"], "sources list", id="unknown source to check"),
        pytest.param(["sources", "import", "nowhere.opml"], "nowhere.opml", id="no file to import"),
        pytest.param(["import", "nowhere.jsonl"], "nowhere.jsonl", id="no articles to import"),
        pytest.param(["import", "."], "directory", id="a folder to import"),
        pytest.param(["digest", "preview", "--recipient", "boss"], "there: desk", id="unknown recipient"),
        pytest.param(["export", "--format", "docx"], "docx", id="unknown format"),
        pytest.param(["tag"], "--jsonl", id="tag without a form"),
        pytest.param(["tag", "--jsonl", "--watchlist", "nowhere.yaml"], "nowhere.yaml", id="no such watchlist"),
        pytest.param(["init", "--pack", "nato"], "nato", id="unknown pack"),
    ],
)
def test_bad_usage_is_exit_2_with_the_reason(arguments: list[str], part: str, scowatch: Command) -> None:
    assert part in "\n".join(scowatch.refused(*arguments))


@pytest.mark.parametrize(
    ("query", "column"),
    [
        pytest.param("(sco", 1, id="open bracket"),
        pytest.param('саммит "ШОС', 8, id="open quotation mark"),
        pytest.param("峰会 clas:official", 4, id="unknown field"),
        pytest.param("اجلاس since:tomorrow", 13, id="not a date"),
    ],
)
def test_a_bad_query_names_its_column_and_prints_nothing(query: str, column: int, scowatch: Command) -> None:
    for command in ("search", "export"):
        (line,) = scowatch.refused(command, query)
        assert f"column {column}" in line


# ---------------------------------------------------------------------------------------------- homes

NEED_A_HOME = [["check"], ["collect"], ["run"], ["sources", "list"], ["search", "x"], ["export"], ["import", "-"],
               ["digest", "preview"], ["deliver"], ["deliveries"], ["sources", "check", "x"], ["sources", "export"],
               ["sources", "profile", "x"], ["searches", "list"], ["searches", "run", "x"], ["feed", "x"],
               ["alerts", "list"], ["mutes", "add", "story", "1", "--for", "1d"]]  # fmt: skip


@pytest.mark.parametrize("command", [pytest.param(c, id=" ".join(c)) for c in NEED_A_HOME])
@pytest.mark.parametrize(
    ("kind", "part"),
    [
        pytest.param("missing", "init`", id="missing"),
        pytest.param("another folder", "init`", id="another folder"),
        pytest.param("file", "is a file", id="file"),
    ],
)
def test_without_a_home_nothing_is_made(command: list[str], kind: str, part: str, tmp_path: Path) -> None:
    place = tmp_path / "place"
    if kind == "file":
        place.write_text("mine")
    elif kind == "another folder":
        place.mkdir()
    (line,) = Command(place).refused(*command)
    assert str(place) in line
    assert part in line
    assert not place.is_dir() or list(place.iterdir()) == []


def test_init_makes_a_home_and_never_overwrites(tmp_path: Path) -> None:
    scowatch = Command(tmp_path / "new" / "home")
    ran = scowatch("init")
    assert (ran.code, ran.out) == (0, "")
    assert "made scowatch.toml, watchlist.yaml, sources.yaml" in ran.err
    (scowatch.home / "scowatch.toml").write_text("# mine\n")
    (scowatch.home / "sources.yaml").unlink()
    assert "made sources.yaml" in scowatch("init", "--empty").err
    assert (scowatch.home / "scowatch.toml").read_text() == "# mine\n"
    assert scowatch("sources", "list", "--json").json() == []
    assert "nothing changed" in scowatch("init").err
    assert scowatch("check").code == 0


def test_init_at_the_place_of_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("mine")
    (line,) = Command(tmp_path / "taken").refused("init")
    assert "is a file" in line
    assert (tmp_path / "taken").read_text() == "mine"


def test_the_home_may_stand_in_the_environment(home: Path) -> None:
    ran = process("check", cwd=home.parent, env={"SCOWATCH_HOME": str(home)})
    assert (ran.code, ran.out.splitlines()[0].split()) == (0, ["home", str(home)])


def test_moving_the_folder_moves_the_installation(scowatch: Command, tmp_path: Path) -> None:
    (scowatch.home / "scowatch.toml").write_text("[storage]\nurl = 'sqlite:///news.db'\n")
    scowatch("import", "-", stdin=jsonl(row(1), row(2)))
    moved = tmp_path / "elsewhere" / "home"
    shutil.move(scowatch.home, moved.parent / "home")
    assert (moved / "news.db").is_file()
    assert len(Command(moved)("export").rows()) == 2
    assert [path.name for path in tmp_path.iterdir()] == ["elsewhere"]


# ---------------------------------------------------------------------------------------------- configuration


def test_every_problem_of_the_configuration_is_told_at_once(scowatch: Command) -> None:
    home = scowatch.home
    (home / "scowatch.toml").write_text(
        "[fetch]\ncontct = 'x'\n[[recipient]]\nname = 'd'\nemail = 'a@b.c'\ntimezone = 'Mars/Base'\n"
    )
    source = "- {id: one, feeds: [{url: https://example.org/rss}]}\n"
    (home / "sources.yaml").write_text(f"sources:\n{source}{source}")
    (home / "watchlist.yaml").write_text("entries:\n- kind: body\n  name: Nameless\n  aliases: {en: [Nameless]}\n")
    for command in (["check"], ["run"], ["deliver"]):
        lines = scowatch.refused(*command)
        assert [line.split(": ", 1)[1].rsplit(":", 1)[0].partition(": ")[0] for line in lines][:2] == [
            f"{home}/scowatch.toml:2",
            f"{home}/scowatch.toml:6",
        ]
        told = "\n".join(lines)
        assert "did you mean `contact`" in told
        assert "'Mars/Base' is not a time zone" in told
        assert f"{home}/sources.yaml:3: id 'one' stands already on line 2" in told
        assert f"{home}/watchlist.yaml:2: " in told
        assert len(lines) == 4


@pytest.mark.parametrize(
    ("name", "body", "part"),
    [
        pytest.param("scowatch.toml", b"[fetch\n", "scowatch.toml:1: not TOML", id="not TOML"),
        pytest.param("scowatch.toml", b"\xff\xfe", "not UTF-8", id="not UTF-8"),
        pytest.param("sources.yaml", b"sources: [\n", "not YAML", id="not YAML"),
        pytest.param("watchlist.yaml", b"entries: 7\n", "watchlist.yaml", id="a number for a list"),
        pytest.param("sources.yaml", b"sources: 7\n", "has no list `sources:`", id="a number for the sources"),
        pytest.param("sources.yaml", b"\nsources: {a: b}\n", "sources.yaml:2: has no list", id="a map for the sources"),
        pytest.param("sources.yaml", b"source:\n- id: a\n", "has no list `sources:`", id="another word for sources"),
        pytest.param("calendar.yaml", b"dates: []\n", "calendar.yaml:1", id="own calendar"),
        pytest.param("agencies.yaml", b"agencies: 7\n", "agencies.yaml:1", id="own agencies"),
        pytest.param("roles.yaml", b"offices: 7\n", "roles.yaml:1", id="own titles of offices"),
        pytest.param("places.yaml", b"[\n", "places.yaml:2: not YAML", id="own places"),
        pytest.param("happenings.yaml", b"{a: b}\n", "happenings.yaml:1", id="own happenings"),
        pytest.param("common.yaml", b"7\n", "common.yaml:1", id="own common words"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(name: str, body: bytes, part: str, scowatch: Command) -> None:
    (scowatch.home / name).write_bytes(body)
    assert part in "\n".join(scowatch.refused("check"))


def test_check_finds_a_secret_that_is_not_set(scowatch: Command) -> None:
    (scowatch.home / "scowatch.toml").write_text("[[slack]]\nname = 'a'\nwebhook_env = 'SCOWATCH_NO_SUCH'\n")
    (line,) = scowatch.refused("check")
    assert "SCOWATCH_NO_SUCH is not set" in line


def test_check_finds_a_webhook_that_is_no_address_and_tells_no_secret(
    scowatch: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    (scowatch.home / "scowatch.toml").write_text("[[slack]]\nname = 'a'\nwebhook_env = 'SCOWATCH_HOOK'\n")
    monkeypatch.setenv("SCOWATCH_HOOK", "hunter2")
    for command in ("check", "run", "deliver"):
        (line,) = scowatch.refused(command)
        assert "slack:a: what `webhook_env` names is not an address" in line
        assert "hunter2" not in line


def test_a_byte_order_mark_begins_no_file(scowatch: Command) -> None:
    for name in ("scowatch.toml", "sources.yaml", "watchlist.yaml"):
        file = scowatch.home / name
        file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    assert scowatch("check").code == 0


@pytest.mark.parametrize(
    ("url", "part"),
    [
        pytest.param("oracle://x/y", "there is no storage 'oracle'", id="unknown storage"),
        pytest.param("sqlite:///no/such/folder/a.db", "folder", id="folder that is not there"),
    ],
)
def test_check_opens_the_archive(url: str, part: str, scowatch: Command) -> None:
    (scowatch.home / "scowatch.toml").write_text(f"[storage]\nurl = '{url}'\n")
    (line,) = scowatch.refused("check")
    assert part in line


def test_check_says_what_it_has_read(scowatch: Command) -> None:
    ran = scowatch("check")
    assert ran.code == 0
    found = dict(line.split(None, 1) for line in ran.out.splitlines())
    assert found["sources"] == "0 with 0 addresses"
    assert found["watchlist"].startswith("2 entries")
    assert ran.err.splitlines() == ["all well"]


# ---------------------------------------------------------------------------------------------- streams


def test_a_reader_that_goes_away_is_no_failure(scowatch: Command) -> None:
    scowatch("import", "-", stdin=jsonl(*(row(n, text="word " * 2000) for n in range(60))))
    for arguments in (["export"], ["export", "--format", "csv"], ["search", "word", "--limit", "60", "--json"]):
        with subprocess.Popen(
            [sys.executable, "-m", "monitor", "--home", str(scowatch.home), *arguments],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(),
        ) as running:  # fmt: skip
            assert running.stdout is not None
            assert running.stderr is not None
            running.stdout.read(10)
            running.stdout.close()
            complaint = running.stderr.read()
            assert (running.wait(20), complaint) == (0, b""), arguments


def test_output_that_cannot_be_written_is_one_clear_line(scowatch: Command) -> None:
    scowatch("import", "-", stdin=jsonl(row()))
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "monitor", "--home", str(scowatch.home), "export"],
            stdout=full, stderr=subprocess.PIPE, env=environment(), check=False,
        )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.decode().splitlines() == [
        "scowatch: the output: No space left on device; look at the path, its rights and the disk"
    ]


@pytest.mark.parametrize(
    "closed", [pytest.param("<&-", id="in"), pytest.param(">&-", id="out"), pytest.param("2>&-", id="err")]
)
def test_closed_streams_do_no_harm(closed: str, home: Path) -> None:
    for command in ("tag --jsonl", "import -", "search --jsonl", "collect"):
        call = f'exec "{sys.executable}" -m monitor --home "{home}" {command} {closed}'
        done = subprocess.run(["bash", "-c", call], capture_output=True, input=b"", env=environment(), check=False)
        assert done.returncode == 0, (call, done.stderr)
        assert b"rror" not in done.stderr


def test_input_and_output_are_utf8_whatever_the_locale(home: Path) -> None:
    given = jsonl({"id": "é", "text": "Саммит ШОС"}).encode()
    env = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": "latin-1"}
    ran = process("--home", str(home), "tag", "--jsonl", cwd=home, stdin=given, env=env)
    (out,) = ran.rows()
    assert (out["id"], [tag["start"] for tag in out["tags"]]) == ("é", [7])


def test_half_a_surrogate_comes_back_as_it_was_given(scowatch: Command) -> None:
    (out,) = scowatch("tag", "--jsonl", stdin=r'{"id": "\ud800", "text": "x"}').rows()
    assert out["id"] == "\ud800"


def test_debug_shows_where_an_error_came_from(home: Path) -> None:
    ran = process("--home", str(home), "--debug", "search", "(x", cwd=home)
    assert ran.code != 0
    assert "Traceback" in ran.err
    assert os.sep in ran.err


def test_a_thread_that_waits_for_a_name_server_does_not_keep_the_service_from_ending(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ended: list[int] = []
    monkeypatch.setattr("os._exit", ended.append)
    over = threading.Event()
    waiting = threading.Thread(target=over.wait)
    waiting.start()
    try:
        reading._leave()
    finally:
        over.set()
        waiting.join()
    assert ended == [0]
