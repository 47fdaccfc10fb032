"""RSS 2.0. Source: RSS 2.0.11 and the RSS Best Practices Profile of the RSS Advisory Board."""

from __future__ import annotations

import html
from email.utils import format_datetime
from xml.etree import ElementTree

from monitor.feeds.made import Feed, FeedItem, in_xml

_ATOM, _DC = "http://www.w3.org/2005/Atom", "http://purl.org/dc/elements/1.1/"


def rss(feed: Feed) -> str:
    """The document."""
    root = ElementTree.Element("rss", {"version": "2.0", "xmlns:atom": _ATOM, "xmlns:dc": _DC})
    channel = ElementTree.SubElement(root, "channel")
    _add(channel, "title", _plain(feed.title))
    _add(channel, "link", feed.id)
    _add(channel, "description", _plain(f"scowatch: {feed.about}"))
    if feed.url:
        link = {"href": in_xml(feed.url), "rel": "self", "type": "application/rss+xml"}
        ElementTree.SubElement(channel, "atom:link", link)
    _add(channel, "lastBuildDate", format_datetime(feed.updated))
    _add(channel, "generator", "scowatch")
    for item in feed.items:
        _item(ElementTree.SubElement(channel, "item"), item)
    body: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return body.decode() + "\n"


def _item(element: ElementTree.Element, item: FeedItem) -> None:
    _add(element, "title", _plain(item.title))
    if item.url:
        _add(element, "link", item.url)
    _add(element, "guid", item.id).set("isPermaLink", "false")
    _add(element, "pubDate", format_datetime(item.dated_at))
    for name in item.authors:
        _add(element, "dc:creator", _plain(name))
    if item.outlet:
        _add(element, "dc:publisher", _plain(item.outlet))
    if item.lang:
        _add(element, "dc:language", item.lang)
    # a description is read as HTML
    _add(element, "description", html.escape(item.text, quote=False).replace("\n", "<br>"))
    for tag in item.tags:
        _add(element, "category", tag)
    _add(element, "atom:updated", f"{item.updated_at:%Y-%m-%dT%H:%M:%SZ}")


def _plain(text: str) -> str:
    """A text that stays one where a reader takes it for HTML, as many do with titles."""
    return text.replace("<", "&lt;").replace(">", "&gt;")


def _add(parent: ElementTree.Element, name: str, text: str) -> ElementTree.Element:
    made = ElementTree.SubElement(parent, name)
    made.text = in_xml(text)
    return made
