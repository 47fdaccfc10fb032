"""What changed between two texts of an article, word by word, and which of it is weighty."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import product, takewhile
from typing import Literal

from monitor.identity.conflicts import countries, sign_names
from monitor.identity.figures import figures, sign_figures
from monitor.identity.tokens import title_words
from monitor.text.fold import fold

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

# Small closed classes of words, in the languages of the pack. Numbers that identity.figures does not know.
_NUMBER_WORDS = """
one dozen half thousand million billion trillion один одна одно тысяч тысяча тысячи миллион миллиона миллионов
миллиард миллиарда миллиардов триллион половина
یک دو سه چهار پنج شش هفت هشت ده یازده دوازده سیزده چهارده پانزده شانزده هفده هجده نوزده بیست
صد هزار میلیون میلیارد تریلیون
ایک تین پانچ چھ سات آٹھ نو دس گیارہ بارہ تیرہ چودہ پندرہ سولہ سترہ اٹھارہ انیس بیس لاکھ کروڑ ارب
एक दो तीन चार पांच छह सात आठ नौ दस ग्यारह बारह तेरह चौदह पंद्रह सोलह सत्रह अठारह उन्नीस बीस सौ हजार लाख करोड़
бір екі үш төрт бес алты жеті сегіз тоғыз он жиырма жүз мың бир эки беш жети сегиз тогуз жыйырма миң
ikki uch to'rt besh olti yetti sakkiz toqqiz o'n yigirma yuz ming ду се чор панҷ шаш ҳафт ҳашт нуҳ даҳ бист сад ҳазор
üç dört beş altı yedi sekiz dokuz yirmi yüz bin ثلاثة أربعة خمسة ستة سبعة ثمانية تسعة عشرة مئة مائة ألف مليون مليار
"""
_NEGATION_WORDS = """
not no never none nor neither nobody nothing cannot without denied denies refused
не ни нет нельзя никогда никто ничего без опроверг опровергла отрицает
نه نیست نبود نکرد نشد نخواهد هیچ بدون هرگز نہیں نہ بغیر غیر नहीं न बिना कभी मत لا لن لم ليس ليست دون
емес жоқ эмес жок emas yo'q yoq нест ҳеҷ няма
"""
_NUMBERS, _NEGATIONS = (frozenset(map(fold, words.split())) for words in (_NUMBER_WORDS, _NEGATION_WORDS))
_NEGATED = re.compile(r"n't$|^نمی|^(?:degil|emas|емес|эмес)|гүй$")
# with the words in which they say nothing of the kind: 莫斯科, 未来, 非洲
_HAN_NOT = re.compile(
    "不(?![断仅但过久少止管论]|同(?!意))|没|无(?![论人线])|未(?!来)|(?<!除)非(?![洲常政])|(?<!是)否|勿|莫(?![斯迪])"
)
# one word, and the same one with its opposite
_OPPOSITE = re.compile(r"(?:не|un|non|il(?=l)|ir(?=r)|im(?=possib|probab)|نا|غیر|на(?=ме))(\w{4,})")
# what stands behind the stem of a verb that says no: қатыс-пайды, etmaydi, gelmedi
_NO_VERB = re.compile(
    r"[мбп][аеоө](?:й(?:ды|ді|т|м|быз)|ды|ді|ди|ған|ген|ган|гон|гөн|с$)|ma(?:y|di|gan|s)|m[ae](?:y|z|d[iıae])|m[iıuü]yor"
)
# endings of the forms of one name in Russian and its neighbours, and those that others put behind the whole name
_CASES = re.compile(r"(?:[аеиоуыэюяьй]|[аеоыи][вмх]|[оеыа][йяе]|ую|юю|ого|ему|ому|ами|ями|им|ым|ыми|ией)?")
_BEHIND = re.compile(r"(?:[дтн][аеыіиуүоө](?:ң|н|нг)?|[ғгқк][аеоө]|[мбп]ен|'?(?:s|ning|[dtn][aeiı]n?|[gkq]a))?")


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


@dataclass(frozen=True, slots=True)
class _Side:
    """The words of one text that differ, among those of their sentence."""

    text: str
    words: Sequence[_Word]
    start: int
    end: int
    #: Where they stand, or would.
    at: int

    @property
    def own(self) -> Sequence[_Word]:
        return self.words[self.start : self.end]

    def around(self, more: int) -> str:
        """The words with so many on either side: what belongs to them, as in 1.4 billion, need not differ."""
        if not more and self.start == self.end:
            return ""
        part = self.words[max(0, self.start - more) : self.end + more]
        return self.text[part[0].start : part[-1].end] if part else ""


def _field_changes(field: Literal["title", "text"], before: str, after: str) -> list[Change]:
    if before == after:
        return []
    found: list[Change] = []
    for old, new in _differing(before, after, (0, len(before)), (0, len(after)), _CUTS):
        a, b = _words(before, *old), _words(after, *new)
        for what, a1, a2, b1, b2 in _word_edits(a, b):
            if what != "equal":
                one = _Side(before, a, a1, a2, _at(a, a1, old))
                other = _Side(after, b, b1, b2, _at(b, b1, new))
                found.append(_change(field, one, other))
    return found


_Span = tuple[int, int]
_CUTS = (_LINE, _SENTENCE)
#: Words of two stretches that are compared one by one, which takes the square of their number; longer ones are one
#: change as a whole.
_MOST_WORDS = 3000
#: Words of a stretch that are looked at for their opposites, and those around one in which a name can go on.
_FEW, _NAME_SIGNS = 12, 4


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


def _change(field: Literal["title", "text"], old: _Side, new: _Side) -> Change:
    return Change(
        field=field,
        before=old.around(0),
        after=new.around(0),
        before_at=old.at,
        after_at=new.at,
        marks=_marks(field, old, new),
    )


def _marks(field: str, old: _Side, new: _Side) -> tuple[Mark, ...]:
    found: set[Mark] = set()
    if field == "title" and _letters(old.own) != _letters(new.own):
        found.add("title")
    if _numbers(old.around(1)) != _numbers(new.around(1)):
        found.add("number")
    if _other_names(old, new):
        found.add("name")
    here, there = ([fold(word.text) for word in side.own] for side in (old, new))
    if _negations(old, here) != _negations(new, there) or _denied(here, there):
        found.add("negation")
    return tuple(mark for mark in MARKS if mark in found)


def _letters(words: Sequence[_Word]) -> str:
    return "".join(word.text for word in words if word.text[0].isalnum()).casefold()


# ---------------------------------------------------------------------------------------------- numbers


def _numbers(text: str) -> set[str]:
    """What the figures of a stretch say, however they are written."""
    words = title_words(text)
    if isinstance(words, str):
        return {figure.value for figure in sign_figures(words)}
    said = {f"month {f.value}" if f.kind == "month" else f.value for f in figures(words)}
    scaled = {at + 1 for at, word in enumerate(words) if word[0].isdigit()}
    return said | {word for at, word in enumerate(words) if word in _NUMBERS and at not in scaled}


# ---------------------------------------------------------------------------------------------- names


def _other_names(old: _Side, new: _Side) -> bool:
    if sign_names(old.around(_NAME_SIGNS)) != sign_names(new.around(_NAME_SIGNS)):
        return True
    here, there = ({fold(word.text) for word in side.own if _is_name(word)} for side in (old, new))
    return _new_among(here - there, there) or _new_among(there - here, here)


def _new_among(names: set[str], others: set[str]) -> bool:
    return any(not any(_same_name(name, other) for other in others) for name in names)


def _is_name(word: _Word) -> bool:
    """By its capital; in scripts without, countries."""
    return (not word.first and word.text[0].isupper() and len(word.text) > 1) or fold(word.text) in countries()


def _same_name(one: str, two: str) -> bool:
    """Whether they differ by what a name takes on in its cases at most: Лаврова, Лавровым."""
    stem = _stem(one, two)
    if stem < 3:
        return False
    if stem == min(len(one), len(two)) and _BEHIND.fullmatch(one[stem:] or two[stem:]):
        return True
    return not one.isascii() and any(
        _CASES.fullmatch(one[at:]) and _CASES.fullmatch(two[at:]) for at in (stem, stem - 1)
    )


# ---------------------------------------------------------------------------------------------- negations


def _negations(side: _Side, words: Sequence[str]) -> int:
    """How many there are: `did not` and `didn't` are one."""
    said = sum(word in _NEGATIONS or _NEGATED.search(word) is not None for word in words)
    return said + len(_HAN_NOT.findall(fold(side.around(2))))


def _denied(here: Sequence[str], there: Sequence[str]) -> bool:
    return any(_opposite(one, two) for one, two in product(here[:_FEW], there[:_FEW]) if one != two)


def _opposite(one: str, two: str) -> bool:
    """Whether one word of two says the opposite by what stands before it or behind its stem."""
    for said, denied in ((one, two), (two, one)):
        if (found := _OPPOSITE.fullmatch(denied)) and found[1] == said:
            return True
        stem = _stem(said, denied)
        ends_alike = 2 <= stem < len(said) and (said[-1] == denied[-1] or said[-1] + denied[-1] == "rz")
        if ends_alike and _NO_VERB.match(denied, stem) and not _NO_VERB.match(said, stem):
            return True
    return False


def _stem(one: str, two: str) -> int:
    """How many letters two words begin with in common."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, two, strict=False)))
