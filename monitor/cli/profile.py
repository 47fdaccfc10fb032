"""sources profile: what a source publishes, how soon, and how much of it is its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.places import columns, isolated, paragraph, plain
from monitor.cli.shown import as_json, cut, instant, span, time_option
from monitor.errors import InputError
from monitor.home import Home
from monitor.identity.profile import ENOUGH

if TYPE_CHECKING:
    from monitor.identity.profile import Profile
    from monitor.types import Source

_NAMED = 8
_HEAD = 11


@click.command("profile")
@click.argument("source_id", metavar="ID")
@time_option("--since", default="30d", show_default=True, help="A day, an ISO 8601 time, or a span like 24h or 7d.")
@time_option("--until", help="A day (included), or an ISO 8601 time.")
@click.option("--json", "json_", is_flag=True, help="One JSON document, with all that was counted.")
@click.pass_obj
def profile_command(home: Home, source_id: str, since: datetime, until: datetime | None, json_: bool) -> None:
    """What one source publishes: how much is its own, how soon it reports, what it writes about.

    Beside each figure stands of how many (n) it is; of fewer than 20 nothing is said.
    """
    from monitor.app import App
    from monitor.jobs.profiles import profiled

    app = App(home)
    source = app.sources.get(source_id)
    if source is None:
        raise InputError(f"no source {source_id} in {home.path / 'sources.yaml'} (see `sources list`)")
    places = home.story_words.names
    store = app.open_store()
    try:
        found = profiled(store, app.sources, places, source_id, since, until)
    finally:
        store.close()
    names = {place: written[0] for place, written in places.items()}
    if json_:
        return as_json(_record(found, source, names))
    _show(found, source, {entry.id: entry.name for entry in app.entries.values()}, names)
    return None


def _show(found: Profile, source: Source, entries: Mapping[str, str], places: Mapping[str, str]) -> None:
    known = (source.ownership, source.country, f"family {source.family}" if source.family else None)
    name = isolated(cut(plain(source.name), 40))
    click.echo(click.style(" · ".join([source.id, name, *(part for part in known if part)]), bold=True))
    if found.first_at is None or found.last_at is None:
        return click.echo("No article of that time is in the archive.")
    articles = f"{found.articles} article{'s' * (found.articles != 1)}"
    click.echo(f"{articles}, {found.first_at:%Y-%m-%d} to {found.last_at:%Y-%m-%d}\n")
    kinds = [("own", "self"), ("credited", "credited"), ("copied", "copied")]
    shares = ", ".join(f"{said} {_share(found.kinds.get(kind, 0), found.decided)}" for said, kind in kinds)
    _line("text", shares, found.decided)
    taken = sum(count for _, count in found.taken_from)
    if taken:
        _line("taken from", _top(found.taken_from, taken), taken)
    _line("lag", _lag(found), len(found.lags), "stories of several origins")
    _line("volume", f"{found.articles / found.days:.1f} articles a day", found.articles)
    _line("languages", _top(found.languages, found.articles), found.articles)
    _line("writes of", _top(found.entries, found.articles, entries), found.articles)
    _line("places", _top(found.places, found.placed, places), found.placed)
    return None


def _lag(found: Profile) -> str:
    if not found.usual_lag:
        usual = "as soon as anybody"
    else:
        usual = f"{span(found.usual_lag)} behind the first report"
    return f"{usual} in half of them, first in {_share(found.times_first, len(found.lags))}"


def _line(head: str, said: str, of: int, what: str = "") -> None:
    counted = f"n {of}{f' {what}' if what else ''}"
    told = f"{said or 'none'} ({counted})" if of >= ENOUGH else f"too few to say ({counted})"
    paragraph(f"{head:{_HEAD}}{told}", hang=_HEAD)


def _share(count: int, of: int) -> str:
    return f"{count / of:.0%}" if of else "-"


def _top(counted: Sequence[tuple[str, int]], of: int, names: Mapping[str, str] | None = None) -> str:
    """`Kazakhstan 40%, Astana 12% and 3 more`."""
    room = columns() // 2
    told = [
        f"{isolated(cut(plain((names or {}).get(key, key)), room))} {_share(count, of)}"
        for key, count in counted[:_NAMED]
    ]
    more = len(counted) - _NAMED
    return ", ".join(told) + (f" and {more} more" if more > 0 else "")


def _record(found: Profile, source: Source, places: Mapping[str, str]) -> dict[str, Any]:
    lag = found.usual_lag
    return {
        "id": found.source_id,
        "name": source.name,
        "articles": found.articles,
        "first": instant(found.first_at),
        "last": instant(found.last_at),
        "enough": ENOUGH,
        "text": {"n": found.decided} | {kind: found.kinds.get(kind, 0) for kind in ("self", "credited", "copied")},
        "taken_from": [{"name": name, "articles": count} for name, count in found.taken_from],
        "lag": {
            "n": len(found.lags),
            "median_seconds": int(lag.total_seconds()) if lag is not None else None,
            "first": found.times_first,
        },
        "volume": {"n": found.articles, "per_day": round(found.articles / found.days, 2) if found.days else None},
        "languages": [{"lang": lang, "articles": count} for lang, count in found.languages],
        "entries": {
            "n": found.articles,
            "tagged": found.tagged,
            "top": [{"id": name, "articles": count} for name, count in found.entries],
        },
        "places": {
            "n": found.placed,
            "top": [{"id": key, "name": places.get(key, key), "articles": count} for key, count in found.places],
        },
    }
