"""Why a tag is there or is not: as values for scripts, and in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from monitor.cli.given import Given
from monitor.cli.places import around, columns, isolated, paragraph, plain, some

if TYPE_CHECKING:
    from monitor.watchlist.explained import Alike, Explanation, Place, Stopped, Tagged


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


# ---------------------------------------------------------------------------------------------- in words


def show(given: Given, told: Explanation, *, ids: bool = False) -> None:
    """Prints each place with its reason; `ids`: of which entry it is."""
    for one in told.tagged[:_MOST_SHOWN]:
        field, start, end = one.match.field, one.match.start, one.match.end
        _show_place(given, field, start, end, let_in(one), one.match.entry_id if ids else None)
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


def let_in(one: Tagged) -> str:
    """Why the match counts."""
    match = one.match
    name = f"{_name(match.alias)} ({match.lang})"
    if match.rule == "strong":
        return f"strong name {name}"
    if match.rule == "weak:need":
        where = _distance((match.field, match.start, match.end), one.need_at)
        return f"weak name {name}, let in by {_name(match.need or '')}{where}"
    if match.rule == "role":
        return f"title {name}: by the list, the office was held by this person on that day"
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
        case "early":
            return f"means this only from {one.by} on, and the article is of an earlier day"
        case "namesake":
            if not one.by:
                return f"another person: in `{given.lang}` a woman's surname"
            return f"another person: {_name(one.by.title())} stands beside it"
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
