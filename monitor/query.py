"""The query language: text into a tree, with the column of whatever cannot be read.

::

    summit Tokayev                 every word, in any order; other forms of a word count (`summits`, `Токаеву`)
    "national currencies"          a phrase, only as written; « », “ ” and „ “ are the same
    Quetta OR Torkham              either; binds less than the words beside it: a b OR c is (a b) OR c
    -Pakistan, NOT Pakistan        without; also before a phrase, a bracket or a field
    glaci*                         every word that begins so
    grain NEAR/3 deal              at most three words between them, either way round; also grain w/3 deal
    tag: tag!: src: class: from: lang: kind: priority: title: story: since: until:

A field takes one value or several with commas: `from:tj,uz` is either. `since:` and `until:` take a day, a month or a
year (2026-09-01, 2026-09, 2026), include it, and count in UTC. Operators are written in capitals.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from monitor.errors import QueryError
from monitor.text.words import Wanted, query_terms
from monitor.types import OWNERSHIP, Source, WatchlistEntry

LENGTH_LIMIT = 8_000
DEPTH_LIMIT = 20
TERM_LIMIT = 400
#: Most words between the two sides of a NEAR.
DISTANCE_LIMIT = 1_000

#: Fields whose values are compared as they are.
FACETS = ("tag", "tag!", "src", "class", "from", "lang", "kind", "priority", "story")
FIELDS = (*FACETS, "title", "since", "until")


# ---------------------------------------------------------------------------------------------- the tree


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A word, the beginning of a word, or a phrase."""

    wanted: Wanted
    #: Found in titles only.
    title: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """Every operand within so many words; of each operand any alternative."""

    operands: tuple[tuple[Words, ...], ...]
    distance: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Facet:
    """One of the values in that field (a word of FACETS)."""

    field: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Published, or else first seen, in that time; half open; None: no bound."""

    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class And:
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Or:
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Not:
    part: Node


Node = Words | Near | Facet | Period | And | Or | Not


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A search that can be answered."""

    #: As it was typed.
    text: str
    root: Node


def wanted_words(node: Node) -> tuple[Words, ...]:
    """The words and phrases that a hit is expected to show, in order; none of those behind a minus."""
    match node:
        case Words():
            return (node,)
        case Near():
            return tuple(word for operand in node.operands for word in operand)
        case And() | Or():
            return tuple(word for part in node.parts for word in wanted_words(part))
        case _:
            return ()


# ---------------------------------------------------------------------------------------------- what fields refer to


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """What fields mean today: archives keep sources and tags by id only, so a changed file needs no new index."""

    #: Ownership class -> source ids; country -> source ids.
    sources_by_class: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sources_by_country: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    #: Parent -> entry ids right below it; kind -> entry ids; priority -> entry ids.
    children: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    entries_by_kind: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    entries_by_priority: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def with_descendants(self, entry_id: str) -> tuple[str, ...]:
        """The entry and all below it."""
        found = {entry_id: None}
        waiting = [entry_id]
        while waiting:
            fresh = [child for child in self.children.get(waiting.pop(), ()) if child not in found]
            found.update(dict.fromkeys(fresh))
            waiting += fresh
        return tuple(found)


def vocabulary(sources: Iterable[Source], entries: Iterable[WatchlistEntry]) -> Vocabulary:
    """What the fields of a search mean with these sources and this watchlist."""
    sources, entries = tuple(sources), tuple(entries)
    return Vocabulary(
        sources_by_class=_grouped((s.ownership, s.id) for s in sources),
        sources_by_country=_grouped((s.country, s.id) for s in sources),
        children=_grouped((e.parent, e.id) for e in entries),
        entries_by_kind=_grouped((e.kind, e.id) for e in entries),
        entries_by_priority=_grouped((str(e.priority), e.id) for e in entries),
    )


def _grouped(pairs: Iterable[tuple[str | None, str]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for key, value in pairs:
        if key is not None:
            found.setdefault(key, []).append(value)
    return {key: tuple(values) for key, values in found.items()}


# ---------------------------------------------------------------------------------------------- days


_DAY = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")


def period_of(text: str) -> tuple[datetime, datetime]:
    """First instant of a day, month or year, and the instant after it, in UTC. Raises: ValueError."""
    found = _DAY.fullmatch(text)
    if not found:
        raise ValueError(text)
    year, month, day = (int(part) if part else None for part in found.groups())
    assert year is not None
    first = datetime(year, month or 1, day or 1, tzinfo=UTC)
    days = 1 if day else calendar.monthrange(year, month)[1] if month else 366 if calendar.isleap(year) else 365
    try:
        return first, first + timedelta(days=days)
    except OverflowError:
        raise ValueError(text) from None


# ---------------------------------------------------------------------------------------------- reading


_OPENING = '"“”„‟«»＂「『《'
_CLOSING = '"“”„‟«»＂」』》'
_MINUS = "-−–"
_FIELD = re.compile(r"([A-Za-z][A-Za-z_]*!?)[:：]")
_NEAR = re.compile(r"(?:NEAR|near)/(\d{1,9})|[wW]/(\d{1,9})|NEAR")
_DEFAULT_DISTANCE = 10


@dataclass(frozen=True, slots=True)
class _Token:
    #: ``(`` ``)`` ``-`` ``OR`` ``AND`` ``NEAR`` ``word`` ``phrase`` ``field`` ``end``
    kind: str
    #: The word, the phrase without its quotes, or the field's name.
    text: str
    column: int
    #: Of a NEAR.
    distance: int = 0
    #: Whether the next token follows without a space.
    glued: bool = False


def parse(text: str) -> Query:
    """The search in that text. Raises: QueryError."""
    if len(text) > LENGTH_LIMIT:
        raise QueryError(f"the search is longer than {LENGTH_LIMIT} characters", LENGTH_LIMIT + 1)
    reader = _Reader(_tokens(text))
    root = reader.whole()
    if root is None:
        raise QueryError("nothing to search for: give a word, a phrase or a field", 1)
    return Query(text=text, root=root)


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    at = 0
    while at < len(text):
        char = text[at]
        if char.isspace():
            at += 1
            continue
        token, at = _token(text, at)
        found.append(token)
    found.append(_Token("end", "", len(text) + 1))
    return found


def _token(text: str, at: int) -> tuple[_Token, int]:
    char, column = text[at], at + 1
    if char in "(（":
        return _Token("(", char, column), at + 1
    if char in ")）":
        return _Token(")", char, column), at + 1
    if char in _OPENING:
        return _phrase(text, at)
    if char in _MINUS and at + 1 < len(text) and not text[at + 1].isspace() and text[at + 1] not in ")）":
        return _Token("-", char, column), at + 1
    if (name := _FIELD.match(text, at)) and _is_field(text, name):
        glued = name.end() < len(text) and not text[name.end()].isspace()
        return _Token("field", name[1].lower(), column, glued=glued), name.end()
    end = at
    while end < len(text) and not text[end].isspace() and text[end] not in "()（）" and text[end] not in _OPENING:
        end += 1
    if end == at:
        end += 1
    return _word(text[at:end], column), end


def _is_field(text: str, name: re.Match[str]) -> bool:
    """Whether letters with a colon are meant as a field: `Editorial: …` and `https://…` are not."""
    rest = text[name.end() : name.end() + 2]
    return name[1].lower() in FIELDS or bool(rest.strip() and rest != "//" and not rest[:1].isspace())


def _phrase(text: str, at: int) -> tuple[_Token, int]:
    end = at + 1
    while end < len(text) and text[end] not in _CLOSING:
        end += 1
    if end == len(text):
        raise QueryError("the quotation mark is not closed", at + 1)
    return _Token("phrase", text[at + 1 : end], at + 1), end + 1


def _word(word: str, column: int) -> _Token:
    if word in ("OR", "AND"):
        return _Token(word, word, column)
    if word == "NOT":
        return _Token("-", word, column)
    if near := _NEAR.fullmatch(word):
        distance = int(near[1] or near[2] or _DEFAULT_DISTANCE)
        if distance > DISTANCE_LIMIT:
            raise QueryError(f"NEAR reaches at most {DISTANCE_LIMIT} words", column)
        return _Token("NEAR", word, column, distance=distance)
    return _Token("word", word, column)


class _Reader:
    """Recursive descent over the tokens, with a bound on its depth."""

    def __init__(self, tokens: Sequence[_Token]) -> None:
        self._tokens = tokens
        self._next = 0
        self._depth = 0
        self._terms = 0

    # -- tokens
    def _peek(self) -> _Token:
        return self._tokens[self._next]

    def _take(self) -> _Token:
        token = self._tokens[self._next]
        self._next += 1
        return token

    # -- rules
    def whole(self) -> Node | None:
        root = self._either(title=False)
        if self._peek().kind == ")":
            raise QueryError("there is no bracket open that this one closes", self._peek().column)
        return root

    def _either(self, *, title: bool) -> Node | None:
        parts: list[Node] = []
        operator: _Token | None = None
        while True:
            part = self._all(title=title)
            if part is None and (operator or self._peek().kind == "OR"):
                raise QueryError("OR needs something on both sides", (operator or self._peek()).column)
            if part is not None:
                parts.append(part)
            if self._peek().kind != "OR":
                break
            operator = self._take()
        return _one_or(parts, Or)

    def _all(self, *, title: bool) -> Node | None:
        parts: list[Node] = []
        while True:
            token = self._peek()
            if token.kind in ("end", ")", "OR"):
                break
            if token.kind == "AND":
                self._joining(bool(parts))
                continue
            part = self._signed(title=title)
            if self._peek().kind == "NEAR":
                part = self._near(part, title=title)
            if part is not None:
                parts.append(part)
        return _one_or(parts, And)

    def _joining(self, something_before: bool) -> None:
        token = self._take()
        if not something_before or self._peek().kind in ("end", ")", "OR", "AND"):
            raise QueryError("AND needs something on both sides", token.column)

    def _signed(self, *, title: bool) -> Node | None:
        """One word, phrase, group or field with the minus signs before it; None: nothing to search for in it."""
        negative, sign = False, None
        while self._peek().kind == "-":
            sign = self._take()
            negative = not negative
        if sign and self._peek().kind in ("end", ")", "OR", "AND", "NEAR", "-"):
            raise QueryError(f"{'NOT' if sign.text == 'NOT' else 'the minus'} needs something after it", sign.column)
        part = self._plain(title=title)
        if part is None or not negative:
            return part
        return Not(part=part)

    def _plain(self, *, title: bool) -> Node | None:
        token = self._take()
        match token.kind:
            case "(":
                return self._group(token, title=title)
            case "field":
                return self._field(token, title=title)
            case "phrase":
                return self._words(token, title=title)
            case "NEAR":
                raise QueryError(f"{token.text} needs a word or phrase on both sides", token.column)
            case _:
                return self._words(token, title=title)

    def _group(self, opening: _Token, *, title: bool) -> Node:
        self._depth += 1
        if self._depth > DEPTH_LIMIT:
            raise QueryError(f"brackets go deeper than {DEPTH_LIMIT}", opening.column)
        inside = self._either(title=title)
        if self._peek().kind != ")":
            raise QueryError("the bracket is not closed", opening.column)
        self._take()
        self._depth -= 1
        if inside is None:
            raise QueryError("there is nothing in the brackets", opening.column)
        return inside

    def _words(self, token: _Token, *, title: bool) -> Words | None:
        exact = token.kind == "phrase"
        prefix = not exact and token.text.endswith("*")
        wanted = query_terms(token.text, exact=exact, prefix=prefix)
        self._terms += max(1, len(wanted.written))
        if self._terms > TERM_LIMIT:
            raise QueryError(f"the search has more than {TERM_LIMIT} words", token.column)
        if wanted.written:
            return Words(wanted=wanted, title=title)
        if exact or prefix:
            raise QueryError("there is no letter or digit to search for", token.column)
        return None

    # -- NEAR
    def _near(self, left: Node | None, *, title: bool) -> Near:
        operator = self._peek()
        operands = [_alternatives(left, operator)]
        while self._peek().kind == "NEAR":
            again = self._take()
            if again.distance != operator.distance:
                raise QueryError("several NEAR in a row need the same number of words", again.column)
            if self._peek().kind in ("end", ")", "OR", "AND", "NEAR", "-"):
                raise QueryError(f"{again.text} needs a word or phrase on both sides", again.column)
            operands.append(_alternatives(self._plain(title=title), again))
        return Near(operands=tuple(operands), distance=operator.distance)

    # -- fields
    def _field(self, name: _Token, *, title: bool) -> Node:
        if name.text not in FIELDS:
            raise QueryError(f"there is no field {name.text}:{_did_you_mean(name.text)}", name.column)
        if title:
            raise QueryError("title: takes words, not other fields", name.column)
        if not name.glued or self._peek().kind not in ("word", "phrase", "(", "field", "-", "OR", "AND", "NEAR"):
            raise QueryError(f"{name.text}: has no value", name.column)
        if name.text == "title":
            return self._title(name)
        values = self._values(name)
        if name.text in ("since", "until"):
            return _period(name.text, values)
        self._terms += len(values)
        checked = tuple(dict.fromkeys(_facet_value(name.text, value, column) for value, column in values))
        return Facet(field=name.text, values=checked)

    def _title(self, name: _Token) -> Node:
        if self._peek().kind not in ("word", "phrase", "("):
            raise QueryError("title: takes a word, a phrase or words in brackets", name.column)
        found = self._plain(title=True)
        if found is None:
            raise QueryError("title: has no value", name.column)
        return found

    def _values(self, name: _Token) -> list[tuple[str, int]]:
        """The values after a field with their columns; quotes and commas may stand between them."""
        found: list[tuple[str, int]] = []
        while True:
            token = self._take()
            if token.kind not in ("word", "phrase"):
                raise QueryError(f"{name.text}: takes words, with commas between them", token.column)
            if token.kind == "phrase":
                found.append((token.text.strip(), token.column))
                after = token.column + len(token.text) + 2
            else:
                found += _split(token)
                after = token.column + len(token.text)
            more = token.kind == "word" and token.text.endswith(",")
            following = self._peek()
            if following.column != after or following.kind not in ("word", "phrase"):
                break
            if not more and not following.text.startswith(","):
                break
        values = [(value, column) for value, column in found if value]
        if not values:
            raise QueryError(f"{name.text}: has no value", name.column)
        if self._terms + len(values) > TERM_LIMIT:
            raise QueryError(f"the search has more than {TERM_LIMIT} words", name.column)
        return values


def _split(token: _Token) -> list[tuple[str, int]]:
    found, column = [], token.column
    for piece in re.split("[,，]", token.text):
        found.append((piece, column))
        column += len(piece) + 1
    return found


def _one_or(parts: Sequence[Node], kind: type[And] | type[Or]) -> Node | None:
    if len(parts) > 1:
        return kind(parts=tuple(parts))
    return parts[0] if parts else None


def _alternatives(node: Node | None, operator: _Token) -> tuple[Words, ...]:
    if isinstance(node, Words):
        return (node,)
    if isinstance(node, Or) and all(isinstance(part, Words) for part in node.parts):
        return tuple(part for part in node.parts if isinstance(part, Words))
    raise QueryError(f"{operator.text} needs a word, a phrase or (a OR b) on both sides", operator.column)


def _period(name: str, values: Sequence[tuple[str, int]]) -> Period:
    (value, column), *rest = values
    if rest:
        raise QueryError(f"{name}: takes one date", rest[0][1])
    try:
        first, after = period_of(value)
    except ValueError:
        raise QueryError(f"{value!r} is no date: write 2026-09-01, 2026-09 or 2026", column) from None
    return Period(since=first) if name == "since" else Period(until=after)


def _facet_value(name: str, value: str, column: int) -> str:
    value = value.strip().lower()
    if name == "story" and not (value.isascii() and value.isdigit()):
        raise QueryError(f"{value!r} is no story: stories have numbers", column)
    if name == "class" and value not in OWNERSHIP:
        raise QueryError(f"there is no class {value!r}: {', '.join(OWNERSHIP)}", column)
    if name == "priority" and value not in ("1", "2", "3"):
        raise QueryError(f"{value!r} is no priority: 1, 2 or 3", column)
    return value


# what people call the fields elsewhere
_OTHER_NAMES = {
    **{"country": "from", "source": "src", "outlet": "src", "owner": "class", "ownership": "class"},
    **{"after": "since", "before": "until", "entry": "tag", "headline": "title", "intitle": "title", "type": "kind"},
}


def _did_you_mean(name: str) -> str:
    from difflib import get_close_matches

    close = _OTHER_NAMES.get(name) or next(iter(get_close_matches(name, FIELDS, n=1, cutoff=0.55)), None)
    if close:
        return f", did you mean {close}:"
    return f" (there are {', '.join(f + ':' for f in FIELDS)}); put words with a colon in quotes"
