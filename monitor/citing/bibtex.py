"""BibTeX, in UTF-8: entries that BibTeX, biblatex and reference managers read.

Source: biblatex manual, @online and its fields; "Tame the BeaST", names and braces.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from monitor.citing.cited import Cited, one_line, seen
from monitor.citing.names import Name, authors

_SPECIAL = {
    **{char: f"\\{char}" for char in "%$&#_"},
    **{"\\": "{\\textbackslash}", "~": "{\\textasciitilde}", "^": "{\\textasciicircum}"},
    # BibTeX counts braces whatever stands before them
    **{"{": "{\\textbraceleft}", "}": "{\\textbraceright}"},
}
# an address is taken as it stands: only what would end the field has to go
_IN_ADDRESSES = str.maketrans({"{": "%7B", "}": "%7D", "\\": "%5C", " ": "%20", '"': "%22"})


def bibtex(several: Iterable[Cited]) -> Iterator[str]:
    """One entry after the other, each ending with an empty line."""
    for cited in several:
        fields = ",\n".join(f"  {key} = {{{value}}}" for key, value in _fields(cited))
        yield f"@online{{{cited.key},\n{fields}\n}}\n\n"


def _fields(cited: Cited) -> Iterator[tuple[str, str]]:
    article = cited.article
    if names := authors(cited):
        yield "author", " and ".join(map(_name, names))
    yield "title", f"{{{escaped(article.title)}}}"
    if cited.outlet:
        yield "organization", escaped(cited.outlet)
    if article.published_at:
        yield "date", f"{article.published_at:%Y-%m-%d}"
        yield "year", f"{article.published_at:%Y}"
    yield "url", one_line(article.url).translate(_IN_ADDRESSES)
    yield "urldate", f"{cited.archived_at:%Y-%m-%d}"
    if article.lang:
        yield "language", escaped(article.lang)
    if cited.kept.tags:
        yield "keywords", escaped(", ".join(cited.kept.tags))
    yield "note", escaped(seen(cited))


def _name(name: Name) -> str:
    """Braces keep a whole name whole, whatever `and` and commas it has."""
    if not name.given:
        return f"{{{escaped(name.family)}}}"
    return f"{escaped(name.family)}, {escaped(name.given)}"


def escaped(text: str) -> str:
    """The text with what TeX would act on written so that it prints."""
    return "".join(_SPECIAL.get(char, char) for char in one_line(text))
