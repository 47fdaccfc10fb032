"""Where news comes from: fetching and reading. Only sources.http fetches; every other module turns bytes into values.

Publishers' bytes are read in worker processes (sources.pool, sources.worker), never in the process that holds the
archive: they can be slow without end, and a worker can be killed.
"""

from __future__ import annotations

#: Kind of a source -> the function that lists its entries, imported on first use in a worker.
KINDS: dict[str, str] = {
    "feed": "sources.feed:read",
    "page": "sources.page:read",
}
