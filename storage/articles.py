"""Recording: the articles that polls brought, put into the archive.

Which article an arrival belongs to is decided here, inside the transaction that stores it, by the first of these that
tells: the importer's own id, the canonical URL (for all sources), the publisher's id (within one source), the text
(within one source, when it is long enough to be nobody else's), and the entry in the source's list. Two imports with
different ids of their own are two articles whatever else they share.

Only the source that brought an article makes new versions of it; others add a sighting. A text out of a feed never
takes the place of a longer-lived one out of a page, and an empty text never takes the place of any. What becomes of a
new text: storage.versions.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from monitor.identity.listed import content_hash
from monitor.identity.urls import canonical_url, url_key
from monitor.types import Placement, Recorded
from storage import presence, tags
from storage.batch import Batch, IdentityKey
from storage.connection import Connection
from storage.indexed import facets_of, indexed, terms_of
from storage.places import Places
from storage.values import digest_of, list_text, micros, packed, placed, sighting_key, sure_instant, unpacked

if TYPE_CHECKING:
    from datetime import datetime

    from monitor.ports import Placer
    from monitor.types import Arrival, Article, Collected, Match, Terms

#: A shorter text may be somebody else's too: "No comment", a caption, a notice.
LEAST_TEXT = 200

_URL, _GUID, _TEXT = 1, 2, 3
#: Stands for an article in a key that several unlike articles share.
_NOBODY = 0


#: An arrival, and the keys that it is known by: as an article, and as an entry of its source's list.
_Arrived = tuple["Arrival", tuple[IdentityKey, ...], bytes]


def put(batch: Batch, several: Sequence[Collected], placer: Placer | None = None) -> tuple[list[Recorded], Places]:
    """What became of the arrivals of each poll; and the places, to be finished behind the batch.

    To be called inside a transaction.
    """
    places = Places(batch, placer)
    polls = [[_arrived(arrival, collected.source_id) for arrival in collected.arrivals] for collected in several]
    _learn(batch, [one for arrived in polls for one in arrived])
    places.expect(
        [
            (arrival.article, arrival.matches)
            for arrived in polls
            for arrival, _, sighting in arrived
            if batch.article_sighted(sighting) is None
        ]
    )
    recorded = []
    for collected, arrived in zip(several, polls, strict=True):
        recorder = _Recorder(batch, places, collected.source_id, collected.at)
        became = [recorder.put(one) for one in arrived]
        recorded.append(
            Recorded(new=became.count("new"), updated=became.count("updated"), unchanged=became.count("unchanged"))
        )
    return recorded, places


def _arrived(arrival: Arrival, source_id: str | None) -> _Arrived:
    return arrival, _keys(arrival.article), sighting_key(source_id, arrival.entry_key)


def _learn(batch: Batch, arrived: Sequence[_Arrived]) -> None:
    """Asks the archive for all of these at once."""
    if not arrived:
        return
    batch.learn((key for _, keys, _ in arrived for key in keys), (sighting for _, _, sighting in arrived))
    batch.learn_places(
        arrival.article.published_at or arrival.article.first_seen_at
        for arrival, _, sighting in arrived
        if batch.article_sighted(sighting) is None
    )


# ---------------------------------------------------------------------------------------------- arrivals


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stored:
    """As much of a stored article as the decision needs."""

    id: int
    sort_key: int
    source_id: str | None
    ref: str | None
    canonical_url: str
    lang: str | None
    published_at: int | None
    first_seen_at: int
    version: int
    title: str
    text: str
    text_from: str
    content_hash: str
    story_id: int


_STORED = ", ".join(_Stored.__slots__)


class _Recorder:
    """Puts the arrivals of one poll in place, one after the other."""

    def __init__(self, batch: Batch, places: Places, source_id: str | None, at: datetime) -> None:
        self._connection = batch.connection
        self._batch = batch
        self._places = places
        self._source_id = source_id
        self._at = micros(at) or 0
        self._groups: dict[int, int] = {}
        self._stories: dict[int, int] = {}

    def put(self, arrived: _Arrived) -> str:
        """What it is: `new`, `updated` or `unchanged`."""
        arrival, keys, sighting = arrived
        stored = self._find(arrival, keys, sighting)
        number = self._add(arrival) if stored is None else stored.id
        self._batch.claim(keys, number)
        self._batch.sight(sighting, number, self._source_id, arrival.entry_hash, self._at)
        became = "new" if stored is None else self._update(arrival, stored)
        if arrival.snapshot is not None:
            from storage import evidence

            self._batch.add("snapshots", evidence.row(self._batch, number, arrival.snapshot))
        return became

    def _update(self, arrival: Arrival, stored: _Stored) -> str:
        if arrival.article.ref is not None and stored.ref is None:
            self._connection.execute("UPDATE articles SET ref = ? WHERE id = ?", (arrival.article.ref, stored.id))
        return "updated" if self._edit(arrival, stored) else "unchanged"

    # -- identity
    def _find(self, arrival: Arrival, keys: Sequence[IdentityKey], sighting: bytes) -> _Stored | None:
        article = arrival.article
        if article.ref is not None and (stored := self._stored("ref = ?", article.ref)):
            return stored
        for key in keys:
            found = self._batch.article_of(key)
            if found is None or found == _NOBODY or (arrival.history is not None and key.kind != _URL):
                continue
            stored = self._stored("id = ?", found)
            if stored is None or _two_imports(article, stored):
                continue
            if key.kind != _GUID or _alike(article, stored):
                return stored
            self._batch.give(key, _NOBODY)  # one id for unlike articles: it tells nothing from now on
        return self._find_listed(article, sighting) if arrival.history is None else None

    def _find_listed(self, article: Article, sighting: bytes) -> _Stored | None:
        found = self._batch.article_sighted(sighting)
        stored = self._stored("id = ?", found) if found is not None else None
        if stored is None or _two_imports(article, stored) or not _alike(article, stored):
            return None
        return stored

    def _stored(self, condition: str, value: int | str) -> _Stored | None:
        if self._batch.holds(value):
            self._batch.write()
        row = self._connection.execute(f"SELECT {_STORED} FROM articles WHERE {condition}", (value,)).fetchone()
        if row is None:
            return None
        values = dict(zip(_Stored.__slots__, row, strict=True))
        return _Stored(**values | {"text": unpacked(values["text"])})

    # -- new articles
    def _add(self, arrival: Arrival) -> int:
        article, matches = arrival.article, tags.in_order(arrival.matches)
        entries = tags.tags_of(matches)
        number = self._batch.next_id("articles")
        placed = self._places.asked(number, article, matches)
        group_id, story_id = self._place(arrival) if placed is None else self._places.of_new(placed, self._at)
        told = placed or arrival.placement or Placement()
        published, first_seen = micros(article.published_at), micros(article.first_seen_at)
        key = self._batch.free_sort_key(article.published_at or article.first_seen_at)
        row = (
            *(number, key, article.source_id, article.ref, article.guid, article.url, article.canonical_url),
            *(article.source_name, article.lang, list_text(article.authors), published, first_seen, article.title),
            *(packed(article.text), article.text_from, article.content_hash, list_text(entries), group_id, story_id),
            *(json.dumps(told.origin, ensure_ascii=False) if told.origin else None, told.facts),
        )
        self._batch.add_article(number, article.ref, row)
        by = self._batch.list_id(arrival.tagged_by, self._at)
        self._add_matches(number, self._add_history(number, arrival, by), matches, by)
        if by is not None:
            self._batch.add("taggings", (number, by))
        self._batch.add("changes", (number, "new", self._at, int(arrival.quiet)))
        self._watch(number, article, entries, article.first_seen_at)
        self._add_to_index(key, article, arrival.terms, entries, story_id, new=True)
        if placed is not None:
            self._places.keep_new(number, article, placed, (group_id, story_id))
        return number

    def _add_history(self, number: int, arrival: Arrival, by: int | None) -> int:
        """Number of the present version of a new article, whose earlier texts are put down."""
        if not arrival.history:
            return 1
        from storage import versions

        self._batch.write()
        for past, matches in arrival.history:
            self._add_matches(number, past.number, tags.in_order(matches), by)
        return versions.put_down(self._connection, number, [past for past, _ in arrival.history])

    def _place(self, arrival: Arrival) -> tuple[int, int]:
        """Copy group and story, made where there are none; a number below zero names a new one of this poll."""
        placement = arrival.placement or Placement()
        group_id, story_id = placement.copy_group_id, placement.story_id
        group = self._groups.get(group_id, group_id) if group_id is not None else None
        known = self._batch.place_of("copy_groups", group) if group is not None and group > 0 else None
        if known is not None and (found := self._batch.story_of_group(known)) is not None:
            return known, found
        story = self._story(story_id)
        group = self._batch.add_group(story)
        if group_id is not None:
            self._groups[group_id] = group
        return group, story

    def _story(self, story_id: int | None) -> int:
        known = self._stories.get(story_id, story_id) if story_id is not None else None
        if known is not None and (found := self._batch.place_of("stories", known)) is not None:
            return found
        made = self._batch.add_story(self._at)
        if story_id is not None:
            self._stories[story_id] = made
        return made

    # -- new versions
    def _edit(self, arrival: Arrival, stored: _Stored) -> bool:
        """Whether the arrival became the article's current version."""
        if not _is_owner(arrival.article, stored):
            return False
        arrival = self._with_the_better_text(arrival, stored)
        article = arrival.article
        if article.content_hash == stored.content_hash:
            return False
        from storage import versions

        self._batch.write()
        if arrival.history is not None and versions.has_said(self._connection, stored.id, article.content_hash):
            return False  # an older export: what it says is known
        place = versions.place_of(self._connection, stored.id, article.content_hash, self._at)
        versions.make_room(self._connection, stored.id, stored.version, place, self._at)
        matches, key = tags.in_order(arrival.matches), self._moved(article, stored)
        entries = tags.tags_of(matches)
        self._connection.execute(
            "UPDATE articles SET version = ?, title = ?, text = ?, text_from = ?, content_hash = ?, tags = ?, lang = ?,"
            " url = ?, sort_key = ?, published_at = coalesce(published_at, ?) WHERE id = ?",
            (
                *(place[0], article.title, packed(article.text), article.text_from, article.content_hash),
                *(list_text(entries), article.lang, article.url, key, micros(article.published_at), stored.id),
            ),
        )
        by = self._batch.list_id(arrival.tagged_by, self._at)
        if place[1] == "returned":
            tags.replace(self._connection, stored.id, place[0], matches, by, self._at, late=False)
        else:
            self._add_matches(stored.id, place[0], matches, by)
        self._batch.add("taggings", (stored.id, by))
        versions.note(self._connection, stored.id, place, self._at, quiet=arrival.quiet)
        story_id = stored.story_id
        if (placed := self._places.asked(stored.id, article, matches)) is not None:
            story_id = self._places.move_edited(stored.id, article, placed)
        self._watch(stored.id, article, entries, sure_instant(stored.first_seen_at))
        self._add_to_index(key, article, arrival.terms, entries, story_id, new=False)
        return True

    def _with_the_better_text(self, arrival: Arrival, stored: _Stored) -> Arrival:
        """The arrival, with the stored text where its own must not take that one's place."""
        article = arrival.article
        poorer = article.text_from == "feed" and stored.text_from != "feed"
        if not stored.text or (article.text and not poorer):
            return arrival
        kept = replace(article, text=stored.text, text_from=stored.text_from, content_hash="")  # type: ignore[arg-type]
        same = article.title == stored.title
        kept = replace(kept, content_hash=stored.content_hash if same else content_hash(kept.title, kept.text))
        self._batch.write()
        in_text = [m for m in tags.matches_of(self._connection, stored.id, stored.version) if m.field == "text"]
        in_title = [m for m in arrival.matches if m.field == "title"]
        by = self._batch.list_id(arrival.tagged_by, self._at)
        one_list = by is not None and by == tags.tagger_of(self._connection, stored.id)
        tagged_by = arrival.tagged_by if one_list else None
        return replace(arrival, article=kept, matches=(*in_title, *in_text), terms=None, tagged_by=tagged_by)

    def _moved(self, article: Article, stored: _Stored) -> int:
        """The sort key: another one only when the article gets its first date; edits do not move an article."""
        if stored.published_at is not None or article.published_at is None:
            return stored.sort_key
        self._batch.remove_from_index(stored.sort_key)
        return self._batch.free_sort_key(article.published_at)

    # -- rows beside
    def _add_matches(self, article_id: int, version: int, matches: Sequence[Match], by: int | None) -> None:
        rows = [(article_id, version, n, *tags.values_of(m), by) for n, m in enumerate(matches)]
        self._batch.add("matches", *rows)

    def _watch(self, number: int, article: Article, entries: Sequence[str], first_seen_at: datetime) -> None:
        """Has the page looked at again that a tagged article was read from."""
        if entries and article.text_from == "page" and article.source_id is not None:
            presence.watch(self._batch, number, article.url, first_seen_at, sure_instant(self._at))

    def _add_to_index(
        self, key: int, article: Article, terms: Terms | None, entries: Sequence[str], story_id: int, *, new: bool
    ) -> None:
        facets = facets_of(article.source_id, article.lang, entries, story_id)
        terms = terms or terms_of(article.title, article.text, article.lang)
        self._batch.add_to_index(key, indexed(terms, article.lang, facets), new=new)


def number_of(connection: Connection, name: str) -> int | None:
    """Number of the article that somebody calls so: by that number, by the importer's own id, or by its address."""
    if not name.isprintable():  # no id and no address is such, and half a letter cannot even be asked for
        return None
    if name.isascii() and name.isdigit() and len(name) < 19:
        found = connection.execute("SELECT id FROM articles WHERE id = ?", (int(name),)).fetchone()
        if found is not None:
            return int(found[0])
    found = connection.execute("SELECT id FROM articles WHERE ref = ?", (name,)).fetchone()
    if found is None and ":" in name:
        url = url_key(canonical_url(name))
        key = placed(url.partition("/")[0], digest_of(url))
        statement = "SELECT article_id FROM identity_keys WHERE kind = ? AND key = ? AND article_id <> ?"
        found = connection.execute(statement, (_URL, key, _NOBODY)).fetchone()
    return None if found is None else int(found[0])


def _keys(article: Article) -> tuple[IdentityKey, ...]:
    url, source_id = url_key(article.canonical_url), article.source_id
    found = [IdentityKey(_URL, url.partition("/")[0], digest_of(url))]
    if source_id is not None:
        if article.guid:
            found.append(IdentityKey(_GUID, source_id, digest_of(source_id, article.guid)))
        if len(article.text) >= LEAST_TEXT:
            found.append(IdentityKey(_TEXT, source_id, digest_of(source_id, article.content_hash)))
    return tuple(found)


def _two_imports(article: Article, stored: _Stored) -> bool:
    return article.ref is not None and stored.ref is not None and article.ref != stored.ref


def _is_owner(article: Article, stored: _Stored) -> bool:
    return article.ref is not None or (article.source_id is not None and article.source_id == stored.source_id)


def _alike(article: Article, stored: _Stored) -> bool:
    """Whether the two could be one article before and after an edit: a third of the words of the shorter start."""
    if article.content_hash == stored.content_hash:
        return True
    mine, theirs = _start(article.title, article.text), _start(stored.title, stored.text)
    return not mine or not theirs or 3 * len(mine & theirs) >= min(len(mine), len(theirs))


def _start(title: str, text: str) -> set[str]:
    from monitor.text import words

    terms = words.terms(title, text[:400], None)
    return {term for term in f"{terms.title} {terms.text}".split() if len(term) > 1}
