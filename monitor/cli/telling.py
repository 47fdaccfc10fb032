"""digest, deliver and deliveries."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import datetime

import click

from monitor.app import App, now
from monitor.app.rendering import render_digest
from monitor.cli.shown import ago, as_json, instant, table, time_option
from monitor.errors import InputError
from monitor.home import Home
from monitor.types import Delivery, Digest, Subscription


@click.command("digest")
@click.argument("action", type=click.Choice(["preview", "send"]))
@click.option(
    "--recipient", metavar="NAME", help="One recipient of scowatch.toml; default: the first (preview), all (send)."
)
@time_option("--since", help="What was published since then, told before or not: a day, an ISO 8601 time, or 24h.")
@time_option("--until", help="Up to then (a day is included).")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "html", "json"]),
    default="text",
    show_default=True,
    help="Of a preview.",
)
@click.pass_obj
def digest_command(
    home: Home, action: str, recipient: str | None, since: datetime | None, until: datetime | None, form: str
) -> None:
    """Show a digest without sending it (preview), or build and queue it now (send).

    Without --since and --until it holds what the recipient has not been told yet. A queued digest goes out with the
    next `deliver`, or at once where `run` is at work.

    \b
    scowatch digest preview --since 24h
    scowatch digest send --recipient desk
    """
    from monitor.jobs import by_hand

    app = App(home)
    chosen = _recipients(app, recipient)
    store = app.open_store()
    try:
        for subscription in chosen[:1] if action == "preview" else chosen:
            moment = now()
            query = app.queries[subscription.id]
            draft = app.digests(by_hand.draft)
            made = draft(store, subscription, query, app.sources, app.entries, moment, since, until)
            if made.digest is None:
                click.echo(f"{subscription.name}: nothing to tell", err=True)
            elif action == "preview":
                click.echo(render_digest(made.digest, form))
            elif by_hand.queue(store, subscription, made, moment, asked_again=bool(since or until)):
                stories = sum(len(section.items) for section in made.digest.sections)
                click.echo(f"{subscription.name}: {stories} stories queued for {subscription.channel_id}", err=True)
            else:
                click.echo(f"{subscription.name}: not queued, another digest was made at this moment", err=True)
    finally:
        store.close()


def _recipients(app: App, name: str | None) -> list[Subscription]:
    everyone = [s for s in app.subscriptions if s.kind == "digest"]
    chosen = [s for s in everyone if name in (None, s.name)]
    if not chosen:
        known = ", ".join(s.name for s in everyone) or "none: add a [[recipient]]"
        wanted = f"recipient {name}" if name else "[[recipient]]"
        raise InputError(f"no {wanted} in {app.home.path / 'scowatch.toml'} (there: {known})")
    return chosen


@click.command("deliver")
@click.option("--json", "json_", is_flag=True, help="The report as JSON.")
@click.pass_obj
def deliver_command(home: Home, json_: bool) -> None:
    """Build the digests and alerts that are due, and send what is due from the ledger, once."""
    from monitor.jobs.delivering import deliver
    from monitor.jobs.telling import build_alerts, build_digests, build_operator, build_stopped
    from monitor.service import only_one
    from monitor.subscriptions import OPERATOR

    app = App(home)
    app.require_sound()
    store = app.open_store()
    with contextlib.ExitStack() as held:
        held.callback(store.close)
        with contextlib.suppress(InputError):  # `run` is at work: it sends too, and claims keep both apart
            held.enter_context(only_one(home.path / "run.lock"))
            store.end_claims(now())  # no other sender lives: what one left claimed is due again
        for build in (app.digests(build_digests), app.alerts(build_alerts)):
            for line in build(store, app.subscriptions, app.queries, app.sources, app.entries, now()):
                click.echo(line, err=True)
        for line in build_stopped(store, OPERATOR, now()):
            click.echo(line, err=True)
        for line in build_operator(store, OPERATOR, app.sources, now()):
            click.echo(line, err=True)
        report = asyncio.run(deliver(store, app.senders, now))
    if json_:
        return as_json(
            {"sent": report.sent, "failed": report.failed, "later": report.later, "problems": list(report.problems)}
        )
    for problem in report.problems:
        click.echo(problem, err=True)
    click.echo(f"sent {report.sent}, failed {report.failed}, to be tried again {report.later}")
    return None


@click.command("deliveries")
@click.option("--limit", type=click.IntRange(1, 100_000), default=50, show_default=True, help="Most deliveries shown.")
@click.option("--json", "json_", is_flag=True, help="The ledger as JSON.")
@click.pass_obj
def deliveries_command(home: Home, limit: int, json_: bool) -> None:
    """The ledger, newest first: what was sent, is pending or failed, and why."""
    store = App(home).open_store()
    try:
        rows = store.deliveries(limit)
    finally:
        store.close()
    if json_:
        return as_json([_row(delivery, digest) for delivery, digest in rows])
    moment = now()
    shown = [
        [
            *(
                delivery.status,
                delivery.channel_id,
                digest.kind,
                ago(delivery.created_at, moment),
                str(delivery.attempts),
            ),
            f"{_first_title(digest)}{f' — {delivery.last_error}' if delivery.last_error else ''}",
        ]
        for delivery, digest in rows
    ]
    if not shown:
        click.echo("nothing was sent yet")
    return table(["status", "channel", "kind", "made", "attempts", "content"], shown)


def _row(delivery: Delivery, digest: Digest) -> dict[str, object]:
    items = [*(item for section in digest.sections for item in section.items), *digest.also]
    return {
        "id": delivery.id,
        "digest": delivery.digest_key,
        "kind": digest.kind,
        "channel": delivery.channel_id,
        "status": delivery.status,
        "attempts": delivery.attempts,
        "created": instant(delivery.created_at),
        "sent": instant(delivery.sent_at),
        "next_attempt": instant(delivery.next_attempt_at),
        "error": delivery.last_error,
        "since": instant(digest.since),
        "until": instant(digest.until),
        "seen": digest.seen,
        "told": len(items),
        "folded": digest.folded,
        "held": digest.held,
        "reconciliation": {
            "seen": digest.seen,
            "sent": digest.sent,
            "folded": digest.folded,
            "held": digest.held,
            "dropped": dict(digest.dropped),
        },
        "why": digest.why,
        "stories": [{"story_id": item.story_id, "title": item.title, "url": item.url} for item in items],
    }


def _first_title(digest: Digest) -> str:
    items = [item for section in digest.sections for item in section.items]
    if not items:
        return "nothing new"
    return items[0].title + (f" +{len(items) - 1}" if len(items) > 1 else "")
