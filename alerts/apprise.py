"""Alerts to whatever the library apprise knows: Teams, Telegram, Matrix, Discord, ntfy and many more.

The library opens its own connections: where to, only the operator says, by an environment variable; it is not checked
against the table of addresses. It says whether a message was taken, and in its log by which status it was not. Which
marks mean something over there is not known here, so strangers' text is told without any that could call somebody,
or show another address than it leads to. Source: the documentation of apprise (URL basics, Asset, AppriseResult).
"""

from __future__ import annotations

import asyncio
import logging
import re
import threading
from collections.abc import Callable, Collection, Iterable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any, TypeVar
from urllib.parse import quote, urlsplit

from alerts import Refusal, secret
from alerts.blocks import heading
from alerts.parts import origins
from alerts.render import items, standing, when
from alerts.safe import line, link
from monitor.errors import DeliveryError, InputError
from monitor.types import MAYBE_ARRIVED, Channel, Delivery, Digest, Item, Receipt

T = TypeVar("T")
#: Seconds for one message, with all that the library does for it, and for one answer of the other side.
SECONDS, _ANSWER = 15.0, 8.0
#: Code points of a message: most services take two to four thousand.
LIMIT = 1_800
_OTHERS = 6
_ADDRESS = re.compile(r"(?:^|[\s,])[a-z0-9]+://")
_STATUS = re.compile(r"\berror=(\d{3})\b")
#: Answers that every later message would get as well; after which the same may be asked once more.
_CLOSED, _PASSING = frozenset({401, 403, 404, 410}), frozenset({408, 425, 429})
#: What calls somebody, or is a link, in one service or another.
_MARKS = str.maketrans({"@": "＠", "<": "‹", ">": "›", "[": "(", "]": ")", "`": "'", "|": "¦"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A message as most services take it: plain text."""

    title: str
    text: str


class AppriseSender:
    """Sends to one address as apprise writes it (``tgram://…``, ``ntfy://…``), with one target.

    Settings: ``url_env``, the name of an environment variable. The library is only loaded by the first message.
    """

    def __init__(self, channel: Channel, environ: Mapping[str, str], refusal: Refusal) -> None:
        del refusal
        self.channel_id = channel.id
        self._url = secret(channel, "url_env", environ)
        self._service: Any = None
        if not self._url:
            raise InputError(f"{channel.id}: it has no `url_env`: name the environment variable that holds its address")
        if find_spec("apprise") is None:
            raise InputError(f"{channel.id}: the library apprise is missing: pip install 'scowatch[apprise]'")

    async def send(self, delivery: Delivery, digest: Digest) -> Receipt:
        """That it was taken. Raises: DeliveryError, which names the channel, never the address."""
        made = note(digest, repeat=delivery.repeat)
        try:
            async with asyncio.timeout(SECONDS):
                return await _in_thread(lambda: self._sent(made))
        except TimeoutError as error:
            reason = f"no answer within {SECONDS:.0f} s; {MAYBE_ARRIVED}"
            raise DeliveryError(self.channel_id, reason) from error

    def _sent(self, made: Note) -> Receipt:
        apprise = _library()
        service = self._service = self._service or self._opened(apprise)
        all_of_them = apprise.Apprise(asset=service.asset)
        all_of_them.add(service)
        with all_of_them.notify(title=made.title, body=made.text, body_format=apprise.NotifyFormat.TEXT) as result:
            if result:
                return Receipt(detail=f"taken by {line(str(service.service_name), 60)}")
            said = " ".join(entry.message for entry in result.logs())
        raise _refused(self.channel_id, {int(status) for status in _STATUS.findall(said)})

    def _opened(self, apprise: Any) -> Any:
        """What sends to the address. Raises: DeliveryError, which closes the channel."""
        asset = apprise.AppriseAsset(
            app_id="scowatch",
            async_mode=False,  # in this thread
            http_redirects=False,
            service_timeout=0,
            storage_mode=apprise.PersistentStoreMode.MEMORY,
        )
        service = apprise.Apprise.instantiate(self._url, asset=asset) if len(_ADDRESS.findall(self._url)) == 1 else None
        if service is not None:
            service.retry = 0  # the ledger does that, and says so; its length counts these as well
        if service is None or len(service) != 1:
            why = "names several targets: give each a channel of its own" if service else "is none that apprise knows"
            reason = f"its address {why} (docs/channels.md)"
            raise DeliveryError(self.channel_id, reason, permanent=True, closed=True)
        service.socket_read_timeout = min(service.socket_read_timeout, _ANSWER)
        service.socket_connect_timeout = min(service.socket_connect_timeout, _ANSWER)
        return service


def _refused(channel_id: str, statuses: Collection[int]) -> DeliveryError:
    """What it means that a message was not taken; without a status it may have arrived for all we know."""
    said = ", ".join(f"HTTP {status}" for status in sorted(statuses))
    if not statuses or any(status < 400 or status >= 500 for status in statuses):
        reason = f"apprise could not deliver it{f': {said}' if said else ''}; {MAYBE_ARRIVED}"
        return DeliveryError(channel_id, reason)
    if _PASSING.intersection(statuses):
        return DeliveryError(channel_id, f"the service asks to wait: {said}")
    closed = _CLOSED.issuperset(statuses)
    return DeliveryError(channel_id, f"the service refused it: {said}", permanent=True, closed=closed)


def _library() -> Any:
    """The library, whose log, like those of the libraries below it, has addresses with what is secret in them."""
    import apprise

    log = logging.getLogger("apprise")
    if not any(isinstance(handler, logging.NullHandler) for handler in log.handlers):
        log.addHandler(logging.NullHandler())
    log.propagate = False
    log.setLevel(logging.WARNING)
    for name in ("urllib3", "requests_oauthlib", "oauthlib"):
        logging.getLogger(name).setLevel(logging.ERROR)
    return apprise


async def _in_thread(work: Callable[[], T]) -> T:
    """What the work returns, done in a thread of its own: one that hangs holds up neither the others nor the end."""
    done: Future[T] = Future()

    def run() -> None:
        if not done.set_running_or_notify_cancel():
            return
        try:
            done.set_result(work())
        except BaseException as error:  # noqa: BLE001 - raised again where it is awaited
            done.set_exception(error)

    threading.Thread(target=run, name="apprise", daemon=True).start()
    return await asyncio.wrap_future(done)


def note(digest: Digest, *, repeat: bool = False) -> Note:
    """The digest in plain words.

    `repeat`: an earlier attempt may have arrived, and the reader is told.
    """
    told = items(digest)
    if digest.kind in ("alert", "update") and told:
        title = f"{plain(told[0].source_name, 80)}: {plain(told[0].title, 200) or 'untitled'}"
        rows = _of_alert(digest, told[0])
    elif told:
        title = plain(heading(digest), 100) or "scowatch"
        rows = [row for item in told for row in (f"• {plain(item.title, 160)} — {_source(item)}", _link(item))]
        rows.append(plain(digest.reconciled, 300))
    else:
        title = plain(heading(digest), 100) or "scowatch"
        rows = [plain(text, 400) for text in digest.housekeeping] or [plain(digest.reconciled, 300)]
    last = ["Sent again: the first answer got lost, so this may be a repeat."] if repeat else []
    return Note(title=title, text="\n".join((*_fitting(rows, LIMIT - 80), *last)) or title)


def _of_alert(digest: Digest, item: Item) -> list[str]:
    others = ", ".join(plain(name, 60) for name, _ in item.others[:_OTHERS])
    rest = f" and {len(item.others) - _OTHERS} more" if len(item.others) > _OTHERS else ""
    copied = plain(origins(item.origins, len(item.others) + 1), 160)
    at = when(item.published_at or item.first_seen_at, digest.timezone)
    return [
        plain(item.new or item.lead, 400),
        f"{_source(item)} · {'' if item.published_at else 'first seen '}{at}{' · edited' if item.edited else ''}",
        _link(item),
        f"+{len(item.others)} more{f' ({copied})' if copied else ''}: {others}{rest}" if others else "",
        f"Why: {plain(digest.why, 300)}" if digest.why else "",
        f"Mute: {plain(digest.mute, 300)}" if digest.mute else "",
    ]


def _source(item: Item) -> str:
    return f"{plain(item.source_name, 80)}{standing(item).translate(_MARKS)}"


def _link(item: Item) -> str:
    """The address as a text, in which nothing but itself can be read as a link."""
    address = link(item.url)
    if address.url is None:
        return f"{plain(address.host, 100)} (address too long or unsafe to link)" if address.host else "no safe link"
    parts = urlsplit(address.url)
    start = f"{parts.scheme}://{parts.netloc}"
    return start + quote(address.url.removeprefix(start), safe="/?&=%#:;,+!$~-._'")


def _fitting(rows: Iterable[str], most: int) -> list[str]:
    """The rows that fit, whole; what is left out is marked."""
    kept: list[str] = []
    used = 0
    for row in filter(None, rows):
        used += len(row) + 1
        if used > most:
            return [*kept, "…"]
        kept.append(row)
    return kept


def plain(text: str, limit: int) -> str:
    """The text as one line in which no mark of a service means anything; letters that look like it stand for them."""
    return line(text, limit).translate(_MARKS)
