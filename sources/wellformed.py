"""The fast reader: feeds that are well-formed and hold nothing unusual, over expat. Pure.

It gives what sources.lenient gives for the same document, at a fiftieth of the cost; where it is not sure of that, it
gives nothing, and the other one is asked. `bench/feed_agreement.py` compares the two over recorded feeds.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import fields
from html import escape
from urllib.parse import urljoin
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from sources.feeditem import HTML_TYPES, Channel, Item, is_alternate
from sources.links import PLAIN

_DEPTH = 60
_XML = "{http://www.w3.org/XML/1998/namespace}"
_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
# document types define entities: nothing for a fast path
_DEFINE = (b"<!DOCTYPE", b"<!ENTITY")
# characters of windows-1252 in documents that say they are in Latin-1, directly or by number
_C1 = re.compile(rb"\xc2[\x80-\x9f]")
_C1_NUMBER = re.compile(rb"&#(?:0*1(?:2[89]|[345]\d)|[xX]0*[89][0-9a-fA-F]);")
_CONTROLS = re.compile("[\x80-\x9f]")
_TEXTS = tuple(field.name for field in fields(Item) if "str" in str(field.type) and "list" not in str(field.type))
_WESTERN = {code: bytes((code,)).decode("cp1252", "ignore") or chr(code) for code in range(0x80, 0xA0)}
_DECLARED = re.compile(r"""xmlns(?::([\w.-]+))?\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_SLASHES = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]*://)/+")
_CLOSING = re.compile(r"</\w+>")
_NAMED = re.compile(r"&#?\w+;")
_TAG = re.compile(r"</?(\w+)")
_MAIL = re.compile(r"[\w.+-]+@(?:[\w-]+\.)+[a-zA-Z]{2,24}(?:\?subject=\S+)?")
_ITEMS = ("item", "entry")

# Source: the specifications of the formats; matched without regard to case, as publishers write them
_NAMESPACES = {
    uri: prefix
    for prefix, uris in (
        ("", "http://www.w3.org/2005/atom http://purl.org/atom/ns# http://purl.org/rss/1.0/"),
        ("", "http://my.netscape.com/rdf/simple/0.9/ http://purl.org/rss/1.0/modules/rss091#"),
        ("", "http://blogs.law.harvard.edu/tech/rss http://backend.userland.com/rss"),
        ("dc", "http://purl.org/dc/elements/1.1/"),
        ("dcterms", "http://purl.org/dc/terms/"),
        ("content", "http://purl.org/rss/1.0/modules/content/"),
        ("media", "http://search.yahoo.com/mrss http://search.yahoo.com/mrss/"),
        ("itunes", "http://www.itunes.com/dtds/podcast-1.0.dtd"),
        ("feedburner", "http://rssnamespace.org/feedburner/ext/1.0"),
        ("rdf", "http://www.w3.org/1999/02/22-rdf-syntax-ns#"),
        ("xhtml", "http://www.w3.org/1999/xhtml"),
    )
    for uri in uris.split()
}
# Source: HTML, the elements that may stand in a text
_TEXT_TAG_NAMES = (
    "a abbr acronym address area article aside audio b big blockquote br button canvas caption center cite code col "
    "colgroup datalist dd del details dfn dialog dir div dl dt em fieldset figcaption figure font footer form h1 h2 "
    "h3 h4 h5 h6 header hr i img input ins kbd label legend li map menu meter nav noscript ol optgroup option output p "
    "pre progress q s samp section select small source span strike strong sub sup table tbody td textarea tfoot th "
    "thead time tr tt u ul var video"
)
_TEXT_TAGS = frozenset(_TEXT_TAG_NAMES.split())
_VOID = frozenset(("area", "br", "col", "embed", "hr", "img", "input", "source", "track", "wbr"))


class _UnusualError(Exception):
    """Something that is better left to the other reader."""


def read(text: str, url: str) -> Channel | None:
    """What the feed says; None: it holds something that this reader does not know for sure.

    Raises: ElementTree.ParseError, for what is not well-formed.
    """
    text = text.lstrip()
    data = text.encode("utf-8", "replace")
    if any(sign in data for sign in _DEFINE):
        return None
    # whatever the prolog says; without document type there is no entity to expand
    root = ElementTree.fromstring(data, ElementTree.XMLParser(encoding="utf-8"))
    try:
        channel = _Document(text, url).channel(root)
    except _UnusualError:
        return None
    if _C1.search(data) or (b"&#" in data and _C1_NUMBER.search(data)):
        for item in channel.items:
            _westernise(item)
    return channel


class _Document:
    """One document: its namespaces, base and language."""

    def __init__(self, text: str, url: str) -> None:
        declared = [(prefix, one or other) for prefix, one, other in _DECLARED.findall(text)]
        self._uris = [uri.lower() for _, uri in declared]
        self._prefixes: dict[str, str] = {}
        for prefix, uri in declared:
            self._prefixes.setdefault(uri, prefix)
        self._names: dict[str, str] = {}
        self._base = url
        self.markup_is_said = False

    def channel(self, root: Element) -> Channel:
        name = self.name(root)
        if name not in ("rss", "feed", "rdf_rdf"):
            raise _UnusualError
        self._base = self._based(root)
        inherited = _lang(root, None)
        channels = [root] if name == "feed" else [child for child in root if self.name(child) == "channel"]
        if len(channels) != 1:
            raise _UnusualError
        self.markup_is_said = name == "feed" and self._is_atom()
        lang = inherited if name != "rdf_rdf" else None
        items: list[Item] = []
        for holder in dict.fromkeys((root, channels[0])):
            inside = inherited if holder is root else _lang(holder, inherited)
            for child in holder:
                kind = self.name(child)
                if kind in _ITEMS:
                    items.append(self._item(child, inside))
                elif kind in ("language", "dc_language") and holder is channels[0]:
                    lang = _own(child)
                elif len(child) and holder is channels[0]:
                    self._none_within(child)
            if holder is not root and _base(holder):
                raise _UnusualError
        if not items:
            raise _UnusualError
        return Channel(items=items, lang=lang, literal=self.markup_is_said)

    def name(self, element: Element) -> str:
        """``dc_date`` of ``{http://purl.org/dc/elements/1.1/}date``; without prefix in the feeds' own namespaces."""
        tag = element.tag
        found = self._names.get(tag)
        if found is None:
            found = self._names[tag] = self._named(tag)
        return found

    def _named(self, tag: str) -> str:
        uri, _, local = tag.rpartition("}")
        uri = uri[1:]
        lower = uri.lower()
        prefix = "" if "backend.userland.com/rss" in lower else _NAMESPACES.get(lower, self._prefixes.get(uri, ""))
        return f"{prefix}_{local}".lower() if prefix else local.lower()

    def _is_atom(self) -> bool:
        """A feed that names the namespace of RSS 1.0 before that of Atom passes for RSS."""
        versions = [uri for uri in self._uris if uri in ("http://purl.org/rss/1.0/", "http://www.w3.org/2005/atom")]
        return not versions or versions[0] != "http://purl.org/rss/1.0/"

    def _based(self, root: Element) -> str:
        base = _base(root)
        return self._base if not base else self.resolved(base)

    def resolved(self, link: str) -> str:
        """The link, absolute."""
        if PLAIN.fullmatch(link):
            return link
        try:
            return urljoin(self._base, _SLASHES.sub(r"\1", link))
        except ValueError:
            return ""

    def _none_within(self, element: Element) -> None:
        """Raises: _UnusualError, where an item stands in a place of its own."""
        if any(self.name(inner) in _ITEMS for inner in element.iter()):
            raise _UnusualError

    def _item(self, element: Element, lang: str | None) -> Item:
        if element.attrib:
            if _base(element) or "href" in element.attrib or "lastmod" in element.attrib:
                raise _UnusualError
            lang = _lang(element, lang)
        reading = _Reading(self, lang)
        reading.item.id = element.get(_ABOUT, "")
        reading.children(element, 1)
        item = reading.item
        if not (item.title or item.link or item.summary or item.contents or item.id):
            raise _UnusualError
        return item


class _Reading:
    """One item being read: what was met so far decides what the next element means."""

    def __init__(self, document: _Document, lang: str | None) -> None:
        self.item = Item()
        self._document = document
        self._lang = lang
        #: Depth of a title that those as deep or deeper do not replace; None: none was met.
        self._titled: int | None = None
        self._has_content = False
        #: Depth at which a value was met; without: 1.
        self._depths: dict[str, int] = {}

    def children(self, element: Element, depth: int) -> None:
        if depth > _DEPTH:
            raise _UnusualError
        name = self._document.name
        for child in element:
            found = _MEANINGS.get(name(child))
            if found is not None:
                found(self, child, depth)
            elif len(child):
                self.children(child, depth + 1)

    def _is_new(self, key: str, depth: int) -> bool:
        """Whether a value at that depth counts: those nearer to the item do, and of equals the last."""
        if depth > self._depths.get(key, depth):
            return False
        self._depths[key] = depth
        return True

    def title(self, element: Element, depth: int) -> None:
        if self._read_title(element, depth):
            self._titled = depth

    def media_title(self, element: Element, depth: int) -> None:
        self._read_title(element, depth)

    def _read_title(self, element: Element, depth: int) -> bool:
        if self._titled is not None and self._titled <= depth:
            return False
        kind, value = self._content(element, "text/plain")
        if self._is_new("title", depth):
            self.item.title = value
        self.item.title_type, self.item.lang = kind, _lang(element, self._lang)
        return bool(value)

    def link(self, element: Element, _depth: int) -> None:
        item, attributes = self.item, element.attrib
        if not attributes:
            link = _own(element)
            item.link = link = _mended_query(self._document.resolved(link)) if link else ""
            if link:
                item.alternates.append(link)
            return
        said = {key.lower(): value for key, value in attributes.items()}
        if "base" in said or f"{_XML}base" in attributes:
            raise _UnusualError
        href = said.get("url", said.get("uri", said.get("href")))
        kind = _media_type(said.get("type", "text/html").lower())
        alternate = is_alternate(said.get("rel"))
        if not href:
            link = _own(element)
            item.link = link = _mended_query(self._document.resolved(link)) if link else ""
        else:
            link = self._document.resolved(href)
            if alternate and kind in HTML_TYPES:
                item.link = link
        if alternate and link:
            item.alternates.append(link)

    def guid(self, element: Element, depth: int) -> None:
        value = _own(element)
        permalink = next((v for k, v in element.attrib.items() if k.lower() == "ispermalink"), "true") == "true"
        if permalink and value:
            value = self._document.resolved(value)
        if self._is_new("id", depth):
            self.item.id = value
        if permalink and self.item.link is None:
            self.item.link = value

    def published(self, element: Element, depth: int) -> None:
        if self._is_new("published", depth):
            self.item.published = _own(element)

    def created(self, element: Element, depth: int) -> None:
        if self._is_new("created", depth):
            self.item.created = _own(element)

    def updated(self, element: Element, depth: int) -> None:
        if self._is_new("updated", depth):
            self.item.updated = _own(element)

    def description(self, element: Element, depth: int) -> None:
        self._summary(element, depth, "text/html")

    def summary(self, element: Element, depth: int) -> None:
        self._summary(element, depth, "text/plain")

    def _summary(self, element: Element, depth: int, default: str) -> None:
        """A second summary is the whole text, unless that was met already."""
        if self.item.summary is not None and not self._has_content:
            self._whole(element, "text/plain")
            return
        kind, value = self._content(element, default)
        if self._is_new("summary", depth):
            self.item.summary = value
        self.item.summary_type = kind

    def content(self, element: Element, _depth: int) -> None:
        self._whole(element, "text/plain")

    def encoded(self, element: Element, _depth: int) -> None:
        self._whole(element, "text/html")

    def _whole(self, element: Element, default: str) -> None:
        self._has_content = True
        kind, value = self._content(element, default)
        self.item.contents.append((kind, value))
        if self.item.summary is None and kind in ("text/plain", *HTML_TYPES):
            self.item.summary = value

    def author(self, element: Element, depth: int) -> None:
        name = mail = ""
        for child in element:
            kind = self._document.name(child)
            if kind in ("name", "itunes_name"):
                name = _own(child)
            elif kind in ("email", "itunes_email"):
                mail = _own(child)
        own = _mended("".join((element.text or "", *(child.tail or "" for child in element))).strip())
        if not self._is_new("author", depth):
            own = self.item.author
        if name or mail:
            self.item.author = f"{name} ({mail})" if name and mail else name or mail
        else:
            self.item.author, name = own, _person(own)
        if name:
            self.item.people.append(name)

    def source(self, element: Element, _depth: int) -> None:
        """The outlet: an RSS element with an address and a name, in Atom an element with both within."""
        self._titled = None
        self.item.outlet = _mended((element.text or "").strip())
        self.item.outlet_url = element.get("url", "")
        for child in element:
            kind = self._document.name(child)
            if kind == "title" and not len(child):
                self.item.outlet = _own(child)
            elif kind == "link" and is_alternate(child.get("rel")):
                self.item.outlet_url = self._document.resolved(child.get("href", ""))

    def original_link(self, element: Element, depth: int) -> None:
        if not element.attrib and self._is_new("original_link", depth):
            self.item.original_link = _own(element)

    def full_text(self, element: Element, depth: int) -> None:
        if not element.attrib and self._is_new("full_text", depth):
            self.item.full_text = _own(element)

    def picture(self, element: Element, _depth: int) -> None:
        if len(element):
            raise _UnusualError
        self._titled = None

    def nothing(self, _element: Element, _depth: int) -> None:
        """What is within is no part of the item."""

    def unusual(self, _element: Element, _depth: int) -> None:
        raise _UnusualError

    def _content(self, element: Element, default: str) -> tuple[str, str]:
        """Media type and value."""
        kind = default
        if element.attrib:
            said = {key.lower(): value for key, value in element.attrib.items()}
            kind = _media_type(said.get("type", default).lower())
            if said.get("mode", "").lower() == "base64" or not (kind.startswith("text/") or kind.endswith("xml")):
                raise _UnusualError
        if kind == "application/xhtml+xml":
            return kind, _mended(_markup(element, self._document, 0).strip())
        value = _own(element)
        if kind == "text/plain" and not self._document.markup_is_said and _looks_like_markup(value):
            kind = "text/html"
        return kind, value


_Meaning = Callable[[_Reading, Element, int], None]
_MEANINGS: dict[str, _Meaning] = {
    name: meaning
    for names, meaning in (
        ("title dc_title", _Reading.title),
        ("media_title", _Reading.media_title),
        ("link", _Reading.link),
        ("guid id", _Reading.guid),
        ("published issued pubdate dcterms_issued", _Reading.published),
        ("created dcterms_created", _Reading.created),
        ("updated modified lastbuilddate dc_date dcterms_modified", _Reading.updated),
        ("description dc_description media_description", _Reading.description),
        ("summary itunes_summary", _Reading.summary),
        ("content", _Reading.content),
        ("content_encoded fullitem", _Reading.encoded),
        ("author managingeditor dc_author dc_creator itunes_author", _Reading.author),
        ("source", _Reading.source),
        ("feedburner_origlink", _Reading.original_link),
        ("yandex_full-text", _Reading.full_text),
        ("image textinput", _Reading.picture),
        (
            "subtitle tagline itunes_subtitle contributor rights copyright dc_rights info itunes_owner yandex_related",
            _Reading.nothing,
        ),
        ("item entry authors links title_detail summary_detail abstract body xhtml_body svg math", _Reading.unusual),
    )
    for name in names.split()
}


def _own(element: Element) -> str:
    """The element's text. Raises: _UnusualError, where there are elements in it."""
    if len(element):
        raise _UnusualError
    text = element.text
    return _mended(text.strip()) if text else ""


def _mended(text: str) -> str:
    """The text; UTF-8 that was taken for Latin-1 and encoded again is read as what it was."""
    if text.isascii():
        return text
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text


def _westernise(item: Item) -> None:
    """Reads the control characters in the item's texts as what windows-1252 has in their place."""
    for name in _TEXTS:
        value = getattr(item, name)
        if value and not value.isascii():
            setattr(item, name, _westernised(value))
    item.alternates = [_westernised(link) for link in item.alternates]
    item.people = [_westernised(name) for name in item.people]
    item.contents = [(kind, _westernised(value)) for kind, value in item.contents]


def _westernised(text: str) -> str:
    return _CONTROLS.sub(lambda found: _WESTERN[ord(found[0])], text)


def _mended_query(link: str) -> str:
    """Parameters of links that were taken for entities somewhere on the way."""
    return re.sub(r"&([A-Za-z0-9_]+);", r"&\g<1>", link.replace("&amp;", "&")) if ";" in link else link


def _media_type(said: str) -> str:
    short = {"text": "text/plain", "plain": "text/plain", "html": "text/html", "xhtml": "application/xhtml+xml"}
    return short.get(said, said)


def _attribute(element: Element, name: str) -> str | None:
    return element.get(_XML + name, element.get(name)) if element.attrib else None


def _base(element: Element) -> str | None:
    return _attribute(element, "base")


def _lang(element: Element, inherited: str | None) -> str | None:
    said = _attribute(element, "lang")
    return inherited if said is None else said or None


def _looks_like_markup(text: str) -> bool:
    """Whether the text of a format that does not say so is markup: it closes a tag or names a character of HTML."""
    if ("&" not in text and "</" not in text) or not (_CLOSING.search(text) or _NAMED.search(text)):
        return False
    return all(tag.lower() in _TEXT_TAGS for tag in _TAG.findall(text))


def _person(line: str) -> str:
    """The name in ``name@example.org (Name)``, the most usual form of RSS."""
    if "@" in line:
        line = _MAIL.sub("", line, count=1).replace("()", "").replace("<>", "").strip()
        line = line.removeprefix("(").removesuffix(")").strip()
    return line


def _markup(element: Element, document: _Document, depth: int) -> str:
    """What is in the element, as markup without attributes."""
    if depth > _DEPTH:
        raise _UnusualError
    pieces = [escape(element.text or "", quote=False)]
    for child in element:
        name = document.name(child).rpartition("_")[2]
        inner = _markup(child, document, depth + 1)
        pieces.append(f"<{name}>" if name in _VOID and not inner else f"<{name}>{inner}</{name}>")
        pieces.append(escape(child.tail or "", quote=False))
    return "".join(pieces)
