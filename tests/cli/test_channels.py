"""channels: what is listed, a test message, and a channel that was closed."""

from __future__ import annotations

import json

import pytest

from tests.cli.calls import Command, jsonl, row
from tests.fake_slack import FakeSlack, fake_slack
from tests.receiver import receiver

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


OTHERS = """
[fetch]
allow_networks = ["127.0.0.0/8"]

[[recipient]]
name = "desk"
email = "desk@example.org"

[[slack]]
name = "bot"
token_env = "TOKEN"
channel = "C0SCO00001"
api = "API"
alerts = false

[[channel]]
name = "cms"
kind = "webhook"
url_env = "CMS_URL"
secret_env = "CMS_SECRET"

[[channel]]
name = "team"
kind = "apprise"
url_env = "TEAM_URL"

[[channel]]
name = "bank"
kind = "feed"

[[alert]]
name = "sco"
search = "tag:sco"
quiet_hours = ""
channel = ["webhook:cms", "feed:bank"]
"""


def with_others(scowatch: Command, monkeypatch: pytest.MonkeyPatch, port: int = 9, api: str = "") -> Command:
    (scowatch.home / "scowatch.toml").write_text(OTHERS.replace("API", api), encoding="utf-8")
    monkeypatch.setenv("TOKEN", "xoxb-1")
    monkeypatch.setenv("CMS_URL", f"http://127.0.0.1:{port}/SECRET")
    monkeypatch.setenv("CMS_SECRET", "s3cret")
    monkeypatch.setenv("TEAM_URL", f"json://127.0.0.1:{port}/SECRET")
    return scowatch


def test_channels_of_all_kinds_are_listed(scowatch: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    listed = with_others(scowatch, monkeypatch)("channels", "list")
    rows = {row[0]: row for row in (line.split() for line in listed.out.splitlines())}
    assert rows["webhook:cms"][1:] == ["webhook", "open", "alert:sco@webhook:cms"]
    assert rows["apprise:team"][1:] == ["apprise", "open", "no", "rule", "yet"]
    assert rows["feed:bank"][1] == "feed"
    assert rows["operator:health"][3:] == ["for", "the", "operator"]


@pytest.mark.filterwarnings("ignore::DeprecationWarning:")
def test_a_test_goes_through_every_kind_and_is_no_alert(scowatch: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("apprise", reason="the extra scowatch[apprise] is not installed")
    with receiver() as fake:
        with_others(scowatch, monkeypatch, fake.port)
        said = [scowatch("channels", "test", name).out for name in ("cms", "apprise:team", "bank", "bank")]
        assert "This is a test of the channel webhook:cms" in json.loads(fake.taken[0])["notes"][0]
        assert json.loads(fake.taken[0])["test"] is True
        assert "This is a test of the channel apprise:team" in json.loads(fake.taken[1])["message"]
    assert [text.strip() for text in said[:3]] == [
        "webhook:cms took the test message: HTTP 200",
        "apprise:team took the test message: taken by JSON",
        "feed:bank took the test message: bank.rss, bank.atom, bank.json",
    ]
    assert len(json.loads((scowatch.home / "feeds" / "bank.json").read_text("utf-8"))["items"]) == 1
    assert scowatch("deliveries", "--json").json() == []


@pytest.mark.parametrize(
    ("step", "lasting", "said"),
    [
        ("410", True, "HTTP 410; nothing goes through until that is mended"),
        ("400", True, "HTTP 400; this message would be given up"),
        ("503", False, "HTTP 503; it may have arrived; an alert would be tried again"),
    ],
)
def test_a_test_that_is_not_taken_says_what_that_means(
    scowatch: Command, monkeypatch: pytest.MonkeyPatch, step: str, lasting: bool, said: str
) -> None:
    with receiver(step) as fake:
        with_others(scowatch, monkeypatch, fake.port)
        refused = scowatch("channels", "test", "cms")
        assert (refused.code, refused.err.strip().endswith(said)) == (1, True)
        row = json.loads(scowatch("channels", "test", "cms", "--json").out)
    assert (row["channel"], row["kind"], row["taken"], row["lasting"]) == ("webhook:cms", "webhook", False, lasting)
    assert "SECRET" not in refused.err


def test_a_test_says_whether_the_bot_may_read_its_channel(scowatch: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    with fake_slack() as fake:
        with_others(scowatch, monkeypatch, api=fake.api)
        good = scowatch("channels", "test", "bot")
        assert good.out == "slack:bot took the test message: HTTP 200, and the bot may read its channel\n"
        fake.readable = False
        bad = scowatch("channels", "test", "bot")
        assert (bad.code, bad.out) == (0, "slack:bot took the test message: HTTP 200\n")
        assert "missing_scope" in bad.err
        assert "let the bot read its channel" in bad.err
        assert "missing_scope" in scowatch("channels", "test", "bot", "--json").json()["warning"]
        assert "may have arrived" not in bad.err


def test_check_names_what_a_channel_lacks(scowatch: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    with_others(scowatch, monkeypatch)
    assert scowatch("check").code == 0
    monkeypatch.delenv("CMS_SECRET")
    monkeypatch.delenv("TEAM_URL")
    lacking = scowatch("check")
    assert lacking.code == 2
    for said in ("CMS_SECRET is not set, but [[channel]] cms", "TEAM_URL is not set, but [[channel]] team"):
        assert said in lacking.err + lacking.out


def test_a_rule_reaches_its_webhook_and_its_feed_once(scowatch: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    with receiver("500d") as fake:
        with_others(scowatch, monkeypatch, fake.port)("deliver")
        scowatch("import", "-", stdin=jsonl(row(1)))
        scowatch("deliver")
        (one,) = [d for d in scowatch("deliveries", "--json").json() if d["channel"] == "webhook:cms"]
        assert one["status"] == "pending"
        items = json.loads((scowatch.home / "feeds" / "bank.json").read_text("utf-8"))["items"]
        assert len(items) == 1
        assert items[0]["title"] == json.loads(fake.taken[0])["items"][0]["title"]


def test_an_outlet_that_joins_a_story_changes_its_item_in_the_feed(
    scowatch: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    def items() -> list[dict[str, object]]:
        found: list[dict[str, object]] = json.loads((scowatch.home / "feeds" / "bank.json").read_text("utf-8"))["items"]
        return found

    with receiver() as fake:
        with_others(scowatch, monkeypatch, fake.port)("deliver")
        scowatch("import", "-", stdin=jsonl(row(1)))
        scowatch("deliver")
        (first,) = items()
        copy = row(1) | {"ref": "copy", "url": "https://elsewhere.test/copy", "source_name": "Elsewhere"}
        scowatch("import", "-", stdin=jsonl(copy))
        scowatch("deliver")
        (second,) = items()
        assert len(fake.taken) == 1, "a webhook is told of what is new, once"
    assert first["id"] == second["id"]
    assert "+1 more" not in str(first["content_text"])
    assert "+1 more" in str(second["content_text"])
