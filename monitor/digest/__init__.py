"""Which stories are told to whom, in which order, and when enough is enough. Pure.

``build`` makes a digest out of what a subscription has not been told yet, ``decide`` makes alerts. Both give back a
draft: what to tell, what to hold for later, and what need no longer be held. Nothing that was seen is ever dropped
without being counted: seen = sent + folded into another item + held +
dropped, each with a reason (`Digest.reconciled`).
"""

from monitor.digest.alerts import MUTED, AlertsDraft, decide, outage_summary
from monitor.digest.digests import Asked, Draft, Gloss, build, digest_key
from monitor.digest.housekeeping import housekeeping, operator_digest, stopped_digest
from monitor.digest.stories import apart, group

__all__ = [
    "MUTED",
    "AlertsDraft",
    "Asked",
    "Draft",
    "Gloss",
    "apart",
    "build",
    "decide",
    "digest_key",
    "group",
    "housekeeping",
    "operator_digest",
    "outage_summary",
    "stopped_digest",
]
