"""Entries of an index page: a newsroom's front page or list of releases, where there is no feed. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from itertools import islice
from operator import itemgetter
from typing import Any
from urllib.parse import urlsplit

from monitor.errors import ParseError
from monitor.text.clean import clean_line
from monitor.types import Address, Entry, Listing, Selectors
from sources import dateline, document
from sources.aggregators import is_wrapped, unwrap
from sources.dates import instant, shown
from sources.languages import primary
from sources.links import absolute, host
from sources.markup import element_text, to_line, to_text

#: Most entries of one page.
ENTRIES = 100
_LINKS = 5_000
#: With fewer links than this the page's class names do not mean what they say.
_FEW = 3
#: Beside a link, so many pieces of text of at most so many characters may be its date.
_PIECES, _SHORT = 8, 40

# as one whole class name or id: WordPress puts tag-china on the article itself
_AROUND = re.compile(
    r"(?:\w+-)*(?:nav|navbar|navigation|menu|submenu|footer|breadcrumbs?|pagination|pager|paging|cookies?|copyright)(?:-\w+)*"
    r"|(?:\w+-)*(?:share|sharing|social|tags|tagcloud|langs?|languages?|switcher)(?:-(?:list|links?|bar|box|buttons?|cloud|block))?",
    re.IGNORECASE,
)
# what stands in the path of lists, forms and imprints, in whatever script the site is
_NO_ARTICLE = frozenset(
    (
        *("tag", "tags", "category", "categories", "author", "authors", "topic", "topics", "search", "login", "signin"),
        *(
            "register",
            "signup",
            "account",
            "about",
            "about-us",
            "contact",
            "contacts",
            "contact-us",
            "privacy",
            "terms",
        ),
        *("privacy-policy", "cookie-policy", "subscribe", "subscription", "newsletter", "rss", "feed", "feeds", "help"),
        *("sitemap", "advertise", "advertising", "jobs", "careers", "page", "wp-login.php", "cart", "donate"),
    )
)
_FILES = re.compile(
    r"\.(?:jpe?g|png|gif|webp|svg|mp[34]|avi|zip|rar|xlsx?|docx?|pptx?|exe|css|js|xml|rss)\Z", re.IGNORECASE
)
_HAN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_WORD = re.compile(r"[^\W\d_]{2,}")
_SLUG = re.compile(r"[^\W_]+(?:[-_][^\W_]+){3,}")
_NUMBER = re.compile(r"\d{4,}")
_PATH_DATE = re.compile(r"(?<!\d)((?:19|20)\d\d)[/_.-]?([01]\d)[/_.-]?([0-3]\d)(?!\d)")
_TIMED = re.compile(r"\Adata-(?:\w+-)*(?:time|date|timestamp|datetime|published|ts|utime|livestamp)\Z")
_YEAR = re.compile(r"\d{4}")
_NEXT = "link[rel~=next i], a[rel~=next i]"
_SHORTENED = re.compile(r"(?:\.{3}|…)\s*\Z")


def read(body: bytes, content_type: str | None, address: Address, url: str, now: datetime | None = None) -> Listing:
    """The articles that the page links to, in its order; `url` is where it came from, after redirects.

    Raises: ParseError for what is no page, a selector that cannot be read, and a page without a single article:
    a list that is suddenly empty has nearly always changed its markup.
    """
    chosen = address.selectors
    if chosen.item or chosen.link:
        entries = _by_selectors(body, content_type, address, url, now)
        what = (chosen.item or chosen.link or "")[:80]
        missing = f"selector {what!r} finds no article on the page"
    else:
        entries = _by_judgement(body, content_type, address.lang, url, now)
        missing = "no link on the page looks like an article: the source needs selectors"
    found = _merged(entries)
    if not found:
        raise ParseError(missing)
    dropped = {f"beyond the first {ENTRIES} links": len(found) - ENTRIES} if len(found) > ENTRIES else {}
    following = _next_page(body, content_type, chosen.next, url) if address.pages > 1 else None
    return Listing(entries=found[:ENTRIES], dropped=dropped, next_url=following)


def _next_page(body: bytes, content_type: str | None, selector: str | None, url: str) -> str | None:
    """Where the list goes on, on the same site; by the selector, or by what is marked as the next page."""
    page = document.soup(body, content_type)
    base = absolute(url, (page.find("base", href=True) or {}).get("href")) or url
    for link in document.selected(page, selector or _NEXT, limit=5):
        inner = link if link.get("href") else link.find("a", href=True)
        target = absolute(base, inner.get("href")) if inner is not None else None
        target = target.partition("#")[0] if target else None
        if target and target != url.partition("#")[0] and _same_site(host(target), host(url)):
            return target
    return None


def _merged(entries: Iterator[Entry]) -> tuple[Entry, ...]:
    """One entry a URL, with the longest headline and the first date that any of its links has."""
    merged: dict[str, Entry] = {}
    for entry in entries:
        url = entry.url or ""
        known = merged.get(url)
        if known is None:
            merged[url] = entry
            continue
        title = max(known.title, entry.title, key=len)
        when = known.published_at or entry.published_at
        merged[url] = replace(known, title=title, summary=known.summary or entry.summary, published_at=when)
    return tuple(entry for entry in merged.values() if entry.title)


# ---------------------------------------------------------------------------------------------- by selectors


def _by_selectors(
    body: bytes, content_type: str | None, address: Address, url: str, now: datetime | None
) -> Iterator[Entry]:
    chosen = address.selectors
    page = document.soup(body, content_type)
    base = absolute(url, (page.find("base", href=True) or {}).get("href")) or url
    lang = address.lang or primary((page.find("html") or {}).get("lang"))
    for item in document.selected(page, chosen.item or chosen.link or "", limit=_LINKS):
        link = _link(item, chosen)
        target = absolute(base, link.get("href")) if link is not None else None
        if target is None:
            continue
        named = _one(item, chosen.title) or link
        teaser = _one(item, chosen.summary)
        inner = unwrap(target)
        yield Entry(
            guid=None,
            url=inner or target,
            wrapped=inner is None and is_wrapped(target),
            title=clean_line(_headline(to_line(str(named)), link.get("title"))),
            summary=to_text(str(teaser)) if teaser is not None else "",
            published_at=_stated(_one(item, chosen.date), lang, now),
            lang=lang,
        )


def _link(item: Any, chosen: Selectors) -> Any:
    if chosen.item and chosen.link:
        return _one(item, chosen.link)
    return item if item.name == "a" else item.find("a", href=True) or item.find_parent("a", href=True)


def _one(item: Any, selector: str | None) -> Any:
    return next(iter(document.selected(item, selector, limit=1)), None) if selector else None


def _stated(element: Any, lang: str | None, now: datetime | None) -> datetime | None:
    """The date that the element says in an attribute or in its text."""
    if element is None:
        return None
    inner = element if element.get("datetime") else element.find(attrs={"datetime": True}) or element
    said = [inner.get("datetime"), inner.get("content"), inner.get("title")]
    said += [value for name, value in inner.attrs.items() if _TIMED.search(name)]
    for text in filter(None, said):
        found = instant(text, lang=lang, now=now) or _in_text(text, lang, now)
        if found:
            return found
    text = to_line(str(element))
    return shown(text, lang=lang, now=now) or _in_text(text, lang, now)


# ---------------------------------------------------------------------------------------------- by judgement


def _by_judgement(
    body: bytes, content_type: str | None, lang: str | None, url: str, now: datetime | None
) -> Iterator[Entry]:
    """What looks like an article's link; first by all signs, and without class names where these leave too little."""
    root = document.tree(body, content_type)
    base = next((absolute(url, e.get("href")) for e in root.iter("base") if e.get("href")), None) or url
    candidates = []
    for link in list(root.iter("a"))[:_LINKS]:
        target = absolute(base, link.get("href"))
        title = _headline(_link_text(link), link.get("title"))
        if target and _is_headline(title) and _article_url(target, url) and not _in_frame(link):
            candidates.append((link, target.partition("#")[0], title))
    listed = [candidate for candidate in candidates if not _in_menu(candidate[0])]
    lang = lang or primary(root.get("lang"))
    for link, target, title in listed if len(listed) >= _FEW else candidates:
        when = _near(link, lang, now) or date_in_url(target, now)
        yield Entry(guid=None, url=target, title=title, published_at=when, lang=lang)


def _article_url(target: str, page: str) -> bool:
    """Whether an article of the same site may lie there: deeper than the list, or with a number, date or slug."""
    if not _same_site(host(target), host(page)):
        return False
    there, here = urlsplit(target), urlsplit(page)
    path = there.path.rstrip("/")
    parts = [part.lower() for part in path.split("/") if part]
    if (not parts and not there.query) or _FILES.search(path) or _NO_ARTICLE.intersection(parts[:-1] or parts):
        return False
    if (path, there.query) == (here.path.rstrip("/"), here.query):
        return False
    own = [part for part in here.path.split("/") if part]
    marked = _NUMBER.search(path) or _NUMBER.search(there.query) or any(map(_SLUG.search, parts))
    return bool(marked) or len(parts) > max(len(own), 1)


def _same_site(one: str, other: str) -> bool:
    return bool(one and other) and (one == other or one.endswith(f".{other}") or other.endswith(f".{one}"))


def _in_frame(link: Any) -> bool:
    """Whether the link stands at the page's head, side or foot, by the elements that say so."""
    for element in link.iterancestors("nav", "footer", "header"):
        if element.tag != "header" or not any(True for _ in element.iterancestors("article", "li", "main", "section")):
            return True
    return any(e.get("role") in ("navigation", "contentinfo") for e in link.iterancestors())


def _in_menu(link: Any) -> bool:
    """Whether a class or id around the link says that it belongs to no list of articles."""
    for element in link.iterancestors():
        if element.tag in ("body", "html"):
            return False
        names = f"{element.get('class') or ''} {element.get('id') or ''}".replace("_", "-").split()
        if any(_AROUND.fullmatch(name) for name in names):
            return True
    return False


def _link_text(link: Any) -> str:
    """The heading within the link, or all of its text."""
    headings = list(link.iter("h1", "h2", "h3", "h4", "h5", "h6"))
    texts = [clean_line(element_text(e)) for e in headings] or [clean_line(element_text(link))]
    return max(texts, key=len)


def _headline(text: str, attribute: str | None) -> str:
    """The link's text, or its title attribute where the text is shortened or missing."""
    full = clean_line(attribute)
    start = _SHORTENED.sub("", text).strip()
    shortened = not text or start != text
    return full if full and shortened and len(full) >= len(start) else text


def _is_headline(title: str) -> bool:
    """Whether the text says something: eight Han characters, four words, or three long ones."""
    words = _WORD.findall(title)
    return len(_HAN.findall(title)) >= 8 or len(words) >= 4 or (len(words) == 3 and len(title) >= 20)


def _near(link: Any, lang: str | None, now: datetime | None) -> datetime | None:
    """The date beside the link, in the largest element around it that holds no other article's link."""
    href, around = link.get("href"), link
    for element in list(link.iterancestors())[:5]:
        if element.tag in ("body", "html") or any(a.get("href") not in (href, None) for a in element.iter("a")):
            break
        around = element
    for stated in around.iter("time"):
        found = instant(stated.get("datetime"), lang=lang, now=now)
        if found:
            return found
    found = _in_text(" ".join(element_text(around)[:2000].split()), lang, now)
    return found or next(filter(None, (shown(text, lang=lang, now=now) for text in _short_texts(around))), None)


def _short_texts(element: Any) -> list[str]:
    """Pieces of its text that are no longer than a date in words."""
    pieces = (" ".join(piece.split()) for piece in element.itertext("*"))
    return [piece for piece in pieces if 0 < len(piece) <= _SHORT][:_PIECES]


def _in_text(text: str, lang: str | None, now: datetime | None) -> datetime | None:
    """The first date in the text with its whole year; that of a change only where there is no other."""
    whole = (found for found in dateline.written(text) if _YEAR.search(found[0]["day"]))
    matches = sorted(islice(whole, 5), key=itemgetter(1))
    return next((d for d in (instant(m[0], lang=lang, now=now) for m, _ in matches) if d), None)


def date_in_url(url: str, now: datetime | None) -> datetime | None:
    """The day that the path names, as in ``/2026/11/20/``."""
    match = _PATH_DATE.search(urlsplit(url).path)
    return instant("-".join(match.groups()), now=now) if match else None
