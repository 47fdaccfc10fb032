"""Why the articles of a story are one, as `story --why` says it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.places import isolated, paragraph, plain

if TYPE_CHECKING:
    from monitor.home import Home
    from monitor.identity.ties import Copy
    from monitor.jobs.ties import Told, Why
    from monitor.ports import Store

#: What counts less, and more of them, is not told in print; `--json` has all.
_LEAST = 0.05
_MOST = 10

_KINDS = {
    "word": "words",
    "name": "names",
    "number": "numbers",
    "ordinal": "ordinals",
    "day": "days",
    "entry": "watchlist",
    "place": "places",
    "happening": "what happened",
}
_PARTS = {
    "start": "to begin with",
    "days": "time between them",
    "form": "one form with other numbers",
    "size": "length",
    "outlet": "one outlet, and headlines with little in common",
    "series": "one outlet says nearly the same on another day",
}


def why_of(home: Home, store: Store, number: int) -> Why:
    """Of the story that goes by that number now. Raises: ConfigError, InputError, StoreError."""
    from monitor.app.placing import stories_of
    from monitor.jobs.ties import why

    return why(store, stories_of(home), number)


def why_record(told: Why) -> dict[str, Any]:
    """What `--why --json` adds to the story."""
    return {
        "why": [
            {
                "article": tie.article_id,
                "like": tie.other_id,
                "likeness": round(tie.likeness, 3),
                "reasons": [
                    {"part": one.part, "kind": one.kind, "value": round(one.value, 3), "said": list(one.said)}
                    for one in several
                ],
            }
            for tie, several in told.ties
        ],
        "copies": [
            {
                "article": copy.article_id,
                "of": copy.other_id,
                "shorter": round(copy.likeness.shorter, 3),
                "longer": round(copy.likeness.longer, 3),
            }
            for copy in told.copies
        ],
        "untold": told.untold,
    }


def show_why(told: Why, names: Mapping[int, str]) -> None:
    """`names`: of the story's articles, ready to print."""
    if told.copies:
        click.echo("\nOne text:")
    for copy in told.copies[:_MOST]:
        paragraph(f"  {names[copy.article_id]} has {_shares(copy)} {names[copy.other_id]}", hang=4)
    _more(len(told.copies))
    if told.ties:
        click.echo("\nWhat speaks for one event, and against it (above 0 together is enough):")
    for tie, several in told.ties[:_MOST]:
        paragraph(f"  {names[tie.article_id]} beside {names[tie.other_id]}: {_signed(tie.likeness)}", hang=4)
        for one in several:
            if abs(one.value) >= _LEAST:
                paragraph(f"    {_signed(one.value)}  {_line(one)}", hang=10)
    _more(len(told.ties))
    if told.untold:
        texts = f"{told.untold} text{'' if told.untold == 1 else 's'}"
        click.echo()
        paragraph(f"Of {texts} it cannot be said why: nothing is kept to compare them by.", hang=2)
    elif not told.copies and not told.ties:
        click.echo("\nOne text alone: there is nothing that it was put together with.")


def _more(count: int) -> None:
    if count > _MOST:
        click.echo(f"  … and {count - _MOST} more (--json has all)")


def _shares(copy: Copy) -> str:
    said = copy.likeness
    if not said.shorter:
        return "the headline of"
    return f"{said.longer:.0%} of the longer and {said.shorter:.0%} of the shorter text in common with"


def _line(told: Told) -> str:
    said = " · ".join(isolated(plain(word)) for word in told.said)
    return f"{_what(told)}: {said}" if said else _what(told)


def _what(told: Told) -> str:
    if told.part in _PARTS:
        return _PARTS[told.part]
    kind = _KINDS[told.kind or ""]
    return f"other {kind} in the headlines" if told.part == "against" else kind


def _signed(value: float) -> str:
    return f"{value:+.1f}".replace("-", "−")
