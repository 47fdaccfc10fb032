"""alerts list and backtest, mutes: what scripts and people see."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.cli.calls import SETTINGS, Command, jsonl, row

RULES = (
    SETTINGS
    + """
[[alert]]
name = "bank"
search = "tag:sco"
channel = ["slack:alerts", "mail:desk"]
quiet_hours = ""
novelty = ["date"]
"""
)


@pytest.fixture
def ruled(scowatch: Command) -> Command:
    """A home with a rule for two channels, and three articles of which one names a day."""
    (scowatch.home / "scowatch.toml").write_text(RULES, encoding="utf-8")
    scowatch("deliver")
    rows = [
        row(1),
        row(2, title="Саммит ШОС", lang="ru", text="Саммит ШОС пройдет 24 июля. " * 9),
        row(3, title="Rain"),
    ]
    scowatch("import", "-", stdin=jsonl(*rows))
    return scowatch


def test_rules_are_listed_with_their_conditions(ruled: Command) -> None:
    rows = ruled("alerts", "list", "--json").json()
    assert [(r["rule"], r["channel"], r["conditions"]) for r in rows] == [
        ("alerts", "slack:alerts", "any story"),
        ("bank", "slack:alerts", "new date"),
        ("bank", "mail:desk", "new date"),
    ]


def test_a_backtest_shows_every_message_and_stores_nothing(ruled: Command) -> None:
    made = ruled("alerts", "backtest", "bank", "--since", "1h", "--json").json()
    (message,) = made["messages"]
    assert message["why"] == "rule “bank”: first mention: 24 July"
    assert [story["title"] for story in message["stories"]] == ["Саммит ШОС"]
    assert message["seen"] == message["sent"] + message["folded"] + message["held"] + sum(message["dropped"].values())
    assert made["seen"] == 3
    text = ruled("alerts", "backtest", "bank", "--since", "1h").out
    assert "Саммит ШОС" in text
    assert "bank on slack:alerts: 1 messages out of 3 changes" in text
    assert ruled("deliveries", "--json").json() == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(("backtest", "bonk", "--since", "1h"), "there is no rule 'bonk' (there: alerts, bank)", id="rule"),
        pytest.param(("backtest", "bank", "--since", "never"), "'never' is not a time", id="time"),
        pytest.param(("backtest", "bank", "--since", "1h", "--until", "2020-01-01"), "before --until", id="order"),
    ],
)
def test_a_backtest_that_cannot_be(ruled: Command, arguments: tuple[str, ...], said: str) -> None:
    assert said in ruled.refused("alerts", *arguments)[-1]


def test_a_channel_that_is_not_there_is_a_problem_of_the_settings(ruled: Command) -> None:
    (ruled.home / "scowatch.toml").write_text(RULES.replace("mail:desk", "webhook:board"), encoding="utf-8")
    (line,) = [line for line in ruled.refused("deliver") if "webhook:board" in line]
    assert "[[alert]] bank: there is no channel webhook:board (there: mail:desk, slack:alerts" in line


def test_a_channel_for_the_operator_that_is_not_there_is_a_problem_of_the_settings(ruled: Command) -> None:
    (ruled.home / "scowatch.toml").write_text(f'{RULES}\n[operator]\nchannel = "webhook:board"\n', encoding="utf-8")
    (line,) = [line for line in ruled.refused("deliver") if "webhook:board" in line]
    assert "[operator]: there is no channel webhook:board (there: mail:desk, slack:alerts" in line


def test_a_rule_goes_to_all_its_channels_with_its_reason(ruled: Command) -> None:
    ruled("deliver")
    told = [d for d in ruled("deliveries", "--json").json() if d["digest"].startswith("alert:bank@")]
    assert sorted(d["channel"] for d in told) == ["mail:desk", "slack:alerts"]
    assert {d["why"] for d in told} == {"rule “bank”: first mention: 24 July"}
    files = [file.read_text("utf-8") for file in (ruled.home / "outbox").iterdir()]
    assert any("mutes add story" in text and "24 July" in text for text in files)


def test_what_quiet_hours_hold_is_listed_until_they_end(ruled: Command) -> None:
    assert ruled("alerts", "held").out == "nothing is held\n"
    now, some = datetime.now(UTC), timedelta(hours=2)
    night = f'quiet_hours = "{now - some:%H:%M}-{now + some:%H:%M}"'
    (ruled.home / "scowatch.toml").write_text(RULES.replace('quiet_hours = ""', night), encoding="utf-8")
    ruled("deliver")
    rows = ruled("alerts", "held", "--json").json()
    assert {(r["channel"], r["title"]) for r in rows if r["rule"] == "bank"} == {
        ("slack:alerts", "Саммит ШОС"),
        ("mail:desk", "Саммит ШОС"),
    }
    assert {r["title"] for r in rows if r["rule"] == "alerts"} == {"Story 1", "Саммит ШОС", "Rain"}
    assert {r["quiet_until"] for r in rows} == {f"{now + some:%Y-%m-%dT%H:%M}:00Z"}
    assert "(quiet hours)" in ruled("alerts", "held").out


def test_a_mute_is_added_listed_and_removed(ruled: Command) -> None:
    added = ruled("mutes", "add", "entry", "sco", "--on", "slack:alerts", "--for", "3d", "--json").json()
    assert (added["kind"], added["what"], added["channel"]) == ("entry", "sco", "slack:alerts")
    assert [mute["id"] for mute in ruled("mutes", "list", "--json").json()] == [added["id"]]
    assert "slack:alerts" in ruled("mutes", "list").out
    ruled("deliver")
    told = [d["digest"] for d in ruled("deliveries", "--json").json() if d["kind"] == "alert"]
    assert told == ["alert:bank@mail:desk/story/2"]
    assert ruled("mutes", "remove", str(added["id"])).out == f"mute {added['id']} is over\n"
    assert ruled("mutes", "list", "--json").json() == []
    assert ruled.refused("mutes", "remove", "99") == [
        "scowatch: there is no mute 99: `scowatch mutes list` shows all of them"
    ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(("entry", "sco", "--on", "slack:alerts"), "a mute has an end", id="no end"),
        pytest.param(("entry", "sco", "--for", "3d"), "a mute is for one channel: give --on with one of", id="channel"),
        pytest.param(("entry", "scoo", "--on", "desk", "--for", "3d"), "did you mean sco", id="entry"),
        pytest.param(("story", "77", "--on", "desk", "--for", "3d"), "there is no story '77'", id="story"),
        pytest.param(("story", "x", "--on", "desk", "--for", "3d"), "there is no story 'x'", id="no number"),
        pytest.param(("source", "x", "--on", "desk", "--for", "3d"), "has no source 'x'", id="source"),
        pytest.param(("rule", "x", "--on", "desk", "--for", "3d"), "there is no rule 'x': use one of", id="rule"),
        pytest.param(("entry", "sco", "--on", "desk", "--for", "soon"), "is not", id="span"),
        pytest.param(("entry", "sco", "--on", "desk", "--until", "2020-01-01"), "lies ahead", id="over"),
        pytest.param(("entry", "sco", "--on", "desk", "--for", "9999d"), "at most a year", id="for ever"),
    ],
)
def test_a_mute_that_cannot_be(ruled: Command, arguments: tuple[str, ...], said: str) -> None:
    assert said in ruled.refused("mutes", "add", *arguments)[0]
