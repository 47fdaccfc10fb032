"""The addresses of a source as blocks of sources.yaml: one list a kind, read and written."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, fields
from functools import cache
from importlib import resources
from typing import Any, Protocol
from urllib.parse import parse_qs, quote, unquote, urlsplit

from monitor.marked import Map, Seq, read_yaml
from monitor.types import Address, Login, Paths, Selectors

#: Kind -> the key under which its addresses stand.
LISTS = {
    "feed": "feeds",
    "page": "index_pages",
    "sitemap": "sitemaps",
    "telegram": "channels",
    "mailbox": "mailboxes",
    "api": "endpoints",
}
#: Most parts of one list that may be read in one poll.
PAGES = 20
TELEGRAM = "https://t.me/s/"

_REMARKS = ["attested", "grade", "where", "status", "selector_hint"]
_KEYS: dict[str, list[str]] = {
    "feed": ["url", "lang", "selectors", *_REMARKS],
    "page": ["url", "lang", "selectors", "pages", *_REMARKS],
    "sitemap": ["url", "lang", "selectors", *_REMARKS],
    "telegram": ["name", "url", "lang", "pages", *_REMARKS],
    "mailbox": ["host", "port", "folder", "from", "security", "username_env", "password_env", "lang", *_REMARKS],
    "api": ["url", "preset", "query", "site", "paths", "lang", "selectors", "pages", *_REMARKS],
}
_SELECTORS = [field.name for field in fields(Selectors)]
_PATHS = [field.name for field in fields(Paths)]
_SECURITY = {"tls": ("imaps", 993), "starttls": ("imap", 143), "none": ("imap+plain", 143)}

_CHANNEL = re.compile(r"(?:@|(?:https?://)?(?:t|telegram)\.me/(?:s/)?)?([A-Za-z]\w{3,31})/?", re.ASCII)
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9a-fA-F:]+\]")
_PATH = re.compile(r"[^\s.\[\]]+(?:\.[^\s.\[\]]+)*")
_ENV = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class Reader(Protocol):
    """What notes a fault with its line and looks up values."""

    def note(self, line: int, message: str) -> None: ...
    def text(self, row: Map, key: str) -> str: ...
    def items(self, row: Map, key: str) -> Seq: ...
    def choice(self, row: Map, key: str, allowed: Sequence[str]) -> str | None: ...
    def whole(self, row: Map, key: str, default: int, low: int, high: int) -> int: ...
    def unknown(self, row: Mapping[str, Any], known: list[str]) -> None: ...


def addresses(reader: Reader, row: Map) -> dict[str, tuple[Address, ...]]:
    """The addresses of one source by kind; those whose `grade` is ``dead`` are left out."""
    found = {kind: tuple(_read(reader, row, kind)) for kind in LISTS}
    if channel := reader.text(row, "channel"):
        address = _channel(reader, channel, row.line_of("channel"))
        found["telegram"] += (address,) if address else ()
    return found


def _read(reader: Reader, row: Map, kind: str) -> list[Address]:
    found = []
    items = reader.items(row, LISTS[kind])
    for item, line in zip(items, items.lines, strict=True):
        if not isinstance(item, Map):
            reader.note(line, f"`{LISTS[kind]}` holds blocks like {_EXAMPLES[kind]}")
            continue
        reader.unknown(item, _KEYS[kind])
        address = _READ.get(kind, _web)(reader, item)
        if address is not None and item.get("grade") != "dead":
            found.append(address)
    return found


def _web(reader: Reader, item: Map) -> Address | None:
    url = _url(reader, item, reader.text(item, "url"))
    if url is None:
        return None
    return Address(
        url=url,
        lang=reader.text(item, "lang") or None,
        selectors=_selectors(reader, item),
        pages=reader.whole(item, "pages", 1, 1, PAGES),
    )


def _url(reader: Reader, item: Map, url: str) -> str | None:
    if not re.match(r"https?://[^/\s]+", url, re.IGNORECASE) or not url.isprintable() or " " in url:
        reader.note(item.line_of("url"), f"{url!r} is not an http or https address")
        return None
    if "@" in url.split("/", 3)[2]:  # said without it: reports and logs name addresses
        reader.note(item.line_of("url"), "an address with a user name or password in it is never fetched: take it out")
        return None
    return url


def _selectors(reader: Reader, item: Map) -> Selectors:
    return Selectors(**{key: text or None for key, text in _block(reader, item, "selectors", _SELECTORS).items()})


def _block(reader: Reader, item: Map, key: str, known: list[str]) -> dict[str, str]:
    """The texts of a block within a block; empty where there is none."""
    value = item.get(key)
    if value is None:
        return {}
    if not isinstance(value, Map):
        reader.note(item.line_of(key), f"`{key}` is a block like {{{', '.join(f'{name}: …' for name in known[:3])}}}")
        return {}
    reader.unknown(value, known)
    return {name: reader.text(value, name) for name in known if name in value}


def _telegram(reader: Reader, item: Map) -> Address | None:
    named = reader.text(item, "name")
    if not named:
        return _web(reader, item)
    address = _channel(reader, named, item.line_of("name"))
    if address is None:
        return None
    return Address(
        url=address.url, lang=reader.text(item, "lang") or None, pages=reader.whole(item, "pages", 1, 1, PAGES)
    )


def _channel(reader: Reader, name: str, line: int) -> Address | None:
    url = channel_url(name)
    if url is None:
        reader.note(line, f"{name!r} is not the name of a public Telegram channel (letters, digits, _; five to 32)")
        return None
    return Address(url=url)


def channel_url(name: str) -> str | None:
    """Where the channel can be read without an account; takes ``name``, ``@name`` and ``t.me/name``."""
    match = _CHANNEL.fullmatch(name.strip())
    return TELEGRAM + match[1] if match else None


def _mailbox(reader: Reader, item: Map) -> Address | None:
    host, folder = reader.text(item, "host"), reader.text(item, "folder") or "INBOX"
    security = reader.choice(item, "security", tuple(_SECURITY)) or "tls"
    scheme, usual = _SECURITY[security]
    port = reader.whole(item, "port", usual, 1, 65535)
    names = [reader.text(item, key) for key in ("username_env", "password_env")]
    faults = []
    if not _HOST.fullmatch(host):
        faults.append(("host", f"{host!r} is not the name of a mail server, as in imap.example.org"))
    for key, name in zip(("username_env", "password_env"), names, strict=True):
        if not _ENV.fullmatch(name):
            faults.append((key, f"a mailbox needs `{key}`: the name of an environment variable, not {name!r}"))
    if not folder.isprintable():
        faults.append(("folder", f"{folder!r} is not the name of a folder"))
    for key, message in faults:
        reader.note(item.line_of(key), message)
    if faults:
        return None
    sender = reader.text(item, "from")
    url = f"{scheme}://{host.lower()}:{port}/{quote(folder)}" + (f"?from={quote(sender)}" if sender else "")
    login = Login(username_env=names[0], password_env=names[1])
    return Address(url=url, lang=reader.text(item, "lang") or None, login=login)


def _endpoint(reader: Reader, item: Map) -> Address | None:
    name = reader.text(item, "preset")
    known = presets() if name else {}
    if name and name not in known:
        reader.note(item.line_of("preset"), f"there is no preset {name!r}; known: {', '.join(known)}")
        return None
    preset = known.get(name, {})
    url = _url(reader, item, _filled(reader, item, str(preset["url"])) if preset else reader.text(item, "url"))
    if url is None:
        return None
    paths = dict(preset.get("paths", {})) | _block(reader, item, "paths", _PATHS)
    for key, path in paths.items():
        if key != "date_format" and path and not _PATH.fullmatch(path):
            reader.note(
                item.line_of("paths"), f"path {path!r} of `{key}` is not keys joined by dots, as in data.0.title"
            )
            return None
    return Address(
        url=url,
        lang=reader.text(item, "lang") or None,
        selectors=_selectors(reader, item),
        pages=reader.whole(item, "pages", 1, 1, PAGES),
        paths=Paths(**paths),
    )


def _filled(reader: Reader, item: Map, url: str) -> str:
    for key in ("query", "site"):
        value = reader.text(item, key)
        if f"{{{key}}}" in url and not value:
            reader.note(item.line, f"preset {item['preset']!r} needs `{key}`")
        if key == "site" and value and not _HOST.fullmatch(value):
            reader.note(item.line_of(key), f"`site` {value!r} is not a host, as in www.example.org")
        url = url.replace(f"{{{key}}}", quote(value, safe=""))
    return url


@cache
def presets() -> Mapping[str, Mapping[str, Any]]:
    """Endpoints that are known by name: url and paths."""
    file = resources.files("monitor") / "packs" / "sco" / "presets.yaml"
    return {
        name: dict(value) for name, value in read_yaml(file.read_text(encoding="utf-8"), file.name)["presets"].items()
    }


_READ: dict[str, Callable[[Reader, Map], Address | None]] = {
    "telegram": _telegram,
    "mailbox": _mailbox,
    "api": _endpoint,
}
_EXAMPLES = dict.fromkeys(LISTS, "{url: …, lang: en}") | {
    "telegram": "{name: …, lang: ru}",
    "mailbox": "{host: …, folder: …, username_env: …, password_env: …}",
    "api": "{preset: gdelt, query: …} or {url: …, paths: {items: …}}",
}


# ---------------------------------------------------------------------------------------------- written


def to_block(kind: str, address: Address) -> dict[str, Any]:
    """The block from which the same address is read again."""
    if kind == "mailbox":
        block = _from_mailbox(address)
    elif kind == "telegram" and channel_url(address.url) == address.url:
        block = {"name": address.url.removeprefix(TELEGRAM)}
    else:
        block = {"url": address.url}
    block |= {"lang": address.lang} if address.lang else {}
    block |= {"pages": address.pages} if address.pages != 1 else {}
    chosen = {key: value for key, value in asdict(address.selectors).items() if value}
    block |= {"selectors": chosen} if chosen else {}
    return block | ({"paths": _from_paths(address.paths)} if address.paths else {})


def _from_paths(paths: Paths) -> dict[str, str]:
    usual = asdict(Paths())
    return {key: value for key, value in asdict(paths).items() if key == "items" or value != usual[key]}


def _from_mailbox(address: Address) -> dict[str, Any]:
    parts = urlsplit(address.url)
    security, usual = next((name, port) for name, (scheme, port) in _SECURITY.items() if scheme == parts.scheme)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    block: dict[str, Any] = {"host": host, "folder": unquote(parts.path.removeprefix("/"))}
    block |= {"port": parts.port} if parts.port != usual else {}
    block |= {"from": sender} if (sender := parse_qs(parts.query).get("from", [""])[0]) else {}
    block |= {"security": security} if security != "tls" else {}
    return block | (asdict(address.login) if address.login else {})
