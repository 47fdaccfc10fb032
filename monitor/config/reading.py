"""scowatch.toml into settings, table by table: which keys there are, what stands in for one that is missing, and what
has to go together.

Secrets never stand in the file: keys that end in ``_env`` name the environment variable that holds one.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from typing import TypeVar

from monitor.config import checks
from monitor.config.settings import (
    AlertConfig,
    ChannelConfig,
    FetchConfig,
    MailConfig,
    OperatorConfig,
    RecipientConfig,
    Settings,
    SlackConfig,
    SnapshotsConfig,
)
from monitor.config.tables import Table
from monitor.errors import ConfigError, Problem
from monitor.marked import read_toml
from monitor.types import OWNERSHIP, Rule

T = TypeVar("T")

#: Kind of a [[channel]] -> its keys, each with its check and whether it has to be there.
CHANNEL_KINDS: Mapping[str, Mapping[str, tuple[Callable[[str], object], bool]]] = {
    "webhook": {"url_env": (checks.variable, True), "secret_env": (checks.variable, True)},
    "apprise": {"url_env": (checks.variable, True)},
    "feed": {"title": (checks.printable, False), "url": (checks.web, False)},
}


def read_settings(text: str, file: str, saved: Callable[[], Mapping[str, str]] = dict) -> Settings:
    """The settings in the text, whose searches may refer to `saved` ones. Raises: ConfigError with every problem."""
    problems: list[Problem] = []
    root = Table(read_toml(text, file), file, "", problems)
    settings = Settings(
        fetch=_fetch(root.table("fetch")),
        poll_seconds=_poll_seconds(root.table("schedule")),
        mail=_mail(root.table("mail")) if "mail" in root.data else None,
        recipients=_named(root, "recipient", partial(_recipient, saved=saved)),
        slack=_named(root, "slack", partial(_slack, saved=saved)),
        alerts=_named(root, "alert", partial(_alert, saved=saved)),
        channels=_named(root, "channel", _channel_block),
        operator=_operator(root.table("operator")),
        gloss_command=_gloss_command(root.table("digest")),
        tag_roles=_tag_roles(root.table("tagging")),
        snapshots=_snapshots(root.table("snapshots"), saved),
        storage_url=_storage(root.table("storage")),
    )
    root.end()
    if problems:
        raise ConfigError(problems)
    return settings


def _fetch(table: Table) -> FetchConfig:
    fetch = FetchConfig(
        allow_networks=table.texts("allow_networks", ipaddress.ip_network),
        per_host_interval=timedelta(seconds=table.number("per_host_interval_seconds", 2, 0, 3600)),
        contact=table.text("contact", "", checks.printable),
    )
    table.end()
    return fetch


def _poll_seconds(table: Table) -> int:
    seconds = table.whole("poll_seconds", 0, 0, 7 * 86400)
    table.end()
    return seconds


def _mail(table: Table) -> MailConfig:
    mail = MailConfig(
        host=table.required("host", checks.printable),
        port=table.whole("port", 587, 1, 65535),
        sender=table.required("from", checks.address),
        security=table.choice("security", ("starttls", "tls", "none"), "starttls"),
        username_env=table.text("username_env", "", checks.variable),
        password_env=table.text("password_env", "", checks.variable),
        unsubscribe_url=table.text("unsubscribe_url", "", checks.https),
        per_domain=timedelta(seconds=table.number("per_domain_seconds", 0, 0, 60)),
        dkim_key_env=table.text("dkim_key_env", "", checks.variable),
        dkim_selector=table.text("dkim_selector", "", checks.label),
        dkim_domain=table.text("dkim_domain", "", checks.label),
    )
    if mail.dkim_key_env and not mail.dkim_selector:
        table.problem("dkim_key_env", "needs a `dkim_selector` beside it")
    table.end()
    return mail


def _recipient(table: Table, saved: Callable[[], Mapping[str, str]]) -> RecipientConfig:
    from monitor import schedule

    recipient = RecipientConfig(
        name=table.required("name", checks.name),
        email=table.required("email", checks.address),
        timezone=table.text("timezone", "UTC", checks.zone),
        schedule=table.text("digest", "daily 06:30", schedule.parse_schedule),
        search=table.text("search", "tag:sco", partial(checks.search, saved=saved)),
        max_items=table.whole("max_items", 25, 0, 100_000),
    )
    table.end()
    return recipient


def _slack(table: Table, saved: Callable[[], Mapping[str, str]]) -> SlackConfig:
    slack = SlackConfig(
        name=table.required("name", checks.name),
        webhook_env=table.text("webhook_env", "", checks.variable),
        token_env=table.text("token_env", "", checks.variable),
        channel=table.text("channel", "", checks.printable),
        api=table.text("api", "", checks.printable),
        search=table.text("search", "tag:sco class:official", partial(checks.search, saved=saved)),
        max_per_day=table.whole("max_per_day", 8, 0, 100_000),
        quiet_hours=table.text("quiet_hours", "22:00-06:00", checks.quiet_hours),
        timezone=table.text("timezone", "UTC", checks.zone),
        alerts=table.flag("alerts", True),
        rule=_rule(table),
    )
    if slack.webhook_env and slack.token_env:
        table.problem("token_env", "stands beside webhook_env: keep one of the two")
    if slack.token_env and not slack.channel:
        table.problem("token_env", "needs a `channel` beside it")
    table.end()
    return slack


#: What a rule can be told by; each is the beginning of a channel's id.
_CHANNELS = ("slack", "mail", *CHANNEL_KINDS)


def _alert(table: Table, saved: Callable[[], Mapping[str, str]]) -> AlertConfig:
    one = [table.text("channel", "", _channel)] if isinstance(table.data.get("channel"), str) else []
    alert = AlertConfig(
        name=table.required("name", checks.name),
        search=table.required("search", partial(checks.search, saved=saved)),
        channels=tuple(dict.fromkeys(one or table.texts("channel", _channel))),
        max_per_day=table.whole("max_per_day", 8, 0, 100_000),
        quiet_hours=table.text("quiet_hours", "22:00-06:00", checks.quiet_hours),
        timezone=table.text("timezone", "UTC", checks.zone),
        rule=_rule(table),
    )
    if not table.data.get("channel"):
        table.problem("channel", 'is missing: name one like "slack:NAME" or "mail:RECIPIENT", or several in [ ]')
    table.end()
    return alert


def _channel_block(table: Table) -> ChannelConfig:
    name, kind = table.required("name", checks.name), table.text("kind")
    keys = CHANNEL_KINDS.get(kind, {})
    if not keys:
        known = ", ".join(CHANNEL_KINDS)
        table.problem("kind", f"{kind!r} is not one of {known}" if kind else f"is missing: one of {known}")
        table.known(table.data)  # what else is wrong depends on the kind
    settings = {key: (table.required if must else table.text)(key, check=check) for key, (check, must) in keys.items()}
    table.end()
    return ChannelConfig(name=name, kind=kind, settings=settings)


def _rule(table: Table) -> Rule:
    """The conditions in a block; without any, every story that answers is told, once."""
    novelty = table.texts("novelty", checks.one_of("story", "name", "date", "number"))
    return Rule(
        name=str(table.data.get("name", "")),
        priority=table.whole("priority", 0, 0, 3) or None,
        classes=table.texts("classes", checks.one_of(*OWNERSHIP)),
        min_classes=table.whole("min_classes", 0, 0, len(OWNERSHIP)),
        min_origins=table.whole("min_origins", 0, 0, 50),
        novelty=tuple(dict.fromkeys(novelty)) or ("story",),  # type: ignore[arg-type]
        cooldown=checks.span(table.text("cooldown", "4h", checks.span)),
        spike=table.choice("spike", ("", "low", "medium", "high"), "") or None,  # type: ignore[arg-type]
    )


def _channel(text: str) -> None:
    kind, colon, name = text.partition(":")
    if not colon or kind not in _CHANNELS or not name or not name.isprintable():
        raise ValueError(f"{text!r} is no channel: write one like {', '.join(f'{kind}:NAME' for kind in _CHANNELS)}")


def _operator(table: Table) -> OperatorConfig:
    operator = OperatorConfig(
        email=table.text("email", "", checks.address),
        webhook_env=table.text("webhook_env", "", checks.variable),
        channel=table.text("channel", "", _channel),
    )
    given = [key for key in ("email", "webhook_env", "channel") if getattr(operator, key)]
    if len(given) > 1:
        table.problem(given[-1], f"stands beside {' and '.join(given[:-1])}: keep one of them")
    table.end()
    return operator


def _gloss_command(table: Table) -> str:
    command = table.text("gloss_command", "", checks.command)
    table.end()
    return command


def _tag_roles(table: Table) -> bool:
    roles = table.flag("roles", False)
    table.end()
    return roles


def _snapshots(table: Table, saved: Callable[[], Mapping[str, str]]) -> SnapshotsConfig:
    from monitor.types import OWNERSHIP

    days = table.table("keep_days")
    days.name = "snapshots.keep_days"
    snapshots = SnapshotsConfig(
        enabled=table.flag("enabled", True),
        keep_days={name: days.whole(name, 1, 1, 36_500) for name in OWNERSHIP if name in days.data},
        hold=table.text("hold", "", partial(checks.search, saved=saved)),
    )
    days.known(OWNERSHIP)
    days.end()
    table.end()
    return snapshots


def _storage(table: Table) -> str | None:
    url = table.text("url", "", checks.storage_url)
    table.end()
    return url or None


def _named(root: Table, key: str, read: Callable[[Table], T]) -> tuple[T, ...]:
    found, names = [], set()
    for table in root.tables(key):
        item = read(table)
        name = getattr(item, "name", "")
        if name and name in names:
            table.problem("name", f"{name!r} is the name of another [[{key}]] already")
        names.add(name)
        found.append(item)
    return tuple(found)
