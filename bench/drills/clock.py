"""Drill C: the clock changes, jumps, starts in 1970 or sleeps."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise, product
from pathlib import Path
from zoneinfo import ZoneInfo

import monitor.app
from bench.drills.ground import Figure, scowatch
from bench.drills.lives import Service, some
from bench.drills.world import TOKEN, Told, World, archived, world
from monitor.app import App
from monitor.home import Home
from monitor.jobs.collecting import collect
from monitor.jobs.telling import build_digests


class Moved:
    """A clock that a service with `environ` goes by, and that can be moved while it runs."""

    def __init__(self, folder: Path, start: datetime) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._file, self._ahead = folder / "ahead", start - datetime.now(UTC)
        self.environ = {"DRILL_CLOCK": str(self._file)}
        self._write()

    def now(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    def move(self, by: timedelta) -> None:
        """The clock jumps."""
        self._ahead += by
        self._write()

    def _write(self) -> None:
        new = self._file.with_name(f"{self._file.name}.new")
        new.write_text(f"{self._ahead.total_seconds():.0f}")
        new.replace(self._file)


def _figure(name: str, passed: bool | None, found: str) -> Figure:
    return Figure(drill="C", name=name, passed=passed, found=found)


# ---------------------------------------------------------------------------------------------- days, by our own clock


@dataclass(frozen=True, slots=True)
class Made:
    """A digest that was made: its window, and the stories in it."""

    since: datetime
    until: datetime
    tokens: tuple[str, ...]


def lived(
    one: World, folder: Path, zone: str, schedule: str, moments: Sequence[datetime], news: Sequence[datetime]
) -> tuple[list[Made], list[str]]:
    """The digests of somebody in that zone, with the jobs run at each of the moments, and one story at each of the
    others; and the tokens of those stories."""
    home = one.home(folder, digest=schedule, zone=zone, bot=False)
    return asyncio.run(_live(one, Home(home), sorted(moments), sorted(news)))


async def _live(
    one: World, home: Home, moments: Sequence[datetime], news: Sequence[datetime]
) -> tuple[list[Made], list[str]]:
    app, at, tokens, coming = App(home, one.environ), moments[0], [], list(news)
    true = monitor.app.now
    monitor.app.now = lambda: at  # the one place where the project asks for the hour
    try:
        async with app.edges() as edges:
            for moment in moments:
                while coming and coming[0] <= moment:
                    at = coming.pop(0)
                    tokens += one.news.publish(1, at=at)
                    tools = replace(edges.tools, now=monitor.app.now)
                    await collect(list(app.sources.values()), tools)
                at = moment
                build = app.digests(build_digests)
                build(edges.store, app.subscriptions, app.queries, app.sources, app.entries, moment)
            digests = [digest for _, digest in edges.store.deliveries(100_000) if digest.kind == "digest"]
    finally:
        monitor.app.now = true
    made = [
        Made(d.since, d.until, tuple(TOKEN.findall(" ".join(i.title for s in d.sections for i in s.items))))
        for d in reversed(digests)
    ]
    return made, tokens


def _wrong(made: Sequence[Made], tokens: Sequence[str], last: datetime) -> Iterator[str]:
    """Gaps, overlaps, stories that are missing or told twice; what came after `last` belongs into the next one."""
    for before, after in pairwise(made):
        if after.since != before.until:
            yield f"a window begins at {after.since}, the one before ended at {before.until}"
    told = Counter(token for one in made for token in one.tokens)
    if any(count > 1 for count in told.values()):
        yield "a story was told twice"
    if missing := [token for token in tokens if not told[token]]:
        yield f"{len(missing)} stories before {last} were told by none"


def tables(tools: Path, folder: Path, *, long: bool = False) -> Iterator[Figure]:
    """C28: daylight-saving days and other turns of the clocks in the zones of the shared tables."""
    rows = [json.loads(line) for line in (tools / "dates" / "digest_schedule.jsonl").read_text("utf-8").splitlines()]
    faults, count = [], 0
    for number, row in enumerate(rows):
        due = [
            (run["local_day"], _at(run.get("utc") or run["utc_from"]), _at(run.get("utc") or run["utc_to"]))
            for run in row["runs"]
        ]
        first, last = due[0][1] - timedelta(hours=2), due[-1][2] + timedelta(hours=2)
        step = timedelta(minutes=5 if long else 30)
        moments = [first + step * n for n in range(int((last - first) / step) + 1)]
        moments += [instant + timedelta(seconds=s) for _, *both in due for instant in both for s in (-1, 0, 1)]
        news = [
            first + timedelta(hours=12 * n, minutes=1) for n in range(int((due[-1][1] - first) / timedelta(hours=12)))
        ]
        with world() as one:
            made, tokens = lived(one, folder / str(number), row["zone"], f"daily {row['local_time']}", moments, news)
        what = f"{row['zone']} {row['local_time']}"
        count += len(made)
        if len(made) != len(due):
            faults.append(f"{what}: {len(made)} digests for {len(due)} days")
        faults += [
            f"{what}: {d} at {m.until}"
            for m, (d, early, late) in zip(made, due, strict=False)
            if not early <= m.until <= late
        ]
        faults += [f"{what}: {fault}" for fault in _wrong(made, tokens, last)]
    yield _figure("C28 every turn of the clocks", not faults, f"{len(rows)} tables, {count} digests; {some(faults)}")


def odd_days(tools: Path, folder: Path, *, long: bool = False) -> Iterator[Figure]:  # noqa: ARG001
    """C33: 29 February, the end of a year, and weeks across it, in five zones."""
    faults, count = [], 0
    spans = {"leap day": datetime(2028, 2, 27, tzinfo=UTC), "new year": datetime(2026, 12, 30, tzinfo=UTC)}
    zones = ("Asia/Almaty", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Pacific/Kiritimati")
    for (name, start), zone in product(spans.items(), zones):
        for schedule, days, least in (("daily 06:30", 5, 4), ("weekly fri 06:30", 16, 2)):
            moments = [start + timedelta(minutes=30) * n for n in range(48 * days)]
            news = [start + timedelta(hours=10 * n) for n in range(1, int(days * 1.6))]
            with world() as one:
                made, tokens = lived(
                    one, folder / f"{name}{zone}{days}".replace("/", ""), zone, schedule, moments, news
                )
            count += len(made)
            local = [m.until.astimezone(ZoneInfo(zone)) for m in made]
            known = [t for t, at in zip(tokens, news, strict=True) if made and at < made[-1].until]
            what = f"{name}, {zone}, {schedule}"
            faults += [f"{what}: {fault}" for fault in _wrong(made, known, moments[-1])]
            if (
                len({at.date() for at in local}) != len(made)
                or len(made) < least
                or any((at.hour, at.minute) != (6, 30) for at in local)
            ):
                faults.append(f"{what}: {[str(at) for at in local]}")
            if days == 5 and name == "leap day" and not any((at.month, at.day) == (2, 29) for at in local):
                faults.append(f"{what}: none on 29 February")
    yield _figure("C33 leap day, new year, weeks", not faults, f"{count} digests; {some(faults)}")


def three_days_down(tools: Path, folder: Path, *, long: bool = False) -> Iterator[Figure]:  # noqa: ARG001
    """C31: nothing runs for three days, over three digests."""
    start = datetime(2026, 11, 16, 5, tzinfo=UTC)
    moments = [start + timedelta(minutes=20) * n for n in range(12)]
    moments += [start + timedelta(days=3, hours=3, minutes=20 * n) for n in range(90)]
    news = [start + timedelta(hours=6 * n) for n in range(1, 15)]
    with world() as one:
        made, tokens = lived(one, folder, "UTC", "daily 07:00", moments, news)
    faults = list(_wrong(made, tokens, moments[-1]))
    found = (
        f"{len(made)} digests, windows "
        f"{[f'{m.since:%d %H:%M}-{m.until:%d %H:%M}' for m in made]}, {len(tokens)} stories; "
        f"{some(faults)}"
    )
    yield _figure("C31 down for three days", not faults and len(made) == 3, found)


def unknown_zone(tools: Path, folder: Path, *, long: bool = False) -> Iterator[Figure]:  # noqa: ARG001
    """C34: a zone that nobody knows."""
    with world() as one:
        home = one.home(folder / "home")
        settings = home / "scowatch.toml"
        settings.write_text(settings.read_text().replace('timezone = "UTC"', 'timezone = "Europe/Nowhere"'))
        runs = [scowatch(home, *args, timeout=30, **one.environ) for args in (("check",), ("run",), ("deliver",))]
    passed = all(
        run.returncode == 2 and "Europe/Nowhere" in run.stderr and "Traceback" not in run.stderr for run in runs
    )
    yield _figure(
        "C34 unknown zone",
        passed,
        f"exit {[run.returncode for run in runs]}: {runs[0].stdout.strip()[-120:]}{runs[0].stderr.strip()[-160:]!r}",
    )


# ---------------------------------------------------------------------------------------------- a clock that jumps

_JUMPS = {
    "+1 h": timedelta(hours=1),
    "+2 d": timedelta(days=2),
    "-1 h": timedelta(hours=-1),
    "-2 d": timedelta(days=-2),
    "to 1970": datetime(1970, 1, 2, tzinfo=UTC) - datetime(2026, 11, 20, 12, tzinfo=UTC),
    "to 2038": datetime(2038, 1, 20, tzinfo=UTC) - datetime(2026, 11, 20, 12, tzinfo=UTC),
}


def jumps(tools: Path, folder: Path, *, long: bool = False) -> Iterator[Figure]:  # noqa: ARG001
    """C29: the clock jumps under the service; and back again."""
    for name, by in _JUMPS.items():
        with world() as one:
            yield _figure(f"C29 jump {name}", *_jumped(one, folder / name.replace(" ", ""), by))


def _jumped(one: World, folder: Path, by: timedelta) -> tuple[bool, str]:
    clock = Moved(folder, datetime(2026, 11, 20, 12, tzinfo=UTC))
    home = one.home(folder / "home", digest="daily 07:00", poll=1, bot=False)
    one.news.publish(2, at=clock.now() - timedelta(minutes=1))
    service = Service(home, one, folder / "said.txt", **clock.environ)
    waits, tokens = [], []
    try:
        _until(lambda: sum(archived(home)[0].values()) >= 2, 30)
        for move in (timedelta(), by, -by):
            clock.move(move)
            fresh = one.news.publish(2, at=clock.now() - timedelta(minutes=1))
            tokens += fresh
            waits.append(
                _until(
                    lambda fresh=fresh: not one.tally(home, fresh, Told(posts=one.told.posts), bot=False).lost_slack, 15
                )
            )  # type: ignore[misc]
        digests = len(one.told.mails)
        clock.move(timedelta(days=1))  # the next seven o'clock
        waits.append(_until(lambda: len(one.told.mails) > digests, 15))
        for _ in range(3):  # a day whose digest was made too early has none of its own: what came is in the next one
            if _until(lambda: not one.tally(home, tokens, one.told, bot=False).lost_mail, 5) is None:
                clock.move(timedelta(days=1))
        time.sleep(3)
        alive = service.process.poll() is None
    finally:
        code, _ = service.end()
    tally = one.tally(home, tokens, one.told, bot=False)
    shown = [f"{wait:.0f} s" if wait is not None else "never" for wait in waits]
    passed = alive and code == 0 and None not in waits and not tally.wrong and not tally.repeated_slack
    text = (
        f"told after {', '.join(shown[:3])} (before, after the jump, after it went back), next "
        f"day's digest {shown[3]}; {len(one.told.mails)} digests; {tally}; exit {code}"
    )
    return passed, text


def boot_in_1970(tools: Path, folder: Path, *, long: bool = False) -> Iterator[Figure]:  # noqa: ARG001
    """C30: the machine starts without knowing the hour, and learns it later."""
    name = "C30 1970 at the start"
    with world() as one:
        good = Moved(folder / "good", datetime(2026, 11, 20, 12, tzinfo=UTC))
        home = one.home(folder / "home", digest="daily 07:00", poll=1, bot=False)
        with (home / "scowatch.toml").open("a") as settings:
            settings.write("\n[snapshots.keep_days]\nwire = 30\n")
        one.news.publish(5, at=good.now() - timedelta(hours=2))
        service = Service(home, one, folder / "said.txt", **good.environ)
        _until(lambda: sum(archived(home)[0].values()) >= 5, 30)
        service.end()
        before = sum(archived(home)[0].values())
        clock = Moved(folder / "early", datetime(1970, 1, 1, 0, 5, tzinfo=UTC))
        service = Service(home, one, folder / "said.txt", **clock.environ)
        time.sleep(6)
        during, alive = sum(archived(home)[0].values()), service.process.poll() is None
        clock.move(datetime(2026, 11, 20, 13, tzinfo=UTC) - clock.now())
        fresh = one.news.publish(2, at=clock.now() - timedelta(minutes=1))
        wait = _until(lambda: not one.tally(home, fresh, Told(posts=one.told.posts), bot=False).lost_slack, 20)
        clock.move(timedelta(days=1))
        digest = _until(lambda: len(one.told.mails) > 0, 15)
        code, _ = service.end()
        tally = one.tally(home, fresh, one.told, bot=False)
    passed = alive and during >= before and wait is not None and digest is not None and code == 0 and not tally.wrong
    found = (
        f"{before} articles before, {during} in 1970; alive {alive}; told "
        f"{wait and round(wait)} s after the hour was known, digest {digest and round(digest)} "
        f"s; {tally}; exit {code}"
    )
    yield _figure(name, passed, found)


def _until(true: Callable[[], bool], seconds: float) -> float | None:
    """Seconds until it was true; None: it never was."""
    begun = time.monotonic()
    while time.monotonic() - begun < seconds:
        with contextlib.suppress(Exception):
            if true():
                return time.monotonic() - begun
        time.sleep(0.2)
    return None


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(UTC)


ROWS: dict[str, Callable[..., Iterator[Figure]]] = {
    "C28": tables,
    "C29": jumps,
    "C30": boot_in_1970,
    "C31": three_days_down,
    "C33": odd_days,
    "C34": unknown_zone,
}
