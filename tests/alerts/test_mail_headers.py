"""Headers that mail programs act on: one click to unsubscribe, threads, pictures, signatures; and the pace."""

from __future__ import annotations

import asyncio
import importlib.util
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from alerts import open_sender
from alerts.chart import bars
from alerts.dkim import Signer, signer
from alerts.email import MailSender, compose
from alerts.pace import PATIENCE, Pace
from monitor.config.reading import read_settings
from monitor.errors import ConfigError, InputError
from monitor.types import Count
from tests.alerts.test_email import channel, check_wire, parsed
from tests.digest.builders import NOW, alert, digest

LONG = "https://example.org/unsubscribe?reader=desk&key=" + "k" * 300


def made(told: Any, **more: str) -> bytes:
    return compose(told, channel_id="mail:desk", sender="s@example.org", recipient="desk@example.org", **more)


def test_one_click_is_offered_only_where_there_is_an_address() -> None:
    message = parsed(made(digest(), unsubscribe=LONG))
    assert message["List-Unsubscribe"] == f"<{LONG}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    raw = made(digest(), unsubscribe=LONG).partition(b"\r\n\r\n")[0]
    assert f"List-Unsubscribe: <{LONG}>\r\n".encode() in raw, "in one line, as it is"
    without = parsed(made(digest()))
    assert without["List-Unsubscribe"] is None
    assert without["List-Unsubscribe-Post"] is None


def test_the_address_holds_the_readers_name() -> None:
    sender = open_sender(channel(25, unsubscribe_url="https://example.org/u/{recipient}"), {})
    assert isinstance(sender, MailSender)
    assert sender.unsubscribe == "https://example.org/u/desk"


def test_a_digest_follows_the_last_one_and_an_update_its_alert() -> None:
    first = parsed(made(digest(key="recipient:desk/2026-11-20")))
    second = parsed(made(digest(follows="recipient:desk/2026-11-20")))
    assert second["In-Reply-To"] == second["References"] == first["Message-ID"]
    assert first["In-Reply-To"] is None
    told = parsed(made(alert(key="slack:desk/story/1")))
    update = parsed(made(replace(alert(), kind="update", key="x/update/1", replaces="slack:desk/story/1")))
    assert update["References"] == told["Message-ID"] != update["Message-ID"]


def test_a_picture_goes_inside_the_mail() -> None:
    loud = Count(
        entry_id="vladimir-putin", name="Vladimir Putin", items=9, usual=2.0, series=(*[2] * 28, 9), notable=True
    )
    told = digest(people=(loud, replace(loud, name="Xi Jinping", notable=False)))
    message = parsed(made(told))
    assert made(told) == made(told)
    kinds = [part.get_content_type() for part in message.walk()]
    assert kinds == ["multipart/alternative", "text/plain", "multipart/related", "text/html", "image/png"]
    html = message.get_body(("html",))
    picture = next(part for part in message.walk() if part.get_content_type() == "image/png")
    assert html is not None
    assert f'src="cid:{str(picture["Content-ID"]).strip("<>")}"' in html.get_content()
    assert 'alt="Bars: Vladimir Putin, stories a day. Usual 2.0, in the last 24 hours 9."' in html.get_content()
    assert picture.get_content() == bars((*[2] * 28, 9), 2.0)[0]
    assert message.defects == []
    check_wire(made(digest()))


def test_a_chart_is_a_png_of_bars() -> None:
    png, width, height = bars((0, 1, 4), 2.0)
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    assert (width, height) == (11, 24)
    assert len(png) < 400
    assert bars((0,), None)[0].endswith(b"IEND\xaeB`\x82")


# ------------------------------------------------------------------------------------------------ pace


def test_mails_to_one_domain_keep_their_distance() -> None:
    clock = [100.0]
    pace = Pace(lambda: clock[0])

    async def run() -> list[float]:
        first = [await pace.turn("a.test", 3600.0), await pace.turn("b.test", 3600.0), await pace.turn("c.test", 0)]
        second = [await pace.turn("a.test", 3600.0)]
        clock[0] += 3600
        return [*first, *second, await pace.turn("a.test", 3600.0)]

    assert asyncio.run(run()) == [0, 0, 0, 3600.0, 0]
    assert PATIENCE < 18


# ------------------------------------------------------------------------------------------------ signatures


@pytest.fixture(scope="module")
def pem(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("dkim") / "key.pem"
    try:
        command = ["openssl", "genrsa", "-traditional", "-out", str(path), "1024"]
        subprocess.run(command, check=True, capture_output=True, timeout=20)
    except (OSError, subprocess.SubprocessError):
        pytest.skip("openssl, which makes the key of this test, is not there")
    return path.read_bytes()


needs_dkimpy = pytest.mark.skipif(importlib.util.find_spec("dkim") is None, reason="the extra dkim is not installed")


@needs_dkimpy
def test_a_signature_is_good_and_the_same_every_time(pem: bytes) -> None:
    import dkim

    signs = Signer(selector="s1", domain="example.org", key=pem)
    message = made(digest(), unsubscribe=LONG)
    signed = signs.signed(message, NOW)
    assert signed == signs.signed(message, NOW)
    assert signed.endswith(message)
    assert b"list-unsubscribe-post" in signed.partition(b"\r\n\r\n")[0]
    public = dkim.crypto.parse_pem_private_key(pem)
    assert public["modulus"]
    record = b"v=DKIM1; k=rsa; p=" + _public(pem)
    assert dkim.DKIM(signed).verify(dnsfunc=lambda *_args, **_more: record)
    assert not dkim.DKIM(signed.replace(b"desk@", b"evil@")).verify(dnsfunc=lambda *_args, **_more: record)


def _public(pem: bytes) -> bytes:
    command = ["openssl", "rsa", "-pubout", "-outform", "PEM"]
    done = subprocess.run(command, input=pem, capture_output=True, check=True, timeout=20).stdout
    return b"".join(line for line in done.splitlines() if not line.startswith(b"-----"))


@needs_dkimpy
@pytest.mark.parametrize(
    "key", ["-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----", "/no/such/key"]
)
def test_a_key_that_cannot_be_used_is_said_at_the_start(key: str) -> None:
    with pytest.raises(InputError, match="dkim_key_env"):
        signer("mail:desk", {"dkim_selector": "s1"}, key, "example.org")


def test_without_the_extra_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "dkim", None)
    with pytest.raises(InputError, match=r"pip install 'scowatch\[dkim\]'"):
        signer("mail:desk", {"dkim_selector": "s1"}, "key", "example.org")
    assert signer("mail:desk", {}, "", "example.org") is None


# ------------------------------------------------------------------------------------------------ settings

MAIL = '[mail]\nhost = "smtp.test"\nfrom = "s@example.org"\n'


def test_settings_of_mail() -> None:
    mail = read_settings(
        MAIL + 'unsubscribe_url = "https://example.org/u/{recipient}"\nper_domain_seconds = 0.5\n'
        'dkim_key_env = "KEY"\ndkim_selector = "s1"\n[digest]\ngloss_command = "translate --to en"\n',
        "scowatch.toml",
    )
    assert mail.mail is not None
    assert (mail.mail.unsubscribe_url, mail.mail.per_domain.total_seconds()) == (
        "https://example.org/u/{recipient}",
        0.5,
    )
    assert mail.gloss_command == "translate --to en"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('unsubscribe_url = "http://example.org/u"', "unsubscribe_url"),
        ('unsubscribe_url = "https://example.org/u> x"', "unsubscribe_url"),
        ('dkim_key_env = "KEY"', "needs a `dkim_selector`"),
        ('dkim_selector = "a b"', "not a name as in DNS"),
        ("per_domain_seconds = 600", "between 0 and 60"),
        ('[digest]\ngloss_command = "a \'b"', "gloss_command"),
    ],
)
def test_settings_that_cannot_be(line: str, words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read_settings(MAIL + line + "\n", "scowatch.toml")
    assert words in str([str(problem) for problem in caught.value.problems])


def test_the_key_file_may_be_named(tmp_path: Path, pem: bytes) -> None:
    pytest.importorskip("dkim")
    path = tmp_path / "key.pem"
    path.write_bytes(pem)
    found = signer("mail:desk", {"dkim_selector": "s1"}, str(path), "example.org")
    assert found is not None
    assert (found.key, found.domain) == (pem, "example.org")
