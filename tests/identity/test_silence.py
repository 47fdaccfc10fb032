"""An outlet is silent only where it was read in the story's time: of all others nothing is known."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.identity.silence import time_of_story, was_read
from monitor.types import Collected, Health, Reached, Signs, SourceState
from storage import open_store

DAY = timedelta(days=1)
BEGUN = datetime(2026, 11, 10, 9, tzinfo=UTC)
SINCE, UNTIL = time_of_story(BEGUN, BEGUN + timedelta(hours=5))
LONG = Health(known_since=BEGUN - 30 * DAY)


def test_a_story_gives_outlets_two_days_at_least() -> None:
    assert (SINCE, UNTIL) == (BEGUN, BEGUN + 2 * DAY)
    assert time_of_story(BEGUN, BEGUN + 4 * DAY)[1] == BEGUN + 5 * DAY


@pytest.mark.parametrize(
    ("last", "health", "reached", "known"),
    [
        pytest.param(None, None, None, False, id="never read"),
        pytest.param(-DAY, LONG, Reached(first_at=BEGUN - 30 * DAY, days=0), False, id="not read any more"),
        pytest.param(DAY, LONG, Reached(first_at=BEGUN - 30 * DAY, days=2), True, id="read in time"),
        pytest.param(DAY, LONG, None, True, id="read in time, days not counted"),
        pytest.param(9 * DAY, LONG, Reached(first_at=BEGUN - 30 * DAY, days=1), True, id="read in time and after it"),
        pytest.param(
            9 * DAY, LONG, Reached(first_at=BEGUN - 30 * DAY, days=0), False, id="could not be read meanwhile"
        ),
        pytest.param(9 * DAY, LONG, Reached(first_at=BEGUN + 8 * DAY, days=0), True, id="its first list reaches back"),
        pytest.param(
            9 * DAY, Health(known_since=BEGUN + DAY), Reached(first_at=BEGUN + 8 * DAY, days=0), False, id="too short"
        ),
        pytest.param(
            DAY, Health(state="selectors", since=BEGUN - DAY, known_since=BEGUN - 9 * DAY), None, False, id="blind"
        ),
        pytest.param(
            9 * DAY,
            Health(state="empty", since=BEGUN + 8 * DAY, known_since=BEGUN - 9 * DAY),
            Reached(first_at=BEGUN - 9 * DAY, days=2),
            True,
            id="blind only later",
        ),
    ],
)
def test_whose_silence_is_known(
    last: timedelta | None, health: Health | None, reached: Reached | None, known: bool
) -> None:
    at = BEGUN + last if last is not None else None
    values: dict[str, Any] = {"source_id": "akorda", "last_success_at": at, "health": health}
    assert was_read(SourceState(**values), reached, SINCE, UNTIL) is known


def test_the_archive_counts_the_days_on_which_a_source_could_be_read(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/archive.db")
    for days, outcome in ((-3, "ok"), (0, "temporary"), (1, "ok"), (1, "temporary"), (2, "not_modified"), (9, "ok")):
        at = BEGUN + days * DAY
        store.record(Collected(source_id="akorda", at=at, outcome=outcome, signs=Signs()))  # type: ignore[arg-type]
    store.record(Collected(source_id="gone", at=BEGUN, outcome="permanent", signs=Signs(reached=False)))
    first = (BEGUN - 3 * DAY).replace(hour=0)
    assert store.reached(SINCE, UNTIL) == {"akorda": Reached(first_at=first, days=2)}
    store.close()
