"""The settings of one home: scowatch.toml read and checked, every problem at once.

Secrets never stand in the file: keys that end in ``_env`` name the environment variable that holds one.
"""

from __future__ import annotations

import contextlib
import ipaddress
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar

from monitor.errors import ConfigError, InputError, Problem, QueryError
from monitor.marked import Map, Seq, read_toml
from monitor.types import OWNERSHIP, Rule

T = TypeVar("T")


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
    #: Key of `CHANNEL_KINDS`.
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


def _printable(text: str) -> None:
    if not text.isprintable():
        raise ValueError(f"{text!r} has control characters")


def _variable(text: str) -> None:
    if text and not re.fullmatch(r"[A-Za-z_]\w*", text, re.ASCII):
        raise ValueError("this is not the name of an environment variable; secrets do not stand in this file")


def _web(text: str) -> None:
    if text and not re.fullmatch(r"https?://[^\s/<>\"\\]+(/[^\s<>\"\\]*)?", text, re.ASCII):
        raise ValueError(f"{text!r} is not an address like https://example.org/feeds/")


#: Kind of a [[channel]] -> its keys, each with its check and whether it has to be there.
CHANNEL_KINDS: Mapping[str, Mapping[str, tuple[Callable[[str], object], bool]]] = {
    "webhook": {"url_env": (_variable, True), "secret_env": (_variable, True)},
    "apprise": {"url_env": (_variable, True)},
    "feed": {"title": (_printable, False), "url": (_web, False)},
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


class Table:
    """One table of the file: typed look-ups that note what is wrong instead of raising."""

    def __init__(self, data: Map, file: str, name: str, problems: list[Problem]) -> None:
        self.data, self.file, self.name, self.problems = data, file, name, problems
        self._asked: list[str] = []

    def problem(self, key: str, message: str) -> None:
        self.problems.append(Problem(self.file, self.data.line_of(key), f"{self._path(key)}: {message}"))

    def _path(self, key: str) -> str:
        return f"[{self.name}] {key}" if self.name else key

    def _get(self, key: str, default: T, kinds: tuple[type, ...], what: str) -> T:
        self._asked.append(key)
        value = self.data.get(key, default)
        if key in self.data and (not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds)):
            self.problem(key, f"{value!r} is not {what}")
            return default
        found: T = value
        return found

    def text(self, key: str, default: str = "", check: Callable[[str], object] | None = None) -> str:
        """The text; `check` raises ValueError, InputError or QueryError for one that cannot be used."""
        value = self._get(key, default, (str,), "a text")
        if check is not None and key in self.data:
            try:
                check(value)
            except (ValueError, InputError, QueryError) as error:
                self.problem(key, str(error))
                return default
        return value

    def required(self, key: str, check: Callable[[str], object] | None = None) -> str:
        value = self.text(key, "", check)
        if not value and not any(p.message.startswith(self._path(key)) for p in self.problems):
            self.problem(key, "is missing")
        return value

    def choice(self, key: str, allowed: tuple[str, ...], default: str) -> str:
        value = self.text(key, default)
        if value not in allowed:
            self.problem(key, f"{value!r} is not one of {', '.join(allowed)}")
            return default
        return value

    def flag(self, key: str, default: bool) -> bool:
        return self._get(key, default, (bool,), "true or false")

    def number(self, key: str, default: float, low: float, high: float) -> float:
        value: float = self._get(key, default, (int, float), "a number")
        if not low <= value <= high:
            self.problem(key, f"{value} is not between {low:g} and {high:g}")
            return default
        return value

    def whole(self, key: str, default: int, low: int, high: int) -> int:
        value = self.number(key, default, low, high)
        if value != int(value):
            self.problem(key, f"{value} is not a whole number")
            return default
        return int(value)

    def texts(self, key: str, check: Callable[[str], object]) -> tuple[str, ...]:
        found = []
        for item in self._get(key, Seq(), (list,), "a list of texts"):
            try:
                if not isinstance(item, str):
                    raise ValueError(f"{item!r} is not a text")
                check(item)
                found.append(item)
            except ValueError as error:
                self.problem(key, str(error))
        return tuple(found)

    def table(self, key: str) -> Table:
        data = self._get(key, Map(), (dict,), "a table")
        return Table(data if hasattr(data, "lines") else _empty(), self.file, key, self.problems)

    def tables(self, key: str) -> tuple[Table, ...]:
        rows: list[Any] = self._get(key, [], (list,), f"a list of tables: write [[{key}]]")
        return tuple(Table(row, self.file, f"{key}", self.problems) for row in rows if isinstance(row, Map))

    def known(self, keys: Iterable[str]) -> None:
        """Keys that may stand here, whether they do or not."""
        self._asked += keys

    def end(self) -> None:
        """Notes every key that nobody asked for."""
        for key in self.data:
            if key not in self._asked:
                self.problem(key, f"unknown setting{did_you_mean(key, self._asked)}")


def _empty() -> Map:
    made = Map()
    made.line, made.lines = 0, {}
    return made


def did_you_mean(word: str, known: list[str]) -> str:
    """`` (did you mean `x`?)``, or the known words where none is near."""
    from difflib import get_close_matches

    near = get_close_matches(word, known, 1, 0.6)
    return f" (did you mean `{near[0]}`?)" if near else f" (known: {', '.join(sorted(known))})" if known else ""


def _fetch(table: Table) -> FetchConfig:
    fetch = FetchConfig(
        allow_networks=table.texts("allow_networks", ipaddress.ip_network),
        per_host_interval=timedelta(seconds=table.number("per_host_interval_seconds", 2, 0, 3600)),
        contact=table.text("contact", "", _printable),
    )
    table.end()
    return fetch


def _poll_seconds(table: Table) -> int:
    seconds = table.whole("poll_seconds", 0, 0, 7 * 86400)
    table.end()
    return seconds


def _mail(table: Table) -> MailConfig:
    mail = MailConfig(
        host=table.required("host", _printable),
        port=table.whole("port", 587, 1, 65535),
        sender=table.required("from", _address),
        security=table.choice("security", ("starttls", "tls", "none"), "starttls"),
        username_env=table.text("username_env", "", _variable),
        password_env=table.text("password_env", "", _variable),
        unsubscribe_url=table.text("unsubscribe_url", "", _https),
        per_domain=timedelta(seconds=table.number("per_domain_seconds", 0, 0, 60)),
        dkim_key_env=table.text("dkim_key_env", "", _variable),
        dkim_selector=table.text("dkim_selector", "", _label),
        dkim_domain=table.text("dkim_domain", "", _label),
    )
    if mail.dkim_key_env and not mail.dkim_selector:
        table.problem("dkim_key_env", "needs a `dkim_selector` beside it")
    table.end()
    return mail


def _recipient(table: Table, saved: Callable[[], Mapping[str, str]]) -> RecipientConfig:
    from monitor import schedule

    recipient = RecipientConfig(
        name=table.required("name", _name),
        email=table.required("email", _address),
        timezone=table.text("timezone", "UTC", _zone),
        schedule=table.text("digest", "daily 06:30", schedule.parse_schedule),
        search=table.text("search", "tag:sco", partial(_search, saved=saved)),
        max_items=table.whole("max_items", 25, 0, 100_000),
    )
    table.end()
    return recipient


def _slack(table: Table, saved: Callable[[], Mapping[str, str]]) -> SlackConfig:
    slack = SlackConfig(
        name=table.required("name", _name),
        webhook_env=table.text("webhook_env", "", _variable),
        token_env=table.text("token_env", "", _variable),
        channel=table.text("channel", "", _printable),
        api=table.text("api", "", _printable),
        search=table.text("search", "tag:sco class:official", partial(_search, saved=saved)),
        max_per_day=table.whole("max_per_day", 8, 0, 100_000),
        quiet_hours=table.text("quiet_hours", "22:00-06:00", _quiet_hours),
        timezone=table.text("timezone", "UTC", _zone),
        alerts=table.flag("alerts", True),
        rule=_rule(table),
    )
    if slack.webhook_env and slack.token_env:
        table.problem("token_env", "stands beside webhook_env: keep one of the two")
    if slack.token_env and not slack.channel:
        table.problem("token_env", "needs a `channel` beside it")
    table.end()
    return slack


def _search(text: str, saved: Callable[[], Mapping[str, str]]) -> None:
    from monitor import query

    with contextlib.suppress(ConfigError):  # of the list of saved searches, which is told of by itself
        query.parse(text, saved)


#: What a rule can be told by; each is the beginning of a channel's id.
_CHANNELS = ("slack", "mail", *CHANNEL_KINDS)


def _alert(table: Table, saved: Callable[[], Mapping[str, str]]) -> AlertConfig:
    one = [table.text("channel", "", _channel)] if isinstance(table.data.get("channel"), str) else []
    alert = AlertConfig(
        name=table.required("name", _name),
        search=table.required("search", partial(_search, saved=saved)),
        channels=tuple(dict.fromkeys(one or table.texts("channel", _channel))),
        max_per_day=table.whole("max_per_day", 8, 0, 100_000),
        quiet_hours=table.text("quiet_hours", "22:00-06:00", _quiet_hours),
        timezone=table.text("timezone", "UTC", _zone),
        rule=_rule(table),
    )
    if not table.data.get("channel"):
        table.problem("channel", 'is missing: name one like "slack:NAME" or "mail:RECIPIENT", or several in [ ]')
    table.end()
    return alert


def _channel_block(table: Table) -> ChannelConfig:
    name, kind = table.required("name", _name), table.text("kind")
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
    novelty = table.texts("novelty", _one_of("story", "name", "date", "number"))
    return Rule(
        name=str(table.data.get("name", "")),
        priority=table.whole("priority", 0, 0, 3) or None,
        classes=table.texts("classes", _one_of(*OWNERSHIP)),
        min_classes=table.whole("min_classes", 0, 0, len(OWNERSHIP)),
        min_origins=table.whole("min_origins", 0, 0, 50),
        novelty=tuple(dict.fromkeys(novelty)) or ("story",),  # type: ignore[arg-type]
        cooldown=_span(table.text("cooldown", "4h", _span)),
        spike=table.choice("spike", ("", "low", "medium", "high"), "") or None,  # type: ignore[arg-type]
    )


def _one_of(*allowed: str) -> Callable[[str], None]:
    def check(text: str) -> None:
        if text not in allowed:
            raise ValueError(f"{text!r} is not one of {', '.join(allowed)}")

    return check


def _channel(text: str) -> None:
    kind, colon, name = text.partition(":")
    if not colon or kind not in _CHANNELS or not name or not name.isprintable():
        raise ValueError(f"{text!r} is no channel: write one like {', '.join(f'{kind}:NAME' for kind in _CHANNELS)}")


def _span(text: str) -> timedelta:
    if not (found := re.fullmatch(r"(\d{1,4})\s*([mhd])", text)):
        raise ValueError(f"{text!r} is not a span like 30m, 4h or 2d")
    return int(found[1]) * {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}[found[2]]


def _operator(table: Table) -> OperatorConfig:
    operator = OperatorConfig(
        email=table.text("email", "", _address),
        webhook_env=table.text("webhook_env", "", _variable),
        channel=table.text("channel", "", _channel),
    )
    given = [key for key in ("email", "webhook_env", "channel") if getattr(operator, key)]
    if len(given) > 1:
        table.problem(given[-1], f"stands beside {' and '.join(given[:-1])}: keep one of them")
    table.end()
    return operator


def _gloss_command(table: Table) -> str:
    command = table.text("gloss_command", "", _command)
    table.end()
    return command


def _command(text: str) -> None:
    import shlex

    _printable(text)
    if text.strip() and not shlex.split(text):
        raise ValueError(f"{text!r} is no command")


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
        hold=table.text("hold", "", partial(_search, saved=saved)),
    )
    days.known(OWNERSHIP)
    days.end()
    table.end()
    return snapshots


def _storage(table: Table) -> str | None:
    url = table.text("url", "", _storage_url)
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


def _name(text: str) -> None:
    if not re.fullmatch(r"[\w][\w .-]{0,63}", text):
        raise ValueError(f"{text!r} is not a name of letters, digits, spaces, dots and hyphens")


def _address(text: str) -> None:
    if not re.fullmatch(r"[^\s@<>,;:\"()\[\]\\]+@[^\s@<>,;:\"()\[\]\\]+", text) or not text.isprintable():
        raise ValueError(f"{text!r} is not a mail address like desk@example.org")


def _https(text: str) -> None:
    if text and not (len(text) < 500 and text.isascii() and re.fullmatch(r"https://[^\s/<>\"\\]+/[^\s<>\"\\]*", text)):
        raise ValueError(f"{text!r} is not an address like https://example.org/unsubscribe/{{recipient}}")


def _label(text: str) -> None:
    if text and not re.fullmatch(r"[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9])?", text, re.ASCII):
        raise ValueError(f"{text!r} is not a name as in DNS")


def _zone(text: str) -> None:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"{text!r} is not a time zone like Asia/Almaty") from None


def _quiet_hours(text: str) -> None:
    from monitor.schedule import parse_quiet_hours

    if text:
        parse_quiet_hours(text)


def _storage_url(text: str) -> None:
    if not re.match(r"[a-z]+://", text):
        raise ValueError("is not a storage address like sqlite:///path or postgresql://host/name")


def missing_secrets(settings: Settings, environ: Mapping[str, str]) -> list[Problem]:
    """A problem for each named environment variable that is not set."""
    wanted = [(s.webhook_env, f"[[slack]] {s.name}") for s in settings.slack]
    wanted += [(s.token_env, f"[[slack]] {s.name}") for s in settings.slack]
    wanted += [
        (value, f"[[channel]] {channel.name}")
        for channel in settings.channels
        for key, value in channel.settings.items()
        if key.endswith("_env")
    ]
    wanted.append((settings.operator.webhook_env, "[operator]"))
    if settings.mail is not None:
        mail = settings.mail
        wanted += [(name, "[mail]") for name in (mail.username_env, mail.password_env, mail.dkim_key_env)]
    return [
        Problem(
            "environment", 0, f"{variable} is not set, but {who} reads its secret there: set it, or {_without(who)}"
        )
        for variable, who in wanted
        if variable and not environ.get(variable)
    ]


def _without(who: str) -> str:
    """What can be done where there is no such secret."""
    return "take the block out" if who.startswith("[[channel]]") else "empty the setting"
