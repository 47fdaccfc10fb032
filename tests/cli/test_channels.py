"""channels: what is listed, a test message, and a channel that was closed."""

from __future__ import annotations

import pytest

from tests.cli.calls import Command, jsonl, row
from tests.fake_slack import FakeSlack, fake_slack

SLACK = """
[fetch]
allow_networks = ["127.0.0.0/8"]

[[recipient]]
name = "desk"
email = "desk@example.org"
search = "tag:sco"

[[slack]]
name = "sco"
webhook_env = "HOOK"
search = "tag:sco"
quiet_hours = ""
"""


def with_slack(scowatch: Command, fake: FakeSlack, monkeypatch: pytest.MonkeyPatch) -> Command:
    (scowatch.home / "scowatch.toml").write_text(SLACK, encoding="utf-8")
    monkeypatch.setenv("HOOK", fake.url)
    return scowatch


def test_channels_are_listed_with_what_goes_through_them(scowatch: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    with fake_slack() as fake:
        rows = with_slack(scowatch, fake, monkeypatch)("channels", "list", "--json").json()
    assert [(r["id"], r["kind"], r["used_by"], r["stopped_since"]) for r in rows] == [
        ("mail:desk", "outbox", ["recipient:desk"], None),
        ("slack:sco", "slack", ["slack:sco"], None),
        ("operator:health", "outbox", [], None),
    ]


def test_a_test_message_says_that_it_is_one(scowatch: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    with fake_slack() as fake:
        said = with_slack(scowatch, fake, monkeypatch)("channels", "test", "sco").out
        assert said == "slack:sco took the test message: HTTP 200 ok\n"
        assert "This is a test of the channel slack:sco" in str(fake.delivered[0]["blocks"])
        assert fake.texts() == ["A test message"]
    assert scowatch("deliveries", "--json").json() == []


def test_a_closed_channel_is_told_to_the_operator_once_and_started_again_by_a_test(
    scowatch: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    with fake_slack("404", "404", "ok") as fake:
        with_slack(scowatch, fake, monkeypatch)("deliver")
        scowatch("import", "-", stdin=jsonl(*(row(n) for n in range(1, 5))))
        scowatch("deliver")
        (failed, *waiting) = reversed(
            [d for d in scowatch("deliveries", "--json").json() if d["channel"] == "slack:sco"]
        )
        assert (failed["status"], {d["status"] for d in waiting}) == ("failed", {"pending"})
        for _ in range(2):
            scowatch("deliver")
        notices = [
            p for p in (scowatch.home / "outbox").glob("*.html") if "A channel is closed" in p.read_text("utf-8")
        ]
        assert len(notices) == 1
        assert "stopped" in scowatch("channels", "list").out
        refused = scowatch("channels", "test", "slack:sco")
        assert refused.code == 1
        assert "no_service" in refused.err
        scowatch("channels", "test", "slack:sco")
        scowatch("deliver")
        rows = [d for d in scowatch("deliveries", "--json").json() if d["channel"] == "slack:sco"]
        assert {d["status"] for d in rows} == {"sent"}
        assert len(fake.requests) == 3 + len(rows)


def test_what_is_not_stopped_cannot_be_resumed(scowatch: Command) -> None:
    for arguments, said in ((("resume", "desk"), "is not stopped"), (("test", "nobody"), "there is no channel")):
        refused = scowatch("channels", *arguments)
        assert (refused.code, said in refused.err) == (2, True)
