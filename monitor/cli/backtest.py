"""watchlist diff, watchlist suggest and retag: what the archive says to the list."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from monitor.cli.given import finder_of, open_matcher
from monitor.cli.places import around, columns, isolated, paragraph, plain, some
from monitor.cli.shown import as_json, cut, instant, note, table, time_option
from monitor.home import Home

if TYPE_CHECKING:
    from monitor.jobs.polls import Tagger
    from monitor.jobs.retagging import Difference, EntryDifference, RetagReport, Sample
    from monitor.watchlist.matcher import Matcher
    from monitor.watchlist.roles import WithRoles
    from monitor.watchlist.suggest import Suggestion

_Read = TypeVar("_Read")
_FILE = click.Path(path_type=Path)


# ---------------------------------------------------------------------------------------------- diff and retag


@click.command("diff", short_help="What another list would change in the archive.")
@click.argument("file", type=_FILE, required=False, metavar="[NEW.yaml]")
@time_option("--since", help="Only articles since then: a day, an ISO 8601 time, or a span like 30d.")
@time_option("--until", help="Only articles up to then (a day is included).")
@click.option("--samples", type=click.IntRange(0, 50), default=3, show_default=True, help="Shown of each entry.")
@click.option("--json", "json_", is_flag=True, help="One JSON document.")
@click.pass_obj
def diff_command(
    home: Home, file: Path | None, since: datetime | None, until: datetime | None, samples: int, json_: bool
) -> None:
    """What the archive's tags would gain and lose by another list; without one, by the list of the home as it is now.

    The archive is tagged in memory, and nothing is written. `retag` is what applies the list of the home.
    """
    from monitor.app import App
    from monitor.jobs.retagging import difference

    tagger = _tagger(finder_of(home, open_matcher(home, file)))
    store = App(home).open_store()
    try:
        found = difference(
            store,
            None,
            tagger,
            since=since,
            until=until,
            samples=samples,
            progress=lambda count: _progress(f"{count} articles looked through"),
        )
    finally:
        store.close()
    _progress("")
    return as_json(_difference_record(found)) if json_ else _show_difference(found)


def _tagger(finder: Matcher | WithRoles) -> Tagger:
    return lambda title, text, lang, at: finder.find(title, text, lang, at.date() if at else None)


def _progress(line: str) -> None:
    """Shows how far it is, where somebody looks on; an empty line takes it away."""
    if sys.stderr is not None and sys.stderr.isatty():
        note(f"\r\033[K{line}", nl=False)


def _difference_record(found: Difference) -> dict[str, Any]:
    return {
        "articles": found.articles,
        "changed": found.changed,
        "days": found.days,
        "entries": [_entry_record(one, found.days) for one in found.entries],
    }


def _entry_record(one: EntryDifference, days: int) -> dict[str, Any]:
    before, after = one.per_day(days)
    return {
        "id": one.entry_id,
        "gained": one.gained,
        "lost": one.lost,
        "articles_gained": one.articles_gained,
        "articles_lost": one.articles_lost,
        "per_day": {"before": round(before, 2), "after": round(after, 2)},
        "days": {day.isoformat(): {"before": b, "after": a} for day, (b, a) in one.days.items()},
        "samples_gained": [_sample_record(sample) for sample in one.samples_gained],
        "samples_lost": [_sample_record(sample) for sample in one.samples_lost],
    }


def _sample_record(sample: Sample) -> dict[str, Any]:
    match = sample.match
    record: dict[str, Any] = {"article": sample.article_id, "title": sample.title, "url": sample.url}
    record |= {"at": instant(sample.at), "field": match.field, "start": match.start, "end": match.end}
    record |= {"text": sample.span, "before": sample.before, "after": sample.after}
    return record | {"alias": match.alias, "lang": match.lang, "rule": match.rule, "need": match.need}


def _show_difference(found: Difference) -> None:
    days = "1 day" if found.days == 1 else f"{found.days} days"
    click.echo(f"{found.articles} articles of {days} looked through: the tags of {found.changed} would change")
    if not found.entries:
        return
    heads = ("matches", "articles", "a day", "entry")
    rows = []
    for one in found.entries:
        before, after = one.per_day(found.days)
        changes = (f"+{one.gained} -{one.lost}", f"+{one.articles_gained} -{one.articles_lost}")
        rows.append((*changes, f"{before:.1f} → {after:.1f}", one.entry_id))
    table(heads, rows)
    for one in found.entries:
        _show_samples(one)


def _show_samples(one: EntryDifference) -> None:
    samples = [("+", sample) for sample in one.samples_gained] + [("-", sample) for sample in one.samples_lost]
    if samples:
        click.echo(f"\n{click.style(one.entry_id, bold=True)}")
    for sign, sample in samples:
        whole = f"{sample.before}{sample.span}{sample.after}"
        start = len(sample.before)
        click.echo(f"  {sign} {around(whole, start, start + len(sample.span), columns() - 4)}")
        rule = sample.match.rule + (f" ({sample.match.need})" if sample.match.need else "")
        end = f"  {plain(rule)} · {sample.article_id} · {sample.at:%Y-%m-%d} · "
        click.echo(f"  {end}{isolated(cut(plain(sample.title), max(10, columns() - len(end) - 2)))}")


@click.command("retag")
@click.option("--json", "json_", is_flag=True, help="The report as JSON.")
@click.pass_obj
def retag_command(home: Home, json_: bool) -> None:
    """Tag the archive anew by the present list of the home; `watchlist diff` shows beforehand what that changes.

    Old articles raise no alert and stand in no digest because of it. What earlier lists found stays on record. Killed
    on the way, it goes on there the next time; `run` may be at work meanwhile.
    """
    from monitor.app import App, now
    from monitor.jobs.retagging import retag

    app = App(home)
    home.watchlist  # noqa: B018 - a list that cannot be read is told before the archive is touched
    store = app.open_store()
    try:
        report = retag(store, app.tagger, home.list_version, now=now, progress=_show_progress, placer=app.placer)
    finally:
        store.close()
    _progress("")
    record: dict[str, Any] = {"articles": report.articles, "changed": report.changed, "left": report.left}
    record |= {"gained": dict(report.gained), "lost": dict(report.lost)}
    return as_json(record) if json_ else _show_retagged(report)


def _show_progress(report: RetagReport) -> None:
    _progress(f"{report.articles} articles tagged anew, {report.changed} changed")


def _show_retagged(report: RetagReport) -> None:
    click.echo(f"{report.articles} articles tagged anew: the tags of {report.changed} changed")
    ids = sorted({*report.gained, *report.lost}, key=lambda i: (-report.gained[i] - report.lost[i], i))
    table(("matches", "entry"), [(f"+{report.gained[i]} -{report.lost[i]}", i) for i in ids])
    if report.left:
        note(f"{report.left} articles were changed by others meanwhile: give the command again")


# ---------------------------------------------------------------------------------------------- suggest


@click.command("suggest", short_help="Names beside tags that are not on the list.")
@time_option("--since", default="90d", show_default=True, help="A day, an ISO 8601 time, or a span.")
@click.option("--least", type=click.IntRange(1), default=3, show_default=True, help="Articles with it near a tag.")
@click.option("--limit", type=click.IntRange(0, 10_000), default=30, show_default=True, help="Most names shown.")
@click.option("--json", "json_", is_flag=True, help="One JSON document.")
@click.pass_obj
def suggest_command(home: Home, since: datetime, least: int, limit: int, json_: bool) -> None:
    """Names that often stand beside tagged ones and are not on the list, for you to look at; none is added by itself.

    What comes first stands near tags far more often than in articles without any.
    """
    from monitor.app import App
    from monitor.jobs.retagging import tagged_articles
    from monitor.watchlist.suggest import suggest

    store = App(home).open_store()
    try:
        articles = _counting(tagged_articles(store, since=since))
        found = suggest(articles, home.watchlist, home.forms, least=least, limit=limit)
    finally:
        store.close()
    _progress("")
    if json_:
        return as_json([asdict(one) for one in found])
    for one in found:
        _show_suggestion(one)
    click.echo(f"{len(found)} name{'s' * (len(found) != 1)} to look at" if found else "no name stands out")
    return None


def _counting(articles: Iterator[_Read]) -> Iterator[_Read]:
    for count, one in enumerate(articles):
        if count % 1_000 == 0:
            _progress(f"{count} articles read")
        yield one


def _show_suggestion(one: Suggestion) -> None:
    click.echo(f"{click.style(isolated(plain(one.name)), bold=True)}  ({one.lang or 'language unknown'})")
    outlets = f" of {one.sources} outlet{'s' * (one.sources != 1)}" if one.sources else ""
    click.echo(f"    near tags in {one.articles} articles{outlets}, in {one.elsewhere} without tags")
    at = one.sample.find(one.name)
    if at < 0:
        click.echo("    " + isolated(cut(plain(one.sample), columns() - 4)))
    else:
        click.echo("    " + around(one.sample, at, at + len(one.name), columns() - 4))
    spelled = f"; also {some(map(plain, one.spellings), 3)}" if one.spellings else ""
    paragraph(f"article {one.article_id}; beside {some(one.beside, 3)}{spelled}", indent=4)
    click.echo()
