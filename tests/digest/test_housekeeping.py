"""Lines on sources that failed or fell silent."""

from __future__ import annotations

from datetime import timedelta

import pytest

from monitor.digest import housekeeping
from monitor.types import SourceState
from tests.digest.builders import NOW, SOURCES


def state(source_id: str, failures: int = 0, error: str | None = None, quiet_days: int = 0) -> SourceState:
    return SourceState(
        source_id=source_id, failures=failures, last_error=error, last_new_at=NOW - timedelta(days=quiet_days)
    )


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        pytest.param([], (), id="never-polled"),
        pytest.param([state("akorda")], (), id="all-well"),
        pytest.param([state("akorda", 2, "HTTP 503")], (), id="a-bad-moment"),
        pytest.param([state("akorda", 3, "HTTP 403")], ("Could not be read: Akorda (HTTP 403).",), id="failing"),
        pytest.param([state("daily", quiet_days=20)], ("Silent: Daily (since 1 Nov).",), id="silent"),
        pytest.param([state("gone", 9, "HTTP 404")], (), id="not-in-the-list-any-more"),
    ],
)
def test_lines(states: list[SourceState], expected: tuple[str, ...]) -> None:
    assert housekeeping(SOURCES.values(), {one.source_id: one for one in states}, NOW) == expected


def test_many_are_counted() -> None:
    states = {source_id: state(source_id, 5, "no answer") for source_id in SOURCES}
    (line,) = housekeeping(SOURCES.values(), states, NOW)
    assert line.endswith("and 3 more.")
