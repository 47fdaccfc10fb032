"""Copies among edited real texts and notices in series, by the generator of the shared acceptance scripts."""

from __future__ import annotations

import sys
from itertools import combinations
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"

pytestmark = pytest.mark.skipif(
    not (SHARED / "accept" / "copies_data.py").exists() or not (SHARED / "data" / "sco").exists(),
    reason="../shared with its texts is not here",
)


@pytest.mark.parametrize("seed", [11, 12])
def test_edited_copies_are_found_and_series_kept_apart(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [str(SHARED / "accept"), str(ROOT / "bench"), *sys.path])
    import copies_data  # type: ignore[import-not-found]
    import copies_quality  # type: ignore[import-not-found]

    rows = copies_data.make(str(SHARED / "data"), seed, 15)
    said, _, _ = copies_quality.placed(rows, str(seed))
    gold = [row["group"] for row in rows]
    assert copies_quality.f1(said, gold)[2] >= 0.97
    series = [number for number, row in enumerate(rows) if row["template"]]
    assert not [
        (rows[one]["title"], rows[two]["title"])
        for one, two in combinations(series, 2)
        if gold[one] != gold[two] and said[one] == said[two]
    ]
