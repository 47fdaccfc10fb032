"""why: what let a tag in, or stopped it; and the same said of every entry."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.places import around, columns, isolated, paragraph, plain, some
from monitor.cli.shown import as_json, cut
from monitor.errors import ConfigError, InputError, Problem
from monitor.home import Home

if TYPE_CHECKING:
    from monitor.types import Kept, Match, Watchlist, WatchlistEntry
    from monitor.watchlist.matcher import Matcher
    from monitor.watchlist.why import Alike, Explanation, Place, Stopped, Tagged


@click.command("why")
@click.argument("names", nargs=-1, metavar="ARTICLE WATCH_ID")
@click.option("--text", help="This text, in place of an article of the archive; `-` is standard input.")
@click.option("--title", default="", help="With --text: its headline.")
@click.option("--lang", help="With --text: its language; default: as it looks.")
@click.option("--date", "day", help="With --text: the day it was published, such as 2026-11-21.")
@click.option("--watchlist", type=click.Path(path_type=Path), help="Another list than that of the home.")
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
    json_: bool,
) -> None:
    """Why an article is tagged with an entry of the watchlist, or why it is not.

    ARTICLE is its number in the archive, the importer's id, or its address.

    \b
    scowatch why 1207 sco
    scowatch why --text 'Askarov met the delegation' sco
    """
    if len(names) != (1 if text is not None else 2):
        raise click.UsageError("give ARTICLE and WATCH_ID, or --text TEXT and WATCH_ID")
    matcher = open_matcher(home, watchlist)
    entry = entry_named(matcher.watchlist, names[-1])
    if text is not None:
        asked = Given.of_text(text, title, lang, day)
        return _answer(asked, matcher, entry, None, json_=json_)
    kept, stored = _article(home, names[0])
    return _answer(Given.of_article(kept), matcher, entry, stored, json_=json_)


class Given:
    """A text that is asked about."""

    def __init__(self, title: str, text: str, lang: str | None, at: date | None, kept: Kept | None = None) -> None:
        self.title = title
        self.text = text
        self.lang = lang
        self.at = at
        self.kept = kept

    @classmethod
    def of_text(cls, text: str, title: str = "", lang: str | None = None, day: str | None = None) -> Given:
        """A text of the command line or of standard input; its language as it looks when none is given."""
        if text == "-":
            text = sys.stdin.read() if sys.stdin is not None else ""
        if lang is None:
            from monitor.text.language import detect

            lang = detect(f"{title}\n{text}")
        return cls(title, text, lang, _day(day))

    @classmethod
    def of_article(cls, kept: Kept) -> Given:
        """An article of the archive, as it was tagged."""
        article = kept.article
        return cls(article.title, article.text, article.lang, article.published_at or article.first_seen_at, kept)

    def field(self, name: str) -> str:
        return self.title if name == "title" else self.text


def _day(text: str | None) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        raise InputError(f"--date {text[:30]!r} is not a day like 2026-11-21") from None


def open_matcher(home: Home, watchlist: Path | None) -> Matcher:
    """The matcher of that list, of the home's, or of the pack's. Raises: ConfigError."""
    from monitor.watchlist.load import parse
    from monitor.watchlist.matcher import Matcher

    if watchlist is None:
        return Matcher(home.watchlist, home.forms)
    return Matcher(parse(text_of(watchlist), str(watchlist)))


def text_of(path: Path) -> str:
    """The text of a list's file. Raises: ConfigError."""
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError([Problem(str(path), 0, f"cannot be read: {error.strerror}")]) from error
    except UnicodeDecodeError as error:
        raise ConfigError([Problem(str(path), 0, f"is not UTF-8 text: {error.reason}")]) from error


def entry_named(watchlist: Watchlist, entry_id: str) -> WatchlistEntry:
    """The entry with that id. Raises: InputError."""
    found = next((entry for entry in watchlist.entries if entry.id == entry_id), None)
    if found is None:
        from difflib import get_close_matches

        close = get_close_matches(entry_id.lower(), [entry.id for entry in watchlist.entries], n=3, cutoff=0.5)
        meant = f"; did you mean {' or '.join(close)}?" if close else ""
        raise InputError(f"the watchlist has no entry {entry_id!r}{meant}")
    return found


def _article(home: Home, name: str) -> tuple[Kept, tuple[Match, ...]]:
    """The article with its stored matches. Raises: InputError."""
    from monitor.app import App

    store = App(home).open_store()
    try:
        kept = store.article(name)
        if kept is None:
            remedy = "give its number, the importer's id or its address; `scowatch search --json` shows them"
            raise InputError(f"the archive has no article {name!r}: {remedy}")
        return kept, store.matches(kept.id)
    finally:
        store.close()


def _answer(
    given: Given, matcher: Matcher, entry: WatchlistEntry, stored: Sequence[Match] | None, *, json_: bool
) -> None:
    from monitor.watchlist.entries import descendants
    from monitor.watchlist.why import explain

    told = explain(matcher, given.title, given.text, given.lang, given.at, entry_id=entry.id)
    here = [match for match in stored or () if match.entry_id == entry.id]
    differs = stored is not None and _spans(here) != _spans(one.match for one in told.tagged)
    below = {match.entry_id for match in stored or ()}.intersection(descendants(matcher.watchlist, entry.id)[1:])
    if json_:
        record = record_of(given, told) | {"id": entry.id, "name": entry.name, "tagged": bool(told.tagged)}
        record |= {"article": _record_of_article(given.kept) if given.kept else None, "below": sorted(below)}
        record["stored"] = None if stored is None else [asdict(match) for match in here]
        return as_json(record)
    if given.kept:
        _show_article(given.kept)
    _show_verdict(entry, told)
    show(given, told)
    if below or differs:
        click.echo()
    if below:
        paragraph(f"A search for tag:{entry.id} finds the article all the same, by {some(sorted(below))}.")
    if differs:
        count = f"{len(here)} place{'s' * (len(here) != 1)}"
        paragraph(f"The archive has {count}, tagged by an earlier state of the list: `scowatch retag` makes them so.")
    return None


def _spans(matches: Iterable[Match]) -> list[tuple[str, int, int]]:
    return sorted((match.field, match.start, match.end) for match in matches)


# ---------------------------------------------------------------------------------------------- as JSON


def record_of(given: Given, told: Explanation) -> dict[str, Any]:
    """What is told, as plain values."""
    return {
        "lang": given.lang,
        "matches": [_tagged_record(given, one) for one in told.tagged],
        "stopped": [_stopped_record(given, one) for one in told.stopped],
        "alike": [_alike_record(given, one) for one in told.alike],
    }


def _tagged_record(given: Given, one: Tagged) -> dict[str, Any]:
    match = one.match
    record = {"id": match.entry_id, "alias": match.alias, "lang": match.lang, "field": match.field}
    span = {"start": match.start, "end": match.end, "text": given.field(match.field)[match.start : match.end]}
    return record | span | {"rule": match.rule, "need": match.need, "need_at": _place_record(one.need_at)}


def _stopped_record(given: Given, one: Stopped) -> dict[str, Any]:
    record: dict[str, Any] = {"id": one.entry_id, "alias": one.alias, "lang": one.lang}
    record |= {"field": one.place.field, "start": one.place.start, "end": one.place.end}
    record |= {"text": given.field(one.place.field)[one.place.start : one.place.end], "reason": one.reason}
    record |= {"by": one.by, "by_id": one.by_entry, "by_at": _place_record(one.by_at)}
    record |= {"needs": list(one.needs), "window": one.window or None}
    return record | {"until": one.until.isoformat() if one.until else None}


def _alike_record(given: Given, one: Alike) -> dict[str, Any]:
    field, start, end = one.place
    record = {"alias": one.alias, "lang": one.lang, "form": one.form, "field": field, "start": start, "end": end}
    return record | {"text": given.field(field)[start:end], "distance": one.distance, "part": one.part}


def _place_record(place: Place | None) -> dict[str, Any] | None:
    return None if place is None else {"field": place.field, "start": place.start, "end": place.end}


def _record_of_article(kept: Kept) -> dict[str, Any]:
    from monitor.cli.shown import instant

    article = kept.article
    record = {"id": kept.id, "ref": article.ref, "title": article.title, "url": article.url, "lang": article.lang}
    return record | {"published": instant(article.published_at)}


# ---------------------------------------------------------------------------------------------- in words


def _show_article(kept: Kept) -> None:
    article = kept.article
    click.echo(click.style(isolated(cut(plain(article.title), columns())), bold=True))
    at = (article.published_at or article.first_seen_at).strftime("%Y-%m-%d")
    click.echo(f"{kept.id} · {article.lang or 'language unknown'} · {at} · {plain(article.url)}")
    click.echo()


def _show_verdict(entry: WatchlistEntry, told: Explanation) -> None:
    count = len(told.tagged)
    verdict = f"tagged, {count} place{'s' * (count > 1)}" if count else "not tagged"
    click.echo(f"{entry.id} ({entry.name}): {click.style(verdict, bold=True)}")


def show(given: Given, told: Explanation, *, ids: bool = False) -> None:
    """Prints each place with its reason; `ids`: of which entry it is."""
    for one in told.tagged[:_MOST_SHOWN]:
        field, start, end = one.match.field, one.match.start, one.match.end
        _show_place(given, field, start, end, _let_in(one), one.match.entry_id if ids else None)
    if len(told.tagged) > _MOST_SHOWN:
        click.echo(f"\n  … and {len(told.tagged) - _MOST_SHOWN} more places (--json has all)")
    if told.stopped:
        click.echo("\nWhat does not count:")
    for stopped in told.stopped:
        field, start, end = stopped.place
        _show_place(given, field, start, end, _reason(given, stopped), stopped.entry_id if ids else None)
    if told.alike:
        click.echo("\nNo name of it stands in the text. Most like one:")
    elif not told.tagged and not told.stopped:
        click.echo("No name stands in the text, nor anything like one." if not ids else "No name stands in the text.")
    for alike in told.alike:
        field, start, end = alike.place
        _show_place(given, field, start, end, _likeness(alike), None)


_MOST_SHOWN = 20


def _show_place(given: Given, field: str, start: int, end: int, why: str, entry_id: str | None) -> None:
    click.echo()
    click.echo(f"  {field} {start}-{end}" + (f"  {click.style(entry_id, bold=True)}" if entry_id else ""))
    click.echo("    " + around(given.field(field), start, end, columns() - 4))
    paragraph(why, indent=4)


def _let_in(one: Tagged) -> str:
    match = one.match
    name = f"{_name(match.alias)} ({match.lang})"
    if match.rule == "strong":
        return f"strong name {name}"
    if match.rule == "weak:need":
        where = _distance((match.field, match.start, match.end), one.need_at)
        return f"weak name {name}, let in by {_name(match.need or '')}{where}"
    reasons = {
        "weak:strong-elsewhere": "a strong name of the entry stands elsewhere in the text",
        "weak:date": "on that day nobody else of this name was meant",
    }
    return f"weak name {name}: {reasons.get(match.rule, match.rule)}"


def _name(text: str) -> str:
    return f"«{isolated(plain(text))}»"


def _distance(span: tuple[str, int, int], other: Place | None) -> str:
    """`, 12 characters before it`."""
    if other is None:
        return ""
    if other.field != span[0]:
        return f" in the {other.field}"
    if other.start < span[2] and other.end > span[1]:
        return ", which stands over it"
    before = other.end <= span[1]
    apart = span[1] - other.end if before else other.start - span[2]
    return f", {apart} character{'s' * (apart != 1)} {'before' if before else 'after'} it"


def _reason(given: Given, one: Stopped) -> str:
    match one.reason:
        case "boundary":
            return f"a part of the word {_name(one.by or '')}"
        case "capitals":
            return f"counts only with its capitals, as {_name(one.by or '')}"
        case "language":
            spoken = given.lang or "no language that shows"
            return f"{_name(one.alias)} is an abbreviation of `{one.lang}`, and the text is in {spoken}"
        case "veto":
            return f"stopped by the veto {_name(one.by or '')}{_distance(one.place, one.by_at)}"
        case "need":
            return _lack(one)
        case "longer":
            whose = f" of {one.by_entry}" if one.by_entry != one.entry_id else ""
            return f"a part of the longer name {_name(one.by or '')}{whose}, which has the tag"
        case "address":
            return "stands in the address of a page or a person, which is no mention"
        case "many":
            return f"only the first {one.by} mentions of an entry are kept"


def _lack(one: Stopped) -> str:
    if one.needs:
        lacks = f"none of its needed terms stands within {one.window} characters: {some(map(plain, one.needs))}"
    else:
        lacks = "it needs a strong name elsewhere in the text, and there is none"
    dates = f"; before {one.until} it needs none" if one.until else ""
    capitals = "; a strong name elsewhere does not help in a line of capitals" if one.in_capitals else ""
    return f"weak name {_name(one.alias)} ({one.lang}): {lacks}{dates}{capitals}"


def _likeness(one: Alike) -> str:
    form = f"{_name(one.form)}" + (
        f" (from {_name(one.alias)}, {one.lang})" if one.form != one.alias else f" ({one.lang})"
    )
    if one.part:
        return f"a part of {form}, not enough by itself: list it under `ambiguous`, if it should count in company"
    letters = f"{one.distance} letter{'s' * (one.distance > 1)}"
    return f"{letters} from {form}"
