"""The wiring: the only package that knows the mind (monitor) and the hands (sources, storage, alerts). Here is a home
with all that is opened for it; the other modules of the package are each for a few commands.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property, partial
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from monitor.errors import ConfigError, InputError, Problem, StoreError
from monitor.home import Home
from monitor.ports import Fetcher, Parser, Placer, Progress, Sender, Snapshots, Store
from monitor.subscriptions import OPERATOR, channels_of, subscriptions_of
from monitor.types import Channel, Subscription

if TYPE_CHECKING:
    from pathlib import Path

    from monitor.app.backups import BackupMade
    from monitor.digest import Gloss
    from monitor.digest.calendar import Event
    from monitor.jobs.collecting import Tagger, Tools
    from monitor.jobs.retaining import Rules
    from monitor.query import Query, Vocabulary
    from monitor.types import Discovery, Finding, Match, Source, WatchlistEntry
    from monitor.watchlist.matcher import Matcher
    from monitor.watchlist.roles import WithRoles

P = ParamSpec("P")
T = TypeVar("T")
#: One that writes, one that reads, one for what takes longer.
_THREADS = 3


def now() -> datetime:
    """The present instant; the one place where the project asks for it."""
    return datetime.now(UTC)


def open_parser() -> Parser:
    """Worker processes for strangers' bytes; they start with the first task."""
    from sources.pool import ParserPool

    return ParserPool()


def _share_freed_memory() -> None:
    """Lets all threads share one heap, where the C library can be told so: otherwise each keeps what it has freed.

    Source: mallopt(3), M_ARENA_MAX.
    """
    import ctypes

    arena_max = -8
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(arena_max, 1)


@dataclass(slots=True, kw_only=True)
class Edges:
    """What is opened for one command and closed at its end."""

    store: Store
    tools: Tools

    def with_progress(self, progress: Progress) -> Edges:
        """The same edges for a pass that is shown."""
        return Edges(store=self.store, tools=replace(self.tools, progress=progress))


class App:
    """One home with everything that is made from it when first needed. Raises: InputError, when it is no home."""

    def __init__(self, home: Home, environ: Mapping[str, str] = os.environ) -> None:
        home.require()
        self.home = home
        self.environ = environ

    # -- the archive

    def open_store(self) -> Store:
        """The archive of the home. Raises: StoreError, InputError, ConfigError."""
        from storage import open_store

        return open_store(self.home.storage_url(), vocabulary=self._vocabulary)

    @property
    def retention(self) -> Rules:
        """How long pages are kept."""
        from monitor.jobs.retaining import Rules

        settings = self.home.settings.snapshots
        return Rules(keep_days=settings.keep_days, hold=self.home.query(settings.hold) if settings.hold else None)

    def cleaned_page(self, body: bytes, content_type: str | None, url: str) -> str:
        """The page's markup, made safe to be shown by a worker. Raises: ParseError."""
        import asyncio

        from monitor.types import Fetch

        async def work() -> str:
            parser = open_parser()
            try:
                return await parser.cleaned(
                    Fetch(url=url, final_url=url, outcome="ok", body=body, content_type=content_type)
                )
            finally:
                await parser.aclose()

        return asyncio.run(work())

    def open_snapshots(self, store: Store) -> Snapshots:
        """The files of the pages that the archive's articles were read from."""
        from storage.snapshots import SnapshotFiles

        return SnapshotFiles(self.home.snapshots, lambda names: store.evidence.ends(names))

    def _vocabulary(self) -> Vocabulary:
        return self.home.vocabulary

    @cached_property
    def sources(self) -> Mapping[str, Source]:
        return {source.id: source for source in self.home.sources}

    @cached_property
    def entries(self) -> Mapping[str, WatchlistEntry]:
        return {entry.id: entry for entry in self.home.watchlist.entries}

    # -- backups

    def back_up(self, folder: Path, keep: int, progress: Callable[[int, int], None]) -> BackupMade:
        """A backup in that folder, and which older ones had to go. Raises: StoreError, InputError, ConfigError."""
        from monitor import __version__
        from monitor.app.backups import BackupMade
        from storage import backup

        archive = self.home.archive_file()
        at = now()
        target = backup.place_for(folder, at, dated=bool(keep))
        manifest = backup.back_up(self.home.path, archive, target, at=at, made_by=__version__, progress=progress)
        removed = backup.remove_older(target.parent, self.home.path, keep) if keep else ()
        return BackupMade(path=target, manifest=manifest, removed=removed)

    # -- looking it over

    def findings(self) -> tuple[Finding, ...]:
        """What is not as it should be, faults first. Reads everything, changes nothing. Raises: InputError."""
        from monitor.app import inspection

        return inspection.findings(self.home, self.environ, now)

    # -- tagging

    @cached_property
    def tagger(self) -> Tagger:
        """Tags a text by the home's watchlist, which is only read when the first text comes."""

        def tag(title: str, text: str, lang: str | None, at: datetime | None) -> tuple[Match, ...]:
            return self._finder.find(title, text, lang, at.date() if at else None)

        return tag

    @cached_property
    def _finder(self) -> Matcher | WithRoles:
        return self.home.with_roles(self.matcher) if self.home.settings.tag_roles else self.matcher

    @cached_property
    def matcher(self) -> Matcher:
        from monitor.watchlist.matcher import Matcher

        return Matcher(self.home.watchlist, self.home.forms)

    # -- copies, stories, origins

    @cached_property
    def placer(self) -> Placer:
        """Gives each article its place; what it needs for that is only read when the first one comes."""
        from monitor.app.placing import PlacerOf

        return PlacerOf(self.home)

    # -- collecting

    def open_fetcher(self) -> Fetcher:
        """The only way out to the network for reading."""
        from sources.fetchers import Fetchers
        from sources.http import FetchSettings

        fetch = self.home.settings.fetch
        settings = FetchSettings(
            contact=fetch.contact, allow_networks=fetch.allow_networks, per_host_interval=fetch.per_host_interval
        )
        return Fetchers(settings, self.home.sources, self.environ)

    async def discover(self, url: str) -> Discovery:
        """What can be read behind the address, each way tried once; by the same rules as everywhere."""
        from sources import discover

        fetcher, parser = self.open_fetcher(), open_parser()
        try:
            return await discover.find(url, fetcher, parser)
        finally:
            await parser.aclose()
            await fetcher.aclose()

    @contextlib.asynccontextmanager
    async def edges(self, *, fulltext: bool = True) -> AsyncIterator[Edges]:
        """Store, fetcher and parser for one command, closed at its end."""
        import asyncio
        from concurrent.futures import ThreadPoolExecutor

        from monitor.jobs.collecting import Tools

        _share_freed_memory()
        # few threads for the archive: each has a page cache of its own
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(_THREADS, thread_name_prefix="archive"))
        fetcher = self.open_fetcher()
        parser = open_parser()
        store = self.open_store()
        snapshots = self.open_snapshots(store) if self.home.settings.snapshots.enabled else None
        try:
            for subscription in (*self.subscriptions, OPERATOR):  # what comes from now on is news to them
                store.ledger(subscription, now())
            yield Edges(
                store=store,
                tools=Tools(
                    store=store,
                    fetcher=fetcher,
                    parser=parser,
                    tagger=self.tagger,
                    placer=self.placer,
                    now=now,
                    fulltext=fulltext,
                    poll_seconds=self.home.settings.poll_seconds,
                    tagged_by=lambda: self.home.list_version,
                    snapshots=snapshots,
                ),
            )
        finally:
            await parser.aclose()
            await fetcher.aclose()
            if snapshots is not None:
                with contextlib.suppress(StoreError):  # what the archive names is safe already
                    snapshots.close()
            store.close()

    # -- telling

    @cached_property
    def subscriptions(self) -> tuple[Subscription, ...]:
        return subscriptions_of(self.home.settings)

    def calendar(self) -> tuple[Event, ...]:
        """The events of the home's calendar, or else of the pack's; none of one that cannot be read: `check` tells."""
        with contextlib.suppress(ConfigError):
            return self.home.calendar
        return ()

    @cached_property
    def queries(self) -> Mapping[str, Query]:
        return {subscription.id: self.home.query(subscription.search) for subscription in self.subscriptions}

    @cached_property
    def channels(self) -> Mapping[str, Channel]:
        """By id; the outbox stands in where mail or Slack is not set up."""
        return channels_of(self.home.settings, outbox=self.home.outbox, feeds=self.home.feeds)

    @cached_property
    def senders(self) -> Mapping[str, Sender]:
        from alerts import open_sender
        from sources.addresses import networks, refusal

        refused = partial(refusal, allowed=networks(self.home.settings.fetch.allow_networks))
        return {name: open_sender(channel, self.environ, refusal=refused) for name, channel in self.channels.items()}

    def digests(self, build: Callable[P, T]) -> Callable[P, T]:
        """The same builder of digests, with the home's calendar and, where it is set, the gloss."""
        return partial(build, calendar=self.calendar, gloss=self.gloss)  # type: ignore[arg-type]

    def alerts(self, build: Callable[P, T]) -> Callable[P, T]:
        """The same builder of alerts, with the home's calendar."""
        return partial(build, calendar=self.calendar)  # type: ignore[arg-type]

    @cached_property
    def gloss(self) -> Gloss | None:
        """Translates headlines by the operator's command; None: there is none."""
        from alerts.gloss import CommandGloss

        command = self.home.settings.gloss_command
        return CommandGloss(command, self.environ) if command else None

    def first_look(self, store: Store) -> Path | None:
        """The file with the first recipient's digest as it would be now; the ledger knows nothing of it.

        Made where mail is not set up, so that the first result needs neither an account nor a night's wait. None: mail
        is set up, a digest was made before, or there is nothing to tell.
        """
        from monitor.app.rendering import render_digest
        from monitor.home import write_whole
        from monitor.jobs import by_hand

        moment = now()
        for subscription in self.subscriptions:
            if self.channels[subscription.channel_id].kind != "outbox" or subscription.kind != "digest":
                continue
            if store.ledger(subscription, moment).last_end_at is not None:
                return None
            query = self.queries[subscription.id]
            draft = self.digests(by_hand.draft)
            digest = draft(store, subscription, query, self.sources, self.entries, moment).digest
            if digest is None or not digest.sections:
                return None
            self.home.outbox.mkdir(exist_ok=True)
            path = self.home.outbox / f"first-look-{subscription.name}.html"
            write_whole(path, render_digest(digest, "html"))
            return path
        return None

    def require_sound(self) -> None:
        """Nothing, when all files of the home can be used. Raises: ConfigError with every problem."""
        if problems := self.home.problems(self.environ) or self.channel_problems():
            raise ConfigError(problems)

    def channel_problems(self) -> list[Problem]:
        """One for each channel that could not send with these settings. To be asked when the settings are sound."""
        from alerts import open_sender

        file = str(self.home.path / "scowatch.toml")
        known = ", ".join(name for name in self.channels if name != OPERATOR.channel_id)
        found = [
            Problem(file, 0, f"[[alert]] {s.name}: there is no channel {s.channel_id} (there: {known or 'none'})")
            for s in self.subscriptions
            if s.channel_id not in self.channels
        ]
        if OPERATOR.channel_id not in self.channels:
            asked = self.home.settings.operator.channel
            found.append(Problem(file, 0, f"[operator]: there is no channel {asked} (there: {known or 'none'})"))
        for channel in self.channels.values():
            try:
                open_sender(channel, self.environ)
            except InputError as error:
                found.append(Problem(file, 0, str(error)))
        return found
