"""Drill F: documents made to hurt those who read them, through the workers that read strangers' bytes."""

from __future__ import annotations

import asyncio
import html
import json
import multiprocessing
import resource
import shutil
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unicodedata import normalize

from bench.drills.ground import ROOT, Figure, make_home, scowatch
from bench.drills.mutations import mutate, seeds
from monitor.errors import InputError, ParseError
from monitor.text.clean import TITLE_LIMIT
from monitor.types import Address, Entry, Fetch, Page, Paths, Selectors
from sources.pool import ParserPool

#: The instant at which the dates of the set are read.
NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
CPU_SECONDS = 10
_URL = "https://news.example/feed"
_MUTATIONS, _MANY = 20_000, 100_000
#: A worker that has not ended by itself is killed after 20 s; the rest is for starting one.
_LATEST = 24.0


def drill(tools: Path, folder: Path, *, long: bool = False) -> Iterator[Figure]:
    """All documents."""
    folder.mkdir(parents=True, exist_ok=True)
    yield from xml_figures(tools)
    yield opml_figure(tools, folder)
    yield encodings_figure(tools)
    yield dates_figure(tools)
    yield from costly_figures()
    yield traced_figure(tools, folder)
    yield mutations_figure(_MANY if long else _MUTATIONS)


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def fetched(body: bytes, content_type: str | None = None) -> Fetch:
    return Fetch(url=_URL, outcome="ok", final_url=_URL, status=200, body=body, content_type=content_type)


def read(bodies: Sequence[tuple[str, bytes, str | None]], *, fresh: bool = False) -> list[tuple[Any, float, float]]:
    """For each (kind, body, content type): entries, Page or ParseError; seconds; the worker's peak MiB (0: it died).

    Kinds are those of sources and ``article``. With `fresh` each has a worker of its own: what an earlier one has not
    given back is not counted then.
    """

    async def go() -> list[tuple[Any, float, float]]:
        pool, found = ParserPool(1), []
        try:
            for kind, body, content_type in bodies:
                started = time.monotonic()
                try:
                    value: Any = await _one(pool, kind, fetched(body, content_type))
                except ParseError as error:
                    value = error
                found.append((value, time.monotonic() - started, _peak(pool)))
                if fresh:
                    await pool.aclose()
        finally:
            await pool.aclose()
        return found

    return asyncio.run(go())


async def _one(pool: ParserPool, kind: str, fetch: Fetch) -> tuple[Entry, ...] | Page:
    if kind == "article":
        return await pool.page(fetch, Selectors())
    selectors = Selectors(item="div", link="a") if kind == "page-by-selectors" else Selectors()
    address = Address(url=_URL, selectors=selectors)
    return (await pool.listing(kind.partition("-")[0], address, fetch)).entries


def _peak(pool: ParserPool) -> float:
    found = 0.0
    for pid in [worker.process.pid for worker in pool._idle]:
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                found = max(found, int(line.split()[1]) / 1024)
    return found


def texts(value: Any) -> list[str]:
    """Every string that came out."""
    if isinstance(value, ParseError):
        return [str(value)]
    if isinstance(value, Page):
        return [text for text in (value.title, value.text, value.site_name, *value.authors) if text]
    return [text for e in value for text in (e.title, e.summary, e.content, e.url, e.guid, *e.authors) if text]


# ---------------------------------------------------------------------------------------------- XML and OPML


def xml_faults(tools: Path, *, fresh: bool = False) -> tuple[int, list[str], float]:
    """How many feeds of the set were read, what was not as it has to be, and with `fresh` the largest memory in MiB."""
    wanted = [r for r in rows(tools / "xml" / "expected.jsonl") if r.get("kind") != "opml"]
    wanted = [r for r in wanted if (tools / "xml" / "out" / r["file"]).exists()]
    bodies = [("feed", (tools / "xml" / "out" / r["file"]).read_bytes(), "application/rss+xml") for r in wanted]
    faults, largest = [], 0.0
    for row, (value, seconds, peak) in zip(wanted, read(bodies, fresh=fresh), strict=True):
        largest = max(largest, peak)
        faults += [f"{row['file']}: {fault}" for fault in _xml_fault(row, value, seconds, peak, fresh)]
    return len(wanted), faults, largest


def _xml_fault(row: dict[str, Any], value: Any, seconds: float, peak: float, fresh: bool) -> Iterator[str]:
    rejected = isinstance(value, ParseError)
    if row["verdict"] == "parse" and rejected:
        yield f"not read ({value})"
    if row["verdict"] == "reject" and not rejected:
        yield "taken for a feed"
    if rejected and "could not be read (" in str(value):
        yield f"no reason ({value})"
    if not rejected and "entries" in row and len(value) != min(row["entries"], 500):
        yield f"{len(value)} entries instead of {min(row['entries'], 500)}"
    if any(never in text for never in row.get("never", ()) for text in texts(value)):
        yield "what must never come out came out"
    if seconds > row["max_s"] + 1:  # a worker's start
        yield f"took {seconds:.1f} s"
    if fresh and peak > row["max_rss_mib"]:
        yield f"needed {peak:.0f} MiB"


def xml_figures(tools: Path) -> Iterator[Figure]:
    count, faults, largest = xml_faults(tools, fresh=True)
    yield Figure(
        drill="F",
        name="XML documents",
        passed=not faults,
        found=f"{count - len({f.split(':')[0] for f in faults})} of {count} as expected, at most {largest:.0f} MiB; "
        f"{faults or 'no fault'}",
    )


def opml_figure(tools: Path, folder: Path) -> Figure:
    """The lists through the command, and what it makes of the files' own verdicts."""
    wanted = [r for r in rows(tools / "xml" / "expected.jsonl") if r.get("kind") == "opml"]
    faults = []
    for number, row in enumerate(wanted):
        home = make_home(folder / f"opml-{number}", [], networks=())
        started = time.monotonic()
        done = scowatch(home, "sources", "import", str(tools / "xml" / "out" / row["file"]))
        seconds = time.monotonic() - started
        taken = (home / "sources.yaml").read_text(encoding="utf-8")
        count = taken.count("\n- id:") + taken.startswith("- id:")
        if done.returncode not in (0, 2) or "Traceback" in done.stderr or "unexpected" in done.stderr:
            faults.append(f"{row['file']}: ended with {done.returncode} ({done.stderr.strip()[-200:]})")
        if row["verdict"] == "parse" and (done.returncode or count != row["entries"]):
            faults.append(f"{row['file']}: {count} sources instead of {row['entries']} ({done.stderr.strip()[:100]})")
        if "schemes" in row["file"] and (told := done.stderr.count("not taken: ")) != 7:
            faults.append(f"{row['file']}: {told} of 7 addresses named as not taken")
        if seconds > row["max_s"] + 2 or any(
            never in taken + done.stdout + done.stderr for never in row.get("never", ())
        ):
            faults.append(f"{row['file']}: {seconds:.1f} s, or what must never come out")
    return Figure(
        drill="F", name="OPML documents", passed=not faults, found=f"{len(wanted)} imported; {faults or 'no fault'}"
    )


# ---------------------------------------------------------------------------------------------- encodings and dates


def encoding_faults(tools: Path) -> tuple[int, list[str]]:
    """How many documents of the set were read, and those that say something else than a person would read."""
    wanted = rows(tools / "encodings" / "expected.jsonl")
    kinds = {"feed": "feed", "html": "article"}
    bodies = [
        (kinds[r["kind"]], (tools / "encodings" / "out" / r["file"]).read_bytes(), r["content_type"]) for r in wanted
    ]
    faults = []
    for row, (value, _, _) in zip(wanted, read(bodies), strict=True):
        fault = _encoding_fault(row, value)
        if fault:
            faults.append(f"{row['file']}: {fault}")
    return len(wanted), faults


def _encoding_fault(row: dict[str, Any], value: Any) -> str | None:
    found = texts(value)
    if any(never in text for never in row.get("never", ()) for text in found):
        return "what must never come out came out"
    if isinstance(value, ParseError):
        if "could not be read (" in str(value):
            return f"no reason ({value})"
        return None if row.get("verdict") == "reject-ok" else f"not read ({value})"
    right = not row["expect"] or any(_same(want, text) for want in row["expect"] for text in found)
    return None if right or row.get("verdict") == "reject-ok" else f"{found[:1]} instead of {row['expect'][:1]}"


def _same(want: str, text: str) -> bool:
    """Whether the text says it: normal form and outer space aside, and no more of it than a title may have."""
    want, text = (" ".join(normalize("NFC", part).split()) for part in (want, text))
    return want[:TITLE_LIMIT] in text


def encodings_figure(tools: Path) -> Figure:
    count, faults = encoding_faults(tools)
    return Figure(
        drill="F",
        name="encodings",
        passed=not faults,
        found=f"{count - len(faults)} of {count} as expected; {faults or 'no fault'}",
    )


def date_faults(tools: Path) -> tuple[int, list[str]]:
    """How many dates were read in a feed, and those that came out as another instant, or cost their article."""
    from sources import feed

    wanted = rows(tools / "dates" / "dates.public.jsonl")
    listed = feed.read(_dated(wanted), "application/rss+xml; charset=utf-8", Address(url=_URL), _URL, now=NOW)
    by_title = {entry.title: entry for entry in listed.entries}
    faults = []
    for row in wanted:
        entry = by_title.get(row["id"])
        fault = "its article is lost" if entry is None else _date_fault(row, entry.published_at)
        if fault:
            faults.append(f"{row['payload'][:40]!r}: {fault}")
    return len(wanted), faults


def _dated(wanted: list[dict[str, Any]]) -> bytes:
    def printable(text: str) -> str:
        return html.escape(
            "".join(c if c in "\t\n\r" or " " <= c <= "\ud7ff" or "\ue000" <= c <= "\ufffd" else "?" for c in text)
        )

    items = "".join(
        f"<item><title>{row['id']}</title><guid>{row['id']}</guid><pubDate>{printable(row['payload'])}</pubDate></item>"
        for row in wanted
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>d</title>{items}</channel></rss>'.encode()


def _date_fault(row: dict[str, Any], found: datetime | None) -> str | None:
    said = found.isoformat(timespec="seconds").replace("+00:00", "Z") if found else None
    if "rule" in row:  # ahead of now: the article is kept, with its date or without one
        return None
    allowed = row["allowed"] if row["expect"] == "any" else [row["expect"]]
    return None if said in allowed else f"{said} instead of {' or '.join(map(str, allowed))}"


def dates_figure(tools: Path) -> Figure:
    count, faults = date_faults(tools)
    return Figure(
        drill="F",
        name="dates",
        passed=not faults,
        found=f"{count - len(faults)} of {count} as expected; {faults or 'no fault'}",
    )


# ---------------------------------------------------------------------------------------------- costly documents

_ARTICLE = "<!doctype html><html><head><title>t</title></head><body><article><h1>Summit</h1>{}</article></body></html>"
_RSS = "<rss version='2.0'><channel><title>t</title><item><title>t</title><link>https://news.example/1</link>{}</item></channel></rss>"


def costly_pages() -> dict[str, str]:
    """Pages whose price grows faster than their size, by name; all under 10 MiB."""
    text = "Leaders of the Shanghai Cooperation Organization met. "
    inner = {
        "openings of comments": "<!--" * 300_000,
        "ends without beginnings": "</a" * 200_000,
        "attributes": "<div " + " ".join(f"a{n}='v'" for n in range(100_000)) + ">x</div>",
        "paragraphs": f"<p>{text[:38]}</p>" * 200_000,
        "nested blocks": "<div>" * 100_000 + text,
        "nested lists": "<ul><li>" * 50_000 + text,
        "nested tables": "<table><tr><td>" * 30_000 + text,
        "unclosed bold": "<b><i><font>" * 60_000 + text,
        "links": "".join(f"<a href='/2026/11/20/{n}-a-long-story-of-bishkek'>{text}</a>" for n in range(60_000)),
        "references": "&#1;" * 1_000_000,
        "half references": "&#" * 1_500_000,
        "one word": "a" * 9_000_000,
        "one line of text": text * 150_000,
        "scripts": "<script type='application/ld+json'>" + '{"a":' * 200_000 + "</script>",
        "many scripts": '<script type="application/ld+json">{"@type":"NewsArticle"}</script>' * 40_000,
        "metadata": "<meta property='og:title' content='x'>" * 100_000,
        "selects": "<select><option>" * 60_000,
        "declarations": "<!DOCTYPE a [" * 200_000,
        "dates": "<time>20 Nov 2026</time>" * 100_000,
        "white space": " \n" * 4_000_000,
    }
    return {name: _ARTICLE.format(body) for name, body in inner.items()}


def costly_feeds() -> dict[str, str]:
    """Feeds of the same kind."""
    inner = {
        name: f"<description>{html.escape(body)}</description>"
        for name, body in costly_pages().items()
        if len(body) < 2_500_000
    }
    inner |= {
        "attributes of an item": "</item><item " + " ".join(f"a{n}='v'" for n in range(60_000)) + ">",
        "nested elements": "<a>" * 600_000,
        "closed nested elements": "<a>" * 300_000 + "</a>" * 300_000,
        "name spaces": "<x " + " ".join(f"xmlns:n{n}='u:{n}'" for n in range(60_000)) + "/>",
        "categories": "<category>x</category>" * 200_000,
        "authors": "<author>a@b.example (A)</author>" * 100_000,
        "links of an item": "<link>https://news.example/1</link>" * 150_000,
        "items": "</item><item><title>t</title>" * 200_000,
        "sections": "<description><![CDATA[" + "]]><![CDATA[" * 300_000 + "]]></description>",
    }
    return {name: _RSS.format(body) for name, body in inner.items()}


def costly_figures() -> Iterator[Figure]:
    good = ("feed", seeds()[0][1], "application/rss+xml")
    pages, feeds = costly_pages(), costly_feeds()
    for kind, made in (("article", pages), ("page", pages), ("page-by-selectors", pages), ("feed", feeds)):
        bodies = [part for body in made.values() for part in ((kind, body.encode(), None), good)]
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        found = read(bodies)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        results = dict(zip(made, found[0::2], strict=True))
        late = [f"{name} {seconds:.0f} s" for name, (_, seconds, _) in results.items() if seconds > _LATEST]
        killed = [
            name
            for name, (value, _, _) in results.items()
            if isinstance(value, ParseError) and " to be read" in str(value)
        ]
        vague = [
            f"{name}: {value}" for name, (value, _, _) in results.items() if "could not be read (" in str(value)[:200]
        ]
        next_one = sum(isinstance(value, ParseError) for value, _, _ in found[1::2])
        slowest = max(results, key=lambda name: results[name][1])
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        yield Figure(
            drill="F",
            name=f"costly documents as {kind}",
            passed=not late and not next_one and not vague,
            found=f"{len(made)}, stopped by a limit: {killed or 'none'}; "
            f"slowest {slowest} {results[slowest][1]:.1f} s; "
            f"next source not read {next_one}; {cpu:.0f} s of workers' processor time; {late + vague or 'no fault'}",
        )


# ---------------------------------------------------------------------------------------------- files and connections


def traced_figure(tools: Path, folder: Path) -> Figure:
    """What a worker opens and contacts while it reads the documents, seen by strace."""
    name = "files and connections of parsers"
    if not shutil.which("strace"):
        return Figure(drill="F", name=name, passed=None, found="there is no strace")
    trace = folder / "trace.txt"
    wrapper = folder / "traced"
    wrapper.write_text(
        f'#!/bin/sh\nexec strace -D -f -qq -e trace=open,openat,socket,connect -o {trace} {sys.executable} "$@"\n'
    )
    wrapper.chmod(0o755)
    files = [p for p in sorted((tools / "xml" / "out").iterdir()) if p.suffix == ".xml"]
    warm = [("feed", body, kind) for what, body, kind in seeds() if what == "feed"]
    warm += [("article", body, kind) for what, body, kind in seeds() if what == "page"]
    bodies = [(kind, p.read_bytes(), None) for p in files for kind in ("feed", "article")]
    bodies += [
        (kind, f"{target}".encode(), None)
        for target in ("/etc/passwd", "http://127.0.0.1/x")
        for kind in ("feed", "page", "article")
    ]
    before, _ = _traced(wrapper, trace, warm)
    after, answers = _traced(wrapper, trace, [*warm, *bodies])
    foreign = after - before  # starting and importing open files too, the same ones each time
    return Figure(
        drill="F",
        name=name,
        passed=not foreign and bool(before) and len(answers) == len(warm) + len(bodies),
        found=f"{len(bodies)} documents under strace, opened or contacted: {sorted(foreign)[:8] or 'nothing'}",
    )


def _traced(
    wrapper: Path, trace: Path, bodies: Sequence[tuple[str, bytes, str | None]]
) -> tuple[Counter[str], list[Any]]:
    """How often each file that is no part of Python or the project was opened, and each connection made."""
    trace.unlink(missing_ok=True)
    own, sys.executable = sys.executable, str(wrapper)
    try:
        answers = read(bodies)
    finally:
        sys.executable = own
    time.sleep(0.3)  # the tracer writes down what is left
    ours = (str(ROOT), sys.base_prefix, sys.prefix, "/proc/", "/sys/", "/dev/null")
    found: Counter[str] = Counter()
    for line in trace.read_text(errors="replace").splitlines():
        call = line.split(None, 1)[-1]
        path = call.split('"')[1] if '"' in call else ""
        if call.startswith(("connect", "socket")):
            found[call[:80]] += 1
        elif path and not path.startswith(ours):
            found[path] += 1
    return found, answers


# ---------------------------------------------------------------------------------------------- mutations


def mutations_figure(count: int, processes: int = 2) -> Figure:
    """Mutated documents in processes that end themselves when one takes too long."""
    started = time.monotonic()
    share = count // processes
    context = multiprocessing.get_context("spawn")
    with context.Pool(processes) as pool:
        parts = pool.starmap(mutation_faults, [(n * share, share) for n in range(processes)])
    faults = [fault for part in parts for fault in part[0]]
    slowest = max(part[1] for part in parts)
    return Figure(
        drill="F",
        name="mutated documents",
        passed=not faults and slowest <= CPU_SECONDS,
        found=f"{share * processes} in {time.monotonic() - started:.0f} s, slowest {slowest:.2f} s of processor time; "
        f"{faults[:5] or 'no fault'}",
    )


def mutation_faults(first: int, count: int) -> tuple[list[str], float]:
    """What went wrong with those mutations, as seed and error, and the processor seconds of the slowest."""
    from sources import api, feed, fulltext, mailbox, opml, page, robots, sitemap, telegram

    good = seeds()
    # pages cost ten times as much as feeds: fewer of them
    turns = [s for s in good if s[0] == "feed"] * 5 + [s for s in good if s[0] != "feed"]
    bodies = [body for _, body, _ in good]
    address, chosen = Address(url=_URL), Address(url=_URL, selectors=Selectors(item="li", link="a", date="time"))
    answering = Address(
        url=_URL, pages=2, paths=Paths(items="items", date="date", text="text", author="author", next="next")
    )
    readers: dict[str, list[Callable[[bytes, str], object]]] = {
        "feed": [lambda body, kind: feed.read(body, kind, address, _URL, now=NOW)],
        "page": [
            lambda body, kind: page.read(body, kind, address, _URL, now=NOW),
            lambda body, kind: page.read(body, kind, chosen, _URL, now=NOW),
            lambda body, kind: fulltext.read(body, kind, _URL, Selectors(), now=NOW),
        ],
        "telegram": [lambda body, kind: telegram.read(body, kind, address, _URL, now=NOW)],
        "sitemap": [lambda body, kind: sitemap.read(body, kind, address, _URL, now=NOW)],
        "api": [lambda body, kind: api.read(body, kind, answering, _URL, now=NOW)],
        "mailbox": [lambda body, kind: mailbox.read(b"1 %d\n%b" % (len(body), body), kind, address, _URL, now=NOW)],
        "opml": [lambda body, _: opml.subscriptions(body, allowed=())],
        "robots": [lambda body, _: robots.read(body).allows("https://news.example/a/b")],
    }
    faults, slowest = [], 0.0
    signal.signal(signal.SIGALRM, _too_long)
    for seed in range(first, first + count):
        kind, body, content_type = turns[seed % len(turns)]
        changed = mutate(body, bodies, seed)
        read_it = readers[kind][seed // len(turns) % len(readers[kind])]
        started = time.process_time()
        signal.alarm(3 * CPU_SECONDS)
        try:
            read_it(changed, content_type)
        except (ParseError, InputError):
            pass
        except Exception as error:  # noqa: BLE001 - finding them is what this is for
            at = traceback.extract_tb(error.__traceback__)[-1]
            faults.append(
                f"seed {seed}: {type(error).__name__}: {str(error)[:100]} ({Path(at.filename).name}:{at.lineno})"
            )
        signal.alarm(0)
        slowest = max(slowest, time.process_time() - started)
    return faults, slowest


def _too_long(*_: object) -> None:
    raise TimeoutError("took too long")
