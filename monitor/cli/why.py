"""why: what let a tag in, or stopped it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.given import Given, entry_named, open_matcher
from monitor.cli.named import article_named
from monitor.cli.places import columns, isolated, paragraph, plain, some
from monitor.cli.presence import record_of_page, show_page
from monitor.cli.reasons import record_of, show
from monitor.cli.shown import as_json, cut, instant
from monitor.home import Home

if TYPE_CHECKING:
    from monitor.types import Kept, ListVersion, Match, Presence, PutDown, Watchlist, WatchlistEntry
    from monitor.watchlist.explained import Explanation


@click.command("why")
@click.argument("names", nargs=-1, metavar="ARTICLE WATCH_ID")
@click.option("--text", help="This text, in place of an article of the archive; `-` is standard input.")
@click.option("--title", default="", help="With --text: its headline.")
@click.option("--lang", help="With --text: its language; default: as it looks.")
@click.option("--date", "day", help="With --text: the day it was published, such as 2026-11-21.")
@click.option("--watchlist", type=click.Path(path_type=Path), help="Another list than that of the home.")
@click.option("--roles", is_flag=True, help="A title alone stands for who held the office that day.")
@click.option("--json", "json_", is_flag=True, help="One JSON document.")
@click.pass_obj
def why_command(
    home: Home,
    names: tuple[str, ...],
    text: str | None,
    title: str,
    lang: str | None,
    day: str | None,
    watchlist: Path | None,
    roles: bool,
    json_: bool,
) -> None:
    """Why an article is tagged with an entry of the watchlist, or why it is not.

    ARTICLE is its number in the archive, the importer's id, or its address.

    \b
    scowatch why 1207 sco
    scowatch why --text 'Aitmatov met the delegation' sco
    """
    if len(names) != (1 if text is not None else 2):
        raise click.UsageError("give ARTICLE and WATCH_ID, or --text TEXT and WATCH_ID")
    matcher = open_matcher(home, watchlist)
    entry = entry_named(matcher.watchlist, names[-1])
    if text is not None:
        stored = None
        asked = Given.of_text(text, title, lang, day)
    else:
        kept, stored = _article(home, names[0])
        asked = Given.of_article(kept)
    told = asked.explained(home, matcher, entry.id, roles=roles)
    return _answer(asked, told, matcher.watchlist, entry, stored, json_=json_)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stored:
    """What the archive holds of an article's tags."""

    matches: tuple[Match, ...]
    history: tuple[PutDown, ...]
    page: Presence | None


def _article(home: Home, name: str) -> tuple[Kept, _Stored]:
    """The article with its stored tags. Raises: InputError."""
    from monitor.app import App

    store = App(home).open_store()
    try:
        kept = article_named(store, name)
        return kept, _Stored(
            matches=store.matches(kept.id), history=store.match_history(kept.id), page=store.presence(kept.id)
        )
    finally:
        store.close()


def _answer(
    given: Given,
    told: Explanation,
    watchlist: Watchlist,
    entry: WatchlistEntry,
    stored: _Stored | None,
    *,
    json_: bool,
) -> None:
    from monitor.watchlist.entries import descendants

    matches = stored.matches if stored else ()
    here = [match for match in matches if match.entry_id == entry.id]
    history = [one for one in stored.history if one.match.entry_id == entry.id] if stored else []
    differs = stored is not None and _spans(here) != _spans(one.match for one in told.tagged)
    below = {match.entry_id for match in matches}.intersection(descendants(watchlist, entry.id)[1:])
    if json_:
        record = record_of(given, told) | {"id": entry.id, "name": entry.name, "tagged": bool(told.tagged)}
        record |= {"article": _record_of_article(given.kept) if given.kept else None, "below": sorted(below)}
        record["stored"] = None if stored is None else [asdict(match) for match in here]
        record["page"] = record_of_page(stored.page) if stored else None
        record["history"] = [_record_of_history(one) for one in history]
        return as_json(record)
    if given.kept:
        _show_article(given.kept, stored.page if stored else None)
    _show_verdict(entry, told)
    show(given, told)
    if below or differs or history:
        click.echo()
    for line in dict.fromkeys(map(_on_record, history)):
        paragraph(line)
    if below:
        paragraph(f"A search for tag:{entry.id} finds the article all the same, by {some(sorted(below))}.")
    if differs:
        count = f"{len(here)} place{'s' * (len(here) != 1)}"
        paragraph(f"The archive has {count}, tagged by an earlier state of the list: `scowatch retag` makes them so.")
    return None


def _on_record(one: PutDown) -> str:
    made = f"tagged by {_list_named(one.made_by)}" if one.made_by else "tagged before lists were put down"
    ended = f", no more since {one.ended_at:%Y-%m-%d}, by {_list_named(one.ended_by)}" if one.ended_at else ""
    return f"On record: {made}{ended}"


def _list_named(version: ListVersion | None) -> str:
    return f"the list as of {version.as_of or 'no day'} ({version.digest[:8]})" if version else "another list"


def _record_of_history(one: PutDown) -> dict[str, Any]:
    def by(version: ListVersion | None) -> dict[str, Any] | None:
        if version is None:
            return None
        return {"digest": version.digest, "as_of": version.as_of, "first_used": instant(version.first_used_at)}

    place = {"field": one.match.field, "start": one.match.start, "end": one.match.end, "rule": one.match.rule}
    times = {"made_by": by(one.made_by), "ended_by": by(one.ended_by), "ended": instant(one.ended_at)}
    return place | {"alias": one.match.alias, "version": one.version} | times


def _spans(matches: Iterable[Match]) -> list[tuple[str, int, int]]:
    return sorted((match.field, match.start, match.end) for match in matches)


def _record_of_article(kept: Kept) -> dict[str, Any]:
    article = kept.article
    record = {"id": kept.id, "ref": article.ref, "title": article.title, "url": article.url, "lang": article.lang}
    return record | {"published": instant(article.published_at)}


def _show_article(kept: Kept, page: Presence | None) -> None:
    article = kept.article
    click.echo(click.style(isolated(cut(plain(article.title), columns())), bold=True))
    at = (article.published_at or article.first_seen_at).strftime("%Y-%m-%d")
    click.echo(f"{kept.id} · {article.lang or 'language unknown'} · {at} · {plain(article.url)}")
    show_page(page)
    click.echo()


def _show_verdict(entry: WatchlistEntry, told: Explanation) -> None:
    count = len(told.tagged)
    verdict = f"tagged, {count} place{'s' * (count > 1)}" if count else "not tagged"
    click.echo(f"{entry.id} ({entry.name}): {click.style(verdict, bold=True)}")
