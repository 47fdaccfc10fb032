"""Drill E: addresses that must never be contacted, through every door by which an address comes in.

Run in the lab, where every address of the world is this machine's: what is contacted is observed, not believed.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from bench.drills.ground import ROOT, Figure, an_alert, counted, make_home, scowatch
from bench.drills.publisher import Publisher

PORT, TLS_PORT, ADDRESS = 8088, 8444, "93.184.215.14"
TRIES = 100
_MAIN = ("v01", "v07 v08 v09 v10")
#: What stands for the world: there the lab has servers, and a canary on the ports that they leave.
PUBLIC = ("93.184.", "2606:4700:4700:")
_SECONDS = 700
PROXY = "10.9.9.9"
#: Believed by nobody who reads the environment; a product that does, shows it by contacting these.
_PROXIES = dict.fromkeys(
    ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"), f"http://{PROXY}:8080"
)
_DOUBLE = (
    "rebind-once", "rebind-2", "rebind-alt", "rebind-family", "rebind-first-private", "mixed-a", "mixed-b",
    "mixed-family", "cname-private", "cname-chain", "cname-localhost", "mapped-aaaa", "zero", "nat64", "many500",
)  # fmt: skip
_DULL = ("servfail", "dropped", "slow-dns", "very-slow", "many500")


def drill(tools: Path, folder: Path, *, long: bool = False, quick: bool = False) -> Iterator[Figure]:  # noqa: ARG001
    """All doors, `quick` the main ones, inside the lab; one figure that says so where there can be no lab."""
    why = missing()
    if why:
        yield Figure(drill="E", name="addresses", passed=None, found=why)
        return
    folder.mkdir(parents=True, exist_ok=True)
    zone = json.loads((tools / "lab" / "zone.json").read_text())
    zone["*.robots.test"] = {"A": [ADDRESS]}
    zone["publisher.test"] = {"A": [ADDRESS]}
    zone["very-slow.test"] = {"A": [ADDRESS], "delay": 4.0}
    zone["many500.test"] = {"A": [f"93.184.{n // 250}.{1 + n % 250}" for n in range(499)] + ["10.0.0.7"]}
    (folder / "zone.json").write_text(json.dumps(zone))
    lab = [sys.executable, str(tools / "lab" / "lab.py"), "--zone", str(folder / "zone.json"), "--out", str(folder)]
    inside = [sys.executable, "-m", "bench.drills.ssrf", str(tools), str(folder), *(["quick"] if quick else [])]
    done = subprocess.run(
        [*lab, "--max-seconds", str(_SECONDS), "--", *inside],
        cwd=ROOT,
        env=os.environ | _PROXIES,
        capture_output=True,
        text=True,
        timeout=_SECONDS + 60,
        check=False,
    )
    figures = folder / "figures.jsonl"
    rows = [json.loads(line) for line in figures.read_text().splitlines()] if figures.exists() else []
    yield from (Figure(**row) for row in rows)
    if done.returncode or not rows:
        yield Figure(
            drill="E", name="the lab", passed=False, found=f"ended with {done.returncode}: {done.stderr[-600:]}"
        )
    contacts = [json.loads(line) for line in (folder / "canary.jsonl").read_text().splitlines()]
    contacts = [c for c in contacts if not c["dst"].startswith(PUBLIC)]
    proxied = sum(c["dst"] == PROXY for c in contacts)
    said = f"{proxied} contacts with the one that {len(_PROXIES)} variables named all the while"
    yield Figure(drill="E", name="v17 proxies of the environment", passed=not proxied, found=said)
    named = sorted({f"{c['dst']}:{c['port']}" for c in contacts})
    yield Figure(
        drill="E", name="contacts in all", passed=not contacts, found=f"{len(contacts)} {named[:10] or ''}".strip()
    )


def missing() -> str | None:
    """Why there can be no lab here; None: there can."""
    if os.geteuid() != 0:
        return "the lab needs root"
    lacking = [command for command in ("unshare", "ip") if not shutil.which(command)]
    if lacking:
        return f"no command {', '.join(lacking)}"
    tried = subprocess.run(["unshare", "--net", "--mount", "true"], capture_output=True, check=False)
    return "network namespaces cannot be made here" if tried.returncode else None


# ---------------------------------------------------------------------------------------------- inside the lab


@dataclass(frozen=True, slots=True)
class Door:
    """One way in: the source that leads through it, and whether its target has to be asked when it may be."""

    vectors: str
    name: str
    source: Callable[[str, str], dict[str, Any] | None]
    must_arrive: bool = True


def at(kind: str, url: str, **more: object) -> str:
    """The publisher's document of that kind about that URL."""
    extra = "".join(f"&{key}={value}" for key, value in more.items())
    return f"http://publisher.test:{PORT}/{kind}?u={quote(url, safe='')}{extra}"


def _feed(source_id: str, url: str) -> dict[str, Any]:
    return {"id": source_id, "kind": "feed", "fulltext": True, "feeds": [{"url": url}]}


def _page(source_id: str, url: str, **address: object) -> dict[str, Any]:
    selectors = {"item": "li.i", "link": "a"}
    return {
        "id": source_id,
        "kind": "page",
        "fulltext": True,
        "index_pages": [{"url": url, "selectors": selectors} | address],
    }


def _api(source_id: str, url: str, **address: object) -> dict[str, Any]:
    paths = {"items": "items", "title": "title", "url": "url", "next": "next"}
    return {
        "id": source_id,
        "kind": "api",
        "fulltext": True,
        "endpoints": [{"url": url, "paths": paths} | address],
    }


def _sitemap(source_id: str, url: str) -> dict[str, Any]:
    return {"id": source_id, "kind": "sitemap", "fulltext": True, "sitemaps": [{"url": url}]}


def doors() -> list[Door]:
    """Those that are collected from; the others have a figure of their own each."""
    return [
        Door("v01", "feed of a source", _feed),
        Door("v03", "index page of a source", _page),
        Door("v05", "redirect 301", lambda n, u: _feed(n, at("redirect", u, code=301))),
        Door("v05", "redirect 302", lambda n, u: _feed(n, at("redirect", u, code=302))),
        Door("v05", "redirect 303", lambda n, u: _feed(n, at("redirect", u, code=303))),
        Door("v05", "redirect 307", lambda n, u: _feed(n, at("redirect", u, code=307))),
        Door("v05", "redirect 308", lambda n, u: _feed(n, at("redirect", u, code=308))),
        Door("v06 v11 v12", "an article page's references", lambda n, u: _feed(n, at("feed", at("article", u))), False),
        Door(
            "v07 v08 v09 v10",
            "article link, enclosure, image, next, hub of a feed",
            lambda n, u: _feed(n, at("feed", u)),
        ),
        Door("v07", "article link of a JSON feed", lambda n, u: _feed(n, at("json", u))),
        Door("v07", "article link that redirects", lambda n, u: _feed(n, at("feed", at("redirect", u)))),
        Door(
            "v07 v10",
            "article link and next page of an index page",
            lambda n, u: _page(n, at("index", u), pages=3),
        ),
        Door("v01", "JSON endpoint of a source", _api),
        Door("v07 v10", "article link and next part of a JSON answer", lambda n, u: _api(n, at("api", u), pages=3)),
        Door("v13", "redirect of robots.txt", lambda n, _: _robots(n)),
        Door("v14", "entry of a sitemap", lambda n, u: _sitemap(n, at("sitemap", u))),
        Door("v14", "sitemap of a sitemap index", lambda n, u: _sitemap(n, at("sitemapindex", u))),
        Door("v19", "XML entities, DTD, XInclude, stylesheet", lambda n, u: _feed(n, at("entities", u)), False),
    ]


def _robots(source_id: str) -> dict[str, Any]:
    number = int(source_id.removeprefix("s"))
    return _feed(source_id, f"http://h{number}.robots.test:{PORT}/feed?u=x")


class Lab:
    """The inside of the namespace: what was contacted, and what was asked of the public hosts."""

    def __init__(self, tools: Path, folder: Path) -> None:
        self.tools, self.folder = tools, folder
        rows = (tools / "ssrf" / "urls.public.jsonl").read_text(encoding="utf-8").splitlines()
        self.rows: list[dict[str, Any]] = [json.loads(row) for row in rows]
        self.targets = [row["url"] for row in self.rows]
        self.figures = (folder / "figures.jsonl").open("w", buffering=1)
        robots = {f"h{n}.robots.test": url for n, url in enumerate(self.targets)}
        self.publisher = Publisher(ADDRESS, PORT, robots)

    def contacts(self) -> list[dict[str, Any]]:
        time.sleep(0.1)
        return _lines(self.folder / "canary.jsonl")

    def hosts_asked(self, since: int) -> set[str]:
        return {str(row["headers"].get("host", "")).lower() for row in _lines(self.folder / "hits.jsonl")[since:]}

    def asked(self) -> int:
        return len(_lines(self.folder / "hits.jsonl"))

    def tell(self, name: str, before: int, found: str, *, also: bool = True) -> None:
        """The figure of one door: no contact since `before`, and whatever else it asks for."""
        contacts = self.contacts()[before:]
        seen = f"{len(contacts)} contacts" + (f" {sorted({c['dst'] for c in contacts})[:6]}" if contacts else "")
        row = {"drill": "E", "name": name, "passed": not contacts and also, "found": f"{seen}; {found}"}
        self.figures.write(json.dumps(row) + "\n")

    def skip(self, name: str, why: str) -> None:
        self.figures.write(json.dumps({"drill": "E", "name": name, "passed": None, "found": why}) + "\n")


def _lines(path: Path) -> list[dict[str, Any]]:
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    return [json.loads(line) for line in text.splitlines() if line.strip()]


def accepted(source: Mapping[str, Any]) -> str | None:
    """Why sources.yaml does not take that source; None: it does."""
    from monitor.errors import ConfigError
    from monitor.sourcelist import read_sources

    try:
        read_sources(f"sources:\n- {json.dumps(source, ensure_ascii=False)}\n", "sources.yaml")
    except ConfigError as error:
        return str(error)
    return None


def through(lab: Lab, door: Door) -> None:
    """All URLs through one door with `collect --all`."""
    sources, refused = [], 0
    name = f"{door.vectors} {door.name}"
    for number, row in enumerate(lab.rows):
        source = door.source(f"s{number}", row["url"])
        if source is not None and accepted(source) is None:
            sources.append(source)
        else:
            refused += 1
    if not sources:
        return lab.skip(name, "not a door today: no such kind of source")
    home = make_home(lab.folder / f"home-{len(list(lab.folder.glob('home-*')))}", sources, networks=())
    before, asked = len(lab.contacts()), lab.asked()
    done = scowatch(home, "collect", "--all", "--json")
    if done.returncode:
        return lab.tell(name, before, f"collect ended with {done.returncode}: {done.stderr[-300:]}", also=False)
    missed = _unanswered(lab, door, sources, asked)
    robots = sum(f".robots.test:{PORT} /robots.txt" in line for line in lab.publisher.asked)
    if "robots" in door.name and not robots:
        return lab.skip(name, "not a door today: robots.txt is not asked for")
    refused_too = f", {refused} more refused by sources.yaml" if refused else ""
    pages = sum(" /article?" in line for line in lab.publisher.asked)
    pages_too = f", {pages} article pages read" if "article page" in door.name else ""
    found = f"{len(sources)} URLs{refused_too}{pages_too}, good ones not asked: {missed or 'none'}"
    return lab.tell(name, before, found, also=not missed)


def _unanswered(lab: Lab, door: Door, sources: Sequence[dict[str, Any]], asked: int) -> list[str]:
    """The URLs that may be fetched and were not."""
    if not door.must_arrive:
        return []
    from sources.urls import checked

    ids = {source["id"] for source in sources}
    hosts = lab.hosts_asked(asked)
    good = [(f"s{n}", row) for n, row in enumerate(lab.rows) if row["verdict"] == "fetch" and row["how"] == "direct"]
    # outer spaces are the reader's business: sources.yaml may refuse them
    wanted = [row["url"] for name, row in good if name in ids]
    return [url for url in wanted if checked(url).netloc.decode().lower() not in hosts]


def opml(lab: Lab) -> None:
    """v02: every URL as xmlUrl and htmlUrl of a list, imported and collected."""
    from html import escape

    text = "".join(
        f'<outline type="rss" text="{n}" xmlUrl="{escape(url)}" htmlUrl="{escape(url)}"/>'
        for n, url in enumerate(lab.targets)
        if all(c >= " " or c in "\t\n" for c in url)
    )
    file = lab.folder / "list.opml"
    file.write_text(f'<opml version="2.0"><body>{text}</body></opml>', encoding="utf-8")
    home = make_home(lab.folder / "home-opml", [], networks=())
    before = len(lab.contacts())
    done = scowatch(home, "sources", "import", str(file))
    listed = json.loads(scowatch(home, "sources", "list", "--json").stdout or "[]")
    collected = scowatch(home, "collect", "--all", "--json")
    well = done.returncode == 0 and collected.returncode == 0 and len(listed) > 0
    lab.tell("v02 OPML import", before, f"{len(lab.targets)} outlines, {len(listed)} taken as sources", also=well)


def _quietly(words: list[str]) -> None:
    """The command in this process, whatever it says and however it ends."""
    from monitor.cli import group

    silence = io.StringIO()
    with contextlib.redirect_stdout(silence), contextlib.redirect_stderr(silence):  # noqa: SIM117 - one thing each
        with contextlib.suppress(Exception, SystemExit):
            group.main(words, prog_name="scowatch", standalone_mode=False)


def commands(lab: Lab, name: str, lines: Callable[[str], list[str]], urls: Sequence[str]) -> None:
    """The same command line once for each URL, in one process."""
    home = make_home(lab.folder / f"home-{name.split()[0]}", [], networks=())
    before, asked, ended = len(lab.contacts()), lab.asked(), 0
    end = time.monotonic() + 120
    for url in urls:
        if time.monotonic() > end:
            break
        _quietly(["--home", str(home), *lines(url)])
        ended += 1
    answers = lab.asked() - asked
    found = f"{ended} of {len(urls)} commands, {answers} requests at public hosts"
    lab.tell(name, before, found, also=ended == len(urls) and answers > 0)


def checks(lab: Lab) -> None:
    """v21: `sources check` on each."""
    sources = [s for n, url in enumerate(lab.targets) if accepted(s := _feed(f"s{n}", url)) is None]
    sources += [_feed(f"r{n}", at("redirect", url)) for n, url in enumerate(lab.targets)]
    home = make_home(lab.folder / "home-check", sources, networks=())
    before = len(lab.contacts())
    for source in sources:
        _quietly(["--home", str(home), "sources", "check", source["id"]])
    lab.tell("v21 `sources check`", before, f"{len(sources)} commands")


def discovery(lab: Lab) -> None:
    """v04: `sources add` of each URL, of pages and of robots.txt files that name it."""
    from monitor.cli import group

    group_sources: Any = group.get_command(None, "sources")  # type: ignore[arg-type]
    if "add" not in getattr(group_sources, "commands", {}):
        return lab.skip("v04 `sources add`", "not a door today: no such command")
    urls = lab.targets + [at("index", url) for url in lab.targets]
    urls += [f"http://h{n}.robots.test:{PORT}/" for n in range(0, len(lab.targets), 4)]
    return commands(lab, "v04 `sources add`", lambda url: ["sources", "add", "--", url], urls)


def names(lab: Lab, tries_each: int = TRIES, dull: Sequence[str] = _DULL) -> None:
    """Row 57: names with two faces, a hundred tries each, and names that are slow or dead."""
    from sources.http import FetchSettings, HttpFetcher

    before = len(lab.contacts())

    async def ask() -> tuple[int, list[str]]:
        fetcher = HttpFetcher(FetchSettings(per_host_interval=timedelta(0)))
        tries = [f"http://{name}.test/feed" for name in _DOUBLE for _ in range(tries_each)]
        fetched = await asyncio.gather(*(fetcher.fetch(url) for url in tries))
        slow = []
        for name in dull:
            started = time.monotonic()
            answer = await fetcher.fetch(f"http://{name}.test/feed")
            taken = time.monotonic() - started
            slow.append(f"{name} {answer.error or answer.outcome} ({taken:.1f} s)")
            if taken > 31 or (answer.outcome != "ok" and not answer.error):
                slow[-1] += " TOO LATE"
        await fetcher.aclose()
        return sum(answer.outcome == "ok" for answer in fetched), slow

    good, slow = asyncio.run(ask())
    found = f"{len(_DOUBLE)} names, {tries_each} tries each, {good} answers from public addresses; {'; '.join(slow)}"
    lab.tell("names with two faces, slow and dead names", before, found, also="TOO LATE" not in found)


def others_on_time(lab: Lab) -> None:
    """Row 61: name servers that do not answer hold up nobody else."""
    dead = [_feed(f"d{n}", f"http://dropped.test/feed?{n}") for n in range(60)]
    good = [_feed(f"g{n}", f"http://public.test/atom?n=1&key={n}") for n in range(60)]
    home = make_home(lab.folder / "home-dns", dead + good, networks=())
    before, started = len(lab.contacts()), time.monotonic()
    report = json.loads(scowatch(home, "collect", "--all", "--json").stdout)
    seconds = time.monotonic() - started
    failed = [row for row in report["failures"] if row["source"].startswith("g")]
    lab.tell(
        "dead name server beside good ones",
        before,
        f"60 good sources read in {seconds:.0f} s, failed {len(failed)}",
        also=not failed and seconds < 60,
    )


def moved(lab: Lab) -> None:
    """v20: permanent redirects that are remembered, to names that change and to private addresses; twelve polls."""
    urls = [row["url"] for row in lab.rows if row["family"] in ("rebind", "dns", "redirect", "special-v4")]
    urls += ["http://rebind-2.test/feed", "http://rebind-alt.test/feed"]
    sources = [_feed(f"s{n}", at("redirect", url, code=301 + 7 * (n % 2))) for n, url in enumerate(urls)]
    home = make_home(lab.folder / "home-moved", sources, networks=())
    before = len(lab.contacts())
    codes = {scowatch(home, "collect", "--all", "--json").returncode for _ in range(12)}
    lab.tell("v20 remembered redirects", before, f"{len(sources)} sources, 12 polls", also=codes == {0})


def certificates(lab: Lab) -> None:
    """v18: a certificate that names addresses to ask about it."""
    folder = lab.folder
    config = (
        "[req]\ndistinguished_name=d\nx509_extensions=x\nprompt=no\n[d]\nCN=publisher.test\n[x]\n"
        "subjectAltName=DNS:publisher.test\nauthorityInfoAccess=OCSP;URI:http://10.5.5.5/,caIssuers;URI:http://10.5.5.6/\n"
        "crlDistributionPoints=URI:http://10.5.5.7/\n"
    )
    (folder / "req.cnf").write_text(config)
    both = folder / "both.pem"
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-config",
        str(folder / "req.cnf"),
    ]
    command += ["-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")]
    if not shutil.which("openssl") or subprocess.run(command, capture_output=True, check=False).returncode:
        return lab.skip("v18 addresses in certificates", "not run: no openssl")
    both.write_text((folder / "key.pem").read_text() + (folder / "cert.pem").read_text())
    Publisher(ADDRESS, TLS_PORT, certificate=both)
    home = make_home(folder / "home-tls", [_feed("s0", f"https://publisher.test:{TLS_PORT}/feed?u=x")], networks=())
    before = len(lab.contacts())
    told = [json.loads(scowatch(home, "collect", "--all", "--json").stdout)["failures"]]
    told.append(counted(home, "collect", "--all", "--json", DRILL_CA=str(folder / "cert.pem")).report["failures"])
    said = [failures[0]["error"] if failures else "read" for failures in told]
    found = f"believed by nobody: {said[0]}; believed: {said[1]}"
    return lab.tell("v18 addresses in certificates", before, found, also=bool(told[0]) and not told[1])


def mailboxes(lab: Lab) -> None:
    """The host of a mailbox: every host of the set, in all three ways, with a password that must not be told."""
    from monitor.types import Login
    from sources import imap
    from sources.imap import MailFetcher

    imap.TIMEOUT = timedelta(seconds=5)  # where nobody greets, all of it is waited for
    hosts = sorted({host for url in lab.targets if (host := _host(url))} | {f"{name}.test" for name in _DOUBLE})
    ways = ("imaps", "imap", "imap+plain")
    urls = [f"{way}://{f'[{host}]' if ':' in host else host}:{PORT}/INBOX" for host in hosts for way in ways]
    login = Login(username_env="U", password_env="P")
    before = len(lab.contacts())

    async def one(url: str) -> str:
        fetcher = MailFetcher({url: login}, {"U": "desk", "P": "secret"})
        try:
            return (await fetcher.fetch(url)).outcome
        finally:
            await fetcher.aclose()

    async def ask() -> list[str]:
        found = [await asyncio.gather(*map(one, urls[at : at + 60])) for at in range(0, len(urls), 60)]
        return [outcome for outcomes in found for outcome in outcomes]

    outcomes = asyncio.run(ask())
    read = outcomes.count("ok") + outcomes.count("not_modified")
    private = [c for c in lab.contacts()[before:] if not c["dst"].startswith(PUBLIC)]
    row = {"drill": "E", "name": "v01 host of a mailbox", "passed": not private and not read}
    row["found"] = (
        f"{len(private)} contacts; {len(urls)} addresses of {len(hosts)} hosts, {read} taken for mail servers"
    )
    lab.figures.write(json.dumps(row) + "\n")


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def webhooks(lab: Lab) -> None:
    """v15 and v16: the addresses that alerts go to; mail goes where the operator says."""
    from monitor.app import App
    from monitor.errors import DeliveryError, InputError
    from monitor.home import Home

    delivery, digest = an_alert()
    settings = '[[slack]]\nname = "x"\nwebhook_env = "HOOK"\nsearch = "tag:sco"\n'
    home = Home(make_home(lab.folder / "home-hook", [], networks=(), more=settings))
    before, outcomes = len(lab.contacts()), {"refused": 0, "sent": 0}
    urls = lab.targets + [url.replace("http://", "https://", 1) for url in lab.targets]
    urls += [f"https://{name}.test/services/x" for name in _DOUBLE for _ in range(10)]
    for url in urls:
        try:
            sender = App(home, {"HOOK": url}).senders["slack:x"]
            asyncio.run(_soon(sender.send(delivery, digest)))
            outcomes["sent"] += 1
        except (DeliveryError, InputError):
            outcomes["refused"] += 1
    contacts = lab.contacts()[before:]
    # https to a public address: the lab has only a canary on 443, which is then no forbidden address
    public = [c for c in contacts if c["dst"].startswith(PUBLIC)]
    found = f"{len(urls)} addresses, {outcomes['refused']} refused, {len(public)} times a public address was asked"
    private = [c for c in contacts if c not in public]
    lab.figures.write(
        json.dumps(
            {
                "drill": "E",
                "name": "v15 Slack webhook",
                "passed": not private and not outcomes["sent"],
                "found": f"{len(private)} contacts; {found}",
            }
        )
        + "\n"
    )
    lab.skip("v16 SMTP host", "mail goes where the operator's settings say")


async def _soon(sending: Any) -> None:
    async with asyncio.timeout(20):
        await sending


def main() -> None:
    tools, folder = Path(sys.argv[1]), Path(sys.argv[2])
    lab = Lab(tools, folder)
    if sys.argv[3:] == ["quick"]:
        for door in doors():
            if door.vectors in _MAIN:
                through(lab, door)
        names(lab, 4, ())
        return
    for door in doors():
        through(lab, door)
    for one in (opml, checks, discovery, names, others_on_time, moved, certificates, mailboxes, webhooks):
        one(lab)
    lab.skip("v00 sources typed in the web page", "not a door today: there is no web page")


if __name__ == "__main__":
    main()
