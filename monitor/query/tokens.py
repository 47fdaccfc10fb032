"""A search taken apart: words, phrases, fields, operators and brackets, each with its column."""

from __future__ import annotations

import re
from dataclasses import dataclass

from monitor.errors import QueryError
from monitor.query.nodes import FIELDS

#: Most words between the two sides of a NEAR.
DISTANCE_LIMIT = 1_000

#: Quotation marks that open a phrase, and what closes it; the same ones in other pairs are marks inside it.
_PAIRS = {
    '"': '"＂', "＂": '"＂', "“": "”", "”": "”", "„": "“”", "‟": "”",
    "«": "»", "»": "«»", "「": "」", "『": "』", "《": "》",
}  # fmt: skip
_OPENING = "".join(_PAIRS)
_CLOSING = '"“”„‟«»＂」』》'
_STRAIGHT = '"＂'
#: Marks that close: between two letters they open nothing.
_ONLY_CLOSING = "”»"
_MINUS = "-−–"
_EXACT = "=＝"
_SAVED = "@＠"
_FIELD = re.compile(r"([A-Za-z][A-Za-z_]*!?)[:：]")
_NEAR = re.compile(r"(?:NEAR|near)/(\d{1,9})|[wW]/(\d{1,9})|NEAR")
_DEFAULT_DISTANCE = 10


@dataclass(frozen=True, slots=True)
class Token:
    #: ``(`` ``)`` ``-`` ``OR`` ``AND`` ``NEAR`` ``word`` ``exact`` ``phrase`` ``field`` ``saved`` ``end``
    kind: str
    #: The word (an exact one without its sign), the phrase without its quotes, or the name of field or saved search.
    text: str
    column: int
    #: Of a NEAR.
    distance: int = 0
    #: Whether the next token follows without a space.
    glued: bool = False


def tokens(text: str) -> list[Token]:
    """Its parts; the last one is the end. Raises: QueryError."""
    found: list[Token] = []
    at = 0
    while at < len(text):
        char = text[at]
        if char.isspace():
            at += 1
            continue
        token, at = _token(text, at)
        found.append(token)
    found.append(Token("end", "", len(text) + 1))
    return found


def _token(text: str, at: int) -> tuple[Token, int]:
    char, column = text[at], at + 1
    if char in "(（":
        return Token("(", char, column), at + 1
    if char in ")）":
        return Token(")", char, column), at + 1
    if char in _OPENING:
        return _phrase(text, at)
    if char in _MINUS and not _is_dash(text, at):
        return Token("-", char, column), at + 1
    if (name := _FIELD.match(text, at)) and _is_field(text, name):
        glued = name.end() < len(text) and not text[name.end()].isspace()
        return Token("field", name[1].lower(), column, glued=glued), name.end()
    if char in _EXACT and text[at + 1 : at + 2] in _OPENING and at + 1 < len(text):
        return _phrase(text, at + 1)
    end = _end_of_word(text, at)
    if char in _EXACT and end > at + 1:
        return Token("exact", text[at + 1 : end], column), end
    if char in _SAVED and text[at + 1 : at + 2].isalnum():
        return Token("saved", text[at + 1 : end].lower(), column), end
    end = max(end, at + 1)
    return _word(text[at:end], column), end


def _end_of_word(text: str, at: int) -> int:
    while at < len(text) and not text[at].isspace() and text[at] not in "()（）" and not _opens(text, at):
        at += 1
    return at


def _opens(text: str, at: int) -> bool:
    """Whether a phrase begins with what stands there."""
    inside = text[at] in _ONLY_CLOSING and text[at - 1 : at].isalnum() and text[at + 1 : at + 2].isalnum()
    return text[at] in _OPENING and not inside


def _is_dash(text: str, at: int) -> bool:
    """Whether the minus stands between spaces, as in `Berlin - Minsk`; where nothing follows, one is not finished."""
    rest = text[at + 1 :]
    return rest[:1].isspace() and rest.lstrip()[:1] not in ("", ")", "）")


def _is_field(text: str, name: re.Match[str]) -> bool:
    """Whether letters with a colon are meant as a field: `Editorial: …` and `https://…` are not."""
    rest = text[name.end() : name.end() + 2]
    return name[1].lower() in FIELDS or bool(rest.strip() and rest != "//" and not rest[:1].isspace())


def _phrase(text: str, at: int) -> tuple[Token, int]:
    end = _closed_at(text, at)
    if end is None:
        raise QueryError("the quotation mark is not closed", at + 1)
    return Token("phrase", text[at + 1 : end], at + 1), end + 1


def _closed_at(text: str, at: int) -> int | None:
    """Where the phrase ends that begins there: at the mark that belongs to it, so that a pasted headline may quote
    something (`"Путин подписал «закон о …»"`, `«Газета «Правда» пишет»`); else at any that closes (`“unlike"`)."""
    mark, rest = text[at], range(at + 1, len(text))
    other = next((n for n in rest if text[n] in _CLOSING), None)
    if mark in _STRAIGHT:
        straight = [n for n in rest if text[n] in _STRAIGHT]
        return straight[0] if len(straight) % 2 else other
    depth = 1
    for n in rest:
        if text[n] in _STRAIGHT:
            break
        if text[n] in _PAIRS[mark]:
            depth -= 1
            if not depth:
                return n
        elif text[n] == mark:
            depth += 1
    return other


def _word(word: str, column: int) -> Token:
    if word in ("OR", "AND"):
        return Token(word, word, column)
    if word == "NOT":
        return Token("-", word, column)
    if near := _NEAR.fullmatch(word):
        distance = int(near[1] or near[2] or _DEFAULT_DISTANCE)
        if distance > DISTANCE_LIMIT:
            raise QueryError(f"NEAR reaches at most {DISTANCE_LIMIT} words", column)
        return Token("NEAR", word, column, distance=distance)
    if word.startswith("NEAR/"):
        raise QueryError("behind NEAR/ stands the number of words, as in NEAR/5", column)
    return Token("word", word, column)
