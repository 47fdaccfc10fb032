"""Recorded real material, served on loopback and collected: feeds read, articles kept, failures with reasons, seconds.

    python bench/replay.py --data ../shared/data [--home replay-home] [--no-pages]

Every file under feeds/ and encodings/ that begins like a feed is a source of its own; the pages of extraction/ hang
behind an index page; the documents of seeds/ are imported and their names must be tagged. Feeds are read without
their articles' pages, which lie in a network that is not there. The last lines are the figures; the exit code is 1
when a feed ended the pass or a seed stayed without tags.
"""

from __future__ import annotations

import argparse
import collections
import gzip
import html
import http.server
import json
import re
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path
from urllib.parse import quote, unquote

ROOT = Path(__file__).resolve().parents[1]
MARKER = ".made-by-replay"
# what may stand before the outermost element: byte order mark, prolog, comments, document type
FEED = re.compile(
    rb"^[\xef\xbb\xbf\xff\xfe\s]*(?:<[?!][^>]*>\s*|<!--.*?-->\s*)*<(?:\w+:)?(?:rss|RDF|feed|channel)[\s>]", re.I | re.S
)
JSON_FEED = re.compile(rb"^\s*\{.{0,400}jsonfeed\.org/version", re.S)
SETTINGS = """[fetch]
allow_networks = ["127.0.0.0/8"]
per_host_interval_seconds = 0
contact = "mailto:ops@example.org"
"""


def begins_like_a_feed(path: Path) -> bool:
    """Whether the first kilobytes hold the outermost element of a feed, in any of the usual encodings."""
    head = path.read_bytes()[:8192].replace(b"\0", b"")
    return bool(FEED.search(head) or JSON_FEED.search(head))


def feeds_of(data: Path) -> list[Path]:
    """The recorded feeds, in a stable order."""
    files = [p for part in ("feeds", "encodings") for p in (data / part).rglob("*") if p.is_file()]
    return sorted(p for p in files if p.stat().st_size < 12_000_000 and begins_like_a_feed(p))


def pages_of(data: Path) -> list[Path]:
    """The recorded article pages."""
    return sorted(p for p in (data / "extraction").rglob("*") if p.name.endswith((".html", ".html.gz")))


class Handler(http.server.BaseHTTPRequestHandler):
    """Serves the files of one folder; .gz files unpacked; an index page for all article pages."""

    protocol_version = "HTTP/1.1"
    data: Path
    index: bytes

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        path = unquote(self.path.split("?")[0])
        if path == "/index.html":
            return self.reply(self.index, "text/html; charset=utf-8")
        file = (self.data / path.lstrip("/")).resolve()
        if not file.is_relative_to(self.data) or not file.is_file():
            return self.reply(b"not found", "text/plain", 404)
        body = file.read_bytes()
        body = gzip.decompress(body) if file.suffix == ".gz" else body
        kind = "application/json" if file.suffix == ".json" else "text/html" if "html" in file.name else "text/xml"
        return self.reply(body, kind)

    def reply(self, body: bytes, kind: str, status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def serve(data: Path, pages: list[Path]) -> http.server.ThreadingHTTPServer:
    """A running server; its port is in `server_address`."""
    rows = "".join(
        f'<li class="item"><a href="/{quote(str(page.relative_to(data)))}">{html.escape(page.stem)}</a></li>'
        for page in pages
    )
    index = f"<!doctype html><title>pages</title><main><ul>{rows}</ul></main>".encode()
    handler = type("Recorded", (Handler,), {"data": data, "index": index})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def sources_yaml(data: Path, feeds: list[Path], pages: list[Path], port: int) -> str:
    """A source for each feed, and one for each 90 pages (the reader takes at most 100 links of one index page)."""
    base = f"http://127.0.0.1:{port}"
    rows = [
        {
            "id": f"feed-{number:04d}",
            "name": str(feed.relative_to(data)),
            "kind": "feed",
            "fulltext": False,
            "feeds": [{"url": f"{base}/{quote(str(feed.relative_to(data)))}"}],
        }
        for number, feed in enumerate(feeds)
    ]
    for part, first in enumerate(range(0, len(pages), 90)):
        item = f"li.item:nth-child(n+{first + 1}):nth-child(-n+{first + 90})"
        address = {"url": f"{base}/index.html?{part}", "selectors": {"item": item, "link": "a"}}
        rows.append({"id": f"pages-{part}", "name": "pages", "kind": "page", "index_pages": [address]})
    return "sources:\n" + "\n".join(f"- {json.dumps(row, ensure_ascii=False)}" for row in rows) + "\n"


def scowatch(home: Path, *args: str, stdin: str | None = None) -> str:
    """What the command prints; its end with another code than 0 ends the replay."""
    command = [sys.executable, "-m", "monitor", "--home", str(home), *args]
    done = subprocess.run(command, cwd=ROOT, input=stdin, text=True, stdout=subprocess.PIPE, check=False)
    if done.returncode:
        sys.exit(f"`scowatch {' '.join(args)}` ended with {done.returncode}")
    return done.stdout


def fresh(home: Path) -> None:
    """An empty home in place of an older one of this program; another's folder is left alone."""
    if home.exists() and not (home / MARKER).exists():
        sys.exit(f"{home} was not made by this program: name another --home")
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    (home / MARKER).touch()
    (home / "scowatch.toml").write_text(SETTINGS)


def reason(error: str) -> str:
    """The failure without the parts that differ from source to source."""
    return re.sub(r"\bhttps?://\S+|'[^']{0,80}'|\"[^\"]{0,80}\"|\b\d+\b", "…", error)[:90]


def seeds(home: Path, data: Path) -> bool:
    """Whether each seed document was tagged; prints what was found."""
    paths = sorted((data / "seeds").glob("*_*.txt"))
    rows = [
        {"ref": path.stem, "url": f"https://seeds.example.org/{path.stem}", "text": path.read_text(encoding="utf-8")}
        for path in paths
    ]
    scowatch(home, "import", "-", "--json", stdin="".join(json.dumps(row) + "\n" for row in rows))
    kept = [json.loads(line) for line in scowatch(home, "export").splitlines()]
    found = {row["ref"]: row["tags"] for row in kept if row["ref"]}
    for path in paths:
        print(f"seed {path.stem}: {', '.join(found[path.stem]) or 'NO TAGS'}")
    return all(found[path.stem] for path in paths)


def main() -> int:
    """0; 1 when something of the material was not read as it should be."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0] if __doc__ else "")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--home", type=Path, default=Path("replay-home"))
    parser.add_argument("--no-pages", action="store_true")
    args = parser.parse_args()
    data = args.data.resolve()
    if not (data / "feeds").is_dir():
        print(f"skipped: there is no recorded material at {args.data} (name its folder: make replay DATA=…)")
        return 0
    feeds, pages = feeds_of(data), [] if args.no_pages else pages_of(data)
    fresh(args.home)
    server = serve(data, pages)
    (args.home / "sources.yaml").write_text(sources_yaml(data, feeds, pages, server.server_address[1]))
    scowatch(args.home, "init", "--empty")
    started = time.monotonic()
    report = json.loads(scowatch(args.home, "collect", "--all", "--json"))
    seconds = time.monotonic() - started
    server.shutdown()
    tagged = seeds(args.home, data)
    show(report, len(feeds), len(pages), seconds)
    return 0 if tagged and report["sources"]["due"] == sum(report["sources"][k] for k in ("ok", "failed")) else 1


def show(report: dict[str, dict[str, int]], feeds: int, pages: int, seconds: float) -> None:
    """The report as lines."""
    failures: list[dict[str, str]] = report["failures"]  # type: ignore[assignment]
    for why, count in collections.Counter(reason(row["error"]) for row in failures).most_common():
        print(f"{count:5d} × {why}")
    sources, articles = report["sources"], report["articles"]
    print(
        f"replay: {feeds} feeds and {pages} pages; {sources['ok']} of {sources['due']} sources read, "
        f"{sources['failed']} failed; {articles['seen']} items seen, {articles['new']} articles kept, "
        f"dropped {articles['dropped'] or 'none'}; {seconds:.0f} s"
    )


if __name__ == "__main__":
    raise SystemExit(main())
