"""Why the articles of a story are one story, in their own words, out of the archive.

What is said is how alike they are as words are rare now: when an article came, others were. What was decided by hand
is told beside the story (monitor.jobs.stories).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from monitor.identity import kept, ties
from monitor.identity.facts import Kind
from monitor.identity.likeness import Reason
from monitor.identity.place import LEARNED_FROM
from monitor.identity.stories import Stories
from monitor.identity.ties import Copy, Tie
from monitor.jobs.stories import members_of
from monitor.ports import Store
from monitor.types import Article, Member, Neighbour

#: Words that are told of each kind.
SAID = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One kind of what two texts have in common, or one thing that speaks for or against them."""

    #: ``alike``: what they have in common, all parts of that kind together; else as in monitor.identity.likeness.
    part: str
    #: Of fact (monitor.identity.facts), in small letters; None: of none.
    kind: str | None
    value: float
    #: As the later article says it; empty: it is about no words.
    said: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """Why the articles of a story belong together."""

    ties: tuple[tuple[Tie, tuple[Told, ...]], ...]
    copies: tuple[Copy, ...]
    #: Texts that no pair joins to the others: nothing was kept to compare them by.
    untold: int


def why(store: Store, stories: Stories, number: int) -> Why:
    """Of the story that goes by that number now. Raises: InputError, StoreError."""
    members = members_of(store, number)
    stories.warm(kept.parted(facts).facts for facts in store.latest_facts(LEARNED_FROM))
    facts = store.facts([member.id for member in members])
    found = ties.ties(stories, [_neighbour(member, facts.get(member.id, b"")) for member in members])
    by_id = {member.id: member for member in members}
    return Why(
        ties=tuple((tie, _told(store, stories, tie, by_id[tie.article_id])) for tie in found),
        copies=_copies(store, members),
        untold=min(len({member.copy_group_id for member in members}), ties.TEXTS) - 1 - len(found),
    )


def _neighbour(member: Member, facts: bytes) -> Neighbour:
    return Neighbour(
        id=member.id,
        copy_group_id=member.copy_group_id,
        story_id=member.story_id,
        source_id=member.source_id,
        source_name=member.source_name,
        url=member.url,
        title=member.title,
        text="",
        lang=member.lang,
        published_at=member.published_at,
        first_seen_at=member.first_seen_at,
        facts=facts,
    )


def _told(store: Store, stories: Stories, tie: Tie, member: Member) -> tuple[Told, ...]:
    """What counts, the most first."""
    parts: dict[tuple[str, Kind | None], list[Reason]] = defaultdict(list)
    for reason in tie.reasons:
        alike = reason.part in ("alike", "cosine", "shared", "title")
        parts["alike" if alike else reason.part, reason.kind].append(reason)
    facts = {number for (part, _), several in parts.items() if part == "alike" for number in several[0].facts[:SAID]}
    article = _article(store, member.id)
    text = article.text if article else ""
    said = ties.in_words(stories.reader, member.title, text, member.lang, facts, member.tags)
    told = [
        Told(
            part=part,
            kind=kind.name.lower() if kind is not None and part in ("alike", "against") else None,
            value=sum(reason.value for reason in several),
            said=tuple(dict.fromkeys(said[n] for n in several[0].facts[:SAID] if n in said and part == "alike")),
        )
        for (part, kind), several in parts.items()
    ]
    return tuple(sorted((one for one in told if one.value), key=lambda one: -one.value))


def _copies(store: Store, members: Sequence[Member]) -> tuple[Copy, ...]:
    groups: Mapping[int, list[Member]] = defaultdict(list)
    for member in members:
        groups[member.copy_group_id].append(member)
    found: list[Copy] = []
    for several in list(groups.values())[: ties.TEXTS]:
        if len(several) > 1:
            texts = [(member.id, _article(store, member.id)) for member in several[: ties.COPIES]]
            found += ties.copies_of([(number, article) for number, article in texts if article])
    return tuple(found)


def _article(store: Store, number: int) -> Article | None:
    kept_article = store.article(str(number))
    return kept_article.article if kept_article else None
