"""Drill H: Slack that is slow, refuses, breaks off before and after it took the message, or is away for days."""

from __future__ import annotations

import contextlib
import json
import random
import re
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

from bench.drills.blows import Prepared, blows, without_strace
from bench.drills.ground import Figure
from bench.drills.stands import Sending, Stand, sending, slack_settings, stand, tokens_in
from bench.drills.struck import Ended, Point, copies, spread
from bench.drills.world import world

_HOOK = "http://127.0.0.1:{port}/services/T0/B0/x"
#: A flood of a thousand at one a second, and what comes around it.
_FLOOD_SECONDS = 1200.0


def _figure(name: str, passed: bool | None, found: str) -> Figure:
    return Figure(drill="H", name=name, passed=passed, found=found)


class Through:
    """A home whose alerts go through the stand-in with that script."""

    def __init__(self, tools: Path, folder: Path, script: str, *, gap: str = "0", more: str = "") -> None:
        self._parts = (tools, folder, script, gap, more)

    def __enter__(self) -> tuple[Sending, Stand]:
        tools, folder, script, gap, more = self._parts
        self._stack = contextlib.ExitStack()
        fake = self._stack.enter_context(stand(tools, folder, "fake_slack", script))
        one = self._stack.enter_context(world())
        environ = {"DRILL_HOOK": _HOOK.format(port=fake.port), "DRILL_GAP": gap}
        made = self._stack.enter_context(copies(folder / "copies", environ))
        return self._stack.enter_context(sending(one, made, folder, slack_settings(more))), fake

    def __exit__(self, *_: object) -> None:
        self._stack.close()


def _told(fake: Stand) -> Counter[str]:
    return Counter(tokens_in([row["body"] for row in fake.delivered()]))


def asked_to_wait(tools: Path, folder: Path, *, long: bool = False) -> Iterator[Figure]:  # noqa: ARG001
    """H75: 429 in all its forms, then ok."""
    with Through(tools, folder, "429:2,429date:3,429none,429huge,ok") as (home, fake):
        tokens = home.publish(3)
        calls = home.send()
        told, breaks = _told(fake), fake.state()["breaks"]
    once = all(told[token] == 1 for token in tokens)
    found = f"{sum(told.values())} of {len(tokens)} delivered in {calls} rounds, rules broken: {breaks or 'none'}"
    yield _figure("H75 429 with seconds, date, nothing, far future", once and not breaks and not home.faults(), found)


def not_delivered(tools: Path, folder: Path, *, long: bool = False) -> Iterator[Figure]:  # noqa: ARG001
    """H76: failures before the message was taken."""
    with Through(tools, folder, "500,502,503,rst,cut,hang,ok") as (home, fake):
        tokens = home.publish(3)
        calls = home.send()
        told, breaks = _told(fake), fake.state()["breaks"]
    once = all(told[token] == 1 for token in tokens)
    found = f"{sum(told.values())} of {len(tokens)} delivered in {calls} rounds; broken: {breaks or 'none'}"
    yield _figure("H76 5xx, reset, cut, hang, not delivered", once and not breaks and not home.faults(), found)


def delivered_all_the_same(tools: Path, folder: Path, *, long: bool = False) -> Iterator[Figure]:  # noqa: ARG001
    """H77: the message was taken, and the answer was lost."""
    modes = ("500d", "rstd", "hangd")
    with Through(tools, folder, ",".join((*modes, "ok"))) as (home, fake):
        tokens = home.publish(3)
        home.send()
        told, bodies = _told(fake), [row["body"] for row in fake.delivered()]
    # the first alert meets all three unknown outcomes: each may leave one more copy, and every copy says so
    twice = sum(told.values()) - len(tokens)
    marked = sum("may be a repeat" in body for body in bodies)
    passed = all(told[token] for token in tokens) and twice <= len(modes) and marked == twice and not home.faults()
    found = (
        f"0 of {len(tokens)} lost: {all(told[t] for t in tokens)}; {twice} copies for "
        f"{len(modes)} unknown outcomes, {marked} marked as repeats"
    )
    yield _figure("H77 delivered, then 500, reset, no answer", passed, found)


def refused(tools: Path, folder: Path, *, long: bool = False) -> Iterator[Figure]:  # noqa: ARG001
    """H78: Slack says no for good."""
    faults, shown = [], []
    for code in (404, 410, 403, 400):
        with Through(tools, folder / str(code), str(code)) as (home, fake):
            home.publish(2)
            for _ in range(4):
                home.run("deliver", "--json")
                home.ahead += timedelta(hours=7)
            asked = len(fake.state()["requests"])
            rows = [row for row in home.rows() if row["channel"] == "slack:alerts"]
            failed = sum(row["status"] == "failed" for row in rows)
            operator = " ".join(path.read_text() for path in (home.home / "outbox").glob("*.html"))
            kept = len({token for row in rows for token in row["tokens"]})
            closed = code != 400
            shown.append(f"{code}: {asked} requests, {failed} failed, {kept} of 2 kept")
            if asked > 2 or not failed or kept != 2 or home.faults():
                faults.append(shown[-1])
            if closed and "slack:alerts" not in operator:
                faults.append(f"{code}: the operator was not told")
    yield _figure(
        "H78 404, 410, 403, 400",
        not faults,
        f"{'; '.join(shown)}; {faults or 'the operator was told of each closed channel'}",
    )


def not_slack(tools: Path, folder: Path, *, long: bool = False) -> Iterator[Figure]:  # noqa: ARG001
    """H79: a login page that says 200, and a redirect to a private address."""
    with Through(tools, folder, "200html,302,ok") as (home, fake):
        tokens = home.publish(2)
        home.run("deliver", "--json")
        first = [row["status"] for row in home.rows() if row["channel"] == "slack:alerts"]
        home.send()
        told, state = _told(fake), fake.state()
    passed = "sent" not in first and all(told[t] == 1 for t in tokens) and not home.faults()
    found = f"after the login page {first}; {len(state['requests'])} requests, all to the hook; delivered {dict(told)}"
    yield _figure("H79 login page, redirect", passed, found)


def thousand(tools: Path, folder: Path, *, long: bool = False) -> Iterator[Figure]:
    """H80: many alerts at once through Slack's real limit of one a second."""
    count = 1000 if long else 45
    with Through(tools, folder, "rate", gap="1.0") as (home, fake):
        tokens = []
        for _ in range(0, count, 40):
            tokens += home.publish(min(40, count - len(tokens)))
        begun = time.monotonic()
        home.longest = _FLOOD_SECONDS
        home.send(most=200)
        seconds, told, state = time.monotonic() - begun, _told(fake), fake.state()
    refused_ = sum(request["mode"].startswith("429") for request in state["requests"])
    order = [token for row in fake.delivered() for token in tokens_in([row["body"]])]
    lost, twice = sum(not told[t] for t in tokens), sum(told[t] > 1 for t in tokens)
    passed = not lost and not twice and not state["breaks"] and seconds <= _FLOOD_SECONDS and not home.faults()
    in_order = [t for t in order if t in tokens] == sorted(order) or _by_time(order, tokens)
    found = (
        f"{count} alerts in {seconds:.0f} s, lost {lost}, twice {twice}, refused {refused_}, "
        f"broken {state['breaks'][:2] or 'none'}, oldest first {in_order}"
    )
    yield _figure("H80 a flood through the limit of one a second", passed, found)


def _by_time(order: list[str], tokens: list[str]) -> bool:
    """Whether batches that were read at different times came in that order."""
    batch = {token: number // 40 for number, token in enumerate(tokens)}
    numbers = [batch[token] for token in order if token in batch]
    return numbers == sorted(numbers)


def mixture(tools: Path, folder: Path, *, long: bool = False) -> Iterator[Figure]:
    """H80b: many alerts through a random mix of failures."""
    count, r = (1000 if long else 120), random.Random("mix")
    modes = ["ok"] * 24 + [
        "429:1",
        "429date:1",
        "429none",
        "500",
        "502",
        "503",
        "500d",
        "rst",
        "rstd",
        "cut",
        "200html",
        "302",
    ]
    script = [r.choice(modes) for _ in range(count * 3)] + ["ok"]
    if long:
        script[50], script[90] = "hang", "hangd"
    with Through(tools, folder, ",".join(script)) as (home, fake):
        tokens = []
        for _ in range(0, count, 40):
            tokens += home.publish(min(40, count - len(tokens)))
        rounds = home.send(most=1500)
        told, state, rows = _told(fake), fake.state(), home.rows()
    unknown = sum(request["mode"] in ("500d", "rstd", "hangd") for request in state["requests"])
    sent = {token for row in rows if row["status"] == "sent" for token in row["tokens"]}
    summaries = [row for row in rows if row["kind"] == "summary"]
    lost, twice = sum(token not in sent for token in tokens), sum(told[t] - 1 for t in tokens if told[t] > 1)
    silent = sum(not told[token] for token in tokens)
    passed = not lost and twice <= unknown and not state["breaks"] and not home.faults() and (not silent or summaries)
    found = (
        f"{count} alerts, {len(state['requests'])} requests, {rounds} rounds over "
        f"{home.ahead.total_seconds() / 3600:.0f} h: lost {lost}, "
        f"repeats {twice} for {unknown} unknown outcomes, {len(summaries)} summaries ({silent} "
        f"told only by number there), broken {state['breaks'][:2] or 'none'}"
    )
    yield _figure("H80 a flood through twelve failures", bool(passed), found)


def two_days(tools: Path, folder: Path, *, long: bool = False) -> Iterator[Figure]:  # noqa: ARG001
    """H81: Slack is away for two days while alerts come up."""
    with Through(tools, folder, "ok") as (home, fake):
        port, tokens = fake.port, []
        fake.process.terminate()
        fake.process.wait()
        for _ in range(8):
            tokens += home.publish(3)
            home.run("deliver", "--json")
            home.ahead += timedelta(hours=6)
        with stand(tools, folder / "again", "fake_slack", "ok", port) as back:
            rounds = home.send()
            more = home.publish(2)
            home.send()
            told, state, rows = _told(back), back.state(), home.rows()
    sent = {token for row in rows if row["status"] == "sent" for token in row["tokens"]}
    folded = sum(row["folded"] is not None for row in rows)
    open_ = sum(row["status"] in ("pending", "sending", "failed") and row["folded"] is None for row in rows)
    lost, twice = sum(t not in sent for t in (*tokens, *more)), sum(told[t] > 1 for t in tokens)
    passed = not lost and not twice and not state["breaks"] and all(told[t] == 1 for t in more) and not home.faults()
    found = (
        f"{len(tokens)} alerts waited: {len(state['delivered'])} messages, {folded} alerts "
        f"folded into a summary, lost {lost}, twice {twice}, open {open_}, in {rounds} rounds"
    )
    yield _figure("H81 away for two days", passed, found)


def killed_while_sending(tools: Path, folder: Path, *, long: bool = False) -> Iterator[Figure]:  # noqa: ARG001
    """H82: killed at each call of `deliver`, by web hook and by token."""
    name = "H82 kill -9 between send and mark"
    if why := without_strace():
        yield _figure(name, None, why)
        return
    with Prepared(folder) as ground:
        ground.restore()
        ground.copies.run(ground.home, "collect", "--all", DRILL_NOW=ground.at(1))
        shutil.rmtree(folder / "before")
        shutil.copytree(ground.home, folder / "before")
        calls = ("sendto", "connect", "pwrite64", "fsync")
        _, all_ = ground.copies.calls(ground.home, "deliver", "--json", of=calls, DRILL_NOW=ground.at(1.1))
        points = spread(all_, 10_000 if long else 40)

        def blow(point: Point) -> Ended:
            return ground.copies.killed(ground.home, point, "deliver", "--json", DRILL_NOW=ground.at(1.1))

        found = blows(ground, points, blow)
    passed = not found.faults and found.most_twice <= 1
    yield _figure(
        name,
        passed,
        f"of {len(all_)} calls {found}; sends hit {found.sends_hit}, most twice after one {found.most_twice}",
    )


def injection(tools: Path, folder: Path, *, long: bool = False) -> Iterator[Figure]:  # noqa: ARG001
    """H83: headlines that try to be more than text."""
    rows = [json.loads(line) for line in (tools / "inject" / "strings.public.jsonl").read_text("utf-8").splitlines()]
    strings = [row["input"] for row in rows if row["sink"].startswith("slack") and isinstance(row["input"], str)]
    with Through(tools, folder, "ok") as (home, fake):
        tokens = home.world.news.publish(len(strings), at=home.now() - timedelta(minutes=1))
        for token, text in zip(tokens, strings, strict=True):
            item = home.world.news.items[token]
            item["title"] = f"{_xml(text)[:400]} {item['title']}"
        home.publish(0)
        home.send(most=200)
        state, told = fake.state(), _told(fake)
    bodies = [json.loads(row["body"]) for row in fake.delivered()]
    mentions = sum(bool(re.search(r"<[!@#]", json.dumps(body, ensure_ascii=False))) for body in bodies)
    missing = [t for t in tokens if not told[t]]
    passed = not state["breaks"] and not mentions and not missing and not home.faults()
    yield _figure(
        "H83 injection strings",
        passed,
        f"{len(strings)} headlines in {len(bodies)} messages: mentions {mentions}, "
        f"broken {state['breaks'][:2] or 'none'}, missing {missing[:3] or 'none'}",
    )


def _xml(text: str) -> str:
    """As much of the text as XML can carry."""
    return "".join(
        c for c in text if c in "\t\n\r" or 0x20 <= ord(c) < 0xD800 or 0xE000 <= ord(c) < 0xFFFE or ord(c) > 0xFFFF
    )


ROWS: dict[str, Callable[..., Iterator[Figure]]] = {
    "H75": asked_to_wait,
    "H76": not_delivered,
    "H77": delivered_all_the_same,
    "H78": refused,
    "H79": not_slack,
    "H80": thousand,
    "H80b": mixture,
    "H81": two_days,
    "H82": killed_while_sending,
    "H83": injection,
}
