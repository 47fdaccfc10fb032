"""Markup made plain: a fragment of HTML as text with one paragraph a line. Pure.

What comes out is text, never markup: it has to be escaped like any other text wherever it is shown.
"""

from __future__ import annotations

import html
import re
from html.entities import name2codepoint
from typing import Any

from monitor.text.clean import clean_text

# read by machines or shown by machines, but no part of what was written
_DROPPED_TAGS = (
    "script style template noscript iframe object embed applet svg math canvas audio video map select option button "
    "textarea input head title meta link base datalist dialog progress meter"
)
_BLOCK_TAGS = (
    "p div br hr li ul ol dl dt dd table tr caption blockquote pre section article aside header footer main nav figure "
    "figcaption h1 h2 h3 h4 h5 h6 address details summary center form fieldset legend"
)
_DROPPED = frozenset(_DROPPED_TAGS.split())
_BLOCKS = frozenset(_BLOCK_TAGS.split())
_INLINE_TAGS = "a abbr b big cite code del em font i img ins mark q s small span strike strong sub sup time tt u wbr"
_SIMPLE_BLOCK_TAGS = "p br div blockquote h1 h2 h3 h4 h5 h6 ul ol li hr figure figcaption section article"
# What stands in the place of a tag, in markup that needs no parser; tags that are not here need one.
_IN_PLACE = {
    f"{slash}{name}": mark
    for slash in ("", "/")
    for names, mark in ((_INLINE_TAGS, ""), (_SIMPLE_BLOCK_TAGS, "\n"))
    for name in names.split()
}
# How many of these are open; those that are left out end by themselves.
_OPEN = dict.fromkeys((*_INLINE_TAGS.split(), *_SIMPLE_BLOCK_TAGS.split()), 0)
for _name in ("br", "img", "hr", "wbr", "p"):
    del _OPEN[_name]
_TAG = re.compile(r"""<(/?[a-zA-Z][a-zA-Z0-9]*)(?:[\s/][^<>"']*(?:(?:"[^"<>]*"|'[^'<>]*')[^<>"']*)*)?>""")
_NAME = re.compile(r"&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|([a-zA-Z][a-zA-Z0-9]{1,7}));")
_MARKUP = re.compile(r"<[a-zA-Z/!?]|&[#\w]")


def to_text(fragment: str | None) -> str:
    """The fragment's text, one paragraph a line."""
    if not fragment:
        return ""
    if not _MARKUP.search(fragment):
        return clean_text(fragment)
    if "<" not in fragment:
        return clean_text(html.unescape(fragment))
    plain = _without_tags(fragment)
    if plain is not None:
        return clean_text(plain)
    root = _parsed(fragment)
    return "" if root is None else element_text(root)


def to_line(fragment: str | None) -> str:
    """The fragment's text as one line."""
    return " ".join(to_text(fragment).split())


def element_text(root: Any) -> str:
    """The text of an lxml element and all in it, one paragraph a line."""
    return clean_text("".join(_pieces(root)))


def _without_tags(fragment: str) -> str | None:
    """The text of markup of the simple kind that most feeds have; None: it needs a parser."""
    pieces = _TAG.split(fragment.replace("\n", " ").replace("\r", " "))
    names = [name.lower() for name in pieces[1::2]]
    try:
        pieces[1::2] = [_IN_PLACE[name] for name in names]
    except KeyError:
        return None
    text = "".join(pieces)
    if "<" in text or not _is_closed(names):
        return None
    return _with_characters(text) if "&" in text else text


def _is_closed(names: list[str]) -> bool:
    """Whether no element ends that did not begin: a parser would pass over such an end."""
    opened = _OPEN.copy()
    for name in names:
        if name in opened:
            opened[name] += 1
        elif name[0] == "/" and name[1:] in opened:
            opened[name[1:]] -= 1
            if opened[name[1:]] < 0:
                return False
    return True


def _with_characters(text: str) -> str | None:
    """The text with characters in place of their names; None: one of them is not in HTML 4, or no character."""
    names = _NAME.findall(text)
    if len(names) != text.count("&") or not all(_is_character(*name) for name in set(names)):
        return None
    return html.unescape(text)


def _is_character(decimal: str, hexadecimal: str, name: str) -> bool:
    if name:
        return name in name2codepoint
    number = int(decimal) if decimal else int(hexadecimal, 16)
    return 32 <= number < 127 or 160 <= number < 0xD800 or 0xE000 <= number < 0xFFFE or 0x10000 <= number < 0x110000


def _parsed(fragment: str) -> Any:
    from lxml import etree  # here: also imported where nothing is read

    parser = etree.HTMLParser(no_network=True, remove_comments=True, remove_pis=True, encoding="utf-8")
    # as bytes: lxml refuses a str that has an XML declaration in it, and a NUL ends the text
    data = f"<div>{fragment}".replace("\x00", "").encode("utf-8", "replace")
    try:
        return etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None


def _pieces(root: Any) -> list[str]:
    """Texts in document order with a newline at every edge of a block.

    A walk of its own, because the nesting of strangers' markup is deeper than Python's stack.
    """
    pieces: list[str] = []
    stack: list[tuple[Any, bool]] = [(root, True)]
    while stack:
        element, entering = stack.pop()
        tag = element.tag if isinstance(element.tag, str) else None
        if entering and tag is not None and tag not in _DROPPED:
            if tag in _BLOCKS:
                pieces.append("\n")
            pieces.append(_flowing(element.text, tag))
            stack.append((element, False))
            stack.extend((child, True) for child in reversed(element))
            continue
        if tag in _BLOCKS:
            pieces.append("\n")
        elif tag in ("td", "th"):
            pieces.append(" ")
        if element is not root:
            pieces.append(_flowing(element.tail, ""))
    return pieces


def _flowing(text: str | None, tag: str) -> str:
    """Line ends of the source are no paragraphs, except where the markup says so."""
    if not text:
        return ""
    return text if tag == "pre" else text.replace("\n", " ").replace("\r", " ")
