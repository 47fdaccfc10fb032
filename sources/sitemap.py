"""Recent articles out of a sitemap: a news sitemap, a plain one with dates, or an index of such. Pure.

A sitemap can name everything that a site ever published; only what is dated within RECENT counts. Source:
sitemaps.org/protocol.html, and for ``news:`` developers.google.com/search/docs/crawling-indexing/sitemaps/news-sitemap.
"""

from __future__ import annotations

import re
import zlib
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from lxml import etree

from monitor.errors import ParseError
from monitor.text.clean import clean_line
from monitor.types import Address, Entry, Listing
from sources.dates import instant
from sources.decoding import readable
from sources.languages import primary
from sources.links import absolute
from sources.markup import to_line
from sources.page import date_in_url

#: Older entries, and parts of an index that were last changed before, are not read.
RECENT = timedelta(days=3)
#: Most entries of one sitemap; where there are more, the newest.
ENTRIES = 500
#: Most parts of one index.
PARTS = 5
#: Bytes of a compressed sitemap, unpacked.
UNPACKED = 20 * 2**20
_ROWS = 50_000

_GZIP = b"\x1f\x8b"
_PLAIN = re.compile(rb"(?:\xef\xbb\xbf)?\s*https?://\S", re.IGNORECASE)
# what XML has no place for
_UNWRITABLE = re.compile("[\x00-\x1f\ufffe\uffff]")
_CLOSED = re.compile(rb"</(?:\w+:)?(?:urlset|sitemapindex)\s*>\s*(?:<!--.*?-->\s*)*\Z", re.DOTALL)
_NEWS = re.compile(r"news|novosti|новост|haber|latest|recent", re.IGNORECASE)
# pictures, films and lists of lists: no articles
_OTHER = re.compile(r"image|video|photo|tag|categor|author|topic|static|taxonom", re.IGNORECASE)


def read(body: bytes, content_type: str | None, address: Address, url: str, now: datetime | None = None) -> Listing:  # noqa: ARG001
    """The recent entries, or for an index its recent parts in Listing.more.

    `now` decides what is recent; without it the newest date in the document does. Raises: ParseError.
    """
    data = _unpacked(body)
    plain = _PLAIN.match(data)
    root = _lines(data) if plain else _root(data)
    kind = _name(root)
    if kind not in ("urlset", "sitemapindex"):
        raise ParseError(f"not a sitemap: the outermost element is <{kind[:40]}>")
    rows = [row for row in root if _name(row) in ("url", "sitemap")][:_ROWS]
    if len(rows) > 1 and not plain and not _CLOSED.search(data[-4096:]):
        rows.pop()  # what is left of the last one is not what its publisher wrote
    return _parts(rows, url, now) if kind == "sitemapindex" else _entries(rows, address, url, now)


def _unpacked(body: bytes) -> bytes:
    """The document, also out of a ``.xml.gz``; never more than UNPACKED of it."""
    if not body.strip():
        raise ParseError("empty answer")
    if not body.startswith(_GZIP):
        return body
    inflate = zlib.decompressobj(16 + zlib.MAX_WBITS)
    try:
        data = inflate.decompress(body, UNPACKED + 1)
    except zlib.error as error:
        raise ParseError("compressed sitemap is damaged") from error
    if len(data) > UNPACKED:
        raise ParseError(f"sitemap is larger than {UNPACKED / 2**20:g} MiB when unpacked")
    if not inflate.eof:
        raise ParseError("compressed sitemap was cut short")
    return data


def _root(data: bytes) -> Any:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=True, remove_comments=True
    )
    try:
        root = etree.fromstring(readable(data.strip()), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise ParseError(f"not a sitemap: {clean_line(str(error), 200)}") from error
    if root is None:
        raise ParseError("not a sitemap: not XML")
    return root


def _lines(data: bytes) -> Any:
    """The same of a plain list of addresses, one a line: what is recent only the addresses can say."""
    root = etree.Element("urlset")
    for line in data.decode("utf-8-sig", "replace").split()[:_ROWS]:
        if _PLAIN.match(line.encode()):
            etree.SubElement(etree.SubElement(root, "url"), "loc").text = _UNWRITABLE.sub("", line)
    return root


def _name(element: Any) -> str:
    """Its name alone; also of one whose prefix was never declared, which is then a part of it.

    Empty for what is no element.
    """
    return element.tag.rpartition("}")[2].rpartition(":")[2] if isinstance(element.tag, str) else ""


def _child(element: Any, name: str) -> Any:
    return next((child for child in element if _name(child) == name), None) if element is not None else None


def _text(element: Any, name: str) -> str:
    child = _child(element, name)
    return "".join(child.itertext()).strip() if child is not None else ""


# ---------------------------------------------------------------------------------------------- entries


def _entries(rows: list[Any], address: Address, url: str, now: datetime | None) -> Listing:
    dropped: Counter[str] = Counter()
    found: list[tuple[datetime, Entry]] = []
    dated = [(row, instant(_text(row, "lastmod"), now=now)) for row in rows]
    newest = max((at for _, at in dated if at), default=None)
    latest = now or newest or datetime.now(UTC)
    for row, changed_at in dated:
        entry = _entry(row, address, url, now)
        at = (entry.published_at if entry else None) or changed_at
        if entry is None:
            dropped["no link"] += 1
        elif at is None and _child(row, "news") is None:
            dropped["no date in the sitemap"] += 1
        elif at is not None and at < latest - RECENT:
            dropped[f"older than {RECENT.days} days"] += 1
        else:
            found.append((at or latest, entry))
    if len(found) > ENTRIES:
        dropped[f"beyond the {ENTRIES} newest items"] = len(found) - ENTRIES
    found.sort(key=lambda pair: pair[0], reverse=True)
    return Listing(entries=tuple(entry for _, entry in found[:ENTRIES]), dropped=dict(dropped))


def _entry(row: Any, address: Address, url: str, now: datetime | None) -> Entry | None:
    """The entry; without a headline where only the page has one. None: there is no link.

    The day of the last change is none of publication: that one the page says.
    """
    target = absolute(url, _text(row, "loc"))
    if target is None:
        return None
    news = _child(row, "news")
    return Entry(
        guid=None,
        url=target,
        title=clean_line(to_line(_text(news, "title"))),
        published_at=instant(_text(news, "publication_date"), now=now) or date_in_url(target, now),
        lang=address.lang or primary(_text(_child(news, "publication"), "language")),
    )


# ---------------------------------------------------------------------------------------------- parts of an index


def _parts(rows: list[Any], url: str, now: datetime | None) -> Listing:
    """The parts that may have something new: those changed lately, or named as news or by this month."""
    dated: list[tuple[datetime, str]] = []
    undated: list[str] = []
    for row in rows:
        target = absolute(url, _text(row, "loc"))
        changed_at = instant(_text(row, "lastmod"), now=now)
        if target is None or target == url:
            continue
        if changed_at is None:
            undated.append(target)
        else:
            dated.append((changed_at, target))
    latest = now or max((at for at, _ in dated), default=datetime.now(UTC))
    recent = [(at, target) for at, target in dated if at >= latest - RECENT]
    recent.sort(key=lambda pair: (_promise(pair[1], latest), pair[0]), reverse=True)
    chosen = [target for _, target in recent] + _likely(undated, latest)
    chosen = list(dict.fromkeys(chosen))
    dropped = {f"parts of the index beyond {PARTS}": len(chosen) - PARTS} if len(chosen) > PARTS else {}
    return Listing(entries=(), more=tuple(chosen[:PARTS]), dropped=dropped)


def _likely(targets: list[str], latest: datetime) -> list[str]:
    """Of parts without dates those that promise something; where none does, the first and the last."""
    promising = sorted((t for t in targets if _promise(t, latest) > 0), key=lambda t: -_promise(t, latest))
    ordinary = [target for target in targets if _promise(target, latest) == 0]
    return promising or list(dict.fromkeys(ordinary[:1] + ordinary[-1:]))


def _promise(target: str, latest: datetime) -> int:
    """How likely the part holds new articles, by its name."""
    parts = urlsplit(target)
    name = f"{parts.path}?{parts.query}"
    year, number = latest.year, latest.month
    month = re.search(rf"{year}\D?{number:02}\D?(?:\d\d)?(?!\d)|{year}\D{number}(?!\d)", name)
    return 2 * bool(_NEWS.search(name)) + bool(month) - bool(_OTHER.search(name))
