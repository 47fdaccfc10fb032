"""A pass over sources on a loopback site: real fetcher, real worker processes, real archive."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from html import escape
from pathlib import Path
from typing import Any

import pytest

from monitor.errors import StoreError
from monitor.jobs.collecting import Report, Tools, collect, due, report_record
from monitor.jobs.telling import build_alerts
from monitor.ports import Store
from monitor.query import parse
from monitor.types import Address, Article, Collected, Match, Recorded, Selectors, Source, Subscription
from sources.http import FetchSettings, HttpFetcher
from sources.pool import ParserPool
from storage import open_store
from tests.servers import Answer, Asked, Web, answer, web_server
from tests.storage.placers import Alone

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
FILLER = {
    "en": "The delegates met for two days and spoke about roads, water and the price of bread in the valley.",
    "ru": "Делегаты два дня обсуждали дороги, воду и цену хлеба в долине, а вечером слушали музыку.",
    "zh": "代表们用两天时间讨论了道路、水源和山谷里面包的价格，晚上还听了音乐。",
    "fa": "نمایندگان دو روز درباره راه‌ها، آب و بهای نان در دره گفتگو کردند و شب به موسیقی گوش دادند.",
}
ALERTS = Subscription(id="slack:desk", name="desk", kind="alert", search="tag:sco", channel_id="slack:desk")


@dataclass(frozen=True)
class Piece:
    """One article of the site: its page, and how a feed lists it."""

    name: str
    title: str = ""
    text: str = ""
    guid: str | None = None
    link: str | None = None
    summary: str = ""

    @property
    def headline(self) -> str:
        return self.title or f"Headline of {self.name}"

    def page(self) -> bytes:
        body = self.text or f"What {self.name} has to say. {self.name.title()} is the word of the day in this house."
        paragraphs = "".join(f"<p>{escape(body)} {FILLER['en']} Paragraph {n}.</p>" for n in range(4))
        head = f"<meta charset=utf-8><title>{escape(self.headline)}</title>"
        article = f"<article><h1>{escape(self.headline)}</h1>{paragraphs}</article>"
        return f"<!doctype html><html><head>{head}</head><body>{article}</body></html>".encode()


def tag(title: str, text: str, lang: str | None, at: datetime | None) -> tuple[Match, ...]:
    """One entry with one name: enough to see that what was read is tagged."""
    del lang, at
    places = ((name, value.find("ШОС")) for name, value in (("title", title), ("text", text)))
    return tuple(
        Match(entry_id="sco", alias="ШОС", lang="ru", field=name, start=at, end=at + 3, rule="strong")  # type: ignore[arg-type]
        for name, at in places
        if at >= 0
    )


def rss(web: Web, pieces: Sequence[Piece], *, host: str = "127.0.0.1") -> bytes:
    items = []
    for piece in pieces:
        link = piece.link if piece.link is not None else web.url(f"/{piece.name}.html", host)
        guid = piece.guid if piece.guid is not None else f"id-{piece.name}"
        items.append(
            f"<item><title>{escape(piece.headline)}</title><link>{escape(link)}</link>"
            f"<guid isPermaLink='false'>{escape(guid)}</guid><description>{escape(piece.summary)}</description></item>"
        )
    channel = f"<title>Feed</title><link>{web.url('/')}</link>{''.join(items)}"
    return f"<?xml version='1.0' encoding='UTF-8'?><rss version='2.0'><channel>{channel}</channel></rss>".encode()


def with_etag(body: bytes, etag: str = '"one"') -> Any:
    def say(asked: Asked) -> Answer:
        if asked.headers.get("if-none-match") == etag:
            return answer("304 Not Modified", ETag=etag)
        return answer("200 OK", body, ETag=etag)

    return say


def source(web: Web, name: str = "wire", *paths: str, **changed: Any) -> Source:
    addresses = tuple(Address(url=web.url(path)) for path in paths or (f"/{name}.xml",))
    values: dict[str, Any] = {"id": name, "name": name.title(), "kind": "feed", "addresses": addresses}
    return Source(**(values | {"homepage": web.url("/")} | changed))


@dataclass
class Lab:
    """The site, the archive and the clock."""

    web: Web
    store: Store
    runner: asyncio.Runner
    parser: ParserPool
    settings: FetchSettings
    now: datetime = NOW
    done: list[tuple[str, str, int]] = field(default_factory=list)

    def serve(self, pieces: Sequence[Piece], path: str = "/wire.xml") -> None:
        self.web.routes[path] = with_etag(rss(self.web, pieces), f'"{hash(tuple(pieces))}"')
        for piece in pieces:
            self.web.routes[f"/{piece.name}.html"] = answer("200 OK", piece.page(), Content_Type="text/html")

    def collect(self, *sources: Source, **changed: Any) -> Report:
        """One pass, ten minutes after the one before."""
        self.now += timedelta(minutes=10)
        return self.runner.run(self._collect(sources, changed))

    async def _collect(self, sources: Sequence[Source], changed: dict[str, Any]) -> Report:
        fetcher = HttpFetcher(self.settings)
        tools = Tools(
            store=self.store,
            fetcher=fetcher,
            parser=self.parser,
            tagger=tag,
            placer=Alone(),
            now=lambda: self.now,
            progress=self,
        )
        try:
            return await collect(sources, replace(tools, **changed))
        finally:
            await fetcher.aclose()

    def source_done(self, source: Source, outcome: str, new: int) -> None:
        self.done.append((source.id, outcome, new))

    def articles(self) -> dict[str, Article]:
        return {kept.article.title: kept.article for kept in self.store.export()}

    def versions(self) -> list[int]:
        return [kept.versions for kept in self.store.export()]

    def alerts(self) -> list[str]:
        """The titles that are told now."""
        before = {delivery.id for delivery, _ in self.store.deliveries()}
        build_alerts(self.store, [ALERTS], {ALERTS.id: parse(ALERTS.search)}, {}, {}, self.now)
        told = [digest for delivery, digest in self.store.deliveries() if delivery.id not in before]
        return sorted(item.title for digest in told for section in digest.sections for item in section.items)


@pytest.fixture(scope="module")
def workers() -> Iterator[tuple[asyncio.Runner, ParserPool]]:
    """One loop with one pool of worker processes: starting these is most of the time of a small pass."""
    with asyncio.Runner() as runner:
        pool = ParserPool(workers=2)
        yield runner, pool
        runner.run(pool.aclose())


@pytest.fixture
def lab(tmp_path: Path, workers: tuple[asyncio.Runner, ParserPool]) -> Iterator[Lab]:
    with web_server() as web:
        store = open_store(f"sqlite:///{tmp_path}/archive.db")
        yield Lab(web, store, *workers, FetchSettings(allow_networks=("127.0.0.0/8",), per_host_interval=timedelta()))
        store.close()


def figures(report: Report) -> tuple[int, int, int, int]:
    """Items seen; articles new, updated, unchanged."""
    return report.seen, report.new, report.updated, report.unchanged


def outcomes(report: Report) -> Mapping[str, int]:
    return {name: number for name, number in report.outcomes.items() if number}


# ---------------------------------------------------------------------------------------------- reading


def test_a_feed_is_read_with_its_pages(lab: Lab) -> None:
    pieces = [Piece(name, f"{name} {title}", FILLER[name]) for name, title in [
        ("en", "On the roads of the valley"), ("ru", "На дорогах долины ШОС"),
        ("zh", "山谷里的道路"), ("fa", "راه‌های دره"),
    ]]  # fmt: skip
    lab.serve(pieces)
    report = lab.collect(source(lab.web))
    assert (figures(report), outcomes(report)) == ((4, 4, 0, 0), {"ok": 1})
    found = lab.articles()
    assert set(found) == {piece.headline for piece in pieces}
    for piece in pieces:
        article = found[piece.headline]
        assert piece.text in article.text
        assert (article.text_from, article.source_id) == ("page", "wire")
    assert [kept.tags for kept in lab.store.export(parse("tag:sco"))] == [("sco",)]
    assert lab.done == [("wire", "ok", 4)]


def test_an_index_page_is_read_with_its_articles(lab: Lab) -> None:
    pieces = [Piece(f"story-number-{n}", f"The long story of bridge number {n} over the river") for n in range(5)]
    lab.serve(pieces, "/unused.xml")
    links = "".join(f"<li><a href='/{p.name}.html'>{p.headline}</a></li>" for p in pieces)
    index = f"<html><body><h1>News</h1><ul>{links}</ul></body></html>".encode()
    lab.web.routes["/news"] = answer("200 OK", index, Content_Type="text/html")
    address = Address(url=lab.web.url("/news"), selectors=Selectors(item="li", link="a"))
    house = replace(source(lab.web, "house", kind="page"), addresses=(address,))
    report = lab.collect(house)
    assert (report.failures, figures(report)) == ([], (5, 5, 0, 0))
    assert {article.text_from for article in lab.articles().values()} == {"page"}
    assert outcomes(lab.collect(house)) == {"not_modified": 1}


def test_a_second_pass_finds_nothing_modified_and_asks_for_no_page(lab: Lab) -> None:
    houses = [source(lab.web, name) for name in ("wire", "daily", "radio")]
    for house in houses:
        lab.serve([Piece(f"{house.id}-{n}") for n in range(3)], f"/{house.id}.xml")
    assert figures(lab.collect(*houses)) == (9, 9, 0, 0)
    asked = len(lab.web.asked)
    report = lab.collect(*houses)
    assert (figures(report), outcomes(report)) == ((0, 0, 0, 0), {"not_modified": 3})
    assert sorted(lab.web.paths()[asked:]) == ["/daily.xml", "/radio.xml", "/wire.xml"]
    assert lab.store.counts()["articles"] == 9


def test_an_unchanged_body_without_validators_is_not_modified(lab: Lab) -> None:
    lab.serve([Piece("a")])
    lab.web.routes["/wire.xml"] = answer("200 OK", rss(lab.web, [Piece("a")]))
    assert outcomes(lab.collect(source(lab.web))) == {"ok": 1}
    assert outcomes(lab.collect(source(lab.web))) == {"not_modified": 1}


def test_a_new_item_costs_one_page_and_the_others_are_unchanged(lab: Lab) -> None:
    old = [Piece(f"old-{n}") for n in range(4)]
    lab.serve(old)
    lab.collect(source(lab.web))
    lab.serve([Piece("fresh"), *old])
    asked = len(lab.web.asked)
    assert figures(lab.collect(source(lab.web))) == (5, 1, 0, 4)
    assert lab.web.paths()[asked:] == ["/wire.xml", "/robots.txt", "/fresh.html"]


def test_an_edited_article_becomes_a_version(lab: Lab) -> None:
    lab.serve([Piece("a", "The bridge opens", "Ten people came to see it.")])
    lab.collect(source(lab.web))
    lab.serve([Piece("a", "The bridge opens again", "Twenty people came to see it.")])
    assert figures(lab.collect(source(lab.web))) == (1, 0, 1, 0)
    (kept,) = lab.store.export()
    assert (kept.versions, kept.article.title) == (2, "The bridge opens again")
    assert "Twenty people" in kept.article.text


def test_the_same_article_by_two_feeds_is_one(lab: Lab) -> None:
    lab.serve([Piece("a"), Piece("b")], "/wire.xml")
    tracked = [Piece("b", link=lab.web.url("/b.html?utm_source=rss"), guid="other"), Piece("c")]
    lab.serve(tracked, "/daily.xml")
    report = lab.collect(source(lab.web, "wire"), source(lab.web, "daily"))
    assert figures(report) == (4, 3, 0, 1)
    two = source(lab.web, "both", "/wire.xml", "/daily.xml")
    lab.store.close()
    lab.store = open_store("sqlite:///" + str(Path(str(lab.store._path)).with_name("b.db")))  # type: ignore[attr-defined]
    assert lab.collect(two).new == 3


@pytest.mark.parametrize(
    "pieces",
    [
        pytest.param(
            [Piece("a", guid="same"), Piece("b", guid="same"), Piece("c", guid="same")], id="one guid for all"
        ),
        pytest.param(
            [Piece("a", link="/"), Piece("b", link="/"), Piece("c", link="/")], id="all link to the front page"
        ),
        pytest.param(
            [Piece("a", guid="", link="/"), Piece("b", guid="", link="/"), Piece("c", guid="", link="/")],
            id="front page and no guid",
        ),
    ],
)
def test_items_that_share_an_id_or_a_link_are_all_kept_once(pieces: list[Piece], lab: Lab) -> None:
    own = [replace(p, link=None if p.link is None else lab.web.url("/"), summary=f"{p.name} says so.") for p in pieces]
    lab.serve(own)
    assert figures(lab.collect(source(lab.web))) == (3, 3, 0, 0)
    lab.serve([Piece("d", link=own[0].link, guid=own[0].guid, summary="And d."), *own])
    assert figures(lab.collect(source(lab.web))) == (4, 1, 0, 3)
    assert lab.versions() == [1, 1, 1, 1]


def test_without_fulltext_no_page_is_asked_for(lab: Lab) -> None:
    lab.serve([Piece("a", summary="The teaser.")])
    lab.collect(source(lab.web), fulltext=False)
    assert lab.web.paths() == ["/wire.xml"]
    (article,) = lab.articles().values()
    assert (article.text, article.text_from) == ("The teaser.", "feed")


# ---------------------------------------------------------------------------------------------- trouble


def hanging(_: Asked) -> Iterator[bytes]:
    """Headers, then nothing."""
    yield b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"
    time.sleep(3)
    yield b"late"


FEED_OF_THREE = b"<rss version='2.0'><channel>" + b"".join(
    b"<item><title>Item %d</title><link>http://127.0.0.1:1/%d</link></item>" % (n, n) for n in range(3)
)


@pytest.mark.parametrize(
    ("route", "outcome", "reason"),
    [
        pytest.param(None, "permanent", "HTTP 404: not found", id="404"),
        pytest.param(answer("503 Service Unavailable"), "temporary", "HTTP 503: service unavailable", id="503"),
        pytest.param(answer("200 OK", b"<html><body>Log in</body></html>"), "temporary", "an HTML page, not a feed",
                     id="HTML"),
        pytest.param(answer("200 OK", b""), "temporary", "empty answer", id="empty"),
        pytest.param(answer("200 OK", b"\x00\xff\x93garbage" * 50), "temporary", "not a feed", id="garbage"),
        pytest.param(answer("200 OK", b"<rss version='2.0'><chan"), "temporary", "not a feed", id="cut at the start"),
        pytest.param(answer("200 OK", b"x", length=500), "temporary", "answer was cut short", id="cut on the way"),
        pytest.param(hanging, "temporary", "no answer within 1 s", id="hangs"),
    ],
)  # fmt: skip
def test_trouble_is_told_in_plain_words_and_the_rest_goes_on(route: Any, outcome: str, reason: str, lab: Lab) -> None:
    lab.settings = replace(lab.settings, timeout=timedelta(seconds=1))
    lab.serve([Piece("a")], "/good.xml")
    if route is not None:
        lab.web.routes["/bad.xml"] = route
    report = lab.collect(source(lab.web, "bad"), source(lab.web, "good"))
    assert report.new == 1
    assert outcomes(report) == {"ok": 1, outcome: 1}
    (failure,) = report.failures
    assert (failure.source_id, failure.outcome, failure.url) == ("bad", outcome, lab.web.url("/bad.xml"))
    assert reason in failure.error
    state = lab.store.source_states()["bad"]
    assert (state.last_outcome, state.failures, state.last_error) == (outcome, 1, failure.error)
    assert state.next_due_at is not None
    assert state.next_due_at > lab.now


def test_a_feed_that_was_cut_gives_what_came_and_loses_nothing(lab: Lab) -> None:
    lab.web.routes["/wire.xml"] = answer("200 OK", FEED_OF_THREE + b"<item><title>Item th")
    report = lab.collect(source(lab.web), fulltext=False)
    assert report.new == 3
    whole = FEED_OF_THREE + b"<item><title>Item three</title><link>http://127.0.0.1:1/3</link></item></channel></rss>"
    lab.web.routes["/wire.xml"] = answer("200 OK", whole)
    assert figures(lab.collect(source(lab.web), fulltext=False)) == (4, 1, 0, 3)


def test_one_good_address_is_a_source_that_is_read(lab: Lab) -> None:
    lab.serve([Piece("a")])
    report = lab.collect(source(lab.web, "wire", "/wire.xml", "/gone.xml"))
    assert outcomes(report) == {"ok": 1}
    assert [failure.url for failure in report.failures] == [lab.web.url("/gone.xml")]
    assert lab.store.source_states()["wire"].last_error == f"{lab.web.url('/gone.xml')}: HTTP 404: not found"


def test_what_the_project_itself_cannot_work_on_ends_that_source_only(lab: Lab) -> None:
    lab.serve([Piece("odd"), Piece("even")], "/bad.xml")
    lab.serve([Piece("a")], "/good.xml")

    def broken(title: str, *rest: Any) -> tuple[Match, ...]:
        if "odd" in title:
            raise ZeroDivisionError("no reason")
        return tag(title, *rest)

    report = lab.collect(source(lab.web, "bad"), source(lab.web, "good"), tagger=broken)
    assert (figures(report), outcomes(report)) == ((1, 1, 0, 0), {"temporary": 1, "ok": 1})
    assert "ZeroDivisionError: no reason" in report.failures[0].error
    assert figures(lab.collect(source(lab.web, "bad"))) == (2, 2, 0, 0)


# ---------------------------------------------------------------------------------------------- pages read again


def test_a_page_that_fails_is_read_again_though_the_feed_has_not_changed(lab: Lab) -> None:
    piece = Piece("a", summary="The teaser.")
    lab.serve([piece, Piece("b")])
    lab.web.routes["/a.html"] = answer("503 Service Unavailable")
    lab.collect(source(lab.web))
    assert lab.articles()[piece.headline].text == "The teaser."
    assert figures(lab.collect(source(lab.web))) == (2, 0, 0, 2)
    lab.web.routes["/a.html"] = answer("200 OK", piece.page(), Content_Type="text/html")
    assert figures(lab.collect(source(lab.web))) == (2, 0, 1, 1)
    assert "What a has to say" in lab.articles()[piece.headline].text
    assert outcomes(lab.collect(source(lab.web))) == {"not_modified": 1}
    assert lab.web.paths().count("/b.html") == 1


def test_a_page_that_is_gone_is_not_asked_for_again(lab: Lab) -> None:
    lab.serve([Piece("a", summary="The teaser.")])
    lab.web.routes["/a.html"] = answer("410 Gone")
    lab.collect(source(lab.web))
    lab.collect(source(lab.web))
    assert lab.web.paths().count("/a.html") == 1


@pytest.mark.parametrize("interval", [pytest.param(0.0, id="side by side"), pytest.param(0.01, id="one at a time")])
def test_a_host_that_hangs_costs_one_time_out_and_no_article(interval: float, lab: Lab) -> None:
    lab.settings = replace(lab.settings, timeout=timedelta(seconds=0.6), per_host_interval=timedelta(seconds=interval))
    pieces = [Piece(f"p{n}", summary=f"Teaser {n}.") for n in range(100)]
    lab.serve(pieces)
    for piece in pieces:
        lab.web.routes[f"/{piece.name}.html"] = hanging
    started = time.monotonic()
    report = lab.collect(source(lab.web))
    assert time.monotonic() - started < 5
    assert (report.new, outcomes(report)) == (100, {"ok": 1})
    assert sum(path.endswith(".html") for path in lab.web.paths()) <= 4
    assert {article.text for article in lab.articles().values()} == {f"Teaser {n}." for n in range(100)}
    lab.serve(pieces)
    lab.settings = replace(lab.settings, timeout=timedelta(seconds=20), per_host_interval=timedelta())
    assert figures(lab.collect(source(lab.web))) == (100, 0, 100, 0)


def test_a_hanging_host_does_not_keep_back_the_pages_of_another(lab: Lab) -> None:
    lab.settings = replace(lab.settings, timeout=timedelta(seconds=0.6))
    other = Piece("other", link=lab.web.url("/other.html", "127.0.0.2"))
    lab.serve([Piece("a"), Piece("b"), other])
    lab.web.routes["/a.html"] = lab.web.routes["/b.html"] = hanging
    with web_server() as second:
        second.routes["/other.html"] = answer("200 OK", other.page(), Content_Type="text/html")
        lab.web.routes["/wire.xml"] = answer(
            "200 OK", rss(lab.web, [Piece("a"), Piece("b"), replace(other, link=second.url("/other.html"))])
        )
        lab.collect(source(lab.web))
    assert lab.articles()[other.headline].text_from == "page"


def test_one_page_that_never_answers_does_not_keep_the_others_from_being_read_for_ever(lab: Lab) -> None:
    lab.settings = replace(lab.settings, timeout=timedelta(seconds=0.2), per_host_interval=timedelta(seconds=0.001))
    pieces = [Piece(f"p{n}", summary="Teaser.") for n in range(5)]
    lab.serve(pieces)
    lab.web.routes["/p0.html"] = hanging
    for _ in range(7):
        lab.collect(source(lab.web))
    missing = [article.title for article in lab.articles().values() if article.text_from == "feed"]
    assert missing == [pieces[0].headline]


# ---------------------------------------------------------------------------------------------- quiet


def test_the_first_reading_of_an_address_raises_no_alert(lab: Lab) -> None:
    lab.store.ledger(ALERTS, lab.now)
    lab.serve([Piece("old", "Old news of ШОС")])
    lab.collect(source(lab.web))
    assert lab.alerts() == []
    lab.serve([Piece("new", "New news of ШОС"), Piece("old", "Old news of ШОС")])
    lab.serve([Piece("older", "Older news of ШОС")], "/more.xml")
    lab.collect(source(lab.web, "wire", "/wire.xml", "/more.xml"))
    assert lab.alerts() == ["New news of ШОС"]
    assert lab.store.counts()["articles"] == 3


def test_a_page_of_the_first_reading_that_comes_later_raises_no_alert(lab: Lab) -> None:
    lab.store.ledger(ALERTS, lab.now)
    old = Piece("old", "An old story", "It is about ШОС.", summary="Teaser.")
    lab.serve([old])
    lab.web.routes["/old.html"] = answer("503 Service Unavailable")
    lab.collect(source(lab.web))
    lab.collect(source(lab.web))
    new = Piece("new", "A new story", "It is about ШОС.", summary="Teaser.")
    lab.serve([new, old])
    lab.web.routes["/new.html"] = answer("503 Service Unavailable")
    lab.collect(source(lab.web))
    assert lab.alerts() == []
    assert lab.articles()["An old story"].text_from == "page"
    lab.serve([new, old])
    lab.collect(source(lab.web))
    assert lab.alerts() == ["A new story"]


def test_a_first_reading_that_failed_was_none(lab: Lab) -> None:
    lab.store.ledger(ALERTS, lab.now)
    lab.web.routes["/wire.xml"] = answer("500 Internal Server Error")
    lab.collect(source(lab.web))
    lab.serve([Piece("old", "Old news of ШОС")])
    lab.collect(source(lab.web))
    assert lab.alerts() == []


# ---------------------------------------------------------------------------------------------- the archive


class Refusing:
    """The archive, which takes nothing of what `refuses` says it does not."""

    def __init__(self, store: Store, refuses: Any) -> None:
        self._store, self._refuses = store, refuses
        self.asked = 0

    def record(self, collected: Collected, _placer: object = None) -> Recorded:
        self.asked += 1
        if self._refuses(collected):
            raise StoreError("archive x: the disk is full")
        return self._store.record(collected)

    def record_all(self, several: Sequence[Collected], _placer: object = None) -> tuple[Recorded, ...]:
        if any(self._refuses(collected) for collected in several):
            raise StoreError("archive x: the disk is full")
        return self._store.record_all(several)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


def test_a_crash_between_reading_and_storing_loses_nothing(lab: Lab) -> None:
    lab.serve([Piece("a"), Piece("b")])

    class Killed(BaseException):
        pass

    def die(_: Collected) -> bool:
        raise Killed

    with pytest.raises(BaseExceptionGroup):
        lab.collect(source(lab.web), store=Refusing(lab.store, die))
    assert lab.store.validators([lab.web.url("/wire.xml")]) == {}
    assert figures(lab.collect(source(lab.web))) == (2, 2, 0, 0)


def test_an_archive_that_takes_nothing_ends_the_pass_with_its_reason(lab: Lab) -> None:
    houses = [source(lab.web, f"s{n}") for n in range(6)]
    for house in houses:
        lab.serve([Piece(f"{house.id}-a")], f"/{house.id}.xml")
    shut = Refusing(lab.store, lambda _: True)
    with pytest.raises(StoreError, match="the disk is full"):
        lab.collect(*houses, store=shut)
    assert shut.asked == 2  # the poll, and that it could not be stored: nobody waits for a locked archive six times
    assert lab.collect(*houses).new == 6


def test_a_poll_that_is_not_taken_is_told_and_read_again_soon(lab: Lab) -> None:
    lab.serve([Piece("a")], "/bad.xml")
    lab.serve([Piece("b")], "/good.xml")
    picky = Refusing(lab.store, lambda c: c.source_id == "bad" and c.arrivals)
    report = lab.collect(source(lab.web, "bad"), source(lab.web, "good"), store=picky)
    assert (report.new, outcomes(report)) == (1, {"ok": 1, "temporary": 1})
    assert report.not_stored == "archive x: the disk is full"
    assert report.failures[0].error == "not stored: archive x: the disk is full"
    state = lab.store.source_states()["bad"]
    assert state.next_due_at == lab.now + timedelta(minutes=1)
    assert lab.collect(source(lab.web, "bad")).new == 1


def test_an_archive_that_cannot_be_read_is_told_as_such(lab: Lab) -> None:
    class Unreadable(Refusing):
        def known(self, *_: Any) -> Any:
            raise StoreError("archive x: the file is damaged")

    lab.serve([Piece("a")])
    with pytest.raises(StoreError, match="damaged"):
        lab.collect(source(lab.web), store=Unreadable(lab.store, lambda _: False))


# ---------------------------------------------------------------------------------------------- what is due, the report


def test_sources_are_due_by_their_own_intervals(lab: Lab) -> None:
    houses = [source(lab.web, "hourly", priority=1), source(lab.web, "daily", priority=3), source(lab.web, "never")]
    for house in houses:
        lab.serve([], f"/{house.id}.xml")
    assert len(due(houses, {}, lab.now)) == 3
    lab.collect(*houses[:2])
    states = lab.store.source_states()
    assert [s.id for s in due(houses, states, lab.now + timedelta(minutes=1))] == ["never"]
    assert [s.id for s in due(houses, states, lab.now + timedelta(hours=2))] == ["never", "hourly"]
    nothing = Source(id="x", name="x", kind="feed", addresses=())
    assert due([nothing], {}, lab.now) == ()


def test_the_report_is_exact(lab: Lab) -> None:
    lab.serve([Piece("a"), Piece("b")], "/one.xml")
    nameless = b"<rss version='2.0'><channel><item><guid>x</guid></item></channel></rss>"
    lab.web.routes["/two.xml"] = answer("200 OK", nameless)
    houses = [source(lab.web, name) for name in ("one", "two", "three")]
    record = report_record(lab.collect(*houses), 1.23456)
    assert record == {
        "started": "2026-11-21T09:10:00Z",
        "seconds": 1.235,
        "sources": {"due": 3, "ok": 2, "not_modified": 0, "failed": 1},
        "articles": {
            "seen": 3,
            "new": 2,
            "updated": 0,
            "unchanged": 0,
            "dropped": {"no title and no text": 1},
        },
        "failures": [
            {
                "source": "three",
                "url": lab.web.url("/three.xml"),
                "outcome": "permanent",
                "error": "HTTP 404: not found",
            }
        ],
    }
