"""Searches of articles in thirty languages as a user makes them: what comes back, where a fault is, what is marked.

Articles and searches were written from the contract alone, before anyone looked at what the archive answers. A case:
`expect` (refs that come back, with `also` none but these may), `mark` (a pattern for one of the marked stretches), or
`column` (of the fault: one of these).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.cli.calls import Command, jsonl

DATA = Path(__file__).parents[1] / "data"
ARTICLES = [json.loads(line) for line in (DATA / "search_articles.jsonl").read_text(encoding="utf-8").splitlines()]
CASES = [json.loads(line) for line in (DATA / "search_cases.jsonl").read_text(encoding="utf-8").splitlines()]
#: Facet -> the field that asks for one of its values.
FIELDS = {"source": "src", "class": "class", "country": "from", "language": "lang", "tag": "tag"}


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Command:
    """A home of the pack with the articles."""
    command = Command(tmp_path_factory.mktemp("search") / "home")
    assert command("init").code == 0
    assert command("import", "-", "--json", stdin=jsonl(*ARTICLES)).json()["new"] == len(ARTICLES)
    return command


@pytest.fixture(scope="module")
def answers(archive: Command) -> list[dict[str, Any]]:
    """The answer to each of the cases."""
    asked = [{"query": case["query"], "limit": 100, "facets": True} for case in CASES]
    found = archive("search", "--jsonl", stdin=jsonl(*asked)).rows()
    assert len(found) == len(CASES)
    return found


def named(case: Mapping[str, Any]) -> str:
    return f"{case['what']}: {case['query']}"


@pytest.mark.parametrize("number", range(len(CASES)), ids=[named(case) for case in CASES])
def test_case(number: int, answers: list[dict[str, Any]]) -> None:
    case, answer = CASES[number], answers[number]
    if "column" in case:
        assert answer.get("column") in case["column"], answer
        return
    refs = [hit["ref"] for hit in answer["hits"]]
    assert len(set(refs)) == len(refs) == answer["total"]
    assert set(case["expect"]) <= set(refs) <= {*case["expect"], *case.get("also", ())}
    if "mark" in case:
        marked = [mark for hit in answer["hits"] for mark in re.findall("\x02([^\x02\x03]*)\x03", hit["snippet"])]
        assert any(re.search(case["mark"], mark) for mark in marked), marked


def test_snippets_are_the_words_of_their_articles(answers: list[dict[str, Any]]) -> None:
    by_ref = {article["ref"]: article for article in ARTICLES}
    for hit in (hit for answer in answers for hit in answer.get("hits", ())):
        title, text = by_ref[hit["ref"]]["title"], by_ref[hit["ref"]]["text"]
        shown = hit["snippet"].replace("\x02", "").replace("\x03", "").strip("… ")
        assert shown in f"{title} — {text}"


def test_facets_count_what_a_search_with_them_finds(archive: Command, answers: list[dict[str, Any]]) -> None:
    everything = answers[next(number for number, case in enumerate(CASES) if case["query"].startswith("-(lang:"))]
    asked = [
        (f"-(lang:en OR lang:ru OR lang:zh OR lang:fa) {field}:{value['value']}", value["count"])
        for name, field in FIELDS.items()
        for value in everything["facets"][name]
    ]
    assert len(asked) > 50
    found = archive("search", "--jsonl", stdin=jsonl(*({"query": query, "limit": 0} for query, _ in asked))).rows()
    assert [answer["total"] for answer in found] == [count for _, count in asked]
    for answer in (answer for answer in answers if "facets" in answer):
        assert answer["facets"]["hits"] == answer["total"]
