"""snapshot, snapshots and bundle: pages collected from a loopback site and shown, kept, thinned out and handed on."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import subprocess
import sys
import time
import zipfile
from datetime import UTC, datetime, timedelta
from html import escape
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from warcio.archiveiterator import ArchiveIterator

import monitor.app
import monitor.service
from monitor.app import App
from monitor.home import Home
from monitor.service import Service
from tests.cli.calls import SETTINGS, Command, environment, jsonl, process, row
from tests.servers import Web, answer

TITLES = {
    "1": ("The Shanghai Cooperation Organisation meets", "Delegates of the Shanghai Cooperation Organisation met."),
    "2": ("Саммит ШОС", "Саммит ШОС прошёл в Бишкеке, где говорили о дорогах и воде."),
    "3": ("上合组织峰会", "上合组织峰会在比什凯克举行，讨论了道路和水。"),
}
SCRIPT = "<script>document.title='evil'</script><img src='//tracker.example/x.gif' onerror='alert(1)'>"
DAYS = "[snapshots]\n[snapshots.keep_days]\nwire = 30\n"


def page(number: str, more: str = "") -> bytes:
    title, text = TITLES[number]
    body = f"<article><h1>{escape(title)}</h1>" + f"<p>{escape(text)} {more}</p>" * 3 + "</article>"
    return f"<!doctype html><meta charset=utf-8><title>{escape(title)}</title>{SCRIPT}{body}".encode()


def serve(web: Web, *numbers: str, teaser: str = "") -> None:
    items = "".join(
        f"<item><title>{escape(TITLES[n][0])}</title><link>{web.url(f'/{n}.html')}</link><guid>{n}</guid>"
        f"<description>{teaser}</description></item>"
        for n in numbers
    )
    body = f"<rss version='2.0'><channel><title>F</title>{items}</channel></rss>"
    web.routes["/wire.xml"] = answer("200 OK", body.encode())
    for number in numbers:
        web.routes.setdefault(f"/{number}.html", answer("200 OK", page(number), Content_Type="text/html"))


@pytest.fixture
def site(web: Web, scowatch: Command) -> Web:
    """A wire with three articles, which have been collected."""
    source = (
        f"- {{id: wire, name: The Wire, ownership: wire, fulltext: always, feeds: [{{url: '{web.url('/wire.xml')}'}}]}}"
    )
    (scowatch.home / "sources.yaml").write_text(f"sources:\n{source}\n")
    serve(web, *TITLES)
    report = scowatch("collect", "--json").json()
    assert report["snapshots"] == {"kept": 3, "failed": 0, "error": None}
    return web


def age(scowatch: Command, monkeypatch: pytest.MonkeyPatch, days: int) -> None:
    """Lets so many days go by, as far as this command can tell."""
    later = datetime.now(UTC) + timedelta(days=days)
    monkeypatch.setattr(monitor.app, "now", lambda: later)
    for path in (scowatch.home / "snapshots").iterdir():
        os.utime(path, (time.time() - 2 * 86400,) * 2)


def number_of(scowatch: Command, title: str) -> str:
    return next(str(row["id"]) for row in scowatch("export").rows() if row["title"] == title)


def files(scowatch: Command) -> list[str]:
    return sorted(path.name for path in (scowatch.home / "snapshots").iterdir())


# ---------------------------------------------------------------------------------------------- snapshot


@pytest.mark.parametrize("number", sorted(TITLES))
def test_a_page_is_shown_as_it_was_but_nothing_in_it_runs(site: Web, scowatch: Command, number: str) -> None:
    name = number_of(scowatch, TITLES[number][0])
    ran = scowatch("snapshot", name)
    assert ran.code == 0
    assert TITLES[number][1].split()[0] in ran.out
    assert not [word for word in ("<script", "<img", "tracker.example", "onerror", "evil") if word in ran.out]
    digest = hashlib.sha256(page(number)).hexdigest()
    assert f"{site.url(f'/{number}.html')}, as answered on 20" in ran.out
    assert digest in ran.out
    assert digest in ran.err
    assert "default-src 'none'" in ran.out


def test_raw_is_the_page_itself(site: Web, scowatch: Command, tmp_path: Path) -> None:
    name = site.url("/2.html")
    assert scowatch("snapshot", name, "--raw").out.encode() == page("2")
    assert scowatch("snapshot", name, "--raw", "-o", str(tmp_path / "x.html")).out == ""
    assert (tmp_path / "x.html").read_bytes() == page("2")


def test_warc_is_what_other_programs_read(site: Web, scowatch: Command, tmp_path: Path) -> None:
    assert scowatch("snapshot", site.url("/1.html"), "--warc", "-o", str(tmp_path / "x.warc.gz")).code == 0
    with (tmp_path / "x.warc.gz").open("rb") as file:
        records = [(r.rec_type, r.content_stream().read()) for r in ArchiveIterator(file, check_digests="raise")]
    assert records == [("response", page("1")), ("request", b"")]


def test_versions_have_pages_of_their_own(site: Web, scowatch: Command) -> None:
    name = number_of(scowatch, TITLES["1"][0])
    site.routes["/1.html"] = answer("200 OK", page("1", "Now with more in it than before."), Content_Type="text/html")
    serve(site, "1", teaser="It has changed.")
    assert scowatch("collect", "--all", "--json").json()["articles"]["updated"] == 1
    assert "Now with more" in scowatch("snapshot", name).out
    assert "Now with more" not in scowatch("snapshot", name, "--version", "1").out
    listed = scowatch("snapshot", name, "--list", "--json").json()
    assert [one["version"] for one in listed] == [1, 2]
    assert listed[0]["sha256"] == hashlib.sha256(page("1")).hexdigest()
    assert len(scowatch("snapshot", name, "--list").out.splitlines()) == 3
    (line,) = scowatch.refused("snapshot", name, "--version", "3", code=1)
    assert line == f"scowatch: version 3 of article {name} has no snapshot (it has 2, with pages of 1, 2)"


def test_what_never_was_and_what_is_gone_is_told_apart(site: Web, scowatch: Command) -> None:
    assert scowatch("import", "-", stdin=jsonl(row(9))).code == 0
    (line,) = scowatch.refused("snapshot", "r9", code=1)
    assert line.endswith("has no snapshot: it was imported, its page was never fetched")
    (line,) = scowatch.refused("snapshot", "4711")
    assert "the archive has no article '4711'" in line
    (scowatch.home / "snapshots" / files(scowatch)[0]).unlink()
    (line,) = scowatch.refused("snapshot", site.url("/1.html"), code=1)
    assert line.endswith("is not there any more; put it back from a backup")


def test_a_page_that_came_without_one_of_its_own(web: Web, scowatch: Command) -> None:
    source = f"- {{id: wire, name: W, fulltext: never, feeds: [{{url: '{web.url('/wire.xml')}'}}]}}"
    (scowatch.home / "sources.yaml").write_text(f"sources:\n{source}\n")
    serve(web, "1", teaser="The teaser.")
    assert "snapshots" not in scowatch("collect", "--json").json()
    (line,) = scowatch.refused("snapshot", "1", code=1)
    assert line.endswith("its text came out of a list, and no page of it was kept")
    assert not (scowatch.home / "snapshots").exists()


def test_snapshots_can_be_turned_off(web: Web, scowatch: Command) -> None:
    (scowatch.home / "scowatch.toml").write_text(SETTINGS + "[snapshots]\nenabled = false\n")
    source = f"- {{id: wire, name: W, fulltext: always, feeds: [{{url: '{web.url('/wire.xml')}'}}]}}"
    (scowatch.home / "sources.yaml").write_text(f"sources:\n{source}\n")
    serve(web, "1")
    assert scowatch("collect", "--json").json()["articles"]["new"] == 1
    (line,) = scowatch.refused("snapshot", "1", code=1)
    assert "its page was read before pages were kept, or while they could not be" in line
    assert not (scowatch.home / "snapshots").exists()


def test_a_page_that_is_none_has_its_bytes_all_the_same(site: Web, scowatch: Command) -> None:
    site.routes["/1.html"] = answer("200 OK", b"%PDF-1.7 no page", Content_Type="application/pdf")
    serve(site, "1", teaser="Changed.")
    scowatch("collect", "--all")
    *_, line = scowatch.refused("snapshot", site.url("/1.html"), code=1)
    assert line.endswith("cannot be cleaned (not an HTML page): --raw has its bytes")
    assert scowatch("snapshot", site.url("/1.html"), "--raw").out == "%PDF-1.7 no page"


# ---------------------------------------------------------------------------------------------- retention


@pytest.mark.usefixtures("site")
def test_old_pages_go_and_nothing_that_is_wanted(
    scowatch: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (scowatch.home / "scowatch.toml").write_text(SETTINGS + DAYS)
    one, two, three = (number_of(scowatch, title) for title, _ in TITLES.values())
    assert scowatch("snapshots", "hold", one).code == 0
    assert scowatch("bundle", two, "-o", str(tmp_path / "two.zip")).code == 0
    age(scowatch, monkeypatch, days=29)
    assert scowatch("snapshots", "prune", "--apply").out == "0 pages in 0 files taken away\n"
    age(scowatch, monkeypatch, days=31)
    before = files(scowatch)
    assert scowatch("snapshots", "prune").out == "1 pages in 1 files would go (nothing was changed: --apply does it)\n"
    assert files(scowatch) == before
    report = scowatch("snapshots", "prune", "--apply", "--json").json()
    assert (report["pages"], report["files"], report["problems"]) == (1, 1, [])
    assert files(scowatch) == [before[0].replace("-000.", "-000.2.")]
    assert scowatch("snapshot", one, "--raw").out.encode() == page("1")
    assert scowatch("snapshot", two, "--raw").out.encode() == page("2")
    (line,) = scowatch.refused("snapshot", three, code=1)
    assert "is gone: it was taken away on" in line
    assert "[snapshots.keep_days]" in line
    assert scowatch("snapshots", "check").out == "2 pages are as they were fetched, 0 are not\n"
    ran = scowatch("snapshots", "release", two)
    assert ran.err.endswith("its pages were not held, but they stay: bundle\n")
    scowatch("snapshots", "release", one)
    age(scowatch, monkeypatch, days=40)
    scowatch("snapshots", "prune", "--apply")
    assert scowatch("snapshots", "check").out == "1 pages are as they were fetched, 0 are not\n"
    assert files(scowatch) == [before[0].replace("-000.", "-000.3.")]


@pytest.mark.parametrize("hold", ["lang:zh", "@chinese"])
def test_a_search_can_hold(site: Web, scowatch: Command, monkeypatch: pytest.MonkeyPatch, hold: str) -> None:
    settings = SETTINGS + DAYS.replace("[snapshots]\n", f'[snapshots]\nhold = "{hold}"\n')
    (scowatch.home / "searches.yaml").write_text("searches:\n- {name: chinese, search: 'lang:zh'}\n")
    (scowatch.home / "scowatch.toml").write_text(settings)
    age(scowatch, monkeypatch, days=31)
    assert scowatch("snapshots", "prune", "--apply", "--json").json()["pages"] == 2
    assert scowatch("snapshot", site.url("/3.html"), "--raw").code == 0


def test_a_page_that_another_repeats_stays(site: Web, scowatch: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    (scowatch.home / "scowatch.toml").write_text(SETTINGS + DAYS)
    serve(site, "1", teaser="Another teaser for the same page.")
    scowatch("collect", "--all")
    name = number_of(scowatch, TITLES["1"][0])
    listed = scowatch("snapshot", name, "--list", "--json").json()
    assert [one["sha256"] for one in listed] == [hashlib.sha256(page("1")).hexdigest()] * 2
    assert listed[1]["length"] < listed[0]["length"]
    scowatch("bundle", name, "-o", str(scowatch.home / "x.zip"))
    age(scowatch, monkeypatch, days=31)
    assert scowatch("snapshots", "prune", "--apply", "--json").json()["pages"] == 2
    assert scowatch("snapshot", name, "--raw").out.encode() == page("1")


@pytest.mark.usefixtures("site")
def test_files_that_were_written_to_lately_wait(scowatch: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    (scowatch.home / "scowatch.toml").write_text(SETTINGS + DAYS)
    age(scowatch, monkeypatch, days=31)
    for path in (scowatch.home / "snapshots").iterdir():
        os.utime(path, ((datetime.now(UTC) + timedelta(days=31)).timestamp(),) * 2)
    ran = scowatch("snapshots", "prune", "--apply")
    assert ran.out == "0 pages in 0 files taken away\n"
    assert "3 more lie in files that were written to within a day" in ran.err


@pytest.mark.parametrize("at", ["move", "remove"])
def test_a_run_that_dies_half_way_is_ended_by_the_next(
    site: Web, scowatch: Command, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    from storage.evidence import EvidenceRows
    from storage.snapshots import SnapshotFiles

    def dies(*_: Any) -> Any:
        raise KeyboardInterrupt

    (scowatch.home / "scowatch.toml").write_text(SETTINGS + DAYS)
    scowatch("snapshots", "hold", site.url("/1.html"))
    age(scowatch, monkeypatch, days=31)
    with monkeypatch.context() as patch:
        patch.setattr(*((EvidenceRows, "move", dies) if at == "move" else (SnapshotFiles, "remove", dies)))
        assert scowatch("snapshots", "prune", "--apply").code == 130
    assert len(files(scowatch)) == 2
    assert scowatch("snapshots", "check").code == 0
    age(scowatch, monkeypatch, days=34)
    assert scowatch("snapshots", "prune", "--apply").code == 0
    assert len(files(scowatch)) == 1
    assert scowatch("snapshots", "check").out == "1 pages are as they were fetched, 0 are not\n"


@pytest.mark.usefixtures("site")
def test_the_service_takes_old_pages_away(scowatch: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    (scowatch.home / "scowatch.toml").write_text(SETTINGS + DAYS)
    age(scowatch, monkeypatch, days=31)
    monkeypatch.setattr(monitor.service, "now", monitor.app.now)
    app = App(Home(scowatch.home))
    said: list[str] = []

    async def go() -> None:
        async with app.edges() as edges:
            await Service(app, lambda _: None, said.append).prune(edges)  # type: ignore[arg-type,return-value]

    asyncio.run(go())
    assert said[0][10:].startswith("snapshots: 3 pages were taken away, ")
    assert files(scowatch) == []


def test_a_collect_that_is_killed_leaves_pages_that_go_on(
    web: Web, scowatch: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [str(number) for number in range(40)]
    stories = {name: (f"Story {name}", f"What story {name} says of the valley.") for name in names[4:]}
    monkeypatch.setitem(globals(), "TITLES", stories)
    source = f"- {{id: wire, name: W, fulltext: always, feeds: [{{url: '{web.url('/wire.xml')}'}}]}}"
    (scowatch.home / "sources.yaml").write_text(f"sources:\n{source}\n")
    serve(web, *stories)
    command = [sys.executable, "-m", "monitor", "--home", str(scowatch.home), "collect"]
    with subprocess.Popen(command, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        deadline = time.monotonic() + 30
        while sum(path.endswith(".html") for path in web.paths()) < 9 and time.monotonic() < deadline:
            time.sleep(0.005)
        process.kill()
    for path in (scowatch.home / "snapshots").iterdir():  # as if the power had gone in the middle of a record
        os.truncate(path, max(0, path.stat().st_size - 11))
    report = scowatch("collect", "--all", "--json").json()
    assert report["snapshots"]["failed"] == 0
    assert len(scowatch("export").rows()) == 36
    assert scowatch("snapshots", "check").out == "36 pages are as they were fetched, 0 are not\n"
    for path in (scowatch.home / "snapshots").iterdir():
        with path.open("rb") as file:
            for record in ArchiveIterator(file, check_digests="raise"):
                record.content_stream().read()


def test_check_names_what_is_damaged_or_missing(site: Web, scowatch: Command) -> None:
    (path,) = (scowatch.home / "snapshots").iterdir()
    one = scowatch("snapshot", site.url("/1.html"), "--list", "--json").json()[0]
    data = bytearray(path.read_bytes())
    data[one["offset"] + one["length"] // 2] ^= 4
    path.write_bytes(data)
    ran = scowatch("snapshots", "check")
    assert (ran.code, ran.out) == (1, "2 pages are as they were fetched, 1 are not\n")
    assert f"article {one['article']}: snapshots: {path} at byte {one['offset']}: the record is damaged" in ran.err
    path.unlink()
    ran = scowatch("snapshots", "check", "--json")
    assert (ran.code, len(json.loads(ran.out)["problems"])) == (1, 3)


# ---------------------------------------------------------------------------------------------- bundle


def test_a_bundle_has_all_that_is_known(site: Web, scowatch: Command, tmp_path: Path) -> None:
    path = tmp_path / "two.zip"
    name = number_of(scowatch, TITLES["2"][0])
    ran = scowatch("bundle", site.url("/2.html"), "-o", str(path))
    assert (ran.code, ran.out) == (0, "")
    assert ran.err == f"{path}: 1 article, 1 page, {path.stat().st_size} bytes, not signed\n"
    with zipfile.ZipFile(path) as file:
        inside = {info.filename.removeprefix(f"articles/{name}/"): file.read(info) for info in file.infolist()}
    assert sorted(inside) == sorted(
        [
            *("ABOUT.txt", "article.json", "citation.txt", "headers/1.txt", "manifest.json", "origin.json"),
            *("pages.warc.gz", "snapshots.json", "tags.json", "text.txt", "versions/1.txt", "versions/versions.json"),
        ]
    )
    records = list(ArchiveIterator(BytesIO(inside["pages.warc.gz"]), check_digests="raise"))
    assert len(records) == 2
    assert inside["text.txt"].decode().startswith("Саммит ШОС\n\n")
    assert b"GET /2.html HTTP/1.1\r\n" in inside["headers/1.txt"]
    assert b"\r\nContent-Type: text/html\r\n" in inside["headers/1.txt"]
    tags = json.loads(inside["tags.json"])
    assert {(tag["id"], tag["text"], tag["reason"]) for tag in tags["tags"]} == {
        ("sco", "ШОС", "strong name «ШОС» (ru)")
    }
    assert json.loads(inside["article.json"])["source"]["ownership"] == "wire"
    (snapshot,) = json.loads(inside["snapshots.json"])
    assert (snapshot["sha256"], snapshot["kept"]) == (hashlib.sha256(page("2")).hexdigest(), True)
    assert str(tmp_path).encode() not in path.read_bytes()
    citation = inside["citation.txt"].decode()
    assert citation.startswith("“Саммит ШОС,” The Wire, ")
    assert citation.rstrip(".\n").endswith(snapshot["sha256"])


@pytest.mark.usefixtures("site")
@pytest.mark.parametrize("of", ["1", "story:1"])
def test_the_same_archive_gives_the_same_bytes(scowatch: Command, tmp_path: Path, of: str) -> None:
    for name in ("a.zip", "b.zip"):
        assert scowatch("bundle", of, "-o", str(tmp_path / name)).code == 0
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


@pytest.mark.usefixtures("site")
def test_a_story_is_bundled_whole(scowatch: Command, tmp_path: Path) -> None:
    story = scowatch("export").rows()[0]["story_id"]
    assert scowatch("bundle", f"story:{story}", "-o", str(tmp_path / "s.zip")).code == 0
    assert scowatch("bundle", "verify", str(tmp_path / "s.zip")).code == 0
    with zipfile.ZipFile(tmp_path / "s.zip") as file:
        told = json.loads(file.read("story.json"))
        assert all(f"articles/{member['id']}/text.txt" in file.namelist() for member in told["members"])
    assert (told["id"], len(told["members"])) == (story, told["articles"])
    said = scowatch("story", str(story), "--why", "--json").json()
    assert (told["why"], told["copies"]) == (said["why"], said["copies"])
    (line,) = scowatch.refused("bundle", "story:4711", "-o", str(tmp_path / "t.zip"))
    assert "4711" in line
    assert not (tmp_path / "t.zip").exists()


def test_an_imported_article_has_a_bundle_without_pages(scowatch: Command, tmp_path: Path) -> None:
    assert scowatch("import", "-", stdin=jsonl(row(1))).code == 0
    assert "1 article, 0 pages" in scowatch("bundle", "r1", "-o", str(tmp_path / "x.zip")).err
    assert scowatch("bundle", "verify", str(tmp_path / "x.zip")).code == 0


@pytest.mark.usefixtures("site")
def test_a_page_that_is_missing_is_told_in_the_bundle(scowatch: Command, tmp_path: Path) -> None:
    (scowatch.home / "snapshots" / files(scowatch)[0]).unlink()
    ran = scowatch("bundle", "1", "-o", str(tmp_path / "x.zip"))
    assert ran.code == 0
    assert "is not there any more" in ran.err
    with zipfile.ZipFile(tmp_path / "x.zip") as file:
        (snapshot,) = json.loads(file.read("articles/1/snapshots.json"))
    assert (snapshot["kept"], "is not there any more" in snapshot["why"]) == (False, True)
    assert str(scowatch.home) not in snapshot["why"]


@pytest.mark.usefixtures("site")
def test_signed_with_a_key_of_the_environment(
    scowatch: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = str(tmp_path / "x.zip")
    monkeypatch.setenv("BUNDLE_KEY", "a secret of ours")
    assert scowatch("bundle", "1", "-o", path, "--key-env", "BUNDLE_KEY").err.endswith(", signed\n")
    assert b"a secret of ours" not in Path(path).read_bytes()
    ran = scowatch("bundle", "verify", path, "--key-env", "BUNDLE_KEY")
    assert (
        ran.out
        == f"{path}: sound, all 11 members are as the manifest says; its signature is right by the key in BUNDLE_KEY\n"
    )
    assert "which was not checked" in scowatch("bundle", "verify", path).out
    monkeypatch.setenv("BUNDLE_KEY", "another")
    (line,) = scowatch.refused("bundle", "verify", path, "--key-env", "BUNDLE_KEY", code=1)
    assert "manifest.hmac: the signature is not of this manifest and this key" in line
    monkeypatch.delenv("BUNDLE_KEY")
    (line,) = scowatch.refused("bundle", "verify", path, "--key-env", "BUNDLE_KEY")
    assert "BUNDLE_KEY: this environment variable is not set" in line


@pytest.mark.usefixtures("site")
def test_verify_needs_no_home_and_fails_on_one_byte(scowatch: Command, tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    assert scowatch("bundle", "1", "-o", str(path)).code == 0
    empty = tmp_path / "empty"
    empty.mkdir()
    ran = process("bundle", "verify", str(path), cwd=empty)
    assert (ran.code, "not signed: this shows damage, not forgery" in ran.out) == (0, True)
    assert list(empty.iterdir()) == []
    data = path.read_bytes()
    at = data.index(b"Delegates")
    path.write_bytes(data[:at] + b"d" + data[at + 1 :])
    (line,) = scowatch.refused("bundle", "verify", str(path), code=1)
    assert line.startswith(f"scowatch: {path}: articles/1/")
    report = scowatch("bundle", "verify", str(path), "--json")
    assert (report.code, json.loads(report.out)["sound"]) == (1, False)


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        pytest.param(["bundle"], 2, "Missing argument", id="nothing"),
        pytest.param(["bundle", "1"], 2, "give the file to write", id="no file"),
        pytest.param(["bundle", "1", "2", "-o", "x.zip"], 2, "one ARTICLE or STORY", id="two"),
        pytest.param(
            ["bundle", "verify", "nowhere.zip"], 2, "nowhere.zip cannot be read: No such file", id="no bundle"
        ),
        pytest.param(["bundle", "verify", "."], 2, "cannot be read: Is a directory", id="a folder"),
        pytest.param(["bundle", "4711", "-o", "x.zip"], 2, "the archive has no article '4711'", id="unknown"),
        pytest.param(["snapshots", "hold", "4711"], 2, "the archive has no article '4711'", id="unknown to be held"),
        pytest.param(["snapshot", "1", "--version", "0"], 2, "0 is not in the range", id="version 0"),
    ],
)
def test_bad_usage_is_told(scowatch: Command, arguments: list[str], code: int, said: str) -> None:
    assert said in "\n".join(scowatch.refused(*arguments, code=code))


@pytest.mark.usefixtures("site")
def test_a_file_that_cannot_be_written_is_told(scowatch: Command) -> None:
    ran = scowatch("bundle", "1", "-o", str(scowatch.home / "none" / "x.zip"))
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.endswith("x.zip cannot be written: No such file or directory; look at the path and the disk\n")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[snapshots]\nenabled = 1\n", "[snapshots] enabled: 1 is not true or false"),
        ("[snapshots]\nhold = '('\n", "[snapshots] hold:"),
        ("[snapshots.keep_days]\nwire = 0\n", "[snapshots.keep_days] wire: 0 is not between 1 and 36500"),
        ("[snapshots.keep_days]\nwires = 3\n", "[snapshots.keep_days] wires: unknown setting (did you mean `wire`?)"),
        ("[snapshots]\nkeep = 3\n", "[snapshots] keep: unknown setting"),
    ],
)
def test_settings_of_snapshots_are_checked(scowatch: Command, text: str, said: str) -> None:
    (scowatch.home / "scowatch.toml").write_text(SETTINGS + text)
    (line,) = scowatch.refused("check")
    assert said in line
