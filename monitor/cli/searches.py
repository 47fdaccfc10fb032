"""searches: what is kept in searches.yaml."""

from __future__ import annotations

import click

from monitor.app import App
from monitor.cli.archive import search_command
from monitor.cli.places import paragraph
from monitor.cli.shown import as_json, table
from monitor.errors import InputError
from monitor.home import Home
from monitor.query import refers_to
from monitor.types import SavedSearch


@click.group("searches")
def searches_command() -> None:
    """List, show and run the saved searches of searches.yaml.

    In any search, and in `search = "…"` of scowatch.toml, @NAME stands for the saved search of that name.
    """


@searches_command.command("list")
@click.option("--json", "json_", is_flag=True, help="One JSON document.")
@click.pass_obj
def list_command(home: Home, json_: bool) -> None:
    """All saved searches, and who is told by them."""
    users = _users(App(home))
    if json_:
        return as_json([_record(one, users) for one in home.searches])
    if not home.searches:
        click.echo(f"{home.path / 'searches.yaml'} has no search; `init` brings those of the pack", err=True)
    rows = [[one.name, one.title, ", ".join(users.get(one.name, ())), one.search] for one in home.searches]
    return table(["name", "title", "told to", "search"], rows)


@searches_command.command("show")
@click.argument("name")
@click.option("--json", "json_", is_flag=True, help="One JSON document.")
@click.pass_obj
def show_command(home: Home, name: str, json_: bool) -> None:
    """One saved search with all that the file says of it."""
    one, users = named(home, name), _users(App(home))
    if json_:
        return as_json(_record(one, users))
    click.echo(click.style(one.title, bold=True))
    paragraph(" ".join(one.search.split()), indent=2)
    if one.notes:
        paragraph(one.notes, indent=2)
    for user in users.get(one.name, ()):
        click.echo(f"  told to {user}")
    return click.echo(f"  {home.path / 'searches.yaml'}:{one.line}")


@searches_command.command("run")
@click.argument("name")
@click.pass_context
def run_command(ctx: click.Context, /, name: str, **options: object) -> None:
    """The answer of a saved search out of the archive."""
    one = named(ctx.obj, name)
    ctx.invoke(search_command, query=f"@{one.name}", jsonl=False, **options)


# the same options as `search`, one by one: what is added there is there at once
run_command.params += [p for p in search_command.params if isinstance(p, click.Option) and p.name != "jsonl"]


def named(home: Home, name: str) -> SavedSearch:
    """The saved search of that name, with or without its sign. Raises: InputError, ConfigError."""
    home.require()
    wanted = name.removeprefix("@").lower()
    for one in home.searches:
        if one.name == wanted:
            return one
    from monitor.config.tables import did_you_mean

    known = [one.name for one in home.searches]
    raise InputError(f"{home.path / 'searches.yaml'} has no search {wanted!r}{did_you_mean(wanted, known)}")


def _users(app: App) -> dict[str, list[str]]:
    """Names of recipients and channels by the saved search that theirs refers to."""
    found: dict[str, list[str]] = {}
    for subscription in app.subscriptions:
        for name in refers_to(subscription.search):
            found.setdefault(name, []).append(subscription.name)
    return found


def _record(one: SavedSearch, users: dict[str, list[str]]) -> dict[str, object]:
    return {
        "name": one.name,
        "title": one.title,
        "search": one.search,
        "notes": one.notes,
        "told_to": users.get(one.name, []),
        "line": one.line,
    }
