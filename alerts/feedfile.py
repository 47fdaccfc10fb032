"""Alerts as files that any reader, through any web server, can follow: RSS, Atom and JSON Feed, the last hundred.

The JSON Feed is what the next alert is added to, so all three hold the same items.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import fcntl
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5

from alerts import Refusal, files
from alerts.blocks import heading
from alerts.parts import origins
from alerts.render import items, standing
from alerts.safe import language, line, link
from monitor.errors import DeliveryError, InputError
from monitor.feeds.atom import atom
from monitor.feeds.jsonfeed import items_of, json_feed
from monitor.feeds.made import Feed, FeedItem
from monitor.feeds.rss import rss
from monitor.types import ANALYSIS, Channel, Delivery, Digest, Item, Receipt

#: Items of a feed: those that changed last.
KEPT = 100
#: Tenths of a second that another process may take over it.
_PATIENCE = 50
#: Outlets that are named beside the first.
_OTHERS = 6


class FeedSender:
    """Keeps ``NAME.rss``, ``NAME.atom`` and ``NAME.json`` in a folder. A repeat changes nothing, an update its item.

    Settings: ``folder``; ``title``; ``url``: where the folder is published. The channel's target is the name.
    """

    def __init__(self, channel: Channel, environ: Mapping[str, str], refusal: Refusal) -> None:
        del environ, refusal
        self.channel_id, self.name = channel.id, channel.target
        self.folder = Path(str(channel.settings["folder"]))
        self.title = str(channel.settings.get("title") or f"Alerts: {self.name}")
        self.base = str(channel.settings.get("url") or "")
        if not self.name or Path(self.name).name != self.name or self.name.startswith("."):
            raise InputError(f"{channel.id}: {self.name!r} cannot be the name of a file: give it another one")

    async def send(self, delivery: Delivery, digest: Digest) -> Receipt:
        """The names of the files. Raises: DeliveryError."""
        try:
            await asyncio.to_thread(self._add, told(delivery, digest))
        except OSError as error:
            reason = f"the feed cannot be written in {self.folder}: {error.strerror}"
            raise DeliveryError(self.channel_id, reason) from error
        return Receipt(detail=", ".join(f"{self.name}{suffix}" for suffix in (".rss", ".atom", ".json")))

    def _add(self, new: tuple[FeedItem, ...]) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        with self._alone():
            kept = {item.id: item for item in self._known()}
            for item in new:  # what came late does not undo what is known by now
                if item.id not in kept or kept[item.id].updated_at <= item.updated_at:
                    kept[item.id] = item
            ordered = sorted(kept.values(), key=lambda item: (item.updated_at, item.id), reverse=True)[:KEPT]
            files.write(self.folder, self.documents(tuple(ordered)))

    def documents(self, told_: tuple[FeedItem, ...]) -> dict[str, bytes]:
        """The documents by the names of their files, each made of what can be read again."""
        once = items_of(json_feed(self._feed(told_, ".json")))
        writers = {".json": json_feed, ".atom": atom, ".rss": rss}
        return {
            f"{self.name}{suffix}": write(self._feed(once, suffix)).encode("utf-8", "replace")
            for suffix, write in writers.items()
        }

    def _feed(self, told_: tuple[FeedItem, ...], suffix: str) -> Feed:
        url = f"{self.base.rstrip('/')}/{quote(self.name)}{suffix}" if self.base else None
        at = max(item.updated_at for item in told_)
        return Feed(
            kind="alerts",
            name=self.name,
            title=self.title,
            about=f"the latest {KEPT} alerts",
            items=told_,
            at=at,
            url=url,
        )

    def _known(self) -> tuple[FeedItem, ...]:
        """What the feed holds. A file that is not as it was written is put aside, and the feed begins anew."""
        path = self.folder / f"{self.name}.json"
        try:
            return items_of(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return ()
        except ValueError:
            path.replace(f"{path}.damaged")
            return ()

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """Two processes may send at the same time; what one has added is not to be lost by the other."""
        with (self.folder / f".{self.name}.lock").open("w") as handle:
            for _ in range(_PATIENCE):
                with contextlib.suppress(BlockingIOError):
                    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                time.sleep(0.1)
            else:
                raise BlockingIOError(errno.EAGAIN, "another process is writing it")
            yield


def told(delivery: Delivery, digest: Digest) -> tuple[FeedItem, ...]:
    """What the digest adds to a feed: an item a story; a test is always the same one."""
    of = "test" if delivery.test else digest.replaces or digest.key
    found = tuple(_of_story(of, digest, item) for item in items(digest))
    return found or (_of_notes(of, digest),)


def _of_story(of: str, digest: Digest, item: Item) -> FeedItem:
    outlet = line(item.source_name, 80)
    names = ", ".join(line(name, 60) for name, _ in item.others[:_OTHERS])
    rest = f" and {len(item.others) - _OTHERS} more" if len(item.others) > _OTHERS else ""
    copied = origins(item.origins, len(item.others) + 1)
    parts = (
        line(item.new or item.lead, 400),
        f"{outlet}{standing(item)}{' · edited' if item.edited else ''}",
        f"+{len(item.others)} more: {names}{rest}{f' · {line(copied, 160)}' if copied else ''}" if names else "",
        f"Why: {line(digest.why, 600)}" if digest.why else "",
        f"Mute: {line(digest.mute, 300)}" if digest.mute else "",
    )
    aside = "/analysis" if digest.kind == "digest" and item.ownership == ANALYSIS else ""  # the story may be there, too
    return FeedItem(
        id=_id(of, f"{item.story_id}{aside}"),
        url=link(item.url).url,
        title=line(item.title, 300) or link(item.url).host or "untitled",
        text="\n".join(part for part in parts if part),
        published_at=item.published_at,
        first_seen_at=item.first_seen_at,
        updated_at=digest.created_at,
        authors=(outlet,) if outlet else (),
        outlet=outlet,
        lang=language(item.lang)[0],
        tags=tuple(key for key, _ in item.tags),
        more={"story_id": item.story_id, "class": item.ownership, "country": item.country},
    )


def _of_notes(of: str, digest: Digest) -> FeedItem:
    at = digest.created_at
    return FeedItem(
        id=_id(of, ""),
        url=None,
        title=line(heading(digest), 300) or "scowatch",
        text="\n".join(line(note, 400) for note in digest.housekeeping) or digest.reconciled,
        published_at=None,
        first_seen_at=at,
        updated_at=at,
    )


def _id(of: str, story: str) -> str:
    return uuid5(NAMESPACE_URL, f"scowatch:alert:{of}#{story}").urn
