"""Where things are told: one module a channel, found by its kind and imported on first use."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, cast

from monitor.errors import InputError
from monitor.types import Channel

if TYPE_CHECKING:
    from monitor.ports import Sender

#: Kind of a channel -> its class, made with (channel, environ, refusal).
CHANNELS: dict[str, str] = {
    "mail": "alerts.email:MailSender",
    "slack": "alerts.slack:SlackSender",
    "webhook": "alerts.webhook:WebhookSender",
    "apprise": "alerts.apprise:AppriseSender",
    "feed": "alerts.feedfile:FeedSender",
    "outbox": "alerts.outbox:OutboxSender",
}

#: Why an address must not be contacted; None: it may be.
Refusal = Callable[[str], str | None]


def open_sender(
    channel: Channel,
    environ: Mapping[str, str],
    *,
    allow_networks: Sequence[str] = (),
    refusal: Refusal | None = None,
) -> Sender:
    """The sender of that channel; nothing is contacted yet.

    `refusal` is the table of addresses that the fetcher uses; without it only what Python calls global is contacted,
    and `allow_networks`. Raises: InputError for a setting that is missing or cannot be.
    """
    if channel.kind not in CHANNELS:
        raise InputError(
            f"{channel.id}: there is no kind of channel `{channel.kind}`: use one of {', '.join(CHANNELS)}"
        )
    module, _, name = CHANNELS[channel.kind].partition(":")
    make = getattr(import_module(module), name)
    return cast("Sender", make(channel, environ, refusal or global_only(allow_networks)))


def global_only(allow_networks: Sequence[str]) -> Refusal:
    """Refuses all but global unicast addresses and those of the networks."""
    from ipaddress import ip_address, ip_network

    networks = [ip_network(text, strict=False) for text in allow_networks]

    def refusal(address: str) -> str | None:
        ip = ip_address(address)
        if any(ip in network for network in networks) or (ip.is_global and not ip.is_multicast):
            return None
        return "not public"

    return refusal


def secret(channel: Channel, key: str, environ: Mapping[str, str]) -> str:
    """The value of the environment variable that the setting names; empty where none is named. Raises: InputError."""
    variable = str(channel.settings.get(key) or "")
    if not variable:
        return ""
    value = environ.get(variable, "").strip()
    if not value:
        raise InputError(f"{channel.id}: the environment variable {variable} is not set: set it, or clear `{key}`")
    return value
