"""why, watchlist … and retag, as a person and as a script see them."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

import monitor.app
from monitor.cli.places import around, isolated, paragraph, plain
from monitor.cli.shown import width
from tests.cli.calls import WATCHLIST, Command, jsonl, process, row

WEAK = (
    WATCHLIST
    + """\
- id: timur-askarov
  kind: person
  name: Timur Askarov
  aliases: {en: [Timur Askarov], ru: [Тимур Аскаров], fa: [تیمور عسکروف]}
  ambiguous:
  - {a: Askarov, lang: en, need: [Lake, Water Fund], veto: [chess]}
"""
)


@pytest.fixture
def listed(home: Path, scowatch: Command, monkeypatch: pytest.MonkeyPatch) -> Command:
    """The command of a home with a weak name."""
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr(monitor.app, "now", lambda: datetime(2026, 11, 22, tzinfo=UTC))
    (home / "watchlist.yaml").write_text(WEAK, encoding="utf-8")
    return scowatch


def fill(scowatch: Command, *rows: dict[str, object]) -> None:
    assert scowatch("import", "-", stdin=jsonl(*rows)).code == 0


# ---------------------------------------------------------------------------------------------- why


def test_why_an_article_is_tagged(listed: Command) -> None:
    fill(listed, row(1, title="Lake talks", text="Then Askarov came. سازمان همکاری شانگهای", lang="en"))
    found = listed("why", "r1", "timur-askarov", "--json").json()
    assert (found["id"], found["tagged"], found["article"]["ref"]) == ("timur-askarov", True, "r1")
    (one,) = found["matches"]
    assert (one["text"], one["rule"], one["need"]) == ("Askarov", "weak:need", "Lake")
    assert one["need_at"] == {"field": "title", "start": 0, "end": 4}
    assert [match["start"] for match in found["stored"]] == [one["start"]]
    assert "let in by «Lake» in the title" in listed("why", "1", "timur-askarov").out
    assert listed("why", "https://example.org/1", "sco").out.count("tagged, 1 place") == 1


def test_why_an_article_is_not_tagged(listed: Command) -> None:
    fill(listed, row(1, title="The SCO Development Bank", text="Askarov plays chess at the lake."))
    (one,) = listed("why", "1", "timur-askarov", "--json").json()["stopped"]
    assert (one["reason"], one["by"], one["by_at"]["start"]) == ("veto", "chess", 14)
    shown = listed("why", "1", "sco").out
    assert "not tagged" in shown
    assert "finds the article all the same, by sco-bank." in shown


def test_why_of_a_text_needs_no_archive(home: Path, listed: Command) -> None:
    found = listed("why", "--text", "Затем Тимур Аскеров", "timur-askarov", "--json").json()
    assert (found["article"], found["stored"], found["lang"]) == (None, None, "ru")
    assert (found["alike"][0]["text"], found["alike"][0]["distance"]) == ("Тимур Аскеров", 1)
    assert "tagged, 1 place" in listed("why", "--text", "-", "sco", stdin="Саммит ШОС").out
    assert not (home / "archive.db").exists()


def test_why_tells_when_the_list_has_changed_since(home: Path, listed: Command) -> None:
    fill(listed, row(1, text="Timur Askarov spoke."))
    changed = WEAK.replace("[Timur Askarov]", "[Timur Bek Askarov]")
    (home / "watchlist.yaml").write_text(changed, encoding="utf-8")
    assert "`scowatch retag`" in listed("why", "1", "timur-askarov").out.replace("\n", " ")
    listed("retag")
    assert "no more since 2026-11-22" in listed("why", "1", "timur-askarov").out
    (one,) = listed("why", "1", "timur-askarov", "--json").json()["history"]
    assert one["made_by"]["digest"] != one["ended_by"]["digest"]
    assert (one["ended"], one["rule"]) == ("2026-11-22T00:00:00Z", "strong")


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        pytest.param(("1", "sco"), "no article '1'", id="no such article"),
        pytest.param(("--text", "SCO", "sc0"), "did you mean sco", id="no such entry"),
        pytest.param(("sco",), "ARTICLE and WATCH_ID", id="one name"),
        pytest.param(("1", "sco", "--text", "SCO"), "ARTICLE and WATCH_ID", id="article and text"),
        pytest.param(("--text", "SCO", "sco", "--date", "May"), "not a day", id="no day"),
        pytest.param(("--text", "SCO", "sco", "--watchlist", "none.yaml"), "none.yaml: cannot be read", id="no list"),
    ],
)
def test_why_refuses(listed: Command, arguments: tuple[str, ...], part: str) -> None:
    assert any(part in line for line in listed.refused("why", *arguments))


def test_strangers_cannot_write_on_the_terminal(listed: Command) -> None:
    fill(listed, row(1, title="SCO \x1b[31mred\u202e", text="a\x1b]0;x\x07 Timur Askarov \u202eback\x9b"))
    for shown in (
        listed("why", "1", "timur-askarov"),
        listed("watchlist", "test", "\x1b[2J Timur Askarov \u202e\x07"),
    ):
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", re.sub(r"\x1b\[\d*m", "", shown.out))


# ---------------------------------------------------------------------------------------------- places


LONG = {
    "Latin": "word " * 50 + "NAME" + " word" * 50,
    "Cyrillic": "слово " * 50 + "NAME" + " слово" * 50,
    "Han": "会议" * 80 + "NAME" + "会议" * 80,
    "Arabic": "سخن " * 50 + "NAME" + " سخن" * 50,
    "combining marks": "e\u0301 " * 50 + "NAME" + " e\u0301" * 50,
}


@pytest.mark.parametrize("text", LONG.values(), ids=LONG.keys())
@pytest.mark.parametrize("room", [20, 76])
def test_a_place_fits_into_its_line(text: str, room: int) -> None:
    start = text.index("NAME")
    shown = re.sub("\x1b\\[\\d*m|[\u2068\u2069]", "", around(text, start, start + 4, room))
    assert "[NAME]" in shown
    assert room - 6 <= width(shown) <= room


@pytest.mark.parametrize("text", ["", "x", "上合" * 100, "\u0301" * 300])
def test_a_place_may_be_the_whole_text(text: str) -> None:
    assert width(re.sub("\x1b\\[\\d*m", "", around(text, 0, len(text), 40))) <= 40


def test_what_is_written_from_right_to_left_is_set_apart() -> None:
    assert isolated("شانگهای") == "\u2068شانگهای\u2069"
    assert isolated("Шанхай 上海") == "Шанхай 上海"
    assert plain("a\tb\u200b\u2066c\ud800\x00") == "a bc "


def test_a_paragraph_knows_the_width_of_signs(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    paragraph("上海合作组织 " * 20, indent=4)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) > 4
    assert all(width(line) <= 60 and line.startswith("    上") for line in lines[:-1])


# ---------------------------------------------------------------------------------------------- watchlist …


def test_list(listed: Command) -> None:
    assert [one["id"] for one in listed("watchlist", "list", "--json").json()] == ["sco", "sco-bank", "timur-askarov"]
    assert [one["id"] for one in listed("watchlist", "list", "عسكروف", "--json").json()] == ["timur-askarov"]
    assert listed("watchlist", "list", "--kind", "fund").out.splitlines()[1].startswith("sco-bank  fund")


def test_forms(listed: Command) -> None:
    found = listed("watchlist", "forms", "timur-askarov", "--json").json()
    by_form = {one["form"]: one for one in found["forms"]}
    assert (by_form["Тимуром Аскаровым"]["made"], by_form["Тимуром Аскаровым"]["alias"]) == ("case", "Тимур Аскаров")
    assert by_form["Askarov, Timur"]["made"] == by_form["Askarov Timur"]["made"] == "order"
    assert by_form["Timur Askarov"]["made"] == "listed"
    assert (by_form["Askarov"]["strong"], by_form["Askarov"]["need"]) == (False, ["Lake", "Water Fund"])
    assert by_form[next(form for form in by_form if "تیمور" in form)]["suffixes"] is True
    shown = listed("watchlist", "forms", "timur-askarov", "--lang", "en").out
    assert "Askarov  (en, weak)" in shown
    assert "Тимур" not in shown
    assert listed("watchlist", "forms", "timur-askarov").out == listed("watchlist", "forms", "timur-askarov").out


def test_forms_are_told_in_the_same_order_every_time(listed: Command) -> None:
    told = {
        process(
            "watchlist", "forms", "timur-askarov", cwd=listed.home, env={"PYTHONHASHSEED": seed, "SCOWATCH_HOME": "."}
        ).out
        for seed in ("1", "2")
    }
    assert len(told) == 1


BAD = """\
meta: {window: 100}
entries:
- id: one
  kind: person
  parent: two
  aliases: {english: [A Name], en: [Q]}
- id: two
  kind: body
  parent: one
  aliases: {en: [Two Names]}
  ambiguous:
  - {a: Two, lang: en, need: [Lake], veto: [lake]}
- id: one
  kind: body
  parent: three
  aliases: {en: [B Name]}
"""


def test_check_tells_everything_at_once(listed: Command, tmp_path: Path) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text(BAD, encoding="utf-8")
    told = listed.refused("watchlist", "check", str(file))
    for line, part in (
        (1, "window"),
        (5, "circle"),
        (6, "english"),
        (6, "one letter"),
        (12, "`Lake`"),
        (13, "line 3"),
        (15, "three"),
    ):
        assert any(f"bad.yaml:{line}: " in one and part in one for one in told), (line, part, told)
    ran = listed("watchlist", "check", str(file), "--json")
    assert ran.code == 2
    assert '"problems": [' in ran.out
    assert '"line": 13' in ran.out


def test_check_of_a_sound_list(listed: Command, home: Path) -> None:
    assert listed("watchlist", "check", "--json").json() == {
        "file": str(home / "watchlist.yaml"),
        "entries": 3,
        "names": 9,
        "problems": [],
    }
    assert "all well" in listed("watchlist", "check").out


@pytest.mark.parametrize("command", ["check", "lint", "diff"])
@pytest.mark.parametrize(
    ("body", "part"),
    [
        pytest.param(None, "cannot be read", id="not there"),
        pytest.param(b"\xff\xfe\x00", "not UTF-8", id="no text"),
        pytest.param(b"", "no watchlist", id="empty"),
        pytest.param(b"entries: [", "not YAML", id="no YAML"),
        pytest.param(b"a: &a [*a]\nentries: []", "unknown key", id="goes round"),
    ],
)
def test_a_file_that_is_no_list(listed: Command, tmp_path: Path, command: str, body: bytes | None, part: str) -> None:
    file = tmp_path / "some.yaml"
    if body is not None:
        file.write_bytes(body)
    assert any(part in line for line in listed.refused("watchlist", command, str(file)))


def test_lint(listed: Command, home: Path) -> None:
    fill(listed, *(row(n, text="The lake was calm, and lake water low. " * 9) for n in range(1, 5)))
    (home / "watchlist.yaml").write_text(WEAK + "- id: lake\n  kind: body\n  aliases: {tr: [Lake]}\n", encoding="utf-8")
    found = listed("watchlist", "lint", "--json").json()
    rules = {(one["entry_id"], one["rule"]) for one in found["findings"]}
    assert rules == {("lake", "word"), ("", "stale"), ("sco", "short")}
    assert listed("watchlist", "lint", "--no-archive", "--json").json()["archive"] is False
    ran = listed("watchlist", "lint", "--strict")
    assert ran.code == 1
    assert "3 findings" in ran.out
    assert listed("watchlist", "lint").code == 0


def test_test_shows_what_counts_and_what_does_not(listed: Command) -> None:
    found = listed("watchlist", "test", "Askarov о ШОС", "--lang", "ru", "--title", "Водный форум", "--json").json()
    assert (found["lang"], found["guessed"]) == ("ru", False)
    assert [one["id"] for one in found["matches"]] == ["sco"]
    assert [(one["id"], one["reason"]) for one in found["stopped"]] == [("timur-askarov", "need")]
    assert "tags: sco" in listed("watchlist", "test", "-", stdin="上合组织昨天宣布").out
    assert "tags: none" in listed("watchlist", "test", "").out


@pytest.mark.parametrize("name", ["list", "forms", "check", "lint", "test", "diff", "suggest"])
def test_each_explains_itself(listed: Command, name: str) -> None:
    ran = listed("watchlist", name, "--help")
    assert (ran.code, ran.err) == (0, "")
    assert max(map(width, ran.out.splitlines())) <= 80
    assert re.search(rf"^  {name} +[A-Z].*\.$", listed("watchlist", "--help").out, re.MULTILINE)


# ---------------------------------------------------------------------------------------------- diff and retag


def test_diff_writes_nothing_and_retag_does(listed: Command, home: Path) -> None:
    fill(listed, row(1, text="Timur Askarov spoke."), row(2, text="Askar of the lake spoke."), row(3, title="ШОС"))
    new = home.parent / "new.yaml"
    new.write_text(WEAK.replace("en: [Timur Askarov]", "en: [Askar of the lake]"), encoding="utf-8")
    found = listed("watchlist", "diff", str(new), "--json").json()
    (entry,) = found["entries"]
    assert (found["articles"], found["changed"]) == (3, 2)
    assert (entry["id"], entry["gained"], entry["lost"]) == ("timur-askarov", 1, 1)
    assert entry["samples_gained"][0]["text"] == "Askar of the lake"
    assert listed("watchlist", "diff", "--json").json()["entries"] == []
    (home / "watchlist.yaml").write_text(new.read_text(encoding="utf-8"), encoding="utf-8")
    assert listed("retag", "--json").json() == {
        "articles": 3,
        "changed": 2,
        "left": 0,
        "gained": {"timur-askarov": 1},
        "lost": {"timur-askarov": 1},
    }
    assert listed("retag").out.startswith("0 articles tagged anew")
    assert listed("search", "tag:timur-askarov", "--json").json()["hits"][0]["ref"] == "r2"


def test_retag_with_a_bad_list_touches_nothing(listed: Command, home: Path) -> None:
    fill(listed, row(1))
    (home / "watchlist.yaml").write_text(BAD, encoding="utf-8")
    assert any("circle" in line for line in listed.refused("retag"))


def test_no_home(tmp_path: Path) -> None:
    nowhere = Command(tmp_path / "nowhere")
    for command in (("retag",), ("watchlist", "diff"), ("why", "1", "sco")):
        assert any("there is no home" in line for line in nowhere.refused(*command))
    assert nowhere("watchlist", "test", "SCO summit in Bishkek").code == 0


def test_suggest_names_what_stands_beside_tags(listed: Command) -> None:
    fill(
        listed,
        *(
            row(n, text=f"After some hours of waiting the envoy Pavel Rykov met with Timur Askarov on day {n}.")
            for n in range(1, 5)
        ),
        *(row(n, title="Weather", text=f"It was cold in Naryn on day {n}, and cloudy.") for n in range(5, 9)),
    )
    found = listed("watchlist", "suggest", "--json").json()
    assert "Pavel Rykov" in [one["name"] for one in found]
    assert "Timur Askarov" not in [one["name"] for one in found]
    shown = listed("watchlist", "suggest", "--least", "2")
    assert "Pavel Rykov" in shown.out
    assert "beside timur-askarov" in shown.out
    assert all(width(line) <= 80 for line in shown.out.splitlines())
    assert listed("watchlist", "suggest", "--since", "2026-11-30").out == "no name stands out\n"


def test_a_text_is_no_longer_than_an_article_can_be(listed: Command) -> None:
    ran = listed("watchlist", "test", "-", "--json", stdin="ab " * 1_000_000 + "Timur Askarov")
    assert ran.code == 0
    assert "the first 1000000 characters" in ran.err
    assert "Askarov" not in ran.out


ROLES = """\
offices:
- role: [Head of the Water Fund]
  titles: {en: [Water Fund chief]}
"""


def test_titles_count_where_they_are_asked_for(home: Path, listed: Command) -> None:
    office = "  roles: [{role: Head of the Water Fund, since: 2020-01-01}]\n"
    named = "  name: Timur Askarov\n"
    (home / "watchlist.yaml").write_text(WEAK.replace(named, named + office), encoding="utf-8")
    (home / "roles.yaml").write_text(ROLES, encoding="utf-8")
    asked = ("why", "--text", "The Water Fund chief spoke.", "--date", "2026-11-20", "timur-askarov")
    assert listed(*asked, "--json").json()["matches"] == []
    (one,) = listed(*asked, "--json", "--roles").json()["matches"]
    assert (one["rule"], one["text"]) == ("role", "Water Fund chief")
    assert "title «Water Fund chief»" in listed(*asked, "--roles").out
    assert "tags: timur-askarov" in listed("watchlist", "test", *asked[2:5], "--roles").out


@pytest.mark.parametrize("command", ["diff", "suggest", "lint"])
def test_what_reads_the_archive_writes_nothing(listed: Command, command: str) -> None:
    fill(listed, row(1), row(2))
    before = listed("export").out
    assert listed("watchlist", command).code == 0
    assert listed("export").out == before
