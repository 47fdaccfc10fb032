"""The sources of sources.yaml as one text that is read twenty times as fast: a start needs no YAML."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any

from monitor.types import Address, Login, Paths, Selectors, Source

_HERE = Path(__file__).parent
#: All that decides what a text means beside itself: another state of them, and what was kept is of no use.
_MEANING = ("sourcelist.py", "blocks.py", "storedlist.py", "types/sources.py", "packs/sco/presets.yaml")


def state_of(text: str, *beside: str) -> str:
    """Another one: the sources have to be read out of the text again; `beside`: more modules that have a say."""
    digest = hashlib.sha256(text.encode())
    for name in (*_MEANING, *beside):
        digest.update((_HERE / name).read_bytes())
    return digest.hexdigest()[:24]


def dumps(sources: Sequence[Source]) -> str:
    """The sources as JSON, for a file of our own beside the list."""
    return json.dumps([asdict(source) for source in sources], ensure_ascii=False, default=timedelta.total_seconds)


def loads(text: str) -> tuple[Source, ...] | None:
    """What was kept; None when it is not whole, and has to be made anew."""
    try:
        return tuple(map(_source, json.loads(text)))
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def _source(kept: dict[str, Any]) -> Source:
    kept["addresses"] = tuple(map(_address, kept["addresses"]))
    kept["languages"], kept["group"] = tuple(kept["languages"]), tuple(kept["group"])
    kept["every"] = None if kept["every"] is None else timedelta(seconds=kept["every"])
    return Source(**kept)


_PLAIN = Selectors()
_NO_SELECTORS = asdict(_PLAIN)


def _address(kept: dict[str, Any]) -> Address:
    said = kept["selectors"]
    kept["selectors"] = _PLAIN if said == _NO_SELECTORS else Selectors(**said)
    kept["paths"] = kept["paths"] and Paths(**kept["paths"])
    kept["login"] = kept["login"] and Login(**kept["login"])
    return Address(**kept)
