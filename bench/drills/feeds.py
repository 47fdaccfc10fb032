"""Drill G: feeds that never look the same twice, polled fifty times by the real jobs over the real archive."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

from bench.drills.ground import Figure, Server, feed_source, hostile_server, make_home
from bench.drills.hostile_http import addresses
from monitor.app import App, now
from monitor.home import Home
from monitor.jobs.collecting import collect
from monitor.jobs.telling import build_alerts
from monitor.types import Kept
from storage.versions import A_DAY

POLLS = 50
_REAL = 20
#: Every story of the server's feeds answers it.
_SLACK = """[[slack]]
name = "x"
search = "story OR headline OR hijack OR breaking"
max_per_day = {limit}
quiet_hours = ""
"""

#: The same twenty stories at every poll, in another disguise.
CHANGING = ("/guid_changing", "/link_changing", "/both_changing", "/date_changing", "/content_changing", "/title_flip")
#: Twenty stories that are hard to tell apart by their ids.
SHARED = ("/same_guid", "/no_guid", "/no_guid?nolink=1")
#: What has to be in the archive at the end, by poll: never less.
_KEPT = {"/shrink": 20, "/html_instead": 10, "/random?p=0.5": 10, "/future": 10, "/past": 500, "/gone_after": 10}
#: Of these, those that cost little.
BRIEF = ("/shrink", "/html_instead", "/future")
#: The same of those that bring that many new ones at each poll.
_GROWING = {"/all_new?n=20": 20, "/grow?step=20": 20}
_FAILING = ("/empty", "/entries?n=200000", "/binary")
_STUCK = "/etag_stuck"
VICTIM, HIJACK = "/feed?n=10", "/foreign_guid"


@dataclass(slots=True, kw_only=True)
class World:
    """What fifty polls left behind, by path."""

    kept: Mapping[str, list[Kept]]
    #: Poll number (from 0) of every alert that tells an article of that path, and its articles.
    alerts: Mapping[str, list[tuple[int, tuple[int, ...]]]]
    errors: Mapping[str, str | None]
    #: Articles in the archive after each poll.
    growth: list[int] = field(default_factory=list)
    seconds: float = 0.0


def drill(tools: Path, folder: Path, *, long: bool = False) -> Iterator[Figure]:  # noqa: ARG001
    """All behaviours, then a flood."""
    paths = [*CHANGING, *SHARED, *_KEPT, *_GROWING, *_FAILING, _STUCK, VICTIM, HIJACK]
    world = polled(tools, folder, paths, POLLS)
    yield from figures(world, POLLS)
    yield _flood(tools, folder / "flood")


def polled(
    tools: Path, folder: Path, paths: Sequence[str], polls: int, limit: int = 0, fulltext: bool = False
) -> World:
    """The world after that many hourly polls of each path."""
    hosts = addresses(len(paths), 30)
    with hostile_server(tools, folder / "server", hosts=hosts) as server:
        urls = {path: _url(server, path, host, hosts, paths) for path, host in zip(paths, hosts, strict=True)}
        sources = [feed_source(f"s{n}", urls[path], fulltext=fulltext) for n, path in enumerate(paths)]
        home = make_home(folder / "home", sources, more=_SLACK.format(limit=limit))
        return asyncio.run(_poll(Home(home), list(paths), polls))


def _url(server: Server, path: str, host: str, hosts: Sequence[str], paths: Sequence[str]) -> str:
    if path == HIJACK and VICTIM in paths:
        return server.url(f"{path}?victim={server.url('', hosts[paths.index(VICTIM)])}", host)
    return server.url(path, host)


async def _poll(home: Home, paths: list[str], polls: int) -> World:
    app, started = App(home), now()
    moments: list[datetime] = []
    growth: list[int] = []
    async with app.edges() as edges:
        sources = list(app.sources.values())
        report = None
        for number in range(polls):
            moment = started + timedelta(hours=number)
            moments.append(moment)
            report = await collect(sources, replace(edges.tools, now=_always(moment)))
            build_alerts(edges.store, app.subscriptions, app.queries, app.sources, app.entries, moment)
            growth.append(edges.store.counts()["articles"])
        kept: dict[str, list[Kept]] = defaultdict(list)
        for one in edges.store.export():
            kept[paths[int((one.article.source_id or "s0")[1:])]].append(one)
        home_of = {one.id: path for path, ones in kept.items() for one in ones}
        alerts: dict[str, list[tuple[int, tuple[int, ...]]]] = defaultdict(list)
        for _, digest in edges.store.deliveries(limit=1_000_000):
            articles = tuple(a for section in digest.sections for item in section.items for a in item.article_ids)
            alerts[home_of[articles[0]]].append((moments.index(digest.created_at), articles))
        errors = {failure.source_id: failure.error for failure in (report.failures if report else ())}
    return World(
        kept=kept,
        alerts=alerts,
        growth=growth,
        errors={p: errors.get(f"s{n}") for n, p in enumerate(paths)},
        seconds=(now() - started).total_seconds(),
    )


def _always(moment: datetime) -> Callable[[], datetime]:
    return lambda: moment


def figures(world: World, polls: int) -> Iterator[Figure]:
    """What the world looks like."""
    rows = {path: len(world.kept[path]) for path in CHANGING if path in world.kept}
    versions = {path: sum(one.versions for one in world.kept[path]) for path in rows}
    over = {path: count for path, count in rows.items() if count > 2 * _REAL}
    yield Figure(
        drill="G",
        name="the same stories in disguise",
        passed=not over,
        found=f"{polls} polls of {_REAL} stories each in {world.seconds:.0f} s, articles kept {_shown(rows)}",
    )
    # a text that is new at each poll is news each time: kept, but no more often in a day than the archive allows
    always = A_DAY * (1 + polls // 24)  # a poll an hour
    most = {path: _REAL * (always if path == "/content_changing" else 2) for path in versions}
    many = {path: count for path, count in versions.items() if count > most[path]}
    yield Figure(
        drill="G",
        name="versions of them",
        passed=not many,
        found=f"more than two a story, or {A_DAY} a day of one that is new each time: {_shown(many) or 'none'}; "
        f"all {_shown(versions)}",
    )
    repeats = {path: len(late) for path in CHANGING if (late := [n for n, _ in world.alerts[path] if n >= 2])}
    yield Figure(
        drill="G", name="alerts on them after the second poll", passed=not repeats, found=_shown(repeats) or "none"
    )
    told = Counter(article for path in world.alerts for _, articles in world.alerts[path] for article in articles)
    twice = sum(count > 1 for count in told.values())
    yield Figure(drill="G", name="articles alerted twice", passed=not twice, found=f"{twice} of {len(told)}")
    shared = {path: len(world.kept[path]) for path in SHARED if path in world.errors}
    yield Figure(
        drill="G",
        name="ids that are shared or missing",
        passed=all(n == _REAL for n in shared.values()),
        found=_shown(shared),
    )
    wanted = {p: n for p, n in _KEPT.items() if p in world.errors}
    wanted |= {p: n * polls for p, n in _GROWING.items() if p in world.errors}
    short = {
        path: f"{len(world.kept[path])} of {count}" for path, count in wanted.items() if len(world.kept[path]) < count
    }
    yield Figure(
        drill="G",
        name="nothing lost",
        passed=not short,
        found=f"{len(wanted)} feeds that grow, shrink, vanish, come from 2001 or from 2036; "
        f"too few: {_shown(short) or 'none'}",
    )
    shrunk = [n for n, (a, b) in enumerate(pairwise(world.growth)) if b < a]
    yield Figure(
        drill="G",
        name="the archive only grows",
        passed=not shrunk,
        found=f"{world.growth[0]} to {world.growth[-1]} articles",
    )
    failing = {path: world.errors[path] or "taken for news" for path in _FAILING if path in world.errors}
    silent = [path for path, said in failing.items() if said == "taken for news"]
    yield Figure(
        drill="G",
        name="empty, endless and garbage",
        passed=not silent,
        found=_shown(failing),
    )
    if VICTIM in world.errors:
        titles = [one.article.title for one in world.kept[VICTIM]]
        taken = sum("HIJACK" in title for title in titles) + sum(one.versions > 1 for one in world.kept[VICTIM])
        yield Figure(
            drill="G",
            name="ids of another source",
            passed=len(titles) == 10 and not taken,
            found=f"{len(titles)} of 10 articles of the other one there, {taken} touched, "
            f"{len(world.kept[HIJACK])} of its own",
        )
    if _STUCK in world.errors:
        found = len(world.kept[_STUCK])
        yield Figure(
            drill="G", name="an ETag that never changes", passed=found > 5, found=f"{found} articles in {polls} polls"
        )


def _flood(tools: Path, folder: Path) -> Figure:
    """400 alerts at each of 30 polls under a daily limit of 8: each is told in an alert or in a summary."""
    path = "/flood_alert?n=100"
    world = polled(tools, folder, [path], 30, limit=8)
    alerts, kept = world.alerts[path], len(world.kept[path])
    by_day = Counter(number // 24 for number, articles in alerts)
    told = {article for _, articles in alerts for article in articles}
    return Figure(
        drill="G",
        name="a flood of alerts",
        passed=max(by_day.values(), default=0) <= 18 and kept == 3000,
        found=f"{kept} of 3000 articles kept; messages by day {dict(by_day)}, {len(told)} articles named in them",
    )


def _shown(values: Mapping[str, object]) -> str:
    return ", ".join(f"{path} {value}" for path, value in values.items())
