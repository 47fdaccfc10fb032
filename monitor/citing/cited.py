"""An article with what a reference to it needs."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime

from monitor.types import Article, Kept, Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Cited:
    kept: Kept
    #: None: it came from none of sources.yaml.
    source: Source | None
    #: When the archive got the text that it has now.
    archived_at: datetime

    @property
    def article(self) -> Article:
        return self.kept.article

    @property
    def outlet(self) -> str:
        """Who published it; empty where nobody said."""
        named = self.source.name if self.source else None
        return named or self.article.source_name or self.article.source_id or ""

    @property
    def key(self) -> str:
        """What the reference is called by: the same each time, and another one for each article."""
        of = re.sub(r"[^a-z0-9]+", "-", (self.article.source_id or "article").lower()).strip("-") or "article"
        at = self.article.published_at or self.article.first_seen_at
        return f"{of}-{at:%Y%m%d}-{self.kept.id}"

    @property
    def is_news(self) -> bool:
        """Whether it stood in what is published like a newspaper: not on the site of an authority or institute."""
        return self.source is None or self.source.ownership not in ("official", "think-tank")


def one_line(text: str) -> str:
    """The text without line breaks and without what nobody sees, such as signs that turn the direction of writing."""
    return " ".join("".join(map(_seen, text)).split())


def _seen(char: str) -> str:
    if char.isprintable() or char in "\u200c\u200d":  # Persian and Hindi words need these two
        return char
    return " " if unicodedata.category(char) in ("Cc", "Zl", "Zp", "Zs") else ""


def seen(cited: Cited) -> str:
    """`First seen … ; archived …`, to the minute, in UTC."""
    first, archived = cited.article.first_seen_at, cited.archived_at
    return f"First seen {first:%Y-%m-%d %H:%M} UTC; archived {archived:%Y-%m-%d %H:%M} UTC"
