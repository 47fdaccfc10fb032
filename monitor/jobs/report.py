"""A pass's failures in a few lines for people, also when hundreds of sources fail for one reason. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.jobs.collecting import Failure, Report

#: Sources that are named for one reason.
NAMED = 6


def failures(report: Report, most: int = 0) -> list[str]:
    """A line for each reason, the most frequent first: `HTTP 404: not found: kremlin, tass and 3 more`.

    At most so many lines, the last one for all that is left; 0: all of them.
    """
    by_reason: dict[str, list[Failure]] = {}
    for failure in report.failures:
        by_reason.setdefault(failure.error, []).append(failure)
    groups = sorted(by_reason.items(), key=lambda group: -len(group[1]))
    lines = [f"{reason}: {_who(group)}" for reason, group in groups]
    if most and len(lines) > most:
        left = sum(len(group) for _, group in groups[most - 1 :])
        lines[most - 1 :] = [f"other reasons: {left} sources (see `sources list`)"]
    return lines


def nothing_read(report: Report) -> str | None:
    """What to look at when not one of several sources could be read; None: one could."""
    good = report.outcomes["ok"] + report.outcomes["not_modified"]
    if good or report.due < 2:
        return None
    return (
        f"not one of {report.due} sources could be read: look at the network and the name server of this machine "
        "(scowatch connects directly, without a proxy)"
    )


def evidence(report: Report) -> list[str]:
    """A line for whatever went wrong with the record of article pages."""
    lines = [f"snapshots/{line}" for line in report.evidence.mended]
    if report.evidence.failed:
        lines.append(f"{report.evidence.failed} article pages could not be kept: {report.evidence.why}")
    return lines


def _who(group: Sequence[Failure]) -> str:
    names = list(dict.fromkeys(failure.source_id for failure in group))
    if len(group) == 1 and group[0].url:
        return f"{names[0]} ({group[0].url})"
    rest = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + rest
