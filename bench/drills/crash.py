"""Drill A: whatever is killed, stopped, frozen, starved or left without power, wherever that falls."""

from __future__ import annotations

import contextlib
import json
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.drills.blows import CYCLE, Ground, Prepared, blows, points_of, without_strace
from bench.drills.ground import ROOT, Figure, feed_source, hostile_server, make_home, scowatch, wait_for
from bench.drills.lives import Published, Service, living, settled, some
from bench.drills.struck import CALLS, DISK, Ended, Point, spread
from bench.drills.world import World, archived, world
from storage import connection

_SKIPPED = ("fcntl",)  # locks: nothing is on the disk or the wire after them that was not before


def _figure(name: str, passed: bool | None, found: str) -> Figure:
    return Figure(drill="A", name=name, passed=passed, found=found)


def random_kills(tools: Path, folder: Path, *, long: bool = False) -> Iterator[Figure]:  # noqa: ARG001
    """A1: the service killed with its children, at any time, again and again while news comes in."""
    kills, r = (1000 if long else 25), random.Random("kills")
    with world() as one:
        home, said, died = living(one, folder), folder / "said.txt", 0
        with Published(one, 0.7) as news:
            for _ in range(kills):
                service = Service(home, one, said)
                time.sleep(r.uniform(0.4, 3.5))
                died += service.process.poll() is not None
                service.kill()
        tally, code = settled(one, home, said, news.tokens)
    twice = tally.repeated_slack + tally.same_mail
    passed = not tally.wrong and twice <= kills and not died and code == 0
    found = f"{kills} kills, {len(news.tokens)} stories; {tally}; ended by itself {died}, last exit code {code}"
    yield _figure("A1 kill -9 at random", passed, found)


def kill_at_each_call(tools: Path, folder: Path, *, long: bool = False) -> Iterator[Figure]:  # noqa: ARG001
    """A2: one cycle (collect, build, deliver) killed at each of its system calls."""
    name = "A2 kill -9 at each system call of a cycle"
    if why := without_strace():
        yield _figure(name, None, why)
        return
    with Prepared(folder) as ground:
        calls = [call for call in CALLS if call not in _SKIPPED]
        points, all_ = points_of(ground, calls, 10_000 if long else 60)

        def blow(point: Point) -> Ended:
            return ground.copies.killed(ground.home, point, *CYCLE, DRILL_NOW=ground.at(1))

        found = blows(ground, points, blow)
    yield _figure(
        name,
        not found.faults and found.most_twice <= 1,
        f"of {all_} calls {found}; most twice after a kill {found.most_twice}",
    )


def migration(tools: Path, folder: Path, *, long: bool = False) -> Iterator[Figure]:  # noqa: ARG001
    """A3: an archive of each earlier shape, killed while it is brought to the present one."""
    name = "A3 kill -9 during migration"
    if why := without_strace():
        yield _figure(name, None, why)
        return
    newest, faults, count = connection.newest_shape(), [], 0
    with Prepared(folder) as ground:
        for shape in range(1, newest):
            old = folder / f"shape{shape}.db"
            old_archive(old, shape)

            def fresh(old: Path = old) -> None:
                ground.restore()
                for ending in ("-wal", "-shm"):
                    (ground.home / f"archive.db{ending}").unlink(missing_ok=True)
                shutil.copy(old, ground.home / "archive.db")

            fresh()
            _, points = ground.copies.calls(ground.home, "deliveries", "--json", of=DISK)
            for point in spread(points, 10_000 if long else 6):
                fresh()
                ground.copies.killed(ground.home, point, "deliveries", "--json")
                count += 1
                faults += _shape_faults(ground, point, shape, newest)
    yield _figure(name, not faults, f"{count} kills on {newest - 1} shapes; {some(faults)}")


def _shape_faults(ground: Ground, point: Point, shape: int, newest: int) -> Iterator[str]:
    """After a kill: a whole shape, nothing lost, and the next start succeeds."""
    archive = ground.home / "archive.db"
    with contextlib.closing(connection.connect(archive, readonly=True)) as look:
        between = connection.shape_of(look)
    again = ground.copies.run(ground.home, "deliveries", "--json")
    with contextlib.closing(connection.connect(archive, readonly=True)) as look:
        after, rows = connection.shape_of(look), look.execute("SELECT count(*) FROM articles").fetchone()[0]
        sound = look.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    if not shape <= between <= newest or again.code or (after, rows) != (newest, _OLD_ARTICLES) or not sound:
        yield f"shape {shape}, {point}: {between} then {after}, {rows} articles, exit {again.code}, sound {sound}"


_OLD_ARTICLES = 40


def old_archive(path: Path, shape: int) -> None:
    """An archive of that shape with articles, brought there from the first one as it was in its day."""
    with contextlib.closing(connection.driver.connect(str(path), isolation_level=None)) as raw:
        raw.create_function("placed", 2, connection.placed, deterministic=True)
        raw.execute(f"PRAGMA application_id = {connection.APPLICATION_ID}")
        raw.execute("PRAGMA journal_mode = WAL")
        for file in sorted(connection.MIGRATIONS.glob("*.sql"))[:shape]:
            raw.executescript(file.read_text(encoding="utf-8"))
            if file.name.startswith("0001"):
                for number in range(1, _OLD_ARTICLES + 1):
                    _add_old(raw, number)
        raw.execute(f"PRAGMA user_version = {shape}")
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _add_old(raw: object, number: int) -> None:
    at, url = 1_700_000_000_000_000 + number, f"http://news.example/{number}"
    execute = raw.execute  # type: ignore[attr-defined]
    execute("INSERT INTO stories VALUES (?, ?)", (number, at))
    execute("INSERT INTO copy_groups VALUES (?, ?)", (number, number))
    execute(
        "INSERT INTO articles (id, sort_key, source_id, guid, url, canonical_url, lang, authors, first_seen_at,"
        " version, title, text, text_from, content_hash, tags, copy_group_id, story_id)"
        " VALUES (?, ?, 'news', ?, ?, ?, 'en', '[]', ?, 1, ?, ?, 'page', ?, '[]', ?, ?)",
        (number, at // 1_000_000 * 64 + number, url, url, url, at, f"Title {number}", "Text. " * 50, f"h{number}",
         number, number),
    )  # fmt: skip


_COMMANDS: dict[str, tuple[str, ...]] = {
    "backup": ("backup", "{folder}/backups", "--keep", "2"),
    "index made anew": ("doctor", "--rebuild-index"),
    "OPML import": ("sources", "import", "{folder}/feeds.opml"),
    "article import": ("import", "{folder}/articles.jsonl", "--json"),
}


def other_commands(tools: Path, folder: Path, *, long: bool = False) -> Iterator[Figure]:  # noqa: ARG001
    """A4: backup, the index made anew, and imports, killed at each call that reaches the disk."""
    if why := without_strace():
        yield _figure("A4 kill -9 in other commands", None, why)
        return
    outlines = "".join(f'<outline type="rss" text="F{n}" xmlUrl="http://127.0.0.1:9/f{n}.xml"/>' for n in range(30))
    with Prepared(folder) as ground:
        (folder / "feeds.opml").write_text(f'<opml version="2.0"><head/><body>{outlines}</body></opml>')
        rows = (json.dumps({"ref": f"r{n}", "url": f"http://127.0.0.1:9/a{n}", "title": f"Imported {n}",
                            "text": f"Text number {n} about nothing else."}) for n in range(20))  # fmt: skip
        (folder / "articles.jsonl").write_text("\n".join(rows))
        for what, command in _COMMANDS.items():
            args = tuple(part.format(folder=folder) for part in command)
            ground.restore()
            _, points = ground.copies.calls(ground.home, *args, of=DISK)
            faults, count = [], 0
            for point in spread(points, 10_000 if long else 14):
                ground.restore()
                shutil.rmtree(folder / "backups", ignore_errors=True)
                ground.copies.killed(ground.home, point, *args)
                count += 1
                faults += [f"{point}: {fault}" for fault in _left_behind(ground, folder, args)]
            yield _figure(f"A4 kill -9 in {what}", not faults, f"{count} of {len(points)} calls; {some(faults)}")


def _left_behind(ground: Ground, folder: Path, args: tuple[str, ...]) -> Iterator[str]:
    """What is not as it should be after the kill, or after the command was given again."""
    for one in (folder / "backups").glob("[0-9]*"):
        if ground.copies.run(ground.home, "backup", "verify", str(one)).code:
            yield f"half a backup under the name {one.name}"
    text = (ground.home / "sources.yaml").read_text()
    if text.count("xmlUrl") or text.count("127.0.0.1:9/f") not in (0, 30):
        yield f"half a list of sources: {text.count('127.0.0.1:9/f')} of 30"
    again = ground.copies.run(ground.home, *args)
    if again.code and "already" not in again.said:
        yield f"given again it ends with {again.code}: {again.said.strip()[-200:]}"
    looked = ground.copies.run(ground.home, "doctor", "--json")
    if looked.code:
        yield f"doctor: {looked.said.strip()[-300:]}"
    if args[0] == "import" and archived_urls(ground.home) != 20:
        yield f"{archived_urls(ground.home)} of 20 articles"


def archived_urls(home: Path) -> int:
    """Imported articles in the archive."""
    with contextlib.closing(connection.connect(home / "archive.db", readonly=True)) as look:
        count: int = look.execute("SELECT count(*) FROM articles WHERE url LIKE 'http://127.0.0.1:9/a%'").fetchone()[0]
    return count


# ---------------------------------------------------------------------------------------------- asked to end


def terminated(tools: Path, folder: Path, *, long: bool = False) -> Iterator[Figure]:  # noqa: ARG001
    """A5: SIGTERM at any time."""
    times, r = (200 if long else 12), random.Random("terms")
    slow, codes = 0.0, []
    with world() as one:
        home, said = living(one, folder), folder / "said.txt"
        with Published(one, 0.7) as news:
            for _ in range(times):
                before = said.stat().st_size if said.exists() else 0
                service = Service(home, one, said)
                wait_for(lambda before=before: said.stat().st_size > before, 20, "no start")  # type: ignore[misc]
                time.sleep(r.uniform(0.1, 2.5))
                code, seconds = service.end()
                codes.append(code)
                slow = max(slow, seconds)
        tally, code = settled(one, home, said, news.tokens)
    traces = said.read_text(errors="replace").count("Traceback")
    bad = [code for code in (*codes, code) if code]
    passed = (
        not tally.wrong and not tally.repeated_slack and not tally.same_mail and not bad and slow <= 10 and not traces
    )
    found = (
        f"{times} times: exit codes other than 0: {bad or 'none'}, slowest {slow:.1f} s, {traces} tracebacks; {tally}"
    )
    yield _figure("A5 SIGTERM in a cycle", passed, found)


def other_signals(tools: Path, folder: Path, *, long: bool = False) -> Iterator[Figure]:  # noqa: ARG001
    """A6: SIGINT twice, SIGHUP, and nobody who reads what it says."""
    with world() as one:
        home, said = living(one, folder), folder / "said.txt"
        tokens = one.news.publish(2)
        service = Service(home, one, said)
        wait_for(lambda: said.stat().st_size, 20, "no start")
        time.sleep(0.5)
        service.process.send_signal(signal.SIGHUP)
        time.sleep(0.8)
        alive = service.process.poll() is None
        service.process.send_signal(signal.SIGINT)
        time.sleep(0.05)
        code, seconds = service.end(signal.SIGINT)
        deaf = _unread(home, one)
        tokens += one.news.publish(2)
        tally, last = settled(one, home, said, tokens)
    traces = said.read_text(errors="replace").count("Traceback")
    passed = alive and code == 0 and seconds <= 10 and not deaf and not traces and not tally.wrong and last == 0
    found = (
        f"after SIGHUP {'alive' if alive else 'dead'}; SIGINT twice: exit {code} in {seconds:.1f} s, {traces} "
        f"tracebacks; {deaf or 'closed streams: works on'}; {tally}"
    )
    yield _figure("A6 SIGINT, SIGHUP, closed streams", passed, found)


def _unread(home: Path, one: World) -> str:
    """What is wrong with a service and commands whose output nobody takes; empty: nothing."""
    command = [sys.executable, "-m", "monitor", "--home", str(home)]
    environ = os.environ | one.environ
    service = subprocess.Popen([*command, "run"], cwd=ROOT, env=environ, stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)  # fmt: skip
    assert service.stdout is not None
    assert service.stderr is not None
    service.stdout.close()
    service.stderr.close()
    token, end = one.news.publish(1)[0], time.monotonic() + 15
    try:
        while time.monotonic() < end and service.poll() is None and not archived(home)[0][token]:
            time.sleep(0.3)
        if service.poll() is not None:
            return f"a service whose output is closed ends with {service.returncode}"
        if not archived(home)[0][token]:
            return "a service whose output is closed reads nothing"
        service.terminate()
        if service.wait(12):
            return f"it ends with {service.returncode}"
    finally:
        if service.poll() is None:
            os.killpg(service.pid, signal.SIGKILL)
            service.wait()
    shell = " ".join([*command, "export", "2>&1 | head -c 1 >/dev/null; echo ${PIPESTATUS[0]}"])
    done = subprocess.run(["bash", "-c", shell], cwd=ROOT, env=environ, capture_output=True, text=True, check=False)
    return "" if done.stdout.strip() == "0" else f"export | head: {done.stdout.strip()} {done.stderr[-200:]}"


# ---------------------------------------------------------------------------------------------- frozen, starved, dark


def frozen(tools: Path, folder: Path, *, long: bool = False) -> Iterator[Figure]:  # noqa: ARG001
    """A7: frozen (SIGSTOP) over the hour of a digest, for ten minutes and for twenty-six hours."""
    for minutes in (10, 26 * 60):
        name = f"A7 asleep for {minutes} minutes over 07:00"
        with world() as one:
            yield _figure(name, *_asleep(one, folder / str(minutes), minutes))


def _asleep(one: World, folder: Path, minutes: int) -> tuple[bool, str]:
    from bench.drills.clock import Moved

    clock = Moved(folder, datetime(2026, 11, 19, 6, 58, tzinfo=UTC))
    home = one.home(folder / "home", digest="daily 07:00", poll=1)
    one.news.publish(2, at=clock.now())
    service = Service(home, one, folder / "said.txt", **clock.environ)
    try:
        wait_for(lambda: (home / "archive.db").exists() and sum(archived(home)[0].values()) >= 2, 30, "nothing is read")
        before = len(one.told.mails)
        os.kill(service.process.pid, signal.SIGSTOP)
        clock.move(timedelta(minutes=minutes))
        os.kill(service.process.pid, signal.SIGCONT)
        with contextlib.suppress(TimeoutError):
            wait_for(lambda: len(one.told.mails) > before, 25, "")
        time.sleep(4)
    finally:
        code, _ = service.end()
    mails = one.told.mails[before:]
    days = 1 if minutes < 24 * 60 else 2
    tokens = sorted({token for mail in mails for token in mail["tokens"]})
    dated = [m["date"] for m in mails]
    text = f"{len(mails)} digest of {days} that were due, dated {dated}, {len(tokens)} of 2 stories; exit {code}"
    return len(mails) == 1 and len(tokens) == 2 and code == 0, text


def worker_killed(tools: Path, folder: Path, *, long: bool = False) -> Iterator[Figure]:  # noqa: ARG001
    """A8: those who read strangers' bytes, killed at any time."""
    r, killed = random.Random("workers"), 0
    with world() as one:
        home, said = living(one, folder), folder / "said.txt"
        service = Service(home, one, said)
        with Published(one, 0.5) as news:
            end = time.monotonic() + (60 if long else 15)
            while time.monotonic() < end and service.process.poll() is None:
                time.sleep(r.uniform(0.05, 0.5))
                for pid in service.workers():
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)
                        killed += 1
        code, _ = service.end()
        tally, last = settled(one, home, said, news.tokens)
    passed = code == 0 and last == 0 and killed > 5 and not tally.wrong and not tally.repeated_slack
    yield _figure("A8 workers killed", passed, f"{killed} kills, service's exit code {code}; {tally}")


def starved(tools: Path, folder: Path, *, long: bool = False) -> Iterator[Figure]:  # noqa: ARG001
    """A9: 400 MiB of address space for all of it, and a feed of 200,000 entries."""
    with world() as one, hostile_server(tools, folder / "server") as hostile:
        home = one.home(folder / "home", digest="every 5s")
        feeds = [
            feed_source("big", hostile.url("/entries?n=200000")),
            feed_source("news", f"http://127.0.0.1:{one.news.port}/feed.xml"),
        ]
        (home / "sources.yaml").unlink()
        make_home(home, feeds, more=(home / "scowatch.toml").read_text().partition("[schedule]\npoll_seconds = 0\n")[2])
        one.news.publish(2)
        scowatch(home, "collect", "--source", "news", **one.environ)
        tokens = one.news.publish(2)
        command = [sys.executable, "-m", "monitor", "--home", str(home), "collect", "--all", "--json"]
        limit = 400 * 2**20
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=os.environ | one.environ,
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)),
        )
        trace = "Traceback" in done.stderr
        for _ in range(2):
            time.sleep(5)
            scowatch(home, "collect", "--all", **one.environ)
            scowatch(home, "deliver", **one.environ)
        tally = one.tally(home, tokens, one.told)
    said = done.stderr.strip().splitlines()[-1:] or ["nothing"]
    yield _figure(
        "A9 too little memory",
        not trace and not tally.wrong,
        f"exit {done.returncode}, said {said[0][:200]}; then {tally}",
    )


_WROTE = re.compile(rb"^\d+ +(pwrite64|write)\(\d+<([^>]*)>.*?(?:, (\d+), (\d+)\)|, \d+\)) += (\d+)")
_SYNCED = re.compile(rb"^\d+ +(?:fsync|fdatasync)\(\d+<([^>]*)>\) += 0")


def power_loss(tools: Path, folder: Path, *, long: bool = False) -> Iterator[Figure]:  # noqa: ARG001
    """A10: killed at a call, and all that was not yet synchronised with the disk is gone, or garbage."""
    name = "A10 power loss"
    if why := without_strace():
        yield _figure(name, None, why)
        return
    gone = [0]
    with Prepared(folder) as ground:
        calls = ("pwrite64", "fsync", "fdatasync", "ftruncate", "sendto", "unlink")
        points, all_ = points_of(ground, calls, 10_000 if long else 30)

        def blow(point: Point) -> Ended:
            kill = f"inject={point.call}:signal=KILL:when={point.number}"
            traced = ",".join({*calls, "write"})
            ended = ground.copies.run(
                ground.home, *CYCLE, struck=["-y", "-e", f"trace={traced}", "-e", kill], DRILL_NOW=ground.at(1)
            )
            gone[0] += _lose_unsynced(ground.copies.trace, ground.home)
            return ended

        found = blows(ground, points, blow)
    passed = not found.faults and found.most_twice <= 1 and gone[0] > 0
    yield _figure(
        name, passed, f"of {all_} calls {found}; {gone[0]} bytes were lost with them; most twice {found.most_twice}"
    )


def _lose_unsynced(trace: Path, home: Path) -> int:
    """How many bytes were written to the archive and not synchronised: the log ends before them, elsewhere stands
    garbage. The shared memory file is gone: it is never synchronised."""
    waiting: dict[str, list[tuple[int, int]]] = {}
    for line in trace.read_bytes().splitlines():
        if (wrote := _WROTE.match(line)) and wrote[3] is not None:
            waiting.setdefault(wrote[2].decode(), []).append((int(wrote[4]), int(wrote[5])))
        elif synced := _SYNCED.match(line):
            waiting.pop(synced[1].decode(), None)
    (home / "archive.db-shm").unlink(missing_ok=True)
    lost = 0
    for name, pieces in waiting.items():
        path = Path(name)
        if path.parent != home or not path.exists() or path.name.endswith("-shm"):
            continue
        lost += sum(size for _, size in pieces)
        if path.name.endswith("-wal"):
            os.truncate(path, min(at for at, _ in pieces))
        elif (home / "archive.db-wal").exists():
            with path.open("r+b") as file:
                for at, size in pieces:
                    file.seek(at)
                    file.write(os.urandom(size))
    return lost


ROWS: dict[str, Callable[..., Iterator[Figure]]] = {
    "A1": random_kills,
    "A2": kill_at_each_call,
    "A3": migration,
    "A4": other_commands,
    "A5": terminated,
    "A6": other_signals,
    "A7": frozen,
    "A8": worker_killed,
    "A9": starved,
    "A10": power_loss,
}
