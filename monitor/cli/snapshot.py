"""snapshot: the page of an article as it was."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.named import article_named, put_out
from monitor.cli.places import plain
from monitor.cli.shown import as_json, instant, note, table
from monitor.errors import ParseError, ScowatchError
from monitor.home import Home

if TYPE_CHECKING:
    from monitor.app import App
    from monitor.ports import Store
    from monitor.types import Archived, Kept, Snapshot


@click.command("snapshot")
@click.argument("article")
@click.option("--clean", "form", flag_value="clean", default=True, help="For viewing: no scripts, nothing is loaded.")
@click.option("--raw", "form", flag_value="raw", help="The page's own bytes; never open them in a browser unseen.")
@click.option("--warc", "form", flag_value="warc", help="Its WARC records, with request and headers.")
@click.option("--version", type=click.IntRange(1), help="The page behind that version of the article.")
@click.option("--list", "list_", is_flag=True, help="All pages that were kept of it, with times and digests.")
@click.option("--json", "json_", is_flag=True, help="With --list: one JSON document.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="A file to write to, not standard output.")
@click.pass_obj
def snapshot_command(
    home: Home, article: str, form: str, version: int | None, list_: bool, json_: bool, output: Path | None
) -> None:
    """The page of an article as it was when it was read, the last time unless --version says otherwise.

    ARTICLE is its number in the archive, the importer's id, or its address. Where and when the page was fetched, and
    the SHA-256 of what was sent, goes to standard error, and stands on top of a cleaned page. With --raw and --clean
    the server's compression is undone; the digest is of the bytes as they were sent.

    \b
    scowatch snapshot 1207 -o page.html
    scowatch snapshot 1207 --warc -o page.warc.gz
    """
    from monitor.app import App

    app = App(home)
    store = app.open_store()
    try:
        kept = article_named(store, article)
        found = store.evidence.of_article(kept.id)
        if list_:
            return as_json([record_of(one) for one in found]) if json_ else _show(found)
        chosen = _chosen(kept, found, version)
        content = _content(app, store, kept, chosen, form)
    finally:
        store.close()
    put_out(content, output)
    return None


def record_of(snapshot: Snapshot) -> dict[str, Any]:
    """What the archive knows of it, as plain values."""
    return {
        "article": snapshot.article_id,
        "version": snapshot.version,
        "url": snapshot.url,
        "final_url": snapshot.final_url,
        "at": instant(snapshot.at),
        "status": snapshot.status,
        "sha256": snapshot.digest,
        "bytes": snapshot.size,
        "record_id": snapshot.record_id,
        "file": snapshot.file,
        "offset": snapshot.offset,
        "length": snapshot.length,
        "removed": instant(snapshot.removed_at),
    }


def _show(found: Sequence[Snapshot]) -> None:
    rows = [
        (
            instant(one.at) or "",
            str(one.version),
            str(one.size),
            one.digest[:16],
            f"taken away on {one.removed_at:%Y-%m-%d}" if one.removed_at else plain(one.final_url),
        )
        for one in found
    ]
    table(("fetched", "version", "bytes", "sha-256 begins", "page"), rows)


def _chosen(kept: Kept, found: Sequence[Snapshot], version: int | None) -> Snapshot:
    """The last one that is there. Raises: ScowatchError, when there is none."""
    if not found:
        raise ScowatchError(f"article {kept.id} has no snapshot: {_why_none(kept)}")
    if version is not None and not any(one.version == version for one in found):
        others = ", ".join(map(str, sorted({one.version for one in found})))
        raise ScowatchError(
            f"version {version} of article {kept.id} has no snapshot (it has {kept.versions}, with pages of {others})"
        )
    fitting = [one for one in found if version in (None, one.version)]
    if there := [one for one in fitting if one.removed_at is None]:
        return there[-1]
    raise ScowatchError(
        f"the snapshot of article {kept.id} is gone: it was taken away on {fitting[-1].removed_at:%Y-%m-%d}, "
        "as [snapshots.keep_days] in scowatch.toml says"
    )


def _why_none(kept: Kept) -> str:
    match kept.article.text_from:
        case "import":
            return "it was imported, its page was never fetched"
        case "feed":
            return "its text came out of a list, and no page of it was kept"
        case _:
            return "its page was read before pages were kept, or while they could not be ([snapshots] enabled, disk)"


def archived(app: App, store: Store, snapshot: Snapshot) -> Archived:
    """What lies in the files of it, all digests found right. Raises: StoreError."""
    files = app.open_snapshots(store)
    base = snapshot.revisit_of and store.evidence.by_id([snapshot.revisit_of]).get(snapshot.revisit_of)
    return files.read(snapshot, base or None)


def _content(app: App, store: Store, kept: Kept, snapshot: Snapshot, form: str) -> bytes:
    from monitor.evidence import view

    found = archived(app, store, snapshot)
    note(plain(view.said(snapshot)))
    if form == "warc":
        return found.records
    body, content_type = app.open_snapshots(store).unpacked(found)
    if form == "raw":
        return body
    try:
        cleaned = app.cleaned_page(body, content_type, snapshot.final_url)
    except ParseError as error:
        raise ScowatchError(f"the page of article {kept.id} cannot be cleaned ({error}): --raw has its bytes") from None
    return view.page(kept.article.title, cleaned, snapshot).encode()
