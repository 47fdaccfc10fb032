"""Which forms of a word the archive's texts have, by base form: what a search for a word asks the index for beside it.

::

    summit      summits
    токаев      токаева, токаеву

The index itself has only the words as written, so that it stays a fifth smaller and a word's base forms are made
once, when the archive meets it first. What is joined (`anti-terror`) has its base forms in the index.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from functools import partial
from typing import TYPE_CHECKING

from storage.connection import Connection, rows_in

if TYPE_CHECKING:
    from monitor.text.bases import Plan

#: Words that a connection remembers as learned, of all languages together: about a hundred bytes each.
_REMEMBERED = 40_000
#: What begins with this character or one after it, like the pairs of signs of a Chinese text, has no base form.
_UNINFLECTED = "\u0e00"
_NOTHING: frozenset[str] = frozenset()


def present(connection: Connection, bases: Sequence[str]) -> tuple[str, ...]:
    """The forms with one of these base forms that stand, or once stood, in a text; these themselves left out."""
    found = rows_in(connection, "SELECT form FROM word_forms WHERE base IN", list(dict.fromkeys(bases)))
    return tuple(dict.fromkeys(form for (form,) in found if form not in bases))


def are_known(connection: Connection, lang: str | None, words: Sequence[str]) -> bool:
    """Whether searches find these words of a text in that language by their base forms."""
    from monitor.text.bases import bases, plan

    statement = "SELECT 1 FROM word_forms WHERE base = ? AND form = ?"
    pairs = [(base, word) for word in words for base in bases(word, plan(lang))]
    return all(connection.execute(statement, pair).fetchone() for pair in pairs)


def learn(connection: Connection, texts: Iterable[tuple[str | None, Set[str]]]) -> None:
    """Puts down the words of texts, each with its language: terms as written.

    To be called inside a transaction of that connection, which remembers them when it is committed.
    """
    from monitor.text.bases import TERM_LIMIT, bases, plan

    fresh: dict[Plan, set[str]] = {}
    for lang, words in texts:
        rules = plan(lang)
        new = words - connection.learned.get(rules, _NOTHING)
        fresh.setdefault(rules, set()).update([word for word in new if word < _UNINFLECTED])
    pairs = {(base[:TERM_LIMIT], word) for rules, new in fresh.items() for word in new for base in bases(word, rules)}
    if pairs:
        connection.executemany(
            "INSERT INTO word_forms (base, form) VALUES (?, ?) ON CONFLICT DO NOTHING", sorted(pairs)
        )
    connection.when_committed.append(partial(_remember, connection.learned, fresh))


def _remember(learned: dict[Plan, set[str]], fresh: Mapping[Plan, set[str]]) -> None:
    if sum(map(len, learned.values())) > _REMEMBERED:
        learned.clear()
    for rules, words in fresh.items():
        learned.setdefault(rules, set()).update(words)
