"""Strangers' text and links made safe to show: no control characters, no spoofing, nothing but http and https. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from monitor.text.clean import clean_line

#: Longer addresses are shown, not linked: mail programs and Slack cut them.
URL_LIMIT = 2_000

# directions that outlast their text, and marks that nobody sees; ZWNJ and LRM/RLM stay: Persian needs them
_INVISIBLE = re.compile("[\u00ad\u202a-\u202e\u2066-\u2069\ufeff\U000e0000-\U000e007f]")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
# what may stand in a URL as it is (RFC 3986), the percent sign for what is encoded already
_URL_CHARACTERS = "!#$%&()*+,/:;=?@[]~-._"
_RTL = frozenset({"ar", "fa", "ur", "ps", "he", "ug", "sd", "ckb", "dv", "yi"})
_LANG = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


@dataclass(frozen=True, slots=True)
class Link:
    """An address as it may be shown."""

    #: ASCII, fit for an attribute; None: not to be clicked.
    url: str | None
    #: The host as a reader can trust it; empty: there is none.
    host: str


def line(text: str | None, limit: int) -> str:
    """The text as one line of at most `limit` code points, cut with ``…``."""
    plain = _INVISIBLE.sub("", clean_line(text, limit + 1))
    return plain if len(plain) <= limit else plain[: limit - 1].rstrip() + "…"


def link(url: str) -> Link:
    """The link to an article; not one that hides where it leads, or leads elsewhere than to the web."""
    try:
        parts = urlsplit(_INVISIBLE.sub("", _CONTROL.sub("", url)).strip())
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return Link(None, "")
    if parts.scheme not in ("http", "https") or not host or "\\" in parts.netloc:
        return Link(None, "")
    try:
        ascii_host = host if host.isascii() else host.encode("idna").decode("ascii")
    except UnicodeError:
        return Link(None, "")
    shown = host if _one_alphabet(host) else ascii_host
    if re.search(r"[^A-Za-z0-9.:\-_]", ascii_host):
        return Link(None, "")
    if "@" in parts.netloc:  # https://bank.example@evil.example leads to evil.example
        return Link(None, shown)
    bracketed = f"[{ascii_host}]" if ":" in ascii_host else ascii_host
    address = f"{parts.scheme}://{bracketed}" + (f":{port}" if port else "") + _encoded(parts.path)
    address += f"?{_encoded(parts.query)}" if parts.query else ""
    address += f"#{_encoded(parts.fragment)}" if parts.fragment else ""
    return Link(address if len(address) <= URL_LIMIT else None, shown)


def language(lang: str | None) -> tuple[str, str]:
    """Language and direction for the attributes ``lang`` and ``dir``; empty where the language is not known."""
    if not lang or not _LANG.fullmatch(lang):
        return "", "auto"
    return lang, "rtl" if lang.split("-")[0] in _RTL else "ltr"


def _encoded(part: str) -> str:
    return quote(part, safe=_URL_CHARACTERS)


def _one_alphabet(host: str) -> bool:
    """Whether the host can be shown as it is: a mixture of alphabets can look like another host."""
    letters = [c for c in host if c.isalpha()]
    return all(c.isascii() for c in letters) or not any(c.isascii() for c in letters)
