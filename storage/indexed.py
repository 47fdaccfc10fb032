"""What the full-text index holds of an article."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Set
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from monitor.types import Terms


def terms_of(title: str, text: str, lang: str | None) -> Terms:
    """The terms of the article by our own analyser."""
    from monitor.text import words

    return words.terms(title, text, lang)


class Indexed(NamedTuple):
    """What goes into the index of one article."""

    lang: str | None
    #: title, text, title_bases, text_bases, facets.
    columns: tuple[str, ...]
    #: The words of title and text, as written (storage.forms).
    words: Set[str]


def indexed(terms: Terms, lang: str | None, facets: str) -> Indexed:
    """What those terms of an article in that language come to."""
    counted = Counter(terms.text.split())
    bases = f"{terms.text_bases} {_often(counted)}".strip()
    columns = (terms.title, terms.text, terms.title_bases, bases, facets)
    return Indexed(lang, columns, counted.keys() | terms.title.split())


#: Such terms stand in the column text_bases with this in front, to rank by.
OFTEN = "~"
#: From so many times on a term stands often in a text.
_TIMES = 3


def _often(counted: Counter[str]) -> str:
    return " ".join([f"{OFTEN}{term}" for term, times in counted.items() if times >= _TIMES and _tells(term)])


def _tells(term: str) -> bool:
    """Whether it is more than one of the little words of every text."""
    return len(term) > 2 or not term.isascii()


def facets_of(source_id: str | None, lang: str | None, entries: Iterable[str], story_id: int) -> str:
    """The terms of the index's column `facets`; `all` stands in every article.

    The story is the one of then: one that went into another is still found by both numbers (storage.stories).
    """
    found = ["all", f"story:{story_id}", *(facet("tag", entry) for entry in entries)]
    if source_id:
        found.append(facet("src", source_id))
    if lang:
        found.append(facet("lang", lang.partition("-")[0]))
    return " ".join(found)


@lru_cache(maxsize=4_000)
def facet(field: str, value: str) -> str:
    """One term: whatever could end a term is written as its number."""
    plain = "".join(c if c.isalnum() or c in "-_." else f"~{ord(c):x}." for c in value.lower())
    return f"{field}:{plain}"
