"""Searches that are kept under a name."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedSearch:
    """One search of searches.yaml: what digests, alerts, feeds and other searches mean by ``@name``."""

    #: Small letters, digits and hyphens.
    name: str
    #: For people; the name where the file gives none.
    title: str
    #: In the query language; may refer to others.
    search: str
    notes: str | None = None
    #: Where it stands in its file, counted from 1.
    line: int = 0
