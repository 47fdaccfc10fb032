"""Searching: which articles come back, in which order, and what the snippet shows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.errors import QueryError
from monitor.identity.listed import content_hash
from monitor.ports import Store
from monitor.query import parse
from tests.storage.made import NOW, arrival, article, match, names, opened, poll

# name: (language, source, day of November 2026, tags, title, text)
TEXTS: dict[str, tuple[str, str | None, int, tuple[str, ...], str, str]] = {
    "en-rail": (
        "en",
        "caixin",
        1,
        (),
        "Rail tender opens",
        "Bidders met in Osh. The railway's cost rose to 4,700 dollars.",
    ),
    "en-water": (
        "en",
        "tass",
        2,
        ("sco",),
        "Water talks",
        "Ministers discuss glacier loss; payments to upstream banks.",
    ),
    "en-drill": (
        "en",
        "akorda",
        3,
        ("sco-rats",),
        "Joint drill ends",
        "An anti-terrorist unit trained in Kant. C5+1, 37.5%.",
    ),
    "en-said": (
        "en",
        "tass",
        4,
        ("putin", "sco"),
        "Erdoğan in Ankara",
        "He said the deal on grain holds. Oʻzbekiston agrees. The U.N. does not.",
    ),
    "ru-bank": ("ru", "kremlin", 5, ("sco-bank",), "О банке развития", "Министры обсудили штаб-квартиру банка и ёлку."),
    "ru-name": (
        "ru",
        "kremlin",
        6,
        ("putin",),
        "Встреча с Токаевым",
        "Президент Мирзиёев принял премьер-министра Индии.",
    ),
    "ru-rail": ("ru", None, 7, (), "Железные дороги", "Строительство магистрали SCO-саммит обсуждали 3 000 человек."),
    "zh-rats": (
        "zh",
        "caixin",
        8,
        ("rats-council",),
        "上合组织反恐演习",
        "多国参加联合演习。机构负责人夏巴兹·谢里夫访问北京，SCO峰会在即。",
    ),
    "zh-hant": ("zh", "caixin", 9, (), "習近平訪問", "上海合作\n组织开会。银行成立"),
    "kk-border": ("kk", "akorda", 10, (), "Шекарада бекет", "Қазақстан шекарасында Тоқаев сөз сөйледі."),
    "fa-rail": ("fa", None, 11, (), "راه‌آهن جدید", "عباس عراقچی با وزیر کتاب‌ها را دید"),
    "ar-keys": ("fa", None, 12, (), "خبر", "عراقچي درباره مرز"),
    "hi-phone": ("hi", None, 13, (), "फ़ोन पर बात", "देशों की बैठक"),
    "tr-visit": ("tr", None, 14, (), "İstanbul ziyareti", "Bakanların toplantısı Ankara'da yapıldı."),
}


@pytest.fixture(scope="module", params=["sqlite"])
def archive(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    store = opened(request.param, tmp_path_factory.mktemp("search"))
    arrivals = []
    for name, (lang, source, day, tags, title, text) in TEXTS.items():
        one = article(
            name,
            title=title,
            text=text,
            lang=lang,
            source_id=source,
            guid=None,
            published_at=datetime(2026, 11, day, 12, tzinfo=UTC),
        )
        arrivals.append(arrival(one, *(match(tag, n) for n, tag in enumerate(tags))))
    store.record(poll(*arrivals, source_id=None))
    yield store
    store.close()


QUERIES = {
    "a word that is also a term of the facets": ("all", ""),
    "words that the facets are made of": ("tag OR src OR sco OR lang OR story OR kremlin", "ru-rail zh-rats"),
    "word": ("glacier", "en-water"),
    "plural for singular": ("glaciers", "en-water"),
    "irregular": ("meets", "en-rail"),
    "irregular, the other way": ("say", "en-said"),
    "plural in the text": ("payment bank", "en-water"),
    "not a derived word": ("trainer", ""),
    "diacritics": ("erdogan", "en-said"),
    "possessive": ("railway", "en-rail"),
    "possessive in the query": ("railway's", "en-rail"),
    "number with a comma": ("4,700", "en-rail"),
    "number without its comma": ("4700", "en-rail"),
    "number with a space": ("3000", "ru-rail"),
    "decimal": ("37.5", "en-drill"),
    "signs inside a name": ("C5+1", "en-drill"),
    "hyphen": ("anti-terrorist", "en-drill"),
    "without its hyphen": ("antiterrorist", "en-drill"),
    "part of a hyphenated word": ("terrorist", "en-drill"),
    "initials without their points": ("UN", "en-said"),
    "initials": ("U.N.", "en-said"),
    "apostrophe letter": ("O'zbekiston", "en-said"),
    "without the apostrophe letter": ("Ozbekiston", "en-said"),
    "Russian case": ("министр", "ru-bank ru-name"),
    "Russian name": ("Токаев", "ru-name"),
    "Russian name in a case": ("Токаеву", "ru-name"),
    "yo": ("Мирзиеев елка", ""),
    "yo in the text": ("елка", "ru-bank"),
    "yo in the query": ("ёлки", "ru-bank"),
    "compound in a case": ("штаб-квартира", "ru-bank"),
    "compound in a case, with its parts": ("премьер-министр", "ru-name"),
    "Latin inside Russian": ("SCO", "ru-rail zh-rats"),
    "phrase as written": ('"банка развития"', ""),
    "phrase found": ('"банке развития"', "ru-bank"),
    "guillemets": ("«банке развития»", "ru-bank"),
    "phrase over a hyphen": ('"anti terrorist"', "en-drill"),
    "phrase does not jump": ('"glacier payments"', ""),
    "Chinese, one sign": ("机", "zh-rats"),
    "Chinese, last sign of a run": ("议", ""),
    "Chinese, one sign at an end": ("会", "zh-hant zh-rats"),
    "Chinese, two signs": ("演习", "zh-rats"),
    "Chinese, across words": ("合组", "zh-rats"),
    "Chinese, long run": ("上合组织反恐演习", "zh-rats"),
    "Chinese, not across a full stop": ("演习机", ""),
    "Chinese, across a line": ("合作组织", "zh-hant"),
    "traditional": ("习近平访问", "zh-hant"),
    "traditional in the query": ("習近平", "zh-hant"),
    "middle dot": ("夏巴兹·谢里夫", "zh-rats"),
    "middle dot left out": ("夏巴兹谢里夫", "zh-rats"),
    "after the middle dot": ("谢里夫", "zh-rats"),
    "mixed scripts": ('"SCO峰会"', "zh-rats"),
    "mixed scripts with a space": ('"SCO 峰会"', "zh-rats"),
    "Kazakh": ("тоқаев", "kk-border"),
    "Kazakh prefix": ("қазақ*", "kk-border"),
    "prefix": ("glac*", "en-water"),
    "prefix of one Chinese run": ("反恐*", "zh-rats"),
    "phrase-like prefix": ("anti-terr*", "en-drill"),
    "Persian non-joiner": ("راه آهن", "fa-rail"),
    "Persian joined": ('"راه آهن"', "fa-rail"),
    "Arabic letters": ("عراقچي", "ar-keys fa-rail"),
    "Persian letters": ("عراقچی", "ar-keys fa-rail"),
    "Persian plural": ("کتاب", "fa-rail"),
    "nukta": ("फोन", "hi-phone"),
    "Hindi other form": ("बैठकें", "hi-phone"),
    "Turkish dotted capital": ("istanbul", "tr-visit"),
    "Turkish plural": ("bakanlar", "tr-visit"),
    "or": ("glacier OR glaciers OR tender", "en-rail en-water"),
    "and binds tighter": ("glacier loss OR tender osh", "en-rail en-water"),
    "and binds tighter, nothing": ("glacier osh OR tender loss", ""),
    "brackets": ("(glacier OR tender) osh", "en-rail"),
    "without": ("sco -министр", "ru-rail zh-rats"),
    "NOT": ("sco NOT 峰会", "ru-rail"),
    "without a phrase": ('министр -"банке развития"', "ru-name"),
    "without a group": ("sco -(峰会 OR человек)", ""),
    "only without": ("-lang:en -lang:ru -lang:zh -lang:fa -lang:hi -lang:tr", "kk-border"),
    "or without": ("tender OR (lang:kk -глагол)", "en-rail kk-border"),
    "near": ("deal NEAR/1 grain", "en-said"),
    "near, other order": ("grain w/1 deal", "en-said"),
    "near, too far": ("said NEAR/1 grain", ""),
    "near with other forms": ("minister NEAR/1 discussed", "en-water"),
    "near in Russian": ("президент NEAR/2 премьер", "ru-name"),
    "near, Russian forms": ("министр NEAR/1 обсудить", "ru-bank"),
    "near with a phrase": ('"the deal" NEAR/1 grain', "en-said"),
    "near with either": ("(deal OR talks) NEAR/2 grain", "en-said"),
    "title": ("title:rail", "en-rail"),
    "title only": ("title:glacier", ""),
    "title with other forms": ("title:банк", "ru-bank"),
    "title phrase": ('title:"joint drill"', "en-drill"),
    "title group": ("title:(rail OR water)", "en-rail en-water"),
    "tag": ("tag:putin", "en-said ru-name"),
    "tag with descendants": ("tag:sco", "en-drill en-said en-water ru-bank zh-rats"),
    "tag with descendants, lower": ("tag:sco-rats", "en-drill zh-rats"),
    "tag named": ("tag!:sco", "en-said en-water"),
    "tags": ("tag!:sco,sco-bank", "en-said en-water ru-bank"),
    "tag nobody has": ("tag:nobody", ""),
    "source": ("src:kremlin", "ru-bank ru-name"),
    "sources": ("src:kremlin,akorda", "en-drill kk-border ru-bank ru-name"),
    "class": ("class:official lang:en", "en-drill"),
    "no class": ("class:wire", ""),
    "country": ("from:kz", "en-drill kk-border"),
    "countries": ("from:kz,cn lang:en", "en-drill en-rail"),
    "language": ("lang:ru,hi", "hi-phone ru-bank ru-name ru-rail"),
    "kind": ("kind:person", "en-said ru-name"),
    "kind, body": ("kind:body", "en-drill zh-rats"),
    "priority": ("priority:2", "en-drill zh-rats"),
    "without a tag": ("lang:en -tag:sco", "en-rail"),
    "story": ("story:1", "en-rail"),
    "no story": ("story:999", ""),
    "since": ("since:2026-11-13", "hi-phone tr-visit"),
    "until": ("until:2026-11-02", "en-rail en-water"),
    "one day": ("since:2026-11-05 until:2026-11-05", "ru-bank"),
    "month": ("since:2026-11 until:2026-11 lang:kk", "kk-border"),
    "year": ("until:2025", ""),
    "date below an or": ("since:2026-11-14 OR tender", "en-rail tr-visit"),
    "date behind a minus": ("lang:en -until:2026-11-03", "en-said"),
    "date below or, with a word": ("(until:2026-11-01 OR since:2026-11-04) lang:en", "en-rail en-said"),
    "date behind a minus alone": ("-since:2026-11-02", "en-rail"),
    "quoted quotes": ("“joint drill”", "en-drill"),
    "full-width signs": ("（ＳＣＯ）", "ru-rail zh-rats"),
    "every second is nothing": ("tender nothing", ""),
}


@pytest.mark.parametrize(("query", "expected"), QUERIES.values(), ids=QUERIES)
def test_query(archive: Store, query: str, expected: str) -> None:
    newest = archive.search(parse(query), limit=100)
    assert sorted(names(newest.hits)) == sorted(expected.split())
    assert newest.total == len(newest.hits)
    ranked = archive.search(parse(query), limit=100, sort="relevance")
    assert sorted(names(ranked.hits)) == sorted(expected.split())
    assert ranked.total == newest.total
    assert sorted(names(list(archive.export(parse(query))))) == sorted(expected.split())


MARKS = {
    "as written": ("glacier", "glacier"),
    "another form": ("glaciers", "glacier"),
    "irregular": ("say", "said"),
    "name in a case": ("Мирзиеев", "Мирзиёев"),
    "title": ("erdogan", "Erdoğan"),
    "phrase": ('"the deal"', "the deal"),
    "Chinese": ("谢里夫", "谢里夫"),
    "middle dot": ("夏巴兹谢里夫", "夏巴兹·谢里夫"),
    "mixed": ('"SCO峰会"', "SCO峰会"),
    "one Chinese sign": ("机", "机"),
    "prefix": ("glac*", "glacier"),
    "hyphen": ("antiterrorist", "anti-terrorist"),
    "initials": ("UN", "U.N"),
    "number": ("4700", "4,700"),
    "compound": ("премьер-министр", "премьер-министра"),
    "Persian": ("عراقچي", "عراقچی"),
    "nukta": ("फोन", "फ़ोन"),
    "Kazakh": ("қазақ*", "Қазақстан"),
}


@pytest.mark.parametrize(("query", "mark"), MARKS.values(), ids=MARKS)
def test_snippet_marks(archive: Store, query: str, mark: str) -> None:
    hits = archive.search(parse(query)).hits
    marked = [found for hit in hits for found in re.findall("\x02([^\x02\x03]*)\x03", hit.snippet)]
    assert mark in marked


def test_a_snippet_of_a_field_search_is_the_start_of_the_text(archive: Store) -> None:
    (hit,) = archive.search(parse("src:akorda lang:en")).hits
    assert hit.snippet == TEXTS["en-drill"][5]


def test_a_snippet_is_cut_around_the_best_place(store: Store) -> None:
    text = "First sentence says nothing. " * 200 + "Here the grain deal stands. " + "Later more. " * 200
    store.record(poll(arrival(article("a", title="T", text="grain. " + text, lang="en"))))
    (hit,) = store.search(parse("grain deal")).hits
    plain = hit.snippet.replace("\x02", "").replace("\x03", "")
    assert "grain deal stands" in plain
    assert 120 < len(plain) < 280
    assert plain.startswith("… ")
    assert plain.endswith(" …")
    assert plain.strip("… ") in text


def test_newest_first_with_pages(archive: Store) -> None:
    every = names(archive.search(parse("-zzz"), limit=100).hits)
    assert every == list(reversed(TEXTS))
    assert names(archive.search(parse("-zzz"), limit=3, offset=2).hits) == every[2:5]
    assert archive.search(parse("-zzz"), limit=0).total == len(TEXTS)
    assert names(list(archive.export())) == list(TEXTS)


def test_since_and_until_are_half_open(archive: Store) -> None:
    noon = datetime(2026, 11, 3, 12, tzinfo=UTC)
    found = archive.search(parse("lang:en"), since=noon, until=noon + timedelta(days=1))
    assert names(found.hits) == ["en-drill"]


def test_relevance_puts_titles_first(store: Store) -> None:
    for name, title, text in [
        ("text", "News", "A word on cotton."),
        ("title", "Cotton", "Much more on something else."),
    ]:
        store.record(poll(arrival(article(name, title=title, text=text + " Filling." * 20))))
    found = store.search(parse("cotton"), sort="relevance")
    assert names(found.hits) == ["title", "text"]
    assert found.hits[0].score > found.hits[1].score > 0


def test_more_hits_than_are_ranked_still_all_come(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.ranking.RANKED", 7)
    store.record(poll(*(arrival(article(f"n{number}")) for number in range(20))))
    pages = [store.search(parse("title"), sort="relevance", limit=4, offset=first) for first in range(0, 24, 4)]
    assert {page.total for page in pages} == {20}
    assert sorted(names([hit for page in pages for hit in page.hits])) == sorted(f"n{number}" for number in range(20))


def test_an_export_goes_on_over_its_pages(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.sqlite.searching._EXPORTED_AT_ONCE", 3)
    store.record(poll(*(arrival(article(f"n{number}")) for number in range(10))))
    rows = store.export()
    first = next(rows)
    store.record(poll(arrival(article("later"))))
    assert names([first, *rows]) == [*(f"n{number}" for number in range(10)), "later"]
    assert len(list(store.export(parse("title -later")))) == 10
    assert len(list(store.export(parse("since:2026-11-21 OR later")))) == 11


def test_ids_of_any_shape_are_found(store: Store) -> None:
    one = article("a", source_id='odd id:"x"*', guid=None)
    store.record(poll(arrival(one, match("Ünï code/тег")), source_id=one.source_id))
    assert store.search(parse('src:"odd id:x"')).total == 0
    assert store.search(parse("tag:'x'")).total == 0
    assert store.search(parse('tag!:"Ünï code/тег"')).total == 1


def test_hostile_words_do_no_harm(store: Store) -> None:
    store.record(
        poll(arrival(article("a", title='Col: NEAR("a b") * \' ; --', text="{title}:x AND NOT \x02 ^ + " * 9)))
    )
    assert store.search(parse("col")).total == 1
    for query in [
        "NEARBY",
        "a^b",
        "{title}:x",
        "x;--",
        "rowid",
        "'",
        "c++",
        "%",
        "\\",
        "a\x00b",
        "search_index",
        "+-~",
    ]:
        try:
            found = parse(query)
        except QueryError:
            continue  # as good an answer
        store.search(found, sort="relevance")


def test_a_large_search_is_answered(store: Store) -> None:
    store.record(poll(arrival(article("a"))))
    assert store.search(parse(" OR ".join(f"word{n}" for n in range(150)) + " OR title")).total == 1
    assert store.search(parse("(" * 19 + "title" + ")" * 19)).total == 1
    assert store.search(parse(" ".join(["-" + f"(a{n} OR b{n})" for n in range(60)]))).total == 1


def test_an_edited_article_is_found_by_its_new_words_only(store: Store) -> None:
    one = article("a", text="Cotton. " * 60)
    store.record(poll(arrival(one, match("sco"))))
    text = "Railway. " * 60
    other = replace(one, text=text, content_hash=content_hash(one.title, text))
    store.record(poll(arrival(other, match("putin"))))
    totals = [store.search(parse(query)).total for query in ("cotton", "railway", "tag:sco", "tag:putin", "-zzz")]
    assert totals == [0, 1, 0, 1, 1]


def test_today_s_vocabulary_counts(backend: str, tmp_path: Path) -> None:
    from storage import open_store
    from tests.storage.made import BACKENDS

    first = opened(backend, tmp_path)
    first.record(poll(arrival(article("a"), match("sco-rats"))))
    first.close()
    without = open_store(BACKENDS[backend](tmp_path))
    totals = [without.search(parse(query)).total for query in ("class:official", "tag:sco", "tag:sco-rats")]
    without.close()
    assert totals == [0, 0, 1]


def test_searching_does_not_wait_for_a_writer(backend: str, tmp_path: Path) -> None:
    one, two = opened(backend, tmp_path), opened(backend, tmp_path)
    one.record(poll(arrival(article("a"))))
    with one._write():  # type: ignore[attr-defined]  # a writer that is not done
        assert two.search(parse("title")).total == 1
        assert one.search(parse("title")).total == 1
    one.close()
    two.close()


def test_threads_share_one_store(store: Store) -> None:
    def work(number: int) -> int:
        new = store.record(poll(*(arrival(article(f"t{number}-{part}")) for part in range(10)))).new
        assert store.search(parse("title")).total >= new
        assert len(list(store.export(parse("title")))) >= new
        return new

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(work, range(16))) == 160
    assert store.counts()["articles"] == store.search(parse("title")).total == 160


def test_undated_articles_are_found_by_when_they_were_seen(store: Store) -> None:
    store.record(poll(arrival(article("a", published_at=None, first_seen_at=NOW))))
    assert store.search(parse("since:2026-11-21 until:2026-11-21")).total == 1
    assert store.search(parse("until:2026-11-20")).total == 0
