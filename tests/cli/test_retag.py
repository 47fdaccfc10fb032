"""A home whose watchlist changes after articles have come: what check says, what retag does, and titles alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.calls import SETTINGS, WATCHLIST, Command, jsonl, row

PERSON = """\
- id: yermekbayev
  kind: person
  name: Nurlan Yermekbayev
  roles: [{role: SCO Secretary-General, org: sco, since: "2025-01-01"}]
  aliases: {en: [Yermekbayev], ru: [Ермекбаев], zh: [叶尔梅克巴耶夫]}
"""
TEXTS = {
    "en": "Then Yermekbayev of the Shanghai Cooperation Organisation spoke about trade at length.",
    "ru": "Потом с Ермекбаевым говорили о том, что ШОС меняется и растёт.",
    "zh": "上合组织的叶尔梅克巴耶夫今天在北京发表讲话，谈到了合作。",
    "fa": "دبیرکل سازمان همکاری شانگهای امروز در تهران سخنرانی کرد.",
}


@pytest.fixture
def home(tmp_path: Path) -> Command:
    """A home with one article of each language, tagged by a list that has the SCO alone."""
    path = tmp_path / "home"
    path.mkdir()
    for name, text in (("scowatch.toml", SETTINGS), ("sources.yaml", "sources:\n"), ("watchlist.yaml", WATCHLIST)):
        (path / name).write_text(text, encoding="utf-8")
    command = Command(path)
    rows = [row(n, text=text, lang=lang, title=f"Story {n}") for n, (lang, text) in enumerate(TEXTS.items(), 1)]
    assert command("import", "-", "--json", stdin=jsonl(*rows)).json()["new"] == 4
    return command


def add_person(home: Command) -> None:
    (home.home / "watchlist.yaml").write_text(WATCHLIST + PERSON, encoding="utf-8")


def hint(home: Command) -> str:
    ran = home("check")
    assert ran.code == 0
    return "".join(line for line in ran.err.splitlines() if "retag" in line)


def total(home: Command, query: str) -> int:
    return int(home("search", query, "--json").json()["total"])


def test_check_says_when_tags_and_list_have_drifted_apart(home: Command) -> None:
    assert hint(home) == ""
    add_person(home)
    assert "4 of 4 articles" in hint(home)
    home("import", "-", stdin=jsonl(row(9, text=TEXTS["en"] + " Once more.")))
    assert "4 of 5 articles" in hint(home)
    assert total(home, "tag:yermekbayev") == 1
    home("retag")
    assert hint(home) == ""


def test_what_is_for_people_changes_no_tags(home: Command) -> None:
    changed = "# a comment\n" + WATCHLIST.replace("priority: 1", "priority: 3\n  note: looked at")
    (home.home / "watchlist.yaml").write_text(changed, encoding="utf-8")
    assert hint(home) == ""
    (home.home / "watchlist.yaml").write_text(changed.replace("default: 200", "default: 100"), encoding="utf-8")
    assert "4 of 4 articles" in hint(home)


def test_retag_changes_what_searches_find_and_tells_nobody(home: Command) -> None:
    (home.home / "scowatch.toml").write_text(SETTINGS.replace("tag:sco", "tag:yermekbayev"), encoding="utf-8")
    add_person(home)
    home("deliver")
    home("digest", "send")
    report = home("retag", "--json").json()
    assert report["changed"] == 3
    assert {query: total(home, query) for query in ("tag:yermekbayev", "tag:sco", "tag:yermekbayev lang:zh")} == {
        "tag:yermekbayev": 3,
        "tag:sco": 4,
        "tag:yermekbayev lang:zh": 1,
    }
    home("deliver")
    home("digest", "send")
    told = [(delivery["kind"], delivery["told"]) for delivery in home("deliveries", "--json").json()]
    assert [one for one in told if one != ("digest", 0)] == []
    assert home("retag", "--json").json()["changed"] == 0


def test_titles_alone_when_the_settings_ask_for_them(home: Command) -> None:
    add_person(home)
    home("retag")
    given = jsonl({"id": "1", "text": TEXTS["fa"], "date": "2026-11-21"}, {"id": "2", "text": TEXTS["fa"]})
    named = [[tag["id"] for tag in one["tags"]] for one in home("tag", "--jsonl", stdin=given).rows()]
    assert named == [["sco"], ["sco"]]
    by_role = [[tag["rule"] for tag in one["tags"]] for one in home("tag", "--roles", "--jsonl", stdin=given).rows()]
    assert by_role == [["role", "strong"], ["strong"]]
    with (home.home / "scowatch.toml").open("a", encoding="utf-8") as settings:
        settings.write("[tagging]\nroles = true\n")
    assert "4 of 4 articles" in hint(home)
    home("retag")
    assert total(home, "tag:yermekbayev") == 4
    assert home("tag", "--jsonl", stdin=given).rows()[0]["tags"][0]["rule"] == "role"


def test_a_home_may_have_titles_of_its_own(home: Command) -> None:
    add_person(home)
    own = "offices:\n- role: SCO Secretary-General\n  titles: {en: [the Big Boss of Trade]}\n"
    (home.home / "roles.yaml").write_text(own, encoding="utf-8")
    given = jsonl({"id": "1", "text": "Then the Big Boss of Trade spoke.", "date": "2026-11-21"})
    assert [tag["id"] for tag in home("tag", "--roles", "--jsonl", stdin=given).rows()[0]["tags"]] == ["yermekbayev"]
    (home.home / "roles.yaml").write_text("offices: 3\n", encoding="utf-8")
    assert "roles.yaml:1" in home.refused("tag", "--roles", "--jsonl", stdin=given)[0]


def test_a_setting_that_is_no_yes_or_no(home: Command) -> None:
    with (home.home / "scowatch.toml").open("a", encoding="utf-8") as settings:
        settings.write('[tagging]\nroles = "yes"\nrolls = true\n')
    lines = home.refused("check")
    assert len(lines) == 2
    assert "roles: 'yes' is not true or false" in lines[0]
    assert "did you mean `roles`?" in lines[1]
