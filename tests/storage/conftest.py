from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.ports import Store
from tests.storage.made import BACKENDS, opened


@pytest.fixture(params=sorted(BACKENDS))
def backend(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def store(backend: str, tmp_path: Path) -> Iterator[Store]:
    """A new archive of that backend."""
    found = opened(backend, tmp_path)
    yield found
    found.close()
