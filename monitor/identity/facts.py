"""What is taken from an article to know its story again: its words, and what means the same in every language.

::

    word       base form of a word, two characters of a Chinese one; compared within a language only
    name       the sound of a capitalised word (monitor.identity.skeletons): Latin and Cyrillic alike
    number     3 million = 3 млн = 300万 (monitor.identity.amounts)
    ordinal    12th = двенадцатый = 第十二
    day        24 July = 24 июля = 7月24日
    entry      an entry of the watchlist that the article names
    place      of the gazetteer
    happening  earthquake = землетрясение = 地震

Each has a weight of its own (how often, and whether in the title) and tells more the rarer it is among the articles
that were seen lately (monitor.identity.rarity).
"""

from __future__ import annotations

import re
import struct
import sys
from array import array
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache, partial
from itertools import chain
from math import ceil, log, sqrt
from operator import xor
from typing import NamedTuple
from zlib import crc32

from monitor.identity.amounts import figures, number_word
from monitor.identity.meanings import Meanings, base, words
from monitor.identity.skeletons import skeleton
from monitor.text.bases import Plan, plan
from monitor.text.fold import HAN, fold

#: Characters of a text that are looked at: news says what happened at its beginning.
LEAD = 2000
#: Characters of its very beginning, where the news itself stands, and how often a fact counts that is said there.
HEAD = 800
HEAD_COUNTS = 4
#: A Chinese text says as much in so many times fewer characters.
DENSER = 2.5


class Kind(IntEnum):
    """What a fact is; the uppermost three bits of its number."""

    WORD = 0
    NAME = 1
    NUMBER = 2
    DAY = 3
    ENTRY = 4
    PLACE = 5
    HAPPENING = 6
    ORDINAL = 7


#: Facts kept of an article, by kind: the rarest.
KEPT = {
    Kind.WORD: 50,
    Kind.NAME: 20,
    Kind.NUMBER: 8,
    Kind.DAY: 5,
    Kind.ENTRY: 10,
    Kind.PLACE: 10,
    Kind.HAPPENING: 12,
    Kind.ORDINAL: 5,
}
KINDS = tuple(Kind)
_SHIFT = 29
_MASK = (1 << _SHIFT) - 1


def fact(kind: Kind, said: str) -> int:
    """The number of a fact: the same in every process, 32 bits."""
    return kind << _SHIFT | crc32(said.encode()) & _MASK


def kind_of(number: int) -> Kind:
    return KINDS[number >> _SHIFT]


class Seen(NamedTuple):
    """What an article says: fact -> how often, title and text apart; and its characters."""

    title: dict[int, int]
    text: dict[int, int]
    size: int = 0


class _Word(NamedTuple):
    base: str
    facts: tuple[int, ...]
    #: That of its base form as a word, whether the article's facts have it or not.
    fact: int
    #: 0: none.
    name: int


_HAN = re.compile(f"[{HAN}]+")
#: Words and Chinese characters that are remembered: of words so many twice.
_ROUND, _CHARACTERS = 50_000, 20_000
#: No fact: the word is the first of a place or happening of several.
_STARTS_ROW = -1


class _Words(dict[str, tuple[int, ...]]):
    """What the words met lately say, as facts: those of this round, and of the one before it."""

    def __init__(self, made: Callable[[str], _Word]) -> None:
        self._made = made
        #: Those that can be names, and those that can begin the name of a place or happening.
        self.names: dict[str, _Word] = {}
        self.first: set[str] = set()
        self._before: dict[str, tuple[int, ...]] = {}
        self._names_before: dict[str, _Word] = {}

    def turn(self) -> None:
        """To be called between two texts: begins a new round when this one is full."""
        if len(self) >= _ROUND:
            self._before, self._names_before = dict(self), self.names
            self.names, self.first = {}, set()
            self.clear()

    def __missing__(self, token: str) -> tuple[int, ...]:
        facts, name = self._before.get(token), self._names_before.get(token)
        if facts is None:
            word = self._made(token)
            facts, name = word.facts, word if word.name else None
        if name is not None:
            self.names[token] = name
        if _STARTS_ROW in facts:
            self.first.add(token)
        self[token] = facts
        return facts


class Reader:
    """Takes facts from articles; remembers the words met lately."""

    def __init__(self, places: Meanings, happenings: Meanings) -> None:
        self._lists = ((Kind.PLACE, places), (Kind.HAPPENING, happenings))
        #: By the fact of their first two characters: names, the longest first, with what they mean.
        self._han: dict[int, list[tuple[str, int]]] = {}
        for kind, names in self._lists:
            for name, key in names.han.items():
                self._han.setdefault(fact(Kind.WORD, name[:2]), []).append((name, fact(kind, key)))
        for found in self._han.values():
            found.sort(key=lambda one: -len(one[0]))
        #: What is in the lists at all, by itself or as the first of a row.
        self._named = frozenset(word for _, names in self._lists for word in names.words)
        self._first = frozenset(word for _, names in self._lists for word in names.rows)
        self._longest_row = max(names.longest_row for _, names in self._lists)
        self._known: dict[Plan, _Words] = {}

    def read(self, title: str, text: str, lang: str | None, entries: Iterable[tuple[str, bool]] = ()) -> Seen:
        """The facts of title and text; `entries` are ids of the watchlist and whether the title names them."""
        rules = plan(lang)
        head, rest = _parted(text)
        # a word that is said once, and not at the beginning, is hardly ever among those that are kept
        body = {n: count for n, count in self._facts(rest, rules).items() if count > 1 or n >> _SHIFT}
        for number, count in self._facts(head, rules).items():
            body[number] = body.get(number, 0) + HEAD_COUNTS * count
        seen = Seen(self._facts(title, rules), body, len(title) + len(text))
        for entry, in_title in entries:
            _count(seen.title if in_title else seen.text, fact(Kind.ENTRY, entry))
        return seen

    def _facts(self, text: str, rules: Plan) -> Counter[int]:
        found: Counter[int] = Counter()
        runs = [] if text.isascii() else _HAN.findall(text)
        if runs and 5 * sum(map(len, runs)) > len(text):
            self._chinese(text, found)
            text = _HAN.sub(" ", text)
        else:
            for said in figures(text, han=False):
                _count(found, _figure(said))
        self._alphabetic(text, rules, found)
        return found

    def _chinese(self, text: str, found: Counter[int]) -> None:
        folded = fold(text)
        for said in figures(folded, han=True):
            _count(found, _figure(said))
        said = _BETWEEN.join(_HAN.findall(folded))
        found.update(_pairs(said))
        for first in self._han.keys() & found.keys():
            names = self._han[first]
            pair = names[0][0][:2]
            at = said.find(pair)
            while at >= 0:
                for name, means in names:
                    if said.startswith(name, at):
                        found[means] += 1
                        break
                at = said.find(pair, at + 1)

    def _alphabetic(self, text: str, rules: Plan, found: Counter[int]) -> None:
        tokens = words(text)
        known = self._known.get(rules)
        if known is None:
            known = self._known[rules] = _Words(partial(self._word, rules))
        known.turn()
        found.update(chain.from_iterable(map(known.__getitem__, tokens)))
        names = known.names
        capitals = Counter(filter(names.__contains__, tokens))
        for token, count in capitals.items():
            word = names[token]
            said = found.get(word.fact)
            if said is None:
                alone = word.base not in tokens
            else:
                alone = said == count or said == sum(
                    n for other, n in capitals.items() if names[other].base == word.base
                )
            if alone:  # the text never writes it without a capital
                found[word.name] += count
        if found.pop(_STARTS_ROW, 0):
            self._rows(tokens, [at for at, token in enumerate(tokens) if token in known.first], rules, found)

    def _rows(self, tokens: Sequence[str], begins: Iterable[int], rules: Plan, found: Counter[int]) -> None:
        for at in begins:
            row = [_form(token, rules)[1] for token in tokens[at : at + self._longest_row]]
            for kind, names in self._lists:
                if key := names.row(row, 0):
                    found[fact(kind, key)] += 1

    def _word(self, rules: Plan, token: str) -> _Word:
        folded, form = _form(token, rules)
        capital = token[0].isupper()
        said = fact(Kind.WORD, form)
        facts = []
        for kind, names in self._lists if form in self._named or folded in self._named else ():
            key = names.words.get(form) or names.words.get(folded)
            if key and (kind is not Kind.PLACE or capital or not folded.isascii()):
                facts.append(fact(kind, key))
        if number := number_word(folded):
            facts.append(_figure(number))
        if (len(form) > 2 or not form.isascii()) and form not in EMPTY:
            facts.append(said)
        if form in self._first:
            facts.append(_STARTS_ROW)
        sound = ""
        if capital and form not in EMPTY:
            sound = skeleton(folded if form.endswith(("ть", "ти", "чь")) else form)
        return _Word(form, tuple(facts), said, fact(Kind.NAME, sound) if sound else 0)


@lru_cache(maxsize=4_000)  # what stands behind the first word of a row is looked at again and again
def _form(token: str, rules: Plan) -> tuple[str, str]:
    """A word folded, and its base form."""
    folded = (token.lower() if token.isascii() else fold(token)).removesuffix("'s")
    return folded, base(folded, rules)


def _parted(text: str) -> tuple[str, str]:
    """The beginning of a text and what follows, cut where a word ends."""
    beginning = text[:HEAD]
    chinese = not beginning.isascii() and 2 * sum(map(len, _HAN.findall(beginning))) > len(beginning)
    head, lead = (int(HEAD / DENSER), int(LEAD / DENSER)) if chinese else (HEAD, LEAD)
    if len(text) <= head:
        return text, ""
    cut = text.find(" ", head, head + 40)
    cut = cut if cut > 0 else head
    return text[:cut], text[cut:lead]


@lru_cache(maxsize=4_000)
def _figure(said: str) -> int:
    kind = Kind.DAY if "/" in said else Kind.ORDINAL if said.endswith("th") else Kind.NUMBER
    return fact(kind, said)


def _count(found: dict[int, int], number: int) -> None:
    found[number] = found.get(number, 0) + 1


class _Halves(dict[int, int]):
    """Character, as its code -> what it adds to the fact of a pair that it begins, or ends."""

    def __init__(self, behind: bytes) -> None:
        #: Bytes of what follows in the pair.
        self._behind = behind

    def __missing__(self, code: int) -> int:
        if len(self) >= _CHARACTERS:
            self.clear()
        half = crc32(self._behind, crc32(chr(code).encode())) ^ crc32(self._behind)
        self[code] = made = _NO_FACT if code == ord(_BETWEEN) else half & _MASK
        return made


# the checksum of two parts is that of the first with as many zeros behind it as the second has bytes, XOR that of the
# second: so no pairs have to be remembered, of which every text brings new ones
_BEGINS, _ENDS = _Halves(bytes(3)), _Halves(b"")
_CODES = f"utf-32-{sys.byteorder[0]}e"
#: Stands between runs of Chinese characters; makes of a pair a number that no fact has.
_BETWEEN, _NO_FACT = "\n", 1 << 32


def _pairs(runs: str) -> Iterator[int]:
    """The facts of every two Chinese characters that stand side by side: of each pair `fact(Kind.WORD, pair)`."""
    codes = array("I", runs.encode(_CODES))
    halves = map(xor, map(_BEGINS.__getitem__, codes), map(_ENDS.__getitem__, codes[1:]))
    return filter(_NO_FACT.__gt__, halves)


#: Words that are in every text and tell nothing.
_EMPTY = """
    the and for that with from was were has have had are his her its their this these those but not you our which who
    will would said say says about after before over into than then also been being more most other some such only when
    what where while there here they them she him may can could should one two first new year day time people last gmt
    utc
    и в во не что он на я с со как а то все она так его но да ты к у же вы за бы по только ее мне было вот от меня еще
    нет о из ему для при до или это этот быть который мы они также свой год время сообщить сказать заявить весь один
    наш тот мочь такой после если когда уже чтобы более под об этом где
    में के की का है से को पर और ने कि एक यह हैं भी इस था थे थी कर लिए नहीं हो गया
    रहा रहे रही साथ बाद वह जो तो ही किया गई अपने
    करने कहा जा उन इन तक तथा या कुछ अब
    در به از که این را با است برای آن یک بود شد خود تا هم بر ها های می نیز کرد شده وی اما هر یا باید گفت کند دارد
    کے میں کی ہے سے کو اور کا نے کہ پر یہ ہیں بھی اس تھا تھے ایک نہیں لیے گیا کر ہو رہا رہے ان جو تو ہی کہا
    және мен бен үшін деп бұл да де та те бір жаңа болып болды бойынша va bilan uchun bu ham deb bir bo‘yicha
    менен жана үчүн бул ва бо аз дар ба ки ин барои ve bir bu için ile da de olarak"""
EMPTY = frozenset(_EMPTY.split())


# ------------------------------------------------------------------------------------------ what is kept


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts kept of an article, as they lie in the archive."""

    #: Number -> how much the article makes of it, in tenths: how often it is said, twice as much in the title; with
    #: TITLE_BIT where the title says it. Those of a kind stand together, the heaviest first.
    steps: Mapping[int, int]
    #: By kind: length of the vector of weights, which are these times how rare each fact is.
    lengths: tuple[float, ...]
    #: By kind: how rare what the title says is, added up.
    titles: tuple[float, ...]
    #: Characters of the article.
    size: int
    #: Articles from which it was known how rare the facts are.
    learned: int


TITLE_BIT = 128
STEP = 0.1
_FINE = 64
_MOST_SIZE = 65535
_LENGTHS = 2 * len(KINDS)
_HEAD = 2 * (_LENGTHS + 2)
_TITLE_WEIGHT = 2.0


def kept(seen: Seen, rarity: Callable[[Collection[int]], Iterable[float]], *, learned: int = 0) -> Facts:
    """The heaviest facts of each kind: by how often they are said, whether in the title, and how rare they are."""
    return weighed(seen, rarity, learned=learned)[0]


def weighed(
    seen: Seen, rarity: Callable[[Collection[int]], Iterable[float]], *, learned: int = 0
) -> tuple[Facts, dict[int, float]]:
    """The same, and how rare each of them is."""
    by_kind: list[list[tuple[float, int, float]]] = [[] for _ in KINDS]
    title, counts = seen.title, dict(seen.text)
    for number, count in title.items():
        counts[number] = counts.get(number, 0) + count
    steps = {number: _STEPS[count if count < _MOST else _MOST] for number, count in counts.items()}
    for number in title:
        steps[number] *= 2
    for (number, step), rare in zip(steps.items(), rarity(steps), strict=True):
        by_kind[number >> _SHIFT].append((rare * step, number, rare))
    rare_ones: dict[int, float] = {}
    for kind, heaviest in zip(KINDS, by_kind, strict=True):
        heaviest.sort(reverse=True)
        rare_ones.update([(number, rare) for _, number, rare in heaviest[: KEPT[kind]]])
    said = {number: steps[number] | TITLE_BIT if number in title else steps[number] for number in rare_ones}
    return measured(said, rare_ones.values(), size=seen.size, learned=learned), rare_ones


_MOST = 40
_STEPS = [0, *(round((1 + log(count)) / STEP) for count in range(1, _MOST + 1))]


def measured(steps: Mapping[int, int], rarity: Iterable[float], *, size: int, learned: int) -> Facts:
    """Facts with lengths from how rare each is, in the same order; known from so many articles."""
    squares, titles = [0.0] * len(KINDS), [0.0] * len(KINDS)
    for (number, step), rare in zip(steps.items(), rarity, strict=True):
        weight = (step & 127) * STEP * rare
        squares[number >> _SHIFT] += weight * weight
        if step & TITLE_BIT:
            titles[number >> _SHIFT] += rare
    lengths = tuple(_fine(sqrt(square)) for square in squares)
    return Facts(steps, lengths, tuple(map(_fine, titles)), min(size, _MOST_SIZE), min(learned, _MOST_SIZE))


def _fine(length: float) -> float:
    return min(65535, ceil(length * _FINE)) / _FINE


def pack(facts: Facts) -> bytes:
    """Five bytes a fact and 36 more; the same on every machine."""
    head = [round(length * _FINE) for length in (*facts.lengths, *facts.titles)]
    numbers = struct.pack(f"<{_LENGTHS + 2}H{len(facts.steps)}I", *head, facts.size, facts.learned, *facts.steps)
    return numbers + bytes(facts.steps.values())


@lru_cache(maxsize=256)  # the articles of an hour are asked for again and again
def unpack(packed: bytes) -> Facts | None:
    """What `pack` made; None where it is something else (of an older version, or nothing)."""
    count, odd = divmod(len(packed) - _HEAD, 5)
    if count < 0 or odd:
        return None
    made = struct.unpack_from(f"<{_LENGTHS + 2}H{count}I", packed)
    lengths = tuple([length / _FINE for length in made[:_LENGTHS]])
    steps = dict(zip(made[_LENGTHS + 2 :], packed[-count:] if count else b"", strict=True))
    return Facts(steps, lengths[: len(KINDS)], lengths[len(KINDS) :], made[_LENGTHS], made[_LENGTHS + 1])
