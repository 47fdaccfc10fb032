"""OPML subscription lists, read and written (opml.org/spec2.opml)."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from urllib.parse import urlsplit

from lxml import etree

from monitor.errors import InputError
from monitor.text.clean import clean_line
from monitor.types import Address, Source
from sources.links import absolute

_LIMIT = 20_000


def read(body: bytes, taken: Collection[str] = ()) -> tuple[Source, ...]:
    """A source for each outline with an ``xmlUrl``, with an id that is not `taken`; each address once.

    Outlines lie within categories of any depth. Raises: InputError. A document type is refused, entities with it:
    a list of feeds has no use for either.
    """
    if b"<!DOCTYPE" in body[:100_000].upper().replace(b"<!doctype", b"<!DOCTYPE"):
        raise InputError("the OPML file declares a document type; remove the <!DOCTYPE …> line")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=True)
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise InputError(f"not OPML: {error}") from error
    if root is None or etree.QName(root).localname.lower() != "opml":
        raise InputError("not OPML: the outermost element is not <opml>")
    return _sources(root, set(taken))


def _sources(root: etree._Element, taken: set[str]) -> tuple[Source, ...]:
    found: dict[str, Source] = {}
    for outline in root.iter("outline"):
        values = {str(key).lower(): str(value) for key, value in outline.attrib.items()}
        url = values.get("xmlurl", "").strip()
        if not re.match(r"https?://[^/\s]+", url, re.IGNORECASE) or not url.isprintable() or url in found:
            continue
        if absolute("", url) is None:  # brackets and ports that no host has
            continue
        if len(found) == _LIMIT:
            raise InputError(f"more than {_LIMIT} feeds in one OPML file: split it")
        name = clean_line(values.get("title") or values.get("text") or urlsplit(url).hostname)
        source_id = free_id(name, url, taken)
        taken.add(source_id)
        language = re.match(r"[a-z]{2,3}", values.get("language", "").lower())
        found[url] = Source(
            id=source_id,
            name=name or source_id,
            kind="feed",
            addresses=(Address(url=url),),
            homepage=absolute("", values.get("htmlurl")),
            languages=(language[0],) if language else (),
        )
    return tuple(found.values())


def free_id(name: str, url: str, taken: Collection[str]) -> str:
    """An id made of the name, or of the host where the name has no Latin letters; numbered where it is taken."""
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:60]
    if not re.search(r"[a-z]", slug):
        slug = re.sub(r"[^a-z0-9]+", "-", (urlsplit(url).hostname or "source").removeprefix("www.")).strip("-")
    number, free = 2, slug
    while free in taken:
        free, number = f"{slug}-{number}", number + 1
    return free


def write(sources: Sequence[Source]) -> bytes:
    """The feeds among the sources as an OPML 2.0 document."""
    root = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = "scowatch sources"
    body = etree.SubElement(root, "body")
    for source in sources:
        for address in source.addresses if source.kind == "feed" else ():
            outline = etree.SubElement(body, "outline", type="rss", text=source.name, title=source.name)
            outline.set("xmlUrl", address.url)
            if source.homepage:
                outline.set("htmlUrl", source.homepage)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))
