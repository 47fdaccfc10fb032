"""What can be set, as frozen values with their defaults: a class for each table of scowatch.toml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from monitor.types import Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchConfig:
    #: Networks that may be contacted though they are private or reserved.
    allow_networks: tuple[str, ...] = ()
    #: Least time between two requests to one host.
    per_host_interval: timedelta = timedelta(seconds=2)
    #: Goes into the User-Agent; empty: publishers cannot reach the operator.
    contact: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailConfig:
    host: str
    port: int
    sender: str
    security: str
    username_env: str = ""
    password_env: str = ""
    #: Address that ends a subscription by one click; ``{recipient}`` in it is the reader's name. Empty: there is none.
    unsubscribe_url: str = ""
    #: Least time between two mails to one domain.
    per_domain: timedelta = timedelta()
    #: For signatures (DKIM): all three, or none. The key is a PEM text, or the path of a file with one.
    dkim_key_env: str = ""
    dkim_selector: str = ""
    dkim_domain: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientConfig:
    name: str
    email: str
    timezone: str
    schedule: str
    search: str
    max_items: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackConfig:
    name: str
    #: Empty, like token_env: alerts land in the outbox.
    webhook_env: str
    token_env: str
    channel: str
    #: Base of the Web API where it is not Slack's own; empty: Slack's.
    api: str
    search: str
    max_per_day: int
    quiet_hours: str
    timezone: str
    #: False: only a channel, for rules elsewhere.
    alerts: bool = True
    rule: Rule = field(default_factory=Rule)


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertConfig:
    """A rule with the channels that it goes to."""

    name: str
    search: str
    #: Ids: ``slack:NAME``, ``mail:RECIPIENT``, ``mail:ADDRESS`` …
    channels: tuple[str, ...]
    max_per_day: int
    quiet_hours: str
    timezone: str
    rule: Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelConfig:
    """A channel of another kind than mail and Slack, for rules."""

    name: str
    #: Key of `monitor.config.reading.CHANNEL_KINDS`.
    kind: str
    #: What that kind asks for.
    settings: Mapping[str, str]

    @property
    def id(self) -> str:
        return f"{self.kind}:{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorConfig:
    """Who is told when a source does otherwise than before."""

    #: Empty, like the other two: the messages land in the outbox.
    email: str = ""
    webhook_env: str = ""
    #: Id of a channel that is set up elsewhere.
    channel: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotsConfig:
    """What becomes of the pages that articles are read from."""

    enabled: bool = True
    #: Days by ownership class; classes that are not here: for ever.
    keep_days: Mapping[str, int] = field(default_factory=dict)
    #: Articles that answer this search keep their pages whatever the days say; empty: none.
    hold: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    fetch: FetchConfig = FetchConfig()
    #: Above 0: every source is polled at this interval.
    poll_seconds: int = 0
    #: None: mail is not set up, digests land in the outbox.
    mail: MailConfig | None = None
    recipients: tuple[RecipientConfig, ...] = ()
    slack: tuple[SlackConfig, ...] = ()
    alerts: tuple[AlertConfig, ...] = ()
    channels: tuple[ChannelConfig, ...] = ()
    operator: OperatorConfig = OperatorConfig()
    #: Turns headlines into English: a command that reads and writes JSON lines; empty: none.
    gloss_command: str = ""
    #: Whether a title without a name stands for whoever held the office on the day of the article.
    tag_roles: bool = False
    snapshots: SnapshotsConfig = field(default_factory=SnapshotsConfig)
    #: None: archive.db in the home.
    storage_url: str | None = None
