"""How hosts are treated: robots.txt, pauses that they ask for, permanent moves, and one slow host among many."""

from __future__ import annotations

import asyncio
import itertools
import time
import zlib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from monitor.types import Fetch
from sources import http as fetching
from sources import network, redirects, robots, turns
from sources.freshness import fresh_for
from sources.http import FetchSettings, HttpFetcher
from sources.urls import checked
from tests.servers import Asked, Web, answer, web_server

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
PAGE = b"<html><body>An article.</body></html>"


@pytest.fixture
def web() -> Iterator[Web]:
    with web_server() as server:
        yield server


def made(**settings: object) -> HttpFetcher:
    chosen = {"allow_networks": ("127.0.0.0/8",), "per_host_interval": timedelta(0), "timeout": timedelta(seconds=3)}
    return HttpFetcher(FetchSettings(**(chosen | settings)))  # type: ignore[arg-type]


def read(*urls: str, obey: bool = True, hold: dict[str, datetime] | None = None, **settings: object) -> list[Fetch]:
    """One after the other, by one fetcher."""

    async def go() -> list[Fetch]:
        fetcher = made(**settings)
        fetcher.hold(hold or {})
        try:
            return [await fetcher.fetch(url, robots=obey) for url in urls]
        finally:
            await fetcher.aclose()

    return asyncio.run(go())


# ---------------------------------------------------------------------------------------------- robots.txt


@pytest.mark.parametrize(
    ("text", "path", "allowed"),
    [
        pytest.param("", "/a", True, id="empty"),
        pytest.param("User-agent: *\nDisallow: /", "/a", False, id="all-forbidden"),
        pytest.param("User-agent: *\nDisallow:", "/a", True, id="nothing-forbidden"),
        pytest.param("User-agent: *\nDisallow: /\nAllow: /news/", "/news/1", True, id="the-longer-rule-wins"),
        pytest.param("User-agent: *\nDisallow: /*?print=", "/news/1?print=1", False, id="wildcard"),
        pytest.param("User-agent: *\nDisallow: /*.pdf$", "/a.pdf", False, id="end"),
        pytest.param("User-agent: *\nDisallow: /*.pdf$", "/a.pdf?x", True, id="not-the-end"),
        pytest.param("User-agent: scowatch\nDisallow: /\n\nUser-agent: *\nDisallow:", "/a", False, id="by-name"),
        pytest.param("User-agent: *\nDisallow: /\n\nUser-agent: SCOwatch\nAllow: /", "/a", True, id="own-rules-only"),
        pytest.param("User-agent: a\nUser-agent: b\nDisallow: /\n", "/a", True, id="others"),
        pytest.param("User-agent: a\nUser-agent: *\nDisallow: /x\n", "/x", False, id="others-and-all"),
        pytest.param("User-agent: *\nDisallow: /x\nUser-agent: b\nDisallow: /\n", "/a", True, id="all-then-others"),
        pytest.param("User-agent: *\nUser-agent: b\n# of both\n\nDisallow: /\n", "/a", False, id="all-and-others"),
        pytest.param("User-agent: b\n" + "Disallow: /\n" * 9000 + "User-agent: *\nDisallow: /x", "/x", False,
                     id="after-many-rules-of-others"),
        pytest.param("#\n\n" * 9000 + "User-agent: *\nDisallow: /x", "/x", False, id="after-many-comments"),
        pytest.param("User-agent: scow\nDisallow: /", "/a", True, id="a-name-that-ours-begins-with"),
        pytest.param("User-agent: *\nDisallow: /новости", "/%D0%BD%D0%BE%D0%B2%D0%BE%D1%81%D1%82%D0%B8/1", False,
                     id="cyrillic"),
        pytest.param("User-agent: *\nDisallow: /新闻", "/%E6%96%B0%E9%97%BB/1", False, id="han"),
        pytest.param("User-agent: *\nDisallow: /أخبار", "/%D8%A3%D8%AE%D8%A8%D8%A7%D8%B1", False, id="arabic"),
        pytest.param("\ufeffUser-agent: *\r\nDisallow: /a", "/a", False, id="mark-at-the-start"),
        pytest.param("<!doctype html><title>Not found</title>", "/a", True, id="a-page-in-its-place"),
    ],
)  # fmt: skip
def test_rules(text: str, path: str, allowed: bool) -> None:
    assert robots.read(text.encode()).allows(f"https://a.example{path}") is allowed


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        pytest.param("User-agent: *\nCrawl-delay: 5", 5, id="seconds"),
        pytest.param("User-agent: *\nCrawl-delay: 0.5", 0.5, id="a-part"),
        pytest.param("User-agent: *\nCrawl-delay: 86400", 60, id="no-more-than-a-minute"),
        pytest.param("User-agent: *\nCrawl-delay: 1e400", None, id="endless"),
        pytest.param("User-agent: *\nCrawl-delay: -3", None, id="negative"),
        pytest.param("User-agent: *\nCrawl-delay: soon", None, id="no-number"),
        pytest.param("User-agent: other\nCrawl-delay: 5", None, id="somebody-else"),
    ],
)
def test_crawl_delay(text: str, seconds: float | None) -> None:
    assert robots.read(text.encode()).delay == (None if seconds is None else timedelta(seconds=seconds))


def test_a_robots_txt_made_to_hurt_costs_little() -> None:
    agents = "\n".join(f"User-agent: a{n}" for n in range(10_000))
    rules = "\n".join(f"Disallow: /{n}*a*a*a*a*b" for n in range(20_000))
    started = time.process_time()
    found = robots.read(f"{agents}\nUser-agent: *\n{rules}".encode())
    assert found.allows("https://a.example/" + "1a" * 2000)
    assert time.process_time() - started < 1


@pytest.mark.parametrize("compressed", [pytest.param(False, id="plain"), pytest.param(True, id="compressed")])
def test_a_long_robots_txt_is_read_for_half_a_mebibyte_and_what_stands_there_counts(web: Web, compressed: bool) -> None:
    begins = b"User-agent: *\nDisallow: /private\nSitemap: https://a.example/news.xml\n"
    sent: list[int] = []

    def endless(_: Asked) -> Iterable[bytes]:
        squeeze = zlib.compressobj(0, wbits=31)
        yield b"HTTP/1.1 200 OK\r\n" + (b"Content-Encoding: gzip\r\n" if compressed else b"") + b"\r\n"
        for piece in itertools.chain([begins], itertools.repeat(b"# nothing but words\n" * 1000, 2000)):
            sent.append(len(piece))
            yield squeeze.compress(piece) if compressed else piece

    web.routes["/robots.txt"] = endless
    web.routes |= {"/private": answer("200 OK", PAGE), "/open": answer("200 OK", PAGE)}
    refused, allowed = read(web.url("/private"), web.url("/open"))
    assert refused.error == "robots.txt of the host does not allow it"
    assert allowed.outcome == "ok"
    assert sum(sent) < 12 * 2**20  # what lies in the sockets' buffers has left the server as well
    assert len(web.asked) == 2


def test_a_rule_that_was_cut_is_left_out() -> None:
    room = robots.SIZE - len(b"User-agent: *\n") - 11
    body = b"User-agent: *\n" + b"#\n" * (room // 2) + b"\n" * (room % 2) + b"Disallow: /private\n"
    assert body[: robots.SIZE].endswith(b"Disallow: /")
    assert robots.read(body).allows("https://a.example/open")
    assert robots.read(body[: robots.SIZE]).allows("https://a.example/open") is False  # that one is whole


def test_pages_obey_robots_txt_and_feeds_of_the_list_need_not(web: Web) -> None:
    web.routes["/robots.txt"] = answer("200 OK", b"User-agent: *\nDisallow: /private")
    web.routes |= {"/private": answer("200 OK", PAGE), "/open": answer("200 OK", PAGE)}
    refused, allowed = read(web.url("/private"), web.url("/open"))
    assert (refused.outcome, refused.error) == ("permanent", "robots.txt of the host does not allow it")
    assert allowed.outcome == "ok"
    assert web.paths() == ["/robots.txt", "/open"]
    assert read(web.url("/private"), obey=False)[0].outcome == "ok"


def test_robots_txt_counts_on_each_hop(web: Web) -> None:
    web.routes["/robots.txt"] = answer("200 OK", b"User-agent: *\nDisallow: /private")
    web.routes |= {"/go": answer("302 Found", Location="/private/x"), "/private/x": answer("200 OK", PAGE)}
    assert read(web.url("/go"))[0].error == "robots.txt of the host does not allow it"
    assert "/private/x" not in web.paths()


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        pytest.param(answer("404 Not Found"), "ok", id="not-there"),
        pytest.param(answer("403 Forbidden"), "ok", id="forbidden"),
        pytest.param(answer("503 Service Unavailable"), "temporary", id="server-in-trouble"),
        pytest.param(answer("429 Too Many Requests"), "temporary", id="too-many"),
        pytest.param(b"", "temporary", id="no-answer"),
    ],
)
def test_a_robots_txt_that_is_not_there_allows_all_and_one_that_fails_nothing(
    web: Web, said: bytes, outcome: str
) -> None:
    web.routes |= {"/robots.txt": said, "/a": answer("200 OK", PAGE), "/b": answer("200 OK", PAGE)}
    got = read(web.url("/a"), web.url("/b"))
    assert [fetch.outcome for fetch in got] == [outcome] * 2
    assert web.paths().count("/robots.txt") == 1  # remembered, the trouble as well
    if outcome == "temporary":
        assert str(got[0].error).startswith("robots.txt cannot be read, so nothing else is")


def test_a_robots_txt_that_hangs_costs_one_time_out(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "_ROBOTS_SECONDS", 0.3)

    def hang(_: Asked) -> Iterable[bytes]:
        web.closing.wait(5)
        yield b""

    web.routes |= {"/robots.txt": hang, "/a": answer("200 OK", PAGE)}
    started = time.monotonic()
    assert [fetch.outcome for fetch in read(*[web.url("/a")] * 5)] == ["temporary"] * 5
    assert time.monotonic() - started < 2


def test_robots_txt_of_each_host_on_the_way_is_part_of_one_fetchs_time() -> None:
    """Each redirect to another host would otherwise bring the time for a robots.txt of its own."""
    slow = lambda _: (time.sleep(0.4), answer("200 OK", b""))[1]  # noqa: E731
    with web_server() as a, web_server() as b, web_server() as c, web_server() as d:
        for here, there in ((a, b), (b, c), (c, d)):
            here.routes |= {"/robots.txt": slow, "/x": answer("302 Found", Location=there.url("/x"))}
        d.routes |= {"/robots.txt": slow, "/x": answer("200 OK", PAGE)}
        started = time.monotonic()
        (got,) = read(a.url("/x"), timeout=timedelta(seconds=1))
        assert (got.outcome, got.error) == ("temporary", "no answer within 1 s")
        assert time.monotonic() - started < 1.9
        assert d.paths() in ([], ["/robots.txt"])
        assert read(a.url("/x"), timeout=timedelta(seconds=5))[0].outcome == "ok"


def test_crawl_delay_widens_the_pause_between_requests(web: Web) -> None:
    web.routes["/robots.txt"] = answer("200 OK", b"User-agent: *\nCrawl-delay: 0.4")
    web.routes["/a"] = answer("200 OK", PAGE)
    read(web.url("/a"), web.url("/a"), web.url("/a"))
    pages = [asked.at for asked in web.asked if asked.path == "/a"]
    assert min(later - sooner for sooner, later in itertools.pairwise(pages)) > 0.35


# ---------------------------------------------------------------------------------------------- pauses


def test_retry_after_keeps_the_whole_host_alone(web: Web) -> None:
    web.routes["/busy"] = answer("429 Too Many Requests", Retry_After="120")
    web.routes["/other"] = answer("200 OK", PAGE)
    first, second = read(web.url("/busy"), web.url("/other"), obey=False)
    assert first.retry_after == timedelta(seconds=120)
    assert (second.outcome, second.error) == ("temporary", "host asked to be left alone for another 2 min")
    assert second.retry_after is not None
    assert timedelta(seconds=110) < second.retry_after <= timedelta(seconds=120)
    assert web.paths() == ["/busy"]


def test_a_host_that_asked_in_an_earlier_run_is_left_alone(web: Web) -> None:
    web.routes["/x"] = answer("200 OK", PAGE)
    later = datetime.now(UTC) + timedelta(hours=3)
    (got,) = read(web.url("/x"), hold={"127.0.0.1": later}, obey=False)
    assert (got.outcome, got.error) == ("temporary", "host asked to be left alone for another 3 h")
    assert web.asked == []
    past = datetime.now(UTC) - timedelta(hours=3)
    assert read(web.url("/x"), hold={"127.0.0.1": past}, obey=False)[0].outcome == "ok"


@pytest.mark.parametrize(
    ("control", "expires", "date", "age", "seconds"),
    [
        pytest.param("max-age=600", None, None, None, 600, id="max-age"),
        pytest.param("public, Max-Age = 600", None, None, None, 600, id="spaces-and-case"),
        pytest.param("max-age=600", "Thu, 01 Jan 1970 00:00:00 GMT", None, None, 600, id="max-age-before-expires"),
        pytest.param("max-age=600", None, None, "400", 200, id="age-in-caches"),
        pytest.param("max-age=600", None, None, "900", None, id="stale-already"),
        pytest.param("max-age=5", None, None, None, 60, id="no-less-than-a-minute"),
        pytest.param("max-age=1000000000000000", None, None, None, 86400, id="no-more-than-a-day"),
        pytest.param("max-age=0", None, None, None, None, id="none"),
        pytest.param("no-cache, max-age=600", None, None, None, None, id="has-to-be-asked-for-again"),
        pytest.param("no-store", "Sat, 21 Nov 2026 13:00:00 GMT", None, None, None, id="not-to-be-kept"),
        pytest.param("max-age=600, max-age=7", None, None, None, None, id="contradicts-itself"),
        pytest.param("max-age=soon", None, None, None, None, id="no-number"),
        pytest.param("max-age=-5", None, None, None, None, id="negative"),
        pytest.param("max-age=٦٠٠", None, None, None, None, id="other-digits"),
        pytest.param("s-maxage=600", None, None, None, None, id="for-shared-caches-only"),
        pytest.param(None, "Sat, 21 Nov 2026 13:00:00 GMT", None, None, 3600, id="expires"),
        pytest.param(None, "Sat, 21 Nov 2026 13:00:00 GMT", "Sat, 21 Nov 2026 12:50:00 GMT", None, 600,
                     id="by-the-clock-of-the-server"),
        pytest.param(None, "0", None, None, None, id="expires-zero"),
        pytest.param(None, "Fri, 31 Dec 9999 23:59:59 GMT", None, None, 86400, id="expires-never"),
        pytest.param(None, None, None, None, None, id="says-nothing"),
    ],
)  # fmt: skip
def test_how_long_an_answer_stays_good(
    control: str | None, expires: str | None, date: str | None, age: str | None, seconds: int | None
) -> None:
    wanted = None if seconds is None else timedelta(seconds=seconds)
    assert fresh_for(control, expires, date, age, NOW) == wanted


def test_the_answer_says_how_long_it_stays_good(web: Web) -> None:
    web.routes["/x"] = answer("200 OK", PAGE, Cache_Control="max-age=1800")
    assert read(web.url("/x"), obey=False)[0].fresh_for == timedelta(minutes=30)


# ---------------------------------------------------------------------------------------------- moves


@pytest.mark.parametrize(
    ("hops", "moved_to"),
    [
        pytest.param(["301 Moved"], "/1", id="moved"),
        pytest.param(["308 Permanent Redirect"], "/1", id="308"),
        pytest.param(["301 Moved", "308 Permanent Redirect"], "/2", id="twice"),
        pytest.param(["301 Moved", "302 Found"], "/1", id="as-far-as-it-is-permanent"),
        pytest.param(["302 Found", "301 Moved"], None, id="for-now"),
        pytest.param(["307 Temporary Redirect"], None, id="307"),
        pytest.param(["303 See Other"], None, id="303"),
        pytest.param([], None, id="not-at-all"),
    ],
)
def test_only_permanent_redirects_are_moves(web: Web, hops: list[str], moved_to: str | None) -> None:
    for number, status in enumerate(hops):
        web.routes[f"/{number}"] = answer(status, Location=f"/{number + 1}")
    web.routes[f"/{len(hops)}"] = answer("200 OK", PAGE)
    (got,) = read(web.url("/0"), obey=False)
    assert got.outcome == "ok"
    assert got.moved_to == (None if moved_to is None else web.url(moved_to))


def test_a_move_to_something_that_fails_is_none(web: Web) -> None:
    web.routes["/a"] = answer("301 Moved", Location="/gone")
    assert read(web.url("/a"), obey=False)[0].moved_to is None


def test_a_move_that_gives_up_encryption_is_none() -> None:
    moved = redirects.Moved()
    here, there = checked("https://a.example/feed"), checked("http://a.example/feed")
    moved.follow(here, redirects.Redirect(target=there, lasting=True))
    assert moved.to is None


# ---------------------------------------------------------------------------------------------- one among many


def test_a_hundred_hosts_that_hang_hold_up_nobody_else(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network, "_look_up", lambda _host, _port: ["127.0.0.1"])
    monkeypatch.setattr(turns, "_SLOW_SECONDS", 0.1)

    def hang(_: Asked) -> Iterable[bytes]:
        web.closing.wait(3)
        yield b""

    web.routes |= {"/hang": hang, "/x": answer("200 OK", PAGE)}
    done: list[float] = []

    async def go() -> None:
        fetcher = made(concurrency=8, timeout=timedelta(seconds=1.5))
        started = time.monotonic()

        async def one(url: str) -> None:
            if (await fetcher.fetch(url)).outcome == "ok":
                done.append(time.monotonic() - started)

        slow = [one(web.url("/hang", host=f"slow{n}.example")) for n in range(80)]
        good = [one(web.url("/x", host=f"good{n}.example")) for n in range(40)]
        await asyncio.gather(*slow, *good)
        await fetcher.aclose()

    asyncio.run(go())
    assert len(done) == 40
    # eight at a time, each for 0.1 s before it steps aside: not ten rounds of a whole time-out each
    assert max(done) < 3


def test_one_host_never_takes_all_slots(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network, "_look_up", lambda _host, _port: ["127.0.0.1"])

    def hang(_: Asked) -> Iterable[bytes]:
        web.closing.wait(3)
        yield b""

    web.routes |= {"/hang": hang, "/x": answer("200 OK", PAGE)}

    async def go() -> float:
        fetcher = made(concurrency=8, timeout=timedelta(seconds=1))
        slow = [asyncio.create_task(fetcher.fetch(web.url("/hang", host="slow.example"))) for _ in range(20)]
        await asyncio.sleep(0.1)
        started = time.monotonic()
        assert (await fetcher.fetch(web.url("/x", host="good.example"))).outcome == "ok"
        spent = time.monotonic() - started
        for task in slow:
            task.cancel()
        await asyncio.gather(*slow, return_exceptions=True)
        await fetcher.aclose()
        return spent

    assert asyncio.run(go()) < 0.5
