"""What is kept of an article to compare later ones with: one value of some hundred bytes, in three parts.

::

    sketch      of its words, for copies (monitor.identity.prints): says itself how long it is
    credits     whom it names as its origin (monitor.identity.evidence), their length in two bytes before them
    facts       for stories (monitor.identity.facts), up to the end
"""

from __future__ import annotations

from typing import NamedTuple

_VALUE = 4
_MOST = 0xFFFF


class Parts(NamedTuple):
    """The three parts, each as its maker wrote it."""

    sketch: bytes
    credits: bytes
    facts: bytes


NOTHING = Parts(b"", b"", b"")


def joined(parts: Parts) -> bytes:
    """The parts as one value. Credits of more than 64 KiB are left out: there are none."""
    credits = parts.credits if len(parts.credits) <= _MOST else b""
    return b"".join((parts.sketch or b"\0", len(credits).to_bytes(2, "little"), credits, parts.facts))


def parted(kept: bytes) -> Parts:
    """The parts of what `joined` made; NOTHING of anything else."""
    if not kept:
        return NOTHING
    end = 1 + _VALUE * kept[0]
    begin = end + 2
    length = int.from_bytes(kept[end:begin], "little")
    if len(kept) < begin + length:
        return NOTHING
    return Parts(kept[:end], kept[begin : begin + length], kept[begin + length :])
