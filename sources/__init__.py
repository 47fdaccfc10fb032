"""Where news comes from: fetching and reading. Only sources.http and sources.imap contact anybody; every other module
turns bytes into values.

Publishers' bytes are read in worker processes (sources.pool, sources.worker), never in the process that holds the
archive: they can be slow without end, and a worker can be killed.
"""

from __future__ import annotations

#: Kind of a source -> the function that lists its entries, imported on first use in a worker.
KINDS: dict[str, str] = {
    "feed": "sources.feed:read",
    "page": "sources.page:read",
    "sitemap": "sources.sitemap:read",
    "telegram": "sources.telegram:read",
    "mailbox": "sources.mailbox:read",
    "api": "sources.api:read",
}

#: What workers can list: the kinds, and what a page says of other places to read (sources.discover).
LISTINGS: dict[str, str] = KINDS | {"discover": "sources.discover:read"}
