"""The form in which names and texts are compared: folded, and a few more ways of writing made one.

Besides what monitor.text.fold does::

    North – South = North-South      no space around a dash
    S. Jaishankar = S.Jaishankar     no space after an initial
    БPИКC (with Latin letters)       letters of another script that look the same are put right, Greek ones too
    جین پینگ = جینپینگ               no space between Arabic letters; `gaps` remembers where words begin
    #SCOSummit = #SCO Summit         a space where words are joined in a hashtag
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from monitor.text import alphabet
from monitor.text.fold import Tape, Way, fold, fold_tape
from monitor.watchlist.online import has_joined, joints

_ARABIC_LETTER = "\u0621-\u063f\u0641-\u064a\u066e-\u06d3\u06d5\u06fa-\u06ff\u0750-\u077f"
# patterns begin with what is rare in a text: such are found quickest
_INITIAL = re.compile(r"\. (?<=[\W_][^\W\d_]\. )(?=[^\W\d_])")
_FIRST_INITIAL = re.compile(r"(?<=^[^\W\d_]\.) (?=[^\W\d_])")
_ARABIC_SPACE = re.compile(f" (?<=[{_ARABIC_LETTER}] )(?=[{_ARABIC_LETTER}])")
_ARABIC = re.compile(f"[{_ARABIC_LETTER}]")

_TWO_SCRIPTS = re.compile("[A-Za-z](?:(?=[\u0400-\u052f])|(?<=[\u0400-\u052f].))")
_GREEK_BESIDE = re.compile("[\u0370-\u03ff](?:(?=[A-Za-z\u0400-\u052f])|(?<=[A-Za-z\u0400-\u052f].))")
# first bytes of letters in UTF-8: to look for one byte takes next to no time
_GREEK_BYTES = (b"\xce", b"\xcf")
_CYRILLIC_BYTES = (b"\xd0", b"\xd1", b"\xd2", b"\xd3", b"\xd4")
_ARABIC_BYTES = (b"\xd8", b"\xd9", b"\xda", b"\xdb", b"\xdc", b"\xdd")

# first bytes of Latin and Cyrillic letters in UTF-8, all others; and those that follow
_KINDS = bytes(76 if chr(b).isascii() and chr(b).isalpha() else 67 if 0xD0 <= b <= 0xD4 else 32 for b in range(256))
_FOLLOWING = bytes(range(0x80, 0xC0))

_WORD = re.compile(r"[^\W_]+")
_LATIN = "ABCEHIJKMOPSTXYaceijopsxy"
_CYRILLIC = "АВСЕНІЈКМОРЅТХУасеіјорѕху"
_TO_CYRILLIC = str.maketrans(_LATIN, _CYRILLIC)
_TO_LATIN = str.maketrans(_CYRILLIC, _LATIN)
_FROM_GREEK = str.maketrans("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧαινορυχ", "ABEZHIKMNOPTYXaivopux")


@dataclass(frozen=True, slots=True)
class Normal:
    """A text as it is compared, with its way back to the text as given."""

    text: str
    #: The same before capitals were lost.
    cased: str
    way: Way
    #: Positions where a word begins although no space is left before it.
    gaps: frozenset[int]


def normal(text: str, *, markup: bool = True) -> Normal:
    """The text as names are looked for in it."""
    tape = fold_tape(text, markup=markup)
    in_bytes = b"" if tape.text.isascii() else tape.text.encode("utf-8", "surrogatepass")
    if in_bytes and _any_in(_GREEK_BYTES, in_bytes) and _GREEK_BESIDE.search(tape.text):
        tape.text = _WORD.sub(_without_greek, tape.text)
        in_bytes = tape.text.encode("utf-8", "surrogatepass")
    if in_bytes and _any_in(_CYRILLIC_BYTES, in_bytes) and _may_mix(in_bytes):
        tape.text = _WORD.sub(_one_script, tape.text)
    if has_joined(tape.text):
        tape.put(list(joints(tape.text)), " ")
    _close_up(tape)
    gaps: frozenset[int] = frozenset()
    if in_bytes and _any_in(_ARABIC_BYTES, in_bytes):
        gaps = frozenset(m.start() - n for n, m in enumerate(_ARABIC_SPACE.finditer(tape.text)))
        tape.sub(_ARABIC_SPACE, lambda _: "")
    return Normal(tape.text.casefold(), tape.text, tape.way, gaps)


def _may_mix(text: bytes) -> bool:
    """Whether a Latin letter may stand beside a Cyrillic one."""
    kinds = text.translate(_KINDS, _FOLLOWING)
    return b"LC" in kinds or b"CL" in kinds


def normal_of_coded(text: str, coded: bytes) -> Normal:
    """`normal(text)`, made out of `coded_normal(text)`."""
    tape = fold_tape(text, markup=False)
    _close_up(tape)
    return Normal(alphabet.decoded(coded, alphabet.CHARACTERS), tape.text, tape.way, frozenset())


def _close_up(tape: Tape) -> None:
    """Takes out the spaces around dashes and after initials."""
    if " -" in tape.text or "- " in tape.text:
        tape.put(list(_dashes(tape.text)), "-")
    if ". " in tape.text:
        if tape.text.startswith(". ", 1):
            tape.sub(_FIRST_INITIAL, lambda _: "")
        tape.cut([match.end() - 1 for match in _INITIAL.finditer(tape.text)])


def _dashes(text: str) -> Iterator[tuple[int, int]]:
    """Where dashes stand with the space before or after them."""
    done = 0
    at = text.find("-")
    while at >= 0:
        start = at - 1 if at > done and text[at - 1] == " " else at
        end = at + 2 if text.startswith(" ", at + 1) else at + 1
        if end - start > 1:
            yield start, end
            done = end
        at = text.find("-", at + 1)


def coded_normal(text: str) -> bytes | None:
    """`normal(text).text` in bytes of monitor.text.alphabet, made in a tenth of the time; None where that takes more
    than a look at bytes."""
    coded = alphabet.coded(text)
    if coded is None or b"&" in coded or b"<" in coded or (b"\n" in coded and _BROKEN.search(coded)):
        return None
    if b"#" in coded or b"@" in coded:
        return None
    lower = coded.translate(_FOLDED)
    if len(lower.translate(None, _UNEVEN)) < len(lower):
        for byte, several in _SEVERAL:
            lower = lower.replace(byte, several)
    if b"  " in lower:
        return None
    scripts = lower.translate(_SCRIPTS)
    if b"LC" in scripts or b"CL" in scripts:
        return None
    if b" -" in lower or b"- " in lower:
        lower = lower.replace(b" - ", b"-").replace(b" -", b"-").replace(b"- ", b"-")
    if b". " in lower:
        places = [match.end() - 1 for match in _CODED_INITIAL.finditer(lower.translate(_SHAPES))]
        if places:
            return _cut(lower, places)
    return lower


def _cut(text: bytes, places: Sequence[int]) -> bytes:
    return b"".join([text[a:b] for a, b in zip((0, *(p + 1 for p in places)), (*places, None), strict=True)])


def _folded(char: str) -> str:
    made = fold(char)
    return made if len(made) == 1 else char


def _script(char: str) -> str:
    return "L" if re.match("[A-Za-z]", char) else "C" if "\u0400" <= char <= "\u052f" else "x"


def _shape(char: str) -> str:
    return "a" if char.isalpha() else "0" if char.isdigit() else char if char in ". " else "x"


_FOLDED, _SCRIPTS, _SHAPES = map(alphabet.byte_table, (_folded, _script, _shape))
#: What several characters or none stand for, and those.
_SEVERAL = [
    (alphabet.coded_in_part(char), alphabet.coded_in_part(fold(char)))
    for char in alphabet.CHARACTERS
    if len(fold(char)) != 1
]
_UNEVEN = b"".join(byte for byte, _ in _SEVERAL)
#: A word may be broken at the end of a line.
_BROKEN = re.compile(b"-[ \t%s]*\n" % re.escape(alphabet.coded_in_part("\u00a0")))
_CODED_INITIAL = re.compile(rb"\. (?<=a\. )(?<![a0]a\. )(?=a)")
#: Byte of monitor.text.alphabet -> 1 where words consist of it.
IN_WORDS = bytes(map(str.isalnum, alphabet.CHARACTERS))


def _any_in(parts: tuple[bytes, ...], whole: bytes) -> bool:
    for part in parts:  # noqa: SIM110 - a generator costs more than the search
        if part in whole:
            return True
    return False


def normal_name(name: str) -> Normal:
    """A name of the list in the same form, without blanks at its ends."""
    return normal(name.strip())


def _without_greek(match: re.Match[str]) -> str:
    return match[0].translate(_FROM_GREEK) if _GREEK_BESIDE.search(match[0]) else match[0]


def _one_script(match: re.Match[str]) -> str:
    """The word with all its letters in the script that most of them, or those without a double, belong to."""
    word = match[0]
    if not _TWO_SCRIPTS.search(word):
        return word
    latin = "".join(c for c in word if c.isascii() and c.isalpha())
    cyrillic = "".join(c for c in word if "\u0400" <= c <= "\u052f")
    can_be_cyrillic = all(c in _LATIN for c in latin)
    can_be_latin = all(c in _CYRILLIC for c in cyrillic)
    if can_be_cyrillic and (not can_be_latin or len(cyrillic) >= len(latin)):
        return word.translate(_TO_CYRILLIC)
    if can_be_latin:
        return word.translate(_TO_LATIN)
    return word


class _Groups(dict[str, str]):
    """Character -> the kind of letters it forms words with; empty: it stands alone."""

    def __missing__(self, char: str) -> str:
        self[char] = group = _group(char)
        return group


def _group(char: str) -> str:
    if "\u0900" <= char <= "\u097f":
        return "" if char in "\u0964\u0965\u0970" else "devanagari"
    if _ARABIC.match(char):
        return "arabic"
    if not char.isalnum() or char >= "\u2e80":
        return ""
    return "alphabet"


_GROUPS = _Groups()


def stands_alone(char: str) -> bool:
    """Whether a word begins and ends at the character, whatever is beside it."""
    return not _GROUPS[char]


def word_edge(normal: Normal, at: int) -> bool:
    """Whether a word can begin or end before the character `at`. Chinese has an edge everywhere."""
    text = normal.text
    if at == 0 or at == len(text) or at in normal.gaps:
        return True
    group = _GROUPS[text[at]]
    return not group or group != _GROUPS[text[at - 1]]
