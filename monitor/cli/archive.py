"""search and import."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from monitor.app import App, now
from monitor.cli.named import asked_for
from monitor.cli.shown import as_json, as_jsonl, cut, instant, note, time_option
from monitor.cli.texts import given, rows_of
from monitor.errors import InputError, QueryError
from monitor.home import Home
from monitor.ports import Store
from monitor.query import Query
from monitor.types import Facets, Found, Hit, SourceState

_FACETS_SHOWN = 10
#: Of those that an import knows and sources.yaml does not.
_SOURCES_NAMED = 5
#: Sources that are named where a search finds nothing.
_UNWELL = 5
#: Seconds that a search given by hand counts its hits; those of `search --jsonl` are to answer within a tenth of one.
_COUNTED_FOR = 1.0
#: Answers of `search --jsonl` after which what was met in them is set aside.
_ANSWERS_BETWEEN = 50


@click.command("search", context_settings={"ignore_unknown_options": False})
@click.argument("query", required=False)
@click.option(
    "--sort",
    type=click.Choice(["newest", "relevance"]),
    default="newest",
    show_default=True,
    help="Which hits come first.",
)
@time_option("--since", help="A day, month or year, an ISO 8601 time, or a span like 24h or 7d.")
@time_option("--until", help="A day, month or year (included), or an ISO 8601 time.")
@click.option("--limit", type=click.IntRange(0, 10_000), default=20, show_default=True, help="Most hits shown.")
@click.option("--after", metavar="PLACE", help="The next page: what the last one said to go on after.")
@click.option("--facets", is_flag=True, help="Count by source, class, country, language, tag and month.")
@click.option("--highlights", is_flag=True, help="With --json: every place in title and text that answers.")
@click.option("--json", "json_", is_flag=True, help="One JSON document.")
@click.option("--jsonl", is_flag=True, help="Queries as JSON objects a line from standard input, an answer a line.")
@click.pass_obj
def search_command(
    home: Home,
    query: str | None,
    sort: str,
    since: datetime | None,
    until: datetime | None,
    limit: int,
    after: str | None,
    facets: bool,
    highlights: bool,
    json_: bool,
    jsonl: bool,
) -> None:
    """Search the archive.

    \b
    Words must all match, in any of their forms     summit Bishkek     саммит     上合
    As written, and next to each other              =summit     "national currencies"
    One or the other, without, grouped              (Quetta OR Torkham) -cricket
    Beginnings, nearness                            glaci*     grain NEAR/5 deal
    Tags, with what belongs to them, or only named  tag:sco    tag!:sco
    Sources, class, country of the outlet           src:kremlin   class:official   from:tj,uz
    Language, title, dates, one story               lang:zh   title:railway   since:2026-09   story:7
    Saved searches, see `searches list`             @chair-watch

    \b
    scowatch search 'tag:sco (bank OR fund) -cricket' --since 7d
    scowatch search --json -- '-cricket tag:sco'    what begins with a minus stands behind --
    """
    app = App(home)
    if jsonl:
        return _many(app.open_store(), home)
    if query is None:
        raise click.UsageError("give a QUERY (or --jsonl)")
    asked = asked_for(home, query)
    store = app.open_store()
    try:
        found = store.search(
            asked,
            sort=sort,
            since=since,
            until=until,
            limit=limit,
            after=after,
            facets=facets,
            highlights=highlights,
            counted_for=_COUNTED_FOR,
        )
        doubt = "" if json_ or found.total else _how_sure(asked, store.source_states(), app)
    finally:
        store.close()
    return as_json(_found(found)) if json_ else _show(found, app, doubt)


def _many(store: Store, home: Home) -> None:
    import gc

    from monitor.text.seeking import warm

    for answered, (number, row) in enumerate(rows_of(given())):
        if not answered:
            warm()
            home.vocabulary  # noqa: B018 - read now, so that no later search has to wait for it
        if answered % _ANSWERS_BETWEEN == 0:
            # words that are remembered stay: to look through all of them for circles takes longer than most searches
            gc.collect()
            gc.freeze()
        started = time.perf_counter()
        try:
            row = {key: value for key, value in row.items() if value is not None}  # null: left out, as in every record
            sort, limit = row.get("sort", "newest"), row.get("limit", 20)
            if sort not in ("newest", "relevance") or not isinstance(limit, int) or not 0 <= limit <= 10_000:
                raise InputError(f"line {number}: `sort` is newest or relevance, `limit` a number up to 10000")
            query = row.get("query")
            if not isinstance(query, str):
                raise InputError(f"line {number}: `query` is not a text")
            asked = home.query(query)
            after, facets, highlights = row.get("after"), row.get("facets") is True, row.get("highlights") is True
            if after is not None and not isinstance(after, str):
                raise InputError(f"line {number}: `after` is not a text")
            answer = _found(
                store.search(asked, sort=sort, limit=limit, after=after, facets=facets, highlights=highlights)
            )
            as_jsonl(answer | {"seconds": round(time.perf_counter() - started, 6)})
        except QueryError as error:
            as_jsonl({"error": error.message, "column": error.column})
        sys.stdout.flush()
    store.close()


def _found(found: Found) -> dict[str, Any]:
    answer: dict[str, Any] = {"total": found.total, "hits": [_hit(hit) for hit in found.hits], "next": found.next}
    if not found.counted_whole:
        answer["total_at_least"] = True
    if found.facets is not None:
        counts = {
            name: [{"value": value, "count": count} for value, count in pairs]
            for name, pairs in found.facets.counts.items()
        }
        answer["facets"] = {"hits": found.facets.hits, **counts}
    return answer


def _hit(hit: Hit) -> dict[str, Any]:
    article = hit.kept.article
    shown: dict[str, Any] = {
        "id": hit.kept.id,
        "ref": article.ref,
        "title": article.title,
        "url": article.url,
        "source": article.source_id,
        "published": instant(article.published_at),
        "lang": article.lang,
        "snippet": hit.snippet,
        "score": round(hit.score, 6),
        "story_id": hit.kept.story_id,
        "tags": list(hit.kept.tags),
    }
    if hit.highlights:
        shown["highlights"] = [{"field": name, "start": start, "end": end} for name, start, end in hit.highlights]
    return shown


def _how_sure(asked: Query, states: Mapping[str, SourceState], app: App) -> str:
    """Whether the sources that a search without an answer was about are read at all; empty: it was about no certain
    ones."""
    from monitor.health import glance
    from monitor.query import asked_of

    several = asked_of(asked.root, tuple(app.sources.values()))
    if not several:
        return ""
    found = {source.name: glance(states.get(source.id), now()) for source in several}
    unwell = [f"{name} ({how})" for name, how in found.items() if not how.startswith(("ok", "moved"))]
    which = "the one source" if len(several) == 1 else f"the {len(several)} sources"
    if not unwell:
        return f"{which} that this asks for {'is' if len(several) == 1 else 'are'} read well now"
    rest = f" and {len(unwell) - _UNWELL} more" if len(unwell) > _UNWELL else ""
    return f"of {which} that this asks for {len(unwell)} cannot be relied on now: {', '.join(unwell[:_UNWELL])}{rest}"


def _show(found: Found, app: App, doubt: str) -> None:
    for hit in found.hits:
        article = hit.kept.article
        source = app.sources.get(article.source_id or "")
        name = source.name if source else article.source_name or article.source_id or "imported"
        at = (article.published_at or article.first_seen_at).strftime("%Y-%m-%d %H:%M")
        click.echo(f"{at}  {click.style(cut(article.title, 96), bold=True)}")
        mark = ", ".join(filter(None, [name, source.ownership if source else None, article.lang]))
        click.echo(f"  {mark} · {article.url}")
        click.echo("  " + " ".join(hit.snippet.replace("\x02", "«").replace("\x03", "»").split()))
        if hit.kept.tags:
            click.echo(f"  tags: {', '.join(hit.kept.tags[:8])}")
        click.echo()
    if found.facets is not None:
        _show_facets(found.facets, found.total)
    least = "" if found.counted_whole else "at least "
    click.echo(f"{least}{found.total} found" + (f", {len(found.hits)} shown" if found.total > len(found.hits) else ""))
    if least:
        note("--limit 0 counts all of them")
    if found.next:
        click.echo(f"the next ones: --after {found.next}")
    if doubt:
        note(doubt)


def _show_facets(facets: Facets, total: int) -> None:
    for name, counts in facets.counts.items():
        if not counts:
            continue
        shown = [f"{value} {count}" for value, count in counts[:_FACETS_SHOWN]]
        more = len(counts) - len(shown)
        click.echo(f"{name:9} {' · '.join(shown)}{f' and {more} more' if more else ''}".rstrip())
    if facets.hits < total:
        click.echo(f"counted: the newest {facets.hits}")
    click.echo()


@click.command("import")
@click.argument("file", type=click.Path(allow_dash=True))
@click.option("--json", "json_", is_flag=True, help="The report as JSON.")
@click.pass_obj
def import_command(home: Home, file: str, json_: bool) -> None:
    """Take articles as JSONL into the archive; `-` is standard input.

    A line is {"ref", "url", "title", "text"?, "html"?, "summary"?, "published"?, "lang"?, "source"?, "source_name"?}.
    Giving the same file twice changes nothing. A bad line is rejected with its reason, the rest goes in. Lines of
    `export` bring with them when each article was first seen, and its earlier texts.

    \b
    scowatch import articles.jsonl --json
    """
    import asyncio

    from monitor.jobs.importing import ImportReport, import_lines

    app = App(home)

    async def work() -> ImportReport:
        with _lines_of(file) as lines:
            async with app.edges() as edges:
                return await import_lines(lines, edges.tools)

    done = asyncio.run(work())
    if unknown := sorted(done.sources - app.sources.keys()):
        told = ", ".join(unknown[:_SOURCES_NAMED]) + (" …" if len(unknown) > _SOURCES_NAMED else "")
        note(f"no source {told} in {home.path / 'sources.yaml'}: the articles have neither class nor country")
    report = done.record()
    if json_:
        return as_json(report)
    click.echo(
        f"read {report['read']}: {report['new']} new, {report['updated']} updated, {report['unchanged']} unchanged, "
        f"{len(report['rejected'])} rejected"  # type: ignore[arg-type]
    )
    for row in report["rejected"]:  # type: ignore[attr-defined]
        click.echo(f"line {row['line']}: {row['why']}", err=True)
    return None


@contextmanager
def _lines_of(file: str) -> Iterator[Iterable[bytes]]:
    """The lines of the file, or of standard input. Raises: InputError."""
    if file == "-":
        yield given()
        return
    try:
        opened = Path(file).open("rb")  # noqa: SIM115 - closed below
    except OSError as error:
        raise InputError(f"{file} cannot be read: {error.strerror}") from error
    with opened:
        yield opened
