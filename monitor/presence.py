"""Whether the pages of tagged articles still stand: when they are looked at again, and what an answer says. Pure.

What an outlet takes down after it was tagged is weighty, and so is the claim that it did. Only 404 and 410 say that a
page is not there, and only when they are said twice, hours apart; a refusal, a fault of the server, silence, a page
that asks for proof of being human, or a redirect to the front page say nothing.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal
from urllib.parse import urlsplit

from monitor.disguises import is_challenge
from monitor.types import Fetch, Presence

Answer = Literal["there", "missing", "nothing"]

#: Looks at a page, after its article was first seen.
LOOKS = (timedelta(days=1), timedelta(days=3), timedelta(days=10))
#: Between the two looks that make sure.
SURE_AFTER = timedelta(hours=6)
#: A look that is to make sure and says nothing is made again after so long, and none once the article is so old.
AGAIN_AFTER, LAST = timedelta(days=1), timedelta(days=14)


def next_look(first_seen_at: datetime, after: datetime) -> datetime | None:
    """The first look that is planned after that instant; None: there is none."""
    return next((at for look in LOOKS if (at := first_seen_at + look) > after), None)


def answered(fetch: Fetch) -> Answer:
    """What an answer says of the page that was asked for."""
    if fetch.status in (404, 410):
        return "missing"
    if fetch.outcome != "ok" or is_challenge(fetch.body) or _is_front_page(fetch):
        return "nothing"
    return "there"


def _is_front_page(fetch: Fetch) -> bool:
    """Whether a redirect led from the page to the front page, as some sites answer for pages that they took down."""
    try:
        asked, came = urlsplit(fetch.url), urlsplit(fetch.final_url)
    except ValueError:
        return True
    return len(asked.path + asked.query) > 1 and len(came.path + came.query) <= 1


def after(known: Presence, answer: Answer, now: datetime, status: int | None = None) -> Presence:
    """What is known after a look that ended so."""
    planned = next_look(known.first_seen_at, now)
    if answer == "there":
        back = now if known.gone_at and not known.back_at else known.back_at
        return replace(known, due_at=planned, missing_at=None, back_at=back)
    if answer == "nothing":
        unsure = known.missing_at is not None and not _is_gone(known)
        again = now + AGAIN_AFTER if unsure and now + AGAIN_AFTER <= known.first_seen_at + LAST else None
        return replace(known, due_at=again or planned)
    if known.missing_at is None:
        return replace(known, due_at=now + SURE_AFTER, missing_at=now, status=status)
    if now - known.missing_at < SURE_AFTER:
        return replace(known, due_at=known.missing_at + SURE_AFTER, status=status)
    if _is_gone(known):
        return replace(known, due_at=planned, status=status)
    return replace(known, due_at=planned, gone_at=now, back_at=None, status=status)


def _is_gone(known: Presence) -> bool:
    return known.gone_at is not None and known.back_at is None


def settled(known: Presence) -> bool:
    """Whether nothing is left to look at or to tell."""
    return known.due_at is None and known.gone_at is None
