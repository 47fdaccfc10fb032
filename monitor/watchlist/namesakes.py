"""Other people of a listed surname: «Ольга Лаврова» is nobody's foreign minister, nor is Fyodor Lavrov."""

from __future__ import annotations

import re
from functools import lru_cache

from monitor.watchlist.givennames import GIVEN

_WORD_BEFORE = re.compile(r"([А-Я](?:[а-я]+|[А-Я]+)) $")
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
    names = [parse.normal_form.replace("ё", "е") for parse in readings if "Name" in parse.tag]
    others = any(not {"Name", "Surn", "Patr"} & set(parse.tag.grammemes) for parse in readings)
    return (names[0] if names else None), others


def english_given_before(cased: str, start: int) -> str | None:
    """The same of an English text: one of monitor.watchlist.givennames."""
    if start < 3 or cased[start - 1] != " ":
        return None
    word = cased[cased.rfind(" ", 0, start - 1) + 1 : start - 1].lstrip("\"'(")
    given = word.lower()
    return given if given in GIVEN and word[0].isupper() else None
