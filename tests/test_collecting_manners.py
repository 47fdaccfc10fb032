"""A pass and its manners: robots.txt, pauses, moves, lists that go on, the gate for full text, and health."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from monitor.jobs.telling import GATHER, build_operator
from monitor.types import Address, Selectors, Subscription
from tests.servers import Asked, answer
from tests.test_collecting import Lab, Piece, figures, hanging, lab, outcomes, rss, source, with_etag, workers

__all__ = ["lab", "workers"]
OPERATOR = Subscription(id="operator", name="operator", kind="health", search="", channel_id="operator:health")


def page(names: list[str], next_page: str = "") -> bytes:
    links = "".join(f"<li><a href='/{name}.html'>The long story of {name} and its bridge</a></li>" for name in names)
    following = f"<a rel=next href='{next_page}'>older</a>" if next_page else ""
    return answer("200 OK", f"<html><body><ul>{links}</ul>{following}</body></html>".encode(), Content_Type="text/html")


def index(lab: Lab, path: str = "/news", **more: Any) -> Any:
    address = Address(url=lab.web.url(path), selectors=Selectors(item="li", link="a"), **more)
    return replace(source(lab.web, "house", kind="page"), addresses=(address,))


def health_of(lab: Lab, source_id: str = "wire") -> Any:
    return lab.store.source_states()[source_id].health


# ---------------------------------------------------------------------------------------------- robots.txt


def test_article_pages_obey_robots_txt_and_the_article_is_kept_with_what_the_feed_says(lab: Lab) -> None:
    lab.serve([Piece("a", summary="The teaser.")])
    lab.web.routes["/robots.txt"] = answer("200 OK", b"User-agent: *\nDisallow: /a.html")
    report = lab.collect(source(lab.web))
    assert (report.new, report.failures) == (1, [])
    assert "/a.html" not in lab.web.paths()
    assert [article.text for article in lab.articles().values()] == ["The teaser."]
    assert outcomes(lab.collect(source(lab.web))) == {"not_modified": 1}  # it is not tried again and again


def test_index_pages_obey_robots_txt_unless_the_operator_has_a_reason(lab: Lab) -> None:
    lab.web.routes |= {"/robots.txt": answer("200 OK", b"User-agent: *\nDisallow: /"), "/news": page(["a", "b"])}
    report = lab.collect(index(lab))
    assert [failure.error for failure in report.failures] == ["robots.txt of the host does not allow it"]
    allowed = replace(index(lab), ignore_robots="written permission of 3 March")
    assert lab.collect(allowed).new == 2


def test_a_feed_of_the_list_is_read_whatever_robots_txt_says(lab: Lab) -> None:
    lab.serve([Piece("a", summary="The teaser.")])
    lab.web.routes["/robots.txt"] = answer("200 OK", b"User-agent: *\nDisallow: /")
    assert lab.collect(source(lab.web)).new == 1


# ---------------------------------------------------------------------------------------------- pauses


def test_a_host_that_asks_for_a_pause_gets_it_from_all_its_sources_also_in_the_next_pass(lab: Lab) -> None:
    lab.now = datetime.now(UTC)  # pauses are kept by the clock on the wall
    lab.web.routes["/wire.xml"] = answer("429 Too Many Requests", Retry_After="7200")
    lab.serve([Piece("a")], "/daily.xml")
    lab.collect(source(lab.web))
    asked = len(lab.web.asked)
    report = lab.collect(source(lab.web), source(lab.web, "daily"))
    assert len(lab.web.asked) == asked
    assert outcomes(report) == {"temporary": 2}
    assert all(failure.error.startswith("host asked to be left alone for another ") for failure in report.failures)
    due_at = lab.store.source_states()["daily"].next_due_at
    assert due_at is not None
    assert due_at > lab.now + timedelta(hours=1)


def test_pages_that_are_too_many_for_the_host_are_read_later(lab: Lab) -> None:
    pieces = [Piece(f"p{n}", summary=f"Teaser {n}.") for n in range(8)]
    lab.serve(pieces)
    for piece in pieces:
        lab.web.routes[f"/{piece.name}.html"] = answer("429 Too Many Requests", Retry_After="3600")
    assert lab.collect(source(lab.web)).new == 8
    assert sum(path.endswith(".html") for path in lab.web.paths()) <= 4  # those that were under way already
    assert list(lab.store.host_pauses(lab.now)) == ["127.0.0.1"]


# ---------------------------------------------------------------------------------------------- whole answers


def test_a_server_that_says_not_modified_for_ever_is_asked_for_the_whole_now_and_then(lab: Lab) -> None:
    lab.serve([Piece("a")])
    lab.collect(source(lab.web))
    stuck = rss(lab.web, [Piece("b"), Piece("a")])
    lab.web.routes["/b.html"] = answer("200 OK", Piece("b").page(), Content_Type="text/html")

    def say(asked: Asked) -> bytes:
        return answer("304 Not Modified") if "if-none-match" in asked.headers else answer("200 OK", stuck, ETag='"x"')

    lab.web.routes["/wire.xml"] = say
    new = [lab.collect(source(lab.web)).new for _ in range(12)]
    assert sum(new) == 1
    assert new.index(1) <= 9


# ---------------------------------------------------------------------------------------------- moves


def test_a_move_is_adopted_and_history_and_alerts_stay_with_the_source(lab: Lab) -> None:
    lab.serve([Piece("a")], "/new.xml")
    lab.web.routes["/wire.xml"] = answer("301 Moved Permanently", Location="/new.xml")
    for _ in range(3):
        lab.now += timedelta(hours=14)
        lab.collect(source(lab.web))
    asked = len(lab.web.asked)
    lab.now += timedelta(hours=1)
    report = lab.collect(source(lab.web))
    assert lab.web.paths()[asked:] == ["/new.xml"]
    assert (outcomes(report), lab.store.counts()["articles"]) == ({"not_modified": 1}, 1)
    assert health_of(lab).state == "moved"
    lab.serve([Piece("b"), Piece("a")], "/new.xml")
    lab.web.routes["/wire.xml"] = answer("404 Not Found")  # the old place is no more
    assert figures(lab.collect(source(lab.web))) == (2, 1, 0, 1)
    (event,) = lab.store.source_events()
    assert (event.became, event.evidence) == ("moved", f"now at {lab.web.url('/new.xml')}")


# ---------------------------------------------------------------------------------------------- lists that go on


def test_an_index_goes_on_within_its_limit_as_long_as_it_brings_something_new(lab: Lab) -> None:
    for number in range(6):
        lab.web.routes[f"/news{number}"] = page([f"story-{number}-{n}" for n in range(3)], f"/news{number + 1}")
    house = index(lab, "/news0", pages=3)
    assert lab.collect(house, fulltext=False).new == 9
    assert [p for p in lab.web.paths() if p.startswith("/news")] == ["/news0", "/news1", "/news2"]
    lab.web.routes["/news0"] = page(["fresh", "story-0-0", "story-0-1"], "/news1")
    asked = len(lab.web.asked)
    assert lab.collect(house, fulltext=False).new == 1
    assert [p for p in lab.web.paths()[asked:] if p.startswith("/news")] == ["/news0", "/news1"]


def test_pages_that_name_each_other_as_the_next_are_read_once(lab: Lab) -> None:
    lab.web.routes["/news0"] = page(["a", "b"], "/news1")
    lab.web.routes["/news1"] = page(["c", "d"], "/news0")
    assert lab.collect(index(lab, "/news0", pages=20), fulltext=False).new == 4
    assert [p for p in lab.web.paths() if p.startswith("/news")] == ["/news0", "/news1"]


def test_the_parts_of_a_sitemap_are_read_and_remembered_each_by_itself(lab: Lab) -> None:
    day = datetime.now(UTC).strftime("%Y-%m-%dT%H:00:00Z")  # the reader takes what is recent by the clock on the wall

    def part(name: str) -> bytes:
        rows = "".join(
            f"<url><loc>{lab.web.url(f'/{name}-{n}.html')}</loc><lastmod>{day}</lastmod></url>" for n in range(2)
        )
        return f"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{rows}</urlset>".encode()

    parts = "".join(
        f"<sitemap><loc>{lab.web.url(f'/{n}.xml')}</loc><lastmod>{day}</lastmod></sitemap>" for n in ("one", "two")
    )
    whole = f"<sitemapindex xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{parts}</sitemapindex>".encode()
    lab.web.routes["/map.xml"] = with_etag(whole)
    for name in ("one", "two"):
        lab.web.routes[f"/{name}.xml"] = with_etag(part(name), f'"{name}"')
        for n in range(2):
            piece = Piece(f"{name}-{n}")
            lab.web.routes[f"/{piece.name}.html"] = answer("200 OK", piece.page(), Content_Type="text/html")
    site = replace(source(lab.web, "map", "/map.xml", kind="sitemap"))
    report = lab.collect(site)
    assert (report.new, report.failures) == (4, [])
    lab.collect(site)
    asked = [a for a in lab.web.asked if a.path == "/one.xml"]
    assert asked[-1].headers.get("if-none-match") == '"one"'
    assert "if-none-match" not in [a for a in lab.web.asked if a.path == "/map.xml"][-1].headers


# ---------------------------------------------------------------------------------------------- the gate


@pytest.mark.parametrize(
    ("changed", "pages"),
    [
        pytest.param({"ownership": "wire"}, ["/about.html"], id="general"),
        pytest.param({"ownership": "official"}, ["/about.html", "/sport.html"], id="official"),
        pytest.param({"ownership": "wire", "fulltext": "always"}, ["/about.html", "/sport.html"], id="always"),
        pytest.param({"fulltext": "never"}, [], id="never"),
    ],
)
def test_pages_of_general_sources_are_read_when_the_list_touches_the_watchlist(
    lab: Lab, changed: dict[str, Any], pages: list[str]
) -> None:
    lab.serve([Piece("sport", summary="Two goals."), Piece("about", summary="Саммит ШОС начался.")])
    assert lab.collect(source(lab.web, **changed)).new == 2
    assert sorted(path for path in lab.web.paths() if path.endswith(".html")) == pages
    assert lab.articles()["Headline of sport"].text_from == ("page" if "/sport.html" in pages else "feed")


# ---------------------------------------------------------------------------------------------- health


def test_a_change_is_stored_with_the_poll_and_told_to_the_operator_once(lab: Lab) -> None:
    lab.serve([Piece("a")])
    house = source(lab.web)
    lab.collect(house)
    lab.store.ledger(OPERATOR, lab.now)
    lab.web.routes["/wire.xml"] = answer("503 Service Unavailable")
    for _ in range(5):
        lab.collect(house)
    (event,) = lab.store.source_events()
    assert (event.source_id, event.was, event.became) == ("wire", "ok", "failing")
    assert build_operator(lab.store, OPERATOR, {"wire": house}, event.at + GATHER / 2) == ()
    told = build_operator(lab.store, OPERATOR, {"wire": house}, event.at + GATHER)
    assert told == ("operator: 1 changes in how sources do",)
    assert build_operator(lab.store, OPERATOR, {"wire": house}, event.at + 2 * GATHER) == ()
    ((delivery, digest),) = lab.store.deliveries()
    assert (delivery.channel_id, digest.housekeeping) == (
        "operator:health",
        ("Wire cannot be read (HTTP 503: service unavailable).",),
    )


@pytest.mark.parametrize(
    ("said", "kind", "state"),
    [
        pytest.param(answer("410 Gone"), "feed", "gone", id="gone"),
        pytest.param(answer("200 OK", b"<html><title>Just a moment...</title><script>_cf_chl_opt</script></html>"),
                     "feed", "challenge", id="challenge"),
        pytest.param(answer("200 OK", b"<html><body><p>Nothing here.</p></body></html>", Content_Type="text/html"),
                     "page", "selectors", id="selectors"),
        pytest.param(answer("200 OK", b"<rss version='2.0'><channel><title>x</title></channel></rss>"), "feed", "empty",
                     id="empty"),
    ],
)  # fmt: skip
def test_an_answer_of_200_is_not_health(lab: Lab, said: bytes, kind: str, state: str) -> None:
    lab.web.routes["/wire.xml"] = said
    house = replace(source(lab.web, kind=kind))
    for _ in range(4):
        lab.collect(house)
    assert health_of(lab).state == state
    assert [event.became for event in lab.store.source_events()] == [state]


def test_a_page_that_asks_for_proof_of_being_human_is_no_article(lab: Lab) -> None:
    wall = b"<html><title>Just a moment...</title><body><script>window._cf_chl_opt={}</script></body></html>"
    pieces = [Piece(f"p{n}", summary=f"Teaser {n}.") for n in range(3)]
    lab.serve(pieces)
    for piece in pieces:
        lab.web.routes[f"/{piece.name}.html"] = answer("200 OK", wall, Content_Type="text/html")
    for _ in range(2):
        lab.collect(source(lab.web))
    assert {article.text for article in lab.articles().values()} == {f"Teaser {n}." for n in range(3)}
    assert health_of(lab).state == "challenge"
    lab.serve(pieces)
    lab.collect(source(lab.web))
    assert {article.text_from for article in lab.articles().values()} == {"page"}


# ---------------------------------------------------------------------------------------------- many sources


def test_one_host_with_many_slow_sources_does_not_keep_the_others_waiting(lab: Lab) -> None:
    lab.settings = replace(lab.settings, timeout=timedelta(seconds=1))
    lab.web.routes["/hang.xml"] = hanging
    slow = [source(lab.web, f"slow{n}", "/hang.xml") for n in range(12)]
    lab.serve([Piece("a")], "/good.xml")
    other = replace(source(lab.web, "good"), addresses=(Address(url=lab.web.url("/good.xml", "localhost")),))
    finished: dict[str, float] = {}
    started = time.monotonic()

    class Watch:
        def source_done(self, done: Any, outcome: str, new: int) -> None:
            del outcome, new
            finished[done.id] = time.monotonic() - started

    lab.collect(*slow, other, progress=Watch())
    assert finished["good"] < 0.9
    assert len(finished) == 13


def test_polls_that_end_together_share_a_transaction(lab: Lab) -> None:
    houses = [source(lab.web, f"s{n}") for n in range(40)]
    for house in houses:
        lab.serve([Piece("a")], f"/{house.id}.xml")
    lab.collect(*houses)
    transactions: list[int] = []

    class Counting:
        def __getattr__(self, name: str) -> Any:
            return getattr(lab.store, name)

        def record(self, collected: Any, _placer: Any = None) -> Any:
            transactions.append(1)
            return lab.store.record(collected)

        def record_all(self, several: Any, _placer: Any = None) -> Any:
            transactions.append(len(several))
            return lab.store.record_all(several)

    assert outcomes(lab.collect(*houses, store=Counting())) == {"not_modified": 40}
    assert sum(transactions) == 40
    assert len(transactions) < 20


def test_a_pass_that_is_cancelled_stores_whole_polls_or_none(lab: Lab) -> None:
    lab.serve([Piece("a")])
    begun = threading.Event()

    def slowly(_: Asked) -> Iterable[bytes]:
        begun.set()
        yield from hanging(_)

    lab.web.routes["/slow.xml"] = slowly

    async def go() -> None:
        import asyncio

        task = asyncio.ensure_future(lab._collect([source(lab.web), source(lab.web, "slow")], {}))
        await asyncio.sleep(1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    lab.runner.run(go())
    assert begun.is_set()
    assert set(lab.store.source_states()) == {"wire"}
    assert lab.store.counts()["articles"] == 1


def test_a_poll_has_its_time_and_what_is_left_is_read_soon(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    pieces = [Piece(f"p{n}", summary=f"Teaser {n}.") for n in range(6)]
    lab.serve(pieces)
    with monkeypatch.context() as patched:
        patched.setattr("monitor.jobs.collecting.POLL_SECONDS", -1.0)
        assert lab.collect(source(lab.web, priority=3)).new == 6
    assert not any(path.endswith(".html") for path in lab.web.paths())
    assert lab.store.source_states()["wire"].next_due_at == lab.now + timedelta(minutes=10)
    assert figures(lab.collect(source(lab.web, priority=3))) == (6, 0, 6, 0)
    assert {article.text_from for article in lab.articles().values()} == {"page"}
