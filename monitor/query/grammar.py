"""A search read by recursive descent over its tokens."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from monitor.errors import QueryError
from monitor.query.fields import did_you_mean, did_you_mean_saved, facet_value, period
from monitor.query.nodes import FIELDS, And, Facet, Near, Node, Not, Or, Query, Words
from monitor.query.tokens import Token, tokens
from monitor.text.words import query_terms

LENGTH_LIMIT = 8_000
DEPTH_LIMIT = 20
TERM_LIMIT = 400
#: Most saved searches inside one another.
SAVED_LIMIT = 8

_INNER_STAR = re.compile(r"\*(?=\w)")
#: What makes `summit's` of `summit`: a form like any other.
_POSSESSIVE = re.compile(r"(?<=[A-Za-z\u00c0-\u024f]{2})['’ʼ‘´`][sS]$")

#: The texts of saved searches by name, asked for when a search refers to one.
Saved = Callable[[], Mapping[str, str]]


def parse(text: str, saved: Saved = dict) -> Query:
    """The search in that text, in which ``@name`` stands for the saved search of that name. Raises: QueryError."""
    return Query(text=text, root=_read(text, saved, ())[0])


def refers_to(text: str) -> tuple[str, ...]:
    """Names of the saved searches that the text itself asks for. Raises: QueryError."""
    return tuple(dict.fromkeys(token.text for token in tokens(text) if token.kind == "saved"))


def _read(text: str, saved: Saved, inside: tuple[str, ...]) -> tuple[Node, int]:
    """The tree of the text, and how many words it has; `inside`: the saved searches that led here."""
    if len(text) > LENGTH_LIMIT:
        raise QueryError(f"the search is longer than {LENGTH_LIMIT} characters", LENGTH_LIMIT + 1)
    reader = _Reader(tokens(text), saved, inside)
    root = reader.whole()
    if root is None:
        raise QueryError("nothing to search for: give a word, a phrase or a field", 1)
    return root, reader.terms


class _Reader:
    """Recursive descent over the tokens, with a bound on its depth."""

    def __init__(self, tokens: Sequence[Token], saved: Saved, inside: tuple[str, ...]) -> None:
        self._tokens = tokens
        self._saved_texts = saved
        self._inside = inside
        self._next = 0
        self._depth = 0
        self.terms = 0

    # -- tokens
    def _peek(self) -> Token:
        return self._tokens[self._next]

    def _take(self) -> Token:
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
        operator: Token | None = None
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
            case "saved":
                return self._saved(token, title=title)
            case "NEAR":
                raise QueryError(f"{token.text} needs a word or phrase on both sides", token.column)
            case _:
                return self._words(token, title=title)

    def _group(self, opening: Token, *, title: bool) -> Node:
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

    def _words(self, token: Token, *, title: bool) -> Words | None:
        exact = token.kind in ("phrase", "exact")
        if token.kind != "phrase" and (inner := _INNER_STAR.search(token.text)):
            column = token.column + (token.kind == "exact") + inner.start()
            raise QueryError("only the end of a word may be left open: a * stands behind it", column)
        prefix = token.kind != "phrase" and token.text.endswith("*")
        text = token.text if exact or prefix else _POSSESSIVE.sub("", token.text)
        wanted = query_terms(text, exact=exact, prefix=prefix)
        self._count(max(1, len(wanted.written)), token)
        if wanted.written:
            return Words(wanted=wanted, title=title)
        if exact or prefix:
            raise QueryError("there is no letter or digit to search for", token.column)
        return None

    def _count(self, more: int, token: Token) -> None:
        self.terms += more
        if self.terms > TERM_LIMIT:
            raise QueryError(f"the search has more than {TERM_LIMIT} words", token.column)

    # -- saved searches
    def _saved(self, token: Token, *, title: bool) -> Node:
        name = token.text
        if title:
            raise QueryError("title: takes words, not saved searches", token.column)
        if name in self._inside:
            raise QueryError(f"@{name} leads back to itself", token.column)
        if len(self._inside) == SAVED_LIMIT:
            raise QueryError(f"saved searches stand more than {SAVED_LIMIT} deep in one another", token.column)
        texts = self._saved_texts()
        if name not in texts:
            raise QueryError(f"there is no saved search @{name}{did_you_mean_saved(name, texts)}", token.column)
        try:
            found, terms = _read(texts[name], self._saved_texts, (*self._inside, name))
        except QueryError as error:
            raise QueryError(f"in @{name}: {error.message} (there at column {error.column})", token.column) from error
        self._count(1 + terms, token)
        return found

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
    def _field(self, name: Token, *, title: bool) -> Node:
        if name.text not in FIELDS:
            raise QueryError(f"there is no field {name.text}:{did_you_mean(name.text)}", name.column)
        if title:
            raise QueryError("title: takes words, not other fields", name.column)
        if not name.glued or self._peek().kind in (")", "end"):
            raise QueryError(f"{name.text}: has no value", name.column)
        if name.text == "title":
            return self._title(name)
        values = self._values(name)
        if name.text in ("since", "until"):
            return period(name.text, values)
        self._count(len(values), name)
        checked = tuple(dict.fromkeys(facet_value(name.text, value, column) for value, column in values))
        return Facet(field=name.text, values=checked)

    def _title(self, name: Token) -> Node:
        if self._peek().kind not in ("word", "exact", "phrase", "("):
            raise QueryError("title: takes a word, a phrase or words in brackets", name.column)
        found = self._plain(title=True)
        if found is None:
            raise QueryError("title: has no value", name.column)
        return found

    def _values(self, name: Token) -> list[tuple[str, int]]:
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
        return values


def _split(token: Token) -> list[tuple[str, int]]:
    found, column = [], token.column
    for piece in re.split("[,，]", token.text):
        found.append((piece, column))
        column += len(piece) + 1
    return found


def _one_or(parts: Sequence[Node], kind: type[And] | type[Or]) -> Node | None:
    if len(parts) > 1:
        return kind(parts=tuple(parts))
    return parts[0] if parts else None


def _alternatives(node: Node | None, operator: Token) -> tuple[Words, ...]:
    if isinstance(node, Words):
        return (node,)
    if isinstance(node, Or) and all(isinstance(part, Words) for part in node.parts):
        return tuple(part for part in node.parts if isinstance(part, Words))
    raise QueryError(f"{operator.text} needs a word, a phrase or (a OR b) on both sides", operator.column)
