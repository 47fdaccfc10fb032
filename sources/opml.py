"""OPML subscription lists, read and written (opml.org/spec2.opml).

What other programs know stands where they look for it: name, address, home page, language, description, headings. What
only we know stands beside it in attributes of our own namespace, which others leave alone. Mailboxes are left out in
both directions: a list from elsewhere must not decide which password is told to which server.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from lxml import etree

from monitor.blocks import LISTS, to_block
from monitor.errors import ConfigError, InputError
from monitor.sourcelist import read_sources
from monitor.text.clean import clean_line, clean_text
from monitor.types import Address, Source
from sources.addresses import Network
from sources.decoding import readable
from sources.links import absolute

OURS = "urn:scowatch:opml"
KINDS = ("feed", "page", "sitemap", "telegram", "api")

_LIMIT = 20_000
_BYTES = 20 * 2**20
_DEPTH = 8
_NOTES = 2_000
# our attribute -> key in sources.yaml
_TEXTS = {"class": "ownership", "country": "country", "family": "family", "funder": "funder", "fulltext": "fulltext"}
_NUMBERS = {"priority": "priority", "every": "every_minutes"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriptions:
    """What a list holds."""

    sources: tuple[Source, ...]
    #: Outlines that are not taken: the address, without a password in it, and why.
    refused: tuple[tuple[str, str], ...] = ()
    #: Where the document breaks off or apart, and how: something may be missing from there on. None: it is whole.
    broken: str | None = None


def read(body: bytes, taken: Collection[str] = ()) -> tuple[Source, ...]:
    """The sources of the list, wherever their addresses may lead. Raises: as `subscriptions`."""
    return subscriptions(body, taken).sources


def subscriptions(body: bytes, taken: Collection[str] = (), allowed: Sequence[Network] | None = None) -> Subscriptions:
    """A source for each outline with an address, with an id that is not `taken`; each address once.

    Outlines lie within headings of any depth. Several outlines of one source of ours become that source again. With
    `allowed`, the networks that may be contacted although they are not public, addresses that would never be fetched
    are refused. Raises: InputError. A document type is refused, entities with it: a list of feeds has no use for one.
    """
    found: dict[str, Source] = {}
    refused: dict[str, str] = {}
    used, urls = set(taken), set[str]()
    named: dict[str, str] = {}  # id in the file -> id that was free
    root, broken = _root(body)
    for outline in root.iter("outline"):
        source = _source(outline)
        if why := _refusal(outline, source, allowed):
            refused.setdefault(_shown(_address(outline)), why)
            source = None
        if source is None or (key := _key(source.addresses[0].url)) in urls:
            continue
        if len(urls) >= _LIMIT:
            raise InputError(f"more than {_LIMIT} sources in one OPML file: split it")
        urls.add(key)
        known = found.get(named.get(source.id, "")) if _attribute(outline, "id") else None
        if known is not None and known.kind == source.kind:
            found[known.id] = replace(known, addresses=known.addresses + source.addresses)
            continue
        free = free_id(source.id or source.name, source.addresses[0].url, used)
        used.add(free)
        named.setdefault(source.id, free)
        found[free] = replace(source, id=free, name=source.name or free)
    return Subscriptions(sources=tuple(found.values()), refused=tuple(refused.items()), broken=broken)


def _refusal(outline: Any, source: Source | None, allowed: Sequence[Network] | None) -> str | None:
    """Why the outline's address is not taken; None: it is, or there is none."""
    from sources.urls import refused  # what fetches judges, and is loaded only where there is something to judge

    address = source.addresses[0].url if source is not None else _address(outline)
    if not address or (source is not None and allowed is None):
        return None
    kind = _attribute(outline, "kind")
    if source is None and kind not in (None, *KINDS):
        return f"sources of kind {clean_line(kind, 40)!r} come from no list of others"
    why = refused(address, allowed if source is not None else None)
    return why or (None if source is not None else "not an address of a feed")


def _address(outline: Any) -> str:
    """Where the outline says it leads; links to pages, as other programs have them, say nothing of feeds."""
    values = _values(outline)
    is_feed = _attribute(outline, "kind") or values.get("type", "").lower() in ("rss", "atom", "feed")
    url = (values.get("xmlurl") or (values.get("url", "") if is_feed else "")).strip()
    # how browsers once handed a feed over to another program
    return re.sub(r"\Afeed:(?=https?:)|\Afeed(?=://)", lambda match: "" if match[0][-1] == ":" else "http", url)


def _shown(url: str) -> str:
    """The address as it may be told: short, on one line, without user name and password."""
    return clean_line(re.sub(r"[^/\s]*@", "…@", url[:2000]), 120)


def _root(body: bytes) -> tuple[etree._Element, str | None]:
    """The outermost element, and what is wrong with the document, if anything is."""
    if len(body) > _BYTES:
        raise InputError(f"the OPML file is larger than {_BYTES // 2**20} MiB: split it")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=True)
    try:
        root = etree.fromstring(readable(body), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise InputError(f"not OPML: {getattr(error, 'msg', error)}") from error
    declared = re.search(rb"<!DOCTYPE", body[:100_000], re.IGNORECASE)
    if declared or (root is not None and root.getroottree().docinfo.doctype):
        raise InputError("the OPML file declares a document type; remove the <!DOCTYPE …> line")
    if root is None or not isinstance(root.tag, str) or root.tag.rpartition("}")[2].lower() != "opml":
        raise InputError("not OPML: the outermost element is not <opml>")
    torn = next((fault for fault in parser.error_log if fault.level >= etree.ErrorLevels.FATAL), None)
    return root, f"line {torn.line}: {torn.message}" if torn else None


def _values(outline: Any) -> dict[str, str]:
    """The attributes by their names in small letters: other programs write them in any."""
    return {str(key).lower(): str(value) for key, value in outline.attrib.items()}


def _source(outline: Any) -> Source | None:
    """The source with the one address of the outline, its id empty where it has none; None: it is a heading."""
    values = _values(outline)
    kind = _attribute(outline, "kind")
    ours = _ours(outline, values) if kind in KINDS else None
    source = ours or (_theirs(values, _address(outline)) if kind in (None, *KINDS) else None)
    return replace(source, group=_group(outline, values)) if source is not None else None


def _theirs(values: dict[str, str], url: str) -> Source | None:
    """A feed as any program writes it."""
    if not _usable(url):
        return None
    language = re.match(r"[a-z]{2,3}(?![a-z])", values.get("language", "").lower())
    return Source(
        id="",
        name=clean_line(values.get("title") or values.get("text") or urlsplit(url).hostname),
        kind="feed",
        addresses=(Address(url=url),),
        homepage=absolute("", values.get("htmlurl")),
        languages=(language[0],) if language else (),
        notes=clean_text(values.get("description"), _NOTES) or None,
    )


def _ours(outline: Any, values: dict[str, str]) -> Source | None:
    """A source of ours, read with the rules of sources.yaml; None: it breaks one of them."""
    kind, url = _attribute(outline, "kind") or "", (values.get("xmlurl") or values.get("url") or "").strip()
    if not _usable(url):
        return None
    name = clean_line(values.get("title") or values.get("text") or urlsplit(url).hostname)
    row: dict[str, Any] = {"id": _attribute(outline, "id") or "x", "name": name, "kind": kind}
    row |= {key: value for name, key in _TEXTS.items() if (value := _attribute(outline, name))}
    row |= {
        key: int(value)
        for name, key in _NUMBERS.items()
        if re.fullmatch(r"\d{1,6}", value := _attribute(outline, name) or "")
    }
    row |= {"languages": (_attribute(outline, "languages") or "").split()}
    row |= {"notes": notes} if (notes := clean_text(values.get("description"), _NOTES)) else {}
    try:
        block = json.loads(_attribute(outline, "block") or "{}")
        row[LISTS[kind]] = [(block if isinstance(block, dict) else {}) | {"url": url}]
        # JSON is YAML: what is wrong in a file of ours is wrong here
        (source,) = read_sources(json.dumps({"sources": [row]}, ensure_ascii=False), "OPML")
    except (ConfigError, ValueError, RecursionError):
        return None
    own = source.id if _attribute(outline, "id") else ""
    return replace(source, id=own, homepage=absolute("", values.get("htmlurl"))) if source.addresses else None


def _attribute(outline: Any, name: str) -> str | None:
    value = outline.get(f"{{{OURS}}}{name}")
    return str(value) if value is not None else None


def _usable(url: str) -> bool:
    """Whether it can be fetched: brackets, ports that no host has, and passwords end no import."""
    return bool(re.match(r"https?://[^/\s@]+(?:/|\Z)", url, re.IGNORECASE) and url.isprintable() and absolute("", url))


def _key(url: str) -> str:
    """What two writings of one address share: case of the host, the usual port and fragments make no other one."""
    parts = urlsplit(url)
    usual = {"http": ":80", "https": ":443"}.get(parts.scheme, "")
    return urlunsplit((parts.scheme, parts.netloc.lower().removesuffix(usual), parts.path or "/", parts.query, ""))


def _group(outline: Any, values: dict[str, str]) -> tuple[str, ...]:
    """The headings around the outline, else its first category (``/Agencies/Central Asia``)."""
    above = [parent for parent in outline.iterancestors("outline") if "xmlurl" not in _values(parent)]
    names = [clean_line(parent.get("title") or parent.get("text"), 100) for parent in reversed(above)]
    if not any(names):
        names = [clean_line(part, 100) for part in values.get("category", "").partition(",")[0].split("/")]
    return tuple(name for name in names if name)[:_DEPTH]


def free_id(name: str, url: str, taken: Collection[str]) -> str:
    """An id made of the name, or of the host where the name has no Latin letters; numbered where it is taken."""
    slug = re.sub(r"[^a-z0-9._]+", "-", name.lower())[:60].strip("-._")
    if not re.search(r"[a-z]", slug):
        slug = re.sub(r"[^a-z0-9]+", "-", (urlsplit(url).hostname or "source").removeprefix("www.")).strip("-")
    slug = slug or "source"
    number, free = 2, slug
    while free in taken:
        free, number = f"{slug}-{number}", number + 1
    return free


# ---------------------------------------------------------------------------------------------- written


def write(sources: Sequence[Source]) -> bytes:
    """The sources as an OPML 2.0 document; without mailboxes."""
    root = etree.Element("opml", version="2.0", nsmap={"scowatch": OURS})
    etree.SubElement(etree.SubElement(root, "head"), "title").text = "scowatch sources"
    body = etree.SubElement(root, "body")
    headings: dict[tuple[str, ...], etree._Element] = {(): body}
    for source in sources:
        for address in source.addresses if source.kind in KINDS else ():
            _outline(_heading(headings, source.group), source, address)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))


def _heading(headings: dict[tuple[str, ...], etree._Element], path: tuple[str, ...]) -> etree._Element:
    path = tuple(_safe(name) for name in path)
    for depth in range(1, len(path) + 1):
        name = path[depth - 1]
        if path[:depth] not in headings:
            outer = headings[path[: depth - 1]]
            headings[path[:depth]] = etree.SubElement(outer, "outline", text=name, title=name)
    return headings[path]


def _outline(parent: etree._Element, source: Source, address: Address) -> None:
    feed = source.kind == "feed"
    name = _safe(source.name)
    outline = etree.SubElement(parent, "outline", type="rss" if feed else "link", text=name, title=name)
    language = address.lang or next(iter(source.languages), None)
    block = {key: value for key, value in to_block(source.kind, address).items() if key not in ("url", "name")}
    standard = {
        "xmlUrl" if feed else "url": address.url,
        "htmlUrl": source.homepage,
        "language": language,
        "description": _safe(source.notes),
    }
    own = {
        "id": source.id,
        "kind": source.kind,
        "class": source.ownership,
        "country": source.country,
        "family": source.family,
        "funder": _safe(source.funder) or None,
        "fulltext": source.fulltext,
        "languages": " ".join(source.languages),
        "priority": str(source.priority),
        "every": str(int(source.every.total_seconds() // 60)) if source.every else None,
        "block": json.dumps(block, ensure_ascii=False) if block else None,
    }
    for key, value in standard.items():
        if value:
            outline.set(key, value)
    for key, value in own.items():
        if value:
            outline.set(f"{{{OURS}}}{key}", value)


def _safe(text: str | None) -> str:
    """Without what XML cannot hold."""
    return clean_text(text) if text else ""
