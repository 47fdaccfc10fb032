"""The article on its own page. Pure; `scowatch extract` and collecting both come here."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from monitor.text.clean import clean_text
from monitor.types import Page, Selectors
from sources import document, metadata
from sources.markup import to_text

# Persian and several Indian scripts spell with the two joiners; the stand-ins are printable and hardly ever used
_AWAY = {0x200C: "\u2e3e", 0x200D: "\u2e3f"}
_BACK = {0x2E3E: "\u200c", 0x2E3F: "\u200d"}

_SENTENCE_END = re.compile(r"[.!?…؟।۔][\"»”’)」』]?(?=\s|$)|[。！？]")
#: Characters of prose with which a text needs no second reading.
_ENOUGH = 600
#: The reading without tables is kept if it has this part of the other one's prose.
_PART = 0.75


def read(body: bytes, content_type: str | None, url: str, selectors: Selectors, now: datetime | None = None) -> Page:
    """The page's article; its text is empty where there is none. Raises: ParseError for what is no page.

    With `now`, dates that lie too far ahead of it are dropped.
    """
    root = document.tree(body, content_type)
    page = metadata.said(root, url)
    title = metadata.title(page)
    published_at = metadata.published_at(page, now)
    text = _chosen(body, content_type, selectors.text) if selectors.text else _extracted(root, url)
    return Page(
        title=title,
        text="" if text == title else text,
        published_at=published_at,
        authors=metadata.authors(page),
        lang=metadata.lang(page),
        canonical_url=metadata.canonical_url(page),
        site_name=metadata.site_name(page),
    )


def _chosen(body: bytes, content_type: str | None, selector: str) -> str:
    """The text of the elements that the source's own selector names."""
    found = document.selected(document.soup(body, content_type), selector, limit=50)
    return clean_text("\n".join(to_text(str(element)) for element in found))


def _extracted(root: Any, url: str) -> str:
    """The article as the extractor finds it.

    Tables are left out at first: on pages that are laid out with them they are menus. Where this leaves little that
    reads like sentences, the reading with tables is taken if it has more of that.
    """
    joined = _with_stand_ins(root)
    text = _by_extractor(root, url, tables=False)
    if _prose(text) < _ENOUGH and next(root.iter("table"), None) is not None:
        other = _by_extractor(root, url, tables=True)
        if not text or _prose(text) < _PART * _prose(other):
            text = other
    return text.translate(_BACK) if joined else text


def _by_extractor(root: Any, url: str, *, tables: bool) -> str:
    from trafilatura.core import bare_extraction

    found = bare_extraction(root, url=url or None, favor_precision=True, include_comments=False, include_tables=tables)
    return clean_text(getattr(found, "text", ""))


def _prose(text: str) -> int:
    """How much of the text stands in lines with a sentence's end in them."""
    lines = text.split("\n")
    return sum(len(line) for line in lines if len(line) >= 20 and "|" not in line and _SENTENCE_END.search(line))


def _with_stand_ins(root: Any) -> bool:
    """Whether the tree had joiners, which now have stand-ins: the extractor drops what is not printable."""
    joined = False
    for element in root.iter():
        for name in ("text", "tail"):
            text = getattr(element, name)
            if text and ("\u200c" in text or "\u200d" in text):
                setattr(element, name, text.translate(_AWAY))
                joined = True
    return joined
