"""init and check."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from monitor.errors import ConfigError, InputError, StoreError
from monitor.home import PACKS, Home, make_home

if TYPE_CHECKING:
    from monitor.app import App


@click.command("init")
@click.option(
    "--pack", type=click.Choice(PACKS), default="sco", show_default=True, help="Sources and watchlist to start with."
)
@click.option("--empty", is_flag=True, help="Watchlist and settings, but no sources.")
@click.pass_obj
def init_command(home: Home, pack: str, empty: bool) -> None:
    """Make a home: scowatch.toml, sources.yaml, watchlist.yaml, searches.yaml and calendar.yaml, to be edited.

    A file that is there already is left alone, so the command can be given again at any time.
    """
    made = make_home(home.path, pack, empty=empty)
    if made:
        click.echo(f"home {home.path}: made {', '.join(made)}", err=True)
    else:
        click.echo(f"home {home.path}: everything is there already, nothing changed", err=True)
    problems = home.problems()
    for problem in problems:
        click.echo(f"to mend: {problem}", err=True)
    if not problems:
        # made now and kept, so that the first text to come need not wait for them
        home.forms, home.story_words  # noqa: B018


#: Of one kind that are shown.
_HINTS = 5


@click.command("check")
@click.pass_obj
def check_command(home: Home) -> None:
    """Read all files of the home that are written by hand, and open the archive. No network.

    Every problem is listed at once, with file and line. Ends with 0 when all is well, else with 2.
    """
    from monitor.app import App

    problems = home.problems()
    if problems:
        raise ConfigError(problems)
    app = App(home)
    if problems := app.channel_problems():
        raise ConfigError(problems)
    try:
        store = app.open_store()
        counts = store.counts()
        otherwise = store.tagged_otherwise(home.list_digest)
        store.close()
    except StoreError as error:
        raise InputError(str(error)) from error
    settings = home.settings
    addresses = sum(len(source.addresses) for source in home.sources)
    mail = settings.mail.host if settings.mail else "not set up: digests go to outbox/"
    click.echo(f"home       {home.path}")
    click.echo(f"sources    {len(home.sources)} with {addresses} {'address' if addresses == 1 else 'addresses'}")
    click.echo(f"watchlist  {len(home.watchlist.entries)} entries, as of {home.watchlist.as_of or 'unknown'}")
    click.echo(f"searches   {len(home.searches)} saved")
    click.echo(f"archive    {counts['articles']} articles, {counts['stories']} stories")
    click.echo(f"mail       {mail}")
    for channel in app.channels.values():
        where = "outbox/" if channel.kind == "outbox" else channel.kind
        click.echo(f"channel    {channel.id} → {where}")
    if not settings.fetch.contact:
        click.echo("hint: set [fetch] contact, so that publishers can reach you", err=True)
    for source_id in [source.id for source in home.sources if not source.addresses][:_HINTS]:
        click.echo(f"hint: {home.path / 'sources.yaml'}: {source_id} has no address, so it is never read", err=True)
    for line in _pointless(app):
        click.echo(f"hint: {line}", err=True)
    for unknown in home.calendar_hints()[:_HINTS]:
        click.echo(f"hint: {unknown}", err=True)
    if otherwise:
        click.echo(
            f"hint: {otherwise} of {counts['articles']} articles were tagged by another state of the watchlist: "
            "`retag` tags them anew",
            err=True,
        )
    click.echo("all well", err=True)


def _pointless(app: App) -> Iterator[str]:
    """A line for each search that asks for what no source and no entry of the watchlist has."""
    from monitor import query

    home = app.home
    asked = [(f"{home.path / 'searches.yaml'}:{one.line}: search {one.name!r}", one.search) for one in home.searches]
    asked += [(f"{home.path / 'scowatch.toml'}: {one.name!r}", one.search) for one in app.subscriptions]
    for who, text in asked:
        if missing := query.unknown(home.query(text).root, home.vocabulary):
            yield f"{who} asks for {', '.join(missing)}: not in the watchlist or the sources"
