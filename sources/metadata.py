"""What a page says of itself: title, dates, authors, language, address. Pure.

Pages say it several times over and not always the same; each function has its order of trust.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from monitor.text.clean import clean_line
from sources.dates import instant
from sources.languages import primary
from sources.links import absolute, host
from sources.markup import element_text, to_line, to_text

AUTHORS = 10
_NAME_LIMIT = 200
_SCRIPTS = 20
# behind the last of several things, where JSON has none
_LAST_COMMA = re.compile(r",(?=\s*[}\]])")
_OBJECTS = 500

_ARTICLE_TYPES = re.compile(r"(?:article|posting|report|story|newsitem|liveblog)", re.IGNORECASE)
_HAS_ZONE = re.compile(r"(?:\d\s*z|[+-]\d\d:?\d\d|gmt|utc)\s*$", re.IGNORECASE)
_HAS_TIME = re.compile(r"\d:\d\d|\dt\d{4}", re.IGNORECASE)
_DATE_METAS = (
    "article:published_time", "og:article:published_time", "og:published_time", "datepublished", "publication_date",
    "parsely-pub-date", "sailthru.date", "dc.date.issued", "dcterms.issued", "dcterms.created", "dc.date.created",
    "article.published", "published-date", "publishdate", "pubdate", "publish_date", "publish-date", "datecreated",
    "originalpublicationdate", "article_date_original", "cxenseparse:recs:publishtime", "citation_publication_date",
    "dc.date", "dcterms.date", "date",
)  # fmt: skip
_TIME_MARKS = re.compile(r"publish|posted|created|entry-date|dateline|pub-?date|article-?date", re.IGNORECASE)
_TIME_ATTRIBUTES = ("datetime", "data-datetime", "data-timestamp", "data-published", "data-utime", "title")
_TIMES = (
    "//time[@datetime] | //*[@data-datetime or @data-timestamp or @data-published or @data-utime]"
    " | //abbr[@title and contains(@class, 'publish')]"
)
# as one whole word of a class name or id: what stands there is of something else
_ASIDE = re.compile(r"\b(?:comments?|comment-list|disqus|related|recommended|sidebar)\b", re.IGNORECASE)
_SEPARATORS = re.compile(r"\s+[|–—·•»:/_-]+\s+|\s*[|_｜]\s*")
_ROLE = re.compile(r"^\s*(?:by|автор|текст|作者|记者|نویسنده|बाय)\s*[:：]?\s+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Said:
    """A page's own words about itself, read once."""

    root: Any
    url: str
    #: Name or property in lower case -> contents in page order.
    metas: Mapping[str, list[str]]
    #: Objects of JSON-LD that are articles.
    articles: list[Mapping[str, Any]] = field(default_factory=list)

    def meta(self, *names: str) -> str:
        """The first that is there; empty: none."""
        return next((value for name in names for value in self.metas.get(name, ()) if value.strip()), "")

    def linked(self, key: str) -> Iterator[Any]:
        """That property of each article object."""
        return (article[key] for article in self.articles if article.get(key))


def said(root: Any, url: str) -> Said:
    """What there is to go by."""
    metas: dict[str, list[str]] = {}
    for element in root.iter("meta"):
        name = element.get("property") or element.get("name") or element.get("itemprop") or ""
        metas.setdefault(name.strip().lower(), []).append(element.get("content") or "")
    return Said(root, url, metas, [o for o in _objects(root) if _is_article(o)])


def title(page: Said) -> str | None:
    """The headline: as one of several says it, without the site's name."""
    headings = [to for to in (_text(h) for h in page.root.iter("h1")) if 0 < len(to) <= 300]
    tagged = clean_line(to_line(page.meta("og:title", "twitter:title", "dc.title")))
    declared = next((clean_line(to_line(t)) for t in page.linked("headline") if isinstance(t, str)), "")
    whole = next((_text(t) for t in page.root.iter("title")), "")
    # the one heading that the page's other names for itself begin with is the headline as readers see it
    for heading in headings:
        if any(_flat(heading) and _flat(heading) in _flat(other) for other in (tagged, declared, whole)):
            return heading
    found = declared or _bare(tagged, page) or _bare(whole, page) or (headings[0] if headings else "")
    return found or None


def description(page: Said) -> str:
    """What the page says that it is about; empty: nothing."""
    return clean_line(to_line(page.meta("og:description", "description", "twitter:description")))


def article_body(page: Said) -> str:
    """The article's text as JSON-LD has it, one paragraph a line; empty: not there."""
    return max((to_text(body) for body in page.linked("articleBody") if isinstance(body, str)), key=len, default="")


def site_name(page: Said) -> str | None:
    publishers = (_names(p) for p in page.linked("publisher"))
    declared = next((names[0] for names in publishers if names), "")
    return clean_line(page.meta("og:site_name") or declared or page.meta("application-name"), _NAME_LIMIT) or None


def authors(page: Said) -> tuple[str, ...]:
    """Names of people or desks, at most AUTHORS."""
    found = [name for value in page.linked("author") for name in _names(value)]
    if not found:
        found = [
            v for key in ("author", "article:author", "dc.creator", "dcterms.creator") for v in page.metas.get(key, ())
        ]
    if not found:
        found = [
            _text(element) for element in page.root.xpath("//a[@rel='author'] | //*[@itemprop='author']")[:AUTHORS]
        ]
    names = (clean_line(_ROLE.sub("", to_line(name)), _NAME_LIMIT) for name in found)
    kept = (name for name in names if name and "://" not in name and len(name.split()) <= 12 and len(name) <= 120)
    return tuple(dict.fromkeys(kept))[:AUTHORS]


def lang(page: Said) -> str | None:
    declared = next((v for v in page.linked("inLanguage") if isinstance(v, str)), "")
    tags = (page.root.get("lang"), page.root.get("{http://www.w3.org/XML/1998/namespace}lang"), declared)
    metas = (page.meta("content-language", "language", "dc.language"), page.meta("og:locale"))
    return next((code for code in map(primary, (*tags, *metas)) if code), None)


def canonical_url(page: Said) -> str | None:
    """Where the page says it lives; a whole site's front page is no article's address."""
    hrefs = [e.get("href") for e in page.root.iter("link") if "canonical" in (e.get("rel") or "").lower().split()]
    for href in (*hrefs[:1], page.meta("og:url")):
        found = absolute(page.url, href)
        if found and (_path(found) not in ("", "/") or _path(page.url) in ("", "/")):
            return found
    return None


def published_at(page: Said, now: datetime | None) -> datetime | None:
    """The instant of publication that the page declares: with a zone before without, and a time before a mere day."""
    own = lang(page)
    stated = [text for text in _stated(page) if text]
    for sure in (_HAS_ZONE, _HAS_TIME, re.compile("")):
        for text in stated:
            found = instant(text, lang=own, now=now) if sure.search(text) else None
            if found:
                return found
    return None


def _stated(page: Said) -> Iterator[str]:
    for key in ("datePublished", "dateCreated", "uploadDate"):
        yield from (str(v) for value in page.linked(key) for v in _listed(value) if isinstance(v, str | int))
    for name in _DATE_METAS:
        yield from page.metas.get(name, ())
    times = [t for t in page.root.xpath(_TIMES)[:50] if not any(_ASIDE.search(_marks(a)) for a in t.iterancestors())]
    marked = [t for t in times if t.get("pubdate") is not None or _TIME_MARKS.search(_marks(t))]
    inside = [t for t in times if any(a.tag in ("article", "main") for a in t.iterancestors())]
    for element in marked[:1] or inside[:1] or (times if len(times) == 1 else []):
        yield next(filter(None, map(element.get, _TIME_ATTRIBUTES)), "")
    yield from (
        _text(e) for e in page.root.xpath("//*[@itemprop='datePublished' and not(@datetime) and not(@content)]")[:1]
    )


def guessed_at(root: Any, url: str, now: datetime | None) -> datetime | None:
    """A day out of all that the page has, for one that declares none; slow. Changes the tree."""
    from htmldate import find_date

    for element in root.xpath("//body//*[@class or @id]"):
        if element.tag not in ("article", "main") and _ASIDE.search(_marks(element)):
            element.drop_tree()
    try:
        day = find_date(root, extensive_search=False, original_date=True, url=url or None, max_date=now)
    except Exception:  # noqa: BLE001 - it raises whatever its parts raise on odd markup
        return None
    return instant(day, now=now)


# ---------------------------------------------------------------------------------------------- JSON-LD


def _objects(root: Any) -> Iterator[Mapping[str, Any]]:
    """Every object of every JSON-LD script, however deep, without those beyond the caps."""
    scripts = root.xpath("//script[contains(@type, 'ld+json')]")[:_SCRIPTS]
    stack: list[Any] = [found for found in (_json(script.text) for script in reversed(scripts)) if found is not None]
    for _ in range(_OBJECTS):
        if not stack:
            return
        value = stack.pop()
        if isinstance(value, dict):
            yield value
            stack.extend(v for k, v in value.items() if k in ("@graph", "mainEntity", "mainEntityOfPage", "hasPart"))
        elif isinstance(value, list):
            stack.extend(reversed(value))


def _json(text: str | None) -> Any:
    if not text:
        return None
    text = re.sub(r"^\s*(?://)?<!\[CDATA\[|(?://)?\]\]>\s*$", "", text.strip())
    for tried in (text, _LAST_COMMA.sub("", text)):
        try:
            return json.loads(tried, strict=False)  # line ends within strings are common
        except (ValueError, RecursionError):
            continue
    return None


def _is_article(thing: Mapping[str, Any]) -> bool:
    kinds = thing.get("@type")
    kinds = kinds if isinstance(kinds, list) else [kinds]
    return any(isinstance(kind, str) and _ARTICLE_TYPES.search(kind) for kind in kinds)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _names(value: Any) -> list[str]:
    """Names in any of the forms in which JSON-LD gives people and houses."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return _names(value.get("name")) if value.get("name") else []
    if isinstance(value, list):
        return [name for part in value[: 2 * AUTHORS] for name in (_names(part) if not isinstance(part, list) else [])]
    return []


# ---------------------------------------------------------------------------------------------- words


def _text(element: Any) -> str:
    # element_text drops what a page's head holds, and <title> is there
    return clean_line(element.text if element.tag == "title" else element_text(element))


def _marks(element: Any) -> str:
    return " ".join(element.get(name) or "" for name in ("class", "id", "itemprop"))


def _flat(text: str) -> str:
    return "".join(ch for ch in text.casefold() if ch.isalnum())


def _path(url: str) -> str:
    return urlsplit(url).path


def _bare(text: str, page: Said) -> str:
    """The title without the site's name: a part at either end that names the site, or a short one behind a line."""
    cuts = list(_SEPARATORS.finditer(text))
    if not cuts:
        return text
    names = [name for name in (_flat(site_name(page) or ""), *map(_flat, host(page.url).split("."))) if len(name) > 2]
    before, behind = text[: cuts[-1].start()], text[cuts[-1].end() :]
    barred = any(mark in cuts[-1][0] for mark in "|_｜")
    if len(behind) < len(before) and (_is_name(behind, names) or barred or len(behind.split()) <= 3):
        return before.strip()
    before, behind = text[: cuts[0].start()], text[cuts[0].end() :]
    return behind.strip() if len(before) < len(behind) and _is_name(before, names) else text


def _is_name(text: str, names: list[str]) -> bool:
    flat = _flat(text)
    return bool(flat) and any(flat in name or name in flat for name in names)
