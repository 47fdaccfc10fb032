"""Archives, chosen by the scheme of their URL.

A further backend is one module with `open_store(url, vocabulary)`, one line in BACKENDS and one row in the fixtures of
tests/storage, whose suite is the definition of what a backend does.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, cast

from monitor.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable

    from monitor.ports import Store
    from monitor.query import Vocabulary

#: URL scheme -> module.
BACKENDS = {"sqlite": "storage.sqlite"}


def open_store(url: str, *, vocabulary: Callable[[], Vocabulary] | None = None) -> Store:
    """The archive at that URL, made when it is not there; `sqlite:///archive.db`, `sqlite:////var/lib/x/archive.db`.

    `vocabulary` says what `class:`, `from:`, `kind:`, `priority:` and the roll-up of `tag:` mean; it is asked when a
    search first has such a field. Archives keep only ids of sources and entries, so nothing has to be indexed again
    when sources.yaml or watchlist.yaml change; without it these fields find nothing, and `tag:` the tag alone.
    Raises: StoreError.
    """
    scheme = url.partition(":")[0]
    if scheme not in BACKENDS or "://" not in url:
        known = ", ".join(f"{name}:///…" for name in BACKENDS)
        raise StoreError(f"[storage] url: there is no storage {scheme!r}; there is {known}")
    return cast("Store", import_module(BACKENDS[scheme]).open_store(url, vocabulary))
