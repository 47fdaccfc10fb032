"""mutes: what a channel is not told for a time."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import click

from monitor.app import App, now
from monitor.cli.given import entry_named
from monitor.cli.shown import as_json, instant, read_instant, table, time_option
from monitor.errors import InputError
from monitor.home import Home
from monitor.subscriptions import OPERATOR
from monitor.types import Mute

if TYPE_CHECKING:
    from monitor.ports import Store

_KINDS = ("story", "entry", "source", "rule")
#: A mute that is meant for ever is another rule.
_LONGEST = timedelta(days=366)


@click.group("mutes")
def mutes_command() -> None:
    """What a channel is not told for a time: a story, an entry, a source or a rule."""


@mutes_command.command("list")
@click.option("--json", "json_", is_flag=True, help="One JSON document.")
@click.pass_obj
def list_command(home: Home, json_: bool) -> None:
    """Every mute that has not ended."""
    store = App(home).open_store()
    try:
        found = store.mutes(now())
    finally:
        store.close()
    if json_:
        return as_json([_row(mute) for mute in found])
    if not found:
        click.echo("nothing is muted")
    rows = [[str(m.id), m.kind, m.what, m.channel_id, instant(m.until) or ""] for m in found]
    return table(["number", "kind", "what", "on", "until"], rows)


@mutes_command.command("add")
@click.argument("kind", type=click.Choice(_KINDS))
@click.argument("what")
@click.option("--on", "channel", metavar="CHANNEL", help="The channel; may be left out where there is only one.")
@click.option("--for", "span", metavar="SPAN", help="For so long: 3d, 12h, 2w.")
@time_option("--until", help="Until then: a day (which is included) or an ISO 8601 time.")
@click.option("--json", "json_", is_flag=True, help="The mute as JSON.")
@click.pass_obj
def add_command(
    home: Home, kind: str, what: str, channel: str | None, span: str | None, until: datetime | None, json_: bool
) -> None:
    """Leave WHAT out of one channel for a time: the number of a story, the id of an entry or a source, the name of a
    rule. What is left out is counted in the next message ("dropped … (muted)").

    An entry is left out where nothing as urgent is tagged beside it. A mute of the same thing on the same channel is
    replaced.

    \b
    scowatch mutes add story 311 --on slack:sco-alerts --for 3d
    """
    app, moment = App(home), now()
    mute = Mute(
        kind=kind,  # type: ignore[arg-type]
        what=what,
        channel_id=_channel(app, channel),
        since=moment,
        until=_end(span, until, moment),
    )
    store = app.open_store()
    try:
        mute = replace(mute, what=_checked(app, store, kind, what))
        mute = replace(mute, id=store.add_mute(mute))
    finally:
        store.close()
    if json_:
        return as_json(_row(mute))
    click.echo(f"mute {mute.id}: {mute.kind} {mute.what} on {mute.channel_id} until {instant(mute.until)}")
    return None


@mutes_command.command("remove")
@click.argument("number", type=int)
@click.pass_obj
def remove_command(home: Home, number: int) -> None:
    """End a mute now. What it left out meanwhile stays left out."""
    store = App(home).open_store()
    try:
        if not store.remove_mute(number):
            raise InputError(f"there is no mute {number}: `scowatch mutes list` shows all of them")
    finally:
        store.close()
    click.echo(f"mute {number} is over")


def _row(mute: Mute) -> dict[str, object]:
    return {
        "id": mute.id,
        "kind": mute.kind,
        "what": mute.what,
        "channel": mute.channel_id,
        "since": instant(mute.since),
        "until": instant(mute.until),
    }


def _end(span: str | None, until: datetime | None, moment: datetime) -> datetime:
    if bool(span) == bool(until):
        raise InputError("a mute has an end: give --for 3d, or --until 2026-12-01")
    if span:
        back = read_instant(span)
        if span[-1] not in "hdwm":
            raise InputError(f"--for {span!r} is not a span like 12h, 3d or 2w")
        end = moment + (moment - back)
        end = end.replace(microsecond=0) + timedelta(seconds=1)
    else:
        end = until or moment
    if not moment < end <= moment + _LONGEST:
        raise InputError("the end of a mute lies ahead, and at most a year: what is never wanted belongs in the search")
    return end


def _channel(app: App, name: str | None) -> str:
    used = dict.fromkeys(s.channel_id for s in app.subscriptions if s.channel_id != OPERATOR.channel_id)
    found = [key for key in used if name in (None, key, key.partition(":")[2])]
    if len(found) != 1:
        known = ", ".join(used) or "none"
        raise InputError(
            f"a mute is for one channel: give --on with one of {known}"
            if name is None
            else f"no one channel is called {name!r}: use one of {known}"
        )
    return found[0]


def _checked(app: App, store: Store, kind: str, what: str) -> str:
    """What is muted, as it is stored. Raises: InputError, where there is no such thing."""
    if kind == "entry":
        return entry_named(app.home.watchlist, what).id
    if kind == "source" and what not in app.sources:
        raise InputError(f"sources.yaml has no source {what!r}: `scowatch sources list` shows all of them")
    if kind == "rule" and what not in (
        rules := {s.name for s in app.subscriptions} | {s.id for s in app.subscriptions}
    ):
        raise InputError(f"there is no rule {what!r}: use one of {', '.join(sorted(rules))}")
    if kind != "story":
        return what
    number = store.story(int(what)) if what.isdecimal() and len(what) < 16 else None
    if number is None:
        raise InputError(f"there is no story {what!r}: `scowatch stories` shows their numbers")
    return str(number)
