"""The doors beside feeds and pages, with servers behind them that mean no good; limits of time are cut short."""

from __future__ import annotations

from pathlib import Path

from bench.drills import doors


def test_no_door_lets_in_what_it_should_not_or_stays_open(tmp_path: Path) -> None:
    figures = list(doors.figures(tmp_path, 2.0))
    assert [figure.name for figure in figures] == [
        "SMTP",
        "Slack webhook",
        "mailbox",
        "search for something to read",
        "doors: processor time and memory",
        "next parts of JSON answers",
        "sitemaps that name sitemaps",
    ]
    assert not [str(figure) for figure in figures if figure.passed is False]
