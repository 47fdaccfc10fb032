"""A home: the one folder that holds everything of one installation."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Mapping
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.config.reading import read_settings
from monitor.config.secrets import missing_secrets
from monitor.config.settings import Settings
from monitor.errors import ConfigError, InputError, Problem, ScowatchError

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

    from monitor.digest.calendar import Event
    from monitor.identity.agencies import Agencies
    from monitor.identity.storywords import StoryWords
    from monitor.query import Query, Vocabulary
    from monitor.types import ListVersion, SavedSearch, Source, Watchlist
    from monitor.watchlist.forms import Form
    from monitor.watchlist.matcher import Matcher
    from monitor.watchlist.roles import Offices, WithRoles

PACKS = ("sco",)
FILES = ("scowatch.toml", "sources.yaml", "watchlist.yaml", "searches.yaml", "calendar.yaml")
#: Lists that a home may have in place of the pack's -> what is read out of them.
_OWN = {
    **{"calendar.yaml": "calendar", "agencies.yaml": "agencies", "roles.yaml": "offices"},
    **dict.fromkeys(("places.yaml", "happenings.yaml", "common.yaml"), "story_words"),
}

SETTINGS = """\
# Settings of this scowatch home. Every line may be left out and then has its default.
# `scowatch check` reads this file and says what is wrong with it, all at once.

[fetch]
# Publishers see this when they want to reach you: a mail address or a page about your monitor.
# contact = "mailto:ops@example.org"
per_host_interval_seconds = 2

# Without [mail], digests land as HTML and .eml files in `outbox/`.
# [mail]
# host = "smtp.example.org"
# port = 587
# security = "starttls"                     # none | starttls | tls
# from = "scowatch@example.org"
# username_env = "SCOWATCH_SMTP_USER"       # names of environment variables: no secret stands in this file
# password_env = "SCOWATCH_SMTP_PASSWORD"
# unsubscribe_url = "https://example.org/unsubscribe/{recipient}"   # only one that ends it by a POST, without a login
# per_domain_seconds = 0.5                  # between two mails to one domain
# dkim_key_env = "SCOWATCH_DKIM_KEY"        # a PEM key, or the path of one; needs the extra scowatch[dkim]
# dkim_selector = "s1"

# A command that turns headlines into English: JSON lines in and out (docs/digests.md). Off unless it is set.
# [digest]
# gloss_command = "translate-headlines --to en"

[[recipient]]
name = "desk"
email = "desk@example.org"
timezone = "UTC"                            # e.g. Asia/Almaty
digest = "daily 06:30"                      # daily HH:MM | weekly fri HH:MM | hourly | every 30m | cron 30 6 * * 1-5
search = "tag:sco"                          # or "@rats": a search of searches.yaml by its name
max_items = 25

# Who is told when a source falls silent, moves, or cannot be read any more; without it, files in `outbox/`.
# [operator]
# email = "ops@example.org"                 # or webhook_env = "…" for Slack, or channel = "webhook:cms"

# A title alone ("SCO Secretary-General") is nobody; with this it stands for who held the office on the article's day.
# [tagging]
# roles = true

# Article pages are kept as they were read, in `snapshots/`; by class of the source for so many days, else for ever.
# [snapshots]
# enabled = true
# hold = "tag:sco-summit"                   # articles that answer this search keep theirs in any case
# [snapshots.keep_days]
# independent = 365

# Without webhook_env, alerts land as files in `outbox/`.
[[slack]]
name = "sco-alerts"
# webhook_env = "SCOWATCH_SLACK_WEBHOOK"
search = "tag:sco class:official"
max_per_day = 8
quiet_hours = "22:00-06:00"
timezone = "UTC"

# Other channels for rules (docs/channels.md); `scowatch channels test NAME` tries one.
# [[channel]]
# name = "cms"
# kind = "webhook"                          # signed JSON to any address
# url_env = "SCOWATCH_CMS_URL"
# secret_env = "SCOWATCH_CMS_SECRET"
# [[channel]]
# name = "team"
# kind = "apprise"                          # Teams, Telegram, Matrix, ntfy …; needs the extra scowatch[apprise]
# url_env = "SCOWATCH_TEAM_URL"
# [[channel]]
# name = "public"
# kind = "feed"                             # feeds/public.rss, .atom and .json, the last 100 alerts

# A rule: a search with conditions, told by one channel or several (docs/alerts.md). Look first at what it would have
# sent: `scowatch alerts backtest bank --since 30d`.
# [[alert]]
# name = "bank"
# search = "tag:sco-development-bank"
# channel = ["slack:sco-alerts", "mail:desk"]
# priority = 1                              # a tag of that priority or a more urgent one
# classes = ["official", "wire"]            # one of them has to say it …
# min_classes = 2                           # … or so many different ones
# novelty = ["story", "name", "date"]       # a second alert when the story names somebody or a day for the first time
# cooldown = "4h"                           # but not sooner after the last one than this
"""


class Home:
    """The files of one home, each read when first asked for."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def exists(self) -> bool:
        """Whether this is a home and not just any folder."""
        return any((self.path / name).is_file() for name in (*FILES, "archive.db"))

    @property
    def _missing(self) -> str:
        if self.path.exists() and not self.path.is_dir():
            return f"{self.path} is a file, not the folder of a home: give another name with --home"
        return f"there is no home at {self.path}: make one with `scowatch --home {self.path} init`"

    @property
    def archive(self) -> Path:
        return self.path / "archive.db"

    @property
    def snapshots(self) -> Path:
        return self.path / "snapshots"

    @property
    def outbox(self) -> Path:
        return self.path / "outbox"

    @property
    def feeds(self) -> Path:
        """Where feeds of alerts are, for a web server to publish."""
        return self.path / "feeds"

    def require(self) -> None:
        """Nothing, when this is a home. Raises: InputError."""
        if not self.exists:
            raise InputError(self._missing)

    def storage_url(self) -> str:
        """Where the archive is. Raises: InputError, when there is no home here."""
        self.require()
        return self._in_home(self.settings.storage_url or f"sqlite:///{self.archive.name}")

    def archive_file(self) -> Path:
        """The file that the archive is, or would be. Raises: InputError, when there is no home, or it is no file."""
        url = self.storage_url()
        path = url.removeprefix("sqlite:///")
        if path == url or not path:
            raise InputError(f"[storage] url: {url!r} names no file: this command works on archives that are files")
        return Path(path)

    def _in_home(self, url: str) -> str:
        """A file without a full path lies in the home, wherever the command is given."""
        scheme, _, path = url.partition("sqlite:///")
        return url if scheme or not path else f"sqlite:///{(self.path / path).absolute()}"

    @cached_property
    def settings(self) -> Settings:
        return read_settings(self._text("scowatch.toml", ""), self._name("scowatch.toml"), self.saved_texts)

    @cached_property
    def sources(self) -> tuple[Source, ...]:
        """Out of sources.yaml, read once for each state of the file."""
        from monitor import storedlist

        text = self._text("sources.yaml", "")
        kept = self._cache("sources", storedlist.state_of(text))
        with contextlib.suppress(OSError, UnicodeDecodeError):
            if (known := storedlist.loads(kept.read_text(encoding="utf-8"))) is not None:
                return known
        from monitor.sourcelist import read_sources

        made = read_sources(text, self._name("sources.yaml"))
        self._keep(kept, storedlist.dumps(made))
        return made

    def sources_are(self, sources: tuple[Source, ...], text: str) -> None:
        """To be told what is in sources.yaml now, by who has just written it: nobody has to read it again."""
        from monitor import storedlist

        self.__dict__["sources"] = sources
        self._keep(self._cache("sources", storedlist.state_of(text)), storedlist.dumps(sources))

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """What the fields of a search mean by the sources and the watchlist; made once for each state of them."""
        from monitor import storedlist
        from monitor.query import meaning

        text = f"{self._text('sources.yaml', '')}\0{self._watchlist_text}"
        kept = self._cache("vocabulary", storedlist.state_of(text, "query/meaning.py", "watchlist/load.py"))
        with contextlib.suppress(OSError, UnicodeDecodeError):
            if (known := meaning.loads(kept.read_text(encoding="utf-8"))) is not None:
                return known
        made = meaning.vocabulary(self.sources, self.watchlist.entries)
        self._keep(kept, meaning.dumps(made))
        return made

    @cached_property
    def searches(self) -> tuple[SavedSearch, ...]:
        """Out of searches.yaml; none where there is no such file. Raises: ConfigError."""
        from monitor.searchlist import read_searches

        return read_searches(self._text("searches.yaml", ""), self._name("searches.yaml"))

    def saved_texts(self) -> Mapping[str, str]:
        """The texts of the saved searches by name. Raises: ConfigError."""
        from monitor.searchlist import texts_of

        return texts_of(self.searches)

    def query(self, text: str) -> Query:
        """The search in that text, which may refer to saved ones. Raises: QueryError, ConfigError."""
        from monitor import query

        return query.parse(text, self.saved_texts)

    @cached_property
    def watchlist(self) -> Watchlist:
        from monitor.watchlist.load import parse

        if self._kept is not None:
            return self._kept[0]
        return parse(self._watchlist_text, self._name("watchlist.yaml"))

    @cached_property
    def forms(self) -> tuple[Form, ...]:
        """All forms of the watchlist's names; made once for each state of the file, since that needs a dictionary."""
        from monitor.watchlist.forms import forms
        from monitor.watchlist.stored import dumps

        if self._kept is not None:
            return self._kept[1]
        made = forms(self.watchlist)
        self._keep(self._watchlist_cache, dumps(self.watchlist, made))
        return made

    @cached_property
    def _kept(self) -> tuple[Watchlist, tuple[Form, ...]] | None:
        from monitor.watchlist.stored import loads

        try:
            return loads(self._watchlist_cache.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError):
            return None

    def with_roles(self, matcher: Matcher) -> WithRoles:
        """The same matcher that also takes a title alone for whoever held the office. Raises: ConfigError."""
        from monitor.watchlist.roles import Roles, WithRoles

        return WithRoles(matcher, Roles(matcher.watchlist, self.offices, self._office_forms))

    @cached_property
    def offices(self) -> Offices:
        """Out of the home's roles.yaml, where it has one, else of the pack's. Raises: ConfigError."""
        from monitor.watchlist.roles import parse

        return parse(self._roles_text, self._name("roles.yaml"))

    @cached_property
    def _office_forms(self) -> tuple[Form, ...]:
        """All forms of the titles, made once for each state of the file."""
        from monitor.watchlist.forms import forms
        from monitor.watchlist.stored import dumps, loads

        kept = self._cache("roles", hashlib.sha256(self._roles_text.encode()).hexdigest()[:24])
        with contextlib.suppress(OSError, UnicodeDecodeError):
            if (known := loads(kept.read_text(encoding="utf-8"))) is not None:
                return known[1]
        titles = self.offices.as_list()
        made = forms(titles)
        self._keep(kept, dumps(titles, made))
        return made

    @cached_property
    def _roles_text(self) -> str:
        return self._own_or_packed("roles.yaml")

    @cached_property
    def agencies(self) -> Agencies:
        """Out of the home's agencies.yaml, where it has one, else of the pack's. Raises: ConfigError."""
        from monitor.identity.agencies import parse

        return parse(self._own_or_packed("agencies.yaml"), self._name("agencies.yaml"))

    @cached_property
    def story_words(self) -> StoryWords:
        """Out of the home's places.yaml, happenings.yaml and common.yaml, where it has them, else of the pack's.

        Read once for each state of the files. Raises: ConfigError.
        """
        from monitor.identity.storywords import FILES, dumps, loads, parse, state_of

        texts = {name: (self._own_or_packed(name), self._name(name)) for name in FILES}
        kept = self._cache("storywords", state_of(texts))
        with contextlib.suppress(OSError, UnicodeDecodeError):
            if (known := loads(kept.read_text(encoding="utf-8"))) is not None:
                return known
        made = parse(texts)
        self._keep(kept, dumps(made))
        return made

    @cached_property
    def calendar(self) -> tuple[Event, ...]:
        """Out of the home's calendar.yaml, where it has one, else of the pack's. Raises: ConfigError."""
        from monitor.digest.calendar import parse

        return parse(self._own_or_packed("calendar.yaml"), self._name("calendar.yaml"))

    def calendar_hints(self) -> list[Problem]:
        """Tags of the home's own calendar that its watchlist does not have: a date with no other tag is not shown."""
        from monitor.digest.calendar import tag_problems

        if not (self.path / "calendar.yaml").exists():
            return []
        known = {entry.id for entry in self.watchlist.entries}
        return tag_problems(self._text("calendar.yaml"), self._name("calendar.yaml"), known)

    def _own_or_packed(self, file: str) -> str:
        return self._text(file, "") or _pack("sco").joinpath(file).read_text(encoding="utf-8")

    @cached_property
    def list_version(self) -> ListVersion:
        """The state of the watchlist that tags are made by. Raises: ConfigError."""
        from monitor.types import ListVersion

        return ListVersion(digest=self.list_digest, as_of=self.watchlist.as_of)

    @cached_property
    def list_digest(self) -> str:
        """Another one: the same text may get other tags. Raises: ConfigError."""
        from monitor.watchlist.stored import digest

        return digest(self.watchlist, self._roles_text if self.settings.tag_roles else "")

    @property
    def _watchlist_cache(self) -> Path:
        """Where the forms of this very watchlist are kept."""
        return self._cache("watchlist", hashlib.sha256(self._watchlist_text.encode()).hexdigest()[:24])

    def _cache(self, what: str, state: str) -> Path:
        return self.path / ".cache" / f"{what}-{state}.json"

    def _keep(self, cache: Path, text: str) -> None:
        """Writes it in place of older ones of its kind; a home that cannot be written is still one that can be read."""
        if not self.exists:
            return
        with contextlib.suppress(OSError):
            cache.parent.mkdir(exist_ok=True)
            older = list(cache.parent.glob(f"{cache.name.partition('-')[0]}-*.json"))
            write_whole(cache, text)
            for file in older:
                if file != cache:
                    file.unlink(missing_ok=True)

    @property
    def states(self) -> tuple[str, ...]:
        """The member states that the watchlist names; empty: it names none."""
        from monitor.watchlist.states import member_states

        return member_states(self._watchlist_text)

    @cached_property
    def _watchlist_text(self) -> str:
        if not (self.path / "watchlist.yaml").exists():
            return _pack("sco").joinpath("watchlist.yaml").read_text(encoding="utf-8")
        return self._text("watchlist.yaml")

    def _name(self, file: str) -> str:
        return str(self.path / file)

    def _text(self, file: str, missing: str | None = None) -> str:
        path = self.path / file
        if missing is not None and not path.exists():
            return missing
        try:
            return path.read_text(encoding="utf-8")
        except UnicodeDecodeError as error:
            raise ConfigError([Problem(str(path), 0, f"is not UTF-8 text: {error.reason}")]) from error
        except OSError as error:
            raise ConfigError([Problem(str(path), 0, f"cannot be read: {error.strerror}")]) from error

    def problems(self, environ: Mapping[str, str] = os.environ) -> list[Problem]:
        """Everything that is wrong with the files of the home, all files read. Raises: InputError, when it is none."""
        self.require()
        found: list[Problem] = []
        own = [part for name, part in _OWN.items() if (self.path / name).exists()]
        for part in ("settings", "sources", "watchlist", "searches", *dict.fromkeys(own)):
            try:
                getattr(self, part)
            except ConfigError as error:
                found += error.problems
        if not any(problem.file.endswith("scowatch.toml") for problem in found):
            found += missing_secrets(self.settings, environ)
        if not any(problem.file.endswith("sources.yaml") for problem in found):
            found += _missing_logins(self.sources, environ)
        return found


def _missing_logins(sources: tuple[Source, ...], environ: Mapping[str, str]) -> list[Problem]:
    """A problem for each environment variable of a mailbox that is not set."""
    logins = ((source.id, address.login) for source in sources for address in source.addresses if address.login)
    wanted = ((name, source_id) for source_id, login in logins for name in (login.username_env, login.password_env))
    told = "is not set, but the mailbox of source {} needs it: set it, or take the source out"
    return [Problem("environment", 0, f"{name} {told.format(who)}") for name, who in wanted if not environ.get(name)]


def make_home(path: Path, pack: str = "sco", *, empty: bool = False) -> tuple[str, ...]:
    """The names of the files that were made; one that is there is left alone.

    Raises: InputError, when there is a file in its place; ScowatchError, when the folder cannot be made or written.
    """
    files = {
        "scowatch.toml": SETTINGS,
        "watchlist.yaml": _pack(pack).joinpath("watchlist.yaml").read_text(encoding="utf-8"),
        "sources.yaml": "sources:\n" if empty else _pack(pack).joinpath("sources.yaml").read_text(encoding="utf-8"),
        "searches.yaml": _pack(pack).joinpath("searches.yaml").read_text(encoding="utf-8"),
        "calendar.yaml": _pack(pack).joinpath("calendar.yaml").read_text(encoding="utf-8"),
    }
    made = []
    try:
        path.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            if not (path / name).exists():
                write_whole(path / name, text)
                made.append(name)
    except FileExistsError as error:
        raise InputError(f"{path} is a file, not a folder: give another name with --home") from error
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        raise ScowatchError(f"the home {path} cannot be made: {error.strerror}{where}") from error
    return tuple(made)


def add_sources(home: Home, sources: tuple[Source, ...]) -> None:
    """Puts the sources at the end of the home's sources.yaml, whose comments and order stay as they are.

    Raises: InputError, when the file is of a shape that cannot be continued; OSError.
    """
    from monitor.sourcelist import read_sources, to_yaml

    path = home.path / "sources.yaml"
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    text = text if text.strip() else "sources:\n"
    joined = text.rstrip("\n") + "\n" + to_yaml(sources)
    try:
        whole = read_sources(joined, str(path))
    except ConfigError:
        whole = ()
    if len(whole) != len(home.sources) + len(sources):
        raise InputError(f"{path} does not end with a list at the left margin: bring it to the form of `init` first")
    write_whole(path, joined)
    home.sources_are(whole, joined)


def _pack(name: str) -> Traversable:
    if name not in PACKS:
        raise InputError(f"there is no pack {name!r}; known: {', '.join(PACKS)}")
    return resources.files("monitor") / "packs" / name


def write_whole(path: Path, content: str | bytes) -> None:
    """Writes beside the file and renames, so that no half file is ever under the name."""
    beside = path.with_name(f".{path.name}.new")
    try:
        beside.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
        beside.replace(path)
    except OSError:
        beside.unlink(missing_ok=True)
        raise
