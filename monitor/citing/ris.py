"""RIS, in UTF-8: a tag, two spaces, a hyphen and a space, one value a line.

Source: RIS specification of 2011 (Reference Manager direct export), types NEWS and ELEC.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from monitor.citing.cited import Cited, one_line, seen
from monitor.citing.names import authors


def ris(several: Iterable[Cited]) -> Iterator[str]:
    """One record after the other, each ending with an empty line; lines end as the format wants, with CR and LF."""
    for cited in several:
        lines = [f"{tag}  - {one_line(value)}" for tag, value in _fields(cited)]
        yield "\r\n".join([*lines, "ER  - ", "", ""])


def _fields(cited: Cited) -> Iterator[tuple[str, str]]:
    article = cited.article
    yield "TY", "NEWS" if cited.is_news else "ELEC"
    yield "ID", cited.key
    for name in authors(cited):
        yield "AU", f"{name.family}, {name.given}" if name.given else name.family
    yield "TI", article.title
    if cited.outlet:
        yield "T2", cited.outlet
        yield "PB", cited.outlet
    if article.published_at:
        yield "PY", f"{article.published_at:%Y}"
        yield "DA", f"{article.published_at:%Y/%m/%d}/"
    yield "UR", article.url
    yield "Y2", f"{cited.archived_at:%Y/%m/%d}/"
    if article.lang:
        yield "LA", article.lang
    for tag in cited.kept.tags:
        yield "KW", tag
    yield "N1", seen(cited)
