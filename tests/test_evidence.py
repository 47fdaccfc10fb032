"""The pages that a pass reads are kept as they were: through a real fetcher, real workers, a real archive."""

from __future__ import annotations

import gzip
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from warcio.archiveiterator import ArchiveIterator

from monitor.errors import StoreError
from monitor.health import SNAPSHOTS
from monitor.jobs.telling import GATHER, build_operator
from monitor.types import Kept, Snapshot, Subscription
from storage import appended, open_store, warc
from storage.snapshots import SnapshotFiles
from tests.servers import answer
from tests.test_collecting import Lab, Piece, figures, lab, rss, source, with_etag, workers

__all__ = ["lab", "workers"]
OPERATOR = Subscription(id="operator", name="operator", kind="health", search="", channel_id="operator:health")
HEADS = {"en": "On the roads", "ru": "На дорогах", "zh": "山谷里的道路", "fa": "راه‌های دره"}


@dataclass
class Desk:
    """A lab whose passes keep pages."""

    lab: Lab
    folder: Path
    files: SnapshotFiles

    def collect(self, *pieces: Piece, **changed: Any) -> Any:
        if pieces:
            self.lab.web.routes["/wire.xml"] = with_etag(rss(self.lab.web, pieces), f'"{hash(pieces)}"')
            for piece in pieces:
                self.lab.web.routes.setdefault(f"/{piece.name}.html", page(piece))
        return self.lab.collect(source(self.lab.web), snapshots=self.files, **changed)

    def kept(self) -> list[Kept]:
        return list(self.lab.store.export())

    def snapshots(self, article_id: int = 1) -> tuple[Snapshot, ...]:
        return self.lab.store.evidence.of_article(article_id)

    def read(self, snapshot: Snapshot) -> bytes:
        base = snapshot.revisit_of and self.lab.store.evidence.by_id([snapshot.revisit_of])[snapshot.revisit_of]
        return self.files.read(snapshot, base or None).body


def page(piece: Piece, **headers: str) -> bytes:
    return answer("200 OK", piece.page(), Content_Type="text/html", **headers)


@pytest.fixture
def desk(lab: Lab, tmp_path: Path) -> Iterator[Desk]:
    folder = tmp_path / "snapshots"
    found = Desk(lab, folder, SnapshotFiles(folder, lab.store.evidence.ends))
    yield found
    found.files.close()


def test_every_page_that_is_read_is_kept_with_its_article(desk: Desk) -> None:
    pieces = [Piece(lang, title) for lang, title in HEADS.items()]
    report = desk.collect(*pieces)
    assert (report.new, report.evidence.kept, report.evidence.failed) == (4, 4, 0)
    for kept in desk.kept():
        (snapshot,) = desk.snapshots(kept.id)
        piece = next(piece for piece in pieces if piece.title == kept.article.title)
        assert snapshot.final_url == snapshot.url == kept.article.url
        assert (snapshot.version, snapshot.status, snapshot.size) == (1, 200, len(piece.page()))
        assert desk.read(snapshot) == piece.page()
        archived = desk.files.read(snapshot)
        assert archived.request.startswith(f"GET /{piece.name}.html HTTP/1.1\r\nHost: 127.0.0.1:".encode())
        assert archived.response.startswith(b"HTTP/1.1 200 OK\r\nContent-Length: ")
    (file,) = desk.folder.iterdir()
    with file.open("rb") as stream:
        kinds = [record.rec_type for record in ArchiveIterator(stream, check_digests="raise")]
    assert kinds == ["warcinfo", *["response", "request"] * 4]


def test_the_page_behind_a_redirect_is_kept_under_both_names(desk: Desk) -> None:
    piece = Piece("moved")
    desk.lab.web.routes["/moved.html"] = answer("302 Found", Location="/new/moved.html")
    desk.lab.web.routes["/new/moved.html"] = page(piece)
    desk.collect(piece)
    (snapshot,) = desk.snapshots()
    assert (snapshot.url[-11:], snapshot.final_url[-15:]) == ("/moved.html", "/new/moved.html")
    assert desk.read(snapshot) == piece.page()


def test_a_compressed_page_is_kept_as_it_came(desk: Desk) -> None:
    piece = Piece("small")
    packed = gzip.compress(piece.page(), mtime=0)
    desk.lab.web.routes["/small.html"] = answer("200 OK", packed, Content_Type="text/html", Content_Encoding="gzip")
    desk.collect(piece)
    (snapshot,) = desk.snapshots()
    assert desk.read(snapshot) == packed
    assert desk.files.unpacked(desk.files.read(snapshot)) == (piece.page(), "text/html")


def test_a_chunked_page_is_kept_in_one_piece(desk: Desk) -> None:
    body = Piece("cut").page()
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (body[:50], body[50:]))
    desk.lab.web.routes["/cut.html"] = head + chunks + b"0\r\n\r\n"
    desk.collect(Piece("cut"))
    (snapshot,) = desk.snapshots()
    assert desk.read(snapshot) == body


def test_an_unchanged_page_is_a_revisit_and_a_changed_one_a_snapshot_of_the_new_version(desk: Desk) -> None:
    desk.collect(Piece("a"))
    desk.collect(Piece("a", summary="Now with a teaser."))
    changed = Piece("a", text="Everything is different by now, in every line of it.", summary="Another teaser.")
    desk.lab.web.routes["/a.html"] = page(changed)
    desk.collect(changed)
    one, two, three = desk.snapshots()
    assert [(s.version, s.revisit_of) for s in (one, two, three)] == [(1, None), (1, one.id), (2, None)]
    assert [desk.read(s) for s in (one, two, three)] == [Piece("a").page(), Piece("a").page(), changed.page()]
    assert two.length < one.length
    back = replace(changed, summary="A third teaser.")
    desk.collect(back)
    assert desk.snapshots()[3].revisit_of == three.id


def test_an_unchanged_page_whose_record_was_lost_is_written_again(desk: Desk) -> None:
    desk.collect(Piece("a"))
    desk.files.close()
    shutil.rmtree(desk.folder)
    desk.collect(Piece("a", summary="Now with a teaser."))
    _, again = desk.snapshots()
    assert again.revisit_of is None
    assert desk.read(again) == Piece("a").page()


def test_two_sources_of_one_page_share_its_body(desk: Desk) -> None:
    desk.collect(Piece("a"))
    desk.lab.web.routes["/two.xml"] = answer("200 OK", rss(desk.lab.web, [Piece("a")]))
    desk.lab.collect(source(desk.lab.web, "two"), snapshots=desk.files)
    one, two = desk.snapshots()
    assert two.revisit_of == one.id


def test_pages_that_are_no_articles_are_not_kept(desk: Desk) -> None:
    wall = b"<html><head><title>Just a moment...</title></head><body><script src='/cdn-cgi/challenge-platform/x.js'>"
    desk.lab.web.routes["/a.html"] = answer("200 OK", wall + b"</script></body></html>", Server="cloudflare")
    desk.lab.web.routes["/b.html"] = answer("404 Not Found")
    report = desk.collect(Piece("a", summary="Teaser."), Piece("b", summary="Teaser."))
    assert (report.new, report.evidence.kept) == (2, 0)
    assert not desk.folder.exists()


def test_a_pass_without_snapshots_keeps_none(desk: Desk) -> None:
    desk.lab.serve([Piece("a")])
    assert desk.lab.collect(source(desk.lab.web)).evidence.kept == 0
    assert desk.snapshots() == ()


# ---------------------------------------------------------------------------------------------- what goes wrong


def full(*_: Any) -> int:
    raise OSError(28, os.strerror(28))


@pytest.mark.parametrize("what", ["write", "fsync"])
def test_a_full_disk_costs_the_snapshots_never_the_articles_and_is_told_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    desk.lab.store.ledger(OPERATOR, desk.lab.now)
    with monkeypatch.context() as patch:
        patch.setattr(appended.os, what, full)
        first = desk.collect(Piece("a"), Piece("b"))
        desk.collect(Piece("a"), Piece("b"), Piece("c"))
    assert (figures(first), first.failures) == ((2, 2, 0, 0), [])
    assert (first.evidence.kept, first.evidence.failed) == (0, 2)
    assert "No space left on device" in first.evidence.why
    assert [desk.snapshots(number) for number in (1, 2, 3)] == [(), (), ()]
    events = desk.lab.store.source_events()
    assert [(event.was, event.became) for event in events] == [("ok", "unkept")]
    assert build_operator(desk.lab.store, OPERATOR, {}, desk.lab.now + GATHER)
    ((_, digest),) = desk.lab.store.deliveries()
    assert digest.housekeeping[0].startswith("The record of article pages cannot be kept (snapshots: ")
    desk.collect(Piece("a"), Piece("b"), Piece("c"), Piece("d"))
    assert desk.read(desk.snapshots(4)[0]) == Piece("d").page()
    told = [event for event in desk.lab.store.source_events() if event.source_id == SNAPSHOTS]
    assert [event.became for event in told] == ["unkept", "ok"]


def test_a_folder_that_cannot_be_written_costs_the_snapshots_only(desk: Desk) -> None:
    desk.folder.write_text("a file in its place")
    report = desk.collect(Piece("a"))
    assert (report.new, report.evidence.failed) == (1, 1)


def test_a_snapshot_is_on_the_disk_before_the_archive_names_it(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    fsync, record, record_all = os.fsync, desk.lab.store.record, desk.lab.store.record_all
    monkeypatch.setattr(appended.os, "fsync", lambda handle: (done.append("sync"), fsync(handle)))
    monkeypatch.setattr(desk.lab.store, "record", lambda *given: (done.append("record"), record(*given))[1])
    monkeypatch.setattr(desk.lab.store, "record_all", lambda *given: (done.append("record"), record_all(*given))[1])
    desk.collect(Piece("a"))
    assert done.index("sync") < done.index("record")


def test_a_pass_that_dies_before_it_stores_leaves_files_that_go_on(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.collect(Piece("a"))

    def dies(*_: Any) -> Any:
        raise StoreError("archive: gone")

    with monkeypatch.context() as patch:
        patch.setattr(desk.lab.store, "record", dies)
        patch.setattr(desk.lab.store, "record_all", dies)
        with pytest.raises(StoreError):
            desk.collect(Piece("a"), Piece("b"))
    desk.files.close()
    (file,) = desk.folder.iterdir()
    os.truncate(file, file.stat().st_size - 3)
    again = SnapshotFiles(desk.folder, desk.lab.store.evidence.ends)
    report = desk.lab.collect(source(desk.lab.web), snapshots=again)
    again.close()
    assert [line.partition(":")[0] for line in report.evidence.mended] == [file.name]
    assert [desk.read(desk.snapshots(number)[0]) for number in (1, 2)] == [Piece("a").page(), Piece("b").page()]
    with file.open("rb") as stream:
        assert len(list(ArchiveIterator(stream, check_digests="raise"))) >= 5


def test_an_archive_put_back_from_a_backup_does_not_write_over_younger_pages(desk: Desk, tmp_path: Path) -> None:
    desk.collect(Piece("a"))
    kept = tmp_path / "backup"
    desk.files.close()
    shutil.copytree(desk.folder, kept)
    desk.collect(Piece("a"), Piece("b"))
    desk.files.close()
    shutil.rmtree(desk.folder)
    shutil.copytree(kept, desk.folder)
    desk.collect(Piece("a"), Piece("b"), Piece("c"))
    assert desk.read(desk.snapshots(1)[0]) == Piece("a").page()
    assert desk.read(desk.snapshots(3)[0]) == Piece("c").page()
    with pytest.raises(StoreError):
        desk.read(desk.snapshots(2)[0])


def test_the_archive_keeps_what_it_was_told_of_a_snapshot(desk: Desk) -> None:
    desk.collect(Piece("a"))
    (snapshot,) = desk.snapshots()
    other = open_store(f"sqlite:///{desk.folder.parent}/archive.db")
    assert other.evidence.of_article(1) == (snapshot,)
    assert other.evidence.by_id([snapshot.id, 99]) == {snapshot.id: snapshot}
    assert other.evidence.last_whole(snapshot.final_url) == snapshot
    assert other.evidence.last_whole("https://elsewhere.example/") is None
    assert other.evidence.ends([snapshot.file, "x"]) == {snapshot.file: snapshot.offset + snapshot.length}
    other.close()
    assert snapshot.digest == warc.digest_of(Piece("a").page())
