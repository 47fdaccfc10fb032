"""Lists of feeds that come in and go out as OPML, and what a source needs before it is put into a list."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from monitor.types import Source
    from sources.opml import Subscriptions


def read_opml(body: bytes, taken: Collection[str], allow_networks: Sequence[str]) -> Subscriptions:
    """The feeds of an OPML document as sources with ids that are free, and what is not taken. Raises: InputError."""
    from sources import opml
    from sources.addresses import networks

    return opml.subscriptions(body, taken, networks(allow_networks))


def refused_address(url: str, allow_networks: Sequence[str]) -> str | None:
    """Why that address would never be fetched, as far as it can be told without asking anybody; None: it may be."""
    from sources.addresses import networks
    from sources.urls import refused

    return refused(url, networks(allow_networks))


def free_id(name: str, url: str, taken: Collection[str]) -> str:
    """An id for a source that is not `taken`."""
    from sources import opml

    return opml.free_id(name, url, taken)


def write_opml(sources: Sequence[Source]) -> bytes:
    """The feeds among the sources as an OPML document."""
    from sources import opml

    return opml.write(sources)
