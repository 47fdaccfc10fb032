"""Where a redirect sends us, and whether it does so for good."""

from __future__ import annotations

from dataclasses import dataclass

from sources.lean_httpx import httpx
from sources.network import Refusal
from sources.urls import BAD_IN_URL, checked

#: Answers that send us elsewhere, and those of them that do so for good.
STATUSES = frozenset({301, 302, 303, 307, 308})
LASTING = frozenset({301, 308})


@dataclass(frozen=True, slots=True, kw_only=True)
class Redirect:
    """One that may be followed."""

    target: httpx.URL
    #: 301 or 308.
    lasting: bool


class Moved:
    """Where permanent redirects lead, as long as they are the first ones and none gives up the encryption."""

    def __init__(self) -> None:
        self.to: str | None = None
        self._over = False

    def follow(self, here: httpx.URL, redirect: Redirect) -> None:
        self._over |= not redirect.lasting or (here.scheme == "https" and redirect.target.scheme == "http")
        if not self._over:
            self.to = str(redirect.target)


def target(here: httpx.URL, response: httpx.Response) -> httpx.URL:
    """The URL to go on with. Raises: Refusal."""
    location = _as_written(response.headers.get("location") or "").strip()
    if not location:
        raise Refusal(f"HTTP {response.status_code} without a place to go", "temporary")
    if BAD_IN_URL.search(location):
        raise Refusal("redirect to a URL with a control character or a backslash in it")
    try:
        joined = str(here.join(location))
    except (httpx.InvalidURL, ValueError, UnicodeError) as error:
        raise Refusal("redirect to a URL that cannot be read") from error
    return checked(joined)


def _as_written(location: str) -> str:
    """The redirect's target in the letters of its publisher: servers send paths in other scripts as bare UTF-8."""
    try:
        return location.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return location
