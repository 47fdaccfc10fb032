"""What is told of the sources themselves: to readers at the end of a digest, to the operator by messages. Pure.

Changes are told once, with what shows them; how things stand is one line for each kind of trouble.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from monitor.health import SNAPSHOTS, reason, said, said_of_several
from monitor.types import Digest, HealthState, Presence, Source, SourceEvent, SourceState, Stopped, Subscription

#: Failed polls in a row before a source is named of which nothing else is known: one bad answer is no news.
_FAILURES = 3
#: Silence of a source whose pace is not known.
_SILENT = {1: timedelta(days=7), 2: timedelta(days=14), 3: timedelta(days=45)}
_NAMED = 5
_TITLES = 3
_OURS = {SNAPSHOTS: Source(id=SNAPSHOTS, name="The record of article pages", kind="feed", addresses=())}
_CHANGES_IN_A_DIGEST = 6
_CHANGES_TO_THE_OPERATOR = 60

_STANDING: dict[HealthState, str] = {
    "failing": "Could not be read",
    "gone": "Gone for good",
    "challenge": "Asks for proof of being human",
    "selectors": "Selectors find nothing",
    "empty": "Lists nothing",
    "frozen": "Silent",
    "short": "Texts far shorter than usual",
    "mojibake": "Wrong encoding",
    "undated": "Without dates",
    "future": "Dates in the future",
}


def housekeeping(
    sources: Iterable[Source],
    states: Mapping[str, SourceState],
    now: datetime,
    events: Sequence[SourceEvent] = (),
    gone: Sequence[Presence] = (),
) -> tuple[str, ...]:
    """A few lines, so that a reader can trust that no news is no news: which articles were taken down, what changed,
    then how it stands."""
    known = {source.id: source for source in sources}
    news = changes(events, known, most=_CHANGES_IN_A_DIGEST)
    told = {event.source_id for event in events}
    standing: dict[HealthState, list[str]] = {}
    for source in known.values():
        state = states.get(source.id)
        if state is not None and source.id not in told and (found := _trouble(source, state, now)):
            standing.setdefault(found[0], []).append(f"{source.name} ({found[1]})" if found[1] else source.name)
    taken = taken_down(gone, known)
    return (*taken, *news, *(_line(text, standing[kind]) for kind, text in _STANDING.items() if kind in standing))


def taken_down(gone: Sequence[Presence], sources: Mapping[str, Source]) -> tuple[str, ...]:
    """A line for each outlet whose pages of tagged articles are gone."""
    by_source: dict[str, list[Presence]] = {}
    for one in gone:
        by_source.setdefault(one.source_id, []).append(one)
    lines = []
    for source_id, several in by_source.items():
        titles = "; ".join(f"“{one.title}” (article {one.article_id})" for one in several[:_TITLES])
        rest = f" and {len(several) - _TITLES} more" if len(several) > _TITLES else ""
        name = sources[source_id].name if source_id in sources else source_id
        lines.append(f"Gone from {name} after it was tagged: {titles}{rest}.")
    return tuple(lines)


def changes(events: Sequence[SourceEvent], sources: Mapping[str, Source], *, most: int) -> tuple[str, ...]:
    """A line for each source that ended in another state than it began in, those that share a reason together."""
    first: dict[str, SourceEvent] = {}
    last: dict[str, SourceEvent] = {}
    for event in events:
        first.setdefault(event.source_id, event)
        last[event.source_id] = event
    groups: dict[tuple[str, str], list[SourceEvent]] = {}
    for source_id, event in last.items():
        if source_id in sources and event.became != first[source_id].was:
            groups.setdefault((event.became, reason(event)), []).append(event)
    lines = [_change(group, sources) for group in sorted(groups.values(), key=len, reverse=True)]
    if len(lines) > most:
        lines[most - 1 :] = [f"and {len(lines) - most + 1} more changes: see `scowatch sources list`"]
    return tuple(lines)


def _change(group: Sequence[SourceEvent], sources: Mapping[str, Source]) -> str:
    names = [sources[event.source_id].name for event in group]
    if len(names) == 1:
        return f"{said(group[0], names[0])}."
    rest = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"{said_of_several(group[0], len(names), ', '.join(names[:_NAMED]) + rest)}."


def operator_digest(
    events: Sequence[SourceEvent], sources: Mapping[str, Source], subscription: Subscription, now: datetime
) -> Digest | None:
    """The message that tells the operator of these changes; None: they leave nothing to tell."""
    lines = changes(events, {**sources, **_OURS}, most=_CHANGES_TO_THE_OPERATOR)
    if not lines:
        return None
    return Digest(
        key=f"{subscription.id}/{events[0].number}-{events[-1].number}",
        subscription_id=subscription.id,
        kind="health",
        created_at=now,
        since=events[0].at,
        until=now,
        timezone=subscription.timezone,
        sections=(),
        seen=0,
        housekeeping=lines,
    )


def stopped_digest(stopped: Sequence[Stopped], subscription: Subscription, now: datetime) -> Digest:
    """The message that tells the operator of channels through which nothing goes any more."""
    return Digest(
        key=f"{subscription.id}/stopped/" + "+".join(f"{one.channel_id}@{one.since:%Y%m%dT%H%M%SZ}" for one in stopped),
        subscription_id=subscription.id,
        kind="health",
        created_at=now,
        since=stopped[0].since,
        until=now,
        timezone=subscription.timezone,
        sections=(),
        seen=0,
        heading="A channel is closed",
        housekeeping=tuple(
            f"Nothing goes out through {one.why}. What is due waits; once it is mended: "
            f"`scowatch channels resume {one.channel_id}`."
            for one in stopped
        ),
    )


def _trouble(source: Source, state: SourceState, now: datetime) -> tuple[HealthState, str] | None:
    """The state to be named, with a word on it; None: all is well, or that is not certain."""
    health = state.health
    if state.failures >= _FAILURES and (health is None or health.state in ("ok", "failing", "frozen", "moved")):
        return "failing", state.last_error or "no answer"
    if health is not None and health.state not in ("ok", "moved"):
        if health.state == "failing":
            return "failing", health.evidence
        since = health.new_at if health.state == "frozen" else health.since
        return health.state, f"since {_day(since)}" if since else ""
    paced = health is not None and health.gap is not None
    if not paced and state.last_new_at and now - state.last_new_at > _SILENT.get(source.priority, _SILENT[2]):
        return "frozen", f"since {_day(state.last_new_at)}"
    return None


def _day(at: datetime) -> str:
    return f"{at.day} {at:%b}"


def _line(what: str, names: list[str]) -> str:
    rest = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"{what}: {', '.join(names[:_NAMED])}{rest}."
