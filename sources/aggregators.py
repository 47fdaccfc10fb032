"""Links that lead through an aggregator, taken apart without asking it. Pure.

Only what stands in the link itself is used: an address that has to be asked for (the newer links of Google News, short
links, feed counters) stays as it is, marked, and nobody's tracking is told that we were here.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from sources.links import LIMIT, absolute

_DEPTH = 3
_TARGETS = ("url", "u", "to", "target", "dest", "destination", "goto", "redirect", "redirect_url", "link", "q", "z")
# last part of the path of a script that does nothing but send on
_SENDS_ON = re.compile(
    r"(?:away|click|clicks|clk|exit|external|goto|go|l|leave|link|out|outlink|outgoing|r|rd|redir|redirect|redirector|track"
    r"|transfer|url)(?:\.(?:php|aspx?|html?|cgi|do))?",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"https?://\S+")

# Addresses that only their owner can resolve, as patterns of host and path.
_CLOSED = re.compile(
    r"(?:news\.google\.[a-z.]+/(?:.*/)?(?:articles|read)/"
    r"|feedproxy\.google\.com/~r/|feeds\d?\.feedburner\.com/~r/|rss\.feedsportal\.com/"
    r"|(?:www\.|m\.)?baidu\.com/link|(?:www\.)?so\.com/link|(?:www\.)?sogou\.com/link|news\.yandex\.[a-z]+/yandsearch"
    r"|(?:t\.co|bit\.ly|goo\.gl|ow\.ly|buff\.ly|dlvr\.it|ift\.tt|is\.gd|tinyurl\.com|lnkd\.in|flip\.it|clck\.ru|vk\.cc"
    r"|shorturl\.at|rb\.gy|cutt\.ly|t\.cn|url\.cn|dwz\.cn|news\.ly|trib\.al|reut\.rs|fb\.me|yhoo\.it|apple\.news)/."
    r"|api\.follow\.it/|(?:www\.)?google\.[a-z.]+/url\b|(?:www\.)?bing\.com/(?:ck/a|news/apiclick)"
    r"|r\.search\.yahoo\.com/)",
    re.IGNORECASE,
)


def unwrap(url: str) -> str | None:
    """The address that the link itself says it leads to; None: it says none, or leads nowhere else."""
    if not may_send_on(url):
        return None
    found = None
    for _ in range(_DEPTH):
        inner = _inner(found or url)
        if inner is None:
            break
        found = inner
    return found


def is_wrapped(url: str) -> bool:
    """Whether the link leads to an aggregator or a shortener and not to an article."""
    if not may_send_on(url):
        return False
    parts = _parts(url)
    return parts is not None and (bool(_CLOSED.match(_place(parts))) or _inner(url) is not None)


def may_send_on(url: str) -> bool:
    """Whether the link is worth being taken apart: it has parameters, or leads to one who is known for it."""
    return "?" in url or _KNOWN.match(url) is not None


def _inner(url: str) -> str | None:
    """One layer less."""
    parts = _parts(url)
    if parts is None:
        return None
    for sign, opened in _WAYS:
        if sign.match(_place(parts)):
            return _elsewhere(opened(parts), parts)
    if _SENDS_ON.fullmatch(parts.path.rstrip("/").rpartition("/")[2]):
        return _elsewhere(_parameter(parts), parts)
    return None


def _parts(url: str) -> SplitResult | None:
    if len(url) > LIMIT:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return parts if parts.scheme in ("http", "https") and parts.netloc else None


def _place(parts: SplitResult) -> str:
    return f"{parts.netloc.lower()}{parts.path or '/'}"


def _elsewhere(target: str | None, parts: SplitResult) -> str | None:
    """The target, if it is an address on another host: a page that knows where to return to is no redirector."""
    found = absolute("", target) if target else None
    there = _parts(found) if found else None
    return found if there is not None and there.netloc.lower() != parts.netloc.lower() else None


def _parameter(parts: SplitResult) -> str | None:
    """The first parameter that holds a whole address."""
    try:
        values = parse_qs(parts.query, max_num_fields=50)
    except ValueError:
        return None
    for name in _TARGETS:
        for value in values.get(name, ()):
            if re.match(r"https?://", value, re.IGNORECASE):
                return value
    return None


def _google_news(parts: SplitResult) -> str | None:
    """Out of the last part of the path: base64 of a small record whose fourth field was the address until 2024."""
    record = _base64(parts.path.rstrip("/").rpartition("/")[2])
    if not record.startswith(b"\x08\x13\x22"):
        return None
    size, start = _length(record, 3)
    match = _ADDRESS.fullmatch(record[start : start + size].decode("utf-8", "replace"))
    return match[0] if match else None


def _length(record: bytes, at: int) -> tuple[int, int]:
    """A number in groups of seven bits, and where what follows it begins."""
    number = 0
    for shift in range(3):
        if at >= len(record):
            break
        byte, at = record[at], at + 1
        number |= (byte & 0x7F) << (7 * shift)
        if byte < 0x80:
            break
    return number, at


def _base64(text: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        return b""


def _bing_click(parts: SplitResult) -> str | None:
    """``u=a1`` and the address in base64."""
    value = parse_qs(parts.query).get("u", [""])[0]
    return _base64(value[2:]).decode("ascii", "ignore") if value.startswith("a1") else _parameter(parts)


def _yahoo_search(parts: SplitResult) -> str | None:
    match = re.search(r"/RU=([^/]+)/", parts.path)
    return unquote(match[1]) if match else None


def _after_star(parts: SplitResult) -> str | None:
    """``http://us.rd.yahoo.com/dailynews/*http://outlet.example/article``"""
    _, star, target = f"{parts.path}{'?' + parts.query if parts.query else ''}".partition("*")
    return unquote(target) if star else None


def _accelerated(parts: SplitResult) -> str | None:
    """The publisher's address out of one under an AMP cache: ``/amp/s/outlet.example/article``."""
    match = re.match(r"/(?:amp|[ac])/(s/)?(.+)", parts.path)
    if match is None:
        return None
    return f"http{'s' if match[1] else ''}://{match[2]}{'?' + parts.query if parts.query else ''}"


#: Who wraps in a way of its own -> how it is opened. Everything else only by path and parameter.
_WAYS: tuple[tuple[re.Pattern[str], Callable[[SplitResult], str | None]], ...] = tuple(
    (re.compile(pattern), opened)
    for pattern, opened in (
        (r"news\.google\.[a-z.]+/(?:.*/)?(?:articles|read)/", _google_news),
        (r"(?:www\.)?google\.[a-z.]+/amp/", _accelerated),
        (r"[a-z0-9-]*\.?cdn\.ampproject\.org/[ac]/", _accelerated),
        (r"news\.google\.[a-z.]+/news/url", _parameter),
        (r"(?:www\.)?bing\.com/ck/a", _bing_click),
        (r"(?:www\.)?bing\.com/news/apiclick", _parameter),
        (r"r\.search\.yahoo\.com/", _yahoo_search),
        (r"(?:[a-z]+\.)?rd\.yahoo\.com/", _after_star),
        (r"(?:l|lm|www)\.facebook\.com/(?:l|flx/warn)", _parameter),
        (r"link\.zhihu\.com/", _parameter),
        (r"(?:feeds\d?\.feedburner|feedproxy\.google)\.com/", _parameter),
    )
)
_PATTERNS = (_CLOSED.pattern, *(sign.pattern for sign, _ in _WAYS))
_KNOWN = re.compile(rf"https?://(?:{'|'.join(_PATTERNS)})", re.IGNORECASE)
