"""What can be read of a site: its feeds, sitemaps, channels, and last of all the page itself, each tried once.

``read`` looks at the page, in a worker; ``find`` asks the site, through the one fetcher and politely: what the page
links, then what robots.txt names, and a few usual places only where nothing was linked.
"""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from monitor.blocks import channel_url, presets
from monitor.errors import ParseError
from monitor.ports import Fetcher, Parser
from monitor.text.clean import clean_line
from monitor.types import Address, Candidate, Discovery, Entry, Fetch, Listing, Paths
from sources import document
from sources.languages import primary
from sources.links import absolute, host

WELL_KNOWN = ("/feed", "/rss", "/rss.xml", "/atom.xml", "/feed.xml", "/index.xml", "/feed.json")
#: Feeds that a page links, channels and sitemaps: no more of each are tried.
FEEDS, CHANNELS, SITEMAPS = 6, 2, 3
#: For all that is tried behind one page: somebody waits for it.
SECONDS = 90.0

_TYPES = re.compile(
    r"application/(?:rss|atom|rdf)\+xml|application/feed\+json|(?:text|application)/xml|application/json"
)
_LOOKS = re.compile(
    r"/(?:rss|feed|atom|feeds|rdf)(?:[/._-][\w.-]*)?/?\Z|\.(?:rss|atom|rdf)\Z|[?&](?:format|feed)=(?:rss|feed|atom)",
    re.IGNORECASE,
)
_CALLED = re.compile(r"(?:rss|atom)(?:[ -]?(?:\d\.\d|feeds?|лента|канал|订阅|訂閱))?", re.IGNORECASE)
_COMMENTS = re.compile(r"comment|комментар|评论|評論|نظر", re.IGNORECASE)
_NO_CHANNEL = frozenset(
    ("share", "joinchat", "addstickers", "iv", "proxy", "socks", "login", "setlanguage", "addtheme")
)
_ORDER = ("feed", "sitemap", "telegram", "api", "page")


# ---------------------------------------------------------------------------------------------- looking, in a worker


def read(body: bytes, content_type: str | None, address: Address, url: str, now: datetime | None = None) -> Listing:  # noqa: ARG001
    """Where a page says it can be read: an entry each, its kind in `guid`; first the site itself (``site``).

    Raises: ParseError for what is no page.
    """
    root = document.tree(body, content_type)
    base = next((absolute(url, e.get("href")) for e in root.iter("base") if e.get("href")), None) or url
    lang = primary(root.get("lang"))
    found = {("site", url): Entry(guid="site", url=url, title=_site_name(root, url), lang=lang)}
    for kind, target, title in (*_linked(root, base), *_anchored(root, base)):
        if target:
            found.setdefault((kind, target), Entry(guid=kind, url=target, title=clean_line(title, 120)))
    return Listing(entries=tuple(found.values())[:60])


def _site_name(root: Any, url: str) -> str:
    for meta in root.iter("meta"):
        names = (meta.get("property") or meta.get("name") or "").lower() in ("og:site_name", "application-name")
        if names and (name := clean_line(meta.get("content"), 80)):
            return name
    title = next((clean_line(e.text, 300) for e in root.iter("title") if e.text), "")
    parts = [part.strip() for part in re.split(r"\s[|–—·•»:-]+\s|\s*\|\s*", title) if part.strip()]
    # the name of the site stands last, or first on its front page
    return (min((parts[0], parts[-1]), key=len) if parts else "")[:80] or host(url)


def _linked(root: Any, base: str) -> Iterable[tuple[str, str | None, str]]:
    for link in root.iter("link"):
        relations, kind = (
            (link.get("rel") or "").lower().split(),
            (link.get("type") or "").lower().partition(";")[0].strip(),
        )
        target = absolute(base, link.get("href"))
        if "alternate" in relations and _TYPES.fullmatch(kind) and "wp-json" not in (target or ""):
            yield "feed", target, link.get("title") or ""
        elif "https://api.w.org/" in relations:
            yield "wordpress", target, "WordPress"


def _anchored(root: Any, base: str) -> Iterable[tuple[str, str | None, str]]:
    channels: Counter[str] = Counter()
    for link in list(root.iter("a"))[:5000]:
        target = absolute(base, link.get("href"))
        if target is None:
            continue
        if host(target) in ("t.me", "telegram.me"):
            name = urlsplit(target).path.removeprefix("/s/").strip("/").partition("/")[0]
            if name.lower() not in _NO_CHANNEL and (channel := channel_url(name)):
                channels[channel] += 1
        else:
            words = " ".join(link.itertext())[:200].strip()
            if _LOOKS.search(target.partition("#")[0]) or _CALLED.fullmatch(words):
                yield "feed", target.partition("#")[0], words
    for channel, _ in channels.most_common(CHANNELS):
        yield "telegram", channel, "Telegram"


def sitemaps(robots: str, url: str) -> tuple[str, ...]:
    """The sitemaps that robots.txt names, those of news first. Source: sitemaps.org/protocol.html#submit_robots."""
    named = re.findall(r"^\s*sitemap\s*:\s*(\S{1,2000})", robots[:500_000], re.IGNORECASE | re.MULTILINE)
    targets = [target for target in (absolute(url, name) for name in named[:200]) if target]
    return tuple(sorted(dict.fromkeys(targets), key=lambda target: "news" not in target.lower()))[:SITEMAPS]


# ---------------------------------------------------------------------------------------------- asking


@dataclass(slots=True, kw_only=True)
class _Search:
    """What one discovery has found so far."""

    fetcher: Fetcher
    parser: Parser
    candidates: list[Candidate] = field(default_factory=list)
    failures: list[tuple[str, str]] = field(default_factory=list)
    tried: set[str] = field(default_factory=set)


async def find(text: str, fetcher: Fetcher, parser: Parser) -> Discovery:
    """What can be read behind an address as people write them (``example.org``, ``@channel``), the best way first."""
    search = _Search(fetcher=fetcher, parser=parser)
    if channel := _channel(text):
        await _try(search, "telegram", Address(url=channel), "Telegram")
        return _discovery(search, channel.rpartition("/")[2], channel, None)
    url = text if re.match(r"[a-z][a-z0-9+.-]*://", text, re.IGNORECASE) else f"https://{text}"
    fetch = await fetcher.fetch(url)
    search.tried |= {url, fetch.final_url}
    if fetch.outcome != "ok":
        search.failures.append((url, fetch.error or "no answer"))
        return _discovery(search, host(url), None, None)
    for kind in ("feed", "sitemap"):
        if await _read(search, kind, Address(url=url), fetch, "", quietly=True):
            return _discovery(search, host(url), _front(fetch.final_url), None)
    return await _behind_page(search, fetch, url)


def _channel(text: str) -> str | None:
    """Only what can be nothing else: a bare name may be a host."""
    return channel_url(text) if text.startswith("@") or re.match(r"(?:https?://)?(?:t|telegram)\.me/", text) else None


async def _behind_page(search: _Search, fetch: Fetch, url: str) -> Discovery:
    try:
        said = (await search.parser.listing("discover", Address(url=url), fetch)).entries
    except ParseError as error:
        search.failures.append((url, str(error)))
        return _discovery(search, host(url), None, None)
    site = said[0]
    try:
        async with asyncio.timeout(SECONDS):
            await _try_all(search, said, fetch)
    except TimeoutError:
        search.failures.append((url, f"not all was tried within {SECONDS:g} s: the site answers too slowly"))
    await _read(search, "page", Address(url=url), fetch, "the page itself")
    return _discovery(search, site.title, _front(fetch.final_url), site.lang)


async def _try_all(search: _Search, said: Sequence[Entry], fetch: Fetch) -> None:
    """What the page says, and the usual places."""
    by_kind = {kind: [e for e in said if e.guid == kind and e.url] for kind in ("feed", "telegram", "wordpress")}
    feeds = sorted(by_kind["feed"], key=lambda e: bool(_COMMENTS.search(f"{e.url} {e.title}")))
    for entry in feeds[:FEEDS]:
        await _try(search, "feed", Address(url=entry.url or ""), entry.title)
    await _at_usual_places(search, fetch.final_url)
    for entry in by_kind["wordpress"][:1]:
        paths = Paths(**presets()["wordpress"]["paths"])
        address = Address(url=f"{(entry.url or '').rstrip('/')}/wp/v2/posts?per_page=50", paths=paths)
        await _try(search, "api", address, entry.title, robots=True)
    for entry in by_kind["telegram"]:
        await _try(search, "telegram", Address(url=entry.url or ""), entry.title)


async def _at_usual_places(search: _Search, url: str) -> None:
    """What robots.txt names; and where no feed was linked, where feeds usually are, up to the first one."""
    robots = await search.fetcher.fetch(absolute(url, "/robots.txt") or url)
    if robots.outcome == "ok":
        for target in sitemaps(robots.body.decode("utf-8", "replace"), url):
            await _try(search, "sitemap", Address(url=target), "", robots=True)
    for path in WELL_KNOWN:
        if any(candidate.kind == "feed" for candidate in search.candidates):
            return
        await _try(search, "feed", Address(url=absolute(url, path) or url), "", robots=True, quietly=True)


async def _try(
    search: _Search, kind: str, address: Address, title: str, *, robots: bool = False, quietly: bool = False
) -> None:
    if address.url in search.tried:
        return
    search.tried.add(address.url)
    fetch = await search.fetcher.fetch(address.url, robots=robots)
    if fetch.outcome != "ok":
        if not quietly:
            search.failures.append((address.url, fetch.error or "no answer"))
        return
    if fetch.final_url != address.url and fetch.final_url in search.tried:
        return
    search.tried.add(fetch.final_url)
    await _read(search, kind, address, fetch, title, quietly=quietly)


async def _read(
    search: _Search, kind: str, address: Address, fetch: Fetch, title: str, *, quietly: bool = False
) -> bool:
    """Whether the body can be read as that kind; then it is a candidate."""
    try:
        listing = await search.parser.listing(kind, address, fetch)
        entries = listing.entries or await _first_part(search, kind, address, listing)
    except ParseError as error:
        if not quietly:
            search.failures.append((address.url, str(error)))
        return False
    search.candidates.append(_candidate(kind, address, title, entries))
    return True


async def _first_part(search: _Search, kind: str, address: Address, listing: Listing) -> tuple[Entry, ...]:
    """What the most promising part of an index has."""
    for url in listing.more[:1]:
        fetch = await search.fetcher.fetch(url, robots=True)
        if fetch.outcome == "ok":
            return (await search.parser.listing(kind, address, fetch)).entries
    return ()


def _candidate(kind: str, address: Address, title: str, entries: tuple[Entry, ...]) -> Candidate:
    from monitor.text.language import detect

    headlines = tuple(entry.title for entry in entries if entry.title)
    declared = Counter(entry.lang for entry in entries if entry.lang)
    lang = detect(" ".join(headlines)[:2000], tuple(declared)) if headlines else None
    return Candidate(
        kind=kind,
        address=address,
        title=title,
        items=len(entries),
        newest_at=max((entry.published_at for entry in entries if entry.published_at), default=None),
        lang=lang or next(iter(declared), None),
        sample=headlines[:3],
    )


def _front(url: str) -> str | None:
    return absolute(url, "/")


def _discovery(search: _Search, name: str, homepage: str | None, lang: str | None) -> Discovery:
    def worth(candidate: Candidate) -> tuple[bool, int, bool]:
        comments = bool(_COMMENTS.search(f"{candidate.address.url} {candidate.title}"))
        return candidate.items == 0, _ORDER.index(candidate.kind), comments

    return Discovery(
        name=name,
        homepage=homepage,
        lang=lang,
        candidates=tuple(sorted(search.candidates, key=worth)),
        failures=tuple(search.failures),
    )
