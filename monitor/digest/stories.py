"""News put together by story, and what is said of each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from types import MappingProxyType
from urllib.parse import urlsplit

from monitor.digest.whatsnew import Said, WhatsNew, said, whats_new
from monitor.types import ANALYSIS, OWNERSHIP, Article, Item, Kept, Match, News, Source, WatchlistEntry

#: Code points of a lead line; a Chinese, Japanese or Korean one says as much in half of them.
LEAD_LIMIT = 260
_DENSE = ("zh", "ja", "ko")
_BACKGROUND = 3
_SENTENCE_END = re.compile(r"[.!?…](?=\s|$)|[。！？]|[؟۔](?=\s|$)")


@dataclass(frozen=True, kw_only=True)
class Story:
    """All that is new about one event: one piece of news an article, oldest change first."""

    id: int
    news: tuple[News, ...]
    sources: Mapping[str, Source]
    entries: Mapping[str, WatchlistEntry]
    #: What the story, or an edited article itself, said before.
    before: tuple[Kept, ...] = ()

    @property
    def article_ids(self) -> tuple[int, ...]:
        return tuple(piece.kept.id for piece in self.news)

    @property
    def left_over(self) -> bool:
        """Whether a part of it was held earlier."""
        return any(piece.held for piece in self.news)

    @property
    def changed_at(self) -> datetime:
        return max(piece.changed_at for piece in self.news)

    @cached_property
    def classes(self) -> frozenset[str]:
        """Ownership classes of the outlets that carry it."""
        return frozenset(o for piece in self.news if (o := self._ownership(piece)))

    @cached_property
    def single_class(self) -> bool:
        """Whether only state media of one country carry it: a claim to be read with care."""
        outlets = [self._source(piece) for piece in self.news]
        return all(o and o.ownership in ("state", "state-funded") for o in outlets) and (
            len({o.country for o in outlets if o}) == 1
        )

    @cached_property
    def item(self) -> Item:
        return _to_item(self)

    @cached_property
    def best(self) -> News:
        """The article that stands for the story."""
        return min(self.news, key=self.preference)

    @cached_property
    def whats_new(self) -> WhatsNew:
        """What the article that stands for the story says that the story had not said before."""
        return whats_new(self.best.kept.article, self.best.matches, self._said_before)

    @cached_property
    def _said_before(self) -> Said | None:
        return said((kept.article, kept.tags) for kept in self.before) if self.before else None

    @property
    def novel(self) -> bool:
        """Whether it is told for the first time, or has a name, date or number that it had not before."""
        return not self.before or bool(self.whats_new.facts)

    @property
    def articles(self) -> tuple[tuple[Kept, Sequence[Match]], ...]:
        """Its articles with their matches, the one that stands for it first."""
        others = sorted((piece for piece in self.news if piece is not self.best), key=self.preference)
        return tuple((piece.kept, piece.matches) for piece in (self.best, *others))

    @cached_property
    def rank(self) -> tuple[int, ...]:
        """The smaller, the earlier it is told.

        New before edited, then importance, official texts, breadth, something new in an old story, recency.
        """
        item = self.item
        return (
            int(item.edited),
            item.priority,
            int("official" not in self.classes),
            -len(self.classes),
            int(not self.novel),
            -int(self.changed_at.timestamp()),
            self.id,
        )

    def _source(self, piece: News) -> Source | None:
        return self.sources.get(piece.kept.article.source_id or "")

    def _ownership(self, piece: News) -> str | None:
        source = self._source(piece)
        return source.ownership if source else None

    @cached_property
    def _carried(self) -> Mapping[int, int]:
        """By copy group: how many outlets carry that text."""
        groups: dict[int, set[str]] = {}
        for piece in self.news:
            groups.setdefault(piece.kept.copy_group_id, set()).add(_outlet(piece.kept.article, self._source(piece)))
        return {group: len(outlets) for group, outlets in groups.items()}

    def preference(self, piece: News) -> tuple[int, int, int, int, datetime, int]:
        """The smaller, the better an article stands for the story: no analysis, official, then of the text that most
        outlets carry, then wire, then the earliest."""
        ownership = self._ownership(piece)
        return (
            int(is_analysis(piece.kept, self.sources)),
            int(ownership != "official"),
            -self._carried[piece.kept.copy_group_id],
            int(ownership != "wire"),
            _instant(piece.kept.article),
            piece.kept.id,
        )


def group(
    news: Iterable[News],
    sources: Mapping[str, Source],
    entries: Mapping[str, WatchlistEntry],
    before: Mapping[int, tuple[Kept, ...]] = MappingProxyType({}),
) -> tuple[Story, ...]:
    """The news by story, one piece an article: its latest change, new if any of them was.

    `before` has for each story what it said before this news.
    """
    latest: dict[int, News] = {}
    for piece in sorted(news, key=lambda piece: piece.change):
        earlier = latest.pop(piece.kept.id, None)
        if earlier:
            what = "new" if "new" in (earlier.what, piece.what) else piece.what
            held, quiet = earlier.held or piece.held, earlier.quiet and piece.quiet
            piece = replace(piece, what=what, held=held, quiet=quiet)
        latest[piece.kept.id] = piece
    stories: dict[int, list[News]] = {}
    for piece in latest.values():
        stories.setdefault(piece.kept.story_id, []).append(piece)
    return tuple(
        Story(id=story_id, news=tuple(pieces), sources=sources, entries=entries, before=tuple(before.get(story_id, ())))
        for story_id, pieces in stories.items()
    )


def class_of(kept: Kept, sources: Mapping[str, Source]) -> str | None:
    """The ownership class of whom the text comes from, as far as that is known, else of the outlet."""
    origin = sources.get(str((kept.origin or {}).get("source")))
    source = origin or sources.get(kept.article.source_id or "")
    return source.ownership if source else None


def is_analysis(kept: Kept, sources: Mapping[str, Source]) -> bool:
    """Whether a think tank says it, in words of its own."""
    source = sources.get(kept.article.source_id or "")
    return source is not None and source.ownership == ANALYSIS == class_of(kept, sources)


def apart(stories: Iterable[Story]) -> tuple[Story, ...]:
    """What is reported of each event, and what think tanks say of it: one story each, as far as there is any.

    What a think tank foretold is new all the same when somebody reports it, and what it says itself is no news.
    """
    return tuple(part for story in stories for part in _parts(story))


def _parts(story: Story) -> tuple[Story, ...]:
    by_kind: dict[bool, list[News]] = {}
    for piece in story.news:
        by_kind.setdefault(is_analysis(piece.kept, story.sources), []).append(piece)
    before = tuple(kept for kept in story.before if not is_analysis(kept, story.sources))
    if True not in by_kind and len(before) == len(story.before):
        return (story,)
    return tuple(
        replace(story, news=tuple(by_kind[analysis]), before=() if analysis else before)
        for analysis in (False, True)
        if analysis in by_kind
    )


def lead(article: Article) -> str:
    """The first sentences of the text, without the headline that some texts begin with; cut off with ``…``."""
    limit = LEAD_LIMIT // 2 if article.lang in _DENSE else LEAD_LIMIT
    text = " ".join(article.text[: limit * 4 + len(article.title)].split("\n")).strip()
    if article.title and text.startswith(article.title):
        text = text[len(article.title) :].lstrip(" .:–—-。：")
    if len(text) <= limit:
        return text
    ends = [found.end() for found in _SENTENCE_END.finditer(text[: limit + 1]) if found.end() <= limit]
    if ends and ends[-1] >= limit // 3:
        return text[: ends[-1]]
    cut = text[: limit - 1]
    if article.lang not in _DENSE and " " in cut[limit // 2 :]:
        cut = cut.rsplit(" ", 1)[0]
    return cut.rstrip(" ,;:，；：،") + "…"


def _to_item(story: Story) -> Item:
    best = story.best
    article, source = best.kept.article, story._source(best)
    tags = _tags(story, best)
    return Item(
        story_id=story.id,
        article_ids=(best.kept.id, *(i for i in story.article_ids if i != best.kept.id)),
        title=article.title or _host(article.url),
        url=article.url,
        lang=article.lang,
        source_name=_outlet(article, source),
        ownership=source.ownership if source else None,
        country=source.country if source else None,
        published_at=article.published_at,
        first_seen_at=article.first_seen_at,
        lead=lead(article),
        tags=tuple((tag, _name(story.entries, tag)) for tag in tags),
        priority=min((story.entries[tag].priority for tag in tags if tag in story.entries), default=_BACKGROUND),
        others=_others(story, best),
        edited=all(piece.what == "edited" for piece in story.news),
        origins=_origins(story),
    )


def told(story: Story, late_before: datetime | None) -> Item:
    """The story as a digest tells it. What was published before `late_before` came too late for the digest of then."""
    news = story.whats_new
    outlets = [(piece, story._source(piece)) for piece in story.news]
    classes = {source.ownership for _, source in outlets if source and source.ownership}
    late = late_before is not None and all(
        (piece.kept.article.published_at or piece.changed_at) < late_before for piece in story.news
    )
    return replace(
        story.item,
        new=news.line,
        facts=news.facts,
        classes=tuple(ownership for ownership in OWNERSHIP if ownership in classes),
        single=next((s.country for _, s in outlets if s), None) if story.single_class else None,
        waited="left over" if story.left_over else "late" if late and not story.item.edited else "",
        funder=(source.funder or "") if (source := story._source(story.best)) else "",
    )


def among(story: Story, earlier: Sequence[News], *, again: bool = False) -> Item:
    """The story as an alert tells it: the outlets that had it before stand behind those that have it now. `again`: it
    had an alert, and what is new is said."""
    item, now = story.item, set(story.article_ids)
    if again and (news := replace(story, before=tuple(piece.kept for piece in earlier)).whats_new).facts:
        item = replace(item, new=news.line, facts=news.facts)
    before = {piece.kept.id: piece for piece in earlier if piece.kept.id not in now}
    if not before:
        return item
    whole = replace(story, news=(*story.news, *before.values()))
    return replace(item, others=_others(whole, story.best), origins=_origins(whole))


def _tags(story: Story, best: News) -> tuple[str, ...]:
    """Tags in order of first mention, those of the article that stands for the story first."""
    pieces: Sequence[News] = (best, *(piece for piece in story.news if piece is not best))
    return tuple(dict.fromkeys(tag for piece in pieces for tag in piece.kept.tags))


def _others(story: Story, best: News) -> tuple[tuple[str, str], ...]:
    """Name, with class, and address of every other outlet, the best first."""
    shown = {_outlet(best.kept.article, story._source(best))}
    others = []
    for piece in sorted(story.news, key=story.preference):
        article, source = piece.kept.article, story._source(piece)
        name = _outlet(article, source)
        if piece is best or name in shown:
            continue
        shown.add(name)
        others.append((f"{name} ({source.ownership})" if source and source.ownership else name, article.url))
    return tuple(others)


def _origins(story: Story) -> tuple[tuple[str, int], ...]:
    """Names of the independent origins, language editions of one house as one, with how many outlets carry each, those
    with most outlets first; empty where one of them is not known. An analysis is none of them."""
    names: dict[str, str] = {}
    outlets: dict[str, set[str]] = {}
    for piece in story.news:
        if class_of(piece.kept, story.sources) == ANALYSIS:
            continue
        origin = piece.kept.origin
        if not origin:
            return ()
        source_id, name = origin.get("source"), origin.get("name")
        source = story.sources.get(str(source_id))
        shown = str(name or (source.name if source else source_id) or "")
        if not shown:
            return ()
        key = (source.family or source.id) if source else str(source_id or shown).casefold()
        names.setdefault(key, shown)
        outlets.setdefault(key, set()).add(_outlet(piece.kept.article, story._source(piece)))
    return tuple(sorted(((names[key], len(several)) for key, several in outlets.items()), key=lambda one: -one[1]))


def _outlet(article: Article, source: Source | None) -> str:
    return source.name if source else article.source_name or _host(article.url) or "unknown outlet"


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _name(entries: Mapping[str, WatchlistEntry], tag: str) -> str:
    return entries[tag].name if tag in entries else tag


def _instant(article: Article) -> datetime:
    return min(article.published_at or article.first_seen_at, article.first_seen_at)
