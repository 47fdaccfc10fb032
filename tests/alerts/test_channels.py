"""What every channel has to do, put to all of them through the ledger: taken, refused, asked to wait, no answer, twice.

Each kind talks to a real counterpart on loopback. A repeat is `once` (the other side has one message), `same` (two that
are the same to the byte, and known as one) or `marked` (the second says that it may be a repeat).
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP

from alerts import CHANNELS, global_only, open_sender
from alerts.slack import SlackSender
from monitor.config.reading import CHANNEL_KINDS
from monitor.errors import DeliveryError
from monitor.ports import Sender
from monitor.types import MAYBE_ARRIVED, Channel, Delivery, Digest, Receipt
from tests.alerts.test_deliver import Ledger, run
from tests.alerts.test_email import Server
from tests.digest.builders import NOW
from tests.fake_slack import CHANNEL, fake_slack
from tests.receiver import receiver

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:")
LOOPBACK = global_only(("127.0.0.0/8",))
#: What the other side does, one step an attempt.
STEPS = {
    "taken": ("ok",),
    "refused": ("400",),
    "closed": ("410",),
    "wait": ("429:7", "ok"),
    "no answer": ("hang", "ok"),
    "unsaved": ("ok",),
}


@dataclass
class Side:
    """One channel, and what those on the other side have."""

    sender: Sender
    messages: Callable[[], list[Any]]


@contextlib.contextmanager
def slack_webhook(case: str, _: Path) -> Iterator[Side]:
    with fake_slack(*STEPS[case]) as fake:
        channel = Channel(id="c", kind="slack", settings={"webhook_env": "HOOK"})
        yield Side(
            SlackSender(channel, {"HOOK": fake.url}, LOOPBACK, 0.0), lambda: list(map(json.dumps, fake.delivered))
        )


@contextlib.contextmanager
def slack_token(case: str, _: Path) -> Iterator[Side]:
    with fake_slack(*STEPS[case]) as fake:
        channel = Channel(id="c", kind="slack", target=CHANNEL, settings={"token_env": "T", "api": fake.api})
        yield Side(SlackSender(channel, {"T": "xoxb-1"}, LOOPBACK, 0.0), lambda: list(map(json.dumps, fake.delivered)))


@contextlib.contextmanager
def webhook(case: str, _: Path) -> Iterator[Side]:
    with receiver(*STEPS[case]) as fake:
        channel = Channel(id="c", kind="webhook", settings={"url_env": "URL", "secret_env": "KEY"})
        opened = open_sender(channel, {"URL": fake.url, "KEY": "k"}, refusal=LOOPBACK)
        yield Side(opened, lambda: list(fake.taken))


@contextlib.contextmanager
def apprise(case: str, _: Path) -> Iterator[Side]:
    pytest.importorskip("apprise", reason="the extra scowatch[apprise] is not installed")
    with receiver(*STEPS[case]) as fake:
        channel = Channel(id="c", kind="apprise", settings={"url_env": "URL"})
        opened = open_sender(channel, {"URL": f"json://127.0.0.1:{fake.port}/x"})
        yield Side(opened, lambda: [said.decode() for said in fake.taken])


class MailServer(Server):
    """Goes wrong at the first mail only."""

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        try:
            return await super().handle_DATA(server, session, envelope)
        finally:
            self.then = ""


@contextlib.contextmanager
def mail(case: str, _: Path) -> Iterator[Side]:
    refusals = {
        "refused": ("data", "554 5.7.1 spam"),
        "closed": ("rcpt", "550 5.1.1 nobody"),
        "wait": ("rcpt", "451 4.7.1 later"),
    }
    server = MailServer(*refusals.get(case, ("", "")), "hang" if case == "no answer" else "")
    loop = asyncio.new_event_loop()
    listening = loop.run_until_complete(loop.create_server(lambda: SMTP(server, loop=loop), "127.0.0.1", 0))
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    port = listening.sockets[0].getsockname()[1]
    settings = {"host": "127.0.0.1", "port": port, "from": "scowatch@example.org", "security": "none"}
    channel = Channel(id="c", kind="mail", target="desk@example.org", settings=settings)
    try:
        yield Side(open_sender(channel, {}), lambda: list(server.taken))
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        listening.close()
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.run_until_complete(asyncio.sleep(0.01))
        loop.close()


def _files(kind: str, *suffixes: str) -> Callable[[str, Path], contextlib.AbstractContextManager[Side]]:
    @contextlib.contextmanager
    def side(_: str, folder: Path) -> Iterator[Side]:
        channel = Channel(id="c", kind=kind, target="desk", settings={"folder": str(folder)})

        def messages() -> list[Any]:
            return [found for path in folder.iterdir() if path.suffix in suffixes for found in _told_in(path)]

        yield Side(open_sender(channel, {}), messages)

    return side


def _told_in(path: Path) -> list[str]:
    return re.findall("<entry", path.read_text("utf-8")) if path.suffix == ".atom" else [path.name]


@contextlib.contextmanager
def fake(case: str, _: Path) -> Iterator[Side]:
    """The simplest that a channel can be: it knows its messages by their tokens."""
    has: dict[str, Digest] = {}
    steps = list(STEPS[case])

    class Fake:
        async def send(self, delivery: Delivery, digest: Digest) -> Receipt:
            step = steps.pop(0) if len(steps) > 1 else steps[0]
            if step == "429:7":
                raise DeliveryError("c", "wait", retry_after=timedelta(seconds=7))
            if step in ("400", "410"):
                raise DeliveryError("c", "refused", permanent=True, closed=step == "410")
            has[delivery.token] = digest
            if step == "hang":
                await asyncio.sleep(60)
            return Receipt(detail="ok")

    yield Side(Fake(), lambda: list(has))


#: Kind -> the channel, what a repeat is there, and whether the other side can say how long to wait.
SIDES: dict[str, tuple[Callable[[str, Path], contextlib.AbstractContextManager[Side]], str, bool]] = {
    "fake": (fake, "once", True),
    "slack by webhook": (slack_webhook, "marked", True),
    "slack with a token": (slack_token, "once", True),
    "mail": (mail, "same", False),
    "webhook": (webhook, "same", True),
    "apprise": (apprise, "marked", False),
    "feed": (_files("feed", ".atom"), "once", False),
    "outbox": (_files("outbox", ".eml"), "once", False),
}
ALL = pytest.mark.parametrize("kind", SIDES)
#: Nobody is on the other side of a file.
TALKING = pytest.mark.parametrize("kind", [kind for kind in SIDES if kind not in ("feed", "outbox")])


class Books(Ledger):
    """The ledger with its stopped channels."""

    def __init__(self) -> None:
        super().__init__(("k1", "c"))
        self.stopped: list[str] = []

    def stop_channel(self, channel_id: str, *_: object) -> None:
        self.stopped.append(channel_id)

    @property
    def row(self) -> Delivery:
        return self.rows[1]


def deliver(books: Books, side: Side, after: timedelta = timedelta()) -> None:
    run(books, {"c": side.sender}, NOW + after, send_seconds=1.0)  # type: ignore[dict-item]


@ALL
def test_taken(kind: str, tmp_path: Path) -> None:
    books = Books()
    with SIDES[kind][0]("taken", tmp_path) as side:
        deliver(books, side)
        deliver(books, side, timedelta(days=1))
        assert (books.row.status, books.row.last_error) == ("sent", None)
        assert len(side.messages()) == 1


@TALKING
def test_refused_for_good(kind: str, tmp_path: Path) -> None:
    books = Books()
    with SIDES[kind][0]("refused", tmp_path) as side:
        deliver(books, side)
        deliver(books, side, timedelta(days=1))
        assert (books.row.status, books.row.closed, books.stopped) == ("failed", False, [])
        assert MAYBE_ARRIVED not in (books.row.last_error or "")
        assert side.messages() == []


@TALKING
def test_nothing_goes_through_any_more(kind: str, tmp_path: Path) -> None:
    books = Books()
    with SIDES[kind][0]("closed", tmp_path) as side:
        deliver(books, side)
        assert (books.row.status, books.row.closed, books.stopped) == ("failed", True, ["c"])
        assert side.messages() == []


@TALKING
def test_refused_for_now(kind: str, tmp_path: Path) -> None:
    books = Books()
    make, _, says = SIDES[kind]
    with make("wait", tmp_path) as side:
        deliver(books, side)
        assert books.row.status == "pending"
        assert MAYBE_ARRIVED not in (books.row.last_error or "")
        assert books.row.next_attempt_at == NOW + (timedelta(seconds=7) if says else timedelta(minutes=1))
        assert side.messages() == []
        if kind != "mail":  # its server refuses for ever
            deliver(books, side, timedelta(minutes=1))
            assert books.row.status == "sent"
            assert "may be a repeat" not in str(side.messages())


@TALKING
def test_no_answer_in_time_and_told_again(kind: str, tmp_path: Path) -> None:
    books = Books()
    with SIDES[kind][0]("no answer", tmp_path) as side:
        deliver(books, side)
        assert books.row.status == "pending"
        assert MAYBE_ARRIVED in (books.row.last_error or "")
        deliver(books, side, timedelta(minutes=1))
        assert books.row.status == "sent"
        check_repeat(SIDES[kind][1], side.messages())


@ALL
def test_taken_but_the_ledger_could_not_be_written(kind: str, tmp_path: Path) -> None:
    books = Books()
    with SIDES[kind][0]("unsaved", tmp_path) as side:
        books.broken_saves = 3
        deliver(books, side)
        assert books.row.status == "sending"
        deliver(books, side, timedelta(minutes=1))
        assert books.row.status == "sent"
        check_repeat(SIDES[kind][1], side.messages())


def check_repeat(how: str, messages: list[Any]) -> None:
    if how == "once":
        assert len(messages) == 1
        assert "may be a repeat" not in str(messages)
    else:
        first, second = messages
        assert (first == second) == (how == "same")
        assert ("may be a repeat" in str(second)) == (how == "marked")
        assert "may be a repeat" not in str(first)


def test_every_kind_is_here_and_in_the_settings_and_in_the_docs() -> None:
    assert set(CHANNELS) == {"mail", "slack", "outbox", *CHANNEL_KINDS}
    assert {kind.partition(" ")[0] for kind in SIDES} == {"fake", *CHANNELS}
    text = (Path(__file__).parents[2] / "docs" / "channels.md").read_text("utf-8")
    for kind, keys in CHANNEL_KINDS.items():
        assert f"## {kind.title()}\n" in text
        section = text.partition(f"## {kind.title()}\n")[2].partition("\n## ")[0]
        for key in keys:
            assert f"`{key}`" in section, f"{key} of {kind} is not in docs/channels.md"
