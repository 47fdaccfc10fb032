"""Other people of a listed name: «Ольга Лаврова» is nobody's foreign minister, nor is Fyodor Lavrov, nor 歌手王毅."""

from __future__ import annotations

import re
from functools import lru_cache

from monitor.watchlist.givennames import GIVEN
from monitor.watchlist.normal import Normal

_WORD_BEFORE = re.compile(r"([А-Я](?:[а-я]+|[А-Я]+)) $")
#: Behind a name: his son, or whoever else is the younger of two; a firm.
_SONS = (" jr", ", jr", "-младш", "-мл.")
_OTHERS = (*_SONS, " ventures", " holdings", " industries", " motors", " enterprises", " ltd", " llc")
#: Chinese names of two or three characters are shared by thousands; these are what news calls the others.
_TRADES = (
    "演员",
    "歌手",
    "主持人",
    "导演",
    "画家",
    "棋手",
    "球员",
    "教练",
    "选手",
    "医生",
    "律师",
    "民警",
    "村民",
    "居民",
)
_BEFORE = (*_TRADES, "学生", "摄影师", "工程师", "嫌疑人", "被告人", "通讯员", "报记者", "网记者", "台记者")
_BEHIND = ("教授", "副教授", "老师", "同学", "医生", "医师", "律师", "工程师")
#: The characters right beside a Chinese name without which it is nobody else's.
TELLING = frozenset((*(w[-1] for w in _BEFORE), *(w[0] for w in _BEHIND)))
_SENTENCE = re.compile(r"(?:^|[.!?:;»\"\n] ?)$")


def given_before(cased: str, start: int) -> str | None:
    """The Russian given name that stands right before a name at `start` of a folded text, in its basic form; None:
    there is none, or it may as well be the first word of a sentence (`Надежда Лаврова на диалог`)."""
    if start < 3 or cased[start - 1] != " ":
        return None
    begin = cased.rfind(" ", 0, start - 1) + 1
    match = _WORD_BEFORE.search(cased[begin:start])
    if match is None:
        return None
    given, is_word = _read(match[1].lower())
    # of words in capitals nothing tells НАДЕЖДА from hope
    as_word = match[1].isupper() or _SENTENCE.search(cased[max(0, begin - 2) : begin + match.start(1)]) is not None
    return None if as_word and is_word else given


@lru_cache(maxsize=4_000)
def _read(word: str) -> tuple[str | None, bool]:
    """The word's basic form as a given name, None: it is none; and whether it may be a common word too."""
    from monitor.text.bases import morphology

    readings = [parse for parse in morphology().parse(word) if parse.is_known]
    # nobody is called by a plural: «Саидов» is a surname
    names = [parse.normal_form.replace("ё", "е") for parse in readings if {"Name", "sing"} in parse.tag]
    others = any(not {"Name", "Surn", "Patr"} & set(parse.tag.grammemes) for parse in readings)
    return (names[0] if names else None), others


def english_given_before(cased: str, start: int) -> str | None:
    """The same of an English text: one of monitor.watchlist.givennames."""
    if start < 3 or cased[start - 1] != " ":
        return None
    word = cased[cased.rfind(" ", 0, start - 1) + 1 : start - 1].lstrip("\"'(")
    given = word.lower()
    return given if given in GIVEN and word[0].isupper() else None


def other_behind(text: str, end: int) -> str | None:
    """What behind a Russian or English name makes it that of a son or a firm; None: nothing."""
    if not text.startswith(_OTHERS, end):
        return None
    return next(word for word in _OTHERS if text.startswith(word, end)).strip("-, ")


def trade_beside(normal: Normal, start: int, end: int) -> str | None:
    """The trade that Chinese texts put before or behind the name of somebody who is no statesman; None: there is none.

    Before the name it counts only with nothing between them: a headline may end there.
    """
    text = normal.text
    if (behind := next((word for word in _BEHIND if text.startswith(word, end)), None)) is not None:
        return behind
    before = next((word for word in _BEFORE if text.endswith(word, 0, start)), None)
    if before is None:
        return None
    begin, stop = normal.way.span(start - 1, start + 1)
    return before if stop - begin == 2 else None
