"""What is found when everything is looked over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is not as it should be."""

    #: `fault`: something is broken or will be; `note`: worth knowing, nothing is wrong.
    level: Literal["fault", "note"]
    #: Which of the checks found it.
    check: str
    thing: str
    reason: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.thing}: {self.reason}; {self.remedy}"


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexFacts:
    """The search index beside the articles."""

    #: Articles that it does not hold, and rows of it that belong to no article.
    missing: int = 0
    extra: int = 0
    #: Tags, sources and languages whose number of articles is another one in the index: `tag:sco 17 for 18`.
    facets: tuple[str, ...] = ()
    #: Articles that were looked at word by word, and those that are not found by their words.
    sampled: int = 0
    not_found: int = 0
    #: Number of the analyser that made it, None: not known; and of the present one.
    analyser: int | None = None
    present_analyser: int = 0
    #: Articles done and all, while it is being made anew; None: it is not.
    making: tuple[int, int] | None = None
    #: Whether searches are answered by the one that is being made.
    in_place: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveFacts:
    """What an archive's file says of itself."""

    path: str
    size: int
    #: Bytes of the write-ahead log beside it.
    log_size: int
    #: Files that processes have left which were killed.
    left_over: tuple[str, ...]
    #: Number of its newest migration, and of the newest that there is.
    shape: int
    newest_shape: int
    #: What SQLite finds wrong with it: the table, None where it cannot be told, and its words.
    damaged: tuple[tuple[str | None, str], ...] = ()
    #: The same of the search index alone.
    index_damaged: tuple[str, ...] = ()
    #: Pages that nothing refers to.
    unused: str | None = None
    #: Rows without what they belong to: table and column, parent, how many, and whether the schema forbids it.
    orphans: tuple[tuple[str, str, int, bool], ...] = ()
    index: IndexFacts | None = None
    #: Articles whose list of tags is not what its matches say: how many, and numbers of some.
    tags_differ: tuple[int, tuple[int, ...]] = (0, ())
    #: Articles by the digest of the list that tagged them; None for those of which it is not known.
    tagged_by: Mapping[str | None, int]
    #: Deliveries whose sender has died: number, channel, since when.
    stuck: tuple[tuple[int, str, datetime], ...] = ()
    failed: int = 0
    #: By source: last poll and when the next one is due.
    polls: Mapping[str, tuple[datetime | None, datetime | None]]
    #: By what it is of: how many instants lie after now, and the last of them.
    ahead: Mapping[str, tuple[int, datetime]]
    #: How often a later change has an earlier time, by more than a minute.
    backwards: int = 0
    #: Checks that could not be made, and why.
    unread: tuple[tuple[str, str], ...] = ()
    #: Files that rows refer to, and that are not there.
    lost_files: tuple[str, ...] = ()

    def tagged_otherwise(self, digest: str) -> int:
        """How many articles were not tagged by the list with that digest."""
        return sum(count for by, count in self.tagged_by.items() if by != digest)
