"""The tagging policy on cases of our own, in the format and by the scoring of the SCO pack.

A case passes when all it expects is tagged and nothing of what it rejects; where it is exhaustive, nothing else either.
"""

from __future__ import annotations

import json
from collections import Counter
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

import monitor
from monitor.watchlist.load import parse
from monitor.watchlist.matcher import Matcher

CASES: list[dict[str, Any]] = [
    json.loads(line)
    for line in (Path(__file__).parents[1] / "data" / "tagging_cases.jsonl").read_text(encoding="utf-8").splitlines()
]
PACK = Path(monitor.__file__).parent / "packs" / "sco" / "watchlist.yaml"
#: What the input's language says for the finer labels of the cases.
LANGUAGE = {"zh_hant": "zh", "uz_cyrl": "uz"}
#: At least so many cases of each language.
FLOOR = {
    **{"en": 180, "ru": 130, "zh": 65, "zh_hant": 10, "kk": 18, "ky": 11, "uz": 11, "uz_cyrl": 4},
    **{"tg": 8, "fa": 12, "ur": 8, "hi": 10, "be": 8, "tr": 10, "mn": 6, "az": 8},
}


@pytest.fixture(scope="module")
def pack() -> Matcher:
    return Matcher(parse(PACK.read_text(encoding="utf-8"), "watchlist.yaml"))


def _day(case: dict[str, Any]) -> date | None:
    return datetime.fromisoformat(case["date"]) if "date" in case else None


@pytest.mark.parametrize("case", CASES, ids=[f"{c['phenomenon']} {c['id']}" for c in CASES])
def test_case(pack: Matcher, case: dict[str, Any]) -> None:
    lang = LANGUAGE.get(case["lang"], case["lang"])
    found = pack.find(case.get("title"), case["text"], lang, _day(case))
    tags = {match.entry_id for match in found}
    why = [(m.entry_id, m.alias, m.rule, m.need) for m in found]
    assert not set(case["expect"]) - tags, why
    assert not set(case["reject"]) & tags, why
    if case["exhaustive"]:
        assert tags == set(case["expect"]), why
    fields = {"title": case.get("title", ""), "text": case["text"]}
    assert all(fields[m.field][m.start : m.end].strip() for m in found)


def test_every_language_has_its_cases() -> None:
    count = Counter(case["lang"] for case in CASES)
    assert count.keys() == FLOOR.keys()
    assert all(count[lang] >= least for lang, least in FLOOR.items()), count


def test_both_directions_are_asked() -> None:
    assert len({case["id"] for case in CASES}) == len(CASES)
    assert sum(not case["expect"] for case in CASES) >= 80
    assert sum(bool(case["reject"]) for case in CASES) >= 150


@pytest.mark.parametrize("lang", ["kk", "tg", "fa", "ur", "hi", "be", "tr", "zh", "ru", "en"])
def test_most_cases_need_no_language(pack: Matcher, lang: str) -> None:
    """A feed that does not say its language loses little."""
    cases = [c for c in CASES if c["lang"] == lang]
    passed = 0
    for case in cases:
        tags = {match.entry_id for match in pack.find(case.get("title"), case["text"], None, _day(case))}
        passed += set(case["expect"]) <= tags and not set(case["reject"]) & tags
    assert passed >= 0.9 * len(cases)
