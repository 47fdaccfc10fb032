"""Which URLs may be fetched, and what they are taken apart into. Asks nobody."""

from __future__ import annotations

import re
import socket
from collections.abc import Sequence
from functools import lru_cache
from ipaddress import ip_address

from sources.addresses import Network, refusal
from sources.lean_httpx import httpx
from sources.network import Refusal

_URL_LIMIT = 4096
#: What no URL may have in it.
BAD_IN_URL = re.compile(r"[\x00-\x1f\x7f-\x9f\\]")


@lru_cache(maxsize=2048)
def checked(url: str) -> httpx.URL:
    """The URL, if it is one that may be fetched. Raises: Refusal.

    The one parser of everything that is fetched: what it makes of the text is what is connected to.
    """
    url = url.strip(" \t\r\n\f")
    if len(url) > _URL_LIMIT:
        raise Refusal(f"URL is longer than {_URL_LIMIT} characters")
    if BAD_IN_URL.search(url):
        raise Refusal("URL has a control character or a backslash in it")
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, ValueError, UnicodeError) as error:
        raise Refusal("not a URL that can be read") from error
    return _checked_parts(parsed)


def _checked_parts(url: httpx.URL) -> httpx.URL:
    if url.scheme not in ("http", "https"):
        raise Refusal("only http and https URLs are fetched")
    if url.userinfo:
        raise Refusal("URL has a user name in it")
    host = url.raw_host.decode("ascii", "replace")
    if not host or "%" in host or "@" in url.netloc.decode("ascii", "replace"):
        raise Refusal("URL has no valid host")
    if url.port is not None and not 0 < url.port < 65536:
        raise Refusal(f"URL has port {url.port}, which cannot be")
    return url.copy_with(fragment=None) if url.fragment else url


def refused(url: str, allowed: Sequence[Network] | None) -> str | None:
    """Why that URL would never be fetched, as far as it can be told without asking anybody; None: it may be.

    Without `allowed` only its form is judged. What a name leads to is seen when it is connected to.
    """
    try:
        host = name(checked(url))
    except Refusal as why:
        return why.reason
    address = _literal(host) if allowed is not None else None
    kind = refusal(address, allowed or ()) if address else None
    return f"address {address} is {kind} and not allowed by [fetch] allow_networks" if kind else None


def _literal(host: str) -> str | None:
    """The address that the host is, in any writing that a look-up understands, or means for good."""
    if host == "localhost" or host.endswith(".localhost"):  # RFC 6761 section 6.3
        return "127.0.0.1"
    try:
        return str(ip_address(host))
    except ValueError:
        pass
    try:  # 2130706433, 0x7f.1, 0177.0.0.1
        return socket.inet_ntoa(socket.inet_aton(host)) if host[:1].isdigit() else None
    except OSError:
        return None


def name(url: httpx.URL) -> str:
    """The host as it is looked up, for those who keep something by host."""
    return url.raw_host.decode("ascii").rstrip(".")


def port(url: httpx.URL) -> int:
    return url.port or (443 if url.scheme == "https" else 80)


def netloc(url: httpx.URL) -> str:
    """What stands in the Host header."""
    return url.netloc.decode("ascii")
