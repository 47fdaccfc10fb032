"""When the service's jobs have their next turn."""

from __future__ import annotations

from datetime import datetime, timedelta

from apscheduler.triggers.base import BaseTrigger


class Every(BaseTrigger):  # type: ignore[misc]
    """A turn each `interval`, counted from the last one.

    The library's own trigger counts every turn that was missed: where a machine starts in 1970 and then learns the
    hour, those are hundreds of millions, and it stands still until memory is used up.
    """

    def __init__(self, interval: timedelta) -> None:
        self.interval = interval

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        """The next turn, always after `now`."""
        del previous_fire_time
        return now + self.interval
