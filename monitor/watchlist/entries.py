"""The watchlist as a tree: what rolls up into what when somebody asks for a tag."""

from __future__ import annotations

from monitor.types import Watchlist


def descendants(watchlist: Watchlist, entry_id: str) -> tuple[str, ...]:
    """Ids of the entry and of all below it, itself first, then in the order of the list; empty for an unknown id."""
    if all(entry.id != entry_id for entry in watchlist.entries):
        return ()
    children: dict[str, list[str]] = {}
    for entry in watchlist.entries:
        if entry.parent is not None:
            children.setdefault(entry.parent, []).append(entry.id)
    found = {entry_id}
    to_visit = [entry_id]
    while to_visit:
        new = [child for child in children.get(to_visit.pop(), ()) if child not in found]
        found.update(new)
        to_visit += new
    below = (entry.id for entry in watchlist.entries if entry.id in found and entry.id != entry_id)
    return (entry_id, *below)
