"""stories, story, coverage and origins: what belongs together, who said it first, who carried it and who did not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

import click

from monitor.cli.places import columns, isolated, paragraph, plain, some
from monitor.cli.shown import as_json, cut, span, time_option, width
from monitor.cli.storyrecords import coverage_record, originated_record, overview_record, story_record
from monitor.cli.ties import show_why, why_of, why_record
from monitor.errors import InputError
from monitor.home import Home

if TYPE_CHECKING:
    from monitor.app import App
    from monitor.identity.overview import Carrier, Cell, Coverage, Origin, Overview
    from monitor.jobs.stories import Linked, Shown
    from monitor.ports import Store
    from monitor.types import Decision, Kept, Member, Source


@contextmanager
def _opened(home: Home) -> Iterator[tuple[App, Store]]:
    from monitor.app import App

    app = App(home)
    store = app.open_store()
    try:
        yield app, store
    finally:
        store.close()


# ---------------------------------------------------------------------------------------------- the day's list


@click.group("stories", invoke_without_command=True)
@time_option("--since", default="24h", show_default=True, help="A day, an ISO 8601 time, or a span like 24h or 7d.")
@time_option("--until", help="A day (included), or an ISO 8601 time.")
@click.option("--outlets", type=click.IntRange(1), default=1, show_default=True, help="At least so many outlets.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=25, show_default=True, help="Most stories shown.")
@click.option("--json", "json_", is_flag=True, help="One JSON document.")
@click.pass_context
def stories_command(
    ctx: click.Context, since: datetime, until: datetime | None, outlets: int, limit: int, json_: bool
) -> None:
    """The stories of a time; split and merge correct them.

    Those with most independent origins come first: forty outlets that reprint one text are one.

    \b
    scowatch stories --since 2026-11-20 --outlets 2
    scowatch stories split 1207 88412 88415
    scowatch stories merge 1311 1207
    """
    if ctx.invoked_subcommand is not None:
        return None
    from monitor.jobs.stories import day_list

    with _opened(ctx.obj) as (app, store):
        found = [one for one in day_list(store, app.sources, since, until) if len(one.overview.carriers) >= outlets]
    if json_:
        rows = [overview_record(one.overview) | {"new": one.new} for one in found[:limit]]
        return as_json({"total": len(found), "stories": rows})
    for one in found[:limit]:
        _title(one.overview)
        _summary(one.overview, new=one.new, listed=True)
    more = f", {limit} shown" if len(found) > limit else ""
    click.echo(f"{len(found)} stor{'y' if len(found) == 1 else 'ies'}{more}")
    return None


def _title(story: Overview) -> None:
    number = str(story.id)
    title = cut(plain(story.title), columns() - len(number) - 2)
    click.echo(f"{number}  {click.style(isolated(title), bold=True)}")


def _summary(story: Overview, *, new: int | None = None, listed: bool = False) -> None:
    """What is said of a story in a few lines; in a list, one outlet alone shows by its class what it is."""
    parts = [f"{_minute(story.first_at)} UTC", _carried_by(story)]
    if new is not None and new != story.articles:
        parts.append(f"{new} of {_counted(story.articles, 'article')} new")
    elif story.articles != len(story.carriers):
        parts.append(_counted(story.articles, "article"))
    parts.append(some(story.languages))
    if len(story.carriers) > 1:
        parts += [some(story.countries), some(story.classes)]
    paragraph("   " + " · ".join(part for part in parts if part), hang=3)
    if story.only_state_media_of and (len(story.carriers) > 1 or not listed):
        paragraph(f"   ! Only state media of {story.only_state_media_of} carry it.", hang=3)


def _carried_by(story: Overview) -> str:
    """`4 outlets of 1 origin (TASS)`; one outlet by its name."""
    if len(story.carriers) == 1:
        one = story.carriers[0]
        known = ", ".join(part for part in (one.ownership, one.country) if part)
        name = isolated(cut(plain(one.name), 40))
        return f"only {name} ({known})" if known else f"only {name}"
    if not story.origins:
        return f"{len(story.carriers)} outlets, analysis only"
    named = f" ({isolated(cut(plain(story.origins[0].name), 30))})" if len(story.origins) == 1 else ""
    return f"{len(story.carriers)} outlets of {_counted(len(story.origins), 'origin')}{named}"


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _minute(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M")


# ---------------------------------------------------------------------------------------------- one story


@click.command("story")
@click.argument("number", metavar="STORY", type=click.IntRange(1))
@click.option("--why", "asked_why", is_flag=True, help="What its texts have in common, and which are copies.")
@click.option("--json", "json_", is_flag=True, help="One JSON document.")
@click.pass_obj
def story_command(home: Home, number: int, asked_why: bool, json_: bool) -> None:
    """One story: its origins, who carried it in which order, and what was decided on it by hand.

    A number that went into another story is answered by that one.
    """
    from monitor.jobs.stories import shown

    with _opened(home) as (app, store):
        story = shown(store, app.sources, home.states, number)
        told = why_of(app.home, store, number) if asked_why else None
    if json_:
        return as_json(story_record(story, app.sources) | (why_record(told) if told else {}))
    _title(story.overview)
    if number != story.overview.id:
        paragraph(f"   Story {number} went into it.", hang=3)
    _summary(story.overview)
    _show_linked("Follows", story.follows)
    _show_linked("Followed by", story.followed_by)
    _show_origins(story.overview)
    _show_carriers(story.overview.carriers)
    _show_silence(story.coverage, app.sources)
    _show_relations(story, app.sources)
    if told:
        show_why(told, {member.id: _named(member, app.sources) for member in story.members})
    _show_decisions(story.decisions)
    return None


def _show_linked(how: str, linked: Sequence[Linked]) -> None:
    for one in linked[:_MOST]:
        paragraph(f"   {how} story {one.story_id}: {isolated(plain(one.title))} ({_minute(one.at)})", hang=6)


def _show_origins(story: Overview) -> None:
    count = len(story.origins)
    if count == story.articles > 1:
        click.echo(f"\n{count} independent origins, one article each.")
        return
    click.echo(f"\n{_counted(count, 'independent origin')}{':' if count else '.'}")
    _list_origins(story.origins)
    if story.analyses:
        click.echo("\nThink tanks, which are no origin of news:")
        _list_origins(story.analyses)


def _list_origins(origins: Sequence[Origin]) -> None:
    for origin in origins[:_MOST]:
        copies = f"{_counted(len(origin.groups), 'text')}, {_counted(origin.articles, 'article')}"
        outlets = f" in {_counted(origin.outlets, 'outlet')}" if origin.outlets > 1 else ""
        paragraph(f"  {_minute(origin.first_at)}  {isolated(plain(origin.name))}: {copies}{outlets}", hang=20)
    if len(origins) > _MOST:
        click.echo(f"  … and {len(origins) - _MOST} more (--json has all)")


def _show_carriers(carried: Sequence[Carrier]) -> None:
    click.echo("\nIn the order in which they came:")
    heads = ("after", "outlet", "class", "from", "text", "article", "title")
    rows = [
        (
            span(one.lag),
            isolated(cut(plain(one.name), 18)),
            _SHORT.get(one.ownership or "", one.ownership or ""),
            one.country or "",
            {"self": "own"}.get(one.kind or "", one.kind or ""),
            str(one.first.id),
            isolated(plain(one.first.title)),
        )
        for one in carried
    ]
    _table(heads, rows)


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """As shown.table, in so many columns as are read with ease; marks of direction take none."""
    if not rows:
        return
    sizes = [max(width(_bare(row[i])) for row in (heads, *rows)) for i in range(len(heads) - 1)]
    room = max(16, columns() - sum(sizes) - 2 * len(sizes))
    for row in (heads, *rows):
        cells = [cell + " " * (size - width(_bare(cell))) for cell, size in zip(row, sizes, strict=False)]
        last = isolated(cut(_bare(row[-1]), room))
        click.echo("  ".join([*cells, last]).rstrip())


def _bare(text: str) -> str:
    return text.strip("\u2068\u2069")


def _show_silence(found: Coverage, sources: Mapping[str, Source], *, named: bool = False) -> None:
    """Which states kept silent, and of which nothing is known; `named`: the outlets, one by one."""
    if found.silent or found.unread:
        click.echo()
    if found.silent:
        read = Counter(sources[name].country for name in found.silent_sources)
        unread = [sources[name] for name in found.unread_sources if sources[name].country in found.silent]
        all_ = read + Counter(source.country for source in unread)
        states = ", ".join(
            f"{state} {read[state]}" + (f" of {all_[state]}" if all_[state] > read[state] else "")
            for state in found.silent
        )
        paragraph(f"Silent (outlets read): {states}.", hang=2)
        if unread:
            rest = f" and {len(unread) - _UNREAD} more" if len(unread) > _UNREAD else ""
            paragraph(f"Not known there: {_outlets(unread[:_UNREAD])}{rest}.", hang=2)
    for state in found.states if named else ():
        here = [sources[name] for name in found.silent_sources if sources[name].country == state]
        if here:
            paragraph(f"  {state}: {_outlets(here)}", hang=6)
    if found.unread:
        paragraph(f"Not known: {', '.join(found.unread)} (no outlet was read in the story's time).", hang=2)


def _outlets(several: Sequence[Source]) -> str:
    return ", ".join(
        f"{isolated(plain(one.name))} ({_SHORT.get(one.ownership or '', one.ownership or '?')})" for one in several
    )


def _show_relations(story: Shown, sources: Mapping[str, Source]) -> None:
    own = {member.id: member for member in story.members}
    names = {number: _named(member, sources) for number, member in own.items()}
    names |= {number: _named_other(kept, sources) for number, kept in story.others.items()}
    lines = [
        f"  {names[number]} {_RELATION[one.kind]} {names.get(one.article_id, f'article {one.article_id}')}"
        f" ({one.share:.0%} of the shorter text)"
        for number, several in sorted(story.relations.items())
        for one in several
        if one.kind == "excerpt_of" or (one.kind == "quotes" and one.article_id not in own)
    ]
    if lines:
        click.echo("\nPassages:")
    for line in lines[:_MOST]:
        paragraph(line, hang=4)
    if len(lines) > _MOST:
        click.echo(f"  … and {len(lines) - _MOST} more (--json has all)")


def _named(member: Member, sources: Mapping[str, Source]) -> str:
    from monitor.identity.overview import name_of

    return f"{member.id} ({isolated(cut(plain(name_of(member, sources)), 30))})"


def _named_other(kept: Kept, sources: Mapping[str, Source]) -> str:
    source = sources.get(kept.article.source_id or "")
    name = kept.article.source_name or (source.name if source else "")
    told = [isolated(cut(plain(name), 30))] if name else []
    return f"{kept.id} ({', '.join([*told, f'story {kept.story_id}'])})"


_RELATION = {"excerpt_of": "is a passage of", "quotes": "quotes"}
_MOST = 10


def _show_decisions(decisions: Sequence[Decision]) -> None:
    if decisions:
        click.echo("\nDecided by hand:")
    for one in decisions:
        count = _counted(len(one.article_ids), "article")
        what = (
            f"{count} split off story {one.other_id} as {one.story_id}"
            if one.what == "split"
            else f"story {one.other_id} ({count}) merged into {one.story_id}"
        )
        paragraph(f"  {_minute(one.at)}  {what}", hang=20)


# ---------------------------------------------------------------------------------------------- coverage


@click.command("coverage")
@click.argument("number", metavar="STORY", type=click.IntRange(1))
@click.option("--states", help="Countries such as ru,cn,kz; default: the members that the watchlist names.")
@click.option("--silent", is_flag=True, help="Name the outlets that stayed silent.")
@click.option("--json", "json_", is_flag=True, help="One JSON document.")
@click.pass_obj
def coverage_command(home: Home, number: int, states: str | None, silent: bool, json_: bool) -> None:
    """Which states' outlets carried a story, by class: when first, how many, and who stayed silent.

    An outlet is silent only where it was read in the story's time, well and as far back as the story goes; of others
    nothing is known.
    """
    from monitor.jobs.stories import covered

    chosen = [code.strip().lower() for code in states.split(",") if code.strip()] if states else home.states
    with _opened(home) as (app, store):
        story, found = covered(store, app.sources, chosen, number)
    if json_:
        return as_json(coverage_record(story, found))
    _title(story)
    _summary(story)
    _matrix(found, story.first_at)
    _show_silence(found, app.sources, named=silent)
    if found.elsewhere:
        paragraph(f"Elsewhere: {_counted(found.elsewhere, 'outlet')} carried it.", hang=2)
    if found.cells:
        click.echo("A cell: how long after the first article of all, outlets with it / outlets read.")
    return None


#: Heads of the matrix: seven classes have to stand in eighty columns.
#: Outlets that are named because nothing is known of them.
_UNREAD = 5
_SHORT = {
    "public-service": "public",
    "state-funded": "st-funded",
    "independent": "independ.",
    "think-tank": "thinktank",
}


def _matrix(found: Coverage, start: datetime) -> None:
    if not found.cells:
        return
    click.echo()
    rows = [
        [state, *(_cell(found.cells.get((state, ownership)), start) for ownership in found.classes)]
        for state in found.states
        if state not in found.unread
    ]
    heads = ["", *(_SHORT.get(ownership, ownership) for ownership in found.classes)]
    sizes = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]
    for row in [heads, *rows] if rows else []:
        click.echo(" ".join(cell.ljust(size) for cell, size in zip(row, sizes, strict=True)).rstrip())


def _cell(cell: Cell | None, start: datetime) -> str:
    if cell is None:
        return ""
    return f"{span(cell.at - start) if cell.at else '-'} {cell.carried}/{cell.read}"


# ---------------------------------------------------------------------------------------------- origins


@click.command("origins")
@time_option("--since", default="24h", show_default=True, help="A day, an ISO 8601 time, or a span like 24h or 7d.")
@time_option("--until", help="A day (included), or an ISO 8601 time.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=25, show_default=True, help="Most origins shown.")
@click.option("--json", "json_", is_flag=True, help="One JSON document, with every text.")
@click.pass_obj
def origins_command(home: Home, since: datetime, until: datetime | None, limit: int, json_: bool) -> None:
    """Who originated the texts of a time, and how many outlets carried them.

    Language editions of one house are one origin. The usual lag is that of half of all copies.
    """
    from monitor.jobs.stories import ledger

    with _opened(home) as (app, store):
        found = ledger(store, app.sources, since, until)
    if json_:
        return as_json({"total": len(found), "origins": [originated_record(one) for one in found[:limit]]})
    rows = [
        (
            str(len(one.texts)),
            str(one.articles - len(one.texts)),
            str(one.outlets),
            span(one.usual_lag) if one.usual_lag is not None else "",
            isolated(plain(one.name)),
        )
        for one in found[:limit]
    ]
    _table(("texts", "copies", "outlets", "usual lag", "origin"), rows)
    more = f", {limit} shown" if len(found) > limit else ""
    click.echo(f"{_counted(len(found), 'origin')}{more}")
    return None


# ---------------------------------------------------------------------------------------------- by hand


@stories_command.command("split")
@click.argument("number", metavar="STORY", type=click.IntRange(1))
@click.argument("articles", metavar="ARTICLE…", nargs=-1, required=True)
@click.option("--json", "json_", is_flag=True, help="One JSON document.")
@click.pass_obj
def split_command(home: Home, number: int, articles: Sequence[str], json_: bool) -> None:
    """Make a story of its own of some articles, with their copies.

    ARTICLE is a number in the archive, the importer's id, or an address. It stays so: nothing that arrives later joins
    the two stories again, unless you merge them.
    """
    from monitor.app import now

    with _opened(home) as (_, store):
        kept = [(name, store.article(name)) for name in articles]
        for name, one in kept:
            if one is None:
                raise InputError(f"the archive has no article {name!r}: `scowatch story {number}` shows their numbers")
        new = store.split(number, [one.id for _, one in kept if one], now())
        moved = store.members([new])[new]
    if json_:
        return as_json({"story": new, "from": number, "articles": [member.id for member in moved]})
    copies = len(moved) - len({one.id for _, one in kept if one})
    also = f", {copies} of them as {'a copy' if copies == 1 else 'copies'}" if copies else ""
    return paragraph(f"Story {new} has {_counted(len(moved), 'article')} of story {number} now{also}.")


@stories_command.command("merge")
@click.argument("number", metavar="A", type=click.IntRange(1))
@click.argument("into", metavar="B", type=click.IntRange(1))
@click.option("--json", "json_", is_flag=True, help="One JSON document.")
@click.pass_obj
def merge_command(home: Home, number: int, into: int, json_: bool) -> None:
    """Make stories A and B one, which goes by the number of B; A keeps answering."""
    from monitor.app import now

    with _opened(home) as (_, store):
        merged = store.merge(number, into, now())
        count = len(store.members([merged])[merged])
    if json_:
        return as_json({"story": merged, "merged": number, "articles": count})
    return paragraph(f"Story {number} went into story {merged}, which has {_counted(count, 'article')} now.")
