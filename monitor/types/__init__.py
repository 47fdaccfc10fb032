"""Every word of the project as a frozen value: the glossary in code.

All instants are aware datetimes in UTC, durations are ``timedelta``, texts are NFC without control characters,
and bytes occur only in the body of a Fetch. Nothing here does anything: see the packages named in each docstring.

Each word is imported from here and stands in the module of its subject, which is only loaded when one of its words is
asked for: a frozen dataclass takes most of a millisecond to make, and workers need few of them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

# ruff: noqa: I001 - sorted by module, each word under its own name
if TYPE_CHECKING:
    from monitor.types.articles import (
        Arrival as Arrival,
        Article as Article,
        Facets as Facets,
        FieldName as FieldName,
        Found as Found,
        Hit as Hit,
        Kept as Kept,
        Known as Known,
        Match as Match,
        PutDown as PutDown,
        Retagged as Retagged,
        Terms as Terms,
    )
    from monitor.types.checking import (
        ArchiveFacts as ArchiveFacts,
        Finding as Finding,
        IndexFacts as IndexFacts,
    )
    from monitor.types.digests import (
        Compared as Compared,
        Count as Count,
        Dated as Dated,
        Digest as Digest,
        Document as Document,
        Item as Item,
        Quote as Quote,
        Section as Section,
        Side as Side,
    )
    from monitor.types.evidence import (
        Aged as Aged,
        Archived as Archived,
        Snapshot as Snapshot,
    )
    from monitor.types.identity import (
        Decision as Decision,
        Member as Member,
        Neighbour as Neighbour,
        Placement as Placement,
        Relation as Relation,
    )
    from monitor.types.polls import (
        Collected as Collected,
        Health as Health,
        HealthState as HealthState,
        Move as Move,
        Reached as Reached,
        Recorded as Recorded,
        Signs as Signs,
        SourceEvent as SourceEvent,
        SourceState as SourceState,
    )
    from monitor.types.presence import (
        Presence as Presence,
    )
    from monitor.types.reading import (
        Capture as Capture,
        Entry as Entry,
        Fetch as Fetch,
        Listing as Listing,
        Outcome as Outcome,
        Page as Page,
        Validators as Validators,
    )
    from monitor.types.searches import (
        SavedSearch as SavedSearch,
    )
    from monitor.types.sources import (
        ANALYSIS as ANALYSIS,
        FULLTEXT as FULLTEXT,
        OWNERSHIP as OWNERSHIP,
        Address as Address,
        Candidate as Candidate,
        Discovery as Discovery,
        Fulltext as Fulltext,
        Identified as Identified,
        Login as Login,
        Paths as Paths,
        Selectors as Selectors,
        Source as Source,
    )
    from monitor.types.telling import (
        MAYBE_ARRIVED as MAYBE_ARRIVED,
        Channel as Channel,
        Delivery as Delivery,
        Ledger as Ledger,
        Mute as Mute,
        News as News,
        Novelty as Novelty,
        Receipt as Receipt,
        Rule as Rule,
        Sensitivity as Sensitivity,
        Stopped as Stopped,
        Subscription as Subscription,
    )
    from monitor.types.versions import (
        Version as Version,
    )
    from monitor.types.watchlist import (
        ListVersion as ListVersion,
        Role as Role,
        Watchlist as Watchlist,
        WatchlistEntry as WatchlistEntry,
        WeakName as WeakName,
    )

_WORDS = {
    "articles": "Arrival Article Facets FieldName Found Hit Kept Known Match PutDown Retagged Terms",
    "checking": "ArchiveFacts Finding IndexFacts",
    "digests": "Compared Count Dated Digest Document Item Quote Section Side",
    "evidence": "Aged Archived Snapshot",
    "identity": "Decision Member Neighbour Placement Relation",
    "polls": "Collected Health HealthState Move Reached Recorded Signs SourceEvent SourceState",
    "presence": "Presence",
    "reading": "Capture Entry Fetch Listing Outcome Page Validators",
    "sources": "ANALYSIS Address Candidate Discovery Fulltext FULLTEXT Identified Login OWNERSHIP Paths Selectors"
    " Source",
    "telling": "Channel Delivery Ledger MAYBE_ARRIVED Mute News Novelty Receipt Rule Sensitivity Stopped Subscription",
    "searches": "SavedSearch",
    "versions": "Version",
    "watchlist": "ListVersion Role Watchlist WatchlistEntry WeakName",
}
_MODULES = {word: module for module, words in _WORDS.items() for word in words.split()}


def __getattr__(word: str) -> Any:
    """The word, out of its module (PEP 562)."""
    if word not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {word!r}")
    value = getattr(import_module(f"{__name__}.{_MODULES[word]}"), word)
    globals()[word] = value
    return value
