"""searches: what is kept under a name, asked for by its name in every place that takes a search."""

from __future__ import annotations

from tests.cli.calls import SETTINGS, Command, jsonl, row

SEARCHES = """\
searches:
- name: sco
  title: Всё о ШОС
  search: >-
    tag:sco
    OR 上合
- name: stories
  search: '@sco =story'
  notes: only those that are called so
"""


def prepared(scowatch: Command) -> Command:
    (scowatch.home / "searches.yaml").write_text(SEARCHES, encoding="utf-8")
    (scowatch.home / "scowatch.toml").write_text(SETTINGS.replace('"tag:sco"', '"@stories"', 1), encoding="utf-8")
    scowatch("import", "-", stdin=jsonl(row(1), row(2, title="Stories"), row(3, title="上合", text="…", lang="zh")))
    return scowatch


def test_the_list_says_who_is_told(scowatch: Command) -> None:
    rows = prepared(scowatch)("searches", "list", "--json").json()
    assert [(one["name"], one["title"], one["told_to"], one["line"]) for one in rows] == [
        ("sco", "Всё о ШОС", [], 2),
        ("stories", "stories", ["desk"], 7),
    ]
    shown = scowatch("searches", "list").out.splitlines()
    assert [line.split()[0] for line in shown] == ["name", "sco", "stories"]
    assert "desk" in shown[2]


def test_one_is_shown_by_its_name(scowatch: Command) -> None:
    shown = prepared(scowatch)("searches", "show", "@Stories").out
    assert "@sco =story" in shown
    assert "only those that are called so" in shown
    assert "told to desk" in shown
    assert scowatch("searches", "show", "sco", "--json").json()["search"] == "tag:sco OR 上合"


def test_one_is_run_as_any_search(scowatch: Command) -> None:
    ran = prepared(scowatch)("searches", "run", "sco", "--json", "--limit", "2").json()
    assert ran == scowatch("search", "@sco", "--json", "--limit", "2").json()
    assert (ran["total"], len(ran["hits"])) == (3, 2)
    assert [hit["ref"] for hit in scowatch("searches", "run", "stories", "--json").json()["hits"]] == ["r1"]
    assert [one["ref"] for one in scowatch("export", "@stories").rows()] == ["r1"]
    (answer,) = scowatch("search", "--jsonl", stdin='{"query": "@sco -@stories"}\n').rows()
    assert answer["total"] == 2


def test_a_recipient_gets_it_as_a_digest(scowatch: Command) -> None:
    told = prepared(scowatch)("digest", "preview", "--format", "json", "--since", "2026-01-01").json()
    assert [item["title"] for section in told["sections"] for item in section["items"]] == ["Story 1"]


def test_names_that_are_not_there(scowatch: Command) -> None:
    prepared(scowatch)
    for command in (["searches", "show", "stores"], ["searches", "run", "stores"]):
        (line,) = scowatch.refused(*command)
        assert "did you mean `stories`" in line
    (line,) = scowatch.refused("search", "x (@stores)")
    assert "did you mean @stories at column 4" in line


def test_a_home_without_any(scowatch: Command) -> None:
    ran = scowatch("searches", "list")
    assert (ran.code, ran.out) == (0, "")
    assert "`init` brings" in ran.err


def test_check_tells_faults_and_hints(scowatch: Command) -> None:
    (scowatch.home / "searches.yaml").write_text("searches:\n- {name: a, search: 'tag:sko'}\n", encoding="utf-8")
    ran = scowatch("check")
    assert ran.code == 0
    assert "searches.yaml:2: search 'a' asks for tag:sko" in ran.err
    (scowatch.home / "searches.yaml").write_text("searches:\n- {name: a, search: 'tag:'}\n", encoding="utf-8")
    (line,) = scowatch.refused("check")
    assert "searches.yaml:2: search 'a': tag: has no value at column 1" in line
