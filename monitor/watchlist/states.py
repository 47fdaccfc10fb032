"""Which states a watchlist is about: `members` of its `meta`."""

from __future__ import annotations

import re

#: The block `meta` alone: reading the whole of a long list takes a thousand times longer.
_META = re.compile(r"^meta:[^\n]*\n(?:[ \t#][^\n]*\n|\n)*", re.MULTILINE)
_STATE = re.compile(r"[a-z]{2}")


def member_states(text: str) -> tuple[str, ...]:
    """ISO 3166 codes in lower case, out of the text of a watchlist; empty: it names none."""
    found = _META.search(f"{text}\n")
    if found is None:
        return ()
    import yaml

    try:
        meta = (yaml.safe_load(found.group()) or {}).get("meta")
    except (yaml.YAMLError, AttributeError):
        return ()
    members = meta.get("members") if isinstance(meta, dict) else None
    given = [code.lower() for code in members if isinstance(code, str)] if isinstance(members, list) else []
    return tuple(dict.fromkeys(code for code in given if _STATE.fullmatch(code)))
