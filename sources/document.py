"""A page's bytes as a tree, for everything that looks into pages. Pure."""

from __future__ import annotations

import re
from typing import Any

from monitor.errors import ParseError
from sources.decoding import decode

#: CSS only, and short: longer selectors are programs.
SELECTOR_LIMIT = 500

_MARKUP = re.compile(r"<[a-zA-Z!?/]")
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def tree(body: bytes, content_type: str | None) -> Any:
    """The page's root as an lxml element. Raises: ParseError for what is no page."""
    from lxml import etree, html

    text = page_text(body, content_type)
    # bytes, because lxml refuses a str with an XML declaration
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True)
    try:
        root = html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise ParseError("not an HTML page") from error
    return root


def soup(body: bytes, content_type: str | None) -> Any:
    """The page as BeautifulSoup sees it, for CSS selectors. Raises: ParseError for what is no page."""
    from bs4 import BeautifulSoup

    return BeautifulSoup(page_text(body, content_type), "lxml")


def selected(root: Any, selector: str, limit: int = 0) -> list[Any]:
    """The elements that the selector finds, at most `limit` (0: all). Raises: ParseError for one that is none."""
    import soupsieve

    if len(selector) > SELECTOR_LIMIT:
        raise ParseError(f"selector is longer than {SELECTOR_LIMIT} characters")
    try:
        return list(soupsieve.select(selector, root, limit=limit))
    except (soupsieve.SelectorSyntaxError, ValueError, NotImplementedError) as error:
        raise ParseError(f"selector {selector[:80]!r} cannot be read") from error


def page_text(body: bytes, content_type: str | None) -> str:
    """The page's source as text. Raises: ParseError where there is nothing, or no markup."""
    if not body.strip():
        raise ParseError("empty answer")
    if body.startswith((b"%PDF", b"\x1f\x8b", b"PK\x03\x04", b"\x89PNG", b"\xff\xd8\xff", b"GIF8")):
        raise ParseError("not an HTML page")
    text = _FORBIDDEN.sub("", decode(body, _header(body, content_type)))
    if not _MARKUP.search(text):
        raise ParseError("not an HTML page")
    return text


def _header(body: bytes, content_type: str | None) -> str | None:
    """The header; where it names no encoding, what the bytes are beyond doubt, whatever the page says of itself.

    No text in another encoding is UTF-8 by chance, but templates keep the declaration that they once had.
    """
    if "charset" in (content_type or "").lower() or body.isascii():
        return content_type
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return content_type
    return "text/html; charset=utf-8"
