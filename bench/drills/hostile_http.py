"""Drill D: servers that are slow, endless, lying, damaged or greedy, read by the real commands."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from bench.drills.ground import Counted, Figure, Server, counted, feed_source, free_port, hostile_server, make_home
from bench.drills.publisher import Publisher

WIRE = 12 * 2**20
SECONDS = 30.0
RESIDENT = 50.0
#: Half a mebibyte is read of a robots.txt; heads of redirects, and what is under way when it is enough, come on top.
ROBOTS_WIRE = 2**20

#: Beside each endpoint as it is: the same with other parameters.
_VARIANTS = (
    "/gzip_bomb?layers=2", "/gzip_bomb?layers=3", "/gzip_bomb?fmt=deflate", "/gzip_bomb?shape=zeros",
    "/gzip_file?mb=1024", "/endless?mode=chunked", "/early_hints?n=1000000", "/encoding_unknown?enc=zstd",
    "/encoding_unknown?enc=x-unknown", "/length_bad?v=1e3", "/length_bad?v=0x10", "/length_bad?v=10,%2020",
    "/length_bad?v=",
    "/429?form=date&after=120", "/429_bad?v=-1", "/429_bad?v=soon", "/429_bad?v=NaN", "/429_bad?v=1e309", "/429_bad?v=",
    "/429_bad?v=" + quote("Thu, 01 Jan 1970 00:00:00 GMT"), "/429_bad?v=" + quote("Fri, 31 Dec 9999 23:59:59 GMT"),
    "/status?code=401", "/status?code=404", "/status?code=410", "/status?code=451", "/status?code=503&retry_after=120",
    "/redirect_to?url=file:///etc/passwd", "/redirect_to?url=gopher://127.0.0.1/",
    "/redirect_to?url=javascript:alert(1)",
    "/redirect_to?code=308&url=/feed", "/redirect_chain?n=3", "/deep?where=html", "/deep?where=content",
    "/attr?mb=0&many=10000", "/attr?mb=0&many=100000", "/attr?mb=0&ns=10000", "/xxe?how=parameter", "/xxe?how=dtd",
    "/xxe?how=xinclude", "/xxe?how=stylesheet", "/entries?n=20000", "/disconnect?frac=0.99",
    "/gzip_truncated?frac=0.95",
)  # fmt: skip

#: Nothing that these say is news: each has to come back as a failure with its reason.
_FAILS = (
    "/drip", "/slow_headers", "/hang", "/hang_after_headers", "/endless", "/endless_headers", "/big", "/entries",
    "/gzip_bomb", "/gzip_many_layers", "/gzip_garbage", "/gzip_truncated", "/gzip_badcrc", "/encoding_unknown",
    "/redirect_loop", "/redirect_pingpong", "/redirect_chain", "/redirect_growing", "/redirect_nolocation",
    "/redirect_cookie", "/length_long", "/length_bad", "/length_huge", "/two_lengths", "/chunk_garbage", "/chunk_huge",
    "/chunk_noend", "/http09", "/status_garbage", "/banner_ssh", "/continue_flood", "/rst", "/rst_mid", "/disconnect",
    "/close", "/upgrade", "/partial", "/status", "/500", "/429", "/429_bad", "/auth", "/304_always", "/304_body",
    "/empty", "/binary", "/meta_refresh", "/endless_feed", "/opml_evil", "/page",
)  # fmt: skip
#: These are odd but whole: a reader that gives them up loses news.
READS = (
    "/feed", "/atom", "/delay", "/chunk_tiny", "/keepalive_poison", "/etag_huge?kb=4", "/etag_evil", "/etag_stuck",
    "/lastmod_evil", "/cache_forever", "/cookies?n=5", "/cookie_echo", "/moved", "/redirect_body_bomb",
    "/many_headers?n=50",
    "/header_fold", "/gzip_plain", "/charset", "/window", "/304_changed", "/guid_changing", "/no_guid", "/same_guid",
    "/redirect_to?code=308&url=/feed", "/redirect_chain?n=3", "/early_hints",
)  # fmt: skip
#: What a reason must not look like: these are about us, not about the server.
_UNCLEAR = ("please report", "could not be fetched (", "could not be read (", "no reason given", "Traceback")


def endpoints(tools: Path) -> list[str]:
    """Every endpoint of the server, as it is and varied."""
    listed = subprocess.run(
        [sys.executable, str(tools / "hostile_server.py"), "--list"], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    names = [line.split()[0] for line in listed if line.startswith("/") and not line.startswith("/_")]
    return list(dict.fromkeys([*names, *_VARIANTS, *READS]))


def addresses(count: int, net: int) -> list[str]:
    """That many loopback addresses, so that each source is a host of its own."""
    return [f"127.{net}.{1 + n // 250}.{1 + n % 250}" for n in range(count)]


def drill(tools: Path, folder: Path, *, long: bool = False) -> Iterator[Figure]:  # noqa: ARG001
    """One pass over every endpoint."""
    paths = endpoints(tools)
    hosts = addresses(len(paths), 10)
    with hostile_server(tools, folder / "server", hosts=hosts) as server:
        plain = passed(folder / "plain", server, ["/feed"] * len(paths), hosts)
        evil = passed(folder / "hostile", server, paths, hosts)
        again = counted(folder / "hostile", "collect", "--all", "--json")
        asked = server.requests()
    yield from pass_figures(paths, hosts, evil)
    yield from _against(len(paths), plain, evil)
    sent = [r["target"] for r in asked if "cookie" in r["headers"]]
    yield Figure(drill="D", name="cookies", passed=not sent, found=f"{len(sent)} of {len(asked)} requests carry one")
    gone = {r["source"] for r in again.report["failures"]} - {r["source"] for r in evil.report["failures"]}
    lost = sorted(p for n, p in enumerate(paths) if f"s{n}" in gone and ("etag" in p or "lastmod" in p or "304" in p))
    yield Figure(drill="D", name="validators sent back", passed=not lost, found=f"lost by them: {lost or 'none'}")
    yield from _robots(tools, folder / "robots", paths)


def _robots(tools: Path, folder: Path, paths: list[str]) -> Iterator[Figure]:
    """Every endpoint once more, as what a good publisher's robots.txt redirects to."""
    hosts = addresses(len(paths), 11)
    names = [f"h{n}.robots.test" for n in range(len(paths))]
    with hostile_server(tools, folder / "server", hosts=hosts) as server:
        targets = {name: server.url(path, host) for name, path, host in zip(names, paths, hosts, strict=True)}
        publisher = Publisher("127.0.0.1", free_port(), targets)
        port = publisher.server_address[1]
        # with articles' pages, since these are what robots.txt is asked for
        about = {name: f"http://{name}:{port}/feed?u=%2Farticle%3Fu%3Dx" for name in names}
        rows = [feed_source(f"s{n}", about[name], fulltext=True) for n, name in enumerate(names)]
        home = make_home(folder / "home", rows)
        done = counted(home, "collect", "--all", "--json", DRILL_HOSTS=json.dumps(dict.fromkeys(names, "127.0.0.1")))
        publisher.shutdown()
    pages = sum(" /article?" in line for line in publisher.asked)
    asked = sum("/robots.txt" in line for line in publisher.asked)
    if not asked:
        yield Figure(drill="D", name="robots.txt", passed=None, found="not asked for today")
        return
    unclear = [row["error"] for row in done.report["failures"] if any(part in row["error"] for part in _UNCLEAR)]
    most = max((done.wire.get(host, 0), path) for host, path in zip(hosts, paths, strict=True))
    reasons = Counter(re.sub(r"\d+", "…", row["error"]) for row in done.report["failures"])
    yield Figure(
        drill="D",
        name="robots.txt",
        passed=not unclear and done.seconds < 120 and most[0] <= ROBOTS_WIRE,
        found=f"{asked} asked, {pages} of {len(paths)} pages read behind it in {done.seconds:.0f} s, at most "
        f"{most[0] / 2**20:.2f} MiB of it ({most[1]}), {done.resident:.0f} MiB resident; not read: {dict(reasons)}",
    )


def passed(home: Path, server: Server, paths: list[str], hosts: list[str]) -> Counted:
    """One pass over a source for each of those paths, each on a host of its own."""
    sources = [
        feed_source(f"s{n}", server.url(path, host)) for n, (path, host) in enumerate(zip(paths, hosts, strict=True))
    ]
    make_home(home, sources)
    return counted(home, "collect", "--all", "--json")


def pass_figures(paths: list[str], hosts: list[str], evil: Counted) -> Iterator[Figure]:
    """What one pass over those endpoints came to."""
    told = {row["source"]: row["error"] for row in evil.report["failures"]}
    errors = {path: told.get(f"s{n}") for n, path in enumerate(paths)}
    whole = [path for path in READS if path in errors]
    unread = [f"{path} ({errors[path]})" for path in whole if errors[path]]
    yield Figure(
        drill="D",
        name="odd but whole",
        passed=not unread,
        found=f"{len(whole)} endpoints, not read: {unread or 'none'}",
    )
    meant = [p for p in paths if p.split("?")[0] in _FAILS and p not in (*READS, "/entries?n=20000")]
    taken = [p for p in meant if not errors[p]]
    yield Figure(
        drill="D", name="refused", passed=not taken, found=f"{len(meant)} endpoints, taken for news: {taken or 'none'}"
    )
    vague = [f"{p}: {e}" for p, e in errors.items() if e and any(part in e for part in _UNCLEAR)]
    yield Figure(drill="D", name="reasons", passed=not vague, found=f"{len(told)} failures, unclear: {vague or 'none'}")
    by_host = dict(zip(hosts, paths, strict=True))
    longest = max(evil.taken.items(), key=lambda pair: pair[1])
    yield Figure(
        drill="D",
        name="longest fetch",
        passed=longest[1] <= SECONDS + 1,
        found=f"{longest[1]:.1f} s ({by_host.get(longest[0])}); "
        f"the pass over {len(paths)} endpoints {evil.seconds:.0f} s",
    )
    most = max(evil.wire.items(), key=lambda pair: pair[1])
    yield Figure(
        drill="D",
        name="on the wire",
        passed=most[1] <= WIRE + 2**18,
        found=f"at most {most[1] / 2**20:.2f} MiB ({by_host.get(most[0])}), "
        f"all {sum(evil.wire.values()) / 2**20:.0f} MiB",
    )


def _against(count: int, plain: Counted, evil: Counted) -> Iterator[Figure]:
    """What the pass took beyond one over as many ordinary feeds."""
    grown = evil.resident - plain.resident
    yield Figure(
        drill="D",
        name="memory of the main process",
        passed=grown <= RESIDENT,
        found=f"{evil.resident:.0f} MiB, {grown:+.0f} MiB against {count} ordinary feeds",
    )
    yield Figure(
        drill="D",
        name="processor time",
        passed=evil.cpu < 60,
        found=f"{evil.cpu:.1f} s in the main process ({plain.cpu:.1f} s for ordinary feeds), "
        f"{evil.cpu_workers:.1f} s in workers",
    )
