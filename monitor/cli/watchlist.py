"""watchlist: the list of names, shown, checked, looked over and tried."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import timedelta
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.backtest import diff_command, suggest_command
from monitor.cli.given import Given, entry_named, open_matcher, text_of
from monitor.cli.places import isolated, listed, paragraph, plain
from monitor.cli.reasons import record_of, show
from monitor.cli.shown import as_json, note, table
from monitor.errors import ConfigError
from monitor.home import Home

if TYPE_CHECKING:
    from monitor.types import Watchlist, WatchlistEntry
    from monitor.watchlist.forms import Form
    from monitor.watchlist.lint import Finding, Spelled

_FILE = click.Path(path_type=Path)
#: Articles of so many days, and so many of them, tell whether a name is a word like any other.
_COUNTED_DAYS, _COUNTED = 30, 20_000


@click.group("watchlist")
def watchlist_command() -> None:
    """The list of names: what is looked for, whether the file is sound, what it would find.

    \b
    scowatch watchlist list bank                 entries with that in a name
    scowatch watchlist test 'Генсек ШОС прибыл'  what would be tagged, and why
    scowatch watchlist forms sco                 every spelling that is looked for
    scowatch watchlist check new.yaml            every mistake with its line
    scowatch watchlist lint                      what had better be written otherwise
    scowatch watchlist diff new.yaml             what the archive would gain and lose
    scowatch watchlist suggest                   names beside tags, not on the list
    """


# ---------------------------------------------------------------------------------------------- list


@watchlist_command.command("list", short_help="Entries by any of their names.")
@click.argument("words", required=False)
@click.option("--kind", help="Only those of one kind, such as person.")
@click.option("--json", "json_", is_flag=True, help="One JSON document.")
@click.pass_obj
def list_command(home: Home, words: str | None, kind: str | None, json_: bool) -> None:
    """The entries of the home's list: all, or those with WORDS in their id or in one of their names."""
    from monitor.text.fold import fold

    wanted = fold(words or "")
    entries = [e for e in home.watchlist.entries if kind in (None, e.kind) and _is_called(e, wanted)]
    if json_:
        return as_json([_entry_values(entry) for entry in entries])
    table(("id", "kind", "name"), [(entry.id, entry.kind, entry.name) for entry in entries])
    note(f"{len(entries)} of {len(home.watchlist.entries)} entries")
    return None


def _is_called(entry: WatchlistEntry, wanted: str) -> bool:
    from monitor.text.fold import fold

    names = (name for names in entry.aliases.values() for name in names)
    called = (entry.id, entry.name, *names, *(weak.name for weak in entry.ambiguous))
    return not wanted or any(wanted in fold(name) for name in called)


def _entry_values(entry: WatchlistEntry) -> dict[str, Any]:
    values: dict[str, Any] = {"id": entry.id, "kind": entry.kind, "name": entry.name, "parent": entry.parent}
    names = {lang: list(names) for lang, names in entry.aliases.items()}
    return values | {"priority": entry.priority, "countries": list(entry.countries), "names": names}


# ---------------------------------------------------------------------------------------------- forms


@watchlist_command.command("forms", short_help="Every spelling of an entry that is looked for.")
@click.argument("watch_id")
@click.option("--lang", help="Only those of one language key, such as ru.")
@click.option("--watchlist", type=_FILE, help="Another list than that of the home.")
@click.option("--json", "json_", is_flag=True, help="One JSON document.")
@click.pass_obj
def forms_command(home: Home, watch_id: str, lang: str | None, watchlist: Path | None, json_: bool) -> None:
    """Every spelling of an entry that is looked for, with the name and the rule that it comes from.

    Suffixes of kk, ky, uz, tg, tr, mn, hi, ur and fa are not written out: they are accepted in texts of their language.
    """
    entry, forms = _forms_of(home, watchlist, watch_id)
    forms = [form for form in forms if lang in (None, form.lang)]
    if json_:
        return as_json({"id": entry.id, "name": entry.name, "kind": entry.kind, "forms": _form_records(entry, forms)})
    names = len({(form.alias, form.lang, form.weak) for form in forms})
    click.echo(f"{click.style(entry.id, bold=True)} ({entry.name}): {len(forms)} spellings of {names} names")
    for group in _by_name(forms):
        _show_name(entry, group)
    return None


def _forms_of(home: Home, watchlist: Path | None, watch_id: str) -> tuple[WatchlistEntry, list[Form]]:
    known, forms = _list_and_forms(home, watchlist)
    entry = entry_named(known, watch_id)
    place = known.entries.index(entry)
    return entry, sorted((form for form in forms if form.entry == place), key=_listed_first)


def _listed_first(form: Form) -> tuple[bool, int]:
    return form.weak >= 0, form.weak


def _in_order(forms: Sequence[Form]) -> list[Form]:
    """Names as they stand in the list, what is built out of them by the alphabet."""
    return sorted(forms, key=lambda form: (not form.listed, form.cased if not form.listed else ""))


def _list_and_forms(home: Home, watchlist: Path | None) -> tuple[Watchlist, Sequence[Form]]:
    if watchlist is None:
        return home.watchlist, home.forms
    from monitor.watchlist.forms import forms
    from monitor.watchlist.load import parse

    known = parse(text_of(watchlist), str(watchlist))
    return known, forms(known)


def _form_records(entry: WatchlistEntry, forms: Iterable[Form]) -> list[dict[str, Any]]:
    from monitor.watchlist.origins import SUFFIXED, origin

    def record(form: Form) -> dict[str, Any]:
        weak = entry.ambiguous[form.weak] if form.weak >= 0 else None
        made = {"form": form.cased, "alias": form.alias, "lang": form.lang, "made": origin(form)}
        rules = {"strong": weak is None, "capitals": form.capitals, "suffixes": form.lang in SUFFIXED}
        company = {"need": list(weak.need), "veto": list(weak.veto)} if weak else {"need": [], "veto": []}
        return made | rules | company

    return [record(form) for group in _by_name(forms) for form in group]


def _by_name(forms: Iterable[Form]) -> Iterator[list[Form]]:
    groups: dict[tuple[int, str, str], list[Form]] = {}
    for form in forms:
        groups.setdefault((form.weak, form.lang, form.alias), []).append(form)
    yield from map(_in_order, groups.values())


def _show_name(entry: WatchlistEntry, forms: Sequence[Form]) -> None:
    from monitor.watchlist.origins import ORIGINS, SUFFIXED, origin

    first = forms[0]
    rules = [first.lang] + ["weak"] * (first.weak >= 0) + ["exactly these capitals"] * (first.capitals == "exact")
    rules += ["with suffixes"] * (first.lang in SUFFIXED)
    click.echo(f"\n  {click.style(isolated(plain(first.alias)), bold=True)}  ({', '.join(rules)})")
    by_origin: dict[str, list[str]] = {}
    for form in forms:
        by_origin.setdefault(origin(form), []).append(plain(form.cased))
    for made in ORIGINS[1:]:
        if made in by_origin:
            click.echo(f"    {made}")
            listed(by_origin[made], indent=6)
    if first.weak >= 0:
        weak = entry.ambiguous[first.weak]
        for key, terms in (("needs one of", weak.need), ("none of", weak.veto)):
            if terms:
                click.echo(f"    {key}")
                listed(map(plain, terms), indent=6)


# ---------------------------------------------------------------------------------------------- check and lint


@watchlist_command.command("check", short_help="Every mistake in a list, with its line.")
@click.argument("file", type=_FILE, required=False)
@click.option("--json", "json_", is_flag=True, help="One JSON document, also of problems.")
@click.pass_obj
@click.pass_context
def check_command(ctx: click.Context, home: Home, file: Path | None, json_: bool) -> None:
    """Every mistake in a list with its line; 0 when there is none, else 2. Default: the list of the home."""
    from monitor.watchlist.load import parse

    text, name = _text_and_name(home, file)
    try:
        known = parse(text, name)
    except ConfigError as error:
        if not json_:
            raise
        problems = [{"line": problem.line, "message": problem.message} for problem in error.problems]
        as_json({"file": name, "entries": None, "names": None, "problems": problems})
        ctx.exit(2)
    names = sum(len(names) for entry in known.entries for names in entry.aliases.values())
    weak = sum(len(entry.ambiguous) for entry in known.entries)
    if json_:
        return as_json({"file": name, "entries": len(known.entries), "names": names + weak, "problems": []})
    as_of = known.as_of or "no day"
    click.echo(f"{name}: {len(known.entries)} entries, {names} strong and {weak} weak names, as of {as_of}: all well")
    return None


def _text_and_name(home: Home, file: Path | None) -> tuple[str, str]:
    """The text of the list, and what it is called; that of the pack where the home has none."""
    path = file or home.path / "watchlist.yaml"
    if file is None and not path.exists():
        pack = resources.files("monitor") / "packs" / "sco" / "watchlist.yaml"
        return pack.read_text(encoding="utf-8"), "watchlist.yaml of the pack"
    return text_of(path), str(path)


@watchlist_command.command("lint", short_help="What a list had better say otherwise.")
@click.argument("file", type=_FILE, required=False)
@click.option("--strict", is_flag=True, help="End with 1 when there are findings.")
@click.option("--archive/--no-archive", default=True, help="Look in the archive's last 30 days which names are words.")
@click.option("--json", "json_", is_flag=True, help="One JSON document.")
@click.pass_obj
@click.pass_context
def lint_command(ctx: click.Context, home: Home, file: Path | None, strict: bool, archive: bool, json_: bool) -> None:
    """What a list had better say otherwise: names that collide or are words, weak names that nothing lets in, short
    names, offices that ended. Default: the list of the home."""
    from monitor.app import now
    from monitor.watchlist.lint import lint, words_to_count
    from monitor.watchlist.load import parse

    text, name = _text_and_name(home, file)
    known = parse(text, name)
    if file is None:
        forms: Sequence[Form] = home.forms
    else:
        from monitor.watchlist.forms import forms as make

        forms = make(known)
    counted = _counted(home, words_to_count(forms)) if archive and home.archive.is_file() else None
    found = lint(text, known, forms, now().date(), counted)
    if json_:
        as_json({"file": name, "archive": counted is not None, "findings": [asdict(one) for one in found]})
    else:
        _show_findings(name, found)
    if strict and found:
        ctx.exit(1)


def _counted(home: Home, words: frozenset[str]) -> dict[str, Spelled]:
    """How often the words stand in small letters in the newest articles, and in all."""
    import re
    from itertools import islice

    from monitor.app import App, now
    from monitor.query import Period, Query
    from monitor.watchlist.lint import Spelled

    small: dict[str, int] = dict.fromkeys(words, 0)
    every = dict(small)
    word = re.compile(r"[^\W\d_]+")
    store = App(home).open_store()
    try:
        since = now() - timedelta(days=_COUNTED_DAYS)
        for kept in islice(store.export(Query(text="", root=Period(since=since))), _COUNTED):
            for found in word.findall(f"{kept.article.title}\n{kept.article.text}"):
                key = found.lower()
                if key in every:
                    every[key] += 1
                    small[key] += found.islower()
    finally:
        store.close()
    return {key: Spelled(small=small[key], all=count) for key, count in every.items() if count}


def _show_findings(name: str, found: Sequence[Finding]) -> None:
    for one in found:
        where = f"{name}:{one.line}" if one.line else name
        click.echo(f"{where}: {click.style(one.rule, bold=True)}" + (f"  {one.entry_id}" if one.entry_id else ""))
        paragraph(plain(one.message), indent=4)
    click.echo(f"{len(found)} finding{'s' * (len(found) != 1)}" if found else f"{name}: nothing to say")


# ---------------------------------------------------------------------------------------------- test


@watchlist_command.command("test", short_help="What would be tagged in a text, and why.")
@click.argument("text")
@click.option("--title", default="", help="The headline of the text.")
@click.option("--lang", help="The language of the text; default: as it looks.")
@click.option("--date", "day", help="The day it was published, such as 2026-11-21.")
@click.option("--watchlist", type=_FILE, help="Another list than that of the home.")
@click.option("--roles", is_flag=True, help="A title alone stands for who held the office that day.")
@click.option("--json", "json_", is_flag=True, help="One JSON document.")
@click.pass_obj
def test_command(
    home: Home,
    text: str,
    title: str,
    lang: str | None,
    day: str | None,
    watchlist: Path | None,
    roles: bool,
    json_: bool,
) -> None:
    """What would be tagged in TEXT, and why; `-` is standard input. Names that do not count are shown as well."""
    matcher = open_matcher(home, watchlist)
    given = Given.of_text(text, title, lang, day)
    told = given.explained(home, matcher, None, roles=roles)
    if json_:
        return as_json({"guessed": lang is None} | record_of(given, told))
    ids = dict.fromkeys(one.match.entry_id for one in told.tagged)
    how = "as it looks" if lang is None else "as given"
    click.echo(f"language {given.lang or 'unknown'} ({how}); tags: {', '.join(ids) or 'none'}")
    show(given, told, ids=True)
    return None


watchlist_command.add_command(diff_command)
watchlist_command.add_command(suggest_command)
