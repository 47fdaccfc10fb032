"""bundle: all on an article or a story in one file, and checking such a file."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.named import article_named, put_out
from monitor.cli.shown import as_json, instant, note
from monitor.errors import InputError, ScowatchError, StoreError
from monitor.home import Home

if TYPE_CHECKING:
    from monitor.app import App
    from monitor.evidence.bundle import Verdict
    from monitor.evidence.contents import Case
    from monitor.ports import Store
    from monitor.types import Archived, Kept, ListVersion, Match, PutDown, Snapshot, Version
    from monitor.watchlist.explained import Place
    from monitor.watchlist.matcher import Matcher


@click.command("bundle")
@click.argument("names", nargs=-1, required=True, metavar="ARTICLE|STORY | verify FILE")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="The ZIP to write.")
@click.option("--key-env", metavar="NAME", help="Environment variable with the key to sign or to check by.")
@click.option("--json", "json_", is_flag=True, help="With verify: the verdict as JSON.")
@click.pass_obj
def bundle_command(home: Home, names: tuple[str, ...], output: Path | None, key_env: str | None, json_: bool) -> None:
    """All that the archive holds of an article or a story, in one ZIP that can be checked anywhere.

    ARTICLE is a number, an importer's id or an address, STORY is `story:` and its number. In the file: text, every
    version, the pages as they were sent (WARC) with headers, tags with reasons, origin, citation, and a manifest of
    SHA-256 digests, signed (HMAC-SHA-256) when a key is given. The same archive gives the same bytes. What is in a
    bundle counts as cited from then on: its pages are never taken away.

    `bundle verify` needs neither home nor network. It ends with 1 and names the member when one byte is not as it was.

    \b
    scowatch bundle 1207 -o evidence.zip
    scowatch bundle story:311 -o story.zip --key-env BUNDLE_KEY
    scowatch bundle verify story.zip --key-env BUNDLE_KEY
    """
    key = _key(key_env)
    if names[0] == "verify" and len(names) == 2:
        return _verify(Path(names[1]), key, key_env, json_=json_)
    if len(names) != 1:
        raise click.UsageError("give one ARTICLE or STORY, or `verify` and a FILE")
    if output is None:
        raise click.UsageError("give the file to write: -o FILE.zip")
    return _make(home, names[0], output, key)


def _key(name: str | None) -> bytes | None:
    """What the environment variable holds. Raises: InputError, when it is not set."""
    if name is None:
        return None
    key = os.environ.get(name, "")
    if not key:
        raise InputError(f"--key-env {name}: this environment variable is not set, or empty")
    return key.encode("utf-8", "surrogateescape")


# ---------------------------------------------------------------------------------------------- making


def _make(home: Home, name: str, output: Path, key: bytes | None) -> None:
    from monitor.app import App, now
    from monitor.cli.given import open_matcher
    from monitor.evidence import bundle, contents

    app = App(home)
    store = app.open_store()
    try:
        articles, story = _asked(app, store, name)
        store.evidence.cite([kept.id for kept in articles], "bundle", now())  # first: nothing is taken away meanwhile
        matcher = open_matcher(home, None)
        cases = [_case(app, store, kept, matcher) for kept in articles]
    finally:
        store.close()
    of = {"asked": name, "articles": [{"id": c.kept.id, "url": c.kept.article.url} for c in cases]}
    try:
        data = bundle.sealed(contents.members(cases, story), of, key)
    except ValueError as error:
        raise ScowatchError(f"{output} cannot be made: {error}; bundle the articles one by one") from error
    put_out(data, output)
    pages = sum(len(case.pages) for case in cases)
    signed = "signed" if key else "not signed"
    note(f"{output}: {_count(len(cases), 'article')}, {_count(pages, 'page')}, {len(data)} bytes, {signed}")


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'s' * (number != 1)}"


def _asked(app: App, store: Store, name: str) -> tuple[list[Kept], dict[str, Any] | None]:
    """The one article, or all of the story, oldest first, with what is known of that. Raises: InputError."""
    story = re.fullmatch(r"story:([0-9]{1,18})", name)
    if story is None:
        return [article_named(store, name)], None
    from monitor.cli.storyrecords import story_record
    from monitor.cli.ties import why_of, why_record
    from monitor.jobs.stories import shown

    found = shown(store, app.sources, app.home.states, int(story[1]))
    reasons = why_record(why_of(app.home, store, int(story[1])))
    articles = [store.article(str(member.id)) for member in found.members]
    return [kept for kept in articles if kept is not None], story_record(found, app.sources) | reasons


def _case(app: App, store: Store, kept: Kept, matcher: Matcher) -> Case:
    from monitor.evidence.contents import Case

    pages: list[Archived] = []
    missing: list[tuple[Snapshot, str]] = []
    for snapshot in store.evidence.of_article(kept.id):
        try:
            pages.append(_page(app, store, snapshot))
        except StoreError as error:
            note(f"article {kept.id}: {error}")
            missing.append((snapshot, _without_path(app, error)))
    versions = store.versions(kept.id)
    return Case(
        kept=kept,
        source=app.sources.get(kept.article.source_id or ""),
        versions=versions,
        tags=_tags(app, kept, versions, store.match_history(kept.id), matcher),
        pages=pages,
        missing=missing,
    )


def _page(app: App, store: Store, snapshot: Snapshot) -> Archived:
    from monitor.cli.snapshot import archived

    if snapshot.removed_at is not None:
        raise StoreError(f"a page was taken away on {snapshot.removed_at:%Y-%m-%d}, as the settings said")
    return archived(app, store, snapshot)


def _without_path(app: App, error: StoreError) -> str:
    """The reason, without where this installation lies: that is nobody's business."""
    return str(error).replace(f"{app.home.snapshots}{os.sep}", "").replace(str(app.home.snapshots), "snapshots")


def _tags(
    app: App, kept: Kept, versions: Sequence[Version], history: Sequence[PutDown], matcher: Matcher
) -> dict[str, Any]:
    """The article's tags as `why` tells them, those of its earlier versions, and those that it has no more."""
    from monitor.cli.given import Given

    told = Given.of_article(kept).explained(app.home, matcher, None, roles=False)
    present = next((version.number for version in versions if version.replaced_at is None), 0)
    needs = {(present, *_span(one.match)): one.need_at for one in told.tagged}
    texts = {version.number: version for version in versions}
    tags = [_tag(app, one, texts.get(one.version), needs.get((one.version, *_span(one.match)))) for one in history]
    return {"tags": tags, "present_version": present, "present_list": _list(app.home.list_version)}


def _tag(app: App, one: PutDown, version: Version | None, need_at: Place | None) -> dict[str, Any]:
    from monitor.cli.reasons import let_in
    from monitor.watchlist.explained import Tagged

    match, entry = one.match, app.entries.get(one.match.entry_id)
    text = "" if version is None else version.title if match.field == "title" else version.text
    return {
        "id": match.entry_id,
        "name": entry.name if entry else None,
        "alias": match.alias,
        "lang": match.lang,
        "version": one.version,
        "field": match.field,
        "start": match.start,
        "end": match.end,
        "text": text[match.start : match.end],
        "rule": match.rule,
        "need": match.need,
        "reason": let_in(Tagged(match=match, need_at=need_at)),
        "made_by": _list(one.made_by),
        "ended_by": _list(one.ended_by),
        "ended": instant(one.ended_at),
    }


def _span(match: Match) -> tuple[str, str, int, int]:
    return match.entry_id, match.field, match.start, match.end


def _list(version: ListVersion | None) -> dict[str, Any] | None:
    return {"digest": version.digest, "as_of": version.as_of} if version else None


# ---------------------------------------------------------------------------------------------- checking


def _verify(path: Path, key: bytes | None, key_env: str | None, *, json_: bool) -> None:
    """Raises: ScowatchError with each problem, when the file is not as it was made."""
    from monitor.evidence import bundle, zipped

    try:
        if path.stat().st_size > zipped.LIMIT * 2:
            raise ScowatchError(f"{path}: is larger than any bundle")
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error
    verdict = bundle.verified(data, key)
    if json_:
        as_json(_record(verdict))
    if verdict.problems:
        raise ScowatchError("\n".join(f"{path}: {member}: {why}" for member, why in verdict.problems))
    if not json_:
        click.echo(
            f"{path}: sound, all {verdict.members} members are as the manifest says; {_signed(verdict, key_env)}"
        )


def _signed(verdict: Verdict, key_env: str | None) -> str:
    if verdict.proved:
        return f"its signature is right by the key in {key_env}"
    if verdict.signed:
        return "it is signed, which was not checked: give --key-env NAME"
    return "it is not signed: this shows damage, not forgery"


def _record(verdict: Verdict) -> dict[str, Any]:
    return {
        "sound": not verdict.problems,
        "members": verdict.members,
        "signed": verdict.signed,
        "proved": verdict.proved,
        "of": verdict.of,
        "problems": [{"member": member, "why": why} for member, why in verdict.problems],
    }
