"""Feeds and pages out of the demo's material: RSS 2.0, RSS 1.0, Atom, HTML. Each function gives bytes."""

from __future__ import annotations

from collections.abc import Sequence
from email.utils import format_datetime
from html import escape
from xml.etree import ElementTree as ET

from demo.material import Outlet, Piece

ATOM = "http://www.w3.org/2005/Atom"
DC = "http://purl.org/dc/elements/1.1/"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RSS1 = "http://purl.org/rss/1.0/"

NOTICE = "Invented outlet, invented news: this site belongs to the scowatch demo."

for _prefix, _uri in (("dc", DC), ("rdf", RDF)):
    ET.register_namespace(_prefix, _uri)


def rss2(outlet: Outlet, shown: Sequence[Piece], base: str) -> bytes:
    root = ET.Element("rss", version="2.0")
    channel = ET.SubElement(root, "channel")
    _texts(channel, title=outlet.name, link=f"{base}/{outlet.slug}/", description=outlet.about, language=outlet.lang)
    for piece in shown:
        item = ET.SubElement(channel, "item")
        link = base + piece.path
        _texts(item, title=piece.title, link=link, guid=link, description=piece.teaser)
        _texts(item, pubDate=format_datetime(piece.at))
    return _document(root, outlet.encoding)


def rss1(outlet: Outlet, shown: Sequence[Piece], base: str) -> bytes:
    root = ET.Element(f"{{{RDF}}}RDF", {"xmlns": RSS1})
    home = f"{base}/{outlet.slug}/"
    channel = ET.SubElement(root, "channel", {f"{{{RDF}}}about": home})
    _texts(channel, title=outlet.name, link=home, description=outlet.about)
    order = ET.SubElement(ET.SubElement(channel, "items"), f"{{{RDF}}}Seq")
    for piece in shown:
        link = base + piece.path
        ET.SubElement(order, f"{{{RDF}}}li", {f"{{{RDF}}}resource": link})
        item = ET.SubElement(root, "item", {f"{{{RDF}}}about": link})
        _texts(item, title=piece.title, link=link, description=piece.teaser)
        _texts(item, **{f"{{{DC}}}date": piece.at.isoformat(), f"{{{DC}}}language": outlet.lang})
    return _document(root, outlet.encoding)


def atom(outlet: Outlet, shown: Sequence[Piece], base: str) -> bytes:
    root = ET.Element("feed", {"xmlns": ATOM, "xml:lang": outlet.lang})
    home = f"{base}/{outlet.slug}/"
    _texts(root, title=outlet.name, id=home, updated=max(piece.updated for piece in shown).isoformat())
    ET.SubElement(root, "link", href=home)
    _texts(ET.SubElement(root, "author"), name=outlet.name)
    for piece in shown:
        entry = ET.SubElement(root, "entry")
        link = base + piece.path
        _texts(entry, title=piece.title, id=link, published=piece.at.isoformat(), updated=piece.updated.isoformat())
        ET.SubElement(entry, "link", href=link)
        _texts(entry, summary=piece.teaser)
    return _document(root, outlet.encoding)


def cut(outlet: Outlet) -> bytes:
    """A feed whose file ends before its first item: what a full disk at the publisher leaves behind."""
    return f'<?xml version="1.0"?>\n<rss version="2.0"><channel><title>{escape(outlet.name)}</title><desc'.encode()


def sign_in(outlet: Outlet) -> bytes:
    """A sign-in page, which many sites send with status 200 in place of their feed."""
    form = '<form><label>Name <input name="name"></label> <button>Sign in</button></form>'
    return _html(outlet, "Please sign in", f"<h1>Please sign in</h1>{form}")


def index(outlet: Outlet, shown: Sequence[Piece]) -> bytes:
    """The outlet's front page, newest first, with classes to select by."""
    rows = [
        f'<li class="news-item"><a class="headline" href="{piece.path}">{escape(piece.title)}</a>'
        f' <time datetime="{piece.at.isoformat()}">{piece.at:%d.%m.%Y %H:%M}</time>'
        f'<p class="teaser">{escape(piece.teaser)}</p></li>'
        for piece in reversed(shown)
    ]
    return _html(outlet, outlet.name, f'<h1>{escape(outlet.name)}</h1><ul class="news">{"".join(rows)}</ul>')


def article(piece: Piece) -> bytes:
    """The article's own page."""
    text = "\n".join(f"<p>{escape(paragraph)}</p>" for paragraph in piece.paragraphs)
    when = f'<time datetime="{piece.at.isoformat()}">{piece.at:%d.%m.%Y %H:%M} UTC</time>'
    head = (
        f'<meta property="article:published_time" content="{piece.at.isoformat()}">'
        f'<meta property="og:title" content="{escape(piece.title)}"><meta property="og:type" content="article">'
        f'<meta property="og:site_name" content="{escape(piece.outlet.name)}">'
    )
    body = f'<article><h1>{escape(piece.title)}</h1>{when}<div class="story-text">{text}</div></article>'
    return _html(piece.outlet, piece.title, body, head)


def _html(outlet: Outlet, title: str, body: str, head: str = "") -> bytes:
    page = (
        f'<!DOCTYPE html>\n<html lang="{outlet.lang}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{escape(title)}</title>{head}</head>\n'
        f'<body><header><nav><a href="/">All outlets</a> <a href="/{outlet.slug}/">{escape(outlet.name)}</a></nav>'
        f"</header>\n<main>{body}</main>\n<footer><small>{NOTICE}</small></footer></body></html>\n"
    )
    return page.encode()


def front(all_outlets: Sequence[Outlet]) -> bytes:
    """The list of all outlets."""
    rows = [f'<li lang="{o.lang}"><a href="/{o.slug}/">{escape(o.name)}</a> ({o.ownership})</li>' for o in all_outlets]
    page = f'<!DOCTYPE html>\n<html lang="en"><meta charset="utf-8"><title>Demo outlets</title><p>{NOTICE}</p>'
    return f"{page}<ul>{''.join(rows)}</ul></html>\n".encode()


def _texts(parent: ET.Element, **texts: str) -> None:
    for tag, text in texts.items():
        ET.SubElement(parent, tag).text = text


def _document(root: ET.Element, encoding: str) -> bytes:
    made: bytes = ET.tostring(root, encoding=encoding, xml_declaration=True)
    return made
