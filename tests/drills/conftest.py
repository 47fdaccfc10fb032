"""The attack tools stand beside the project: without them these tests have nothing to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.drills.ground import HOSTILE


@pytest.fixture(scope="session")
def tools() -> Path:
    if not (HOSTILE / "hostile_server.py").exists():
        pytest.skip("needs ../shared/hostile: the attack tools are not part of the project")
    return HOSTILE
