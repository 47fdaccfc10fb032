"""Who is told what, and where, out of the settings: subscriptions, and the channels that they name. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from monitor.config.settings import AlertConfig, ChannelConfig, MailConfig, RecipientConfig, Settings, SlackConfig
from monitor.types import Channel, Subscription

#: Told of changes in how the sources do.
OPERATOR = Subscription(id="operator", name="operator", kind="health", search="", channel_id="operator:health")


def subscriptions_of(settings: Settings) -> tuple[Subscription, ...]:
    """Digests and alerts; of a rule with several channels one for each."""
    editable = {f"slack:{slack.name}" for slack in settings.slack if slack.token_env}
    editable |= {channel.id for channel in settings.channels if channel.kind == "feed"}
    return (
        *map(_of_recipient, settings.recipients),
        *(_of_slack(slack) for slack in settings.slack if slack.alerts),
        *(_of_alert(alert, channel_id, editable) for alert in settings.alerts for channel_id in alert.channels),
    )


def _of_recipient(recipient: RecipientConfig) -> Subscription:
    return Subscription(
        id=f"recipient:{recipient.name}",
        name=recipient.name,
        kind="digest",
        search=recipient.search,
        channel_id=f"mail:{recipient.name}",
        timezone=recipient.timezone,
        schedule=recipient.schedule,
        max_items=recipient.max_items,
    )


def _of_slack(slack: SlackConfig) -> Subscription:
    return Subscription(
        id=f"slack:{slack.name}",
        name=slack.name,
        kind="alert",
        search=slack.search,
        channel_id=f"slack:{slack.name}",
        timezone=slack.timezone,
        max_per_day=slack.max_per_day,
        quiet_hours=slack.quiet_hours or None,
        edits=bool(slack.token_env),
        rule=slack.rule,
    )


def _of_alert(alert: AlertConfig, channel_id: str, editable: Collection[str]) -> Subscription:
    return Subscription(
        id=f"alert:{alert.name}@{channel_id}",
        name=alert.name,
        kind="alert",
        search=alert.search,
        channel_id=channel_id,
        timezone=alert.timezone,
        max_per_day=alert.max_per_day,
        quiet_hours=alert.quiet_hours or None,
        edits=channel_id in editable,
        rule=alert.rule,
    )


def channels_of(settings: Settings, *, outbox: Path, feeds: Path) -> Mapping[str, Channel]:
    """By id; the outbox stands in where mail or Slack is not set up."""
    found = {channel.id: channel for channel in _channels(settings, outbox, feeds)}
    operator = _operator(settings, found, outbox)
    return found | ({operator.id: operator} if operator else {})


def _channels(settings: Settings, outbox: Path, feeds: Path) -> Iterator[Channel]:
    for recipient in settings.recipients:
        yield _mail(settings.mail, f"mail:{recipient.name}", recipient.email, outbox)
    for slack in settings.slack:
        yield _slack(slack, outbox)
    for channel in settings.channels:
        yield _other(channel, feeds)
    named = {name for alert in settings.alerts for name in alert.channels}
    for name in sorted(name for name in named if name.startswith("mail:") and "@" in name):
        yield _mail(settings.mail, name, name.removeprefix("mail:"), outbox)


def _mail(mail: MailConfig | None, channel_id: str, address: str, outbox: Path) -> Channel:
    if mail is None:
        return Channel(id=channel_id, kind="outbox", target=address, settings=_as_files(outbox, "mail"))
    settings = {
        "host": mail.host,
        "port": mail.port,
        "from": mail.sender,
        "security": mail.security,
        "username_env": mail.username_env,
        "password_env": mail.password_env,
        "unsubscribe_url": mail.unsubscribe_url,
        "per_domain_seconds": mail.per_domain.total_seconds(),
        "dkim_key_env": mail.dkim_key_env,
        "dkim_selector": mail.dkim_selector,
        "dkim_domain": mail.dkim_domain,
    }
    return Channel(id=channel_id, kind="mail", target=address, settings=settings)


def _slack(slack: SlackConfig, outbox: Path) -> Channel:
    channel_id = f"slack:{slack.name}"
    if not slack.webhook_env and not slack.token_env:
        return Channel(id=channel_id, kind="outbox", target=slack.name, settings=_as_files(outbox, "slack"))
    settings = {"webhook_env": slack.webhook_env, "token_env": slack.token_env, "api": slack.api}
    return Channel(id=channel_id, kind="slack", target=slack.channel, settings=settings)


def _other(channel: ChannelConfig, feeds: Path) -> Channel:
    settings: dict[str, object] = dict(channel.settings)
    if channel.kind == "feed":
        settings["folder"] = str(feeds)
    return Channel(id=channel.id, kind=channel.kind, target=channel.name, settings=settings)


def _operator(settings: Settings, others: Mapping[str, Channel], outbox: Path) -> Channel | None:
    """The operator's own; None: it is to be another one that is not there."""
    operator = settings.operator
    if operator.channel:
        other = others.get(operator.channel)
        return replace(other, id=OPERATOR.channel_id) if other else None
    if operator.webhook_env:
        keys: dict[str, object] = {"webhook_env": operator.webhook_env, "token_env": ""}
        return Channel(id=OPERATOR.channel_id, kind="slack", settings=keys)
    if operator.email:
        return _mail(settings.mail, OPERATOR.channel_id, operator.email, outbox)
    return Channel(id=OPERATOR.channel_id, kind="outbox", settings=_as_files(outbox, "mail"))


def _as_files(outbox: Path, form: str) -> dict[str, object]:
    return {"folder": str(outbox), "form": form}
