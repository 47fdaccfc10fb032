"""Who a text names as its origin: by dateline, label, signature, byline, or in so many words.

A credit of the whole text is told from a mention by where it stands (the first sentence, the end, a line of its own),
by the verb (an agency that reports, not one that was told) and by what the agency is the owner of (a poll, a
photographer). Only the edges of a text are read: its first and last lines.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from monitor.identity import wordings
from monitor.identity.agencies import Agencies, Agency, Named, host_of
from monitor.text.fold import HAN, Folded, fold, fold_map
from monitor.types import Article

How = Literal["dateline", "label", "signature", "taken", "byline", "feed", "canonical", "title", "reports", "inputs"]

#: How sure a credit makes it that the text is from whom it names. Set by hand, in the order in which the kinds proved
#: right: of 210 credits found in 2,600 real texts (English, Russian, Chinese) and read by eye, all 110 datelines were
#: right and two others doubtful; `reports` and `title` may speak for less than the whole text, `inputs` always do.
CONFIDENCE: dict[How, float] = {
    "dateline": 0.95,
    "label": 0.9,
    "signature": 0.9,
    "taken": 0.95,
    "byline": 0.9,
    "feed": 0.95,
    "canonical": 0.85,
    "title": 0.7,
    "reports": 0.75,
    "inputs": 0.5,
}

#: Code points at either end of a text that are read.
EDGE = 900
_HEAD_LINES = 4
_TAIL_LINES = 12
_SIGNED_LINES = 3
_SHORT_TEXT = 5
_PROSE = 40
_PROSE_HAN = 15
_EVIDENCE = 160
_NAME_WORDS = 6
#: "…, сообщает ТАСС." as the last words of a long text: of the whole text, or only of that sentence.
_BY_LAST_WORDS = 0.5

_SENTENCE_END = re.compile(r"[.!?؟。।۔…][\"')\]]*(?:\s+|$)|(?<=。)|(?<=۔)|(?<=।)")
_ABBREVIATION = re.compile(
    r"(?:^|[\s(])(?:\w|[a-zа-я]{1,4}\d*|jan|feb|sept|oct|nov|dec|ноя|окт|корр|тыс|млн|млрд|mr|ms|mrs|dr|gen|no)$"
)
_SPLIT_LABEL = re.compile(r"\s*(?:,|/|;|\||&| and | и | va | және | жана | و | اور | और )\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """Somebody who is named as the origin of a text."""

    #: As in Agency; None: nobody of the list.
    agency_id: str | None
    #: The agency's usual name, or as written; None: the text says that it was taken, but not from whom.
    name: str | None
    how: How
    #: Where it stands: ``title``, ``text`` (code points of that field as given, half open), or elsewhere.
    field: Literal["title", "text", "authors", "feed", "page"]
    start: int = 0
    end: int = 0
    #: The words that say so, one line.
    phrase: str
    #: 0 to 1, by CONFIDENCE.
    confidence: float


def credit(article: Article, agencies: Agencies, *, declared_url: str | None = None) -> tuple[Credit, ...]:
    """The credits of an article, the surest first, each origin once. Those of its own outlet are among them.

    `declared_url` is the canonical address that its page declares, which may lie on another site.
    """
    found = [
        *_outside(article, agencies, declared_url),
        *_in_title(article, agencies),
        *_in_text(article, agencies),
    ]
    mine = _house(host_of(article.url))
    found = [c for c in found if c.agency_id or not c.name or "." not in c.name or _house(c.name.lower()) != mine]
    found.sort(key=lambda c: (-c.confidence, c.field != "title", c.start))
    return tuple({(c.agency_id or fold(c.name or "")): c for c in reversed(found)}.values())[::-1]


#: Credits of one article that are kept, and code points of the phrase of each.
_KEPT, _KEPT_PHRASE = 3, 100


def to_bytes(credits: Sequence[Credit]) -> bytes:
    """The surest few credits in at most about a kilobyte, to be kept beside the article; empty where there is none."""
    rows = [
        [c.agency_id, c.name, c.how, c.field, c.start, c.end, c.phrase[:_KEPT_PHRASE], c.confidence] for c in credits
    ]
    return json.dumps(rows[:_KEPT], ensure_ascii=False, separators=(",", ":")).encode() if rows else b""


def from_bytes(data: bytes) -> tuple[Credit, ...]:
    """The credits that `to_bytes` kept."""
    keys = ("agency_id", "name", "how", "field", "start", "end", "phrase", "confidence")
    return tuple(Credit(**dict(zip(keys, row, strict=True))) for row in json.loads(data)) if data else ()


def own(article: Article, agencies: Agencies) -> Agency | None:
    """The agency whose own text an article is, by its source, its site or the name of its outlet."""
    listed = agencies.of_source(article.source_id)
    if listed or article.source_id:
        return listed or agencies.of_url(article.url)
    return agencies.of_url(article.url) or (agencies.of_name(article.source_name) if article.source_name else None)


# ---------------------------------------------------------------------------------------------- beside the text


def _outside(article: Article, agencies: Agencies, declared_url: str | None) -> Iterator[Credit]:
    if article.source_id and article.source_name and not _same_house(article.source_name, article.url):
        agency = agencies.of_name(article.source_name)
        yield _made(agency, "feed", "feed", name=article.source_name, phrase=article.source_name)
    for author in article.authors:
        if agency := _author(author, agencies):
            yield _made(agency, "byline", "authors", phrase=author)
    host = host_of(declared_url)
    if (
        host
        and _elsewhere(host, host_of(article.url))
        and re.search(r"\w/?[^/]*\w", (declared_url or "").split("//", 1)[-1].partition("/")[2])
    ):
        agency = agencies.of_url(declared_url)
        if not agency or agency is not agencies.of_url(article.url):
            yield _made(agency, "canonical", "page", name=host, phrase=f"canonical address on {host}")


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
    masked = _Masked(author, agencies)
    for named in masked.names:
        before, after = masked.cased[: named.at], masked.cased[named.at + 1 :]
        if re.fullmatch(r"[\s(]*(?:by|от|автор)?[\s:]*", before.lower()) and re.match(
            r"\W*(?:staff|news|agency|desk|correspondent\w*|$)|\s*[/,|-]", after.lower()
        ):
            return named.agency
        if re.search(r"[/,|(–-]\s*(?:the )?$", before.lower()) and re.match(r"[\s)]*$|\s*[,/|)]", after):
            return named.agency
    return None


# ---------------------------------------------------------------------------------------------- masked text


@dataclass(frozen=True, slots=True)
class _Place:
    """One name in a masked line."""

    agency: Agency
    #: In the masked text; the name is one character there.
    at: int
    #: In the folded text.
    start: int
    end: int


class _Masked:
    """A line with each agency's name as one character of monitor.identity.wordings."""

    def __init__(self, line: str, agencies: Agencies, offset: int = 0) -> None:
        self.line = line
        self.offset = offset
        self.names: list[_Place] = []
        self.text = fold(line)
        hits = agencies.finder.find_matches_as_indexes(self.text, overlapping=True)
        if hits:
            self._mask(_names(self.folded, agencies, hits))

    def _mask(self, found: list[tuple[int, int, Named]]) -> None:
        pieces: list[str] = []
        cut = shift = 0
        # a name in Latin letters is no word of a text in others
        foreign = sum(not char.isascii() for char in self.text) * 2 > len(self.text)
        for start, end, named in found:
            if start < cut:
                continue
            first, last, dative = _bounds(self.folded.text, start, end, named.han, cut)
            strong = not named.weak or (named.cased or "").isupper() or (foreign and self.text[start:end].isascii())
            mask = wordings.STRONG if strong else wordings.WEAK
            if dative:
                mask = wordings.DATIVE if strong else wordings.WEAK_DATIVE
            pieces += (self.folded.cased[cut:first], mask)
            self.names.append(_Place(named.agency, first - shift, start, end))
            shift += last - first - 1
            cut = last
        if found:
            self.cased = "".join((*pieces, self.folded.cased[cut:]))
            self.text = low if len(low := self.cased.lower()) == len(self.cased) else self.cased

    @cached_property
    def folded(self) -> Folded:
        return fold_map(self.line, markup=False)

    @cached_property
    def cased(self) -> str:
        return self.folded.cased

    def place(self, at: int) -> _Place | None:
        """The name that stands at a place of the masked text."""
        return next((name for name in self.names if name.at == at), None)

    def made(self, place: _Place, how: How, confidence: float | None = None) -> Credit:
        start, end = self.folded.span(place.start, place.end)
        return _made(
            place.agency,
            how,
            "text",
            self.offset + start,
            self.offset + end,
            phrase=self.around(start, end),
            confidence=confidence,
        )

    def around(self, start: int, end: int) -> str:
        """The line, or of a long one what stands around a place in it."""
        return self.line if len(self.line) <= _EVIDENCE else self.line[max(0, start - 70) : end + 60]


def _names(folded: Folded, agencies: Agencies, hits: list[tuple[int, int, int]]) -> list[tuple[int, int, Named]]:
    """Begin, end and owner of each name in a folded text, the longest where several begin."""
    found = []
    text = folded.text
    for number, start, end in hits:
        named = agencies.listed[number]
        if named.cased is not None and folded.cased[start:end] != named.cased:
            continue
        if not named.han and ((start and _joined(text[start - 1])) or _runs_on(text, end, named)):
            continue
        found.append((start, end, named))
    found.sort(key=lambda hit: (hit[0], -hit[1]))
    return found


def _joined(char: str) -> bool:
    return char.isalnum() or char in "_@#"


#: Endings that names take in the Cyrillic and Turkic languages of the pack, and those that say to whom.
_ENDING = re.compile(
    r"[-']?(?:(?P<dative>у|ю|ға|ге|қа|ке|га|ка|ко|го|ga|ka|qa|'?a|'?e|'?ya|'?ye)|а|я|ом|ем|е|ы|и|ов|ның|нің|дың|дің|тың|тін|тан|тен|дан|ден|"
    r"нан|нен|да|де|та|те|нын|нин|дын|дин|тын|тин|дун|дүн|тун|түн|нун|нүн|нинг|нинг|дан|ни|ning|dan|da|ni|nin|nın|in|ın|den|"
    r"dən|un|ün|нь|ын|ийн|ро|и)(?![^\W_])"
)


def _runs_on(text: str, end: int, named: Named) -> bool:
    """Whether the letters behind a name make another word of it."""
    if end >= len(text) or not (text[end].isalnum() or text[end] in "-_'"):
        return False
    if text[end] == "-" and not re.match(r"-[^\W\d_]", text[end:]):
        return False
    if text[end] in "-'" and text[end + 1 : end + 2].isalpha():
        return _ENDING.match(text, end) is None and text[end] == "-" and "'s" not in text[end : end + 2]
    cyrillic = "\u0400" <= text[end - 1] <= "\u052f" or named.cased is not None or text[end - 1].isascii()
    return not (
        cyrillic
        and _ENDING.match(text, end)
        and not (text[end - 1].isascii() and len(text[end - 4 : end].strip()) < 4 and named.cased is None)
    )


def _bounds(text: str, start: int, end: int, han: bool, cut: int) -> tuple[int, int, bool]:
    """What the mask takes the place of: the name with its quotation marks and ending; and whether that is a dative."""
    dative = False
    first, last = start, end
    if not han:
        if text[last : last + 1] == '"' and first > cut and text[first - 1] == '"':
            first, last = first - 1, last + 1
        ending = _ENDING.match(text, last)
        if ending and (ending[0][0] in "-'" or not text[last - 1].isdigit()):
            last, dative = ending.end(), ending["dative"] is not None
        if first == start and text[last : last + 1] == '"' and first > cut and text[first - 1] == '"':
            first, last = first - 1, last + 1
    elif text[last : last + 1] == '"' and first > cut and text[first - 1] == '"':
        first, last = first - 1, last + 1
    return first, last, dative


# ---------------------------------------------------------------------------------------------- in the title


_TITLE = re.compile(
    rf"^\W*([{wordings.STRONG}{wordings.DATIVE}])\s*(?::|[|-]\s)|\s[|-]{{1,2}}\s*({wordings.ANY})\s*$|[(\[/]({wordings.ANY})[)\]/]\s*$"
)


def _in_title(article: Article, agencies: Agencies) -> Iterator[Credit]:
    masked = _Masked(article.title, agencies)
    if not masked.names:
        return
    if found := _TITLE.search(masked.cased):
        place = masked.place(found.start(found.lastindex or 0))
        if place:
            yield _titled(masked.made(place, "title"))
            return
    for place in _reported(masked.text, masked, article.lang):
        yield _titled(masked.made(place, "reports"))


def _titled(made: Credit) -> Credit:
    return Credit(
        agency_id=made.agency_id,
        name=made.name,
        how=made.how,
        field="title",
        start=made.start,
        end=made.end,
        phrase=made.phrase,
        confidence=made.confidence,
    )


# ---------------------------------------------------------------------------------------------- in the text


def _in_text(article: Article, agencies: Agencies) -> Iterator[Credit]:
    lines = list(_lines(article.text, agencies))
    prose = [line for line in lines if _is_prose(line.line)]
    tail = lines[-_TAIL_LINES:]
    for number, masked in enumerate(lines[:_HEAD_LINES]):
        if place := dateline(masked, first=masked is (prose[0] if prose else None) or number == 0):
            yield masked.made(place, "dateline")
            break
    for masked in dict.fromkeys((*lines[:_HEAD_LINES], *tail)):
        label, taken = wordings.triggers(masked.text)
        if label:
            yield from _labelled(masked, agencies)
        if taken or masked.names:
            yield from _taken(masked, agencies, words=taken)
    for masked in lines[-_SIGNED_LINES:]:
        yield from _signed(masked)
    yield from _told_of(lines, prose, article)


def _edges(text: str) -> tuple[tuple[str, int], ...]:
    """Beginning and end of a text with where they begin; of a short text all of it."""
    return ((text[:EDGE], 0), (text[-EDGE:], len(text) - EDGE)) if len(text) > 2 * EDGE else ((text, 0),)


def _lines(text: str, agencies: Agencies) -> Iterator[_Masked]:
    for part, begin in _edges(text):
        at = begin
        for line in part.split("\n"):
            if line.strip():
                yield _Masked(line, agencies, at)
            at += len(line) + 1


def _is_prose(line: str) -> bool:
    return len(line) >= (_PROSE_HAN if re.search(f"[{HAN}]", line) else _PROSE) or line.rstrip().endswith(
        (".", "。", "۔", "।")
    )


_CLOSING = re.compile(
    r"\s*[)\]/]|\s*(?:[-|:]|\.\s)|(?: [^\W\d_a-zа-я]\w*\.?){1,3}\s*[/)]|,(?: [A-ZА-Я][\w-]+){2,3}\."
    r"|, (?:\d{1,2} [^\W\d]+|[^\W\d]+ \d{1,2})\."
)
_OPENING = re.compile(
    r"(?:[(\[/|.,:-]|^)\s*(?:(?:корр|собкор|сорр|ниат|амит|миа|иа|ниа|книа|ха|хаа|ума|niat|correspondent|agency|агентство|خبرگزاری|خبرنگار|by)\b\.?\s*)*$"
)
_SMALL = re.compile(r"(?:of|the|de|al|el|корр|г|года|год|й|st|nd|rd|th|and|и|қала|шаары|шаҳри|шахри|сал|ж|жылы)$")
_HAN_DATELINE = re.compile(
    rf"^[\s【\[(]*(?:[^。,:;]{{0,12}}[)】\]]\s*)?(?P<a>{wordings.ANY})(?:[^。,:;!?]{{0,24}}?\d{{1,2}}\s?日[^。,:;]{{0,6}}?(?:电|讯|报道)|[^。,:;!?据]{{0,10}}?(?:消息|讯)\s?[:,(]|\s?[:|]|\d{{1,2}}\s?日[^。,;]{{0,4}}?报道|报道\s?(?:记者|】))"
)


_CITY = re.compile(rf"(?:^|\s)[A-ZА-Я][A-ZА-Я .'/-]{{2,30}}(?:, [\w. ]{{2,24}})?\s?\(({wordings.ANY})\)\s*-")


def dateline(masked: _Masked, *, first: bool) -> _Place | None:
    """The agency in the dateline of a line: behind a place and a day, in brackets or between dashes."""
    if not masked.names:
        return None
    if found := _CITY.search(masked.cased, 0, 300):
        return masked.place(found.start(1))
    if found := _HAN_DATELINE.match(masked.cased):
        return masked.place(found.start("a"))
    place = masked.names[0]
    before, after = masked.cased[: place.at], masked.cased[place.at + 1 :]
    if len(before) > 80 or (wordings.PICTURE.search(masked.text) and len(masked.text) < 160):
        return None
    if not _OPENING.search(before.lower()) or not _CLOSING.match(after) or wordings.label().search(masked.text):
        return None
    bare = not before.strip(" \"'([/-")
    if bare and not (
        first and re.match(r"\s*(?:-|\.\s|[)\]/]|:|, \d{1,2} [^\W\d]+\.|, [^\W\d]+ \d{1,2}\.)\s*\S", after)
    ):
        return None
    if re.match(r"\s*/\s*[^\W\d_]", after) and before.rstrip().endswith("("):
        return None
    return place if bare or _is_place_and_day(before) else None


def _is_place_and_day(before: str) -> bool:
    """Whether words can be a place and a day: few, with capitals if the script has them, small ones only by a day."""
    words = [word for word in re.split(r"[\s,.()\[\]/:|\"'-]+", before) if word]
    if len(words) > 9:
        return False
    small = 0
    for number, word in enumerate(words):
        if word[0].isdigit() or not word[0].islower() or _SMALL.fullmatch(word):
            continue
        beside = words[max(0, number - 2) : number] + words[number + 1 : number + 2]
        if not any(other[0].isdigit() for other in beside):
            return False
        small += 1
    return small <= 3


def _labelled(masked: _Masked, agencies: Agencies) -> Iterator[Credit]:
    """`Source: X`, on a line of its own, in brackets at the end of one, or among the data of an article."""
    found = wordings.label().search(masked.text.rstrip(" .)]"))
    if not found:
        return
    group = found.lastgroup or "named"
    for place in masked.names:
        if found.start(group) <= place.at < found.end(group):
            yield masked.made(place, "label")
            return
    value = masked.cased[found.start(group) : found.end(group)].strip(" \"'.,")
    if group == "named" and (name := _a_name(value)):
        yield _by_name(name, agencies, "label", masked, (found.start(group), found.end(group)))


def _taken(masked: _Masked, agencies: Agencies, *, words: bool) -> Iterator[Credit]:
    """`First published by X`, `rewritten from X`, `with inputs from X`; `words`: the line has some of those."""
    text = masked.text
    for pattern, how in ((wordings.inputs(), "inputs"), (wordings.taken_after(), "taken")):
        found = pattern.search(text) if masked.names else None
        if (
            found
            and (mask := wordings.MASKS.search(text, found.start(), found.end()))
            and (place := masked.place(mask.start()))
        ):
            yield masked.made(place, how)  # type: ignore[arg-type]
            return
    for sentence, begin in _sentences(masked) if words else ():
        if wordings.unnamed().search(sentence) and not masked.names:
            yield _made(None, "taken", "text", masked.offset, masked.offset + len(masked.line), phrase=masked.line)
            return
        found = wordings.taken().search(sentence)
        if not found:
            continue
        rest = sentence[found.end() : found.end() + 90]
        mask = wordings.MASKS.search(rest)
        if mask and mask.start() <= 40 and not re.search(r"[.;!?]", rest[: mask.start()]):
            place = masked.place(begin + found.end() + mask.start())
            if place:
                yield masked.made(place, "taken")
                return
        start = begin + found.end()
        if name := _taken_from(found[0], masked.cased[start : begin + len(sentence)]):
            yield _by_name(name, agencies, "taken", masked, (start, start + len(name)))
            return


_AFTER_NAME = re.compile(r"[.,;!?](?:\s|$)| (?:on|in|under|and|with|as|at|by|for|под|в|от|и) ")
_NO_OUTLET = re.compile(r"(?:russian|english|chinese|persian|kazakh|uzbek|print|paper|full|part|moscow|london)\b", re.I)


def _taken_from(before: str, rest: str) -> str | None:
    """The outlet that `published by`, `перепечатано из` and the like go on to name, where it is none of the list.

    Cities, languages and months stand in the same place, so it has to be a site, to be in quotation marks, or, in
    English, to follow `by`, `on` or `from` or to have several words.
    """
    if quoted := re.match(r'\s*"([^"]{2,60})"', rest):
        return _a_name(quoted[1])
    value = _AFTER_NAME.split(rest)[0].strip(" \"'.,")
    name = _a_name(value)
    if name is None or ("." in name and " " not in name) or re.search(f"[{HAN}]", value):
        return name
    if not value.isascii():
        return name if re.match(r"[\W_]*\w+\s*$", before) and "\n" not in rest and len(rest) < _PROSE else None
    sure = re.search(r"\b(?:by|on|from)\W*$", before) is not None or " " in value
    return name if sure and value[0].isupper() and not _NO_OUTLET.match(value) else None


def _a_name(value: str) -> str | None:
    """What stands behind a label, if it can be the name or site of an outlet."""
    value = re.sub(r"^(?:the|on|at|in|на|в|из)\s", "", value, flags=re.IGNORECASE)
    words = value.split()
    site = re.search(r"(?:https?://)?([a-z0-9-]+(?:\.[a-z0-9-]+)+)", value.lower())
    if site and re.search(r"[a-z]", site[1]):
        return host_of(value) if "//" in value else site[1].removeprefix("www.")
    if not words or len(words) > _NAME_WORDS or len(value) > 60 or re.search(r"\d|[:;?!(@]", value):
        return None
    return None if value[0].islower() or wordings.OWN_WORDS.match(value.lower()) else value


_SIGNATURE = re.compile(
    rf"(?P<open>[(/])\s*(?:agencies|agency|source|via|by|автор|из)?[\s:,/-]*(?P<a>{wordings.ANY})(?P<more>[^()\[\]/]{{0,40}})[)\]/]\s*\.?\s*$"
    rf"|(?:^|[.!?…\"'।۔。)]\s*|\s)[-]{{1,2}}\s?(?P<b>{wordings.ANY})\s*\.?\s*$"
    rf"|(?:^|[.!?…\"'।۔。]\s*)(?P<c>{wordings.ANY})(?:\s(?:[A-Z]{{2,4}}|/))*\s*\.?\s*$"
    rf"|^\W*(?:©|\(c\)|copyright)[\s\d,-]*(?:the )?(?P<d>{wordings.ANY})[^/]{{0,40}}$",
    re.IGNORECASE,
)


def _signed(masked: _Masked) -> Iterator[Credit]:
    """An agency at the end of one of the last lines: ``(PTI)``, ``—APP``, ``/ТАСС/``."""
    found = _SIGNATURE.search(masked.cased) if masked.names else None
    if not found or not found.lastgroup:
        return
    for group in "abcd":
        if found[group] is None:
            continue
        more = found["more"] or ""
        if group == "a" and re.sub(
            rf"{wordings.ANY}|[\s,&+/-]|and|agencies|news agency|и|inputs?|with|from|report", "", more.lower()
        ):
            return
        if group == "c" and re.search(r"[a-z]{2,4}\s*$", masked.cased):
            return
        if group != "d" and wordings.PICTURE.search(masked.text[max(0, found.start() - 40) : found.end()]):
            return
        if place := masked.place(found.start(group)):
            yield masked.made(place, "signature")
        return


# ---------------------------------------------------------------------------------------------- X reports


#: A first line that is shorter and ends in no full stop is a headline or a caption.
_HEADLINE = 200
_ENDS = re.compile(r"[.!?؟。।۔…:;\"'»”)\]]\s*$")
_LAST_WORDS = re.compile(rf"[^\x00-\x7f].*{wordings.ANY}\W*$")


def _told_of(lines: list[_Masked], prose: list[_Masked], article: Article) -> Iterator[Credit]:
    """Sentences by which the whole text is somebody else's report."""
    lines = prose or lines
    if not any(masked.names for masked in lines):
        return
    while len(lines) > 1 and len(lines[0].line) < _HEADLINE and not _ENDS.search(lines[0].line):
        lines = lines[1:]
    sentences = [(masked, text, begin) for masked in lines for text, begin in _sentences(masked)]
    count = len(sentences)
    short = count <= _SHORT_TEXT and len(article.text) <= 2 * EDGE
    for number, (masked, text, begin) in enumerate(sentences):
        if not masked.names or not wordings.MASKS.search(text) or not (number <= 2 or number >= count - 3):
            continue
        stands = number == 0 or (short and (number == 1 or number == count - 1))
        for place in _reported(text, masked, article.lang, begin, stands=stands):
            yield masked.made(place, "reports")
        if number == count - 1 and not stands and _LAST_WORDS.search(text):
            for place in _reported(text, masked, article.lang, begin):
                yield masked.made(place, "reports", _BY_LAST_WORDS)


def _reported(text: str, masked: _Masked, lang: str | None, begin: int = 0, *, stands: bool = True) -> Iterator[_Place]:
    if wordings.BACKGROUND.search(text):
        return
    for code in _languages(text, lang):
        for pattern in (wordings.whole(code), wordings.reports(code) if stands else None):
            for found in pattern.finditer(text) if pattern else ():
                for mask in wordings.MASKS.finditer(text, found.start(), found.end()):
                    if code in ("en", "zh") and wordings.NOT_BEFORE.match(text, mask.end()):
                        continue
                    if place := masked.place(begin + mask.start()):
                        yield place


_SCRIPTS: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...] = (
    (re.compile(f"[{HAN}]"), ("zh",)),
    (re.compile("[\u0400-\u052f]"), ("ru", "kk", "ky", "tg", "be", "uz", "mn")),
    (re.compile("[\u0600-\u06ff]"), ("fa", "ur")),
    (re.compile("[\u0900-\u097f]"), ("hi",)),
    (re.compile("[a-z]"), ("en", "uz", "tr", "az")),
)


def _languages(text: str, lang: str | None) -> tuple[str, ...]:
    """The languages whose wordings are looked for: those of the script, the article's own where that is one of them."""
    for script, languages in _SCRIPTS:
        if len(script.findall(text)) * 4 >= len(text):
            return (lang,) if lang and lang in languages and lang not in ("ru", "en") else languages
    return ()


def _sentences(masked: _Masked) -> Iterator[tuple[str, int]]:
    """The sentences of a line and where they begin."""
    begin = 0
    text = masked.text
    for end in _SENTENCE_END.finditer(text):
        if end.end() <= begin:
            continue
        piece = text[begin : end.end()]
        if text[end.start() : end.start() + 1] == "." and _ABBREVIATION.search(text[begin : end.start()][-8:]):
            continue
        if piece.strip():
            yield piece, begin
        begin = end.end()
    if text[begin:].strip():
        yield text[begin:], begin


# ---------------------------------------------------------------------------------------------- made


def _by_name(name: str, agencies: Agencies, how: How, masked: _Masked, part: tuple[int, int]) -> Credit:
    """The credit of whoever has that name, in the list or not; `part` is where it stands in the masked text."""
    agency = agencies.of_name(name) or (agencies.of_url(f"http://{name}") if "." in name else None)
    shift = sum(place.end - place.start - 1 for place in masked.names if place.at < part[0])
    size = len(masked.folded.text)
    begin, end = masked.folded.span(min(part[0] + shift, size - 1), min(max(part[1] + shift, 1), size))
    return _made(
        agency, how, "text", masked.offset + begin, masked.offset + end, name=name, phrase=masked.around(begin, end)
    )


def _made(
    agency: Agency | None,
    how: How,
    field: Any,
    start: int = 0,
    end: int = 0,
    *,
    name: str | None = None,
    phrase: str,
    confidence: float | None = None,
) -> Credit:
    return Credit(
        agency_id=agency.id if agency else None,
        name=agency.name if agency else name,
        how=how,
        field=field,
        start=start,
        end=end,
        phrase=" ".join(phrase.split())[:_EVIDENCE],
        confidence=CONFIDENCE[how] if confidence is None else confidence,
    )
