"""The files of the pages that were read: what others read out of them, and what kills, full disks and damage leave."""

from __future__ import annotations

import errno
import gzip
import os
import subprocess
import sys
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from warcio.archiveiterator import ArchiveIterator

from monitor.errors import StoreError
from monitor.types import Capture, Snapshot
from storage import appended, warc
from storage import snapshots as files
from storage.snapshots import SnapshotFiles, next_name

NOW = datetime(2026, 11, 22, 4, 30, 15, 250_000, tzinfo=UTC)
DAY = timedelta(days=1)
PAGES = {
    "en": b"<p>Talks in Bishkek",
    "ru": "<p>Переговоры в Бишкеке".encode("cp1251"),
    "zh": "<p>比什凯克会谈".encode("gb18030"),
    "fa": "<p>گفتگو در بیشکک".encode(),
}


def captured(body: bytes, url: str = "https://news.example/1", at: datetime = NOW, **changed: Any) -> Capture:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nX-Odd:  two \xe9 spaces\r\n\r\n"
    values: dict[str, Any] = {
        "url": url,
        "at": at,
        "address": "192.0.2.7",
        "request": b"GET /1 HTTP/1.1\r\nHost: news.example\r\n\r\n",
        "response": head,
        "body": body,
    }
    return Capture(**(values | changed))


@dataclass
class Shelf:
    """The files, and what an archive would know of them."""

    folder: Path
    named: dict[str, int] = field(default_factory=dict)
    opened: list[SnapshotFiles] = field(default_factory=list)

    def ends(self, names: Sequence[str]) -> Mapping[str, int]:
        return {name: end for name, end in self.named.items() if name in names}

    def open(self, largest: int = files.LARGEST) -> SnapshotFiles:
        self.opened.append(SnapshotFiles(self.folder, self.ends, largest))
        return self.opened[-1]

    def name(self, *snapshots: Snapshot) -> None:
        for one in snapshots:
            self.named[one.file] = max(self.named.get(one.file, 0), one.offset + one.length)

    def keep(self, writer: SnapshotFiles, body: bytes, earlier: Snapshot | None = None, **changed: Any) -> Snapshot:
        """Kept as a pass does it: written, on the disk, named."""
        kept = writer.keep("https://news.example/1", captured(body, **changed), earlier)
        writer.sync()
        self.name(kept)
        return kept

    def path(self, name: str = "scowatch-20261122-000.warc.gz") -> Path:
        return self.folder / name


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    found = Shelf(tmp_path / "snapshots")
    yield found
    for one in found.opened:
        one.close()


def others_read(path: Path) -> list[tuple[str, bytes]]:
    """Type and payload of each record, as the library's own reader finds them; every digest has to be right."""
    with path.open("rb") as file:
        found = []
        for record in ArchiveIterator(file, check_digests="raise"):
            found.append((record.rec_type, record.content_stream().read()))
        return found


def check(path: Path) -> None:
    """`warcio check` on the file, in a process of its own."""
    command = "import sys; from warcio.checker import Checker; from types import SimpleNamespace as S;"
    command += "sys.exit(Checker(S(inputs=sys.argv[1:], verbose=False)).process_all())"
    done = subprocess.run([sys.executable, "-c", command, str(path)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, ""), done


# ---------------------------------------------------------------------------------------------- records


def test_a_page_is_a_record_that_others_read(shelf: Shelf) -> None:
    writer = shelf.open()
    kept = [shelf.keep(writer, body, url=f"https://news.example/{name}") for name, body in PAGES.items()]
    found = others_read(shelf.path())
    assert found[0][0] == "warcinfo"
    assert found[1::2] == [("response", body) for body in PAGES.values()]
    assert {kind for kind, _ in found[2::2]} == {"request"}
    check(shelf.path())
    for one, body in zip(kept, PAGES.values(), strict=True):
        read = writer.read(one)
        assert (read.body, read.response) == (body, captured(body).response)
        assert read.request.startswith(b"GET /1 ")
        assert one.digest == warc.digest_of(body)


def test_the_records_say_when_where_and_from_whom(shelf: Shelf) -> None:
    kept = shelf.keep(shelf.open(), b"<p>x")
    answer, request = warc.records(shelf.path().read_bytes()[kept.offset : kept.offset + kept.length])
    assert answer.headers["warc-date"] == "2026-11-22T04:30:15.250000Z"
    assert answer.headers["warc-target-uri"] == "https://news.example/1"
    assert answer.headers["warc-ip-address"] == "192.0.2.7"
    assert answer.headers["warc-payload-digest"] == f"sha256:{kept.digest}"
    assert request.headers["warc-concurrent-to"] == answer.headers["warc-record-id"] == f"<{kept.record_id}>"
    assert answer.parts[0] == captured(b"").response


def test_a_page_that_came_compressed_stays_so(shelf: Shelf) -> None:
    page = b"<p>" + b"word " * 400
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n"
    writer = shelf.open()
    kept = shelf.keep(writer, gzip.compress(page, mtime=0), response=head)
    assert others_read(shelf.path())[1] == ("response", page)
    check(shelf.path())
    read = writer.read(kept)
    assert read.body == gzip.compress(page, mtime=0)
    assert b"\r\nX-Archive-Orig-Transfer-Encoding: chunked\r\n" in read.response
    assert writer.unpacked(read) == (page, None)


def test_an_unchanged_page_is_a_revisit(shelf: Shelf) -> None:
    writer = shelf.open()
    first = replace(shelf.keep(writer, b"<p>same" * 1000), id=7)
    second = shelf.keep(writer, b"<p>same" * 1000, first, at=NOW + DAY / 2)
    third = shelf.keep(writer, b"<p>other" * 1000, first, at=NOW + DAY / 2)
    assert (second.revisit_of, third.revisit_of) == (7, None)
    found = others_read(shelf.path())
    assert [kind for kind, _ in found[1::2]] == ["response", "revisit", "response"]
    check(shelf.path())
    record = warc.records(shelf.path().read_bytes()[second.offset : second.offset + second.length])[0]
    assert record.headers["warc-refers-to"] == f"<{first.record_id}>"
    assert record.headers["warc-refers-to-date"] == "2026-11-22T04:30:15.250000Z"
    assert record.headers["warc-profile"].endswith("/1.1/revisit/identical-payload-digest")
    read = writer.read(second, first)
    assert (read.body, len(warc.records(read.records))) == (b"<p>same" * 1000, 4)
    with pytest.raises(StoreError, match="not there any more"):
        writer.read(second)


def test_days_and_sizes_begin_new_files(shelf: Shelf) -> None:
    writer = shelf.open(largest=5000)
    names = [shelf.keep(writer, os.urandom(3000)).file for _ in range(3)]
    names += [shelf.keep(writer, b"<p>x", at=NOW + DAY).file, shelf.keep(writer, b"<p>y").file]
    assert [name.removeprefix("scowatch-") for name in names] == [
        *("20261122-000.warc.gz", "20261122-000.warc.gz", "20261122-001.warc.gz"),
        *("20261123-000.warc.gz", "20261122-001.warc.gz"),
    ]
    for name in writer.names():
        check(shelf.path(name))


def test_two_writers_never_share_a_file(shelf: Shelf) -> None:
    one, two = shelf.open(), shelf.open()
    kept = [shelf.keep(writer, b"<p>x") for writer in (one, two, one, two)]
    assert [snapshot.file[-11:-8] for snapshot in kept] == ["000", "001", "000", "001"]
    one.close()
    two.close()
    assert shelf.keep(shelf.open(), b"<p>y").file.endswith("-000.warc.gz")
    assert [len(others_read(shelf.path(name))) for name in shelf.open().names()] == [7, 5]


# ---------------------------------------------------------------------------------------------- what goes wrong


@pytest.mark.parametrize("left", [1, 10, 300, -9, -1])
def test_a_torn_record_is_cut_away_and_told(shelf: Shelf, left: int) -> None:
    writer = shelf.open()
    first = shelf.keep(writer, b"<p>first" * 500)
    torn = writer.keep("https://news.example/2", captured(os.urandom(2000)), None)
    writer.close()
    whole = first.offset + first.length
    os.truncate(shelf.path(), whole + left if left > 0 else torn.offset + torn.length + left)
    writer = shelf.open()
    second = shelf.keep(writer, b"<p>second")
    assert [line.partition(":")[0] for line in writer.mended] == [shelf.path().name]
    assert "torn record" in writer.mended[0]
    found = [payload for kind, payload in others_read(shelf.path()) if kind == "response"]
    assert found[0] == b"<p>first" * 500
    assert found[-1] == b"<p>second"
    check(shelf.path())
    assert [writer.read(one).body for one in (first, second)] == [b"<p>first" * 500, b"<p>second"]


def test_whole_records_that_nobody_names_stay(shelf: Shelf) -> None:
    writer = shelf.open()
    writer.keep("https://news.example/2", captured(b"<p>nobody"), None)
    writer.close()
    writer = shelf.open()
    kept = shelf.keep(writer, b"<p>x")
    assert writer.mended == []
    assert [payload for kind, payload in others_read(shelf.path()) if kind == "response"] == [b"<p>nobody", b"<p>x"]
    assert writer.read(kept).body == b"<p>x"


def test_a_torn_file_of_yesterday_is_mended_too(shelf: Shelf) -> None:
    writer = shelf.open()
    shelf.keep(writer, b"<p>x", at=NOW - DAY)
    writer.keep("https://news.example/2", captured(os.urandom(900), at=NOW - DAY), None)
    writer.close()
    path = shelf.path("scowatch-20261121-000.warc.gz")
    os.truncate(path, path.stat().st_size - 5)
    writer = shelf.open()
    shelf.keep(writer, b"<p>today")
    assert len(writer.mended) == 1
    check(path)


def test_a_file_that_is_shorter_than_the_archive_knows_is_left_alone(shelf: Shelf) -> None:
    writer = shelf.open()
    first, second = (shelf.keep(writer, os.urandom(500)) for _ in range(2))
    writer.close()
    os.truncate(shelf.path(), second.offset + 7)
    writer = shelf.open()
    assert shelf.keep(writer, b"<p>x").file.endswith("-001.warc.gz")
    assert shelf.path().stat().st_size == second.offset + 7
    assert len(writer.read(first).body) == 500
    with pytest.raises(StoreError, match=r"000\.warc\.gz at byte \d+: the record is damaged"):
        writer.read(second)


def test_every_damaged_byte_is_noticed(shelf: Shelf) -> None:
    writer = shelf.open()
    kept = shelf.keep(writer, b"<p>Talks in Bishkek" * 3)
    good = shelf.path().read_bytes()
    quiet = []
    for at in range(kept.offset, kept.offset + kept.length):
        data = bytearray(good)
        data[at] ^= 1
        shelf.path().write_bytes(data)
        try:
            read = writer.read(kept)
            assert (read.body, read.response) == (b"<p>Talks in Bishkek" * 3, captured(b"").response)
            quiet.append(at - kept.offset)
        except StoreError:
            pass
    # but for the time, the level and the system in the head of each gzip member, which say nothing of the page
    assert len(quiet) <= 2 * 7


@pytest.mark.parametrize("room", [0, 1, 100, 700, 1300])
def test_a_full_disk_costs_the_snapshot_and_nothing_else(
    shelf: Shelf, room: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = shelf.open()
    first = shelf.keep(writer, b"<p>first")
    full = shelf.path().stat().st_size + room
    write = os.write

    def short(handle: int, data: Any) -> int:
        left = full - os.fstat(handle).st_size
        if left <= 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return write(handle, bytes(data)[:left])

    monkeypatch.setattr(appended.os, "write", short)
    with pytest.raises(StoreError, match="No space left on device"):
        writer.keep("https://news.example/2", captured(os.urandom(9000)), None)
    monkeypatch.setattr(appended.os, "write", write)
    assert shelf.path().stat().st_size == first.offset + first.length
    second = shelf.keep(writer, b"<p>second")
    assert (second.file, second.offset) == (first.file, first.offset + first.length)
    check(shelf.path())


def test_what_was_written_before_a_failure_is_safe_or_known_not_to_be(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    writer = shelf.open()
    one, two = (writer.keep("https://news.example/1", captured(os.urandom(90)), None) for _ in range(2))
    assert not writer.is_safe(one)
    with monkeypatch.context() as patch:  # the third does not fit: the two before it get to the disk all the same
        patch.setattr(appended.os, "write", refused)
        with pytest.raises(StoreError):
            writer.keep("https://news.example/1", captured(os.urandom(90)), None)
    writer.sync()
    assert writer.is_safe(one)
    assert writer.is_safe(two)
    shelf.name(one, two)
    three = writer.keep("https://news.example/1", captured(os.urandom(90)), None)
    with monkeypatch.context() as patch:
        patch.setattr(appended.os, "fsync", refused)
        with pytest.raises(StoreError, match="Input/output error"):
            writer.sync()
    four = shelf.keep(writer, b"<p>four")
    assert [writer.is_safe(snapshot) for snapshot in (one, two, three, four)] == [True, True, False, True]
    assert four.file != three.file
    assert [writer.read(snapshot).body for snapshot in (four,)] == [b"<p>four"]


def test_a_disk_that_is_full_from_the_start_leaves_no_half_file(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(appended.os, "write", refused)
        with pytest.raises(StoreError, match="No space left"):
            shelf.open().keep("https://news.example/2", captured(b"<p>x"), None)
    assert list(shelf.folder.iterdir()) == []
    shelf.keep(shelf.open(), b"<p>x")
    check(shelf.path())


KILLED = """
import os, sys
from datetime import UTC, datetime
from pathlib import Path
from monitor.types import Capture
from storage.snapshots import SnapshotFiles

writer = SnapshotFiles(Path(sys.argv[1]), lambda names: {})
head = b"HTTP/1.1 200 OK\\r\\n\\r\\n"
for number in range(10_000):
    at = datetime(2026, 11, 22, tzinfo=UTC)
    body = os.urandom(200_000)
    asked = b"GET / HTTP/1.1\\r\\n\\r\\n"
    page = Capture(url="https://x.example/", at=at, address=None, request=asked, response=head, body=body)
    kept = writer.keep("https://x.example/", page, None)
    writer.sync()
    print(kept.offset + kept.length, flush=True)
"""


def test_a_killed_writer_loses_nothing_that_was_named(shelf: Shelf) -> None:
    root = str(Path(__file__).parents[2])
    environment = {**os.environ, "PYTHONPATH": root}
    shelf.folder.mkdir()
    with subprocess.Popen(
        [sys.executable, "-c", KILLED, str(shelf.folder)], stdout=subprocess.PIPE, env=environment, text=True
    ) as process:
        assert process.stdout is not None
        named = 0
        for _ in range(4):
            named = int(process.stdout.readline())
        process.kill()
    shelf.named[shelf.path().name] = named
    shelf.keep(shelf.open(), b"<p>after")
    found = [payload for kind, payload in others_read(shelf.path()) if kind == "response"]
    assert [len(payload) for payload in found[:4]] == [200_000] * 4
    assert found[-1] == b"<p>after"
    check(shelf.path())


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        pytest.param(lambda path: path.unlink(), "is not there any more; put it back from a backup", id="gone"),
        pytest.param(lambda path: path.write_bytes(b""), "its end is missing|another record", id="emptied"),
        pytest.param(
            lambda path: path.write_bytes(zlib.compress(b"x") * 90), "damaged|incorrect header", id="something else"
        ),
    ],
)
def test_what_cannot_be_read_says_why(shelf: Shelf, spoil: Any, why: str) -> None:
    writer = shelf.open()
    kept = shelf.keep(writer, b"<p>x")
    spoil(shelf.path())
    with pytest.raises(StoreError, match=why):
        writer.read(kept)


# ---------------------------------------------------------------------------------------------- taking away


def test_a_file_is_copied_without_some_of_its_records(shelf: Shelf) -> None:
    writer = shelf.open()
    kept = [replace(shelf.keep(writer, f"<p>{number}".encode()), id=number) for number in range(1, 5)]
    assert writer.copy(shelf.path().name, kept[:2]) == {}  # it is being written to
    writer.close()
    places = writer.copy(shelf.path().name, (kept[3], kept[1]))
    assert sorted(places) == [2, 4]
    moved = {n: replace(kept[n - 1], file=name, offset=offset) for n, (name, offset) in places.items()}
    assert {one.file for one in moved.values()} == {"scowatch-20261122-000.2.warc.gz"}
    assert writer.remove(shelf.path().name) > 0
    assert writer.names() == ("scowatch-20261122-000.2.warc.gz",)
    assert {n: writer.read(one).body for n, one in moved.items()} == {2: b"<p>2", 4: b"<p>4"}
    check(shelf.folder / "scowatch-20261122-000.2.warc.gz")


def test_a_damaged_record_is_not_copied_over(shelf: Shelf) -> None:
    writer = shelf.open()
    kept = replace(shelf.keep(writer, b"<p>x" * 200), id=1)
    writer.close()
    data = bytearray(shelf.path().read_bytes())
    data[kept.offset + 60] ^= 0xFF
    shelf.path().write_bytes(data)
    with pytest.raises(StoreError, match="damaged"):
        writer.copy(shelf.path().name, [kept])
    assert [path.name for path in shelf.folder.iterdir()] == [shelf.path().name]


def test_files_that_take_the_place_of_others_are_counted() -> None:
    name = "scowatch-20261122-000.warc.gz"
    assert next_name(name) == "scowatch-20261122-000.2.warc.gz"
    assert next_name(next_name(name)) == "scowatch-20261122-000.3.warc.gz"


def test_the_members_of_a_file_are_found_without_unpacking_it_whole() -> None:
    parts = [gzip.compress(os.urandom(size)) for size in (10, 200_000, 0)]
    ends = [sum(map(len, parts[: n + 1])) for n in range(3)]
    assert [end for _, end in warc.members(BytesIO(b"".join(parts)), 0)] == ends
    with pytest.raises(warc.Damaged) as torn:
        list(warc.members(BytesIO(b"".join(parts)[:-3]), 0))
    assert torn.value.offset == ends[1]
