"""Sentences by which a whole text is somebody else's report: `X reports`, «сообщает X», 据X报道."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from monitor.identity import wordings
from monitor.identity.evidence import Credit
from monitor.identity.lines import is_place_and_day
from monitor.identity.masked import Masked, Place, sentences
from monitor.text.fold import HAN

#: A text of at most so many sentences is about one thing, so that its second and last sentence speak for it as well.
_SHORT_TEXT = 5
#: So many sentences begin a text: what they close with, or open with in Chinese, is said of it as a rule, and now and
#: then only of that sentence; so is what the last one closes with.
_BEGINNING = 3
_BY_ITS_EDGE = 0.5
#: A first line that is shorter and ends in no full stop is a headline or a caption.
_HEADLINE = 200
_DATELINE = 60
_PLACE_WORDS = 2
_DAY = re.compile(r"[^\W\d_], (?:\d{1,2} [^\W\d]+|[^\W\d]+ \d{1,2})(?:,? \d{4})?\.\s*$")
_ENDS = re.compile(r"[.!?؟。।۔…:;\"'»”)\]]\s*$")
#: «…, передает ТАСС.», «…, сообщает ТАСС со ссылкой на …»; in English only as translations have it, since
#: `…, Reuters said.` is one of several voices there.
_LAST_WORDS = re.compile(
    rf"[^\W\d_a-z].*{wordings.ANY}(?:,? (?:со ссылкой на|ссылаясь на) [^,]*)?\W*$"
    rf"|, (?:reports|writes) [^,]{{0,40}}{wordings.ANY}\W*$"
)
#: What is remarked or claimed, or stands there `as X reports`, is one statement of several.
_REMARKED = re.compile(r"(?:(?:отмеча|уточня|утвержда|рассказыва)\w+|как (?:сообща|переда|пиш)\w+)[^,]*$")
#: «据彭博社报道，…» at the head of a paragraph, which may name the outlet first: 【…】, 羊城晚报讯.
_FIRST_WORDS = re.compile(rf"^\W*(?:【[^】]{{0,20}}】|[^。,:;]{{0,16}}(?:讯|消息))?\W*(?:据|根据){wordings.ANY}")


def whole_report(lines: Sequence[Masked], lang: str | None, *, cut: bool) -> Iterator[Credit]:
    """The credits in sentences by which the whole text is somebody else's report.

    `lines` are the text's paragraphs, or of a text that was `cut` its first and last ones.
    """
    if not any(masked.names for masked in lines):
        return
    while len(lines) > 1 and len(lines[0].line) < _HEADLINE and not _ENDS.search(lines[0].line):
        lines = lines[1:]
    told = [(masked, text, begin) for masked in lines for text, begin in sentences(masked)]
    while len(told) > 1 and _is_dateline(*told[0]):
        told = told[1:]
    count = len(told)
    short = count <= _SHORT_TEXT and not cut
    for number, (masked, text, begin) in enumerate(told):
        if not masked.names or not wordings.MASKS.search(text) or not (number <= 2 or number >= count - 3):
            continue
        stands = number == 0 or (short and (number == 1 or number == count - 1))
        for place in reported(text, masked, lang, begin, stands=stands):
            yield masked.credit(place, "reports")
        if not stands and (number < _BEGINNING or number == count - 1) and _is_of_all(text, first=begin == 0):
            for place in reported(text, masked, lang, begin):
                yield masked.credit(place, "reports", _BY_ITS_EDGE)


def _is_of_all(text: str, *, first: bool) -> bool:
    """Whether a sentence within a text names whose report that is where such a name stands: at the close, or at the
    head of a Chinese paragraph of which it is the `first`."""
    if first and _FIRST_WORDS.search(text):
        return True
    return _LAST_WORDS.search(text) is not None and not _REMARKED.search(text)


def _is_dateline(masked: Masked, text: str, begin: int) -> bool:
    """Whether a sentence is a place or a day, and so none: `BAKU, Azerbaijan, November 20.`, `Астана. Казахстан.`"""
    cased = masked.cased[begin : begin + len(text)]
    words = cased.split()
    place = bool(_DAY.search(cased)) or (len(words) <= _PLACE_WORDS and all(word[0].isupper() for word in words))
    return len(text) < _DATELINE and place and not wordings.MASKS.search(text) and is_place_and_day(cased)


def _together(text: str, at: int) -> Iterator[int]:
    """Where a name stands, and before it one that is joined to it by `and`."""
    yield from (found.start() for found in wordings.AND.finditer(text) if found.end() == at)
    yield at


def reported(text: str, masked: Masked, lang: str | None, begin: int = 0, *, stands: bool = True) -> Iterator[Place]:
    if wordings.BACKGROUND.search(text):
        return
    for code in _languages(text, lang):
        for pattern in (wordings.whole(code), wordings.reports(code) if stands else None):
            for found in pattern.finditer(text) if pattern else ():
                for mask in wordings.MASKS.finditer(text, found.start(), found.end()):
                    if code in ("en", "zh") and wordings.NOT_BEFORE.match(text, mask.end()):
                        continue
                    if place := masked.place(begin + mask.start()):
                        yield from (masked.place(begin + at) or place for at in _together(text, mask.start()))


_SCRIPTS: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...] = (
    (re.compile(f"[{HAN}]"), ("zh",)),
    (re.compile("[\u0400-\u052f]"), ("ru", "kk", "ky", "tg", "be", "uz", "mn")),
    (re.compile("[\u0600-\u06ff]"), ("fa", "ur", "ar")),
    (re.compile("[\u0900-\u097f]"), ("hi",)),
    (re.compile("[a-z]"), ("en", "uz", "tr", "az")),
)


def _languages(text: str, lang: str | None) -> tuple[str, ...]:
    """The languages whose wordings are looked for: those of the script, the article's own where that is one of them."""
    for script, languages in _SCRIPTS:
        if len(script.findall(text)) * 4 >= len(text):
            return (lang,) if lang and lang in languages and lang not in ("ru", "en") else languages
    return ()
