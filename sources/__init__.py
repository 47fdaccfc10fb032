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

#: What else workers list: no kind of a source, but what a page says of others (sources.discover).
ASIDE: dict[str, str] = {"discover": "sources.discover:read"}
