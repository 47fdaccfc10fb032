"""sources: the outlets that are read."""

from __future__ import annotations

import asyncio
import re
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.app import App, now
from monitor.app.feedlists import free_id, read_opml, refused_address, write_opml
from monitor.cli.profile import profile_command
from monitor.cli.shown import ago, as_json, cut, instant, table
from monitor.errors import InputError, ScowatchError
from monitor.home import Home, add_sources
from monitor.types import OWNERSHIP, Candidate, Discovery, Source, SourceState

if TYPE_CHECKING:
    from monitor.jobs.checking import Checked

_SHOWN = 10
_BEGINNING = 400


@click.group("sources")
def sources_command() -> None:
    """List, find, try, profile, import and export sources. A source is one block of sources.yaml."""


sources_command.add_command(profile_command)


# ---------------------------------------------------------------------------------------------- list


@sources_command.command("list")
@click.option("--json", "json_", is_flag=True, help="One JSON document.")
@click.pass_obj
def list_command(home: Home, json_: bool) -> None:
    """All sources with how they do."""
    app = App(home)
    store = app.open_store()
    states = store.source_states()
    store.close()
    rows = [_record(source, states.get(source.id)) for source in home.sources]
    if json_:
        return as_json(rows)
    moment = now()
    if not rows:
        click.echo(f"{home.path / 'sources.yaml'} has no source; `sources add URL` finds one", err=True)
    shown = []
    for source, row in zip(home.sources, rows, strict=True):
        state = states.get(source.id)
        last = ago(state.last_success_at, moment) if state else ""
        told = str(row["error"] or row["name"])
        cells = [source.id, source.kind, source.ownership, source.country, row["state"], row["articles"], last, told]
        shown.append([str(cell or "") if cell != 0 else "0" for cell in cells])
    return table(["id", "kind", "class", "from", "state", "articles", "last read", "name / last error"], shown)


def _record(source: Source, state: SourceState | None) -> dict[str, object]:
    return {
        "id": source.id,
        "name": source.name,
        "kind": source.kind,
        "ownership": source.ownership,
        "country": source.country,
        "languages": list(source.languages),
        "group": list(source.group),
        "urls": [address.url for address in source.addresses],
        "state": _glance(state),
        "outcome": state.last_outcome if state else None,
        "error": state.last_error if state else None,
        "failures": state.failures if state else 0,
        "articles": state.articles if state else 0,
        "last_success": instant(state.last_success_at) if state else None,
        "last_new": instant(state.last_new_at) if state else None,
        "next_due": instant(state.next_due_at) if state else None,
    }


def _glance(state: SourceState | None) -> str:
    from monitor.health import glance

    if state is not None and state.failures and state.last_success_at is None:
        return f"failing {state.failures}×"  # never read: nothing about it is well
    return glance(state, now())


# ---------------------------------------------------------------------------------------------- add


@sources_command.command("add")
@click.argument("url")
@click.option("--pick", type=click.IntRange(min=1), help="Take this one of what was found.")
@click.option("--yes", is_flag=True, help="Take the best without asking.")
@click.option("--look", is_flag=True, help="Only show what was found.")
@click.option("--id", "source_id", help="Id in sources.yaml; else made of the name.")
@click.option("--name", help="Name in digests; else as the site calls itself.")
@click.option("--class", "ownership", type=click.Choice(OWNERSHIP), help="Who controls the newsroom.")
@click.option("--country", metavar="CC", help="Two letters, or intl.")
@click.option("--group", multiple=True, metavar="HEADING", help="Heading in lists; may be given again.")
@click.pass_obj
def add_command(
    home: Home,
    url: str,
    pick: int | None,
    yes: bool,
    look: bool,
    source_id: str | None,
    name: str | None,
    ownership: str | None,
    country: str | None,
    group: tuple[str, ...],
) -> None:
    """Find what can be read behind URL (a site, a feed, a @channel), and put it at the end of sources.yaml.

    Looks for feeds, sitemaps, a Telegram channel and last at the page itself, and tries each once. On a terminal it
    asks which to take; elsewhere it takes the best.

    \b
    scowatch sources add https://example.org/news --look
    scowatch sources add https://example.org/news --class independent --country kz
    """
    app = App(home)
    _require_free(home, source_id, country)
    found = asyncio.run(app.discover(url))
    _show_found(found, home)
    if look:
        return
    candidate = _chosen(found, url, pick, ask=not yes and sys.stdin.isatty())
    if taken := _reader_of(candidate.address.url, home):
        raise InputError(f"{candidate.address.url} is read already, by the source {taken}")
    name = name or found.name or candidate.address.url
    ids = {source.id for source in home.sources}
    source = Source(
        id=source_id or free_id(name, candidate.address.url, ids),
        name=name,
        kind=candidate.kind,
        addresses=(candidate.address,),
        homepage=found.homepage,
        languages=(lang,) if (lang := candidate.lang or found.lang) else (),
        country=country,
        ownership=ownership,
        group=group,
    )
    add_sources(home, (source,))
    click.echo(f"added as {source.id} to {home.path / 'sources.yaml'}; `sources check {source.id}` tries it", err=True)


def _require_free(home: Home, source_id: str | None, country: str | None) -> None:
    if source_id is not None and not re.fullmatch(r"[a-z0-9][a-z0-9._-]{0,79}", source_id):
        raise InputError(f"--id {source_id!r} is not made of a-z, 0-9, dot, hyphen and underscore")
    if any(source.id == source_id for source in home.sources):
        raise InputError(f"--id {source_id} is taken in {home.path / 'sources.yaml'}")
    if country is not None and not re.fullmatch(r"[a-z]{2}|intl", country):
        raise InputError(f"--country {country!r} is not two small letters, as in kz, or intl")


def _reader_of(url: str, home: Home) -> str | None:
    return next((s.id for s in home.sources if any(address.url == url for address in s.addresses)), None)


def _show_found(found: Discovery, home: Home) -> None:
    moment = now()
    rows = []
    for number, candidate in enumerate(found.candidates, 1):
        newest = ago(candidate.newest_at, moment) if candidate.newest_at else "undated"
        known, url = _reader_of(candidate.address.url, home) or "", candidate.address.url
        rows.append([str(number), candidate.kind, str(candidate.items), newest, candidate.lang or "", known, url])
    table(["", "kind", "items", "newest", "lang", "read by", "address"], rows)
    for candidate in found.candidates[:1]:
        for headline in candidate.sample:
            click.echo(f"   {cut(headline, 96)}")
    for address, why in found.failures:
        click.echo(f"not to be read: {address}: {why}", err=True)


def _chosen(found: Discovery, url: str, pick: int | None, *, ask: bool) -> Candidate:
    """The candidate to take. Raises: ScowatchError, when there is none."""
    if not found.candidates:
        raise ScowatchError(f"nothing to read was found behind {url}: look for the address of a feed or a list of news")
    if pick is None and ask:
        pick = click.prompt("take which", type=click.IntRange(1, len(found.candidates)), default=1, err=True)
    if pick is not None and pick > len(found.candidates):
        raise InputError(f"--pick {pick}: only {len(found.candidates)} were found")
    candidate = found.candidates[(pick or 1) - 1]
    if pick is None and not candidate.items:
        raise ScowatchError(f"what was found behind {url} lists nothing: take one with --pick if it should be read")
    return candidate


# ---------------------------------------------------------------------------------------------- check


@sources_command.command("check")
@click.argument("source_id", metavar="ID")
@click.option("--json", "json_", is_flag=True, help="One JSON document.")
@click.pass_obj
def check_command(home: Home, source_id: str, json_: bool) -> None:
    """Fetch one source once and show what would be read, what is left out and why. Nothing is stored.

    Ends with 1 when nothing of it can be read.
    """
    found = asyncio.run(_check(App(home), source_id))
    if json_:
        as_json([_checked_record(checked) for checked in found])
    else:
        source = next(source for source in home.sources if source.id == source_id)
        for checked in found:
            _show_checked(source, checked)
    if all(checked.error for checked in found):
        why = found[0].error if found else "it has no address"
        raise ScowatchError(f"nothing of {source_id} can be read: {why}")


async def _check(app: App, source_id: str) -> tuple[Checked, ...]:
    from monitor.jobs.checking import check

    source = app.sources.get(source_id)
    if source is None:
        raise InputError(f"no source {source_id} in {app.home.path / 'sources.yaml'} (see `sources list`)")
    async with app.edges() as edges:
        return await check(source, edges.tools)


def _show_checked(source: Source, checked: Checked) -> None:
    moment = now()
    click.echo(f"{source.kind} {checked.address.url}")
    if checked.fetch.final_url and checked.fetch.final_url != checked.address.url:
        click.echo(f"  led to {checked.fetch.final_url}")
    if checked.error:
        click.echo(f"  {'' if checked.fetch.outcome != 'ok' else 'cannot be read: '}{checked.error}")
        return
    newest = max((entry.published_at for entry in checked.entries if entry.published_at), default=None)
    when = f", the newest {ago(newest, moment)}" if newest else ""
    click.echo(f"  {len(checked.fetch.body)} bytes, {_many(len(checked.entries), 'item', 'items')}{when}")
    for why, count in checked.dropped.items():
        click.echo(f"  left out: {count} ({why})")
    click.echo(f"  pages that would be read: {checked.pages} of {len(checked.entries)} (fulltext: {checked.fulltext})")
    for remark in checked.remarks:
        click.echo(f"  note: {remark}")
    for entry in checked.entries[:_SHOWN]:
        click.echo(f"  {instant(entry.published_at) or 'undated':20}  {cut(entry.title or '(no headline)', 90)}")
        click.echo(f"  {'':20}  {entry.url or '(no link)'}")
    if checked.article is not None:
        article = checked.article
        told = f"{len(article.text)} characters out of the {article.text_from}, language {article.lang or 'not told'}"
        click.echo(f"  first article: {told}")
        for line in article.text[:_BEGINNING].split("\n"):
            click.echo(f"    {line}")


def _many(count: int, one: str, more: str) -> str:
    return f"{count} {one if count == 1 else more}"


def _checked_record(checked: Checked) -> dict[str, object]:
    article = checked.article
    return {
        "url": checked.address.url,
        "outcome": checked.fetch.outcome,
        "status": checked.fetch.status,
        "error": checked.error,
        "items": len(checked.entries),
        "dropped": dict(checked.dropped),
        "fulltext": checked.fulltext,
        "pages": checked.pages,
        "remarks": list(checked.remarks),
        "entries": [{"title": e.title, "url": e.url, "published": instant(e.published_at)} for e in checked.entries],
        "first": {"title": article.title, "url": article.url, "lang": article.lang, "text": article.text}
        if article
        else None,
    }


# ---------------------------------------------------------------------------------------------- import, export


@sources_command.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--with-mailboxes", is_flag=True, help="Of a YAML file: mailboxes too. Look at their hosts first.")
@click.pass_obj
def import_command(home: Home, file: Path, with_mailboxes: bool) -> None:
    """Add the sources of an OPML file, or of a YAML file like sources.yaml. Known addresses and ids are left out.

    Mailboxes are left out unless asked for: a list from elsewhere would say which of your passwords goes to which
    server.
    """
    from monitor.sourcelist import read_sources

    home.require()
    try:
        body = file.read_bytes()
    except OSError as error:
        raise InputError(f"{file} cannot be read: {error.strerror}") from error
    taken = {source.id for source in home.sources}
    known = {address.url for source in home.sources for address in source.addresses}
    if file.suffix.lower() in (".yaml", ".yml"):
        listed = read_sources(body.decode("utf-8", "replace"), str(file))
        found = tuple(source for source in listed if with_mailboxes or source.kind != "mailbox")
        if len(found) < len(listed):
            left = _many(len(listed) - len(found), "mailbox", "mailboxes")
            click.echo(f"{left} left out: look at the hosts, then import with --with-mailboxes", err=True)
        found, refused = _without_refused(found, home)
        fresh = tuple(source for source in found if source.id not in taken)
    else:
        try:
            opened = read_opml(body, taken, home.settings.fetch.allow_networks)
        except InputError as error:
            raise InputError(f"{file}: {error}") from error
        if opened.broken:
            click.echo(f"{file} is not whole, something may be missing: {opened.broken}", err=True)
        found, refused = opened.sources, opened.refused
        rest = (replace(s, addresses=tuple(a for a in s.addresses if a.url not in known)) for s in found)
        fresh = tuple(source for source in rest if source.addresses)
    for address, why in refused:
        click.echo(f"not taken: {address}: {why}", err=True)
    if refused and not found:
        raise InputError(f"{file} has no address that may be read: mend them, or see [fetch] allow_networks")
    if fresh:
        add_sources(home, fresh)
    left_out = f", {_many(len(refused), 'address', 'addresses')} not taken" if refused else ""
    click.echo(
        f"{_many(len(fresh), 'source', 'sources')} added, {len(found) - len(fresh)} known already{left_out}", err=True
    )


def _without_refused(sources: tuple[Source, ...], home: Home) -> tuple[tuple[Source, ...], tuple[tuple[str, str], ...]]:
    """The sources with the addresses that may be fetched, and the others with the reason. Mailboxes are not judged."""
    networks, refused = home.settings.fetch.allow_networks, dict[str, str]()
    kept = []
    for source in sources:
        whys = {a.url: None if source.kind == "mailbox" else refused_address(a.url, networks) for a in source.addresses}
        refused |= {url: why for url, why in whys.items() if why}
        kept.append(replace(source, addresses=tuple(a for a in source.addresses if not whys[a.url])))
    return tuple(source for source in kept if source.addresses), tuple(refused.items())


@sources_command.command("export")
@click.option(
    "--format",
    "form",
    type=click.Choice(["opml", "yaml"]),
    default="opml",
    show_default=True,
    help="OPML is for any reader; YAML says all.",
)
@click.pass_obj
def export_command(home: Home, form: str) -> None:
    """All sources as OPML (without mailboxes) or YAML, to standard output."""
    from monitor.sourcelist import to_yaml

    home.require()
    if form == "yaml":
        click.echo("sources:\n" + to_yaml(home.sources), nl=False)
        return
    click.echo(write_opml(home.sources), nl=False)
    if left := Counter(source.kind for source in home.sources)["mailbox"]:
        click.echo(f"{_many(left, 'mailbox', 'mailboxes')} left out: see --format yaml", err=True)
