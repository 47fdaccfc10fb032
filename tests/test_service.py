"""`scowatch run` as a process: a real feed, a real mail server and Slack's stand-in on loopback."""

from __future__ import annotations

import contextlib
import email
import email.policy
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.cli.calls import WATCHLIST, Command, environment, process
from tests.fake_slack import FakeSlack, fake_slack
from tests.servers import Web, answer, web_server

SETTINGS = """\
[fetch]
allow_networks = ["127.0.0.0/8"]
per_host_interval_seconds = 0
contact = "mailto:ops@example.org"
[schedule]
poll_seconds = 1
[mail]
host = "127.0.0.1"
port = {port}
from = "scowatch@example.org"
security = "none"
[[recipient]]
name = "desk"
email = "desk@example.org"
digest = "every 2s"
search = "tag:sco"
[[slack]]
name = "alerts"
webhook_env = "SCOWATCH_SLACK_WEBHOOK"
search = "tag:sco"
max_per_day = 0
quiet_hours = ""
"""


#: What the stories tell of: three events, so that each is news.
EVENTS = {
    "A": "Ministers of culture opened a museum of carpets in Samarkand under the flag",
    "B": "Customs officers seized forty lorries of smuggled cigarettes after a warning",
    "C": "A wheat harvest of nine million tonnes was reported to the grain committee",
    "D": "Two ski jumpers from Almaty won silver on the large hill in Lillehammer",
    "E": "Engineers found cracks in the dam above Rogun and lowered the water level",
}


@dataclass
class Inbox:
    """An SMTP server's handler that keeps what it takes."""

    mails: list[Any] = field(default_factory=list)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        del server, session
        assert isinstance(envelope.content, bytes)
        self.mails.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        return "250 taken"

    def text(self) -> str:
        return "\n".join(str(mail.get_body(("plain",)).get_content()) for mail in self.mails)


@dataclass
class Outside:
    """The world around one home."""

    home: Path
    web: Web
    inbox: Inbox
    slack: FakeSlack
    published: list[str] = field(default_factory=list)

    def publish(self, title: str) -> None:
        """The feed has one more item, at its top."""
        self.published.insert(0, title)
        items = "".join(
            f"<item><title>{t}: {EVENTS[t[-1]]}</title><guid>{t}</guid><link>{self.web.url(f'/{t[-1]}.html')}</link>"
            f"<description>{EVENTS[t[-1]]} of the Shanghai Cooperation Organisation.</description></item>"
            for t in self.published
        )
        body = f"<rss version='2.0'><channel><title>Wire</title>{items}</channel></rss>".encode()
        self.web.routes["/wire.xml"] = answer("200 OK", body)

    def start(self, stderr: Any = None) -> subprocess.Popen[bytes]:
        with (self.home / "log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "monitor", "--home", str(self.home), "run"],
                stdin=subprocess.DEVNULL,
                stdout=stderr or log,
                stderr=stderr or log,
                env=environment(SCOWATCH_SLACK_WEBHOOK=self.slack.url),
                start_new_session=True,
            )

    def log(self) -> str:
        return (self.home / "log").read_text(encoding="utf-8")

    def until(self, happened: Callable[[], bool], what: str, seconds: float = 15) -> None:
        end = time.monotonic() + seconds
        while not happened():
            assert time.monotonic() < end, f"{what}: not within {seconds} s\n{self.log()}"
            time.sleep(0.05)

    def until_told(self, title: str) -> None:
        """Both channels have it, and the ledger knows."""
        self.until(lambda: title in self.inbox.text(), f"mail of {title}")
        self.until(lambda: any(title in text for text in self.slack.texts()), f"Slack message of {title}")
        self.until(self.all_sent, "a ledger with nothing open")

    def all_sent(self) -> bool:
        rows = Command(self.home)("deliveries", "--json").json()
        return bool(rows) and {row["status"] for row in rows} == {"sent"}


@pytest.fixture
def outside(tmp_path: Path) -> Iterator[Outside]:
    inbox = Inbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    mail = Controller(inbox, hostname="127.0.0.1", port=port)
    with web_server() as web, fake_slack() as slack:
        mail.start()
        (tmp_path / "scowatch.toml").write_text(SETTINGS.format(port=port))
        (tmp_path / "watchlist.yaml").write_text(WATCHLIST)
        source = f"- {{id: wire, name: The Wire, feeds: [{{url: '{web.url('/wire.xml')}'}}]}}\n"
        (tmp_path / "sources.yaml").write_text(f"sources:\n{source}")
        yield Outside(tmp_path, web, inbox, slack)
        mail.stop()


@contextlib.contextmanager
def running(outside: Outside, stderr: Any = None) -> Iterator[subprocess.Popen[bytes]]:
    """The service; killed at the end if it still runs."""
    service = outside.start(stderr)
    try:
        yield service
    finally:
        if service.poll() is None:
            kill(service)


def kill(service: subprocess.Popen[bytes]) -> None:
    """Ends the service and its workers as a power cut would."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(service.pid, signal.SIGKILL)
    service.wait(10)


def stop(service: subprocess.Popen[bytes], number: int = signal.SIGTERM) -> float:
    """Seconds until it had ended, with 0."""
    started = time.monotonic()
    service.send_signal(number)
    assert service.wait(15) == 0
    return time.monotonic() - started


def test_news_reaches_mail_and_slack_and_a_signal_ends_it(outside: Outside) -> None:
    outside.publish("Old story A")
    with running(outside) as service:
        outside.until(lambda: "working; Ctrl-C stops" in outside.log(), "the first pass")
        assert "The Wire" not in "".join(outside.slack.texts())
        outside.publish("New story B")
        outside.until_told("New story B")

        second = process("--home", str(outside.home), "run", cwd=outside.home,
                         env={"SCOWATCH_SLACK_WEBHOOK": outside.slack.url})  # fmt: skip
        assert (second.code, second.err) == (
            2,
            f"scowatch: another `scowatch run` or `deliver` works on {outside.home}: stop it first\n",
        )

        service.send_signal(signal.SIGHUP)
        outside.publish("New story C")
        outside.until_told("New story C")
        assert stop(service) < 10
    assert "Old story A" in outside.inbox.text()  # a digest tells it, an alert does not
    assert [title for title in ("A", "B", "C") if any(f"story {title}" in t for t in outside.slack.texts())] == [
        "B",
        "C",
    ]
    assert outside.slack.faults == []
    log = outside.log()
    assert "Traceback" not in log
    assert "SECRET" not in log
    assert [line.split("  ", 1)[1] for line in log.splitlines()[-2:]] == ["stopping", "stopped"]


def test_a_killed_service_loses_nothing_and_repeats_nothing(outside: Outside) -> None:
    outside.publish("Old story A")
    with running(outside) as service:
        outside.until(lambda: "working" in outside.log(), "the first pass")
        outside.publish("New story B")
        outside.until_told("New story B")
        kill(service)
    outside.publish("New story C")
    with running(outside) as service:
        outside.until_told("New story C")
        assert stop(service, signal.SIGINT) < 10
    identities = [mail["Message-ID"] for mail in outside.inbox.mails]
    assert len(identities) == len(set(identities))
    for title in ("story B", "story C"):
        assert sum(title in text for text in outside.slack.texts()) == 1
        assert sum(title in str(mail.get_body(("plain",)).get_content()) for mail in outside.inbox.mails) == 1
    rows = Command(outside.home)("export").rows()
    assert sorted(row["title"].partition(":")[0] for row in rows) == ["New story B", "New story C", "Old story A"]


def test_a_signal_amid_several_alerts_cuts_none_off_and_repeats_none(outside: Outside) -> None:
    outside.publish("Old story A")
    titles = [f"New story {letter}" for letter in "BCDE"]
    with running(outside) as service:
        outside.until(lambda: "working" in outside.log(), "the first pass")
        for title in titles:
            outside.publish(title)
        outside.until(lambda: bool(outside.slack.texts()), "the first of four alerts, one a second")
        assert stop(service) < 10
    assert "Traceback" not in outside.log()
    with running(outside) as service:
        for title in titles:
            outside.until_told(title)
        assert stop(service) < 10
    assert [sum(title in text for text in outside.slack.texts()) for title in titles] == [1, 1, 1, 1]
    assert "skipped" not in outside.log()


def test_a_terminal_that_is_gone_does_no_harm(outside: Outside) -> None:
    outside.publish("Old story A")
    (outside.home / "log").touch()
    reading, writing = os.pipe()
    with running(outside, stderr=writing) as service:
        os.close(writing)
        assert b"home" in os.read(reading, 1000)
        os.close(reading)
        outside.until(lambda: "/wire.xml" in outside.web.paths(), "the first pass")
        outside.until(lambda: bool(Command(outside.home)("export").out), "the first article")
        outside.publish("New story B")
        outside.until_told("New story B")
        assert stop(service) < 10


def test_trouble_with_mail_is_told_with_its_reason(outside: Outside) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # nobody listens here
        settings = (outside.home / "scowatch.toml").read_text()
        port = f"port = {taken.getsockname()[1]}"
        (outside.home / "scowatch.toml").write_text(
            "\n".join(port if line.startswith("port = ") else line for line in settings.splitlines())
        )
        outside.publish("Old story A")
        with running(outside) as service:
            outside.until(lambda: "to be tried again 1" in outside.log(), "word of the trouble")
            assert "mail:desk: " in outside.log()
            assert stop(service) < 10
    (row,) = Command(outside.home)("deliveries", "--json").json()
    assert (row["status"], row["attempts"], row["channel"]) == ("pending", 1, "mail:desk")
    assert "the mail server cannot be reached" in row["error"]
    assert row["error"] in outside.log()
