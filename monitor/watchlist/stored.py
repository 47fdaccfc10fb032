"""A watchlist with all its forms as one text, so that a start needs neither the file's reader nor the dictionary."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date
from hashlib import sha256
from itertools import groupby
from operator import attrgetter
from typing import Any, get_args

from monitor.types import Role, Watchlist, WatchlistEntry, WeakName
from monitor.watchlist.forms import VERSION, Capitals, Form

_CAPITALS: tuple[Capitals, ...] = get_args(Capitals)


def dumps(watchlist: Watchlist, forms: tuple[Form, ...]) -> str:
    """Both as JSON, for a file of our own beside the list: what the forms of one name share stands there once."""
    names = [
        (entry, alias, lang, [(f.text, f.cased, f.weak, _CAPITALS.index(f.capitals), int(f.listed)) for f in of_name])
        for (entry, alias, lang), of_name in groupby(forms, attrgetter("entry", "alias", "lang"))
    ]
    return json.dumps([VERSION, asdict(watchlist), names], ensure_ascii=False, default=date.isoformat)


def loads(text: str) -> tuple[Watchlist, tuple[Form, ...]] | None:
    """What was stored; None when it is of another version or not whole, and has to be made anew."""
    try:
        version, stored, names = json.loads(text)
        if version != VERSION:
            return None
        entries = tuple(map(_entry, stored["entries"]))
        watchlist = Watchlist(entries=entries, window=stored["window"], as_of=stored["as_of"])
        forms = [
            Form(text, cased, entry, alias, lang, weak, _CAPITALS[capitals], bool(listed))
            for entry, alias, lang, of_name in names
            for text, cased, weak, capitals, listed in of_name
        ]
        return watchlist, tuple(forms)
    except (ValueError, TypeError, LookupError, AttributeError):
        return None


def digest(watchlist: Watchlist, roles: str = "") -> str:
    """Another one: the same text may get other tags. Comments, priorities and what else is for people change nothing.

    `roles` is the text of roles.yaml, where titles alone are tagged.
    """
    entries = [
        (e.id, e.kind, e.aliases, e.ambiguous, e.ru_parts, e.indecl, e.cs, e.veto, e.roles if roles else ())
        for e in watchlist.entries
    ]
    decides = json.dumps([VERSION, watchlist.window, entries, roles], ensure_ascii=False, default=_plain)
    return sha256(decides.encode("utf-8", "surrogatepass")).hexdigest()


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else asdict(value)


def _entry(stored: dict[str, Any]) -> WatchlistEntry:
    for key in ("indecl", "cs", "veto", "countries"):
        stored[key] = tuple(stored[key])
    stored["aliases"] = {lang: tuple(names) for lang, names in stored["aliases"].items()}
    stored["ambiguous"] = tuple(map(_weak, stored["ambiguous"]))
    stored["not_before"] = {name: date.fromisoformat(day) for name, day in stored["not_before"].items()}
    stored["roles"] = tuple(Role(**role) for role in stored["roles"])
    return WatchlistEntry(**stored)


def _weak(stored: dict[str, Any]) -> WeakName:
    until = stored["until"] and date.fromisoformat(stored["until"])
    return WeakName(**stored | {"need": tuple(stored["need"]), "veto": tuple(stored["veto"]), "until": until})
