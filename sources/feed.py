"""Entries of a feed: RSS, Atom, RDF and JSON Feed. Pure.

feedparser gets bytes in a file object and nothing else: a str or bytes it takes for a URL or a path, and opens it.
Of its own cleaning nothing is used; markup becomes text here, and every link and date is looked at again.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from html.entities import html5
from typing import Any

from monitor.errors import ParseError
from monitor.text.clean import clean_line, clean_text
from monitor.types import Address, Entry, Listing
from sources import jsonfeed
from sources.dates import instant
from sources.decoding import decode, decode_xml
from sources.languages import primary
from sources.links import absolute
from sources.markup import to_line, to_text

#: Most entries of one reading; where there are more, the newest.
ENTRIES = 500

_HTML_TYPES = ("text/html", "application/xhtml+xml")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]{2,31});")
# what XML forbids and publishers send all the same: characters, and references to what is no character
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_REFERENCE = re.compile(r"&#(?:[xX]0*([0-9a-fA-F]+)|0*(\d+));?")
# HTML's names for characters, which XML does not have: strictly read they are gone without a trace
_NAMED = re.compile(r"&([a-zA-Z][a-zA-Z0-9]{1,31};)")
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
        return _newest(jsonfeed.read(decode(body, content_type), url, now))
    feed = _parsed(body, content_type, url)
    listed = list(feed.entries)
    if not listed and (not feed.version or (feed.bozo and not _ROOT_END.search(body[-_TAIL:]))):
        raise ParseError(_instead(body, feed))
    if len(listed) > 1 and _cut_off(body):
        listed.pop()  # what is left of the last item is not what its publisher wrote
    lang = address.lang or primary(_value(feed.feed, "language"))
    return _newest([_entry(entry, feed, url, lang, now) for entry in listed])


def _parsed(body: bytes, content_type: str | None, url: str) -> Any:
    """What feedparser makes of the document, which it gets in UTF-8 and without what XML forbids.

    Its own choice of encoding reads a whole feed as Western European for one damaged byte, and takes Python's
    private codecs for encodings.
    """
    import feedparser

    text = _FORBIDDEN.sub("", decode_xml(body, content_type))
    data = _NAMED.sub(_named, _REFERENCE.sub(_character, text)).encode("utf-8", "replace")
    headers = {"content-location": url, "content-type": "application/xml; charset=utf-8"}
    try:
        return feedparser.parse(
            io.BytesIO(data), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
        )
    except Exception as error:
        # it raises whatever the parts it is made of raise
        raise ParseError(f"feed cannot be read ({type(error).__name__})") from error


def _character(match: re.Match[str]) -> str:
    """The reference, or a replacement for one that stands for no character."""
    digits = match[1] or match[2]
    number = int(digits, 16 if match[1] else 10) if len(digits) <= 8 else 0
    usable = number in (9, 10, 13) or 32 <= number < 0xD800 or 0xE000 <= number < 0x110000
    return match[0] if usable else "\ufffd"


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


def _entry(entry: Any, feed: Any, url: str, lang: str | None, now: datetime | None) -> Entry:
    detail = _value(entry, "title_detail") or {}
    own_lang = primary(detail.get("language")) if isinstance(detail, dict) else None
    lang = own_lang or lang
    literal = str(feed.version).startswith("atom")
    return Entry(
        guid=clean_line(_text(entry, "id")) or None,
        url=_url(entry, url),
        title=_title(_text(entry, "title"), detail, literal),
        summary=_plain(_value(entry, "summary_detail"), _text(entry, "summary")),
        content=_content(entry),
        authors=_authors(entry),
        published_at=_published(entry, lang, now),
        lang=lang,
    )


def _value(holder: Any, key: str) -> Any:
    """What really stands there: feedparser's own look-up answers for other keys too, with a warning."""
    return dict.get(holder, key)


def _text(holder: Any, key: str) -> str:
    value = _value(holder, key)
    return value if isinstance(value, str) else ""


def _url(entry: Any, base: str) -> str | None:
    """The publisher's own link: an aggregator's detour only where there is nothing else."""
    candidates = [_text(entry, "feedburner_origlink"), _text(entry, "link")]
    links = _value(entry, "links") or ()
    candidates += [link.get("href") for link in links if link.get("rel", "alternate") == "alternate"]
    if not _value(entry, "link"):
        candidates += [_text(entry, "id")]
    return next((found for found in (absolute(base, c) for c in candidates if c) if found), None)


def _title(title: str, detail: Any, literal: bool) -> str:
    """The headline; in RSS, where nobody says whether it is markup, entities are taken for such."""
    if isinstance(detail, dict) and detail.get("type") in _HTML_TYPES:
        return clean_line(to_line(title))
    if not literal and _ENTITY.search(title):
        return clean_line(to_line(title))
    return clean_line(title)


def _plain(detail: Any, text: str) -> str:
    kind = detail.get("type") if isinstance(detail, dict) else None
    return clean_text(text) if kind == "text/plain" and not _ENTITY.search(text) else to_text(text)


def _content(entry: Any) -> str:
    """The longest text that the feed itself carries for the entry."""
    texts = [_plain(part, part.get("value") or "") for part in _value(entry, "content") or () if isinstance(part, dict)]
    # the element in which many Russian-language outlets give the whole text
    texts.append(to_text(_text(entry, "yandex_full-text")))
    return max(texts, key=len)


def _authors(entry: Any) -> tuple[str, ...]:
    people = [person.get("name") for person in _value(entry, "authors") or () if isinstance(person, dict)]
    names = [clean_line(to_line(name), 200) for name in people if name]
    names = names or [clean_line(to_line(_text(entry, "author")), 200)]
    return tuple(dict.fromkeys(name for name in names if name))[:10]


def _published(entry: Any, lang: str | None, now: datetime | None) -> datetime | None:
    """The first of its dates that can be one. They are read here: feedparser makes 2 March of 30 February."""
    for key in ("published", "created", "updated"):
        found = instant(_text(entry, key), lang=lang, now=now)
        if found:
            return found
    return None
