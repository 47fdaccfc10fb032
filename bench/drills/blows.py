"""What the drills of crashes and of disks share: one cycle struck at many points, each followed by ordinary ones."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.drills.struck import MISSING, Copies, Ended, Point, copies, spread, strace
from bench.drills.world import Tally, Told, World, ledger, world

CYCLE = ("collect", "--all", "--json", "--", "deliver", "--json")
#: Hours after the blow at which it is all done again, until nothing waits any more.
_AGAIN = (1, 2, 9)
_STORIES = 2


@dataclass(slots=True)
class Outcome:
    """What many blows did."""

    total: Tally = field(default_factory=Tally)
    points: int = 0
    #: Runs that ended before the blow came.
    missed: int = 0
    #: Most that came twice in one channel after one blow.
    most_twice: int = 0
    #: Faults that no tally shows, with the point.
    faults: list[str] = field(default_factory=list)
    #: Runs in which Slack or the mail server took something before the blow.
    sends_hit: int = 0

    def add(self, point: object, tally: Tally) -> None:
        self.points += 1
        self.total += tally
        self.most_twice = max(self.most_twice, tally.repeated_slack, tally.same_mail)
        if tally.wrong:
            self.faults.append(f"{point}: {tally}")

    def __str__(self) -> str:
        faults = f"; first of {len(self.faults)} faults: {self.faults[0]}" if self.faults else ""
        missed = f", {self.missed} of them over before the blow" if self.missed else ""
        return f"{self.points} points{missed}; {self.total}{faults}"


@dataclass(slots=True)
class Ground:
    """A home with something in it and something new to come, as it is before each blow."""

    world: World
    copies: Copies
    folder: Path
    start: datetime
    fresh: list[str] = field(default_factory=list)

    @property
    def home(self) -> Path:
        return self.folder / "home"

    def restore(self) -> None:
        """The home as it was before the first blow; nobody was told anything."""
        self.world.told = Told()
        shutil.rmtree(self.home, ignore_errors=True)
        shutil.copytree(self.folder / "before", self.home)

    def at(self, hours: float) -> str:
        return (self.start + timedelta(hours=hours)).isoformat()

    def cycle(self, hours: float, *args: str) -> Ended:
        """The ordinary commands, that many hours after the start."""
        return self.copies.run(self.home, *(args or CYCLE), DRILL_NOW=self.at(hours))

    def recovered(self) -> tuple[Tally, list[Ended]]:
        """What is lost or came twice once nothing waits any more."""
        runs: list[Ended] = []
        for hours in _AGAIN:
            runs.append(self.cycle(hours + 1))
            open_ = [row for row in ledger(self.home) if row[1] in ("pending", "sending")]
            tally = self.world.tally(self.home, self.fresh, self.world.told)
            if not open_ and not tally.lost:
                break
        return tally, runs


class Prepared:
    """The ground, for the time of a row."""

    def __init__(self, folder: Path, *, stories: int = _STORIES, digest: str = "every 1m") -> None:
        self._folder, self._stories, self._digest = folder, stories, digest

    def __enter__(self) -> Ground:
        self._world = world()
        one = self._world.__enter__()
        self._copies = copies(self._folder / "copies", one.environ | {"DRILL_GAP": "0"})
        ground = Ground(one, self._copies.__enter__(), self._folder, datetime.now(UTC))
        home = one.home(ground.home, digest=self._digest)
        one.news.publish(3)
        first = ground.cycle(0)  # the first reading of a source is quiet
        if first.code:
            raise RuntimeError(f"the first cycle ended with {first.code}: {first.said[-300:]}")
        shutil.copytree(home, self._folder / "before")
        ground.fresh = one.news.publish(self._stories)
        return ground

    def __exit__(self, *_: object) -> None:
        self._copies.__exit__(None, None, None)
        self._world.__exit__(None, None, None)


def points_of(ground: Ground, calls: Sequence[str], most: int) -> tuple[list[Point], int]:
    """Points of an ordinary cycle, at most so many of them, and how many there are."""
    ground.restore()
    ended, points = ground.copies.calls(ground.home, *CYCLE, of=calls, DRILL_NOW=ground.at(1))
    if ended.code:
        raise RuntimeError(f"the cycle that was counted ended with {ended.code}: {ended.said[-300:]}")
    return spread(points, most), len(points)


def blows(
    ground: Ground,
    points: Sequence[Point],
    blow: Callable[[Point], Ended],
    after: Callable[[Outcome, Point, Ended], None] | None = None,
) -> Outcome:
    """Each point: the home as before, the blow, then ordinary cycles."""
    found = Outcome()
    for point in points:
        ground.restore()
        ended = blow(point)
        found.missed += ended.code == 0 and not ground.copies.struck()
        found.sends_hit += any(ground.world.told.mark())
        if after is not None:
            after(found, point, ended)
        tally, runs = ground.recovered()
        found.add(point, tally)
        found.faults += [f"{point}: {problem}" for run in runs for problem in problems(run)]
    return found


def problems(run: Ended) -> Iterator[str]:
    """What an ordinary cycle must not say."""
    if run.code:
        yield f"afterwards exit code {run.code}: {run.said.strip()[-200:]}"
    if "Traceback" in run.said:
        yield f"a traceback afterwards: {run.said.strip()[-200:]}"


def without_strace() -> str | None:
    """Why nothing can be struck here; None: it can."""
    return None if strace() else MISSING
