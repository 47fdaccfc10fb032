"""Which pages may go: by class and days, and never what somebody refers to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.evidence.retention import expired, oldest, removable
from monitor.types import Aged, Source

NOW = datetime(2026, 11, 22, tzinfo=UTC)
SOURCES = {
    name: Source(id=name, name=name, kind="feed", addresses=(), ownership=ownership)
    for name, ownership in [("kremlin", "official"), ("wire", "wire"), ("plain", None)]
}
DAYS = {"wire": 30, "official": 365}


def page(number: int = 1, source_id: str | None = "wire", days: float = 31, **changed: Any) -> Aged:
    values: dict[str, Any] = {
        "id": number,
        "article_id": number,
        "source_id": source_id,
        "at": NOW - timedelta(days=days),
        "file": "scowatch-20261022-000.warc.gz",
        "revisit_of": None,
        "cited": False,
    }
    return Aged(**(values | changed))


def going(*pages: Aged, held: frozenset[int] = frozenset(), days: Any = None) -> frozenset[int]:
    return removable(pages, expired(pages, DAYS if days is None else days, SOURCES, NOW), held)


@pytest.mark.parametrize(
    ("one", "goes"),
    [
        pytest.param(page(), True, id="over"),
        pytest.param(page(days=30), False, id="to the second"),
        pytest.param(page(days=29), False, id="not yet"),
        pytest.param(page(source_id="kremlin", days=364), False, id="another class"),
        pytest.param(page(source_id="kremlin", days=366), True, id="another class over"),
        pytest.param(page(cited=True), False, id="cited"),
        pytest.param(page(source_id="plain", days=9999), False, id="no class"),
        pytest.param(page(source_id="left", days=9999), False, id="not followed any more"),
        pytest.param(page(source_id=None, days=9999), False, id="imported"),
    ],
)
def test_by_class_and_days(one: Aged, goes: bool) -> None:
    assert going(one) == ({1} if goes else set())


def test_without_days_everything_stays() -> None:
    assert going(page(days=9999), days={}) == frozenset()
    assert oldest({}, NOW) is None
    assert oldest(DAYS, NOW) == NOW - timedelta(days=30)


def test_held_articles_keep_theirs() -> None:
    assert going(page(1), page(2), held=frozenset({2})) == {1}


@pytest.mark.parametrize(
    ("repeat", "goes"),
    [
        pytest.param(page(2, days=31, revisit_of=1), {1, 2}, id="both over"),
        pytest.param(page(2, days=1, revisit_of=1), set(), id="the repeating one is young"),
        pytest.param(page(2, days=31, revisit_of=1, cited=True), set(), id="the repeating one is cited"),
        pytest.param(page(2, "kremlin", days=31, revisit_of=1), set(), id="the repeating one is of another class"),
    ],
)
def test_what_another_page_repeats_stays_with_it(repeat: Aged, goes: set[int]) -> None:
    assert going(page(1), repeat) == goes


def test_what_is_repeated_by_way_of_another_stays_with_it() -> None:
    assert going(page(1), page(2, revisit_of=1), page(3, days=0, revisit_of=2)) == set()
    assert going(page(1), page(2, revisit_of=1), page(3, revisit_of=2)) == {1, 2, 3}


PAGES = st.lists(
    st.tuples(st.sampled_from([*SOURCES, "left"]), st.floats(0, 900), st.booleans(), st.integers(0, 3)), max_size=12
)


@given(PAGES, st.frozensets(st.integers(1, 12)))
def test_nothing_cited_held_or_repeated_ever_goes(rows: list[Any], held: frozenset[int]) -> None:
    pages = [
        page(n, source, days, cited=cited, revisit_of=back if 0 < back < n else None)
        for n, (source, days, cited, back) in enumerate(rows, 1)
    ]
    gone = going(*pages, held=held)
    assert not gone & held
    assert not gone & {one.id for one in pages if one.cited}
    assert not gone & {one.revisit_of for one in pages if one.id not in gone}
