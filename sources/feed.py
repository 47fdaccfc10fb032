"""Entries of a feed: RSS, Atom, RDF and JSON Feed. Pure.

Well-formed feeds are read by sources.wellformed, all others by sources.lenient. What they find becomes text here, and
every link and date is looked at again, whoever found it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from html.entities import html5
from typing import Any
from urllib.parse import urljoin
from xml.etree import ElementTree

from monitor.errors import ParseError
from monitor.text.clean import clean_line, clean_text
from monitor.types import Address, Entry, Listing
from sources import hints, jsonfeed, lenient, wellformed
from sources.aggregators import is_wrapped, may_send_on, unwrap
from sources.dates import instant
from sources.decoding import decode, decode_xml
from sources.feeditem import HTML_TYPES, Channel, Item
from sources.languages import primary
from sources.links import absolute
from sources.markup import to_line, to_text

#: Most entries of one reading; where there are more, the newest.
ENTRIES = 500

_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]{2,31});")
# what XML forbids and publishers send all the same: characters, and references to what is no character
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_REFERENCE = re.compile(r"&#(?:[xX]0*([0-9a-fA-F]+)|0*(\d+));?")
# HTML's names for characters, which XML does not have: strictly read they are gone without a trace
_NAMED = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)([a-zA-Z][a-zA-Z0-9]{1,31};)")
# an ampersand that begins no reference, outside of CDATA: in addresses mostly, &section=2 of which HTML makes a sign
_BARE = re.compile(r"<!\[CDATA\[.*?(?:\]\]>|\Z)|&(?!#?\w+;)", re.DOTALL)
# what a relative link cannot be, beside the feed: a host without its scheme, an id of the publisher's database
_HOST = re.compile(r"www\.[\w-]+\.[\w.-]+(?:/|\Z)")
_WHOLE = re.compile(r"https?://", re.IGNORECASE)
_NO_PATH = re.compile(r"[\w-]+")
_OPENING = re.compile(rb"<(?:\w+:)?(?:item|entry)[\s>]", re.IGNORECASE)
_CLOSING = re.compile(rb"</(?:\w+:)?(?:item|entry)\s*>", re.IGNORECASE)
_ROOT_END = re.compile(rb"</(?:\w+:)?(?:rss|feed|rdf|channel)\s*>\s*(?:<!--.*?-->\s*)*\Z", re.IGNORECASE | re.DOTALL)
_TAIL = 65_536

_SIGNS = (
    (re.compile(rb"\A\x1f\x8b"), "a compressed file, not a feed"),
    (re.compile(rb"\A%PDF"), "a PDF document, not a feed"),
    (re.compile(rb"<opml[\s>]", re.IGNORECASE), "an OPML list, not a feed"),
    (re.compile(rb"<(?:\w+:)?(?:urlset|sitemapindex)[\s>]", re.IGNORECASE), "a sitemap, not a feed"),
    (re.compile(rb"<(?:!doctype\s+html|html|head|body)[\s>]", re.IGNORECASE), "an HTML page, not a feed"),
)


def read(body: bytes, content_type: str | None, address: Address, url: str, now: datetime | None = None) -> Listing:
    """What the feed lists, in its own order; `url` is where the body came from, after redirects.

    With `now`, dates that lie too far ahead of it are dropped. Raises: ParseError.
    """
    if not body.strip():
        raise ParseError("empty answer")
    if body[:200].lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"[")):
        return _newest(jsonfeed.read(decode(body, content_type), address.lang, url, now))
    text = decode_xml(body, content_type)
    channel = fast(text, url) or thorough(body, _usable(text), url)
    lang = address.lang or primary(channel.lang)
    listing = _newest([_entry(item, channel, url, lang, now, text) for item in channel.items])
    every, skip_hours = hints.read(text)
    return replace(listing, every=every, skip_hours=skip_hours) if every or skip_hours else listing


def fast(text: str, url: str) -> Channel | None:
    """The feed, if it is well-formed, in itself or after it was made usable, and holds nothing unusual."""
    try:
        return wellformed.read(_named_in_cdata(text), url)
    except (ElementTree.ParseError, ValueError):
        pass
    try:
        return wellformed.read(_usable(text), url)
    except (ElementTree.ParseError, ValueError):
        return None


def thorough(body: bytes, text: str, url: str) -> Channel:
    """The feed, whatever state it is in. Raises: ParseError."""
    feed = lenient.parsed(text, url)
    if not feed.entries and (not feed.get("version") or (feed.bozo and not _ROOT_END.search(body[-_TAIL:]))):
        raise ParseError(_instead(body, feed))
    channel = lenient.channel(feed)
    if len(channel.items) > 1 and _cut_off(body):
        channel.items.pop()  # what is left of the last item is not what its publisher wrote
    return channel


def _named_in_cdata(text: str) -> str:
    """The text with HTML's names for characters as these characters, as they will be everywhere else."""
    return _NAMED.sub(_named, text) if "<![CDATA[" in text else text


def _usable(text: str) -> str:
    """The text without what XML forbids."""
    text = _NAMED.sub(_named, _REFERENCE.sub(_character, _FORBIDDEN.sub("", text)))
    return _BARE.sub(lambda match: match[0] if len(match[0]) > 1 else "&amp;", text)


def _character(match: re.Match[str]) -> str:
    """The reference, or a replacement for one that stands for no character; nothing for one that nobody would see."""
    digits = match[1] or match[2]
    number = int(digits, 16 if match[1] else 10) if len(digits) <= 8 else 0
    usable = number in (9, 10, 13) or 32 <= number < 0xD800 or 0xE000 <= number < 0x110000
    return match[0] if usable else "" if 0 < number < 32 else "\ufffd"


def _named(match: re.Match[str]) -> str:
    """The character, where the name is HTML's and not one of the five that XML shares."""
    character = html5.get(match[1], "")
    return match[0] if not character or set(character) & set("<>&\"'") else character


def _instead(body: bytes, feed: Any) -> str:
    """What it is, if it is no feed."""
    head = body[:_TAIL]
    for sign, meaning in _SIGNS:
        if sign.search(head):
            return meaning
    if feed.bozo:
        problem = feed.get("bozo_exception")
        message = getattr(problem, "getMessage", lambda: str(problem))()
        return f"not a feed: {clean_line(str(message), 200) or 'not XML'}"
    return "not a feed"


def _cut_off(body: bytes) -> bool:
    """Whether the body ends inside an item."""
    tail = body[-_TAIL:]
    if _ROOT_END.search(tail):
        return False
    openings = [match.start() for match in _OPENING.finditer(tail)]
    return bool(openings) and not _CLOSING.search(tail, openings[-1])


def _newest(entries: Sequence[Entry]) -> Listing:
    """At most ENTRIES of them: the newest if all have dates, else the first."""
    kept = list(entries)
    dropped = {f"beyond the {ENTRIES} newest items": len(kept) - ENTRIES} if len(kept) > ENTRIES else {}
    if len(kept) > ENTRIES and all(entry.published_at for entry in kept):
        oldest = datetime.min.replace(tzinfo=UTC)
        order = sorted(range(len(kept)), key=lambda i: kept[i].published_at or oldest, reverse=True)
        kept = [kept[i] for i in sorted(order[:ENTRIES])]
    return Listing(entries=tuple(kept[:ENTRIES]), dropped=dropped)


def _entry(item: Item, channel: Channel, url: str, lang: str | None, now: datetime | None, document: str = "") -> Entry:
    lang = primary(item.lang) or lang
    link = _url(item, url, document)
    may_be_wrapped = link is not None and may_send_on(link)
    link = unwrap(link) or link if link and may_be_wrapped else link
    outlet = clean_line(to_line(item.outlet), 200)
    summary, content = _plain(item.summary_type, item.summary or ""), _content(item)
    # markup that is never closed can swallow all of it: then the headline as it came is better than no article
    title = _title(item, channel.literal) or ("" if summary or content else clean_line(item.title))
    # aggregators write the outlet behind its headline, too
    title = title.removesuffix(f" - {outlet}") if outlet else title
    return Entry(
        guid=clean_line(item.id) or None,
        url=link,
        title=title,
        summary=summary,
        content=content,
        authors=_authors(item),
        published_at=_published(item, lang, now),
        lang=lang,
        outlet=outlet or None,
        outlet_url=absolute(url, item.outlet_url) if outlet else None,
        wrapped=may_be_wrapped and link is not None and is_wrapped(link),
    )


def _url(item: Item, base: str, document: str) -> str | None:
    """The publisher's own link: an aggregator's detour only where there is nothing else."""
    candidates = [item.original_link, item.link, *item.alternates]
    if not item.link and _WHOLE.match(item.id):
        candidates.append(item.id)
    found = next((found for found in (absolute(base, c) for c in candidates if c) if found), None)
    doubtful = found and (found == item.id or "/www." in found[len("https://") :])
    return _elsewhere(found, base, item.id, document) if found and doubtful else found


def _elsewhere(link: str, base: str, own_id: str, document: str) -> str | None:
    """The link, unless it was taken for one that lies beside the feed and cannot: then that of its host, or none.

    One that the publisher wrote out is taken for nothing.
    """
    folder = urljoin(base, ".")
    rest = link.removeprefix(folder) if link.startswith(folder) else ""
    if _HOST.match(rest):
        return f"{folder.partition(':')[0]}://{rest}"
    return None if link == own_id and _NO_PATH.fullmatch(rest) and link not in document else link


def _title(item: Item, literal: bool) -> str:
    """The headline; in RSS, where nobody says whether it is markup, entities are taken for such."""
    if item.title_type in HTML_TYPES or (not literal and "&" in item.title and _ENTITY.search(item.title)):
        return clean_line(to_line(item.title))
    return clean_line(item.title)


def _plain(kind: str | None, text: str) -> str:
    return clean_text(text) if kind == "text/plain" and not _ENTITY.search(text) else to_text(text)


def _content(item: Item) -> str:
    """The longest text that the feed itself carries for the entry."""
    texts = [_plain(kind, value) for kind, value in item.contents if _is_text(kind)]
    if item.full_text:
        texts.append(to_text(item.full_text))
    return max(texts, key=len, default="")


def _is_text(kind: str | None) -> bool:
    return not kind or kind.startswith("text/") or kind in HTML_TYPES


def _authors(item: Item) -> tuple[str, ...]:
    names = [clean_line(to_line(name), 200) for name in item.people]
    names = names or [clean_line(to_line(item.author), 200)]
    return tuple(dict.fromkeys(name for name in names if name))[:10]


def _published(item: Item, lang: str | None, now: datetime | None) -> datetime | None:
    """The first of its dates that can be one. They are read here: feedparser makes 2 March of 30 February."""
    for date in (item.published, item.created, item.updated):
        found = instant(date, lang=lang, now=now) if date else None
        if found:
            return found
    return None
