"""How a source does, out of its own past: an answer of 200 is not health. Pure.

::

    Signs of one poll -> what it looks like (one verdict)  -> certain after so many polls in a row, and not too soon
    Health (figures)                                          after the last change -> another state, one SourceEvent

A state is told when it changes, never while it lasts.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from monitor.types import Health, HealthState, Signs, SourceEvent, SourceState

#: Stands for a source in events that tell whether pages can be kept; no source can have this id.
SNAPSHOTS = "scowatch:snapshots"
#: Polls in a row that make certain; the rest: one.
_CERTAIN: dict[HealthState, int] = {"failing": 3, "challenge": 2, "selectors": 2, "empty": 3, "gone": 3}
_CERTAIN_OK = 2
#: Items in one poll that show as much as several polls with fewer.
_MANY_ITEMS = 5
_FEW_ITEMS_POLLS = 3

#: A whole answer is asked for after so long, or so many polls: a server may say "not modified" for ever.
WHOLE_EVERY = timedelta(hours=24)
WHOLE_POLLS = 10

_FIRST_REST = timedelta(hours=2)
_LONGEST_REST = timedelta(hours=48)
_UNREST_HALF = timedelta(days=7)
_SILENCE_HALF = timedelta(days=30)
_LEAST_SILENCE = timedelta(days=1)
#: Before a source is known so long, weekends and holidays may be missing in its past.
_KNOWN_WELL = timedelta(days=14)
_LEAST_SILENCE_AT_FIRST = timedelta(days=4)
#: A poll that comes later after the one before says nothing on how often the source publishes.
_WATCHING = timedelta(hours=36)
_ITEM_WEIGHT, _TEXT_WEIGHT = 0.9, 0.1
#: Texts far shorter than usual in a row, and texts before that.
_SHORTS, _TEXTS = 5, 10
_FAR_SHORTER = 2.0  # by powers of two: a quarter


def after(source_id: str, health: Health | None, signs: Signs, now: datetime) -> tuple[Health, SourceEvent | None]:
    """What is remembered after a poll, and the change of state if there was one."""
    known = health or Health()
    learnt = _learnt(known, signs, now) if signs.reached else known
    state, evidence = verdict(learnt, signs, now)
    if state is None:
        return learnt, None
    suspected = learnt.suspected + 1 if state == learnt.suspect else 1
    learnt = replace(learnt, suspect=state, suspected=suspected)
    if state == learnt.state:
        return replace(learnt, evidence=evidence), None
    if suspected < _needed(learnt.state, state, signs) or not _rested(learnt, now):
        return learnt, None
    event = SourceEvent(source_id=source_id, at=now, was=learnt.state, became=state, evidence=evidence)
    changed = replace(learnt, state=state, since=now, evidence=evidence, unrest=_unrest(learnt, now) + 1)
    return changed, event


def conditional(health: Health | None, now: datetime) -> bool:
    """Whether the next poll may ask for something newer only, instead of for the whole."""
    if health is None or health.whole_at is None:
        return True
    return health.repeats < WHOLE_POLLS - 1 and timedelta() <= now - health.whole_at < WHOLE_EVERY


# ---------------------------------------------------------------------------------------------- verdicts


def verdict(health: Health, signs: Signs, now: datetime) -> tuple[HealthState | None, str]:
    """What the poll looks like, the gravest first, with its evidence; None: it shows nothing new."""
    if signs.trouble:
        return signs.trouble, signs.why
    unsure = False
    for state, check in _CHECKS:
        evidence = check(health, signs, now)
        if evidence:
            return state, evidence
        # nothing was read that could show whether it is still so
        unsure |= evidence is None and state in (health.state, health.suspect)
    return (None, "") if unsure else ("ok", "")


def _empty(health: Health, signs: Signs, now: datetime) -> str | None:  # noqa: ARG001
    """A list that has not changed since it was empty is empty."""
    empty = not signs.listed if signs.parsed else "empty" in (health.state, health.suspect)
    return "the answer is well-formed and lists nothing" if empty else ""


def _garbled(health: Health, signs: Signs, now: datetime) -> str | None:  # noqa: ARG001
    return _share(signs.garbled, signs.read, "have letters of a wrong encoding")


def _ahead(health: Health, signs: Signs, now: datetime) -> str | None:  # noqa: ARG001
    return _share(signs.ahead, signs.read, "are dated in the future")


def _undated(health: Health, signs: Signs, now: datetime) -> str | None:  # noqa: ARG001
    if not (signs.dates_expected or health.dated):
        return ""
    if not signs.read:
        return None
    return f"none of {_items(signs.read)} has a date" if signs.undated == signs.read else ""


def _share(bad: int, read: int, what: str) -> str | None:
    if not read:
        return None
    return f"{bad} of {_items(read)} {what}" if 2 * bad >= read and bad else ""


def _items(count: int) -> str:
    return "1 new item" if count == 1 else f"{count} new items"


def _short(health: Health, signs: Signs, now: datetime) -> str | None:  # noqa: ARG001
    if not signs.lengths:
        return None
    if health.shorts < _SHORTS or health.letters is None:
        return ""
    usual = round(2**health.letters)
    return f"the last {health.shorts} texts have about {signs.lengths[-1]} letters, usually {usual}"


def _frozen(health: Health, signs: Signs, now: datetime) -> str | None:  # noqa: ARG001
    if health.gap is None or health.new_at is None or health.known_since is None:
        return ""
    silence = now - health.new_at
    if silence <= patience(health, now):
        return ""
    return f"last item {spoken(silence)} ago, usually every {spoken(timedelta(seconds=health.gap))}"


def patience(health: Health, now: datetime) -> timedelta:
    """How long the source may be silent before that is unlike its own past."""
    seconds = max(3 * health.longest, 12 * (health.gap or 0.0))
    known = now - (health.known_since or now)
    least = _LEAST_SILENCE if known >= _KNOWN_WELL else _LEAST_SILENCE_AT_FIRST
    return max(timedelta(seconds=min(seconds, 1e9)), least)


def _moved(health: Health, signs: Signs, now: datetime) -> str | None:  # noqa: ARG001
    return f"now at {signs.moved_to}" if signs.moved_to else ""


_CHECKS: tuple[tuple[HealthState, Callable[[Health, Signs, datetime], str | None]], ...] = (
    ("empty", _empty),
    ("mojibake", _garbled),
    ("short", _short),
    ("undated", _undated),
    ("future", _ahead),
    ("frozen", _frozen),
    ("moved", _moved),
)


# ---------------------------------------------------------------------------------------------- certainty


def _needed(now: HealthState, becomes: HealthState, signs: Signs) -> int:
    """Polls in a row that it takes to believe the change."""
    if becomes == "ok":
        return 1 if now in ("frozen", "moved") else _CERTAIN_OK
    if becomes in ("mojibake", "undated", "future"):
        return 1 if signs.read >= _MANY_ITEMS else _FEW_ITEMS_POLLS
    return _CERTAIN.get(becomes, 1)


def _rested(health: Health, now: datetime) -> bool:
    """Whether the last change is long enough ago; the more changes there were, the longer that is."""
    if health.since is None:
        return True
    doublings = max(_unrest(health, now) - 1, 0.0)
    return now - health.since >= min(_FIRST_REST * 2 ** min(doublings, 10), _LONGEST_REST)


def _unrest(health: Health, now: datetime) -> float:
    if health.since is None:
        return 0.0
    faded: float = health.unrest * 0.5 ** max((now - health.since) / _UNREST_HALF, 0.0)
    return faded


# ---------------------------------------------------------------------------------------------- figures


def _learnt(health: Health, signs: Signs, now: datetime) -> Health:
    """The figures with those of a poll that could be read."""
    health = _with_gap(health, signs, now)
    health = _with_texts(health, signs.lengths)
    if signs.every is not None or signs.skip_hours is not None:
        every = signs.every.total_seconds() if signs.every is not None else None
        health = replace(health, every=every, skip_hours=signs.skip_hours or ())
    return replace(
        health,
        read_at=now,
        known_since=health.known_since or now,
        listed=signs.listed if signs.parsed else health.listed,
        dated=health.dated or (signs.read > 0 and 2 * signs.undated < signs.read),
        whole_at=now if signs.whole else health.whole_at,
        repeats=0 if signs.whole else health.repeats + 1,
    )


def _with_gap(health: Health, signs: Signs, now: datetime) -> Health:
    if signs.first or health.known_since is None:
        return _from_dates(health, signs, now)
    if not signs.new:
        return health
    silence = max((now - (health.new_at or now)).total_seconds(), 1.0)
    watched = health.read_at is not None and now - health.read_at <= _WATCHING
    health = replace(health, new_at=now)
    if not watched:
        return health
    sample, weight = silence / signs.new, 1 - _ITEM_WEIGHT ** min(signs.new, 20)
    gap = sample if health.gap is None else health.gap + (sample - health.gap) * weight
    faded = health.longest * 0.5 ** (silence / _SILENCE_HALF.total_seconds())
    return replace(health, gap=gap, longest=max(silence, faded))


def _from_dates(health: Health, signs: Signs, now: datetime) -> Health:
    """What the first list tells of the time before it."""
    dates = sorted(date for date in signs.dates if date <= now)
    if not signs.new:
        return health
    if len(dates) < 3 or dates[0] == dates[-1]:
        return replace(health, new_at=dates[-1] if dates and len(dates) == signs.read else now)
    gaps = [(later - sooner).total_seconds() for sooner, later in itertools.pairwise(dates)]
    gap = (dates[-1] - dates[0]).total_seconds() / len(gaps)
    return replace(health, new_at=dates[-1], known_since=dates[0], gap=gap, longest=max(gaps))


def _with_texts(health: Health, lengths: tuple[int, ...]) -> Health:
    for length in lengths:
        size = math.log2(length + 1)
        usual = size if health.letters is None else health.letters
        if health.texts >= _TEXTS and size < usual - _FAR_SHORTER:
            health = replace(health, shorts=health.shorts + 1)  # and leaves what is usual as it was
        else:
            usual += (size - usual) * max(_TEXT_WEIGHT, 1 / (health.texts + 1))
            health = replace(health, letters=usual, texts=health.texts + 1, shorts=0)
    return health


# ---------------------------------------------------------------------------------------------- words

#: Of one source, and of several.
_BECAME: dict[HealthState, tuple[str, str]] = {
    "ok": ("is well again", "are well again"),
    "failing": ("cannot be read", "cannot be read"),
    "empty": ("lists nothing any more", "list nothing any more"),
    "frozen": ("went silent", "went silent"),
    "undated": ("has no dates any more", "have no dates any more"),
    "future": ("has dates in the future", "have dates in the future"),
    "short": ("gives far shorter texts than it used to", "give far shorter texts than they used to"),
    "challenge": (
        "answers with a page that asks for proof of being human",
        "answer with a page that asks for proof of being human",
    ),
    "mojibake": ("comes in a wrong encoding", "come in a wrong encoding"),
    "selectors": (
        "has changed its pages: the selectors find nothing",
        "have changed their pages: the selectors find nothing",
    ),
    "gone": ("is gone for good, it says", "are gone for good, they say"),
    "moved": (
        "has moved: put the new address into sources.yaml",
        "have moved: put the new addresses into sources.yaml",
    ),
    "unkept": ("cannot be kept", "cannot be kept"),
}
_GLANCE: dict[HealthState, str] = {"frozen": "silent", "short": "short texts", "future": "dates ahead"}


def said(event: SourceEvent, name: str) -> str:
    """The change in words: ``Akorda went silent (last item 3 days ago, usually every 2 h)``."""
    return f"{name} {_BECAME[event.became][0]}{_shown_by(event)}"


def said_of_several(event: SourceEvent, count: int, names: str) -> str:
    """The same of sources that all changed alike: ``2 sources are well again (was: silent): Akorda, Khabar``."""
    return f"{count} sources {_BECAME[event.became][1]}{_shown_by(event)}: {names}"


def reason(event: SourceEvent) -> str:
    """What shows the change, or, where all is well again, what was the matter; empty: nothing to say."""
    return event.evidence if event.became != "ok" else f"was: {_shown(event.was)}"


def _shown_by(event: SourceEvent) -> str:
    return f" ({reason(event)})" if reason(event) else ""


def glance(state: SourceState | None, now: datetime) -> str:
    """How the source does, in a word or two for a table: ``ok``, ``failing 3×``, ``silent 4 d``."""
    if state is None or state.last_attempt_at is None:
        return "not read yet"
    health = state.health or Health()
    if health.state == "ok":
        return f"ok, but {state.failures}× failed" if state.failures else "ok"
    if health.state == "failing" and not state.failures:
        return "failing, better now" if health.suspect == "ok" else "partly failing"
    if health.state == "failing":
        return f"failing {state.failures}×"
    begun = health.new_at if health.state == "frozen" else health.since
    return f"{_shown(health.state)} {spoken(now - begun)}" if begun else _shown(health.state)


def _shown(state: HealthState) -> str:
    return _GLANCE.get(state, state)


def spoken(time: timedelta) -> str:
    """A span as people say it: ``40 min``, ``2 h``, ``3 days``."""
    minutes = max(round(time.total_seconds() / 60), 1)
    if minutes < 100:
        return f"{minutes} min"
    hours = round(minutes / 60)
    return f"{hours} h" if hours < 48 else f"{round(hours / 24)} days"
