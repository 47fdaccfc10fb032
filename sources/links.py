"""Links as strangers write them, made absolute. Pure."""

from __future__ import annotations

import re
from urllib.parse import quote, urljoin, urlsplit

LIMIT = 4096
# what browsers drop wherever it stands in a URL
_DROPPED = str.maketrans("", "", "\t\r\n")
#: Links that are absolute and stay as they are: most of them.
PLAIN = re.compile(
    r"https?://[A-Za-z0-9][A-Za-z0-9.-]*(?:/[^\s?#;\x00-\x1f\x7f\ud800-\udfff]*)?"
    r"(?:\?[^\s#\x00-\x1f\x7f\ud800-\udfff]+)?(?:#[^\s\x00-\x1f\x7f\ud800-\udfff]+)?"
)


def absolute(base: str, href: object) -> str | None:
    """The http(s) URL that the link leads to; None: it leads nowhere that can be read."""
    if not isinstance(href, str):
        return None
    if len(href) <= LIMIT and PLAIN.fullmatch(href):
        return href
    href = href.translate(_DROPPED).strip()
    if not href or len(href) > LIMIT or any(ch < " " or ch == "\x7f" for ch in href):
        return None
    try:
        url = urljoin(base, href)
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.port == 0:
            return None
    except ValueError:
        return None
    url = url.replace(" ", "%20")
    if any("\ud800" <= ch <= "\udfff" for ch in url):
        url = quote(url.encode("utf-8", "replace"), safe="!#$%&'()*+,/:;=?@[]~")
    return url if len(url) <= LIMIT else None


def host(url: str | None) -> str:
    """The host's name in lower case without a leading ``www.``; empty: there is none."""
    try:
        name = (urlsplit(url or "").hostname or "").rstrip(".")
    except ValueError:
        return ""
    return name.removeprefix("www.")
