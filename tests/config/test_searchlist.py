"""searches.yaml: searches under a name, and every fault of the file with its line."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import pytest

from monitor import query
from monitor.config.reading import read_settings
from monitor.errors import ConfigError
from monitor.home import Home, make_home
from monitor.searchlist import read_searches, texts_of
from monitor.types import SavedSearch


def read(text: str) -> tuple[SavedSearch, ...]:
    return read_searches(text, "searches.yaml")


def problems(text: str) -> list[tuple[int, str]]:
    with pytest.raises(ConfigError) as caught:
        read(text)
    return [(problem.line, problem.message) for problem in caught.value.problems]


def test_a_block_is_a_search() -> None:
    found = read(
        "searches:\n- name: rail\n- name: border\n".replace(
            "- name: rail\n", "- {name: rail, search: железн* OR 铁路}\n"
        )
        + "  title: Граница и 边境\n  search: >-\n    @rail\n    tag:sco\n  notes: مرز\n"
    )
    assert found == (
        SavedSearch(name="rail", title="rail", search="железн* OR 铁路", line=2),
        SavedSearch(name="border", title="Граница и 边境", search="@rail tag:sco", notes="مرز", line=3),
    )


@pytest.mark.parametrize(
    "text",
    ["", "# nothing\n", "searches:\n", "searches: []\n"],
    ids=["empty", "only a remark", "no list", "an empty list"],
)
def test_nothing_is_no_fault(text: str) -> None:
    assert read(text) == ()


FAULTS = {
    "no map": ("- name: a\n", 1, "has no list"),
    "no list": ("searches: {a: b}\n", 1, "has no list"),
    "not YAML": ("searches: [\n", 2, "not YAML"),
    "unknown key of the file": ("serches: []\n", 1, "did you mean `searches`"),
    "no block": ("searches:\n- tag:sco\n", 2, "is not a search"),
    "no name": ("searches:\n- search: a1\n", 2, "needs a `name`"),
    "a name that cannot be typed": ("searches:\n- {name: 'Two words', search: a1}\n", 2, "a-z, 0-9"),
    "a name twice": ("searches:\n- {name: a, search: x1}\n- name: a\n  search: y1\n", 3, "already on line 2"),
    "no search": ("searches:\n- name: a\n", 2, "needs a `search`"),
    "a search that is no text": ("searches:\n- name: a\n  search: 2026\n", 3, "not a text"),
    "unknown key": ("searches:\n- name: a\n  search: x1\n  sort: newest\n", 4, "unknown key `sort`"),
    "a bracket": ("searches:\n- name: a\n  title: A\n  search: саммит (а1\n", 4, "not closed at column 8"),
    "a field": ("searches:\n- name: a\n  search: country:kz\n", 3, "did you mean from: at column 1"),
    "a reference to nothing": ("searches:\n- {name: rail, search: a1}\n- {name: b, search: '@rial'}\n", 3, "@rail"),
    "itself": ("searches:\n- {name: a, search: 'x1 @a'}\n", 2, "@a leads back to itself"),
    "a circle": ("searches:\n- {name: a, search: '@b'}\n- {name: b, search: '@a'}\n", 3, "leads back to itself"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "line", "part"), FAULTS.values(), ids=FAULTS)
def test_faults_have_their_line(text: str, line: int, part: str) -> None:
    found = problems(text)
    assert any(at == line and part in message for at, message in found), found


def test_all_faults_are_told_at_once() -> None:
    assert [line for line, _ in problems("searches:\n- {name: a, search: '('}\n- 7\n- {name: B, search: x1}\n")] == [
        2,
        3,
        4,
    ]


# ---------------------------------------------------------------------------------------------- the pack

PACK = (resources.files("monitor") / "packs" / "sco" / "searches.yaml").read_text(encoding="utf-8")


def test_the_pack_has_fifteen_and_all_they_ask_for_is_there(tmp_path: Path) -> None:
    make_home(tmp_path)
    home = Home(tmp_path)
    assert (tmp_path / "searches.yaml").read_text(encoding="utf-8") == PACK
    assert len(home.searches) == 15
    assert home.problems({}) == []
    for one in home.searches:
        assert not query.unknown(home.query(f"@{one.name}").root, home.vocabulary), one.name


def test_what_nobody_has_is_named(tmp_path: Path) -> None:
    make_home(tmp_path)
    home = Home(tmp_path)
    root = query.parse("(tag:sco,nobody OR -src:kremlin,none) from:zz lang:xx kind:person tag!:nobody title:tag").root
    found = query.unknown(root, home.vocabulary)
    assert found == ("tag:nobody", "src:none", "from:zz", "tag!:nobody")
    assert query.unknown(root, query.vocabulary((), home.watchlist.entries)) == ("tag:nobody", "tag!:nobody")


# ---------------------------------------------------------------------------------------------- settings

SETTINGS = """\
[[recipient]]
name = "desk"
email = "desk@example.org"
search = "@rail from:kz"
[[slack]]
name = "alerts"
search = "@trains"
"""


def test_settings_refer_to_them_and_say_where_they_do_so_in_vain() -> None:
    texts = texts_of(read("searches:\n- {name: rail, search: a1}\n"))
    with pytest.raises(ConfigError) as caught:
        read_settings(SETTINGS, "scowatch.toml", lambda: texts)
    (problem,) = caught.value.problems
    assert (problem.line, "there is no saved search @trains" in problem.message) == (7, True)
    settings = read_settings(SETTINGS.replace("@trains", "@rail"), "scowatch.toml", lambda: texts)
    assert [settings.recipients[0].search, settings.slack[0].search] == ["@rail from:kz", "@rail"]


def test_a_broken_list_is_told_once_and_the_settings_are_still_looked_through(tmp_path: Path) -> None:
    make_home(tmp_path)
    (tmp_path / "scowatch.toml").write_text(SETTINGS + 'max_per_day = "x"\n', encoding="utf-8")
    (tmp_path / "searches.yaml").write_text("searches:\n- {name: rail, search: '('}\n", encoding="utf-8")
    found = [(Path(p.file).name, p.line) for p in Home(tmp_path).problems({})]
    assert found == [("scowatch.toml", 8), ("searches.yaml", 2)]


def test_a_home_without_the_file_has_none(tmp_path: Path) -> None:
    (tmp_path / "scowatch.toml").write_text("", encoding="utf-8")
    home = Home(tmp_path)
    assert (home.searches, home.problems({})) == ((), [])
