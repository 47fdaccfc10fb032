"""Where a text came from: the origin of a copy group, of each article in it, and how many origins a story really has.

A credit says more than the clock: whoever is named has it, also where the named one's own article is not there, or
came in later than a copy of it. Without a credit the first to publish has it. Everything that is concluded keeps the
words or times that it is concluded from, and how sure that is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from monitor.identity.agencies import Agencies, host_of
from monitor.identity.credits import own
from monitor.identity.evidence import Credit
from monitor.text.fold import fold
from monitor.types import Article, Neighbour

Kind = Literal["self", "credited", "copied"]

#: An agency's own article that comes in so much later than the first copy may still be what was copied: feeds are
#: polled at intervals of minutes, and an agency writes for others.
WIRE_LAG = timedelta(minutes=30)
#: From here on the lead of the first over the next one says something.
_LEAD = timedelta(minutes=10)
#: How sure it is that a text is its outlet's own: nothing else is known of it; it came first, by little or by more; it
#: is of an agency; it says so itself (dateline, byline).
_ALONE, _FIRST, _LEADS, _WIRE, _SAYS_SO = 0.5, 0.5, 0.65, 0.7, 0.9
#: That an article without a credit is a copy of an earlier one with the same text.
_COPIED = 0.8
_HOPS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One article of a copy group, as far as its origin is concerned."""

    article_id: int
    #: Published, else first seen; aware, UTC.
    at: datetime
    #: What counts as one outlet: an agency, a house, a source, a site.
    key: str
    source_id: str | None
    #: As readers know the outlet.
    name: str
    #: Of an agency, whose texts are made to be carried by others.
    wire: bool = False
    credits: tuple[Credit, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a text came from, as far as the text, the feed or the copies show it."""

    #: ``self``: the outlet's own; ``credited``: somebody is named; ``copied``: the same text stood elsewhere before.
    kind: Kind
    #: Two texts with the same key have the same origin; None: it is not named, so nobody knows.
    key: str | None
    #: As in sources.yaml; None: not one of ours, or not known which of its editions.
    source_id: str | None
    #: None: the text says that it was taken from elsewhere, but not from where.
    name: str | None
    #: The words or times that show it, one line.
    evidence: str
    #: The origin's own article, where it is in the archive.
    article_id: int | None
    #: 0 to 1.
    confidence: float


def member(
    article: Article | Neighbour,
    article_id: int,
    agencies: Agencies,
    credits: Sequence[Credit],
    *,
    family: str | None = None,
) -> Member:
    """The article as a member of its copy group; `family` as in Source."""
    mine = own(article, agencies)
    name = mine.name if mine else article.source_name if not article.source_id else None
    name = name or article.source_id or host_of(article.url) or article.url
    return Member(
        article_id=article_id,
        at=article.published_at or article.first_seen_at,
        key=mine.id if mine else family or article.source_id or fold(name),
        source_id=article.source_id,
        name=name,
        wire=mine is not None and mine.wire,
        credits=tuple(credits),
    )


# ---------------------------------------------------------------------------------------------- of a copy group


def origin_of_group(members: Sequence[Member], agencies: Agencies | None = None, lang: str | None = None) -> Origin:
    """The origin of the text that the members share; with its own article where one of them is that.

    `agencies` and `lang` are only for the edition of an agency whose own article is not there. The order of the members
    makes no difference. Raises: ValueError without members.
    """
    if not members:
        raise ValueError("a copy group without articles has no origin")
    ordered = sorted(members, key=lambda m: (m.at, m.article_id))
    votes = _votes(ordered)
    named = {key: found for key, found in votes.items() if key is not None}
    if named:
        key = max(named, key=lambda k: (_sure(named[k]), -ordered.index(named[k][0][0])))
        return _credited(_end_of_chain(key, ordered), ordered, votes, agencies, lang)
    silent = [m for m in ordered if not votes.get(None) or all(m is not said for said, _ in votes[None])]
    if not silent:
        taker, said = votes[None][0]
        return Origin(
            kind="credited",
            key=None,
            source_id=None,
            name=None,
            evidence=_by(taker, said),
            article_id=None,
            confidence=said.confidence,
        )
    return _first(silent)


def _key(said: Credit) -> str | None:
    return said.agency_id or (fold(said.name) if said.name else None)


def _foreign(one: Member) -> Credit | None:
    """The surest credit of somebody else."""
    return next((said for said in one.credits if _key(said) != one.key), None)


def _mark(one: Member) -> str:
    """The words by which a text says that it is its outlet's own; empty: there are none."""
    return next((f"{said.how}: {said.phrase}" for said in one.credits if _key(said) == one.key), "")


def _votes(ordered: Sequence[Member]) -> dict[str | None, list[tuple[Member, Credit]]]:
    """Who is named, and by whom: one vote for each outlet, that of its surest credit."""
    best: dict[str, tuple[Member, Credit]] = {}
    for one in ordered:
        said = _foreign(one)
        if said and (one.key not in best or said.confidence > best[one.key][1].confidence):
            best[one.key] = (one, said)
    votes: dict[str | None, list[tuple[Member, Credit]]] = {}
    for one, said in best.values():
        votes.setdefault(_key(said), []).append((one, said))
    return votes


def _sure(votes: Sequence[tuple[Member, Credit]]) -> float:
    """How sure it is that one of several credits is right, each for itself."""
    wrong = 1.0
    for _, said in votes:
        wrong *= 1 - said.confidence
    return 1 - wrong


def _end_of_chain(key: str, ordered: Sequence[Member]) -> str:
    """Whom the credited one credits in turn, as long as that leads on; a circle ends where it began."""
    seen = [key]
    for _ in range(_HOPS):
        said = next((said for one in ordered if one.key == key and (said := _foreign(one)) is not None), None)
        following = _key(said) if said else None
        if following is None or following in seen:
            break
        seen.append(following)
        key = following
    return key


def _credited(
    key: str,
    ordered: Sequence[Member],
    votes: Mapping[str | None, list[tuple[Member, Credit]]],
    agencies: Agencies | None,
    lang: str | None,
) -> Origin:
    """The origin whom others name; by itself where its own article is among the members."""
    theirs = next((one for one in ordered if one.key == key), None)
    said = votes.get(key) or [(one, c) for one in ordered for c in one.credits if _key(c) == key]
    teller, words = max(said, key=lambda vote: vote[1].confidence)
    sure = round(_sure(said), 3)
    if theirs is not None:
        return Origin(
            kind="self",
            key=key,
            source_id=theirs.source_id,
            name=theirs.name,
            evidence=_mark(theirs) or _by(teller, words),
            article_id=theirs.article_id,
            confidence=max(sure, _SAYS_SO if _mark(theirs) else _WIRE),
        )
    agency = agencies.get(key) if agencies else None
    return Origin(
        kind="credited",
        key=key,
        source_id=agencies.edition(agency, lang) if agencies and agency else None,
        name=words.name,
        evidence=_by(teller, words),
        article_id=None,
        confidence=sure,
    )


def _by(teller: Member, said: Credit) -> str:
    return (
        f"{said.how} in {teller.name}: {said.phrase}"
        if said.how not in ("feed", "canonical")
        else f"{said.how}: {said.phrase}"
    )


def _first(ordered: Sequence[Member]) -> Origin:
    """The first to publish, or an agency right behind; surer where its text says that it is its own."""
    first = next((one for one in ordered if one.wire and one.at - ordered[0].at <= WIRE_LAG), ordered[0])
    others = [one for one in ordered if one.key != first.key]
    if mark := _mark(first):
        evidence, sure = mark, _SAYS_SO
    elif not others:
        evidence, sure = "names nobody else, and no other outlet has the text", _ALONE
    elif first is not ordered[0]:
        evidence, sure = f"an agency, {_span(first.at - ordered[0].at)} behind the first copy", _WIRE
    else:
        lead = others[0].at - first.at
        evidence = f"first of {len({one.key for one in ordered})} outlets, {_span(lead)} before the next"
        sure = _WIRE if first.wire else _LEADS if lead >= _LEAD else _FIRST
    return Origin(
        kind="self",
        key=first.key,
        source_id=first.source_id,
        name=first.name,
        evidence=evidence,
        article_id=first.article_id,
        confidence=sure,
    )


def _span(time: timedelta) -> str:
    minutes = int(time.total_seconds() // 60)
    if minutes < 1:
        return "less than a minute"
    if minutes < 120:
        return f"{minutes} min"
    hours = minutes // 60
    return f"{hours} h" if hours < 48 else f"{hours // 24} days"


# ---------------------------------------------------------------------------------------------- of one article


def origin_of_article(one: Member, group: Origin, members: Iterable[Member] = ()) -> Origin:
    """Where this member's text came from, given the origin of its group: its own, by its own words, or a copy."""
    if group.key is not None and one.key == group.key:
        return replace(group, kind="self", article_id=one.article_id, source_id=one.source_id or group.source_id)
    said = next((said for said in one.credits if _key(said) == group.key), None)
    if said:
        return replace(group, kind="credited", evidence=f"{said.how}: {said.phrase}", confidence=said.confidence)
    origin = next((other for other in members if other.article_id == group.article_id), None)
    if origin and origin.at <= one.at:
        evidence = f"the same text as article {origin.article_id}, {_span(one.at - origin.at)} later"
    else:
        evidence = f"the same text elsewhere; {group.evidence}"
    if other := _foreign(one):
        evidence = f"names {other.name or 'a source without a name'}; {evidence}"
    return replace(group, kind="copied", evidence=evidence, confidence=round(_COPIED * group.confidence, 3))


# ---------------------------------------------------------------------------------------------- of a story


def independent(origins: Iterable[Origin]) -> tuple[Origin, ...]:
    """The distinct origins among those of a story's copy groups, the surest of each, in the order given.

    An origin without a name may be one of the others, so it counts only where there is none with a name.
    """
    found: dict[str, Origin] = {}
    unnamed = []
    for origin in origins:
        if origin.key is None:
            unnamed.append(origin)
        elif origin.key not in found or origin.confidence > found[origin.key].confidence:
            found[origin.key] = origin
    return tuple(found.values()) or tuple(unnamed[:1])


def to_record(origin: Origin) -> dict[str, object]:
    """The origin as `export` writes it.

    `kind` is ``self``, ``credited`` or ``copied``; `source` an id of sources.yaml or None; `name` whom readers know,
    None where the text says that it was taken but not from whom; `evidence` the words or times that show it;
    `article_id` the origin's own article, None where the archive does not have it; `confidence` 0 to 1.
    """
    return {
        "kind": origin.kind,
        "source": origin.source_id,
        "name": origin.name,
        "evidence": origin.evidence,
        "article_id": origin.article_id,
        "confidence": origin.confidence,
    }
