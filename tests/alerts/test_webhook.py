"""Signed JSON to a receiver that checks it as the docs say, and every answer that it or the way to it can give."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from email.message import Message
from pathlib import Path
from typing import Any

import pytest

from alerts import global_only, open_sender
from alerts.webhook import WebhookSender, body, signature
from monitor.errors import DeliveryError, InputError
from monitor.types import MAYBE_ARRIVED, Channel, Delivery, Digest, Receipt
from tests.alerts.strings import HEADERS, LINKS, shared
from tests.digest.builders import NOW, alert, digest, item
from tests.receiver import Receiver, receiver

DOCS = Path(__file__).parents[2] / "docs" / "channels.md"
CHANNEL = Channel(id="webhook:cms", kind="webhook", target="cms", settings={"url_env": "URL", "secret_env": "KEY"})
DELIVERY = Delivery(id=1, digest_key="k", channel_id="webhook:cms", status="sending", attempts=1, next_attempt_at=None,
                    created_at=NOW)  # fmt: skip
AGAIN = replace(DELIVERY, attempts=2)
KEY = "ключ-s3cret"
LOOPBACK = ("127.0.0.0/8",)


def sender(url: str, networks: tuple[str, ...] = LOOPBACK) -> WebhookSender:
    return WebhookSender(CHANNEL, {"URL": url, "KEY": KEY}, global_only(networks))


def post(url: str, *sent: tuple[Delivery, Digest], **more: Any) -> list[Receipt | DeliveryError]:
    """What each came to."""

    async def run() -> list[Receipt | DeliveryError]:
        one, found = sender(url, **more), []
        for delivery, told in sent or ((DELIVERY, alert()),):
            try:
                found.append(await one.send(delivery, told))
            except DeliveryError as error:
                found.append(error)
        return found

    return asyncio.run(run())


@pytest.fixture(scope="module")
def is_ours() -> Callable[[Message, bytes, str], bool]:
    """The receiver's example of the docs."""
    (code,) = re.findall(r"```python\n(.*?)```", DOCS.read_text("utf-8"), re.DOTALL)
    assert len(code.strip().splitlines()) <= 10
    assert "compare_digest" in code, "== would tell by its time how much of a guess is right"
    names: dict[str, Any] = {}
    exec(code, names)
    return names["is_ours"]  # type: ignore[no-any-return]


def headers(came: Mapping[str, str], **changed: str) -> Message:
    made = Message()
    for name, value in (came | {key.lower().replace("_", "-"): value for key, value in changed.items()}).items():
        made[name] = value
    return made


def test_the_receiver_of_the_docs_knows_what_is_ours(is_ours: Callable[[Message, bytes, str], bool]) -> None:
    with receiver() as fake:
        post(fake.url, (DELIVERY, alert(item(1, title="Саммит ШОС 上合"))))
        ((came, said),) = fake.asked
    assert is_ours(headers(came), said, KEY)
    assert not is_ours(headers(came), said + b" ", KEY)
    assert not is_ours(headers(came), said, "another")
    for old in (str(int(time.time()) - 301), str(int(time.time()) + 301)):
        resigned = signature(KEY, old, said)
        assert not is_ours(headers(came, x_scowatch_timestamp=old, x_scowatch_signature=resigned), said, KEY)
    for odd in ("", "soon", "-1", "1e9"):
        assert not is_ours(headers(came, x_scowatch_timestamp=odd), said, KEY)
    for odd in ("", "v1=", "v2=" + came["x-scowatch-signature"][3:], "подпись"):
        assert not is_ours(headers(came, x_scowatch_signature=odd), said, KEY)


def test_a_signature_is_what_anybody_can_make_out_of_the_docs() -> None:
    # printf '1700000000.{"a":1}' | openssl dgst -sha256 -hmac key
    made = signature("key", "1700000000", b'{"a":1}')
    assert made == "v1=a438e398bfafc57e4396bb7fc2304422f0f768e965d073ca313cb52e22e6ad03"


def test_an_alert_is_as_the_docs_say() -> None:
    (text,) = re.findall(r"```json\n(.*?)```", DOCS.read_text("utf-8"), re.DOTALL)
    told = json.loads(text)
    one = item(1, others=(("Dawn", "https://dawn.test/"),), origins=(("TASS", 2),))
    made = json.loads(body(DELIVERY, alert(one, dropped=(("muted", 2),))))
    assert list(made) == list(told)
    for key, rows in (("items", made["items"]), ("books", [made["books"]])):
        shown = told[key][0] if key == "items" else told[key]
        assert list(rows[0]) == list(shown)
    for key in ("tags", "others", "origins"):
        assert list(made["items"][0][key][0]) == list(told["items"][0][key][0])
    assert list(made["books"]["dropped"][0]) == list(told["books"]["dropped"][0])
    assert (made["version"], made["delivery"], made["test"]) == (1, DELIVERY.token, False)
    assert (made["kind"], made["items"][0]["title"], made["items"][0]["class"]) == ("alert", "Story 1", "independent")


def test_every_attempt_says_the_same_and_no_other_delivery_does() -> None:
    with receiver("500", "ok", "ok") as fake:
        post(fake.url, (DELIVERY, alert()), (AGAIN, alert()), (replace(DELIVERY, digest_key="l"), alert()))
        first, second, other = fake.asked
    assert first[1] == second[1]
    assert first[0]["x-scowatch-delivery"] == second[0]["x-scowatch-delivery"] == json.loads(first[1])["delivery"]
    assert other[0]["x-scowatch-delivery"] != first[0]["x-scowatch-delivery"]


ANSWERS = [
    pytest.param("200", None, id="200"),
    pytest.param("204", None, id="204"),
    pytest.param("302", (False, False, False), id="redirect"),
    pytest.param("400", (True, False, False), id="400"),
    pytest.param("401", (True, True, False), id="401"),
    pytest.param("403", (True, True, False), id="403"),
    pytest.param("404", (True, True, False), id="404"),
    pytest.param("408", (False, False, False), id="408"),
    pytest.param("409", (True, False, False), id="409 at the first attempt"),
    pytest.param("410", (True, True, False), id="410"),
    pytest.param("413", (True, False, False), id="413"),
    pytest.param("429:7", (False, False, False), id="429"),
    pytest.param("500", (False, False, True), id="500"),
    pytest.param("503:7", (False, False, True), id="503"),
    pytest.param("rst", (False, False, True), id="reset"),
    pytest.param("hang", (False, False, True), id="no answer"),
]


@pytest.mark.parametrize(("step", "expected"), ANSWERS)
def test_answers(step: str, expected: tuple[bool, bool, bool] | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("alerts.post.SECONDS", 1.0)
    with receiver(step) as fake:
        (came,) = post(fake.url)
        assert len(fake.asked) == 1, "redirects are not followed"
    if expected is None:
        assert came == Receipt(detail=f"HTTP {step}")
        return
    assert isinstance(came, DeliveryError)
    assert (came.permanent, came.closed, MAYBE_ARRIVED in str(came)) == expected
    assert came.retry_after == (timedelta(seconds=7) if ":7" in step else None)
    for hidden in ("SECRET", KEY, "127.0.0.1", "/hook"):
        assert hidden not in str(came)


def test_a_receiver_that_had_a_repeat_before_may_say_so() -> None:
    with receiver("409") as fake:
        (came,) = post(fake.url, (AGAIN, alert()))
    assert isinstance(came, Receipt)


def test_a_private_address_is_refused_unless_it_is_allowed() -> None:
    with receiver() as fake:
        for url in (fake.url, fake.url.replace("127.0.0.1", "localhost")):
            (came,) = post(url, networks=())
            assert "allow_networks" in str(came)
        assert not fake.asked


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        ({"KEY": "k"}, "URL is not set"),
        ({"URL": "https://a.example/x"}, "KEY is not set"),
        ({"URL": "ftp://a.example/SECRET", "KEY": "k"}, "is not an address like https://"),
        ({"URL": "https://u:SECRET@a.example/", "KEY": "k"}, "is not an address like https://"),
    ],
)
def test_settings_that_cannot_be(environ: dict[str, str], said: str) -> None:
    with pytest.raises(InputError) as caught:
        open_sender(CHANNEL, environ)
    assert said in str(caught.value)
    assert "SECRET" not in str(caught.value)


@pytest.mark.parametrize("text", [*HEADERS, "</script>", '"},"x":{', "\x00\x1b[2J"])
def test_strangers_text_stays_in_its_field(text: str) -> None:
    told = alert(item(1, title=text, source_name=text, lead=text, tags=(("x", text),), others=((text, text),)))
    made = json.loads(body(DELIVERY, told))
    plain = json.loads(body(DELIVERY, alert(item(1, others=(("x", "x"),)))))
    assert made.keys() == plain.keys()
    assert made["items"][0].keys() == plain["items"][0].keys()
    assert not re.search(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e]", body(DELIVERY, told).decode())


@pytest.mark.parametrize(("url", "expected"), LINKS, ids=range(len(LINKS)))
def test_links_are_honest_or_null(url: str, expected: str | None) -> None:
    assert json.loads(body(DELIVERY, alert(item(1, url=url))))["items"][0]["url"] == expected


@pytest.mark.parametrize(
    "row", shared("slack-text", "slack-blocks", "slack-link", "mail-subject", "mail-body-text", "log")
)
def test_shared_strings(row: dict[str, Any]) -> None:
    text = str(row["input"])
    told = replace(alert(item(1, title=text, url=text, lead=text)), search=text, why=text)
    made = body(DELIVERY, told)
    assert not re.search(rb"[\x00-\x1f]", made)
    assert json.loads(made)["items"][0]["story_id"] == 1


def test_a_long_digest_goes_through_whole() -> None:
    told = replace(digest(*[item(n, title="上合组织" * 60) for n in range(500)]), kind="summary")
    with receiver() as fake:
        (came,) = post(fake.url, (DELIVERY, told))
        assert isinstance(came, Receipt)
        assert len(json.loads(fake.taken[0])["items"]) == 500


def test_a_receiver_on_nobodys_port() -> None:
    (came,) = post(Receiver(("ok",), port=1).url)
    assert str(came) == "webhook:cms: the receiver cannot be reached"
