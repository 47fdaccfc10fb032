"""Fetching, against real servers on loopback that behave as badly as servers do."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import os
import socket
import ssl
import subprocess
import sys
import time
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import pytest

from monitor.types import Fetch, Validators
from sources import network, reasons
from sources.addresses import networks
from sources.http import FetchSettings, HttpFetcher, user_agent
from sources.urls import refused
from tests.servers import Asked, Web, answer, web_server

SETTINGS = {
    "allow_networks": ("127.0.0.0/8",),
    "per_host_interval": timedelta(0),
    "timeout": timedelta(seconds=5),
}
FEED = b"<rss version='2.0'><channel><title>t</title></channel></rss>"


@pytest.fixture
def web() -> Iterator[Web]:
    with web_server() as server:
        yield server


def fetch(url: str, validators: Validators | None = None, **settings: object) -> Fetch:
    return fetch_all((url, validators), **settings)[0]


def fetch_all(*calls: tuple[str, Validators | None], **settings: object) -> list[Fetch]:
    """All of them at one time, by one fetcher."""

    async def go() -> list[Fetch]:
        fetcher = HttpFetcher(FetchSettings(**(SETTINGS | settings)))  # type: ignore[arg-type]
        try:
            return list(await asyncio.gather(*(fetcher.fetch(*call) for call in calls)))
        finally:
            await fetcher.aclose()

    return asyncio.run(go())


# ---------------------------------------------------------------------------------------------- what is asked and told


def test_an_answer_comes_with_all_that_is_needed_next_time(web: Web) -> None:
    web.routes["/feed"] = answer(
        "200 OK",
        FEED,
        ETag='"v1"',
        Last_Modified="Fri, 20 Nov 2026 10:00:00 GMT",
        Content_Type="text/xml; charset=utf-8",
    )
    got = fetch(web.url("/feed"))
    assert (got.outcome, got.status, got.body, got.error) == ("ok", 200, FEED, None)
    assert got.content_type == "text/xml; charset=utf-8"
    assert got.validators == Validators(
        url=web.url("/feed"),
        etag='"v1"',
        last_modified="Fri, 20 Nov 2026 10:00:00 GMT",
        body_hash=hashlib.sha256(FEED).hexdigest(),
    )


def test_the_request_says_who_we_are_and_nothing_else(web: Web) -> None:
    web.routes["/"] = answer("200 OK", FEED)
    fetch(web.url("/#part"), contact="mailto:ops@example.org")
    asked = web.asked[0]
    assert asked.path == "/"
    assert asked.headers["user-agent"].startswith("scowatch/")
    assert asked.headers["user-agent"].endswith("(+mailto:ops@example.org)")
    assert asked.headers["accept-encoding"] == "gzip"
    assert not {"cookie", "authorization", "referer", "if-none-match", "if-modified-since"} & set(asked.headers)


def test_a_contact_cannot_add_a_header() -> None:
    assert "\n" not in user_agent("ops@example.org\r\nX-Evil: 1")
    assert user_agent("") == user_agent("\x00")


def test_environment_proxies_and_netrc_are_not_used(web: Web, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login a password b\n")
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    web.routes["/"] = answer("200 OK", FEED)
    assert fetch(web.url("/")).outcome == "ok"
    assert "authorization" not in web.asked[0].headers


# ---------------------------------------------------------------------------------------------- conditional requests


def _conditional(asked: Asked) -> bytes:
    if asked.headers.get("if-none-match") == '"v1"' or "if-modified-since" in asked.headers:
        return answer("304 Not Modified")
    return answer("200 OK", FEED, ETag='"v1"')


@pytest.mark.parametrize(
    ("fields", "header"),
    [
        pytest.param({"etag": '"v1"'}, "if-none-match", id="etag"),
        pytest.param({"last_modified": "Fri, 20 Nov 2026 10:00:00 GMT"}, "if-modified-since", id="date"),
    ],
)
def test_an_unchanged_feed_costs_a_304(web: Web, fields: dict[str, str], header: str) -> None:
    web.routes["/feed"] = _conditional
    known = Validators(url=web.url("/feed"), **fields)
    got = fetch(web.url("/feed"), known)
    assert (got.outcome, got.status, got.body, got.validators) == ("not_modified", 304, b"", known)
    assert web.asked[0].headers[header] == next(iter(fields.values()))


def test_an_unchanged_body_is_not_modified_without_the_servers_help(web: Web) -> None:
    web.routes["/feed"] = answer("200 OK", FEED, ETag='"new every time"')
    known = fetch(web.url("/feed")).validators
    got = fetch(web.url("/feed"), known)
    assert (got.outcome, got.body) == ("not_modified", b"")
    assert got.validators == known


def test_a_304_that_nobody_asked_for_is_a_failure(web: Web) -> None:
    web.routes["/feed"] = answer("304 Not Modified")
    got = fetch(web.url("/feed"), Validators(url=web.url("/feed"), body_hash="0"))
    assert (got.outcome, got.validators) == ("temporary", None)
    assert "304" in (got.error or "")


def test_validators_of_another_url_are_not_sent(web: Web) -> None:
    web.routes["/feed"] = answer("200 OK", FEED)
    fetch(web.url("/feed"), Validators(url=web.url("/other"), etag='"v1"'))
    assert "if-none-match" not in web.asked[0].headers


def test_validators_belong_to_the_url_that_answered_after_redirects(web: Web) -> None:
    web.routes["/old"] = answer("301 Moved", Location="/new", ETag='"old"')
    web.routes["/new"] = answer("200 OK", FEED, ETag='"new"')
    got = fetch(web.url("/old"), Validators(url=web.url("/old"), etag='"v1"'))
    assert [asked.headers.get("if-none-match") for asked in web.asked] == ['"v1"', None]
    assert got.validators == Validators(
        url=web.url("/old"), final_url=web.url("/new"), etag='"new"', body_hash=hashlib.sha256(FEED).hexdigest()
    )
    web.asked.clear()
    assert fetch(web.url("/old"), got.validators).outcome == "not_modified"
    assert [asked.headers.get("if-none-match") for asked in web.asked] == [None, '"new"']


def test_validators_do_not_follow_to_another_url(web: Web) -> None:
    web.routes["/old"] = answer("302 Found", Location="/elsewhere")
    web.routes["/elsewhere"] = answer("200 OK", FEED)
    fetch(web.url("/old"), Validators(url=web.url("/old"), final_url=web.url("/new"), etag='"new"'))
    assert [asked.headers.get("if-none-match") for asked in web.asked] == [None, None]


@pytest.mark.parametrize(
    ("headers", "kept"),
    [
        pytest.param({"ETag": '"' + "x" * 1023 + '"'}, (None, None), id="longer than we want to send"),
        pytest.param({"ETag": '"caf\u00e9"'}, (None, None), id="not ASCII"),
        pytest.param({"ETag": 'W/"a b%0d%0ac"'}, ('W/"a b%0d%0ac"', None), id="odd but plain"),
        pytest.param({"Last-Modified": "Fri, 31 Dec 9999 23:59:59 GMT"}, (None, None), id="a date ahead of us"),
        pytest.param({"Last-Modified": "yesterday"}, (None, None), id="no date"),
    ],
)
def test_only_plain_validators_are_kept(web: Web, headers: dict[str, str], kept: tuple[str | None, ...]) -> None:
    web.routes["/feed"] = answer("200 OK", FEED, **headers)
    found = fetch(web.url("/feed")).validators
    assert found is not None
    assert (found.etag, found.last_modified) == kept


# ---------------------------------------------------------------------------------------------- redirects


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
@pytest.mark.parametrize(
    "location",
    [
        pytest.param("/new", id="absolute path"),
        pytest.param("new", id="relative path"),
        pytest.param("?q=1", id="query"),
        pytest.param("{base}/new#part", id="whole URL with fragment"),
    ],
)
def test_redirects_are_followed(web: Web, code: int, location: str) -> None:
    base = web.url("")
    web.routes["/dir/old"] = lambda asked: (
        answer("200 OK", FEED) if "?" in asked.path else answer(f"{code} Moved", Location=location.format(base=base))
    )
    web.routes["/new"] = web.routes["/dir/new"] = answer("200 OK", FEED)
    got = fetch(web.url("/dir/old"))
    assert (got.outcome, got.body, got.url) == ("ok", FEED, web.url("/dir/old"))
    assert got.final_url in (web.url("/new"), web.url("/dir/new"), web.url("/dir/old?q=1"))


@pytest.mark.parametrize("path", ["/новости/саммит", "/新闻/峰会", "/أخبار/القمة", "/nachrichten/größe"])
def test_redirects_to_paths_in_other_scripts_are_followed(web: Web, path: str) -> None:
    """Servers send them as bare UTF-8, which looks like control characters to who reads headers as Latin-1."""
    there = quote(path)
    web.routes["/old"] = b"HTTP/1.1 301 Moved\r\nContent-Length: 0\r\nLocation: " + path.encode() + b"\r\n\r\n"
    web.routes[there] = answer("200 OK", FEED)
    got = fetch(web.url("/old"))
    assert (got.outcome, got.body, got.final_url) == ("ok", FEED, web.url(there))


@pytest.mark.parametrize(
    ("url", "why"),
    [
        pytest.param("https://a.example/feed", None, id="a name"),
        pytest.param("http://93.184.215.14/feed", None, id="public"),
        pytest.param("http://[2606:4700:4700::1111]/", None, id="public-v6"),
        pytest.param("http://10.0.0.1/feed", "address 10.0.0.1 is private", id="private"),
        pytest.param("http://127.1/", "address 127.0.0.1 is loopback", id="short"),
        pytest.param("http://0x7f000001/", "address 127.0.0.1 is loopback", id="hexadecimal number"),
        pytest.param("http://LOCALHOST/", "address 127.0.0.1 is loopback", id="loopback by name"),
        pytest.param("http://localhost.example/", None, id="a name like it"),
        pytest.param("http://10.example/", None, id="a name that begins with a number"),
        pytest.param("ftp://a.example/", "only http and https URLs are fetched", id="scheme"),
        pytest.param("http://u:p@a.example/", "URL has a user name in it", id="user name"),
    ],
)
def test_what_would_never_be_fetched_is_known_without_asking(
    url: str, why: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: pytest.fail("nobody is asked"))
    found = refused(url, ())
    assert found is None if why is None else (found or "").startswith(why)
    assert refused(url, None) == (why if why and why.startswith(("only", "URL")) else None)
    assert refused("http://10.0.0.1/feed", networks(["10.0.0.0/8"])) is None


def test_a_redirects_body_is_not_read(web: Web) -> None:
    def endless() -> Iterator[bytes]:
        yield answer("302 Found", length=2**40, Location="/new")
        while True:
            yield b"x" * 65536

    web.routes["/old"] = lambda _: endless()
    web.routes["/new"] = answer("200 OK", FEED)
    assert fetch(web.url("/old"), max_wire_bytes=1000).outcome == "ok"


@pytest.mark.parametrize(
    ("location", "outcome", "error"),
    [
        pytest.param("/loop", "temporary", "more than 5 redirects", id="loop"),
        pytest.param("file:///etc/passwd", "permanent", "only http and https", id="file"),
        pytest.param("gopher://127.0.0.1/", "permanent", "only http and https", id="gopher"),
        pytest.param("javascript:alert(1)", "permanent", "only http and https", id="script"),
        pytest.param("data:text/xml,<rss/>", "permanent", "only http and https", id="data"),
        pytest.param("http://10.0.0.1/", "permanent", "10.0.0.1 is private", id="private"),
        pytest.param("//169.254.169.254/latest", "permanent", "169.254.169.254 is link-local", id="link-local"),
        pytest.param("http://[::1]/", "permanent", "::1 is loopback", id="IPv6 loopback"),
        pytest.param("http://0x0a000001/", "permanent", "10.0.0.1 is private", id="hexadecimal"),
        pytest.param("http://user:pw@127.0.0.1/", "permanent", "user name", id="user name"),
        pytest.param("http://a\\@10.0.0.1/", "permanent", "backslash", id="backslash"),
        pytest.param("http://[zz]/", "permanent", "cannot be read", id="no host"),
        pytest.param("", "temporary", "without a place to go", id="nowhere"),
    ],
)
def test_every_hop_is_checked(web: Web, location: str, outcome: str, error: str) -> None:
    web.routes["/loop"] = answer("302 Found", Location=location)
    got = fetch(web.url("/loop"))
    assert got.outcome == outcome
    assert error in (got.error or "")
    assert len(web.asked) == (6 if location == "/loop" else 1)


# ---------------------------------------------------------------------------------------------- what may be contacted


@pytest.mark.parametrize(
    ("url", "error"),
    [
        pytest.param(
            "http://127.0.0.1:1/", "127.0.0.1 is loopback and not allowed by [fetch] allow_networks", id="loopback"
        ),
        pytest.param("http://localhost:1/", "is loopback", id="by name"),
        pytest.param("http://LocalHost:1/", "is loopback", id="by name in capitals"),
        pytest.param("http://2130706433/", "127.0.0.1 is loopback", id="one number"),
        pytest.param("http://0177.0.0.1/", "can be read", id="octal"),
        pytest.param("http://127.1/", "127.0.0.1 is loopback", id="two parts"),
        pytest.param("http://[::ffff:127.0.0.1]/", "disguise", id="mapped"),
        pytest.param("http://[64:ff9b::7f00:1]/", "NAT64", id="NAT64"),
        pytest.param("http://192.168.0.1/", "private", id="private"),
        pytest.param("http://0.0.0.0/", "reserved", id="zero"),
        pytest.param("http://①②⑦.⓪.⓪.①/", "can be read", id="circled digits"),
        pytest.param("http://%31%32%37.0.0.1/", "host", id="percent"),
        pytest.param("ftp://example.org/", "only http and https", id="ftp"),
        pytest.param("file:///etc/passwd", "only http and https", id="file"),
        pytest.param("/etc/passwd", "only http and https", id="path"),
        pytest.param("//example.org/", "only http and https", id="no scheme"),
        pytest.param("http://", "no valid host", id="no host"),
        pytest.param("http://user@example.org/", "user name", id="user name"),
        pytest.param("http://:@example.org/", "user name", id="empty user name"),
        pytest.param("http://example.org:0/", "port 0", id="port 0"),
        pytest.param("http://example.org:99999/", "port 99999", id="no port"),
        pytest.param("http://example.org/\r\nX: 1", "control character", id="line end"),
        pytest.param("http://example.org/\x00", "control character", id="NUL"),
        pytest.param("http://10.0.0.1\\@example.org/", "backslash", id="backslash"),
        pytest.param("http://example.org/" + "a" * 5000, "longer than", id="long"),
        pytest.param("http://" + "a" * 300 + ".example/", "", id="a name that is too long"),
        pytest.param("", "only http and https", id="empty"),
    ],
)
def test_what_must_not_be_fetched_is_refused_for_good(url: str, error: str) -> None:
    got = fetch(url, allow_networks=())
    assert got.outcome == "permanent"
    assert error in (got.error or "")
    assert got.url == url


def test_one_bad_answer_of_a_name_is_enough(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network, "_look_up", lambda _host, _port: ["127.0.0.1", "10.0.0.1"])
    web.routes["/"] = answer("200 OK", FEED)
    got = fetch(web.url("/", host="mixed.example"))
    assert got.outcome == "permanent"
    assert "10.0.0.1 is private" in (got.error or "")
    assert web.asked == []


def test_a_name_is_looked_up_once_for_check_and_connection(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [["127.0.0.1"], ["10.0.0.1"]]
    monkeypatch.setattr(network, "_look_up", lambda _host, _port: answers.pop(0))
    web.routes["/"] = answer("200 OK", FEED)
    assert fetch(web.url("/", host="rebinding.example")).outcome == "ok"
    assert web.asked[0].headers["host"] == f"rebinding.example:{web.port}"
    assert len(answers) == 1


def test_the_next_address_of_a_name_is_tried(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network, "_look_up", lambda _host, _port: ["127.7.7.7", "127.0.0.1"])
    web.routes["/"] = answer("200 OK", FEED)
    assert fetch(web.url("/", host="two.example")).outcome == "ok"


def test_outer_space_and_names_in_other_scripts_are_fine(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network, "_look_up", lambda host, _port: ["127.0.0.1"] if host == "xn--e1aybc.example" else [])
    web.routes["/%D0%BD%D0%BE%D0%B2%D0%BE%D1%81%D1%82%D1%8C"] = answer("200 OK", FEED)
    assert fetch(f"  http://ТЕСТ.example:{web.port}/новость \n").outcome == "ok"


# ---------------------------------------------------------------------------------------------- what servers do


def _chunked(*chunks: bytes, end: bytes = b"0\r\n\r\n") -> bytes:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    return head + b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks) + end


def _gzipped(data: bytes, **more: str) -> bytes:
    return answer("200 OK", data, Content_Encoding="gzip", **more)


BOMB = gzip.compress(b"\0" * (40 * 2**20))


@pytest.mark.parametrize(
    ("said", "outcome", "error"),
    [
        pytest.param(answer("200 OK", FEED), "ok", None, id="plain"),
        pytest.param(_chunked(FEED[:10], FEED[10:]), "ok", None, id="chunked"),
        pytest.param(b"HTTP/1.0 200 OK\r\n\r\n" + FEED, "ok", None, id="until it closes"),
        pytest.param(_gzipped(gzip.compress(FEED)), "ok", None, id="gzip"),
        pytest.param(_gzipped(gzip.compress(FEED[:9]) + gzip.compress(FEED[9:])), "ok", None, id="two gzip members"),
        pytest.param(_gzipped(gzip.compress(FEED) + b"padding"), "ok", None, id="gzip and padding"),
        pytest.param(_gzipped(FEED), "ok", None, id="says gzip and is not"),
        pytest.param(b"HTTP/1.1 103 Early Hints\r\n\r\n" * 3 + answer("200 OK", FEED), "ok", None, id="early hints"),
        pytest.param(_gzipped(gzip.compress(FEED)[:-20]), "temporary", "cut short", id="gzip cut short"),
        pytest.param(_gzipped(b"\x1f"), "temporary", "cut short", id="gzip cut after a byte"),
        pytest.param(_gzipped(gzip.compress(FEED)[:-8] + b"\0" * 8), "temporary", "damaged", id="wrong checksum"),
        pytest.param(answer("200 OK", FEED, length=len(FEED) + 1), "temporary", "cut short", id="shorter than said"),
        pytest.param(_chunked(FEED, end=b""), "temporary", "cut short", id="chunks without an end"),
        pytest.param(_gzipped(BOMB), "permanent", "larger than 10 MiB", id="gzip bomb"),
        pytest.param(
            answer("200 OK", gzip.compress(BOMB), Content_Encoding="gzip, gzip"),
            "permanent",
            "more than once",
            id="two layers",
        ),
        pytest.param(
            answer("200 OK", zlib.compress(FEED), Content_Encoding="br"), "permanent", "not asked for", id="brotli"
        ),
        pytest.param(answer("206 Partial Content", FEED), "temporary", "not a whole answer", id="partial"),
        pytest.param(answer("204 No Content"), "temporary", "HTTP 204", id="no content"),
        pytest.param(answer("404 Not Found", b"x"), "permanent", "HTTP 404: not found", id="404"),
        pytest.param(answer("410 Gone"), "permanent", "HTTP 410: gone", id="410"),
        pytest.param(answer("401 No"), "permanent", "HTTP 401: unauthorized", id="401"),
        pytest.param(answer("403 No"), "permanent", "HTTP 403: forbidden", id="403"),
        pytest.param(answer("451 No"), "permanent", "HTTP 451", id="451"),
        pytest.param(answer("500 <b>Oh</b>"), "temporary", "HTTP 500: internal server error", id="500"),
        pytest.param(answer("599 Odd"), "temporary", "HTTP 599", id="a code of its own"),
        pytest.param(b"", "temporary", "closed without a valid answer", id="closes at once"),
        pytest.param(b"<html>hello", "temporary", "without a valid answer", id="HTTP 0.9"),
        pytest.param(b"SSH-2.0-OpenSSH\r\n", "temporary", "without a valid answer", id="another protocol"),
        pytest.param(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
            "temporary",
            "not valid HTTP",
            id="another protocol by appointment",
        ),
        pytest.param(
            b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: y\r\n" % n for n in range(9000)) + b"\r\n",
            "permanent",
            "headers are too large",
            id="many headers",
        ),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nX: " + b"y" * 500_000, "temporary", "headers are too large", id="a large header"
        ),
        pytest.param(b"HTTP/1.1 100 Continue\r\n\r\n" * 50_000, "permanent", "headers are too large", id="endless 100"),
    ],
)
def test_answers(web: Web, said: bytes, outcome: str, error: str | None) -> None:
    web.routes["/x"] = said
    got = fetch(web.url("/x"))
    assert got.outcome == outcome
    if error is None:
        assert (got.body, got.error) == (FEED, None)
    else:
        assert error in (got.error or "")
        assert (got.body, got.validators) == (b"", None)


def _endless(piece: bytes, pause: float) -> Callable[[Asked], Iterator[bytes]]:
    def pieces(_: Asked) -> Iterator[bytes]:
        yield b"HTTP/1.1 200 OK\r\n" + (b"" if piece.startswith(b"X") else b"\r\n")
        while True:
            yield piece
            time.sleep(pause)

    return pieces


def _silent(_: Asked) -> Iterator[bytes]:
    time.sleep(1.5)
    yield b""


@pytest.mark.parametrize(
    "said",
    [
        pytest.param(_silent, id="says nothing"),
        pytest.param(_endless(b"x", 0.05), id="a byte at a time"),
        pytest.param(_endless(b"X: y\r\n", 0.05), id="a header at a time"),
    ],
)
def test_the_whole_fetch_has_a_deadline(web: Web, said: Callable[[Asked], Iterator[bytes]]) -> None:
    web.routes["/x"] = said
    started = time.monotonic()
    got = fetch(web.url("/x"), timeout=timedelta(seconds=0.4))
    assert (got.outcome, got.error) == ("temporary", "no answer within 0.4 s")
    assert time.monotonic() - started < 1.2


@pytest.mark.parametrize("compressed", [False, True], ids=["plain", "compressed"])
def test_a_body_has_a_limit_on_the_wire(web: Web, compressed: bool) -> None:
    noise = os.urandom(3 * 2**20)
    web.routes["/x"] = _gzipped(gzip.compress(noise)) if compressed else answer("200 OK", noise)
    got = fetch(web.url("/x"), max_wire_bytes=2 * 2**20)
    assert (got.outcome, got.error) == ("permanent", "answer is larger than 2 MiB")


def test_a_closed_port_says_so() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/"
    got = fetch(url)
    assert (got.outcome, got.error) == ("temporary", "connection refused")


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        pytest.param(socket.gaierror(socket.EAI_NONAME, "x"), "host name not found", id="no such name"),
        pytest.param(socket.gaierror(socket.EAI_AGAIN, "x"), "name server", id="no name server"),
        pytest.param(UnicodeError("label too long"), "not a host name", id="no name"),
        pytest.param(OSError(101, "x"), "host cannot be reached", id="no route"),
        pytest.param(RuntimeError("x"), "could not be fetched (RuntimeError)", id="anything else"),
    ],
)
def test_failed_lookups(error: Exception, reason: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def look_up(_host: str, _port: int) -> list[str]:
        raise error

    monkeypatch.setattr(network, "_look_up", look_up)
    assert reason in (fetch("http://nowhere.example/").error or "")


NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        ("5", 60),
        ("0", 60),
        ("99999999999999", 86400),
        ("9" * 400, 86400),
        ("Fri, 20 Nov 2026 12:10:00 GMT", 600),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 60),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 86400),
        ("-1", None),
        ("1.5", None),
        ("1e309", None),
        ("NaN", None),
        ("soon", None),
        ("١٢٠", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after_is_heard_within_reason(value: str | None, seconds: int | None) -> None:
    wait = reasons.retry_after(value, NOW)
    assert wait == (None if seconds is None else timedelta(seconds=seconds))


def test_being_asked_to_stay_away_reaches_the_caller(web: Web) -> None:
    web.routes["/x"] = answer("429 Too Many Requests", Retry_After="300")
    got = fetch(web.url("/x"))
    assert (got.outcome, got.status, got.retry_after) == ("temporary", 429, timedelta(minutes=5))


def test_cookies_are_not_kept(web: Web) -> None:
    web.routes["/set"] = answer("302 Found", Set_Cookie="id=1; Path=/", Location="/x")
    web.routes["/x"] = answer("200 OK", FEED, Set_Cookie="id=2; Path=/")

    async def go() -> None:
        fetcher = HttpFetcher(FetchSettings(**SETTINGS))  # type: ignore[arg-type]
        for path in ("/set", "/x", "/set"):
            assert (await fetcher.fetch(web.url(path))).outcome == "ok"
        await fetcher.aclose()

    asyncio.run(go())
    assert len(web.asked) == 5
    assert not any("cookie" in asked.headers for asked in web.asked)


# ---------------------------------------------------------------------------------------------- turns


def test_one_host_is_asked_one_request_at_a_time_with_a_pause(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network, "_look_up", lambda _host, _port: ["127.0.0.1"])
    web.routes["/x"] = answer("200 OK", FEED)
    web.routes["/moved"] = answer("301 Moved", Location="/x")
    got = fetch_all(
        (web.url("/moved", host="a.example"), None),
        (web.url("/x", host="A.example."), None),
        (web.url("/x", host="b.example"), None),
        per_host_interval=timedelta(seconds=0.3),
    )
    assert [fetch.outcome for fetch in got] == ["ok"] * 3
    times: dict[str, list[float]] = {}
    for asked in web.asked:
        times.setdefault(asked.headers["host"][0].lower(), []).append(asked.at)
    gaps = [later - sooner for sooner, later in zip(times["a"], times["a"][1:], strict=False)]
    assert len(gaps) == 2
    assert min(gaps) > 0.25
    assert times["b"][0] - times["a"][0] < 0.25


def test_waiting_for_a_turn_is_not_part_of_the_deadline(web: Web) -> None:
    web.routes["/x"] = answer("200 OK", FEED)
    calls = [(web.url("/x"), None)] * 4
    got = fetch_all(*calls, per_host_interval=timedelta(seconds=0.2), timeout=timedelta(seconds=0.4))
    assert [fetch.outcome for fetch in got] == ["ok"] * 4


def test_a_host_that_hangs_holds_up_nobody_else(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network, "_look_up", lambda _host, _port: ["127.0.0.1"])
    web.routes["/hang"] = _silent
    web.routes["/x"] = answer("200 OK", FEED)
    calls = [(web.url("/hang", host="slow.example"), None)] * 3
    calls += [(web.url("/x", host=f"h{n}.example"), None) for n in range(6)]
    started = time.monotonic()
    done: list[float] = []

    async def go() -> None:
        fetcher = HttpFetcher(
            FetchSettings(
                allow_networks=("127.0.0.0/8",),
                per_host_interval=timedelta(seconds=0.01),
                timeout=timedelta(seconds=0.5),
                concurrency=2,
            )
        )

        async def one(url: str) -> None:
            if (await fetcher.fetch(url)).outcome == "ok":
                done.append(time.monotonic() - started)

        await asyncio.gather(*(one(url) for url, _ in calls))
        await fetcher.aclose()

    asyncio.run(go())
    assert len(done) == 6
    assert max(done) < 0.4


def test_cancelling_is_the_only_thing_that_comes_through(web: Web) -> None:
    web.routes["/hang"] = _silent

    async def go() -> None:
        fetcher = HttpFetcher(FetchSettings(**SETTINGS))  # type: ignore[arg-type]
        task = asyncio.create_task(fetcher.fetch(web.url("/hang")))
        await asyncio.sleep(0.1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await fetcher.aclose()

    asyncio.run(go())


# ---------------------------------------------------------------------------------------------- TLS


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A self-signed certificate for news.example."""
    folder = tmp_path_factory.mktemp("tls")
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=news.example"
    extra = ["-addext", "subjectAltName=DNS:news.example", "-keyout", "both.pem", "-out", "cert.pem"]
    try:
        subprocess.run([*command.split(), *extra], cwd=folder, check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("no openssl command to make a certificate with")
    (folder / "both.pem").write_text((folder / "both.pem").read_text() + (folder / "cert.pem").read_text())
    return folder


@pytest.mark.parametrize(
    ("host", "trusted", "error"),
    [
        pytest.param("news.example", True, None, id="the right name"),
        pytest.param("other.example", True, "certificate is not valid", id="another name"),
        pytest.param("news.example", False, "certificate is not valid", id="nobody vouches for it"),
    ],
)
def test_certificates_are_checked_against_the_name(
    certificate: Path, host: str, trusted: bool, error: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = ssl.create_default_context(cafile=str(certificate / "cert.pem")) if trusted else ssl.create_default_context()
    monkeypatch.setattr("httpx.create_ssl_context", lambda **_: ours)
    monkeypatch.setattr(network, "_look_up", lambda _host, _port: ["127.0.0.1"])
    theirs = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    theirs.load_cert_chain(certificate / "both.pem")
    with web_server(theirs) as web:
        web.routes["/x"] = answer("200 OK", FEED * 5000)
        got = fetch(web.url("/x", host=host))
    assert got.outcome == ("temporary" if error else "ok")
    assert (error or "") in (got.error or "")
    assert len(got.body) == (0 if error else len(FEED) * 5000)


def test_plain_http_on_a_tls_port_and_the_reverse_are_values(web: Web) -> None:
    web.routes["/x"] = answer("200 OK", FEED)
    got = fetch(web.url("/x").replace("http:", "https:"))
    assert got.outcome == "temporary"
    assert "connection" in (got.error or "")


# ---------------------------------------------------------------------------------------------- costs


def test_importing_it_spares_what_is_only_for_httpxs_command_line() -> None:
    code = "import sources.http, sys; print(sorted({'rich', 'pygments', 'click', 'lxml'} & set(sys.modules)))"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"


# ---------------------------------------------------------------------------------------------- captures


def captured(url: str) -> Fetch:
    async def go() -> Fetch:
        fetcher = HttpFetcher(FetchSettings(**SETTINGS))  # type: ignore[arg-type]
        try:
            return await fetcher.fetch(url, keep=True)
        finally:
            await fetcher.aclose()

    return asyncio.run(go())


@pytest.mark.parametrize(
    ("sent", "body"),
    [
        pytest.param(answer("200 OK", FEED, X_Odd="  a  b"), FEED, id="plain"),
        pytest.param(_chunked(FEED[:10], FEED[10:]), FEED, id="chunked"),
        pytest.param(_gzipped(gzip.compress(FEED, mtime=0)), gzip.compress(FEED, mtime=0), id="gzip"),
        pytest.param(_gzipped(FEED), FEED, id="says gzip and is not"),
        pytest.param(answer("200 OK", b""), b"", id="empty"),
    ],
)
def test_what_went_over_the_wire_is_there_for_those_who_ask(web: Web, sent: bytes, body: bytes) -> None:
    web.routes["/old"] = answer("301 Moved Permanently", Location="/x")
    web.routes["/x"] = sent
    got = captured(web.url("/old"))
    assert got.capture is not None
    assert got.capture.body == body
    assert got.capture.response.split(b"\r\n\r\n")[0].split() == sent.split(b"\r\n\r\n")[0].split()
    assert got.capture.request.startswith(b"GET /x HTTP/1.1\r\n")
    assert (got.capture.url, got.capture.address) == (web.url("/x"), "127.0.0.1")
    assert abs(got.capture.at - datetime.now(UTC)) < timedelta(minutes=1)
    assert fetch(web.url("/x")).capture is None


def test_nothing_is_captured_of_what_was_not_read(web: Web) -> None:
    web.routes["/x"] = answer("404 Not Found", FEED)
    assert captured(web.url("/x")).capture is None
