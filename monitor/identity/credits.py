"""Who a text names as its origin: by dateline, label, signature, byline, or in so many words.

A credit of the whole text is told from a mention by where it stands (the first sentence, the end, a line of its own),
by the verb (an agency that reports, not one that was told) and by what the agency is the owner of (a poll, a
photographer). Only the edges of a text are read: its first and last lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from monitor.identity import wordings
from monitor.identity.agencies import Agencies, Agency, host_of
from monitor.identity.evidence import Credit, made
from monitor.identity.lines import dateline, labelled, signed, taken
from monitor.identity.masked import Masked, found_in
from monitor.identity.reports import reported, whole_report
from monitor.text.fold import HAN, fold
from monitor.types import Article, Neighbour

#: Code points at either end of a text that are read.
EDGE = 900
_HEAD_LINES = 4
#: Related articles, captions and links can stand before the dateline.
_DATELINE_LINES = 12
_TAIL_LINES = 12
_SIGNED_LINES = 3
_PROSE = 40
_PROSE_HAN = 15


def credit(article: Article, agencies: Agencies, *, declared_url: str | None = None) -> tuple[Credit, ...]:
    """The credits of an article, the surest first, each origin once. Those of its own outlet are among them.

    `declared_url` is the canonical address that its page declares, which may lie on another site.
    """
    found = [
        *_outside(article, agencies, declared_url),
        *_in_title(article, agencies),
        *_in_text(article, agencies),
    ]
    if not found:
        return ()
    mine = _house(host_of(article.url))
    found = [c for c in found if c.agency_id or not c.name or "." not in c.name or _house(c.name.lower()) != mine]
    found.sort(key=lambda c: (not c.name, -c.confidence, c.field != "title", c.start))
    return tuple({(c.agency_id or fold(c.name or "")): c for c in reversed(found)}.values())[::-1]


def own(article: Article | Neighbour, agencies: Agencies) -> Agency | None:
    """The agency whose own text an article is, by its source, its site or the name of its outlet."""
    listed = agencies.of_source(article.source_id)
    if listed or article.source_id:
        return listed or agencies.of_url(article.url)
    return agencies.of_url(article.url) or (agencies.of_name(article.source_name) if article.source_name else None)


# ---------------------------------------------------------------------------------------------- beside the text


def _outside(article: Article, agencies: Agencies, declared_url: str | None) -> Iterator[Credit]:
    if article.source_id and article.source_name and not _same_house(article.source_name, article.url):
        agency = agencies.of_name(article.source_name)
        yield made(agency, "feed", "feed", name=article.source_name, phrase=article.source_name)
    for author in article.authors:
        if agency := _author(author, agencies):
            yield made(agency, "byline", "authors", phrase=author)
    host = host_of(declared_url)
    if (
        host
        and _elsewhere(host, host_of(article.url))
        and re.search(r"\w/?[^/]*\w", (declared_url or "").split("//", 1)[-1].partition("/")[2])
    ):
        agency = agencies.of_url(declared_url)
        if not agency or agency is not agencies.of_url(article.url):
            yield made(agency, "canonical", "page", name=host, phrase=f"canonical address on {host}")


def _elsewhere(host: str, mine: str) -> bool:
    """Whether two hosts are of two publishers, as far as their names tell."""
    if re.search(
        r"(?:^|\.)(?:ampproject\.org|google\.com|feedburner\.com|t\.me|facebook\.com|localhost)$|^[\d.]+$", host
    ):
        return False
    return bool(mine) and _house(host) != _house(mine)


def _same_house(name: str, url: str) -> bool:
    """Whether an outlet's name is that of the site where the article lies: Kloop.kg, on kloop.kg."""
    house, squashed = (re.sub(r"\W|_", "", part) for part in (_house(host_of(url)), fold(name)))
    short, long = sorted((house, squashed), key=len)
    return bool(short) and short in long and len(short) >= 0.65 * len(long)


def _house(host: str) -> str:
    """The part of a host that names its owner: ``inform`` of www.inform.kz and inform.com."""
    parts = host.split(".")
    second = len(parts) > 2 and len(parts[-1]) == 2 and parts[-2] in ("co", "com", "org", "net", "gov", "edu", "ac")
    return parts[-3] if second else parts[-2] if len(parts) > 1 else host


def _author(author: str, agencies: Agencies) -> Agency | None:
    """The agency that an author's line names: alone, or as that of a person."""
    masked = Masked(author, agencies)
    for named in masked.names:
        before, after = masked.cased[: named.at], masked.cased[named.at + 1 :]
        if re.fullmatch(r"[\s(]*(?:by|от|автор)?[\s:]*(?:the\s)?", before.lower()) and re.match(
            r"\W*(?:staff|news|agency|desk|correspondent\w*|$)|\s*[/,|-]", after.lower()
        ):
            return named.agency
        if re.search(r"[/,|(–-]\s*(?:the )?$", before.lower()) and re.match(r"[\s)]*$|\s*[,/|)]", after):
            return named.agency
    return None


# ---------------------------------------------------------------------------------------------- in the title

_TITLE = re.compile(
    rf"^\W*([{wordings.STRONG}{wordings.DATIVE}])\s*(?::|[|-]\s)|\s[|-]{{1,2}}\s*({wordings.ANY})\s*$|[(\[/]({wordings.ANY})[)\]/]\s*$"
)


def _in_title(article: Article, agencies: Agencies) -> Iterator[Credit]:
    masked = Masked(article.title, agencies)
    if not masked.names:
        return
    if found := _TITLE.search(masked.cased):
        place = masked.place(found.start(found.lastindex or 0))
        if place:
            yield replace(masked.credit(place, "title"), field="title")
            return
    for place in reported(masked.text, masked, article.lang):
        yield replace(masked.credit(place, "reports"), field="title")


# ---------------------------------------------------------------------------------------------- in the text


def _in_text(article: Article, agencies: Agencies) -> Iterator[Credit]:
    if not any(_may_say(part, agencies) for part, _ in _edges(article.text)):
        return
    lines = list(_lines(article.text, agencies))
    prose = [line for line in lines if _is_prose(line.line)]
    tail = lines[-_TAIL_LINES:]
    for number, masked in enumerate(lines[:_DATELINE_LINES]):
        if place := dateline(masked, first=masked is (prose[0] if prose else None) or number == 0):
            yield masked.credit(place, "dateline")
            break
    for masked in dict.fromkeys((*lines[:_HEAD_LINES], *tail)):
        if masked.has_label:
            yield from labelled(masked, agencies)
        if masked.has_trigger or masked.names:
            yield from taken(masked, agencies)
    for masked in lines[-_SIGNED_LINES:]:
        yield from signed(masked)
    yield from whole_report(prose or lines, article.lang, cut=len(article.text) > 2 * EDGE)


def _may_say(part: str, agencies: Agencies) -> bool:
    """Whether a line of it can be a credit: three texts of five have nothing that any wording here is found by."""
    return any(found_in(fold(part), agencies))


def _edges(text: str) -> tuple[tuple[str, int], ...]:
    """Beginning and end of a text with where they begin; of a short text all of it."""
    return ((text[:EDGE], 0), (text[-EDGE:], len(text) - EDGE)) if len(text) > 2 * EDGE else ((text, 0),)


def _lines(text: str, agencies: Agencies) -> Iterator[Masked]:
    for part, begin in _edges(text):
        at = begin
        for line in part.split("\n"):
            if line.strip():
                yield Masked(line, agencies, at)
            at += len(line) + 1


def _is_prose(line: str) -> bool:
    return len(line) >= (_PROSE_HAN if re.search(f"[{HAN}]", line) else _PROSE) or line.rstrip().endswith(
        (".", "。", "۔", "।")
    )
