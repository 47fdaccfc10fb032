"""How fast mails go to one domain: large hosts take many from one sender for a flood."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

#: Seconds that a mail may wait for its turn while it is being sent; others wait in the ledger.
PATIENCE = 4.0


class Pace:
    """Turns by domain, each a fixed time after the one before."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._next: dict[str, float] = {}

    async def turn(self, domain: str, interval: float) -> float:
        """0, when it is the domain's turn now; else seconds until it will be, and no turn was taken."""
        if interval <= 0:
            return 0.0
        now = self._clock()
        at = max(self._next.get(domain, now), now)
        if at - now > PATIENCE:
            return at - now
        self._next[domain] = at + interval
        await asyncio.sleep(at - now)
        return 0.0


#: That of this process: all recipients' channels share it.
PACE = Pace()
