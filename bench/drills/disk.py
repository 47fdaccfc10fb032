"""Drill B: the disk is full, broken, read-only or busy, and the archive is locked, damaged, foreign or gone."""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import random
import resource
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from bench.drills.blows import CYCLE, Ground, Outcome, Prepared, blows, without_strace
from bench.drills.ground import ROOT, Figure, feed_source, make_home, scowatch, wait_for
from bench.drills.lives import Published, Service, living, settled, some
from bench.drills.struck import DISK, Ended, Point
from bench.drills.world import World, archived, world
from storage import connection
from storage.connection import connect

_CLONE_NEWNS, _MS_PRIVATE, _MS_REC, _MS_REMOUNT, _MS_RDONLY = 0x20000, 1 << 18, 1 << 14, 32, 1
_NO_MOUNTS = "no file system of its own may be mounted here: run it as root"
#: Starts in a row on the same full disk.
_STARTS = 3


def _figure(name: str, passed: bool | None, found: str) -> Figure:
    return Figure(drill="B", name=name, passed=passed, found=found)


# ---------------------------------------------------------------------------------------------- a disk of its own


@contextlib.contextmanager
def small_disk(folder: Path, options: str) -> Iterator[Path]:
    """A file system in memory at that folder, seen by this process and its children alone."""
    libc = ctypes.CDLL(None, use_errno=True)
    folder.mkdir(parents=True, exist_ok=True)
    if os.geteuid() or libc.unshare(_CLONE_NEWNS) or libc.mount(b"none", b"/", None, _MS_REC | _MS_PRIVATE, None):
        raise PermissionError(_NO_MOUNTS)
    if libc.mount(b"drill", str(folder).encode(), b"tmpfs", 0, options.encode()):
        raise PermissionError(_NO_MOUNTS)
    try:
        yield folder
    finally:
        libc.umount2(str(folder).encode(), 2)


def _read_only(folder: Path, options: str, *, yes: bool) -> None:
    flags = _MS_REMOUNT | (_MS_RDONLY if yes else 0)
    if ctypes.CDLL(None).mount(b"drill", str(folder).encode(), b"tmpfs", flags, options.encode()):
        raise PermissionError("the file system cannot be made read-only")


def _fill(disk: Path) -> Path:
    """A file that leaves no byte free."""
    filler = disk / "filler"
    with contextlib.suppress(OSError), filler.open("wb", buffering=0) as file:
        while True:
            file.write(b"\0" * 4096)
    return filler


def disk_full(tools: Path, folder: Path, *, long: bool = False) -> Iterator[Figure]:  # noqa: ARG001
    """B11: the service on a disk that fills up, and has space again."""
    yield from _exhausted(folder, "B11 disk full", "size=24m", _fill, "full")


def no_inodes(tools: Path, folder: Path, *, long: bool = False) -> Iterator[Figure]:  # noqa: ARG001
    """B15: no file can be made any more."""

    def use_up(disk: Path) -> Path:
        (disk / "filler").mkdir()
        with contextlib.suppress(OSError):
            for number in range(10_000):
                (disk / "filler" / str(number)).touch()
        return disk / "filler"

    yield from _exhausted(folder, "B15 out of inodes", "size=64m,nr_inodes=120", use_up, "")


def _exhausted(folder: Path, name: str, options: str, use_up: Callable[[Path], Path], word: str) -> Iterator[Figure]:
    try:
        disk = small_disk(folder / "disk", options)
        path = disk.__enter__()
    except PermissionError as error:
        yield _figure(name, None, str(error))
        return
    with world() as one, contextlib.ExitStack() as left:
        left.push(disk)
        home, said = living(one, path), folder / "said.txt"
        tokens = one.news.publish(2)
        service = Service(home, one, said)
        with contextlib.suppress(TimeoutError):
            wait_for(lambda: not one.tally(home, tokens, one.told).lost, 30, "")
        filler = use_up(path)
        before = one.told.mark()
        tokens += one.news.publish(3)
        time.sleep(8)
        alive = service.process.poll() is None
        service.end()
        starts = []
        for _ in range(_STARTS):
            done = scowatch(home, "deliver", timeout=60, **one.environ)
            starts.append((done.returncode, (done.stderr.strip().splitlines() or [""])[-1][:160]))
        sent = one.told.since(before)
        log = said.read_text(errors="replace")
        shutil.rmtree(filler) if filler.is_dir() else filler.unlink()
        begun = time.monotonic()
        tally, code = settled(one, home, said, tokens)
        seconds = time.monotonic() - begun - 6
    told = word in log if word else True
    again = max(Counter(t for post in sent.posts for t in post["tokens"]).values(), default=0)
    trace = (log + "".join(text for _, text in starts)).count("Traceback")
    passed = alive and told and not trace and not tally.wrong and again <= 1 and code == 0 and seconds <= 60
    line = next((row[10:170] for row in log.splitlines() if "archive" in row and ("full" in row or "open" in row)), "")
    found = (
        f"service alive {alive}, said {line!r}; {_STARTS} starts on it: {starts[0]}; a story "
        f"sent at most {again} times meanwhile; all there {max(seconds, 0):.0f} s after; "
        f"{tally}"
    )
    yield _figure(name, passed, found)


# ---------------------------------------------------------------------------------------------- errors at each write


def no_space_at_each_write(tools: Path, folder: Path, *, long: bool = False) -> Iterator[Figure]:  # noqa: ARG001
    """B12: from the K-th write on there is no space, and so at the next starts."""
    yield from _refused(folder, "B12 ENOSPC at each write", "ENOSPC", ("full", "space"), long=long)


def broken_at_each_write(tools: Path, folder: Path, *, long: bool = False) -> Iterator[Figure]:  # noqa: ARG001
    """B13: from the K-th write or synchronisation on the disk reports an error."""
    yield from _refused(folder, "B13 EIO at each write and fsync", "EIO", ("disk",), long=long)


def _refused(folder: Path, name: str, error: str, words: tuple[str, ...], *, long: bool) -> Iterator[Figure]:
    if why := without_strace():
        yield _figure(name, None, why)
        return
    silent: list[str] = []
    with Prepared(folder) as ground:
        points, all_ = _disk_points(ground, 10_000 if long else 36)

        def blow(point: Point) -> Ended:
            for start in range(_STARTS - 1):
                at = ground.at(1 + start / 10)
                ground.copies.refused(ground.home, point, error, *CYCLE, DRILL_NOW=at)
            return ground.copies.refused(ground.home, point, error, *CYCLE, DRILL_NOW=ground.at(1.5))

        def after(outcome: Outcome, point: Point, ended: Ended) -> None:
            if "Traceback" in ended.said or ended.code < 0:
                outcome.faults.append(f"{point}: exit {ended.code}, {ended.said[-300:]}")
            if ended.code and not any(word in ended.said for word in words):
                silent.append(f"{point}: {ended.said.strip()[-150:]}")

        found = blows(ground, points, blow, after)
    passed = not found.faults and found.most_twice <= 1 and not silent
    text = (
        f"of {all_} calls {found}; each for {_STARTS} starts, most twice {found.most_twice}; "
        f"errors that do not say why: {some(silent)}"
    )
    yield _figure(name, passed, text)


def _disk_points(ground: Ground, most: int) -> tuple[list[Point], int]:
    """Calls on the files of the archive alone."""
    from bench.drills.struck import on, spread

    ground.restore()
    found: Counter[str] = Counter()
    ended = ground.copies.run(
        ground.home, *CYCLE, struck=[*on(ground.home), "-e", f"trace={','.join(DISK)}"], DRILL_NOW=ground.at(1)
    )
    if ended.code:
        raise RuntimeError(f"the cycle that was counted ended with {ended.code}: {ended.said[-300:]}")
    by_thread: Counter[tuple[str, str]] = Counter()
    for line in ground.copies.trace.read_text(errors="replace").splitlines():
        pid, _, rest = line.partition(" ")
        by_thread[pid, rest.strip().partition("(")[0]] += 1
    for (_, call), count in by_thread.items():
        found[call] = max(found[call], count)
    points = [Point(call, n + 1) for call in DISK for n in range(found[call])]
    return spread(points, most), len(points)


def file_size_limit(tools: Path, folder: Path, *, long: bool = False) -> Iterator[Figure]:  # noqa: ARG001
    """B14: files may not grow any more."""
    with world() as one:
        home = living(one, folder)
        others = one.news.publish(400, word="clerks")
        tokens = one.news.publish(2)
        limit = 4 * 2**20  # what is read about languages at the start needs one of a megabyte
        codes, said = [], ""
        for command in (("collect", "--all"), ("deliver",)) * 2:
            done = _limited(home, one, resource.RLIMIT_FSIZE, limit, *command)
            codes.append(done.returncode)
            said += done.stdout + done.stderr
        tally, code = settled(one, home, folder / "said.txt", tokens)
        missing = sum(not archived(home)[0][token] for token in others)
    clear = "limits of file size" in said or "full" in said
    passed = clear and "Traceback" not in said and min(codes) >= 0 and not tally.wrong and not missing and code == 0
    yield _figure(
        "B14 file size limit",
        passed,
        f"exit codes {codes}, {said.strip()[-200:]!r}; then {missing} of 400 missing, {tally}",
    )


def _limited(home: Path, one: World, what: int, limit: int, *args: str) -> subprocess.CompletedProcess[str]:
    """The command under a limit of resources."""
    return subprocess.run(
        [sys.executable, "-m", "monitor", "--home", str(home), *args],
        cwd=ROOT,
        env=os.environ | one.environ,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=240,
        check=False,
        preexec_fn=lambda: resource.setrlimit(what, (limit, limit)),
    )


def read_only(tools: Path, folder: Path, *, long: bool = False) -> Iterator[Figure]:  # noqa: ARG001
    """B16: nothing may be written at all."""
    name, options = "B16 read-only file system", "size=64m"
    try:
        disk = small_disk(folder / "disk", options)
        path = disk.__enter__()
    except PermissionError as error:
        yield _figure(name, None, str(error))
        return
    with world() as one, contextlib.ExitStack() as left:
        left.push(disk)
        home = living(one, path)
        _read_only(path, options, yes=True)
        faults, said = [], ""
        for command in (("collect", "--all"), ("deliver",), ("run",), ("search", "envoys")):
            done = scowatch(home, *command, timeout=60, **one.environ)
            line = (done.stderr.strip().splitlines() or [""])[-1]
            said = said or line
            if done.returncode not in (1, 2) or str(home) not in done.stderr or "Traceback" in done.stderr:
                faults.append(f"{command[0]}: exit {done.returncode}, {line[:200]!r}")
        _read_only(path, options, yes=False)
        tokens = one.news.publish(1)
        tally, code = settled(one, home, folder / "said.txt", tokens)
    yield _figure(
        name, not faults and not tally.wrong and code == 0, f"{some(faults)}; said {said[:160]!r}; then {tally}"
    )


# ---------------------------------------------------------------------------------------------- a busy archive


def locked(tools: Path, folder: Path, *, long: bool = False) -> Iterator[Figure]:  # noqa: ARG001
    """B17: another process holds the archive."""
    seconds = 60 if long else 20
    with world() as one:
        home, said = living(one, folder), folder / "said.txt"
        service = Service(home, one, said)
        time.sleep(2)
        with Published(one, 0.7) as news, contextlib.closing(connect(home / "archive.db")) as other:
            other.execute("BEGIN EXCLUSIVE")
            time.sleep(seconds / 2)
            done = scowatch(home, "search", "envoys", "--limit", "1", "--json", timeout=60, **one.environ)
            time.sleep(seconds / 2)
            other.execute("ROLLBACK")
            time.sleep(3)
        alive = service.process.poll() is None
        service.end()
        tally, code = settled(one, home, said, news.tokens)
    log = said.read_text(errors="replace")
    passed = alive and code == 0 and not tally.wrong and not tally.repeated_slack and "Traceback" not in log
    read = f"a search meanwhile: exit {done.returncode} {done.stderr.strip()[-120:]}"
    passed = passed and done.returncode == 0
    yield _figure("B17 archive locked", passed, f"{seconds} s, service alive {alive}; {read}; {tally}")


def long_reader(tools: Path, folder: Path, *, long: bool = False) -> Iterator[Figure]:  # noqa: ARG001
    """B18: somebody reads one moment of the archive for a long time while it is written."""
    with world() as one:
        home = living(one, folder)
        tokens: list[str] = []
        with contextlib.closing(connect(home / "archive.db", readonly=True)) as reader:
            reader.execute("BEGIN")
            seen = reader.execute("SELECT count(*) FROM articles").fetchone()[0]
            for _ in range(20 if long else 6):
                tokens += one.news.publish(20)
                scowatch(home, "collect", "--all", **one.environ)
            most = (home / "archive.db-wal").stat().st_size
            same = reader.execute("SELECT count(*) FROM articles").fetchone()[0] == seen
        tokens += one.news.publish(2)
        scowatch(home, "collect", "--all", **one.environ)
        log = home / "archive.db-wal"
        left = log.stat().st_size if log.exists() else 0
        missing = sum(not archived(home)[0][token] for token in tokens)
    passed = same and not missing and left <= 64 * 2**20
    found = (
        f"{len(tokens)} stories stored; the log grew to {most / 2**20:.1f} MiB, "
        f"{left / 2**20:.1f} MiB afterwards; {missing} missing"
    )
    yield _figure("B18 long reader", passed, found)


def two_instances(tools: Path, folder: Path, *, long: bool = False) -> Iterator[Figure]:  # noqa: ARG001
    """B21: a second service, and senders beside it."""
    with world() as one:
        home, said = living(one, folder), folder / "said.txt"
        service = Service(home, one, said)
        time.sleep(1.5)
        second = scowatch(home, "run", timeout=30, **one.environ)
        codes = []
        with Published(one, 0.5) as news:
            for _ in range(40 if long else 6):
                senders = [_begun(home, one, "deliver") for _ in range(2)]
                codes += [sender.wait(60) for sender in senders]
        alive = service.process.poll() is None
        service.end()
        for _ in range(3):  # without a service: senders alone
            one.news.publish(1)
            news.tokens += [list(one.news.items)[-1]]
            scowatch(home, "collect", "--all", **one.environ)
            codes += [sender.wait(60) for sender in [_begun(home, one, "deliver") for _ in range(3)]]
        tally, code = settled(one, home, said, news.tokens)
    passed = alive and second.returncode == 2 and not any(codes) and not tally.wrong and not tally.repeated_slack
    passed = passed and not tally.same_mail and code == 0
    found = (
        f"the second: exit {second.returncode}, {second.stderr.strip()[-90:]!r}; {len(codes)} "
        f"senders, exit codes {dict(Counter(codes))}; {tally}"
    )
    yield _figure("B21 two instances", passed, found)


def _begun(home: Path, one: World, *args: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "monitor", "--home", str(home), *args],
        cwd=ROOT,
        env=os.environ | one.environ,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def four_writers(tools: Path, folder: Path, *, long: bool = False) -> Iterator[Figure]:  # noqa: ARG001
    """B22: four imports at once beside the service."""
    with world() as one:
        home, said, count = living(one, folder), folder / "said.txt", 400 if long else 120
        for writer in range(4):
            url = f"http://127.0.0.1:9/w{writer}"
            rows = ({"ref": f"w{writer}-{n}", "url": f"{url}/{n}", "title": f"Import {writer} {n}",
                     "text": f"Writer {writer} wrote number {n} and nothing else."} for n in range(count))  # fmt: skip
            (folder / f"w{writer}.jsonl").write_text("\n".join(map(json.dumps, rows)))
        service = Service(home, one, said)
        tokens = one.news.publish(2)
        writers = [_begun(home, one, "import", str(folder / f"w{n}.jsonl")) for n in range(4)]
        codes = [writer.wait(200) for writer in writers]
        service.end()
        with contextlib.closing(connect(home / "archive.db", readonly=True)) as look:
            stored = look.execute("SELECT count(*) FROM articles WHERE url LIKE '%127.0.0.1:9/w%'").fetchone()[0]
        tally, code = settled(one, home, said, tokens)
    busy = said.read_text(errors="replace").count("locked")
    passed = not any(codes) and stored == 4 * count and not tally.wrong and not busy and code == 0
    yield _figure(
        "B22 four writers",
        passed,
        f"exit codes {codes}, {stored} of {4 * count} stored, 'locked' said {busy} times; {tally}",
    )


def backups_while_writing(tools: Path, folder: Path, *, long: bool = False) -> Iterator[Figure]:  # noqa: ARG001
    """B25: backups while the service writes; each is restored and counted."""
    faults, count = [], 0
    with world() as one:
        home, said = living(one, folder), folder / "said.txt"
        service = Service(home, one, said)
        with Published(one, 0.3) as news:
            for number in range(40 if long else 5):
                committed = sum(archived(home)[0].values())
                target, into = folder / f"backup{number}", folder / f"restored{number}"
                made = scowatch(home, "backup", str(target), timeout=120, **one.environ)
                checked = scowatch(home, "backup", "verify", str(target), timeout=120)
                back = scowatch(home, "restore", str(target), "--home", str(into), timeout=120)
                count += 1
                if made.returncode or checked.returncode or back.returncode:
                    faults.append(
                        f"exit {made.returncode}, {checked.returncode}, {back.returncode}: "
                        f"{(made.stderr + back.stderr)[-200:]}"
                    )
                    continue
                inside, sound = archived(into)
                if not sound or sum(inside.values()) < committed:
                    faults.append(f"{sum(inside.values())} of {committed} articles, sound {sound}")
        service.end()
        tally, code = settled(one, home, said, news.tokens)
    yield _figure(
        "B25 backup while writing",
        not faults and not tally.wrong and code == 0,
        f"{count} backups restored, {some(faults)}; {tally}",
    )


def few_descriptors(tools: Path, folder: Path, *, long: bool = False) -> Iterator[Figure]:  # noqa: ARG001
    """B26: 64 descriptors for a thousand sources."""
    count = 1000 if long else 200
    with world() as one:
        url = f"http://127.0.0.1:{one.news.port}/feed.xml?s="
        home = make_home(folder / "home", [feed_source(f"s{n}", f"{url}{n}") for n in range(count)])
        one.news.publish(3)
        begun = time.monotonic()
        done = _limited(home, one, resource.RLIMIT_NOFILE, 64, "collect", "--all", "--json")
        seconds = time.monotonic() - begun
        sound = archived(home)[1] if (home / "archive.db").exists() else True
        again = scowatch(home, "collect", "--all", "--json", **one.environ)
    read = json.loads(done.stdout)["sources"] if done.stdout.startswith("{") else {}
    after = json.loads(again.stdout)["sources"]
    passed = "Traceback" not in done.stderr and done.returncode >= 0 and sound and after["failed"] == 0
    found = f"{count} sources in {seconds:.0f} s: {read or done.stderr.strip()[-200:]}; without the limit {after}"
    yield _figure("B26 few descriptors", passed, found)


# ---------------------------------------------------------------------------------------------- not the right file


def damaged(tools: Path, folder: Path, *, long: bool = False) -> Iterator[Figure]:  # noqa: ARG001
    """B19: 4 KiB of garbage anywhere in the archive, its log or its shared memory."""
    r, faults, found = random.Random("pages"), [], Counter[str]()
    with Prepared(folder, stories=30) as ground:
        ground.cycle(1)
        with contextlib.closing(connect(ground.home / "archive.db")) as writer:  # a log that is not empty
            writer.execute("PRAGMA wal_autocheckpoint = 0")
            writer.execute("UPDATE source_state SET failures = failures + 0") if _has(writer, "source_state") else None
        shutil.rmtree(folder / "before")
        shutil.copytree(ground.home, folder / "before")
        for number in range(120 if long else 24):
            ground.restore()
            archive = ground.home / "archive.db"
            before = archive.stat()
            with archive.open("r+b") as file:
                file.seek(r.randrange(0, max(1, before.st_size - 4096)) if number else 0)
                file.write(os.urandom(4096))
            runs = [
                ground.copies.run(ground.home, *args, DRILL_NOW=ground.at(3))
                for args in (("collect", "--all"), ("deliver",), ("doctor",))
            ]
            said = "".join(run.said for run in runs)
            detected = any(run.code for run in runs)
            found["detected" if detected else "not in use"] += 1
            if "Traceback" in said or min(run.code for run in runs) < 0:
                faults.append(f"{number}: {[run.code for run in runs]} {said.strip()[-200:]}")
            if detected and not any(word in said for word in ("restore", "backup", "rebuild-index")):
                faults.append(f"{number}: no way out is named: {said.strip()[-200:]}")
            if not detected and not archived(ground.home)[1]:
                faults.append(f"{number}: damage that nobody told of")
            if archive.stat().st_ino != before.st_ino or archive.stat().st_size < before.st_size // 2:
                faults.append(f"{number}: the file was made anew")
    yield _figure("B19 damaged pages", not faults, f"{sum(found.values())} times: {dict(found)}; {some(faults)}")


def _has(reader: connection.Connection, table: str) -> bool:
    return bool(reader.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (table,)).fetchone())


def another_file(tools: Path, folder: Path, *, long: bool = False) -> Iterator[Figure]:  # noqa: ARG001
    """B20: the archive is missing, empty, of another program, or of a newer version."""
    faults, said = [], {}
    with Prepared(folder) as ground:
        for what in ("missing", "empty", "another program's", "newer"):
            ground.restore()
            archive = ground.home / "archive.db"
            for ending in ("-wal", "-shm"):
                (ground.home / f"archive.db{ending}").unlink(missing_ok=True)
            _replace(archive, what)
            before = archive.read_bytes() if archive.exists() else None
            runs = [
                ground.copies.run(ground.home, *args, DRILL_NOW=ground.at(3))
                for args in (("deliver",), ("collect", "--all"), ("run",))[: 2 if what == "missing" else 3]
            ]
            said[what] = " ".join((runs[0].said.strip().splitlines() or [""])[0].split())[-140:]
            if any("Traceback" in run.said for run in runs):
                faults.append(f"{what}: a traceback: {runs[0].said[-200:]}")
            if what != "missing" and (not all(run.code in (1, 2) for run in runs) or archive.read_bytes() != before):
                faults.append(
                    f"{what}: exit codes {[run.code for run in runs]}, file untouched {archive.read_bytes() == before}"
                )
    yield _figure("B20 another file", not faults, f"{some(faults)}; said {said}")


def _replace(archive: Path, what: str) -> None:
    if what == "newer":
        with contextlib.closing(connection.driver.connect(str(archive))) as raw:
            raw.execute("PRAGMA user_version = 9999")
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return
    archive.unlink()
    if what == "empty":
        archive.touch()
    elif what != "missing":
        with contextlib.closing(connection.driver.connect(str(archive))) as raw:
            raw.execute("CREATE TABLE bookmarks (x)")
            raw.commit()


ROWS: dict[str, Callable[..., Iterator[Figure]]] = {
    "B11": disk_full,
    "B12": no_space_at_each_write,
    "B13": broken_at_each_write,
    "B14": file_size_limit,
    "B15": no_inodes,
    "B16": read_only,
    "B17": locked,
    "B18": long_reader,
    "B19": damaged,
    "B20": another_file,
    "B21": two_instances,
    "B22": four_writers,
    "B25": backups_while_writing,
    "B26": few_descriptors,
}
