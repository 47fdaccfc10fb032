"""Which outlets can be said to have kept silent on a story: those that were read in its time and had nothing. Pure.

Of every other outlet nothing is known: it is not followed, could not be read, showed nothing that could be understood,
or was first read when its list reached back no further than the story.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from monitor.types import HealthState, Reached, SourceState

#: In these states an outlet may publish without our seeing it.
BLIND: frozenset[HealthState] = frozenset({"failing", "gone", "challenge", "selectors", "empty", "frozen", "mojibake"})
#: A story that has just begun is not yet everywhere, and what is said of one that is over may come a day late.
SHORTEST, LATE = timedelta(days=1), timedelta(days=1)


def time_of_story(first_at: datetime, last_at: datetime) -> tuple[datetime, datetime]:
    """In which time an outlet has to be read before its silence says anything."""
    return first_at, max(last_at, first_at + SHORTEST) + LATE


def was_read(state: SourceState, reached: Reached | None, since: datetime, until: datetime) -> bool:
    """Whether what the outlet published in that time would be known. `reached` counts its days within it."""
    last, health = state.last_success_at, state.health
    if last is None or last < since:
        return False
    if health is not None and health.state in BLIND and (health.since is None or health.since <= until):
        return False
    if health is not None and health.known_since is not None and health.known_since > since:
        return False
    if last <= until or (reached is not None and reached.days > 0):
        return True
    return reached is not None and reached.first_at > until  # first read later, by a list that reached back so far
