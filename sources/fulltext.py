"""The article on its own page. Pure; `scowatch extract` and collecting both come here."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from monitor.text.clean import clean_text
from monitor.types import Page, Selectors
from sources import dateline, document, metadata, prose
from sources.layout import VOICES, Layout, layout
from sources.markup import to_text

# Persian and several Indian scripts spell with the two joiners; the stand-ins are printable and hardly ever used
_AWAY = {0x200C: "\u2e3e", 0x200D: "\u2e3f"}
_BACK = {0x2E3E: "\u200c", 0x2E3F: "\u200d"}

#: Below this a reading is looked at again: its part of the page's sentences times its part of the headline's words.
_DOUBTFUL = 0.06
#: From so many lines on no library is asked.
_MANY = 20_000


def read(body: bytes, content_type: str | None, url: str, selectors: Selectors, now: datetime | None = None) -> Page:
    """The page's article; its text is empty where there is none. Raises: ParseError for what is no page.

    With `now`, dates that lie too far ahead of it are dropped.
    """
    root = document.tree(body, content_type)
    page, lines = metadata.said(root, url), layout(root)
    title = metadata.title(page)
    headline = prose.headline_at(lines.lines, title or "")
    if selectors.text:
        text = _chosen(body, content_type, selectors.text)
    else:
        text = _found(page, lines, headline, title or "")
    published_at = (
        metadata.published_at(page, now)
        or dateline.day(url, _without_voices(lines), headline, metadata.lang(page), now)
        or metadata.guessed_at(document.tree(body, content_type), url, now)
    )
    return Page(
        title=title,
        text="" if text == title else text,
        published_at=published_at,
        authors=metadata.authors(page),
        lang=metadata.lang(page),
        canonical_url=metadata.canonical_url(page),
        site_name=metadata.site_name(page),
    )


def _without_voices(page: Layout) -> list[str]:
    """The page's lines, empty where readers speak: the days there are those of what they said."""
    blocks = page.blocks
    voices = [False] * len(blocks)
    for number, block in enumerate(blocks):
        own = block.around >= VOICES and block.tag not in ("html", "body")
        voices[number] = own or (block.parent >= 0 and voices[block.parent])
    return ["" if blocks and voices[line.block] else line.text for line in page.lines]


def _chosen(body: bytes, content_type: str | None, selector: str) -> str:
    """The text of the elements that the source's own selector names."""
    found = document.selected(document.soup(body, content_type), selector, limit=50)
    return clean_text("\n".join(to_text(str(element)) for element in found))


def _found(page: metadata.Said, lines: Layout, headline: int, title: str) -> str:
    """The article as its lines show it; where that is doubtful, the aptest of three readings."""
    description = metadata.description(page)
    found = prose.article(lines, headline, title, description)
    text = clean_text(found.text)
    terms = prose.terms_of(title, description)
    if found.share * prose.told(text, terms) >= _DOUBTFUL:
        return text
    if next(page.root.iter("figcaption"), None) is not None:  # a report in pictures has its text beneath them
        captioned = layout(page.root, captions=True)
        pictured = prose.article(captioned, prose.headline_at(captioned.lines, title), title, description)
        if pictured.share * prose.told(pictured.text, terms) >= _DOUBTFUL:
            return clean_text(pictured.text)
    readings = [text, clean_text(metadata.article_body(page))]
    if found.text and len(lines.lines) < _MANY:
        readings.append(_by_extractor(page.root, page.url))
    return max(readings, key=lambda reading: prose.aptness(reading, terms))


def _by_extractor(root: Any, url: str) -> str:
    """The article as a library of rules finds it. Changes the tree."""
    from trafilatura.core import bare_extraction

    joined = _with_stand_ins(root)
    found = bare_extraction(root, url=url or None, fast=True, include_comments=False, include_formatting=False)
    text = clean_text(getattr(found, "text", ""))
    return text.translate(_BACK) if joined else text


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
