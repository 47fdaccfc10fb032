"""Pages, counts and marked places of an answer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from monitor.errors import InputError
from monitor.ports import Store
from monitor.query import parse
from monitor.types import Article
from tests.storage.made import arrival, article, match, names, poll

START = datetime(2026, 11, 1, 12, tzinfo=UTC)


def dated(name: str, hour: float, text: str = "") -> Article:
    """An article with a length of its own, so that no two are equally relevant."""
    words = text or f"Cotton of {name}. " + "Filling. " * (len(name) + int(hour) % 17)
    return article(name, text=words, published_at=START + timedelta(hours=hour))


def fill(store: Store, *given: Article) -> None:
    store.record(poll(*map(arrival, given)))


def walk(store: Store, search: str, sort: str, limit: int) -> Iterator[list[str]]:
    """The names of one page after the other."""
    after: str | None = None
    for _ in range(100):
        found = store.search(parse(search), sort=sort, limit=limit, after=after)
        yield names(found.hits)
        after = found.next
        if after is None:
            return
    raise AssertionError("the pages do not end")


@pytest.mark.parametrize("sort", ["newest", "relevance"])
@pytest.mark.parametrize("search", ["cotton", "cotton (since:2026-11-01 OR zzz)"], ids=["index", "sets"])
@pytest.mark.parametrize("limit", [1, 4, 5, 20, 21])
def test_pages_make_up_the_whole_in_its_order(sort: str, search: str, limit: int, store: Store) -> None:
    fill(store, *(dated(f"n{n}", n) for n in range(20)))
    whole = names(store.search(parse(search), sort=sort, limit=100).hits)
    pages = list(walk(store, search, sort, limit))
    assert [name for page in pages for name in page] == whole
    assert [len(page) for page in pages[:-1]] == [limit] * (len(pages) - 1)
    assert pages[-1]


@pytest.mark.parametrize("sort", ["newest", "relevance"])
@pytest.mark.parametrize("ranked", [5, 12, 3000])
def test_what_comes_in_meanwhile_moves_no_page(
    sort: str, ranked: int, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.ranking.RANKED", ranked)
    fill(store, *(dated(f"n{n}", n) for n in range(20)))
    before = names(store.search(parse("cotton"), sort=sort, limit=100).hits)
    seen: list[str] = []
    for number, page in enumerate(walk(store, "cotton", sort, 3)):
        seen += page
        fill(store, dated(f"later{number}", 30 + number, "Cotton cotton."))
    assert seen == before


def test_the_last_page_says_so(store: Store) -> None:
    fill(store, dated("a", 1), dated("b", 2))
    assert store.search(parse("cotton"), limit=2).next is None
    assert store.search(parse("cotton"), limit=1).next is not None
    assert store.search(parse("cotton"), limit=0).next is None
    assert store.search(parse("zzz")).next is None


def test_a_total_is_of_now(store: Store) -> None:
    for number in range(3):
        assert store.search(parse("cotton")).total == number
        assert store.search(parse("cotton"), sort="relevance").total == number
        assert store.search(parse("cotton"), since=START).total == number
        fill(store, dated(f"n{number}", number))


@pytest.mark.parametrize("after", ["", "x", "t", "tz", "r1", "r1.2", "t" + "f" * 30, "t1; DROP TABLE articles", "٣"])
def test_a_place_that_is_none_is_refused(after: str, store: Store) -> None:
    for sort in ("newest", "relevance"):
        with pytest.raises(InputError, match="is no place"):
            store.search(parse("cotton"), sort=sort, after=after)


def test_a_place_in_a_ranking_is_none_in_time(store: Store) -> None:
    fill(store, *(dated(f"n{n}", n) for n in range(4)))
    after = store.search(parse("cotton"), sort="relevance", limit=2).next
    with pytest.raises(InputError, match="--sort"):
        store.search(parse("cotton"), after=after)


# ---------------------------------------------------------------------------------------------- counts


def test_a_count_is_what_the_search_finds_with_that_value(store: Store) -> None:
    made = [
        ("a", "kremlin", "ru", 1, ("sco-rats",)),
        ("b", "kremlin", "en-GB", 2, ("sco", "rats-council", "putin")),
        ("c", "caixin", "zh", 700, ()),
        ("d", "akorda", "ru", 800, ("putin",)),
        ("e", None, None, 900, ("gone-from-the-list",)),
        ("f", "caixin", "zh", 901, ("sco",)),
    ]
    for name, source, lang, hour, tags in made:
        one = article(name, source_id=source, lang=lang, guid=None, published_at=START + timedelta(hours=hour))
        store.record(poll(arrival(one, *map(match, tags)), source_id=source))
    found = store.search(parse("title -f"), facets=True, limit=1)
    assert found.facets is not None
    assert (found.total, found.facets.hits, len(found.hits)) == (5, 5, 1)
    fields = {"source": "src", "class": "class", "country": "from", "language": "lang", "tag": "tag"}
    for facet, field in fields.items():
        counts = found.facets.counts[facet]
        assert list(counts) == sorted(counts, key=lambda pair: (-pair[1], pair[0]))
        for value, count in counts:
            assert store.search(parse(f"title -f {field}:{value}")).total == count, (field, value)
    assert dict(found.facets.counts["tag"]) == {
        "sco": 2, "sco-rats": 2, "rats-council": 1, "putin": 2, "gone-from-the-list": 1,
    }  # fmt: skip
    assert dict(found.facets.counts["class"]) == {"official": 3, "independent": 1}
    assert found.facets.counts["month"] == (("2026-12", 2), ("2026-11", 3))
    for month, count in found.facets.counts["month"]:
        assert store.search(parse(f"title -f since:{month} until:{month}")).total == count


def test_counts_of_nothing_and_counts_not_asked_for(store: Store) -> None:
    fill(store, dated("a", 1))
    assert store.search(parse("cotton")).facets is None
    found = store.search(parse("zzz"), facets=True).facets
    assert found is not None
    assert found.hits == 0
    assert not any(found.counts.values())


def test_only_the_newest_are_counted_and_it_says_how_many(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.facets.COUNTED", 3)
    fill(store, *(dated(f"n{n}", n * 250) for n in range(6)))
    for search in ("cotton", "cotton (since:2026-11-01 OR zzz)"):
        found = store.search(parse(search), facets=True)
        assert found.facets is not None
        assert (found.total, found.facets.hits) == (6, 3)
        assert found.facets.counts["source"] == (("kremlin", 3),)
        assert found.facets.counts["month"] == (("2026-12", 3),)


# ---------------------------------------------------------------------------------------------- marked places

MARKED = {
    "forms": ("en", "summit", "2 summits", "A summit; the Summit's SUMMITS", "[summits]|[summit] [Summit's] [SUMMITS]"),
    "exact": ("en", "=summit", "Two summits", "The summit; SUMMITS.", "|[summit]"),
    "Cyrillic": ("ru", "Токаев", "О Токаеве", "Токаева ждут, ёлка.", "[Токаеве]|[Токаева]"),
    "Han": ("zh", "上合 峰会", "上合组织峰会", "上合峰会。", "[上合] [峰会]|[上合] [峰会]"),
    "Arabic script": ("fa", "عراقچی", "خبر", "عراقچي رسید", "|[عراقچي]"),
    "phrase": ("en", '"grain deal"', "Grain", "A grain deal, no deal in grain.", "|[grain deal]"),
    "title only": ("en", "title:rail", "Rail", "By rail.", "[Rail]|"),
    "beginning": ("en", "glaci*", "Glaciers", "Glacial.", "[Glaciers]|[Glacial]"),
    "nothing behind a minus": ("en", "-zzz tag:sco", "A", "B", "|"),
}  # fmt: skip


@pytest.mark.parametrize(("lang", "search", "title", "text", "shown"), MARKED.values(), ids=MARKED)
def test_every_place_is_marked_in_the_original(
    lang: str, search: str, title: str, text: str, shown: str, store: Store
) -> None:
    text = f"{text} {'. ' * 300}"
    store.record(poll(arrival(article("a", title=title, text=text, lang=lang), match("sco"))))
    (hit,) = store.search(parse(search), highlights=True).hits
    fields = {"title": title, "text": hit.kept.article.text}
    found = {field: [f"[{fields[field][a:b]}]" for name, a, b in hit.highlights if name == field] for field in fields}
    assert "|".join(" ".join(found[field]) for field in fields) == shown
    assert not store.search(parse(search)).hits[0].highlights


@pytest.mark.parametrize("sort", ["newest", "relevance"])
@pytest.mark.parametrize("limit", [0, 1, 6, 7, 8, 50])
@pytest.mark.parametrize("offset", [0, 3, 30])
@pytest.mark.parametrize("ranked", [3, 7, 100])
def test_the_number_of_hits_is_the_same_wherever_the_page_ends(
    store: Store, monkeypatch: pytest.MonkeyPatch, sort: str, limit: int, offset: int, ranked: int
) -> None:
    monkeypatch.setattr("storage.ranking.RANKED", ranked)
    store.record(poll(*(arrival(article(f"n{number}", text=f"Cotton number{number}.")) for number in range(7))))
    found = store.search(parse("cotton"), sort=sort, limit=limit, offset=offset)
    assert found.total == 7
    assert len(found.hits) == max(0, min(limit, 7 - offset))
    assert store.search(parse("silk"), sort=sort, limit=limit, offset=offset).total == 0
