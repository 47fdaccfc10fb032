"""Atom. Source: RFC 4287."""

from __future__ import annotations

from datetime import datetime
from xml.etree import ElementTree

from monitor.feeds.made import Feed, FeedItem, in_xml


def atom(feed: Feed) -> str:
    """The document."""
    root = ElementTree.Element("feed", {"xmlns": "http://www.w3.org/2005/Atom"})
    _add(root, "id", feed.id)
    _add(root, "title", feed.title)
    _add(root, "subtitle", feed.about)
    _add(root, "updated", _instant(feed.updated))
    _author(root, "scowatch")  # section 4.1.1: for entries that name nobody
    _add(root, "generator", "scowatch")
    if feed.url:
        ElementTree.SubElement(root, "link", {"rel": "self", "href": in_xml(feed.url)})
    for item in feed.items:
        _entry(ElementTree.SubElement(root, "entry"), item)
    body: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return body.decode() + "\n"


def _entry(entry: ElementTree.Element, item: FeedItem) -> None:
    if item.lang:
        entry.set("xml:lang", in_xml(item.lang))
    _add(entry, "id", item.id)
    _add(entry, "title", item.title)
    if item.url:
        ElementTree.SubElement(entry, "link", {"rel": "alternate", "href": in_xml(item.url)})
    _add(entry, "updated", _instant(item.updated_at))
    if item.published_at:
        _add(entry, "published", _instant(item.published_at))
    for name in item.authors:
        _author(entry, name)
    # section 4.1.2: one without an address has its text here
    _add(entry, "summary" if item.url else "content", item.text)
    for tag in item.tags:
        ElementTree.SubElement(entry, "category", {"term": in_xml(tag)})
    if item.homepage:  # section 4.2.11
        source = ElementTree.SubElement(entry, "source")
        _add(source, "id", item.homepage)
        _add(source, "title", item.outlet)
        _add(source, "updated", _instant(item.updated_at))


def _author(parent: ElementTree.Element, name: str) -> None:
    _add(ElementTree.SubElement(parent, "author"), "name", name)


def _instant(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def _add(parent: ElementTree.Element, name: str, text: str) -> None:
    made = ElementTree.SubElement(parent, name)
    made.text = in_xml(text)
