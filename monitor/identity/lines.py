"""Lines that say whose a text is: datelines, labels, signatures, `first published by`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from monitor.identity import wordings
from monitor.identity.agencies import Agencies, host_of
from monitor.identity.evidence import Credit, How, made
from monitor.identity.masked import Masked, Place, sentences
from monitor.text.fold import HAN

_NAME_WORDS = 6
_SHORT_LINE = 40

# ---------------------------------------------------------------------------------------------- datelines

#: Xinhua Beijing December 11th (Reporter
_TRANSLATED = r",? [A-Z]\w+,? [A-Z]\w+ \d{1,2}(?:st|nd|rd|th)?,? \((?i:reporters?|by) "
_CLOSING = re.compile(
    rf"(?:\s{wordings.ANY})?\s*[)\]/]|\s*(?:[-|:]|\.\s|\.(?=[А-ЯЁ]))|(?: [^\W\d_a-zа-я]\w*\.?){{1,3}}\s*[/)]"
    r"|,(?: [A-ZА-Я][\w-]+){2,3}\.|,(?: [^\s,.:।]+){1,3} ?।"  # पीटीआई, नई दिल्ली।
    r"|[,،] [^()]{0,16}\d[^()]{0,16}\)"  # (Xinhua, Nov. 20)
    r"|, (?:\d{1,2} [^\W\d]+|[^\W\d]+ \d{1,2})\."
    rf"|{_TRANSLATED}"
)
#: Behind a name without a place before it.
_BARE = re.compile(rf"\s*(?:-|\.\s|[)\]/]|:|,[^।,]+।|, \d{{1,2}} [^\W\d]+\.|, [^\W\d]+ \d{{1,2}}\.)\s*\S|{_TRANSLATED}")
#: A day in front of a name that is the last word of its line: `Baku, November 20, AZERTAC`.
_PLACE = re.compile(r"[A-ZА-ЯҚҒӘӨҮҰІҢ -]{3,20}\.\s")  # ASTANA. KAZINFORM The Senate
_DAY = re.compile(r"\d(?: \w{3,12})?,\s*$|\w ?/\s*$|\d{4} ?م\s*$")
_OPENING = re.compile(
    r"(?:[(\[/|.,:-]|^|\d{4} ?م)\s*(?:(?:корр|собкор|сорр|ниат|амит|ами|миа|ан|иа|ниа|книа|ха|хаа|ума|niat|"
    r"correspondent|agency|агентство|خبرگزاری|خبرنگار|by)\b\.?\s*)*$"
)
_SMALL = re.compile(
    r"(?:of|the|de|al|el|корр|г|года|год|й|st|nd|rd|th|and|и|қала|шаары|шаҳри|шахри|сал|ж|жылы|оны|сарын|\w+д[уү]г[аэ][аэ]р)$"
)
_HAN_DATELINE = re.compile(
    rf"^[\s【\[(]*(?:[^。,:;]{{0,12}}[)】\]]\s*)?(?P<a>{wordings.ANY})(?:[^。,:;!?]{{0,24}}?\d{{1,2}}\s?日[^。,:;]{{0,6}}?(?:电|讯|报道)|[^。,:;!?据]{{0,10}}?(?:消息|讯)\s?[:,(]|网?讯|\s?[:|]|\d{{1,2}}\s?日[^。,;]{{0,4}}?报道|(?:综合)?报道\s?(?:记者|】)"
    r"|[^。,;:!?]{0,10}?记者\s?[^。,;:!?摄]{2,16}(?:$|[)】]))"
    rf"|^[\s【\[(]+(?!图)[^。,:;()]{{1,8}}?(?P<b>{wordings.ANY})[电讯]?[)】]"  # 喀布尔法新电
)
_CITY = re.compile(rf"(?:^|\s)[A-ZА-Я][A-ZА-Я .'/-]{{2,30}}(?:, [\w. ]{{2,24}})?\s?\(({wordings.ANY})\)\s*-")


def dateline(masked: Masked, *, first: bool) -> Place | None:
    """The agency in the dateline of a line: behind a place and a day, in brackets or between dashes."""
    if not masked.names:
        return None
    if found := _CITY.search(masked.cased, 0, 300):
        return masked.place(found.start(1))
    if found := _HAN_DATELINE.match(masked.cased):
        return masked.place(found.start(found.lastgroup or 0))
    place = masked.names[0]
    before, after = masked.cased[: place.at], masked.cased[place.at + 1 :]
    if len(before) > 80 or (wordings.PICTURE.search(masked.text) and len(masked.text) < 160):
        return None
    closed = _CLOSING.match(after) or (_DAY.search(before) if not after.strip() else _PLACE.fullmatch(before))
    if not closed or not _OPENING.search(before.lower()) or wordings.label().search(masked.text):
        return None
    bare = not before.strip(" \"'([/-")
    if bare and not (first and _BARE.match(after)):
        return None
    if re.match(r"\s*/\s*[^\W\d_]", after) and before.rstrip().endswith("("):
        return None
    return place if bare or is_place_and_day(before) else None


def is_place_and_day(before: str) -> bool:
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


# ---------------------------------------------------------------------------------------------- Source: X


#: Of what stands beside the outlet on the same line: who wrote it.
_BESIDE = re.compile(r"\s*(?:作者|记者|责任编辑|编辑)\s*:")
#: Whom a `Credit:` names that is in no list is a photographer.
_CREDIT = re.compile(r"^\W*credit\s*[:/-]")


def labelled(masked: Masked, agencies: Agencies) -> Iterator[Credit]:
    """`Source: X`, on a line of its own, in brackets at the end of one, or among the data of an article."""
    found = wordings.label().search(masked.text.rstrip(" .)]"))
    if not found:
        return
    group = found.lastgroup or "named"
    for place in masked.names:
        if found.start(group) <= place.at < found.end(group):
            yield masked.credit(place, "label")
            return
    value = masked.cased[found.start(group) : found.end(group)].strip(" \"'.,")
    if group == "named" and (name := _a_name(_BESIDE.split(value)[0])) and not _CREDIT.search(masked.text):
        yield _by_name(name, agencies, "label", masked, (found.start(group), found.end(group)))


# ---------------------------------------------------------------------------------------------- taken from X


def taken(masked: Masked, agencies: Agencies) -> Iterator[Credit]:
    """`First published by X`, `rewritten from X`, `with inputs from X`."""
    # these patterns are slow, and begin with any word: each is asked only for what can have it
    said = list(sentences(masked))
    for pattern, how in ((wordings.inputs(), "inputs"), (wordings.taken_after(), "taken")) if masked.names else ():
        for sentence, begin in said:
            found = pattern.search(sentence) if wordings.MASKS.search(sentence) else None
            if (
                found
                and (mask := wordings.MASKS.search(found[0]))
                and (place := masked.place(begin + found.start() + mask.start()))
            ):
                yield masked.credit(place, how)  # type: ignore[arg-type]
                return
    for sentence, begin in said if masked.has_trigger else ():
        if not any(word in sentence for word in wordings.triggers()[1]):
            continue
        if wordings.unnamed().search(sentence) and not masked.names:
            yield made(None, "taken", "text", masked.offset, masked.offset + len(masked.line), phrase=masked.line)
            return
        found = wordings.taken().search(sentence)
        if not found:
            continue
        rest = sentence[found.end() : found.end() + 90]
        mask = wordings.MASKS.search(rest)
        if mask and mask.start() <= 40 and not re.search(r"[.;!?]", rest[: mask.start()]):
            place = masked.place(begin + found.end() + mask.start())
            if place:
                yield masked.credit(place, "taken")
                return
        start = begin + found.end()
        if name := _taken_from(found[0], masked.cased[start : begin + len(sentence)]):
            yield _by_name(name, agencies, "taken", masked, (start, start + len(name)))
            return


_AFTER_NAME = re.compile(r"[.,;!?](?:\s|$)| (?:on|in|under|and|with|as|at|by|for|под|в|от|и) ")
_NO_OUTLET = re.compile(
    r"(?:russian|english|chinese|persian|kazakh|uzbek|kyrgyz|tajik|urdu|hindi|arabic|turkish|french|german|print|paper|"
    r"full|part|(?:mon|tues|wednes|thurs|fri|satur|sun)day|january|february|march|april|may|june|july|august|"
    r"september|october|november|december)\b",
    re.IGNORECASE,
)


def _taken_from(before: str, rest: str) -> str | None:
    """The outlet that `published by`, `перепечатано из` and the like go on to name, where it is none of the list.

    Cities, languages and days stand in the same place, so it has to be a site, to be in quotation marks, or, in
    English, to follow `by`, `on` or `from` or to begin with an article.
    """
    if quoted := re.match(r'\s*"([^"]{2,60})"', rest):
        return _a_name(quoted[1])
    value = _AFTER_NAME.split(rest)[0].strip(" \"'.,")
    name = _a_name(value)
    if name is None or ("." in name and " " not in name) or re.search(f"[{HAN}]", value):
        return name
    if not value.isascii():
        return name if re.match(r"[\W_]*\w+\s*$", before) and "\n" not in rest and len(rest) < _SHORT_LINE else None
    sure = re.search(r"\b(?:by|on|from)\W*$", before) is not None or rest.lstrip().startswith("The ")
    return name if sure and value[0].isupper() and not _NO_OUTLET.match(value) else None


def _a_name(value: str) -> str | None:
    """What stands behind a label, if it can be the name or site of an outlet."""
    value = re.sub(r"^(?:the|(?i:on|at|in|на|в|из))\s", "", value)
    words = value.split()
    site = re.search(r"(?:https?://)?([a-z0-9-]+(?:\.[a-z0-9-]+)+)", value.lower())
    if site and re.search(r"[a-z]", site[1]):
        return host_of(value) if "//" in value else site[1].removeprefix("www.")
    if not words or len(words) > _NAME_WORDS or len(value) > 60 or re.search(r"\d|[:;?!(@]", value):
        return None
    return None if value[0].islower() or wordings.OWN_WORDS.match(value.lower()) else value


def _by_name(name: str, agencies: Agencies, how: How, masked: Masked, part: tuple[int, int]) -> Credit:
    """The credit of whoever has that name, in the list or not; `part` is where it stands in the masked text."""
    agency = agencies.of_name(name) or (agencies.of_url(f"http://{name}") if "." in name else None)
    shift = sum(place.end - place.start - 1 for place in masked.names if place.at < part[0])
    size = len(masked.folded.text)
    begin, end = masked.folded.span(min(part[0] + shift, size - 1), min(max(part[1] + shift, 1), size))
    return made(
        agency, how, "text", masked.offset + begin, masked.offset + end, name=name, phrase=masked.around(begin, end)
    )


# ---------------------------------------------------------------------------------------------- signatures

_SIGNED = 200
_SIGNATURE = re.compile(
    rf"(?P<open>[(/])\s*(?:agencies|agency|source|via|by|автор|из)?[\s:,/-]*(?P<a>{wordings.ANY})(?P<more>[^()\[\]/]{{0,40}})[)\]/]\s*\.?\s*$"
    rf"|(?:^|[.!?…\"'।۔。)]\s*|\s)[-]{{1,2}}\s?(?P<b>{wordings.ANY})\s*\.?\s*$"
    rf"|(?:^|[.!?…\"'।۔。]\s*)(?:via\s)?(?P<c>{wordings.ANY})(?:\s(?:[A-Z]{{2,4}}|/))*\s*\.?\s*$"
    rf"|^\W*(?:©|\(c\)|copyright)[\s\d,-]*(?:the )?(?P<d>{wordings.ANY})[^/]{{0,40}}$"
    rf"|^[\W_]*(?P<e>{wordings.ANY})[\W_]*\(\s?\d{{4}}\s?年[^()]{{0,24}}版\s?\)\W*$",
    re.IGNORECASE,
)


def signed(masked: Masked) -> Iterator[Credit]:
    """An agency at the end of one of the last lines: ``(PTI)``, ``—APP``, ``/ТАСС/``."""
    # it is the end of a line, and of a long one only that is looked at
    found = _SIGNATURE.search(masked.cased, max(0, len(masked.cased) - _SIGNED)) if masked.names else None
    if not found or not found.lastgroup:
        return
    for group in "abcde":
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
            yield masked.credit(place, "signature")
        return
