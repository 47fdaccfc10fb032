"""Whether a story is what a rule wants, what is new about it, and what is muted. Pure.

A story is judged as a whole: by the articles that came now and by those that the archive had of it before. What counts
is who says a thing first, so that the outlet of a reprinted text is the one that it was taken from.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from monitor.digest.stories import Story, class_of
from monitor.types import ANALYSIS, Article, Mute, News, Rule, Source, Subscription, WatchlistEntry

#: (what it is, which one): ``("story", "")``, ``("name", "sco")``, ``("date", "7/24")``, ``("number", "12%")``.
Fact = tuple[str, str]
#: Numbers below this stand in every text.
_TELLING_NUMBER = 100
_YEARS = range(1900, 2101)
_SHOWN = 3


def _no_figures(_: Article) -> Iterable[str]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Background:
    """What has to be known beside the news themselves."""

    #: By story: articles that it had before, and what edited articles said before.
    earlier: Mapping[int, Sequence[News]] = field(default_factory=dict)
    #: By story: when its last alert was made.
    alerted_at: Mapping[int, datetime] = field(default_factory=dict)
    #: Entries of which more is written than usual, each with a word on it.
    surging: Mapping[str, str] = field(default_factory=dict)
    #: Those in force; stories by the number that they go by.
    mutes: Sequence[Mute] = ()
    #: Numbers and days that an article names, as monitor.identity.amounts writes them.
    figures: Callable[[Article], Iterable[str]] = _no_figures


NOTHING = Background()


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a rule says of a story."""

    tells: bool
    #: What fulfilled the rule, or the reason why the story is left out.
    because: str


def judge(rule: Rule, story: Story, background: Background, *, told: bool) -> Verdict:
    """What the rule says of the story, with all that is known of it. `told`: an alert has told it before, so that only
    what is new since is worth another one."""
    earlier = background.earlier.get(story.id, ())
    pieces = (*earlier, *story.news)
    grounds = []
    for condition in (_priority, _spike, _origins):
        fulfilled, word = condition(rule, story, pieces, background)
        if not fulfilled:
            return Verdict(tells=False, because=word)
        grounds.append(word)
    stated = _stated(rule, story, pieces, background)
    if ("story", "") not in stated:
        return Verdict(tells=False, because=_wanted_classes(rule))
    grounds.append(_who(rule, story, pieces))
    new = stated - _stated(rule, story, earlier, background) if told else stated
    new = {fact for fact in new if fact[0] in rule.novelty and not (told and fact[0] == "story")}
    if not new:
        return Verdict(tells=False, because="nothing new")
    grounds.append(_news_of(new, story.entries, told=told))
    return Verdict(tells=True, because="; ".join(ground for ground in grounds if ground))


def muted(
    piece: News, subscription: Subscription, mutes: Sequence[Mute], entries: Mapping[str, WatchlistEntry], now: datetime
) -> bool:
    """Whether that channel is not told of it."""
    active = [mute for mute in mutes if mute.channel_id == subscription.channel_id and mute.since <= now < mute.until]
    names = (subscription.id, subscription.name)
    simple = {("story", str(piece.kept.story_id)), ("source", piece.kept.article.source_id or "")}
    if any((mute.kind, mute.what) in simple or (mute.kind == "rule" and mute.what in names) for mute in active):
        return True
    quieted = frozenset(mute.what for mute in active if mute.kind == "entry")
    return bool(quieted) and _only_about(piece.kept.tags, quieted, entries)


def unmuted(
    news: Sequence[News],
    subscription: Subscription,
    mutes: Sequence[Mute],
    entries: Mapping[str, WatchlistEntry],
    now: datetime,
) -> tuple[list[News], list[News]]:
    """What the channel is told, and what is muted there."""
    if not mutes:
        return list(news), []
    silenced = {piece.kept.id for piece in news if muted(piece, subscription, mutes, entries, now)}
    return [p for p in news if p.kept.id not in silenced], [p for p in news if p.kept.id in silenced]


def next_alert_at(rule: Rule, background: Background, story_id: int) -> datetime | None:
    """When the story may have its next alert; None: at any time."""
    last = background.alerted_at.get(story_id)
    return None if last is None or rule.cooldown <= timedelta() else last + rule.cooldown


# ---------------------------------------------------------------------------------------------- conditions


def _priority(rule: Rule, story: Story, pieces: Sequence[News], _: Background) -> tuple[bool, str]:
    if rule.priority is None:
        return True, ""
    tags = dict.fromkeys(tag for piece in (*story.news, *pieces) for tag in piece.kept.tags)
    names = [e.name for tag in tags if (e := story.entries.get(tag)) and e.priority <= rule.priority]
    if not names:
        return False, f"no tag of priority {rule.priority}"
    return True, f"priority {rule.priority}: {', '.join(names[:_SHOWN])}"


def _spike(rule: Rule, story: Story, pieces: Sequence[News], background: Background) -> tuple[bool, str]:
    if rule.spike is None or story.left_over:  # what waited was surging when it came
        return True, ""
    tags = dict.fromkeys(tag for piece in pieces for tag in piece.kept.tags)
    found = next((background.surging[tag] for tag in tags if tag in background.surging), None)
    return found is not None, found or "as much as usual"


def _origins(rule: Rule, story: Story, pieces: Sequence[News], _: Background) -> tuple[bool, str]:
    if rule.min_origins < 2:
        return True, ""
    count = len(origins_of(pieces, story.sources))
    return count >= rule.min_origins, f"{count} origins" if count >= rule.min_origins else "too few origins"


def origins_of(pieces: Iterable[News], sources: Mapping[str, Source]) -> frozenset[str]:
    """Who independently of one another reported it, editions of one house as one; those not known are nobody, and
    analyses report nothing."""
    found = set()
    for piece in pieces:
        if class_of(piece.kept, sources) == ANALYSIS:
            continue
        origin = piece.kept.origin or {}
        source_id, name = origin.get("source"), origin.get("name")
        source = sources.get(str(source_id)) if source_id else None
        if source is not None:
            found.add(source.family or source.id)
        elif source_id or name:
            found.add(str(source_id or name).casefold())
    return frozenset(found)


def _who(rule: Rule, story: Story, pieces: Sequence[News]) -> str:
    if not rule.classes and not rule.min_classes:
        return ""
    classes = dict.fromkeys(c for piece in pieces if (c := class_of(piece.kept, story.sources)))
    fitting = [c for c in classes if c in rule.classes]
    several = [c for c in classes if c != ANALYSIS]
    return f"from {', '.join(fitting)}" if fitting else f"from {len(several)} classes: {', '.join(several)}"


def _wanted_classes(rule: Rule) -> str:
    named = [" or ".join(rule.classes)] if rule.classes else []
    several = [f"{rule.min_classes} classes"] if rule.min_classes else []
    return "not from " + " nor ".join((*named, *several))


# ---------------------------------------------------------------------------------------------- what is new


def _stated(rule: Rule, story: Story, pieces: Iterable[News], background: Background) -> set[Fact]:
    """The facts that are said by those who count."""
    by_fact: dict[Fact, set[str | None]] = {}
    for piece in pieces:
        ownership = class_of(piece.kept, story.sources)
        for fact in _facts(rule, piece, background):
            by_fact.setdefault(fact, set()).add(ownership)
    return {fact for fact, classes in by_fact.items() if _enough(rule, classes)}


def _enough(rule: Rule, classes: set[str | None]) -> bool:
    if not rule.classes and not rule.min_classes:
        return True
    return bool(classes & set(rule.classes)) or 0 < rule.min_classes <= len(classes - {None, ANALYSIS})


def _facts(rule: Rule, piece: News, background: Background) -> set[Fact]:
    found: set[Fact] = {("story", "")}
    if "name" in rule.novelty:
        found |= {("name", tag) for tag in piece.kept.tags}
    if "date" in rule.novelty or "number" in rule.novelty:
        kinds = ((_kind(figure), figure) for figure in background.figures(piece.kept.article))
        found |= {(kind, figure) for kind, figure in kinds if kind in rule.novelty}
    return found


def _kind(figure: str) -> str:
    """``date``, ``number``, or nothing for numbers that tell nothing: small ones and years."""
    if "/" in figure:
        return "date"
    if figure.endswith(("%", "th")):
        return "number"
    try:
        value = float(figure)
    except ValueError:
        return ""
    return "" if value < _TELLING_NUMBER or value in _YEARS else "number"


def _news_of(new: set[Fact], entries: Mapping[str, WatchlistEntry], *, told: bool) -> str:
    if ("story", "") in new:
        return "new story"
    shown = [_in_words(fact, entries) for fact in sorted(new)]
    rest = f" and {len(shown) - _SHOWN} more" if len(shown) > _SHOWN else ""
    return f"{'new in a story told before' if told else 'first mention'}: {', '.join(shown[:_SHOWN])}{rest}"


def _in_words(fact: Fact, entries: Mapping[str, WatchlistEntry]) -> str:
    kind, value = fact
    if kind == "name":
        return entries[value].name if value in entries else value
    month, _, day = value.partition("/")
    if kind == "date" and month.isdecimal() and 0 < int(month) < 13:
        return f"{day} {calendar.month_name[int(month)]}"
    return value


# ---------------------------------------------------------------------------------------------- mutes


def _only_about(tags: Sequence[str], quieted: frozenset[str], entries: Mapping[str, WatchlistEntry]) -> bool:
    """Whether the article is about muted entries, or what rolls up to them, and about nothing as urgent."""
    inside = [tag for tag in tags if not quieted.isdisjoint(_line(tag, entries))]
    urgent = min((_urgency(tag, entries) for tag in inside), default=0)
    return bool(inside) and all(tag in inside or _urgency(tag, entries) > urgent for tag in tags)


def _urgency(tag: str, entries: Mapping[str, WatchlistEntry]) -> int:
    return entries[tag].priority if tag in entries else 3


def _line(tag: str, entries: Mapping[str, WatchlistEntry]) -> tuple[str, ...]:
    line: list[str] = []
    current: str | None = tag
    while current and current not in line:
        line.append(current)
        current = entries[current].parent if current in entries else None
    return tuple(line)
