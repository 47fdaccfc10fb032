"""A listed entry, and its page where there is one, made into an article."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Literal

from monitor.identity.listed import Listed, content_hash
from monitor.identity.urls import canonical_url, page_canonical
from monitor.text.clean import clean_line, clean_text
from monitor.text.language import detect
from monitor.types import Address, Article, Entry, Page, Source

# A text of a page that is shorter than this share of the feed's own is a teaser or a consent notice, not the article.
_SHORT = 0.5
#: Letters by which a summary is known to stand in the content.
_BEGINNING = 40
_AHEAD = timedelta(hours=30)
_NO_LETTERS = re.compile(r"[\W_]+")


def to_article(listed: Listed, page: Page | None, source: Source, address: Address, now: datetime) -> Article | None:
    """The article; None when there is neither a title nor a text."""
    entry = listed.entry
    own = _with_summary(entry.summary, entry.content) if entry.content else entry.summary
    text, text_from = own, "feed"
    if page is not None and page.text and len(page.text) >= _SHORT * len(own):
        text, text_from = page.text, "page"
    title = clean_line(_title(entry, page, source, address) or text.split("\n", 1)[0][:160])
    text = _without_headline(clean_text(text), title)
    if not title:
        return None
    url = entry.url or source.homepage or address.url
    canonical = listed.canonical_url or f"{canonical_url(url)}#{listed.key[:16]}"
    if listed.canonical_url and page is not None:
        canonical = page_canonical(url, page.canonical_url)
    return Article(
        source_id=source.id,
        url=url,
        canonical_url=canonical,
        title=title,
        text=text,
        text_from=_origin(text_from),
        lang=detect(f"{title}\n{text[:2000]}", _allowed(source, address, entry.lang)),
        authors=entry.authors or (page.authors if page else ()),
        published_at=published(entry.published_at, page.published_at if page else None, now),
        first_seen_at=now,
        content_hash=content_hash(title, text),
        guid=listed.guid,
        declared_url=page.canonical_url if page else None,
        source_name=entry.outlet if entry.outlet != source.name else None,
    )


def _with_summary(summary: str, content: str) -> str:
    """The content, led by the summary where that says something of its own: no teaser that was cut out of it."""
    said = _letters(summary)
    if not said:
        return content
    whole = _letters(content)
    # a teaser is cut at its end, or has something like "The post … appeared first on …" there
    if said[:_BEGINNING] in whole or said[-_BEGINNING:] in whole:
        return content
    return f"{summary}\n{content}"


def _letters(text: str) -> str:
    return _NO_LETTERS.sub("", text.casefold())


def _title(entry: Entry, page: Page | None, source: Source, address: Address) -> str | None:
    """The headline: of a feed as listed; of an index page without a title selector as on the article's own page,
    since the text of a link is often cut or says `read more`."""
    own = page.title if page else None
    from_link = source.kind == "page" and not address.selectors.title
    return own or entry.title if from_link else entry.title or own


def _without_headline(text: str, title: str) -> str:
    """The text without a first line that only says the headline again: it would be found, tagged and quoted twice."""
    first, _, rest = text.partition("\n")
    if len(first) > 2 * len(title) + 20:
        return text
    return rest if _letters(first) == _letters(title) else text


def published(listed_at: datetime | None, page_at: datetime | None, now: datetime) -> datetime | None:
    """The publication time that can be believed: the feed's, else the page's, never one of the future.

    A feed that gives only the day (midnight) is made exact by the page where both name about the same day.
    """
    known = [at for at in (listed_at, page_at) if at is not None and at <= now + _AHEAD]
    if not known:
        return None
    if len(known) == 2 and _day_only(known[0]) and not _day_only(known[1]) and abs(known[1] - known[0]) < _AHEAD:
        return min(known[1], now)
    return min(known[0], now)


def _day_only(at: datetime) -> bool:
    return (at.hour, at.minute, at.second) == (0, 0, 0)


def _allowed(source: Source, address: Address, declared: str | None) -> tuple[str, ...]:
    if address.lang:
        return (address.lang,)
    if source.languages:
        return source.languages
    return (declared.split("-")[0].lower(),) if declared else ()


def _origin(text_from: str) -> Literal["page", "feed"]:
    return "page" if text_from == "page" else "feed"
