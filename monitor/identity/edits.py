"""What changed between two texts of an article, word by word, and which of it is weighty."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

Mark = Literal["title", "number", "name", "negation"]
#: Marks in the order in which they are shown.
MARKS: tuple[Mark, ...] = ("title", "number", "name", "negation")

# Letters with the signs that belong to them: accents, Arabic vowels, Devanagari vowels.
_LETTER = r"(?:[^\W_]|[\u0300-\u036f\u064b-\u065f\u0670\u0900-\u0903\u093a-\u094f\u0951-\u0957\u0962\u0963])"
# A number with its separators, one character of a script without spaces, a word, or any other sign.
_WORD = re.compile(
    r"\d+(?:[.,:]\d+)*%?|[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]"
    rf"|{_LETTER}+(?:['’ʻʼ\u200c-]{_LETTER}+)*|[^\w\s]"
)
_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_SENTENCE = re.compile(r".*?(?:[.!?…]+(?=\s)|[。！？؟۔।]|$)\s*", re.DOTALL)
_ENDS = frozenset('.!?…。！？؟۔।:\n"“«„')

# Small closed classes of words, in the languages of the pack.
_NUMBER_WORDS = """
one two three four five six seven eight nine ten eleven twelve dozen half hundred thousand million billion trillion
first second third fourth fifth sixth seventh eighth ninth tenth
один одна одно два две три четыре пять шесть семь восемь девять десять сто тысяч тысяча тысячи
миллион миллиона миллионов миллиард миллиарда миллиардов триллион половина
первый первая второй вторая третий третья четвёртый пятый
یک دو سه چهار پنج شش هفت هشت ده صد هزار میلیون میلیارد تریلیون ایک تین لاکھ کروڑ ارب
एक दो तीन चार पांच सौ हजार लाख करोड़
бір екі үш төрт бес он жүз мың бир эки төрт беш жүз миң ikki uch besh yuz ming ду се панҷ сад ҳазор
〇 零 一 二 两 三 四 五 六 七 八 九 十 百 千 万 亿 萬 億 兆
"""
_NEGATION_WORDS = """
not no never none nor neither nobody nothing cannot without denied denies refused
не ни нет нельзя никогда никто ничего без опроверг опровергла отрицает
نه نیست نبود نکرد نشد نخواهد هیچ بدون هرگز نہیں نہ بغیر नहीं न बिना कभी मत
емес жоқ эмес жок emas yoʻq yo'q yoq нест ҳеҷ няма
不 没 沒 無 无 未 非 否 勿 别 莫
"""
_NUMBERS, _NEGATIONS = frozenset(_NUMBER_WORDS.split()), frozenset(_NEGATION_WORDS.split())
_NEGATED = re.compile(r"n['’]t$|^(?:نمی|نمي)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One stretch that says something else."""

    field: Literal["title", "text"]
    #: What stood there and what stands there now; empty: nothing.
    before: str
    after: str
    #: Code points of those in their fields.
    before_at: int
    after_at: int
    #: Why it is weighty; empty: it is not.
    marks: tuple[Mark, ...]


def changes(before: tuple[str, str], after: tuple[str, str]) -> tuple[Change, ...]:
    """All that differs between two titles with their texts, in order."""
    return (
        *_field_changes("title", before[0], after[0]),
        *_field_changes("text", before[1], after[1]),
    )


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    start: int
    end: int
    #: Begins a sentence: a capital letter there is no sign of a name.
    first: bool


def _field_changes(field: Literal["title", "text"], before: str, after: str) -> list[Change]:
    if before == after:
        return []
    found: list[Change] = []
    for old, new in _differing(before, after, (0, len(before)), (0, len(after)), _CUTS):
        a, b = _words(before, *old), _words(after, *new)
        for what, a1, a2, b1, b2 in _word_edits(a, b):
            if what != "equal":
                found.append(_change(field, before, after, a[a1:a2], b[b1:b2], _at(a, a1, old), _at(b, b1, new)))
    return found


_Span = tuple[int, int]
_CUTS = (_LINE, _SENTENCE)
#: Words of two stretches that are compared one by one, which takes the square of their number; longer ones are one
#: change as a whole.
_MOST_WORDS = 3000


def _differing(
    before: str, after: str, old: _Span, new: _Span, cuts: Sequence[re.Pattern[str]]
) -> Iterator[tuple[_Span, _Span]]:
    """Stretches that are not the same: of lines first, then of sentences within these."""
    if not cuts or old[0] == old[1] or new[0] == new[1]:
        yield old, new
        return
    a, b = _cut(before, old, cuts[0]), _cut(after, new, cuts[0])
    matcher = SequenceMatcher(None, [before[s:e] for s, e in a], [after[s:e] for s, e in b], autojunk=False)
    for what, a1, a2, b1, b2 in matcher.get_opcodes():
        if what == "replace" and a2 - a1 == b2 - b1:
            for one, other in zip(a[a1:a2], b[b1:b2], strict=True):
                yield from _differing(before, after, one, other, cuts[1:])
        elif what != "equal":
            yield from _differing(before, after, _whole(a, a1, a2, old), _whole(b, b1, b2, new), cuts[1:])


def _cut(text: str, span: _Span, cut: re.Pattern[str]) -> list[_Span]:
    return [found.span() for found in cut.finditer(text, *span) if found.group()]


def _whole(spans: Sequence[_Span], first: int, after: int, within: _Span) -> _Span:
    """From the first of these to the last; where there are none, the place between their neighbours."""
    start = spans[first][0] if first < len(spans) else within[1]
    return start, spans[after - 1][1] if after > first else start


def _word_edits(a: Sequence[_Word], b: Sequence[_Word]) -> Sequence[tuple[str, int, int, int, int]]:
    if len(a) + len(b) > _MOST_WORDS:
        return [("replace", 0, len(a), 0, len(b))]
    return SequenceMatcher(None, [w.text for w in a], [w.text for w in b], autojunk=False).get_opcodes()


def _words(text: str, start: int, end: int) -> list[_Word]:
    found: list[_Word] = []
    last = start
    for match in _WORD.finditer(text, start, min(end, len(text))):
        between = text[last : match.start()]
        first = not found or "\n" in between or found[-1].text in _ENDS
        found.append(_Word(match.group(), match.start(), match.end(), first))
        last = match.end()
    return found


def _at(words: Sequence[_Word], index: int, line: tuple[int, int]) -> int:
    if index < len(words):
        return words[index].start
    return words[-1].end if words else line[0]


def _change(
    field: Literal["title", "text"],
    before: str,
    after: str,
    old: Sequence[_Word],
    new: Sequence[_Word],
    before_at: int,
    after_at: int,
) -> Change:
    return Change(
        field=field,
        before=before[old[0].start : old[-1].end] if old else "",
        after=after[new[0].start : new[-1].end] if new else "",
        before_at=before_at,
        after_at=after_at,
        marks=_marks(field, old, new),
    )


def _marks(field: str, old: Sequence[_Word], new: Sequence[_Word]) -> tuple[Mark, ...]:
    found: set[Mark] = set()
    if field == "title" and _letters(old) != _letters(new):
        found.add("title")
    for mark, chosen in (("number", _is_number), ("name", _is_name), ("negation", _is_negation)):
        if {w.text.casefold() for w in old if chosen(w)} != {w.text.casefold() for w in new if chosen(w)}:
            found.add(mark)  # type: ignore[arg-type]
    return tuple(mark for mark in MARKS if mark in found)


def _letters(words: Sequence[_Word]) -> str:
    return "".join(word.text for word in words if word.text[0].isalnum()).casefold()


def _is_number(word: _Word) -> bool:
    return word.text[0].isdigit() or word.text.casefold() in _NUMBERS


def _is_name(word: _Word) -> bool:
    """In scripts with capitals; names in others are known by the watchlist alone."""
    return not word.first and word.text[0].isupper() and len(word.text) > 1


def _is_negation(word: _Word) -> bool:
    return word.text.casefold() in _NEGATIONS or bool(_NEGATED.search(word.text))
