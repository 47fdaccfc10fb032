"""Slack messages within Slack's limits, and every answer that Slack or the way to it can give."""

from __future__ import annotations

import asyncio
import gzip
import json
import re
import ssl
import subprocess
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from alerts import global_only, open_sender
from alerts.blocks import slack
from alerts.post import Answer, retry_after
from alerts.slack import SlackSender
from monitor.errors import DeliveryError, InputError
from monitor.types import MAYBE_ARRIVED, Channel, Delivery, Digest, Receipt
from tests.alerts.strings import HEADERS, LINKS, shared
from tests.digest.builders import NOW, alert, digest, item
from tests.fake_slack import CHANNEL, FakeSlack, fake_slack, faults
from tests.servers import Asked, answer, web_server

DELIVERY = Delivery(id=1, digest_key="k", channel_id="slack:sco", status="sending", attempts=1, next_attempt_at=None,
                    created_at=NOW)  # fmt: skip
LOOPBACK = ("127.0.0.0/8",)


def texts(message: Mapping[str, Any]) -> str:
    return json.dumps(message, ensure_ascii=False)


def test_an_alert_says_what_who_where_and_why() -> None:
    made = slack(alert(item(7, others=(("APP (state)", "https://app.test/"), ("Dawn", "https://dawn.test/")))))
    text = texts(made)
    for piece in (
        "*<https://daily.test/7|Story 7>*",
        "The council met.",
        "Daily · independent · KZ",
        "21 Nov 03:30 UTC, 08:30 Almaty",
        "daily.test",
        "+2 more: APP (state), Dawn",
        "Why: search `tag:sco class:official`",
        "tags: SCO",
        "first seen 21 Nov 04:30 UTC",
    ):
        assert piece in text
    assert made["text"] == "Daily: Story 7"
    assert not faults(dict(made))
    copied = slack(alert(item(7, others=(("Dawn", "https://dawn.test/"),), origins=(("T<ASS>", 2),))))
    assert "+1 more (one origin: T&lt;ASS&gt;, carried by 2): Dawn" in texts(copied)
    assert "repeat" not in text
    assert "may be a repeat" in texts(slack(alert(), repeat=True))


def test_a_further_alert_says_what_is_new() -> None:
    one = item(new="It moves to <!here> 25 July.", facts=("25 July",))
    first, *_ = slack(alert(one))["blocks"]
    assert first["text"]["text"].endswith("\n*New:* It moves to &lt;!here&gt; 25 July.")
    first, *_ = slack(alert(replace(one, facts=())))["blocks"]
    assert first["text"]["text"].endswith("\nThe council met. It took note of a report.")


def test_a_summary_lists_what_fits_and_counts_the_rest() -> None:
    for count in (0, 1, 12, 200, 1000):
        told = [item(n, title=f"Токаев и <Си> обсудили & {n} " * 6) for n in range(1, count + 1)]
        made = slack(replace(digest(*told), kind="summary", sections=digest(*told).sections if told else ()))
        assert not faults(dict(made))
        assert f"{count} stor" in texts(made)
    assert "more: search the archive" in texts(made)


ESCAPES = [
    ("<!channel> & <@U012345>", "&lt;!channel&gt; &amp; &lt;@U012345&gt;"),
    ("<http://evil.test|Your bank>", "&lt;http://evil.test|Your bank&gt;"),
    ("&lt;!here&gt;", "&amp;lt;!here&amp;gt;"),
    ("上合<!everyone>组织", "上合&lt;!everyone&gt;组织"),
    ("Путин & Си", "Путин &amp; Си"),
    ("نشست <#C1>", "نشست &lt;#C1&gt;"),
    ("\u202egnp.exe", "gnp.exe"),
]


@pytest.mark.parametrize(("text", "expected"), ESCAPES, ids=range(len(ESCAPES)))
def test_strangers_text_means_nothing_to_slack(text: str, expected: str) -> None:
    made = slack(alert(item(1, title=text, source_name=text, lead=text, tags=(("x", text),), others=((text, "x"),)),
                       search=text))  # fmt: skip
    assert f"|{expected}>*" in made["blocks"][0]["text"]["text"]
    assert not faults(dict(made))


@pytest.mark.parametrize("text", [*HEADERS, "<" * 4000, "&" * 9000, "", "\u0301" * 3000], ids=range(len(HEADERS) + 4))
def test_any_text_stays_within_the_limits(text: str) -> None:
    one = item(1, title=text, source_name=text, lead=text, tags=(("x", text),) * 40, others=((text, "x"),) * 40)
    for told in (alert(one, search=text), replace(digest(*[one] * 60), kind="summary", search=text)):
        assert not faults(dict(slack(told)))


@pytest.mark.parametrize("row", shared("slack-text"))
def test_shared_texts(row: dict[str, Any]) -> None:
    made = slack(alert(item(1, title=row["input"], lead=row["input"])))
    assert not faults(dict(made))
    if "expect" in row:
        assert " ".join(row["expect"].split()) in made["blocks"][0]["text"]["text"]


@pytest.mark.parametrize("url", [url for url, _ in LINKS], ids=range(len(LINKS)))
def test_one_honest_link_a_story(url: str) -> None:
    first = slack(alert(item(1, url=url)))["blocks"][0]["text"]["text"]
    assert first.count("<") in (0, 1)
    assert first.count("<") == first.count(">") == first.count("|")
    if "<" in first:
        assert first.startswith(("*<https://", "*<http://"))


@pytest.mark.parametrize("row", shared("slack-link"))
def test_shared_links(row: dict[str, Any]) -> None:
    made = slack(alert(item(1, url=row["input"])))
    assert not faults(dict(made))
    for forbidden in row["must_not"]:
        assert forbidden not in made["blocks"][0]["text"]["text"]


# ------------------------------------------------------------------------------------------------ on the wire


def sender(url: str, networks: tuple[str, ...] = LOOPBACK, gap: float = 0.0) -> SlackSender:
    settings = {"webhook_env": "HOOK", "token_env": ""}
    channel = Channel(id="slack:sco", kind="slack", settings=settings)
    return SlackSender(channel, {"HOOK": url}, global_only(networks), gap)


def post(url: str, times: int = 1, delivery: Delivery = DELIVERY, **more: Any) -> list[Any]:
    """What each post came to."""

    async def run() -> list[Any]:
        one = sender(url, **more)
        found: list[Any] = []
        for _ in range(times):
            try:
                found.append(await one.send(delivery, alert()))
            except DeliveryError as error:
                found.append(error)
        return found

    return asyncio.run(run())


def test_a_post_arrives() -> None:
    with fake_slack() as fake:
        (receipt,) = post(fake.url)
        assert isinstance(receipt, Receipt)
        assert fake.texts() == ["Daily: Story 1"]
        assert fake.headers[0]["host"] == fake.url.split("/")[2]
        assert not fake.faults


ANSWERS = [
    pytest.param("429:7", False, False, timedelta(seconds=7), id="429"),
    pytest.param("429none", False, False, None, id="429-without-time"),
    pytest.param("500", False, True, None, id="500"),
    pytest.param("500d", False, True, None, id="500-delivered"),
    pytest.param("503", False, True, None, id="503"),
    pytest.param("rst", False, True, None, id="reset"),
    pytest.param("rstd", False, True, None, id="reset-delivered"),
    pytest.param("hang", False, True, None, id="no-answer"),
    pytest.param("400", True, False, None, id="400"),
    pytest.param("403", True, False, None, id="403"),
    pytest.param("404", True, False, None, id="404"),
    pytest.param("410", True, False, None, id="410"),
    pytest.param("html", False, False, None, id="login-page"),
    pytest.param("302", False, False, None, id="redirect"),
]


@pytest.mark.parametrize(("step", "permanent", "maybe", "wait"), ANSWERS)
def test_answers(
    step: str, permanent: bool, maybe: bool, wait: timedelta | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("alerts.post.SECONDS", 1.0)
    with fake_slack(step) as fake:
        (error,) = post(fake.url)
        assert isinstance(error, DeliveryError)
        assert (error.permanent, error.retry_after) == (permanent, wait)
        assert (MAYBE_ARRIVED in str(error)) == maybe
        assert len(fake.requests) == 1, "redirects are not followed"
        for hidden in ("SECRET", "127.0.0.1", "services"):
            assert hidden not in str(error)


def test_a_date_in_retry_after() -> None:
    with fake_slack("429date:30") as fake:
        (error,) = post(fake.url)
    # never before the thirty seconds are over, although the date has lost part of one
    assert timedelta(seconds=29) < error.retry_after <= timedelta(seconds=31)


def test_a_date_is_never_waited_for_too_short_a_time() -> None:
    asked = datetime.now(UTC) + timedelta(seconds=9)
    waited = retry_after({"retry-after": format_datetime(asked, usegmt=True)})
    assert waited is not None
    assert asked <= datetime.now(UTC) + waited <= asked + timedelta(seconds=2)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "soon",
        "-5",
        "1e9",
        "9" * 50,
        "Mon, 99 Foo 2026 00:00:00 GMT",
        "\x00",
        "Mon, 01 Jan 2026 00:00:00 +99999999999999999999",
    ],
)
def test_a_retry_after_of_no_use_is_ignored(value: str) -> None:
    assert retry_after({"retry-after": value}) is None


def test_one_message_a_second() -> None:
    with fake_slack() as fake:
        started = time.monotonic()
        assert len(post(fake.url, 3, gap=0.2)) == 3
        assert time.monotonic() - started >= 0.4
        assert min(b - a for a, b in zip(fake.requests, fake.requests[1:], strict=False)) >= 0.19


@pytest.mark.parametrize(
    ("attempts", "last_error", "marked"),
    [
        (1, None, False),
        (2, None, True),
        (2, "slack:sco: Slack asks to wait", False),
        (3, f"slack:sco: no answer; {MAYBE_ARRIVED}", True),
    ],
)
def test_only_a_possible_repeat_is_marked(attempts: int, last_error: str | None, marked: bool) -> None:
    with fake_slack() as fake:
        post(fake.url, delivery=replace(DELIVERY, attempts=attempts, last_error=last_error))
        assert ("may be a repeat" in texts(fake.delivered[0])) == marked


def test_a_private_address_is_refused_unless_it_is_allowed() -> None:
    with fake_slack() as fake:
        (error,) = post(fake.url, networks=())
        assert "allow_networks" in str(error)
        (other,) = post(fake.url, networks=("10.0.0.0/8",))
        assert isinstance(other, DeliveryError)
        (named,) = post(fake.url.replace("127.0.0.1", "localhost"), networks=())
        assert isinstance(named, DeliveryError)
        assert not fake.requests


def test_nobody_there() -> None:
    (error,) = post("http://127.0.0.1:1/services/T/B/SECRET")
    assert str(error) == "slack:sco: Slack cannot be reached"
    assert not error.permanent


@pytest.mark.parametrize(
    "url",
    [
        "", "hooks.slack.com/services/T/B/X", "file:///etc/passwd", "https://", "https://[/T/B/X", "https://a.example:0/T/B/X",
        "https://a.example:99999/T/B/X", "https://u:p@hooks.slack.com/T/B/X", "https://10.0.0.1\\@hooks.slack.com/T/B/X",
        "https://hooks.slack.com/T/B/X\nHost: x", "https://hooks slack.com/T/B/X",
    ],
)  # fmt: skip
def test_a_webhook_that_cannot_be(url: str) -> None:
    channel = Channel(id="slack:sco", kind="slack", settings={"webhook_env": "HOOK"})
    with pytest.raises(InputError) as caught:
        open_sender(channel, {"HOOK": url})
    assert "slack:sco" in str(caught.value)
    assert "T/B/X" not in str(caught.value)


def with_token(*scripted: tuple[int, str]) -> list[Any]:
    """What each answer of the Web API comes to."""
    channel = Channel(id="slack:sco", kind="slack", target="#sco", settings={"token_env": "TOKEN", "webhook_env": ""})
    one = SlackSender(channel, {"TOKEN": "xoxb-SECRET"}, global_only(()))
    found: list[Any] = []
    for status, text in scripted:
        try:
            found.append(one._judged(Answer(status, {"retry-after": "3"}, text.encode())))
        except DeliveryError as error:
            found.append((error.permanent, str(error)))
    return found


def test_answers_of_the_web_api() -> None:
    assert with_token(
        (200, '{"ok": true, "ts": "1"}'),
        (200, '{"ok": false, "error": "channel_not_found"}'),
        (200, '{"ok": false, "error": "internal_error"}'),
        (200, '{"ok": false, "error": "ratelimited"}'),
        (200, '{"ok": false, "error": "<b>&xoxb-SECRET"}'),
        (200, "{"),
        (200, "[1]"),
    ) == [
        Receipt(detail="HTTP 200"),
        (True, "slack:sco: the answer is not Slack's ok: HTTP 200 channel_not_found"),
        (False, "slack:sco: the answer is not Slack's ok: HTTP 200 internal_error"),
        (False, "slack:sco: Slack asks to wait"),
        (False, "slack:sco: the answer is not Slack's ok: HTTP 200"),
        (False, f"slack:sco: the answer is not Slack's ok: HTTP 200; {MAYBE_ARRIVED}"),
        (False, "slack:sco: the answer is not Slack's ok: HTTP 200"),
    ]


# ---------------------------------------------------------------------------------------------- with a token


def bot(fake: FakeSlack, target: str = CHANNEL) -> SlackSender:
    settings = {"token_env": "TOKEN", "api": fake.api}
    channel = Channel(id="slack:sco", kind="slack", target=target, settings=settings)
    return SlackSender(channel, {"TOKEN": "xoxb-1"}, global_only(LOOPBACK), 0.0)


def told(one: SlackSender, *sent: tuple[Delivery, Digest]) -> list[Receipt | DeliveryError]:
    async def run() -> list[Receipt | DeliveryError]:
        found: list[Receipt | DeliveryError] = []
        for delivery, made in sent:
            try:
                found.append(await one.send(delivery, made))
            except DeliveryError as error:
                found.append(error)
        return found

    return asyncio.run(run())


AGAIN = replace(DELIVERY, attempts=2)


def test_the_token_goes_into_a_header_and_the_channel_and_delivery_into_the_message() -> None:
    with fake_slack() as fake:
        (receipt,) = told(bot(fake), (DELIVERY, alert()))
        assert fake.headers[0]["authorization"] == "Bearer xoxb-1"
        assert fake.delivered[0]["channel"] == CHANNEL
        assert fake.delivered[0]["metadata"]["event_payload"] == {"id": DELIVERY.token}
        assert receipt == Receipt(detail="HTTP 200", message_id=f"{CHANNEL}/{fake.delivered[0]['ts']}")


@pytest.mark.parametrize("target", [CHANNEL, "#sco", "sco"])
@pytest.mark.parametrize("step", ["500d", "rstd", "hang"])
def test_what_arrived_without_an_answer_is_found_and_not_sent_again(
    step: str, target: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("alerts.post.SECONDS", 1.0)
    others = [(replace(DELIVERY, digest_key=f"other-{n}"), alert()) for n in range(5)]
    with fake_slack(*["ok"] * 5, step, "ok") as fake:
        *_, lost, found = told(bot(fake, target), *others, (DELIVERY, alert()), (AGAIN, alert()))
        assert isinstance(lost, DeliveryError)
        assert MAYBE_ARRIVED in str(lost)
        assert found == Receipt(
            detail="it had arrived at the first attempt", message_id=f"{CHANNEL}/{fake.delivered[5]['ts']}"
        )
        assert len(fake.delivered) == 6
        assert "may be a repeat" not in texts(fake.delivered[5])


@pytest.mark.parametrize("step", ["500", "rst"])
def test_what_did_not_arrive_is_sent_once_more(step: str) -> None:
    with fake_slack(step, "ok") as fake:
        _, second = told(bot(fake), (DELIVERY, alert()), (AGAIN, alert()))
        assert isinstance(second, Receipt)
        assert len(fake.delivered) == 1


def test_a_bot_that_may_not_read_its_channel_closes_it_rather_than_send_twice_or_wait_in_silence() -> None:
    with fake_slack("500d", "ok") as fake:
        fake.readable = False
        _, second = told(bot(fake), (DELIVERY, alert()), (AGAIN, alert()))
        assert isinstance(second, DeliveryError)
        assert MAYBE_ARRIVED in str(second)
        assert "missing_scope" in str(second)
        assert second.closed
        assert len(fake.delivered) == 1
        again = replace(AGAIN, attempts=3, last_error=str(second))
        fake.readable = True
        (found,) = told(bot(fake), (again, alert()))
        assert isinstance(found, Receipt)
        assert len(fake.delivered) == 1


@pytest.mark.parametrize(
    ("kind", "listable", "known"),
    [
        pytest.param("public_channel", ("public_channel",), True, id="public, and no scope for private ones"),
        pytest.param("private_channel", ("private_channel",), True, id="private, and no scope for public ones"),
        pytest.param("private_channel", ("public_channel",), False, id="private, and no scope for it"),
    ],
)
def test_a_channel_given_by_name_is_looked_up_with_the_scopes_that_there_are(
    kind: str, listable: tuple[str, ...], known: bool
) -> None:
    with fake_slack("500d", "ok") as fake:
        fake.kind, fake.listable = kind, listable
        _, second = told(bot(fake, "#sco"), (DELIVERY, alert()), (AGAIN, alert()))
        assert isinstance(second, Receipt) == known
        assert known or (isinstance(second, DeliveryError) and second.closed)
        assert len(fake.delivered) == 1


def test_of_a_channel_too_busy_to_look_through_a_repeat_says_that_it_may_be_one() -> None:
    others = [(replace(DELIVERY, digest_key=f"other-{n}"), alert()) for n in range(22)]
    with fake_slack(*["ok"] * 22, "500d", "ok") as fake:
        *_, second = told(bot(fake), *others, (DELIVERY, alert()), (AGAIN, alert()))
        assert isinstance(second, Receipt)
        assert "may be a repeat" in texts(fake.delivered[-1])


def test_the_answer_to_a_long_message_is_read_whole() -> None:
    told_ = [item(n, title=f"{n} " + "𠮷" * 200) for n in range(1, 200)]
    with fake_slack() as fake:
        (receipt,) = told(bot(fake), (DELIVERY, replace(digest(*told_), kind="summary")))
        assert len(json.dumps(fake.delivered[0]["blocks"])) > 64 * 1024
        assert isinstance(receipt, Receipt)
        assert receipt.message_id


def test_a_token_that_no_header_can_hold_is_refused_and_not_shown() -> None:
    channel = Channel(id="slack:sco", kind="slack", target=CHANNEL, settings={"token_env": "TOKEN"})
    with pytest.raises(InputError) as caught:
        open_sender(channel, {"TOKEN": "xoxb-1\nX: SECRET"})
    assert "token_env" in str(caught.value)
    assert "SECRET" not in str(caught.value)


def test_a_host_whose_first_address_takes_nothing_is_reached_by_its_second(monkeypatch: pytest.MonkeyPatch) -> None:
    async def run(url: str) -> list[Receipt]:
        loop = asyncio.get_running_loop()
        ask = loop.getaddrinfo

        async def two(_: str, port: int, **more: Any) -> list[Any]:
            return [info for ip in ("127.0.0.9", "127.0.0.1") for info in await ask(ip, port, **more)]

        monkeypatch.setattr(loop, "getaddrinfo", two)
        return [await sender(url.replace("127.0.0.1", "slack.test")).send(DELIVERY, alert())]

    with fake_slack() as fake:
        assert asyncio.run(run(fake.url)) == [Receipt(detail="HTTP 200 ok")]
        assert len(fake.delivered) == 1


def update(others: tuple[tuple[str, str], ...]) -> Digest:
    one = alert(item(7, others=others))
    return replace(one, key=f"{one.key}/update/9", kind="update", replaces=one.key)


def test_a_message_is_changed_in_place_and_its_thread_says_what_joined() -> None:
    with fake_slack() as fake:
        one = bot(fake)
        (first,) = told(one, (DELIVERY, alert(item(7))))
        assert isinstance(first, Receipt)
        later = replace(DELIVERY, id=2, digest_key="update", edits=first.message_id)
        told(one, (later, update((("APP (state)", "https://app.test/"), ("<!channel>", "https://dawn.test/")))))
        changed, thread = fake.shown()
        assert "+2 more: APP (state), &lt;!channel&gt;" in texts(changed)
        assert changed["ts"] == thread["thread_ts"]
        assert "Carried by 3 outlets by now" in texts(thread)
        assert not fake.faults


@pytest.mark.parametrize("step", ["500d", "rstd"])
def test_a_change_that_was_tried_twice_is_told_once_in_the_thread(step: str) -> None:
    others = (("Dawn", "https://dawn.test/"),)
    with fake_slack("ok", "ok", step, "ok") as fake:
        one = bot(fake)
        (first,) = told(one, (DELIVERY, alert(item(7))))
        assert isinstance(first, Receipt)
        later = replace(DELIVERY, id=2, digest_key="update", edits=first.message_id)
        lost, done = told(one, (later, update(others)), (replace(later, attempts=2), update(others)))
        assert isinstance(lost, DeliveryError)
        assert isinstance(done, Receipt)
        assert [m["method"] for m in fake.shown()].count("chat.postMessage") == 1
        assert len(fake.shown()) == 2


def test_a_change_of_a_message_that_never_was_is_given_up() -> None:
    with fake_slack() as fake:
        (error,) = told(bot(fake), (DELIVERY, update(())))
        assert isinstance(error, DeliveryError)
        assert error.permanent
        assert not error.closed
        assert not fake.requests


@pytest.mark.parametrize(
    ("status", "text", "closed"),
    [
        (404, "no_service", True),
        (410, "channel_is_archived", True),
        (403, "action_prohibited", True),
        (400, "invalid_blocks", False),
        (413, "too_large", False),
        (200, '{"ok": false, "error": "account_inactive"}', True),
        (200, '{"ok": false, "error": "msg_too_long"}', False),
    ],
)
def test_what_closes_a_channel_is_told_from_what_one_message_met(status: int, text: str, closed: bool) -> None:
    with fake_slack() as fake, pytest.raises(DeliveryError) as caught:
        bot(fake)._judged(Answer(status, {}, text.encode()))
    assert (caught.value.permanent, caught.value.closed) == (True, closed)


@pytest.mark.parametrize("sign", ["&", "<", "Ж", "上", "م"])
def test_changes_in_how_sources_do_stay_within_the_limits_and_say_that_there_are_more(sign: str) -> None:
    changes = tuple(f"source-{n}: {sign * 50} failing: HTTP 500" for n in range(200))
    made = slack(replace(digest(), kind="health", sections=(), housekeeping=changes))
    assert not faults(dict(made))
    section = made["blocks"][1]["text"]["text"]
    assert section.endswith("and more: see `scowatch sources list`")
    assert not re.search(r"&(?!amp;|lt;|gt;)", section)


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(b"HTTP/1.1 100 Continue\r\n\r\n", id="interim answers"),
        pytest.param(b"HTTP/1.1 200 OK\r\n" + b"X-A: b\r\n" * 20, id="headers"),
    ],
)
def test_an_answer_without_end_costs_little(head: bytes) -> None:
    def endless(_: Asked) -> Iterator[bytes]:
        yield head
        while True:
            yield head.partition(b"OK\r\n")[2] or head * 100

    started, used = time.monotonic(), time.process_time()
    with web_server() as web:
        web.routes["/services/x"] = endless
        (error,) = post(web.url("/services/x"))
    assert str(error) == f"slack:sco: no answer from Slack; {MAYBE_ARRIVED}"
    assert time.monotonic() - started < 3
    assert time.process_time() - used < 2


def test_a_compressed_answer_stays_as_it_came() -> None:
    bomb = gzip.compress(b"ok" * 10_000_000)
    with web_server() as web:
        web.routes["/services/x"] = answer("200 OK", bomb, Content_Encoding="gzip")
        (error,) = post(web.url("/services/x"))
        assert web.asked[0].headers["accept-encoding"] == "identity"
    assert "not Slack's ok" in str(error)


@pytest.mark.parametrize(
    ("of", "known", "said"),
    [
        pytest.param("127.0.0.1", True, "HTTP 200 ok", id="believed"),
        pytest.param("127.0.0.1", False, "certificate does not prove that it is Slack", id="nobody vouches for it"),
        pytest.param("127.0.0.2", True, "certificate does not prove that it is Slack", id="of another host"),
    ],
)
def test_a_certificate_is_checked_against_the_name(tmp_path: Path, of: str, known: bool, said: str) -> None:
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=a.example"
    extra = ["-addext", f"subjectAltName=IP:{of}", "-keyout", "key.pem", "-out", "cert.pem"]
    try:
        subprocess.run([*command.split(), *extra], cwd=tmp_path, check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("no openssl command to make a certificate with")
    theirs = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    theirs.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")

    async def run(url: str) -> str:
        one = sender(url)
        if known:
            one._poster.__dict__["_tls"] = ssl.create_default_context(cafile=str(tmp_path / "cert.pem"))
        try:
            return (await one.send(DELIVERY, alert())).detail
        except DeliveryError as error:
            return str(error)

    with web_server(theirs) as web:
        web.routes["/services/x"] = answer("200 OK", b"ok")
        assert said in asyncio.run(run(web.url("/services/x")))
        assert len(web.asked) == (said == "HTTP 200 ok")
