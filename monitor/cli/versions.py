"""versions: what an article has said at one time or another, and which of the changes are weighty."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.named import article_named
from monitor.cli.places import columns, isolated, paragraph, plain, some
from monitor.cli.presence import record_of_page, show_page
from monitor.cli.shown import as_json, cut, instant, width
from monitor.home import Home

if TYPE_CHECKING:
    from monitor.identity.edits import Change
    from monitor.types import Kept, PutDown, Version

#: Changes of a version that are shown without --all.
_MOST = 12


@click.command("versions")
@click.argument("article")
@click.option("--all", "all_", is_flag=True, help="Every change, not only the first and the weighty ones.")
@click.option("--json", "json_", is_flag=True, help="One JSON document, with all texts.")
@click.pass_obj
def versions_command(home: Home, article: str, all_: bool, json_: bool) -> None:
    """What an article has said, and what changed from one version to the next.

    ARTICLE is its number in the archive, the importer's id, or its address. Changes of titles, numbers, names and
    negations are weighty and stand first, behind a `!`; names in scripts without capitals show as tags.

    \b
    scowatch versions 1207
    scowatch versions https://example.org/news/1 --all
    """
    from monitor.app import App
    from monitor.identity.edits import changes

    store = App(home).open_store()
    try:
        kept = article_named(store, article)
        versions, history = store.versions(kept.id), store.match_history(kept.id)
        page = store.presence(kept.id)
    finally:
        store.close()
    tags = _tags(history)
    edits = {new.number: changes((old.title, old.text), (new.title, new.text)) for old, new in pairwise(versions)}
    if json_:
        return as_json(_record(kept, versions, edits, tags) | {"page": record_of_page(page)})
    _show_article(kept)
    show_page(page)
    before: Version | None = None
    for version in versions:
        _show_version(version)
        if before is not None:
            _show_tags(tags.get(before.number, ()), tags.get(version.number, ()))
            _show_changes(before, version, edits[version.number], most=None if all_ else _MOST)
        before = version
    return None


def _tags(history: Sequence[PutDown]) -> Mapping[int, Sequence[str]]:
    """By version: ids of the entries that it is tagged with."""
    found: dict[int, dict[str, None]] = {}
    for one in history:
        if one.ended_by is None:
            found.setdefault(one.version, {})[one.match.entry_id] = None
    return {number: tuple(entries) for number, entries in found.items()}


def _show_article(kept: Kept) -> None:
    click.echo(click.style(isolated(cut(plain(kept.article.title), columns())), bold=True))
    count = f"{kept.versions} version{'s' * (kept.versions != 1)}"
    click.echo(f"{kept.id} · {count} · {kept.article.lang or 'language unknown'} · {plain(kept.article.url)}")


def _show_version(version: Version) -> None:
    parts = [f"version {version.number}", version.made_at.strftime("%Y-%m-%d %H:%M")]
    if version.replaced_at is None:
        parts.append("stands now")
    if version.returned and version.returned_at:
        times = "once" if version.returned == 1 else f"{version.returned} times"
        parts.append(f"came back {times}, last {version.returned_at:%Y-%m-%d %H:%M}")
    if version.passed_over:
        parts.append(f"{version.passed_over} text{'s' * (version.passed_over != 1)} before it not kept")
    click.echo()
    paragraph(click.style(" · ".join(parts), bold=True), hang=2)


def _show_tags(before: Sequence[str], after: Sequence[str]) -> None:
    come, gone = [t for t in after if t not in before], [t for t in before if t not in after]
    for sign, tags in (("now tagged", come), ("no longer tagged", gone)):
        if tags:
            paragraph(f"  ! {sign}: {some(tags)}", hang=4)


def _show_changes(old: Version, new: Version, edits: Sequence[Change], *, most: int | None) -> None:
    ordered = sorted(edits, key=lambda change: not change.marks)
    for change in ordered[:most]:
        _show_change(old, new, change)
    if most is not None and len(ordered) > most:
        left = ordered[most:]
        weighty = sum(bool(change.marks) for change in left)
        also = f", {weighty} of them weighty" if weighty else ""
        click.echo(f"    … and {len(left)} more changes{also} (--all shows them)")


def _show_change(old: Version, new: Version, change: Change) -> None:
    marks = ", ".join(change.marks)
    click.echo(f"  {'!' if marks else ' '} {marks or 'words'}{' (in the title)' if change.field == 'title' else ''}")
    field_old, field_new = (old.title, new.title) if change.field == "title" else (old.text, new.text)
    click.echo(f"    - {_within(field_old, change.before_at, len(change.before))}")
    click.echo(f"    + {_within(field_new, change.after_at, len(change.after))}")


def _within(text: str, start: int, length: int) -> str:
    """The stretch in square brackets with what stands around it, in a line."""
    room = columns() - 6
    named = cut(plain(text[start : start + length]), room - 2)
    left = max(0, (room - width(named) - 2) // 2)
    before, after = plain(text[max(0, start - left) : start]), plain(text[start + length : start + length + left])
    while width(before) > left:
        before = before[1:]
    marked = click.style(f"[{named}]", bold=True)
    return isolated(f"{before}{marked}{cut(after, left) if left > 1 else ''}".strip())


def _record(
    kept: Kept,
    versions: Sequence[Version],
    edits: Mapping[int, Sequence[Change]],
    tags: Mapping[int, Sequence[str]],
) -> dict[str, Any]:
    return {
        "id": kept.id,
        "url": kept.article.url,
        "versions": [
            {
                "number": version.number,
                "title": version.title,
                "text": version.text,
                "made": instant(version.made_at),
                "replaced": instant(version.replaced_at),
                "returned": version.returned,
                "last_returned": instant(version.returned_at),
                "passed_over": version.passed_over,
                "tags": list(tags.get(version.number, ())),
                "weighty": sorted({mark for change in edits.get(version.number, ()) for mark in change.marks}),
                "changes": [_change_record(change) for change in edits.get(version.number, ())],
            }
            for version in versions
        ],
    }


def _change_record(change: Change) -> dict[str, Any]:
    record: dict[str, Any] = {"field": change.field, "before": change.before, "after": change.after}
    return record | {"before_at": change.before_at, "after_at": change.after_at, "marks": list(change.marks)}
