"""What somebody may call an article: its number, the importer's own id, its address."""

from __future__ import annotations

import pytest

from monitor.ports import Store
from tests.storage.made import article, imported, names


@pytest.fixture
def filled(store: Store) -> Store:
    store.record(imported(article("a", source_id=None, guid=None, ref="own-1"), article("b", source_id=None, ref="7")))
    return store


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        pytest.param("1", "a", id="number"),
        pytest.param("own-1", "a", id="importer's id"),
        pytest.param("7", "b", id="importer's id that could be a number"),
        pytest.param("2", "b", id="number before importer's id"),
        pytest.param("https://example.org/b", "b", id="address"),
        pytest.param("http://www.Example.org/b?utm_source=x#top", "b", id="address in another spelling"),
    ],
)
def test_found(filled: Store, name: str, wanted: str) -> None:
    found = filled.article(name)
    assert found is not None
    assert names([found]) == [wanted]


@pytest.mark.parametrize(
    "name", ["3", "own", "", "٣", "9" * 40, "https://example.org/c", "https://[", "1.0", "ref\x00"]
)
def test_not_there(filled: Store, name: str) -> None:
    assert filled.article(name) is None
