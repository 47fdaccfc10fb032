"""Settings: every problem at once, with its line, and defaults that work."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from monitor.config.reading import read_settings
from monitor.config.secrets import missing_secrets
from monitor.config.settings import Settings
from monitor.errors import ConfigError
from monitor.subscriptions import channels_of
from monitor.types import Rule


def problems(text: str) -> list[tuple[int, str]]:
    with pytest.raises(ConfigError) as caught:
        read_settings(text, "scowatch.toml")
    return [(problem.line, problem.message) for problem in caught.value.problems]


def test_an_empty_file_has_defaults() -> None:
    settings = read_settings("", "scowatch.toml")
    assert settings == Settings()
    assert settings.fetch.per_host_interval == timedelta(seconds=2)
    assert settings.mail is None


def test_all_keys_of_the_contract_are_read() -> None:
    settings = read_settings(
        """
[fetch]
allow_networks = ["127.0.0.0/8"]
per_host_interval_seconds = 0.5
contact = "mailto:ops@example.org"
[schedule]
poll_seconds = 1
[mail]
host = "127.0.0.1"
port = 2525
from = "scowatch@example.org"
security = "none"
username_env = ""
[[recipient]]
name = "desk"
email = "desk@example.org"
timezone = "Asia/Almaty"
digest = "weekly fri 06:30"
search = "tag:sco"
max_items = 0
[[slack]]
name = "sco-alerts"
webhook_env = "SCOWATCH_SLACK_WEBHOOK"
search = "tag:sco class:official"
max_per_day = 0
quiet_hours = ""
[storage]
url = "sqlite:///elsewhere.db"
""",
        "scowatch.toml",
    )
    assert settings.fetch.allow_networks == ("127.0.0.0/8",)
    assert settings.fetch.per_host_interval == timedelta(milliseconds=500)
    assert settings.poll_seconds == 1
    assert settings.mail is not None
    assert settings.mail.port == 2525
    assert settings.recipients[0].timezone == "Asia/Almaty"
    assert settings.recipients[0].max_items == 0
    assert settings.slack[0].quiet_hours == ""
    assert settings.storage_url == "sqlite:///elsewhere.db"


@pytest.mark.parametrize(
    ("text", "line", "part"),
    [
        pytest.param("[fetch]\ncontct = 'x'\n", 2, "did you mean `contact`", id="misspelt key"),
        pytest.param("\n[fetchh]\n", 2, "did you mean `fetch`", id="misspelt table"),
        pytest.param("[fetch]\nper_host_interval_seconds = 'two'\n", 2, "not a number", id="text for a number"),
        pytest.param("[fetch]\nper_host_interval_seconds = true\n", 2, "not a number", id="truth for a number"),
        pytest.param("[fetch]\nallow_networks = ['10.0.0.0/33']\n", 2, "10.0.0.0/33", id="bad network"),
        pytest.param("[fetch]\nallow_networks = [7, 'x']\n", 2, "7 is not a text", id="number for a network"),
        pytest.param("[schedule]\npoll_seconds = -1\n", 2, "between", id="negative seconds"),
        pytest.param("[schedule]\npoll_seconds = 1.5\n", 2, "whole", id="half a second"),
        pytest.param("[mail]\nhost = 'h'\nfrom = 'nobody'\n", 3, "mail address", id="address without host"),
        pytest.param("[mail]\nfrom = 'a@b.c'\n", 1, "[mail] host: is missing", id="missing key names its table"),
        pytest.param("[mail]\nhost = 'h'\nfrom = 'a@b.c'\nsecurity = 'ssl'\n", 4, "none", id="unknown choice"),
        pytest.param("[mail]\nhost='h'\nfrom='a@b.c'\npassword_env='hunter 2'\n", 4, "secrets do not", id="a secret"),
        pytest.param("[[recipient]]\nname='d'\nemail='a@b.c'\ntimezone='Europe/Nowhere'\n", 4, "zone", id="zone"),
        pytest.param("[[recipient]]\nname='d'\nemail='a@b.c'\ndigest='dayly 6'\n", 4, "daily", id="schedule"),
        pytest.param("[[recipient]]\nname='d'\nemail='a@b.c'\nsearch='(sco'\n", 4, "column", id="search"),
        pytest.param("[[recipient]]\nname='d'\nemail='a@b.c\\nBcc: x@y.z'\n", 3, "mail address", id="second header"),
        pytest.param("[[slack]]\nname='a'\nquiet_hours='22-6'\n", 3, "22:00-06:00", id="quiet hours"),
        pytest.param("[[slack]]\nname='a'\nquiet_hours='08:00-08:00'\n", 3, "same time", id="quiet hours of no length"),
        pytest.param("[[slack]]\nname='a'\ntoken_env='T'\n", 3, "channel", id="token without channel"),
        pytest.param("[[slack]]\nname='a'\n[[slack]]\nname='a'\n", 4, "already", id="a name twice"),
        pytest.param("[storage]\nurl = 'archive.db'\n", 2, "sqlite:///", id="storage without scheme"),
        pytest.param("fetch = 3\n", 1, "not a table", id="value for a table"),
        pytest.param("[fetch\n", 1, "not TOML", id="not TOML"),
    ],
)
def test_a_problem_is_told_with_its_line(text: str, line: int, part: str) -> None:
    found = problems(text)
    assert any(at == line and part in message for at, message in found), found


def test_all_problems_are_told_at_once() -> None:
    found = problems("[fetch]\nx = 1\n[mail]\nhost = 'h'\n[[recipient]]\nname = 'd'\ntimezone = 'Mars/Base'\n")
    assert {line for line, _ in found} == {2, 3, 5, 7}


def test_a_secret_that_is_not_in_the_environment_is_a_problem() -> None:
    settings = read_settings("[[slack]]\nname='a'\nwebhook_env='HOOK'\n", "scowatch.toml")
    assert next(iter(missing_secrets(settings, {}))).message.startswith("HOOK is not set")
    assert missing_secrets(settings, {"HOOK": "https://example.org/hook"}) == []


def test_the_operator_is_told_by_one_channel() -> None:
    assert read_settings('[operator]\nemail = "ops@example.org"\n', "x").operator.email == "ops@example.org"
    assert read_settings("", "x").operator.email == ""
    both = '[operator]\nemail = "ops@example.org"\nwebhook_env = "OPS"\n'
    with pytest.raises(ConfigError, match="webhook_env: stands beside email: keep one of them"):
        read_settings(both, "x")
    with pytest.raises(ConfigError, match="is no channel"):
        read_settings('[operator]\nchannel = "desk"\n', "x")


def test_the_operator_may_be_told_by_a_channel_that_others_use() -> None:
    hook = '[[channel]]\nname = "cms"\nkind = "webhook"\nurl_env = "HOOK"\nsecret_env = "KEY"\n'
    settings = read_settings(f'[operator]\nchannel = "webhook:cms"\n{hook}', "x")
    found = channels_of(settings, outbox=Path("outbox"), feeds=Path("feeds"))
    mine, other = found["operator:health"], found["webhook:cms"]
    assert (mine.kind, mine.target, mine.settings) == (other.kind, other.target, other.settings)
    none = read_settings('[operator]\nchannel = "webhook:cms"\n', "x")
    assert not channels_of(none, outbox=Path("outbox"), feeds=Path("feeds"))


RULE = """\
[[alert]]
name = "bank"
search = "tag:sco-development-bank"
channel = ["slack:sco-alerts", "mail:desk@example.org"]
priority = 1
classes = ["official", "wire"]
min_classes = 2
min_origins = 2
novelty = ["story", "date"]
cooldown = "90m"
spike = "high"
max_per_day = 3
quiet_hours = ""
timezone = "Asia/Almaty"
"""


def test_a_rule_is_read_whole() -> None:
    (alert,) = read_settings(RULE, "scowatch.toml").alerts
    assert (alert.channels, alert.max_per_day) == (("slack:sco-alerts", "mail:desk@example.org"), 3)
    assert alert.rule == Rule(
        name="bank",
        priority=1,
        classes=("official", "wire"),
        min_classes=2,
        min_origins=2,
        novelty=("story", "date"),
        cooldown=timedelta(minutes=90),
        spike="high",
    )


def test_a_slack_block_takes_the_conditions_of_a_rule_and_is_plain_without() -> None:
    text = '[[slack]]\nname = "a"\n[[slack]]\nname = "b"\nclasses = ["official"]\nalerts = false\n'
    plain, other = read_settings(text, "scowatch.toml").slack
    assert (plain.rule.plain, plain.alerts) == (True, True)
    assert (other.rule.classes, other.rule.plain, other.alerts) == (("official",), False, False)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        pytest.param('channel = "desk"', "'desk' is no channel: write one like slack:NAME", id="channel"),
        pytest.param("channel = []", "is missing", id="no channel"),
        pytest.param('classes = ["press"]', "'press' is not one of official", id="class"),
        pytest.param('novelty = ["rumour"]', "'rumour' is not one of story, name, date, number", id="novelty"),
        pytest.param('cooldown = "soon"', "'soon' is not a span like 30m, 4h or 2d", id="cooldown"),
        pytest.param("priority = 4", "4 is not between 0 and 3", id="priority"),
        pytest.param('spike = "much"', "'much' is not one of", id="spike"),
        pytest.param('serach = "x"', "did you mean `search`?", id="unknown key"),
    ],
)
def test_what_is_wrong_with_a_rule_is_said(line: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read_settings(f'[[alert]]\nname = "bank"\nsearch = "tag:sco"\n{line}\n', "scowatch.toml")
    assert said in str(caught.value)


CHANNELS = """\
[[channel]]
name = "cms"
kind = "webhook"
url_env = "CMS_HOOK"
secret_env = "CMS_SECRET"
[[channel]]
name = "team"
kind = "apprise"
url_env = "TEAM_URL"
[[channel]]
name = "bank"
kind = "feed"
"""


def test_channels_of_other_kinds_are_read() -> None:
    settings = read_settings(CHANNELS, "scowatch.toml")
    assert [channel.id for channel in settings.channels] == ["webhook:cms", "apprise:team", "feed:bank"]
    assert settings.channels[0].settings == {"url_env": "CMS_HOOK", "secret_env": "CMS_SECRET"}
    missing = [problem.message for problem in missing_secrets(settings, {"CMS_HOOK": "https://a.example/"})]
    assert [text.partition(",")[0] for text in missing] == ["CMS_SECRET is not set", "TEAM_URL is not set"]
    assert "[[channel]] team" in missing[1]
    assert missing[1].endswith("set it, or take the block out")


@pytest.mark.parametrize(
    ("text", "line", "part"),
    [
        pytest.param("name='x'\nkind='pager'\npin='1'\n", 3, "'pager' is not one of webhook, apprise, feed", id="kind"),
        pytest.param("name='x'\n", 1, "kind: is missing: one of webhook", id="no kind"),
        pytest.param("kind='feed'\n", 1, "name: is missing", id="no name"),
        pytest.param("name='../x'\nkind='feed'\n", 2, "is not a name", id="name"),
        pytest.param("name='x'\nkind='webhook'\nurl_env='U'\n", 1, "secret_env: is missing", id="no secret"),
        pytest.param("name='x'\nkind='apprise'\nurl_env='tgram://1:a/2'\n", 4, "secrets do not stand", id="a secret"),
        pytest.param("name='x'\nkind='feed'\nurl_env='U'\n", 4, "unknown setting", id="a key of another kind"),
        pytest.param("name='x'\nkind='feed'\nurl='here'\n", 4, "https://example.org/feeds/", id="address"),
        pytest.param("name='x'\nkind='feed'\n[[channel]]\nname='x'\nkind='feed'\n", 5, "already", id="twice"),
    ],
)
def test_what_is_wrong_with_a_channel_is_said(text: str, line: int, part: str) -> None:
    found = problems(f"[[channel]]\n{text}")
    assert any(at == line and part in message for at, message in found), found
    assert len(found) == 1
