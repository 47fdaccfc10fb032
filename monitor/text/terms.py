"""What the index holds of a text.

Most texts have no other characters than the common ones of monitor.text.alphabet: they are folded and taken apart as
bytes, and only what is joined is looked up word by word. Chinese is written in pairs, all of a text at once. What has
something odd in it is read word by word.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from itertools import chain

from monitor.text import alphabet, runs
from monitor.text.bases import TERM_LIMIT, Plan, plan
from monitor.text.fold import fold
from monitor.text.units import (
    BETWEEN_SIGNS,
    CACHE_LIMIT,
    CHUNK,
    HAS_UNSPACED,
    JOINERS,
    MARKS,
    PIECE,
    UNSPACED,
    is_single,
    units_in,
)
from monitor.types import Terms


def terms(title: str, text: str, lang: str | None) -> Terms:
    """What the index holds of an article in that language; None: told by the script of each word."""
    _make_room()
    known = _known(plan(lang))
    title_written, title_bases = _analysed(title, known)
    text_written, text_bases = _analysed(text, known)
    return Terms(title=title_written, text=text_written, title_bases=title_bases, text_bases=text_bases)


# ---------------------------------------------------------------------------------------------- words met lately


class _Bases(dict[str, tuple[str, ...]]):
    """What stands between two spaces of a text -> the base forms of what is joined in it; filled when met. _ODD comes
    first where the words as written are not what is left of it without its joiners."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self.older: dict[str, tuple[str, ...]] = {}

    def __missing__(self, token: str) -> tuple[str, ...]:
        bases = self.older.get(token)
        if bases is None and is_single(token):
            bases = ()
        if bases is None:
            units = units_in(token, self._plan)
            bases = tuple(chain.from_iterable(unit.joined for unit in units))
            if " ".join(unit.written for unit in units if unit.written) != _without_joiners([token]):
                bases = (_ODD, *bases)
        if len(token) <= TERM_LIMIT:
            self[token] = bases
        return bases


class _Written(dict[str, str]):
    """The same -> its terms as written, each with a space behind it."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self.older: dict[str, str] = {}

    def __missing__(self, token: str) -> str:
        written = self.older.get(token)
        if written is None:
            written = "".join([f"{unit.written} " for unit in units_in(token, self._plan) if unit.written])
        if len(token) <= TERM_LIMIT:
            self[token] = written
        return written


class _Known:
    """What was met lately in texts of one plan."""

    def __init__(self, plan: Plan) -> None:
        self.bases = _Bases(plan)
        self.written = _Written(plan)

    def __len__(self) -> int:
        return len(self.bases) + len(self.written)

    def age(self) -> None:
        """Forgets what was not met since the last time."""
        self.bases.older, self.written.older = dict(self.bases), dict(self.written)
        self.bases.clear()
        self.written.clear()


@cache
def _known(plan: Plan) -> _Known:
    made = _Known(plan)
    _filled.append(made)
    return made


_filled: list[_Known] = []


def _make_room() -> None:
    if sum(map(len, _filled)) >= CACHE_LIMIT // 2:
        for known in _filled:
            known.age()


# ---------------------------------------------------------------------------------------------- alphabets

#: Among base forms: what they belong to is not written as it stands.
_ODD = "\n"


def _analysed(text: str, known: _Known) -> tuple[str, str]:
    """Terms as written, and base forms of what is joined, each joined by spaces."""
    coded = alphabet.coded(text)
    if coded is None:
        if HAS_UNSPACED.search(text):
            return _analysed_with_runs(text, known)
        coded = _coded(text)
    shape = coded.translate(_SHAPES) if coded is not None else b""
    if coded is None or b"A.A" in shape:  # capitals, and with them initials, are not told in what is folded
        return _analysed_one_by_one(text, known)
    tokens = _tokens(coded, shape)
    bases = dict.fromkeys(chain.from_iterable(filter(None, map(known.bases.__getitem__, tokens))))
    if _ODD in bases:
        del bases[_ODD]
        return _written(tokens, known), " ".join(bases)
    return _without_joiners(tokens), " ".join(bases)


def _tokens(coded: bytes, shape: bytes) -> list[str]:
    """The folded words, each with all that is joined to it."""
    if b"0 000" in shape:
        return _WITH_GAPS.findall(_with_numbers(coded))
    if b"0.000" in shape:
        return _with_numbers(coded).split()
    folded = alphabet.decoded(coded, _FOLDED)
    if " - " in folded:
        folded = folded.replace(" - ", " ")
    return folded.split()


def _with_numbers(coded: bytes) -> str:
    """The folded text with the commas and points that may join the digits of a number."""
    return alphabet.decoded(coded, _FOLDED_WITH_NUMBERS).replace(", ", "\n").replace(". ", "\n")


def _without_joiners(tokens: list[str]) -> str:
    written = " ".join(tokens)
    for joiner in _LEFT_JOINERS:
        if joiner in written:
            written = written.replace(joiner, " ")
    if "  " in written or written[:1] == " " or written[-1:] == " ":
        written = " ".join(written.split())
    return written


def _folded_char(char: str) -> str:
    """What a character becomes when it stands in a word or joins two; any but a space where it does neither."""
    if char in JOINERS:  # some of them count as letters as well, and keep joined what stands at both sides
        return _LETTER_JOINER if _WORD.match(char) else fold(char)
    if _WORD.match(char):
        return fold(char)
    return " " if char in " \u00a0\u202f" else char if char in ".," else "\n"


def _shape(char: str) -> int:
    if "A" <= char <= "Z":
        return ord("A")
    return ord("0" if char.isdigit() else " " if char in " \u00a0" else "." if char in ".," else "x")


_WORD = re.compile(r"\w")
_LETTER_JOINER = "ʻ"
#: What joins words when they are folded.
_LEFT_JOINERS = ("-", "'", _LETTER_JOINER, ".", ",")
_FOLDED_WITH_NUMBERS = alphabet.table(_folded_char)
#: The same where no number is joined by commas, points and spaces.
_FOLDED = _FOLDED_WITH_NUMBERS.translate({ord("."): "\n", ord(","): "\n"})
#: What no space ends but one between the digits of a number.
_WITH_GAPS = re.compile(r"\S+(?:(?<=[0-9]) (?=[0-9]{3}(?![0-9]))\S+)*")
_SHAPES = bytes(map(_shape, alphabet.CHARACTERS))


class _Instead(dict[str, str | None]):
    """Character that the alphabet does not have -> what may take its place; None: its neighbours count."""

    def __missing__(self, char: str) -> str | None:
        self[char] = instead = _instead(char)
        return instead


def _instead(char: str) -> str | None:
    if _MARK.match(char):
        return None
    if char in JOINERS or char == "\u202f":
        return _folded_char(char)
    if not _WORD.match(char):
        return "\n"
    folded = fold(char)
    return folded if folded.isascii() and folded.isalpha() else None


_MARK = re.compile(f"[{MARKS}]")
_MISSING = re.compile(f"[^{re.escape(alphabet.CHARACTERS)}]")
_INSTEAD = _Instead()
_SAMPLE, _FEW = 100, 16


def _coded(text: str) -> bytes | None:
    """The text in bytes with something else for the few characters that the alphabet does not have; None: they are
    many, or count with their neighbours."""
    if len(_MISSING.findall(text, 0, _SAMPLE)) > _FEW:
        return None
    missing = set(_MISSING.findall(text))
    if len(missing) > _FEW:
        return None
    for char in missing:
        instead = _INSTEAD[char]
        if instead is None:
            return None
        text = text.replace(char, instead)
    return alphabet.coded(text)


# ---------------------------------------------------------------------------------------------- word by word

# where the digits of one number stand apart
_NUMBER_GAP = re.compile(r"\d[ \u00a0\u202f](?=\d\d\d(?!\d))")
#: Between words wherever they stand: without them fewer shapes of a word have to be known.
_SEPARATORS = (", ", ". ", '"', "(", ")", ":", "«", "»", "“", "”")


def _analysed_one_by_one(text: str, known: _Known) -> tuple[str, str]:
    tokens = CHUNK.findall(text) if _NUMBER_GAP.search(text) else _apart(text)
    return _written(tokens, known), _bases_of(tokens, known)


def _apart(text: str) -> list[str]:
    for separator in _SEPARATORS:
        text = text.replace(separator, " ")
    return text.split()


def _written(tokens: Iterable[str], known: _Known) -> str:
    return "".join(map(known.written.__getitem__, tokens))[:-1]


def _bases_of(tokens: Iterable[str], known: _Known) -> str:
    found = dict.fromkeys(chain.from_iterable(map(known.bases.__getitem__, tokens)))
    found.pop(_ODD, None)
    return " ".join(found)


# ---------------------------------------------------------------------------------------------- runs

_GAP = re.compile(f"([^{UNSPACED}]+)")
_NO_GAP = re.compile(BETWEEN_SIGNS)


def _analysed_with_runs(text: str, known: _Known) -> tuple[str, str]:
    pieces = _GAP.split(text)
    between: list[tuple[str, ...]] = []
    for place in range(1, len(pieces), 2):
        gap = pieces[place]
        chunks = _usual_gap(gap) if len(gap) <= TERM_LIMIT else _gap(gap)
        if chunks is None:
            pieces[place] = ""
        else:
            pieces[place] = runs.APART
            between.append(chunks)
    signs = "".join(pieces)
    if not runs.plain(signs):
        return _analysed_pieces(text, known)
    behind = [f" {''.join(map(known.written.__getitem__, chunks))}" if chunks else " " for chunks in between]
    written = "".join(chain.from_iterable(zip(runs.written(signs), (*behind, ""), strict=True)))
    return written.strip(), _bases_of(chain.from_iterable(between), known)


def _gap(gap: str) -> tuple[str, ...] | None:
    """The words that stand between two runs; None: what stands there leaves them one run."""
    return None if _NO_GAP.fullmatch(gap) else tuple(CHUNK.findall(gap))


_usual_gap = lru_cache(maxsize=2_000)(_gap)


def _analysed_pieces(text: str, known: _Known) -> tuple[str, str]:
    pieces: list[tuple[str, str]] = PIECE.findall(text)
    found = iter(runs.written(runs.signs(runs.APART.join([run for run, _ in pieces if run]))))
    written = "".join([_with_space(next(found)) if run else known.written[chunk] for run, chunk in pieces])
    return written[:-1], _bases_of([chunk for _, chunk in pieces if chunk], known)


def _with_space(written: str) -> str:
    return f"{written} " if written else ""
