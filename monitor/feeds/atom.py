"""Atom. Source: RFC 4287."""

from __future__ import annotations

from datetime import datetime
from xml.etree import ElementTree

from monitor.citing.cited import Cited
from monitor.feeds.made import Feed, by, in_xml, item_id, summary


def atom(feed: Feed) -> str:
    """The document."""
    root = ElementTree.Element("feed", {"xmlns": "http://www.w3.org/2005/Atom"})
    _add(root, "id", feed.id)
    _add(root, "title", feed.title)
    _add(root, "subtitle", feed.search)
    _add(root, "updated", _instant(feed.updated))
    _author(root, "scowatch")  # section 4.1.1: for entries that name nobody
    _add(root, "generator", "scowatch")
    if feed.url:
        ElementTree.SubElement(root, "link", {"rel": "self", "href": in_xml(feed.url)})
    for cited in feed.items:
        _entry(ElementTree.SubElement(root, "entry"), cited)
    body: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return body.decode() + "\n"


def _entry(entry: ElementTree.Element, cited: Cited) -> None:
    article = cited.article
    if article.lang:
        entry.set("xml:lang", in_xml(article.lang))
    _add(entry, "id", item_id(cited))
    _add(entry, "title", article.title)
    ElementTree.SubElement(entry, "link", {"rel": "alternate", "href": in_xml(article.url)})
    _add(entry, "updated", _instant(cited.archived_at))
    if article.published_at:
        _add(entry, "published", _instant(article.published_at))
    for name in by(cited):
        _author(entry, name)
    _add(entry, "summary", summary(cited))
    for tag in cited.kept.tags:
        ElementTree.SubElement(entry, "category", {"term": in_xml(tag)})
    if cited.source and cited.source.homepage:  # section 4.2.11
        source = ElementTree.SubElement(entry, "source")
        _add(source, "id", cited.source.homepage)
        _add(source, "title", cited.outlet)
        _add(source, "updated", _instant(cited.archived_at))


def _author(parent: ElementTree.Element, name: str) -> None:
    _add(ElementTree.SubElement(parent, "author"), "name", name)


def _instant(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def _add(parent: ElementTree.Element, name: str, text: str) -> None:
    made = ElementTree.SubElement(parent, name)
    made.text = in_xml(text)
