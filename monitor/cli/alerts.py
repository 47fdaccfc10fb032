"""alerts: the rules, what they hold for later, and what one would have sent."""

from __future__ import annotations

from datetime import datetime

import click

from monitor.app import App, now
from monitor.cli.shown import as_json, cut, instant, table, time_option
from monitor.errors import InputError
from monitor.home import Home
from monitor.jobs.rehearsal import Rehearsal, rehearse
from monitor.schedule import quiet
from monitor.types import Digest, Kept, Rule, Subscription


@click.group("alerts")
def alerts_command() -> None:
    """The rules of alerts, what they hold for later, and what one would have sent."""


@alerts_command.command("list")
@click.option("--json", "json_", is_flag=True, help="One JSON document.")
@click.pass_obj
def list_command(home: Home, json_: bool) -> None:
    """Every rule, with its conditions and channels."""
    app = App(home)
    found = [s for s in app.subscriptions if s.kind == "alert"]
    if json_:
        return as_json(
            [{"rule": s.name, "channel": s.channel_id, "search": s.search, "conditions": conditions(s)} for s in found]
        )
    if not found:
        click.echo("no rules: add [[alert]] to scowatch.toml (docs/alerts.md)")
    return table(["rule", "channel", "conditions", "search"], [_shown(s) for s in found])


@alerts_command.command("held")
@click.option("--json", "json_", is_flag=True, help="One JSON document.")
@click.pass_obj
def held_command(home: Home, json_: bool) -> None:
    """What waits to be told by each rule, and until when: the end of quiet hours, of a cooldown or of the day.

    Nothing that is held is lost: it comes when its time is over, or stands in that day's summary.
    """
    app, at = App(home), now()
    store = app.open_store()
    try:
        found = [
            (subscription, store.article(str(number)))
            for subscription in app.subscriptions
            if subscription.kind == "alert"
            for number, _ in store.held(subscription.id)
        ]
    finally:
        store.close()
    waiting = [(subscription, kept) for subscription, kept in found if kept is not None]
    if json_:
        return as_json([_waits(*pair, at) for pair in waiting])
    if not waiting:
        click.echo("nothing is held")
    rows = [[s.name, s.channel_id, until_in_words(s, at), str(k.id), cut(k.article.title, 70)] for s, k in waiting]
    return table(["rule", "channel", "until", "article", "title"], rows)


@alerts_command.command("backtest")
@click.argument("rule")
@time_option("--since", required=True, help="From then on: a day, an ISO 8601 time, or a span like 30d.")
@time_option("--until", help="Up to then (a day is included); default: now.")
@click.option("--json", "json_", is_flag=True, help="One JSON document.")
@click.pass_obj
def backtest_command(home: Home, rule: str, since: datetime, until: datetime | None, json_: bool) -> None:
    """What RULE would have sent in that time, message by message; nothing is stored or sent.

    The archive's changes go in their order through the same decisions as at the time, with cooldown, daily limit and
    quiet hours; stories and tags are those of now, and mutes are left out.

    \b
    scowatch alerts backtest bank --since 30d
    """
    app = App(home)
    subscription = _rule(app, rule)
    end = until or now()
    if since >= end:
        raise InputError("--since lies before --until")
    store = app.open_store()
    try:
        query = app.queries[subscription.id]
        made = rehearse(store, subscription, query, app.sources, app.entries, since, end, app.calendar)
    finally:
        store.close()
    if json_:
        return as_json(_document(subscription, made))
    for message in made.messages:
        _say(message)
    dropped = "".join(f", {count} dropped ({reason})" for reason, count in made.dropped.items())
    click.echo(
        f"{subscription.name} on {subscription.channel_id}: {len(made.messages)} messages out of {made.seen} changes"
        f"{f', {made.updates} messages brought up to date' if made.updates else ''}, {made.held} held at the end"
        f"{dropped}"
    )
    return None


def conditions(subscription: Subscription) -> str:
    """What a story has to be for the rule, in words; `any story` without conditions."""
    rule = subscription.rule or Rule()
    parts = []
    if rule.priority:
        parts.append(f"priority {rule.priority}")
    who = [" or ".join(rule.classes)] if rule.classes else []
    who += [f"{rule.min_classes} classes"] if rule.min_classes else []
    parts += [f"from {' or from '.join(who)}"] if who else []
    parts += [f"{rule.min_origins} origins"] if rule.min_origins > 1 else []
    parts += [f"spike ({rule.spike})"] if rule.spike else []
    parts += [f"new {', '.join(rule.novelty)}"] if rule.novelty != ("story",) else []
    return "; ".join(parts) or "any story"


def until_in_words(subscription: Subscription, at: datetime) -> str:
    """Until when the rule holds what answers it; outside quiet hours its cooldown or daily limit says so."""
    end = quiet(subscription.quiet_hours, subscription.timezone, at)
    return f"{instant(end)} (quiet hours)" if end else "its cooldown or the day is over"


def _waits(subscription: Subscription, kept: Kept, at: datetime) -> dict[str, object]:
    return {
        "rule": subscription.name,
        "channel": subscription.channel_id,
        "quiet_until": instant(quiet(subscription.quiet_hours, subscription.timezone, at)),
        "article": kept.id,
        "story": kept.story_id,
        "title": kept.article.title,
    }


def _shown(subscription: Subscription) -> list[str]:
    return [subscription.name, subscription.channel_id, conditions(subscription), subscription.search]


def _rule(app: App, name: str) -> Subscription:
    found = [s for s in app.subscriptions if s.kind == "alert"]
    for subscription in found:  # of one with several channels, the first: all are told the same
        if name in (subscription.name, subscription.id, subscription.channel_id):
            return subscription
    known = ", ".join(dict.fromkeys(s.name for s in found)) or "none: add [[alert]] to scowatch.toml"
    raise InputError(f"there is no rule {name!r} (there: {known})")


def _say(message: Digest) -> None:
    items = [item for section in message.sections for item in section.items]
    if message.kind == "summary":
        click.echo(f"{instant(message.created_at)}  summary of {len(items)} stories over the daily limit")
    for item in items:
        what = "  •" if message.kind == "summary" else f"{instant(message.created_at)} "
        click.echo(f"{what} {cut(item.title, 100)} ({item.source_name}, story {item.story_id})")
    if message.why:
        click.echo(f"    {message.why}")


def _document(subscription: Subscription, made: Rehearsal) -> dict[str, object]:
    return {
        "rule": subscription.name,
        "channel": subscription.channel_id,
        "seen": made.seen,
        "updates": made.updates,
        "held": made.held,
        "dropped": made.dropped,
        "messages": [
            {
                "at": instant(message.created_at),
                "kind": message.kind,
                "why": message.why,
                "seen": message.seen,
                "sent": message.sent,
                "folded": message.folded,
                "held": message.held,
                "dropped": dict(message.dropped),
                "stories": [
                    {
                        "story_id": item.story_id,
                        "title": item.title,
                        "url": item.url,
                        "source": item.source_name,
                        "class": item.ownership,
                    }
                    for section in message.sections
                    for item in section.items
                ],
            }
            for message in made.messages
        ],
    }
