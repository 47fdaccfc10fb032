"""channels: where things are told, and whether anything goes through."""

from __future__ import annotations

import asyncio

import click

from monitor.app import App, now
from monitor.cli.shown import ago, as_json, instant, table
from monitor.errors import DeliveryError, InputError
from monitor.home import Home
from monitor.subscriptions import OPERATOR
from monitor.types import MAYBE_ARRIVED, Channel, Delivery, Digest, Receipt

#: For a test message: longer than an alert would get.
_SECONDS = 60


@click.group("channels")
def channels_command() -> None:
    """List where things are told; try a channel, or start one again that was stopped."""


@channels_command.command("list")
@click.option("--json", "json_", is_flag=True, help="One JSON document.")
@click.pass_obj
def list_command(home: Home, json_: bool) -> None:
    """Every channel with what goes through it."""
    app = App(home)
    app.require_sound()
    store = app.open_store()
    try:
        stopped = {one.channel_id: one for one in store.stopped_channels()}
    finally:
        store.close()
    users: dict[str, list[str]] = {}
    for subscription in app.subscriptions:
        users.setdefault(subscription.channel_id, []).append(subscription.id)
    rows = [
        {
            "id": name,
            "kind": channel.kind,
            "used_by": users.get(name, []),
            "stopped_since": instant(stopped[name].since) if name in stopped else None,
            "why": stopped[name].why if name in stopped else None,
        }
        for name, channel in app.channels.items()
    ]
    if json_:
        return as_json(rows)
    moment = now()
    nobody = {OPERATOR.channel_id: "for the operator"}
    shown = [
        [
            str(row["id"]),
            str(row["kind"]),
            f"stopped {ago(stopped[str(row['id'])].since, moment)}" if row["why"] else "open",
            str(row["why"] or ", ".join(users.get(str(row["id"]), ())) or nobody.get(str(row["id"]), "no rule yet")),
        ]
        for row in rows
    ]
    table(["channel", "kind", "state", "used by, or why it is stopped"], shown)
    return None


@channels_command.command("test")
@click.argument("name")
@click.option("--json", "json_", is_flag=True, help="One JSON document.")
@click.pass_obj
def test_command(home: Home, name: str, json_: bool) -> None:
    """Send a message that is marked as a test, and say what happened; it is no alert, and not in the ledger.

    A channel that was stopped and takes it is started again. Ends with 1 when the message was not taken.
    """
    app = App(home)
    app.require_sound()
    channel = _channel(app, name)
    store = app.open_store()
    try:
        was_stopped = channel.id in {one.channel_id for one in store.stopped_channels()}
        said = asyncio.run(_sent(app, channel))
        again = was_stopped and isinstance(said, Receipt) and not said.warning
        if again:
            store.resume_channel(channel.id, now())
    finally:
        store.close()
    if json_:
        as_json({"channel": channel.id, "kind": channel.kind} | _outcome(said) | {"started_again": again})
    elif isinstance(said, Receipt):
        click.echo(f"{channel.id} took the test message: {said.detail}{'; it is started again' if again else ''}")
        if said.warning:
            click.echo(f"{channel.id}: but {said.warning}", err=True)
    else:
        click.echo(f"{said}; {_meaning(said)}", err=True)
    if not isinstance(said, Receipt):
        raise click.exceptions.Exit(1)


def _outcome(said: Receipt | DeliveryError) -> dict[str, object]:
    if isinstance(said, Receipt):
        return {"taken": True, "said": said.detail, "warning": said.warning or None, "lasting": False}
    return {"taken": False, "said": str(said), "warning": None, "lasting": said.permanent}


def _meaning(error: DeliveryError) -> str:
    if error.closed:
        return "nothing goes through until that is mended"
    return "this message would be given up" if error.permanent else "an alert would be tried again"


@channels_command.command("resume")
@click.argument("name")
@click.pass_obj
def resume_command(home: Home, name: str) -> None:
    """Start a channel again that was stopped; what failed because of it is due once more."""
    app = App(home)
    app.require_sound()
    channel = _channel(app, name)
    store = app.open_store()
    try:
        if channel.id not in {one.channel_id for one in store.stopped_channels()}:
            raise InputError(f"{channel.id} is not stopped: `scowatch channels list` shows which are")
        again = store.resume_channel(channel.id, now())
    finally:
        store.close()
    click.echo(f"{channel.id} is started again; {again} failed deliveries are due once more")


def _channel(app: App, name: str) -> Channel:
    """The channel of that id, or of that name where only one has it."""
    found = [channel for key, channel in app.channels.items() if name in (key, key.partition(":")[2])]
    if len(found) != 1:
        known = ", ".join(app.channels)
        what = "there is no channel" if not found else "there are several channels"
        raise InputError(f"{what} {name!r}: use one of {known}")
    return found[0]


async def _sent(app: App, channel: Channel) -> Receipt | DeliveryError:
    moment = now()
    key = f"test/{channel.id}/{moment:%Y%m%dT%H%M%S%f}"
    digest = Digest(
        key=key,
        subscription_id="operator",
        kind="health",
        created_at=moment,
        since=moment,
        until=moment,
        timezone="UTC",
        sections=(),
        seen=0,
        heading="A test message",
        housekeeping=(f"This is a test of the channel {channel.id}: nothing happened, and nothing has to be done.",),
    )
    delivery = Delivery(
        id=0,
        digest_key=key,
        channel_id=channel.id,
        status="sending",
        attempts=1,
        next_attempt_at=None,
        created_at=moment,
    )
    try:
        async with asyncio.timeout(_SECONDS):
            return await app.senders[channel.id].send(delivery, digest)
    except DeliveryError as error:
        return error
    except TimeoutError:
        return DeliveryError(channel.id, f"no answer within {_SECONDS} s; {MAYBE_ARRIVED}")
