"""export, cite and feed: articles out of the archive, for other programs and for footnotes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from monitor.app import App, now
from monitor.cli.named import article_named, asked_for
from monitor.cli.shown import as_jsonl, instant
from monitor.errors import InputError, ScowatchError
from monitor.home import Home, write_whole
from monitor.ports import Store
from monitor.types import Kept

if TYPE_CHECKING:
    from monitor.citing.cited import Cited

_FORMATS = ("jsonl", "csv", "bibtex", "ris", "csl-json", "markdown")
_CITING = ("chicago", "bibtex", "ris", "csl-json", "markdown")
_FEEDS = ("rss", "atom", "json")


@click.command("export")
@click.argument("query", required=False)
@click.option(
    "--format", "form", type=click.Choice(_FORMATS), default="jsonl", show_default=True, help="How they are written."
)
@click.pass_obj
def export_command(home: Home, query: str | None, form: str) -> None:
    """Write articles out of the archive, oldest first: all of them, or those that answer QUERY.

    \b
    scowatch export > articles.jsonl
    scowatch export 'tag:sco-development-bank since:2026-11' --format csv > bank.csv
    """
    asked = asked_for(home, query) if query else None
    app = App(home)
    store = app.open_store()
    try:
        found = store.export(asked)
        if form == "jsonl":
            from monitor import archived

            for kept in found:
                versions = store.versions(kept.id) if kept.versions > 1 else ()
                as_jsonl(_row(kept) | {archived.KEY: archived.record(kept.article, versions)})
        elif form == "csv":
            from monitor.citing.tables import csv_lines

            _write(csv_lines(map(_row, found), _COLUMNS))
        else:
            _write(_writer(form)(_cited(app, store, kept) for kept in found))
    finally:
        store.close()


@click.command("cite")
@click.argument("articles", nargs=-1, required=True, metavar="ARTICLE...")
@click.option(
    "--format", "form", type=click.Choice(_CITING), default="chicago", show_default=True, help="How they are written."
)
@click.pass_obj
def cite_command(home: Home, articles: tuple[str, ...], form: str) -> None:
    """References to articles: by number, by the importer's own id, or by address.

    The line in Chicago style ends with when the article was first seen, and when the archive got the text it has.

    \b
    scowatch cite 1207
    scowatch cite 1207 https://example.org/news/1 --format bibtex
    """
    app = App(home)
    store = app.open_store()
    try:
        found = [_cited(app, store, article_named(store, name)) for name in articles]
        store.evidence.cite([cited.kept.id for cited in found], "citation", now())
    finally:
        store.close()
    if form != "chicago":
        return _write(_writer(form)(found))
    from monitor.citing.chicago import chicago

    return _write(f"{chicago(cited)}\n" for cited in found)


@click.command("feed")
@click.argument("name")
@click.option(
    "--format", "form", type=click.Choice(_FEEDS), default="atom", show_default=True, help="Kind of the feed."
)
@click.option("--limit", type=click.IntRange(1, 1_000), default=50, show_default=True, help="Most items, the newest.")
@click.option("--url", help="Where the feed will be published; readers know it by that.")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="A file in place of the output.")
@click.pass_obj
def feed_command(home: Home, name: str, form: str, limit: int, url: str | None, output: Path | None) -> None:
    """The newest hits of the saved search NAME as a feed, for any reader.

    \b
    scowatch feed rats --format rss --output rats.xml
    """
    from monitor.cli.searches import named
    from monitor.feeds.made import Feed, of_article

    if url is not None and not url.lower().startswith(("http://", "https://")):
        raise InputError(f"--url {url!r} is not an http or https address")
    saved, app = named(home, name), App(home)
    store = app.open_store()
    try:
        hits = store.search(home.query(f"@{saved.name}"), limit=limit).hits
        items = tuple(of_article(_cited(app, store, hit.kept)) for hit in hits)
    finally:
        store.close()
    text = _feed_writer(form)(
        Feed(name=saved.name, title=saved.title, about=saved.search, items=items, at=now(), url=url)
    )
    if output is None:
        return click.echo(text, nl=False)
    try:
        return write_whole(output, text)
    except OSError as error:
        raise ScowatchError(f"{output} cannot be written: {error.strerror}") from error


def _cited(app: App, store: Store, kept: Kept) -> Cited:
    from monitor.jobs.citing import cited

    return cited(store, app.sources, kept)


def _writer(form: str) -> Callable[[Iterable[Cited]], Iterator[str]]:
    if form == "bibtex":
        from monitor.citing.bibtex import bibtex

        return bibtex
    if form == "ris":
        from monitor.citing.ris import ris

        return ris
    if form == "csl-json":
        from monitor.citing.csl import csl_json

        return csl_json
    from monitor.citing.markdown import markdown

    return markdown


def _feed_writer(form: str) -> Callable[..., str]:
    if form == "rss":
        from monitor.feeds.rss import rss

        return rss
    if form == "json":
        from monitor.feeds.jsonfeed import json_feed

        return json_feed
    from monitor.feeds.atom import atom

    return atom


def _write(pieces: Iterable[str]) -> None:
    for piece in pieces:
        click.echo(piece, nl=False)


_COLUMNS = (
    *("id", "ref", "url", "canonical_url", "source", "title", "text", "lang", "published", "first_seen", "tags"),
    *("story_id", "copy_group_id", "origin", "versions"),
)


def _row(kept: Kept) -> dict[str, Any]:
    article = kept.article
    values = (
        *(kept.id, article.ref, article.url, article.canonical_url, article.source_id, article.title, article.text),
        *(article.lang, instant(article.published_at), instant(article.first_seen_at), list(kept.tags)),
        *(kept.story_id, kept.copy_group_id, kept.origin, kept.versions),
    )
    return dict(zip(_COLUMNS, values, strict=True))
