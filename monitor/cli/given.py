"""What is asked about: a text, a list, an entry, as named on the command line."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.cli.shown import note
from monitor.errors import ConfigError, InputError, Problem
from monitor.home import Home
from monitor.text.clean import TEXT_LIMIT

if TYPE_CHECKING:
    from monitor.types import Kept, Watchlist, WatchlistEntry
    from monitor.watchlist.explained import Explanation
    from monitor.watchlist.matcher import Matcher
    from monitor.watchlist.roles import WithRoles


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
            text = sys.stdin.read(TEXT_LIMIT + 1) if sys.stdin is not None else ""
        if len(text) > TEXT_LIMIT:
            note(f"only the first {TEXT_LIMIT} characters are read, as of any article")
            text = text[:TEXT_LIMIT]
        if lang is None:
            from monitor.text.language import detect

            lang = detect(f"{title}\n{text}")
        return cls(title, text, lang, _day(day))

    @classmethod
    def of_article(cls, kept: Kept) -> Given:
        """An article of the archive, as it was tagged."""
        article = kept.article
        return cls(article.title, article.text, article.lang, article.published_at or article.first_seen_at, kept)

    def explained(self, home: Home, matcher: Matcher, entry_id: str | None, *, roles: bool) -> Explanation:
        """Why its tags are there, and why others are not."""
        from monitor.watchlist.why import explain

        finder = finder_of(home, matcher, roles=roles)
        found = None if finder is matcher else finder.find(self.title, self.text, self.lang, self.at)
        return explain(matcher, self.title, self.text, self.lang, self.at, entry_id=entry_id, matches=found)

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


def finder_of(home: Home, matcher: Matcher, *, roles: bool = False) -> Matcher | WithRoles:
    """What tags as the home does: by names, and by titles alone where that is set or asked for."""
    asked = roles or (home.exists and home.settings.tag_roles)
    return home.with_roles(matcher) if asked else matcher


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
