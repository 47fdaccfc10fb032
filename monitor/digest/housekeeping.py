"""Lines for the end of a digest: which sources could not be read, and which have fallen silent. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from monitor.types import Source, SourceState

#: Failed polls in a row before a source is named: one bad answer is no news.
_FAILURES = 3
_SILENT = {1: timedelta(days=7), 2: timedelta(days=14), 3: timedelta(days=45)}
_NAMED = 5


def housekeeping(sources: Iterable[Source], states: Mapping[str, SourceState], now: datetime) -> tuple[str, ...]:
    """At most two lines, so that a reader can trust that no news is no news."""
    failing, silent = [], []
    for source in sources:
        state = states.get(source.id)
        if state is None:
            continue
        if state.failures >= _FAILURES:
            failing.append(f"{source.name} ({state.last_error or 'no answer'})")
        elif state.last_new_at and now - state.last_new_at > _SILENT.get(source.priority, _SILENT[2]):
            silent.append(f"{source.name} (since {state.last_new_at.day} {state.last_new_at:%b})")
    return tuple(_line(what, names) for what, names in (("Could not be read", failing), ("Silent", silent)) if names)


def _line(what: str, names: list[str]) -> str:
    rest = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"{what}: {', '.join(names[:_NAMED])}{rest}."
