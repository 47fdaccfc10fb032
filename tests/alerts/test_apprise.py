"""Alerts through the library apprise, to receivers on loopback."""

from __future__ import annotations

import asyncio
import json
import logging
import re
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import alerts.apprise
from alerts import global_only, open_sender
from alerts.apprise import LIMIT, AppriseSender, Note, note, plain
from monitor.errors import DeliveryError, InputError
from monitor.types import MAYBE_ARRIVED, Channel, Delivery, Digest, Receipt
from tests.alerts.strings import HEADERS, LINKS, shared
from tests.digest.builders import NOW, alert, digest, item
from tests.receiver import Receiver, receiver

pytest.importorskip("apprise", reason="the extra scowatch[apprise] is not installed")
#: Of libraries that apprise looks for.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:")

CHANNEL = Channel(id="apprise:team", kind="apprise", target="team", settings={"url_env": "URL"})
DELIVERY = Delivery(id=1, digest_key="k", channel_id="apprise:team", status="sending", attempts=1,
                    next_attempt_at=None, created_at=NOW)  # fmt: skip
AGAIN = replace(DELIVERY, attempts=2)


def address(fake: Receiver, scheme: str = "json", more: str = "") -> str:
    return f"{scheme}://127.0.0.1:{fake.port}{fake.path}{more}"


def send(url: str, *sent: tuple[Delivery, Digest]) -> list[Receipt | DeliveryError]:
    """What each came to."""

    async def run() -> list[Receipt | DeliveryError]:
        one: AppriseSender = AppriseSender(CHANNEL, {"URL": url}, global_only(()))
        found: list[Receipt | DeliveryError] = []
        for delivery, told in sent or ((DELIVERY, alert()),):
            try:
                found.append(await one.send(delivery, told))
            except DeliveryError as error:
                found.append(error)
        return found

    return asyncio.run(run())


def test_an_alert_arrives_as_plain_words() -> None:
    others = (("Dawn", "https://dawn.test/"), ("APP", "https://app.test/"))
    told = alert(item(7, others=others), why="rule “bank”: from official", mute="scowatch mutes add story 7")
    with receiver() as fake:
        assert send(address(fake), (DELIVERY, told)) == [Receipt(detail="taken by JSON")]
        said = json.loads(fake.taken[0])
    assert said["title"] == "Daily: Story 7"
    assert said["message"].splitlines() == [
        "The council met. It took note of a report.",
        "Daily · independent · KZ · 21 Nov 03:30 UTC, 08:30 Almaty",
        "https://daily.test/7",
        "+2 more: Dawn, APP",
        "Why: rule “bank”: from official",
        "Mute: scowatch mutes add story 7",
    ]


ANSWERS = [
    pytest.param("302", (False, False, True), id="redirect"),
    pytest.param("400", (True, False, False), id="400"),
    pytest.param("401", (True, True, False), id="401"),
    pytest.param("404", (True, True, False), id="404"),
    pytest.param("410", (True, True, False), id="410"),
    pytest.param("413", (True, False, False), id="413"),
    pytest.param("429:7", (False, False, False), id="429"),
    pytest.param("500", (False, False, True), id="500"),
    pytest.param("503d", (False, False, True), id="503-delivered"),
    pytest.param("rst", (False, False, True), id="reset"),
    pytest.param("hang", (False, False, True), id="no answer"),
]


@pytest.mark.parametrize("scheme", ["json", "ntfy"])
@pytest.mark.parametrize(("step", "expected"), ANSWERS)
def test_answers(
    step: str,
    expected: tuple[bool, bool, bool],
    scheme: str,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("alerts.apprise._ANSWER", 0.3)
    with receiver(step) as fake:
        fake.path = "/SECRET"
        (came,) = send(address(fake, scheme, "?retry=3&rto=600"))
        assert len(fake.asked) == 1, "neither tried again nor followed elsewhere by the library"
    assert isinstance(came, DeliveryError)
    assert (came.permanent, came.closed, MAYBE_ARRIVED in str(came)) == expected
    for said in (str(came), *capfd.readouterr()):
        assert "SECRET" not in said
        assert "127.0.0.1" not in said


def test_a_library_that_hangs_is_given_up_in_time_and_holds_up_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("alerts.apprise.SECONDS", 0.3)
    begun = time.monotonic()
    with receiver("hang") as fake:
        (came,) = send(address(fake))
    assert MAYBE_ARRIVED in str(came)
    assert time.monotonic() - begun < 5


def test_nothing_secret_is_logged_even_where_everything_is(capfd: pytest.CaptureFixture[str]) -> None:
    program = (
        "import logging; logging.basicConfig(level=1)\n"
        "from tests.alerts.test_apprise import *\n"
        "with receiver('500') as fake: send(address(fake))\n"
        "send('tgram://SECRET'); send('json://127.0.0.1:1/SECRET')\n"
    )
    subprocess.run([sys.executable, "-c", program], cwd=Path(__file__).parents[2], check=True, timeout=60)
    out, err = capfd.readouterr()
    assert "SECRET" not in out + err


def test_only_a_possible_repeat_says_that_it_may_be_one() -> None:
    with receiver("500", "ok", "429", "ok") as fake:
        waited = replace(AGAIN, last_error="apprise:team: the service asks to wait: HTTP 429")
        send(address(fake), (DELIVERY, alert()), (AGAIN, alert()), (DELIVERY, alert()), (waited, alert()))
        marked = ["may be a repeat" in json.loads(said)["message"] for _, said in fake.asked]
    assert marked == [False, True, False, False]


@pytest.mark.parametrize(
    ("url", "said"),
    [
        pytest.param("nonsense://SECRET/x", "is none that apprise knows", id="unknown"),
        pytest.param("SECRET", "is none that apprise knows", id="no address"),
        pytest.param("tgram://SECRET", "is none that apprise knows", id="half an address"),
        pytest.param("json://a.test/SECRET json://b.test/", "is none that apprise knows", id="two"),
        pytest.param(f"tgram://123456789:{'a' * 35}/SECRET/22", "several targets", id="two targets"),
    ],
)
def test_an_address_that_cannot_be_closes_the_channel(url: str, said: str) -> None:
    (came,) = send(url)
    assert isinstance(came, DeliveryError)
    assert came.closed
    assert said in str(came)
    assert "SECRET" not in str(came)


@pytest.mark.parametrize(
    ("settings", "environ", "said"),
    [
        ({"url_env": "URL"}, {}, "URL is not set"),
        ({"url_env": ""}, {}, "no `url_env`"),
    ],
)
def test_settings_that_cannot_be(settings: dict[str, str], environ: dict[str, str], said: str) -> None:
    with pytest.raises(InputError, match=said):
        open_sender(replace(CHANNEL, settings=settings), environ)


def test_without_the_library_the_remedy_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("alerts.apprise.find_spec", lambda _: None)
    with pytest.raises(InputError, match=r"pip install 'scowatch\[apprise\]'"):
        open_sender(CHANNEL, {"URL": "ntfy://x"})


def test_the_library_is_not_loaded_before_a_message_is_sent() -> None:
    program = (
        "import sys; from alerts import open_sender; from monitor.types import Channel\n"
        "open_sender(Channel(id='a:b', kind='apprise', settings={'url_env': 'U'}), {'U': 'ntfy://x'})\n"
        "assert 'apprise' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], cwd=Path(__file__).parents[2], check=True)
    assert alerts.apprise.__name__ == "alerts.apprise"


CALLS = [
    ("@everyone and <@123> <@&4> <!channel> <users/all>", "＠everyone and ‹＠123› ‹＠&4› ‹!channel› ‹users/all›"),
    ("[Your bank](https://evil.test)", "(Your bank)(https://evil.test)"),
    ("[1]: https://evil.test", "(1): https://evil.test"),
    ("<a href=https://evil.test>bank</a>", "‹a href=https://evil.test›bank‹/a›"),
    ("<https://evil.test|bank>", "‹https://evil.test¦bank›"),
    ("`code`", "'code'"),
    ("上合@all组织", "上合＠all组织"),
    ("Саммит @room", "Саммит ＠room"),
    ("نشست @all", "نشست ＠all"),
    ("\u202egnp.exe", "gnp.exe"),
    ("a\nb\r\nc\x00", "a b c"),
]


@pytest.mark.parametrize(("text", "expected"), CALLS, ids=range(len(CALLS)))
def test_strangers_text_calls_nobody_and_links_nowhere(text: str, expected: str) -> None:
    assert plain(text, 500) == expected


def messages(text: str) -> list[Note]:
    one = item(1, title=text, source_name=text, lead=text, url=text, others=((text, text),), origins=((text, 2),))
    listed = replace(digest(one, one), kind="summary", heading=text)
    test = replace(digest(), kind="health", sections=(), heading=text, housekeeping=(text, text))
    return [note(replace(alert(one), why=text, mute=text)), note(listed), note(test)]


STRINGS = [*HEADERS, "@" * 4000, "", "<" * 3000, "\u0301" * 3000]


@pytest.mark.parametrize("text", STRINGS, ids=range(len(STRINGS)))
def test_any_text_stays_plain_and_within_the_limit(text: str) -> None:
    _check(text)


@pytest.mark.parametrize(
    "row", shared("slack-text", "slack-blocks", "slack-link", "mail-subject", "mail-body-text", "log")
)
def test_shared_strings(row: dict[str, Any]) -> None:
    _check(str(row["input"]))


def _check(text: str) -> None:
    for made in messages(text):
        assert 0 < len(made.text) <= LIMIT
        assert 0 < len(made.title) <= 300
        assert "\n" not in made.title
        said = f"{made.title}\n{made.text}"
        assert not re.search(r"[@<>\[\]`|]", said)
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", said)


@pytest.mark.parametrize(("url", "expected"), [*LINKS, ("https://a.test/@x/[bank](http://evil.test)", "")])
def test_an_address_is_shown_as_itself_or_not_at_all(url: str, expected: str | None) -> None:
    rows = note(alert(item(1, url=url))).text.splitlines()
    shown = [row for row in rows if row.startswith(("http://", "https://"))]
    assert len(shown) == (expected is not None)
    assert not any(re.search(r"[@\[\]()<>|`*\s]", row.partition("://")[2].partition("/")[2]) for row in shown)


def test_a_long_summary_tells_what_fits_and_marks_that_there_is_more() -> None:
    made = note(replace(digest(*[item(n, title="上合组织 " * 60) for n in range(500)]), kind="summary"))
    assert made.title.startswith("500 stories")
    assert made.text.endswith("\n…")
    assert len(made.text) <= LIMIT


def test_the_log_of_the_library_is_ours_alone() -> None:
    alerts.apprise._library()
    alerts.apprise._library()
    log = logging.getLogger("apprise")
    assert not log.propagate
    assert sum(isinstance(handler, logging.NullHandler) for handler in log.handlers) == 1
