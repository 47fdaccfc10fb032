"""Where an article belongs among the others, and what is kept of it to find and compare it by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """What an article has to do with another one that is no copy of it."""

    #: ``excerpt_of``: its text is a passage of the other's; ``quotes``: the other's text is a passage of its own;
    #: ``follows``: it takes up again what an earlier story, closed by then, told in the other; ``followed_by``: the
    #: same, seen from there.
    kind: Literal["excerpt_of", "quotes", "follows", "followed_by"]
    #: The other one.
    article_id: int
    #: How much of the shorter text stands in the longer, 0 to 1; 0 where it is no matter of passages.
    share: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """Where an article belongs among the others; None: in a new group or story of its own."""

    copy_group_id: int | None = None
    #: Counts only where the article is alone in its copy group: every copy group lies in one story.
    story_id: int | None = None
    #: Other groups and stories that turn out to be the same as those two; their numbers keep answering.
    same_groups: tuple[int, ...] = ()
    same_stories: tuple[int, ...] = ()
    #: What copies are found by: numbers of 64 bits (signed or not), usually 16.
    bands: tuple[int, ...] = ()
    #: What articles about the same event are found by: numbers of 64 bits, at most about 24, the rarest first.
    keys: tuple[int, ...] = ()
    #: What else identity wants to know of the article when it is a neighbour: at most some hundred bytes.
    facts: bytes = b""
    relations: tuple[Relation, ...] = ()
    #: False: only its copies were looked for; where it lies in a story already, it stays there.
    whole: bool = True
    #: As in Kept.
    origin: Mapping[str, object] | None = None
    #: Origins of articles stored before that are others from now on, by article id.
    origins: Mapping[int, Mapping[str, object]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """An article of the archive that a new one may belong with."""

    #: Of the article.
    id: int
    copy_group_id: int
    story_id: int
    source_id: str | None
    source_name: str | None
    url: str
    title: str
    #: Empty where it was not asked for: most are compared by their facts.
    text: str
    lang: str | None
    #: None: its publisher does not say.
    published_at: datetime | None
    first_seen_at: datetime
    #: As identity gave them; empty: it gave none.
    facts: bytes = b""
    #: None also where an article was not found as one of a copy group or a story.
    origin: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One article of a story, without its text."""

    #: Of the article.
    id: int
    copy_group_id: int
    story_id: int
    source_id: str | None
    source_name: str | None
    title: str
    url: str
    lang: str | None
    published_at: datetime | None
    first_seen_at: datetime
    #: As in Kept.
    tags: tuple[str, ...] = ()
    origin: Mapping[str, object] | None = None
    #: A person said that it belongs into this story; an edit of the article does not move it.
    by_hand: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a person said of two stories."""

    #: ``split``: the articles do not belong to the other story; ``merge``: the other story is the same.
    what: Literal["split", "merge"]
    at: datetime
    #: The story as it was decided on.
    story_id: int
    other_id: int
    #: Articles that were moved, with their copies.
    article_ids: tuple[int, ...]
