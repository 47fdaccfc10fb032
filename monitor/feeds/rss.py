"""RSS 2.0. Source: RSS 2.0.11 and the RSS Best Practices Profile of the RSS Advisory Board."""

from __future__ import annotations

import html
from email.utils import format_datetime
from xml.etree import ElementTree

from monitor.citing.cited import Cited
from monitor.feeds.made import Feed, by, in_xml, item_id, summary

_ATOM, _DC = "http://www.w3.org/2005/Atom", "http://purl.org/dc/elements/1.1/"


def rss(feed: Feed) -> str:
    """The document."""
    root = ElementTree.Element("rss", {"version": "2.0", "xmlns:atom": _ATOM, "xmlns:dc": _DC})
    channel = ElementTree.SubElement(root, "channel")
    _add(channel, "title", _plain(feed.title))
    _add(channel, "link", feed.id)
    _add(channel, "description", _plain(f"scowatch: {feed.search}"))
    if feed.url:
        link = {"href": in_xml(feed.url), "rel": "self", "type": "application/rss+xml"}
        ElementTree.SubElement(channel, "atom:link", link)
    _add(channel, "lastBuildDate", format_datetime(feed.updated))
    _add(channel, "generator", "scowatch")
    for cited in feed.items:
        _item(ElementTree.SubElement(channel, "item"), cited)
    body: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return body.decode() + "\n"


def _item(item: ElementTree.Element, cited: Cited) -> None:
    article = cited.article
    _add(item, "title", _plain(article.title))
    _add(item, "link", article.url)
    _add(item, "guid", item_id(cited)).set("isPermaLink", "false")
    _add(item, "pubDate", format_datetime(article.published_at or article.first_seen_at))
    for name in by(cited):
        _add(item, "dc:creator", _plain(name))
    if cited.outlet:
        _add(item, "dc:publisher", _plain(cited.outlet))
    if article.lang:
        _add(item, "dc:language", article.lang)
    # a description is read as HTML
    _add(item, "description", html.escape(summary(cited), quote=False).replace("\n", "<br>"))
    for tag in cited.kept.tags:
        _add(item, "category", tag)
    _add(item, "atom:updated", f"{cited.archived_at:%Y-%m-%dT%H:%M:%SZ}")


def _plain(text: str) -> str:
    """A text that stays one where a reader takes it for HTML, as many do with titles."""
    return text.replace("<", "&lt;").replace(">", "&gt;")


def _add(parent: ElementTree.Element, name: str, text: str) -> ElementTree.Element:
    made = ElementTree.SubElement(parent, name)
    made.text = in_xml(text)
    return made
