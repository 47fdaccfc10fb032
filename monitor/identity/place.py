"""Where an article belongs among the others: its copy group, its story, and where its text came from.

::

    expect(articles)                   what comes together, but for copies, goes to Stories.expect
    place(article)
      print_of, with_bands, copies     -> the group of the same text
      Stories.place                    -> the story of the same event; a copy is where its group is, and is not asked
      credit, of_group, origin         -> whose text it is, and whether the others' origin is another one now

Of an article that touches nothing and has no copies the second and third are left out, unless its source is on the
matter (monitor.schedule.identity_of); they are made up for when another list tags it.

What a person decided by hand is kept by the archive, whatever is said here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from monitor.identity import evidence, kept
from monitor.identity.agencies import Agencies
from monitor.identity.comparing import Texts
from monitor.identity.copies import Copies, copies, worth_comparing
from monitor.identity.credits import credit
from monitor.identity.evidence import Credit
from monitor.identity.neighbours import Neighbours
from monitor.identity.origins import Member, Origin, member, origin_of_article, origin_of_group, to_record
from monitor.identity.prints import Print, print_of, shared
from monitor.identity.stories import Stories, Told
from monitor.schedule import identity_of
from monitor.types import Article, Match, Neighbour, Placement, Relation, Source

#: Candidates for copies: those with most in common are enough.
CANDIDATES = 10
#: Bands of an article that touches nothing: its title's and five more, by which all of the measured copies are found.
#: The others find quotations, which are not looked for there.
FEW_BANDS = 6
#: Share of both sketches from which an article is taken for a copy before its text is compared.
COPY_AT_SIGHT = 0.5
#: Share of the longer of two texts from which what was kept of one tells what the other says.
SAME_TEXT = 0.9
#: Members of a copy group that its origin is found from, the first to come.
MEMBERS = 64
#: Articles of the archive from which it is learned, at the start, how rare words are.
LEARNED_FROM = 1000


@dataclass(slots=True, kw_only=True)
class Identity:
    """Puts each article among those that carry the same text or tell of the same event."""

    stories: Stories
    agencies: Agencies
    #: By id: the house that each belongs to, and how much is asked of its articles (monitor.schedule.identity_of).
    sources: Mapping[str, Source] = field(default_factory=dict)
    _has_learned: bool = False
    #: Prints of what was announced, by where the articles are in memory.
    _prints: dict[int, tuple[Article, Print]] = field(default_factory=dict)
    #: Texts that were compared lately.
    _texts: Texts = field(default_factory=Texts)

    def expect(self, articles: Sequence[tuple[Article, Sequence[Match]]], neighbours: Neighbours) -> None:
        """To be told what comes together, before the first of it is placed: of what story it is, is decided on all."""
        self._prints.clear()
        whole = [one for one in articles if identity_of(self._source(one[0]), touches=bool(one[1])) != "copies"]
        if whole:
            self._learn(neighbours)
            self.stories.expect(list(self._no_copies(whole, neighbours)), neighbours)

    def _no_copies(
        self, articles: Iterable[tuple[Article, Sequence[Match]]], neighbours: Neighbours
    ) -> Iterator[tuple[Article, Sequence[Match]]]:
        """Those that are hardly copies: a copy's story is that of its group, and half of what identity costs is spared.

        Seen by the sketches alone. One that turns out to be none is decided on by itself.
        """
        before: dict[int, bytes] = {}
        for article, matches in articles:
            mine = print_of(article.title, article.text)
            self._prints[id(article)] = article, mine
            stored = neighbours.stored_with_bands(mine.bands, CANDIDATES, worth_comparing(article, mine.facts))
            others = dict.fromkeys([before[band] for band in mine.bands if band in before])
            if all(
                min(shared(mine.facts, other)) < COPY_AT_SIGHT for other in (*others, *(one.facts for one in stored))
            ):
                yield article, matches
            before.update(dict.fromkeys(mine.bands, mine.facts))

    def _print_of(self, article: Article) -> Print:
        known, mine = self._prints.pop(id(article), (None, None))
        return mine if mine is not None and known is article else print_of(article.title, article.text)

    def place(self, article: Article, matches: Sequence[Match], neighbours: Neighbours) -> Placement:
        mine = self._print_of(article)
        whole = identity_of(self._source(article), touches=bool(matches)) == "whole"
        bands = mine.bands if whole else mine.bands[:FEW_BANDS]
        worth = worth_comparing(article, mine.facts, excerpts=whole)
        candidates = neighbours.with_bands(bands, CANDIDATES, worth) if bands else ()
        same = copies(
            article,
            mine.facts,
            candidates,
            neighbours.with_text,
            excerpts=whole,
            texts=self._texts,
            article_id=neighbours.article_id,
        )
        if same.copy_group_id is None and not whole:
            facts = kept.joined(kept.Parts(mine.facts, b"", b""))
            return Placement(bands=bands, facts=facts, whole=False)
        self._learn(neighbours)
        told = self._told(article, matches, same, candidates, neighbours)
        credits = credit(article, self.agencies, declared_url=article.declared_url)
        one = self._member(article, neighbours.article_id, credits)
        origin, others = self._origins(one, same, neighbours, article.lang)
        return Placement(
            copy_group_id=same.copy_group_id,
            story_id=told.story_id,
            same_groups=same.merged,
            same_stories=told.same_stories,
            bands=mine.bands,
            keys=told.keys,
            facts=kept.joined(kept.Parts(mine.facts, evidence.to_bytes(credits), told.facts)),
            relations=_relations(same, told.follows),
            origin=origin,
            origins=others,
        )

    def _source(self, article: Article) -> Source | None:
        """None: of an import."""
        if article.text_from == "import" or article.source_id is None:
            return None
        return self.sources.get(article.source_id)

    def _told(
        self,
        article: Article,
        matches: Sequence[Match],
        same: Copies,
        candidates: Sequence[Neighbour],
        neighbours: Neighbours,
    ) -> Told:
        """Its story, unless its copies have one: then only what others will find it by."""
        if same.copy_group_id is None:
            return self.stories.place(article, matches, neighbours)
        if same.likeness is not None and same.likeness.longer >= SAME_TEXT:
            twin = next(one for one in candidates if one.id == same.of_article_id)
            if told := self.stories.same_as(kept.parted(twin.facts).facts, article, neighbours.article_id):
                return told
        return self.stories.read(article, matches, neighbours.article_id)

    def _learn(self, neighbours: Neighbours) -> None:
        if not self._has_learned:
            self.stories.warm(kept.parted(facts).facts for facts in neighbours.latest_facts(LEARNED_FROM))
            self._has_learned = True

    def _origins(
        self, one: Member, same: Copies, neighbours: Neighbours, lang: str | None
    ) -> tuple[Mapping[str, object], Mapping[int, Mapping[str, object]]]:
        """The article's origin, and those of its copies that are others than before."""
        if same.copy_group_id is None:
            return _record(origin_of_group([one], self.agencies, lang), one), {}
        before = [
            neighbour
            for group in (same.copy_group_id, *same.merged)
            for neighbour in neighbours.of_group(group, MEMBERS)
        ]
        members = [self._member(n, n.id, evidence.from_bytes(kept.parted(n.facts).credits)) for n in before]
        everyone = [one, *members]
        origin = origin_of_group(everyone, self.agencies, lang)
        said = {m.article_id: _record(origin_of_article(m, origin, everyone), m) for m in everyone}
        changed = {n.id: said[n.id] for n in before if said[n.id] != n.origin}
        return said[one.article_id], changed

    def _member(self, article: Article | Neighbour, number: int, credits: Sequence[Credit]) -> Member:
        source = self.sources.get(article.source_id or "")
        return member(article, number, self.agencies, credits, family=source.family if source else None)


def _record(origin: Origin, one: Member) -> Mapping[str, object]:
    """As in Kept; an article that is its own origin need not name itself."""
    record = to_record(origin)
    return record | {"article_id": None} if origin.article_id == one.article_id else record


def _relations(same: Copies, follows: int | None = None) -> tuple[Relation, ...]:
    """Its passages, and the article of an earlier story that it takes up."""
    found = [Relation(kind=e.kind, article_id=e.article_id, share=e.share) for e in same.excerpts]
    if follows is not None and all(one.article_id != follows for one in found):
        found.append(Relation(kind="follows", article_id=follows, share=0.0))
    return tuple(found)
