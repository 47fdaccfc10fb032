"""Drill I: a mail server that refuses, hangs or breaks off at every point, and what stands in the mail itself."""

from __future__ import annotations

import contextlib
import email
import email.policy
import json
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

from bench.drills.ground import ROOT, Figure
from bench.drills.slack_faults import _xml
from bench.drills.stands import Sending, Stand, mail_settings, sending, stand
from bench.drills.struck import copies
from bench.drills.world import TOKEN, WORD, world

_DESK = "desk@example.org"
_LARGEST = 2 * 2**20


def _figure(name: str, passed: bool | None, found: str) -> Figure:
    return Figure(drill="I", name=name, passed=passed, found=found)


@contextlib.contextmanager
def through(
    tools: Path, folder: Path, script: str, *readers: str, digest: str = "every 1m", more: str = "", most: int = 0
) -> Iterator[tuple[Sending, Stand]]:
    """A home whose digests go through the stand-in with that script; the first one, of the first reading, is gone."""
    with (
        stand(tools, folder, "fake_smtp", script) as fake,
        world() as one,
        copies(folder / "copies", {"DRILL_USER": "u", "DRILL_PASSWORD": "p"}) as made,
        sending(one, made, folder, mail_settings(fake.port, *readers, digest=digest, more=more, most=most)) as home,
    ):
        yield home, fake


def _bodies(fake: Stand) -> list[email.message.EmailMessage]:
    """What it took, whole, in order."""
    return [
        email.message_from_bytes(path.read_bytes(), policy=email.policy.default)  # type: ignore[arg-type]
        for path in sorted(fake.keep.glob("*.eml"), key=lambda path: float(path.stem))
    ]


def _told(fake: Stand) -> Counter[str]:
    """Tokens, each as often as mails of different ids tell it."""
    by_id = {}
    for message in _bodies(fake):
        part = message.get_body(("plain",))
        by_id[str(message["Message-ID"])] = set(TOKEN.findall(part.get_content() if part else ""))
    return Counter(token for tokens in by_id.values() for token in tokens)


def _twice(fake: Stand) -> tuple[int, int]:
    """How many were the same again (id and bytes), and how many the same id with other bytes."""
    seen: dict[str, str] = {}
    same = other = 0
    for row in fake.delivered():
        if (before := seen.get(row["message_id"])) is not None:
            same += before == row["sha256"]
            other += before != row["sha256"]
        seen.setdefault(row["message_id"], row["sha256"])
    return same, other


def down_two_days(tools: Path, folder: Path, *, long: bool = False) -> Iterator[Figure]:  # noqa: ARG001
    """I84: the mail server is away for two days."""
    with through(tools, folder, "ok", digest="daily 07:00") as (home, fake):
        home.ahead += timedelta(days=1)
        home.send()
        before = len(fake.delivered())
        fake.outage()
        tokens = []
        for _ in range(2 * 8):
            tokens += home.publish(1)
            home.run("deliver", "--json")
            home.ahead += timedelta(hours=3) - timedelta(minutes=16, seconds=1)
        fake.outage()
        rounds = home.send()
        home.ahead += timedelta(days=1)
        home.send()
        mails = _bodies(fake)[before:]
        told, (same, other) = _told(fake), _twice(fake)
    dates = [email.utils.parsedate_to_datetime(str(mail["Date"])) for mail in mails]
    lost, twice = [t for t in tokens if not told[t]], [t for t in tokens if told[t] > 1]
    passed = not lost and not twice and not same + other and dates == sorted(dates) and len(mails) in (3, 4)
    found = (
        f"{len(mails)} digests after it, one for each day, dated "
        f"{[f'{d:%d %H:%M}' for d in dates]}, in {rounds} rounds; "
        f"lost {len(lost)}, twice {len(twice)}, again {same + other}"
    )
    yield _figure("I84 away for two days", passed and not home.faults(), found)


def after_the_dot(tools: Path, folder: Path, *, long: bool = False) -> Iterator[Figure]:  # noqa: ARG001
    """I85: the message was taken, and the answer was lost."""
    for mode in ("drop_after_dot", "hang_after_dot"):
        with through(tools, folder / mode, f"{mode},ok") as (home, fake):
            tokens = home.publish(3)
            home.send()
            told, (same, other) = _told(fake), _twice(fake)
        passed = all(told[token] == 1 for token in tokens) and same <= 1 and not other and not home.faults()
        found = (
            f"{len(tokens)} stories, each told once {all(told[t] == 1 for t in tokens)}; again with "
            f"the same id and bytes {same}, with other bytes {other}"
        )
        yield _figure(f"I85 {mode}", passed, found)


def not_taken(tools: Path, folder: Path, *, long: bool = False) -> Iterator[Figure]:
    """I86: failures before the message was taken."""
    modes = ["drop_in_data", "421", "grey:3", "banner_slow:2", "slow:1", "multi", "long", "bad", "refuse"]
    modes += ["banner_hang"] if long else []
    with contextlib.ExitStack() as stack:
        found, faults = [], []
        for mode in modes:
            script = f"{mode},{mode},{mode},ok" if mode.startswith("grey") else f"{mode},ok"
            home, fake = stack.enter_context(through(tools, folder / mode.partition(":")[0], script))
            tokens = home.publish(2)
            rounds = home.send()
            told, again = _told(fake), sum(_twice(fake))
            found.append(f"{mode} {rounds}")
            if not all(told[t] == 1 for t in tokens) or again or home.faults():
                faults.append(f"{mode}: {dict(told)}, again {again} {home.faults()[:1]}")
            stack.close()
    yield _figure(
        "I86 refused, dropped, greylisted, slow, not SMTP",
        not faults,
        f"rounds until delivered: {', '.join(found)}; {faults or 'each delivered once'}",
    )


def refused(tools: Path, folder: Path, *, long: bool = False) -> Iterator[Figure]:  # noqa: ARG001
    """I87: the server says no for good, to one reader or to all."""
    faults, shown = [], []
    login = 'username_env = "DRILL_USER"\npassword_env = "DRILL_PASSWORD"\n'
    for mode in (f"550rcpt:{_DESK}", "550all", "552", "554", "535", "530"):
        more = login if mode == "535" else ""
        with through(tools, folder / mode.partition(":")[0], mode, _DESK, "other@example.org", more=more) as (
            home,
            fake,
        ):
            home.publish(2)
            for _ in range(4):
                home.run("deliver", "--json")
                home.ahead += timedelta(hours=7)
            rows = [row for row in home.rows() if row["channel"].startswith("mail:")]
            got = {rcpt for row in fake.delivered() for rcpt in row["rcpt"]}
            failed = [row for row in rows if row["status"] == "failed"]
            retried = max((row["attempts"] for row in failed), default=0)
            operator = " ".join(path.read_text() for path in (home.home / "outbox").glob("*.html"))
        shown.append(f"{mode.partition(':')[0]}: {len(failed)} failed, {len(got)} reader got it")
        expected = {"other@example.org"} if mode.startswith("550rcpt") else set()
        if got != expected or not failed or retried > 1 or home.faults() or not all(row["error"] for row in failed):
            faults.append(f"{mode}: got {got}, failed {len(failed)}, attempts {retried}")
        if mode not in ("552", "554") and "mail:" not in operator:
            faults.append(f"{mode}: the operator was not told")
    yield _figure(
        "I87 one reader refused, all refused, 552, 554, 535, 530",
        not faults,
        f"{'; '.join(shown)}; {faults or 'never tried again, told'}",
    )


def injection(tools: Path, folder: Path, *, long: bool = False) -> Iterator[Figure]:  # noqa: ARG001
    """I88: headlines, texts and links that try to be headers, recipients or markup."""
    rows = [json.loads(line) for line in (tools / "inject" / "strings.public.jsonl").read_text("utf-8").splitlines()]
    strings = [row["input"] for row in rows if row["sink"].startswith("mail") and isinstance(row["input"], str)]
    with through(tools, folder, "ok") as (home, fake):
        home.send()
        for text in strings:  # each headline leads a digest of its own: it is the subject
            token = home.world.news.publish(1, at=home.now() - timedelta(minutes=1))[0]
            item = home.world.news.items[token]
            item["title"], item["text"] = f"{_xml(text)[:400]} {item['title']}", f"{_xml(text)[:400]} {item['text']}"
            home.publish(0)
            home.run("deliver", "--json")
        home.send()
        rows, told = fake.delivered(), _told(fake)
        bodies = _bodies(fake)
    headers = [row["message_id"] for row in rows if _odd([name.lower() for name in row["header_names"]])]
    readers = [row["rcpt"] for row in rows if row["rcpt"] != [_DESK]]
    faults = [fault for row in rows for fault in row["faults"]]
    links = sum(
        bad in html.lower()
        for body in bodies
        if (part := body.get_body(("html",))) and (html := part.get_content())
        for bad in ('href="javascript', "href='javascript", " onclick=", "<script", 'href="data:')
    )
    missing = sum(not told[token] for token in list(home.world.news.items)[2:])
    passed = not headers and not readers and not faults and not links and not missing and not home.faults()
    found = (
        f"{len(strings)} strings in {len(rows)} mails: headers added {len(headers)}, readers "
        f"added {len(readers)}, faults on the wire {faults[:2] or 'none'}, live links {links}, "
        f"missing {missing}"
    )
    yield _figure("I88 injection strings", passed, found)


def five_thousand(tools: Path, folder: Path, *, long: bool = False) -> Iterator[Figure]:  # noqa: ARG001
    """I89: a digest of five thousand articles, with the usual limit of items and without one."""
    for most in (25, 0):
        with through(tools, folder / str(most), "ok", digest="daily 07:00", most=most) as (home, fake):
            rows = (json.dumps(_article(n, home.now().isoformat())) for n in range(5000))
            (folder / "big.jsonl").write_text("\n".join(rows))
            loaded = home.run("import", str(folder / "big.jsonl"), "--json")
            begun = time.monotonic()
            made = home.run("digest", "send")
            seconds = time.monotonic() - begun
            rounds = home.send()
            sizes = [row["size"] for row in fake.delivered()]
            text = _bodies(fake)[-1].get_body(("plain",)).get_content() if sizes else ""  # type: ignore[union-attr]
        more = next((line.strip() for line in text.splitlines() if "more" in line.lower()), "")
        passed = (
            loaded.code == 0
            and made.code == 0
            and seconds < 30
            and bool(sizes)
            and max(sizes) <= _LARGEST
            and not home.faults()
        )
        found = (
            f"built in {seconds:.1f} s, {rounds} rounds, {max(sizes, default=0) / 1024:.0f} KiB, "
            f"{text.count('http')} links; says {more[:120]!r}; {made.said.strip()[-100:]}"
        )
        yield _figure(f"I89 5,000 articles, {'at most 25 items' if most else 'no limit'}", passed, found)


def _odd(names: list[str]) -> bool:
    """Whether a header stands there twice, or one that we never write."""
    return len(set(names)) < len(names) or bool({"bcc", "cc", "x-evil"} & set(names))


def _article(number: int, at: str) -> dict[str, str]:
    title = f"{_name(number)} {WORD} meet {_name(number * 7 + 1)} on {_name(number * 13 + 5)}"
    return {"ref": f"a{number}", "url": f"http://127.0.0.1:9/big/{number}", "source": "news", "published": at,
            "title": title, "text": f"{_name(number * 3)} said so. " * 8}  # fmt: skip


def _name(number: int) -> str:
    """A name for each number."""
    parts = []
    for _ in range(4):
        number, rest = divmod(number * 2654435761 % 2**32, 97)
        parts.append("bdfgklmnprstvz"[rest % 14] + "aeiou"[rest % 5])
    return "".join(parts).capitalize()


def in_a_browser(tools: Path, folder: Path, *, long: bool = False) -> Iterator[Figure]:  # noqa: ARG001
    """I90: mails full of hostile markup, looked at with Chromium."""
    name = "I90 rendered in Chromium"
    chrome = next(
        (found for program in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(program))),
        None,
    )
    if chrome is None:
        yield _figure(name, None, "chromium is not there: apt-get install chromium")
        return
    rows = [json.loads(line) for line in (tools / "xss" / "payloads.public.jsonl").read_text("utf-8").splitlines()]
    with through(tools, folder, "ok") as (home, fake):
        tokens = home.world.news.publish(len(rows), at=home.now() - timedelta(minutes=1))
        for token, row in zip(tokens, rows, strict=True):
            item = home.world.news.items[token]
            item["title"] = f"{_xml(row['payload'])[:300]} {item['title']}"
            item["text"] = f"{_xml(row['payload'])} {item['text']}"
        home.publish(0)
        home.send()
        mails, told = _bodies(fake), _told(fake)
    pages = folder / "pages"
    pages.mkdir()
    for number, mail in enumerate(mails):
        part = mail.get_body(("html",))
        (pages / f"{number}.html").write_text(part.get_content() if part else "", encoding="utf-8")
    with _serving(pages) as base:
        urls = folder / "urls.txt"
        urls.write_text("\n".join(f"{base}/{path.name}" for path in sorted(pages.iterdir())))
        command = [
            sys.executable,
            str(tools / "xss" / "check_sanitized.py"),
            "chromium",
            "--chrome",
            chrome,
            "--pages",
            str(urls),
        ]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    found = json.loads(done.stdout.strip().splitlines()[-1]) if done.stdout.strip() else {"error": done.stderr[-300:]}
    missing = sum(not told[token] for token in tokens)
    passed = found.get("executed") == 0 and found.get("outbound") == 0 and found.get("navigated") == 0 and not missing
    shown = (
        {key: found.get(key) for key in ("payloads", "executed", "outbound", "navigated")}
        if "executed" in found
        else found
    )
    yield _figure(
        name,
        passed and not home.faults(),
        f"{len(rows)} payloads in title and text of {len(mails)} mails: {shown}; missing {missing}",
    )


@contextlib.contextmanager
def _serving(pages: Path) -> Iterator[str]:
    """The folder on loopback."""
    from bench.drills.ground import free_port, wait_for

    port = free_port()
    command = [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1", "--directory", str(pages)]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    import socket

    def up() -> bool:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return True
        return False

    try:
        wait_for(up, 10, "no server of pages")
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


ROWS: dict[str, Callable[..., Iterator[Figure]]] = {
    "I84": down_two_days,
    "I85": after_the_dot,
    "I86": not_taken,
    "I87": refused,
    "I88": injection,
    "I89": five_thousand,
    "I90": in_a_browser,
}
